//! Where the result goes, and how it is written.

use crate::outcome::Format;
use clap::Args;
use std::path::PathBuf;

/// Where the result goes.
#[derive(Debug, Args)]
pub(crate) struct OutputOptions {
    /// How the result is written; csv where it is one table (items)
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// Write to this file instead of the standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
