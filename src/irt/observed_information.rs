//! The observed information: minus the second derivatives of the log-likelihood (and priors) at the point last evaluated.
//!
//! On a grid by Louis (1982): that of the complete data, expected under the posteriors of the traits, less what is missing
//! ([`missing_information`]). Oakes (1999) gives the same matrix as the derivative of the EM map.

use super::complete_information::complete_information;
use super::marginal_likelihood::MarginalLikelihood;
use super::missing_information::missing_information;
use super::score_tables::ScoreTables;
use super::search_limits::WORK;
use crate::data::Progress;
use crate::error::Result;
use nalgebra::{DMatrix, DVector};

/// The observed information at a point; none where the likelihood does not exist.
///
/// # Errors
/// [`crate::Error::Stopped`].
pub(crate) fn observed_information(
    marginal: &mut MarginalLikelihood<'_>,
    x: &DVector<f64>,
    progress: &Progress,
) -> Result<Option<DMatrix<f64>>> {
    if marginal.evaluate(x).is_none() {
        return Ok(None);
    }
    progress.check(WORK)?;
    let found = match &marginal.adapted {
        Some(adapted) => adapted.observed_information(marginal.patterns, marginal.layout, x),
        None => complete_information(marginal, x)
            .map(|complete| complete - missing_information(marginal, &ScoreTables::new(marginal, x))),
    };
    Ok(found.map(|mut information| {
        for (i, prior) in marginal.layout.priors.iter().enumerate() {
            if let Some(prior) = prior {
                information[(i, i)] += 1.0 / (prior.sd * prior.sd);
            }
        }
        information
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::irt::adapted_nodes::StandardNodes;
    use crate::irt::answers::Answers;
    use crate::irt::choices::LogitPrior;
    use crate::irt::covariates::Covariates;
    use crate::irt::item_model::ItemModel;
    use crate::irt::parameters::{Design, Traits, layout};
    use crate::irt::patterns::{MISSING, Patterns};
    use crate::model::Model;

    enum Nodes {
        Grid(usize),
        Own(StandardNodes),
    }

    /// Six items of two groups, with answers that are missing and weights that differ.
    fn answers(model: ItemModel, groups: usize) -> Answers {
        let kinds = if model.is_dichotomous() { 2 } else { 3 };
        let cells: Vec<[u8; 6]> = (0..400u32)
            .map(|i| {
                let level = (i * 7919 % 400) as f64 / 400.0;
                [0, 1, 2, 3, 4, 5].map(|j| match (i * 31 + j * 17) % 23 {
                    0 => MISSING,
                    noise => ((level * 0.7 + f64::from(noise) / 46.0) * f64::from(kinds)) as u8 % kinds as u8,
                })
            })
            .collect();
        let weight = |i: usize| 1.0 + 0.25 * (i % 3) as f64;
        let rows =
            cells.iter().enumerate().map(|(i, row)| Some(((i % groups, 0), weight(i), row.as_slice())));
        let mut patterns = Patterns::of(6, rows);
        patterns.reordered(|group| group);
        Answers {
            names: (0..6).map(|j| format!("x{j}")).collect(),
            models: vec![model; 6],
            codes: vec![(0..kinds).map(f64::from).collect(); 6],
            groups: (0..groups).map(|g| g.to_string()).collect(),
            patterns,
            rows_read: 400,
            rows_used: 400,
            weighted: true,
            covariates: Covariates::default(),
            warnings: Vec::new(),
        }
    }

    /// Central differences of the gradient.
    fn by_differences(marginal: &mut MarginalLikelihood<'_>, x: &DVector<f64>) -> DMatrix<f64> {
        let size = x.len();
        marginal.evaluate(x).unwrap();
        let complete = marginal.derivatives(x, true).1;
        let mut information = DMatrix::zeros(size, size);
        for i in 0..size {
            let h = (1e-3 / complete[(i, i)].max(1e-6).sqrt()).min(0.05);
            let mut gradient = |by: f64| {
                let mut moved = x.clone();
                moved[i] += by;
                marginal.evaluate(&moved).unwrap();
                marginal.derivatives(&moved, false).0
            };
            let own = (gradient(-h) - gradient(h)) / (2.0 * h);
            information.set_column(i, &own);
        }
        (&information + information.transpose()) * 0.5
    }

    fn check(model: ItemModel, groups: usize, structure: Option<&str>, nodes: Nodes) {
        let answers = answers(model, groups);
        let traits = match structure {
            None => Traits::one(6),
            Some(text) => Traits::of_model(&text.parse::<Model>().unwrap()).unwrap().0,
        };
        let prior = Some(LogitPrior { mean: -1.4, sd: 0.5 });
        let design = Design {
            answers: &answers,
            traits: &traits,
            equal: vec![(true, true); 6],
            free_means: true,
            free_variances: true,
            lower_prior: prior,
            upper_prior: Some(LogitPrior { mean: 2.0, sd: 0.5 }),
        };
        let (layout, mut x) = layout(&design);
        x.iter_mut().enumerate().for_each(|(i, x)| *x += 0.01 * (i % 5) as f64);
        let mut marginal = match nodes {
            Nodes::Grid(count) => MarginalLikelihood::new(&answers.patterns, &layout, count, &x),
            Nodes::Own(own) => {
                let covariates = &answers.covariates.of_class;
                MarginalLikelihood::adapted(&answers.patterns, &layout, own, covariates, &x)
            }
        };
        let found = observed_information(&mut marginal, &x, &Progress::default()).unwrap().unwrap();
        let expected = by_differences(&mut marginal, &x);
        let scale = |i: usize| expected[(i, i)].abs().max(1.0).sqrt();
        for i in 0..x.len() {
            for j in 0..x.len() {
                let off = (found[(i, j)] - expected[(i, j)]).abs() / (scale(i) * scale(j));
                assert!(off < 2e-6, "{model} {structure:?}: {i} {j}: {} {}", found[(i, j)], expected[(i, j)]);
            }
        }
    }

    #[test]
    fn louis_gives_the_derivatives_of_the_gradient() {
        for model in ItemModel::ALL {
            check(*model, 1, None, Nodes::Grid(61));
            check(*model, 2, None, Nodes::Grid(31));
        }
    }

    #[test]
    fn so_it_does_of_several_traits() {
        let bifactor = "g =~ x0 + x1 + x2 + x3 + x4 + x5; s =~ x0 + x1; t =~ x2 + x3 + x4";
        for model in [ItemModel::TwoParameter, ItemModel::Graded, ItemModel::Nominal] {
            check(model, 1, Some("a =~ x0 + x1 + x2; b =~ x2 + x3 + x4 + x5"), Nodes::Grid(15));
            check(model, 1, Some(bifactor), Nodes::Grid(15));
        }
    }

    #[test]
    fn so_it_does_at_nodes_of_each_pattern() {
        for model in ItemModel::ALL {
            check(*model, 2, None, Nodes::Own(StandardNodes::product(9, 1)));
            let three = "a =~ x0 + x1 + x2; b =~ x2 + x3; c =~ x4 + x5";
            check(*model, 1, Some(three), Nodes::Own(StandardNodes::quasi_random(50, 3)));
        }
    }
}
