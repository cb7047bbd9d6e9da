//! A construct with its responses, and how models are fitted to them: ordinal answers by WLSMV, numbers by maximum
//! likelihood, each with what is done about missing answers.

use crate::construct::{Construct, Structure};
use crate::correlation::Ordered;
use crate::data::{Dataset, Progress, Responses};
use crate::error::{Error, Result, Warning};
use crate::estimate::{Estimation, Estimator, Fit, Like, Rotation, StandardErrors, TestStatistic};
use crate::evidence::measurement_level::MeasurementLevel;
use crate::model::{Formula, Function, Model, Operator, Scaling};
use crate::moments::Missing;
use ndarray::{Array2, Axis};
use std::sync::Mutex;

/// Points of a scale from which on its answers are taken as numbers.
const CONTINUOUS_FROM: usize = 7;

pub(crate) struct Measured<'a> {
    pub(crate) construct: &'a Construct,
    pub(crate) responses: &'a Responses,
    pub(crate) level: MeasurementLevel,
    /// What is done about missing answers in models.
    pub(crate) missing: Missing,
    /// Measured dimensions that everybody was asked about.
    pub(crate) everybody: Vec<&'a str>,
    /// Those of the joint models: answers that were not asked for may be missing by design.
    pub(crate) joint: Vec<&'a str>,
    /// What fits had to do otherwise than asked.
    pub(crate) caveats: Mutex<Vec<Warning>>,
    /// Who may stop the fits.
    pub(crate) progress: Progress,
}

/// The measured dimensions that everybody was asked about, or all of them.
pub(crate) fn measured_dimensions<'a>(
    construct: &'a Construct,
    responses: &Responses,
    which: Asked,
) -> Vec<&'a str> {
    let ids = construct.dimensions.iter().map(|d| d.id.as_str());
    let is_measured = |id: &&str| construct.items_of(id).next().is_some();
    ids.filter(is_measured).filter(|id| which == Asked::OfAnybody || responses.asked(id).is_none()).collect()
}

/// Of whom a dimension was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    OfEverybody,
    OfAnybody,
}

/// What is asked of a fit; what is not asked for is not worked out.
#[derive(Debug, Clone)]
pub(crate) enum Wanted<'a> {
    /// All, of ordinal items from thresholds and correlations that are known.
    Everything(Option<Like>),
    /// The same, with exploratory factors that are turned this way.
    Turned(Option<Like>, Rotation),
    /// Estimates with their standard errors.
    Relations,
    /// Estimates only.
    Estimates,
    /// The discrepancy of a model that is nested in one of the same variables.
    Restriction(&'a Fit),
}

/// A model fitted to rows of items and variables: by WLSMV where an item is ordinal, else by maximum likelihood.
///
/// Numbers by full information where answers are missing; where that has no answer, the complete rows with a warning.
pub(crate) fn fit_rows(
    model: &Model,
    data: &Dataset,
    ordinal: Vec<String>,
    function: Function,
    missing: Missing,
    wanted: Wanted<'_>,
    progress: &Progress,
) -> Result<Fit> {
    let scaled = |estimator, ordered, missing, scaling| {
        let own = Estimation::new(estimator).function(function).scaling(scaling);
        let own = own.ordered(ordered).missing(missing).progress(progress.silent());
        let light = || own.clone().standard_errors(StandardErrors::None).test(TestStatistic::Standard);
        match &wanted {
            Wanted::Everything(known) => own.fit_knowing(model, data, known.clone()),
            Wanted::Turned(known, rotation) => {
                own.rotation(rotation.clone()).fit_knowing(model, data, known.clone())
            }
            Wanted::Relations if estimator.takes_ordinal() => {
                own.test(TestStatistic::Standard).fit(model, data)
            }
            Wanted::Relations => own.fit(model, data),
            Wanted::Estimates => light().fit(model, data),
            Wanted::Restriction(like) => light().fit_like(model, data, like),
        }
    };
    let fitted = |estimator, ordered: Ordered, missing| {
        proper_by_either(model, |scaling| scaled(estimator, ordered.clone(), missing, scaling))
    };
    if !ordinal.is_empty() {
        // there is no likelihood of incomplete ordinal answers
        let missing = if missing == Missing::Listwise { missing } else { Missing::Pairwise };
        let (n, p) = (data.n_rows(), model.observed_names().len());
        if n <= p {
            let what = format!("a model of {p} observed variables");
            return Err(Error::TooFewRows { what, n, needed: p + 1 });
        }
        return fitted(Estimator::Wlsmv, Ordered::Named(ordinal), missing);
    }
    let complete = |missing| fitted(Estimator::Ml, Ordered::None, missing);
    let values = data.numeric(&model.observed_names())?;
    if missing != Missing::Fiml || values.iter().all(|x| !x.is_nan()) {
        return complete(if missing == Missing::Fiml { Missing::Listwise } else { missing });
    }
    complete(Missing::Fiml).or_else(|error| {
        progress.check("the fit")?;
        let mut fit = complete(Missing::Listwise).map_err(|_| error.clone())?;
        fit.record.warnings.push(Warning::CompleteRowsInstead {
            reason: error.to_string(),
            used: fit.missing.rows_used,
            read: fit.missing.rows_read,
        });
        Ok(fit)
    })
}

/// A fit whose factors have a variance of 1; of factors of factors by markers where that does not converge: a residual
/// variance of 1 cannot be negative, though it is where the maximum may lie.
pub(crate) fn proper_by_either(model: &Model, fit: impl Fn(Scaling) -> Result<Fit>) -> Result<Fit> {
    let of_unit_variance = fit(Scaling::UnitVariance)?;
    if of_unit_variance.converged || !has_factors_of_factors(model) {
        return Ok(of_unit_variance);
    }
    let by_marker = fit(Scaling::Marker)?;
    Ok(if by_marker.converged { by_marker } else { of_unit_variance })
}

/// Whether a factor is measured by factors.
fn has_factors_of_factors(model: &Model) -> bool {
    let mut loadings = model.formulas.iter().filter(|f| f.op == Operator::Loading);
    let is_factor =
        |name: &String| model.formulas.iter().any(|f| f.op == Operator::Loading && f.lhs == *name);
    loadings.any(|f| is_factor(&f.rhs))
}

/// Thresholds and correlations of ordinal items, for all models of the items of this one; none where the models work
/// them out themselves.
pub(crate) fn stages_of(
    model: &Model,
    data: &Dataset,
    ordinal: Vec<String>,
    missing: Missing,
    progress: &Progress,
) -> Option<Like> {
    let missing = if missing == Missing::Listwise { missing } else { Missing::Pairwise };
    let own = Estimation::new(Estimator::Wlsmv).ordered(Ordered::Named(ordinal)).missing(missing);
    let own = own.progress(progress.silent());
    own.stages_of(model, data).ok().flatten()
}

/// Those of a fit's warnings that say what was done about missing answers otherwise than asked.
pub(crate) fn about_missing(fit: &Fit) -> impl Iterator<Item = &Warning> {
    let is_theirs =
        |w: &&Warning| matches!(w, Warning::CompleteRowsInstead { .. } | Warning::NeverTogether { .. });
    fit.warnings.iter().filter(is_theirs)
}

/// Whether the answers to an item are taken as ordinal.
pub(crate) fn is_ordinal(construct: &Construct, level: MeasurementLevel, item: &str) -> bool {
    let points = || {
        let scale = construct.item(item).and_then(|i| construct.scale_of(i));
        // half points are no categories of an ordinal model
        scale.filter(|scale| scale.continuous.is_none() && scale.is_whole()).map(|scale| scale.points.len())
    };
    match level {
        MeasurementLevel::Ordinal => true,
        MeasurementLevel::Continuous => false,
        MeasurementLevel::ByScale => points().is_some_and(|points| points < CONTINUOUS_FROM),
    }
}

impl<'a> Measured<'a> {
    pub(crate) fn is_ordinal(&self, item: &str) -> bool {
        is_ordinal(self.construct, self.level, item)
    }

    /// Items of a dimension, a facet (`dimension_facet`), or the construct (the dimensions that everybody was asked
    /// about).
    pub(crate) fn items_of(&self, id: &str) -> Vec<String> {
        let construct = self.construct;
        if let Some(leaf) = construct.leaves().into_iter().find(|l| l.id == id) {
            return leaf.items;
        }
        let own = |item: &&crate::construct::Item| {
            if id == construct.id() {
                self.everybody.contains(&item.dimension.as_str())
            } else {
                item.dimension == id
            }
        };
        construct.items.iter().filter(own).map(|i| i.id.clone()).collect()
    }

    /// Items of a part of the construct in its model, which has those that not everybody was asked.
    pub(crate) fn modelled(&self, id: &str) -> Vec<String> {
        if id == self.construct.id() {
            self.joint.iter().flat_map(|dimension| self.items_of(dimension)).collect()
        } else {
            self.items_of(id)
        }
    }

    pub(crate) fn is_variable(&self, id: &str) -> bool {
        self.construct.variables.iter().any(|v| v.id == id)
    }

    pub(crate) fn is_latent(&self, id: &str) -> bool {
        !self.items_of(id).is_empty()
    }

    /// Values of a variable.
    pub(crate) fn variable(&self, id: &str) -> Option<&'a [f64]> {
        self.responses.variables().iter().find(|v| v.id == id).map(|v| v.values.as_slice())
    }

    /// An error when a variable has no values, or but one.
    pub(crate) fn check_varies(&self, id: &str) -> Result<()> {
        let values: Vec<f64> =
            self.variable(id).unwrap_or_default().iter().copied().filter(|x| !x.is_nan()).collect();
        match values.first() {
            None => Err(Error::NoAnswers { variable: id.into() }),
            Some(first) if values.iter().all(|x| x == first) => {
                Err(Error::ConstantItem { item: id.into(), value: *first, n: values.len() })
            }
            _ => Ok(()),
        }
    }

    /// Why there is no relation with a variable.
    pub(crate) fn why_no_relation(&self, id: &str) -> String {
        match self.check_varies(id) {
            Err(error) => error.to_string(),
            Ok(()) => format!("too few respondents have both a score and '{id}'"),
        }
    }

    /// Variables that can be correlated with.
    pub(crate) fn varying_variables(&self) -> Vec<&'a str> {
        let ids = self.construct.variables.iter().map(|v| v.id.as_str());
        ids.filter(|id| self.check_varies(id).is_ok()).collect()
    }

    /// How a part of the construct is measured: a facet, or a dimension without facets, by one factor; a dimension with
    /// three facets or more, and the construct, by a second-order factor.
    pub(crate) fn measurement(&self, id: &str) -> Result<Vec<Formula>> {
        let construct = self.construct;
        let nothing = || Error::NothingMeasured { construct: id.into() };
        let model = if id == construct.id() {
            Model::of_dimensions(construct, &self.joint, Structure::SecondOrder)
                .or_else(|_| Model::of_dimensions(construct, &self.joint, Structure::OneFactor))?
        } else {
            let leaves: Vec<_> = construct.leaves().into_iter().filter(|l| l.dimension == id).collect();
            if leaves.len() < 3 {
                let items = self.items_of(id);
                if items.len() < 2 {
                    return Err(nothing());
                }
                Model::of_items(id, &items)?
            } else {
                let of_leaves = leaves
                    .iter()
                    .flat_map(|l| l.items.iter().map(|item| Formula::new(&l.id, Operator::Loading, item)));
                let top = leaves.iter().map(|l| Formula::new(id, Operator::Loading, &l.id));
                return Ok(of_leaves.chain(top).collect());
            }
        };
        Ok(model.formulas)
    }

    /// A model of items and variables, fitted to the respondents who were asked: estimates and standard errors.
    pub(crate) fn fit(&self, model: &Model) -> Result<Fit> {
        self.fit_as(model, Function::Cfa, Wanted::Relations)
    }

    /// A model that is nested in a fitted one, to be tested against it.
    pub(crate) fn fit_like(&self, model: &Model, like: &Fit) -> Result<Fit> {
        self.fit_as(model, Function::Cfa, Wanted::Restriction(like))
    }

    /// The same with regressions, and with everything that is known of a fit.
    pub(crate) fn fit_structural(&self, model: &Model) -> Result<Fit> {
        self.fit_as(model, Function::Sem, Wanted::Everything(None))
    }

    fn fit_as(&self, model: &Model, function: Function, wanted: Wanted<'_>) -> Result<Fit> {
        let names = model.observed_names();
        let items: Vec<String> =
            self.responses.items().iter().filter(|i| names.contains(i)).cloned().collect();
        let variables: Vec<&String> = names.iter().filter(|n| self.is_variable(n)).collect();
        let answers = self.responses.of_items(&items)?;
        let asked = self.asked(&items);
        let mut rows = Array2::from_elem((asked.len(), items.len() + variables.len()), f64::NAN);
        for (to, from) in asked.iter().enumerate() {
            for j in 0..items.len() {
                rows[(to, j)] = answers[(*from, j)];
            }
            for (j, variable) in variables.iter().enumerate() {
                rows[(to, items.len() + j)] =
                    self.variable(variable).map_or(f64::NAN, |values| values[*from]);
            }
        }
        // respondents without any answer to the items say nothing of them
        let answered: Vec<usize> = (0..rows.nrows())
            .filter(|i| rows.row(*i).iter().take(items.len()).any(|x| !x.is_nan()))
            .collect();
        let rows = rows.select(Axis(0), &answered);
        let all = items.iter().cloned().chain(variables.into_iter().cloned());
        let data = Dataset::from_array(all, rows)?;
        let ordinal: Vec<String> = items.iter().filter(|item| self.is_ordinal(item)).cloned().collect();
        let fit = fit_rows(model, &data, ordinal, function, self.missing, wanted, &self.progress)?;
        if let Ok(mut caveats) = self.caveats.lock() {
            for caveat in about_missing(&fit) {
                if !caveats.contains(caveat) {
                    caveats.push(caveat.clone());
                }
            }
        }
        Ok(fit)
    }

    /// What fits had to do otherwise than asked, in an order that does not hang on threads.
    pub(crate) fn take_caveats(&self) -> Vec<Warning> {
        let mut all = self.caveats.lock().map(|mut own| std::mem::take(&mut *own)).unwrap_or_default();
        all.sort_by_key(Warning::to_string);
        all
    }

    /// Rows of the respondents who were asked these items: all of them where rows must be complete, else any.
    fn asked(&self, items: &[String]) -> Vec<usize> {
        let mut dimensions: Vec<&str> = items
            .iter()
            .filter_map(|item| self.construct.item(item))
            .map(|item| item.dimension.as_str())
            .collect();
        dimensions.dedup();
        let was = |d: &&str, row: usize| self.responses.asked(d).is_none_or(|asked| asked[row]);
        let counts = |row: &usize| match self.missing {
            Missing::Listwise => dimensions.iter().all(|d| was(d, *row)),
            _ => dimensions.iter().any(|d| was(d, *row)),
        };
        (0..self.responses.n()).filter(counts).collect()
    }
}
