//! Ordinal variables, alone or with continuous ones: least squares of thresholds and correlations.

pub(crate) mod moments;
pub(crate) mod observe;
pub(crate) mod problem;
pub(crate) mod robust;
pub(crate) mod squares;
pub(crate) mod variation;
