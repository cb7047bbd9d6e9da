//! A page of headings, paragraphs, lists and tables, and its two prints.

use super::number::fixed;
use crate::moments::LabelledMatrix;
use comfy_table::{CellAlignment, ContentArrangement, TableStyle};
use std::borrow::Cow;
use std::fmt::Write as _;

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading of level 1 to 3.
    Heading(u8, String),
    /// Running text.
    Paragraph(String),
    /// Points.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A picture.
    Figure(Figure),
}

/// A picture with what it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figure {
    /// What the picture shows.
    pub title: String,
    /// The drawing, as SVG; its colours are variables of the page.
    pub svg: String,
    /// How to read it; empty for none.
    pub note: String,
}

/// What a row of a table comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A claim that is supported.
    Good,
    /// One that is not.
    Bad,
    /// One that is supported in part.
    Mixed,
    /// One that is open.
    Open,
    /// Nothing was examined.
    None,
}

/// A table: the first column is text, the others are numbers unless said otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// What the table shows; empty for none.
    pub title: String,
    /// Column headings.
    pub columns: Vec<String>,
    /// Cells.
    pub rows: Vec<Vec<String>>,
    /// Columns that hold text and are aligned to the left, next to the first.
    pub text_columns: Vec<usize>,
    /// What the reader must know; empty for none.
    pub note: String,
    /// What belongs to single numbers: why one is missing, what a mark means. Below the note, a line each.
    pub remarks: Vec<String>,
    /// What each row comes to, where rows are judged; shown as a colour where there are colours.
    pub marks: Vec<Mark>,
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> Cow<'_, str> {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

impl Table {
    /// An empty table with headings.
    pub fn new<S: Into<String>>(title: impl Into<String>, columns: impl IntoIterator<Item = S>) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        Self { title: title.into(), columns, ..Self::default() }
    }

    /// Adds a row.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Says below the table why a dash stands where a number would: `what`, as "HTMT of a - b". The same reason of several is
    /// told once.
    pub fn without(&mut self, what: &str, why: &str) {
        let end = format!(": {}.", why.trim_end_matches('.'));
        let Some(same) = self.remarks.iter_mut().find(|r| r.starts_with(NO_VALUE) && r.ends_with(&end))
        else {
            self.remarks.push(format!("{NO_VALUE}{what}{end}"));
            return;
        };
        let at = same.len() - end.len();
        let last = same[NO_VALUE.len()..at].rsplit("; ").next().unwrap_or_default();
        // of the same coefficient only whose it is
        let more = match what.rsplit_once(" of ") {
            Some((kind, of)) if last.strip_prefix(kind).is_some_and(|rest| rest.starts_with(" of ")) => {
                format!(", {of}")
            }
            _ => format!("; {what}"),
        };
        same.insert_str(at, &more);
    }

    /// The same, where there is no `value`.
    pub fn without_if_none<T>(&mut self, value: Option<T>, what: &str, why: &str) {
        if value.is_none() {
            self.without(what, why);
        }
    }

    /// The note and the remarks, as lines.
    pub(super) fn lines_below(&self) -> impl Iterator<Item = &str> {
        let note = Some(self.note.as_str()).filter(|note| !note.is_empty());
        note.into_iter().chain(self.remarks.iter().map(String::as_str))
    }

    /// A matrix, with a fixed count of decimals.
    pub fn of_matrix(title: impl Into<String>, matrix: &LabelledMatrix, decimals: usize) -> Self {
        let mut table =
            Self::new(title, std::iter::once(String::new()).chain(matrix.columns.iter().cloned()));
        for (name, values) in matrix.rows.iter().zip(&matrix.values) {
            table.row(std::iter::once(name.clone()).chain(values.iter().map(|x| fixed(*x, decimals))));
        }
        table
    }

    /// The table as CSV with a header.
    ///
    /// A text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return, which a spreadsheet would take for a formula,
    /// gets an apostrophe in front; a number (`-0.5`) stays as it is.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // writing to memory cannot fail
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            let _ = writer.write_record(row.iter().map(|cell| harmless(cell).into_owned()));
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(super) fn is_text(&self, column: usize) -> bool {
        column == 0 || self.text_columns.contains(&column)
    }

    /// Long texts in several lines, for a terminal.
    fn broken(&self) -> Vec<Vec<String>> {
        let cell = |(i, cell): (usize, &String)| match self.is_text(i) && cell.chars().count() > CELL {
            true => broken(cell, CELL),
            false => cell.clone(),
        };
        self.rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect()
    }

    fn text(&self) -> String {
        let rows = self.broken();
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(&self.columns);
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|i| {
                let lines = rows.iter().filter_map(|r| r.get(i)).flat_map(|c| c.lines());
                let cells = lines.map(|c| c.chars().count());
                cells.chain([self.columns[i].chars().count()]).max().unwrap_or(0)
            })
            .collect();
        table.add_row(widths.iter().map(|w| "-".repeat(*w)));
        table.add_rows(&rows);
        for (i, column) in table.column_iter_mut().enumerate() {
            column.set_cell_alignment(if self.is_text(i) {
                CellAlignment::Left
            } else {
                CellAlignment::Right
            });
            column.set_padding((if i == 0 { 2 } else { 1 }, 1));
        }
        table.lines().map(|l| l.trim_end().to_string() + "\n").collect()
    }

    fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            format!("| {} |\n", cells.iter().map(|c| escaped(c)).collect::<Vec<_>>().join(" | "))
        };
        let rule: Vec<&str> =
            (0..self.columns.len()).map(|i| if self.is_text(i) { ":---" } else { "---:" }).collect();
        let mut out = line(&self.columns) + &format!("| {} |\n", rule.join(" | "));
        self.rows.iter().for_each(|r| out += &line(r));
        out
    }
}

/// How a remark on a missing number begins.
pub(super) const NO_VALUE: &str = "No value of ";

/// A page for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its parts, in order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// An empty page with a title.
    pub fn titled(title: impl Into<String>) -> Self {
        Self { blocks: vec![Block::Heading(1, title.into())] }
    }

    /// Adds a heading.
    pub fn heading(&mut self, level: u8, text: impl Into<String>) {
        self.blocks.push(Block::Heading(level, text.into()));
    }

    /// Adds a paragraph, unless it is empty.
    pub fn paragraph(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.blocks.push(Block::Paragraph(text));
        }
    }

    /// Adds points, unless there are none.
    pub fn list(&mut self, points: Vec<String>) {
        if !points.is_empty() {
            self.blocks.push(Block::List(points));
        }
    }

    /// Adds a table.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    /// Adds a picture.
    pub fn figure(&mut self, figure: Figure) {
        self.blocks.push(Block::Figure(figure));
    }

    /// Adds the parts of another page, without its title.
    pub fn append(&mut self, other: Page) {
        let parts = other.blocks.into_iter().filter(|block| !matches!(block, Block::Heading(1, _)));
        self.blocks.extend(parts);
    }

    /// The page with every text on one line: line breaks and other control characters, which names and wordings may hold,
    /// are spaces.
    pub(super) fn cleaned(&self) -> Page {
        let mut page = self.clone();
        let clean = |text: &mut String| {
            if text.contains(is_control) {
                *text = text.replace(is_control, " ");
            }
        };
        for block in &mut page.blocks {
            match block {
                Block::Heading(_, text) | Block::Paragraph(text) => clean(text),
                Block::List(points) => points.iter_mut().for_each(clean),
                Block::Table(table) => {
                    clean(&mut table.title);
                    clean(&mut table.note);
                    table.remarks.iter_mut().for_each(clean);
                    table.columns.iter_mut().for_each(clean);
                    table.rows.iter_mut().flatten().for_each(clean);
                }
                Block::Figure(figure) => {
                    clean(&mut figure.title);
                    clean(&mut figure.note);
                }
            }
        }
        page
    }

    /// The page for a terminal; pictures are left out, their numbers stand in tables.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for block in self.cleaned().blocks.iter().filter(|block| !matches!(block, Block::Figure(_))) {
            if !out.is_empty() {
                out.push('\n');
            }
            match block {
                Block::Heading(1, text) => {
                    let _ = writeln!(out, "{text}\n{}", "=".repeat(text.chars().count()));
                }
                Block::Heading(2, text) => {
                    let _ = writeln!(out, "{text}\n{}", "-".repeat(text.chars().count()));
                }
                Block::Heading(_, text) => {
                    let _ = writeln!(out, "{text}");
                }
                Block::Paragraph(text) => out += &wrapped(text, "", ""),
                Block::List(points) => points.iter().for_each(|p| out += &wrapped(p, "- ", "  ")),
                Block::Table(table) => {
                    if !table.title.is_empty() {
                        let _ = writeln!(out, "{}\n", table.title);
                    }
                    out += &table.text();
                    table.lines_below().for_each(|line| out += &wrapped(line, "  ", "  "));
                }
                Block::Figure(_) => {}
            }
        }
        out
    }

    /// The page as Markdown.
    pub fn markdown(&self) -> String {
        let mut parts = Vec::new();
        for block in self.cleaned().blocks.iter().filter(|block| !matches!(block, Block::Figure(_))) {
            parts.push(match block {
                Block::Figure(_) => continue,
                Block::Heading(level, text) => {
                    format!("{} {}\n", "#".repeat(usize::from(*level)), escaped(text))
                }
                Block::Paragraph(text) => format!("{}\n", at_start(text)),
                Block::List(points) => points.iter().map(|p| format!("- {}\n", at_start(p))).collect(),
                Block::Table(table) => {
                    let mut part = String::new();
                    if !table.title.is_empty() {
                        let _ = writeln!(part, "**{}**\n", escaped(&table.title));
                    }
                    part += &table.markdown();
                    for line in table.lines_below() {
                        let _ = write!(part, "\n*{}*\n", escaped(line));
                    }
                    part
                }
            });
        }
        parts.join("\n")
    }
}

/// Width of running text on a terminal.
const WIDTH: usize = 100;

/// Width of a text in a table on a terminal.
const CELL: usize = 56;

/// A text with line breaks at spaces.
fn broken(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_string());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines.join("\n")
}

/// Breaks a text into lines at spaces.
fn wrapped(text: &str, first: &str, other: &str) -> String {
    let mut out = String::new();
    let mut line = first.to_string();
    let mut empty = true;
    for word in text.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out += line.trim_end();
            out.push('\n');
            line = other.to_string();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line += word;
        empty = false;
    }
    out + line.trim_end() + "\n"
}

/// Characters that begin a new line, or steer a terminal or the direction of writing.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text in Markdown as it is meant: what Markdown (CommonMark, and tables, strike-through and formulas as GitHub has them)
/// would read as layout stands behind a backslash. A bracket is left alone where it cannot be a link.
fn escaped(text: &str) -> String {
    let text = text.trim();
    let may_link = ["](", "][", "]:", "!["].iter().any(|link| text.contains(link));
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        let rest = &text[i + c.len_utf8()..];
        let layout = match c {
            '|' | '*' | '_' | '<' | '>' | '`' | '\\' | '$' => true,
            // before a space it cannot begin what is struck through
            '~' => rest.trim_start_matches('~').starts_with(|c: char| !c.is_whitespace()),
            '[' | ']' => may_link,
            // the reference of a character
            '&' => rest.starts_with(|c: char| c == '#' || c.is_ascii_alphabetic()),
            _ => false,
        };
        if layout {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The same at the beginning of a line, where it would be a heading, a rule or a point of a list.
fn at_start(text: &str) -> String {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let marker = &text[digits..];
    let is_alone = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let layout = match marker.chars().next() {
        Some('.' | ')') if digits > 0 => is_alone(&marker[1..]),
        Some('#' | '=') => digits == 0,
        Some(c @ ('+' | '-')) => digits == 0 && (is_alone(&marker[1..]) || marker[1..].starts_with(c)),
        _ => false,
    };
    if layout { format!("{}\\{}", &text[..digits], escaped(marker)) } else { escaped(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Language;

    #[test]
    fn a_table_lines_up_and_markdown_escapes_what_users_wrote() {
        let mut table = Table::new("", ["name", "value"]);
        table.row(["a|b", "1.50"]);
        table.row(["long name", "-12.25"]);
        assert_eq!(table.csv(), "name,value\na|b,1.50\nlong name,-12.25\n");
        let mut page = Page::default();
        page.table(table);
        let text = page.text();
        let ends: Vec<usize> = text.lines().map(|l| l.chars().count()).collect();
        assert!(ends.iter().all(|e| *e == ends[0]), "{text}");
        assert!(page.markdown().contains("| a\\|b | 1.50 |"));
    }

    /// What Markdown makes of each of these by the CommonMark specification 0.31 is shown in its sections 2.4 (backslash
    /// escapes), 2.5 (entities), 4.2 (headings), 5.2 (list items), 6.6 (links) and 6.11 (raw HTML).
    #[test]
    fn markdown_shows_what_was_written() {
        for (written, shown) in [
            ("<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)\\>"),
            ("[here](javascript:alert(1))", "\\[here\\](javascript:alert(1))"),
            ("rule [3]", "rule [3]"),
            ("&lt;b&gt; & c", "\\&lt;b\\&gt; & c"),
            ("# no heading", "\\# no heading"),
            ("1. no point", "1\\. no point"),
            ("-0.63", "-0.63"),
            ("f =~ x2, x1 ~~ x2", "f =~ x2, x1 ~~ x2"),
            ("- no point", "\\- no point"),
            ("a_b *c* `d` ~~e~~ $f$ \\", "a\\_b \\*c\\* \\`d\\` \\~\\~e~~ \\$f\\$ \\\\"),
        ] {
            assert_eq!(at_start(written), shown);
        }
        assert_eq!(
            (escaped("-"), escaped("0.50"), at_start("0.50 of it")),
            ("-".into(), "0.50".into(), "0.50 of it".into())
        );
        // a line break ends neither a heading nor a row, and nothing steers the terminal
        let mut page = Page::titled("one\ntwo");
        let mut table = Table::new("", ["item", "wording"]);
        table.row(["a\r\n| b", "\u{1b}[31mred\u{202e}"]);
        page.table(table);
        let markdown = page.markdown();
        assert_eq!(markdown.lines().next(), Some("# one two"));
        assert!(markdown.contains("| a  \\| b | [31mred |"), "{markdown}");
        assert!(!page.text().contains('\u{1b}') && page.text().starts_with("one two\n=======\n"));
    }

    #[test]
    fn a_missing_number_has_its_reason_below_the_table_once() {
        let mut table = Table::new("", ["pair", "HTMT"]);
        table.row(["a - b", "-"]);
        table.row(["a - c", "-"]);
        table.without("HTMT of a - b", "'a' has a single item");
        table.without("HTMT of a - c", "'a' has a single item.");
        table.without("the interval of HTMT of b - c", "too few samples have one");
        assert_eq!(table.remarks.len(), 2);
        assert_eq!(table.remarks[..1], ["No value of HTMT of a - b, a - c: 'a' has a single item."]);
        let mut page = Page::titled("t");
        page.table(table);
        for text in [page.text(), page.markdown(), page.latex(), page.html(Language::English).unwrap()] {
            assert!(text.contains("has a single item."), "{text}");
        }
        let dutch = page.in_language(Language::Dutch);
        assert!(dutch.text().contains("Geen waarde van HTMT van a - b"), "{}", dutch.text());
    }

    #[test]
    fn running_text_stays_within_the_width() {
        let text = wrapped(&"word ".repeat(60), "- ", "  ");
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH));
        assert!(text.starts_with("- word") && text.lines().nth(1).unwrap().starts_with("  word"));
    }
}
