//! The overview of what a validation found.

use super::cells;
use super::findings::findings;
use super::next_steps::next_steps;
use super::overview::{Overview, ScoreUse};
use super::usability::{of_construct, score_use};
use crate::evidence::evidence::Evidence;

/// The dimensions, and the sum of all items where there are several.
pub(in crate::evidence) fn overview(evidence: &Evidence) -> Overview {
    let each = evidence.dimensions.iter().map(|own| score_use(&own.id, cells::of_dimension(evidence, own)));
    let mut scores: Vec<ScoreUse> = each.collect();
    if evidence.dimensions.len() > 1 && evidence.overall.is_some() {
        scores.push(of_construct(evidence));
    }
    Overview { findings: findings(evidence, &scores), next_steps: next_steps(evidence), scores }
}
