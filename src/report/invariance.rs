//! The page of a ladder of invariance.

use super::number::{fixed, interval, optional, p_value};
use super::{Page, Report, Table, partial_invariance};
use crate::evidence::internal_structure::{InvarianceStudy, Rung, RungVerdict};

impl Report for InvarianceStudy {
    fn page(&self) -> Page {
        let mut page = Page::titled("Measurement invariance");
        page.paragraph(self.sample());
        page.list(self.warnings.iter().map(ToString::to_string).collect());
        page.paragraph(self.said());
        page.table(self.steps());
        page.table(self.differences());
        page.table(self.rules());
        if !self.feasibility.is_empty() {
            page.table(self.group_table());
        }
        if !self.changes.is_empty() {
            page.table(self.change_table());
        }
        if let Some(partial) = &self.partial {
            partial_invariance::parts(&mut page, partial, &self.effects);
        }
        page.heading(2, "Models of the steps");
        for rung in &self.models {
            page.paragraph(format!("{}{}:", rung.level, written_in(rung.parameterization.as_ref())));
            page.list(rung.model.lines().map(Into::into).collect());
        }
        if let Some(partial) = &self.partial {
            page.paragraph(format!("partial{}:", written_in(partial.parameterization.as_ref())));
            page.list(partial.model.lines().map(Into::into).collect());
        }
        page
    }
}

fn written_in(parameterization: Option<&String>) -> String {
    parameterization.map_or_else(String::new, |own| format!(" ({own})"))
}

impl InvarianceStudy {
    fn sample(&self) -> String {
        let groups: Vec<String> =
            self.groups.iter().zip(&self.nobs).map(|(name, n)| format!("{name} ({n})")).collect();
        if self.feasibility.is_empty() {
            return format!(
                "Occasions: {}; {} respondents, {}. The first occasion is the reference; residuals of the same item covary over \
                 time.",
                self.groups.join(", "),
                self.nobs.first().copied().unwrap_or(0),
                self.estimator
            );
        }
        let items = if self.ordinal { ", ordinal items (Wu & Estabrook 2016)" } else { "" };
        format!(
            "Groups of {}: {}; {}{items}. The first group is the reference.",
            self.group,
            groups.join(", "),
            self.estimator
        )
    }

    /// The ladder in a sentence or two.
    fn said(&self) -> String {
        if self.models.first().is_none_or(|rung| !rung.converged) {
            return "The first model has no solution: nothing can be said of what groups have in common."
                .into();
        }
        let mut held = self.models.first().map_or("nothing", |rung| rung.level.as_str());
        let mut text = String::new();
        for own in &self.comparisons {
            match own.verdict {
                RungVerdict::Holds => held = &own.to,
                RungVerdict::Fails => text = format!(" The step {} does not hold.", own.to),
                RungVerdict::Disagree => {
                    let say = |holds: bool| {
                        let own = own.rules.iter().filter(|r| r.decides && r.holds == Some(holds));
                        own.map(|rule| rule.rule.as_str()).collect::<Vec<_>>().join(", ")
                    };
                    text = format!(
                        " Of the step {} the rules disagree: it holds by {}, and not by {}.",
                        own.to,
                        say(true),
                        say(false)
                    );
                }
                _ => text = format!(" Nothing can be said of the step {}.", own.to),
            }
            if own.verdict != RungVerdict::Holds {
                break;
            }
        }
        let who = if self.feasibility.is_empty() { "occasions" } else { "groups" };
        format!("By all rules that apply, {who} have in common what the step {held} holds equal.{text}")
    }

    fn steps(&self) -> Table {
        let has_bic = self.models.iter().any(|rung| rung.bic.is_some());
        let mut columns = vec!["step", "npar", "chi-square", "df", "p", "CFI", "TLI", "RMSEA", "SRMR"];
        columns.extend(has_bic.then_some("BIC"));
        let mut table = Table::new("Steps", columns);
        let mut is_scaled = false;
        for rung in &self.models {
            let of = |name: &str| rung.fit.iter().find(|(own, _)| *own == name).and_then(|(_, value)| value);
            let scaled = of("chisq.scaled");
            is_scaled |= scaled.is_some();
            let (df, p) = match scaled {
                Some(_) => (of("df.scaled"), of("pvalue.scaled")),
                None => (rung.df, rung.pvalue),
            };
            let whole = df.is_none_or(|df| df.fract() == 0.0);
            let cells = [
                rung.level.clone(),
                rung.npar.to_string(),
                optional(scaled.or(rung.chisq), 3),
                optional(df, if whole { 0 } else { 2 }),
                p_value(p),
                optional(rung.cfi, 3),
                optional(rung.tli, 3),
                optional(rung.rmsea, 3),
                optional(rung.srmr, 3),
            ];
            table.row(cells.into_iter().chain(has_bic.then(|| optional(rung.bic, 1))));
            without(&mut table, rung);
        }
        if is_scaled {
            table.note =
                "Chi-square is scaled; CFI, TLI and RMSEA are robust where they exist, else scaled.".into();
        }
        for own in &self.skipped {
            table.remarks.push(format!("Not a step of its own: {}: {}.", own.level, own.reason));
        }
        table
    }

    fn differences(&self) -> Table {
        let has_bic = self.comparisons.iter().any(|own| own.delta_bic.is_some());
        let mut columns =
            vec!["step", "test", "verdict", "chi-square", "df", "p", "CFI", "TLI", "RMSEA", "SRMR"];
        columns.extend(has_bic.then_some("BIC"));
        let mut table = Table::new("What each step costs (restricted minus freer)", columns);
        table.text_columns = vec![1, 2];
        for own in &self.comparisons {
            let cells = [
                own.to.clone(),
                own.method.name().into(),
                own.verdict.to_string(),
                optional(own.chisq_diff, 3),
                optional(own.df_diff, 0),
                p_value(own.pvalue),
                optional(own.delta_cfi, 3),
                optional(own.delta_tli, 3),
                optional(own.delta_rmsea, 3),
                optional(own.delta_srmr, 3),
            ];
            table.row(cells.into_iter().chain(has_bic.then(|| optional(own.delta_bic, 1))));
            if let Some(reason) = &own.reason {
                match own.chisq_diff {
                    None => table.without(&format!("the test of {}", own.to), reason),
                    Some(_) => table.remarks.push(format!("Test of {}: {reason}.", own.to)),
                }
            }
            let all = own.delta_cfi.and(own.delta_rmsea).and(own.delta_srmr);
            table.without_if_none(
                all,
                &format!("the differences of {}", own.to),
                "one of the models has none",
            );
        }
        table
    }

    fn rules(&self) -> Table {
        let mut table = Table::new("Rules", ["step", "rule", "a step holds when", "says"]);
        table.text_columns = vec![1, 2, 3];
        for own in &self.comparisons {
            for rule in &own.rules {
                let says = match (rule.holds, rule.decides) {
                    (None, _) => "-",
                    (Some(true), true) => "holds",
                    (Some(false), true) => "fails",
                    (Some(true), false) => "(holds)",
                    (Some(false), false) => "(fails)",
                };
                table.row([own.to.as_str(), &rule.rule, &rule.criterion, says]);
                let what = format!("{} of {}", rule.rule, own.to);
                table.without_if_none(rule.holds, &what, "a number that it needs does not exist");
            }
        }
        if self.ordinal {
            table.note = "The rules for changes of fit were not studied with ordinal items: they are shown in brackets, \
                          and do not decide."
                .into();
        }
        table
    }

    fn change_table(&self) -> Table {
        let columns = ["factor", "since", "step", "change", "SE", "95 % interval", "p", "d", "d of change"];
        let mut table = Table::new("Change of the factors' means", columns);
        table.text_columns = vec![1, 2];
        for own in &self.changes {
            table.row([
                own.to.clone(),
                own.from.clone(),
                own.level.clone(),
                fixed(own.change, 3),
                optional(own.se, 3),
                interval(own.lower, own.upper, 3),
                p_value(own.pvalue),
                optional(own.d, 3),
                optional(own.d_of_change, 3),
            ]);
            table.without_if_none(own.se, &format!("the test of {}", own.to), "it has no standard error");
            let all = own.d.and(own.d_of_change);
            table.without_if_none(all, &format!("d of {}", own.to), "a variance is not positive");
        }
        table.note = "d: in standard deviations of the factor, the mean of the two variances; d of change: in standard \
                      deviations of the change."
            .into();
        table
    }

    fn group_table(&self) -> Table {
        let mut table = Table::new(
            "What each group allows",
            ["group", "respondents", "parameters", "respondents for each"],
        );
        for own in &self.feasibility {
            table.row([
                own.group.clone(),
                own.n.to_string(),
                own.parameters.to_string(),
                fixed(own.per_parameter, 1),
            ]);
        }
        table.note =
            "Parameters of the configural model in each group. Fewer than five respondents for each are few \
                      (Bentler & Chou 1987)."
                .into();
        table
    }
}

fn without(table: &mut Table, rung: &Rung) {
    if !rung.converged {
        table.without(&format!("the measures of {}", rung.level), &format!("the model {}", rung.status));
        return;
    }
    let all = rung.cfi.and(rung.tli).and(rung.rmsea).and(rung.srmr);
    table.without_if_none(all, &format!("measures of {}", rung.level), "they do not exist for this fit");
}
