//! The rows of each group: which are used, how they were drawn, and what another fit to them knows already.

pub(crate) mod group;
pub(crate) mod row_account;
pub(crate) mod sampling_weights;
pub(crate) mod used_rows;
