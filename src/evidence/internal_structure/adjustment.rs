//! What is done about the number of tests when the worst of many is named.

pub use crate::numeric::multiple_tests::Adjustment;
