//! Sums over the rows with the same answers missing.

use serde::{Deserialize, Serialize};

/// Sums over the rows that answered the same items: all that normal theory takes from them.
///
/// ```
/// use ndarray::array;
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem};
///
/// let plan = AggregatePlan::new(["a", "b"].map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let aggregate = Aggregate::of_rows(&plan, array![[4.0, 2.0], [5.0, 1.0], [f64::NAN, 1.0]].view())?;
/// let complete = &aggregate.parts[0].patterns[0];
/// assert_eq!((complete.answered.as_str(), complete.n), ("11", 2));
/// // deviations from 3: (1, -1) and (2, -2)
/// assert_eq!(complete.sums, [3.0, -3.0]);
/// assert_eq!(complete.products, [5.0, -5.0, 5.0]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PatternSums {
    /// A digit for each item: 1 where it was answered.
    pub answered: String,
    /// Rows.
    pub n: u64,
    /// Sum of their sampling weights; without weights their number.
    pub weight: f64,
    /// Of each answered item, the (weighted) sum of deviations from its centre.
    pub sums: Vec<f64>,
    /// Of each pair of answered items i <= j, row by row of the upper triangle, the sum of products of deviations.
    pub products: Vec<f64>,
}

impl PatternSums {
    /// Of no rows yet that answered these items.
    pub(crate) fn new(answered: String) -> Self {
        let m = answered.bytes().filter(|digit| *digit == b'1').count();
        Self { answered, n: 0, weight: 0.0, sums: vec![0.0; m], products: vec![0.0; m * (m + 1) / 2] }
    }

    /// Places of the answered items.
    pub(crate) fn places(&self) -> Vec<usize> {
        places(&self.answered)
    }

    /// Whether every item was answered.
    pub(crate) fn is_complete(&self) -> bool {
        self.answered.bytes().all(|digit| digit == b'1')
    }

    /// Adds a row of deviations of the answered items.
    pub(crate) fn add(&mut self, deviations: &[f64], weight: f64) {
        self.n += 1;
        self.weight += weight;
        let mut at = 0;
        for (i, x) in deviations.iter().enumerate() {
            let scaled = weight * x;
            self.sums[i] += scaled;
            let rest = &deviations[i..];
            for (product, y) in self.products[at..at + rest.len()].iter_mut().zip(rest) {
                *product += scaled * y;
            }
            at += rest.len();
        }
    }

    /// Takes in other rows of the same pattern.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.weight += other.weight;
        self.sums.iter_mut().zip(&other.sums).for_each(|(a, b)| *a += b);
        self.products.iter_mut().zip(&other.products).for_each(|(a, b)| *a += b);
    }

    /// The same about other centres, `by` (of every item) being the old centre less the new one.
    pub(crate) fn shift(&mut self, by: &[f64]) {
        let e: Vec<f64> = self.places().into_iter().map(|i| by[i]).collect();
        let mut at = 0;
        for i in 0..e.len() {
            for j in i..e.len() {
                self.products[at] += e[i] * self.sums[j] + e[j] * self.sums[i] + self.weight * e[i] * e[j];
                at += 1;
            }
        }
        self.sums.iter_mut().zip(&e).for_each(|(sum, e)| *sum += self.weight * e);
    }

    /// Where the product of the answered items a <= b (by their places among the answered) stands.
    pub(crate) fn at(&self, a: usize, b: usize) -> usize {
        let m = self.sums.len();
        a * m - a * (a + 1) / 2 + b
    }

    /// Means from the centres, and sums of products about them (the upper triangle).
    pub(crate) fn about_means(&self) -> (Vec<f64>, Vec<f64>) {
        let mean: Vec<f64> = self.sums.iter().map(|sum| sum / self.weight).collect();
        let mut products = self.products.clone();
        let m = mean.len();
        for a in 0..m {
            for b in a..m {
                let at = self.at(a, b);
                products[at] -= self.sums[a] * mean[b];
                if a == b {
                    products[at] = products[at].max(0.0);
                }
            }
        }
        (mean, products)
    }

    /// All that is summed.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.sums.iter().chain(&self.products).copied().chain([self.weight])
    }
}

/// Places of the digits 1.
pub(crate) fn places(answered: &str) -> Vec<usize> {
    answered.bytes().enumerate().filter(|(_, digit)| *digit == b'1').map(|(i, _)| i).collect()
}
