//! Groups aligned.

use super::items::sentences;
use super::number::{fixed, optional, p_value, percent};
use super::{Page, Report, Table};
use crate::evidence::counted;
use crate::evidence::internal_structure::{
    AlignedItem, AlignedParameter, Alignment, AlignmentCheck, AlignmentMeans,
};

impl Report for Alignment {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Alignment of {}", self.factor));
        page.paragraph(how(self));
        page.list(sentences(&self.warnings));
        page.paragraph(verdict(self));
        page.table(groups(self));
        page.table(items(self));
        for table in [noninvariant(self), differences(self)] {
            if !table.rows.is_empty() || !table.note.is_empty() {
                page.table(table);
            }
        }
        page
    }
}

impl Report for AlignmentCheck {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Check of the alignment of {}", self.factor));
        page.paragraph(format!(
            "{} samples from the aligned solution, seed {}, aligned again; {} count.",
            self.replications, self.seed, self.used
        ));
        page.paragraph(match self.reliable {
            Some(true) => "Groups may be ranked: their means correlate .98 or more with those of the solution (Muthen & \
                           Asparouhov 2014)."
                .to_string(),
            Some(false) => "Groups of these sizes cannot be ranked by these items: their means correlate less than .98 with those \
                            of the solution (Muthen & Asparouhov 2014)."
                .to_string(),
            None => "There is no correlation of the means: there are fewer than three groups, or means that do not vary.".to_string(),
        });
        page.table(recovery(self));
        page
    }
}

fn recovery(check: &AlignmentCheck) -> Table {
    let mut table = Table::new("Recovery of the solution", ["measure", "value"]);
    for (measure, value, why) in [
        (
            "mean correlation of means",
            check.mean_correlation,
            "fewer than three groups, or means that do not vary",
        ),
        (
            "mean correlation of standard deviations",
            check.sd_correlation,
            "fewer than three groups, or they do not vary",
        ),
        ("share of samples with a correlation of means below .98", check.below, "there is no correlation"),
        ("mean absolute error of means", Some(check.mean_error), ""),
        ("95 % intervals that hold: means", check.mean_coverage, "there are no standard errors"),
        ("95 % intervals that hold: loadings", check.loading_coverage, "there are no standard errors"),
        (
            "95 % intervals that hold: intercepts or thresholds",
            check.intercept_coverage,
            "there are no standard errors",
        ),
        (
            "parameters told as the same or different as in the solution",
            check.recovered,
            "the solution does not tell them",
        ),
        (
            "parameters that differ in the solution told as such",
            check.recovered_different,
            "none differs in the solution",
        ),
    ] {
        table.row([measure.to_string(), optional(value, 3)]);
        table.without_if_none(value, measure, why);
    }
    for (reason, count) in &check.failures {
        table.remarks.push(format!("{count} samples do not count ({reason})."));
    }
    table
}

fn how(found: &Alignment) -> String {
    let means = match found.identification {
        AlignmentMeans::Fixed => "mean of the first group 0",
        AlignmentMeans::Free => "all means free",
    };
    let others = match found.minima.len() {
        0 | 1 => String::new(),
        n => format!("; {} above it", counted(n - 1, "minimum", "minima")),
    };
    format!(
        "{} by {}; loss {}, epsilon {}, {means}, product of standard deviations 1 while it was searched; reached by {} of {} \
         starts{others}. Below, the first group has mean 0 and standard deviation 1.",
        counted(found.groups.len(), "group", "groups"),
        counted(found.items.len(), "item", "items"),
        fixed(found.loss, 3),
        found.epsilon,
        found.reached,
        found.starts
    )
}

fn verdict(found: &Alignment) -> String {
    match (&found.noninvariant, found.noninvariant_share, &found.reason) {
        (Some(differing), Some(share), _) if differing.is_empty() => {
            format!("No parameter differs between groups ({} of them).", percent(share))
        }
        (Some(differing), Some(share), _) => {
            format!("{} of the parameters ({}) differ in a group.", percent(share), differing.len())
        }
        (_, _, Some(reason)) => format!("Which parameters differ is not known: {reason}."),
        _ => String::new(),
    }
}

fn groups(found: &Alignment) -> Table {
    let mut table = Table::new("Groups", ["group", "n", "mean", "se", "sd", "se", "rank"]);
    for group in &found.groups {
        table.row([
            group.group.clone(),
            group.n.to_string(),
            fixed(group.mean, 3),
            optional(group.mean_se, 3),
            fixed(group.sd, 3),
            optional(group.sd_se, 3),
            group.rank.to_string(),
        ]);
    }
    if let Some(reason) = &found.reason {
        table.without("the standard errors", reason);
    } else {
        table.without("standard errors of the first group", "its mean and standard deviation are the unit");
    }
    table
}

/// Which groups differ, shown for the pairs that do.
fn differences(found: &Alignment) -> Table {
    let all = found.differences.as_deref().unwrap_or_default();
    let heads = ["higher", "lower", "difference", "se", "p", "p (Holm)"];
    let mut table = Table::new("Means that differ", heads);
    table.text_columns = vec![1];
    for pair in all.iter().filter(|pair| pair.adjusted < 0.05) {
        table.row([
            pair.higher.clone(),
            pair.lower.clone(),
            fixed(pair.difference, 3),
            fixed(pair.se, 3),
            p_value(Some(pair.pvalue)),
            p_value(Some(pair.adjusted)),
        ]);
    }
    let shown = table.rows.len();
    if !all.is_empty() {
        table.note = format!(
            "{shown} of {} differ at .05 after Holm's adjustment.",
            counted(all.len(), "pair", "pairs")
        );
    }
    table
}

fn items(found: &Alignment) -> Table {
    let heads = ["item", "parameter", "average", "lowest", "highest", "R2", "loss", "differs in"];
    let mut table = Table::new("Parameters", heads);
    table.text_columns = vec![1, 7];
    for AlignedItem { item, loading, intercepts } in &found.items {
        for parameter in std::iter::once(loading).chain(intercepts) {
            table.row(parameter_row(found, item, parameter));
        }
    }
    let share = |r2: Option<f64>| optional(r2, 3);
    table.note = format!(
        "Average: over the groups in which the parameter is the same. R2: share of the variation between groups that means and \
         standard deviations account for; of all loadings {}, of all intercepts or thresholds {}.",
        share(found.r_squared.loadings),
        share(found.r_squared.intercepts)
    );
    table
}

fn parameter_row(found: &Alignment, item: &str, parameter: &AlignedParameter) -> Vec<String> {
    let extreme = |of: fn(f64, f64) -> f64| parameter.values.iter().copied().reduce(of);
    let outside: Vec<&str> = match &parameter.is_invariant {
        None => Vec::new(),
        Some(is_in) => {
            let groups = found.groups.iter().zip(is_in).filter(|(_, is_in)| !**is_in);
            groups.map(|(group, _)| group.group.as_str()).collect()
        }
    };
    vec![
        item.to_string(),
        parameter.parameter.clone(),
        optional(parameter.average, 3),
        optional(extreme(f64::min), 3),
        optional(extreme(f64::max), 3),
        optional(parameter.r_squared, 3),
        fixed(parameter.loss, 1),
        outside.join(", "),
    ]
}

fn noninvariant(found: &Alignment) -> Table {
    let heads = ["item", "parameter", "group", "value", "less average", "p"];
    let mut table = Table::new("Parameters that differ", heads);
    table.text_columns = vec![1, 2];
    for differing in found.noninvariant.as_deref().unwrap_or_default() {
        table.row([
            differing.item.clone(),
            differing.parameter.clone(),
            differing.group.clone(),
            fixed(differing.value, 3),
            fixed(differing.difference, 3),
            p_value(Some(differing.pvalue)),
        ]);
    }
    if !table.rows.is_empty() {
        table.note = "Groups outside the set in which a parameter is the same: p below .001 against the mean of the set \
                      (Asparouhov & Muthen 2014)."
            .into();
    }
    table
}
