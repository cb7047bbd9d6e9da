//! Scores of new respondents: what they are.
//!
//! ```text
//! score       mean of the answered items of a scale, when enough of them are answered (MinimumAnswered)
//! se          sd sqrt(1 - a_m), a_m = m r / (1 + (m - 1) r) of m answered items, r the mean correlation of the items
//! percentile  share of the norm sample below the score, and half of those who have it
//! T           50 + 10 (score - mean) / sd
//! factor      score of the factor of the scale's model (of ordinal items the mode of its posterior distribution)
//! trait       score on the trait of the graded model of the scale's items (EAP, MAP, ML, WLE), in standard deviations of
//!             the norm sample's trait
//! fit         D^2 = (x - m)' S^-1 (x - m) of the answered items, chi-square(m): unusual below p = .001
//! ```
//!
//! Mean, standard deviation, correlations and S are those of the norm sample, its complete answers. Crawford & Garthwaite
//! (2009) for the mid-percentile; Mahalanobis distance as a person-fit index: Meade & Craig (2012), Psychological Methods
//! 17, 437-455.

use super::MinimumAnswered;
use crate::error::Warning;
use crate::irt::TraitEstimator;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Probability below which answers do not fit.
pub(super) const UNUSUAL: f64 = 0.001;

/// A scale in the norm sample.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::{MeasurementLevel, consequences::Norms};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let scores = Norms::of(&construct, &responses, MeasurementLevel::Continuous)?.score_all(&responses)?;
/// let scale = &scores.scales[0];
/// assert_eq!((scale.scale.as_str(), scale.n, scale.items.len()), ("care", 4, 3));
/// assert_eq!(format!("{:.3} {:.3} {:.3}", scale.mean, scale.sd, scale.alpha), "2.750 1.549 0.950");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleNorm {
    /// Dimension, or the construct.
    pub scale: String,
    /// Its items.
    pub items: Vec<String>,
    /// Respondents of the norm sample with complete answers.
    pub n: usize,
    /// Mean of their scores.
    pub mean: f64,
    /// Standard deviation, divisor N - 1.
    pub sd: f64,
    /// Alpha.
    pub alpha: f64,
    /// Mean correlation between the items; none where one of them is not defined.
    pub average_r: Option<f64>,
    /// The groups of the norm sample, where they have norms of their own.
    pub groups: Vec<GroupNorm>,
}

/// A scale in a group of the norm sample.
///
/// ```
/// use psychometrics::evidence::consequences::GroupNorm;
///
/// // fewer than 50 respondents are no norms
/// let stored = r#"{"group":"nurse","n":12,"mean":null,"sd":null}"#;
/// let group: GroupNorm = serde_json::from_str(stored).unwrap();
/// assert_eq!((group.group.as_str(), group.n, group.mean), ("nurse", 12, None));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupNorm {
    /// Value of the grouping variable.
    pub group: String,
    /// Respondents of the group with complete answers.
    pub n: usize,
    /// Mean of their scores; none of fewer than 50, which are no norms.
    pub mean: Option<f64>,
    /// Standard deviation, divisor n - 1; none of fewer than 50.
    pub sd: Option<f64>,
}

/// Scores of respondents.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::{MeasurementLevel, consequences::Norms};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("d"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "d", "five")))
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let norms = Norms::of(&construct, &responses, MeasurementLevel::Continuous)?;
/// let scores = norms.score_all(&responses)?;
/// assert_eq!((scores.norm_n, scores.respondents.len()), (4, 4));
/// let first = &scores.respondents[0].scales[0];
/// assert_eq!((first.scale.as_str(), first.answered), ("d", 3));
/// assert_eq!(format!("{:.3}", first.score.unwrap()), "1.333");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Scores {
    /// The construct.
    pub construct: String,
    /// Respondents of the norm sample.
    pub norm_n: usize,
    /// SHA-256 of the norm sample's file.
    pub norm_sha256: Option<String>,
    /// The variable within whose groups percentile and T are; none within the whole sample.
    pub grouping: Option<String>,
    /// The least that must be answered for a score.
    pub minimum: MinimumAnswered,
    /// How scores on traits are estimated; none where they are not asked for.
    #[serde(default)]
    pub estimator: Option<TraitEstimator>,
    /// The scales.
    pub scales: Vec<ScaleNorm>,
    /// Scores that were refused since too little was answered, by scale.
    pub refused: Vec<RefusedScores>,
    /// One entry per respondent, in the order of the data.
    pub respondents: Vec<RespondentScores>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// How many respondents have no score on a scale.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::{MeasurementLevel, consequences::Norms};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let scores = Norms::of(&construct, &responses, MeasurementLevel::Continuous)?.score_all(&responses)?;
/// // of three items two must be answered
/// let refused = &scores.refused[0];
/// assert_eq!((refused.scale.as_str(), refused.needed, refused.too_few, refused.none), ("care", 2, 0, 0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RefusedScores {
    /// The scale.
    pub scale: String,
    /// Items that must be answered.
    pub needed: usize,
    /// Respondents who answered some, but fewer.
    pub too_few: usize,
    /// Those who answered none.
    pub none: usize,
}

/// Scores of a respondent.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::{MeasurementLevel, consequences::Norms};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let scores = Norms::of(&construct, &responses, MeasurementLevel::Continuous)?.score_all(&responses)?;
/// let last = &scores.respondents[3];
/// assert_eq!((last.respondent.as_str(), last.group.as_deref(), last.scales.len()), ("4", None, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RespondentScores {
    /// Id, or the number of the row where there are no ids.
    pub respondent: String,
    /// The group within which percentile and T are; none within the whole sample, and where it is not known.
    pub group: Option<String>,
    /// One entry per scale.
    pub scales: Vec<ScaleScore>,
}

/// A score on a scale.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::{MeasurementLevel, consequences::Norms};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let scores = Norms::of(&construct, &responses, MeasurementLevel::Continuous)?.score_all(&responses)?;
/// let score = &scores.respondents[2].scales[0];
/// assert_eq!((score.answered, score.items, score.missing.len()), (3, 3, 0));
/// // above three of four, and level with one
/// assert_eq!(
///     format!("{:.1} {:.1} {:.1}", score.score.unwrap(), score.percentile.unwrap(), score.t.unwrap()),
///     "4.7 87.5 62.4"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleScore {
    /// The scale.
    pub scale: String,
    /// Items answered.
    pub answered: usize,
    /// Items of the scale.
    pub items: usize,
    /// Items that are not answered.
    pub missing: Vec<String>,
    /// Mean of the answers; none when fewer are answered than the minimum asks for.
    pub score: Option<f64>,
    /// Standard error of measurement.
    pub se: Option<f64>,
    /// Lower end of the 95 % interval, score -+ 1.96 se.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Percentile in the norm sample or its group, 0 to 100.
    pub percentile: Option<f64>,
    /// T score: mean 50 and standard deviation 10 in the norm sample or its group.
    pub t: Option<f64>,
    /// Factor score; none without a model, and where there is no score.
    pub factor: Option<f64>,
    /// Its standard error.
    pub factor_se: Option<f64>,
    /// Score on the trait of an item response model, where it is asked for; none without a model, and where there is no score.
    #[serde(default)]
    pub trait_score: Option<f64>,
    /// Its standard error.
    #[serde(default)]
    pub trait_se: Option<f64>,
    /// Mahalanobis distance of the answers from the norm sample, squared.
    pub distance: Option<f64>,
    /// Its p-value.
    pub pvalue: Option<f64>,
    /// Whether the answers do not fit the scale: p below .001.
    pub unusual: bool,
    /// Why a number does not exist, by the name of its field.
    pub reasons: BTreeMap<Cow<'static, str>, String>,
}
