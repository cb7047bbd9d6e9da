//! The search whose nodes go along: quasi-random nodes are moved to the posteriors at every step.
//!
//! Where quasi-random nodes stay while parameters move, few of them soon carry the whole likelihood of a respondent, and a
//! search climbs what they overstate. Here the gradient at a point, by nodes that were placed at the point before, is brought
//! to 0 by steps of BFGS (Nocedal & Wright 2006) from the inverse information of the complete data, which is the first step of
//! EM. Where the likelihood falls the step is shortened and what was learned of its curvature forgotten.

use super::marginal_likelihood::MarginalLikelihood;
use super::maximisation;
use super::search_limits::{WORK, is_inside, largest, runaways};
use crate::data::Progress;
use crate::error::Result;
use crate::numeric::minimise::update;
use nalgebra::{DMatrix, DVector};

const MOST_STEPS: usize = 400;
/// The scaled gradient at which the search ends; what moving nodes add to it is about 1e-6.
const TOLERANCE: f64 = 4e-6;
/// Shorter steps do not tell the curvature, for the same reason.
const SHORTEST: f64 = 1e-5;
/// The largest change of a parameter in a step.
const LONGEST: f64 = 0.5;
/// A fall of the likelihood that moving nodes may cause.
const FALL: f64 = 0.1;
/// Halvings of a step before the search gives up.
const MOST_HALVINGS: usize = 20;

/// The point where the gradient of the parameters that are not held vanishes, or where one runs away.
pub(super) fn follow(
    marginal: &mut MarginalLikelihood<'_>,
    start: DVector<f64>,
    blocks: &[Vec<usize>],
    held: &[usize],
    progress: &Progress,
) -> Result<DVector<f64>> {
    let mut x = start;
    let Some(mut value) = height(marginal, &x) else { return Ok(x) };
    let (mut gradient, mut information) = derivatives(marginal, &x, held);
    let mut inverse = maximisation::inverse(blocks, &information);
    let mut halvings = 0;
    for _ in 0..MOST_STEPS {
        progress.check(WORK)?;
        if largest(&gradient, &information, held) < TOLERANCE || !runaways(marginal, &x, held).is_empty() {
            break;
        }
        let mut step = &inverse * &gradient;
        held.iter().for_each(|i| step[*i] = 0.0);
        step *= (LONGEST / step.amax()).min(1.0) * 0.5f64.powi(halvings as i32);
        let next = &x + &step;
        let higher = if is_inside(marginal, &next) { height(marginal, &next) } else { None };
        let Some(higher) = higher.filter(|higher| *higher > value - FALL) else {
            halvings += 1;
            if halvings > MOST_HALVINGS {
                break;
            }
            // nodes that went along are brought back
            let Some(again) = height(marginal, &x) else { break };
            value = again;
            (gradient, information) = derivatives(marginal, &x, held);
            inverse = maximisation::inverse(blocks, &information);
            continue;
        };
        halvings = halvings.saturating_sub(1);
        let before = std::mem::replace(&mut gradient, marginal.derivatives(&next, false).0);
        held.iter().for_each(|i| gradient[*i] = 0.0);
        let fall = before - &gradient;
        let curvature = step.dot(&fall);
        if step.amax() > SHORTEST && curvature > 1e-10 * step.norm() * fall.norm() {
            update(&mut inverse, &step, &fall, curvature);
        }
        (x, value) = (next, higher);
    }
    Ok(x)
}

/// The log-likelihood with the priors.
fn height(marginal: &mut MarginalLikelihood<'_>, x: &DVector<f64>) -> Option<f64> {
    Some(marginal.follow(x)? + marginal.log_prior(x))
}

fn derivatives(
    marginal: &mut MarginalLikelihood<'_>,
    x: &DVector<f64>,
    held: &[usize],
) -> (DVector<f64>, DMatrix<f64>) {
    let (mut gradient, information) = marginal.derivatives(x, true);
    held.iter().for_each(|i| gradient[*i] = 0.0);
    (gradient, information)
}
