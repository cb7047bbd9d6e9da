//! Comparison of rival models: difference tests of nested ones, information criteria for all.
//!
//! With T, df and c the test statistic, degrees of freedom and scaling factor of the restricted (0) and the
//! free model (1), m = df_0 - df_1:
//!
//! ```text
//! standard                 T_0 - T_1                                                  chi-square(m)
//! Satorra & Bentler 2001   (T_0 - T_1) / c_d,  c_d = (df_0 c_0 - df_1 c_1) / m        chi-square(m)
//! Satorra & Bentler 2010   the same with c_1 of the free model at the restricted estimates: c_d > 0
//!                          in practice
//! Satorra 2000             a (T_0 - T_1) + b with a, b from U_d = the part of the free model's
//!                          derivatives that the restricted model's do not span, scaled and shifted
//! ```
//!
//! (Satorra & Bentler 2001, 2010; Satorra 2000; Asparouhov & Muthen 2006, 2010.) Models are nested when the
//! free one reproduces the moments that the restricted one implies (Bentler & Satorra 2010).

use crate::estimate::after::fitted_model::FittedModel;
use crate::estimate::after::nested::{Freer, factor_at, scaled_and_shifted};
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::inference::TestStatistic;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::search::scoring::minimise;
use crate::estimate::search::starts::{Start, start_values};
use crate::numeric::tails::chi_square_tail;

use crate::error::{Error, Result, Warning};
use serde::{Deserialize, Serialize};

/// How the difference of two models is tested.
///
/// ```
/// use psychometrics::estimate::DifferenceTest;
/// assert_eq!("standard".parse(), Ok(DifferenceTest::Standard));
/// assert_eq!(DifferenceTest::Standard.to_string(), "standard");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DifferenceTest {
    /// T_0 - T_1.
    #[serde(rename = "standard")]
    Standard,
    /// Scaled by both models' scaling factors.
    #[serde(rename = "satorra.bentler.2001")]
    SatorraBentler2001,
    /// The same with a scaling factor that keeps the statistic positive; needs the fits themselves.
    #[serde(rename = "satorra.bentler.2010")]
    SatorraBentler2010,
    /// Scaled and shifted; needs the fits themselves.
    #[serde(rename = "satorra.2000")]
    Satorra2000,
}

impl DifferenceTest {
    /// The test that belongs to a test statistic, as in lavaan.
    pub fn of(statistic: TestStatistic) -> Self {
        match statistic {
            TestStatistic::Standard
            | TestStatistic::BollenStine
            | TestStatistic::BrowneResidualNt
            | TestStatistic::BrowneResidualNtModel
            | TestStatistic::BrowneResidualAdf
            | TestStatistic::BrowneResidualAdfModel => DifferenceTest::Standard,
            TestStatistic::SatorraBentler | TestStatistic::YuanBentler | TestStatistic::YuanBentlerMplus => {
                DifferenceTest::SatorraBentler2001
            }
            TestStatistic::MeanVarAdjusted | TestStatistic::ScaledShifted => DifferenceTest::Satorra2000,
        }
    }

    /// lavaan's name.
    pub fn name(self) -> &'static str {
        match self {
            DifferenceTest::Standard => "standard",
            DifferenceTest::SatorraBentler2001 => "satorra.bentler.2001",
            DifferenceTest::SatorraBentler2010 => "satorra.bentler.2010",
            DifferenceTest::Satorra2000 => "satorra.2000",
        }
    }
}

/// The test of a restricted model against a freer one.
///
/// ```
/// use psychometrics::estimate::compare;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let two: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// let one: Model = "g =~ x1 + x2 + x3 + x4 + x5 + x6".parse()?;
/// let (two, one) = (Estimation::default().fit(&two, &data)?, Estimation::default().fit(&one, &data)?);
/// let compared = compare(&[("two", &two), ("one", &one)], None)?;
/// let difference = &compared.differences[0];
/// assert_eq!((difference.from.as_str(), difference.to.as_str(), difference.df_diff), ("two", "one", 1.0));
/// assert_eq!(format!("{:.2}", difference.chisq_diff.unwrap()), "78.87");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// The freer model.
    pub from: String,
    /// The restricted model.
    pub to: String,
    /// Which test.
    pub method: DifferenceTest,
    /// Its statistic; none where the test does not exist (see the warnings).
    pub chisq_diff: Option<f64>,
    /// Its degrees of freedom.
    pub df_diff: f64,
    /// Its p-value.
    pub pvalue: Option<f64>,
    /// CFI of the restricted minus that of the free model.
    pub delta_cfi: Option<f64>,
    /// RMSEA of the restricted minus that of the free model.
    pub delta_rmsea: Option<f64>,
    /// SRMR of the restricted minus that of the free model.
    pub delta_srmr: Option<f64>,
}

/// Models from the freest to the most restricted one, each tested against the one before.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// use psychometrics::estimate::compare;
///
/// let three = Estimation::default().fit(&model, &data)?;
/// let one = Estimation::default().fit(&"g =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9".parse()?, &data)?;
/// let compared = compare(&[("three", &three), ("one", &one)], None)?;
/// let test = &compared.differences[0];
/// assert_eq!(format!("{:.1} {}", test.chisq_diff.unwrap(), test.df_diff), "227.0 3");
/// assert_eq!(format!("{:.3}", compared.models[1].cfi.unwrap()), "0.677");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The models, by degrees of freedom.
    pub models: Vec<FittedModel>,
    /// The tests of neighbours.
    pub differences: Vec<Difference>,
    /// Caveats: not nested, other data.
    pub warnings: Vec<Warning>,
}

/// Compares fits by name. Without a method the test statistic of the first fit chooses.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::compare;
/// use psychometrics::model::LatentCovariances;
/// use psychometrics::{Estimation, Model};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let oblique = Estimation::default().fit(&model, &data)?;
/// let orthogonal = Estimation::default().latent_covariances(LatentCovariances::Orthogonal).fit(&model, &data)?;
/// let comparison = compare(&[("oblique", &oblique), ("orthogonal", &orthogonal)], None)?;
/// let difference = &comparison.differences[0];
/// assert_eq!(format!("{:.3}", difference.chisq_diff.unwrap()), "68.222");
/// assert_eq!(difference.df_diff, 3.0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unsupported`] for a fit that did not converge, and for a scaled difference of fits whose own tests are not.
pub fn compare(fits: &[(&str, &Fit)], method: Option<DifferenceTest>) -> Result<Comparison> {
    let method = method.or_else(|| fits.first().map(|(_, fit)| DifferenceTest::of(fit.internals.statistic)));
    let models: Vec<(FittedModel, Option<&Fit>)> = fits
        .iter()
        .map(|(name, fit)| Ok((FittedModel::of(name, fit)?, Some(*fit))))
        .collect::<Result<_>>()?;
    compare_all(models, method.unwrap_or(DifferenceTest::Standard))
}

/// Compares models of which only the measures are known.
///
/// # Errors
/// [`Error::Unsupported`] for a test that needs the fits themselves.
pub fn compare_measures(models: Vec<FittedModel>, method: DifferenceTest) -> Result<Comparison> {
    if matches!(method, DifferenceTest::SatorraBentler2010 | DifferenceTest::Satorra2000) {
        return Err(Error::Unsupported {
            what: format!("the test {} from measures alone", method.name()),
            instead: "Compare the fits themselves, or take satorra.bentler.2001.".into(),
        });
    }
    compare_all(models.into_iter().map(|model| (model, None)).collect(), method)
}

/// Tests of models that are nested in one by construction, by the method that goes with its estimator.
pub(crate) struct NestedTests<'a> {
    fit: &'a Fit,
    model: FittedModel,
    freer: Option<Freer<'a>>,
}

impl<'a> NestedTests<'a> {
    pub(crate) fn of(fit: &'a Fit) -> Result<Self> {
        let is_ordinal = DifferenceTest::of(fit.internals.statistic) == DifferenceTest::Satorra2000;
        let freer = is_ordinal.then(|| Freer::of(&fit.internals)).flatten();
        Ok(Self { fit, model: FittedModel::of("free", fit)?, freer })
    }

    /// Statistic, degrees of freedom and p-value; none where the statistic does not exist.
    pub(crate) fn against(&self, restricted: &Fit) -> Result<Option<(f64, f64, f64)>> {
        let zero = FittedModel::of("restricted", restricted)?;
        let (t, df) = (zero.chisq - self.model.chisq, zero.df - self.model.df);
        let method = DifferenceTest::of(self.fit.internals.statistic);
        let statistic = match (method, &self.freer) {
            (DifferenceTest::Satorra2000, freer) => freer
                .as_ref()
                .and_then(|freer| freer.traces(&restricted.internals))
                .map(|traces| scaled_and_shifted(t, df, traces)),
            _ => difference(&self.model, &zero, Some((self.fit, restricted)), method),
        };
        Ok(statistic.map(|statistic| (statistic, df, chi_square_tail(statistic, df))))
    }
}

/// The test of a model that is a restriction of another by construction: the method asked for, or where its statistic does not
/// exist the next of 2001, 2010 and 2000 that does; none where none does, and where the restricted model fits better (one
/// of the two is no minimum).
pub(crate) fn difference_of_rungs(
    free: &Fit,
    restricted: &Fit,
    asked: Option<DifferenceTest>,
) -> Result<Option<(DifferenceTest, f64, f64)>> {
    let (one, zero) =
        (FittedModel::of("the freer model", free)?, FittedModel::of("the restricted", restricted)?);
    let method = asked.unwrap_or_else(|| DifferenceTest::of(free.internals.statistic));
    let pair = [(one, Some(free)), (zero, Some(restricted))];
    if method != DifferenceTest::Standard {
        refuse_unscaled(&pair, method)?;
    }
    let [(one, _), (zero, _)] = &pair;
    if zero.df <= one.df || zero.chisq < one.chisq - 1e-6 * (1.0 + one.chisq) {
        return Ok(None);
    }
    let others = [DifferenceTest::SatorraBentler2010, DifferenceTest::Satorra2000];
    let methods = std::iter::once(method).chain(
        others.into_iter().filter(|own| method == DifferenceTest::SatorraBentler2001 && *own != method),
    );
    let test = |method| {
        let statistic = difference(one, zero, Some((free, restricted)), method)?;
        (statistic.is_finite() && statistic >= 0.0).then_some((method, statistic, zero.df - one.df))
    };
    Ok(methods.into_iter().find_map(test))
}

fn compare_all(mut models: Vec<(FittedModel, Option<&Fit>)>, method: DifferenceTest) -> Result<Comparison> {
    models.sort_by(|(a, _), (b, _)| a.df.total_cmp(&b.df));
    if method != DifferenceTest::Standard {
        refuse_unscaled(&models, method)?;
    }
    let mut warnings = Vec::new();
    let mut differences = Vec::new();
    for pair in models.windows(2) {
        let [(free, of_free), (restricted, of_restricted)] = pair else { continue };
        let m = restricted.df - free.df;
        let doubt = doubt(free, restricted, of_free.zip(*of_restricted));
        let statistic = match &doubt {
            Some(_) => None,
            None => difference(free, restricted, of_free.zip(*of_restricted), method),
        };
        if let Some(why) = doubt {
            warnings.push(Warning::NotComparable {
                free: free.name.clone(),
                restricted: restricted.name.clone(),
                why,
            });
        } else if statistic.is_none() {
            let why = match method {
                DifferenceTest::SatorraBentler2010 => {
                    "its scaling factor at the restricted model's estimates does not exist: take satorra.2000"
                }
                DifferenceTest::Satorra2000 => "its scaling does not exist: take satorra.bentler.2001",
                _ => "its scaling factor is not positive: take satorra.bentler.2010",
            };
            let why = why.into();
            warnings.push(Warning::NotComparable {
                free: free.name.clone(),
                restricted: restricted.name.clone(),
                why,
            });
        }
        let minus = |a: Option<f64>, b: Option<f64>| Some(a? - b?);
        differences.push(Difference {
            from: free.name.clone(),
            to: restricted.name.clone(),
            method,
            chisq_diff: statistic,
            df_diff: m,
            pvalue: statistic.map(|t| chi_square_tail(t, m)),
            delta_cfi: minus(restricted.cfi, free.cfi),
            delta_rmsea: minus(restricted.rmsea, free.rmsea),
            delta_srmr: minus(restricted.srmr, free.srmr),
        });
    }
    Ok(Comparison { models: models.into_iter().map(|(model, _)| model).collect(), differences, warnings })
}

/// A scaled difference is made of what scales the models' own tests.
fn refuse_unscaled(models: &[(FittedModel, Option<&Fit>)], method: DifferenceTest) -> Result<()> {
    let is_unscaled = |(model, fit): &&(FittedModel, Option<&Fit>)| match fit {
        Some(fit) => !fit.internals.statistic.is_scaled(),
        None => model.scaling_factor.is_none() && model.df > 0.0,
    };
    match models.iter().find(is_unscaled) {
        None => Ok(()),
        Some((model, _)) => Err(Error::Unsupported {
            what: format!("the difference test {} of '{}', whose own test is not scaled", method.name(), model.name),
            instead: "Take the method standard, or fit all models by an estimator with a scaled test (MLM or MLR; WLSMV \
                      or ULSMV)."
                .into(),
        }),
    }
}

/// Why two models cannot be tested against each other.
fn doubt(free: &FittedModel, restricted: &FittedModel, fits: Option<(&Fit, &Fit)>) -> Option<String> {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(b.abs());
    if free.nobs != restricted.nobs {
        return Some(format!(
            "they were fitted on different data ({} and {} respondents)",
            free.nobs.iter().sum::<usize>(),
            restricted.nobs.iter().sum::<usize>()
        ));
    }
    if free.estimator != restricted.estimator {
        return Some(format!("one was fitted by {}, the other by {}", free.estimator, restricted.estimator));
    }
    if !near(free.baseline_chisq, restricted.baseline_chisq) {
        return Some(
            "they were fitted on different data or variables: their independence models differ".into(),
        );
    }
    if free.df == restricted.df {
        return Some("they have the same degrees of freedom: compare AIC and BIC".into());
    }
    if restricted.chisq < free.chisq - 1e-6 * (1.0 + free.chisq) {
        return Some("they are not nested: the model with fewer parameters fits better".into());
    }
    if let Some((free, restricted)) = fits
        && reproduces(&free.internals, &restricted.internals) == Some(false)
    {
        return Some("they are not nested: the freer model cannot reproduce what the other implies".into());
    }
    None
}

/// Whether the free model reproduces the moments that the restricted one implies; none where that cannot be
/// found out.
fn reproduces(free: &Internals, restricted: &Internals) -> Option<bool> {
    if free.jacobian.nrows() > 0 || free.tables.len() != restricted.tables.len() {
        return None;
    }
    let mut implied = Vec::with_capacity(free.tables.len());
    for (group, table) in free.tables.iter().enumerate() {
        let other = &restricted.tables[group];
        let order: Vec<usize> = table
            .observed
            .iter()
            .map(|name| other.observed.iter().position(|n| n == name))
            .collect::<Option<_>>()?;
        let (from, own) = (&restricted.implied[group], &free.observed[group]);
        implied.push(own.seen.replaced(own, table, (other, from), &order)?);
    }
    let mut discrepancy = Discrepancy::new(&free.tables, &implied, None);
    let start = start_values(&free.tables, &implied, Start::PrincipalFactors);
    let solution = minimise(&mut discrepancy, start, &[], 500)?;
    if !solution.converged {
        return None;
    }
    Some(free.multiplier() * solution.value < 1e-4)
}

fn difference(
    free: &FittedModel,
    restricted: &FittedModel,
    fits: Option<(&Fit, &Fit)>,
    method: DifferenceTest,
) -> Option<f64> {
    let t = restricted.chisq - free.chisq;
    let m = restricted.df - free.df;
    let scaled = |free_factor: f64| {
        let own = restricted.scaling_factor.unwrap_or(1.0);
        let factor = (restricted.df * own - free.df * free_factor) / m;
        (factor > 0.0).then(|| t / factor)
    };
    // a saturated model has nothing to scale
    let of = |model: &FittedModel| if model.df == 0.0 { 0.0 } else { model.scaling_factor.unwrap_or(1.0) };
    match (method, fits) {
        (DifferenceTest::Standard, _) => Some(t),
        (DifferenceTest::SatorraBentler2001, _) | (_, None) => scaled(of(free)),
        (DifferenceTest::SatorraBentler2010, Some((one, zero))) => scaled(factor_at(one, zero)?),
        (DifferenceTest::Satorra2000, Some((one, zero))) => {
            Some(scaled_and_shifted(t, m, Freer::of(&one.internals)?.traces(&zero.internals)?))
        }
    }
}
