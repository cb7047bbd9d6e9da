//! A discrepancy between observed and implied moments: what a search minimises.

use super::least_squares::LeastSquares;
use super::likelihood::{MaximumLikelihood, Observed};
use super::weight::Weight;
use crate::model::{Implied, ParameterTable};
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};

#[derive(Debug)]
pub(crate) enum Discrepancy<'a> {
    Likelihood(MaximumLikelihood<'a>),
    Squares(LeastSquares<'a>),
}

impl<'a> Discrepancy<'a> {
    /// Least squares with weights, maximum likelihood without.
    pub(crate) fn new(
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        weights: Option<&'a [Weight]>,
    ) -> Self {
        match weights {
            None => Self::Likelihood(MaximumLikelihood::new(tables, observed)),
            Some(weights) => Self::Squares(LeastSquares::new(tables, observed, weights)),
        }
    }

    /// The expected Hessian at the point last evaluated.
    pub(crate) fn expected_hessian(&mut self, hessian: &mut DMatrix<f64>) {
        match self {
            Self::Likelihood(likelihood) => likelihood.expected_hessian(hessian),
            Self::Squares(squares) => squares.expected_hessian(hessian),
        }
    }

    /// What the model implies at the point last evaluated, by group.
    pub(crate) fn implied(&self) -> Vec<&Implied> {
        match self {
            Self::Likelihood(likelihood) => likelihood.groups.iter().map(|group| &group.implied).collect(),
            Self::Squares(squares) => squares.groups.iter().map(|group| &group.implied).collect(),
        }
    }

    pub(crate) fn into_implied(self) -> Vec<Implied> {
        match self {
            Self::Likelihood(likelihood) => {
                likelihood.groups.into_iter().map(|group| group.implied).collect()
            }
            Self::Squares(squares) => squares.groups.into_iter().map(|group| group.implied).collect(),
        }
    }
}

impl Objective for Discrepancy<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        match self {
            Self::Likelihood(likelihood) => likelihood.value(x),
            Self::Squares(squares) => squares.value(x),
        }
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        match self {
            Self::Likelihood(likelihood) => likelihood.gradient(gradient),
            Self::Squares(squares) => squares.gradient(gradient),
        }
    }
}
