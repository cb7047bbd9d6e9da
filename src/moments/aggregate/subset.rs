//! Some items of an aggregate, in an order of their own.

use super::pairs::PairSums;
use super::pattern::PatternSums;
use super::plan::AggregatePlan;
use crate::error::{Error, Result, nearest};
use crate::moments::comoments::{Incomplete, Pair};

/// Some items, by their places in the plan.
pub(crate) struct Subset<'a> {
    plan: &'a AggregatePlan,
    places: Vec<usize>,
}

impl<'a> Subset<'a> {
    pub(crate) fn of(plan: &'a AggregatePlan, names: &[&str]) -> Result<Self> {
        let place = |name: &&str| {
            plan.items.iter().position(|item| item.name == **name).ok_or_else(|| Error::UnknownColumn {
                column: (*name).to_string(),
                source_name: "the aggregate".into(),
                nearest: nearest(name, plan.items.iter().map(|item| item.name.as_str())),
                available: plan.names(),
            })
        };
        Ok(Self { plan, places: names.iter().map(place).collect::<Result<_>>()? })
    }

    /// Place in the plan of the i-th item.
    pub(crate) fn place(&self, i: usize) -> usize {
        self.places[i]
    }

    pub(crate) fn centres(&self) -> impl Iterator<Item = f64> + '_ {
        self.places.iter().map(|&i| self.plan.items[i].centre)
    }

    /// Whether it holds all items of the plan.
    pub(crate) fn is_whole(&self) -> bool {
        (0..self.plan.items.len()).all(|i| self.places.contains(&i))
    }

    /// A pattern of these items; none where none of them was answered.
    pub(crate) fn pattern(&self, pattern: &PatternSums) -> Option<PatternSums> {
        let digits = pattern.answered.as_bytes();
        let answered: String = self.places.iter().map(|&i| char::from(digits[i])).collect();
        if !answered.contains('1') {
            return None;
        }
        // where each item of the plan stands among those that were answered
        let mut known = vec![0; digits.len()];
        pattern.places().into_iter().enumerate().for_each(|(a, i)| known[i] = a);
        let own: Vec<usize> = self.places.iter().filter(|&&i| digits[i] == b'1').map(|&i| known[i]).collect();
        let mut of = PatternSums::new(answered);
        (of.n, of.weight) = (pattern.n, pattern.weight);
        of.sums = own.iter().map(|&a| pattern.sums[a]).collect();
        let mut at = 0;
        for (i, &a) in own.iter().enumerate() {
            for &b in &own[i..] {
                of.products[at] = pattern.products[pattern.at(a.min(b), a.max(b))];
                at += 1;
            }
        }
        Some(of)
    }

    /// The pairs of these items over incomplete rows.
    pub(crate) fn pairs(&self, sums: &PairSums) -> Incomplete {
        let p = self.plan.items.len();
        let of = |i: usize, j: usize| {
            let at = i.min(j) * p - i.min(j) * (i.min(j) + 1) / 2 + i.max(j);
            let w = sums.weight[at];
            if sums.n[at] == 0 {
                return Pair::default();
            }
            let (s, t) = (sums.first[at], sums.second[at]);
            let pair = Pair {
                count: sums.n[at] as usize,
                weight: w,
                mean: [s / w, t / w],
                squares: [
                    (sums.first_squared[at] - s * s / w).max(0.0),
                    (sums.second_squared[at] - t * t / w).max(0.0),
                ],
                product: sums.product[at] - s * t / w,
            };
            if i <= j { pair } else { pair.swapped() }
        };
        let pairs = self.places.iter().enumerate();
        let pairs = pairs.flat_map(|(a, &i)| self.places[a..].iter().map(move |&j| (i, j)));
        Incomplete { count: sums.rows as usize, pairs: pairs.map(|(i, j)| of(i, j)).collect() }
    }
}
