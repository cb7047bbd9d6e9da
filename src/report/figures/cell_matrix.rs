//! Cells by row and column, each with a colour and a short text.

use super::canvas::{Anchor, Canvas, GRID, LETTER, signed, widest};

/// What a cell comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::report) enum Shade {
    /// Nothing is there.
    Empty,
    /// A number by sign and size; full colour at 1.
    Signed(f64),
    /// Neither good nor bad.
    Neutral,
}

/// A cell: its shade, a short text in it and a long one for the pointer.
pub(in crate::report) struct Cell {
    pub(in crate::report) shade: Shade,
    pub(in crate::report) text: String,
    pub(in crate::report) tip: String,
}

/// Names of rows and columns, and the cells by row.
pub(in crate::report) fn cell_matrix(
    title: &str,
    rows: &[String],
    columns: &[String],
    cells: &[Vec<Option<Cell>>],
) -> String {
    let left = widest(rows.iter().map(String::as_str)) + 14.0;
    let texts = cells.iter().flatten().flatten().map(|cell| cell.text.as_str());
    let width = widest(columns.iter().map(String::as_str).chain(texts)).max(40.0) + 14.0;
    let (height, top) = (24.0, 24.0);
    let mut canvas = Canvas::new(
        left + width * columns.len() as f64 + 10.0,
        top + height * rows.len() as f64 + 8.0,
        title,
    );
    for (j, column) in columns.iter().enumerate() {
        canvas.text((left + width * (j as f64 + 0.5), 14.0), Anchor::Middle, column);
    }
    for (i, (row, own)) in rows.iter().zip(cells).enumerate() {
        let y = top + height * i as f64;
        canvas.text((left - 8.0, y + height / 2.0 + LETTER * 0.35), Anchor::End, row);
        for (j, cell) in own.iter().enumerate() {
            let Some(cell) = cell else { continue };
            let x = left + width * j as f64;
            let style = match cell.shade {
                Shade::Empty => format!("fill:none;{GRID}"),
                Shade::Neutral => "fill:var(--line);fill-opacity:0.5".into(),
                Shade::Signed(value) => signed(value, 1.0),
            };
            canvas.cell((x, y), (width - 2.0, height - 2.0), &style, &cell.tip);
            canvas.text(
                (x + width / 2.0 - 1.0, y + height / 2.0 + LETTER * 0.35),
                Anchor::Middle,
                &cell.text,
            );
        }
    }
    canvas.finish()
}
