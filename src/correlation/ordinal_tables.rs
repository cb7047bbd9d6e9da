//! How often each two answers to ordinal variables occur together: all that their polychoric correlations rest on, counted
//! from a file in two passes (first the codes that occur, then the tables).

use super::categories::Categories;
#[cfg(feature = "files")]
use super::categories::MOST_CATEGORIES;

use crate::correlation::categories::Counts;
use crate::correlation::pairs::among;
#[cfg(feature = "files")]
use crate::data::CsvSource;
use crate::error::{Error, Result};
#[cfg(feature = "files")]
use crate::moments::Missing;
#[cfg(feature = "files")]
use ndarray::{ArrayView1, ArrayView2};

/// Tables of counts of each pair.
#[derive(Debug)]
pub(crate) struct OrdinalTables {
    pub(super) names: Vec<String>,
    /// How often each code was given, by variable, in order of the codes.
    pub(super) codes: Vec<Vec<(f64, u64)>>,
    /// Of each pair in [`OrdinalTables::at`]'s order: cells by columns, a last row and column for missing answers.
    pub(super) cells: Vec<u64>,
    /// Where each pair begins.
    pub(super) starts: Vec<usize>,
    pub(super) rows: usize,
    pub(super) used: usize,
}

/// What the first pass finds.
#[cfg(feature = "files")]
#[derive(Debug, Clone)]
struct Codes {
    of: Vec<Vec<(f64, u64)>>,
    rows: usize,
    used: usize,
    /// The first answer that is no whole number: variable, row and value.
    fraction: Option<(usize, usize, f64)>,
}

#[cfg(feature = "files")]
impl Codes {
    fn add(&mut self, variable: usize, value: f64, count: u64) {
        let own = &mut self.of[variable];
        match own.binary_search_by(|(code, _)| code.total_cmp(&value)) {
            Ok(at) => own[at].1 += count,
            // one more than are allowed tells that there are too many
            Err(at) if own.len() <= MOST_CATEGORIES => own.insert(at, (value, count)),
            Err(_) => {}
        }
    }

    fn append(&mut self, later: Self) {
        for (variable, own) in later.of.iter().enumerate() {
            own.iter().for_each(|(value, count)| self.add(variable, *value, *count));
        }
        self.fraction = self.fraction.or(later.fraction.map(|(j, row, value)| (j, row + self.rows, value)));
        self.rows += later.rows;
        self.used += later.used;
    }
}

impl OrdinalTables {
    /// # Errors
    /// As [`CsvSource::fold`]; [`Error::NotOrdinal`], [`Error::NoAnswers`], [`Error::ConstantItem`],
    /// [`Error::ManyCategories`].
    #[cfg(feature = "files")]
    pub(super) fn read(source: &CsvSource, missing: Missing) -> Result<Self> {
        let p = source.names().len();
        let takes =
            |row: &ArrayView1<'_, f64>| !(missing == Missing::Listwise && row.iter().any(|x| x.is_nan()));
        let none = Codes { of: vec![Vec::new(); p], rows: 0, used: 0, fraction: None };
        let count = |all: &mut Codes, rows: ArrayView2<'_, f64>| {
            for row in rows.rows() {
                all.rows += 1;
                if !takes(&row) {
                    continue;
                }
                all.used += 1;
                for (j, value) in row.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                    if value.fract() != 0.0 && all.fraction.is_none() {
                        all.fraction = Some((j, all.rows, *value));
                    }
                    all.add(j, value + 0.0, 1); // no negative zero
                }
            }
        };
        let codes = source.fold(|| none.clone(), count, Codes::append)?;
        let names = source.names().to_vec();
        if let Some((j, row, value)) = codes.fraction {
            return Err(Error::NotOrdinal { variable: names[j].clone(), row, value });
        }
        for (name, own) in names.iter().zip(&codes.of) {
            Categories::of_counts(name, own)?;
        }
        let mut starts = Vec::with_capacity(p * (p - 1) / 2);
        let mut size = 0;
        for i in 0..p {
            for j in i + 1..p {
                starts.push(size);
                size += (codes.of[i].len() + 1) * (codes.of[j].len() + 1);
            }
        }
        let place = |j: usize, value: f64| {
            let own = &codes.of[j];
            own.binary_search_by(|(code, _)| code.total_cmp(&(value + 0.0))).unwrap_or(own.len())
        };
        let tally = |cells: &mut Vec<u64>, rows: ArrayView2<'_, f64>| {
            let mut at = vec![0; p];
            for row in rows.rows().into_iter().filter(takes) {
                row.iter().enumerate().for_each(|(j, value)| at[j] = place(j, *value));
                let mut start = starts.iter();
                for i in 0..p {
                    let height = codes.of[i].len() + 1;
                    for (own, start) in at[i + 1..].iter().zip(&mut start) {
                        cells[start + own * height + at[i]] += 1;
                    }
                }
            }
        };
        let add = |all: &mut Vec<u64>, later: Vec<u64>| all.iter_mut().zip(later).for_each(|(a, b)| *a += b);
        let cells = source.fold(|| vec![0; size], tally, add)?;
        Ok(Self { names, codes: codes.of, cells, starts, rows: codes.rows, used: codes.used })
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Rows read.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Rows that count.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// The categories of a variable, by all its answers.
    pub(crate) fn categories(&self, variable: usize) -> Result<Categories> {
        Categories::of_counts(&self.names[variable], &self.codes[variable])
    }

    /// The table of two variables, the first of which stands before the other; a last row and column for missing answers.
    pub(super) fn table(&self, first: usize, second: usize) -> Counts {
        let (r, c) = (self.codes[first].len() + 1, self.codes[second].len() + 1);
        let start = self.starts[self.at(first, second)];
        Counts::from_iterator(r, c, self.cells[start..start + r * c].iter().map(|count| *count as f64))
    }

    /// The table of the rows with both answers, and the categories that occur among them.
    pub(super) fn together(&self, first: usize, second: usize) -> Result<(Counts, Categories, Categories)> {
        let whole = self.table(first, second);
        let both = whole.view((0, 0), (whole.nrows() - 1, whole.ncols() - 1));
        if both.sum() == 0.0 {
            let (first, second) = (self.names[first].clone(), self.names[second].clone());
            return Err(Error::NeverTogether { first, second });
        }
        let occurring = |variable: usize, sums: Vec<f64>| -> (Vec<usize>, Vec<(f64, u64)>) {
            let all = self.codes[variable].iter().zip(sums).enumerate();
            all.filter(|(_, (_, sum))| *sum > 0.0)
                .map(|(at, ((value, _), sum))| (at, (*value, sum as u64)))
                .unzip()
        };
        let sums = |by_row: bool| -> Vec<f64> {
            if by_row {
                both.row_iter().map(|row| row.sum()).collect()
            } else {
                both.column_iter().map(|column| column.sum()).collect()
            }
        };
        let ((rows, x), (columns, y)) = (occurring(first, sums(true)), occurring(second, sums(false)));
        let of = |variable: usize, other: usize, table: &[(f64, u64)]| {
            Categories::of_counts(&self.names[variable], table)
                .map_err(|error| among(error, &self.names[other]))
        };
        let (x, y) = (of(first, second, &x)?, of(second, first, &y)?);
        let tally =
            Counts::from_fn(rows.len() + 1, columns.len() + 1, |i, j| match (rows.get(i), columns.get(j)) {
                (Some(i), Some(j)) => both[(*i, *j)],
                _ => 0.0,
            });
        Ok((tally, x, y))
    }

    /// Position of a pair.
    fn at(&self, first: usize, second: usize) -> usize {
        let p = self.names.len();
        first * p - first * (first + 1) / 2 + second - first - 1
    }
}
