//! `equal("f=~x2.g2")`: a parameter that is named by its sides, its group and its level.
//!
//! As in lavaan, a name without a suffix is of the first block; `.g2` names the second group, `.l2` the second level,
//! `.g2.l2` both.

use super::{Formula, Operator};
use crate::error::{Error, Result, nearest};
use crate::model::draft_row::DraftRow;
use std::collections::HashMap;

/// Where a row stands: block of the model and row of its draft.
type At = (usize, usize);

/// Gives every row whose label is the name of a parameter what makes it one with that parameter: `blocks` are the rows
/// of each block with the numbers of its group and level, from 0.
///
/// # Errors
/// [`Error::BadModel`] for a name that no parameter of the model has.
pub(super) fn tie(blocks: &mut [(usize, usize, &mut [DraftRow])]) -> Result<()> {
    let rows = || blocks.iter().enumerate().flat_map(|(b, (.., rows))| (0..rows.len()).map(move |r| (b, r)));
    let label = |(block, row): At| blocks[block].2[row].formula.modifiers.label.as_deref();
    let names_parameter = |at: &At| label(*at).is_some_and(|label| label.contains('~'));
    let references: Vec<At> = rows().filter(names_parameter).collect();
    if references.is_empty() {
        return Ok(());
    }
    let mut place: HashMap<String, At> = HashMap::new();
    for (block, row) in rows() {
        let (group, level, all) = &blocks[block];
        for name in names(&all[row].formula, *group, *level) {
            place.entry(name).or_insert((block, row));
        }
    }
    let mut ends = Vec::with_capacity(references.len());
    for &from in &references {
        let mut path = vec![from];
        let mut at = from;
        while let Some(name) = label(at).filter(|label| label.contains('~')) {
            let Some(&next) = place.get(name) else {
                let formula = &blocks[from.0].2[from.1].formula;
                return Err(Error::BadModel {
                    what: format!("'{formula}' is to equal '{name}', which is no parameter of the model"),
                    remedy: remedy(name, &place),
                });
            };
            if let Some(circle) = path.iter().position(|&before| before == next) {
                // all of a circle are one: the first of them stands for it
                at = path[circle..].iter().copied().min().unwrap_or(next);
                break;
            }
            path.push(next);
            at = next;
        }
        ends.push(at);
    }
    for (from, end) in references.into_iter().zip(ends) {
        let (group, level, rows) = &mut blocks[end.0];
        let target = &mut rows[end.1];
        let own = target.formula.modifiers.label.clone().filter(|label| !label.contains('~'));
        let tie = own.unwrap_or_else(|| names(&target.formula, *group, *level).remove(0));
        target.tie = Some(tie.clone());
        blocks[from.0].2[from.1].tie = Some(tie);
    }
    Ok(())
}

fn remedy(name: &str, place: &HashMap<String, At>) -> String {
    let known = place.keys().map(String::as_str).filter(|known| !known.contains(".g1"));
    match nearest(name, known) {
        Some(near) => format!("Did you mean '{near}'?"),
        None => "Name a parameter as in \"f=~x2\", of the second group \"f=~x2.g2\"; a label of your own has no '~'."
            .into(),
    }
}

/// The names of a parameter, lavaan's first: covariances in either order, the first group with and without suffix.
fn names(formula: &Formula, group: usize, level: usize) -> Vec<String> {
    let Formula { lhs, op, rhs, .. } = formula;
    let mut sides = vec![format!("{lhs}{}{rhs}", op.symbol())];
    if *op == Operator::Covariance && lhs != rhs {
        sides.push(format!("{rhs}{}{lhs}", op.symbol()));
    }
    let mut suffixes = vec![format!(
        "{}{}",
        if group > 0 { format!(".g{}", group + 1) } else { String::new() },
        if level > 0 { format!(".l{}", level + 1) } else { String::new() }
    )];
    if group == 0 {
        suffixes.push(format!(".g1{}", suffixes[0]));
    }
    let all = suffixes.iter().flat_map(|suffix| sides.iter().map(move |sides| format!("{sides}{suffix}")));
    all.map(|name| name.chars().filter(|c| !c.is_whitespace()).collect()).collect()
}
