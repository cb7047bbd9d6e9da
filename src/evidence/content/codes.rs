//! Codes of units by coders: read from a table, checked, as categories.

#[cfg(feature = "files")]
use crate::data::{AnswerKind, AnswerOptions, RatingTable, why_no_number};
use crate::data::{Column, Dataset};
use crate::error::{BadCell, Error, Result};
#[cfg(feature = "files")]
use crate::error::{DECIMAL_COMMA, Warning};
use std::collections::{BTreeSet, HashMap};
#[cfg(feature = "files")]
use std::path::Path;

/// Codes of units by coders.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::Codes;
///
/// let codes = Codes::of(&Dataset::builder().columns([("first", ["yes", "no"]), ("second", ["yes", "yes"])]).build()?)?;
/// assert_eq!((codes.numeric, codes.ordered), (false, false));
/// assert_eq!(codes.coders, ["first", "second"]);
/// assert_eq!(codes.labels, ["no", "yes"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Codes {
    /// Categories as numbers: their values, or 0, 1, ... for labels.
    pub(super) categories: Vec<f64>,
    /// Labels of the categories.
    pub labels: Vec<String>,
    /// Whether the codes are numbers.
    pub numeric: bool,
    /// Whether the codes have an order: they are numbers, or labels of which it was given.
    pub ordered: bool,
    /// Names of the coders.
    pub coders: Vec<String>,
    /// Units x coders, as positions of categories.
    pub(super) codes: Vec<Vec<Option<usize>>>,
}

impl Codes {
    /// Numbers, units x coders.
    pub fn new(values: Vec<Vec<Option<f64>>>) -> Self {
        let mut categories: Vec<f64> = values.iter().flatten().flatten().copied().collect();
        categories.sort_by(f64::total_cmp);
        categories.dedup();
        let place = |x: f64| categories.iter().position(|c| *c == x);
        let codes = values.iter().map(|row| row.iter().map(|x| x.and_then(place)).collect()).collect();
        let coders = (1..=values.first().map_or(0, Vec::len)).map(|i| i.to_string()).collect();
        let labels = categories.iter().map(ToString::to_string).collect();
        Self { categories, labels, numeric: true, ordered: true, coders, codes }
    }

    /// Of a file, wide or long ([`RatingTable`]), next to a column `unit` that names the units, if there is one; `possible`
    /// as in [`Codes::of_coders`]. The warnings tell what was left out.
    ///
    /// # Errors
    /// As [`RatingTable::read`] and [`Codes::of_coders`].
    #[cfg(feature = "files")]
    pub fn read(
        path: impl AsRef<Path>,
        options: &AnswerOptions,
        possible: &[String],
    ) -> Result<(Self, Vec<Warning>)> {
        let optional = vec!["unit".into()];
        let table =
            RatingTable::read(path, &AnswerOptions { kind: AnswerKind::Codes, optional, ..options.clone() })?;
        let mut warnings = table.warnings;
        if possible.is_empty() {
            warnings.extend(texts_among_numbers(&table.data, &table.raters)?);
        }
        Ok((Self::of_coders(&table.data, &table.raters, possible)?, warnings))
    }

    /// Of a table with one row a unit and one column a coder, next to a column `unit` that names them, if there is one.
    /// Codes are numbers when every column holds numbers, else labels.
    ///
    /// # Errors
    /// [`Error::TooFewItems`] for one coder, [`Error::EmptyColumn`] for a coder without codes.
    pub fn of(data: &Dataset) -> Result<Self> {
        let names: Vec<String> = data.names().iter().filter(|name| *name != "unit").cloned().collect();
        Self::of_coders(data, &names, &[])
    }

    /// The same of some columns. `possible` are the codes that there were to choose from, in their order, whether they
    /// occur or not; where it is empty, those that occur. Chance agreement depends on it (AC1, AC2); labels have an order,
    /// and ordinal coefficients, only by it.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::evidence::content::{Codes, gwet};
    ///
    /// let data = Dataset::builder()
    ///     .columns([("a", [3, 3, 3, 3, 3]), ("b", [3, 3, 3, 3, 3]), ("d", [3, 3, 3, 3, 1])])
    ///     .column("c", [Some(3), Some(3), None, None, Some(3)])
    ///     .column("e", [Some(3), None, Some(3), Some(3), Some(3)])
    ///     .build()?;
    /// let ac1 = |possible: &[&str]| -> psychometrics::Result<String> {
    ///     let possible: Vec<String> = possible.iter().map(ToString::to_string).collect();
    ///     Ok(format!("{:.5}", gwet(&Codes::of_coders(&data, data.names(), &possible)?).unwrap().ac1.unwrap()))
    /// };
    /// // irrCAC 1.0 of R, CAC(data, categories = ...)$gwet()
    /// assert_eq!(ac1(&[])?, "0.91334");
    /// assert_eq!(ac1(&["1", "2", "3"])?, "0.91681");
    /// assert_eq!(ac1(&["1", "2", "3", "4", "5"])?, "0.91843");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Codes::of`]; [`Error::BadOption`] for a possible code that is given twice, [`Error::BadCells`] for codes that
    /// were not possible.
    pub fn of_coders(data: &Dataset, coders: &[String], possible: &[String]) -> Result<Self> {
        if coders.len() < 2 {
            return Err(Error::TooFewItems {
                what: "agreement (coders)".into(),
                needed: 2,
                found: coders.len(),
            });
        }
        for name in coders {
            if data.missing_count(name)? == data.n_rows() {
                return Err(Error::EmptyColumn { column: name.clone(), rows: data.n_rows() });
            }
        }
        let columns: Vec<Vec<Option<String>>> =
            coders.iter().map(|n| data.labels(n)).collect::<Result<_>>()?;
        let number = |label: &String| label.trim().parse::<f64>().ok().filter(|x| x.is_finite());
        let occurring: BTreeSet<&String> = columns.iter().flatten().flatten().collect();
        let numeric = coders.iter().all(|name| matches!(data.column(name), Ok(Column::Numeric(_))))
            && possible.iter().all(|code| number(code).is_some());
        let mut categories: Vec<(f64, String)> = match (numeric, possible) {
            (true, []) => occurring.into_iter().filter_map(|l| Some((number(l)?, l.clone()))).collect(),
            (true, _) => possible.iter().filter_map(|l| number(l).map(|x| (x, x.to_string()))).collect(),
            (false, []) => (0..).map(f64::from).zip(occurring.into_iter().cloned()).collect(),
            (false, _) => (0..).map(f64::from).zip(possible.iter().map(|l| l.trim().to_string())).collect(),
        };
        categories.sort_by(|a, b| a.0.total_cmp(&b.0));
        let place: HashMap<&String, usize> = categories.iter().map(|(_, l)| l).zip(0..).collect();
        if place.len() < categories.len() {
            return Err(Error::BadOption {
                option: "the possible codes".into(),
                value: possible.join(","),
                allowed: "each code is given once".into(),
            });
        }
        let mut faults = Vec::new();
        let mut codes = Vec::with_capacity(data.n_rows());
        for row in 0..data.n_rows() {
            let code = |(column, name): (&Vec<Option<String>>, &String)| {
                let label = column[row].as_ref()?;
                let at = place.get(label).copied();
                if at.is_none() {
                    let known: Vec<&str> = categories.iter().map(|(_, l)| l.as_str()).collect();
                    faults.push(BadCell {
                        row: data.file_row(row),
                        column: name.clone(),
                        value: label.clone(),
                        problem: format!("is not one of the possible codes: {}", known.join(", ")),
                    });
                }
                at
            };
            codes.push(columns.iter().zip(coders).map(code).collect());
        }
        if !faults.is_empty() {
            let total = faults.len();
            return Err(Error::BadCells { path: data.source().into(), total, cells: faults });
        }
        let (values, labels) = categories.into_iter().unzip();
        let ordered = numeric || !possible.is_empty();
        Ok(Self { categories: values, labels, numeric, ordered, coders: coders.to_vec(), codes })
    }

    /// Counts of categories of each unit.
    pub(super) fn counts(&self) -> Vec<Vec<f64>> {
        let count = |row: &Vec<Option<usize>>| {
            let mut counts = vec![0.0; self.categories.len()];
            row.iter().flatten().for_each(|code| counts[*code] += 1.0);
            counts
        };
        self.codes.iter().map(count).collect()
    }
}

/// Codes most of which are numbers are labels by a few that are none: that is told. Where these have a decimal comma, all are
/// meant as numbers, and they are refused.
#[cfg(feature = "files")]
fn texts_among_numbers(data: &Dataset, coders: &[String]) -> Result<Option<Warning>> {
    let (mut numbers, mut texts) = (0, Vec::new());
    for coder in coders {
        for (row, label) in data.labels(coder)?.into_iter().enumerate() {
            match label {
                Some(label) if label.parse::<f64>().is_ok_and(f64::is_finite) => numbers += 1,
                Some(value) => {
                    let problem = why_no_number(&value);
                    texts.push(BadCell { row: data.file_row(row), column: coder.clone(), value, problem });
                }
                None => {}
            }
        }
    }
    if texts.iter().all(|cell| cell.problem.starts_with(DECIMAL_COMMA)) && !texts.is_empty() {
        return Err(Error::BadCells { path: data.source().into(), total: texts.len(), cells: texts });
    }
    let Some(first) = texts.first().filter(|_| numbers > texts.len()) else { return Ok(None) };
    let reason =
        format!("'{}' of '{}' is no number, so that all codes are labels", first.value, first.column);
    Ok(Some(Warning::NotDone { what: "taking the codes as numbers".into(), reason }))
}
