//! A model as a list of formulas, one per parameter, and its print in lavaan's syntax.

use super::definitions::in_order;
use super::expression::{Relation, RelationKind};
use crate::error::{Error, Result};
use crate::model::lexer::{in_marks, name_text};
use std::collections::HashMap;
use std::fmt;

/// What a formula says of its two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operator {
    /// `=~`: the left is measured by the right.
    Loading,
    /// `~`: the left depends on the right.
    Regression,
    /// `~~`: (residual) variance or covariance.
    Covariance,
    /// `~ 1`: intercept or mean.
    Intercept,
    /// `|`: threshold of an ordered variable.
    Threshold,
    /// `~*~`: scaling factor of an ordered variable.
    Scale,
}

impl Operator {
    /// As lavaan writes it in a parameter table.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Loading => "=~",
            Operator::Regression => "~",
            Operator::Covariance => "~~",
            Operator::Intercept => "~1",
            Operator::Threshold => "|",
            Operator::Scale => "~*~",
        }
    }
}

/// What the text says about freeing or fixing a parameter.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Constraint {
    /// Nothing: the defaults decide.
    #[default]
    None,
    /// `NA*`: free.
    Free,
    /// A number: fixed at it.
    Fixed(f64),
}

/// What is said of a parameter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Modifiers {
    /// Free or fixed.
    pub constraint: Constraint,
    /// Label; parameters with one label are equal.
    pub label: Option<String>,
    /// Start value.
    pub start: Option<f64>,
    /// The estimate is not below this.
    pub lower: Option<f64>,
    /// The estimate is not above this.
    pub upper: Option<f64>,
}

impl Modifiers {
    /// In what two sayings of one parameter contradict each other: "the labels 'a' and 'b'".
    pub(super) fn contradiction(&self, again: &Modifiers) -> Option<String> {
        let value = |constraint: Constraint| match constraint {
            Constraint::None => None,
            Constraint::Free => Some("NA (free)".to_string()),
            Constraint::Fixed(value) => Some(value.to_string()),
        };
        let number = |value: Option<f64>| value.map(|value| value.to_string());
        let label = |label: &Option<String>| label.as_ref().map(|label| format!("'{label}'"));
        let said = |m: &Modifiers| {
            [
                ("values", value(m.constraint)),
                ("labels", label(&m.label)),
                ("start values", number(m.start)),
                ("lower bounds", number(m.lower)),
                ("upper bounds", number(m.upper)),
            ]
        };
        said(self).into_iter().zip(said(again)).find_map(|((what, first), (_, second))| {
            let (first, second) = first.zip(second).filter(|(first, second)| first != second)?;
            Some(format!("the {what} {first} and {second}"))
        })
    }

    /// These, and where they say nothing the others.
    fn or(self, others: &Modifiers) -> Modifiers {
        Modifiers {
            constraint: if self.constraint == Constraint::None { others.constraint } else { self.constraint },
            label: self.label.or_else(|| others.label.clone()),
            start: self.start.or(others.start),
            lower: self.lower.or(others.lower),
            upper: self.upper.or(others.upper),
        }
    }
}

/// The part of the sample that a formula is about (`group: 1`, `level: within`); everything without.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Block {
    /// Name or number of the group.
    pub group: Option<String>,
    /// Name or number of the level.
    pub level: Option<String>,
}

/// One parameter that a model names.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// Left-hand side.
    pub lhs: String,
    /// Operator.
    pub op: Operator,
    /// Right-hand side; empty for an intercept.
    pub rhs: String,
    /// Whether it is free, its label, start value and bounds.
    pub modifiers: Modifiers,
    /// Modifiers by group, as many as there are groups, where the text gives a vector (`c(1, NA)*x`); empty where
    /// those above hold in all groups.
    pub by_group: Vec<Modifiers>,
    /// The part of the sample that it is about.
    pub block: Block,
}

impl Formula {
    /// A formula without modifiers.
    pub fn new(lhs: impl Into<String>, op: Operator, rhs: impl Into<String>) -> Self {
        let (lhs, rhs) = (lhs.into(), rhs.into());
        let (modifiers, block) = (Modifiers::default(), Block::default());
        Self { lhs, op, rhs, modifiers, by_group: Vec::new(), block }
    }

    /// What is said of the parameter in a group.
    pub fn modifiers_in(&self, group: usize) -> Modifiers {
        match self.by_group.get(group) {
            Some(own) => own.clone().or(&self.modifiers),
            None => self.modifiers.clone(),
        }
    }

    /// The same parameter: covariances in either order.
    fn same_parameter(&self) -> (&str, Operator, &str) {
        if self.op == Operator::Covariance && self.rhs < self.lhs {
            (&self.rhs, self.op, &self.lhs)
        } else {
            (&self.lhs, self.op, &self.rhs)
        }
    }

    /// The right-hand side with its modifiers.
    fn term(&self) -> String {
        let mut term = String::new();
        if !self.by_group.is_empty() {
            term += &vectors(&self.by_group);
        }
        match self.modifiers.constraint {
            Constraint::None => {}
            Constraint::Free => term.push_str("NA*"),
            Constraint::Fixed(value) => term.push_str(&format!("{value:?}*")),
        }
        let Modifiers { start, lower, upper, label, .. } = &self.modifiers;
        for (function, value) in [("start", start), ("lower", lower), ("upper", upper)] {
            if let Some(value) = value {
                term.push_str(&format!("{function}({value:?})*"));
            }
        }
        if let Some(label) = label {
            term.push_str(&label_modifier(label));
        }
        if self.op == Operator::Loading && self.lhs == self.rhs {
            return "0".into();
        }
        term.push_str(&if self.op == Operator::Intercept { "1".into() } else { name_text(&self.rhs) });
        term
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", name_text(&self.lhs), written(self.op), self.term())
    }
}

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
}

impl Model {
    /// A model from formulas: modifiers of a parameter that is named twice are put together.
    ///
    /// # Errors
    /// [`Error::EmptyModel`], [`Error::ConflictingLabel`] (a parameter, or a label, fixed at two
    /// values), [`Error::BadModel`] (a variable that measures or explains itself; two labels, start values or
    /// bounds of one parameter).
    pub fn from_formulas(formulas: impl IntoIterator<Item = Formula>) -> Result<Self> {
        let model = Self { formulas: merged(formulas)?, relations: Vec::new() };
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
        let mut known: std::collections::HashSet<String> = model
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

    /// The formulas about a group (from 0), whose blocks must be numbered (see [`number_groups`]): those that stand
    /// in no block of a group and those in its own, put together where they are of one parameter.
    ///
    /// # Errors
    /// [`Error::BadModel`] where there are none; [`Error::ConflictingLabel`] for two fixed values of a parameter.
    ///
    /// [`number_groups`]: Self::number_groups
    pub(crate) fn of_group(&self, group: usize) -> Result<Model> {
        let number = (group + 1).to_string();
        let about = |formula: &&Formula| formula.block.group.as_ref().is_none_or(|own| *own == number);
        let own = self.formulas.iter().filter(about).cloned().map(|mut formula| {
            formula.block.group = None;
            formula
        });
        Ok(Model { formulas: merged(own)?, relations: self.relations.clone() })
    }

    /// Checks that vectors of modifiers have a value for each group.
    ///
    /// # Errors
    /// [`Error::BadModel`] for another number, or for a vector in the block of one group.
    pub(crate) fn check_vectors(&self, groups: usize) -> Result<()> {
        let wrong = |formula: &&Formula| {
            let values = formula.by_group.len();
            values > 1 && (formula.block.group.is_some() || values != groups)
        };
        let Some(formula) = self.formulas.iter().find(wrong) else { return Ok(()) };
        let values = formula.by_group.len();
        let parameter = Formula { modifiers: Modifiers::default(), by_group: Vec::new(), ..formula.clone() };
        let (there, remedy) = match (&formula.block.group, groups) {
            (Some(_), _) => {
                ("it stands in the block of one group".into(), "Give one value: the block has one group.")
            }
            (None, 0 | 1) => (
                "there are no groups".into(),
                "Name the variable that makes the groups (--group), or give one value.",
            ),
            _ => (
                format!("there are {groups} groups"),
                "Give one value for each group, in their order, or one for all.",
            ),
        };
        Err(Error::BadModel {
            what: format!("'{parameter}' has {values} values in c(), and {there}"),
            remedy: remedy.into(),
        })
    }

    /// The formulas of a level (0: within, 1: between), whose blocks must be numbered.
    pub(crate) fn of_level(&self, level: usize) -> Model {
        let number = (level + 1).to_string();
        let own = self.formulas.iter().filter(|f| f.block.level.as_ref() == Some(&number));
        Model { formulas: own.cloned().collect(), relations: self.relations.clone() }
    }

    /// Whether the model has levels (`level: 1`).
    pub fn has_levels(&self) -> bool {
        self.formulas.iter().any(|f| f.block.level.is_some())
    }

    /// The model with the numbers of the levels, from 1, in the place of their names: the one that is named first is
    /// the level of respondents.
    ///
    /// # Errors
    /// [`Error::BadModel`] for a formula outside the levels, and for another number of levels than two.
    pub(crate) fn number_levels(&self) -> Result<Model> {
        let mut names: Vec<String> = distinct(self.formulas.iter().filter_map(|f| f.block.level.as_deref()));
        // numbers say themselves which is which
        if names.iter().all(|name| name == "1" || name == "2") {
            names.sort();
        }
        if let Some(outside) = self.formulas.iter().find(|f| f.block.level.is_none()) {
            return Err(Error::BadModel {
                what: format!("'{outside}' stands in no level block"),
                remedy: "Put it under 'level: 1' (within clusters) or 'level: 2' (between them).".into(),
            });
        }
        if names.len() != 2 {
            return Err(Error::BadModel {
                what: format!("the model has {} level block(s): {}", names.len(), names.join(", ")),
                remedy: "A model of clusters has two: 'level: 1' (within) and 'level: 2' (between).".into(),
            });
        }
        let mut numbered = self.clone();
        for formula in &mut numbered.formulas {
            let at = names.iter().position(|name| formula.block.level.as_ref() == Some(name));
            formula.block.level = at.map(|at| (at + 1).to_string());
        }
        Ok(numbered)
    }

    /// The model with the numbers of the groups, from 1, in the place of their names.
    ///
    /// # Errors
    /// [`Error::BadModel`] for a block of a group that is not there, and for a group without formulas.
    pub(crate) fn number_groups(&self, names: &[String]) -> Result<Model> {
        let mut numbered = self.clone();
        for formula in &mut numbered.formulas {
            let Some(group) = &mut formula.block.group else { continue };
            let by_number = group.parse::<usize>().ok().filter(|n| (1..=names.len().max(1)).contains(n));
            let Some(number) = names.iter().position(|name| name == group).map(|i| i + 1).or(by_number)
            else {
                let (what, there) = (format!("the model has a block of group '{group}'"), names.join(", "));
                return Err(Error::BadModel {
                    what: format!("{what}, which the data do not have"),
                    remedy: if names.is_empty() {
                        "Say which variable makes the groups, or leave the blocks out.".into()
                    } else {
                        format!(
                            "The groups are {there}; a number from 1 to {} is understood too.",
                            names.len()
                        )
                    },
                });
            };
            *group = number.to_string();
        }
        let has_formulas = |at: usize| {
            let number = (at + 1).to_string();
            numbered.formulas.iter().any(|f| f.block.group.as_ref().is_none_or(|own| *own == number))
        };
        if let Some(empty) = (0..names.len()).find(|&at| !has_formulas(at)) {
            return Err(Error::BadModel {
                what: format!("the model has no formulas for group {} ('{}')", empty + 1, names[empty]),
                remedy: format!(
                    "Give it a block ('group: \"{}\"'), or write formulas that hold in all groups before the first block.",
                    names[empty]
                ),
            });
        }
        Ok(numbered)
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
        let latent: std::collections::HashSet<&str> = latent.iter().map(String::as_str).collect();
        distinct(all.filter(|n| !latent.contains(n)))
    }

    /// Exogenous observed covariates: observed variables that only explain, in order of appearance.
    pub fn covariate_names(&self) -> Vec<String> {
        // measured, measuring or explained
        let others: std::collections::HashSet<&str> = self
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
            writeln!(f, "{} {} {}", name_text(&group[0].lhs), written(group[0].op), terms.join(" + "))?;
        }
        for relation in &self.relations {
            writeln!(f, "{relation}")?;
        }
        Ok(())
    }
}

/// Modifiers by group as vectors: `c(NA,1)*c("a","b")*start(c(1,NA))*`.
fn vectors(groups: &[Modifiers]) -> String {
    let listed =
        |value: &dyn Fn(&Modifiers) -> String| groups.iter().map(value).collect::<Vec<_>>().join(",");
    let mut text = String::new();
    if groups.iter().any(|m| m.constraint != Constraint::None) {
        let value = |m: &Modifiers| match m.constraint {
            Constraint::None => "\"\"".into(),
            Constraint::Free => "NA".into(),
            Constraint::Fixed(value) => format!("{value:?}"),
        };
        text += &format!("c({})*", listed(&value));
    }
    if groups.iter().any(|m| m.label.is_some()) {
        text +=
            &format!("c({})*", listed(&|m| m.label.as_ref().map_or("\"\"".into(), |label| in_marks(label))));
    }
    type Of = fn(&Modifiers) -> Option<f64>;
    let functions: [(&str, Of); 3] = [("start", |m| m.start), ("lower", |m| m.lower), ("upper", |m| m.upper)];
    for (function, of) in functions {
        if groups.iter().any(|m| of(m).is_some()) {
            let value = |m: &Modifiers| of(m).map_or("NA".into(), |value| format!("{value:?}"));
            text += &format!("{function}(c({}))*", listed(&value));
        }
    }
    text
}

/// Each parameter once, in the order of first appearance, with all that is said of it.
fn merged(formulas: impl IntoIterator<Item = Formula>) -> Result<Vec<Formula>> {
    let mut merged: Vec<Formula> = Vec::new();
    let mut place: HashMap<(String, Operator, String, Block), usize> = HashMap::new();
    for formula in formulas {
        let (lhs, op, rhs) = formula.same_parameter();
        match place.entry((lhs.into(), op, rhs.into(), formula.block.clone())) {
            std::collections::hash_map::Entry::Occupied(known) => merge(&mut merged[*known.get()], formula)?,
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(merged.len());
                merged.push(formula);
            }
        }
    }
    Ok(merged)
}

fn merge(known: &mut Formula, again: Formula) -> Result<()> {
    if let (Constraint::Fixed(first), Constraint::Fixed(second)) =
        (known.modifiers.constraint, again.modifiers.constraint)
        && first != second
    {
        return Err(Error::ConflictingLabel { label: known.to_string(), first, second });
    }
    let (first, second) = (known.by_group.len(), again.by_group.len());
    if first > 0 && second > 0 && first != second {
        return Err(Error::BadModel {
            what: format!("'{known}' is given {first} values in one c() and {second} in another"),
            remedy: "Give one value for each group.".into(),
        });
    }
    let by_group = known.by_group.iter().zip(&again.by_group);
    let pairs = std::iter::once((&known.modifiers, &again.modifiers)).chain(by_group);
    if let Some(contradiction) = pairs.into_iter().find_map(|(first, second)| first.contradiction(second)) {
        let parameter = Formula { modifiers: Modifiers::default(), by_group: Vec::new(), ..known.clone() };
        return Err(Error::BadModel {
            what: format!("'{parameter}' is given {contradiction}"),
            remedy: "Keep one of the two; two labels are made one by 'a == b'.".into(),
        });
    }
    known.modifiers = again.modifiers.or(&known.modifiers);
    known.by_group.resize(first.max(second), Modifiers::default());
    for (known, again) in known.by_group.iter_mut().zip(again.by_group) {
        *known = again.or(known);
    }
    Ok(())
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    names.filter(|n| seen.insert(*n)).map(Into::into).collect()
}

fn written(op: Operator) -> &'static str {
    if op == Operator::Intercept { "~" } else { op.symbol() }
}

/// `a*`; a label that is the name of a parameter as `equal("f=~x")*`.
fn label_modifier(label: &str) -> String {
    if label.contains('~') {
        format!("equal({})*", in_marks(label))
    } else {
        format!("{}*", name_text(label))
    }
}
