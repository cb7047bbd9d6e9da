//! Uniform bias by item from one model of all respondents, for groups that are too small for models of their own.
//!
//! Each group but the first is a covariate of 0 and 1 that moves the factors; item by item, it may move the item too (a model of
//! multiple indicators and multiple causes, Joreskog & Goldberger 1975; Muthen 1989):
//!
//! ```text
//! eta = sum_g gamma_g d_g + zeta,     y_j = nu_j + lambda_j eta + sum_g beta_jg d_g + epsilon
//! ```
//!
//! beta_jg is what group g answers higher than the first at the same eta. All else (loadings, residual variances) is taken for
//! equal, and cannot be looked at. p-values are adjusted by Holm (1979) over items and groups.

use crate::correlation::Ordered;
use crate::data::{Column, Dataset};
use crate::error::{Error, Result, Warning};
use crate::estimate::{Estimation, Fit};
use crate::model::{Covariates, Formula, Model, Operator};
use serde::{Deserialize, Serialize};

/// Fewest respondents of a group whose bias is looked at.
const FEWEST: usize = 5;

/// What one model of all respondents says of bias.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let found = Invariance::of(Estimation::default().group("school")).pooled(&model, &data)?;
/// assert_eq!((found.group.as_str(), found.bias.len(), found.factors.len()), ("school", 6, 2));
/// assert_eq!(found.nobs, [156, 145]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledBias {
    /// The grouping variable.
    pub group: String,
    /// Its values; the first is the reference.
    pub groups: Vec<String>,
    /// Respondents of each.
    pub nobs: Vec<usize>,
    /// Uniform bias by item and group.
    pub bias: Vec<UniformBias>,
    /// Differences of the factors' means where no item is biased, in the unit of the factors.
    pub factors: Vec<FactorDifference>,
    /// Means and SDs of the items by group, for description.
    pub descriptive: Vec<ItemDescription>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// What a group answers higher than the first at the same value of the factor.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let found = Invariance::of(Estimation::default().group("school")).pooled(&model, &data)?;
/// let x3 = found.bias.iter().find(|own| own.item == "x3").unwrap();
/// assert_eq!(format!("{:.2} {:.2}", x3.est.unwrap(), x3.se.unwrap()), "-0.54 0.12");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UniformBias {
    /// The item.
    pub item: String,
    /// The group.
    pub group: String,
    /// The effect, in units of the item (ordinal: of the variable behind it).
    pub est: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// The same with the item standardised.
    #[serde(rename = "std.nox")]
    pub standardized: Option<f64>,
    /// p-value,
    pub pvalue: Option<f64>,
    /// and adjusted over items and groups.
    pub adjusted: Option<f64>,
    /// Why there is no effect; none where there is one.
    pub reason: Option<String>,
}

/// A factor's mean in a group against the first.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let found = Invariance::of(Estimation::default().group("school")).pooled(&model, &data)?;
/// let visual = &found.factors[0];
/// assert_eq!((visual.factor.as_str(), visual.group.as_str()), ("visual", "Grant-White"));
/// assert_eq!(format!("{:.2}", visual.est), "-0.15");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FactorDifference {
    /// The factor.
    pub factor: String,
    /// The group.
    pub group: String,
    /// Difference.
    pub est: f64,
    /// Standard error.
    pub se: Option<f64>,
    /// p-value.
    pub pvalue: Option<f64>,
}

/// An item in a group.
///
/// ```
/// use psychometrics::evidence::internal_structure::Invariance;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let found = Invariance::of(Estimation::default().group("school")).pooled(&model, &data)?;
/// let first = &found.descriptive[0];
/// assert_eq!((first.item.as_str(), first.group.as_str(), first.n), ("x1", "Pasteur", 156));
/// assert_eq!(format!("{:.2} {:.2}", first.mean.unwrap(), first.sd.unwrap()), "4.94 1.19");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemDescription {
    /// The item.
    pub item: String,
    /// The group.
    pub group: String,
    /// Answers.
    pub n: usize,
    /// Their mean; none without answers.
    pub mean: Option<f64>,
    /// Their SD; none of fewer than two.
    pub sd: Option<f64>,
}

/// Names of the covariates, which no variable of the data has.
fn dummies(data: &Dataset, groups: usize) -> Vec<String> {
    let free = |name: &String| !data.has_column(name);
    (1..groups)
        .map(|group| {
            let mut name = format!("group_{}", group + 1);
            while !free(&name) {
                name.push('_');
            }
            name
        })
        .collect()
}

/// What the factors of a model are measured by.
fn measured(model: &Model) -> Vec<String> {
    let latent = model.latent_names();
    let mut seen = Vec::new();
    for own in model.formulas.iter().filter(|f| f.op == Operator::Loading && !latent.contains(&f.rhs)) {
        if !seen.contains(&own.rhs) {
            seen.push(own.rhs.clone());
        }
    }
    seen
}

pub(super) fn pooled(
    estimation: &Estimation,
    model: &Model,
    data: &Dataset,
    variable: &str,
) -> Result<PooledBias> {
    let grouping = data.grouping(variable)?;
    let items = measured(model);
    let count = |level: usize| grouping.codes.iter().filter(|code| **code == Some(level)).count();
    let nobs: Vec<usize> = (0..grouping.levels.len()).map(count).collect();
    let small: Vec<String> = (1..nobs.len())
        .filter(|&level| nobs[level] < FEWEST)
        .map(|level| format!("'{}': {} respondents", grouping.levels[level], nobs[level]))
        .collect();
    if nobs.len() < 2 || !small.is_empty() {
        return Err(Error::GroupsNotComparable {
            variable: variable.into(),
            reasons: if small.is_empty() { vec!["it has one value".into()] } else { small },
            instead: format!(
                "Leave groups of fewer than {FEWEST} out (--drop-groups), or put groups together."
            ),
        });
    }
    let names = dummies(data, nobs.len());
    let column = |level: usize| {
        let of = |code: &Option<usize>| code.map_or(f64::NAN, |own| f64::from(u8::from(own == level)));
        Column::Numeric(grouping.codes.iter().map(of).collect())
    };
    let columns = names.iter().enumerate().map(|(k, name)| (name.as_str(), column(k + 1)));
    let data = data.and_columns(columns);
    let mut own = estimation.clone();
    own.group = None;
    own.specification.equal.clear();
    own.specification.partial.clear();
    own = own.covariates(Covariates::Fixed);
    if own.ordered == Ordered::All {
        own = own.ordered(Ordered::Named(model.observed_names()));
    }
    let with = |item: Option<&String>| -> Result<Model> {
        let outcomes = model.latent_names().into_iter().chain(item.cloned());
        let effects = outcomes.flat_map(|outcome| {
            names.iter().map(move |d| Formula::new(&outcome, Operator::Regression, d)).collect::<Vec<_>>()
        });
        Model::from_formulas(model.formulas.iter().cloned().chain(effects))
    };
    let base = own.fit(&with(None)?, &data)?;
    let mut bias = Vec::new();
    for item in &items {
        let fit = own.fit(&with(Some(item))?, &data);
        for (k, name) in names.iter().enumerate() {
            bias.push(of_item(item, &grouping.levels[k + 1], name, &fit));
        }
    }
    adjust(&mut bias);
    let factors = model.latent_names().into_iter().flat_map(|factor| {
        let of = |(k, name): (usize, &String)| {
            let row = base.parameter(&factor, Operator::Regression, name).ok()?;
            let group = grouping.levels[k + 1].clone();
            Some(FactorDifference {
                factor: factor.clone(),
                group,
                est: row.est,
                se: row.se,
                pvalue: row.pvalue,
            })
        };
        names.iter().enumerate().filter_map(of).collect::<Vec<_>>()
    });
    let factors = if base.converged { factors.collect() } else { Vec::new() };
    let descriptive = describe(&items, &data, &grouping.levels, &grouping.codes)?;
    Ok(PooledBias {
        group: variable.into(),
        groups: grouping.levels,
        nobs,
        bias,
        factors,
        descriptive,
        warnings: base.warnings.clone(),
    })
}

fn of_item(item: &str, group: &str, name: &str, fit: &Result<Fit>) -> UniformBias {
    let nothing = |reason: String| UniformBias {
        item: item.into(),
        group: group.into(),
        est: None,
        se: None,
        standardized: None,
        pvalue: None,
        adjusted: None,
        reason: Some(reason),
    };
    let fit = match fit {
        Ok(fit) if fit.converged => fit,
        Ok(fit) => return nothing(format!("the model {}", fit.status)),
        Err(error) => return nothing(error.to_string()),
    };
    let Ok(row) = fit.parameter(item, Operator::Regression, name) else {
        return nothing("the effect is no parameter of the model".into());
    };
    let sd = fit.implied_moments(0).and_then(|(names, covariance, _)| {
        let i = names.iter().position(|own| own == item)?;
        Some(covariance[(i, i)]).filter(|v| *v > 0.0).map(f64::sqrt)
    });
    UniformBias {
        est: Some(row.est),
        se: row.se,
        standardized: sd.map(|sd| row.est / sd),
        pvalue: row.pvalue,
        adjusted: None,
        reason: None,
        ..nothing(String::new())
    }
}

/// Holm's p-values.
fn adjust(bias: &mut [UniformBias]) {
    let mut order: Vec<usize> = (0..bias.len()).filter(|&i| bias[i].pvalue.is_some()).collect();
    let p = |i: usize| bias[i].pvalue.unwrap_or(1.0);
    order.sort_by(|&a, &b| p(a).total_cmp(&p(b)));
    let m = order.len();
    let mut least: f64 = 0.0;
    let adjusted: Vec<(usize, f64)> = order
        .iter()
        .enumerate()
        .map(|(rank, &i)| {
            least = least.max(((m - rank) as f64 * p(i)).min(1.0));
            (i, least)
        })
        .collect();
    adjusted.into_iter().for_each(|(i, p)| bias[i].adjusted = Some(p));
}

fn describe(
    items: &[String],
    data: &Dataset,
    levels: &[String],
    codes: &[Option<usize>],
) -> Result<Vec<ItemDescription>> {
    let values = data.numeric(items)?;
    let mut all = Vec::with_capacity(items.len() * levels.len());
    for (j, item) in items.iter().enumerate() {
        for (level, group) in levels.iter().enumerate() {
            let own =
                codes.iter().zip(values.column(j)).filter(|(code, x)| **code == Some(level) && !x.is_nan());
            let answers: Vec<f64> = own.map(|(_, x)| *x).collect();
            let n = answers.len();
            let mean = (n > 0).then(|| answers.iter().sum::<f64>() / n as f64);
            let sd = mean.filter(|_| n > 1).map(|mean| {
                (answers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0)).sqrt()
            });
            all.push(ItemDescription { item: item.clone(), group: group.clone(), n, mean, sd });
        }
    }
    Ok(all)
}
