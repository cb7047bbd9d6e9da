//! What became of every row of the data in a fit.
//!
//! ```text
//! rows read = rows used + sum over reasons of rows left out
//! ```
//!
//! A row has one fate, decided here: the first reason that holds for it, in the order of [`LeftOut`]. A row that is used
//! and has no cluster or sampling weight is an error instead, as no place in the sample can be given to it.

use crate::error::Warning;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why rows take no part in a fit.
///
/// ```
/// use psychometrics::estimate::LeftOut;
/// use psychometrics::moments::Missing;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let model: Model = "f =~ x1 + x2 + x3 + x4".parse()?;
/// let left_out = |missing| -> psychometrics::Result<_> {
///     Ok(Estimation::default().missing(missing).fit(&model, &data)?.left_out.clone())
/// };
/// assert_eq!(left_out(Missing::Listwise)?[0].reason, LeftOut::Incomplete);
/// // full information takes every row with an answer
/// assert_eq!(left_out(Missing::Fiml)?.len(), 0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeftOut {
    /// They have no value of the grouping variable, and belong to no group.
    NoGroup,
    /// They have no answer to any variable of the model.
    NoAnswer,
    /// They lack a fixed covariate, whose moments are those of the sample.
    NoCovariate,
    /// They lack an answer where complete rows only count.
    Incomplete,
    /// They have no cluster (of factor scores; for a fit that is an error).
    NoCluster,
    /// They have answers, and none that tells a factor from the others (of factor scores).
    NoIndicator,
    /// The search for the mode of the posterior distribution of their factors did not come to an end.
    NoMode,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LeftOut::NoGroup => "without a group of the model",
            LeftOut::NoAnswer => "without any answer",
            LeftOut::NoCovariate => "without a value of a fixed covariate",
            LeftOut::Incomplete => "with missing answers",
            LeftOut::NoCluster => "without a cluster",
            LeftOut::NoIndicator => "without an answer that determines a factor",
            LeftOut::NoMode => "whose posterior distribution has no mode that could be found",
        })
    }
}

/// Rows left out for one reason.
///
/// ```
/// use psychometrics::estimate::LeftOut;
/// use psychometrics::{Estimation, data::Dataset};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let fit = Estimation::default().fit(&"f =~ x1 + x2 + x3 + x4".parse()?, &data)?;
/// assert_eq!((fit.left_out[0].reason, fit.left_out[0].rows), (LeftOut::Incomplete, 67));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowsLeftOut {
    /// The reason.
    pub reason: LeftOut,
    /// How many rows.
    pub rows: usize,
}

/// Rows read, and those left out by reason.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowAccount {
    read: usize,
    left_out: Vec<RowsLeftOut>,
}

/// Which rows a fit takes, by what is missing in them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule<'a> {
    /// Whether complete rows only count.
    pub(crate) listwise: bool,
    /// Places of the variables that a row must have in any case.
    pub(crate) needed: &'a [usize],
}

impl Rule<'_> {
    /// Why a row with these answers (NaN where missing) is left out; none where it is used. Variables from `answers` on
    /// are no answers of the respondent.
    pub(crate) fn leaves_out(&self, row: impl Fn(usize) -> f64, p: usize, answers: usize) -> Option<LeftOut> {
        let there = |i: usize| !row(i).is_nan();
        if self.listwise {
            return (!(0..p).all(there)).then_some(LeftOut::Incomplete);
        }
        if !(0..answers).any(there) {
            return Some(LeftOut::NoAnswer);
        }
        (!self.needed.iter().all(|&i| there(i))).then_some(LeftOut::NoCovariate)
    }
}

impl RowAccount {
    /// Of rows whose fate was counted elsewhere.
    pub(crate) fn of_complete(read: usize, used: usize) -> Self {
        let mut own = Self { read, left_out: Vec::new() };
        own.leave(LeftOut::Incomplete, read - used);
        own
    }

    /// Of rows of which those without any answer were left out.
    pub(crate) fn of_answered(read: usize, used: usize) -> Self {
        let mut own = Self { read, left_out: Vec::new() };
        own.leave(LeftOut::NoAnswer, read - used);
        own
    }

    /// Counts a row.
    pub(crate) fn count(&mut self, fate: Option<LeftOut>) {
        self.read += 1;
        if let Some(reason) = fate {
            self.leave(reason, 1);
        }
    }

    fn leave(&mut self, reason: LeftOut, rows: usize) {
        if rows == 0 {
            return;
        }
        match self.left_out.binary_search_by_key(&reason, |own| own.reason) {
            Ok(at) => self.left_out[at].rows += rows,
            Err(at) => self.left_out.insert(at, RowsLeftOut { reason, rows }),
        }
    }

    /// Rows read.
    pub(crate) fn read(&self) -> usize {
        self.read
    }

    /// Rows used: what is left of those read.
    pub(crate) fn used(&self) -> usize {
        self.read - self.left_out.iter().map(|own| own.rows).sum::<usize>()
    }

    /// A warning that counts them, where there are any; `group` is the grouping variable.
    pub(crate) fn warning(&self, group: Option<&str>) -> Option<Warning> {
        let (read, used) = (self.read, self.used());
        let reasons = self.left_out.iter().map(|RowsLeftOut { reason, rows }| match (reason, group) {
            (LeftOut::NoGroup, Some(variable)) => (*rows, format!("without a value of '{variable}'")),
            _ => (*rows, reason.to_string()),
        });
        match self.left_out.as_slice() {
            [] => None,
            [RowsLeftOut { reason: LeftOut::Incomplete, .. }] => Some(Warning::RowsLeftOut { used, read }),
            _ => Some(Warning::RowsLeftOutFor { used, read, reasons: reasons.collect() }),
        }
    }

    /// Rows left out, by reason.
    pub(crate) fn into_left_out(self) -> Vec<RowsLeftOut> {
        self.left_out
    }
}
