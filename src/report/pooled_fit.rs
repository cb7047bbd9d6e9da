//! The page of a model fitted to several completed data sets.

use super::fit::ordinal;
use super::fit_measures::measures;
use super::measures::explain;
use super::number::{fixed, interval, optional, p_value};
use super::parameters::{SECTIONS, explained_variance, is_fixed, is_idle, name, standard_error};
use super::{Page, Report, Table};
use crate::estimate::{
    Fit, PooledEstimate, PooledFit, PooledModelTest, PooledSets, PoolingRule, TestStatistic,
};

impl Report for PooledFit {
    fn page(&self) -> Page {
        let fit = self.solution();
        let PooledSets { m, used, test } = self.imputation;
        let mut page = Page::titled(format!("Model fit, {}, imputed data", self.estimator.name()));
        page.paragraph(format!(
            "{used} of {m} completed data sets of {} respondents, {} free parameters, {} degrees of freedom. Estimates are \
             pooled by Rubin's rules and judged by t{}.",
            self.missing.rows_used,
            self.known("npar").map_or(0, |q| q as usize),
            self.df(),
            match test {
                Some(PoolingRule::D3) => "; the chi-square is D3, from the likelihoods at the pooled estimates",
                Some(PoolingRule::D2) => "; the chi-square is D2, from the statistics of the data sets",
                None => "",
            }
        ));
        if let Some(text) = ordinal(fit) {
            page.paragraph(text);
        }
        page.list(self.warnings.iter().map(ToString::to_string).collect());
        page.table(measures(fit));
        if !self.tests.is_empty() {
            page.table(pooled_tests(&self.tests));
        }
        let shown = |p: &&PooledEstimate| !is_idle(fit, &p.parameter);
        let of_group = |group: usize| self.parameters.iter().filter(move |p| p.parameter.group == group);
        for (group, explained) in self.r_squared().iter().enumerate() {
            if let Some(name) = self.groups.get(group) {
                page.heading(2, format!("Group {}: {name}, {} respondents", group + 1, self.nobs[group]));
            }
            for (title, op) in SECTIONS {
                let own = of_group(group + 1).filter(|p| p.parameter.op == op).filter(shown);
                let rows: Vec<&PooledEstimate> = own.collect();
                if !rows.is_empty() {
                    page.table(pooled_parameters(fit, title, &rows));
                }
            }
            if !explained.is_empty() {
                page.table(explained_variance(explained));
            }
        }
        let defined: Vec<&PooledEstimate> = of_group(0).collect();
        if !defined.is_empty() {
            page.table(pooled_parameters(fit, "Defined parameters", &defined));
        }
        page
    }
}

fn pooled_tests(tests: &[PooledModelTest]) -> Table {
    let mut table = Table::new("Pooled tests", ["test", "F", "df1", "df2", "p", "increase in variance"]);
    for PooledModelTest { test, pooled } in tests {
        let statistic =
            if *test == TestStatistic::Standard { String::new() } else { format!(" of {}", test.name()) };
        table.row([
            format!("{:?}{statistic}", pooled.rule),
            fixed(pooled.f, 3),
            fixed(pooled.df1, if pooled.df1.fract() == 0.0 { 0 } else { 2 }),
            pooled.df2.map_or_else(|| "infinite".into(), |df| fixed(df, 1)),
            p_value(Some(pooled.pvalue)),
            fixed(pooled.ariv, 3),
        ]);
    }
    table
}

fn pooled_parameters(fit: &Fit, title: &str, rows: &[&PooledEstimate]) -> Table {
    let heads = ["parameter", "est", "se", "t", "df", "p", "95 % interval", "fmi", "std.lv", "std.all"];
    let mut table = Table::new(title, heads);
    for row in rows {
        let p = &row.parameter;
        let is_fixed = is_fixed(p);
        let shown = |text: String| if is_fixed { String::new() } else { text };
        table.row([
            name(p),
            fixed(p.est, 3),
            standard_error(fit, p),
            shown(optional(p.z, 2)),
            shown(row.df.map_or_else(|| "infinite".into(), |df| fixed(df, 1))),
            shown(p_value(p.pvalue)),
            shown(interval(p.ci_lower, p.ci_upper, 3)),
            shown(optional(row.fmi, 3)),
            optional(p.std_lv, 3),
            optional(p.std_all, 3),
        ]);
        explain(&mut table, fit, &name(p), p);
        if !is_fixed && p.se.is_some() {
            let why = "its variance between data sets does not exist";
            table.without_if_none(row.fmi, &format!("fmi of {}", name(p)), why);
        }
    }
    table.note = "fmi: share of the variance that is due to what is missing.".into();
    table
}
