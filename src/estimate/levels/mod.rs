//! TODO

pub(crate) mod fitting;
pub(crate) mod group;
pub(crate) mod level_fit;
pub(crate) mod likelihood;
pub(crate) mod measures;
pub(crate) mod moments;
pub(crate) mod references;
pub(crate) mod saturated;
pub(crate) mod scores;
