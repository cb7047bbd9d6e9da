//! Which nodes a likelihood is integrated at.

use super::adapted_nodes::StandardNodes;
use super::answers::Answers;
use super::choices::Integration;
use super::layout::Layout;
use super::marginal_likelihood::MarginalLikelihood;
use nalgebra::DVector;

/// Fewer nodes of a grid are not halved,
const FEWEST_HALVED: usize = 25;
/// and no fewer are left.
const FEWEST_LEFT: usize = 16;

/// By which nodes is integrated.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) integration: Integration,
    /// On each dimension; quasi-random ones in all.
    pub(crate) nodes: usize,
}

impl Rule {
    pub(crate) fn marginal<'a>(
        &self,
        answers: &'a Answers,
        layout: &'a Layout,
        start: &DVector<f64>,
    ) -> MarginalLikelihood<'a> {
        match self.standard_nodes(layout.dimensions) {
            None => MarginalLikelihood::new(&answers.patterns, layout, self.nodes, start),
            Some(nodes) => {
                let covariates = &answers.covariates.of_class;
                MarginalLikelihood::adapted(&answers.patterns, layout, nodes, covariates, start)
            }
        }
    }

    /// Half the nodes of a grid, which lead near the maximum for less.
    pub(crate) fn coarse(&self) -> Option<Self> {
        let many = self.integration == Integration::Grid && self.nodes >= FEWEST_HALVED;
        many.then(|| Self { nodes: self.nodes.div_ceil(2).max(FEWEST_LEFT), ..self.clone() })
    }

    fn standard_nodes(&self, dimensions: usize) -> Option<StandardNodes> {
        match self.integration {
            Integration::Grid => None,
            Integration::Adaptive => Some(StandardNodes::product(self.nodes, dimensions)),
            Integration::Qmc => Some(StandardNodes::quasi_random(self.nodes, dimensions)),
        }
    }
}
