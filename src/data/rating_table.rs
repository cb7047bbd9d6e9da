//! Ratings or codes, units by raters: from a wide table (one row a unit, one column a rater) or from a long one (one row a
//! rating: unit, rater, rating), which is known by the names of its columns.

use super::answer_file::{AnswerFile, AnswerOptions};
use super::csv_options::CsvOptions;
use super::csv_source::CsvSource;
use super::dataset::{Column, Dataset};
use super::faults::Faults;
use super::grouping::Grouping;
use crate::error::{Result, Warning};
use std::collections::HashSet;
use std::path::Path;

/// Names, in lower case, of the column that tells who rated.
const RATERS: [&str; 16] = [
    "rater",
    "raters",
    "judge",
    "coder",
    "expert",
    "observer",
    "annotator",
    "assessor",
    "examiner",
    "reviewer",
    "reader",
    "rater_id",
    "coder_id",
    "judge_id",
    "raterid",
    "occasion",
];

/// Names of the column that holds the rating.
const RATINGS: [&str; 14] = [
    "rating",
    "ratings",
    "score",
    "scores",
    "value",
    "code",
    "codes",
    "category",
    "label",
    "judgement",
    "judgment",
    "grade",
    "mark",
    "answer",
];

/// Units by raters.
///
/// ```
/// use psychometrics::data::{AnswerOptions, RatingTable};
///
/// let table = RatingTable::read("tests/data/ratings.csv", &AnswerOptions::default())?;
/// assert_eq!((table.data.n_rows(), table.raters.len()), (40, 3));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RatingTable {
    /// A row for each unit, a column for each rater.
    pub data: Dataset,
    /// The raters: columns of the data, in order.
    pub raters: Vec<String>,
    /// What was left out, and how the table was read.
    pub warnings: Vec<Warning>,
}

impl RatingTable {
    /// Reads a table.
    ///
    /// ```
    /// use psychometrics::data::{AnswerOptions, RatingTable};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("ratings.csv");
    /// std::fs::write(&path, "target,rater,score\n1,A,4\n1,B,5\n2,A,2\n2,B,2\n").unwrap();
    /// let table = RatingTable::read(&path, &AnswerOptions::default())?;
    /// assert_eq!(table.raters, ["A", "B"]);
    /// assert_eq!(table.data.numeric(&table.raters)?.row(0).to_vec(), [4.0, 5.0]);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`AnswerFile::open`] and [`AnswerFile::table`]; of a long table [`Error::BadCells`](crate::Error::BadCells) for a unit or rater without a
    /// name, and a unit that one rater rated twice.
    pub fn read(path: impl AsRef<Path>, options: &AnswerOptions) -> Result<Self> {
        let path = path.as_ref();
        let csv = CsvOptions {
            columns: options.columns.clone(),
            layout: options.layout.clone(),
            ..CsvOptions::default()
        };
        let source = CsvSource::open(path, &csv)?;
        if let Some(roles) = long_roles(source.names(), options.respondent.as_deref()) {
            return Self::long(path, roles, options);
        }
        let file = AnswerFile::open(path, options)?;
        let (data, mut warnings) = (file.table()?, file.warnings().to_vec());
        warnings.extend(crossed(source.names(), path, options)?);
        Ok(Self { data, raters: file.items().to_vec(), warnings })
    }

    fn long(path: &Path, roles: [&String; 3], options: &AnswerOptions) -> Result<Self> {
        let [unit, rater, rating] = roles.map(Clone::clone);
        let answers = AnswerOptions {
            columns: vec![rating.clone()],
            others: vec![unit.clone(), rater.clone()],
            respondent: None,
            ..options.clone()
        };
        let data = AnswerFile::open(path, &answers)?.table()?;
        let (units, raters) = (data.grouping(&unit)?, data.grouping(&rater)?);
        let mut at = vec![vec![None; units.levels.len()]; raters.levels.len()];
        let mut faults = Faults::default();
        for row in 0..data.n_rows() {
            match (units.codes[row], raters.codes[row]) {
                (Some(u), Some(r)) => {
                    if at[r][u].replace(row).is_some() {
                        let problem = format!("was rated before by '{}'", raters.levels[r]);
                        let cell = units.levels[u].as_bytes();
                        faults.refuse(data.file_row(row), &unit, cell, |_| problem);
                    }
                }
                (None, _) => faults.refuse(data.file_row(row), &unit, b"", |_| "is empty".into()),
                (_, None) => faults.refuse(data.file_row(row), &rater, b"", |_| "is empty".into()),
            }
        }
        faults.into_result(path)?;
        let columns = at.iter().map(|rows| match data.column(&rating)? {
            Column::Numeric(values) => {
                Ok(Column::from(rows.iter().map(|row| row.map(|row| values[row])).collect::<Vec<_>>()))
            }
            Column::Text(codes) => {
                let labels = rows.iter().map(|row| row.and_then(|row| codes.label(row)));
                Ok(Column::Text(Grouping::new("", labels)))
            }
        });
        let columns = columns.collect::<Result<Vec<Column>>>()?;
        let wide = Dataset::from_columns(raters.levels.iter().cloned().zip(columns))?;
        let warnings = vec![Warning::LongTable { unit, rater, rating }];
        Ok(Self { data: wide, raters: raters.levels, warnings })
    }
}

/// Unit, rater and rating, where three columns are named so.
fn long_roles<'a>(names: &'a [String], unit: Option<&str>) -> Option<[&'a String; 3]> {
    let [_, _, _] = names else { return None };
    let one = |known: &[&str]| {
        let mut found = names.iter().filter(|name| known.contains(&name.trim().to_lowercase().as_str()));
        found.next().filter(|_| found.next().is_none())
    };
    let (rater, rating) = (one(&RATERS)?, one(&RATINGS)?);
    let other = names.iter().find(|name| *name != rater && *name != rating)?;
    unit.is_none_or(|unit| unit == other).then_some([other, rater, rating])
}

/// Three columns of which two cross completely look like a long table with other names: that is said.
fn crossed(names: &[String], path: &Path, options: &AnswerOptions) -> Result<Option<Warning>> {
    let [first, second, third] = names else { return Ok(None) };
    let csv = CsvOptions {
        columns: names.to_vec(),
        missing_codes: options.missing_codes.clone(),
        layout: options.layout.clone(),
        ..CsvOptions::default()
    };
    let data = Dataset::read(path, &csv)?;
    let (units, raters) = (data.grouping(first)?, data.grouping(second)?);
    let (u, r, n) = (units.levels.len(), raters.levels.len(), data.n_rows());
    let pairs: HashSet<_> = units.codes.iter().zip(&raters.codes).collect();
    let complete = units.missing_count() + raters.missing_count() == 0;
    let is_long = complete && u > 1 && r > 1 && u * r == n && pairs.len() == n;
    Ok(is_long.then(|| Warning::NotDone {
        what: "reading one row as one rating".into(),
        reason: format!(
            "each of the {u} values of '{first}' stands once with each of the {r} of '{second}', as in a table of one row a \
             rating; if it is one, call its columns 'target', 'rater' and 'score' ('{third}')"
        ),
    }))
}
