//! A file of any kind as the text that the reader of answers takes: so every command reads every file by the same checks.

use super::csv_text::{Converted, Declared, write_header};
use super::options::SheetOptions;
#[cfg(feature = "parquet")]
use super::parquet_file;
#[cfg(feature = "sav")]
use super::sav;
use super::sheet::{CellKind, Sheet, SheetColumn, SheetNote};
use super::shown::{Shown, points};
use super::{recognise, recognise::FileKind, services, text};
use crate::construct::{Layout, Service};
use crate::data::file_facts::{ColumnFacts, FileFacts, Words};
use crate::data::input::Input;
use crate::error::Result;
use std::path::Path;

/// What is told of a file for reading it whole, before any command; the other notes belong to `read`, or to the ledger.
const TOLD: [&str; 24] = [
    "block_size",
    "code_and_label_cells",
    "codes_mapped",
    "data_cut",
    "decimal_comma",
    "encoding_assumed",
    "encoding_unknown",
    "fewer_rows",
    "label_spellings",
    "labels_mapped",
    "merged_cells",
    "missing_tokens",
    "mixed_column",
    "mixed_notation",
    "other_extension",
    "preview_rows",
    "repeated_id",
    "rows_skipped",
    "sheet_chosen",
    "sheet_ignored",
    "suspect_code",
    "unfinished_rows",
    "user_missing_convention",
    "weight_variable",
];

/// Whether a file is the plain text that is streamed: comma, semicolon or tab, UTF-8, one row of names, decimal points. `start`
/// is its beginning.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) for what is no table at all.
pub(crate) fn is_plain(
    path: &Path,
    start: &[u8],
    whole: bool,
    layout: &Layout,
    words: Words,
) -> Result<bool> {
    if start.trim_ascii().is_empty() {
        return Ok(true); // said by the reader of plain text
    }
    if recognise::kind_of(path, start)? != FileKind::Text {
        return Ok(false);
    }
    let asked = layout.header.is_some_and(|service| service != Service::None);
    let cut = |error: std::str::Utf8Error| error.error_len().is_some();
    if asked || layout.sheet.is_some() || std::str::from_utf8(start).err().is_some_and(cut) {
        return Ok(false);
    }
    let lines = memchr::memchr(b'\n', start).is_some();
    if !lines && memchr::memchr(b'\r', start.trim_ascii()).is_some() {
        return Ok(false);
    }
    let end =
        if whole { start.len() } else { memchr::memrchr(b'\n', start).map_or(start.len(), |at| at + 1) };
    let Ok((grid, delimiter)) = text::grid(path, &start[..end], &SheetOptions::default()) else {
        return Ok(true);
    };
    let first: Vec<Vec<String>> =
        grid.rows.iter().take(3).map(|row| row.iter().map(|cell| cell.shown()).collect()).collect();
    let service = services::header(&first, layout.header).service;
    if service != Service::None || delimiter == b'|' {
        return Ok(false);
    }
    if delimiter == b',' && words != Words::Answers {
        return Ok(true);
    }
    let Ok(head) = super::tabular::sheet(path, grid, &SheetOptions::default()) else { return Ok(true) };
    let comma = delimiter != b',' && head.ledger.iter().any(|note| note.kind == "decimal_comma");
    let of_words = |column: &SheetColumn| {
        matches!(column.kind, CellKind::Label | CellKind::CodeAndLabel) && points(column) > 2
    };
    let worded = words == Words::Answers && head.columns.iter().any(of_words);
    Ok(!(comma || worded))
}

/// Reads a file and writes it as text.
///
/// # Errors
/// As [`Sheet::read`].
pub(crate) fn convert(
    path: &Path,
    input: &Input,
    layout: &Layout,
    words: Words,
    as_words: &[String],
) -> Result<Converted> {
    #[cfg(feature = "sav")]
    if input.start(4).is_ok_and(|start| recognise::is_system_file(&start)) {
        return Ok(with_facts_told(sav::text(path, input, as_words)?, path, layout, "SPSS"));
    }
    #[cfg(feature = "parquet")]
    if input.start(4).is_ok_and(|start| start == b"PAR1") {
        let made = parquet_file::text(path, input, words, as_words, told)?;
        return Ok(with_facts_told(made, path, layout, "Parquet file"));
    }
    let options = SheetOptions { service: layout.header, sheet: layout.sheet.clone(), ..Default::default() };
    let sheet = Sheet::of_input(path, input, &options)?;
    Ok(of_sheet(&sheet, words, as_words))
}

/// A sheet as text.
fn of_sheet(sheet: &Sheet, words: Words, as_words: &[String]) -> Converted {
    let mut declared = Declared::default();
    let shown: Vec<Shown<'_>> =
        sheet.columns.iter().map(|column| Shown::of(column, words, as_words)).collect();
    let names: Vec<String> = sheet.columns.iter().map(|column| column.name.trim().to_string()).collect();
    let mut text = Vec::with_capacity(sheet.rows * sheet.columns.len() * 2);
    write_header(&mut text, &names);
    let body = text.len() as u64;
    for row in 0..sheet.rows {
        let begin = text.len();
        for (at, column) in shown.iter().enumerate() {
            if at > 0 {
                text.push(b',');
            }
            column.write(row, &mut text, &mut declared);
        }
        if text.len() == begin {
            text.extend_from_slice(b"NA"); // a line without anything is no row
        }
        text.push(b'\n');
    }
    let mut columns: Vec<ColumnFacts> = shown.iter().map(Shown::facts).collect();
    let weights = sheet.ledger.iter().filter(|note| note.kind == "weight_variable");
    for name in weights.filter_map(|note| note.column.as_ref()) {
        let of_weights = sheet.columns.iter().zip(&mut columns).filter(|(column, _)| column.name == *name);
        of_weights.for_each(|(_, own)| own.metadata = true);
    }
    let service = sheet.recognised_as.contains(" export").then(|| format!("read as {}", sheet.recognised_as));
    let facts = FileFacts {
        columns,
        told: service.into_iter().chain(told(sheet.ledger.clone())).collect(),
        declared: declared.codes,
    };
    let bytes = text.len() as u64;
    Converted { input: Input::Kept(text.into()), bytes, body, names, first_row: sheet.first_row, facts }
}

/// What is told of a file before any command.
fn told(ledger: Vec<SheetNote>) -> Vec<String> {
    let own = ledger.into_iter().filter(|note| TOLD.contains(&note.kind.as_str()));
    own.map(|note| note.message).collect()
}

/// Says also what the name of the file and the options have to do with it.
#[cfg(any(feature = "sav", feature = "parquet"))]
fn with_facts_told(mut made: Converted, path: &Path, layout: &Layout, kind: &str) -> Converted {
    let name = path.extension().and_then(|own| own.to_str()).unwrap_or_default().to_lowercase();
    made.facts.told.extend(recognise::other_name(&name, kind));
    if let Some(sheet) = &layout.sheet {
        made.facts.told.push(format!("--sheet '{sheet}' was not used: only workbooks have sheets"));
    }
    made
}

#[cfg(all(test, feature = "parquet"))]
mod tests {
    use super::*;
    use arrow_array::builder::StringDictionaryBuilder;
    use arrow_array::types::Int16Type;
    use arrow_array::{
        Array, BooleanArray, Date32Array, Float64Array, Int8Array, Int64Array, RecordBatch, StringArray,
    };
    use arrow_schema::{DataType, Field, Schema};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;
    use std::io::Read;
    use std::sync::Arc;

    /// A file of 20,011 rows in groups of 3,000: answers with gaps and a declared missing code, words of a scale in two spellings,
    /// an ordered dictionary, marks, ids, long numbers, numbers with fractions, truth, days.
    fn file() -> tempfile::NamedTempFile {
        const ROWS: usize = 20_011;
        let words = ["Strongly disagree", "Disagree", "neutral", "Agree", "Strongly agree", "agree"];
        let answers =
            Int8Array::from_iter((0..ROWS).map(|i| (i % 7 != 3).then_some([1, 2, 3, 4, 5, 9][i % 6])));
        let scale = StringArray::from_iter((0..ROWS).map(|i| (i % 11 != 0).then_some(words[i % 6])));
        let marks = StringArray::from_iter((0..ROWS).map(|i| (i % 3 == 0).then_some("x")));
        let ids = StringArray::from_iter_values((0..ROWS).map(|i| format!("r, \"{i}\"")));
        let long = Int64Array::from_iter_values((0..ROWS).map(|i| (1 << 60) + i as i64));
        let whole = Int64Array::from_iter((0..ROWS).map(|i| (i > 9).then_some(i as i64 - 500)));
        let fractions =
            Float64Array::from_iter((0..ROWS).map(|i| Some(if i == 5 { f64::NAN } else { i as f64 / 8.0 })));
        let truth = BooleanArray::from_iter((0..ROWS).map(|i| (i != 2).then_some(i % 2 == 0)));
        let days = Date32Array::from_iter((0..ROWS).map(|i| (i != 4).then_some(18_000 + i as i32 % 40)));
        let mut order = StringDictionaryBuilder::<Int16Type>::new();
        (0..ROWS).for_each(|i| order.append_value(["low", "middle", "high"][(i / 5_000) % 3]));
        let arrays: [(&str, Arc<dyn Array>); 10] = [
            ("q1", Arc::new(answers)),
            ("q2", Arc::new(scale)),
            ("mark", Arc::new(marks)),
            ("id", Arc::new(ids)),
            ("long", Arc::new(long)),
            ("whole", Arc::new(whole)),
            ("x", Arc::new(fractions)),
            ("true", Arc::new(truth)),
            ("day", Arc::new(days)),
            ("level", Arc::new(order.finish())),
        ];
        let fields = arrays.iter().map(|(name, array)| {
            let field = Field::new(*name, array.data_type().clone(), true);
            let about = [
                ("label", "\"How often?\""),
                ("missing_values", "[9]"),
                ("value_labels", r#"{"5":"always"}"#),
            ];
            let about = about.map(|(key, text)| (key.to_string(), text.to_string()));
            match (*name, array.data_type()) {
                ("q1", _) => field.with_metadata(std::collections::HashMap::from(about)),
                #[allow(deprecated)]
                (_, kind @ DataType::Dictionary(..)) => Field::new_dict("level", kind.clone(), true, 0, true),
                _ => field,
            }
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.map(|(_, array)| array).into()).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        let how = WriterProperties::builder().set_max_row_group_row_count(Some(3_000)).build();
        let mut writer = ArrowWriter::try_new(file.reopen().unwrap(), schema, Some(how)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        file
    }

    fn read(made: &Converted) -> String {
        let mut text = String::new();
        made.input.reader().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_parquet_file_batch_by_batch_is_the_text_of_its_sheet() {
        let file = file();
        let layout = Layout::default();
        let (path, input) = (file.path(), Input::File(file.path().into()));
        let sheet = Sheet::of_input(path, &input, &SheetOptions::default()).unwrap();
        let kept = Input::Kept(input.content().unwrap().into());
        for words in [Words::Answers, Words::Codes, Words::Written] {
            for named in [vec![], vec!["q1".to_string()], vec!["How often?".to_string()]] {
                let whole = of_sheet(&sheet, words, &named);
                // also where the bytes came through a pipe
                for input in [&input, &kept] {
                    let made = convert(path, input, &layout, words, &named).unwrap();
                    let text = read(&made);
                    assert!(text == read(&whole), "{words:?} {named:?}");
                    assert!(text == read(&made), "once more from the start");
                    assert_eq!((&made.names, made.body, made.first_row), (&whole.names, whole.body, 1));
                    assert_eq!(format!("{:?}", made.facts.columns), format!("{:?}", whole.facts.columns));
                    assert_eq!(made.facts.declared, whole.facts.declared);
                    assert_eq!(made.facts.told.len(), whole.facts.told.len(), "{:?}", made.facts.told);
                }
            }
        }
    }

    #[test]
    fn a_parquet_file_that_is_damaged_late_is_refused_when_it_is_opened() {
        let file = file();
        let mut bytes = std::fs::read(file.path()).unwrap();
        // in the data of the last group of rows, before the footer
        let at = bytes.len() * 3 / 4;
        bytes[at..at + 400].fill(0xff);
        std::fs::write(file.path(), &bytes).unwrap();
        let input = Input::File(file.path().into());
        let error = convert(file.path(), &input, &Layout::default(), Words::Codes, &[]).unwrap_err();
        assert!(error.to_string().contains("the Parquet file cannot be read"), "{error}");
    }
}
