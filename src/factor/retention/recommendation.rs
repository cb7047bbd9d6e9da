//! What the rules come to.

use super::rules::Rule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A number of factors to begin with, and how far the rules agree on it.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// let recommendation = &study.recommendation;
/// assert_eq!((recommendation.factors, recommendation.range), (Some(3), Some((3, 3))));
/// assert_eq!(recommendation.agreeing.len() + recommendation.differing.len(), 3);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Recommendation {
    /// The number that most of the counted rules suggest; of a tie the one that is nearest to the middle of all, and of these
    /// the one of parallel analysis. None where no rule has an answer.
    pub factors: Option<usize>,
    /// The counted rules that suggest it.
    pub agreeing: Vec<Rule>,
    /// The counted rules that suggest another number, with it.
    pub differing: Vec<(Rule, usize)>,
    /// The smallest and the largest number that a counted rule suggests.
    pub range: Option<(usize, usize)>,
    /// In a sentence or two.
    pub text: String,
}

impl Recommendation {
    pub(super) fn of(suggestions: &BTreeMap<Rule, Option<usize>>) -> Self {
        let counted: Vec<(Rule, usize)> = Rule::COUNTED
            .iter()
            .filter_map(|rule| Some((*rule, suggestions.get(rule).copied().flatten()?)))
            .collect();
        let votes = |k: usize| counted.iter().filter(|(_, own)| *own == k).count();
        let most = counted.iter().map(|(_, k)| votes(*k)).max().unwrap_or(0);
        let mut tied: Vec<usize> = counted.iter().map(|(_, k)| *k).filter(|k| votes(*k) == most).collect();
        tied.sort_unstable();
        tied.dedup();
        let mut all: Vec<usize> = counted.iter().map(|(_, k)| *k).collect();
        all.sort_unstable();
        let middle =
            if all.is_empty() { 0.0 } else { 0.5 * (all[(all.len() - 1) / 2] + all[all.len() / 2]) as f64 };
        let parallel = suggestions.get(&Rule::Parallel).copied().flatten();
        let factors = tied.into_iter().min_by(|a, b| {
            let distance = |k: usize| (k as f64 - middle).abs();
            let other = |k: usize| usize::from(parallel != Some(k));
            distance(*a).total_cmp(&distance(*b)).then(other(*a).cmp(&other(*b)))
        });
        let agreeing: Vec<Rule> =
            counted.iter().filter(|(_, k)| Some(*k) == factors).map(|(rule, _)| *rule).collect();
        let differing: Vec<(Rule, usize)> =
            counted.iter().filter(|(_, k)| Some(*k) != factors).copied().collect();
        let range = all.first().copied().zip(all.last().copied());
        let text = sentence(factors, agreeing.len(), &differing, counted.len(), range);
        Self { factors, agreeing, differing, range, text }
    }
}

fn sentence(
    factors: Option<usize>,
    agreeing: usize,
    differing: &[(Rule, usize)],
    counted: usize,
    range: Option<(usize, usize)>,
) -> String {
    let (Some(k), Some((low, high))) = (factors, range) else {
        return "No rule has an answer: the number of respondents is not known, or the matrix is singular."
            .into();
    };
    let of = if k == 1 { "factor" } else { "factors" };
    if differing.is_empty() {
        return format!("All {counted} rules that are counted suggest {k} {of}.");
    }
    let others: Vec<String> = differing.iter().map(|(rule, k)| format!("{} ({k})", rule.title())).collect();
    let advice = if low == high {
        String::new()
    } else {
        format!(
            " Compare the solutions with {low} to {high} factors: what they mean decides, not a rule alone."
        )
    };
    let strength = match 2 * agreeing > counted {
        true => format!("{agreeing} of {counted} rules that are counted suggest {k} {of}"),
        false => format!("The rules disagree: {agreeing} of {counted} that are counted suggest {k} {of}"),
    };
    format!("{strength}; otherwise: {}.{advice}", others.join(", "))
}
