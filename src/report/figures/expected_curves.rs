//! Expected answers to items along their factor, a line for each group, a small picture for each item.

use super::canvas::{Anchor, Canvas, GRID, LETTER, widest};
use crate::evidence::internal_structure::{ExpectedCurve, PartialInvariance};

/// Items that are drawn: those that differ most.
const ITEMS: usize = 6;
/// Pictures beside one another.
const ACROSS: usize = 3;
/// Lines of groups: what tells them apart beside their order.
const DASHES: [&str; 4] = ["", ";stroke-dasharray:6 3", ";stroke-dasharray:2 3", ";stroke-dasharray:8 3 2 3"];
/// Their colours.
const COLOURS: [&str; 3] = ["var(--positive)", "var(--accent)", "var(--negative)"];

fn style(group: usize) -> String {
    let (colour, dash) =
        (COLOURS[group % COLOURS.len()], DASHES[(group / COLOURS.len() + group) % DASHES.len()]);
    format!("stroke:{colour};stroke-width:1.8{dash}")
}

pub(in crate::report) fn expected_curves(title: &str, partial: &PartialInvariance) -> String {
    let mut items: Vec<(f64, &str)> = Vec::new();
    for effect in &partial.effects {
        let size = effect.dmacs.unwrap_or(0.0);
        match items.iter_mut().find(|(_, item)| *item == effect.item) {
            Some(known) => known.0 = known.0.max(size),
            None => items.push((size, &effect.item)),
        }
    }
    items.sort_by(|a, b| b.0.total_cmp(&a.0));
    items.truncate(ITEMS);
    let mut groups: Vec<&str> = Vec::new();
    for curve in &partial.curves {
        if !groups.contains(&curve.group.as_str()) {
            groups.push(&curve.group);
        }
    }
    let (width, height, gap, top) = (150.0, 110.0, 46.0, 24.0);
    let across = items.len().clamp(1, ACROSS);
    let down = items.len().div_ceil(ACROSS).max(1);
    let legend = widest(groups.iter().copied()) + 40.0;
    let all = (across as f64 * (width + gap)).max(legend) + 16.0;
    let bottom = down as f64 * (height + gap + top);
    let mut canvas = Canvas::new(all, bottom + 20.0 * groups.len() as f64 + 10.0, title);
    for (at, (_, item)) in items.iter().enumerate() {
        let left = 34.0 + (at % ACROSS) as f64 * (width + gap);
        let above = top + (at / ACROSS) as f64 * (height + gap + top);
        let curves: Vec<&ExpectedCurve> = partial.curves.iter().filter(|curve| curve.item == *item).collect();
        let span = |values: Vec<f64>| {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            if low < high { (low, high) } else { (low - 1.0, low + 1.0) }
        };
        let x = span(curves.iter().flat_map(|curve| curve.eta.clone()).collect());
        let y = span(curves.iter().flat_map(|curve| curve.expected.clone()).collect());
        let place = |eta: f64, expected: f64| {
            let (right, up) = ((eta - x.0) / (x.1 - x.0), (expected - y.0) / (y.1 - y.0));
            (left + width * right, above + height * (1.0 - up))
        };
        canvas.styled((left, above - 8.0), Anchor::Start, item, "fill:var(--ink);font-weight:600", 0.0);
        for value in [y.0, y.1] {
            let (_, level) = place(x.0, value);
            canvas.line((left, level), (left + width, level), GRID);
            canvas.text((left - 4.0, level + LETTER * 0.35), Anchor::End, &format!("{value:.1}"));
        }
        for value in [x.0, x.1] {
            let (right, _) = place(value, y.0);
            canvas.text((right, above + height + 16.0), Anchor::Middle, &format!("{value:.1}"));
        }
        for curve in curves {
            let group = groups.iter().position(|own| *own == curve.group).unwrap_or(0);
            let points: Vec<(f64, f64)> =
                curve.eta.iter().zip(&curve.expected).map(|(eta, e)| place(*eta, *e)).collect();
            points.windows(2).for_each(|pair| canvas.line(pair[0], pair[1], &style(group)));
        }
    }
    for (group, name) in groups.iter().enumerate() {
        let y = bottom + 20.0 * group as f64;
        canvas.line((10.0, y), (34.0, y), &style(group));
        canvas.text((42.0, y + LETTER * 0.35), Anchor::Start, name);
    }
    canvas.finish()
}
