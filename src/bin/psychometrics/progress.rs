//! A progress bar for what takes longer than a second: on the standard error, on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use psychometrics::data::Progress;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is done sooner is not worth a bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A progress that shows a bar after a while; the bar goes when the progress is complete or dropped.
pub(crate) fn bar(what: &'static str) -> Progress {
    let bar = Arc::new(Bar(ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())));
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {percent} % {eta}");
    bar.0.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.0.set_prefix(what);
    let shown = AtomicBool::new(false);
    let start = Instant::now();
    Progress::by_stage(move |stage, done, total| {
        if start.elapsed() > PATIENCE && !shown.swap(true, Ordering::Relaxed) {
            bar.0.set_draw_target(ProgressDrawTarget::stderr());
        }
        if !stage.is_empty() {
            bar.0.set_prefix(format!("{what}: {stage} done"));
        }
        bar.0.set_length(total);
        bar.0.set_position(done);
        if done >= total {
            bar.0.finish_and_clear();
        }
    })
}

struct Bar(ProgressBar);

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
