//! The relation that a hypothesis is about: of two variables, two parts of the construct, or one of each.

use super::nomological::Relation;
use super::study::{LatentOfScales, RelationStudy};
use super::{Association, fisher};
use crate::construct::Hypothesis;
use crate::error::Result;
use crate::estimate::{Fit, StandardizedEstimate};
use crate::model::{Formula, Model, Operator};

impl RelationStudy<'_> {
    pub(super) fn relation(
        &self,
        hypothesis: &Hypothesis,
        latent: &LatentOfScales,
    ) -> std::result::Result<Relation, String> {
        let measured = self.measured;
        let (from, to) = (hypothesis.from.as_str(), hypothesis.to.as_str());
        for end in [from, to] {
            if !measured.is_variable(end) && !measured.is_latent(end) {
                return Err(format!(
                    "'{end}' is neither a variable of the construct file nor a part of the construct"
                ));
            }
        }
        match (measured.is_variable(from), measured.is_variable(to)) {
            (true, true) => {
                let (x, y) =
                    (measured.variable(from).unwrap_or_default(), measured.variable(to).unwrap_or_default());
                let found = Association::of(x, y).ok_or_else(|| {
                    let constant = [from, to].into_iter().find(|v| measured.check_varies(v).is_err());
                    measured.why_no_relation(constant.unwrap_or(to))
                })?;
                let interval = fisher(found.r, found.n).ok_or("fewer than four respondents have both")?;
                Ok(Relation {
                    estimate: found.r,
                    lower: interval.lower,
                    upper: interval.upper,
                    n: found.n,
                    metric: "observed",
                })
            }
            (false, false) => self.between(from, to),
            (of_variable, _) => {
                let (factor, variable) = if of_variable { (to, from) } else { (from, to) };
                let found = latent.get(factor).ok_or_else(|| format!("'{factor}' was not measured"))?;
                let found = found.as_ref().map_err(Clone::clone)?.get(variable);
                let found = found.ok_or_else(|| measured.why_no_relation(variable))?;
                let interval = found.interval.ok_or("the model has no standard errors")?;
                Ok(Relation {
                    estimate: found.estimate,
                    lower: interval.lower,
                    upper: interval.upper,
                    n: found.n,
                    metric: "latent",
                })
            }
        }
    }

    /// Two parts of the construct, in a model of both.
    fn between(&self, from: &str, to: &str) -> std::result::Result<Relation, String> {
        let measured = self.measured;
        let (own, others) = (measured.modelled(from), measured.modelled(to));
        if own.iter().any(|item| others.contains(item)) {
            return Err(format!("'{from}' and '{to}' have items in common"));
        }
        let fit = || -> Result<Fit> {
            let formulas = measured.measurement(from)?.into_iter().chain(measured.measurement(to)?);
            let between = Formula::new(from, Operator::Covariance, to);
            measured.fit(&Model::from_formulas(formulas.chain([between]))?)
        };
        let fit = fit().map_err(|error| error.to_string())?;
        let all = fit.standardized();
        let is_theirs = |s: &&StandardizedEstimate| {
            s.op == "~~" && (s.lhs == from && s.rhs == to || s.lhs == to && s.rhs == from)
        };
        let own = all.iter().find(is_theirs).and_then(|s| Some((s.est?, s.ci_lower?, s.ci_upper?)));
        let (estimate, lower, upper) = own.ok_or_else(|| format!("the model {}", fit.status))?;
        Ok(Relation { estimate, lower, upper, n: fit.nobs.iter().sum(), metric: "latent" })
    }
}
