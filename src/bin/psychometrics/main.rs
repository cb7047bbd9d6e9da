//! The command line of psychometrics: arguments in, a library call, a page or a document out.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod adaptive;
mod aggregate;
mod align;
mod arguments;
mod asking;
mod compare;
mod content;
mod correlate;
mod dif;
mod efa;
mod efa_imputed;
mod ega;
mod estimating;
mod fit;
mod further;
mod imputed;
mod init;
mod inputs;
mod invariance;
mod invariance_power;
mod irt;
mod irt_stored;
mod manual;
mod merge;
mod moderation;
mod moments;
mod mtmm;
mod outcome;
mod progress;
mod read;
mod reading;
mod retention;
mod rotation;
mod scales;
mod score;
mod screen;
mod short_form;
mod simulate;
mod sql;
mod validate;

use crate::arguments::Format;
use arguments::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use outcome::Outcome;
use std::io::IsTerminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    let raw: Vec<String> =
        std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let command = Cli::command();
    let arguments = arguments::with_table_format(arguments::with_joined_switches(&command, raw));
    let parsed = command.try_get_matches_from(&arguments).and_then(|matches| {
        let overwritten = inputs::overwritten(&matches);
        Ok((Cli::from_arg_matches(&matches)?, overwritten))
    });
    let outcome = match parsed {
        Ok((_, Some(error))) => Outcome::refused(&error, format_of(&arguments)),
        Ok((cli, None)) => match &cli.command {
            Command::Init(options) => init::init(options),
            Command::Check(options) => init::check(options),
            Command::Completions { shell } => manual::completions(*shell),
            Command::Man { command } => manual::page(command.as_deref()),
            Command::Read(options) => read::run(options),
            Command::Fit(options) => fit::run(options),
            Command::Invariance(options) => invariance::run(options),
            Command::Irt(options) => irt::run(options),
            Command::Adaptive(options) => adaptive::run(options),
            Command::Link(options) => adaptive::link(options),
            Command::Compare(options) => compare::run(options),
            Command::Simulate(options) => simulate::run(options),
            Command::Validate(options) => validate::run(options),
            Command::Validity(options) => validate::validity(options),
            Command::Correlate(options) => correlate::run(options),
            Command::InvariancePower(options) => invariance_power::run(options),
            Command::Align(options) => align::run(options),
            Command::Moderation(options) => moderation::run(options),
            Command::Dif(options) => dif::run(options),
            Command::Efa(options) => efa::run(options),
            Command::Ega(options) => ega::run(options),
            Command::Retention(options) => retention::run(options),
            Command::ShortForm(options) => short_form::run(options),
            Command::Screen(options) => screen::run(options),
            Command::Items(options) => scales::items(options),
            Command::Reliability(options) => scales::reliability(options),
            Command::Content(options) => content::content(options),
            Command::Agreement(options) => content::agreement(options),
            Command::Perspectives(options) => content::perspectives(options),
            Command::Score(options) => score::run(options),
            Command::Moments(options) => moments::run(options),
            Command::Merge(options) => merge::run(options),
            Command::Sql(options) => sql::run(options),
            Command::Mtmm(options) => mtmm::run(options),
            Command::Aggregate(options) => aggregate::run(options),
            Command::Icc(options) => scales::icc(options),
        },
        Err(error) if !error.use_stderr() => {
            let help = error.render();
            let styled = std::io::stdout().is_terminal();
            Outcome::help(if styled { help.ansi().to_string() } else { help.to_string() })
        }
        Err(error) => Outcome::bad_arguments(&error, format_of(&arguments)),
    };
    outcome.deliver()
}

/// The format asked for, when the arguments as a whole cannot be read.
fn format_of(arguments: &[String]) -> Format {
    let asked = |pair: &[String]| pair[0] == "--format" && pair[1] == "json";
    let json = arguments.windows(2).any(asked) || arguments.iter().any(|a| a == "--format=json");
    if json { Format::Json } else { Format::Text }
}
