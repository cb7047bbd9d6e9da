//! Evidence based on content.

use super::ValidationReport;
use super::reliability::without_alpha;
use crate::evidence::GroupEvidence;
use crate::evidence::content::Perspectives;
use crate::report::number::{fixed, optional, percent};
use crate::report::page::Figure;
use crate::report::{Page, Table, content as tables, dictionary, figures};

pub(super) fn content(report: &ValidationReport<'_>, page: &mut Page) {
    let found = &report.evidence.content;
    page.heading(2, "Evidence based on content");
    match &found.ratings {
        Some(ratings) => {
            page.heading(3, "Relevance to experts");
            tables::items(ratings).into_iter().for_each(|t| page.table(t));
            page.table(report.in_titles(tables::scales(ratings)));
            tables::panels(ratings).into_iter().for_each(|t| page.table(t));
        }
        None => gap(report, page, "Relevance to experts", "expert ratings"),
    }
    match &found.item_sort {
        Some(sorted) => page.table(tables::sorted(sorted)),
        None => gap(report, page, "Items sorted by judges", "the item-sort task"),
    }
    match &found.agreement {
        Some(agreement) => {
            page.heading(3, "Agreement of coders");
            page.table(tables::agreement(agreement));
        }
        None => gap(report, page, "Agreement of coders", "agreement of coders"),
    }
    match &found.perspectives {
        Some(perspectives) => {
            page.heading(3, "Perspectives of stakeholders");
            page.table(report.in_titles(tables::matrix(perspectives, report.language)));
            let titles: Vec<String> =
                perspectives.dimensions.iter().map(|d| report.title_of(&d.dimension)).collect();
            let words = ["not raised", "not examined"].map(|w| dictionary::word(w, report.language));
            let title = "Perspective matrix: respondents of each group who raise a dimension";
            let svg = figures::perspective_matrix(title, perspectives, &titles, [&words[0], &words[1]]);
            let note =
                "The area of a circle is the share of the respondents; below it the 95 % interval.".into();
            page.figure(Figure { title: title.into(), svg, note });
            page.table(linked(report, perspectives));
            page.paragraph(tables::saturation(perspectives));
            let title = "Codes found after so many respondents, expected in random order";
            let words = ["respondents", "codes"].map(|w| dictionary::word(w, report.language));
            let svg = figures::saturation_curve(title, &perspectives.saturation, [&words[0], &words[1]]);
            page.figure(Figure { title: title.into(), svg, note: String::new() });
        }
        None => gap(report, page, "Perspectives of stakeholders", "perspectives"),
    }
}

/// What stands where evidence is missing: why, or that nothing was gathered.
fn gap(report: &ValidationReport<'_>, page: &mut Page, title: &str, what: &str) {
    page.heading(3, title);
    match report.evidence.content.gaps.iter().find(|gap| gap.what == what) {
        Some(gap) => page.paragraph(format!(
            "{}: {}.",
            report.language.of("Could not be used", "Niet bruikbaar"),
            gap.reason.trim_end_matches('.')
        )),
        None => page.paragraph("Not examined."),
    }
}

/// Perspectives and scores of the same groups on the same dimensions, side by side.
fn linked(report: &ValidationReport<'_>, found: &Perspectives) -> Table {
    let heads = found.groups.iter().map(|g| g.name.clone());
    let mut table = Table::new(
        "Interviews and survey side by side: share that raises a dimension; mean score and alpha in the survey",
        std::iter::once("dimension".to_string()).chain(heads),
    );
    table.text_columns = (1..=found.groups.len()).collect();
    for row in &found.dimensions {
        let dimension = report.evidence.dimension(&row.dimension);
        let cells = row.cells.iter().map(|cell| {
            let raised = if row.not_examined {
                dictionary::word("not examined", report.language)
            } else if cell.raised == 0 {
                dictionary::word("not raised", report.language)
            } else {
                percent(cell.share)
            };
            let group =
                dimension.and_then(|d| d.scale.groups.iter().find(|g| g.group == cell.group && g.n > 0));
            let survey = group.map(|g| {
                let alpha = g.reliability.as_ref().and_then(|r| r.alpha.raw);
                let score = g.score.map_or_else(|| "-".into(), |s| fixed(s.mean, 2));
                format!(
                    "; {score}, alpha {} (n = {}{})",
                    optional(alpha, 2),
                    g.n,
                    if g.too_small { "*" } else { "" }
                )
            });
            format!("{raised}{}", survey.unwrap_or_default())
        });
        let cells: Vec<String> = cells.collect();
        table.row(std::iter::once(report.title_of(&row.dimension)).chain(cells));
    }
    for row in &found.dimensions {
        let groups = report.evidence.dimension(&row.dimension).map(|d| &d.scale.groups);
        let shown = |g: &&GroupEvidence| g.n > 0 && row.cells.iter().any(|cell| cell.group == g.group);
        for g in groups.into_iter().flatten().filter(shown) {
            without_alpha(&mut table, &report.title_of(&row.dimension), g);
        }
    }
    table.note = "* fewer than 50 with complete answers: too small for a conclusion.".into();
    table
}
