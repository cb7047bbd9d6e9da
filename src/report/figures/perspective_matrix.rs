//! The perspective matrix: dimensions by groups, the area of a circle for the share that raises a dimension.

use super::canvas::{Anchor, Canvas, LETTER, widest};
use crate::evidence::content::Perspectives;

/// `titles` name the dimensions and groups; `words`: not raised, not examined.
pub(in crate::report) fn perspective_matrix(
    title: &str,
    found: &Perspectives,
    dimensions: &[String],
    words: [&str; 2],
) -> String {
    let groups: Vec<String> =
        found.groups.iter().map(|g| format!("{} (n = {})", g.name, g.respondents)).collect();
    let column = widest(groups.iter().map(String::as_str)).max(150.0) + 24.0;
    let left = widest(dimensions.iter().map(String::as_str)) + 20.0;
    let (row, top) = (46.0, 30.0);
    let mut canvas =
        Canvas::new(left + column * groups.len() as f64, top + row * dimensions.len() as f64 + 6.0, title);
    for (j, group) in groups.iter().enumerate() {
        let x = left + column * (j as f64 + 0.5);
        canvas.styled((x, 18.0), Anchor::Middle, group, "fill:var(--ink);font-weight:600", 0.0);
    }
    for (i, (name, own)) in dimensions.iter().zip(&found.dimensions).enumerate() {
        let y = top + row * i as f64;
        canvas.line((0.0, y), (left + column * groups.len() as f64, y), "stroke:var(--line);stroke-width:1");
        canvas.text((left - 12.0, y + row / 2.0 + LETTER * 0.35), Anchor::End, name);
        for (j, cell) in own.cells.iter().enumerate() {
            let x = left + column * (j as f64 + 0.5);
            let centre = y + row / 2.0;
            if own.not_examined || cell.raised == 0 {
                let text = if own.not_examined { words[1] } else { words[0] };
                canvas.styled(
                    (x, centre + LETTER * 0.35),
                    Anchor::Middle,
                    text,
                    "fill:var(--soft);font-style:italic",
                    0.0,
                );
                continue;
            }
            canvas.circle(
                (x - 34.0, centre),
                18.0 * cell.share.sqrt(),
                "fill:var(--positive);fill-opacity:.8",
            );
            canvas.text((x - 8.0, centre - 1.0), Anchor::Start, &format!("{:.0} %", 100.0 * cell.share));
            if let Some(interval) = cell.interval {
                let text = format!("{:.0} - {:.0} %", 100.0 * interval.lower, 100.0 * interval.upper);
                canvas.styled(
                    (x - 8.0, centre + 13.0),
                    Anchor::Start,
                    &text,
                    "fill:var(--soft);font-size:10.5px",
                    0.0,
                );
            }
        }
    }
    canvas.finish()
}
