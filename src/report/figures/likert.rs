//! Answers to items, as bars to the left and right of the middle of their scale.

use super::canvas::{Anchor, Canvas, LETTER, widest};

/// The answers to an item: shares of its categories, from low to high.
pub(in crate::report) struct Answers {
    pub(in crate::report) item: String,
    pub(in crate::report) shares: Vec<f64>,
    pub(in crate::report) n: usize,
    /// First item of a group of items.
    pub(in crate::report) heading: Option<String>,
}

/// `labels` name the categories, from low to high.
pub(in crate::report) fn likert(title: &str, answers: &[Answers], labels: &[String]) -> String {
    let k = labels.len();
    let left = widest(answers.iter().map(|a| a.item.as_str())) + 16.0;
    let (half, row, head) = (270.0, 19.0, 24.0);
    let headings = answers.iter().filter(|a| a.heading.is_some()).count() as f64;
    let body = row * answers.len() as f64 + head * headings;
    let width = left + 2.0 * half + 70.0;
    let mut legend_width = 0.0;
    let mut lines = 1.0;
    for label in labels {
        let own = super::canvas::width_of(label) + 34.0;
        if legend_width + own > width - left {
            (legend_width, lines) = (0.0, lines + 1.0);
        }
        legend_width += own;
    }
    let mut canvas = Canvas::new(width, body + 44.0 + 20.0 * lines, title);
    let middle = left + half;
    let style = |category: usize| {
        let centre = (k as f64 - 1.0) / 2.0;
        let away = category as f64 - centre;
        if away.abs() < 0.25 {
            return "fill:var(--neutral)".to_string();
        }
        let hue = if away < 0.0 { "--negative" } else { "--positive" };
        format!("fill:var({hue});fill-opacity:{:.2}", 0.35 + 0.6 * away.abs() / centre)
    };
    let mut y = 0.0;
    for own in answers {
        if let Some(heading) = &own.heading {
            canvas.styled(
                (2.0, y + head - 7.0),
                Anchor::Start,
                heading,
                "fill:var(--ink);font-weight:600",
                0.0,
            );
            y += head;
        }
        canvas.text((left - 8.0, y + row / 2.0 + LETTER * 0.35), Anchor::End, &own.item);
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
        let mut x = middle - half * below;
        for (category, share) in own.shares.iter().enumerate() {
            let tip = format!(
                "{}, {}: {:.0} %",
                own.item,
                labels.get(category).map_or("", String::as_str),
                100.0 * share
            );
            canvas.cell((x, y + 2.0), (half * share, row - 4.0), &style(category), &tip);
            if *share >= 0.12 {
                let text = format!("{:.0}", 100.0 * share);
                // letters on the strongest colours are light
                let end = category == 0 || category + 1 == k;
                let ink = if end { "fill:var(--paper)" } else { "fill:var(--ink)" };
                let at = (x + half * share / 2.0, y + row / 2.0 + LETTER * 0.33);
                canvas.styled(at, Anchor::Middle, &text, ink, 0.0);
            }
            x += half * share;
        }
        canvas.styled(
            (left + 2.0 * half + 8.0, y + row / 2.0 + LETTER * 0.35),
            Anchor::Start,
            &format!("n = {}", own.n),
            "fill:var(--soft)",
            0.0,
        );
        y += row;
    }
    canvas.line((middle, 0.0), (middle, y), "stroke:var(--ink);stroke-width:1");
    for (share, label) in [(-1.0, "100 %"), (-0.5, "50 %"), (0.0, "0"), (0.5, "50 %"), (1.0, "100 %")] {
        canvas.text((middle + half * share, y + 18.0), Anchor::Middle, label);
    }
    let (mut x, mut line) = (left, y + 40.0);
    for (category, label) in labels.iter().enumerate() {
        let own = super::canvas::width_of(label) + 34.0;
        if x + own > width {
            (x, line) = (left, line + 20.0);
        }
        canvas.rectangle((x, line - 10.0), (12.0, 12.0), &style(category));
        canvas.text((x + 17.0, line), Anchor::Start, label);
        x += own;
    }
    canvas.finish()
}
