//! What a construct file reads of its data, and what is left out, before anything is computed.

use crate::construct::{Construct, Item, Structure};
use crate::data::{Grouping, Ledger, Responses};
use crate::error::{Result, Warning};
use serde::{Deserialize, Serialize};

/// What was read of an item.
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::data::Responses;
/// use psychometrics::draft::ConstructCheck;
///
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let check = ConstructCheck::of(&construct, &Responses::read(&construct)?)?;
/// let item = check.items.iter().find(|own| own.item == "me_4").unwrap();
/// assert_eq!((item.column.as_str(), item.reverse, item.answered, item.missing), ("me_4", true, 882, 20));
/// assert_eq!((item.lowest, item.highest, item.range), (Some(1.0), Some(5.0), (1.0, 5.0)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckedItem {
    /// Its id.
    pub item: String,
    /// The column of its answers.
    pub column: String,
    /// Its dimension.
    pub dimension: String,
    /// Its scale.
    pub scale: String,
    /// Whether it is reversed.
    pub reverse: bool,
    /// Answers.
    pub answered: usize,
    /// Cells without an answer, of respondents who were asked.
    pub missing: usize,
    /// Lowest answer that occurs, as it was given; none without an answer.
    pub lowest: Option<f64>,
    /// Highest answer that occurs, as it was given; none without an answer.
    pub highest: Option<f64>,
    /// Lowest and highest answer of its scale.
    pub range: (f64, f64),
}

/// What a construct file reads of its data, and what is left out.
///
/// ```
/// use psychometrics::construct::Construct;
/// use psychometrics::data::Responses;
/// use psychometrics::draft::ConstructCheck;
/// let construct = Construct::from_path("data/professional_conduct/construct.toml")?;
/// let check = ConstructCheck::of(&construct, &Responses::read(&construct)?)?;
/// assert_eq!((check.rows, check.items.len()), (902, 43));
/// assert!(check.items.iter().all(|item| item.lowest >= Some(item.range.0)));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ConstructCheck {
    /// The construct.
    pub construct: String,
    /// The file that was read.
    pub file: Option<String>,
    /// Rows read.
    pub rows: usize,
    /// The items, in the order of the construct file.
    pub items: Vec<CheckedItem>,
    /// Groups with the respondents of each level.
    pub groups: Vec<(String, Vec<(String, usize)>)>,
    /// What a validation would do, in sentences.
    pub asked: Vec<String>,
    /// What it would leave out, and what looks like a slip, in sentences.
    pub left_out: Vec<String>,
    /// What became of every row and cell.
    pub ledger: Ledger,
    /// What is allowed and should be known of the construct file.
    pub warnings: Vec<Warning>,
}

/// A group of fewer is said to be small.
const SMALL_GROUP: usize = 50;

impl ConstructCheck {
    /// Of a construct and the answers that were read for it.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`](crate::Error::UnknownColumn) for answers that were read for another construct.
    pub fn of(construct: &Construct, responses: &Responses) -> Result<Self> {
        let ledger = responses.ledger().clone();
        let mut items = Vec::with_capacity(construct.items.len());
        for item in &construct.items {
            items.push(checked(construct, item, responses, &ledger)?);
        }
        let groups: Vec<(String, Vec<(String, usize)>)> =
            responses.groups().iter().map(|group| (group.variable.clone(), sizes(group))).collect();
        let left_out = left_out(construct, &ledger, &items, &groups);
        Ok(Self {
            construct: construct.id().into(),
            file: ledger.file.clone(),
            rows: ledger.rows_read,
            asked: asked(construct, responses),
            items,
            groups,
            left_out,
            warnings: construct.warnings(),
            ledger,
        })
    }
}

fn checked(
    construct: &Construct,
    item: &Item,
    responses: &Responses,
    ledger: &Ledger,
) -> Result<CheckedItem> {
    let keyed = responses.of_items(&[&item.id])?;
    let range = construct.scale_of(item).map_or((0.0, 0.0), |scale| scale.bounds());
    let given = keyed.iter().filter(|x| x.is_finite());
    let given = given.map(|x| if item.reverse { range.0 + range.1 - x } else { *x });
    let (mut lowest, mut highest): (Option<f64>, Option<f64>) = (None, None);
    for answer in given {
        lowest = Some(lowest.map_or(answer, |low| low.min(answer)));
        highest = Some(highest.map_or(answer, |high| high.max(answer)));
    }
    let count = ledger.items.iter().find(|count| count.item == item.id).cloned().unwrap_or_default();
    Ok(CheckedItem {
        item: item.id.clone(),
        column: item.column.as_ref().map_or_else(|| item.id.clone(), ToString::to_string),
        dimension: item.dimension.clone(),
        scale: item.scale.clone(),
        reverse: item.reverse,
        answered: count.answered,
        missing: count.empty + count.coded_missing,
        lowest,
        highest,
        range,
    })
}

fn sizes(group: &Grouping) -> Vec<(String, usize)> {
    let size = |level: usize| group.codes.iter().filter(|code| **code == Some(level)).count();
    group.levels.iter().enumerate().map(|(level, name)| (name.clone(), size(level))).collect()
}

/// What a validation would do.
fn asked(construct: &Construct, responses: &Responses) -> Vec<String> {
    let measured = construct.dimensions.iter().filter(|d| construct.items_of(&d.id).next().is_some()).count();
    let mut asked = vec![format!("{} items in {measured} dimension(s)", construct.items.len())];
    let reversed = construct.items.iter().filter(|item| item.reverse).count();
    if reversed > 0 {
        asked.push(format!("{reversed} of the items are reversed"));
    }
    if measured > 1 {
        let structures: Vec<&str> =
            construct.analysis.structures.iter().copied().map(Structure::name).collect();
        asked.push(format!("structures that are compared: {}", structures.join(", ")));
    }
    for group in responses.groups() {
        asked.push(format!("groups that are compared: {}", group.variable));
    }
    if !construct.hypotheses.is_empty() {
        asked.push(format!("{} hypotheses about relations", construct.hypotheses.len()));
    }
    if construct.data.as_ref().is_none_or(|data| data.ratings.is_none()) {
        asked.push("nothing about content: the construct file names no ratings of experts".into());
    }
    asked
}

/// What would be left out, and what looks like a slip.
fn left_out(
    construct: &Construct,
    ledger: &Ledger,
    items: &[CheckedItem],
    groups: &[(String, Vec<(String, usize)>)],
) -> Vec<String> {
    let mut found = Vec::new();
    if ledger.rows_without_answers > 0 {
        found.push(format!("{} rows without any answer", ledger.rows_without_answers));
    }
    if !ledger.columns_not_used.is_empty() {
        found.push(format!("columns without a role: {}", ledger.columns_not_used.join(", ")));
    }
    for dimension in &construct.dimensions {
        match construct.items_of(&dimension.id).count() {
            0 => found.push(format!("dimension '{}' has no items", dimension.id)),
            1 => found.push(format!("dimension '{}' has one item: no reliability, no factor", dimension.id)),
            _ => {}
        }
    }
    for own in items {
        if own.answered == 0 {
            found.push(format!("item '{}' has no answer", own.item));
        } else if own.lowest == own.highest {
            found.push(format!("item '{}' never varies: all {} answers are alike", own.item, own.answered));
        } else if own.missing > own.answered {
            found.push(format!(
                "item '{}' was answered by {} of {} only",
                own.item, own.answered, ledger.rows_read
            ));
        }
    }
    for (variable, levels) in groups {
        let small: Vec<String> = levels
            .iter()
            .filter(|(_, size)| *size < SMALL_GROUP)
            .map(|(level, size)| format!("{level} ({size})"))
            .collect();
        if !small.is_empty() {
            found.push(format!(
                "groups of '{variable}' that are too small to compare models in: {}",
                small.join(", ")
            ));
        }
    }
    if ledger.rows_used < 100 {
        found.push(format!("{} respondents are few: conclusions stay open", ledger.rows_used));
    }
    found
}
