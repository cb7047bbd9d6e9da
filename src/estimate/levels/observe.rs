//! What a model of two levels starts from.
//!
//! Rows may have missing answers (full information). The moments of the saturated model (all variances and covariances of
//! both levels, all means; by EM, then a search) are the observed ones of each level, from which residuals, SRMR and start values
//! follow as for one level. The independence model has variances and means. Moments of fixed covariates are
//! those of the saturated model.

use crate::data::{Dataset, Grouping};
use crate::error::{Error, Result};
use crate::estimate::estimation::Estimation;
use crate::estimate::levels::group::{TwoLevelGroup, variables};
use crate::estimate::levels::problem::moments;
use crate::estimate::levels::references::observe_levels;
use crate::estimate::plan::{DataKind, Plan};
use crate::estimate::reading::{Reading, warnings_of};
use crate::estimate::sample::group::{clusters_of, groups_of};
use crate::estimate::sample::row_account::{LeftOut, RowAccount, Rule};
use crate::model::{MeanStructure, Model, ParameterTable};
use crate::moments::Missing;
use nalgebra::DMatrix;

impl Estimation {
    /// What a model with level blocks starts from.
    pub(crate) fn read_levels(&self, model: &Model, data: &Dataset) -> Result<Reading> {
        let Some(cluster) = &self.cluster else {
            return Err(Error::BadModel {
                what: "the model has level blocks, and no variable tells the clusters".into(),
                remedy: "Name the cluster variable, or leave the level blocks out.".into(),
            });
        };
        let plan = Plan::of(self, DataKind::Levels, true)?;
        let grouping = self.group.as_ref().map(|name| groups_of(name, data)).transpose()?;
        let names = grouping.as_ref().map_or(Vec::new(), |grouping| grouping.levels.clone());
        let model = model.number_groups(&names)?.number_levels()?;
        let groups = names.len().max(1);
        let mut specification = self.specification.clone();
        specification.means = MeanStructure::Included;
        let tables = ParameterTable::of_levels(&model, &specification, groups)?;
        let clusters = data.grouping(cluster)?;
        let (mut account, mut observed) = (RowAccount::default(), Vec::with_capacity(tables.len()));
        let mut warnings = warnings_of(&tables);
        for (group, own) in tables.chunks(2).enumerate() {
            let variables = variables(own);
            let values = data.numeric(&variables)?;
            let rows = grouping.as_ref().map_or_else(|| (0..values.nrows()).collect(), |g| g.rows_of(group));
            let needed = needed(own, self.missing);
            let rule = Rule { listwise: self.missing.is_listwise(), needed: &needed };
            let mut used = Vec::with_capacity(rows.len());
            for &row in &rows {
                let fate = rule.leaves_out(|i| values[(row, i)], variables.len(), own[0].observed.len());
                account.count(fate);
                used.extend(fate.is_none().then_some(row));
            }
            if let (true, Some(grouping)) = (used.is_empty(), &grouping) {
                let (variable, group) = (grouping.variable.clone(), names[group].clone());
                return Err(Error::EmptyGroup { variable, group, rows: rows.len() });
            }
            let codes = clusters_of(&clusters, &used, data)?;
            let rows = DMatrix::from_fn(variables.len(), used.len(), |j, c| values[(used[c], j)]);
            let mut data = TwoLevelGroup::new(&rows, own, &codes, (cluster, &clusters.levels))?;
            data.progress = self.progress.silent();
            observed.extend(observe_levels(own, data)?);
        }
        let used: usize = observed.iter().step_by(2).map(|o| o.n).sum();
        let lacking = grouping.as_ref().map_or(0, Grouping::missing_count);
        (0..lacking).for_each(|_| account.count(Some(LeftOut::NoGroup)));
        debug_assert_eq!(used, account.used());
        warnings.extend(account.warning(self.group.as_deref()));
        Ok(Reading {
            plan,
            df: moments(&tables) as i64 - tables[0].n_free as i64,
            model,
            names,
            tables,
            nobs: observed.iter().step_by(2).map(|o| o.n).collect(),
            clusters: observed.iter().skip(1).step_by(2).map(|o| o.n).collect(),
            observed,
            rows: Vec::new(),
            account,
            sampling_weights: None,
            is_rival: false,
            warnings,
        })
    }
}

/// The variables that a row must have: all of them listwise, fixed covariates with full information.
fn needed(tables: &[ParameterTable], missing: Missing) -> Vec<usize> {
    let all = variables(tables);
    let is_fixed = |name: &String| {
        tables.iter().any(|table| table.covariates.iter().any(|&i| table.observed[i] == *name))
    };
    (0..all.len()).filter(|&i| missing.is_listwise() || is_fixed(&all[i])).collect()
}
