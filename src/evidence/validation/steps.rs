//! The steps of a validation, one after the other: each gives what it found, its warnings and its notes.

use super::Validation;
use super::models::{Answers, item_matrices};
use super::response_processes::ResponseProcesses;
use super::step::{Step, Told, not_done};
use crate::construct::{Construct, Structure};
use crate::data::{Counted, Responses};
use crate::error::{Error, Result, Warning};
use crate::evidence::conclusion::{Conclusion, open_if_few};
use crate::evidence::conclusions_of_content::about_content;
use crate::evidence::conclusions_of_dimensionality::about_dimensionality;
use crate::evidence::conclusions_of_dimensions::about_dimension;
use crate::evidence::conclusions_of_functioning::about_functioning;
use crate::evidence::conclusions_of_invariance::about_invariance;
use crate::evidence::conclusions_of_item_response::about_item_response;
use crate::evidence::conclusions_of_relations::{about_error, about_relations};
use crate::evidence::conclusions_of_rivals::about_rivals;
use crate::evidence::content::ContentEvidence;
use crate::evidence::dimension_evidence::DimensionEvidence;
use crate::evidence::dimension_evidence::ScaleEvidence;
use crate::evidence::dimensionality::Dimensionality;
use crate::evidence::evidence::{ConstructSummary, Evidence, Provenance};
use crate::evidence::functioning::DimensionFunctioning;
use crate::evidence::group_invariance::GroupInvariance;
use crate::evidence::internal_structure::{Hierarchical, ScaleItem, by_group};
use crate::evidence::item_response::DimensionItemResponse;
use crate::evidence::map::EvidenceMap;
use crate::evidence::measured::{Asked, Measured, measured_dimensions};
use crate::evidence::overview::{Overview, overview};
use crate::evidence::relations::HypothesisTally;
use crate::evidence::relations::study::{Extent, Found as RelationsFound, RelationStudy};
use crate::evidence::response_process::MissingAnswers;
use crate::evidence::standing::Facts;
use crate::evidence::structure_evidence::StructureEvidence;
use crate::evidence::structure_evidence::preferred;
use crate::evidence::total_score::{Opposed, TotalCaveat};
use crate::moments::Missing;
use rayon::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells that a part of a stage is done.
type Tell<'t> = &'t (dyn Fn(&'static str) + Sync);

/// What the steps found that conclusions are drawn from.
struct Findings<'f> {
    dimensions: &'f [DimensionEvidence],
    rivals: &'f [StructureEvidence],
    dimensionality: Option<&'f Dimensionality>,
    overall: Option<&'f ScaleEvidence>,
    relations: &'f RelationsFound,
    content: &'f ContentEvidence,
    functioning: &'f [DimensionFunctioning],
    item_response: &'f [DimensionItemResponse],
    invariance: &'f [GroupInvariance],
    tally: &'f HypothesisTally,
    rows_used: usize,
}

impl Findings<'_> {
    fn map(&self, conclusions: &[Conclusion], has_careless: bool) -> EvidenceMap {
        EvidenceMap::of(&Facts {
            conclusions,
            gaps: self.content.gaps.iter().map(|gap| (topic_of(&gap.what), gap.reason.clone())).collect(),
            dimensions: self.dimensions,
            preferred: preferred(self.rivals),
            tally: self.tally,
            criterion: &self.relations.relations.criterion,
            careless: has_careless,
            invariance: self.invariance,
        })
    }
}

/// What is concluded of them.
struct Judged {
    conclusions: Vec<Conclusion>,
    total_caveat: Option<TotalCaveat>,
}

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
        let ResponseProcesses { mcar, careless, aggregation } =
            told.of(self.response_processes(responses, &items));
        let item_functioning = told.of(self.functioning(responses));
        let item_response = told.of(self.item_response(responses));
        self.progress.check("the validation")?;
        let answers = self.joint_answers(responses, &joint)?;
        let rivals = told.of(self.structures(&joint, &answers, &|| tell("rival structures")));
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
        let overall = (overall.n > 0 && !overall.items.is_empty()).then_some(overall);
        let tally = HypothesisTally::of(&relations.hypotheses);
        let findings = Findings {
            dimensions: &dimensions,
            rivals: &rivals,
            dimensionality: dimensionality.as_ref(),
            overall: overall.as_ref(),
            relations: &relations,
            content: &content,
            functioning: &item_functioning,
            item_response: &item_response,
            invariance: &invariance,
            tally: &tally,
            rows_used: told.ledger.rows_used,
        };
        self.progress.check("the validation")?;
        let Judged { conclusions, total_caveat } = told.of(self.judged(&measured, &findings));
        let map = findings.map(&conclusions, careless.is_some());
        let item_matrices =
            preferred(&rivals).filter(|_| self.extent == Extent::Whole).and_then(item_matrices);
        let mut evidence = Evidence {
            construct: self.summary(),
            n: told.ledger.rows_used,
            method: self.method(),
            ledger: told.ledger,
            dimensions,
            overall,
            total_caveat,
            hierarchical: self.hierarchical(&rivals),
            structures: rivals,
            relations: relations.relations,
            hypothesis_tally: tally,
            hypotheses: relations.hypotheses,
            content,
            missing: MissingAnswers::of(construct, responses),
            mcar,
            careless,
            aggregation,
            dimensionality,
            item_response,
            item_functioning,
            invariance,
            sensitivity: None,
            item_matrices,
            map,
            conclusions,
            warnings: told.warnings,
            provenance: self.provenance(responses),
            overview: Overview::default(),
        };
        evidence.overview = overview(&evidence);
        Ok(evidence)
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
    fn content(&self, known: Option<&ContentEvidence>) -> Step<ContentEvidence> {
        let (content, warnings) = match known {
            Some(known) => (known.clone(), Vec::new()),
            None => ContentEvidence::of(self.construct, self.resampling),
        };
        Step::new(content, warnings, Vec::new())
    }

    /// The conclusions, and whether the total score is one of anything.
    fn judged(&self, measured: &Measured<'_>, of: &Findings<'_>) -> Step<Judged> {
        let id = self.construct.id();
        let mut conclusions: Vec<_> = of.dimensions.iter().flat_map(about_dimension).collect();
        conclusions.extend(of.dimensions.iter().filter_map(about_error));
        let opposed = Opposed::of(measured);
        let of_rivals = about_rivals(id, measured.joint.len(), of.rivals, &opposed);
        // a single dimension is its own total
        let is_total = of.overall.is_some() && measured.everybody.len() > 1;
        let total_caveat =
            is_total.then(|| TotalCaveat::of(self.construct, &opposed, of_rivals.as_ref())).flatten();
        let of_apart = |caveat: &TotalCaveat| Warning::TotalOfApart {
            construct: id.into(),
            reason: caveat.reason.clone(),
        };
        let warnings = total_caveat.iter().map(of_apart).collect();
        conclusions.extend(of_rivals);
        conclusions.extend(of.dimensionality.iter().flat_map(|own| about_dimensionality(id, own)));
        let found = of.relations;
        let relations =
            about_relations(id, &found.relations, &found.hypotheses, of.tally, total_caveat.as_ref());
        conclusions.extend(relations);
        open_if_few(&mut conclusions, of.rows_used);
        conclusions.extend(about_item_response(of.item_response));
        conclusions.extend(about_functioning(of.functioning));
        conclusions.extend(about_invariance(id, of.invariance));
        conclusions.extend(about_content(id, of.content));
        Step::new(Judged { conclusions, total_caveat }, warnings, Vec::new())
    }

    fn hierarchical(&self, rivals: &[StructureEvidence]) -> Option<Hierarchical> {
        let of = |kind: Structure| {
            let own = rivals.iter().find(|s| s.name == kind.name())?;
            Hierarchical::of(&own.result, self.construct.id())
        };
        of(Structure::SecondOrder).or_else(|| of(Structure::Bifactor))
    }

    fn summary(&self) -> ConstructSummary {
        let construct = self.construct;
        ConstructSummary {
            id: construct.id().into(),
            version: construct.about.version.clone(),
            title: construct.about.title.clone(),
            definition: construct.about.definition.clone(),
            sources: construct.about.sources.clone(),
            items: construct.items.clone(),
            variables: construct.variables.clone(),
            scales: construct.scales.clone(),
        }
    }

    fn provenance(&self, responses: &Responses) -> Provenance {
        Provenance {
            version: env!("CARGO_PKG_VERSION").into(),
            data_sha256: responses.sha256().map(Into::into),
            seed: Some(self.resampling.seed),
            replicates: Some(self.resampling.replicates),
        }
    }
}

/// The topic of the map that a gap leaves open.
fn topic_of(what: &str) -> &'static str {
    match what {
        "expert ratings" => "Relevance to experts",
        "the item-sort task" => "Items sorted by judges",
        "agreement of coders" => "Agreement of coders",
        _ => "Perspectives of stakeholders",
    }
}
