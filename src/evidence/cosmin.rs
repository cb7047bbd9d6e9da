//! The ratings of COSMIN (Prinsen et al. 2018; Mokkink et al. 2018).

use super::conclusion::{Aspect, Sentence, counted};
use super::model_verdict::{ModelStanding, joined};
use super::relations::HypothesisTally;
use super::standing::{Facts, Standing};
use crate::construct::VariableRole;
use crate::evidence::group_invariance::{Comparability, GroupInvariance};
use crate::evidence::structure_evidence::StructureEvidence;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A measurement property of COSMIN.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// // of these items there are no ratings by experts
/// let first = &evidence.map.cosmin[0];
/// assert_eq!((first.property.as_ref(), first.rating.as_deref()), ("Content validity", None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CosminRating {
    /// The property.
    pub property: Cow<'static, str>,
    /// The same in Dutch.
    pub property_nl: Cow<'static, str>,
    /// `+` sufficient, `-` insufficient, `±` inconsistent, `?` indeterminate; none where it was not examined.
    pub rating: Option<Cow<'static, str>>,
    /// What the rating rests on.
    pub basis: String,
    /// The same in Dutch.
    pub basis_nl: String,
}

/// `+`, `-`, `±` or `?`, with what it rests on; none where the property was not examined.
type Rated = Option<(&'static str, Sentence)>;

/// The measurement properties, in COSMIN's order.
pub(super) fn cosmin(facts: &Facts<'_>) -> Vec<CosminRating> {
    let structural = facts.preferred.map(structural_validity);
    let consistency = internal_consistency(facts, structural.as_ref().map(|(rating, _)| *rating));
    let rated: [([&'static str; 2], Rated); 9] = [
        (["Content validity", "Inhoudsvaliditeit"], content_validity(facts)),
        (["Structural validity", "Structurele validiteit"], structural),
        (["Internal consistency", "Interne consistentie"], consistency),
        (["Reliability (test-retest)", "Betrouwbaarheid (test-hertest)"], None),
        (["Measurement error", "Meetfout"], measurement_error(facts)),
        (["Hypotheses testing", "Hypothesetoetsing"], hypotheses(facts.tally)),
        (["Measurement invariance", "Meetinvariantie"], invariance(facts)),
        (["Criterion validity", "Criteriumvaliditeit"], criterion_validity(facts)),
        (["Responsiveness", "Responsiviteit"], None),
    ];
    let rating = |([property, property_nl], rated): ([&'static str; 2], Rated)| {
        let (rating, (basis, basis_nl)) = match rated {
            Some((rating, basis)) => (Some(rating), basis),
            None => (None, ("not examined".into(), "niet onderzocht".into())),
        };
        CosminRating {
            property: property.into(),
            property_nl: property_nl.into(),
            rating: rating.map(Into::into),
            basis,
            basis_nl,
        }
    };
    rated.into_iter().map(rating).collect()
}

fn content_validity(facts: &Facts<'_>) -> Rated {
    let own = facts.conclusions.iter().filter(|c| c.aspect == Aspect::Relevance);
    let rating = match Standing::of(own.map(|c| c.verdict)) {
        Standing::Supported => "+",
        Standing::NotSupported => "-",
        Standing::Mixed => "±",
        Standing::Open => "?",
        Standing::NotExamined => return None,
    };
    Some((rating, ("expert ratings".into(), "oordelen van experts".into())))
}

/// COSMIN's rule, under which one measure is enough; where the report's own rule, which asks all of them to agree, says
/// otherwise, both are told.
fn structural_validity(best: &StructureEvidence) -> (&'static str, Sentence) {
    let (name, naam) = super::conclusions_of_rivals::title(&best.name);
    if best.verdict.standing == ModelStanding::Saturated {
        let en = format!("{name}: it fits by construction");
        return ("?", (en, format!("{naam}: het model past vanzelf")));
    }
    type Limit = (&'static str, &'static str, fn(f64) -> bool);
    let limits: [Limit; 4] = [
        ("CFI", "cfi", |x| x > 0.95),
        ("TLI", "tli", |x| x > 0.95),
        ("RMSEA", "rmsea", |x| x < 0.06),
        ("SRMR", "srmr", |x| x < 0.08),
    ];
    let meets = |(_, measure, limit): &Limit| best.measure(measure).is_some_and(limit);
    let met: Vec<&str> = limits.iter().filter(|own| meets(own)).map(|(name, ..)| *name).collect();
    let numbers: Vec<String> = limits
        .iter()
        .map(|(name, measure, _)| {
            format!("{name} {}", best.measure(measure).map_or("-".into(), |x| format!("{x:.3}")))
        })
        .collect();
    let rule = "CFI or TLI > .95, RMSEA < .06 or SRMR < .08";
    let regel = "CFI of TLI > .95, RMSEA < .06 of SRMR < .08";
    let (found, gevonden) = match met.as_slice() {
        [] => ("none is met".to_string(), "aan geen is voldaan".to_string()),
        met => (format!("met by {}", joined(met, "and")), format!("voldaan door {}", joined(met, "en"))),
    };
    let differs = !met.is_empty() && !best.verdict.is_good();
    let (but, maar) = match differs {
        true => (
            "; the conclusions of this report ask CFI, RMSEA and SRMR to agree, which they do not",
            "; de conclusies van dit rapport vragen dat CFI, RMSEA en SRMR het eens zijn, en dat zijn zij niet",
        ),
        false => ("", ""),
    };
    let numbers = numbers.join(", ");
    (
        if met.is_empty() { "-" } else { "+" },
        (
            format!("{name}: {numbers}; COSMIN asks for one of {rule}: {found}{but}"),
            format!("{naam}: {numbers}; COSMIN vraagt er één van {regel}: {gevonden}{maar}"),
        ),
    )
}

/// Alpha of every dimension that has one.
fn alphas(facts: &Facts<'_>) -> Vec<f64> {
    facts.dimensions.iter().filter_map(|d| d.scale.reliability.as_ref()?.alpha.raw).collect()
}

/// Alpha of a scale whose structure is in doubt, or not known, tells nothing.
fn internal_consistency(facts: &Facts<'_>, structural: Option<&'static str>) -> Rated {
    let alphas = alphas(facts);
    let all = alphas.len();
    let enough = alphas.iter().filter(|a| **a >= 0.70).count();
    let en = format!("alpha at least .70 in {enough} of {}", counted(all, "dimension", "dimensions"));
    let nl = format!("alpha ten minste .70 in {enough} van de {}", counted(all, "dimensie", "dimensies"));
    let rating = match (all, enough, structural) {
        (0, ..) => return None,
        (_, _, Some("-" | "?") | None) => {
            let en = format!("{en}; COSMIN asks for sufficient structural validity first");
            let nl = format!("{nl}; COSMIN vraagt eerst voldoende structurele validiteit");
            return Some(("?", (en, nl)));
        }
        (all, n, _) if n == all => "+",
        (_, 0, _) => "-",
        _ => "±",
    };
    Some((rating, (en, nl)))
}

fn measurement_error(facts: &Facts<'_>) -> Rated {
    let basis = (
        "smallest detectable change known, minimal important change not".into(),
        "kleinste waarneembare verandering bekend, minimale belangrijke verandering niet".into(),
    );
    (!alphas(facts).is_empty()).then_some(("?", basis))
}

fn hypotheses(tally: &HypothesisTally) -> Rated {
    let rating = match tally.sufficient {
        Some(true) => "+",
        Some(false) => "-",
        None => "?",
    };
    let tested = counted(tally.tested, "tested hypothesis", "tested hypotheses");
    let getoetst = counted(tally.tested, "getoetste hypothese", "getoetste hypothesen");
    let confirmed = tally.confirmed;
    let basis =
        (format!("{confirmed} of {tested} confirmed"), format!("{confirmed} van de {getoetst} bevestigd"));
    (tally.declared > 0).then_some((rating, basis))
}

fn criterion_validity(facts: &Facts<'_>) -> Rated {
    let criteria = facts.criterion.iter().filter(|c| c.role == VariableRole::Criterion);
    let highest = criteria.filter_map(|c| Some(c.observed?.r)).reduce(f64::max)?;
    let basis = (
        format!("highest correlation with a criterion {highest:.2}; .70 is asked"),
        format!("hoogste correlatie met een criterium {highest:.2}; gevraagd is .70"),
    );
    Some((if highest >= 0.70 { "+" } else { "-" }, basis))
}

/// No important differences between groups in multiple-group factor analysis (Prinsen et al. 2018).
fn invariance(facts: &Facts<'_>) -> Rated {
    use Comparability::{Disputed, Full, Not, Partial, Unknown};
    let all: Vec<Comparability> =
        facts.invariance.iter().map(GroupInvariance::comparability).filter(|own| *own != Unknown).collect();
    if facts.invariance.is_empty() {
        return None;
    }
    let full = all.iter().filter(|own| **own == Full).count();
    let rating = match () {
        () if all.is_empty() => "?",
        () if full == all.len() => "+",
        () if all.iter().all(|own| *own == Not) => "-",
        () => "±",
    };
    let partial = all.iter().filter(|own| matches!(own, Partial | Disputed)).count();
    let (n, examined) = (facts.invariance.len(), all.len());
    Some((
        rating,
        (
            format!(
                "{full} of {examined} ladders hold, {partial} in part ({n} dimensions by grouping variables)"
            ),
            format!(
                "{full} van {examined} ladders houden stand, {partial} deels ({n} dimensies maal groepsvariabelen)"
            ),
        ),
    ))
}
