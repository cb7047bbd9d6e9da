//! The correlation matrix of continuous and ordinal variables.

use super::categories::Categories;
use super::empty_cells::EmptyCells;
use super::margin::Margin;
use super::method::Method;
use super::ordinal_tables::OrdinalTables;
use super::pair::{Estimate, ModelTest, PairKind};
use super::pearson::{pearson, product_moment};
use super::polychoric::{self, cross_table};
use super::polyserial;
use super::ranks::{kendall, ranks};
use super::smoothing::{smallest_eigenvalue, smoothed};
use crate::correlation::categories::Counts;
use crate::correlation::ordered::Ordered;
use crate::correlation::ordinal_tables::among;
use crate::data::CsvSource;
use crate::error::{Error, Result, Warning, nearest};
use crate::moments::{LabelledMatrix, Missing, Moments};
use nalgebra::DMatrix;
use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What is computed of each pair.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coefficient {
    /// Product-moment correlations: of the variables, or of those behind ordinal ones.
    #[default]
    ProductMoment,
    /// Spearman's rank correlations.
    Spearman,
    /// Kendall's tau-b.
    Kendall,
}

/// Options of a correlation matrix.
///
/// ```
/// use ndarray::array;
/// use psychometrics::correlation::{Correlate, PairKind};
///
/// // a table of two by two: 40, 10, 20, 30
/// let rows: Vec<[f64; 2]> = [(40, [0., 0.]), (10, [0., 1.]), (20, [1., 0.]), (30, [1., 1.])]
///     .into_iter().flat_map(|(n, row)| vec![row; n]).collect();
/// let rows = ndarray::Array2::from(rows);
/// let found = Correlate::default().of(&["x", "y"], rows.view())?;
/// assert_eq!(found.pairs[0].kind, PairKind::Tetrachoric);
/// assert_eq!(format!("{:.4}", found.get("x", "y").unwrap()), "0.6071");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Correlate {
    coefficient: Coefficient,
    ordered: Ordered,
    method: Method,
    empty_cells: EmptyCells,
    missing: Missing,
    smooth: bool,
}

impl Default for Correlate {
    /// All variables ordinal, two steps, pairwise.
    fn default() -> Self {
        Self {
            coefficient: Coefficient::default(),
            ordered: Ordered::default(),
            method: Method::default(),
            empty_cells: EmptyCells::default(),
            missing: Missing::Pairwise,
            smooth: false,
        }
    }
}

/// One variable of a matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Answers that are not missing.
    pub n: usize,
    /// The codes that occur, in order; none of a continuous variable.
    pub categories: Option<Vec<f64>>,
    /// tau_k = Phi^-1(share of answers in the first k categories).
    pub thresholds: Option<Vec<f64>>,
}

/// The correlation of one pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pair {
    /// One variable.
    pub first: String,
    /// The other.
    pub second: String,
    /// What it is a correlation of.
    pub kind: PairKind,
    /// The correlation.
    pub r: f64,
    /// Its standard error; none where r is 1 or -1. Of Pearson's: (1 - r^2) / sqrt(n).
    pub se: Option<f64>,
    /// Rows with both answers.
    pub n: usize,
    /// Cells of the two-way table without answers.
    pub empty_cells: usize,
    /// log L; none of Pearson's.
    pub log_likelihood: Option<f64>,
    /// The test that normal variables lie behind the table; none without degrees of freedom.
    pub test: Option<ModelTest>,
    /// Thresholds of both variables that were estimated with the correlation, by maximum likelihood.
    pub thresholds: Option<(Vec<f64>, Vec<f64>)>,
    /// Largest element of the log-likelihood's gradient at the estimate, over the root of its information.
    pub gradient: f64,
}

/// A correlation matrix with what is known of each pair.
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
    /// Each pair once, in the order of the lower triangle by columns.
    pub pairs: Vec<Pair>,
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
        for ((i, j), pair) in indices(p).zip(&self.pairs) {
            (counts[i][j], counts[j][i]) = (pair.n, pair.n);
        }
        counts
    }

    /// What is known of a pair, in either order.
    pub fn pair(&self, first: &str, second: &str) -> Option<&Pair> {
        let is =
            |p: &&Pair| (p.first == first && p.second == second) || (p.first == second && p.second == first);
        self.pairs.iter().find(is)
    }
}

impl Correlate {
    /// Product-moment correlations, or those of ranks.
    pub fn coefficient(mut self, coefficient: Coefficient) -> Self {
        self.coefficient = coefficient;
        self
    }

    /// Which variables are ordinal.
    pub fn ordered(mut self, ordered: Ordered) -> Self {
        self.ordered = ordered;
        self
    }

    /// In two steps, or by maximum likelihood of each pair.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// What is done about empty cells.
    pub fn empty_cells(mut self, empty_cells: EmptyCells) -> Self {
        self.empty_cells = empty_cells;
        self
    }

    /// Rows with all answers, or for each pair the rows with both: its thresholds are of these rows, those that are
    /// shown with a variable of all its answers.
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Raise eigenvalues below 1e-6 to it where the matrix has a negative one; a warning tells.
    pub fn smooth(mut self, smooth: bool) -> Self {
        self.smooth = smooth;
        self
    }

    /// The correlations of the columns of `rows`, NaN where an answer is missing.
    ///
    /// # Errors
    /// [`Error::NotOrdinal`] for a code of an ordinal variable that is no whole number,
    /// [`Error::ManyCategories`] and [`Error::ConstantItem`] for too many or one, [`Error::NoAnswers`],
    /// [`Error::NeverTogether`] for a pair without a common row, [`Error::UnknownColumn`] for an ordinal variable
    /// that is not there, [`Error::WrongSize`], [`Error::TooFewRows`], [`Error::NotFinite`].
    pub fn of<S: AsRef<str>>(&self, names: &[S], rows: ArrayView2<'_, f64>) -> Result<Correlations> {
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
        let pairs = each_pair(names.len(), |i, j| {
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
        let gather =
            |all: &mut Vec<f64>, rows: ArrayView2<'_, f64>| all.extend(rows.rows().into_iter().flatten());
        let values = source.fold(Vec::new, gather, |all, mut later| all.append(&mut later))?;
        let n = values.len() / names.len();
        let rows = ArrayView2::from_shape((n, names.len()), &values).map_err(|_| Error::WrongSize {
            what: "values of the data".into(),
            found: values.len(),
            expected: n * names.len(),
        })?;
        self.of(names, rows)
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
        let pairs = each_pair(names.len(), |i, j| {
            let (r, n) = (moments.correlation_of(j, i)?, moments.pair_n(j, i));
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
        let pairs = each_pair(names.len(), |i, j| {
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
        let names: Vec<String> = variables.iter().map(|variable| variable.name.clone()).collect();
        let p = names.len();
        let mut matrix = DMatrix::identity(p, p);
        for ((i, j), pair) in indices(p).zip(&pairs) {
            (matrix[(i, j)], matrix[(j, i)]) = (pair.r, pair.r);
        }
        let mut warnings = Vec::new();
        if used < read {
            warnings.push(Warning::RowsLeftOut { used, read });
        }
        let is_perfect = |pair: &&Pair| pair.r.abs() >= 1.0 && pair.kind.is_latent();
        warnings.extend(pairs.iter().filter(is_perfect).map(|pair| Warning::PerfectCorrelation {
            first: pair.first.clone(),
            second: pair.second.clone(),
            empty_cells: pair.empty_cells,
        }));
        let (smallest_eigenvalue, culprits) = smallest_eigenvalue(&matrix, &names, IMPROPER);
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
            pairs,
            warnings,
        }
    }

    /// Ranks need no categories.
    fn is_ordinal(&self, name: &str) -> bool {
        self.coefficient == Coefficient::ProductMoment && self.ordered.contains(name)
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

    /// Two variables among the rows with both.
    fn together(
        &self,
        rows: ArrayView2<'_, f64>,
        used: &[usize],
        (first, j): (&str, usize),
        (second, i): (&str, usize),
    ) -> Result<(Margin, Margin)> {
        let both: Vec<usize> = used
            .iter()
            .copied()
            .filter(|&row| !rows[(row, i)].is_nan() && !rows[(row, j)].is_nan())
            .collect();
        if both.is_empty() {
            return Err(Error::NeverTogether { first: first.into(), second: second.into() });
        }
        let none = DMatrix::zeros(both.len(), 0);
        let margin = |name: &str, other: &str, column: usize| {
            let answers: Vec<f64> = both.iter().map(|&row| rows[(row, column)]).collect();
            Margin::of(name, &answers, self.is_ordinal(name), &none).map_err(|error| among(error, other))
        };
        Ok((margin(first, second, j)?, margin(second, first, i)?))
    }

    /// A rank correlation, of the rows with both.
    fn of_ranks(
        &self,
        rows: ArrayView2<'_, f64>,
        used: &[usize],
        first: (&str, usize),
        second: (&str, usize),
    ) -> Result<Pair> {
        let both =
            used.iter().filter(|&&row| !rows[(row, first.1)].is_nan() && !rows[(row, second.1)].is_nan());
        let (x, y): (Vec<f64>, Vec<f64>) =
            both.map(|&row| (rows[(row, first.1)], rows[(row, second.1)])).unzip();
        let n = x.len();
        let constant = |name: &str, other: &str, values: &[f64]| {
            let value = *values.first()?;
            let (item, other) = (name.to_string(), other.to_string());
            values.iter().all(|v| *v == value).then_some(Error::ConstantTogether { item, other, value, n })
        };
        if n == 0 {
            return Err(Error::NeverTogether { first: first.0.into(), second: second.0.into() });
        }
        if let Some(error) = constant(first.0, second.0, &x).or_else(|| constant(second.0, first.0, &y)) {
            return Err(error);
        }
        let (kind, r) = match self.coefficient {
            Coefficient::Kendall => (PairKind::Kendall, kendall(&x, &y)),
            _ => {
                (PairKind::Spearman, product_moment(&ranks(&x), &ranks(&y)).map(|(_, estimate)| estimate.rho))
            }
        };
        Ok(Pair {
            first: first.0.into(),
            second: second.0.into(),
            kind,
            r: r.unwrap_or(0.0),
            se: None,
            n,
            empty_cells: 0,
            log_likelihood: None,
            test: None,
            thresholds: None,
            gradient: 0.0,
        })
    }

    fn pair(&self, first: &Margin, second: &Margin) -> Result<Pair> {
        let never = || Error::NeverTogether { first: first.name.clone(), second: second.name.clone() };
        let none = DMatrix::zeros(first.values.len(), 0);
        let (kind, n, estimate) = match (first.categories(), second.categories()) {
            (None, None) => {
                let (n, estimate) = pearson(first, second).ok_or_else(never)?;
                (PairKind::Pearson, n, estimate)
            }
            (Some(x), Some(y)) => {
                return self.of_table((&first.name, &second.name), &cross_table(x, y), x, y);
            }
            (x, y) => {
                let (continuous, ordinal) = if x.is_none() { (first, second) } else { (second, first) };
                let (n, mut estimate) = polyserial::two_step(continuous, ordinal, &none)
                    .filter(|(n, _)| *n > 0)
                    .ok_or_else(never)?;
                if self.method == Method::MaximumLikelihood && !estimate.at_limit {
                    estimate =
                        polyserial::maximum_likelihood(continuous, ordinal, &estimate).unwrap_or(estimate);
                }
                if y.is_none() {
                    estimate.thresholds = estimate.thresholds.map(|(a, b)| (b, a));
                }
                let binary = x.or(y).is_some_and(|c| c.values.len() == 2);
                (if binary { PairKind::Biserial } else { PairKind::Polyserial }, n, estimate)
            }
        };
        Ok(pair_of((&first.name, &second.name), kind, n, 0, estimate))
    }

    /// Two ordinal variables by their table, with a last row and column for missing answers.
    fn of_table(
        &self,
        (first, second): (&str, &str),
        tally: &Counts,
        x: &Categories,
        y: &Categories,
    ) -> Result<Pair> {
        let (n, empty_cells, counts) = self.empty_cells.counts(tally);
        if n == 0 {
            return Err(Error::NeverTogether { first: first.into(), second: second.into() });
        }
        let binary = counts.shape() == (2, 2);
        let kind = if binary { PairKind::Tetrachoric } else { PairKind::Polychoric };
        Ok(pair_of((first, second), kind, n, empty_cells, self.ordinal(&counts, tally, x, y)))
    }

    fn ordinal(&self, counts: &Counts, tally: &Counts, x: &Categories, y: &Categories) -> Estimate {
        let two_step = polychoric::two_step(counts, tally, x, y);
        // a category that nobody of this pair chose has no threshold of its own
        let sums = |by_row: bool| if by_row { counts.column_sum() } else { counts.row_sum().transpose() };
        let complete = sums(true).iter().chain(sums(false).iter()).all(|sum| *sum > 0.0);
        if self.method == Method::MaximumLikelihood && !two_step.at_limit && complete {
            return polychoric::maximum_likelihood(counts, &two_step, (&x.thresholds, &y.thresholds));
        }
        two_step
    }
}

/// Each pair once, (row, column) of the lower triangle by columns.
fn indices(p: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..p).flat_map(move |j| (j + 1..p).map(move |i| (i, j)))
}

fn each_pair(p: usize, of: impl Fn(usize, usize) -> Result<Pair> + Sync) -> Result<Vec<Pair>> {
    let indices: Vec<(usize, usize)> = indices(p).collect();
    indices.par_iter().map(|&(i, j)| of(i, j)).collect()
}

fn pair_of(
    (first, second): (&str, &str),
    kind: PairKind,
    n: usize,
    empty_cells: usize,
    estimate: Estimate,
) -> Pair {
    Pair {
        first: first.into(),
        second: second.into(),
        kind,
        r: estimate.rho,
        se: estimate.se,
        n,
        empty_cells,
        log_likelihood: (kind != PairKind::Pearson).then_some(estimate.log_likelihood),
        test: estimate.test,
        thresholds: estimate.thresholds,
        gradient: estimate.gradient,
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
