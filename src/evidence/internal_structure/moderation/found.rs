//! What is found of parameters that depend on numbers.

use crate::error::Warning;
use crate::evidence::internal_structure::adjustment::Adjustment;
use crate::evidence::internal_structure::item_functioning::FunctioningTest;
use serde::{Deserialize, Serialize};

/// One factor whose parameters may be linear in numbers such as age and tenure: moderated nonlinear factor analysis (Bauer
/// 2017), of continuous items by maximum likelihood.
///
/// ```
/// use psychometrics::evidence::internal_structure::ModerationStudy;
///
/// // 200 persons; the last item rises with age, whatever the level
/// let noise = |row: usize, item: usize| {
///     let x = (row as f64 * 12.9898 + item as f64 * 78.233).sin() * 43_758.545;
///     2.0 * (x - x.floor()) - 1.0
/// };
/// let ages: Vec<f64> = (0..200).map(|row| 20.0 + (row % 41) as f64).collect();
/// let answers = ndarray::Array2::from_shape_fn((200, 4), |(row, item)| {
///     noise(row, 9) + noise(row, item) + if item == 3 { 0.05 * ages[row] } else { 0.0 }
/// });
/// let items = ["x1", "x2", "x3", "x4"].map(String::from);
/// let found = ModerationStudy::default().run(&items, answers.view(), &[("age", &ages)])?;
/// assert_eq!((found.n, found.npar, found.rounds, found.is_settled), (200, 16, 2, true));
/// assert_eq!(found.named(), ["x4"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::internal_structure::ModerationStudy;
///
/// // 200 persons; the last item rises with age, whatever the level
/// let noise = |row: usize, item: usize| {
///     let x = (row as f64 * 12.9898 + item as f64 * 78.233).sin() * 43_758.545;
///     2.0 * (x - x.floor()) - 1.0
/// };
/// let ages: Vec<f64> = (0..200).map(|row| 20.0 + (row % 41) as f64).collect();
/// let answers = ndarray::Array2::from_shape_fn((200, 4), |(row, item)| {
///     noise(row, 9) + noise(row, item) + if item == 3 { 0.05 * ages[row] } else { 0.0 }
/// });
/// let items = ["x1", "x2", "x3", "x4"].map(String::from);
/// let found = ModerationStudy::default().run(&items, answers.view(), &[("age", &ages)])?;
/// let age = &found.numbers[0];
/// assert_eq!(age.name, "age");
/// assert_eq!(format!("{:.2} {:.2}", age.mean, age.sd), "39.55 11.63");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::internal_structure::ModerationStudy;
///
/// // 200 persons; the last item rises with age, whatever the level
/// let noise = |row: usize, item: usize| {
///     let x = (row as f64 * 12.9898 + item as f64 * 78.233).sin() * 43_758.545;
///     2.0 * (x - x.floor()) - 1.0
/// };
/// let ages: Vec<f64> = (0..200).map(|row| 20.0 + (row % 41) as f64).collect();
/// let answers = ndarray::Array2::from_shape_fn((200, 4), |(row, item)| {
///     noise(row, 9) + noise(row, item) + if item == 3 { 0.05 * ages[row] } else { 0.0 }
/// });
/// let items = ["x1", "x2", "x3", "x4"].map(String::from);
/// let found = ModerationStudy::default().run(&items, answers.view(), &[("age", &ages)])?;
/// let last = &found.items[3];
/// assert_eq!((last.item.as_str(), last.is_named, last.slopes.len()), ("x4", true, 2));
/// assert_eq!(format!("{:.2} {:.2}", last.intercept, last.loading), "2.03 0.58");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::evidence::internal_structure::ModerationStudy;
///
/// // 200 persons; the last item rises with age, whatever the level
/// let noise = |row: usize, item: usize| {
///     let x = (row as f64 * 12.9898 + item as f64 * 78.233).sin() * 43_758.545;
///     2.0 * (x - x.floor()) - 1.0
/// };
/// let ages: Vec<f64> = (0..200).map(|row| 20.0 + (row % 41) as f64).collect();
/// let answers = ndarray::Array2::from_shape_fn((200, 4), |(row, item)| {
///     noise(row, 9) + noise(row, item) + if item == 3 { 0.05 * ages[row] } else { 0.0 }
/// });
/// let items = ["x1", "x2", "x3", "x4"].map(String::from);
/// let found = ModerationStudy::default().run(&items, answers.view(), &[("age", &ages)])?;
/// let slope = found.items[3].slopes.iter().find(|own| own.parameter == "intercept").unwrap();
/// // the item rises by .05 a year
/// assert_eq!(slope.number, "age");
/// assert_eq!(format!("{:.3} {:.3}", slope.per_unit, slope.per_sd), "0.047 0.544");
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
