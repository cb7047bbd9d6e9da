//! From the form that was estimated to the solution that is shown: factors are turned, and the covariance matrix of the estimates
//! with them.
//!
//! With eta the factors of a set in the estimated form, those that are shown are T'eta: loadings A become A (T')^-1, their
//! covariances Psi become T' Psi T, effects B become Q B Q^-1 and means Q alpha, with T' in the places of the set in Q. T depends
//! on all parameters, since it minimises a criterion of (standardised) loadings; its derivative follows from the conditions that
//! hold at the minimum (Jennrich 1973), so that y = g(x, T(x)) has the covariance matrix J V J' with
//!
//! ```text
//! J = dg/dx + (dg/dT)(dT/dx)
//! ```
//!
//! dg/dx and dg/dT are central differences. Promax has no such conditions: there dT/dx follows from those of varimax and the way
//! from its loadings to T.

use super::echelon::{Echelon, Turn};
use super::rotation::{Rotation, SeenSet, SetRotation};
use crate::error::{Error, Result};
use crate::estimate::observed::Observed;
use crate::factor::{Criterion, PromaxTurn, Rotate, Turning};
use crate::model::{Implied, Kind, ParameterTable};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// The solution that is shown.
pub(crate) struct Turned {
    pub(crate) x: DVector<f64>,
    /// Derivatives of `x` by what was estimated; none where the minimum is flat, or the criterion has no derivative.
    pub(crate) jacobian: Option<DMatrix<f64>>,
    pub(crate) rotations: Vec<SetRotation>,
}

/// A set with the rotation that was found for it.
struct Found<'a> {
    turn: &'a Turn,
    criterion: Criterion,
    oblique: bool,
    target: Option<DMatrix<f64>>,
    /// Length of each row, where rows are scaled to 1 before.
    normalize: bool,
    t: DMatrix<f64>,
    /// Of promax, which minimises no criterion.
    promax: Option<PromaxTurn>,
}

impl Echelon {
    /// Turns a solution `x`; `tables` are those of the text.
    ///
    /// # Errors
    /// What [`Rotate::of`] gives; [`Error::NoAnswerExists`] for a solution that implies nothing.
    pub(crate) fn turn(
        &self,
        tables: &[ParameterTable],
        observed: &[Observed],
        rotation: &Rotation,
        x: &DVector<f64>,
    ) -> Result<Turned> {
        let model = Point { echelon: self, tables, observed, standardized: rotation.standardized };
        let implied = model.at(x).ok_or_else(|| Error::NoAnswerExists {
            what: "rotation".into(),
            why: "the solution implies no covariances".into(),
            remedy: "Look at the warnings of the fit.".into(),
        })?;
        let (found, rotations) = model.all_found(rotation, &implied)?;
        let ts: Vec<DMatrix<f64>> = found.iter().map(|own| own.t.clone()).collect();
        let y = model.shown(&implied, &found, &ts).ok_or_else(singular)?;
        model.check_alike(&implied, &y)?;
        let jacobian = model.derivatives(x, &found, &ts);
        Ok(Turned { x: y, jacobian, rotations })
    }

    /// The free parameters of the text at a solution `x` of other observations; none where it implies nothing.
    pub(crate) fn turned(
        &self,
        tables: &[ParameterTable],
        observed: &[Observed],
        rotation: &Rotation,
        x: &DVector<f64>,
    ) -> Option<DVector<f64>> {
        let model = Point { echelon: self, tables, observed, standardized: rotation.standardized };
        let implied = model.at(x)?;
        let (found, _) = model.all_found(rotation, &implied).ok()?;
        let ts: Vec<DMatrix<f64>> = found.iter().map(|own| own.t.clone()).collect();
        model.shown(&implied, &found, &ts).filter(|y| y.iter().all(|v| v.is_finite()))
    }
}

/// Implied correlations that differ less than this are the same.
const ALIKE: f64 = 1e-6;

fn singular() -> Error {
    Error::NoAnswerExists {
        what: "rotation".into(),
        why: "the turned factors are linearly dependent".into(),
        remedy: "Take fewer factors, or another criterion.".into(),
    }
}

struct Point<'a> {
    echelon: &'a Echelon,
    tables: &'a [ParameterTable],
    observed: &'a [Observed],
    standardized: bool,
}

impl<'a> Point<'a> {
    /// What the estimated form implies at x.
    fn at(&self, x: &DVector<f64>) -> Option<Vec<Implied>> {
        let each = self.echelon.tables.iter().zip(self.observed);
        each.map(|(table, observed)| {
            let mut implied = observed.implied(table);
            implied.update(x)?;
            Some(implied)
        })
        .collect()
    }

    /// A turned solution implies what the other implies, unless the text treats the factors of a set differently: then what
    /// turning moves to the others has no place in it.
    fn check_alike(&self, implied: &[Implied], y: &DVector<f64>) -> Result<()> {
        for ((own, table), observed) in implied.iter().zip(self.tables).zip(self.observed) {
            let mut turned = observed.implied(table);
            let same = turned.update(y).is_some_and(|()| {
                let sd = |i: usize| own.sigma[(i, i)].abs().sqrt().max(f64::MIN_POSITIVE);
                let p = own.sigma.nrows();
                let near = |i: usize, j: usize| {
                    (own.sigma[(i, j)] - turned.sigma[(i, j)]).abs() < ALIKE * sd(i) * sd(j)
                };
                let means = (0..p).all(|i| (own.mu[i] - turned.mu[i]).abs() < ALIKE * sd(i));
                means && (0..p).all(|i| (0..p).all(|j| near(i, j)))
            });
            if !same {
                let sets: Vec<String> =
                    table.exploratory.iter().map(|set| format!("'{}'", set.name)).collect();
                return Err(Error::BadModel {
                    what: format!("the factors of the efa() block {} are not treated alike", sets.join(", ")),
                    remedy: "Factors that are turned together take part in the same regressions and covariances, with free \
                             coefficients: write 'f1 ~ x' and 'f2 ~ x', not one of them."
                        .into(),
                });
            }
        }
        Ok(())
    }

    /// The loadings that the criterion sees.
    fn seen(&self, turn: &Turn, implied: &[Implied], normalize: bool) -> DMatrix<f64> {
        let block = turn.blocks[0];
        let (own, table) = (&implied[block], &self.echelon.tables[block]);
        let mut a = DMatrix::from_fn(turn.items.len(), turn.factors.len(), |i, k| own.at(turn.places[i][k]));
        for (i, item) in turn.items.iter().enumerate() {
            let place = table.observed.iter().position(|name| name == item);
            if let (true, Some(place)) = (self.standardized, place) {
                let variance = own.sigma[(place, place)];
                if variance > 0.0 {
                    a.row_mut(i).unscale_mut(variance.sqrt());
                }
            }
            let length = a.row(i).norm();
            if normalize && length > 0.0 {
                a.row_mut(i).unscale_mut(length);
            }
        }
        a
    }

    fn all_found(
        &self,
        rotation: &Rotation,
        implied: &[Implied],
    ) -> Result<(Vec<Found<'a>>, Vec<SetRotation>)> {
        let each = self.echelon.turns.iter().map(|turn| self.found(turn, rotation, implied));
        Ok(each.collect::<Result<Vec<_>>>()?.into_iter().unzip())
    }

    fn found<'b>(
        &self,
        turn: &'b Turn,
        rotation: &Rotation,
        implied: &[Implied],
    ) -> Result<(Found<'b>, SetRotation)> {
        let table = &self.tables[turn.blocks[0]];
        let names: Vec<&String> = turn.factors.iter().map(|&factor| &table.eta[factor]).collect();
        let whole = rotate_of(turn, rotation, &names)?;
        let rotate = match rotation.near.get(&(turn.set.clone(), turn.blocks[0])) {
            Some(near) => whole.clone().near(near.clone()),
            None => whole.clone(),
        };
        let target = rotate.check(turn.items.len(), turn.factors.len())?;
        let a = self.seen(turn, implied, false);
        let found = rotate.of_matrix(&turn.items, &a)?;
        let k = turn.factors.len();
        let t = match found.transformation {
            Some(t) => t,
            None => transformation(&a, &found.pattern, &found.correlations).ok_or_else(singular)?,
        };
        let record = SetRotation {
            set: turn.set.clone(),
            block: turn.blocks[0] + 1,
            criterion: rotate.criterion().to_string(),
            standardized: rotation.standardized,
            search: found.search,
            seen: SeenSet {
                rotate: Some(whole),
                loadings: rows_of(&found.pattern),
                phi: rows_of(&found.correlations),
            },
        };
        let own = Found {
            turn,
            criterion: rotate.criterion_of(k),
            oblique: rotate.is_oblique(),
            target,
            normalize: rotate.normalizes(),
            t,
            promax: found.promax,
        };
        Ok((own, record))
    }

    /// The free parameters of the text, with the factors of each set turned by T.
    fn shown(&self, implied: &[Implied], found: &[Found<'_>], ts: &[DMatrix<f64>]) -> Option<DVector<f64>> {
        let q = self.tables.first().map_or(0, |table| table.n_free);
        let mut x = DVector::zeros(q);
        let mut done = vec![false; q];
        for (block, (own, table)) in implied.iter().zip(self.tables).enumerate() {
            let m = table.eta.len();
            let (mut forth, mut back) = (DMatrix::identity(m, m), DMatrix::identity(m, m));
            for (own, t) in found.iter().zip(ts).filter(|(own, _)| own.turn.blocks.contains(&block)) {
                // orthogonal: (T')^-1 = T
                let inverse = t.clone().try_inverse()?;
                for (a, &i) in own.turn.factors.iter().enumerate() {
                    for (b, &j) in own.turn.factors.iter().enumerate() {
                        forth[(i, j)] = t[(b, a)];
                        back[(i, j)] = inverse[(b, a)];
                    }
                }
            }
            let mut turned = own.clone();
            turned.lambda = &own.lambda * &back;
            turned.beta = &forth * &own.beta * &back;
            turned.psi = &forth * &own.psi * forth.transpose();
            turned.alpha = &forth * &own.alpha;
            for row in &table.rows {
                if let Kind::Free(free, _) = row.kind
                    && !std::mem::replace(&mut done[free], true)
                {
                    x[free] = turned.at(row.place);
                }
            }
        }
        Some(x)
    }

    fn derivatives(
        &self,
        x: &DVector<f64>,
        found: &[Found<'_>],
        ts: &[DMatrix<f64>],
    ) -> Option<DMatrix<f64>> {
        let q = x.len();
        let n = self.tables.first().map_or(0, |table| table.n_free);
        let mut jacobian = DMatrix::zeros(n, q);
        let implied = self.at(x)?;
        let seen: Vec<DMatrix<f64>> =
            found.iter().map(|own| self.seen(own.turn, &implied, own.normalize)).collect();
        let along = |i: usize| {
            let h = 1e-5 * (1e-2 + x[i].abs());
            let moved = |h: f64| {
                let mut x = x.clone();
                x[i] += h;
                self.at(&x)
            };
            let (up, down) = (moved(h)?, moved(-h)?);
            let column = (self.shown(&up, found, ts)? - self.shown(&down, found, ts)?) / (2.0 * h);
            let direction = |own: &Found<'_>| {
                let seen = |implied: &[Implied]| self.seen(own.turn, implied, own.normalize);
                (seen(&up) - seen(&down)) / (2.0 * h)
            };
            Some((column, found.iter().map(direction).collect::<Vec<_>>()))
        };
        let mut directions: Vec<Vec<DMatrix<f64>>> = vec![Vec::with_capacity(q); found.len()];
        let each: Vec<_> = (0..q).into_par_iter().map(along).collect::<Option<_>>()?;
        for (i, (column, own)) in each.into_iter().enumerate() {
            jacobian.set_column(i, &column);
            directions.iter_mut().zip(own).for_each(|(all, own)| all.push(own));
        }
        for (at, own) in found.iter().enumerate() {
            if own.turn.factors.len() == 1 || own.criterion == Criterion::None {
                continue;
            }
            if let Some(promax) = &own.promax {
                let moves = promax.response(&seen[at], &directions[at])?;
                for (i, dt) in moves.iter().enumerate().filter(|(_, dt)| dt.amax() > 0.0) {
                    let h = 1e-5 / dt.amax();
                    let shown = |h: f64| {
                        let mut ts = ts.to_vec();
                        ts[at] += dt * h;
                        self.shown(&implied, found, &ts)
                    };
                    let column = (shown(h)? - shown(-h)?) / (2.0 * h);
                    jacobian.column_mut(i).axpy(1.0, &column, 1.0);
                }
                continue;
            }
            let turning =
                Turning { criterion: own.criterion, oblique: own.oblique, target: own.target.as_ref() };
            let response = turning.response(&seen[at], &own.t, &directions[at])?;
            let m = response.nrows();
            let mut by_t = DMatrix::zeros(n, m);
            for c in 0..m {
                let h = 1e-5;
                let shown = |h: f64| {
                    let mut coordinates = DVector::zeros(m);
                    coordinates[c] = h;
                    let mut ts = ts.to_vec();
                    ts[at] = turning.moved(&own.t, &coordinates);
                    self.shown(&implied, found, &ts)
                };
                by_t.set_column(c, &((shown(h)? - shown(-h)?) / (2.0 * h)));
            }
            jacobian += by_t * response;
        }
        jacobian.iter().all(|v| v.is_finite()).then_some(jacobian)
    }
}

/// The rotation of a set, with its target.
fn rotate_of(turn: &Turn, rotation: &Rotation, factors: &[&String]) -> Result<Rotate> {
    let rotate = rotation.rotate.clone();
    let Some(aims) = rotation.targets.get(&turn.set) else { return Ok(rotate) };
    let unknown = |what: &str, name: &String, allowed: Vec<String>| Error::UnknownChoice {
        what: format!("{what} in the target of the efa() block '{}'", turn.set).into(),
        given: name.clone(),
        nearest: None,
        allowed,
    };
    let mut values = vec![vec![None; factors.len()]; turn.items.len()];
    for (item, of_item) in aims {
        let i = turn.items.iter().position(|own| own == item);
        let i = i.ok_or_else(|| unknown("item", item, turn.items.clone()))?;
        for (factor, value) in of_item {
            let k = factors.iter().position(|own| *own == factor);
            let all = || factors.iter().map(|own| (*own).clone()).collect();
            let k = k.ok_or_else(|| unknown("factor", factor, all()))?;
            values[i][k] = Some(*value);
        }
    }
    Ok(rotate.target(crate::factor::Target { values }))
}

/// T of L = A (T')^-1 from both: phi^1/2 times what turns one into the other.
fn transformation(a: &DMatrix<f64>, l: &DMatrix<f64>, phi: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    // L phi = A T, so T = (A'A)^-1 A' L phi
    let gram = a.tr_mul(a).try_inverse()?;
    Some(gram * a.tr_mul(&(l * phi)))
}

fn rows_of(matrix: &DMatrix<f64>) -> Vec<Vec<f64>> {
    matrix.row_iter().map(|row| row.iter().copied().collect()).collect()
}
