//! Factor scores: what a respondent's answers say of the latent variables.
//!
//! With d = y - mu, E the covariance of the latent variables and L their effects on the answers:
//!
//! ```text
//! regression   f = E(eta) + E L' Sigma^-1 d                        (Thurstone 1935; Thomson 1939)
//! Bartlett     f = E(eta) + (L' R^-1 L)^-1 L' R^-1 d,  R the residual covariance matrix   (Bartlett 1937)
//! determinacy  correlation of regression scores with the factor: sqrt of diag(E L' Sigma^-1 L E) / diag(E)
//! ```
//!
//! Of a respondent who lacks answers, rows and columns are those of the answers that are there, as the likelihood of
//! incomplete rows has them (full information and two stages); after complete rows only, there is no such score. Where
//! these answers leave L' R^-1 L singular, a factor has Bartlett's score when every solution of the normal equations gives
//! it the same: a factor without an answered indicator has none, the others keep theirs, and factors that the answered
//! items do not tell apart have none either.
//!
//! Regression scores have the smallest error and are shrunken to the mean, Bartlett's are unbiased. The square
//! of the determinacy is the reliability of the regression scores (Grice 2001).

use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::estimate::after::factor_scores::{FactorScores, ScoreMethod, Undetermined, UndeterminedScore};
use crate::estimate::after::normal_scores::{Joint, Weights};
use crate::estimate::after::ordinal_scores::{Posterior, Scored};
use crate::estimate::fit::Fit;
use crate::estimate::sample::row_account::{LeftOut, RowAccount, Rule};
use crate::model::ParameterTable;
use nalgebra::DVector;
use rayon::prelude::*;
use std::collections::HashMap;
use std::fmt;

impl fmt::Display for Undetermined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Undetermined::NoIndicator => "no answer to an indicator of it",
            Undetermined::NotToldApart => "its answered indicators do not tell it from other factors",
        })
    }
}

impl Fit {
    /// Factor scores for the rows of a data set: the one the model was fitted to, or new respondents. Of several
    /// groups `group` names the variable.
    ///
    /// On two levels, where regression scores, ebm and eap are the same, the factors within have a score per respondent and
    /// those between one per cluster, each given all answers of the cluster that are there, whatever the fit did with
    /// incomplete rows. Rows without any answer, without fixed covariates or without a cluster have none.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`], [`Error::Unsupported`] for a fit without a solution, for a group that the fit
    /// does not know, and where residual variances of zero leave Bartlett's scores undefined.
    pub fn scores(&self, data: &Dataset, group: Option<&str>, method: ScoreMethod) -> Result<FactorScores> {
        if !self.converged {
            return Err(Error::Unsupported {
                what: "factor scores of a model without a solution".into(),
                instead: "Let the model converge first.".into(),
            });
        }
        if self.has_levels() {
            return self.two_level_scores(data, group, method);
        }
        let internals = &self.internals;
        if internals.tables.iter().any(ParameterTable::has_ordinal) {
            return self.ordinal_scores(data, group, method);
        }
        let joint: Vec<Joint> =
            (0..internals.tables.len()).map(|group| Joint::of(internals, group)).collect();
        let weights = score_weights(&joint, method)?;
        let table = &internals.tables[0];
        let names = &table.observed;
        let values = data.numeric(names)?;
        let grouping = self.grouping(data, group)?;
        let mut scores = FactorScores {
            method,
            factors: table.eta[..table.n_latent].to_vec(),
            rows: Vec::new(),
            values: Vec::new(),
            determinacy: weights.iter().map(|w| w.determinacy.clone()).collect(),
            se: weights.iter().map(|w| w.se.clone()).collect(),
            row_se: None,
            undetermined: Vec::new(),
            left_out: 0,
            reasons: Vec::new(),
            clusters: None,
        };
        let covariates = match internals.estimation.keeps_rows_without_covariates() {
            true => &[][..],
            false => &table.covariates,
        };
        let rule = Rule { listwise: !internals.estimation.missing.is_likelihood(), needed: covariates };
        let mut account = RowAccount::default();
        let mut of_patterns: HashMap<(usize, Vec<bool>), Option<Weights>> = HashMap::new();
        let mut errors = Vec::new();
        for (index, row) in values.outer_iter().enumerate() {
            let Some(group) = self.group_of(&grouping, index) else {
                account.count(Some(LeftOut::NoGroup));
                continue;
            };
            let fate = rule.leaves_out(|i| row[i], row.len(), row.len());
            let there: Vec<bool> = row.iter().map(|x| !x.is_nan()).collect();
            let w = if fate.is_some() {
                None
            } else if there.iter().all(|there| *there) {
                Some(&weights[group])
            } else {
                let own = of_patterns.entry((group, there));
                own.or_insert_with_key(|(group, there)| Weights::new(&joint[*group], method, Some(there)))
                    .as_ref()
            };
            let w = w.filter(|w| w.undetermined.iter().any(Option::is_none));
            account.count(fate.or_else(|| w.is_none().then_some(LeftOut::NoIndicator)));
            let Some(w) = w else { continue };
            let own: Vec<f64> = row.iter().copied().filter(|x| !x.is_nan()).collect();
            let own = &w.matrix * (DVector::from_vec(own) - &w.centre) + &w.mean;
            scores.rows.push(index + 1);
            scores.values.push(w.determined(own.iter().copied()));
            errors.push(w.determined(w.se.iter().copied()));
            for (factor, reason) in scores.factors.iter().zip(&w.undetermined) {
                if let Some(reason) = *reason {
                    let (row, factor) = (index + 1, factor.clone());
                    scores.undetermined.push(UndeterminedScore { row, factor, reason });
                }
            }
        }
        scores.row_se = (!of_patterns.is_empty()).then_some(errors);
        scores.left_out = account.read() - account.used();
        scores.reasons = account.into_left_out();
        Ok(scores)
    }
}

impl Fit {
    /// The groups of the rows; none for one group.
    pub(crate) fn grouping(
        &self,
        data: &Dataset,
        group: Option<&str>,
    ) -> Result<Option<Vec<Option<String>>>> {
        match (self.groups.is_empty(), group) {
            (true, _) => Ok(None),
            (false, Some(variable)) => data.labels(variable).map(Some),
            (false, None) => Err(Error::Unsupported {
                what: "factor scores of several groups without their variable".into(),
                instead: "Name the variable that the model was fitted by.".into(),
            }),
        }
    }

    /// The group of a row, from 0; none where it is missing or unknown.
    pub(crate) fn group_of(&self, grouping: &Option<Vec<Option<String>>>, row: usize) -> Option<usize> {
        match grouping {
            None => Some(0),
            Some(labels) => {
                labels[row].as_ref().and_then(|label| self.groups.iter().position(|g| g == label))
            }
        }
    }

    /// By empirical Bayes; a respondent with one answer has scores.
    fn ordinal_scores(
        &self,
        data: &Dataset,
        group: Option<&str>,
        method: ScoreMethod,
    ) -> Result<FactorScores> {
        if matches!(method, ScoreMethod::Regression | ScoreMethod::Bartlett) {
            return Err(Error::Unsupported {
                what: "regression and Bartlett scores from ordinal answers".into(),
                instead: "Use ebm (mode of the posterior distribution) or eap (its mean).".into(),
            });
        }
        let table = &self.internals.tables[0];
        let grouping = self.grouping(data, group)?;
        let values = data.numeric(&table.observed)?;
        let posteriors: Vec<Posterior> = (0..self.internals.tables.len())
            .map(|group| Posterior::of_fit(&self.internals, group, method))
            .collect::<Result<_>>()?;
        let rows: Vec<Vec<f64>> = values.outer_iter().map(|row| row.to_vec()).collect();
        let rule = Rule { listwise: false, needed: &table.covariates };
        let progress = &self.internals.estimation.progress;
        let own = |(index, row): (usize, &Vec<f64>)| {
            progress.check("the factor scores")?;
            let Some(group) = self.group_of(&grouping, index) else { return Ok(Err(LeftOut::NoGroup)) };
            let fate = rule.leaves_out(|i| row[i], row.len(), row.len());
            posteriors[group].of(index, row, fate)
        };
        let found: Vec<Scored> = rows.par_iter().enumerate().map(own).collect::<Result<_>>()?;
        let mut account = RowAccount::default();
        found.iter().for_each(|own| account.count(own.as_ref().err().copied()));
        let mut scores = FactorScores {
            method,
            factors: table.eta[..table.n_latent].to_vec(),
            rows: Vec::new(),
            values: Vec::new(),
            determinacy: Vec::new(),
            se: Vec::new(),
            row_se: None,
            undetermined: Vec::new(),
            left_out: account.read() - account.used(),
            reasons: account.into_left_out(),
            clusters: None,
        };
        let mut errors: Vec<Vec<Option<f64>>> = Vec::new();
        for (index, own) in found.into_iter().enumerate() {
            if let Ok((values, se)) = own {
                scores.rows.push(index + 1);
                scores.values.push(values.into_iter().map(Some).collect());
                errors.push(se.into_iter().map(Some).collect());
            }
        }
        scores.row_se = Some(errors);
        Ok(scores)
    }
}

/// What turns the answers of each group into scores, where all are there.
fn score_weights(joint: &[Joint], method: ScoreMethod) -> Result<Vec<Weights>> {
    let complete = |joint| Weights::new(joint, method, None).filter(Weights::is_complete);
    joint.iter().map(complete).collect::<Option<_>>().ok_or_else(|| Error::Unsupported {
        what: "factor scores where a residual variance is zero or a matrix singular".into(),
        instead: "Use regression scores, or free the residual variance.".into(),
    })
}
