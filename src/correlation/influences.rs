//! The influences of respondents in other forms: those on the correlations only, added up within clusters, of other values.

use super::margin::Margin;
use crate::correlation::statistic::Statistic;
use crate::correlation::three_stage::{Shared, ThreeStage};
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// Respondents, correlations, pairs, and the influences on each.
pub(crate) type CorrelationInfluences = (usize, DMatrix<f64>, Vec<(usize, usize)>, DMatrix<f64>);

impl ThreeStage {
    /// Respondents, correlations, the pairs (row > column), and a column for each with N times every respondent's influence
    /// on its correlation; none where only variances were kept.
    pub(crate) fn into_correlation_influences(mut self) -> Option<CorrelationInfluences> {
        let mut influence = self.influence.take()?;
        let p = self.margins.len();
        let sd: Vec<f64> = self.margins.iter().map(Margin::sd).collect();
        let correlation = DMatrix::from_fn(p, p, |i, j| self.covariance[(i, j)] / (sd[i] * sd[j]));
        let of_variance = |i: usize| self.statistics.iter().position(|s| *s == Statistic::Variance(i));
        let of_variance: Vec<Option<usize>> = (0..p).map(of_variance).collect();
        let first = self.statistics.len() - p * (p - 1) / 2;
        let rows = influence.nrows();
        let (own, of_pairs) = influence.as_mut_slice().split_at_mut(first * rows);
        let mut pairs = Vec::with_capacity(self.statistics.len() - first);
        for (statistic, to) in self.statistics[first..].iter().zip(of_pairs.chunks_mut(rows)) {
            let Statistic::Covariance(i, j) = *statistic else { return None };
            to.iter_mut().for_each(|x| *x /= sd[i] * sd[j]);
            // d r = d c / (s_i s_j) - r / 2 (d v_i / v_i + d v_j / v_j)
            for k in [i, j] {
                if let Some(variance) = of_variance[k] {
                    let slope = 0.5 * correlation[(i, j)] / (sd[k] * sd[k]);
                    let of_variance = &own[variance * rows..(variance + 1) * rows];
                    to.iter_mut().zip(of_variance).for_each(|(x, v)| *x -= slope * v);
                }
            }
            pairs.push((i, j));
        }
        Some((self.n, correlation, pairs, influence.remove_columns(0, first)))
    }

    /// The same with respondents in clusters, a code for each row: influences are added up within clusters,
    ///
    /// ```text
    /// Gamma / N = J / (J - 1) sum_j i_j i_j',      i_j = the sum of the influences of the respondents of cluster j
    /// ```
    ///
    /// (Muthen & Satorra 1995; Asparouhov & Muthen 2006). Influences must have been kept.
    pub(crate) fn in_clusters(mut self, clusters: &[usize]) -> Self {
        let Some(own) = self.influence.take() else { return self };
        let count = clusters.iter().max().map_or(0, |last| last + 1);
        let mut sums = DMatrix::zeros(count, own.ncols());
        for (from, mut to) in own.column_iter().zip(sums.column_iter_mut()) {
            from.iter().zip(clusters).for_each(|(influence, &cluster)| to[cluster] += influence);
        }
        let mut present = vec![false; count];
        clusters.iter().for_each(|&cluster| present[cluster] = true);
        let rows: Vec<usize> = (0..count).filter(|&cluster| present[cluster]).collect();
        let j = rows.len() as f64;
        let sums = sums.select_rows(&rows) * (j / (j - 1.0)).sqrt();
        let n = self.n as f64;
        let variances = sums.column_iter().map(|column| column.norm_squared() / n);
        let variances = DVector::from_iterator(sums.ncols(), variances);
        self.alone = Some(std::mem::replace(&mut self.variances, variances));
        self.influence = Some(sums);
        self.respondents = Some(Arc::new(own));
        self.shared = Shared::default();
        self
    }

    /// The same variables with other values, without sampling variation.
    pub(crate) fn with_values(&self, values: DVector<f64>) -> Self {
        Self {
            margins: self.margins.clone(),
            covariates: self.covariates.clone(),
            covariance: self.covariance.clone(),
            statistics: self.statistics.clone(),
            values,
            variances: self.variances.clone(),
            alone: self.alone.clone(),
            respondents: None,
            influence: None,
            n: self.n,
            empty: self.empty.clone(),
            perfect: self.perfect.clone(),
            shared: Shared::default(),
        }
    }
}
