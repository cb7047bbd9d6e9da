//! The page of a ladder of invariance.

use super::figures::{Estimate, expected_curves, forest};
use super::number::{fixed, interval, optional, p_value};
use super::page::Figure;
use super::{Page, Report, Table};
use crate::evidence::internal_structure::{
    ImputedInvariance, InvarianceStudy, PartialInvariance, PooledBias, Rung, RungVerdict,
};

/// Tables and figures up to so many rows are printed whole.
const MOST_ROWS: usize = 60;

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
            page.heading(2, "What differs");
            page.paragraph(said_of(partial));
            page.table(search(partial));
            page.table(anchors(partial));
            page.heading(2, "How much it matters");
            page.table(self.effect_table(partial));
            page.figure(curve_figure(partial));
            page.table(means(partial));
            page.figure(means_figure(partial));
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

    fn effect_table(&self, partial: &PartialInvariance) -> Table {
        let columns = [
            "item",
            "group",
            "factor",
            "dMACS (first item as anchor)",
            "dMACS (partial model)",
            "effect on the mean",
        ];
        let mut table = Table::new("Effects on items", columns);
        table.text_columns = vec![1, 2];
        for own in &partial.effects {
            let other = self.effects.iter().find(|e| e.item == own.item && e.group == own.group);
            table.row([
                own.item.clone(),
                own.group.clone(),
                own.factor.clone(),
                optional(other.and_then(|e| e.signed), 3),
                optional(own.signed, 3),
                fixed(own.mean_difference, 3),
            ]);
            let of = format!("dMACS of {}", own.item);
            table.without_if_none(own.dmacs, &of, "its answers do not vary in one of the groups");
            if other.is_none() {
                table.without(&of, "the model gives units otherwise than by first items, or has no solution");
            }
        }
        table.note = "dMACS with the sign of the difference: below 0 where the group answers lower than the first at the \
                      same value of the factor (Nye & Drasgow 2011). It depends on which items are taken for equal. The \
                      effect on the mean is in units of the answers, under the partial model: what the item's own \
                      difference adds to the group's mean."
            .into();
        for own in partial.scales.iter().filter(|own| own.mean_difference.abs() > 5e-4) {
            table.remarks.push(format!(
                "Mean of the items of {} in {}: {} from differences of items alone.",
                own.factor,
                own.group,
                fixed(own.mean_difference_per_item, 3)
            ));
        }
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

fn said_of(partial: &PartialInvariance) -> String {
    let found = match partial.released.as_slice() {
        [] => "No parameter was found to differ between groups".to_string(),
        some => format!("Found to differ between groups: {}", some.join(", ")),
    };
    let cut =
        partial.cut_short.as_ref().map_or_else(String::new, |why| format!(" The search ended early: {why}."));
    format!(
        "{found} (score tests, the worst first, while p adjusted by {} is below {:.4} at each stage, {} \
         over all). A forward search may name other parameters by another estimator or in another order.{cut}",
        partial.correction, partial.stage_alpha, partial.alpha
    )
}

fn search(partial: &PartialInvariance) -> Table {
    let columns = ["stage", "worst", "of", "X2", "df", "p", "p adjusted", "change", "standardised", "freed"];
    let mut table = Table::new("Search", columns);
    table.text_columns = vec![1, 9];
    let mut is_robust = false;
    for step in &partial.steps {
        let change = step.test.changes.last();
        is_robust |= step.test.robust.is_some();
        table.row([
            step.stage.clone(),
            step.parameter.clone(),
            step.candidates.to_string(),
            fixed(step.test.robust.unwrap_or(step.test.statistic), 3),
            step.test.df.to_string(),
            p_value(step.test.decisive()),
            p_value(Some(step.adjusted)),
            optional(change.map(|c| c.epc), 3),
            optional(change.and_then(|c| c.standardized), 3),
            if step.released { "yes" } else { "no" }.into(),
        ]);
        if change.is_none() {
            table.without(
                &format!("the change of {}", step.parameter),
                "thresholds of an item are tested together",
            );
        }
    }
    table.note = "Change: expected in the last group if the parameter were free.".into();
    if is_robust {
        table.note += " X2 is the generalised score statistic (Satorra 1989; Boos 1992).";
    }
    table
}

fn anchors(partial: &PartialInvariance) -> Table {
    let mut table =
        Table::new("Items that carry the comparison", ["factor", "items", "the same", "different", "enough"]);
    table.text_columns = vec![3, 4];
    for own in &partial.anchors {
        table.row([
            own.factor.clone(),
            own.items.to_string(),
            own.invariant.len().to_string(),
            if own.different.is_empty() { "-".into() } else { own.different.join(", ") },
            if own.comparable { "yes" } else { "no" }.into(),
        ]);
    }
    let few: Vec<&str> =
        partial.anchors.iter().filter(|own| !own.comparable).map(|own| own.factor.as_str()).collect();
    if !few.is_empty() {
        table.note = format!(
            "Fewer than half of the items of {} are the same in all groups: there are not enough anchors for its means to be \
             compared.",
            few.join(", ")
        );
    }
    table
}

fn means(partial: &PartialInvariance) -> Table {
    let columns = ["factor", "group", "difference", "SE", "p", "d", "95 % interval", "observed d"];
    let mut table = Table::new("Means of the factors against the first group", columns);
    table.text_columns = vec![1];
    for own in partial.latent_means.iter().take(MOST_ROWS) {
        table.row([
            own.factor.clone(),
            own.group.clone(),
            fixed(own.difference, 3),
            optional(own.se, 3),
            p_value(own.pvalue),
            optional(own.d, 3),
            interval(own.d_lower, own.d_upper, 3),
            optional(own.observed_d, 3),
        ]);
        let of = format!("{} in {}", own.factor, own.group);
        table.without_if_none(
            own.d_se.and(own.pvalue),
            &format!("the test of {of}"),
            "it has no standard error",
        );
        table.without_if_none(
            own.observed_d,
            &format!("observed d of {of}"),
            "the factor has no items of its own",
        );
    }
    table.note = "Under the partial model, d in standard deviations of the factor pooled over the two groups (Hancock 2001); \
                  observed d is that of the mean of its items."
        .into();
    table
}

fn means_figure(partial: &PartialInvariance) -> Figure {
    let title = "Means of the factors against the first group";
    let estimates: Vec<Estimate> = partial
        .latent_means
        .iter()
        .take(MOST_ROWS)
        .map(|own| Estimate {
            name: format!("{}, {}", own.factor, own.group),
            value: own.d,
            interval: own.d_lower.zip(own.d_upper),
            mark: own.observed_d,
            text: optional(own.d, 2),
        })
        .collect();
    Figure {
        title: title.into(),
        svg: forest(title, &estimates, &[(0.0, "no difference")], "standard deviations"),
        note:
            "Points: latent means under the partial model with 95 % intervals. Small lines: observed means."
                .into(),
    }
}

fn curve_figure(partial: &PartialInvariance) -> Figure {
    let title = "Expected answers by group";
    Figure {
        title: title.into(),
        svg: expected_curves(title, partial),
        note: "Items that differ most by dMACS, three standard deviations about the mean of the factor in the first group; \
               under the partial model."
            .into(),
    }
}

impl Report for ImputedInvariance {
    fn page(&self) -> Page {
        let mut page = Page::titled("Measurement invariance over completed data sets");
        let groups: Vec<String> =
            self.groups.iter().zip(&self.nobs).map(|(name, n)| format!("{name} ({n})")).collect();
        page.paragraph(format!(
            "Groups of {}: {}; {} of {} completed data sets. Tests are pooled by D2 (Li, Meng, Raghunathan & Rubin 1991), \
             measures are means.",
            self.group,
            groups.join(", "),
            self.used,
            self.m
        ));
        page.list(self.warnings.iter().map(ToString::to_string).collect());
        let mut steps = Table::new("Steps", ["step", "npar", "F", "df", "p", "CFI", "RMSEA", "SRMR"]);
        for own in &self.models {
            steps.row([
                own.level.clone(),
                own.npar.to_string(),
                optional(own.test.as_ref().map(|test| test.f), 3),
                optional(own.test.as_ref().map(|test| test.df1), 0),
                p_value(own.test.as_ref().map(|test| test.pvalue)),
                optional(own.cfi, 3),
                optional(own.rmsea, 3),
                optional(own.srmr, 3),
            ]);
            let all = own.test.as_ref().map(|_| ()).and(own.cfi).and(own.rmsea).and(own.srmr);
            table_without(&mut steps, all, &own.level);
        }
        page.table(steps);
        let columns = ["step", "test", "verdict", "F", "df", "p", "CFI", "RMSEA", "SRMR"];
        let mut table = Table::new("What each step costs (restricted minus freer)", columns);
        table.text_columns = vec![1, 2];
        for own in &self.comparisons {
            table.row([
                own.to.clone(),
                own.method.name().into(),
                own.verdict.to_string(),
                optional(own.test.as_ref().map(|test| test.f), 3),
                optional(own.test.as_ref().map(|test| test.df1), 0),
                p_value(own.test.as_ref().map(|test| test.pvalue)),
                optional(own.delta_cfi, 3),
                optional(own.delta_rmsea, 3),
                optional(own.delta_srmr, 3),
            ]);
            let all =
                own.test.as_ref().map(|_| ()).and(own.delta_cfi).and(own.delta_rmsea).and(own.delta_srmr);
            table_without(&mut table, all, &own.to);
        }
        page.table(table);
        let mut named =
            Table::new("Parameters that the search names", ["parameter", "share of the data sets"]);
        self.released.iter().for_each(|(parameter, share)| named.row([parameter.clone(), fixed(*share, 2)]));
        if !named.rows.is_empty() {
            page.table(named);
        }
        page
    }
}

fn table_without(table: &mut Table, all: Option<f64>, step: &str) {
    table.without_if_none(all, &format!("numbers of {step}"), "they do not exist in every data set");
}

impl Report for PooledBias {
    fn page(&self) -> Page {
        let mut page = Page::titled("Uniform bias, one model of all groups");
        let groups: Vec<String> =
            self.groups.iter().zip(&self.nobs).map(|(name, n)| format!("{name} ({n})")).collect();
        page.paragraph(format!(
            "Groups of {}: {}. Groups are covariates of factors and, item by item, of the item (MIMIC). Whether loadings and \
             residual variances are the same cannot be looked at in this way.",
            self.group,
            groups.join(", ")
        ));
        page.list(self.warnings.iter().map(ToString::to_string).collect());
        let columns = ["item", "group", "effect", "SE", "standardised", "p", "p adjusted (Holm)"];
        let mut table =
            Table::new("What a group answers higher than the first at the same value of the factor", columns);
        table.text_columns = vec![1];
        for own in &self.bias {
            table.row([
                own.item.clone(),
                own.group.clone(),
                optional(own.est, 3),
                optional(own.se, 3),
                optional(own.standardized, 3),
                p_value(own.pvalue),
                p_value(own.adjusted),
            ]);
            if let Some(reason) = &own.reason {
                table.without(&format!("the effect on {}", own.item), reason);
            }
        }
        page.table(table);
        let mut factors =
            Table::new("Factors against the first group", ["factor", "group", "difference", "SE", "p"]);
        factors.text_columns = vec![1];
        for own in &self.factors {
            factors.row([
                own.factor.clone(),
                own.group.clone(),
                fixed(own.est, 3),
                optional(own.se, 3),
                p_value(own.pvalue),
            ]);
        }
        factors.note = "With no item biased.".into();
        page.table(factors);
        let mut items = Table::new("Answers by group", ["item", "group", "n", "mean", "SD"]);
        items.text_columns = vec![1];
        for own in &self.descriptive {
            items.row([
                own.item.clone(),
                own.group.clone(),
                own.n.to_string(),
                optional(own.mean, 2),
                optional(own.sd, 2),
            ]);
            let of = format!("mean or SD of {}", own.item);
            items.without_if_none(own.sd, &of, "fewer than two answers in a group");
        }
        page.table(items);
        page
    }
}
