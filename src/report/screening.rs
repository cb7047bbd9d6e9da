//! The page of a screening.

use super::figures::pattern_map;
use super::items::sentences;
use super::number::{fixed, optional, percent};
use super::page::Figure;
use super::{Page, Report, Table};
use crate::evidence::counted;
use crate::evidence::response_process::{
    FlagCount, ItemPair, MissingTable, ScreenedRespondent, Screening, ScreeningIndex,
};
use crate::moments::McarTest;

/// Rows of a table that may be long.
const SHOWN: usize = 30;
/// Patterns that are shown.
const PATTERNS: usize = 20;

impl Report for Screening {
    fn page(&self) -> Page {
        let mut page = Page::titled("Screening");
        let flagged = self.respondents.iter().filter(|r| r.flags > 0).count();
        page.paragraph(format!(
            "{}, {}; {} a flag, {} more than one. A flag says 'look', not 'leave out': \
             the more indices agree, the more likely the answers were given without reading.",
            counted(self.rows, "row", "rows"),
            counted(self.items.len(), "item", "items"),
            counted(flagged, "row has", "rows have"),
            self.respondents.iter().filter(|r| r.flags > 1).count()
        ));
        page.list(sentences(&self.warnings));
        page.table(indices(&self.counts));
        if let Some(table) = flagged_rows(&self.respondents) {
            page.table(table);
        }
        if !self.out_of_range.is_empty() {
            let mut table = Table::new("Answers outside the range", ["row", "respondent", "item", "answer"]);
            table.text_columns = vec![1, 2];
            for cell in self.out_of_range.iter().take(SHOWN) {
                let respondent = cell.respondent.clone().unwrap_or_default();
                table.row([cell.row.to_string(), respondent, cell.item.clone(), cell.value.to_string()]);
            }
            table.note = rest(self.out_of_range.len());
            page.table(table);
        }
        if !self.duplicates.is_empty() {
            let mut table = Table::new("Rows with the same answers", ["rows", "count"]);
            for group in self.duplicates.iter().take(SHOWN) {
                let rows: Vec<String> = group.rows.iter().map(usize::to_string).collect();
                table.row([rows.join(", "), group.rows.len().to_string()]);
            }
            table.note = format!(
                "Of few items, or few possible answers, many respondents give the same answers without a fault. {}",
                rest(self.duplicates.len())
            );
            page.table(table);
        }
        missing(&mut page, &self.missing, self.mcar.as_ref());
        for (title, pairs) in
            [("Psychometric synonyms", &self.synonyms), ("Psychometric antonyms", &self.antonyms)]
        {
            if !pairs.is_empty() {
                page.table(pair_table(title, pairs));
            }
        }
        page
    }
}

pub(super) fn name(index: ScreeningIndex) -> (&'static str, &'static str) {
    match index {
        ScreeningIndex::NoAnswers => ("no answers", "nothing answered"),
        ScreeningIndex::OutOfRange => ("out of range", "an answer outside the range"),
        ScreeningIndex::DuplicateAnswers => ("same answers", "two rows or more"),
        ScreeningIndex::DuplicateRespondent => ("same respondent", "two rows or more"),
        ScreeningIndex::Longstring => {
            ("longstring", "half of the items or more; all of fewer than 10 (Curran 2016)")
        }
        ScreeningIndex::ResponseVariability => ("IRV", "0: no variation at all (Dunn et al. 2018)"),
        ScreeningIndex::EvenOdd => ("even-odd", "below .30 (Johnson 2005; Curran 2016)"),
        ScreeningIndex::Synonyms => ("synonyms", "below 0 (pairs of r >= .60: Meade & Craig 2012)"),
        ScreeningIndex::Antonyms => ("antonyms", "above 0 (pairs of r <= -.60: Meade & Craig 2012)"),
        ScreeningIndex::Mahalanobis => ("Mahalanobis", "p < .001"),
        ScreeningIndex::PersonTotal => ("person-total", "below 0 (Curran 2016)"),
    }
}

pub(super) fn indices(counts: &[FlagCount]) -> Table {
    let mut table = Table::new("Flags by index", ["index", "flagged where", "n", "flagged"]);
    table.text_columns = vec![1];
    for count in counts {
        let (index, rule) = name(count.index);
        table.row([index.to_string(), rule.to_string(), count.n.to_string(), count.flagged.to_string()]);
    }
    table.note = "n: respondents for whom the index exists. Longstring and IRV of equal answers tell the same, and count once. \
                  Even-odd, synonyms and antonyms are correlations over scales or \
                  pairs of items: of only a few of these they flag attentive respondents too."
        .into();
    table
}

/// Those with the most flags first.
fn flagged_rows(respondents: &[ScreenedRespondent]) -> Option<Table> {
    let mut flagged: Vec<&ScreenedRespondent> = respondents.iter().filter(|r| r.flags > 0).collect();
    if flagged.is_empty() {
        return None;
    }
    flagged.sort_by_key(|r| std::cmp::Reverse(r.flags));
    let heads = [
        "row",
        "respondent",
        "flags",
        "missing",
        "longstring",
        "IRV",
        "even-odd",
        "synonyms",
        "antonyms",
        "D2",
        "p",
        "person-total",
    ];
    let mut table = Table::new("Flagged rows", heads);
    table.text_columns = vec![1];
    for r in flagged.iter().take(SHOWN) {
        table.row([
            r.row.to_string(),
            r.respondent.clone().unwrap_or_default(),
            r.flags.to_string(),
            r.missing.to_string(),
            r.longstring.map_or_else(|| "-".into(), |x| x.to_string()),
            optional(r.irv, 2),
            optional(r.even_odd, 2),
            optional(r.synonyms, 2),
            optional(r.antonyms, 2),
            optional(r.mahalanobis.map(|d| d.d2), 2),
            super::number::p_value(r.mahalanobis.map(|d| d.pvalue)),
            optional(r.person_total, 2),
        ]);
        let few = "fewer than three answers to what it compares, or such that do not vary";
        let numbers = [
            ("longstring", r.longstring.is_none(), "no answers"),
            ("IRV", r.irv.is_none(), "fewer than two answers"),
            (
                "even-odd",
                r.even_odd.is_none(),
                "fewer than three scales with answers in both halves, or halves that do not vary",
            ),
            ("synonyms", r.synonyms.is_none(), "too few pairs of such items with answers that vary"),
            ("antonyms", r.antonyms.is_none(), "too few pairs of such items with answers that vary"),
            (
                "D2",
                r.mahalanobis.is_none(),
                "no answers, or no covariance matrix of them that has an inverse",
            ),
            ("person-total", r.person_total.is_none(), few),
        ];
        for (name, _, why) in numbers.iter().filter(|(_, none, _)| *none) {
            table.without(&format!("{name} of row {}", r.row), why);
        }
    }
    table.note = rest(flagged.len());
    Some(table)
}

fn missing(page: &mut Page, missing: &MissingTable, mcar: Option<&McarTest>) {
    page.heading(2, "Missing answers");
    page.paragraph(format!(
        "{} of the answers are missing; {} complete.",
        percent(missing.share),
        counted(missing.complete, "row is", "rows are")
    ));
    if missing.patterns.len() < 2 && missing.share == 0.0 {
        return;
    }
    if let Some(test) = mcar {
        page.paragraph(format!(
            "Little's test that answers are missing completely at random: chi-square = {}, df = {}, {}, n = {}, {} \
             patterns (Little 1988). A small p says that they are not.",
            fixed(test.chisq, 2),
            test.df,
            super::number::p_is(Some(test.pvalue)),
            test.n,
            test.patterns
        ));
    }
    let mut table = Table::new("By item", ["item", "n", "missing", "share"]);
    for item in &missing.by_item {
        table.row([item.item.clone(), item.n.to_string(), item.missing.to_string(), percent(item.share)]);
    }
    page.table(table);
    let mut table = Table::new("Patterns", ["missing items", "pattern", "count"]);
    table.text_columns = vec![1];
    for pattern in missing.patterns.iter().take(PATTERNS) {
        let items = if pattern.missing.is_empty() { "none".into() } else { pattern.missing.join(", ") };
        table.row([items, pattern.pattern.clone(), pattern.count.to_string()]);
    }
    table.note = format!(
        "1: answered, 0: missing. {}",
        if missing.patterns.len() > PATTERNS {
            format!("{} of {} patterns are shown.", PATTERNS, missing.patterns.len())
        } else {
            String::new()
        }
    );
    page.table(table);
    let title = "Patterns of missing answers, the most frequent first";
    page.figure(Figure {
        title: title.into(),
        svg: pattern_map(title, missing, ["rows", "missing", "answered"]),
        note: format!(
            "{} in all; shares are of the rows.",
            counted(missing.patterns.len(), "pattern", "patterns")
        ),
    });
    let coverage = &missing.coverage;
    if coverage.items.len() <= 15 {
        let heads = std::iter::once(String::new()).chain(coverage.items.iter().cloned());
        let mut table = Table::new("Rows with an answer to both items", heads);
        for (item, counts) in coverage.items.iter().zip(&coverage.values) {
            table.row(std::iter::once(item.clone()).chain(counts.iter().map(usize::to_string)));
        }
        table.note = "Of each pair Mplus asks for 10 % of the rows (its default coverage).".into();
        page.table(table);
    } else if let Some((share, first, second)) = least_covered(missing) {
        page.paragraph(format!(
            "Least covered pair: '{first}' and '{second}', {} of the rows have both; --format json has all pairs.",
            percent(share)
        ));
    }
}

/// The pair of items that the smallest share of the rows has together.
fn least_covered(missing: &MissingTable) -> Option<(f64, &str, &str)> {
    let (names, values) = (&missing.covered.rows, &missing.covered.values);
    let pairs = (0..names.len()).flat_map(|i| (0..i).map(move |j| (j, i)));
    let least = pairs.min_by(|a, b| values[a.0][a.1].total_cmp(&values[b.0][b.1]))?;
    Some((values[least.0][least.1], &names[least.0], &names[least.1]))
}

fn pair_table(title: &str, pairs: &[ItemPair]) -> Table {
    let mut table = Table::new(title, ["item", "item", "r"]);
    table.text_columns = vec![1];
    for pair in pairs.iter().take(SHOWN) {
        table.row([pair.first.clone(), pair.second.clone(), fixed(pair.r, 2)]);
    }
    table.note = rest(pairs.len());
    table
}

/// What a long table leaves out.
fn rest(rows: usize) -> String {
    if rows > SHOWN { format!("{SHOWN} of {rows} are shown; --format json has all.") } else { String::new() }
}
