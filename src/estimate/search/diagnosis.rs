//! Why a solution is none, or is improper: the culprit by name.

use super::scoring::Solution;
use super::starts::units;
use crate::error::Warning;
use crate::estimate::constraints::{in_units, null_basis};
use crate::estimate::definiteness::smallest;
use crate::estimate::observed::Observed;
use crate::estimate::search::found::Found;
use crate::estimate::status::Status;
use crate::model::{Implied, Kind, ParameterTable, Place};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Smallest eigenvalue of the information, scaled to a unit diagonal, that counts as identified at any point;
pub(crate) const IDENTIFIED: f64 = 1e-9;
/// and at the solution of a model that is identified: below it rounding is all there is.
pub(crate) const SETTLED: f64 = 1e-13;

/// A factor with pivots above this has no eigenvalue that is small.
const NO_SMALL: f64 = 1e-5;

/// An estimate so many times its unit is no estimate: the search ran away with it.
const AWAY: f64 = 10.0;

/// The status of a finished search, with the warnings that belong to it.
pub(crate) fn diagnose(
    tables: &[ParameterTable],
    observed: &[Observed],
    implied: &[&Implied],
    found: &Found,
    df: i64,
) -> (Status, Vec<Warning>) {
    let names = |free: &[usize]| free.iter().map(|&free| free_name(tables, free)).collect::<Vec<_>>();
    let solution = &found.solution;
    let all: Vec<usize> = (0..solution.x.len()).collect();
    let unidentified = if df < 0 && found.unidentified.is_empty() { &all } else { &found.unidentified };
    if !unidentified.is_empty() {
        return (Status::NotIdentified { parameters: names(unidentified), df }, Vec::new());
    }
    if solution.converged && found.flat.is_empty() {
        return improper(tables, implied);
    }
    let unit = units(tables, observed);
    let size = |free: usize| (solution.x[free] / unit[free]).abs();
    let among = if found.flat.is_empty() { &all } else { &found.flat };
    match among.iter().copied().max_by(|&a, &b| size(a).total_cmp(&size(b))) {
        Some(largest) if size(largest) > AWAY => {
            let (parameter, estimate) = (free_name(tables, largest), solution.x[largest]);
            (Status::RanAway { parameter, estimate, unsettled: names(&found.flat) }, Vec::new())
        }
        // a point like others, at which these data tell nothing of some parameters
        _ if !found.flat.is_empty() => {
            (Status::NotIdentified { parameters: names(&found.flat), df }, Vec::new())
        }
        _ => {
            let (steepest, gradient) = solution.largest_gradient();
            (Status::NotConverged { parameter: free_name(tables, steepest), gradient }, Vec::new())
        }
    }
}

/// The name of a free parameter, with its group and level where it is that of one of several.
pub(crate) fn free_name(tables: &[ParameterTable], free: usize) -> String {
    let levels = tables.iter().any(|table| table.level > 1);
    let groups = tables.iter().any(|table| table.group > 0);
    let mut found = tables.iter().filter_map(|table| Some((table, table.row_of_free(free)?.name())));
    match (found.next(), found.next()) {
        (Some((table, name)), None) => match (groups, levels) {
            (true, true) => format!("{name} (group {}, level {})", table.group + 1, table.level),
            (true, false) => format!("{name} (group {})", table.group + 1),
            (false, true) => format!("{name} (level {})", table.level),
            (false, false) => name,
        },
        (Some((_, name)), _) => name,
        (None, _) => String::new(),
    }
}

/// Free parameters about which the moments say nothing: those with a weight in the null space of the
/// information (eigenvalues below `least`), each in its own unit, among the directions that keep the constraints.
pub(crate) fn flat(solution: &Solution, least: f64) -> Vec<usize> {
    let Solution { hessian, jacobian, .. } = solution;
    let q = hessian.size();
    let scale: DVector<f64> = hessian.diagonal().map(|h| if h > 0.0 { 1.0 / h.sqrt() } else { 1.0 });
    let scaled = hessian.in_units(&scale);
    if jacobian.nrows() == 0
        && scaled.has_blocks()
        && scaled.factor().and_then(|factor| factor.least_pivot()).is_some_and(|pivot| pivot > NO_SMALL)
    {
        return Vec::new();
    }
    let scaled = scaled.dense();
    if jacobian.nrows() == 0 {
        return null_space(scaled, None, least);
    }
    let basis = null_basis(&in_units(jacobian, &scale), q);
    null_space(basis.tr_mul(&(scaled * &basis)), Some(&basis), least)
}

/// The parameters with a weight in the null space of a scaled information; of one along the columns of a basis.
fn null_space(scaled: DMatrix<f64>, basis: Option<&DMatrix<f64>>, least: f64) -> Vec<usize> {
    // cheap first: a Cholesky factor with no small pivot has no small eigenvalue worth the name
    let mut factor = scaled.clone();
    if cholesky::factorise(&mut factor).is_ok() && factor.diagonal().iter().all(|d| d * d > NO_SMALL) {
        return Vec::new();
    }
    let q = basis.map_or(scaled.nrows(), DMatrix::nrows);
    let eigen = SymmetricEigen::new(scaled);
    let mut weight = vec![0.0_f64; q];
    for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        if *value < least {
            let vector = basis.map_or_else(|| vector.into_owned(), |basis| basis * vector);
            let largest = vector.amax();
            for (w, v) in weight.iter_mut().zip(vector.iter()) {
                *w = w.max(v.abs() / largest);
            }
        }
    }
    (0..q).filter(|&i| weight[i] > 0.1).collect()
}

/// Whether a solution is proper, and what is not.
pub(crate) fn improper(tables: &[ParameterTable], implied: &[&Implied]) -> (Status, Vec<Warning>) {
    let mut warnings = Vec::new();
    let mut negative: Vec<String> = Vec::new();
    for (table, implied) in tables.iter().zip(implied) {
        for row in &table.rows {
            if let (Place::Residual(i, j) | Place::Latent(i, j), Kind::Free(..) | Kind::Determined) =
                (row.place, row.kind)
                && i == j
                && implied.at(row.place) < 0.0
            {
                if !negative.contains(&row.lhs) {
                    negative.push(row.lhs.clone());
                }
                warnings
                    .push(Warning::Heywood { variable: row.lhs.clone(), estimate: implied.at(row.place) });
            }
        }
    }
    if !negative.is_empty() {
        return (Status::Heywood { variables: negative }, warnings);
    }
    for (table, implied) in tables.iter().zip(implied) {
        let m = table.n_latent;
        let latent = implied.eta_covariance.view((0, 0), (m, m));
        let sd: Vec<f64> = (0..m).map(|i| latent[(i, i)].max(f64::MIN_POSITIVE).sqrt()).collect();
        let correlation = DMatrix::from_fn(m, m, |i, j| latent[(i, j)] / (sd[i] * sd[j]));
        if let Some((eigenvalue, factors)) = smallest(&correlation, &table.eta[..m], -1e-10) {
            warnings.push(Warning::LatentNotPositiveDefinite { eigenvalue, factors: factors.clone() });
            return (Status::LatentNotPositiveDefinite { factors }, warnings);
        }
    }
    (Status::Converged, warnings)
}
