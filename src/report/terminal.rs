//! The print of a page for a terminal.

use super::page::{Block, Page};
use super::table::Table;
use comfy_table::{CellAlignment, ContentArrangement, TableStyle};
use std::fmt::Write as _;

/// Width of running text on a terminal.
const WIDTH: usize = 100;

/// Width of a text in a table on a terminal.
const CELL: usize = 56;

impl Page {
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
                Block::SeeTable(title, see) => out += &wrapped(&format!("{title}: {see}"), "", ""),
                Block::List(points) => points.iter().for_each(|p| out += &wrapped(p, "- ", "  ")),
                Block::Table(table) => {
                    if !table.title.is_empty() {
                        let _ = writeln!(out, "{}\n", table.title);
                    }
                    out += &drawn(table);
                    table.lines_below().for_each(|line| out += &wrapped(line, "  ", "  "));
                }
                Block::Figure(_) => {}
            }
        }
        out
    }
}

/// Long texts in several lines, for a terminal.
fn broken_cells(table: &Table) -> Vec<Vec<String>> {
    let cell = |(i, cell): (usize, &String)| match table.is_text(i) && cell.chars().count() > CELL {
        true => broken(cell, CELL),
        false => cell.clone(),
    };
    table.rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect()
}

/// A table with its columns below one another.
fn drawn(table: &Table) -> String {
    let rows = broken_cells(table);
    let mut drawn = comfy_table::Table::new();
    drawn.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    drawn.set_header(&table.columns);
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|i| {
            let lines = rows.iter().filter_map(|r| r.get(i)).flat_map(|c| c.lines());
            let cells = lines.map(|c| c.chars().count());
            cells.chain([table.columns[i].chars().count()]).max().unwrap_or(0)
        })
        .collect();
    drawn.add_row(widths.iter().map(|w| "-".repeat(*w)));
    drawn.add_rows(&rows);
    for (i, column) in drawn.column_iter_mut().enumerate() {
        column.set_cell_alignment(if table.is_text(i) { CellAlignment::Left } else { CellAlignment::Right });
        column.set_padding((if i == 0 { 2 } else { 1 }, 1));
    }
    drawn.lines().map(|l| l.trim_end().to_string() + "\n").collect()
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text_stays_within_the_width() {
        let text = wrapped(&"word ".repeat(60), "- ", "  ");
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH));
        assert!(text.starts_with("- word") && text.lines().nth(1).unwrap().starts_with("  word"));
    }
}
