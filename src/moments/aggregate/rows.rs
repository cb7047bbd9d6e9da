//! Rows of answers as they are added to the sums of their group.

use super::part::Part;
use super::pattern::PatternSums;
use super::plan::{AggregatePlan, IncompleteRows};
use std::collections::BTreeMap;

/// An answer as it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Answer {
    Given(f64),
    Empty,
    /// A code that means "no answer", by its place in the plan.
    Coded(usize),
    Impossible,
}

/// Who a row belongs to.
pub(crate) type PartKey = (Option<String>, Option<String>);

/// The sums of each group and cluster while rows come in.
#[derive(Debug)]
pub(crate) struct Adding<'a> {
    plan: &'a AggregatePlan,
    keying: Vec<(f64, f64)>,
    /// Of each item, its keyed codes.
    codes: Vec<Vec<f64>>,
    /// Columns of its two-way tables: a code each, and one of missing answers.
    widths: Vec<usize>,
    complete: String,
    parts: BTreeMap<PartKey, Part>,
    // of one row: places, deviations, pattern, and the position of each code (that of missing last)
    places: Vec<usize>,
    deviations: Vec<f64>,
    answered: String,
    at: Vec<usize>,
}

impl<'a> Adding<'a> {
    pub(crate) fn new(plan: &'a AggregatePlan) -> Self {
        let p = plan.items.len();
        let codes: Vec<Vec<f64>> = plan.items.iter().map(|item| item.keyed_codes()).collect();
        Self {
            plan,
            keying: plan.items.iter().map(|item| item.keying()).collect(),
            widths: codes.iter().map(|own| own.len() + 1).collect(),
            codes,
            complete: "1".repeat(p),
            parts: BTreeMap::new(),
            places: Vec::with_capacity(p),
            deviations: Vec::with_capacity(p),
            answered: String::with_capacity(p),
            at: vec![0; p],
        }
    }

    /// Adds a row; `weight` is none where it cannot be used.
    pub(crate) fn add(&mut self, key: &PartKey, answers: &[Answer], weight: Option<f64>) {
        let plan = self.plan;
        if !self.parts.contains_key(key) {
            self.parts.insert(key.clone(), Part::new(plan, key.0.clone(), key.1.clone()));
        }
        let Some(part) = self.parts.get_mut(key) else { return };
        part.rows += 1;
        self.places.clear();
        self.deviations.clear();
        self.answered.clear();
        for (i, answer) in answers.iter().enumerate() {
            let own = &mut part.items[i];
            self.at[i] = self.codes[i].len();
            match *answer {
                Answer::Given(x) => {
                    let (constant, factor) = self.keying[i];
                    let deviation = constant + factor * x;
                    let keyed = deviation + plan.items[i].centre;
                    own.add(keyed, deviation);
                    if let Ok(at) = self.codes[i].binary_search_by(|code| code.total_cmp(&(keyed + 0.0))) {
                        own.frequencies[at] += 1;
                        self.at[i] = at;
                    }
                    self.places.push(i);
                    self.deviations.push(deviation);
                    self.answered.push('1');
                    continue;
                }
                Answer::Empty => own.empty += 1,
                Answer::Coded(code) => own.coded_missing[code] += 1,
                Answer::Impossible => own.impossible += 1,
            }
            self.answered.push('0');
        }
        if plan.has_tables() {
            // the order of `AggregatePlan::pairs`
            let mut tables = part.tables.iter_mut();
            for (i, row) in self.at.iter().enumerate() {
                let others = self.at[i + 1..].iter().zip(&self.widths[i + 1..]);
                for ((column, width), table) in others.zip(&mut tables) {
                    table[row * width + column] += 1;
                }
            }
        }
        let Some(weight) = weight else {
            part.unweighted += 1;
            return;
        };
        let p = answers.len();
        if self.places.len() == p || plan.incomplete == IncompleteRows::Patterns && !self.places.is_empty() {
            let known = part.patterns.first_mut().filter(|first| first.answered == self.answered);
            let pattern: &mut PatternSums = match known {
                Some(_) => &mut part.patterns[0],
                None => part.pattern(&self.answered),
            };
            pattern.add(&self.deviations, weight);
        } else if let (Some(pairs), false) = (&mut part.pairs, self.places.is_empty()) {
            pairs.add(p, &self.places, &self.deviations, weight);
        }
        debug_assert_eq!(self.answered.len(), self.complete.len());
    }

    /// The sums, in order of group and cluster.
    pub(crate) fn into_parts(self) -> Vec<Part> {
        self.parts.into_values().collect()
    }
}
