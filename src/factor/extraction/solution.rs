//! Factors of a correlation matrix, before they are turned.

use super::alpha::alpha;
use super::components::components;
use super::method::Extraction;
use super::minimum_rank::minimum_rank;
use super::principal_axes::principal_axes;
use super::uniqueness::{LEAST, Objective, Uniquenesses};
use crate::error::{Error, Result};
use crate::factor::analysed::CorrelationMatrix;
use crate::factor::identification::check_factors;
use crate::moments::LabelledMatrix;
use crate::numeric::spectrum::Spectrum;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// Unrotated factors: those of the principal-axis form, of which each explains what it can of what the ones before it leave; a
/// positive sum of loadings.
///
/// ```
/// use psychometrics::factor::{CorrelationMatrix, Extraction, extract};
/// use psychometrics::moments::LabelledMatrix;
///
/// let names = || vec!["a".to_string(), "b".into(), "c".into()];
/// let r = vec![vec![1.0, 0.72, 0.63], vec![0.72, 1.0, 0.56], vec![0.63, 0.56, 1.0]];
/// let r = CorrelationMatrix::of(&LabelledMatrix::new(names(), names(), r)?)?;
/// let found = extract(&r, 1, Extraction::Ml)?;
/// // loadings of .9, .8 and .7
/// assert_eq!(
///     format!("{:.2} {:.2} {:.2}", found.uniquenesses[0], found.uniquenesses[1], found.uniquenesses[2]),
///     "0.19 0.36 0.51"
/// );
/// assert_eq!((found.converged, found.heywood.len()), (true, 0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Extracted {
    /// The method.
    pub extraction: Extraction,
    /// Variables by factors.
    pub loadings: LabelledMatrix,
    /// 1 - communality, in the order of the variables.
    pub uniquenesses: Vec<f64>,
    /// What was minimised; none where the method is no minimum of one function (principal axes, components, alpha).
    pub objective: Option<f64>,
    /// Iterations made.
    pub iterations: usize,
    /// Whether the search ended at a solution.
    pub converged: bool,
    /// Items at the border: a uniqueness of no more than .005 (Heywood cases).
    pub heywood: Vec<String>,
    #[serde(skip)]
    pub(crate) pattern: DMatrix<f64>,
}

impl Extracted {
    pub(crate) fn matrix(&self) -> &DMatrix<f64> {
        &self.pattern
    }
}

/// Extracts `factors` factors.
///
/// ```
/// use psychometrics::factor::{CorrelationMatrix, Extraction, extract};
/// use psychometrics::moments::LabelledMatrix;
///
/// // Spearman's one factor over three abilities: the loading of a is sqrt(.72 * .63 / .56) = 0.9
/// let names = || vec!["a".to_string(), "b".into(), "c".into()];
/// let r = vec![vec![1.0, 0.72, 0.63], vec![0.72, 1.0, 0.56], vec![0.63, 0.56, 1.0]];
/// let r = CorrelationMatrix::of(&LabelledMatrix::new(names(), names(), r)?)?;
/// let found = extract(&r, 1, Extraction::Minres)?;
/// assert!((found.loadings.values[0][0] - 0.9).abs() < 1e-6);
/// # Ok::<(), psychometrics::Error>(())
/// ```
///
/// # Errors
/// [`Error::TooManyFactors`] beyond Ledermann's bound (components: beyond the number of variables),
/// [`Error::NotPositiveDefinite`] where the method needs the inverse, [`Error::Unsupported`] for a method that needs the
/// respondents' answers.
pub fn extract(matrix: &CorrelationMatrix, factors: usize, extraction: Extraction) -> Result<Extracted> {
    let (r, p, k) = (&matrix.r, matrix.len(), factors);
    check_count(p, k, extraction)?;
    let begin = start(matrix, k);
    let bounds = (vec![LEAST; p], vec![1.0; p]);
    let bounds = (bounds.0.as_slice(), bounds.1.as_slice());
    let minimised = |objective: Objective| objective.minimise(r, k, &begin, bounds);
    let plain = |loadings: DMatrix<f64>, iterations, converged| {
        let psi = DVector::from_fn(p, |i, _| 1.0 - loadings.row(i).norm_squared());
        Uniquenesses { psi, loadings, value: f64::NAN, iterations, converged }
    };
    let found = match extraction {
        Extraction::Minres | Extraction::Uls => minimised(Objective::Residuals),
        Extraction::Ml => {
            matrix.inverse()?;
            minimised(Objective::Likelihood)
        }
        Extraction::Gls => {
            matrix.inverse()?;
            minimised(Objective::Generalised)
        }
        Extraction::Wls => weighted(matrix, k, &begin)?,
        Extraction::Pa => {
            let (_, loadings, iterations, converged) = principal_axes(r, k, &begin);
            plain(loadings, iterations, converged)
        }
        Extraction::Pc => plain(components(r, k), 0, true),
        Extraction::Alpha => {
            let (loadings, iterations, converged) = alpha(r, k, &begin);
            plain(canonical(&loadings), iterations, converged)
        }
        Extraction::Minrank => {
            let Some((psi, loadings, iterations, converged)) = minimum_rank(r, k) else {
                matrix.inverse()?;
                return Err(Error::Unsupported {
                    what: "minimum rank factors of an indefinite matrix".into(),
                    instead: "Use minres.".into(),
                });
            };
            let value = (0..p).map(|i| 1.0 - psi[i] - loadings.row(i).norm_squared()).sum();
            let psi = DVector::from_fn(p, |i, _| 1.0 - loadings.row(i).norm_squared());
            Uniquenesses { psi, loadings, value, iterations, converged }
        }
        Extraction::Wlsmv | Extraction::Ulsmv => {
            return Err(Error::Unsupported {
                what: format!("extraction {extraction} from a correlation matrix"),
                instead: "It needs the respondents' answers; of a matrix use minres or ml.".into(),
            });
        }
    };
    Ok(of(matrix, k, extraction, found))
}

/// Refuses a number of factors that the variables do not allow; there are as many components as variables.
pub(crate) fn check_count(variables: usize, factors: usize, extraction: Extraction) -> Result<()> {
    match extraction {
        Extraction::Pc if factors > 0 && factors <= variables => Ok(()),
        Extraction::Pc => Err(Error::TooManyFactors { factors, variables, most: variables }),
        _ => check_factors(variables, factors),
    }
}

fn of(matrix: &CorrelationMatrix, k: usize, extraction: Extraction, found: Uniquenesses) -> Extracted {
    let mut pattern = found.loadings;
    for m in 0..k {
        if pattern.column(m).sum() < 0.0 {
            pattern.column_mut(m).neg_mut();
        }
    }
    let is_components = extraction == Extraction::Pc;
    let at_border = |psi: f64| psi <= LEAST + 1e-9 && !is_components;
    let heywood = matrix.names.iter().zip(found.psi.iter()).filter(|(_, psi)| at_border(**psi));
    Extracted {
        extraction,
        loadings: LabelledMatrix {
            rows: matrix.names.clone(),
            columns: (1..=k).map(|m| format!("F{m}")).collect(),
            values: pattern.row_iter().map(|row| row.iter().copied().collect()).collect(),
        },
        heywood: heywood.map(|(name, _)| name.clone()).collect(),
        uniquenesses: found.psi.iter().copied().collect(),
        objective: Some(found.value).filter(|v| v.is_finite()),
        iterations: found.iterations,
        converged: found.converged,
        pattern,
    }
}

/// Uniquenesses to begin with (Jöreskog 1967): (1 - K / 2p) / (R^-1)_ii.
fn start(matrix: &CorrelationMatrix, k: usize) -> Vec<f64> {
    let p = matrix.len();
    let share = 1.0 - 0.5 * k as f64 / p as f64;
    match matrix.inverse() {
        Ok(inverse) => (0..p).map(|i| (share / inverse[(i, i)]).clamp(LEAST, 1.0)).collect(),
        Err(_) => vec![0.5; p],
    }
}

/// Minres of D R D, with D the roots of diag R^-1; uniquenesses there are d_i^2 psi_i.
fn weighted(matrix: &CorrelationMatrix, k: usize, begin: &[f64]) -> Result<Uniquenesses> {
    let (inverse, p) = (matrix.inverse()?, matrix.len());
    let weight: Vec<f64> = (0..p).map(|i| inverse[(i, i)]).collect();
    let scaled = DMatrix::from_fn(p, p, |i, j| matrix.r[(i, j)] * (weight[i] * weight[j]).sqrt());
    let by = |values: &[f64]| -> Vec<f64> { values.iter().zip(&weight).map(|(v, w)| v * w).collect() };
    let (least, most) = (by(&vec![LEAST; p]), by(&vec![1.0; p]));
    let mut found = Objective::Residuals.minimise(&scaled, k, &by(begin), (&least, &most));
    for i in 0..p {
        found.psi[i] /= weight[i];
        found.loadings.row_mut(i).unscale_mut(weight[i].sqrt());
    }
    found.loadings = canonical(&found.loadings);
    Ok(found)
}

/// The same factors with orthogonal columns, the largest first.
fn canonical(loadings: &DMatrix<f64>) -> DMatrix<f64> {
    loadings * Spectrum::of(&loadings.tr_mul(loadings)).vectors
}
