//! Top-down: solutions of 1, 2, ... factors, and how the factors of each correlate with those of the next (Goldberg 2006; scores
//! need not be computed, Waller 2007).

use super::analysed::CorrelationMatrix;
use super::extraction::{Extraction, extract};
use super::rotation::Rotate;
use super::scores::{ScoreRule, score_weights};
use crate::error::Result;
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// One step down.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::{CorrelationMatrix, Criterion, Extraction, Rotate, ScoreRule, bass_ackwards};
/// use psychometrics::moments::{Missing, Moments};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let moments = Moments::of(names.iter().cloned(), data.numeric(&names)?.view(), Missing::Listwise)?;
/// let r = CorrelationMatrix::of(&moments.correlation()?)?;
/// let levels = bass_ackwards(&r, 3, Extraction::Minres, &Rotate::new(Criterion::Varimax), ScoreRule::TenBerge)?;
/// assert_eq!((levels.len(), levels[2].factors, levels[0].with_above.is_none()), (3, 3, true));
/// assert_eq!(format!("{:.2}", levels[1].with_above.as_ref().unwrap().values[0][0].abs()), "0.85");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Level {
    /// Factors.
    pub factors: usize,
    /// Items by factors.
    pub loadings: LabelledMatrix,
    /// Correlations of the scores of the level above (rows) with those of this one (columns); none on top.
    pub with_above: Option<LabelledMatrix>,
}

/// Solutions of 1 to `most` factors with the correlations between levels, of scores by `rule`. Columns are named by level: `2.1` is
/// the first of two factors.
///
/// # Errors
/// What [`extract`], [`Rotate::of`] and [`score_weights`] give.
pub fn bass_ackwards(
    matrix: &CorrelationMatrix,
    most: usize,
    extraction: Extraction,
    rotate: &Rotate,
    rule: ScoreRule,
) -> Result<Vec<Level>> {
    let mut levels: Vec<Level> = Vec::new();
    let mut above: Option<(DMatrix<f64>, Vec<String>)> = None;
    for k in 1..=most {
        let found = extract(matrix, k, extraction)?;
        let rotated = rotate.of_matrix(&matrix.names, found.matrix())?;
        let names: Vec<String> = (1..=k).map(|j| format!("{k}.{j}")).collect();
        let weights = score_weights(matrix, &rotated.loadings, &rotated.phi, rule)?.weights;
        let mut w = DMatrix::from_fn(matrix.len(), k, |i, j| weights.values[i][j]);
        let covariance = w.tr_mul(&(&matrix.r * &w));
        for (j, mut column) in w.column_iter_mut().enumerate() {
            column.unscale_mut(covariance[(j, j)].sqrt());
        }
        let with_above = above.take().map(|(upper, upper_names)| {
            let r = upper.tr_mul(&(&matrix.r * &w));
            LabelledMatrix {
                rows: upper_names,
                columns: names.clone(),
                values: r.row_iter().map(|row| row.iter().copied().collect()).collect(),
            }
        });
        let mut loadings = rotated.loadings;
        loadings.columns.clone_from(&names);
        levels.push(Level { factors: k, loadings, with_above });
        above = Some((w, names));
    }
    Ok(levels)
}
