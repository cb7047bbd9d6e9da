//! Agreement between coders (raters, judges) who put units into categories.
//!
//! Every usual coefficient, one a file: [`CohenPair`], [`fleiss_kappa`](super::fleiss_kappa), [`Gwet`], [`Krippendorff`].
//!
//! A missing code is left out: Fleiss takes the units that all coded, Cohen those that both coded, percent agreement,
//! Gwet and Krippendorff those with two codes or more. Intervals are percentiles over samples of the units.

use super::beyond_chance::observed;
use super::codes::Codes;
use super::cohen::{CohenPair, cohen_pairs};
use super::fleiss::fleiss;
use super::gwet::{Gwet, gwet_of};
use super::krippendorff::{Krippendorff, Metric, krippendorff};
use crate::error::{Error, Result, Warning};
use crate::evidence::{Interval, Resampling};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// Agreement of coders by every usual coefficient.
///
/// ```
/// use psychometrics::evidence::Resampling;
/// use psychometrics::evidence::content::{Agreement, Codes};
///
/// let codes = [[1.0, 1.0], [2.0, 2.0], [1.0, 2.0], [2.0, 2.0]];
/// let codes = Codes::new(codes.map(|unit| unit.map(Some).to_vec()).to_vec());
/// let found = Agreement::of(&codes, Resampling { replicates: 100, seed: 1 })?;
/// assert_eq!((found.percent, found.cohen), (Some(0.75), Some(0.5)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Agreement {
    /// Units with a code.
    pub units: usize,
    /// Coders.
    pub coders: usize,
    /// Their names.
    pub coder_names: Vec<String>,
    /// Categories that were possible: those given, or those that occur.
    pub categories: Vec<String>,
    /// Missing codes.
    pub missing: usize,
    /// Mean share of agreeing pairs of coders, of units with two codes or more.
    pub percent: Option<f64>,
    /// Cohen's kappa, the mean over pairs of coders.
    pub cohen: Option<f64>,
    /// The same with linear weights; none of labels without an order.
    pub cohen_linear: Option<f64>,
    /// The same with quadratic weights; none of labels without an order.
    pub cohen_quadratic: Option<f64>,
    /// Each pair of coders.
    pub pairs: Vec<CohenPair>,
    /// Fleiss's kappa, of the units that all coded.
    pub fleiss: Option<f64>,
    /// How many units these are.
    pub fleiss_units: usize,
    /// Krippendorff's alpha.
    pub krippendorff: Krippendorff,
    /// Gwet's coefficients.
    pub gwet: Gwet,
    /// Why a coefficient does not exist, by its name.
    pub reasons: BTreeMap<Cow<'static, str>, String>,
    /// 95 % percentile intervals over samples of the units.
    pub intervals: BTreeMap<Cow<'static, str>, Option<Interval>>,
    /// Replicates and seed of the intervals.
    pub resampling: Resampling,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl Agreement {
    /// Of the codes of a table.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::evidence::Resampling;
    /// use psychometrics::evidence::content::{Agreement, Codes};
    ///
    /// let codes = Codes::of(&Dataset::read_csv("tests/data/ratings.csv")?)?;
    /// let found = Agreement::of(&codes, Resampling::default())?;
    /// assert_eq!(format!("{:.4}", found.krippendorff.ordinal.unwrap()), "0.4443");
    /// assert_eq!(format!("{:.4}", found.fleiss.unwrap()), "0.1523");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoAnswerExists`] when fewer than two units have two codes.
    pub fn of(codes: &Codes, resampling: Resampling) -> Result<Self> {
        let counts = codes.counts();
        let twice = counts.iter().filter(|c| c.iter().sum::<f64>() > 1.0).count();
        if twice < 2 {
            return Err(Error::NoAnswerExists {
                what: "agreement of coders".into(),
                why: format!("{twice} units have codes of two coders"),
                remedy: "Let two coders or more code the same units: one row a unit, one column a coder."
                    .into(),
            });
        }
        let weights = vec![1; codes.codes.len()];
        let pairs = cohen_pairs(codes);
        let mean = |of: fn(&CohenPair) -> Option<f64>| {
            let values: Option<Vec<f64>> = pairs.iter().map(of).collect();
            values.map(|v| v.iter().sum::<f64>() / v.len() as f64)
        };
        let found = Coefficients::of(codes, &counts, &weights);
        let names = ["percent", "fleiss", "nominal", "ordinal", "interval", "ac1", "ac2"];
        let drawn = resampling.of(codes.codes.len(), names.len(), |times| {
            Coefficients::of(codes, &counts, times).listed().to_vec()
        });
        let intervals =
            names.iter().enumerate().map(|(i, name)| ((*name).into(), drawn.interval(i, LEVEL))).collect();
        let missing = codes.codes.iter().flatten().filter(|c| c.is_none()).count();
        let mut warnings = Vec::new();
        if codes.labels.len() == 1 {
            warnings.push(Warning::NotDone {
                what: "agreement beyond chance".into(),
                reason: format!("every code is '{}': chance alone agrees on that", codes.labels[0]),
            });
        }
        let (cohen, linear, quadratic) = (mean(|p| p.kappa), mean(|p| p.linear), mean(|p| p.quadratic));
        let fleiss_units =
            counts.iter().filter(|c| c.iter().sum::<f64>() == codes.coders.len() as f64).count();
        let reasons = Reasons { codes, pairs: &pairs, counts: &counts, fleiss_units }.of([
            ("cohen", cohen),
            ("cohen_linear", linear),
            ("cohen_quadratic", quadratic),
            ("fleiss", found.fleiss),
            ("nominal", found.krippendorff.nominal),
            ("ordinal", found.krippendorff.ordinal),
            ("interval", found.krippendorff.interval),
            ("ratio", found.krippendorff.ratio),
            ("ac1", found.gwet.ac1),
            ("ac2", found.gwet.ac2),
            ("ac2_linear", found.gwet.ac2_linear),
        ]);
        Ok(Self {
            units: counts.iter().filter(|c| c.iter().any(|x| *x > 0.0)).count(),
            coders: codes.coders.len(),
            coder_names: codes.coders.clone(),
            categories: codes.labels.clone(),
            missing,
            percent: found.percent,
            cohen,
            cohen_linear: linear,
            cohen_quadratic: quadratic,
            pairs,
            fleiss: found.fleiss,
            fleiss_units,
            reasons,
            krippendorff: found.krippendorff,
            gwet: found.gwet,
            intervals,
            resampling,
            warnings,
        })
    }
}

/// Why coefficients do not exist.
struct Reasons<'a> {
    codes: &'a Codes,
    pairs: &'a [CohenPair],
    counts: &'a [Vec<f64>],
    fleiss_units: usize,
}

impl Reasons<'_> {
    fn of<const N: usize>(
        &self,
        found: [(&'static str, Option<f64>); N],
    ) -> BTreeMap<Cow<'static, str>, String> {
        found
            .into_iter()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| (name.into(), self.reason(name)))
            .collect()
    }

    fn reason(&self, name: &str) -> String {
        let needs_order =
            matches!(name, "cohen_linear" | "cohen_quadratic" | "ordinal" | "ac2" | "ac2_linear");
        if needs_order && !self.codes.ordered {
            return "the codes are labels without an order: give it (--codes low,middle,high)".into();
        }
        if matches!(name, "interval" | "ratio") && !self.codes.numeric {
            return "the codes are labels: it needs numbers".into();
        }
        if name == "ratio" && self.codes.categories.iter().any(|code| *code < 0.0) {
            return "a code is negative".into();
        }
        let used = |k: usize| self.counts.iter().any(|unit| unit[k] > 0.0);
        if (0..self.codes.labels.len()).filter(|k| used(*k)).count() < 2 {
            return "all codes are the same: chance alone agrees on that".into();
        }
        if name == "fleiss" && self.fleiss_units == 0 {
            return "no unit was coded by all coders".into();
        }
        if let Some(pair) = self.pairs.iter().find(|pair| name.starts_with("cohen") && pair.kappa.is_none()) {
            let CohenPair { first, second, n, .. } = pair;
            return match n {
                0 => format!("no unit was coded by both '{first}' and '{second}'"),
                _ => format!("'{first}' and '{second}' gave one and the same code to the {n} units of both"),
            };
        }
        if name.starts_with("cohen") {
            return "by these weights two coders agree on everything, as chance would".into();
        }
        if matches!(name, "interval" | "ratio" | "ac2" | "ac2_linear") {
            return "the codes are too far apart to be squared, or chance alone agrees by these weights"
                .into();
        }
        "the units with two codes or more all have the same code".into()
    }
}

/// What is computed again for every sample of the units.
#[derive(Debug, Clone, Copy)]
struct Coefficients {
    percent: Option<f64>,
    fleiss: Option<f64>,
    krippendorff: Krippendorff,
    gwet: Gwet,
}

impl Coefficients {
    fn of(codes: &Codes, counts: &[Vec<f64>], times: &[u32]) -> Self {
        let alpha = |metric| krippendorff(&codes.categories, counts, times, metric);
        let when = |exists: bool, metric| exists.then(|| alpha(metric)).flatten();
        let positive = codes.categories.iter().all(|c| *c >= 0.0);
        Self {
            percent: observed(counts, times, &|k, l| if k == l { 1.0 } else { 0.0 }),
            fleiss: fleiss(counts, times, codes.coders.len()),
            krippendorff: Krippendorff {
                nominal: alpha(Metric::Nominal),
                ordinal: when(codes.ordered, Metric::Ordinal),
                interval: when(codes.numeric, Metric::Interval),
                ratio: when(codes.numeric && positive, Metric::Ratio),
            },
            gwet: gwet_of(codes, counts, times),
        }
    }

    fn listed(&self) -> [Option<f64>; 7] {
        let Krippendorff { nominal, ordinal, interval, .. } = self.krippendorff;
        [self.percent, self.fleiss, nominal, ordinal, interval, self.gwet.ac1, self.gwet.ac2]
    }
}
