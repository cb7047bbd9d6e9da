//! Polychoric correlations of ordinal answers that are shuffled, each variable by itself: thresholds stay, tables change.

use super::categories::{Categories, NONE};
use super::polychoric::two_step_rho;
use crate::error::{Error, Result};
use nalgebra::DMatrix;
use ndarray::ArrayView2;

/// Complete ordinal answers.
#[derive(Debug, Clone)]
pub(crate) struct ShuffledOrdinal {
    variables: Vec<Categories>,
}

impl ShuffledOrdinal {
    /// # Errors
    /// What makes no ordinal variable; [`Error::NoAnswers`] where an answer is missing.
    pub(crate) fn of(names: &[String], rows: ArrayView2<'_, f64>) -> Result<Self> {
        let of = |(j, name): (usize, &String)| {
            let own = Categories::of(name, &rows.column(j).to_vec())?;
            match own.codes.contains(&NONE) {
                true => Err(Error::NoAnswers { variable: name.clone() }),
                false => Ok(own),
            }
        };
        Ok(Self { variables: names.iter().enumerate().map(of).collect::<Result<_>>()? })
    }

    /// The correlations after `shuffle` of the answers to each variable.
    pub(crate) fn correlations(&self, mut shuffle: impl FnMut(&mut [u8])) -> DMatrix<f64> {
        let p = self.variables.len();
        let shuffled: Vec<Vec<u8>> = self
            .variables
            .iter()
            .map(|variable| {
                let mut codes = variable.codes.clone();
                shuffle(&mut codes);
                codes
            })
            .collect();
        let mut r = DMatrix::identity(p, p);
        for j in 0..p {
            for i in j + 1..p {
                let rho =
                    two_step_rho((&self.variables[j], &shuffled[j]), (&self.variables[i], &shuffled[i]));
                (r[(i, j)], r[(j, i)]) = (rho, rho);
            }
        }
        r
    }
}
