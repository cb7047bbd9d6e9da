//! A value from memory, as what stands in a cell of a file.

use std::borrow::Cow;

/// A value given from memory; made by `From`, from numbers, texts, and `Option` of them.
///
/// It means what the same text means in a cell of a file. `None` is the empty cell. A whole number of more than 53 bits is
/// kept digit by digit (ids), an `f32` is the `f64` of the same value (`0.1f32` is 0.10000000149011612), `true` and `false`
/// are those words. White space around a text is no part of it, the texts "" and "NA" are missing, a text that holds a
/// number is that number.
///
/// ```
/// use psychometrics::data::Value;
/// assert_eq!(Value::from(4), Value::Number(4.0));
/// assert_eq!(Value::from(Some(2.5f32)), Value::Number(2.5));
/// assert_eq!(Value::from(None::<i64>), Value::Missing);
/// assert_eq!(Value::from("agree"), Value::Text("agree".into()));
/// assert_eq!(Value::from(u64::MAX), Value::Text("18446744073709551615".into()));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// No answer.
    Missing,
    /// A number. NaN and infinity are refused when the table is built; NaN is missing where the builder is told so.
    Number(f64),
    /// A text: a label, an id, or a number as a file would hold it.
    Text(String),
}

macro_rules! from_numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Value {
            fn from(value: $number) -> Self {
                Self::Number(value.into())
            }
        })*
    };
}

from_numbers!(f64, f32, i8, u8, i16, u16, i32, u32);

/// Whole numbers up to here, and down to its negative, are `f64` too.
const EXACT: i128 = 1 << 53;

macro_rules! from_long_numbers {
    ($($number:ty),*) => {
        $(impl From<$number> for Value {
            fn from(value: $number) -> Self {
                let exact = i128::try_from(value).is_ok_and(|value| (-EXACT..=EXACT).contains(&value));
                if exact { Self::Number(value as f64) } else { Self::Text(value.to_string()) }
            }
        })*
    };
}

from_long_numbers!(i64, u64, isize, usize, i128, u128);

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Cow<'_, str>> for Value {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

/// What iterators over borrowed values give, such as those of ndarray's views.
impl<T: Clone + Into<Value>> From<&T> for Value {
    fn from(value: &T) -> Self {
        value.clone().into()
    }
}
