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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Shift<T> {
    /// With all.
    pub all: T,
    /// Without the flagged.
    pub without: T,
}

/// A scale, both ways.
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
