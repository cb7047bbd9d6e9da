//! An item response model: what is asked for, and the way from answers to a fit.

use super::answers::{Answers, Reading};
use super::choices::{GroupEquality, Integration, ItemStandardErrors, LogitPrior, TraitEstimator};
use super::fit::IrtFit;
use super::item_model::ItemModel;
use super::parameters::{Design, Traits, layout};
use super::plausible::PlausibleValues;
use super::rule::Rule;
use super::solved::Asked;
use super::structure::check_items;
use crate::data::{Dataset, Progress};
use crate::error::{Error, Result, nearest};
use crate::model::Model;
use crate::moments::Missing;

/// What is asked of an item response model.
///
/// Estimated by marginal maximum likelihood on response patterns (Bock & Aitkin 1981): the EM algorithm, accelerated, then a
/// quasi-Newton search, then Newton steps with the observed information. A missing answer adds nothing to the likelihood
/// (missing at random).
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::irt::{Irt, ItemModel};
///
/// let data = Dataset::read_csv("data/lsat/lsat6.csv")?;
/// let items: Vec<String> = (1..=5).map(|i| format!("Q{i}")).collect();
/// let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items)?;
/// assert_eq!(format!("{:.3}", fit.logl), "-2466.653");
/// assert_eq!(format!("{:.3}", fit.items[0].slopes[0]), "0.826");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Irt {
    pub(super) model: ItemModel,
    pub(super) own_models: Vec<(String, ItemModel)>,
    pub(super) missing: Missing,
    pub(super) group: Option<String>,
    pub(super) equal: Vec<GroupEquality>,
    pub(super) anchors: Vec<String>,
    pub(super) weights: Option<String>,
    pub(super) lower_prior: Option<LogitPrior>,
    pub(super) upper_prior: Option<LogitPrior>,
    pub(super) nodes: Option<usize>,
    pub(super) standard_errors: ItemStandardErrors,
    pub(super) scores: Option<TraitEstimator>,
    pub(super) fit_statistics: bool,
    pub(super) structure: Option<Model>,
    pub(super) covariates: Vec<String>,
    pub(super) integration: Option<Integration>,
    pub(super) plausible: Option<(usize, u64)>,
    pub(super) progress: Progress,
}

impl Default for Irt {
    fn default() -> Self {
        Self::new(ItemModel::Graded)
    }
}

impl Irt {
    /// The same model for all items.
    pub fn new(model: ItemModel) -> Self {
        Self {
            model,
            own_models: Vec::new(),
            missing: Missing::Fiml,
            group: None,
            equal: vec![GroupEquality::Slopes, GroupEquality::Intercepts],
            anchors: Vec::new(),
            weights: None,
            lower_prior: None,
            upper_prior: None,
            nodes: None,
            standard_errors: ItemStandardErrors::default(),
            scores: None,
            fit_statistics: true,
            structure: None,
            covariates: Vec::new(),
            integration: None,
            plausible: None,
            progress: Progress::default(),
        }
    }

    /// Another model for one item.
    pub fn item_model(mut self, item: impl Into<String>, model: ItemModel) -> Self {
        self.own_models.push((item.into(), model));
        self
    }

    /// What is done about missing answers: [`Missing::Fiml`] (the default) takes every respondent with an answer as he is,
    /// [`Missing::Listwise`] complete respondents only.
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// A variable that tells the group of each respondent. The first (in alphabetical order, numbers by size) has mean 0 and
    /// variance 1.
    pub fn group(mut self, variable: impl Into<String>) -> Self {
        self.group = Some(variable.into());
        self
    }

    /// What is equal in all groups. Slopes and intercepts unless said: means and variances are then free. Means are free
    /// where intercepts of some items are equal, variances where slopes are, unless they are listed as equal.
    pub fn equal(mut self, equal: impl IntoIterator<Item = GroupEquality>) -> Self {
        self.equal = equal.into_iter().collect();
        self
    }

    /// Items that are equal in all groups, while all others are free.
    pub fn anchors<S: Into<String>>(mut self, items: impl IntoIterator<Item = S>) -> Self {
        self.anchors = items.into_iter().map(Into::into).collect();
        self
    }

    /// A variable of sampling weights, scaled to a mean of 1. Standard errors are those of the sandwich then.
    pub fn weights(mut self, variable: impl Into<String>) -> Self {
        self.weights = Some(variable.into());
        self
    }

    /// A normal prior on the logit of the lower asymptote. None unless asked for. The log-likelihood that is told is without it.
    pub fn prior_guessing(mut self, prior: LogitPrior) -> Self {
        self.lower_prior = Some(prior);
        self
    }

    /// The same of the upper asymptote.
    pub fn prior_upper(mut self, prior: LogitPrior) -> Self {
        self.upper_prior = Some(prior);
        self
    }

    /// Nodes on each dimension: 61 of one trait, 31 of two, 15 of three, 25 of a bifactor structure unless said (adaptive: 21,
    /// 11, 9). Of quasi-random nodes how many there are: 500, from five traits on 125 for each, unless said.
    pub fn quadrature(mut self, nodes: usize) -> Self {
        self.nodes = Some(nodes);
        self
    }

    /// At which nodes is integrated over the traits: a grid; with covariates adaptive, from four traits on quasi-random ones,
    /// unless said.
    pub fn integration(mut self, integration: Integration) -> Self {
        self.integration = Some(integration);
        self
    }

    /// Variables on which the means of all traits depend (latent regression); a structure may have `trait ~ variable` for
    /// some of them. The variance of a trait is then what covariates leave of it: 1, or free in the Rasch family. Respondents
    /// without a covariate are left out, and counted.
    pub fn covariates<S: Into<String>>(mut self, variables: impl IntoIterator<Item = S>) -> Self {
        self.covariates = variables.into_iter().map(Into::into).collect();
        self
    }

    /// So many plausible values of every respondent, with a seed: the same values at any number of threads.
    pub fn plausible_values(mut self, draws: usize, seed: u64) -> Self {
        self.plausible = Some((draws, seed));
        self
    }

    /// Which standard errors.
    pub fn standard_errors(mut self, kind: ItemStandardErrors) -> Self {
        self.standard_errors = kind;
        self
    }

    /// Scores of all respondents.
    pub fn scores(mut self, estimator: TraitEstimator) -> Self {
        self.scores = Some(estimator);
        self
    }

    /// Whether fit statistics are worked out (they are unless said): M2, S-X2, local dependence, person fit.
    pub fn fit_statistics(mut self, wanted: bool) -> Self {
        self.fit_statistics = wanted;
        self
    }

    /// Which items measure which traits: `anxiety =~ x1 + x2; anger =~ x3 + x4`. Traits have variance 1 and correlate unless
    /// the text fixes it at 0 (`anxiety ~~ 0*anger`); a number before an item fixes its slope. Where one trait is behind all
    /// items and each has at most one other (bifactor), traits do not correlate, and there may be any number of them.
    pub fn structure(mut self, model: Model) -> Self {
        self.structure = Some(model);
        self
    }

    /// Who is told how far it is, and may stop it.
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Fits the model to the answers to these items.
    ///
    /// # Errors
    /// [`Error::TooFewItems`] below two; [`Error::UnknownColumn`]; [`Error::NotOrdinal`] for a code that is no whole number;
    /// [`Error::ConstantItem`] for an item that everybody answers alike; [`Error::WrongItemModel`];
    /// [`Error::EmptyCategory`] for a category that a group with parameters of its own does not use;
    /// [`Error::BadOption`]; [`Error::Stopped`].
    pub fn fit<S: AsRef<str>>(&self, data: &Dataset, items: &[S]) -> Result<IrtFit> {
        let names: Vec<String> = items.iter().map(|item| item.as_ref().to_string()).collect();
        let (mut traits, names) = match &self.structure {
            None => (Traits::one(names.len()), names),
            Some(model) => {
                let (traits, own) = Traits::of_model(model)?;
                check_items(&own, data.names(), &data.source().display().to_string())?;
                (traits, own)
            }
        };
        let covariates = self.given(&mut traits, &names)?;
        let rule = self.rule(&traits, !covariates.is_empty())?;
        let answers = self.read_given(data, &names, &covariates)?;
        if traits.names.len() > 1 || !covariates.is_empty() {
            self.check_many(&answers, &traits)?;
        }
        let design = self.design(&answers, &traits)?;
        let (layout, start) = layout(&design);
        let solved = self.solve(&answers, &layout, start, &rule)?;
        let mut fit = IrtFit::of(&self.asked(&rule), &answers, &traits, &solved);
        if let Some(wanted) = self.plausible {
            fit.plausible = PlausibleValues::of(&answers, &solved, &traits, wanted);
        }
        Ok(fit)
    }

    /// All covariates; each trait depends on those that were named for all.
    fn given(&self, traits: &mut Traits, items: &[String]) -> Result<Vec<String>> {
        if let Some(name) = self.covariates.iter().find(|name| items.contains(name)) {
            return Err(Error::Unsupported {
                what: format!("the item '{name}' as a covariate"),
                instead: "Name variables that are no items of the model.".into(),
            });
        }
        if traits.specific.is_some() && !self.covariates.is_empty() {
            return Err(Error::Unsupported {
                what: "a bifactor structure whose traits depend on covariates".into(),
                instead: "Leave out the covariates, or the specific traits.".into(),
            });
        }
        for d in 0..traits.names.len() {
            for name in &self.covariates {
                if !traits.regressions.contains(&(d, name.clone())) {
                    traits.regressions.push((d, name.clone()));
                }
            }
        }
        let mut all: Vec<String> = Vec::new();
        for (_, name) in &traits.regressions {
            if !all.contains(name) {
                all.push(name.clone());
            }
        }
        Ok(all)
    }

    /// The answers of a table, with the model of each item.
    pub(crate) fn read(&self, data: &Dataset, names: &[String]) -> Result<Answers> {
        self.read_given(data, names, &[])
    }

    fn read_given(&self, data: &Dataset, names: &[String], covariates: &[String]) -> Result<Answers> {
        if names.len() < 2 {
            let what = "an item response model".into();
            return Err(Error::TooFewItems { what, needed: 2, found: names.len() });
        }
        for (name, _) in &self.own_models {
            known_item(name, names)?;
        }
        let own = |name: &String| self.own_models.iter().rev().find(|(own, _)| own == name);
        let models = names.iter().map(|name| own(name).map_or(self.model, |(_, model)| *model)).collect();
        let reading = Reading {
            items: names,
            models,
            group: self.group.as_deref(),
            weights: self.weights.as_deref(),
            covariates,
            listwise: match self.missing {
                Missing::Listwise => true,
                Missing::Fiml => false,
                other => {
                    return Err(Error::Unsupported {
                        what: format!("missing = {other} in an item response model"),
                        instead: "Use fiml (answers as they are) or listwise.".into(),
                    });
                }
            },
        };
        reading.of(data)
    }

    /// What is equal in groups.
    pub(crate) fn design<'a>(&self, answers: &'a Answers, traits: &'a Traits) -> Result<Design<'a>> {
        let has = |what: GroupEquality| self.equal.contains(&what);
        for name in &self.anchors {
            known_item(name, &answers.names)?;
        }
        let equal: Vec<(bool, bool)> = answers
            .names
            .iter()
            .map(|name| {
                let anchor = self.anchors.is_empty() || self.anchors.contains(name);
                (anchor && has(GroupEquality::Slopes), anchor && has(GroupEquality::Intercepts))
            })
            .collect();
        check_categories(answers, &equal)?;
        Ok(Design {
            answers,
            traits,
            free_means: equal.iter().any(|(_, rest)| *rest) && !has(GroupEquality::Means),
            free_variances: equal.iter().any(|(slopes, _)| *slopes) && !has(GroupEquality::Variances),
            equal,
            lower_prior: self.lower_prior,
            upper_prior: self.upper_prior,
        })
    }

    /// What is not built of several traits.
    fn check_many(&self, answers: &Answers, traits: &Traits) -> Result<()> {
        let many = traits.names.len() > 1;
        let refuse = |what: &str, instead: &str| {
            let with = if many { "several traits" } else { "covariates" };
            Err(Error::Unsupported { what: format!("{what} with {with}"), instead: instead.into() })
        };
        if traits.specific.is_some() && answers.groups.len() > 1 {
            return refuse(
                "several groups of a bifactor structure",
                "Fit each group by itself, or without the specific traits.",
            );
        }
        match self.scores {
            Some(TraitEstimator::Map) if traits.specific.is_some() => {
                return refuse("modes of a bifactor structure as scores", "Use --scores eap.");
            }
            Some(TraitEstimator::Ml | TraitEstimator::Wle) => {
                return refuse(
                    "scores without a prior",
                    "Use --scores eap or map: one pattern may leave a trait without a maximum.",
                );
            }
            _ => {}
        }
        if traits.specific.is_some() && answers.models.iter().any(|model| model.frees_variance()) {
            return refuse("slopes fixed at 1 and a bifactor structure", "Use graded, gpcm or 2pl.");
        }
        Ok(())
    }

    /// What of this a fit is told.
    pub(crate) fn asked(&self, rule: &Rule) -> Asked {
        Asked {
            model: self.model,
            nodes: rule.nodes,
            integration: rule.integration,
            lower_prior: self.lower_prior,
            upper_prior: self.upper_prior,
            scores: self.scores,
            fit_statistics: self.fit_statistics,
        }
    }

    pub(crate) fn told(&self) -> &Progress {
        &self.progress
    }
}

fn known_item(name: &str, names: &[String]) -> Result<()> {
    if names.iter().any(|own| own == name) {
        return Ok(());
    }
    Err(Error::UnknownColumn {
        column: name.into(),
        source_name: "the items of the model".into(),
        nearest: nearest(name, names.iter().map(String::as_str)),
        available: names.to_vec(),
    })
}

/// A group with parameters of its own must use every category.
pub(crate) fn check_categories(answers: &Answers, equal: &[(bool, bool)]) -> Result<()> {
    let patterns = &answers.patterns;
    for (item, name) in answers.names.iter().enumerate().filter(|(item, _)| !equal[*item].1) {
        for (group, label) in answers.groups.iter().enumerate() {
            let used = |code: usize| {
                (0..patterns.len())
                    .any(|p| patterns.group[p] == group && usize::from(patterns.codes(p)[item]) == code)
            };
            if let Some(code) = (0..answers.codes[item].len()).find(|code| !used(*code)) {
                let category = answers.codes[item][code];
                return Err(Error::EmptyCategory { variable: name.clone(), category, group: label.clone() });
            }
        }
    }
    Ok(())
}
