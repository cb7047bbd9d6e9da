//! What a search found.

use crate::error::Warning;
use crate::estimate::search::scoring::Solution;

/// What a search came to.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) solution: Solution,
    /// That it was found from another start.
    pub(crate) warning: Option<Warning>,
    /// Free parameters about which the moments say nothing at the solution.
    pub(crate) flat: Vec<usize>,
    /// The same at almost any point: the model is not identified.
    pub(crate) unidentified: Vec<usize>,
    /// Free parameters that the search ran away with, though it came to rest.
    pub(crate) away: Vec<usize>,
}
