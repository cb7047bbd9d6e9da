//! What is asked of a fit at nodes of each respondent's own: one with covariates, or of more than three traits.

use super::adapted::AtNodes;
use super::adapted_nodes::StandardNodes;
use super::answers::Answers;
use super::covariates::TraitRegression;
use super::fit::IrtFit;
use super::layout::Layout;
use super::limited_information::LimitedInformation;
use super::marginal_likelihood::MarginalLikelihood;
use super::parameters::Traits;
use super::precision::TestInformation;
use super::scores::Scorer;
use super::solved::{Asked, Solved};
use super::trait_scores::{Scores, trait_scores};
use crate::numeric::normal;

/// Quasi-random nodes at which moments of one and two items are integrated.
const MOMENT_NODES: usize = 5000;

impl IrtFit {
    pub(crate) fn complete_adapted(
        &mut self,
        asked: &Asked,
        answers: &Answers,
        solved: &Solved<'_>,
        traits: &Traits,
    ) {
        let Some(adapted) = &solved.marginal.adapted else { return };
        let layout = solved.marginal.layout;
        let patterns = &answers.patterns;
        let found =
            adapted.posteriors(patterns, layout, &solved.found.x, |own| moments(own, layout.dimensions));
        if layout.dimensions == 1 {
            let of = |place: &super::layout::ItemPlace| {
                let local = Layout::values(&place.slots, &solved.found.x);
                Scorer { slope: local[0], response: place.shape.at(&local[1..]) }
            };
            let items: Vec<Scorer> = layout.items[0].iter().map(of).collect();
            let group = &self.groups[0];
            self.information = TestInformation::of(&answers.names, &items, group.mean, group.variance.sqrt());
            let n: f64 = patterns.weights.iter().sum();
            let mean = |f: &dyn Fn(usize) -> f64| {
                (0..patterns.len()).map(|p| patterns.weights[p] * f(p)).sum::<f64>() / n
            };
            let centre = mean(&|p| found[p][0].0);
            let variance = mean(&|p| (found[p][0].0 - centre).powi(2)) * n / (n - 1.0);
            let error = mean(&|p| found[p][0].1.powi(2));
            self.reliability.empirical = Some(variance / (variance + error)).filter(|r| r.is_finite());
        }
        if let Some(method) = asked.scores {
            self.scores = Some(trait_scores(method, answers, solved, &traits.names, || found));
        }
        if asked.fit_statistics {
            self.fit = Some(match answers.covariates.names.as_slice() {
                [] => at_population(answers, solved),
                _ => LimitedInformation::none(
                    "with covariates the moments of answers differ between respondents",
                ),
            });
        }
    }

    /// Coefficients of the covariates.
    pub(crate) fn regression_told(&mut self, answers: &Answers, solved: &Solved<'_>, traits: &Traits) {
        let layout = solved.marginal.layout;
        let names = &answers.covariates.names;
        for (at, slot) in layout.regression.iter().enumerate() {
            let [(index, _)] = slot.free.as_slice() else { continue };
            let variance = solved.errors.as_ref().map(|errors| errors.matrix[(*index, *index)]);
            let est = solved.found.x[*index];
            let se = variance.filter(|variance| *variance > 0.0).map(f64::sqrt);
            let z = se.map(|se| est / se);
            self.regression.push(TraitRegression {
                r#trait: traits.names[at / names.len()].clone(),
                covariate: names[at % names.len()].clone(),
                est,
                se,
                z,
                pvalue: z.map(|z| 2.0 * normal::distribution(-z.abs())),
            });
        }
    }
}

/// Fit from moments that are integrated at quasi-random nodes of the distribution of the traits.
fn at_population(answers: &Answers, solved: &Solved<'_>) -> LimitedInformation {
    let (layout, x) = (solved.marginal.layout, &solved.found.x);
    let nodes = StandardNodes::quasi_random(MOMENT_NODES, layout.dimensions);
    match MarginalLikelihood::of_population(&answers.patterns, layout, &nodes, x) {
        Some(marginal) => LimitedInformation::of(&marginal, answers, x),
        None => LimitedInformation::none("the covariance matrix of the traits is not positive definite"),
    }
}

/// Mean and standard deviation of each trait.
fn moments(own: &AtNodes, dimensions: usize) -> Scores {
    let of = |d: usize| {
        let each = || own.shares.iter().enumerate().map(|(q, share)| (*share, own.theta[q * dimensions + d]));
        let mean: f64 = each().map(|(share, theta)| share * theta).sum();
        let variance: f64 = each().map(|(share, theta)| share * (theta - mean) * (theta - mean)).sum();
        (mean, variance.max(0.0).sqrt())
    };
    (0..dimensions).map(of).collect()
}
