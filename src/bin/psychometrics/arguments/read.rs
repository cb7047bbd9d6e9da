//! `read`.

use super::output::OutputOptions;
use super::values::{Names, listed, names};
use clap::{Args, ValueEnum};
use psychometrics::data::formats::{Service, SheetOptions};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ReadOptions {
    /// SPSS (.sav, .zsav), Excel, OpenDocument or text file, as it was exported
    #[arg(value_name = "FILE")]
    pub(crate) data: PathBuf,
    /// The service whose header rows the file has; recognised without it
    #[arg(long, value_enum)]
    header: Option<HeaderRows>,
    /// The sheet of a workbook; without it the one with the table
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// A further code that means "missing"; may be given more than once
    #[arg(long = "missing-code", value_name = "CODE", allow_hyphen_values = true)]
    missing_codes: Vec<String>,
    /// Only these columns (one whose name contains a comma between double quotes: '"a, b",c')
    #[arg(long, value_name = "A,B,C", value_parser = names)]
    columns: Vec<Names>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

impl ReadOptions {
    pub(crate) fn sheet(&self) -> SheetOptions {
        let mut options = SheetOptions::new();
        options.service = self.header.map(HeaderRows::service);
        options.sheet.clone_from(&self.sheet);
        options.missing_codes.clone_from(&self.missing_codes);
        options.columns = listed(&self.columns);
        options
    }
}

/// What `--header` can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HeaderRows {
    /// Names, question texts, import ids
    Qualtrics,
    /// Question codes or question texts
    Limesurvey,
    /// Google Forms
    Google,
    /// Questions, and their parts below
    Surveymonkey,
    /// Microsoft Forms
    Forms,
    /// Names, and labels below
    Sosci,
    /// Field names or labels, events, checkboxes
    Redcap,
    /// A CSV file that SPSS wrote
    Spss,
    /// One row of names
    None,
}

impl HeaderRows {
    fn service(self) -> Service {
        match self {
            HeaderRows::Qualtrics => Service::Qualtrics,
            HeaderRows::Limesurvey => Service::LimeSurvey,
            HeaderRows::Google => Service::Google,
            HeaderRows::Surveymonkey => Service::SurveyMonkey,
            HeaderRows::Forms => Service::Forms,
            HeaderRows::Sosci => Service::SoSci,
            HeaderRows::Redcap => Service::Redcap,
            HeaderRows::Spss => Service::Spss,
            HeaderRows::None => Service::None,
        }
    }
}
