//! How precise scores are along the trait, and where the respondents are.

use super::canvas::{Anchor, Canvas, GRID, LETTER};
use crate::irt::{ItemParameters, RespondentLevels};

/// The levels of the trait that are shown.
const REACH: f64 = 4.0;
/// Points of a line.
const POINTS: usize = 121;
/// The largest standard error that is shown.
const HIGHEST_ERROR: f64 = 1.5;

/// What is drawn of a scale, and the words beside it.
pub(in crate::report) struct Precision<'a> {
    pub(in crate::report) title: &'a str,
    /// Items of one trait, in one group.
    pub(in crate::report) items: Vec<&'a ItemParameters>,
    pub(in crate::report) respondents: Option<&'a RespondentLevels>,
}

/// Information on the left, the standard error on the right, respondents as bars behind them.
pub(in crate::report) fn test_information(own: &Precision<'_>) -> String {
    let (left, top, width, height) = (54.0, 16.0, 420.0, 200.0);
    let bottom = top + height;
    let mut canvas = Canvas::new(left + width + 60.0, bottom + 84.0, own.title);
    let levels = (0..POINTS).map(|i| REACH * (2.0 * i as f64 / (POINTS - 1) as f64 - 1.0));
    let shown: Vec<(f64, f64)> =
        levels.map(|theta| (theta, own.items.iter().map(|item| item.information(&[theta])).sum())).collect();
    let high = shown.iter().map(|(_, information)| *information).fold(1.0, f64::max) * 1.08;
    let x = |theta: f64| left + width * (theta + REACH) / (2.0 * REACH);
    let y = |information: f64| bottom - height * information / high;
    if let Some(respondents) = own.respondents {
        bars(&mut canvas, respondents, &x, (bottom, height));
    }
    let step = tick(high);
    for i in 0..=(high / step) as usize {
        let value = step * i as f64;
        canvas.line((left, y(value)), (left + width, y(value)), GRID);
        let label = if step < 1.0 { format!("{value:.1}") } else { format!("{value:.0}") };
        canvas.text((left - 8.0, y(value) + LETTER * 0.35), Anchor::End, &label);
    }
    for theta in -4..=4 {
        canvas.text((x(f64::from(theta)), bottom + 17.0), Anchor::Middle, &theta.to_string());
    }
    let error = |se: f64| bottom - height * se.min(HIGHEST_ERROR) / HIGHEST_ERROR;
    for se in [0.0, 0.5, 1.0, 1.5] {
        canvas.text((left + width + 8.0, error(se) + LETTER * 0.35), Anchor::Start, &format!("{se:.1}"));
    }
    let points: Vec<(f64, f64)> =
        shown.iter().map(|(theta, information)| (x(*theta), y(*information))).collect();
    canvas.curve(&points, LINES[0], "");
    let errors = shown.iter().map(|(theta, information)| (*theta, 1.0 / information.sqrt()));
    let within = errors.filter(|(_, se)| *se <= HIGHEST_ERROR);
    let points: Vec<(f64, f64)> = within.map(|(theta, se)| (x(theta), error(se))).collect();
    canvas.curve(&points, LINES[1], "");
    legend(&mut canvas, (left, bottom + 44.0), own.respondents.is_some());
    canvas.finish()
}

/// Of information and of the standard error.
const LINES: [&str; 2] =
    ["stroke:var(--positive);stroke-width:2.2", "stroke:var(--accent);stroke-width:2;stroke-dasharray:6 4"];
const BAR: &str = "fill:var(--neutral);fill-opacity:.45";

/// The largest bar takes half of the height.
fn bars(
    canvas: &mut Canvas,
    respondents: &RespondentLevels,
    x: &dyn Fn(f64) -> f64,
    (bottom, height): (f64, f64),
) {
    let largest = respondents.share.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let half = respondents.theta.windows(2).next().map_or(0.1, |pair| 0.5 * (pair[1] - pair[0]));
    for (theta, share) in respondents.theta.iter().zip(&respondents.share) {
        if theta.abs() > REACH || *share < 1e-4 {
            continue;
        }
        let (from, to) = ((theta - half).max(-REACH), (theta + half).min(REACH));
        let tall = 0.5 * height * share / largest;
        let tip = format!("{theta:.1}: {:.1} %", 100.0 * share);
        canvas.cell((x(from) + 0.5, bottom - tall), (x(to) - x(from) - 1.0, tall), BAR, &tip);
    }
}

/// The distance of ticks: at most six of them.
fn tick(high: f64) -> f64 {
    [0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0].into_iter().find(|step| high / step <= 6.0).unwrap_or(100.0)
}

fn legend(canvas: &mut Canvas, (left, y): (f64, f64), has_respondents: bool) {
    let words = ["information (left)", "standard error (right)", "respondents (bars)"];
    let mut at = left;
    for (word, line) in words.iter().zip(LINES) {
        canvas.line((at, y), (at + 24.0, y), line);
        canvas.text((at + 30.0, y + LETTER * 0.35), Anchor::Start, word);
        at += 170.0;
    }
    if has_respondents {
        let y = y + 20.0;
        canvas.rectangle((left, y - 6.0), (24.0, 12.0), BAR);
        canvas.text((left + 30.0, y + LETTER * 0.35), Anchor::Start, words[2]);
    }
}
