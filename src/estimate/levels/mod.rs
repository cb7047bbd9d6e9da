//! Respondents in clusters, with a model of both levels.

pub(crate) mod group;
pub(crate) mod information;
pub(crate) mod likelihood;
pub(crate) mod measures;
pub(crate) mod moments;
pub(crate) mod movement;
pub(crate) mod observe;
pub(crate) mod problem;
pub(crate) mod references;
pub(crate) mod saturated;
pub(crate) mod seen;
