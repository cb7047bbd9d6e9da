//! Dimensions from the answers: how many factors most rules of retention suggest, and which item goes with which; and the signs
//! that hint at reversed items.

use super::drafted::Draft;
use super::seen::Seen;
use crate::construct::{ColumnRef, Dimension, Item};
use crate::error::Result;
use crate::factor::{CorrelationMatrix, Criterion, Extraction, Retention, Rotate, extract};
use crate::moments::LabelledMatrix;
use ndarray::Array2;
use std::collections::HashMap;

/// Data sets that parallel analysis draws: the answer is a proposal.
const REPLICATIONS: usize = 200;

/// A correlation with the other items below this hints at a reversed item.
const AGAINST: f64 = -0.1;

/// The answers to the items of a draft, rows x items.
fn answers(draft: &Draft, seen: &[Seen<'_>], columns: &[usize]) -> (Vec<String>, Array2<f64>) {
    let places: HashMap<&str, usize> =
        columns.iter().map(|at| (seen[*at].column.name.as_str(), *at)).collect();
    let at = |item: &Item| match &item.column {
        Some(ColumnRef::Position(at)) => at.checked_sub(1),
        Some(ColumnRef::Named(name)) => places.get(name.as_str()).copied(),
        None => places.get(item.id.as_str()).copied(),
    };
    let items: Vec<(&Item, usize)> =
        draft.construct.items.iter().filter_map(|item| Some((item, at(item)?))).collect();
    let rows = items.first().map_or(0, |(_, at)| seen[*at].answers.len());
    let values = Array2::from_shape_fn((rows, items.len()), |(row, number)| {
        let (item, at) = &items[number];
        let missing = draft.construct.scale_of(item).map_or(&[][..], |scale| &scale.missing);
        let answer = seen[*at].answers[row];
        answer.filter(|x| !missing.iter().any(|code| code.value() == *x)).unwrap_or(f64::NAN)
    });
    (items.into_iter().map(|(item, _)| item.id.clone()).collect(), values)
}

/// Replaces the dimensions of a draft by those of its answers.
///
/// # Errors
/// What [`Retention::of`], [`extract`] and [`Rotate::of`] report.
pub(super) fn apply(draft: &mut Draft, seen: &[Seen<'_>], columns: &[usize]) -> Result<()> {
    let (names, rows) = answers(draft, seen, columns);
    let study = Retention::default().replications(REPLICATIONS).of(&names, rows.view())?;
    let factors = study.recommendation.factors.unwrap_or(1).max(1);
    let complete: Vec<usize> =
        (0..rows.nrows()).filter(|row| rows.row(*row).iter().all(|x| x.is_finite())).collect();
    let r: Vec<Vec<f64>> = (0..names.len())
        .map(|i| {
            (0..names.len())
                .map(|j| {
                    if i == j {
                        return 1.0;
                    }
                    correlation(complete.iter().map(|row| (rows[(*row, i)], rows[(*row, j)]))).unwrap_or(0.0)
                })
                .collect()
        })
        .collect();
    let matrix = CorrelationMatrix::of(&LabelledMatrix::new(names.clone(), names.clone(), r)?)?;
    let extracted = extract(&matrix, factors, Extraction::Minres)?;
    let loadings = if factors > 1 {
        Rotate::new(Criterion::Oblimin { gamma: 0.0 }).of(&extracted.loadings)?.loadings
    } else {
        extracted.loadings
    };
    assign(draft, &names, &loadings, complete.len());
    draft.decide.retain(|what| !what.starts_with("what each dimension means"));
    draft.decide.push(format!(
        "names and meanings of the {factors} dimensions, which come from the answers of {} respondents alone ({}): answers \
         that were used to find dimensions cannot confirm them",
        complete.len(),
        study.recommendation.text.trim_end_matches('.')
    ));
    Ok(())
}

fn assign(draft: &mut Draft, names: &[String], loadings: &LabelledMatrix, n: usize) {
    let factors = loadings.columns.len();
    let own: Vec<(usize, f64)> = loadings
        .values
        .iter()
        .map(|row| {
            let most = row.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
            most.map_or((0, 0.0), |(at, loading)| (at, *loading))
        })
        .collect();
    // a factor points to where most of its items do
    let sign: Vec<f64> = (0..factors)
        .map(|factor| {
            let negative = own.iter().filter(|(at, loading)| *at == factor && *loading < 0.0).count();
            let all = own.iter().filter(|(at, _)| *at == factor).count();
            if negative * 2 > all { -1.0 } else { 1.0 }
        })
        .collect();
    let kept: Vec<usize> = (0..factors).filter(|factor| own.iter().any(|(at, _)| at == factor)).collect();
    let place = |factor: usize| kept.iter().position(|own| *own == factor).unwrap_or(0) + 1;
    draft.remarks.retain(|part, _| !part.starts_with("dimension "));
    draft.construct.dimensions =
        kept.iter().map(|f| Dimension::new(format!("factor_{}", place(*f)))).collect();
    for factor in &kept {
        let what = format!(
            "guessed from the answers of {n} respondents: factor {} of a rotated solution (minres, oblimin)",
            place(*factor)
        );
        draft.remark(&format!("dimension factor_{}", place(*factor)), what);
    }
    for ((name, (factor, loading)), row) in names.iter().zip(&own).zip(&loadings.values) {
        let Some(item) = draft.construct.items.iter_mut().find(|item| item.id == *name) else { continue };
        item.dimension = format!("factor_{}", place(*factor));
        item.reverse = loading * sign[*factor] < 0.0;
        let next =
            row.iter().enumerate().filter(|(at, _)| at != factor).map(|(_, l)| l.abs()).fold(0.0, f64::max);
        let reversed = if item.reverse { ", reversed" } else { "" };
        let what = format!(
            "guessed: loading {:.2}{reversed}; the next largest is {next:.2}",
            loading * sign[*factor]
        );
        draft.remark(&format!("item {name}"), what);
    }
    let order: Vec<String> = draft.construct.dimensions.iter().map(|d| d.id.clone()).collect();
    draft.construct.items.sort_by_key(|item| order.iter().position(|id| *id == item.dimension));
}

/// Says which items go against the others of their dimension.
pub(super) fn note_signs(draft: &mut Draft, seen: &[Seen<'_>], columns: &[usize]) {
    let (names, mut rows) = answers(draft, seen, columns);
    let items: HashMap<&str, &Item> =
        draft.construct.items.iter().map(|item| (item.id.as_str(), item)).collect();
    let mut members: Vec<(&str, Vec<usize>)> =
        draft.construct.dimensions.iter().map(|dimension| (dimension.id.as_str(), Vec::new())).collect();
    for (at, name) in names.iter().enumerate() {
        let Some(item) = items.get(name.as_str()) else { continue };
        if item.reverse {
            rows.column_mut(at).mapv_inplace(|x| -x);
        }
        if let Some((_, own)) = members.iter_mut().find(|(id, _)| *id == item.dimension) {
            own.push(at);
        }
    }
    let mut against = Vec::new();
    for (_, members) in members.iter().filter(|(_, members)| members.len() > 2) {
        // sums and counts of the answers that are there, by row
        let sums: Vec<(f64, usize)> = rows
            .outer_iter()
            .map(|row| {
                let given = members.iter().map(|at| row[*at]).filter(|x| x.is_finite());
                (given.clone().sum::<f64>(), given.count())
            })
            .collect();
        for own in members {
            let pairs = rows.column(*own).to_vec().into_iter().zip(&sums);
            let pairs = pairs.filter(|(x, (_, count))| x.is_finite() && *count > 1);
            let r = correlation(pairs.map(|(x, (sum, count))| (x, (sum - x) / (count - 1) as f64)));
            if let Some(r) = r.filter(|r| *r < AGAINST) {
                against.push((names[*own].clone(), r));
            }
        }
    }
    for (name, r) in &against {
        let what = format!(
            "goes against the other items of its dimension (r = {r:.2}): if it is worded the other way, set reverse = true"
        );
        draft.remark(&format!("item {name}"), what);
    }
    if !against.is_empty() {
        let names: Vec<&str> = against.iter().map(|(name, _)| name.as_str()).collect();
        draft.decide.push(format!("whether these items are reversed: {}", names.join(", ")));
    }
}

/// Pearson's correlation; none where one of both does not vary.
fn correlation(pairs: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = pairs.collect();
    let n = pairs.len() as f64;
    if pairs.len() < 3 {
        return None;
    }
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (mx, my) = (mean(|p| p.0), mean(|p| p.1));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in &pairs {
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
        xy += (x - mx) * (y - my);
    }
    (xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}
