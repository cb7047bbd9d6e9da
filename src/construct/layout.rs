//! How a file of answers is laid out, where it does not say it by itself.

use serde::{Deserialize, Serialize};

/// Whose header rows a file has.
///
/// ```
/// use psychometrics::construct::Service;
/// assert_eq!("qualtrics".parse(), Ok(Service::Qualtrics));
/// assert_eq!(Service::Forms.to_string(), "forms");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Service {
    /// Names, question texts and import ids, in three rows; two in old exports.
    Qualtrics,
    /// Question codes or question texts.
    LimeSurvey,
    /// Questions, rows of grids in brackets.
    Google,
    /// Questions above, their parts below.
    SurveyMonkey,
    /// Microsoft Forms.
    Forms,
    /// Names, and labels below.
    SoSci,
    /// Field names or labels, events and checkboxes.
    Redcap,
    /// A CSV file that SPSS wrote.
    Spss,
    /// One row of names.
    None,
}

/// How a file of answers is laid out, where it does not say it by itself: everything is recognised where nothing is said.
///
/// ```
/// use psychometrics::construct::Layout;
/// let layout = Layout { sheet: Some("answers".into()), ..Layout::default() };
/// assert_eq!(layout.header, None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Layout {
    /// The sheet of a workbook; none: the one with the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Whose header rows the file has; none: recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Service>,
}
