//! The page of a fitted model.

use super::measures::{explain, no_measure};
use super::number::{fixed, interval, optional, p_value};
use super::{Page, Report, Table};
use crate::estimate::{
    BootstrapInterval, BootstrapOptions, Fit, ParameterEstimate, PooledEstimate, PooledFit, PooledModelTest,
    PooledSets, PoolingRule, Resampling, TestStatistic,
};
use crate::evidence::counted;
use crate::model::Parameterization;
use crate::moments::Missing;
use crate::simulate::Imputation;

/// The kinds of parameters, in the order of the page.
const SECTIONS: [(&str, &str); 6] = [
    ("Loadings", "=~"),
    ("Regressions", "~"),
    ("Variances and covariances", "~~"),
    ("Thresholds", "|"),
    ("Scaling factors", "~*~"),
    ("Intercepts", "~1"),
];

impl Report for Fit {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Model fit, {}", self.estimator.name()));
        page.paragraph(format!(
            "{} of {} read; {}, {}; the model {} after {}.",
            counted(self.missing.rows_used, "respondent", "respondents"),
            self.missing.rows_read,
            counted(self.measure("npar").map_or(0, |q| q as usize), "free parameter", "free parameters"),
            match self.df() {
                1 => "1 degree of freedom".into(),
                df => format!("{df} degrees of freedom"),
            },
            self.status,
            counted(self.iterations, "iteration", "iterations")
        ));
        if let Some(weights) = &self.sampling_weights {
            page.paragraph(format!(
                "Respondents count by '{}': weights from {} to {} about a mean of 1, design effect {} (Kish 1965), as many as {} \
                 respondents of equal weight.",
                weights.variable,
                fixed(weights.range.0, 2),
                fixed(weights.range.1, 2),
                fixed(weights.design_effect, 2),
                fixed(weights.effective_n, 0)
            ));
        }
        let mut effects: Vec<f64> = self.design_effects.iter().map(|effect| effect.deff).collect();
        effects.sort_by(f64::total_cmp);
        if let (Some(low), Some(high)) = (effects.first(), effects.last()) {
            page.paragraph(format!(
                "Design effects of the clusters (sampling variance over that of independent respondents): from {} to {}, \
                 median {}.",
                fixed(*low, 2),
                fixed(*high, 2),
                fixed(effects[effects.len() / 2], 2)
            ));
        }
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
        let blocks = self.blocks();
        if self.has_levels() {
            page.table(intraclass(self));
        }
        for (block, explained) in explained.iter().enumerate() {
            match (blocks.get(block), self.has_levels()) {
                (Some(name), false) => {
                    page.heading(2, format!("Group {}: {name}, {} respondents", block + 1, self.nobs[block]));
                }
                (Some(name), true) => {
                    let (group, level) = (block / 2, block % 2);
                    let n = if level == 0 { self.nobs[group] } else { self.nclusters[group] };
                    let what = if level == 0 { "respondents" } else { "clusters" };
                    page.heading(2, format!("Level {} ({name}), {n} {what}", level + 1));
                }
                (None, _) => {}
            }
            let own: Vec<&ParameterEstimate> =
                self.parameters.iter().filter(|p| p.block == block + 1).collect();
            for (title, op) in SECTIONS {
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
                explained.iter().for_each(|(name, share)| r_squared(&mut table, name, *share));
                page.table(table);
            }
        }
        let defined: Vec<&ParameterEstimate> = self.parameters.iter().filter(|p| p.op == ":=").collect();
        let undefined = self.undefined();
        if !defined.is_empty() || !undefined.is_empty() {
            let mut table = parameters(self, "Defined parameters", &defined);
            for one in undefined {
                let nothing = std::iter::repeat_n("-".to_string(), 7);
                table.row(std::iter::once(format!("{} := {}", one.name, one.expression)).chain(nothing));
                table.without(&one.name, &one.reason);
            }
            page.table(table);
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

/// A row of a table of explained variances.
fn r_squared(table: &mut Table, name: &str, share: Option<f64>) {
    table.row([name.to_string(), optional(share, 3)]);
    let why = "its residual variance is negative";
    table.without_if_none(share, &format!("R2 of {name}"), why);
}

/// How much of each variable lies between clusters.
fn intraclass(fit: &Fit) -> Table {
    let each = fit.intraclass_correlations();
    let mut header = vec!["variable".to_string()];
    match fit.groups.is_empty() {
        true => header.push("ICC".into()),
        false => header.extend(fit.groups.iter().map(|group| format!("ICC, {group}"))),
    }
    let mut table = Table::new("Intraclass correlations", header);
    for name in each.first().into_iter().flat_map(|first| first.keys()) {
        let shares = each.iter().map(|own| optional(own.get(name).copied(), 3));
        table.row(std::iter::once(name.clone()).chain(shares));
        let everywhere = each.iter().all(|own| own.get(name).is_some_and(|share| share.is_finite()));
        let why = "it does not vary in a group";
        table.without_if_none(everywhere.then_some(()), &format!("ICC of {name}"), why);
    }
    table
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
        // pooled tests have none
        let factor = get("chisq.scaling.factor").map(|c| format!(", scaling factor {}", fixed(c, 3)));
        let factor = factor.unwrap_or_default();
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
    let of_test = if scaled { ["chisq.scaled", "pvalue.scaled"] } else { ["chisq", "pvalue"] };
    let mut shown = vec![
        ("chi-square", of_test[0].to_string()),
        ("p of the chi-square", of_test[1].to_string()),
        ("the baseline", "baseline.chisq".to_string()),
        ("SRMR", "srmr".to_string()),
        ("RMSEA", format!("rmsea{suffix}")),
        ("the interval of RMSEA", format!("rmsea.ci.upper{suffix}")),
        ("p(RMSEA <= .05)", format!("rmsea.pvalue{suffix}")),
    ];
    if scaled {
        shown.extend([
            ("the unscaled chi-square", "chisq".into()),
            ("p of the unscaled chi-square", "pvalue".into()),
        ]);
    }
    for (what, name) in [("CFI", "cfi"), ("TLI", "tli")] {
        shown.push((what, format!("{name}{}", version(name).0)));
    }
    if get("logl").is_some() {
        shown.extend([("AIC", "aic"), ("BIC", "bic")].map(|(what, name)| (what, name.to_string())));
        shown.push(("the saturated log-likelihood", "unrestricted.logl".into()));
    }
    for (what, name) in shown {
        table.without_if_none(get(&name), what, &no_measure(fit, &name));
    }
    for test in fit.tests.iter().filter(|t| !t.test.is_scaled() && t.test != TestStatistic::Standard) {
        let what = format!("p of the test {}", test.test.name());
        table.without_if_none(test.pvalue, &what, &no_measure(fit, "pvalue"));
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
        Missing::FimlX => {
            " Incomplete answers count by the likelihood of what was answered, rows without a covariate too \
                           (full-information maximum likelihood, fiml.x)."
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

impl Report for PooledFit {
    fn page(&self) -> Page {
        let fit = self.solution();
        let PooledSets { m, used, test } = self.imputation;
        let mut page = Page::titled(format!("Model fit, {}, imputed data", self.estimator.name()));
        page.paragraph(format!(
            "{used} of {m} completed data sets of {} respondents, {} free parameters, {} degrees of freedom. Estimates are \
             pooled by Rubin's rules and judged by t{}.",
            self.missing.rows_used,
            self.measure("npar").map_or(0, |q| q as usize),
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
                let mut table = Table::new("Explained variance", ["variable", "R2"]);
                explained.iter().for_each(|(name, share)| r_squared(&mut table, name, *share));
                page.table(table);
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
        let is_fixed = p.free == 0 && p.op != ":=";
        let shown = |text: String| if is_fixed { String::new() } else { text };
        table.row([
            name(p),
            fixed(p.est, 3),
            match (is_fixed, fit.is_left(p)) {
                (true, true) => "left".into(),
                (true, false) => "fixed".into(),
                _ => optional(p.se, 3),
            },
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

impl Imputation {
    /// What was imputed, and how the means of imputed values came to rest.
    pub fn table(&self) -> Table {
        let heads =
            ["variable", "imputed", "mean, first round", "mean, last round", "between data sets (sd)"];
        let mut table = Table::new("Imputed answers", heads);
        for variable in self.variables.iter().filter(|variable| variable.imputed > 0) {
            let of =
                |round: Option<&Vec<f64>>| round.map(|means| means.iter().sum::<f64>() / means.len() as f64);
            let (first, last) = (of(variable.means.first()), of(variable.means.last()));
            let spread = variable.means.last().zip(last).filter(|(means, _)| means.len() > 1);
            let spread = spread.map(|(means, mean)| {
                let squares: f64 = means.iter().map(|x| (x - mean).powi(2)).sum();
                (squares / (means.len() as f64 - 1.0)).sqrt()
            });
            table.row([
                variable.variable.clone(),
                variable.imputed.to_string(),
                optional(first, 3),
                optional(last, 3),
                optional(spread, 3),
            ]);
            let name = &variable.variable;
            table.without_if_none(first, &format!("the means of {name}"), "there were no rounds");
            if first.is_some() {
                table.without_if_none(spread, &format!("sd of {name}"), "there is a single data set");
            }
        }
        table.note = format!(
            "{} data sets, {} rounds, {} donors, seed {}; {}. First and last round should differ by chance only.",
            self.m, self.iterations, self.donors, self.seed, self.method
        );
        if self.left_rows > 0 {
            table.note +=
                &format!(" Rows left as they are, without any answer or of no group: {}.", self.left_rows);
        }
        table
    }
}

fn name(p: &ParameterEstimate) -> String {
    let name = if p.op == "~1" { format!("{} ~1", p.lhs) } else { format!("{} {} {}", p.lhs, p.op, p.rhs) };
    if p.label.is_empty() || p.op == ":=" { name } else { format!("{name} ({})", p.label) }
}

fn parameters(fit: &Fit, title: &str, rows: &[&ParameterEstimate]) -> Table {
    let mut table =
        Table::new(title, ["parameter", "est", "se", "z", "p", "95 % interval", "std.lv", "std.all"]);
    for p in rows {
        let fixed_value = p.free == 0 && p.op != ":=";
        let shown = |text: String| if fixed_value { String::new() } else { text };
        table.row([
            name(p),
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
        explain(&mut table, fit, &name(p), p);
    }
    table
}
