//! The response scale of a family of columns, and what was guessed of it.

use super::families::Family;
use super::seen::Seen;
use crate::construct::{Code, Localized, Point, ResponseScale, same_label};
use std::collections::BTreeSet;

/// Of codes that lie farther apart, those between that nobody chose are no points of a scale.
const LONGEST: f64 = 100.0;

/// A scale with what is to be said of it.
#[derive(Debug)]
pub(super) struct DraftedScale {
    pub(super) scale: ResponseScale,
    pub(super) remarks: Vec<String>,
    /// What somebody has to decide.
    pub(super) decide: Vec<String>,
}

/// The scale of a family.
pub(super) fn scale_of(id: &str, family: &Family, seen: &[Seen<'_>]) -> DraftedScale {
    let (mut remarks, mut decide) = (Vec::new(), Vec::new());
    if let Some((low, high)) = family.slider {
        remarks.push("guessed: numbers that fill the range of a slider".into());
        return DraftedScale { scale: ResponseScale::slider(id, low, high), remarks, decide };
    }
    let codes = family.codes(seen);
    let ends = || codes.iter().chain(family.words.keys());
    let (low, high) = (ends().min().copied().unwrap_or(1.into()), ends().max().copied().unwrap_or(2.into()));
    let mut points: Vec<Point> = Vec::new();
    let few = high.value() - low.value() <= LONGEST && ends().all(|code| code.is_whole());
    let known: BTreeSet<Code> = match few {
        true => (low.value() as i64..=high.value() as i64).map(Code::from).collect(),
        false => ends().copied().collect(),
    };
    for code in known {
        let words = family.words.get(&code);
        let before = points
            .iter()
            .find(|point| words.is_some_and(|words| point.label.all().any(|own| same_label(own, words))));
        if let (Some(words), Some(before)) = (words, before) {
            remarks.push(format!("{} and {code} have the same words in the file, '{words}'", before.code));
        }
        let label = words.map_or_else(Localized::default, |words| Localized::new("", words));
        points.push(Point { code, label });
    }
    let (mut missing, mut missing_texts) = (Vec::new(), Vec::new());
    for at in &family.columns {
        for (code, words) in &seen[*at].no_answer {
            if !missing.contains(code) {
                missing.push(*code);
                remarks.push(format!("guessed: {code} ('{words}') is no answer"));
            }
        }
        for text in &seen[*at].no_answer_texts {
            if !missing_texts.contains(text) {
                missing_texts.push(text.clone());
                remarks.push(format!("guessed: '{text}' is no answer"));
            }
        }
    }
    for code in &family.apart {
        missing.push(*code);
        remarks.push(format!("guessed: {code} stands apart from the answers {low} to {high}: no answer"));
    }
    if family.words.is_empty() {
        remarks.push(format!(
            "guessed: {low} and {high} are the lowest and highest answer that occur; the file has no words"
        ));
        decide.push(format!("whether the scale '{id}' runs from {low} to {high}, and its words"));
    } else if codes.iter().chain(family.words.keys()).any(|code| !family.words.contains_key(code)) {
        remarks.push("codes without words occur: they are answers here".into());
    }
    let mut declared: Vec<String> = Vec::new();
    for code in family.columns.iter().flat_map(|at| seen[*at].declared()) {
        if !declared.contains(&code) {
            declared.push(code);
        }
    }
    if !declared.is_empty() {
        remarks.push(format!("the file itself says that {} means no answer", declared.join(", ")));
    }
    let coded = family.columns.iter().any(|at| {
        let own = &seen[*at].column;
        own.value_labels.is_empty()
            && matches!(
                own.kind,
                crate::data::formats::CellKind::Label | crate::data::formats::CellKind::String
            )
    });
    if coded && !family.words.is_empty() {
        remarks.push("guessed: the order of the words, which the file does not tell".into());
        decide.push(format!("whether the words of the scale '{id}' stand in the right order"));
    }
    let scale = ResponseScale { id: id.into(), points, missing, missing_texts, continuous: None };
    DraftedScale { scale, remarks, decide }
}
