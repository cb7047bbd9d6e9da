//! Everything that a construct asks for of relations to other variables, in its order.

use super::study::{Found, LatentByVariable, LatentOfScales, RelationStudy, not_done, scores};
use super::{KnownGroups, LatentAssociation, ScaleGroups, TestedHypothesis};
use crate::error::{Result, Warning};
use crate::evidence::Interval;
use crate::model::{Formula, Model, Operator};
use rayon::prelude::*;
use std::collections::BTreeMap;

impl RelationStudy<'_> {
    /// Of what is stopped the rest is left out, and whoever asked says so.
    pub(crate) fn run(&self, tell: &(dyn Fn(&'static str) + Sync)) -> Found {
        let mut found = Found::default();
        self.factors(&mut found);
        tell("factors compared");
        if self.measured.progress.is_stopped() {
            return found;
        }
        let scales = self.scales();
        // the factor of each scale with all variables, in one model
        let ends = self.latent_ends(&scales);
        let latent: LatentOfScales = ends
            .par_iter()
            .map(|id| {
                let found = self.with_variables(id).map_err(|error| error.to_string());
                (id.clone(), found)
            })
            .collect();
        tell("other variables");
        if self.measured.progress.is_stopped() {
            return found;
        }
        self.criteria(&scales, &latent, &mut found);
        self.known_groups(&scales, &mut found);
        self.paths(&mut found);
        tell("criteria, groups, paths");
        found.hypotheses = self
            .measured
            .construct
            .hypotheses
            .par_iter()
            .map(|h| TestedHypothesis::with(h, self.relation(h, &latent)))
            .collect();
        for hypothesis in &found.hypotheses {
            if let Some(reason) = &hypothesis.reason {
                let what = format!("the test of hypothesis '{}'", hypothesis.id);
                found.warnings.push(Warning::NotDone { what, reason: reason.clone() });
            }
        }
        tell("hypotheses");
        found
    }

    /// Ids of the measured scales: dimensions, and the construct when it has more than one.
    fn scales(&self) -> Vec<String> {
        let measured = self.measured;
        let dimensions = measured.construct.dimensions.iter().map(|d| d.id.clone());
        let mut scales: Vec<String> = dimensions.filter(|id| measured.items_of(id).len() > 1).collect();
        if measured.everybody.len() > 1 {
            scales.push(measured.construct.id().into());
        }
        scales
    }

    fn latent_ends(&self, scales: &[String]) -> Vec<String> {
        let construct = self.measured.construct;
        if construct.variables.is_empty() {
            return Vec::new();
        }
        let mut ends: Vec<String> = scales.to_vec();
        let leaves = construct.leaves();
        for hypothesis in &construct.hypotheses {
            for end in [&hypothesis.from, &hypothesis.to] {
                if leaves.iter().any(|l| l.id == *end) && !ends.contains(end) {
                    ends.push(end.clone());
                }
            }
        }
        ends
    }

    /// Correlations of a factor with every variable.
    fn with_variables(&self, id: &str) -> Result<LatentByVariable> {
        let measured = self.measured;
        let mut formulas = measured.measurement(id)?;
        let variables: Vec<&str> = measured.varying_variables();
        for (i, variable) in variables.iter().enumerate() {
            formulas.push(Formula::new(id, Operator::Covariance, *variable));
            let others =
                variables[..i].iter().map(|other| Formula::new(*other, Operator::Covariance, *variable));
            formulas.extend(others);
        }
        if variables.is_empty() {
            return Ok(BTreeMap::new());
        }
        let fit = measured.fit(&Model::from_formulas(formulas)?)?;
        let n = fit.nobs.iter().sum();
        let of = |variable: &str| {
            let all = fit.standardized();
            let own = all.iter().find(|s| {
                s.op == "~~" && (s.lhs == id && s.rhs == variable || s.lhs == variable && s.rhs == id)
            })?;
            let interval = own.ci_lower.zip(own.ci_upper).map(|(lower, upper)| Interval { lower, upper });
            Some(LatentAssociation { estimate: own.est?, se: own.se, interval, n })
        };
        Ok(variables.iter().filter_map(|v| Some(((*v).to_string(), of(v)?))).collect())
    }

    fn known_groups(&self, scales: &[String], found: &mut Found) {
        let measured = self.measured;
        for grouping in measured.responses.groups() {
            for scale in scales {
                let Ok(rows) = measured.responses.of_items(&measured.items_of(scale)) else { continue };
                match KnownGroups::of(&scores(&rows), grouping) {
                    Ok(groups) => {
                        found.relations.known_groups.push(ScaleGroups { scale: scale.clone(), groups })
                    }
                    Err(error) => {
                        let what = format!("'{scale}' by {}", grouping.variable);
                        found.warnings.push(not_done(&what, &error));
                    }
                }
            }
        }
    }
}
