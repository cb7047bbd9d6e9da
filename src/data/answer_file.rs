//! Answers in a file of which no construct tells what its columns are: the reader of every command that takes a table.
//!
//! Which columns hold answers is what the user names, or else what the first rows (one MiB) show: columns of which at
//! least half of the filled cells are numbers. From there on every cell of theirs must be a number, a missing code or
//! empty, and within the range that is declared; all that are not are refused together. Columns that hold text, and those
//! that tell who the respondent is, are left out, and a warning says which.

use super::blocks::Record;
use super::cell::{Cell, MissingCodes, decimal_comma};
use super::csv_numbers::{is_outside, outside};
use super::csv_options::CsvOptions;
use super::csv_pass::{Fingerprint, Gather};
use super::csv_source::CsvSource;
use super::dataset::Dataset;
use super::faults::Faults;
use super::file_facts::{ColumnFacts, Words};
use super::grouping::LabelColumn;
use super::identifier::{Identifier, Values};
use super::progress::Progress;
use super::response_reading::unique;
use crate::construct::Layout;
use crate::error::{Error, Result, Warning};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What answers are.
///
/// ```
/// use psychometrics::data::AnswerKind;
/// assert_eq!("codes".parse(), Ok(AnswerKind::Codes));
/// assert_eq!(AnswerKind::Codes.to_string(), "codes");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AnswerKind {
    /// Numbers: a text is refused.
    #[default]
    Numbers,
    /// Codes, which may be texts.
    Codes,
}

/// What is done about answers outside the range, and respondents who occur twice.
///
/// ```
/// use psychometrics::data::Impossible;
/// assert_eq!("read".parse(), Ok(Impossible::Read));
/// assert_eq!(Impossible::Read.to_string(), "read");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Impossible {
    /// They are refused, with row and column.
    #[default]
    Refused,
    /// They are read: the analysis is about them.
    Read,
}

/// What is read of a table of answers.
///
/// ```
/// use psychometrics::data::{AnswerFile, AnswerOptions};
///
/// let columns = ["a1", "a2", "a3"].map(String::from).to_vec();
/// let options = AnswerOptions { columns, range: Some((1.0, 5.0)), ..AnswerOptions::default() };
/// let file = AnswerFile::open("tests/data/likert5.csv", &options)?;
/// assert_eq!((file.items().len(), file.table()?.n_rows()), (3, 600));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerOptions {
    /// The columns of answers, in this order; where empty, those that hold answers.
    pub columns: Vec<String>,
    /// Columns that surely hold answers, among those that are found.
    pub named: Vec<String>,
    /// Columns that are read for something else (a group, a cluster) and hold no answers.
    pub others: Vec<String>,
    /// The same, of columns that the file need not have.
    pub optional: Vec<String>,
    /// The column that tells who the respondent is.
    pub respondent: Option<String>,
    /// Lowest and highest possible answer.
    pub range: Option<(f64, f64)>,
    /// What answers are.
    pub kind: AnswerKind,
    /// What is done about impossible answers.
    pub impossible: Impossible,
    /// As in [`CsvOptions`].
    pub missing_codes: Vec<String>,
    /// How the file is laid out, where it does not say it by itself.
    pub layout: Layout,
    /// Who is told how far the reading is.
    #[serde(skip)]
    pub progress: Progress,
}

/// A file of answers: which columns hold them is known, the rows are still to be read.
///
/// ```
/// use psychometrics::data::{AnswerFile, AnswerOptions};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("answers.csv");
/// std::fs::write(&path, "subject,q1,q2,remark\n101,4,5,none\n102,2,9,\n103,3,3,late\n").unwrap();
/// let file = AnswerFile::open(&path, &AnswerOptions::default())?;
/// assert_eq!(file.items(), ["q1", "q2"]);
/// assert_eq!(file.warnings().len(), 2); // 'subject' is an id, 'remark' is text
///
/// let options = AnswerOptions { range: Some((1.0, 5.0)), ..AnswerOptions::default() };
/// let error = AnswerFile::open(&path, &options)?.table().unwrap_err();
/// assert!(error.to_string().ends_with("row 3, column 'q2': '9' is outside the range 1 to 5"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct AnswerFile {
    /// Of the answers.
    source: CsvSource,
    /// Of all that is read.
    all: CsvSource,
    options: AnswerOptions,
    warnings: Vec<Warning>,
}

impl AnswerFile {
    /// Opens a file and finds its answers.
    ///
    /// # Errors
    /// As [`CsvSource::open`]; with a respondent's column [`Error::BadCells`](crate::Error::BadCells) for an id that is
    /// empty and [`Error::DuplicateRespondent`](crate::Error::DuplicateRespondent).
    pub fn open(path: impl AsRef<Path>, options: &AnswerOptions) -> Result<Self> {
        let csv = CsvOptions {
            missing_codes: options.missing_codes.clone(),
            as_words: options
                .others
                .iter()
                .chain(&options.optional)
                .chain(&options.respondent)
                .cloned()
                .collect(),
            layout: options.layout.clone(),
            progress: options.progress.clone(),
            ..CsvOptions::default()
        };
        let words = match options.kind {
            AnswerKind::Numbers => Words::Answers,
            AnswerKind::Codes => Words::Written,
        };
        // columns that are named are looked for one by one
        let open = if options.columns.is_empty() { CsvSource::open_in } else { CsvSource::open_named };
        let whole = open(path.as_ref(), &csv, words)?;
        let mut others: Vec<String> = Vec::new();
        let optional = options.optional.iter().filter(|name| whole.columns().names.contains(name));
        for name in options.others.iter().chain(&options.respondent).chain(optional) {
            whole.position(name)?;
            if !others.contains(name) && !options.columns.contains(name) {
                others.push(name.clone());
            }
        }
        let (items, mut warnings) = if options.columns.is_empty() {
            chosen(&whole, &others, options)?
        } else {
            (options.columns.clone(), Vec::new())
        };
        let told = whole.told().iter().map(|what| Warning::ReadAs { what: what.clone() });
        warnings.splice(0..0, told);
        let range = options.range.filter(|_| options.impossible == Impossible::Refused);
        let source = whole.with_columns(&items)?.with_range(range);
        let all = whole.with_columns(&items.iter().chain(&others).cloned().collect::<Vec<_>>())?;
        if let Some(name) = &options.respondent
            && options.impossible == Impossible::Refused
        {
            check_respondents(&whole, name)?;
        }
        Ok(Self { source, all, options: options.clone(), warnings })
    }

    /// The columns of answers.
    pub fn items(&self) -> &[String] {
        self.source.names()
    }

    /// The columns that were left out, and why.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The answers as a stream of numbers; those that are impossible are refused.
    pub fn source(&self) -> &CsvSource {
        &self.source
    }

    /// Answers and the other columns that were asked for, in memory.
    ///
    /// # Errors
    /// As [`Dataset::read`]; [`Error::BadCells`](crate::Error::BadCells) with every answer that is no number or outside the range.
    pub fn table(&self) -> Result<Dataset> {
        let data = Dataset::from_source(&self.all)?;
        if self.options.kind == AnswerKind::Codes {
            return Ok(data);
        }
        let answers = data.numeric(self.items())?;
        let range = self.options.range.filter(|_| self.options.impossible == Impossible::Refused);
        if let Some(range) = range {
            let mut faults = Faults::default();
            for ((row, item), value) in answers.indexed_iter().filter(|(_, value)| is_outside(**value, range))
            {
                let cell = value.to_string();
                let name = &self.items()[item];
                faults.refuse(data.file_row(row), name, cell.as_bytes(), |_| outside(range));
            }
            faults.into_result(data.source())?;
        }
        Ok(data)
    }
}

/// The columns that hold answers, and what is said of the others.
fn chosen(
    source: &CsvSource,
    others: &[String],
    options: &AnswerOptions,
) -> Result<(Vec<String>, Vec<Warning>)> {
    let kind = options.kind;
    if let Some(unknown) = options.named.iter().find(|name| !source.names().contains(name)) {
        source.position(unknown)?;
    }
    let columns = || source.selected().iter().map(|_| Column::default()).collect();
    let start = FirstRows { columns: columns(), positions: source.selected(), missing: source.missing() };
    let (seen, first_row) = source.first_rows(start)?;
    let (metadata, two_words) = set_apart(source);
    let apart = |name: &String| {
        (metadata.contains(name) || two_words.contains(name)) && !options.named.contains(name)
    };
    let candidates: Vec<(&String, &Column)> = source
        .names()
        .iter()
        .zip(&seen.columns)
        .filter(|(name, _)| !others.contains(name) && !apart(name))
        .collect();
    let named = |name: &str, c: &Column| Identifier::of(name, &c.values, c.holds_numbers(), false).is_some();
    let unlike = |numbers: bool| {
        let others = candidates.iter().filter(|(name, c)| c.holds_numbers() == numbers && !named(name, c));
        others.filter(|(_, c)| c.values.all_different()).count()
    };
    let alone = |numbers: bool| unlike(numbers) == 1;
    let (numbers_alone, texts_alone) = (alone(true), alone(false));
    let of_numbers = candidates.iter().filter(|(name, c)| c.holds_numbers() && !named(name, c));
    let highest: Vec<(&String, f64)> = of_numbers.map(|(name, c)| (*name, c.values.highest())).collect();
    let taken = |c: &Column| c.holds_numbers() || kind == AnswerKind::Codes;
    let guessed = candidates.iter().filter(|(name, c)| taken(c) && !named(name, c)).count() > FEWEST_LEFT;
    let (mut items, mut ids, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for (name, column) in candidates {
        let numbers = column.holds_numbers();
        if options.named.contains(name) {
            items.push(name.clone());
            continue;
        }
        let alone = guessed
            && if numbers {
                let others = highest.iter().filter(|(other, _)| *other != name).map(|(_, max)| *max);
                numbers_alone && column.values.highest() > others.fold(f64::NEG_INFINITY, f64::max)
            } else {
                texts_alone
            };
        match Identifier::of(name, &column.values, numbers, alone) {
            Some(why) if taken(column) => ids.push((name.clone(), why)),
            None if taken(column) => items.push(name.clone()),
            _ => texts.push((name.clone(), column.text.clone())),
        }
    }
    if items.is_empty() && ids.is_empty() {
        // labels of answers: every cell is told
        return Ok((texts.into_iter().map(|(name, _)| name).collect(), Vec::new()));
    }
    if items.is_empty()
        && kind == AnswerKind::Numbers
        && let [(name, Some((row, cell))), ..] = texts.as_slice()
    {
        return Err(no_numbers(name, row + first_row, cell));
    }
    let left_out = |columns: Vec<String>, reason: &str| {
        let columns: Vec<String> =
            columns.into_iter().filter(|name| !others.contains(name) && apart(name)).collect();
        (!columns.is_empty()).then(|| Warning::ColumnsLeftOut { columns, reason: reason.into() })
    };
    let of_words = left_out(two_words.clone(), "two words, such as yes and no; --columns names those to use");
    let of_survey = left_out(metadata.clone(), "no answers, but what the program or the survey service adds");
    let ids = ids.into_iter().map(|(name, why)| Warning::ColumnsLeftOut {
        reason: format!("{why}; --columns names those to use"),
        columns: vec![name],
    });
    let of_texts = texts_left_out(texts, first_row);
    Ok((items, ids.chain(of_texts).chain(of_words).chain(of_survey).collect()))
}

/// Columns of text, each with its first cell and that cell's place among the rows that were looked at.
fn texts_left_out(texts: Vec<(String, Option<(usize, String)>)>, first_row: usize) -> Option<Warning> {
    let (first, text) = texts.first()?;
    let (row, cell) = text.clone().unwrap_or_default();
    let reason = format!("text, not numbers ('{first}' in row {}: '{cell}')", row + first_row);
    let columns = texts.into_iter().map(|(name, _)| name).collect();
    Some(Warning::ColumnsLeftOut { columns, reason })
}

/// A file without a column of numbers, but for one that tells who the respondent is; a cell of text and its place.
fn no_numbers(name: &str, row: usize, cell: &str) -> Error {
    Error::NoAnswerExists {
        what: "answer to analyse".into(),
        why: format!(
            "no column holds numbers but one that tells who the respondent is ('{name}' in row {row}: '{cell}')"
        ),
        remedy:
            "Code the answers as numbers, or have their words read by a construct file, which 'init' drafts."
                .into(),
    }
}

/// Columns that the file itself sets apart: those that tell about the answering; and, where others hold answers to a scale,
/// those of two words.
fn set_apart(source: &CsvSource) -> (Vec<String>, Vec<String>) {
    let facts = &source.facts().columns;
    let named = |is: &dyn Fn(&ColumnFacts) -> bool| -> Vec<String> {
        let found = source.header().iter().zip(facts).filter(|(name, own)| !name.is_empty() && is(own));
        found.map(|(name, _)| name.clone()).collect()
    };
    let scales = facts.iter().any(|own| own.words > 2);
    let two = named(&|own| scales && !own.metadata && (1..=2).contains(&own.words));
    (named(&|own| own.metadata), two)
}

/// A column whose values alone look like ids is left out where more answers than these remain.
const FEWEST_LEFT: usize = 2;

fn check_respondents(source: &CsvSource, name: &str) -> Result<()> {
    let position = source.position(name)?;
    let start =
        || Ids { name, position, missing: source.missing(), ids: LabelColumn::default(), rows: Vec::new() };
    let mut all = start();
    source.scan(start, Fingerprint::Skip, |block, first_row| {
        all.ids.append(block.ids);
        all.rows.extend(block.rows.iter().map(|row| row + first_row));
    })?;
    unique(source.path(), &all.ids.named(name.into()), &all.rows).map(|_| ())
}

/// What the first rows show of a column.
#[derive(Debug, Default)]
struct Column {
    numbers: usize,
    texts: usize,
    /// The first cell that is no number, and its row.
    text: Option<(usize, String)>,
    values: Values,
}

impl Column {
    fn holds_numbers(&self) -> bool {
        self.numbers >= self.texts
    }
}

struct FirstRows<'a> {
    columns: Vec<Column>,
    positions: &'a [usize],
    missing: &'a MissingCodes,
}

impl Gather for FirstRows<'_> {
    fn record(&mut self, row: usize, record: &Record<'_>, _: &mut Faults) {
        for (column, position) in self.columns.iter_mut().zip(self.positions) {
            let cell = record.cell(*position);
            match self.missing.read(cell) {
                Cell::Missing(_) => column.values.add_missing(),
                Cell::Number(value) => {
                    column.numbers += 1;
                    column.values.add_number(value);
                }
                Cell::Text => {
                    let text = String::from_utf8_lossy(cell);
                    if decimal_comma(&text).is_some() {
                        column.numbers += 1;
                    } else {
                        column.texts += 1;
                    }
                    if column.text.is_none() {
                        column.text = Some((row, text.chars().take(SHOWN).collect()));
                    }
                    column.values.add_text(&text);
                }
            }
        }
    }
}

/// Characters of a text that a warning shows.
const SHOWN: usize = 40;

struct Ids<'a> {
    name: &'a str,
    position: usize,
    missing: &'a MissingCodes,
    ids: LabelColumn,
    rows: Vec<usize>,
}

impl Gather for Ids<'_> {
    fn record(&mut self, row: usize, record: &Record<'_>, faults: &mut Faults) {
        let cell = record.cell(self.position);
        self.rows.push(row);
        if matches!(self.missing.read(cell), Cell::Missing(_)) {
            faults.refuse(row, self.name, cell, |_| "is no id; every respondent needs one".into());
            self.ids.push(None);
        } else {
            self.ids.push(faults.text(row, cell));
        }
    }
}
