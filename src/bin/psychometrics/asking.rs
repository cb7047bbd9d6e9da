//! `init --ask`: what the file does not say, asked in the terminal. An empty answer keeps what stands there.

use psychometrics::construct::Localized;
use psychometrics::draft::Draft;
use psychometrics::{Error, Result};
use std::io::{BufRead, Write, stdin};

/// Asks for title and definition, for the dimension of each item, and which items are reversed.
pub(crate) fn complete(draft: &mut Draft) -> Result<()> {
    let construct = &mut draft.construct;
    if let Some(title) = asked("Title of the construct", construct.id())? {
        construct.about.title = Localized::new("en", title);
    }
    if let Some(definition) = asked("What it means (definition)", "later")? {
        construct.about.definition = Localized::new("en", definition);
    }
    for at in 0..construct.dimensions.len() {
        let id = construct.dimensions[at].id.clone();
        let items: Vec<&str> =
            construct.items.iter().filter(|item| item.dimension == id).map(|item| item.id.as_str()).collect();
        eprintln!("\nDimension '{id}': {}", items.join(", "));
        if let Some(title) = asked("Its title", &id)? {
            construct.dimensions[at].title = Localized::new("en", title);
        }
        if let Some(definition) = asked("What it means", "later")? {
            construct.dimensions[at].definition = Localized::new("en", definition);
        }
        let reversed: Vec<&str> = construct
            .items
            .iter()
            .filter(|item| item.dimension == id && item.reverse)
            .map(|item| item.id.as_str())
            .collect();
        let now = if reversed.is_empty() { "none".into() } else { reversed.join(", ") };
        while let Some(answer) = asked("Reversed items, between commas", &now)? {
            let names: Vec<String> = answer.split(',').map(|name| name.trim().to_string()).collect();
            let none = names.iter().all(|name| name.is_empty() || name == "none");
            let unknown = names
                .iter()
                .find(|name| !none && !construct.items.iter().any(|i| i.id == **name && i.dimension == id));
            if let Some(unknown) = unknown {
                eprintln!("'{unknown}' is no item of this dimension");
                continue;
            }
            for item in construct.items.iter_mut().filter(|item| item.dimension == id) {
                item.reverse = !none && names.contains(&item.id);
            }
            break;
        }
    }
    Ok(())
}

/// The answer to a question; none where it was left empty, or nobody is there to answer.
fn asked(question: &str, now: &str) -> Result<Option<String>> {
    let mut stderr = std::io::stderr().lock();
    let told = write!(stderr, "{question} [{now}]: ").and_then(|()| stderr.flush());
    let mut line = String::new();
    let read = told.and_then(|()| stdin().lock().read_line(&mut line));
    read.map_err(|error| Error::Unreadable { path: "the terminal".into(), reason: error.to_string() })?;
    let answer = line.trim();
    Ok((!answer.is_empty()).then(|| answer.to_string()))
}
