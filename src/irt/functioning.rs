//! Differential item functioning: whether an item works differently for groups at the same level of the trait.
//!
//! The item is equal in all groups, or free, while the anchors are equal: likelihood ratio tests (Thissen, Steinberg &
//! Wainer 1993) or Wald tests (Lord 1980; Woods, Cai & Wang 2013). Uniform: intercepts free, slopes equal, beside all equal;
//! non-uniform: all free beside intercepts free; total: all free beside all equal.

use super::answers::Answers;
use super::functioning_result::{AnchorChoice, Functioning, FunctioningTest};
use super::functioning_study::{Asked, Study, Tests};
use super::irt::Irt;
use super::parameters::Traits;
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::numeric::multiple_tests::Adjustment;

/// What is asked.
///
/// Without anchors each item is tested with all others as anchors; others are chosen with
/// [`choice`](ItemFunctioning::choice). Differences are those of each group less the reference.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemFunctioning};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let study = ItemFunctioning::new(Irt::default(), "group").purify(true);
/// let found = study.of(&data, &["a1", "a2", "a3", "a4"])?;
/// assert_eq!((found.items.len(), found.n), (4, 600));
/// assert_eq!(found.groups, ["g1", "g2"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ItemFunctioning {
    irt: Irt,
    group: String,
    anchors: Vec<String>,
    choice: AnchorChoice,
    reference: Option<String>,
    test: FunctioningTest,
    adjustment: Adjustment,
    level: f64,
}

/// Times anchors are chosen anew at most.
const MOST_ROUNDS: usize = 10;

impl ItemFunctioning {
    /// In the groups of a variable, with the models and options of `irt`.
    pub fn new(irt: Irt, group: impl Into<String>) -> Self {
        let group = group.into();
        let irt = irt.group(group.clone()).fit_statistics(false);
        Self {
            irt,
            group,
            anchors: Vec::new(),
            choice: AnchorChoice::default(),
            reference: None,
            test: FunctioningTest::default(),
            adjustment: Adjustment::BenjaminiHochberg,
            level: 0.05,
        }
    }

    /// The items that are equal in all groups; the others are tested.
    pub fn anchors<S: Into<String>>(mut self, items: impl IntoIterator<Item = S>) -> Self {
        self.anchors = items.into_iter().map(Into::into).collect();
        self
    }

    /// How anchors are chosen, where none are named.
    pub fn choice(mut self, choice: AnchorChoice) -> Self {
        self.choice = choice;
        self
    }

    /// Whether anchors are chosen anew until none of them differs.
    pub fn purify(mut self, purify: bool) -> Self {
        if purify {
            self.choice = AnchorChoice::Purified;
        }
        self
    }

    /// The group with which others are compared: the first by name (numbers by size) unless said.
    pub fn reference(mut self, group: impl Into<String>) -> Self {
        self.reference = Some(group.into());
        self
    }

    /// Which test.
    pub fn test(mut self, test: FunctioningTest) -> Self {
        self.test = test;
        self
    }

    /// What is done about the number of items: Benjamini & Hochberg unless said.
    pub fn adjustment(mut self, adjustment: Adjustment) -> Self {
        self.adjustment = adjustment;
        self
    }

    /// The level (.05 unless said) at which an item counts as differing, by its adjusted p-value.
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// Tests the items.
    ///
    /// # Errors
    /// As [`Irt::fit`]; [`Error::NoAnswerExists`] with a single group, and where no anchor is left;
    /// [`Error::UnknownChoice`] for a reference that is no group; [`Error::Unsupported`] for anchors that are named and
    /// chosen, covariates, and structures of traits.
    pub fn of<S: AsRef<str>>(&self, data: &Dataset, items: &[S]) -> Result<Functioning> {
        let names: Vec<String> = items.iter().map(|item| item.as_ref().to_string()).collect();
        self.check()?;
        let mut answers = self.irt.read(data, &names)?;
        if answers.groups.len() < 2 {
            return Err(Error::NoAnswerExists {
                what: "differential item functioning".into(),
                why: format!("'{}' has one value only", self.group),
                remedy: "Name a variable with two groups or more.".into(),
            });
        }
        if let Some(reference) = &self.reference {
            answers.put_first(&self.group, reference)?;
        }
        if let Some(unknown) = self.anchors.iter().find(|anchor| !names.contains(anchor)) {
            self.irt.clone().anchors([unknown.clone()]).design(&answers, &Traits::one(names.len()))?;
        }
        match self.choice {
            _ if !self.anchors.is_empty() => {
                let anchors = names.iter().map(|name| self.anchors.contains(name)).collect();
                self.once(&answers, anchors, AnchorChoice::Named, 1)
            }
            AnchorChoice::Purified => self.purified(&answers),
            AnchorChoice::Forward => self.forward(&answers),
            _ => self.once(&answers, vec![true; names.len()], AnchorChoice::AllOther, 1),
        }
    }

    fn check(&self) -> Result<()> {
        let refuse = |what: &str, instead: &str| {
            let what = format!("{what} in tests of item functioning by a model");
            Err(Error::Unsupported { what, instead: instead.into() })
        };
        match () {
            () if !self.irt.covariates.is_empty() => {
                refuse("covariates", "Compare groups, without covariates.")
            }
            () if self.irt.structure.is_some() => refuse("several traits", "Test the items of each trait."),
            () if self.irt.weights.is_some() && self.test == FunctioningTest::LikelihoodRatio => {
                refuse("sampling weights and likelihood ratios", "Use the Wald test.")
            }
            () if self.choice == AnchorChoice::Named && self.anchors.is_empty() => {
                refuse("named anchors without a name", "Name them, or choose another way.")
            }
            () => Ok(()),
        }
    }

    fn asked(&self, choice: AnchorChoice, in_parts: bool) -> Asked {
        Asked {
            irt: self.irt.clone(),
            test: self.test,
            adjustment: self.adjustment,
            level: self.level,
            tests_anchors: !matches!(choice, AnchorChoice::Named | AnchorChoice::Forward),
            in_parts,
        }
    }

    fn once(
        &self,
        answers: &Answers,
        anchors: Vec<bool>,
        choice: AnchorChoice,
        rounds: usize,
    ) -> Result<Functioning> {
        let mut asked = self.asked(choice, true);
        // anchors that were chosen by the answers are tested too, beside the other anchors: p-values are adjusted for all
        // items that were looked at, not for the worst of them alone
        let chosen = anchors.iter().filter(|anchor| **anchor).count();
        asked.tests_anchors |= choice == AnchorChoice::Forward && chosen > 1;
        let study = Study::new(&asked, answers, anchors)?;
        study.told(study.tests()?, choice, rounds)
    }

    fn differs(&self, tests: &Tests) -> bool {
        tests[2].and_then(|total| total.adjusted).is_some_and(|adjusted| adjusted < self.level)
    }

    fn purified(&self, answers: &Answers) -> Result<Functioning> {
        let mut anchors = vec![true; answers.names.len()];
        let asked = self.asked(AnchorChoice::Purified, true);
        let mut rounds = 0;
        loop {
            rounds += 1;
            if !anchors.contains(&true) {
                return Err(Error::NoAnswerExists {
                    what: "differential item functioning".into(),
                    why: "every item differs between the groups: no anchor is left".into(),
                    remedy:
                        "Name anchors that are known to work alike in the groups, or use forward anchors."
                            .into(),
                });
            }
            let study = Study::new(&asked, answers, anchors.clone())?;
            let tests = study.tests()?;
            let next: Vec<bool> = tests.iter().map(|(_, own)| !self.differs(own)).collect();
            if next == anchors || rounds >= MOST_ROUNDS {
                return study.told(tests, AnchorChoice::Purified, rounds);
            }
            anchors = next;
        }
    }

    /// Anchors from the item that differs least on.
    fn forward(&self, answers: &Answers) -> Result<Functioning> {
        let all = answers.names.len();
        let first = self.asked(AnchorChoice::AllOther, false);
        let tests = Study::new(&first, answers, vec![true; all])?.tests()?;
        let size = |item: usize| {
            let total = tests[item].1[2];
            total.map_or(f64::INFINITY, |total| total.statistic / total.df as f64)
        };
        let mut order: Vec<usize> = (0..all).collect();
        order.sort_by(|a, b| size(*a).total_cmp(&size(*b)));
        let asked = self.asked(AnchorChoice::Forward, false);
        let (mut count, mut rounds) = (1, 1);
        loop {
            let anchors: Vec<bool> = (0..all).map(|item| order[..count].contains(&item)).collect();
            if count + 1 >= all {
                return self.once(answers, anchors, AnchorChoice::Forward, rounds);
            }
            let tests = Study::new(&asked, answers, anchors.clone())?.tests()?;
            let alike = tests.iter().filter(|(_, own)| !self.differs(own)).count();
            if count >= alike || rounds >= all {
                return self.once(answers, anchors, AnchorChoice::Forward, rounds);
            }
            count = (count + (alike - count).div_ceil(2)).min(all - 1);
            rounds += 1;
        }
    }
}
