//! What standard errors and tests ask of a model of ordinal data at its solution.

use super::robust::{RobustGroup, robust_ordinal};
use super::squares::{OrdinalTerm, terms};
use super::variation::{OrdinalGroup, Variation, independent_meat, traces};
use crate::estimate::constraints::null_basis;
use crate::estimate::conventions::At;
use crate::estimate::observed::{Kept, Observed, Problem};
use crate::estimate::term::Term;
use crate::estimate::test_parts::{Baseline, RobustParts, Traces};
use crate::model::{Kind, Parameter, ParameterTable, Place};
use crate::numeric::cholesky::inverse;
use crate::numeric::product::product;
use nalgebra::{DMatrix, DVector};

impl Problem<'_> {
    /// The terms of ordinal data, at the point.
    pub(crate) fn ordinal(&self) -> Option<Vec<OrdinalTerm<'_>>> {
        let mut terms = terms(self.tables, self.observed, Some(self.weights?));
        terms.iter_mut().try_for_each(|term| term.value(self.x).map(drop))?;
        Some(terms)
    }

    /// Their groups, with the derivatives at the point.
    pub(crate) fn ordinal_groups<'a>(&self, ordinal: &'a [OrdinalTerm<'_>]) -> Vec<OrdinalGroup<'a>> {
        let n: f64 = self.observed.iter().map(|o| o.n as f64).sum();
        let each = ordinal.iter().zip(self.observed).map(|(group, observed)| OrdinalGroup {
            share: self.ratio(observed) * observed.n as f64 / n,
            ratio: self.ratio(observed),
            stages: group.stages,
            weight: group.weight,
            derivatives: group.derivatives(),
        });
        each.collect()
    }

    /// Standard errors of a group's residual statistics of ordinal data; 0 where the model reproduces a statistic
    /// whatever the data. None where the influences were not kept.
    pub(crate) fn residual_errors(&self, group: usize) -> Option<DVector<f64>> {
        let ordinal = self.ordinal()?;
        let groups = self.ordinal_groups(&ordinal);
        let variation = self.variation(&groups)?;
        let total: f64 = self.observed.iter().map(|o| o.n as f64).sum();
        let OrdinalGroup { share, stages, derivatives, .. } = &groups[group];
        let n = stages.n as f64;
        let (inverse, covariance) = variation.inverse();
        let across = product(variation.moved[group].of_statistics(stages)?.as_ref(), inverse);
        let each = derivatives.iter().enumerate().map(|(row, d)| {
            let gamma = stages.variances[row];
            let twice = 2.0 * share * d.iter().map(|&(i, x)| x * across[(row, i)]).sum::<f64>();
            let along = |&(i, x): &(usize, f64)| -> f64 {
                x * d.iter().map(|&(j, y)| y * covariance[(j, i)]).sum::<f64>()
            };
            let variance = (gamma - twice) / n + d.iter().map(along).sum::<f64>() / total;
            if variance > 1e-10 * gamma / n { variance.sqrt() } else { 0.0 }
        });
        Some(DVector::from_iterator(stages.values.len(), each))
    }

    /// T of the independence model of ordinal data, its degrees of freedom, and what scales it.
    pub(crate) fn ordinal_baseline(&self, free_slopes: bool, squared: bool) -> Option<Baseline> {
        let ordinal = self.ordinal()?;
        let (mut chisq, mut df, mut traced) = (0.0, 0.0, Some((0.0, 0.0)));
        for (group, observed) in ordinal.iter().zip(self.observed) {
            let own = group.moments.of_independence(free_slopes);
            let stages = group.stages;
            df += (group.moments.len() - own.ncols()) as f64;
            if let Some(weights) = group.weight.diagonal(stages.values.len()) {
                // the others are left as they are
                let free = own.iter().map(|row| f64::from(u8::from(row.is_empty())));
                let weights = weights.component_mul(&DVector::from_iterator(stages.values.len(), free));
                let squares = stages.values.iter().zip(weights.iter()).map(|(s, w)| w * s * s);
                chisq += observed.multiplier * squares.sum::<f64>();
                let trace = weights.dot(&stages.variances);
                let square = if squared { stages.weighted_square(&weights) } else { Some(0.0) };
                let ratio = self.ratio(observed);
                traced = traced
                    .zip(square)
                    .map(|((a, b), square)| (a + ratio * trace, b + ratio * ratio * square));
                continue;
            }
            // linear in its parameters: the minimum is a projection
            let dense = own.dense();
            let right = dense.tr_mul(&group.weight.times(&stages.values));
            let residual = &stages.values - dense * (inverse(&group.weight.gram(&own))? * right);
            chisq += observed.multiplier * group.weight.square(&residual);
            let ratio = self.ratio(observed);
            let part = OrdinalGroup { share: 1.0, ratio, stages, weight: group.weight, derivatives: own };
            let own = [part];
            let own = Variation::of(&own, None).and_then(|variation| traces(&own, &variation, squared));
            traced = traced.zip(own).map(|((a, b), (trace, square))| (a + trace, b + square));
        }
        // without degrees of freedom, or where only variances were kept, there is nothing to scale by
        let (trace, square) = traced.unwrap_or((0.0, 0.0));
        Some(Baseline { chisq, df, traces: Some(Traces::of(trace, square)) })
    }

    /// What the robust measures of ordinal data are made of; none where scales are free, and what the model implies
    /// for the variables behind the items is no correlation matrix.
    pub(crate) fn robust_ordinal(&self) -> Option<RobustParts> {
        let ordinal = self.ordinal()?;
        let is_scale = |table: &ParameterTable, row: &Parameter| match row.place {
            Place::Scale(_) => true,
            Place::Residual(i, j) => i == j && table.is_ordinal(i),
            _ => false,
        };
        let free = |table: &ParameterTable| {
            table.rows.iter().any(|row| matches!(row.kind, Kind::Free(..)) && is_scale(table, row))
        };
        if self.tables.iter().any(free) {
            return None;
        }
        let groups: Vec<RobustGroup<'_>> = (self.ordinal_groups(&ordinal).into_iter())
            .zip(&ordinal)
            .zip(self.observed)
            .map(|((group, term), observed)| RobustGroup {
                group,
                moments: &term.moments,
                implied: &term.implied,
                n: observed.n as f64,
            })
            .collect();
        let parts: Vec<OrdinalGroup<'_>> = groups.iter().map(|g| g.group.clone()).collect();
        robust_ordinal(&groups, self.variation(&parts)?)
    }

    /// Weight of a group in the discrepancy over its share of the respondents: 1, but for Mplus's unweighted least
    /// squares, where groups weigh alike.
    fn ratio(&self, observed: &Observed) -> f64 {
        let sum = |of: fn(&Observed) -> f64| self.observed.iter().map(of).sum::<f64>();
        match self.metric {
            At::Sample => {
                let weight = observed.multiplier / sum(|o| o.multiplier);
                weight / (observed.n as f64 / sum(|o| o.n as f64))
            }
            _ => 1.0,
        }
    }

    /// D'W Gamma W D of independent respondents, and D'WD; none without clusters.
    pub(crate) fn independent_ordinal(&self) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        let ordinal = self.ordinal()?;
        let groups = self.ordinal_groups(&ordinal);
        Some((independent_meat(&groups)?, self.variation(&groups)?.bread.clone()))
    }

    /// What errors and tests of ordinal data share, at the point `x`.
    pub(crate) fn variation(&self, groups: &[OrdinalGroup<'_>]) -> Option<&Variation> {
        let directions = (self.jacobian.nrows() > 0).then(|| null_basis(self.jacobian, self.x.len()));
        self.known.keep(|| Variation::of(groups, directions.as_ref()))
    }
}

impl Kept for Variation {}
