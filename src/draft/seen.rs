//! A column as far as a draft needs it: its answers as numbers, the words for them, what means no answer.

use crate::construct::Code;
use crate::data::formats::{
    Absence, CellKind, Sheet, SheetCell, SheetColumn, means_no_answer, plain, word_codes,
};
use std::collections::{BTreeMap, HashMap};

/// What the cells of a column come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SeenKind {
    /// Whole numbers, or words for them.
    Codes,
    /// Numbers that are not whole.
    Numbers,
    Texts,
    Days,
    /// A mark or nothing.
    Marks,
    /// Several answers in one cell.
    Several,
    /// About the answering.
    Metadata,
    Empty,
}

/// A column as far as a draft needs it.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) at: usize,
    pub(super) column: &'a SheetColumn,
    pub(super) kind: SeenKind,
    /// Row by row.
    pub(super) answers: Vec<Option<f64>>,
    /// The words of codes that are answers.
    pub(super) words: BTreeMap<Code, String>,
    /// Codes whose words mean "no answer".
    pub(super) no_answer: BTreeMap<Code, String>,
    /// The same of texts in the cells.
    pub(super) no_answer_texts: Vec<String>,
    /// Whether another column has the same name.
    pub(super) twice: bool,
}

impl<'a> Seen<'a> {
    pub(super) fn all(sheet: &'a Sheet) -> Vec<Self> {
        let mut names: HashMap<&str, usize> = HashMap::new();
        sheet.columns.iter().for_each(|column| *names.entry(&column.name).or_default() += 1);
        let of =
            |at: usize| Self { twice: names[sheet.columns[at].name.as_str()] > 1, ..Self::of(sheet, at) };
        (0..sheet.columns.len()).map(of).collect()
    }

    fn of(sheet: &'a Sheet, at: usize) -> Self {
        let column = &sheet.columns[at];
        let mut own = Self {
            at,
            column,
            kind: SeenKind::Texts,
            answers: Vec::new(),
            words: BTreeMap::new(),
            no_answer: BTreeMap::new(),
            no_answer_texts: Vec::new(),
            twice: false,
        };
        let several = |kind: &str| {
            sheet.ledger.iter().any(|n| n.kind == kind && n.column.as_ref() == Some(&column.name))
        };
        own.read_numbers();
        let empty = (0..column.values.len()).all(|row| own.is_absent(row));
        own.kind = match column.kind {
            _ if column.metadata => SeenKind::Metadata,
            _ if empty => SeenKind::Empty,
            CellKind::Date | CellKind::Datetime => SeenKind::Days,
            _ if several("multiple_answers") => SeenKind::Several,
            CellKind::Label if own.is_marks() => SeenKind::Marks,
            _ => own.of_answers(),
        };
        own.read_words();
        own
    }

    /// Whether a cell holds no answer.
    pub(super) fn is_absent(&self, row: usize) -> bool {
        let said = self.column.missing.as_ref().is_some_and(|missing| missing[row].is_some());
        said || matches!(&self.column.values[row], SheetCell::Empty)
            || self.column.values[row].text().is_some_and(str::is_empty)
    }

    fn is_marks(&self) -> bool {
        let mut words = self.column.values.iter().filter_map(SheetCell::text);
        let first = words.next();
        words.all(|word| Some(word) == first)
    }

    fn read_numbers(&mut self) {
        let cells = self.column.codes.as_ref().unwrap_or(&self.column.values);
        self.answers = (0..cells.len())
            .map(|row| if self.is_absent(row) { None } else { cells[row].number() })
            .collect();
    }

    fn of_answers(&self) -> SeenKind {
        let numbers = self.answers.iter().flatten().count();
        let cells = (0..self.answers.len()).filter(|row| !self.is_absent(*row)).count();
        match numbers {
            0 => SeenKind::Texts,
            _ if numbers < cells => SeenKind::Texts,
            _ if self.answers.iter().flatten().all(|x| x.fract() == 0.0 && x.abs() < 1e6) => SeenKind::Codes,
            _ if self.have_words() => SeenKind::Codes,
            _ => SeenKind::Numbers,
        }
    }

    /// Whether each number that occurs has words in the file: then they are codes, also half ones.
    fn have_words(&self) -> bool {
        let labelled: Vec<f64> = self.column.value_labels.iter().filter_map(|l| l.code.number()).collect();
        self.answers.iter().flatten().all(|answer| labelled.contains(answer))
    }

    /// Words of codes: declared, in the cells, or of a scale that is known.
    fn read_words(&mut self) {
        let declared = |code: &SheetCell| self.column.user_missing.as_ref().is_some_and(|m| m.holds(code));
        let mut found: Vec<(Code, String)> = Vec::new();
        for label in self.column.value_labels.iter().filter(|l| !l.label.trim().is_empty()) {
            if let Some(code) = label.code.number().and_then(Code::new)
                && !declared(&label.code)
            {
                found.push((code, label.label.trim().to_string()));
            }
        }
        if let (Some(codes), Some(labels)) = (&self.column.codes, &self.column.labels) {
            for (code, label) in codes.iter().zip(labels) {
                if let (Some(code), Some(label)) = (code.number().and_then(Code::new), label.text()) {
                    let pair = (code, label.trim().to_string());
                    if found.len() < 60 && !found.contains(&pair) {
                        found.push(pair);
                    }
                }
            }
        }
        for (code, words) in found {
            let list = if means_no_answer(&words) { &mut self.no_answer } else { &mut self.words };
            list.entry(code).or_insert(words);
        }
        let no_answer: Vec<f64> = self.no_answer.keys().map(|code| code.value()).collect();
        for answer in &mut self.answers {
            *answer = answer.filter(|code| !no_answer.contains(code));
        }
        if self.kind == SeenKind::Texts {
            self.read_texts(&[]);
        }
    }

    /// Texts that are words of `known` scales (codes with words), or of one that is known everywhere, become codes; those that
    /// mean "no answer" are set apart.
    pub(super) fn read_texts(&mut self, known: &[&BTreeMap<Code, String>]) {
        let mut texts: Vec<String> = Vec::new();
        for row in (0..self.column.values.len()).filter(|row| !self.is_absent(*row)) {
            let text = self.column.values[row].to_string();
            if !texts.contains(&text) {
                texts.push(text);
            }
            if texts.len() > MOST_WORDS {
                return;
            }
        }
        let (apart, words): (Vec<String>, Vec<String>) = texts.into_iter().partition(|t| means_no_answer(t));
        let listed: Vec<&str> = words.iter().map(String::as_str).collect();
        let code_in = |scale: &BTreeMap<Code, String>, word: &str| {
            scale.iter().find(|(_, own)| plain(own) == plain(word)).map(|(code, _)| *code)
        };
        let of_known = known.iter().find(|scale| words.iter().all(|word| code_in(scale, word).is_some()));
        let codes: Option<Vec<Code>> = match of_known {
            Some(scale) => words.iter().map(|word| code_in(scale, word)).collect(),
            None if listed.len() > 1 => {
                word_codes(&listed).map(|own| own.into_iter().map(Code::from).collect())
            }
            None => None,
        };
        let Some(codes) = codes.filter(|codes| !codes.is_empty()) else { return };
        self.words = codes.iter().copied().zip(words.iter().cloned()).collect();
        self.no_answer_texts = apart;
        let code = |text: &str| words.iter().position(|word| word == text).map(|at| codes[at].value());
        self.answers = (0..self.column.values.len())
            .map(|row| if self.is_absent(row) { None } else { code(&self.column.values[row].to_string()) })
            .collect();
        self.kind = SeenKind::Codes;
    }

    /// Different answers, in ascending order.
    pub(super) fn codes(&self) -> Vec<Code> {
        let mut codes: Vec<Code> = Vec::new();
        for code in self.answers.iter().flatten().filter_map(|x| Code::new(*x)) {
            if !codes.contains(&code) {
                codes.push(code);
            }
            if codes.len() > MOST_CODES {
                break;
            }
        }
        codes.sort_unstable();
        codes
    }

    /// Codes that the file itself declares missing, as far as they occur.
    pub(super) fn declared(&self) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for absence in self.column.missing.iter().flatten().flatten() {
            let code = match absence {
                Absence::User(code) => code.to_string(),
                Absence::Tag(tag) => tag.clone(),
                _ => continue,
            };
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    }

    /// How many cells hold an answer.
    pub(super) fn answered(&self) -> usize {
        self.answers.iter().flatten().count()
    }
}

/// More different words are no answer scale.
const MOST_WORDS: usize = 15;

/// More different codes are not told apart.
const MOST_CODES: usize = 40;
