//! What is asked of an exploratory graph analysis.

use super::choices::{CommunityAlgorithm, GraphResampling};
use crate::data::Progress;
use crate::error::{Error, Result};
use crate::factor::retention::Basis;
use serde::{Deserialize, Serialize};

/// Exploratory graph analysis (Golino & Epskamp 2017): a sparse network of partial correlations, by the graphical lasso with the
/// smallest EBIC, whose communities are dimensions of the items.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::GraphAnalysis;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = GraphAnalysis::default().of(&names, data.numeric(&names)?.view())?;
/// assert_eq!(found.dimensions, 3);
/// assert_eq!(found.dimension("x4"), Some(2));
/// // qgraph 1.9.3: EBICglasso(cor(d), 301)
/// assert_eq!(format!("{:.3}", found.weights.get("x4", "x5").unwrap()), "0.426");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraphAnalysis {
    pub(crate) basis: Basis,
    pub(crate) gamma: f64,
    pub(crate) penalties: usize,
    pub(crate) least: f64,
    pub(crate) algorithm: CommunityAlgorithm,
    pub(crate) one_dimension_first: bool,
    pub(crate) bootstrap: usize,
    pub(crate) resampling: GraphResampling,
    pub(crate) seed: u64,
    #[serde(skip)]
    pub(crate) progress: Progress,
}

impl Default for GraphAnalysis {
    /// Pearson's correlations, gamma .5, 100 penalties down to .01 of the largest, walktrap, one dimension looked for first, no
    /// bootstrap, seed 1.
    fn default() -> Self {
        Self {
            basis: Basis::default(),
            gamma: 0.5,
            penalties: 100,
            least: 0.01,
            algorithm: CommunityAlgorithm::default(),
            one_dimension_first: true,
            bootstrap: 0,
            resampling: GraphResampling::default(),
            seed: 1,
            progress: Progress::default(),
        }
    }
}

impl GraphAnalysis {
    /// Of which correlations.
    #[must_use]
    pub fn basis(mut self, basis: Basis) -> Self {
        self.basis = basis;
        self
    }

    /// Gamma of the EBIC (default .5): the larger, the fewer edges; 0 is the BIC.
    #[must_use]
    pub fn gamma(mut self, gamma: f64) -> Self {
        self.gamma = gamma;
        self
    }

    /// How many penalties are tried (default 100).
    #[must_use]
    pub fn penalties(mut self, penalties: usize) -> Self {
        self.penalties = penalties;
        self
    }

    /// The smallest penalty as a share of the largest (default .01).
    #[must_use]
    pub fn least_penalty(mut self, share: f64) -> Self {
        self.least = share;
        self
    }

    /// How communities are found.
    #[must_use]
    pub fn algorithm(mut self, algorithm: CommunityAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Whether one dimension is looked for first, since communities of a network are seldom one: where Louvain finds a single
    /// community of the absolute correlations, there is one dimension (default; Christensen, Garrido, Guerra-Pena & Golino 2023).
    #[must_use]
    pub fn one_dimension_first(mut self, first: bool) -> Self {
        self.one_dimension_first = first;
        self
    }

    /// Replicates of a bootstrap (default 0: none).
    #[must_use]
    pub fn bootstrap(mut self, replicates: usize) -> Self {
        self.bootstrap = replicates;
        self
    }

    /// What the bootstrap draws.
    #[must_use]
    pub fn resampling(mut self, resampling: GraphResampling) -> Self {
        self.resampling = resampling;
        self
    }

    /// Seed of the bootstrap and of the orders of Louvain (default 1); the same at any number of threads.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Who is told of each replicate, and may stop the bootstrap.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        let bad = |option: &str, value: String, allowed: &str| {
            Err(Error::BadOption { option: option.into(), value, allowed: allowed.into() })
        };
        if !(self.gamma >= 0.0 && self.gamma.is_finite()) {
            return bad("gamma", self.gamma.to_string(), "0 (the BIC) or more; .5 is usual");
        }
        if !(2..=10_000).contains(&self.penalties) {
            return bad("penalties", self.penalties.to_string(), "from 2 to 10,000; 100 is usual");
        }
        if !(self.least > 0.0 && self.least < 1.0) {
            return bad("least penalty", self.least.to_string(), "a share between 0 and 1, such as .01");
        }
        if self.bootstrap == 1 {
            return bad("bootstrap", "1".into(), "0 for none, or at least 2, and 500 to rely on them");
        }
        Ok(())
    }
}
