//! Pages of reliability: one scale, groups of respondents, raters.

use super::items::{rows_used, sentences};
use super::number::{ends, fixed, interval, optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::internal_structure::{
    AlphaTest, Halves, Intraclass, LowerBounds, Reliability, ReliabilityIntervals, ScaleReliability,
    SplitHalf,
};
use crate::evidence::{Interval, counted};
use crate::moments::Missing;

const NO_TOTAL: &str = "the total score does not vary";
const UNDEFINED: &str = "a correlation of the items is not defined";

impl Report for Reliability {
    fn page(&self) -> Page {
        page(self, None)
    }
}

impl Report for ScaleReliability {
    fn page(&self) -> Page {
        let mut page = page(&self.scale, self.bootstrap.as_ref());
        if let Some(alpha) = self.stratified_alpha {
            page.paragraph(format!("Stratified alpha of the strata given: {alpha:.3}."));
        }
        if !self.conditional.is_empty() {
            let mut table = Table::new("Standard error of measurement by score", ["score", "error"]);
            // a scale of many steps is shown at ten of them
            let step = self.conditional.len().div_ceil(12);
            for error in self.conditional.iter().step_by(step) {
                table.row([fixed(error.score, 2), fixed(error.sem, 3)]);
            }
            table.note = "Of the mean score, by the binomial error model (Lord 1955; Keats 1957).".into();
            page.table(table);
        }
        if !self.groups.is_empty() {
            let mut table = Table::new("By group", ["group", "n", "alpha", "95 % Feldt", "omega", "95 %"]);
            for group in &self.groups {
                let found = group.reliability.as_ref();
                let alpha = found.map(|r| &r.alpha);
                table.row([
                    group.group.clone(),
                    group.n.to_string(),
                    optional(alpha.and_then(|a| a.raw), 3),
                    ends(alpha.and_then(|a| a.feldt.or(a.duhachek)), 3),
                    optional(found.and_then(|r| r.omega.total), 3),
                    ends(found.and_then(|r| r.omega.interval), 3),
                ]);
                match found {
                    None => table.without(&group.group, "too few answers, or answers that do not vary"),
                    Some(r) => {
                        let of = |what: &str| format!("{what} of {}", group.group);
                        table.without_if_none(r.alpha.raw, &of("alpha"), NO_TOTAL);
                        if r.omega.total.is_some() {
                            let why = "the model has no standard errors";
                            table.without_if_none(r.omega.interval, &of("the interval of omega"), why);
                        }
                        if let Some(reason) = &r.omega.reason {
                            table.without(&format!("omega of {}", group.group), reason);
                        }
                    }
                }
            }
            if self.scale.missing.policy == Missing::Fiml {
                table.columns[3] = "95 %".into();
                table.note =
                    "95 %: Feldt's interval, by full information where a group's answers are incomplete."
                        .into();
            }
            page.table(table);
            if !self.group_tests.is_empty() {
                page.table(tests(&self.group_tests));
            }
        }
        page.list(sentences(&self.warnings));
        page
    }
}

fn tests(tests: &[AlphaTest]) -> Table {
    let mut table = Table::new("Whether the alphas of the groups differ", ["test", "statistic", "df", "p"]);
    for test in tests {
        let df = match test.df2 {
            Some(df2) => format!("{}, {}", fixed(test.df1, 1), fixed(df2, 1)),
            None => fixed(test.df1, 0),
        };
        table.row([test.method.to_string(), fixed(test.statistic, 3), df, p_value(Some(test.pvalue))]);
    }
    table
}

fn page(found: &Reliability, bootstrap: Option<&ReliabilityIntervals>) -> Page {
    let mut page = Page::titled("Reliability");
    let complete = match found.missing.policy {
        Missing::Fiml => format!(" {} rows are complete.", found.complete),
        _ => String::new(),
    };
    page.paragraph(format!("{} items. {}{complete}", found.items, rows_used(&found.missing)));
    page.list(sentences(&found.warnings));
    page.table(coefficients(found, bootstrap));
    if let Some(error) = &found.error {
        page.paragraph(format!(
            "Of the mean score, with alpha {:.3}: standard error of measurement {:.3}, smallest detectable change {:.3}.",
            error.reliability, error.sem, error.sdc
        ));
    }
    if let Some(split) = &found.split_half {
        page.table(split_halves(split, found.split_half_covariance.as_ref()));
    }
    let mut table = Table::new("Without one item", ["item", "alpha", "standardised"]);
    for dropped in &found.alpha_if_dropped {
        table.row([dropped.item.clone(), optional(dropped.raw, 3), optional(dropped.standardized, 3)]);
        let why = match found.items {
            2 => "a single item has none",
            _ => "the total of the others does not vary",
        };
        table.without_if_none(dropped.raw, &format!("alpha without {}", dropped.item), why);
        let why = match (found.items, found.alpha.average_r) {
            (3.., None) => UNDEFINED,
            _ => why,
        };
        table.without_if_none(
            dropped.standardized,
            &format!("standardised alpha without {}", dropped.item),
            why,
        );
    }
    page.table(table);
    page
}

/// Every coefficient with its interval by formula, and by bootstrap where that was asked for.
fn coefficients(found: &Reliability, bootstrap: Option<&ReliabilityIntervals>) -> Table {
    let heads = ["coefficient", "value", "95 % interval", "by"];
    let again = bootstrap.map(|b| format!("bootstrap ({})", b.resampling.replicates));
    let mut table = Table::new("Coefficients", heads.into_iter().map(String::from).chain(again));
    table.text_columns = vec![3];
    let mut row = |name: &str, value: Option<f64>, formula: Option<(Interval, &str)>, key: &str| {
        let drawn = bootstrap.map(|b| b.intervals.get(key).map_or_else(String::new, |i| ends(*i, 3)));
        let cells = [
            name.to_string(),
            optional(value, 3),
            formula.map_or_else(String::new, |(i, _)| ends(Some(i), 3)),
            formula.map_or_else(String::new, |(_, by)| by.to_string()),
        ];
        table.row(cells.into_iter().chain(drawn));
    };
    let alpha = &found.alpha;
    match alpha.feldt {
        // of incomplete rows by full information
        None => row("alpha", alpha.raw, alpha.duhachek.map(|i| (i, "delta, full information")), "alpha"),
        Some(feldt) => {
            row("alpha", alpha.raw, Some((feldt, "Feldt")), "alpha");
            if let Some(interval) = alpha.duhachek {
                row("", alpha.raw, Some((interval, "Duhachek-Iacobucci")), "");
            }
        }
    }
    row("standardised alpha", alpha.standardized, None, "standardized_alpha");
    if found.kr20.is_some() {
        row("KR-20", found.kr20, None, "alpha");
    }
    row("mean inter-item r", alpha.average_r, None, "");
    let omega = &found.omega;
    row("omega (congeneric)", omega.total, omega.interval.map(|i| (i, "delta")), "omega");
    row("omega, observed variance", omega.total_observed, None, "omega_observed");
    row("composite reliability", omega.composite_reliability, None, "composite_reliability");
    row("maximal reliability H", omega.maximal, None, "maximal");
    if let Some(LowerBounds { lambda1, lambda2, lambda3, lambda4, lambda5, lambda6, glb }) = found.guttman {
        row("lambda 1", Some(lambda1), None, "lambda1");
        row("lambda 2", Some(lambda2), None, "lambda2");
        row("lambda 3", Some(lambda3), None, "lambda3");
        row("lambda 4", lambda4, None, "lambda4");
        row("lambda 5", Some(lambda5), None, "lambda5");
        row("lambda 6", lambda6, None, "lambda6");
        row("greatest lower bound", glb, None, "glb");
    }
    table.note =
        "Lambdas and the greatest lower bound are those of the standardised items (as psych has them)."
            .into();
    table.without_if_none(alpha.raw, "alpha", NO_TOTAL);
    table.without_if_none(alpha.average_r, "mean inter-item r", UNDEFINED);
    let why = match alpha.average_r {
        None => UNDEFINED,
        Some(_) => "the total of the standardised items does not vary",
    };
    table.without_if_none(alpha.standardized, "standardised alpha", why);
    if let Some(bounds) = found.guttman {
        table.without_if_none(bounds.lambda4, "lambda 4", "there are no split halves");
        let singular = "the correlation matrix of the items has no inverse";
        table.without_if_none(bounds.lambda6, "lambda 6", singular);
        table.without_if_none(bounds.glb, "the greatest lower bound", singular);
    }
    if omega.reason.is_none() {
        table.without_if_none(omega.maximal, "H", "an item has no residual variance");
    }
    if bootstrap.is_some_and(|b| b.intervals.values().any(Option::is_none)) {
        let why = "the coefficient does not exist, or not in a tenth of the samples or more";
        table.without("some bootstrap intervals", why);
    }
    if let Some(reason) = &omega.reason {
        table.without("omega, composite reliability and H", reason);
    }
    table
}

fn split_halves(split: &SplitHalf, covariance: Option<&SplitHalf>) -> Table {
    let mut table = Table::new("Split halves", ["split", "Flanagan-Rulon", "Spearman-Brown"]);
    let sb = split.spearman_brown;
    table.without_if_none(sb, "Spearman-Brown", "a half of some split does not vary");
    table.row(["largest".to_string(), fixed(split.max, 3), optional(sb.map(|s| s.max), 3)]);
    table.row(["mean".to_string(), fixed(split.mean, 3), optional(sb.map(|s| s.mean), 3)]);
    table.row(["smallest".to_string(), fixed(split.min, 3), optional(sb.map(|s| s.min), 3)]);
    let mut halves = |name: &str, halves: Halves| {
        table.row([name.to_string(), fixed(halves.flanagan_rulon, 3), optional(halves.spearman_brown, 3)]);
        let why = match halves.r {
            None => "a half does not vary",
            Some(_) => "the halves correlate -1",
        };
        table.without_if_none(halves.spearman_brown, &format!("Spearman-Brown of {name}"), why);
    };
    if let Some(raw) = covariance {
        halves("odd and even items (as they are)", raw.odd_even);
        halves("first and second half (as they are)", raw.first_second);
    }
    let how =
        if split.exhaustive { format!("All {}", split.splits) } else { format!("{} random", split.splits) };
    let how = format!("{how} {}", if split.splits == 1 { "split" } else { "splits" });
    table.note = format!(
        "{how} of the standardised items. Largest: {} against the others; smallest: {} against the others.",
        split.max_half.join(", "),
        split.min_half.join(", ")
    );
    table
}

impl Report for Intraclass {
    fn page(&self) -> Page {
        let mut page = Page::titled("Intraclass correlations");
        page.paragraph(format!(
            "{}, {} ({}), {} missing; {}.",
            counted(self.targets, "target", "targets"),
            counted(self.raters, "rater", "raters"),
            self.rater_names.join(", "),
            counted(self.missing, "rating", "ratings"),
            self.method
        ));
        page.list(sentences(&self.warnings));
        let heads = ["form", "McGraw & Wong", "ICC", "95 % interval", "F", "df", "p"];
        let mut table = Table::new("", heads);
        table.text_columns = vec![1];
        for form in &self.icc {
            table.row([
                form.form.to_string(),
                form.mcgraw_wong.to_string(),
                optional(form.value, 3),
                interval(form.lower, form.upper, 3),
                optional(form.f, 2),
                format!("{:.0}, {:.0}", form.df1, form.df2),
                p_value(form.pvalue),
            ]);
            if let Some(reason) = &form.reason {
                let interval = format!("the interval of {}", form.form);
                table.without(if form.value.is_some() { &interval } else { &form.form }, reason);
            }
        }
        table.note =
            "1: each target has raters of its own; 2: raters drawn at random, agreement; 3: these raters, \
                      consistency; k: of the mean of the raters."
                .into();
        page.table(table);
        let mut error = Table::new("Measurement error of one rating", ["", "value"]);
        error.row(["standard error, agreement".to_string(), fixed(self.sem_agreement, 3)]);
        error.row(["standard error, consistency".to_string(), fixed(self.sem_consistency, 3)]);
        error.row(["smallest detectable change".to_string(), fixed(self.sdc, 3)]);
        if let Some(limits) = &self.limits_of_agreement {
            error.row(["mean difference, second minus first".to_string(), fixed(limits.bias, 3)]);
            error.row([
                "95 % limits of agreement".to_string(),
                interval(Some(limits.lower), Some(limits.upper), 3),
            ]);
        }
        page.table(error);
        page
    }
}
