//! The number that stands for an answer.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::cmp::Ordering;
use std::fmt;

/// The number that stands for an answer: a whole one as a rule (1 to 5), but half points occur.
///
/// Codes are ordered as numbers; whole ones are written as such, in text and in JSON.
///
/// ```
/// use psychometrics::construct::Code;
///
/// let half = Code::new(1.5).unwrap();
/// assert!(half > Code::from(1) && half < Code::from(2));
/// assert_eq!(serde_json::to_string(&[half, Code::from(2)]).unwrap(), "[1.5,2]");
/// assert_eq!((half.to_string(), half.value(), half.is_whole()), ("1.5".into(), 1.5, false));
/// assert_eq!(Code::new(f64::NAN), None);
/// ```
#[derive(Clone, Copy)]
pub struct Code(f64);

impl Code {
    /// A finite number.
    #[must_use]
    pub fn new(number: f64) -> Option<Self> {
        // 0.0: there is no -0
        number.is_finite().then_some(Self(number + 0.0))
    }

    /// The number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    /// Whether it is a whole number.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.0.fract() == 0.0
    }
}

impl From<i32> for Code {
    fn from(number: i32) -> Self {
        Self(f64::from(number))
    }
}

impl From<i64> for Code {
    fn from(number: i64) -> Self {
        Self(number as f64)
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Code {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.is_whole() && self.0.abs() < 9e15 {
            true => serializer.serialize_i64(self.0 as i64),
            false => serializer.serialize_f64(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::new(number).ok_or_else(|| de::Error::custom("a code is a finite number"))
    }
}
