//! Thresholds and correlations of a group of ordinal variables, given fixed covariates.

use crate::correlation::{Keep, Ordered, ThreeStage};
use crate::error::{Error, Result};
use crate::estimate::conventions::Conventions;
use crate::estimate::estimation::Estimation;
use crate::estimate::estimator::Criterion;
use crate::estimate::inference::StandardErrors;
use crate::estimate::observed::{Observed, Seen};
use crate::estimate::ordinal::seen::stages_of;
use crate::estimate::plan::Plan;
use crate::estimate::sample::group::{Sample, centre};
use crate::model::ParameterTable;
use nalgebra::{DMatrix, DVector};
use ndarray::ArrayView2;
use std::sync::Arc;

impl Estimation {
    /// Thresholds and correlations of a group's variables, given the fixed covariates.
    pub(crate) fn observe_ordinal(
        &self,
        table: &ParameterTable,
        group: &Sample,
        plan: Plan,
    ) -> Result<Observed> {
        let known = group.like.as_ref().and_then(|(names, seen)| {
            let stages: &ThreeStage = seen.own()?;
            (*names == table.observed && table.covariates.is_empty()).then(|| (stages, Arc::clone(seen)))
        });
        let (moments, seen, n) = match (known, group.rows_of(table)) {
            (Some((stages, seen)), rows) => {
                (self.ordinal_moments(table, group, rows.as_ref(), stages)?, seen, stages.n)
            }
            (None, Some(rows)) => {
                let stages = self.stages(table, group, &rows, plan)?;
                let moments = self.ordinal_moments(table, group, Some(&rows), &stages)?;
                (moments, Arc::new(stages) as Arc<dyn Seen>, rows.ncols())
            }
            (None, None) => {
                return Err(Error::Unsupported {
                    what: "ordinal variables from moments alone".into(),
                    instead: "Fit the data themselves, or two-way tables of them (aggregates).".into(),
                });
            }
        };
        let (covariance, mean) = moments;
        let (_, multiplier) = self.divisor(n);
        Ok(Observed { covariance, mean, log_determinant: 0.0, n, multiplier, seen })
    }

    fn stages(
        &self,
        table: &ParameterTable,
        group: &Sample,
        rows: &DMatrix<f64>,
        plan: Plan,
    ) -> Result<ThreeStage> {
        let n = rows.ncols();
        let by_row = ArrayView2::from_shape((n, rows.nrows()), rows.as_slice()).map_err(|_| {
            Error::WrongSize { what: "rows of the data".into(), found: n, expected: group.moments.n() }
        })?;
        let named = |i: &usize| table.observed[*i].clone();
        let ordinal = (0..table.observed.len()).filter(|i| table.is_ordinal(*i)).map(|i| named(&i)).collect();
        let covariates: Vec<String> = table.covariates.iter().map(named).collect();
        let scores = self.estimator.criterion() == Criterion::Wls
            || plan.statistic.is_scaled()
            || plan.standard_errors == StandardErrors::RobustSem
            || group.clusters.is_some();
        let keep = if scores { Keep::Influences } else { Keep::Variances };
        let stages = ThreeStage::weighted(
            &table.observed,
            by_row,
            &Ordered::Named(ordinal),
            &covariates,
            self.empty_cells,
            keep,
            group.weights.as_deref(),
            &self.progress,
        )?;
        Ok(match &group.clusters {
            Some(clusters) => stages.in_clusters(clusters),
            None => stages,
        })
    }

    /// The covariates' own moments, and those of the others given them.
    fn ordinal_moments(
        &self,
        table: &ParameterTable,
        group: &Sample,
        rows: Option<&DMatrix<f64>>,
        stages: &ThreeStage,
    ) -> Result<(DMatrix<f64>, DVector<f64>)> {
        let moments = group.moments.select(&table.observed.iter().map(String::as_str).collect::<Vec<_>>())?;
        let n = rows.map_or(stages.n, DMatrix::ncols);
        if self.estimator.criterion() == Criterion::Wls && n <= stages.values.len() {
            let what = "weighted least squares (more respondents than thresholds and correlations)".into();
            return Err(Error::TooFewRows { what, n, needed: stages.values.len() + 1 });
        }
        let mut covariance = moments.covariance_matrix(self.divisor(n).0)?;
        let mut mean = moments.mean_vector().unwrap_or_else(|| DVector::zeros(table.observed.len()));
        if let (Some(weights), Some(rows)) = (&group.weights, rows) {
            let x = &table.covariates;
            let mut own = DMatrix::from_fn(x.len(), n, |i, c| rows[(x[i], c)]);
            let at = centre(&mut own, weights);
            let weighted = DMatrix::from_fn(x.len(), n, |i, c| own[(i, c)] * weights[c]);
            let products = weighted * own.transpose() / weights.iter().sum::<f64>();
            for (i, &a) in x.iter().enumerate() {
                mean[a] = at[i];
                x.iter().enumerate().for_each(|(j, &b)| covariance[(a, b)] = products[(i, j)]);
            }
        }
        let own: Vec<usize> = (0..mean.len()).filter(|i| !table.covariates.contains(i)).collect();
        for (a, &i) in own.iter().enumerate() {
            for (b, &j) in own.iter().enumerate() {
                covariance[(i, j)] = stages.covariance[(a, b)];
            }
            for &x in &table.covariates {
                (covariance[(i, x)], covariance[(x, i)]) = (0.0, 0.0);
            }
            mean[i] = if table.is_ordinal(i) { 0.0 } else { stages.mean(a) };
        }
        Ok((covariance, mean))
    }

    /// In Mplus's unweighted least squares of ordinal data all groups weigh alike, whatever their size.
    pub(crate) fn weigh_alike(&self, observed: &mut [Observed]) {
        let ordinal = observed.iter().all(|own| stages_of(own).is_some());
        if ordinal && self.conventions == Conventions::Mplus && self.estimator.criterion() == Criterion::Uls {
            let mean = observed.iter().map(|o| o.multiplier).sum::<f64>() / observed.len() as f64;
            observed.iter_mut().for_each(|o| o.multiplier = mean);
        }
    }
}
