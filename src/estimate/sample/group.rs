//! The rows of a group, and what another fit to them knows already.

use crate::data::{Dataset, Grouping};
use crate::error::{Error, Result};
use crate::estimate::observed::Seen;
use crate::estimate::second_pass::SecondPass;
use crate::model::ParameterTable;
use crate::moments::Moments;
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// A group's moments, and its complete rows (variables x respondents) where they are known.
pub(crate) struct Sample {
    pub(crate) moments: Moments,
    pub(crate) rows: Option<DMatrix<f64>>,
    /// What another fit to the same rows saw of them.
    pub(crate) like: Option<Like>,
    /// What rows that are elsewhere are asked, or have answered.
    pub(crate) second: Option<Arc<SecondPass>>,
    /// Whether the fit is there to be tested against that other one only.
    pub(crate) is_rival: bool,
    /// The cluster of each row, as a code.
    pub(crate) clusters: Option<Vec<usize>>,
    /// The sampling weight of each row.
    pub(crate) weights: Option<Vec<f64>>,
}

/// Variables, and what a fit saw of them.
pub(crate) type Like = (Vec<String>, Arc<dyn Seen>);

impl Sample {
    /// Moments without rows.
    pub(crate) fn of_moments(moments: &Moments) -> Self {
        Self {
            moments: moments.clone(),
            rows: None,
            like: None,
            second: None,
            is_rival: false,
            clusters: None,
            weights: None,
        }
    }

    /// The same of a sample that has none.
    pub(crate) fn without_rows(&self) -> Self {
        Self {
            like: self.like.clone(),
            second: self.second.clone(),
            is_rival: self.is_rival,
            ..Self::of_moments(&self.moments)
        }
    }

    /// Whether it has no rows, and what is taken from them all the same.
    pub(crate) fn stands_for_rows(&self) -> bool {
        self.second.is_some() || self.like.as_ref().is_some_and(|(_, seen)| seen.is_of_patterns())
    }

    /// How many clusters there are.
    pub(crate) fn cluster_count(&self) -> Option<usize> {
        let mut codes = self.clusters.clone()?;
        codes.sort_unstable();
        codes.dedup();
        Some(codes.len())
    }

    /// The rows with the variables in the table's order.
    pub(crate) fn rows_of(&self, table: &ParameterTable) -> Option<DMatrix<f64>> {
        let Some(rows) = self.rows.as_ref() else {
            // none here: they are asked
            return self.second.as_ref().map(|_| DMatrix::zeros(table.observed.len(), 0));
        };
        let order: Vec<usize> =
            table.observed.iter().filter_map(|name| self.moments.index_of(name)).collect();
        Some(DMatrix::from_fn(order.len(), rows.ncols(), |i, c| rows[(order[i], c)]))
    }
}

/// The groups of a fit: at least one.
pub(crate) fn groups_of(variable: &str, data: &Dataset) -> Result<Grouping> {
    let grouping = data.grouping(variable)?;
    match grouping.levels.is_empty() {
        true => Err(Error::EmptyColumn { column: variable.into(), rows: data.n_rows() }),
        false => Ok(grouping),
    }
}

/// The cluster of each of some rows.
pub(crate) fn clusters_of(clusters: &Grouping, used: &[usize], data: &Dataset) -> Result<Vec<usize>> {
    let lacking = used.iter().filter(|&&row| clusters.codes[row].is_none());
    let rows: Vec<usize> = lacking.map(|&row| data.file_row(row)).collect();
    let variable = clusters.variable.clone();
    if !rows.is_empty() {
        return Err(Error::MissingCluster { variable, rows });
    }
    let codes: Vec<usize> = used.iter().filter_map(|&row| clusters.codes[row]).collect();
    let mut distinct = codes.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 2 {
        return Err(Error::TooFewClusters { variable, clusters: distinct.len() });
    }
    Ok(codes)
}

/// Subtracts the weighted means from complete rows.
pub(crate) fn centre(rows: &mut DMatrix<f64>, weights: &[f64]) -> DVector<f64> {
    let weights = DVector::from_column_slice(weights);
    let mean = &*rows * &weights / weights.sum();
    rows.column_iter_mut().for_each(|mut row| row -= &mean);
    mean
}
