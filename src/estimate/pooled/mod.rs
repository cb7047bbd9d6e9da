//! TODO

pub(crate) mod pooled;
pub(crate) mod rubin;
