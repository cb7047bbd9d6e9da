//! What is done about cells of a two-way table without answers.

use crate::correlation::categories::Counts;
use serde::{Deserialize, Serialize};

/// A table of two by two with an empty cell has its likelihood's maximum at correlation 1 or -1.
///
/// ```
/// use psychometrics::correlation::EmptyCells;
/// assert_eq!("half".parse(), Ok(EmptyCells::HalfInTwoByTwo));
/// assert_eq!(EmptyCells::HalfInTwoByTwo.to_string(), "half");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EmptyCells {
    /// Tables are taken as they are.
    Keep,
    /// In tables of two by two, an empty cell gets one half, and the others are changed so that the margins
    /// stay: lavaan's `zero.add` and `zero.keep.margins`, and Mplus's practice.
    #[default]
    HalfInTwoByTwo,
    /// Every empty cell of any table gets this number; psych's `correct`.
    Add(f64),
}

impl EmptyCells {
    /// Of a table whose last row and column hold missing answers: how many gave both answers, how many cells are
    /// empty, and the cells without the missing ones, changed.
    pub(crate) fn counts(self, tally: &Counts) -> (usize, usize, Counts) {
        let mut counts = tally.view((0, 0), (tally.nrows() - 1, tally.ncols() - 1)).into_owned();
        let n = counts.sum().ceil() as usize;
        (n, self.apply(&mut counts), counts)
    }

    /// Changes the table; says how many cells were empty.
    fn apply(self, counts: &mut Counts) -> usize {
        let empty = counts.iter().filter(|n| **n == 0.0).count();
        match self {
            EmptyCells::HalfInTwoByTwo if counts.shape() == (2, 2) && empty > 0 => {
                let diagonal = counts[(0, 0)] == 0.0 || counts[(1, 1)] == 0.0;
                let across = counts[(0, 1)] == 0.0 || counts[(1, 0)] == 0.0;
                if diagonal != across {
                    let add = if diagonal { 0.5 } else { -0.5 };
                    counts[(0, 0)] += add;
                    counts[(1, 1)] += add;
                    counts[(0, 1)] -= add;
                    counts[(1, 0)] -= add;
                }
            }
            EmptyCells::Add(number) => counts.iter_mut().filter(|n| **n == 0.0).for_each(|n| *n = number),
            EmptyCells::Keep | EmptyCells::HalfInTwoByTwo => {}
        }
        empty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_keeps_the_margins_and_only_in_two_by_two() {
        let mut table = Counts::from_row_slice(2, 2, &[0.0, 4.0, 3.0, 8.0]);
        assert_eq!(EmptyCells::default().apply(&mut table), 1);
        assert_eq!(table, Counts::from_row_slice(2, 2, &[0.5, 3.5, 2.5, 8.5]));
        let mut larger = Counts::from_row_slice(2, 3, &[0.0, 4.0, 3.0, 8.0, 1.0, 1.0]);
        assert_eq!(EmptyCells::default().apply(&mut larger), 1);
        assert_eq!(larger[(0, 0)], 0.0);
        EmptyCells::Add(0.25).apply(&mut larger);
        assert_eq!(larger[(0, 0)], 0.25);
    }
}
