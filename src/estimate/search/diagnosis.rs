//! Why a solution is none, or is improper: the culprit by name.

use super::constraints::{in_units, null_basis};
use super::scoring::Solution;
use super::starts::units;
use crate::error::{Error, Result, Warning};
use crate::estimate::observed::Observed;
use crate::estimate::search::found::Found;
use crate::estimate::status::Status;
use crate::model::{Implied, Kind, ParameterTable, Place};
use crate::moments::is_constant;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Smallest eigenvalue of the information, scaled to a unit diagonal, that counts as identified at any point;
pub(crate) const IDENTIFIED: f64 = 1e-9;
/// and at the solution of a model that is identified: below it rounding is all there is.
pub(crate) const SETTLED: f64 = 1e-13;
/// Smallest eigenvalue of an observed correlation matrix that counts as positive definite.
const SINGULAR: f64 = 1e-10;
/// A correlation this near to 1 means the same variable.
const IDENTICAL: f64 = 1.0 - 1e-10;

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
    let q = hessian.nrows();
    let scale: DVector<f64> = hessian.diagonal().map(|h| if h > 0.0 { 1.0 / h.sqrt() } else { 1.0 });
    let scaled = DMatrix::from_fn(q, q, |i, j| hessian[(i, j)] * scale[i] * scale[j]);
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
    if cholesky::factorise(&mut factor).is_ok() && factor.diagonal().iter().all(|d| d * d > 1e-5) {
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

/// The smallest eigenvalue, when it lies below `limit`, and the names with the largest weights.
fn smallest(matrix: &DMatrix<f64>, names: &[String], limit: f64) -> Option<(f64, Vec<String>)> {
    if matrix.is_empty() {
        return None;
    }
    let eigen = SymmetricEigen::new(matrix.clone());
    let (at, value) = eigen.eigenvalues.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    if *value >= limit {
        return None;
    }
    let vector = eigen.eigenvectors.column(at);
    let largest = vector.amax();
    let mut culprits: Vec<(f64, &String)> =
        vector.iter().map(|v| v.abs()).zip(names).filter(|(v, _)| *v > 0.3 * largest).collect();
    culprits.sort_by(|a, b| b.0.total_cmp(&a.0));
    Some((*value, culprits.into_iter().map(|(_, n)| n.clone()).collect()))
}

/// The combination of variables that does not vary, where the smallest eigenvalue is zero up to rounding.
fn dependence(correlation: &DMatrix<f64>, sd: &[f64], names: &[String]) -> Option<Error> {
    let eigen = SymmetricEigen::new(correlation.clone());
    let (at, value) = eigen.eigenvalues.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
    if value.abs() > SINGULAR {
        return None;
    }
    let weights: Vec<f64> =
        eigen.eigenvectors.column(at).iter().zip(sd).map(|(weight, sd)| weight / sd).collect();
    let largest = weights.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    let (mut variables, mut combination) = (Vec::new(), String::new());
    for (weight, name) in weights.iter().map(|w| w / largest).zip(names) {
        if weight.abs() < 1e-6 {
            continue;
        }
        let sign = match (combination.is_empty(), weight < 0.0) {
            (true, true) => "-",
            (true, false) => "",
            (false, true) => " - ",
            (false, false) => " + ",
        };
        let size = weight.abs();
        let size = if (size - 1.0).abs() < 1e-6 { String::new() } else { format!("{size:.2} ") };
        combination += &format!("{sign}{size}{name}");
        variables.push(name.clone());
    }
    Some(Error::LinearlyDependent { variables, combination })
}

/// Checks that observed moments can carry a fit, and completes them with their log-determinant.
pub(crate) fn observed_moments(
    names: &[String],
    covariance: DMatrix<f64>,
    mean: DVector<f64>,
    n: usize,
    multiplier: f64,
) -> Result<Observed> {
    let p = names.len();
    for (i, name) in names.iter().enumerate() {
        let variance = covariance[(i, i)];
        if is_constant(variance, mean[i]) {
            return Err(Error::ConstantItem { item: name.clone(), value: mean[i], n });
        }
    }
    if n <= p {
        return Err(Error::TooFewRows {
            what: format!("a model of {p} observed variables"),
            n,
            needed: p + 1,
        });
    }
    let sd: Vec<f64> = (0..p).map(|i| covariance[(i, i)].sqrt()).collect();
    let correlation = DMatrix::from_fn(p, p, |i, j| covariance[(i, j)] / (sd[i] * sd[j]));
    for i in 0..p {
        for j in 0..i {
            if correlation[(i, j)].abs() >= IDENTICAL {
                return Err(Error::IdenticalItems {
                    first: names[j].clone(),
                    second: names[i].clone(),
                    correlation: correlation[(i, j)],
                });
            }
        }
    }
    let mut factor = correlation.clone();
    let sound =
        cholesky::factorise(&mut factor).is_ok() && factor.diagonal().iter().all(|d| d * d > SINGULAR);
    if !sound {
        if let Some(dependent) = dependence(&correlation, &sd, names) {
            return Err(dependent);
        }
        let (eigenvalue, variables) =
            smallest(&correlation, names, f64::INFINITY).unwrap_or((0.0, names.to_vec()));
        let matrix = "the covariance matrix of the observed variables".into();
        return Err(Error::NotPositiveDefinite { matrix, eigenvalue, variables });
    }
    let log_determinant = cholesky::log_determinant(&factor) + 2.0 * sd.iter().map(|s| s.ln()).sum::<f64>();
    Ok(Observed {
        covariance,
        mean,
        log_determinant,
        n,
        multiplier,
        ordinal: None,
        incomplete: None,
        two_level: None,
    })
}
