//! What is asked of a fit of several traits: scores on each, and overall fit where all traits are integrated at once.

use super::answers::Answers;
use super::dimension_reduction::Reduction;
use super::fit::IrtFit;
use super::limited_information::LimitedInformation;
use super::parameters::Traits;
use super::solved::{Asked, Solved};
use super::trait_scores::{Scores, trait_scores};

impl IrtFit {
    pub(crate) fn complete_many(
        &mut self,
        asked: &Asked,
        answers: &Answers,
        solved: &Solved<'_>,
        traits: &Traits,
    ) {
        if let Some(method) = asked.scores {
            let means = || means(answers, solved, traits);
            self.scores = Some(trait_scores(method, answers, solved, traits.told(), means));
        }
        if asked.fit_statistics {
            self.fit = Some(LimitedInformation::of(&solved.marginal, answers, &solved.found.x));
        }
    }
}

/// Means of the posteriors of all patterns.
fn means(answers: &Answers, solved: &Solved<'_>, traits: &Traits) -> Vec<Scores> {
    let patterns = &answers.patterns;
    match &traits.specific {
        None => (0..patterns.len()).map(|p| of_pattern(solved, p)).collect(),
        Some(specific) => {
            let nodes = solved.marginal.grids[0].len();
            let mut reduction = Reduction::new(specific, nodes);
            let count = traits.full.len();
            (0..patterns.len())
                .map(|p| reduced(answers, solved, p, specific, &mut reduction, count))
                .collect()
        }
    }
}

fn of_pattern(solved: &Solved<'_>, pattern: usize) -> Scores {
    let marginal = &solved.marginal;
    let grid = &marginal.grids[marginal.patterns.group[pattern]];
    let mut shares = vec![0.0; grid.len()];
    marginal.posterior(pattern, &mut shares);
    (0..grid.dimensions).map(|d| moments((0..grid.len()).map(|q| (shares[q], grid.node(q)[d])))).collect()
}

fn reduced(
    answers: &Answers,
    solved: &Solved<'_>,
    pattern: usize,
    specific: &[Option<usize>],
    reduction: &mut Reduction,
    traits: usize,
) -> Scores {
    let marginal = &solved.marginal;
    let grid = &marginal.grids[0];
    let found = marginal.counts.found(&answers.patterns, &marginal.tables[0], &marginal.offsets, specific);
    reduction.fill(&found, pattern);
    reduction.share();
    let count = reduction.general.len();
    let mut all = vec![moments((0..count).map(|g| (reduction.general[g], grid.node(g)[0])))];
    for s in 0..traits - 1 {
        let pairs = reduction.pairs(s);
        all.push(moments(pairs.iter().enumerate().map(|(q, share)| (*share, grid.node(q)[1]))));
    }
    all
}

/// Mean and standard deviation of shares at values.
fn moments(all: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64) {
    let mean: f64 = all.clone().map(|(share, value)| share * value).sum();
    let variance: f64 = all.map(|(share, value)| share * (value - mean) * (value - mean)).sum();
    (mean, variance.max(0.0).sqrt())
}
