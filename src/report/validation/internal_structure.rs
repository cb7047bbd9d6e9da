//! Evidence based on internal structure: reliability, aggregation, rival structures, items.

use super::{ValidationReport, dimensionality, invariance, item_response, items, reliability, structures};
use crate::report::items::sentences;
use crate::report::{Page, aggregation};

pub(super) fn internal_structure(report: &ValidationReport<'_>, page: &mut Page) {
    let evidence = report.evidence;
    page.heading(2, "Evidence based on internal structure");
    reliability::section(report, page);
    if let Some(found) = &evidence.aggregation {
        page.heading(
            3,
            format!("{} {}", report.language.of("Aggregation to", "Aggregatie naar"), found.cluster),
        );
        page.list(sentences(&found.warnings));
        for table in aggregation::coefficients(found) {
            page.table(report.in_titles(table));
        }
    }
    structures::section(report, page);
    items::section(report, page);
    item_response::section(report, page);
    dimensionality::section(report, page);
    invariance::ladders(report, page);
}
