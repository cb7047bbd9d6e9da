//! Pages of what goes with exploratory factors: items and their dimensions, a general factor, scores, halves, levels.

use super::items::sentences;
use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::estimate::CrossValidation;
use crate::factor::{FactorWeights, Hierarchy, ItemFinding, Level, Placements};
use crate::moments::LabelledMatrix;

impl Report for Placements {
    fn page(&self) -> Page {
        let mut page = Page::titled("Items and their dimensions");
        page.heading(2, "Items and their dimensions");
        page.paragraph(format!(
            "{} of {} items load most on the factor of their own dimension.",
            self.at_home,
            self.items.len()
        ));
        let heads = ["item", "dimension", "loads on", "own", "largest other", "communality", "findings"];
        let mut table = Table::new("", heads);
        table.text_columns = vec![1, 2, 6];
        for own in &self.items {
            let found: Vec<String> = own.findings.iter().map(ToString::to_string).collect();
            table.row([
                own.item.clone(),
                own.dimension.clone(),
                own.loads_on.clone(),
                fixed(own.own, 3),
                fixed(own.other, 3),
                fixed(own.communality, 3),
                found.join("; "),
            ]);
        }
        let mut rules: Vec<&str> =
            self.items.iter().flat_map(|own| &own.findings).map(ItemFinding::rule).collect();
        rules.sort_unstable();
        rules.dedup();
        if !rules.is_empty() {
            table.note = format!("Rules: {}.", rules.join("; "));
        }
        page.table(table);
        page
    }
}

impl Report for Hierarchy {
    fn page(&self) -> Page {
        let mut page = Page::titled("A general factor");
        page.heading(2, "A general factor above the factors");
        let mut table = Table::of_matrix("Loadings after Schmid and Leiman", &self.loadings, 3);
        table.columns.push("item ECV".into());
        for (row, name) in table.rows.iter_mut().zip(&self.loadings.rows) {
            row.push(self.item_ecv.get(name).map_or_else(|| "-".into(), |v| fixed(*v, 3)));
        }
        if !self.reversed.is_empty() {
            let items = self.reversed.join(", ");
            table.note = format!("Turned around, since they load negatively on the general factor: {items}.");
        }
        page.table(table);
        let mut total = Table::new("What the total score owes to them", ["coefficient", "value"]);
        for (name, value) in [
            ("omega hierarchical", self.omega_hierarchical),
            ("omega total", self.omega_total),
            ("omega hierarchical, asymptotic", self.omega_asymptotic),
            ("explained common variance", self.ecv),
            ("uncontaminated correlations", self.puc),
        ] {
            total.row([name.to_string(), fixed(value, 3)]);
        }
        page.table(total);
        page.table(by_factor(self));
        page
    }
}

fn by_factor(found: &Hierarchy) -> Table {
    let heads = ["factor", "items", "omega total", "general", "group", "H", "determinacy"];
    let mut table = Table::new("By factor", heads);
    let at = |values: &[Option<f64>], j: usize| optional(values.get(j).copied().flatten(), 3);
    let all = found.loadings.rows.len().to_string();
    let (t, h) = (fixed(found.omega_total, 3), fixed(found.omega_hierarchical, 3));
    table.row(["g".to_string(), all, t, h, String::new(), at(&found.h, 0), at(&found.determinacy, 0)]);
    for (j, group) in found.groups.iter().enumerate() {
        let of = |what: &str| format!("{what} of {}", group.name);
        table.without_if_none(group.omega_total, &of("omega"), "no item loads most on it");
        table.without_if_none(found.h[j + 1], &of("H"), "a loading is 1 or more, or all are 0");
        table.without_if_none(found.determinacy[j + 1], &of("determinacy"), "the matrix is singular");
        table.row([
            group.name.clone(),
            group.items.len().to_string(),
            optional(group.omega_total, 3),
            optional(group.omega_general, 3),
            optional(group.omega_group, 3),
            at(&found.h, j + 1),
            at(&found.determinacy, j + 1),
        ]);
    }
    table
}

impl Report for FactorWeights {
    fn page(&self) -> Page {
        let mut page = Page::titled("Factor scores");
        page.heading(2, "Factor scores");
        let title = format!("Weights of standardised answers ({})", self.rule);
        page.table(Table::of_matrix(title, &self.weights, 3));
        let mut table = Table::of_matrix("Correlations of scores (rows) with factors", &self.with_factors, 3);
        table.note =
            "On the diagonal the validity of each score; off it what it has of other factors.".into();
        page.table(table);
        page.table(Table::of_matrix("Correlations of the scores", &self.correlations, 3));
        page
    }
}

impl Report for CrossValidation {
    fn page(&self) -> Page {
        let mut page = Page::titled("Cross-validation");
        page.heading(2, "Explored in one half, confirmed in the other");
        let (explored, confirmed) = self.n;
        page.paragraph(format!(
            "{explored} respondents explored, {confirmed} confirmed (seed {}).",
            self.seed
        ));
        let mut table = Table::new("Congruence of the factors of both halves", ["factor", "congruence"]);
        for (j, value) in self.congruence.iter().enumerate() {
            table.row([format!("F{}", j + 1), fixed(*value, 3)]);
        }
        table.note = ".95 is equal, .85 fair (Lorenzo-Seva & ten Berge 2006).".into();
        page.table(table);
        let of = |name: &str| self.fit.get(name).copied().flatten();
        let best = |names: [&str; 3]| names.into_iter().find_map(of);
        let mut fit = Table::new("Fit of the structure in the second half", ["measure", "value"]);
        fit.row(["chi-square".to_string(), optional(best(["chisq.scaled", "chisq", "chisq"]), 3)]);
        fit.row(["degrees of freedom".to_string(), optional(of("df"), 0)]);
        fit.row(["p".to_string(), p_value(best(["pvalue.scaled", "pvalue", "pvalue"]))]);
        fit.row(["CFI".to_string(), optional(best(["cfi.robust", "cfi.scaled", "cfi"]), 3)]);
        fit.row(["RMSEA".to_string(), optional(best(["rmsea.robust", "rmsea.scaled", "rmsea"]), 3)]);
        fit.row(["SRMR".to_string(), optional(of("srmr"), 3)]);
        page.table(fit);
        page.list(self.model.lines().map(ToString::to_string).collect());
        if !self.left_out.is_empty() {
            page.paragraph(format!("On no factor .30 or more: {}.", self.left_out.join(", ")));
        }
        page.list(sentences(&self.warnings));
        page
    }
}

/// Solutions of ever more factors, and how they correlate.
pub fn bass_ackwards_page(levels: &[Level]) -> Page {
    let mut page = Page::titled("Top-down");
    page.heading(2, "Solutions of 1, 2, ... factors, and how they correlate");
    for level in levels {
        let above: Option<&LabelledMatrix> = level.with_above.as_ref();
        if let Some(matrix) = above {
            let k = level.factors;
            page.table(Table::of_matrix(format!("{} factors (rows) with {k} (columns)", k - 1), matrix, 2));
        }
    }
    page
}
