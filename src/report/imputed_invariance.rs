//! A ladder of invariance over completed data sets.

use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::estimate::PoolingRule;
use crate::evidence::internal_structure::ImputedInvariance;

impl Report for ImputedInvariance {
    fn page(&self) -> Page {
        let mut page = Page::titled("Measurement invariance over completed data sets");
        let groups: Vec<String> =
            self.groups.iter().zip(&self.nobs).map(|(name, n)| format!("{name} ({n})")).collect();
        page.paragraph(format!(
            "Groups of {}: {}; {} of {} completed data sets. {}, measures are means.",
            self.group,
            groups.join(", "),
            self.used,
            self.m,
            if self
                .comparisons
                .iter()
                .filter_map(|own| own.test.as_ref())
                .any(|test| test.rule == PoolingRule::D3)
            {
                "Tests are pooled by D3 (Meng & Rubin 1992)"
            } else {
                "Tests are pooled by D2 (Li, Meng, Raghunathan & Rubin 1991)"
            }
        ));
        page.list(self.warnings.iter().map(ToString::to_string).collect());
        let mut steps = Table::new("Steps", ["step", "npar", "F", "df", "p", "CFI", "RMSEA", "SRMR"]);
        for own in &self.models {
            steps.row([
                own.level.clone(),
                own.npar.to_string(),
                optional(own.test.as_ref().map(|test| test.f), 3),
                optional(own.test.as_ref().map(|test| test.df1), 0),
                p_value(own.test.as_ref().map(|test| test.pvalue)),
                optional(own.cfi, 3),
                optional(own.rmsea, 3),
                optional(own.srmr, 3),
            ]);
            let all = own.test.as_ref().map(|_| ()).and(own.cfi).and(own.rmsea).and(own.srmr);
            table_without(&mut steps, all, &own.level);
        }
        page.table(steps);
        let columns = ["step", "test", "verdict", "F", "df", "p", "CFI", "RMSEA", "SRMR"];
        let mut table = Table::new("What each step costs (restricted minus freer)", columns);
        table.text_columns = vec![1, 2];
        for own in &self.comparisons {
            table.row([
                own.to.clone(),
                own.method.name().into(),
                own.verdict.to_string(),
                optional(own.test.as_ref().map(|test| test.f), 3),
                optional(own.test.as_ref().map(|test| test.df1), 0),
                p_value(own.test.as_ref().map(|test| test.pvalue)),
                optional(own.delta_cfi, 3),
                optional(own.delta_rmsea, 3),
                optional(own.delta_srmr, 3),
            ]);
            let all =
                own.test.as_ref().map(|_| ()).and(own.delta_cfi).and(own.delta_rmsea).and(own.delta_srmr);
            table_without(&mut table, all, &own.to);
        }
        page.table(table);
        let mut named =
            Table::new("Parameters that the search names", ["parameter", "share of the data sets"]);
        self.released.iter().for_each(|(parameter, share)| named.row([parameter.clone(), fixed(*share, 2)]));
        if !named.rows.is_empty() {
            page.table(named);
        }
        page
    }
}

fn table_without(table: &mut Table, all: Option<f64>, step: &str) {
    table.without_if_none(all, &format!("numbers of {step}"), "they do not exist in every data set");
}
