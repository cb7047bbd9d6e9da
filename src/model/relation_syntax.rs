//! The syntax of relations between labels: definitions, equalities and inequalities.

use super::expression::{Arithmetic, Elementary, Expression, Relation, RelationKind};
use super::lexer::Kind;
use super::statement::Statement;
use crate::error::{Error, Result};

/// How deep an expression may nest; a sum of n terms is n deep.
const DEPTH: usize = 500;

impl Statement<'_> {
    /// Which relation the statement states; none for a formula.
    pub(super) fn relation_kind(&self) -> Option<RelationKind> {
        self.tokens.iter().find_map(|token| match token.kind {
            Kind::Operator(":=") => Some(RelationKind::Defined),
            Kind::Operator("==") => Some(RelationKind::Equal),
            Kind::Operator("<") => Some(RelationKind::Less),
            Kind::Operator(">") => Some(RelationKind::Greater),
            _ => None,
        })
    }

    pub(super) fn relation(&mut self, kind: RelationKind) -> Result<Relation> {
        let (left, _) = self.sum(0)?;
        if kind == RelationKind::Defined && !matches!(left, Expression::Name(_)) {
            self.at = 0;
            return Err(self.wrong("the name of the defined parameter"));
        }
        if self.next() != Some(Kind::Operator(kind.symbol())) {
            self.at -= 1;
            return Err(self.wrong(&format!("'{}'", kind.symbol())));
        }
        let (right, _) = self.sum(0)?;
        if self.peek(0).is_some() {
            return Err(self.wrong("an operator or the end of the statement"));
        }
        Ok(Relation { left, kind, right })
    }

    /// Operators from a precedence on: + and - (1), * and / (2), ^ (3, from the right); with its depth.
    fn sum(&mut self, precedence: u8) -> Result<(Expression, usize)> {
        if self.nested == DEPTH {
            return Err(self.too_deep());
        }
        self.nested += 1;
        let (mut left, mut depth) = self.operand()?;
        loop {
            let (op, own) = match self.peek(0) {
                Some(Kind::Mark('+')) => (Arithmetic::Add, 1),
                Some(Kind::Mark('-')) => (Arithmetic::Subtract, 1),
                // `a -1` has lost its operator to the number
                Some(Kind::Number(value)) if value.is_sign_negative() => (Arithmetic::Add, 1),
                Some(Kind::Mark('*')) => (Arithmetic::Multiply, 2),
                Some(Kind::Mark('/')) => (Arithmetic::Divide, 2),
                Some(Kind::Mark('^')) => (Arithmetic::Power, 3),
                _ => break,
            };
            if own <= precedence {
                break;
            }
            if matches!(self.peek(0), Some(Kind::Mark(_))) {
                self.at += 1;
            }
            let (right, other) = self.sum(if op == Arithmetic::Power { own - 1 } else { own })?;
            depth = depth.max(other) + 1;
            if depth > DEPTH {
                return Err(self.too_deep());
            }
            left = Expression::Binary(Box::new(left), op, Box::new(right));
        }
        self.nested -= 1;
        Ok((left, depth))
    }

    fn operand(&mut self) -> Result<(Expression, usize)> {
        match self.next() {
            Some(Kind::Number(value)) => Ok((Expression::Number(self.in_range(value)?), 1)),
            Some(Kind::Mark('-')) => {
                let (inner, depth) = self.sum(2)?;
                Ok((Expression::Negative(Box::new(inner)), depth + 1))
            }
            Some(Kind::Mark('(')) => {
                let inner = self.sum(0)?;
                self.closing()?;
                Ok(inner)
            }
            Some(Kind::Name(name)) if self.peek(0) == Some(&Kind::Mark('(')) => {
                let Some(function) = Elementary::named(&name) else {
                    let instead = "Functions are exp(), log(), sqrt() and abs().";
                    return Err(self.unsupported(&format!("the function '{name}()'"), instead));
                };
                self.at += 1;
                let (inner, depth) = self.sum(0)?;
                self.closing()?;
                Ok((Expression::Call(function, Box::new(inner)), depth + 1))
            }
            Some(Kind::Name(name) | Kind::Quoted(name)) => Ok((Expression::Name(name), 1)),
            _ => {
                self.at -= 1;
                Err(self.wrong("a label, a number or '('"))
            }
        }
    }

    fn too_deep(&self) -> Error {
        let remedy = "Give parts of it names of their own with ':=', and use these.";
        let found = format!("an expression that nests more than {DEPTH} deep");
        self.error(found, "a shorter one", remedy.into())
    }
}
