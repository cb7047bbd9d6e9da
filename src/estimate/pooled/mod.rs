//! Fits to completed data sets, joined.

mod alike;
pub(crate) mod difference;
pub(crate) mod estimates;
mod exploration;
pub(crate) mod fit;
pub(crate) mod fit_record;
pub(crate) mod model_tests;
