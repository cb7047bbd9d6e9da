//! The argument: what the responses say about the construct, by the sources of evidence that the
//! Standards for Educational and Psychological Testing (AERA, APA, NCME 2014) distinguish.

pub mod internal_structure;
mod interval;

pub use interval::Interval;
