//! From start values to a minimum, with bounds and constraints, and what to say where there is none.

pub(crate) mod beginning;
pub(crate) mod bounds;
pub(crate) mod constrained;
pub(crate) mod diagnosis;
pub(crate) mod discrepancy;
pub(crate) mod found;
pub(crate) mod information;
pub(crate) mod scoring;
pub(crate) mod setting;
pub(crate) mod starts;
pub(crate) mod tries;
pub(crate) mod turned;
