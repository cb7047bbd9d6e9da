//! What an aggregate says of a group: moments, distributions and two-way tables, as they would be of its rows.

use super::aggregate::Aggregate;
use super::part::Part;
use super::pattern::PatternSums;
use super::plan::IncompleteRows as Kept;
use super::subset::Subset;
use crate::error::{Error, Result};
use crate::moments::comoments::{Complete, Incomplete, Pair};
use crate::moments::distribution::{Central, Distribution};
use crate::moments::incomplete::Incomplete as IncompleteRows;
use crate::moments::{Missing, Moments};
use std::collections::BTreeMap;

impl Aggregate {
    /// Moments of some items over the rows of a group (`None`: of all rows, groups or not). Listwise they are of the rows that
    /// have all of these items; under any other treatment of missing answers each pair counts by the rows with both.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for an item that is not there, [`Error::BadAggregate`] for a group that is not, impossible answers,
    /// and where incomplete rows were not kept in a form that tells (`patterns` tells everything).
    pub fn moments(&self, group: Option<&str>, names: &[&str], missing: Missing) -> Result<Moments> {
        self.check_usable()?;
        let subset = Subset::of(&self.plan, names)?;
        let parts = self.parts_of(group)?;
        self.check_kept(&subset, &parts, missing)?;
        let p = names.len();
        let mut moments = Moments::new(names.iter().map(ToString::to_string), missing);
        moments.origin = subset.centres().map(Some).collect();
        for part in &parts {
            moments.rows_read += part.rows as usize;
            for pattern in &part.patterns {
                let Some(own) = subset.pattern(pattern) else { continue };
                if own.is_complete() {
                    moments.complete.merge(&complete(&own), &vec![0.0; p]);
                } else if !missing.is_listwise() {
                    moments.incomplete.merge(&incomplete(p, &own), &vec![0.0; p]);
                }
            }
            if let (Some(pairs), false) = (&part.pairs, missing.is_listwise()) {
                moments.incomplete.merge(&subset.pairs(pairs), &vec![0.0; p]);
            }
        }
        Ok(moments)
    }

    /// The distribution of an item's keyed answers in a group (`None`: in all rows). Where codes were not counted, median and
    /// frequencies are not known.
    ///
    /// # Errors
    /// As [`moments`](Self::moments).
    pub fn distribution(&self, group: Option<&str>, name: &str) -> Result<Distribution> {
        self.check_usable()?;
        let subset = Subset::of(&self.plan, &[name])?;
        let i = subset.place(0);
        let item = &self.plan.items[i];
        let mut all = Distribution::new();
        for part in self.parts_of(group)? {
            let own = &part.items[i];
            let missing = own.missing() as usize;
            all.merge(&if item.codes.is_empty() {
                Distribution::of_sums(central(own, item.centre), missing)
            } else {
                let codes = item.keyed_codes();
                let counts = codes.into_iter().zip(own.frequencies.iter().map(|count| *count as usize));
                Distribution::of_table(&counts.filter(|(_, count)| *count > 0).collect::<Vec<_>>(), missing)
            });
        }
        Ok(all)
    }

    /// The rows of a group by pattern of missing answers, as a likelihood takes them.
    pub(crate) fn incomplete(&self, group: Option<&str>, names: &[&str]) -> Result<IncompleteRows> {
        let subset = Subset::of(&self.plan, names)?;
        let centres: Vec<f64> = subset.centres().collect();
        let mut by_pattern: BTreeMap<String, PatternSums> = BTreeMap::new();
        for pattern in self.parts_of(group)?.into_iter().flat_map(|part| &part.patterns) {
            let Some(own) = subset.pattern(pattern) else { continue };
            match by_pattern.get_mut(&own.answered) {
                Some(known) => known.merge(&own),
                None => drop(by_pattern.insert(own.answered.clone(), own)),
            }
        }
        let sums: Vec<_> = by_pattern
            .values()
            .rev()
            .map(|own| {
                let (mean, products) = own.about_means();
                let places = own.places();
                let mean = mean.iter().zip(&places).map(|(mean, &i)| mean + centres[i]).collect();
                (places, own.n as usize, mean, products)
            })
            .collect();
        Ok(IncompleteRows::of_sums(names.len(), &sums))
    }

    /// Places of items in the plan.
    pub(crate) fn places(&self, names: &[&str]) -> Result<Vec<usize>> {
        let subset = Subset::of(&self.plan, names)?;
        Ok((0..names.len()).map(|i| subset.place(i)).collect())
    }

    /// The parts of a group, or all.
    pub(crate) fn parts_of(&self, group: Option<&str>) -> Result<Vec<&Part>> {
        let Some(group) = group else { return Ok(self.parts.iter().collect()) };
        let parts: Vec<&Part> =
            self.parts.iter().filter(|part| part.group.as_deref() == Some(group)).collect();
        match parts.is_empty() {
            false => Ok(parts),
            true => Err(Error::BadAggregate {
                place: "the aggregate".into(),
                problem: format!("has no group '{group}'"),
                remedy: format!("Its groups are: {}.", self.groups().join(", ")),
            }),
        }
    }

    /// Whether what was kept of incomplete rows tells what is asked of these items.
    fn check_kept(&self, subset: &Subset<'_>, parts: &[&Part], missing: Missing) -> Result<()> {
        let kept = self.plan.incomplete;
        let gaps: u64 = parts.iter().map(|part| part.rows - part.complete_rows()).sum();
        let told = match (kept, missing) {
            _ if gaps == 0 => true,
            (Kept::Patterns, _) => true,
            (Kept::Pairs, Missing::Listwise) => subset.is_whole(),
            (Kept::Pairs, Missing::Pairwise) => true,
            (Kept::Pairs, _) => false,
            (Kept::Dropped, _) => subset.is_whole() && missing.is_listwise(),
        };
        if told {
            return Ok(());
        }
        let asked = if missing.is_listwise() {
            "complete rows of some of the items".into()
        } else {
            missing.to_string()
        };
        Err(Error::BadAggregate {
            place: "the aggregate".into(),
            problem: format!("keeps its {gaps} incomplete rows as '{kept}', which does not tell of {asked}"),
            remedy: "Aggregate again with --incomplete patterns.".into(),
        })
    }
}

/// A pattern as rows with every item.
pub(super) fn complete(own: &PatternSums) -> Complete {
    let m = own.sums.len();
    let (mean, products) = own.about_means();
    let mut complete = Complete::new(m);
    (complete.count, complete.weight) = (own.n as usize, own.weight);
    complete.mean = mean;
    for a in 0..m {
        for b in a..m {
            complete.products[(a, b)] = products[own.at(a, b)];
        }
    }
    complete
}

/// A pattern as rows with gaps.
pub(super) fn incomplete(p: usize, own: &PatternSums) -> Incomplete {
    let (mean, products) = own.about_means();
    let places = own.places();
    let mut pairs = vec![Pair::default(); p * (p + 1) / 2];
    for (a, &i) in places.iter().enumerate() {
        for (b, &j) in places.iter().enumerate().skip(a) {
            pairs[i * p - i * (i + 1) / 2 + j] = Pair {
                count: own.n as usize,
                weight: own.weight,
                mean: [mean[a], mean[b]],
                squares: [products[own.at(a, a)], products[own.at(b, b)]],
                product: products[own.at(a, b)],
            };
        }
    }
    Incomplete { count: own.n as usize, pairs }
}

/// Central sums of powers from those about a centre.
fn central(own: &super::part::ItemSums, centre: f64) -> Central {
    let n = own.n as f64;
    let mean = if own.n > 0 { own.powers[0] / n } else { 0.0 };
    let [a, b, c, d] = own.powers;
    let second = (b - a * mean).max(0.0);
    let third = c - 3.0 * mean * b + 2.0 * mean * mean * a;
    let fourth = d - 4.0 * mean * c + 6.0 * mean * mean * b - 3.0 * mean.powi(3) * a;
    Central {
        n: own.n as usize,
        mean: centre + mean,
        second,
        third,
        fourth,
        min: own.lowest.unwrap_or_default(),
        max: own.highest.unwrap_or_default(),
    }
}
