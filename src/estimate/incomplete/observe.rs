//! The incomplete rows of a group with their saturated moments.

use crate::error::{Error, Result};
use crate::estimate::estimation::Estimation;
use crate::estimate::incomplete::full_information::{Design, IncompleteGroup};
use crate::estimate::normal::observe::observed_moments;
use crate::estimate::observed::{Observed, Seen};
use crate::estimate::sample::group::{Sample, centre};
use crate::model::{Kind, ParameterTable};
use crate::moments::Missing;
use nalgebra::DMatrix;
use std::sync::Arc;

impl Estimation {
    /// Mean and variance, over the other groups, of the variables that only these answered: under full information, where
    /// all parameters of such a variable are those of a group that has it.
    pub(crate) fn answered_elsewhere(
        &self,
        tables: &[ParameterTable],
        table: &ParameterTable,
        names: &[String],
        groups: &[Sample],
    ) -> Result<Vec<(usize, f64, f64)>> {
        let given = |group: &Sample, name: &String| -> Vec<f64> {
            if group.rows.is_none() {
                // of sums: whether anybody answered
                let mean = group.moments.index_of(name).and_then(|j| group.moments.mean(j));
                return mean.into_iter().collect();
            }
            let rows = group.rows.as_ref().zip(group.moments.index_of(name));
            rows.map_or_else(Vec::new, |(rows, j)| {
                rows.row(j).iter().copied().filter(|x| !x.is_nan()).collect()
            })
        };
        let mut elsewhere = Vec::new();
        for (i, name) in table.observed.iter().enumerate() {
            if names.is_empty() || !given(&groups[table.group], name).is_empty() {
                continue;
            }
            let all: Vec<f64> = groups.iter().flat_map(|group| given(group, name)).collect();
            if all.is_empty() {
                let rows = groups.iter().map(|group| group.moments.rows_read()).sum();
                return Err(Error::EmptyColumn { column: name.clone(), rows });
            }
            let tied = |free: usize| {
                tables.iter().any(|other| {
                    other.row_of_free(free).is_some() && !given(&groups[other.group], name).is_empty()
                })
            };
            let own = table.rows.iter().filter(|row| row.lhs == *name || row.rhs == *name);
            let loose = own.into_iter().find(|row| matches!(row.kind, Kind::Free(free, _) if !tied(free)));
            if loose.is_some() || !self.missing.is_full_information() || table.exogenous.contains(&i) {
                return Err(Error::NotAskedInGroup {
                    item: name.clone(),
                    variable: self.group.clone().unwrap_or_default(),
                    group: names[table.group].clone(),
                    parameter: loose.map(|row| row.name()),
                });
            }
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64;
            elsewhere.push((i, mean, variance));
        }
        Ok(elsewhere)
    }

    /// The rows of a group with their saturated moments.
    pub(crate) fn observe_incomplete(
        &self,
        table: &ParameterTable,
        group: &Sample,
        elsewhere: &[(usize, f64, f64)],
    ) -> Result<Observed> {
        let _moments =
            group.moments.select(&table.observed.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mut rows = group.rows_of(table).unwrap_or_else(|| DMatrix::zeros(table.observed.len(), 0));
        // complete rows of clusters go the road of full information: their scores are known one by one
        let policy = if self.missing.is_two_stage() { self.missing } else { Missing::Fiml };
        let of_sums = group.rows.is_none();
        let n = if of_sums { group.moments.n() } else { rows.ncols() };
        let design = Design {
            clusters: group.clusters.clone(),
            weights: group.weights.clone(),
            listwise: self.missing.is_listwise(),
            progress: self.progress.silent(),
        };
        let mean = match (&design.weights, table.has_means) {
            // means that are not modelled are those of the data: 0 of deviations from them
            (Some(weights), false) => Some(centre(&mut rows, weights)),
            _ => None,
        };
        let moments = |own: &IncompleteGroup| {
            (own.saturated.covariance.clone(), own.saturated.mean.clone(), own.rows.total)
        };
        let known = group.like.as_ref().and_then(|(names, seen)| {
            let own: &IncompleteGroup = seen.own()?;
            let plain = group.clusters.is_none() && group.weights.is_none();
            let same = *names == table.observed && own.policy == policy && own.rows.n == n;
            (plain && same).then(|| (moments(own), Arc::clone(seen)))
        });
        let ((covariance, own_mean, total), seen) = match known {
            Some(known) => known,
            None if of_sums => {
                return Err(Error::Unsupported {
                    what: "incomplete answers from moments alone".into(),
                    instead: "Fit the data themselves, or sums by pattern of missing answers (aggregates)."
                        .into(),
                });
            }
            None => {
                let own = IncompleteGroup::new(&rows, &table.observed, policy, design, elsewhere)?;
                (moments(&own), Arc::new(own) as Arc<dyn Seen>)
            }
        };
        let mean = mean.unwrap_or(own_mean);
        let observed = observed_moments(&table.observed, covariance, mean, n, total)?;
        Ok(Observed { seen, ..observed })
    }
}

/// Gives a variable that a group was not asked the correlations of a group that has it, for start values.
pub(crate) fn borrow_correlations(observed: &mut [Observed]) {
    for at in 0..observed.len() {
        let there = observed[at].there();
        for i in (0..observed[at].mean.len()).filter(|i| !there.contains(i)) {
            let Some(donor) = observed.iter().find(|other| other.there().contains(&i)) else { continue };
            let (s, own) = (&donor.covariance, &observed[at].covariance);
            let value = |j: usize| s[(i, j)] * (own[(i, i)] * own[(j, j)] / (s[(i, i)] * s[(j, j)])).sqrt();
            let values: Vec<(usize, f64)> = there.iter().map(|&j| (j, value(j))).collect();
            let covariance = &mut observed[at].covariance;
            for (j, value) in values {
                (covariance[(i, j)], covariance[(j, i)]) = (value, value);
            }
        }
    }
}
