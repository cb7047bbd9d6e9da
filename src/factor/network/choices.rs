//! How communities are found, and what a bootstrap draws.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How communities of a network are found.
///
/// ```
/// use psychometrics::factor::{Communities, CommunityAlgorithm};
/// use psychometrics::moments::LabelledMatrix;
///
/// let names: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
/// let rows = vec![
///     vec![0.0, 0.5, 0.0, 0.1], vec![0.5, 0.0, 0.0, 0.0], vec![0.0, 0.0, 0.0, 0.4], vec![0.1, 0.0, 0.4, 0.0],
/// ];
/// let network = LabelledMatrix::new(names.clone(), names, rows)?;
/// for algorithm in [CommunityAlgorithm::Walktrap, CommunityAlgorithm::Louvain] {
///     assert_eq!(Communities::of(&network, algorithm, 1)?.count, 2);
/// }
/// assert_eq!(CommunityAlgorithm::default().to_string(), "walktrap");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CommunityAlgorithm {
    /// By short random walks (Pons & Latapy 2005), four steps.
    #[default]
    Walktrap,
    /// By moves that raise the modularity (Blondel, Guillaume, Lambiotte & Lefebvre 2008), the best of twenty orders of nodes.
    Louvain,
}

impl CommunityAlgorithm {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Walktrap, Self::Louvain];
}

impl fmt::Display for CommunityAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Walktrap => "walktrap",
            Self::Louvain => "louvain",
        })
    }
}

impl FromStr for CommunityAlgorithm {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("algorithm of communities", Self::ALL, text)
    }
}

/// What a bootstrap draws.
///
/// ```
/// use psychometrics::factor::GraphResampling;
///
/// assert_eq!("cases".parse(), Ok(GraphResampling::Cases));
/// assert_eq!(GraphResampling::default().to_string(), "parametric");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum GraphResampling {
    /// Samples of as many respondents from normal variables with the correlations of the data; where these are polychoric, cut
    /// at the thresholds of the items.
    #[default]
    Parametric,
    /// Respondents, with replacement.
    Cases,
}

impl GraphResampling {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Parametric, Self::Cases];
}

impl fmt::Display for GraphResampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Parametric => "parametric",
            Self::Cases => "cases",
        })
    }
}

impl FromStr for GraphResampling {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("kind of resampling", Self::ALL, text)
    }
}
