//! Ordinal variables, alone or with continuous ones: least squares of thresholds and correlations.

pub(crate) mod categories;
pub(crate) mod moments;
pub(crate) mod observe;
pub(crate) mod problem;
pub(crate) mod residual;
pub(crate) mod robust;
pub(crate) mod seen;
pub(crate) mod squares;
pub(crate) mod variation;
pub(crate) mod weights;
