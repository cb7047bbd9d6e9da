//! The answers of a group, and which items measure which factor: what effects are set beside.

use super::ground::Ground;
use crate::estimate::Fit;
use crate::model::{Operator, Place};
use crate::moments::{Divisor, Moments};
use nalgebra::{DMatrix, DVector};

/// Answers of a group: SDs of items and of sums of items.
pub(super) struct Answers {
    pub(super) names: Vec<String>,
    /// variables x respondents, with NaN where missing.
    pub(super) rows: DMatrix<f64>,
    /// Of aggregates, which have no rows: the moments of complete ones.
    pub(super) sums: Option<Moments>,
}

impl Answers {
    /// SD of the sum of some items and respondents who answered all of them.
    pub(super) fn sd(&self, items: &[String]) -> Option<(f64, usize)> {
        let (mean, square, n) = self.moments(items, &vec![1.0; items.len()])?;
        (n > 1)
            .then(|| ((square / (n as f64 - 1.0)).sqrt(), n))
            .filter(|(sd, _)| mean.is_finite() && sd.is_finite())
    }

    /// Mean, sum of squares about it, and count of a weighted sum of items.
    pub(super) fn moments(&self, items: &[String], weights: &[f64]) -> Option<(f64, f64, usize)> {
        let at: Vec<usize> = items
            .iter()
            .map(|item| self.names.iter().position(|name| name == item))
            .collect::<Option<_>>()?;
        if let Some(moments) = &self.sums {
            let names: Vec<&str> = items.iter().map(String::as_str).collect();
            let own = moments.select(&names).ok()?;
            let (mean, covariance) = (own.means()?, own.covariance_matrix(Divisor::N).ok()?);
            let w = DVector::from_column_slice(weights);
            let n = own.n();
            let square = w.dot(&(covariance * &w)) * n as f64;
            return Some((mean.iter().zip(weights).map(|(m, w)| m * w).sum(), square, n));
        }
        let sums: Vec<f64> = self
            .rows
            .column_iter()
            .map(|row| at.iter().zip(weights).map(|(&i, w)| w * row[i]).sum::<f64>())
            .filter(|sum| !sum.is_nan())
            .collect();
        let n = sums.len();
        let mean = sums.iter().sum::<f64>() / n as f64;
        (n > 0).then(|| (mean, sums.iter().map(|x| (x - mean).powi(2)).sum(), n))
    }
}

/// The answers of each group.
pub(super) fn answers_of(ground: &Ground<'_>) -> Vec<Answers> {
    let of = |sample: &crate::estimate::Sample| Answers {
        names: sample.moments.names().to_vec(),
        rows: sample.rows.clone().unwrap_or_else(|| DMatrix::zeros(sample.moments.names().len(), 0)),
        sums: sample.rows.is_none().then(|| sample.moments.clone()),
    };
    ground.gathered.samples.iter().map(of).collect()
}

/// Items that load on one factor only, by factor: (factor's place, name, items).
pub(super) fn simple_items(fit: &Fit) -> Vec<(usize, String, Vec<String>)> {
    let table = &fit.internals.tables[0];
    let loadings = || table.rows.iter().filter(|row| row.op == Operator::Loading);
    let is_simple = |item: &String| loadings().filter(|row| row.rhs == *item).count() == 1;
    let of = |(j, factor): (usize, &String)| {
        let own = loadings().filter(|row| row.lhs == *factor && matches!(row.place, Place::Loading(..)));
        let items: Vec<String> = own.map(|row| row.rhs.clone()).filter(|item| is_simple(item)).collect();
        (!items.is_empty()).then(|| (j, factor.clone(), items))
    };
    table.eta[..table.n_latent].iter().enumerate().filter_map(of).collect()
}
