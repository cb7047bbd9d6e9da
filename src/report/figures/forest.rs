//! Estimates with their intervals, one below the other.

use super::canvas::{Anchor, Canvas, GRID, LETTER, widest};

/// An estimate with its interval.
pub(in crate::report) struct Estimate {
    pub(in crate::report) name: String,
    pub(in crate::report) value: Option<f64>,
    pub(in crate::report) interval: Option<(f64, f64)>,
    /// What is asked of it, marked by a small line.
    pub(in crate::report) mark: Option<f64>,
    /// What stands behind it.
    pub(in crate::report) text: String,
}

/// `lines` are drawn across all estimates, each with what it means.
pub(in crate::report) fn forest(
    title: &str,
    estimates: &[Estimate],
    lines: &[(f64, &str)],
    axis: &str,
) -> String {
    let ends = estimates.iter().flat_map(|e| {
        let (low, high) = e.interval.unzip();
        [e.value, low, high, e.mark]
    });
    let known: Vec<f64> = ends.flatten().chain(lines.iter().map(|(x, _)| *x)).collect();
    let low = (known.iter().copied().fold(f64::INFINITY, f64::min) * 10.0).floor() / 10.0;
    let high = (known.iter().copied().fold(f64::NEG_INFINITY, f64::max) * 10.0).ceil() / 10.0;
    let (low, high) = if low < high { (low, high) } else { (0.0, 1.0) };
    let left = widest(estimates.iter().map(|e| e.name.as_str())) + 16.0;
    let right = widest(estimates.iter().map(|e| e.text.as_str())) + 24.0;
    let (width, row, top) = (420.0, 22.0, 26.0);
    let place = |x: f64| left + width * (x - low) / (high - low);
    let bottom = top + row * estimates.len() as f64;
    let mut canvas = Canvas::new(left + width + right, bottom + 48.0, title);
    let step = if high - low > 0.8 { 0.2 } else { 0.1 };
    let ticks = ((high - low) / step).round() as usize;
    for tick in 0..=ticks {
        let x = low + step * tick as f64;
        canvas.line((place(x), top - 4.0), (place(x), bottom), GRID);
        let label = format!("{:.1}", if x.abs() < 1e-9 { 0.0 } else { x });
        canvas.text((place(x), bottom + 16.0), Anchor::Middle, &label);
    }
    canvas.text((left + width / 2.0, bottom + 36.0), Anchor::Middle, axis);
    for (x, meaning) in lines {
        canvas.line(
            (place(*x), top - 4.0),
            (place(*x), bottom),
            "stroke:var(--accent);stroke-width:1.5;stroke-dasharray:5 3",
        );
        canvas.styled((place(*x), top - 10.0), Anchor::Middle, meaning, "fill:var(--accent)", 0.0);
    }
    for (i, estimate) in estimates.iter().enumerate() {
        let y = top + row * (i as f64 + 0.5);
        canvas.text((left - 10.0, y + LETTER * 0.35), Anchor::End, &estimate.name);
        if let Some((low, high)) = estimate.interval {
            canvas.line((place(low), y), (place(high), y), "stroke:var(--ink);stroke-width:2");
        }
        if let Some(value) = estimate.value {
            canvas.circle((place(value), y), 4.5, "fill:var(--positive)");
        }
        if let Some(mark) = estimate.mark {
            canvas.line(
                (place(mark), y - 7.0),
                (place(mark), y + 7.0),
                "stroke:var(--accent);stroke-width:2",
            );
        }
        canvas.text((left + width + 12.0, y + LETTER * 0.35), Anchor::Start, &estimate.text);
    }
    canvas.finish()
}
