//! The ladder: what groups have in common, step by step, from one reading of the data.

use super::identification::Identification;
use super::level::{Held, Level};
use super::rung::{Rung, RungComparison};
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::{DifferenceTest, Estimation, Estimator, Fit, Gathered};
use crate::model::{
    Automatic, Constraint, Function, Model, Operator, ParameterTable, Parameterization, Scaling, degrees_of_freedom,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A ladder of invariance: which steps, and how their differences are tested.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let study = Invariance::of(Estimation::default().group("school")).run(&model, &data)?;
/// let found: Vec<String> =
///     study.models.iter().map(|m| format!("{} {:.3} ({})", m.level, m.chisq.unwrap(), m.df.unwrap())).collect();
/// // lavaan 0.6-14: cfa(model, data, group = "school", group.equal = ...)
/// assert_eq!(found, ["configural 115.851 (48)", "metric 124.044 (54)", "scalar 164.103 (60)", "strict 181.511 (69)"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Invariance {
    estimation: Estimation,
    levels: Vec<Level>,
    difference: Option<DifferenceTest>,
}

/// What a ladder found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InvarianceStudy {
    /// The grouping variable.
    pub group: String,
    /// Its values, in the order of the data; the first is the reference.
    pub groups: Vec<String>,
    /// Respondents of each.
    pub nobs: Vec<usize>,
    /// Estimator.
    pub estimator: Estimator,
    /// Whether items are ordinal.
    pub ordinal: bool,
    /// The steps, from the freest on.
    pub models: Vec<Rung>,
    /// What each costs against the one before.
    pub comparisons: Vec<RungComparison>,
    /// Steps that cannot be tested, with the reason.
    pub skipped: Vec<SkippedLevel>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// A step that is no model of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SkippedLevel {
    /// Its name.
    pub level: String,
    /// Why not.
    pub reason: String,
}

impl Invariance {
    /// A ladder by the options of a fit, which name the grouping variable; to equal residual variances.
    pub fn of(estimation: Estimation) -> Self {
        Self { estimation, levels: Vec::new(), difference: None }
    }

    /// The steps (default: configural, thresholds of ordinal items, metric, scalar, strict), in the order of a ladder. Each
    /// holds what the steps before it hold too.
    #[must_use]
    pub fn levels(mut self, levels: impl IntoIterator<Item = Level>) -> Self {
        self.levels = levels.into_iter().collect();
        self
    }

    /// The difference test (default: the one that belongs to the estimator, as in lavaan).
    #[must_use]
    pub fn difference(mut self, test: DifferenceTest) -> Self {
        self.difference = Some(test);
        self
    }

    /// Fits every step, and tests each against the one before.
    ///
    /// # Errors
    /// [`Error::Unsupported`] without a grouping variable, with two levels, and for a model with labels or equations of its
    /// own; [`Error::TooFewGroups`]; [`Error::UnknownParameter`] for a parameter that is to be free and is not there; what
    /// [`Estimation::fit`] gives for the configural model.
    pub fn run(&self, model: &Model, data: &Dataset) -> Result<InvarianceStudy> {
        Ok(self.climb(model, data)?.study)
    }

    /// The same, with the fits.
    pub(super) fn climb<'a>(&self, model: &Model, data: &'a Dataset) -> Result<Climbed<'a>> {
        let mut ground = Ground::of(&self.estimation, model, data)?;
        let is_ordinal = ground.is_ordinal();
        let mut levels = if self.levels.is_empty() { Level::usual(is_ordinal) } else { self.levels.clone() };
        levels.dedup();
        let mut climbed: Vec<(Rung, Fit)> = Vec::new();
        let mut skipped = Vec::new();
        let mut held = Held::default();
        let mut before: Option<i64> = None;
        for level in levels {
            held = held.and(level.holds());
            let step = ground.step(held, &ground.partial.clone())?;
            if before == Some(step.df) {
                skipped.push(ground.skipped(level));
                continue;
            }
            before = Some(step.df);
            let fit = ground.fit(&step)?;
            climbed.push((Rung::of(level, &fit, step.model.to_string()), fit));
        }
        let pairs = climbed.windows(2);
        let comparisons = pairs
            .map(|pair| {
                let [(from, free), (to, restricted)] = pair else { unreachable!("windows of two") };
                RungComparison::of((from, free), (to, restricted), self.difference)
            })
            .collect::<Result<Vec<_>>>()?;
        let mut warnings: Vec<Warning> = Vec::new();
        for warning in climbed.iter().flat_map(|(_, fit)| &fit.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        let first = climbed.first().map(|(_, fit)| fit);
        let (models, fits): (Vec<Rung>, Vec<Fit>) = climbed.clone().into_iter().unzip();
        let study = InvarianceStudy {
            group: ground.variable.clone(),
            groups: first.map(|fit| fit.groups.clone()).unwrap_or_default(),
            nobs: first.map(|fit| fit.nobs.clone()).unwrap_or_default(),
            estimator: self.estimation.estimator,
            ordinal: is_ordinal,
            models,
            comparisons,
            skipped,
            warnings,
        };
        Ok(Climbed { ground, fits, study })
    }
}

/// A ladder with its fits.
pub(super) struct Climbed<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) fits: Vec<Fit>,
    pub(super) study: InvarianceStudy,
}

/// What all steps start from: the respondents, read once, and the configural model by group, in each parameterisation.
pub(super) struct Ground<'a> {
    gathered: Gathered,
    /// The data, where every fit must look at them anew: variables far from 0, saturated correlates.
    anew: Option<&'a Dataset>,
    variable: String,
    model: Model,
    pub(super) partial: Vec<String>,
    tables: HashMap<Parameterization, Vec<ParameterTable>>,
    scaling: Scaling,
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
                what: format!("measurement invariance over '{variable}', which has {} value", grouping.levels.len()),
                instead: "Name a variable with two values or more.".into(),
            });
        }
        let mut asked = estimation.clone();
        let partial = std::mem::take(&mut asked.specification.partial);
        asked.specification.equal.clear();
        let gathered = asked.gather(model, data, None)?;
        let looks_anew = asked.must_look_anew(model, data);
        let mut own = Self {
            scaling: gathered.own.specification.scaling,
            gathered,
            anew: looks_anew.then_some(data),
            variable,
            model: model.clone(),
            partial,
            tables: HashMap::new(),
        };
        // the metric of Wu and Estabrook (2016), unless the text itself gives units
        if own.is_ordinal() && !own.has_markers() {
            own.scaling = Scaling::UnitVariance;
        }
        Ok(own)
    }

    pub(super) fn is_ordinal(&self) -> bool {
        !self.gathered.own.specification.ordinal.is_empty()
    }

    /// Whether the text fixes a loading.
    fn has_markers(&self) -> bool {
        self.model.formulas.iter().any(|formula| {
            let all = std::iter::once(&formula.modifiers).chain(&formula.by_group);
            formula.op == Operator::Loading
                && all.into_iter().any(|own| matches!(own.constraint, Constraint::Fixed(value) if value != 0.0))
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
        match self.anew {
            Some(data) => estimation.fit(&step.model, data),
            None => self.gathered.fit(&estimation, &step.model),
        }
    }

    /// Why a step is no model of its own.
    fn skipped(&self, level: Level) -> SkippedLevel {
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
        SkippedLevel { level: level.name(self.is_ordinal()).into(), reason: reason.into() }
    }
}

/// The grouping variable, where a ladder can be made of the model by the options.
fn check(estimation: &Estimation, model: &Model) -> Result<String> {
    let refused = |what: String, instead: &str| Err(Error::Unsupported { what, instead: instead.into() });
    let Some(variable) = estimation.group.clone() else {
        return refused("measurement invariance without groups".into(), "Name the grouping variable (--group VAR).");
    };
    if model.has_levels() {
        return refused(
            "a ladder of a model of two levels".into(),
            "Take the model of the respondents, with the clusters as --cluster.",
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
    Ok(variable)
}
