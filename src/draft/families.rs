//! Families of columns that were answered on one scale: the same words, or whole numbers of a common range under a common
//! name.

use super::seen::{Seen, SeenKind};
use super::stems::{by_stem, is_sentence, stem};
use crate::construct::Code;
use crate::data::formats::plain;
use std::collections::BTreeMap;

/// Columns on one scale.
#[derive(Debug, Clone, Default)]
pub(super) struct Family {
    /// Positions in the file.
    pub(super) columns: Vec<usize>,
    /// Words by code; empty where the file has none.
    pub(super) words: BTreeMap<Code, String>,
    /// Codes that stand apart from the answers: taken for missing ones.
    pub(super) apart: Vec<Code>,
    /// Lowest and highest answer of a slider.
    pub(super) slider: Option<(f64, f64)>,
    /// What its columns and those of other scales are named after, where only that makes items of them.
    pub(super) named: Option<String>,
}

/// Codes that many questionnaires use for a missing answer.
const USUAL: [i64; 16] = [9, 99, 999, 8, 88, 98, 97, 77, 888, -1, -7, -8, -9, -99, -999, -77];

/// No answer scale of bare codes spans more.
const WIDEST: f64 = 10.0;

impl Family {
    /// Answers that occur, without those that stand apart.
    pub(super) fn codes(&self, seen: &[Seen<'_>]) -> Vec<Code> {
        let mut codes: Vec<Code> = self.columns.iter().flat_map(|at| seen[*at].codes()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes.retain(|code| !self.apart.contains(code));
        codes
    }

    /// How many answers the scale has.
    pub(super) fn points(&self, seen: &[Seen<'_>]) -> usize {
        let codes = self.codes(seen);
        codes.len() + self.words.keys().filter(|code| !codes.contains(code)).count()
    }

    /// Whether the columns are items: enough of them, with more than two answers (with two where nothing else is there).
    fn are_items(&self, seen: &[Seen<'_>], fewest_points: usize) -> bool {
        let points = self.points(seen);
        let enough = self.columns.len() > 2 || (self.columns.len() == 2 && points > 3);
        self.slider.is_some() || (enough && points >= fewest_points)
    }
}

/// The families that are items, in the order of the file.
pub(super) fn families(seen: &mut [Seen<'_>]) -> Vec<Family> {
    let mut labelled = of_words(seen);
    // columns of which one or another word is no answer, or was never chosen
    let known: Vec<BTreeMap<Code, String>> =
        labelled.iter().filter(|f| f.columns.len() > 1).map(|f| f.words.clone()).collect();
    let known: Vec<&BTreeMap<Code, String>> = known.iter().collect();
    let texts = seen.iter_mut().filter(|own| own.kind == SeenKind::Texts);
    let before = texts.map(|own| own.read_texts(&known)).count();
    if before > 0 {
        labelled = of_words(seen);
    }
    let mut all = labelled;
    all.extend(of_numbers(seen, &all));
    all.extend(sliders(seen));
    let mut items: Vec<Family> = all.iter().filter(|family| family.are_items(seen, 3)).cloned().collect();
    if items.is_empty() {
        items = all.into_iter().filter(|family| family.are_items(seen, 2)).collect();
    }
    let others = of_levels(seen, &items);
    items.extend(others);
    items.sort_by_key(|family| family.columns.first().copied());
    items
}

/// Families by the words of their codes.
fn of_words(seen: &[Seen<'_>]) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for own in seen.iter().filter(|own| own.kind == SeenKind::Codes && own.words.len() > 1) {
        let (Some((low, _)), Some((high, _))) = (own.words.first_key_value(), own.words.last_key_value())
        else {
            continue;
        };
        let codes = own.codes();
        let apart = stands_apart(&codes, &own.words);
        if codes.iter().any(|code| !apart.contains(code) && !(low..=high).contains(&code)) {
            continue; // words of some codes only: no scale
        }
        let family = match families.iter_mut().find(|family| agree(&family.words, &own.words)) {
            Some(family) => family,
            None => {
                families.push(Family::default());
                let last = families.len() - 1;
                &mut families[last]
            }
        };
        family.columns.push(own.at);
        for (code, words) in &own.words {
            family.words.entry(*code).or_insert_with(|| words.clone());
        }
        family
            .apart
            .extend(apart.iter().filter(|code| !family.apart.contains(code)).copied().collect::<Vec<_>>());
    }
    families
}

/// Columns that the file itself declares ordinal and gives words, three or more under one name (`v_often`, `v_well`, ...), each on
/// a scale of its own.
fn of_levels(seen: &[Seen<'_>], items: &[Family]) -> Vec<Family> {
    let ordinal = |own: &&Seen<'_>| {
        let taken = items.iter().any(|family| family.columns.contains(&own.at));
        let declared = own.column.measure.as_deref() == Some("ordinal");
        !taken && declared && own.kind == SeenKind::Codes && own.words.len() > 1
    };
    let free: Vec<&Seen<'_>> = seen.iter().filter(ordinal).collect();
    let before =
        |own: &&Seen<'_>| own.column.name.split_once(['_', '.']).map_or("", |(before, _)| before).into();
    let names: Vec<String> = free.iter().map(before).collect();
    let mut families: Vec<Family> = Vec::new();
    for (name, members) in by_stem(&names).into_iter().filter(|(name, own)| !name.is_empty() && own.len() > 2)
    {
        let first = families.len();
        for own in members.into_iter().map(|member| free[member]) {
            let known = &mut families[first..];
            match known.iter_mut().find(|family| agree(&family.words, &own.words)) {
                Some(family) => family.columns.push(own.at),
                None => families.push(Family {
                    columns: vec![own.at],
                    words: own.words.clone(),
                    apart: stands_apart(&own.codes(), &own.words),
                    named: Some(name.clone()),
                    ..Family::default()
                }),
            }
        }
    }
    families
}

/// Whether two scales give the same words to the same codes, as far as both have them, and have at least two in common.
fn agree(first: &BTreeMap<Code, String>, second: &BTreeMap<Code, String>) -> bool {
    let mut shared = 0;
    for (code, words) in second {
        let words = plain(words);
        match first.get(code) {
            Some(own) if plain(own) == words => shared += 1,
            Some(_) => return false,
            None if first.values().any(|own| plain(own) == words) => return false,
            None => {}
        }
    }
    shared >= 2.min(second.len())
}

/// Codes without words that are usual for missing answers and lie apart from the others.
fn stands_apart(codes: &[Code], words: &BTreeMap<Code, String>) -> Vec<Code> {
    let usual = |code: &Code| USUAL.iter().any(|own| Code::from(*own) == *code) && !words.contains_key(code);
    let answers = || codes.iter().filter(|code| !usual(code)).chain(words.keys());
    let (Some(low), Some(high)) = (answers().min(), answers().max()) else { return Vec::new() };
    if low == high {
        return Vec::new();
    }
    let zero = Code::from(0);
    let far = |code: &Code| code.value() > high.value() + 1.0 || (*code < zero && *low >= zero);
    let mut found: Vec<Code> = codes.iter().filter(|code| usual(code) && far(code)).copied().collect();
    if !found.is_empty() {
        // 8 and 9 beside 1 to 7 belong together
        found.extend(codes.iter().filter(|code| usual(code) && !far(code) && *code > high));
    }
    found
}

/// Families of bare whole numbers under a common name.
fn of_numbers(seen: &[Seen<'_>], labelled: &[Family]) -> Vec<Family> {
    let taken =
        |at: usize| labelled.iter().any(|family| family.columns.len() > 1 && family.columns.contains(&at));
    let free: Vec<&Seen<'_>> = seen
        .iter()
        .filter(|own| own.kind == SeenKind::Codes && !taken(own.at) && own.words.len() < 2)
        .collect();
    let stems: Vec<String> = free.iter().map(|own| stem(own)).collect();
    let mut families = Vec::new();
    for (stem, members) in by_stem(&stems) {
        let columns: Vec<usize> = members.iter().map(|member| free[*member].at).collect();
        let named_alike = members.len() > 1 || stem.is_empty();
        if !named_alike || (stem.is_empty() && !is_sentence(&free[members[0]].column.name)) {
            continue;
        }
        families.extend(of_range(seen, columns, !stem.is_empty()));
    }
    families
}

/// Columns of one range: under a numbered name all of them, of sentences those within the range that most have.
fn of_range(seen: &[Seen<'_>], columns: Vec<usize>, numbered: bool) -> Option<Family> {
    let mut all: Vec<Code> = columns.iter().flat_map(|at| seen[*at].codes()).collect();
    all.sort_unstable();
    all.dedup();
    let own = |at: &usize| {
        let codes = seen[*at].codes();
        let apart = stands_apart(&codes, &BTreeMap::new());
        codes.into_iter().filter(|code| !apart.contains(code)).collect::<Vec<Code>>()
    };
    let ends: Vec<(Code, Code)> =
        columns.iter().filter_map(|at| Some((*own(at).iter().min()?, *own(at).iter().max()?))).collect();
    let is_narrow = |low: Code, high: Code| high.value() - low.value() <= WIDEST;
    let narrow = ends.iter().filter(|(low, high)| is_narrow(*low, *high));
    let (lows, highs): (Vec<Code>, Vec<Code>) = narrow.copied().unzip();
    let widest = (*lows.iter().min()?, *highs.iter().max()?);
    let (low, high) = match numbered && is_narrow(widest.0, widest.1) {
        true => widest,
        false => (most_frequent(&lows)?, most_frequent(&highs)?),
    };
    let within = |code: &Code| (low..=high).contains(code);
    let members: Vec<usize> = columns.into_iter().filter(|at| own(at).iter().all(within)).collect();
    let apart: Vec<Code> = all
        .into_iter()
        .filter(|code| !within(code) && members.iter().any(|at| seen[*at].codes().contains(code)))
        .collect();
    (!members.is_empty()).then(|| Family { columns: members, apart, ..Family::default() })
}

/// The value that occurs most often; of a tie the highest.
fn most_frequent(values: &[Code]) -> Option<Code> {
    let count = |value: Code| values.iter().filter(|own| **own == value).count();
    values.iter().copied().max_by_key(|value| (count(*value), *value))
}

/// Sliders from 0 to 100: at least three columns under one numbered name, whose answers fill that range.
fn sliders(seen: &[Seen<'_>]) -> Vec<Family> {
    let free: Vec<&Seen<'_>> = seen
        .iter()
        .filter(|own| matches!(own.kind, SeenKind::Codes | SeenKind::Numbers) && own.words.is_empty())
        .filter(|own| own.column.name.ends_with(|c: char| c.is_ascii_digit()))
        .collect();
    let stems: Vec<String> = free.iter().map(|own| stem(own)).collect();
    let mut families = Vec::new();
    for (_, members) in
        by_stem(&stems).into_iter().filter(|(stem, members)| !stem.is_empty() && members.len() > 2)
    {
        let columns: Vec<usize> = members.iter().map(|member| free[*member].at).collect();
        let fills = columns.iter().all(|at| {
            let answers = || seen[*at].answers.iter().flatten().copied();
            let (low, high) = (answers().fold(f64::MAX, f64::min), answers().fold(f64::MIN, f64::max));
            (0.0..=25.0).contains(&low) && (75.0..=100.0).contains(&high)
        });
        if fills {
            families.push(Family { columns, slider: Some((0.0, 100.0)), ..Family::default() });
        }
    }
    families
}

#[cfg(all(test, feature = "sheets"))]
mod tests {
    use super::*;
    use crate::data::formats::{CellKind, Sheet, SheetCell, SheetColumn, SheetOptions, ValueLabel};

    /// A sheet whose columns are declared ordinal, each with words of its own.
    fn ordinal(columns: &[(&str, &[(f64, &str)])]) -> Sheet {
        let path = std::env::temp_dir().join(format!("ordinal-{}.csv", std::process::id()));
        std::fs::write(&path, "a\n1\n").unwrap();
        let mut sheet = Sheet::read(&path, &SheetOptions::new()).unwrap();
        std::fs::remove_file(path).unwrap();
        sheet.rows = 12;
        let of = |(name, words): &(&str, &[(f64, &str)])| {
            let code = |row: usize| SheetCell::Number(words[row % words.len()].0);
            let mut column = SheetColumn::new((*name).into(), CellKind::Numeric, (0..12).map(code).collect());
            let label = |(code, label): &(f64, &str)| ValueLabel {
                code: SheetCell::Number(*code),
                label: (*label).into(),
            };
            column.value_labels = words.iter().map(label).collect();
            column.measure = Some("ordinal".into());
            column
        };
        sheet.columns = columns.iter().map(of).collect();
        sheet
    }

    #[test]
    fn columns_declared_ordinal_under_one_name_are_items_on_scales_of_their_own() {
        let often = [(1.0, "Never"), (2.0, "Sometimes"), (3.0, "Often")];
        let well = [(1.0, "Badly"), (1.5, "Fairly"), (2.0, "Well")];
        let named: [(&str, &[(f64, &str)]); 5] = [
            ("v_often", &often),
            ("v_well", &well),
            ("v_much", &[(-1.0, "Less"), (0.0, "Same"), (1.0, "More")]),
            ("d_sex", &[(1.0, "Man"), (2.0, "Woman")]),
            ("d_age", &[(1.0, "Young"), (2.0, "Old")]),
        ];
        let sheet = ordinal(&named);
        let found = families(&mut Seen::all(&sheet));
        let columns: Vec<(Vec<usize>, Option<&str>)> =
            found.iter().map(|family| (family.columns.clone(), family.named.as_deref())).collect();
        // two columns of a name are too few
        assert_eq!(columns, [(vec![0], Some("v")), (vec![1], Some("v")), (vec![2], Some("v"))]);
        // half points are codes where they have words
        assert_eq!(found[1].words.keys().map(|code| code.value()).collect::<Vec<_>>(), [1.0, 1.5, 2.0]);
        assert_eq!(found[2].words.keys().map(|code| code.value()).collect::<Vec<_>>(), [-1.0, 0.0, 1.0]);
    }
}
