//! Where each parameter of an item or a distribution comes from: a constant plus multiples of free parameters.

use super::curves::Shape;
use nalgebra::{DMatrix, DVector};

/// One local parameter: constant + sum of coefficient x free parameter.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Slot {
    pub(crate) constant: f64,
    pub(crate) free: Vec<(usize, f64)>,
}

impl Slot {
    pub(crate) fn fixed(constant: f64) -> Self {
        Self { constant, free: Vec::new() }
    }

    pub(crate) fn free(index: usize) -> Self {
        Self { constant: 0.0, free: vec![(index, 1.0)] }
    }

    pub(crate) fn value(&self, x: &DVector<f64>) -> f64 {
        self.free.iter().fold(self.constant, |sum, (index, coefficient)| sum + coefficient * x[*index])
    }
}

/// An item of a group: the dimensions it depends on, and a slot for each slope and each of its core.
#[derive(Debug, Clone)]
pub(crate) struct ItemPlace {
    pub(crate) shape: Shape,
    pub(crate) dimensions: Vec<usize>,
    pub(crate) slots: Vec<Slot>,
}

/// What a free parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Slope,
    Intercept,
    /// A location that items of a rating scale have.
    Location,
    LowerAsymptote,
    UpperAsymptote,
    Score,
    Mean,
    Coefficient,
    Variance,
    Covariance,
}

/// A normal prior on a free parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NormalPrior {
    pub(crate) mean: f64,
    pub(crate) sd: f64,
}

/// All parameters of a model.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// How many traits.
    pub(crate) dimensions: usize,
    /// Of a bifactor structure the specific trait of each item.
    pub(crate) specific: Option<Vec<Option<usize>>>,
    /// By group, then item.
    pub(crate) items: Vec<Vec<ItemPlace>>,
    /// By group: means, then the lower triangle of the covariance matrix.
    pub(crate) latent: Vec<Vec<Slot>>,
    /// Coefficients of covariates, trait by trait.
    pub(crate) regression: Vec<Slot>,
    pub(crate) roles: Vec<Role>,
    pub(crate) priors: Vec<Option<NormalPrior>>,
}

impl Layout {
    /// A new free parameter.
    pub(crate) fn parameter(&mut self, role: Role, prior: Option<NormalPrior>) -> usize {
        self.roles.push(role);
        self.priors.push(prior);
        self.roles.len() - 1
    }

    /// How many free parameters.
    pub(crate) fn len(&self) -> usize {
        self.roles.len()
    }

    pub(crate) fn groups(&self) -> usize {
        self.items.len()
    }

    /// First row of each item among all categories of all items, and at the end how many there are.
    pub(crate) fn offsets(&self) -> Vec<usize> {
        let mut offsets = vec![0];
        for item in &self.items[0] {
            offsets.push(offsets[offsets.len() - 1] + item.shape.categories);
        }
        offsets
    }

    /// What the distribution of a group consists of: means, covariances, coefficients.
    pub(crate) fn population(&self, group: usize) -> Vec<Slot> {
        self.latent[group].iter().chain(&self.regression).cloned().collect()
    }

    /// Local values of slots.
    pub(crate) fn values(slots: &[Slot], x: &DVector<f64>) -> Vec<f64> {
        slots.iter().map(|slot| slot.value(x)).collect()
    }

    /// Adds a local gradient and information to those of the free parameters.
    pub(crate) fn scatter(
        slots: &[Slot],
        local: &[f64],
        information: Option<&DMatrix<f64>>,
        gradient: &mut DVector<f64>,
        all: &mut DMatrix<f64>,
    ) {
        for (i, slot) in slots.iter().enumerate() {
            for (index, coefficient) in &slot.free {
                gradient[*index] += coefficient * local[i];
                if let Some(information) = information {
                    for (j, other) in slots.iter().enumerate() {
                        for (second, factor) in &other.free {
                            all[(*index, *second)] += coefficient * factor * information[(i, j)];
                        }
                    }
                }
            }
        }
    }

    /// Free parameters that occur together in an item or a distribution, as sets that do not touch.
    pub(crate) fn blocks(&self) -> Vec<Vec<usize>> {
        let mut root: Vec<usize> = (0..self.len()).collect();
        fn find(root: &mut [usize], mut at: usize) -> usize {
            while root[at] != at {
                root[at] = root[root[at]];
                at = root[at];
            }
            at
        }
        let populations = (0..self.latent.len()).map(|group| self.population(group));
        let all = self.items.iter().flatten().map(|item| item.slots.clone()).chain(populations);
        for slots in all {
            let mut members = slots.iter().flat_map(|slot| slot.free.iter().map(|(index, _)| *index));
            if let Some(first) = members.next() {
                for other in members {
                    let (a, b) = (find(&mut root, first), find(&mut root, other));
                    root[a.max(b)] = a.min(b);
                }
            }
        }
        let mut blocks: Vec<Vec<usize>> = vec![Vec::new(); self.len()];
        for at in 0..self.len() {
            let own = find(&mut root, at);
            blocks[own].push(at);
        }
        blocks.retain(|block| !block.is_empty());
        blocks
    }
}
