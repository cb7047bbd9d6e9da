//! A statement of a model's text while it is read: its tokens, and how far reading has come.

use super::lexer::{Kind, Token};
use std::ops::Range;

/// One formula of the text, and how far it has been read.
pub(super) struct Statement<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    /// Brackets, functions and powers that are open.
    pub(super) nested: usize,
}

impl Statement<'_> {
    /// The next token; past the end the position still moves, so that stepping back is safe.
    pub(super) fn next(&mut self) -> Option<Kind> {
        let kind = self.tokens.get(self.at).map(|t| t.kind.clone());
        self.at += 1;
        if kind.is_none() {
            self.at = self.tokens.len() + 1;
        }
        kind
    }

    pub(super) fn peek(&self, ahead: isize) -> Option<&Kind> {
        self.at.checked_add_signed(ahead).and_then(|at| self.tokens.get(at)).map(|t| &t.kind)
    }

    /// The place of the token to be read; behind the last one at the end.
    pub(super) fn place(&self) -> Range<usize> {
        match (self.tokens.get(self.at), self.tokens.last()) {
            (Some(token), _) => token.span.clone(),
            (None, Some(last)) => last.span.end..last.span.end,
            (None, None) => 0..0,
        }
    }

    /// The text from a token on as far as a name could go: parts of names and signs that mean nothing here, without
    /// blanks.
    pub(super) fn adjacent(&self, from: usize) -> Range<usize> {
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
}
