//! What all steps start from: the respondents, read once, and the configural model by group.

use super::identification::{Identification, Sides, sides_of};
use super::level::{Held, Level};
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::estimate::{Estimation, Estimator, Fit, Gathered};
use crate::model::{
    Automatic, Constraint, Function, Model, Operator, ParameterTable, Parameterization, Scaling,
    degrees_of_freedom,
};
use crate::moments::aggregate::Aggregate;
use std::collections::HashMap;

/// What all steps start from: the respondents, read once, and the configural model by group, in each parameterisation.
pub(super) struct Ground<'a> {
    pub(super) gathered: Gathered,
    /// The data, where every fit must look at them anew: variables far from 0, saturated correlates.
    anew: Option<Anew<'a>>,
    model: Model,
    pub(super) partial: Vec<String>,
    tables: HashMap<Parameterization, Vec<ParameterTable>>,
    scaling: Scaling,
}

/// What fits look at anew.
#[derive(Clone, Copy)]
enum Anew<'a> {
    Data(&'a Dataset),
    Sums(&'a Aggregate),
}

/// A step's model, before it is fitted.
pub(super) struct Step {
    pub(super) model: Model,
    parameterization: Parameterization,
    pub(super) df: i64,
}

impl<'a> Ground<'a> {
    pub(super) fn of(estimation: &Estimation, model: &Model, data: &'a Dataset) -> Result<Self> {
        let variable = check(estimation, model)?;
        let grouping = data.grouping(&variable)?;
        if grouping.levels.len() < 2 {
            return Err(Error::Unsupported {
                what: format!(
                    "measurement invariance over '{variable}', which has {} value",
                    grouping.levels.len()
                ),
                instead: "Name a variable with two values or more.".into(),
            });
        }
        let mut asked = estimation.clone();
        let partial = std::mem::take(&mut asked.specification.partial);
        asked.specification.equal.clear();
        let gathered = asked.gather(model, data, None)?;
        let looks_anew = asked.must_look_anew(model, data);
        Ok(Self::new(gathered, looks_anew.then_some(Anew::Data(data)), model, partial))
    }

    /// The same of aggregates.
    pub(super) fn of_aggregate(
        estimation: &Estimation,
        model: &Model,
        aggregate: &'a Aggregate,
    ) -> Result<Self> {
        let variable = check(estimation, model)?;
        let mut asked = estimation.clone();
        let partial = std::mem::take(&mut asked.specification.partial);
        asked.specification.equal.clear();
        asked.check_without_rows(model)?;
        let gathered = asked.gather_aggregate(model, aggregate)?;
        if gathered.groups.len() < 2 {
            return Err(Error::Unsupported {
                what: format!(
                    "measurement invariance over '{variable}', which has {} value",
                    gathered.groups.len()
                ),
                instead: "Name a variable with two values or more.".into(),
            });
        }
        let looks_anew = asked.is_far(model, &gathered.samples);
        Ok(Self::new(gathered, looks_anew.then_some(Anew::Sums(aggregate)), model, partial))
    }

    fn new(gathered: Gathered, anew: Option<Anew<'a>>, model: &Model, partial: Vec<String>) -> Self {
        let mut own = Self {
            scaling: gathered.own.specification.scaling,
            gathered,
            anew,
            model: model.clone(),
            partial,
            tables: HashMap::new(),
        };
        // the metric of Wu and Estabrook (2016), unless the text itself gives units
        if own.is_ordinal() && !own.has_markers() {
            own.scaling = Scaling::UnitVariance;
        }
        own
    }

    /// Free parameters of a group in the configural model.
    pub(super) fn parameters(&mut self) -> Result<usize> {
        let parameterization = self.gathered.own.specification.parameterization;
        let groups = self.gathered.groups.len().max(1);
        Ok(self.tables(parameterization)?[0].n_free / groups)
    }

    pub(super) fn is_ordinal(&self) -> bool {
        !self.gathered.own.specification.ordinal.is_empty()
    }

    /// Whether the text fixes a loading.
    fn has_markers(&self) -> bool {
        self.model.formulas.iter().any(|formula| {
            let all = std::iter::once(&formula.modifiers).chain(&formula.by_group);
            formula.op == Operator::Loading
                && all
                    .into_iter()
                    .any(|own| matches!(own.constraint, Constraint::Fixed(value) if value != 0.0))
        })
    }

    /// The configural model by group.
    fn tables(&mut self, parameterization: Parameterization) -> Result<&[ParameterTable]> {
        if !self.tables.contains_key(&parameterization) {
            let mut specification = self.gathered.own.specification.clone();
            specification.scaling = self.scaling;
            specification.parameterization = parameterization;
            let tables = ParameterTable::of_groups(&self.model, &specification, self.gathered.groups.len())?;
            self.tables.insert(parameterization, tables);
        }
        Ok(&self.tables[&parameterization])
    }

    pub(super) fn step(&mut self, held: Held, released: &[String]) -> Result<Step> {
        let asked = self.gathered.own.specification.parameterization;
        let parameterization = Identification::parameterization(held, asked);
        let groups = self.gathered.groups.len();
        let specification = self.bare(parameterization).specification;
        let identification = Identification::new(self.tables(parameterization)?, held, released);
        identification.check_names()?;
        let model = identification.model()?;
        let tables = ParameterTable::of_groups(&model, &specification, groups)?;
        Ok(Step { model, parameterization, df: degrees_of_freedom(&tables) })
    }

    /// The options of a fit to a model that says everything.
    fn bare(&self, parameterization: Parameterization) -> Estimation {
        let mut own = self.gathered.own.clone();
        own.specification.function = Function::Lavaan;
        own.specification.scaling = Scaling::Marker;
        own.specification.automatic = Automatic::default();
        own.specification.parameterization = parameterization;
        own
    }

    pub(super) fn fit(&mut self, step: &Step) -> Result<Fit> {
        let estimation = self.bare(step.parameterization);
        self.fit_by(&estimation, step)
    }

    /// The fit of a step that is only judged and tested: without standard errors, where they are no part of tests.
    pub(super) fn solve(&mut self, step: &Step) -> Result<Fit> {
        let estimation = self.bare(step.parameterization).without_plain_errors();
        self.fit_by(&estimation, step)
    }

    fn fit_by(&mut self, estimation: &Estimation, step: &Step) -> Result<Fit> {
        match self.anew {
            Some(Anew::Data(data)) => estimation.fit(&step.model, data),
            Some(Anew::Sums(aggregate)) => estimation.fit_aggregate(&step.model, aggregate),
            None => self.gathered.fit(estimation, &step.model),
        }
    }

    pub(super) fn scaling(&self) -> Scaling {
        self.scaling
    }

    /// What gives factors their unit in the first group.
    pub(super) fn set_scaling(&mut self, scaling: Scaling) {
        if self.scaling != scaling {
            self.scaling = scaling;
            self.tables.clear();
        }
    }

    /// Whether units are ours to choose: the text fixes no loading.
    pub(super) fn may_change_units(&self) -> bool {
        !self.has_markers()
    }

    /// Whether equal thresholds are a step of their own.
    pub(super) fn has_testable_thresholds(&self) -> bool {
        self.gathered.own.specification.ordinal.values().any(|count| *count > 2)
    }

    /// An item of two categories, where there is one.
    pub(super) fn item_of_two_categories(&self) -> Option<String> {
        let mut all: Vec<&String> = self
            .gathered
            .own
            .specification
            .ordinal
            .iter()
            .filter(|(_, count)| **count == 1)
            .map(|(name, _)| name)
            .collect();
        all.sort();
        all.first().map(|name| (*name).clone())
    }

    /// Whether an item's loading and intercept say something in a group: of ordinal items, where a threshold is equal.
    pub(super) fn has_unit(&self, item: &str, released: &[String]) -> bool {
        match self.gathered.own.specification.ordinal.get(item) {
            None => true,
            Some(count) => {
                let start = format!("{item}|");
                released.iter().filter(|parameter| parameter.starts_with(&start)).count() < *count
            }
        }
    }

    /// The tables of a step.
    pub(super) fn tables_of(&self, step: &Step) -> Result<Vec<ParameterTable>> {
        let specification = self.bare(step.parameterization).specification;
        ParameterTable::of_groups(&step.model, &specification, self.gathered.groups.len())
    }

    /// Equalities of a kind that a step's model holds and that can be tested.
    pub(super) fn candidates(
        &mut self,
        held: Held,
        released: &[String],
        which: Operator,
    ) -> Result<Vec<Sides>> {
        let asked = self.gathered.own.specification.parameterization;
        let tables = self.tables(Identification::parameterization(held, asked))?;
        Ok(sides_of(&Identification::new(tables, held, released), which))
    }

    /// Factors with the items that measure them, in the order of the model.
    pub(super) fn factors(&self) -> Vec<(String, Vec<String>)> {
        let loadings = || self.model.formulas.iter().filter(|f| f.op == Operator::Loading);
        let of = |factor: String| {
            let items = loadings().filter(|f| f.lhs == factor).map(|f| f.rhs.clone()).collect();
            (factor, items)
        };
        self.model.latent_names().into_iter().map(of).collect()
    }

    /// Why a step is no model of its own.
    pub(super) fn reason_to_skip(&self, level: Level) -> String {
        let thresholds = &self.gathered.own.specification.ordinal;
        let most = thresholds.values().max().copied().unwrap_or(0);
        let reason = match (self.is_ordinal(), most, level) {
            (true, 1, Level::Thresholds | Level::Metric) => {
                "items of two categories have one threshold: thresholds, loadings and intercepts can only be tested \
                 together, at the step 'intercepts' (Wu & Estabrook 2016)"
            }
            (true, 2, Level::Thresholds) => {
                "items of three categories have two thresholds, which are what intercept and unit in the other groups \
                 are set by: equal thresholds cannot be tested by themselves (Wu & Estabrook 2016)"
            }
            _ => "it holds nothing equal that the step before does not hold",
        };
        reason.into()
    }
}

/// The grouping variable, where a ladder can be made of the model by the options.
pub(super) fn check(estimation: &Estimation, model: &Model) -> Result<String> {
    check_text(estimation, model)?;
    estimation.group.clone().ok_or_else(|| Error::Unsupported {
        what: "measurement invariance without groups".into(),
        instead: "Name the grouping variable (--group VAR), or the factors over time (--over-time t1,t2)."
            .into(),
    })
}

/// Refuses what a ladder cannot be made of, over groups or over time.
pub(super) fn check_text(estimation: &Estimation, model: &Model) -> Result<()> {
    let refused = |what: String, instead: &str| Err(Error::Unsupported { what, instead: instead.into() });
    if model.has_levels() {
        return refused(
            "a ladder of a model of two levels".into(),
            "Take the model of the respondents, with the clusters as --cluster.",
        );
    }
    if let Some(set) = model.exploratory.first() {
        return refused(
            format!("a ladder of a model with exploratory factors (efa(\"{}\"))", set.name),
            "Fit its steps one by one (fit --group-equal loadings,intercepts,residuals), and compare them (compare).",
        );
    }
    if let Some(formula) = model.formulas.iter().find(|formula| formula.block.group.is_some()) {
        return refused(
            format!("a ladder of a model that differs by group ('{formula}' stands in a block of its own)"),
            "Write one model for all groups: the ladder says what is equal at each step.",
        );
    }
    let labels = model.formulas.iter().flat_map(|formula| {
        let all = std::iter::once(&formula.modifiers).chain(&formula.by_group);
        all.filter_map(|own| own.label.clone()).collect::<Vec<_>>()
    });
    let equations = model.relations.iter().map(ToString::to_string);
    if let Some(own) = labels.chain(equations).next() {
        return refused(
            format!("a ladder of a model with labels or equations of its own ('{own}')"),
            "Leave them out: a label holds in all groups from the first step on. What is to stay free is named by --group-partial.",
        );
    }
    if !estimation.specification.equal.is_empty() {
        return refused(
            "equalities beside those of the ladder (--group-equal)".into(),
            "Name the steps with --levels.",
        );
    }
    if matches!(estimation.estimator, Estimator::Dwls | Estimator::Uls) && estimation.test.is_none() {
        return refused(
            format!("a ladder by {}, whose test has no chi-square distribution", estimation.estimator),
            "Take its robust version (WLSMV or ULSMV), with the same estimates.",
        );
    }
    Ok(())
}
