//! Reliability of the scales, in all and in groups.

use super::{ValidationReport, scales};
use crate::evidence::internal_structure::Hierarchical;
use crate::evidence::{GroupEvidence, ScaleEvidence};
use crate::report::figures::Estimate;
use crate::report::number::{ends, fixed, optional, percent};
use crate::report::page::Figure;
use crate::report::{Language, Page, Table, figures};

pub(super) fn section(report: &ValidationReport<'_>, page: &mut Page) {
    page.heading(3, "Reliability");
    page.table(reliability(report));
    page.figure(forest_of_reliability(report));
    page.table(further_reliability(report));
    if let Some(table) = ordinal_reliability(report) {
        page.table(table);
    }
    if let Some(found) = &report.evidence.hierarchical {
        page.paragraph(hierarchical(report, found));
    }
    if let Some(table) = groups(report) {
        page.table(table);
    }
}

/// How much of the sum of all items is due to the construct as a whole.
fn hierarchical(report: &ValidationReport<'_>, found: &Hierarchical) -> String {
    let proper = report.evidence.structure("second_order").filter(|s| s.result.status.proper());
    let (by, volgens) = match proper {
        Some(_) => ("the structure with second-order factors", "de structuur met tweede-ordefactoren"),
        None => ("the bifactor structure", "de bifactorstructuur"),
    };
    match report.language {
        Language::English => format!(
            "By {by}, of the variance of the sum of all items {} is due to the construct as a whole (omega hierarchical {:.3}), {} to \
             all factors together (omega total {:.3}).",
            percent(found.omega_hierarchical),
            found.omega_hierarchical,
            percent(found.omega_total),
            found.omega_total
        ),
        Language::Dutch => format!(
            "Volgens {volgens} komt van de variantie van de som van alle items {} van het construct als geheel (omega hiërarchisch {:.3}), {} van \
             alle factoren samen (omega totaal {:.3}).",
            percent(found.omega_hierarchical),
            found.omega_hierarchical,
            percent(found.omega_total),
            found.omega_total
        ),
    }
}

fn reliability(report: &ValidationReport<'_>) -> Table {
    let heads = ["scale", "items", "n", "alpha", "95 % interval", "standardised", "mean r", "mean", "sd"];
    let mut table = Table::new(
        "Cronbach's alpha with Feldt's interval; the score is the mean of a respondent's items",
        heads,
    );
    let mut row = |name: String, scale: &ScaleEvidence| {
        let alpha = scale.reliability.as_ref().map(|r| &r.alpha);
        let feldt = alpha.and_then(|a| a.feldt);
        table.row([
            name,
            scale.items.len().to_string(),
            scale.n.to_string(),
            optional(alpha.and_then(|a| a.raw), 3),
            ends(feldt, 3),
            optional(alpha.and_then(|a| a.standardized), 3),
            optional(alpha.and_then(|a| a.average_r), 3),
            optional(scale.score.map(|s| s.mean), 2),
            optional(scale.score.map(|s| s.sd), 2),
        ]);
    };
    scales(report).into_iter().for_each(|(name, scale)| row(name, scale));
    for (name, scale) in scales(report) {
        let of = |what: &str| format!("{what} of {}", name.trim());
        if let Some(reason) = &scale.reason {
            table.without(&of("the reliability"), reason);
        }
        if let Some(alpha) = scale.reliability.as_ref().map(|r| &r.alpha) {
            if alpha.raw.is_some() {
                let why = "it is that of complete rows, and answers are missing";
                table.without_if_none(alpha.feldt, &of("Feldt's interval"), why);
            }
            let undefined = "a correlation of the items is not defined";
            table.without_if_none(alpha.average_r, &of("mean r"), undefined);
            let why = match alpha.average_r {
                None => undefined,
                Some(_) => "the total of the standardised items does not vary",
            };
            table.without_if_none(alpha.standardized, &of("standardised alpha"), why);
        }
        table.without_if_none(scale.score, &of("mean and sd"), "there are no scores");
    }
    table.remarks.extend(report.about_total());
    table
}

fn forest_of_reliability(report: &ValidationReport<'_>) -> Figure {
    let title = "Reliability of the scales, 95 % intervals";
    let mut estimates = Vec::new();
    for (name, scale) in scales(report) {
        let Some(alpha) = scale.reliability.as_ref().map(|r| &r.alpha) else { continue };
        let interval = alpha.feldt.map(|i| (i.lower, i.upper));
        let text = format!("{} {}", optional(alpha.raw, 2), ends(alpha.feldt, 2));
        estimates.push(Estimate {
            name: name.trim().to_string(),
            value: alpha.raw,
            interval,
            mark: None,
            text,
        });
    }
    let svg = figures::forest(title, &estimates, &[(0.7, ".70"), (0.9, ".90")], "alpha");
    let note =
        ".70 serves comparisons of groups, .90 decisions about persons (Nunnally & Bernstein 1994).".into();
    Figure { title: title.into(), svg, note }
}

/// Omega and the lower bounds of each scale.
fn further_reliability(report: &ValidationReport<'_>) -> Table {
    let heads = ["scale", "omega", "95 % interval", "lambda 2", "lambda 4", "lambda 6", "glb", "H"];
    let mut table = Table::new("Further coefficients of reliability", heads);
    for (name, scale) in scales(report) {
        let Some(found) = &scale.reliability else { continue };
        let bounds = found.guttman;
        table.row([
            name,
            optional(found.omega.total, 3),
            ends(found.omega.interval, 3),
            optional(bounds.map(|b| b.lambda2), 3),
            optional(bounds.and_then(|b| b.lambda4), 3),
            optional(bounds.and_then(|b| b.lambda6), 3),
            optional(bounds.and_then(|b| b.glb), 3),
            optional(found.omega.maximal, 3),
        ]);
    }
    for (name, scale) in scales(report) {
        let omega = scale.reliability.as_ref().and_then(|r| r.omega.reason.as_ref());
        if let Some(reason) = omega {
            table.without(&format!("omega and H of {}", name.trim()), reason);
        }
        let Some(found) = &scale.reliability else { continue };
        let of = |what: &str| format!("{what} of {}", name.trim());
        let singular = "the correlation matrix of the items has no inverse";
        match found.guttman {
            None => table.without(&of("lambdas and glb"), "a correlation of the items is not defined"),
            Some(bounds) => {
                table.without_if_none(bounds.lambda4, &of("lambda 4"), "there are no split halves");
                table.without_if_none(bounds.lambda6.and(bounds.glb), &of("lambda 6 or glb"), singular);
            }
        }
        if found.omega.total.is_some() {
            let (interval, maximal) = (found.omega.interval, found.omega.maximal);
            let why = "the model has no standard errors";
            table.without_if_none(interval, &of("the interval of omega"), why);
            table.without_if_none(maximal, &of("H"), "an item has no residual variance");
        }
    }
    table.remarks.extend(report.about_total());
    table.note = "Omega: of a model of one factor for the answers as numbers, with an interval by the delta method. Lambdas: Guttman's \
                  lower bounds; glb: the greatest lower bound; H: maximal reliability."
        .into();
    table
}

/// Of the sums of ordinal answers, and of what lies behind them; none without ordinal items.
fn ordinal_reliability(report: &ValidationReport<'_>) -> Option<Table> {
    let heads = ["scale", "categorical omega", "ordinal alpha"];
    let mut table = Table::new("Reliability of ordinal items, by a model of one factor", heads);
    let mut row = |name: String, scale: &ScaleEvidence| {
        if let Some(found) = &scale.ordinal {
            let of = |what: &str| format!("{what} of {}", name.trim());
            let why = "the sum of its items does not vary by the model";
            table.without_if_none(found.categorical_omega, &of("categorical omega"), why);
            table.without_if_none(found.ordinal_alpha, &of("ordinal alpha"), "it has a single item");
            table.row([name, optional(found.categorical_omega, 3), optional(found.ordinal_alpha, 3)]);
        }
    };
    scales(report).into_iter().for_each(|(name, scale)| row(name, scale));
    for dimension in &report.evidence.dimensions {
        let is_ordinal = dimension.structure.as_ref().is_some_and(|s| s.result.is_ordinal());
        if is_ordinal && dimension.scale.ordinal.is_none() {
            let name = report.named(&dimension.title, &dimension.id);
            table.without(
                &name,
                "the model of one factor has no proper solution, or there are fewer than two items",
            );
        }
    }
    table.note =
        "Categorical omega is the reliability of the sum of the answers (Green & Yang 2009); ordinal alpha \
                  that of the continuous variables behind them, which nobody observes."
            .into();
    let is_known = !table.rows.is_empty() || !table.remarks.is_empty();
    is_known.then_some(table)
}

/// Alpha and mean score per group: a row per scale, and per group a column for each.
fn groups(report: &ValidationReport<'_>) -> Option<Table> {
    let evidence = report.evidence;
    let first = &evidence.dimensions.iter().find(|d| !d.scale.groups.is_empty())?.scale.groups;
    let heads = first.iter().map(|g| format!("{} (n = {})", g.group, g.rows));
    let mut table = Table::new(
        "Alpha, and mean (sd) of the score, by group",
        std::iter::once("scale".to_string()).chain(heads),
    );
    let cell = |g: &GroupEvidence| {
        if g.n == 0 {
            return "not answered".to_string();
        }
        let alpha = g.reliability.as_ref().and_then(|r| r.alpha.raw);
        let score =
            g.score.map_or_else(String::new, |s| format!("  {} ({})", fixed(s.mean, 2), fixed(s.sd, 2)));
        format!("{}{}{score}", optional(alpha, 2), if g.too_small { "*" } else { " " })
    };
    let mut row = |name: String, scale: &ScaleEvidence| {
        if !scale.groups.is_empty() {
            for g in scale.groups.iter().filter(|g| g.n > 0) {
                without_alpha(&mut table, name.trim(), g);
            }
            table.row(std::iter::once(name).chain(scale.groups.iter().map(cell)));
        }
    };
    for dimension in &evidence.dimensions {
        row(report.named(&dimension.title, &dimension.id), &dimension.scale);
    }
    if let Some(overall) = &evidence.overall {
        row(report.whole(), overall);
    }
    table.remarks.extend(report.about_total());
    table.note =
        "n: respondents in the group. * fewer than 50 with complete answers: too small for a conclusion."
            .into();
    Some(table)
}

/// Why a group has no alpha, or no mean score.
pub(super) fn without_alpha(table: &mut Table, scale: &str, g: &GroupEvidence) {
    let why = match (&g.reliability, g.n) {
        (None, 0 | 1) => "fewer than two complete answers",
        (None, _) => "an item does not vary among the complete answers",
        (Some(_), _) => "the total score does not vary",
    };
    let alpha = g.reliability.as_ref().and_then(|r| r.alpha.raw);
    table.without_if_none(alpha, &format!("alpha of {scale} ({})", g.group), why);
    table.without_if_none(g.score, &format!("mean of {scale} ({})", g.group), "there are no scores");
}
