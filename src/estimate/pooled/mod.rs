//! Fits to completed data sets, joined.

pub(crate) mod fit;
pub(crate) mod model_tests;
pub(crate) mod rubin;
