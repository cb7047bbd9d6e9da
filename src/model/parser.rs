//! lavaan's model syntax: tokens into formulas, or an error that shows the place.

use super::exploratory_set::ExploratorySet;
use super::lexer::{Kind, tokens};
use super::statement::Statement;
use super::term_syntax::READ;
use super::{Block, Formula, Model, Operator};
#[cfg(feature = "files")]
use crate::construct::read_text;
use crate::error::{Error, Result};
#[cfg(feature = "files")]
use std::path::Path;
use std::str::FromStr;

const OPERATORS: &str = "one of =~, ~, ~~, |, ~*~";

/// Parameters that a text may name: formulas multiply (`a + b ~~ c + d`), and nobody estimates more.
const PARAMETERS: usize = 100_000;

#[cfg(feature = "files")]
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
        let mut sets: Vec<ExploratorySet> = Vec::new();
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
                    statement.read(&mut formulas, &mut sets)?;
                    formulas[from..].iter_mut().for_each(|formula| formula.block = block.clone());
                    opened = None;
                }
            }
        }
        match opened {
            Some(empty) => Err(empty.without_formulas()),
            None => Model::with_relations(formulas, relations)?.with_exploratory(sets),
        }
    }
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

    fn read(&mut self, formulas: &mut Vec<Formula>, sets: &mut Vec<ExploratorySet>) -> Result<()> {
        let mut own_sets = Vec::new();
        let mut left = vec![self.left_factor(&mut own_sets)?];
        let op = loop {
            match self.next() {
                Some(Kind::Mark('+')) => left.push(self.left_factor(&mut own_sets)?),
                Some(Kind::Operator(symbol)) => break self.operator(symbol)?,
                _ => {
                    self.at -= 1;
                    return Err(self.wrong(&format!("{OPERATORS}, or '+'")));
                }
            }
        };
        if op != Operator::Loading && !own_sets.is_empty() {
            self.at = 0;
            return Err(self.unsupported("an efa() block outside '=~'", EFA));
        }
        for (set, factor) in own_sets {
            match sets.iter_mut().find(|own| own.name == set) {
                Some(own) if own.factors.contains(&factor) => {}
                Some(own) => own.factors.push(factor),
                None => sets.push(ExploratorySet::new(set, [factor])),
            }
        }
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

    /// A name, or `efa("set")*name`.
    fn left_factor(&mut self, sets: &mut Vec<(String, String)>) -> Result<String> {
        let is_set =
            self.peek(0) == Some(&Kind::Name("efa".into())) && self.peek(1) == Some(&Kind::Mark('('));
        if !is_set {
            return self.left_name();
        }
        self.at += 2;
        let set = match self.next() {
            Some(Kind::Quoted(name) | Kind::Name(name)) => name,
            _ => {
                self.at -= 1;
                return Err(self.wrong("the name of the block between quotes, as in efa(\"a\")*f1"));
            }
        };
        for mark in [')', '*'] {
            if self.next() != Some(Kind::Mark(mark)) {
                self.at -= 1;
                return Err(self.wrong(&format!("'{mark}'")));
            }
        }
        let factor = self.left_name()?;
        sets.push((set, factor.clone()));
        Ok(factor)
    }

    fn left_name(&mut self) -> Result<String> {
        match self.next() {
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
}

const EFA: &str = "Exploratory factors are measured: efa(\"a\")*f1 + efa(\"a\")*f2 =~ x1 + x2 + x3 + x4.";

const FORMATIVE: &str = "Write 'f <~ 1*a + b' as 'f =~ 0', 'f ~ 1*a + b' and 'f ~~ 0*f': a factor without indicators \
                         or residual, of which one weight is fixed to give it a unit.";
