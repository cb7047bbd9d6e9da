//! The parameters of each factor from a fit of groups in which nothing is equal.

use super::aligning::Align;
use super::configural::GroupParameters;
use super::found::Alignment;
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::estimate::{Estimation, Fit, ParameterEstimate};
use crate::model::{MeanStructure, Model, Operator, Parameterization, Scaling};
use nalgebra::DMatrix;

impl Align {
    /// Fits the model in each group with nothing equal, factors with mean 0 and variance 1 (ordinal items with residual
    /// variance 1), and aligns every factor. `estimation` has the grouping variable, estimator and treatment of missing
    /// answers.
    ///
    /// # Errors
    /// What [`Estimation::fit`], [`GroupParameters::of_fit`] and [`Align::of`] give.
    pub fn fit(&self, estimation: &Estimation, model: &Model, data: &Dataset) -> Result<Vec<Alignment>> {
        self.of_fit(&self.configural(estimation, model, data)?)
    }

    /// The model in each group with nothing equal, as it is aligned.
    ///
    /// # Errors
    /// What [`Estimation::fit`] gives, and [`Error::NoAnswerExists`] where there is no proper solution.
    pub fn configural(&self, estimation: &Estimation, model: &Model, data: &Dataset) -> Result<Fit> {
        let estimation = estimation
            .clone()
            .scaling(Scaling::UnitVariance)
            .means(MeanStructure::Included)
            .parameterization(Parameterization::Theta)
            .equal([]);
        let fit = estimation.fit(model, data)?;
        if !fit.status.proper() {
            let why = fit.status.to_string();
            let remedy = "Fit the model in each group by itself, and leave out the group or the item that has no solution.";
            return Err(Error::NoAnswerExists { what: "an alignment".into(), why, remedy: remedy.into() });
        }
        Ok(fit)
    }

    /// Every factor of such a fit, aligned.
    ///
    /// # Errors
    /// What [`GroupParameters::of_fit`] and [`Align::of`] give.
    pub fn of_fit(&self, fit: &Fit) -> Result<Vec<Alignment>> {
        GroupParameters::of_fit(fit)?.iter().map(|own| self.of(own)).collect()
    }
}

impl GroupParameters {
    /// Of every factor of a fitted model, with their covariance matrices: groups, factors with mean 0 and variance 1 in each
    /// (`Estimation::std_lv`), nothing equal between groups, no item of two factors.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a fit of another kind, with what it must be; [`Error::TooFewGroups`] for a fit without
    /// groups.
    pub fn of_fit(fit: &Fit) -> Result<Vec<GroupParameters>> {
        let refused = |what: String, instead: &str| Error::Unsupported {
            what: format!("alignment of {what}"),
            instead: instead.to_string(),
        };
        if fit.parameters.iter().any(|p| p.level > 1) {
            return Err(refused("a model of two levels".into(), "Use a model of one level, with --cluster."));
        }
        if fit.parameters.iter().any(|p| p.op == Operator::Regression) {
            return Err(refused(
                "a model with regressions".into(),
                "Use a model of factors and their items only.",
            ));
        }
        let rows = |group: usize, op: Operator| {
            fit.parameters.iter().filter(move |p| p.group == group + 1 && p.op == op)
        };
        let mut factors: Vec<&str> = Vec::new();
        for row in rows(0, Operator::Loading) {
            if !factors.contains(&row.lhs.as_str()) {
                factors.push(&row.lhs);
            }
        }
        for factor in &factors {
            for group in 0..fit.groups.len() {
                let is = |op, rhs: &str, value: f64| {
                    let own = rows(group, op)
                        .find(|p| p.lhs == *factor && (op == Operator::Intercept || p.rhs == rhs));
                    own.map_or(op == Operator::Intercept, |p| p.free == 0 && p.est == value)
                };
                if !is(Operator::Covariance, factor, 1.0) || !is(Operator::Intercept, "", 0.0) {
                    let instead = "Fix variances of factors at 1 and their means at 0 in every group (--std-lv, nothing \
                                   equal between groups).";
                    return Err(refused(
                        format!("'{factor}', which has no mean 0 and variance 1 in '{}'", fit.groups[group]),
                        instead,
                    ));
                }
            }
        }
        factors.iter().map(|factor| of_factor(fit, factor)).collect()
    }
}

fn of_factor(fit: &Fit, factor: &str) -> Result<GroupParameters> {
    let in_group = |group: usize| fit.parameters.iter().filter(move |p| p.group == group + 1);
    let is_loading = |p: &&ParameterEstimate| p.op == Operator::Loading && p.lhs == factor;
    let items: Vec<String> = in_group(0).filter(is_loading).map(|p| p.rhs.clone()).collect();
    let are_thresholds = in_group(0).any(|p| p.op == Operator::Threshold && items.contains(&p.lhs));
    let refused = |what: String, instead: &str| Error::Unsupported {
        what: format!("alignment of {what}"),
        instead: instead.to_string(),
    };
    let (mut loadings, mut intercepts, mut covariances) = (Vec::new(), Vec::new(), Vec::new());
    let (mut item_of, mut seen): (Vec<usize>, Vec<usize>) = Default::default();
    let vcov = fit.vcov();
    for group in 0..fit.groups.len() {
        let of_items: Vec<Vec<&ParameterEstimate>> = items
            .iter()
            .map(|item| in_group(group).filter(|p| p.op == Operator::Loading && p.rhs == *item).collect())
            .collect();
        if let Some(at) = of_items.iter().position(|own| own.len() != 1) {
            let instead = "Give each item one factor, and the same in every group.";
            return Err(refused(
                format!("'{}', which is of more factors than one, or of none in a group", items[at]),
                instead,
            ));
        }
        let kind = if are_thresholds { Operator::Threshold } else { Operator::Intercept };
        let places: Vec<(usize, &ParameterEstimate)> = items
            .iter()
            .enumerate()
            .flat_map(|(at, item)| {
                in_group(group).filter(move |p| p.op == kind && p.lhs == *item).map(move |p| (at, p))
            })
            .collect();
        let own: Vec<usize> = places.iter().map(|(item, _)| *item).collect();
        if group == 0 {
            item_of = own;
        } else if own != item_of {
            let instead =
                "Join categories that a group does not use (--collapse), or fit with a mean structure.";
            return Err(refused(
                format!("'{factor}', whose items differ in thresholds between groups"),
                instead,
            ));
        }
        let numbers: Vec<usize> =
            of_items.iter().map(|own| own[0].free).chain(places.iter().map(|(_, p)| p.free)).collect();
        if let Some(at) = numbers.iter().position(|free| *free == 0 || seen.contains(free)) {
            let item = &items[if at < items.len() { at } else { item_of[at - items.len()] }];
            let instead =
                "Fit without --group-equal, with --std-lv: every loading and intercept free in each group.";
            return Err(refused(
                format!("'{item}', which has a parameter that is fixed, or equal between groups"),
                instead,
            ));
        }
        seen.extend(&numbers);
        let sign = if are_thresholds { -1.0 } else { 1.0 };
        loadings.push(of_items.iter().map(|own| own[0].est).collect());
        intercepts.push(places.iter().map(|(_, p)| sign * p.est).collect());
        if let Some(vcov) = &vcov {
            let sign = |i: usize| if i < items.len() { 1.0 } else { sign };
            let cell = |i: usize, j: usize| sign(i) * sign(j) * vcov.values[numbers[i] - 1][numbers[j] - 1];
            covariances.push(DMatrix::from_fn(numbers.len(), numbers.len(), cell));
        }
    }
    let covariances = Some(covariances).filter(|c| !c.is_empty());
    GroupParameters {
        factor: factor.to_string(),
        groups: fit.groups.clone(),
        n: fit.nobs.iter().map(|n| *n as f64).collect(),
        items,
        loadings,
        intercepts,
        item_of,
        are_thresholds,
        covariances,
        residuals: None,
    }
    .checked()
}
