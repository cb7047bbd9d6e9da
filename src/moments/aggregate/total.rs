//! A total score among the moments: the mean of the items that a row answered, which is linear in them within a pattern of
//! missing answers.

use super::aggregate::Aggregate;
use super::moments::{complete, incomplete};
use super::pattern::PatternSums;
use super::plan::IncompleteRows;
use super::subset::Subset;
use crate::error::{Error, Result};
use crate::moments::{Missing, Moments};

impl Aggregate {
    /// Moments of some items and, last, of the mean of those that were answered, under the name `total`.
    ///
    /// # Errors
    /// As [`moments`](Self::moments); [`Error::BadAggregate`] where incomplete rows were not kept by pattern, and count.
    pub(crate) fn moments_with_total(
        &self,
        group: Option<&str>,
        names: &[&str],
        total: &str,
        missing: Missing,
    ) -> Result<Moments> {
        let own = self.moments(group, names, missing)?;
        let subset = Subset::of(&self.plan, names)?;
        let parts = self.parts_of(group)?;
        if self.plan.incomplete != IncompleteRows::Patterns && own.complete_rows() < own.n() {
            return Err(Error::BadAggregate {
                place: "the aggregate".into(),
                problem: format!(
                    "keeps {} incomplete rows by pair, which does not tell of total scores",
                    own.n() - own.complete_rows()
                ),
                remedy:
                    "Aggregate again with --incomplete patterns, or take complete rows (--missing listwise)."
                        .into(),
            });
        }
        let p = names.len();
        let centres: Vec<f64> = subset.centres().collect();
        let origin = centres.iter().sum::<f64>() / p as f64;
        let all = names.iter().map(ToString::to_string).chain([total.to_string()]);
        let mut moments = Moments::new(all, missing);
        moments.origin = centres.iter().copied().chain([origin]).map(Some).collect();
        moments.rows_read = own.rows_read();
        for pattern in parts.iter().flat_map(|part| &part.patterns) {
            let Some(own) = subset.pattern(pattern) else { continue };
            let with = with_total(&own, &centres, origin);
            if own.is_complete() {
                moments.complete.merge(&complete(&with), &vec![0.0; p + 1]);
            } else if !missing.is_listwise() {
                moments.incomplete.merge(&incomplete(p + 1, &with), &vec![0.0; p + 1]);
            }
        }
        Ok(moments)
    }
}

/// A pattern with the mean of its answered items as a further one: with e what the centres of these differ from `origin`,
///
/// ```text
/// S_T = sum_j S_j / m + w e,   P_iT = sum_j P_ij / m + e S_i,   P_TT = sum_ij P_ij / m^2 + 2 e sum_j S_j / m + w e^2
/// ```
fn with_total(own: &PatternSums, centres: &[f64], origin: f64) -> PatternSums {
    let places = own.places();
    let m = places.len();
    let e = places.iter().map(|&i| centres[i]).sum::<f64>() / m as f64 - origin;
    let sum = own.sums.iter().sum::<f64>() / m as f64;
    let mut with = PatternSums::new(format!("{}1", own.answered));
    (with.n, with.weight) = (own.n, own.weight);
    with.sums[..m].copy_from_slice(&own.sums);
    with.sums[m] = sum + own.weight * e;
    let mut square = 0.0;
    for a in 0..m {
        let row: f64 = (0..m).map(|b| own.products[own.at(a.min(b), a.max(b))]).sum::<f64>() / m as f64;
        square += row / m as f64;
        for b in a..m {
            let at = with.at(a, b);
            with.products[at] = own.products[own.at(a, b)];
        }
        let at = with.at(a, m);
        with.products[at] = row + e * own.sums[a];
    }
    let at = with.at(m, m);
    with.products[at] = square + 2.0 * e * sum + own.weight * e * e;
    with
}
