//! What a command leaves: a text for the output, warnings and an error for people, an exit status.

use crate::arguments::{Format, OutputOptions};
use psychometrics::construct::Construct;
use psychometrics::data::TableFile;
use psychometrics::report::{Language, Page, Report};
use psychometrics::{Error, Result, Warning};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The input is at fault.
const INPUT: u8 = 2;
/// The analysis could not be done on this input.
const ANALYSIS: u8 = 3;

/// A construct file. Keys that are not known are told at once, whatever comes after: a slip there may be why.
pub(crate) fn read_construct(path: &Path) -> Result<Construct> {
    let construct = Construct::from_path(path)?;
    for warning in construct.warnings().iter().filter(|w| matches!(w, Warning::UnknownKey { .. })) {
        eprintln!("warning: {}: {warning}", path.display());
    }
    Ok(construct)
}

/// What is written, to where, and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What goes to the output; none where there is nothing but a message.
    text: Option<String>,
    output: Option<PathBuf>,
    /// Lines for the standard error.
    messages: Vec<String>,
    status: u8,
}

impl Outcome {
    /// A result, as a page or as the document `schema`.
    pub(crate) fn result<R: Report + Serialize>(
        schema: &str,
        result: &R,
        warnings: &[Warning],
        options: &OutputOptions,
    ) -> Self {
        Self::result_in(schema, result, warnings, Language::English, options)
    }

    /// The same with the page in a language.
    pub(crate) fn result_in<R: Report + Serialize>(
        schema: &str,
        result: &R,
        warnings: &[Warning],
        language: Language,
        options: &OutputOptions,
    ) -> Self {
        match options.format {
            Format::Json => Self::document(document(schema, result), warnings, options),
            _ => Self::page(&result.page().in_language(language), language, options),
        }
    }

    /// A page in the format asked for.
    pub(crate) fn page(page: &Page, language: Language, options: &OutputOptions) -> Self {
        let printed = match options.format {
            Format::Markdown => Ok(page.markdown()),
            Format::Html => page.html(language),
            Format::Latex => Ok(page.latex()),
            Format::Csv => Err(Error::Unsupported {
                what: "the format csv for a result of more than one table".into(),
                instead: "Use --format text, json, markdown, html or latex.".into(),
            }),
            Format::Text | Format::Json => Ok(page.text()),
        };
        match printed {
            Ok(text) => Self::text(text, options),
            Err(error) => Self::failure(&error, None, options),
        }
    }

    /// A text without warnings of its own: they stand in it.
    pub(crate) fn text(text: String, options: &OutputOptions) -> Self {
        Self { text: Some(text), output: options.output.clone(), messages: Vec::new(), status: 0 }
    }

    /// A JSON document, with its warnings on the standard error too.
    pub(crate) fn document(document: Value, warnings: &[Warning], options: &OutputOptions) -> Self {
        // unknown keys of a construct file were told when it was read
        let told = |w: &&Warning| !matches!(w, Warning::UnknownKey { .. });
        let messages = warnings.iter().filter(told).map(|w| format!("warning: {w}")).collect();
        Self { text: Some(pretty(&document)), output: options.output.clone(), messages, status: 0 }
    }

    /// A failure of a command. `own` is the command's own document as far as it goes; it is printed,
    /// with the error in it, when the analysis and not the input was at fault.
    pub(crate) fn failure(error: &Error, own: Option<Value>, options: &OutputOptions) -> Self {
        let status = if error.is_input_fault() { INPUT } else { ANALYSIS };
        Self::failed(status, &Failure::of(error), own, options)
    }

    fn failed(status: u8, failure: &Failure, own: Option<Value>, options: &OutputOptions) -> Self {
        let json = options.format == Format::Json;
        let document = match own {
            Some(mut own) if status == ANALYSIS => {
                own["error"] = failure.document();
                own
            }
            _ => failure.document(),
        };
        // a failed run writes no file: the document of the failure goes to the standard output
        Self { text: json.then(|| pretty(&document)), output: None, messages: failure.lines(), status }
    }

    /// An analysis that ended without a solution: its page or document, the reason, status 3.
    pub(crate) fn unsolved(mut self, failure: &Failure) -> Self {
        self.messages.extend(failure.lines());
        self.status = ANALYSIS;
        self
    }

    /// A text that is asked for in the place of a result: the help, the version.
    pub(crate) fn help(text: String) -> Self {
        Self { text: Some(text), output: None, messages: Vec::new(), status: 0 }
    }

    /// A failure before the command began.
    pub(crate) fn refused(error: &Error, format: Format) -> Self {
        let failure = Failure::of(error);
        let text = (format == Format::Json).then(|| pretty(&failure.document()));
        Self { text, output: None, messages: failure.lines(), status: INPUT }
    }

    /// Arguments that cannot be read.
    pub(crate) fn bad_arguments(error: &clap::Error, format: Format) -> Self {
        let rendered = error.to_string();
        // up to the first blank line stands what is wrong, behind it what to do
        let (wrong, advice) = rendered.split_once("\n\n").unwrap_or((&rendered, ""));
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let failure = Failure {
            code: "bad_option",
            message: one_line(wrong.trim_start_matches("error: ")),
            hint: one_line(advice),
            place: "the command line".into(),
        };
        let text = (format == Format::Json).then(|| pretty(&failure.document()));
        Self { text, output: None, messages: vec![rendered.trim_end().into()], status: INPUT }
    }

    /// Writes everything and gives the exit status. What cannot be written is the fault of where it was to go: status 2.
    pub(crate) fn deliver(self) -> ExitCode {
        told(&self.messages);
        let Some(text) = self.text else { return ExitCode::from(self.status) };
        let written = match &self.output {
            // the text is a table: main refuses another format for such a name
            Some(path) if TableFile::is_for(path) => {
                match TableFile::from_csv(&text).and_then(|table| table.write(path)) {
                    Ok(()) => Ok(()),
                    Err(error) => {
                        told(&Failure::of(&error).lines());
                        return ExitCode::from(INPUT);
                    }
                }
            }
            Some(path) => std::fs::write(path, text).map_err(|e| (path.clone(), e)),
            None => print(&text).map_err(|e| ("the standard output".into(), e)),
        };
        match written {
            Ok(()) => ExitCode::from(self.status),
            Err((path, error)) => {
                told(&Failure::of(&Error::Unwritable { path, reason: error.to_string() }).lines());
                ExitCode::from(INPUT)
            }
        }
    }
}

/// Writes to the standard output. A reader that has seen enough and closed its pipe is no fault.
fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes lines to the standard error; where nobody can read them, there is nobody to tell.
fn told(lines: &[String]) {
    let mut stderr = io::stderr().lock();
    for line in lines {
        let _ = writeln!(stderr, "{line}");
    }
}

/// A failure as people and scripts read it.
#[derive(Debug)]
pub(crate) struct Failure {
    code: &'static str,
    message: String,
    hint: String,
    place: String,
}

impl Failure {
    pub(crate) fn of(error: &Error) -> Self {
        Self {
            code: error.code(),
            message: error.to_string(),
            hint: error.hint(),
            place: error.place().unwrap_or_default(),
        }
    }

    pub(crate) fn new(code: &'static str, message: String, hint: String, place: String) -> Self {
        Self { code, message, hint, place }
    }

    pub(crate) fn document(&self) -> Value {
        let Self { code, message, hint, place } = self;
        let some = |text: &String| if text.is_empty() { Value::Null } else { json!(text) };
        json!({"schema": "psychometrics.error/1", "code": code, "message": message, "hint": some(hint), "place": some(place)})
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("error: {}", self.message)];
        if !self.hint.is_empty() {
            lines.push(format!("help: {}", self.hint));
        }
        lines
    }
}

/// A result under its schema.
pub(crate) fn document(schema: &str, result: &impl Serialize) -> Value {
    let mut document = json!({"schema": schema});
    if let (Value::Object(all), Ok(Value::Object(keys))) = (&mut document, serde_json::to_value(result)) {
        all.extend(keys);
    }
    document
}

fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}
