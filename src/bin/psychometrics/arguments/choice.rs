//! One of several: a choice of the library by its name, and a switch.

use clap::Arg;
use clap::builder::{
    BoolishValueParser, PossibleValue, PossibleValuesParser, TryMapValueParser, TypedValueParser,
};
use psychometrics::{Error, Result};
use std::fmt::Display;
use std::str::FromStr;

/// Reads a choice of the library; `--help` lists what there is.
pub(super) type Choice<T> = TryMapValueParser<PossibleValuesParser, fn(String) -> Result<T>>;

/// One of these, which need no explanation.
pub(super) fn one_of<T>(all: &[T]) -> Choice<T>
where
    T: FromStr<Err = Error> + Display + Copy + Send + Sync + 'static,
{
    explained(all.iter().map(|choice| value(choice, "")))
}

/// One of these values, each with what it means to the command.
pub(super) fn explained<T>(values: impl IntoIterator<Item = PossibleValue>) -> Choice<T>
where
    T: FromStr<Err = Error> + Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(values).try_map(|name| name.parse())
}

/// A value under the name that the library gives it; without help where that is empty.
pub(super) fn value(choice: impl Display, help: &'static str) -> PossibleValue {
    let value = PossibleValue::new(choice.to_string());
    if help.is_empty() { value } else { value.help(help) }
}

/// An option that is yes or no.
pub(super) trait Switch {
    /// Bare it means yes; a value stands behind an equals sign.
    fn switch(self) -> Self;
}

impl Switch for Arg {
    fn switch(self) -> Self {
        self.value_name("BOOL")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(BoolishValueParser::new())
    }
}
