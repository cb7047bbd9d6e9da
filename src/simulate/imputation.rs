//! Missing answers completed several times, by chained equations with predictive mean matching.
//!
//! Every variable with missing values is regressed in turn on all the others, as they stand after the imputations so
//! far, over the rows that have it. A draw from the posterior of the regression gives a prediction for each row that
//! lacks it, and the value of a row with nearly the same prediction is taken over:
//!
//! ```text
//! V = (X'X + k diag(X'X))^-1    b = V X'y    s^2 = e'e / chi-square(n - q)    b* = b + s V^(1/2) z
//! donors of row j: those i whose x_i b lies nearest to x_j b*  (five of them, one drawn at random)
//! ```
//!
//! with k = 1e-5 and z standard normal (Rubin 1987, pp. 166-167; Little 1988; van Buuren & Groothuis-Oudshoorn 2011,
//! type 1 matching; van Buuren 2018, algorithms 3.1, 3.3 and 4.3). Imputed values are values that somebody gave, so
//! answers on a scale stay on it. Rows without a value of any variable or predictor tell nothing and stay as they are.
//!
//! Of the predictors, constant ones are left out, then those of which the ones before explain all but a ten-thousandth
//! (those that correlate most with the variable come first), and as many as leave no degree of freedom.

use crate::data::{Column, Dataset};
use crate::error::{Error, Result};
use crate::numeric::cholesky;
use crate::numeric::random::stream;
use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashSet;

/// Relative addition to the diagonal of X'X.
const RIDGE: f64 = 1e-5;

/// Share of a predictor's variance that others must leave for it to count.
const DISTINCT: f64 = 1e-4;

/// How missing values are imputed.
///
/// ```
/// use psychometrics::data::{Column, Dataset};
/// use psychometrics::simulate::Imputer;
///
/// let x: Vec<f64> = (0..40).map(|i| f64::from(i % 5 + 1)).collect();
/// let mut y = x.clone();
/// y[7] = f64::NAN; // x is 3 there
/// let data = Dataset::from_columns([("x", Column::from(x)), ("y", Column::from(y))])?;
/// let imputed = Imputer::new(["x", "y"]).imputations(3).impute(&data)?;
/// assert_eq!(imputed.variables[1].imputed, 1);
/// for completed in &imputed.datasets {
///     // the five nearest donors are those with y = 3
///     assert_eq!(completed.numeric(&["y"])?[(7, 0)], 3.0);
/// }
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Imputer {
    variables: Vec<String>,
    predictors: Vec<String>,
    within: Option<String>,
    imputations: usize,
    iterations: usize,
    donors: usize,
    seed: u64,
}

/// Completed data sets, with a record of the imputations.
#[derive(Debug, Clone, Serialize)]
pub struct Imputation {
    /// The data with imputed values in place of missing ones; all other columns are as they were.
    #[serde(skip)]
    pub datasets: Vec<Dataset>,
    /// How many data sets there are.
    pub m: usize,
    /// Rounds over the variables before a data set is taken as it is.
    pub iterations: usize,
    /// Rows of which one is drawn to give its value.
    pub donors: usize,
    /// Seed of the random streams.
    pub seed: u64,
    /// What was done.
    pub method: &'static str,
    /// The variables, in the order given.
    pub variables: Vec<ImputedVariable>,
    /// Rows without a value of any variable or predictor, or of no group where imputation is within groups: not imputed.
    pub left_rows: usize,
}

/// What was imputed of a variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImputedVariable {
    /// The variable.
    pub variable: String,
    /// Cells that were imputed.
    pub imputed: usize,
    /// Mean of the imputed values: a row per iteration, a column per data set. Where imputation has converged they vary
    /// between data sets as within, without trend. Empty where nothing was imputed.
    pub means: Vec<Vec<f64>>,
    /// Their standard deviation (divisor n - 1); none of a single value.
    pub sds: Vec<Vec<Option<f64>>>,
}

impl Imputer {
    /// Imputes these numeric variables, each from all the others: 20 data sets after 10 iterations each, five donors,
    /// seed 1.
    pub fn new<S: Into<String>>(variables: impl IntoIterator<Item = S>) -> Self {
        Self {
            variables: variables.into_iter().map(Into::into).collect(),
            predictors: Vec::new(),
            within: None,
            imputations: 20,
            iterations: 10,
            donors: 5,
            seed: 1,
        }
    }

    /// Further numeric variables that predict and are never imputed; they must be complete.
    #[must_use]
    pub fn predictors<S: Into<String>>(mut self, predictors: impl IntoIterator<Item = S>) -> Self {
        self.predictors = predictors.into_iter().map(Into::into).collect();
        self
    }

    /// Imputes within each group of a variable, so that groups may differ in every way. Rows of no group are not
    /// imputed.
    #[must_use]
    pub fn within(mut self, variable: impl Into<String>) -> Self {
        self.within = Some(variable.into());
        self
    }

    /// How many completed data sets.
    #[must_use]
    pub fn imputations(mut self, m: usize) -> Self {
        self.imputations = m;
        self
    }

    /// How many rounds over the variables.
    #[must_use]
    pub fn iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Of how many nearest rows one gives its value; all, where there are fewer.
    #[must_use]
    pub fn donors(mut self, donors: usize) -> Self {
        self.donors = donors;
        self
    }

    /// Seed of the random streams; data set i has stream i, so that it does not depend on how many there are.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Completes the data.
    ///
    /// # Errors
    /// [`Error::BadOption`] for none of anything, [`Error::TooFewItems`] without variables, [`Error::DuplicateColumn`]
    /// for a variable named twice, [`Error::UnknownColumn`], [`Error::BadCells`] for texts, [`Error::EmptyColumn`] for
    /// a variable without any value, [`Error::NoAnswerExists`] for one without any in a group,
    /// [`Error::MissingPredictor`].
    pub fn impute(&self, data: &Dataset) -> Result<Imputation> {
        self.check(data)?;
        let names: Vec<&String> = self.variables.iter().chain(&self.predictors).collect();
        let values = data.numeric(&names)?;
        let p = self.variables.len();
        let answered = |row: &usize| (0..names.len()).any(|j| !values[(*row, j)].is_nan());
        let groups: Vec<(Option<String>, Vec<usize>)> = match &self.within {
            None => vec![(None, (0..data.n_rows()).filter(answered).collect())],
            Some(variable) => {
                let grouping = data.grouping(variable)?;
                let of = |(code, level): (usize, &String)| {
                    let rows = grouping.rows_of(code).into_iter().filter(answered).collect();
                    (Some(level.clone()), rows)
                };
                grouping.levels.iter().enumerate().map(of).collect()
            }
        };
        let mut tables = Vec::with_capacity(groups.len());
        for (group, rows) in groups {
            self.check_answers(data, &values, group.as_deref(), &rows)?;
            let own = DMatrix::from_fn(rows.len(), names.len(), |i, j| values[(rows[i], j)]);
            tables.push(Table::new(rows, own, p));
        }
        let runs: Vec<Run> =
            (0..self.imputations).into_par_iter().map(|i| self.run(&tables, i as u64)).collect();
        let complete = |run: &Run| {
            let mut columns: Vec<Vec<f64>> = (0..p).map(|j| values.column(j).to_vec()).collect();
            for (table, completed) in tables.iter().zip(&run.completed) {
                for (j, column) in columns.iter_mut().enumerate() {
                    table.lacking[j].iter().for_each(|&i| column[table.rows[i]] = completed[(i, j)]);
                }
            }
            let columns = columns.into_iter().map(Column::Numeric);
            data.with_columns(self.variables.iter().map(String::as_str).zip(columns))
        };
        let variable = |(j, name): (usize, &String)| {
            let imputed = tables.iter().map(|table| table.lacking[j].len()).sum();
            let rounds = if imputed == 0 { 0 } else { self.iterations };
            let each = |round: usize| runs.iter().map(move |run| run.trace[round][j]);
            ImputedVariable {
                variable: name.clone(),
                imputed,
                means: (0..rounds).map(|round| each(round).map(|(mean, _)| mean).collect()).collect(),
                sds: (0..rounds).map(|round| each(round).map(|(_, sd)| sd).collect()).collect(),
            }
        };
        Ok(Imputation {
            datasets: runs.iter().map(complete).collect(),
            m: self.imputations,
            iterations: self.iterations,
            donors: self.donors,
            seed: self.seed,
            method: "chained equations, predictive mean matching",
            variables: self.variables.iter().enumerate().map(variable).collect(),
            left_rows: data.n_rows() - tables.iter().map(|table| table.rows.len()).sum::<usize>(),
        })
    }

    fn check(&self, data: &Dataset) -> Result<()> {
        let counts = [
            ("imputations", self.imputations),
            ("iterations of the imputation", self.iterations),
            ("donors", self.donors),
        ];
        if let Some((option, value)) = counts.into_iter().find(|(_, value)| *value == 0) {
            let allowed = "at least 1".into();
            return Err(Error::BadOption { option: option.into(), value: value.to_string(), allowed });
        }
        if self.variables.is_empty() {
            return Err(Error::TooFewItems { what: "imputation".into(), needed: 1, found: 0 });
        }
        let mut seen = HashSet::new();
        match self.variables.iter().chain(&self.predictors).find(|name| !seen.insert(name.as_str())) {
            Some(twice) => {
                Err(Error::DuplicateColumn { path: "the variables to impute".into(), column: twice.clone() })
            }
            None => self.variables.iter().try_for_each(|name| {
                let rows = data.n_rows();
                if data.missing_count(name)? < rows {
                    return Ok(());
                }
                Err(Error::EmptyColumn { column: name.clone(), rows })
            }),
        }
    }

    /// Whether every variable has a value in the group, and every predictor all.
    fn check_answers(
        &self,
        data: &Dataset,
        values: &ndarray::Array2<f64>,
        group: Option<&str>,
        rows: &[usize],
    ) -> Result<()> {
        let p = self.variables.len();
        for (j, name) in self.predictors.iter().enumerate() {
            let lacking = rows.iter().filter(|&&row| values[(row, p + j)].is_nan());
            let rows: Vec<usize> = lacking.map(|&row| data.file_row(row)).collect();
            if !rows.is_empty() {
                return Err(Error::MissingPredictor { variable: name.clone(), rows });
            }
        }
        for (j, name) in self.variables.iter().enumerate() {
            if !rows.is_empty() && rows.iter().all(|&row| values[(row, j)].is_nan()) {
                let place = match (&self.within, group) {
                    (Some(variable), Some(group)) => format!(" where {variable} is {group}"),
                    _ => String::new(),
                };
                return Err(Error::NoAnswerExists {
                    what: format!("imputation of '{name}'{place}"),
                    why: "nobody answered it there".into(),
                    remedy: format!("Leave '{name}' or the group out, or impute over groups."),
                });
            }
        }
        Ok(())
    }

    /// One completed data set.
    fn run(&self, tables: &[Table], imputation: u64) -> Run {
        let random = &mut stream(self.seed, imputation);
        let p = self.variables.len();
        let mut trace = vec![vec![Trace::default(); p]; self.iterations];
        let mut completed = Vec::with_capacity(tables.len());
        for table in tables {
            let mut x = table.values.clone();
            for j in 0..p {
                for &i in &table.lacking[j] {
                    let donor = table.having[j][random.random_range(0..table.having[j].len())];
                    x[(i, j)] = x[(donor, j)];
                }
            }
            for round in &mut trace {
                for (j, trace) in round.iter_mut().enumerate().filter(|(j, _)| !table.lacking[*j].is_empty())
                {
                    let imputed = self.matched(&x, j, &table.having[j], &table.lacking[j], random);
                    for (&i, value) in table.lacking[j].iter().zip(imputed) {
                        x[(i, j)] = value;
                        trace.add(value);
                    }
                }
            }
            completed.push(x);
        }
        let trace = trace.into_iter().map(|round| round.into_iter().map(Trace::of).collect()).collect();
        Run { completed, trace }
    }

    /// Values of variable `j` for the rows that lack it, from those that have it.
    fn matched(
        &self,
        x: &DMatrix<f64>,
        j: usize,
        having: &[usize],
        lacking: &[usize],
        random: &mut ChaCha8Rng,
    ) -> Vec<f64> {
        let n = having.len();
        let y = DVector::from_fn(n, |i, _| x[(having[i], j)]);
        let regression = Regression::of(x, j, having);
        let fitted = &regression.predictors * &regression.coefficients;
        let residual = &y - &fitted - DVector::from_element(n, y.mean());
        let df = (n as f64 - 1.0 - regression.columns.len() as f64).max(1.0);
        let spread = ChiSquared::new(df).map_or(df, |chi| chi.sample(random));
        let sigma = (residual.norm_squared() / spread.max(f64::MIN_POSITIVE)).sqrt();
        // the intercept is that of centred predictors, apart from the slopes
        let shift: f64 = sigma / (n as f64).sqrt() * Distribution::<f64>::sample(&StandardNormal, random);
        let mut z = DVector::from_fn(regression.columns.len(), |_, _| StandardNormal.sample(random));
        // L'^-1 z has covariance (L L')^-1
        let slopes = if regression.factor.tr_solve_lower_triangular_mut(&mut z) {
            &regression.coefficients + sigma * z
        } else {
            regression.coefficients.clone()
        };
        let donors = Donors::new(fitted.as_slice(), y.as_slice());
        let predicted = |i: &usize| {
            let terms = regression.columns.iter().zip(&regression.means).zip(slopes.iter());
            terms.map(|((column, mean), slope)| (x[(*i, *column)] - mean) * slope).sum::<f64>() + shift
        };
        lacking.iter().map(|i| donors.draw(predicted(i), self.donors, random)).collect()
    }
}

/// The rows of a group: which have each variable, which lack it.
struct Table {
    /// Rows of the data.
    rows: Vec<usize>,
    values: DMatrix<f64>,
    having: Vec<Vec<usize>>,
    lacking: Vec<Vec<usize>>,
}

impl Table {
    fn new(rows: Vec<usize>, values: DMatrix<f64>, p: usize) -> Self {
        let split = |j: usize| (0..rows.len()).partition::<Vec<usize>, _>(|&i| !values[(i, j)].is_nan());
        let (having, lacking) = (0..p).map(split).unzip();
        Self { rows, having, lacking, values }
    }
}

struct Run {
    completed: Vec<DMatrix<f64>>,
    trace: Vec<Vec<(f64, Option<f64>)>>,
}

/// Mean and squares of imputed values (Welford 1962).
#[derive(Clone, Copy, Default)]
struct Trace {
    n: f64,
    mean: f64,
    squares: f64,
}

impl Trace {
    fn add(&mut self, value: f64) {
        self.n += 1.0;
        let d = value - self.mean;
        self.mean += d / self.n;
        self.squares += d * (value - self.mean);
    }

    fn of(self) -> (f64, Option<f64>) {
        (self.mean, (self.n > 1.0).then(|| (self.squares / (self.n - 1.0)).sqrt()))
    }
}

/// A ridge regression on the predictors that count, centred.
struct Regression {
    columns: Vec<usize>,
    means: Vec<f64>,
    predictors: DMatrix<f64>,
    coefficients: DVector<f64>,
    /// Factor of X'X + k diag(X'X).
    factor: DMatrix<f64>,
}

impl Regression {
    fn of(x: &DMatrix<f64>, j: usize, rows: &[usize]) -> Self {
        let n = rows.len();
        let mut centred = DMatrix::zeros(n, x.ncols());
        let means: Vec<f64> = (0..x.ncols())
            .map(|k| {
                let mean = rows.iter().map(|&i| x[(i, k)]).sum::<f64>() / n as f64;
                centred.column_mut(k).iter_mut().zip(rows).for_each(|(c, &i)| *c = x[(i, k)] - mean);
                mean
            })
            .collect();
        let products = centred.tr_mul(&centred);
        let spread = |k: usize| products[(k, k)];
        // rounding of a constant is no variance
        let varies = |k: &usize| spread(*k) > 1e-20 * n as f64 * (means[*k] * means[*k] + 1e-280);
        let strength = |k: usize| products[(k, j)].powi(2) / spread(k);
        let mut candidates: Vec<usize> = (0..x.ncols()).filter(|k| *k != j).filter(varies).collect();
        candidates.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)));
        let columns = distinct(&products, &candidates, n.saturating_sub(2));
        let q = columns.len();
        let mut factor = DMatrix::from_fn(q, q, |a, b| {
            let element = products[(columns[a], columns[b])];
            if a == b { element * (1.0 + RIDGE) } else { element }
        });
        let mut coefficients = DVector::from_fn(q, |a, _| products[(columns[a], j)]);
        if cholesky::factorise(&mut factor).is_ok() {
            cholesky::solve(&factor, coefficients.as_mut_slice());
        } else {
            (factor, coefficients) = (DMatrix::identity(q, q), DVector::zeros(q));
        }
        let predictors = centred.select_columns(&columns);
        Self { means: columns.iter().map(|k| means[*k]).collect(), columns, predictors, coefficients, factor }
    }
}

/// Of the candidates in turn at most `most`, each with variance that those before do not explain.
fn distinct(products: &DMatrix<f64>, candidates: &[usize], most: usize) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    // rows of the Cholesky factor of what is kept
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for &k in candidates {
        if kept.len() == most {
            break;
        }
        let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
        for (at, other) in kept.iter().enumerate() {
            let inner: f64 = row.iter().zip(&rows[at]).map(|(a, b)| a * b).sum();
            row.push((products[(k, *other)] - inner) / rows[at][at]);
        }
        let left = products[(k, k)] - row.iter().map(|a| a * a).sum::<f64>();
        if left > DISTINCT * products[(k, k)] {
            row.push(left.sqrt());
            rows.push(row);
            kept.push(k);
        }
    }
    kept
}

/// Values that may be taken over, by their predictions; those with equal predictions together.
struct Donors {
    predictions: Vec<f64>,
    values: Vec<Vec<f64>>,
}

impl Donors {
    fn new(predictions: &[f64], values: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| predictions[*a].total_cmp(&predictions[*b]));
        let mut own = Self { predictions: Vec::new(), values: Vec::new() };
        for i in order {
            match own.predictions.last() {
                Some(last) if *last == predictions[i] => {
                    own.values.last_mut().into_iter().for_each(|group| group.push(values[i]));
                }
                _ => {
                    own.predictions.push(predictions[i]);
                    own.values.push(vec![values[i]]);
                }
            }
        }
        own
    }

    /// The value of one of the `wanted` donors nearest to a prediction, those at equal distance in random order.
    fn draw(&self, at: f64, wanted: usize, random: &mut ChaCha8Rng) -> f64 {
        let total: usize = self.values.iter().map(Vec::len).sum();
        let place = random.random_range(0..wanted.min(total));
        let (mut below, mut above) = {
            let split = self.predictions.partition_point(|p| *p < at);
            (split, split)
        };
        let mut passed = 0;
        loop {
            let lower = below.checked_sub(1).map(|k| (at - self.predictions[k], &self.values[k]));
            let upper = self.predictions.get(above).map(|p| (p - at, &self.values[above]));
            // a class of donors at one distance, on one side or on both
            let (left, right) = match (lower, upper) {
                (Some((a, left)), Some((b, right))) if a == b => (Some(left), Some(right)),
                (Some((a, left)), Some((b, _))) if a < b => (Some(left), None),
                (Some((_, left)), None) => (Some(left), None),
                (_, Some((_, right))) => (None, Some(right)),
                (None, None) => return f64::NAN,
            };
            below -= usize::from(left.is_some());
            above += usize::from(right.is_some());
            let class = left.map_or(0, Vec::len) + right.map_or(0, Vec::len);
            if place < passed + class {
                let any = random.random_range(0..class);
                return match left {
                    Some(left) if any < left.len() => left[any],
                    _ => right.map_or(f64::NAN, |right| right[any - left.map_or(0, Vec::len)]),
                };
            }
            passed += class;
        }
    }
}
