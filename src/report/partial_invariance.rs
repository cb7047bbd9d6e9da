//! What differs between groups, and how much it matters: the parts of a page of invariance that are of the partial model.

use super::figures::{Estimate, expected_curves, forest};
use super::number::{fixed, interval, optional, p_value};
use super::page::Figure;
use super::{Page, Table};
use crate::evidence::internal_structure::{ItemEffect, PartialInvariance, SearchDirection};

/// Tables and figures up to so many rows are printed whole.
const MOST_ROWS: usize = 60;

/// The parts; `anchored` are effects with the first item of each factor as anchor.
pub(super) fn parts(page: &mut Page, partial: &PartialInvariance, anchored: &[ItemEffect]) {
    page.heading(2, "What differs");
    page.paragraph(said_of(partial));
    page.table(search(partial));
    page.table(anchors(partial));
    page.heading(2, "How much it matters");
    page.table(effect_table(partial, anchored));
    page.figure(curve_figure(partial));
    page.table(means(partial));
    page.figure(means_figure(partial));
}

fn effect_table(partial: &PartialInvariance, anchored: &[ItemEffect]) -> Table {
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
        let other = anchored.iter().find(|e| e.item == own.item && e.group == own.group);
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

fn said_of(partial: &PartialInvariance) -> String {
    let found = match partial.released.as_slice() {
        [] => "No parameter was found to differ between groups".to_string(),
        some => format!("Found to differ between groups: {}", some.join(", ")),
    };
    let how = match partial.search {
        SearchDirection::Backward => format!(
            "Backward search: from one item of each factor that agrees with most others, equalities are added, the least \
             significant by a Wald test first, until all that are left have a p adjusted by {} below {:.4} at each stage, {} \
             over all.",
            partial.correction, partial.stage_alpha, partial.alpha
        ),
        _ => format!(
            "Forward search: equalities are given up, the worst by a score test first, while its p adjusted by {} is below {:.4} \
             at each stage, {} over all.",
            partial.correction, partial.stage_alpha, partial.alpha
        ),
    };
    let cut =
        partial.cut_short.as_ref().map_or_else(String::new, |why| format!(" The search ended early: {why}."));
    format!("{found}. {how} Another estimator, or the other direction, may name other parameters.{cut}")
}

fn search(partial: &PartialInvariance) -> Table {
    let is_backward = partial.search == SearchDirection::Backward;
    let mut columns = vec!["stage", "parameter", "of", "X2", "df", "p", "p adjusted", "change"];
    columns.extend((!is_backward).then_some("standardised"));
    columns.push("freed");
    let mut table = Table::new("Search", columns);
    table.text_columns = vec![1, if is_backward { 8 } else { 9 }];
    let mut is_robust = false;
    for step in &partial.steps {
        let change = step.test.changes.last();
        is_robust |= step.test.robust.is_some();
        let mut cells = vec![
            step.stage.clone(),
            step.parameter.clone(),
            step.candidates.to_string(),
            fixed(step.test.robust.unwrap_or(step.test.statistic), 3),
            step.test.df.to_string(),
            p_value(step.test.decisive()),
            p_value(Some(step.adjusted)),
            optional(change.map(|c| c.epc), 3),
        ];
        cells.extend((!is_backward).then(|| optional(change.and_then(|c| c.standardized), 3)));
        cells.push(if step.released { "yes" } else { "no" }.into());
        table.row(cells);
        if change.is_none() {
            table.without(
                &format!("the change of {}", step.parameter),
                "thresholds of an item are tested together",
            );
        }
    }
    table.note = match (is_backward, is_robust) {
        (true, _) => "Change: of the last group from the first, as estimated. X2 is a Wald statistic.",
        (false, true) => {
            "Change: expected in the last group if the parameter were free. X2 is the generalised score statistic (Satorra \
             1989; Boos 1992)."
        }
        (false, false) => "Change: expected in the last group if the parameter were free.",
    }
    .into();
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
