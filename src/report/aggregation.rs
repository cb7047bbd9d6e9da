//! The page of evidence for aggregation.

use super::items::sentences;
use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::internal_structure::{AggregatedScale, Aggregation, OverGroups};

/// Groups that are shown.
const SHOWN: usize = 30;

impl Report for Aggregation {
    fn page(&self) -> Page {
        let mut page = Page::titled("Aggregation");
        let range = |own: &AggregatedScale| format!("from {} to {}", own.low, own.high);
        let of = |own: &AggregatedScale| format!("{} ({})", range(own), own.scale);
        let ranges: Vec<String> = self.scales.iter().map(range).collect();
        let answers = match ranges.first() {
            Some(first) if ranges.iter().all(|other| other == first) => first.clone(),
            _ => self.scales.iter().map(of).collect::<Vec<String>>().join(", "),
        };
        page.paragraph(format!(
            "{} members of {} groups ('{}'), answers {answers}.",
            self.n, self.groups, self.cluster
        ));
        page.list(sentences(&self.warnings));
        coefficients(self).into_iter().for_each(|table| page.table(table));
        for s in &self.scales {
            page.table(groups(s));
        }
        page
    }
}

/// ICC(1), ICC(2) and agreement of each scale.
pub(super) fn coefficients(found: &Aggregation) -> Vec<Table> {
    let mut tables = Vec::new();
    let heads = ["scale", "items", "n", "k", "ICC(1)", "ICC(2)", "deff", "F", "df", "p"];
    let mut table = Table::new("Between groups", heads);
    for s in &found.scales {
        table.row([
            s.scale.clone(),
            s.items.len().to_string(),
            s.n.to_string(),
            fixed(s.mean_group_size, 1),
            fixed(s.icc1, 3),
            optional(s.icc2, 3),
            fixed(s.design_effect, 2),
            optional(s.f, 2),
            format!("{:.0}, {:.0}", s.df1, s.df2),
            p_value(s.pvalue),
        ]);
        let of = |what: &str| format!("{what} of {}", s.scale);
        table.without_if_none(s.icc2, &of("ICC(2)"), "the means of the groups do not vary");
        table.without_if_none(s.f, &of("F"), "members of a group never differ");
    }
    table.note = "ICC(1): share of the variance of one member's score that lies between groups. ICC(2): reliability of \
                  the mean of a group of mean size k. deff: sampling variance of the mean of the score over that of \
                  as many independent members (Kish 1965)."
        .into();
    tables.push(table);
    let mut table = Table::new("Design effects of items", ["scale", "item", "deff"]);
    table.text_columns = vec![1];
    for s in found.scales.iter().filter(|s| s.items.len() > 1) {
        for (item, effect) in s.items.iter().zip(&s.item_design_effects) {
            table.row([s.scale.clone(), item.clone(), optional(*effect, 2)]);
            table.without_if_none(*effect, &format!("deff of {item}"), "its groups or members do not vary");
        }
    }
    if !table.rows.is_empty() {
        tables.push(table);
    }
    let heads = ["scale", "coefficient", "groups", "mean", "median", "min", "max"];
    let mut table = Table::new("Agreement within groups", heads);
    table.text_columns = vec![1];
    for s in &found.scales {
        for (coefficient, own) in [("rwg", s.rwg), ("rwg(j)", s.rwgj), ("awg", s.awg)] {
            if let Some(OverGroups { groups, mean, median, min, max }) = own {
                let numbers = [mean, median, min, max].map(|x| fixed(x, 3));
                let names = [s.scale.clone(), coefficient.into(), groups.to_string()];
                table.row(names.into_iter().chain(numbers));
            }
        }
    }
    table.note =
        "rwg: against answers at random, all equally likely (James, Demaree & Wolf 1984); awg: against the \
                      largest disagreement that the mean allows (Brown & Hauenstein 2005)."
            .into();
    tables.push(table);
    tables
}

fn groups(s: &AggregatedScale) -> Table {
    let mut table =
        Table::new(format!("Groups: {}", s.scale), ["group", "n", "mean", "rwg", "rwg(j)", "awg"]);
    for g in s.by_group.iter().take(SHOWN) {
        table.row([
            g.group.clone(),
            g.n.to_string(),
            fixed(g.mean, 2),
            optional(g.rwg, 2),
            optional(g.rwgj, 2),
            optional(g.awg, 2),
        ]);
        let of = |what: &str| format!("{what} of {}", g.group);
        table.without_if_none(g.rwg.and(g.rwgj), &of("rwg"), "no item has two answers");
        let why = match g.rwg {
            None => "no item has two answers",
            Some(_) => "the means of the items are too close to an end of the range",
        };
        table.without_if_none(g.awg, &of("awg"), why);
    }
    if s.by_group.len() > SHOWN {
        table.note = format!("{SHOWN} of {} groups are shown; --format json has all.", s.by_group.len());
    }
    table
}
