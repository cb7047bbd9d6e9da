//! The total entropy fit index (Golino, Moulder, Shi, Christensen, Garrido, Nieto, Nesselroade, Sadana, Thiyagarajan & Boker 2021):
//! with S the von Neumann entropy of a correlation matrix divided by its trace, and dimensions i = 1 ... F,
//!
//! ```text
//! TEFI = (sum S_i / F - S) + (S - sum S_i) sqrt(F)
//! ```
//!
//! The lower, the better a partition of the items fits; it compares partitions of the same items.

use crate::numeric::spectrum::eigenvalues;
use nalgebra::DMatrix;

/// Of a partition in which every item has a dimension, from 0.
pub(super) fn total_entropy_fit(r: &DMatrix<f64>, of: &[usize]) -> f64 {
    let count = of.iter().max().map_or(0, |most| most + 1);
    let whole = entropy(r.clone());
    let parts: f64 = (0..count)
        .map(|own| {
            let items: Vec<usize> = (0..of.len()).filter(|&i| of[i] == own).collect();
            entropy(r.select_rows(&items).select_columns(&items))
        })
        .sum();
    let count = count as f64;
    (parts / count - whole) + (whole - parts) * count.sqrt()
}

/// -sum v ln v over the eigenvalues v of R / trace R.
fn entropy(r: DMatrix<f64>) -> f64 {
    let trace = r.trace();
    let of = |value: f64| if value > 0.0 { -value * value.ln() } else { 0.0 };
    eigenvalues(r).into_iter().map(|value| of(value / trace)).sum()
}
