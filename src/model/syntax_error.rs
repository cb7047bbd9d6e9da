//! What is wrong with a statement: an error that shows the place, and says what to do.

use super::lexer::{Kind, is_invisible, looks_like};
use super::statement::Statement;
use crate::error::{Error, Result};

/// What a formula looks like.
const FORMULA: &str = "A formula is 'factor =~ item + item', 'y ~ x', 'a ~~ b' or 'y ~ 1', one per line.";

impl Statement<'_> {
    pub(super) fn wrong(&self, expected: &str) -> Error {
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

    /// An error at the token to be read.
    pub(super) fn error(&self, found: String, expected: &str, remedy: String) -> Error {
        let (line, column, excerpt) = excerpt(self.text, self.place().start);
        Error::ModelSyntax { line, column, found, expected: expected.into(), excerpt, remedy }
    }

    /// A product of two variables; the second is the token to be read.
    pub(super) fn interaction(&self, first: &str) -> Error {
        let second = &self.text[self.place()];
        let instead = format!(
            "Compute the product of '{first}' and '{second}' as a column of the data (centred first, so that the \
             other effects keep their meaning), and use the name of that column."
        );
        self.unsupported(&format!("an interaction term '{first}:{second}'"), &instead)
    }

    pub(super) fn unsupported(&self, what: &str, instead: &str) -> Error {
        let start = self.tokens.get(self.at.saturating_sub(1)).map_or(0, |t| t.span.start);
        let (line, ..) = excerpt(self.text, start);
        Error::Unsupported { what: format!("{what} (model, line {line})"), instead: instead.into() }
    }

    /// A number that was just read, unless it is too large to be one.
    pub(super) fn in_range(&mut self, value: f64) -> Result<f64> {
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

    pub(super) fn closing(&mut self) -> Result<()> {
        if self.next() != Some(Kind::Mark(')')) {
            self.at -= 1;
            return Err(self.wrong("')'"));
        }
        Ok(())
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
