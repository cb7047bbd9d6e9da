//! The search for a solution: from the best start, and from others while there is none.
//!
//! A first search may run away (a loading grows without end while a variance falls to 0) where the model has a
//! proper solution. So others follow: on the far side of a marker that has lost its share, on the branches of constraints
//! that are not linear, without relations among the factors, with equal loadings, from the best points within bounds (De Jonckere & Rosseel 2022), and from
//! points around the first start. The first proper solution is taken, else the improper one with the smallest
//! discrepancy.
//!
//! Whether the model is identified is asked at a point that is like any other, not where a search ended: the
//! rank of the information there, with every parameter in its own unit, is that of almost all points (Bekker,
//! Merckens & Wansbeek 1994).

use super::bounds::bounds_of;
use super::constrained::minimise_under;
use super::diagnosis::{IDENTIFIED, SETTLED, flat, improper};
use super::discrepancy::Discrepancy;
use super::scoring::{Solution, minimise};
use super::starts::{Start, start_values, units};
use super::turned::{turned, turned_over};
use crate::error::Warning;
use crate::estimate::constraints::Constraints;
use crate::estimate::observed::Observed;
use crate::estimate::options::Bounds;
use crate::estimate::search::found::Found;
use crate::estimate::search::setting::Setting;
use crate::numeric::minimise::Objective;
use nalgebra::DVector;

/// Starts around the first one.
const AROUND: usize = 6;
/// Iterations of a search within bounds, which only has to come near,
const WITHIN: usize = 60;
/// and of one from another start than the first: a search that runs away never ends by itself.
const AGAIN: usize = 200;
/// One on the far side of a marker begins where the first ended, and may have to come from far.
const BEYOND: usize = 600;
/// Parameters of constraints that are not linear whose signs are tried.
const SIDES: usize = 3;
/// So many units from its start an estimate is none, whatever the gradient is there: it ran away.
const AWAY: f64 = 1e5;
/// Iterations after which no other start is tried.
const PATIENCE: usize = 1000;

impl Found {
    fn new(solution: Solution, warning: Option<Warning>, away: Vec<usize>) -> Self {
        Self { flat: flat(&solution, IDENTIFIED), solution, warning, unidentified: Vec::new(), away }
    }

    fn is_settled(&self) -> bool {
        self.solution.converged && self.flat.is_empty() && self.away.is_empty()
    }

    /// Whether it is one of a model that is identified: of what its data settle there may be little.
    fn settle(&mut self) -> bool {
        if self.solution.converged && !self.flat.is_empty() {
            self.flat = flat(&self.solution, SETTLED);
        }
        self.is_settled()
    }

    /// Asks once more, by the expected information, where the search went by another.
    pub(crate) fn inform(
        &mut self,
        setting: &Setting<'_>,
        discrepancy: &mut Discrepancy<'_>,
        observed: &[Observed],
    ) {
        discrepancy.expected_hessian(&mut self.solution.hessian);
        self.flat = flat(&self.solution, IDENTIFIED);
        if !self.flat.is_empty() && self.unidentified.is_empty() {
            self.unidentified = setting.unidentified(discrepancy, observed);
            let _ = discrepancy.value(&self.solution.x);
            self.settle();
        }
        self.flat.extend(&self.away);
    }
}

impl Setting<'_> {
    /// The solution from a start; none where the discrepancy does not exist there.
    pub(crate) fn search(&self, discrepancy: &mut Discrepancy<'_>, start: DVector<f64>) -> Option<Solution> {
        self.search_for(discrepancy, start, self.max_iterations)
    }

    fn search_for(
        &self,
        discrepancy: &mut Discrepancy<'_>,
        start: DVector<f64>,
        iterations: usize,
    ) -> Option<Solution> {
        if self.constraints.are_none() {
            minimise(discrepancy, start, self.bounds, iterations)
        } else {
            minimise_under(discrepancy, start, self.constraints, iterations)
        }
    }

    /// The solution from the best start, and then from others while there is none.
    pub(crate) fn search_from_several(
        &self,
        discrepancy: &mut Discrepancy<'_>,
        observed: &[Observed],
    ) -> Option<Found> {
        if let Some(settled) = &self.estimation.settled {
            let solution = self.search(discrepancy, settled.x.clone())?;
            return Some(Found {
                solution,
                warning: None,
                flat: Vec::new(),
                unidentified: Vec::new(),
                away: Vec::new(),
            });
        }
        let start = start_values(self.tables, observed, Start::PrincipalFactors);
        let mut first = self.search(discrepancy, start.clone()).map(|first| {
            let away = self.away(observed, &first.x, &start);
            Found::new(first, None, away)
        });
        if first.as_ref().is_some_and(Found::is_settled) {
            return first;
        }
        let unidentified = self.unidentified(discrepancy, observed);
        let is_lost = unidentified.is_empty() && !first.as_mut().is_some_and(Found::settle);
        let best = match is_lost && self.max_iterations > 0 {
            true => {
                self.search_elsewhere(discrepancy, observed, start, first.as_ref().map(|f| &f.solution.x))
            }
            false => None,
        };
        let mut found = best.or(first)?;
        found.unidentified = unidentified;
        let away = std::mem::take(&mut found.away);
        found.flat.extend(&away);
        found.away = away;
        // leave the discrepancy at the point that is reported
        discrepancy.value(&found.solution.x)?;
        Some(found)
    }

    /// The best solution from other starts than the first, which `ended` at no solution.
    fn search_elsewhere(
        &self,
        discrepancy: &mut Discrepancy<'_>,
        observed: &[Observed],
        first: DVector<f64>,
        ended: Option<&DVector<f64>>,
    ) -> Option<Found> {
        let other = |from| start_values(self.tables, observed, from);
        let (unrelated, equal) = (other(Start::Unrelated), other(Start::Equal));
        let bounds = match self.bounds.is_empty() {
            true => bounds_of(Bounds::Standard, self.tables, observed),
            false => Vec::new(),
        };
        let unit = units(self.tables, observed);
        let around = (1..=AROUND).map(|round| {
            let spread = 0.25 * (1 + (round - 1) % 4) as f64;
            DVector::from_fn(first.len(), |i, _| first[i] + spread * unit[i] * scattered(i, round))
        });
        let beyond = ended.map_or_else(Vec::new, |ended| turned(self.tables, observed, ended));
        let turned = beyond.len();
        let mut tries: Vec<(DVector<f64>, bool, &str)> =
            beyond.into_iter().map(|x| (x, false, "where a marker has the other sign")).collect();
        let branches = self.branches(&first);
        let branched = turned + branches.len();
        let on_branch = "where parameters of a constraint have other signs";
        tries.extend(branches.into_iter().map(|x| (x, false, on_branch)));
        tries.extend([
            (unrelated.clone(), false, "from start values of factors that are not related"),
            (equal.clone(), false, "from start values that are alike for all indicators"),
        ]);
        let within = "from the best point within bounds";
        tries.extend([&first, &unrelated, &equal].map(|start| (start.clone(), true, within)));
        tries.extend(around.map(|start| (start, true, "from start values around the first")));
        let (mut best, mut proper): (Option<Found>, Option<Found>) = (None, None);
        let mut spent = 0;
        for (round, (start, bounded, how)) in tries.into_iter().enumerate() {
            if spent > PATIENCE || (round >= branched && proper.is_some()) {
                break;
            }
            let inside = match bounded && !bounds.is_empty() {
                true => self.search_within(discrepancy, start, &bounds),
                false => Some(start),
            };
            let limit = if round < turned { BEYOND } else { AGAIN };
            let again = self.max_iterations.min(limit);
            let solution = inside.and_then(|inside| self.search_for(discrepancy, inside, again));
            let Some(solution) = solution else { continue };
            spent += if round < turned { 0 } else { solution.iterations };
            let away = self.away(observed, &solution.x, &first);
            let mut found = Found::new(solution, Some(Warning::OtherStart { how: how.into() }), away);
            if !found.settle() {
                continue;
            }
            let is_lower = |than: &Option<Found>| {
                than.as_ref().is_none_or(|than| found.solution.value < than.solution.value)
            };
            if improper(self.tables, &discrepancy.implied()).0.proper() {
                if !(turned..branched).contains(&round) {
                    return Some(found);
                }
                if is_lower(&proper) {
                    proper = Some(found);
                }
            } else if is_lower(&best) {
                best = Some(found);
            }
        }
        proper.or(best)
    }

    /// Starts that keep constraints which are not linear, with their parameters (and the factors that these are loadings
    /// on) of either sign: `la == lb^2` and `la == sqrt(abs(lb))` have a branch on each side of 0, and there is no way
    /// down from one to the other.
    fn branches(&self, start: &DVector<f64>) -> Vec<DVector<f64>> {
        let curved = self.constraints.curved(start, &self.constraints.none_active()).unwrap_or_default();
        if curved.is_empty() {
            return Vec::new();
        }
        let over = turned_over(self.tables, start, &curved);
        let from = if over == *start { vec![start.clone()] } else { vec![start.clone(), over] };
        let sides = 1_usize << curved.len().min(SIDES);
        let of_side = |from: &DVector<f64>, side: usize| {
            let mut x = from.clone();
            let turned = curved.iter().enumerate().filter(|(at, _)| side >> at & 1 == 1);
            turned.for_each(|(_, &free)| x[free] = -x[free]);
            self.constrained(x)
        };
        from.iter().flat_map(|from| (0..sides).map(|side| of_side(from, side)).collect::<Vec<_>>()).collect()
    }

    /// A point near `x` that keeps the equality constraints, by Gauss-Newton steps: identification is a matter of points that do.
    fn constrained(&self, mut x: DVector<f64>) -> DVector<f64> {
        for _ in 0..20 {
            let Some((values, jacobian)) = self.constraints.at(&x, &self.constraints.none_active()) else {
                break;
            };
            if values.amax() <= 1e-12 * (1.0 + x.amax()) {
                break;
            }
            let Ok(inverse) = jacobian.pseudo_inverse(1e-10) else { break };
            x -= inverse * values;
        }
        x
    }

    /// Free parameters that are no longer near any value they could have.
    fn away(&self, observed: &[Observed], x: &DVector<f64>, start: &DVector<f64>) -> Vec<usize> {
        // cheap first: units are worked out where something is large
        if x.iter().zip(start.iter()).all(|(x, start)| (x - start).abs() <= AWAY * (1.0 + start.abs())) {
            return Vec::new();
        }
        let unit = units(self.tables, observed);
        (0..x.len()).filter(|&i| !((x[i] - start[i]).abs() <= AWAY * unit[i])).collect()
    }

    /// The best point within bounds, or near it.
    fn search_within(
        &self,
        discrepancy: &mut Discrepancy<'_>,
        start: DVector<f64>,
        bounds: &[(f64, f64)],
    ) -> Option<DVector<f64>> {
        let limit = self.max_iterations.min(WITHIN);
        let inside = if self.constraints.are_none() {
            minimise(discrepancy, start, bounds, limit)
        } else {
            minimise_under(discrepancy, start, &Constraints::holding(self.constraints, bounds), limit)
        };
        inside.map(|inside| inside.x)
    }

    /// Free parameters that the moments do not tell apart at a point that is like any other; none of a model
    /// that is identified.
    pub(crate) fn unidentified(
        &self,
        discrepancy: &mut Discrepancy<'_>,
        observed: &[Observed],
    ) -> Vec<usize> {
        let start = start_values(self.tables, observed, Start::PrincipalFactors);
        let unit = units(self.tables, observed);
        let q = start.len();
        let mut spread = 0.3;
        while spread > 1e-3 {
            let x = DVector::from_fn(q, |i, _| start[i] + spread * unit[i] * scattered(i, 0));
            let x = self.constrained(x);
            if discrepancy.value(&x).is_some()
                && let Some((_, jacobian)) = self.constraints.at(&x, &self.constraints.none_active())
            {
                let mut solution = Solution::at(x);
                solution.jacobian = jacobian;
                discrepancy.expected_hessian(&mut solution.hessian);
                return flat(&solution, IDENTIFIED);
            }
            spread *= 0.5;
        }
        Vec::new()
    }
}

/// A number between -1 and 1 for each parameter and round, the same in every run (Weyl 1916).
fn scattered(i: usize, round: usize) -> f64 {
    let turns =
        (i + 1) as f64 * 0.618_033_988_749_895 + (round + 1) as f64 * 0.754_877_666_246_693 * (i + 3) as f64;
    2.0 * turns.fract() - 1.0
}
