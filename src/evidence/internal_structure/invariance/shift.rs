//! Populations of groups that differ in a stated way: in the mean and variance of their factors, and in a parameter of some
//! items of the last group.

use crate::error::{Error, Result, chosen, nearest};
use crate::estimate::Fit;
use crate::model::{Constraint, Formula, Model, Operator};
use crate::simulate::{Grouped, Population};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which parameter of an item is shifted.
///
/// ```
/// use psychometrics::evidence::internal_structure::{ShiftedParameter, ShiftedPopulation};
///
/// let model = "f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse()?;
/// // a threshold of an item that has none
/// assert!(ShiftedPopulation::of(&model)?.shift(ShiftedParameter::Threshold, 0.5, ["x3"]).is_err());
/// assert_eq!("loading".parse(), Ok(ShiftedParameter::Loading));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ShiftedParameter {
    /// The intercept; of an ordinal item that of the variable behind it, which moves all thresholds.
    Intercept,
    /// The middle threshold of an ordinal item, the lower of two.
    Threshold,
    /// The loading.
    Loading,
}

impl ShiftedParameter {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] = &[Self::Intercept, Self::Threshold, Self::Loading];
}

impl fmt::Display for ShiftedParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Intercept => "intercept",
            Self::Threshold => "threshold",
            Self::Loading => "loading",
        })
    }
}

impl FromStr for ShiftedParameter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("shifted parameter", Self::ALL, text)
    }
}

/// A population of which the last of several groups differs in some items.
///
/// ```
/// use psychometrics::evidence::internal_structure::{ShiftedParameter, ShiftedPopulation};
///
/// let model = "f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse()?;
/// let population = ShiftedPopulation::of(&model)?.latent(0.3, 1.2).shift(ShiftedParameter::Intercept, 0.5, ["x3"])?;
/// assert_eq!(population.shifted(), ["x3"]);
/// assert_eq!(population.groups(&[200, 200])?.dataset(1)?.n_rows(), 400);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ShiftedPopulation {
    /// The first group, with a value for every parameter.
    first: Model,
    mean: f64,
    variance: f64,
    /// The last group, before means and variances.
    last: Model,
    shifted: Vec<String>,
}

impl ShiftedPopulation {
    /// Groups that do not differ, from a model whose text gives values (as [`Population::of`] reads them).
    ///
    /// # Errors
    /// Those of [`Population::of`].
    pub fn of(model: &Model) -> Result<Self> {
        let first = Population::completed(model)?;
        Ok(Self { last: first.clone(), first, mean: 0.0, variance: 1.0, shifted: Vec::new() })
    }

    /// The same from a fitted model: its estimates in the first group are the values.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a fit of two levels or without a solution; those of [`Population::of`].
    pub fn of_fit(fit: &Fit) -> Result<Self> {
        if !fit.converged || fit.parameters.iter().any(|own| own.level > 1) {
            return Err(Error::Unsupported {
                what: "a population from a fit of two levels, or one without a solution".into(),
                instead: "Fit a model of one level that converges.".into(),
            });
        }
        let is_value = |op: Operator| {
            matches!(
                op,
                Operator::Loading
                    | Operator::Regression
                    | Operator::Covariance
                    | Operator::Intercept
                    | Operator::Threshold
            )
        };
        let of_first = fit.parameters.iter().filter(|own| own.group <= 1 && is_value(own.op));
        let formulas = of_first.map(|own| {
            let rhs = if own.op == Operator::Intercept { "" } else { own.rhs.as_str() };
            let mut formula = Formula::new(&own.lhs, own.op, rhs);
            formula.modifiers.constraint = Constraint::Fixed(own.est);
            formula
        });
        Self::of(&Model::from_formulas(formulas)?)
    }

    /// What is added to the means of the factors (those that no other factor explains), and what their variances are
    /// multiplied by, in every group but the first. No shift of an item: invariance allows it.
    #[must_use]
    pub fn latent(mut self, mean: f64, variance: f64) -> Self {
        (self.mean, self.variance) = (mean, variance);
        self
    }

    /// Adds to a parameter of some items in the last group.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`] for an item that no factor measures; [`Error::BadOption`] for a threshold of an item that has
    /// none, and a shift that is no number.
    pub fn shift<S: AsRef<str>>(
        mut self,
        parameter: ShiftedParameter,
        size: f64,
        items: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        if !size.is_finite() {
            return Err(Error::BadOption {
                option: "shift".into(),
                value: size.to_string(),
                allowed: "a number".into(),
            });
        }
        for item in items {
            self.shift_one(parameter, size, item.as_ref())?;
        }
        Ok(self)
    }

    fn shift_one(&mut self, parameter: ShiftedParameter, size: f64, item: &str) -> Result<()> {
        let known = self.items();
        if !known.iter().any(|own| own == item) {
            let nearest = nearest(item, known.iter().map(String::as_str));
            return Err(Error::UnknownParameter { given: item.into(), nearest });
        }
        let formulas = &mut self.last.formulas;
        let of = |op: Operator| {
            move |own: &&mut Formula| {
                own.op == op && if op == Operator::Loading { own.rhs == item } else { own.lhs == item }
            }
        };
        match parameter {
            ShiftedParameter::Loading => {
                formulas.iter_mut().find(of(Operator::Loading)).map(|own| add(own, size))
            }
            ShiftedParameter::Threshold => {
                let mut all: Vec<&mut Formula> =
                    formulas.iter_mut().filter(of(Operator::Threshold)).collect();
                let middle = all.len().saturating_sub(1) / 2;
                all.get_mut(middle).map(|own| add(own, size))
            }
            ShiftedParameter::Intercept => match formulas.iter_mut().find(of(Operator::Intercept)) {
                Some(own) => {
                    add(own, size);
                    Some(())
                }
                None => {
                    let mut own = Formula::new(item, Operator::Intercept, "");
                    own.modifiers.constraint = Constraint::Fixed(size);
                    formulas.push(own);
                    Some(())
                }
            },
        }
        .ok_or_else(|| Error::BadOption {
            option: "shift".into(),
            value: format!("{parameter} of '{item}'"),
            allowed: "a parameter that the item has in the population: thresholds are of ordinal items (as in x1 | -0.5*t1 + \
                      0.5*t2), of others the intercept can be shifted"
                .into(),
        })?;
        if !self.shifted.iter().any(|own| own == item) {
            self.shifted.push(item.into());
        }
        Ok(())
    }

    /// Items, in the order of the model.
    pub fn items(&self) -> Vec<String> {
        let latent = self.first.latent_names();
        let mut items: Vec<String> = Vec::new();
        for own in self.first.formulas.iter().filter(|own| own.op == Operator::Loading) {
            if !latent.contains(&own.rhs) && !items.contains(&own.rhs) {
                items.push(own.rhs.clone());
            }
        }
        items
    }

    /// Ordinal items.
    pub fn ordinal(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for own in self.first.formulas.iter().filter(|own| own.op == Operator::Threshold) {
            if !all.contains(&own.lhs) {
                all.push(own.lhs.clone());
            }
        }
        all
    }

    /// Items with a shifted parameter.
    pub fn shifted(&self) -> &[String] {
        &self.shifted
    }

    /// The model without its values, to be fitted to samples.
    ///
    /// # Errors
    /// Those of a model from formulas.
    pub fn structure(&self) -> Result<Model> {
        let is_zero =
            |own: &Formula| matches!(own.modifiers.constraint, Constraint::Fixed(value) if value == 0.0);
        let is_path = |own: &&Formula| match own.op {
            Operator::Loading | Operator::Regression => !is_zero(own),
            Operator::Covariance => own.lhs != own.rhs && !is_zero(own),
            _ => false,
        };
        let bare = self.first.formulas.iter().filter(is_path);
        Model::from_formulas(bare.map(|own| Formula::new(&own.lhs, own.op, &own.rhs)))
    }

    /// The groups, as many as there are sizes: the variable `group` with the values 1, 2, ...
    ///
    /// # Errors
    /// [`Error::TooFewGroups`] for fewer than two sizes; those of [`Population::of`], as where a shift brings thresholds out of
    /// their order.
    pub fn groups(&self, sizes: &[usize]) -> Result<Grouped> {
        if sizes.len() < 2 {
            return Err(Error::TooFewGroups {
                variable: "sizes of groups".into(),
                used: sizes.iter().map(ToString::to_string).collect(),
                left_out: Vec::new(),
                fewest: 1,
            });
        }
        self.grouped("group", sizes)
    }

    /// The same under another name of the variable.
    pub(super) fn grouped(&self, variable: &str, sizes: &[usize]) -> Result<Grouped> {
        let mut grouped = Grouped::new(variable);
        for (at, n) in sizes.iter().enumerate() {
            let own = if at > 0 && at + 1 == sizes.len() { &self.last } else { &self.first };
            let own = if at == 0 { own.clone() } else { self.with_latent(own) };
            grouped = grouped.group((at + 1).to_string(), Population::of(&own)?, *n);
        }
        Ok(grouped)
    }

    /// A group with other means and variances of the factors.
    fn with_latent(&self, model: &Model) -> Model {
        let mut own = model.clone();
        let explained = |name: &String| {
            model.formulas.iter().any(|f| match f.op {
                Operator::Loading => f.rhs == *name,
                Operator::Regression => f.lhs == *name,
                _ => false,
            })
        };
        let factors: Vec<String> = model.latent_names().into_iter().filter(|name| !explained(name)).collect();
        let root = self.variance.sqrt();
        for formula in &mut own.formulas {
            let sides = [&formula.lhs, &formula.rhs].map(|side| factors.contains(side));
            match formula.op {
                Operator::Intercept if sides[0] => add(formula, self.mean),
                Operator::Covariance => {
                    let share: f64 =
                        sides.iter().map(|is_factor| if *is_factor { root } else { 1.0 }).product();
                    if let Constraint::Fixed(value) = formula.modifiers.constraint {
                        formula.modifiers.constraint = Constraint::Fixed(value * share);
                    }
                }
                _ => {}
            }
        }
        for factor in factors {
            let has_mean = own.formulas.iter().any(|f| f.op == Operator::Intercept && f.lhs == factor);
            if !has_mean {
                let mut mean = Formula::new(factor, Operator::Intercept, "");
                mean.modifiers.constraint = Constraint::Fixed(self.mean);
                own.formulas.push(mean);
            }
        }
        own
    }
}

fn add(formula: &mut Formula, size: f64) {
    if let Constraint::Fixed(value) = formula.modifiers.constraint {
        formula.modifiers.constraint = Constraint::Fixed(value + size);
    } else if let Some(value) = formula.modifiers.start {
        formula.modifiers.constraint = Constraint::Fixed(value + size);
    }
}
