//! Sampling weights: how many of the population a respondent stands for.
//!
//! Pseudo-maximum likelihood maximises sum_i w_i log f(y_i), as if the population had been counted (Skinner 1989;
//! Asparouhov 2005). With the weights scaled so that they sum to the number of rows,
//!
//! ```text
//! A = sum_i w_i (-d2 log f_i) / N,     B = sum_i w_i^2 s_i s_i' / N,     Cov(estimates) = A^-1 B A^-1 / N
//! ```
//!
//! since a respondent is drawn once, whatever the weight. What unequal weights cost is Kish's (1965, section 11.7)
//! design effect, 1 + the squared coefficient of variation of the weights:
//!
//! ```text
//! deff = n sum w^2 / (sum w)^2,        effective n = n / deff
//! ```

use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::sample::group::Sample;
use serde::{Deserialize, Serialize};

/// The sampling weights of a fit, and what their being unequal costs.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3".parse()?;
/// // ages of 11 to 16 in the place of weights
/// let fit = Estimation::default().weights("ageyr").fit(&model, &data)?;
/// let weights = fit.sampling_weights.as_ref().unwrap();
/// assert_eq!(weights.variable.as_str(), "ageyr");
/// // 301 respondents of these weights tell as much of a mean as so many of equal weight
/// assert_eq!(format!("{:.3} {:.3}", weights.design_effect, weights.effective_n), "1.007 299.053");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SamplingWeights {
    /// The variable they are in.
    pub variable: String,
    /// The smallest and the largest, where their mean is 1.
    pub range: (f64, f64),
    /// Kish's design effect: n sum w^2 / (sum w)^2.
    pub design_effect: f64,
    /// Respondents of equal weight that would tell as much of a mean.
    pub effective_n: f64,
}

impl SamplingWeights {
    /// What the weights of the rows that are used cost; none of no weights, or of weights that are not all positive and
    /// finite.
    ///
    /// ```
    /// use psychometrics::estimate::SamplingWeights;
    ///
    /// // 4 (1 + 1 + 1 + 9) / 6^2 = 4/3: as much as 3 respondents of equal weight
    /// let found = SamplingWeights::of("w", &[1.0, 1.0, 1.0, 3.0]).unwrap();
    /// assert!((found.design_effect - 4.0 / 3.0).abs() < 1e-12);
    /// assert!((found.effective_n - 3.0).abs() < 1e-12);
    /// assert_eq!(found.range.1, 2.0);
    /// assert_eq!(SamplingWeights::of("w", &[1.0, 0.0]), None);
    /// ```
    pub fn of(variable: &str, weights: &[f64]) -> Option<Self> {
        if weights.is_empty() || !weights.iter().all(|w| *w > 0.0 && w.is_finite()) {
            return None;
        }
        let n = weights.len() as f64;
        let (sum, squares) = weights.iter().fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
        let design_effect = n * squares / (sum * sum);
        let low = weights.iter().copied().fold(f64::INFINITY, f64::min);
        let high = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mean = sum / n;
        Some(Self {
            variable: variable.into(),
            range: (low / mean, high / mean),
            design_effect,
            effective_n: n / design_effect,
        })
    }

    pub(crate) fn warning(&self) -> Option<Warning> {
        let equal = self.range.1 - self.range.0 < 1e-12;
        equal.then(|| Warning::EqualWeights { variable: self.variable.clone() })
    }
}

/// The weights of some rows.
pub(crate) fn weights_of(variable: &str, values: &[f64], used: &[usize], data: &Dataset) -> Result<Vec<f64>> {
    type Fault = fn(f64) -> bool;
    let faults: [(&'static str, Fault); 4] = [
        ("missing", f64::is_nan),
        ("negative", |w| w < 0.0),
        ("zero", |w| w == 0.0),
        ("infinite", f64::is_infinite),
    ];
    for (fault, has) in faults {
        let rows: Vec<usize> =
            used.iter().filter(|&&row| has(values[row])).map(|&row| data.file_row(row)).collect();
        if !rows.is_empty() {
            return Err(Error::UnusableWeights { variable: variable.into(), fault: fault.into(), rows });
        }
    }
    Ok(used.iter().map(|&row| values[row]).collect())
}

/// Scales the weights of all groups together to a mean of 1; what they cost.
pub(crate) fn normalise(variable: &str, groups: &mut [Sample]) -> Option<SamplingWeights> {
    let all: Vec<f64> =
        groups.iter().filter_map(|group| group.weights.as_deref()).flatten().copied().collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    for weights in groups.iter_mut().filter_map(|group| group.weights.as_mut()) {
        weights.iter_mut().for_each(|w| *w /= mean);
    }
    SamplingWeights::of(variable, &all)
}
