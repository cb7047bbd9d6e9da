//! A page as LaTeX: text and APA tables (booktabs, notes below), to be pasted into a paper or run as it is.

use super::page::{Block, Page};
use super::table::Table;
use std::fmt::Write as _;

const HEAD: &str = r"\documentclass[a4paper,11pt]{article}
\usepackage{iftex}
\ifPDFTeX
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{textcomp}
\else
\usepackage{fontspec}
\fi
\usepackage{booktabs}
\usepackage{longtable}
\usepackage{array}
\usepackage[margin=20mm]{geometry}
\usepackage{pdflscape}
\begin{document}
";

impl Page {
    /// The page as a LaTeX document; pictures are left out.
    pub fn latex(&self) -> String {
        let mut out = HEAD.to_string();
        let mut number = 0;
        for block in &self.cleaned().blocks {
            // writing to a string cannot fail
            let _ = match block {
                Block::Heading(1, text) => {
                    writeln!(out, "\\title{{{}}}\\date{{}}\\maketitle\n", escaped(text))
                }
                Block::Heading(2, text) => writeln!(out, "\\section*{{{}}}\n", escaped(text)),
                Block::Heading(_, text) => writeln!(out, "\\subsection*{{{}}}\n", escaped(text)),
                Block::Paragraph(text) => writeln!(out, "{}\n", escaped(text)),
                Block::SeeTable(title, see) => writeln!(out, "{}: {see}\n", escaped(title)),
                Block::List(points) => {
                    let items: String = points.iter().map(|p| format!("\\item {}\n", escaped(p))).collect();
                    writeln!(out, "\\begin{{itemize}}\n{items}\\end{{itemize}}\n")
                }
                Block::Table(table) => {
                    number += 1;
                    writeln!(out, "{}", of_table(table, number))
                }
                Block::Figure(_) => Ok(()),
            };
        }
        out += "\\end{document}\n";
        out
    }
}

/// As APA has it: number, title in italics, rules above and below the heads and at the end, a note.
fn of_table(table: &Table, number: usize) -> String {
    let wide = table.columns.len() > 8;
    let columns: String = (0..table.columns.len())
        .map(|j| match table.is_text(j) {
            // a column of sentences breaks its lines
            true if table.rows.iter().any(|r| r.get(j).is_some_and(|c| c.chars().count() > 40)) => "p{62mm}",
            true => "l",
            false => "r",
        })
        .collect();
    let line = |cells: &[String]| cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(" & ") + " \\\\\n";
    let rows: String = table.rows.iter().map(|row| line(row)).collect();
    let size = if wide { "\\scriptsize" } else { "\\small" };
    let mut out = String::new();
    let _ = write!(
        out,
        "{}{{{size}\n\\begin{{longtable}}{{@{{}}{columns}@{{}}}}\n\\multicolumn{{{}}}{{@{{}}l}}{{\\textbf{{Table {number}}}}} \\\\\n\
         \\multicolumn{{{}}}{{@{{}}l}}{{\\textit{{{}}}}} \\\\\n\\toprule\n{}\\midrule\n\\endhead\n{rows}\\bottomrule\n\\end{{longtable}}\n",
        if wide { "\\begin{landscape}\n" } else { "" },
        table.columns.len(),
        table.columns.len(),
        escaped(&table.title),
        line(&table.columns),
    );
    let below: Vec<String> = table.lines_below().map(escaped).collect();
    if !below.is_empty() {
        let _ = writeln!(out, "\\noindent\\textit{{Note.}} {}", below.join(" "));
    }
    out + "}" + if wide { "\n\\end{landscape}\n" } else { "\n" }
}

fn cell(text: &str) -> String {
    let inner = if text.starts_with("  ") { "\\quad " } else { "" };
    format!("{inner}{}", escaped(text.trim()))
}

/// Characters that mean something to LaTeX, written so that they mean themselves.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '\\' => out += "\\textbackslash{}",
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            // else the start of an option: of \item, of the end of a row
            '[' | ']' | '*' => {
                out.push('{');
                out.push(c);
                out.push('}');
            }
            '`' => out += "\\textasciigrave{}",
            '"' => out += "\\textquotedbl{}",
            '|' => out += "\\textbar{}",
            '≥' => out += "$\\geq$",
            '≤' => out += "$\\leq$",
            '×' => out += "$\\times$",
            '→' => out += "$\\rightarrow$",
            '−' => out += "$-$",
            '<' => out += "$<$",
            '>' => out += "$>$",
            '±' => out += "$\\pm$",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_users_wrote_cannot_break_the_document() {
        let mut page = Page::titled("A & B_1 {100 %}");
        page.list(vec!["[3] a rule".into(), "a $x$ \nof `two` lines".into()]);
        let mut table = Table::new("T <x>", ["item", "r"]);
        table.row(["a_1^2\\", "0.50"]);
        page.table(table);
        let text = page.latex();
        assert!(text.contains("A \\& B\\_1 \\{100 \\%\\}"));
        assert!(text.contains("a\\_1\\textasciicircum{}2\\textbackslash{} & 0.50 \\\\"));
        assert!(text.contains("T $<$x$>$"));
        // \item and the end of a row take what stands between brackets behind them, and \\ a star
        assert!(text.contains("\\item {[}3{]} a rule\n"));
        assert!(
            text.contains("\\item a \\$x\\$  of \\textasciigrave{}two\\textasciigrave{} lines\n"),
            "{text}"
        );
        assert_eq!(cell("* few"), "{*} few");
        assert_eq!(text.matches("\\begin{").count(), text.matches("\\end{").count());
    }
}
