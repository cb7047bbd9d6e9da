//! Response scales: the answers an item allows.

use super::{Code, Localized};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// A point of a response scale.
///
/// ```
/// use psychometrics::construct::ResponseScale;
///
/// let scale = ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]);
/// assert_eq!((scale.points[1].code.value(), scale.points[1].label.get("en")), (2.0, Some("Neutral")));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The number that stands for the answer.
    pub code: Code,
    /// The words shown to the respondent; in the data they may stand in place of the code.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub label: Localized,
}

/// The answers that an item allows: a closed list, or (continuous) all numbers of a range.
///
/// In a file: `points` with codes and labels; or `labels` alone, which are coded 1, 2, 3, ... in their order; or
/// `continuous = true` and a `range`. `missing` takes codes and texts.
///
/// ```
/// use psychometrics::construct::ResponseScale;
/// let scale = ResponseScale::likert("agreement", ["Disagree", "Neutral", "Agree"]);
/// assert_eq!(scale.bounds(), (1.0, 3.0));
/// assert_eq!(scale.points[2].label.get("en"), Some("Agree"));
/// assert_eq!(ResponseScale::range("ten", 0, 10).points.len(), 11);
/// assert_eq!(ResponseScale::slider("percent", 0.0, 100.0).bounds(), (0.0, 100.0));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct ResponseScale {
    /// Id, as in the table `[scales.ID]` of the file.
    pub id: String,
    /// All answers; none of a continuous scale.
    pub points: Vec<Point>,
    /// Codes that mean "no answer" on this scale.
    pub missing: Vec<Code>,
    /// Texts that mean "no answer" on this scale.
    pub missing_texts: Vec<String>,
    /// Lowest and highest answer of a continuous scale (a slider, a visual analogue scale): every number between them is an
    /// answer, and such an item is never taken for ordinal unless that is asked for.
    pub continuous: Option<(f64, f64)>,
}

/// A scale as it stands in a file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    points: Vec<Point>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    labels: Vec<Localized>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    missing: Vec<NoAnswer>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    continuous: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    range: Option<(f64, f64)>,
}

/// A code or a text that means "no answer".
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged, expecting = "a number, or a text between double quotes, that means \"no answer\"")]
enum NoAnswer {
    Code(Code),
    Text(String),
}

impl From<Written> for ResponseScale {
    fn from(written: Written) -> Self {
        let mut points = written.points;
        if points.is_empty() {
            points = (1..)
                .zip(written.labels)
                .map(|(code, label)| Point { code: Code::from(code), label })
                .collect();
        }
        let (mut missing, mut missing_texts) = (Vec::new(), Vec::new());
        for one in written.missing {
            match one {
                NoAnswer::Code(code) => missing.push(code),
                NoAnswer::Text(text) => missing_texts.push(text),
            }
        }
        let range = written.range.unwrap_or((f64::NAN, f64::NAN));
        let continuous = (written.continuous || written.range.is_some()).then_some(range);
        Self { id: String::new(), points, missing, missing_texts, continuous }
    }
}

impl From<ResponseScale> for Written {
    fn from(scale: ResponseScale) -> Self {
        let codes = scale.missing.into_iter().map(NoAnswer::Code);
        Self {
            points: scale.points,
            labels: Vec::new(),
            missing: codes.chain(scale.missing_texts.into_iter().map(NoAnswer::Text)).collect(),
            continuous: scale.continuous.is_some(),
            range: scale.continuous,
        }
    }
}

impl ResponseScale {
    /// A scale of English labels coded 1, 2, 3, ...
    pub fn likert<S: Into<String>>(id: impl Into<String>, labels: impl IntoIterator<Item = S>) -> Self {
        let points = (1..)
            .zip(labels)
            .map(|(code, label)| Point { code: Code::from(code), label: Localized::new("en", label) })
            .collect();
        Self { id: id.into(), points, ..Self::default() }
    }

    /// A scale of bare codes from `low` to `high`.
    pub fn range(id: impl Into<String>, low: i64, high: i64) -> Self {
        let points =
            (low..=high).map(|code| Point { code: Code::from(code), label: Localized::default() }).collect();
        Self { id: id.into(), points, ..Self::default() }
    }

    /// A continuous scale from `low` to `high`.
    pub fn slider(id: impl Into<String>, low: f64, high: f64) -> Self {
        Self { id: id.into(), continuous: Some((low, high)), ..Self::default() }
    }

    /// Lowest and highest answer that the scale declares.
    pub fn bounds(&self) -> (f64, f64) {
        let codes = || self.points.iter().map(|p| p.code);
        let value = |code: Option<Code>| code.map_or(0.0, Code::value);
        self.continuous.unwrap_or((value(codes().min()), value(codes().max())))
    }

    /// Whether its answers are whole numbers, or on a range between two of them.
    pub(crate) fn is_whole(&self) -> bool {
        let (low, high) = self.bounds();
        low.fract() == 0.0 && high.fract() == 0.0 && self.points.iter().all(|point| point.code.is_whole())
    }

    /// Labels that more than one code has, with these codes: nothing that words in the data could be read by.
    pub(crate) fn shared_labels(&self) -> Vec<(&str, Vec<Code>)> {
        let mut shared: Vec<(&str, Vec<Code>)> = Vec::new();
        fn labels(point: &Point) -> impl Iterator<Item = &str> {
            point.label.all().map(str::trim).filter(|label| !label.is_empty())
        }
        for (i, point) in self.points.iter().enumerate() {
            for label in labels(point) {
                if shared.iter().any(|(own, _)| same_label(own, label)) {
                    continue;
                }
                let others = self.points[i + 1..].iter();
                let others = others.filter(|other| labels(other).any(|own| same_label(own, label)));
                let others: Vec<Code> = others.map(|other| other.code).collect();
                if !others.is_empty() {
                    shared.push((label, [vec![point.code], others].concat()));
                }
            }
        }
        shared
    }

    pub(super) fn check(&self, id: &str) -> Result<()> {
        if let Some((low, high)) = self.continuous {
            let reason =
                |what: &str| Error::ConstructSyntax { place: format!("scale '{id}'"), reason: what.into() };
            if !(low < high && low.is_finite() && high.is_finite()) {
                return Err(reason(
                    "a continuous scale needs its lowest and highest answer: range = [0, 100]",
                ));
            }
            if !self.points.is_empty() {
                return Err(reason("a continuous scale has a range and no points: leave out one of them"));
            }
            return Ok(());
        }
        if self.points.len() < 2 {
            return Err(Error::ScaleTooShort { scale: id.into(), points: self.points.len() });
        }
        let ambiguous = |what: String| Error::AmbiguousScale { scale: id.into(), what };
        for (i, point) in self.points.iter().enumerate() {
            if self.missing.contains(&point.code) {
                return Err(ambiguous(format!("code {} both as an answer and as missing", point.code)));
            }
            let missing =
                point.label.all().find(|l| self.missing_texts.iter().any(|text| same_label(text, l)));
            if let Some(label) = missing {
                return Err(ambiguous(format!("label '{label}' both as an answer and as missing")));
            }
            for other in &self.points[..i] {
                if other.code == point.code {
                    return Err(ambiguous(format!("code {}", point.code)));
                }
            }
        }
        Ok(())
    }
}

/// Labels are compared without regard to case and to white space around them.
pub(crate) fn same_label(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}
