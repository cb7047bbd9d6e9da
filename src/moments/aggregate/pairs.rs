//! Sums for each pair of items over the incomplete rows that have both.

use serde::{Deserialize, Serialize};

/// Sums over rows with a gap, for each pair i <= j of items, row by row of the upper triangle.
///
/// ```
/// use ndarray::array;
/// use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, IncompleteRows, PlannedItem};
///
/// let plan = AggregatePlan::new(["a", "b"].map(|name| PlannedItem::new(name).coded(1, 5)))?;
/// let plan = plan.incomplete(IncompleteRows::Pairs);
/// let aggregate = Aggregate::of_rows(&plan, array![[4.0, 2.0], [5.0, f64::NAN], [f64::NAN, 1.0]].view())?;
/// let pairs = aggregate.parts[0].pairs.as_ref().unwrap();
/// // two rows with a gap: none has both, one has a
/// assert_eq!(pairs.rows, 2);
/// assert_eq!(pairs.n, [1, 0, 1]);
/// // 5 less the centre 3
/// assert_eq!(pairs.first[0], 2.0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PairSums {
    /// Rows with at least one answer and at least one gap.
    pub rows: u64,
    /// Rows with both answers.
    pub n: Vec<u64>,
    /// Sum of their sampling weights; without weights their number.
    pub weight: Vec<f64>,
    /// Sum of deviations of the first item of the pair,
    pub first: Vec<f64>,
    /// and of the second.
    pub second: Vec<f64>,
    /// Sum of squared deviations of the first,
    pub first_squared: Vec<f64>,
    /// and of the second.
    pub second_squared: Vec<f64>,
    /// Sum of their products.
    pub product: Vec<f64>,
}

impl PairSums {
    /// Of no rows yet with `p` items.
    pub(crate) fn new(p: usize) -> Self {
        let m = p * (p + 1) / 2;
        let zeros = || vec![0.0; m];
        Self {
            rows: 0,
            n: vec![0; m],
            weight: zeros(),
            first: zeros(),
            second: zeros(),
            first_squared: zeros(),
            second_squared: zeros(),
            product: zeros(),
        }
    }

    /// Adds a row with gaps: places of the answered items among `p`, and their deviations.
    pub(crate) fn add(&mut self, p: usize, places: &[usize], deviations: &[f64], weight: f64) {
        self.rows += 1;
        for (a, (&i, x)) in places.iter().zip(deviations).enumerate() {
            for (&j, y) in places[a..].iter().zip(&deviations[a..]) {
                let at = i * p - i * (i + 1) / 2 + j;
                self.n[at] += 1;
                self.weight[at] += weight;
                self.first[at] += weight * x;
                self.second[at] += weight * y;
                self.first_squared[at] += weight * x * x;
                self.second_squared[at] += weight * y * y;
                self.product[at] += weight * x * y;
            }
        }
    }

    pub(crate) fn sums(&self) -> [&Vec<f64>; 6] {
        [&self.weight, &self.first, &self.second, &self.first_squared, &self.second_squared, &self.product]
    }

    pub(crate) fn sums_mut(&mut self) -> [&mut Vec<f64>; 6] {
        [
            &mut self.weight,
            &mut self.first,
            &mut self.second,
            &mut self.first_squared,
            &mut self.second_squared,
            &mut self.product,
        ]
    }

    /// Takes in other rows.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.n.iter_mut().zip(&other.n).for_each(|(a, b)| *a += b);
        for (mine, theirs) in self.sums_mut().into_iter().zip(other.sums()) {
            mine.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        }
    }

    /// The same about other centres, `by` being the old centre less the new one.
    pub(crate) fn shift(&mut self, by: &[f64]) {
        let p = by.len();
        let mut at = 0;
        for i in 0..p {
            for j in i..p {
                let (d, e, w) = (by[i], by[j], self.weight[at]);
                let (s, t) = (self.first[at], self.second[at]);
                self.product[at] += d * t + e * s + w * d * e;
                self.first_squared[at] += 2.0 * d * s + w * d * d;
                self.second_squared[at] += 2.0 * e * t + w * e * e;
                self.first[at] += w * d;
                self.second[at] += w * e;
                at += 1;
            }
        }
    }
}
