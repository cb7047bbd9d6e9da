//! The search for the best rotation from many starts: criteria have local minima, and the worse is often met more than the better.

use super::criterion::Criterion;
use super::gradient_projection::{Turned, Turning};
use crate::error::{Error, Result};
use crate::numeric::random::stream;
use nalgebra::DMatrix;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Values of minima that differ less than this, relatively, are one.
const SAME_VALUE: f64 = 1e-6;
/// Gradients at which a search from one start ends, and that of the best.
const ROUGH: f64 = 1e-6;
const FINE: f64 = 1e-11;
const ITERATIONS: usize = 1000;
const LAST_ITERATIONS: usize = 20_000;

/// One minimum of the criterion.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::factor::{Criterion, Rotate};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let rotate = Rotate::new(Criterion::Quartimin).starts(20);
/// let search = Exploration::new(3).rotate(rotate).of(&names, &data)?.solution.unwrap().rotation_search;
/// let lowest = &search.minima[0];
/// assert_eq!((lowest.count, lowest.count == search.reached), (20, true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DistinctMinimum {
    /// Its value.
    pub value: f64,
    /// How many starts ended there.
    pub count: usize,
}

/// How the rotation was looked for.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::factor::{Criterion, Rotate};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let rotate = Rotate::new(Criterion::Quartimin).starts(20);
/// let search = Exploration::new(3).rotate(rotate).of(&names, &data)?.solution.unwrap().rotation_search;
/// assert_eq!((search.starts, search.reached, search.failed, search.oblique), (20, 20, 0, true));
/// assert_eq!(format!("{:.4}", search.minimum.unwrap()), "0.0402");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RotationSearch {
    /// The lowest value; none where nothing is minimised (no rotation, promax).
    pub minimum: Option<f64>,
    /// Random starts, the unrotated factors among them.
    pub starts: usize,
    /// Starts that ended at the lowest value.
    pub reached: usize,
    /// Starts that ended at no minimum.
    pub failed: usize,
    /// Epsilon of geomin and bigeomin.
    pub epsilon: Option<f64>,
    /// Whether rows were scaled to length 1 before (Kaiser 1958).
    pub normalize: bool,
    /// Whether factors may correlate.
    pub oblique: bool,
    /// Distinct minima, the lowest first; values more than 1e-6 apart, relatively.
    pub minima: Vec<DistinctMinimum>,
}

/// What a search ended with: the best rotation, all distinct minima, and how many starts led to none.
pub(crate) struct Found {
    pub(crate) turned: Turned,
    pub(crate) minima: Vec<DistinctMinimum>,
    pub(crate) failed: usize,
}

/// The best rotation of A from `starts` starts (the first the identity), each with a stream of its own under the seed: the
/// same at any number of threads.
pub(crate) fn search(turning: Turning<'_>, a: &DMatrix<f64>, starts: usize, seed: u64) -> Result<Found> {
    let k = a.ncols();
    let begin = |start: usize| match start {
        0 => DMatrix::identity(k, k),
        _ => random_rotation(k, seed, start as u64),
    };
    let found: Vec<Option<Turned>> = (0..starts.max(1))
        .into_par_iter()
        .map(|start| turning.search(a, &begin(start), ROUGH, ITERATIONS))
        .collect();
    let ended: Vec<&Turned> = found.iter().flatten().filter(|turned| turned.converged).collect();
    let lowest = |all: &[&Turned]| -> Option<Turned> {
        all.iter().min_by(|a, b| a.value.total_cmp(&b.value)).map(|turned| (*turned).clone())
    };
    let unfinished: Vec<&Turned> = found.iter().flatten().collect();
    let best =
        lowest(&ended).or_else(|| lowest(&unfinished)).ok_or_else(|| no_rotation(turning.criterion))?;
    let fine = turning.search(a, &best.transformation, FINE, LAST_ITERATIONS);
    let best = match fine {
        Some(fine) if fine.value <= best.value + 1e-12 * (1.0 + best.value.abs()) => {
            Turned { converged: fine.converged || best.converged, ..fine }
        }
        _ => best,
    };
    if !best.converged {
        return Err(no_rotation(turning.criterion));
    }
    let failed = found.len() - ended.len();
    let mut minima = distinct(ended.iter().map(|turned| turned.value));
    match minima.first_mut() {
        Some(first) => first.value = best.value,
        None => minima.push(DistinctMinimum { value: best.value, count: 1 }),
    }
    Ok(Found { turned: best, minima, failed })
}

/// The minimum that a search from T ends at.
pub(super) fn search_from(turning: Turning<'_>, a: &DMatrix<f64>, start: &DMatrix<f64>) -> Result<Found> {
    let turned = turning.search(a, start, FINE, LAST_ITERATIONS).filter(|turned| turned.value.is_finite());
    // what rounding leaves of a gradient is no reason to give up
    let turned = match turned {
        Some(turned) if turned.converged => turned,
        _ => {
            let rough = turning.search(a, start, ROUGH, LAST_ITERATIONS).filter(|turned| turned.converged);
            rough.ok_or_else(|| no_rotation(turning.criterion))?
        }
    };
    Ok(Found { minima: vec![DistinctMinimum { value: turned.value, count: 1 }], turned, failed: 0 })
}

fn no_rotation(criterion: Criterion) -> Error {
    Error::NoAnswerExists {
        what: format!("{criterion} rotation"),
        why:
            "from no start did the search end at a minimum: factors fall together, or the criterion has none"
                .into(),
        remedy: "Take fewer factors, another rotation, orthogonal factors, or more starts.".into(),
    }
}

/// Values that are more than `SAME_VALUE` apart, ascending, with how many there are of each.
fn distinct(values: impl Iterator<Item = f64>) -> Vec<DistinctMinimum> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let mut minima: Vec<DistinctMinimum> = Vec::new();
    for value in values {
        match minima.last_mut() {
            Some(last) if value - last.value <= SAME_VALUE * last.value.abs().max(1e-6) => last.count += 1,
            _ => minima.push(DistinctMinimum { value, count: 1 }),
        }
    }
    minima
}

/// An orthogonal matrix, all being equally likely: the Q of a matrix of normal numbers (Stewart 1980).
pub(crate) fn random_rotation(k: usize, seed: u64, start: u64) -> DMatrix<f64> {
    let mut random = stream(seed, start);
    let normal = DMatrix::from_fn(k, k, |_, _| StandardNormal.sample(&mut random));
    normal.qr().q()
}
