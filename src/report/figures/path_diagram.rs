//! A factor model as a diagram: factors in ellipses, items in rectangles, standardised loadings on the arrows. Factors of
//! factors stand to the left of what they measure; of a bifactor model the general factor stands to the left of the
//! items, the others to the right.

use super::canvas::{Anchor, Canvas, LETTER, widest};
use crate::evidence::StructureEvidence;

/// A loading.
struct Arrow {
    from: String,
    to: String,
    value: Option<f64>,
}

pub(in crate::report) fn path_diagram(title: &str, structure: &StructureEvidence) -> String {
    let fit = &structure.result;
    let arrows: Vec<Arrow> = fit
        .parameters
        .iter()
        .filter(|p| p.op == "=~" && p.group <= 1)
        .map(|p| Arrow { from: p.lhs.clone(), to: p.rhs.clone(), value: p.std_all })
        .collect();
    let mut factors: Vec<String> = Vec::new();
    for arrow in &arrows {
        if !factors.contains(&arrow.from) {
            factors.push(arrow.from.clone());
        }
    }
    let is_factor = |name: &str| factors.iter().any(|f| f == name);
    let mut items: Vec<String> = Vec::new();
    for arrow in arrows.iter().filter(|a| !is_factor(&a.to)) {
        if !items.contains(&arrow.to) {
            items.push(arrow.to.clone());
        }
    }
    // how many arrows lie between a factor and its items
    let mut depth: Vec<usize> = vec![1; factors.len()];
    for _ in 0..factors.len() {
        for arrow in arrows.iter().filter(|a| is_factor(&a.to)) {
            let (from, to) = (place(&factors, &arrow.from), place(&factors, &arrow.to));
            depth[from] = depth[from].max(depth[to] + 1);
        }
    }
    let levels = depth.iter().copied().max().unwrap_or(1);
    // with a general factor over all items the others stand on the right
    let of = |factor: &str| arrows.iter().filter(|a| a.from == factor && !is_factor(&a.to)).count();
    let general: Vec<bool> = factors.iter().map(|f| factors.len() > 1 && of(f) == items.len()).collect();
    let bifactor = general.iter().any(|g| *g);
    let factor_width = widest(factors.iter().map(String::as_str)) + 26.0;
    let item_width = widest(items.iter().map(String::as_str)) + 16.0;
    let (row, gap) = (21.0, 130.0);
    let height = row * items.len() as f64 + 12.0;
    let item_x = levels as f64 * (factor_width + gap);
    let right = if bifactor { gap + factor_width } else { 0.0 };
    let mut canvas = Canvas::new(item_x + item_width + right + 8.0, height + 8.0, title);
    let item_y: Vec<f64> = (0..items.len()).map(|i| row * (i as f64 + 0.5) + 6.0).collect();
    let mut factor_at: Vec<(f64, f64)> = vec![(0.0, 0.0); factors.len()];
    for level in 1..=levels {
        for (index, factor) in factors.iter().enumerate().filter(|(i, _)| depth[*i] == level) {
            let of_items = arrows.iter().filter(|a| a.from == *factor && !is_factor(&a.to));
            let mut below: Vec<f64> = of_items.map(|a| item_y[place(&items, &a.to)]).collect();
            let of_factors = arrows.iter().filter(|a| a.from == *factor && is_factor(&a.to));
            below.extend(of_factors.map(|a| factor_at[place(&factors, &a.to)].1));
            let y = below.iter().sum::<f64>() / below.len().max(1) as f64;
            let x = if bifactor && !general[index] {
                item_x + item_width + gap + factor_width / 2.0
            } else {
                (levels - level) as f64 * (factor_width + gap) + factor_width / 2.0
            };
            factor_at[index] = (x, y);
        }
    }
    for arrow in &arrows {
        let (x, y) = factor_at[place(&factors, &arrow.from)];
        let on_right = x > item_x;
        let side = if on_right { -1.0 } else { 1.0 };
        let (tx, ty) = if is_factor(&arrow.to) {
            let (tx, ty) = factor_at[place(&factors, &arrow.to)];
            (tx - factor_width / 2.0, ty)
        } else if on_right {
            (item_x + item_width, item_y[place(&items, &arrow.to)])
        } else {
            (item_x, item_y[place(&items, &arrow.to)])
        };
        let start = (x + side * factor_width / 2.0, y);
        let strength = arrow.value.map_or(0.4, |v| 0.25 + 0.75 * v.abs().min(1.0));
        let style = format!("stroke:var(--ink);stroke-width:1.2;stroke-opacity:{strength:.2}");
        canvas.line(start, (tx, ty), &style);
        // a small head
        canvas.circle((tx - side * 2.0, ty), 2.0, "fill:var(--ink)");
        if let Some(value) = arrow.value {
            let share = 0.74;
            let at = (start.0 + share * (tx - start.0), start.1 + share * (ty - start.1));
            let text = format!("{value:.2}").replace("0.", ".");
            canvas.rectangle((at.0 - 13.0, at.1 - 7.0), (26.0, 13.0), "fill:var(--paper);fill-opacity:.85");
            canvas.text((at.0, at.1 + LETTER * 0.33), Anchor::Middle, &text);
        }
    }
    for (index, factor) in factors.iter().enumerate() {
        let (x, y) = factor_at[index];
        canvas.ellipse(
            (x, y),
            (factor_width / 2.0, 14.0),
            "fill:var(--paper);stroke:var(--ink);stroke-width:1.5",
        );
        canvas.text((x, y + LETTER * 0.35), Anchor::Middle, factor);
    }
    for (item, y) in items.iter().zip(&item_y) {
        canvas.rectangle(
            (item_x, y - 8.5),
            (item_width, 17.0),
            "fill:var(--paper);stroke:var(--ink);stroke-width:1",
        );
        canvas.text((item_x + item_width / 2.0, y + LETTER * 0.35), Anchor::Middle, item);
    }
    canvas.finish()
}

fn place(names: &[String], name: &str) -> usize {
    names.iter().position(|n| n == name).unwrap_or(0)
}
