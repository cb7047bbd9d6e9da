//! Very simple structure (Revelle & Rocklin 1979): how well the correlations are reproduced when of each item only the largest
//! loading (complexity 1), or the two largest, count,
//!
//! ```text
//! VSS = 1 - sum_ij (r_ij - (S S')_ij)^2 / sum_ij r_ij^2
//! ```
//!
//! with S the varimax loadings that are left (minres); the diagonal counts, as in psych.

use crate::error::Result;
use crate::factor::analysed::CorrelationMatrix;
use crate::factor::extraction::{Extraction, extract};
use crate::factor::rotation::{Criterion, Rotate};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Fit by the number of factors, from 1.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// assert_eq!((study.vss.suggested_1, study.vss.suggested_2), (3, 3));
/// assert_eq!(format!("{:.3} {:.3}", study.vss.complexity_1[0], study.vss.complexity_2[2]), "0.606 0.846");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VerySimpleStructure {
    /// With one loading an item.
    pub complexity_1: Vec<f64>,
    /// With two.
    pub complexity_2: Vec<f64>,
    /// Where the first is largest,
    pub suggested_1: usize,
    /// and the second.
    pub suggested_2: usize,
}

impl VerySimpleStructure {
    pub(super) fn of(matrix: &CorrelationMatrix, most: usize) -> Result<Self> {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        for factors in 1..=most {
            let found = extract(matrix, factors, Extraction::Minres)?;
            let turned =
                Rotate::new(Criterion::Varimax).starts(5).of_matrix(&matrix.names, &found.pattern)?;
            first.push(fit(&matrix.r, &turned.pattern, 1));
            second.push(fit(&matrix.r, &turned.pattern, 2));
        }
        let largest = |values: &[f64]| {
            (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b])).map_or(0, |at| at + 1)
        };
        let (suggested_1, suggested_2) = (largest(&first), largest(&second));
        Ok(Self { complexity_1: first, complexity_2: second, suggested_1, suggested_2 })
    }
}

fn fit(r: &DMatrix<f64>, loadings: &DMatrix<f64>, complexity: usize) -> f64 {
    let (p, k) = loadings.shape();
    let mut simple = DMatrix::zeros(p, k);
    for i in 0..p {
        let mut order: Vec<usize> = (0..k).collect();
        order.sort_by(|a, b| loadings[(i, *b)].abs().total_cmp(&loadings[(i, *a)].abs()));
        order.iter().take(complexity).for_each(|&j| simple[(i, j)] = loadings[(i, j)]);
    }
    let implied = &simple * simple.transpose();
    1.0 - (r - implied).norm_squared() / r.norm_squared()
}
