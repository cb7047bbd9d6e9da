//! Respondents of one group in clusters.

use crate::data::Progress;
use crate::error::Result;
use crate::model::ParameterTable;
use crate::moments::clustered::Clustered;
use crate::numeric::cholesky;
use nalgebra::DMatrix;

/// A group's clusters, and where the variables of both levels stand in t.
#[derive(Debug)]
pub(crate) struct TwoLevelGroup {
    pub(crate) data: Clustered,
    /// Of each variable of level 2 (in the order of its table), its place in t. Those of level 1 come first there.
    pub(crate) places: Vec<usize>,
    /// -2 log L of the saturated model, without constants.
    pub(crate) saturated: f64,
    /// The same of the fixed covariates by themselves.
    pub(crate) covariates: f64,
    /// Who may stop the searches.
    pub(crate) progress: Progress,
}

impl TwoLevelGroup {
    /// The clusters of some rows (NaN where missing), whose variables are those of level 1 and then those of level 2 only.
    pub(crate) fn new(
        rows: &DMatrix<f64>,
        tables: &[ParameterTable],
        codes: &[usize],
        (variable, levels): (&str, &[String]),
    ) -> Result<Self> {
        let names = variables(tables);
        let places = tables[1].observed.iter().filter_map(|n| names.iter().position(|o| o == n)).collect();
        let data = Clustered::of(rows, &names, tables[0].observed.len(), codes, variable, levels)?;
        Ok(Self { data, places, saturated: 0.0, covariates: 0.0, progress: Progress::default() })
    }

    /// The same with the variables of both levels in the order of other tables.
    pub(crate) fn reordered(&self, tables: &[ParameterTable], others: &[ParameterTable]) -> Self {
        let (names, wanted) = (variables(tables), variables(others));
        let t: Vec<usize> =
            wanted.iter().filter_map(|name| names.iter().position(|own| own == name)).collect();
        let places =
            others[1].observed.iter().filter_map(|name| wanted.iter().position(|own| own == name)).collect();
        Self { data: self.data.select(&t, self.data.p), places, progress: self.progress.clone(), ..*self }
    }
}

/// The variables of level 1, then those of level 2 only.
pub(crate) fn variables(tables: &[ParameterTable]) -> Vec<String> {
    let within = &tables[0].observed;
    within.iter().chain(tables[1].observed.iter().filter(|name| !within.contains(name))).cloned().collect()
}

/// Inverse and log-determinant.
pub(crate) fn inverse_and_log(matrix: &DMatrix<f64>) -> Option<(DMatrix<f64>, f64)> {
    let mut factor = matrix.clone();
    cholesky::factorise(&mut factor).ok()?;
    let log = cholesky::log_determinant(&factor);
    let mut inverse = DMatrix::zeros(matrix.nrows(), matrix.nrows());
    cholesky::invert(&mut factor, &mut inverse);
    Some((inverse, log))
}
