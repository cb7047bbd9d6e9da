//! An aggregate of a CSV file of any size: one pass, blocks in parallel, added up in file order. Memory does not grow with the
//! rows, but for as many patterns of missing answers as there are.

use super::aggregate::Aggregate;
use super::part::Part;
use super::plan::AggregatePlan;
use super::rows::{Adding, Answer, PartKey};
use crate::data::{CsvOptions, CsvSource, Progress};
use crate::data::{Faults, Fingerprint, Gather, Record, number, why_no_number};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// Numbers that patterns may take before they are told to be too many: 400 MB.
const MOST_NUMBERS: usize = 50_000_000;

/// How a file is aggregated.
///
/// ```
/// use psychometrics::moments::aggregate::{Aggregate, AggregateOptions, AggregatePlan, PlannedItem};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("answers.csv");
/// std::fs::write(&path, "land,q1,q2\nbe,1,2\nnl,5,9\nbe,3,\n").unwrap();
/// let items = ["q1", "q2"].map(|name| PlannedItem::new(name).coded(1, 5).missing([9.0]));
/// let plan = AggregatePlan::new(items)?.by_group("land");
/// let found = Aggregate::read(&path, &plan, &AggregateOptions::default())?;
/// assert_eq!(found.groups(), ["be", "nl"]);
/// assert_eq!(found.parts[1].items[1].coded_missing, [1]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct AggregateOptions {
    /// Who is told how far the reading is.
    pub progress: Progress,
}

impl AggregateOptions {
    /// With somebody who is told how far the reading is, and may stop it.
    pub fn progress(progress: Progress) -> Self {
        Self { progress }
    }
}

impl Aggregate {
    /// The aggregate of a CSV file: numbers (an empty cell and `NA` are empty), groups and clusters as texts.
    ///
    /// # Errors
    /// As [`CsvSource::open`] and [`CsvSource::fold`]; [`Error::BadAggregate`] where there are too many patterns of missing answers
    /// to be kept.
    pub fn read(path: impl AsRef<Path>, plan: &AggregatePlan, options: &AggregateOptions) -> Result<Self> {
        plan.check()?;
        let source = open(path.as_ref(), plan, &options.progress)?;
        let p = plan.items.len();
        let further: Vec<usize> = source.selected()[p..].to_vec();
        let mut further = further.into_iter();
        let mut take = |column: &Option<String>| column.as_ref().and_then(|_| further.next());
        let (group, cluster, weights) = (take(&plan.group), take(&plan.cluster), take(&plan.weights));
        let start = || Block {
            plan,
            items: &source.selected()[..p],
            group,
            cluster,
            weights,
            key: (None, None),
            answers: vec![Answer::Empty; p],
            adding: Adding::new(plan),
        };
        let mut parts: BTreeMap<PartKey, Part> = BTreeMap::new();
        let mut numbers = 0;
        source.scan(start, Fingerprint::Skip, |block, _| {
            if numbers > MOST_NUMBERS {
                return;
            }
            for part in block.adding.into_parts() {
                let key = (part.group.clone(), part.cluster.clone());
                match parts.get_mut(&key) {
                    Some(own) => own.merge(&part),
                    None => drop(parts.insert(key, part)),
                }
            }
            let sizes = parts.values().flat_map(|part| &part.patterns);
            numbers = sizes.map(|pattern| pattern.products.len()).sum();
        })?;
        if numbers > MOST_NUMBERS {
            let patterns: usize = parts.values().map(|part| part.patterns.len()).sum();
            return Err(Error::BadAggregate {
                place: path.as_ref().display().to_string(),
                problem: format!("has {patterns} patterns of missing answers (by group and cluster) and more"),
                remedy: "Keep incomplete rows by pair (--incomplete pairs), which takes the same room whatever the data."
                    .into(),
            });
        }
        Ok(Self::of_parts(plan.clone(), parts.into_values().collect()))
    }
}

impl AggregatePlan {
    /// The same plan with items that have no range about a round number near their mean, by the first rows of a file (one MiB).
    /// Parts of the data that are centred each by its own rows merge all the same.
    ///
    /// # Errors
    /// As [`CsvSource::open`].
    pub fn centred_by(mut self, path: impl AsRef<Path>) -> Result<Self> {
        if self.items.iter().all(|item| item.range.is_some()) {
            return Ok(self);
        }
        let source = open(path.as_ref(), &self, &Progress::default())?;
        let places = source.selected()[..self.items.len()].to_vec();
        let (first, _) = source.first_rows(First { places, values: vec![Vec::new(); self.items.len()] })?;
        for (item, values) in self.items.iter_mut().zip(first.values) {
            if item.range.is_none() {
                let (_, factor) = item.keying();
                item.centre = factor * round_near(&values, &item.missing_codes);
            }
        }
        Ok(self)
    }
}

/// A number with few digits, less than a standard deviation from the mean.
fn round_near(values: &[f64], missing: &[f64]) -> f64 {
    let own: Vec<f64> = values.iter().copied().filter(|x| !missing.contains(x)).collect();
    let Some(&first) = own.first() else { return 0.0 };
    let n = own.len() as f64;
    let mean = first + own.iter().map(|x| x - first).sum::<f64>() / n;
    let sd = (own.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
    let unit = if sd > 0.0 { 10f64.powf(sd.log10().floor()) } else { return first };
    let unit = if own.iter().all(|x| x.fract() == 0.0) { unit.max(1.0) } else { unit };
    let centre = (mean / unit).round() * unit;
    if centre.is_finite() { centre } else { 0.0 }
}

fn open(path: &Path, plan: &AggregatePlan, progress: &Progress) -> Result<CsvSource> {
    let further = [&plan.group, &plan.cluster, &plan.weights];
    let items = plan.items.iter().map(|item| item.column_name().to_string());
    let columns = items.chain(further.into_iter().flatten().cloned()).collect();
    CsvSource::open(path, &CsvOptions { columns, progress: progress.clone(), ..CsvOptions::default() })
}

/// The rows of a block.
struct Block<'a> {
    plan: &'a AggregatePlan,
    items: &'a [usize],
    group: Option<usize>,
    cluster: Option<usize>,
    weights: Option<usize>,
    key: PartKey,
    answers: Vec<Answer>,
    adding: Adding<'a>,
}

fn is_empty(cell: &[u8]) -> bool {
    cell.is_empty() || cell == b"NA"
}

/// The label of a cell, in the place of the one of the row before.
fn label(own: &mut Option<String>, row: usize, cell: &[u8], faults: &mut Faults) {
    if is_empty(cell) {
        *own = None;
    } else if own.as_ref().is_none_or(|own| own.as_bytes() != cell) {
        *own = faults.text(row, cell).map(Into::into);
    }
}

impl Gather for Block<'_> {
    fn record(&mut self, row: usize, record: &Record<'_>, faults: &mut Faults) {
        if let Some(at) = self.group {
            label(&mut self.key.0, row, record.cell(at), faults);
        }
        if let Some(at) = self.cluster {
            label(&mut self.key.1, row, record.cell(at), faults);
        }
        for ((answer, item), at) in self.answers.iter_mut().zip(&self.plan.items).zip(self.items) {
            let cell = record.cell(*at);
            *answer = match number(cell) {
                _ if is_empty(cell) => Answer::Empty,
                None => {
                    faults.refuse(row, item.column_name(), cell, why_no_number);
                    Answer::Empty
                }
                Some(x) => match item.missing_codes.iter().position(|code| *code == x) {
                    Some(code) => Answer::Coded(code),
                    None if item.allows(x) => Answer::Given(x),
                    None => Answer::Impossible,
                },
            };
        }
        let weight = match self.weights {
            None => Some(1.0),
            Some(at) => number(record.cell(at)).filter(|weight| *weight > 0.0),
        };
        self.adding.add(&self.key, &self.answers, weight);
    }
}

/// Numbers of the first rows.
struct First {
    places: Vec<usize>,
    values: Vec<Vec<f64>>,
}

impl Gather for First {
    fn record(&mut self, _: usize, record: &Record<'_>, _: &mut Faults) {
        for (values, at) in self.values.iter_mut().zip(&self.places) {
            values.extend(number(record.cell(*at)));
        }
    }
}
