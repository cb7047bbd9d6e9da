//! Scores of new respondents from a validated construct.
//!
//! ```text
//! score       mean of the answered items of a scale, when enough of them are answered (MinimumAnswered)
//! se          sd sqrt(1 - a_m), a_m = m r / (1 + (m - 1) r) of m answered items, r the mean correlation of the items
//! percentile  share of the norm sample below the score, and half of those who have it
//! T           50 + 10 (score - mean) / sd
//! factor      score of the factor of the scale's model (of ordinal items the mode of its posterior distribution)
//! fit         D^2 = (x - m)' S^-1 (x - m) of the answered items, chi-square(m): unusual below p = .001
//! ```
//!
//! Mean, standard deviation, correlations and S are those of the norm sample, its complete answers. Crawford & Garthwaite
//! (2009) for the mid-percentile; Mahalanobis distance as a person-fit index: Meade & Craig (2012), Psychological Methods
//! 17, 437-455.

use super::MinimumAnswered;
use crate::construct::Construct;
use crate::data::{Dataset, Responses};
use crate::error::{Error, Result, Warning};
use crate::estimate::{Fit, ScoreMethod};
use crate::evidence::internal_structure::{Alpha, resampled_covariance};
use crate::evidence::measured::{Asked, Measured, measured_dimensions};
use crate::evidence::total_score::{Opposed, TotalCaveat};
use crate::evidence::{MeasurementLevel, Validation};
use crate::model::Model;
use crate::moments::{Missing, Moments};
use crate::numeric::{cholesky, normal};
use nalgebra::DMatrix;
use ndarray::Axis;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A factor score with its standard error, or why there is none.
type FactorScore = std::result::Result<(f64, Option<f64>), String>;

/// Why there is no score of a respondent without answers.
const NONE_ANSWERED: &str = "none answered";

/// Probability below which answers do not fit.
const UNUSUAL: f64 = 0.001;

/// Scores respondents as a sample was scored.
pub struct Scorer<'a> {
    construct: &'a Construct,
    norms: Vec<Norm>,
    minimum: MinimumAnswered,
    n: usize,
    sha256: Option<String>,
    warnings: Vec<Warning>,
}

impl std::fmt::Debug for Scorer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scorer")
            .field("construct", &self.construct.id())
            .field("n", &self.n)
            .finish_non_exhaustive()
    }
}

/// What a scale is in the norm sample.
struct Norm {
    scale: ScaleNorm,
    /// Scores of the sample, ordered.
    sorted: Vec<f64>,
    means: Vec<f64>,
    covariance: DMatrix<f64>,
    /// The fitted model, or why there is none.
    fit: std::result::Result<Fit, String>,
}

/// A scale in the norm sample.
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
}

/// Scores of respondents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Scores {
    /// The construct.
    pub construct: String,
    /// Respondents of the norm sample.
    pub norm_n: usize,
    /// SHA-256 of the norm sample's file.
    pub norm_sha256: Option<String>,
    /// The least that must be answered for a score.
    pub minimum: MinimumAnswered,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RespondentScores {
    /// Id, or the number of the row where there are no ids.
    pub respondent: String,
    /// One entry per scale.
    pub scales: Vec<ScaleScore>,
}

/// A score on a scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleScore {
    /// The scale.
    pub scale: String,
    /// Items answered.
    pub answered: usize,
    /// Items of the scale.
    pub items: usize,
    /// Mean of the answers; none when fewer are answered than the minimum asks for.
    pub score: Option<f64>,
    /// Standard error of measurement.
    pub se: Option<f64>,
    /// Lower end of the 95 % interval, score -+ 1.96 se.
    pub lower: Option<f64>,
    /// Upper end.
    pub upper: Option<f64>,
    /// Percentile in the norm sample, 0 to 100.
    pub percentile: Option<f64>,
    /// T score.
    pub t: Option<f64>,
    /// Factor score; none without a model, and where there is no score.
    pub factor: Option<f64>,
    /// Its standard error.
    pub factor_se: Option<f64>,
    /// Mahalanobis distance of the answers from the norm sample, squared.
    pub distance: Option<f64>,
    /// Its p-value.
    pub pvalue: Option<f64>,
    /// Whether the answers do not fit the scale: p below .001.
    pub unusual: bool,
    /// Why a number does not exist, by the name of its field.
    pub reasons: BTreeMap<Cow<'static, str>, String>,
}

impl<'a> Scorer<'a> {
    /// Norms from the responses that the construct was validated on.
    ///
    /// The construct as a whole has a total score unless its dimensions go against each other or its rival structures say
    /// that they are not one construct: a warning then says why there is none.
    ///
    /// # Errors
    /// [`Error::NothingMeasured`] when no scale has a reliability. A scale without one is a warning.
    pub fn of(construct: &'a Construct, norm: &Responses, level: MeasurementLevel) -> Result<Self> {
        let everybody = measured_dimensions(construct, norm, Asked::OfEverybody);
        let (joint, missing, caveats) = (everybody.clone(), Missing::Fiml, Mutex::default());
        let measured = Measured { construct, responses: norm, level, missing, everybody, joint, caveats };
        let mut ids: Vec<String> = construct
            .dimensions
            .iter()
            .map(|d| d.id.clone())
            .filter(|id| measured.items_of(id).len() > 1)
            .collect();
        let mut warnings = Vec::new();
        if measured.everybody.len() > 1 {
            // a total of what is not one would be taken for a score
            let opposed = Opposed::of(&measured);
            let validation = Validation::of(construct).level(level);
            let of_rivals = validation.about_structures(norm, &measured.everybody, &opposed);
            match TotalCaveat::of(&opposed, of_rivals.as_ref()) {
                None => ids.push(construct.id().into()),
                Some(caveat) => warnings.push(Warning::NotDone {
                    what: format!("the total score of '{}'", construct.id()),
                    reason: caveat.reason,
                }),
            }
        }
        type Found = Result<(Norm, Option<Warning>)>;
        let each: Vec<(String, Found)> = ids
            .into_par_iter()
            .map(|id| {
                let norm = norm_of(&measured, &id);
                (id, norm)
            })
            .collect();
        let mut norms = Vec::new();
        for (id, found) in each {
            match found {
                Ok((norm, warning)) => {
                    norms.push(norm);
                    warnings.extend(warning);
                }
                Err(error) => {
                    warnings.push(Warning::NotDone {
                        what: format!("norms of '{id}'"),
                        reason: error.to_string(),
                    });
                }
            }
        }
        if norms.is_empty() {
            return Err(Error::NothingMeasured { construct: construct.id().into() });
        }
        Ok(Self {
            construct,
            norms,
            minimum: MinimumAnswered::default(),
            n: norm.ledger().rows_used,
            sha256: norm.sha256().map(Into::into),
            warnings,
        })
    }

    /// The least that must be answered for a score (default: half of a scale's items).
    ///
    /// # Errors
    /// [`Error::BadOption`] for a share that is not above 0 and at most 1, or no items.
    pub fn minimum_answered(mut self, minimum: MinimumAnswered) -> Result<Self> {
        minimum.check()?;
        self.minimum = minimum;
        Ok(self)
    }

    /// Scores of respondents: those of [`Responses::read_new`], or any others to the same construct.
    ///
    /// # Errors
    /// What the factor scores of a model report.
    pub fn score(&self, responses: &Responses) -> Result<Scores> {
        let n = responses.n();
        let columns: Vec<Vec<ScaleScore>> =
            self.norms.iter().map(|norm| norm.score(responses, self.minimum)).collect::<Result<_>>()?;
        let ids = responses.respondents();
        let refused = self.norms.iter().zip(&columns).map(|(norm, column)| {
            let needed = self.minimum.items_of(norm.scale.items.len());
            let none = column.iter().filter(|own| own.answered == 0).count();
            let below = column.iter().filter(|own| own.answered < needed).count();
            RefusedScores { scale: norm.scale.scale.clone(), needed, too_few: below - none, none }
        });
        let refused = refused.collect();
        let respondents = (0..n)
            .map(|row| RespondentScores {
                respondent: ids.map_or_else(|| (row + 1).to_string(), |ids| ids[row].clone()),
                scales: columns.iter().map(|column| column[row].clone()).collect(),
            })
            .collect();
        Ok(Scores {
            construct: self.construct.id().into(),
            norm_n: self.n,
            norm_sha256: self.sha256.clone(),
            minimum: self.minimum,
            scales: self.norms.iter().map(|norm| norm.scale.clone()).collect(),
            refused,
            respondents,
            warnings: self.warnings.clone(),
        })
    }
}

fn norm_of(measured: &Measured<'_>, id: &str) -> Result<(Norm, Option<Warning>)> {
    let items = measured.items_of(id);
    let rows = measured.responses.of_items(&items)?;
    let complete: Vec<Vec<f64>> =
        rows.outer_iter().map(|r| r.to_vec()).filter(|r| r.iter().all(|x| x.is_finite())).collect();
    let n = complete.len();
    let moments = Moments::of(items.iter().cloned(), rows.view(), Missing::Listwise)?;
    let alpha = Alpha::of(&moments)?;
    let missing = || Error::NoAnswerExists {
        what: format!("reliability of '{id}'"),
        why: "the total score does not vary".into(),
        remedy: "Leave the scale out.".into(),
    };
    let raw = alpha.raw.ok_or_else(missing)?;
    let k = items.len() as f64;
    let mut sorted: Vec<f64> = complete.iter().map(|r| r.iter().sum::<f64>() / k).collect();
    sorted.sort_by(f64::total_cmp);
    let mean = sorted.iter().sum::<f64>() / n as f64;
    let sd = (sorted.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0)).sqrt();
    let fitted =
        measured.measurement(id).and_then(Model::from_formulas).and_then(|model| measured.fit(&model));
    let fit = match fitted {
        Ok(fit) if fit.status.proper() => Ok(fit),
        Ok(fit) => Err(format!("the model {}", fit.status)),
        Err(error) => Err(error.to_string()),
    };
    let not_done = |reason: &String| Warning::NotDone {
        what: format!("factor scores of '{id}'"),
        reason: reason.clone(),
    };
    let warning = fit.as_ref().err().map(not_done);
    let means = (0..items.len()).map(|j| complete.iter().map(|r| r[j]).sum::<f64>() / n as f64).collect();
    let covariance = resampled_covariance(&complete, &vec![1; n]);
    let scale = ScaleNorm { scale: id.into(), items, n, mean, sd, alpha: raw, average_r: alpha.average_r };
    Ok((Norm { scale, sorted, means, covariance, fit }, warning))
}

impl Norm {
    fn score(&self, responses: &Responses, minimum: MinimumAnswered) -> Result<Vec<ScaleScore>> {
        let items = &self.scale.items;
        let rows = responses.of_items(items)?;
        let n = rows.nrows();
        let no_model = |why: &String| format!("no model of the scale: {}", why.trim_end_matches('.'));
        let mut factor: Vec<FactorScore> = match &self.fit {
            Ok(_) => vec![Err(NONE_ANSWERED.into()); n],
            Err(why) => vec![Err(no_model(why)); n],
        };
        if let Ok(fit) = &self.fit {
            // respondents with an answer, so that every ordinal item may be missing in some
            let answered: Vec<usize> = (0..n).filter(|i| rows.row(*i).iter().any(|x| !x.is_nan())).collect();
            if !answered.is_empty() {
                let data = Dataset::from_array(items.iter().cloned(), rows.select(Axis(0), &answered))?;
                let method = if fit.is_ordinal() { ScoreMethod::Ebm } else { ScoreMethod::Regression };
                let found = fit.scores(&data, None, method)?;
                // all of them have an answer, so that one reason is left
                let reason = found.reasons.first().map_or_else(String::new, |own| own.reason.to_string());
                answered.iter().for_each(|i| factor[*i] = Err(reason.clone()));
                let at = found.factors.iter().position(|f| *f == self.scale.scale).unwrap_or(0);
                for (i, (row, values)) in found.rows.iter().zip(&found.values).enumerate() {
                    let se = match &found.row_se {
                        Some(all) => all.get(i).and_then(|own| own.get(at)).copied().flatten(),
                        None => found.se.first().and_then(|own| own.get(at)).copied(),
                    };
                    if let Some(value) = values.get(at).copied().flatten() {
                        factor[answered[row - 1]] = Ok((value, se));
                    }
                }
            }
        }
        let scored = factor.into_iter().enumerate();
        Ok(scored.map(|(i, factor)| self.one(&rows.row(i).to_vec(), factor, minimum)).collect())
    }

    fn one(&self, row: &[f64], factor: FactorScore, minimum: MinimumAnswered) -> ScaleScore {
        let norm = &self.scale;
        let given: Vec<usize> = (0..row.len()).filter(|j| !row[*j].is_nan()).collect();
        let (m, k) = (given.len(), row.len());
        let needed = minimum.items_of(k);
        let enough = m >= needed;
        let score = enough.then(|| given.iter().map(|j| row[*j]).sum::<f64>() / m as f64);
        // of all items alpha itself, of fewer what Spearman and Brown expect
        let reliability = match norm.average_r {
            _ if m == k => Some(norm.alpha),
            r => r.map(|r| m as f64 * r / (1.0 + (m as f64 - 1.0) * r)),
        };
        let se = score.and(reliability).map(|r| norm.sd * (1.0 - r.clamp(0.0, 1.0)).sqrt());
        let half = normal::quantile(0.975);
        let end = |sign: f64| score.zip(se).map(|(score, se)| score + sign * half * se);
        let percentile = score.map(|score| {
            let below = self.sorted.partition_point(|x| *x < score - 1e-9);
            let up_to = self.sorted.partition_point(|x| *x <= score + 1e-9);
            100.0 * 0.5 * (below + up_to) as f64 / self.sorted.len() as f64
        });
        let distance = if enough { self.distance(row, &given) } else { None };
        let pvalue = distance.and_then(|d| Some(ChiSquared::new(m as f64).ok()?.sf(d)));
        let (lower, upper) = (end(-1.0), end(1.0));
        let t = score.filter(|_| norm.sd > 0.0).map(|score| 50.0 + 10.0 * (score - norm.mean) / norm.sd);
        let found = factor.as_ref().ok().filter(|_| enough);
        let (factor_score, factor_se) = (found.map(|(value, _)| *value), found.and_then(|(_, se)| *se));
        let no_error = "the reliability of fewer items needs their mean correlation, which is not defined";
        let why = |name: &str| match (m, &factor) {
            (0, _) => NONE_ANSWERED.into(),
            _ if !enough => format!("{m} of {k} answered, {needed} needed"),
            (_, Err(why)) if name == "factor" || name == "factor_se" => why.clone(),
            _ => match name {
                "se" | "lower" | "upper" => no_error.into(),
                "distance" | "pvalue" => {
                    "the covariance matrix of the answered items has no inverse in the norm sample".into()
                }
                "factor_se" => "the model gives no error of its scores".into(),
                _ => "the scores of the norm sample do not vary".into(),
            },
        };
        let numbers = [
            ("score", score),
            ("se", se),
            ("lower", lower),
            ("upper", upper),
            ("percentile", percentile),
            ("t", t),
            ("factor", factor_score),
            ("factor_se", factor_se),
            ("distance", distance),
            ("pvalue", pvalue),
        ];
        let missing = numbers.into_iter().filter(|(_, value)| value.is_none());
        let reasons = missing.map(|(name, _)| (name.into(), why(name))).collect();
        ScaleScore {
            scale: norm.scale.clone(),
            answered: m,
            items: k,
            score,
            se,
            lower,
            upper,
            percentile,
            t,
            factor: factor_score,
            factor_se,
            distance,
            pvalue,
            unusual: pvalue.is_some_and(|p| p < UNUSUAL),
            reasons,
        }
    }

    fn distance(&self, row: &[f64], given: &[usize]) -> Option<f64> {
        let m = given.len();
        let mut factor = DMatrix::from_fn(m, m, |i, j| self.covariance[(given[i], given[j])]);
        cholesky::factorise(&mut factor).ok()?;
        let from: Vec<f64> = given.iter().map(|j| row[*j] - self.means[*j]).collect();
        let mut solved = from.clone();
        cholesky::solve(&factor, &mut solved);
        Some(from.iter().zip(&solved).map(|(a, b)| a * b).sum())
    }
}
