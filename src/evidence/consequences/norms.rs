//! Norms: what a validated sample says of the scores of others, by itself, without the sample.

use super::claim::{Claim, ClaimedItem};
use super::distribution::Distribution;
use super::scale_norms::{Asked, Compared, Ready, ScaleNorms};
use super::scoring::{RefusedScores, RespondentScores, ScaleNorm, ScaleScore, Scores};
use super::trait_norms::TraitNorms;
use super::{MinimumAnswered, SMALLEST_GROUP};
use crate::construct::Construct;
use crate::data::{Grouping, Responses};
use crate::error::{Error, Result, Warning, nearest};
use crate::evidence::MeasurementLevel;
use crate::irt::TraitEstimator;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::collections::HashMap;

/// Norms of a construct: everything that scores of new respondents need, and no answers of anybody.
///
/// Made once, from the sample that the construct was validated on ([`Norms::of`], [`Norms::of_groups`]); kept as JSON
/// ([`Norms::to_json`], [`Norms::from_json`], or any format of serde); asked from as many threads as there are
/// ([`Norms::score`] of one respondent, [`Norms::score_all`] of a file).
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::MeasurementLevel;
/// use psychometrics::evidence::consequences::Norms;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("agreement", 1, 5))
///     .dimension(Dimension::new("knowledge"))
///     .items(["k1", "k2", "k3"].map(|id| Item::new(id, "knowledge", "agreement")))
///     .build()?;
/// let rows = [[1., 2., 2.], [2., 1., 3.], [3., 3., 2.], [2., 3., 3.], [4., 4., 5.], [5., 4., 4.], [4., 5., 5.], [3., 4., 3.]];
/// let sample = Responses::builder(&construct).answers(ndarray::arr2(&rows)).build()?;
/// let text = Norms::of(&construct, &sample, MeasurementLevel::Continuous)?.to_json();
///
/// let norms = Norms::from_json(&text)?;
/// norms.check(&construct)?;
/// let scores = norms.score([("k1", 4.0), ("k2", 4.0), ("k3", 3.0)])?;
/// assert_eq!(scores[0].score, Some(11.0 / 3.0));
/// // five of the eight have less, nobody the same
/// assert_eq!(scores[0].percentile, Some(62.5));
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # What the file holds, and what it tells of people
///
/// Of each scale: means and covariances of its items, alpha, the parameters of its model (and of its items by an item response
/// model, where they are asked for with [`Norms::with_traits`]), and the table of its scores:
/// each mean of complete answers that occurs, with how many have it, as a test's manual prints it. That table gives the
/// percentile of [`Norms::score`] to the last digit; factor scores, which are about as many as respondents, have none.
/// No answers, no ids, and nothing that joins the scales of one person. A score that one respondent has is in the table
/// with the count 1: who knows that somebody took part and scored highest reads that score. Means and covariances of
/// very few respondents give their answers away; `n` stands beside every scale, and a group has norms of its own only
/// from 50 complete answers on. Where groups add up to the sample but for one, the rest's table is the difference.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Norms {
    stored: Stored,
    /// Items in the order in which a respondent's answers are held, with their places.
    places: HashMap<String, usize>,
    /// Of each scale the places of its items.
    columns: Vec<Vec<usize>>,
    ready: Vec<Ready>,
}

impl PartialEq for Norms {
    fn eq(&self, other: &Self) -> bool {
        self.stored == other.stored
    }
}

/// The version of the file.
pub(super) const SCHEMA: &str = "psychometrics.norms/1";

/// What is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stored {
    pub(super) schema: String,
    /// Of the claim.
    pub(super) fingerprint: String,
    pub(super) claim: Claim,
    pub(super) level: MeasurementLevel,
    pub(super) minimum: MinimumAnswered,
    /// Respondents of the sample with an answer.
    pub(super) n: usize,
    /// SHA-256 of its file.
    pub(super) sha256: Option<String>,
    /// The grouping variable, where groups have norms of their own.
    pub(super) grouping: Option<String>,
    /// How scores on traits are estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) estimator: Option<TraitEstimator>,
    pub(super) scales: Vec<ScaleNorms>,
    /// What could not be made, with the reason.
    pub(super) not_done: Vec<(String, String)>,
}

impl TryFrom<Stored> for Norms {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        if stored.schema != SCHEMA {
            let place = "'schema'".into();
            return Err(Error::NormsVersion { place, found: Some(stored.schema), expected: SCHEMA.into() });
        }
        let damaged = |place: String, what: &str| Error::DamagedNorms { place, what: what.into() };
        if stored.fingerprint != stored.claim.fingerprint() {
            return Err(damaged(
                "'fingerprint'".into(),
                "it is not that of 'claim': one of the two was changed",
            ));
        }
        stored.minimum.check()?;
        let places: HashMap<String, usize> =
            stored.claim.items.keys().enumerate().map(|(i, id)| (id.clone(), i)).collect();
        let (mut columns, mut ready) = (Vec::new(), Vec::new());
        for scale in &stored.scales {
            let place = |part: &str| format!("scale '{}', '{part}'", scale.scale);
            let own = scale.ready();
            if let Some((part, why)) = scale.fault(&own) {
                return Err(damaged(place(part), why));
            }
            let found =
                scale.items.iter().map(|item| places.get(item).copied()).collect::<Option<Vec<usize>>>();
            columns.push(found.ok_or_else(|| damaged(place("items"), "an item is not in 'claim'"))?);
            ready.push(own);
            let groups = |of: &ScaleNorms| of.groups.iter().map(|own| own.group.clone()).collect::<Vec<_>>();
            if groups(scale) != groups(&stored.scales[0]) {
                return Err(damaged(place("groups"), "they are not those of the first scale"));
            }
        }
        Ok(Self { stored, places, columns, ready })
    }
}

impl From<Norms> for Stored {
    fn from(norms: Norms) -> Self {
        norms.stored
    }
}

/// With whom a respondent is compared.
#[derive(Debug, Clone, Copy)]
enum Reference<'a> {
    Everybody,
    /// A group, by its position.
    Group(usize),
    /// A group that is not known.
    NoGroup(&'a str),
}

impl Norms {
    /// The least that must be answered for a score (default: half of a scale's items). Norms rest on complete answers
    /// whatever it is.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a share that is not above 0 and at most 1, or no items.
    pub fn minimum_answered(mut self, minimum: MinimumAnswered) -> Result<Self> {
        minimum.check()?;
        self.stored.minimum = minimum;
        Ok(self)
    }

    /// How scores on traits are estimated, of norms that were made with [`Norms::with_traits`].
    ///
    /// # Errors
    /// [`Error::Unsupported`] of norms without item response models.
    pub fn trait_estimator(mut self, estimator: TraitEstimator) -> Result<Self> {
        if !self.stored.scales.iter().any(|scale| matches!(scale.of_trait, TraitNorms::Bank(_))) {
            return Err(Error::Unsupported {
                what: "scores on traits by norms that hold no item response model".into(),
                instead: "Make the norms anew from the sample, with --method.".into(),
            });
        }
        self.stored.estimator = Some(estimator);
        Ok(self)
    }

    /// Id of the construct.
    pub fn construct(&self) -> &str {
        &self.stored.claim.construct
    }

    /// Respondents of the norm sample with an answer.
    pub fn n(&self) -> usize {
        self.stored.n
    }

    /// What answers were taken for in the models.
    pub fn level(&self) -> MeasurementLevel {
        self.stored.level
    }

    /// SHA-256, in hexadecimal, of what scores depend on in the construct: the ids of construct, dimensions, facets and
    /// items, codes, keys, and whom dimensions were asked of. Wording and order are no part of it.
    pub fn fingerprint(&self) -> &str {
        &self.stored.fingerprint
    }

    /// The scales in the norm sample.
    pub fn scales(&self) -> Vec<ScaleNorm> {
        self.stored.scales.iter().map(ScaleNorms::summary).collect()
    }

    /// The variable by whose groups there are norms, where there are any.
    pub fn grouping(&self) -> Option<&str> {
        self.stored.grouping.as_deref()
    }

    /// Its groups in the norm sample, those without norms of their own too.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.stored
            .scales
            .first()
            .into_iter()
            .flat_map(|scale| scale.groups.iter().map(|own| own.group.as_str()))
    }

    /// What could not be made: scales, total, factor scores, groups.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut all = self.of_everybody();
        all.extend(self.groups().enumerate().filter_map(|(at, group)| self.of_small_group(at, group)));
        all
    }

    /// What could not be made of the whole sample.
    fn of_everybody(&self) -> Vec<Warning> {
        let warning = |(what, reason): &(String, String)| Warning::NotDone {
            what: what.clone(),
            reason: reason.clone(),
        };
        self.stored.not_done.iter().map(warning).collect()
    }

    /// A group that has no norms of its own, with the scales on which it has none.
    fn of_small_group(&self, at: usize, group: &str) -> Option<Warning> {
        let lacking: Vec<&ScaleNorms> =
            self.stored.scales.iter().filter(|scale| scale.groups[at].distribution.is_none()).collect();
        let n = lacking.iter().map(|scale| scale.groups[at].n).max()?;
        let names: Vec<&str> = lacking.iter().map(|scale| scale.scale.as_str()).collect();
        let variable = self.grouping().unwrap_or_default();
        let most = if names.len() > 1 { "at most " } else { "" };
        Some(Warning::NotDone {
            what: format!("norms of {variable} '{group}' on {}", names.join(", ")),
            reason: format!("{most}{}", too_few(group, n)),
        })
    }

    /// Whether scores of a construct are those of these norms.
    ///
    /// # Errors
    /// [`Error::OtherConstruct`] with the first difference.
    pub fn check(&self, construct: &Construct) -> Result<()> {
        self.stored.claim.check(construct)
    }

    /// Scores of one respondent, a scale each: answers by item, as codes of the scale before any key is applied. A missing
    /// answer is left out; a scale has a score when enough of its items are answered
    /// ([`Norms::minimum_answered`]), and [`ScaleScore::missing`] names the others.
    ///
    /// The same numbers as [`Norms::score_all`] of a file with that row.
    ///
    /// # Errors
    /// [`Error::UnknownReference`] for an item that the norms have not, [`Error::AnsweredTwice`], [`Error::NotFinite`],
    /// [`Error::OffScale`].
    pub fn score<S: AsRef<str>, V: Borrow<f64>>(
        &self,
        answers: impl IntoIterator<Item = (S, V)>,
    ) -> Result<Vec<ScaleScore>> {
        Ok(self.scores_of(&self.keyed(answers)?, Reference::Everybody))
    }

    /// The same, with percentile and T within a group of the norm sample. All else rests on the whole sample: items measure
    /// alike in all groups, or their scores cannot be compared.
    ///
    /// # Errors
    /// [`Error::UnknownGroup`], and as [`Norms::score`].
    pub fn score_in_group<S: AsRef<str>, V: Borrow<f64>>(
        &self,
        group: &str,
        answers: impl IntoIterator<Item = (S, V)>,
    ) -> Result<Vec<ScaleScore>> {
        let reference = self.reference(group, None)?;
        Ok(self.scores_of(&self.keyed(answers)?, reference))
    }

    /// Scores of respondents: those of [`Responses::read_new`], or any others to the same construct.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for an item that they lack.
    pub fn score_all(&self, responses: &Responses) -> Result<Scores> {
        self.scores(responses, None)
    }

    /// The same, with percentile and T of each respondent within the own group.
    ///
    /// # Errors
    /// [`Error::Unsupported`] by norms of the whole sample only, [`Error::UnknownColumn`] where the respondents have no
    /// such groups, [`Error::UnknownGroup`], and as [`Norms::score_all`].
    pub fn score_all_by_group(&self, responses: &Responses) -> Result<Scores> {
        let Some(variable) = self.grouping() else {
            return Err(Error::Unsupported {
                what: "comparison within groups by norms of the whole sample only".into(),
                instead: "Make the norms with a grouping variable of the construct (--group VAR).".into(),
            });
        };
        let known = || responses.groups().iter().map(|own| own.variable.as_str());
        let grouping = responses.groups().iter().find(|own| own.variable == variable);
        let grouping = grouping.ok_or_else(|| Error::UnknownColumn {
            column: variable.into(),
            source_name: "the groups of the respondents".into(),
            nearest: nearest(variable, known()),
            available: known().map(Into::into).collect(),
        })?;
        self.scores(responses, Some(grouping))
    }

    fn scores(&self, responses: &Responses, grouping: Option<&Grouping>) -> Result<Scores> {
        let stored = &self.stored;
        let mut items: Vec<&str> = vec![""; self.places.len()];
        self.places.iter().for_each(|(item, place)| items[*place] = item);
        let rows = responses.of_items(&items)?;
        let ids = responses.respondents();
        let one = |row: usize| {
            let respondent = ids.map_or_else(|| (row + 1).to_string(), |ids| ids[row].clone());
            let group = grouping.and_then(|own| own.label(row));
            let reference = match (grouping, group) {
                (None, _) => Reference::Everybody,
                (Some(grouping), None) => Reference::NoGroup(&grouping.variable),
                (_, Some(group)) => self.reference(group, Some(&respondent))?,
            };
            let scales = self.scores_of(&rows.row(row).to_vec(), reference);
            Ok(RespondentScores { respondent, group: group.map(Into::into), scales })
        };
        let respondents: Vec<RespondentScores> =
            (0..responses.n()).into_par_iter().map(one).collect::<Result<_>>()?;
        let refused = stored.scales.iter().enumerate().map(|(at, scale)| {
            let needed = stored.minimum.items_of(scale.items.len());
            let answered = || respondents.iter().map(|own| own.scales[at].answered);
            let none = answered().filter(|m| *m == 0).count();
            let below = answered().filter(|m| *m < needed).count();
            RefusedScores { scale: scale.scale.clone(), needed, too_few: below - none, none }
        });
        Ok(Scores {
            construct: self.construct().into(),
            norm_n: stored.n,
            norm_sha256: stored.sha256.clone(),
            grouping: grouping.map(|own| own.variable.clone()),
            minimum: stored.minimum,
            estimator: stored.estimator,
            scales: self.scales(),
            refused: refused.collect(),
            respondents,
            warnings: grouping.map_or_else(|| self.of_everybody(), |_| self.warnings()),
        })
    }

    fn scores_of(&self, answers: &[f64], reference: Reference<'_>) -> Vec<ScaleScore> {
        let each = self.stored.scales.iter().zip(&self.ready).zip(&self.columns);
        each.map(|((scale, ready), columns)| {
            let own: Vec<f64> = columns.iter().map(|column| answers[*column]).collect();
            let asked = Asked { minimum: self.stored.minimum, estimator: self.stored.estimator };
            scale.score(ready, &own, asked, &self.compared(scale, reference))
        })
        .collect()
    }

    fn compared<'a>(&self, scale: &'a ScaleNorms, reference: Reference<'_>) -> Compared<'a> {
        match reference {
            Reference::Everybody => Ok(&scale.distribution),
            Reference::NoGroup(variable) => Err(format!("no value of '{variable}'")),
            Reference::Group(at) => {
                let own = &scale.groups[at];
                own.distribution.as_ref().ok_or_else(|| too_few(&own.group, own.n))
            }
        }
    }

    fn reference(&self, group: &str, respondent: Option<&str>) -> Result<Reference<'_>> {
        let at = self.groups().position(|own| own == group);
        at.map(Reference::Group).ok_or_else(|| Error::UnknownGroup {
            group: group.into(),
            variable: self.grouping().map(Into::into),
            respondent: respondent.map(Into::into),
            nearest: nearest(group, self.groups()),
            available: self.groups().map(Into::into).collect(),
        })
    }

    /// Keyed answers in their places, NaN where there is none.
    fn keyed<S: AsRef<str>, V: Borrow<f64>>(
        &self,
        answers: impl IntoIterator<Item = (S, V)>,
    ) -> Result<Vec<f64>> {
        let mut keyed = vec![f64::NAN; self.places.len()];
        for (item, answer) in answers {
            let (id, value) = (item.as_ref(), *answer.borrow());
            let place = self.places.get(id).copied();
            let (Some(place), Some(item)) = (place, self.stored.claim.items.get(id)) else {
                let ids = self.stored.claim.items.keys().map(String::as_str);
                let (from, kind) = ("an answer".into(), "item");
                return Err(Error::UnknownReference {
                    from,
                    kind: kind.into(),
                    to: id.into(),
                    nearest: nearest(id, ids),
                });
            };
            if !value.is_finite() {
                return Err(Error::NotFinite { what: format!("the answer to '{id}'") });
            }
            if !keyed[place].is_nan() {
                return Err(Error::AnsweredTwice { item: id.into() });
            }
            keyed[place] = item.keyed(value).ok_or_else(|| off_scale(id, value, item))?;
        }
        Ok(keyed)
    }
}

fn off_scale(id: &str, value: f64, item: &ClaimedItem) -> Error {
    Error::OffScale { item: id.into(), value, allowed: item.values() }
}

/// Why a group has no norms of its own.
fn too_few(group: &str, n: usize) -> String {
    format!("{n} of the norm sample with complete answers are in group '{group}', {SMALLEST_GROUP} needed")
}

/// Of enough complete answers.
pub(super) fn of_group(scores: Vec<f64>) -> Option<Distribution> {
    (scores.len() >= SMALLEST_GROUP).then(|| Distribution::of(scores))
}
