//! A scale in the norm sample as numbers that are kept, and a respondent's score on it.

use super::distribution::Distribution;
use super::scoring::{GroupNorm, ScaleNorm, ScaleScore};
use super::trait_norms::TraitNorms;
use super::{MinimumAnswered, scoring};
use crate::estimate::{FactorRule, FactorScorer};
use crate::irt::TraitEstimator;
use crate::numeric::tails::{NORMAL_975, chi_square_tail};
use crate::numeric::{cholesky, rows};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// What a scale is in the norm sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScaleNorms {
    /// Dimension, or the construct.
    pub(super) scale: String,
    pub(super) items: Vec<String>,
    pub(super) alpha: f64,
    pub(super) average_r: Option<f64>,
    pub(super) distribution: Distribution,
    /// The same of each group.
    pub(super) groups: Vec<GroupNorms>,
    /// Means of the items, of complete answers.
    pub(super) means: Vec<f64>,
    /// Their covariance matrix, divisor n - 1.
    #[serde(with = "rows")]
    pub(super) covariance: DMatrix<f64>,
    pub(super) factor: FactorNorms,
    /// Its items by an item response model.
    #[serde(default, rename = "trait", skip_serializing_if = "TraitNorms::is_not_asked")]
    pub(super) of_trait: TraitNorms,
}

/// What a scale is in a group of the norm sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupNorms {
    pub(super) group: String,
    /// Respondents with complete answers.
    pub(super) n: usize,
    /// None of too few.
    pub(super) distribution: Option<Distribution>,
}

/// How answers become factor scores, or why they do not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FactorNorms {
    Rule(FactorRule),
    None(String),
}

/// What does not hang on a respondent, worked out once.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    /// Cholesky factor of the covariance matrix of all items.
    covariance: Option<DMatrix<f64>>,
    factor: Option<FactorScorer>,
}

/// How much must be answered for a score, and how scores on traits are estimated, where they are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) minimum: MinimumAnswered,
    pub(super) estimator: Option<TraitEstimator>,
}

/// Those with whom a score is compared, or why there are none.
pub(super) type Compared<'a> = Result<&'a Distribution, String>;

impl ScaleNorms {
    pub(super) fn ready(&self) -> Ready {
        let place = |item: &str| self.items.iter().position(|own| own == item);
        let factor = match &self.factor {
            FactorNorms::Rule(rule) => rule.ready(place),
            FactorNorms::None(_) => None,
        };
        Ready { covariance: factorised(self.covariance.clone()), factor }
    }

    /// Why these cannot be norms, and where.
    pub(super) fn fault(&self, ready: &Ready) -> Option<(&'static str, &'static str)> {
        let k = self.items.len();
        let numbers =
            self.means.iter().chain(self.covariance.iter()).chain(&self.average_r).chain([&self.alpha]);
        if k < 2 || self.means.len() != k || self.covariance.nrows() != k {
            return Some(("items", "items, means and covariances differ in number"));
        }
        if !numbers.copied().all(f64::is_finite) {
            return Some(("items", "a mean, a covariance or the reliability is not finite"));
        }
        let groups = self.groups.iter().filter_map(|own| own.distribution.as_ref());
        if let Some(why) = std::iter::once(&self.distribution).chain(groups).find_map(Distribution::fault) {
            return Some(("distribution", why));
        }
        if let Some(why) = self.of_trait.fault(&self.items) {
            return Some(("trait", why));
        }
        let FactorNorms::Rule(rule) = &self.factor else { return None };
        if let Some(why) = rule.fault() {
            return Some(("factor", why));
        }
        if !rule.items().iter().all(|item| self.items.iter().any(|own| own == item)) {
            return Some(("factor", "its model has an item that the scale has not"));
        }
        ready.factor.is_none().then_some(("factor", "a matrix of its model is singular"))
    }

    /// The scale for readers.
    pub(super) fn summary(&self) -> ScaleNorm {
        let group = |own: &GroupNorms| GroupNorm {
            group: own.group.clone(),
            n: own.n,
            mean: own.distribution.as_ref().map(|d| d.mean),
            sd: own.distribution.as_ref().map(|d| d.sd),
        };
        ScaleNorm {
            scale: self.scale.clone(),
            items: self.items.clone(),
            n: self.distribution.n,
            mean: self.distribution.mean,
            sd: self.distribution.sd,
            alpha: self.alpha,
            average_r: self.average_r,
            groups: self.groups.iter().map(group).collect(),
        }
    }

    /// The score from keyed answers to the scale's items, NaN where missing. It is longer than a page: every number stands
    /// beside the reason for which it may not exist.
    pub(super) fn score(
        &self,
        ready: &Ready,
        answers: &[f64],
        asked: Asked,
        compared: &Compared<'_>,
    ) -> ScaleScore {
        let given: Vec<usize> = (0..answers.len()).filter(|j| !answers[*j].is_nan()).collect();
        let (m, k) = (given.len(), answers.len());
        let needed = asked.minimum.items_of(k);
        let enough = m >= needed;
        let score = enough.then(|| given.iter().map(|j| answers[*j]).sum::<f64>() / m as f64);
        // of all items alpha itself, of fewer what Spearman and Brown expect
        let reliability = match self.average_r {
            _ if m == k => Some(self.alpha),
            r => r.map(|r| m as f64 * r / (1.0 + (m as f64 - 1.0) * r)),
        };
        let sd = self.distribution.sd;
        let se = score.and(reliability).map(|r| sd * (1.0 - r.clamp(0.0, 1.0)).sqrt());
        let end = |sign: f64| score.zip(se).map(|(score, se)| score + sign * NORMAL_975 * se);
        let among = |of: fn(&Distribution, f64) -> Option<f64>| of(compared.as_ref().ok()?, score?);
        let (percentile, t) = (among(|d, x| Some(d.percentile(x))), among(Distribution::t));
        let distance = if enough { self.distance(ready, answers, &given) } else { None };
        let pvalue = distance.map(|d| chi_square_tail(d, m as f64));
        let factor = match (&self.factor, &ready.factor) {
            (FactorNorms::Rule(_), Some(scorer)) if enough => Some(scorer.score(answers)),
            (FactorNorms::None(why), _) => {
                Some(Err(format!("no model of the scale: {}", why.trim_end_matches('.'))))
            }
            _ => None,
        };
        let found = factor.as_ref().and_then(|own| own.as_ref().ok()).filter(|_| enough);
        let method = asked.estimator.filter(|_| enough);
        let on_trait = method.map(|method| self.of_trait.score(&self.items, answers, method));
        let why = |name: &str| match (m, name) {
            (0, _) => "none answered".into(),
            _ if !enough => format!("{m} of {k} answered, {needed} needed"),
            (_, "factor" | "factor_se") => {
                factor.as_ref().and_then(|own| own.as_ref().err()).cloned().unwrap_or_default()
            }
            (_, "trait_score" | "trait_se") => {
                on_trait.as_ref().and_then(|own| own.as_ref().err()).cloned().unwrap_or_default()
            }
            (_, "percentile" | "t") => compared
                .as_ref()
                .err()
                .cloned()
                .unwrap_or_else(|| "the scores of the norm sample do not vary".into()),
            (_, "distance" | "pvalue") => {
                "the covariance matrix of the answered items has no inverse in the norm sample".into()
            }
            _ => "the reliability of fewer items needs their mean correlation, which is not defined".into(),
        };
        let (lower, upper) = (end(-1.0), end(1.0));
        let (factor_score, factor_se) = (found.map(|own| own.0), found.map(|own| own.1));
        let on_trait_found = on_trait.as_ref().and_then(|own| own.as_ref().ok());
        let (trait_score, trait_se) = (on_trait_found.map(|own| own.0), on_trait_found.map(|own| own.1));
        let numbers = [
            ("score", score),
            ("se", se),
            ("lower", lower),
            ("upper", upper),
            ("percentile", percentile),
            ("t", t),
            ("factor", factor_score),
            ("factor_se", factor_se),
            ("trait_score", trait_score),
            ("trait_se", trait_se),
            ("distance", distance),
            ("pvalue", pvalue),
        ];
        let is_asked = |name: &str| asked.estimator.is_some() || !name.starts_with("trait");
        let missing = numbers.into_iter().filter(|(name, value)| value.is_none() && is_asked(name));
        let reasons = missing.map(|(name, _)| (name.into(), why(name))).collect();
        ScaleScore {
            scale: self.scale.clone(),
            answered: m,
            items: k,
            missing: (0..k).filter(|j| answers[*j].is_nan()).map(|j| self.items[j].clone()).collect(),
            score,
            se,
            lower,
            upper,
            percentile,
            t,
            factor: factor_score,
            factor_se,
            trait_score,
            trait_se,
            distance,
            pvalue,
            unusual: pvalue.is_some_and(|p| p < scoring::UNUSUAL),
            reasons,
        }
    }

    /// D^2 of the answers that are given.
    fn distance(&self, ready: &Ready, answers: &[f64], given: &[usize]) -> Option<f64> {
        let m = given.len();
        let of_these;
        let factor = if m == answers.len() {
            ready.covariance.as_ref()?
        } else {
            of_these = factorised(DMatrix::from_fn(m, m, |i, j| self.covariance[(given[i], given[j])]))?;
            &of_these
        };
        let from: Vec<f64> = given.iter().map(|j| answers[*j] - self.means[*j]).collect();
        let mut solved = from.clone();
        cholesky::solve(factor, &mut solved);
        Some(from.iter().zip(&solved).map(|(a, b)| a * b).sum()).filter(|d: &f64| d.is_finite())
    }
}

fn factorised(mut matrix: DMatrix<f64>) -> Option<DMatrix<f64>> {
    cholesky::factorise(&mut matrix).ok()?;
    Some(matrix)
}
