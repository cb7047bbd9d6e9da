//! A model as a list of formulas, one per parameter, its variables, and its print in lavaan's syntax.

use super::definitions::in_order;
use super::exploratory_set::ExploratorySet;
use super::expression::{Relation, RelationKind};
use super::formula::{Block, Constraint, Formula, Modifiers, merged, written};
use super::lexer::{in_marks, name_text};
use crate::error::{Error, Result};
use crate::model::operator::Operator;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// A model: what is measured by what, what depends on what, what covaries.
///
/// ```
/// use psychometrics::Model;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6".parse()?;
/// assert_eq!(model.latent_names(), ["visual", "textual"]);
/// assert_eq!(model.to_string(), "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\n");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// The formulas, each parameter once, in the order of the text.
    pub formulas: Vec<Formula>,
    /// Defined parameters and constraints, in the order of the text.
    pub relations: Vec<Relation>,
    /// Sets of exploratory factors (`efa("name")*f =~ ...`).
    pub exploratory: Vec<ExploratorySet>,
}

/// As its text, in lavaan's syntax.
impl Serialize for Model {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Model {
    /// A model from formulas: modifiers of a parameter that is named twice are put together.
    ///
    /// # Errors
    /// [`Error::EmptyModel`], [`Error::ConflictingLabel`] (a parameter, or a label, fixed at two
    /// values), [`Error::BadModel`] (a variable that measures or explains itself; two labels, start values or
    /// bounds of one parameter).
    pub fn from_formulas(formulas: impl IntoIterator<Item = Formula>) -> Result<Self> {
        let model = Self { formulas: merged(formulas)?, ..Self::default() };
        model.check()?;
        Ok(model)
    }

    /// A model from formulas, with defined parameters and constraints.
    ///
    /// # Errors
    /// As [`from_formulas`](Self::from_formulas); [`Error::BadModel`] for a relation in a name that is no
    /// label and no defined parameter, for a name that is defined twice, and for definitions in a circle.
    pub fn with_relations(
        formulas: impl IntoIterator<Item = Formula>,
        relations: impl IntoIterator<Item = Relation>,
    ) -> Result<Self> {
        let mut model = Self::from_formulas(formulas)?;
        model.relations = relations.into_iter().collect();
        let mut known: HashSet<String> = model
            .formulas
            .iter()
            .flat_map(|f| (0..f.by_group.len().max(1)).filter_map(|group| f.modifiers_in(group).label))
            .collect();
        for relation in model.relations.iter().filter(|r| r.kind == RelationKind::Defined) {
            let Some(name) = relation.name() else {
                return Err(Error::BadModel {
                    what: format!("'{relation}' defines no name"),
                    remedy: "Write the name of the new parameter to the left of ':='.".into(),
                });
            };
            if !known.insert(name.into()) {
                return Err(Error::BadModel {
                    what: format!("'{name}' is defined twice, or a label too"),
                    remedy: "Give the defined parameter a name of its own.".into(),
                });
            }
        }
        for relation in &model.relations {
            let sides = relation.left.names().into_iter().chain(relation.right.names());
            if let Some(name) = sides.into_iter().find(|name| !known.contains(*name)) {
                let nearest = crate::error::nearest(name, known.iter().map(String::as_str));
                return Err(Error::BadModel {
                    what: format!("'{name}' in '{relation}' is no label of the model"),
                    remedy: match nearest {
                        Some(nearest) => format!("Did you mean '{nearest}'?"),
                        None => format!("Give a parameter that label, as in {name}*x."),
                    },
                });
            }
        }
        in_order(&model.relations)?;
        Ok(model)
    }

    fn check(&self) -> Result<()> {
        if self.formulas.is_empty() {
            return Err(Error::EmptyModel);
        }
        let mut fixed: HashMap<String, f64> = HashMap::new();
        for formula in &self.formulas {
            let phantom =
                formula.op == Operator::Loading && formula.modifiers.constraint == Constraint::Fixed(0.0);
            if matches!(formula.op, Operator::Loading | Operator::Regression)
                && formula.lhs == formula.rhs
                && !phantom
            {
                let verb = if formula.op == Operator::Loading { "measures" } else { "explains" };
                return Err(Error::BadModel {
                    what: format!("'{}' {verb} itself", formula.lhs),
                    remedy: "Put another variable on one of the two sides.".into(),
                });
            }
            for group in 0..formula.by_group.len().max(1) {
                let Modifiers { label, constraint, lower, upper, start } = formula.modifiers_in(group);
                if let (Some(lower), Some(upper)) = (lower, upper)
                    && lower > upper
                {
                    return Err(Error::BadModel {
                        what: format!(
                            "'{formula}' has the lower bound {lower} above its upper bound {upper}"
                        ),
                        remedy: "Exchange the two.".into(),
                    });
                }
                let outside = |x: &f64| lower.is_some_and(|l| *x < l) || upper.is_some_and(|u| *x > u);
                let value = match constraint {
                    Constraint::Fixed(value) => Some(value),
                    _ => start,
                };
                if let Some(value) = value.filter(outside) {
                    return Err(Error::BadModel {
                        what: format!("'{formula}' starts at, or is fixed at, {value}, outside its bounds"),
                        remedy: "Choose a value between the bounds, or widen them.".into(),
                    });
                }
                if let (Some(label), Constraint::Fixed(value)) = (label, constraint) {
                    let first = *fixed.entry(label.clone()).or_insert(value);
                    if first != value {
                        return Err(Error::ConflictingLabel { label, first, second: value });
                    }
                }
            }
        }
        Ok(())
    }

    /// Refuses a factor that has the name of a column of the data: of the column, which would not be used, nothing would
    /// be said.
    ///
    /// # Errors
    /// [`Error::BadModel`] with the name.
    pub fn check_factors(&self, is_column: impl Fn(&str) -> bool) -> Result<()> {
        match self.latent_names().into_iter().find(|name| is_column(name)) {
            None => Ok(()),
            Some(name) => Err(Error::BadModel {
                what: format!("'{name}' is a factor of the model and a column of the data"),
                remedy: format!("Give the factor another name: the answers of '{name}' would not be used."),
            }),
        }
    }

    /// Latent variables: what is measured, in order of appearance.
    pub fn latent_names(&self) -> Vec<String> {
        distinct(self.formulas.iter().filter(|f| f.op == Operator::Loading).map(|f| f.lhs.as_str()))
    }

    /// Observed variables in lavaan's order: indicators, dependent variables, covariates, the rest.
    pub fn observed_names(&self) -> Vec<String> {
        let latent = self.latent_names();
        let of = |op: Operator| self.formulas.iter().filter(move |f| f.op == op);
        let indicators = of(Operator::Loading).map(|f| f.rhs.as_str());
        let dependent = of(Operator::Regression).map(|f| f.lhs.as_str());
        let explaining = of(Operator::Regression).map(|f| f.rhs.as_str());
        let covarying = of(Operator::Covariance).flat_map(|f| [f.lhs.as_str(), f.rhs.as_str()]);
        let others = [Operator::Intercept, Operator::Threshold, Operator::Scale];
        let others = others.into_iter().flat_map(of).map(|f| f.lhs.as_str());
        let all = indicators.chain(dependent).chain(explaining).chain(covarying).chain(others);
        let latent: HashSet<&str> = latent.iter().map(String::as_str).collect();
        distinct(all.filter(|n| !latent.contains(n)))
    }

    /// Exogenous observed covariates: observed variables that only explain, in order of appearance.
    pub fn covariate_names(&self) -> Vec<String> {
        // measured, measuring or explained
        let others: HashSet<&str> = self
            .formulas
            .iter()
            .flat_map(|f| match f.op {
                Operator::Regression => [Some(f.lhs.as_str()), None],
                Operator::Loading => [Some(f.rhs.as_str()), Some(f.lhs.as_str())],
                _ => [None, None],
            })
            .flatten()
            .collect();
        let explaining =
            self.formulas.iter().filter(|f| f.op == Operator::Regression).map(|f| f.rhs.as_str());
        distinct(explaining.filter(|n| !others.contains(n)))
    }

    /// Those of them whose variances, covariances and means the text leaves open: with `fixed.x` they are the sample's.
    pub(crate) fn open_covariate_names(&self) -> Vec<String> {
        let named = |name: &str| {
            self.formulas.iter().any(|f| {
                matches!(f.op, Operator::Covariance | Operator::Intercept) && (f.lhs == name || f.rhs == name)
            })
        };
        self.covariate_names().into_iter().filter(|name| !named(name)).collect()
    }
}

/// Prints lavaan syntax, formulas with one left-hand side and operator on one line; parsing it gives
/// an equal model.
impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut block = Block::default();
        for group in self.formulas.chunk_by(|a, b| a.lhs == b.lhs && a.op == b.op && a.block == b.block) {
            let own = &group[0].block;
            if let Some(name) = own.group.as_ref().filter(|_| own.group != block.group) {
                writeln!(f, "group: {}", name_text(name))?;
                block = Block { group: own.group.clone(), level: None };
            }
            if let Some(name) = own.level.as_ref().filter(|_| own.level != block.level) {
                writeln!(f, "level: {}", name_text(name))?;
                block.level = own.level.clone();
            }
            let terms: Vec<String> = group.iter().map(Formula::term).collect();
            let first = &group[0];
            if let Some(set) = self.set_of(&first.lhs).filter(|_| first.op == Operator::Loading) {
                write!(f, "efa({})*", in_marks(&set.name))?;
            }
            writeln!(f, "{} {} {}", name_text(&first.lhs), written(first.op), terms.join(" + "))?;
        }
        for relation in &self.relations {
            writeln!(f, "{relation}")?;
        }
        Ok(())
    }
}

/// Names, each once, in the order of first appearance.
pub(super) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.filter(|n| seen.insert(*n)).map(Into::into).collect()
}
