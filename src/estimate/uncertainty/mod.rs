//! Standard errors and tests: information, sandwich, traces, resampling, design effects.

pub(crate) mod bootstrap;
pub(crate) mod browne;
pub(crate) mod design_effects;
pub(crate) mod replicates;
pub(crate) mod robust;
pub(crate) mod turned_replicates;
