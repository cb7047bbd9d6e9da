//! The proportional-odds model of an ordinal answer (McCullagh 1980), by maximum likelihood:
//!
//! ```text
//! logit P(y >= k | x) = a_k + x'b      a_1 > a_2 > ... > a_{K-1};      deviance = -2 sum log P(y)
//! ```
//!
//! The log-likelihood is concave in (a, b) (Pratt 1981): Newton's steps, halved where they do not rise, find its top, or
//! run along it where covariates separate the categories; the deviance then has a limit and the slopes have none.

use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// Respondents who are alike: their covariates, their answer (0 ... K - 1) and how many they are.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) covariates: Vec<f64>,
    pub(super) category: usize,
    pub(super) count: f64,
}

/// The model at the top of its likelihood.
#[derive(Debug, Clone)]
pub(super) struct ProportionalOdds {
    pub(super) deviance: f64,
    /// b, one for each covariate asked for.
    pub(super) slopes: Vec<f64>,
    /// Standard errors of b; none where covariates separate the categories.
    pub(super) errors: Option<Vec<f64>>,
    /// Whether the likelihood has a top: no where the slopes run away.
    pub(super) is_finite: bool,
}

/// Newton's steps at most. On separated data the rest of the deviance falls by e at each, to nothing in 40.
const MOST_STEPS: usize = 100;
/// What a further step would gain of the log-likelihood when the search ends.
const SETTLED: f64 = 1e-11;
/// Slopes of covariates with standard deviation 1 that no finite estimate has.
const RUN_AWAY: f64 = 18.0;

/// Fits the model with the first `covariates` covariates of each cell. None where a covariate repeats others.
pub(super) fn fit(cells: &[Cell], categories: usize, covariates: usize) -> Option<ProportionalOdds> {
    let scale = Scaling::of(cells, covariates)?;
    let mut search = Search::new(cells, categories, covariates, &scale);
    let size = categories - 1 + covariates;
    let mut at = search.start();
    let mut value = search.evaluate(&at)?;
    for _ in 0..MOST_STEPS {
        let step = cholesky::solved(&search.information, &search.gradient)?;
        let gain = 0.5 * step.dot(&search.gradient);
        if gain < SETTLED * (1.0 + 1e-3 * value.abs()) {
            break;
        }
        let mut length = 1.0;
        let better = loop {
            let next = &at + &step * length;
            match search.evaluate(&next) {
                Some(found) if found > value => break Some((next, found)),
                _ if length < 1e-9 => break None,
                _ => length *= 0.5,
            }
        };
        match better {
            Some(found) => (at, value) = found,
            None => {
                search.evaluate(&at)?;
                break;
            }
        }
    }
    let standardised = at.rows(categories - 1, covariates);
    let is_finite = standardised.iter().all(|b| b.abs() < RUN_AWAY);
    let errors = cholesky::inverse(&search.information).filter(|_| is_finite).map(|inverse| {
        (0..covariates)
            .map(|j| inverse[(categories - 1 + j, categories - 1 + j)].sqrt() / scale.deviations[j])
            .collect()
    });
    debug_assert_eq!(at.len(), size);
    let slopes = standardised.iter().zip(&scale.deviations).map(|(b, s)| b / s).collect();
    Some(ProportionalOdds { deviance: -2.0 * value, slopes, errors, is_finite })
}

/// Deviance of the model without covariates: of the shares of the categories.
pub(super) fn null_deviance(cells: &[Cell], categories: usize) -> f64 {
    let counts = counted(cells, categories);
    let n: f64 = counts.iter().sum();
    -2.0 * counts.iter().filter(|&&c| c > 0.0).map(|c| c * (c / n).ln()).sum::<f64>()
}

fn counted(cells: &[Cell], categories: usize) -> Vec<f64> {
    let mut counts = vec![0.0; categories];
    for cell in cells {
        counts[cell.category] += cell.count;
    }
    counts
}

/// Means and standard deviations of the covariates: the search goes in units of them.
struct Scaling {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Scaling {
    fn of(cells: &[Cell], covariates: usize) -> Option<Self> {
        let n: f64 = cells.iter().map(|c| c.count).sum();
        let mean = |j: usize| cells.iter().map(|c| c.count * c.covariates[j]).sum::<f64>() / n;
        let means: Vec<f64> = (0..covariates).map(mean).collect();
        let deviation = |j: usize| {
            let sum: f64 = cells.iter().map(|c| c.count * (c.covariates[j] - means[j]).powi(2)).sum();
            (sum / n).sqrt()
        };
        let deviations: Vec<f64> = (0..covariates).map(deviation).collect();
        let varies = |(s, m): (&f64, &f64)| *s > 1e-10 * (1.0 + m.abs());
        deviations.iter().zip(&means).all(varies).then_some(Self { means, deviations })
    }
}

struct Search<'a> {
    cells: &'a [Cell],
    scale: &'a Scaling,
    categories: usize,
    covariates: usize,
    gradient: DVector<f64>,
    information: DMatrix<f64>,
    row: Vec<f64>,
}

impl<'a> Search<'a> {
    fn new(cells: &'a [Cell], categories: usize, covariates: usize, scale: &'a Scaling) -> Self {
        let size = categories - 1 + covariates;
        let (gradient, information) = (DVector::zeros(size), DMatrix::zeros(size, size));
        Self { cells, scale, categories, covariates, gradient, information, row: vec![0.0; covariates] }
    }

    /// The logits of the shares, slopes of 0.
    fn start(&self) -> DVector<f64> {
        let counts = counted(self.cells, self.categories);
        let n: f64 = counts.iter().sum();
        let mut at = DVector::zeros(self.gradient.len());
        let mut above = n;
        for k in 1..self.categories {
            above -= counts[k - 1];
            at[k - 1] = (above / (n - above)).ln();
        }
        at
    }

    /// Log-likelihood at a point, with gradient and observed information; none where the intercepts are not in order.
    fn evaluate(&mut self, at: &DVector<f64>) -> Option<f64> {
        let cuts = self.categories - 1;
        if !at.iter().all(|x| x.is_finite()) || (1..cuts).any(|k| at[k] >= at[k - 1]) {
            return None;
        }
        self.gradient.fill(0.0);
        self.information.fill(0.0);
        let mut value = 0.0;
        for cell in self.cells {
            let mut eta = 0.0;
            for j in 0..self.covariates {
                self.row[j] = (cell.covariates[j] - self.scale.means[j]) / self.scale.deviations[j];
                eta += self.row[j] * at[cuts + j];
            }
            let upper = (cell.category > 0).then(|| at[cell.category - 1] + eta);
            let lower = (cell.category < cuts).then(|| at[cell.category] + eta);
            let seen = Derivatives::of(upper, lower);
            value += cell.count * seen.value;
            self.add(cell, &seen);
        }
        for j in 0..self.information.nrows() {
            for i in 0..j {
                self.information[(i, j)] = self.information[(j, i)];
            }
        }
        value.is_finite().then_some(value)
    }

    /// Lower triangle of the information, and the gradient.
    fn add(&mut self, cell: &Cell, seen: &Derivatives) {
        let (cuts, n) = (self.categories - 1, cell.count);
        let (a, b) = (cell.category.checked_sub(1), (cell.category < cuts).then_some(cell.category));
        if let Some(a) = a {
            self.gradient[a] += n * seen.upper;
            self.information[(a, a)] -= n * seen.upper_upper;
        }
        if let Some(b) = b {
            self.gradient[b] += n * seen.lower;
            self.information[(b, b)] -= n * seen.lower_lower;
            if let Some(a) = a {
                self.information[(b, a)] -= n * seen.upper_lower;
            }
        }
        let first = seen.upper + seen.lower;
        let (with_a, with_b) = (seen.upper_upper + seen.upper_lower, seen.lower_lower + seen.upper_lower);
        for j in 0..self.covariates {
            let x = self.row[j];
            self.gradient[cuts + j] += n * first * x;
            if let Some(a) = a {
                self.information[(cuts + j, a)] -= n * with_a * x;
            }
            if let Some(b) = b {
                self.information[(cuts + j, b)] -= n * with_b * x;
            }
            for i in 0..=j {
                self.information[(cuts + j, cuts + i)] -= n * (with_a + with_b) * x * self.row[i];
            }
        }
    }
}

/// log P of an answer between two logits u > l, P = F(u) - F(l) = F(u) F(-l) (1 - e^(l - u)), and its derivatives.
#[derive(Debug, Default)]
struct Derivatives {
    value: f64,
    upper: f64,
    lower: f64,
    upper_upper: f64,
    lower_lower: f64,
    upper_lower: f64,
}

impl Derivatives {
    fn of(upper: Option<f64>, lower: Option<f64>) -> Self {
        let mut seen = Self::default();
        if let Some(u) = upper {
            let tail = logistic(-u);
            seen.value -= log_one_plus_exp(-u);
            seen.upper += tail;
            seen.upper_upper -= tail * (1.0 - tail);
        }
        if let Some(l) = lower {
            let below = logistic(l);
            seen.value -= log_one_plus_exp(l);
            seen.lower -= below;
            seen.lower_lower -= below * (1.0 - below);
        }
        if let (Some(u), Some(l)) = (upper, lower) {
            let gap = -(l - u).exp_m1();
            let ratio = (1.0 - gap) / gap;
            seen.value += gap.ln();
            seen.upper += ratio;
            seen.lower -= ratio;
            let curvature = ratio / gap;
            seen.upper_upper -= curvature;
            seen.lower_lower -= curvature;
            seen.upper_lower += curvature;
        }
        seen
    }
}

fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

fn log_one_plus_exp(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
