//! Two nested models of the same completed data sets, tested against each other by D3 (Meng & Rubin 1992): likelihood ratios at
//! each data set's own estimates and at the pooled estimates of either model.

use super::fit::averaged;
use super::model_tests::{is_likelihood, ratios};
use crate::estimate::fit::Fit;
use crate::estimate::rubin::PooledTest;

/// D3 of the restricted against the free model; none where the fits are not by a likelihood of complete continuous rows, or a
/// data set has none at the pooled estimates.
///
/// The saturated model is left of both ratios, and cancels.
pub(crate) fn difference(free: &[Fit], restricted: &[Fit]) -> Option<PooledTest> {
    if free.len() != restricted.len() || !is_likelihood(free) || !is_likelihood(restricted) {
        return None;
    }
    let own = |fits: &[Fit]| fits.iter().map(|fit| fit.known("chisq")).collect::<Option<Vec<f64>>>();
    let at_pooled = |fits: &[Fit]| Some(ratios(fits, &averaged(fits).ok()?)?.0);
    let minus = |a: Vec<f64>, b: Vec<f64>| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
    let df = restricted.first()?.known("df")? - free.first()?.known("df")?;
    let own = minus(own(restricted)?, own(free)?);
    PooledTest::d3(&own, &minus(at_pooled(restricted)?, at_pooled(free)?), df).ok()
}

/// D3 of a model against the saturated one.
pub(crate) fn of_model(fits: &[Fit]) -> Option<PooledTest> {
    if !is_likelihood(fits) {
        return None;
    }
    let own = fits.iter().map(|fit| fit.known("chisq")).collect::<Option<Vec<f64>>>()?;
    PooledTest::d3(&own, &ratios(fits, &averaged(fits).ok()?)?.0, fits.first()?.known("df")?).ok()
}
