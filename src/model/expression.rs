//! Arithmetic on labelled parameters, with exact derivatives: what stands beside `:=`, `==`, `<`, `>`.

use std::fmt;

/// An expression in labels.
///
/// ```
/// use psychometrics::Model;
/// use psychometrics::model::{Arithmetic, Expression};
///
/// let model: Model = "y ~ a*x; z ~ b*y; ab := a * b".parse()?;
/// match &model.relations[0].right {
///     Expression::Binary(left, Arithmetic::Multiply, right) => {
///         assert_eq!(**left, Expression::Name("a".into()));
///         assert_eq!(**right, Expression::Name("b".into()));
///     }
///     other => unreachable!("{other:?}"),
/// }
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Expression {
    /// A number.
    Number(f64),
    /// A label, or the name of a defined parameter.
    Name(String),
    /// The negative of an expression.
    Negative(Box<Expression>),
    /// Two expressions joined by an operator.
    Binary(Box<Expression>, Arithmetic, Box<Expression>),
    /// A function of an expression.
    Call(Elementary, Box<Expression>),
}

/// An operator between two expressions.
///
/// ```
/// use psychometrics::Model;
/// use psychometrics::model::{Arithmetic, Expression};
///
/// let model: Model = "y ~ a*x; z ~ b*y; share := a / (a + b)".parse()?;
/// assert!(matches!(model.relations[0].right, Expression::Binary(_, Arithmetic::Divide, _)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `^`
    Power,
}

/// An elementary function of one argument.
///
/// ```
/// use psychometrics::Model;
/// use psychometrics::model::{Elementary, Expression};
///
/// let model: Model = "y ~ a*x; odds := exp(a)".parse()?;
/// assert!(matches!(model.relations[0].right, Expression::Call(Elementary::Exp, _)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Elementary {
    /// Exponential.
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// Absolute value.
    Abs,
}

impl Arithmetic {
    fn symbol(self) -> char {
        match self {
            Arithmetic::Add => '+',
            Arithmetic::Subtract => '-',
            Arithmetic::Multiply => '*',
            Arithmetic::Divide => '/',
            Arithmetic::Power => '^',
        }
    }
}

impl Elementary {
    const ALL: [(Elementary, &'static str); 4] = [
        (Elementary::Exp, "exp"),
        (Elementary::Log, "log"),
        (Elementary::Sqrt, "sqrt"),
        (Elementary::Abs, "abs"),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, n)| *n == name).map(|(function, _)| *function)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(function, _)| *function == self).map_or("", |(_, name)| name)
    }
}

/// Printed with every operation in brackets of its own, so that it is read back as it was.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |e: &Expression| match e {
            Expression::Binary(..) | Expression::Negative(_) => format!("({e})"),
            e => e.to_string(),
        };
        match self {
            Expression::Number(value) => write!(f, "{value}"),
            Expression::Name(name) => f.write_str(&crate::model::lexer::name_text(name)),
            Expression::Negative(inner) => write!(f, "-{}", part(inner)),
            // as a - 1 is read
            Expression::Binary(a, Arithmetic::Add, b) if matches!(**b, Expression::Number(x) if x < 0.0) => {
                write!(f, "{}{b}", part(a))
            }
            Expression::Binary(a, op, b) => write!(f, "{}{}{}", part(a), op.symbol(), part(b)),
            Expression::Call(function, inner) => write!(f, "{}({inner})", function.name()),
        }
    }
}

/// A value with its derivatives by the free parameters (sparse: index and derivative, by index).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Dual {
    pub(crate) value: f64,
    pub(crate) derivatives: Vec<(usize, f64)>,
}

impl Dual {
    pub(crate) fn constant(value: f64) -> Self {
        Self { value, derivatives: Vec::new() }
    }

    /// f(self) by the chain rule.
    fn map(self, value: f64, slope: f64) -> Self {
        Self { value, derivatives: self.derivatives.into_iter().map(|(i, d)| (i, slope * d)).collect() }
    }

    /// f(self, other); derivatives by one parameter are added up, so that there are never more than parameters.
    fn join(self, other: Self, value: f64, slopes: (f64, f64)) -> Self {
        let mut derivatives = Vec::with_capacity(self.derivatives.len() + other.derivatives.len());
        let mut others = other.derivatives.into_iter().map(|(i, d)| (i, slopes.1 * d)).peekable();
        for (i, d) in self.derivatives {
            while let Some(before) = others.next_if(|(j, _)| *j < i) {
                derivatives.push(before);
            }
            let same = others.next_if(|(j, _)| *j == i).map_or(0.0, |(_, d)| d);
            derivatives.push((i, slopes.0 * d + same));
        }
        derivatives.extend(others);
        Self { value, derivatives }
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NoValue {
    /// Nothing that is estimated has this name.
    Name(String),
    /// A function does not exist at this value.
    Outside(&'static str, f64),
    /// A number divided by 0.
    ByZero(f64),
    /// A power that is no real number.
    Power(f64, f64),
    /// Beyond what a number can be.
    TooLarge,
}

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoValue::Name(name) => {
                write!(
                    f,
                    "'{name}' is no estimate: what it labels is left by the others, or taken from the sample"
                )
            }
            NoValue::Outside(function, x) => write!(f, "{function}({x:.4}) does not exist"),
            NoValue::ByZero(x) => write!(f, "{x:.4} / 0 does not exist"),
            NoValue::Power(x, y) => write!(f, "({x:.4})^({y:.4}) does not exist"),
            NoValue::TooLarge => write!(f, "it is too large for a number"),
        }
    }
}

impl Expression {
    /// Every name in the expression, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Expression::Number(_) => Vec::new(),
            Expression::Name(name) => vec![name],
            Expression::Negative(inner) | Expression::Call(_, inner) => inner.names(),
            Expression::Binary(a, _, b) => a.names().into_iter().chain(b.names()).collect(),
        }
    }

    /// The value and its derivatives, or why there is none.
    pub(crate) fn evaluate(&self, of: &dyn Fn(&str) -> Result<Dual, NoValue>) -> Result<Dual, NoValue> {
        let found = match self {
            Expression::Number(value) => Dual::constant(*value),
            Expression::Name(name) => return of(name),
            Expression::Negative(inner) => {
                let inner = inner.evaluate(of)?;
                let value = -inner.value;
                inner.map(value, -1.0)
            }
            Expression::Call(function, inner) => {
                let inner = inner.evaluate(of)?;
                let x = inner.value;
                let (value, slope) = match function {
                    Elementary::Exp => (x.exp(), x.exp()),
                    Elementary::Log if x > 0.0 => (x.ln(), 1.0 / x),
                    Elementary::Sqrt if x >= 0.0 => (x.sqrt(), 0.5 / x.sqrt()),
                    Elementary::Abs => (x.abs(), x.signum()),
                    Elementary::Log | Elementary::Sqrt => return Err(NoValue::Outside(function.name(), x)),
                };
                inner.map(value, slope)
            }
            Expression::Binary(a, op, b) => {
                let (a, b) = (a.evaluate(of)?, b.evaluate(of)?);
                let (x, y) = (a.value, b.value);
                let (value, slopes) = match op {
                    Arithmetic::Add => (x + y, (1.0, 1.0)),
                    Arithmetic::Subtract => (x - y, (1.0, -1.0)),
                    Arithmetic::Multiply => (x * y, (y, x)),
                    Arithmetic::Divide if y == 0.0 => return Err(NoValue::ByZero(x)),
                    Arithmetic::Divide => (x / y, (1.0 / y, -x / (y * y))),
                    Arithmetic::Power => {
                        let value = x.powf(y);
                        if value.is_nan() || (x == 0.0 && y < 0.0) {
                            return Err(NoValue::Power(x, y));
                        }
                        // the exponent's slope is used only where it is not a constant
                        let by_exponent = if b.derivatives.is_empty() { 0.0 } else { value * x.ln() };
                        (value, (y * x.powf(y - 1.0), by_exponent))
                    }
                };
                a.join(b, value, slopes)
            }
        };
        if found.value.is_finite() { Ok(found) } else { Err(NoValue::TooLarge) }
    }
}

/// A statement about labelled parameters.
///
/// ```
/// use psychometrics::Model;
/// use psychometrics::model::RelationKind;
///
/// let model: Model = "f =~ l1*x1 + l2*x2 + l3*x3; l2 == l3; mean := (l1 + l2 + l3) / 3".parse()?;
/// let defined: Vec<_> = model.relations.iter().filter(|own| own.kind == RelationKind::Defined).collect();
/// assert_eq!(defined[0].name(), Some("mean"));
/// assert_eq!(model.relations.len(), 2);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// Left-hand side.
    pub left: Expression,
    /// What holds between the two.
    pub kind: RelationKind,
    /// Right-hand side.
    pub right: Expression,
}

/// What holds between two expressions.
///
/// ```
/// use psychometrics::Model;
/// use psychometrics::model::RelationKind;
///
/// let model: Model = "f =~ l1*x1 + l2*x2 + l3*x3; l2 == l3; l1 > 0".parse()?;
/// let kinds: Vec<RelationKind> = model.relations.iter().map(|own| own.kind).collect();
/// assert_eq!(kinds, [RelationKind::Equal, RelationKind::Greater]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelationKind {
    /// `:=`: the left is a name for the right.
    Defined,
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `>`
    Greater,
}

impl RelationKind {
    /// As lavaan writes it.
    pub fn symbol(self) -> &'static str {
        match self {
            RelationKind::Defined => ":=",
            RelationKind::Equal => "==",
            RelationKind::Less => "<",
            RelationKind::Greater => ">",
        }
    }
}

impl Relation {
    /// The name that a definition gives; none of a constraint.
    pub fn name(&self) -> Option<&str> {
        match (&self.left, self.kind) {
            (Expression::Name(name), RelationKind::Defined) => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.kind.symbol(), self.right)
    }
}
