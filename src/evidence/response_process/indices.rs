//! The indices of careless answers of every respondent, and whom each of them flags.

use super::even_odd::EVEN_ODD_CUTOFF;
use super::flags::Flags;
use super::longstring::{longstring, longstring_cutoff};
use super::mahalanobis::{MAHALANOBIS_CUTOFF, Mahalanobis, critical};
use super::person_total::{PERSON_TOTAL_CUTOFF, person_total};
use super::psychometric_pairs::{FEWEST_PAIRS, ItemPair, PAIR_CUTOFF, item_pairs, of_respondent};
use super::response_variability::{FEWEST_ANSWERS, RESPONSE_VARIABILITY_CUTOFF, response_variability};
use super::screening::ScreenedRespondent;
use super::screening_index::ScreeningIndex;
use super::varying_items::distances;
use crate::error::Warning;
use ndarray::ArrayView2;

/// A value for each respondent; none where the index does not exist for these answers.
pub(super) struct Indices {
    /// Items that go together.
    pub(super) synonyms: Vec<ItemPair>,
    /// Items that go against each other.
    pub(super) antonyms: Vec<ItemPair>,
    /// Answers that are there.
    answered: Vec<usize>,
    longstring: Vec<Option<usize>>,
    irv: Vec<Option<f64>>,
    /// Empty without scales.
    even_odd: Vec<Option<f64>>,
    synonymy: Vec<Option<f64>>,
    antonymy: Vec<Option<f64>>,
    distances: Vec<Option<Mahalanobis>>,
    person_total: Vec<Option<f64>>,
}

impl Indices {
    /// Of the possible answers to items; what cannot be computed is told.
    pub(super) fn of(
        names: &[String],
        possible: ArrayView2<'_, f64>,
        even_odd: Vec<Option<f64>>,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let rows: Vec<&[f64]> =
            (0..possible.nrows()).map(|row| possible.row(row).to_slice().unwrap_or_default()).collect();
        let several = names.len() > 1;
        let answered: Vec<usize> =
            rows.iter().map(|row| row.iter().filter(|x| !x.is_nan()).count()).collect();
        let run = |(row, answered): (&&[f64], &usize)| (several && *answered > 0).then(|| longstring(row));
        let longstring = rows.iter().zip(&answered).map(run).collect();
        let irv = rows.iter().map(|row| response_variability(row)).collect();
        let (synonyms, antonyms) = item_pairs(names, possible);
        let of_pairs = |pairs: &[ItemPair]| -> Vec<Option<f64>> {
            rows.iter().map(|row| of_respondent(pairs, row)).collect()
        };
        let (synonymy, antonymy) = (of_pairs(&synonyms), of_pairs(&antonyms));
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
        let distances = if several { distances(names, possible, warnings) } else { vec![None; rows.len()] };
        let person_total = person_total(possible);
        Self {
            synonyms,
            antonyms,
            answered,
            longstring,
            irv,
            even_odd,
            synonymy,
            antonymy,
            distances,
            person_total,
        }
    }

    /// Flags those whom an index calls careless, one index after the other.
    pub(super) fn flag(&self, items: usize, found: &mut Flags) {
        let cutoff = longstring_cutoff(items).map(|x| x as f64);
        let runs = self.longstring.iter().map(|run| run.map(|x| x as f64));
        found.index(ScreeningIndex::Longstring, runs, |_, run| cutoff.filter(|cutoff| run >= *cutoff));
        found.index(ScreeningIndex::ResponseVariability, self.irv.iter().copied(), |row, sd| {
            let enough = self.answered[row] >= FEWEST_ANSWERS;
            (enough && sd <= RESPONSE_VARIABILITY_CUTOFF).then_some(RESPONSE_VARIABILITY_CUTOFF)
        });
        found.index(ScreeningIndex::EvenOdd, self.even_odd.iter().copied(), |_, r| {
            (r < EVEN_ODD_CUTOFF).then_some(EVEN_ODD_CUTOFF)
        });
        found.index(ScreeningIndex::Synonyms, self.synonymy.iter().copied(), |_, r| {
            (r < PAIR_CUTOFF).then_some(PAIR_CUTOFF)
        });
        found.index(ScreeningIndex::Antonyms, self.antonymy.iter().copied(), |_, r| {
            (r > PAIR_CUTOFF).then_some(PAIR_CUTOFF)
        });
        let squared = self.distances.iter().map(|found| found.map(|d| d.d2));
        found.index(ScreeningIndex::Mahalanobis, squared, |row, _| {
            self.distances[row].filter(|d| d.pvalue < MAHALANOBIS_CUTOFF).and_then(|d| critical(d.df))
        });
        found.index(ScreeningIndex::PersonTotal, self.person_total.iter().copied(), |_, r| {
            (r < PERSON_TOTAL_CUTOFF).then_some(PERSON_TOTAL_CUTOFF)
        });
    }

    /// Whether a respondent gave one answer throughout.
    pub(super) fn gave_one_answer(&self, row: usize) -> bool {
        self.irv[row] == Some(0.0)
    }

    /// The indices of one respondent, whose answers stand in `file_row`.
    pub(super) fn of_respondent(
        &self,
        row: usize,
        file_row: usize,
        respondent: Option<String>,
        items: usize,
        flags: usize,
    ) -> ScreenedRespondent {
        ScreenedRespondent {
            row: file_row,
            respondent,
            missing: items - self.answered[row],
            longstring: self.longstring[row],
            irv: self.irv[row],
            even_odd: self.even_odd.get(row).copied().flatten(),
            synonyms: self.synonymy[row],
            antonyms: self.antonymy[row],
            mahalanobis: self.distances[row],
            person_total: self.person_total[row],
            flags,
        }
    }
}
