//! Correlations of simulated samples: of normal variables, and of answers that are shuffled.

use crate::numeric::random::stream;
use nalgebra::DMatrix;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

/// The correlation matrix of a sample of n from p normal variables with the covariance matrix FF' (uncorrelated without F).
///
/// No sample is drawn: its matrix of sums of products has a Wishart distribution with n - 1 degrees of freedom, of which
/// Bartlett's (1933) decomposition needs only p(p + 1)/2 numbers. With n <= p the rows are drawn.
pub(in crate::factor) fn normal_correlation(
    p: usize,
    n: usize,
    factor: Option<&DMatrix<f64>>,
    seed: u64,
    replicate: u64,
) -> DMatrix<f64> {
    let mut random = stream(seed, replicate);
    let columns = if n > p { p } else { n - 1 };
    let root = match n > p {
        true => {
            let mut a = DMatrix::zeros(p, p);
            for j in 0..p {
                let df = (n - 1 - j) as f64;
                a[(j, j)] = ChiSquared::new(df).map_or(df, |d| d.sample(&mut random)).sqrt();
                for i in j + 1..p {
                    a[(i, j)] = StandardNormal.sample(&mut random);
                }
            }
            a
        }
        false => DMatrix::from_fn(p, columns, |_, _| StandardNormal.sample(&mut random)),
    };
    let root = match factor {
        Some(factor) => factor * root,
        None => root,
    };
    scaled_gram(root)
}

/// AA', scaled to a unit diagonal.
fn scaled_gram(mut root: DMatrix<f64>) -> DMatrix<f64> {
    for mut row in root.row_iter_mut() {
        let norm = row.norm();
        row.unscale_mut(norm.max(1e-300));
    }
    let mut r = &root * root.transpose();
    r.fill_diagonal(1.0);
    r
}

/// The correlation matrix of standardised columns (unit length, mean 0) of which each is shuffled by itself.
pub(super) fn shuffled_correlation(standardised: &DMatrix<f64>, seed: u64, replicate: u64) -> DMatrix<f64> {
    let mut random = stream(seed, replicate);
    let mut rows = standardised.clone();
    for mut column in rows.column_iter_mut() {
        shuffle(column.as_mut_slice(), &mut random);
    }
    let mut r = crate::numeric::product::transposed_product(&rows, &rows);
    r.fill_diagonal(1.0);
    r
}

pub(super) fn shuffle<T>(values: &mut [T], random: &mut ChaCha8Rng) {
    values.shuffle(random);
}
