//! Which penalty: the network with the smallest extended Bayesian information criterion (Foygel & Drton 2010, eq. 1)
//!
//! ```text
//! EBIC = n (tr(SK) - ln|K|) + E ln n + 4 gamma E ln p
//! ```
//!
//! with E the number of edges, over penalties that are evenly spaced in their logarithms, from the largest absolute correlation
//! (no edge) down to a share of it.

use super::lasso::{GraphicalLasso, largest};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// W of the path is right to this,
const TOLERANCE: f64 = 1e-7;
/// of a replicate to this: in 200 simulated sets of 3 to 40 items the same penalty was chosen,
const COARSE: f64 = 1e-5;
/// and of the network that is chosen.
const REFINED: f64 = 1e-10;

/// A penalty, and the network under it.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::GraphAnalysis;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let graph = GraphAnalysis::default().of(&names, data.numeric(&names)?.view())?;
/// // the largest penalty leaves no edge; the one with the smallest criterion was taken
/// assert_eq!(graph.path[0].edges, 0);
/// let best = graph.path.iter().min_by(|a, b| a.ebic.total_cmp(&b.ebic)).unwrap();
/// assert_eq!((best.penalty == graph.penalty, best.edges == graph.edges), (true, true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Penalised {
    /// The penalty.
    pub penalty: f64,
    /// How many edges there are.
    pub edges: usize,
    /// The criterion.
    pub ebic: f64,
}

/// The path and what was chosen of it.
#[derive(Debug, Clone)]
pub(super) struct Selected {
    pub(super) path: Vec<Penalised>,
    /// Place in the path.
    pub(super) at: usize,
    /// Partial correlations, the diagonal 0.
    pub(super) weights: DMatrix<f64>,
    /// Penalties whose search was given up.
    pub(super) given_up: usize,
}

/// What is asked of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    pub(super) gamma: f64,
    pub(super) penalties: usize,
    pub(super) least: f64,
    /// Right to the last digits, or as well as a replicate needs.
    pub(super) is_refined: bool,
}

impl Path {
    /// From the largest penalty down.
    fn penalties(&self, s: &DMatrix<f64>) -> Vec<f64> {
        let (high, steps) = (largest(s), self.penalties - 1);
        let step = |i: usize| high * self.least.powf(i as f64 / steps as f64);
        (0..self.penalties).map(step).collect()
    }

    /// The network of a correlation matrix of n respondents.
    pub(super) fn select(&self, s: &DMatrix<f64>, n: f64) -> Selected {
        let p = s.nrows();
        let (penalties, tolerance) = (self.penalties(s), if self.is_refined { TOLERANCE } else { COARSE });
        if largest(s) < 1e-12 {
            let path = vec![Penalised { penalty: 0.0, edges: 0, ebic: n * p as f64 }];
            return Selected { path, at: 0, weights: DMatrix::zeros(p, p), given_up: 0 };
        }
        let mut lasso = GraphicalLasso::of(s, penalties[self.penalties - 1]);
        let (mut path, mut given_up) = (Vec::with_capacity(self.penalties), 0);
        let mut best: Option<(f64, usize, GraphicalLasso<'_>)> = None;
        for (i, penalty) in penalties.iter().enumerate().rev() {
            given_up += usize::from(!lasso.descend(*penalty, tolerance));
            let k = lasso.inverse();
            let edges = edges(&k);
            let ebic = self.criterion(s, &k, edges, n);
            if ebic.is_finite() && best.as_ref().is_none_or(|(least, ..)| ebic < *least) {
                best = Some((ebic, i, lasso.clone()));
            }
            path.push(Penalised { penalty: *penalty, edges, ebic });
        }
        path.reverse();
        let (_, at, mut own) = best.unwrap_or((0.0, 0, lasso));
        if self.is_refined {
            own.descend(penalties[at], REFINED);
        }
        Selected { path, at, weights: partial_correlations(&own.inverse()), given_up }
    }

    fn criterion(&self, s: &DMatrix<f64>, k: &DMatrix<f64>, edges: usize, n: f64) -> f64 {
        let Some(factor) = k.clone().cholesky() else { return f64::INFINITY };
        let log_determinant = 2.0 * factor.l_dirty().diagonal().iter().map(|d| d.ln()).sum::<f64>();
        let (edges, p) = (edges as f64, k.nrows() as f64);
        n * (s.dot(k) - log_determinant) + edges * n.ln() + 4.0 * self.gamma * edges * p.ln()
    }
}

fn edges(k: &DMatrix<f64>) -> usize {
    (0..k.ncols()).map(|j| (j + 1..k.nrows()).filter(|&i| k[(i, j)] != 0.0).count()).sum()
}

/// -K_ij / sqrt(K_ii K_jj).
fn partial_correlations(k: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(k.nrows(), k.ncols(), |i, j| {
        if i == j || k[(i, j)] == 0.0 { 0.0 } else { -k[(i, j)] / (k[(i, i)] * k[(j, j)]).sqrt() }
    })
}
