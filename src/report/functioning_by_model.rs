//! Items compared by the parameters of an item response model.

use super::items::sentences;
use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::counted;
use crate::evidence::internal_structure::Adjustment;
use crate::irt::{AnchorChoice, Functioning, FunctioningStatistic, ItemEffect, TestEffect};

impl Report for Functioning {
    fn page(&self) -> Page {
        let mut page = Page::titled("Differential item functioning by an item response model");
        let (reference, others) = match self.groups.split_first() {
            Some((first, others)) => (first.as_str(), others.join(", ")),
            None => ("", String::new()),
        };
        page.paragraph(format!(
            "{}, reference {reference}, compared with {others}; {} test; equal in all groups{}: {}.",
            counted(self.n, "respondent", "respondents"),
            self.test,
            match self.chosen {
                AnchorChoice::Purified => " (purified)",
                AnchorChoice::Forward => " (forward selection)",
                _ => "",
            },
            if self.chosen == AnchorChoice::AllOther || self.anchors.len() == self.items.len() {
                "all items but the one tested".into()
            } else {
                self.anchors.join(", ")
            }
        ));
        page.list(sentences(&self.warnings));
        page.table(tests(self));
        page.table(effects(self));
        page.table(impact(self));
        page
    }
}

fn tests(found: &Functioning) -> Table {
    let heads = [
        "item",
        "uniform",
        "df",
        "adjusted",
        "non-uniform",
        "df",
        "adjusted",
        "any",
        "df",
        "p",
        "adjusted",
        "class",
    ];
    let mut table = Table::new("Tests", heads);
    let cells = |test: Option<FunctioningStatistic>| {
        [
            optional(test.map(|t| t.statistic), 2),
            test.map_or_else(|| "-".into(), |t| t.df.to_string()),
            p_value(test.and_then(|t| t.adjusted)),
        ]
    };
    for item in &found.items {
        let mut row = vec![item.item.clone()];
        row.extend(cells(item.uniform));
        row.extend(cells(item.nonuniform));
        let [statistic, df, adjusted] = cells(item.total);
        let class = item.class.map_or_else(|| "-".into(), String::from);
        row.extend([statistic, df, p_value(item.total.map(|t| t.pvalue)), adjusted, class]);
        table.row(row);
        if item.total.is_none() {
            let why = if item.anchor {
                "an anchor: it is what the others are compared by"
            } else {
                "it was not tested"
            };
            table.without(&item.item, why);
        } else if item.nonuniform.is_none() {
            table.without(
                &format!("the non-uniform test of {}", item.item),
                "its slope is fixed, or not free by itself",
            );
        }
    }
    let adjusted = match found.adjustment {
        Adjustment::Holm => "adjusted by Holm",
        Adjustment::BenjaminiHochberg => "adjusted by Benjamini and Hochberg",
        _ => "not adjusted for the number of items",
    };
    table.note = format!(
        "Items that change scores most first. Uniform: intercepts, slopes equal; non-uniform: slopes; {adjusted}. Class A: not \
         significant or |ESSD| below .2; C: .5 or more; B: between."
    );
    table
}

fn effects(found: &Functioning) -> Table {
    let heads = ["item", "group", "SIDS", "UIDS", "ESSD", "D-max", "at", "sDRF", "uDRF", "dDRF"];
    let mut table = Table::new("Effects on the expected answer", heads);
    table.text_columns = vec![1];
    for item in &found.items {
        for ItemEffect { group, sids, uids, essd, dmax, dmax_at, sdrf, udrf, ddrf } in &item.effects {
            table.row([
                item.item.clone(),
                group.clone(),
                fixed(*sids, 3),
                fixed(*uids, 3),
                optional(*essd, 3),
                fixed(*dmax, 3),
                fixed(*dmax_at, 1),
                fixed(*sdrf, 3),
                fixed(*udrf, 3),
                fixed(*ddrf, 3),
            ]);
            table.without_if_none(
                *essd,
                &format!("ESSD of {}", item.item),
                "the expected answers do not vary",
            );
        }
    }
    table.note = "Group less reference. SIDS, UIDS: mean signed and absolute difference over the respondents of the group; ESSD: \
                  standardised (.2 small, .5 medium, .8 large; Meade 2010); D-max: the largest difference, and the trait where it is; DRF: over the trait of all respondents (Chalmers 2018)."
        .into();
    table
}

fn impact(found: &Functioning) -> Table {
    let mut table =
        Table::new("All items together: the expected sum", ["group", "STDS", "UETSDS", "UTDS", "ETSSD"]);
    for TestEffect { group, stds, uetsds, utds, etssd } in &found.impact {
        table.row([group.clone(), fixed(*stds, 3), fixed(*uetsds, 3), fixed(*utds, 3), optional(*etssd, 3)]);
        table.without_if_none(*etssd, &format!("ETSSD of {group}"), "the expected sums do not vary");
    }
    table.note = "STDS: mean signed difference; UETSDS: mean absolute difference of the sum; UTDS: of the items, nothing \
                  cancels; ETSSD: standardised."
        .into();
    table
}
