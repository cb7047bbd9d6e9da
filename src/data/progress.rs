//! Who is told how far long work is, and may stop it.

use crate::error::{Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Who is told how much of how much is done (bytes of a file, iterations, replicates, parts of an analysis, and at which
/// stage it is), and may stop it. Copies are one: what is said to one is known to all. Stopped work leaves no part of an answer:
/// where one is worth having, ask for less (fewer replicates are the first ones of many; `max_iterations` ends a search in its
/// middle, with a status that says so).
///
/// ```
/// use psychometrics::data::{Dataset, Progress};
/// use psychometrics::{Error, Estimation, Model};
///
/// let progress = Progress::new(|done, total| eprintln!("{done} of {total}"));
/// let staged = Progress::by_stage(|stage, done, total| eprintln!("{stage}: {done} of {total}"));
/// # let _ = (progress, staged);
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3".parse()?;
/// let stopped = Progress::default();
/// stopped.clone().stop(); // from another thread, say
/// let fit = Estimation::default().progress(stopped).fit(&model, &data);
/// assert!(matches!(fit, Err(Error::Stopped { .. })));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Progress {
    hook: Option<Arc<Hook>>,
    stopped: Arc<AtomicBool>,
}

type Hook = dyn Fn(&'static str, u64, u64) + Send + Sync;

impl Progress {
    /// Calls `hook(done, total)` now and then, from the thread that works; a total of 0 is one that is not known.
    pub fn new(hook: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        Self::by_stage(move |_, done, total| hook(done, total))
    }

    /// Calls `hook(stage, done, total)`, where the work has stages; the stage is empty where it has none.
    pub fn by_stage(hook: impl Fn(&'static str, u64, u64) + Send + Sync + 'static) -> Self {
        Self { hook: Some(Arc::new(hook)), stopped: Arc::default() }
    }

    /// Asks whoever works with this progress to stop: at the next iteration, replicate, block of a file or part of an
    /// analysis it ends with [`Error::Stopped`].
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// What stops with this one and tells nobody: for work within work.
    pub(crate) fn silent(&self) -> Self {
        Self { hook: None, stopped: Arc::clone(&self.stopped) }
    }

    /// An error where it was asked to stop; `what` was being done.
    pub(crate) fn check(&self, what: &str) -> Result<()> {
        match self.is_stopped() {
            true => Err(Error::Stopped { what: what.into() }),
            false => Ok(()),
        }
    }

    pub(crate) fn tell(&self, done: u64, total: u64) {
        self.tell_stage("", done, total);
    }

    pub(crate) fn tell_stage(&self, stage: &'static str, done: u64, total: u64) {
        if let Some(hook) = &self.hook {
            hook(stage, done, total);
        }
    }
}

/// Who is told is no part of what is asked for.
impl PartialEq for Progress {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.hook.is_some() { "Progress(told)" } else { "Progress(nobody)" })
    }
}
