//! What turns numbers into factor scores: the weights of answers, of all of them or of those that are there.
//!
//! ```text
//! regression   f = E(eta) + C' Sigma^-1 d,   C = L E the covariance of the answers with the latent variables
//! ```
//!
//! The formulas of both methods stand in `scores.rs`.

use crate::estimate::after::factor_scores::{ScoreMethod, Undetermined};
use crate::estimate::fit::Internals;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Answers and latent variables of a group together, as a model has them.
#[derive(Debug, Clone)]
pub(crate) struct Joint {
    /// Mean of the answers.
    pub(crate) centre: DVector<f64>,
    pub(crate) sigma: DMatrix<f64>,
    /// C: a row for each answer, a column for each latent variable.
    pub(crate) across: DMatrix<f64>,
    /// E.
    pub(crate) factors: DMatrix<f64>,
    pub(crate) factor_means: DVector<f64>,
    /// Loadings, which tell why a factor has no Bartlett's score.
    pub(crate) lambda: DMatrix<f64>,
}

impl Joint {
    /// Of a group of a fit.
    pub(crate) fn of(internals: &Internals, group: usize) -> Self {
        let (table, implied) = (&internals.tables[group], &internals.implied[group]);
        let m = table.n_latent;
        let centre = if table.has_means { &implied.mu } else { &internals.observed[group].mean };
        let means = || implied.eta_mean.rows(0, m).into_owned();
        Self {
            centre: centre.clone(),
            sigma: implied.sigma.clone(),
            across: implied.k.columns(0, m).into_owned(),
            factors: implied.eta_covariance.view((0, 0), (m, m)).into_owned(),
            factor_means: if table.has_means { means() } else { DVector::zeros(m) },
            lambda: implied.lambda.columns(0, m).into_owned(),
        }
    }
}

/// What turns answers into scores in one group.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    pub(crate) matrix: DMatrix<f64>,
    pub(crate) centre: DVector<f64>,
    pub(crate) mean: DVector<f64>,
    pub(crate) determinacy: Vec<Option<f64>>,
    pub(crate) se: Vec<f64>,
    /// Of each factor why it has no score.
    pub(crate) undetermined: Vec<Option<Undetermined>>,
}

impl Weights {
    /// Of complete answers, or of those that are `there`; none where a matrix is singular.
    pub(crate) fn new(joint: &Joint, method: ScoreMethod, there: Option<&Vec<bool>>) -> Option<Self> {
        let Joint { sigma, factors: e, .. } = joint;
        let m = e.nrows();
        let own: Vec<usize> = (0..sigma.nrows()).filter(|&i| there.is_none_or(|there| there[i])).collect();
        // covariance of the latent variables with the answers
        let across = joint.across.select_rows(&own);
        let mut factor = DMatrix::from_fn(own.len(), own.len(), |i, j| sigma[(own[i], own[j])]);
        cholesky::factorise(&mut factor).ok()?;
        let mut solved = across.clone();
        solved.column_iter_mut().for_each(|mut column| cholesky::solve(&factor, column.as_mut_slice()));
        let regression = solved.transpose();
        let explained = &regression * &across;
        let determinacy = (0..m)
            .map(|j| (e[(j, j)] > 0.0).then(|| (explained[(j, j)] / e[(j, j)]).max(0.0).sqrt()))
            .collect();
        let mut undetermined = vec![None; m];
        let (matrix, error) = match method {
            // the posterior distribution of normal data is normal: mode and mean are the regression scores
            ScoreMethod::Regression | ScoreMethod::Ebm | ScoreMethod::Eap => (regression, e - &explained),
            ScoreMethod::Bartlett => {
                // the latent variables' covariances taken out of Sigma: the same estimator for any R with
                // Sigma = Lambda E Lambda' + R
                let inner = match cholesky::inverse(&explained) {
                    Some(inner) => inner,
                    None => {
                        let (inner, within) = determined(e, &explained)?;
                        for j in (0..m).filter(|&j| !within[j]) {
                            let loads = own.iter().any(|&i| joint.lambda[(i, j)] != 0.0);
                            let reason =
                                if loads { Undetermined::NotToldApart } else { Undetermined::NoIndicator };
                            undetermined[j] = Some(reason);
                        }
                        inner
                    }
                };
                let unbiased = e * &inner;
                (&unbiased * &regression, &unbiased * e - e)
            }
        };
        let (centre, mean) = (joint.centre.select_rows(&own), joint.factor_means.clone());
        let se = error.diagonal().iter().map(|v| v.max(0.0).sqrt()).collect();
        Some(Self { matrix, centre, mean, determinacy, se, undetermined })
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.undetermined.iter().all(Option::is_none)
    }

    pub(crate) fn determined(&self, values: impl Iterator<Item = f64>) -> Vec<Option<f64>> {
        values.zip(&self.undetermined).map(|(value, reason)| reason.is_none().then_some(value)).collect()
    }
}

/// Of a singular X = E L' Sigma^-1 L E a generalised inverse, and which factors it determines: those whose column of E lies
/// in the space of X, so that every generalised inverse gives them the same score (the Gauss-Markov theorem). Both by the
/// eigenvectors of X in units of the factors; none where a factor has no variance.
fn determined(e: &DMatrix<f64>, explained: &DMatrix<f64>) -> Option<(DMatrix<f64>, Vec<bool>)> {
    let m = e.nrows();
    let sd = e.diagonal().map(f64::sqrt);
    if !sd.iter().all(|s| *s > 0.0) {
        return None;
    }
    let unit = |matrix: &DMatrix<f64>| DMatrix::from_fn(m, m, |i, j| matrix[(i, j)] / (sd[i] * sd[j]));
    let (e, eigen) = (unit(e), SymmetricEigen::new(unit(explained)));
    let smallest = NOTHING * eigen.eigenvalues.max();
    let (mut inverse, mut outside) = (DMatrix::zeros(m, m), DVector::zeros(m));
    for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        if *value > smallest {
            inverse.ger(1.0 / value, &vector, &vector, 1.0);
        } else {
            outside += e.tr_mul(&vector).map(|x| x * x);
        }
    }
    let inverse = DMatrix::from_fn(m, m, |i, j| inverse[(i, j)] / (sd[i] * sd[j]));
    Some((inverse, outside.iter().map(|square| square.sqrt() < OUTSIDE).collect()))
}

/// An eigenvalue that is zero but for rounding, relative to the largest.
const NOTHING: f64 = 1e-10;

/// A length that is zero but for rounding, of vectors of about 1.
const OUTSIDE: f64 = 1e-6;
