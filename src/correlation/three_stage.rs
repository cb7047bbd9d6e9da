//! Muthen's (1984) three stages: each variable by itself, each pair given that, and the covariance matrix of all
//! those estimates, which least squares weigh by.
//!
//! ```text
//! Gamma / N = sum over respondents of j j',   j the respondent's influence on each estimate
//! j_rho     = (s_rho - A21 j_1) / A22,        A21 = sum s_rho s_1',  A22 = sum s_rho^2
//! ```
//!
//! with s_rho and s_1 the respondent's scores by the correlation and by the estimates of its two variables. A
//! covariance with a continuous variable is sd sd' rho, its influence that of all three (delta method). Influences
//! take N (number of statistics) numbers; without them only their squared lengths are kept.

use super::empty_cells::EmptyCells;
use super::margin::{Margin, Scale};
use super::pair::Estimate;
use super::polychoric::{cross_table, weighted_table};
use super::smoothing::smallest_eigenvalue;
use super::{pearson, polychoric, polychoric_given, polyserial};
use crate::correlation::ordered::Ordered;
use crate::correlation::statistic::{Statistic, Unit};
use crate::data::{Progress, Rows};
use crate::error::{Error, Result, Warning, nearest};
use crate::moments::{LabelledMatrix, is_constant};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, OnceLock};

/// Which part of the covariance matrix of the estimates is wanted.
///
/// ```
/// use psychometrics::correlation::Keep;
/// assert_eq!("variances".parse(), Ok(Keep::Variances));
/// assert_eq!(Keep::Variances.to_string(), "variances");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Keep {
    /// All: the influence of every respondent, of which the matrix is the sum of products.
    Influences,
    /// Its diagonal.
    Variances,
}

/// Thresholds, means, slopes, variances and covariances with their sampling variation.
///
/// ```
/// use ndarray::Array2;
/// use psychometrics::correlation::{EmptyCells, Keep, Ordered, ThreeStage};
///
/// // a table of two by two: 40, 10, 20, 30
/// let rows: Vec<[f64; 2]> = [(40, [0., 0.]), (10, [0., 1.]), (20, [1., 0.]), (30, [1., 1.])]
///     .into_iter().flat_map(|(n, row)| vec![row; n]).collect();
/// let rows = Array2::from(rows);
/// let found = ThreeStage::of(&["x", "y"], rows.view(), &Ordered::All, &[], EmptyCells::Keep, Keep::Influences)?;
/// let names: Vec<String> = found.names();
/// assert_eq!(names, ["x | t1", "y | t1", "x ~~ y"]);
/// assert_eq!(format!("{:.4}", found.values()[2]), "0.6071");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ThreeStage {
    pub(crate) margins: Vec<Margin>,
    pub(crate) covariates: Vec<String>,
    /// (Residual) covariances; 1 on the diagonal of an ordinal variable.
    pub(crate) covariance: DMatrix<f64>,
    pub(crate) statistics: Vec<Statistic>,
    pub(crate) values: DVector<f64>,
    /// N times the variance of each.
    pub(crate) variances: DVector<f64>,
    /// The same of independent respondents, where they are in clusters,
    pub(crate) alone: Option<DVector<f64>>,
    /// and their influences, one by one.
    pub(crate) respondents: Option<Arc<DMatrix<f64>>>,
    /// N times each respondent's (or cluster's) influence, a row for each; their products sum to N Gamma.
    pub(crate) influence: Option<DMatrix<f64>>,
    pub(crate) n: usize,
    /// Pairs of variables whose table has empty cells.
    pub(crate) empty: Vec<(usize, usize)>,
    /// Pairs whose correlation is 1 or -1, which stands at its border.
    pub(crate) perfect: Vec<(usize, usize)>,
    pub(super) shared: Shared,
}

/// What all models make of the influences.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) gamma: OnceLock<DMatrix<f64>>,
    /// J W J' of diagonal weights, J the influences.
    pub(super) grams: Kept<Arc<DMatrix<f64>>>,
    /// |W^(1/2) Gamma W^(1/2)|^2 of diagonal weights.
    pub(super) squares: Kept<f64>,
}

/// What was made of weights.
pub(super) type Kept<T> = Arc<Mutex<Vec<(DVector<f64>, T)>>>;

impl ThreeStage {
    /// Of the columns of `rows` that are not `covariates`, NaN where an answer is missing; rows without a value of
    /// each covariate do not count.
    ///
    /// # Errors
    /// As [`Correlate::of`](super::Correlate::of); [`Error::PerfectCorrelation`] for a correlation of 1 or -1 of two
    /// variables that are one, and [`Error::Separated`] for a regression on the covariates without estimates.
    pub fn of<'r, S: AsRef<str>>(
        names: &[S],
        rows: impl Into<Rows<'r>>,
        ordered: &Ordered,
        covariates: &[S],
        empty_cells: EmptyCells,
        keep: Keep,
    ) -> Result<Self> {
        let rows = rows.into();
        let rows = rows.view();
        Self::weighted(names, rows, ordered, covariates, empty_cells, keep, None, &Progress::default())
    }

    /// The same with a sampling weight for each row: weighted shares, likelihoods and sums of scores, and w times the
    /// influence (Asparouhov 2005; Asparouhov & Muthen 2006).
    #[allow(clippy::too_many_arguments)] // those of `of`, the weights, and who may stop
    pub(crate) fn weighted<S: AsRef<str>>(
        names: &[S],
        rows: ArrayView2<'_, f64>,
        ordered: &Ordered,
        covariates: &[S],
        empty_cells: EmptyCells,
        keep: Keep,
        weights: Option<&[f64]>,
        progress: &Progress,
    ) -> Result<Self> {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        if rows.ncols() != names.len() {
            let what = "columns of the data".into();
            return Err(Error::WrongSize { what, found: rows.ncols(), expected: names.len() });
        }
        let covariates: Vec<&str> = covariates.iter().map(AsRef::as_ref).collect();
        let at = |name: &&str| names.iter().position(|other| other == name);
        let given: Vec<usize> = covariates
            .iter()
            .map(|name| {
                at(name).ok_or_else(|| Error::UnknownColumn {
                    column: (*name).to_string(),
                    source_name: "the variables".into(),
                    nearest: nearest(name, names.iter().copied()),
                    available: names.iter().map(|name| (*name).to_string()).collect(),
                })
            })
            .collect::<Result<_>>()?;
        let used: Vec<usize> =
            (0..rows.nrows()).filter(|&row| given.iter().all(|&j| !rows[(row, j)].is_nan())).collect();
        let n = used.len();
        if n < 2 {
            return Err(Error::TooFewRows { what: "a correlation".into(), needed: 2, n });
        }
        let x = DMatrix::from_fn(n, given.len(), |i, j| rows[(used[i], given[j])]);
        let (x, units) = standardised(x);
        let own: Vec<usize> = (0..names.len()).filter(|j| !given.contains(j)).collect();
        let weights: Option<Arc<[f64]>> =
            weights.map(|weights| used.iter().map(|&row| weights[row]).collect());
        let margins: Vec<Margin> = own
            .par_iter()
            .map(|&j| {
                let answers: Vec<f64> = used.iter().map(|&row| rows[(row, j)]).collect();
                Margin::weighted(names[j], &answers, ordered.contains(names[j]), &x, weights.as_ref())
            })
            .collect::<Result<_>>()?;
        let covariates = covariates.iter().map(|name| (*name).to_string()).collect();
        Self { margins, covariates, n, ..Self::empty() }.complete(&x, &units, empty_cells, keep, progress)
    }

    pub(super) fn empty() -> Self {
        Self {
            margins: Vec::new(),
            covariates: Vec::new(),
            covariance: DMatrix::zeros(0, 0),
            statistics: Vec::new(),
            values: DVector::zeros(0),
            variances: DVector::zeros(0),
            alone: None,
            respondents: None,
            influence: None,
            n: 0,
            empty: Vec::new(),
            perfect: Vec::new(),
            shared: Shared::default(),
        }
    }

    /// Stages two and three, with covariates standardised by `units`; what is kept is in the covariates' own. They are one
    /// function, longer than a page, as the influences of a pair are written where its estimate is made.
    fn complete(
        mut self,
        x: &DMatrix<f64>,
        units: &[Unit],
        empty_cells: EmptyCells,
        keep: Keep,
        progress: &Progress,
    ) -> Result<Self> {
        let (p, n) = (self.margins.len(), self.n);
        // where a variable's own estimates stand, and of which column of its influences they are
        let mut own: Vec<(Statistic, usize)> = Vec::new();
        for (i, margin) in self.margins.iter().enumerate() {
            let thresholds = margin.categories().map_or(0, |categories| categories.thresholds.len());
            match thresholds {
                0 => own.push((Statistic::Mean(i), 0)),
                _ => own.extend((0..thresholds).map(|k| (Statistic::Threshold(i, k), k))),
            }
        }
        for (i, margin) in self.margins.iter().enumerate() {
            let each = 0..margin.slopes.len();
            own.extend(each.map(|j| (Statistic::Slope(i, j), margin.first_slope() + j)));
        }
        for (i, margin) in self.margins.iter().enumerate() {
            if let Scale::Continuous { .. } = margin.scale {
                own.push((Statistic::Variance(i), margin.influence.ncols() - 1));
            }
        }
        let pairs: Vec<(usize, usize)> = (0..p).flat_map(|j| (j + 1..p).map(move |i| (i, j))).collect();
        let m = own.len() + pairs.len();
        let mut influence = match keep {
            Keep::Influences => DMatrix::zeros(n, m),
            Keep::Variances => DMatrix::zeros(0, m),
        };
        let scale = n as f64;
        let mut variances = vec![0.0; own.len()];
        for (column, &(statistic, from)) in own.iter().enumerate() {
            let margin = &self.margins[statistic.variable()];
            let source = margin.influence_in(units, statistic, from) * scale;
            variances[column] = source.norm_squared() / scale;
            if keep == Keep::Influences {
                influence.set_column(column, &source);
            }
        }
        let found: Vec<OfPair> = {
            let one = |&(i, j): &(usize, usize), column: &mut [f64]| -> Result<OfPair> {
                progress.check("the correlations")?;
                let (first, second) = (&self.margins[j], &self.margins[i]);
                self.pair(first, second, x, empty_cells, column)
            };
            if keep == Keep::Influences {
                let (_, rest) = influence.as_mut_slice().split_at_mut(own.len() * n);
                pairs
                    .par_iter()
                    .zip(rest.par_chunks_mut(n))
                    .map(|(pair, column)| one(pair, column))
                    .collect::<Result<_>>()?
            } else {
                let column = || vec![0.0; n];
                pairs.par_iter().map_init(column, |column, pair| one(pair, column)).collect::<Result<_>>()?
            }
        };
        let mut covariance =
            DMatrix::from_fn(p, p, |i, j| if i == j { self.margins[i].sd().powi(2) } else { 0.0 });
        for (&(i, j), of_pair) in pairs.iter().zip(&found) {
            (covariance[(i, j)], covariance[(j, i)]) = (of_pair.covariance, of_pair.covariance);
        }
        variances.extend(found.iter().map(|of_pair| of_pair.variance));
        self.margins.iter_mut().for_each(|margin| margin.restore(units));
        let own: Vec<Statistic> = own.into_iter().map(|(statistic, _)| statistic).collect();
        let values = own
            .iter()
            .map(|own| self.margins[own.variable()].value(*own))
            .chain(found.iter().map(|of_pair| of_pair.covariance));
        self.values = DVector::from_iterator(m, values);
        self.statistics = own;
        self.statistics.extend(pairs.iter().map(|&(i, j)| Statistic::Covariance(i, j)));
        self.variances = DVector::from_vec(variances);
        let each = || pairs.iter().zip(&found);
        self.empty = each().filter(|(_, own)| own.empty > 0).map(|(pair, _)| *pair).collect();
        self.perfect = each().filter(|(_, own)| own.is_perfect).map(|(pair, _)| *pair).collect();
        self.covariance = covariance;
        self.influence = (keep == Keep::Influences).then_some(influence);
        Ok(self)
    }

    /// What a model takes of a pair; N times the influences on the covariance go to `column`.
    fn pair(
        &self,
        first: &Margin,
        second: &Margin,
        x: &DMatrix<f64>,
        empty_cells: EmptyCells,
        column: &mut [f64],
    ) -> Result<OfPair> {
        let mut empty = 0;
        let found: Option<(usize, Estimate)> = match (first.categories(), second.categories()) {
            (Some(a), Some(b)) if x.ncols() == 0 => {
                let tally = weighted_table(first, second).unwrap_or_default();
                let (n, found, counts) = empty_cells.counts(&tally);
                empty = found;
                (n > 0).then(|| (n, polychoric::two_step(&counts, &tally, a, b)))
            }
            (Some(_), Some(_)) => polychoric_given::two_step_given(first, second, x),
            (None, None) => pearson::two_step(first, second, x),
            (None, _) => polyserial::two_step(first, second, x),
            (_, None) => polyserial::two_step(second, first, x),
        };
        let pair = || (first.name.clone(), second.name.clone());
        let Some((_, estimate)) = found.filter(|(n, _)| *n > 0) else {
            let (first, second) = pair();
            return Err(Error::NeverTogether { first, second });
        };
        let influence = estimate.influence.as_ref().filter(|_| !estimate.at_limit || !are_one(first, second));
        let Some(influence) = influence else {
            let (first, second) = pair();
            return Err(Error::PerfectCorrelation { first, second, r: estimate.rho, empty_cells: empty });
        };
        influence.write(first, second, column);
        let rho = estimate.of_model;
        let (a, b) = (first.sd(), second.sd());
        let n = column.len() as f64;
        column.iter_mut().for_each(|own| *own *= n * a * b);
        for (own, other) in [(first, b), (second, a)] {
            if own.categories().is_none() {
                // d (sd sd' rho) / d variance
                let slope = n * rho * other / (2.0 * own.sd());
                let variance = own.influence.column(own.influence.ncols() - 1);
                column.iter_mut().zip(variance.iter()).for_each(|(sum, own)| *sum += slope * own);
            }
        }
        let variance = column.iter().map(|own| own * own).sum::<f64>() / n;
        Ok(OfPair { covariance: rho * a * b, variance, empty, is_perfect: estimate.at_limit })
    }

    /// Names of the statistics, as lavaan writes them: `x | t1`, `y ~1`, `y ~ w`, `y ~~ y`, `x ~~ y`.
    pub fn names(&self) -> Vec<String> {
        let name = |i: usize| &self.margins[i].name;
        let one = |statistic: &Statistic| match *statistic {
            Statistic::Threshold(i, k) => format!("{} | t{}", name(i), k + 1),
            Statistic::Mean(i) => format!("{} ~1", name(i)),
            Statistic::Slope(i, j) => format!("{} ~ {}", name(i), self.covariates[j]),
            Statistic::Variance(i) => format!("{} ~~ {}", name(i), name(i)),
            Statistic::Covariance(i, j) => format!("{} ~~ {}", name(j), name(i)),
        };
        self.statistics.iter().map(one).collect()
    }

    /// The statistics.
    pub fn values(&self) -> &[f64] {
        self.values.as_slice()
    }

    /// Their standard errors.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.variances.iter().map(|v| (v / self.n as f64).sqrt()).collect()
    }

    /// Gamma: N times their covariance matrix; none where only variances were kept.
    pub fn asymptotic_covariance(&self) -> Option<LabelledMatrix> {
        self.gamma().map(|gamma| LabelledMatrix::square(&self.names(), gamma))
    }

    /// Caveats: correlations at the border, and a matrix of correlations that is that of no variables.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let name = |i: usize| self.margins[i].name.clone();
        let at_border = self.perfect.iter().map(|&(i, j)| Warning::CorrelationAtBorder {
            first: name(j),
            second: name(i),
            r: self.covariance[(i, j)] / (self.margins[i].sd() * self.margins[j].sd()),
        });
        at_border.chain(self.not_positive_definite()).collect()
    }

    /// The smallest eigenvalue of the correlations where they are those of no variables, and whose it is.
    fn not_positive_definite(&self) -> Option<Warning> {
        let sd: Vec<f64> = self.margins.iter().map(Margin::sd).collect();
        let p = sd.len();
        let correlation = DMatrix::from_fn(p, p, |i, j| self.covariance[(i, j)] / (sd[i] * sd[j]));
        if p == 0 || cholesky::factorise(&mut correlation.clone()).is_ok() {
            return None;
        }
        let names: Vec<String> = self.margins.iter().map(|margin| margin.name.clone()).collect();
        let (eigenvalue, culprits) = smallest_eigenvalue(&correlation, &names, f64::INFINITY);
        let matrix = format!("the matrix of polychoric correlations (items {})", culprits.join(", "));
        Some(Warning::NotPositiveDefinite { matrix, eigenvalue })
    }

    /// Mean (intercept) of a continuous variable; 0 of an ordinal one.
    pub(crate) fn mean(&self, margin: usize) -> f64 {
        match self.margins[margin].scale {
            Scale::Continuous { mean, .. } => mean,
            Scale::Ordinal(_) => 0.0,
        }
    }
}

/// What a model takes of a pair of variables.
struct OfPair {
    covariance: f64,
    /// N times that of the covariance.
    variance: f64,
    /// Cells of their table without answers.
    empty: usize,
    /// Whether the correlation is 1 or -1.
    is_perfect: bool,
}

/// Whether each category of one ordinal variable goes with one category of another: the same answers, and no two variables.
fn are_one(first: &Margin, second: &Margin) -> bool {
    let (Some(x), Some(y)) = (first.categories(), second.categories()) else {
        return first.categories().is_none() && second.categories().is_none();
    };
    let table = cross_table(x, y);
    let (r, c) = (x.values.len(), y.values.len());
    let cells = table.view((0, 0), (r, c));
    let single = |count: usize| count <= 1;
    cells.row_iter().all(|row| single(row.iter().filter(|n| **n > 0.0).count()))
        && cells.column_iter().all(|column| single(column.iter().filter(|n| **n > 0.0).count()))
}

/// Covariates about their means, in standard deviations: what searches need, and sums of products that rounding does not
/// wash away.
fn standardised(mut x: DMatrix<f64>) -> (DMatrix<f64>, Vec<Unit>) {
    let n = x.nrows() as f64;
    let mut units = Vec::with_capacity(x.ncols());
    for mut column in x.column_iter_mut() {
        let mean = column[0] + column.iter().map(|value| value - column[0]).sum::<f64>() / n;
        let variance = column.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        // one that does not vary is left for the regressions to refuse
        let sd = if is_constant(variance, mean) { 1.0 } else { variance.sqrt() };
        column.iter_mut().for_each(|value| *value = (*value - mean) / sd);
        units.push(Unit { mean, sd });
    }
    (x, units)
}
