//! TODO

pub(crate) mod row_account;
pub(crate) mod sampling_weights;
