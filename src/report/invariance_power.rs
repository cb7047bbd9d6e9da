//! What a ladder of invariance would find, by simulation.

use super::number::fixed;
use super::{Page, Report, Table};
use crate::evidence::internal_structure::{InvariancePowerResult, Level};
use std::collections::BTreeMap;

impl Report for InvariancePowerResult {
    fn page(&self) -> Page {
        power_page(std::slice::from_ref(self))
    }
}

/// Studies of the same ladder and population with groups of different sizes, on one page.
pub fn power_page(all: &[InvariancePowerResult]) -> Page {
    let mut page = Page::titled("Power of a ladder of invariance");
    let Some(first) = all.first() else { return page };
    page.paragraph(match first.shifted.as_slice() {
        [] => "No item differs between the groups: what is named is named falsely.".into(),
        some => format!("Items that differ in the last group: {}.", some.join(", ")),
    });
    page.table(steps("Share of samples in which a step is rejected by the test at .05", all, |own| {
        &own.rejected
    }));
    page.table(steps(
        "Share of samples in which a step does not hold by the test and all rules that decide",
        all,
        |own| &own.not_held,
    ));
    page.table(named(all));
    if all.iter().any(|own| !own.items.is_empty()) {
        page.table(each("Share of samples in which an item is named", "item", all, |own| &own.items));
        page.table(each("Share of samples in which a parameter is named", "parameter", all, |own| {
            &own.parameters
        }));
    }
    page
}

fn size(own: &InvariancePowerResult) -> String {
    own.n.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ")
}

fn steps(
    title: &str,
    all: &[InvariancePowerResult],
    of: impl Fn(&InvariancePowerResult) -> &BTreeMap<String, f64>,
) -> Table {
    let is_known = |name: &str| all.iter().any(|own| of(own).contains_key(name));
    let mut names: Vec<&str> = Vec::new();
    for level in Level::ALL {
        for name in [level.name(false), level.name(true)] {
            if is_known(name) && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let mut table = Table::new(title, ["respondents"].into_iter().chain(names.iter().copied()));
    for own in all {
        let shares =
            names.iter().map(|name| of(own).get(*name).map_or_else(|| "-".into(), |share| fixed(*share, 3)));
        table.row(std::iter::once(size(own)).chain(shares));
        if names.iter().any(|name| !of(own).contains_key(*name)) {
            table.without(
                &format!("a share of {}", size(own)),
                "the step is none of its own, or has no test in any sample",
            );
        }
    }
    table
}

fn named(all: &[InvariancePowerResult]) -> Table {
    let mut columns = vec!["respondents"];
    let is_shifted = all.iter().any(|own| own.found.is_some());
    if is_shifted {
        columns.extend(["all that differ", "these and no other"]);
    }
    columns.extend(["another item", "nothing", "samples"]);
    let mut table = Table::new("Share of samples in which the search names", columns);
    for own in all {
        let mut cells = vec![size(own)];
        cells.extend(own.found.into_iter().chain(own.exact).map(|share| fixed(share, 3)));
        cells.extend([fixed(own.false_named, 3), fixed(own.nothing_named, 3), own.used.to_string()]);
        table.row(cells);
        for (reason, count) in &own.failures {
            table.remarks.push(format!("Of {}: {count} samples do not count ({reason}).", size(own)));
        }
    }
    let least = all.iter().map(|own| own.used).min().unwrap_or(1).max(1) as f64;
    table.note = format!(
        "A share of .5 has a standard error of {} in so many samples, one of .05 or .95 one of {}.",
        fixed((0.25 / least).sqrt(), 3),
        fixed((0.0475 / least).sqrt(), 3)
    );
    table
}

fn each(
    title: &str,
    head: &str,
    all: &[InvariancePowerResult],
    of: impl Fn(&InvariancePowerResult) -> &BTreeMap<String, f64>,
) -> Table {
    let mut names: Vec<&String> = all.iter().flat_map(|own| of(own).keys()).collect();
    names.sort();
    names.dedup();
    let mut table = Table::new(title, std::iter::once(head.to_string()).chain(all.iter().map(size)));
    for name in names {
        let shares = all.iter().map(|own| fixed(of(own).get(name).copied().unwrap_or(0.0), 3));
        table.row(std::iter::once(name.clone()).chain(shares));
    }
    table
}
