//! The expressions of an item: its number, whether that may be an answer, its deviation, the position of its code.

use super::dialect::Dialect;
use crate::moments::aggregate::PlannedItem;

/// A number as SQL reads it.
pub(super) fn literal(x: f64) -> String {
    if x.fract() == 0.0 && x.abs() < 1e15 { format!("{x:.0}") } else { format!("{x:e}") }
}

/// The sum of a term and a number.
fn plus(term: &str, constant: f64) -> String {
    match constant {
        0.0 => term.to_string(),
        c if c < 0.0 => format!("{term} - {}", literal(-c)),
        c => format!("{term} + {}", literal(c)),
    }
}

/// The column as a number of double precision.
pub(super) fn number(dialect: Dialect, item: &PlannedItem) -> String {
    format!("CAST({} AS {})", dialect.quoted(item.column_name()), dialect.double())
}

/// Whole numbers that follow one another.
fn contiguous(codes: &[f64]) -> bool {
    codes.iter().all(|code| code.fract() == 0.0) && codes.windows(2).all(|two| two[1] == two[0] + 1.0)
}

fn list(numbers: &[f64]) -> String {
    numbers.iter().map(|x| literal(*x)).collect::<Vec<_>>().join(", ")
}

/// Whether `raw` is an answer that may be given; nothing where any number may.
pub(super) fn allowed(item: &PlannedItem, raw: &str) -> Option<String> {
    let outside: Vec<f64> = item
        .missing_codes
        .iter()
        .copied()
        .filter(|code| {
            item.codes.is_empty() && item.range.is_none_or(|(low, high)| (low..=high).contains(code))
        })
        .collect();
    let no_code = match outside.as_slice() {
        [] => None,
        codes => Some(format!("{raw} NOT IN ({})", list(codes))),
    };
    let within = match (item.codes.as_slice(), item.range) {
        ([], None) => None,
        ([], Some((low, high))) => Some(format!("{raw} BETWEEN {} AND {}", literal(low), literal(high))),
        ([low, .., high], _) if contiguous(&item.codes) => {
            Some(format!("{raw} BETWEEN {} AND {} AND {raw} = FLOOR({raw})", literal(*low), literal(*high)))
        }
        (codes, _) => Some(format!("{raw} IN ({})", list(codes))),
    };
    match (within, no_code) {
        (Some(a), Some(b)) => Some(format!("{a} AND {b}")),
        (a, b) => a.or(b),
    }
}

/// The deviation of the keyed answer from the centre; NULL where there is no answer.
pub(super) fn deviation(item: &PlannedItem, raw: &str) -> String {
    let (constant, factor) = item.keying();
    let own = if factor > 0.0 {
        plus(raw, constant)
    } else if constant == 0.0 {
        format!("-{raw}")
    } else {
        format!("{} - {raw}", literal(constant))
    };
    match allowed(item, raw) {
        Some(condition) => format!("CASE WHEN {condition} THEN {own} END"),
        None => own,
    }
}

/// From 1 the position of the keyed code, 0 where there is no answer.
pub(super) fn position(dialect: Dialect, item: &PlannedItem, deviation: &str) -> String {
    let codes: Vec<f64> = item.keyed_codes().iter().map(|code| code - item.centre).collect();
    if contiguous(&codes) {
        let first = codes.first().copied().unwrap_or_default();
        let own = plus(deviation, 1.0 - first);
        return format!("COALESCE(CAST({own} AS {}), 0)", dialect.whole());
    }
    let each: Vec<String> =
        codes.iter().enumerate().map(|(k, x)| format!("WHEN {} THEN {}", literal(*x), k + 1)).collect();
    format!("CASE {deviation} {} ELSE 0 END", each.join(" "))
}
