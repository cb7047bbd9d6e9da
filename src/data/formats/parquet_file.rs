//! Parquet files, by the crate parquet: what Arrow keeps in them of labels and of the order of categories is read, too.

use super::refusal::refused;
use super::sheet::{CellKind, Sheet, SheetCell, SheetColumn, UserMissing, ValueLabel};
use super::{calendar, codes, ledger};
use crate::data::arrow_table::values_of;
use crate::data::value::Value;
use crate::error::Result;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::timezone::Tz;
use arrow_schema::{DataType, Field, TimeUnit};
use chrono::DateTime;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

/// Reads a file.
///
/// # Errors
/// [`Error::OtherFormat`](crate::Error::OtherFormat) for a damaged file, or one whose compression is not built in.
pub(crate) fn read(path: &Path) -> Result<Sheet> {
    let damaged = |what: String| {
        let what = format!("the Parquet file cannot be read: {what}");
        refused(
            path,
            &what,
            "Write it once more, uncompressed or compressed with snappy, zstd, lz4 or gzip, or as CSV.",
        )
    };
    let file = File::open(path).map_err(|error| damaged(error.to_string()))?;
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(error.to_string()))?;
    let schema = reader.schema().clone();
    let own = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let own: HashMap<String, String> =
        own.into_iter().filter_map(|pair| Some((pair.key, pair.value?))).collect();
    let mut columns: Vec<SheetColumn> = schema
        .fields()
        .iter()
        .map(|field| SheetColumn::new(field.name().clone(), kind(field), Vec::new()))
        .collect();
    let mut orders: Vec<Vec<String>> = vec![Vec::new(); columns.len()];
    let mut notes = Vec::new();
    for batch in reader.build().map_err(|error| damaged(error.to_string()))? {
        let batch = batch.map_err(|error| damaged(error.to_string()))?;
        for ((array, column), order) in batch.columns().iter().zip(&mut columns).zip(&mut orders) {
            append(array.as_ref(), column, order);
        }
    }
    for ((column, field), order) in columns.iter_mut().zip(schema.fields()).zip(orders) {
        describe(column, field, &own);
        if let DataType::Dictionary(..) = field.data_type()
            && is_ordered(field, &order)
        {
            by_order(column, &order);
        }
    }
    codes::find(&mut columns, &mut notes);
    columns.iter_mut().for_each(|column| column.mark_missing(true));
    let rows = columns.first().map_or(0, |column| column.values.len());
    let mut told = ledger::of_columns(&columns);
    told.extend(notes);
    Ok(Sheet { recognised_as: "Parquet file".into(), rows, first_row: 1, columns, ledger: told })
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

fn append(array: &dyn Array, column: &mut SheetColumn, order: &mut Vec<String>) {
    let cells: Vec<SheetCell> = match array.data_type() {
        DataType::Date32 => days(array),
        DataType::Timestamp(unit, zone) => times(array, *unit, zone.as_deref()),
        DataType::Decimal128(_, scale) => {
            let scale = 10f64.powi(i32::from(*scale));
            let numbers = array.as_primitive::<arrow_array::types::Decimal128Type>();
            numbers
                .iter()
                .map(|x| x.map_or(SheetCell::Empty, |x| SheetCell::Number(x as f64 / scale)))
                .collect()
        }
        DataType::Boolean => {
            let truth =
                |x: Option<bool>| x.map_or(SheetCell::Empty, |x| SheetCell::Number(f64::from(u8::from(x))));
            array.as_boolean().iter().map(truth).collect()
        }
        _ => match values_of(array) {
            Some(values) => values.map(cell).collect(),
            None => (0..array.len()).map(|_| SheetCell::Text(format!("({})", array.data_type()))).collect(),
        },
    };
    if let DataType::Dictionary(..) = array.data_type()
        && let Some(words) = values_of(array.as_any_dictionary().values().as_ref())
    {
        for word in words {
            if let Value::Text(word) = word
                && !order.contains(&word)
            {
                order.push(word);
            }
        }
    }
    column.values.extend(cells);
}

fn cell(value: Value) -> SheetCell {
    match value {
        Value::Number(number) if number.is_finite() => SheetCell::Number(number),
        Value::Text(text) if !text.is_empty() => SheetCell::Text(text),
        _ => SheetCell::Empty,
    }
}

fn days(array: &dyn Array) -> Vec<SheetCell> {
    let days = array.as_primitive::<arrow_array::types::Date32Type>().iter();
    days.map(|day| {
        day.and_then(|day| calendar::date(f64::from(day))).map_or(SheetCell::Empty, SheetCell::Text)
    })
    .collect()
}

fn times(array: &dyn Array, unit: TimeUnit, zone: Option<&str>) -> Vec<SheetCell> {
    use arrow_array::types::{
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    };
    macro_rules! seconds {
        ($kind:ty, $per:literal) => {
            array.as_primitive::<$kind>().iter().map(|x| x.map(|x| x as f64 / $per)).collect::<Vec<_>>()
        };
    }
    let seconds = match unit {
        TimeUnit::Second => seconds!(TimestampSecondType, 1.0),
        TimeUnit::Millisecond => seconds!(TimestampMillisecondType, 1e3),
        TimeUnit::Microsecond => seconds!(TimestampMicrosecondType, 1e6),
        TimeUnit::Nanosecond => seconds!(TimestampNanosecondType, 1e9),
    };
    // a time with a zone is written as its clocks show it, with how far they are from universal time
    let of_zone =
        zone.filter(|name| !matches!(*name, "UTC" | "Z" | "+00:00")).and_then(|name| name.parse::<Tz>().ok());
    let mark = if zone.is_some() { "Z" } else { "" };
    let shown = |seconds: f64| {
        let local =
            |zone: &Tz| Some(DateTime::from_timestamp(seconds.round() as i64, 0)?.with_timezone(zone));
        match (of_zone.as_ref().and_then(local), calendar::datetime(seconds)) {
            (Some(local), Some(_)) => SheetCell::Text(local.format("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            (None, Some(text)) => SheetCell::Text(format!("{text}{mark}")),
            (_, None) => SheetCell::Number(seconds),
        }
    };
    seconds.into_iter().map(|x| x.map_or(SheetCell::Empty, shown)).collect()
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
