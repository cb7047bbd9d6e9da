//! Whether a column tells who the respondent (target, unit) is instead of an answer.
//!
//! It does when it is named as one ("id", "subject", "respondent_id"); when its name often is one ("no", "case", "row")
//! and its values, whole numbers or texts, are all different, or "X" and it counts the rows; and when, alone among the columns, its values are
//! whole numbers that rise from row to row, to above those of all other columns (of eight rows or more; from four on when
//! they count the rows one by one), or texts that are all different. A guess, which is why it is always told, and why a column that is named by the user is
//! never subject to it.

use std::collections::HashSet;
use std::fmt;

/// Names of columns that tell who or what a row is about, in lower case, without separators.
const NAMES: [&str; 38] = [
    "id",
    "ids",
    "idno",
    "idnr",
    "idnumber",
    "pid",
    "sid",
    "uid",
    "uuid",
    "guid",
    "subject",
    "subj",
    "subno",
    "subjectno",
    "subjectnr",
    "subjectnumber",
    "subjectcode",
    "participant",
    "participants",
    "participantno",
    "participantcode",
    "participantnumber",
    "ppn",
    "ppnr",
    "vpn",
    "respondent",
    "respondents",
    "respondentno",
    "respondentnumber",
    "target",
    "student",
    "pupil",
    "patient",
    "person",
    "studentnumber",
    "patientnumber",
    "token",
    "unit",
];

/// Names that often are, and may be something else.
const LIKELY: [&str; 19] = [
    "row",
    "rows",
    "rowname",
    "rownames",
    "rownumber",
    "rownr",
    "case",
    "caseno",
    "casenr",
    "no",
    "nr",
    "num",
    "number",
    "index",
    "obs",
    "observation",
    "record",
    "item",
    "name",
];

/// What R calls a column of row names when it reads them back.
const ROW_NAMES: &str = "X";

/// From how many rows on rising whole numbers are taken for ids, and from how many those that count the rows.
const FEWEST_RISING: usize = 8;
const FEWEST_COUNTED: usize = 4;

/// Values that are remembered to find two alike.
const REMEMBERED: usize = 10_000;

/// What is known of the values of a column, row by row.
#[derive(Debug)]
pub(super) struct Values {
    n: usize,
    seen: HashSet<String>,
    different: bool,
    missing: bool,
    numbers: bool,
    whole: bool,
    rising: bool,
    counting: bool,
    last: Option<f64>,
    highest: f64,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            n: 0,
            seen: HashSet::new(),
            different: true,
            missing: false,
            numbers: true,
            whole: true,
            rising: true,
            counting: true,
            last: None,
            highest: f64::NEG_INFINITY,
        }
    }
}

impl Values {
    pub(super) fn add_missing(&mut self) {
        self.missing = true;
    }

    pub(super) fn add_number(&mut self, value: f64) {
        self.whole &= value.fract() == 0.0;
        self.highest = self.highest.max(value);
        if let Some(last) = self.last.replace(value) {
            self.rising &= value > last;
            self.counting &= value == last + 1.0;
        }
        if self.different {
            self.add(&value.to_string());
        } else {
            self.n += 1;
        }
    }

    pub(super) fn add_text(&mut self, text: &str) {
        self.numbers = false;
        self.add(text);
    }

    fn add(&mut self, value: &str) {
        self.n += 1;
        if self.different && self.seen.len() < REMEMBERED {
            self.different = self.seen.insert(value.into());
        }
        if !self.different {
            self.seen.clear();
        }
    }

    /// No two rows alike, none missing: whole numbers, or texts.
    pub(super) fn all_different(&self) -> bool {
        self.n > 1 && self.different && !self.missing && (self.whole || !self.numbers)
    }

    /// The highest number.
    pub(super) fn highest(&self) -> f64 {
        self.highest
    }

    fn counts_rows(&self) -> bool {
        self.all_different() && self.numbers && self.counting
    }
}

/// Why a column is taken for one of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identifier {
    Named,
    Counting,
    Rising,
    Texts,
}

impl Identifier {
    /// `numbers`: the column holds numbers at all; `alone`: it is the only one whose values are all different, and the
    /// highest.
    pub(super) fn of(name: &str, values: &Values, numbers: bool, alone: bool) -> Option<Self> {
        let texts = !numbers && values.all_different();
        match named(name) {
            Some(true) => return Some(Self::Named),
            Some(false) if values.counts_rows() || (values.all_different() && name != ROW_NAMES) => {
                return Some(Self::Named);
            }
            _ => {}
        }
        let whole = numbers && values.numbers && alone && values.all_different();
        if whole && values.counting && values.n >= FEWEST_COUNTED {
            Some(Self::Counting)
        } else if whole && values.rising && values.n >= FEWEST_RISING {
            Some(Self::Rising)
        } else if texts && alone && values.n >= FEWEST_COUNTED {
            Some(Self::Texts)
        } else {
            None
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Named => "by its name it tells who or what a row is about",
            Self::Counting => "it counts the rows, as an id does",
            Self::Rising => "its numbers rise from row to row, as an id does",
            Self::Texts => "its texts are all different, as those of an id are",
        })
    }
}

/// Whether a column tells who the respondents are by its name, its cells being given row by row.
#[cfg(feature = "sheets")]
pub(crate) fn tells_who(name: &str, cells: impl IntoIterator<Item = Option<String>>) -> bool {
    let mut values = Values::default();
    let mut numbers = true;
    for cell in cells {
        match cell {
            None => values.add_missing(),
            Some(text) => match text.parse::<f64>() {
                Ok(number) => values.add_number(number),
                Err(_) => {
                    numbers = false;
                    values.add_text(&text);
                }
            },
        }
    }
    Identifier::of(name, &values, numbers, false).is_some()
}

/// Whether a name is that of ids: surely, or often; none where it is neither.
fn named(name: &str) -> Option<bool> {
    let plain: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    if NAMES.contains(&plain.as_str()) || has_part(name) {
        return Some(true);
    }
    (LIKELY.contains(&plain.as_str()) || name == ROW_NAMES).then_some(false)
}

/// "respondent_id", "id.student", "ResponseId", "user ID".
fn has_part(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut parts = lower.split(|c: char| !c.is_alphanumeric());
    if parts.clone().count() > 1 && (parts.next() == Some("id") || parts.next_back() == Some("id")) {
        return true;
    }
    let stem = name.strip_suffix("Id").or_else(|| name.strip_suffix("ID"));
    stem.and_then(|stem| stem.chars().next_back()).is_some_and(|c| c.is_lowercase() || c.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(numbers: &[f64]) -> Values {
        let mut values = Values::default();
        numbers.iter().for_each(|x| values.add_number(*x));
        values
    }

    #[test]
    fn a_name_says_it_surely_or_often() {
        for name in
            ["id", "ID", "Subject", "respondent_id", "id.student", "ResponseId", "user ID", "pp_nr", "caseID"]
        {
            assert_eq!(named(name), Some(true), "{name}");
        }
        for name in ["No", "case", "row", "X"] {
            assert_eq!(named(name), Some(false), "{name}");
        }
        for name in ["q1", "idea", "x", "covid", "Rid", "paid", "r1", "A", "identity_1", "gender"] {
            assert_eq!(named(name), None, "{name}");
        }
    }

    #[test]
    fn whole_numbers_that_rise_are_ids_where_no_other_column_is_like_them() {
        let rising = values(&[101.0, 102.0, 105.0, 110.0, 111.0, 112.0, 120.0, 121.0]);
        assert_eq!(Identifier::of("code", &rising, true, true), Some(Identifier::Rising));
        assert_eq!(Identifier::of("code", &rising, true, false), None);
        let counting = values(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(Identifier::of("v1", &counting, true, true), Some(Identifier::Counting));
        let measured = values(&[1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5]);
        assert_eq!(Identifier::of("v1", &measured, true, true), None);
        let twice = values(&[1.0, 2.0, 3.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(Identifier::of("v1", &twice, true, true), None);
        assert_eq!(Identifier::of("case", &twice, true, true), None, "a name that may be something else");
        assert_eq!(Identifier::of("id", &twice, true, true), Some(Identifier::Named));
        let shuffled = values(&[3.0, 1.0, 2.0]);
        assert_eq!(Identifier::of("Nr.", &shuffled, true, false), Some(Identifier::Named));
        assert_eq!(Identifier::of("X", &shuffled, true, false), None);
        assert_eq!(Identifier::of("X", &counting, true, false), Some(Identifier::Named));
    }
}
