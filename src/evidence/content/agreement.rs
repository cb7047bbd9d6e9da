//! Agreement between coders (raters, judges) who put units into categories.
//!
//! With o observed and e expected agreement, every coefficient is (o - e) / (1 - e):
//!
//! ```text
//! Cohen     two coders; e = sum_k p_k q_k, weights w_kl = 1 - |k - l| / range or 1 - (k - l)^2 / range^2   (1960, 1968)
//! Fleiss    o = mean share of agreeing pairs of coders, e = sum_k p_k^2; units coded by all             (1971)
//! Gwet AC1  e = sum_k p_k (1 - p_k) / (q - 1), AC2 with weights: e = T sum_k p_k (1 - p_k) / (q (q - 1)),
//!           T the sum of all weights                                                                    (2008, 2014)
//! Krippendorff  1 - D_o / D_e over all pairs of codes of a unit; distances: nominal 0/1,
//!           ordinal (sum of counts between, half of the ends)^2, interval (c - k)^2,
//!           ratio ((c - k) / (c + k))^2                                                                 (2004)
//! ```
//!
//! A missing code is left out: Fleiss takes the units that all coded, Cohen those that both coded, percent agreement,
//! Gwet and Krippendorff those with two codes or more. Intervals are percentiles over samples of the units.

use crate::data::{AnswerKind, AnswerOptions, Column, Dataset, RatingTable, why_no_number};
use crate::error::{BadCell, DECIMAL_COMMA, Error, Result, Warning};
use crate::evidence::{Interval, Resampling};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// Codes of units by coders.
#[derive(Debug, Clone, PartialEq)]
pub struct Codes {
    /// Categories as numbers: their values, or 0, 1, ... for labels.
    categories: Vec<f64>,
    /// Labels of the categories.
    pub labels: Vec<String>,
    /// Whether the codes are numbers.
    pub numeric: bool,
    /// Whether the codes have an order: they are numbers, or labels of which it was given.
    pub ordered: bool,
    /// Names of the coders.
    pub coders: Vec<String>,
    /// Units x coders, as positions of categories.
    codes: Vec<Vec<Option<usize>>>,
}

/// What the distance between two codes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Alike or not.
    Nominal,
    /// Ranks.
    Ordinal,
    /// Numbers with equal steps.
    Interval,
    /// Numbers with a zero.
    Ratio,
}

impl Codes {
    /// Numbers, units x coders.
    pub fn new(values: Vec<Vec<Option<f64>>>) -> Self {
        let mut categories: Vec<f64> = values.iter().flatten().flatten().copied().collect();
        categories.sort_by(f64::total_cmp);
        categories.dedup();
        let place = |x: f64| categories.iter().position(|c| *c == x);
        let codes = values.iter().map(|row| row.iter().map(|x| x.and_then(place)).collect()).collect();
        let coders = (1..=values.first().map_or(0, Vec::len)).map(|i| i.to_string()).collect();
        let labels = categories.iter().map(ToString::to_string).collect();
        Self { categories, labels, numeric: true, ordered: true, coders, codes }
    }

    /// Of a file, wide or long ([`RatingTable`]), next to a column `unit` that names the units, if there is one; `possible`
    /// as in [`Codes::of_coders`]. The warnings tell what was left out.
    ///
    /// # Errors
    /// As [`RatingTable::read`] and [`Codes::of_coders`].
    pub fn read(
        path: impl AsRef<Path>,
        options: &AnswerOptions,
        possible: &[String],
    ) -> Result<(Self, Vec<Warning>)> {
        let optional = vec!["unit".into()];
        let table =
            RatingTable::read(path, &AnswerOptions { kind: AnswerKind::Codes, optional, ..options.clone() })?;
        let mut warnings = table.warnings;
        if possible.is_empty() {
            warnings.extend(texts_among_numbers(&table.data, &table.raters)?);
        }
        Ok((Self::of_coders(&table.data, &table.raters, possible)?, warnings))
    }

    /// Of a table with one row a unit and one column a coder, next to a column `unit` that names them, if there is one.
    /// Codes are numbers when every column holds numbers, else labels.
    ///
    /// # Errors
    /// [`Error::TooFewItems`] for one coder, [`Error::EmptyColumn`] for a coder without codes.
    pub fn of(data: &Dataset) -> Result<Self> {
        let names: Vec<String> = data.names().iter().filter(|name| *name != "unit").cloned().collect();
        Self::of_coders(data, &names, &[])
    }

    /// The same of some columns. `possible` are the codes that there were to choose from, in their order, whether they
    /// occur or not; where it is empty, those that occur. Chance agreement depends on it (AC1, AC2); labels have an order,
    /// and ordinal coefficients, only by it.
    ///
    /// ```
    /// use psychometrics::data::{Column, Dataset};
    /// use psychometrics::evidence::content::{Codes, gwet};
    ///
    /// let coder = |codes: [f64; 5]| Column::from(codes.to_vec());
    /// let data = Dataset::from_columns([
    ///     ("a", coder([3., 3., 3., 3., 3.])), ("b", coder([3., 3., 3., 3., 3.])),
    ///     ("c", coder([3., 3., f64::NAN, f64::NAN, 3.])), ("d", coder([3., 3., 3., 3., 1.])),
    ///     ("e", coder([3., f64::NAN, 3., 3., 3.])),
    /// ])?;
    /// let ac1 = |possible: &[&str]| -> psychometrics::Result<String> {
    ///     let possible: Vec<String> = possible.iter().map(ToString::to_string).collect();
    ///     Ok(format!("{:.5}", gwet(&Codes::of_coders(&data, data.names(), &possible)?).unwrap().ac1.unwrap()))
    /// };
    /// // irrCAC 1.0 of R, CAC(data, categories = ...)$gwet()
    /// assert_eq!(ac1(&[])?, "0.91334");
    /// assert_eq!(ac1(&["1", "2", "3"])?, "0.91681");
    /// assert_eq!(ac1(&["1", "2", "3", "4", "5"])?, "0.91843");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Codes::of`]; [`Error::BadOption`] for a possible code that is given twice, [`Error::BadCells`] for codes that
    /// were not possible.
    pub fn of_coders(data: &Dataset, coders: &[String], possible: &[String]) -> Result<Self> {
        if coders.len() < 2 {
            return Err(Error::TooFewItems {
                what: "agreement (coders)".into(),
                needed: 2,
                found: coders.len(),
            });
        }
        for name in coders {
            if data.missing_count(name)? == data.n_rows() {
                return Err(Error::EmptyColumn { column: name.clone(), rows: data.n_rows() });
            }
        }
        let columns: Vec<Vec<Option<String>>> =
            coders.iter().map(|n| data.labels(n)).collect::<Result<_>>()?;
        let number = |label: &String| label.trim().parse::<f64>().ok().filter(|x| x.is_finite());
        let occurring: BTreeSet<&String> = columns.iter().flatten().flatten().collect();
        let numeric = coders.iter().all(|name| matches!(data.column(name), Ok(Column::Numeric(_))))
            && possible.iter().all(|code| number(code).is_some());
        let mut categories: Vec<(f64, String)> = match (numeric, possible) {
            (true, []) => occurring.into_iter().filter_map(|l| Some((number(l)?, l.clone()))).collect(),
            (true, _) => possible.iter().filter_map(|l| number(l).map(|x| (x, x.to_string()))).collect(),
            (false, []) => (0..).map(f64::from).zip(occurring.into_iter().cloned()).collect(),
            (false, _) => (0..).map(f64::from).zip(possible.iter().map(|l| l.trim().to_string())).collect(),
        };
        categories.sort_by(|a, b| a.0.total_cmp(&b.0));
        let place: HashMap<&String, usize> = categories.iter().map(|(_, l)| l).zip(0..).collect();
        if place.len() < categories.len() {
            return Err(Error::BadOption {
                option: "the possible codes".into(),
                value: possible.join(","),
                allowed: "each code is given once".into(),
            });
        }
        let mut faults = Vec::new();
        let mut codes = Vec::with_capacity(data.n_rows());
        for row in 0..data.n_rows() {
            let code = |(column, name): (&Vec<Option<String>>, &String)| {
                let label = column[row].as_ref()?;
                let at = place.get(label).copied();
                if at.is_none() {
                    let known: Vec<&str> = categories.iter().map(|(_, l)| l.as_str()).collect();
                    faults.push(BadCell {
                        row: data.file_row(row),
                        column: name.clone(),
                        value: label.clone(),
                        problem: format!("is not one of the possible codes: {}", known.join(", ")),
                    });
                }
                at
            };
            codes.push(columns.iter().zip(coders).map(code).collect());
        }
        if !faults.is_empty() {
            let total = faults.len();
            return Err(Error::BadCells { path: data.source().into(), total, cells: faults });
        }
        let (values, labels) = categories.into_iter().unzip();
        let ordered = numeric || !possible.is_empty();
        Ok(Self { categories: values, labels, numeric, ordered, coders: coders.to_vec(), codes })
    }

    /// Counts of categories of each unit.
    fn counts(&self) -> Vec<Vec<f64>> {
        let count = |row: &Vec<Option<usize>>| {
            let mut counts = vec![0.0; self.categories.len()];
            row.iter().flatten().for_each(|code| counts[*code] += 1.0);
            counts
        };
        self.codes.iter().map(count).collect()
    }
}

/// Codes most of which are numbers are labels by a few that are none: that is told. Where these have a decimal comma, all are
/// meant as numbers, and they are refused.
fn texts_among_numbers(data: &Dataset, coders: &[String]) -> Result<Option<Warning>> {
    let (mut numbers, mut texts) = (0, Vec::new());
    for coder in coders {
        for (row, label) in data.labels(coder)?.into_iter().enumerate() {
            match label {
                Some(label) if label.parse::<f64>().is_ok_and(f64::is_finite) => numbers += 1,
                Some(value) => {
                    let problem = why_no_number(&value);
                    texts.push(BadCell { row: data.file_row(row), column: coder.clone(), value, problem });
                }
                None => {}
            }
        }
    }
    if texts.iter().all(|cell| cell.problem.starts_with(DECIMAL_COMMA)) && !texts.is_empty() {
        return Err(Error::BadCells { path: data.source().into(), total: texts.len(), cells: texts });
    }
    let Some(first) = texts.first().filter(|_| numbers > texts.len()) else { return Ok(None) };
    let reason =
        format!("'{}' of '{}' is no number, so that all codes are labels", first.value, first.column);
    Ok(Some(Warning::NotDone { what: "taking the codes as numbers".into(), reason }))
}

/// Agreement of coders by every usual coefficient.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    pub reasons: BTreeMap<&'static str, String>,
    /// 95 % percentile intervals over samples of the units.
    pub intervals: BTreeMap<&'static str, Option<Interval>>,
    /// Replicates and seed of the intervals.
    pub resampling: Resampling,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// Cohen's kappa of two coders.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CohenPair {
    /// One coder.
    pub first: String,
    /// The other.
    pub second: String,
    /// Units that both coded.
    pub n: usize,
    /// Share of them coded alike.
    pub percent: Option<f64>,
    /// Kappa; none when chance alone would agree on all.
    pub kappa: Option<f64>,
    /// Kappa with linear weights.
    pub linear: Option<f64>,
    /// Kappa with quadratic weights.
    pub quadratic: Option<f64>,
}

/// Krippendorff's alpha by metric; none when no unit has two codes, or all codes are the same. Labels have the nominal
/// one, and with an order the ordinal one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Krippendorff {
    /// Nominal.
    pub nominal: Option<f64>,
    /// Ordinal.
    pub ordinal: Option<f64>,
    /// Interval.
    pub interval: Option<f64>,
    /// Ratio; none with negative codes.
    pub ratio: Option<f64>,
}

/// Gwet's coefficients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Gwet {
    /// AC1.
    pub ac1: Option<f64>,
    /// AC2 with quadratic weights; none of labels without an order.
    pub ac2: Option<f64>,
    /// AC2 with linear weights; none of labels without an order.
    pub ac2_linear: Option<f64>,
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
        let intervals = names.iter().enumerate().map(|(i, name)| (*name, drawn.interval(i, LEVEL))).collect();
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
    fn of<const N: usize>(&self, found: [(&'static str, Option<f64>); N]) -> BTreeMap<&'static str, String> {
        found
            .into_iter()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| (name, self.reason(name)))
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

/// Mean weighted share of agreeing pairs, of units with two codes or more.
fn observed(counts: &[Vec<f64>], times: &[u32], weight: &dyn Fn(usize, usize) -> f64) -> Option<f64> {
    let (mut sum, mut units) = (0.0, 0.0);
    for (unit, t) in counts.iter().zip(times) {
        let r: f64 = unit.iter().sum();
        if r < 2.0 || *t == 0 {
            continue;
        }
        let mut agreeing = 0.0;
        for (k, own) in unit.iter().enumerate().filter(|(_, own)| **own > 0.0) {
            let with: f64 = unit.iter().enumerate().map(|(l, other)| weight(k, l) * other).sum();
            agreeing += own * (with - 1.0);
        }
        sum += f64::from(*t) * agreeing / (r * (r - 1.0));
        units += f64::from(*t);
    }
    (units > 0.0).then(|| sum / units)
}

fn beyond_chance(observed: f64, expected: f64) -> Option<f64> {
    (expected < 1.0 - 1e-12).then(|| (observed - expected) / (1.0 - expected)).filter(|x| x.is_finite())
}

/// Fleiss's kappa of counts, units x categories, of units that all `coders` coded; none when chance alone would agree.
pub fn fleiss_kappa(counts: &[Vec<f64>], coders: usize) -> Option<f64> {
    fleiss(counts, &vec![1; counts.len()], coders)
}

fn fleiss(counts: &[Vec<f64>], times: &[u32], coders: usize) -> Option<f64> {
    let complete = |unit: &[f64]| unit.iter().sum::<f64>() == coders as f64;
    let times: Vec<u32> = counts.iter().zip(times).map(|(u, t)| if complete(u) { *t } else { 0 }).collect();
    let units: f64 = times.iter().map(|t| f64::from(*t)).sum();
    let share = |k: usize| {
        let sum: f64 = counts.iter().zip(&times).map(|(u, t)| f64::from(*t) * u[k]).sum();
        sum / (units * coders as f64)
    };
    let expected: f64 = (0..counts.first()?.len()).map(|k| share(k).powi(2)).sum();
    beyond_chance(observed(counts, &times, &|k, l| if k == l { 1.0 } else { 0.0 })?, expected)
}

/// Gwet's coefficients; none when no unit has two codes.
pub fn gwet(codes: &Codes) -> Option<Gwet> {
    let counts = codes.counts();
    let found = gwet_of(codes, &counts, &vec![1; counts.len()]);
    (found != Gwet::default()).then_some(found)
}

fn gwet_of(codes: &Codes, counts: &[Vec<f64>], times: &[u32]) -> Gwet {
    let q = codes.categories.len();
    if q < 2 {
        return Gwet::default();
    }
    let range = codes.categories[q - 1] - codes.categories[0];
    let distance = |k: usize, l: usize| (codes.categories[k] - codes.categories[l]).abs() / range;
    let (mut shares, mut units) = (vec![0.0; q], 0.0);
    for (unit, t) in counts.iter().zip(times) {
        let r: f64 = unit.iter().sum();
        if r > 0.0 {
            unit.iter().zip(&mut shares).for_each(|(x, s)| *s += f64::from(*t) * x / r);
            units += f64::from(*t);
        }
    }
    let spread: f64 = shares.iter().map(|s| s / units * (1.0 - s / units)).sum();
    let with = |weight: &dyn Fn(usize, usize) -> f64| {
        let total: f64 = (0..q).flat_map(|k| (0..q).map(move |l| (k, l))).map(|(k, l)| weight(k, l)).sum();
        beyond_chance(observed(counts, times, weight)?, total * spread / (q as f64 * (q as f64 - 1.0)))
    };
    let ranked = |weight: &dyn Fn(usize, usize) -> f64| codes.ordered.then(|| with(weight)).flatten();
    Gwet {
        ac1: with(&|k, l| if k == l { 1.0 } else { 0.0 }),
        ac2: ranked(&|k, l| 1.0 - distance(k, l).powi(2)),
        ac2_linear: ranked(&|k, l| 1.0 - distance(k, l)),
    }
}

/// Krippendorff's alpha; none when no unit has two codes, or all codes are the same.
///
/// ```
/// use psychometrics::evidence::content::{Codes, Metric, krippendorff_alpha};
///
/// // Krippendorff's (2004) data: 4 coders, 12 units, 0 for a missing code
/// let coders = [
///     [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
///     [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
/// ];
/// let unit = |u: usize| coders.iter().map(|c| (c[u] > 0).then(|| f64::from(c[u]))).collect();
/// let codes = Codes::new((0..12).map(unit).collect());
/// let alpha = |metric| format!("{:.3}", krippendorff_alpha(&codes, metric).unwrap());
/// assert_eq!(alpha(Metric::Nominal), "0.743");
/// assert_eq!(alpha(Metric::Ordinal), "0.815");
/// assert_eq!(alpha(Metric::Interval), "0.849");
/// assert_eq!(alpha(Metric::Ratio), "0.797");
/// ```
pub fn krippendorff_alpha(codes: &Codes, metric: Metric) -> Option<f64> {
    let counts = codes.counts();
    krippendorff(&codes.categories, &counts, &vec![1; counts.len()], metric)
}

fn krippendorff(categories: &[f64], counts: &[Vec<f64>], times: &[u32], metric: Metric) -> Option<f64> {
    let q = categories.len();
    let used = || counts.iter().zip(times).filter(|(u, t)| **t > 0 && u.iter().sum::<f64>() > 1.0);
    let mut totals = vec![0.0; q];
    for (unit, t) in used() {
        unit.iter().zip(&mut totals).for_each(|(x, s)| *s += f64::from(*t) * x);
    }
    let n: f64 = totals.iter().sum();
    // ranks: all codes below, and half of those alike
    let mut below = 0.0;
    let ranks: Vec<f64> = totals
        .iter()
        .map(|t| {
            below += t;
            below - 0.5 * t
        })
        .collect();
    let distance = |c: usize, k: usize| match metric {
        Metric::Nominal => {
            if c == k {
                0.0
            } else {
                1.0
            }
        }
        Metric::Ordinal => (ranks[c] - ranks[k]).powi(2),
        Metric::Interval => (categories[c] - categories[k]).powi(2),
        Metric::Ratio => {
            let sum = categories[c] + categories[k];
            if sum == 0.0 { 0.0 } else { ((categories[c] - categories[k]) / sum).powi(2) }
        }
    };
    let pairs = |counts: &[f64]| -> f64 {
        let own = |c: usize| (0..q).map(|k| counts[k] * distance(c, k)).sum::<f64>();
        (0..q).filter(|c| counts[*c] > 0.0).map(|c| counts[c] * own(c)).sum()
    };
    let observed: f64 =
        used().map(|(unit, t)| f64::from(*t) * pairs(unit) / (unit.iter().sum::<f64>() - 1.0)).sum();
    let expected = pairs(&totals) / (n - 1.0);
    // squares of codes too large for a number give none
    (n > 1.0 && expected > 0.0).then(|| 1.0 - observed / expected).filter(|alpha| alpha.is_finite())
}

fn cohen_pairs(codes: &Codes) -> Vec<CohenPair> {
    let m = codes.coders.len();
    let pair = |(i, j): (usize, usize)| {
        let both: Vec<(usize, usize)> =
            codes.codes.iter().filter_map(|row| Some((row[i]?, row[j]?))).collect();
        let q = codes.categories.len();
        let range = codes.categories.last().zip(codes.categories.first()).map_or(0.0, |(a, b)| a - b);
        let distance = |k: usize, l: usize| (codes.categories[k] - codes.categories[l]).abs() / range;
        let n = both.len() as f64;
        let margin = |of: &dyn Fn(&(usize, usize)) -> usize| {
            let mut shares = vec![0.0; q];
            both.iter().for_each(|b| shares[of(b)] += 1.0 / n);
            shares
        };
        let (p, r) = (margin(&|b| b.0), margin(&|b| b.1));
        let kappa = |weight: &dyn Fn(usize, usize) -> f64| {
            if both.is_empty() {
                return None;
            }
            let observed = both.iter().map(|(k, l)| weight(*k, *l)).sum::<f64>() / n;
            let cells = (0..q).flat_map(|k| (0..q).map(move |l| (k, l)));
            beyond_chance(observed, cells.map(|(k, l)| weight(k, l) * p[k] * r[l]).sum())
        };
        let ranked = |weight: &dyn Fn(usize, usize) -> f64| {
            (codes.ordered && range > 0.0).then(|| kappa(weight)).flatten()
        };
        CohenPair {
            first: codes.coders[i].clone(),
            second: codes.coders[j].clone(),
            n: both.len(),
            percent: (!both.is_empty()).then(|| both.iter().filter(|(k, l)| k == l).count() as f64 / n),
            kappa: kappa(&|k, l| if k == l { 1.0 } else { 0.0 }),
            linear: ranked(&|k, l| 1.0 - distance(k, l)),
            quadratic: ranked(&|k, l| 1.0 - distance(k, l).powi(2)),
        }
    };
    (0..m).flat_map(|i| (i + 1..m).map(move |j| (i, j))).map(pair).collect()
}
