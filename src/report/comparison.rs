//! The page of a comparison of models.

use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::error::Warning;
use crate::estimate::Comparison;

impl Report for Comparison {
    fn page(&self) -> Page {
        let mut page = Page::titled("Comparison of models");
        page.list(self.warnings.iter().map(ToString::to_string).collect());
        let mut models =
            Table::new("Models", ["model", "npar", "chi-square", "df", "CFI", "RMSEA", "SRMR", "AIC", "BIC"]);
        for model in &self.models {
            models.row([
                model.name.clone(),
                fixed(model.npar, 0),
                fixed(model.chisq, 3),
                fixed(model.df, 0),
                optional(model.cfi, 3),
                optional(model.rmsea, 3),
                optional(model.srmr, 3),
                optional(model.aic, 3),
                optional(model.bic, 3),
            ]);
            let of = |what: &str| format!("{what} of {}", model.name);
            let none = "it is not defined for these chi-squares and degrees of freedom";
            measures_without(&mut models, &of, [model.cfi, model.rmsea, model.srmr], none);
            let why = "the estimator has no likelihood";
            models.without_if_none(model.aic.and(model.bic), &of("AIC and BIC"), why);
        }
        models.note =
            "Chi-square is the unscaled statistic; CFI and RMSEA are robust where they exist.".into();
        page.table(models);
        let mut tests = Table::new(
            "Differences (restricted minus free)",
            ["free", "restricted", "method", "chi-square", "df", "p", "CFI", "RMSEA", "SRMR"],
        );
        tests.text_columns = vec![1, 2];
        for difference in &self.differences {
            tests.row([
                difference.from.clone(),
                difference.to.clone(),
                difference.method.name().into(),
                optional(difference.chisq_diff, 3),
                fixed(difference.df_diff, 0),
                p_value(difference.pvalue),
                optional(difference.delta_cfi, 3),
                optional(difference.delta_rmsea, 3),
                optional(difference.delta_srmr, 3),
            ]);
            let pair = format!("{} - {}", difference.from, difference.to);
            if difference.chisq_diff.is_none() {
                let is_theirs = |warning: &&Warning| {
                    matches!(warning, Warning::NotComparable { free, restricted, .. }
                        if *free == difference.from && *restricted == difference.to)
                };
                let why = match self.warnings.iter().find(is_theirs) {
                    Some(Warning::NotComparable { why, .. }) => why.as_str(),
                    _ => "the test does not exist for these models",
                };
                tests.without(&format!("the test of {pair}"), why);
            }
            let changes = [difference.delta_cfi, difference.delta_rmsea, difference.delta_srmr];
            let of = |what: &str| format!("the difference in {what} of {pair}");
            measures_without(&mut tests, &of, changes, "one of the models has none");
        }
        page.table(tests);
        page
    }
}

/// Says why measures do not exist.
fn measures_without(table: &mut Table, of: &dyn Fn(&str) -> String, found: [Option<f64>; 3], why: &str) {
    for (name, value) in ["CFI", "RMSEA", "SRMR"].into_iter().zip(found) {
        table.without_if_none(value, &of(name), why);
    }
}
