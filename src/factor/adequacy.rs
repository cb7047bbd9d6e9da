//! Whether a correlation matrix can be factored.

use crate::error::Result;
use crate::factor::analysed::CorrelationMatrix;
use crate::numeric::spectrum::eigenvalues;
use crate::numeric::tails::chi_square_tail;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Two items with partial and plain correlation this high say the same (rule: r of .80 or more, Kline 2016, p. 71).
pub(crate) const REDUNDANT: f64 = 0.80;

/// Whether a correlation matrix can be factored.
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

/// Two items that say nearly the same.
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
        Ok(Self { kmo, bartlett, determinant, smallest_eigenvalue, redundant })
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
