//! What is told of the cells of every column: missing ones with their code, codes without a label, codes that look like
//! missing ones.

use super::sheet::{Absence, CellKind, SheetCell, SheetColumn, SheetNote};
use rayon::prelude::*;

/// Codes that many questionnaires use for a missing answer.
const USUAL: [f64; 16] =
    [9.0, 99.0, 999.0, 8.0, 88.0, 98.0, 97.0, 77.0, 888.0, -1.0, -7.0, -8.0, -9.0, -99.0, -999.0, -77.0];

/// The lines of the columns that hold answers.
pub(crate) fn of_columns(columns: &[SheetColumn]) -> Vec<SheetNote> {
    let of = |column: &SheetColumn| {
        let mut lines = Vec::new();
        missing(column, &mut lines);
        labels(column, &mut lines);
        (lines, suspect(column))
    };
    let answers: Vec<&SheetColumn> = columns.iter().filter(|column| !column.metadata).collect();
    let each: Vec<(Vec<SheetNote>, Vec<f64>)> = answers.par_iter().map(|column| of(column)).collect();
    let (lines, odd): (Vec<_>, Vec<_>) = each.into_iter().unzip();
    let mut lines = lines.concat();
    suspects(answers.iter().map(|column| column.name.as_str()).zip(odd), &mut lines);
    lines
}

fn missing(column: &SheetColumn, lines: &mut Vec<SheetNote>) {
    let Some(absences) = &column.missing else { return };
    let mut found: Vec<(&Absence, usize)> = Vec::new();
    for absence in absences.iter().flatten() {
        match found.iter_mut().find(|(known, _)| *known == absence) {
            Some((_, count)) => *count += 1,
            None => found.push((absence, 1)),
        }
    }
    for (absence, count) in found {
        let (kind, code, what) = match absence {
            Absence::System => ("system_missing", None, "are empty".to_string()),
            Absence::User(code) => {
                ("user_missing", Some(code.clone()), format!("hold the missing code {code}"))
            }
            Absence::Tag(tag) => (
                "tagged_missing",
                Some(SheetCell::Text(tag.clone())),
                format!("hold the missing value {tag}"),
            ),
            Absence::FormulaWithoutValue => {
                ("formula_without_value_missing", None, "hold a formula without a value".into())
            }
            Absence::ErrorCell => ("error_cell_missing", None, "hold an error".into()),
        };
        let message = format!("{count} cells of '{}' {what}", column.name);
        let mut line = SheetNote::new(kind, message).column(&column.name).count(count);
        line.code = code;
        lines.push(line);
    }
}

fn labels(column: &SheetColumn, lines: &mut Vec<SheetNote>) {
    if column.value_labels.is_empty() {
        return;
    }
    let labelled = |cell: &SheetCell| column.value_labels.iter().any(|known| known.code == *cell);
    let absent = |row: usize| column.missing.as_ref().is_some_and(|m| m[row].is_some());
    let mut bare: Vec<&SheetCell> = Vec::new();
    for (row, cell) in column.values.iter().enumerate() {
        let empty = matches!(cell, SheetCell::Empty) || cell.text() == Some("");
        if !empty && !absent(row) && !labelled(cell) && bare.len() < 50 && !bare.contains(&cell) {
            bare.push(cell);
        }
    }
    if !bare.is_empty() {
        let shown: Vec<String> = bare.iter().take(5).map(ToString::to_string).collect();
        let message = format!("'{}' has value labels, but none for {}", column.name, shown.join(", "));
        lines.push(SheetNote::new("unlabelled_codes", message).column(&column.name));
    }
    let twice = column.value_labels.iter().enumerate().find(|(at, label)| {
        !label.label.is_empty() && column.value_labels[..*at].iter().any(|before| before.label == label.label)
    });
    if let Some((_, label)) = twice {
        let message = format!("'{}' has the label '{}' for more than one code", column.name, label.label);
        lines.push(SheetNote::new("duplicate_labels", message).column(&column.name));
    }
}

/// A usual missing code that stands apart from the other answers of a short scale.
fn suspect(column: &SheetColumn) -> Vec<f64> {
    if column.kind != CellKind::Numeric {
        return Vec::new();
    }
    let mut seen: Vec<f64> = Vec::new();
    for (row, cell) in column.values.iter().enumerate() {
        let absent = column.missing.as_ref().is_some_and(|m| m[row].is_some());
        let Some(number) = cell.number().filter(|_| !absent) else { continue };
        if !seen.contains(&number) {
            seen.push(number);
        }
        if seen.len() > 14 || number.fract() != 0.0 {
            return Vec::new();
        }
    }
    let (odd, scale): (Vec<f64>, Vec<f64>) = seen.into_iter().partition(|number| USUAL.contains(number));
    let low = scale.iter().copied().fold(f64::INFINITY, f64::min);
    let high = scale.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if scale.len() < 2 || high - low > 10.0 {
        return Vec::new();
    }
    odd.into_iter().filter(|code| *code > high + 1.0 || (*code < 0.0 && low >= 0.0)).collect()
}

fn suspects<'a>(columns: impl Iterator<Item = (&'a str, Vec<f64>)>, lines: &mut Vec<SheetNote>) {
    let mut found: Vec<(f64, Vec<&str>)> = Vec::new();
    for (name, codes) in columns {
        for code in codes {
            match found.iter_mut().find(|(known, _)| *known == code) {
                Some((_, names)) => names.push(name),
                None => found.push((code, vec![name])),
            }
        }
    }
    for (code, names) in found {
        let shown = names.iter().take(3).map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        let message = format!(
            "code {code} stands apart from the other answers of {} column(s) ({shown}): if it means 'missing', say --missing-code {code}",
            names.len()
        );
        let line = SheetNote::new("suspect_code", message).code(SheetCell::Number(code));
        lines.push(if let [only] = names[..] { line.column(only) } else { line });
    }
}
