//! The observed information at nodes of each pattern's own, which stay where they are: that of the complete data, expected
//! under the posteriors, less what is missing (Louis 1982).

use super::adapted::{Adapted, AtNodes};
use super::complete_information::{STEP, differences, step};
use super::latent::symmetric;
use super::layout::{ItemPlace, Layout, Slot};
use super::pattern_posterior::{ItemAt, Point, population_gradient};
use super::patterns::Patterns;
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// A pattern at its nodes.
struct Pattern<'a> {
    point: &'a Point<'a>,
    index: usize,
    weight: f64,
    /// Means, covariances and coefficients of its group, and their values.
    population: &'a [Slot],
    values: &'a [f64],
    covariates: &'a [f64],
    found: &'a AtNodes,
    dimensions: usize,
}

impl Adapted {
    /// At a point, priors left out; none where it does not exist.
    pub(crate) fn observed_information(
        &self,
        patterns: &Patterns,
        layout: &Layout,
        x: &DVector<f64>,
    ) -> Option<DMatrix<f64>> {
        let point = Point::new(patterns, layout, x)?;
        let size = layout.len();
        let populations: Vec<Vec<Slot>> =
            (0..layout.groups()).map(|group| layout.population(group)).collect();
        let values: Vec<Vec<f64>> = populations.iter().map(|slots| Layout::values(slots, x)).collect();
        let add = |all: &mut DMatrix<f64>, (p, found, _): (usize, &AtNodes, &DVector<f64>)| {
            let group = patterns.group[p];
            let own = Pattern {
                point: &point,
                index: p,
                weight: patterns.weights[p],
                population: &populations[group],
                values: &values[group],
                covariates: self.of(patterns, p),
                found,
                dimensions: layout.dimensions,
            };
            if own.complete(all).is_none() {
                all.fill(f64::NAN);
            }
            own.missing(all);
        };
        let all: DMatrix<f64> = self.sum(&point, add, &DMatrix::zeros(size, size)).2.into_iter().sum();
        all.iter().all(|x| x.is_finite()).then_some(all)
    }
}

impl Pattern<'_> {
    fn node(&self, q: usize) -> &[f64] {
        &self.found.theta[q * self.dimensions..(q + 1) * self.dimensions]
    }

    fn is_population_free(&self) -> bool {
        self.population.iter().any(|slot| !slot.free.is_empty())
    }

    /// Adds the information of the complete data.
    fn complete(&self, all: &mut DMatrix<f64>) -> Option<()> {
        let mut unused = DVector::zeros(all.nrows());
        for (item, ItemAt { local, .. }, code) in self.point.answered(self.index) {
            let own = differences(&item.slots, local, step(item, local), |local| {
                Some(self.item_gradient(item, local, code))
            })?;
            Layout::scatter(
                &item.slots,
                &vec![0.0; local.len()],
                Some(&(own * self.weight)),
                &mut unused,
                all,
            );
        }
        if self.is_population_free() {
            let (d, values) = (self.dimensions, self.values);
            let spread = (0..d).map(|i| values[d + super::latent::at(i, i)]).fold(1.0, f64::min);
            let (first, second) = self.moments();
            let own = differences(self.population, values, STEP * spread, |values| {
                self.gradient_of_traits(values, &first, &second)
            })?;
            let zero = vec![0.0; values.len()];
            Layout::scatter(self.population, &zero, Some(&(own * self.weight)), &mut unused, all);
        }
        Some(())
    }

    /// Gradient of sum share x log P of an answer.
    fn item_gradient(&self, item: &ItemPlace, local: &[f64], code: usize) -> Vec<f64> {
        let width = item.dimensions.len();
        let (a, core) = local.split_at(width);
        let response = item.shape.at(core);
        let mut slopes = vec![0.0; 1 + core.len()];
        let mut curves = super::curves::Curves::default();
        let mut own = vec![0.0; local.len()];
        for (q, share) in self.found.shares.iter().enumerate() {
            let theta = self.node(q);
            response.answer(item.logit(a, theta), code, &mut slopes, &mut curves);
            for (own, dimension) in own.iter_mut().zip(&item.dimensions) {
                *own += share * slopes[0] * theta[*dimension];
            }
            own[width..].iter_mut().zip(&slopes[1..]).for_each(|(own, slope)| *own += share * slope);
        }
        own
    }

    /// E[theta] and E[theta theta'].
    fn moments(&self) -> (DVector<f64>, DMatrix<f64>) {
        let mut first = DVector::zeros(self.dimensions);
        let mut second = DMatrix::zeros(self.dimensions, self.dimensions);
        for (q, share) in self.found.shares.iter().enumerate() {
            let theta = DVector::from_column_slice(self.node(q));
            first.axpy(*share, &theta, 1.0);
            second.ger(*share, &theta, &theta, 1.0);
        }
        (first, second)
    }

    /// Gradient of the expected log density of the traits by means, covariances and coefficients; none where the covariance
    /// matrix is not positive definite.
    fn gradient_of_traits(
        &self,
        values: &[f64],
        first: &DVector<f64>,
        second: &DMatrix<f64>,
    ) -> Option<Vec<f64>> {
        let (mean, inverse) = self.normal(values)?;
        let about = second - first * mean.transpose() - &mean * first.transpose() + &mean * mean.transpose();
        let (pull, spread) = (&inverse * (first - mean), &inverse * about * &inverse);
        Some(population_gradient(&inverse, &pull, &spread, self.covariates))
    }

    /// The mean of the traits, given covariates, and the inverse of their covariance matrix.
    fn normal(&self, values: &[f64]) -> Option<(DVector<f64>, DMatrix<f64>)> {
        let d = self.dimensions;
        let covariances = d + d * (d + 1) / 2;
        let inverse = cholesky::inverse(&symmetric(&values[d..covariances], d))?;
        let count = self.covariates.len();
        let mean = DVector::from_fn(d, |i, _| {
            let coefficients = &values[covariances + i * count..covariances + (i + 1) * count];
            values[i] + coefficients.iter().zip(self.covariates).map(|(b, z)| b * z).sum::<f64>()
        });
        Some((mean, inverse))
    }

    /// Takes away the covariance matrix of the derivatives under the posterior.
    fn missing(&self, all: &mut DMatrix<f64>) {
        let count = self.found.shares.len();
        let mut scores = DMatrix::zeros(count, all.nrows());
        let mut add = |slot: &Slot, of_node: &dyn Fn(usize) -> f64| {
            for (index, coefficient) in &slot.free {
                let mut column = scores.column_mut(*index);
                column.iter_mut().enumerate().for_each(|(q, score)| *score += coefficient * of_node(q));
            }
        };
        let mut from = 0;
        for ((item, _, _), rows) in self.point.answered(self.index).zip(&self.found.rows) {
            let slopes = &self.found.slopes[from..from + rows * count];
            let width = item.dimensions.len();
            for (i, slot) in item.slots.iter().enumerate() {
                match item.dimensions.get(i) {
                    Some(d) => add(slot, &|q| slopes[q * rows] * self.node(q)[*d]),
                    None => add(slot, &|q| slopes[q * rows + i - width + 1]),
                }
            }
            from += rows * count;
        }
        if self.is_population_free()
            && let Some((mean, inverse)) = self.normal(self.values)
        {
            let of_node = |q: usize| {
                let pull = &inverse * (DVector::from_column_slice(self.node(q)) - &mean);
                population_gradient(&inverse, &pull, &(&pull * pull.transpose()), self.covariates)
            };
            let own: Vec<Vec<f64>> = (0..count).map(of_node).collect();
            self.population.iter().enumerate().for_each(|(i, slot)| add(slot, &|q| own[q][i]));
        }
        for mut column in scores.column_iter_mut() {
            let mean: f64 = column.iter().zip(&self.found.shares).map(|(s, share)| s * share).sum();
            for (score, share) in column.iter_mut().zip(&self.found.shares) {
                *score = (*score - mean) * (self.weight * share).sqrt();
            }
        }
        all.gemm(-1.0, &scores.transpose(), &scores, 1.0);
    }
}
