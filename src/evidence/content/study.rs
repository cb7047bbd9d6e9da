//! Runs what a construct asks for of content: expert ratings, an item-sort task, coded units, interview excerpts. What
//! cannot be read or used becomes a warning, and a gap in the report.

use super::{Agreement, ContentValidity, ItemSort, Perspectives};
#[cfg(feature = "files")]
use super::{Codes, Excerpts, ExpertRatings, RatingScale};
use crate::construct::Construct;
#[cfg(feature = "files")]
use crate::data::{AnswerOptions, CsvOptions, Dataset};
#[cfg(feature = "files")]
use crate::error::Result;
use crate::error::Warning;
use crate::evidence::Resampling;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
#[cfg(feature = "files")]
use std::path::Path;

/// What experts, coders and interviewed people contribute.
///
/// ```
/// use psychometrics::construct::{Construct, DataSource, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("ratings.csv");
/// std::fs::write(&path, "item,e1,e2\na,4,3\nb,4,4\nc,2,4\n").unwrap();
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .data(DataSource { ratings: Some(path), ..DataSource::default() })
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let evidence = Validation::of(&construct).run(&Responses::builder(&construct).answers(answers).build()?)?;
/// let ratings = evidence.content.ratings.as_ref().unwrap();
/// // both experts find two of the three items relevant
/// assert_eq!(format!("{:.3} {:.3}", ratings.scale.s_cvi_ave, ratings.scale.s_cvi_ua), "0.833 0.667");
/// assert!(evidence.content.gaps.is_empty());
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ContentEvidence {
    /// Expert ratings of the items; none where the construct names no file, or it could not be used.
    pub ratings: Option<ContentValidity>,
    /// Items sorted by judges.
    pub item_sort: Option<ItemSort>,
    /// Agreement of coders.
    pub agreement: Option<Agreement>,
    /// Perspectives of those who were interviewed.
    pub perspectives: Option<Perspectives>,
    /// What was asked for and could not be had.
    pub gaps: Vec<Gap>,
}

/// Evidence that was asked for and could not be had.
///
/// ```
/// use psychometrics::construct::{Construct, DataSource, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
///
/// // ratings are named, and there is no such file
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .data(DataSource { ratings: Some("nowhere.csv".into()), ..DataSource::default() })
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let evidence = Validation::of(&construct).run(&Responses::builder(&construct).answers(answers).build()?)?;
/// let gap = &evidence.content.gaps[0];
/// assert_eq!((gap.what.as_ref(), gap.reason.contains("nowhere.csv")), ("expert ratings", true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Gap {
    /// What it would have been.
    pub what: Cow<'static, str>,
    /// Why it is not there.
    pub reason: String,
}

#[cfg(not(feature = "files"))]
impl ContentEvidence {
    /// Without the feature `files` no file is read: what a construct asks for of them is a gap.
    pub(crate) fn of(construct: &Construct, _: Resampling) -> (Self, Vec<Warning>) {
        let data = construct.data.clone().unwrap_or_default();
        let asked = [
            ("expert ratings", data.ratings),
            ("the item-sort task", data.item_sort),
            ("agreement of coders", data.codes),
            ("perspectives", data.excerpts),
        ];
        let reason = "psychometrics was built without its feature `files`, and reads none".to_string();
        let asked = asked.into_iter().filter(|(_, file)| file.is_some());
        let gaps: Vec<Gap> =
            asked.map(|(what, _)| Gap { what: what.into(), reason: reason.clone() }).collect();
        let told = |gap: &Gap| Warning::NotDone { what: gap.what.to_string(), reason: gap.reason.clone() };
        let warnings = gaps.iter().map(told).collect();
        (Self { gaps, ..Self::default() }, warnings)
    }
}

#[cfg(feature = "files")]
impl ContentEvidence {
    pub(crate) fn of(construct: &Construct, resampling: Resampling) -> (Self, Vec<Warning>) {
        let mut found = Self::default();
        let mut warnings = Vec::new();
        let Some(data) = &construct.data else { return (found, warnings) };
        let read = |file: &Path| {
            let options = CsvOptions { missing_codes: data.missing_codes.clone(), ..CsvOptions::default() };
            Dataset::read(construct.path_of(file), &options)
        };
        let answers = AnswerOptions { missing_codes: data.missing_codes.clone(), ..AnswerOptions::default() };
        let dimension = |item: &str| construct.item(item).map(|i| i.dimension.clone());
        if let Some(file) = &data.ratings {
            let ratings =
                ratings(construct, &construct.path_of(file), &answers).map(|(ratings, left_out)| {
                    let mut found = ContentValidity::of(&ratings, dimension);
                    found.warnings.splice(0..0, left_out);
                    found
                });
            found.ratings = found.kept("expert ratings", ratings, |r| &r.warnings, &mut warnings);
        }
        if let Some(file) = &data.item_sort {
            let dimensions: Vec<&str> = construct.dimensions.iter().map(|d| d.id.as_str()).collect();
            let sorted = read(file).and_then(|data| ItemSort::of(&data, dimension, &dimensions));
            found.item_sort = found.kept("the item-sort task", sorted, |r| &r.warnings, &mut warnings);
        }
        if let Some(file) = &data.codes {
            let codes = Codes::read(construct.path_of(file), &answers, &[]);
            let agreement = codes.and_then(|(codes, left_out)| {
                let mut found = Agreement::of(&codes, resampling)?;
                found.warnings.splice(0..0, left_out);
                Ok(found)
            });
            found.agreement = found.kept("agreement of coders", agreement, |r| &r.warnings, &mut warnings);
        }
        if let Some(file) = &data.excerpts {
            let dimensions = construct.facets_by_dimension();
            let perspectives = read(file).and_then(|data| Excerpts::of(&data, &dimensions)).map(|excerpts| {
                let ids: Vec<String> = dimensions.iter().map(|(id, _)| id.clone()).collect();
                Perspectives::of(&excerpts, &ids)
            });
            found.perspectives = found.kept("perspectives", perspectives, |r| &r.warnings, &mut warnings);
        }
        (found, warnings)
    }

    /// The result with its warnings, or a gap.
    fn kept<T>(
        &mut self,
        what: &'static str,
        result: Result<T>,
        own: fn(&T) -> &[Warning],
        warnings: &mut Vec<Warning>,
    ) -> Option<T> {
        match result {
            Ok(found) => {
                warnings.extend_from_slice(own(&found));
                Some(found)
            }
            Err(error) => {
                let reason = error.to_string();
                warnings.push(Warning::NotDone { what: what.into(), reason: reason.clone() });
                self.gaps.push(Gap { what: what.into(), reason });
                None
            }
        }
    }
}

#[cfg(feature = "files")]
fn ratings(
    construct: &Construct,
    path: &Path,
    answers: &AnswerOptions,
) -> Result<(ExpertRatings, Vec<Warning>)> {
    let scale = construct.content.map_or_else(RatingScale::default, |rule| RatingScale {
        low: rule.low,
        high: rule.high,
        relevant: rule.relevant,
        essential: rule.essential.unwrap_or(rule.relevant),
    });
    let (ratings, left_out) = ExpertRatings::read(path, answers, scale)?;
    ratings.check_items(construct.items.iter().map(|i| i.id.as_str()))?;
    Ok((ratings, left_out))
}
