//! Who is told how far long work is.

use std::sync::Arc;

/// Who is told how much of how much is done: bytes of a file, or parts of an analysis, and at which stage it is.
///
/// ```
/// use psychometrics::data::Progress;
/// let progress = Progress::new(|done, total| eprintln!("{done} of {total}"));
/// let staged = Progress::by_stage(|stage, done, total| eprintln!("{stage}: {done} of {total}"));
/// ```
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Hook>>);

type Hook = dyn Fn(&'static str, u64, u64) + Send + Sync;

impl Progress {
    /// Calls `hook(done, total)` now and then, from the thread that works.
    pub fn new(hook: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        Self::by_stage(move |_, done, total| hook(done, total))
    }

    /// Calls `hook(stage, done, total)`, where the work has stages; the stage is empty where it has none.
    pub fn by_stage(hook: impl Fn(&'static str, u64, u64) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    pub(crate) fn tell(&self, done: u64, total: u64) {
        self.tell_stage("", done, total);
    }

    pub(crate) fn tell_stage(&self, stage: &'static str, done: u64, total: u64) {
        if let Some(hook) = &self.0 {
            hook(stage, done, total);
        }
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Progress(told)" } else { "Progress(nobody)" })
    }
}
