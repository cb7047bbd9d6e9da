//! The page of an item analysis.

use super::number::{exact, optional, percent};
use super::{Page, Report, Table};
use crate::error::Warning;
use crate::evidence::internal_structure::{ItemAnalysis, ItemStatistics};
use crate::moments::{Missing, RowsUsed};
use std::borrow::Cow;
use std::collections::BTreeMap;

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

impl ItemAnalysis {
    /// The same for programs: a row per item, every number at full precision, empty where it does not exist, and last the
    /// reason for those.
    pub fn values(&self) -> Table {
        let heads = [
            "item", "n", "missing", "mean", "sd", "median", "skew", "kurtosis", "raw_r", "std_r", "r_cor",
            "r_drop", "floor", "ceiling", "reason",
        ];
        let mut table = Table::new("", heads);
        for i in &self.items {
            let numbers = [
                i.mean, i.sd, i.median, i.skew, i.kurtosis, i.raw_r, i.std_r, i.r_cor, i.r_drop, i.floor,
                i.ceiling,
            ];
            let names = [i.item.clone(), i.n.to_string(), i.missing.to_string()];
            let reason = reasons(&heads, &i.reasons);
            table.row(names.into_iter().chain(numbers.map(exact)).chain([reason]));
        }
        table
    }
}

/// The reasons for empty cells of a row in one: `"skew, kurtosis: the 5 answers are all the same; r_cor: ..."`.
pub(super) fn reasons(columns: &[&str], reasons: &BTreeMap<Cow<'static, str>, String>) -> String {
    let mut told: Vec<(String, &str)> = Vec::new();
    for column in columns {
        let Some(why) = reasons.get(*column) else { continue };
        match told.iter_mut().find(|(_, same)| same == why) {
            Some((names, _)) => {
                names.push_str(", ");
                names.push_str(column);
            }
            None => told.push(((*column).to_string(), why)),
        }
    }
    told.iter().map(|(names, why)| format!("{names}: {why}")).collect::<Vec<_>>().join("; ")
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
        let shown = ["mean", "sd", "skew", "kurtosis", "raw_r", "r_cor", "r_drop", "floor", "ceiling"];
        for name in shown {
            if let Some(why) = item.reasons.get(name) {
                table.without(&format!("{name} of {}", item.item), why);
            }
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
