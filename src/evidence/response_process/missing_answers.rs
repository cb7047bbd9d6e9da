//! Missing answers: by item, by group, and the patterns in which they occur. Respondents who were not asked do not count
//! as missing.

use crate::construct::Construct;
use crate::data::Responses;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Patterns that are kept, the most frequent first.
const PATTERNS: usize = 20;

/// Which answers are missing.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let rows = [[Some(1), Some(2), Some(1)], [Some(3), None, Some(4)], [Some(4), Some(5), Some(5)], [Some(2), Some(2), Some(1)]];
/// let responses = Responses::builder(&construct).rows(["a", "b", "c"], rows).build()?;
/// let found = Validation::of(&construct).run(&responses)?.missing;
/// // one answer of twelve
/// assert_eq!((found.respondents, found.complete), (4, 3));
/// assert_eq!(format!("{:.3}", found.share), "0.083");
/// assert_eq!((found.patterns.len(), found.pattern_count), (2, 2));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MissingAnswers {
    /// Respondents with any answer.
    pub respondents: usize,
    /// Those who answered every item that they were asked.
    pub complete: usize,
    /// Share of the answers asked for that are missing.
    pub share: f64,
    /// Each item.
    pub items: Vec<MissingItem>,
    /// Groups in whose terms `items` is told.
    pub groups: Vec<String>,
    /// The most frequent patterns.
    pub patterns: Vec<MissingPattern>,
    /// How many patterns there are.
    pub pattern_count: usize,
}

/// Missing answers to an item.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let rows = [[Some(1), Some(2), Some(1)], [Some(3), None, Some(4)], [Some(4), Some(5), Some(5)], [Some(2), Some(2), Some(1)]];
/// let responses = Responses::builder(&construct).rows(["a", "b", "c"], rows).build()?;
/// let found = Validation::of(&construct).run(&responses)?.missing;
/// let second = &found.items[1];
/// assert_eq!((second.item.as_str(), second.asked, second.missing), ("b", 4, 1));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MissingItem {
    /// The item.
    pub item: String,
    /// Respondents who were asked.
    pub asked: usize,
    /// Those who did not answer.
    pub missing: usize,
    /// Share of each group that did not answer, in the order of `groups`; none where nobody was asked.
    pub by_group: Vec<Option<f64>>,
}

/// Items that are missing together.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let rows = [[Some(1), Some(2), Some(1)], [Some(3), None, Some(4)], [Some(4), Some(5), Some(5)], [Some(2), Some(2), Some(1)]];
/// let responses = Responses::builder(&construct).rows(["a", "b", "c"], rows).build()?;
/// let found = Validation::of(&construct).run(&responses)?.missing;
/// let pattern = found.patterns.iter().find(|own| !own.missing.is_empty()).unwrap();
/// assert_eq!(pattern.respondents, 1);
/// assert_eq!(pattern.missing, ["b"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MissingPattern {
    /// Respondents.
    pub respondents: usize,
    /// Items that they did not answer.
    pub missing: Vec<String>,
}

impl MissingAnswers {
    pub(crate) fn of(construct: &Construct, responses: &Responses) -> Self {
        let values = responses.values();
        let items = responses.items();
        let asked: Vec<Option<&[bool]>> =
            construct.items.iter().map(|item| responses.asked(&item.dimension)).collect();
        let present: Vec<usize> =
            (0..responses.n()).filter(|row| values.row(*row).iter().any(|x| !x.is_nan())).collect();
        let was_asked = |row: usize, item: usize| asked[item].is_none_or(|asked| asked[row]);
        let is_missing = |row: usize, item: usize| was_asked(row, item) && values[(row, item)].is_nan();
        let grouping = responses.groups().first();
        let levels = grouping.map_or(Vec::new(), |g| g.levels.clone());
        let mut patterns: HashMap<Vec<usize>, usize> = HashMap::new();
        for &row in &present {
            let pattern = (0..items.len()).filter(|item| is_missing(row, *item)).collect();
            *patterns.entry(pattern).or_insert(0) += 1;
        }
        let mut ordered: Vec<(Vec<usize>, usize)> = patterns.into_iter().collect();
        ordered.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let each: Vec<MissingItem> = items
            .iter()
            .enumerate()
            .map(|(item, name)| {
                let count = |rows: &mut dyn Iterator<Item = usize>| {
                    rows.fold((0, 0), |(asked, missing), row| {
                        (
                            asked + usize::from(was_asked(row, item)),
                            missing + usize::from(is_missing(row, item)),
                        )
                    })
                };
                let (asked, missing) = count(&mut present.iter().copied());
                let by_group = (0..levels.len())
                    .map(|level| {
                        let own = |row: &usize| grouping.is_some_and(|g| g.codes[*row] == Some(level));
                        let (asked, missing) = count(&mut present.iter().copied().filter(own));
                        (asked > 0).then(|| missing as f64 / asked as f64)
                    })
                    .collect();
                MissingItem { item: name.clone(), asked, missing, by_group }
            })
            .collect();
        let (asked, missing) = each.iter().fold((0, 0), |(a, m), item| (a + item.asked, m + item.missing));
        Self {
            respondents: present.len(),
            complete: ordered.iter().find(|(pattern, _)| pattern.is_empty()).map_or(0, |(_, count)| *count),
            share: if asked > 0 { missing as f64 / asked as f64 } else { 0.0 },
            items: each,
            groups: levels,
            pattern_count: ordered.len(),
            patterns: ordered
                .into_iter()
                .take(PATTERNS)
                .map(|(pattern, respondents)| MissingPattern {
                    respondents,
                    missing: pattern.into_iter().map(|i| items[i].clone()).collect(),
                })
                .collect(),
        }
    }
}
