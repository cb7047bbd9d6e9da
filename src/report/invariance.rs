//! The page of a ladder of invariance.

use super::number::{optional, p_value};
use super::{Page, Report, Table};
use crate::evidence::internal_structure::{InvarianceStudy, Rung};

impl Report for InvarianceStudy {
    fn page(&self) -> Page {
        let mut page = Page::titled("Measurement invariance");
        page.paragraph(self.sample());
        page.list(self.warnings.iter().map(ToString::to_string).collect());
        page.table(self.steps());
        page.table(self.differences());
        page.table(self.rules());
        page.heading(2, "Models of the steps");
        for rung in &self.models {
            page.paragraph(format!("{}{}:", rung.level, written_in(rung)));
            page.list(rung.model.lines().map(Into::into).collect());
        }
        page
    }
}

fn written_in(rung: &Rung) -> String {
    rung.parameterization.as_ref().map_or_else(String::new, |own| format!(" ({own})"))
}

impl InvarianceStudy {
    fn sample(&self) -> String {
        let groups: Vec<String> =
            self.groups.iter().zip(&self.nobs).map(|(name, n)| format!("{name} ({n})")).collect();
        let items = if self.ordinal { ", ordinal items (Wu & Estabrook 2016)" } else { "" };
        format!(
            "Groups of {}: {}; {}{items}. The first group is the reference.",
            self.group,
            groups.join(", "),
            self.estimator
        )
    }

    fn steps(&self) -> Table {
        let columns = ["step", "npar", "chi-square", "df", "p", "CFI", "TLI", "RMSEA", "SRMR", "BIC"];
        let mut table = Table::new("Steps", columns);
        let mut is_scaled = false;
        for rung in &self.models {
            let scaled = rung.fit.iter().find(|(name, _)| *name == "chisq.scaled").and_then(|(_, value)| value);
            is_scaled |= scaled.is_some();
            let of = |name: &str| rung.fit.iter().find(|(own, _)| *own == name).and_then(|(_, value)| value);
            let (df, p) = match scaled {
                Some(_) => (of("df.scaled"), of("pvalue.scaled")),
                None => (rung.df, rung.pvalue),
            };
            let whole = df.is_none_or(|df| df.fract() == 0.0);
            table.row([
                rung.level.clone(),
                rung.npar.to_string(),
                optional(scaled.or(rung.chisq), 3),
                optional(df, if whole { 0 } else { 2 }),
                p_value(p),
                optional(rung.cfi, 3),
                optional(rung.tli, 3),
                optional(rung.rmsea, 3),
                optional(rung.srmr, 3),
                optional(rung.bic, 1),
            ]);
            if !rung.converged {
                table.without(&format!("the measures of {}", rung.level), &format!("the model {}", rung.status));
            } else {
                table.without_if_none(rung.bic, &format!("BIC of {}", rung.level), "the estimator has no likelihood");
                let all = rung.cfi.and(rung.tli).and(rung.rmsea);
                table.without_if_none(all, &format!("CFI, TLI and RMSEA of {}", rung.level), "they do not exist for this fit");
            }
        }
        if is_scaled {
            table.note = "Chi-square is scaled; CFI, TLI and RMSEA are robust where they exist, else scaled.".into();
        }
        for own in &self.skipped {
            table.remarks.push(format!("Not a step of its own: {}: {}.", own.level, own.reason));
        }
        table
    }

    fn differences(&self) -> Table {
        let columns = ["step", "test", "chi-square", "df", "p", "CFI", "TLI", "RMSEA", "SRMR", "BIC", "verdict"];
        let mut table = Table::new("What each step costs (restricted minus freer)", columns);
        table.text_columns = vec![1, 10];
        for own in &self.comparisons {
            table.row([
                own.to.clone(),
                own.method.name().into(),
                optional(own.chisq_diff, 3),
                optional(own.df_diff, 0),
                p_value(own.pvalue),
                optional(own.delta_cfi, 3),
                optional(own.delta_tli, 3),
                optional(own.delta_rmsea, 3),
                optional(own.delta_srmr, 3),
                optional(own.delta_bic, 1),
                own.verdict.to_string(),
            ]);
            if let Some(reason) = &own.reason {
                match own.chisq_diff {
                    None => table.without(&format!("the test of {}", own.to), reason),
                    Some(_) => table.remarks.push(format!("Test of {}: {reason}.", own.to)),
                }
            }
            let pair = format!("the differences of {}", own.to);
            table.without_if_none(own.delta_cfi.and(own.delta_rmsea), &pair, "one of the models has none");
            let bic = format!("the difference in BIC of {}", own.to);
            table.without_if_none(own.delta_bic, &bic, "the estimator has no likelihood");
        }
        table
    }

    fn rules(&self) -> Table {
        let mut table = Table::new("Rules", ["step", "rule", "a step holds when", "says"]);
        table.text_columns = vec![1, 2, 3];
        for own in &self.comparisons {
            for rule in &own.rules {
                table.row([own.to.clone(), rule.rule.clone(), rule.criterion.clone(), said(rule.holds, rule.decides)]);
            }
        }
        if self.ordinal {
            table.note = "The rules for changes of fit were not studied with ordinal items: they are shown, and do not \
                          decide."
                .into();
        }
        table
    }
}

fn said(holds: Option<bool>, decides: bool) -> String {
    let own = match holds {
        None => return "-".into(),
        Some(true) => "holds",
        Some(false) => "fails",
    };
    if decides { own.into() } else { format!("({own})") }
}
