//! Factors of aggregated answers.

use super::exploration::Exploration;
use super::factors::ExploratoryFactors;
use crate::correlation::{Correlate, Ordered};
use crate::error::{Error, Result, Warning};
use crate::factor::CorrelationMatrix;
use crate::moments::aggregate::Aggregate;
use crate::moments::{Missing, RowsUsed};

impl Exploration {
    /// Factors of the items of an aggregate, as of their rows.
    ///
    /// # Errors
    /// As [`of`](Self::of) and [`Aggregate::moments`]; [`Error::Unsupported`] for standard errors, levels and extractions that need
    /// the rows.
    pub fn of_aggregate<S: AsRef<str>>(
        &self,
        names: &[S],
        aggregate: &Aggregate,
    ) -> Result<ExploratoryFactors> {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let (matrix, n, missing, warnings) = match &self.ordered {
            Ordered::None => {
                let moments = aggregate.moments(None, &names, self.missing)?;
                let n = moments.n();
                if n <= names.len() && self.missing == Missing::Listwise {
                    let what = format!("factors of {} variables", names.len());
                    return Err(Error::TooFewRows { what, n, needed: names.len() + 1 });
                }
                (moments.correlation()?, n, moments.rows_used(), aggregate.warnings())
            }
            ordered => {
                let correlate = Correlate::default().ordered(ordered.clone()).missing(self.missing);
                let found = correlate.of_aggregate(&names, aggregate)?;
                let (policy, rows_read, rows_used) = (self.missing, found.rows_read, found.rows_used);
                (found.matrix, found.rows_used, RowsUsed { policy, rows_read, rows_used }, found.warnings)
            }
        };
        let mut found = self.of_correlations(&CorrelationMatrix::of(&matrix)?, Some(n))?;
        let told = |w: &Warning| matches!(w, Warning::RowsLeftOut { .. });
        if missing.rows_used < missing.rows_read && !warnings.iter().any(told) {
            let (used, read) = (missing.rows_used, missing.rows_read);
            found.warnings.push(Warning::RowsLeftOut { used, read });
        }
        found.warnings.extend(warnings);
        found.missing = Some(missing);
        Ok(found)
    }
}
