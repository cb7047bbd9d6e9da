//! `irt`.

use super::choice::{Choice, Switch, explained, one_of, value};
use super::data::DataOptions;
use super::output::OutputOptions;
use super::validate::language;
use super::values::{Names, listed, names, range, samples};
use clap::{Args, ValueEnum};
use psychometrics::irt::{
    GroupEquality, Integration, ItemModel, ItemStandardErrors, LogitPrior, ShortFormGoal, TraitEstimator,
};
use psychometrics::moments::Missing;
use psychometrics::report::Language;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(mut_arg("from_aggregates", |own| own.hide(true)))] // it needs the rows
pub(crate) struct IrtOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The model of all items that have none of their own
    #[arg(long, value_parser = model(), default_value = "graded")]
    pub(crate) model: ItemModel,
    /// Models of single items: x1=2pl,x2=graded
    #[arg(long, value_name = "ITEM=MODEL,...", value_parser = item_models)]
    pub(crate) item_model: Vec<ItemModels>,
    /// Which items measure which traits, in a file in lavaan's syntax: several traits, or a bifactor structure
    #[arg(long, value_name = "MODEL")]
    pub(crate) structure: Option<PathBuf>,
    /// The items, a minus before those that are reversed: "x1,-x2"
    #[arg(long, alias = "items", value_name = "X1,-X2", value_parser = names, allow_hyphen_values = true)]
    pub(crate) keys: Vec<Names>,
    /// The declared range of the answers, such as 1..5; needed to reverse an item
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: Option<(f64, f64)>,
    /// How missing answers are treated
    #[arg(long, value_parser = missing(), default_value = "fiml")]
    pub(crate) missing: Missing,
    /// Normal prior on logit(guessing): mean and standard deviation; without it none
    #[arg(long, value_name = "MEAN,SD", value_parser = prior, allow_hyphen_values = true)]
    pub(crate) prior_guessing: Option<LogitPrior>,
    /// The same on the logit of the upper asymptote
    #[arg(long, value_name = "MEAN,SD", value_parser = prior, allow_hyphen_values = true)]
    pub(crate) prior_upper: Option<LogitPrior>,
    /// A variable that tells the group of each respondent
    #[arg(long, value_name = "VAR")]
    pub(crate) group: Option<String>,
    /// What is equal in all groups; means are free where intercepts of some items are equal, variances where slopes are
    #[arg(long, value_name = "WHAT,...", value_delimiter = ',', value_parser = one_of(GroupEquality::ALL), default_value = "slopes,intercepts", num_args = 0..)]
    pub(crate) group_equal: Vec<GroupEquality>,
    /// The items that are equal in all groups, while all others are free; without it all are
    #[arg(long, value_name = "A,B", value_parser = names)]
    pub(crate) anchors: Vec<Names>,
    /// A variable of sampling weights
    #[arg(long, value_name = "VAR")]
    pub(crate) weights: Option<String>,
    /// Variables on which the mean of the trait depends (latent regression)
    #[arg(long, value_name = "Z1,Z2", value_parser = names)]
    pub(crate) covariates: Vec<Names>,
    /// Marginal likelihood, or (Rasch family) conditional on sum scores
    #[arg(long, value_enum, default_value = "mml")]
    pub(crate) estimator: LikelihoodOption,
    /// Where the traits are integrated [default: grid; with covariates adaptive; from four traits on qmc]
    #[arg(long, value_parser = integration())]
    pub(crate) integration: Option<Integration>,
    /// Nodes on each dimension (61 of one trait, 31 of two, 15 of three, 25 of a bifactor structure unless said), or quasi-random nodes in all (500, or 125 for each trait)
    #[arg(long, value_name = "NODES")]
    pub(crate) quadrature: Option<usize>,
    /// How standard errors come about
    #[arg(long, value_parser = errors(), default_value = "oakes")]
    pub(crate) se: ItemStandardErrors,
    /// Scores of the respondents
    #[arg(long, value_parser = scores())]
    pub(crate) scores: Option<TraitEstimator>,
    /// So many plausible values of every respondent
    #[arg(long, value_name = "M", value_parser = samples)]
    pub(crate) plausible: Option<usize>,
    /// Seed of the plausible values
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Write scores and plausible values to this file (CSV, a row for each row of the data)
    #[arg(long, value_name = "FILE")]
    pub(crate) write_scores: Option<PathBuf>,
    /// Score the respondents by stored parameters (the JSON of an earlier `irt`) in the place of a fit
    #[arg(long, value_name = "FILE.json")]
    pub(crate) parameters: Option<PathBuf>,
    /// The dimension of that file, where it holds several
    #[arg(long, value_name = "ID", requires = "parameters")]
    pub(crate) dimension: Option<String>,
    /// The items with most information where --range says
    #[arg(long, value_name = "K")]
    pub(crate) short_form: Option<usize>,
    /// The range of the trait in which a short form is to be precise
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true, default_value = "-2..2")]
    pub(crate) range: (f64, f64),
    /// Information on average over the range, or the least within it
    #[arg(long, value_parser = one_of(ShortFormGoal::ALL), default_value = "mean")]
    pub(crate) goal: ShortFormGoal,
    /// Leave out what is said of fit (M2, S-X2, local dependence, person fit)
    #[arg(long, switch())]
    pub(crate) no_fit: Option<bool>,
    /// Language of the page
    #[arg(long, value_parser = language(), default_value = "en")]
    pub(crate) language: Language,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

/// Which likelihood is maximised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LikelihoodOption {
    /// Of the answers, over a normal trait
    Mml,
    /// Of the answers given each respondent's sum: rasch, pcm, rsm
    Cml,
}

fn integration() -> Choice<Integration> {
    explained([
        value(Integration::Grid, "Equally spaced nodes, the same for all; up to three traits"),
        value(Integration::Adaptive, "Gauss-Hermite nodes where each respondent is; up to three traits"),
        value(Integration::Qmc, "A quasi-random set of nodes where each respondent is; up to twenty traits"),
    ])
}

fn model() -> Choice<ItemModel> {
    explained(ItemModel::ALL.iter().map(|model| value(model, title(*model))))
}

fn title(model: ItemModel) -> &'static str {
    match model {
        ItemModel::Rasch => "Two categories, slope 1, variance of the trait free",
        ItemModel::OneParameter => "Two categories, one slope for all items",
        ItemModel::TwoParameter => "Two categories, a slope and a difficulty for each item",
        ItemModel::ThreeParameter => "The same with a lower asymptote (guessing)",
        ItemModel::FourParameter => "The same with an upper asymptote too",
        ItemModel::Graded => "Ordered categories: graded response model",
        ItemModel::GeneralizedPartialCredit => "Ordered categories: generalised partial credit",
        ItemModel::PartialCredit => "Ordered categories: partial credit, slope 1, variance of the trait free",
        ItemModel::RatingScale => "The same with steps that all items share",
        ItemModel::Nominal => "Categories whose order the answers tell",
        _ => "",
    }
}

fn missing() -> Choice<Missing> {
    explained([
        value(Missing::Fiml, "Every respondent with an answer, by the likelihood of the answers there are"),
        value(Missing::Listwise, "Rows with complete answers only"),
    ])
}

fn errors() -> Choice<ItemStandardErrors> {
    explained([
        value(ItemStandardErrors::Oakes, "Observed information, by Oakes' identity"),
        value(ItemStandardErrors::Observed, "The same matrix"),
        value(ItemStandardErrors::Sandwich, "Robust: taken with sampling weights"),
        value(ItemStandardErrors::Crossproduct, "Outer products of the scores"),
        value(ItemStandardErrors::None, "None"),
    ])
}

pub(super) fn scores() -> Choice<TraitEstimator> {
    explained([
        value(TraitEstimator::Eap, "Mean of the posterior"),
        value(TraitEstimator::Map, "Mode of the posterior"),
        value(TraitEstimator::Ml, "Maximum likelihood: none for extreme answers"),
        value(TraitEstimator::Wle, "Weighted likelihood"),
    ])
}

/// `x1=2pl`.
fn item_models(text: &str) -> Result<ItemModels, String> {
    let of = |named: String| {
        let (item, model) = named.rsplit_once('=').ok_or("expected ITEM=MODEL, such as x1=2pl")?;
        let model = model.trim().parse().map_err(|error: psychometrics::Error| error.to_string())?;
        Ok((item.trim().to_string(), model))
    };
    listed(&[names(text)?]).into_iter().map(of).collect::<Result<_, String>>().map(ItemModels)
}

/// Models of single items, in a list.
#[derive(Debug, Clone)]
pub(crate) struct ItemModels(pub(crate) Vec<(String, ItemModel)>);

/// `-1.386,1`.
fn prior(text: &str) -> Result<LogitPrior, String> {
    let number = |part: &str| part.trim().parse::<f64>().ok().filter(|x| x.is_finite());
    match text.split_once(',').and_then(|(mean, sd)| Some((number(mean)?, number(sd)?))) {
        Some((mean, sd)) if sd > 0.0 => Ok(LogitPrior { mean, sd }),
        Some(_) => Err("the standard deviation must be above 0".into()),
        None => Err("expected a mean and a standard deviation, such as -1.386,1".into()),
    }
}
