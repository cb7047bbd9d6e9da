//! A table in memory: numeric columns and text columns, rows being respondents.
//!
//! It is longer than others by the examples of its types.

use super::cell::{Cell, MissingCodes, RawCell, number, why_no_number};
#[cfg(feature = "files")]
use super::csv_options::CsvOptions;
#[cfg(feature = "files")]
use super::csv_pass::{Fingerprint, Gather};
#[cfg(feature = "files")]
use super::csv_source::CsvSource;
use super::faults::Faults;
use super::grouping::{Grouping, LabelColumn};
use super::header::Header;
use super::label_columns::LabelColumns;
#[cfg(feature = "files")]
use super::label_columns::read_labels;
use super::memory_table::MemoryTable;
use super::value::Value;
#[cfg(feature = "files")]
use crate::data::blocks::Record;
use crate::error::{Error, Result, nearest};
use ndarray::Array2;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A column of a [`Dataset`].
///
/// ```
/// use psychometrics::data::{Column, Dataset};
///
/// let data = Dataset::builder().column("age", [Some(31), None]).column("role", ["nurse", "doctor"]).build()?;
/// match (data.column("age")?, data.column("role")?) {
///     (Column::Numeric(ages), Column::Text(roles)) => {
///         assert_eq!((ages[0], ages[1].is_nan()), (31.0, true));
///         assert_eq!(roles.levels, ["nurse", "doctor"]);
///     }
///     _ => unreachable!("numbers, and labels"),
/// }
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Column {
    /// Numbers; NaN is the mark of a missing one.
    Numeric(Vec<f64>),
    /// Labels.
    Text(Grouping),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Column::Numeric(values) => values.len(),
            Column::Text(grouping) => grouping.codes.len(),
        }
    }
}

impl From<Vec<f64>> for Column {
    fn from(values: Vec<f64>) -> Self {
        Column::Numeric(values)
    }
}

impl From<Vec<Option<f64>>> for Column {
    fn from(values: Vec<Option<f64>>) -> Self {
        Column::Numeric(values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }
}

impl From<Vec<&str>> for Column {
    fn from(labels: Vec<&str>) -> Self {
        Column::Text(Grouping::new("", labels.into_iter().map(Some)))
    }
}

impl From<Vec<Option<&str>>> for Column {
    fn from(labels: Vec<Option<&str>>) -> Self {
        Column::Text(Grouping::new("", labels))
    }
}

/// Its values, numbers or labels, to be given to a [builder](super::DatasetBuilder) beside columns of the other kind.
impl IntoIterator for Column {
    type Item = Value;
    type IntoIter = Box<dyn Iterator<Item = Value>>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            Column::Numeric(values) => Box::new(values.into_iter().map(Value::Number)),
            Column::Text(grouping) => Box::new(grouping.labels().into_iter().map(Value::from)),
        }
    }
}

/// A table of named columns.
///
/// A column of a file is text when any cell that is not missing is no number. A column without a
/// name (the row names that R writes) is not read.
///
/// ```
/// use psychometrics::data::Dataset;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("pupils.csv");
/// std::fs::write(&path, "school,x1,x2\nPasteur,3.5,7\nGrant-White,,6\n").unwrap();
/// let data = Dataset::read_csv(&path)?;
/// assert_eq!(data.numeric_names(), ["x1", "x2"]);
/// assert_eq!(data.numeric(&["x2", "x1"])?.row(0).to_vec(), [7.0, 3.5]);
/// assert_eq!(data.missing_count("x1")?, 1);
/// assert_eq!(data.grouping("school")?.levels, ["Pasteur", "Grant-White"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dataset {
    /// The file, or what stands for it in messages.
    source: PathBuf,
    names: Vec<String>,
    columns: Vec<Column>,
    /// Names of the columns of the file that were not read.
    unread: Vec<String>,
    /// Row of the file (or, without a file, of the table from 1) per row.
    rows: Vec<usize>,
    /// Sentences on how the file was read.
    told: Vec<String>,
}

impl Dataset {
    /// Reads all columns of a CSV or TSV file; the empty cell and `NA` are missing.
    ///
    /// # Errors
    /// As [`Dataset::read`].
    #[cfg(feature = "files")]
    pub fn read_csv(path: impl AsRef<Path>) -> Result<Self> {
        Self::read(path, &CsvOptions::default())
    }

    /// Reads a CSV or TSV file.
    ///
    /// # Errors
    /// What [`CsvSource::open`] reports, [`Error::HeaderOnly`], [`Error::RaggedRow`],
    /// [`Error::NotUtf8`]. A text in a column of numbers is no error until the column is asked for
    /// as [numbers](Self::numeric).
    #[cfg(feature = "files")]
    pub fn read(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Self> {
        Self::from_source(&CsvSource::open(path, options)?)
    }

    /// Reads the columns of a source: the numbers in one pass and, where there are texts, those in a
    /// second (a column is known to be text only at its end).
    #[cfg(feature = "files")]
    pub(crate) fn from_source(source: &CsvSource) -> Result<Self> {
        let start = || NumberColumns::new(source.selected(), source.columns());
        let mut all = start();
        source.scan(start, Fingerprint::Skip, |block, first_row| {
            for (values, later) in all.values.iter_mut().zip(&block.values) {
                values.extend_from_slice(later);
            }
            for (text, later) in all.text.iter_mut().zip(&block.text) {
                *text |= later;
            }
            all.rows.extend(block.rows.iter().map(|row| row + first_row));
        })?;
        let texts = all.texts();
        let labels = if texts.is_empty() { Vec::new() } else { read_labels(source, &texts)? };
        Ok(Self { told: source.told().to_vec(), ..all.into_dataset(labels) })
    }

    /// The same of a table from memory.
    pub(super) fn from_memory(table: &MemoryTable, missing: &MissingCodes) -> Result<Self> {
        let n = table.check()?;
        table.check_kinds(|name| !name.is_empty())?;
        let header = Header { names: table.names(), questions: &[], source: table.source(), missing };
        let columns: Vec<usize> = header.named().map(|(column, _)| column).collect();
        let mut all = NumberColumns::new(&columns, header);
        let mut faults = Faults::default();
        (0..n).for_each(|row| all.row(row + 1, |column| table.cell(row, column), &mut faults));
        let texts = all.texts();
        let mut labels = LabelColumns::new(&texts, missing);
        (0..n).for_each(|row| labels.row(row + 1, |column| table.cell(row, column), &mut faults));
        faults.into_result(table.source())?;
        Ok(all.into_dataset(labels.columns))
    }

    /// A table of columns that this crate made itself; NaN is the mark of a missing number.
    ///
    /// # Errors
    /// [`Error::DuplicateColumn`]; [`Error::WrongSize`] when a column is longer or shorter than the
    /// first; [`Error::NotFinite`] when a value is infinite.
    pub(crate) fn from_columns<N: Into<String>>(
        columns: impl IntoIterator<Item = (N, impl Into<Column>)>,
    ) -> Result<Self> {
        let (names, mut columns): (Vec<String>, Vec<Column>) =
            columns.into_iter().map(|(name, column)| (name.into(), column.into())).unzip();
        let source = PathBuf::from("the data");
        let mut seen = HashSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(name.as_str())) {
            return Err(Error::DuplicateColumn { path: source, column: twice.clone() });
        }
        let n = columns.first().map_or(0, Column::len);
        for (name, column) in names.iter().zip(&mut columns) {
            if column.len() != n {
                let what = format!("rows of column '{name}'");
                return Err(Error::WrongSize { what, found: column.len(), expected: n });
            }
            match column {
                Column::Numeric(values) if values.iter().any(|value| value.is_infinite()) => {
                    return Err(Error::NotFinite { what: format!("a value of column '{name}'") });
                }
                Column::Text(grouping) => grouping.variable.clone_from(name),
                Column::Numeric(_) => {}
            }
        }
        Ok(Self { source, names, columns, unread: Vec::new(), rows: (1..=n).collect(), told: Vec::new() })
    }

    /// The same of numbers, rows x columns.
    ///
    /// # Errors
    /// [`Error::WrongSize`] when there are not as many names as columns; [`Error::DuplicateColumn`];
    /// [`Error::NotFinite`] when a value is infinite.
    pub(crate) fn from_array<N: Into<String>>(
        names: impl IntoIterator<Item = N>,
        values: Array2<f64>,
    ) -> Result<Self> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.len() != values.ncols() {
            let (found, expected) = (names.len(), values.ncols());
            return Err(Error::WrongSize { what: "names of columns".into(), found, expected });
        }
        Self::from_columns(names.into_iter().zip(values.columns().into_iter().map(|c| c.to_vec())))
    }

    /// The same table with other columns in the place of those of these names; lengths must agree.
    pub(crate) fn with_columns<'a>(&self, columns: impl IntoIterator<Item = (&'a str, Column)>) -> Self {
        let mut own = self.clone();
        for (name, column) in columns {
            if let Some(i) = own.names.iter().position(|own| own == name) {
                debug_assert_eq!(column.len(), own.rows.len());
                own.columns[i] = column;
            }
        }
        own
    }

    /// The table with further columns; lengths must agree.
    pub(crate) fn and_columns<'a>(&self, columns: impl IntoIterator<Item = (&'a str, Column)>) -> Self {
        let mut own = self.clone();
        for (name, column) in columns {
            debug_assert_eq!(column.len(), own.rows.len());
            own.names.push(name.into());
            own.columns.push(column);
        }
        own
    }

    /// The same table with these numeric columns reversed on their declared range: low + high - x.
    ///
    /// # Errors
    /// As [`Dataset::numeric`].
    pub fn reversed<S: AsRef<str>>(&self, columns: &[S], low: f64, high: f64) -> Result<Self> {
        let values = self.numeric(columns)?;
        let turned = |j: usize| Column::Numeric(values.column(j).iter().map(|x| low + high - x).collect());
        Ok(self.with_columns(columns.iter().enumerate().map(|(j, name)| (name.as_ref(), turned(j)))))
    }

    /// The file, or what stands for it in messages.
    pub fn source(&self) -> &Path {
        &self.source
    }

    /// Sentences on how a file that is no plain CSV was read; none of one that is, or from memory.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// assert!(Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?.told().is_empty());
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn told(&self) -> &[String] {
        &self.told
    }

    /// Row of the file (the header being row 1) of a row from 0; without a file, the row from 1.
    pub fn file_row(&self, row: usize) -> usize {
        self.rows.get(row).copied().unwrap_or(row + 1)
    }

    /// Names of all columns, in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether there is a column of this name, in the table or, not read, in its file.
    pub fn has_column(&self, name: &str) -> bool {
        self.names.iter().chain(&self.unread).any(|own| own == name)
    }

    /// Names of the numeric columns, in the order of the file.
    pub fn numeric_names(&self) -> Vec<&str> {
        let numeric = |(name, column): (_, &Column)| matches!(column, Column::Numeric(_)).then_some(name);
        self.names.iter().map(String::as_str).zip(&self.columns).filter_map(numeric).collect()
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// A column by its name.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest name.
    pub fn column(&self, name: &str) -> Result<&Column> {
        match self.names.iter().position(|n| n == name) {
            Some(i) => Ok(&self.columns[i]),
            None => Err(Error::UnknownColumn {
                column: name.into(),
                source_name: self.source.display().to_string(),
                nearest: nearest(name, self.names.iter().map(String::as_str)),
                available: self.names.clone(),
            }),
        }
    }

    /// The columns `names` as an array of rows x columns, in the order asked; NaN is the mark of a
    /// missing value.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest name; [`Error::BadCells`] with the cells that are no
    /// numbers, when a column is text.
    pub fn numeric<S: AsRef<str>>(&self, names: &[S]) -> Result<Array2<f64>> {
        let mut values = Array2::from_elem((self.n_rows(), names.len()), f64::NAN);
        let mut faults = Faults::default();
        let mut texts = Vec::new();
        for (j, name) in names.iter().enumerate() {
            match self.column(name.as_ref())? {
                Column::Numeric(column) => {
                    values.column_mut(j).iter_mut().zip(column).for_each(|(to, from)| *to = *from);
                }
                Column::Text(grouping) => texts.push((name.as_ref(), grouping)),
            }
        }
        if !texts.is_empty() {
            let numeric: Vec<Vec<bool>> = texts
                .iter()
                .map(|(_, g)| g.levels.iter().map(|level| number(level.as_bytes()).is_some()).collect())
                .collect();
            for (i, row) in self.rows.iter().enumerate() {
                for ((name, grouping), numeric) in texts.iter().zip(&numeric) {
                    if let Some(code) = grouping.codes.get(i).copied().flatten()
                        && numeric.get(code) == Some(&false)
                    {
                        faults.refuse(*row, name, grouping.levels[code].as_bytes(), why_no_number);
                    }
                }
            }
        }
        faults.into_result(&self.source)?;
        Ok(values)
    }

    /// A column as labels, levels in the order of first appearance. Numbers are written in their
    /// shortest form (`2`, `0.5`).
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest name.
    pub fn grouping(&self, name: &str) -> Result<Grouping> {
        Ok(match self.column(name)? {
            Column::Text(grouping) => grouping.clone(),
            Column::Numeric(values) => {
                let label = |value: &f64| (!value.is_nan()).then(|| value.to_string());
                Grouping::new(name, values.iter().map(label))
            }
        })
    }

    /// A column as labels, row by row; `None` where missing.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest name.
    pub fn labels(&self, name: &str) -> Result<Vec<Option<String>>> {
        Ok(self.grouping(name)?.labels())
    }

    /// How many cells of a column are missing.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] with the nearest name.
    pub fn missing_count(&self, name: &str) -> Result<usize> {
        Ok(match self.column(name)? {
            Column::Numeric(values) => values.iter().filter(|value| value.is_nan()).count(),
            Column::Text(grouping) => grouping.missing_count(),
        })
    }
}

/// Gathers columns as numbers, and which of them are none.
struct NumberColumns<'a> {
    columns: &'a [usize],
    header: Header<'a>,
    values: Vec<Vec<f64>>,
    text: Vec<bool>,
    rows: Vec<usize>,
}

impl<'a> NumberColumns<'a> {
    fn new(columns: &'a [usize], header: Header<'a>) -> Self {
        let p = columns.len();
        Self { columns, header, values: vec![Vec::new(); p], text: vec![false; p], rows: Vec::new() }
    }

    /// Takes a row, of a file or from memory; `cell` gives what stands in a column.
    fn row<'c>(&mut self, row: usize, cell: impl Fn(usize) -> RawCell<'c>, faults: &mut Faults) {
        self.rows.push(row);
        for (j, column) in self.columns.iter().enumerate() {
            let cell = faults.finite(row, &self.header.names[*column], cell(*column));
            self.values[j].push(match self.header.missing.read_raw(cell) {
                Cell::Number(value) => value,
                Cell::Missing(_) => f64::NAN,
                Cell::Text => {
                    self.text[j] = true;
                    f64::NAN
                }
            });
        }
    }

    /// The columns that are text.
    fn texts(&self) -> Vec<usize> {
        self.columns.iter().zip(&self.text).filter(|(_, text)| **text).map(|(column, _)| *column).collect()
    }

    /// The table, with the labels of the columns that are text.
    fn into_dataset(self, labels: Vec<LabelColumn>) -> Dataset {
        let names: Vec<String> = self.columns.iter().map(|i| self.header.names[*i].clone()).collect();
        let mut labels = labels.into_iter();
        let columns = self.values.into_iter().zip(&self.text).zip(&names);
        let columns = columns.map(|((values, text), name)| match text.then(|| labels.next()).flatten() {
            Some(labels) => Column::Text(labels.named(name.clone())),
            None => Column::Numeric(values),
        });
        let columns = columns.collect();
        let unread = self.header.names.iter().filter(|name| !names.contains(name)).cloned().collect();
        Dataset {
            source: self.header.source.into(),
            names,
            columns,
            unread,
            rows: self.rows,
            told: Vec::new(),
        }
    }
}

#[cfg(feature = "files")]
impl Gather for NumberColumns<'_> {
    fn record(&mut self, row: usize, record: &Record<'_>, faults: &mut Faults) {
        self.row(row, |column| RawCell::Text(record.cell(column)), faults);
    }
}
