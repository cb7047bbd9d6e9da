//! Conventions of survey services: declared missing codes, previews, unfinished and repeated rows.

use super::services::Header;
use super::sheet::{CellKind, Sheet, SheetCell, SheetColumn, SheetNote, UserMissing};
use crate::construct::Service;

/// What a service's conventions say of the cells: declared missing codes, previews, unfinished and repeated rows.
pub(crate) fn apply(sheet: &mut Sheet, header: &Header) {
    match header.service {
        Service::Qualtrics if header.rows == 3 => {
            let mut any = false;
            for column in sheet.columns.iter_mut().filter(|c| !c.metadata && c.kind == CellKind::Numeric) {
                column.user_missing = Some(UserMissing::of([-99.0]));
                any = true;
            }
            if any {
                let message = "-99 is Qualtrics' code of a question that was seen but not answered: missing";
                sheet
                    .ledger
                    .push(SheetNote::new("user_missing_convention", message).code(SheetCell::Number(-99.0)));
            }
        }
        Service::SoSci => sosci(sheet),
        _ => {}
    }
    if header.rows > 1 || header.service == Service::LimeSurvey {
        let message = format!("read as {}", header.said);
        sheet.ledger.push(SheetNote::new("header_rows", message).count(header.rows));
    }
    rows_of_note(sheet, header.service);
}

fn sosci(sheet: &mut Sheet) {
    for column in sheet.columns.iter_mut().filter(|c| !c.metadata && c.kind == CellKind::Numeric) {
        // B201 asks for one choice, A101_01 is a row of a scale with "don't know"; text entries (_01 of numbers) have neither
        let seen = |code: f64| column.values.contains(&SheetCell::Number(code));
        let row = column.name.contains('_');
        let mut codes = vec![-9.0];
        if row || seen(-1.0) {
            codes.push(-1.0);
        }
        column.user_missing = Some(UserMissing::of(codes));
    }
    let message = "negative codes of SoSci Survey: -9 is not answered, -1 is 'don't know': missing";
    sheet.ledger.push(SheetNote::new("user_missing_convention", message));
}

fn rows_of_note(sheet: &mut Sheet, service: Service) {
    let column =
        |names: &[&str]| sheet.columns.iter().find(|c| names.contains(&c.name.to_lowercase().as_str()));
    let count = |found: Option<&SheetColumn>, what: &dyn Fn(&str) -> bool| {
        found.map_or(0, |c| c.values.iter().filter(|v| what(v.to_string().to_lowercase().as_str())).count())
    };
    let mut notes = Vec::new();
    if service == Service::Qualtrics {
        let previews = count(column(&["status"]), &|v| matches!(v, "1" | "survey preview" | "preview"));
        if previews > 0 {
            let message = format!(
                "{previews} rows are previews of the survey, not respondents: they are in the data until you leave them out"
            );
            notes.push(SheetNote::new("preview_rows", message).count(previews));
        }
    }
    let unfinished = match service {
        Service::Qualtrics | Service::SoSci => count(column(&["finished"]), &|v| matches!(v, "0" | "false")),
        Service::LimeSurvey => {
            let submitted = column(&[
                "submitdate",
                "date submitted",
                "datum ingezonden",
                "tijdstip ingezonden",
                "datum abgeschickt",
                "date de soumission",
                "fecha de envío",
            ]);
            count(submitted, &|v| v.is_empty() || v.starts_with("1980-01-01"))
        }
        Service::Redcap => {
            let complete = sheet
                .columns
                .iter()
                .find(|c| c.name.ends_with("_complete") || c.name.starts_with("Complete?"));
            count(complete, &|v| matches!(v, "0" | "1" | "incomplete" | "unverified"))
        }
        _ => 0,
    };
    if unfinished > 0 {
        let message = format!("{unfinished} rows were not finished");
        notes.push(SheetNote::new("unfinished_rows", message).count(unfinished));
    }
    if service == Service::Redcap
        && let Some(id) = sheet.columns.first()
    {
        let mut persons: Vec<String> = id.values.iter().map(ToString::to_string).collect();
        persons.sort_unstable();
        persons.dedup();
        if persons.len() < id.values.len() {
            let (persons, rows) = (persons.len(), id.values.len());
            let message =
                format!("{persons} persons in {rows} rows: rows of one person (events) are not independent");
            notes.push(SheetNote::new("repeated_id", message).column(&id.name));
        }
    }
    sheet.ledger.extend(notes);
}
