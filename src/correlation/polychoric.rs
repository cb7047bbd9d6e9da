//! The polychoric correlation: of the two normal variables behind two ordinal ones (Pearson 1900; Olsson
//! 1979). With two categories each it is called tetrachoric.
//!
//! ```text
//! pi_ij    = P(a_(i-1) < X < a_i, b_(j-1) < Y < b_j),  (X, Y) standard normal with correlation rho
//! log L    = sum_ij n_ij log pi_ij
//! two-step   a_k = Phi^-1(share of answers up to category k), then rho maximises log L
//! ML         a, b and rho maximise log L together
//! ```
//!
//! The score by rho of an answer in cell ij is s_ij = (d pi_ij / d rho) / pi_ij, and d pi / d rho is a sum of
//! normal densities at the cell's corners (Tallis 1962). Standard errors of the two-step estimate take along
//! that thresholds are estimates too (Olsson 1979; Muthen 1984): an answer's influence on rho is
//!
//! ```text
//! (s_ij - sum_k S(s d_k) t_k) / S(s^2),      d_k = d log pi_ij / d tau_k,  t_k = (1{y <= k} - F_k) / (n phi(tau_k))
//! ```
//!
//! with S the sum over answers; se^2 is the sum of its square.

use super::bracket::{Found, maximum};
use super::categories::{Categories, limits};
use super::margin::Margin;
use super::pair::{Estimate, Influence, ModelTest};
use crate::correlation::categories::Counts;
use crate::numeric::cholesky::solved;
use crate::numeric::minimise::Rise;
use crate::numeric::normal::{density, density_2, distribution, distribution_2, slope_2};
use nalgebra::{DMatrix, DVector};

/// The smallest probability of a cell with answers: below, differences of distribution functions are rounding.
pub(super) const TINY: f64 = 1e-15;

/// Answers in each cell, or the sums of their sampling weights; otherwise as [`cross_table`].
pub(crate) fn weighted_table(first: &Margin, second: &Margin) -> Option<Counts> {
    let (a, b) = (first.categories()?, second.categories()?);
    let Some(weights) = &first.weights else { return Some(cross_table(a, b)) };
    let (r, c) = (a.values.len(), b.values.len());
    let mut counts = Counts::zeros(r + 1, c + 1);
    for ((&i, &j), weight) in a.codes.iter().zip(&b.codes).zip(weights.iter()) {
        counts[(usize::from(i).min(r), usize::from(j).min(c))] += weight;
    }
    Some(counts)
}

/// Answers in each cell, `first` in rows; a last row and column for missing answers.
pub(crate) fn cross_table(first: &Categories, second: &Categories) -> Counts {
    let (r, c) = (first.values.len(), second.values.len());
    let mut cells = vec![0u32; (r + 1) * (c + 1)];
    for (&a, &b) in first.codes.iter().zip(&second.codes) {
        cells[usize::from(b).min(c) * (r + 1) + usize::from(a).min(r)] += 1;
    }
    Counts::from_iterator(r + 1, c + 1, cells.into_iter().map(f64::from))
}

/// Cells of a table under a correlation and limits (the infinite ones included).
struct Cells<'a> {
    counts: &'a Counts,
    rows: &'a [f64],
    columns: &'a [f64],
}

impl Cells<'_> {
    /// The differences over the four corners of each cell.
    fn differences(&self, corner: impl Fn(f64, f64) -> f64) -> DMatrix<f64> {
        let (r, c) = self.counts.shape();
        let corners = DMatrix::from_fn(r + 1, c + 1, |i, j| corner(self.rows[i], self.columns[j]));
        DMatrix::from_fn(r, c, |i, j| {
            corners[(i + 1, j + 1)] - corners[(i, j + 1)] - corners[(i + 1, j)] + corners[(i, j)]
        })
    }

    fn probabilities(&self, rho: f64) -> DMatrix<f64> {
        self.differences(|h, k| distribution_2(h, k, rho)).map(|p| p.max(TINY))
    }

    fn slopes(&self, rho: f64) -> DMatrix<f64> {
        self.differences(|h, k| density_2(h, k, rho))
    }

    fn log_likelihood(&self, probabilities: &DMatrix<f64>) -> f64 {
        let cells = self.counts.iter().zip(probabilities.iter());
        cells.filter(|(n, _)| **n > 0.0).map(|(n, p)| n * p.ln()).sum()
    }

    /// d log L / d rho and the second derivative.
    fn score(&self, rho: f64) -> (f64, f64) {
        let (probabilities, first) = (self.probabilities(rho), self.slopes(rho));
        let second = self.differences(|h, k| slope_2(h, k, rho, density_2(h, k, rho)));
        let (mut score, mut curvature) = (0.0, 0.0);
        for (at, n) in self.counts.iter().enumerate().filter(|(_, n)| **n > 0.0) {
            let ratio = first[at] / probabilities[at];
            score += n * ratio;
            curvature += n * (second[at] / probabilities[at] - ratio * ratio);
        }
        (score, curvature)
    }

    /// d pi_ij / d tau of each finite threshold: of the rows, then of the columns.
    fn threshold_slopes(&self, rho: f64) -> Vec<DMatrix<f64>> {
        let rest = ((1.0 - rho) * (1.0 + rho)).sqrt();
        let (r, c) = self.counts.shape();
        // the density of a threshold, times the other variable's share between its limits
        let strip = |tau: f64, low: f64, high: f64| {
            let given = |limit: f64| distribution((limit - rho * tau) / rest);
            density(tau) * (given(high) - given(low))
        };
        let mut slopes = Vec::with_capacity(r + c - 2);
        for k in 1..r {
            let mut slope = DMatrix::zeros(r, c);
            for j in 0..c {
                let mass = strip(self.rows[k], self.columns[j], self.columns[j + 1]);
                slope[(k - 1, j)] = mass;
                slope[(k, j)] = -mass;
            }
            slopes.push(slope);
        }
        for k in 1..c {
            let mut slope = DMatrix::zeros(r, c);
            for i in 0..r {
                let mass = strip(self.columns[k], self.rows[i], self.rows[i + 1]);
                slope[(i, k - 1)] = mass;
                slope[(i, k)] = -mass;
            }
            slopes.push(slope);
        }
        slopes
    }

    fn n(&self) -> f64 {
        self.counts.sum()
    }

    fn test(&self, probabilities: &DMatrix<f64>) -> Option<ModelTest> {
        let n = self.n();
        let (mut likelihood_ratio, mut pearson) = (0.0, 0.0);
        for (&count, p) in self.counts.iter().zip(probabilities.iter()) {
            let expected = n * p;
            pearson += (count - expected).powi(2) / expected;
            if count > 0.0 {
                likelihood_ratio += 2.0 * count * (count / expected).ln();
            }
        }
        let (r, c) = self.counts.shape();
        ModelTest::of(likelihood_ratio, pearson, (r * c - r - c) as f64)
    }
}

/// The two-step estimate alone, of complete answers given by their positions among the categories of each variable.
pub(crate) fn two_step_rho((x, of_x): (&Categories, &[u8]), (y, of_y): (&Categories, &[u8])) -> f64 {
    let mut counts = Counts::zeros(x.values.len(), y.values.len());
    for (a, b) in of_x.iter().zip(of_y) {
        counts[(usize::from(*a), usize::from(*b))] += 1.0;
    }
    let (rows, columns) = (x.limits(), y.limits());
    let cells = Cells { counts: &counts, rows: &rows, columns: &columns };
    maximum(|rho| cells.score(rho)).value()
}

/// The two-step estimate of a table at the variables' own thresholds. `tally` holds the answers as they are, with a
/// last row and column for missing ones.
pub(crate) fn two_step(counts: &Counts, tally: &Counts, x: &Categories, y: &Categories) -> Estimate {
    let (rows, columns) = (x.limits(), y.limits());
    let cells = Cells { counts, rows: &rows, columns: &columns };
    let found = maximum(|rho| cells.score(rho));
    let rho = found.point();
    let probabilities = cells.probabilities(rho);
    let mut estimate = Estimate {
        rho: found.value(),
        of_model: found.border(),
        at_limit: matches!(found, Found::AtLimit(_)),
        log_likelihood: cells.log_likelihood(&probabilities),
        test: cells.test(&probabilities),
        ..Estimate::default()
    };
    let border = found.border();
    let near = if estimate.at_limit { cells.probabilities(border) } else { probabilities };
    if let Some(influence) = influence(&cells, tally, border, &near, (x, y)) {
        let squares = influence.iter().zip(tally.iter()).map(|(own, n)| n * own * own);
        // where the answers fit the thresholds in one way only, nothing varies
        estimate.se = Some(squares.sum::<f64>().sqrt()).filter(|se| !estimate.at_limit && *se > 1e-9);
        estimate.influence = Some(Influence::Cells(influence));
    }
    estimate
}

/// What an answer in each cell adds to the estimate.
fn influence(
    cells: &Cells<'_>,
    tally: &Counts,
    rho: f64,
    probabilities: &DMatrix<f64>,
    (x, y): (&Categories, &Categories),
) -> Option<DMatrix<f64>> {
    let (r, c) = cells.counts.shape();
    let scores = cells.slopes(rho).component_div(probabilities);
    let counts = tally.view((0, 0), (r, c));
    let information: f64 = counts.iter().zip(scores.iter()).map(|(n, s)| n * s * s).sum();
    let by_threshold: Vec<f64> = cells
        .threshold_slopes(rho)
        .iter()
        .map(|slope| {
            let each = counts.iter().zip(scores.iter()).zip(slope.iter().zip(probabilities.iter()));
            each.filter(|((n, _), _)| **n > 0.0).map(|((n, s), (slope, p))| n * s * slope / p).sum()
        })
        .collect();
    let (of_rows, of_columns) = by_threshold.split_at(r - 1);
    let of = |weights: &[f64], own: &[Vec<f64>]| -> Vec<f64> {
        let sum = |own: &Vec<f64>| weights.iter().zip(own).map(|(a, b)| a * b).sum::<f64>();
        // nothing of a missing answer
        own.iter().map(sum).chain([0.0]).collect()
    };
    let (by_row, by_column) = (of(of_rows, &x.influence()), of(of_columns, &y.influence()));
    let own = DMatrix::from_fn(r + 1, c + 1, |i, j| {
        let score = if i < r && j < c { scores[(i, j)] } else { 0.0 };
        (score - by_row[i] - by_column[j]) / information
    });
    let used = own.iter().zip(tally.iter()).filter(|(_, n)| **n > 0.0);
    used.clone().all(|(own, _)| own.is_finite()).then_some(own)
}

/// Thresholds and correlation together, by scoring from the two-step estimate.
pub(crate) fn maximum_likelihood(
    counts: &Counts,
    start: &Estimate,
    thresholds: (&[f64], &[f64]),
) -> Estimate {
    let (r, c) = counts.shape();
    let mut x = DVector::from_iterator(
        r + c - 1,
        std::iter::once(start.rho).chain(thresholds.0.iter().copied()).chain(thresholds.1.iter().copied()),
    );
    let mut best = evaluate(counts, &x);
    for _ in 0..MAX_STEPS {
        let Some(now) = &best else { break };
        let Some(step) = solved(&now.information, &now.gradient) else { break };
        if now.largest() < CLOSE {
            break;
        }
        let rise = Rise::of(now.log_likelihood, now.largest(), step.dot(&now.gradient));
        let next = (0..rise.halvings()).find_map(|halvings| {
            let at = &x + &step * 0.5f64.powi(halvings);
            let better = |e: &Evaluated| rise.is_met(e.log_likelihood, e.largest());
            evaluate(counts, &at).filter(better).map(|e| (at, e))
        });
        let Some((at, evaluated)) = next else { break };
        (x, best) = (at, Some(evaluated));
    }
    let Some(best) = best else { return start.clone() };
    let (a, b): (Vec<f64>, Vec<f64>) = (x.as_slice()[1..r].to_vec(), x.as_slice()[r..].to_vec());
    let mut unit = DVector::zeros(x.len());
    unit[0] = 1.0;
    let (rows, columns) = (limits(&a), limits(&b));
    let cells = Cells { counts, rows: &rows, columns: &columns };
    Estimate {
        rho: x[0],
        se: solved(&best.information, &unit).map(|column| column[0].sqrt()).filter(|se| se.is_finite()),
        at_limit: false,
        of_model: x[0],
        log_likelihood: best.log_likelihood,
        test: cells.test(&cells.probabilities(x[0])),
        thresholds: Some((a, b)),
        gradient: best.largest(),
        influence: None,
    }
}

const MAX_STEPS: usize = 200;

/// Largest gradient, each element over the root of its information, at which scoring ends.
const CLOSE: f64 = 1e-10;

struct Evaluated {
    log_likelihood: f64,
    gradient: DVector<f64>,
    information: DMatrix<f64>,
}

impl Evaluated {
    /// The largest element of the gradient, over the root of its information.
    fn largest(&self) -> f64 {
        self.gradient.component_div(&self.information.diagonal().map(f64::sqrt)).amax()
    }
}

/// None where the thresholds are out of order or the correlation is out of range.
fn evaluate(counts: &Counts, x: &DVector<f64>) -> Option<Evaluated> {
    let r = counts.nrows();
    let (rho, rest) = (x[0], &x.as_slice()[1..]);
    let (a, b) = rest.split_at(r - 1);
    let ordered = |t: &[f64]| t.windows(2).all(|pair| pair[0] < pair[1]);
    if rho.abs() >= 1.0 || !ordered(a) || !ordered(b) {
        return None;
    }
    let (rows, columns) = (limits(a), limits(b));
    let cells = Cells { counts, rows: &rows, columns: &columns };
    let probabilities = cells.probabilities(rho);
    let mut slopes = vec![cells.slopes(rho)];
    slopes.extend(cells.threshold_slopes(rho));
    let q = slopes.len();
    let n = cells.n();
    let gradient = DVector::from_fn(q, |s, _| {
        counts.iter().enumerate().map(|(at, count)| count * slopes[s][at] / probabilities[at]).sum()
    });
    let information = DMatrix::from_fn(q, q, |s, t| {
        (0..counts.len()).map(|at| n * slopes[s][at] * slopes[t][at] / probabilities[at]).sum()
    });
    let log_likelihood = cells.log_likelihood(&probabilities);
    log_likelihood.is_finite().then_some(Evaluated { log_likelihood, gradient, information })
}
