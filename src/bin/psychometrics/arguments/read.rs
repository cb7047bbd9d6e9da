//! `read`.

use super::data::DataOptions;
use super::output::OutputOptions;
use clap::Args;
use psychometrics::data::formats::SheetOptions;

#[derive(Debug, Args)]
#[command(mut_arg("from_aggregates", |own| own.hide(true)))] // it needs the rows
pub(crate) struct ReadOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

impl ReadOptions {
    pub(crate) fn sheet(&self) -> SheetOptions {
        let mut options = SheetOptions::new();
        let layout = self.data.layout();
        (options.service, options.sheet) = (layout.header, layout.sheet);
        options.missing_codes.clone_from(&self.data.missing_codes);
        options.columns = self.data.columns();
        options
    }
}
