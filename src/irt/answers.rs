//! Answers as categories: codes of each item from 0, as they occur, and the patterns they form.

use super::covariates::Covariates;
use super::item_model::ItemModel;
use super::patterns::{MISSING, Patterns};
use crate::data::{Dataset, Grouping};
use crate::error::{Error, Result, Warning, nearest};

/// More categories than this are those of a number, not of an item.
const MOST_CATEGORIES: usize = 100;

/// Answers to a set of items.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    pub(crate) names: Vec<String>,
    pub(crate) models: Vec<ItemModel>,
    /// The codes of each item that occur, from the lowest.
    pub(crate) codes: Vec<Vec<f64>>,
    pub(crate) groups: Vec<String>,
    pub(crate) patterns: Patterns,
    /// Rows read, rows used, and used rows with an answer to each item.
    pub(crate) rows_read: usize,
    pub(crate) rows_used: usize,
    pub(crate) weighted: bool,
    pub(crate) covariates: Covariates,
    pub(crate) warnings: Vec<Warning>,
}

/// What is read of a table.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) items: &'a [String],
    pub(crate) models: Vec<ItemModel>,
    pub(crate) group: Option<&'a str>,
    pub(crate) weights: Option<&'a str>,
    pub(crate) listwise: bool,
    /// Variables on which traits depend.
    pub(crate) covariates: &'a [String],
}

impl Reading<'_> {
    /// Answers of a table.
    ///
    /// # Errors
    /// [`Error::NotOrdinal`] for a code that is no whole number; [`Error::ManyCategories`]; [`Error::ConstantItem`] for an item
    /// that everybody answers alike; [`Error::WrongItemModel`] for a model of two categories with more of them;
    /// [`Error::UnusableWeights`]; [`Error::TooFewRows`].
    pub(crate) fn of(&self, data: &Dataset) -> Result<Answers> {
        let values = data.numeric(self.items)?;
        let rows = data.n_rows();
        let grouping = self.group.map(|name| data.grouping(name)).transpose()?;
        let weights = self.weights.map(|name| weights(data, name)).transpose()?;
        let given = data.numeric(self.covariates)?;
        let mut without = 0;
        let used: Vec<bool> = (0..rows)
            .map(|row| {
                let answered = values.row(row).iter().filter(|x| !x.is_nan()).count();
                let enough = if self.listwise { answered == self.items.len() } else { answered > 0 };
                let in_group = grouping.as_ref().is_none_or(|g| g.codes[row].is_some());
                let counts = weights.as_ref().is_none_or(|w| w[row] > 0.0);
                let known = given.row(row).iter().all(|z| !z.is_nan());
                without += usize::from(enough && in_group && counts && !known);
                enough && in_group && counts && known
            })
            .collect();
        let rows_used = used.iter().filter(|used| **used).count();
        if rows_used == 0 {
            return Err(Error::TooFewRows { n: 0, needed: 2, what: "an item response model".into() });
        }
        let (covariates, class) = Covariates::of(self.covariates, &given, &used)?;
        let mut warnings = Vec::new();
        if without > 0 {
            let reasons = vec![(without, "a covariate is missing".to_string())];
            warnings.push(Warning::RowsLeftOutFor { used: rows_used, read: rows, reasons });
        }
        let mut all_codes = Vec::new();
        let mut cells = vec![MISSING; rows * self.items.len()];
        for (item, name) in self.items.iter().enumerate() {
            let column = values.column(item);
            let own: Vec<(usize, f64)> =
                column.iter().copied().enumerate().filter(|(row, x)| used[*row] && !x.is_nan()).collect();
            let codes = codes(data, name, &own)?;
            check(name, self.models[item], &codes, own.len())?;
            if let Some(gap) = gap(&codes) {
                warnings.push(Warning::UnusedCategory { item: name.clone(), category: gap });
            }
            for (row, value) in own {
                let code = codes.iter().position(|code| *code == value).unwrap_or(0);
                cells[row * self.items.len() + item] = code as u8;
            }
            all_codes.push(codes);
        }
        let (groups, of_group) = groups(grouping.as_ref(), &used);
        let width = self.items.len();
        let each = (0..rows).map(|row| {
            let weight = weights.as_ref().map_or(1.0, |w| w[row]);
            used[row].then(|| ((of_group(row), class[row]), weight, &cells[row * width..(row + 1) * width]))
        });
        let patterns = Patterns::of(width, each);
        Ok(Answers {
            names: self.items.to_vec(),
            models: self.models.clone(),
            codes: all_codes,
            groups,
            patterns,
            rows_read: rows,
            rows_used,
            weighted: weights.is_some(),
            covariates,
            warnings,
        })
    }
}

impl Answers {
    /// Puts a group in front of the others.
    ///
    /// # Errors
    /// [`Error::UnknownChoice`] for one that there is not.
    pub(crate) fn put_first(&mut self, variable: &str, group: &str) -> Result<()> {
        let Some(at) = self.groups.iter().position(|own| own == group) else {
            return Err(Error::UnknownChoice {
                what: format!("group of '{variable}'").into(),
                given: group.into(),
                nearest: nearest(group, self.groups.iter().map(String::as_str)),
                allowed: self.groups.clone(),
            });
        };
        let name = self.groups.remove(at);
        self.groups.insert(0, name);
        self.patterns.reordered(|own| match own {
            own if own == at => 0,
            own if own < at => own + 1,
            own => own,
        });
        Ok(())
    }
}

/// Sampling weights, scaled to a mean of 1 over the rows that have one.
fn weights(data: &Dataset, name: &str) -> Result<Vec<f64>> {
    let values: Vec<f64> = data.numeric(&[name])?.column(0).to_vec();
    let at = |fault: fn(f64) -> bool| -> Vec<usize> {
        (0..values.len()).filter(|row| fault(values[*row])).map(|row| data.file_row(row)).collect()
    };
    for (fault, rows) in [("missing", at(f64::is_nan)), ("negative", at(|w| w < 0.0))] {
        if !rows.is_empty() {
            return Err(Error::UnusableWeights { variable: name.into(), fault: fault.into(), rows });
        }
    }
    let positive: Vec<f64> = values.iter().copied().filter(|w| *w > 0.0).collect();
    let mean = positive.iter().sum::<f64>() / positive.len().max(1) as f64;
    Ok(values.iter().map(|w| if mean > 0.0 { w / mean } else { 0.0 }).collect())
}

/// The groups that occur, in the order of their labels (numbers by size), and the group of a row.
fn groups<'a>(grouping: Option<&'a Grouping>, used: &[bool]) -> (Vec<String>, impl Fn(usize) -> usize + 'a) {
    let mut order: Vec<usize> = Vec::new();
    if let Some(grouping) = grouping {
        let occurs =
            |level: usize| (0..used.len()).any(|row| used[row] && grouping.codes[row] == Some(level));
        order = (0..grouping.levels.len()).filter(|level| occurs(*level)).collect();
        let number = |level: usize| grouping.levels[level].parse::<f64>().ok();
        order.sort_by(|a, b| match (number(*a), number(*b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => grouping.levels[*a].cmp(&grouping.levels[*b]),
        });
    }
    let names = match grouping {
        Some(grouping) => order.iter().map(|level| grouping.levels[*level].clone()).collect(),
        None => vec![String::new()],
    };
    let of = move |row: usize| {
        let level = grouping.and_then(|grouping| grouping.codes[row]);
        level.and_then(|level| order.iter().position(|own| *own == level)).unwrap_or(0)
    };
    (names, of)
}

/// The codes that occur, from the lowest.
fn codes(data: &Dataset, name: &str, own: &[(usize, f64)]) -> Result<Vec<f64>> {
    let mut codes: Vec<f64> = Vec::new();
    for (row, value) in own {
        if value.fract() != 0.0 {
            return Err(Error::NotOrdinal { variable: name.into(), row: data.file_row(*row), value: *value });
        }
        if let Err(at) = codes.binary_search_by(|code| code.total_cmp(value)) {
            codes.insert(at, *value);
        }
        if codes.len() > MOST_CATEGORIES {
            let found = codes.len();
            return Err(Error::ManyCategories { variable: name.into(), found, most: MOST_CATEGORIES });
        }
    }
    Ok(codes)
}

fn check(name: &str, model: ItemModel, codes: &[f64], n: usize) -> Result<()> {
    match codes {
        [] => Err(Error::NoAnswers { variable: name.into() }),
        [only] => Err(Error::ConstantItem { item: name.into(), value: *only, n }),
        _ if model.is_dichotomous() && codes.len() > 2 => {
            let instead = match model {
                ItemModel::Rasch => "pcm",
                ItemModel::OneParameter => "rsm",
                _ => "graded",
            };
            Err(Error::WrongItemModel {
                item: name.into(),
                model: model.name().into(),
                categories: codes.len(),
                instead: instead.into(),
            })
        }
        _ => Ok(()),
    }
}

/// The first whole number between codes that nobody chose.
fn gap(codes: &[f64]) -> Option<f64> {
    codes.windows(2).find(|pair| pair[1] - pair[0] > 1.0).map(|pair| pair[0] + 1.0)
}
