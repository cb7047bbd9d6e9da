//! The choices of moments by name: to print, to read, and to list.

use super::moments::Divisor;
use crate::error::{Error, Result, chosen};
use std::fmt;
use std::str::FromStr;

impl Divisor {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::N, Self::NMinusOne];
}

impl fmt::Display for Divisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Divisor::N => "n",
            Divisor::NMinusOne => "n-1",
        })
    }
}

impl FromStr for Divisor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("divisor", Self::ALL, text)
    }
}
