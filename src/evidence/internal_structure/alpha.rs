//! Cronbach's alpha with two intervals.
//!
//! With k items, their covariance matrix C (divisor N - 1) and mean correlation r:
//!
//! ```text
//! raw          = k / (k - 1) (1 - tr C / sum C)                    Cronbach (1951), Psychometrika 16, 297
//! standardized = k r / (1 + (k - 1) r)                              Spearman-Brown of r
//! Feldt        : 1 - (1 - raw) F(1 - a/2), 1 - (1 - raw) F(a/2)      F quantiles with n - 1 and
//!                (n - 1)(k - 1) degrees of freedom                   Feldt (1965), Psychometrika 30, 357;
//!                                                                   Feldt, Woodruff & Salih (1987)
//! Duhachek     : raw -+ z(1 - a/2) se,  se^2 = Q / n                 Duhachek & Iacobucci (2004),
//!   Q = 2 k^2 / ((k - 1)^2 s^3) (s (tr C^2 + (tr C)^2) - 2 tr C 1'C^2 1),  s = sum C = 1'C1
//!                                                                   J. Applied Psychology 89, 792, eq. 2
//! ```
//!
//! Feldt's interval assumes normal, essentially tau-equivalent items; Duhachek and Iacobucci's normal
//! items and a large sample. n counts the rows that took part; pairwise, that is more than any
//! one covariance rests on, so the intervals are then somewhat narrow.
//!
//! By full information of incomplete rows C is the maximum likelihood estimate of the saturated model (Enders 2003,
//! Psychological Methods 8, 322). Feldt's interval is of complete rows and does not exist; `duhachek` is the interval of
//! the same delta method with the information of the incomplete rows, V the inverse of their observed information about C:
//!
//! ```text
//! se^2 = g'Vg / n,  g = d alpha / d vech C: k / (k - 1) (tr C / s^2 - 1 / s) of variances, 2 k / (k - 1) tr C / s^2 of covariances
//! ```
//!
//! With complete rows V is that of normal theory and se is Duhachek and Iacobucci's.

use super::full_information::FullInformation;
use super::matrices::{ScaleMatrices, Sums};
use crate::error::Result;
use crate::evidence::Interval;
use crate::moments::{Moments, RowsUsed};
use crate::numeric::f_distribution;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};
use std::borrow::Cow;

/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// A total variance that is zero but for rounding, relative to the sum of the item variances.
const NO_VARIANCE: f64 = 1e-12;

/// Cronbach's alpha of a scale.
///
/// ```
/// use psychometrics::moments::Moments;
///
/// let lower = [1.3552, 1.1014, 1.6653, 0.8985, 1.0179, 1.2003];
/// let moments = Moments::from_lower_triangle(&["x4", "x5", "x6"], &lower, 301)?;
/// use psychometrics::evidence::internal_structure::Alpha;
///
/// let alpha = Alpha::of(&moments)?;
/// assert_eq!(format!("{:.3}", alpha.raw.unwrap()), "0.883");
/// let interval = alpha.feldt.unwrap();
/// assert_eq!(format!("{:.3} to {:.3}", interval.lower, interval.upper), "0.858 to 0.904");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Alpha {
    /// Alpha from the covariances; none when the total score does not vary.
    pub raw: Option<f64>,
    /// Alpha from the correlations; none when the total of the standardised items does not vary.
    pub standardized: Option<f64>,
    /// Mean correlation between items; none where one of them is not defined.
    pub average_r: Option<f64>,
    /// Feldt's interval for `raw`; none by full information of incomplete rows.
    pub feldt: Option<Interval>,
    /// Duhachek and Iacobucci's interval for `raw`; by full information of incomplete rows the delta method's.
    pub duhachek: Option<Interval>,
    /// The standard error of `raw` behind it.
    pub se: Option<f64>,
    /// Level of the intervals.
    pub level: f64,
    /// Rows that took part.
    pub n: usize,
    /// Number of items.
    pub items: usize,
    /// What was computed, and from which divisor.
    pub method: Cow<'static, str>,
    /// How missing answers were treated.
    pub missing: RowsUsed,
}

/// Alpha of the scale without one of its items.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
/// use psychometrics::moments::Missing;
///
/// let mut summary = ScaleSummary::new(["a", "b", "c"].map(ScaleItem::new), Missing::Listwise);
/// summary.push(ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]].view())?;
/// let found = Reliability::of(&summary)?;
/// let without = &found.alpha_if_dropped[1];
/// assert_eq!(without.item, "b");
/// assert_eq!(format!("{:.3} {:.3}", found.alpha.raw.unwrap(), without.raw.unwrap()), "0.950 0.916");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlphaIfDropped {
    /// The item left out.
    pub item: String,
    /// Raw alpha of the others; none for a single one, or when their total does not vary.
    pub raw: Option<f64>,
    /// Standardised alpha of the others; none for a single one, or when their total does not vary.
    pub standardized: Option<f64>,
}

impl Alpha {
    /// Alpha from the moments of the items; a published covariance matrix will do.
    ///
    /// ```
    /// use psychometrics::evidence::internal_structure::Alpha;
    /// use psychometrics::moments::Moments;
    ///
    /// // the textual tests x4, x5, x6 of Holzinger and Swineford (1939), rounded
    /// let lower = [1.3552, 1.1014, 1.6653, 0.8985, 1.0179, 1.2003];
    /// let moments = Moments::from_lower_triangle(&["x4", "x5", "x6"], &lower, 301)?;
    /// let alpha = Alpha::of(&moments)?;
    /// assert_eq!(format!("{:.3}", alpha.raw.unwrap()), "0.883");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFewItems`](crate::Error::TooFewItems) for one item,
    /// [`Error::TooFewRows`](crate::Error::TooFewRows),
    /// [`Error::ConstantItem`](crate::Error::ConstantItem) and, pairwise,
    /// [`Error::EmptyColumn`](crate::Error::EmptyColumn) and
    /// [`Error::NeverTogether`](crate::Error::NeverTogether).
    pub fn of(moments: &Moments) -> Result<Self> {
        Ok(Self::from_matrices(&ScaleMatrices::of(moments, "alpha")?, moments.rows_used()))
    }

    pub(super) fn from_matrices(scale: &ScaleMatrices, missing: RowsUsed) -> Self {
        let items = scale.names.len();
        let (n, k) = (scale.n as f64, items as f64);
        let (covariance, correlation) = (&scale.covariance_sums, scale.correlation_sums.as_ref());
        let raw = of_sums(k, covariance.trace, covariance.sum);
        let tail = 0.5 * (1.0 - LEVEL);
        let quantile = |p| f_distribution::quantile(p, n - 1.0, (n - 1.0) * (k - 1.0));
        let feldt = raw.and_then(|raw| {
            let lower = 1.0 - (1.0 - raw) * quantile(1.0 - tail)?;
            Some(Interval { lower, upper: 1.0 - (1.0 - raw) * quantile(tail)? })
        });
        let se = raw.and_then(|_| duhachek_se(&scale.covariance, covariance, n));
        Self {
            raw,
            standardized: correlation.and_then(|r| of_sums(k, r.trace, r.sum)),
            average_r: correlation.map(|r| (r.sum - k) / (k * (k - 1.0))),
            feldt,
            duhachek: around(raw, se),
            se,
            level: LEVEL,
            n: scale.n,
            items,
            method: "Cronbach's alpha (1951), covariances with divisor N - 1".into(),
            missing,
        }
    }

    /// From covariances by maximum likelihood of incomplete rows.
    pub(super) fn by_full_information(
        scale: &ScaleMatrices,
        missing: RowsUsed,
        full: &FullInformation,
    ) -> Self {
        let alpha = Self::from_matrices(scale, missing);
        let se = alpha.raw.and_then(|_| full.alpha_se());
        Self {
            feldt: None,
            duhachek: around(alpha.raw, se),
            se,
            method: "Cronbach's alpha (1951), covariances by maximum likelihood of incomplete rows".into(),
            ..alpha
        }
    }
}

/// The normal interval.
fn around(raw: Option<f64>, se: Option<f64>) -> Option<Interval> {
    let z = Normal::standard().inverse_cdf(0.5 + 0.5 * LEVEL);
    raw.zip(se).map(|(raw, se)| Interval { lower: raw - z * se, upper: raw + z * se })
}

impl AlphaIfDropped {
    pub(super) fn each(scale: &ScaleMatrices) -> Vec<Self> {
        let k = scale.names.len() as f64;
        let without = |sums: &Sums, own: f64, i: usize| {
            of_sums(k - 1.0, sums.trace - own, sums.sum - 2.0 * sums.rows[i] + own)
        };
        let each = scale.names.iter().enumerate().map(|(i, name)| Self {
            item: name.clone(),
            raw: without(&scale.covariance_sums, scale.covariance[(i, i)], i),
            standardized: scale.correlation_sums.as_ref().and_then(|sums| without(sums, 1.0, i)),
        });
        each.collect()
    }
}

/// Alpha of k items from the trace and the sum of their covariance matrix.
fn of_sums(k: f64, trace: f64, sum: f64) -> Option<f64> {
    (k > 1.0 && sum > NO_VARIANCE * trace).then(|| k / (k - 1.0) * (1.0 - trace / sum))
}

fn duhachek_se(covariance: &DMatrix<f64>, sums: &Sums, n: f64) -> Option<f64> {
    let k = covariance.nrows() as f64;
    let (trace, sum) = (sums.trace, sums.sum);
    let trace_of_square = covariance.norm_squared();
    let sum_of_square = sums.rows.norm_squared();
    let q = 2.0 * k * k / ((k - 1.0).powi(2) * sum.powi(3))
        * (sum * (trace_of_square + trace * trace) - 2.0 * trace * sum_of_square);
    (q >= 0.0).then(|| (q / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::moments::Missing;
    use approx::assert_relative_eq;
    use ndarray::array;
    use proptest::prelude::*;

    fn names(k: usize) -> Vec<String> {
        (1..=k).map(|i| format!("x{i}")).collect()
    }

    /// Parallel items: alpha is the Spearman-Brown reliability, raw and standardised alike.
    #[test]
    fn of_parallel_items_is_spearman_brown() {
        let moments = Moments::from_lower_triangle(&names(3), &[2.0, 1.0, 2.0, 1.0, 1.0, 2.0], 100).unwrap();
        let alpha = Alpha::of(&moments).unwrap();
        assert_relative_eq!(alpha.raw.unwrap(), 0.75, epsilon = 1e-14);
        assert_relative_eq!(alpha.standardized.unwrap(), 0.75, epsilon = 1e-14);
        assert_relative_eq!(alpha.average_r.unwrap(), 0.5, epsilon = 1e-14);
        // for parallel items Q = 2 k (1 - alpha)^2 / (k - 1)
        let se = (2.0 * 3.0 * 0.25f64.powi(2) / 2.0 / 100.0).sqrt();
        assert_relative_eq!(alpha.se.unwrap(), se, epsilon = 1e-14);
    }

    #[test]
    fn without_an_answer_there_is_none() {
        let one = Moments::from_lower_triangle(&names(1), &[1.0], 10).unwrap();
        assert!(matches!(Alpha::of(&one), Err(Error::TooFewItems { needed: 2, found: 1, .. })));
        let nobody = Moments::new(names(2), Missing::Pairwise);
        assert!(matches!(Alpha::of(&nobody), Err(Error::TooFewRows { n: 0, .. })));
        let opposed = array![[1.0, 5.0], [2.0, 4.0], [5.0, 1.0]];
        let opposed = Moments::of(names(2), opposed.view(), Missing::Listwise).unwrap();
        let alpha = Alpha::of(&opposed).unwrap();
        assert_eq!((alpha.raw, alpha.standardized, alpha.feldt, alpha.se), (None, None, None, None));
        assert_relative_eq!(alpha.average_r.unwrap(), -1.0, epsilon = 1e-14);
    }

    proptest! {
        #[test]
        fn does_not_depend_on_origin_and_unit_and_order(
            rows in prop::collection::vec(prop::collection::vec(1..=5i32, 4), 6..40),
            shift in -50.0..50.0f64, scale in 0.1..20.0f64
        ) {
            let matrix = |f: &dyn Fn(f64) -> f64, order: [usize; 4]| {
                ndarray::Array2::from_shape_fn((rows.len(), 4), |(r, c)| f(f64::from(rows[r][order[c]])))
            };
            let alpha = |x: ndarray::Array2<f64>| {
                Alpha::of(&Moments::of(names(4), x.view(), Missing::Listwise).unwrap()).ok()
            };
            let plain = alpha(matrix(&|x| x, [0, 1, 2, 3]));
            let moved = alpha(matrix(&|x| shift + scale * x, [2, 0, 3, 1]));
            prop_assume!(plain.is_some());
            let (plain, moved) = (plain.unwrap(), moved.unwrap());
            if let (Some(a), Some(b)) = (plain.raw, moved.raw) {
                prop_assert!((a - b).abs() < 1e-9 * (1.0 + a.abs()), "{a} {b}");
            }
            prop_assert!((plain.average_r.unwrap() - moved.average_r.unwrap()).abs() < 1e-10);
        }
    }
}
