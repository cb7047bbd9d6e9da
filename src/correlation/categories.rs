//! An ordinal variable: its categories in order, the answers as positions among them, and the thresholds at
//! which the normal variable behind it changes category.

use crate::error::{Error, Result};
use crate::numeric::normal::{density, quantile};
use nalgebra::DMatrix;

/// More categories than this are taken for a slip: such a variable is continuous.
pub const MOST_CATEGORIES: usize = 40;

/// Position of an answer that is missing.
pub(crate) const NONE: u8 = u8::MAX;

#[derive(Debug, Clone)]
pub(crate) struct Categories {
    /// The codes that occur, in order.
    pub(crate) values: Vec<f64>,
    /// Of each row, the position of its code, or [`NONE`].
    pub(crate) codes: Vec<u8>,
    /// Answers in each category, or the sum of their sampling weights.
    pub(crate) counts: Vec<f64>,
    /// tau_k = Phi^-1(share of answers in the first k categories), between neighbouring categories.
    pub(crate) thresholds: Vec<f64>,
}

/// Checks that there are two categories or more, and not too many.
fn check(name: &str, values: &[f64], n: usize) -> Result<()> {
    match values {
        [] => Err(Error::NoAnswers { variable: name.into() }),
        [value] => Err(Error::ConstantItem { item: name.into(), value: *value, n }),
        many if many.len() > MOST_CATEGORIES => {
            Err(Error::ManyCategories { variable: name.into(), found: many.len(), most: MOST_CATEGORIES })
        }
        _ => Ok(()),
    }
}

/// Between neighbouring categories.
fn thresholds(counts: &[f64]) -> Vec<f64> {
    let total: f64 = counts.iter().sum();
    let mut below = 0.0;
    let between = counts[..counts.len() - 1].iter().map(|count| {
        below += count;
        quantile(below / total)
    });
    between.collect()
}

impl Categories {
    /// Of the answers of one variable, NaN where missing.
    pub(crate) fn of(name: &str, answers: &[f64]) -> Result<Self> {
        Self::weighted(name, answers, None)
    }

    /// The same with a sampling weight for each row.
    pub(crate) fn weighted(name: &str, answers: &[f64], weights: Option<&[f64]>) -> Result<Self> {
        if let Some((row, &value)) =
            answers.iter().enumerate().find(|(_, v)| v.is_finite() && v.fract() != 0.0)
        {
            return Err(Error::NotOrdinal { variable: name.into(), row: row + 1, value });
        }
        let mut values: Vec<f64> = Vec::new();
        for &value in answers.iter().filter(|v| v.is_finite()) {
            if let Err(at) = values.binary_search_by(|v| v.total_cmp(&(value + 0.0))) {
                values.insert(at, value + 0.0); // no negative zero
            }
        }
        let n = answers.iter().filter(|v| v.is_finite()).count();
        check(name, &values, n)?;
        let position = |v: &f64| {
            values.binary_search_by(|other| other.total_cmp(&(v + 0.0))).map_or(NONE, |at| at as u8)
        };
        let codes: Vec<u8> = answers.iter().map(position).collect();
        let mut counts = vec![0.0; values.len()];
        for (row, &code) in codes.iter().enumerate().filter(|(_, code)| **code != NONE) {
            counts[usize::from(code)] += weights.map_or(1.0, |weights| weights[row]);
        }
        let thresholds = thresholds(&counts);
        Ok(Self { values, codes, counts, thresholds })
    }

    /// Of how often each code was given, in order of the codes, without the answers themselves.
    pub(crate) fn of_counts(name: &str, table: &[(f64, u64)]) -> Result<Self> {
        let (values, counts): (Vec<f64>, Vec<f64>) =
            table.iter().map(|(v, count)| (*v, *count as f64)).unzip();
        check(name, &values, counts.iter().sum::<f64>() as usize)?;
        let thresholds = thresholds(&counts);
        Ok(Self { values, codes: Vec::new(), counts, thresholds })
    }

    pub(crate) fn n(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// The thresholds with the infinite ones before and behind.
    pub(crate) fn limits(&self) -> Vec<f64> {
        limits(&self.thresholds)
    }

    /// Of each category and each threshold, what an answer adds to the threshold's estimate:
    /// (1{y <= k} - share) / (n phi(tau_k)).
    pub(crate) fn influence(&self) -> Vec<Vec<f64>> {
        let n = self.n();
        let mut below = 0.0;
        let shares: Vec<f64> = self
            .thresholds
            .iter()
            .zip(&self.counts)
            .map(|(_, count)| {
                below += count;
                below / n
            })
            .collect();
        (0..self.values.len())
            .map(|category| {
                let each = self.thresholds.iter().zip(&shares).enumerate();
                each.map(|(k, (tau, share))| {
                    (f64::from(u8::from(category <= k)) - share) / (n * density(*tau))
                })
                .collect()
            })
            .collect()
    }
}

/// How many thresholds lie between the categories of an ordinal variable.
pub(crate) fn threshold_count(name: &str, answers: &[f64]) -> Result<usize> {
    Categories::of(name, answers).map(|categories| categories.thresholds.len())
}

/// Thresholds with the infinite ones before and behind.
pub(crate) fn limits(thresholds: &[f64]) -> Vec<f64> {
    let mut all = vec![f64::NEG_INFINITY];
    all.extend_from_slice(thresholds);
    all.push(f64::INFINITY);
    all
}

/// Answers in each cell: rows are the categories of the first variable.
pub(crate) type Counts = DMatrix<f64>;
