//! The ledger: what became of every row and cell, so that nothing is dropped silently.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What a [`Note`] counts.
///
/// ```
/// use psychometrics::data::{Counted, Ledger};
///
/// let mut ledger = Ledger::default();
/// ledger.note(Counted::Items, 2, "alpha: nobody answered them");
/// assert!(ledger.notes[0].what == Counted::Items);
/// assert_eq!(ledger.to_string().lines().last(), Some("2 items left out of alpha: nobody answered them."));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Counted {
    /// Rows, that is respondents.
    Rows,
    /// Cells, that is answers.
    Cells,
    /// Items.
    Items,
    /// Dimensions or facets.
    Dimensions,
}

impl Counted {
    fn words(self, count: usize) -> &'static str {
        match (self, count) {
            (Counted::Rows, 1) => "row",
            (Counted::Rows, _) => "rows",
            (Counted::Cells, 1) => "cell",
            (Counted::Cells, _) => "cells",
            (Counted::Items, 1) => "item",
            (Counted::Items, _) => "items",
            (Counted::Dimensions, 1) => "dimension",
            (Counted::Dimensions, _) => "dimensions",
        }
    }
}

/// Something that was left out, and why.
///
/// ```
/// use psychometrics::data::{Counted, Ledger};
///
/// let mut ledger = Ledger::default();
/// ledger.note(Counted::Rows, 12, "one_factor: incomplete answers");
/// let note = &ledger.notes[0];
/// assert_eq!((note.count, note.why.as_str()), (12, "one_factor: incomplete answers"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Note {
    /// What was left out.
    pub what: Counted,
    /// How many.
    pub count: usize,
    /// Of which analysis, a colon, and for what reason.
    pub why: String,
}

/// What became of the cells of one item. The four add up to the rows read.
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::data::Responses;
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let responses = Responses::read(&construct)?;
/// // who does not work with employers was not asked
/// let item = responses.ledger().items.iter().find(|own| own.item == "em_1").unwrap();
/// assert_eq!([item.answered, item.empty, item.coded_missing, item.not_asked], [330, 4, 1, 567]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemCount {
    /// The item.
    pub item: String,
    /// Answers.
    pub answered: usize,
    /// Empty cells and `NA`, of respondents who were asked.
    pub empty: usize,
    /// Cells with a missing code, of respondents who were asked.
    pub coded_missing: usize,
    /// Cells of respondents who were not asked, whatever they hold.
    pub not_asked: usize,
}

/// What became of every row and cell of the responses.
///
/// `cells_read` = `cells_answered` + `cells_empty` + the sum of `cells_coded` + `cells_not_asked`.
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::data::Responses;
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let responses = Responses::read(&construct)?;
/// let ledger = responses.ledger();
/// assert_eq!((ledger.rows_read, ledger.cells_read), (902, 902 * 43));
/// assert_eq!(ledger.cells_answered + ledger.cells_missing(), ledger.cells_read);
/// let first = &ledger.items[0];
/// assert_eq!(first.answered + first.empty + first.coded_missing + first.not_asked, ledger.rows_read);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ledger {
    /// The file; absent when the answers came from memory.
    pub file: Option<String>,
    /// Data rows read.
    pub rows_read: usize,
    /// Rows with at least one answer to an item.
    pub rows_used: usize,
    /// Rows without an answer to any item: they stay in the table and enter no statistic.
    pub rows_without_answers: usize,
    /// Lines without anything on them, which are no rows.
    pub blank_lines: usize,
    /// Cells of items read: rows x items.
    pub cells_read: usize,
    /// Cells that hold an answer.
    pub cells_answered: usize,
    /// Cells that are empty or `NA`.
    pub cells_empty: usize,
    /// Cells with a missing code, by code.
    pub cells_coded: BTreeMap<String, usize>,
    /// Cells of respondents who were not asked, whatever they hold.
    pub cells_not_asked: usize,
    /// Of these, cells that do hold an answer: it is set aside.
    pub answers_set_aside: usize,
    /// The same by item, in the order of the questionnaire.
    pub items: Vec<ItemCount>,
    /// How a file that is no plain CSV was read, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// Columns of the file that the construct does not use.
    pub columns_not_used: Vec<String>,
    /// Columns without a name, which are not read.
    pub columns_without_name: usize,
    /// What analyses left out, in the order in which they did.
    pub notes: Vec<Note>,
}

impl Ledger {
    /// Adds that `count` of something were left out, and why.
    ///
    /// ```
    /// use psychometrics::data::{Counted, Ledger};
    /// let mut ledger = Ledger::default();
    /// ledger.note(Counted::Rows, 12, "one_factor: incomplete answers");
    /// assert!(ledger.to_string().ends_with("12 rows left out of one_factor: incomplete answers."));
    /// ```
    pub fn note(&mut self, what: Counted, count: usize, why: impl Into<String>) {
        self.notes.push(Note { what, count, why: why.into() });
    }

    /// Cells without an answer: empty, coded as missing, or not asked.
    pub fn cells_missing(&self) -> usize {
        self.cells_empty + self.cells_coded.values().sum::<usize>() + self.cells_not_asked
    }
}

/// As sentences, one line each.
impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.file.as_deref().unwrap_or("answers from memory"), self.rows_read);
        write!(f, "{from}: {to} {} read", Counted::Rows.words(to))?;
        match self.rows_without_answers {
            0 => write!(f, ", each with an answer.")?,
            none => write!(
                f,
                "; {} with an answer, {none} without any, which enter no statistic.",
                self.rows_used
            )?,
        }
        let missing = self.cells_missing();
        write!(
            f,
            "\n{} cells of items read: {} answers, {missing} missing",
            self.cells_read, self.cells_answered
        )?;
        let mut reasons = Vec::new();
        if self.cells_empty > 0 {
            reasons.push(format!("{} empty or NA", self.cells_empty));
        }
        reasons.extend(self.cells_coded.iter().map(|(code, count)| format!("{count} coded {code}")));
        if self.cells_not_asked > 0 {
            reasons.push(format!("{} not asked", self.cells_not_asked));
        }
        match reasons.as_slice() {
            [] => f.write_str(".")?,
            reasons => write!(f, " ({}).", reasons.join(", "))?,
        }
        if self.answers_set_aside > 0 {
            write!(
                f,
                "\n{} {} set aside: answers of respondents who were not asked.",
                self.answers_set_aside,
                Counted::Cells.words(self.answers_set_aside)
            )?;
        }
        if self.blank_lines > 0 {
            write!(f, "\nBlank lines, which are no rows: {}.", self.blank_lines)?;
        }
        for what in &self.told {
            let mut letters = what.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            write!(f, "\n{first}{}.", letters.as_str())?;
        }
        if !self.columns_not_used.is_empty() {
            write!(f, "\nColumns that the construct does not use: {}.", self.columns_not_used.join(", "))?;
        }
        if self.columns_without_name > 0 {
            write!(f, "\nColumns without a name, not read: {}.", self.columns_without_name)?;
        }
        for Note { what, count, why } in &self.notes {
            write!(f, "\n{count} {} left out of {why}.", what.words(*count))?;
        }
        Ok(())
    }
}
