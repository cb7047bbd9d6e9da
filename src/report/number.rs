//! Numbers as they stand in a table.

use crate::evidence::Interval;

/// A number with a fixed count of decimals; a dash where it is none.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "-".into();
    }
    let text = format!("{value:.decimals$}");
    // a rounded zero has no sign
    if text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') {
        text.trim_start_matches('-').to_string()
    } else {
        text
    }
}

/// A number that may not exist: a dash then.
pub(super) fn optional(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "-".into(), |v| fixed(v, decimals))
}

/// A number at full precision for programs; empty where there is none.
pub(super) fn exact(value: Option<f64>) -> String {
    value.filter(|x| x.is_finite()).map_or_else(String::new, |x| x.to_string())
}

/// A p-value: three decimals, and no zero.
pub(super) fn p_value(value: Option<f64>) -> String {
    match value.filter(|p| p.is_finite()) {
        None => "-".into(),
        Some(p) if p < 0.001 => "< 0.001".into(),
        Some(p) => fixed(p, 3),
    }
}

/// A p-value in a sentence: p = 0.023, or p < 0.001.
pub(super) fn p_is(value: Option<f64>) -> String {
    match value {
        Some(p) if p < 0.001 => "p < 0.001".into(),
        value => format!("p = {}", p_value(value)),
    }
}

/// An interval between brackets.
pub(super) fn interval(lower: Option<f64>, upper: Option<f64>, decimals: usize) -> String {
    match (lower.filter(|x| x.is_finite()), upper.filter(|x| x.is_finite())) {
        (Some(lower), Some(upper)) => format!("[{}, {}]", fixed(lower, decimals), fixed(upper, decimals)),
        _ => "-".into(),
    }
}

/// The limits of an interval that may not exist, between brackets.
pub(super) fn ends(found: Option<Interval>, decimals: usize) -> String {
    interval(found.map(|i| i.lower), found.map(|i| i.upper), decimals)
}

/// A share as a percentage without decimals.
pub(super) fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "-".into();
    }
    format!("{:.0} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rounded_zero_has_no_sign_and_a_small_p_is_not_zero() {
        assert_eq!(fixed(-0.0004, 3), "0.000");
        assert_eq!(fixed(-0.0006, 3), "-0.001");
        assert_eq!(p_value(Some(1e-9)), "< 0.001");
        assert_eq!(p_value(None), "-");
        assert_eq!((p_is(Some(1e-9)), p_is(Some(0.0234))), ("p < 0.001".into(), "p = 0.023".into()));
        for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(
                (fixed(none, 2), percent(none), p_value(Some(none))),
                ("-".into(), "-".into(), "-".into())
            );
            assert_eq!(interval(Some(0.1), Some(none), 2), "-");
        }
        assert_eq!(interval(Some(0.1), Some(0.25), 2), "[0.10, 0.25]");
    }
}
