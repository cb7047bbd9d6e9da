//! Goodness of fit: GFI, AGFI, PGFI.

use crate::estimate::incomplete::moments::expected_form;
use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::parts::{GroupFit, Test};
use crate::estimate::observed::Observed;
use crate::model::{Implied, ParameterTable};
use nalgebra::{DMatrix, DVector};

/// GFI = 1 - e'We / s'Ws, W the normal-theory weight at the implied moments (Joreskog & Sorbom 1982),
/// the mean over groups weighted by their size. Of incomplete rows W is their expected information, and s holds the
/// means and pairwise covariances of the answers that are there (with sampling weights the saturated moments), as in
/// lavaan; none where two variables have no rows in common. Of two stages W is taken at the saturated moments.
pub(crate) fn push_goodness(out: &mut FitMeasures, groups: &[GroupFit<'_>], model: Test, known: Option<f64>) {
    let total: f64 = groups.iter().map(|group| group.observed.n as f64).sum();
    let (mut gfi, mut moments) = (0.0, 0.0);
    for GroupFit { table, observed, implied, inverse } in groups {
        if let Some(inverse) = inverse {
            let own = group_goodness(table, observed, implied, inverse).unwrap_or(f64::NAN);
            gfi += observed.n as f64 / total * own;
        }
        if let Some(stages) = &observed.ordinal {
            moments += stages.values.len() as f64;
            continue;
        }
        // all of them, those of fixed covariates included, as lavaan counts here
        let p = observed.mean.len();
        moments += (p * (p + 1) / 2 + if table.has_means { p } else { 0 }) as f64;
    }
    // of moments that a group does not have there is no discrepancy
    let lacks = groups.iter().any(|group| group.observed.there().len() < group.observed.mean.len());
    let gfi = if lacks { f64::NAN } else { known.unwrap_or(gfi) };
    out.push("gfi", gfi);
    out.push("agfi", if model.df > 0.0 { 1.0 - moments / model.df * (1.0 - gfi) } else { 1.0 });
    out.push("pgfi", model.df / moments * gfi);
}

pub(crate) fn group_goodness(
    table: &ParameterTable,
    observed: &Observed,
    implied: &Implied,
    inverse: &DMatrix<f64>,
) -> Option<f64> {
    let incomplete = observed.full_information().filter(|own| !own.is_listwise());
    let (mut s, mut mean) = match incomplete {
        Some(own) if !own.has_weights() => {
            let n = own.rows.n as f64;
            (own.short.pairwise()? * ((n - 1.0) / n), own.of_each.1.clone())
        }
        _ => (observed.covariance.clone(), observed.mean.clone()),
    };
    let (mut residual, mut difference) = (&s - &implied.sigma, &mean - &implied.mu);
    table.clear_covariates(&mut s, &mut mean);
    table.clear_covariates(&mut residual, &mut difference);
    if !table.has_means {
        (mean, difference) = (mean * 0.0, difference * 0.0);
    }
    let is_two_stage = observed.incomplete.is_some() && observed.full_information().is_none();
    let saturated =
        if is_two_stage { Some(crate::numeric::cholesky::inverse(&observed.covariance)?) } else { None };
    let weight = saturated.as_ref().unwrap_or(inverse);
    let form = |mean: &DVector<f64>, matrix: &DMatrix<f64>| match incomplete {
        Some(own) => expected_form(&own.short, inverse, mean, matrix),
        None => {
            let product = weight * matrix;
            let square = product.component_mul(&product.transpose()).sum();
            Some(mean.dot(&(weight * mean)) + 0.5 * square)
        }
    };
    Some(1.0 - form(&difference, &residual)? / form(&mean, &s)?)
}
