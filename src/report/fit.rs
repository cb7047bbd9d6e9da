//! The page of a fitted model.

use super::number::{fixed, interval, optional, p_value};
use super::{Page, Report, Table};
use crate::estimate::{Fit, ParameterEstimate};

impl Report for Fit {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Model fit, {}", self.estimator.name()));
        page.paragraph(format!(
            "{} respondents of {} read; {} free parameters, {} degrees of freedom; {} after {} iterations.",
            self.missing.rows_used,
            self.missing.rows_read,
            self.measure("npar").map_or(0, |q| q as usize),
            self.df(),
            self.status,
            self.iterations
        ));
        page.list(
            self.status.hint().into_iter().chain(self.warnings.iter().map(ToString::to_string)).collect(),
        );
        if self.converged {
            page.table(measures(self));
        }
        let explained = self.r_squared();
        for (group, explained) in explained.iter().enumerate() {
            if let Some(name) = self.groups.get(group) {
                page.heading(2, format!("Group {}: {name}, {} respondents", group + 1, self.nobs[group]));
            }
            let own: Vec<&ParameterEstimate> =
                self.parameters.iter().filter(|p| p.group == group + 1).collect();
            for (title, op) in [
                ("Loadings", "=~"),
                ("Regressions", "~"),
                ("Variances and covariances", "~~"),
                ("Intercepts", "~1"),
            ] {
                let rows: Vec<&ParameterEstimate> = own.iter().filter(|p| p.op == op).copied().collect();
                if !rows.is_empty() {
                    page.table(parameters(title, &rows));
                }
            }
            if self.converged && !explained.is_empty() {
                let mut table = Table::new("Explained variance", ["variable", "R2"]);
                explained.iter().for_each(|(name, share)| table.row([name.clone(), optional(*share, 3)]));
                page.table(table);
            }
        }
        let defined: Vec<&ParameterEstimate> = self.parameters.iter().filter(|p| p.op == ":=").collect();
        if !defined.is_empty() {
            page.table(parameters("Defined parameters", &defined));
        }
        page
    }
}

/// The measures that every article reports.
pub(super) fn measures(fit: &Fit) -> Table {
    let get = |name: &str| fit.measure(name);
    let mut table = Table::new("Fit", ["measure", "value", "detail"]);
    table.text_columns = vec![2];
    let mut row = |name: &str, value: String, detail: String| table.row([name.to_string(), value, detail]);
    let df = |name: &str| get(name).map_or(0.0, |d| d);
    row("Chi-square", optional(get("chisq"), 3), format!("df {}, p {}", df("df"), p_value(get("pvalue"))));
    row(
        "Baseline",
        optional(get("baseline.chisq"), 3),
        format!("df {}, independence model", df("baseline.df")),
    );
    row("CFI", optional(get("cfi"), 3), String::new());
    row("TLI", optional(get("tli"), 3), String::new());
    let ci = interval(get("rmsea.ci.lower"), get("rmsea.ci.upper"), 3);
    row(
        "RMSEA",
        optional(get("rmsea"), 3),
        format!("90 % {ci}, p(RMSEA <= .05) {}", p_value(get("rmsea.pvalue"))),
    );
    row("SRMR", optional(get("srmr"), 3), String::new());
    row(
        "Log-likelihood",
        optional(get("logl"), 3),
        format!("saturated {}", optional(get("unrestricted.logl"), 3)),
    );
    row("AIC", optional(get("aic"), 3), String::new());
    row("BIC", optional(get("bic"), 3), format!("sample-size adjusted {}", optional(get("bic2"), 3)));
    table
}

fn parameters(title: &str, rows: &[&ParameterEstimate]) -> Table {
    let mut table =
        Table::new(title, ["parameter", "est", "se", "z", "p", "95 % interval", "std.lv", "std.all"]);
    for p in rows {
        let name =
            if p.op == "~1" { format!("{} ~1", p.lhs) } else { format!("{} {} {}", p.lhs, p.op, p.rhs) };
        let name = if p.label.is_empty() { name } else { format!("{name} ({})", p.label) };
        let fixed_value = p.free == 0 && p.op != ":=";
        let shown = |text: String| if fixed_value { String::new() } else { text };
        table.row([
            name,
            fixed(p.est, 3),
            if fixed_value { "fixed".into() } else { optional(p.se, 3) },
            shown(optional(p.z, 2)),
            shown(p_value(p.pvalue)),
            shown(interval(p.ci_lower, p.ci_upper, 3)),
            optional(p.std_lv, 3),
            optional(p.std_all, 3),
        ]);
    }
    table
}
