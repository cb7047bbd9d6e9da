//! The page of an aggregate: what was counted, by item and by group.

use super::number::optional;
use super::{Page, Report, Table};
use crate::moments::aggregate::{Aggregate, Part};

/// Groups and clusters that are listed.
const LISTED: usize = 50;

impl Report for Aggregate {
    fn page(&self) -> Page {
        let mut page = Page::titled("Sums of answers");
        let plan = &self.plan;
        let whole = match self.is_exact() {
            true => "All sums are whole numbers below 2^53: exact, in whatever order parts are merged.",
            false => {
                "Sums are of double precision: parts merged in another order may differ in the last digits."
            }
        };
        let tables =
            if self.parts.iter().any(|part| !part.tables.is_empty()) { ", with two-way tables" } else { "" };
        page.paragraph(format!(
            "{} rows, {} items, from {} file(s) or run(s){tables}. Plan {}; incomplete rows: {}. {whole}",
            self.rows(),
            plan.items.len(),
            self.sources.len(),
            plan.fingerprint(),
            plan.incomplete
        ));
        page.table(items(self));
        if plan.group.is_some() || plan.cluster.is_some() {
            page.table(parts(self));
        }
        page
    }
}

fn items(found: &Aggregate) -> Table {
    let heads =
        ["item", "n", "empty", "coded missing", "impossible", "mean", "sd", "lowest", "highest", "centre"];
    let mut table = Table::new("Items (keyed)", heads);
    for (i, item) in found.plan.items.iter().enumerate() {
        let each = || found.parts.iter().map(|part| &part.items[i]);
        let count =
            |of: fn(&crate::moments::aggregate::ItemSums) -> u64| each().map(of).sum::<u64>().to_string();
        let own = found.distribution(None, &item.name).ok();
        let lowest = each().filter_map(|own| own.lowest).reduce(f64::min);
        let highest = each().filter_map(|own| own.highest).reduce(f64::max);
        table.row([
            format!("{}{}", if item.reversed { "-" } else { "" }, item.name),
            count(|own| own.n),
            count(|own| own.empty),
            count(|own| own.coded_missing.iter().sum()),
            count(|own| own.impossible),
            optional(own.as_ref().and_then(|own| own.mean()), 3),
            optional(own.as_ref().and_then(|own| own.sd()), 3),
            lowest.map_or_else(String::new, |x| x.to_string()),
            highest.map_or_else(String::new, |x| x.to_string()),
            item.centre.to_string(),
        ]);
    }
    table
}

fn parts(found: &Aggregate) -> Table {
    let mut table = Table::new("Groups", ["group", "cluster", "rows", "complete", "patterns"]);
    let none = || "(none)".to_string();
    for part in found.parts.iter().take(LISTED) {
        let Part { group, cluster, rows, patterns, .. } = part;
        let label = |column: &Option<String>, own: &Option<String>| match column {
            None => String::new(),
            Some(_) => own.clone().unwrap_or_else(none),
        };
        table.row([
            label(&found.plan.group, group),
            label(&found.plan.cluster, cluster),
            rows.to_string(),
            part.complete_rows().to_string(),
            patterns.len().to_string(),
        ]);
    }
    if found.parts.len() > LISTED {
        let rest = found.parts.len() - LISTED;
        table.row([format!("and {rest} more"), String::new(), String::new(), String::new(), String::new()]);
    }
    table
}
