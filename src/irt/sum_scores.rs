//! The distribution of sum scores given the trait (Lord & Wingersky 1984), and EAP scores from them (Thissen, Pommerich,
//! Billeaud & Williams 1995).

use serde::{Deserialize, Serialize};

/// P(sum score) by node: one item after the other is added to the distribution of the sum. `p` is by item, category and
/// node; scores of categories are 0, 1, ...
pub(crate) fn sum_score_likelihood<'a>(
    items: impl Iterator<Item = &'a Vec<Vec<f64>>>,
    nodes: usize,
) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![1.0; nodes]];
    for item in items {
        let mut next = vec![vec![0.0; nodes]; sums.len() + item.len() - 1];
        for (score, own) in sums.iter().enumerate() {
            for (k, p) in item.iter().enumerate() {
                let target = &mut next[score + k];
                for q in 0..nodes {
                    target[q] += own[q] * p[q];
                }
            }
        }
        sums = next;
    }
    sums
}

/// A row of the table from sum scores to the trait.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?;
/// let three = &fit.sum_scores[3];
/// assert_eq!(three.score, 3.0);
/// assert_eq!(format!("{:.3} {:.3} {:.3}", three.theta, three.se, three.expected), "-0.446 0.822 0.229");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SumScore {
    /// The sum of the codes.
    pub score: f64,
    /// Mean of the trait among those with that sum.
    pub theta: f64,
    /// Its standard deviation there.
    pub se: f64,
    /// Share of respondents with that sum that the model expects.
    pub expected: f64,
}

/// The table of all sum scores, from likelihoods by node; `lowest` is the lowest sum.
pub(crate) fn table(likelihood: &[Vec<f64>], weights: &[f64], theta: &[f64], lowest: f64) -> Vec<SumScore> {
    let row = |(score, own): (usize, &Vec<f64>)| {
        let total: f64 = own.iter().zip(weights).map(|(l, w)| l * w).sum();
        let moment = |f: &dyn Fn(f64) -> f64| -> f64 {
            own.iter().zip(weights).zip(theta).map(|((l, w), t)| l * w * f(*t)).sum::<f64>() / total
        };
        let mean = moment(&|t| t);
        let variance = moment(&|t| (t - mean) * (t - mean));
        SumScore { score: lowest + score as f64, theta: mean, se: variance.sqrt(), expected: total }
    };
    likelihood.iter().enumerate().map(row).collect()
}
