//! Arrow's arrays as cells.

use super::super::calendar;
use super::super::sheet::SheetCell;
use crate::data::arrow_table::values_of;
use crate::data::value::Value;
use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::timezone::Tz;
use arrow_array::types::{
    Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type,
};
use arrow_schema::{DataType, TimeUnit};
use chrono::DateTime;

/// Whole numbers up to here are numbers of double precision, too.
const EXACT: i64 = 1 << 53;

/// An array of numbers, NaN where there is none; `None` for one that holds anything else.
pub(super) fn numbers(array: &dyn Array) -> Option<Vec<f64>> {
    macro_rules! of {
        ($kind:ty) => {{
            let own = array.as_primitive::<$kind>();
            match own.null_count() {
                0 => own.values().iter().map(|x| f64::from(*x)).collect(),
                _ => own.iter().map(|x| x.map_or(f64::NAN, f64::from)).collect(),
            }
        }};
    }
    Some(match array.data_type() {
        DataType::Int8 => of!(Int8Type),
        DataType::Int16 => of!(Int16Type),
        DataType::Int32 => of!(Int32Type),
        DataType::UInt8 => of!(UInt8Type),
        DataType::UInt16 => of!(UInt16Type),
        DataType::UInt32 => of!(UInt32Type),
        DataType::Float32 => of!(Float32Type),
        DataType::Float64 => of!(Float64Type),
        DataType::Int64 => {
            let own = array.as_primitive::<Int64Type>();
            if own.iter().flatten().any(|x| !(-EXACT..=EXACT).contains(&x)) {
                return None; // these are ids, and texts
            }
            own.iter().map(|x| x.map_or(f64::NAN, |x| x as f64)).collect()
        }
        _ => return None,
    })
}

/// The words of a dictionary that are not among them yet.
pub(super) fn add_words(array: &dyn Array, order: &mut Vec<String>) {
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
}

/// The cells of an array.
pub(super) fn of(array: &dyn Array) -> Vec<SheetCell> {
    match array.data_type() {
        DataType::Date32 => days(array),
        DataType::Timestamp(unit, zone) => times(array, *unit, zone.as_deref()),
        DataType::Decimal128(_, scale) => {
            let scale = 10f64.powi(i32::from(*scale));
            let numbers = array.as_primitive::<Decimal128Type>();
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
    }
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
