//! The moments of a scale's items and of its total.
//!
//! Of many items and few rows the products of all pairs take more room than the answers: then the answers are kept, and
//! products are made only by what needs them.

use crate::error::{Error, Result};
use crate::moments::{Missing, Moments};
use ndarray::ArrayView2;
use std::borrow::Cow;

/// Up to so many items their products are always kept.
const FEW_ITEMS: usize = 500;

/// Products of more items than this are not made: a single matrix of them takes 3.2 GB.
const MOST_ITEMS: usize = 20_000;

/// Moments of the items and, last, of the total: in one pass, mergeable.
#[derive(Debug, Clone)]
pub(super) struct ScaleMoments {
    /// Of the items and, last, the total.
    names: Vec<String>,
    missing: Missing,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Products(Moments),
    Kept(KeptRows),
}

/// Rows of keyed answers, the total last.
#[derive(Debug, Clone, Default)]
struct KeptRows {
    values: Vec<f64>,
    /// Of each row, whether no answer is missing.
    complete: Vec<bool>,
}

impl ScaleMoments {
    /// Of no rows yet; `names` are those of the items and of the total.
    pub(super) fn new(names: Vec<String>, missing: Missing) -> Self {
        let state = if names.len() > FEW_ITEMS + 1 {
            State::Kept(KeptRows::default())
        } else {
            State::Products(Moments::new(names.clone(), missing))
        };
        Self { names, missing, state }
    }

    /// Of moments that are known, the total last.
    pub(super) fn of(moments: Moments) -> Self {
        let (names, missing) = (moments.names().to_vec(), moments.missing());
        Self { names, missing, state: State::Products(moments) }
    }

    /// Adds rows of keyed answers, the total last.
    pub(super) fn push(&mut self, rows: ArrayView2<f64>) -> Result<()> {
        let kept = match &mut self.state {
            State::Products(moments) => return moments.push(rows),
            State::Kept(kept) => kept,
        };
        for row in rows.outer_iter() {
            if let Some(j) = row.iter().position(|x| x.is_infinite()) {
                let (row, name) = (kept.complete.len() + 1, &self.names[j]);
                return Err(Error::NotFinite { what: format!("row {row}, column '{name}'") });
            }
            kept.values.extend(row);
            kept.complete.push(row.iter().all(|x| !x.is_nan()));
        }
        self.settle()
    }

    /// Takes in those of other rows of the same items; an error where the policies differ.
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        if self.missing != other.missing {
            // an error that says so
            return Moments::new(Vec::new(), self.missing).merge(&Moments::new(Vec::new(), other.missing));
        }
        match (&mut self.state, &other.state) {
            (State::Kept(own), State::Kept(theirs)) => {
                own.values.extend_from_slice(&theirs.values);
                own.complete.extend_from_slice(&theirs.complete);
            }
            (State::Products(own), _) => own.merge(other.moments()?.as_ref())?,
            (State::Kept(_), State::Products(theirs)) => {
                let mut own = self.moments()?.into_owned();
                own.merge(theirs)?;
                self.state = State::Products(own);
            }
        }
        self.settle()
    }

    /// Makes products where they take less room than the rows, and are not too many.
    fn settle(&mut self) -> Result<()> {
        if let State::Kept(kept) = &self.state
            && kept.complete.len() >= self.names.len()
            && self.names.len() <= MOST_ITEMS + 1
        {
            self.state = State::Products(self.moments()?.into_owned());
        }
        Ok(())
    }

    /// As moments.
    pub(super) fn moments(&self) -> Result<Cow<'_, Moments>> {
        match &self.state {
            State::Products(moments) => Ok(Cow::Borrowed(moments)),
            State::Kept(_) if self.names.len() > MOST_ITEMS + 1 => Err(Error::Unsupported {
                what: format!("the products of {} items", self.names.len() - 1),
                instead: format!(
                    "Name up to {MOST_ITEMS} items; an item analysis of complete rows (--missing listwise) takes any \
                     number."
                ),
            }),
            State::Kept(kept) => {
                let rows = kept.values.chunks_exact(self.names.len());
                let mut moments = Moments::new(self.names.clone(), self.missing);
                let view = ArrayView2::from_shape((rows.len(), self.names.len()), &kept.values);
                moments.push(view.map_err(|_| Error::WrongSize {
                    what: "answers of the scale".into(),
                    found: kept.values.len(),
                    expected: rows.len() * self.names.len(),
                })?)?;
                Ok(Cow::Owned(moments))
            }
        }
    }

    /// The rows that took part, the total last, where they were kept and none has a gap.
    pub(super) fn complete_rows_kept(&self) -> Option<Vec<&[f64]>> {
        let State::Kept(kept) = &self.state else { return None };
        (self.complete_rows() == self.n()).then(|| self.taking_part(kept).collect())
    }

    fn taking_part<'a>(&'a self, kept: &'a KeptRows) -> impl Iterator<Item = &'a [f64]> {
        let total = self.names.len() - 1;
        let listwise = self.missing.is_listwise();
        let takes_part =
            move |(row, complete): &(&[f64], &bool)| **complete || !listwise && !row[total].is_nan();
        let rows = kept.values.chunks_exact(self.names.len()).zip(&kept.complete);
        rows.filter(takes_part).map(|(row, _)| row)
    }

    /// How missing answers are treated.
    pub(super) fn missing(&self) -> Missing {
        self.missing
    }

    /// Rows that took part.
    pub(super) fn n(&self) -> usize {
        match &self.state {
            State::Products(moments) => moments.n(),
            State::Kept(kept) => self.taking_part(kept).count(),
        }
    }

    /// Rows seen.
    pub(super) fn rows_read(&self) -> usize {
        match &self.state {
            State::Products(moments) => moments.rows_read(),
            State::Kept(kept) => kept.complete.len(),
        }
    }

    /// Rows without a missing answer.
    pub(super) fn complete_rows(&self) -> usize {
        match &self.state {
            State::Products(moments) => moments.complete_rows(),
            State::Kept(kept) => kept.complete.iter().filter(|complete| **complete).count(),
        }
    }

    /// Mean of the total.
    pub(super) fn total_mean(&self) -> Option<f64> {
        self.with_total(self.names.len() - 1, |moments, total, _| moments.mean(total))
    }

    /// Standard deviation (divisor N - 1) of the total.
    pub(super) fn total_sd(&self) -> Option<f64> {
        self.with_total(self.names.len() - 1, |moments, total, _| moments.standard_deviation(total))
    }

    /// Correlation of an item with the total.
    pub(super) fn total_correlation(&self, item: usize) -> Option<f64> {
        self.with_total(item, |moments, total, item| moments.correlation_of(item, total).ok())
    }

    /// Of moments that have a variable and the total, and their places in them.
    fn with_total<T>(&self, variable: usize, of: impl Fn(&Moments, usize, usize) -> Option<T>) -> Option<T> {
        let total = self.names.len() - 1;
        match &self.state {
            State::Products(moments) => of(moments, total, variable),
            State::Kept(kept) => {
                let both: Vec<f64> =
                    self.taking_part(kept).flat_map(|row| [row[variable], row[total]]).collect();
                let names = [variable, total].map(|i| self.names[i].clone());
                let view = ArrayView2::from_shape((both.len() / 2, 2), &both).ok()?;
                of(&Moments::of(names, view, self.missing).ok()?, 1, 0)
            }
        }
    }
}
