//! What is said of two sides: the operators of lavaan's syntax.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// What a formula, or a row of a parameter table, says of its two sides. It prints, reads and serialises as lavaan writes it,
/// and can be compared with that text.
///
/// ```
/// use psychometrics::model::Operator;
///
/// assert_eq!("=~".parse::<Operator>()?, Operator::Loading);
/// assert!(Operator::Covariance == "~~");
/// assert!("=:".parse::<Operator>().is_err());
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Operator {
    /// `=~`: the left is measured by the right.
    Loading,
    /// `~`: the left depends on the right.
    Regression,
    /// `~~`: (residual) variance or covariance.
    Covariance,
    /// `~ 1`: intercept or mean.
    Intercept,
    /// `|`: threshold of an ordered variable.
    Threshold,
    /// `~*~`: scaling factor of an ordered variable.
    Scale,
    /// `:=`: the left is defined by the right, of a parameter table.
    Definition,
}

impl Operator {
    /// All there are.
    pub const ALL: &'static [Self] = &[
        Self::Loading,
        Self::Regression,
        Self::Covariance,
        Self::Intercept,
        Self::Threshold,
        Self::Scale,
        Self::Definition,
    ];

    /// As lavaan writes it in a parameter table.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Loading => "=~",
            Operator::Regression => "~",
            Operator::Covariance => "~~",
            Operator::Intercept => "~1",
            Operator::Threshold => "|",
            Operator::Scale => "~*~",
            Operator::Definition => ":=",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.symbol())
    }
}

impl FromStr for Operator {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("operator", Self::ALL, text)
    }
}

impl TryFrom<&str> for Operator {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        text.parse()
    }
}

impl PartialEq<str> for Operator {
    fn eq(&self, other: &str) -> bool {
        self.symbol() == other
    }
}

impl PartialEq<&str> for Operator {
    fn eq(&self, other: &&str) -> bool {
        self.symbol() == *other
    }
}

impl Serialize for Operator {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.symbol())
    }
}

impl<'de> Deserialize<'de> for Operator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
