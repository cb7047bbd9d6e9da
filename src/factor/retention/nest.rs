//! Next eigenvalue sufficiency test (Achim 2017): the model of k factors is enough when the (k + 1)th eigenvalue of the data is no
//! larger than 95 % of those of samples from that model.

use super::draw::normal_correlation;
use super::parallel::quantile;
use super::task::Retention;
use crate::error::Result;
use crate::factor::analysed::CorrelationMatrix;
use crate::factor::extraction::{Extraction, extract};
use crate::numeric::spectrum::eigenvalues;
use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Streams of the test: those of parallel analysis are the first.
const STREAMS: u64 = 1 << 40;

/// One step of the test.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// let last = study.nest.unwrap().steps.pop().unwrap();
/// // the model is enough: the next eigenvalue is no larger than of samples from it
/// assert_eq!((last.factors, last.eigenvalue <= last.quantile), (3, true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NextEigenvalue {
    /// Factors of the model.
    pub factors: usize,
    /// The next eigenvalue of the data.
    pub eigenvalue: f64,
    /// The quantile of the same of samples from the model.
    pub quantile: f64,
}

/// The steps, up to the first model that is enough.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// let nest = study.nest.unwrap();
/// assert_eq!((nest.suggested, nest.steps.len()), (Some(3), 4));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NextEigenvalueTest {
    /// The steps.
    pub steps: Vec<NextEigenvalue>,
    /// Samples from each model.
    pub replications: usize,
    /// The first model that is enough; none where no model up to the largest tried is.
    pub suggested: Option<usize>,
}

impl Retention {
    pub(super) fn next_eigenvalue(
        &self,
        matrix: &CorrelationMatrix,
        observed: &[f64],
        n: usize,
        most: usize,
    ) -> Result<NextEigenvalueTest> {
        let p = matrix.len();
        let mut steps = Vec::new();
        let mut suggested = None;
        for factors in 0..=most.min(p - 1) {
            let implied = match factors {
                0 => DMatrix::identity(p, p),
                _ => {
                    let found = extract(matrix, factors, Extraction::Ml)?;
                    let mut implied = &found.pattern * found.pattern.transpose();
                    implied.fill_diagonal(1.0);
                    implied
                }
            };
            let Some(root) = implied.cholesky().map(|c| c.l()) else { break };
            let first = STREAMS + factors as u64 * self.replications as u64;
            let mut simulated: Vec<f64> = (0..self.replications as u64)
                .into_par_iter()
                .map(|replicate| {
                    self.progress.check("the test of the next eigenvalue")?;
                    let r = normal_correlation(p, n, Some(&root), self.seed, first + replicate);
                    Ok(eigenvalues(r)[factors])
                })
                .collect::<Result<_>>()?;
            simulated.sort_by(f64::total_cmp);
            let step = NextEigenvalue {
                factors,
                eigenvalue: observed[factors],
                quantile: quantile(&simulated, self.quantile),
            };
            steps.push(step);
            if step.eigenvalue <= step.quantile {
                suggested = Some(factors);
                break;
            }
        }
        Ok(NextEigenvalueTest { steps, replications: self.replications, suggested })
    }
}
