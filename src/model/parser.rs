//! lavaan's model syntax: tokens into formulas, or an error that shows the place.

use super::expression::{Arithmetic, Expression, Function, Relation, RelationKind};
use super::lexer::{Kind, Token, is_invisible, looks_like, tokens};
use super::{Block, Constraint, Formula, Model, Modifiers, Operator};
use crate::construct::read_text;
use crate::error::{Error, Result};
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

const OPERATORS: &str = "one of =~, ~, ~~, |, ~*~";

/// Parameters that a text may name: formulas multiply (`a + b ~~ c + d`), and nobody estimates more.
const PARAMETERS: usize = 100_000;

/// How deep an expression may nest; a sum of n terms is n deep.
const DEPTH: usize = 500;

impl Model {
    /// The text of a model file: UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// [`Error::Unreadable`]; [`Error::NotUtf8`] for a file in another encoding.
    pub fn text_of(path: impl AsRef<Path>) -> Result<String> {
        read_text(path.as_ref())
    }
}

impl FromStr for Model {
    type Err = Error;

    /// Reads lavaan's model syntax.
    ///
    /// Operators `=~`, `~`, `~~`, `~ 1`, `|` and `~*~`; `:=`, `==`, `<` and `>` in labels; modifiers: a
    /// number (fixed), `NA` (free), a label (bare, quoted, or `label("a")`), `equal("f=~x")`, `start(0.5)`,
    /// `lower(0)`, `upper(1)`, vectors of them by group (`c(1, NA)*x`; of one value for all groups), several of
    /// them on one term or in repeated terms; blocks (`group: 1`, `level: within`; levels inside groups), what
    /// stands before the first of them holding in all; comments `#` and `!`; formulas end at a line
    /// end or `;` and go on over lines that end in, or begin with, an operator or `+`. Names with other characters
    /// than letters, digits, `_` and `.`, or a digit in front, stand between quotes (`"item 1"`).
    ///
    /// # Errors
    /// [`Error::ModelSyntax`] with line, column, a caret and a remedy, also for a block without formulas, for an
    /// expression nested more than 500 deep and for more than 100,000 parameters; [`Error::Unsupported`] for the
    /// rest of lavaan's language; what [`Model::from_formulas`] finds.
    fn from_str(text: &str) -> Result<Self> {
        let tokens = tokens(text);
        let (mut formulas, mut relations) = (Vec::new(), Vec::new());
        let mut block = Block::default();
        // the statement that opened a block without a formula so far
        let mut opened: Option<Statement<'_>> = None;
        for statement in tokens.split(|t| t.kind == Kind::Break) {
            if statement.is_empty() {
                continue;
            }
            let mut statement = Statement { text, tokens: statement, at: 0, nested: 0 };
            if statement.opens_block(&mut block)? {
                // a group may begin with a level
                let is_level = statement.is_level();
                let begins = |group: &Statement<'_>| !group.is_level() && is_level;
                if let Some(empty) = opened.replace(statement).filter(|before| !begins(before)) {
                    return Err(empty.without_formulas());
                }
                continue;
            }
            match statement.relation_kind() {
                Some(kind) => relations.push(statement.relation(kind)?),
                None => {
                    let from = formulas.len();
                    statement.read(&mut formulas)?;
                    formulas[from..].iter_mut().for_each(|formula| formula.block = block.clone());
                    opened = None;
                }
            }
        }
        match opened {
            Some(empty) => Err(empty.without_formulas()),
            None => Model::with_relations(formulas, relations),
        }
    }
}

/// One formula of the text, and how far it has been read.
struct Statement<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    /// Brackets, functions and powers that are open.
    nested: usize,
}

impl Statement<'_> {
    /// Reads `group: 1` or `level: within`, if that is what the statement is.
    fn opens_block(&mut self, block: &mut Block) -> Result<bool> {
        let Some(Kind::Name(kind)) = self.peek(0).cloned() else { return Ok(false) };
        if self.peek(1) != Some(&Kind::Operator(":")) || !matches!(kind.as_str(), "group" | "level") {
            return Ok(false);
        }
        self.at = 2;
        let adjacent = self.adjacent(self.at);
        let name = match self.next() {
            // such as Grant-White
            Some(Kind::Name(_)) => {
                self.at += self.tokens[self.at..].iter().take_while(|t| t.span.end <= adjacent.end).count();
                self.text[adjacent].to_string()
            }
            Some(Kind::Quoted(name)) => name,
            Some(Kind::Number(number)) => number.to_string(),
            _ => {
                self.at = 2;
                return Err(self.wrong(&format!("the name or number of the {kind}")));
            }
        };
        if self.peek(0).is_some() {
            return Err(self.wrong("the end of the line"));
        }
        if kind == "group"
            && let Block { group: None, level: Some(level) } = block
        {
            self.at = 0;
            let found = format!("a block of a group inside level '{level}'");
            let remedy = "Put the levels inside the groups: 'group: 1' and under it 'level: within' and \
                          'level: between', then 'group: 2' with the same.";
            return Err(self.error(found, "groups around levels", remedy.into()));
        }
        match kind.as_str() {
            "group" => *block = Block { group: Some(name), level: None },
            _ => block.level = Some(name),
        }
        Ok(true)
    }

    fn is_level(&self) -> bool {
        self.tokens.first().is_some_and(|token| token.kind == Kind::Name("level".into()))
    }

    /// The fault of a block that this statement opens.
    fn without_formulas(mut self) -> Error {
        self.at = 0;
        let found = "a block without formulas".into();
        let remedy = "Write what holds in the block under its name, or leave the block out.";
        self.error(found, "formulas between its name and the next block", remedy.into())
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
                let Some(function) = Function::named(&name) else {
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

    /// A number that was just read, unless it is too large to be one.
    fn in_range(&mut self, value: f64) -> Result<f64> {
        if value.is_finite() {
            return Ok(value);
        }
        self.at -= 1;
        let found = format!("found '{}', which is too large for a number", &self.text[self.place()]);
        Err(self.error(
            found,
            "a number below 1e308",
            "Write the number that is meant, or leave it out.".into(),
        ))
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
                    return Err(self.unsupported("an efa() block", EFA));
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
        if formulas.len() + left.len() * terms.len() > PARAMETERS {
            self.at = 0;
            let found = format!("{} parameters in one formula", left.len() * terms.len());
            let expected = format!("at most {PARAMETERS} in a model");
            return Err(self.error(found, &expected, "Name the parameters that are to be estimated.".into()));
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
                Err(self.unsupported("an efa() block", EFA))
            }
            Some(Kind::Name(name) | Kind::Quoted(name)) => {
                if self.peek(0) == Some(&Kind::Operator(":")) {
                    self.at += 1;
                    if matches!(name.as_str(), "block" | "class") {
                        let what = format!("a block '{name}:'");
                        return Err(self.unsupported(&what, "Blocks are 'group:' and 'level:'."));
                    }
                    return Err(self.interaction(&name));
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
            "<~" => return Err(self.unsupported("a formative factor ('<~')", FORMATIVE)),
            "|" => Operator::Threshold,
            "~*~" => Operator::Scale,
            ":" => return Err(self.wrong(OPERATORS)),
            _ => return Err(self.unsupported(&format!("a constraint ('{symbol}')"), READ)),
        })
    }

    /// Modifiers and the variable behind them.
    fn term(&mut self, op: Operator) -> Result<Formula> {
        let mut formula = Formula::new("", op, "");
        loop {
            let start = self.at;
            let known = (formula.modifiers.clone(), formula.by_group.clone());
            let token = self.next();
            let more = self.peek(0) == Some(&Kind::Mark('*'));
            match token {
                Some(Kind::Number(value)) if more => {
                    formula.modifiers.constraint = Constraint::Fixed(self.in_range(value)?)
                }
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
                        self.at += 1;
                        return Err(self.interaction(&name));
                    }
                    formula.rhs = name;
                    return Ok(formula);
                }
                _ => {
                    self.at = start;
                    return Err(self.wrong("a variable, or a modifier and '*'"));
                }
            }
            let by_group = known.1.iter().zip(&formula.by_group);
            let mut pairs = std::iter::once((&known.0, &formula.modifiers)).chain(by_group);
            if let Some(contradiction) = pairs.find_map(|(first, second)| first.contradiction(second)) {
                self.at = start;
                let found = format!("one parameter is given {contradiction}");
                return Err(self.error(
                    found,
                    "one of the two",
                    "Two labels are made one by 'a == b'.".into(),
                ));
            }
            self.at += 1; // the '*'
        }
    }

    /// `start(0.5)` and `label("a")`.
    fn function(&mut self, name: &str, formula: &mut Formula) -> Result<()> {
        match name {
            "start" | "lower" | "upper" | "label" | "equal" | "as.numeric" => {}
            _ => return Err(self.unsupported(&format!("the modifier '{name}()'"), READ)),
        }
        self.at += 1; // the '('
        if self.peek(0) == Some(&Kind::Name("c".into())) && self.peek(1) == Some(&Kind::Mark('(')) {
            self.at += 1;
            for (own, element) in self.by_group(formula)? {
                match (name, element) {
                    ("as.numeric", Element::Missing) => own.constraint = Constraint::Free,
                    (_, Element::Nothing | Element::Missing) => {}
                    ("as.numeric", Element::Number(value)) => own.constraint = Constraint::Fixed(value),
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
            ("start", Some(Kind::Number(value))) => formula.modifiers.start = Some(self.in_range(value)?),
            ("lower", Some(Kind::Number(value))) => formula.modifiers.lower = Some(self.in_range(value)?),
            ("upper", Some(Kind::Number(value))) => formula.modifiers.upper = Some(self.in_range(value)?),
            ("label", Some(Kind::Quoted(text) | Kind::Name(text))) => formula.modifiers.label = Some(text),
            ("equal", Some(Kind::Quoted(text))) => formula.modifiers.label = Some(without_space(&text)),
            ("as.numeric", Some(Kind::Number(value))) => {
                formula.modifiers.constraint = Constraint::Fixed(self.in_range(value)?)
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
        for (own, element) in self.by_group(formula)? {
            match element {
                Element::Nothing => {}
                Element::Missing => own.constraint = Constraint::Free,
                Element::Number(value) => own.constraint = Constraint::Fixed(value),
                Element::Text(label) => own.label = Some(label),
            }
        }
        Ok(())
    }

    /// The elements of a vector, each with the modifiers of its group; one value is for all groups.
    fn by_group<'f>(
        &mut self,
        formula: &'f mut Formula,
    ) -> Result<impl Iterator<Item = (&'f mut Modifiers, Element)> + use<'f>> {
        let start = self.at;
        let elements = self.elements()?;
        let known = formula.by_group.len();
        if elements.len() > 1 && known > 0 && known != elements.len() {
            self.at = start;
            let found = format!("{} values in c()", elements.len());
            let expected = format!("{known}, as in the c() before");
            return Err(self.error(found, &expected, "Give one value for each group.".into()));
        }
        if elements.len() > 1 && known == 0 {
            formula.by_group = vec![Modifiers::default(); elements.len()];
        }
        let own = if elements.len() == 1 {
            std::slice::from_mut(&mut formula.modifiers).iter_mut()
        } else {
            formula.by_group.iter_mut()
        };
        Ok(own.zip(elements))
    }

    /// What stands between the brackets of a vector.
    fn elements(&mut self) -> Result<Vec<Element>> {
        self.at += 1; // the '('
        let mut elements = Vec::new();
        loop {
            elements.push(match self.next() {
                Some(Kind::Number(value)) => Element::Number(self.in_range(value)?),
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
        let found = &self.text[self.place()];
        let before =
            self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| &self.text[t.span.clone()]);
        let sign = found.chars().next().filter(|c| is_invisible(*c) || looks_like(*c).is_some());
        let found = match (sign, found, before) {
            (Some(sign), ..) if is_invisible(sign) => {
                format!("found an invisible character (U+{:04X})", u32::from(sign))
            }
            (Some(sign), ..) => format!("found '{sign}' (U+{:04X})", u32::from(sign)),
            (_, "", Some(before)) => format!("the formula ends after '{before}'"),
            (_, "", None) => "the formula ends".into(),
            (_, found, Some(before)) => format!("found '{found}' after '{before}'"),
            (_, found, None) => format!("found '{found}'"),
        };
        self.error(found, expected, self.remedy())
    }

    /// What to do about the token to be read.
    fn remedy(&self) -> String {
        let place = self.place();
        let found = &self.text[place.clone()];
        let of = |at: usize| self.tokens.get(at).map(|t| (&t.kind, &t.span));
        let before = self.at.checked_sub(1).and_then(of);
        let is_part = |kind: &Kind| matches!(kind, Kind::Name(_) | Kind::Number(_));
        let is_number = |kind: &Kind| matches!(kind, Kind::Number(_));
        match found.chars().next() {
            Some(sign) if is_invisible(sign) => return "Delete it.".into(),
            Some(sign) => {
                if let Some(meant) = looks_like(sign) {
                    return format!("It looks like '{meant}': type '{meant}' in its place.");
                }
            }
            None => {}
        }
        if found == "\"" || found == "'" || found == "`" {
            return "Close the quotes on the same line.".into();
        }
        // `1BACK`, found at its number or behind it
        for at in [Some(self.at), self.at.checked_sub(1)].into_iter().flatten() {
            if let (Some((digits, from)), Some((Kind::Name(_), to))) = (of(at), of(at + 1))
                && is_number(digits)
                && from.end == to.start
            {
                let name = &self.text[from.start..to.end];
                return format!("A name that begins with a digit stands between quotes: \"{name}\".");
            }
        }
        if let (Some((first, from)), Some((second, _))) = (before, of(self.at))
            && matches!(first, Kind::Name(_))
            && is_part(second)
        {
            let parts = self.tokens[self.at..].iter().take_while(|t| is_part(&t.kind));
            let end = parts.last().map_or(place.end, |t| t.span.end);
            let name = &self.text[from.start..end];
            if !name.contains('\n') {
                return format!(
                    "If it is one name, put it between quotes: \"{name}\"; if not, put '+' between the two."
                );
            }
        }
        if let Some((Kind::Mark(sign), _)) = of(self.at)
            && !"+*(),".contains(*sign)
            && let Some((kind, from)) = before
            && is_part(kind)
            && from.end == place.start
        {
            let name = &self.text[self.adjacent(self.at - 1)];
            return format!(
                "A name with other characters than letters, digits, '_' and '.' stands between quotes: \"{name}\"."
            );
        }
        FORMULA.into()
    }

    /// The text from a token on as far as a name could go: parts of names and signs that mean nothing here, without
    /// blanks.
    fn adjacent(&self, from: usize) -> Range<usize> {
        let Some(first) = self.tokens.get(from) else { return 0..0 };
        let mut end = first.span.end;
        for token in &self.tokens[from + 1..] {
            let is_part = match token.kind {
                Kind::Name(_) | Kind::Number(_) => true,
                Kind::Mark(sign) => !"+*(),".contains(sign),
                _ => false,
            };
            if !is_part || token.span.start != end {
                break;
            }
            end = token.span.end;
        }
        first.span.start..end
    }

    /// An error at the token to be read.
    fn error(&self, found: String, expected: &str, remedy: String) -> Error {
        let (line, column, excerpt) = excerpt(self.text, self.place().start);
        Error::ModelSyntax { line, column, found, expected: expected.into(), excerpt, remedy }
    }

    /// A product of two variables; the second is the token to be read.
    fn interaction(&self, first: &str) -> Error {
        let second = &self.text[self.place()];
        let instead = format!(
            "Compute the product of '{first}' and '{second}' as a column of the data (centred first, so that the \
             other effects keep their meaning), and use the name of that column."
        );
        self.unsupported(&format!("an interaction term '{first}:{second}'"), &instead)
    }

    fn unsupported(&self, what: &str, instead: &str) -> Error {
        let start = self.tokens.get(self.at.saturating_sub(1)).map_or(0, |t| t.span.start);
        let (line, ..) = excerpt(self.text, start);
        Error::Unsupported { what: format!("{what} (model, line {line})"), instead: instead.into() }
    }
}

/// What a formula looks like.
const FORMULA: &str = "A formula is 'factor =~ item + item', 'y ~ x', 'a ~~ b' or 'y ~ 1', one per line.";

/// What is read.
const READ: &str = "Read are =~, ~, ~~, ~ 1, |, ~*~, :=, ==, < and >, with numbers, NA, labels, start(), lower(), \
                    upper(), equal(), c() and blocks.";

const EFA: &str = "Write which items measure which factor, as in 'f1 =~ x1 + x2 + x3'.";

const FORMATIVE: &str = "Write 'f <~ 1*a + b' as 'f =~ 0', 'f ~ 1*a + b' and 'f ~~ 0*f': a factor without indicators \
                         or residual, of which one weight is fixed to give it a unit.";

/// The name of a parameter as a label: `dem60=~y2`.
fn without_space(text: &str) -> String {
    let sign = |c: char| if c == '\u{2dc}' { '~' } else { c };
    text.chars().filter(|c| !c.is_whitespace()).map(sign).collect()
}

/// A value of one group.
enum Element {
    Number(f64),
    Missing,
    Text(String),
    /// `""`: nothing for this group.
    Nothing,
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
