//! A formula of a model: one parameter, what is said of it, and its print in lavaan's syntax.

use crate::error::{Error, Result};
use crate::model::lexer::{in_marks, name_text};
use crate::model::operator::Operator;
use std::collections::HashMap;
use std::fmt;

/// What the text says about freeing or fixing a parameter.
///
/// ```
/// use psychometrics::Model;
/// use psychometrics::model::Constraint;
///
/// let model: Model = "f =~ NA*x1 + 1*x2 + x3".parse()?;
/// let said: Vec<Constraint> = model.formulas.iter().map(|own| own.modifiers.constraint).collect();
/// assert_eq!(said, [Constraint::Free, Constraint::Fixed(1.0), Constraint::None]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::Model;
///
/// let model: Model = "f =~ start(0.8)*x1 + same*x2 + same*x3".parse()?;
/// assert_eq!((model.formulas[0].modifiers.start, model.formulas[1].modifiers.label.as_deref()), (Some(0.8), Some("same")));
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
///
/// ```
/// use psychometrics::Model;
///
/// let model: Model = "level: within\n f =~ y1 + y2 + y3\nlevel: between\n g =~ y1 + y2 + y3".parse()?;
/// assert_eq!(model.formulas[3].block.level.as_deref(), Some("between"));
/// assert_eq!(model.formulas[3].block.group, None);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Block {
    /// Name or number of the group.
    pub group: Option<String>,
    /// Name or number of the level.
    pub level: Option<String>,
}

/// One parameter that a model names.
///
/// ```
/// use psychometrics::Model;
/// use psychometrics::model::{Formula, Operator};
///
/// let formulas = ["x1", "x2", "x3"].map(|item| Formula::new("f", Operator::Loading, item));
/// let model: Model = "f =~ x1 + x2 + x3".parse()?;
/// assert_eq!(model.formulas, formulas);
/// // by group where the text has a vector
/// let model: Model = "f =~ x1 + c(0.5, NA)*x2 + x3".parse()?;
/// assert_eq!(model.formulas[1].by_group.len(), 2);
/// # Ok::<(), psychometrics::Error>(())
/// ```
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
    pub(super) fn term(&self) -> String {
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
pub(super) fn merged(formulas: impl IntoIterator<Item = Formula>) -> Result<Vec<Formula>> {
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

/// An operator as it stands in a text.
pub(super) fn written(op: Operator) -> &'static str {
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
