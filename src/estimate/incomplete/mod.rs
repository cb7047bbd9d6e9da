//! Rows with gaps, in clusters or with weights: each counts by the likelihood of its own answers (full information), or by
//! the saturated moments that they have together (two stages).

pub(crate) mod full_information;
pub(crate) mod likelihood;
pub(crate) mod moments;
pub(crate) mod observe;
pub(crate) mod point;
pub(crate) mod problem;
pub(crate) mod seen;
