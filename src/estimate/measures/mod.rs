//! Fit measures, each a small function of the test statistics, named as lavaan's `fitMeasures()`.

pub(crate) mod all;
pub(crate) mod fit_measures;
pub(crate) mod goodness;
pub(crate) mod incremental;
pub(crate) mod measure;
pub(crate) mod residual;
pub(crate) mod rmsea;
pub(crate) mod scaled;
