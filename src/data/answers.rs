//! From a cell to an answer on a response scale.
//!
//! An answer is a code of the scale (`5` or `5.0`), or one of its labels in any language, compared
//! without regard to case and surrounding white space, or both together (`5 - Agree`). A reversed item is keyed as min + max - x,
//! with the ends of the *declared* scale.

use super::cell::{Cell, MissingCodes, RawCell, decimal_comma, number};
use crate::construct::{Code, Construct, Item, ResponseScale, same_label};
use crate::error::{BETWEEN_CODES, DECIMAL_COMMA, Error, Result};
use std::collections::HashMap;

/// Codes of a longer scale are abbreviated in messages.
const LISTED_POINTS: usize = 12;

/// What a cell of an item holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Answer {
    /// A keyed answer.
    Given(f64),
    /// No answer: 0 when empty or `NA`, otherwise the position of the missing code, from 1.
    Missing(usize),
    /// Something the scale does not know.
    Unknown,
}

/// Reads the answers to one item.
#[derive(Debug)]
pub(super) struct AnswerReader {
    scale: String,
    codes: Vec<Code>,
    /// Lowest and highest answer of a continuous scale.
    continuous: Option<(f64, f64)>,
    labels: HashMap<String, Code>,
    /// Labels of more than one code.
    shared: Vec<String>,
    missing: MissingCodes,
    /// min + max, where the item is reversed.
    reversal: Option<f64>,
}

impl AnswerReader {
    /// Readers for all items of a construct, in its order.
    ///
    /// # Errors
    /// [`Error::NothingMeasured`] when there are no items; as [`AnswerReader::new`].
    pub(super) fn of_items(construct: &Construct, of_file: &MissingCodes) -> Result<Vec<Self>> {
        if construct.items.is_empty() {
            return Err(Error::NothingMeasured { construct: construct.id().into() });
        }
        construct.items.iter().map(|item| Self::new(construct, item, of_file)).collect()
    }

    /// A reader for `item`; `of_file`: what is missing in the file.
    ///
    /// # Errors
    /// [`Error::UnknownReference`] when the construct lacks the scale; [`Error::AmbiguousScale`] when
    /// a missing code of the data is a point of the scale.
    pub(super) fn new(construct: &Construct, item: &Item, of_file: &MissingCodes) -> Result<Self> {
        let scale = construct.scale_of(item).ok_or_else(|| Error::UnknownReference {
            from: format!("item '{}'", item.id),
            kind: "scale".into(),
            to: item.scale.clone(),
            nearest: None,
        })?;
        let declared = construct.data.iter().flat_map(|data| data.missing_codes.iter().map(String::as_str));
        let of_scale: Vec<String> =
            scale.missing.iter().map(Code::to_string).chain(scale.missing_texts.iter().cloned()).collect();
        let missing =
            MissingCodes::new(declared.chain(of_scale.iter().map(String::as_str)).chain(of_file.declared()));
        if let Some(point) = scale.points.iter().find(|p| missing.covers(p.code.value()).is_some()) {
            let what = format!("code {} both as an answer and as missing", point.code);
            return Err(Error::AmbiguousScale { scale: item.scale.clone(), what });
        }
        let mut codes: Vec<Code> = scale.points.iter().map(|p| p.code).collect();
        codes.sort_unstable();
        let (low, high) = scale.bounds();
        Ok(Self {
            scale: item.scale.clone(),
            codes,
            continuous: scale.continuous,
            labels: labels(scale),
            shared: scale.shared_labels().into_iter().map(|(label, _)| label.to_string()).collect(),
            missing,
            reversal: item.reverse.then_some(low + high),
        })
    }

    /// The missing codes, in the order of [`Answer::Missing`] from 1.
    pub(super) fn missing_codes(&self) -> impl Iterator<Item = &str> {
        self.missing.codes()
    }

    /// Reads a cell.
    pub(super) fn read(&self, cell: RawCell<'_>) -> Answer {
        match self.missing.read_raw(cell) {
            Cell::Missing(code) => Answer::Missing(code),
            Cell::Number(value) if self.has_code(value) => self.keyed(value),
            _ => self.label(&cell.text()).map_or(Answer::Unknown, |code| self.keyed(code.value())),
        }
    }

    fn has_code(&self, value: f64) -> bool {
        if let Some((low, high)) = self.continuous {
            return (low..=high).contains(&value);
        }
        Code::new(value).is_some_and(|code| self.codes.binary_search(&code).is_ok())
    }

    fn keyed(&self, code: f64) -> Answer {
        Answer::Given(self.reversal.map_or(code, |ends| ends - code))
    }

    fn label(&self, cell: &[u8]) -> Option<Code> {
        let text = std::str::from_utf8(cell).ok()?;
        self.labels.get(text).or_else(|| self.labels.get(&text.trim().to_lowercase())).copied()
    }

    /// Why a cell was refused, and what is allowed.
    pub(super) fn problem(&self, cell: &str) -> String {
        let point = decimal_comma(cell);
        let is_answer = |text: &String| number(text.as_bytes()).is_some_and(|value| self.has_code(value));
        if let Some(point) = point.filter(is_answer) {
            return format!("{DECIMAL_COMMA}; write {point}");
        }
        if is_day(cell) {
            return "is a date, not an answer: a spreadsheet may have made one of '1-2'; format the column as text".into();
        }
        if self.shared.iter().any(|label| same_label(label, cell)) {
            return format!("is the label of two codes of the scale '{}': give the code", self.scale);
        }
        if let Some((low, high)) = self.continuous {
            let why = if number(cell.as_bytes()).is_some() {
                "is outside the range"
            } else {
                "is no number on the range"
            };
            return format!("{why} {low} to {high} of the scale '{}'", self.scale);
        }
        let ends = self.codes.first().zip(self.codes.last());
        let within = |value: f64| {
            value.fract() != 0.0
                && ends.is_some_and(|(low, high)| value > low.value() && value < high.value())
        };
        if number(cell.as_bytes()).is_some_and(within) {
            return format!("{BETWEEN_CODES} '{}'", self.scale);
        }
        let allowed = if self.codes.len() > LISTED_POINTS {
            let last = self.codes.len() - 1;
            format!("{}, {}, ..., {}", self.codes[0], self.codes[1], self.codes[last])
        } else {
            self.codes.iter().map(Code::to_string).collect::<Vec<_>>().join(", ")
        };
        let label = if self.labels.is_empty() { "" } else { " or a label" };
        format!("is not on the scale '{}': {allowed}{label}", self.scale)
    }
}

/// Whether a text is a day: three numbers between strokes.
fn is_day(cell: &str) -> bool {
    let parts: Vec<&str> = cell.split(['-', '/']).collect();
    let number = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(number) && parts.iter().any(|part| part.len() == 4)
}

/// Codes by label, as written and in lower case; and by code and label together ("4 - Agree").
fn labels(scale: &ResponseScale) -> HashMap<String, Code> {
    let mut labels: HashMap<String, Code> = HashMap::new();
    let each =
        || scale.points.iter().flat_map(|point| point.label.all().map(|label| (point.code, label.trim())));
    let shared = scale.shared_labels();
    let of_one = |label: &str| !label.is_empty() && !shared.iter().any(|(own, _)| same_label(own, label));
    for (code, label) in each().filter(|(_, label)| of_one(label)) {
        labels.extend([label.to_string(), label.to_lowercase()].map(|label| (label, code)));
    }
    for (code, label) in each().filter(|(_, label)| !label.is_empty()) {
        for both in WITH_CODE.map(|form| form.replace('#', &code.to_string()).replace('@', label)) {
            labels.entry(both.to_lowercase()).or_insert(code);
        }
    }
    labels
}

/// Ways in which survey programs write a code (#) and its label (@) in one cell.
const WITH_CODE: [&str; 10] =
    ["# - @", "# – @", "#. @", "#: @", "#) @", "# = @", "#=@", "# @", "(#) @", "@ (#)"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::construct::{DataSource, Dimension, Localized, Point};

    fn reader(item: Item, missing_codes: &[&str]) -> Result<AnswerReader> {
        let labels = [("Disagree", "Oneens"), ("Neutral", "Neutraal"), ("Agree", "Eens")];
        let point = |(code, (en, nl))| Point {
            code: Code::from(code),
            label: Localized::new("en", en).and("nl", nl),
        };
        let points = (1..).zip(labels).map(point).collect();
        let construct = Construct::builder("c")
            .scale(ResponseScale {
                id: "agreement".into(),
                points,
                missing: vec![Code::from(9)],
                ..ResponseScale::default()
            })
            .scale(ResponseScale::range("percent", 0, 100))
            .dimension(Dimension::new("d"))
            .item(item.clone())
            .data(DataSource {
                missing_codes: missing_codes.iter().map(|c| c.to_string()).collect(),
                ..DataSource::default()
            })
            .build()?;
        AnswerReader::new(&construct, &item, &MissingCodes::default())
    }

    #[test]
    fn codes_and_labels_of_any_language_and_case_are_answers() {
        let reader = reader(Item::new("q", "d", "agreement"), &["refused"]).unwrap();
        for cell in ["3", "3.0", "+3", "Agree", "agree", "EENS", "eens"] {
            assert_eq!(reader.read(RawCell::Text(cell.as_bytes())), Answer::Given(3.0), "{cell}");
        }
        for cell in ["3 - Agree", "3. agree", "3: Eens", "3 = Agree", "(3) Agree", "Agree (3)"] {
            assert_eq!(
                reader.read(RawCell::Text(cell.as_bytes())),
                Answer::Given(3.0),
                "code and label: {cell}"
            );
        }
        assert_eq!(
            reader.read(RawCell::Text(b"2 - Agree")),
            Answer::Unknown,
            "code and label that do not go together"
        );
        assert_eq!(reader.read(RawCell::Text(b"")), Answer::Missing(0));
        assert_eq!(reader.read(RawCell::Text(b"NA")), Answer::Missing(0));
        assert_eq!(reader.read(RawCell::Text(b"refused")), Answer::Missing(1));
        assert_eq!(reader.read(RawCell::Text(b"9")), Answer::Missing(2));
        assert_eq!(reader.missing_codes().collect::<Vec<_>>(), ["refused", "9"]);
        for cell in ["0", "4", "2.5", "3,0", "Agre", "1e30", "-1"] {
            assert_eq!(reader.read(RawCell::Text(cell.as_bytes())), Answer::Unknown, "{cell}");
        }
        assert_eq!(reader.read(RawCell::Missing), Answer::Missing(0));
        assert_eq!(reader.read(RawCell::Number(9.0)), Answer::Missing(2));
        assert_eq!(reader.read(RawCell::Number(3.0)), Answer::Given(3.0));
        assert_eq!(reader.read(RawCell::Number(2.5)), Answer::Unknown);
    }

    #[test]
    fn the_declared_range_reverses() {
        let reader = reader(Item::new("q", "d", "percent").reversed(), &[]).unwrap();
        assert_eq!(reader.read(RawCell::Text(b"30")), Answer::Given(70.0));
        assert_eq!(reader.problem("101"), "is not on the scale 'percent': 0, 1, ..., 100");
    }

    #[test]
    fn a_refusal_says_what_is_allowed() {
        let reader = reader(Item::new("q", "d", "agreement"), &[]).unwrap();
        assert_eq!(reader.problem("7"), "is not on the scale 'agreement': 1, 2, 3 or a label");
        assert_eq!(reader.problem("2,0"), "has a decimal comma; write 2.0");
        assert_eq!(reader.problem("2,5"), "is not on the scale 'agreement': 1, 2, 3 or a label");
        assert_eq!(reader.problem("2.5"), "lies between codes of the scale 'agreement'");
        assert_eq!(reader.problem("3.5"), "is not on the scale 'agreement': 1, 2, 3 or a label");
    }

    #[test]
    fn half_points_are_codes_and_words_of_two_codes_are_refused() {
        let point = |(code, label): (f64, &str)| Point {
            code: Code::new(code).unwrap(),
            label: Localized::new("en", label),
        };
        let points = [(1.0, "Low"), (1.5, "low "), (2.0, "High")].map(point).to_vec();
        let scale = ResponseScale { id: "half".into(), points, ..ResponseScale::default() };
        let item = Item::new("q", "d", "half").reversed();
        let construct =
            Construct::builder("c").scale(scale).dimension(Dimension::new("d")).item(item.clone());
        let construct = construct.build().unwrap();
        assert_eq!(construct.warnings().len(), 1);
        assert_eq!(
            construct.warnings()[0].to_string(),
            "scale 'half': 'Low' is the label of the codes 1, 1.5; a cell with this word is refused, codes are read"
        );
        let reader = AnswerReader::new(&construct, &item, &MissingCodes::default()).unwrap();
        let read = |cell: &str| reader.read(RawCell::Text(cell.as_bytes()));
        assert_eq!([read("1.5"), read("1"), read("high")], [1.5, 2.0, 1.0].map(Answer::Given));
        assert_eq!([read("Low"), read("LOW"), read("1.25")], [Answer::Unknown; 3]);
        assert_eq!(read("1.5 - Low"), Answer::Given(1.5));
        assert_eq!(reader.problem("low"), "is the label of two codes of the scale 'half': give the code");
        assert_eq!(reader.problem("3"), "is not on the scale 'half': 1, 1.5, 2 or a label");
    }

    #[test]
    fn a_missing_code_that_is_an_answer_is_refused() {
        let error = reader(Item::new("q", "d", "percent"), &["99"]).unwrap_err();
        assert_eq!(error.code(), "ambiguous_scale");
    }
}
