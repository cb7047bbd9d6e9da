//! Whether the alphas of groups, or of two scales, differ.
//!
//! Under the model of Feldt (1965), (1 - a^)/(1 - a) of k items and n persons is distributed as F with (n - 1)(k - 1)
//! and n - 1 degrees of freedom.
//!
//! ```text
//! two groups    W = (1 - a2) / (1 - a1) ~ F(n1 - 1, n2 - 1)                                  Feldt (1969)
//!               W is the product of two F's; degrees of freedom that give its mean
//!               and variance, for few items or persons                          Alsawalmeh & Feldt (1992)
//! g groups      sum (b_j - b)^2 / v_j ~ chi-square(g - 1), b_j = (1 - a_j)^(1/3),
//!               v_j = 18 k (n - 1) b_j^2 / ((k - 1) (9 n - 11)^2)                Hakstian & Whalen (1976)
//! one sample    t = (W - 1) sqrt(n - 2) / sqrt(4 W (1 - r^2)), n - 2 df                      Feldt (1980)
//! ```

use crate::numeric::f_distribution;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF, StudentsT};
use std::borrow::Cow;

/// An alpha with what its distribution depends on.
///
/// ```
/// use psychometrics::evidence::internal_structure::{AlphaOfGroup, hakstian_whalen_test};
///
/// let group = |alpha, n| AlphaOfGroup { alpha, n, items: 10 };
/// let test = hakstian_whalen_test(&[group(0.8, 120), group(0.75, 90), group(0.7, 100)]).unwrap();
/// assert_eq!(format!("{:.3} {:.3}", test.statistic, test.pvalue), "4.001 0.135");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AlphaOfGroup {
    /// Raw alpha.
    pub alpha: f64,
    /// Persons.
    pub n: usize,
    /// Items.
    pub items: usize,
}

/// A test of the difference between alphas.
///
/// ```
/// use psychometrics::evidence::internal_structure::{AlphaOfGroup, feldt_test};
/// let of = |alpha| AlphaOfGroup { alpha, n: 100, items: 10 };
/// // W = (1 - .7) / (1 - .8)
/// assert!((feldt_test(of(0.7), of(0.8)).unwrap().statistic - 1.5).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlphaTest {
    /// Which test.
    pub method: Cow<'static, str>,
    /// The statistic: F, chi-square or t.
    pub statistic: f64,
    /// Degrees of freedom.
    pub df1: f64,
    /// Second degrees of freedom, of F.
    pub df2: Option<f64>,
    /// Two-sided probability of a larger difference where there is none.
    pub pvalue: f64,
}

/// (1 - a2)/(1 - a1) as an F, the larger over the smaller.
fn ratio(first: AlphaOfGroup, second: AlphaOfGroup) -> Option<(f64, AlphaOfGroup, AlphaOfGroup)> {
    let usable = |a: AlphaOfGroup| a.alpha < 1.0 && a.n > 1 && a.items > 1;
    if !usable(first) || !usable(second) {
        return None;
    }
    let (low, high) = if first.alpha <= second.alpha { (first, second) } else { (second, first) };
    Some(((1.0 - low.alpha) / (1.0 - high.alpha), low, high))
}

/// Feldt's (1969) test for two independent groups; none for an alpha of 1, fewer than two persons or items.
///
/// ```
/// use psychometrics::evidence::internal_structure::{AlphaOfGroup, feldt_test};
/// let group = |alpha| AlphaOfGroup { alpha, n: 101, items: 20 };
/// let test = feldt_test(group(0.8), group(0.7)).unwrap();
/// assert_eq!((format!("{:.3}", test.statistic), format!("{:.4}", test.pvalue)), ("1.500".into(), "0.0439".into()));
/// ```
pub fn feldt_test(first: AlphaOfGroup, second: AlphaOfGroup) -> Option<AlphaTest> {
    let (w, low, high) = ratio(first, second)?;
    // 1 / (1 - low) has F(n - 1, ...), so W has the degrees of freedom of the higher alpha first
    let (df1, df2) = (high.n as f64 - 1.0, low.n as f64 - 1.0);
    Some(AlphaTest {
        method: "Feldt (1969)".into(),
        statistic: w,
        df1,
        df2: Some(df2),
        pvalue: (2.0 * f_distribution::upper(w, df1, df2)).min(1.0),
    })
}

/// The same with degrees of freedom that give the product of two F's its mean and variance; none where that variance
/// does not exist (five persons or fewer).
pub fn alsawalmeh_feldt_test(first: AlphaOfGroup, second: AlphaOfGroup) -> Option<AlphaTest> {
    let (w, low, high) = ratio(first, second)?;
    let df = |a: AlphaOfGroup| (a.n as f64 - 1.0, (a.n as f64 - 1.0) * (a.items as f64 - 1.0));
    // under equality W ~ F(e_low, n_low - 1) F(n_high - 1, e_high)
    let ((n_low, e_low), (n_high, e_high)) = (df(low), df(high));
    let mean = |d2: f64| d2 / (d2 - 2.0);
    let square = |d1: f64, d2: f64| d2 * d2 * (d1 + 2.0) / (d1 * (d2 - 2.0) * (d2 - 4.0));
    if !(n_low > 4.0 && e_high > 4.0) {
        return None;
    }
    let first_moment = mean(n_low) * mean(e_high);
    let variance = square(e_low, n_low) * square(n_high, e_high) - first_moment * first_moment;
    let df2 = 2.0 * first_moment / (first_moment - 1.0);
    // Var = 2 d2^2 (d1 + d2 - 2) / (d1 (d2 - 2)^2 (d2 - 4))
    let c = variance * (df2 - 2.0).powi(2) * (df2 - 4.0) / (2.0 * df2 * df2);
    let df1 = (df2 - 2.0) / (c - 1.0);
    if !(df1 > 0.0 && df2 > 4.0) {
        return None;
    }
    Some(AlphaTest {
        method: "Alsawalmeh & Feldt (1992)".into(),
        statistic: w,
        df1,
        df2: Some(df2),
        pvalue: (2.0 * f_distribution::upper(w, df1, df2)).min(1.0),
    })
}

/// Hakstian and Whalen's (1976) test of equal alphas in any number of independent groups; none for fewer than two
/// groups, an alpha of 1, or a group of fewer than three.
pub fn hakstian_whalen_test(groups: &[AlphaOfGroup]) -> Option<AlphaTest> {
    if groups.len() < 2 || groups.iter().any(|g| !(g.alpha < 1.0) || g.n < 3 || g.items < 2) {
        return None;
    }
    let terms: Vec<(f64, f64)> = groups
        .iter()
        .map(|g| {
            let (n, k) = (g.n as f64, g.items as f64);
            let root = (1.0 - g.alpha).cbrt();
            (root, 18.0 * k * (n - 1.0) * root * root / ((k - 1.0) * (9.0 * n - 11.0).powi(2)))
        })
        .collect();
    let weights: f64 = terms.iter().map(|(_, v)| 1.0 / v).sum();
    let mean = terms.iter().map(|(b, v)| b / v).sum::<f64>() / weights;
    let statistic: f64 = terms.iter().map(|(b, v)| (b - mean).powi(2) / v).sum();
    let df1 = groups.len() as f64 - 1.0;
    let pvalue = ChiSquared::new(df1).ok()?.sf(statistic);
    Some(AlphaTest { method: "Hakstian & Whalen (1976)".into(), statistic, df1, df2: None, pvalue })
}

/// Feldt's (1980) test of the alphas of two scales of the same `n` persons whose scores correlate by `r`; none for an
/// alpha of 1, a perfect correlation, or fewer than three persons.
pub fn feldt_dependent_test(first: f64, second: f64, n: usize, r: f64) -> Option<AlphaTest> {
    if !(first < 1.0 && second < 1.0 && r.abs() < 1.0) || n < 3 {
        return None;
    }
    let w = (1.0 - second) / (1.0 - first);
    let df = n as f64 - 2.0;
    let statistic = (w - 1.0) * df.sqrt() / (4.0 * w * (1.0 - r * r)).sqrt();
    let pvalue = 2.0 * StudentsT::new(0.0, 1.0, df).ok()?.sf(statistic.abs());
    Some(AlphaTest { method: "Feldt (1980)".into(), statistic, df1: df, df2: None, pvalue })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use approx::assert_relative_eq;
    use rand_distr::{Distribution, FisherF};

    /// Under equality W is a product of two F's: its tail by simulation.
    #[test]
    fn the_matched_degrees_of_freedom_give_the_tail_of_the_product() {
        let group = |alpha, n, items| AlphaOfGroup { alpha, n, items };
        let (first, second) = (group(0.85, 41, 4), group(0.76, 31, 4));
        let test = alsawalmeh_feldt_test(first, second).unwrap();
        // the lower alpha is that of the 31
        let (a, b) = (FisherF::new(90.0, 30.0).unwrap(), FisherF::new(40.0, 120.0).unwrap());
        let mut random = stream(7, 0);
        let draws = 400_000;
        let above =
            (0..draws).filter(|_| a.sample(&mut random) * b.sample(&mut random) > test.statistic).count();
        // standard error of the simulated tail: about 0.0004
        assert_relative_eq!(0.5 * test.pvalue, above as f64 / f64::from(draws), epsilon = 0.002);
        // with many items both are the same
        let (first, second) = (group(0.85, 41, 4000), group(0.76, 31, 4000));
        let (simple, matched) =
            (feldt_test(first, second).unwrap(), alsawalmeh_feldt_test(first, second).unwrap());
        assert_relative_eq!(simple.pvalue, matched.pvalue, epsilon = 1e-3);
    }

    #[test]
    fn equal_alphas_do_not_differ() {
        let group = AlphaOfGroup { alpha: 0.8, n: 100, items: 5 };
        assert_relative_eq!(feldt_test(group, group).unwrap().statistic, 1.0);
        assert_relative_eq!(hakstian_whalen_test(&[group; 3]).unwrap().pvalue, 1.0, epsilon = 1e-12);
        assert_relative_eq!(feldt_dependent_test(0.8, 0.8, 100, 0.5).unwrap().pvalue, 1.0);
        assert_eq!(feldt_test(group, AlphaOfGroup { alpha: 1.0, ..group }), None);
        assert_eq!(feldt_dependent_test(0.8, 0.7, 100, 1.0), None);
    }

    /// Two groups: chi-square(1) of the cube roots and Feldt's F tell nearly the same.
    #[test]
    fn two_groups_by_either_test() {
        let group = |alpha| AlphaOfGroup { alpha, n: 200, items: 30 };
        let f = alsawalmeh_feldt_test(group(0.8), group(0.74)).unwrap();
        let chi = hakstian_whalen_test(&[group(0.8), group(0.74)]).unwrap();
        assert_relative_eq!(f.pvalue, chi.pvalue, epsilon = 0.01);
    }
}
