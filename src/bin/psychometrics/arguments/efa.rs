//! `efa`.

use super::choice::{Choice, Switch, explained, one_of, value};
use super::data::DataOptions;
use super::imputation::ImputationOptions;
use super::output::OutputOptions;
use super::rotation::RotationOptions;
use super::values::{Names, names};
use clap::{Args, ValueEnum};
use psychometrics::estimate::{Conventions, Information};
use psychometrics::factor::{Extraction, ScoreRule};
use psychometrics::moments::Missing;

#[derive(Debug, Args)]
#[command(mut_arg("data", |data| data.required_unless_present_any(["from_aggregates", "imputed"])))]
pub(crate) struct EfaOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// How many factors (of two levels: within clusters; or unrestricted)
    #[arg(long, value_name = "K", value_parser = factor_count)]
    pub(crate) factors: FactorCount,
    /// How factors are extracted; minres, and with --ordered minres of polychoric correlations
    #[arg(long, value_parser = extraction(), ignore_case = true)]
    pub(crate) extraction: Option<Extraction>,
    /// The ordinal variables, or all
    #[arg(long, value_name = "A,B,C|all", value_parser = names)]
    pub(crate) ordered: Vec<Names>,
    #[command(flatten)]
    pub(crate) rotation: RotationOptions,
    /// Factors that do not correlate
    #[arg(long, switch())]
    pub(crate) orthogonal: Option<bool>,
    /// Seed of the starts of the rotation, and of imputations
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Standard errors of the rotated solution (ml, wlsmv, ulsmv)
    #[arg(long, value_enum, default_value = "none")]
    pub(crate) se: Errors,
    /// Information matrix behind the standard errors
    #[arg(long, value_parser = one_of(Information::ALL))]
    pub(crate) information: Option<Information>,
    /// How missing answers are treated
    #[arg(long, value_parser = missing(), default_value = "listwise")]
    pub(crate) missing: Missing,
    #[command(flatten)]
    pub(crate) imputation: ImputationOptions,
    /// The variable that says which cluster a respondent belongs to
    #[arg(long, value_name = "VAR")]
    pub(crate) cluster: Option<String>,
    /// How many factors between clusters: factors of both levels
    #[arg(long, value_name = "K", value_parser = factor_count, requires = "cluster")]
    pub(crate) factors_between: Option<FactorCount>,
    /// The variable that says how many of the population a respondent stands for
    #[arg(long, value_name = "VAR")]
    pub(crate) weights: Option<String>,
    /// What items were written for: "A=a1,-a2;B=b1,b2"; says which load elsewhere, on several factors, or low
    #[arg(long, value_name = "A=A1,-A2;B=...", allow_hyphen_values = true)]
    pub(crate) scales: Option<String>,
    /// Add a general factor above these (Schmid and Leiman), and what a total score owes to it
    #[arg(long, switch())]
    pub(crate) hierarchy: Option<bool>,
    /// Add weights of factor scores by this rule, with their validity
    #[arg(long, value_name = "RULE", value_parser = one_of(ScoreRule::ALL))]
    pub(crate) scores: Option<ScoreRule>,
    /// Add solutions of 1, 2, ... factors, and how they correlate
    #[arg(long, switch())]
    pub(crate) bass_ackwards: Option<bool>,
    /// Explore one half of the respondents, and confirm in the other
    #[arg(long, switch())]
    pub(crate) cross_validate: Option<bool>,
    /// DATA is a correlation (or covariance) matrix
    #[arg(long, switch())]
    pub(crate) cov: Option<bool>,
    /// Respondents behind the matrix
    #[arg(long, value_name = "N")]
    pub(crate) nobs: Option<usize>,
    /// Whose numerical conventions the fit measures follow
    #[arg(long, value_parser = one_of(Conventions::ALL), default_value = "lavaan")]
    pub(crate) mimic: Conventions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

/// Standard errors of rotated loadings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Errors {
    None,
    /// From the information
    Standard,
    /// Robust to other distributions than the normal
    Robust,
}

/// A number of factors, or all covariances of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FactorCount {
    Some(usize),
    Unrestricted,
}

fn factor_count(text: &str) -> std::result::Result<FactorCount, String> {
    match (text, text.parse::<usize>()) {
        ("unrestricted", _) => Ok(FactorCount::Unrestricted),
        (_, Ok(count)) if (1..=200).contains(&count) => Ok(FactorCount::Some(count)),
        _ => Err("give a number of factors, from 1 on".into()),
    }
}

fn extraction() -> Choice<Extraction> {
    let help = |extraction: &Extraction| extraction.title();
    explained(Extraction::ALL.iter().map(|extraction| value(extraction, help(extraction))))
}

fn missing() -> Choice<Missing> {
    explained([
        value(Missing::Listwise, "Rows with complete answers only"),
        value(Missing::Pairwise, "Each correlation from the answers that are there"),
        value(Missing::Fiml, "Every row by the likelihood of its answers (ml)"),
    ])
}
