//! What is asked of a fit of several traits: EAP scores of each, and overall fit where all traits are integrated at once.

use super::answers::Answers;
use super::choices::TraitEstimator;
use super::dimension_reduction::Reduction;
use super::expected_counts::posterior;
use super::fit::IrtFit;
use super::limited_information::LimitedInformation;
use super::parameters::Traits;
use super::scores::{ScoresOfTrait, TraitScores};
use super::solved::{Asked, Solved};

/// Mean and standard deviation on each trait.
type Scores = Vec<(f64, f64)>;

impl IrtFit {
    pub(crate) fn complete_many(
        &mut self,
        asked: &Asked,
        answers: &Answers,
        solved: &Solved<'_>,
        traits: &Traits,
    ) {
        if asked.scores.is_some() {
            self.scores = Some(scores(answers, solved, traits));
        }
        if asked.fit_statistics {
            let fit = match traits.specific {
                Some(_) => LimitedInformation::none("it is not worked out for a bifactor structure"),
                None => LimitedInformation::of(&solved.marginal, answers, &solved.found.x),
            };
            self.fit = Some(fit);
        }
    }
}

fn scores(answers: &Answers, solved: &Solved<'_>, traits: &Traits) -> TraitScores {
    let patterns = &answers.patterns;
    let found: Vec<Scores> = match &traits.specific {
        None => (0..patterns.len()).map(|p| of_pattern(answers, solved, p)).collect(),
        Some(specific) => {
            let nodes = solved.marginal.grids[0].len();
            let mut reduction = Reduction::new(specific, nodes);
            let count = traits.full.len();
            (0..patterns.len())
                .map(|p| reduced(answers, solved, p, specific, &mut reduction, count))
                .collect()
        }
    };
    let told = traits.told();
    let columns: Vec<ScoresOfTrait> = told
        .iter()
        .enumerate()
        .map(|(d, name)| {
            let of_row = |row: &Option<usize>| {
                row.map_or((None, None), |p| (Some(found[p][d].0), Some(found[p][d].1)))
            };
            let (values, se) = patterns.of_row.iter().map(of_row).unzip();
            ScoresOfTrait { name: name.clone(), values, se }
        })
        .collect();
    let (values, se) = (columns[0].values.clone(), columns[0].se.clone());
    TraitScores { method: TraitEstimator::Eap, values, se, traits: columns }
}

fn of_pattern(answers: &Answers, solved: &Solved<'_>, pattern: usize) -> Scores {
    let marginal = &solved.marginal;
    let grid = &marginal.grids[0];
    let mut shares = vec![0.0; grid.len()];
    posterior(answers.patterns.codes(pattern), &marginal.tables[0], &marginal.offsets, &mut shares);
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
    reduction.fill(answers.patterns.codes(pattern), &marginal.tables[0], &marginal.offsets, specific);
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
