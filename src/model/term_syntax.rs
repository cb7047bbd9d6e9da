//! The syntax of a term of a formula: modifiers, and the variable behind them.

use super::lexer::Kind;
use super::statement::Statement;
use super::{Constraint, Formula, Modifiers, Operator};
use crate::error::Result;

/// What is read.
pub(super) const READ: &str = "Read are =~, ~, ~~, ~ 1, |, ~*~, :=, ==, < and >, with numbers, NA, labels, start(), lower(), \
                    upper(), equal(), c() and blocks.";

/// A value of one group.
enum Element {
    Number(f64),
    Missing,
    Text(String),
    /// `""`: nothing for this group.
    Nothing,
}

impl Statement<'_> {
    /// Modifiers and the variable behind them.
    pub(super) fn term(&mut self, op: Operator) -> Result<Formula> {
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
}

/// The name of a parameter as a label: `dem60=~y2`.
fn without_space(text: &str) -> String {
    let sign = |c: char| if c == '\u{2dc}' { '~' } else { c };
    text.chars().filter(|c| !c.is_whitespace()).map(sign).collect()
}
