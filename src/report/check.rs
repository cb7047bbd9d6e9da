//! The page of what a construct file reads.

use super::{Page, Report, Table};
use crate::draft::ConstructCheck;

impl Report for ConstructCheck {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("What is read for '{}'", self.construct));
        self.ledger.to_string().lines().for_each(|line| page.paragraph(line));
        page.heading(2, "What a validation would do");
        page.list(self.asked.clone());
        page.heading(2, "What would be left out, or looks like a slip");
        let warnings = self.warnings.iter().map(ToString::to_string);
        let left_out: Vec<String> = self.left_out.iter().cloned().chain(warnings).collect();
        if left_out.is_empty() {
            page.paragraph("Nothing.");
        }
        page.list(left_out);
        page.table(self.table());
        if !self.groups.is_empty() {
            let mut table = Table::new("Groups", ["variable", "group", "respondents"]);
            for (variable, levels) in &self.groups {
                for (level, size) in levels {
                    table.row([variable.clone(), level.clone(), size.to_string()]);
                }
            }
            page.table(table);
        }
        page
    }
}

impl ConstructCheck {
    /// A row for every item.
    #[must_use]
    pub fn table(&self) -> Table {
        let heads = [
            "item",
            "column",
            "dimension",
            "scale",
            "reversed",
            "answers",
            "missing",
            "lowest",
            "highest",
            "range",
        ];
        let mut table = Table::new("Items", heads);
        for own in &self.items {
            let shown = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
            let column = if own.column == own.item { String::new() } else { short(&own.column) };
            table.row([
                own.item.clone(),
                column,
                own.dimension.clone(),
                own.scale.clone(),
                if own.reverse { "yes".into() } else { String::new() },
                own.answered.to_string(),
                own.missing.to_string(),
                shown(own.lowest),
                shown(own.highest),
                format!("{} to {}", own.range.0, own.range.1),
            ]);
        }
        table
    }
}

/// Letters of a column's name that are shown.
const SHOWN: usize = 40;

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", text[..end].trim_end()),
        None => text.into(),
    }
}
