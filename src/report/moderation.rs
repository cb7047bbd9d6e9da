//! Parameters that depend on numbers.

use super::items::sentences;
use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::counted;
use crate::evidence::internal_structure::{FunctioningTest, ModeratedParameter, Moderation};

impl Report for Moderation {
    fn page(&self) -> Page {
        let mut page = Page::titled("Moderated factor analysis");
        page.paragraph(format!(
            "One factor, {}; {} of {}; maximum likelihood with the answers that are there. Numbers: {}.",
            counted(self.items.len(), "item", "items"),
            self.n,
            counted(self.rows, "respondent", "respondents"),
            units(self)
        ));
        page.list(sentences(&self.warnings));
        page.paragraph(verdict(self));
        page.table(tests(self));
        page.table(slopes(self));
        page.table(items(self));
        page
    }
}

fn units(found: &Moderation) -> String {
    let unit = |n: &crate::evidence::internal_structure::ModeratingNumber| {
        format!("{} (mean {}, sd {})", n.name, fixed(n.mean, 3), fixed(n.sd, 3))
    };
    found.numbers.iter().map(unit).collect::<Vec<_>>().join(", ")
}

fn verdict(found: &Moderation) -> String {
    let rounds = counted(found.rounds, "round", "rounds");
    match found.named().as_slice() {
        named if !found.is_settled => format!(
            "Named ({rounds}): {}; only two items are left, and they depend on the number too: nothing says what the factor is.",
            named.join(", ")
        ),
        [] => format!(
            "No item is named ({rounds}): intercepts and loadings are alike whatever the number, as far as these answers tell."
        ),
        named => format!(
            "Named ({rounds}): {}. Their intercepts and loadings depend on the number, and are free in the final model; the \
             other items carry the factor.",
            named.join(", ")
        ),
    }
}

fn tests(found: &Moderation) -> Table {
    let heads = ["item", "intercept", "df", "p", "loading", "df", "p", "both", "df", "p", "adjusted"];
    let mut table = Table::new("Tests", heads);
    let cells = |test: Option<FunctioningTest>| {
        [
            optional(test.map(|t| t.statistic), 2),
            test.map_or_else(|| "-".into(), |t| t.df.to_string()),
            p_value(test.map(|t| t.pvalue)),
        ]
    };
    for item in &found.items {
        let mut row = vec![item.item.clone()];
        for test in [item.uniform, item.nonuniform, item.total] {
            row.extend(cells(test));
        }
        row.push(p_value(item.total.map(|t| t.adjusted)));
        table.row(row);
        if let Some(reason) = &item.reason {
            table.without(&item.item, reason);
        }
    }
    table.note = format!(
        "Likelihood ratios: the item's intercept free to depend on the numbers, then its loading as well. An item is named \
         where its p of both, adjusted, is below {} and its difference the largest; its tests are of the round that named it, \
         those of the others of the last.",
        found.alpha
    );
    table
}

fn slopes(found: &Moderation) -> Table {
    let heads = ["of", "parameter", "number", "per sd", "se", "z", "p", "per unit"];
    let mut table = Table::new("How parameters depend on numbers", heads);
    table.text_columns = vec![1, 2];
    let mut row = |of: &str, slope: &ModeratedParameter| {
        table.row([
            of.to_string(),
            slope.parameter.clone(),
            slope.number.clone(),
            fixed(slope.per_sd, 3),
            optional(slope.se, 3),
            optional(slope.z, 2),
            p_value(slope.pvalue),
            optional(Some(slope.per_unit), 4),
        ]);
    };
    found.factor.iter().for_each(|slope| row("the factor", slope));
    for item in &found.items {
        item.slopes.iter().for_each(|slope| row(&item.item, slope));
    }
    if found.factor.iter().any(|slope| slope.se.is_none()) {
        table.without("the standard errors", "the information matrix has no inverse");
    }
    table
}

fn items(found: &Moderation) -> Table {
    let mut table = Table::new(
        "Items at the means of the numbers",
        ["item", "intercept", "loading", "residual variance"],
    );
    for item in &found.items {
        table.row([
            item.item.clone(),
            fixed(item.intercept, 3),
            fixed(item.loading, 3),
            fixed(item.residual_variance, 3),
        ]);
    }
    table.note = "The factor has mean 0 and variance 1 there.".into();
    table
}
