//! Bootstrap intervals of every reliability coefficient of a scale.
//!
//! Complete rows are drawn again with replacement; from each replicate's covariance matrix follow all coefficients.
//! Split halves (lambda 4 among them) are made in every replicate up to [`SPLIT_ITEMS`] items.

use super::lower_bounds::LowerBounds;
use super::reliability::Omega;
use super::split_half::SplitHalf;
use crate::data::Rows;
use crate::error::{Error, Result};
use crate::evidence::{Interval, Resampling};
use crate::moments::{LabelledMatrix, Moments};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Items up to which split halves are made again in every replicate.
const SPLIT_ITEMS: usize = 16;
/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// Names of the coefficients, in the order in which they are computed.
const NAMES: [&str; 16] = [
    "alpha",
    "standardized_alpha",
    "lambda1",
    "lambda2",
    "lambda3",
    "lambda4",
    "lambda5",
    "lambda6",
    "glb",
    "split_half_max",
    "split_half_min",
    "split_half_mean",
    "omega",
    "omega_observed",
    "composite_reliability",
    "maximal",
];

/// Percentile intervals of the reliability coefficients of a scale.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::Resampling;
/// use psychometrics::evidence::internal_structure::ReliabilityIntervals;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let items = ["a1", "a2", "a3", "a4"].map(String::from);
/// let drawn = Resampling { replicates: 200, seed: 1 };
/// let found = ReliabilityIntervals::of(&items, data.numeric(&items)?.view(), drawn)?;
/// let alpha = found.intervals["alpha"].as_ref().unwrap();
/// assert_eq!(format!("{:.2} {:.2}", alpha.lower, alpha.upper), "0.72 0.79");
/// assert_eq!((found.n, found.level), (600, 0.95));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReliabilityIntervals {
    /// Replicates and seed.
    #[serde(flatten)]
    pub resampling: Resampling,
    /// Level of the intervals.
    pub level: f64,
    /// Complete rows that were drawn from.
    pub n: usize,
    /// By coefficient; none where it does not exist in a tenth of the replicates, or was left out of them.
    pub intervals: BTreeMap<Cow<'static, str>, Option<Interval>>,
}

impl ReliabilityIntervals {
    /// Of keyed answers, respondents x items; rows with a missing answer are left out.
    ///
    /// # Errors
    /// [`Error::TooFewRows`] for fewer than three complete rows, [`Error::TooFewItems`] for one item,
    /// [`Error::WrongSize`] when there is not one name per item.
    pub fn of<'r>(names: &[String], rows: impl Into<Rows<'r>>, resampling: Resampling) -> Result<Self> {
        let rows = rows.into();
        let rows = rows.view();
        let k = names.len();
        if rows.ncols() != k {
            return Err(Error::WrongSize {
                what: "columns of the answers".into(),
                found: rows.ncols(),
                expected: k,
            });
        }
        if k < 2 {
            return Err(Error::TooFewItems { what: "reliability".into(), needed: 2, found: k });
        }
        let complete: Vec<Vec<f64>> =
            rows.outer_iter().map(|r| r.to_vec()).filter(|r| r.iter().all(|x| x.is_finite())).collect();
        let n = complete.len();
        if n < 3 {
            return Err(Error::TooFewRows { what: "bootstrap intervals".into(), n, needed: 3 });
        }
        let replicates = resampling.of(n, NAMES.len(), |times| {
            let covariance = covariance(&complete, times);
            coefficients(names, n, &covariance)
        });
        let intervals = NAMES
            .iter()
            .enumerate()
            .map(|(i, name)| ((*name).into(), replicates.interval(i, LEVEL)))
            .collect();
        Ok(Self { resampling, level: LEVEL, n, intervals })
    }
}

/// Covariances (divisor n - 1) of rows that occur several times.
pub(crate) fn covariance(rows: &[Vec<f64>], times: &[u32]) -> DMatrix<f64> {
    let k = rows.first().map_or(0, Vec::len);
    let n: f64 = times.iter().map(|t| f64::from(*t)).sum();
    let mut mean = vec![0.0; k];
    for (row, t) in rows.iter().zip(times) {
        row.iter().zip(&mut mean).for_each(|(x, m)| *m += f64::from(*t) * x / n);
    }
    let drawn: Vec<usize> = (0..rows.len()).filter(|&row| times[row] > 0).collect();
    let centred = DMatrix::from_fn(k, drawn.len(), |j, at| rows[drawn[at]][j] - mean[j]);
    let mut weighted = centred.transpose();
    weighted.row_iter_mut().zip(&drawn).for_each(|(mut row, &at)| row *= f64::from(times[at]) / (n - 1.0));
    let mut sums = centred * weighted;
    sums.fill_upper_triangle_with_lower_triangle();
    sums
}

fn coefficients(names: &[String], n: usize, covariance: &DMatrix<f64>) -> Vec<Option<f64>> {
    let k = names.len() as f64;
    if covariance.diagonal().iter().any(|v| !(*v > 0.0)) {
        return vec![None; NAMES.len()];
    }
    let scale = covariance.diagonal().map(f64::sqrt);
    let correlation =
        DMatrix::from_fn(names.len(), names.len(), |i, j| covariance[(i, j)] / (scale[i] * scale[j]));
    let alpha = |m: &DMatrix<f64>| (m.sum() > 0.0).then(|| k / (k - 1.0) * (1.0 - m.trace() / m.sum()));
    let split = (names.len() <= SPLIT_ITEMS).then(|| SplitHalf::of(names, &correlation)).flatten();
    let bounds = LowerBounds::of(&correlation, split.as_ref());
    let bound = |of: fn(&LowerBounds) -> Option<f64>| bounds.as_ref().and_then(of);
    let moments = Moments::from_covariance(&LabelledMatrix::square(names, covariance), n, None);
    let omega = moments.ok().map(|moments| Omega::of(&moments));
    let of_omega = |of: fn(&Omega) -> Option<f64>| omega.as_ref().and_then(of);
    vec![
        alpha(covariance),
        alpha(&correlation),
        bound(|b| Some(b.lambda1)),
        bound(|b| Some(b.lambda2)),
        bound(|b| Some(b.lambda3)),
        bound(|b| b.lambda4),
        bound(|b| Some(b.lambda5)),
        bound(|b| b.lambda6),
        bound(|b| b.glb),
        split.as_ref().map(|s| s.max),
        split.as_ref().map(|s| s.min),
        split.as_ref().map(|s| s.mean),
        of_omega(|o| o.total),
        of_omega(|o| o.total_observed),
        of_omega(|o| o.composite_reliability),
        of_omega(|o| o.maximal),
    ]
}
