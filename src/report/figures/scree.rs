//! Eigenvalues beside those of samples without factors.

use super::canvas::{Anchor, Canvas, GRID, LETTER};
use crate::factor::Parallel;

/// Components, and common factors where they exist, below them.
pub(in crate::report) fn scree(components: &Parallel, factors: Option<&Parallel>) -> String {
    let (left, top, width, height) = (54.0, 14.0, 460.0, 230.0);
    let shown = components.eigenvalues.len().min(20);
    let all = |own: &Parallel| -> Vec<f64> {
        let (values, quantiles) =
            (own.eigenvalues.iter().take(shown), own.simulated_quantile.iter().take(shown));
        values.chain(quantiles).copied().collect()
    };
    let values: Vec<f64> = all(components).into_iter().chain(factors.map(all).unwrap_or_default()).collect();
    let high = values.iter().copied().fold(1.0, f64::max) * 1.05;
    let low = values.iter().copied().fold(0.0, f64::min) * 1.1;
    let x = |at: usize| left + width * (at as f64 + 0.5) / shown as f64;
    let y = |value: f64| top + height * (high - value) / (high - low);
    let mut canvas = Canvas::new(left + width + 150.0, top + height + 52.0, "Scree");
    let step = if high - low > 8.0 {
        2.0
    } else if high - low > 3.0 {
        1.0
    } else {
        0.5
    };
    let mut tick = (low / step).ceil() * step;
    while tick <= high {
        canvas.line((left, y(tick)), (left + width, y(tick)), GRID);
        canvas.text((left - 8.0, y(tick) + LETTER * 0.35), Anchor::End, &format!("{tick:.1}"));
        tick += step;
    }
    for at in 0..shown {
        canvas.text((x(at), top + height + 18.0), Anchor::Middle, &(at + 1).to_string());
    }
    canvas.text((left + width / 2.0, top + height + 40.0), Anchor::Middle, "Number");
    canvas.styled((14.0, top + height / 2.0), Anchor::Middle, "Eigenvalue", "fill:var(--ink)", -90.0);
    let mut drawn = |own: &Parallel, colour: &str, name: &str, line: f64| {
        for at in 1..shown {
            let simulated = (y(own.simulated_quantile[at - 1]), y(own.simulated_quantile[at]));
            let style = format!("stroke:var({colour});stroke-width:1.5;stroke-dasharray:5 4");
            canvas.line((x(at - 1), simulated.0), (x(at), simulated.1), &style);
            let style = format!("stroke:var({colour});stroke-width:2");
            let (from, to) = (y(own.eigenvalues[at - 1]), y(own.eigenvalues[at]));
            canvas.line((x(at - 1), from), (x(at), to), &style);
        }
        for at in 0..shown {
            canvas.circle((x(at), y(own.eigenvalues[at])), 3.5, &format!("fill:var({colour})"));
        }
        let place = (left + width + 10.0, top + 14.0 + line * 18.0);
        canvas.styled(place, Anchor::Start, name, &format!("fill:var({colour})"), 0.0);
    };
    drawn(components, "--positive", "components", 0.0);
    if let Some(factors) = factors {
        drawn(factors, "--accent", "common factors", 1.0);
    }
    canvas.finish()
}
