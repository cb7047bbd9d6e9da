//! Missing answers completed several times, by chained equations with predictive mean matching.
//!
//! Every variable with missing values is regressed in turn on all the others, as they stand after the imputations so
//! far, over the rows that have it. A draw from the posterior of the regression gives a prediction for each row that
//! lacks it, and the value of a row with nearly the same prediction is taken over (`predictive_matching.rs`).
//!
//! Imputed values are values that somebody gave, so answers on a scale stay on it. Rows without a value of any variable or
//! predictor tell nothing and stay as they are (van Buuren 2018, algorithm 4.3).

use super::imputation::{Imputation, ImputedVariable};
use super::predictive_matching::matched;
use crate::data::{Column, Dataset, Progress};
use crate::error::{Error, Result};
use crate::numeric::random::stream;
use nalgebra::DMatrix;
use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

/// How missing values are imputed.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::simulate::Imputer;
///
/// let x: Vec<f64> = (0..40).map(|i| f64::from(i % 5 + 1)).collect();
/// let mut y = x.clone();
/// y[7] = f64::NAN; // x is 3 there
/// let data = Dataset::builder().column("x", x).column("y", y).nan_is_missing().build()?;
/// let imputed = Imputer::new(["x", "y"]).imputations(3).impute(&data)?;
/// assert_eq!(imputed.variables[1].imputed, 1);
/// for completed in &imputed.datasets {
///     // the five nearest donors are those with y = 3
///     assert_eq!(completed.numeric(&["y"])?[(7, 0)], 3.0);
/// }
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imputer {
    variables: Vec<String>,
    predictors: Vec<String>,
    within: Option<String>,
    imputations: usize,
    iterations: usize,
    donors: usize,
    seed: u64,
    #[serde(skip)]
    progress: Progress,
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
            progress: Progress::default(),
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

    /// Who is told of each completed data set, and may stop the work.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
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
        let done = AtomicU64::new(0);
        let one = |i: usize| {
            self.progress.check("the imputation")?;
            let run = self.run(&tables, i as u64)?;
            self.progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, self.imputations as u64);
            Ok(run)
        };
        let runs: Vec<Run> = (0..self.imputations).into_par_iter().map(one).collect::<Result<_>>()?;
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
            method: "chained equations, predictive mean matching".into(),
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
    fn run(&self, tables: &[Table], imputation: u64) -> Result<Run> {
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
                self.progress.check("the imputation")?;
                for (j, trace) in round.iter_mut().enumerate().filter(|(j, _)| !table.lacking[*j].is_empty())
                {
                    let imputed = matched(self.donors, &x, j, &table.having[j], &table.lacking[j], random);
                    for (&i, value) in table.lacking[j].iter().zip(imputed) {
                        x[(i, j)] = value;
                        trace.add(value);
                    }
                }
            }
            completed.push(x);
        }
        let trace = trace.into_iter().map(|round| round.into_iter().map(Trace::of).collect()).collect();
        Ok(Run { completed, trace })
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
