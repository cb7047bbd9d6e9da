//! Days and times of statistical programs, as ISO 8601.

use super::sheet::{CellKind, SheetCell};

/// Year, month and day of a number of days since 1970-01-01 (proleptic Gregorian calendar; Hinnant 2013, "chrono-compatible
/// low-level date algorithms").
fn civil(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}

/// Days beyond the years 0 to 9999 stay numbers.
fn within(days: f64) -> Option<i64> {
    (days.is_finite() && (-719_468.0..=2_932_896.0).contains(&days)).then_some(days.floor() as i64)
}

/// A day from days since 1970-01-01.
pub(crate) fn date(days: f64) -> Option<String> {
    let (year, month, day) = civil(within(days)?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// A day with a time from seconds since 1970-01-01, to the nearest second.
pub(crate) fn datetime(seconds: f64) -> Option<String> {
    let seconds = seconds.round();
    let day = date(seconds / 86_400.0)?;
    let rest = seconds.rem_euclid(86_400.0) as u32;
    Some(format!("{day}T{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60))
}

/// Seconds from the first day of the calendar of SPSS (1582-10-14) to 1970-01-01.
const SPSS: f64 = 12_219_379_200.0;

/// What a number of SPSS is by the type of its format.
pub(crate) fn spss_kind(format: u8) -> CellKind {
    match format {
        20 | 23 | 24 | 38 | 39 => CellKind::Date,
        22 | 41 => CellKind::Datetime,
        _ => CellKind::Numeric,
    }
}

/// A day of SPSS.
pub(crate) fn spss_date(seconds: f64) -> SheetCell {
    date((seconds - SPSS) / 86_400.0).map_or(SheetCell::Number(seconds), SheetCell::Text)
}

/// A day with a time of SPSS.
pub(crate) fn spss_datetime(seconds: f64) -> SheetCell {
    datetime(seconds - SPSS).map_or(SheetCell::Number(seconds), SheetCell::Text)
}
