//! Where a search may go, and when it is over.

use super::layout::Role;
use super::marginal_likelihood::MarginalLikelihood;
use nalgebra::{DMatrix, DVector};

/// What is being done, where it is stopped.
pub(crate) const WORK: &str = "the item response model";
/// A slope that is steeper, in standard deviations of the trait, is running away,
const STEEPEST: f64 = 12.0;
/// as is a logit of an asymptote that is farther out.
const FARTHEST: f64 = 8.0;
/// No slope is let go farther than this.
const LIMIT: f64 = 40.0;

/// The largest element of a gradient, each divided by the square root of its curvature; held parameters left out.
pub(super) fn largest(gradient: &DVector<f64>, information: &DMatrix<f64>, held: &[usize]) -> f64 {
    let scaled = |i: usize| gradient[i].abs() / information[(i, i)].max(1e-12).sqrt();
    (0..gradient.len()).filter(|i| !held.contains(i)).map(scaled).fold(0.0, f64::max)
}

/// Whether a point is one that a search may try.
pub(super) fn is_inside(marginal: &MarginalLikelihood<'_>, x: &DVector<f64>) -> bool {
    let roles = &marginal.layout.roles;
    roles.iter().zip(x.iter()).all(|(role, x)| match role {
        Role::Slope => x.abs() < LIMIT,
        Role::Variance => *x > 1e-6 && *x < 1e4,
        Role::LowerAsymptote | Role::UpperAsymptote => x.abs() < 2.0 * FARTHEST,
        _ => x.abs() < 400.0,
    })
}

/// Slopes and asymptotes that have gone too far.
pub(super) fn runaways(marginal: &MarginalLikelihood<'_>, x: &DVector<f64>, held: &[usize]) -> Vec<usize> {
    let spread = marginal.grids.iter().flat_map(|grid| grid.spread.iter().copied()).fold(0.0, f64::max);
    let layout = marginal.layout;
    let far = |i: usize| match layout.roles[i] {
        Role::Slope => x[i].abs() * spread > STEEPEST,
        Role::LowerAsymptote | Role::UpperAsymptote => layout.priors[i].is_none() && x[i].abs() > FARTHEST,
        _ => false,
    };
    (0..x.len()).filter(|i| !held.contains(i) && far(*i)).collect()
}
