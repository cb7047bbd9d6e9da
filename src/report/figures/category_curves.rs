//! How likely each answer to an item is along the trait: a small picture for each item.

use super::canvas::{Anchor, Canvas, GRID, LETTER, width_of};
use crate::irt::ItemParameters;

/// Pictures beside one another.
const ACROSS: usize = 4;
/// Size of a picture, and what is left between two.
const SIZE: (f64, f64) = (140.0, 96.0);
const GAP: (f64, f64) = (26.0, 56.0);
/// The levels of the trait that are shown.
const REACH: f64 = 4.0;
/// Points of a curve.
const POINTS: usize = 81;

/// From the lowest category to the highest: from one hue over the text's own to the other, dashed in the lower half.
fn style(category: usize, categories: usize) -> String {
    let place = 2.0 * category as f64 / (categories - 1).max(1) as f64 - 1.0;
    let (hue, strength) = match place {
        place if place < -0.01 => ("--negative", 55.0 - 45.0 * place),
        place if place > 0.01 => ("--positive", 55.0 + 45.0 * place),
        _ => ("--soft", 100.0),
    };
    let dash = if place < -0.01 { ";stroke-dasharray:5 3" } else { "" };
    format!("stroke:var({hue});stroke-opacity:{:.2};stroke-width:1.8{dash}", strength / 100.0)
}

/// `items` of one trait; the answers by their codes.
pub(in crate::report) fn category_curves(title: &str, items: &[&ItemParameters]) -> String {
    let across = items.len().clamp(1, ACROSS);
    let down = items.len().div_ceil(ACROSS).max(1);
    let (left, top) = (34.0, 26.0);
    let bottom = top + down as f64 * (SIZE.1 + GAP.1) - GAP.1 + 44.0;
    let width = left + across as f64 * (SIZE.0 + GAP.0);
    let codes = codes(items);
    let mut canvas = Canvas::new(width.max(320.0), bottom + 18.0, title);
    for (at, item) in items.iter().enumerate() {
        let x = left + (at % ACROSS) as f64 * (SIZE.0 + GAP.0);
        let y = top + (at / ACROSS) as f64 * (SIZE.1 + GAP.1);
        picture(&mut canvas, item, (x, y), at % ACROSS == 0);
    }
    let mut x = left;
    for (place, code) in codes.iter().enumerate() {
        canvas.line((x, bottom), (x + 22.0, bottom), &style(place, codes.len()));
        let name = format!("{code}");
        canvas.text((x + 27.0, bottom + LETTER * 0.35), Anchor::Start, &name);
        x += 44.0 + width_of(&name);
    }
    canvas.finish()
}

/// The codes of the item with most of them: what the legend tells.
fn codes(items: &[&ItemParameters]) -> Vec<f64> {
    let longest = items.iter().max_by_key(|item| item.categories.len());
    longest.map_or_else(Vec::new, |item| item.categories.clone())
}

fn picture(canvas: &mut Canvas, item: &ItemParameters, (left, top): (f64, f64), is_first: bool) {
    let (width, height) = SIZE;
    let place =
        |theta: f64, p: f64| (left + width * (theta + REACH) / (2.0 * REACH), top + height * (1.0 - p));
    let name = match &item.group {
        Some(group) => format!("{} ({group})", item.item),
        None => item.item.clone(),
    };
    canvas.styled((left, top - 8.0), Anchor::Start, &name, "fill:var(--ink);font-weight:600", 0.0);
    for p in [0.0, 0.5, 1.0] {
        canvas.line(place(-REACH, p), place(REACH, p), GRID);
        if is_first {
            canvas.text((left - 5.0, place(0.0, p).1 + LETTER * 0.35), Anchor::End, &format!("{p:.1}"));
        }
    }
    for theta in [-4.0, -2.0, 0.0, 2.0, 4.0] {
        let (x, y) = place(theta, 0.0);
        canvas.text((x, y + 15.0), Anchor::Middle, &format!("{theta:.0}"));
    }
    let levels: Vec<f64> =
        (0..POINTS).map(|i| REACH * (2.0 * i as f64 / (POINTS - 1) as f64 - 1.0)).collect();
    let curves: Vec<Vec<f64>> = levels.iter().map(|theta| item.probabilities(&[*theta])).collect();
    for (k, code) in item.categories.iter().enumerate() {
        let points: Vec<(f64, f64)> =
            levels.iter().zip(&curves).map(|(theta, p)| place(*theta, p[k])).collect();
        canvas.curve(&points, &style(k, item.categories.len()), &format!("{name}: {code}"));
    }
}
