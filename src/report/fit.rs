//! The page of a fitted model.

use super::number::{fixed, interval, optional, p_value};
use super::{Page, Report, Table};
use crate::estimate::{
    BootstrapInterval, BootstrapOptions, Fit, ParameterEstimate, Resampling, TestStatistic,
};
use crate::model::Parameterization;
use crate::moments::Missing;

impl Report for Fit {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Model fit, {}", self.estimator.name()));
        page.paragraph(format!(
            "{} respondents of {} read; {} free parameters, {} degrees of freedom; the model {} after {} iterations.",
            self.missing.rows_used,
            self.missing.rows_read,
            self.measure("npar").map_or(0, |q| q as usize),
            self.df(),
            self.status,
            self.iterations
        ));
        if let Some(text) = ordinal(self) {
            page.paragraph(text);
        }
        page.list(
            self.status.hint().into_iter().chain(self.warnings.iter().map(ToString::to_string)).collect(),
        );
        if !self.auxiliary.is_empty() {
            page.paragraph(format!(
                "Auxiliary variables, as saturated correlates (Graham 2003): {}. Their parameters are not shown.",
                self.auxiliary.join(", ")
            ));
        }
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
                ("Thresholds", "|"),
                ("Scaling factors", "~*~"),
                ("Intercepts", "~1"),
            ] {
                let is_model = |p: &&&ParameterEstimate| {
                    !self.auxiliary.contains(&p.lhs) && !self.auxiliary.contains(&p.rhs)
                };
                let shown = |p: &&&ParameterEstimate| p.op == op && is_model(p) && !is_idle(self, p);
                let rows: Vec<&ParameterEstimate> = own.iter().filter(shown).copied().collect();
                if !rows.is_empty() {
                    page.table(parameters(self, title, &rows));
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
            page.table(parameters(self, "Defined parameters", &defined));
        }
        if let Some(bootstrap) = &self.bootstrap {
            let BootstrapOptions { replicates, seed, resampling, interval } = bootstrap.options;
            let from = match resampling {
                Resampling::Nonparametric => "the respondents, drawn with replacement",
                Resampling::Parametric => "the normal distribution of the model",
            };
            let interval = match interval {
                BootstrapInterval::Percentile => "percentile",
                BootstrapInterval::Basic => "basic",
                BootstrapInterval::Bca => "BCa",
                BootstrapInterval::Normal => "normal",
            };
            page.paragraph(format!(
                "Standard errors and {interval} intervals from {} of {replicates} bootstrap replicates of {from} (seed {seed}).",
                replicates - bootstrap.failed
            ));
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
    // whole, except after a Satterthwaite correction
    let df = |name: &str| match get(name).unwrap_or(0.0) {
        d if d.fract() == 0.0 => fixed(d, 0),
        d => fixed(d, 2),
    };
    let test = |chisq: &str, d: &str, p: &str| format!("df {}, p {}{chisq}", df(d), p_value(get(p)));
    let scaled = get("chisq.scaled").is_some();
    if scaled {
        // the test as it was asked for first, then the one it was made from
        let factor = format!(", scaling factor {}", optional(get("chisq.scaling.factor"), 3));
        row(
            "Chi-square, scaled",
            optional(get("chisq.scaled"), 3),
            test(&factor, "df.scaled", "pvalue.scaled"),
        );
        let caveat = if fit.is_ordinal() { " (not to be interpreted)" } else { " (assumes normality)" };
        row("Chi-square, unscaled", optional(get("chisq"), 3), test(caveat, "df", "pvalue"));
    } else {
        row("Chi-square", optional(get("chisq"), 3), test("", "df", "pvalue"));
    }
    for test in fit.tests.iter().filter(|t| !t.test.is_scaled() && t.test != TestStatistic::Standard) {
        let name = match test.test {
            TestStatistic::BollenStine => "Bollen-Stine bootstrap",
            _ => "Browne, residual-based",
        };
        let detail = format!("df {}, p {} ({})", fixed(test.df, 0), p_value(test.pvalue), test.test.name());
        row(name, fixed(test.chisq, 3), detail);
    }
    let contributions = fit.tests.first().map_or(&[][..], |test| &test.groups);
    if contributions.len() > 1 {
        for (name, contribution) in fit.groups.iter().zip(contributions) {
            row(&format!("  of {name}"), fixed(*contribution, 3), "share of the chi-square".into());
        }
    }
    row(
        "Baseline",
        optional(get("baseline.chisq"), 3),
        format!("df {}, independence model", df("baseline.df")),
    );
    // robust before scaled before neither
    let version = |name: &str| {
        let versions = [(".robust", "robust"), (".scaled", "scaled"), ("", "")];
        let found = versions
            .iter()
            .find(|(suffix, _)| !scaled || suffix.is_empty() || get(&format!("{name}{suffix}")).is_some());
        if scaled { found.copied().unwrap_or_default() } else { ("", "") }
    };
    for (title, name) in [("CFI", "cfi"), ("TLI", "tli")] {
        let (suffix, word) = version(name);
        row(title, optional(get(&format!("{name}{suffix}")), 3), word.to_string());
    }
    let (suffix, word) = version("rmsea");
    let of = |name: &str| get(&format!("{name}{suffix}"));
    let ci = interval(of("rmsea.ci.lower"), of("rmsea.ci.upper"), 3);
    let word = if word.is_empty() { String::new() } else { format!(", {word}") };
    let close = p_value(of("rmsea.pvalue"));
    row("RMSEA", optional(of("rmsea"), 3), format!("90 % {ci}, p(RMSEA <= .05) {close}{word}"));
    row("SRMR", optional(get("srmr"), 3), String::new());
    if get("logl").is_some() {
        row(
            "Log-likelihood",
            optional(get("logl"), 3),
            format!("saturated {}", optional(get("unrestricted.logl"), 3)),
        );
        row("AIC", optional(get("aic"), 3), String::new());
        row("BIC", optional(get("bic"), 3), format!("sample-size adjusted {}", optional(get("bic2"), 3)));
    }
    table
}

/// How ordinal variables are taken.
fn ordinal(fit: &Fit) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for p in fit.parameters.iter().filter(|p| p.op == "|") {
        if !names.contains(&p.lhs.as_str()) {
            names.push(&p.lhs);
        }
    }
    let unit = match fit.parameterization() {
        Parameterization::Delta => "delta parameterisation: a residual variance is what the model leaves",
        Parameterization::Theta => "theta parameterisation: residual variances are parameters",
    };
    let rows = match fit.missing.policy {
        Missing::Listwise => "",
        Missing::Fiml => {
            " Incomplete answers count by the likelihood of what was answered (full-information maximum \
                          likelihood), which is unbiased where missingness depends on nothing but what was observed."
        }
        Missing::TwoStage => {
            " Means and covariances are those of maximum likelihood from all answers, the model is \
                              fitted to them, and standard errors and tests allow for what is missing (two-stage)."
        }
        Missing::RobustTwoStage => {
            " Means and covariances are those of maximum likelihood from all answers, the model \
                                    is fitted to them, and standard errors and tests allow for what is missing and \
                                    for nonnormality (robust two-stage)."
        }
        Missing::Pairwise => " Thresholds and correlations are of the answers that are there (pairwise).",
    };
    (!names.is_empty()).then(|| format!("Ordinal: {} ({unit}).{rows}", names.join(", ")))
}

/// Whether a row only says that a parameter of ordinal data is not there: an origin of 0, a unit of 1.
fn is_idle(fit: &Fit, p: &ParameterEstimate) -> bool {
    let fixed = |value: f64| p.free == 0 && p.est == value;
    match p.op {
        "~1" => fit.is_ordinal() && fixed(0.0),
        "~*~" => fixed(1.0),
        _ => false,
    }
}

fn parameters(fit: &Fit, title: &str, rows: &[&ParameterEstimate]) -> Table {
    let mut table =
        Table::new(title, ["parameter", "est", "se", "z", "p", "95 % interval", "std.lv", "std.all"]);
    for p in rows {
        let name =
            if p.op == "~1" { format!("{} ~1", p.lhs) } else { format!("{} {} {}", p.lhs, p.op, p.rhs) };
        let name = if p.label.is_empty() || p.op == ":=" { name } else { format!("{name} ({})", p.label) };
        let fixed_value = p.free == 0 && p.op != ":=";
        let shown = |text: String| if fixed_value { String::new() } else { text };
        table.row([
            name,
            fixed(p.est, 3),
            match (fixed_value, fit.is_left(p)) {
                (true, true) => "left".into(),
                (true, false) => "fixed".into(),
                _ => optional(p.se, 3),
            },
            shown(optional(p.z, 2)),
            shown(p_value(p.pvalue)),
            shown(interval(p.ci_lower, p.ci_upper, 3)),
            optional(p.std_lv, 3),
            optional(p.std_all, 3),
        ]);
    }
    table
}
