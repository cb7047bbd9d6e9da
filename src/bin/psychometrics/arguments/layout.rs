//! How a data file is laid out, where it does not say it by itself.

use super::choice::{Choice, explained, value};
use clap::Args;
use psychometrics::construct::{Construct, DataSource, Layout, Service};

/// How a data file is laid out.
#[derive(Debug, Args)]
pub(crate) struct LayoutOptions {
    /// The sheet of a workbook; without it the one with the table
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The service whose header rows the file has; recognised without it
    #[arg(long, value_name = "SERVICE", value_parser = service())]
    header: Option<Service>,
}

impl LayoutOptions {
    pub(crate) fn layout(&self) -> Layout {
        Layout { sheet: self.sheet.clone(), header: self.header }
    }

    /// What was said overrules what the construct file says.
    pub(crate) fn overrule(&self, construct: &mut Construct) {
        if self.sheet.is_none() && self.header.is_none() {
            return;
        }
        let data = construct.data.get_or_insert_with(DataSource::default);
        data.sheet = self.sheet.clone().or(data.sheet.take());
        data.header = self.header.or(data.header);
    }
}

fn service() -> Choice<Service> {
    explained([
        value(Service::Qualtrics, "Names, question texts, import ids"),
        value(Service::LimeSurvey, "Question codes or question texts"),
        value(Service::Google, "Google Forms"),
        value(Service::SurveyMonkey, "Questions, and their parts below"),
        value(Service::Forms, "Microsoft Forms"),
        value(Service::SoSci, "Names, and labels below"),
        value(Service::Redcap, "Field names or labels, events, checkboxes"),
        value(Service::Spss, "A CSV file that SPSS wrote"),
        value(Service::None, "One row of names"),
    ])
}
