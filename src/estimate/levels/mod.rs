//! Respondents in clusters, with a model of both levels.

pub(crate) mod group;
pub(crate) mod likelihood;
pub(crate) mod measures;
pub(crate) mod moments;
pub(crate) mod problem;
pub(crate) mod references;
pub(crate) mod saturated;
