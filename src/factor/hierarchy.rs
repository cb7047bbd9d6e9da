//! A general factor above (or beside) group factors, and what a total score owes to it.
//!
//! Schmid and Leiman (1957): loadings L of correlated factors, of which one general factor explains the correlations phi with
//! loadings g, become loadings L g on the general factor and L diag(sqrt(1 - g^2)) on group factors, all uncorrelated.

use crate::error::{Error, Result};
use crate::factor::analysed::CorrelationMatrix;
use crate::factor::extraction::{Extraction, extract};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A general factor and group factors, uncorrelated.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = Exploration::new(3).of(&names, &data)?.hierarchy()?;
/// assert_eq!(format!("{:.2} {:.2} {:.2}", found.omega_hierarchical, found.omega_total, found.ecv), "0.45 0.85 0.30");
/// assert_eq!((found.loadings.columns[0].as_str(), found.groups.len(), found.reversed.len()), ("g", 3, 0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hierarchy {
    /// Variables by the general factor (`g`) and the group factors.
    pub loadings: LabelledMatrix,
    /// Loadings of the correlated factors on the general one; empty where the loadings came as they are.
    pub second_order: Vec<f64>,
    /// (sum g)^2 / sum R: the share of the variance of the total score that the general factor explains (Zinbarg et al. 2005).
    pub omega_hierarchical: f64,
    /// (sum R - sum u^2) / sum R: what all factors explain (McDonald 1999).
    pub omega_total: f64,
    /// omega hierarchical of the limit of many such items: (sum g)^2 / (sum R - sum u^2).
    pub omega_asymptotic: f64,
    /// Explained common variance: sum g^2 over the sum of all squared loadings (Sijtsma 2009; Reise et al. 2010).
    pub ecv: f64,
    /// Share of the correlations between items of different groups, which the general factor alone explains (Reise et al.
    /// 2013); an item belongs to the group factor of its largest group loading.
    pub puc: f64,
    /// g^2 over the squared loadings of each item (Stucky & Edelen 2015).
    pub item_ecv: BTreeMap<String, f64>,
    /// Of the general factor, then of each group factor: construct replicability H = 1 / (1 + 1 / sum(l^2 / (1 - l^2))) (Hancock
    /// & Mueller 2001); none where a loading is 1 or more.
    pub h: Vec<Option<f64>>,
    /// Of the same: the correlation of regression scores with their factor, sqrt of the diagonal of L' R^-1 L (Grice 2001).
    pub determinacy: Vec<Option<f64>>,
    /// The group factors.
    pub groups: Vec<GroupFactor>,
    /// Items that were turned around, since they load negatively on the general factor.
    pub reversed: Vec<String>,
}

/// A group factor and the score of its items.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = Exploration::new(3).of(&names, &data)?.hierarchy()?;
/// let textual = found.groups.iter().find(|own| own.items.contains(&"x4".to_string())).unwrap();
/// assert_eq!(textual.items.as_slice(), ["x4", "x5", "x6"]);
/// // what all factors explain of the sum is what the general and its own factor do, and a little of others
/// assert_eq!(
///     format!("{:.2} {:.2} {:.2}", textual.omega_total.unwrap(), textual.omega_general.unwrap(), textual.omega_group.unwrap()),
///     "0.89 0.24 0.65"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupFactor {
    /// Its name.
    pub name: String,
    /// The items that load most on it among the group factors.
    pub items: Vec<String>,
    /// Share of the variance of their sum that all factors explain,
    pub omega_total: Option<f64>,
    /// the general factor,
    pub omega_general: Option<f64>,
    /// and this factor.
    pub omega_group: Option<f64>,
}

/// The hierarchy of correlated factors. With two factors the loadings of both on the general one are equal, sqrt(|phi_12|);
/// with one factor it is the general one. `extraction` is that of the second order.
///
/// # Errors
/// [`Error::WrongSize`] where matrix and solution are not of the same variables; what [`extract`] finds of phi.
pub fn schmid_leiman(
    matrix: &CorrelationMatrix,
    loadings: &LabelledMatrix,
    phi: &LabelledMatrix,
    extraction: Extraction,
) -> Result<Hierarchy> {
    let pattern = loadings.plain();
    let (p, k) = pattern.shape();
    if p != matrix.len() {
        let what = "variables of the solution".into();
        return Err(Error::WrongSize { what, found: p, expected: matrix.len() });
    }
    let second_order = second_order(phi, extraction)?;
    let columns = if k == 1 { 1 } else { k + 1 };
    let own = DMatrix::from_fn(p, columns, |i, j| match j {
        0 => (0..k).map(|m| pattern[(i, m)] * second_order[m]).sum(),
        _ => pattern[(i, j - 1)] * (1.0 - second_order[j - 1].powi(2)).max(0.0).sqrt(),
    });
    Ok(Hierarchy::of(matrix, own, &loadings.columns, second_order))
}

fn second_order(labelled: &LabelledMatrix, extraction: Extraction) -> Result<Vec<f64>> {
    let phi = labelled.plain();
    match phi.ncols() {
        1 => Ok(vec![1.0]),
        2 => {
            let g = phi[(0, 1)].abs().sqrt();
            Ok(vec![g, if phi[(0, 1)] < 0.0 { -g } else { g }])
        }
        _ => {
            let own = CorrelationMatrix { names: labelled.columns.clone(), r: phi };
            let found = extract(&own, 1, extraction)?;
            Ok(found.pattern.column(0).iter().copied().collect())
        }
    }
}

/// Correlations and loadings as a total score takes them: items that load negatively on what it is to measure turned around,
/// with their names.
fn turned(matrix: &CorrelationMatrix, loadings: &mut DMatrix<f64>) -> (DMatrix<f64>, Vec<String>) {
    let mut r = matrix.r.clone();
    if loadings.column(0).sum() < 0.0 {
        loadings.column_mut(0).neg_mut();
    }
    let mut reversed = Vec::new();
    for i in 0..matrix.len() {
        if loadings[(i, 0)] < 0.0 {
            loadings.row_mut(i).neg_mut();
            r.row_mut(i).neg_mut();
            r.column_mut(i).neg_mut();
            reversed.push(matrix.names[i].clone());
        }
    }
    (r, reversed)
}

impl Hierarchy {
    fn of(
        matrix: &CorrelationMatrix,
        mut loadings: DMatrix<f64>,
        names: &[String],
        second_order: Vec<f64>,
    ) -> Self {
        let p = matrix.len();
        let (r, reversed) = turned(matrix, &mut loadings);
        let unique = |i: usize| 1.0 - loadings.row(i).norm_squared();
        let total: f64 = r.sum();
        let uniqueness: f64 = (0..p).map(unique).sum();
        let general = loadings.column(0).sum().powi(2);
        let squares: f64 = loadings.norm_squared();
        let k = loadings.ncols() - 1;
        let group_of = |i: usize| {
            (1..=k).max_by(|a, b| loadings[(i, *a)].abs().total_cmp(&loadings[(i, *b)].abs())).unwrap_or(0)
        };
        let place: Vec<usize> = (0..p).map(group_of).collect();
        let pairs = (p * (p - 1) / 2) as f64;
        let apart = (0..p).flat_map(|i| (0..i).map(move |j| (i, j))).filter(|&(i, j)| place[i] != place[j]);
        let item_ecv = (0..p).map(|i| {
            let all = loadings.row(i).norm_squared();
            (matrix.names[i].clone(), if all > 0.0 { loadings[(i, 0)].powi(2) / all } else { 0.0 })
        });
        let groups = (1..=k).map(|j| {
            let own: Vec<usize> = (0..p).filter(|&i| place[i] == j).collect();
            let variance: f64 =
                own.iter().flat_map(|&a| own.iter().map(move |&b| (a, b))).map(|at| r[at]).sum();
            let share = |explained: f64| (variance > 0.0 && !own.is_empty()).then(|| explained / variance);
            GroupFactor {
                name: names[j - 1].clone(),
                items: own.iter().map(|&i| matrix.names[i].clone()).collect(),
                omega_total: share(variance - own.iter().map(|&i| unique(i)).sum::<f64>()),
                omega_general: share(own.iter().map(|&i| loadings[(i, 0)]).sum::<f64>().powi(2)),
                omega_group: share(own.iter().map(|&i| loadings[(i, j)]).sum::<f64>().powi(2)),
            }
        });
        let replicability = |j: usize| {
            let odds = loadings.column(j).iter().map(|l| l * l / (1.0 - l * l)).sum::<f64>();
            (loadings.column(j).amax() < 1.0 && odds > 0.0).then(|| 1.0 / (1.0 + 1.0 / odds))
        };
        let own = CorrelationMatrix { names: matrix.names.clone(), r: r.clone() };
        let inverse = own.inverse().ok();
        let determinacy = |j: usize| {
            let l = loadings.column(j);
            let square = (l.transpose() * inverse.as_ref()? * l)[0];
            (square >= 0.0).then(|| square.sqrt())
        };
        let columns: Vec<String> =
            std::iter::once("g".to_string()).chain(names.iter().take(k).cloned()).collect();
        Self {
            omega_hierarchical: general / total,
            omega_total: 1.0 - uniqueness / total,
            omega_asymptotic: general / (total - uniqueness),
            ecv: loadings.column(0).norm_squared() / squares,
            puc: if k > 0 { apart.count() as f64 / pairs } else { 0.0 },
            item_ecv: item_ecv.collect(),
            h: (0..=k).map(replicability).collect(),
            determinacy: (0..=k).map(determinacy).collect(),
            groups: groups.collect(),
            second_order,
            reversed,
            loadings: LabelledMatrix {
                rows: matrix.names.clone(),
                columns,
                values: loadings.row_iter().map(|row| row.iter().copied().collect()).collect(),
            },
        }
    }
}
