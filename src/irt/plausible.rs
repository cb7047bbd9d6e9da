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
