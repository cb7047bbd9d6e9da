//! Goodness of fit: GFI, AGFI, PGFI.

use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::observed::GroupFit;
use crate::estimate::test_parts::Test;

/// GFI, the mean over groups weighted by their size, unless it is `known` (least squares).
pub(crate) fn gfi(groups: &[GroupFit<'_>], known: Option<f64>) -> f64 {
    let total: f64 = groups.iter().map(|group| group.observed.n as f64).sum();
    // of moments that a group does not have there is no discrepancy
    if groups.iter().any(|group| group.observed.there().len() < group.observed.mean.len()) {
        return f64::NAN;
    }
    known.unwrap_or_else(|| {
        let mut gfi = 0.0;
        for group in groups.iter().filter(|group| group.inverse.is_some()) {
            gfi += group.observed.n as f64 / total * group.observed.seen.goodness(group).unwrap_or(f64::NAN);
        }
        gfi
    })
}

/// GFI and its kin, of so many statistics (all of them, those of fixed covariates included, as lavaan counts here).
pub(crate) fn push_goodness(out: &mut FitMeasures, gfi: f64, statistics: f64, model: Test) {
    out.push("gfi", gfi);
    out.push("agfi", if model.df > 0.0 { 1.0 - statistics / model.df * (1.0 - gfi) } else { 1.0 });
    out.push("pgfi", model.df / statistics * gfi);
}
