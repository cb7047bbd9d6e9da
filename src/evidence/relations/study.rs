//! Runs what a construct asks for of relations to other variables.

use super::latent_correlations::{CUT_OFF, factor_correlations};
use super::nomological::Relation;
use super::{
    Association, Block, CriterionRelation, Discriminant, HeterotraitRatios, IncrementalValidity, KnownGroups,
    LatentAssociation, Regression, Relations, ScaleGroups, StructuralPath, TestedHypothesis, convergent,
    disattenuated, fisher, fornell_larcker, latent_correlations,
};
use crate::construct::{Hypothesis, Structure, Variable, VariableRole};
use crate::correlation::{Coefficient, Correlate, Ordered};
use crate::error::{Error, Result, Warning};
use crate::estimate::{EffectSize, Fit};
use crate::evidence::measured::Measured;
use crate::evidence::{Interval, Resampling, StructureEvidence};
use crate::model::{Formula, Model, Operator};
use crate::numeric::{quantile, random::stream};
use ndarray::{Array2, Axis};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Draws of the Monte-Carlo interval of an indirect effect.
const DRAWS: usize = 20_000;

/// How much is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    Whole,
    /// What conclusions and hypotheses rest on: no tests of factors against one another.
    Conclusions,
}

/// Relations of a construct, as far as its file and the data go.
pub(crate) struct RelationStudy<'a> {
    pub(crate) measured: &'a Measured<'a>,
    pub(crate) resampling: Resampling,
    pub(crate) extent: Extent,
    /// Correlated factors, fitted; none without a proper solution.
    pub(crate) correlated: Option<&'a StructureEvidence>,
}

/// What was found, with what could not be.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) relations: Relations,
    pub(crate) hypotheses: Vec<TestedHypothesis>,
    pub(crate) warnings: Vec<Warning>,
}

type LatentByVariable = BTreeMap<String, LatentAssociation>;

impl RelationStudy<'_> {
    pub(crate) fn run(&self, tell: &(dyn Fn(&'static str) + Sync)) -> Found {
        let mut found = Found::default();
        self.factors(&mut found);
        tell("factors compared");
        let scales = self.scales();
        // the factor of each scale with all variables, in one model
        let ends = self.latent_ends(&scales);
        let latent: BTreeMap<String, std::result::Result<LatentByVariable, String>> = ends
            .par_iter()
            .map(|id| {
                let found = self.with_variables(id).map_err(|error| error.to_string());
                (id.clone(), found)
            })
            .collect();
        tell("other variables");
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

    /// Convergent and discriminant validity.
    fn factors(&self, found: &mut Found) {
        let measured = self.measured;
        let mut correlations = Vec::new();
        if let Some(structure) = self.correlated {
            found.relations.convergent = convergent(&structure.result);
            let model = Model::of_dimensions(measured.construct, &measured.joint, Structure::Correlated);
            let refit = |model: &Model| measured.fit_like(model, &structure.result);
            let found_of = |model: &Model| match self.extent {
                Extent::Whole => latent_correlations(model, &structure.result, CUT_OFF, &refit),
                Extent::Conclusions => Ok((factor_correlations(model, &structure.result), Vec::new())),
            };
            match model.and_then(|model| found_of(&model)) {
                Ok((tested, warnings)) => {
                    found.warnings.extend(warnings);
                    correlations = tested;
                }
                Err(error) => found.warnings.push(not_done("correlations of the factors", &error)),
            }
        } else {
            self.single_factor(found);
        }
        let leaves = measured.construct.leaves();
        let blocks: Vec<Block> = leaves
            .into_iter()
            .filter(|l| measured.everybody.contains(&l.dimension.as_str()) && l.items.len() > 1)
            .map(|l| (l.id, l.items))
            .collect();
        if blocks.len() < 2 {
            return;
        }
        let items: Vec<String> = blocks.iter().flat_map(|(_, items)| items.clone()).collect();
        let ordinal: Vec<String> = items.iter().filter(|i| measured.is_ordinal(i)).cloned().collect();
        let rows = match measured.responses.of_items(&items) {
            Ok(rows) => rows,
            Err(_) => return,
        };
        let pearson = HeterotraitRatios::pearson(&items, rows.view(), &blocks, self.resampling);
        let main = if ordinal.is_empty() {
            pearson.clone()
        } else {
            HeterotraitRatios::polychoric(
                &items,
                rows.view(),
                &Ordered::Named(ordinal.clone()),
                &blocks,
                self.resampling,
            )
        };
        match main {
            Err(error) => found.warnings.push(not_done("heterotrait-monotrait ratios", &error)),
            Ok(main) => {
                found.relations.discriminant = Some(Discriminant {
                    fornell_larcker: fornell_larcker(&found.relations.convergent, &correlations),
                    correlation: main.correlation,
                    htmt: main.htmt,
                    htmt2: main.htmt2,
                    pearson: pearson.ok().filter(|_| !ordinal.is_empty()),
                    latent_correlations: correlations,
                    cut_off: CUT_OFF,
                    resampling: self.resampling,
                });
            }
        }
    }

    /// A construct of one factor has convergent validity only.
    fn single_factor(&self, found: &mut Found) {
        let measured = self.measured;
        if let [only] = measured.joint.as_slice()
            && let Ok(model) = Model::of_items(only, &measured.items_of(only))
            && let Ok(fit) = measured.fit(&model)
        {
            found.relations.convergent = convergent(&fit);
        }
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

    fn criteria(
        &self,
        scales: &[String],
        latent: &BTreeMap<String, std::result::Result<LatentByVariable, String>>,
        found: &mut Found,
    ) {
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

    /// Interventions through the construct to outcomes.
    fn paths(&self, found: &mut Found) {
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

    fn relation(
        &self,
        hypothesis: &Hypothesis,
        latent: &BTreeMap<String, std::result::Result<LatentByVariable, String>>,
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
        let is_theirs = |s: &&crate::estimate::StandardizedEstimate| {
            s.op == "~~" && (s.lhs == from && s.rhs == to || s.lhs == to && s.rhs == from)
        };
        let own = all.iter().find(is_theirs).and_then(|s| Some((s.est?, s.ci_lower?, s.ci_upper?)));
        let (estimate, lower, upper) = own.ok_or_else(|| format!("the model {}", fit.status))?;
        Ok(Relation { estimate, lower, upper, n: fit.nobs.iter().sum(), metric: "latent" })
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
    let place =
        |lhs: &str, rhs: &str| fit.parameter(lhs, "~", rhs).filter(|p| p.free > 0).map(|p| p.free - 1);
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

/// The mean of the items of those who answered all, NaN of others.
fn scores(rows: &Array2<f64>) -> Vec<f64> {
    rows.axis_iter(Axis(0)).map(|row| row.sum() / row.len() as f64).collect()
}

/// Complete rows of items with another variable last, as deviations from their means: all that a replicate needs of
/// the items' covariances is their sum and their trace, which follow from sums over respondents.
struct Deviations {
    /// Per row: the items, their sum, their sum of squares, and the variable.
    rows: Vec<(Vec<f64>, f64, f64, f64)>,
}

impl Deviations {
    fn of(rows: &[Vec<f64>]) -> Self {
        let k = rows.first().map_or(0, Vec::len);
        let mut mean = vec![0.0; k];
        rows.iter().for_each(|row| mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / rows.len() as f64));
        let of = |row: &Vec<f64>| {
            let mut own: Vec<f64> = row.iter().zip(&mean).map(|(x, m)| x - m).collect();
            let variable = own.pop().unwrap_or_default();
            let (sum, squares) = (own.iter().sum(), own.iter().map(|x| x * x).sum());
            (own, sum, squares, variable)
        };
        Self { rows: rows.iter().map(of).collect() }
    }

    /// Correlation of the items' sum with the variable, and alpha of that sum, in rows that occur several times.
    fn with_alpha(&self, times: &[u32]) -> Option<(f64, f64)> {
        let k = self.rows.first().map_or(0, |(items, ..)| items.len());
        let (mut n, mut items, mut squares) = (0.0, vec![0.0; k], 0.0);
        let (mut sum, mut variable) = (0.0, 0.0);
        let (mut of_sum, mut of_variable, mut across) = (0.0, 0.0, 0.0);
        for ((own, total, square, value), t) in self.rows.iter().zip(times).filter(|(_, t)| **t > 0) {
            let t = f64::from(*t);
            n += t;
            items.iter_mut().zip(own).for_each(|(s, x)| *s += t * x);
            squares += t * square;
            sum += t * total;
            variable += t * value;
            of_sum += t * total * total;
            of_variable += t * value * value;
            across += t * total * value;
        }
        let trace = squares - items.iter().map(|s| s * s).sum::<f64>() / n;
        let of_sum = of_sum - sum * sum / n;
        let of_variable = of_variable - variable * variable / n;
        let across = across - sum * variable / n;
        let count = k as f64;
        (k > 1 && of_sum > 0.0 && of_variable > 0.0)
            .then(|| (across / (of_sum * of_variable).sqrt(), count / (count - 1.0) * (1.0 - trace / of_sum)))
    }
}

fn not_done(what: &str, error: &Error) -> Warning {
    Warning::NotDone { what: what.into(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::internal_structure::resampled_covariance;

    #[test]
    fn sums_over_respondents_give_what_the_covariance_matrix_gives() {
        let rows: Vec<Vec<f64>> =
            (0..40).map(|i| (0..5).map(|j| ((i * (j + 3) + i * i) % 7) as f64).collect()).collect();
        let times: Vec<u32> = (0..40).map(|i| (i * 5 % 3) as u32).collect();
        let covariance = resampled_covariance(&rows, &times);
        let items = covariance.view((0, 0), (4, 4));
        let (sum, trace) = (items.sum(), items.trace());
        let with: f64 = (0..4).map(|i| covariance[(i, 4)]).sum();
        let (r, alpha) = Deviations::of(&rows).with_alpha(&times).unwrap();
        assert!((r - with / (sum * covariance[(4, 4)]).sqrt()).abs() < 1e-12);
        assert!((alpha - 4.0 / 3.0 * (1.0 - trace / sum)).abs() < 1e-12);
    }
}
