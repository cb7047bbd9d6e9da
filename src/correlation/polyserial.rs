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
//! Standard errors of the two-step estimate take along that thresholds, mean and variance are estimates too
//! (Muthen 1984), as in [`super::polychoric`]; those of ML add the variance of beta from z's own scale,
//! beta^2 / (2 n).

use super::bracket::{Found, maximum};
use super::categories::{Categories, limits};
use super::pair::Estimate;
use super::polychoric::solved;
use crate::numeric::normal::{density, distribution};
use nalgebra::{DMatrix, DVector};

const TINY: f64 = 1e-300;

/// Complete answers of a pair: standardised values, and positions among the categories.
pub(crate) struct Rows {
    pub(crate) z: Vec<f64>,
    pub(crate) codes: Vec<u8>,
}

/// u of a threshold with its first and second derivative by rho; the density and distribution function there.
struct End {
    phi: f64,
    below: f64,
    u: f64,
    first: f64,
    second: f64,
}

fn end(tau: f64, z: f64, rho: f64, w: f64) -> End {
    if tau.is_infinite() {
        return End { phi: 0.0, below: if tau > 0.0 { 1.0 } else { 0.0 }, u: 0.0, first: 0.0, second: 0.0 };
    }
    let u = (tau - rho * z) / w;
    let across = tau * rho - z;
    let (w3, w5) = (w.powi(3), w.powi(5));
    End {
        phi: density(u),
        below: distribution(u),
        u,
        first: across / w3,
        second: tau / w3 + 3.0 * rho * across / w5,
    }
}

/// First and second derivative of a case's log-likelihood by rho, and that log-likelihood.
fn case(limits: &[f64], code: u8, z: f64, rho: f64) -> (f64, f64, f64) {
    let w = ((1.0 - rho) * (1.0 + rho)).sqrt();
    let (low, high) =
        (end(limits[usize::from(code)], z, rho, w), end(limits[usize::from(code) + 1], z, rho, w));
    let p = (high.below - low.below).max(TINY);
    let first = (high.phi * high.first - low.phi * low.first) / p;
    let bend = |e: &End| e.phi * (e.second - e.u * e.first * e.first);
    (first, (bend(&high) - bend(&low)) / p - first * first, p.ln())
}

/// The two-step estimate at the thresholds of `categories`.
pub(crate) fn two_step(rows: &Rows, categories: &Categories) -> Estimate {
    let limits = categories.limits();
    let pairs = || rows.codes.iter().zip(&rows.z);
    let found = maximum(|rho| {
        pairs().fold((0.0, 0.0), |(first, second), (&code, &z)| {
            let (a, b, _) = case(&limits, code, z, rho);
            (first + a, second + b)
        })
    });
    let rho = found.point();
    let at_limit = matches!(found, Found::AtLimit(_));
    Estimate {
        rho: found.value(),
        at_limit,
        log_likelihood: pairs().map(|(&code, &z)| case(&limits, code, z, rho).2).sum(),
        se: if at_limit { None } else { standard_error(rows, categories, rho) },
        ..Estimate::default()
    }
}

fn standard_error(rows: &Rows, categories: &Categories, rho: f64) -> Option<f64> {
    let limits = categories.limits();
    let influence = categories.influence();
    let w = ((1.0 - rho) * (1.0 + rho)).sqrt();
    let n = rows.z.len() as f64;
    let k = categories.thresholds.len();
    let (mut information, mut by_z) = (0.0, [0.0; 2]);
    let mut by_threshold = vec![0.0; k];
    let mut scores = Vec::with_capacity(rows.z.len());
    for (&code, &z) in rows.codes.iter().zip(&rows.z) {
        let at = usize::from(code);
        let (low, high) = (end(limits[at], z, rho, w), end(limits[at + 1], z, rho, w));
        let p = (high.below - low.below).max(TINY);
        let score = (high.phi * high.first - low.phi * low.first) / p;
        information += score * score / n;
        if at < k {
            by_threshold[at] += score * high.phi / (w * p) / n;
        }
        if at > 0 {
            by_threshold[at - 1] -= score * low.phi / (w * p) / n;
        }
        // mean and variance of the continuous variable, in units of its standard deviation
        let slope = -rho * (high.phi - low.phi) / (w * p);
        by_z[0] += score * (z - slope) / n;
        by_z[1] += score * (0.5 * (z * z - 1.0) - 0.5 * slope * z) / n;
        scores.push(score);
    }
    let mut sum = 0.0;
    for ((&code, &z), score) in rows.codes.iter().zip(&rows.z).zip(scores) {
        let of_thresholds: f64 =
            by_threshold.iter().zip(&influence[usize::from(code)]).map(|(a, b)| a * b).sum();
        let own = score - of_thresholds - by_z[0] * z - by_z[1] * (z * z - 1.0);
        sum += (own / information).powi(2);
    }
    Some(sum.sqrt() / n).filter(|se| se.is_finite())
}

const MAX_STEPS: usize = 100;

/// Thresholds and correlation together, from the two-step estimate.
pub(crate) fn maximum_likelihood(rows: &Rows, start: &Estimate, thresholds: &[f64]) -> Estimate {
    let k = thresholds.len();
    let w = ((1.0 - start.rho) * (1.0 + start.rho)).sqrt();
    let mut x = DVector::from_fn(k + 1, |i, _| if i < k { thresholds[i] / w } else { start.rho / w });
    let Some(mut now) = probit(rows, &x) else { return start.clone() };
    for _ in 0..MAX_STEPS {
        let Some(step) = solved(&now.information, &now.gradient) else { break };
        if largest(&now) < 1e-10 {
            break;
        }
        let next = (0..30).find_map(|halvings| {
            let at = &x + &step * 0.5f64.powi(halvings);
            probit(rows, &at).filter(|e| e.log_likelihood >= now.log_likelihood).map(|e| (at, e))
        });
        let Some((at, evaluated)) = next else { break };
        let unmoved = at == x;
        (x, now) = (at, evaluated);
        if unmoved {
            break;
        }
    }
    let n = rows.z.len() as f64;
    let beta = x[k];
    let scale = 1.0 / (1.0 + beta * beta).sqrt();
    let mut unit = DVector::zeros(k + 1);
    unit[k] = 1.0;
    let variance = solved(&now.information, &unit).map(|column| column[k] + beta * beta / (2.0 * n));
    let own = x.as_slice()[..k].iter().map(|alpha| alpha * scale).collect();
    Estimate {
        rho: beta * scale,
        se: variance.map(|v| v.sqrt() * scale.powi(3)).filter(|se| se.is_finite()),
        log_likelihood: now.log_likelihood,
        thresholds: Some((Vec::new(), own)),
        gradient: largest(&now),
        ..Estimate::default()
    }
}

struct Probit {
    log_likelihood: f64,
    gradient: DVector<f64>,
    /// Expected, at the observed z.
    information: DMatrix<f64>,
}

fn largest(probit: &Probit) -> f64 {
    probit.gradient.component_div(&probit.information.diagonal().map(f64::sqrt)).amax()
}

/// Of thresholds alpha and slope beta; none where the thresholds are out of order.
fn probit(rows: &Rows, x: &DVector<f64>) -> Option<Probit> {
    let k = x.len() - 1;
    let (alpha, beta) = (&x.as_slice()[..k], x[k]);
    if !alpha.windows(2).all(|pair| pair[0] < pair[1]) {
        return None;
    }
    let ends = limits(alpha);
    let (mut log_likelihood, mut gradient) = (0.0, DVector::zeros(k + 1));
    let mut information = DMatrix::zeros(k + 1, k + 1);
    for (&code, &z) in rows.codes.iter().zip(&rows.z) {
        let at = |limit: f64| if limit.is_finite() { density(limit - beta * z) } else { 0.0 };
        let below = |limit: f64| distribution(limit - beta * z);
        for category in 0..=k {
            let (low, high) = (at(ends[category]), at(ends[category + 1]));
            let p = (below(ends[category + 1]) - below(ends[category])).max(TINY);
            // the elements of this category's derivatives that are not zero
            let mut slopes = vec![(k, -z * (high - low))];
            if category < k {
                slopes.push((category, high));
            }
            if category > 0 {
                slopes.push((category - 1, -low));
            }
            for &(s, a) in &slopes {
                for &(t, b) in &slopes {
                    information[(s, t)] += a * b / p;
                }
            }
            if category == usize::from(code) {
                log_likelihood += p.ln();
                slopes.iter().for_each(|&(s, a)| gradient[s] += a / p);
            }
        }
    }
    log_likelihood.is_finite().then_some(Probit { log_likelihood, gradient, information })
}
