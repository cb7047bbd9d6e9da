//! lavaan's model syntax: tokens into formulas, or an error that shows the place.

use super::expression::{Arithmetic, Expression, Function, Relation, RelationKind};
use super::lexer::{Kind, Token, tokens};
use super::{Block, Constraint, Formula, Model, Modifiers, Operator};
use crate::error::{Error, Result};
use std::ops::Range;
use std::str::FromStr;

const OPERATORS: &str = "one of =~, ~, ~~, |, ~*~";

impl FromStr for Model {
    type Err = Error;

    /// Reads lavaan's model syntax.
    ///
    /// Operators `=~`, `~`, `~~`, `~ 1`, `|` and `~*~`; `:=`, `==`, `<` and `>` in labels; modifiers: a
    /// number (fixed), `NA` (free), a label (bare, quoted, or `label("a")`), `equal("f=~x")`, `start(0.5)`,
    /// `lower(0)`, `upper(1)`, vectors of them by group (`c(1, NA)*x`), several of them on one term or in
    /// repeated terms; blocks (`group: 1`, `level: within`); comments `#` and `!`; formulas end at a line
    /// end or `;` and go on over lines that end in, or begin with, an operator or `+`.
    ///
    /// # Errors
    /// [`Error::ModelSyntax`] with line, column and a caret; [`Error::Unsupported`] for the rest of
    /// lavaan's language; what [`Model::from_formulas`] finds.
    fn from_str(text: &str) -> Result<Self> {
        let tokens = tokens(text);
        let (mut formulas, mut relations) = (Vec::new(), Vec::new());
        let mut block = Block::default();
        for statement in tokens.split(|t| t.kind == Kind::Break) {
            if statement.is_empty() {
                continue;
            }
            let mut statement = Statement { text, tokens: statement, at: 0 };
            if statement.opens_block(&mut block)? {
                continue;
            }
            match statement.relation_kind() {
                Some(kind) => relations.push(statement.relation(kind)?),
                None => {
                    let from = formulas.len();
                    statement.read(&mut formulas)?;
                    formulas[from..].iter_mut().for_each(|formula| formula.block = block.clone());
                }
            }
        }
        Model::with_relations(formulas, relations)
    }
}

/// One formula of the text, and how far it has been read.
struct Statement<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl Statement<'_> {
    /// Reads `group: 1` or `level: within`, if that is what the statement is.
    fn opens_block(&mut self, block: &mut Block) -> Result<bool> {
        let Some(Kind::Name(kind)) = self.peek(0).cloned() else { return Ok(false) };
        if self.peek(1) != Some(&Kind::Operator(":")) || !matches!(kind.as_str(), "group" | "level") {
            return Ok(false);
        }
        self.at = 2;
        let name = match self.next() {
            Some(Kind::Name(name) | Kind::Quoted(name)) => name,
            Some(Kind::Number(number)) => number.to_string(),
            _ => {
                self.at = 2;
                return Err(self.wrong(&format!("the name or number of the {kind}")));
            }
        };
        if self.peek(0).is_some() {
            return Err(self.wrong("the end of the line"));
        }
        match kind.as_str() {
            "group" => *block = Block { group: Some(name), level: None },
            _ => block.level = Some(name),
        }
        Ok(true)
    }

    /// Which relation the statement states; none for a formula.
    fn relation_kind(&self) -> Option<RelationKind> {
        self.tokens.iter().find_map(|token| match token.kind {
            Kind::Operator(":=") => Some(RelationKind::Defined),
            Kind::Operator("==") => Some(RelationKind::Equal),
            Kind::Operator("<") => Some(RelationKind::Less),
            Kind::Operator(">") => Some(RelationKind::Greater),
            _ => None,
        })
    }

    fn relation(&mut self, kind: RelationKind) -> Result<Relation> {
        let left = self.sum(0)?;
        if kind == RelationKind::Defined && !matches!(left, Expression::Name(_)) {
            self.at = 0;
            return Err(self.wrong("the name of the defined parameter"));
        }
        if self.next() != Some(Kind::Operator(kind.symbol())) {
            self.at -= 1;
            return Err(self.wrong(&format!("'{}'", kind.symbol())));
        }
        let right = self.sum(0)?;
        if self.peek(0).is_some() {
            return Err(self.wrong("an operator or the end of the statement"));
        }
        Ok(Relation { left, kind, right })
    }

    /// Operators from a precedence on: + and - (1), * and / (2), ^ (3, from the right).
    fn sum(&mut self, precedence: u8) -> Result<Expression> {
        let mut left = self.operand()?;
        loop {
            let (op, own) = match self.peek(0) {
                Some(Kind::Mark('+')) => (Arithmetic::Add, 1),
                Some(Kind::Mark('-')) => (Arithmetic::Subtract, 1),
                // `a -1` has lost its operator to the number
                Some(Kind::Number(value)) if value.is_sign_negative() => (Arithmetic::Add, 1),
                Some(Kind::Mark('*')) => (Arithmetic::Multiply, 2),
                Some(Kind::Mark('/')) => (Arithmetic::Divide, 2),
                Some(Kind::Mark('^')) => (Arithmetic::Power, 3),
                _ => return Ok(left),
            };
            if own <= precedence {
                return Ok(left);
            }
            if matches!(self.peek(0), Some(Kind::Mark(_))) {
                self.at += 1;
            }
            let right = self.sum(if op == Arithmetic::Power { own - 1 } else { own })?;
            left = Expression::Binary(Box::new(left), op, Box::new(right));
        }
    }

    fn operand(&mut self) -> Result<Expression> {
        match self.next() {
            Some(Kind::Number(value)) => Ok(Expression::Number(value)),
            Some(Kind::Mark('-')) => Ok(Expression::Negative(Box::new(self.sum(2)?))),
            Some(Kind::Mark('(')) => {
                let inner = self.sum(0)?;
                self.closing()?;
                Ok(inner)
            }
            Some(Kind::Name(name)) if self.peek(0) == Some(&Kind::Mark('(')) => {
                let Some(function) = Function::named(&name) else {
                    return Err(self.unsupported(&format!("the function '{name}()'")));
                };
                self.at += 1;
                let inner = self.sum(0)?;
                self.closing()?;
                Ok(Expression::Call(function, Box::new(inner)))
            }
            Some(Kind::Name(name) | Kind::Quoted(name)) => Ok(Expression::Name(name)),
            _ => {
                self.at -= 1;
                Err(self.wrong("a label, a number or '('"))
            }
        }
    }

    fn read(&mut self, formulas: &mut Vec<Formula>) -> Result<()> {
        let mut left = vec![self.left_name()?];
        let op = loop {
            match self.next() {
                Some(Kind::Mark('+')) => left.push(self.left_name()?),
                Some(Kind::Operator(symbol)) => break self.operator(symbol)?,
                Some(Kind::Mark('*'))
                    if left.len() == 1 && matches!(self.peek(-2), Some(Kind::Mark(')'))) =>
                {
                    return Err(self.unsupported("an efa() block"));
                }
                _ => {
                    self.at -= 1;
                    return Err(self.wrong(&format!("{OPERATORS}, or '+'")));
                }
            }
        };
        let mut terms = vec![self.term(op)?];
        while let Some(next) = self.next() {
            if next != Kind::Mark('+') {
                self.at -= 1;
                return Err(self.wrong("'+', '*' or the end of the formula"));
            }
            terms.push(self.term(op)?);
        }
        for lhs in left {
            formulas.extend(terms.iter().map(|term| {
                let phantom = op == Operator::Loading && term.rhs.is_empty();
                let rhs = if phantom { lhs.clone() } else { term.rhs.clone() };
                Formula { lhs: lhs.clone(), rhs, ..term.clone() }
            }));
        }
        Ok(())
    }

    fn left_name(&mut self) -> Result<String> {
        match self.next() {
            Some(Kind::Name(name)) if name == "efa" && self.peek(0) == Some(&Kind::Mark('(')) => {
                Err(self.unsupported("an efa() block"))
            }
            Some(Kind::Name(name) | Kind::Quoted(name)) => {
                if self.peek(0) == Some(&Kind::Operator(":")) {
                    self.at += 1;
                    let what = if matches!(name.as_str(), "block" | "class") {
                        format!("a block '{name}:'")
                    } else {
                        "an interaction term".into()
                    };
                    return Err(self.unsupported(&what));
                }
                Ok(name)
            }
            _ => {
                self.at = self.at.saturating_sub(1);
                Err(self.wrong("the name of a variable or factor"))
            }
        }
    }

    fn operator(&mut self, symbol: &'static str) -> Result<Operator> {
        Ok(match symbol {
            "=~" => Operator::Loading,
            "~" => Operator::Regression,
            "~~" => Operator::Covariance,
            "<~" => return Err(self.unsupported("a formative factor ('<~')")),
            "|" => Operator::Threshold,
            "~*~" => Operator::Scale,
            ":" => return Err(self.unsupported("an interaction term")),
            _ => return Err(self.unsupported(&format!("a constraint ('{symbol}')"))),
        })
    }

    /// Modifiers and the variable behind them.
    fn term(&mut self, op: Operator) -> Result<Formula> {
        let mut formula = Formula::new("", op, "");
        loop {
            let start = self.at;
            let token = self.next();
            let more = self.peek(0) == Some(&Kind::Mark('*'));
            match token {
                Some(Kind::Number(value)) if more => formula.modifiers.constraint = Constraint::Fixed(value),
                Some(Kind::Name(name)) if more && name == "NA" => {
                    formula.modifiers.constraint = Constraint::Free
                }
                Some(Kind::Name(label) | Kind::Quoted(label)) if more => {
                    formula.modifiers.label = Some(label)
                }
                Some(Kind::Name(function)) if function == "c" && self.peek(0) == Some(&Kind::Mark('(')) => {
                    self.vector(&mut formula)?;
                    if self.peek(0) != Some(&Kind::Mark('*')) {
                        return Err(self.wrong("'*'"));
                    }
                }
                Some(Kind::Name(function)) if self.peek(0) == Some(&Kind::Mark('(')) => {
                    self.function(&function, &mut formula)?;
                    if self.peek(0) != Some(&Kind::Mark('*')) {
                        return Err(self.wrong("'*'"));
                    }
                }
                Some(Kind::Number(0.0)) if op == Operator::Loading => {
                    // a factor without indicators: lavaan has it as a loading of its own, fixed at 0
                    formula.modifiers.constraint = Constraint::Fixed(0.0);
                    return Ok(formula);
                }
                Some(Kind::Number(value)) if op == Operator::Regression && (value == 1.0 || value == 0.0) => {
                    formula.op = Operator::Intercept;
                    if value == 0.0 {
                        formula.modifiers.constraint = Constraint::Fixed(0.0);
                    }
                    return Ok(formula);
                }
                Some(Kind::Name(name) | Kind::Quoted(name)) => {
                    if self.peek(0) == Some(&Kind::Operator(":")) {
                        return Err(self.unsupported("an interaction term"));
                    }
                    formula.rhs = name;
                    return Ok(formula);
                }
                _ => {
                    self.at = start;
                    return Err(self.wrong("a variable, or a modifier and '*'"));
                }
            }
            self.at += 1; // the '*'
        }
    }

    /// `start(0.5)` and `label("a")`.
    fn function(&mut self, name: &str, formula: &mut Formula) -> Result<()> {
        match name {
            "start" | "lower" | "upper" | "label" | "equal" | "as.numeric" => {}
            _ => return Err(self.unsupported(&format!("the modifier '{name}()'"))),
        }
        self.at += 1; // the '('
        if self.peek(0) == Some(&Kind::Name("c".into())) && self.peek(1) == Some(&Kind::Mark('(')) {
            self.at += 1;
            for (group, element) in self.elements()?.into_iter().enumerate() {
                let own = in_group(formula, group);
                match (name, element) {
                    (_, Element::Nothing | Element::Missing) => {}
                    ("start", Element::Number(value)) => own.start = Some(value),
                    ("lower", Element::Number(value)) => own.lower = Some(value),
                    ("upper", Element::Number(value)) => own.upper = Some(value),
                    ("label", Element::Text(label)) => own.label = Some(label),
                    ("equal", Element::Text(label)) => own.label = Some(without_space(&label)),
                    _ => {
                        let labels = matches!(name, "label" | "equal");
                        return Err(self.wrong(if labels { "labels between quotes" } else { "numbers" }));
                    }
                }
            }
            return self.closing();
        }
        match (name, self.next()) {
            ("start", Some(Kind::Number(value))) => formula.modifiers.start = Some(value),
            ("lower", Some(Kind::Number(value))) => formula.modifiers.lower = Some(value),
            ("upper", Some(Kind::Number(value))) => formula.modifiers.upper = Some(value),
            ("label", Some(Kind::Quoted(text) | Kind::Name(text))) => formula.modifiers.label = Some(text),
            ("equal", Some(Kind::Quoted(text))) => formula.modifiers.label = Some(without_space(&text)),
            ("as.numeric", Some(Kind::Number(value))) => {
                formula.modifiers.constraint = Constraint::Fixed(value)
            }
            ("as.numeric", Some(Kind::Name(name))) if name == "NA" => {
                formula.modifiers.constraint = Constraint::Free
            }
            _ => {
                self.at -= 1;
                let label = matches!(name, "label" | "equal");
                return Err(self.wrong(if label { "a label between quotes" } else { "a number" }));
            }
        }
        self.closing()
    }

    fn closing(&mut self) -> Result<()> {
        if self.next() != Some(Kind::Mark(')')) {
            self.at -= 1;
            return Err(self.wrong("')'"));
        }
        Ok(())
    }

    /// `c(1, NA)`, `c("a", "b")`: modifiers by group.
    fn vector(&mut self, formula: &mut Formula) -> Result<()> {
        for (group, element) in self.elements()?.into_iter().enumerate() {
            let own = in_group(formula, group);
            match element {
                Element::Nothing => {}
                Element::Missing => own.constraint = Constraint::Free,
                Element::Number(value) => own.constraint = Constraint::Fixed(value),
                Element::Text(label) => own.label = Some(label),
            }
        }
        Ok(())
    }

    /// What stands between the brackets of a vector.
    fn elements(&mut self) -> Result<Vec<Element>> {
        self.at += 1; // the '('
        let mut elements = Vec::new();
        loop {
            elements.push(match self.next() {
                Some(Kind::Number(value)) => Element::Number(value),
                Some(Kind::Name(name)) if name == "NA" => Element::Missing,
                Some(Kind::Name(text) | Kind::Quoted(text)) => Element::Text(text),
                Some(Kind::Empty) => Element::Nothing,
                _ => {
                    self.at -= 1;
                    return Err(self.wrong("a number, NA or a label for each group"));
                }
            });
            match self.next() {
                Some(Kind::Mark(',')) => {}
                Some(Kind::Mark(')')) => return Ok(elements),
                _ => {
                    self.at -= 1;
                    return Err(self.wrong("',' or ')'"));
                }
            }
        }
    }

    /// The next token; past the end the position still moves, so that stepping back is safe.
    fn next(&mut self) -> Option<Kind> {
        let kind = self.tokens.get(self.at).map(|t| t.kind.clone());
        self.at += 1;
        if kind.is_none() {
            self.at = self.tokens.len() + 1;
        }
        kind
    }

    fn peek(&self, ahead: isize) -> Option<&Kind> {
        self.at.checked_add_signed(ahead).and_then(|at| self.tokens.get(at)).map(|t| &t.kind)
    }

    /// The place of the token to be read; behind the last one at the end.
    fn place(&self) -> Range<usize> {
        match (self.tokens.get(self.at), self.tokens.last()) {
            (Some(token), _) => token.span.clone(),
            (None, Some(last)) => last.span.end..last.span.end,
            (None, None) => 0..0,
        }
    }

    fn wrong(&self, expected: &str) -> Error {
        let place = self.place();
        let found = &self.text[place.clone()];
        let before =
            self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| &self.text[t.span.clone()]);
        let found = match (found, before) {
            ("", Some(before)) => format!("the formula ends after '{before}'"),
            ("", None) => "the formula ends".into(),
            (found, Some(before)) => format!("found '{found}' after '{before}'"),
            (found, None) => format!("found '{found}'"),
        };
        let (line, column, excerpt) = excerpt(self.text, place.start);
        Error::ModelSyntax { line, column, found, expected: expected.into(), excerpt }
    }

    fn unsupported(&self, what: &str) -> Error {
        let start = self.tokens.get(self.at.saturating_sub(1)).map_or(0, |t| t.span.start);
        let (line, ..) = excerpt(self.text, start);
        Error::Unsupported {
            what: format!("{what} (model, line {line})"),
            instead: "Read are =~, ~, ~~, ~ 1, |, ~*~, :=, ==, < and >, with numbers, NA, labels, start(), \
                      lower(), upper(), equal(), c() and blocks."
                .into(),
        }
    }
}

/// The name of a parameter as a label: `dem60=~y2`.
fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A value of one group.
enum Element {
    Number(f64),
    Missing,
    Text(String),
    /// `""`: nothing for this group.
    Nothing,
}

/// The modifiers of a group, made where they are not there yet.
fn in_group(formula: &mut Formula, group: usize) -> &mut Modifiers {
    if formula.by_group.len() <= group {
        formula.by_group.resize(group + 1, Modifiers::default());
    }
    &mut formula.by_group[group]
}

/// Characters of a line that are shown on each side of the place.
const CONTEXT: usize = 50;

/// Line, column (in characters, from 1) and the line with a caret below the place.
fn excerpt(text: &str, at: usize) -> (usize, usize, String) {
    let line_start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let line_end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    let line = text[..at].matches('\n').count() + 1;
    let column = text[line_start..at].chars().count() + 1;
    let characters: Vec<char> = text[line_start..line_end].trim_end().chars().collect();
    let from = (column - 1).saturating_sub(CONTEXT);
    let to = (column + CONTEXT).min(characters.len());
    let shown: String =
        characters[from.min(to)..to].iter().map(|c| if c.is_control() { ' ' } else { *c }).collect();
    let dots = |there: bool| if there { "..." } else { "" };
    let head = format!("{line} | {}", dots(from > 0));
    let caret = format!("{}^", " ".repeat(head.chars().count() + column - 1 - from));
    (line, column, format!("  {head}{shown}{}\n  {caret}", dots(to < characters.len())))
}
