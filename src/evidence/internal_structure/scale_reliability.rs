//! The reliability of one scale with everything that needs the rows: bootstrap intervals, strata, groups with tests of
//! their difference, precision along the scale.

use super::alpha_tests::{AlphaOfGroup, AlphaTest, alsawalmeh_feldt_test, feldt_test, hakstian_whalen_test};
use super::groups::by_group;
use super::measurement_error::{ConditionalError, conditional_errors};
use super::reliability::Reliability;
use super::reliability_intervals::ReliabilityIntervals;
use super::stratified::stratified_alpha;
use super::summary::{ScaleItem, ScaleSummary};
use crate::data::{Grouping, Rows};
use crate::error::{Error, Result, Warning};
use crate::evidence::Resampling;
use crate::moments::Missing;
use serde::{Deserialize, Serialize};

/// What to find out about a scale.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::Resampling;
/// use psychometrics::evidence::internal_structure::{ScaleItem, ScaleStudy};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let bootstrap = Some(Resampling { replicates: 100, seed: 1 });
/// let study = ScaleStudy { bootstrap, group: Some(data.grouping("group")?), ..ScaleStudy::default() };
/// let found = study.of(&names.map(ScaleItem::new), data.numeric(&names)?.view())?;
/// assert_eq!(format!("{:.3}", found.scale.alpha.raw.unwrap()), "0.761");
/// assert_eq!(found.groups.len(), 2);
/// assert!(found.bootstrap.unwrap().intervals["alpha"].is_some());
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ScaleStudy {
    /// Missing answers; bootstrap intervals use complete rows, and there are none by full information where answers are
    /// missing.
    pub missing: Option<Missing>,
    /// Bootstrap intervals of every coefficient.
    pub bootstrap: Option<Resampling>,
    /// Strata of items, for stratified alpha.
    pub strata: Vec<Vec<String>>,
    /// Groups of respondents.
    pub group: Option<Grouping>,
}

/// The reliability of a scale, in all and by group.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{ScaleItem, ScaleStudy};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let study = ScaleStudy { group: Some(data.grouping("group")?), ..ScaleStudy::default() };
/// let found = study.of(&names.map(ScaleItem::new), data.numeric(&names)?.view())?;
/// assert_eq!(format!("{:.3}", found.scale.alpha.raw.unwrap()), "0.761");
/// assert_eq!((found.groups.len(), found.group_tests.len(), found.bootstrap.is_none()), (2, 3, true));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScaleReliability {
    /// Of all respondents.
    #[serde(flatten)]
    pub scale: Reliability,
    /// Bootstrap intervals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<ReliabilityIntervals>,
    /// Stratified alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stratified_alpha: Option<f64>,
    /// Standard error of measurement by score, of items with a declared range.
    pub conditional: Vec<ConditionalError>,
    /// Each group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupReliability>,
    /// Whether the groups' alphas differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_tests: Vec<AlphaTest>,
    /// Groups that could not be taken.
    #[serde(default, rename = "group_warnings", skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// The reliability in one group.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::internal_structure::{ScaleItem, ScaleStudy};
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let names = ["a1", "a2", "a3", "a4"];
/// let study = ScaleStudy { group: Some(data.grouping("group")?), ..ScaleStudy::default() };
/// let found = study.of(&names.map(ScaleItem::new), data.numeric(&names)?.view())?;
/// let first = &found.groups[0];
/// assert_eq!((first.group.as_str(), first.n), ("g1", 370));
/// assert_eq!(format!("{:.3}", first.reliability.as_ref().unwrap().alpha.raw.unwrap()), "0.754");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GroupReliability {
    /// The group.
    pub group: String,
    /// Its rows that took part.
    pub n: usize,
    /// None where it does not exist.
    pub reliability: Option<Reliability>,
}

impl ScaleStudy {
    /// Of answers as they stand in the data, respondents x items.
    ///
    /// # Errors
    /// As [`Reliability::of`], [`stratified_alpha`] and [`ReliabilityIntervals::of`]; [`Error::Unsupported`] for bootstrap
    /// intervals by full information where answers are missing.
    pub fn of<'r>(&self, items: &[ScaleItem], rows: impl Into<Rows<'r>>) -> Result<ScaleReliability> {
        let rows = rows.into();
        let rows = rows.view();
        let missing = self.missing.unwrap_or(Missing::Pairwise);
        let mut summary = ScaleSummary::new(items.to_vec(), missing);
        summary.push(rows)?;
        let full = summary.full_information()?;
        if full.is_some() && self.bootstrap.is_some() {
            return Err(Error::Unsupported {
                what: "bootstrap intervals by full information".into(),
                instead: "They are drawn from complete rows: ask for them with --missing listwise, or leave the bootstrap \
                          out; alpha and omega have intervals by formula."
                    .into(),
            });
        }
        let scale = Reliability::of(&summary)?;
        let names: Vec<String> = items.iter().map(|item| item.name.clone()).collect();
        let bootstrap = self
            .bootstrap
            .map(|resampling| {
                ReliabilityIntervals::of(&names, ScaleItem::keyed_rows(items, rows).view(), resampling)
            })
            .transpose()?;
        let stratified = match self.strata.as_slice() {
            [] => None,
            strata => stratified_alpha(&summary.moments()?, strata)?,
        };
        let range =
            items.first().and_then(|first| first.range).filter(|r| items.iter().all(|i| i.range == Some(*r)));
        let conditional = range.and_then(|range| {
            let (mean, sd) = summary.total(full.as_ref());
            Some(conditional_errors(items.len(), range, mean?, sd?, scale.alpha.raw?))
        });
        let (mut groups, mut warnings) = (Vec::new(), Vec::new());
        if let Some(grouping) = &self.group {
            let (without, read) = (grouping.missing_count(), rows.nrows());
            if without > 0 {
                let variable = grouping.variable.clone();
                warnings.push(Warning::RowsWithoutGroup { variable, rows: without, read });
            }
            for group in by_group(items, missing, rows, grouping)? {
                let n = group.summary.as_ref().map_or(0, ScaleSummary::n);
                let found = group.summary.and_then(|summary| Reliability::of(&summary));
                if let Err(error) = &found {
                    let what = format!("the reliability of {} '{}'", grouping.variable, group.level);
                    warnings.push(Warning::NotDone { what, reason: error.to_string() });
                }
                groups.push(GroupReliability { group: group.level, n, reliability: found.ok() });
            }
        }
        let alphas: Vec<AlphaOfGroup> = groups
            .iter()
            .filter_map(|g| {
                let found = g.reliability.as_ref()?;
                Some(AlphaOfGroup { alpha: found.alpha.raw?, n: found.n, items: found.items })
            })
            .collect();
        let by_information = |group: &GroupReliability| {
            group.reliability.as_ref().is_some_and(|found| found.complete < found.n)
        };
        let group_tests = if missing == Missing::Fiml && groups.iter().any(by_information) {
            let reason = "they are of complete rows: ask for them with --missing listwise".into();
            warnings.push(Warning::NotDone { what: "tests of the groups' alphas".into(), reason });
            Vec::new()
        } else {
            tests(&alphas)
        };
        Ok(ScaleReliability {
            scale,
            bootstrap,
            stratified_alpha: stratified,
            conditional: conditional.unwrap_or_default(),
            group_tests,
            groups,
            warnings,
        })
    }
}

/// Of two groups Feldt's test and its refinement, of any number Hakstian and Whalen's.
pub(crate) fn tests(alphas: &[AlphaOfGroup]) -> Vec<AlphaTest> {
    let two = match alphas {
        [first, second] => vec![feldt_test(*first, *second), alsawalmeh_feldt_test(*first, *second)],
        _ => Vec::new(),
    };
    two.into_iter().chain([hakstian_whalen_test(alphas)]).flatten().collect()
}
