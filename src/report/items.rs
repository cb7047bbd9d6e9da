//! The page of an item analysis.

use super::number::{optional, percent};
use super::{Page, Report, Table};
use crate::error::Warning;
use crate::evidence::internal_structure::{ItemAnalysis, ItemStatistics};
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
        let correlations = [("raw_r", item.raw_r), ("r_drop", item.r_drop)];
        for (name, _) in correlations.iter().filter(|(_, r)| r.is_none()) {
            table.without(
                &format!("{name} of {}", item.item),
                "the total that it would go with does not vary",
            );
        }
        if item.r_cor.is_none() {
            let why =
                "the correlation matrix of the items has no inverse, or what they share is not positive";
            table.without(&format!("r_cor of {}", item.item), why);
        }
        if item.skew.is_none() || item.kurtosis.is_none() {
            table.without(
                &format!("skew or kurtosis of {}", item.item),
                "its answers are too few, or do not vary",
            );
        }
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
        Missing::Fiml => format!(
            "{rows_used} of {rows_read} rows used: means and covariances by maximum likelihood of the answers that are \
             there (full information)."
        ),
        _ => {
            format!(
                "{rows_used} of {rows_read} rows used: each number from the answers that are there (pairwise)."
            )
        }
    }
}

pub(super) fn sentences(warnings: &[Warning]) -> Vec<String> {
    warnings.iter().map(ToString::to_string).collect()
}
