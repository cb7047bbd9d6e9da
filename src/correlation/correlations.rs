//! The correlation matrix of continuous and ordinal variables.

use super::categories::Categories;
use super::correlate::{Coefficient, Correlate, Pair, Variable};
use super::empty_cells::EmptyCells;
use super::margin::Margin;
use super::method::Method;
use super::ordinal_tables::OrdinalTables;
use super::pair::{Estimate, PairKind};
use super::pairs::pair_of;
use super::pairs::{each_pair, indices};
use super::smoothing::{smallest_eigenvalue, smoothed};
use crate::correlation::ordered::Ordered;
#[cfg(feature = "files")]
use crate::data::CsvSource;
use crate::data::Rows;
use crate::error::{Error, Result, Warning, nearest};
use crate::moments::Moments;
use crate::moments::aggregate::Aggregate;
use crate::moments::{LabelledMatrix, Missing};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// A correlation matrix with what is known of each pair.
///
/// ```
/// use psychometrics::correlation::{Correlate, PairKind};
/// use psychometrics::data::{CsvOptions, CsvSource};
///
/// let columns = ["a1", "a2", "a3"].map(String::from).to_vec();
/// let source = CsvSource::open("tests/data/likert5.csv", &CsvOptions { columns, ..CsvOptions::default() })?;
/// let found = Correlate::default().read(&source)?;
/// let pair = &found.pairs[0];
/// assert_eq!((pair.kind, pair.n), (PairKind::Polychoric, 600));
/// assert_eq!(format!("{:.3}", pair.r), "0.557");
/// assert_eq!(format!("{:.3}", found.matrix.get("a1", "a2").unwrap()), "0.557");
/// assert_eq!(found.variables[0].thresholds.as_ref().unwrap().len(), 4);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Correlations {
    /// How correlations with ordinal variables were estimated.
    pub method: Method,
    /// What was done about empty cells.
    pub empty_cells: EmptyCells,
    /// Which rows were used.
    pub missing: Missing,
    /// Rows read.
    pub rows_read: usize,
    /// Rows that are used for some pair.
    pub rows_used: usize,
    /// The variables.
    pub variables: Vec<Variable>,
    /// The correlations.
    pub matrix: LabelledMatrix,
    /// Its smallest eigenvalue, before any smoothing.
    pub smallest_eigenvalue: f64,
    /// Whether negative eigenvalues were raised.
    pub smoothed: bool,
    /// Each pair once, in the order of the lower triangle by columns. Empty, and a warning says so, of more than 200,000
    /// product moments of numbers: all that differs between them is in the matrix and [`counts`](Self::counts).
    pub pairs: Vec<Pair>,
    /// Rows with both of each pair, in the same order, where there are no pairs.
    #[serde(default, skip_serializing)]
    pub(super) together: Vec<usize>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl Correlations {
    /// The correlation of two variables.
    pub fn get(&self, first: &str, second: &str) -> Option<f64> {
        self.matrix.get(first, second)
    }

    /// Rows with both, of each two variables; with itself, rows with an answer.
    pub fn counts(&self) -> Vec<Vec<usize>> {
        let p = self.variables.len();
        let mut counts = vec![vec![0; p]; p];
        self.variables.iter().enumerate().for_each(|(i, variable)| counts[i][i] = variable.n);
        for ((i, j), n) in indices(p).zip(self.together()) {
            (counts[i][j], counts[j][i]) = (n, n);
        }
        counts
    }

    /// Rows with both of each pair, each once, in the order of the lower triangle by columns.
    pub fn together(&self) -> impl Iterator<Item = usize> {
        self.pairs.iter().map(|pair| pair.n).chain(self.together.iter().copied())
    }

    /// What is known of a pair, in either order; none where pairs were left out.
    pub fn pair(&self, first: &str, second: &str) -> Option<&Pair> {
        let is =
            |p: &&Pair| (p.first == first && p.second == second) || (p.first == second && p.second == first);
        self.pairs.iter().find(is)
    }
}

impl Correlate {
    /// The correlations of the columns of `rows`, NaN where an answer is missing.
    ///
    /// # Errors
    /// [`Error::NotOrdinal`] for a code of an ordinal variable that is no whole number,
    /// [`Error::ManyCategories`] and [`Error::ConstantItem`] for too many or one, [`Error::NoAnswers`],
    /// [`Error::NeverTogether`] for a pair without a common row, [`Error::UnknownColumn`] for an ordinal variable
    /// that is not there, [`Error::WrongSize`], [`Error::TooFewRows`], [`Error::NotFinite`].
    pub fn of<'r, S: AsRef<str>>(&self, names: &[S], rows: impl Into<Rows<'r>>) -> Result<Correlations> {
        let rows = rows.into();
        let rows = rows.view();
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_string()).collect();
        if rows.ncols() != names.len() {
            let what = "columns of the data".into();
            return Err(Error::WrongSize { what, found: rows.ncols(), expected: names.len() });
        }
        check_count(&names)?;
        self.check_ordered(&names)?;
        let complete = |row: &ndarray::ArrayView1<'_, f64>| row.iter().all(|v| !v.is_nan());
        let used: Vec<usize> = match self.missing {
            Missing::Listwise => (0..rows.nrows()).filter(|&i| complete(&rows.row(i))).collect(),
            _ => (0..rows.nrows()).collect(),
        };
        check_rows(used.len())?;
        let none = DMatrix::zeros(used.len(), 0);
        let margins: Vec<Margin> = names
            .iter()
            .enumerate()
            .map(|(j, name)| {
                let answers: Vec<f64> = used.iter().map(|&i| rows[(i, j)]).collect();
                Margin::of(name, &answers, self.is_ordinal(name), &none)
            })
            .collect::<Result<_>>()?;
        let complete = margins.iter().all(|margin| margin.n() == used.len());
        let pairs = each_pair(names.len(), &self.progress, |i, j| {
            if self.coefficient != Coefficient::ProductMoment {
                return self.of_ranks(rows, &used, (&names[j], j), (&names[i], i));
            }
            if complete {
                return self.pair(&margins[j], &margins[i]);
            }
            let (first, second) = self.together(rows, &used, (&names[j], j), (&names[i], i))?;
            self.pair(&first, &second)
        })?;
        let variables = margins.iter().map(variable).collect();
        Ok(self.joined(variables, pairs, rows.nrows(), used.len()))
    }

    /// The correlations of the columns of a file. Product moments and polychoric correlations take one or two passes in
    /// memory that does not grow with the rows: of ordinal variables it holds a table of counts for each pair. Rank
    /// correlations, and those of ordinal with continuous variables, need all answers in memory.
    ///
    /// ```
    /// use psychometrics::correlation::Correlate;
    /// use psychometrics::data::{CsvOptions, CsvSource};
    ///
    /// let options = CsvOptions { columns: vec!["x1".into(), "x2".into()], ..CsvOptions::default() };
    /// let source = CsvSource::open("data/holzinger_swineford_1939/hs.csv", &options)?;
    /// let found = Correlate::default().ordered(psychometrics::correlation::Ordered::None).read(&source)?;
    /// assert_eq!(format!("{:.3}", found.get("x1", "x2").unwrap()), "0.297");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Correlate::of`] and [`CsvSource::fold`].
    #[cfg(feature = "files")]
    pub fn read(&self, source: &CsvSource) -> Result<Correlations> {
        let names = source.names();
        check_count(names)?;
        self.check_ordered(names)?;
        let ordinal = names.iter().filter(|name| self.is_ordinal(name)).count();
        if self.coefficient == Coefficient::ProductMoment && ordinal == 0 {
            return self.of_moments(&Moments::read(source, self.missing)?);
        }
        if self.coefficient == Coefficient::ProductMoment && ordinal == names.len() {
            return self.of_tables(&OrdinalTables::read(source, self.missing)?);
        }
        let gather = |all: &mut Vec<f64>, rows: ndarray::ArrayView2<'_, f64>| {
            all.extend(rows.rows().into_iter().flatten())
        };
        let values = source.fold(Vec::new, gather, |all, mut later| all.append(&mut later))?;
        self.of(names, Rows::new(names.len(), &values)?)
    }

    /// The matrix of some items of an aggregate: Pearson's from its sums, polychoric ones from its two-way tables. The numbers
    /// are those of the rows.
    ///
    /// ```
    /// use ndarray::array;
    /// use psychometrics::correlation::Correlate;
    /// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
    ///
    /// let plan = AggregatePlan::new(["x", "y"].map(|name| PlannedItem::new(name).coded(0, 1)))?.with_tables()?;
    /// // a table of two by two: 40, 10, 20, 30
    /// let rows: Vec<[f64; 2]> = [(40, [0., 0.]), (10, [0., 1.]), (20, [1., 0.]), (30, [1., 1.])]
    ///     .into_iter().flat_map(|(n, row)| vec![row; n]).collect();
    /// let aggregate = Aggregate::of_rows(&plan, ndarray::Array2::from(rows).view())?;
    /// let found = Correlate::default().of_aggregate(&["x", "y"], &aggregate)?;
    /// assert_eq!(format!("{:.4}", found.get("x", "y").unwrap()), "0.6071");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Correlate::of`] and [`Aggregate::moments`]; [`Error::BadAggregate`] without two-way tables;
    /// [`Error::Unsupported`] for rank correlations, and those of ordinal with continuous items, which need the rows.
    pub fn of_aggregate<S: AsRef<str>>(&self, names: &[S], aggregate: &Aggregate) -> Result<Correlations> {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let owned: Vec<String> = names.iter().map(ToString::to_string).collect();
        check_count(&owned)?;
        self.check_ordered(&owned)?;
        let ordinal = names.iter().filter(|name| self.is_ordinal(name)).count();
        if self.coefficient != Coefficient::ProductMoment || ordinal != 0 && ordinal != names.len() {
            return Err(Error::Unsupported {
                what: "rank correlations, or those of ordinal with continuous variables, from aggregates"
                    .into(),
                instead: "Take Pearson's or polychoric correlations of all items, or give the rows (DATA)."
                    .into(),
            });
        }
        let mut found = match ordinal {
            0 => self.of_moments(&aggregate.moments(None, &names, self.missing)?)?,
            _ => self.of_tables(&OrdinalTables::of_aggregate(aggregate, None, &names, self.missing)?)?,
        };
        found.warnings.extend(aggregate.warnings());
        Ok(found)
    }

    /// Pearson's, of moments.
    fn of_moments(&self, moments: &Moments) -> Result<Correlations> {
        let names = moments.names();
        let (used, read) = match self.missing {
            Missing::Listwise => (moments.n(), moments.rows_read()),
            _ => (moments.rows_read(), moments.rows_read()),
        };
        check_rows(used)?;
        let variables = (0..names.len()).map(|i| {
            moments.correlation_of(i, i).map_err(|error| match error {
                Error::EmptyColumn { column, .. } => Error::NoAnswers { variable: column },
                other => other,
            })?;
            let (name, n) = (names[i].clone(), moments.pair_n(i, i));
            Ok(Variable { name, n, categories: None, thresholds: None })
        });
        let variables = variables.collect::<Result<_>>()?;
        let of = |i: usize, j: usize| Ok((moments.correlation_of(j, i)?, moments.pair_n(j, i)));
        let count = names.len() * (names.len() - 1) / 2;
        if count > MOST_PAIRS {
            let (r, together): (Vec<f64>, Vec<usize>) =
                each_pair(names.len(), &self.progress, of)?.into_iter().unzip();
            let singular = moments.complete_rows() == moments.n() && moments.n() <= names.len();
            let mut found = self.of_matrix(variables, &r, (read, used), singular.then_some(0.0));
            found.together = together;
            found.warnings.push(Warning::NotDone {
                what: format!("the list of {count} pairs"),
                reason: format!("they are more than {MOST_PAIRS}; the matrix has their correlations"),
            });
            return Ok(found);
        }
        let pairs = each_pair(names.len(), &self.progress, |i, j| {
            let (r, n) = of(i, j)?;
            let se = (r.abs() < 1.0 - 1e-12).then(|| (1.0 - r * r) / (n as f64).sqrt());
            let estimate = Estimate { rho: r, se, ..Estimate::default() };
            Ok(pair_of((&names[j], &names[i]), PairKind::Pearson, n, 0, estimate))
        })?;
        Ok(self.joined(variables, pairs, read, used))
    }

    /// Polychoric ones, of tables of counts.
    fn of_tables(&self, tables: &OrdinalTables) -> Result<Correlations> {
        let names = tables.names();
        check_rows(tables.used())?;
        let margins: Vec<Categories> =
            (0..names.len()).map(|i| tables.categories(i)).collect::<Result<_>>()?;
        let complete = margins.iter().all(|own| own.n() == tables.used() as f64);
        let pairs = each_pair(names.len(), &self.progress, |i, j| {
            let both = (names[j].as_str(), names[i].as_str());
            if complete {
                return self.of_table(both, &tables.table(j, i), &margins[j], &margins[i]);
            }
            let (tally, x, y) = tables.together(j, i)?;
            self.of_table(both, &tally, &x, &y)
        })?;
        let variables = names.iter().zip(&margins).map(|(name, own)| Variable {
            name: name.clone(),
            n: own.n() as usize,
            categories: Some(own.values.clone()),
            thresholds: Some(own.thresholds.clone()),
        });
        Ok(self.joined(variables.collect(), pairs, tables.rows(), tables.used()))
    }

    /// The matrix of all pairs, in the order of the lower triangle by columns.
    fn joined(&self, variables: Vec<Variable>, pairs: Vec<Pair>, read: usize, used: usize) -> Correlations {
        let r: Vec<f64> = pairs.iter().map(|pair| pair.r).collect();
        let mut found = self.of_matrix(variables, &r, (read, used), None);
        let is_perfect = |pair: &&Pair| pair.r.abs() >= 1.0 && pair.kind.is_latent();
        let perfect = pairs.iter().filter(is_perfect).map(|pair| Warning::PerfectCorrelation {
            first: pair.first.clone(),
            second: pair.second.clone(),
            empty_cells: pair.empty_cells,
        });
        // after the rows that were left out
        let at = usize::from(used < read);
        found.warnings.splice(at..at, perfect);
        found.pairs = pairs;
        found
    }

    /// The same without pairs, with the smallest eigenvalue where it is known.
    fn of_matrix(
        &self,
        variables: Vec<Variable>,
        pairs: &[f64],
        (read, used): (usize, usize),
        smallest: Option<f64>,
    ) -> Correlations {
        let names: Vec<String> = variables.iter().map(|variable| variable.name.clone()).collect();
        let p = names.len();
        let mut matrix = DMatrix::identity(p, p);
        for ((i, j), &r) in indices(p).zip(pairs) {
            (matrix[(i, j)], matrix[(j, i)]) = (r, r);
        }
        let mut warnings = Vec::new();
        if used < read {
            warnings.push(Warning::RowsLeftOut { used, read });
        }
        let (smallest_eigenvalue, culprits) = match smallest {
            Some(known) => (known, Vec::new()),
            None => smallest_eigenvalue(&matrix, &names, IMPROPER),
        };
        let improper = smallest_eigenvalue < IMPROPER;
        if improper {
            let kind = if self.ordered == Ordered::None { "correlation" } else { "polychoric correlation" };
            let items = culprits.join(", ");
            let smoothed = if self.smooth { "; it was smoothed" } else { "" };
            let matrix = format!("the {kind} matrix (items {items}{smoothed})");
            warnings.push(Warning::NotPositiveDefinite { matrix, eigenvalue: smallest_eigenvalue });
        }
        if improper && self.smooth {
            matrix = smoothed(&matrix, LEAST);
        }
        Correlations {
            method: self.method,
            empty_cells: self.empty_cells,
            missing: self.missing,
            rows_read: read,
            rows_used: used,
            variables,
            matrix: LabelledMatrix::square(&names, &matrix),
            smallest_eigenvalue,
            smoothed: improper && self.smooth,
            pairs: Vec::new(),
            together: Vec::new(),
            warnings,
        }
    }

    fn check_ordered(&self, names: &[String]) -> Result<()> {
        let Ordered::Named(ordered) = &self.ordered else { return Ok(()) };
        match ordered.iter().find(|name| !names.contains(name)) {
            Some(name) => {
                let near = nearest(name, names.iter().map(String::as_str));
                let near = near.map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
                Err(Error::BadOption {
                    option: "ordered".into(),
                    value: name.clone(),
                    allowed: format!("it is not among the variables{near}"),
                })
            }
            None => Ok(()),
        }
    }
}

fn check_count(names: &[String]) -> Result<()> {
    if names.len() < 2 {
        let what = "a correlation".into();
        return Err(Error::TooFewItems { what, needed: 2, found: names.len() });
    }
    Ok(())
}

fn check_rows(used: usize) -> Result<()> {
    if used < 2 {
        let what = "a correlation".into();
        return Err(Error::TooFewRows { what, needed: 2, n: used });
    }
    Ok(())
}

/// More pairs of numbers than this are not listed: of 2,000 variables the list takes a gigabyte.
const MOST_PAIRS: usize = 200_000;

/// Eigenvalues below are more than rounding.
const IMPROPER: f64 = -1e-10;

/// Eigenvalues of a smoothed matrix are at least this.
const LEAST: f64 = 1e-6;

fn variable(margin: &Margin) -> Variable {
    let categories = margin.categories();
    Variable {
        name: margin.name.clone(),
        n: margin.n(),
        categories: categories.map(|c| c.values.clone()),
        thresholds: categories.map(|c| c.thresholds.clone()),
    }
}
