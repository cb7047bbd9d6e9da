//! What the steps of a validation found, and what is concluded of it.

use super::Validation;
use super::models::item_matrices;
use super::response_processes::ResponseProcesses;
use super::step::{Step, Told};
use crate::construct::Structure;
use crate::error::Warning;
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
use crate::evidence::dimension_evidence::{DimensionEvidence, ScaleEvidence};
use crate::evidence::dimensionality::Dimensionality;
use crate::evidence::evidence::{ConstructSummary, Evidence, Provenance};
use crate::evidence::functioning::DimensionFunctioning;
use crate::evidence::group_invariance::GroupInvariance;
use crate::evidence::internal_structure::Hierarchical;
use crate::evidence::item_response::DimensionItemResponse;
use crate::evidence::map::EvidenceMap;
use crate::evidence::overview::{Overview, overview};
use crate::evidence::relations::HypothesisTally;
use crate::evidence::relations::study::{Extent, Found as RelationsFound};
use crate::evidence::response_process::MissingAnswers;
use crate::evidence::standing::Facts;
use crate::evidence::structure_evidence::{StructureEvidence, preferred};
use crate::evidence::total_score::{Opposed, TotalCaveat};

/// What the steps found; empty where they did not look.
#[derive(Default)]
pub(super) struct Found {
    pub(super) dimensions: Vec<DimensionEvidence>,
    /// All items that everybody was asked, as one scale.
    pub(super) overall: Option<ScaleEvidence>,
    pub(super) rivals: Vec<StructureEvidence>,
    pub(super) relations: RelationsFound,
    pub(super) content: ContentEvidence,
    pub(super) missing: MissingAnswers,
    pub(super) processes: ResponseProcesses,
    pub(super) dimensionality: Option<Dimensionality>,
    pub(super) item_response: Vec<DimensionItemResponse>,
    pub(super) functioning: Vec<DimensionFunctioning>,
    pub(super) invariance: Vec<GroupInvariance>,
    /// Dimensions that go against each other.
    pub(super) opposed: Vec<Opposed>,
    /// Whether there are several dimensions to sum: a single one is its own total.
    pub(super) is_total: bool,
    /// How many dimensions are in the joint structures.
    pub(super) joint: usize,
    pub(super) data_sha256: Option<String>,
}

/// What is concluded of it.
struct Judged {
    conclusions: Vec<Conclusion>,
    total_caveat: Option<TotalCaveat>,
    tally: HypothesisTally,
}

impl Validation<'_> {
    /// The evidence: what was found, with conclusions, map, and what a reader asks first.
    pub(super) fn concluded(&self, mut told: Told, found: Found) -> Evidence {
        let Judged { conclusions, total_caveat, tally } = told.of(self.judged(&found, told.ledger.rows_used));
        let map = EvidenceMap::of(&Facts {
            conclusions: &conclusions,
            gaps: found.content.gaps.iter().map(|gap| (topic_of(&gap.what), gap.reason.clone())).collect(),
            dimensions: &found.dimensions,
            preferred: preferred(&found.rivals),
            tally: &tally,
            criterion: &found.relations.relations.criterion,
            careless: found.processes.careless.is_some(),
            invariance: &found.invariance,
        });
        let is_whole = self.extent == Extent::Whole;
        let item_matrices = preferred(&found.rivals).filter(|_| is_whole).and_then(item_matrices);
        let ResponseProcesses { mcar, careless, aggregation } = found.processes;
        let mut evidence = Evidence {
            construct: self.summary(),
            n: told.ledger.rows_used,
            method: self.method(),
            ledger: told.ledger,
            dimensions: found.dimensions,
            overall: found.overall,
            total_caveat,
            hierarchical: self.hierarchical(&found.rivals),
            structures: found.rivals,
            relations: found.relations.relations,
            hypothesis_tally: tally,
            hypotheses: found.relations.hypotheses,
            content: found.content,
            missing: found.missing,
            mcar,
            careless,
            aggregation,
            dimensionality: found.dimensionality,
            item_response: found.item_response,
            item_functioning: found.functioning,
            invariance: found.invariance,
            sensitivity: None,
            item_matrices,
            map,
            conclusions,
            warnings: told.warnings,
            provenance: self.provenance(found.data_sha256),
            overview: Overview::default(),
        };
        evidence.overview = overview(&evidence);
        evidence
    }

    /// The conclusions, and whether the total score is one of anything.
    fn judged(&self, of: &Found, rows_used: usize) -> Step<Judged> {
        let id = self.construct.id();
        let tally = HypothesisTally::of(&of.relations.hypotheses);
        let mut conclusions: Vec<_> = of.dimensions.iter().flat_map(about_dimension).collect();
        conclusions.extend(of.dimensions.iter().filter_map(about_error));
        let of_rivals = about_rivals(id, of.joint, &of.rivals, &of.opposed);
        let is_total = of.overall.is_some() && of.is_total;
        let total_caveat =
            is_total.then(|| TotalCaveat::of(self.construct, &of.opposed, of_rivals.as_ref())).flatten();
        let of_apart = |caveat: &TotalCaveat| Warning::TotalOfApart {
            construct: id.into(),
            reason: caveat.reason.clone(),
        };
        let warnings = total_caveat.iter().map(of_apart).collect();
        conclusions.extend(of_rivals);
        conclusions.extend(of.dimensionality.iter().flat_map(|own| about_dimensionality(id, own)));
        let found = &of.relations;
        let relations =
            about_relations(id, &found.relations, &found.hypotheses, &tally, total_caveat.as_ref());
        conclusions.extend(relations);
        open_if_few(&mut conclusions, rows_used);
        conclusions.extend(about_item_response(&of.item_response));
        conclusions.extend(about_functioning(&of.functioning));
        conclusions.extend(about_invariance(id, &of.invariance));
        conclusions.extend(about_content(id, &of.content));
        Step::new(Judged { conclusions, total_caveat, tally }, warnings, Vec::new())
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

    fn provenance(&self, data_sha256: Option<String>) -> Provenance {
        Provenance {
            version: env!("CARGO_PKG_VERSION").into(),
            data_sha256,
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
