//! The files that a command reads: the output must be none of them.

use crate::arguments::Format;
use clap::{ArgMatches, ValueEnum};
use psychometrics::Error;
use psychometrics::construct::Construct;
use psychometrics::data::TableFile;
use std::path::{Path, PathBuf};

/// The error of an output that would overwrite an input, by whatever path or link it is named.
pub(crate) fn overwritten(matches: &ArgMatches) -> Option<Error> {
    let (_, matches) = matches.subcommand()?;
    let output: &PathBuf = matches.try_get_one("output").ok()??;
    let format = matches.try_get_one::<Format>("format").ok().flatten();
    if TableFile::is_for(output) && format.is_some_and(|format| *format != Format::Csv) {
        return Some(Error::BadOption {
            option: "--format".into(),
            value: format
                .and_then(ValueEnum::to_possible_value)
                .map_or_else(String::new, |v| v.get_name().into()),
            allowed: "a file that ends in .xlsx or .sav takes a table: csv, or no --format".into(),
        });
    }
    let read = inputs(matches).into_iter().find(|input| same_file(input, output))?;
    Some(Error::Unwritable {
        path: output.clone(),
        reason: format!(
            "it is an input of this command ({}); give --output a name of its own",
            read.display()
        ),
    })
}

/// All arguments that are paths, but for the output, and the files that a construct file names.
fn inputs(matches: &ArgMatches) -> Vec<PathBuf> {
    let mut inputs: Vec<PathBuf> = Vec::new();
    for id in matches.ids().map(clap::Id::as_str).filter(|id| *id != "output") {
        if let Ok(Some(paths)) = matches.try_get_many::<PathBuf>(id) {
            inputs.extend(paths.cloned());
        }
    }
    let construct = matches.try_get_one::<PathBuf>("construct").ok().flatten();
    // a pipe can be read once; what is wrong with the file the command itself will say
    let construct = construct.filter(|path| path.is_file());
    if let Some(construct) = construct.and_then(|path| Construct::from_path(path).ok()) {
        inputs.extend(construct.files());
    }
    inputs
}

/// Whether two paths lead to one file: through links, and by other names of it.
fn same_file(first: &Path, second: &Path) -> bool {
    let (Ok(one), Ok(other)) = (std::fs::metadata(first), std::fs::metadata(second)) else { return false };
    if !(one.is_file() && other.is_file()) {
        return false;
    }
    is_one(&one, &other)
        .unwrap_or_else(|| matches!((first.canonicalize(), second.canonicalize()), (Ok(a), Ok(b)) if a == b))
}

#[cfg(unix)]
fn is_one(first: &std::fs::Metadata, second: &std::fs::Metadata) -> Option<bool> {
    use std::os::unix::fs::MetadataExt;
    Some(first.dev() == second.dev() && first.ino() == second.ino())
}

#[cfg(not(unix))]
fn is_one(_: &std::fs::Metadata, _: &std::fs::Metadata) -> Option<bool> {
    None
}
