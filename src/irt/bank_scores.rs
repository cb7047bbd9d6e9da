//! Scores of respondents by stored items: what a single answer sheet is worth without the sample behind it.

use super::bank::ItemBank;
use super::choices::TraitEstimator;
use super::patterns::MISSING;
use super::scores::{Respondent, Scorer, TraitScores};
use crate::data::Dataset;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// Nodes of the posterior.
const NODES: usize = 121;

/// A score and its standard error.
///
/// ```
/// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, TraitEstimator};
///
/// let item = |name: &str, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [1.5], [d]);
/// let bank = ItemBank::new([item("x1", 1.0)?, item("x2", -1.0)?])?;
/// let score = bank.score(&[("x1", 1.0), ("x2", 1.0)], TraitEstimator::Eap)?;
/// assert_eq!(score.answered, 2);
/// assert_eq!(format!("{:.3} {:.3}", score.value.unwrap(), score.se.unwrap()), "0.866 0.779");
/// // where all answers are at one end the likelihood has no maximum
/// assert_eq!(bank.score(&[("x1", 1.0), ("x2", 1.0)], TraitEstimator::Ml)?.value, None);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraitScore {
    /// The level of the trait; none without an answer, and of maximum likelihood where all answers are at one end.
    pub value: Option<f64>,
    /// Its standard error: the standard deviation of the posterior (EAP), else from the curvature of what is maximised.
    pub se: Option<f64>,
    /// Items answered.
    pub answered: usize,
}

impl ItemBank {
    /// The score of one respondent from answers by item; items without an answer do not count.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for an item that is not stored; [`Error::OffScale`] for an answer that is no category of it;
    /// [`Error::AnsweredTwice`]; [`Error::Unsupported`] of several traits.
    ///
    /// ```
    /// use psychometrics::irt::{ItemBank, ItemModel, ItemParameters, TraitEstimator};
    /// let item = |name: &str, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [1.5], [d]);
    /// let bank = ItemBank::new([item("x1", 1.0)?, item("x2", -1.0)?])?;
    /// // the items mirror each other, and so do the answers
    /// let score = bank.score(&[("x1", 1.0), ("x2", 0.0)], TraitEstimator::Eap)?;
    /// assert!(score.value.unwrap().abs() < 1e-12);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn score<S: AsRef<str>>(&self, answers: &[(S, f64)], method: TraitEstimator) -> Result<TraitScore> {
        let items = self.one_trait("scores by stored items")?;
        let mut codes = vec![MISSING; items.len()];
        for (name, answer) in answers {
            let name = name.as_ref();
            let at = self.place(name)?;
            if codes[at] != MISSING {
                return Err(Error::AnsweredTwice { item: name.into() });
            }
            codes[at] = self.code(at, *answer).ok_or_else(|| Error::OffScale {
                item: name.into(),
                value: *answer,
                allowed: self.items[at].categories.to_vec(),
            })?;
        }
        Ok(self.of_codes(&items, &codes, method))
    }

    /// Scores of all rows of a table that has a column for each item.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for an item without a column; [`Error::UnknownCategory`] for an answer that is no category
    /// of its item; [`Error::Unsupported`] of several traits.
    pub fn scores(&self, data: &Dataset, method: TraitEstimator) -> Result<TraitScores> {
        let items = self.one_trait("scores by stored items")?;
        let names = self.names();
        let values = data.numeric(&names)?;
        let mut found = TraitScores { method, values: Vec::new(), se: Vec::new(), traits: Vec::new() };
        for (row, own) in values.outer_iter().enumerate() {
            let mut codes = vec![MISSING; items.len()];
            for (at, answer) in own.iter().enumerate().filter(|(_, answer)| !answer.is_nan()) {
                codes[at] = self.code(at, *answer).ok_or_else(|| Error::UnknownCategory {
                    variable: names[at].clone(),
                    row: data.file_row(row),
                    value: *answer,
                })?;
            }
            let score = self.of_codes(&items, &codes, method);
            found.values.push(score.value);
            found.se.push(score.se);
        }
        Ok(found)
    }

    fn code(&self, item: usize, answer: f64) -> Option<u8> {
        self.items[item].categories.iter().position(|code| *code == answer).map(|code| code as u8)
    }

    pub(crate) fn of_codes(&self, items: &[Scorer], codes: &[u8], method: TraitEstimator) -> TraitScore {
        let answered = codes.iter().filter(|code| **code != MISSING).count();
        if answered == 0 {
            return TraitScore::default();
        }
        let variance = self.covariance[0][0];
        let respondent = Respondent { items, codes, mean: self.mean(), variance };
        let (eap, sd) = respondent.posterior_mean(NODES);
        let (value, se) = match method {
            TraitEstimator::Eap => (Some(eap), Some(sd)),
            method => respondent.maximum(method, eap),
        };
        TraitScore { value, se, answered }
    }
}
