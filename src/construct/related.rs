//! What stands around the measurement: data, other variables, hypotheses, the analysis asked for.

use super::{ColumnRef, Layout, Service};
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::path::PathBuf;

/// Where the data are, and which columns have a role. Paths are relative to the construct file.
///
/// ```
/// use psychometrics::construct::{Construct, DataSource, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
///
/// // code 9 is no answer, and 'role' divides the respondents
/// let data = DataSource { groups: vec!["role".into()], missing_codes: vec!["9".into()], ..DataSource::default() };
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .item(Item::new("q1", "care", "five"))
///     .data(data)
///     .build()?;
/// let responses = Responses::builder(&construct).group("role", ["a", "b", "a"]).item("q1", [4, 9, 5]).build()?;
/// assert_eq!((responses.groups()[0].levels.len(), responses.ledger().cells_missing()), (2, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DataSource {
    /// Answers to the items, one row per respondent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responses: Option<PathBuf>,
    /// The sheet of the responses, where they are in a workbook with several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Whose header rows the responses have; recognised where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Service>,
    /// Expert ratings of the items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratings: Option<PathBuf>,
    /// Items sorted by judges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_sort: Option<PathBuf>,
    /// Coded interview excerpts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excerpts: Option<PathBuf>,
    /// Codes given by several coders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<PathBuf>,
    /// Column that identifies the respondent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respondent: Option<String>,
    /// Columns that divide the respondents into groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Column in which respondents are nested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Cell contents that mean "missing", next to the empty cell and `NA`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_codes: Vec<String>,
}

impl DataSource {
    /// How the file of the responses is laid out.
    pub fn layout(&self) -> Layout {
        Layout { sheet: self.sheet.clone(), header: self.header }
    }
}

/// How expert ratings are read: their scale, and from where on an item is relevant or essential.
///
/// ```
/// use psychometrics::construct::Construct;
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let rule = construct.content.unwrap();
/// assert_eq!((rule.low, rule.high, rule.relevant, rule.essential), (1.0, 4.0, 3.0, None));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ContentRule {
    /// Lowest rating.
    pub low: f64,
    /// Highest rating.
    pub high: f64,
    /// Lowest rating that counts as relevant.
    pub relevant: f64,
    /// Lowest rating that counts as essential; as `relevant` where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub essential: Option<f64>,
}

/// What a variable is to the construct.
///
/// ```
/// use psychometrics::construct::VariableRole;
/// assert_eq!("criterion".parse(), Ok(VariableRole::Criterion));
/// assert_eq!(VariableRole::Criterion.to_string(), "criterion");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum VariableRole {
    /// An accepted measure of the same thing.
    Criterion,
    /// What the construct should lead to.
    Outcome,
    /// What should change the construct.
    Intervention,
    /// What is to be held constant.
    Covariate,
}

/// An observed variable outside the construct: a numeric column of the data.
///
/// ```
/// use psychometrics::construct::{Construct, VariableRole};
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let criteria = construct.variables.iter().filter(|own| own.role == VariableRole::Criterion);
/// assert_eq!(criteria.map(|own| own.id.as_str()).collect::<Vec<_>>(), ["work_engagement"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Name: the column, where `column` says nothing else.
    pub id: String,
    /// The column of the data, where it has another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<ColumnRef>,
    /// What it is to the construct.
    pub role: VariableRole,
    /// Title for readers.
    #[serde(default, skip_serializing_if = "super::Localized::is_empty")]
    pub title: super::Localized,
    /// How reliably it is measured, where that is known: for the correction for attenuation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reliability: Option<f64>,
}

/// Direction of an expected relation.
///
/// ```
/// use psychometrics::construct::Sign;
/// assert_eq!("negative".parse(), Ok(Sign::Negative));
/// assert_eq!(Sign::Negative.to_string(), "negative");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Sign {
    /// More goes with more.
    Positive,
    /// More goes with less.
    Negative,
    /// No relation is expected.
    None,
}

/// An expected relation, with what it rests on.
///
/// ```
/// use psychometrics::construct::{Construct, Sign};
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let first = &construct.hypotheses[0];
/// assert_eq!((first.sign, first.sign.to_string().as_str()), (Sign::Positive, "positive"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// Id.
    pub id: String,
    /// The construct, a dimension or a variable.
    pub from: String,
    /// The construct, a dimension or a variable.
    pub to: String,
    /// Expected direction.
    pub sign: Sign,
    /// Smallest size that would confirm it, as a correlation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// What the expectation rests on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// A structure that the construct's items may have: rivals of one another.
///
/// ```
/// use psychometrics::construct::Structure;
/// assert_eq!("second_order".parse(), Ok(Structure::SecondOrder));
/// assert_eq!(Structure::SecondOrder.to_string(), "second_order");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Structure {
    /// All items on one factor.
    OneFactor,
    /// One factor per leaf, all correlated.
    Correlated,
    /// Leaves under their dimension (where it has facets), dimensions under the construct.
    SecondOrder,
    /// A general factor and one per leaf, all uncorrelated.
    Bifactor,
}

impl Structure {
    /// All structures, from the simplest to the richest.
    pub const ALL: [Structure; 4] =
        [Structure::OneFactor, Structure::Correlated, Structure::SecondOrder, Structure::Bifactor];

    /// Name as in the construct file.
    pub fn name(self) -> &'static str {
        match self {
            Structure::OneFactor => "one_factor",
            Structure::Correlated => "correlated",
            Structure::SecondOrder => "second_order",
            Structure::Bifactor => "bifactor",
        }
    }
}

/// What the validation is asked to do.
///
/// ```
/// use psychometrics::construct::{Analysis, Repetition, Structure};
/// let analysis = Analysis::default();
/// assert_eq!(analysis.structures, Structure::ALL);
/// assert_eq!(analysis.sensitivity, Repetition::None);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Structures that are set side by side.
    #[serde(default = "all_structures")]
    pub structures: Vec<Structure>,
    /// Whether the mean of all items is a score; where it is not (`total_score = false`) none is made of respondents, and the
    /// report says so.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub total_score: bool,
    /// Whether item response models of the dimensions are fitted, and items compared between groups by them too.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub item_response: bool,
    /// Whether it is repeated without respondents who may not have read the items: `sensitivity = true` of the file, or
    /// the number of indices of careless answers that must agree.
    #[serde(default, skip_serializing_if = "Repetition::is_none")]
    pub sensitivity: Repetition,
}

impl Default for Analysis {
    fn default() -> Self {
        Self {
            structures: all_structures(),
            total_score: true,
            item_response: true,
            sensitivity: Repetition::None,
        }
    }
}

/// Whether the validation is repeated without flagged respondents.
///
/// ```
/// use psychometrics::construct::Repetition;
/// assert_eq!("true".parse(), Ok(Repetition::WithoutFlagged));
/// assert_eq!(Repetition::WithoutFlagged.to_string(), "true");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repetition {
    /// It is not: `false`.
    #[default]
    None,
    /// Without those whom the usual number of indices flag: `true`.
    WithoutFlagged,
    /// Without those whom so many indices flag, at least 1.
    WithoutFlaggedBy(usize),
}

impl Repetition {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

impl Serialize for Repetition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_bool(false),
            Self::WithoutFlagged => serializer.serialize_bool(true),
            Self::WithoutFlaggedBy(flags) => serializer.serialize_u64(*flags as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Repetition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BoolOrCount;
        impl Visitor<'_> for BoolOrCount {
            type Value = Repetition;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, or how many indices must flag a respondent (1 or more)")
            }

            fn visit_bool<E: de::Error>(self, yes: bool) -> Result<Repetition, E> {
                Ok(if yes { Repetition::WithoutFlagged } else { Repetition::None })
            }

            fn visit_i64<E: de::Error>(self, count: i64) -> Result<Repetition, E> {
                match usize::try_from(count) {
                    Ok(flags) if flags > 0 => Ok(Repetition::WithoutFlaggedBy(flags)),
                    _ => Err(E::invalid_value(Unexpected::Signed(count), &self)),
                }
            }

            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Repetition, E> {
                match usize::try_from(count) {
                    Ok(flags) if flags > 0 => Ok(Repetition::WithoutFlaggedBy(flags)),
                    _ => Err(E::invalid_value(Unexpected::Unsigned(count), &self)),
                }
            }
        }
        deserializer.deserialize_any(BoolOrCount)
    }
}

fn yes() -> bool {
    true
}

fn is_yes(yes: &bool) -> bool {
    *yes
}

fn all_structures() -> Vec<Structure> {
    Structure::ALL.to_vec()
}
