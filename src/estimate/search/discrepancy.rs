//! A discrepancy between observed and implied moments: what a search minimises.

use crate::estimate::inference::Information;
use crate::estimate::levels::likelihood::TwoLevel;
use crate::estimate::normal::least_squares::LeastSquares;
use crate::estimate::normal::likelihood::MaximumLikelihood;
use crate::estimate::observed::Observed;
use crate::estimate::ordinal::squares::OrdinalSquares;
use crate::estimate::weight::Weight;
use crate::model::{Implied, ParameterTable};
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};

#[derive(Debug)]
pub(crate) enum Discrepancy<'a> {
    Likelihood(MaximumLikelihood<'a>),
    Squares(LeastSquares<'a>),
    Ordinal(OrdinalSquares<'a>),
    TwoLevel(TwoLevel<'a>),
}

impl<'a> Discrepancy<'a> {
    /// Least squares with weights, maximum likelihood without.
    pub(crate) fn new(
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        weights: Option<&'a [Weight]>,
    ) -> Self {
        match weights {
            None => match TwoLevel::new(tables, observed) {
                Some(levels) => Self::TwoLevel(levels),
                None => Self::Likelihood(MaximumLikelihood::new(tables, observed)),
            },
            Some(weights) => match OrdinalSquares::new(tables, observed, weights) {
                Some(ordinal) => Self::Ordinal(ordinal),
                None => Self::Squares(LeastSquares::new(tables, observed, weights)),
            },
        }
    }

    /// The Hessian that a search steps by: the expected one, of incomplete rows as if they were complete.
    pub(crate) fn search_hessian(&mut self, hessian: &mut DMatrix<f64>) {
        match self {
            Self::Likelihood(likelihood) => likelihood.completed_hessian(hessian),
            Self::TwoLevel(levels) => levels.completed_hessian(hessian),
            Self::Squares(_) | Self::Ordinal(_) => self.expected_hessian(hessian),
        }
    }

    /// The expected Hessian at the point last evaluated.
    pub(crate) fn expected_hessian(&mut self, hessian: &mut DMatrix<f64>) {
        match self {
            Self::Likelihood(likelihood) => likelihood.expected_hessian(hessian),
            Self::Squares(squares) => squares.expected_hessian(hessian),
            Self::Ordinal(ordinal) => ordinal.expected_hessian(hessian),
            Self::TwoLevel(levels) => levels.hessian(Information::Expected, hessian),
        }
    }

    /// Of the expected Hessian: the block of the first `q` parameters, their elements with the others, and
    /// the diagonal of the others.
    pub(crate) fn partial_hessian(
        &mut self,
        q: usize,
        all: usize,
    ) -> (DMatrix<f64>, DMatrix<f64>, DVector<f64>) {
        let mut parts = (DMatrix::zeros(q, q), DMatrix::zeros(q, all - q), DVector::zeros(all - q));
        match self {
            Self::Likelihood(likelihood) => {
                likelihood.groups.iter_mut().for_each(|group| group.add_partial_hessian(q, &mut parts));
            }
            Self::Squares(squares) => squares.add_partial_hessian(q, &mut parts),
            Self::Ordinal(_) | Self::TwoLevel(_) => {
                let mut whole = DMatrix::zeros(all, all);
                self.expected_hessian(&mut whole);
                parts.0.copy_from(&whole.view((0, 0), (q, q)));
                parts.1.copy_from(&whole.view((0, q), (q, all - q)));
                parts.2.copy_from(&whole.diagonal().rows(q, all - q));
            }
        }
        parts
    }

    /// The Hessian at the point last evaluated.
    pub(crate) fn observed_hessian(&mut self, hessian: &mut DMatrix<f64>) {
        match self {
            Self::Likelihood(likelihood) => likelihood.observed_hessian(hessian),
            Self::Squares(squares) => squares.observed_hessian(hessian),
            // refused before: least squares with ordinal data have expected information only
            Self::Ordinal(ordinal) => ordinal.expected_hessian(hessian),
            Self::TwoLevel(levels) => levels.hessian(Information::Observed, hessian),
        }
    }

    /// What each group adds to the discrepancy at the point last evaluated.
    pub(crate) fn of_groups(&self) -> Vec<f64> {
        match self {
            Self::Likelihood(likelihood) => likelihood.groups.iter().map(|g| g.share * g.last).collect(),
            Self::Squares(squares) => squares.groups.iter().map(|group| group.contribution()).collect(),
            Self::Ordinal(ordinal) => ordinal.groups.iter().map(|group| group.contribution()).collect(),
            Self::TwoLevel(levels) => levels.groups.iter().map(|g| g.share * g.last).collect(),
        }
    }

    /// What the model implies at the point last evaluated, by group (and level).
    pub(crate) fn implied(&self) -> Vec<&Implied> {
        match self {
            Self::Likelihood(likelihood) => likelihood.groups.iter().map(|group| &group.implied).collect(),
            Self::Squares(squares) => squares.groups.iter().map(|group| &group.implied).collect(),
            Self::Ordinal(ordinal) => ordinal.groups.iter().map(|group| &group.implied).collect(),
            Self::TwoLevel(levels) => levels.groups.iter().flat_map(|group| &group.implied).collect(),
        }
    }

    pub(crate) fn into_implied(self) -> Vec<Implied> {
        match self {
            Self::Likelihood(likelihood) => {
                likelihood.groups.into_iter().map(|group| group.implied).collect()
            }
            Self::Squares(squares) => squares.groups.into_iter().map(|group| group.implied).collect(),
            Self::Ordinal(ordinal) => ordinal.groups.into_iter().map(|group| group.implied).collect(),
            Self::TwoLevel(levels) => levels.groups.into_iter().flat_map(|group| group.implied).collect(),
        }
    }
}

impl Objective for Discrepancy<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        match self {
            Self::Likelihood(likelihood) => likelihood.value(x),
            Self::Squares(squares) => squares.value(x),
            Self::Ordinal(ordinal) => ordinal.value(x),
            Self::TwoLevel(levels) => levels.value(x),
        }
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        match self {
            Self::Likelihood(likelihood) => likelihood.gradient(gradient),
            Self::Squares(squares) => squares.gradient(gradient),
            Self::Ordinal(ordinal) => ordinal.gradient(gradient),
            Self::TwoLevel(levels) => levels.gradient(gradient),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::weight::Layout;
    use crate::model::{Covariates, Equality, Function, MeanStructure, Model, Specification, row_of_free};
    use crate::numeric::cholesky;

    /// Factors above factors, paths between factors and variables, covariates, equal loadings, residual
    /// covariances and means: every kind of parameter.
    const MODEL: &str = "f =~ x1 + a*x2 + a*x3\ng =~ x4 + x5 + x6\nh =~ f + g + x7\ng ~~ 0.2*f\n\
                         x8 ~ f + x9\nx9 ~~ x10\nx1 ~~ x4\nx7 ~ x10";

    fn tables() -> Vec<ParameterTable> {
        let model: Model = MODEL.parse().unwrap();
        let specification = Specification {
            function: Function::Sem,
            means: MeanStructure::Included,
            covariates: Covariates::Random,
            equal: vec![Equality::Loadings],
            ..Specification::default()
        };
        ParameterTable::of_groups(&model, &specification, 2).unwrap()
    }

    /// Some moments, and a point that fits them badly.
    fn observed(p: usize, n: usize) -> Observed {
        let covariance = DMatrix::from_fn(p, p, |i, j| {
            if i == j { 2.0 + 0.1 * i as f64 + 1e-3 * n as f64 } else { 0.3 + 0.02 * (i + j) as f64 }
        });
        let mean = DVector::from_fn(p, |i, _| 0.5 - 0.1 * i as f64);
        let mut factor = covariance.clone();
        cholesky::factorise(&mut factor).unwrap();
        let log_determinant = cholesky::log_determinant(&factor);
        Observed {
            covariance,
            mean,
            log_determinant,
            n,
            multiplier: n as f64,
            ordinal: None,
            incomplete: None,
            two_level: None,
        }
    }

    fn point(tables: &[ParameterTable]) -> DVector<f64> {
        DVector::from_fn(tables[0].n_free, |i, _| {
            let row = row_of_free(tables, i).unwrap();
            let variance = row.lhs == row.rhs;
            if variance { 1.0 + 0.01 * i as f64 } else { 0.2 + 0.03 * (i % 7) as f64 }
        })
    }

    const STEP: f64 = 1e-5;

    fn moved(x: &DVector<f64>, i: usize, by: f64) -> DVector<f64> {
        let mut moved = x.clone();
        moved[i] += by;
        moved
    }

    /// Maximum likelihood, and least squares with each kind of weight.
    fn weights(p: usize, observed: &Observed) -> Vec<Option<Weight>> {
        let layout = Layout { p, has_means: true };
        let mut inverse = observed.covariance.clone();
        cholesky::factorise(&mut inverse).unwrap();
        cholesky::invert(&mut inverse, &mut observed.covariance.clone());
        let diagonal = DVector::from_fn(layout.len(), |i, _| 1.0 + 0.01 * i as f64);
        let full = DMatrix::from_fn(layout.len(), layout.len(), |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 1.0,
            std::cmp::Ordering::Greater => 0.02 / (1.0 + (i - j) as f64),
        });
        let some = [Weight::Normal(inverse), Weight::Unit, Weight::Diagonal(diagonal), Weight::Full(full)];
        std::iter::once(None).chain(some.map(Some)).collect()
    }

    #[test]
    fn gradient_and_hessian_are_those_of_central_differences() {
        let tables = tables();
        let p = tables[0].observed.len();
        let observed = [100, 150].map(|n| observed(p, n));
        let x = point(&tables);
        let q = x.len();
        for weight in weights(p, &observed[0]) {
            let both = weight.map(|weight| vec![weight.clone(), weight]);
            let mut discrepancy = Discrepancy::new(&tables, &observed, both.as_deref());
            let mut gradient = DVector::from_element(q, f64::NAN);
            let mut hessian = DMatrix::from_element(q, q, f64::NAN);
            discrepancy.value(&x).unwrap();
            discrepancy.gradient(&mut gradient);
            discrepancy.observed_hessian(&mut hessian);
            let agrees = |analytic: f64, difference: f64, name: &str| {
                let close = (analytic - difference).abs() < 1e-6 * (1.0 + difference.abs());
                assert!(close, "{name}: {analytic} {difference}");
            };
            for i in 0..q {
                let mut at = |by: f64| {
                    let value = discrepancy.value(&moved(&x, i, by)).unwrap();
                    let mut gradient = DVector::zeros(q);
                    discrepancy.gradient(&mut gradient);
                    (value, gradient)
                };
                let ((above, upper), (below, lower)) = (at(STEP), at(-STEP));
                let name = row_of_free(&tables, i).unwrap().name();
                agrees(gradient[i], (above - below) / (2.0 * STEP), &name);
                for j in 0..q {
                    agrees(hessian[(i, j)], (upper[j] - lower[j]) / (2.0 * STEP), &name);
                }
            }
        }
    }

    /// H_st = tr(Sigma^-1 dSigma_s Sigma^-1 dSigma_t) + 2 dmu_s' Sigma^-1 dmu_t, derivatives by differences.
    #[test]
    fn expected_hessian_is_that_of_the_implied_moments() {
        let tables = tables();
        let observed = [100, 150].map(|n| observed(tables[0].observed.len(), n));
        let mut discrepancy = MaximumLikelihood::new(&tables, &observed);
        let x = point(&tables);
        let q = x.len();
        let mut implied = |x: &DVector<f64>, group: usize| {
            discrepancy.value(x).unwrap();
            let implied = &discrepancy.groups[group].implied;
            (implied.sigma.clone(), implied.mu.clone())
        };
        let mut derivatives = |group: usize| -> Vec<(DMatrix<f64>, DVector<f64>)> {
            (0..q)
                .map(|i| {
                    let ((a, c), (b, d)) =
                        (implied(&moved(&x, i, STEP), group), implied(&moved(&x, i, -STEP), group));
                    ((a - b) / (2.0 * STEP), (c - d) / (2.0 * STEP))
                })
                .collect()
        };
        let derivatives = [derivatives(0), derivatives(1)];
        let mut hessian = DMatrix::from_element(q, q, f64::NAN);
        discrepancy.value(&x).unwrap();
        discrepancy.expected_hessian(&mut hessian);
        for s in 0..q {
            for t in 0..q {
                let mut expected = 0.0;
                for (group, derivatives) in discrepancy.groups.iter().zip(&derivatives) {
                    let inverse = &group.inverse;
                    let covariances = (inverse * &derivatives[s].0 * inverse * &derivatives[t].0).trace();
                    let means = 2.0 * derivatives[s].1.dot(&(inverse * &derivatives[t].1));
                    expected += group.share * (covariances + means);
                }
                assert!(
                    (hessian[(s, t)] - expected).abs() < 1e-6 * (1.0 + expected.abs()),
                    "{s} {t}: {} {expected}",
                    hessian[(s, t)]
                );
            }
        }
    }
}
