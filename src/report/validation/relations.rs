//! Evidence based on relations to other variables.

use super::ValidationReport;
use crate::report::figures::Estimate;
use crate::report::page::Figure;
use crate::report::{Page, factors, figures, relations as tables};

pub(super) fn relations(report: &ValidationReport<'_>, page: &mut Page) {
    let evidence = report.evidence;
    let found = &evidence.relations;
    page.heading(2, "Evidence based on relations to other variables");
    if !found.convergent.is_empty() {
        page.heading(3, "Convergent and discriminant validity");
        page.table(report.in_titles(factors::convergent(found)));
    }
    if let Some(discriminant) = &found.discriminant {
        let tables = factors::discriminant(discriminant).into_iter();
        tables.for_each(|table| page.table(report.in_titles(table)));
    }
    page.heading(3, "Criteria and outcomes");
    if found.criterion.is_empty() {
        page.paragraph("Not examined.");
    } else {
        page.table(report.titled(report.marked(tables::criteria(found)), &[0, 1]));
        found.incremental.iter().for_each(|own| page.table(report.in_titles(tables::incremental(own))));
    }
    if let Some(table) = tables::paths(found) {
        page.table(report.titled(table, &[1, 2]));
    }
    page.heading(3, "Hypotheses");
    if evidence.hypotheses.is_empty() {
        page.paragraph("Not examined.");
    } else {
        page.table(report.titled(tables::hypotheses(&evidence.hypotheses), &[1, 2]));
        page.figure(forest_of_hypotheses(report));
    }
}

fn forest_of_hypotheses(report: &ValidationReport<'_>) -> Figure {
    let title = "Hypotheses: estimates with 95 % intervals, and the size that was expected";
    let estimates: Vec<Estimate> = report
        .evidence
        .hypotheses
        .iter()
        .map(|h| {
            let sign = if h.sign == crate::construct::Sign::Negative { -1.0 } else { 1.0 };
            Estimate {
                name: format!("{} {} - {}", h.id, report.title_of(&h.from), report.title_of(&h.to)),
                value: h.estimate,
                interval: h.lower.zip(h.upper),
                mark: h.at_least.map(|x| sign * x),
                text: match h.confirmed {
                    Some(true) => report.language.of("confirmed", "bevestigd"),
                    Some(false) => report.language.of("not confirmed", "niet bevestigd"),
                    None => report.language.of("not tested", "niet getoetst"),
                }
                .to_string(),
            }
        })
        .collect();
    let svg = figures::forest(title, &estimates, &[(0.0, "")], "r");
    Figure {
        title: title.into(),
        svg,
        note: "The short line marks the smallest size that would confirm.".into(),
    }
}
