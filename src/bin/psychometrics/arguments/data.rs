//! What is read of a data file.

use super::layout::LayoutOptions;
use super::output::OutputOptions;
use super::values::{Names, listed, names};
use clap::Args;
use psychometrics::construct::Layout;
use psychometrics::moments::aggregate::Aggregate;
use psychometrics::moments::sql::read_aggregates;
use psychometrics::{Error, Result};
use std::path::{Path, PathBuf};

/// What is read of a data file.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// The data: CSV or TSV with a header row (an empty field and NA are missing), SPSS, Stata, Excel, OpenDocument, Parquet, or the
    /// export of a survey service
    #[arg(value_name = "DATA", required_unless_present = "from_aggregates")]
    data: Option<PathBuf>,
    /// In the place of DATA: documents of 'moments' and 'merge' (JSON), and results of the statements of 'sql' (CSV), all of one
    /// plan (items, reliability, correlate, efa; fit, invariance)
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "data")]
    pub(crate) from_aggregates: Vec<PathBuf>,
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
    /// The file with the rows.
    pub(crate) fn path(&self) -> Result<&Path> {
        self.data.as_deref().ok_or_else(|| Error::Unsupported {
            what: "this analysis from aggregates, which hold no rows".into(),
            instead: "Give the rows (DATA).".into(),
        })
    }

    /// The aggregates in the place of rows.
    pub(crate) fn aggregate(&self) -> Result<Option<Aggregate>> {
        if self.from_aggregates.is_empty() {
            return Ok(None);
        }
        if !self.missing_codes.is_empty() || self.respondent.is_some() {
            return Err(Error::BadOption {
                option: if self.respondent.is_some() { "--respondent" } else { "--missing-code" }.into(),
                value: "with --from-aggregates".into(),
                allowed: "it is of rows: what is missing was said when they were aggregated".into(),
            });
        }
        read_aggregates(&self.from_aggregates).map(Some)
    }

    /// The items of aggregates that are named; all where none are.
    pub(crate) fn items_of(&self, aggregate: &Aggregate) -> Vec<String> {
        let named = self.columns();
        if named.is_empty() { aggregate.plan.names() } else { named }
    }

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
