//! Scores of all rows on several traits, from means or modes of the posteriors of their patterns.

use super::adapted::Adapted;
use super::adapted_nodes::StandardNodes;
use super::answers::Answers;
use super::choices::TraitEstimator;
use super::scores::{ScoresOfTrait, TraitScores};
use super::solved::Solved;

/// Score and standard error on each trait.
pub(crate) type Scores = Vec<(f64, f64)>;

/// Columns for traits of these names: the modes (MAP) where they are asked for and there are any, else what `means` gives.
pub(crate) fn trait_scores(
    method: TraitEstimator,
    answers: &Answers,
    solved: &Solved<'_>,
    names: &[String],
    means: impl FnOnce() -> Vec<Scores>,
) -> TraitScores {
    let found = match method {
        TraitEstimator::Map => modes(answers, solved),
        _ => means(),
    };
    let column = |(d, name): (usize, &String)| {
        let of_row = |row: &Option<usize>| match row.and_then(|p| found.get(p)) {
            Some(own) => (Some(own[d].0), Some(own[d].1)),
            None => (None, None),
        };
        let (values, se) = answers.patterns.of_row.iter().map(of_row).unzip();
        ScoresOfTrait { name: name.clone(), values, se }
    };
    let mut traits: Vec<ScoresOfTrait> = names.iter().enumerate().map(column).collect();
    let (values, se) = (traits[0].values.clone(), traits[0].se.clone());
    if traits.len() == 1 {
        traits.clear();
    }
    TraitScores { method, values, se, traits }
}

/// Modes of the posteriors, with the roots of the diagonal of the inverse expected information there.
fn modes(answers: &Answers, solved: &Solved<'_>) -> Vec<Scores> {
    let (layout, patterns) = (solved.marginal.layout, &answers.patterns);
    let nodes = StandardNodes::product(1, layout.dimensions);
    let mut adapted = Adapted::new(nodes, answers.covariates.of_class.clone(), layout.len(), 0.0);
    if !adapted.adapt(patterns, layout, &solved.found.x) {
        return Vec::new();
    }
    (0..patterns.len()).map(|p| adapted.mode(p)).collect()
}
