//! Which parameters a model has: those of each item by its model, equal across groups or not, and those of the traits.

use super::answers::Answers;
use super::choices::LogitPrior;
use super::curves::Shape;
use super::item_model::{Form, ItemModel};
use super::latent::at;
use super::layout::{ItemPlace, Layout, NormalPrior, Role, Slot};
use super::patterns::MISSING;
use nalgebra::DVector;
use std::collections::HashMap;

/// The traits of a model and the items of each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Traits {
    pub(crate) names: Vec<String>,
    /// Dimensions of each item.
    pub(crate) of_item: Vec<Vec<usize>>,
    /// Values of slopes that are fixed, in the order of `of_item`.
    pub(crate) fixed: Vec<Vec<Option<f64>>>,
    /// Pairs of traits that may correlate.
    pub(crate) correlated: Vec<(usize, usize)>,
    /// Of a bifactor structure the specific trait of each item; the traits are then the general one and a specific one.
    pub(crate) specific: Option<Vec<Option<usize>>>,
    /// The names of the general and all specific traits of such.
    pub(crate) full: Vec<String>,
    /// Traits that depend on covariates: trait and covariate.
    pub(crate) regressions: Vec<(usize, String)>,
}

impl Traits {
    /// One trait behind all items.
    pub(crate) fn one(items: usize) -> Self {
        Self {
            names: vec!["theta".into()],
            of_item: vec![vec![0]; items],
            fixed: vec![vec![None]; items],
            correlated: Vec::new(),
            specific: None,
            full: Vec::new(),
            regressions: Vec::new(),
        }
    }
}

/// What is equal and free.
#[derive(Debug, Clone)]
pub(crate) struct Design<'a> {
    pub(crate) answers: &'a Answers,
    pub(crate) traits: &'a Traits,
    /// Of each item, whether slopes are equal in all groups, and whether all else is.
    pub(crate) equal: Vec<(bool, bool)>,
    pub(crate) free_means: bool,
    pub(crate) free_variances: bool,
    pub(crate) lower_prior: Option<LogitPrior>,
    pub(crate) upper_prior: Option<LogitPrior>,
}

/// Parameters that several items share.
#[derive(Debug, Default)]
struct Shared {
    /// The slope of all one-parameter items, by group.
    slope: HashMap<usize, Slot>,
    /// Cumulative steps of rating scales, by group and number of categories.
    steps: HashMap<(usize, usize), Vec<usize>>,
}

/// A layout under way, with start values.
struct Draft<'d, 'a> {
    design: &'d Design<'a>,
    layout: Layout,
    start: Vec<f64>,
    margins: Vec<Vec<f64>>,
    loadings: Vec<f64>,
    shared: Shared,
}

/// The layout of a design and where the search for its parameters starts.
pub(crate) fn layout(design: &Design<'_>) -> (Layout, DVector<f64>) {
    let answers = design.answers;
    let mut draft = Draft {
        design,
        layout: Layout {
            dimensions: design.traits.names.len(),
            specific: design.traits.specific.clone(),
            ..Layout::default()
        },
        start: Vec::new(),
        margins: margins(answers),
        loadings: loadings(answers),
        shared: Shared::default(),
    };
    for group in 0..answers.groups.len() {
        let places: Vec<ItemPlace> = (0..answers.names.len()).map(|item| draft.item(group, item)).collect();
        draft.layout.items.push(places);
    }
    for group in 0..answers.groups.len() {
        let slots = draft.latent(group);
        draft.layout.latent.push(slots);
    }
    draft.regression();
    (draft.layout, DVector::from_vec(draft.start))
}

impl Draft<'_, '_> {
    fn parameter(&mut self, role: Role, start: f64, prior: Option<LogitPrior>) -> Slot {
        let prior = prior.map(|prior| NormalPrior { mean: prior.mean, sd: prior.sd });
        self.start.push(start);
        Slot::free(self.layout.parameter(role, prior))
    }

    fn item(&mut self, group: usize, item: usize) -> ItemPlace {
        let answers = self.design.answers;
        let model = answers.models[item];
        let shape = Shape { form: model.form(), categories: answers.codes[item].len() };
        let dimensions = self.design.traits.of_item[item].clone();
        let (same_slopes, same_rest) = self.design.equal[item];
        let before = (group > 0).then(|| self.layout.items[0][item].slots.clone());
        let width = dimensions.len();
        let mut slots: Vec<Slot> = match &before {
            Some(first) if same_slopes => first[..width].to_vec(),
            _ => (0..width).map(|at| self.slope(group, item, model, at)).collect(),
        };
        let core: Vec<Slot> = match &before {
            Some(first) if same_rest && (same_slopes || shape.form != Form::Nominal) => {
                first[width..].to_vec()
            }
            _ => self.core(group, item, model, shape),
        };
        slots.extend(core);
        ItemPlace { shape, dimensions, slots }
    }

    fn slope(&mut self, group: usize, item: usize, model: ItemModel, at: usize) -> Slot {
        let sign = if at == 0 { self.loadings[item].signum() } else { 1.0 };
        let start = sign * self.slope_start(item) / (1.0 + at as f64);
        match model {
            _ if self.design.traits.fixed[item][at].is_some() => {
                Slot::fixed(self.design.traits.fixed[item][at].unwrap_or(1.0))
            }
            model if model.frees_variance() => Slot::fixed(1.0),
            ItemModel::OneParameter => match self.shared.slope.get(&group) {
                Some(slot) => slot.clone(),
                None => {
                    let slot = self.parameter(Role::Slope, start.abs(), None);
                    self.shared.slope.insert(group, slot.clone());
                    slot
                }
            },
            _ => self.parameter(Role::Slope, start, None),
        }
    }

    /// A slope from the loading of an item on the first principal component.
    fn slope_start(&self, item: usize) -> f64 {
        let steps = (self.design.answers.codes[item].len() - 1) as f64;
        let loading = self.loadings[item].abs().clamp(0.2, 0.8);
        let slope = 1.7 * loading / (1.0 - loading * loading).sqrt();
        match self.design.answers.models[item].form() {
            Form::Partial | Form::Nominal => slope / steps.sqrt(),
            _ => slope,
        }
    }

    fn core(&mut self, group: usize, item: usize, model: ItemModel, shape: Shape) -> Vec<Slot> {
        let scale = if model.frees_variance() { 1.0 } else { self.slope_start(item) };
        let starts = intercepts(shape, &self.margins[item], scale);
        if model == ItemModel::RatingScale {
            return self.rating_scale(group, shape, &starts);
        }
        let mut slots: Vec<Slot> =
            starts.into_iter().map(|start| self.parameter(Role::Intercept, start, None)).collect();
        match shape.form {
            Form::Logistic { lower, upper } => {
                if lower {
                    let prior = self.design.lower_prior;
                    let start = prior.map_or(-1.7, |prior| prior.mean);
                    slots.push(self.parameter(Role::LowerAsymptote, start, prior));
                }
                if upper {
                    let prior = self.design.upper_prior;
                    let start = prior.map_or(2.5, |prior| prior.mean);
                    slots.push(self.parameter(Role::UpperAsymptote, start, prior));
                }
            }
            Form::Nominal => {
                let middle = 1..shape.categories - 1;
                slots.extend(middle.map(|k| self.parameter(Role::Score, k as f64, None)));
            }
            _ => {}
        }
        slots
    }

    /// d_k = k c - B_k, with B of all items and c of each; 0 of the first.
    fn rating_scale(&mut self, group: usize, shape: Shape, starts: &[f64]) -> Vec<Slot> {
        let key = (group, shape.categories);
        if let Some(steps) = self.shared.steps.get(&key).cloned() {
            let own = self.parameter(Role::Location, 0.0, None);
            let location = own.free[0].0;
            let slot = |(k, step): (usize, usize)| Slot {
                constant: 0.0,
                free: vec![(step, -1.0), (location, (k + 1) as f64)],
            };
            return steps.into_iter().enumerate().map(slot).collect();
        }
        let steps: Vec<usize> =
            starts.iter().map(|start| self.parameter(Role::Intercept, -start, None).free[0].0).collect();
        let slots = steps.iter().map(|step| Slot { constant: 0.0, free: vec![(*step, -1.0)] }).collect();
        self.shared.steps.insert(key, steps);
        slots
    }

    /// A coefficient for each trait and covariate; 0 where a trait does not depend on it.
    fn regression(&mut self) {
        let traits = self.design.traits;
        for d in 0..self.layout.dimensions {
            for name in &self.design.answers.covariates.names {
                let depends =
                    traits.regressions.iter().any(|(own, covariate)| *own == d && covariate == name);
                let slot =
                    if depends { self.parameter(Role::Coefficient, 0.0, None) } else { Slot::fixed(0.0) };
                self.layout.regression.push(slot);
            }
        }
    }

    fn latent(&mut self, group: usize) -> Vec<Slot> {
        let dimensions = self.layout.dimensions;
        let size = dimensions + dimensions * (dimensions + 1) / 2;
        let mut slots = vec![Slot::fixed(0.0); size];
        let scaled = |d: usize| {
            let of = &self.design.traits.of_item;
            let models = &self.design.answers.models;
            (0..models.len()).any(|item| of[item].contains(&d) && models[item].frees_variance())
        };
        let by_slopes: Vec<bool> = (0..dimensions).map(scaled).collect();
        for d in 0..dimensions {
            if group > 0 && self.design.free_means {
                slots[d] = self.parameter(Role::Mean, 0.0, None);
            }
            let free = by_slopes[d] || (group > 0 && self.design.free_variances);
            slots[dimensions + at(d, d)] =
                if free { self.parameter(Role::Variance, 1.0, None) } else { Slot::fixed(1.0) };
        }
        for (first, second) in self.design.traits.correlated.clone() {
            slots[dimensions + at(first, second)] = self.parameter(Role::Covariance, 0.3, None);
        }
        slots
    }
}

/// Intercepts at which the categories have these shares, given a slope.
fn intercepts(shape: Shape, shares: &[f64], slope: f64) -> Vec<f64> {
    let stretch = (1.0 + 0.346 * slope * slope).sqrt();
    let steps = shape.categories - 1;
    match shape.form {
        Form::Logistic { lower, .. } => {
            let floor = if lower { 0.15 } else { 0.0 };
            let p = ((shares[1] - floor) / (1.0 - floor)).clamp(0.02, 0.98);
            vec![stretch * (p / (1.0 - p)).ln()]
        }
        Form::Graded => {
            let above = |k: usize| shares[k..].iter().sum::<f64>();
            (1..=steps).map(|k| stretch * (above(k) / (1.0 - above(k))).ln()).collect()
        }
        Form::Partial | Form::Nominal => (1..=steps).map(|k| (shares[k] / shares[0]).ln()).collect(),
    }
}

/// Shares of the categories of each item, in all groups together.
pub(crate) fn margins(answers: &Answers) -> Vec<Vec<f64>> {
    let mut counts: Vec<Vec<f64>> = answers.codes.iter().map(|codes| vec![0.5; codes.len()]).collect();
    let patterns = &answers.patterns;
    for p in 0..patterns.len() {
        for (item, code) in patterns.codes(p).iter().enumerate() {
            if *code != MISSING {
                counts[item][usize::from(*code)] += patterns.weights[p];
            }
        }
    }
    for own in &mut counts {
        let sum: f64 = own.iter().sum();
        own.iter_mut().for_each(|count| *count /= sum);
    }
    counts
}

/// Loadings of the items on the first principal component of their (pairwise) correlations, by the power method.
fn loadings(answers: &Answers) -> Vec<f64> {
    let (items, patterns) = (answers.names.len(), &answers.patterns);
    let margins = margins(answers);
    let moments: Vec<(f64, f64)> = margins
        .iter()
        .map(|shares| {
            let mean: f64 = shares.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
            let square: f64 = shares.iter().enumerate().map(|(k, p)| (k as f64 - mean).powi(2) * p).sum();
            (mean, 1.0 / square.sqrt())
        })
        .collect();
    let mut vector = vec![1.0 / (items as f64).sqrt(); items];
    let mut size = 1.0;
    let total: f64 = patterns.weights.iter().sum();
    for _ in 0..8 {
        let mut next = vec![0.0; items];
        let mut z = vec![0.0; items];
        for p in 0..patterns.len() {
            let mut score = 0.0;
            for (item, code) in patterns.codes(p).iter().enumerate() {
                z[item] = if *code == MISSING {
                    0.0
                } else {
                    (f64::from(*code) - moments[item].0) * moments[item].1
                };
                score += z[item] * vector[item];
            }
            let score = score * patterns.weights[p] / total;
            next.iter_mut().zip(&z).for_each(|(next, z)| *next += z * score);
        }
        size = next.iter().map(|x| x * x).sum::<f64>().sqrt().max(1e-12);
        vector = next.into_iter().map(|x| x / size).collect();
    }
    let sign = if vector.iter().sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    vector.into_iter().map(|x| sign * x * size.sqrt()).collect()
}
