//! The SRMR that Mplus prints.

use crate::estimate::observed::GroupFit;

/// Squared residuals are pooled over groups before the root is taken; none where the kind of data has its own SRMR.
pub(crate) fn mplus_srmr(groups: &[GroupFit<'_>], by_information: bool) -> Option<f64> {
    let n: f64 = groups.iter().map(|group| group.observed.n as f64).sum();
    let own = |group: &GroupFit<'_>| {
        Some(group.observed.n as f64 / n * group.observed.seen.mplus_srmr(group, by_information)?)
    };
    Some(groups.iter().map(own).sum::<Option<f64>>()?.sqrt())
}
