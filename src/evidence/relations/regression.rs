//! Least squares of one variable on others, and what a block of them adds.
//!
//! ```text
//! b = (X'X)^-1 X'y      se_j^2 = s^2 / (S_jj (1 - R_j^2)), s^2 = residual sum of squares / (n - k - 1)
//! VIF_j = 1 / (1 - R_j^2)      adjusted R^2 = 1 - (1 - R^2)(n - 1)/(n - k - 1)
//! F of an increment = (R_2^2 - R_1^2) / m / ((1 - R_2^2) / (n - k_2 - 1)), m and n - k_2 - 1 df
//! ```
//!
//! Cohen, Cohen, West & Aiken (2003), ch. 3 and 5. Worked out from the correlation matrix of complete rows.

use crate::data::Rows;
use crate::error::{Error, Result};
use crate::moments::is_constant;
use crate::numeric::{cholesky, f_distribution};
use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A regression.
///
/// ```
/// use psychometrics::evidence::relations::Regression;
///
/// let names = ["x", "y"].map(String::from);
/// let rows = ndarray::array![[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0], [5.0, 5.0]];
/// let found = Regression::of(&names, rows.view())?;
/// assert_eq!(format!("{:.2}", found.r2), "0.64"); // of a correlation of .8
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Regression {
    /// Complete rows.
    pub n: usize,
    /// Predictors, in the order given.
    pub terms: Vec<Term>,
    /// Intercept.
    pub intercept: f64,
    /// Share of the variance that is explained.
    pub r2: f64,
    /// The same corrected for the number of predictors.
    pub adjusted_r2: f64,
    /// F of the test that nothing is explained; none when all is.
    pub f: Option<f64>,
    /// Its degrees of freedom.
    pub df: [f64; 2],
    /// Its p-value.
    pub pvalue: Option<f64>,
}

/// A predictor.
///
/// ```
/// use psychometrics::evidence::relations::Regression;
///
/// let names = ["x", "y"].map(String::from);
/// let rows = ndarray::array![[1.0, 2.0], [2.0, 1.0], [3.0, 4.0], [4.0, 3.0], [5.0, 5.0]];
/// let term = &Regression::of(&names, rows.view())?.terms[0];
/// // the correlation is .8, and the variances are alike
/// assert_eq!(term.name.as_str(), "x");
/// assert_eq!(format!("{:.3} {:.3} {:.3} {:.3}", term.b, term.beta, term.se, term.vif), "0.800 0.800 0.346 1.000");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Term {
    /// Its name.
    pub name: String,
    /// Slope.
    pub b: f64,
    /// Standard error of the slope.
    pub se: f64,
    /// b / se; none without residual variance.
    pub t: Option<f64>,
    /// Two-sided p-value.
    pub pvalue: Option<f64>,
    /// Standardised slope.
    pub beta: f64,
    /// Variance inflation.
    pub vif: f64,
    /// What R^2 loses without it: the squared semipartial correlation.
    pub unique: f64,
}

/// What predictors add to others.
///
/// ```
/// use psychometrics::evidence::relations::Regression;
///
/// let names = ["x", "z", "y"].map(String::from);
/// let rows = ndarray::array![[1.0, 0.0, 2.0], [2.0, 1.0, 1.0], [3.0, 0.0, 4.0], [4.0, 1.0, 3.0], [5.0, 0.0, 5.0]];
/// // what z adds to x
/// let added = Regression::increment(&names, rows.view(), 1)?;
/// assert_eq!(format!("{:.3} {:.3} {:.3}", added.r2_before, added.r2, added.delta_r2), "0.640 0.973 0.333");
/// assert_eq!(added.df, [1.0, 2.0]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Increment {
    /// R^2 without them.
    pub r2_before: f64,
    /// R^2 with them.
    pub r2: f64,
    /// The difference.
    pub delta_r2: f64,
    /// F of the difference; none when nothing is left to explain.
    pub f: Option<f64>,
    /// Its degrees of freedom.
    pub df: [f64; 2],
    /// Its p-value.
    pub pvalue: Option<f64>,
}

/// Correlations of complete rows of predictors and outcome.
struct Standardised {
    n: usize,
    means: Vec<f64>,
    sds: Vec<f64>,
    r: DMatrix<f64>,
}

fn standardised(names: &[String], rows: ArrayView2<f64>, what: &str) -> Result<Standardised> {
    let complete: Vec<Vec<f64>> =
        rows.outer_iter().map(|r| r.to_vec()).filter(|r| r.iter().all(|x| x.is_finite())).collect();
    let (n, p) = (complete.len(), names.len());
    if n < p + 1 {
        return Err(Error::TooFewRows { what: what.into(), n, needed: p + 1 });
    }
    let covariance = crate::evidence::internal_structure::resampled_covariance(&complete, &vec![1; n]);
    let means: Vec<f64> = (0..p).map(|j| complete.iter().map(|r| r[j]).sum::<f64>() / n as f64).collect();
    let constant = |j: &usize| is_constant(covariance[(*j, *j)], means[*j]);
    if let Some(j) = (0..p).find(constant) {
        return Err(Error::ConstantItem { item: names[j].clone(), value: complete[0][j], n });
    }
    let sds: Vec<f64> = covariance.diagonal().iter().map(|v| v.sqrt()).collect();
    let r = DMatrix::from_fn(p, p, |i, j| covariance[(i, j)] / (sds[i] * sds[j]));
    Ok(Standardised { n, means, sds, r })
}

impl Regression {
    /// Of the last column on the others, complete rows only.
    ///
    /// # Errors
    /// [`Error::WrongSize`] without a name per column, [`Error::TooFewRows`], [`Error::ConstantItem`],
    /// [`Error::LinearlyDependent`].
    pub fn of<'r>(names: &[String], rows: impl Into<Rows<'r>>) -> Result<Self> {
        let rows = rows.into();
        let rows = rows.view();
        if rows.ncols() != names.len() || names.len() < 2 {
            return Err(Error::WrongSize {
                what: "columns of a regression".into(),
                found: rows.ncols(),
                expected: names.len().max(2),
            });
        }
        let outcome = names.len() - 1;
        let data = standardised(names, rows, &format!("the regression of '{}'", names[outcome]))?;
        let k = outcome;
        let mut factor = data.r.view((0, 0), (k, k)).into_owned();
        if let Err(pivot) = cholesky::factorise(&mut factor) {
            return Err(Error::LinearlyDependent {
                variables: names[..=pivot.index].to_vec(),
                combination: format!("'{}' given the others", names[pivot.index]),
            });
        }
        let mut beta: DVector<f64> = data.r.view((0, outcome), (k, 1)).column(0).into_owned();
        let with_outcome = beta.clone();
        cholesky::solve(&factor, beta.as_mut_slice());
        let mut inverse = DMatrix::zeros(k, k);
        cholesky::invert(&mut factor, &mut inverse);
        let r2 = beta.dot(&with_outcome).clamp(0.0, 1.0);
        let (n, df2) = (data.n as f64, data.n as f64 - k as f64 - 1.0);
        let t_distribution = StudentsT::new(0.0, 1.0, df2.max(1.0)).ok();
        let terms = (0..k)
            .map(|j| {
                let b = beta[j] * data.sds[outcome] / data.sds[j];
                let error = ((1.0 - r2) * inverse[(j, j)] / df2).max(0.0).sqrt();
                let t = (error > 0.0).then(|| beta[j] / error);
                Term {
                    name: names[j].clone(),
                    b,
                    se: error * data.sds[outcome] / data.sds[j],
                    t,
                    pvalue: t.zip(t_distribution.as_ref()).map(|(t, d)| (2.0 * d.sf(t.abs())).min(1.0)),
                    beta: beta[j],
                    vif: inverse[(j, j)],
                    unique: beta[j] * beta[j] / inverse[(j, j)],
                }
            })
            .collect::<Vec<_>>();
        let intercept =
            data.means[outcome] - terms.iter().zip(&data.means).map(|(t, m)| t.b * m).sum::<f64>();
        let f = (r2 < 1.0).then(|| r2 / k as f64 / ((1.0 - r2) / df2));
        Ok(Self {
            n: data.n,
            terms,
            intercept,
            r2,
            adjusted_r2: 1.0 - (1.0 - r2) * (n - 1.0) / df2,
            f,
            df: [k as f64, df2],
            pvalue: f.map(|f| f_distribution::upper(f, k as f64, df2)),
        })
    }

    /// What the predictors after the first `before` add.
    ///
    /// # Errors
    /// As [`Regression::of`].
    pub fn increment<'r>(names: &[String], rows: impl Into<Rows<'r>>, before: usize) -> Result<Increment> {
        let rows = rows.into();
        let rows = rows.view();
        let all = Self::of(names, rows)?;
        let outcome = names.len() - 1;
        let r2_before = if before == 0 {
            0.0
        } else {
            // on the same complete rows
            let complete: Vec<usize> =
                (0..rows.nrows()).filter(|i| rows.row(*i).iter().all(|x| x.is_finite())).collect();
            let columns: Vec<usize> = (0..before).chain([outcome]).collect();
            let rows = rows.select(ndarray::Axis(0), &complete).select(ndarray::Axis(1), &columns);
            let names: Vec<String> = columns.iter().map(|j| names[*j].clone()).collect();
            Self::of(&names, rows.view())?.r2
        };
        let m = (outcome - before) as f64;
        let delta_r2 = all.r2 - r2_before;
        let f = (all.r2 < 1.0).then(|| (delta_r2 / m / ((1.0 - all.r2) / all.df[1])).max(0.0));
        Ok(Increment {
            r2_before,
            r2: all.r2,
            delta_r2,
            f,
            df: [m, all.df[1]],
            pvalue: f.map(|f| f_distribution::upper(f, m, all.df[1])),
        })
    }
}
