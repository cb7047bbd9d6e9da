//! Counts, means and covariances of a set of variables: one pass, mergeable, stable.
//!
//! ```text
//! mean_x   = sum w x / sum w
//! cov_xy   = sum w (x - mean_x)(y - mean_y) / sum w             divisor N
//!            the same times n / (n - 1)                         divisor N - 1
//! cor_xy   = sum w dx dy / sqrt(sum w dx^2  sum w dy^2)
//! ```
//!
//! Without weights w = 1. Listwise, all sums run over the n rows without a missing value; pairwise, those of x and y run over the
//! n_xy rows that have both, and so do means and squares in them, as in R's `cov(use = "pairwise")` and `cor(use = "pairwise")`.
//!
//! How: deviations from a fixed origin (the mean of the first block), centred again by each block's
//! own mean, products block by block, blocks combined by Chan, Golub and LeVeque (1983).

use super::comoments::{Complete, Incomplete};
use super::missing::Missing;
#[cfg(feature = "files")]
use crate::data::CsvSource;
use crate::data::Rows;
use crate::error::{Error, Result, nearest};
use nalgebra::{DMatrix, DVector};
use ndarray::{ArrayView2, Axis};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Rows that are centred and multiplied together: enough for the product to run at full speed, few enough for the cache.
const BLOCK: usize = 1024;

/// Spread below which a variable counts as constant, relative to its spread elsewhere.
pub(super) const CONSTANT: f64 = 1e-12;

/// Whether a variance is what rounding leaves of a variable that does not vary, given its mean: deviations from a mean of
/// many values are exact to about 1e-14 of it.
pub(crate) fn is_constant(variance: f64, mean: f64) -> bool {
    !(variance > 1e-24 * mean * mean && variance > 0.0)
}

/// What a sum of products is divided by.
///
/// ```
/// use psychometrics::moments::Divisor;
/// assert_eq!("n-1".parse(), Ok(Divisor::NMinusOne));
/// assert_eq!(Divisor::NMinusOne.to_string(), "n-1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Divisor {
    /// The number of rows: the maximum likelihood estimate.
    N,
    /// The number of rows less one: unbiased.
    NMinusOne,
}

/// How missing answers were treated, and how many rows that left.
///
/// ```
/// use psychometrics::moments::{Missing, Moments};
/// let rows = ndarray::array![[1.0, 2.0], [f64::NAN, 4.0], [3.0, 9.0]];
/// let moments = Moments::of(["x", "y"].map(String::from), rows.view(), Missing::Listwise)?;
/// assert_eq!((moments.rows_used().rows_read, moments.rows_used().rows_used), (3, 2));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowsUsed {
    /// The policy.
    pub policy: Missing,
    /// Rows seen.
    pub rows_read: usize,
    /// Rows that took part: complete ones, or under pairwise those with any answer.
    pub rows_used: usize,
}

/// Counts, means and covariances of named variables; mergeable.
///
/// ```
/// use ndarray::array;
/// use psychometrics::moments::{Divisor, Missing, Moments};
///
/// let names = ["x", "y"].map(String::from);
/// let rows = array![[1.0, 2.0], [2.0, 4.0], [3.0, 9.0]];
/// let moments = Moments::of(names, rows.view(), Missing::Listwise)?;
/// assert_eq!(moments.mean(1), Some(5.0));
/// assert_eq!(moments.covariance(Divisor::NMinusOne)?.get("x", "y"), Some(3.5));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Moments {
    pub(super) names: Vec<String>,
    pub(super) missing: Missing,
    pub(super) rows_read: usize,
    /// What means are counted from, once a variable has had a value.
    pub(super) origin: Vec<Option<f64>>,
    pub(super) means: Means,
    pub(super) complete: Complete,
    pub(super) incomplete: Incomplete,
}

/// Whether the means are known: a published covariance matrix may come without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    Known,
    Unknown,
}

impl Moments {
    /// Moments of no rows yet. Names should differ from each other.
    pub fn new(names: impl IntoIterator<Item = String>, missing: Missing) -> Self {
        let names: Vec<String> = names.into_iter().collect();
        let p = names.len();
        Self {
            names,
            missing,
            rows_read: 0,
            origin: vec![None; p],
            means: Means::Known,
            complete: Complete::new(p),
            incomplete: Incomplete::default(),
        }
    }

    /// Moments of all rows of a matrix: one row per respondent, NaN where an answer is missing.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn of<'r>(
        names: impl IntoIterator<Item = String>,
        rows: impl Into<Rows<'r>>,
        missing: Missing,
    ) -> Result<Self> {
        let rows = rows.into();
        let rows = rows.view();
        let mut moments = Self::new(names, missing);
        moments.push(rows)?;
        Ok(moments)
    }

    /// Moments from sums of products about the means: what [published](super::published) gives.
    pub(super) fn from_products(names: Vec<String>, n: usize, products: &DMatrix<f64>) -> Self {
        let mut moments = Self::new(names, Missing::Listwise);
        moments.rows_read = n;
        moments.means = Means::Unknown;
        moments.complete.count = n;
        moments.complete.weight = n as f64;
        let p = moments.names.len();
        for (i, j) in (0..p).flat_map(|i| (i..p).map(move |j| (i, j))) {
            moments.complete.products[(i, j)] = products[(i, j)];
        }
        moments
    }

    /// Moments of incomplete rows by maximum likelihood: `rows` of `rows_read` had a value; the covariance matrix has the
    /// divisor N.
    pub(crate) fn by_likelihood(
        names: Vec<String>,
        mean: &DVector<f64>,
        covariance: &DMatrix<f64>,
        rows: usize,
        rows_read: usize,
    ) -> Self {
        let mut moments = Self::from_products(names, rows, &(covariance * rows as f64));
        (moments.missing, moments.rows_read) = (Missing::Fiml, rows_read);
        moments.set_means(mean.as_slice());
        moments
    }

    /// Rows without a missing value.
    pub fn complete_rows(&self) -> usize {
        self.complete.count
    }

    /// Sets the means of moments that came without.
    pub(super) fn set_means(&mut self, means: &[f64]) {
        self.origin = means.iter().copied().map(Some).collect();
        self.means = Means::Known;
    }

    /// Moments of a file of any size, in one pass: memory does not grow with its rows.
    ///
    /// ```
    /// use psychometrics::data::{CsvOptions, CsvSource};
    /// use psychometrics::moments::{Missing, Moments};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("data.csv");
    /// std::fs::write(&path, "x,y\n1,2\n2,4\n3,9\n").unwrap();
    /// let moments = Moments::read(&CsvSource::open(&path, &CsvOptions::default())?, Missing::Listwise)?;
    /// assert_eq!(moments.mean(1), Some(5.0));
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`CsvSource::fold`] and [`push`](Self::push).
    #[cfg(feature = "files")]
    pub fn read(source: &CsvSource, missing: Missing) -> Result<Self> {
        source.try_fold(
            || Self::new(source.names().to_vec(), missing),
            |all, block| all.push(block),
            |all, block| all.merge(&block),
        )
    }

    /// Adds rows; NaN marks a missing answer. Batches of a thousand rows and more are fastest.
    ///
    /// # Errors
    /// [`Error::WrongSize`] when a row has not one value per name, [`Error::NotFinite`] at an
    /// infinite value, [`Error::Unsupported`] when the moments came without means. After an error
    /// the moments may hold some of the rows.
    pub fn push<'r>(&mut self, rows: impl Into<Rows<'r>>) -> Result<()> {
        let rows = rows.into();
        let rows = rows.view();
        self.add(rows, None)
    }

    /// Adds rows with a probability (sampling) weight each; equal weights are as good as none.
    ///
    /// # Errors
    /// As [`push`](Self::push); [`Error::BadWeight`] at a weight that is not finite and positive.
    pub fn push_weighted<'r>(&mut self, rows: impl Into<Rows<'r>>, weights: &[f64]) -> Result<()> {
        let rows = rows.into();
        let rows = rows.view();
        if weights.len() != rows.nrows() {
            let (found, expected) = (weights.len(), rows.nrows());
            return Err(Error::WrongSize { what: "weights".into(), found, expected });
        }
        if let Some(bad) = weights.iter().position(|w| !(w.is_finite() && *w > 0.0)) {
            return Err(Error::BadWeight { row: self.rows_read + bad + 1, value: weights[bad] });
        }
        self.add(rows, Some(weights))
    }

    fn add(&mut self, rows: ArrayView2<f64>, weights: Option<&[f64]>) -> Result<()> {
        let p = self.names.len();
        if rows.ncols() != p {
            let what = "columns of the responses".into();
            return Err(Error::WrongSize { what, found: rows.ncols(), expected: p });
        }
        self.needs_means()?;
        let size = BLOCK.min(rows.nrows()) * p;
        let (mut full, mut full_weights) = (Vec::with_capacity(size), Vec::new());
        let (mut holed, mut holed_weights) = (Vec::new(), Vec::new());
        for (b, block) in rows.axis_chunks_iter(Axis(0), BLOCK).enumerate() {
            self.set_origins(block);
            let origin: Vec<f64> = self.origin.iter().map(|o| o.unwrap_or_default()).collect();
            full.clear();
            full_weights.clear();
            holed.clear();
            holed_weights.clear();
            for (r, row) in block.outer_iter().enumerate() {
                let start = full.len();
                full.extend(row.iter().zip(&origin).map(|(x, o)| x - o));
                let weight = weights.map(|w| w[b * BLOCK + r]);
                if full[start..].iter().fold(true, |finite, x| finite & x.is_finite()) {
                    full_weights.extend(weight);
                    continue;
                }
                if let Some(j) = full[start..].iter().position(|x| x.is_infinite()) {
                    let (row, name) = (self.rows_read + r + 1, &self.names[j]);
                    return Err(Error::NotFinite { what: format!("row {row}, column '{name}'") });
                }
                holed.extend_from_slice(&full[start..]);
                holed_weights.extend(weight);
                full.truncate(start);
            }
            self.complete.add_block(&mut full, weights.map(|_| full_weights.as_slice()));
            if !self.missing.is_listwise() {
                self.incomplete.add_block(p, &mut holed, weights.map(|_| holed_weights.as_slice()));
            }
            self.rows_read += block.nrows();
        }
        Ok(())
    }

    /// Gives an origin to the variables that have their first values in this block: their mean.
    fn set_origins(&mut self, block: ArrayView2<f64>) {
        for (origin, column) in self.origin.iter_mut().zip(block.columns()) {
            if origin.is_some() {
                continue;
            }
            let mut values = column.iter().copied().filter(|x| x.is_finite());
            let Some(first) = values.next() else { continue };
            // about the first value, so that the mean of a constant is that constant
            let (count, sum) = values.fold((1.0, 0.0), |(n, sum), x| (n + 1.0, sum + (x - first)));
            *origin = Some(first + sum / count);
        }
    }

    /// Takes in the moments of other rows of the same variables.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when names, policy or known means differ.
    pub fn merge(&mut self, other: &Moments) -> Result<()> {
        if self.names != other.names || self.missing != other.missing {
            return Err(Error::Unsupported {
                what: "merging moments of different variables or missing-data policies".into(),
                instead: "Merge moments that were made with the same names and policy.".into(),
            });
        }
        self.needs_means()?;
        other.needs_means()?;
        let shift: Vec<f64> = self
            .origin
            .iter_mut()
            .zip(&other.origin)
            .map(|(mine, theirs)| match (*mine, *theirs) {
                (Some(a), Some(b)) => b - a,
                (None, theirs) => {
                    *mine = theirs;
                    0.0
                }
                (Some(_), None) => 0.0,
            })
            .collect();
        self.rows_read += other.rows_read;
        self.complete.merge(&other.complete, &shift);
        self.incomplete.merge(&other.incomplete, &shift);
        Ok(())
    }

    pub(super) fn needs_means(&self) -> Result<()> {
        match self.means {
            Means::Known => Ok(()),
            Means::Unknown => Err(Error::Unsupported {
                what: "adding rows to a covariance matrix without means".into(),
                instead: "Give the means with the covariance matrix.".into(),
            }),
        }
    }

    /// The moments of the variables less a constant each.
    pub(crate) fn about(&self, constants: &[f64]) -> Self {
        let mut own = self.clone();
        for (origin, constant) in own.origin.iter_mut().zip(constants) {
            *origin = Some(origin.unwrap_or_default() - constant);
        }
        own
    }

    /// Names of the variables, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of variables.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no variables.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Position of a variable.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// Rows that took part: those without a missing value, or under [`Missing::Pairwise`] those with
    /// any value.
    pub fn n(&self) -> usize {
        self.complete.count + self.incomplete.count
    }

    /// Rows in which variables `i` and `j` (positions) both have a value and that took part.
    ///
    /// # Panics
    /// When a position is not below [`len`](Self::len), as indexing does.
    pub fn pair_n(&self, i: usize, j: usize) -> usize {
        self.pair(i, j).count
    }

    /// Rows seen, whether they took part or not.
    pub fn rows_read(&self) -> usize {
        self.rows_read
    }

    /// How missing values are treated.
    pub fn missing(&self) -> Missing {
        self.missing
    }

    /// Policy and numbers of rows, as results report them.
    pub fn rows_used(&self) -> RowsUsed {
        RowsUsed { policy: self.missing, rows_read: self.rows_read, rows_used: self.n() }
    }

    /// Mean of variable `i` over the rows that took part and have it; none without such rows, or
    /// when the moments came without means.
    ///
    /// # Panics
    /// When the position is not below [`len`](Self::len), as indexing does.
    pub fn mean(&self, i: usize) -> Option<f64> {
        let pair = self.pair(i, i);
        let known = pair.count > 0 && self.means == Means::Known;
        known.then(|| self.origin[i].unwrap_or_default() + pair.mean[0])
    }

    /// All means, if every one is known.
    pub fn means(&self) -> Option<Vec<f64>> {
        (0..self.len()).map(|i| self.mean(i)).collect()
    }

    /// [`means`](Self::means) as a vector.
    pub(crate) fn mean_vector(&self) -> Option<DVector<f64>> {
        self.means().map(DVector::from_vec)
    }

    /// Standard deviation (divisor N - 1) of variable `i` over the rows that took part and have it;
    /// none for fewer than two of them.
    ///
    /// # Panics
    /// When the position is not below [`len`](Self::len), as indexing does.
    pub fn standard_deviation(&self, i: usize) -> Option<f64> {
        let pair = self.usable_pair(i, i, Divisor::NMinusOne).ok()?;
        let n = pair.count as f64;
        Some((n / (n - 1.0) * pair.squares[0] / pair.weight).sqrt())
    }

    /// The moments of some of the variables, in the order given. The rows stay those of all
    /// variables: listwise, a row that was left out is not taken back.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for a name that is not there.
    pub fn select(&self, names: &[&str]) -> Result<Moments> {
        let unknown = |name: &str| Error::UnknownColumn {
            column: name.into(),
            source_name: "the moments".into(),
            nearest: nearest(name, self.names.iter().map(String::as_str)),
            available: self.names.clone(),
        };
        // of two with the same name the first
        let places: HashMap<&str, usize> =
            self.names.iter().enumerate().rev().map(|(i, name)| (name.as_str(), i)).collect();
        let positions = names
            .iter()
            .map(|name| places.get(name).copied().ok_or_else(|| unknown(name)))
            .collect::<Result<Vec<usize>>>()?;
        let mut complete = Complete::new(positions.len());
        complete.count = self.complete.count;
        complete.weight = self.complete.weight;
        for (a, &i) in positions.iter().enumerate() {
            complete.mean[a] = self.complete.mean[i];
            for (b, &j) in positions.iter().enumerate().skip(a) {
                complete.products[(a, b)] = self.complete.products[(i.min(j), i.max(j))];
            }
        }
        Ok(Moments {
            names: names.iter().map(ToString::to_string).collect(),
            missing: self.missing,
            rows_read: self.rows_read,
            origin: positions.iter().map(|&i| self.origin[i]).collect(),
            means: self.means,
            complete,
            incomplete: self.incomplete.select(self.len(), &positions),
        })
    }
}
