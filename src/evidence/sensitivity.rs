//! Whether what is concluded hangs on respondents who may not have read the items: the same validation with and without
//! those whom several indices of careless answers flag.
//!
//! A result that changes little speaks for itself; one that hangs on a few per cent of the respondents must be reported
//! both ways (Curran 2016; Meade & Craig 2012; DeSimone, Harms & DeSimone 2015). Leaving them out is no verdict on them.

use super::conclusion::{Aspect, Verdict};
use super::response_process::CARELESS_FLAGS;
use crate::construct::Repetition;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Whether a validation is repeated without some respondents.
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::evidence::{SensitivityRun, Validation};
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// // once more without whom two indices of careless answers flag
/// let validation = Validation::of(&construct).sensitivity(SensitivityRun::WithoutFlagged { flags: 2 });
/// # let _ = validation;
/// assert_eq!(SensitivityRun::WithoutFlagged { flags: 2 }.to_string(), "2");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let sensitivity = evidence.sensitivity.as_ref().unwrap();
/// assert_eq!((sensitivity.flags, sensitivity.n.all, sensitivity.n.without), (2, 902, 898));
/// assert_eq!((sensitivity.left_out.len(), sensitivity.changes()), (4, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
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
    pub preferred: Shift<Option<Cow<'static, str>>>,
    /// Conclusions with another verdict.
    pub changed: Vec<ChangedConclusion>,
}

/// A value with all respondents, and without the flagged.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let n = evidence.sensitivity.as_ref().unwrap().n;
/// assert_eq!((n.all, n.without), (902, 898));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Shift<T> {
    /// With all.
    pub all: T,
    /// Without the flagged.
    pub without: T,
}

/// A scale, both ways.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let scale = &evidence.sensitivity.as_ref().unwrap().scales[1];
/// assert_eq!(scale.scale.as_str(), "methodical");
/// assert_eq!(format!("{:.3} {:.3}", scale.alpha.all.unwrap(), scale.alpha.without.unwrap()), "0.842 0.844");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let structures = &evidence.sensitivity.as_ref().unwrap().structures;
/// let own = structures.iter().find(|own| own.structure == "correlated").unwrap();
/// assert_eq!(format!("{:.3} {:.3}", own.cfi.all.unwrap(), own.cfi.without.unwrap()), "1.000 1.000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StructureShift {
    /// The dimension or the construct.
    pub about: String,
    /// The structure.
    pub structure: Cow<'static, str>,
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
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let first = &evidence.sensitivity.as_ref().unwrap().hypotheses[0];
/// assert_eq!((first.id.as_str(), first.confirmed.all, first.confirmed.without), ("H1", Some(true), Some(true)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HypothesisShift {
    /// Its id.
    pub id: String,
    /// The estimate.
    pub estimate: Shift<Option<f64>>,
    /// Whether it is confirmed; none where it could not be tested.
    pub confirmed: Shift<Option<bool>>,
}

/// A conclusion that is another without the flagged.
///
/// ```
/// use psychometrics::evidence::{Aspect, ChangedConclusion, Verdict};
///
/// // as it stands in a stored validation
/// let stored = r#"{"about":"care","aspect":"reliability","all":"supported","without":"mixed"}"#;
/// let changed: ChangedConclusion = serde_json::from_str(stored).unwrap();
/// assert_eq!(
///     (changed.aspect, changed.all, changed.without),
///     (Aspect::Reliability, Some(Verdict::Supported), Some(Verdict::Mixed))
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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
    /// Whether a conclusion, a hypothesis or the preferred structure is another.
    pub fn changes(&self) -> bool {
        let differs = |h: &HypothesisShift| h.confirmed.all != h.confirmed.without;
        !self.changed.is_empty()
            || self.preferred.all != self.preferred.without
            || self.hypotheses.iter().any(differs)
    }
}
