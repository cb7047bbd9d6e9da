//! The distribution of one variable: frequencies, and the moments and the median that follow.
//!
//! ```text
//! sd        s  = sqrt(sum (x - mean)^2 / (n - 1))
//! skew      b1 = m3 / s^3                with m_k = sum (x - mean)^k / n
//! kurtosis  b2 = m4 / s^4 - 3
//! ```
//!
//! Skew and kurtosis are of type 3 (Joanes and Gill 1998, Comparing measures of sample skewness and
//! kurtosis, The Statistician 47, 183-189), the default of R's psych and of e1071.
//!
//! All values are counted, so memory grows with the number of different values (five for a
//! five-point item), not of rows. A variable with more than 65,536 different values is no longer
//! counted but summed: its central moments are updated by Pebay (2008, Sandia report SAND2008-6212,
//! eqs. 2.1 and 2.2), and its median and frequencies are not known.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Different values that are counted before a variable is only summed.
const DISTINCT: usize = 65_536;

/// Codes that are counted in an array: 0 to 127.
const CODES: usize = 128;

/// The distribution of one variable; filled value by value, mergeable.
///
/// ```
/// use psychometrics::moments::Distribution;
///
/// let distribution = Distribution::of(&[1.0, 2.0, 2.0, 5.0, f64::NAN])?;
/// assert_eq!((distribution.n(), distribution.missing()), (4, 1));
/// assert_eq!(distribution.mean(), Some(2.5));
/// assert_eq!(distribution.median(), Some(2.0));
/// assert_eq!(distribution.frequencies(), Some(vec![(1.0, 1), (2.0, 2), (5.0, 1)]));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Distribution {
    missing: usize,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    Counted { codes: Box<[usize; CODES]>, others: BTreeMap<u64, usize> },
    Summed(Central),
}

impl Default for Distribution {
    fn default() -> Self {
        Self::new()
    }
}

impl Distribution {
    /// The distribution of no values yet.
    pub fn new() -> Self {
        let values = Values::Counted { codes: Box::new([0; CODES]), others: BTreeMap::new() };
        Self { missing: 0, values }
    }

    /// The distribution of the values of a column; NaN marks a missing one.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn of(column: &[f64]) -> Result<Self> {
        let mut distribution = Self::new();
        distribution.push(column)?;
        Ok(distribution)
    }

    /// Adds values; NaN marks a missing one.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for an infinite value; nothing is added then.
    pub fn push(&mut self, column: &[f64]) -> Result<()> {
        if let Some(row) = column.iter().position(|x| x.is_infinite()) {
            return Err(Error::NotFinite { what: format!("value {} of the column", row + 1) });
        }
        column.iter().for_each(|&x| self.add(x));
        Ok(())
    }

    /// Adds a finite value, or NaN for a missing one.
    #[inline]
    pub(crate) fn add(&mut self, x: f64) {
        let code = x as i32; // 0 for NaN, which then differs from it
        match &mut self.values {
            Values::Counted { codes, .. } if (0..CODES as i32).contains(&code) && f64::from(code) == x => {
                codes[code as usize] += 1;
            }
            _ => self.add_other(x),
        }
    }

    fn add_other(&mut self, x: f64) {
        if x.is_nan() {
            self.missing += 1;
            return;
        }
        match &mut self.values {
            Values::Counted { others, .. } => {
                *others.entry(order_key(x)).or_insert(0) += 1;
                self.sum_if_too_many();
            }
            Values::Summed(central) => central.merge(&Central::of_one(x)),
        }
    }

    /// Counts a missing value.
    pub(crate) fn add_missing(&mut self) {
        self.missing += 1;
    }

    /// Takes in the distribution of other rows.
    pub fn merge(&mut self, other: &Distribution) {
        self.missing += other.missing;
        match (&mut self.values, &other.values) {
            (
                Values::Counted { codes, others },
                Values::Counted { codes: more_codes, others: more_others },
            ) => {
                codes.iter_mut().zip(more_codes.iter()).for_each(|(c, more)| *c += more);
                for (key, count) in more_others {
                    *others.entry(*key).or_insert(0) += count;
                }
                self.sum_if_too_many();
            }
            _ => {
                let mut central = self.central();
                central.merge(&other.central());
                self.values = Values::Summed(central);
            }
        }
    }

    fn sum_if_too_many(&mut self) {
        if let Values::Counted { others, .. } = &self.values
            && others.len() > DISTINCT
        {
            self.values = Values::Summed(self.central());
        }
    }

    /// Values there are.
    pub fn n(&self) -> usize {
        match &self.values {
            Values::Counted { codes, others } => codes.iter().chain(others.values()).sum(),
            Values::Summed(central) => central.n,
        }
    }

    /// Values that are missing.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// How often each value occurs, in ascending order; none after more than 65,536 different ones.
    pub fn frequencies(&self) -> Option<Vec<(f64, usize)>> {
        let Values::Counted { codes, others } = &self.values else { return None };
        let counted = codes.iter().enumerate().filter(|(_, n)| **n > 0);
        let mut table: Vec<(f64, usize)> = counted.map(|(code, n)| (code as f64, *n)).collect();
        table.extend(others.iter().map(|(key, n)| (value_of(*key), *n)));
        table.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(table)
    }

    /// Mean; none without values.
    pub fn mean(&self) -> Option<f64> {
        let central = self.central();
        finite((central.n > 0).then_some(central.mean))
    }

    /// Standard deviation with divisor N - 1; none for fewer than two values, and for values so large that their squares are
    /// no numbers.
    pub fn sd(&self) -> Option<f64> {
        let central = self.central();
        finite((central.n > 1).then(|| central.sd()))
    }

    /// Skew m3 / s^3; none when no two values differ.
    pub fn skew(&self) -> Option<f64> {
        let central = self.central();
        let s = central.sd();
        finite((s > 0.0).then(|| central.third / central.n as f64 / s.powi(3)))
    }

    /// Excess kurtosis m4 / s^4 - 3; none when no two values differ.
    pub fn kurtosis(&self) -> Option<f64> {
        let central = self.central();
        let s = central.sd();
        finite((s > 0.0).then(|| central.fourth / central.n as f64 / s.powi(4) - 3.0))
    }

    /// Median, the mean of the two middle values when n is even; none without values, or after more
    /// than 65,536 different ones.
    pub fn median(&self) -> Option<f64> {
        let table = self.frequencies()?;
        let n = self.n();
        let at = |position: usize| {
            let mut seen = 0;
            table.iter().find_map(|(value, count)| {
                seen += count;
                (seen > position).then_some(*value)
            })
        };
        Some(0.5 * (at(n.checked_sub(1)? / 2)? + at(n / 2)?))
    }

    /// Lowest value; none without values.
    pub fn min(&self) -> Option<f64> {
        let central = self.central();
        (central.n > 0).then_some(central.min)
    }

    /// Highest value; none without values.
    pub fn max(&self) -> Option<f64> {
        let central = self.central();
        (central.n > 0).then_some(central.max)
    }

    /// A table of values and how often each occurs.
    pub(super) fn of_table(table: &[(f64, usize)], missing: usize) -> Self {
        let mut codes = Box::new([0; CODES]);
        let mut others = BTreeMap::new();
        for &(value, count) in table {
            match value as usize {
                code if code < CODES && code as f64 == value => codes[code] += count,
                _ => *others.entry(order_key(value)).or_insert(0) += count,
            }
        }
        Self { missing, values: Values::Counted { codes, others } }
    }

    /// Sums of so many different values that they are no longer counted.
    pub(super) fn of_sums(central: Central, missing: usize) -> Self {
        Self { missing, values: Values::Summed(central) }
    }

    pub(super) fn central(&self) -> Central {
        match &self.values {
            Values::Counted { .. } => Central::of_table(&self.frequencies().unwrap_or_default()),
            Values::Summed(central) => *central,
        }
    }
}

/// Sums of powers of deviations from the mean.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Central {
    pub(super) n: usize,
    pub(super) mean: f64,
    pub(super) second: f64,
    pub(super) third: f64,
    pub(super) fourth: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Central {
    fn of_one(x: f64) -> Self {
        Self { n: 1, mean: x, second: 0.0, third: 0.0, fourth: 0.0, min: x, max: x }
    }

    fn of_table(table: &[(f64, usize)]) -> Self {
        let n: usize = table.iter().map(|(_, count)| count).sum();
        let (first, last) = (table.first().map_or(0.0, |t| t.0), table.last().map_or(0.0, |t| t.0));
        // about the lowest value, so that the mean of a constant is that constant
        let sum: f64 = table.iter().map(|(x, count)| *count as f64 * (x - first)).sum();
        let mean = if n > 0 { first + sum / n as f64 } else { 0.0 };
        let power = |k: i32| table.iter().map(|(x, count)| *count as f64 * (x - mean).powi(k)).sum::<f64>();
        let n_f = n.max(1) as f64;
        // the mean was rounded: what is left of the first power corrects the second
        let second = (power(2) - power(1).powi(2) / n_f).max(0.0);
        Self { n, mean, second, third: power(3), fourth: power(4), min: first, max: last }
    }

    fn sd(&self) -> f64 {
        if self.n > 1 { (self.second / (self.n as f64 - 1.0)).sqrt() } else { 0.0 }
    }

    /// Pebay (2008), eq. 2.1 for powers 2, 3 and 4.
    fn merge(&mut self, other: &Self) {
        if other.n == 0 {
            return;
        }
        if self.n == 0 {
            *self = *other;
            return;
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let n = a + b;
        let d = other.mean - self.mean;
        let (share_a, share_b) = (a / n, b / n);
        self.fourth += other.fourth
            + d.powi(4) * a * share_b * (share_a * share_a - share_a * share_b + share_b * share_b)
            + 6.0 * d * d * (share_a * share_a * other.second + share_b * share_b * self.second)
            + 4.0 * d * (share_a * other.third - share_b * self.third);
        self.third += other.third
            + d.powi(3) * a * share_b * (share_a - share_b)
            + 3.0 * d * (share_a * other.second - share_b * self.second);
        self.second += other.second + d * d * a * share_b;
        self.mean += d * share_b;
        self.n += other.n;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// A whole number that sorts as the value does; -0 counts as 0.
fn order_key(x: f64) -> u64 {
    let bits = (x + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// The value with that [`order_key`].
fn value_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|x| x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    #[test]
    fn without_values_nothing_is_known() {
        let empty = Distribution::of(&[f64::NAN]).unwrap();
        assert_eq!((empty.n(), empty.missing()), (0, 1));
        let all = [empty.mean(), empty.sd(), empty.skew(), empty.kurtosis(), empty.median(), empty.min()];
        assert_eq!(all, [None; 6]);
        let one = Distribution::of(&[2.5]).unwrap();
        assert_eq!((one.mean(), one.sd(), one.median()), (Some(2.5), None, Some(2.5)));
        let constant = Distribution::of(&[0.1, 0.1, 0.1]).unwrap();
        assert_eq!((constant.sd(), constant.skew()), (Some(0.0), None));
    }

    #[test]
    fn an_infinite_value_is_refused() {
        assert!(matches!(Distribution::of(&[1.0, f64::NEG_INFINITY]), Err(Error::NotFinite { .. })));
    }

    #[test]
    fn negative_and_fractional_values_are_counted_in_order() {
        let column = [-1.0, 300.0, -0.0, 0.0, -2.5, 0.5, 127.0, -1.0];
        let distribution = Distribution::of(&column).unwrap();
        let table = [(-2.5, 1), (-1.0, 2), (0.0, 2), (0.5, 1), (127.0, 1), (300.0, 1)];
        assert_eq!(distribution.frequencies(), Some(table.to_vec()));
        assert_eq!(distribution.median(), Some(0.0));
    }

    /// Summed instead of counted, the moments stay those of the exact table.
    #[test]
    fn too_many_values_are_summed() {
        let many = DISTINCT + 5_000;
        let column: Vec<f64> = (0..many).map(|i| (i as f64 * 0.618_034).fract().powi(2) + 50.0).collect();
        let summed = Distribution::of(&column).unwrap();
        assert_eq!((summed.frequencies(), summed.median()), (None, None));
        let sorted: Vec<(f64, usize)> = {
            let mut values = column.clone();
            values.sort_by(f64::total_cmp);
            values.into_iter().map(|x| (x, 1)).collect()
        };
        let exact = Central::of_table(&sorted);
        assert_eq!(summed.n(), many);
        assert_relative_eq!(summed.mean().unwrap(), exact.mean, max_relative = 1e-14);
        assert_relative_eq!(summed.sd().unwrap(), exact.sd(), max_relative = 1e-11);
        let (n, s) = (many as f64, exact.sd());
        assert_relative_eq!(summed.skew().unwrap(), exact.third / n / s.powi(3), max_relative = 1e-9);
        assert_relative_eq!(
            summed.kurtosis().unwrap(),
            exact.fourth / n / s.powi(4) - 3.0,
            max_relative = 1e-9
        );
        assert_eq!((summed.min(), summed.max()), (Some(exact.min), Some(exact.max)));
        let mut twice = summed.clone();
        twice.merge(&Distribution::of(&column).unwrap());
        assert_relative_eq!(twice.kurtosis().unwrap(), summed.kurtosis().unwrap(), max_relative = 1e-4);
        assert_eq!(twice.n(), 2 * many);
    }

    proptest! {
        #[test]
        fn central_moments_of_parts_make_those_of_the_whole(
            values in prop::collection::vec(-100.0..100.0f64, 2..60), cut in 0..60usize
        ) {
            let of = |values: &[f64]| {
                let mut sorted = values.to_vec();
                sorted.sort_by(f64::total_cmp);
                Central::of_table(&sorted.into_iter().map(|x| (x, 1)).collect::<Vec<_>>())
            };
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut merged = of(left);
            merged.merge(&of(right));
            let whole = of(&values);
            let scale = 100f64;
            prop_assert!((merged.mean - whole.mean).abs() < 1e-12 * scale);
            prop_assert!((merged.second - whole.second).abs() < 1e-10 * scale.powi(2));
            prop_assert!((merged.third - whole.third).abs() < 1e-10 * scale.powi(3));
            prop_assert!((merged.fourth - whole.fourth).abs() < 1e-10 * scale.powi(4));
        }

        #[test]
        fn order_keys_sort_as_values_do(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(a.is_finite() && b.is_finite());
            prop_assert_eq!(order_key(a).cmp(&order_key(b)), a.partial_cmp(&b).unwrap());
            prop_assert_eq!(value_of(order_key(a)), a);
        }
    }
}
