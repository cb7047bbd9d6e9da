//! What the library and the command line promise, against outside numbers and invariants: one program, linked once.
#![allow(missing_docs)]

mod after_fit;
mod aggregates;
mod aggregation;
mod alignment;
mod alignment_check;
mod bad_data;
mod bad_models;
mod choices;
mod clustered;
#[cfg(feature = "cli")]
mod command_line;
mod comparison;
mod confirmatory;
mod construct;
mod content;
mod dimensionality;
#[cfg(feature = "formats")]
mod draft;
mod exploratory;
mod exploratory_samples;
#[cfg(feature = "formats")]
mod formats;
mod imputation;
mod invariance;
mod invariance_dutch;
mod invariance_imputed;
mod invariance_power;
mod invariance_search;
mod item_functioning;
mod item_response;
mod item_response_evidence;
mod item_response_uses;
mod json_shapes;
mod layers;
mod memory;
#[cfg(feature = "arrow")]
mod memory_arrow;
mod missing;
mod missing_numbers;
mod model_syntax;
mod moderation;
mod moments;
mod network;
mod norms;
mod ordinal;
mod polychoric;
mod records;
mod relations;
mod reliability;
mod reliability_complete;
mod reliability_missing;
mod report;
mod resampling;
mod screening;
mod search;
mod simulation;
mod stopping;
mod stored_evidence;
mod structural;
mod table;
mod two_level;
mod validation;
mod weighted;
mod wide;
