//! Patterns of missing answers: items in columns, the most frequent patterns in rows with their count.

use super::canvas::{Anchor, Canvas, LETTER, widest};
use crate::evidence::response_process::MissingTable;

/// Patterns that are drawn.
const PATTERNS: usize = 20;

/// `words`: rows, missing, answered.
pub(in crate::report) fn pattern_map(title: &str, missing: &MissingTable, words: [&str; 3]) -> String {
    let (cell, row) = (17.0, 20.0);
    let items = &missing.by_item;
    let patterns: Vec<_> = missing.patterns.iter().take(PATTERNS).collect();
    let total: usize = missing.patterns.iter().map(|p| p.count).sum();
    let counts: Vec<String> = patterns.iter().map(|p| format!("{}", p.count)).collect();
    let left = widest(counts.iter().map(String::as_str).chain([words[0]])) + 14.0;
    let top = widest(items.iter().map(|i| i.item.as_str())) + 10.0;
    let height = top + row * patterns.len() as f64;
    let key = widest(words[1..].iter().copied()) + 30.0;
    let width = (left + cell * items.len() as f64 + 70.0).max(left + 2.0 * key);
    let mut canvas = Canvas::new(width, height + 40.0, title);
    canvas.styled((left - 8.0, top - 6.0), Anchor::End, words[0], "fill:var(--ink);font-weight:600", 0.0);
    for (j, item) in items.iter().enumerate() {
        let x = left + cell * (j as f64 + 0.7);
        canvas.styled((x, top - 6.0), Anchor::Start, &item.item, "fill:var(--ink)", -90.0);
    }
    let styles = ["fill:var(--negative)", "fill:var(--neutral);fill-opacity:.35"];
    for (i, pattern) in patterns.iter().enumerate() {
        let y = top + row * i as f64;
        canvas.text((left - 8.0, y + row / 2.0 + LETTER * 0.35), Anchor::End, &counts[i]);
        for (j, answered) in pattern.pattern.chars().enumerate() {
            let told = usize::from(answered == '1');
            let at = (left + cell * j as f64, y);
            let tip = format!("{}: {}, n = {}", items[j].item, words[1 + told], pattern.count);
            canvas.cell(at, (cell - 1.0, row - 1.0), styles[told], &tip);
        }
        let share = 100.0 * pattern.count as f64 / total.max(1) as f64;
        let x = left + cell * items.len() as f64 + 8.0;
        canvas.text((x, y + row / 2.0 + LETTER * 0.35), Anchor::Start, &format!("{share:.1} %"));
    }
    for (i, style) in styles.iter().enumerate() {
        let x = left + key * i as f64;
        canvas.rectangle((x, height + 14.0), (14.0, 12.0), style);
        canvas.text((x + 19.0, height + 24.0), Anchor::Start, words[1 + i]);
    }
    canvas.finish()
}
