//! Whether items mean the same in groups: ladders, what differs, latent means.

use super::ValidationReport;
use crate::evidence::GroupInvariance;
use crate::evidence::internal_structure::{InvarianceStudy, PartialInvariance, RungVerdict};
use crate::report::figures::{Cell, Estimate, Shade, cell_matrix, forest};
use crate::report::number::{fixed, interval, optional, p_value};
use crate::report::page::Figure;
use crate::report::{Page, Table};

/// dMACS of full colour.
const LARGE: f64 = 0.8;

/// The ladders.
pub(super) fn ladders(report: &ValidationReport<'_>, page: &mut Page) {
    let all = &report.evidence.invariance;
    page.heading(3, "Measurement invariance");
    if all.is_empty() {
        page.paragraph("Not examined.");
        return;
    }
    page.table(steps(report));
    let known: Vec<(&GroupInvariance, &InvarianceStudy)> =
        all.iter().filter_map(|own| Some((own, own.study.as_ref()?))).collect();
    if !known.is_empty() {
        page.figure(ladder_figure(report, &known));
        page.table(different(report));
        if let Some(figure) = matrix_figure(&known) {
            page.figure(figure);
        }
    }
    if let Some(table) = pooled(report) {
        page.table(table);
    }
}

/// Means of the factors, where ladders allow them.
pub(super) fn latent_means(report: &ValidationReport<'_>, page: &mut Page) {
    let rows: Vec<(&GroupInvariance, &PartialInvariance)> = partials(report).collect();
    if rows.iter().all(|(_, partial)| partial.latent_means.is_empty()) {
        return;
    }
    let columns = ["scale", "variable", "group", "difference", "SE", "p", "d", "95 % interval", "observed d"];
    let title = "Latent means against the first group";
    let mut table = Table::new(title, columns);
    table.text_columns = vec![1, 2];
    let mut estimates = Vec::new();
    for (own, partial) in rows {
        for mean in &partial.latent_means {
            let scale = report.title_of(&mean.factor);
            table.row([
                scale.clone(),
                own.group.clone(),
                format!("{} - {}", mean.group, mean.reference),
                fixed(mean.difference, 3),
                optional(mean.se, 3),
                p_value(mean.pvalue),
                optional(mean.d, 2),
                interval(mean.d_lower, mean.d_upper, 2),
                optional(mean.observed_d, 2),
            ]);
            let of = format!("the latent difference of {scale}");
            table.without_if_none(
                mean.d_se.and(mean.pvalue).and(mean.observed_d),
                &of,
                "it has no standard error",
            );
            estimates.push(Estimate {
                name: format!("{scale}, {}", mean.group),
                value: mean.d,
                interval: mean.d_lower.zip(mean.d_upper),
                mark: mean.observed_d,
                text: optional(mean.d, 2),
            });
        }
    }
    table.note = "In a model in which what differs between groups is free; d in pooled standard deviations of the factor \
                  (Hancock 2001), beside that of the mean of the items."
        .into();
    page.table(table);
    page.figure(Figure {
        title: title.into(),
        svg: forest(
            title,
            &estimates,
            &[(0.0, report.language.of("no difference", "geen verschil"))],
            report.language.of("standard deviations", "standaarddeviaties"),
        ),
        note: "Points: latent means with 95 % intervals. Small lines: observed means.".into(),
    });
}

fn partials<'a>(
    report: &ValidationReport<'a>,
) -> impl Iterator<Item = (&'a GroupInvariance, &'a PartialInvariance)> {
    let all = report.evidence.invariance.iter();
    all.filter_map(|own| {
        Some((own, own.study.as_ref()?.partial.as_ref().filter(|partial| partial.converged)?))
    })
}

fn steps(report: &ValidationReport<'_>) -> Table {
    let columns = [
        "scale",
        "variable",
        "step",
        "chi-square",
        "df",
        "p",
        "CFI",
        "RMSEA",
        "change of CFI",
        "change of RMSEA",
        "verdict",
    ];
    let mut table = Table::new("Ladders of invariance", columns);
    table.text_columns = vec![1, 2, 10];
    for own in &report.evidence.invariance {
        let scale = report.title_of(&own.dimension);
        let Some(study) = &own.study else {
            table.remarks.push(match &own.reason {
                Some(reason) => format!("{scale}, {}: {reason}.", own.group),
                None => format!("{scale}, {}.", own.group),
            });
            continue;
        };
        for rung in &study.models {
            let step = study.comparisons.iter().find(|own| own.to == rung.level);
            table.row([
                scale.clone(),
                own.group.clone(),
                rung.level.clone(),
                optional(step.and_then(|s| s.chisq_diff), 2),
                optional(step.and_then(|s| s.df_diff), 0),
                p_value(step.and_then(|s| s.pvalue)),
                optional(rung.cfi, 3),
                optional(rung.rmsea, 3),
                optional(step.and_then(|s| s.delta_cfi), 3),
                optional(step.and_then(|s| s.delta_rmsea), 3),
                step.map_or_else(|| "-".into(), |s| said(s.verdict, report)),
            ]);
        }
        if study.models.len() > 1 || study.comparisons.is_empty() {
            table.without(
                &format!("the difference of the first step of {scale}"),
                "there is no step before it",
            );
        }
        let reasons = study.comparisons.iter().filter(|own| own.chisq_diff.is_none());
        for missing in reasons {
            let why = missing.reason.as_deref().unwrap_or("its scaling does not exist for these data");
            table.without(&format!("the test of {} of {scale}", missing.to), why);
        }
        let small: Vec<String> = own.left_out.iter().map(|(level, n)| format!("{level} ({n})")).collect();
        if !small.is_empty() {
            table.remarks.push(format!("Left out of {scale}, {}: {}.", own.group, small.join(", ")));
        }
    }
    table.note = "Chi-square, df and p are of the difference from the step before (the test that belongs to the estimator); \
                  CFI and RMSEA robust where they exist."
        .into();
    table
}

fn said(verdict: RungVerdict, report: &ValidationReport<'_>) -> String {
    let (en, nl) = match verdict {
        RungVerdict::Holds => ("holds", "houdt stand"),
        RungVerdict::Fails => ("fails", "houdt geen stand"),
        RungVerdict::Disagree => ("rules disagree", "regels oneens"),
        _ => ("unknown", "onbekend"),
    };
    report.language.of(en, nl).into()
}

fn different(report: &ValidationReport<'_>) -> Table {
    let columns = ["scale", "variable", "different", "the same", "items", "enough"];
    let mut table = Table::new("Items that differ between groups", columns);
    table.text_columns = vec![1, 2, 5];
    for (own, partial) in partials(report) {
        for anchors in &partial.anchors {
            let parameters: Vec<&str> = partial
                .released
                .iter()
                .map(String::as_str)
                .filter(|parameter| anchors.different.iter().any(|item| names(parameter, item)))
                .collect();
            table.row([
                report.title_of(&anchors.factor),
                own.group.clone(),
                if parameters.is_empty() { "-".into() } else { parameters.join(", ") },
                anchors.invariant.len().to_string(),
                anchors.items.to_string(),
                report
                    .language
                    .of(
                        if anchors.comparable { "yes" } else { "no" },
                        if anchors.comparable { "ja" } else { "nee" },
                    )
                    .to_string(),
            ]);
        }
    }
    table.note = "Parameters found by score tests, the worst first (Holm, .05). Enough: at least half of the items, and two, are \
                  the same in all groups."
        .into();
    table
}

/// Whether a parameter is one of an item.
fn names(parameter: &str, item: &str) -> bool {
    parameter.ends_with(&format!("=~{item}"))
        || parameter == format!("{item}~1")
        || parameter.starts_with(&format!("{item}|"))
}

/// Steps by ladder.
fn ladder_figure(report: &ValidationReport<'_>, all: &[(&GroupInvariance, &InvarianceStudy)]) -> Figure {
    let mut columns: Vec<String> = Vec::new();
    for (_, study) in all {
        for own in &study.comparisons {
            if !columns.contains(&own.to) {
                columns.push(own.to.clone());
            }
        }
    }
    let rows: Vec<String> =
        all.iter().map(|(own, _)| format!("{}, {}", report.title_of(&own.dimension), own.group)).collect();
    let cell = |study: &InvarianceStudy, column: &String| {
        let own = study.comparisons.iter().find(|own| own.to == *column)?;
        let shade = match own.verdict {
            RungVerdict::Holds => Shade::Signed(0.7),
            RungVerdict::Fails => Shade::Signed(-0.7),
            RungVerdict::Disagree => Shade::Neutral,
            _ => Shade::Empty,
        };
        let tip = format!("{column}: p {}, CFI {}", p_value(own.pvalue), optional(own.delta_cfi, 3));
        Some(Cell { shade, text: said(own.verdict, report), tip })
    };
    let cells: Vec<Vec<Option<Cell>>> =
        all.iter().map(|(_, study)| columns.iter().map(|column| cell(study, column)).collect()).collect();
    let title = "Steps that hold";
    Figure {
        title: title.into(),
        svg: cell_matrix(title, &rows, &columns, &cells),
        note: "Each step against the one before it.".into(),
    }
}

/// Items by groups.
fn matrix_figure(all: &[(&GroupInvariance, &InvarianceStudy)]) -> Option<Figure> {
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<String> = Vec::new();
    let mut found: Vec<(String, String, f64, bool)> = Vec::new();
    for (own, study) in all {
        let Some(partial) = &study.partial else { continue };
        for effect in &partial.effects {
            let column = format!("{}: {}", own.group, effect.group);
            if !columns.contains(&column) {
                columns.push(column.clone());
            }
            let differs = partial.released.iter().any(|parameter| names(parameter, &effect.item));
            // items that are the same everywhere have no row
            if differs && !rows.contains(&effect.item) {
                rows.push(effect.item.clone());
            }
            found.push((effect.item.clone(), column, effect.signed.unwrap_or(0.0), differs));
        }
    }
    let cell = |row: &String, column: &String| {
        let (.., signed, differs) = found.iter().find(|(item, group, ..)| item == row && group == column)?;
        let tip = format!("{row}, {column}: dMACS {}", fixed(*signed, 3));
        let (shade, text) = match differs {
            true => (Shade::Signed(signed / LARGE), fixed(*signed, 2)),
            false => (Shade::Empty, String::new()),
        };
        Some(Cell { shade, text, tip })
    };
    let cells: Vec<Vec<Option<Cell>>> =
        rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
    let title = "What differs, by item and group";
    (!rows.is_empty()).then(|| Figure {
        title: title.into(),
        svg: cell_matrix(title, &rows, &columns, &cells),
        note: "dMACS of items with a parameter of their own in the group (Nye & Drasgow 2011); below 0 where the group \
               answers lower than the first at the same value of the factor. An empty cell: the item is the same."
            .into(),
    })
}

/// Uniform bias where groups are too small for models of their own; none where there is nothing to tell.
fn pooled(report: &ValidationReport<'_>) -> Option<Table> {
    let columns = ["item", "variable", "group", "effect", "SE", "standardised", "p (Holm)"];
    let mut table = Table::new("Uniform bias, one model of all groups", columns);
    table.text_columns = vec![1, 2];
    for own in &report.evidence.invariance {
        for bias in own.pooled.iter().flat_map(|pooled| &pooled.bias) {
            table.row([
                bias.item.clone(),
                own.group.clone(),
                bias.group.clone(),
                optional(bias.est, 3),
                optional(bias.se, 3),
                optional(bias.standardized, 3),
                p_value(bias.adjusted),
            ]);
            if let Some(reason) = &bias.reason {
                table.without(&format!("the effect on {}", bias.item), reason);
            }
        }
    }
    table.note = "What a group answers higher than the first at the same value of the factor, all else taken for equal \
                  (MIMIC)."
        .into();
    (!table.rows.is_empty()).then_some(table)
}
