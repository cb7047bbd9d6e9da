//! Two solutions side by side: which factor of one is which of the other, and how alike they are.

use crate::error::{Error, Result};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// More factors than this are not matched: nobody finds so many.
const MOST: usize = 16;

/// A solution brought into the order and signs of another.
///
/// ```
/// use psychometrics::factor::align;
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = |n: &[&str]| n.iter().map(|n| n.to_string()).collect::<Vec<_>>();
/// let of = |rows| LabelledMatrix::new(names(&["a", "b", "c"]), names(&["F1", "F2"]), rows);
/// let one = of(vec![vec![0.1, -0.8], vec![0.0, -0.7], vec![0.6, 0.1]])?;
/// let other = of(vec![vec![0.8, 0.1], vec![0.7, 0.1], vec![0.0, 0.5]])?;
/// let aligned = align(&one, &other)?;
/// assert_eq!(aligned.factors, [1, 0]);
/// assert_eq!(aligned.reflected, [true, false]);
/// assert_eq!(format!("{:.3} {:.3}", aligned.congruence[0], aligned.largest_difference), "0.996 0.100");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Alignment {
    /// The loadings in the order and with the signs of the other solution.
    pub loadings: LabelledMatrix,
    /// For each factor of the other solution the factor, from 0, that was put there.
    pub factors: Vec<usize>,
    /// Whether it was reflected.
    pub reflected: Vec<bool>,
    /// Tucker's congruence of each factor with its counterpart: .95 is equal, .85 fair (Lorenzo-Seva & ten Berge 2006).
    pub congruence: Vec<f64>,
    /// The largest difference of two loadings.
    pub largest_difference: f64,
}

/// Tucker's (1951) congruence of each factor of one solution (rows) with each of another (columns), over the same variables:
/// sum xy / sqrt(sum x^2 sum y^2).
///
/// # Errors
/// [`Error::WrongSize`] where the variables are not the same number, [`Error::UnknownColumn`] where they are others.
pub fn congruence(one: &LabelledMatrix, other: &LabelledMatrix) -> Result<LabelledMatrix> {
    let (a, b) = same_rows(one, other)?;
    let c = coefficients(&a, &b);
    Ok(LabelledMatrix {
        rows: one.columns.clone(),
        columns: other.columns.clone(),
        values: c.row_iter().map(|row| row.iter().copied().collect()).collect(),
    })
}

/// Brings a solution into the order and signs in which it is most like another: the sum of the absolute congruences is the
/// largest there is.
///
/// ```
/// use psychometrics::factor::align;
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = |n: &[&str]| n.iter().map(|n| n.to_string()).collect::<Vec<_>>();
/// let of = |rows| LabelledMatrix::new(names(&["a", "b", "c"]), names(&["F1", "F2"]), rows);
/// let one = of(vec![vec![0.1, -0.8], vec![0.0, -0.7], vec![0.6, 0.1]])?;
/// let other = of(vec![vec![0.8, 0.1], vec![0.7, 0.0], vec![-0.1, 0.6]])?;
/// let aligned = align(&one, &other)?;
/// assert_eq!(aligned.factors, [1, 0]);
/// assert!(aligned.largest_difference < 1e-12);
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// As [`congruence`]; [`Error::WrongSize`] for another number of factors, [`Error::Unsupported`] for more than sixteen.
pub fn align(one: &LabelledMatrix, to: &LabelledMatrix) -> Result<Alignment> {
    let (a, b) = same_rows(one, to)?;
    let k = b.ncols();
    if a.ncols() != k {
        let what = "factors of the solution that is aligned".into();
        return Err(Error::WrongSize { what, found: a.ncols(), expected: k });
    }
    if k > MOST {
        return Err(Error::Unsupported {
            what: format!("aligning {k} factors"),
            instead: format!("At most {MOST} factors are matched."),
        });
    }
    let c = coefficients(&a, &b);
    let factors = assignment(&c.abs());
    let signs: Vec<f64> = (0..k).map(|j| if c[(factors[j], j)] < 0.0 { -1.0 } else { 1.0 }).collect();
    let aligned = DMatrix::from_fn(a.nrows(), k, |i, j| signs[j] * a[(i, factors[j])]);
    Ok(Alignment {
        loadings: LabelledMatrix {
            rows: to.rows.clone(),
            columns: to.columns.clone(),
            values: aligned.row_iter().map(|row| row.iter().copied().collect()).collect(),
        },
        congruence: (0..k).map(|j| c[(factors[j], j)].abs()).collect(),
        reflected: signs.iter().map(|sign| *sign < 0.0).collect(),
        largest_difference: (&aligned - &b).amax(),
        factors,
    })
}

/// Both matrices with rows in the order of the second.
fn same_rows(one: &LabelledMatrix, other: &LabelledMatrix) -> Result<(DMatrix<f64>, DMatrix<f64>)> {
    if one.rows.len() != other.rows.len() {
        let what = "variables of the solutions that are compared".into();
        return Err(Error::WrongSize { what, found: one.rows.len(), expected: other.rows.len() });
    }
    let at = |name: &String| {
        one.rows.iter().position(|own| own == name).ok_or_else(|| Error::UnknownColumn {
            column: name.clone(),
            source_name: "the first of the two solutions".into(),
            nearest: None,
            available: one.rows.clone(),
        })
    };
    let rows: Vec<usize> = other.rows.iter().map(at).collect::<Result<_>>()?;
    let a = DMatrix::from_fn(rows.len(), one.columns.len(), |i, j| one.values[rows[i]][j]);
    let b = DMatrix::from_fn(rows.len(), other.columns.len(), |i, j| other.values[i][j]);
    Ok((a, b))
}

fn coefficients(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(a.ncols(), b.ncols(), |i, j| {
        let size = a.column(i).norm() * b.column(j).norm();
        if size > 0.0 { a.column(i).dot(&b.column(j)) / size } else { 0.0 }
    })
}

/// For each column the row, each once, with the largest sum; by dynamic programming over the sets of rows.
pub(super) fn assignment(worth: &DMatrix<f64>) -> Vec<usize> {
    let k = worth.ncols();
    let mut best = vec![f64::NEG_INFINITY; 1 << k];
    let mut last = vec![0usize; 1 << k];
    best[0] = 0.0;
    for set in 0usize..1 << k {
        let column = set.count_ones() as usize;
        if column == k || best[set] == f64::NEG_INFINITY {
            continue;
        }
        for row in (0..k).filter(|row| set & (1 << row) == 0) {
            let next = set | (1 << row);
            let sum = best[set] + worth[(row, column)];
            if sum > best[next] {
                (best[next], last[next]) = (sum, row);
            }
        }
    }
    let mut rows = vec![0; k];
    let mut set = (1usize << k) - 1;
    for column in (0..k).rev() {
        rows[column] = last[set];
        set &= !(1 << last[set]);
    }
    rows
}
