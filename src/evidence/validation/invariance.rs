//! Whether the items of each dimension mean the same in the groups of the construct file, and in the clusters where these are
//! few and large.

use super::Validation;
use super::step::{Step, extend_new, not_done};
use crate::correlation::Ordered;
use crate::data::{Column, Dataset, Grouping, Responses};
use crate::error::{Error, Result, Warning};
use crate::estimate::{Estimation, Estimator};
use crate::evidence::conclusion::SMALLEST_GROUP;
use crate::evidence::group_invariance::GroupInvariance;
use crate::evidence::internal_structure::Invariance;
use crate::evidence::measured::{Asked, Measured, measured_dimensions};
use crate::evidence::relations::study::Extent;
use crate::model::{Formula, Model, Operator, Scaling};
use crate::moments::Missing;
use rayon::prelude::*;

/// Clusters up to which each may be a group of a model by group.
const FEW_CLUSTERS: usize = 20;

impl Validation<'_> {
    /// A ladder for every grouping variable and dimension.
    pub(super) fn invariance(
        &self,
        measured: &Measured<'_>,
        responses: &Responses,
    ) -> Step<Vec<GroupInvariance>> {
        if self.extent != Extent::Whole {
            return Step::default();
        }
        let dimensions = measured_dimensions(self.construct, responses, Asked::OfAnybody);
        let asked: Vec<(&Grouping, &str)> = groupings(responses)
            .flat_map(|grouping| dimensions.iter().map(move |dimension| (grouping, *dimension)))
            .collect();
        let each: Vec<(GroupInvariance, Vec<Warning>)> = asked
            .par_iter()
            .map(|(grouping, dimension)| self.of_dimension(measured, grouping, dimension))
            .collect();
        let mut step: Step<Vec<GroupInvariance>> = Step::default();
        for (found, warnings) in each {
            extend_new(&mut step.warnings, warnings);
            step.found.push(found);
        }
        step
    }

    fn of_dimension(
        &self,
        measured: &Measured<'_>,
        grouping: &Grouping,
        dimension: &str,
    ) -> (GroupInvariance, Vec<Warning>) {
        let mut own = GroupInvariance {
            dimension: dimension.into(),
            group: grouping.variable.clone(),
            left_out: Vec::new(),
            study: None,
            pooled: None,
            reason: None,
        };
        match self.climb(measured, grouping, dimension, &mut own) {
            Ok(warnings) => (own, warnings),
            Err(error) => {
                own.reason = Some(error.to_string());
                let what = format!("measurement invariance of '{dimension}' over '{}'", grouping.variable);
                (own, vec![not_done(&what, &error)])
            }
        }
    }

    /// Fills in a ladder, or what can be said without one.
    fn climb(
        &self,
        measured: &Measured<'_>,
        grouping: &Grouping,
        dimension: &str,
        own: &mut GroupInvariance,
    ) -> Result<Vec<Warning>> {
        let model = self.model_of(dimension, &measured.items_of(dimension))?;
        let (data, sizes) = answers(measured, grouping, dimension, &model)?;
        let left_out = |large: &dyn Fn(usize) -> bool| -> Vec<String> {
            let small = grouping.levels.iter().zip(&sizes).filter(|(_, n)| !large(**n));
            small.map(|(level, _)| level.clone()).collect()
        };
        let mut dropped = left_out(&|n| n >= SMALLEST_GROUP);
        let told = |dropped: &[String]| -> Vec<(String, usize)> {
            let all = grouping.levels.iter().zip(&sizes);
            all.filter(|(level, _)| dropped.contains(level)).map(|(level, n)| (level.clone(), *n)).collect()
        };
        let estimation = self.estimation(measured, &model, &data)?.group(&grouping.variable);
        if grouping.levels.len() - dropped.len() >= 2 {
            let ladder = |dropped: &[String]| {
                Invariance::of(estimation.clone()).brief().collapse().drop_groups(dropped.iter())
            };
            let barred = ladder(&dropped).feasibility(&model, &data)?;
            dropped.extend(barred.into_iter().filter(|group| !group.possible).map(|group| group.group));
            if grouping.levels.len() - dropped.len() >= 2 {
                let study = ladder(&dropped).run(&model, &data)?;
                own.left_out = told(&dropped);
                let is_told = |w: &&Warning| matches!(w, Warning::CategoriesJoined { .. });
                let warnings = study.warnings.iter().filter(is_told).cloned().collect();
                own.study = Some(study);
                return Ok(warnings);
            }
        }
        own.left_out = told(&dropped);
        own.reason =
            Some(format!("fewer than two groups have {SMALLEST_GROUP} respondents and answers that vary"));
        let small = left_out(&|n| n >= 5);
        if grouping.levels.len() - small.len() >= 2 {
            own.pooled = Invariance::of(estimation).drop_groups(small).pooled(&model, &data).ok();
        }
        Ok(Vec::new())
    }

    /// A factor for each facet of a dimension, or one.
    pub(super) fn model_of(&self, dimension: &str, items: &[String]) -> Result<Model> {
        let leaves = self.construct.leaves();
        let own: Vec<_> = leaves.into_iter().filter(|leaf| leaf.dimension == dimension).collect();
        if own.len() > 1 && own.iter().all(|leaf| leaf.items.len() > 1) {
            let loadings = own.iter().flat_map(|leaf| {
                leaf.items.iter().map(|item| Formula::new(&leaf.id, Operator::Loading, item))
            });
            return Model::from_formulas(loadings);
        }
        if items.len() < 3 {
            return Err(Error::NoAnswerExists {
                what: format!("measurement invariance of '{dimension}'"),
                why: format!("{} items do not identify a model by group", items.len()),
                remedy: "Three items or more make a model of one factor.".into(),
            });
        }
        Model::of_items(dimension, items)
    }

    /// Ordinal items by WLSMV, numbers by robust maximum likelihood.
    fn estimation(&self, measured: &Measured<'_>, model: &Model, data: &Dataset) -> Result<Estimation> {
        let items = model.observed_names();
        let ordinal: Vec<String> = items.iter().filter(|item| measured.is_ordinal(item)).cloned().collect();
        let listwise = self.missing == Missing::Listwise;
        if !ordinal.is_empty() {
            let missing = if listwise { Missing::Listwise } else { Missing::Pairwise };
            let own = Estimation::new(Estimator::Wlsmv).ordered(Ordered::Named(ordinal));
            return Ok(own.missing(missing).scaling(Scaling::UnitVariance));
        }
        let complete = data.numeric(&items)?.iter().all(|x| !x.is_nan());
        let missing = if listwise || complete { Missing::Listwise } else { Missing::Fiml };
        Ok(Estimation::new(Estimator::Mlr).missing(missing).scaling(Scaling::UnitVariance))
    }
}

/// What respondents are compared by: the grouping variables, and clusters that can be groups.
pub(super) fn groupings(responses: &Responses) -> impl Iterator<Item = &Grouping> {
    responses.groups().iter().chain(responses.cluster().filter(are_groups))
}

/// Whether clusters can be the groups of a model: few, and two of them large.
fn are_groups(cluster: &&Grouping) -> bool {
    let large =
        (0..cluster.levels.len()).filter(|level| cluster.rows_of(*level).len() >= SMALLEST_GROUP).count();
    cluster.levels.len() <= FEW_CLUSTERS && large >= 2
}

/// The answers of the respondents who were asked a dimension, with their groups, and how many of each answered.
fn answers(
    measured: &Measured<'_>,
    grouping: &Grouping,
    dimension: &str,
    model: &Model,
) -> Result<(Dataset, Vec<usize>)> {
    let items = model.observed_names();
    let all = measured.responses.of_items(&items)?;
    let asked = measured.responses.asked(dimension);
    let answered =
        |row: &usize| asked.is_none_or(|asked| asked[*row]) && all.row(*row).iter().any(|x| !x.is_nan());
    let rows: Vec<usize> = (0..all.nrows()).filter(answered).collect();
    let own = grouping.of_rows(&rows);
    let sizes = (0..own.levels.len()).map(|level| own.rows_of(level).len()).collect();
    let columns = items.iter().enumerate().map(|(j, item)| {
        let values: Vec<f64> = rows.iter().map(|row| all[(*row, j)]).collect();
        (item.clone(), Column::Numeric(values))
    });
    let groups = std::iter::once((own.variable.clone(), Column::Text(own)));
    Ok((Dataset::from_columns(columns.chain(groups))?, sizes))
}
