//! The model of a step: every parameter of every group, free, fixed, or one with that of the other groups, and what gives
//! factors and variables behind ordinal items their units and origins.
//!
//! The configural model gives each group units and origins of its own. What a step holds equal carries them from the first
//! group to the others, whose own become parameters (Wu & Estabrook 2016; Millsap & Yun-Tein 2004):
//!
//! ```text
//! equal                          becomes free in the groups from the second on
//! two thresholds of an item      its intercept, and its scaling factor (delta) or residual variance (theta)
//! a loading of a factor          the factor's variance, where that was its unit
//! an intercept of a factor       the factor's mean
//! ```
//!
//! An item of three categories has two thresholds, and what becomes free takes what is equal away: its thresholds by
//! themselves cannot be tested. One of two categories has one: with it equal, and loading and intercept too, its scaling factor
//! is free; before that step nothing of it can be held equal. Equal residual variances in delta are those of the theta
//! parameterisation, in which each is a parameter: the same model.

use super::level::Held;
use crate::error::{Error, Result, nearest};
use crate::model::{
    Constraint, Formula, Kind, Model, Modifiers, Operator, Parameter, ParameterTable, Parameterization,
};
use std::collections::HashMap;

/// What a step's model is made from: the configural model by group.
pub(super) struct Identification<'a> {
    tables: &'a [ParameterTable],
    held: Held,
    /// Parameters that are free in each group all the same, as `x3~1`.
    released: &'a [String],
}

/// An ordinal item at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OrdinalItem {
    has_equal_thresholds: bool,
    frees_intercept: bool,
    frees_unit: bool,
}

/// A parameter as it is named in a list of those that are released.
pub(super) fn name_of(row: &Parameter) -> String {
    let rhs = if row.op == Operator::Intercept { "" } else { &row.rhs };
    format!("{}{}{rhs}", row.lhs, row.op.symbol())
}

/// Whether a text names a row: covariances in either order.
fn names(text: &str, row: &Parameter) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    text == name_of(row) || row.op == Operator::Covariance && text == format!("{}~~{}", row.rhs, row.lhs)
}

impl<'a> Identification<'a> {
    pub(super) fn new(tables: &'a [ParameterTable], held: Held, released: &'a [String]) -> Self {
        Self { tables, held, released }
    }

    /// Refuses names of no parameter.
    pub(super) fn check_names(&self) -> Result<()> {
        let first = &self.tables[0];
        for text in self.released {
            if !first.rows.iter().any(|row| names(text, row)) {
                let known: Vec<String> = first.rows.iter().map(name_of).collect();
                return Err(Error::UnknownParameter {
                    given: text.clone(),
                    nearest: nearest(text, known.iter().map(String::as_str)),
                });
            }
            let is_marker =
                |row: &&Parameter| row.op == Operator::Loading && matches!(row.kind, Kind::Fixed(_));
            if first.rows.iter().filter(is_marker).any(|row| names(text, row)) {
                return Err(Error::Unsupported {
                    what: format!(
                        "'{text}' free in each group: it is the marker, which gives its factor a unit"
                    ),
                    instead: "Give factors a variance of 1 instead (--std-lv), or put another item first."
                        .into(),
                });
            }
        }
        Ok(())
    }

    fn is_released(&self, row: &Parameter) -> bool {
        self.released.iter().any(|text| names(text, row))
    }

    fn first(&self) -> &ParameterTable {
        &self.tables[0]
    }

    fn is_latent(&self, name: &str) -> bool {
        let table = self.first();
        table.eta[..table.n_latent].iter().any(|own| own == name)
    }

    /// How many thresholds a variable has; 0 where it is not ordinal.
    fn thresholds(&self, name: &str) -> usize {
        let table = self.first();
        table.observed.iter().position(|own| own == name).map_or(0, |i| table.thresholds[i])
    }

    /// Loadings on a variable.
    fn loadings_on<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b Parameter> {
        self.first().rows.iter().filter(move |row| row.op == Operator::Loading && row.rhs == name)
    }

    /// Whether nothing of an ordinal item can be held equal before its intercept is.
    fn waits(&self, name: &str) -> bool {
        self.thresholds(name) == 1 && !self.held.intercepts
    }

    fn has_equal_loading(&self, row: &Parameter) -> bool {
        self.held.loadings && !self.is_released(row) && !self.waits(&row.rhs)
    }

    /// Whether a variable's intercept is that of the first group.
    fn has_equal_intercept(&self, name: &str) -> bool {
        let own = |row: &&Parameter| row.op == Operator::Intercept && row.lhs == name;
        self.held.intercepts && self.first().rows.iter().find(own).is_some_and(|row| !self.is_released(row))
    }

    fn item(&self, name: &str) -> OrdinalItem {
        let own = |row: &&Parameter| row.op == Operator::Threshold && row.lhs == name;
        let thresholds = self.first().rows.iter().filter(own);
        let equal = match self.held.thresholds && !self.waits(name) {
            true => thresholds.filter(|row| !self.is_released(row)).count(),
            false => 0,
        };
        let has_unit = self.loadings_on(name).any(|row| self.has_equal_loading(row));
        OrdinalItem {
            has_equal_thresholds: equal > 0,
            // without an equal threshold, thresholds say all there is
            frees_intercept: equal > 0 && !self.has_equal_intercept(name),
            frees_unit: equal > 1 || has_unit,
        }
    }

    /// Whether a parameter of the later groups is that of the first.
    fn is_one(&self, row: &Parameter) -> bool {
        if self.is_released(row) {
            return false;
        }
        match row.op {
            Operator::Loading => self.has_equal_loading(row),
            Operator::Threshold => self.item(&row.lhs).has_equal_thresholds,
            Operator::Intercept if self.is_latent(&row.lhs) => self.held.means,
            Operator::Intercept => self.held.intercepts && self.thresholds(&row.lhs) == 0,
            Operator::Covariance => {
                let is_latent = self.is_latent(&row.lhs) || self.is_latent(&row.rhs);
                match (is_latent, row.lhs == row.rhs) {
                    (true, true) => self.held.variances,
                    (true, false) => self.held.covariances,
                    (false, true) => self.held.residuals && self.thresholds(&row.lhs) == 0,
                    (false, false) => false,
                }
            }
            Operator::Regression | Operator::Scale | Operator::Definition => false,
        }
    }

    /// What is free in the groups from the second on though it is fixed in the first: what the step identifies.
    fn is_freed(&self, row: &Parameter) -> bool {
        let name = row.lhs.as_str();
        match row.op {
            Operator::Intercept if self.is_latent(name) => !self.held.means && self.has_origin(name),
            Operator::Intercept if self.thresholds(name) > 0 => self.item(name).frees_intercept,
            Operator::Covariance if row.lhs != row.rhs => false,
            Operator::Covariance if self.is_latent(name) => !self.held.variances && self.has_unit(name),
            Operator::Covariance | Operator::Scale if self.thresholds(name) > 0 => {
                self.item(name).frees_unit && (!self.held.residuals || self.is_released(row))
            }
            _ => false,
        }
    }

    fn loadings_of<'b>(&'b self, factor: &'b str) -> impl Iterator<Item = &'b Parameter> {
        self.first().rows.iter().filter(move |row| row.op == Operator::Loading && row.lhs == factor)
    }

    /// Whether a factor whose variance was its unit has it from the first group.
    fn has_unit(&self, factor: &str) -> bool {
        let is_marker = |row: &Parameter| matches!(row.kind, Kind::Fixed(value) if value != 0.0);
        !self.loadings_of(factor).any(is_marker)
            && self.loadings_of(factor).any(|row| self.has_equal_loading(row))
    }

    /// Whether a factor has its origin from the first group: an item with the same intercept.
    fn has_origin(&self, factor: &str) -> bool {
        self.loadings_of(factor).any(|row| {
            let is_ordinal = self.thresholds(&row.rhs) > 0;
            !self.is_latent(&row.rhs)
                && self.has_equal_intercept(&row.rhs)
                && (!is_ordinal || self.item(&row.rhs).has_equal_thresholds)
        })
    }

    /// The model, with every parameter of every group: what is the same in all of them written once.
    pub(super) fn model(&self) -> Result<Model> {
        let each = self.formulas().into_iter().map(|mut formula| {
            let first = &formula.by_group[0];
            if formula.by_group.iter().all(|own| own == first) {
                formula.modifiers = formula.by_group.remove(0);
                formula.by_group.clear();
                // what is named is free
                if formula.modifiers.constraint == Constraint::Free {
                    formula.modifiers.constraint = Constraint::None;
                }
            }
            formula
        });
        Model::from_formulas(each)
    }

    /// The parameters, each with what is said of it in every group.
    pub(super) fn formulas(&self) -> Vec<Formula> {
        let mut labels = Labels::default();
        let mut formulas = Vec::with_capacity(self.first().rows.len());
        for (index, row) in self.first().rows.iter().enumerate() {
            if matches!(row.kind, Kind::Sample | Kind::Determined) {
                continue;
            }
            let rhs = if row.op == Operator::Intercept { "" } else { &row.rhs };
            let mut formula = Formula::new(&row.lhs, row.op, rhs);
            let is_freed = self.is_freed(row);
            let label = self.is_one(row).then(|| labels.of(row));
            formula.by_group = self
                .tables
                .iter()
                .map(|table| self.modifiers(&table.rows[index], table.group > 0 && is_freed, label.as_ref()))
                .collect();
            formulas.push(formula);
        }
        formulas
    }

    fn modifiers(&self, row: &Parameter, is_freed: bool, label: Option<&String>) -> Modifiers {
        let (lower, upper) = row.bounds;
        let (constraint, start) = match row.kind {
            Kind::Free(_, start) => (Constraint::Free, start),
            _ if is_freed => (Constraint::Free, None),
            Kind::Fixed(value) => (Constraint::Fixed(value), None),
            Kind::Sample | Kind::Determined => (Constraint::None, None),
        };
        Modifiers {
            label: label.filter(|_| constraint == Constraint::Free).cloned(),
            constraint,
            start,
            lower: lower.is_finite().then_some(lower),
            upper: upper.is_finite().then_some(upper),
        }
    }

    /// The parameterisation that the step's model is written in.
    pub(super) fn parameterization(held: Held, asked: Parameterization) -> Parameterization {
        if held.residuals { Parameterization::Theta } else { asked }
    }

    /// What is equal at this step and could be released: rows of the first group, without markers and what says nothing by
    /// itself.
    pub(super) fn candidates(&self, which: Operator) -> Vec<&'a Parameter> {
        let is_tested = |row: &Parameter| match row.op {
            Operator::Loading => self.has_equal_loading(row) && !matches!(row.kind, Kind::Fixed(_)),
            Operator::Threshold => self.item(&row.lhs).has_equal_thresholds,
            Operator::Intercept => {
                let name = row.lhs.as_str();
                let is_item = self.loadings_on(name).next().is_some() && !self.is_latent(name);
                let there = self.thresholds(name) == 0 || self.item(name).has_equal_thresholds;
                is_item && there && self.has_equal_intercept(name)
            }
            _ => false,
        };
        let own = self.tables[0].rows.iter().filter(|row| row.op == which && !self.is_released(row));
        own.filter(|row| is_tested(row)).collect()
    }
}

/// Rows of the configural model by their sides.
pub(super) type Sides = (String, Operator, String);

/// What is tested of a step, by sides.
pub(super) fn sides_of(identification: &Identification<'_>, operator: Operator) -> Vec<Sides> {
    identification.candidates(operator).into_iter().map(|r| (r.lhs.clone(), r.op, r.rhs.clone())).collect()
}

/// Labels of parameters that are one, each once.
#[derive(Default)]
struct Labels(HashMap<String, usize>);

impl Labels {
    /// A name that reads as the parameter does.
    fn of(&mut self, row: &Parameter) -> String {
        let plain = |name: &str| -> String {
            name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect()
        };
        let (lhs, rhs) = (plain(&row.lhs), plain(&row.rhs));
        let own = match row.op {
            Operator::Loading => format!("l_{lhs}_{rhs}"),
            Operator::Threshold => format!("t_{lhs}_{rhs}"),
            Operator::Intercept => format!("i_{lhs}"),
            _ if row.lhs == row.rhs => format!("v_{lhs}"),
            _ => format!("c_{lhs}_{rhs}"),
        };
        let count = self.0.entry(own.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { own } else { format!("{own}__{count}") }
    }
}
