//! Uniform bias of items, from one model of all groups.

use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::internal_structure::PooledBias;

impl Report for PooledBias {
    fn page(&self) -> Page {
        let mut page = Page::titled("Uniform bias, one model of all groups");
        let groups: Vec<String> =
            self.groups.iter().zip(&self.nobs).map(|(name, n)| format!("{name} ({n})")).collect();
        page.paragraph(format!(
            "Groups of {}: {}. Groups are covariates of factors and, item by item, of the item (MIMIC). Whether loadings and \
             residual variances are the same cannot be looked at in this way.",
            self.group,
            groups.join(", ")
        ));
        page.list(self.warnings.iter().map(ToString::to_string).collect());
        let columns = ["item", "group", "effect", "SE", "standardised", "p", "p adjusted (Holm)"];
        let mut table =
            Table::new("What a group answers higher than the first at the same value of the factor", columns);
        table.text_columns = vec![1];
        for own in &self.bias {
            table.row([
                own.item.clone(),
                own.group.clone(),
                optional(own.est, 3),
                optional(own.se, 3),
                optional(own.standardized, 3),
                p_value(own.pvalue),
                p_value(own.adjusted),
            ]);
            if let Some(reason) = &own.reason {
                table.without(&format!("the effect on {}", own.item), reason);
            }
        }
        page.table(table);
        let mut factors =
            Table::new("Factors against the first group", ["factor", "group", "difference", "SE", "p"]);
        factors.text_columns = vec![1];
        for own in &self.factors {
            factors.row([
                own.factor.clone(),
                own.group.clone(),
                fixed(own.est, 3),
                optional(own.se, 3),
                p_value(own.pvalue),
            ]);
        }
        factors.note = "With no item biased.".into();
        page.table(factors);
        let mut items = Table::new("Answers by group", ["item", "group", "n", "mean", "SD"]);
        items.text_columns = vec![1];
        for own in &self.descriptive {
            items.row([
                own.item.clone(),
                own.group.clone(),
                own.n.to_string(),
                optional(own.mean, 2),
                optional(own.sd, 2),
            ]);
            let of = format!("mean or SD of {}", own.item);
            items.without_if_none(own.sd, &of, "fewer than two answers in a group");
        }
        page.table(items);
        page
    }
}
