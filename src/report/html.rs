//! A page as one HTML file: no network, no script, light and dark, printable on A4.

use super::Language;
use super::page::{Block, Page};
use super::table::{Mark, Table};
use crate::error::{Error, Result};
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, context};

const TEMPLATE: &str = include_str!("page.html");

impl Page {
    /// The page as one HTML document. What users wrote is escaped; drawings stand inline.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when the template does not fit, which a test excludes.
    pub fn html(&self, language: Language) -> Result<String> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let wrong = |error: minijinja::Error| Error::Unsupported {
            what: format!("this page as HTML ({error})"),
            instead: "Use --format markdown.".into(),
        };
        environment.add_template("page", TEMPLATE).map_err(wrong)?;
        let title = self.blocks.iter().find_map(|block| match block {
            Block::Heading(1, text) => Some(text.as_str()),
            _ => None,
        });
        let (mut tables, mut figures) = (0, 0);
        let cleaned = self.cleaned();
        let id_of = |heading: &String| {
            let is_it = |block: &Block| matches!(block, Block::Heading(_, text) if text == heading);
            let at = cleaned.blocks.iter().position(is_it).filter(|_| !heading.is_empty())?;
            Some(format!("s{at}"))
        };
        let number_of = |title: &String| {
            let all = cleaned.blocks.iter().filter_map(|block| match block {
                Block::Table(table) => Some(table),
                _ => None,
            });
            all.enumerate().find(|(_, table)| table.title == *title).map_or(0, |(at, _)| at + 1)
        };
        let blocks: Vec<Value> = cleaned
            .blocks
            .iter()
            .enumerate()
            .map(|(index, block)| match block {
                Block::Heading(level, text) => {
                    context! { kind => "heading", level => *level, text => text, id => format!("s{index}") }
                }
                Block::Paragraph(text) => context! { kind => "paragraph", text => text },
                Block::List(points) => context! { kind => "list", points => points },
                Block::Table(table) => {
                    tables += 1;
                    of_table(table, tables, &id_of)
                }
                Block::SeeTable(title, see) => {
                    context! { kind => "see", number => number_of(title), title => title, see => see }
                }
                Block::Figure(figure) => {
                    figures += 1;
                    context! {
                        kind => "figure", number => figures, title => &figure.title, note => &figure.note,
                        svg => Value::from_safe_string(figure.svg.clone()), tall => is_tall(&figure.svg)
                    }
                }
            })
            .collect();
        let say = |en, nl| language.of(en, nl);
        environment
            .get_template("page")
            .and_then(|template| {
                template.render(context! {
                    language => language.code(), title => title.unwrap_or_default(), blocks => blocks,
                    contents => say("Contents", "Inhoud"), table => say("Table", "Tabel"),
                    figure => say("Figure", "Figuur"), note => say("Note.", "Noot."), rows => say("rows", "rijen"),
                })
            })
            .map_err(wrong)
    }
}

/// Height from which a drawing is not legible at half a page.
const MANY_ROWS: f64 = 900.0;

/// Whether a drawing is clearly higher than wide, or has many rows: it then takes most of a page in print.
fn is_tall(svg: &str) -> bool {
    let view = svg.split_once("viewBox=\"").and_then(|(_, rest)| rest.split_once('"'));
    let numbers: Vec<f64> =
        view.map_or_else(Vec::new, |(view, _)| view.split(' ').filter_map(|own| own.parse().ok()).collect());
    matches!(numbers[..], [_, _, width, height] if height > 1.15 * width || height > MANY_ROWS)
}

fn name_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Good => "good",
        Mark::Bad => "bad",
        Mark::Mixed => "mixed",
        Mark::Open => "open",
        Mark::None => "none",
    }
}

fn of_table(table: &Table, number: usize, id_of: &dyn Fn(&String) -> Option<String>) -> Value {
    let link = |links: &[String], at: usize| links.get(at).and_then(id_of);
    let rows: Vec<Value> = table
        .rows
        .iter()
        .enumerate()
        .map(|(i, row)| {
            let mark = table.marks.get(i).map_or("", |mark| name_of(*mark));
            let judged = table.cell_marks.get(i);
            let cells: Vec<Value> = row
                .iter()
                .enumerate()
                .map(|(j, cell)| {
                    // what is moved in on a terminal is moved in here too
                    let inner = cell.starts_with("  ");
                    let judged = judged.and_then(|own| own.get(j)).map_or("", |mark| name_of(*mark));
                    let link = if j == 0 { link(&table.row_links, i) } else { None };
                    let head = table.columns.get(j);
                    context! {
                        text => cell.trim(), is_text => table.is_text(j), inner => inner, judged => judged, link => link, head => head
                    }
                })
                .collect();
            context! { cells => cells, mark => mark }
        })
        .collect();
    let heads: Vec<Value> = table
        .columns
        .iter()
        .enumerate()
        .map(|(j, head)| {
            context! { text => head, is_text => table.is_text(j), link => link(&table.column_links, j) }
        })
        .collect();
    context! {
        kind => "table", number => number, title => &table.title, heads => heads, rows => rows,
        below => table.lines_below().map(Value::from).collect::<Vec<_>>(), marked => !table.marks.is_empty(),
        folded => table.folded, count => table.rows.len(), wordy => table.text_columns.len() > 2,
        matrix => !table.cell_marks.is_empty()
    }
}
