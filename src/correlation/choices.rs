//! The choices of a correlation by name: to print, to read, and to list.

use crate::correlation::{Coefficient, EmptyCells, Keep, Ordered};
use crate::error::{Error, Result, chosen};
use std::fmt;
use std::str::FromStr;

impl Coefficient {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::ProductMoment, Self::Spearman, Self::Kendall];
}

impl fmt::Display for Coefficient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Coefficient::ProductMoment => "product-moment",
            Coefficient::Spearman => "spearman",
            Coefficient::Kendall => "kendall",
        })
    }
}

impl FromStr for Coefficient {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("coefficient", Self::ALL, text)
    }
}

impl Keep {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Influences, Self::Variances];
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Keep::Influences => "influences",
            Keep::Variances => "variances",
        })
    }
}

impl FromStr for Keep {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("part of the covariance matrix", Self::ALL, text)
    }
}

/// `none`, `half`, or `add:0.5`.
impl fmt::Display for EmptyCells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmptyCells::Keep => f.pad("none"),
            EmptyCells::HalfInTwoByTwo => f.pad("half"),
            EmptyCells::Add(number) => write!(f, "add:{number}"),
        }
    }
}

impl FromStr for EmptyCells {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.to_lowercase();
        match (text.as_str(), text.strip_prefix("add:").map(str::parse::<f64>)) {
            ("none", _) => Ok(EmptyCells::Keep),
            ("half", _) => Ok(EmptyCells::HalfInTwoByTwo),
            (_, Some(Ok(number))) if number > 0.0 && number <= 1.0 => Ok(EmptyCells::Add(number)),
            _ => Err(Error::BadOption {
                option: "empty cells".into(),
                value: text,
                allowed: "none, half, or add:NUMBER with a number above 0 and up to 1, such as add:0.5"
                    .into(),
            }),
        }
    }
}

/// `none`, `all`, or names with commas between them.
impl fmt::Display for Ordered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ordered::None => f.pad("none"),
            Ordered::All => f.pad("all"),
            Ordered::Named(names) => f.pad(&names.join(",")),
        }
    }
}

/// Names that are `none` or `all`, or hold a comma, are given as [`Ordered::Named`].
impl FromStr for Ordered {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        let names: Vec<String> = names.map(String::from).collect();
        match names.as_slice() {
            [] => Err(Error::BadOption {
                option: "ordinal variables".into(),
                value: text.into(),
                allowed: "none, all, or names of variables with commas between them".into(),
            }),
            [one] if one.eq_ignore_ascii_case("none") => Ok(Ordered::None),
            [one] if one.eq_ignore_ascii_case("all") => Ok(Ordered::All),
            _ => Ok(Ordered::Named(names)),
        }
    }
}
