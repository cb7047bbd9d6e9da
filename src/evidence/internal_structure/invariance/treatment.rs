//! What is done about groups and categories before a ladder, where it is asked for.

use crate::data::{Column, Dataset, Grouping};
use crate::error::{Error, Result, Warning, nearest};
use crate::estimate::Estimation;
use crate::model::Model;

/// Groups to be left out, and whether categories that nobody in a group chose are joined with a neighbour.
#[derive(Debug, Clone, Default)]
pub(super) struct Treatment {
    pub(super) dropped: Vec<String>,
    pub(super) collapses: bool,
}

/// The data as treated, and what was done.
pub(super) fn treated(
    treatment: &Treatment,
    estimation: &Estimation,
    model: &Model,
    data: &Dataset,
    variable: &str,
) -> Result<(Option<Dataset>, Vec<Warning>)> {
    let mut warnings = Vec::new();
    let mut own: Option<Dataset> = None;
    let mut grouping = data.grouping(variable)?;
    if !treatment.dropped.is_empty() {
        let (kept, rows) = without(&grouping, &treatment.dropped)?;
        warnings.push(Warning::GroupsLeftOut {
            variable: variable.into(),
            groups: treatment.dropped.clone(),
            rows,
        });
        own = Some(data.with_columns([(variable, Column::Text(kept.clone()))]));
        grouping = kept;
    }
    if treatment.collapses {
        let names = model.observed_names();
        let looked_at = own.as_ref().unwrap_or(data);
        let values = looked_at.numeric(&names)?;
        let is_ordinal = estimation.with_ordinal(model, &names, values.view())?.specification.ordinal;
        let mut columns: Vec<(&str, Column)> = Vec::new();
        for (j, name) in names.iter().enumerate().filter(|(_, name)| is_ordinal.contains_key(*name)) {
            let mut answers = values.column(j).to_vec();
            let joined = joined_categories(&mut answers, &grouping);
            if !joined.is_empty() {
                warnings.push(Warning::CategoriesJoined { item: name.clone(), joined });
                columns.push((name, Column::Numeric(answers)));
            }
        }
        if !columns.is_empty() {
            own = Some(looked_at.with_columns(columns));
        }
    }
    Ok((own, warnings))
}

/// The grouping without some levels, and how many rows those had.
fn without(grouping: &Grouping, dropped: &[String]) -> Result<(Grouping, usize)> {
    for name in dropped {
        if !grouping.levels.contains(name) {
            return Err(Error::UnknownChoice {
                what: format!("group of '{}'", grouping.variable).into(),
                given: name.clone(),
                nearest: nearest(name, grouping.levels.iter().map(String::as_str)),
                allowed: grouping.levels.clone(),
            });
        }
    }
    let labels = grouping.labels();
    let is_dropped = |label: &Option<String>| label.as_ref().is_some_and(|own| dropped.contains(own));
    let rows = labels.iter().filter(|label| is_dropped(label)).count();
    let kept = labels.into_iter().map(|label| label.filter(|own| !dropped.contains(own)));
    Ok((Grouping::new(&grouping.variable, kept), rows))
}

/// Joins categories that some group lacks with the next lower one that all have, or the lowest that all have; gives what
/// counts as what.
pub(in crate::evidence) fn joined_categories(answers: &mut [f64], grouping: &Grouping) -> Vec<(f64, f64)> {
    let mut all: Vec<f64> = answers.iter().copied().filter(|x| !x.is_nan()).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    let mut has = vec![vec![false; grouping.levels.len()]; all.len()];
    for (answer, code) in answers.iter().zip(&grouping.codes) {
        if let (Some(category), Some(level)) = (all.iter().position(|x| x == answer), code) {
            has[category][*level] = true;
        }
    }
    let is_everywhere = |category: &usize| has[*category].iter().all(|there| *there);
    let Some(lowest) = (0..all.len()).find(is_everywhere) else { return Vec::new() };
    let target = |category: usize| (0..=category).rev().find(is_everywhere).unwrap_or(lowest);
    let joined: Vec<(f64, f64)> = (0..all.len())
        .filter(|category| target(*category) != *category)
        .map(|category| (all[category], all[target(category)]))
        .collect();
    for answer in answers.iter_mut() {
        if let Some((_, to)) = joined.iter().find(|(from, _)| from == answer) {
            *answer = *to;
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_joined_downward_and_the_lowest_upward() {
        let labels: Vec<Option<&str>> =
            "aaaaabbb".chars().map(|c| Some(if c == 'a' { "a" } else { "b" })).collect();
        let grouping = Grouping::new("g", labels);
        let mut answers = vec![1.0, 2.0, 3.0, 4.0, 5.0, 2.0, 4.0, f64::NAN];
        let joined = joined_categories(&mut answers, &grouping);
        assert_eq!(joined, [(1.0, 2.0), (3.0, 2.0), (5.0, 4.0)]);
        assert_eq!(answers[..7], [2.0, 2.0, 2.0, 4.0, 4.0, 2.0, 4.0]);
        assert!(answers[7].is_nan());
    }
}
