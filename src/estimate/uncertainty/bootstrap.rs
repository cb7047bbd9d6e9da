//! Fits to resampled respondents.
//!
//! Nonparametric: respondents are drawn with replacement from each group (Efron 1979). Parametric: they are
//! drawn from the normal distribution of the fitted model. For the test (Bollen & Stine 1992) the rows are first
//! given the moments that the model implies,
//!
//! ```text
//! z = Sigma^(1/2) S^(-1/2) (y - ybar) + mu
//! ```
//!
//! so that the model holds in the population they are drawn from; p is the share of replicates whose statistic
//! is not below the observed one. Each replicate has a random stream of its own, and the search starts at the
//! estimates.
//!
//! Intervals with level 1 - 2a from the R ordered replicates t*, t*(p) being their quantile p, interpolated on
//! the normal scale (Davison & Hinkley 1997, ch. 5):
//!
//! ```text
//! percentile   t*(a) to t*(1 - a)
//! basic        2 t - t*(1 - a) to 2 t - t*(a)
//! normal       t - mean(t* - t) -+ z_a sd(t*)
//! BCa          percentile at Phi(w + (w + z) / (1 - acc (w + z))), w = Phi^-1(share of t* below t),
//!              acc = sum l^3 / (6 (sum l^2)^(3/2)), l the empirical influence of each respondent
//! ```

use crate::error::{Error, Result, Warning};
use crate::estimate::estimates::{ParameterEstimate, two_sided};
use crate::estimate::estimation::Estimation;
use crate::estimate::fitting::Setting;
use crate::estimate::inference::StandardErrors;
use crate::estimate::normal::casewise::Scored;
use crate::estimate::observed::Observed;
use crate::estimate::problem::Problem;
use crate::estimate::search::constraints::constrained_inverse;
use crate::estimate::search::diagnosis::observed_moments;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::moments::Divisor;
use crate::numeric::quantile;
use crate::numeric::random::stream;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand_distr::{Distribution, StandardNormal, Uniform};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// Where replicates come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resampling {
    /// The respondents, drawn with replacement.
    #[default]
    Nonparametric,
    /// The normal distribution that the model implies.
    Parametric,
}

/// Bootstrap interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BootstrapInterval {
    /// Quantiles of the replicates.
    #[default]
    Percentile,
    /// Quantiles mirrored in the estimate.
    Basic,
    /// Quantiles corrected for bias and skewness.
    Bca,
    /// Normal, corrected for bias.
    Normal,
}

/// How respondents are drawn again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootstrapOptions {
    /// Number of replicates.
    pub replicates: usize,
    /// Seed of the random streams.
    pub seed: u64,
    /// Where replicates come from.
    pub resampling: Resampling,
    /// Which intervals the parameter table has.
    pub interval: BootstrapInterval,
}

impl Default for BootstrapOptions {
    /// 1000 nonparametric replicates from seed 1, with percentile intervals.
    fn default() -> Self {
        Self {
            replicates: 1000,
            seed: 1,
            resampling: Resampling::Nonparametric,
            interval: BootstrapInterval::Percentile,
        }
    }
}

/// Replicates of a fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bootstrap {
    /// How they were drawn.
    #[serde(flatten)]
    pub options: BootstrapOptions,
    /// Replicates without a solution; the others count.
    pub failed: usize,
    /// One row per replicate: free parameters, then defined ones.
    #[serde(skip)]
    estimates: DMatrix<f64>,
    /// The test statistic of each.
    #[serde(skip)]
    chisq: Vec<f64>,
    /// The estimates themselves.
    #[serde(skip)]
    at: DVector<f64>,
    /// Acceleration of each.
    #[serde(skip)]
    acceleration: Option<DVector<f64>>,
}

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawn {
    Rows,
    Normal,
    BollenStine,
}

impl Estimation {
    /// Whether replicates need the respondents' rows.
    pub(crate) fn resamples_rows(&self, standard_errors: StandardErrors) -> bool {
        standard_errors == StandardErrors::Bootstrap && self.drawn() == Drawn::Rows
    }

    pub(crate) fn drawn(&self) -> Drawn {
        match self.resampling.resampling {
            Resampling::Nonparametric => Drawn::Rows,
            Resampling::Parametric => Drawn::Normal,
        }
    }
}

/// What replicates of a group are made from.
struct Population {
    /// Rows to draw from (p x n), or the factor of Sigma where they are normal.
    rows: DMatrix<f64>,
    mean: DVector<f64>,
    n: usize,
}

impl Bootstrap {
    /// # Errors
    /// [`Error::BadOption`] for fewer than two replicates, [`Error::NotPositiveDefinite`] where the implied
    /// matrix has no root, [`Error::Unsupported`] where no replicate has a solution.
    pub(crate) fn of(setting: &Setting<'_>, problem: &Problem<'_>, drawn: Drawn) -> Result<Self> {
        let options = setting.estimation.resampling;
        if options.replicates < 2 {
            return Err(Error::BadOption {
                option: "bootstrap".into(),
                value: options.replicates.to_string(),
                allowed: "at least 2 replicates; 1000 or more for intervals".into(),
            });
        }
        let populations = populations(problem, drawn)?;
        let has_value: Vec<bool> =
            setting.constraints.defined_at(problem.x).map(|(_, value)| value.is_ok()).collect();
        let values = |x: &DVector<f64>| -> Option<DVector<f64>> {
            let defined = setting.constraints.defined_at(x).zip(&has_value).filter(|(_, has)| **has);
            let defined: Vec<f64> =
                defined.map(|((_, value), _)| value.ok().map(|(value, _)| value)).collect::<Option<_>>()?;
            Some(DVector::from_iterator(x.len() + defined.len(), x.iter().copied().chain(defined)))
        };
        let one = |replicate: usize| {
            let (x, chisq) = refit(setting, problem, &populations, drawn, replicate as u64)?;
            Some((values(&x)?, chisq))
        };
        let replicates: Vec<Option<(DVector<f64>, f64)>> =
            (0..options.replicates).into_par_iter().map(one).collect();
        let solved: Vec<&(DVector<f64>, f64)> = replicates.iter().flatten().collect();
        if solved.len() < 2 {
            return Err(Error::Unsupported {
                what: format!(
                    "a bootstrap in which {} of {} fits fail",
                    options.replicates - solved.len(),
                    options.replicates
                ),
                instead: "Use other standard errors, or a simpler model: the sample does not carry this one."
                    .into(),
            });
        }
        let at = values(problem.x).unwrap_or_else(|| problem.x.clone());
        let estimates = DMatrix::from_fn(solved.len(), at.len(), |r, c| solved[r].0[c]);
        Ok(Self {
            options,
            failed: options.replicates - solved.len(),
            estimates,
            chisq: solved.iter().map(|(_, chisq)| *chisq).collect(),
            acceleration: if drawn == Drawn::Rows { acceleration(setting, problem) } else { None },
            at,
        })
    }

    /// Covariance matrix of the first `q` estimates over the replicates (divisor R - 1).
    pub(crate) fn covariance(&self, q: usize) -> DMatrix<f64> {
        let free = self.estimates.columns(0, q);
        let mean = free.row_mean();
        let centred = DMatrix::from_fn(free.nrows(), q, |r, c| free[(r, c)] - mean[c]);
        centred.tr_mul(&centred) / (free.nrows() as f64 - 1.0)
    }

    /// Share of the replicates whose statistic is not below this.
    pub(crate) fn share_above(&self, chisq: f64) -> f64 {
        let above = self.chisq.iter().filter(|t| **t >= chisq).count();
        above as f64 / self.chisq.len() as f64
    }

    /// Gives the rows their intervals, and defined parameters their standard errors.
    pub(crate) fn complete(&self, parameters: &mut [ParameterEstimate]) {
        let ends = self.intervals(parameters, self.options.interval, 0.95);
        let columns = self.columns(parameters);
        for ((p, ends), column) in parameters.iter_mut().zip(ends).zip(columns) {
            let Some(column) = column else { continue };
            if p.op == ":=" {
                let se = self.standard_deviation(column);
                (p.se, p.z) = (Some(se), (se > 0.0).then(|| p.est / se));
                p.pvalue = p.z.map(two_sided);
            }
            (p.ci_lower, p.ci_upper) = (ends.map(|(lower, _)| lower), ends.map(|(_, upper)| upper));
        }
    }

    /// The replicates of each row's parameter; none of fixed ones.
    fn columns(&self, parameters: &[ParameterEstimate]) -> Vec<Option<usize>> {
        let q = parameters.iter().map(|p| p.free).max().unwrap_or(0);
        let mut defined = q..;
        let column = |p: &ParameterEstimate| match (p.free, p.op) {
            (0, ":=") => defined.next(),
            (0, _) => None,
            (free, _) => Some(free - 1),
        };
        parameters.iter().map(column).collect()
    }

    /// An interval for each row of a parameter table; none of fixed parameters, and no BCa interval where the
    /// replicates are parametric or all lie on one side of the estimate.
    pub fn intervals(
        &self,
        parameters: &[ParameterEstimate],
        kind: BootstrapInterval,
        level: f64,
    ) -> Vec<Option<(f64, f64)>> {
        let columns = self.columns(parameters);
        columns.into_iter().map(|column| self.interval(column?, kind, level)).collect()
    }

    /// The replicates of each row of a parameter table; none of fixed parameters.
    pub fn replicates(&self, parameters: &[ParameterEstimate]) -> Vec<Option<Vec<f64>>> {
        let column = |column: usize| self.estimates.column(column).iter().copied().collect();
        self.columns(parameters).into_iter().map(|at| at.map(column)).collect()
    }

    /// The test statistic of each replicate.
    pub fn chisq(&self) -> &[f64] {
        &self.chisq
    }

    fn standard_deviation(&self, column: usize) -> f64 {
        let values = self.estimates.column(column);
        let n = values.len() as f64;
        (values.variance() * n / (n - 1.0)).sqrt()
    }

    fn interval(&self, column: usize, kind: BootstrapInterval, level: f64) -> Option<(f64, f64)> {
        let mut sorted: Vec<f64> = self.estimates.column(column).iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        let normal = Normal::standard();
        let tail = 0.5 * (1.0 - level);
        let t = self.at[column];
        let ends = |lower: f64, upper: f64| {
            (quantile::of_sorted(&sorted, lower), quantile::of_sorted(&sorted, upper))
        };
        Some(match kind {
            BootstrapInterval::Percentile => ends(tail, 1.0 - tail),
            BootstrapInterval::Basic => {
                let (lower, upper) = ends(tail, 1.0 - tail);
                (2.0 * t - upper, 2.0 * t - lower)
            }
            BootstrapInterval::Normal => {
                let centre = 2.0 * t - self.estimates.column(column).mean();
                let half = normal.inverse_cdf(1.0 - tail) * self.standard_deviation(column);
                (centre - half, centre + half)
            }
            BootstrapInterval::Bca => {
                let below = sorted.iter().filter(|x| **x < t).count() as f64 / sorted.len() as f64;
                if below <= 0.0 || below >= 1.0 {
                    return None;
                }
                let (w, acceleration) = (normal.inverse_cdf(below), self.acceleration.as_ref()?[column]);
                let corrected = |p: f64| {
                    let shifted = w + normal.inverse_cdf(p);
                    normal.cdf(w + shifted / (1.0 - acceleration * shifted))
                };
                ends(corrected(tail), corrected(1.0 - tail))
            }
        })
    }

    pub(crate) fn warning(&self) -> Option<Warning> {
        (self.failed > 0)
            .then_some(Warning::ReplicatesFailed { failed: self.failed, replicates: self.options.replicates })
    }
}

/// L'L = a symmetric positive definite matrix: its symmetric root, or the inverse of that.
fn symmetric_power(matrix: &DMatrix<f64>, power: f64) -> Option<DMatrix<f64>> {
    let eigen = SymmetricEigen::new(matrix.clone());
    if eigen.eigenvalues.iter().any(|value| !(*value > 0.0)) {
        return None;
    }
    let scaled = DMatrix::from_diagonal(&eigen.eigenvalues.map(|value| value.powf(power)));
    Some(&eigen.eigenvectors * scaled * eigen.eigenvectors.transpose())
}

fn populations(problem: &Problem<'_>, drawn: Drawn) -> Result<Vec<Population>> {
    let made = problem.each_model(|group, table, observed, implied| {
        let n = observed.n;
        let mean = if table.has_means { implied.mu.clone() } else { observed.mean.clone() };
        let rows = match drawn {
            Drawn::Rows => problem.rows[group].clone(),
            Drawn::Normal => symmetric_power(&implied.sigma, 0.5)?,
            Drawn::BollenStine => {
                let turn =
                    symmetric_power(&implied.sigma, 0.5)? * symmetric_power(&observed.covariance, -0.5)?;
                let mut rows = problem.rows[group].clone();
                rows.column_iter_mut().for_each(|mut row| row -= &observed.mean);
                let mut rows = turn * rows;
                rows.column_iter_mut().for_each(|mut row| row += &mean);
                rows
            }
        };
        Some(Population { rows, mean, n })
    });
    made.ok_or_else(|| Error::NotPositiveDefinite {
        matrix: "the implied covariance matrix".into(),
        eigenvalue: 0.0,
        variables: problem.tables.first().map(|table| table.observed.clone()).unwrap_or_default(),
    })
}

/// The solution for one replicate, and its test statistic.
fn refit(
    setting: &Setting<'_>,
    problem: &Problem<'_>,
    populations: &[Population],
    drawn: Drawn,
    replicate: u64,
) -> Option<(DVector<f64>, f64)> {
    let mut random = stream(setting.estimation.resampling.seed, replicate);
    let (mut observed, mut rows) =
        (Vec::with_capacity(populations.len()), Vec::with_capacity(populations.len()));
    for (population, table) in populations.iter().zip(problem.tables) {
        let Population { rows: from, mean, n } = population;
        let own = if drawn == Drawn::Normal {
            let normal = DMatrix::from_fn(from.nrows(), *n, |_, _| StandardNormal.sample(&mut random));
            let mut own = from * normal;
            own.column_iter_mut().for_each(|mut row| row += mean);
            own
        } else {
            let any = Uniform::new(0, *n).ok()?;
            let mut own = DMatrix::zeros(from.nrows(), *n);
            for mut row in own.column_iter_mut() {
                row.copy_from(&from.column(any.sample(&mut random)));
            }
            own
        };
        observed.push(observe(setting.estimation, &table.observed, &own)?);
        rows.push(own);
    }
    let weights = setting.weights(&observed, &rows).ok()?;
    let mut discrepancy = Discrepancy::new(setting.tables, &observed, weights.as_deref());
    let solution = setting.search(&mut discrepancy, problem.x.clone()).filter(|s| s.converged)?;
    let multiplier: f64 = observed.iter().map(|o| o.multiplier).sum();
    Some((solution.x, multiplier * solution.value.max(0.0)))
}

/// The moments of rows (p x n).
fn observe(estimation: &Estimation, names: &[String], rows: &DMatrix<f64>) -> Option<Observed> {
    let n = rows.ncols();
    let (divisor, multiplier) = estimation.divisor(n);
    let mean = rows.column_mean();
    let mut centred = rows.clone();
    centred.column_iter_mut().for_each(|mut row| row -= &mean);
    let divisor = if divisor == Divisor::N { n as f64 } else { n as f64 - 1.0 };
    let covariance = &centred * centred.transpose() / divisor;
    observed_moments(names, covariance, mean, n, multiplier).ok()
}

/// sum l^3 / (6 (sum l^2)^(3/2)) of every estimate: l = A^-1 s of each respondent, s the score.
fn acceleration(setting: &Setting<'_>, problem: &Problem<'_>) -> Option<DVector<f64>> {
    let scores: Vec<DMatrix<f64>> = problem.model_scores()?.iter().map(Scored::free_scores).collect();
    let inverse = constrained_inverse(&problem.observed_information()?, problem.jacobian)?;
    let defined = setting.constraints.defined_at(problem.x);
    let gradients: Vec<DVector<f64>> = defined.filter_map(|(_, value)| value.ok().map(|(_, g)| g)).collect();
    let q = problem.x.len();
    let influences: Vec<DMatrix<f64>> = scores.iter().map(|s| &inverse * s).collect();
    let of = |direction: &dyn Fn(&DMatrix<f64>, usize) -> f64| {
        let (mut squares, mut cubes) = (0.0, 0.0);
        for influence in &influences {
            for case in 0..influence.ncols() {
                let l = direction(influence, case);
                squares += l * l;
                cubes += l * l * l;
            }
        }
        if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 }
    };
    let free = (0..q).map(|i| of(&|influence, case| influence[(i, case)]));
    let defined = gradients.iter().map(|g| of(&|influence, case| influence.column(case).dot(g)));
    Some(DVector::from_vec(free.chain(defined).collect()))
}
