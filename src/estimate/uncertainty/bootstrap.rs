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

use crate::error::{Error, Result};
use crate::estimate::constraints::{Constraints, constrained_inverse};
use crate::estimate::estimation::Estimation;
use crate::estimate::normal::casewise::Scored;
use crate::estimate::normal::observe::observed_moments;
use crate::estimate::observed::{Observed, Problem};
use crate::estimate::options::Resampling;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::search::setting::Setting;
use crate::estimate::uncertainty::replicates::Bootstrap;
use crate::moments::Divisor;
use crate::numeric::random::stream;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rand_distr::{Distribution, StandardNormal, Uniform};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawn {
    Rows,
    Normal,
    BollenStine,
}

impl Estimation {
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

/// From a solution for these observations to what is shown of it.
pub(crate) type Turning<'a> = dyn Fn(&[Observed], &DVector<f64>) -> Option<DVector<f64>> + Sync + 'a;

/// What is shown of a solution, where that is not what is searched for: turned factors.
pub(crate) struct Shown<'a> {
    pub(crate) constraints: &'a Constraints,
    /// The solution as it is shown,
    pub(crate) at: &'a DVector<f64>,
    /// its derivatives by what was searched for,
    pub(crate) jacobian: Option<&'a DMatrix<f64>>,
    /// and the same of the solution of a replicate; none where it has no such form.
    pub(crate) turn: &'a Turning<'a>,
}

/// Estimates and test statistics of samples drawn again.
///
/// # Errors
/// [`Error::BadOption`] for fewer than two replicates, [`Error::NotPositiveDefinite`] where the implied
/// matrix has no root, [`Error::Unsupported`] where no replicate has a solution.
pub(crate) fn bootstrap(
    setting: &Setting<'_>,
    problem: &Problem<'_>,
    drawn: Drawn,
    shown: Option<&Shown<'_>>,
) -> Result<Bootstrap> {
    let options = setting.estimation.resampling;
    if options.replicates < 2 {
        return Err(Error::BadOption {
            option: "bootstrap".into(),
            value: options.replicates.to_string(),
            allowed: "at least 2 replicates; 1000 or more for intervals".into(),
        });
    }
    let populations = populations(problem, drawn)?;
    let constraints = shown.map_or(setting.constraints, |shown| shown.constraints);
    let estimates = shown.map_or(problem.x, |shown| shown.at);
    let has_value: Vec<bool> = constraints.defined_at(estimates).map(|(_, value)| value.is_ok()).collect();
    let values = |x: &DVector<f64>| -> Option<DVector<f64>> {
        let defined = constraints.defined_at(x).zip(&has_value).filter(|(_, has)| **has);
        let defined: Vec<f64> =
            defined.map(|((_, value), _)| value.ok().map(|(value, _)| value)).collect::<Option<_>>()?;
        Some(DVector::from_iterator(x.len() + defined.len(), x.iter().copied().chain(defined)))
    };
    let progress = &setting.estimation.progress;
    let done = AtomicU64::new(0);
    let one = |replicate: usize| {
        if progress.is_stopped() {
            return None;
        }
        progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, options.replicates as u64);
        let (observed, x, chisq) = refit(setting, problem, &populations, drawn, replicate as u64)?;
        let x = match shown {
            Some(shown) => (shown.turn)(&observed, &x)?,
            None => x,
        };
        Some((values(&x)?, chisq))
    };
    let replicates: Vec<Option<(DVector<f64>, f64)>> =
        (0..options.replicates).into_par_iter().map(one).collect();
    progress.check("the bootstrap")?;
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
    let at = values(estimates).unwrap_or_else(|| estimates.clone());
    let estimates = DMatrix::from_fn(solved.len(), at.len(), |r, c| solved[r].0[c]);
    Ok(Bootstrap {
        options,
        failed: options.replicates - solved.len(),
        estimates,
        chisq: solved.iter().map(|(_, chisq)| *chisq).collect(),
        acceleration: if drawn == Drawn::Rows { acceleration(setting, problem, shown) } else { None },
        at,
    })
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
) -> Option<(Vec<Observed>, DVector<f64>, f64)> {
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
    let mut discrepancy = Discrepancy::new(setting.tables, &observed, weights.as_deref())
        .watched_by(&setting.estimation.progress.silent());
    let solution = setting.search(&mut discrepancy, problem.x.clone()).filter(|s| s.converged)?;
    drop(discrepancy);
    let multiplier: f64 = observed.iter().map(|o| o.multiplier).sum();
    Some((observed, solution.x, multiplier * solution.value.max(0.0)))
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
fn acceleration(
    setting: &Setting<'_>,
    problem: &Problem<'_>,
    shown: Option<&Shown<'_>>,
) -> Option<DVector<f64>> {
    let scores: Vec<DMatrix<f64>> = problem.model_scores()?.iter().map(Scored::free_scores).collect();
    let mut inverse = constrained_inverse(&problem.observed_information()?, problem.jacobian)?;
    let (mut constraints, mut at) = (setting.constraints, problem.x);
    if let Some(shown) = shown {
        inverse = shown.jacobian? * inverse;
        (constraints, at) = (shown.constraints, shown.at);
    }
    let defined = constraints.defined_at(at);
    let gradients: Vec<DVector<f64>> = defined.filter_map(|(_, value)| value.ok().map(|(_, g)| g)).collect();
    let q = at.len();
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
