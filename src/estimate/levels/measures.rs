//! What fit measures of two levels rest on.
//!
//! ```text
//! log L = -1/2 [value + values log 2 pi]                             given the covariates, of all other values that are there
//! srmr_within, srmr_between = sqrt(sum_{i > j} (r_ij - rho_ij)^2 / (p (p + 1) / 2))    r, rho: correlations of the
//!                                                                   saturated model and of the model
//! ```
//!
//! `srmr` is their sum, as lavaan has it; of several groups the means weighted by respondents. RMSEA has N;
//! that of each level is in `after/level_fit`.

use crate::estimate::levels::group::TwoLevelGroup;
use crate::estimate::normal::residual::{named, residual_measures};
use crate::estimate::observed::{GroupFit, Problem};

/// SRMR of both levels.
pub(crate) fn level_residuals(blocks: &[GroupFit<'_>]) -> Vec<(&'static str, f64)> {
    let n: f64 = blocks.iter().step_by(2).map(|block| block.observed.n as f64).sum();
    let mut levels = [0.0; 2];
    for (at, block) in blocks.iter().enumerate() {
        let share = blocks[at - at % 2].observed.n as f64 / n;
        let crmr = named(&residual_measures(block), "crmr_nomean");
        let p = block.table.observed.len() as f64;
        levels[at % 2] += share * crmr * ((p - 1.0) / (p + 1.0)).sqrt();
    }
    vec![("srmr", levels[0] + levels[1]), ("srmr_within", levels[0]), ("srmr_between", levels[1])]
}

/// -2 log L of the saturated models: given the covariates, and of all variables without its 2 pi.
pub(crate) fn deviances(problem: &Problem<'_>) -> (f64, f64) {
    let constant = (2.0 * std::f64::consts::PI).ln();
    let (mut given, mut whole) = (0.0, 0.0);
    for (tables, observed) in problem.tables.chunks(2).zip(problem.observed.chunks(2)) {
        let Some(own) = observed[0].seen_as::<TwoLevelGroup>() else { continue };
        let [x, z] = [0, 1].map(|level: usize| &tables[level].covariates);
        let fixed = |place: usize| x.contains(&place) || z.iter().any(|i| own.places[*i] == place);
        given += own.saturated - own.covariates + own.data.values(|place| !fixed(place)) * constant;
        whole += own.saturated;
    }
    (given, whole)
}
