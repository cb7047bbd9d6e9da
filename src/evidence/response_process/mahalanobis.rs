//! Mahalanobis distance: how far a respondent's answers are from the mean of all, in the directions in which answers vary.
//!
//! ```text
//! D^2 = (x - m)' S^-1 (x - m)        p = P(chi-square(k) > D^2)        over the k items that the respondent answered
//! ```
//!
//! m and S (divisor N - 1) are those of all respondents, each mean from the answers that are there, each covariance from the
//! respondents who answered both. Mahalanobis (1936); as an index of careless answers in Meade & Craig (2012),
//! Psychological Methods 17, 437-455; p < .001 is Tabachnick and Fidell's rule for multivariate outliers. The chi-square
//! distribution holds for normal answers and many respondents: of answers on a few points p is a guide only.

use crate::data::Rows;
use crate::error::{Error, Result};
use crate::numeric::cholesky;
use crate::numeric::root::bracketed;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use statrs::function::gamma::gamma_ur;
use std::collections::HashMap;

/// Flagged where p is below .001 (Tabachnick & Fidell, Using Multivariate Statistics, chapter 4).
pub const MAHALANOBIS_CUTOFF: f64 = 0.001;
/// Share of an item's variance that the others must leave; below it the items are linearly dependent.
const SMALLEST_PIVOT: f64 = 1e-10;

/// The distance of one respondent.
///
/// ```
/// use psychometrics::evidence::response_process::mahalanobis;
///
/// let answers = ndarray::array![[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 3.0], [2.0, 2.0]];
/// let last = mahalanobis(&["a".into(), "b".into()], answers.view())?[4].unwrap();
/// // in the middle of the others
/// assert_eq!((last.d2, last.df, last.pvalue), (0.0, 2, 1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mahalanobis {
    /// Squared distance.
    pub d2: f64,
    /// Items answered.
    pub df: usize,
    /// Probability of a larger one.
    pub pvalue: f64,
}

/// The squared distance of each respondent, rows being respondents and NaN a missing answer; none for one who answered
/// nothing.
///
/// ```
/// use ndarray::array;
/// use psychometrics::evidence::response_process::mahalanobis;
/// let answers = array![[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 3.0], [2.0, 2.0]];
/// // means 2, variances 1, covariance 0: D^2 of the first is 1 + 1, and exp(-D^2 / 2) is its p with two items
/// let found = mahalanobis(&["a".into(), "b".into()], answers.view())?;
/// assert!((found[0].unwrap().d2 - 2.0).abs() < 1e-12);
/// assert!((found[0].unwrap().pvalue - (-1.0f64).exp()).abs() < 1e-12);
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::WrongSize`], [`Error::EmptyColumn`], [`Error::ConstantItem`], [`Error::NeverTogether`];
/// [`Error::TooFewRows`] for no more respondents than items; [`Error::NoAnswerExists`] when the covariance matrix has
/// no inverse, with the item that is a combination of those before it.
pub fn mahalanobis<'r>(names: &[String], values: impl Into<Rows<'r>>) -> Result<Vec<Option<Mahalanobis>>> {
    let values = values.into();
    let values = values.view();
    let (n, p) = values.dim();
    if names.len() != p {
        return Err(Error::WrongSize { what: "names of items".into(), found: names.len(), expected: p });
    }
    let mut standardised = values.to_owned();
    for (name, mut column) in names.iter().zip(standardised.columns_mut()) {
        let given: Vec<f64> = column.iter().copied().filter(|x| !x.is_nan()).collect();
        let count = given.len() as f64;
        if given.is_empty() {
            return Err(Error::EmptyColumn { column: name.clone(), rows: n });
        }
        let mean = given.iter().sum::<f64>() / count;
        let variance = given.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
        if given.iter().all(|x| *x == given[0]) || !(variance > 0.0) {
            return Err(Error::ConstantItem { item: name.clone(), value: given[0], n: given.len() });
        }
        column.mapv_inplace(|x| (x - mean) / variance.sqrt());
    }
    let answered = standardised.rows().into_iter().filter(|row| row.iter().any(|x| !x.is_nan())).count();
    if answered <= p {
        let what = "the Mahalanobis distance (as many as items, and one more)".into();
        return Err(Error::TooFewRows { what, n: answered, needed: p + 1 });
    }
    let mut covariance = DMatrix::identity(p, p);
    for i in 0..p {
        for j in 0..i {
            let pairs = standardised.column(i).into_iter().zip(standardised.column(j));
            let both: Vec<(f64, f64)> =
                pairs.filter(|(x, y)| !x.is_nan() && !y.is_nan()).map(|(x, y)| (*x, *y)).collect();
            if both.len() < 2 {
                return Err(Error::NeverTogether { first: names[j].clone(), second: names[i].clone() });
            }
            let m = both.len() as f64;
            let (mx, my) = both.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / m, b + y / m));
            covariance[(i, j)] = both.iter().map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / (m - 1.0);
            covariance[(j, i)] = covariance[(i, j)];
        }
    }
    let all: Vec<usize> = (0..p).collect();
    let whole = factor(&covariance, &all).map_err(|at| Error::NoAnswerExists {
        what: "Mahalanobis distance".into(),
        why: format!(
            "the covariance matrix has no inverse: '{}' is a combination of the items before it",
            names[at]
        ),
        remedy: format!("Leave '{}' out.", names[at]),
    })?;
    // a block of a positive definite matrix is positive definite
    let mut factors: HashMap<Vec<usize>, DMatrix<f64>> = HashMap::from([(all, whole)]);
    let mut found = Vec::with_capacity(n);
    for row in standardised.rows() {
        let present: Vec<usize> = (0..p).filter(|i| !row[*i].is_nan()).collect();
        if present.is_empty() {
            found.push(None);
            continue;
        }
        let z: Vec<f64> = present.iter().map(|i| row[*i]).collect();
        let df = present.len();
        if !factors.contains_key(&present)
            && let Ok(own) = factor(&covariance, &present)
        {
            factors.insert(present.clone(), own);
        }
        found.push(factors.get(&present).map(|own| {
            let mut solved = z.clone();
            cholesky::solve(own, &mut solved);
            let d2 = z.iter().zip(&solved).map(|(z, s)| z * s).sum::<f64>().max(0.0);
            Mahalanobis { d2, df, pvalue: upper(d2, df) }
        }));
    }
    Ok(found)
}

/// The squared distance that chi-square passes with probability [`MAHALANOBIS_CUTOFF`].
pub(super) fn critical(df: usize) -> Option<f64> {
    let df = df as f64;
    let tail = |x: f64| gamma_ur(0.5 * df, 0.5 * x) - MAHALANOBIS_CUTOFF;
    bracketed(tail, 1e-6, df + 10.0 * (2.0 * df).sqrt() + 50.0)
}

/// P(chi-square > x).
fn upper(x: f64, df: usize) -> f64 {
    if x > 0.0 { gamma_ur(0.5 * df as f64, 0.5 * x) } else { 1.0 }
}

/// Cholesky factor of the block of some items, or the position of the first that depends on those before it.
fn factor(covariance: &DMatrix<f64>, items: &[usize]) -> std::result::Result<DMatrix<f64>, usize> {
    let mut block = DMatrix::from_fn(items.len(), items.len(), |i, j| covariance[(items[i], items[j])]);
    cholesky::factorise(&mut block).map_err(|pivot| items[pivot.index])?;
    match (0..items.len()).find(|i| block[(*i, *i)].powi(2) < SMALLEST_PIVOT) {
        Some(at) => Err(items[at]),
        None => Ok(block),
    }
}
