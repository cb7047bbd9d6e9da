//! Expectations of products of items of a bifactor structure.
//!
//! Given the general trait the specific ones are independent, so that the expectation of a product of functions of items is that
//! over the general trait of a product over the specific ones, each of which takes the pairs of nodes of both at most.

use super::item_expectations::{Conditional, Moment};

/// What a bifactor structure adds to expectations at the pairs of nodes.
pub(super) struct Given {
    specific: Vec<Option<usize>>,
    /// Expectations given the general trait alone.
    pub(super) general: Box<Conditional>,
    /// Weights of the nodes of a specific trait.
    own: Vec<f64>,
}

/// A function of the answer to an item.
#[derive(Clone, Copy)]
enum Factor {
    /// Whether it is a category.
    Is(usize),
    /// The score where it is a category, 0 elsewhere.
    ScoreIf(usize),
    Score,
    Square,
}

impl Given {
    /// From weights and probabilities at the pairs, nodes of the general trait fastest.
    pub(super) fn new(weights: &[f64], p: &[Vec<Vec<f64>>], specific: &[Option<usize>]) -> Self {
        let count = (weights.len() as f64).sqrt().round() as usize;
        let general: Vec<f64> = (0..count).map(|g| weights.iter().skip(g).step_by(count).sum()).collect();
        let own: Vec<f64> = weights.chunks(count).map(|row| row.iter().sum()).collect();
        let margin = |p: &Vec<f64>| {
            (0..count).map(|g| p.iter().skip(g).step_by(count).zip(&own).map(|(p, w)| p * w).sum()).collect()
        };
        let p = p.iter().map(|item| item.iter().map(margin).collect()).collect();
        Self { specific: specific.to_vec(), general: Box::new(Conditional::from(general, p)), own }
    }

    /// Whether two items have a specific trait in common.
    pub(super) fn together(&self, i: usize, j: usize) -> bool {
        i == j || (self.specific[i].is_some() && self.specific[i] == self.specific[j])
    }

    /// The expectation of a moment given a node of the general trait.
    pub(super) fn of(&self, pairs: &Conditional, moment: Moment, g: usize) -> f64 {
        match moment {
            Moment::Product(i, j) if self.together(i, j) => {
                let count = self.general.weights.len();
                let own = self.own.iter().enumerate();
                own.map(|(s, weight)| weight * pairs.at(moment, s * count + g)).sum()
            }
            _ => self.general.at(moment, g),
        }
    }

    /// E(product of two moments) where items of both have a specific trait in common; none where none have.
    pub(super) fn product(&self, pairs: &Conditional, first: Moment, second: Moment) -> Option<f64> {
        if !items(first).any(|i| items(second).any(|j| self.together(i, j))) {
            return None;
        }
        let Some(mut factors) = factors(first, second) else { return Some(0.0) };
        factors.sort_by_key(|(item, _)| (self.specific[*item], *item));
        let mut all = self.general.weights.clone();
        for own in factors.chunk_by(|a, b| self.together(a.0, b.0)) {
            match own {
                [(item, factor)] => {
                    let of = |g: usize| self.general.factor(*item, *factor, g);
                    all.iter_mut().enumerate().for_each(|(g, x)| *x *= of(g));
                }
                own => self.times(pairs, own, &mut all),
            }
        }
        Some(all.iter().sum())
    }

    /// Multiplies by the expectation of a product of functions of items of one specific trait, given the general one.
    fn times(&self, pairs: &Conditional, factors: &[(usize, Factor)], all: &mut [f64]) {
        let count = all.len();
        let mut sums = vec![0.0; count];
        for (s, weight) in self.own.iter().enumerate() {
            for (g, sum) in sums.iter_mut().enumerate() {
                let of = |(item, factor): &(usize, Factor)| pairs.factor(*item, *factor, s * count + g);
                *sum += weight * factors.iter().map(of).product::<f64>();
            }
        }
        all.iter_mut().zip(&sums).for_each(|(x, sum)| *x *= sum);
    }
}

impl Conditional {
    fn factor(&self, item: usize, factor: Factor, q: usize) -> f64 {
        match factor {
            Factor::Is(k) => self.p[item][k][q],
            Factor::ScoreIf(k) => k as f64 * self.p[item][k][q],
            Factor::Score => self.mean[item][q],
            Factor::Square => self.square[item][q],
        }
    }
}

fn items(moment: Moment) -> impl Iterator<Item = usize> {
    let (first, second) = match moment {
        Moment::Share(i, _) => (i, None),
        Moment::Product(i, j) => (i, Some(j)),
    };
    std::iter::once(first).chain(second)
}

/// A product of two moments as one of functions of different items; none where it is 0.
fn factors(first: Moment, second: Moment) -> Option<Vec<(usize, Factor)>> {
    use Moment::{Product, Share};
    Some(match (first, second) {
        (Share(i, k), Share(j, l)) if i == j => {
            return (k == l).then(|| vec![(i, Factor::Is(k))]);
        }
        (Share(i, k), Share(j, l)) => vec![(i, Factor::Is(k)), (j, Factor::Is(l))],
        (Share(i, k), Product(a, b)) | (Product(a, b), Share(i, k)) => match () {
            () if i == a => vec![(i, Factor::ScoreIf(k)), (b, Factor::Score)],
            () if i == b => vec![(i, Factor::ScoreIf(k)), (a, Factor::Score)],
            () => vec![(i, Factor::Is(k)), (a, Factor::Score), (b, Factor::Score)],
        },
        (Product(a, b), Product(c, d)) => {
            let mut all: Vec<(usize, Factor)> = Vec::with_capacity(4);
            for item in [a, b, c, d] {
                match all.iter_mut().find(|(own, _)| *own == item) {
                    Some((_, factor)) => *factor = Factor::Square,
                    None => all.push((item, Factor::Score)),
                }
            }
            all
        }
    })
}
