//! What is screened, by what, and how.

use super::duplicates::duplicates;
use super::even_odd::{EVEN_ODD_SCALES, ScreenedScale, of_scales};
use super::flags::{Flag, Flags};
use super::indices::Indices;
use super::missing_table::MissingTable;
use super::screening::{OutOfRange, Screening};
use super::screening_index::ScreeningIndex;
use super::varying_items::little;
use crate::data::{Column, Dataset};
use crate::error::{Error, Result, Warning};
use crate::evidence::internal_structure::Key;
use ndarray::{Array2, CowArray, Ix2};
use serde::{Deserialize, Serialize};

/// What is screened, and by what.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::response_process::{ScreeningIndex, ScreeningStudy};
///
/// let answers = [
///     [1.0, 4.0, 2.0, 5.0], [2.0, 5.0, 1.0, 4.0], [3.0, 3.0, 3.0, 3.0], [2.0, 4.0, 1.0, 5.0],
///     [1.0, 5.0, 3.0, 4.0], [1.0, 3.0, 2.0, 9.0],
/// ];
/// let data = Dataset::builder().rows(["a", "b", "c", "d"], answers).build()?;
/// let study = ScreeningStudy { range: Some((1.0, 5.0)), ..ScreeningStudy::default() };
/// let found = study.of(&data, &["a", "b", "c", "d"])?;
/// let flagged: Vec<(usize, ScreeningIndex)> = found.flags.iter().map(|f| (f.row, f.index)).collect();
/// use ScreeningIndex::{Longstring, OutOfRange, ResponseVariability};
/// assert_eq!(flagged, [(3, Longstring), (3, ResponseVariability), (6, OutOfRange)]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScreeningStudy {
    /// Lowest and highest possible answer; none where the answers are not checked.
    pub range: Option<(f64, f64)>,
    /// The scales that even-odd consistency compares; none where it is not computed.
    pub scales: Vec<ScreenedScale>,
    /// The column that tells who the respondent is.
    pub respondent: Option<String>,
}

/// An answer that is not possible: row, item, value.
type Impossible = (usize, usize, f64);

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
        let (p, rows) = (names.len(), data.n_rows());
        let missing = MissingTable::of(&names, answers.view());
        let mut found = Flags::default();

        let (possible, impossible) = self.possible(&answers, &mut found);
        let out_of_range = impossible.into_iter().map(|(row, item, value)| OutOfRange {
            row: data.file_row(row),
            respondent: id(row),
            item: names[item].clone(),
            value,
        });
        let out_of_range = out_of_range.collect();
        found.each(
            ScreeningIndex::NoAnswers,
            answers.rows().into_iter().map(|row| (row.iter().all(|x| x.is_nan())).then_some(p as f64)),
            rows,
            |_, value| Some(value),
        );
        let duplicates = duplicates(data, &answers, ids.as_deref(), &mut found);
        if p < 2 {
            let what = "the indices of careless answers".into();
            warnings.push(Warning::NotDone { what, reason: format!("'{}' is the only item", names[0]) });
        }
        let mcar = little(&names, &answers, &mut warnings);
        let even_odd = of_scales(&self.scales, self.range, data)?;
        let indices = Indices::of(&names, possible.view(), even_odd, &mut warnings);
        indices.flag(p, &mut found);
        found.sort();
        let flagged = found.events(rows, |row| indices.gave_one_answer(row));
        let respondents =
            (0..rows).map(|row| indices.of_respondent(row, data.file_row(row), id(row), p, flagged[row]));
        let respondents = respondents.collect();
        let flags = found.flags.iter().map(|&(row, index, value, cutoff)| Flag {
            row: data.file_row(row),
            respondent: id(row),
            index,
            value,
            cutoff,
        });
        Ok(Screening {
            rows,
            flags: flags.collect(),
            respondents,
            counts: found.counts,
            items: names,
            missing,
            mcar,
            out_of_range,
            duplicates,
            synonyms: indices.synonyms,
            antonyms: indices.antonyms,
            warnings,
        })
    }

    /// The answers without those that are not possible, and these. A copy only where there are some.
    fn possible<'a>(
        &self,
        answers: &'a Array2<f64>,
        found: &mut Flags,
    ) -> (CowArray<'a, f64, Ix2>, Vec<Impossible>) {
        let mut possible = CowArray::from(answers.view());
        let Some((low, high)) = self.range else { return (possible, Vec::new()) };
        let outside = |x: f64| x < low || x > high;
        let all = answers.indexed_iter().filter(|(_, answer)| outside(**answer));
        let impossible: Vec<_> = all.map(|((row, item), answer)| (row, item, *answer)).collect();
        if !impossible.is_empty() {
            possible = CowArray::from(answers.clone());
        }
        for &(row, item, value) in &impossible {
            possible[(row, item)] = f64::NAN;
            found.push(row, ScreeningIndex::OutOfRange, value, if value < low { low } else { high });
        }
        found.count(ScreeningIndex::OutOfRange, answers.nrows());
        (possible, impossible)
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
}
