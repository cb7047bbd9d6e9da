//! Browne's residual-based test.
//!
//! ```text
//! T = N r' [V - V D (D'VD)^-1 D'V] r,        V = Gamma^-1, r observed minus implied moments
//! ```
//!
//! (Browne 1984, eq. 2.20.) It asks of the estimates only that they are consistent. Gamma is that of normal
//! theory (`nt`) or of the cases (`adf`), at the observed moments or, as `.model`, at the implied ones.

use crate::estimate::constraints::null_basis;
use crate::estimate::conventions::At;
use crate::estimate::inference::ModelTest;
use crate::estimate::inference::TestStatistic;
use crate::estimate::normal::moment_weights::moment_covariance;
use crate::estimate::observed::{Cases, Problem};
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::weight::Weight;
use crate::numeric::arrowhead::Arrowhead;
use crate::numeric::cholesky;
use crate::numeric::cholesky::inverse_factor;
use crate::numeric::minimise::Objective;
use crate::numeric::tails::chi_square_tail;
use nalgebra::DVector;

/// The test, where the statistic is one of Browne's and the weight exists.
pub(crate) fn browne_residual(
    problem: &Problem<'_>,
    test: TestStatistic,
    df: i64,
    multiplier: f64,
) -> Option<ModelTest> {
    if !test.is_browne() {
        return None;
    }
    let weight = |cases: &Cases<'_>| match test {
        TestStatistic::BrowneResidualNt => inverse_factor(&cases.observed.covariance).map(Weight::Normal),
        TestStatistic::BrowneResidualNtModel => inverse_factor(&cases.implied.sigma).map(Weight::Normal),
        TestStatistic::BrowneResidualAdf => {
            inverse_factor(&moment_covariance(cases, At::Sample)?).map(Weight::Full)
        }
        TestStatistic::BrowneResidualAdfModel => {
            inverse_factor(&moment_covariance(cases, At::Model)?).map(Weight::Full)
        }
        _ => None,
    };
    let weights = problem.each(|cases, _, _| weight(cases))?;
    let mut squares = Discrepancy::new(problem.tables, problem.observed, Some(&weights));
    let value = squares.value(problem.x)?;
    let q = problem.x.len();
    let (mut gradient, mut hessian) = (DVector::zeros(q), Arrowhead::default());
    squares.gradient(&mut gradient);
    squares.expected_hessian(&mut hessian);
    // r'VD (D'VD)^-1 D'Vr = g' H^-1 g / 2, g = -2 D'Vr and H = 2 D'VD, in the directions that constraints leave
    let basis = null_basis(problem.jacobian, q);
    let (g, mut factor) = (basis.tr_mul(&gradient), basis.tr_mul(&(hessian.dense() * &basis)));
    cholesky::factorise(&mut factor).ok()?;
    let mut solved = g.clone();
    cholesky::solve(&factor, solved.as_mut_slice());
    let chisq = multiplier * (value - 0.5 * g.dot(&solved)).max(0.0);
    let df = df as f64;
    let pvalue = (df > 0.0).then(|| chi_square_tail(chisq, df));
    Some(ModelTest { test, chisq, df, pvalue, groups: Vec::new() })
}
