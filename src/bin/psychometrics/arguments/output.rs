//! Where the result goes, and how it is written.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One document, numbers at full precision
    Json,
    /// One table, numbers at full precision
    Csv,
    /// A page for documents
    Markdown,
    /// One self-contained page with figures
    Html,
    /// Text and tables for a paper
    Latex,
}

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
