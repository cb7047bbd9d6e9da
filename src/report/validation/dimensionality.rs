//! Exploratory dimensionality: how many factors the answers show, and where items load when they may load anywhere.

use super::ValidationReport;
use crate::evidence::ExploratoryRival;
use crate::factor::{ItemFinding, RetentionStudy, Rule};
use crate::report::exploratory::adequacy;
use crate::report::figures::{Cell, Shade, cell_matrix, scree};
use crate::report::number::fixed;
use crate::report::page::Figure;
use crate::report::{Language, Mark, Page, Table};

pub(super) fn section(report: &ValidationReport<'_>, page: &mut Page) {
    page.heading(3, "Exploratory dimensionality");
    let Some(found) = &report.evidence.dimensionality else {
        page.paragraph("Not examined.");
        return;
    };
    if let Some(study) = &found.retention {
        page.table(rules(report, study, found.dimensions.len(), found.claimed.len()));
        page.figure(Figure {
            title: "Scree".into(),
            svg: scree(&study.parallel, study.parallel_factors.as_ref()),
            note: "Eigenvalues of the correlations (dots) and the quantile of the same of samples without factors (line)."
                .into(),
        });
        page.table(adequacy(study));
    }
    if let Some(own) = &found.exploratory {
        if let Some(table) = findings(report, own) {
            page.table(table);
        }
        if let Some(figure) = loadings(report, own) {
            page.figure(figure);
        }
    }
}

/// The rules that are counted, against what is claimed.
fn rules(report: &ValidationReport<'_>, study: &RetentionStudy, dimensions: usize, parts: usize) -> Table {
    let mut table = Table::new("How many factors, by rules that are counted", ["rule", "factors", "source"]);
    table.text_columns = vec![2];
    for rule in Rule::COUNTED {
        let own = study.suggestion(*rule);
        let title = report.language.of(rule.title(), rule.title_nl());
        table.without_if_none(own, &format!("factors by {title}"), "the rule has no answer for these data");
        table.row([
            title.to_string(),
            own.map_or_else(|| "-".into(), |k| k.to_string()),
            rule.source().to_string(),
        ]);
        table.marks.push(match own {
            Some(k) if (dimensions..=parts).contains(&k) => Mark::Good,
            Some(_) => Mark::Mixed,
            None => Mark::Open,
        });
    }
    table.row(["dimensions of the construct".to_string(), dimensions.to_string(), String::new()]);
    table.marks.push(Mark::None);
    if parts > dimensions {
        table.row(["parts of the dimensions".to_string(), parts.to_string(), String::new()]);
        table.marks.push(Mark::None);
    }
    table
}

/// What speaks against the place of an item; none where nothing does.
fn findings(report: &ValidationReport<'_>, own: &ExploratoryRival) -> Option<Table> {
    let placed = own.placements.as_ref()?;
    let mut table = Table::new(
        "Items that load elsewhere, or on more than their own part",
        ["item", "part", "own loading", "largest other", "communality", "found"],
    );
    table.text_columns = vec![1, 5];
    for item in placed.items.iter().filter(|item| !item.findings.is_empty()) {
        let said: Vec<String> = item.findings.iter().map(|finding| words(report, finding)).collect();
        table.row([
            item.item.clone(),
            report.title_of(&item.dimension),
            fixed(item.own, 2),
            fixed(item.other, 2),
            fixed(item.communality, 2),
            said.join("; "),
        ]);
    }
    table.note = "Exploratory structural equation model, geomin rotation. An item belongs where it loads .40 or more, other \
                  loadings below .30 and .20 below its own (Howard 2016); communality .20 or more (Child 2006); correlations \
                  between items below .80 (Kline 2016)."
        .into();
    (!table.rows.is_empty()).then_some(table)
}

fn words(report: &ValidationReport<'_>, finding: &ItemFinding) -> String {
    if report.language == Language::English {
        return match finding {
            ItemFinding::WrongDimension { dimension, loading } => {
                format!("loads most on {} ({})", report.title_of(dimension), fixed(*loading, 2))
            }
            ItemFinding::CrossLoading { dimension, loading } => {
                format!("loads on {} too ({})", report.title_of(dimension), fixed(*loading, 2))
            }
            other => other.to_string(),
        };
    }
    match finding {
        ItemFinding::WrongDimension { dimension, loading } => {
            format!("laadt het meest op {} ({})", report.title_of(dimension), fixed(*loading, 2))
        }
        ItemFinding::CrossLoading { dimension, loading } => {
            format!("laadt ook op {} ({})", report.title_of(dimension), fixed(*loading, 2))
        }
        ItemFinding::LowLoading { loading } => {
            format!("laadt laag op het eigen deel ({})", fixed(*loading, 2))
        }
        ItemFinding::WrongSign { loading } => format!("laadt tegen de sleutel in ({})", fixed(*loading, 2)),
        ItemFinding::LowCommunality { communality } => {
            format!("heeft weinig gemeen met andere ({})", fixed(*communality, 2))
        }
        ItemFinding::Redundant { with, correlation } => {
            format!("zegt vrijwel hetzelfde als {with} (r = {})", fixed(*correlation, 2))
        }
    }
}

/// Loadings of all items on all factors.
fn loadings(report: &ValidationReport<'_>, own: &ExploratoryRival) -> Option<Figure> {
    let matrix = own.loadings.as_ref()?;
    let columns: Vec<String> = matrix.columns.iter().map(|part| report.title_of(part)).collect();
    let cells: Vec<Vec<Option<Cell>>> = matrix
        .rows
        .iter()
        .zip(&matrix.values)
        .map(|(item, row)| {
            let cell = |(value, part): (&f64, &String)| {
                let tip = format!("{item}, {part}: {}", fixed(*value, 3));
                Some(Cell { shade: Shade::Signed(*value), text: fixed(*value, 2), tip })
            };
            row.iter().zip(&columns).map(cell).collect()
        })
        .collect();
    let title = "Loadings where every item may load on every factor";
    Some(Figure {
        title: title.into(),
        svg: cell_matrix(title, &matrix.rows, &columns, &cells),
        note: "Standardised. The factors have the names of the parts whose items load on them most.".into(),
    })
}
