//! Many groups compared without equal parameters: alignment ([`Align`]).

mod aligning;
mod check;
mod configural;
mod found;
mod invariant_set;
mod loss;
mod of_fit;
mod search;
mod sensitivity;
mod uncertainty;

pub use aligning::Align;
pub use check::{AlignmentCheck, AlignmentSamples};
pub use configural::GroupParameters;
pub use found::{
    AlignedGroup, AlignedItem, AlignedParameter, Alignment, AlignmentMeans, LossMinimum, MeanDifference,
    Noninvariant, RSquared,
};
