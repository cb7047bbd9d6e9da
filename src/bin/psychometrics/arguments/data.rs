//! What is read of a data file.

use super::layout::LayoutOptions;
use super::output::OutputOptions;
use super::values::{Names, listed, names};
use clap::Args;
use psychometrics::construct::Layout;
use std::path::PathBuf;

/// What is read of a data file.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// The data: CSV or TSV with a header row (an empty field and NA are missing), SPSS, Stata, Excel, OpenDocument, or the
    /// export of a survey service
    #[arg(value_name = "DATA")]
    pub(crate) data: PathBuf,
    /// A further code that means "missing"; may be given more than once
    #[arg(long = "missing-code", value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) missing_codes: Vec<String>,
    /// Only these variables (one whose name contains a comma between double quotes: '"a, b",c'); without them all columns of numbers, but for those that tell who the respondent is
    #[arg(long, value_name = "A,B,C", value_parser = names)]
    columns: Vec<Names>,
    /// The column that tells who the respondent (or target, unit) is: every row must have one of its own
    #[arg(long, value_name = "VAR")]
    pub(crate) respondent: Option<String>,
    #[command(flatten)]
    layout: LayoutOptions,
}

impl DataOptions {
    /// How the file is laid out.
    pub(crate) fn layout(&self) -> Layout {
        self.layout.layout()
    }

    /// The variables that are named.
    pub(crate) fn columns(&self) -> Vec<String> {
        listed(&self.columns)
    }
}

/// A table of ratings or codes.
#[derive(Debug, Args)]
pub(crate) struct TableOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}
