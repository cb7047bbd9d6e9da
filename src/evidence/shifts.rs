//! A validation beside the same without the flagged respondents.

use crate::evidence::conclusion::{Aspect, Conclusion, Verdict};
use crate::evidence::dimension_evidence::ScaleEvidence;
use crate::evidence::evidence::Evidence;
use crate::evidence::response_process::CarelessResponding;
use crate::evidence::sensitivity::{
    ChangedConclusion, HypothesisShift, ScaleShift, Sensitivity, Shift, StructureShift,
};
use crate::evidence::structure_evidence::StructureEvidence;

/// What is another without the flagged respondents.
pub(crate) fn sensitivity_between(
    all: &Evidence,
    without: &Evidence,
    careless: &CarelessResponding,
) -> Sensitivity {
    let scale = |name: &str, own: &ScaleEvidence, other: Option<&ScaleEvidence>| {
        let of =
            |f: &dyn Fn(&ScaleEvidence) -> Option<f64>| Shift { all: f(own), without: other.and_then(f) };
        ScaleShift {
            scale: name.into(),
            n: Shift { all: own.n, without: other.map_or(0, |s| s.n) },
            alpha: of(&|s| s.reliability.as_ref()?.alpha.raw),
            omega: of(&|s| s.reliability.as_ref()?.omega.total),
        }
    };
    let mut scales: Vec<ScaleShift> = all
        .dimensions
        .iter()
        .filter(|d| !d.scale.items.is_empty())
        .map(|d| {
            let other = without.dimensions.iter().find(|o| o.id == d.id);
            scale(&d.id, &d.scale, other.map(|o| &o.scale))
        })
        .collect();
    if let Some(overall) = &all.overall {
        scales.push(scale(&all.construct.id, overall, without.overall.as_ref()));
    }
    let mut structures: Vec<StructureShift> = all
        .dimensions
        .iter()
        .filter_map(|d| {
            let other = without.dimensions.iter().find(|o| o.id == d.id);
            Some(structure(&d.id, d.structure.as_ref()?, other.and_then(|o| o.structure.as_ref())))
        })
        .collect();
    let rivals = all.structures.iter();
    structures.extend(rivals.map(|s| structure(&all.construct.id, s, without.structure(&s.name))));
    let hypotheses = all.hypotheses.iter().map(|h| {
        let other = without.hypotheses.iter().find(|o| o.id == h.id);
        HypothesisShift {
            id: h.id.clone(),
            estimate: Shift { all: h.estimate, without: other.and_then(|o| o.estimate) },
            confirmed: Shift { all: h.confirmed, without: other.and_then(|o| o.confirmed) },
        }
    });
    let name = |evidence: &Evidence| evidence.preferred().map(|s| s.name.clone());
    Sensitivity {
        flags: careless.flags,
        n: Shift { all: all.n, without: without.n },
        left_out: careless
            .respondents
            .iter()
            .map(|r| r.respondent.clone().unwrap_or_else(|| r.row.to_string()))
            .collect(),
        scales,
        structures,
        hypotheses: hypotheses.collect(),
        preferred: Shift { all: name(all), without: name(without) },
        changed: changed(all, without),
    }
}

fn structure(about: &str, own: &StructureEvidence, other: Option<&StructureEvidence>) -> StructureShift {
    let of = |name: &str| Shift { all: own.measure(name), without: other.and_then(|o| o.measure(name)) };
    StructureShift {
        about: about.into(),
        structure: own.name.clone(),
        n: Shift {
            all: Some(own.result.missing.rows_used),
            without: other.map(|o| o.result.missing.rows_used),
        },
        chisq: of("chisq"),
        df: of("df"),
        cfi: of("cfi"),
        rmsea: of("rmsea"),
        srmr: of("srmr"),
    }
}

/// The conclusions of both by what they are about; of several about the same, the first goes with the first.
fn changed(all: &Evidence, without: &Evidence) -> Vec<ChangedConclusion> {
    let verdicts = |evidence: &Evidence, about: &str, aspect: Aspect| -> Vec<Verdict> {
        let own = evidence.conclusions.iter().filter(|c| c.about == about && c.aspect == aspect);
        own.map(|c| c.verdict).collect()
    };
    let mut keys: Vec<(&str, Aspect)> = Vec::new();
    // ladders and item response models are not made again
    let is_repeated = |own: &&Conclusion| {
        !matches!(own.aspect, Aspect::Invariance | Aspect::LatentDifferences | Aspect::Precision)
    };
    for conclusion in all.conclusions.iter().chain(&without.conclusions).filter(is_repeated) {
        let key = (conclusion.about.as_str(), conclusion.aspect);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let mut found = Vec::new();
    for (about, aspect) in keys {
        let (own, others) = (verdicts(all, about, aspect), verdicts(without, about, aspect));
        for i in 0..own.len().max(others.len()) {
            let (all, without) = (own.get(i).copied(), others.get(i).copied());
            if all != without {
                found.push(ChangedConclusion { about: about.into(), aspect, all, without });
            }
        }
    }
    found
}
