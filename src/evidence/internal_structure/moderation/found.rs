//! What is found of parameters that depend on numbers.

use crate::error::Warning;
use crate::evidence::internal_structure::adjustment::Adjustment;
use crate::evidence::internal_structure::item_functioning::FunctioningTest;
use serde::{Deserialize, Serialize};

/// One factor whose parameters may be linear in numbers such as age and tenure: moderated nonlinear factor analysis (Bauer
/// 2017), of continuous items by maximum likelihood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Moderation {
    /// The numbers.
    pub numbers: Vec<ModeratingNumber>,
    /// Respondents used: those with every number and an answer to some item.
    pub n: usize,
    /// Respondents read.
    pub rows: usize,
    /// Log-likelihood of the model in which only the factor's mean and variance depend on the numbers.
    pub logl_equal: f64,
    /// Log-likelihood of the final model, in which the parameters of the items named do too.
    pub logl: f64,
    /// Its free parameters.
    pub npar: usize,
    /// Rounds made: in each the items named in those before are free, and one more is named.
    pub rounds: usize,
    /// Whether the last round named nothing; no where only two items are left that would be alike for everybody, and they
    /// are not: then nothing says what the factor is.
    pub is_settled: bool,
    /// Level of the tests.
    pub alpha: f64,
    /// What was done about the number of items.
    pub adjustment: Adjustment,
    /// Mean and log variance of the factor by the numbers.
    pub factor: Vec<ModeratedParameter>,
    /// The items, in the order given.
    pub items: Vec<ModeratedItem>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl Moderation {
    /// The items whose parameters depend on a number.
    pub fn named(&self) -> Vec<&str> {
        self.items.iter().filter(|item| item.is_named).map(|item| item.item.as_str()).collect()
    }
}

/// A number, with the unit in which the model has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModeratingNumber {
    /// Its name.
    pub name: String,
    /// Mean of the respondents used: where parameters without slope are those of everybody.
    pub mean: f64,
    /// Standard deviation, divisor n.
    pub sd: f64,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModeratedItem {
    /// The item.
    pub item: String,
    /// Whether its intercept depends on the numbers, the others' parameters alike for all (but those named before).
    pub uniform: Option<FunctioningTest>,
    /// Whether its loading does too.
    pub nonuniform: Option<FunctioningTest>,
    /// Both.
    pub total: Option<FunctioningTest>,
    /// Whether the adjusted p of `total` was below the level and larger than that of others in some round.
    pub is_named: bool,
    /// Intercept at the means of the numbers, final model.
    pub intercept: f64,
    /// Loading there; the factor has variance 1 there.
    pub loading: f64,
    /// Residual variance.
    pub residual_variance: f64,
    /// How intercept and loading depend on the numbers; none of an item that is not named.
    pub slopes: Vec<ModeratedParameter>,
    /// Why a test is missing.
    pub reason: Option<String>,
}

/// How a parameter depends on a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModeratedParameter {
    /// "mean", "log variance", "intercept" or "loading".
    pub parameter: String,
    /// The number.
    pub number: String,
    /// Change with one standard deviation of the number.
    pub per_sd: f64,
    /// Its standard error, from the observed information.
    pub se: Option<f64>,
    /// per_sd / se.
    pub z: Option<f64>,
    /// Two-sided p.
    pub pvalue: Option<f64>,
    /// Change with one unit of the number.
    pub per_unit: f64,
}
