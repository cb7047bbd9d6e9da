//! Who may have answered a construct's items without reading them: the indices of [`ScreeningStudy`] on the answers as
//! they were given, and a rule that puts them together.
//!
//! One index flags attentive respondents too, each for another reason; the more indices agree, the more likely the answers
//! were given without reading (Meade & Craig 2012, Psychological Methods 17, 437-455; Curran 2016, Journal of
//! Experimental Social Psychology 66, 4-19). Missing, impossible and duplicate answers do not count here.
//!
//! Indices that tell one thing in two ways count once: the same answer to every item is both the longest string and no
//! variation at all. Where no item is reversed, the lowest or the highest answer to every item is what somebody at that end
//! would give, so that it does not count at all.

use super::even_odd::ScreenedScale;
use super::flags::FlagCount;
use super::longstring::FEWEST_ITEMS;
use super::screening_index::{ScreeningIndex, events, is_of_equal_answers};
use super::screening_study::ScreeningStudy;
use crate::construct::{Construct, Dimension, Item, ResponseScale};
use crate::data::{Dataset, Responses};
use crate::error::{Error, Result, Warning};
use crate::evidence::internal_structure::Key;
use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Indices that must flag a respondent: two, since no single one separates the careless (Meade & Craig 2012; Curran 2016).
pub const CARELESS_FLAGS: usize = 2;

/// What the indices of careless answers say of the respondents to a construct.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::response_process::CarelessResponding;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items((1..=4).map(|i| Item::new(format!("q{i}"), "care", "five")))
///     .build()?;
/// // the third gave one answer throughout
/// let answers = ndarray::array![
///     [1.0, 4.0, 2.0, 5.0], [2.0, 5.0, 1.0, 4.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 5.0],
/// ];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let found = CarelessResponding::of(&construct, &responses, 1)?;
/// assert_eq!((found.n, found.flags, found.respondents.len()), (6, 1, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CarelessResponding {
    /// Respondents with an answer.
    pub n: usize,
    /// Indices that must flag a respondent; those that tell the same count once.
    pub flags: usize,
    /// Respondents with the lowest, or the highest, answer to every item, where no item is reversed: that cannot be told from
    /// answering without reading, and does not count as such.
    pub at_an_end: usize,
    /// How many respondents each index flags.
    pub counts: Vec<FlagCount>,
    /// Those whom enough indices flag, in the order of the data.
    pub respondents: Vec<CarelessRespondent>,
    /// Indices that could not be computed.
    pub warnings: Vec<Warning>,
}

/// A respondent whom several indices flag.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::response_process::CarelessResponding;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items((1..=4).map(|i| Item::new(format!("q{i}"), "care", "five")))
///     .build()?;
/// // the third gave one answer throughout
/// let answers = ndarray::array![
///     [1.0, 4.0, 2.0, 5.0], [2.0, 5.0, 1.0, 4.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 5.0],
/// ];
/// let responses = Responses::builder(&construct).answers(answers).build()?;
/// let found = CarelessResponding::of(&construct, &responses, 1)?;
/// let third = &found.respondents[0];
/// assert_eq!((third.row, third.respondent.as_deref(), third.indices.len()), (3, None, 2));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CarelessRespondent {
    /// Row of the data, the first respondent being 1.
    pub row: usize,
    /// The respondent, where the construct file names the column.
    pub respondent: Option<String>,
    /// The indices.
    pub indices: Vec<ScreeningIndex>,
}

/// Whether an index is about careless answers.
fn is_of_careless(index: ScreeningIndex) -> bool {
    use ScreeningIndex as I;
    matches!(
        index,
        I::Longstring
            | I::ResponseVariability
            | I::EvenOdd
            | I::Synonyms
            | I::Antonyms
            | I::Mahalanobis
            | I::PersonTotal
    )
}

/// Whether a row gives the lowest, or the highest, answer throughout, to enough items for equal answers to be an event.
fn is_at_an_end(row: ArrayView1<f64>, (low, high): (f64, f64)) -> bool {
    let mut given = row.iter().filter(|x| !x.is_nan());
    let count = given.clone().count();
    count >= FEWEST_ITEMS && (given.clone().all(|x| *x == low) || given.all(|x| *x == high))
}

/// Items with the same lowest and highest answer.
struct OneRange<'a> {
    range: (f64, f64),
    items: Vec<&'a Item>,
}

impl<'a> OneRange<'a> {
    /// Items by their range, in the order of the construct file.
    fn all(construct: &'a Construct) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for item in &construct.items {
            let Some(range) = construct.scale_of(item).map(ResponseScale::bounds) else { continue };
            match all.iter_mut().find(|own| own.range == range) {
                Some(own) => own.items.push(item),
                None => all.push(Self { range, items: vec![item] }),
            }
        }
        all
    }

    /// The scales of which even-odd consistency is made: dimensions by their items here; none of fewer than it needs.
    fn scales(&self, construct: &Construct) -> Vec<ScreenedScale> {
        let key = |reverse: bool| if reverse { Key::Reversed } else { Key::Forward };
        let of = |dimension: &Dimension| ScreenedScale {
            name: dimension.id.clone(),
            items: self
                .items
                .iter()
                .filter(|item| item.dimension == dimension.id)
                .map(|item| (item.id.clone(), key(item.reverse)))
                .collect(),
        };
        let scales = construct.dimensions.iter().map(of).filter(|scale| scale.items.len() > 1);
        let scales: Vec<ScreenedScale> = scales.collect();
        if scales.len() < super::EVEN_ODD_SCALES { Vec::new() } else { scales }
    }

    /// Answers as they were given.
    fn answers(&self, responses: &Responses) -> Result<Array2<f64>> {
        let names: Vec<&str> = self.items.iter().map(|item| item.id.as_str()).collect();
        let mut answers = responses.of_items(&names)?;
        let (low, high) = self.range;
        for (item, mut column) in self.items.iter().zip(answers.columns_mut()) {
            if item.reverse {
                column.mapv_inplace(|x| low + high - x);
            }
        }
        Ok(answers)
    }
}

impl CarelessResponding {
    /// Of the responses to a construct; `flags` indices must agree ([`CARELESS_FLAGS`]).
    ///
    /// Items are taken in the order of the construct file, reversed ones as they were answered. Items on different scales are
    /// looked at by themselves, those of one range together; an index that flags a respondent in several ranges counts once.
    ///
    /// ```
    /// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
    /// use psychometrics::data::Responses;
    /// use psychometrics::evidence::response_process::CarelessResponding;
    ///
    /// let items = (1..=4).map(|i| Item::new(format!("q{i}"), "care", "five"));
    /// let construct = Construct::builder("c")
    ///     .scale(ResponseScale::range("five", 1, 5))
    ///     .dimension(Dimension::new("care"))
    ///     .items(items)
    ///     .build()?;
    /// let answers = ndarray::array![
    ///     [1.0, 4.0, 2.0, 5.0], [2.0, 5.0, 1.0, 4.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
    ///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 5.0],
    /// ];
    /// let responses = Responses::builder(&construct).answers(answers).build()?;
    /// let found = CarelessResponding::of(&construct, &responses, 1)?;
    /// // the third gave one answer throughout: longstring 4 of 4, and no variation, which is the same
    /// assert_eq!(found.respondents.iter().map(|r| r.row).collect::<Vec<_>>(), [3]);
    /// assert!(CarelessResponding::of(&construct, &responses, 2)?.respondents.is_empty());
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadOption`] for no flags, and what [`ScreeningStudy::of`] gives.
    pub fn of(construct: &Construct, responses: &Responses, flags: usize) -> Result<Self> {
        if flags == 0 {
            return Err(Error::BadOption {
                option: "flags of careless respondents".into(),
                value: "0".into(),
                allowed: "one or more".into(),
            });
        }
        let unbalanced = construct.items.iter().all(|item| !item.reverse);
        let ranges = OneRange::all(construct);
        let mut by_row: BTreeMap<usize, Vec<ScreeningIndex>> = BTreeMap::new();
        let mut counts: Vec<(FlagCount, BTreeSet<usize>)> = Vec::new();
        let mut warnings: Vec<Warning> = Vec::new();
        let mut ends = vec![unbalanced; responses.values().nrows()];
        for own in &ranges {
            let answers = own.answers(responses)?;
            let at_end: Vec<bool> =
                answers.outer_iter().map(|row| unbalanced && is_at_an_end(row, own.range)).collect();
            let names: Vec<&str> = own.items.iter().map(|item| item.id.as_str()).collect();
            let data = Dataset::from_array(names.iter().copied(), answers)?;
            let study =
                ScreeningStudy { range: Some(own.range), scales: own.scales(construct), respondent: None };
            let found = study.of(&data, &names)?;
            for flag in found.flags.iter().filter(|flag| is_of_careless(flag.index)) {
                let indices = by_row.entry(flag.row).or_default();
                let is_of_the_end = at_end[flag.row - 1] && is_of_equal_answers(flag.index);
                if !is_of_the_end && !indices.contains(&flag.index) {
                    indices.push(flag.index);
                }
            }
            for count in found.counts.into_iter().filter(|count| is_of_careless(count.index)) {
                let index = count.index;
                let rows = found.flags.iter().filter(|flag| flag.index == index).map(|flag| flag.row);
                match counts.iter_mut().find(|(own, _)| own.index == count.index) {
                    Some((own, all)) => {
                        own.n = own.n.max(count.n);
                        all.extend(rows);
                    }
                    None => counts.push((count, rows.collect())),
                }
            }
            let new: Vec<Warning> = found.warnings.into_iter().filter(|w| !warnings.contains(w)).collect();
            warnings.extend(new);
            ends.iter_mut().zip(at_end).for_each(|(all, own)| *all &= own);
        }
        let name = |row: usize| responses.respondents().and_then(|ids| ids.get(row - 1).cloned());
        Ok(Self {
            n: responses.ledger().rows_used,
            flags,
            at_an_end: ends.iter().filter(|end| **end).count(),
            counts: counts.into_iter().map(|(own, rows)| FlagCount { flagged: rows.len(), ..own }).collect(),
            respondents: by_row
                .into_iter()
                .filter(|(_, indices)| events(indices) >= flags)
                .map(|(row, indices)| CarelessRespondent { row, respondent: name(row), indices })
                .collect(),
            warnings,
        })
    }
}
