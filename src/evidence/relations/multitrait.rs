//! Several traits by several methods: what of the scores is trait, what is method.
//!
//! Campbell & Fiske's (1959) criteria compare each validity (one trait, two methods) with zero, with the correlations of
//! different traits by the same two methods in its row and column, and with those of its traits with others by one
//! method; the pattern of trait correlations should be the same in every block (Kendall's W of their ranks).
//!
//! ```text
//! CT-CM      traits and methods correlate among themselves, not with each other     Widaman (1985)
//! CT-C(M-1)  one method is the standard and has no factor                           Eid (2000)
//! ```
//!
//! Of each measure the models tell consistency (squared standardised trait loading), method specificity and the rest.

use crate::error::{Error, Result, Warning};
use crate::estimate::{Estimation, Estimator, Fit};
use crate::model::{Constraint, Formula, LatentCovariances, Model, Operator, Scaling};
use crate::moments::Moments;
use crate::numeric::normal;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A measure of a trait by a method.
///
/// ```
/// use psychometrics::evidence::relations::{Measure, MultitraitMultimethod};
/// use psychometrics::moments::Moments;
///
/// let lower = [1.0, 0.5, 1.0, 0.6, 0.3, 1.0, 0.3, 0.6, 0.4, 1.0];
/// let moments = Moments::from_lower_triangle(&["Ax", "Bx", "Ay", "By"], &lower, 200)?;
/// let measure = |name: &str| Measure {
///     variable: name.into(),
///     trait_name: name[..1].into(),
///     method: name[1..].into(),
/// };
/// let measures = ["Ax", "Bx", "Ay", "By"].map(measure);
/// let found = MultitraitMultimethod::of(&moments, &measures)?;
/// assert_eq!(
///     (measures[1].variable.as_str(), measures[1].trait_name.as_str(), measures[1].method.as_str()),
///     ("Bx", "B", "x")
/// );
/// assert_eq!(found.convergent, [2, 2]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// The variable.
    pub variable: String,
    /// What it measures.
    pub trait_name: String,
    /// By which method.
    pub method: String,
}

/// Multitrait-multimethod evidence.
///
/// ```
/// use psychometrics::evidence::relations::{Measure, MultitraitMultimethod};
/// use psychometrics::moments::Moments;
///
/// let lower = [1.0, 0.5, 1.0, 0.6, 0.3, 1.0, 0.3, 0.6, 0.4, 1.0];
/// let moments = Moments::from_lower_triangle(&["Ax", "Bx", "Ay", "By"], &lower, 200)?;
/// let measure = |name: &str| Measure {
///     variable: name.into(),
///     trait_name: name[..1].into(),
///     method: name[1..].into(),
/// };
/// let found = MultitraitMultimethod::of(&moments, &["Ax", "Bx", "Ay", "By"].map(measure))?;
/// assert_eq!(found.validities.iter().map(|own| own.r).collect::<Vec<_>>(), [0.6, 0.6]);
/// assert_eq!((found.convergent, found.above_heteromethod), ([2, 2], [4, 4]));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MultitraitMultimethod<F = Fit> {
    /// Respondents.
    pub n: usize,
    /// Traits.
    pub traits: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// Every validity: one trait, two methods.
    pub validities: Vec<Validity>,
    /// Validities that differ from zero (two-sided .05), of how many.
    pub convergent: [usize; 2],
    /// Comparisons in which a validity exceeds a correlation of other traits by the same methods, of how many.
    pub above_heteromethod: [usize; 2],
    /// Comparisons in which a validity exceeds a correlation of its trait with another by one of its methods, of how
    /// many.
    pub above_monomethod: [usize; 2],
    /// Kendall's W of the ranks of trait correlations over blocks of methods; none for fewer than three traits.
    pub pattern_w: Option<f64>,
    /// The models, as far as they could be fitted.
    pub models: Vec<MethodModel<F>>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// The correlation of two measures of one trait.
///
/// ```
/// use psychometrics::evidence::relations::{Measure, MultitraitMultimethod};
/// use psychometrics::moments::Moments;
///
/// let lower = [1.0, 0.5, 1.0, 0.6, 0.3, 1.0, 0.3, 0.6, 0.4, 1.0];
/// let moments = Moments::from_lower_triangle(&["Ax", "Bx", "Ay", "By"], &lower, 200)?;
/// let measure = |name: &str| Measure {
///     variable: name.into(),
///     trait_name: name[..1].into(),
///     method: name[1..].into(),
/// };
/// let measures = ["Ax", "Bx", "Ay", "By"].map(measure);
/// let found = MultitraitMultimethod::of(&moments, &measures)?;
/// let first = &found.validities[0];
/// assert_eq!((first.trait_name.as_str(), first.first_method.as_str(), first.second_method.as_str()), ("A", "x", "y"));
/// assert_eq!((first.r, first.exceeded_by), (0.6, 0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Validity {
    /// The trait.
    #[serde(rename = "trait")]
    pub trait_name: String,
    /// One method.
    pub first_method: String,
    /// The other.
    pub second_method: String,
    /// The correlation.
    pub r: f64,
    /// Two-sided p-value, by Fisher's transformation; none for fewer than four rows.
    pub pvalue: Option<f64>,
    /// Correlations of other traits by these methods, in its row and column, that reach it.
    pub exceeded_by: usize,
}

/// A model of traits and methods.
///
/// ```
/// use psychometrics::evidence::relations::{Measure, MultitraitMultimethod};
/// use psychometrics::moments::Moments;
///
/// // three traits by three methods
/// let names = ["Ax", "Bx", "Cx", "Ay", "By", "Cy", "Az", "Bz", "Cz"];
/// let r = |i: usize, j: usize| match (i == j, i % 3 == j % 3, i / 3 == j / 3) {
///     (true, ..) => 1.0,
///     (_, true, _) => 0.6, // one trait
///     (_, _, true) => 0.4, // one method
///     _ => 0.2,
/// };
/// let lower: Vec<f64> = (0..9).flat_map(|i| (0..=i).map(move |j| r(i, j))).collect();
/// let moments = Moments::from_lower_triangle(&names, &lower, 500)?;
/// let measure = |name: &str| Measure {
///     variable: name.into(),
///     trait_name: name[..1].into(),
///     method: name[1..].into(),
/// };
/// let found = MultitraitMultimethod::of(&moments, &names.map(measure))?;
/// let model = found.models.iter().find(|own| own.name == "ct_cm1").unwrap();
/// assert_eq!((model.reference_method.as_deref(), model.result.converged), (Some("x"), true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MethodModel<F = Fit> {
    /// `ct_cm` or `ct_cm1`.
    pub name: Cow<'static, str>,
    /// The method without a factor, of `ct_cm1`.
    pub reference_method: Option<String>,
    /// The model in lavaan syntax.
    pub model: String,
    /// Where the variance of each measure comes from; empty without a proper solution.
    pub variance: Vec<VarianceShares>,
    /// The fit.
    #[serde(flatten)]
    pub result: F,
}

/// Shares of a measure's variance.
///
/// ```
/// use psychometrics::evidence::relations::{Measure, MultitraitMultimethod};
/// use psychometrics::moments::Moments;
///
/// // three traits by three methods
/// let names = ["Ax", "Bx", "Cx", "Ay", "By", "Cy", "Az", "Bz", "Cz"];
/// let r = |i: usize, j: usize| match (i == j, i % 3 == j % 3, i / 3 == j / 3) {
///     (true, ..) => 1.0,
///     (_, true, _) => 0.6, // one trait
///     (_, _, true) => 0.4, // one method
///     _ => 0.2,
/// };
/// let lower: Vec<f64> = (0..9).flat_map(|i| (0..=i).map(move |j| r(i, j))).collect();
/// let moments = Moments::from_lower_triangle(&names, &lower, 500)?;
/// let measure = |name: &str| Measure {
///     variable: name.into(),
///     trait_name: name[..1].into(),
///     method: name[1..].into(),
/// };
/// let found = MultitraitMultimethod::of(&moments, &names.map(measure))?;
/// let model = found.models.iter().find(|own| own.name == "ct_cm1").unwrap();
/// let shares = &model.variance[3];
/// assert_eq!(shares.variable.as_str(), "Ay");
/// // of the trait, of the method, and the rest
/// assert_eq!(format!("{:.2} {:.2} {:.2}", shares.consistency, shares.specificity, shares.unexplained), "0.53 0.29 0.19");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VarianceShares {
    /// The variable.
    pub variable: String,
    /// Of the trait.
    pub consistency: f64,
    /// Of the method.
    pub specificity: f64,
    /// The rest.
    pub unexplained: f64,
}

impl MultitraitMultimethod {
    /// Of the moments of the measures.
    ///
    /// # Errors
    /// [`Error::TooFewItems`] for fewer than two traits or methods, [`Error::UnknownColumn`] for a measure without
    /// moments, [`Error::DuplicateId`] for two measures of one trait by one method, and what makes a correlation
    /// impossible.
    pub fn of(moments: &Moments, measures: &[Measure]) -> Result<Self> {
        let (traits, methods) = crossed(measures)?;
        let names: Vec<&str> = measures.iter().map(|m| m.variable.as_str()).collect();
        let moments = moments.select(&names)?;
        let r = moments.correlation_matrix()?;
        let n = moments.n();
        let Compared { validities, hetero, mono } = Compared::of(measures, &traits, &r, n);
        let significant =
            validities.iter().filter(|v| v.r > 0.0 && v.pvalue.is_some_and(|p| p < 0.05)).count();
        let mut models = Vec::new();
        let mut warnings = Vec::new();
        let reference = methods[0].clone();
        for (name, standard) in [("ct_cm", None), ("ct_cm1", Some(reference))] {
            match fitted(name, standard, &traits, &methods, measures, &moments) {
                Ok(model) => models.push(model),
                Err(error) => {
                    let what = format!("the model {}", if name == "ct_cm" { "CT-CM" } else { "CT-C(M-1)" });
                    warnings.push(Warning::NotDone { what, reason: error.to_string() });
                }
            }
        }
        Ok(Self {
            n,
            convergent: [significant, validities.len()],
            validities,
            above_heteromethod: hetero,
            above_monomethod: mono,
            pattern_w: concordance(&traits, &methods, &|t, m| at(measures, t, m), &r),
            traits,
            methods,
            models,
            warnings,
        })
    }
}

/// The traits and the methods, in the order of first appearance.
fn crossed(measures: &[Measure]) -> Result<(Vec<String>, Vec<String>)> {
    let distinct = |of: fn(&Measure) -> &String| {
        let mut names: Vec<String> = Vec::new();
        for name in measures.iter().map(of) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    };
    let (traits, methods) = (distinct(|m| &m.trait_name), distinct(|m| &m.method));
    for (what, names) in [("traits", &traits), ("methods", &methods)] {
        if names.len() < 2 {
            let what = format!("a multitrait-multimethod analysis ({what})");
            return Err(Error::TooFewItems { what, needed: 2, found: names.len() });
        }
    }
    for (i, a) in measures.iter().enumerate() {
        if measures[..i].iter().any(|b| a.trait_name == b.trait_name && a.method == b.method) {
            return Err(Error::DuplicateId {
                kind: "measure of a trait by a method".into(),
                id: format!("{}:{}", a.trait_name, a.method),
            });
        }
    }
    Ok((traits, methods))
}

/// The measure of a trait by a method.
fn at(measures: &[Measure], of_trait: &str, method: &str) -> Option<usize> {
    measures.iter().position(|x| x.trait_name == of_trait && x.method == method)
}

/// Correlations of a trait by two methods, against those of other traits: how many are higher, of how many.
#[derive(Default)]
struct Compared {
    validities: Vec<Validity>,
    /// Of other traits by other methods.
    hetero: [usize; 2],
    /// By the same method.
    mono: [usize; 2],
}

impl Compared {
    fn of(measures: &[Measure], traits: &[String], r: &nalgebra::DMatrix<f64>, n: usize) -> Self {
        let mut found = Self::default();
        for (i, a) in measures.iter().enumerate() {
            for (j, b) in measures.iter().enumerate().skip(i + 1) {
                if a.trait_name != b.trait_name {
                    continue;
                }
                let value = r[(i, j)];
                let mut exceeded = 0;
                for other in traits.iter().filter(|t| **t != a.trait_name) {
                    // another trait by the other method, with each of the two measures
                    for (own, method) in [(i, &b.method), (j, &a.method)] {
                        if let Some(k) = at(measures, other, method) {
                            found.hetero[1] += 1;
                            let above = value > r[(own, k)];
                            found.hetero[0] += usize::from(above);
                            exceeded += usize::from(!above);
                        }
                    }
                    // another trait by the same method
                    for (own, method) in [(i, &a.method), (j, &b.method)] {
                        if let Some(k) = at(measures, other, method) {
                            found.mono[1] += 1;
                            found.mono[0] += usize::from(value > r[(own, k)]);
                        }
                    }
                }
                let z = (n > 3 && value.abs() < 1.0).then(|| value.atanh() * (n as f64 - 3.0).sqrt());
                found.validities.push(Validity {
                    trait_name: a.trait_name.clone(),
                    first_method: a.method.clone(),
                    second_method: b.method.clone(),
                    r: value,
                    pvalue: z.map(|z| 2.0 * normal::distribution(-z.abs())),
                    exceeded_by: exceeded,
                });
            }
        }
        found
    }
}

/// Kendall's W of the ranks of trait correlations in every block of two methods (or one).
fn concordance(
    traits: &[String],
    methods: &[String],
    at: &dyn Fn(&str, &str) -> Option<usize>,
    r: &nalgebra::DMatrix<f64>,
) -> Option<f64> {
    let pairs: Vec<(&String, &String)> =
        traits.iter().enumerate().flat_map(|(i, a)| traits[..i].iter().map(move |b| (a, b))).collect();
    if traits.len() < 3 {
        return None;
    }
    let mut ranks: Vec<Vec<f64>> = Vec::new();
    for first in methods {
        for second in methods {
            let block: Option<Vec<f64>> =
                pairs.iter().map(|(a, b)| Some(r[(at(a, first)?, at(b, second)?)])).collect();
            if let Some(block) = block {
                let rank = |x: f64| {
                    let (low, same) = block.iter().fold((0.0, 0.0), |(low, same), y| {
                        (low + f64::from(*y < x), same + f64::from(*y == x))
                    });
                    low + 0.5 * (same + 1.0)
                };
                ranks.push(block.iter().map(|x| rank(*x)).collect());
            }
        }
    }
    let (m, k) = (ranks.len() as f64, pairs.len() as f64);
    if ranks.len() < 2 {
        return None;
    }
    let sums: Vec<f64> = (0..pairs.len()).map(|i| ranks.iter().map(|r| r[i]).sum()).collect();
    let mean = sums.iter().sum::<f64>() / k;
    let s: f64 = sums.iter().map(|x| (x - mean).powi(2)).sum();
    Some(12.0 * s / (m * m * (k * k * k - k)))
}

fn fitted(
    name: &'static str,
    standard: Option<String>,
    traits: &[String],
    methods: &[String],
    measures: &[Measure],
    moments: &Moments,
) -> Result<MethodModel> {
    let with_factor: Vec<&String> = methods.iter().filter(|m| standard.as_ref() != Some(*m)).collect();
    let method_factor = |m: &str| format!("method_{m}");
    let mut formulas = Vec::new();
    for t in traits {
        let own = measures.iter().filter(|x| x.trait_name == *t);
        formulas.extend(own.map(|x| Formula::new(t, Operator::Loading, &x.variable)));
    }
    for m in &with_factor {
        let own = measures.iter().filter(|x| x.method == **m);
        formulas.extend(own.map(|x| Formula::new(method_factor(m), Operator::Loading, &x.variable)));
    }
    for t in traits {
        for m in &with_factor {
            let mut zero = Formula::new(t, Operator::Covariance, method_factor(m));
            zero.modifiers.constraint = Constraint::Fixed(0.0);
            formulas.push(zero);
        }
    }
    let model = Model::from_formulas(formulas)?;
    let result = Estimation::new(Estimator::Ml)
        .scaling(Scaling::UnitVariance)
        .latent_covariances(LatentCovariances::Free)
        .fit_moments(&model, moments)?;
    let loading = |factor: &str, variable: &str| {
        result
            .parameter(factor, Operator::Loading, variable)
            .ok()
            .and_then(|p| p.std_all)
            .map_or(0.0, |l| l * l)
    };
    let variance = if result.status.proper() {
        measures
            .iter()
            .map(|x| {
                let consistency = loading(&x.trait_name, &x.variable);
                let specificity = loading(&method_factor(&x.method), &x.variable);
                let unexplained = 1.0 - consistency - specificity;
                VarianceShares { variable: x.variable.clone(), consistency, specificity, unexplained }
            })
            .collect()
    } else {
        Vec::new()
    };
    Ok(MethodModel {
        name: name.into(),
        reference_method: standard,
        model: model.to_string(),
        variance,
        result,
    })
}
