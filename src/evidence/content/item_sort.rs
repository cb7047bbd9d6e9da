//! The item-sort task: judges put each item with the dimension that they think it measures.
//!
//! ```text
//! Psa  n_c / N                 share of judges who choose the dimension that was meant
//! Csv  (n_c - n_o) / N         less those who choose the other one that most chose
//! ```
//!
//! Anderson & Gerbing (1991), Journal of Applied Psychology 76, 732-740. Csv is significant when n_c is so large that a
//! binomial with probability .5 reaches it with at most .05.

use super::content_validity::critical_ratio;
use crate::data::Dataset;
use crate::error::{Error, Result, Warning, nearest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The result of an item-sort task.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::ItemSort;
///
/// let sorted = Dataset::builder()
///     .column("item", ["a", "a", "a", "a"])
///     .column("expert", ["1", "2", "3", "4"])
///     .column("dimension", ["care", "care", "care", "rules"])
///     .build()?;
/// let found = ItemSort::of(&sorted, |_| Some("care".into()), &["care", "rules"])?;
/// assert_eq!((found.items[0].psa, found.items[0].csv), (0.75, 0.5));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ItemSort {
    /// Judges.
    pub judges: usize,
    /// Items.
    pub items: Vec<SortedItem>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// Where the judges put an item.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::ItemSort;
///
/// let sorted = Dataset::builder()
///     .column("item", ["a"; 6])
///     .column("expert", 1..=6)
///     .column("dimension", ["care", "care", "care", "care", "care", "skill"])
///     .build()?;
/// let item = &ItemSort::of(&sorted, |_| Some("care".into()), &["care", "skill"])?.items[0];
/// assert_eq!((item.item.as_str(), item.n, item.rival.as_deref()), ("a", 6, Some("skill")));
/// // five right and one elsewhere
/// assert_eq!(format!("{:.3} {:.3}", item.psa, item.csv), "0.833 0.667");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SortedItem {
    /// The item.
    pub item: String,
    /// The dimension that was meant.
    pub dimension: String,
    /// Judges who sorted it.
    pub n: usize,
    /// Proportion of substantive agreement.
    pub psa: f64,
    /// Substantive validity coefficient.
    pub csv: f64,
    /// Smallest significant `csv`; none for fewer than five judges.
    pub critical: Option<f64>,
    /// The other dimension that was chosen most, if any.
    pub rival: Option<String>,
}

impl ItemSort {
    /// Of a table `item, expert, dimension`; `intended` tells which dimension was meant.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::evidence::content::ItemSort;
    ///
    /// let data = Dataset::builder()
    ///     .column("item", ["a"; 6])
    ///     .column("expert", 1..=6)
    ///     .column("dimension", ["care", "care", "care", "care", "care", "skill"])
    ///     .build()?;
    /// let found = ItemSort::of(&data, |_| Some("care".into()), &["care", "skill"])?;
    /// // 5 of 6 right, 1 elsewhere
    /// assert!((found.items[0].psa - 5.0 / 6.0).abs() < 1e-12 && (found.items[0].csv - 4.0 / 6.0).abs() < 1e-12);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownColumn`]; [`Error::UnknownReference`] for a dimension that is not defined, or an item whose
    /// dimension is not known; [`Error::NoAnswerExists`] for fewer than two judges.
    pub fn of(
        data: &Dataset,
        intended: impl Fn(&str) -> Option<String>,
        dimensions: &[&str],
    ) -> Result<Self> {
        let (items, experts, chosen) =
            (data.labels("item")?, data.grouping("expert")?, data.labels("dimension")?);
        if experts.levels.len() < 2 {
            return Err(Error::NoAnswerExists {
                what: "item-sort result".into(),
                why: format!("{} judge sorted the items", experts.levels.len()),
                remedy: "Ask at least two judges; five and more can be tested.".into(),
            });
        }
        let mut order: Vec<(String, BTreeMap<String, usize>)> = Vec::new();
        let mut unsorted = 0;
        for (row, (item, dimension)) in items.iter().zip(&chosen).enumerate() {
            let (Some(item), Some(dimension)) = (item, dimension) else {
                unsorted += 1;
                continue;
            };
            if !dimensions.contains(&dimension.as_str()) {
                return Err(Error::UnknownReference {
                    from: format!("{}, row {}", data.source().display(), data.file_row(row)),
                    kind: "dimension".into(),
                    to: dimension.clone(),
                    nearest: nearest(dimension, dimensions.iter().copied()),
                });
            }
            let at = order.iter().position(|(name, _)| name == item).unwrap_or_else(|| {
                order.push((item.clone(), BTreeMap::new()));
                order.len() - 1
            });
            *order[at].1.entry(dimension.clone()).or_insert(0) += 1;
        }
        let mut found = Vec::new();
        for (item, counts) in order {
            let dimension = intended(&item).ok_or_else(|| Error::UnknownReference {
                from: "the item-sort task".into(),
                kind: "item".into(),
                to: item.clone(),
                nearest: None,
            })?;
            let n: usize = counts.values().sum();
            let right = counts.get(&dimension).copied().unwrap_or(0);
            let rival = counts.iter().filter(|(d, _)| **d != dimension).max_by_key(|(_, count)| **count);
            let other = rival.map_or(0, |(_, count)| *count);
            let count = n as f64;
            found.push(SortedItem {
                item,
                n,
                psa: right as f64 / count,
                csv: (right as f64 - other as f64) / count,
                critical: critical_ratio(n),
                rival: rival.map(|(dimension, _)| dimension.clone()),
                dimension,
            });
        }
        let mut warnings = Vec::new();
        if unsorted > 0 {
            let reason = format!("{unsorted} rows have no item or no dimension");
            warnings.push(Warning::NotDone { what: "sorting of some items".into(), reason });
        }
        Ok(Self { judges: experts.levels.len(), items: found, warnings })
    }
}
