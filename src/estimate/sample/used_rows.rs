//! The rows that a fit to a whole table uses.

use crate::estimate::estimation::Estimation;
use crate::estimate::sample::row_account::Rule;
use crate::model::{Covariates, Model};
use crate::moments::Missing;
use ndarray::ArrayView2;

impl Estimation {
    /// Places of the covariates that a row must have: those whose moments are the sample's.
    pub(crate) fn needed_covariates(&self, model: &Model, names: &[String]) -> Vec<usize> {
        if self.keeps_rows_without_covariates() {
            return Vec::new();
        }
        let covariates = model.open_covariate_names();
        (0..names.len()).filter(|&i| covariates.contains(&names[i])).collect()
    }

    pub(crate) fn keeps_rows_without_covariates(&self) -> bool {
        self.specification.covariates == Covariates::Random || self.missing == Missing::FimlX
    }

    /// The rows that a fit to a whole table uses.
    pub(crate) fn used_rows(&self, model: &Model, names: &[String], rows: ArrayView2<'_, f64>) -> Vec<usize> {
        let needed = self.needed_covariates(model, names);
        let rule = Rule { listwise: self.missing.is_listwise(), needed: &needed };
        let uses = |row: &usize| rule.leaves_out(|i| rows[(*row, i)], names.len(), names.len()).is_none();
        (0..rows.nrows()).filter(uses).collect()
    }
}
