//! Rules that join what completed data sets say: estimates by Rubin, test statistics by D2 and D3.
//!
//! ```text
//! Q = mean of Q_l      U = mean of U_l      B = sum (Q_l - Q)^2 / (m - 1)      T = U + (1 + 1/m) B
//! riv = (1 + 1/m) B / U      fmi = (1 + 1/m) B / T      df = (m - 1) / fmi^2
//! ```
//!
//! Q_l and U_l are an estimate and its sampling variance in data set l of m (Rubin 1987, eqs. 3.1.2-3.1.10).
//!
//! ```text
//! D2 = (mean(d) / k - (m + 1)/(m - 1) r) / (1 + r)      r = (1 + 1/m) var(sqrt(d))
//!      df2 = k^(-3/m) (m - 1) (1 + 1/r)^2
//! D3 = mean(d at the pooled estimates) / (k (1 + r))      r = (m + 1)/(k (m - 1)) (mean(d) - mean(d at pooled))
//!      df2 = 4 + (t - 4) (1 + (1 - 2/t) / r)^2      t = k (m - 1) > 4
//! ```
//!
//! both against F with k and df2 degrees of freedom, d the m statistics (Li, Meng, Raghunathan & Rubin 1991, eqs.
//! 2.1-2.2; Meng & Rubin 1992, eqs. 2.1-2.3). D2 needs only the statistics and is the coarser of the two; D3 needs
//! likelihoods.

use crate::error::{Error, Result};
use crate::numeric::f_distribution;
use crate::numeric::tails::NORMAL_975;
use crate::numeric::tails::chi_square_tail;
use crate::numeric::tails::two_sided;
use serde::{Deserialize, Serialize};

/// Degrees of freedom from which t and F are the normal and chi-square distribution.
const INFINITE: f64 = 1e7;

/// An estimate pooled over completed data sets, with its test and 95 % interval from the t distribution.
///
/// ```
/// use psychometrics::estimate::Pooled;
///
/// let pooled = Pooled::of(&[1.0, 2.0, 3.0], &[0.5, 0.5, 0.5], None)?;
/// // U = 1/2, B = 1, T = 1/2 + 4/3
/// assert_eq!((pooled.est, pooled.within, pooled.between), (2.0, 0.5, 1.0));
/// assert!((pooled.total - 11.0 / 6.0).abs() < 1e-12);
/// assert!((pooled.riv.unwrap() - 8.0 / 3.0).abs() < 1e-12);
/// assert!((pooled.df.unwrap() - 2.0 * (11.0_f64 / 8.0).powi(2)).abs() < 1e-12);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pooled {
    /// Mean of the estimates.
    pub est: f64,
    /// Root of the total variance.
    pub se: f64,
    /// Mean of the sampling variances (U).
    pub within: f64,
    /// Variance of the estimates, divisor m - 1 (B).
    pub between: f64,
    /// U + (1 + 1/m) B.
    pub total: f64,
    /// est / se; none where se is 0.
    pub t: Option<f64>,
    /// Degrees of freedom of t; none where they are infinite (nothing is missing), t then being normal.
    pub df: Option<f64>,
    /// Two-sided p-value of t.
    pub pvalue: Option<f64>,
    /// Lower end of the 95 % interval.
    #[serde(rename = "ci.lower")]
    pub ci_lower: f64,
    /// Upper end of the 95 % interval.
    #[serde(rename = "ci.upper")]
    pub ci_upper: f64,
    /// Relative increase in variance because of what is missing; none where U is 0.
    pub riv: Option<f64>,
    /// Fraction of missing information: share of B + B/m in the total variance, as semTools has it.
    pub fmi: f64,
    /// The same for so few data sets: (riv + 2/(df + 3)) / (riv + 1), as mice has it.
    #[serde(rename = "fmi.finite")]
    pub fmi_finite: f64,
    /// Data sets.
    pub m: usize,
}

impl Pooled {
    /// Pools estimates and their sampling variances. With the degrees of freedom that complete data would have, those
    /// of t never exceed them (Barnard & Rubin 1999); without, complete data count as a large sample (Rubin 1987), as
    /// in a structural equation model.
    ///
    /// # Errors
    /// [`Error::TooFewImputations`] below two, [`Error::WrongSize`] where there are not as many variances as
    /// estimates, [`Error::NotFinite`], [`Error::BadOption`] for a negative variance or degrees of freedom of 0.
    pub fn of(estimates: &[f64], variances: &[f64], complete_df: Option<f64>) -> Result<Self> {
        let m = estimates.len();
        at_least_two(m)?;
        if variances.len() != m {
            let (found, expected) = (variances.len(), m);
            return Err(Error::WrongSize { what: "variances of the estimates".into(), found, expected });
        }
        finite("an estimate of a completed data set", estimates)?;
        finite("a variance of a completed data set", variances)?;
        let refuse = |option: &str, value: f64, allowed: &str| {
            Err(Error::BadOption { option: option.into(), value: value.to_string(), allowed: allowed.into() })
        };
        if let Some(negative) = variances.iter().find(|v| **v < 0.0) {
            return refuse("variance of an estimate", *negative, "zero or more");
        }
        if let Some(df) = complete_df.filter(|df| !(*df > 0.0)) {
            return refuse("degrees of freedom of complete data", df, "more than zero");
        }
        let est = mean(estimates);
        Ok(Self::from_parts(est, mean(variances), variance(estimates), m, complete_df))
    }

    pub(crate) fn from_parts(
        est: f64,
        within: f64,
        between: f64,
        m: usize,
        complete_df: Option<f64>,
    ) -> Self {
        let more = (1.0 + 1.0 / m as f64) * between;
        let total = within + more;
        let se = total.sqrt();
        let fmi = if total > 0.0 { more / total } else { 0.0 };
        let large = (m as f64 - 1.0) / (fmi * fmi);
        let df = match complete_df {
            Some(complete) => {
                let observed = (complete + 1.0) / (complete + 3.0) * complete * (1.0 - fmi);
                1.0 / (1.0 / large + 1.0 / observed)
            }
            None => large,
        };
        let df = (df < INFINITE).then_some(df);
        let t = (se > 0.0).then(|| est / se);
        let half = se * df.map_or(NORMAL_975, t_975);
        Self {
            est,
            se,
            within,
            between,
            total,
            t,
            df,
            pvalue: t.map(|t| df.map_or_else(|| two_sided(t), |df| f_distribution::upper(t * t, 1.0, df))),
            ci_lower: est - half,
            ci_upper: est + half,
            riv: (within > 0.0).then(|| more / within),
            fmi,
            fmi_finite: fmi + (1.0 - fmi) * df.map_or(0.0, |df| 2.0 / (df + 3.0)),
            m,
        }
    }
}

/// 97.5 % quantile of t: its square is F with 1 and df degrees of freedom.
fn t_975(df: f64) -> f64 {
    f_distribution::quantile(0.95, 1.0, df).map_or(NORMAL_975, f64::sqrt)
}

/// How statistics are pooled.
///
/// ```
/// use psychometrics::estimate::{PooledTest, PoolingRule};
///
/// let test = PooledTest::d2(&[4.0, 9.0, 16.0], 2.0)?;
/// assert_eq!(test.rule, PoolingRule::D2);
/// let test = PooledTest::d3(&[8.0, 9.0, 10.0], &[5.0, 6.0, 7.0], 3.0)?;
/// assert_eq!(test.rule, PoolingRule::D3);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PoolingRule {
    /// From the statistics of the data sets alone.
    D2,
    /// From likelihood ratios at each data set's own and at the pooled estimates.
    D3,
}

/// A test pooled over completed data sets.
///
/// ```
/// use psychometrics::estimate::PooledTest;
///
/// // square roots 2, 3, 4: r = 4/3; D2 = ((29/3)/2 - 2 * 4/3) / (7/3)
/// let test = PooledTest::d2(&[4.0, 9.0, 16.0], 2.0)?;
/// assert!((test.f - 13.0 / 14.0).abs() < 1e-12);
/// assert!((test.df2.unwrap() - 0.5 * 2.0 * 1.75_f64.powi(2)).abs() < 1e-12);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledTest {
    /// By which rule.
    pub rule: PoolingRule,
    /// D2 or D3; 0 where the rule gives less.
    #[serde(rename = "F")]
    pub f: f64,
    /// Degrees of freedom of the numerator: those of each statistic.
    pub df1: f64,
    /// Degrees of freedom of the denominator; none where they are infinite.
    pub df2: Option<f64>,
    /// Probability of a larger F.
    pub pvalue: f64,
    /// df1 F: the statistic in the units of a chi-square.
    pub chisq: f64,
    /// Average relative increase in variance because of what is missing.
    pub ariv: f64,
    /// Data sets.
    pub m: usize,
}

impl PooledTest {
    /// D2 of chi-square statistics with `df` degrees of freedom.
    ///
    /// # Errors
    /// [`Error::TooFewImputations`], [`Error::NotFinite`] (a root of a negative statistic too), [`Error::BadOption`]
    /// without degrees of freedom.
    pub fn d2(statistics: &[f64], df: f64) -> Result<Self> {
        let m = statistics.len();
        check(statistics, df)?;
        let roots: Vec<f64> = statistics.iter().map(|d| d.sqrt()).collect();
        finite("the root of a statistic", &roots)?;
        let sets = m as f64;
        let ariv = (1.0 + 1.0 / sets) * variance(&roots);
        let f = (mean(statistics) / df - (sets + 1.0) / (sets - 1.0) * ariv) / (1.0 + ariv);
        let df2 = df.powf(-3.0 / sets) * (sets - 1.0) * (1.0 + 1.0 / ariv).powi(2);
        Ok(Self::new(PoolingRule::D2, f, df, df2, ariv, m))
    }

    /// D3 of likelihood-ratio statistics at each data set's own estimates and at the pooled ones.
    ///
    /// # Errors
    /// As [`PooledTest::d2`]; [`Error::WrongSize`] where there are not as many of one as of the other.
    ///
    /// ```
    /// use psychometrics::estimate::PooledTest;
    ///
    /// // r = 4/(3 * 2) * (9 - 6) = 2; D3 = 6 / (3 * 3)
    /// let test = PooledTest::d3(&[8.0, 9.0, 10.0], &[5.0, 6.0, 7.0], 3.0)?;
    /// assert!((test.f - 2.0 / 3.0).abs() < 1e-12);
    /// // t = 6: 4 + 2 (1 + (2/3)/2)^2
    /// assert!((test.df2.unwrap() - (4.0 + 32.0 / 9.0)).abs() < 1e-12);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn d3(own: &[f64], at_pooled: &[f64], df: f64) -> Result<Self> {
        let m = own.len();
        check(own, df)?;
        if at_pooled.len() != m {
            let (found, expected) = (at_pooled.len(), m);
            let what = "statistics at the pooled estimates".into();
            return Err(Error::WrongSize { what, found, expected });
        }
        finite("a statistic at the pooled estimates", at_pooled)?;
        let sets = m as f64;
        let ariv = (sets + 1.0) / (df * (sets - 1.0)) * (mean(own) - mean(at_pooled));
        let ariv = ariv.max(0.0);
        let t = df * (sets - 1.0);
        let df2 = if t > 4.0 {
            4.0 + (t - 4.0) * (1.0 + (1.0 - 2.0 / t) / ariv).powi(2)
        } else {
            0.5 * t * (1.0 + 1.0 / df) * (1.0 + 1.0 / ariv).powi(2)
        };
        let f = mean(at_pooled) / (df * (1.0 + ariv));
        Ok(Self::new(PoolingRule::D3, f, df, df2, ariv, m))
    }

    fn new(rule: PoolingRule, f: f64, df1: f64, df2: f64, ariv: f64, m: usize) -> Self {
        let f = f.max(0.0);
        let df2 = (df2 < INFINITE).then_some(df2);
        let pvalue =
            df2.map_or_else(|| chi_square_tail(df1 * f, df1), |df2| f_distribution::upper(f, df1, df2));
        Self { rule, f, df1, df2, pvalue, chisq: df1 * f, ariv, m }
    }
}

fn check(statistics: &[f64], df: f64) -> Result<()> {
    at_least_two(statistics.len())?;
    finite("a statistic of a completed data set", statistics)?;
    if df > 0.0 && df.is_finite() {
        return Ok(());
    }
    Err(Error::BadOption {
        option: "degrees of freedom".into(),
        value: df.to_string(),
        allowed: "a finite number above zero".into(),
    })
}

fn at_least_two(m: usize) -> Result<()> {
    if m < 2 { Err(Error::TooFewImputations { usable: m, m }) } else { Ok(()) }
}

fn finite(what: &str, values: &[f64]) -> Result<()> {
    if values.iter().all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(Error::NotFinite { what: what.into() })
    }
}

/// About the first, so that equal values have exactly their mean.
fn mean(values: &[f64]) -> f64 {
    let first = values[0];
    first + values.iter().map(|value| value - first).sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}
