//! The reliability of one scale: what the command `reliability` prints.

use super::alpha::{Alpha, AlphaIfDropped};
use super::matrices::ScaleMatrices;
use super::summary::ScaleSummary;
use crate::error::{Result, Warning};
use crate::moments::RowsUsed;
use serde::Serialize;
use std::fmt;

/// Alpha of a scale, and of the scale without each of its items.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// Rows that took part.
    pub n: usize,
    /// Number of items.
    pub items: usize,
    /// Cronbach's alpha with its intervals.
    pub alpha: Alpha,
    /// Alpha without each item.
    pub alpha_if_dropped: Vec<AlphaIfDropped>,
    /// How missing answers were treated.
    pub missing: RowsUsed,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

impl Reliability {
    /// The reliability of the scale that was summed up.
    ///
    /// ```
    /// use ndarray::array;
    /// use psychometrics::evidence::internal_structure::{Reliability, ScaleItem, ScaleSummary};
    /// use psychometrics::moments::Missing;
    ///
    /// let mut summary = ScaleSummary::new(["a", "b", "c"].map(ScaleItem::new), Missing::Pairwise);
    /// summary.push(array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]].view())?;
    /// let reliability = Reliability::of(&summary)?;
    /// // k/(k - 1) (1 - sum of variances / variance of the sum) = 1.5 (1 - 95/259)
    /// assert!((reliability.alpha.raw.unwrap() - 1.5 * (1.0 - 95.0 / 259.0)).abs() < 1e-12);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Alpha::of`].
    pub fn of(summary: &ScaleSummary) -> Result<Self> {
        let moments = summary.moments()?;
        let scale = ScaleMatrices::of(&moments, "reliability")?;
        let missing = moments.rows_used();
        let alpha = Alpha::from_matrices(&scale, missing);
        let mut warnings: Vec<Warning> = summary.keying_warnings().chain(scale.warnings()).collect();
        if alpha.raw.is_none() {
            let reason = "the total score does not vary".into();
            warnings.push(Warning::NotDone { what: "alpha".into(), reason });
        }
        Ok(Self {
            n: scale.n,
            items: scale.names.len(),
            alpha,
            alpha_if_dropped: AlphaIfDropped::each(&scale),
            missing,
            warnings,
        })
    }
}

impl fmt::Display for Alpha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(raw) = self.raw else { return write!(f, "alpha does not exist: the total does not vary") };
        write!(f, "alpha {raw:.3}")?;
        if let Some(interval) = self.feldt {
            let percent = 100.0 * self.level;
            write!(f, " [{:.3}, {:.3}] ({percent}% Feldt)", interval.lower, interval.upper)?;
        }
        if let Some(standardized) = self.standardized {
            write!(f, ", standardised {standardized:.3}")?;
        }
        write!(f, ", mean r {:.3}, {} items, n = {}", self.average_r, self.items, self.n)
    }
}
