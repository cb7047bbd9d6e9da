//! `init` and `check`.

use super::layout::LayoutOptions;
use super::output::OutputOptions;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct InitOptions {
    /// The answers, as they were exported: CSV, SPSS, Stata, Excel, OpenDocument, Parquet, or the export of a survey service
    #[arg(value_name = "DATA")]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) layout: LayoutOptions,
    /// A further code that means "missing"; may be given more than once
    #[arg(long = "missing-code", value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) missing_codes: Vec<String>,
    /// A table (CSV or a workbook) with the columns item, dimension, and perhaps facet, wording, reversed
    #[arg(long, value_name = "FILE", conflicts_with = "explore")]
    pub(crate) codebook: Option<PathBuf>,
    /// Propose dimensions from the answers: rules of retention and rotated factors
    #[arg(long)]
    pub(crate) explore: bool,
    /// Id of the construct; without it from the name of the file
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Ask in the terminal what the file does not say: title, definition, dimensions, reversed items
    #[arg(long)]
    pub(crate) ask: bool,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    /// The construct file
    #[arg(value_name = "CONSTRUCT.toml")]
    pub(crate) construct: PathBuf,
    /// The responses, instead of the file that the construct names
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) layout: LayoutOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}
