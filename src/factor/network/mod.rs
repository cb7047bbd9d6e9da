//! Exploratory graph analysis: a network of items, and the dimensions that its communities are.

mod choices;
mod communities;
mod entropy;
mod graph;
mod lasso;
mod louvain;
mod matching;
mod membership;
mod modularity;
mod replicate;
mod selection;
mod stability;
mod task;
mod walktrap;

pub use choices::{CommunityAlgorithm, GraphResampling};
pub use communities::Communities;
pub use graph::{ExploratoryGraph, GraphItem};
pub use selection::Penalised;
#[cfg(feature = "report")]
pub(crate) use stability::STABLE;
pub use stability::{GraphEdge, GraphStability};
pub use task::GraphAnalysis;
