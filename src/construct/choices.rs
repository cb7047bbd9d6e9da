//! The choices of a construct file by name: to print, to read, and to list.

use super::layout::Service;
use super::related::{Repetition, Sign, Structure, VariableRole};
use crate::error::{Error, Result, chosen};
use std::fmt;
use std::str::FromStr;

impl VariableRole {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Criterion, Self::Outcome, Self::Intervention, Self::Covariate];
}

impl fmt::Display for VariableRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            VariableRole::Criterion => "criterion",
            VariableRole::Outcome => "outcome",
            VariableRole::Intervention => "intervention",
            VariableRole::Covariate => "covariate",
        })
    }
}

impl FromStr for VariableRole {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("role of a variable", Self::ALL, text)
    }
}

impl Sign {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Positive, Self::Negative, Self::None];
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Sign::Positive => "positive",
            Sign::Negative => "negative",
            Sign::None => "none",
        })
    }
}

impl FromStr for Sign {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("direction", Self::ALL, text)
    }
}

impl fmt::Display for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Structure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("structure", &Self::ALL, text)
    }
}

/// As in the construct file: `false`, `true`, or the number of indices that must agree.
impl fmt::Display for Repetition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Repetition::None => f.pad("false"),
            Repetition::WithoutFlagged => f.pad("true"),
            Repetition::WithoutFlaggedBy(flags) => write!(f, "{flags}"),
        }
    }
}

impl FromStr for Repetition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match (text.to_lowercase().as_str(), text.parse::<usize>()) {
            ("false", _) => Ok(Repetition::None),
            ("true", _) => Ok(Repetition::WithoutFlagged),
            (_, Ok(flags)) if flags > 0 => Ok(Repetition::WithoutFlaggedBy(flags)),
            _ => Err(Error::BadOption {
                option: "sensitivity".into(),
                value: text.into(),
                allowed: "false, true, or how many indices must agree, such as 2".into(),
            }),
        }
    }
}

impl Service {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[
        Self::Qualtrics,
        Self::LimeSurvey,
        Self::Google,
        Self::SurveyMonkey,
        Self::Forms,
        Self::SoSci,
        Self::Redcap,
        Self::Spss,
        Self::None,
    ];
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Service::Qualtrics => "qualtrics",
            Service::LimeSurvey => "limesurvey",
            Service::Google => "google",
            Service::SurveyMonkey => "surveymonkey",
            Service::Forms => "forms",
            Service::SoSci => "sosci",
            Service::Redcap => "redcap",
            Service::Spss => "spss",
            Service::None => "none",
        })
    }
}

impl FromStr for Service {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of header rows", Self::ALL, text)
    }
}
