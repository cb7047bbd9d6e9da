//! Model text into tokens with their places.
//!
//! As in lavaan, blanks inside an operator do not count (`= ~`), and the small tilde U+02DC, into which word processors
//! turn `~`, is one. Other characters that look like a sign of the syntax are marks, which an error names.

use crate::error::is_combining;
use std::ops::Range;
use winnow::ascii::digit1;
use winnow::combinator::{alt, opt, preceded, repeat};
use winnow::error::EmptyError;
use winnow::token::{any, one_of, take, take_till, take_while};
use winnow::{LocatingSlice, Parser};

type Input<'a> = LocatingSlice<&'a str>;

/// A token; what stands in the text follows from its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Name(String),
    /// A name or label between quotes (`"`, `'` or R's backticks).
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
    c.is_alphanumeric() || c == '_' || c == '.' || is_combining(c)
}

/// The sign of the syntax that another character looks like.
pub(super) fn looks_like(c: char) -> Option<char> {
    Some(match c {
        '\u{2dc}' | '\u{223c}' | '\u{301c}' | '\u{ff5e}' => '~',
        '\u{ff1d}' => '=',
        '\u{ff0b}' => '+',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => '-',
        '\u{d7}' | '\u{b7}' | '\u{2217}' | '\u{22c5}' | '\u{ff0a}' => '*',
        '\u{f7}' | '\u{2044}' | '\u{2215}' | '\u{ff0f}' => '/',
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        '\u{3001}' | '\u{ff0c}' => ',',
        '\u{ff1a}' => ':',
        '\u{ff1b}' => ';',
        '\u{ff5c}' => '|',
        '\u{ff1c}' => '<',
        '\u{ff1e}' => '>',
        '\u{201c}'..='\u{201f}' | '\u{ff02}' => '"',
        '\u{2018}'..='\u{201b}' | '\u{b4}' | '\u{ff07}' => '\'',
        '\u{ff03}' => '#',
        '\u{ff01}' => '!',
        _ => return None,
    })
}

/// Whether a character has no width.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// All tokens; a line end that cannot end a formula (after an operator, `+`, `*`, `(`, `,`, or before
/// one) is left out.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut input = LocatingSlice::new(text);
    let mut all: Vec<Token> = Vec::new();
    // a byte order mark is no part of the text
    let _: Result<Option<char>, EmptyError> = opt('\u{feff}').parse_next(&mut input);
    loop {
        let _: Result<(), EmptyError> = blank.parse_next(&mut input);
        let Ok((kind, span)) = token.with_span().parse_next(&mut input) else { break };
        all.push(Token { kind, span });
    }
    let continues = |t: &Token| {
        matches!(t.kind, Kind::Operator(o) if o != ":") || matches!(t.kind, Kind::Mark('+' | '*' | ',' | '('))
    };
    let line_end = |t: &Token| t.kind == Kind::Break && !text[t.span.clone()].contains(';');
    // blank lines are one line end, so that looking ahead stays cheap
    all.dedup_by(|next, before| line_end(next) && line_end(before));
    let mut kept: Vec<Token> = Vec::with_capacity(all.len());
    for (at, token) in all.iter().enumerate() {
        if line_end(token) {
            let after = kept.last().is_some_and(&continues);
            let before = all.get(at + 1).is_some_and(|t| continues(t) && t.kind != Kind::Mark('('));
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
        alt(("\"\"", "''", "``")).value(Kind::Empty),
        any.map(Kind::Mark),
    ))
    .parse_next(input)
}

/// A line end or `;`.
fn line_break(input: &mut Input<'_>) -> Result<Kind, EmptyError> {
    alt(('\n', ';')).value(Kind::Break).parse_next(input)
}

fn operator(input: &mut Input<'_>) -> Result<Kind, EmptyError> {
    for symbol in OPERATORS {
        if let Some(length) = length_of(symbol, input) {
            return take(length).value(Kind::Operator(symbol)).parse_next(input);
        }
    }
    Err(EmptyError)
}

/// How many characters an operator takes at the beginning of a text, if it stands there; blanks inside it do not count.
fn length_of(symbol: &str, text: &str) -> Option<usize> {
    let mut rest = text.chars();
    let mut length = 0;
    for (at, sign) in symbol.chars().enumerate() {
        let mut next = rest.next()?;
        length += 1;
        while at > 0 && next.is_whitespace() && next != '\n' {
            next = rest.next()?;
            length += 1;
        }
        if next != sign && !(sign == '~' && next == '\u{2dc}') {
            return None;
        }
    }
    Some(length)
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
    alt((between('"'), between('\''), between('`'))).parse_next(input)
}

/// A name that the lexer reads back as one name.
pub(super) fn name_text(name: &str) -> String {
    let plain = is_plain_name(name) && name != "NA";
    if plain || is_number(name) { name.into() } else { in_marks(name) }
}

/// A text in marks that it does not hold.
pub(super) fn in_marks(text: &str) -> String {
    let mark = ['"', '\'', '`'].into_iter().find(|mark| !text.contains(*mark)).unwrap_or('"');
    format!("{mark}{text}{mark}")
}
