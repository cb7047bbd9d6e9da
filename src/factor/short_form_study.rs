//! A short form and how much of its reliability is luck: chosen in one half of the respondents, judged in the other.
//!
//! Items that are chosen because they cohere in a sample cohere less in the next one. In each of several splits the best set is
//! chosen in one half and its alpha computed in the other, and the other way round; the mean of the differences is the loss.

use super::short_form::{Coverage, ShortForm, searched, short_form};
use crate::data::{Progress, Rows};
use crate::error::{Error, Result, Warning};
use crate::moments::{LabelledMatrix, Missing, RowsUsed};
use crate::numeric::random::stream;
use nalgebra::DMatrix;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// Branches after which the search in a half gives up.
const BRANCHES_OF_HALF: u64 = 1_000_000;
/// Respondents in a half, at least.
const FEWEST: usize = 10;

/// A search for a short form with its cross-validation.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::{Coverage, ShortForms};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let part = |range: std::ops::Range<usize>| Coverage::new(names[range].to_vec(), 1);
/// let forms = ShortForms::new(5).coverage(vec![part(0..3), part(3..6), part(6..9)]).splits(10);
/// let found = forms.of(&names, data.numeric(&names)?.view())?;
/// assert_eq!(found.chosen.items, ["x1", "x4", "x5", "x6", "x9"]);
/// assert!(found.loss > 0.0 && found.chosen.is_best);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShortForms {
    items: usize,
    coverage: Vec<Coverage>,
    splits: usize,
    seed: u64,
    #[serde(skip)]
    progress: Progress,
}

/// A short form with what it loses in other respondents.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::ShortForms;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = ShortForms::new(4).splits(10).of(&names, data.numeric(&names)?.view())?;
/// assert_eq!(found.chosen.items, ["x1", "x4", "x5", "x6"]);
/// // chosen by chance in part: alpha is lower in the other half
/// assert_eq!(
///     format!("{:.3} {:.3} {:.3}", found.alpha_where_chosen, found.alpha_elsewhere, found.loss),
///     "0.817 0.813 0.004"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShortFormStudy {
    /// Respondents.
    pub n: usize,
    /// The items it was chosen from.
    pub items: Vec<String>,
    /// What was asked of its content.
    pub coverage: Vec<Coverage>,
    /// The short form chosen in all respondents.
    pub chosen: ShortForm,
    /// Splits into halves.
    pub splits: usize,
    /// Their seed.
    pub seed: u64,
    /// Mean alpha of the sets chosen in a half, in that half.
    pub alpha_where_chosen: f64,
    /// The same sets in the other half.
    pub alpha_elsewhere: f64,
    /// The first less the second: what alpha loses where the items were not chosen. Of halves, it is larger than that of all
    /// respondents.
    pub loss: f64,
    /// Standard deviation of the loss over halves.
    pub loss_sd: f64,
    /// Mean alpha, in the half in which they were not chosen, of as many items of the scale at random, so that it is seen what
    /// choosing gains; with the same coverage.
    pub alpha_at_random: f64,
    /// Of each item, the share of halves in which it was chosen.
    pub chosen_in: Vec<f64>,
    /// Halves whose search was cut short.
    pub unproven: usize,
    /// Rows read and used.
    pub missing: Option<RowsUsed>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// What a half gives.
struct Half {
    set: Vec<usize>,
    here: f64,
    elsewhere: f64,
    at_random: f64,
    is_best: bool,
}

impl ShortForms {
    /// So many items; 20 splits under seed 1.
    pub fn new(items: usize) -> Self {
        Self { items, coverage: Vec::new(), splits: 20, seed: 1, progress: Progress::default() }
    }

    /// Parts of the content, and how many items of each there are at least.
    #[must_use]
    pub fn coverage(mut self, coverage: Vec<Coverage>) -> Self {
        self.coverage = coverage;
        self
    }

    /// Splits into halves (default 20).
    #[must_use]
    pub fn splits(mut self, splits: usize) -> Self {
        self.splits = splits;
        self
    }

    /// Seed of the splits (default 1); the same at any number of threads.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Who is told of each split, and may stop the search.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Of keyed answers, NaN where one is missing: of the rows that are complete.
    ///
    /// # Errors
    /// As [`short_form`]; [`Error::BadOption`] without a split, [`Error::TooFewRows`] for halves of fewer than ten,
    /// [`Error::ConstantItem`], [`Error::Stopped`].
    pub fn of<'r, S: AsRef<str>>(&self, names: &[S], rows: impl Into<Rows<'r>>) -> Result<ShortFormStudy> {
        let rows = rows.into();
        let rows = rows.view();
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_string()).collect();
        if rows.ncols() != names.len() {
            let what = "columns of the data".into();
            return Err(Error::WrongSize { what, found: rows.ncols(), expected: names.len() });
        }
        if !(1..=100_000).contains(&self.splits) {
            let (option, value) = ("splits".into(), self.splits.to_string());
            return Err(Error::BadOption { option, value, allowed: "from 1 to 100,000; 20 is usual".into() });
        }
        let complete: Vec<usize> =
            (0..rows.nrows()).filter(|&i| rows.row(i).iter().all(|v| v.is_finite())).collect();
        let (read, n) = (rows.nrows(), complete.len());
        if n < 2 * FEWEST {
            let what = "a short form that is judged in another half".into();
            return Err(Error::TooFewRows { what, n, needed: 2 * FEWEST });
        }
        let answers = DMatrix::from_fn(n, names.len(), |i, j| rows[(complete[i], j)]);
        for (j, name) in names.iter().enumerate() {
            let first = answers[(0, j)];
            if answers.column(j).iter().all(|value| *value == first) {
                return Err(Error::ConstantItem { item: name.clone(), value: first, n });
            }
        }
        let all: Vec<usize> = (0..n).collect();
        self.progress.check("the search for a short form")?;
        let labelled = |s: &DMatrix<f64>| LabelledMatrix::square(&names, s);
        let chosen = short_form(&labelled(&covariances(&answers, &all)), self.items, &self.coverage)?;
        let (done, total) = (AtomicU64::new(0), self.splits as u64);
        let halves: Vec<[Half; 2]> = (0..total)
            .into_par_iter()
            .map(|split| {
                self.progress.check("the cross-validation of a short form")?;
                let own = self.split(&names, &answers, split)?;
                self.progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                Ok(own)
            })
            .collect::<Result<_>>()?;
        let halves: Vec<Half> = halves.into_iter().flatten().collect();
        let against = against_the_rest(&names, &covariances(&answers, &all));
        let mut study = summarised(self, names, chosen, &halves);
        study.warnings.extend(against);
        study.n = n;
        if n < read {
            study.warnings.push(Warning::RowsLeftOut { used: n, read });
        }
        study.missing = Some(RowsUsed { policy: Missing::Listwise, rows_read: read, rows_used: n });
        Ok(study)
    }

    /// Chosen in each half, judged in the other.
    fn split(&self, names: &[String], answers: &DMatrix<f64>, split: u64) -> Result<[Half; 2]> {
        let mut random = stream(self.seed, split);
        let mut order: Vec<usize> = (0..answers.nrows()).collect();
        order.shuffle(&mut random);
        let (one, other) = order.split_at(answers.nrows() / 2);
        let (one, other) = (covariances(answers, one), covariances(answers, other));
        let at_random = self.at_random(names, &mut random);
        let half = |here: &DMatrix<f64>, there: &DMatrix<f64>| -> Result<Half> {
            let own = LabelledMatrix::square(names, here);
            let found = searched(&own, self.items, &self.coverage, BRANCHES_OF_HALF)?;
            let set: Vec<usize> =
                (0..names.len()).filter(|&i| found.items.iter().any(|item| *item == names[i])).collect();
            Ok(Half {
                here: alpha(here, &set),
                elsewhere: alpha(there, &set),
                at_random: alpha(there, &at_random),
                is_best: found.is_best,
                set,
            })
        };
        Ok([half(&one, &other)?, half(&other, &one)?])
    }

    /// Items at random with the coverage that is asked for.
    fn at_random(&self, names: &[String], random: &mut rand_chacha::ChaCha8Rng) -> Vec<usize> {
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.shuffle(random);
        let mut set: Vec<usize> = Vec::new();
        for part in &self.coverage {
            let is_own = |i: &usize| part.items.contains(&names[*i]);
            let have = set.iter().filter(|i| is_own(i)).count();
            let more = order.iter().copied().filter(|i| is_own(i) && !set.contains(i));
            let more: Vec<usize> = more.take(part.at_least.saturating_sub(have)).collect();
            set.extend(more);
        }
        let rest: Vec<usize> = order.into_iter().filter(|i| !set.contains(i)).collect();
        set.extend(rest.into_iter().take(self.items.saturating_sub(set.len())));
        set
    }
}

fn summarised(forms: &ShortForms, names: Vec<String>, chosen: ShortForm, halves: &[Half]) -> ShortFormStudy {
    let count = halves.len() as f64;
    let mean = |of: &dyn Fn(&Half) -> f64| halves.iter().map(of).sum::<f64>() / count;
    let loss = mean(&|half| half.here - half.elsewhere);
    let square = mean(&|half| (half.here - half.elsewhere - loss).powi(2));
    let share = |i: usize| halves.iter().filter(|half| half.set.contains(&i)).count() as f64 / count;
    ShortFormStudy {
        n: 0,
        chosen_in: (0..names.len()).map(share).collect(),
        items: names,
        coverage: forms.coverage.clone(),
        chosen,
        splits: forms.splits,
        seed: forms.seed,
        alpha_where_chosen: mean(&|half| half.here),
        alpha_elsewhere: mean(&|half| half.elsewhere),
        loss,
        loss_sd: (square * count / (count - 1.0)).sqrt(),
        alpha_at_random: mean(&|half| half.at_random),
        unproven: halves.iter().filter(|half| !half.is_best).count(),
        missing: None,
        warnings: Vec::new(),
    }
}

/// Items that correlate negatively with the sum of the others: a key is missing.
fn against_the_rest(names: &[String], s: &DMatrix<f64>) -> Vec<Warning> {
    let total: f64 = s.sum();
    let of = |(i, name): (usize, &String)| {
        let with = s.column(i).sum() - s[(i, i)];
        let rest = total - 2.0 * with - s[(i, i)];
        let r_drop = with / (s[(i, i)] * rest).sqrt();
        (r_drop < 0.0).then(|| Warning::NegativeItem { item: name.clone(), scale: None, r_drop })
    };
    names.iter().enumerate().filter_map(of).collect()
}

/// Divisor n - 1, of some rows.
fn covariances(answers: &DMatrix<f64>, rows: &[usize]) -> DMatrix<f64> {
    let mut own = answers.select_rows(rows);
    for mut column in own.column_iter_mut() {
        let mean = column.mean();
        column.add_scalar_mut(-mean);
    }
    crate::numeric::product::transposed_product(&own, &own) / (rows.len() as f64 - 1.0)
}

/// Coefficient alpha of a set; 0 where its sum does not vary.
fn alpha(s: &DMatrix<f64>, set: &[usize]) -> f64 {
    let (k, trace) = (set.len() as f64, set.iter().map(|&i| s[(i, i)]).sum::<f64>());
    let total: f64 = set.iter().flat_map(|&i| set.iter().map(move |&j| (i, j))).map(|at| s[at]).sum();
    if total > 0.0 { k / (k - 1.0) * (1.0 - trace / total) } else { 0.0 }
}
