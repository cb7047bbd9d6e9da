//! Pages of item analysis and reliability.

use super::number::{fixed, interval, optional, percent};
use super::{Page, Report, Table};
use crate::error::Warning;
use crate::evidence::Interval;
use crate::evidence::internal_structure::{Alpha, ItemAnalysis, ItemStatistics, Reliability};
use crate::moments::{Missing, RowsUsed};

impl Report for ItemAnalysis {
    fn page(&self) -> Page {
        let mut page = Page::titled("Item analysis");
        page.paragraph(rows_used(&self.missing));
        page.list(sentences(&self.warnings));
        page.table(statistics("", &self.items));
        if let Some(table) = answers(&self.items) {
            page.table(table);
        }
        page
    }
}

impl Report for Reliability {
    fn page(&self) -> Page {
        let mut page = Page::titled("Reliability");
        page.paragraph(format!("{} items. {}", self.items, rows_used(&self.missing)));
        page.list(sentences(&self.warnings));
        page.table(coefficients(&self.alpha));
        let mut table = Table::new("Without one item", ["item", "alpha", "standardised"]);
        for dropped in &self.alpha_if_dropped {
            table.row([dropped.item.clone(), optional(dropped.raw, 3), optional(dropped.standardized, 3)]);
        }
        page.table(table);
        page
    }
}

fn coefficients(alpha: &Alpha) -> Table {
    let heads = ["coefficient", "value", "95 % Feldt", "95 % Duhachek-Iacobucci"];
    let mut table = Table::new("Cronbach's alpha", heads);
    let ends = |i: Option<Interval>| interval(i.map(|i| i.lower), i.map(|i| i.upper), 3);
    table.row(["alpha".into(), optional(alpha.raw, 3), ends(alpha.feldt), ends(alpha.duhachek)]);
    let mut row = |name: &str, value: String| table.row([name.into(), value, String::new(), String::new()]);
    row("standardised alpha", optional(alpha.standardized, 3));
    row("mean inter-item r", fixed(alpha.average_r, 3));
    table
}

/// The statistics of items, one row each.
pub(super) fn statistics(title: &str, items: &[ItemStatistics]) -> Table {
    let heads = [
        "item", "n", "missing", "mean", "sd", "skew", "kurtosis", "raw_r", "r_cor", "r_drop", "floor",
        "ceiling",
    ];
    let mut table = Table::new(title, heads);
    for item in items {
        let share = |value: Option<f64>| value.map_or_else(|| "-".into(), percent);
        table.row([
            item.item.clone(),
            item.n.to_string(),
            item.missing.to_string(),
            optional(item.mean, 2),
            optional(item.sd, 2),
            optional(item.skew, 2),
            optional(item.kurtosis, 2),
            optional(item.raw_r, 2),
            optional(item.r_cor, 2),
            optional(item.r_drop, 2),
            share(item.floor),
            share(item.ceiling),
        ]);
    }
    table
}

/// Shares of the answers, when the items have the same few.
fn answers(items: &[ItemStatistics]) -> Option<Table> {
    let first = items.first()?.frequencies.as_ref()?;
    if first.len() > 12 {
        return None;
    }
    let heads = std::iter::once("item".to_string()).chain(first.iter().map(|(answer, _)| answer.to_string()));
    let mut table = Table::new("Share of each answer", heads);
    for item in items {
        let shares = item.frequencies.iter().flatten().map(|(_, share)| percent(*share));
        table.row(std::iter::once(item.item.clone()).chain(shares));
    }
    Some(table)
}

/// How missing answers were treated, as a sentence.
pub(super) fn rows_used(missing: &RowsUsed) -> String {
    let RowsUsed { policy, rows_read, rows_used } = missing;
    match policy {
        Missing::Listwise => {
            format!("{rows_used} of {rows_read} rows used: those with complete answers (listwise).")
        }
        Missing::Pairwise => {
            format!(
                "{rows_used} of {rows_read} rows used: each number from the answers that are there (pairwise)."
            )
        }
    }
}

pub(super) fn sentences(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(ToString::to_string).collect()
}
