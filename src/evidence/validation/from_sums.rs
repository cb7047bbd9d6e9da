//! The validation as far as sums in the place of rows go: scales with their items, structures, groups; what needs the rows is
//! named among the warnings.
//!
//! Answers are numbers here: thresholds and polychoric correlations can be had from two-way tables, their robust errors and tests
//! cannot. Models use complete rows, or by full information every row with an answer where the aggregate holds its patterns;
//! scales use all pairs of answers where some are missing, of which alone an aggregate holds the distributions.

use super::Validation;
use super::concluded::Found;
use super::scales::{Study, WHOLE};
use super::step::{Step, Told, extend_new, not_done};
use crate::construct::{Construct, Dimension, Structure};
use crate::data::{Counted, ItemCount, Ledger};
use crate::error::{Error, Result, Warning};
use crate::estimate::{Estimation, Estimator};
use crate::evidence::conclusion::SMALLEST_GROUP;
use crate::evidence::dimension_evidence::{DimensionEvidence, GroupEvidence, ScaleEvidence};
use crate::evidence::evidence::Evidence;
use crate::evidence::group_invariance::GroupInvariance;
use crate::evidence::internal_structure::{Invariance, ScaleSummary};
use crate::evidence::measured::proper_by_either;
use crate::evidence::measurement_level::MeasurementLevel;
use crate::evidence::response_process::{MissingAnswers, MissingItem};
use crate::evidence::sensitivity::SensitivityRun;
use crate::evidence::structure_evidence::StructureEvidence;
use crate::model::{Function, Model, Scaling};
use crate::moments::Missing;
use crate::moments::aggregate::{Aggregate, AggregatePlan, IncompleteRows};
use rayon::prelude::*;

/// What a validation has beside this, and why it is not here.
const NEEDS_ROWS: [(&str, &str); 7] = [
    ("screening for careless answers", "it looks at the answers of each respondent"),
    ("Little's test of missing answers", "it is made of rows"),
    ("exploratory dimensionality", "its rules draw from rows; `efa --from-aggregates` has the factors"),
    ("item response models", "they are fitted to patterns of answers"),
    ("differential item functioning", "it compares respondents with the same score"),
    ("relations to other variables, and hypotheses", "they are of the scores of respondents"),
    ("models of ordinal items", "their robust errors and tests need the rows: answers are numbers here"),
];

/// What is done about missing answers.
const OF_PATTERNS: &str = "scales: the answers that are there (pairwise); models: every respondent with an answer, by \
                           full-information maximum likelihood";
const OF_COMPLETE_ROWS: &str = "scales: the answers that are there (pairwise); models: complete cases";

impl Validation<'_> {
    /// Everything that sums in the place of rows say about the construct: reliability and items of each scale, the models of
    /// dimensions, the rival structures, invariance over the group of the aggregate, and what follows from them. What needs the rows
    /// is named among the warnings; answers are taken as numbers.
    ///
    /// ```
    /// use psychometrics::construct::Construct;
    /// use psychometrics::evidence::{MeasurementLevel, Validation};
    /// use psychometrics::data::Responses;
    /// use psychometrics::moments::aggregate::{Aggregate, AggregateOptions, AggregatePlan};
    ///
    /// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
    /// let plan = AggregatePlan::of_construct(&construct)?.by_group("role");
    /// let path = construct.responses_path()?;
    /// let aggregate = Aggregate::read(path, &plan, &AggregateOptions::default())?;
    /// let validation = Validation::of(&construct).level(MeasurementLevel::Continuous);
    /// let evidence = validation.run_aggregate(&aggregate)?;
    ///
    /// // the structure of the rows, without them
    /// let of_rows = validation.run(&Responses::read(&construct)?)?;
    /// let chisq = |of: &psychometrics::evidence::Evidence| of.dimensions[0].structure.as_ref().unwrap().measure("chisq");
    /// assert!((chisq(&evidence).unwrap() - chisq(&of_rows).unwrap()).abs() < 1e-6);
    /// assert!(evidence.careless.is_none());
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NothingMeasured`], [`Error::ConstantItem`] as [`run`](Self::run); [`Error::BadAggregate`] for an aggregate of other
    /// items, codes or keys than the construct's, or with answers that are impossible; [`Error::Unsupported`] for ordinal models and for weights.
    pub fn run_aggregate(&self, aggregate: &Aggregate) -> Result<Evidence> {
        let construct = self.construct;
        if construct.items.is_empty() {
            return Err(Error::NothingMeasured { construct: construct.id().into() });
        }
        if self.level == MeasurementLevel::Ordinal {
            return Err(Error::Unsupported {
                what: "a validation of ordinal items from aggregates".into(),
                instead: "Their robust tests need the rows: give these (DATA), or take the answers as numbers (--level \
                          continuous)."
                    .into(),
            });
        }
        self.check_unweighted(construct.names_weights() || aggregate.plan.weights.is_some())?;
        if !matches!(self.missing, Missing::Fiml | Missing::Listwise) {
            return Err(Error::Unsupported {
                what: "a validation from aggregates by pairs of answers or in two stages".into(),
                instead: "Use full information or complete rows (--missing fiml, listwise).".into(),
            });
        }
        check_same_items(construct, aggregate)?;
        aggregate.check_usable()?;
        // whatever their scales, answers are numbers
        let numbers = Self { level: MeasurementLevel::Continuous, ..self.clone() };
        numbers.of_sums(aggregate, self.construct.items.iter().any(|item| self.is_ordinal(&item.id)))
    }

    fn of_sums(&self, aggregate: &Aggregate, would_be_ordinal: bool) -> Result<Evidence> {
        let construct = self.construct;
        let mut told = Told { warnings: construct.warnings(), ledger: ledger(aggregate) };
        extend_new(&mut told.warnings, aggregate.warnings());
        let all = if would_be_ordinal { &NEEDS_ROWS[..] } else { &NEEDS_ROWS[..NEEDS_ROWS.len() - 1] };
        let needs_rows = all.iter().map(|(what, reason)| Warning::NotDone {
            what: (*what).into(),
            reason: format!("the rows are not here: {reason}"),
        });
        extend_new(&mut told.warnings, needs_rows.collect());
        let asked = [
            ("the validation without the flagged", self.sensitivity_run() != SensitivityRun::None),
            ("aggregation to groups", construct.data.as_ref().is_some_and(|data| data.cluster.is_some())),
        ];
        let asked = asked
            .into_iter()
            .filter(|(_, asked)| *asked)
            .map(|(what, _)| Warning::NotDone { what: what.into(), reason: "the rows are not here".into() });
        extend_new(&mut told.warnings, asked.collect());
        let sums = Sums { aggregate, missing: self.missing_of_sums(aggregate) };
        let each: Vec<Result<Step<DimensionEvidence>>> = construct
            .dimensions
            .par_iter()
            .map(|dimension| {
                self.progress.check("the validation")?;
                self.dimension_of_sums(dimension, &sums)
            })
            .collect();
        let mut dimensions = Vec::with_capacity(each.len());
        for step in each {
            dimensions.push(told.of(step?));
        }
        let measured =
            || construct.dimensions.iter().filter(|own| construct.items_of(&own.id).next().is_some());
        let all: Vec<&str> = measured().map(|own| own.id.as_str()).collect();
        let everybody: Vec<&str> =
            measured().filter(|own| own.asked_of.is_none()).map(|own| own.id.as_str()).collect();
        // answers that were not asked for are missing by design
        let joint = if sums.missing == Missing::Fiml { &all } else { &everybody };
        let items: Vec<String> =
            everybody.iter().flat_map(|id| construct.items_of(id)).map(|item| item.id.clone()).collect();
        let mut study = Study::default();
        let overall = match items.is_empty() {
            true => ScaleEvidence::default(),
            false => self.scale_of_sums(WHOLE, &items, &sums, &mut study)?,
        };
        extend_new(&mut told.warnings, study.warnings);
        let fit = |structure, model: &Model| self.structure_of_sums(structure, model, &sums);
        let rivals = told.of(self.structures(joint, &fit, &|| ()));
        let invariance = told.of(self.invariance_of_sums(&all, &sums));
        let content = told.of(self.content(None));
        self.progress.check("the validation")?;
        let found = Found {
            dimensions,
            overall: (overall.n > 0).then_some(overall),
            rivals,
            content,
            missing: missing_answers(aggregate, &told.ledger),
            invariance,
            is_total: everybody.len() > 1,
            joint: joint.len(),
            ..Found::default()
        };
        let mut evidence = self.concluded(told, found);
        // nothing is drawn
        (evidence.provenance.seed, evidence.provenance.replicates) = (None, None);
        evidence.method.missing = match sums.missing {
            Missing::Fiml => OF_PATTERNS.into(),
            _ => OF_COMPLETE_ROWS.into(),
        };
        Ok(evidence)
    }

    /// What models do about missing answers.
    fn missing_of_sums(&self, aggregate: &Aggregate) -> Missing {
        let complete = aggregate.parts.iter().all(|part| part.complete_rows() == part.rows);
        match aggregate.plan.incomplete {
            IncompleteRows::Patterns if !complete && self.missing == Missing::Fiml => Missing::Fiml,
            _ => Missing::Listwise,
        }
    }

    fn dimension_of_sums(&self, dimension: &Dimension, sums: &Sums<'_>) -> Result<Step<DimensionEvidence>> {
        let mut step = self.dimension_by(
            dimension,
            &|name, items, study| self.scale_of_sums(name, items, sums, study),
            &|kind, model, _| self.structure_of_sums(kind, model, sums),
        )?;
        if let Some(of) = dimension.asked_of.as_ref().filter(|_| !step.found.scale.items.is_empty()) {
            step.warnings.push(Warning::NotDone {
                what: format!("'{}' of those who were asked ({})", dimension.id, of.variable),
                reason: "the rows are not here: everybody with answers is in its sums".into(),
            });
        }
        Ok(step)
    }

    /// Reliability, items and groups of a set of items.
    fn scale_of_sums(
        &self,
        name: &str,
        items: &[String],
        sums: &Sums<'_>,
        study: &mut Study,
    ) -> Result<ScaleEvidence> {
        let summary = |group: Option<&str>| {
            let items = || items.iter().map(|item| self.scale_item(item));
            // of incomplete rows an aggregate has the distributions of all answers
            ScaleSummary::of_aggregate(items(), sums.aggregate, group, Missing::Listwise)
                .or_else(|_| ScaleSummary::of_aggregate(items(), sums.aggregate, group, Missing::Pairwise))
        };
        let described = match summary(None) {
            Ok(summary) => study.described(name, &summary)?,
            Err(error) => {
                study.warnings.push(not_done(&format!("the scale '{name}'"), &error));
                ScaleEvidence { reason: Some(error.to_string()), ..ScaleEvidence::default() }
            }
        };
        let groups = sums.aggregate.plan.group.iter().flat_map(|variable| {
            sums.aggregate.groups().into_iter().map(|group| {
                let rows = sums.rows_of(&group);
                GroupEvidence::of(variable.clone(), group.clone(), rows, summary(Some(&group)).ok())
            })
        });
        Ok(ScaleEvidence { groups: groups.collect(), ..described })
    }

    fn structure_of_sums(
        &self,
        structure: Structure,
        model: &Model,
        sums: &Sums<'_>,
    ) -> Result<StructureEvidence> {
        let result = proper_by_either(model, |scaling| {
            let own = Estimation::new(Estimator::Ml).function(Function::Cfa).scaling(scaling);
            own.missing(sums.missing).progress(self.progress.silent()).fit_aggregate(model, sums.aggregate)
        })?;
        Ok(StructureEvidence::new(structure.name(), model.to_string(), result))
    }

    /// A ladder for each dimension over the groups of the aggregate.
    fn invariance_of_sums(&self, dimensions: &[&str], sums: &Sums<'_>) -> Step<Vec<GroupInvariance>> {
        let mut step: Step<Vec<GroupInvariance>> = Step::default();
        let variable = &sums.aggregate.plan.group;
        let others = self.construct.data.iter().flat_map(|data| data.groups.iter().chain(&data.cluster));
        let others = others.filter(|group| variable.as_ref() != Some(*group));
        step.warnings.extend(others.map(|group| Warning::NotDone {
            what: format!("measurement invariance over '{group}'"),
            reason: format!("the aggregate is not by it: make one with --group {group}"),
        }));
        let Some(variable) = variable else { return step };
        let mut large = sums.aggregate.clone();
        let mut left_out = Vec::new();
        for group in sums.aggregate.groups() {
            let rows = sums.rows_of(&group);
            if rows < SMALLEST_GROUP {
                large.parts.retain(|part| part.group.as_ref() != Some(&group));
                left_out.push((group, rows));
            }
        }
        large.parts.retain(|part| part.group.is_some());
        let ladder = |dimension: &&str| {
            let mut own = GroupInvariance {
                dimension: (*dimension).into(),
                group: variable.clone(),
                left_out: left_out.clone(),
                study: None,
                pooled: None,
                reason: None,
            };
            let items: Vec<String> = self.construct.items_of(dimension).map(|item| item.id.clone()).collect();
            let study = match large.groups().len() {
                0 | 1 => Err(Error::NoAnswerExists {
                    what: format!("measurement invariance of '{dimension}'"),
                    why: format!("fewer than two groups have {SMALLEST_GROUP} respondents"),
                    remedy: "Aggregate more rows.".into(),
                }),
                _ => self.model_of(dimension, &items).and_then(|model| {
                    let own = Estimation::new(Estimator::Ml).missing(sums.missing);
                    let own = own.scaling(Scaling::UnitVariance).group(variable);
                    Invariance::of(own).brief().run_aggregate(&model, &large)
                }),
            };
            match study {
                Ok(study) => own.study = Some(study),
                Err(error) => own.reason = Some(error.to_string()),
            }
            own
        };
        step.found = dimensions.par_iter().map(ladder).collect();
        let without = step.found.iter().filter_map(|own| Some((own, own.reason.as_ref()?)));
        let without = without.map(|(own, reason)| Warning::NotDone {
            what: format!("measurement invariance of '{}' over '{variable}'", own.dimension),
            reason: reason.clone(),
        });
        step.warnings.extend(without);
        step
    }
}

/// An aggregate, and what models of it do about missing answers.
struct Sums<'a> {
    aggregate: &'a Aggregate,
    missing: Missing,
}

impl Sums<'_> {
    fn rows_of(&self, group: &str) -> usize {
        let own = self.aggregate.parts.iter().filter(|part| part.group.as_deref() == Some(group));
        own.map(|part| part.rows as usize).sum()
    }
}

/// Whether an aggregate is of the construct's items, with its codes and keys.
fn check_same_items(construct: &Construct, aggregate: &Aggregate) -> Result<()> {
    let bad = |problem: String| {
        Err(Error::BadAggregate {
            place: format!("the aggregate of '{}'", construct.id()),
            problem,
            remedy: "Make it of this construct file (`sql CONSTRUCT.toml`, `moments CONSTRUCT.toml`).".into(),
        })
    };
    for planned in AggregatePlan::of_construct(construct)?.items {
        let name = &planned.name;
        let Some(own) = aggregate.plan.items.iter().find(|own| own.name == *name) else {
            return bad(format!("has no item '{name}'"));
        };
        if own.reversed != planned.reversed {
            let how = if planned.reversed { "is not reversed" } else { "is reversed" };
            return bad(format!(
                "has item '{name}', which {how} there and is otherwise in the construct file"
            ));
        }
        if !own.codes.is_empty() && own.codes != planned.codes {
            return bad(format!("has item '{name}' with other codes than those of its scale"));
        }
    }
    Ok(())
}

/// Which answers are missing, without patterns and groups.
fn missing_answers(aggregate: &Aggregate, ledger: &Ledger) -> MissingAnswers {
    let asked = ledger.rows_used;
    let missing = |own: &ItemCount| asked.saturating_sub(own.answered);
    let items = ledger.items.iter().map(|own| MissingItem {
        item: own.item.clone(),
        asked,
        missing: missing(own),
        by_group: Vec::new(),
    });
    let cells = asked * ledger.items.len();
    let without: usize = ledger.items.iter().map(missing).sum();
    MissingAnswers {
        respondents: asked,
        complete: aggregate.parts.iter().map(|part| part.complete_rows() as usize).sum(),
        share: if cells > 0 { without as f64 / cells as f64 } else { 0.0 },
        items: items.collect(),
        ..MissingAnswers::default()
    }
}

/// What became of every row and cell, as the aggregate counts them.
fn ledger(aggregate: &Aggregate) -> Ledger {
    let parts = &aggregate.parts;
    let sum =
        |of: &dyn Fn(&crate::moments::aggregate::Part) -> u64| parts.iter().map(of).sum::<u64>() as usize;
    let mut own = Ledger {
        file: Some("aggregates".into()),
        rows_read: aggregate.rows() as usize,
        rows_used: sum(&|part| part.answered_rows()),
        ..Ledger::default()
    };
    own.rows_without_answers = own.rows_read - own.rows_used.min(own.rows_read);
    own.cells_read = own.rows_read * aggregate.plan.items.len();
    for (i, item) in aggregate.plan.items.iter().enumerate() {
        let answered = sum(&|part| part.items[i].n);
        let empty = sum(&|part| part.items[i].empty);
        let mut coded_missing = 0;
        for (k, code) in item.missing_codes.iter().enumerate() {
            let count = sum(&|part| part.items[i].coded_missing[k]);
            coded_missing += count;
            if count > 0 {
                *own.cells_coded.entry(code.to_string()).or_insert(0) += count;
            }
        }
        own.cells_answered += answered;
        own.cells_empty += empty;
        own.items.push(ItemCount { item: item.name.clone(), answered, empty, coded_missing, not_asked: 0 });
    }
    let unweighted = sum(&|part| part.unweighted);
    if unweighted > 0 {
        own.note(Counted::Rows, unweighted, "the sums: without a sampling weight above 0");
    }
    own
}
