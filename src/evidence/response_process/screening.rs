//! Screening: who may have answered without reading, before anything is concluded from the answers.
//!
//! Each index looks for something else, and none of them proves anything: longstring and response variability find those
//! who repeat an answer, the consistency indices and the Mahalanobis distance those who answer at random. Meade & Craig
//! (2012) and Curran (2016) advise to look at several, and at the respondents whom more than one flags. A flag says
//! "look", not "leave out".

use super::even_odd::{EVEN_ODD_CUTOFF, EVEN_ODD_SCALES, even_odd};
use super::longstring::{FEWEST_ITEMS, longstring, longstring_cutoff};
use super::mahalanobis::{MAHALANOBIS_CUTOFF, Mahalanobis, mahalanobis};
use super::missing_table::MissingTable;
use super::person_total::{self, PERSON_TOTAL_CUTOFF};
use super::psychometric_pairs::{FEWEST_PAIRS, ItemPair, PAIR_CUTOFF, item_pairs, of_respondent};
use super::response_variability::{self, RESPONSE_VARIABILITY_CUTOFF};
use crate::data::{Column, Dataset};
use crate::error::{Error, Result, Warning};
use crate::evidence::internal_structure::Key;
use crate::moments::McarTest;
use crate::numeric::root::bracketed;
use ndarray::{Array2, ArrayView2, Axis, CowArray, Ix2};
use serde::Serialize;
use statrs::function::gamma::gamma_ur;
use std::collections::HashMap;

/// What is screened, and by what.
///
/// ```
/// use ndarray::Array2;
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::response_process::{ScreeningIndex, ScreeningStudy};
///
/// let answers = [
///     [1.0, 4.0, 2.0, 5.0], [2.0, 5.0, 1.0, 4.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 9.0],
/// ];
/// let answers = Array2::from_shape_fn((6, 4), |(i, j)| answers[i][j]);
/// let data = Dataset::from_array(["a", "b", "c", "d"], answers)?;
/// let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
/// let found = study.of(&data, &["a", "b", "c", "d"])?;
/// let flagged: Vec<(usize, ScreeningIndex)> = found.flags.iter().map(|f| (f.row, f.index)).collect();
/// use ScreeningIndex::{Longstring, OutOfRange, ResponseVariability};
/// assert_eq!(flagged, [(3, Longstring), (3, ResponseVariability), (6, OutOfRange)]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ScreeningStudy {
    /// Lowest and highest possible answer; none where the answers are not checked.
    pub range: Option<(f64, f64)>,
    /// The scales that even-odd consistency compares; none where it is not computed.
    pub scales: Vec<ScreenedScale>,
    /// The column that tells who the respondent is.
    pub respondent: Option<String>,
}

/// A scale whose two halves are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenedScale {
    /// Its name.
    pub name: String,
    /// Its items in order, and which way each points.
    pub items: Vec<(String, Key)>,
}

/// What screening found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Screening {
    /// Rows of the data.
    pub rows: usize,
    /// The items.
    pub items: Vec<String>,
    /// What calls for a look, in the order of the rows.
    pub flags: Vec<Flag>,
    /// How many each index flags.
    pub counts: Vec<FlagCount>,
    /// Missing answers.
    pub missing: MissingTable,
    /// Little's test that answers are missing completely at random; none where nothing is to be tested, or it could not
    /// be done (the warnings say why).
    pub mcar: Option<McarTest>,
    /// Answers that are not possible; they count as missing in the other indices.
    pub out_of_range: Vec<OutOfRange>,
    /// Rows with the same answers to all items.
    pub duplicates: Vec<DuplicateRows>,
    /// Items that go together (r >= .60).
    pub synonyms: Vec<ItemPair>,
    /// Items that go against each other (r <= -.60).
    pub antonyms: Vec<ItemPair>,
    /// The indices of each respondent.
    pub respondents: Vec<ScreenedRespondent>,
    /// What to keep in mind.
    pub warnings: Vec<Warning>,
}

/// What a flag is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScreeningIndex {
    /// Nothing was answered: value and cutoff are the number of items.
    NoAnswers,
    /// An answer outside the range: the value, and the end of the range that it passes.
    OutOfRange,
    /// The same answers as another row: rows with these answers, at least 2.
    DuplicateAnswers,
    /// The same respondent as another row: rows of this respondent, at least 2.
    DuplicateRespondent,
    /// [`longstring`], at least its [cutoff](longstring_cutoff).
    Longstring,
    /// [`response_variability`](super::response_variability), at most [`RESPONSE_VARIABILITY_CUTOFF`].
    #[serde(rename = "irv")]
    ResponseVariability,
    /// [`even_odd`], below [`EVEN_ODD_CUTOFF`].
    EvenOdd,
    /// Psychometric synonyms, below [`PAIR_CUTOFF`].
    Synonyms,
    /// Psychometric antonyms, above [`PAIR_CUTOFF`].
    Antonyms,
    /// [`mahalanobis`]: the squared distance, above the value that chi-square passes with probability
    /// [`MAHALANOBIS_CUTOFF`].
    Mahalanobis,
    /// [`person_total`](super::person_total), below [`PERSON_TOTAL_CUTOFF`].
    PersonTotal,
}

/// A respondent who calls for a look.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flag {
    /// Row of the file, the header being row 1; without a file, row from 1.
    pub row: usize,
    /// The respondent, where a column tells.
    pub respondent: Option<String>,
    /// What the flag is about.
    pub index: ScreeningIndex,
    /// The index.
    pub value: f64,
    /// What it passes.
    pub cutoff: f64,
}

/// How many respondents an index flags.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlagCount {
    /// The index.
    pub index: ScreeningIndex,
    /// Respondents who have a value.
    pub n: usize,
    /// Those who are flagged.
    pub flagged: usize,
}

/// An answer outside the range.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutOfRange {
    /// Row of the file.
    pub row: usize,
    /// The respondent, where a column tells.
    pub respondent: Option<String>,
    /// The item.
    pub item: String,
    /// The answer.
    pub value: f64,
}

/// Rows with the same answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DuplicateRows {
    /// Rows of the file.
    pub rows: Vec<usize>,
}

/// The indices of one respondent; none where an index does not exist for these answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScreenedRespondent {
    /// Row of the file.
    pub row: usize,
    /// The respondent, where a column tells.
    pub respondent: Option<String>,
    /// Answers that are missing.
    pub missing: usize,
    /// Longest run of equal answers; none without answers.
    pub longstring: Option<usize>,
    /// Standard deviation of the answers.
    pub irv: Option<f64>,
    /// Even-odd consistency.
    pub even_odd: Option<f64>,
    /// Correlation over psychometric synonyms.
    pub synonyms: Option<f64>,
    /// Correlation over psychometric antonyms.
    pub antonyms: Option<f64>,
    /// Squared Mahalanobis distance.
    pub mahalanobis: Option<Mahalanobis>,
    /// Correlation with the means of the others.
    pub person_total: Option<f64>,
    /// Flags of all indices; those of one answer throughout (longstring, no variation, the same answers as others who did so)
    /// count once.
    pub flags: usize,
}

/// Whether an index tells that answers are equal.
pub(super) fn is_of_equal_answers(index: ScreeningIndex) -> bool {
    matches!(index, ScreeningIndex::Longstring | ScreeningIndex::ResponseVariability)
}

/// How many things the indices that flag a respondent tell.
pub(super) fn events(indices: &[ScreeningIndex]) -> usize {
    let equal = indices.iter().filter(|index| is_of_equal_answers(**index)).count();
    indices.len() - equal.saturating_sub(1)
}

impl ScreeningStudy {
    /// Screens the answers to some items; without any, those in all columns of numbers but the respondent's.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`], [`Error::BadCells`] for an item that is named and holds text,
    /// [`Error::NoAnswerExists`] without rows or columns of numbers, [`Error::BadOption`] for a range whose ends are
    /// not in order or a reversed item without a range, [`Error::TooFewItems`] for fewer than three scales or a scale
    /// of one item.
    pub fn of<S: AsRef<str>>(&self, data: &Dataset, items: &[S]) -> Result<Screening> {
        let mut warnings = Vec::new();
        let names = self.items(data, items, &mut warnings)?;
        let answers = data.numeric(&names)?;
        self.check(&names, data.n_rows())?;
        let ids = self.respondent.as_ref().map(|name| data.labels(name)).transpose()?;
        let id = |row: usize| ids.as_ref().and_then(|ids| ids[row].clone());
        let p = names.len();
        let missing = MissingTable::of(&names, answers.view());
        let mut found = Found { flags: Vec::new(), counts: Vec::new() };

        // a copy only where an answer is not possible
        let is_impossible = |x: &f64| self.range.is_some_and(|(low, high)| *x < low || *x > high);
        let mut possible = CowArray::from(answers.view());
        let mut out_of_range = Vec::new();
        if let Some((low, high)) = self.range {
            if answers.iter().any(is_impossible) {
                possible = CowArray::from(answers.clone());
            }
            for ((row, item), answer) in answers.indexed_iter() {
                if is_impossible(answer) {
                    possible[(row, item)] = f64::NAN;
                    let (item, value) = (names[item].clone(), *answer);
                    found.flags.push((
                        row,
                        ScreeningIndex::OutOfRange,
                        value,
                        if value < low { low } else { high },
                    ));
                    out_of_range.push(OutOfRange {
                        row: data.file_row(row),
                        respondent: id(row),
                        item,
                        value,
                    });
                }
            }
            found.count(ScreeningIndex::OutOfRange, data.n_rows());
        }
        let rows: Vec<&[f64]> =
            (0..possible.nrows()).map(|row| possible.row(row).to_slice().unwrap_or_default()).collect();
        let answered = |row: &[f64]| row.iter().filter(|x| !x.is_nan()).count();
        found.each(
            ScreeningIndex::NoAnswers,
            answers.rows().into_iter().map(|row| (row.iter().all(|x| x.is_nan())).then_some(p as f64)),
            data.n_rows(),
            |_, value| Some(value),
        );
        let duplicates = self.duplicates(data, &answers, ids.as_deref(), &mut found);
        if p < 2 {
            let what = "the indices of careless answers".into();
            warnings.push(Warning::NotDone { what, reason: format!("'{}' is the only item", names[0]) });
        }

        let mcar = little(&names, &answers, &mut warnings);
        let several = p > 1;
        let runs: Vec<Option<usize>> =
            rows.iter().map(|row| (several && answered(row) > 0).then(|| longstring(row))).collect();
        let cutoff = longstring_cutoff(p).map(|x| x as f64);
        found.index(ScreeningIndex::Longstring, runs.iter().map(|run| run.map(|x| x as f64)), |_, run| {
            cutoff.filter(|cutoff| run >= *cutoff)
        });
        let irv: Vec<Option<f64>> =
            rows.iter().map(|row| response_variability::response_variability(row)).collect();
        found.index(ScreeningIndex::ResponseVariability, irv.iter().copied(), |row, sd| {
            let enough = answered(rows[row]) >= response_variability::FEWEST_ANSWERS;
            (enough && sd <= RESPONSE_VARIABILITY_CUTOFF).then_some(RESPONSE_VARIABILITY_CUTOFF)
        });

        let even_odd = self.even_odd(data)?;
        found.index(ScreeningIndex::EvenOdd, even_odd.iter().copied(), |_, r| {
            (r < EVEN_ODD_CUTOFF).then_some(EVEN_ODD_CUTOFF)
        });

        let (synonyms, antonyms) = item_pairs(&names, possible.view());
        let of_pairs = |pairs: &[ItemPair]| -> Vec<Option<f64>> {
            rows.iter().map(|row| of_respondent(pairs, row)).collect()
        };
        let (synonymy, antonymy) = (of_pairs(&synonyms), of_pairs(&antonyms));
        found.index(ScreeningIndex::Synonyms, synonymy.iter().copied(), |_, r| {
            (r < PAIR_CUTOFF).then_some(PAIR_CUTOFF)
        });
        found.index(ScreeningIndex::Antonyms, antonymy.iter().copied(), |_, r| {
            (r > PAIR_CUTOFF).then_some(PAIR_CUTOFF)
        });
        for (what, pairs, limit) in
            [("synonyms", &synonyms, "at least .60"), ("antonyms", &antonyms, "at most -.60")]
        {
            if several && pairs.len() < FEWEST_PAIRS {
                warnings.push(Warning::NotDone {
                    what: format!("psychometric {what}"),
                    reason: format!(
                        "{} separate pairs of items correlate {limit}; at least {FEWEST_PAIRS} are needed",
                        pairs.len()
                    ),
                });
            }
        }

        let distances =
            if several { distances(&names, possible.view(), &mut warnings) } else { vec![None; rows.len()] };
        found.index(
            ScreeningIndex::Mahalanobis,
            distances.iter().map(|found| found.map(|d| d.d2)),
            |row, _| distances[row].filter(|d| d.pvalue < MAHALANOBIS_CUTOFF).and_then(|d| critical(d.df)),
        );
        let person_total = person_total::person_total(possible.view());
        found.index(ScreeningIndex::PersonTotal, person_total.iter().copied(), |_, r| {
            (r < PERSON_TOTAL_CUTOFF).then_some(PERSON_TOTAL_CUTOFF)
        });

        // stable: of one respondent in the order of the indices
        found.flags.sort_by_key(|(row, index, ..)| (*row, *index));
        let mut flagged = vec![0; rows.len()];
        for own in found.flags.chunk_by(|a, b| a.0 == b.0) {
            let row = own[0].0;
            let mut indices: Vec<ScreeningIndex> = own.iter().map(|flag| flag.1).collect();
            if irv[row] == Some(0.0) && indices.iter().any(|index| is_of_equal_answers(*index)) {
                // others who gave one answer throughout are the same event again
                indices.retain(|index| *index != ScreeningIndex::DuplicateAnswers);
            }
            flagged[row] = events(&indices);
        }
        let flags = found.flags.iter().map(|&(row, index, value, cutoff)| Flag {
            row: data.file_row(row),
            respondent: id(row),
            index,
            value,
            cutoff,
        });
        let respondents = rows.iter().enumerate().map(|(row, answers)| ScreenedRespondent {
            row: data.file_row(row),
            respondent: id(row),
            missing: p - answered(answers),
            longstring: runs[row],
            irv: irv[row],
            even_odd: even_odd.get(row).copied().flatten(),
            synonyms: synonymy[row],
            antonyms: antonymy[row],
            mahalanobis: distances[row],
            person_total: person_total[row],
            flags: flagged[row],
        });
        Ok(Screening {
            rows: rows.len(),
            flags: flags.collect(),
            respondents: respondents.collect(),
            counts: found.counts,
            items: names,
            missing,
            mcar,
            out_of_range,
            duplicates,
            synonyms,
            antonyms,
            warnings,
        })
    }

    /// The items by name; columns of text are told.
    fn items<S: AsRef<str>>(
        &self,
        data: &Dataset,
        items: &[S],
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<String>> {
        if !items.is_empty() {
            return Ok(items.iter().map(|name| name.as_ref().to_string()).collect());
        }
        let mut names = Vec::new();
        for name in data.names().iter().filter(|name| self.respondent.as_ref() != Some(name)) {
            match data.column(name)? {
                Column::Numeric(_) => names.push(name.clone()),
                Column::Text(labels) => {
                    // the first cell that is no number is the one to look at
                    let no_number =
                        |row: &usize| labels.label(*row).is_some_and(|x| x.parse::<f64>().is_err());
                    let at = (0..data.n_rows()).find(no_number).unwrap_or(0);
                    let reason = format!(
                        "it holds text (row {}: '{}')",
                        data.file_row(at),
                        labels.label(at).unwrap_or_default()
                    );
                    warnings.push(Warning::NotDone { what: format!("screening of column '{name}'"), reason });
                }
            }
        }
        Ok(names)
    }

    fn check(&self, names: &[String], rows: usize) -> Result<()> {
        if names.is_empty() || rows == 0 {
            let why = if rows == 0 { "the data have no rows" } else { "no column holds numbers" };
            return Err(Error::NoAnswerExists {
                what: "answer to screen".into(),
                why: why.into(),
                remedy: "Code the answers as numbers; labels of answers are read with a construct file."
                    .into(),
            });
        }
        if let Some((low, high)) = self.range
            && !(low < high)
        {
            let (option, value) = ("the range of the answers".into(), format!("{low}..{high}"));
            return Err(Error::BadOption { option, value, allowed: "the lowest answer stands first".into() });
        }
        if self.scales.is_empty() {
            return Ok(());
        }
        if self.scales.len() < EVEN_ODD_SCALES {
            let what = "even-odd consistency (scales in the place of items)".into();
            return Err(Error::TooFewItems { what, needed: EVEN_ODD_SCALES, found: self.scales.len() });
        }
        for scale in &self.scales {
            if scale.items.len() < 2 {
                let what = format!("even-odd consistency of scale '{}'", scale.name);
                return Err(Error::TooFewItems { what, needed: 2, found: scale.items.len() });
            }
            if self.range.is_none()
                && let Some((item, _)) = scale.items.iter().find(|(_, key)| *key == Key::Reversed)
            {
                return Err(Error::BadOption {
                    option: "the range of the answers".into(),
                    value: "none".into(),
                    allowed: format!("'{item}' is reversed on its range, which must be given (--scale 1..5)"),
                });
            }
        }
        Ok(())
    }

    /// Even-odd consistency of each respondent; nothing without scales.
    fn even_odd(&self, data: &Dataset) -> Result<Vec<Option<f64>>> {
        if self.scales.is_empty() {
            return Ok(Vec::new());
        }
        let keyed = |key: Key, answer: f64| match (self.range, key) {
            (Some((low, high)), _) if answer < low || answer > high => f64::NAN,
            (Some((low, high)), Key::Reversed) => low + high - answer,
            _ => answer,
        };
        let scales: Vec<(&ScreenedScale, Array2<f64>)> = self
            .scales
            .iter()
            .map(|scale| {
                let names: Vec<&str> = scale.items.iter().map(|(name, _)| name.as_str()).collect();
                Ok((scale, data.numeric(&names)?))
            })
            .collect::<Result<_>>()?;
        let of = |row: usize| {
            let halves: Vec<Vec<f64>> = scales
                .iter()
                .map(|(scale, answers)| {
                    scale.items.iter().zip(answers.row(row)).map(|((_, key), x)| keyed(*key, *x)).collect()
                })
                .collect();
            even_odd(&halves)
        };
        Ok((0..data.n_rows()).map(of).collect())
    }

    /// Rows with the same answers, and rows of the same respondent.
    fn duplicates(
        &self,
        data: &Dataset,
        answers: &Array2<f64>,
        ids: Option<&[Option<String>]>,
        found: &mut Found,
    ) -> Vec<DuplicateRows> {
        // 0 + x makes one zero of two; a missing answer is the same as another
        let bits = |x: &f64| if x.is_nan() { u64::MAX } else { (0.0 + x).to_bits() };
        let of = |row: usize| answers.row(row).into_iter().map(bits);
        let given = |row: &usize| answers.row(*row).iter().any(|x| !x.is_nan());
        let mut order: Vec<usize> = (0..answers.nrows()).filter(given).collect();
        order.sort_by(|a, b| of(*a).cmp(of(*b)));
        let n = order.len();
        let alike = order.chunk_by(|a, b| of(*a).eq(of(*b)));
        let mut groups: Vec<Vec<usize>> =
            alike.filter(|rows| rows.len() > 1).map(<[usize]>::to_vec).collect();
        groups.sort();
        // of a few items many respondents give the same answers
        if answers.ncols() >= FEWEST_ITEMS {
            for rows in &groups {
                for &row in rows {
                    found.flags.push((row, ScreeningIndex::DuplicateAnswers, rows.len() as f64, 2.0));
                }
            }
            found.count(ScreeningIndex::DuplicateAnswers, n);
        }
        if let Some(ids) = ids {
            let mut of_id: HashMap<&str, Vec<usize>> = HashMap::new();
            for (row, id) in ids.iter().enumerate() {
                if let Some(id) = id {
                    of_id.entry(id).or_default().push(row);
                }
            }
            for rows in of_id.values().filter(|rows| rows.len() > 1) {
                for &row in rows {
                    found.flags.push((row, ScreeningIndex::DuplicateRespondent, rows.len() as f64, 2.0));
                }
            }
            found.count(ScreeningIndex::DuplicateRespondent, of_id.values().map(Vec::len).sum());
        }
        groups
            .into_iter()
            .map(|rows| DuplicateRows { rows: rows.into_iter().map(|row| data.file_row(row)).collect() })
            .collect()
    }
}

/// Flags while they are found: row, index, value, cutoff.
struct Found {
    flags: Vec<(usize, ScreeningIndex, f64, f64)>,
    counts: Vec<FlagCount>,
}

impl Found {
    /// Flags the values for which there is a cutoff that they pass, and counts them; nothing where nobody has a value.
    fn index(
        &mut self,
        index: ScreeningIndex,
        values: impl Iterator<Item = Option<f64>>,
        passes: impl Fn(usize, f64) -> Option<f64>,
    ) {
        let values: Vec<Option<f64>> = values.collect();
        let n = values.iter().flatten().count();
        if n > 0 {
            self.each(index, values.into_iter(), n, passes);
        }
    }

    fn each(
        &mut self,
        index: ScreeningIndex,
        values: impl Iterator<Item = Option<f64>>,
        n: usize,
        passes: impl Fn(usize, f64) -> Option<f64>,
    ) {
        for (row, value) in values.enumerate() {
            if let Some(value) = value
                && let Some(cutoff) = passes(row, value)
            {
                self.flags.push((row, index, value, cutoff));
            }
        }
        self.count(index, n);
    }

    /// Counts the rows that an index has flagged so far.
    fn count(&mut self, index: ScreeningIndex, n: usize) {
        let mut rows: Vec<usize> = self.flags.iter().filter(|f| f.1 == index).map(|f| f.0).collect();
        rows.sort_unstable();
        rows.dedup();
        self.counts.push(FlagCount { index, n, flagged: rows.len() });
    }
}

/// Little's test of the items that vary.
fn little(names: &[String], answers: &Array2<f64>, warnings: &mut Vec<Warning>) -> Option<McarTest> {
    let varies = |i: &usize| {
        let mut given = answers.column(*i).into_iter().copied().filter(|x| !x.is_nan());
        given.next().is_some_and(|first| given.any(|x| x != first))
    };
    let kept: Vec<usize> = (0..names.len()).filter(varies).collect();
    let of = kept.iter().map(|i| names[*i].as_str());
    match McarTest::of(of, of_columns(answers.view(), &kept).view()) {
        Ok(test) => test,
        Err(error) => {
            let (what, reason) = ("Little's test of missing answers".into(), error.to_string());
            warnings.push(Warning::NotDone { what, reason });
            None
        }
    }
}

/// Some columns; of all there is no copy.
fn of_columns<'a>(values: ArrayView2<'a, f64>, kept: &[usize]) -> CowArray<'a, f64, Ix2> {
    if kept.len() == values.ncols() { values.into() } else { values.select(Axis(1), kept).into() }
}

/// Mahalanobis distances from the items that vary; those left out are told.
fn distances(
    names: &[String],
    values: ArrayView2<'_, f64>,
    warnings: &mut Vec<Warning>,
) -> Vec<Option<Mahalanobis>> {
    let what = "Mahalanobis distance";
    let mut kept = Vec::new();
    for (i, name) in names.iter().enumerate() {
        let mut given = values.column(i).into_iter().copied().filter(|x| !x.is_nan());
        let reason = match given.next() {
            None => "it has no answers".to_string(),
            Some(first) if given.all(|x| x == first) => format!("all its answers are {first}"),
            Some(_) => {
                kept.push(i);
                continue;
            }
        };
        warnings.push(Warning::NotDone { what: format!("{what} from '{name}'"), reason });
    }
    if kept.is_empty() {
        return vec![None; values.nrows()];
    }
    let of: Vec<String> = kept.iter().map(|i| names[*i].clone()).collect();
    mahalanobis(&of, of_columns(values, &kept).view()).unwrap_or_else(|error| {
        warnings.push(Warning::NotDone { what: what.into(), reason: error.to_string() });
        vec![None; values.nrows()]
    })
}

/// The value that chi-square passes with probability [`MAHALANOBIS_CUTOFF`].
fn critical(df: usize) -> Option<f64> {
    let df = df as f64;
    let tail = |x: f64| gamma_ur(0.5 * df, 0.5 * x) - MAHALANOBIS_CUTOFF;
    bracketed(tail, 1e-6, df + 10.0 * (2.0 * df).sqrt() + 50.0)
}
