//! `ega`.

use super::choice::{Choice, Switch, explained, one_of, value};
use super::data::DataOptions;
use super::output::OutputOptions;
use super::validate::language;
use clap::Args;
use psychometrics::factor::{Basis, CommunityAlgorithm, GraphResampling};
use psychometrics::report::Language;

/// DATA may be a construct file: its keyed items are analysed.
#[derive(Debug, Args)]
pub(crate) struct EgaOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// Of which correlations
    #[arg(long, alias = "correlation", value_parser = one_of(Basis::ALL), default_value = "pearson")]
    pub(crate) correlations: Basis,
    /// Gamma of the extended BIC: the larger, the fewer edges; 0 is the BIC
    #[arg(long, value_name = "NUMBER", default_value_t = 0.5)]
    pub(crate) gamma: f64,
    /// Penalties that are tried, from the largest correlation down to .01 of it
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub(crate) penalties: u32,
    /// How communities of the network are found
    #[arg(long, value_parser = algorithm(), default_value = "walktrap")]
    pub(crate) algorithm: CommunityAlgorithm,
    /// Look for one dimension first: where the correlations are a single community, there is one [default: true]
    #[arg(long, switch())]
    pub(crate) one_dimension_first: Option<bool>,
    /// Samples of a bootstrap: how stable dimensions, items and edges are [default: none]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) bootstrap: u32,
    /// What the bootstrap draws
    #[arg(long, value_parser = resampling(), default_value = "parametric")]
    pub(crate) resampling: GraphResampling,
    /// Seed of the bootstrap and of the orders of Louvain
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// DATA is a correlation (or covariance) matrix; needs --nobs
    #[arg(long, switch())]
    pub(crate) cov: Option<bool>,
    /// Respondents behind the matrix
    #[arg(long, value_name = "N")]
    pub(crate) nobs: Option<usize>,
    /// Language of the page
    #[arg(long, value_parser = language(), default_value = "en")]
    pub(crate) language: Language,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

fn algorithm() -> Choice<CommunityAlgorithm> {
    explained([
        value(CommunityAlgorithm::Walktrap, "By random walks of four steps"),
        value(CommunityAlgorithm::Louvain, "By moves that raise the modularity, the best of twenty orders"),
    ])
}

fn resampling() -> Choice<GraphResampling> {
    explained([
        value(GraphResampling::Parametric, "Normal variables with the correlations of the data"),
        value(GraphResampling::Cases, "Respondents, with replacement"),
    ])
}
