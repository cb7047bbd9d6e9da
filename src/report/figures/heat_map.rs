//! A symmetric matrix in colours, its lower triangle; with numbers where there are few rows.

use super::canvas::{Anchor, Canvas, LETTER, signed, widest};
use crate::moments::LabelledMatrix;

/// A matrix to be drawn.
pub(in crate::report) struct HeatMap<'a> {
    pub(in crate::report) title: &'a str,
    pub(in crate::report) matrix: &'a LabelledMatrix,
    /// The value of full colour.
    pub(in crate::report) full: f64,
}

/// Rows up to which numbers are printed.
const NUMBERED: usize = 14;

pub(in crate::report) fn heat_map(map: &HeatMap<'_>) -> String {
    let names = &map.matrix.rows;
    let k = names.len();
    let numbered = k <= NUMBERED;
    let cell = if numbered { 46.0 } else { 17.0 };
    let height = if numbered { 26.0 } else { 17.0 };
    let left = widest(names.iter().map(String::as_str)) + 14.0;
    let below = if numbered {
        widest(names.iter().map(String::as_str)) * 0.72 + 24.0
    } else {
        widest(names.iter().map(String::as_str)) + 12.0
    };
    let legend = 46.0;
    let grid = cell * k.saturating_sub(1) as f64;
    let mut canvas =
        Canvas::new((left + grid).max(left + 260.0) + 40.0, height * k as f64 + below + legend, map.title);
    for (i, name) in names.iter().enumerate() {
        let y = height * i as f64;
        canvas.text((left - 8.0, y + height / 2.0 + LETTER * 0.35), Anchor::End, name);
        for (j, other) in names.iter().enumerate().take(i) {
            let value = map.matrix.values[i][j];
            let x = left + cell * j as f64;
            let tip = format!("{name}, {other}: {value:.2}");
            canvas.cell((x, y), (cell - 1.0, height - 1.0), &signed(value, map.full), &tip);
            if numbered {
                let text = format!("{value:.2}").replace("0.", ".");
                canvas.text((x + cell / 2.0, y + height / 2.0 + LETTER * 0.35), Anchor::Middle, &text);
            }
        }
    }
    let bottom = height * k as f64;
    for (j, name) in names.iter().enumerate().take(k.saturating_sub(1)) {
        let x = left + cell * (j as f64 + 0.5);
        let turn = if numbered { -40.0 } else { -90.0 };
        canvas.styled((x + 4.0, bottom + 10.0), Anchor::End, name, "fill:var(--ink)", turn);
    }
    // the key
    let y = bottom + below + 14.0;
    let steps = [-1.0, -0.5, 0.0, 0.5, 1.0];
    for (i, step) in steps.iter().enumerate() {
        let x = left + 48.0 * i as f64;
        let value = step * map.full;
        canvas.rectangle((x, y), (46.0, 12.0), &signed(value, map.full));
        canvas.text((x + 23.0, y + 26.0), Anchor::Middle, &format!("{value:.2}"));
    }
    canvas.finish()
}
