//! Fits to completed data sets, joined.

pub(crate) mod difference;
pub(crate) mod estimates;
pub(crate) mod fit;
pub(crate) mod fit_record;
pub(crate) mod model_tests;
pub(crate) mod rubin;
