//! Variables whose values lie far from 0 are fitted about their means, and the estimates brought back.
//!
//! With means of 10^6 standard deviations the slope on a variable and the intercept that goes with it are one to
//! rounding. A model whose intercepts are free is the same model of y - c, with other intercepts:
//!
//! ```text
//! nu = nu* + c - Lambda s,    alpha = alpha* + s - B s
//! s: how far a member of eta is moved: c of an observed variable; of a latent one what comes along its causes (B s)
//! where its intercept is fixed, and where that is free 0, or what it is in the first group
//! ```
//!
//! Thresholds of ordinal variables move with what comes along. The covariance matrix of the estimates is J V J' with J the
//! derivatives of this map (delta method). Within clusters, where means of variables of both levels are 0, what comes along
//! reaches their means between. Where an intercept that would have to move is fixed, bounded, under a constraint, or shared
//! by equations that move it differently, the model of y - c is another model: then it is fitted to y as it is.

use super::estimation::Estimation;
use super::fit::Fit;
use super::inference::{StandardErrors, TestStatistic};
use crate::data::{Column, Dataset};
use crate::error::{Error, Result};
use crate::estimate::estimation::Settled;
use crate::model::{Kind, Model, ParameterTable, Place};
use crate::moments::is_constant;
use nalgebra::{DMatrix, DVector};
use std::collections::HashMap;

/// Standard deviations from 0 from which on a mean is far.
const FAR: f64 = 1e3;
/// Rounding of an intercept, relative to the constants.
const ROUNDING: f64 = 1e-9;

/// The constants that are taken from variables, by their names.
#[derive(Debug)]
pub(crate) struct Origin(HashMap<String, f64>);

impl Estimation {
    /// The fit, about means that lie far from 0 where that is the same model: `about` fits what is about the constants, `fit`
    /// the variables as they are, or finishes there with what is settled.
    pub(crate) fn fit_about(
        &self,
        origin: Option<Origin>,
        about: impl FnOnce(&Origin) -> Result<Fit>,
        fit: impl Fn(&Self) -> Result<Fit>,
    ) -> Result<Fit> {
        let Some(origin) = origin else { return fit(self) };
        let found = about(&origin)?;
        let Some(settled) = origin.settled(&found) else { return origin.accept(fit(self)?) };
        let mut own = fit(&Self { settled: Some(Box::new(settled)), ..self.clone() })?;
        own.internals.estimation.settled = None;
        let (own_record, found) = (&mut own.record, found.record);
        (own_record.iterations, own_record.tests, own_record.fit) =
            (found.iterations, found.tests, found.fit);
        (own_record.warnings, own_record.design_effects) = (found.warnings, found.design_effects);
        Ok(own)
    }

    /// What is taken from the variables of a model, given mean and standard deviation of each; none where none lies far
    /// from 0.
    pub(crate) fn origin(&self, model: &Model, of: impl Fn(&str) -> Option<(f64, f64)>) -> Option<Origin> {
        let resamples = self.standard_errors == Some(StandardErrors::Bootstrap)
            || self.test == Some(TestStatistic::BollenStine);
        if self.settled.is_some() || !self.auxiliary.is_empty() || resamples {
            return None;
        }
        let covariates = model.covariate_names();
        let far = |name: String| {
            if self.ordered.contains(&name) && !covariates.contains(&name) {
                return None;
            }
            let (mean, sd) = of(&name)?;
            let is_far = mean.abs() > FAR * sd && mean.is_finite() && !is_constant(sd * sd, mean);
            // a round number: values less it are exact
            let unit = 10.0_f64.powf(sd.log10().ceil());
            is_far.then(|| (name, (mean / unit).round() * unit))
        };
        let constants: HashMap<String, f64> = model.observed_names().into_iter().filter_map(far).collect();
        (!constants.is_empty()).then_some(Origin(constants))
    }
}

/// Mean and standard deviation of the numbers of a column.
pub(crate) fn mean_and_sd(data: &Dataset, name: &str) -> Option<(f64, f64)> {
    let Ok(Column::Numeric(values)) = data.column(name) else { return None };
    let answers = || values.iter().filter(|value| !value.is_nan());
    let n = answers().count() as f64;
    let first = *answers().next()?;
    let mean = first + answers().map(|value| value - first).sum::<f64>() / n;
    let variance = answers().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    Some((mean, variance.sqrt()))
}

impl Origin {
    /// The constants of some variables.
    pub(crate) fn constants(&self, names: &[String]) -> Vec<f64> {
        names.iter().map(|name| self.constant(name)).collect()
    }

    /// A fit to the variables as they are, because about their means it is another model. Without a solution that is told
    /// as what it is: the model rests on where 0 is, and doubles do not reach that far.
    fn accept(&self, fit: Fit) -> Result<Fit> {
        if fit.status.converged() {
            return Ok(fit);
        }
        let mut far: Vec<String> = self.0.keys().map(|name| format!("'{name}'")).collect();
        far.sort();
        let far = far.join(", ");
        Err(Error::BadModel {
            what: format!(
                "{far}: means so many standard deviations from 0 that a slope and the intercept beside it cannot be told apart, \
                 and intercepts of the model (fixed, bounded, or equal where slopes differ) rest on where 0 is"
            ),
            remedy: format!(
                "Subtract a constant near its mean from each of them ({far}), or leave those intercepts free: with lines \
                 that are not parallel, equal intercepts say something about the point 0 only."
            ),
        })
    }

    fn constant(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(0.0)
    }

    /// The data about the constants.
    pub(crate) fn taken_from(&self, data: &Dataset) -> Dataset {
        let moved = self.0.iter().filter_map(|(name, constant)| match data.column(name) {
            Ok(Column::Numeric(values)) => {
                let moved: Vec<f64> = values.iter().map(|value| value - constant).collect();
                Some((name.as_str(), Column::from(moved)))
            }
            _ => None,
        });
        data.with_columns(moved)
    }

    /// What a solution about the constants is in the variables' own origin.
    fn settled(&self, fit: &Fit) -> Option<Settled> {
        let own = &fit.internals;
        let x = self.restored(&own.tables, &own.x)?;
        let q = x.len();
        let is_moved = |i: usize| x[i] != own.x[i];
        let bounded = |i: usize| own.bounds.get(i).is_some_and(|b| b.0.is_finite() || b.1.is_finite());
        if (0..q).any(|i| is_moved(i) && bounded(i)) {
            return None;
        }
        if !own.constraints.are_none() {
            let largest = self.0.values().fold(1.0_f64, |a, c| a.max(c.abs()));
            let (values, _) = own.constraints.at(&x, &own.constraints.none_active())?;
            if values.iter().any(|value| value.abs() > ROUNDING * largest) {
                return None;
            }
        }
        let vcov = match &own.vcov {
            None => None,
            Some(vcov) => {
                let mut jacobian = DMatrix::zeros(q, q);
                for j in 0..q {
                    let at = |by: f64| {
                        let mut moved = own.x.clone();
                        moved[j] += by;
                        self.restored(&own.tables, &moved)
                    };
                    // the map is linear in each parameter, unless causes run in a circle
                    let step = 1e-4 * (1.0 + own.x[j].abs());
                    jacobian.set_column(j, &((at(step)? - at(-step)?) / (2.0 * step)));
                }
                Some(&jacobian * vcov * jacobian.transpose())
            }
        };
        Some(Settled { x, vcov, status: fit.status.clone() })
    }

    /// Free parameters in the variables' own origin; none where they are none of the same model.
    fn restored(&self, tables: &[ParameterTable], x: &DVector<f64>) -> Option<DVector<f64>> {
        let largest = self.0.values().fold(0.0_f64, |a, c| a.max(c.abs()));
        let mut by: Vec<Option<f64>> = vec![None; x.len()];
        let mut passed: HashMap<&str, f64> = HashMap::new();
        let mut first: Vec<DVector<f64>> = Vec::new();
        for (at, table) in tables.iter().enumerate() {
            if !table.has_means {
                return None;
            }
            let between = match table.level {
                1 => {
                    passed.clear();
                    tables.get(at + 1).filter(|next| next.level == 2)
                }
                _ => None,
            };
            // variables of both levels have their means between
            let is_shared = |i: usize| between.is_some_and(|b| b.observed.contains(&table.observed[i]));
            let constants: Vec<f64> = (table.observed.iter().enumerate())
                .map(|(i, name)| match is_shared(i) {
                    true => 0.0,
                    false => self.constant(name) - passed.get(name.as_str()).copied().unwrap_or(0.0),
                })
                .collect();
            // a latent mean that is free in this group moves as in the first, where it gives the origin
            let of_first = first.get(table.level - 1).filter(|_| table.group > 0);
            let (moved, coming) = moved(table, x, &constants, of_first)?;
            for (i, name) in table.observed.iter().enumerate() {
                let free = table.rows.iter().find(|row| match row.place {
                    Place::Intercept(own) => own == i,
                    Place::LatentMean(e) => e >= table.n_latent && table.promoted[e - table.n_latent] == i,
                    _ => false,
                });
                let promoted = table.promoted.iter().position(|own| *own == i).map(|k| table.n_latent + k);
                if table.is_ordinal(i) {
                    // its thresholds move along
                    let own = coming.1[i] + promoted.map_or(0.0, |e| moved[e]);
                    for row in
                        table.rows.iter().filter(|row| matches!(row.place, Place::Threshold(j, _) if j == i))
                    {
                        match row.kind {
                            Kind::Free(free, _) => share(&mut by[free], own, largest)?,
                            _ if own.abs() > ROUNDING * largest => return None,
                            _ => {}
                        }
                    }
                    continue;
                }
                match free.map(|row| row.kind) {
                    Some(Kind::Free(free, _)) => {
                        let own = constants[i] - coming.1[i] - promoted.map_or(0.0, |e| coming.0[e]);
                        share(&mut by[free], own, largest)?;
                    }
                    Some(Kind::Sample) => {}
                    _ => {
                        let own = coming.1[i] + promoted.map_or(0.0, |e| moved[e]);
                        match is_shared(i) {
                            true => {
                                passed.insert(name, own);
                            }
                            false if (own - constants[i]).abs() > ROUNDING * largest => return None,
                            false => {}
                        }
                    }
                }
            }
            for row in &table.rows {
                if let (Place::LatentMean(e), Kind::Free(free, _)) = (row.place, row.kind)
                    && e < table.n_latent
                {
                    share(&mut by[free], moved[e] - coming.0[e], largest)?;
                }
            }
            if table.group == 0 {
                first.push(moved);
            }
        }
        Some(DVector::from_fn(x.len(), |i, _| x[i] + by[i].unwrap_or(0.0)))
    }
}

/// An intercept that stands in several equations must move alike in all.
fn share(by: &mut Option<f64>, own: f64, largest: f64) -> Option<()> {
    let known = *by.get_or_insert(own);
    ((known - own).abs() <= ROUNDING * largest).then_some(())
}

/// How far each member of eta is moved, and what comes along the causes: B s of each member, Lambda s of each observed
/// variable that is none.
#[allow(clippy::type_complexity)] // two vectors that belong together
fn moved(
    table: &ParameterTable,
    x: &DVector<f64>,
    constants: &[f64],
    of_first: Option<&DVector<f64>>,
) -> Option<(DVector<f64>, (DVector<f64>, DVector<f64>))> {
    let (p, m) = (table.observed.len(), table.eta.len());
    let (mut lambda, mut beta) = (DMatrix::zeros(p, m), DMatrix::zeros(m, m));
    let mut anchored = vec![false; m];
    for row in &table.rows {
        let value = match row.kind {
            Kind::Free(free, _) => x[free],
            Kind::Fixed(value) => value,
            Kind::Sample | Kind::Determined => 0.0,
        };
        match row.place {
            Place::Loading(i, j) => lambda[(i, j)] = value,
            Place::Path(i, j) => beta[(i, j)] = value,
            Place::LatentMean(e) => anchored[e] = matches!(row.kind, Kind::Free(..) | Kind::Sample),
            _ => {}
        }
    }
    let own = DVector::from_fn(m, |e, _| match e.checked_sub(table.n_latent) {
        Some(k) if anchored[e] => constants[table.promoted[k]],
        None if anchored[e] => of_first.map_or(0.0, |first| first[e]),
        _ => 0.0,
    });
    let along = DMatrix::from_fn(m, m, |i, j| if anchored[i] { 0.0 } else { beta[(i, j)] });
    // without latent variables nothing comes along
    let moved = if m == 0 { own } else { (DMatrix::identity(m, m) - along).lu().solve(&own)? };
    let coming = (&beta * &moved, &lambda * &moved);
    Some((moved, coming))
}
