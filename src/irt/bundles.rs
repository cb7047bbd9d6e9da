//! Items that are looked up together.
//!
//! Neighbouring items that have few combinations of answers are taken as one with as many categories as combinations occur:
//! an E-step then adds one row of a table for all of them, and so do the products of their derivatives.

use super::patterns::{MISSING, Patterns};
use std::ops::Range;

/// Most combinations in a bundle of several items.
const MOST_ROWS: usize = 32;
/// Most numbers in the table of a bundle of several items,
const MOST_NUMBERS: usize = 2048;
/// or of a bifactor structure, where rows are long.
const MOST_REDUCED: usize = 32_768;
/// Patterns for each combination, at least, that make its table worth while.
const PATTERNS: usize = 32;
/// No answer to any item of a bundle.
const NONE: u32 = u32::MAX;

/// Items that stand together.
#[derive(Debug, Clone)]
pub(crate) struct Bundle {
    pub(crate) items: Range<usize>,
    /// First of its rows among those of all.
    pub(crate) first: usize,
    /// The answers of each row, of all items.
    codes: Vec<u8>,
}

impl Bundle {
    /// How many combinations of answers there are.
    pub(crate) fn rows(&self) -> usize {
        self.codes.len() / self.items.len()
    }

    /// The items with an answer in a row (from 0), and the answers.
    pub(crate) fn answers(&self, row: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let codes = &self.codes[row * self.items.len()..(row + 1) * self.items.len()];
        let answered = self.items.clone().zip(codes).filter(|(_, code)| **code != MISSING);
        answered.map(|(item, code)| (item, usize::from(*code)))
    }
}

/// All items of a set of patterns, in bundles.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bundles {
    pub(crate) all: Vec<Bundle>,
    /// By pattern and bundle, its row among those of all.
    rows: Vec<u32>,
    /// How many rows there are.
    pub(crate) len: usize,
}

impl Bundles {
    /// Bundles for tables of so many nodes; `offsets` count the categories of the items. Those of a bifactor structure have
    /// one specific trait.
    pub(crate) fn new(
        patterns: &Patterns,
        offsets: &[usize],
        nodes: usize,
        specific: Option<&[Option<usize>]>,
    ) -> Self {
        let numbers = if specific.is_some() { MOST_REDUCED } else { MOST_NUMBERS };
        let most = (numbers / nodes.max(1)).min(patterns.len() / PATTERNS).clamp(1, MOST_ROWS);
        let agree = |a: usize, b: usize| specific.is_none_or(|specific| specific[a] == specific[b]);
        // a missing answer counts as one more category
        let kinds: Vec<usize> = offsets.windows(2).map(|rows| rows[1] - rows[0] + 1).collect();
        let mut bundles = Self::default();
        let mut ranges = Vec::new();
        let mut from = 0;
        while from < kinds.len() {
            let (mut to, mut size) = (from + 1, kinds[from] - 1);
            while to < kinds.len() && agree(from, to) && size * (kinds[to] - 1) <= most {
                size *= kinds[to] - 1;
                to += 1;
            }
            ranges.push(from..to);
            from = to;
        }
        bundles.rows = vec![NONE; patterns.len() * ranges.len()];
        for (at, items) in ranges.iter().enumerate() {
            bundles.add(patterns, items.clone(), &kinds[items.clone()], at, ranges.len());
        }
        bundles
    }

    /// The next bundle: its combinations in the order of their codes, and the row of each pattern.
    fn add(&mut self, patterns: &Patterns, items: Range<usize>, kinds: &[usize], at: usize, count: usize) {
        let number = |pattern: usize| {
            let codes = patterns.codes(pattern)[items.clone()].iter().zip(kinds);
            codes.fold(0, |number, (code, kinds)| {
                number * kinds + if *code == MISSING { kinds - 1 } else { usize::from(*code) }
            })
        };
        let mut seen = vec![None; kinds.iter().product()];
        let numbers: Vec<usize> = (0..patterns.len()).map(number).collect();
        numbers.iter().enumerate().for_each(|(pattern, number)| seen[*number] = Some(pattern));
        let nothing = seen.len() - 1;
        let mut codes = Vec::new();
        let mut place = vec![NONE; seen.len()];
        let mut next = self.len;
        for (number, pattern) in seen.iter().enumerate().filter(|(number, _)| *number != nothing) {
            if let Some(pattern) = pattern {
                codes.extend_from_slice(&patterns.codes(*pattern)[items.clone()]);
                place[number] = next as u32;
                next += 1;
            }
        }
        for (pattern, number) in numbers.iter().enumerate() {
            self.rows[pattern * count + at] = place[*number];
        }
        self.all.push(Bundle { items, first: self.len, codes });
        self.len = next;
    }

    /// The row of a pattern in a bundle, from 0 in the bundle; none without an answer.
    pub(crate) fn row(&self, pattern: usize, bundle: usize) -> Option<usize> {
        let row = self.rows[pattern * self.all.len() + bundle];
        (row != NONE).then(|| row as usize - self.all[bundle].first)
    }

    /// The rows of a pattern among those of all.
    pub(crate) fn of_pattern(&self, pattern: usize) -> impl Iterator<Item = usize> + '_ {
        let count = self.all.len();
        let rows = &self.rows[pattern * count..(pattern + 1) * count];
        rows.iter().filter(|row| **row != NONE).map(|row| *row as usize)
    }

    /// The table of the rows: sums (of logarithms) or products of those of the answers.
    pub(crate) fn fill(
        &self,
        by_category: &[f64],
        offsets: &[usize],
        nodes: usize,
        table: &mut [f64],
        join: impl Fn(&mut f64, f64),
    ) {
        for bundle in &self.all {
            for row in 0..bundle.rows() {
                let own = &mut table[(bundle.first + row) * nodes..(bundle.first + row + 1) * nodes];
                for (at, (item, code)) in bundle.answers(row).enumerate() {
                    let from = (offsets[item] + code) * nodes;
                    let answer = &by_category[from..from + nodes];
                    match at {
                        0 => own.copy_from_slice(answer),
                        _ => own.iter_mut().zip(answer).for_each(|(all, own)| join(all, *own)),
                    }
                }
            }
        }
    }

    /// Adds sums of the rows to those of the categories of their answers.
    pub(crate) fn spread(&self, table: &[f64], offsets: &[usize], nodes: usize, by_category: &mut [f64]) {
        for bundle in &self.all {
            for row in 0..bundle.rows() {
                let own = &table[(bundle.first + row) * nodes..(bundle.first + row + 1) * nodes];
                for (item, code) in bundle.answers(row) {
                    let from = (offsets[item] + code) * nodes;
                    let sums = &mut by_category[from..from + nodes];
                    sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 64 patterns of six items with two categories and one with three; the last item of the first is missing.
    fn patterns() -> Patterns {
        let rows: Vec<Vec<u8>> = (0..64u8)
            .map(|i| (0..7).map(|j| if i == 0 && j == 6 { MISSING } else { (i >> (j % 6)) & 1 }).collect())
            .collect();
        Patterns::of(7, rows.iter().map(|codes| Some(((0, 0), 1.0, codes.as_slice()))))
    }

    #[test]
    fn every_answer_is_in_one_bundle() {
        let (patterns, offsets) = (patterns(), [0, 2, 4, 6, 8, 10, 12, 15]);
        for nodes in [1, 61, 961, 5000] {
            let bundles = Bundles::new(&patterns, &offsets, nodes, None);
            for p in 0..patterns.len() {
                let mut found = vec![MISSING; 7];
                for (at, bundle) in bundles.all.iter().enumerate() {
                    if let Some(row) = bundles.row(p, at) {
                        bundle.answers(row).for_each(|(item, code)| found[item] = code as u8);
                    }
                }
                assert_eq!(found, patterns.codes(p));
            }
        }
        // two combinations for each 32 of the 64 patterns: items alone
        assert_eq!(Bundles::new(&patterns, &offsets, 61, None).all.len(), 7);
        assert_eq!(Bundles::new(&patterns, &offsets, 61, None).row(0, 6), None);
    }

    #[test]
    fn tables_go_there_and_back() {
        let rows: Vec<Vec<u8>> =
            (0..256u16).map(|i| (0..8).map(|j| ((i >> j) & 1) as u8).collect()).collect();
        let patterns = Patterns::of(8, rows.iter().map(|codes| Some(((0, 0), 1.0, codes.as_slice()))));
        let offsets: Vec<usize> = (0..=8).map(|item| 2 * item).collect();
        let bundles = Bundles::new(&patterns, &offsets, 3, None);
        assert!(bundles.all.len() == 3 && bundles.len == 20, "{bundles:?}");
        let by_category: Vec<f64> = (0..48).map(f64::from).collect();
        let mut table = vec![f64::NAN; bundles.len * 3];
        bundles.fill(&by_category, &offsets, 3, &mut table, |sum, own| *sum += own);
        let sum = |rows: &mut dyn Iterator<Item = usize>, table: &[f64]| {
            rows.map(|row| table[row * 3 + 1]).sum::<f64>()
        };
        for p in 0..patterns.len() {
            let mut alone = (0..8).map(|item| offsets[item] + usize::from(patterns.codes(p)[item]));
            assert_eq!(sum(&mut bundles.of_pattern(p), &table), sum(&mut alone, &by_category));
        }
        let mut back = vec![0.0; 48];
        bundles.spread(&vec![1.0; table.len()], &offsets, 3, &mut back);
        // four of the eight combinations of a bundle of three
        assert_eq!(back[0], 4.0);
    }
}
