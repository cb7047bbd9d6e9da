//! What measures are made of.

use crate::estimate::inference::{ScaledTest, TestStatistic};
use crate::estimate::observed::Observed;
use crate::estimate::ordinal::problem::OrdinalBaseline;
use crate::estimate::ordinal::robust::RobustOrdinal;
use crate::model::{Implied, ParameterTable};
use nalgebra::DMatrix;

/// A test statistic with its degrees of freedom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Test {
    pub(crate) chisq: f64,
    pub(crate) df: f64,
}

/// One group at the solution.
pub(crate) struct GroupFit<'a> {
    pub(crate) table: &'a ParameterTable,
    pub(crate) observed: &'a Observed,
    pub(crate) implied: &'a Implied,
    /// Sigma^-1; none with least squares, which do without.
    pub(crate) inverse: Option<&'a DMatrix<f64>>,
}

/// What least squares have in the place of a likelihood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Squares {
    /// T of the independence model.
    pub(crate) baseline: f64,
    /// The same of ordinal data, with its own degrees of freedom.
    pub(crate) ordinal: Option<OrdinalBaseline>,
    pub(crate) gfi: f64,
    /// Whether T has a chi-square distribution.
    pub(crate) is_chi_square: bool,
}

/// The tests of a model and of its baseline, scaled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScaledTests {
    pub(crate) statistic: TestStatistic,
    pub(crate) model: ScaledTest,
    pub(crate) baseline: ScaledTest,
    /// tr(B1 A1^-1) and tr(B0 A0^-1) divided by their numbers of parameters, for Yuan and Bentler's test.
    pub(crate) levels: Option<(f64, f64)>,
    /// What the robust measures are made of, of ordinal data.
    pub(crate) robust: Option<RobustOrdinal>,
}

/// A test statistic with its expectation where the model holds, of the model and of the independence model.
pub(crate) type Parts = ((f64, f64), (f64, f64));
