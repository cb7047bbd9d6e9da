//! Paths from interventions through the construct to outcomes.

use super::StructuralPath;
use super::study::{Found, RelationStudy, not_done};
use crate::construct::{Variable, VariableRole};
use crate::error::{Error, Result};
use crate::estimate::{EffectSize, Fit};
use crate::evidence::{Interval, StructureEvidence};
use crate::model::{Formula, Model, Operator};
use crate::numeric::{quantile, random::stream};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

/// Draws of the Monte-Carlo interval of an indirect effect.
const DRAWS: usize = 20_000;

impl RelationStudy<'_> {
    /// Interventions through the construct to outcomes.
    pub(super) fn paths(&self, found: &mut Found) {
        let construct = self.measured.construct;
        let of_role = |role: VariableRole| construct.variables.iter().filter(move |v| v.role == role);
        let covariates: Vec<String> = of_role(VariableRole::Covariate).map(|v| v.id.clone()).collect();
        let pairs: Vec<(&Variable, &Variable)> = of_role(VariableRole::Intervention)
            .flat_map(|from| of_role(VariableRole::Outcome).map(move |to| (from, to)))
            .collect();
        let each: Vec<_> =
            pairs.par_iter().map(|(from, to)| (from, to, self.path(&from.id, &to.id, &covariates))).collect();
        for (from, to, result) in each {
            match result {
                Ok(path) => found.relations.paths.push(path),
                Err(error) => {
                    let what =
                        format!("the path from '{}' through '{}' to '{}'", from.id, construct.id(), to.id);
                    found.warnings.push(not_done(&what, &error));
                }
            }
        }
    }

    fn path(&self, from: &str, to: &str, covariates: &[String]) -> Result<StructuralPath> {
        let measured = self.measured;
        let through = measured.construct.id();
        for variable in [from, to] {
            measured.check_varies(variable)?;
        }
        let covariates: Vec<String> =
            covariates.iter().filter(|c| measured.check_varies(c).is_ok()).cloned().collect();
        let mut formulas = measured.measurement(through)?;
        let causes = || std::iter::once(from).chain(covariates.iter().map(String::as_str));
        formulas.extend(causes().map(|cause| Formula::new(through, Operator::Regression, cause)));
        formulas.push(Formula::new(to, Operator::Regression, through));
        formulas.extend(causes().map(|cause| Formula::new(to, Operator::Regression, cause)));
        let model = Model::from_formulas(formulas)?;
        let fit = measured.fit_structural(&model)?;
        let effects = fit.effects();
        let effect = |a: &str, b: &str| effects.iter().find(|e| e.from == a && e.to == b);
        let lost = || Error::NoAnswerExists {
            what: format!("effect of '{from}' on '{to}'"),
            why: format!("the model {}", fit.status),
            remedy: "Look at the structure of the construct first.".into(),
        };
        if !fit.status.proper() {
            return Err(lost());
        }
        let (first, second, whole) = (
            effect(from, through).ok_or_else(lost)?.direct,
            effect(through, to).ok_or_else(lost)?.direct,
            effect(from, to).ok_or_else(lost)?,
        );
        let measures = StructureEvidence::new("paths", model.to_string(), fit);
        let fit = ["cfi", "tli", "rmsea", "srmr"].map(|name| measures.measure(name));
        Ok(StructuralPath {
            from: from.into(),
            through: through.into(),
            to: to.into(),
            covariates,
            n: measures.result.nobs.iter().sum(),
            first,
            second,
            direct: whole.direct,
            indirect: whole.indirect,
            indirect_interval: monte_carlo(
                &measures.result,
                (from, through, to),
                self.resampling.seed,
                first,
                second,
            ),
            total: whole.total,
            model: measures.model,
            fit,
        })
    }
}

/// Limits of a b, a and b drawn from their joint normal distribution.
fn monte_carlo(
    fit: &Fit,
    (from, through, to): (&str, &str, &str),
    seed: u64,
    first: EffectSize,
    second: EffectSize,
) -> Option<Interval> {
    let vcov = fit.internals.vcov.as_ref()?;
    let place = |lhs: &str, rhs: &str| {
        fit.parameter(lhs, Operator::Regression, rhs).ok().filter(|p| p.free > 0).map(|p| p.free - 1)
    };
    let (a, b) = (place(through, from)?, place(to, through)?);
    let (va, vb, c) = (vcov[(a, a)], vcov[(b, b)], vcov[(a, b)]);
    if !(va > 0.0 && vb > 0.0) {
        return None;
    }
    let rest = (vb - c * c / va).max(0.0).sqrt();
    let mut random = stream(seed, 0);
    let mut products: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let (z, w): (f64, f64) = (StandardNormal.sample(&mut random), StandardNormal.sample(&mut random));
            (first.est + va.sqrt() * z) * (second.est + c / va.sqrt() * z + rest * w)
        })
        .collect();
    products.sort_by(f64::total_cmp);
    let at = |p| quantile::of_sorted(&products, p);
    Some(Interval { lower: at(0.025), upper: at(0.975) })
}
