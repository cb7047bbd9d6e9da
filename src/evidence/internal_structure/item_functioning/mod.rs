//! Whether items work alike for persons of the same level: differential item functioning without a model of factors, by
//! logistic regression ([`FunctioningMethod::Logistic`]) and by Mantel and Haenszel's tables.

mod choices;
mod compared;
mod found;
mod logistic;
mod mantel_haenszel;
mod proportional_odds;
mod study;

pub use choices::{FunctioningMethod, Matching};
pub use compared::By;
pub use found::{
    Changes, ComparedGroup, ExplainedMore, FunctioningTest, GroupEffect, ItemDifference, ItemFunctioning,
    Purification,
};
pub use study::ItemFunctioningStudy;
