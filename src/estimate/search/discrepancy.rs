//! A discrepancy between observed and implied moments: what a search minimises.

use crate::data::Progress;
use crate::estimate::observed::Observed;
use crate::estimate::term::{Curvature, HessianParts, Term, boxed};
use crate::estimate::weight::Weight;
use crate::model::{Implied, Kind, ParameterTable};
use crate::numeric::arrowhead::{Arrowhead, Pattern};
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// F, the sum of what the groups add to it.
#[derive(Debug)]
pub(crate) struct Discrepancy<'a> {
    terms: Vec<Box<dyn Term + 'a>>,
    /// Which parameters are of one group, and which of several.
    pattern: Arc<Pattern>,
    /// Who is told of each iteration, and how many there were.
    progress: Progress,
    asked: u64,
}

impl<'a> Discrepancy<'a> {
    /// Least squares with weights, maximum likelihood without.
    pub(crate) fn new(
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        weights: Option<&'a [Weight]>,
    ) -> Self {
        Self::from_boxes(observed[0].seen.terms(tables, observed, weights), pattern_of(tables))
    }

    /// Of terms that all depend on all of `q` parameters.
    pub(crate) fn from_terms<T: Term + 'a>(terms: impl IntoIterator<Item = T>, q: usize) -> Self {
        Self::from_boxes(boxed(terms), Pattern::dense(q))
    }

    fn from_boxes(terms: Vec<Box<dyn Term + 'a>>, pattern: Pattern) -> Self {
        Self { terms, pattern: Arc::new(pattern), progress: Progress::default(), asked: 0 }
    }

    /// Tells of every iteration; where it is to be stopped there is no value any more, and a search ends where it is.
    pub(crate) fn watched_by(mut self, progress: &Progress) -> Self {
        self.progress = progress.clone();
        self
    }

    fn set_hessian(&mut self, which: Curvature, hessian: &mut Arrowhead) {
        hessian.clear(&self.pattern);
        self.terms.iter_mut().for_each(|term| term.add_hessian(which, hessian));
    }

    /// The Hessian that a search steps by: the expected one, of incomplete rows as if they were complete.
    pub(crate) fn search_hessian(&mut self, hessian: &mut Arrowhead) {
        self.set_hessian(Curvature::Search, hessian);
    }

    /// The expected Hessian at the point last evaluated.
    pub(crate) fn expected_hessian(&mut self, hessian: &mut Arrowhead) {
        self.set_hessian(Curvature::Expected, hessian);
    }

    /// The Hessian at the point last evaluated.
    pub(crate) fn observed_hessian(&mut self, hessian: &mut Arrowhead) {
        self.set_hessian(Curvature::Observed, hessian);
    }

    /// Whether the Hessian as it is is known, and not only its expectation.
    pub(crate) fn knows_curvature(&self) -> bool {
        self.terms.iter().all(|term| term.knows_curvature())
    }

    /// Of the expected Hessian: the block of the first `q` parameters, their elements with the others, and
    /// the diagonal of the others.
    pub(crate) fn partial_hessian(&mut self, q: usize, all: usize) -> HessianParts {
        let mut parts = (DMatrix::zeros(q, q), DMatrix::zeros(q, all - q), DVector::zeros(all - q));
        self.terms.iter_mut().for_each(|term| term.add_partial_hessian(q, &mut parts));
        parts
    }

    /// What each group adds to the discrepancy at the point last evaluated.
    pub(crate) fn of_groups(&self) -> Vec<f64> {
        self.terms.iter().map(|term| term.last()).collect()
    }

    /// The share of the weighted statistics that the model reproduces: the mean over groups; least squares only.
    pub(crate) fn goodness(&self) -> Option<f64> {
        self.terms.iter().map(|term| term.goodness()).sum()
    }

    /// Sigma^-1 of a group, where it was made.
    pub(crate) fn inverse(&self, group: usize) -> Option<&DMatrix<f64>> {
        self.terms[group].inverse()
    }

    /// What the model implies at the point last evaluated, by group (and level).
    pub(crate) fn implied(&self) -> Vec<&Implied> {
        self.terms.iter().flat_map(|term| term.implied()).collect()
    }

    pub(crate) fn into_implied(self) -> Vec<Implied> {
        self.terms.into_iter().flat_map(Term::into_implied).collect()
    }
}

fn pattern_of(tables: &[ParameterTable]) -> Pattern {
    Pattern::of(tables.first().map_or(0, |table| table.n_free), &by_group(tables))
}

/// The free parameters of each group.
pub(crate) fn by_group(tables: &[ParameterTable]) -> Vec<Vec<usize>> {
    let groups = tables.iter().map(|table| table.group + 1).max().unwrap_or(0);
    let mut blocks = vec![Vec::new(); groups];
    for table in tables {
        let free = table.rows.iter().filter_map(|row| match row.kind {
            Kind::Free(free, _) => Some(free),
            _ => None,
        });
        blocks[table.group].extend(free);
    }
    blocks
}

impl Objective for Discrepancy<'_> {
    fn value(&mut self, x: &DVector<f64>) -> Option<f64> {
        if self.progress.is_stopped() {
            return None;
        }
        let mut value = 0.0;
        for term in &mut self.terms {
            value += term.value(x)?;
        }
        value.is_finite().then_some(value)
    }

    fn gradient(&mut self, gradient: &mut DVector<f64>) {
        gradient.fill(0.0);
        if self.progress.is_stopped() {
            return;
        }
        self.asked += 1;
        self.progress.tell(self.asked, 0);
        self.terms.iter_mut().for_each(|term| term.add_gradient(gradient));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::normal::seen::Complete;
    use crate::estimate::weight::Layout;
    use crate::model::{Covariates, Equality, Function, MeanStructure, Model, Specification, row_of_free};
    use crate::numeric::cholesky;
    use std::sync::Arc;

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
            seen: Arc::new(Complete::default()),
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
            let mut hessian = Arrowhead::of(DMatrix::from_element(q, q, f64::NAN));
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
        let mut discrepancy = Discrepancy::new(&tables, &observed, None);
        let x = point(&tables);
        let q = x.len();
        let mut implied = |x: &DVector<f64>, group: usize| {
            discrepancy.value(x).unwrap();
            let implied = discrepancy.implied()[group];
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
        let mut hessian = Arrowhead::of(DMatrix::from_element(q, q, f64::NAN));
        discrepancy.value(&x).unwrap();
        discrepancy.expected_hessian(&mut hessian);
        for s in 0..q {
            for t in 0..q {
                let mut expected = 0.0;
                for (group, derivatives) in derivatives.iter().enumerate() {
                    let inverse = discrepancy.inverse(group).unwrap();
                    let covariances = (inverse * &derivatives[s].0 * inverse * &derivatives[t].0).trace();
                    let means = 2.0 * derivatives[s].1.dot(&(inverse * &derivatives[t].1));
                    expected += observed[group].multiplier / 250.0 * (covariances + means);
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
