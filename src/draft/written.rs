//! A draft as the text of a construct file, with comments.

use super::drafted::{Draft, one_line};
use crate::construct::{Code, ColumnRef, DataSource, Item, Localized, ResponseScale};
use std::fmt::Write;

/// Characters of a line of comment.
const WIDTH: usize = 100;

impl Draft {
    /// The construct file, with a comment at everything that was guessed.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml(self)
    }
}

fn toml(draft: &Draft) -> String {
    let mut text = String::new();
    let construct = &draft.construct;
    comment(&mut text, &format!("Drafted from {}.", draft.source));
    comment(
        &mut text,
        "What the file says stands here as it is; comments say what was guessed. To be decided:",
    );
    for (number, what) in draft.decide.iter().enumerate() {
        comment(&mut text, &format!("{}. {what}", number + 1));
    }
    text.push_str("\n[construct]\n");
    remarks(&mut text, draft, "construct");
    line(&mut text, "id", &quoted(construct.id()));
    for (key, words) in [("title", &construct.about.title), ("definition", &construct.about.definition)] {
        write_words(&mut text, key, words);
        if words.is_empty() {
            let _ = writeln!(text, "# {key} = {{ en = \"...\" }}");
        }
    }
    text.push_str("# sources = [\"...\"]\n");
    for (id, scale) in &construct.scales {
        let _ = write!(text, "\n[scales.{}]\n", key(id));
        remarks(&mut text, draft, &format!("scale {id}"));
        write_scale(&mut text, scale);
    }
    for dimension in &construct.dimensions {
        text.push_str("\n[[dimensions]]\n");
        remarks(&mut text, draft, &format!("dimension {}", dimension.id));
        line(&mut text, "id", &quoted(&dimension.id));
        write_words(&mut text, "title", &dimension.title);
        write_words(&mut text, "definition", &dimension.definition);
        if dimension.definition.is_empty() {
            text.push_str("# definition = { en = \"...\" }\n");
        }
        if !dimension.facets.is_empty() {
            let facets: Vec<String> =
                dimension.facets.iter().map(|facet| format!("{{ id = {} }}", quoted(&facet.id))).collect();
            line(&mut text, "facets", &format!("[{}]", facets.join(", ")));
        }
        for item in construct.items.iter().filter(|item| item.dimension == dimension.id) {
            text.push_str("\n[[items]]\n");
            remarks(&mut text, draft, &format!("item {}", item.id));
            write_item(&mut text, item);
        }
    }
    if let Some(data) = &construct.data {
        text.push_str("\n[data]\n");
        remarks(&mut text, draft, "data");
        write_data(&mut text, data);
    }
    if !draft.left_out.is_empty() {
        text.push('\n');
        comment(&mut text, "Columns that are not used, and what they seem to be:");
        for what in &draft.left_out {
            comment(&mut text, what);
        }
    }
    text
}

fn write_scale(text: &mut String, scale: &ResponseScale) {
    if let Some((low, high)) = scale.continuous {
        let _ = writeln!(text, "continuous = true\nrange = [{low}, {high}]");
    } else {
        text.push_str("points = [\n");
        for point in &scale.points {
            match point.label.get("") {
                Some(label) => {
                    let _ = writeln!(text, "  {{ code = {}, label = {} }},", point.code, quoted(label));
                }
                None => {
                    let _ = writeln!(text, "  {{ code = {} }},", point.code);
                }
            }
        }
        text.push_str("]\n");
    }
    let codes = scale.missing.iter().map(Code::to_string);
    let missing: Vec<String> = codes.chain(scale.missing_texts.iter().map(|t| quoted(t))).collect();
    if !missing.is_empty() {
        line(text, "missing", &format!("[{}]", missing.join(", ")));
    }
}

fn write_item(text: &mut String, item: &Item) {
    line(text, "id", &quoted(&item.id));
    match &item.column {
        Some(ColumnRef::Named(name)) => line(text, "column", &quoted(name)),
        Some(ColumnRef::Position(at)) => line(text, "column", &at.to_string()),
        None => {}
    }
    line(text, "dimension", &quoted(&item.dimension));
    if let Some(facet) = &item.facet {
        line(text, "facet", &quoted(facet));
    }
    line(text, "scale", &quoted(&item.scale));
    line(text, "reverse", if item.reverse { "true" } else { "false" });
    write_words(text, "text", &item.text);
}

fn write_data(text: &mut String, data: &DataSource) {
    if let Some(path) = &data.responses {
        line(text, "responses", &quoted(&path.display().to_string()));
    }
    if let Some(sheet) = &data.sheet {
        line(text, "sheet", &quoted(sheet));
    }
    if let Some(header) = data.header {
        line(text, "header", &quoted(&header.to_string()));
    }
    if let Some(respondent) = &data.respondent {
        line(text, "respondent", &quoted(respondent));
    }
    if !data.missing_codes.is_empty() {
        let codes: Vec<String> = data.missing_codes.iter().map(|code| quoted(code)).collect();
        line(text, "missing_codes", &format!("[{}]", codes.join(", ")));
    }
    if !data.groups.is_empty() {
        let groups: Vec<String> = data.groups.iter().map(|name| quoted(name)).collect();
        line(text, "groups", &format!("[{}]", groups.join(", ")));
    }
}

fn write_words(text: &mut String, key: &str, words: &Localized) {
    match words.by_language().next() {
        Some(("", words)) => line(text, key, &quoted(words)),
        Some(_) => {
            let each: Vec<String> = words
                .by_language()
                .map(|(language, words)| format!("{language} = {}", quoted(words)))
                .collect();
            line(text, key, &format!("{{ {} }}", each.join(", ")));
        }
        None => {}
    }
}

fn remarks(text: &mut String, draft: &Draft, part: &str) {
    for remark in draft.remarks.get(part).into_iter().flatten() {
        comment(text, remark);
    }
}

fn line(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {value}");
}

/// A comment, in lines of a width that can be read.
fn comment(text: &mut String, what: &str) {
    let mut row = String::from("#");
    for word in one_line(what).split(' ') {
        if row.chars().count() + word.chars().count() >= WIDTH && row.len() > 2 {
            let _ = writeln!(text, "{row}");
            row = "#  ".into();
        }
        row.push(' ');
        row.push_str(word);
    }
    let _ = writeln!(text, "{row}");
}

fn key(id: &str) -> String {
    let bare = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { id.into() } else { quoted(id) }
}

/// A text between double quotes (TOML 1.0, basic strings).
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
