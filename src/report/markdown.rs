//! The print of a page as Markdown.

use super::page::{Block, Page};
use super::table::Table;
use std::fmt::Write as _;

impl Page {
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
                Block::SeeTable(title, see) => format!("{}\n", at_start(&format!("{title}: {see}"))),
                Block::List(points) => points.iter().map(|p| format!("- {}\n", at_start(p))).collect(),
                Block::Table(table) => {
                    let mut part = String::new();
                    if !table.title.is_empty() {
                        let _ = writeln!(part, "**{}**\n", escaped(&table.title));
                    }
                    part += &lined(table);
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

/// A table between bars.
fn lined(table: &Table) -> String {
    let line = |cells: &[String]| {
        format!("| {} |\n", cells.iter().map(|c| escaped(c)).collect::<Vec<_>>().join(" | "))
    };
    let rule: Vec<&str> =
        (0..table.columns.len()).map(|i| if table.is_text(i) { ":---" } else { "---:" }).collect();
    let mut out = line(&table.columns) + &format!("| {} |\n", rule.join(" | "));
    table.rows.iter().for_each(|r| out += &line(r));
    out
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
}
