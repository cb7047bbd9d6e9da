//! What is compared: the answers of the respondents used, as categories, and what they differ in.

use super::found::{ComparedGroup, ExplainedMore, GroupEffect};
use crate::data::Grouping;
use crate::error::{Error, Result};
use ndarray::ArrayView2;

/// What persons of the same level differ in.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{By, FunctioningMethod, ItemFunctioningStudy};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let items = ["a1", "a2", "a3", "a4"].map(String::from);
/// let crit: Vec<f64> = data.numeric(&["crit"])?.into_iter().collect();
/// // by a number, whatever the group
/// let by = By::Number { name: "crit", values: &crit };
/// let found = ItemFunctioningStudy::new(FunctioningMethod::Logistic).run(&items, data.numeric(&items)?.view(), &by)?;
/// assert_eq!((found.variable.as_str(), found.groups.len()), ("crit", 0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum By<'a> {
    /// Groups.
    Groups(&'a Grouping),
    /// A number, such as age; NaN where it is missing.
    Number {
        /// Its name.
        name: &'a str,
        /// One value for each row.
        values: &'a [f64],
    },
}

impl By<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            By::Groups(grouping) => &grouping.variable,
            By::Number { name, .. } => name,
        }
    }

    fn len(&self) -> usize {
        match self {
            By::Groups(grouping) => grouping.codes.len(),
            By::Number { values, .. } => values.len(),
        }
    }
}

/// Categories of an item beyond which it is not taken for ordinal.
pub(super) const MOST_CATEGORIES: usize = 50;
/// Respondents below which a group takes no part, unless another number is asked for.
pub(super) const FEWEST_IN_GROUP: usize = 10;

/// A test before it is adjusted.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawTest {
    pub(super) statistic: f64,
    pub(super) df: usize,
}

/// What a method finds of one item.
#[derive(Debug, Clone, Default)]
pub(super) struct Raw {
    pub(super) uniform: Option<RawTest>,
    pub(super) nonuniform: Option<RawTest>,
    pub(super) total: Option<RawTest>,
    pub(super) effect: Option<f64>,
    pub(super) effects: Vec<GroupEffect>,
    pub(super) r2: Option<ExplainedMore>,
    pub(super) reason: Option<String>,
}

impl Raw {
    pub(super) fn without(reason: &str) -> Self {
        Self { reason: Some(reason.into()), ..Self::default() }
    }
}

/// Answers as categories, complete rows only, and what the rows differ in.
#[derive(Debug)]
pub(super) struct Compared {
    /// Groups, the reference first; one without a name where the difference is a number.
    pub(super) groups: Vec<ComparedGroup>,
    /// The values of each item's categories, ascending.
    pub(super) values: Vec<Vec<f64>>,
    /// Groups that were too small.
    pub(super) left_out: Vec<(String, usize)>,
    /// Rows without an answer to every item, and rows without what they are compared by.
    pub(super) incomplete: usize,
    pub(super) without_group: usize,
    variable: String,
    /// Category of each item, by row.
    codes: Vec<Vec<usize>>,
    /// Group (as a number) or number of each row.
    differences: Vec<f64>,
}

impl Compared {
    pub(super) fn of(
        items: &[String],
        answers: ArrayView2<'_, f64>,
        by: &By<'_>,
        (reference, fewest): (Option<&str>, usize),
    ) -> Result<Self> {
        if answers.ncols() != items.len() || by.len() != answers.nrows() {
            let (what, found, expected) = match answers.ncols() == items.len() {
                false => ("columns of the answers".to_string(), answers.ncols(), items.len()),
                true => (format!("values of '{}'", by.name()), by.len(), answers.nrows()),
            };
            return Err(Error::WrongSize { what, found, expected });
        }
        let complete = |row: &usize| answers.row(*row).iter().all(|x| x.is_finite());
        let rows: Vec<usize> = (0..answers.nrows()).filter(complete).collect();
        let mut compared = Self {
            groups: Vec::new(),
            values: Vec::new(),
            left_out: Vec::new(),
            incomplete: answers.nrows() - rows.len(),
            without_group: 0,
            variable: by.name().to_string(),
            codes: Vec::new(),
            differences: Vec::new(),
        };
        let kept = compared.differ(&rows, by, (reference, fewest))?;
        compared.categorise(items, answers, &kept)?;
        Ok(compared)
    }

    /// Fills groups and differences; gives the rows that take part.
    fn differ(
        &mut self,
        rows: &[usize],
        by: &By<'_>,
        (reference, fewest): (Option<&str>, usize),
    ) -> Result<Vec<usize>> {
        let kept: Vec<usize> = match by {
            By::Number { values, .. } => {
                let kept: Vec<usize> = rows.iter().copied().filter(|&row| values[row].is_finite()).collect();
                self.differences = kept.iter().map(|&row| values[row]).collect();
                self.without_group = rows.len() - kept.len();
                kept
            }
            By::Groups(grouping) => self.group(rows, grouping, (reference, fewest))?,
        };
        let first = self.differences.first();
        if self.differences.iter().all(|d| Some(d) == first) {
            return Err(Error::TooFewGroups {
                variable: self.variable.clone(),
                used: self.groups.iter().map(|g| g.group.clone()).collect(),
                left_out: self.left_out.clone(),
                fewest,
            });
        }
        Ok(kept)
    }

    fn group(
        &mut self,
        rows: &[usize],
        grouping: &Grouping,
        (reference, fewest): (Option<&str>, usize),
    ) -> Result<Vec<usize>> {
        let mut counts = vec![0; grouping.levels.len()];
        let mut order = Vec::new();
        for code in rows.iter().filter_map(|&row| grouping.codes[row]) {
            if counts[code] == 0 {
                order.push(code);
            }
            counts[code] += 1;
        }
        if let Some(reference) = reference {
            let Some(at) = order.iter().position(|&code| grouping.levels[code] == reference) else {
                return Err(Error::BadOption {
                    option: "reference".into(),
                    value: reference.to_string(),
                    allowed: format!("a group of '{}': {}", grouping.variable, grouping.levels.join(", ")),
                });
            };
            let code = order.remove(at);
            order.insert(0, code);
        }
        let (used, left_out): (Vec<usize>, Vec<usize>) =
            order.into_iter().partition(|&code| counts[code] >= fewest);
        self.left_out = left_out.iter().map(|&code| (grouping.levels[code].clone(), counts[code])).collect();
        self.groups =
            used.iter().map(|&c| ComparedGroup { group: grouping.levels[c].clone(), n: counts[c] }).collect();
        let mut kept = Vec::with_capacity(rows.len());
        for &row in rows {
            match grouping.codes[row] {
                None => self.without_group += 1,
                Some(code) => {
                    if let Some(group) = used.iter().position(|&c| c == code) {
                        kept.push(row);
                        self.differences.push(group as f64);
                    }
                }
            }
        }
        Ok(kept)
    }

    fn categorise(&mut self, items: &[String], answers: ArrayView2<'_, f64>, rows: &[usize]) -> Result<()> {
        for (item, column) in items.iter().zip(answers.columns()) {
            let own: Vec<f64> = rows.iter().map(|&row| column[row]).collect();
            let mut values = own.clone();
            values.sort_by(f64::total_cmp);
            values.dedup();
            if values.len() > MOST_CATEGORIES {
                return Err(Error::ManyCategories {
                    variable: item.clone(),
                    found: values.len(),
                    most: MOST_CATEGORIES,
                });
            }
            let code = |x: &f64| values.partition_point(|v| v < x);
            self.codes.push(own.iter().map(code).collect());
            self.values.push(values);
        }
        Ok(())
    }

    pub(super) fn n(&self) -> usize {
        self.differences.len()
    }

    pub(super) fn categories(&self, item: usize) -> usize {
        self.values[item].len()
    }

    pub(super) fn code(&self, row: usize, item: usize) -> usize {
        self.codes[item][row]
    }

    pub(super) fn value(&self, row: usize, item: usize) -> f64 {
        self.values[item][self.codes[item][row]]
    }

    /// The group (0 the reference) or the number of a row.
    pub(super) fn difference(&self, row: usize) -> f64 {
        self.differences[row]
    }

    /// Covariates that tell the groups apart.
    pub(super) fn covariates(&self) -> usize {
        self.groups.len().max(2) - 1
    }

    pub(super) fn covariate(&self, row: usize, j: usize) -> f64 {
        match self.groups.is_empty() {
            true => self.differences[row],
            false => f64::from(u8::from(self.differences[row] == (j + 1) as f64)),
        }
    }

    /// The groups beside the reference, or the number.
    pub(super) fn compared_names(&self) -> Vec<String> {
        match self.groups.is_empty() {
            true => vec![self.variable.clone()],
            false => self.groups[1..].iter().map(|g| g.group.clone()).collect(),
        }
    }

    /// Standard deviation of an item in the reference and a group together, divisor n - 1.
    pub(super) fn deviation(&self, item: usize, group: usize) -> f64 {
        let in_both = |row: &usize| self.differences[*row] == 0.0 || self.differences[*row] == group as f64;
        let own: Vec<f64> = (0..self.n()).filter(in_both).map(|row| self.value(row, item)).collect();
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        (own.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (own.len() as f64 - 1.0)).sqrt()
    }
}
