//! Adaptive tests: the next item is the one with most information at what is known so far, until the score is precise
//! enough (Lord 1980, ch. 10; van der Linden & Glas 2010).

use super::bank::ItemBank;
use super::choices::TraitEstimator;
use super::curves::Curves;
use super::patterns::MISSING;
use super::scores::{Respondent, Scorer};
use crate::data::Progress;
use crate::error::{Error, Result};
use crate::numeric::random::stream;
use rand::RngExt;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Nodes of the posterior while a test is under way.
const NODES: usize = 61;

/// How an adaptive test goes.
///
/// It starts at the mean of the trait. The next item is the one with most information at the posterior mean. It stops when
/// the standard error of the score is small enough, or after so many items. The score at the end is by weighted likelihood
/// (hardly biased; Warm 1989) unless another is asked for: a posterior mean of few items is drawn to the middle.
///
/// ```
/// use psychometrics::irt::{AdaptiveTest, ItemBank, ItemModel, ItemParameters};
///
/// let item = |name: &str, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [1.5], [d]);
/// let bank = ItemBank::new([item("easy", 1.5)?, item("middle", 0.0)?, item("hard", -1.5)?])?;
/// let test = AdaptiveTest::new(bank)?.precision(0.4).length(1, 3);
/// // it starts in the middle, and goes on with a harder item where the answer is right
/// assert_eq!(test.next::<&str>(&[])?.item.as_deref(), Some("middle"));
/// assert_eq!(test.next(&[("middle", 1.0)])?.item.as_deref(), Some("hard"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct AdaptiveTest {
    bank: ItemBank,
    items: Vec<Scorer>,
    precision: f64,
    least: usize,
    most: usize,
    estimator: TraitEstimator,
}

/// What an adaptive test asks next.
///
/// ```
/// use psychometrics::irt::{AdaptiveTest, ItemBank, ItemModel, ItemParameters};
///
/// let item = |name: &str, d: f64| ItemParameters::new(name, ItemModel::TwoParameter, [1.5], [d]);
/// let bank = ItemBank::new([item("easy", 1.5)?, item("middle", 0.0)?, item("hard", -1.5)?])?;
/// let next = AdaptiveTest::new(bank)?.length(1, 2).next(&[("middle", 1.0), ("hard", 0.0)])?;
/// // two items were asked: the test is over
/// assert_eq!((next.item.as_deref(), next.answered), (None, 2));
/// assert_eq!(format!("{:.3} {:.3}", next.theta.unwrap(), next.se.unwrap()), "0.500 0.868");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NextItem {
    /// The item; none where the test is over.
    pub item: Option<String>,
    /// The score so far; none before the first answer.
    pub theta: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Items answered.
    pub answered: usize,
}

/// Simulated tests at one level of the trait.
///
/// ```
/// use psychometrics::data::Progress;
/// use psychometrics::irt::{AdaptiveTest, ItemBank, ItemModel, ItemParameters};
///
/// let item = |i: usize| ItemParameters::new(format!("i{i}"), ItemModel::TwoParameter, [1.5], [2.0 - 0.2 * i as f64]);
/// let bank = ItemBank::new((0..20).map(item).collect::<Result<Vec<_>, _>>()?)?;
/// let study = AdaptiveTest::new(bank)?.precision(0.45).simulate(&[0.0], 100, 1, &Progress::default())?;
/// let level = &study.levels[0];
/// assert_eq!((level.theta, level.without), (0.0, 0));
/// assert_eq!(format!("{:.2} {:.2} {:.2}", level.bias, level.rmse, level.items), "0.05 0.49 9.29");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdaptiveLevel {
    /// The level.
    pub theta: f64,
    /// Mean of the scores minus it.
    pub bias: f64,
    /// Root mean square of the differences.
    pub rmse: f64,
    /// Mean standard error.
    pub se: f64,
    /// Mean number of items.
    pub items: f64,
    /// Share of tests that ended with a standard error as small as wanted.
    pub precise: f64,
    /// Tests without a score (maximum likelihood of extreme answers), which are left out of the means.
    pub without: usize,
}

/// What simulated adaptive tests come to.
///
/// ```
/// use psychometrics::data::Progress;
/// use psychometrics::irt::{AdaptiveTest, ItemBank, ItemModel, ItemParameters};
///
/// let item = |i: usize| ItemParameters::new(format!("i{i}"), ItemModel::TwoParameter, [1.5], [2.0 - 0.2 * i as f64]);
/// let bank = ItemBank::new((0..20).map(item).collect::<Result<Vec<_>, _>>()?)?;
/// let study = AdaptiveTest::new(bank)?.simulate(&[-1.0, 0.0, 1.0], 50, 1, &Progress::default())?;
/// assert_eq!((study.bank, study.levels.len(), study.replications), (20, 3, 50));
/// // no test is longer than the bank
/// assert_eq!(study.most, 20);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdaptiveStudy {
    /// Items of the bank.
    pub bank: usize,
    /// The standard error at which a test ends.
    pub precision: f64,
    /// Most items of a test.
    pub most: usize,
    /// How tests are scored.
    pub estimator: TraitEstimator,
    /// Tests at each level.
    pub replications: usize,
    /// The seed.
    pub seed: u64,
    /// By level.
    pub levels: Vec<AdaptiveLevel>,
    /// How often each item was asked, as a share of all tests; the most often asked first.
    pub exposure: Vec<ItemExposure>,
}

/// How often an item is asked.
///
/// ```
/// use psychometrics::data::Progress;
/// use psychometrics::irt::{AdaptiveTest, ItemBank, ItemModel, ItemParameters};
///
/// let item = |i: usize| ItemParameters::new(format!("i{i}"), ItemModel::TwoParameter, [1.5], [2.0 - 0.2 * i as f64]);
/// let bank = ItemBank::new((0..20).map(item).collect::<Result<Vec<_>, _>>()?)?;
/// let study = AdaptiveTest::new(bank)?.length(5, 5).simulate(&[0.0], 50, 1, &Progress::default())?;
/// // every test begins with the item in the middle
/// assert_eq!((study.exposure[0].item.as_str(), study.exposure[0].share), ("i10", 1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemExposure {
    /// The item.
    pub item: String,
    /// Share of tests.
    pub share: f64,
}

/// A test that is over: its score, and the items asked.
struct Done {
    score: Option<f64>,
    se: Option<f64>,
    asked: Vec<usize>,
}

impl AdaptiveTest {
    /// With items of one trait; a standard error of .3, at least 1 item and at most all unless said.
    ///
    /// # Errors
    /// [`Error::Unsupported`] of several traits.
    pub fn new(bank: ItemBank) -> Result<Self> {
        let items = bank.one_trait("an adaptive test")?;
        let most = items.len();
        Ok(Self { bank, items, precision: 0.3, least: 1, most, estimator: TraitEstimator::Wle })
    }

    /// The standard error at which the test ends.
    pub fn precision(mut self, se: f64) -> Self {
        self.precision = se;
        self
    }

    /// The fewest and the most items.
    pub fn length(mut self, least: usize, most: usize) -> Self {
        self.most = most.clamp(1, self.items.len());
        self.least = least.clamp(1, self.most);
        self
    }

    /// How the score comes about.
    pub fn estimator(mut self, estimator: TraitEstimator) -> Self {
        self.estimator = estimator;
        self
    }

    /// What comes after these answers.
    ///
    /// # Errors
    /// As [`ItemBank::score`].
    pub fn next<S: AsRef<str>>(&self, answers: &[(S, f64)]) -> Result<NextItem> {
        let score = self.bank.score(answers, self.estimator)?;
        let mut codes = vec![MISSING; self.items.len()];
        for (name, answer) in answers {
            let at = self.bank.place(name.as_ref())?;
            let code = self.bank.items[at].categories.iter().position(|code| code == answer);
            codes[at] = code.unwrap_or(0) as u8;
        }
        let (best, _) = self.best(&codes);
        let over = self.is_over(score.se, score.answered);
        Ok(NextItem {
            item: best.filter(|_| !over).map(|at| self.bank.items[at].item.clone()),
            theta: score.value,
            se: score.se,
            answered: score.answered,
        })
    }

    /// Simulates tests at each of these levels; the same seed gives the same tests, whatever the number of threads.
    ///
    /// # Errors
    /// [`Error::BadOption`] without levels or replications, or with a standard error that is not above 0;
    /// [`Error::Stopped`].
    pub fn simulate(
        &self,
        levels: &[f64],
        replications: usize,
        seed: u64,
        progress: &Progress,
    ) -> Result<AdaptiveStudy> {
        let bad = |option: &str, value: String, allowed: &str| {
            Err(Error::BadOption { option: option.into(), value, allowed: allowed.into() })
        };
        if levels.is_empty() || levels.iter().any(|level| !level.is_finite()) {
            return bad(
                "levels",
                levels.len().to_string(),
                "at least one level of the trait, finite numbers",
            );
        }
        if replications == 0 {
            return bad("replications", "0".into(), "at least 1");
        }
        if !(self.precision > 0.0) {
            return bad("precision", self.precision.to_string(), "a standard error above 0");
        }
        let mut exposure = vec![0usize; self.items.len()];
        let mut found = Vec::new();
        for (at, level) in levels.iter().enumerate() {
            progress.check("the simulation of adaptive tests")?;
            let tests: Vec<Done> = (0..replications)
                .into_par_iter()
                .map(|replicate| self.taken(*level, seed, (at * replications + replicate) as u64))
                .collect();
            tests.iter().flat_map(|test| &test.asked).for_each(|item| exposure[*item] += 1);
            found.push(self.level(*level, &tests));
        }
        let all = (levels.len() * replications) as f64;
        let share = |(item, count): (usize, usize)| ItemExposure {
            item: self.bank.items[item].item.clone(),
            share: count as f64 / all,
        };
        let mut exposure: Vec<ItemExposure> = exposure.into_iter().enumerate().map(share).collect();
        exposure.sort_by(|a, b| b.share.total_cmp(&a.share));
        Ok(AdaptiveStudy {
            bank: self.items.len(),
            precision: self.precision,
            most: self.most,
            estimator: self.estimator,
            replications,
            seed,
            levels: found,
            exposure,
        })
    }

    fn is_over(&self, se: Option<f64>, answered: usize) -> bool {
        answered >= self.most || (answered >= self.least && se.is_some_and(|se| se <= self.precision))
    }

    /// The item that is worth most now, and the posterior mean at which it is.
    fn best(&self, codes: &[u8]) -> (Option<usize>, f64) {
        let respondent = self.respondent(codes);
        let theta = respondent.posterior_mean(NODES).0;
        let mut curves = Curves::default();
        let mut best: Option<(usize, f64)> = None;
        for at in (0..self.items.len()).filter(|at| codes[*at] == MISSING) {
            let own = self.items[at].information(theta, &mut curves);
            if best.is_none_or(|(_, most)| own > most) {
                best = Some((at, own));
            }
        }
        (best.map(|(at, _)| at), theta)
    }

    fn respondent<'a>(&'a self, codes: &'a [u8]) -> Respondent<'a> {
        let variance = self.bank.covariance[0][0];
        Respondent { items: &self.items, codes, mean: self.bank.mean(), variance }
    }

    /// A test of a respondent at a level.
    fn taken(&self, theta: f64, seed: u64, replicate: u64) -> Done {
        let mut stream = stream(seed, replicate);
        let mut codes = vec![MISSING; self.items.len()];
        let mut asked = Vec::new();
        let mut p = Vec::new();
        loop {
            let (next, eap) = self.best(&codes);
            let respondent = self.respondent(&codes);
            let (score, se) = match self.estimator {
                _ if asked.is_empty() => (None, None),
                TraitEstimator::Eap => {
                    let (mean, sd) = respondent.posterior_mean(NODES);
                    (Some(mean), Some(sd))
                }
                method => respondent.maximum(method, eap),
            };
            let Some(item) = next.filter(|_| !self.is_over(se, asked.len())) else {
                return Done { score, se, asked };
            };
            let own = &self.items[item];
            p.resize(own.response.categories(), 0.0);
            own.response.probabilities(own.slope * theta, &mut p);
            let mut rest: f64 = stream.random();
            let drawn = p.iter().position(|p| {
                rest -= p;
                rest < 0.0
            });
            codes[item] = drawn.unwrap_or(p.len() - 1) as u8;
            asked.push(item);
        }
    }

    fn level(&self, theta: f64, tests: &[Done]) -> AdaptiveLevel {
        let scored: Vec<(f64, f64)> =
            tests.iter().filter_map(|test| Some((test.score?, test.se.unwrap_or(f64::INFINITY)))).collect();
        let n = scored.len().max(1) as f64;
        let mean = |f: &dyn Fn(&(f64, f64)) -> f64| scored.iter().map(f).sum::<f64>() / n;
        let known: Vec<f64> = scored.iter().map(|own| own.1).filter(|se| se.is_finite()).collect();
        AdaptiveLevel {
            theta,
            bias: mean(&|own| own.0 - theta),
            rmse: mean(&|own| (own.0 - theta).powi(2)).sqrt(),
            se: known.iter().sum::<f64>() / known.len().max(1) as f64,
            items: tests.iter().map(|test| test.asked.len() as f64).sum::<f64>() / tests.len() as f64,
            precise: known.iter().filter(|se| **se <= self.precision).count() as f64 / tests.len() as f64,
            without: tests.len() - scored.len(),
        }
    }
}
