//! The first screen: may these scores be used, for what, and what stands in the way.

use super::ValidationReport;
use crate::evidence::{EvidenceKind, OverviewCell, Remark, ScoreUse, Standing, Usability};
use crate::report::number::fixed;
use crate::report::{Language, Mark, Page, Table};

const KINDS: [EvidenceKind; 7] = [
    EvidenceKind::Reliability,
    EvidenceKind::Items,
    EvidenceKind::Structure,
    EvidenceKind::Comparability,
    EvidenceKind::Relations,
    EvidenceKind::Content,
    EvidenceKind::Perspectives,
];

pub(super) fn overview(report: &ValidationReport<'_>, page: &mut Page) {
    let own = &report.evidence.overview;
    if own.scores.is_empty() {
        return;
    }
    page.heading(2, "In short");
    page.paragraph(answer(report));
    page.table(matrix(report));
    if !own.findings.is_empty() {
        page.heading(3, "What was found");
        page.list(own.findings.iter().map(|remark| told(report, remark)).collect());
    }
    if !own.next_steps.is_empty() {
        page.heading(3, "What to do next");
        let steps = own.next_steps.iter();
        page.list(steps.map(|own| report.language.of(&own.text, &own.text_nl).to_string()).collect());
    }
}

fn told(report: &ValidationReport<'_>, remark: &Remark) -> String {
    let (en, nl) = match remark.standing {
        Standing::Supported => ("yes", "ja"),
        Standing::Mixed => ("mixed", "gemengd"),
        Standing::NotSupported => ("no", "nee"),
        _ => ("open", "open"),
    };
    let text = report.language.of(&remark.text, &remark.text_nl);
    format!("{}: {text}", report.language.of(en, nl))
}

/// One sentence.
fn answer(report: &ValidationReport<'_>) -> String {
    let evidence = report.evidence;
    let is_whole = |own: &&ScoreUse| own.about == evidence.construct.id;
    let of = |wanted: &[Usability]| -> Vec<String> {
        let all = evidence.overview.scores.iter().filter(|own| !is_whole(own));
        all.filter(|own| wanted.contains(&own.usability)).map(|own| report.title_of(&own.about)).collect()
    };
    let parts = [
        (&[Usability::Persons][..], "for persons and groups", "voor personen en groepen"),
        (&[Usability::Groups], "for comparing groups", "om groepen te vergelijken"),
        (&[Usability::GroupsWithCare], "for groups, with care", "voor groepen, met zorg"),
        (&[Usability::Open], "undecided", "onbeslist"),
        (&[Usability::NotYet], "not to be used yet", "nog niet bruikbaar"),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter_map(|(wanted, en, nl)| {
            let names = of(wanted);
            let words = report.language.of(en, nl);
            (!names.is_empty()).then(|| format!("{words}: {}", names.join(", ")))
        })
        .collect();
    let whole = evidence.overview.scores.iter().find(is_whole).map(|own| {
        let (en, nl) = use_of(own.usability);
        match report.language {
            Language::English => format!(" The total score: {en}."),
            Language::Dutch => format!(" De totaalscore: {nl}."),
        }
    });
    let lead = report.language.of(
        "What the scores may be used for, as far as was examined:",
        "Waarvoor de scores bruikbaar zijn, voor zover onderzocht:",
    );
    format!("{lead} {}.{}", told.join("; "), whole.unwrap_or_default())
}

fn matrix(report: &ValidationReport<'_>) -> Table {
    let evidence = report.evidence;
    let heads = ["score", "may be used for"].into_iter().chain(KINDS.iter().map(|kind| head(*kind)));
    let mut table = Table::new("What is known of each score", heads);
    table.text_columns = (1..KINDS.len() + 2).collect();
    table.column_links = [String::new(), String::new()]
        .into_iter()
        .chain(KINDS.iter().map(|kind| section(*kind).to_string()))
        .collect();
    for own in &evidence.overview.scores {
        let is_whole = own.about == evidence.construct.id;
        let name = if is_whole { report.whole() } else { report.title_of(&own.about) };
        let cells = KINDS.iter().map(|kind| own.cells.iter().find(|cell| cell.kind == *kind));
        let words = use_of(own.usability);
        let mut usable = report.language.of(words.0, words.1).to_string();
        if !own.in_the_way.is_empty() {
            let kinds: Vec<&str> =
                own.in_the_way.iter().map(|kind| report.language.of(head(*kind), head_nl(*kind))).collect();
            usable += &format!(" ({})", kinds.join(", "));
        }
        table.row(
            [name, usable].into_iter().chain(cells.clone().map(|cell| cell.map_or_else(String::new, shown))),
        );
        let mark = match own.usability {
            Usability::Persons | Usability::Groups => Mark::Good,
            Usability::GroupsWithCare => Mark::Mixed,
            Usability::NotYet => Mark::Bad,
            _ => Mark::Open,
        };
        let marks = cells.map(|cell| cell.map_or(Mark::None, |cell| mark_of(cell.standing)));
        table.cell_marks.push([Mark::None, mark].into_iter().chain(marks).collect());
        let heading = match is_whole {
            true => {
                format!("{} {}", report.title_of(&own.about), report.language.of("as a whole", "als geheel"))
            }
            false => report.title_of(&own.about),
        };
        table.row_links.push(heading);
    }
    table.remarks.extend(report.about_total());
    table.note = "+ supported, ± mixed, - not supported, ? undecided, empty: not examined. Reliability: alpha; items: lowest \
                  corrected item-total correlation; structure: CFI of its model; comparability: ladders of invariance that hold; \
                  relations: largest correlation with a criterion or outcome, of the whole hypotheses confirmed; content: mean \
                  share of experts who find its items relevant (S-CVI/Ave); perspectives: groups of which half raise it, of the whole dimensions. A score may be \
                  used for comparing groups when it is reliable and one thing and nothing else that was gathered is against it \
                  (with care where something is); for persons with an alpha of .90 over its interval."
        .into();
    table
}

fn head(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Reliability => "reliability",
        EvidenceKind::Items => "items",
        EvidenceKind::Structure => "structure",
        EvidenceKind::Comparability => "comparability",
        EvidenceKind::Relations => "relations",
        EvidenceKind::Content => "content",
        _ => "perspectives",
    }
}

fn head_nl(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Reliability => "betrouwbaarheid",
        EvidenceKind::Items => "items",
        EvidenceKind::Structure => "structuur",
        EvidenceKind::Comparability => "vergelijkbaarheid",
        EvidenceKind::Relations => "relaties",
        EvidenceKind::Content => "inhoud",
        _ => "perspectieven",
    }
}

/// The heading under which more is told.
fn section(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Reliability => "Reliability",
        EvidenceKind::Items => "Items",
        EvidenceKind::Structure => "Rival structures",
        EvidenceKind::Comparability => "Measurement invariance",
        EvidenceKind::Relations => "Criteria and outcomes",
        EvidenceKind::Content => "Relevance to experts",
        _ => "Perspectives of stakeholders",
    }
}

fn use_of(usability: Usability) -> (&'static str, &'static str) {
    match usability {
        Usability::Persons => ("persons and groups", "personen en groepen"),
        Usability::Groups => ("comparing groups", "groepen vergelijken"),
        Usability::GroupsWithCare => ("groups, with care", "groepen, met zorg"),
        Usability::NotYet => ("not yet", "nog niet"),
        _ => ("undecided", "onbeslist"),
    }
}

fn symbol(standing: Standing) -> &'static str {
    match standing {
        Standing::Supported => "+",
        Standing::Mixed => "±",
        Standing::NotSupported => "-",
        Standing::Open => "?",
        _ => " ",
    }
}

fn mark_of(standing: Standing) -> Mark {
    match standing {
        Standing::Supported => Mark::Good,
        Standing::Mixed => Mark::Mixed,
        Standing::NotSupported => Mark::Bad,
        Standing::Open => Mark::Open,
        _ => Mark::None,
    }
}

/// A symbol and a number.
fn shown(cell: &OverviewCell) -> String {
    let number = match (cell.number, cell.of) {
        (Some(count), Some(of)) => format!("{}/{of}", fixed(count, 0)),
        (Some(number), None) => fixed(number, 2),
        (None, _) => String::new(),
    };
    format!("{} {number}", symbol(cell.standing)).trim().to_string()
}
