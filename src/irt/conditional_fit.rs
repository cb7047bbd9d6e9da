//! What conditional maximum likelihood gives: items, Andersen's test, the trait by sum score, scores.

use super::answers::Answers;
use super::choices::TraitEstimator;
use super::item_parameters::ItemParameters;
use super::scores::{Respondent, Scorer, TraitScores};
use crate::error::Warning;
use serde::{Deserialize, Serialize};

/// Items by conditional maximum likelihood.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::Rasch).fit_conditional(&data, &items)?;
/// // who answers all right, or all wrong, tells nothing of the items
/// assert_eq!((fit.n, fit.informative, fit.npar), (1000, 699, 4));
/// assert_eq!(format!("{:.3}", fit.items[0].difficulties.as_ref().unwrap()[0]), "-1.256");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConditionalFit {
    /// Respondents with an answer.
    pub n: usize,
    /// Rows read.
    pub rows_read: usize,
    /// Respondents who tell something: those not at an end of the items they answered.
    pub informative: usize,
    /// The model.
    pub model: super::ItemModel,
    /// Whether the gradient is zero at the estimates.
    pub converged: bool,
    /// Largest element of the gradient, divided by the square root of its curvature.
    pub gradient: f64,
    /// The conditional log-likelihood.
    pub logl: f64,
    /// Free parameters.
    pub npar: usize,
    /// The items; difficulties have mean 0.
    pub items: Vec<ItemParameters>,
    /// Andersen's test that the items are the same for low and for high scores; none where one part does not have all
    /// categories.
    pub andersen: Option<AndersenTest>,
    /// Why there is no test.
    pub andersen_why: Option<String>,
    /// The trait by sum score, of respondents who answer every item: weighted likelihood (Warm 1989).
    pub sum_scores: Vec<ConditionalScore>,
    /// Scores of the respondents, where they were asked for.
    pub scores: Option<TraitScores>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// Likelihood ratio test of items in two parts of the respondents (Andersen 1973): 2 (sum of the parts - the whole).
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let test = Irt::new(ItemModel::Rasch).fit_conditional(&data, &items)?.andersen.unwrap();
/// assert_eq!((test.df, test.low, test.high), (4, 342, 357));
/// assert_eq!(format!("{:.2} {:.2}", test.statistic, test.pvalue), "0.17 1.00");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AndersenTest {
    /// Chi-square.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df: usize,
    /// p-value.
    pub pvalue: f64,
    /// Respondents in the lower part: those whose share of the highest sum is below the median, or at most that, whichever
    /// divides them more evenly.
    pub low: usize,
    /// In the upper part.
    pub high: usize,
}

/// A sum score and the trait.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::Rasch).fit_conditional(&data, &items)?;
/// let three = &fit.sum_scores[3];
/// assert_eq!(three.score, 3.0);
/// assert_eq!(format!("{:.3} {:.3}", three.theta.unwrap(), three.se.unwrap()), "0.422 0.918");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConditionalScore {
    /// The sum of the codes.
    pub score: f64,
    /// The level of the trait.
    pub theta: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
}

impl ConditionalFit {
    /// Weighted likelihood of every sum, and scores of the respondents.
    pub(super) fn score(&mut self, wanted: Option<TraitEstimator>, answers: &Answers) {
        let items: Vec<Scorer> = self.items.iter().map(Scorer::of).collect();
        let of = |codes: &[u8], method: TraitEstimator| {
            Respondent { items: &items, codes, mean: 0.0, variance: 1.0 }.maximum(method, 0.0)
        };
        let lowest: f64 = answers.codes.iter().map(|codes| codes[0]).sum();
        let most: usize = answers.codes.iter().map(|codes| codes.len() - 1).sum();
        for sum in 0..=most {
            // any answers with that sum: it is all that counts
            let mut rest = sum;
            let fill = |codes: &Vec<f64>| {
                let own = rest.min(codes.len() - 1);
                rest -= own;
                own as u8
            };
            let codes: Vec<u8> = answers.codes.iter().map(fill).collect();
            let (theta, se) = of(&codes, TraitEstimator::Wle);
            self.sum_scores.push(ConditionalScore { score: lowest + sum as f64, theta, se });
        }
        self.scores = wanted.map(|method| {
            let patterns = &answers.patterns;
            let found: Vec<_> = (0..patterns.len()).map(|p| of(patterns.codes(p), method)).collect();
            let of_row = |row: &Option<usize>| row.map_or((None, None), |p| found[p]);
            let (values, se) = patterns.of_row.iter().map(of_row).unzip();
            TraitScores { method, values, se, traits: Vec::new() }
        });
    }
}
