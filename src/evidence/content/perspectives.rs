//! What stakeholders brought up themselves: coded excerpts of interviews, by group and organisation.
//!
//! ```text
//! coverage      share of a group's respondents with an excerpt on the dimension, with Wilson's 95 % interval
//! saturation    expected number of codes after m of N respondents: sum over codes of 1 - C(N - f, m) / C(N, m),
//!               f respondents raising the code                                     Hurlbert (1971); Mao Tau
//! ```
//!
//! A code is a facet of a dimension, or the dimension where an excerpt names none. In fewer than twelve interviews
//! themes may not have come up that would have (Guest, Bunce & Johnson 2006): such groups are marked as indicative.
//!
//! It is longer than others by the examples of its types.

use super::proportion::wilson;
use crate::data::Dataset;
use crate::error::{Error, Result, Warning, nearest};
use crate::evidence::Interval;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Interviews from which on a group is not merely indicative.
const ENOUGH: usize = 12;

/// A coded excerpt.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{Excerpts, Perspectives};
///
/// let coded = Dataset::builder()
///     .column("respondent", ["r1", "r1", "r2"])
///     .column("group", ["nurse", "nurse", "doctor"])
///     .column("dimension", ["care", "rules", "care"])
///     .column("stance", ["for", "against", "for"])
///     .build()?;
/// let dimensions = [("care".to_string(), Vec::new()), ("rules".to_string(), Vec::new())];
/// let excerpts = Excerpts::of(&coded, &dimensions)?;
/// let excerpt = &excerpts.excerpts[2];
/// assert_eq!(
///     (excerpt.respondent.as_str(), excerpt.group.as_str(), excerpt.dimension.as_str(), excerpt.stance.as_deref()),
///     ("r2", "doctor", "care", Some("for"))
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Who said it.
    pub respondent: String,
    /// Stakeholder group.
    pub group: String,
    /// Organisation, where known.
    pub organisation: Option<String>,
    /// What it is about.
    pub dimension: String,
    /// Which facet of it.
    pub facet: Option<String>,
    /// How the respondent stands to it.
    pub stance: Option<String>,
}

/// Coded excerpts.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{Excerpts, Perspectives};
///
/// let coded = Dataset::builder()
///     .column("respondent", ["r1", "r1", "r2"])
///     .column("group", ["nurse", "nurse", "doctor"])
///     .column("dimension", ["care", "rules", "care"])
///     .column("stance", ["for", "against", "for"])
///     .build()?;
/// let dimensions = [("care".to_string(), Vec::new()), ("rules".to_string(), Vec::new())];
/// let excerpts = Excerpts::of(&coded, &dimensions)?;
/// assert_eq!((excerpts.excerpts.len(), excerpts.uncoded), (3, 0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpts {
    /// In the order of the file.
    pub excerpts: Vec<Excerpt>,
    /// Rows without a dimension: not coded.
    pub uncoded: usize,
}

/// Perspectives of stakeholder groups on the dimensions.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{Excerpts, Perspectives};
///
/// let coded = Dataset::builder()
///     .column("respondent", ["r1", "r1", "r2"])
///     .column("group", ["nurse", "nurse", "doctor"])
///     .column("dimension", ["care", "rules", "care"])
///     .build()?;
/// let dimensions = [("care".to_string(), Vec::new()), ("rules".to_string(), Vec::new())];
/// let excerpts = Excerpts::of(&coded, &dimensions)?;
/// let found = Perspectives::of(&excerpts, &["care".into(), "rules".into()]);
/// assert_eq!((found.excerpts, found.respondents), (3, 2));
/// assert_eq!(found.dimensions[1].cells[1].share, 0.0); // no doctor raised the rules
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Perspectives {
    /// Excerpts that were coded.
    pub excerpts: usize,
    /// Rows without a dimension.
    pub uncoded: usize,
    /// Respondents.
    pub respondents: usize,
    /// Groups, in the order of first appearance.
    pub groups: Vec<Coverage>,
    /// Organisations, in the order of first appearance.
    pub organisations: Vec<Coverage>,
    /// The perspective matrix: dimensions in their order, a cell per group.
    pub dimensions: Vec<DimensionPerspective>,
    /// How many codes were found after how many respondents.
    pub saturation: Saturation,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

/// A group or organisation, and how much of the construct it raised.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{Excerpts, Perspectives};
///
/// let coded = Dataset::builder()
///     .column("respondent", ["r1", "r1", "r2"])
///     .column("group", ["nurse", "nurse", "doctor"])
///     .column("dimension", ["care", "rules", "care"])
///     .column("stance", ["for", "against", "for"])
///     .build()?;
/// let dimensions = [("care".to_string(), Vec::new()), ("rules".to_string(), Vec::new())];
/// let excerpts = Excerpts::of(&coded, &dimensions)?;
/// let doctors = &Perspectives::of(&excerpts, &["care".into(), "rules".into()]).groups[1];
/// assert_eq!((doctors.name.as_str(), doctors.respondents, doctors.raised, doctors.indicative), ("doctor", 1, 1, true));
/// assert_eq!(doctors.never_raised, ["rules"]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Coverage {
    /// Its name.
    pub name: String,
    /// Respondents.
    pub respondents: usize,
    /// Excerpts.
    pub excerpts: usize,
    /// Dimensions that a respondent of it raised.
    pub raised: usize,
    /// Dimensions that none of it raised, of those that anybody raised.
    pub never_raised: Vec<String>,
    /// Fewer respondents than twelve.
    pub indicative: bool,
}

/// A row of the perspective matrix.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{Excerpts, Perspectives};
///
/// let coded = Dataset::builder()
///     .column("respondent", ["r1", "r1", "r2"])
///     .column("group", ["nurse", "nurse", "doctor"])
///     .column("dimension", ["care", "rules", "care"])
///     .column("stance", ["for", "against", "for"])
///     .build()?;
/// let dimensions = [("care".to_string(), Vec::new()), ("rules".to_string(), Vec::new())];
/// let excerpts = Excerpts::of(&coded, &dimensions)?;
/// let rules = &Perspectives::of(&excerpts, &["care".into(), "rules".into()]).dimensions[1];
/// assert_eq!((rules.dimension.as_str(), rules.excerpts, rules.not_examined), ("rules", 1, false));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DimensionPerspective {
    /// The dimension.
    pub dimension: String,
    /// Whether nobody raised it: not examined, as far as these excerpts go.
    pub not_examined: bool,
    /// Excerpts on it.
    pub excerpts: usize,
    /// By group.
    pub cells: Vec<PerspectiveCell>,
    /// By organisation.
    pub organisations: Vec<PerspectiveCell>,
    /// Respondents who raise each facet.
    pub facets: BTreeMap<String, usize>,
}

/// What a group (or organisation) said of a dimension.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{Excerpts, Perspectives};
///
/// let coded = Dataset::builder()
///     .column("respondent", ["r1", "r1", "r2"])
///     .column("group", ["nurse", "nurse", "doctor"])
///     .column("dimension", ["care", "rules", "care"])
///     .column("stance", ["for", "against", "for"])
///     .build()?;
/// let dimensions = [("care".to_string(), Vec::new()), ("rules".to_string(), Vec::new())];
/// let excerpts = Excerpts::of(&coded, &dimensions)?;
/// let care = &Perspectives::of(&excerpts, &["care".into(), "rules".into()]).dimensions[0];
/// let nurses = &care.cells[0];
/// assert_eq!((nurses.group.as_str(), nurses.respondents, nurses.raised, nurses.share), ("nurse", 1, 1, 1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PerspectiveCell {
    /// The group.
    pub group: String,
    /// Respondents in the group.
    pub respondents: usize,
    /// Those with an excerpt on the dimension.
    pub raised: usize,
    /// Their share.
    pub share: f64,
    /// 95 % interval of the share.
    pub interval: Option<Interval>,
    /// Excerpts on the dimension.
    pub excerpts: usize,
    /// Excerpts by stance.
    pub stances: BTreeMap<String, usize>,
}

/// The saturation curve.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::evidence::content::{Excerpts, Perspectives};
///
/// let coded = Dataset::builder()
///     .column("respondent", ["r1", "r1", "r2"])
///     .column("group", ["nurse", "nurse", "doctor"])
///     .column("dimension", ["care", "rules", "care"])
///     .column("stance", ["for", "against", "for"])
///     .build()?;
/// let dimensions = [("care".to_string(), Vec::new()), ("rules".to_string(), Vec::new())];
/// let excerpts = Excerpts::of(&coded, &dimensions)?;
/// let found = Perspectives::of(&excerpts, &["care".into(), "rules".into()]);
/// let saturation = found.saturation;
/// // both raise care, one of two the rules: 1 + 1/2 after one respondent, both after two
/// assert_eq!((saturation.codes, saturation.singletons), (2, 1));
/// assert_eq!(saturation.expected, [1.5, 2.0]);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Saturation {
    /// Codes that were found.
    pub codes: usize,
    /// Expected number of codes after 1, 2, ... respondents in random order.
    pub expected: Vec<f64>,
    /// Respondents after whom nine tenths of the codes are expected to be found.
    pub respondents_for_90: Option<usize>,
    /// Codes that a single respondent raised.
    pub singletons: usize,
}

impl Excerpts {
    /// Of a table with the columns `respondent`, `group`, `dimension` and, where there are, `organisation`, `facet`,
    /// `stance`. Dimensions (each with its facets) are checked against those given; none given, those of the file are
    /// taken.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`]; [`Error::UnknownReference`] for a dimension or facet that is not defined, with row;
    /// [`Error::EmptyGroup`] when no excerpt has a respondent and a group.
    pub fn of(data: &Dataset, dimensions: &[(String, Vec<String>)]) -> Result<Self> {
        let has = |name: &str| data.names().iter().any(|n| n == name);
        let optional = |name: &str| {
            if has(name) { data.labels(name) } else { Ok(vec![None; data.n_rows()]) }
        };
        let (respondents, groups, chosen) =
            (data.labels("respondent")?, data.labels("group")?, data.labels("dimension")?);
        let (organisations, facets, stances) =
            (optional("organisation")?, optional("facet")?, optional("stance")?);
        let mut found = Self::default();
        for row in 0..data.n_rows() {
            let at = || format!("{}, row {}", data.source().display(), data.file_row(row));
            let needed = |value: &Option<String>, column: &str| {
                value.clone().ok_or_else(|| Error::NoAnswerExists {
                    what: format!("{column} in {}", at()),
                    why: "the cell is empty".into(),
                    remedy: format!("Every excerpt needs a {column}."),
                })
            };
            let (respondent, group) =
                (needed(&respondents[row], "respondent")?, needed(&groups[row], "group")?);
            let Some(dimension) = chosen[row].clone() else {
                found.uncoded += 1;
                continue;
            };
            let defined = dimensions.iter().find(|(id, _)| *id == dimension);
            let unknown = |kind, to: &str, known: Vec<&str>| {
                Err(Error::UnknownReference { from: at(), kind, to: to.into(), nearest: nearest(to, known) })
            };
            if !dimensions.is_empty() && defined.is_none() {
                return unknown(
                    "dimension".into(),
                    &dimension,
                    dimensions.iter().map(|(id, _)| id.as_str()).collect(),
                );
            }
            if let (Some(facet), Some((_, facets))) = (&facets[row], defined)
                && !facets.contains(facet)
            {
                return unknown("facet".into(), facet, facets.iter().map(String::as_str).collect());
            }
            found.excerpts.push(Excerpt {
                respondent,
                group,
                organisation: organisations[row].clone(),
                dimension,
                facet: facets[row].clone(),
                stance: stances[row].clone(),
            });
        }
        if found.excerpts.is_empty() {
            let (variable, group) = ("excerpts".into(), data.source().display().to_string());
            return Err(Error::EmptyGroup { variable, group, rows: data.n_rows() });
        }
        Ok(found)
    }
}

impl Perspectives {
    /// Of coded excerpts; dimensions in the order given, or, none given, of first appearance.
    pub fn of(excerpts: &Excerpts, dimensions: &[String]) -> Self {
        let all = &excerpts.excerpts;
        let dimensions: Vec<String> = if dimensions.is_empty() {
            in_order(all.iter().map(|e| Some(e.dimension.as_str())))
        } else {
            dimensions.to_vec()
        };
        let groups = in_order(all.iter().map(|e| Some(e.group.as_str())));
        let organisations = in_order(all.iter().map(|e| e.organisation.as_deref()));
        let of_group = |name: &str| -> Vec<&Excerpt> { all.iter().filter(|e| e.group == name).collect() };
        let of_organisation = |name: &str| -> Vec<&Excerpt> {
            all.iter().filter(|e| e.organisation.as_deref() == Some(name)).collect()
        };
        let examined: Vec<&String> =
            dimensions.iter().filter(|d| all.iter().any(|e| e.dimension == **d)).collect();
        let coverage = |name: &String, own: Vec<&Excerpt>| {
            let respondents = respondents(own.iter().copied());
            let raised = |d: &str| own.iter().any(|e| e.dimension == d);
            Coverage {
                name: name.clone(),
                respondents,
                excerpts: own.len(),
                raised: examined.iter().filter(|d| raised(d)).count(),
                never_raised: examined.iter().filter(|d| !raised(d)).map(|d| (*d).clone()).collect(),
                indicative: respondents < ENOUGH,
            }
        };
        let rows = dimensions
            .iter()
            .map(|dimension| {
                let on_it = || all.iter().filter(|e| e.dimension == *dimension);
                let mut facets: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
                for excerpt in on_it() {
                    if let Some(facet) = &excerpt.facet {
                        facets.entry(facet.clone()).or_default().insert(&excerpt.respondent);
                    }
                }
                DimensionPerspective {
                    dimension: dimension.clone(),
                    not_examined: on_it().next().is_none(),
                    excerpts: on_it().count(),
                    cells: groups.iter().map(|name| cell(name, dimension, &of_group(name))).collect(),
                    organisations: organisations
                        .iter()
                        .map(|name| cell(name, dimension, &of_organisation(name)))
                        .collect(),
                    facets: facets.into_iter().map(|(facet, who)| (facet, who.len())).collect(),
                }
            })
            .collect();
        let groups: Vec<Coverage> = groups.iter().map(|name| coverage(name, of_group(name))).collect();
        let mut warnings = Vec::new();
        if excerpts.uncoded > 0 {
            let reason = format!("{} rows have no dimension", excerpts.uncoded);
            warnings.push(Warning::NotDone { what: "the coding of some excerpts".into(), reason });
        }
        for group in groups.iter().filter(|g| g.indicative) {
            warnings.push(Warning::SmallPanel {
                group: group.name.clone(),
                respondents: group.respondents,
                enough: ENOUGH,
            });
        }
        Self {
            excerpts: all.len(),
            uncoded: excerpts.uncoded,
            respondents: respondents(all.iter()),
            groups,
            organisations: organisations.iter().map(|name| coverage(name, of_organisation(name))).collect(),
            dimensions: rows,
            saturation: saturation(all),
            warnings,
        }
    }
}

fn in_order<'a>(names: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    let mut seen = Vec::new();
    for name in names.flatten() {
        if !seen.iter().any(|s| s == name) {
            seen.push(name.to_string());
        }
    }
    seen
}

fn respondents<'a>(excerpts: impl Iterator<Item = &'a Excerpt>) -> usize {
    excerpts.map(|e| e.respondent.as_str()).collect::<BTreeSet<_>>().len()
}

fn cell(name: &str, dimension: &str, own: &[&Excerpt]) -> PerspectiveCell {
    let on_it = || own.iter().copied().filter(|e| e.dimension == dimension);
    let (of_group, raised) = (respondents(own.iter().copied()), respondents(on_it()));
    let mut stances = BTreeMap::new();
    for stance in on_it().filter_map(|e| e.stance.as_ref()) {
        *stances.entry(stance.clone()).or_insert(0) += 1;
    }
    let share = raised as f64 / of_group as f64;
    PerspectiveCell {
        group: name.into(),
        respondents: of_group,
        raised,
        share,
        interval: wilson(share, of_group as f64),
        excerpts: on_it().count(),
        stances,
    }
}

fn saturation(excerpts: &[Excerpt]) -> Saturation {
    let n = respondents(excerpts.iter());
    let mut raised: BTreeMap<(&str, Option<&str>), BTreeSet<&str>> = BTreeMap::new();
    for excerpt in excerpts {
        raised.entry((&excerpt.dimension, excerpt.facet.as_deref())).or_default().insert(&excerpt.respondent);
    }
    // share of samples of m respondents without a code that f of n raise, from m - 1 to m
    let mut without: Vec<(usize, f64)> = raised.values().map(|who| (who.len(), 1.0)).collect();
    let mut expected = Vec::with_capacity(n);
    for m in 0..n {
        let mut found = 0.0;
        for (f, share) in &mut without {
            *share *= (n - m).saturating_sub(*f) as f64 / (n - m) as f64;
            found += 1.0 - *share;
        }
        expected.push(found);
    }
    let codes = raised.len();
    Saturation {
        codes,
        respondents_for_90: expected.iter().position(|e| *e >= 0.9 * codes as f64).map(|i| i + 1),
        expected,
        singletons: raised.values().filter(|who| who.len() == 1).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn excerpt(respondent: &str, group: &str, dimension: &str) -> Excerpt {
        let text = |s: &str| s.to_string();
        let (organisation, facet, stance) = (None, None, Some(text("for")));
        Excerpt {
            respondent: text(respondent),
            group: text(group),
            organisation,
            dimension: text(dimension),
            facet,
            stance,
        }
    }

    #[test]
    fn a_group_that_never_raises_a_dimension_is_told() {
        let excerpts = [("K1", "k", "care"), ("K2", "k", "care"), ("K2", "k", "rules"), ("C1", "c", "care")];
        let excerpts = excerpts.iter().map(|(r, g, d)| excerpt(r, g, d)).collect();
        let dimensions = ["care", "rules", "other"].map(String::from);
        let found = Perspectives::of(&Excerpts { excerpts, uncoded: 1 }, &dimensions);
        assert_eq!((found.respondents, found.excerpts, found.uncoded), (3, 4, 1));
        assert_eq!(found.groups[1].never_raised, ["rules"]);
        assert!(found.dimensions[2].not_examined && !found.dimensions[1].not_examined);
        let cell = &found.dimensions[1].cells[0];
        assert_eq!((cell.raised, cell.respondents, cell.share), (1, 2, 0.5));
        assert_eq!(cell.stances["for"], 1);
        assert_eq!(found.warnings.len(), 3);
    }

    /// Two codes, raised by 3 and by 1 of 3 respondents: after one, 1 + 1/3 are expected; after all, both.
    #[test]
    fn the_saturation_curve_is_the_mean_over_all_orders() {
        let excerpts = [("a", "care"), ("b", "care"), ("c", "care"), ("c", "rules")];
        let all: Vec<Excerpt> = excerpts.iter().map(|(r, d)| excerpt(r, "g", d)).collect();
        let curve = saturation(&all);
        assert_eq!((curve.codes, curve.singletons), (2, 1));
        for (ours, expected) in curve.expected.iter().zip([4.0 / 3.0, 5.0 / 3.0, 2.0]) {
            assert_relative_eq!(*ours, expected, epsilon = 1e-12);
        }
        assert_eq!(curve.respondents_for_90, Some(3));
    }
}
