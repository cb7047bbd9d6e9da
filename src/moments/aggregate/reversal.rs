//! Items turned around after they were summed.

use super::aggregate::Aggregate;
use super::pattern::PatternSums;

impl Aggregate {
    /// The same with some items turned around: an answer x counts as low + high - x of the keyed range, without a range as -x.
    /// Deviations from the centres change their sign; nothing is rounded.
    #[must_use]
    pub fn reversed(mut self, names: &[&str]) -> Self {
        let turned: Vec<bool> =
            self.plan.items.iter().map(|item| names.contains(&item.name.as_str())).collect();
        for (i, item) in self.plan.items.iter_mut().enumerate().filter(|(i, _)| turned[*i]) {
            // keyed answers run over the same range either way
            let constant = item.range.map_or(0.0, |(low, high)| low + high);
            item.reversed = !item.reversed;
            item.centre = constant - item.centre;
            for own in self.parts.iter_mut().map(|part| &mut part.items[i]) {
                own.powers[0] = -own.powers[0];
                own.powers[2] = -own.powers[2];
                own.frequencies.reverse();
                (own.lowest, own.highest) =
                    (own.highest.map(|x| constant - x), own.lowest.map(|x| constant - x));
            }
        }
        let sign = |i: usize| if turned[i] { -1.0 } else { 1.0 };
        let pairs: Vec<(usize, usize)> = self.plan.pairs().collect();
        let sizes: Vec<usize> = self.plan.items.iter().map(|item| item.codes.len()).collect();
        for part in &mut self.parts {
            for pattern in &mut part.patterns {
                turn_pattern(pattern, sign);
            }
            if let Some(own) = &mut part.pairs {
                let p = turned.len();
                let mut at = 0;
                for i in 0..p {
                    for j in i..p {
                        own.first[at] *= sign(i);
                        own.second[at] *= sign(j);
                        own.product[at] *= sign(i) * sign(j);
                        at += 1;
                    }
                }
            }
            for (&(i, j), table) in pairs.iter().zip(&mut part.tables) {
                let (r, c) = (sizes[i], sizes[j]);
                // a missing answer stays last
                let of = |k: usize, n: usize, turned: bool| if turned && k < n { n - 1 - k } else { k };
                let known = table.clone();
                for a in 0..=r {
                    for b in 0..=c {
                        table[a * (c + 1) + b] = known[of(a, r, turned[i]) * (c + 1) + of(b, c, turned[j])];
                    }
                }
            }
        }
        self
    }
}

fn turn_pattern(pattern: &mut PatternSums, sign: impl Fn(usize) -> f64) {
    let places = pattern.places();
    let mut at = 0;
    for (a, &i) in places.iter().enumerate() {
        pattern.sums[a] *= sign(i);
        for &j in &places[a..] {
            pattern.products[at] *= sign(i) * sign(j);
            at += 1;
        }
    }
}
