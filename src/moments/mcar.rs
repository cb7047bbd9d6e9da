//! Are answers missing completely at random? Little's test.
//!
//! ```text
//! d2 = sum_k n_k (m_k - mu_k)' Sigma_kk^-1 (m_k - mu_k),      df = sum_k p_k - p
//! ```
//!
//! over the patterns k of missing answers, with m_k the means of the p_k variables that the n_k rows of pattern k have,
//! and mu, Sigma the maximum-likelihood estimates from all rows, Sigma with divisor N - 1 (Little 1988, equation 2).

use super::incomplete::Incomplete;
use super::saturated::Saturated;
use crate::data::{Progress, Rows};
use crate::error::{Error, Result};
use crate::numeric::cholesky;
use nalgebra::DMatrix;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Little's (1988) test that answers are missing completely at random.
///
/// A small p-value says that the means differ between patterns of missing answers, so that the rows without missing
/// answers are no random part of all; a large one does not show that they are. It assumes normal variables with the same
/// covariances in all patterns. Without missing answers, or where all rows lack the same, there is no test.
///
/// ```
/// use psychometrics::moments::McarTest;
/// use ndarray::array;
///
/// let gap = f64::NAN;
/// let rows = array![[1.0, 2.0], [2.0, 1.0], [4.0, 5.0], [5.0, gap], [9.0, gap]];
/// let test = McarTest::of(["x", "y"], rows.view())?.unwrap();
/// // means of x: 7/3 and 7 against 4.2, variance 9.7 (divisor N - 1) and the residual mean of y by regression, 0:
/// // 3 (7/3 - 4.2)^2 / 9.7 + 2 (7 - 4.2)^2 / 9.7 = 2.694
/// assert_eq!(format!("{:.3}", test.chisq), "2.694");
/// assert_eq!((test.df, test.patterns), (1, 2));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct McarTest {
    /// d2.
    pub chisq: f64,
    /// Answers per pattern, added up, minus the number of variables.
    pub df: usize,
    /// Share of the chi-square distribution above d2.
    pub pvalue: f64,
    /// Patterns of missing answers; complete rows are one.
    pub patterns: usize,
    /// Rows with any answer.
    pub n: usize,
}

impl McarTest {
    /// The test of named columns; a missing answer is NaN, and rows without any are left out. None where nothing is to
    /// be tested (one pattern).
    ///
    /// # Errors
    /// [`Error::EmptyColumn`] and [`Error::ConstantItem`] for a variable that nobody answered, or all alike;
    /// [`Error::NotPositiveDefinite`] where one variable follows from others; [`Error::WrongSize`] when the names are not
    /// as many as the columns.
    pub fn of<'r, N: Into<String>>(
        names: impl IntoIterator<Item = N>,
        rows: impl Into<Rows<'r>>,
    ) -> Result<Option<Self>> {
        let rows = rows.into();
        let rows = rows.view();
        Self::watched(names.into_iter().map(Into::into).collect(), rows, &Progress::default())
    }

    pub(crate) fn watched(
        names: Vec<String>,
        rows: ArrayView2<'_, f64>,
        progress: &Progress,
    ) -> Result<Option<Self>> {
        if names.len() != rows.ncols() {
            let what = "names of the columns".into();
            return Err(Error::WrongSize { what, found: names.len(), expected: rows.ncols() });
        }
        let used: Vec<usize> =
            (0..rows.nrows()).filter(|&row| rows.row(row).iter().any(|x| !x.is_nan())).collect();
        let columns = DMatrix::from_fn(names.len(), used.len(), |j, c| rows[(used[c], j)]);
        let rows = Incomplete::of(&columns);
        if rows.patterns.len() < 2 {
            return Ok(None);
        }
        let saturated = Saturated::of(&rows, &names, progress)?;
        let n = rows.n as f64;
        let mut factor = saturated.covariance * (n / (n - 1.0));
        let mut inverse = DMatrix::zeros(rows.p, rows.p);
        let not_positive = || Error::NotPositiveDefinite {
            matrix: "the covariance matrix by maximum likelihood of the incomplete answers".into(),
            eigenvalue: 0.0,
            variables: names.clone(),
        };
        cholesky::factorise(&mut factor).map_err(|_| not_positive())?;
        cholesky::invert(&mut factor, &mut inverse);
        let mut chisq = 0.0;
        for pattern in &rows.patterns {
            let mean =
                rows.completed(pattern, &saturated.mean, &inverse).ok_or_else(not_positive)?.column_mean();
            chisq += pattern.n * mean.dot(&(&inverse * &mean));
        }
        let answers: usize = rows.patterns.iter().map(|pattern| pattern.observed.len()).sum();
        let df = answers - rows.p;
        let pvalue = ChiSquared::new(df as f64).map_or(1.0, |chi| chi.sf(chisq));
        Ok(Some(Self { chisq, df, pvalue, patterns: rows.patterns.len(), n: rows.n }))
    }
}
