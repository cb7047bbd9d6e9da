//! TODO

pub(crate) mod group;
pub(crate) mod row_account;
pub(crate) mod sampling_weights;
