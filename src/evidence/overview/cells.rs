//! The cells of the overview: where each kind of evidence on a score stands, with the number that says most.

use super::overview::{EvidenceKind, OverviewCell};
use super::precision::is_precise;
use crate::construct::VariableRole;
use crate::evidence::conclusion::{Aspect, SMALLEST_GROUP, Verdict};
use crate::evidence::conclusions_of_dimensions::reliability;
use crate::evidence::dimension_evidence::DimensionEvidence;
use crate::evidence::evidence::Evidence;
use crate::evidence::standing::Standing;
use crate::evidence::structure_evidence::preferred;

/// Mean relevance that a scale needs (Polit, Beck & Owen 2007).
const RELEVANT: f64 = 0.90;

/// Cells, and whether the score is precise enough for persons.
pub(super) type Cells = (Vec<OverviewCell>, bool);

fn cell(kind: EvidenceKind, standing: Standing, number: Option<f64>, of: Option<usize>) -> OverviewCell {
    OverviewCell { kind, standing, number, of }
}

fn counted(kind: EvidenceKind, standing: Standing, count: usize, of: usize) -> OverviewCell {
    cell(kind, standing, Some(count as f64), Some(of))
}

/// What conclusions about something come to.
fn standing(evidence: &Evidence, about: Option<&str>, aspects: &[Aspect]) -> Standing {
    Standing::of(verdicts(evidence, about, aspects))
}

fn verdicts<'e>(
    evidence: &'e Evidence,
    about: Option<&'e str>,
    aspects: &'e [Aspect],
) -> impl Iterator<Item = Verdict> + Clone + 'e {
    let own = evidence
        .conclusions
        .iter()
        .filter(move |own| about.is_none_or(|about| own.about == about) && aspects.contains(&own.aspect));
    own.map(|own| own.verdict)
}

/// Where nothing was to be counted there is no number.
fn holding(evidence: &Evidence, about: Option<&str>, aspects: &[Aspect]) -> (Option<f64>, Option<usize>) {
    let all = verdicts(evidence, about, aspects);
    let of = all.clone().count();
    let good = all.filter(|own| *own == Verdict::Supported).count();
    ((of > 0).then_some(good as f64), (of > 0).then_some(of))
}

pub(super) fn of_dimension(evidence: &Evidence, own: &DimensionEvidence) -> Cells {
    use EvidenceKind::{Comparability, Items, Reliability, Structure};
    let id = Some(own.id.as_str());
    let alpha = own.scale.reliability.as_ref().and_then(|reliability| reliability.alpha.raw);
    let lowest = own.scale.items.iter().filter_map(|item| item.r_drop).reduce(f64::min);
    let cfi = own.structure.as_ref().and_then(|model| model.measure("cfi"));
    let (ladders, of) = holding(evidence, id, &[Aspect::Invariance]);
    let same = [Aspect::Invariance, Aspect::ItemFunctioning];
    let cells = vec![
        cell(Reliability, standing(evidence, id, &[Aspect::Reliability]), alpha, None),
        cell(Items, standing(evidence, id, &[Aspect::Items]), lowest, None),
        cell(Structure, standing(evidence, id, &[Aspect::Structure]), cfi, None),
        cell(Comparability, standing(evidence, id, &same), ladders, of),
        relations(evidence, &own.id),
        content(evidence, &own.id),
        perspectives(evidence, &own.id),
    ];
    (cells, is_precise(&own.scale))
}

/// A score goes with something when an interval of a correlation leaves out zero.
fn relations(evidence: &Evidence, id: &str) -> OverviewCell {
    let is_outside = |role: VariableRole| matches!(role, VariableRole::Criterion | VariableRole::Outcome);
    let own = evidence.relations.criterion.iter().filter(|own| own.scale == id && is_outside(own.role));
    let known: Vec<(f64, bool)> = own
        .filter_map(|own| {
            let observed = own.observed.as_ref()?;
            let interval = observed.interval;
            let apart = interval.is_some_and(|own| own.lower > 0.0 || own.upper < 0.0);
            Some((observed.r, apart))
        })
        .collect();
    let standing = match known.iter().filter(|(_, apart)| *apart).count() {
        _ if !known.is_empty() && evidence.n < SMALLEST_GROUP => Standing::Open,
        0 if known.is_empty() => Standing::NotExamined,
        0 => Standing::NotSupported,
        all if all == known.len() => Standing::Supported,
        _ => Standing::Mixed,
    };
    let largest = known.iter().map(|(r, _)| *r).max_by(|a, b| a.abs().total_cmp(&b.abs()));
    cell(EvidenceKind::Relations, standing, largest, None)
}

fn content(evidence: &Evidence, id: &str) -> OverviewCell {
    let kind = EvidenceKind::Content;
    let own = evidence.content.ratings.as_ref();
    match own.and_then(|ratings| ratings.dimensions.iter().find(|own| own.dimension == id)) {
        None => cell(kind, Standing::NotExamined, None, None),
        Some(own) => {
            let own = &own.scale;
            let good = own.meeting == own.items && own.s_cvi_ave >= RELEVANT;
            let standing = if good { Standing::Supported } else { Standing::NotSupported };
            cell(kind, standing, Some(own.s_cvi_ave), None)
        }
    }
}

fn perspectives(evidence: &Evidence, id: &str) -> OverviewCell {
    let kind = EvidenceKind::Perspectives;
    let found = evidence.content.perspectives.as_ref();
    let row = found.and_then(|own| own.dimensions.iter().find(|own| own.dimension == id));
    match row {
        Some(row) if !row.not_examined => {
            let raised = row.cells.iter().filter(|cell| cell.share >= 0.5).count();
            counted(kind, standing(evidence, Some(id), &[Aspect::Perspectives]), raised, row.cells.len())
        }
        _ => cell(kind, Standing::NotExamined, None, None),
    }
}

pub(super) fn of_construct(evidence: &Evidence) -> Cells {
    use EvidenceKind::{Comparability, Content, Perspectives, Relations, Reliability, Structure};
    let id = Some(evidence.construct.id.as_str());
    let scale = evidence.overall.as_ref();
    let alpha = scale.and_then(|own| own.reliability.as_ref()?.alpha.raw);
    let precision =
        scale.filter(|own| own.n >= SMALLEST_GROUP).and_then(reliability).map(|(verdict, _)| verdict);
    let structure = standing(evidence, id, &[Aspect::Rivals, Aspect::Dimensionality, Aspect::CrossLoadings]);
    let cfi = preferred(&evidence.structures).and_then(|own| own.measure("cfi"));
    let same = [Aspect::Invariance, Aspect::ItemFunctioning];
    let (ladders, of_ladders) = holding(evidence, None, &[Aspect::Invariance]);
    let related =
        [Aspect::Convergence, Aspect::Distinctness, Aspect::Criteria, Aspect::Hypotheses, Aspect::Paths];
    let tally = evidence.hypothesis_tally;
    let of_tested = (tally.tested > 0).then_some(tally.tested);
    let judged = [Aspect::Relevance, Aspect::Sorting, Aspect::Agreement];
    let ratings = evidence.content.ratings.as_ref();
    let (raised, of_raised) = holding(evidence, None, &[Aspect::Perspectives]);
    let cells = vec![
        cell(Reliability, Standing::of(precision.into_iter()), alpha, None),
        cell(Structure, structure, cfi, None),
        cell(Comparability, standing(evidence, None, &same), ladders, of_ladders),
        cell(
            Relations,
            standing(evidence, id, &related),
            of_tested.map(|_| tally.confirmed as f64),
            of_tested,
        ),
        cell(Content, standing(evidence, id, &judged), ratings.map(|own| own.scale.s_cvi_ave), None),
        cell(Perspectives, standing(evidence, None, &[Aspect::Perspectives]), raised, of_raised),
    ];
    (cells, scale.is_some_and(is_precise))
}
