//! The ledger as a table: what became of every row and cell.

use super::ValidationReport;
use crate::data::Counted;
use crate::report::{Language, Page, Table, messages, reasons};

pub(super) fn ledger(report: &ValidationReport<'_>, page: &mut Page) {
    let (own, language) = (&report.evidence.ledger, report.language);
    let mut table =
        Table::new("The ledger: what became of every row and cell", ["count", "of", "what became of them"]);
    table.text_columns = vec![1, 2];
    table.folded = true;
    let rows = language.of("rows", "rijen");
    let cells = language.of("cells", "cellen");
    let from = match &own.file {
        Some(file) => format!("{} {file}", language.of("read from", "gelezen uit")),
        None => language.of("read from memory", "gelezen uit het geheugen").to_string(),
    };
    table.row([own.rows_read.to_string(), rows.to_string(), from]);
    for what in &own.told {
        let what = match language {
            Language::English => what.clone(),
            Language::Dutch => messages::message(what).unwrap_or_else(|| what.clone()),
        };
        table.row([String::new(), language.of("file", "bestand").to_string(), what]);
    }
    let mut put = |count: usize, of: &str, what: String| {
        if count > 0 {
            table.row([count.to_string(), of.to_string(), what]);
        }
    };
    put(own.rows_used, rows, language.of("with an answer to an item", "met een antwoord op een item").into());
    let none = language
        .of("without any answer: they enter no statistic", "zonder enig antwoord: zij tellen nergens mee");
    put(own.rows_without_answers, rows, none.into());
    put(
        own.blank_lines,
        language.of("lines", "regels"),
        language.of("blank: no rows", "leeg: geen rijen").into(),
    );
    put(own.cells_read, cells, language.of("of items read", "van items gelezen").into());
    put(own.cells_answered, cells, language.of("answers", "antwoorden").into());
    put(own.cells_empty, cells, language.of("empty or NA", "leeg of NA").into());
    for (code, count) in &own.cells_coded {
        put(*count, cells, format!("{} {code}", language.of("missing, coded", "ontbrekend, code")));
    }
    put(own.cells_not_asked, cells, language.of("not asked", "niet gevraagd").into());
    let aside = language.of(
        "set aside: answers of respondents who were not asked",
        "terzijde gelegd: antwoorden van wie het niet is gevraagd",
    );
    put(own.answers_set_aside, cells, aside.into());
    let unused = format!(
        "{} {}",
        language.of("not used by the construct:", "niet gebruikt door het construct:"),
        own.columns_not_used.join(", ")
    );
    put(own.columns_not_used.len(), language.of("columns", "kolommen"), unused);
    let unnamed = language.of("without a name: not read", "zonder naam: niet gelezen");
    put(own.columns_without_name, language.of("columns", "kolommen"), unnamed.into());
    for note in &own.notes {
        let of = match note.what {
            Counted::Rows => rows,
            Counted::Cells => cells,
            Counted::Items => "items",
            _ => language.of("dimensions", "dimensies"),
        };
        let why = match language {
            Language::English => note.why.clone(),
            Language::Dutch => reasons::note(&note.why),
        };
        put(note.count, of, format!("{} {why}", language.of("left out of", "weggelaten uit")));
    }
    page.table(table);
}
