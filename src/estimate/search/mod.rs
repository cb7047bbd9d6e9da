//! TODO

pub(crate) mod bounds;
pub(crate) mod constraints;
pub(crate) mod diagnosis;
pub(crate) mod discrepancy;
pub(crate) mod scoring;
pub(crate) mod starts;
pub(crate) mod tries;
