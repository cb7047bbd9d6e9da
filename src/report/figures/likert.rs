//! Answers to items, as bars to the left and right of the middle of their scale.

use super::canvas::{Anchor, Canvas, LETTER, widest, width_of};

/// The answers to an item: shares of its categories, from low to high.
pub(in crate::report) struct Answers {
    pub(in crate::report) item: String,
    pub(in crate::report) shares: Vec<f64>,
    pub(in crate::report) n: usize,
    /// First item of a group of items.
    pub(in crate::report) heading: Option<String>,
}

/// Width of a bar of all answers.
const HALF: f64 = 270.0;
/// Height of an item.
const ROW: f64 = 19.0;
/// Height of the heading of a group of items.
const HEAD: f64 = 24.0;
/// Height of a line of the legend.
const LINE: f64 = 20.0;

/// `labels` name the categories, from low to high.
pub(in crate::report) fn likert(title: &str, answers: &[Answers], labels: &[String]) -> String {
    let left = widest(answers.iter().map(|a| a.item.as_str())) + 16.0;
    let headings = answers.iter().filter(|a| a.heading.is_some()).count() as f64;
    let body = ROW * answers.len() as f64 + HEAD * headings;
    let width = left + 2.0 * HALF + 70.0;
    let lines = 1.0 + places(labels, width - left).last().map_or(0.0, |(_, line)| *line);
    let mut canvas = Canvas::new(width, body + 44.0 + LINE * lines, title);
    let middle = left + HALF;
    let mut y = 0.0;
    for own in answers {
        if let Some(heading) = &own.heading {
            let style = "fill:var(--ink);font-weight:600";
            canvas.styled((2.0, y + HEAD - 7.0), Anchor::Start, heading, style, 0.0);
            y += HEAD;
        }
        canvas.text((left - 8.0, y + ROW / 2.0 + LETTER * 0.35), Anchor::End, &own.item);
        bar(&mut canvas, own, labels, (middle, y));
        let at = (left + 2.0 * HALF + 8.0, y + ROW / 2.0 + LETTER * 0.35);
        canvas.styled(at, Anchor::Start, &format!("n = {}", own.n), "fill:var(--soft)", 0.0);
        y += ROW;
    }
    canvas.line((middle, 0.0), (middle, y), "stroke:var(--ink);stroke-width:1");
    for (share, label) in [(-1.0, "100 %"), (-0.5, "50 %"), (0.0, "0"), (0.5, "50 %"), (1.0, "100 %")] {
        canvas.text((middle + HALF * share, y + 18.0), Anchor::Middle, label);
    }
    for ((category, label), (x, line)) in labels.iter().enumerate().zip(places(labels, width - left)) {
        let (x, line) = (left + x, y + 40.0 + LINE * line);
        canvas.rectangle((x, line - 10.0), (12.0, 12.0), &style(category, labels.len()));
        canvas.text((x + 17.0, line), Anchor::Start, label);
    }
    canvas.finish()
}

/// The answers to an item, about the middle.
fn bar(canvas: &mut Canvas, own: &Answers, labels: &[String], (middle, y): (f64, f64)) {
    let k = labels.len();
    // what lies below the middle, half of a middle category included
    let below: f64 = own
        .shares
        .iter()
        .enumerate()
        .map(|(c, share)| match (2 * c + 1).cmp(&k) {
            std::cmp::Ordering::Less => *share,
            std::cmp::Ordering::Equal => 0.5 * share,
            std::cmp::Ordering::Greater => 0.0,
        })
        .sum();
    let mut x = middle - HALF * below;
    for (category, share) in own.shares.iter().enumerate() {
        let label = labels.get(category).map_or("", String::as_str);
        let tip = format!("{}, {label}: {:.0} %", own.item, 100.0 * share);
        canvas.cell((x, y + 2.0), (HALF * share, ROW - 4.0), &style(category, k), &tip);
        if *share >= 0.12 {
            let text = format!("{:.0}", 100.0 * share);
            // letters on the strongest colours are light
            let end = category == 0 || category + 1 == k;
            let ink = if end { "fill:var(--paper)" } else { "fill:var(--ink)" };
            let at = (x + HALF * share / 2.0, y + ROW / 2.0 + LETTER * 0.33);
            canvas.styled(at, Anchor::Middle, &text, ink, 0.0);
        }
        x += HALF * share;
    }
}

/// The colour of a category of `k`: the stronger, the further from the middle.
fn style(category: usize, k: usize) -> String {
    let centre = (k as f64 - 1.0) / 2.0;
    let away = category as f64 - centre;
    if away.abs() < 0.25 {
        return "fill:var(--neutral)".to_string();
    }
    let hue = if away < 0.0 { "--negative" } else { "--positive" };
    format!("fill:var({hue});fill-opacity:{:.2}", 0.35 + 0.6 * away.abs() / centre)
}

/// Where each label of a legend stands: from the left, and on which line.
fn places(labels: &[String], width: f64) -> Vec<(f64, f64)> {
    let (mut x, mut line) = (0.0, 0.0);
    let place = |label: &String| {
        let own = width_of(label) + 34.0;
        if x + own > width {
            (x, line) = (0.0, line + 1.0);
        }
        x += own;
        (x - own, line)
    };
    labels.iter().map(place).collect()
}
