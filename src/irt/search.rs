//! The search for the maximum: EM, accelerated, then a quasi-Newton search, then Newton steps where the information is made.
//!
//! Convergence is told by the gradient, each element divided by the square root of its curvature (which is free of units),
//! never by a count of cycles. A slope or an asymptote that runs away is held where it is, and named.

use super::acceleration::extrapolated;
use super::following::follow;
use super::marginal_likelihood::MarginalLikelihood;
use super::maximisation;
use super::search_limits::{WORK, is_inside, largest, runaways};
use crate::data::Progress;
use crate::error::Result;
use crate::numeric::minimise::{Objective, bfgs};
use nalgebra::{DMatrix, DVector};

/// Pairs of EM steps before the quasi-Newton search takes over.
const EM_PAIRS: usize = 6;
/// EM hands over sooner where its next step would gain less than this.
const NEAR: f64 = 0.5;
/// The gradient at which the quasi-Newton search ends.
const TOLERANCE: f64 = 1e-7;
/// The gradient that counts as none.
const ACCEPTED: f64 = 1e-5;
const MOST_ITERATIONS: usize = 400;
/// Times the search starts anew: after nodes were moved, or a parameter is held.
const MOST_ROUNDS: usize = 12;

/// How is searched.
#[derive(Debug)]
pub(crate) struct Search<'p> {
    /// Whether EM comes first.
    pub(crate) em: bool,
    /// The inverse of the information as far as it is known where the search begins.
    pub(crate) known: Option<DMatrix<f64>>,
    /// The scaled gradient at which it ends.
    pub(crate) tolerance: f64,
    pub(crate) progress: &'p Progress,
}

impl<'p> Search<'p> {
    /// From a start that may be far away.
    pub(crate) fn far(progress: &'p Progress) -> Self {
        Self { em: true, known: None, tolerance: TOLERANCE, progress }
    }
}

/// Where the search ended.
#[derive(Debug, Clone)]
pub(crate) struct Maximum {
    pub(crate) x: DVector<f64>,
    pub(crate) log_likelihood: f64,
    /// Largest element of the gradient, divided by the square root of its curvature.
    pub(crate) gradient: f64,
    pub(crate) converged: bool,
    /// E-steps made.
    pub(crate) evaluations: usize,
    /// Parameters that ran away and are held.
    pub(crate) held: Vec<usize>,
    /// The inverse of the information of the others as far as it became known.
    pub(crate) known: Option<DMatrix<f64>>,
}

impl Maximum {
    /// Before there is one.
    pub(crate) fn nowhere() -> Self {
        Self {
            x: DVector::zeros(0),
            log_likelihood: f64::NEG_INFINITY,
            gradient: f64::INFINITY,
            converged: false,
            evaluations: 0,
            held: Vec::new(),
            known: None,
        }
    }
}

/// Searches from a start at which the likelihood exists.
///
/// # Errors
/// [`crate::Error::Stopped`].
pub(crate) fn maximise(
    marginal: &mut MarginalLikelihood<'_>,
    start: DVector<f64>,
    search: Search<'_>,
) -> Result<Maximum> {
    let blocks = marginal.layout.blocks();
    let followed = marginal.is_followed();
    let (mut x, Search { em, mut known, tolerance, progress }) = (start, search);
    if em && !followed {
        x = expectation_maximisation(marginal, x, &blocks, progress)?;
    }
    let mut held: Vec<usize> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        progress.check(WORK)?;
        marginal.recentre(&x);
        if followed {
            x = follow(marginal, x, &blocks, &held, progress)?;
        } else {
            let from = Start { blocks: &blocks, held: &held, known: known.take(), tolerance };
            (x, known) = quasi_newton(marginal, &x, from, progress);
        }
        progress.check(WORK)?;
        let ran = runaways(marginal, &x, &held);
        if ran.is_empty() && marginal.is_centred(&x) {
            break;
        }
        if !ran.is_empty() {
            known = None;
        }
        held.extend(ran);
    }
    let log_likelihood = marginal.evaluate(&x).unwrap_or(f64::NEG_INFINITY);
    let (gradient, information) = marginal.derivatives(&x, true);
    let gradient = largest(&gradient, &information, &held);
    Ok(Maximum {
        log_likelihood,
        converged: gradient < ACCEPTED,
        gradient,
        evaluations: marginal.evaluations,
        held,
        known,
        x,
    })
}

/// The accelerated EM algorithm.
fn expectation_maximisation(
    marginal: &mut MarginalLikelihood<'_>,
    start: DVector<f64>,
    blocks: &[Vec<usize>],
    progress: &Progress,
) -> Result<DVector<f64>> {
    let mut x0 = start;
    let Some(mut value) = marginal.evaluate(&x0).map(|v| v + marginal.log_prior(&x0)) else { return Ok(x0) };
    for _ in 0..EM_PAIRS {
        progress.check(WORK)?;
        let Some((x1, gain)) = risen(marginal, &x0, value, blocks) else { break };
        value += gain;
        let near = gain.abs() < NEAR;
        let Some((x2, gain)) = risen(marginal, &x1, value, blocks) else { break };
        value += gain;
        let jump = extrapolated(&x0, &x1, &x2).filter(|x| is_inside(marginal, x));
        let jumped = jump.and_then(|x| Some((marginal.evaluate(&x)? + marginal.log_prior(&x), x)));
        match jumped.filter(|(higher, _)| *higher > value) {
            Some((higher, x)) => (value, x0) = (higher, x),
            None => {
                x0 = x2;
                marginal.evaluate(&x0);
            }
        }
        if marginal.recentre(&x0)
            && let Some(again) = marginal.evaluate(&x0)
        {
            value = again + marginal.log_prior(&x0);
        }
        if near {
            break;
        }
    }
    Ok(x0)
}

/// An EM step from the point last evaluated, halved until the likelihood rises; and by how much it did.
fn risen(
    marginal: &mut MarginalLikelihood<'_>,
    x: &DVector<f64>,
    value: f64,
    blocks: &[Vec<usize>],
) -> Option<(DVector<f64>, f64)> {
    let (gradient, information) = marginal.derivatives(x, true);
    let mut step = maximisation::step(blocks, &gradient, &information);
    for _ in 0..12 {
        let next = x + &step;
        if let Some(higher) = marginal.evaluate(&next).map(|v| v + marginal.log_prior(&next))
            && higher >= value - 1e-9 * value.abs()
        {
            return Some((next, higher - value));
        }
        step *= 0.5;
    }
    marginal.evaluate(x);
    None
}

/// Minus the log-likelihood (and prior), as a function of the parameters that are not held.
struct Active<'m, 'a> {
    progress: &'m Progress,
    marginal: &'m mut MarginalLikelihood<'a>,
    x: DVector<f64>,
    free: Vec<usize>,
}

impl Objective for Active<'_, '_> {
    fn value(&mut self, own: &DVector<f64>) -> Option<f64> {
        self.free.iter().zip(own.iter()).for_each(|(i, value)| self.x[*i] = *value);
        // a search that is stopped has nowhere to go
        if self.progress.is_stopped() || !is_inside(self.marginal, &self.x) {
            return None;
        }
        let value = self.marginal.evaluate(&self.x)?;
        Some(-value - self.marginal.log_prior(&self.x))
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        let (all, _) = self.marginal.derivatives(&self.x, false);
        self.free.iter().enumerate().for_each(|(at, i)| gradient[at] = -all[*i]);
    }
}

/// What is known where a quasi-Newton search begins.
struct Start<'a> {
    blocks: &'a [Vec<usize>],
    held: &'a [usize],
    /// Of the parameters that are not held.
    known: Option<DMatrix<f64>>,
    tolerance: f64,
}

/// Where it ends, and the inverse information as far as it became known.
fn quasi_newton(
    marginal: &mut MarginalLikelihood<'_>,
    x: &DVector<f64>,
    from: Start<'_>,
    progress: &Progress,
) -> (DVector<f64>, Option<DMatrix<f64>>) {
    if marginal.evaluate(x).is_none() {
        return (x.clone(), None);
    }
    let (_, information) = marginal.derivatives(x, true);
    let free: Vec<usize> = (0..x.len()).filter(|i| !from.held.contains(i)).collect();
    // what a search knew that held others does not serve
    let known = from.known.filter(|known| known.nrows() == free.len());
    let inverse = known.unwrap_or_else(|| {
        let all = maximisation::inverse(from.blocks, &information);
        DMatrix::from_fn(free.len(), free.len(), |i, j| all[(free[i], free[j])])
    });
    let scale = DVector::from_fn(free.len(), |i, _| information[(free[i], free[i])].max(1e-8));
    let start = DVector::from_fn(free.len(), |i, _| x[free[i]]);
    let mut active = Active { progress, marginal, x: x.clone(), free };
    let found = bfgs(&mut active, start, &inverse, &scale, from.tolerance, MOST_ITERATIONS);
    let mut end = x.clone();
    active.free.iter().zip(found.x.iter()).for_each(|(i, value)| end[*i] = *value);
    (end, Some(found.inverse))
}

/// Newton steps with this information as long as they bring the gradient down.
pub(crate) fn polish(marginal: &mut MarginalLikelihood<'_>, found: &mut Maximum, information: &DMatrix<f64>) {
    let free: Vec<usize> = (0..found.x.len()).filter(|i| !found.held.contains(i)).collect();
    let own = DMatrix::from_fn(free.len(), free.len(), |i, j| information[(free[i], free[j])]);
    for _ in 0..4 {
        if marginal.evaluate(&found.x).is_none() {
            return;
        }
        let (gradient, complete) = marginal.derivatives(&found.x, true);
        let target = DVector::from_fn(free.len(), |i, _| gradient[free[i]]);
        let Some(step) = crate::numeric::cholesky::solved(&own, &target) else { return };
        if step.dot(&target) < 1e-14 {
            return;
        }
        let before = largest(&gradient, &complete, &found.held);
        let mut next = found.x.clone();
        free.iter().zip(step.iter()).for_each(|(i, s)| next[*i] += s);
        let Some(value) = marginal.evaluate(&next) else { return };
        let (gradient, complete) = marginal.derivatives(&next, true);
        let after = largest(&gradient, &complete, &found.held);
        if !(after < before) {
            return;
        }
        found.x = next;
        found.log_likelihood = value;
        found.gradient = after;
        found.converged = after < ACCEPTED;
        found.evaluations = marginal.evaluations;
    }
}
