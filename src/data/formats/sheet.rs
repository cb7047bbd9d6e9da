//! What any file of answers becomes: columns with their names, wordings, cells, declared labels and missing codes, and what
//! the reader has to tell.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A cell as the file holds it.
///
/// ```
/// use psychometrics::data::formats::{Sheet, SheetCell, SheetOptions};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("people.csv");
/// std::fs::write(&path, "code,q1\n007,3\n012,\n").unwrap();
/// let sheet = Sheet::read(&path, &SheetOptions::new())?;
/// // zeros ahead stay: it is no number
/// assert_eq!(sheet.columns[0].values[0], SheetCell::Text("007".into()));
/// assert_eq!(sheet.columns[1].values, [SheetCell::Number(3.0), SheetCell::Empty]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum SheetCell {
    /// Nothing.
    Empty,
    /// A number.
    Number(f64),
    /// A text; dates as `2026-08-31` and `2026-08-31T09:30:00`.
    Text(String),
}

impl SheetCell {
    /// The text, where it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            SheetCell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            SheetCell::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl std::fmt::Display for SheetCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SheetCell::Empty => Ok(()),
            SheetCell::Number(number) => write!(f, "{number}"),
            SheetCell::Text(text) => f.write_str(text),
        }
    }
}

/// Whole numbers are written as such, so that code 9 is 9 and not 9.0.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

impl Serialize for SheetCell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            SheetCell::Empty => serializer.serialize_none(),
            SheetCell::Number(number) => match whole(*number) {
                Some(whole) => serializer.serialize_i64(whole),
                None => serializer.serialize_f64(*number),
            },
            SheetCell::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for SheetCell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(f64),
            Text(String),
        }
        Ok(match Option::<Written>::deserialize(deserializer)? {
            None => SheetCell::Empty,
            Some(Written::Number(number)) => SheetCell::Number(number),
            Some(Written::Text(text)) => SheetCell::Text(text),
        })
    }
}

/// Why a cell holds no answer.
///
/// ```
/// use psychometrics::data::formats::{Absence, Sheet, SheetCell, SheetOptions};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("answers.csv");
/// std::fs::write(&path, "q1,q2\n1,2\n-99,3\n,4\n").unwrap();
/// let mut options = SheetOptions::new();
/// options.missing_codes = vec!["-99".into()];
/// let sheet = Sheet::read(&path, &options)?;
/// let why = sheet.columns[0].missing.as_ref().unwrap();
/// assert_eq!(*why, [None, Some(Absence::User(SheetCell::Number(-99.0))), Some(Absence::System)]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Absence {
    /// Empty, or the file's own mark of a missing number.
    System,
    /// A code that the file (or a service's convention) declares missing.
    User(SheetCell),
    /// A tagged missing value of Stata: `.a` to `.z`.
    Tag(String),
    /// A formula that was never computed by a spreadsheet program.
    FormulaWithoutValue,
    /// A cell with an error such as `#N/A`.
    ErrorCell,
}

/// A code and its words.
///
/// ```
/// use psychometrics::data::formats::{SheetCell, ValueLabel};
///
/// let label: ValueLabel = serde_json::from_str(r#"{"code":5.0,"label":"Strongly agree"}"#).unwrap();
/// assert_eq!((label.code, label.label.as_str()), (SheetCell::Number(5.0), "Strongly agree"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ValueLabel {
    /// The code: a number or a text.
    pub code: SheetCell,
    /// Its words.
    pub label: String,
}

impl ValueLabel {
    #[cfg_attr(not(any(feature = "sav", feature = "dta", feature = "parquet")), allow(dead_code))]
    pub(crate) fn new(code: SheetCell, label: String) -> Self {
        Self { code, label }
    }
}

/// Codes that are declared missing.
///
/// ```
/// use psychometrics::data::formats::{SheetCell, UserMissing};
///
/// // SPSS: MISSING VALUES q1 (-9, 97 THRU HIGHEST)
/// let stored = r#"{"values":[-9.0],"range":[97.0,null]}"#;
/// let missing: UserMissing = serde_json::from_str(stored).unwrap();
/// let holds = |x: f64| missing.holds(&SheetCell::Number(x));
/// assert_eq!([holds(-9.0), holds(5.0), holds(97.0), holds(1000.0)], [true, false, true, true]);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UserMissing {
    /// Single codes.
    pub values: Vec<SheetCell>,
    /// From the first to the second, both included; none: without a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(Option<SheetCell>, Option<SheetCell>)>,
}

impl UserMissing {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        Self { values: values.into_iter().map(SheetCell::Number).collect(), range: None }
    }

    /// Whether a cell is declared missing.
    #[must_use]
    pub fn holds(&self, cell: &SheetCell) -> bool {
        let within = |number: f64| {
            self.range.as_ref().is_some_and(|(low, high)| {
                let low = low.as_ref().and_then(SheetCell::number).is_none_or(|low| number >= low);
                low && high.as_ref().and_then(SheetCell::number).is_none_or(|high| number <= high)
            })
        };
        *cell != SheetCell::Empty && (self.values.contains(cell) || cell.number().is_some_and(within))
    }
}

/// What the cells of a column are.
///
/// ```
/// use psychometrics::data::formats::{CellKind, Sheet, SheetOptions};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("answers.csv");
/// std::fs::write(&path, "q1,day,remark\n4,03.02.2020,none\n2,31.12.2021,late\n").unwrap();
/// let sheet = Sheet::read(&path, &SheetOptions::new())?;
/// let kinds: Vec<CellKind> = sheet.columns.iter().map(|column| column.kind).collect();
/// assert_eq!(kinds, [CellKind::Numeric, CellKind::Date, CellKind::String]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CellKind {
    /// Numbers.
    Numeric,
    /// Texts.
    String,
    /// Days.
    Date,
    /// Days with a time.
    Datetime,
    /// Words of an answer scale only.
    Label,
    /// Answer codes such as `A3`.
    Code,
    /// Code and words in one cell.
    CodeAndLabel,
}

/// A column of a file.
///
/// ```
/// use psychometrics::data::formats::{Sheet, SheetCell, SheetOptions};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("words.csv");
/// std::fs::write(&path, "q1\nAgree\nStrongly disagree\nNeutral\n").unwrap();
/// let sheet = Sheet::read(&path, &SheetOptions::new())?;
/// let column = &sheet.columns[0];
/// assert_eq!((column.name.as_str(), column.values.len(), column.metadata), ("q1", 3, false));
/// // words of an answer scale, with the codes that are proposed for them
/// assert_eq!(column.codes.as_ref().map(Vec::len), Some(3));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SheetColumn {
    /// Its name in the file.
    pub name: String,
    /// The wording of the question, where the file has one.
    pub label: Option<String>,
    /// What its cells are.
    #[serde(rename = "type")]
    pub kind: CellKind,
    /// Whether it tells about the answering (times, addresses), not an answer.
    pub metadata: bool,
    /// The cells.
    pub values: Vec<SheetCell>,
    /// The codes that words stand for, where they were found or proposed.
    pub codes: Option<Vec<SheetCell>>,
    /// The words of the cells, where they are words.
    pub labels: Option<Vec<SheetCell>>,
    /// Why a cell holds no answer, where any does not.
    pub missing: Option<Vec<Option<Absence>>>,
    /// Codes with their words, as declared.
    pub value_labels: Vec<ValueLabel>,
    /// Codes declared missing.
    pub user_missing: Option<UserMissing>,
    /// Level of measurement (nominal, ordinal, scale), where the file says it.
    pub measure: Option<String>,
}

impl SheetColumn {
    pub(crate) fn new(name: String, kind: CellKind, values: Vec<SheetCell>) -> Self {
        Self {
            name,
            label: None,
            kind,
            metadata: false,
            values,
            codes: None,
            labels: None,
            missing: None,
            value_labels: Vec::new(),
            user_missing: None,
            measure: None,
        }
    }

    /// Says of every cell why it holds no answer; what is said already stays.
    pub(crate) fn mark_missing(&mut self, empty_text_is_missing: bool) {
        let mut said = self.missing.take();
        let mut said_of = |row: usize| said.as_mut().and_then(|all| all[row].take());
        let marked = self.values.iter().enumerate().map(|(row, cell)| match (cell, said_of(row)) {
            (_, Some(said)) => Some(said),
            (cell, None) => self.why_missing(cell, empty_text_is_missing),
        });
        let marked: Vec<Option<Absence>> = marked.collect();
        self.missing = marked.iter().any(Option::is_some).then_some(marked);
    }

    fn why_missing(&self, cell: &SheetCell, empty_text_is_missing: bool) -> Option<Absence> {
        match cell {
            SheetCell::Empty => Some(Absence::System),
            SheetCell::Text(text) if text.is_empty() && empty_text_is_missing => Some(Absence::System),
            cell if self.user_missing.as_ref().is_some_and(|declared| declared.holds(cell)) => {
                Some(Absence::User(cell.clone()))
            }
            _ => None,
        }
    }
}

/// Something that the reader tells about the file.
///
/// ```
/// use psychometrics::data::formats::{Sheet, SheetOptions};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("answers.csv");
/// std::fs::write(&path, "q1;q2\n1,5;2\n2,5;3\n").unwrap();
/// let sheet = Sheet::read(&path, &SheetOptions::new())?;
/// assert!(sheet.ledger.iter().any(|note| note.kind == "decimal_comma"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SheetNote {
    /// What it is about, as a word.
    pub kind: String,
    /// The column.
    pub column: Option<String>,
    /// The code.
    pub code: Option<SheetCell>,
    /// How many cells or rows.
    pub count: Option<usize>,
    /// A sentence for people.
    pub message: String,
}

impl SheetNote {
    pub(crate) fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { kind: kind.into(), column: None, code: None, count: None, message: message.into() }
    }

    pub(crate) fn column(mut self, column: &str) -> Self {
        self.column = Some(column.into());
        self
    }

    pub(crate) fn code(mut self, code: SheetCell) -> Self {
        self.code = Some(code);
        self
    }

    pub(crate) fn count(mut self, count: usize) -> Self {
        self.count = Some(count);
        self
    }
}

/// What was read of a file, before any construct.
///
/// ```
/// use psychometrics::data::formats::{Sheet, SheetOptions};
///
/// let sheet = Sheet::read("data/lsat/lsat6.csv", &SheetOptions::new())?;
/// assert_eq!((sheet.rows, sheet.first_row, sheet.columns.len()), (1000, 2, 5));
/// assert_eq!(sheet.columns[4].name.as_str(), "Q5");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sheet {
    /// What the file was taken for.
    pub recognised_as: String,
    /// Rows of answers.
    pub rows: usize,
    /// The row of the file in which the first of them stands; 1 where the file has no header row.
    #[serde(default)]
    pub first_row: usize,
    /// The columns, in the order of the file.
    pub columns: Vec<SheetColumn>,
    /// What has to be told.
    pub ledger: Vec<SheetNote>,
}
