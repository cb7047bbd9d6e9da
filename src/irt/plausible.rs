//! Plausible values: draws from the posterior of each respondent (Mislevy 1991). What is computed of several sets of them
//! and pooled has the spread of the trait, which scores do not have: those of respondents are drawn to the middle.
//!
//! The item parameters are taken as known. Draws are an independence chain (Metropolis & Hastings) from the normal
//! distribution at the mode of the posterior, a little wider, of which a step in twenty-five counts.

use super::adapted::Adapted;
use super::adapted_nodes::StandardNodes;
use super::answers::Answers;
use super::parameters::Traits;
use super::solved::Solved;
use crate::numeric::random::stream;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Plausible values of all rows.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).plausible_values(5, 7).fit(&data, &items)?;
/// let plausible = fit.plausible.unwrap();
/// assert_eq!((plausible.draws, plausible.seed, plausible.traits.len()), (5, 7, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlausibleValues {
    /// The seed.
    pub seed: u64,
    /// Sets for each respondent.
    pub draws: usize,
    /// By trait.
    pub traits: Vec<PlausibleTrait>,
}

/// Plausible values on one trait.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).plausible_values(2, 7).fit(&data, &items)?;
/// let own = &fit.plausible.unwrap().traits[0];
/// // by set, then by row
/// assert_eq!((own.values.len(), own.values[0].len()), (2, 1000));
/// let mean = own.values[0].iter().flatten().sum::<f64>() / 1000.0;
/// assert!(mean.abs() < 0.1, "of a trait with mean 0: {mean}");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlausibleTrait {
    /// The trait.
    pub name: String,
    /// By set, the value of each row; none of a row that is not used.
    pub values: Vec<Vec<Option<f64>>>,
}

/// Steps of the chain for each draw.
const STEPS: usize = 25;

impl PlausibleValues {
    /// None where the model has no posterior of all traits at once (a bifactor structure).
    pub(crate) fn of(
        answers: &Answers,
        solved: &Solved<'_>,
        traits: &Traits,
        (draws, seed): (usize, u64),
    ) -> Option<Self> {
        if traits.specific.is_some() {
            return None;
        }
        let layout = solved.marginal.layout;
        let dimensions = layout.dimensions;
        let nodes = StandardNodes::product(1, dimensions);
        let mut adapted = Adapted::new(nodes, answers.covariates.of_class.clone(), layout.len(), 0.0);
        if !adapted.adapt(&answers.patterns, layout, &solved.found.x) {
            return None;
        }
        let sampler = Adapted::sampler(&answers.patterns, layout, &solved.found.x)?;
        let rows = &answers.patterns.of_row;
        let found: Vec<Option<Vec<f64>>> = (0..rows.len())
            .into_par_iter()
            .map(|row| {
                let mut stream = stream(seed, row as u64);
                rows[row].map(|p| adapted.drawn(&sampler, p, (draws, STEPS), &mut stream))
            })
            .collect();
        let one = |(d, name): (usize, &String)| PlausibleTrait {
            name: name.clone(),
            values: (0..draws)
                .map(|m| found.iter().map(|own| own.as_ref().map(|own| own[m * dimensions + d])).collect())
                .collect(),
        };
        Some(Self { seed, draws, traits: traits.names.iter().enumerate().map(one).collect() })
    }
}
