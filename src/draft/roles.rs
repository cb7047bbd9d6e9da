//! Columns that are no items: who the respondent is, groups, weights, days, and the others.

use super::seen::{Seen, SeenKind};
use crate::data::formats::Sheet;
use crate::data::tells_who;
use std::collections::{HashMap, HashSet};

/// What the other columns are.
#[derive(Debug, Default)]
pub(super) struct Roles {
    pub(super) respondent: Option<String>,
    pub(super) groups: Vec<String>,
    /// Sentences about columns that stand in the draft as comments only.
    pub(super) others: Vec<String>,
    pub(super) remarks: Vec<String>,
}

/// Groups have no more levels, and each so many members on average.
const MOST_LEVELS: usize = 8;
const FEWEST_MEMBERS: usize = 5;

/// Of codes without words fewer levels are taken for groups.
const MOST_BARE: usize = 4;

impl Roles {
    /// Of columns that are no items.
    pub(super) fn of(sheet: &Sheet, seen: &[Seen<'_>], items: &[usize]) -> Self {
        let mut own = Self::default();
        let rest: Vec<&Seen<'_>> = seen.iter().filter(|s| !items.contains(&s.at)).collect();
        let ids: Vec<&&Seen<'_>> = rest.iter().filter(|s| named_id(s) && !s.twice).collect();
        let unique = ids.iter().find(|s| all_different(s));
        match (unique, ids.first()) {
            (Some(id), _) => own.respondent = Some(id.column.name.clone()),
            (None, Some(id)) => own.remarks.push(format!(
                "'{}' looks like the respondents' id, but values are empty or occur twice: not used",
                id.column.name
            )),
            (None, None) => {}
        }
        let twice = ids.first().filter(|_| unique.is_none()).copied().copied();
        let weights = sheet.ledger.iter().filter(|note| note.kind == "weight_variable");
        let weights: Vec<&String> = weights.filter_map(|note| note.column.as_ref()).collect();
        for s in rest.iter().filter(|s| Some(&s.column.name) != own.respondent.as_ref()) {
            let name = &s.column.name;
            let what = match s.kind {
                SeenKind::Metadata => continue,
                _ if s.twice => "another column has the same name",
                _ if weights.contains(&name) || is_weight(name, s) => {
                    "a weight; weights are given to `fit --weights`"
                }
                SeenKind::Days => "days",
                SeenKind::Marks | SeenKind::Several => "several answers may be chosen: no item",
                SeenKind::Empty => "without a single answer",
                _ if named_id(s) => "ids",
                SeenKind::Numbers => "numbers: a variable, if the construct should relate to it",
                _ if twice.is_some_and(|id| tells_occasion(id, s)) => {
                    "tells the rows of one respondent apart: an occasion"
                }
                _ => match levels(s) {
                    Some(levels) if !name.contains("___") && !name.contains("(choice=") => {
                        own.remarks.push(format!(
                            "guessed: '{name}' divides the respondents into groups ({levels})"
                        ));
                        own.groups.push(name.clone());
                        continue;
                    }
                    _ if s.kind == SeenKind::Codes => {
                        "numbers: a variable, if the construct should relate to it"
                    }
                    _ => "texts",
                },
            };
            own.others.push(format!("'{}': {what}", name.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        own
    }
}

fn cells<'s>(seen: &'s Seen<'_>) -> impl Iterator<Item = Option<String>> + 's {
    (0..seen.column.values.len())
        .map(|row| (!seen.is_absent(row)).then(|| seen.column.values[row].to_string().trim().to_string()))
}

fn named_id(seen: &Seen<'_>) -> bool {
    tells_who(&seen.column.name, cells(seen))
}

fn all_different(seen: &Seen<'_>) -> bool {
    let mut known = HashSet::new();
    cells(seen).all(|cell| cell.is_some_and(|cell| known.insert(cell)))
}

/// Whether a column differs between the rows of one respondent, in nearly all cases.
fn tells_occasion(id: &Seen<'_>, column: &Seen<'_>) -> bool {
    let mut rows: HashMap<String, Vec<String>> = HashMap::new();
    for (id, cell) in cells(id).zip(cells(column)) {
        if let (Some(id), Some(cell)) = (id, cell) {
            rows.entry(id).or_default().push(cell);
        }
    }
    let repeated = || rows.values().filter(|own| own.len() > 1);
    let apart = repeated().filter(|own| own.iter().collect::<HashSet<_>>().len() == own.len()).count();
    repeated().count() > 0 && apart * 10 >= repeated().count() * 9
}

fn is_weight(name: &str, seen: &Seen<'_>) -> bool {
    let name = name.to_lowercase();
    let named = matches!(
        name.as_str(),
        "w" | "wt" | "wgt" | "weight" | "weights" | "pweight" | "gewicht" | "weging" | "poids"
    ) || name.ends_with("_weight")
        || name.starts_with("weight_");
    named && seen.kind == SeenKind::Numbers && seen.answers.iter().flatten().all(|x| *x >= 0.0)
}

/// The levels of a column that divides the respondents, in words.
fn levels(seen: &Seen<'_>) -> Option<String> {
    let mut levels: Vec<(String, usize)> = Vec::new();
    for cell in cells(seen).flatten() {
        match levels.iter_mut().find(|(own, _)| *own == cell) {
            Some((_, count)) => *count += 1,
            None => levels.push((cell, 1)),
        }
        if levels.len() > MOST_LEVELS {
            return None;
        }
    }
    let total: usize = levels.iter().map(|(_, count)| count).sum();
    let few = levels.len() < 2 || total < FEWEST_MEMBERS * levels.len() || levels.iter().any(|(_, n)| *n < 2);
    // what people write themselves is no name of a group
    let written = |level: &str| {
        level.chars().count() > 40 || level.split_whitespace().count() > 4 || level.ends_with(['.', '!', '?'])
    };
    let bare = seen.words.is_empty() && seen.kind == SeenKind::Codes;
    if few || levels.iter().any(|(level, _)| written(level)) || (bare && levels.len() > MOST_BARE) {
        return None;
    }
    let shown: Vec<String> =
        levels.iter().take(4).map(|(level, count)| format!("{level}: {count}")).collect();
    Some(format!("{}{}", shown.join(", "), if levels.len() > 4 { ", ..." } else { "" }))
}
