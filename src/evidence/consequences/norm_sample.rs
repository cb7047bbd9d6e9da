//! Norms from a sample.

use super::claim::Claim;
use super::distribution::Distribution;
use super::norms::{Norms, SCHEMA, Stored, of_group};
use super::scale_norms::{FactorNorms, GroupNorms, ScaleNorms};
use super::trait_norms::TraitNorms;
use super::{MinimumAnswered, SMALLEST_GROUP};
use crate::construct::Construct;
use crate::data::{Grouping, Progress, Responses};
use crate::error::{Error, Result, nearest};
use crate::evidence::internal_structure::{Alpha, resampled_covariance};
use crate::evidence::measured::{Asked, Measured, measured_dimensions};
use crate::evidence::total_score::{Opposed, TotalCaveat};
use crate::evidence::{MeasurementLevel, Validation};
use crate::irt::TraitEstimator;
use crate::model::Model;
use crate::moments::{Missing, Moments};
use crate::numeric::rows;
use rayon::prelude::*;
use std::sync::Mutex;

/// What could not be made, and why.
type NotDone = (String, String);

impl Norms {
    /// Norms from the responses that the construct was validated on.
    ///
    /// The construct as a whole has a total score unless its dimensions go against each other or its rival structures say
    /// that they are not one construct: a warning then says why there is none.
    ///
    /// # Errors
    /// [`Error::NothingMeasured`] when no scale has a reliability. A scale without one is a warning.
    pub fn of(construct: &Construct, sample: &Responses, level: MeasurementLevel) -> Result<Self> {
        made(construct, sample, level, None)
    }

    /// The same, and percentiles and T within each group of a grouping variable of the construct. A group has norms of a
    /// scale from 50 complete answers on: with fewer a percentile has a standard error above 7 points, sqrt(p (1 - p) / n),
    /// and the table tells of people more than of scores.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] when the sample has no such groups, and as [`Norms::of`].
    pub fn of_groups(
        construct: &Construct,
        sample: &Responses,
        level: MeasurementLevel,
        variable: &str,
    ) -> Result<Self> {
        let known = || sample.groups().iter().map(|own| own.variable.as_str());
        let grouping = sample.groups().iter().find(|own| own.variable == variable);
        let grouping = grouping.ok_or_else(|| Error::UnknownColumn {
            column: variable.into(),
            source_name: "the grouping variables of the construct".into(),
            nearest: nearest(variable, known()),
            available: known().map(Into::into).collect(),
        })?;
        made(construct, sample, level, Some(grouping))
    }
}

impl Norms {
    /// The same norms with an item response model of each dimension (graded; of ordinal items, three or more), by which respondents
    /// have scores on the trait too: its mean is 0 and its standard deviation 1 in the norm sample. A scale without one is a warning.
    ///
    /// ```
    /// use psychometrics::construct::Construct;
    /// use psychometrics::data::Responses;
    /// use psychometrics::evidence::{MeasurementLevel, consequences::Norms};
    /// use psychometrics::irt::TraitEstimator;
    ///
    /// let mut construct = Construct::from_path("data/professional_conduct/construct.toml")?;
    /// construct.dimensions.retain(|own| own.id == "methodical");
    /// construct.items.retain(|own| own.dimension == "methodical");
    /// construct.hypotheses.clear();
    /// let sample = Responses::read(&construct)?;
    /// let norms = Norms::of(&construct, &sample, MeasurementLevel::ByScale)?.with_traits(&construct, &sample)?;
    /// let norms = Norms::from_json(&norms.trait_estimator(TraitEstimator::Wle)?.to_json())?;
    /// let scores = norms.score([("me_1", 4.0), ("me_2", 5.0), ("me_3", 4.0), ("me_4", 2.0), ("me_5", 3.0)])?;
    /// assert_eq!(scores[0].score, Some(4.0));
    /// assert!(scores[0].trait_score.unwrap() > 0.0 && scores[0].trait_se.unwrap() < 0.5);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OtherConstruct`] for a construct that is not that of the norms; [`Error::NoAnswerExists`] where no scale has such
    /// a model.
    pub fn with_traits(self, construct: &Construct, sample: &Responses) -> Result<Self> {
        self.check(construct)?;
        let level = self.level();
        let mut stored = Stored::from(self);
        let traits: Vec<TraitNorms> = stored
            .scales
            .par_iter()
            .map(|own| TraitNorms::of(construct, sample, level, (&own.scale, &own.items)))
            .collect();
        for (scale, own) in stored.scales.iter_mut().zip(traits) {
            if let TraitNorms::None(why) = &own {
                stored.not_done.push((format!("scores on the trait of '{}'", scale.scale), why.clone()));
            }
            scale.of_trait = own;
        }
        if !stored.scales.iter().any(|own| matches!(own.of_trait, TraitNorms::Bank(_))) {
            let why = stored.not_done.last().map_or_else(String::new, |(_, why)| why.clone());
            return Err(Error::NoAnswerExists {
                what: "scores on traits".into(),
                why,
                remedy: "Take the mean scores, which need no item response model.".into(),
            });
        }
        stored.estimator = Some(TraitEstimator::default());
        Self::try_from(stored)
    }
}

fn made(
    construct: &Construct,
    sample: &Responses,
    level: MeasurementLevel,
    grouping: Option<&Grouping>,
) -> Result<Norms> {
    let everybody = measured_dimensions(construct, sample, Asked::OfEverybody);
    let (joint, missing, caveats) = (everybody.clone(), Missing::Fiml, Mutex::default());
    let progress = Progress::default();
    let measured =
        Measured { construct, responses: sample, level, missing, everybody, joint, caveats, progress };
    let mut ids: Vec<String> = construct
        .dimensions
        .iter()
        .map(|d| d.id.clone())
        .filter(|id| measured.items_of(id).len() > 1)
        .collect();
    let mut not_done: Vec<NotDone> = Vec::new();
    if measured.everybody.len() > 1 {
        // a total of what is not one would be taken for a score
        let opposed = Opposed::of(&measured);
        let validation = Validation::of(construct).level(level);
        let of_rivals = validation.about_structures(sample, &measured.everybody, &opposed);
        match TotalCaveat::of(construct, &opposed, of_rivals.as_ref()) {
            None => ids.push(construct.id().into()),
            Some(caveat) => {
                not_done.push((format!("the total score of '{}'", construct.id()), caveat.reason))
            }
        }
    }
    let each: Vec<(String, Result<ScaleNorms>)> = ids
        .into_par_iter()
        .map(|id| {
            let norms = norms_of(&measured, &id, grouping);
            (id, norms)
        })
        .collect();
    let mut scales = Vec::new();
    for (id, found) in each {
        match found {
            Ok(scale) => {
                if let FactorNorms::None(reason) = &scale.factor {
                    not_done.push((format!("factor scores of '{id}'"), reason.clone()));
                }
                scales.push(scale);
            }
            Err(error) => not_done.push((format!("norms of '{id}'"), error.to_string())),
        }
    }
    if scales.is_empty() {
        return Err(Error::NothingMeasured { construct: construct.id().into() });
    }
    let claim = Claim::of(construct);
    Norms::try_from(Stored {
        schema: SCHEMA.into(),
        fingerprint: claim.fingerprint(),
        claim,
        level,
        minimum: MinimumAnswered::default(),
        n: sample.ledger().rows_used,
        sha256: sample.sha256().map(Into::into),
        grouping: grouping.map(|own| own.variable.clone()),
        estimator: None,
        scales,
        not_done,
    })
}

fn norms_of(measured: &Measured<'_>, id: &str, grouping: Option<&Grouping>) -> Result<ScaleNorms> {
    let items = measured.items_of(id);
    let rows = measured.responses.of_items(&items)?;
    let (at, complete): (Vec<usize>, Vec<Vec<f64>>) = rows
        .outer_iter()
        .map(|row| row.to_vec())
        .enumerate()
        .filter(|(_, row)| row.iter().all(|x| x.is_finite()))
        .unzip();
    let n = complete.len();
    let moments = Moments::of(items.iter().cloned(), rows.view(), Missing::Listwise)?;
    let alpha = Alpha::of(&moments)?;
    let missing = || Error::NoAnswerExists {
        what: format!("reliability of '{id}'"),
        why: "the total score does not vary".into(),
        remedy: "Leave the scale out.".into(),
    };
    let raw = alpha.raw.ok_or_else(missing)?;
    let scores: Vec<f64> = complete.iter().map(|row| row.iter().sum::<f64>() / items.len() as f64).collect();
    let in_group = |own: &Grouping, level: usize| -> Vec<f64> {
        let members = at.iter().zip(&scores).filter(|(row, _)| own.codes[**row] == Some(level));
        members.map(|(_, score)| *score).collect()
    };
    let of_groups = |own: &Grouping| -> Vec<GroupNorms> {
        let levels = own.levels.iter().enumerate();
        let found = levels.map(|(level, group)| (group.clone(), in_group(own, level)));
        found.map(|(group, own)| GroupNorms { group, n: own.len(), distribution: of_group(own) }).collect()
    };
    let mut norms = ScaleNorms {
        scale: id.into(),
        alpha: raw,
        average_r: alpha.average_r,
        groups: grouping.map(of_groups).unwrap_or_default(),
        distribution: Distribution::of(scores),
        means: (0..items.len()).map(|j| complete.iter().map(|r| r[j]).sum::<f64>() / n as f64).collect(),
        covariance: rows::mirrored(&resampled_covariance(&complete, &vec![1; n])),
        factor: factor_of(measured, id),
        of_trait: TraitNorms::NotAsked,
        items,
    };
    // a model whose numbers cannot be kept is none
    if let (FactorNorms::Rule(_), Some((_, why))) = (&norms.factor, norms.fault(&norms.ready())) {
        norms.factor = FactorNorms::None(why.into());
    }
    Ok(norms)
}

/// The rule of the scale's model, or why there is none.
fn factor_of(measured: &Measured<'_>, id: &str) -> FactorNorms {
    let fitted =
        measured.measurement(id).and_then(Model::from_formulas).and_then(|model| measured.fit(&model));
    let rule = fitted.and_then(|fit| match fit.status.proper() {
        true => fit.factor_rule(id).map(FactorNorms::Rule),
        false => Ok(FactorNorms::None(format!("the model {}", fit.status))),
    });
    rule.unwrap_or_else(|error| FactorNorms::None(error.to_string()))
}

const _: () = assert!(SMALLEST_GROUP == 50, "the docs of Norms say 50");
