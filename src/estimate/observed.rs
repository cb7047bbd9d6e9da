//! What was seen of a group: moments, and what the kind of data adds to them.

use crate::correlation::ThreeStage;
use crate::error::Warning;
use crate::estimate::incomplete::full_information::IncompleteGroup;
use crate::estimate::levels::group::TwoLevelGroup;
use crate::model::{Implied, ParameterTable};
use crate::moments::Missing;
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// Observed moments in the order of a table's observed variables.
#[derive(Debug, Clone)]
pub(crate) struct Observed {
    pub(crate) covariance: DMatrix<f64>,
    pub(crate) mean: DVector<f64>,
    pub(crate) log_determinant: f64,
    /// Respondents.
    pub(crate) n: usize,
    /// What multiplies F to give a chi-square: n, or n - 1 under the Wishart likelihood.
    pub(crate) multiplier: f64,
    /// Thresholds and correlations of ordinal data, with their sampling variation.
    pub(crate) ordinal: Option<Arc<ThreeStage>>,
    /// Rows with missing answers; the moments are then those of their saturated model.
    pub(crate) incomplete: Option<Arc<IncompleteGroup>>,
    /// Respondents in clusters, where both levels are modelled: the moments are then those of one level of the
    /// saturated model.
    pub(crate) two_level: Option<Arc<TwoLevelGroup>>,
}

impl Observed {
    /// What a table implies, with the moments of fixed covariates that the kind of data takes: ordinal variables are
    /// modelled given them.
    pub(crate) fn implied(&self, table: &ParameterTable) -> Implied {
        let p = table.observed.len();
        match &self.ordinal {
            Some(_) => Implied::new(table, &DMatrix::zeros(p, p), &DVector::zeros(p)),
            None => Implied::new(table, &self.covariance, &self.mean),
        }
    }

    /// What a model implies, with the moments of the covariates that ordinal variables are modelled given.
    pub(crate) fn completed(&self, table: &ParameterTable, implied: Implied) -> Implied {
        match self.ordinal {
            Some(_) => implied.with_covariates(table, &self.covariance, &self.mean),
            None => implied,
        }
    }

    /// The rows, where their own likelihood is maximised.
    pub(crate) fn full_information(&self) -> Option<&IncompleteGroup> {
        self.incomplete.as_deref().filter(|group| group.policy == Missing::Fiml)
    }

    /// Items that a group (of a variable, with its names) was not asked, and variables that nobody answered together.
    pub(crate) fn about_missing(
        &self,
        table: &ParameterTable,
        groups: Option<(&String, &Vec<String>)>,
    ) -> Vec<Warning> {
        let Some(own) = &self.incomplete else { return Vec::new() };
        let mut warnings = Vec::new();
        if let (false, Some((variable, names))) = (own.absent.is_empty(), groups) {
            warnings.push(Warning::NotAskedInGroup {
                items: own.absent.iter().map(|&i| table.observed[i].clone()).collect(),
                variable: variable.clone(),
                group: names[table.group].clone(),
            });
        }
        if let Some(&(i, j)) = own.apart.first() {
            warnings.push(Warning::NeverTogether {
                first: table.observed[i].clone(),
                second: table.observed[j].clone(),
                pairs: own.apart.len(),
            });
        }
        warnings
    }

    /// Places of the variables that somebody answered.
    pub(crate) fn there(&self) -> Vec<usize> {
        let absent = self.incomplete.as_deref().map_or(&[][..], |group| &group.absent);
        (0..self.mean.len()).filter(|i| !absent.contains(i)).collect()
    }

    /// A threshold of an ordinal variable (by its place in the table); 0 where there is none.
    pub(crate) fn threshold(&self, i: usize, k: usize, table: &ParameterTable) -> f64 {
        let margin = (0..i).filter(|j| !table.covariates.contains(j)).count();
        let stages = self.ordinal.as_ref().and_then(|stages| stages.margins.get(margin));
        stages.and_then(|margin| margin.categories()?.thresholds.get(k).copied()).unwrap_or(0.0)
    }
}
