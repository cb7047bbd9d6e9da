//! The items of a scale by full-information maximum likelihood: means and covariances of the saturated model, fitted to
//! every row by the answers that it has (see `moments/saturated.rs`), and how well the rows know them.
//!
//! It is unbiased where missingness depends on nothing but what was observed, under normality (Enders 2010); listwise and
//! pairwise ask that it depends on nothing at all.

use crate::data::Dataset;
use crate::error::Result;
use crate::estimate::{Design, IncompleteGroup};
use crate::moments::{Divisor, Missing, Moments};
use nalgebra::{DMatrix, DVector};
use ndarray::Array2;

/// Incomplete answers to the items of a scale, and their saturated model.
#[derive(Debug)]
pub(super) struct FullInformation {
    moments: Moments,
    group: IncompleteGroup,
    complete: usize,
    /// Respondents x items, NaN where missing.
    answers: Array2<f64>,
}

impl FullInformation {
    /// Of keyed answers, row by row, of the rows with any; `of_answers` are their pairwise moments.
    pub(super) fn of(of_answers: Moments, answers: &[f64]) -> Result<Self> {
        // what no likelihood can know either: an item without answers, two that nobody has both
        of_answers.covariance_matrix(Divisor::NMinusOne)?;
        let names = of_answers.names().to_vec();
        let rows = answers.len() / names.len();
        let table = Array2::from_shape_fn((rows, names.len()), |(r, c)| answers[r * names.len() + c]);
        // as nalgebra keeps them, a column is a respondent
        let columns = DMatrix::from_column_slice(names.len(), rows, answers);
        let group = IncompleteGroup::new(&columns, &names, Missing::Fiml, Design::default(), &[])?;
        let (mean, covariance) = (&group.saturated.mean, &group.saturated.covariance);
        Ok(Self {
            moments: Moments::by_likelihood(names, mean, covariance, rows, of_answers.rows_read()),
            complete: of_answers.complete_rows(),
            answers: table,
            group,
        })
    }

    /// Their moments by maximum likelihood.
    pub(super) fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Rows without a missing answer.
    pub(super) fn complete(&self) -> usize {
        self.complete
    }

    /// The rows as data to fit a model to.
    pub(super) fn dataset(&self) -> Result<Dataset> {
        Dataset::from_array(self.moments.names().iter().cloned(), self.answers.clone())
    }

    /// Mean and standard deviation (divisor N - 1) of the mean of all items.
    pub(super) fn total(&self) -> (Option<f64>, Option<f64>) {
        let (n, k) = (self.moments.n() as f64, self.moments.len() as f64);
        let variance = self.group.saturated.covariance.sum() * n / (n - 1.0) / (k * k);
        (Some(self.group.saturated.mean.mean()), Some(variance.max(0.0).sqrt()))
    }

    /// Standard error of alpha by the delta method (see [`super::alpha`]).
    pub(super) fn alpha_se(&self) -> Option<f64> {
        let c = &self.group.saturated.covariance;
        let p = c.nrows();
        let (k, trace, sum) = (p as f64, c.trace(), c.sum());
        let (_, inverse) = self.group.observed_information()?;
        // after the means the lower triangle of the covariances, by columns
        let mut gradient = DVector::zeros(inverse.nrows());
        let places = (0..p).flat_map(|j| (j..p).map(move |i| (i, j)));
        for (at, (i, j)) in places.enumerate() {
            let along = trace / (sum * sum);
            gradient[p + at] = k / (k - 1.0) * if i == j { along - 1.0 / sum } else { 2.0 * along };
        }
        let variance = gradient.dot(&(inverse * &gradient)) / self.moments.n() as f64;
        (variance >= 0.0).then(|| variance.sqrt())
    }
}
