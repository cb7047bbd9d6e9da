//! Bootstrap replicates, and the standard errors and intervals that they give.

use crate::error::Warning;
use crate::estimate::estimates::ParameterEstimate;
use crate::estimate::options::{BootstrapInterval, BootstrapOptions};
use crate::model::Operator;
use crate::numeric::quantile;
use crate::numeric::tails::two_sided;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// Replicates of a fit.
///
/// ```
/// use psychometrics::estimate::{BootstrapInterval, BootstrapOptions, StandardErrors};
/// use psychometrics::{Estimation, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let options = BootstrapOptions { replicates: 100, ..BootstrapOptions::default() };
/// let errors = Estimation::default().standard_errors(StandardErrors::Bootstrap).bootstrap(options);
/// let fit = errors.fit(&"textual =~ x4 + x5 + x6".parse()?, &data)?;
/// let bootstrap = fit.bootstrap.as_ref().unwrap();
/// assert_eq!((bootstrap.failed, bootstrap.chisq().len()), (0, 100));
/// // intervals of another kind from the same replicates: x4 is the marker, x5 has one
/// let intervals = bootstrap.intervals(&fit.parameters, BootstrapInterval::Basic, 0.9);
/// assert_eq!((intervals[0], intervals[1].is_some()), (None, true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bootstrap {
    /// How they were drawn.
    #[serde(flatten)]
    pub options: BootstrapOptions,
    /// Replicates without a solution; the others count.
    pub failed: usize,
    /// One row per replicate: free parameters, then defined ones.
    #[serde(skip)]
    pub(crate) estimates: DMatrix<f64>,
    /// The test statistic of each.
    #[serde(skip)]
    pub(crate) chisq: Vec<f64>,
    /// The estimates themselves.
    #[serde(skip)]
    pub(crate) at: DVector<f64>,
    /// Acceleration of each.
    #[serde(skip)]
    pub(crate) acceleration: Option<DVector<f64>>,
}

impl Bootstrap {
    /// Covariance matrix of the first `q` estimates over the replicates (divisor R - 1).
    pub(crate) fn covariance(&self, q: usize) -> DMatrix<f64> {
        let free = self.estimates.columns(0, q);
        let mean = free.row_mean();
        let centred = DMatrix::from_fn(free.nrows(), q, |r, c| free[(r, c)] - mean[c]);
        centred.tr_mul(&centred) / (free.nrows() as f64 - 1.0)
    }

    /// Share of the replicates whose statistic is not below this.
    pub(crate) fn share_above(&self, chisq: f64) -> f64 {
        let above = self.chisq.iter().filter(|t| **t >= chisq).count();
        above as f64 / self.chisq.len() as f64
    }

    /// Gives the rows their intervals, and defined parameters their standard errors.
    pub(crate) fn complete(&self, parameters: &mut [ParameterEstimate]) {
        let ends = self.intervals(parameters, self.options.interval, 0.95);
        let columns = self.columns(parameters);
        for ((p, ends), column) in parameters.iter_mut().zip(ends).zip(columns) {
            let Some(column) = column else { continue };
            if p.op == Operator::Definition {
                let se = self.standard_deviation(column);
                (p.se, p.z) = (Some(se), (se > 0.0).then(|| p.est / se));
                p.pvalue = p.z.map(two_sided);
            }
            (p.ci_lower, p.ci_upper) = (ends.map(|(lower, _)| lower), ends.map(|(_, upper)| upper));
        }
    }

    /// The replicates of each row's parameter; none of fixed ones.
    fn columns(&self, parameters: &[ParameterEstimate]) -> Vec<Option<usize>> {
        let q = parameters.iter().map(|p| p.free).max().unwrap_or(0);
        let mut defined = q..;
        let column = |p: &ParameterEstimate| match (p.free, p.op) {
            (0, Operator::Definition) => defined.next(),
            (0, _) => None,
            (free, _) => Some(free - 1),
        };
        parameters.iter().map(column).collect()
    }

    /// An interval for each row of a parameter table; none of fixed parameters, and no BCa interval where the
    /// replicates are parametric or all lie on one side of the estimate.
    pub fn intervals(
        &self,
        parameters: &[ParameterEstimate],
        kind: BootstrapInterval,
        level: f64,
    ) -> Vec<Option<(f64, f64)>> {
        let columns = self.columns(parameters);
        columns.into_iter().map(|column| self.interval(column?, kind, level)).collect()
    }

    /// The replicates of each row of a parameter table; none of fixed parameters.
    pub fn replicates(&self, parameters: &[ParameterEstimate]) -> Vec<Option<Vec<f64>>> {
        let column = |column: usize| self.estimates.column(column).iter().copied().collect();
        self.columns(parameters).into_iter().map(|at| at.map(column)).collect()
    }

    /// The test statistic of each replicate.
    pub fn chisq(&self) -> &[f64] {
        &self.chisq
    }

    fn standard_deviation(&self, column: usize) -> f64 {
        let values = self.estimates.column(column);
        let n = values.len() as f64;
        (values.variance() * n / (n - 1.0)).sqrt()
    }

    fn interval(&self, column: usize, kind: BootstrapInterval, level: f64) -> Option<(f64, f64)> {
        let mut sorted: Vec<f64> = self.estimates.column(column).iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let normal = Normal::standard();
        let tail = 0.5 * (1.0 - level);
        let t = self.at[column];
        let ends = |lower: f64, upper: f64| {
            (quantile::of_sorted(&sorted, lower), quantile::of_sorted(&sorted, upper))
        };
        Some(match kind {
            BootstrapInterval::Percentile => ends(tail, 1.0 - tail),
            BootstrapInterval::Basic => {
                let (lower, upper) = ends(tail, 1.0 - tail);
                (2.0 * t - upper, 2.0 * t - lower)
            }
            BootstrapInterval::Normal => {
                let centre = 2.0 * t - self.estimates.column(column).mean();
                let half = normal.inverse_cdf(1.0 - tail) * self.standard_deviation(column);
                (centre - half, centre + half)
            }
            BootstrapInterval::Bca => {
                let below = sorted.iter().filter(|x| **x < t).count() as f64 / sorted.len() as f64;
                if below <= 0.0 || below >= 1.0 {
                    return None;
                }
                let (w, acceleration) = (normal.inverse_cdf(below), self.acceleration.as_ref()?[column]);
                let corrected = |p: f64| {
                    let shifted = w + normal.inverse_cdf(p);
                    normal.cdf(w + shifted / (1.0 - acceleration * shifted))
                };
                ends(corrected(tail), corrected(1.0 - tail))
            }
        })
    }

    pub(crate) fn warning(&self) -> Option<Warning> {
        (self.failed > 0)
            .then_some(Warning::ReplicatesFailed { failed: self.failed, replicates: self.options.replicates })
    }
}
