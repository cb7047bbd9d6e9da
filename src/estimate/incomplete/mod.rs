//! TODO

pub(crate) mod full_information;
pub(crate) mod moments;
pub(crate) mod observe;
pub(crate) mod point;
pub(crate) mod problem;
