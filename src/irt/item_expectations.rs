//! Items given each node of the traits: probabilities of their categories, expected scores and squares.

/// Expectations of the items of a group given each node: P(k), the score and its square.
pub(super) struct Conditional {
    /// Weights of the nodes.
    pub(super) weights: Vec<f64>,
    /// By item and category.
    pub(super) p: Vec<Vec<Vec<f64>>>,
    pub(super) mean: Vec<Vec<f64>>,
    pub(super) square: Vec<Vec<f64>>,
}

/// One moment.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    /// Share of a category of an item.
    Share(usize, usize),
    /// Mean product of the scores of two items.
    Product(usize, usize),
}

pub(super) fn moments(categories: &[usize]) -> Vec<Moment> {
    let items = categories.len();
    let shares = (0..items).flat_map(|i| (1..categories[i]).map(move |k| Moment::Share(i, k)));
    let products = (0..items).flat_map(|i| (0..i).map(move |j| Moment::Product(j, i)));
    shares.chain(products).collect()
}

impl Conditional {
    pub(super) fn from(weights: Vec<f64>, p: Vec<Vec<Vec<f64>>>) -> Self {
        let power = |own: &Vec<Vec<f64>>, power: i32| -> Vec<f64> {
            (0..weights.len())
                .map(|q| own.iter().enumerate().map(|(k, p)| (k as f64).powi(power) * p[q]).sum())
                .collect()
        };
        let mean = p.iter().map(|own| power(own, 1)).collect();
        let square = p.iter().map(|own| power(own, 2)).collect();
        Self { weights, p, mean, square }
    }

    pub(super) fn at(&self, moment: Moment, q: usize) -> f64 {
        match moment {
            Moment::Share(i, k) => self.p[i][k][q],
            Moment::Product(i, j) => self.mean[i][q] * self.mean[j][q],
        }
    }

    /// The mean of a moment over the nodes.
    pub(super) fn mean_of(&self, moment: Moment) -> f64 {
        (0..self.weights.len()).map(|q| self.weights[q] * self.at(moment, q)).sum()
    }
}
