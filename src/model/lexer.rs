//! Model text into tokens with their places.

use std::ops::Range;
use winnow::ascii::digit1;
use winnow::combinator::{alt, opt, preceded, repeat};
use winnow::error::EmptyError;
use winnow::token::{any, one_of, take_till, take_while};
use winnow::{LocatingSlice, Parser};

type Input<'a> = LocatingSlice<&'a str>;

/// A token; what stands in the text follows from its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Name(String),
    /// A name or label between quotes.
    Quoted(String),
    /// Quotes with nothing between them.
    Empty,
    Number(f64),
    /// One of lavaan's operators, the unsupported ones too.
    Operator(&'static str),
    /// `+ * ( ) , -` and whatever else is no part of the above.
    Mark(char),
    /// End of a line, or `;`.
    Break,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

const OPERATORS: [&str; 11] = ["~*~", "=~", "<~", "~~", ":=", "==", "~", "<", ">", "|", ":"];

/// Whether a text is one unquoted name.
pub(super) fn is_plain_name(text: &str) -> bool {
    text.chars().next().is_some_and(starts_name) && text.chars().all(continues_name)
}

/// Whether a text is one whole number.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '.'
}

fn continues_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '.'
}

/// All tokens; a line end that cannot end a formula (after an operator, `+`, `*`, `(`, `,`, or before
/// one) is left out.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut input = LocatingSlice::new(text);
    let mut all: Vec<Token> = Vec::new();
    loop {
        let _: Result<(), EmptyError> = blank.parse_next(&mut input);
        let Ok((kind, span)) = token.with_span().parse_next(&mut input) else { break };
        all.push(Token { kind, span });
    }
    let continues = |t: &Token| {
        matches!(t.kind, Kind::Operator(o) if o != ":") || matches!(t.kind, Kind::Mark('+' | '*' | ',' | '('))
    };
    let line_end = |t: &Token| t.kind == Kind::Break && !text[t.span.clone()].contains(';');
    let mut kept: Vec<Token> = Vec::with_capacity(all.len());
    for (at, token) in all.iter().enumerate() {
        if line_end(token) {
            let after = kept.last().is_some_and(&continues);
            let next = all[at + 1..].iter().find(|t| !line_end(t));
            let before = next.is_some_and(|t| continues(t) && t.kind != Kind::Mark('('));
            if after || before {
                continue;
            }
        }
        kept.push(token.clone());
    }
    kept
}

/// Spaces and comments.
fn blank(input: &mut Input<'_>) -> Result<(), EmptyError> {
    let space = take_while(1.., |c: char| c.is_whitespace() && c != '\n').void();
    let comment = (one_of(['#', '!']), take_till(0.., '\n')).void();
    repeat(0.., alt((space, comment))).parse_next(input)
}

fn token(input: &mut Input<'_>) -> Result<Kind, EmptyError> {
    alt((
        line_break,
        operator,
        number.map(Kind::Number),
        name.map(|n: &str| Kind::Name(n.into())),
        quoted.map(|n: &str| Kind::Quoted(n.into())),
        alt(("\"\"", "''")).value(Kind::Empty),
        any.map(Kind::Mark),
    ))
    .parse_next(input)
}

/// A line end or `;`; the blank lines behind it belong to it, so that looking ahead stays cheap.
fn line_break(input: &mut Input<'_>) -> Result<Kind, EmptyError> {
    alt(('\n', ';')).value(Kind::Break).parse_next(input)
}

fn operator(input: &mut Input<'_>) -> Result<Kind, EmptyError> {
    for symbol in OPERATORS {
        if opt(symbol).parse_next(input)?.is_some() {
            return Ok(Kind::Operator(symbol));
        }
    }
    Err(EmptyError)
}

fn number(input: &mut Input<'_>) -> Result<f64, EmptyError> {
    let fraction = alt(((digit1, opt(preceded('.', opt(digit1)))).void(), ('.', digit1).void()));
    let exponent = opt((one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1));
    (opt('-'), fraction, exponent).take().parse_to().parse_next(input)
}

fn name<'a>(input: &mut Input<'a>) -> Result<&'a str, EmptyError> {
    (one_of(starts_name), take_while(0.., continues_name)).take().parse_next(input)
}

fn quoted<'a>(input: &mut Input<'a>) -> Result<&'a str, EmptyError> {
    let between =
        |mark: char| (mark, take_while(1.., move |c| c != mark && c != '\n'), mark).map(|(_, text, _)| text);
    alt((between('"'), between('\''))).parse_next(input)
}
