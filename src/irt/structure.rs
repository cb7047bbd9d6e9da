//! Which items measure which traits, from a model in lavaan's syntax.

use super::parameters::Traits;
use crate::error::{Error, Result, nearest};
use crate::model::{Constraint, Model, Operator};

impl Traits {
    /// The traits of a model and its items.
    ///
    /// Every pair of traits correlates unless the text fixes it at 0. Where one trait is behind all items and each item has
    /// at most one other, the structure is bifactor: traits do not correlate.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what an item response model does not have: regressions among traits, labels, traits of
    /// traits, intercepts, thresholds, residual covariances.
    pub(crate) fn of_model(model: &Model) -> Result<(Self, Vec<String>)> {
        let names = model.latent_names();
        let mut items: Vec<String> = Vec::new();
        let mut of_item: Vec<Vec<usize>> = Vec::new();
        let mut fixed: Vec<Vec<Option<f64>>> = Vec::new();
        let mut apart: Vec<(usize, usize)> = Vec::new();
        let mut regressions: Vec<(usize, String)> = Vec::new();
        let trait_of = |name: &str| names.iter().position(|own| own == name);
        for formula in &model.formulas {
            let unsupported = |instead: &str| Error::Unsupported {
                what: format!("'{} {} {}' in an item response model", formula.lhs, formula.op, formula.rhs),
                instead: instead.into(),
            };
            let modifiers = formula.modifiers_in(0);
            if modifiers.label.is_some() {
                return Err(unsupported("Leave out the label."));
            }
            let value = match modifiers.constraint {
                Constraint::Fixed(value) => Some(value),
                _ => None,
            };
            match (formula.op, trait_of(&formula.lhs), trait_of(&formula.rhs)) {
                (Operator::Loading, Some(own), None) => {
                    let at = items.iter().position(|item| *item == formula.rhs).unwrap_or_else(|| {
                        items.push(formula.rhs.clone());
                        of_item.push(Vec::new());
                        fixed.push(Vec::new());
                        items.len() - 1
                    });
                    of_item[at].push(own);
                    fixed[at].push(value);
                }
                (Operator::Regression, Some(own), None) if value.is_none() => {
                    regressions.push((own, formula.rhs.clone()));
                }
                (Operator::Covariance, Some(first), Some(second)) if first != second => {
                    match value {
                        Some(0.0) => apart.push((first.max(second), first.min(second))),
                        Some(_) => {
                            return Err(unsupported("Fix a correlation of traits at 0, or leave it free."));
                        }
                        None => {}
                    };
                }
                (Operator::Covariance, Some(first), Some(second)) if first == second => {
                    if value.is_some_and(|value| value != 1.0) {
                        return Err(unsupported("The variance of a trait is 1."));
                    }
                }
                _ => {
                    return Err(unsupported(
                        "Write which items measure which traits: trait =~ item1 + item2.",
                    ));
                }
            }
        }
        if !model.relations.is_empty() {
            return Err(Error::Unsupported {
                what: "a constraint in an item response model".into(),
                instead: "Leave out the constraints.".into(),
            });
        }
        let pairs = (0..names.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let mut traits = Self {
            correlated: pairs.filter(|pair| !apart.contains(pair)).collect(),
            names,
            of_item,
            fixed,
            specific: None,
            full: Vec::new(),
            regressions,
        };
        traits.reduce();
        traits.check_regressions(&items)?;
        Ok((traits, items))
    }

    /// What a trait cannot be regressed on, and which traits cannot be regressed.
    fn check_regressions(&self, items: &[String]) -> Result<()> {
        if let Some((_, name)) = self.regressions.iter().find(|(_, name)| items.contains(name)) {
            return Err(Error::Unsupported {
                what: format!("a trait that depends on its item '{name}'"),
                instead: "Regress traits on variables that are no items of the model.".into(),
            });
        }
        if self.specific.is_some() && !self.regressions.is_empty() {
            return Err(Error::Unsupported {
                what: "a bifactor structure whose traits depend on covariates".into(),
                instead: "Leave out the covariates, or the specific traits.".into(),
            });
        }
        Ok(())
    }

    /// Takes a bifactor structure as a general and a specific dimension.
    fn reduce(&mut self) {
        if self.names.len() < 3 && !(self.names.len() == 2 && self.of_item.iter().any(|of| of.len() == 2)) {
            return;
        }
        let everywhere = |d: &usize| self.of_item.iter().all(|of| of.contains(d));
        let Some(general) = (0..self.names.len()).find(everywhere) else { return };
        if self.of_item.iter().any(|of| of.len() > 2) {
            return;
        }
        let mut order: Vec<usize> = vec![general];
        order.extend((0..self.names.len()).filter(|d| *d != general));
        let place = |d: usize| order.iter().position(|own| *own == d).unwrap_or(0);
        let specific: Vec<Option<usize>> =
            self.of_item.iter().map(|of| of.iter().find(|d| **d != general).map(|d| place(*d) - 1)).collect();
        for (of, fixed) in self.of_item.iter_mut().zip(&mut self.fixed) {
            if of.len() == 2 && of[0] != general {
                fixed.swap(0, 1);
            }
            *of = (0..of.len()).collect();
        }
        self.full = order.iter().map(|d| self.names[*d].clone()).collect();
        self.names = vec![self.full[0].clone(), "specific".into()];
        self.specific = Some(specific);
        self.correlated.clear();
    }

    /// All traits as they are told.
    pub(crate) fn told(&self) -> &[String] {
        if self.specific.is_some() { &self.full } else { &self.names }
    }

    /// The traits (of those told) of an item, in the order of its slopes.
    pub(crate) fn told_of(&self, item: usize) -> Vec<usize> {
        match &self.specific {
            None => self.of_item[item].clone(),
            Some(specific) => std::iter::once(0).chain(specific[item].map(|s| s + 1)).collect(),
        }
    }
}

/// An item of a structure that the data do not have is told with the nearest name there is.
pub(crate) fn check_items(items: &[String], columns: &[String], source: &str) -> Result<()> {
    match items.iter().find(|item| !columns.contains(item)) {
        None => Ok(()),
        Some(unknown) => Err(Error::UnknownColumn {
            column: unknown.clone(),
            source_name: source.into(),
            nearest: nearest(unknown, columns.iter().map(String::as_str)),
            available: columns.to_vec(),
        }),
    }
}
