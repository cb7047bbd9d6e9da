//! In which groups a parameter is the same (Asparouhov & Muthen 2014): the largest set of groups connected by pairwise tests
//! with p > .01 is where it begins; groups that differ from the mean of the set with p < .001 leave it, others join it,
//! until nothing changes.

use crate::numeric::tails::two_sided;
use nalgebra::{DMatrix, DVector};

/// p-value of a pair above which its groups begin in one set.
const CONNECTED: f64 = 0.01;
/// p-value of a group against the mean of the set below which it is outside.
const OUTSIDE: f64 = 0.001;
/// Rounds at most; sets could come back otherwise.
const MOST_ROUNDS: usize = 100;

/// The set, and each group beside its mean.
#[derive(Debug)]
pub(super) struct InvariantSet {
    pub(super) is_in: Vec<bool>,
    /// Mean of the set, weighted by the groups' sizes.
    pub(super) mean: f64,
    /// Group less mean, and p.
    pub(super) differences: Vec<(f64, f64)>,
}

/// Of values by group with their covariance matrix.
pub(super) fn found(values: &[f64], covariance: &DMatrix<f64>, sizes: &[f64]) -> InvariantSet {
    let mut is_in = largest_connected(values, covariance);
    for _ in 0..MOST_ROUNDS {
        let (_, differences) = beside_mean(values, covariance, sizes, &is_in);
        let next: Vec<bool> = differences.iter().map(|(_, p)| *p >= OUTSIDE).collect();
        if next == is_in || !next.contains(&true) {
            break;
        }
        is_in = next;
    }
    let (mean, differences) = beside_mean(values, covariance, sizes, &is_in);
    InvariantSet { is_in, mean, differences }
}

fn beside_mean(
    values: &[f64],
    covariance: &DMatrix<f64>,
    sizes: &[f64],
    is_in: &[bool],
) -> (f64, Vec<(f64, f64)>) {
    let total: f64 = sizes.iter().zip(is_in).filter(|(_, is_in)| **is_in).map(|(n, _)| n).sum();
    let weight = |g: usize| if is_in[g] { sizes[g] / total } else { 0.0 };
    let mean: f64 = values.iter().enumerate().map(|(g, v)| weight(g) * v).sum();
    let test = |g: usize| {
        let contrast = DVector::from_fn(values.len(), |h, _| f64::from(u8::from(g == h)) - weight(h));
        let variance = contrast.dot(&(covariance * &contrast));
        (values[g] - mean, pvalue(values[g] - mean, variance))
    };
    (mean, (0..values.len()).map(test).collect())
}

/// Of a difference with its variance; a set of one differs from itself by nothing.
pub(super) fn pvalue(difference: f64, variance: f64) -> f64 {
    if variance > 1e-300 { two_sided(difference / variance.sqrt()) } else { 1.0 }
}

fn largest_connected(values: &[f64], covariance: &DMatrix<f64>) -> Vec<bool> {
    let groups = values.len();
    let are_connected = |g: usize, h: usize| {
        let variance = covariance[(g, g)] + covariance[(h, h)] - 2.0 * covariance[(g, h)];
        pvalue(values[g] - values[h], variance) > CONNECTED
    };
    let mut set_of: Vec<Option<usize>> = vec![None; groups];
    for first in 0..groups {
        if set_of[first].is_some() {
            continue;
        }
        let mut open = vec![first];
        set_of[first] = Some(first);
        while let Some(g) = open.pop() {
            for h in 0..groups {
                if set_of[h].is_none() && are_connected(g, h) {
                    set_of[h] = Some(first);
                    open.push(h);
                }
            }
        }
    }
    let size = |set: usize| set_of.iter().filter(|s| **s == Some(set)).count();
    // of sets of one size that of the first group
    let largest = (0..groups).rev().max_by_key(|&set| size(set)).unwrap_or(0);
    set_of.iter().map(|set| *set == Some(largest)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_far_away_is_outside() {
        let covariance = DMatrix::from_diagonal_element(5, 5, 0.01);
        let set = found(&[0.0, 0.1, 1.5, 0.05, -0.1], &covariance, &[100.0; 5]);
        assert_eq!(set.is_in, [true, true, false, true, true]);
        approx::assert_relative_eq!(set.mean, 0.0125, epsilon = 1e-12);
        // variance of a group against the mean of four others: .01 (1 + 1/4)
        approx::assert_relative_eq!(
            set.differences[2].1,
            two_sided(1.4875 / 0.0125_f64.sqrt()),
            epsilon = 1e-12
        );
    }
}
