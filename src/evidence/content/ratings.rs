//! Expert ratings of items, from a wide table (`item, E1, E2, ...`) or a long one (`item, expert, panel, rating`).

#[cfg(feature = "files")]
use crate::data::{AnswerFile, AnswerOptions, CsvOptions, CsvSource};
use crate::data::{Dataset, Grouping};
#[cfg(feature = "files")]
use crate::error::Warning;
use crate::error::{BadCell, Error, Result, nearest};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
#[cfg(feature = "files")]
use std::path::Path;

/// The scale on which experts rate, and from where on an item counts as relevant or essential.
///
/// ```
/// use psychometrics::evidence::content::RatingScale;
///
/// // 1 to 4, relevant from 3 on
/// let scale = RatingScale::default();
/// assert_eq!((scale.low, scale.high, scale.relevant, scale.essential), (1.0, 4.0, 3.0, 3.0));
/// assert!(RatingScale { relevant: 5.0, ..scale }.check().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RatingScale {
    /// Lowest rating.
    pub low: f64,
    /// Highest rating.
    pub high: f64,
    /// Lowest rating that counts as relevant.
    pub relevant: f64,
    /// Lowest rating that counts as essential, in Lawshe's ratio.
    pub essential: f64,
}

impl Default for RatingScale {
    /// 1 to 4, relevant from 3 on (Davis 1992; Lynn 1986).
    fn default() -> Self {
        Self { low: 1.0, high: 4.0, relevant: 3.0, essential: 3.0 }
    }
}

impl RatingScale {
    /// Checks that the scale has points and the thresholds lie on it.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    pub fn check(&self) -> Result<()> {
        let Self { low, high, relevant, essential } = *self;
        let bad = |option: &str, value: String, allowed: String| {
            Err(Error::BadOption { option: option.into(), value, allowed })
        };
        if !(low < high) {
            return bad(
                "the rating scale",
                format!("{low}..{high}"),
                "the lowest rating stands first".into(),
            );
        }
        for (option, value) in [("relevant", relevant), ("essential", essential)] {
            if !(value > low && value <= high) {
                return bad(option, value.to_string(), format!("above {low}, at most {high}"));
            }
        }
        Ok(())
    }

    /// Whether a rating is on the scale.
    fn has(&self, rating: f64) -> bool {
        rating >= self.low && rating <= self.high
    }
}

/// Ratings of items by experts.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{ExpertRatings, RatingScale};
///
/// let ratings = ExpertRatings::of(&Dataset::read_csv("tests/data/experts.csv")?, RatingScale::default())?;
/// assert_eq!((ratings.items.len(), ratings.experts.len(), ratings.panels.is_none()), (8, 6, true));
/// assert_eq!(ratings.values[0][5], Some(2.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpertRatings {
    /// Items, in the order of first appearance.
    pub items: Vec<String>,
    /// Experts, in the order of first appearance.
    pub experts: Vec<String>,
    /// The panel of each expert, where there are panels.
    pub panels: Option<Grouping>,
    /// Items x experts; none where an expert did not rate an item.
    pub values: Vec<Vec<Option<f64>>>,
    /// The scale.
    pub scale: RatingScale,
}

impl ExpertRatings {
    /// Ratings of a file: all columns of a long table; of a wide one the items, and the columns that hold ratings. The
    /// warnings tell what was left out.
    ///
    /// # Errors
    /// As [`AnswerFile::open`], [`AnswerFile::table`] and [`ExpertRatings::of`]; [`Error::BadOption`] for a column of
    /// respondents in a long table, whose columns are known by their names.
    #[cfg(feature = "files")]
    pub fn read(
        path: impl AsRef<Path>,
        options: &AnswerOptions,
        scale: RatingScale,
    ) -> Result<(Self, Vec<Warning>)> {
        let path = path.as_ref();
        let csv = CsvOptions {
            layout: options.layout.clone(),
            columns: options.columns.clone(),
            missing_codes: options.missing_codes.clone(),
            progress: options.progress.clone(),
            ..CsvOptions::default()
        };
        let header = CsvSource::open(path, &csv)?;
        if ["expert", "rating"].iter().all(|name| header.names().iter().any(|own| own == name)) {
            return match &options.respondent {
                None => Ok((Self::of(&Dataset::read(path, &csv)?, scale)?, Vec::new())),
                Some(name) => Err(Error::BadOption {
                    option: "the column of respondents".into(),
                    value: name.clone(),
                    allowed: "a long table of ratings has the columns item, expert, rating and perhaps panel"
                        .into(),
                }),
            };
        }
        let mut answers = AnswerOptions { others: vec!["item".into()], ..options.clone() };
        answers.columns.retain(|name| name != "item");
        let file = AnswerFile::open(path, &answers)?;
        Ok((Self::of(&file.table()?, scale)?, file.warnings().to_vec()))
    }

    /// Ratings of a table; panels may be given for wide tables as `expert: panel` by the long form only.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] without a column `item`, [`Error::BadCells`] for a rating off the scale, an item or
    /// expert without a name, or an item rated twice by one expert, [`Error::NoAnswerExists`] for fewer than two experts,
    /// [`Error::NoAnswers`] for an item that nobody rated.
    pub fn of(data: &Dataset, scale: RatingScale) -> Result<Self> {
        scale.check()?;
        let is_long = ["expert", "rating"].iter().all(|name| data.names().iter().any(|n| n == name));
        let mut found =
            Self { items: Vec::new(), experts: Vec::new(), panels: None, values: Vec::new(), scale };
        let mut faults = Faults { data, cells: Vec::new() };
        if is_long {
            found.read_long(data, &mut faults)?
        } else {
            found.read_wide(data, &mut faults)?
        }
        let faults = faults.cells;
        if !faults.is_empty() {
            let total = faults.len();
            return Err(Error::BadCells { path: data.source().into(), total, cells: faults });
        }
        if found.experts.len() < 2 {
            return Err(Error::NoAnswerExists {
                what: "content validity".into(),
                why: format!("{} expert rated the items", found.experts.len()),
                remedy: "Ask at least two experts; from six on an item may be doubted by one.".into(),
            });
        }
        if let Some(i) = found.values.iter().position(|own| own.iter().all(Option::is_none)) {
            return Err(Error::NoAnswers { variable: found.items[i].clone() });
        }
        Ok(found)
    }

    /// One row a rating.
    fn read_long(&mut self, data: &Dataset, faults: &mut Faults<'_>) -> Result<()> {
        let items = data.labels("item")?;
        let experts = data.labels("expert")?;
        let ratings = data.numeric(&["rating"])?;
        let has_panels = data.names().iter().any(|name| name == "panel");
        let panels = if has_panels { data.labels("panel")? } else { vec![None; items.len()] };
        let mut panel_of: Vec<Option<String>> = Vec::new();
        let mut at: [HashMap<String, usize>; 2] = Default::default();
        for row in 0..items.len() {
            let (Some(item), Some(expert)) = (&items[row], &experts[row]) else {
                let column = if items[row].is_none() { "item" } else { "expert" };
                faults.push(row, column, String::new(), "is empty".into());
                continue;
            };
            let (next_item, next_expert) = (at[0].len(), at[1].len());
            let i = *at[0].entry(item.clone()).or_insert(next_item);
            let e = *at[1].entry(expert.clone()).or_insert(next_expert);
            if i == self.items.len() {
                self.items.push(item.clone());
                self.values.push(Vec::new());
            }
            if e == self.experts.len() {
                self.experts.push(expert.clone());
                panel_of.push(panels[row].clone());
            } else if panel_of[e] != panels[row] {
                let value = panels[row].clone().unwrap_or_default();
                faults.push(
                    row,
                    "panel",
                    value,
                    format!("is another panel than expert '{expert}' had before"),
                );
            }
            let rating = ratings[(row, 0)];
            if rating.is_nan() {
                continue;
            }
            if !self.scale.has(rating) {
                faults.push(row, "rating", rating.to_string(), off(self.scale));
                continue;
            }
            let own = &mut self.values[i];
            if own.len() <= e {
                own.resize(e + 1, None);
            }
            if own[e].replace(rating).is_some() {
                faults.push(row, "item", item.clone(), format!("was rated before by expert '{expert}'"));
            }
        }
        let count = self.experts.len();
        self.values.iter_mut().for_each(|own| own.resize(count, None));
        if has_panels {
            self.panels = Some(Grouping::new("panel", panel_of));
        }
        Ok(())
    }

    /// One row an item, one column an expert.
    fn read_wide(&mut self, data: &Dataset, faults: &mut Faults<'_>) -> Result<()> {
        let items = data.labels("item")?;
        self.experts = data.names().iter().filter(|name| *name != "item").cloned().collect();
        let ratings = data.numeric(&self.experts)?;
        for (row, item) in items.iter().enumerate() {
            let Some(item) = item else {
                faults.push(row, "item", String::new(), "is empty".into());
                continue;
            };
            if self.items.contains(item) {
                faults.push(row, "item", item.clone(), "stands in an earlier row too".into());
            }
            let own = self.experts.iter().enumerate().map(|(e, expert)| {
                let rating = ratings[(row, e)];
                if !rating.is_nan() && !self.scale.has(rating) {
                    faults.push(row, expert, rating.to_string(), off(self.scale));
                }
                (!rating.is_nan()).then_some(rating)
            });
            let own = own.collect();
            self.values.push(own);
            self.items.push(item.clone());
        }
        Ok(())
    }

    /// Checks that every item is one of those known.
    ///
    /// # Errors
    /// [`Error::UnknownReference`] with the nearest name.
    pub fn check_items<'a>(&self, known: impl Iterator<Item = &'a str> + Clone) -> Result<()> {
        match self.items.iter().find(|item| known.clone().all(|k| k != item.as_str())) {
            None => Ok(()),
            Some(item) => Err(Error::UnknownReference {
                from: "the expert ratings".into(),
                kind: "item".into(),
                to: item.clone(),
                nearest: nearest(item, known),
            }),
        }
    }
}

/// Cells that hold no rating.
struct Faults<'a> {
    data: &'a Dataset,
    cells: Vec<BadCell>,
}

impl Faults<'_> {
    fn push(&mut self, row: usize, column: &str, value: String, problem: String) {
        self.cells.push(BadCell { row: self.data.file_row(row), column: column.into(), value, problem });
    }
}

fn off(scale: RatingScale) -> String {
    format!("is off the rating scale, {} to {}", scale.low, scale.high)
}
