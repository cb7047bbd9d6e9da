//! How answers are treated: ordinal or not, and what is done about the missing ones.

use super::Validation;
use crate::error::{Error, Result};
use crate::evidence::evidence::Method;
use crate::evidence::measured::is_ordinal;
use crate::evidence::measurement_level::MeasurementLevel;
use crate::moments::Missing;

impl Validation<'_> {
    pub(super) fn is_ordinal(&self, item: &str) -> bool {
        is_ordinal(self.construct, self.level, item)
    }

    pub(super) fn ordinal_among(&self, items: &[String]) -> Vec<String> {
        items.iter().filter(|item| self.is_ordinal(item)).cloned().collect()
    }

    pub(super) fn method(&self) -> Method {
        let ordinal = self.construct.items.iter().filter(|item| self.is_ordinal(&item.id)).count();
        let all = self.construct.items.len();
        let missing = match (self.missing, ordinal == 0, ordinal == all) {
            (Missing::Listwise, ..) => {
                "complete cases per dimension; in joint structures, complete cases over all their items"
            }
            (_, true, _) => {
                "scales: complete cases; models: every respondent with an answer, by full-information maximum likelihood"
            }
            (_, _, true) => {
                "scales: complete cases; models: thresholds and correlations from the answers that are there (pairwise)"
            }
            _ => {
                "scales: complete cases; models with ordinal items: thresholds and correlations from the answers that \
                 are there (pairwise); models of numbers: every respondent with an answer, by full-information maximum \
                 likelihood"
            }
        };
        if ordinal == 0 {
            return Method {
                missing: missing.into(),
                level: "continuous: answers are numbers with equal steps".into(),
                estimator: "maximum likelihood (normal), covariances with divisor N".into(),
            };
        }
        Method {
            missing: missing.into(),
            level: match (self.level, ordinal == all) {
                (MeasurementLevel::Ordinal, _) => {
                    "ordinal in the models, as asked for; scores are means of numbers".into()
                }
                (_, true) => {
                    "ordinal in the models (scales of fewer than seven points); scores are means of numbers".into()
                }
                (_, false) => {
                    "in the models, ordinal on scales of fewer than seven points and continuous on others; scores are \
                     means of numbers"
                        .into()
                }
            },
            estimator: "WLSMV: weighted least squares of thresholds and polychoric correlations with the diagonal of \
                        their sampling covariance, robust standard errors, scaled and shifted test".into(),
        }
    }

    /// Refuses what models of a validation do not have.
    pub(super) fn check_missing(&self) -> Result<()> {
        let refuse = |what: &str, instead: &str| {
            Err(Error::Unsupported { what: what.into(), instead: instead.into() })
        };
        match self.missing {
            Missing::Fiml | Missing::Listwise => Ok(()),
            Missing::Pairwise => {
                let of_numbers = |id: &str| {
                    let mut items = self.construct.items_of(id).peekable();
                    items.peek().is_some() && !items.any(|item| self.is_ordinal(&item.id))
                };
                match self.construct.dimensions.iter().find(|d| of_numbers(&d.id)) {
                    None => Ok(()),
                    Some(d) => refuse(
                        &format!("pairwise answers in the model of '{}', whose items are numbers", d.id),
                        "Use full information (fiml), or take the answers as ordinal.",
                    ),
                }
            }
            Missing::FimlX | Missing::TwoStage | Missing::RobustTwoStage => refuse(
                "a validation by fiml.x or in two stages",
                "Use full information (fiml), pairwise or listwise.",
            ),
        }
    }
}
