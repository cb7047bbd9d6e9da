//! The items: answers, statistics and correlations.

use super::ValidationReport;
use crate::evidence::shortened;
use crate::report::figures::{Answers, HeatMap};
use crate::report::items::statistics;
use crate::report::page::Figure;
use crate::report::{Page, Table, figures};

pub(super) fn section(report: &ValidationReport<'_>, page: &mut Page) {
    let evidence = report.evidence;
    page.heading(3, "Items");
    if let Some(figure) = likert(report) {
        page.figure(figure);
    }
    for dimension in evidence.dimensions.iter().filter(|d| !d.scale.items.is_empty()) {
        let mut table = statistics(&report.named(&dimension.title, &dimension.id), &dimension.scale.items);
        with_wording(report, &mut table);
        page.table(table);
    }
    if let Some(matrices) = &evidence.item_matrices {
        let title = "Correlations of the items";
        let svg = figures::heat_map(&HeatMap { title, matrix: &matrices.correlation, full: 1.0 });
        page.figure(Figure { title: title.into(), svg, note: "Polychoric of ordinal items.".into() });
        let title = "Residual correlations: observed less implied by the preferred structure";
        let svg = figures::heat_map(&HeatMap { title, matrix: &matrices.residual, full: 0.2 });
        let note = "From .10 on a residual is worth a look (Kline 2016).".into();
        page.figure(Figure { title: title.into(), svg, note });
    }
}

/// The beginning of each item's wording, beside its name; nothing where no item has one.
fn with_wording(report: &ValidationReport<'_>, table: &mut Table) {
    const SHOWN: usize = 40;
    let wording = |id: &String| {
        let item = report.evidence.construct.items.iter().find(|own| own.id == *id)?;
        Some(shortened(item.text.get(report.language.code())?, SHOWN))
    };
    let all: Vec<Option<String>> = table.rows.iter().map(|row| row.first().and_then(wording)).collect();
    if all.iter().all(Option::is_none) {
        return;
    }
    table.columns.insert(1, "wording".into());
    table.text_columns = std::iter::once(1).chain(table.text_columns.iter().map(|at| at + 1)).collect();
    for (row, wording) in table.rows.iter_mut().zip(all) {
        row.insert(1, wording.unwrap_or_default());
    }
}

/// Answers to all items with one response scale.
fn likert(report: &ValidationReport<'_>) -> Option<Figure> {
    let evidence = report.evidence;
    let first = evidence.construct.items.first()?;
    let scale = evidence.construct.scales.get(&first.scale)?;
    let labels: Vec<String> = scale
        .points
        .iter()
        .map(|p| p.label.get(report.language.code()).map_or_else(|| p.code.to_string(), Into::into))
        .collect();
    let mut answers = Vec::new();
    for dimension in &evidence.dimensions {
        let mut heading = Some(report.named(&dimension.title, &dimension.id));
        for item in &dimension.scale.items {
            let same = evidence.construct.items.iter().any(|i| i.id == item.item && i.scale == first.scale);
            let Some(frequencies) = item.frequencies.as_ref().filter(|f| same && f.len() == labels.len())
            else {
                continue;
            };
            answers.push(Answers {
                item: item.item.clone(),
                shares: frequencies.iter().map(|(_, share)| *share).collect(),
                n: item.n,
                heading: heading.take(),
            });
        }
    }
    if answers.is_empty() {
        return None;
    }
    let title = "Answers to the items, in per cent";
    let note =
        "Reversed items are turned around, so that to the right always means more of the dimension.".into();
    Some(Figure { title: title.into(), svg: figures::likert(title, &answers, &labels), note })
}

/// Items with their wording.
pub(super) fn wording(report: &ValidationReport<'_>) -> Table {
    let mut table = Table::new("Wording of the items", ["item", "dimension", "wording", "reversed"]);
    table.text_columns = vec![1, 2, 3];
    for item in &report.evidence.construct.items {
        table.row([
            item.id.clone(),
            report.title_of(&item.dimension),
            item.text.get(report.language.code()).unwrap_or_default().to_string(),
            if item.reverse { "yes" } else { "" }.to_string(),
        ]);
    }
    table
}
