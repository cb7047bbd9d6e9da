//! The page of a comparison of models.

use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
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
        }
        page.table(tests);
        page
    }
}
