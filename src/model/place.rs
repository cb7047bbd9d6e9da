//! Where a parameter stands in the matrices of a model.

use super::{Formula, Operator};
use std::collections::HashMap;

/// Where a parameter stands. Symmetric places have row >= column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// Lambda: observed variable, eta.
    Loading(usize, usize),
    /// Theta: covariance of two observed variables' residuals.
    Residual(usize, usize),
    /// Psi: (residual) covariance within eta.
    Latent(usize, usize),
    /// B: effect on the first of the second.
    Path(usize, usize),
    /// nu.
    Intercept(usize),
    /// alpha.
    LatentMean(usize),
    /// Threshold of an ordinal variable, from 0.
    Threshold(usize, usize),
    /// Scaling factor of an ordinal variable.
    Scale(usize),
}

/// The variables of a model by name, with their places.
pub(super) struct Places {
    observed: HashMap<String, usize>,
    eta: HashMap<String, usize>,
}

impl Places {
    pub(super) fn of(observed: &[String], eta: &[String]) -> Self {
        let position = |names: &[String]| names.iter().enumerate().map(|(i, n)| (n.clone(), i)).collect();
        Self { observed: position(observed), eta: position(eta) }
    }

    /// Places among the observed variables.
    pub(super) fn among_observed(&self, names: &[String]) -> Vec<usize> {
        names.iter().filter_map(|n| self.observed.get(n).copied()).collect()
    }

    /// Places among eta.
    pub(super) fn among_eta(&self, names: &[String]) -> Vec<usize> {
        names.iter().filter_map(|n| self.eta.get(n).copied()).collect()
    }

    /// Where the parameter of a formula stands, whose left side has so many thresholds; none where there is no such place.
    pub(super) fn place(&self, f: &Formula, thresholds: usize) -> Option<Place> {
        let (l, r) = (self.eta.get(&f.lhs), self.eta.get(&f.rhs));
        Some(match f.op {
            Operator::Loading => match r {
                Some(&r) => Place::Path(r, *l?),
                None => Place::Loading(*self.observed.get(&f.rhs)?, *l?),
            },
            Operator::Regression => Place::Path(*l?, *r?),
            Operator::Covariance => match (l, r) {
                (Some(&l), Some(&r)) => Place::Latent(l.max(r), l.min(r)),
                _ => {
                    let (l, r) = (*self.observed.get(&f.lhs)?, *self.observed.get(&f.rhs)?);
                    Place::Residual(l.max(r), l.min(r))
                }
            },
            Operator::Intercept => match l {
                Some(&l) => Place::LatentMean(l),
                None => Place::Intercept(*self.observed.get(&f.lhs)?),
            },
            Operator::Threshold => {
                let k: usize = f.rhs.strip_prefix('t')?.parse().ok()?;
                Place::Threshold(*self.observed.get(&f.lhs)?, k.checked_sub(1).filter(|k| *k < thresholds)?)
            }
            Operator::Scale => Place::Scale(*self.observed.get(&f.lhs)?),
            Operator::Definition => return None,
        })
    }
}
