//! Several groups, each drawn from a population of its own.

use super::population::Population;
use crate::data::{Column, Dataset, Grouping};
use crate::error::{Error, Result};

/// Populations of groups, and how many respondents are drawn from each.
///
/// ```
/// use psychometrics::simulate::{Grouped, Population};
///
/// let first = Population::of(&"f =~ 0.7*x1 + 0.7*x2 + 0.7*x3".parse()?)?;
/// let second = Population::of(&"f =~ 0.7*x1 + 0.7*x2 + 0.7*x3; x2 ~ 0.5*1".parse()?)?;
/// let data = Grouped::new("group").group("a", first, 100).group("b", second, 50).dataset(1)?;
/// assert_eq!(data.n_rows(), 150);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Grouped {
    variable: String,
    groups: Vec<(String, Population, usize)>,
}

impl Grouped {
    /// No groups yet; they will be the values of a variable.
    pub fn new(variable: impl Into<String>) -> Self {
        Self { variable: variable.into(), groups: Vec::new() }
    }

    /// A further group.
    #[must_use]
    pub fn group(mut self, name: impl Into<String>, population: Population, n: usize) -> Self {
        self.groups.push((name.into(), population, n));
        self
    }

    /// Respondents of each group.
    pub fn sizes(&self) -> Vec<usize> {
        self.groups.iter().map(|(.., n)| *n).collect()
    }

    /// Variables that are answered in categories, in any group.
    pub fn ordinal(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for name in self.groups.iter().flat_map(|(_, population, _)| population.ordinal()) {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        all
    }

    /// A sample: the variables of the first group's population, and the grouping variable.
    ///
    /// # Errors
    /// [`Error::TooFewGroups`] without groups, [`Error::UnknownColumn`] where a population lacks a variable of the first, and
    /// [`Error::DuplicateColumn`] where the grouping variable has the name of one.
    pub fn dataset(&self, seed: u64) -> Result<Dataset> {
        self.sample(seed, 0)
    }

    /// One sample of several under a seed, with a stream of its own for each group.
    pub(crate) fn sample(&self, seed: u64, replicate: u32) -> Result<Dataset> {
        let Some((_, first, _)) = self.groups.first() else {
            return Err(Error::TooFewGroups {
                variable: self.variable.clone(),
                used: Vec::new(),
                left_out: Vec::new(),
                fewest: 1,
            });
        };
        let names = first.names().to_vec();
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); names.len()];
        let mut labels: Vec<Option<String>> = Vec::new();
        for (at, (name, population, n)) in self.groups.iter().enumerate() {
            let seed = seed.wrapping_add((at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let values = population.sample(*n, seed, replicate)?.numeric(&names)?;
            for (j, column) in columns.iter_mut().enumerate() {
                column.extend(values.column(j));
            }
            labels.extend(std::iter::repeat_n(Some(name.clone()), *n));
        }
        let grouping = Grouping::new(self.variable.clone(), labels);
        let numbers = names.into_iter().zip(columns).map(|(name, values)| (name, Column::Numeric(values)));
        Dataset::from_columns(numbers.chain([(self.variable.clone(), Column::Text(grouping))]))
    }
}
