//! Missing answers: items in columns, groups and patterns in rows.

use super::canvas::{Anchor, Canvas, LETTER, widest};
use crate::evidence::response_process::MissingAnswers;

/// Patterns that are drawn.
const PATTERNS: usize = 12;

/// `words`: all respondents, patterns, not asked.
pub(in crate::report) fn missing_map(title: &str, missing: &MissingAnswers, words: [&str; 3]) -> String {
    let items = &missing.items;
    let (cell, row) = (17.0, 20.0);
    let patterns: Vec<_> = missing.patterns.iter().take(PATTERNS).collect();
    let names: Vec<String> =
        std::iter::once(words[0].to_string()).chain(missing.groups.iter().cloned()).collect();
    let counts: Vec<String> = patterns.iter().map(|p| format!("n = {}", p.respondents)).collect();
    let left =
        widest(names.iter().chain(&counts).map(String::as_str)).max(super::canvas::width_of(words[1])) + 14.0;
    let top = widest(items.iter().map(|i| i.item.as_str())) + 10.0;
    let rows = names.len() as f64 + patterns.len() as f64 + 1.5;
    let mut canvas = Canvas::new(left + cell * items.len() as f64 + 90.0, top + row * rows + 34.0, title);
    for (j, item) in items.iter().enumerate() {
        let x = left + cell * (j as f64 + 0.7);
        canvas.styled((x, top - 6.0), Anchor::Start, &item.item, "fill:var(--ink)", -90.0);
    }
    let full = items
        .iter()
        .flat_map(|i| i.by_group.iter().copied().flatten().chain([i.missing as f64 / i.asked.max(1) as f64]))
        .fold(0.05, f64::max);
    let style = |share: f64| format!("fill:var(--negative);fill-opacity:{:.2}", 0.08 + 0.92 * share / full);
    for (i, name) in names.iter().enumerate() {
        let y = top + row * i as f64;
        canvas.text((left - 8.0, y + row / 2.0 + LETTER * 0.35), Anchor::End, name);
        for (j, item) in items.iter().enumerate() {
            let share = match i {
                0 => (item.asked > 0).then(|| item.missing as f64 / item.asked as f64),
                _ => item.by_group.get(i - 1).copied().flatten(),
            };
            let at = (left + cell * j as f64, y);
            let size = (cell - 1.0, row - 1.0);
            match share {
                Some(share) => canvas.cell(
                    at,
                    size,
                    &style(share),
                    &format!("{}, {name}: {:.1} %", item.item, 100.0 * share),
                ),
                None => canvas.cell(
                    at,
                    size,
                    "fill:none;stroke:var(--line)",
                    &format!("{}, {name}: {}", item.item, words[2]),
                ),
            }
        }
    }
    let start = top + row * (names.len() as f64 + 1.0);
    canvas.styled((left - 8.0, start - 5.0), Anchor::End, words[1], "fill:var(--ink);font-weight:600", 0.0);
    for (i, pattern) in patterns.iter().enumerate() {
        let y = start + row * i as f64;
        canvas.text((left - 8.0, y + row / 2.0 + LETTER * 0.35), Anchor::End, &counts[i]);
        for (j, item) in items.iter().enumerate() {
            let gone = pattern.missing.contains(&item.item);
            let style = if gone { "fill:var(--negative)" } else { "fill:var(--neutral);fill-opacity:.35" };
            canvas.rectangle((left + cell * j as f64, y), (cell - 1.0, row - 1.0), style);
        }
    }
    let y = start + row * patterns.len() as f64 + 12.0;
    for (i, share) in [0.0, 0.5, 1.0].iter().enumerate() {
        let x = left + 62.0 * i as f64;
        canvas.rectangle((x, y), (14.0, 12.0), &style(share * full));
        canvas.text((x + 19.0, y + 10.0), Anchor::Start, &format!("{:.0} %", 100.0 * share * full));
    }
    canvas.finish()
}
