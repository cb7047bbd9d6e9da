//! Local dependence: what two items have in common beyond the trait.

use crate::moments::LabelledMatrix;
use crate::numeric::tails::chi_square_tail;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Two items beside each other.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?;
/// let pair = &fit.pairs[0];
/// assert_eq!((pair.first.as_str(), pair.second.as_str(), pair.df), ("Q1", "Q2", 1));
/// assert_eq!(format!("{:.2} {:.2} {:.2}", pair.q3.unwrap(), pair.ld_x2, pair.pvalue), "-0.04 0.05 0.83");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemPair {
    /// One item.
    pub first: String,
    /// The other.
    pub second: String,
    /// Respondents with an answer to both.
    pub n: f64,
    /// Correlation of the residuals at EAP scores (Yen 1984); about -1 / (items - 1) without dependence.
    pub q3: Option<f64>,
    /// Pearson's X2 of their table beside the one that the model implies (Chen & Thissen 1997).
    pub ld_x2: f64,
    /// Its degrees of freedom: those of a table, (K - 1)(L - 1).
    pub df: usize,
    /// p-value; approximate, as parameters are estimated.
    pub pvalue: f64,
    /// Signed Cramer's V: positive where they have more in common than the model says.
    pub v: f64,
}

/// Weighted residual products of pairs, by row of answers.
#[derive(Debug)]
pub(crate) struct Residuals {
    items: usize,
    /// n, sum x, sum y, sum xx, sum yy, sum xy of each pair.
    sums: Vec<[f64; 6]>,
}

impl Residuals {
    pub(crate) fn new(items: usize) -> Self {
        Self { items, sums: vec![[0.0; 6]; items * (items.max(1) - 1) / 2] }
    }

    /// Takes the residuals of a respondent; NaN of no answer.
    pub(crate) fn add(&mut self, residuals: &[f64], weight: f64) {
        let mut at = 0;
        for i in 0..self.items {
            for j in 0..i {
                let (x, y) = (residuals[i], residuals[j]);
                if !x.is_nan() && !y.is_nan() {
                    let own = [1.0, x, y, x * x, y * y, x * y];
                    self.sums[at].iter_mut().zip(own).for_each(|(sum, own)| *sum += weight * own);
                }
                at += 1;
            }
        }
    }

    /// Correlations, one on the diagonal.
    pub(crate) fn q3(&self, names: &[String]) -> Option<LabelledMatrix> {
        let mut matrix = DMatrix::from_element(self.items, self.items, 1.0);
        let mut at = 0;
        for i in 0..self.items {
            for j in 0..i {
                let [n, x, y, xx, yy, xy] = self.sums[at];
                let r = (xy - x * y / n) / ((xx - x * x / n) * (yy - y * y / n)).sqrt();
                if !r.is_finite() {
                    return None;
                }
                matrix[(i, j)] = r;
                matrix[(j, i)] = r;
                at += 1;
            }
        }
        Some(LabelledMatrix::square(names, &matrix))
    }
}

/// X2, df, p and signed V of a table of observed counts beside expected shares.
pub(crate) fn compare(observed: &DMatrix<f64>, shares: &DMatrix<f64>) -> (f64, usize, f64, f64) {
    let n = observed.sum();
    let mut x2 = 0.0;
    for (o, share) in observed.iter().zip(shares.iter()) {
        let e = (n * share).max(1e-12);
        x2 += (o - e) * (o - e) / e;
    }
    let (rows, columns) = observed.shape();
    let df = (rows - 1) * (columns - 1);
    let smaller = (rows.min(columns) - 1).max(1) as f64;
    let excess = covariance(&(observed / n)) - covariance(shares);
    let sign = if excess < 0.0 { -1.0 } else { 1.0 };
    (x2, df, chi_square_tail(x2, df as f64), sign * (x2 / (n * smaller)).sqrt())
}

/// Covariance of the scores of two items.
fn covariance(shares: &DMatrix<f64>) -> f64 {
    let (mut x, mut y, mut xy) = (0.0, 0.0, 0.0);
    for i in 0..shares.nrows() {
        for j in 0..shares.ncols() {
            x += i as f64 * shares[(i, j)];
            y += j as f64 * shares[(i, j)];
            xy += (i * j) as f64 * shares[(i, j)];
        }
    }
    xy - x * y
}
