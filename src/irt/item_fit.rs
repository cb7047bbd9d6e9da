//! Fit of each item: S-X2 (Orlando & Thissen 2000; of several categories Kang & Chen 2008).
//!
//! Among respondents with the same sum score s the shares of the answers to an item are compared with
//!
//! ```text
//! E(k | s) = integral P_k(t) S(s - k | t, without the item) phi(t) dt / integral S(s | t) phi(t) dt
//! ```
//!
//! with S the distribution of the sum score (Lord & Wingersky 1984). Scores 0 and the highest are left out; cells of which
//! fewer than 1 is expected are joined. Complete respondents only.

use super::patterns::Patterns;
use super::sum_scores::sum_score_likelihood;
use crate::numeric::tails::chi_square_tail;
use serde::{Deserialize, Serialize};

/// The fewest respondents that a cell should hold.
const FEWEST: f64 = 1.0;

/// S-X2 of an item.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?;
/// let first = &fit.item_fit[0];
/// assert_eq!((first.item.as_str(), first.df), ("Q1", 2));
/// assert_eq!(format!("{:.2} {:.2}", first.s_x2.unwrap(), first.pvalue.unwrap()), "0.45 0.80");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemFit {
    /// The item.
    pub item: String,
    /// The statistic; none without degrees of freedom.
    pub s_x2: Option<f64>,
    /// Cells less score groups less parameters of the item and of the trait.
    pub df: i64,
    /// p-value.
    pub pvalue: Option<f64>,
    /// p-value adjusted over the items (Benjamini & Hochberg 1995).
    pub adjusted: Option<f64>,
    /// sqrt(max(0, (S-X2 / df - 1) / (N - 1))).
    pub rmsea: Option<f64>,
}

/// Observed and expected counts by score group and category.
pub(crate) struct Cells {
    pub(crate) observed: Vec<Vec<f64>>,
    pub(crate) expected: Vec<Vec<f64>>,
}

/// Of an item: `p` are probabilities by item, category and node.
pub(crate) fn cells(patterns: &Patterns, p: &[Vec<Vec<f64>>], weights: &[f64], item: usize) -> Cells {
    let nodes = weights.len();
    let rest = sum_score_likelihood(
        p.iter().enumerate().filter(|(other, _)| *other != item).map(|(_, own)| own),
        nodes,
    );
    let categories = p[item].len();
    let highest = rest.len() - 1 + categories - 1;
    let mut observed = vec![vec![0.0; categories]; highest + 1];
    for pattern in 0..patterns.len() {
        let codes = patterns.codes(pattern);
        let sum: usize = codes.iter().map(|c| usize::from(*c)).sum();
        observed[sum][usize::from(codes[item])] += patterns.weights[pattern];
    }
    let mut expected = Vec::new();
    for (sum, seen) in observed.iter().enumerate() {
        let joint: Vec<f64> = (0..categories)
            .map(|k| match sum.checked_sub(k).and_then(|rest_score| rest.get(rest_score)) {
                Some(own) => (0..nodes).map(|q| weights[q] * own[q] * p[item][k][q]).sum(),
                None => 0.0,
            })
            .collect();
        let total: f64 = joint.iter().sum();
        let n: f64 = seen.iter().sum();
        expected.push(joint.into_iter().map(|x| n * x / total).collect());
    }
    // nobody can differ in the lowest and the highest score
    observed.remove(highest);
    expected.remove(highest);
    observed.remove(0);
    expected.remove(0);
    Cells { observed, expected }
}

/// The statistic and how many cells and groups it has.
pub(crate) fn statistic(cells: &Cells) -> (f64, usize, usize) {
    let (observed, expected) = joined(cells);
    let mut sum = 0.0;
    let (mut count, mut rows) = (0, 0);
    for (seen, own) in observed.iter().zip(&expected) {
        if own.len() < 2 {
            continue;
        }
        rows += 1;
        count += own.len();
        sum += seen.iter().zip(own).map(|(o, e)| (o - e) * (o - e) / e).sum::<f64>();
    }
    (sum, count, rows)
}

/// Cells with enough expected respondents. Scores at which some category cannot occur are joined with the next that has all
/// of them; then cells with the smaller neighbour of the same score, as long as that leaves two; then scores with a cell that
/// is still too small with a neighbour.
fn joined(cells: &Cells) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let steps = cells.expected.first().map_or(1, |row| row.len() - 1);
    let (mut observed, mut expected) = (cells.observed.clone(), cells.expected.clone());
    if expected.len() > 2 * steps {
        for _ in 1..steps {
            join(&mut observed, &mut expected, 0, 1);
            let last = expected.len() - 1;
            join(&mut observed, &mut expected, last, last - 1);
        }
    }
    observed.iter_mut().zip(&mut expected).for_each(|(seen, own)| join_categories(seen, own));
    join_scores(&mut observed, &mut expected);
    (observed, expected)
}

/// Joins the smallest cell with its smaller neighbour until all are large enough, or two are left.
fn join_categories(seen: &mut Vec<f64>, own: &mut Vec<f64>) {
    while own.len() > 2 {
        let at = smallest(own);
        if own[at] >= FEWEST {
            break;
        }
        let left = if at > 0 { own[at - 1] } else { f64::INFINITY };
        let right = own.get(at + 1).copied().unwrap_or(f64::INFINITY);
        let to = if left <= right { at - 1 } else { at + 1 };
        own[to] += own[at];
        seen[to] += seen[at];
        own.remove(at);
        seen.remove(at);
    }
}

fn smallest(row: &[f64]) -> usize {
    (0..row.len()).fold(0, |best, i| if row[i] < row[best] { i } else { best })
}

/// Adds a score group to another, cell by cell from the lowest, and takes it away.
fn join(observed: &mut Vec<Vec<f64>>, expected: &mut Vec<Vec<f64>>, from: usize, to: usize) {
    for rows in [observed, expected] {
        let own = rows[from].clone();
        if rows[to].len() < own.len() {
            let length = own.len();
            rows[to].resize(length, 0.0);
        }
        rows[to].iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        rows.remove(from);
    }
}

/// From the lowest score up, each with too small a cell joins the neighbour with fewer respondents.
fn join_scores(observed: &mut Vec<Vec<f64>>, expected: &mut Vec<Vec<f64>>) {
    let mut at = 0;
    while at < expected.len() && expected.len() > 1 {
        if expected[at][smallest(&expected[at])] >= FEWEST {
            at += 1;
            continue;
        }
        let respondents = |row: Option<&Vec<f64>>| row.map_or(f64::INFINITY, |row| row.iter().sum::<f64>());
        // of those observed, which are whole numbers: ties are not left to rounding
        let before = if at > 0 { respondents(observed.get(at - 1)) } else { f64::INFINITY };
        let after = respondents(observed.get(at + 1));
        if at + 1 == expected.len() || (at > 0 && before <= after) {
            join(observed, expected, at, at - 1);
            at -= 1;
        } else {
            join(observed, expected, at, at + 1);
        }
    }
}

impl ItemFit {
    pub(crate) fn of(item: &str, cells: &Cells, parameters: usize) -> Self {
        let (statistic, count, rows) = statistic(cells);
        let n: f64 = cells.observed.iter().flatten().sum();
        let df = count as i64 - rows as i64 - parameters as i64;
        let known = df > 0;
        Self {
            item: item.into(),
            s_x2: known.then_some(statistic),
            df: df.max(0),
            pvalue: known.then(|| chi_square_tail(statistic, df as f64)),
            adjusted: None,
            rmsea: known.then(|| ((statistic / df as f64 - 1.0) / (n - 1.0)).max(0.0).sqrt()),
        }
    }
}
