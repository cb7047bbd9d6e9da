//! Factor models of ever more factors by maximum likelihood: the first that is not rejected, or fits closely, or has the smallest
//! information criterion.

use crate::error::Result;
use crate::factor::analysed::CorrelationMatrix;
use crate::factor::extraction::{Extraction, extract};
use crate::factor::identification::degrees_of_freedom;
use crate::numeric::noncentral::noncentrality;
use crate::numeric::spectrum::eigenvalues;
use crate::numeric::tails::chi_square_tail;
use serde::{Deserialize, Serialize};

/// RMSEA up to this is a close fit (Browne & Cudeck 1993).
const CLOSE: f64 = 0.05;

/// How well a number of factors fits, by maximum likelihood.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// let three = &study.models[3];
/// assert_eq!((three.factors, three.df, three.converged), (3, 12.0, true));
/// assert_eq!(format!("{:.3} {:.3} {:.3}", three.chisq, three.pvalue.unwrap(), three.cfi), "22.897 0.029 0.988");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SequentialModel {
    /// Factors.
    pub factors: usize,
    /// Whether the search ended at a solution.
    pub converged: bool,
    /// Items whose uniqueness is at the border.
    pub heywood: Vec<String>,
    /// N F.
    pub chisq: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// p-value; none without degrees of freedom.
    pub pvalue: Option<f64>,
    /// sqrt((chisq - df) / (N df)).
    pub rmsea: Option<f64>,
    /// Lower end of its 90 % interval.
    #[serde(rename = "rmsea.ci.lower")]
    pub rmsea_lower: Option<f64>,
    /// Against the model without factors.
    pub cfi: f64,
    /// chisq - 2 df.
    pub aic: f64,
    /// chisq - df ln N.
    pub bic: f64,
}

/// Models of 0 to `most` factors; none of a singular matrix.
pub(super) fn sequence(matrix: &CorrelationMatrix, n: usize, most: usize) -> Result<Vec<SequentialModel>> {
    let p = matrix.len();
    let log_determinant: f64 = eigenvalues(matrix.r.clone()).iter().map(|v| v.ln()).sum();
    let baseline = -log_determinant;
    let (n, excess_0) = (n as f64, (n as f64 * baseline - (p * (p - 1) / 2) as f64).max(1e-12));
    let mut models: Vec<SequentialModel> = Vec::new();
    for factors in 0..=most {
        let df = degrees_of_freedom(p, factors) as f64;
        let (value, converged, heywood) = match factors {
            0 => (baseline, true, Vec::new()),
            _ => {
                let found = extract(matrix, factors, Extraction::Ml)?;
                (found.objective.unwrap_or(0.0), found.converged, found.heywood)
            }
        };
        let chisq = n * value.max(0.0);
        let of = |ncp: f64| (df > 0.0).then(|| (ncp.max(0.0) / (n * df)).sqrt());
        models.push(SequentialModel {
            factors,
            converged,
            heywood,
            chisq,
            df,
            pvalue: (df > 0.0).then(|| chi_square_tail(chisq, df)),
            rmsea: of(chisq - df),
            rmsea_lower: if df > 0.0 { of(noncentrality(chisq, df, 0.95)) } else { None },
            cfi: 1.0 - ((chisq - df).max(0.0) / excess_0.max(chisq - df)),
            aic: chisq - 2.0 * df,
            bic: chisq - df * n.ln(),
        });
    }
    Ok(models)
}

/// The first number of factors that is not rejected at .05.
pub(super) fn not_rejected(models: &[SequentialModel]) -> Option<usize> {
    let is = |model: &&SequentialModel| model.converged && model.pvalue.is_none_or(|p| p > 0.05);
    models.iter().find(is).map(|model| model.factors)
}

/// The first of which the interval of the RMSEA reaches down to a close fit (Preacher, Zhang, Kim & Mels 2013).
pub(super) fn closely(models: &[SequentialModel]) -> Option<usize> {
    let is = |model: &&SequentialModel| model.converged && model.rmsea_lower.is_none_or(|low| low < CLOSE);
    models.iter().find(is).map(|model| model.factors)
}

/// The one with the smallest criterion.
pub(super) fn smallest(models: &[SequentialModel], of: impl Fn(&SequentialModel) -> f64) -> Option<usize> {
    let usable = models.iter().filter(|model| model.converged);
    usable.min_by(|a, b| of(a).total_cmp(&of(b))).map(|model| model.factors)
}
