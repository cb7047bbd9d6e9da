//! Items compared between persons of the same level.

use super::items::sentences;
use super::number::{optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::counted;
use crate::evidence::internal_structure::{
    Adjustment, FunctioningMethod, FunctioningTest, GroupEffect, ItemDifference, ItemFunctioning, Matching,
};

impl Report for ItemFunctioning {
    fn page(&self) -> Page {
        let mut page = Page::titled("Differential item functioning");
        page.paragraph(whom(self));
        page.paragraph(how(self));
        page.list(sentences(&self.warnings));
        page.paragraph(verdict(self));
        page.table(tests(self));
        page.table(effects(self));
        page
    }
}

impl ItemFunctioning {
    /// The tests and effects of the items with all digits, a row each: for a spreadsheet.
    pub fn values(&self) -> Table {
        let tests = ["uniform", "nonuniform", "total"];
        let columns = ["statistic", "df", "pvalue", "adjusted"];
        let mut heads = vec!["item".to_string(), "categories".into()];
        heads.extend(tests.iter().flat_map(|test| columns.map(|column| format!("{test}_{column}"))));
        heads.extend(["effect", "effect_measure", "class", "is_named", "reason"].map(String::from));
        let mut table = Table::new("", heads);
        for item in &self.items {
            let mut row = vec![item.item.clone(), item.categories.to_string()];
            for test in [item.uniform, item.nonuniform, item.total] {
                let number = |of: fn(&FunctioningTest) -> String| test.as_ref().map(of).unwrap_or_default();
                row.extend([
                    number(|t| t.statistic.to_string()),
                    number(|t| t.df.to_string()),
                    number(|t| t.pvalue.to_string()),
                    number(|t| t.adjusted.to_string()),
                ]);
            }
            row.push(item.effect.map(|e| e.to_string()).unwrap_or_default());
            row.push(item.effect_measure.clone());
            row.push(item.class.map(String::from).unwrap_or_default());
            row.push(item.is_named.to_string());
            row.push(item.reason.clone().unwrap_or_default());
            table.row(row);
        }
        table
    }
}

fn whom(found: &ItemFunctioning) -> String {
    let groups: Vec<String> = found.groups.iter().map(|g| format!("{} (n = {})", g.group, g.n)).collect();
    match groups.as_slice() {
        [] => format!(
            "{} of {} compared by the number '{}'.",
            found.n,
            counted(found.rows, "respondent", "respondents"),
            found.variable
        ),
        [reference, others @ ..] => {
            format!("By {}: reference {reference}, compared with {}.", found.variable, others.join(", "))
        }
    }
}

fn how(found: &ItemFunctioning) -> String {
    let method = match found.method {
        FunctioningMethod::Logistic => "Ordinal logistic regression (proportional odds)",
        FunctioningMethod::MantelHaenszel => "Mantel-Haenszel tables",
    };
    let left_out = found.items.len() - found.anchors.len();
    let anchors = match left_out {
        0 => "all items".into(),
        _ if left_out < found.anchors.len() => format!("{} of the items", found.anchors.len()),
        _ => found.anchors.join(", "),
    };
    let matching = match found.matching {
        Matching::Sum if left_out == 0 => "",
        Matching::Sum => " and the item itself",
        Matching::Rest => " without the item itself",
    };
    let adjustment = match found.adjustment {
        Adjustment::Holm => "Holm's adjustment",
        Adjustment::BenjaminiHochberg => "the adjustment of Benjamini and Hochberg",
        Adjustment::None => "no adjustment",
    };
    let mut text = format!(
        "{method}; persons of the same level have the same sum of {anchors}{matching}; level {} with {adjustment} for the \
         number of items.",
        found.alpha
    );
    if let Some(cleaned) = &found.purification {
        let rounds = counted(cleaned.rounds, "round", "rounds");
        text += &match (cleaned.left_out.as_slice(), cleaned.is_settled) {
            ([], _) => " Purification: nothing to leave out of the sum.".to_string(),
            (out, true) => format!(" Purification: {rounds}; left out of the sum: {}.", out.join(", ")),
            (out, false) => format!(
                " Purification: only two items are left in the sum, and one of them differs too ({rounds}; left out: {}): name \
                 anchors instead.",
                out.join(", ")
            ),
        };
    }
    text
}

fn verdict(found: &ItemFunctioning) -> String {
    let tested = found.items.iter().filter(|item| item.class.is_some()).count();
    let named: Vec<String> = found
        .items
        .iter()
        .filter(|item| item.is_named)
        .map(|item| format!("{} ({})", item.item, item.class.unwrap_or('-')))
        .collect();
    let of = counted(tested, "item", "items");
    match named.as_slice() {
        [] => format!("None of {of} is named: no difference beyond chance at the same level."),
        _ => format!(
            "Named, of {of}: {} (size of the difference: A negligible, B moderate, C large).",
            named.join(", ")
        ),
    }
}

fn tests(found: &ItemFunctioning) -> Table {
    let is_logistic = found.method == FunctioningMethod::Logistic;
    let total = if is_logistic { "any" } else { "any (general)" };
    let mut heads = vec!["item", "uniform", "df", "p", "adjusted"];
    if is_logistic {
        heads.extend(["non-uniform", "df", "p", "adjusted"]);
    }
    heads.extend([total, "df", "p", "adjusted", "effect", "class"]);
    let mut table = Table::new("Tests", heads);
    let cells = |test: Option<FunctioningTest>| {
        [
            optional(test.map(|t| t.statistic), 2),
            test.map_or_else(|| "-".into(), |t| t.df.to_string()),
            p_value(test.map(|t| t.pvalue)),
            p_value(test.map(|t| t.adjusted)),
        ]
    };
    for item in &found.items {
        let mut row = vec![item.item.clone()];
        row.extend(cells(item.uniform));
        if is_logistic {
            row.extend(cells(item.nonuniform));
        }
        row.extend(cells(item.total));
        row.push(optional(item.effect, 3));
        row.push(item.class.map_or_else(|| "-".into(), |class| class.to_string()));
        table.row(row);
        if let Some(reason) = &item.reason {
            if item.total.is_none() {
                table.without(&item.item, reason);
            } else {
                table.remarks.push(format!("{}: {reason}.", item.item));
            }
        }
    }
    table.note = note(found);
    table
}

fn note(found: &ItemFunctioning) -> String {
    let is_binary = |item: &ItemDifference| item.categories == 2;
    match found.method {
        FunctioningMethod::Logistic => {
            "Chi-square: differences of deviances. Effect: rise of Nagelkerke's R2 by group and product; class by Jodoin and \
             Gierl (2001): B from .035, C from .070, where 'any' of the item by itself is significant."
                .into()
        }
        FunctioningMethod::MantelHaenszel if found.items.iter().all(is_binary) => {
            "Uniform: Mantel-Haenszel chi-square (with 1/2 for two groups). Effect: delta of the Educational Testing \
             Service; class B from 1, C from 1.5 (and above 1 beyond chance), where 'uniform' of the item by itself is significant."
                .into()
        }
        FunctioningMethod::MantelHaenszel => {
            "Uniform: Mantel's test of the mean answer. Effect: standardised mean difference over the standard deviation of \
             the item (delta for items of two categories); class B from .17 (1), C from .25 (1.5), where 'uniform' of the item \
             by itself is significant."
                .into()
        }
    }
}

fn effects(found: &ItemFunctioning) -> Table {
    let is_logistic = found.method == FunctioningMethod::Logistic;
    let mut heads = vec!["item", "group", "log odds", "se"];
    if !is_logistic {
        heads.extend(["delta", "mean difference", "/ sd"]);
    }
    let mut table = Table::new("Effects at the same level", heads);
    table.text_columns = vec![1];
    for item in &found.items {
        for effect in &item.effects {
            let GroupEffect { group, log_odds, se, ets_delta, smd, smd_sd } = effect;
            let mut row = vec![item.item.clone(), group.clone(), optional(*log_odds, 3), optional(*se, 3)];
            if !is_logistic {
                row.extend([optional(*ets_delta, 2), optional(*smd, 3), optional(*smd_sd, 3)]);
            }
            table.row(row);
        }
    }
    let reference = found.groups.first().map_or_else(|| "one unit less".into(), |g| g.group.clone());
    table.note = format!(
        "Positive: higher answers than {reference} at the same level{}.",
        if is_logistic { "" } else { "; delta and log odds for items of two categories" }
    );
    table
}
