//! From a layout to its maximum: by which nodes, and what covariance matrix the estimates have.

use super::answers::Answers;
use super::choices::{Integration, ItemStandardErrors};
use super::irt::Irt;
use super::layout::Layout;
use super::marginal_likelihood::MarginalLikelihood;
use super::observed_information::observed_information;
use super::parameters::Traits;
use super::rule::Rule;
use super::search::{Search, maximise, polish};
use super::solved::Solved;
use super::standard_errors::covariance;
use crate::error::{Error, Result};
use nalgebra::DVector;

/// Fewest nodes that are taken on a dimension.
const FEWEST_NODES: usize = 11;
/// Most nodes on a dimension.
const MOST_NODES: usize = 401;
/// Nodes on both dimensions of a bifactor structure, unless said.
const USUAL_BIFACTOR: usize = 25;
/// Fewest and most of nodes that are placed where the posterior is.
const FEWEST_ADAPTED: usize = 3;
const MOST_ADAPTED: usize = 61;
/// The same of quasi-random nodes, the fewest for each trait: fewer overstate the likelihood of steep slopes.
const FEWEST_RANDOM: usize = 40;
const MOST_RANDOM: usize = 20_000;
const USUAL_RANDOM: usize = 500;
/// For each trait.
const RANDOM_OF_TRAIT: usize = 125;
/// The most traits that are integrated on a product of nodes.
const MOST_PRODUCT: usize = 3;
/// The scaled gradient at which Newton steps take over, where the information is made anyway.
const LEFT_TO_NEWTON: f64 = 1e-4;
/// The scaled gradient at which a search on half the nodes has done its part.
const COARSE: f64 = 1e-3;
/// The most traits that are integrated at all.
const MOST_TRAITS: usize = 20;

impl Irt {
    /// The nodes for a set of traits.
    pub(crate) fn rule(&self, traits: &Traits, covariates: bool) -> Result<Rule> {
        let dimensions = traits.names.len();
        let refuse = |what: String, instead: &str| Err(Error::Unsupported { what, instead: instead.into() });
        let integration = match self.integration {
            Some(own) => own,
            None if dimensions > MOST_PRODUCT && traits.specific.is_none() => Integration::Qmc,
            None if covariates => Integration::Adaptive,
            None => Integration::Grid,
        };
        if traits.specific.is_some() && integration != Integration::Grid {
            let what = format!("{integration} integration of a bifactor structure");
            return refuse(what, "Leave --integration out: its traits are integrated two at a time.");
        }
        if covariates && integration == Integration::Grid {
            return refuse(
                "a grid of nodes with covariates".into(),
                "Use --integration adaptive: with covariates each respondent has a distribution of his own.",
            );
        }
        if dimensions > MOST_PRODUCT && integration != Integration::Qmc {
            return refuse(
                format!("quadrature in {dimensions} dimensions"),
                "Use --integration qmc, a bifactor or testlet structure, which takes two dimensions at a time, or at most three \
                 traits at once.",
            );
        }
        if dimensions > MOST_TRAITS {
            return refuse(
                format!("{dimensions} traits at once"),
                "Use at most 20, or a bifactor structure.",
            );
        }
        let usual = match integration {
            Integration::Grid if traits.specific.is_some() => USUAL_BIFACTOR,
            Integration::Grid => [61, 31, 15][dimensions - 1],
            Integration::Adaptive => [21, 11, 9][dimensions - 1],
            Integration::Qmc => USUAL_RANDOM.max(RANDOM_OF_TRAIT * dimensions),
        };
        let nodes = self.nodes.unwrap_or(usual);
        let (fewest, most) = match integration {
            Integration::Grid => (FEWEST_NODES, MOST_NODES),
            Integration::Adaptive => (FEWEST_ADAPTED, MOST_ADAPTED),
            Integration::Qmc => (FEWEST_RANDOM * dimensions, MOST_RANDOM),
        };
        if !(fewest..=most).contains(&nodes) {
            return Err(Error::BadOption {
                option: "quadrature".into(),
                value: nodes.to_string(),
                allowed: format!("{fewest} to {most} nodes"),
            });
        }
        Ok(Rule { integration, nodes })
    }

    /// Nodes of a grid for one trait.
    pub(crate) fn nodes(&self) -> Result<usize> {
        Ok(self.rule(&Traits::one(2), false)?.nodes)
    }

    /// The maximum of a layout, and the covariance of its estimates.
    pub(crate) fn solve<'a>(
        &self,
        answers: &'a Answers,
        layout: &'a Layout,
        start: DVector<f64>,
        rule: &Rule,
    ) -> Result<Solved<'a>> {
        let mut search = Search::far(&self.progress);
        let mut marginal = rule.marginal(answers, layout, &start);
        let mut from = start.clone();
        if let Some(coarse) = rule.coarse() {
            let near = maximise(
                &mut coarse.marginal(answers, layout, &start),
                start,
                Search { tolerance: COARSE, ..Search::far(&self.progress) },
            )?;
            marginal.evaluations = near.evaluations;
            if near.gradient < COARSE && near.held.is_empty() {
                (search.em, search.known, from) = (false, near.known, near.x);
            }
        }
        let kind = self.kind_of_errors(answers);
        if kind != ItemStandardErrors::None {
            // Newton steps with the information that the errors take do the rest
            search.tolerance = LEFT_TO_NEWTON;
        }
        let mut found = maximise(&mut marginal, from, search)?;
        let mut errors = None;
        if kind != ItemStandardErrors::None {
            let mut information = observed_information(&mut marginal, &found.x, &self.progress)?;
            if let Some(information) = information.as_ref().filter(|_| !marginal.is_followed()) {
                polish(&mut marginal, &mut found, information);
            }
            if !found.converged {
                let known = found.known.take();
                let again = Search { em: false, known, ..Search::far(&self.progress) };
                found = maximise(&mut marginal, found.x, again)?;
                information = observed_information(&mut marginal, &found.x, &self.progress)?;
            }
            marginal.evaluate(&found.x);
            if let Some(information) = &information {
                errors = Some(covariance(&marginal, &found.x, kind, information, &found.held));
            }
        }
        // what is asked afterwards is asked on a grid, where there is one distribution for all
        if rule.integration == Integration::Adaptive && answers.covariates.names.is_empty() {
            let usual = [61, 31, 15][layout.dimensions - 1];
            marginal = MarginalLikelihood::new(&answers.patterns, layout, usual, &found.x);
            marginal.evaluate(&found.x);
        }
        Ok(Solved { marginal, found, errors, kind })
    }

    /// The kind of standard errors: with weights the sandwich.
    pub(crate) fn kind_of_errors(&self, answers: &Answers) -> ItemStandardErrors {
        match self.standard_errors {
            ItemStandardErrors::Oakes | ItemStandardErrors::Observed if answers.weighted => {
                ItemStandardErrors::Sandwich
            }
            kind => kind,
        }
    }
}
