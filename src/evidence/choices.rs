//! The choices of the evidence by name: to print, to read, and to list.

use super::consequences::MinimumAnswered;
use super::content::Metric;
use super::internal_structure::Key;
use super::sensitivity::SensitivityRun;
use crate::error::{Error, Result, chosen};
use std::fmt;
use std::str::FromStr;

impl Key {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Forward, Self::Reversed];
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Key::Forward => "forward",
            Key::Reversed => "reversed",
        })
    }
}

impl FromStr for Key {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("key", Self::ALL, text)
    }
}

impl Metric {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Nominal, Self::Ordinal, Self::Interval, Self::Ratio];
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Metric::Nominal => "nominal",
            Metric::Ordinal => "ordinal",
            Metric::Interval => "interval",
            Metric::Ratio => "ratio",
        })
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("metric", Self::ALL, text)
    }
}

/// `0.8` is a share, `4` a number of items.
impl fmt::Display for MinimumAnswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MinimumAnswered::Share(share) => write!(f, "{share:?}"),
            MinimumAnswered::Items(count) => write!(f, "{count}"),
        }
    }
}

/// `80%` and `0.8` are shares, `4` is a number of items.
impl FromStr for MinimumAnswered {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |text: &str| text.parse::<f64>().ok();
        let found = match (text.strip_suffix('%'), text.parse::<usize>()) {
            (Some(percent), _) => number(percent).map(|percent| Self::Share(percent / 100.0)),
            (None, Ok(count)) => Some(Self::Items(count)),
            (None, Err(_)) => number(text).map(Self::Share),
        };
        found.filter(|found| found.check().is_ok()).ok_or_else(|| Error::BadOption {
            option: "the least that must be answered".into(),
            value: text.into(),
            allowed: "a share such as 0.8 or 80%, or a number of items such as 4".into(),
        })
    }
}

/// `none`, or the number of indices that must agree.
impl fmt::Display for SensitivityRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SensitivityRun::None => f.pad("none"),
            SensitivityRun::WithoutFlagged { flags } => write!(f, "{flags}"),
        }
    }
}

impl FromStr for SensitivityRun {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.parse::<usize>() {
            Ok(flags) if flags > 0 => Ok(SensitivityRun::WithoutFlagged { flags }),
            _ if text.eq_ignore_ascii_case("none") => Ok(SensitivityRun::None),
            _ => Err(Error::BadOption {
                option: "repetition without the flagged".into(),
                value: text.into(),
                allowed: "none, or how many indices must agree, such as 2".into(),
            }),
        }
    }
}
