//! Parquet files, by the crate parquet: what Arrow keeps in them of labels and of the order of categories is read, too.

mod cells;
mod streamed;

use super::refusal::refused;
use super::sheet::{CellKind, Sheet, SheetCell, SheetColumn, SheetNote, UserMissing, ValueLabel};
use super::{codes, ledger};
use crate::data::input::Input;
use crate::error::Result;
use arrow_schema::{DataType, Field, SchemaRef};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
pub(crate) use streamed::text;

/// Rows of a batch.
const ROWS: usize = 2048;

/// A file from its beginning: its columns, the metadata of the file, its rows in batches.
struct Opened {
    schema: SchemaRef,
    about: HashMap<String, String>,
    rows: u64,
    batches: ParquetRecordBatchReader,
}

impl Opened {
    fn new(input: &Input) -> std::result::Result<Self, String> {
        let told = |error: ParquetError| error.to_string();
        match input {
            Input::File(path) => Self::of(File::open(path).map_err(|error| error.to_string())?),
            Input::Kept(bytes) => Self::of(Bytes::from_owner(Arc::clone(bytes))),
            Input::Made(_) => Self::of(Bytes::from(input.content().map_err(|error| error.to_string())?)),
        }
        .map_err(told)
    }

    fn of(bytes: impl ChunkReader + 'static) -> std::result::Result<Self, ParquetError> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)?.with_batch_size(ROWS);
        let schema = reader.schema().clone();
        let metadata = reader.metadata().file_metadata();
        let about = metadata.key_value_metadata().cloned().unwrap_or_default();
        let rows = metadata.num_rows().max(0) as u64;
        let about = about.into_iter().filter_map(|pair| Some((pair.key, pair.value?))).collect();
        Ok(Self { schema, about, rows, batches: reader.build()? })
    }

    /// The columns without cells: names, kinds, and what the file tells of them.
    fn columns(&self) -> Vec<SheetColumn> {
        let column = |field: &Field| {
            let mut column = SheetColumn::new(field.name().clone(), kind(field), Vec::new());
            describe(&mut column, field, &self.about);
            column
        };
        self.schema.fields().iter().map(|field| column(field)).collect()
    }
}

/// Why a file is refused.
fn damaged(path: &Path, what: &str) -> crate::Error {
    let what = format!("the Parquet file cannot be read: {what}");
    refused(
        path,
        &what,
        "Write it once more, uncompressed or compressed with snappy, zstd, lz4 or gzip, or as CSV.",
    )
}

/// Reads a file.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) for a damaged file, or one whose compression is not built in.
pub(crate) fn read(path: &Path, input: &Input) -> Result<Sheet> {
    let opened = Opened::new(input).map_err(|what| damaged(path, &what))?;
    let mut columns = opened.columns();
    let mut orders: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
    let Opened { schema, batches, .. } = opened;
    for batch in batches {
        let batch = batch.map_err(|error| damaged(path, &error.to_string()))?;
        for ((array, column), order) in batch.columns().iter().zip(&mut columns).zip(&mut orders) {
            cells::add_words(array.as_ref(), order);
            column.values.extend(cells::of(array.as_ref()));
        }
    }
    let mut notes = Vec::new();
    decide(&mut columns, &schema, orders, &mut notes);
    let rows = columns.first().map_or(0, |column| column.values.len());
    let mut told = ledger::of_columns(&columns);
    told.extend(notes);
    Ok(Sheet { recognised_as: RECOGNISED.into(), rows, first_row: 1, columns, ledger: told })
}

const RECOGNISED: &str = "Parquet file";

/// Says what the cells of the columns are: codes of words, what is missing.
fn decide(
    columns: &mut [SheetColumn],
    schema: &SchemaRef,
    orders: Vec<Vec<String>>,
    notes: &mut Vec<SheetNote>,
) {
    for ((column, field), order) in columns.iter_mut().zip(schema.fields()).zip(orders) {
        if let DataType::Dictionary(..) = field.data_type()
            && is_ordered(field, &order)
        {
            by_order(column, &order);
        }
    }
    codes::find(columns, notes);
    columns.iter_mut().for_each(|column| column.mark_missing(true));
}

fn kind(field: &Field) -> CellKind {
    match field.data_type() {
        DataType::Date32 | DataType::Date64 => CellKind::Date,
        DataType::Timestamp(..) => CellKind::Datetime,
        kind if kind.is_numeric() || *kind == DataType::Boolean || *kind == DataType::Null => {
            CellKind::Numeric
        }
        _ => CellKind::String,
    }
}

/// Categories that a program declared to be in an order: that of their dictionary.
fn is_ordered(field: &Field, order: &[String]) -> bool {
    #[allow(deprecated)]
    let declared = field.dict_is_ordered() == Some(true);
    declared && order.len() > 1
}

/// Label, value labels and missing codes that stand in the metadata of the field, or of the file under
/// `psychometrics.labels`: JSON of names to `{"label", "value_labels": {code: words}, "missing_values": [code]}`.
fn describe(column: &mut SheetColumn, field: &Field, file: &HashMap<String, String>) {
    let of_file = file.get("psychometrics.labels").and_then(|text| serde_json::from_str(text).ok());
    let of_file: serde_json::Value = of_file.unwrap_or_default();
    let found = |keys: &[&str]| -> Option<serde_json::Value> {
        let own = keys.iter().find_map(|key| field.metadata().get(key));
        let own =
            own.map(|text| serde_json::from_str(text).unwrap_or(serde_json::Value::String(text.clone())));
        own.or_else(|| keys.iter().find_map(|key| of_file.get(field.name())?.get(*key).cloned()))
    };
    let code = |text: &str| match text.parse::<f64>() {
        Ok(number) if number.is_finite() => SheetCell::Number(number),
        _ => SheetCell::Text(text.into()),
    };
    if let Some(serde_json::Value::String(label)) = found(&["label", "description", "variable_label"]) {
        column.label = Some(label).filter(|label| !label.trim().is_empty());
    }
    if let Some(serde_json::Value::Object(labels)) = found(&["value_labels", "labels"]) {
        let labels =
            labels.iter().filter_map(|(own, words)| Some(ValueLabel::new(code(own), words.as_str()?.into())));
        column.value_labels = labels.collect();
        column.value_labels.sort_by(|a, b| {
            let number = |label: &ValueLabel| label.code.number().unwrap_or(f64::MAX);
            number(a).total_cmp(&number(b))
        });
    }
    if let Some(serde_json::Value::Array(missing)) = found(&["missing_values", "missing"]) {
        column.user_missing = Some(UserMissing::of(missing.iter().filter_map(serde_json::Value::as_f64)));
    }
}

/// Words in a declared order have their positions as codes, from 1.
fn by_order(column: &mut SheetColumn, order: &[String]) {
    let code = |cell: &SheetCell| {
        let at = order.iter().position(|word| Some(word.as_str()) == cell.text());
        at.map_or(SheetCell::Empty, |at| SheetCell::Number((at + 1) as f64))
    };
    column.codes = Some(column.values.iter().map(code).collect());
    column.labels = Some(column.values.clone());
    column.kind = CellKind::Label;
}
