//! `completions` and `man`: what packagers ask for.

use crate::arguments::Cli;
use crate::outcome::Outcome;
use clap::CommandFactory;
use psychometrics::Error;

const NAME: &str = "psychometrics";

pub(crate) fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut text);
    Outcome::help(String::from_utf8_lossy(&text).into_owned())
}

/// The page of the program, or of one of its commands.
pub(crate) fn page(command: Option<&str>) -> Outcome {
    let whole = Cli::command();
    let (own, name) = match command {
        None => (whole.clone(), NAME.to_string()),
        Some(name) => match whole.find_subcommand(name) {
            Some(found) => (found.clone(), format!("{NAME}-{name}")),
            None => {
                let names: Vec<&str> = whole.get_subcommands().map(clap::Command::get_name).collect();
                let error =
                    Error::BadOption { option: "man".into(), value: name.into(), allowed: names.join(", ") };
                return Outcome::refused(&error, crate::arguments::Format::Text);
            }
        },
    };
    let mut text = Vec::new();
    // a Vec takes everything
    let _ = clap_mangen::Man::new(own.name(name)).render(&mut text);
    Outcome::help(String::from_utf8_lossy(&text).into_owned())
}
