//! How many codes were found after how many respondents.

use super::canvas::{Anchor, Canvas, GRID, LETTER};
use crate::evidence::content::Saturation;

/// `words`: respondents, codes.
pub(in crate::report) fn saturation_curve(title: &str, found: &Saturation, words: [&str; 2]) -> String {
    let (left, top, width, height) = (54.0, 14.0, 460.0, 190.0);
    let n = found.expected.len().max(1) as f64;
    let most = found.codes.max(1) as f64;
    let at = |m: f64, codes: f64| (left + width * m / n, top + height * (1.0 - codes / most));
    let mut canvas = Canvas::new(left + width + 30.0, top + height + 52.0, title);
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let (_, y) = at(0.0, share * most);
        canvas.line((left, y), (left + width, y), GRID);
        canvas.text((left - 8.0, y + LETTER * 0.35), Anchor::End, &format!("{:.0}", share * most));
        let (x, _) = at(share * n, 0.0);
        canvas.text((x, top + height + 18.0), Anchor::Middle, &format!("{:.0}", share * n));
    }
    canvas.text((left + width / 2.0, top + height + 40.0), Anchor::Middle, words[0]);
    canvas.styled((14.0, top + height / 2.0), Anchor::Middle, words[1], "fill:var(--ink)", -90.0);
    let mut last = at(0.0, 0.0);
    for (m, codes) in found.expected.iter().enumerate() {
        let next = at(m as f64 + 1.0, *codes);
        canvas.line(last, next, "stroke:var(--positive);stroke-width:2.5");
        last = next;
    }
    if let Some(m) = found.respondents_for_90 {
        let (x, y) = at(m as f64, 0.9 * most);
        canvas.circle((x, y), 4.5, "fill:var(--accent)");
        canvas.styled((x + 9.0, y + 14.0), Anchor::Start, &format!("90 %: {m}"), "fill:var(--accent)", 0.0);
    }
    canvas.finish()
}
