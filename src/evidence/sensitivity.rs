//! Whether what is concluded hangs on respondents who may not have read the items: the same validation with and without
//! those whom several indices of careless answers flag.
//!
//! A result that changes little speaks for itself; one that hangs on a few per cent of the respondents must be reported
//! both ways (Curran 2016; Meade & Craig 2012; DeSimone, Harms & DeSimone 2015). Leaving them out is no verdict on them.

use super::conclusion::{Aspect, Verdict};
use super::evidence::{Evidence, ScaleEvidence, StructureEvidence};
use super::response_process::{CARELESS_FLAGS, CarelessResponding};
use crate::construct::Repetition;
use serde::Serialize;

/// Whether a validation is repeated without some respondents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SensitivityRun {
    /// It is not.
    #[default]
    None,
    /// Without those whom as many indices of careless answers flag
    /// ([`CARELESS_FLAGS`](super::response_process::CARELESS_FLAGS)).
    WithoutFlagged {
        /// Indices that must agree.
        flags: usize,
    },
}

impl From<Repetition> for SensitivityRun {
    fn from(asked: Repetition) -> Self {
        match asked {
            Repetition::None => Self::None,
            Repetition::WithoutFlagged => Self::WithoutFlagged { flags: CARELESS_FLAGS },
            Repetition::WithoutFlaggedBy(flags) => Self::WithoutFlagged { flags },
        }
    }
}

/// A validation with all respondents beside one without those who were flagged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sensitivity {
    /// Indices of careless answers that must flag a respondent.
    pub flags: usize,
    /// Respondents with an answer; and without the flagged.
    pub n: Shift<usize>,
    /// The flagged: ids, or rows of the data from 1.
    pub left_out: Vec<String>,
    /// The dimensions, and the construct as one scale.
    pub scales: Vec<ScaleShift>,
    /// The model of each dimension, and the rival structures.
    pub structures: Vec<StructureShift>,
    /// The hypotheses.
    pub hypotheses: Vec<HypothesisShift>,
    /// The preferred structure; none where none has a proper solution.
    pub preferred: Shift<Option<&'static str>>,
    /// Conclusions with another verdict.
    pub changed: Vec<ChangedConclusion>,
}

/// A value with all respondents, and without the flagged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shift<T> {
    /// With all.
    pub all: T,
    /// Without the flagged.
    pub without: T,
}

/// A scale, both ways.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScaleShift {
    /// The dimension or the construct.
    pub scale: String,
    /// Respondents with complete answers.
    pub n: Shift<usize>,
    /// Alpha.
    pub alpha: Shift<Option<f64>>,
    /// Omega of one factor.
    pub omega: Shift<Option<f64>>,
}

/// A structure, both ways; measures as they are reported (robust before scaled).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StructureShift {
    /// The dimension or the construct.
    pub about: String,
    /// The structure.
    pub structure: &'static str,
    /// Rows used.
    pub n: Shift<Option<usize>>,
    /// Chi-square.
    pub chisq: Shift<Option<f64>>,
    /// Degrees of freedom.
    pub df: Shift<Option<f64>>,
    /// CFI.
    pub cfi: Shift<Option<f64>>,
    /// RMSEA.
    pub rmsea: Shift<Option<f64>>,
    /// SRMR.
    pub srmr: Shift<Option<f64>>,
}

/// A hypothesis, both ways.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HypothesisShift {
    /// Its id.
    pub id: String,
    /// The estimate.
    pub estimate: Shift<Option<f64>>,
    /// Whether it is confirmed; none where it could not be tested.
    pub confirmed: Shift<Option<bool>>,
}

/// A conclusion that is another without the flagged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedConclusion {
    /// The dimension or the construct.
    pub about: String,
    /// Which side of it.
    pub aspect: Aspect,
    /// The verdict with all; none where there was no such conclusion.
    pub all: Option<Verdict>,
    /// The verdict without the flagged.
    pub without: Option<Verdict>,
}

impl Sensitivity {
    pub(crate) fn between(all: &Evidence, without: &Evidence, careless: &CarelessResponding) -> Self {
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
        structures.extend(rivals.map(|s| structure(&all.construct.id, s, without.structure(s.name))));
        let hypotheses = all.hypotheses.iter().map(|h| {
            let other = without.hypotheses.iter().find(|o| o.id == h.id);
            HypothesisShift {
                id: h.id.clone(),
                estimate: Shift { all: h.estimate, without: other.and_then(|o| o.estimate) },
                confirmed: Shift { all: h.confirmed, without: other.and_then(|o| o.confirmed) },
            }
        });
        let name = |evidence: &Evidence| evidence.preferred().map(|s| s.name);
        Self {
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

    /// Whether a conclusion, a hypothesis or the preferred structure is another.
    pub fn changes(&self) -> bool {
        let differs = |h: &HypothesisShift| h.confirmed.all != h.confirmed.without;
        !self.changed.is_empty()
            || self.preferred.all != self.preferred.without
            || self.hypotheses.iter().any(differs)
    }
}

fn structure(about: &str, own: &StructureEvidence, other: Option<&StructureEvidence>) -> StructureShift {
    let of = |name: &str| Shift { all: own.measure(name), without: other.and_then(|o| o.measure(name)) };
    StructureShift {
        about: about.into(),
        structure: own.name,
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
    for conclusion in all.conclusions.iter().chain(&without.conclusions) {
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
