//! Minimum average partial correlation (Velicer 1976; revised with fourth powers by Velicer, Eaton & Fava 2000): as many
//! components as leave the smallest mean square of the correlations among what they do not explain.

use crate::numeric::spectrum::Spectrum;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Average partial correlations by the number of components that are taken out, from 0.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// assert_eq!((study.map.suggested, study.map.suggested_revised), (2, 2));
/// // of the correlations themselves, and with one component taken out
/// assert_eq!(format!("{:.4} {:.4}", study.map.values[0], study.map.values[1]), "0.1019 0.0802");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MinimumAveragePartial {
    /// Means of squared partial correlations.
    pub values: Vec<f64>,
    /// Where they are smallest.
    pub suggested: usize,
    /// Means of fourth powers.
    pub values_revised: Vec<f64>,
    /// Where these are smallest.
    pub suggested_revised: usize,
}

impl MinimumAveragePartial {
    /// Of a correlation matrix; up to p - 2 components.
    pub(super) fn of(r: &DMatrix<f64>) -> Self {
        let p = r.nrows();
        let Spectrum { values, vectors } = Spectrum::of(r);
        let mut rest = r.clone();
        let (mut squares, mut fourths) = (Vec::new(), Vec::new());
        for m in 0..p.saturating_sub(1) {
            if m > 0 {
                let component = vectors.column(m - 1);
                rest.ger(-values[m - 1], &component, &component, 1.0);
            }
            if (0..p).any(|i| rest[(i, i)] <= 1e-12) {
                break;
            }
            let (mut square, mut fourth) = (0.0, 0.0);
            for j in 0..p {
                for i in j + 1..p {
                    let partial = rest[(i, j)].powi(2) / (rest[(i, i)] * rest[(j, j)]);
                    square += partial;
                    fourth += partial * partial;
                }
            }
            let pairs = (p * (p - 1) / 2) as f64;
            squares.push(square / pairs);
            fourths.push(fourth / pairs);
        }
        let smallest =
            |values: &[f64]| (0..values.len()).min_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap_or(0);
        Self {
            suggested: smallest(&squares),
            suggested_revised: smallest(&fourths),
            values: squares,
            values_revised: fourths,
        }
    }
}
