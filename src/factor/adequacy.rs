//! Whether a correlation matrix can be factored.

use crate::data::Rows;
use crate::error::Result;
use crate::factor::analysed::{CorrelationMatrix, SINGULAR};
use crate::numeric::cholesky::inverse_factor;
use crate::numeric::product::{product_with_transposed, transposed_product};
use crate::numeric::spectrum::eigenvalues;
use crate::numeric::tails::chi_square_tail;
use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Two items with partial and plain correlation this high say the same (rule: r of .80 or more, Kline 2016, p. 71).
pub(crate) const REDUNDANT: f64 = 0.80;

/// Whether a correlation matrix can be factored.
///
/// ```
/// use psychometrics::factor::{Adequacy, CorrelationMatrix};
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = || vec!["a".to_string(), "b".into(), "c".into()];
/// let r = vec![vec![1.0, 0.72, 0.63], vec![0.72, 1.0, 0.56], vec![0.63, 0.56, 1.0]];
/// let found = Adequacy::of(&CorrelationMatrix::of(&LabelledMatrix::new(names(), names(), r)?)?, Some(100))?;
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", found.determinant, found.smallest_eigenvalue, found.kmo.unwrap().overall),
///     "0.279 0.270 0.703"
/// );
/// assert_eq!(found.redundant.len(), 0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Adequacy {
    /// Kaiser, Meyer and Olkin's measure; none where the matrix is singular.
    pub kmo: Option<Kmo>,
    /// Bartlett's test that all correlations are 0; none where n is not known, or the matrix is singular.
    pub bartlett: Option<Bartlett>,
    /// The determinant of the correlation matrix.
    pub determinant: f64,
    /// Its smallest eigenvalue.
    pub smallest_eigenvalue: f64,
    /// Mardia's multivariate skewness and kurtosis; none where only correlations are known, or the matrix is singular.
    #[serde(default)]
    pub mardia: Option<Mardia>,
    /// Pairs of items with a correlation of .80 or more, in either direction.
    pub redundant: Vec<RedundantPair>,
}

/// Sampling adequacy (Kaiser 1970; Kaiser & Rice 1974, eq. 1): with r the correlations and q the partial correlations of each
/// pair given all other items,
///
/// ```text
/// KMO = sum r^2 / (sum r^2 + sum q^2)
/// ```
///
/// over all pairs, and over the pairs of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Kmo {
    /// Of all items.
    pub overall: f64,
    /// Of each item.
    pub items: BTreeMap<String, f64>,
}

/// Bartlett's (1950) test of sphericity: -(n - 1 - (2p + 5) / 6) ln det R with p(p - 1)/2 degrees of freedom.
///
/// ```
/// use psychometrics::factor::{Adequacy, CorrelationMatrix};
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = || vec!["a".to_string(), "b".into()];
/// let r = LabelledMatrix::new(names(), names(), vec![vec![1.0, 0.5], vec![0.5, 1.0]])?;
/// let test = Adequacy::of(&CorrelationMatrix::of(&r)?, Some(101))?.bartlett.unwrap();
/// // -(100 - 9 / 6) ln(1 - .25), one correlation
/// assert!((test.chisq + 98.5 * 0.75f64.ln()).abs() < 1e-10);
/// assert_eq!(test.df, 1.0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bartlett {
    /// The statistic.
    pub chisq: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Its p-value.
    pub pvalue: f64,
}

/// Multivariate skewness and kurtosis (Mardia 1970, 1974), with d_ij = (x_i - m)' S^-1 (x_j - m) and S the covariance matrix with
/// divisor n:
///
/// ```text
/// b1 = sum over i, j of d_ij^3 / n^2      chi-square = n b1 / 6, p(p + 1)(p + 2)/6 degrees of freedom
/// b2 = sum over i of d_ii^2 / n           z = (b2 - p(p + 2)) / sqrt(8p(p + 2) / n)
/// ```
///
/// (psych's `mardia` takes S with the divisor n - 1: its b1 is smaller by ((n - 1) / n)^3, its b2 by the square.)
/// In small samples the chi-square is multiplied by (p + 1)(n + 1)(n + 3) / (n ((n + 1)(p + 1) - 6)) (Mardia 1974). What
/// maximum likelihood and its chi-square assume is a skewness of 0 and a kurtosis of p(p + 2); robust corrections do not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mardia {
    /// Respondents with complete answers.
    pub n: usize,
    /// b1.
    pub skewness: f64,
    /// n b1 / 6.
    pub skewness_chisq: f64,
    /// The same, corrected for small samples.
    pub skewness_chisq_small: f64,
    /// Degrees of freedom of both.
    pub skewness_df: f64,
    /// p-value.
    pub skewness_pvalue: f64,
    /// p-value of the corrected one.
    pub skewness_pvalue_small: f64,
    /// b2.
    pub kurtosis: f64,
    /// What it is of normal variables: p(p + 2).
    pub kurtosis_expected: f64,
    /// z of the difference.
    pub kurtosis_z: f64,
    /// Its p-value, on both sides.
    pub kurtosis_pvalue: f64,
}

/// Two items that say nearly the same.
///
/// ```
/// use psychometrics::factor::{Adequacy, CorrelationMatrix};
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = || vec!["a".to_string(), "b".into()];
/// let r = LabelledMatrix::new(names(), names(), vec![vec![1.0, -0.9], vec![-0.9, 1.0]])?;
/// let pair = &Adequacy::of(&CorrelationMatrix::of(&r)?, None)?.redundant[0];
/// assert_eq!((pair.first.as_str(), pair.second.as_str(), pair.correlation), ("a", "b", -0.9));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RedundantPair {
    /// One item.
    pub first: String,
    /// The other.
    pub second: String,
    /// Their correlation.
    pub correlation: f64,
}

impl Adequacy {
    /// Of a correlation matrix of `n` respondents.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::factor::{Adequacy, CorrelationMatrix};
    /// use psychometrics::moments::{Missing, Moments};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    /// let moments = Moments::of(names.iter().cloned(), data.numeric(&names)?.view(), Missing::Listwise)?;
    /// let r = CorrelationMatrix::of(&moments.correlation()?)?;
    /// let adequacy = Adequacy::of(&r, Some(301))?;
    /// // psych 2.2.9: KMO(), cortest.bartlett()
    /// assert_eq!(format!("{:.6}", adequacy.kmo.unwrap().overall), "0.752245");
    /// assert_eq!(format!("{:.4}", adequacy.bartlett.unwrap().chisq), "904.0971");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// None of a matrix that was checked; what does not exist is none.
    pub fn of(matrix: &CorrelationMatrix, n: Option<usize>) -> Result<Self> {
        let (r, p) = (&matrix.r, matrix.len());
        let values = eigenvalues(r.clone());
        let determinant: f64 = values.iter().product();
        let inverse = matrix.inverse().ok();
        let kmo = inverse.as_ref().map(|inverse| kmo(&matrix.names, r, inverse));
        let bartlett = n.filter(|_| inverse.is_some()).map(|n| {
            let log_determinant: f64 = values.iter().map(|v| v.ln()).sum();
            let (count, df) = (p as f64, (p * (p - 1) / 2) as f64);
            let chisq = -(n as f64 - 1.0 - (2.0 * count + 5.0) / 6.0) * log_determinant;
            Bartlett { chisq, df, pvalue: chi_square_tail(chisq, df) }
        });
        let mut redundant = Vec::new();
        for j in 0..p {
            for i in j + 1..p {
                if r[(i, j)].abs() >= REDUNDANT {
                    let (first, second) = (matrix.names[j].clone(), matrix.names[i].clone());
                    redundant.push(RedundantPair { first, second, correlation: r[(i, j)] });
                }
            }
        }
        let smallest_eigenvalue = values.last().copied().unwrap_or(0.0);
        Ok(Self { kmo, bartlett, determinant, smallest_eigenvalue, mardia: None, redundant })
    }
}

impl Adequacy {
    /// Mardia's skewness and kurtosis of answers, of the rows that are complete; none where the covariance matrix is singular.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::factor::Adequacy;
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    /// let found = Adequacy::mardia_of(data.numeric(&names)?.view()).unwrap();
    /// // psych 2.2.9: mardia() has 6.80689 and 102.9037, with S of divisor n - 1
    /// let (b1, b2) = (found.skewness * (300.0f64 / 301.0).powi(3), found.kurtosis * (300.0f64 / 301.0).powi(2));
    /// assert_eq!(format!("{b1:.5} {b2:.4}"), "6.80689 102.9037");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn mardia_of<'r>(rows: impl Into<Rows<'r>>) -> Option<Mardia> {
        let rows = rows.into();
        let rows = rows.view();
        let p = rows.ncols();
        let complete: Vec<usize> =
            (0..rows.nrows()).filter(|&i| rows.row(i).iter().all(|v| v.is_finite())).collect();
        let n = complete.len();
        if n <= p || p == 0 {
            return None;
        }
        let mut centred = DMatrix::from_fn(n, p, |i, j| rows[(complete[i], j)]);
        for mut column in centred.column_iter_mut() {
            let mean = column.mean();
            column.add_scalar_mut(-mean);
            // units do not count, and large ones would make a matrix look singular
            let norm = column.norm() / (n as f64).sqrt();
            if !(norm > 1e-12 * mean.abs().max(1e-300)) {
                return None;
            }
            column.unscale_mut(norm);
        }
        let s = transposed_product(&centred, &centred) / n as f64;
        if eigenvalues(s.clone()).last().is_none_or(|least| *least < SINGULAR * p as f64) {
            return None;
        }
        let white = product_with_transposed(&centred, &inverse_factor(&s)?);
        Some(Mardia::of(&white))
    }
}

impl Mardia {
    /// Of rows z with covariances I, so that d_ij = z_i'z_j: b1 is the sum of the squares of all third moments.
    fn of(white: &DMatrix<f64>) -> Self {
        let (n, p) = white.shape();
        let count = n as f64;
        let squares: Vec<f64> = (0..p)
            .into_par_iter()
            .map(|a| {
                let mut sum = 0.0;
                let mut product = nalgebra::DVector::zeros(n);
                for b in a..p {
                    product.copy_from(&white.column(a));
                    product.component_mul_assign(&white.column(b));
                    for c in b..p {
                        let orders = match (a == b, b == c) {
                            (true, true) => 1.0,
                            (false, false) => 6.0,
                            _ => 3.0,
                        };
                        sum += orders * (product.dot(&white.column(c)) / count).powi(2);
                    }
                }
                sum
            })
            .collect();
        let skewness: f64 = squares.iter().sum();
        let fourth = |i: usize| (0..p).map(|j| white[(i, j)].powi(2)).sum::<f64>().powi(2);
        let kurtosis = (0..n).map(fourth).sum::<f64>() / count;
        let k = p as f64;
        let skewness_df = k * (k + 1.0) * (k + 2.0) / 6.0;
        let skewness_chisq = count * skewness / 6.0;
        let small = (k + 1.0) * (count + 1.0) * (count + 3.0) / (count * ((count + 1.0) * (k + 1.0) - 6.0));
        let kurtosis_expected = k * (k + 2.0);
        let kurtosis_z = (kurtosis - kurtosis_expected) * (count / (8.0 * kurtosis_expected)).sqrt();
        Self {
            n,
            skewness,
            skewness_chisq,
            skewness_chisq_small: small * skewness_chisq,
            skewness_df,
            skewness_pvalue: chi_square_tail(skewness_chisq, skewness_df),
            skewness_pvalue_small: chi_square_tail(small * skewness_chisq, skewness_df),
            kurtosis,
            kurtosis_expected,
            kurtosis_z,
            kurtosis_pvalue: chi_square_tail(kurtosis_z * kurtosis_z, 1.0),
        }
    }
}

/// Sums of squared correlations and partial correlations, by item.
fn kmo(names: &[String], r: &DMatrix<f64>, inverse: &DMatrix<f64>) -> Kmo {
    let p = names.len();
    let (mut plain, mut partial) = (vec![0.0; p], vec![0.0; p]);
    for i in 0..p {
        for j in (0..p).filter(|&j| j != i) {
            plain[i] += r[(i, j)].powi(2);
            partial[i] += inverse[(i, j)].powi(2) / (inverse[(i, i)] * inverse[(j, j)]);
        }
    }
    let share =
        |plain: f64, partial: f64| if plain + partial > 0.0 { plain / (plain + partial) } else { 0.5 };
    let items = (0..p).map(|i| (names[i].clone(), share(plain[i], partial[i])));
    Kmo { items: items.collect(), overall: share(plain.iter().sum(), partial.iter().sum()) }
}
