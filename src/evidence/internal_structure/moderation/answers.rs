//! Answers and numbers as a model with moderated parameters takes them.

use super::found::ModeratingNumber;
use crate::error::{Error, Result, Warning};
use ndarray::ArrayView2;

/// Answers (NaN where missing) and numbers with mean 0 and standard deviation 1.
#[derive(Debug)]
pub(super) struct Answers {
    /// By respondent, then item.
    pub(super) rows: Vec<Vec<f64>>,
    /// By respondent, then number.
    pub(super) numbers: Vec<Vec<f64>>,
}

/// The rows with every number and some answer, the units of the numbers, and what was left out.
pub(super) fn prepared(
    items: &[String],
    answers: ArrayView2<'_, f64>,
    numbers: &[(&str, &[f64])],
) -> Result<(Answers, Vec<ModeratingNumber>, Vec<Warning>)> {
    let read = answers.nrows();
    check(items, answers, numbers)?;
    let has_numbers = |row: &usize| numbers.iter().all(|(_, values)| values[*row].is_finite());
    let has_answer = |row: &usize| answers.row(*row).iter().any(|x| x.is_finite());
    let rows: Vec<usize> = (0..read).filter(has_numbers).filter(has_answer).collect();
    let parameters = 3 * items.len() + 4 * numbers.len();
    if rows.len() < parameters {
        let what = format!("moderation with {parameters} parameters");
        return Err(Error::TooFewRows { what, n: rows.len(), needed: parameters });
    }
    for (item, column) in items.iter().zip(answers.columns()) {
        varying(item, rows.iter().map(|row| column[*row]))?;
    }
    let n = rows.len() as f64;
    let unit = |(name, values): &(&str, &[f64])| {
        varying(name, rows.iter().map(|row| values[*row]))?;
        let mean = rows.iter().map(|row| values[*row]).sum::<f64>() / n;
        let sd = (rows.iter().map(|row| (values[*row] - mean).powi(2)).sum::<f64>() / n).sqrt();
        Ok(ModeratingNumber { name: name.to_string(), mean, sd })
    };
    let units: Vec<ModeratingNumber> = numbers.iter().map(unit).collect::<Result<_>>()?;
    let scaled = |row: &usize| {
        numbers.iter().zip(&units).map(|((_, values), unit)| (values[*row] - unit.mean) / unit.sd).collect()
    };
    let without_number = (0..read).filter(|row| !has_numbers(row)).count();
    let empty = read - rows.len() - without_number;
    let reasons: Vec<(usize, String)> =
        [(without_number, "a number is missing"), (empty, "no item is answered")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, why)| (count, why.to_string()))
            .collect();
    let warnings = match reasons.is_empty() {
        true => Vec::new(),
        false => vec![Warning::RowsLeftOutFor { used: rows.len(), read, reasons }],
    };
    let own = Answers {
        rows: rows.iter().map(|row| answers.row(*row).to_vec()).collect(),
        numbers: rows.iter().map(scaled).collect(),
    };
    Ok((own, units, warnings))
}

fn check(items: &[String], answers: ArrayView2<'_, f64>, numbers: &[(&str, &[f64])]) -> Result<()> {
    if items.len() < 3 {
        return Err(Error::TooFewItems { what: "moderation".into(), needed: 3, found: items.len() });
    }
    if numbers.is_empty() {
        let allowed = "one number or more".into();
        return Err(Error::BadOption { option: "by".into(), value: "nothing".into(), allowed });
    }
    if answers.ncols() != items.len() {
        let what = "columns of the answers".into();
        return Err(Error::WrongSize { what, found: answers.ncols(), expected: items.len() });
    }
    match numbers.iter().find(|(_, values)| values.len() != answers.nrows()) {
        None => Ok(()),
        Some((name, values)) => {
            let what = format!("values of '{name}'");
            Err(Error::WrongSize { what, found: values.len(), expected: answers.nrows() })
        }
    }
}

/// An error where all values that are there are alike, or as good as alike.
fn varying(name: &str, values: impl Iterator<Item = f64>) -> Result<()> {
    let own: Vec<f64> = values.filter(|x| x.is_finite()).collect();
    let Some(first) = own.first() else { return Err(Error::NoAnswers { variable: name.to_string() }) };
    match own.iter().any(|x| (x - first).abs() > 1e-12 * (1.0 + first.abs())) {
        true => Ok(()),
        false => Err(Error::ConstantItem { item: name.to_string(), value: *first, n: own.len() }),
    }
}
