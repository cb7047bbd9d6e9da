//! What a rotation minimises: simplicity of the loadings, with its gradient (Bernaards & Jennrich 2005).

use crate::error::{Error, Result, chosen};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where loadings should go; NaN (null) where anything is right.
///
/// ```
/// use psychometrics::factor::{Criterion, Rotate, Target};
/// use psychometrics::moments::LabelledMatrix;
///
/// // two factors, turned by 45 degrees; a and b belong to the second, which is all that is said
/// let names = |n: &[&str]| n.iter().map(|n| n.to_string()).collect::<Vec<_>>();
/// let c = 0.5f64.sqrt() * 0.8;
/// let rows = vec![vec![c, c], vec![c, c], vec![c, -c], vec![c, -c]];
/// let unrotated = LabelledMatrix::new(names(&["a", "b", "c", "d"]), names(&["F1", "F2"]), rows)?;
/// let zero = Some(0.0);
/// let target = Target { values: vec![vec![zero, None], vec![zero, None], vec![None, zero], vec![None, zero]] };
/// let rotated = Rotate::new(Criterion::Target).target(target).of(&unrotated)?;
/// assert!(rotated.loadings.values[0][0].abs() < 1e-6 && (rotated.loadings.values[0][1].abs() - 0.8).abs() < 1e-6);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// Rows of the target, in the order of the variables; none where the loading is not specified.
    pub values: Vec<Vec<Option<f64>>>,
}

/// A rotation criterion f(L), of loadings L of p variables on K factors, as GPArotation scales it; the smaller, the simpler.
///
/// With S the squared loadings, N = 11' - I (K x K) and C = 11'/p (p x p):
///
/// ```
/// use psychometrics::factor::{Criterion, Rotate};
///
/// assert_eq!(
///     (Rotate::new(Criterion::Varimax).is_oblique(), Rotate::new(Criterion::Oblimin { gamma: 0.0 }).is_oblique()),
///     (false, true)
/// );
/// assert_eq!(Criterion::Geomin { epsilon: 0.01 }.with_epsilon(0.001).epsilon(), Some(0.001));
/// assert_eq!("quartimin".parse(), Ok(Criterion::Quartimin));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Criterion {
    /// No rotation.
    None,
    /// Orthogonal: -1/4 sum (s_ik - mean of column k)^2 (Kaiser 1958).
    Varimax,
    /// Orthogonal: -1/4 sum s_ik^2 (Neuhaus & Wrigley 1954).
    Quartimax,
    /// Crawford and Ferguson's with kappa = K / 2p (Saunders 1962).
    Equamax,
    /// Crawford and Ferguson's with kappa = (K - 1) / (p + K - 2).
    Parsimax,
    /// (1 - kappa)/4 sum over pairs of factors + kappa/4 sum over pairs of variables of s s (Crawford & Ferguson 1970).
    CrawfordFerguson {
        /// Weight of the complexity of factors, from 0 to 1.
        kappa: f64,
    },
    /// 1/4 <S, (I - gamma C) S N> (Jennrich & Sampson 1966).
    Oblimin {
        /// 0 is quartimin; above it factors correlate more.
        gamma: f64,
    },
    /// Oblimin with gamma 0 (Carroll 1953).
    #[default]
    Quartimin,
    /// Varimax, then the oblique factors nearest to its loadings to this power (Hendrickson & White 1964).
    Promax {
        /// The power.
        power: f64,
    },
    /// sum_i prod_k (s_ik + epsilon)^(1/K) (Yates 1987; Browne 2001).
    Geomin {
        /// What keeps the product away from 0.
        epsilon: f64,
    },
    /// Geomin of all factors but the first, which is general.
    Bigeomin {
        /// What keeps the product away from 0.
        epsilon: f64,
    },
    /// Quartimin of all factors but the first, which is general: <S, S N> over group factors (Jennrich & Bentler 2011).
    Bifactor,
    /// Infomax (McKeon 1968; Browne 2001).
    Infomax,
    /// The sum of the so many smallest squared loadings (Kiers 1994).
    Simplimax {
        /// How many loadings should be 0; 0 stands for the number of variables.
        zeros: usize,
    },
    /// Loadings nearest to a target, where it is specified: sum (l_ik - b_ik)^2 (Browne 1972).
    Target,
}

impl Criterion {
    /// All there are, with the constants that are taken when none are given.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::Varimax,
        Self::Quartimax,
        Self::Equamax,
        Self::Parsimax,
        Self::Oblimin { gamma: 0.0 },
        Self::Quartimin,
        Self::Promax { power: 4.0 },
        Self::Geomin { epsilon: 0.001 },
        Self::Bigeomin { epsilon: 0.001 },
        Self::Bifactor,
        Self::Infomax,
        Self::Simplimax { zeros: 0 },
        Self::CrawfordFerguson { kappa: 0.0 },
        Self::Target,
    ];

    /// Whether it is of orthogonal factors by its nature.
    pub fn is_orthogonal(self) -> bool {
        matches!(self, Self::Varimax | Self::Quartimax | Self::None)
    }

    /// Whether the first factor is a general one.
    pub fn has_general_factor(self) -> bool {
        matches!(self, Self::Bigeomin { .. } | Self::Bifactor)
    }

    /// Its epsilon, where it has one.
    pub fn epsilon(self) -> Option<f64> {
        match self {
            Self::Geomin { epsilon } | Self::Bigeomin { epsilon } => Some(epsilon),
            _ => None,
        }
    }

    /// The same with another epsilon.
    pub fn with_epsilon(self, epsilon: f64) -> Self {
        match self {
            Self::Geomin { .. } => Self::Geomin { epsilon },
            Self::Bigeomin { .. } => Self::Bigeomin { epsilon },
            other => other,
        }
    }

    /// Refuses constants that make no sense.
    pub(crate) fn check(self) -> Result<()> {
        let bad = |option: &str, value: f64, allowed: &str| {
            Err(Error::BadOption { option: option.into(), value: value.to_string(), allowed: allowed.into() })
        };
        match self {
            Self::Geomin { epsilon } | Self::Bigeomin { epsilon }
                if !(epsilon > 0.0 && epsilon.is_finite()) =>
            {
                bad("epsilon of geomin", epsilon, "a small number above 0, such as 0.001")
            }
            Self::CrawfordFerguson { kappa } if !(0.0..=1.0).contains(&kappa) => {
                bad("kappa of Crawford and Ferguson's criterion", kappa, "a number from 0 to 1")
            }
            Self::Oblimin { gamma } if !(gamma <= 1.0 && gamma.is_finite()) => {
                bad("gamma of oblimin", gamma, "a number up to 1, and seldom above 0")
            }
            Self::Promax { power } if !(power > 1.0 && power.is_finite()) => {
                bad("power of promax", power, "a number above 1, such as 4")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Varimax => "varimax",
            Self::Quartimax => "quartimax",
            Self::Equamax => "equamax",
            Self::Parsimax => "parsimax",
            Self::CrawfordFerguson { .. } => "cf",
            Self::Oblimin { .. } => "oblimin",
            Self::Quartimin => "quartimin",
            Self::Promax { .. } => "promax",
            Self::Geomin { .. } => "geomin",
            Self::Bigeomin { .. } => "bigeomin",
            Self::Bifactor => "bifactor",
            Self::Infomax => "infomax",
            Self::Simplimax { .. } => "simplimax",
            Self::Target => "target",
        })
    }
}

impl FromStr for Criterion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("rotation", Self::ALL, text)
    }
}

/// The value of a criterion and its gradient, written into `gradient`. `target` holds NaN where nothing is specified; it is
/// read by the target criterion alone.
pub(crate) fn evaluate(
    criterion: Criterion,
    loadings: &DMatrix<f64>,
    target: Option<&DMatrix<f64>>,
    gradient: &mut DMatrix<f64>,
) -> f64 {
    let (p, k) = loadings.shape();
    match criterion {
        Criterion::None | Criterion::Promax { .. } => {
            gradient.fill(0.0);
            0.0
        }
        Criterion::Varimax => varimax(loadings, gradient),
        Criterion::Quartimax => {
            let mut f = 0.0;
            for (g, l) in gradient.iter_mut().zip(loadings.iter()) {
                *g = -l * l * l;
                f -= 0.25 * l.powi(4);
            }
            f
        }
        Criterion::CrawfordFerguson { kappa } => crawford_ferguson(kappa, loadings, gradient),
        Criterion::Equamax => crawford_ferguson(k as f64 / (2 * p) as f64, loadings, gradient),
        Criterion::Parsimax => {
            let kappa = (k as f64 - 1.0) / ((p + k) as f64 - 2.0);
            crawford_ferguson(kappa, loadings, gradient)
        }
        Criterion::Quartimin => oblimin(0.0, loadings, gradient),
        Criterion::Oblimin { gamma } => oblimin(gamma, loadings, gradient),
        Criterion::Geomin { epsilon } => geomin(epsilon, 0, loadings, gradient),
        Criterion::Bigeomin { epsilon } => geomin(epsilon, 1, loadings, gradient),
        Criterion::Bifactor => bifactor(loadings, gradient),
        Criterion::Infomax => infomax(loadings, gradient),
        Criterion::Simplimax { zeros } => simplimax(if zeros == 0 { p } else { zeros }, loadings, gradient),
        Criterion::Target => to_target(loadings, target, gradient),
    }
}

fn varimax(loadings: &DMatrix<f64>, gradient: &mut DMatrix<f64>) -> f64 {
    let mut f = 0.0;
    for (l, mut g) in loadings.column_iter().zip(gradient.column_iter_mut()) {
        let mean = l.norm_squared() / l.len() as f64;
        for (l, g) in l.iter().zip(g.iter_mut()) {
            let q = l * l - mean;
            *g = -l * q;
            f -= 0.25 * q * q;
        }
    }
    f
}

/// With row sums and column sums of S: <S, S N> = sum over rows (sum s)^2 - s^2, and likewise for columns.
fn crawford_ferguson(kappa: f64, loadings: &DMatrix<f64>, gradient: &mut DMatrix<f64>) -> f64 {
    let (p, k) = loadings.shape();
    let mut f = 0.0;
    let columns: Vec<f64> = loadings.column_iter().map(|l| l.norm_squared()).collect();
    for i in 0..p {
        let row: f64 = (0..k).map(|j| loadings[(i, j)].powi(2)).sum();
        for j in 0..k {
            let l = loadings[(i, j)];
            let s = l * l;
            let pull = (1.0 - kappa) * (row - s) + kappa * (columns[j] - s);
            gradient[(i, j)] = l * pull;
            f += 0.25 * s * pull;
        }
    }
    f
}

fn oblimin(gamma: f64, loadings: &DMatrix<f64>, gradient: &mut DMatrix<f64>) -> f64 {
    let (p, k) = loadings.shape();
    let mut f = 0.0;
    let mut rows = vec![0.0; p];
    for j in 0..k {
        for (row, l) in rows.iter_mut().zip(loadings.column(j).iter()) {
            *row += l * l;
        }
    }
    let total: f64 = rows.iter().sum::<f64>() / p as f64;
    for j in 0..k {
        let own: f64 = loadings.column(j).norm_squared() / p as f64;
        let mean = gamma * (total - own);
        for i in 0..p {
            let l = loadings[(i, j)];
            let s = l * l;
            let pull = rows[i] - s - mean;
            gradient[(i, j)] = l * pull;
            f += 0.25 * s * pull;
        }
    }
    f
}

fn geomin(epsilon: f64, from: usize, loadings: &DMatrix<f64>, gradient: &mut DMatrix<f64>) -> f64 {
    let (p, k) = loadings.shape();
    gradient.fill(0.0);
    if k <= from {
        return 0.0;
    }
    let count = (k - from) as f64;
    let mut f = 0.0;
    for i in 0..p {
        let product: f64 = (from..k).map(|j| loadings[(i, j)].powi(2) + epsilon).product();
        let mean = product.powf(1.0 / count);
        f += mean;
        for j in from..k {
            let l = loadings[(i, j)];
            gradient[(i, j)] = 2.0 / count * l / (l * l + epsilon) * mean;
        }
    }
    f
}

fn bifactor(loadings: &DMatrix<f64>, gradient: &mut DMatrix<f64>) -> f64 {
    let (p, k) = loadings.shape();
    let mut f = 0.0;
    for i in 0..p {
        let row: f64 = (1..k).map(|j| loadings[(i, j)].powi(2)).sum();
        gradient[(i, 0)] = 0.0;
        for j in 1..k {
            let l = loadings[(i, j)];
            gradient[(i, j)] = 4.0 * l * (row - l * l);
            f += l * l * (row - l * l);
        }
    }
    f
}

/// (Browne 2001, eq. 23; GPArotation's scale.)
fn infomax(loadings: &DMatrix<f64>, gradient: &mut DMatrix<f64>) -> f64 {
    let (p, k) = loadings.shape();
    let s = loadings.map(|l| l * l);
    let total = s.sum();
    let shares = &s / total;
    let rows: Vec<f64> = (0..p).map(|i| shares.row(i).sum()).collect();
    let columns: Vec<f64> = (0..k).map(|j| shares.column(j).sum()).collect();
    let entropy = |e: f64| if e > 0.0 { -e * e.ln() } else { 0.0 };
    let log = |e: f64| if e > 0.0 { e.ln() } else { -700.0 };
    let of = |values: &mut dyn Iterator<Item = f64>| values.map(entropy).sum::<f64>();
    let (q0, q1, q2) =
        (of(&mut shares.iter().copied()), of(&mut rows.iter().copied()), of(&mut columns.iter().copied()));
    let f = (k as f64).ln() + q0 - q1 - q2;
    // d/ds of -sum e ln e with e = s / total: -(ln e + 1)/total + sum e (ln e + 1)/total
    let centre = |q: f64| 1.0 - q;
    let (c0, c1, c2) = (centre(q0), centre(q1), centre(q2));
    for i in 0..p {
        for j in 0..k {
            let h = |e: f64, c: f64| (-(log(e) + 1.0) + c) / total;
            let slope = h(shares[(i, j)], c0) - h(rows[i], c1) - h(columns[j], c2);
            gradient[(i, j)] = 2.0 * loadings[(i, j)] * slope;
        }
    }
    f
}

fn simplimax(zeros: usize, loadings: &DMatrix<f64>, gradient: &mut DMatrix<f64>) -> f64 {
    let mut squares: Vec<f64> = loadings.iter().map(|l| l * l).collect();
    squares.sort_by(f64::total_cmp);
    let cut = squares[zeros.clamp(1, squares.len()) - 1];
    let mut f = 0.0;
    for (g, l) in gradient.iter_mut().zip(loadings.iter()) {
        let small = l * l <= cut;
        *g = if small { 2.0 * l } else { 0.0 };
        f += if small { l * l } else { 0.0 };
    }
    f
}

fn to_target(loadings: &DMatrix<f64>, target: Option<&DMatrix<f64>>, gradient: &mut DMatrix<f64>) -> f64 {
    let Some(target) = target else {
        gradient.fill(0.0);
        return 0.0;
    };
    let mut f = 0.0;
    for ((g, l), b) in gradient.iter_mut().zip(loadings.iter()).zip(target.iter()) {
        let distance = if b.is_nan() { 0.0 } else { l - b };
        *g = 2.0 * distance;
        f += distance * distance;
    }
    f
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn gradients_are_those_of_central_differences() {
        let (p, k) = (7, 3);
        let loadings = DMatrix::from_fn(p, k, |i, j| {
            let bent = 0.03 * ((i * 5 + j * 3) % 7) as f64 + 0.0017 * (i * 3 + j) as f64;
            0.1 + 0.6 * f64::from(u8::from(i % k == j)) + bent
        });
        let target = DMatrix::from_fn(p, k, |i, j| if (i + j) % 4 == 0 { f64::NAN } else { 0.1 * j as f64 });
        let more = [
            Criterion::Oblimin { gamma: 0.5 },
            Criterion::CrawfordFerguson { kappa: 0.3 },
            Criterion::Geomin { epsilon: 0.01 },
        ];
        for criterion in Criterion::ALL.iter().chain(&more) {
            let mut gradient = DMatrix::from_element(p, k, f64::NAN);
            let mut scratch = gradient.clone();
            evaluate(*criterion, &loadings, Some(&target), &mut gradient);
            for at in 0..p * k {
                let mut moved = |h: f64| {
                    let mut moved = loadings.clone();
                    moved[at] += h;
                    evaluate(*criterion, &moved, Some(&target), &mut scratch)
                };
                let h = 1e-6;
                let slope = (moved(h) - moved(-h)) / (2.0 * h);
                assert_relative_eq!(gradient[at], slope, epsilon = 1e-7);
            }
        }
    }
}
