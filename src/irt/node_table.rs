//! What an E-step looks up at the nodes.

/// log P of every category of every item at every node, category by category, and log weights of the nodes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) log_p: Vec<f64>,
    pub(crate) log_weights: Vec<f64>,
    /// P itself, for dimension reduction; empty otherwise.
    pub(crate) p: Vec<f64>,
}
