//! Communities of a network that is given.

use super::choices::CommunityAlgorithm;
use super::louvain::louvain;
use super::membership::renumbered;
use super::modularity::modularity;
use super::walktrap::walktrap;
use crate::error::{Error, Result};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Steps of the random walks.
const STEPS: usize = 4;
/// Orders of nodes that are tried.
const ORDERS: usize = 20;

/// Which nodes of a network belong together.
///
/// ```
/// use psychometrics::factor::{Communities, CommunityAlgorithm};
/// use psychometrics::moments::LabelledMatrix;
///
/// let names: Vec<String> = ["a", "b", "alone"].map(String::from).to_vec();
/// let rows = vec![vec![0.0, 0.5, 0.0], vec![0.5, 0.0, 0.0], vec![0.0, 0.0, 0.0]];
/// let found = Communities::of(&LabelledMatrix::new(names.clone(), names, rows)?, CommunityAlgorithm::Walktrap, 1)?;
/// assert_eq!(found.count, 1);
/// assert_eq!(found.of, [Some(1), Some(1), None]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Communities {
    /// The community of each node, from 1 by the first node of each; none of a node without an edge.
    pub of: Vec<Option<usize>>,
    /// How many there are.
    pub count: usize,
    /// Their modularity (Newman 2004); none without an edge.
    pub modularity: Option<f64>,
}

impl Communities {
    /// Of a network by its matrix of weights: symmetric, of which signs and the diagonal do not count. The seed is of the orders
    /// in which Louvain visits the nodes.
    ///
    /// ```
    /// use psychometrics::factor::{Communities, CommunityAlgorithm};
    /// use psychometrics::moments::LabelledMatrix;
    ///
    /// let names: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
    /// let network = vec![
    ///     vec![0.0, 0.5, 0.0, 0.1], vec![0.5, 0.0, 0.0, 0.0], vec![0.0, 0.0, 0.0, -0.4], vec![0.1, 0.0, -0.4, 0.0],
    /// ];
    /// let network = LabelledMatrix::new(names.clone(), names, network)?;
    /// let found = Communities::of(&network, CommunityAlgorithm::Walktrap, 1)?;
    /// assert_eq!(found.of, [Some(1), Some(1), Some(2), Some(2)]);
    /// // igraph 1.3.5: modularity() of that membership
    /// assert_eq!(format!("{:.4}", found.modularity.unwrap()), "0.3950");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongSize`] for a matrix that is not square, [`Error::NotFinite`], [`Error::NotSymmetric`].
    pub fn of(network: &LabelledMatrix, algorithm: CommunityAlgorithm, seed: u64) -> Result<Self> {
        let (names, p) = (&network.rows, network.rows.len());
        if network.columns.len() != p {
            let what = "columns of the network".into();
            return Err(Error::WrongSize { what, found: network.columns.len(), expected: p });
        }
        for i in 0..p {
            for j in 0..i {
                let (value, mirrored) = (network.values[i][j], network.values[j][i]);
                let (row, column) = (names[i].clone(), names[j].clone());
                if !(value.is_finite() && mirrored.is_finite()) {
                    return Err(Error::NotFinite {
                        what: format!("weight of the edge '{row}' - '{column}'"),
                    });
                }
                if (value - mirrored).abs() > 1e-8 * value.abs().max(1e-8) {
                    return Err(Error::NotSymmetric { row, column, value, mirrored });
                }
            }
        }
        let weights = DMatrix::from_fn(p, p, |i, j| network.values[i.max(j)][i.min(j)]);
        Ok(Self::among(&weights, algorithm, seed))
    }

    pub(super) fn among(weights: &DMatrix<f64>, algorithm: CommunityAlgorithm, seed: u64) -> Self {
        let mut weights = weights.abs();
        weights.fill_diagonal(0.0);
        let p = weights.nrows();
        let connected: Vec<usize> =
            (0..p).filter(|&i| weights.column(i).iter().any(|weight| *weight > 0.0)).collect();
        let own = weights.select_rows(&connected).select_columns(&connected);
        let found = match algorithm {
            CommunityAlgorithm::Walktrap => walktrap(&own, STEPS),
            CommunityAlgorithm::Louvain => louvain(&own, ORDERS, seed),
        };
        let modularity = (!connected.is_empty()).then(|| modularity(&own, &found));
        let (found, count) = renumbered(&found);
        let mut of = vec![None; p];
        connected.iter().zip(&found).for_each(|(&i, &own)| of[i] = Some(own + 1));
        Self { of, count, modularity }
    }
}
