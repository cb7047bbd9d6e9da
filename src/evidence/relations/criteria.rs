//! Scales with criteria and outcomes: correlations, corrected ones, and what the dimensions explain.

use super::deviations::Deviations;
use super::study::{Found, LatentByVariable, LatentOfScales, RelationStudy, not_done, scores};
use super::{Association, CriterionRelation, IncrementalValidity, Regression, disattenuated};
use crate::construct::{Variable, VariableRole};
use crate::correlation::{Coefficient, Correlate};
use crate::error::{Result, Warning};
use ndarray::Array2;
use rayon::prelude::*;

impl RelationStudy<'_> {
    pub(super) fn criteria(&self, scales: &[String], latent: &LatentOfScales, found: &mut Found) {
        let measured = self.measured;
        let criteria: Vec<&Variable> = measured
            .construct
            .variables
            .iter()
            .filter(|v| matches!(v.role, VariableRole::Criterion | VariableRole::Outcome))
            .collect();
        let each: Vec<(CriterionRelation, Option<Warning>)> = scales
            .par_iter()
            .flat_map(|scale| criteria.par_iter().map(move |variable| (scale, *variable)))
            .map(|(scale, variable)| self.criterion(scale, variable, latent.get(scale)))
            .collect();
        for (relation, warning) in each {
            found.relations.criterion.push(relation);
            if let Some(warning) = warning
                && !found.warnings.contains(&warning)
            {
                found.warnings.push(warning);
            }
        }
        let covariates: Vec<&Variable> =
            measured.construct.variables.iter().filter(|v| v.role == VariableRole::Covariate).collect();
        for variable in criteria {
            match self.incremental(variable, &covariates) {
                Ok(incremental) => found.relations.incremental.push(incremental),
                Err(error) => {
                    let what = format!("what the dimensions explain of '{}'", variable.id);
                    found.warnings.push(not_done(&what, &error));
                }
            }
        }
    }

    fn criterion(
        &self,
        scale: &str,
        variable: &Variable,
        latent: Option<&std::result::Result<LatentByVariable, String>>,
    ) -> (CriterionRelation, Option<Warning>) {
        let measured = self.measured;
        let items = measured.items_of(scale);
        let rows = measured.responses.of_items(&items).unwrap_or_default();
        let score = scores(&rows);
        let values = measured.variable(&variable.id).unwrap_or_default();
        let observed = Association::of(&score, values);
        let spearman = observed.and_then(|_| {
            let mut both = Array2::zeros((score.len(), 2));
            both.column_mut(0).iter_mut().zip(&score).for_each(|(to, from)| *to = *from);
            both.column_mut(1).iter_mut().zip(values).for_each(|(to, from)| *to = *from);
            let found = Correlate::default()
                .coefficient(Coefficient::Spearman)
                .of(&["score", "variable"], both.view());
            found.ok()?.get("score", "variable")
        });
        let own = variable.reliability.unwrap_or(1.0);
        // keyed answers and the variable, complete
        let complete: Vec<Vec<f64>> = rows
            .outer_iter()
            .zip(values)
            .map(|(row, value)| row.iter().copied().chain([*value]).collect::<Vec<f64>>())
            .filter(|row| row.iter().all(|x| x.is_finite()))
            .collect();
        let n = complete.len();
        let deviations = Deviations::of(&complete);
        let corrected = |times: &[u32]| {
            let (r, alpha) = deviations.with_alpha(times)?;
            disattenuated(r, alpha, own).map(|d| (d, alpha))
        };
        let estimate = observed.and_then(|_| corrected(&vec![1; n]));
        let interval = estimate.and_then(|_| {
            let drawn = self.resampling.of(n, 1, |times| vec![corrected(times).map(|(d, _)| d)]);
            drawn.interval(0, 0.95)
        });
        let reason = match (&observed, latent) {
            (None, _) => Some(measured.why_no_relation(&variable.id)),
            (_, Some(Err(reason))) => Some(format!("no correlation of the factor: {reason}")),
            _ => None,
        };
        let warning = reason.clone().map(|reason| Warning::NotDone {
            what: match observed {
                None => format!("relations with '{}'", variable.id),
                Some(_) => format!("the factor of '{scale}' with other variables"),
            },
            reason,
        });
        let relation = CriterionRelation {
            scale: scale.into(),
            variable: variable.id.clone(),
            role: variable.role,
            observed,
            spearman,
            reliability: estimate.map(|(_, alpha)| alpha),
            variable_reliability: own,
            disattenuated: estimate.map(|(d, _)| d),
            disattenuated_interval: interval,
            latent: latent.and_then(|l| l.as_ref().ok()?.get(&variable.id).copied()),
            reason,
        };
        (relation, warning)
    }

    fn incremental(&self, variable: &Variable, covariates: &[&Variable]) -> Result<IncrementalValidity> {
        let measured = self.measured;
        let n = measured.responses.n();
        let dimensions = measured.everybody.iter().filter(|d| measured.items_of(d).len() > 1);
        let mut names: Vec<String> = covariates.iter().map(|v| v.id.clone()).collect();
        let mut columns: Vec<Vec<f64>> =
            covariates.iter().filter_map(|v| measured.variable(&v.id).map(<[f64]>::to_vec)).collect();
        for dimension in dimensions {
            names.push((*dimension).to_string());
            columns.push(scores(&measured.responses.of_items(&measured.items_of(dimension))?));
        }
        names.push(variable.id.clone());
        columns.push(measured.variable(&variable.id).unwrap_or_default().to_vec());
        let rows = Array2::from_shape_fn((n, columns.len()), |(i, j)| columns[j][i]);
        Ok(IncrementalValidity {
            variable: variable.id.clone(),
            covariates: covariates.iter().map(|v| v.id.clone()).collect(),
            dimensions: Regression::increment(&names, rows.view(), covariates.len())?,
            regression: Regression::of(&names, rows.view())?,
        })
    }
}
