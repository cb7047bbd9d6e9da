//! The ladder: what groups have in common, step by step, from one reading of the data; which parameters differ, and how much.

use super::super::adjustment::Adjustment;
use super::answers::answers_of;
use super::direction::SearchDirection;
use super::dmacs::effects;
use super::feasibility::{GroupFeasibility, feasibility, feasibility_of_sums, judge};
use super::ground::{Ground, check};
use super::level::{Held, Level};
use super::partial::partial;
use super::pooled::{PooledBias, pooled};
use super::release::Rule;
use super::rung::{Rung, RungComparison};
use super::score_of_level::scores_of;
use super::study::{InvarianceStudy, SkippedLevel};
use super::treatment::{Treatment, treated};
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::{DifferenceTest, Estimation, Fit};
use crate::model::{Model, Scaling};
use crate::moments::aggregate::Aggregate;

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
    rule: Rule,
    searches: bool,
    is_brief: bool,
    treatment: Treatment,
}

impl Invariance {
    /// A ladder by the options of a fit, which name the grouping variable; to equal residual variances.
    pub fn of(estimation: Estimation) -> Self {
        let rule = Rule {
            direction: SearchDirection::Forward,
            correction: Adjustment::Holm,
            alpha: 0.05,
            with_thresholds: true,
            by_stage: false,
        };
        let treatment = Treatment::default();
        Self {
            estimation,
            levels: Vec::new(),
            difference: None,
            rule,
            searches: true,
            is_brief: false,
            treatment,
        }
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

    /// From which side parameters that differ are searched for (default: forward, equalities are given up).
    #[must_use]
    pub fn search(mut self, direction: SearchDirection) -> Self {
        self.rule.direction = direction;
        self
    }

    /// How p-values of a search for what differs are adjusted (default: Holm),
    #[must_use]
    pub fn correction(mut self, correction: Adjustment) -> Self {
        self.rule.correction = correction;
        self
    }

    /// and the error of the whole search (default: .05), which its stages share.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.rule.alpha = alpha;
        self
    }

    /// Takes alpha for the error of each stage by itself: more is found, and more is named that does not differ.
    #[must_use]
    pub fn alpha_by_stage(mut self) -> Self {
        self.rule.by_stage = true;
        self
    }

    /// Whether thresholds are searched too (default: they are, where equal thresholds can be tested).
    #[must_use]
    pub fn release_thresholds(mut self, searched: bool) -> Self {
        self.rule.with_thresholds = searched;
        self
    }

    /// The ladder only: no search for what differs, no effects.
    #[must_use]
    pub fn steps_only(mut self) -> Self {
        self.searches = false;
        self
    }

    /// The ladder and the partial model, without score tests of every step and effects under other anchors.
    #[must_use]
    pub(crate) fn brief(mut self) -> Self {
        self.is_brief = true;
        self
    }

    /// Leaves groups out, with a warning that counts their respondents.
    #[must_use]
    pub fn drop_groups<S: Into<String>>(mut self, groups: impl IntoIterator<Item = S>) -> Self {
        self.treatment.dropped = groups.into_iter().map(Into::into).collect();
        self
    }

    /// Joins categories that nobody in some group chose with their neighbour in all groups, with a warning for each item.
    #[must_use]
    pub fn collapse(mut self) -> Self {
        self.treatment.collapses = true;
        self
    }

    /// What each group allows, before anything is fitted.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`](crate::Error::UnknownColumn), and
    /// [`Error::GroupsNotComparable`](crate::Error::GroupsNotComparable) for a variable that is a number.
    pub fn feasibility(&self, model: &Model, data: &Dataset) -> Result<Vec<GroupFeasibility>> {
        let variable = check(&self.estimation, model)?;
        let (own, _) = treated(&self.treatment, &self.estimation, model, data, &variable)?;
        feasibility(&self.estimation, model, own.as_ref().unwrap_or(data), &variable)
    }

    /// One model of all respondents with the groups as covariates: uniform bias by item, for groups that are too small for
    /// models of their own.
    ///
    /// # Errors
    /// [`Error::GroupsNotComparable`](crate::Error::GroupsNotComparable) for a group of fewer than five; what
    /// [`Estimation::fit`] gives for the model without bias.
    pub fn pooled(&self, model: &Model, data: &Dataset) -> Result<PooledBias> {
        let variable = check(&self.estimation, model)?;
        let (own, mut warnings) = treated(&self.treatment, &self.estimation, model, data, &variable)?;
        let mut found = pooled(&self.estimation, model, own.as_ref().unwrap_or(data), &variable)?;
        warnings.append(&mut found.warnings);
        found.warnings = warnings;
        Ok(found)
    }

    pub(super) fn estimation(&self) -> &Estimation {
        &self.estimation
    }

    pub(super) fn steps(&self) -> &[Level] {
        &self.levels
    }

    pub(super) fn test(&self) -> Option<DifferenceTest> {
        self.difference
    }

    /// Fits every step, and tests each against the one before.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) without a grouping variable or with one value of it, with two levels, and for a
    /// model with labels or equations of its own; [`Error::GroupsNotComparable`](crate::Error::GroupsNotComparable) with every group that does not
    /// allow the model; [`Error::UnknownParameter`](crate::Error::UnknownParameter) for a parameter that is to be free and is not there; what
    /// [`Estimation::fit`] gives for the configural model.
    pub fn run(&self, model: &Model, data: &Dataset) -> Result<InvarianceStudy> {
        self.with_fits(model, data).map(|(study, _)| study)
    }

    /// The same with the fits of the steps.
    pub(super) fn with_fits(&self, model: &Model, data: &Dataset) -> Result<(InvarianceStudy, Vec<Fit>)> {
        let variable = check(&self.estimation, model)?;
        let (own, mut warnings) = treated(&self.treatment, &self.estimation, model, data, &variable)?;
        let data = own.as_ref().unwrap_or(data);
        let feasibility = feasibility(&self.estimation, model, data, &variable)?;
        warnings.extend(judge(&variable, &feasibility, self.estimation.missing.is_full_information())?);
        let ground = Ground::of(&self.estimation, model, data)?;
        self.study(variable, ground, feasibility, warnings)
    }

    /// The same from aggregates by group.
    ///
    /// ```
    /// use psychometrics::evidence::internal_structure::Invariance;
    /// use psychometrics::moments::aggregate::{Aggregate, AggregateOptions, AggregatePlan, PlannedItem};
    /// use psychometrics::{Estimation, Model};
    ///
    /// let items = (1..=9).map(|i| PlannedItem::new(format!("x{i}")).about(4.0));
    /// let plan = AggregatePlan::new(items)?.by_group("school");
    /// let path = "data/holzinger_swineford_1939/hs.csv";
    /// let aggregate = Aggregate::read(path, &plan, &AggregateOptions::default())?;
    /// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
    /// let study = Invariance::of(Estimation::default().group("school")).run_aggregate(&model, &aggregate)?;
    /// assert_eq!(format!("{:.3}", study.models[2].chisq.unwrap()), "164.103");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`run`](Self::run) and [`Estimation::fit_aggregate`]; [`Error::Unsupported`](crate::Error::Unsupported) where groups or
    /// categories are to be treated first, which the query does.
    pub fn run_aggregate(&self, model: &Model, aggregate: &Aggregate) -> Result<InvarianceStudy> {
        let variable = check(&self.estimation, model)?;
        if self.treatment.collapses || !self.treatment.dropped.is_empty() {
            return Err(Error::Unsupported {
                what: "groups left out and categories joined (--drop-groups, --collapse) of aggregates"
                    .into(),
                instead: "Do it in the query: a condition for the groups, a CASE for the codes.".into(),
            });
        }
        let mut ground = Ground::of_aggregate(&self.estimation, model, aggregate)?;
        let feasibility = feasibility_of_sums(&mut ground)?;
        let mut warnings = aggregate.warnings();
        warnings.extend(judge(&variable, &feasibility, self.estimation.missing.is_full_information())?);
        self.study(variable, ground, feasibility, warnings).map(|(study, _)| study)
    }

    /// Every step from the ground, with what is looked for.
    fn study(
        &self,
        variable: String,
        mut ground: Ground<'_>,
        feasibility: Vec<GroupFeasibility>,
        mut warnings: Vec<Warning>,
    ) -> Result<(InvarianceStudy, Vec<Fit>)> {
        let is_ordinal = ground.is_ordinal();
        let (climbed, skipped) = self.climb(&mut ground)?;
        let pairs = climbed.iter().zip(climbed.iter().skip(1));
        let compared = pairs.map(|((from, free), (to, restricted))| {
            RungComparison::of((from, free), (to, restricted), self.difference)
        });
        let comparisons = compared.collect::<Result<Vec<_>>>()?;
        for warning in climbed.iter().flat_map(|(_, fit)| &fit.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        let scored = climbed.iter().filter(|_| !self.is_brief).map(|(rung, fit)| (rung, fit));
        let scores = scores_of(scored);
        let (mut own_effects, mut scales, mut of_partial) = (Vec::new(), Vec::new(), None);
        let is_solved = climbed.first().is_some_and(|(_, fit)| fit.converged);
        if self.searches && is_solved {
            let answers = answers_of(&ground);
            // by markers, the configural step is that model
            let first = climbed.first().filter(|(rung, _)| {
                rung.kind == Level::Configural && !is_ordinal && ground.scaling() == Scaling::Marker
            });
            let anchored = match first {
                _ if self.is_brief || !ground.may_change_units() => None,
                Some((_, fit)) => Some(fit.clone()),
                None => anchored(&mut ground)?,
            };
            if let Some(fit) = anchored {
                (own_effects, scales) = effects("configural", &fit, &answers);
            }
            of_partial = Some(partial(&mut ground, self.rule, &answers)?);
        }
        let nobs = climbed.first().map(|(_, fit)| fit.nobs.clone()).unwrap_or_default();
        let (models, fits) = climbed.into_iter().unzip();
        let study = InvarianceStudy {
            group: variable,
            groups: ground.gathered.groups.clone(),
            nobs,
            estimator: self.estimation.estimator,
            ordinal: is_ordinal,
            models,
            comparisons,
            skipped,
            scores,
            partial: of_partial,
            effects: own_effects,
            scales,
            feasibility,
            changes: Vec::new(),
            warnings,
        };
        Ok((study, fits))
    }

    /// The steps, fitted, and those that are none of their own.
    fn climb(&self, ground: &mut Ground<'_>) -> Result<(Climbed, Vec<SkippedLevel>)> {
        let is_ordinal = ground.is_ordinal();
        let mut levels = if self.levels.is_empty() { Level::usual(is_ordinal) } else { self.levels.clone() };
        levels.dedup();
        let mut climbed: Vec<(Rung, Fit)> = Vec::new();
        let mut skipped = Vec::new();
        let mut held = Held::default();
        let mut before: Option<i64> = None;
        let released = ground.partial.clone();
        for level in levels {
            held = held.and(level.holds());
            let step = ground.step(held, &released)?;
            if before == Some(step.df) {
                let (level, reason) = (level.name(is_ordinal).into(), ground.reason_to_skip(level));
                skipped.push(SkippedLevel { level, reason });
                continue;
            }
            before = Some(step.df);
            let fit = ground.solve(&step)?;
            climbed.push((Rung::of(level, &fit, step.model.to_string()), fit));
        }
        Ok((climbed, skipped))
    }
}

/// The steps with their fits.
type Climbed = Vec<(Rung, Fit)>;

/// The model in which nothing but the first item of each factor is equal: numbers in the metric of markers, ordinal items with
/// equal thresholds; none where the text gives units otherwise, or there is no solution.
fn anchored(ground: &mut Ground<'_>) -> Result<Option<Fit>> {
    if !ground.may_change_units() {
        return Ok(None);
    }
    let before = ground.scaling();
    let (held, released) = match ground.is_ordinal() {
        false => {
            ground.set_scaling(Scaling::Marker);
            (Held::default(), ground.partial.clone())
        }
        true => {
            let others = ground.factors().into_iter().flat_map(|(factor, items)| {
                let rest = items.into_iter().skip(1);
                rest.flat_map(|item| [format!("{factor}=~{item}"), format!("{item}~1")]).collect::<Vec<_>>()
            });
            (Level::Scalar.holds(), others.collect())
        }
    };
    let step = ground.step(held, &released)?;
    let fit = ground.solve(&step)?;
    ground.set_scaling(before);
    Ok(Some(fit).filter(|fit| fit.converged))
}
