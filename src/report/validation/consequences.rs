//! Evidence based on consequences and use: the precision of a score, differences between groups.

use super::{ValidationReport, invariance, scales};
use crate::report::number::fixed;
use crate::report::{Page, Table, groups};

pub(super) fn consequences(report: &ValidationReport<'_>, page: &mut Page) {
    let evidence = report.evidence;
    page.heading(2, "Evidence based on consequences and use");
    page.heading(3, "Precision of a person's score");
    page.table(errors(report));
    page.heading(3, "Differences between groups");
    match groups::groups(&evidence.relations.known_groups) {
        Some(table) => page.table(report.marked(table)),
        None => page.paragraph("Not examined."),
    }
    if let Some(table) = groups::pairs(&evidence.relations.known_groups) {
        page.table(report.marked(table));
    }
    invariance::latent_means(report, page);
    page.heading(3, "Differential item functioning");
    page.paragraph("Not examined.");
}

/// Measurement error of the scores.
fn errors(report: &ValidationReport<'_>) -> Table {
    let heads = ["scale", "sd", "reliability", "SEM", "SDC"];
    let mut table = Table::new("Measurement error of the mean score", heads);
    for (name, scale) in scales(report) {
        let Some(error) = scale.reliability.as_ref().and_then(|r| r.error) else { continue };
        table.row([
            name,
            fixed(error.sd, 2),
            fixed(error.reliability, 3),
            fixed(error.sem, 2),
            fixed(error.sdc, 2),
        ]);
    }
    for (name, scale) in scales(report) {
        if let Some(found) = scale.reliability.as_ref().filter(|r| r.error.is_none()) {
            let why = match found.alpha.raw {
                Some(alpha) => {
                    format!("alpha is {}, and a reliability lies between 0 and 1", fixed(alpha, 2))
                }
                None => "the total score does not vary".into(),
            };
            table.without(&format!("the error of {}", name.trim()), &why);
        } else if let Some(reason) = &scale.reason {
            table.without(&format!("the error of {}", name.trim()), reason);
        }
    }
    table.remarks.extend(report.about_total());
    table.note = "SEM: standard error of measurement; SDC: smallest change of one person that is no measurement error (95 %).".into();
    table
}
