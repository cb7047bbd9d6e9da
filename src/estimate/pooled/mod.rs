//! Fits to completed data sets, joined.

pub(crate) mod pooled;
pub(crate) mod rubin;
