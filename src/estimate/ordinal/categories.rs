//! Which variables are ordinal, and the categories that they have.

use crate::correlation::{Keep, Ordered, ThreeStage, threshold_count};
use crate::data::Dataset;
use crate::error::{Error, Result, nearest};
use crate::estimate::estimation::Estimation;
use crate::estimate::sample::group::{Like, Sample};
use crate::model::Model;
use ndarray::{ArrayView2, Axis};
use std::sync::Arc;

impl Estimation {
    /// Thresholds and correlations of ordinal variables with all that fits to these data make of them, whatever the
    /// model, as long as it has the variables of this one, no fixed covariates and one group; none where no variable is
    /// ordinal.
    pub(crate) fn stages_of(&self, model: &Model, data: &Dataset) -> Result<Option<Like>> {
        let names = model.observed_names();
        let values = data.numeric(&names)?;
        let own = self.with_ordinal(model, &names, values.view())?;
        let is_plain = self.group.is_none() && self.cluster.is_none() && self.weights.is_none();
        if own.specification.ordinal.is_empty() || !model.covariate_names().is_empty() || !is_plain {
            return Ok(None);
        }
        let rows = values.select(Axis(0), &self.used_rows(model, &names, values.view()));
        let keep = Keep::Influences;
        let stages = ThreeStage::of(&names, rows.view(), &self.ordered, &[], self.empty_cells, keep)?;
        stages.share();
        Ok(Some((names, Arc::new(stages))))
    }

    /// With the numbers of thresholds of the ordinal variables, from the complete rows.
    pub(crate) fn with_ordinal(
        &self,
        model: &Model,
        names: &[String],
        rows: ArrayView2<'_, f64>,
    ) -> Result<Self> {
        let mut own = self.clone();
        let covariates = model.covariate_names();
        if let Ordered::Named(ordered) = &self.ordered
            && let Some(unknown) = ordered.iter().find(|name| !names.contains(name))
        {
            return Err(Error::UnknownColumn {
                column: unknown.clone(),
                source_name: "the model (ordered)".into(),
                nearest: nearest(unknown, names.iter().map(String::as_str)),
                available: names.to_vec(),
            });
        }
        let used = self.used_rows(model, names, rows);
        for (j, name) in names.iter().enumerate() {
            if self.ordered.contains(name) && !covariates.contains(name) {
                let answers: Vec<f64> = used.iter().map(|&row| rows[(row, j)]).collect();
                own.specification.ordinal.insert(name.clone(), threshold_count(name, &answers)?);
            }
        }
        Ok(own)
    }

    /// Whether each group has an answer in every category that occurs.
    pub(crate) fn check_categories(
        &self,
        names: &[String],
        levels: &[String],
        groups: &[Sample],
    ) -> Result<()> {
        for (j, name) in
            names.iter().enumerate().filter(|(_, name)| self.specification.ordinal.contains_key(*name))
        {
            let of = |sample: &Sample| -> Vec<f64> {
                let answered = |row: &f64| !row.is_nan();
                sample
                    .rows
                    .as_ref()
                    .map_or_else(Vec::new, |rows| rows.row(j).iter().copied().filter(answered).collect())
            };
            let mut all: Vec<f64> = groups.iter().flat_map(of).collect();
            all.sort_by(f64::total_cmp);
            all.dedup();
            for (level, sample) in levels.iter().zip(groups) {
                let own = of(sample);
                if let Some(category) = all.iter().find(|value| !own.contains(value)) {
                    return Err(Error::EmptyCategory {
                        variable: name.clone(),
                        category: *category,
                        group: level.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}
