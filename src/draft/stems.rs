//! What the names of columns of one question have in common.

use super::seen::Seen;

/// What a column is named after: its question, or the letters before its number; empty for a name that is a sentence.
pub(super) fn stem(seen: &Seen<'_>) -> String {
    let name = seen.column.name.trim();
    let of_question = seen.column.label.as_deref().map(str::trim).filter(|label| label.len() < name.len());
    if let Some(before) = of_question.and_then(|label| name.trim_end_matches(']').strip_suffix(label)) {
        return before.trim_end_matches([' ', '[', '-', '.', ':']).to_string();
    }
    if let Some((before, _)) = name.split_once('[').filter(|(before, _)| !before.is_empty()) {
        return before.trim_end().to_string();
    }
    if is_sentence(name) {
        return String::new();
    }
    let letters = name.trim_end_matches(['r', 'R', 'n', 'N']);
    let without = if letters.ends_with(|c: char| c.is_ascii_digit()) { letters } else { name };
    let before = without.trim_end_matches(|c: char| c.is_ascii_digit());
    if before.len() == name.len() {
        return name.to_string(); // no number
    }
    before.trim_end_matches(['_', '.', '-', '#', '$', ' ']).to_string()
}

/// Whether a name is the wording of a question.
pub(super) fn is_sentence(name: &str) -> bool {
    name.split_whitespace().count() > 2
}

/// Groups of columns by stem, in the order of first appearance.
pub(super) fn by_stem(stems: &[String]) -> Vec<(String, Vec<usize>)> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (at, stem) in stems.iter().enumerate() {
        match groups.iter_mut().find(|(own, _)| own == stem) {
            Some((_, members)) => members.push(at),
            None => groups.push((stem.clone(), vec![at])),
        }
    }
    groups
}
