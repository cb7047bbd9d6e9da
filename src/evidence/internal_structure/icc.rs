//! Intraclass correlations: agreement of raters, or of occasions, on a number.
//!
//! From the mean squares of n targets by k raters, MS_B between targets, MS_J between raters, MS_E the rest, MS_W within
//! targets (raters and rest together):
//!
//! ```text
//! ICC1  ICC(1)    (MS_B - MS_W) / (MS_B + (k - 1) MS_W)                            each target its own raters
//! ICC2  ICC(A,1)  (MS_B - MS_E) / (MS_B + (k - 1) MS_E + k (MS_J - MS_E) / n)      raters drawn at random: agreement
//! ICC3  ICC(C,1)  (MS_B - MS_E) / (MS_B + (k - 1) MS_E)                            these raters: consistency
//! ...k            the same of the mean of k raters
//! ```
//!
//! Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428, with their intervals; the second names are those of
//! McGraw & Wong (1996). With missing ratings the mean squares are those that variance components by restricted maximum
//! likelihood imply for n targets and k raters (Bates et al. 2015), and the intervals are approximate.
//!
//! ```text
//! SEM, consistency  sqrt(MS_E)          SEM, agreement  sqrt(MS_E + (MS_J - MS_E) / n)        SDC  1.96 sqrt(2) SEM
//! ```
//!
//! de Vet et al. (2006), Journal of Clinical Epidemiology 59, 1033-1039.
//!
//! It is longer than others by the examples of its types.

use crate::data::Rows;
use crate::error::{Error, Result, Warning};
use crate::evidence::Interval;
use crate::numeric::minimise::{Objective, bfgs};
use crate::numeric::{cholesky, f_distribution};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// Intraclass correlations of a table of ratings.
///
/// ```
/// use psychometrics::evidence::internal_structure::Intraclass;
///
/// // six subjects, four judges (Shrout & Fleiss 1979, table 2)
/// let ratings = ndarray::array![
///     [9.0, 2.0, 5.0, 8.0], [6.0, 1.0, 3.0, 2.0], [8.0, 4.0, 6.0, 8.0],
///     [7.0, 1.0, 2.0, 6.0], [10.0, 5.0, 6.0, 9.0], [6.0, 2.0, 4.0, 7.0]
/// ];
/// let found = Intraclass::of(ratings.view())?;
/// let value = |form: &str| format!("{:.2}", found.form(form).unwrap().value.unwrap());
/// assert_eq!([value("ICC1"), value("ICC2"), value("ICC3")], ["0.17", "0.29", "0.71"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intraclass {
    /// Targets with a rating.
    pub targets: usize,
    /// Raters (or occasions).
    pub raters: usize,
    /// Their names.
    pub rater_names: Vec<String>,
    /// Missing ratings.
    pub missing: usize,
    /// The six forms.
    pub icc: Vec<IntraclassForm>,
    /// Mean squares.
    pub mean_squares: MeanSquares,
    /// How mean squares were found.
    pub method: Cow<'static, str>,
    /// Standard error of measurement of one rating, systematic differences between raters left out.
    pub sem_consistency: f64,
    /// The same with systematic differences as error.
    pub sem_agreement: f64,
    /// Smallest detectable change of one target, from `sem_agreement`.
    pub sdc: f64,
    /// Of two raters or occasions: mean difference, second minus first, and the limits within which 95 % of differences
    /// fall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits_of_agreement: Option<LimitsOfAgreement>,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

/// Bland and Altman's (1986) limits of agreement.
///
/// ```
/// use psychometrics::evidence::internal_structure::Intraclass;
///
/// // two raters who differ by 0, 1, 1 and 2
/// let ratings = ndarray::array![[1.0, 1.0], [3.0, 4.0], [4.0, 5.0], [2.0, 4.0]];
/// let limits = Intraclass::of(ratings.view())?.limits_of_agreement.unwrap();
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3} {:.3}", limits.bias, limits.sd, limits.lower, limits.upper),
///     "1.000 0.816 -0.600 2.600"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LimitsOfAgreement {
    /// Mean difference, second minus first.
    pub bias: f64,
    /// Standard deviation of the differences, divisor n - 1.
    pub sd: f64,
    /// bias - 1.96 sd.
    pub lower: f64,
    /// bias + 1.96 sd.
    pub upper: f64,
}

/// Mean squares of targets by raters.
///
/// ```
/// use psychometrics::evidence::internal_structure::Intraclass;
///
/// // six subjects, four judges (Shrout & Fleiss 1979, table 2)
/// let ratings = ndarray::array![
///     [9.0, 2.0, 5.0, 8.0], [6.0, 1.0, 3.0, 2.0], [8.0, 4.0, 6.0, 8.0],
///     [7.0, 1.0, 2.0, 6.0], [10.0, 5.0, 6.0, 9.0], [6.0, 2.0, 4.0, 7.0]
/// ];
/// let found = Intraclass::of(ratings.view())?;
/// let own = &found.mean_squares;
/// assert_eq!(
///     format!("{:.2} {:.2} {:.2} {:.2}", own.targets, own.raters, own.residual, own.within),
///     "11.24 32.49 1.02 6.26"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MeanSquares {
    /// Between targets.
    pub targets: f64,
    /// Between raters.
    pub raters: f64,
    /// The rest.
    pub residual: f64,
    /// Within targets.
    pub within: f64,
}

/// One form of the intraclass correlation.
///
/// ```
/// use psychometrics::evidence::internal_structure::Intraclass;
///
/// // six subjects, four judges (Shrout & Fleiss 1979, table 2)
/// let ratings = ndarray::array![
///     [9.0, 2.0, 5.0, 8.0], [6.0, 1.0, 3.0, 2.0], [8.0, 4.0, 6.0, 8.0],
///     [7.0, 1.0, 2.0, 6.0], [10.0, 5.0, 6.0, 9.0], [6.0, 2.0, 4.0, 7.0]
/// ];
/// let found = Intraclass::of(ratings.view())?;
/// let form = found.form("ICC3k").unwrap();
/// assert_eq!((form.mcgraw_wong.as_ref(), form.df1, form.df2), ("ICC(C,k)", 5.0, 15.0));
/// assert_eq!(format!("{:.2} {:.2} {:.2}", form.value.unwrap(), form.lower.unwrap(), form.upper.unwrap()), "0.91 0.68 0.99");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IntraclassForm {
    /// Shrout and Fleiss's name, as psych writes it.
    #[serde(rename = "type")]
    pub form: Cow<'static, str>,
    /// McGraw and Wong's name.
    pub mcgraw_wong: Cow<'static, str>,
    /// The coefficient; none where the variance that it is a share of is not positive.
    pub value: Option<f64>,
    /// Why there is no coefficient, or no interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Cow<'static, str>>,
    /// F of the test that it is zero; none when nothing varies within targets.
    pub f: Option<f64>,
    /// Degrees of freedom of targets.
    pub df1: f64,
    /// Degrees of freedom of error.
    pub df2: f64,
    /// Probability of a larger F where it is zero.
    pub pvalue: Option<f64>,
    /// Lower end of the 95 % interval.
    pub lower: Option<f64>,
    /// Upper end of the 95 % interval.
    pub upper: Option<f64>,
}

impl Intraclass {
    /// Of targets x raters, NaN where a rating is missing; targets without any rating are left out.
    ///
    /// ```
    /// use ndarray::array;
    /// use psychometrics::evidence::internal_structure::Intraclass;
    ///
    /// // Shrout & Fleiss (1979), table 2
    /// let ratings = array![
    ///     [9.0, 2.0, 5.0, 8.0], [6.0, 1.0, 3.0, 2.0], [8.0, 4.0, 6.0, 8.0],
    ///     [7.0, 1.0, 2.0, 6.0], [10.0, 5.0, 6.0, 9.0], [6.0, 2.0, 4.0, 7.0]
    /// ];
    /// let found = Intraclass::of(ratings.view())?;
    /// let values: Vec<String> = found.icc.iter().map(|form| format!("{:.2}", form.value.unwrap())).collect();
    /// assert_eq!(values, ["0.17", "0.29", "0.71", "0.44", "0.62", "0.91"]);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TooFewRows`] for fewer than two targets, [`Error::TooFewItems`] for one rater, [`Error::NotFinite`],
    /// [`Error::NoAnswers`] for a rater without ratings, [`Error::ConstantItem`] when all ratings are the same.
    pub fn of<'r>(ratings: impl Into<Rows<'r>>) -> Result<Self> {
        let ratings = ratings.into();
        let ratings = ratings.view();
        let names: Vec<String> = (1..=ratings.ncols()).map(|rater| format!("rater {rater}")).collect();
        Self::of_raters(&names, ratings)
    }

    /// The same of raters with names.
    ///
    /// # Errors
    /// As [`Intraclass::of`]; [`Error::WrongSize`] when there are not as many names as columns.
    pub fn of_raters<'r>(names: &[String], ratings: impl Into<Rows<'r>>) -> Result<Self> {
        let ratings = ratings.into();
        let ratings = ratings.view();
        if names.len() != ratings.ncols() {
            let (found, expected) = (names.len(), ratings.ncols());
            return Err(Error::WrongSize { what: "names of raters".into(), found, expected });
        }
        if ratings.iter().any(|x| x.is_infinite()) {
            return Err(Error::NotFinite { what: "a rating".into() });
        }
        let k = ratings.ncols();
        if k < 2 {
            return Err(Error::TooFewItems {
                what: "an intraclass correlation (raters)".into(),
                needed: 2,
                found: k,
            });
        }
        let rows: Vec<Vec<f64>> =
            ratings.outer_iter().map(|r| r.to_vec()).filter(|r| r.iter().any(|x| !x.is_nan())).collect();
        let n = rows.len();
        if n < 2 {
            return Err(Error::TooFewRows {
                what: "an intraclass correlation (rated targets)".into(),
                n,
                needed: 2,
            });
        }
        if let Some(rater) = (0..k).find(|j| rows.iter().all(|r| r[*j].is_nan())) {
            return Err(Error::NoAnswers { variable: names[rater].clone() });
        }
        let twice = rows.iter().filter(|r| r.iter().filter(|x| !x.is_nan()).count() > 1).count();
        if twice < 2 {
            let what = "an intraclass correlation (targets rated at least twice)".into();
            return Err(Error::TooFewRows { what, n: twice, needed: 2 });
        }
        let present: Vec<f64> = rows.iter().flatten().copied().filter(|x| !x.is_nan()).collect();
        if present.iter().all(|x| *x == present[0]) {
            let item = "the ratings".into();
            return Err(Error::ConstantItem { item, value: present[0], n: present.len() });
        }
        let missing = n * k - present.len();
        let (squares, method) = if missing == 0 {
            (analysis_of_variance(&rows), "analysis of variance")
        } else {
            (restricted_likelihood(&rows)?, "variance components by restricted maximum likelihood")
        };
        let MeanSquares { targets, raters, residual, within } = squares;
        if [targets, raters, residual, within].iter().any(|x| !x.is_finite()) {
            return Err(Error::NotFinite { what: "the square of a rating".into() });
        }
        let (sem_consistency, systematic) =
            (squares.residual, (squares.raters - squares.residual) / n as f64);
        let sem_agreement = (sem_consistency + systematic.max(0.0)).sqrt();
        Ok(Self {
            targets: n,
            raters: k,
            rater_names: names.to_vec(),
            missing,
            icc: forms(&squares, n as f64, k as f64),
            mean_squares: squares,
            method: method.into(),
            sem_consistency: sem_consistency.sqrt(),
            sem_agreement,
            sdc: 1.96 * 2.0f64.sqrt() * sem_agreement,
            limits_of_agreement: (k == 2).then(|| limits(&rows)).flatten(),
            warnings: Vec::new(),
        })
    }

    /// A form by Shrout and Fleiss's name ("ICC2").
    pub fn form(&self, name: &str) -> Option<&IntraclassForm> {
        self.icc.iter().find(|form| form.form == name)
    }
}

fn limits(rows: &[Vec<f64>]) -> Option<LimitsOfAgreement> {
    let differences: Vec<f64> = rows.iter().map(|r| r[1] - r[0]).filter(|d| !d.is_nan()).collect();
    let n = differences.len() as f64;
    if n < 2.0 {
        return None;
    }
    let bias = differences.iter().sum::<f64>() / n;
    let sd = (differences.iter().map(|d| (d - bias).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    Some(LimitsOfAgreement { bias, sd, lower: bias - 1.96 * sd, upper: bias + 1.96 * sd })
}

fn analysis_of_variance(rows: &[Vec<f64>]) -> MeanSquares {
    let (n, k) = (rows.len() as f64, rows[0].len() as f64);
    let grand = rows.iter().flatten().sum::<f64>() / (n * k);
    let total: f64 = rows.iter().flatten().map(|x| (x - grand).powi(2)).sum();
    let between: f64 = rows.iter().map(|r| k * (r.iter().sum::<f64>() / k - grand).powi(2)).sum();
    let raters: f64 =
        (0..rows[0].len()).map(|j| n * (rows.iter().map(|r| r[j]).sum::<f64>() / n - grand).powi(2)).sum();
    let rest = (total - between - raters).max(0.0);
    MeanSquares {
        targets: between / (n - 1.0),
        raters: raters / (k - 1.0),
        residual: rest / ((n - 1.0) * (k - 1.0)),
        within: (total - between) / (n * (k - 1.0)),
    }
}

/// The six forms beside one another, so that what they share and where they differ is seen at once: longer than a page for that.
fn forms(squares: &MeanSquares, n: f64, k: f64) -> Vec<IntraclassForm> {
    let MeanSquares { targets: b, raters: j, residual: e, within: w } = *squares;
    let tail = 0.5 * (1.0 - LEVEL);
    let quantile = |df1: f64, df2: f64| f_distribution::quantile(1.0 - tail, df1, df2);
    let (one_way, two_way) = (n * (k - 1.0), (n - 1.0) * (k - 1.0));
    // limits of F / F': those of a ratio of mean squares
    let ratio = |f: f64, df2: f64| {
        let (low, high) = (f / quantile(n - 1.0, df2)?, f * quantile(df2, n - 1.0)?);
        Some(Interval { lower: low, upper: high })
    };
    let single = |i: Interval| Interval {
        lower: (i.lower - 1.0) / (i.lower + k - 1.0),
        upper: (i.upper - 1.0) / (i.upper + k - 1.0),
    };
    let average = |i: Interval| Interval { lower: 1.0 - 1.0 / i.lower, upper: 1.0 - 1.0 / i.upper };
    let (f1, f3) = ((w > 0.0).then(|| b / w), (e > 0.0).then(|| b / e));
    let first = f1.and_then(|f| ratio(f, one_way));
    let third = f3.and_then(|f| ratio(f, two_way));
    let both = b + (k - 1.0) * e + k * (j - e) / n;
    let icc2 = (b - e) / both;
    let second = (e > 0.0).then(|| {
        let fj = j / e;
        let inner = n * (1.0 + (k - 1.0) * icc2) - k * icc2;
        let df = (k - 1.0) * (n - 1.0) * (k * icc2 * fj + inner).powi(2)
            / ((n - 1.0) * (k * icc2 * fj).powi(2) + inner * inner);
        let (up, low) = (quantile(n - 1.0, df)?, quantile(df, n - 1.0)?);
        let rest = k * j + (k * n - k - n) * e;
        Some(Interval {
            lower: n * (b - up * e) / (up * rest + n * b),
            upper: n * (low * b - e) / (rest + n * low * b),
        })
    });
    let second = second.flatten();
    let stepped = |i: Interval| {
        let step = |x: f64| x * k / (1.0 + x * (k - 1.0));
        Interval { lower: step(i.lower), upper: step(i.upper) }
    };
    // a mean square that is rounding of nothing is nothing
    let exists = |numerator: f64, denominator: f64| {
        let size = b.abs().max(j.abs()).max(e.abs()).max(w.abs());
        (denominator > 1e-12 * size).then(|| numerator / denominator)
    };
    let form = |form: &'static str,
                mcgraw_wong: &'static str,
                value: Option<f64>,
                f: Option<f64>,
                df2: f64,
                interval: Option<Interval>| {
        // without a coefficient there are no limits of it either
        let interval = interval.filter(|i| value.is_some() && i.lower.is_finite() && i.upper.is_finite());
        IntraclassForm {
            reason: match (value, f) {
                (None, _) => Some(
                    "the targets have nearly the same mean, so that there is no variance to be a share of"
                        .into(),
                ),
                (_, None) => {
                    Some("nothing varies within targets, so there is no error to test against".into())
                }
                (_, Some(_)) if interval.is_none() => {
                    Some("its limits do not exist for these mean squares".into())
                }
                _ => None,
            },
            form: form.into(),
            mcgraw_wong: mcgraw_wong.into(),
            value,
            f,
            df1: n - 1.0,
            df2,
            pvalue: f.map(|f| f_distribution::upper(f, n - 1.0, df2)),
            lower: interval.map(|i| i.lower),
            upper: interval.map(|i| i.upper),
        }
    };
    vec![
        form("ICC1", "ICC(1)", exists(b - w, b + (k - 1.0) * w), f1, one_way, first.map(single)),
        form("ICC2", "ICC(A,1)", exists(b - e, both), f3, two_way, second),
        form("ICC3", "ICC(C,1)", exists(b - e, b + (k - 1.0) * e), f3, two_way, third.map(single)),
        form("ICC1k", "ICC(k)", exists(b - w, b), f1, one_way, first.map(average)),
        form("ICC2k", "ICC(A,k)", exists(b - e, b + (j - e) / n), f3, two_way, second.map(stepped)),
        form("ICC3k", "ICC(C,k)", exists(b - e, b), f3, two_way, third.map(average)),
    ]
}

/// Crossed random targets and raters: minus twice the restricted log-likelihood, the residual variance profiled out, as
/// a function of the relative standard deviations of targets and raters.
struct Restricted<'a> {
    rows: &'a [Vec<f64>],
    /// The point last evaluated.
    x: DVector<f64>,
}

impl Restricted<'_> {
    /// The criterion and the residual variance.
    fn at(&self, targets: f64, raters: f64) -> Option<(f64, f64)> {
        let (a, c) = (targets * targets, raters * raters);
        let k = self.rows[0].len();
        // W = I + a ZZ' per target; then raters by the Woodbury identity
        let mut m = DMatrix::identity(k, k);
        let (mut zx, mut zy) = (DVector::zeros(k), DVector::zeros(k));
        let (mut log_det, mut count) = (0.0, 0.0);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for row in self.rows {
            let seen: Vec<usize> = (0..k).filter(|j| !row[*j].is_nan()).collect();
            let size = seen.len() as f64;
            let shrink = a / (1.0 + size * a);
            log_det += (1.0 + size * a).ln();
            count += size;
            let sum: f64 = seen.iter().map(|j| row[*j]).sum();
            xx += size - shrink * size * size;
            xy += sum - shrink * size * sum;
            yy += seen.iter().map(|j| row[*j] * row[*j]).sum::<f64>() - shrink * sum * sum;
            for &i in &seen {
                zx[i] += 1.0 - shrink * size;
                zy[i] += row[i] - shrink * sum;
                m[(i, i)] += c;
                seen.iter().for_each(|&j| m[(i, j)] -= c * shrink);
            }
        }
        let mut factor = m;
        cholesky::factorise(&mut factor).ok()?;
        log_det += cholesky::log_determinant(&factor);
        let solved = |v: &DVector<f64>| {
            let mut out = v.clone();
            cholesky::solve(&factor, out.as_mut_slice());
            out
        };
        let (sx, sy) = (solved(&zx), solved(&zy));
        xx -= c * zx.dot(&sx);
        xy -= c * zx.dot(&sy);
        yy -= c * zy.dot(&sy);
        let rest = yy - xy * xy / xx;
        let df = count - 1.0;
        Some((log_det + xx.ln() + df * rest.ln(), rest / df))
    }
}

impl Objective for Restricted<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        self.x.copy_from(x);
        self.at(x[0], x[1]).map(|(value, _)| value)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        for i in 0..2 {
            let step = 1e-5 * (1.0 + self.x[i].abs());
            let moved = |by: f64| {
                let mut x = [self.x[0], self.x[1]];
                x[i] += by;
                self.at(x[0], x[1]).map_or(f64::INFINITY, |(value, _)| value)
            };
            gradient[i] = (moved(step) - moved(-step)) / (2.0 * step);
        }
    }
}

fn restricted_likelihood(rows: &[Vec<f64>]) -> Result<MeanSquares> {
    let (n, k) = (rows.len() as f64, rows[0].len() as f64);
    let start = DVector::from_vec(vec![1.0, 0.5]);
    let mut criterion = Restricted { rows, x: start.clone() };
    let (inverse, scale) = (DMatrix::identity(2, 2) * 0.05, DVector::from_element(2, 1.0));
    let minimum = bfgs(&mut criterion, start, &inverse, &scale, 1e-7, 500);
    let unsolved = || Error::NoAnswerExists {
        what: "variance components of these ratings".into(),
        why: "nothing is left within targets and raters".into(),
        remedy: "Use ratings of more targets by more than one rater.".into(),
    };
    let (_, residual) =
        criterion.at(minimum.x[0], minimum.x[1]).filter(|(_, r)| *r > 0.0).ok_or_else(unsolved)?;
    let (targets, raters) = (minimum.x[0].powi(2) * residual, minimum.x[1].powi(2) * residual);
    let (b, j) = (k * targets + residual, n * raters + residual);
    let within = ((k - 1.0) * j + (n - 1.0) * (k - 1.0) * residual) / (n * (k - 1.0));
    Ok(MeanSquares { targets: b, raters: j, residual, within })
}
