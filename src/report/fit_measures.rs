//! The table of fit measures that every article reports.

use super::Table;
use super::measures::no_measure;
use super::number::{fixed, interval, optional, p_value};
use crate::estimate::{Fit, ModelTest, TestStatistic};

/// The measures that every article reports.
pub(super) fn measures(fit: &Fit) -> Table {
    let mut table = Table::new("Fit", ["measure", "value", "detail"]);
    table.text_columns = vec![2];
    tests(&mut table, fit);
    indices(&mut table, fit);
    likelihood(&mut table, fit);
    missing(&mut table, fit);
    table
}

fn row(table: &mut Table, name: &str, value: String, detail: String) {
    table.row([name.to_string(), value, detail]);
}

fn is_scaled(fit: &Fit) -> bool {
    fit.known("chisq.scaled").is_some()
}

/// The tests beside the chi-square and its scaled version.
fn further_tests(fit: &Fit) -> impl Iterator<Item = &ModelTest> {
    fit.tests.iter().filter(|t| !t.test.is_scaled() && t.test != TestStatistic::Standard)
}

/// Tests of the model, and of the model that it is compared with.
fn tests(table: &mut Table, fit: &Fit) {
    let get = |name: &str| fit.known(name);
    // whole, except after a Satterthwaite correction
    let df = |name: &str| match get(name).unwrap_or(0.0) {
        d if d.fract() == 0.0 => fixed(d, 0),
        d => fixed(d, 2),
    };
    let test = |chisq: &str, d: &str, p: &str| format!("df {}, p {}{chisq}", df(d), p_value(get(p)));
    if is_scaled(fit) {
        // the test as it was asked for first, then the one it was made from
        // pooled tests have none
        let factor = get("chisq.scaling.factor").map(|c| format!(", scaling factor {}", fixed(c, 3)));
        let detail = test(&factor.unwrap_or_default(), "df.scaled", "pvalue.scaled");
        row(table, "Chi-square, scaled", optional(get("chisq.scaled"), 3), detail);
        let caveat = if fit.is_ordinal() { " (not to be interpreted)" } else { " (assumes normality)" };
        row(table, "Chi-square, unscaled", optional(get("chisq"), 3), test(caveat, "df", "pvalue"));
    } else {
        row(table, "Chi-square", optional(get("chisq"), 3), test("", "df", "pvalue"));
    }
    for test in further_tests(fit) {
        let name = match test.test {
            TestStatistic::BollenStine => "Bollen-Stine bootstrap",
            _ => "Browne, residual-based",
        };
        let detail = format!("df {}, p {} ({})", fixed(test.df, 0), p_value(test.pvalue), test.test.name());
        row(table, name, fixed(test.chisq, 3), detail);
    }
    let contributions = fit.tests.first().map_or(&[][..], |test| &test.groups);
    if contributions.len() > 1 {
        for (name, contribution) in fit.groups.iter().zip(contributions) {
            let share = "share of the chi-square".into();
            row(table, &format!("  of {name}"), fixed(*contribution, 3), share);
        }
    }
    let detail = format!("df {}, independence model", df("baseline.df"));
    row(table, "Baseline", optional(get("baseline.chisq"), 3), detail);
}

/// The version of a measure that is shown, as suffix and word: robust before scaled before neither.
fn version(fit: &Fit, name: &str) -> (&'static str, &'static str) {
    let versions = [(".robust", "robust"), (".scaled", "scaled")];
    let has = |suffix: &str| fit.known(&format!("{name}{suffix}")).is_some();
    let found = versions.into_iter().find(|(suffix, _)| is_scaled(fit) && has(suffix));
    found.unwrap_or_default()
}

fn indices(table: &mut Table, fit: &Fit) {
    for (title, name) in [("CFI", "cfi"), ("TLI", "tli")] {
        let (suffix, word) = version(fit, name);
        row(table, title, optional(fit.known(&format!("{name}{suffix}")), 3), word.to_string());
    }
    let (suffix, word) = version(fit, "rmsea");
    let of = |name: &str| fit.known(&format!("{name}{suffix}"));
    let ci = interval(of("rmsea.ci.lower"), of("rmsea.ci.upper"), 3);
    let word = if word.is_empty() { String::new() } else { format!(", {word}") };
    let close = p_value(of("rmsea.pvalue"));
    row(table, "RMSEA", optional(of("rmsea"), 3), format!("90 % {ci}, p(RMSEA <= .05) {close}{word}"));
    row(table, "SRMR", optional(fit.known("srmr"), 3), String::new());
}

/// The likelihood and what is made of it, where there is one.
fn likelihood(table: &mut Table, fit: &Fit) {
    let get = |name: &str| optional(fit.known(name), 3);
    if fit.known("logl").is_some() {
        row(table, "Log-likelihood", get("logl"), format!("saturated {}", get("unrestricted.logl")));
        row(table, "AIC", get("aic"), String::new());
        row(table, "BIC", get("bic"), format!("sample-size adjusted {}", get("bic2")));
    }
}

/// Says why measures of the table do not exist.
fn missing(table: &mut Table, fit: &Fit) {
    let scaled = is_scaled(fit);
    let suffix = version(fit, "rmsea").0;
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
        shown.push((what, format!("{name}{}", version(fit, name).0)));
    }
    if fit.known("logl").is_some() {
        shown.extend([("AIC", "aic"), ("BIC", "bic")].map(|(what, name)| (what, name.to_string())));
        shown.push(("the saturated log-likelihood", "unrestricted.logl".into()));
    }
    for (what, name) in shown {
        table.without_if_none(fit.known(&name), what, &no_measure(fit, &name));
    }
    for test in further_tests(fit) {
        let what = format!("p of the test {}", test.test.name());
        table.without_if_none(test.pvalue, &what, &no_measure(fit, "pvalue"));
    }
}
