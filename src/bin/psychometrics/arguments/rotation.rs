//! How factors are turned.

use super::choice::{Choice, explained, value};
use clap::{Args, ValueEnum};
use psychometrics::factor::Criterion;
use std::path::PathBuf;

/// How factors are turned.
#[derive(Debug, Args)]
pub(crate) struct RotationOptions {
    /// The criterion of the rotation
    #[arg(long, value_parser = criterion(), ignore_case = true)]
    pub(crate) rotation: Option<Criterion>,
    /// Random starts of the rotation; the distinct minima are told
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rotation_starts: Option<u32>,
    /// Epsilon of geomin and bigeomin
    #[arg(long, value_name = "E", allow_hyphen_values = true)]
    pub(crate) rotation_epsilon: Option<f64>,
    /// Gamma of oblimin
    #[arg(long, value_name = "G", allow_hyphen_values = true)]
    pub(crate) rotation_gamma: Option<f64>,
    /// Kappa of cf, the power of promax
    #[arg(long, value_name = "K")]
    pub(crate) rotation_kappa: Option<f64>,
    /// Whether rows are scaled to length 1 before (default: of varimax and promax)
    #[arg(long, value_enum)]
    pub(crate) rotation_normalize: Option<Rows>,
    /// The target: a file with a row for each item (its name first) and a column for each factor; empty where any loading is right
    #[arg(long, value_name = "FILE")]
    pub(crate) rotation_target: Option<PathBuf>,
}

/// What is done to rows before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rows {
    None,
    /// Each is scaled to length 1
    Kaiser,
}

fn criterion() -> Choice<Criterion> {
    let help = |criterion: &Criterion| match criterion {
        Criterion::CrawfordFerguson { .. } => "Crawford and Ferguson's family (--rotation-kappa)",
        Criterion::Bifactor => "A general factor, and quartimin of the others",
        Criterion::Bigeomin { .. } => "A general factor, and geomin of the others",
        Criterion::Target => "Nearest to a target (--rotation-target)",
        _ => "",
    };
    explained(Criterion::ALL.iter().map(|criterion| value(criterion, help(criterion))))
}
