//! Fits to completed data sets, joined.

pub(crate) mod model_tests;
pub(crate) mod pooled;
pub(crate) mod rubin;
