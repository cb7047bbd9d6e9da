//! The polyserial correlation: of a normal variable and the normal variable behind an ordinal one (Olsson, Drasgow
//! & Dorans 1982). With two categories it is called biserial.
//!
//! With z the continuous variable, standardised with divisor N, and thresholds tau,
//!
//! ```text
//! log L = sum log [Phi(u_y) - Phi(u_(y-1))],   u_k = (tau_k - rho z) / sqrt(1 - rho^2)
//! two-step   tau_k = Phi^-1(share of answers up to category k), then rho maximises log L
//! ML         tau and rho maximise log L together: an ordered probit regression of y on z with thresholds
//!            alpha and slope beta, rho = beta / sqrt(1 + beta^2), tau = alpha / sqrt(1 + beta^2)
//! ```
//!
//! Given covariates z is a residual, and b'x is taken from the thresholds. Standard errors of the two-step estimate
//! take along that thresholds, mean and variance are estimates too (Muthen 1984), as in [`super::polychoric`]; those
//! of ML add the variance of beta from z's own scale, beta^2 / (2 n).

use super::bracket::{Found, maximum};
use super::categories::NONE;
use super::margin::{Limits, Margin};
use super::pair::{Estimate, Influence, Scores};
use super::probit::Probit;
use crate::numeric::cholesky::solved;
use crate::numeric::normal::{between, density};
use nalgebra::{DMatrix, DVector};

const TINY: f64 = 1e-300;

/// u of a limit with its first and second derivative by rho; the density there.
struct End {
    phi: f64,
    u: f64,
    first: f64,
    second: f64,
}

fn end(tau: f64, z: f64, rho: f64, w: f64) -> End {
    if tau.is_infinite() {
        return End { phi: 0.0, u: tau, first: 0.0, second: 0.0 };
    }
    let u = (tau - rho * z) / w;
    let across = tau * rho - z;
    let (w3, w5) = (w.powi(3), w.powi(5));
    End { phi: density(u), u, first: across / w3, second: tau / w3 + 3.0 * rho * across / w5 }
}

/// A respondent with both answers: the limits of the category, and the standardised value.
struct Case {
    row: usize,
    code: usize,
    low: f64,
    high: f64,
    z: f64,
    weight: f64,
}

impl Case {
    fn ends(&self, rho: f64) -> (End, End, f64) {
        let w = ((1.0 - rho) * (1.0 + rho)).sqrt();
        let (low, high) = (end(self.low, self.z, rho, w), end(self.high, self.z, rho, w));
        let p = between(low.u, high.u).max(TINY);
        (low, high, p)
    }

    /// First and second derivative of the log-likelihood by rho.
    fn derivatives(&self, rho: f64) -> (f64, f64) {
        let (low, high, p) = self.ends(rho);
        let first = (high.phi * high.first - low.phi * low.first) / p;
        let bend = |e: &End| if e.phi == 0.0 { 0.0 } else { e.phi * (e.second - e.u * e.first * e.first) };
        (first, (bend(&high) - bend(&low)) / p - first * first)
    }
}

fn cases(continuous: &Margin, ordinal: &Margin) -> Option<Vec<Case>> {
    let categories = ordinal.categories()?;
    let limits = categories.limits();
    let both = (0..ordinal.values.len()).filter(|&row| continuous.answered(row) && ordinal.answered(row));
    let case = |row: usize| {
        let (code, predicted) = (usize::from(categories.codes[row]), ordinal.values[row]);
        let (low, high) = (limits[code] - predicted, limits[code + 1] - predicted);
        Case { row, code, low, high, z: continuous.values[row], weight: continuous.weight(row) }
    };
    Some(both.map(case).collect())
}

/// The two-step estimate, and of how many respondents; `x` holds the covariates.
pub(crate) fn two_step(continuous: &Margin, ordinal: &Margin, x: &DMatrix<f64>) -> Option<(usize, Estimate)> {
    let cases = cases(continuous, ordinal)?;
    let found = maximum(|rho| {
        cases.iter().fold((0.0, 0.0), |(first, second), case| {
            let (a, b) = case.derivatives(rho);
            (first + case.weight * a, second + case.weight * b)
        })
    });
    let rho = found.point();
    let mut estimate = Estimate {
        rho: found.value(),
        of_model: found.border(),
        at_limit: matches!(found, Found::AtLimit(_)),
        log_likelihood: cases.iter().map(|case| case.weight * case.ends(rho).2.ln()).sum(),
        ..Estimate::default()
    };
    let influence = scores(&cases, continuous, ordinal, found.border(), x).influence(continuous, ordinal);
    estimate.se = influence.as_ref().filter(|_| !estimate.at_limit).map(|own| own.norm());
    estimate.influence = influence.map(Influence::Cases);
    Some((cases.len(), estimate))
}

fn scores(cases: &[Case], continuous: &Margin, ordinal: &Margin, rho: f64, x: &DMatrix<f64>) -> Scores {
    let w = ((1.0 - rho) * (1.0 + rho)).sqrt();
    let sd = continuous.sd();
    let (k, m) = (ordinal.influence.ncols() - x.ncols(), x.ncols());
    let mut scores = Scores::new(continuous, ordinal);
    for case in cases {
        let (low, high, p) = case.ends(rho);
        let Case { row, code, z, .. } = *case;
        scores.rho[row] = (high.phi * high.first - low.phi * low.first) / p;
        Limits { low: low.phi / (w * p), high: high.phi / (w * p) }.write_score(
            &mut scores.second,
            k,
            x,
            row,
            code,
        );
        let across = rho * (high.phi - low.phi) / (w * p);
        let by_mean = (z + across) / sd;
        scores.first[(row, 0)] = by_mean;
        for j in 0..m {
            scores.first[(row, 1 + j)] = by_mean * x[(row, j)];
        }
        scores.first[(row, 1 + m)] = 0.5 * (z * z - 1.0 + z * across) / (sd * sd);
    }
    scores
}

/// Thresholds and correlation together, from the two-step estimate; no covariates.
pub(crate) fn maximum_likelihood(
    continuous: &Margin,
    ordinal: &Margin,
    start: &Estimate,
) -> Option<Estimate> {
    let categories = ordinal.categories()?;
    let both = |row: usize| continuous.answered(row) && ordinal.answered(row);
    let codes: Vec<u8> =
        categories.codes.iter().enumerate().map(|(row, c)| if both(row) { *c } else { NONE }).collect();
    // standardised among these respondents
    let rows: Vec<usize> = (0..codes.len()).filter(|&row| both(row)).collect();
    let n = rows.len() as f64;
    let mean = rows.iter().map(|&row| continuous.values[row]).sum::<f64>() / n;
    let sd = (rows.iter().map(|&row| (continuous.values[row] - mean).powi(2)).sum::<f64>() / n).sqrt();
    if !(sd > 0.0) {
        return None;
    }
    let z = DMatrix::from_iterator(codes.len(), 1, continuous.values.iter().map(|v| (v - mean) / sd));
    let w = ((1.0 - start.rho) * (1.0 + start.rho)).sqrt();
    let alpha: Vec<f64> = categories.thresholds.iter().map(|tau| tau / w).collect();
    let k = alpha.len();
    let fit = Probit { codes: &codes, x: &z, weights: None }.maximise(&alpha, &[start.rho / w])?;
    let beta = fit.slopes[0];
    let scale = 1.0 / (1.0 + beta * beta).sqrt();
    let mut unit = DVector::zeros(k + 1);
    unit[k] = 1.0;
    let variance = solved(&fit.information, &unit).map(|column| column[k] + beta * beta / (2.0 * n));
    let own = fit.thresholds.iter().map(|alpha| alpha * scale).collect();
    Some(Estimate {
        rho: beta * scale,
        se: variance.map(|v| v.sqrt() * scale.powi(3)).filter(|se| se.is_finite()),
        log_likelihood: fit.log_likelihood,
        thresholds: Some((Vec::new(), own)),
        gradient: fit.gradient,
        ..Estimate::default()
    })
}
