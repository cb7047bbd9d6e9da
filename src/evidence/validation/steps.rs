//! The steps of a validation, one after the other: each gives what it found, its warnings and its notes.

use super::Validation;
use super::concluded::Found;
use super::models::Answers;
use super::step::{Step, Told, not_done};
use crate::construct::{Construct, Structure};
use crate::data::{Counted, Responses};
use crate::error::{Error, Result};
use crate::evidence::content::ContentEvidence;
use crate::evidence::dimension_evidence::DimensionEvidence;
use crate::evidence::evidence::Evidence;
use crate::evidence::internal_structure::{ScaleItem, by_group};
use crate::evidence::measured::{Asked, Measured, measured_dimensions};
use crate::evidence::relations::study::{Found as RelationsFound, RelationStudy};
use crate::evidence::response_process::MissingAnswers;
use crate::evidence::structure_evidence::StructureEvidence;
use crate::evidence::total_score::Opposed;
use crate::model::Model;
use crate::moments::Missing;
use rayon::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells that a part of a stage is done.
type Tell<'t> = &'t (dyn Fn(&'static str) + Sync);

/// Answers that were read to be scored lack what a validation is about.
fn check_read_whole(construct: &Construct, responses: &Responses) -> Result<()> {
    let variables = construct.variables.iter().map(|variable| &variable.id);
    let mut variables = variables.filter(|id| !responses.variables().iter().any(|own| own.id == **id));
    let groups = construct.data.iter().flat_map(|data| &data.groups);
    let mut groups = groups.filter(|name| !responses.groups().iter().any(|own| own.variable == **name));
    match variables.next().or_else(|| groups.next()) {
        None => Ok(()),
        Some(name) => Err(Error::NoAnswerExists {
            what: format!("validation of '{}'", construct.id()),
            why: format!("the answers were read to be scored, without '{name}'"),
            remedy: "Read them with `Responses::read_from`, or build them without `to_be_scored`.".into(),
        }),
    }
}

impl Validation<'_> {
    /// `content` where it is known: it is not about these respondents. It is longer than a page: its steps stand in the order of the
    /// report, a line each, and what they found goes into one value at the end.
    pub(super) fn run_once(
        &self,
        responses: &Responses,
        content: Option<&ContentEvidence>,
    ) -> Result<Evidence> {
        let construct = self.construct;
        if construct.items.is_empty() {
            return Err(Error::NothingMeasured { construct: construct.id().into() });
        }
        check_read_whole(construct, responses)?;
        self.check_missing()?;
        let parts = (construct.dimensions.len() + construct.analysis.structures.len() + 7) as u64;
        let done = AtomicU64::new(0);
        let tell = |stage| match self.progress.is_stopped() {
            true => {}
            false => self.progress.tell_stage(stage, done.fetch_add(1, Ordering::Relaxed) + 1, parts),
        };

        let mut told = Told { warnings: construct.warnings(), ledger: responses.ledger().clone() };
        told.of(self.groups(responses)?);
        let dimensions = self.dimensions(responses, &tell)?;
        let dimensions: Vec<_> = dimensions.into_iter().map(|step| told.of(step)).collect();
        let everybody = measured_dimensions(construct, responses, Asked::OfEverybody);
        let joint = told.of(self.joint(responses));
        let items: Vec<String> =
            everybody.iter().flat_map(|d| construct.items_of(d)).map(|item| item.id.clone()).collect();
        self.progress.check("the validation")?;
        let overall = told.of(self.overall(responses, &items)?);
        let processes = told.of(self.response_processes(responses, &items));
        let item_functioning = told.of(self.functioning(responses));
        let item_response = told.of(self.item_response(responses));
        self.progress.check("the validation")?;
        let answers = self.joint_answers(responses, &joint)?;
        let fit = |structure, model: &Model| self.fit(structure, model, Some(&answers));
        let rivals = told.of(self.structures(&joint, &fit, &|| tell("rival structures")));
        self.progress.check("the validation")?;
        let dimensionality = told.of(self.dimensionality(responses, (&everybody, &joint), &answers, &rivals));
        tell("exploratory dimensionality");
        self.progress.check("the validation")?;
        let measured = self.measured(responses, everybody, joint);
        let relations = told.of(self.relations(&measured, &rivals, &answers, &tell));
        self.progress.check("the validation")?;
        let invariance = told.of(self.invariance(&measured, responses));
        tell("measurement invariance");
        self.progress.check("the validation")?;
        let content = told.of(self.content(content));
        tell("content");
        self.progress.check("the validation")?;
        let found = Found {
            dimensions,
            overall: (overall.n > 0 && !overall.items.is_empty()).then_some(overall),
            rivals,
            relations,
            content,
            missing: MissingAnswers::of(construct, responses),
            processes,
            dimensionality,
            item_response,
            functioning: item_functioning,
            invariance,
            opposed: Opposed::of(&measured),
            is_total: measured.everybody.len() > 1,
            joint: measured.joint.len(),
            data_sha256: responses.sha256().map(Into::into),
        };
        Ok(self.concluded(told, found))
    }

    /// Groups without answers, and respondents without a group.
    fn groups(&self, responses: &Responses) -> Result<Step<()>> {
        let items: Vec<ScaleItem> = self.construct.items.iter().map(|i| self.scale_item(&i.id)).collect();
        let mut step = Step::default();
        for grouping in responses.groups() {
            for group in by_group(&items, Missing::Listwise, responses.values(), grouping)? {
                if let Err(error) = group.summary {
                    let what = format!("{} '{}' as a group", grouping.variable, group.level);
                    step.warnings.push(not_done(&what, &error));
                }
            }
            let without = grouping.missing_count();
            if without > 0 {
                let why = format!("groups of '{}': no value", grouping.variable);
                step.notes.push((Counted::Rows, without, why));
            }
        }
        Ok(step)
    }

    /// Every dimension by itself.
    fn dimensions(&self, responses: &Responses, tell: Tell<'_>) -> Result<Vec<Step<DimensionEvidence>>> {
        let each = self.construct.dimensions.par_iter().map(|dimension| {
            self.progress.check("the validation")?;
            let studied = self.dimension(dimension, responses);
            tell("dimensions");
            studied
        });
        each.collect()
    }

    fn measured<'m>(
        &'m self,
        responses: &'m Responses,
        everybody: Vec<&'m str>,
        joint: Vec<&'m str>,
    ) -> Measured<'m> {
        Measured {
            construct: self.construct,
            responses,
            level: self.level,
            missing: self.missing,
            everybody,
            joint,
            caveats: Mutex::default(),
            progress: self.progress.silent(),
        }
    }

    /// Relations to other variables, and hypotheses.
    fn relations(
        &self,
        measured: &Measured<'_>,
        rivals: &[StructureEvidence],
        answers: &Answers,
        tell: Tell<'_>,
    ) -> Step<RelationsFound> {
        let aside = self.correlated_aside(&measured.joint, answers);
        let correlated = rivals
            .iter()
            .chain(&aside)
            .find(|s| s.name == Structure::Correlated.name() && s.result.status.proper());
        let (resampling, extent) = (self.resampling, self.extent);
        let mut found = RelationStudy { measured, resampling, extent, correlated }.run(tell);
        let mut warnings = std::mem::take(&mut found.warnings);
        warnings.extend(measured.take_caveats());
        Step::new(found, warnings, Vec::new())
    }

    /// What experts, coders and stakeholders say of the content.
    pub(super) fn content(&self, known: Option<&ContentEvidence>) -> Step<ContentEvidence> {
        let (content, warnings) = match known {
            Some(known) => (known.clone(), Vec::new()),
            None => ContentEvidence::of(self.construct, self.resampling),
        };
        Step::new(content, warnings, Vec::new())
    }
}
