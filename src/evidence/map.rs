//! The evidence map: what was gathered of each of the five sources of the Standards (AERA, APA, NCME 2014), what it says,
//! and what was not examined; and the ratings of COSMIN (Prinsen et al. 2018; Mokkink et al. 2018).

use super::conclusion::{Aspect, Conclusion, Verdict, counted};
use super::model_verdict::{ModelStanding, joined};
use super::relations::{CriterionRelation, HypothesisTally};
use crate::construct::VariableRole;
use crate::evidence::dimension_evidence::DimensionEvidence;
use crate::evidence::structure_evidence::StructureEvidence;
use serde::Serialize;

/// A source of validity evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Evidence based on test content.
    Content,
    /// Evidence based on response processes.
    ResponseProcesses,
    /// Evidence based on internal structure.
    InternalStructure,
    /// Evidence based on relations to other variables.
    Relations,
    /// Evidence for validity and consequences of testing.
    Consequences,
}

/// What the evidence on a topic comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Every rule that decides is met.
    Supported,
    /// Some rules are met, some are not.
    Mixed,
    /// No rule that decides is met.
    NotSupported,
    /// There is evidence that decides nothing.
    Open,
    /// No evidence was gathered.
    NotExamined,
}

/// A topic of the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MapEntry {
    /// Its source.
    pub source: Source,
    /// The topic.
    pub topic: &'static str,
    /// The same in Dutch.
    pub topic_nl: &'static str,
    /// What the evidence comes to.
    pub standing: Standing,
    /// Positions of the conclusions behind it.
    pub conclusions: Vec<usize>,
    /// How far the evidence reaches at most.
    pub limits: &'static str,
    /// The same in Dutch.
    pub limits_nl: &'static str,
    /// Why there is no evidence where some was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
}

/// A measurement property of COSMIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CosminRating {
    /// The property.
    pub property: &'static str,
    /// The same in Dutch.
    pub property_nl: &'static str,
    /// `+` sufficient, `-` insufficient, `±` inconsistent, `?` indeterminate; none where it was not examined.
    pub rating: Option<&'static str>,
    /// What the rating rests on.
    pub basis: String,
    /// The same in Dutch.
    pub basis_nl: String,
}

/// The map with COSMIN's ratings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EvidenceMap {
    /// Topics by source.
    pub entries: Vec<MapEntry>,
    /// COSMIN's ratings.
    pub cosmin: Vec<CosminRating>,
}

/// A topic with the aspects that bear on it (none where nothing is built) and what limits its evidence, in English and
/// Dutch.
type Topic = (Source, [&'static str; 2], &'static [Aspect], [&'static str; 2]);

const TOPICS: [Topic; 21] = [
    (
        Source::Content,
        ["Relevance to experts", "Relevantie volgens experts"],
        &[Aspect::Relevance],
        [
            "the experts who were asked; relevance, not completeness",
            "de gevraagde experts; relevantie, niet volledigheid",
        ],
    ),
    (
        Source::Content,
        ["Items sorted by judges", "Items gesorteerd door beoordelaars"],
        &[Aspect::Sorting],
        ["the judges who were asked", "de gevraagde beoordelaars"],
    ),
    (
        Source::Content,
        ["Agreement of coders", "Overeenstemming van codeurs"],
        &[Aspect::Agreement],
        ["the excerpts that were coded twice", "de dubbel gecodeerde fragmenten"],
    ),
    (
        Source::Content,
        ["Perspectives of stakeholders", "Perspectieven van betrokkenen"],
        &[Aspect::Perspectives],
        ["small groups are indicative", "kleine groepen zijn indicatief"],
    ),
    (
        Source::ResponseProcesses,
        ["Missing answers", "Ontbrekende antwoorden"],
        &[],
        ["described, not explained", "beschreven, niet verklaard"],
    ),
    (
        Source::ResponseProcesses,
        ["Careless responding", "Onzorgvuldig antwoorden"],
        &[],
        ["flagged, not proven", "gemarkeerd, niet bewezen"],
    ),
    (Source::ResponseProcesses, ["Cognitive interviews", "Cognitieve interviews"], &[], ["", ""]),
    (
        Source::InternalStructure,
        ["Reliability of the dimensions", "Betrouwbaarheid van de dimensies"],
        &[Aspect::Reliability],
        ["complete answers, one occasion", "volledige antwoorden, één meetmoment"],
    ),
    (
        Source::InternalStructure,
        ["Items of the dimensions", "Items van de dimensies"],
        &[Aspect::Items, Aspect::Measurement],
        ["complete answers", "volledige antwoorden"],
    ),
    (
        Source::InternalStructure,
        ["Models of the dimensions", "Modellen van de dimensies"],
        &[Aspect::Structure],
        ["respondents taken as independent", "respondenten opgevat als onafhankelijk"],
    ),
    (
        Source::InternalStructure,
        ["Structure of the construct", "Structuur van het construct"],
        &[Aspect::Rivals],
        [
            "the structures that were compared; independent respondents",
            "de vergeleken structuren; onafhankelijke respondenten",
        ],
    ),
    (
        Source::InternalStructure,
        ["Exploratory dimensionality", "Exploratieve dimensionaliteit"],
        &[],
        ["", ""],
    ),
    (Source::InternalStructure, ["Measurement invariance", "Meetinvariantie"], &[], ["", ""]),
    (
        Source::Relations,
        ["Convergence of items", "Convergentie van items"],
        &[Aspect::Convergence],
        ["one method of measurement", "één meetmethode"],
    ),
    (
        Source::Relations,
        ["Distinctness of factors", "Onderscheid tussen factoren"],
        &[Aspect::Distinctness],
        ["factors of this construct only", "alleen factoren van dit construct"],
    ),
    (
        Source::Relations,
        ["Criteria and outcomes", "Criteria en uitkomsten"],
        &[Aspect::Criteria],
        ["correlation, no cause", "samenhang, geen oorzaak"],
    ),
    (
        Source::Relations,
        ["Hypotheses", "Hypothesen"],
        &[Aspect::Hypotheses],
        ["the hypotheses that were declared", "de opgestelde hypothesen"],
    ),
    (
        Source::Relations,
        ["From intervention to outcome", "Van interventie naar uitkomst"],
        &[Aspect::Paths],
        [
            "no experiment: other causes are not excluded",
            "geen experiment: andere oorzaken zijn niet uitgesloten",
        ],
    ),
    (
        Source::Consequences,
        ["Precision of a person's score", "Precisie van een score"],
        &[Aspect::Error],
        ["one occasion; alpha taken as reliability", "één meetmoment; alpha als betrouwbaarheid"],
    ),
    (
        Source::Consequences,
        ["Differences between groups", "Verschillen tussen groepen"],
        &[Aspect::Differences, Aspect::Groups],
        [
            "as long as invariance is not examined, perhaps the instrument",
            "zolang invariantie niet is onderzocht misschien het instrument",
        ],
    ),
    (
        Source::Consequences,
        ["Differential item functioning", "Differentieel itemfunctioneren"],
        &[],
        ["", ""],
    ),
];

/// Where the missing answers stand among the topics.
const MISSING: &str = "Missing answers";
/// And careless answers.
const CARELESS: &str = "Careless responding";

impl EvidenceMap {
    pub(crate) fn of(facts: &Facts<'_>) -> Self {
        let entries = TOPICS.iter().map(|(source, [topic, topic_nl], aspects, [limits, limits_nl])| {
            let own: Vec<usize> = (0..facts.conclusions.len())
                .filter(|i| aspects.contains(&facts.conclusions[*i].aspect))
                .collect();
            let gap = facts.gaps.iter().find(|(t, _)| t == topic).map(|(_, reason)| reason.clone());
            MapEntry {
                source: *source,
                topic,
                topic_nl,
                standing: if *topic == MISSING || *topic == CARELESS && facts.careless {
                    Standing::Open
                } else {
                    standing(own.iter().map(|i| facts.conclusions[*i].verdict))
                },
                conclusions: own,
                limits,
                limits_nl,
                gap,
            }
        });
        Self { entries: entries.collect(), cosmin: cosmin(facts) }
    }
}

/// What the map is made of.
pub(crate) struct Facts<'a> {
    pub(crate) conclusions: &'a [Conclusion],
    /// Topics with the reason why their evidence is missing.
    pub(crate) gaps: Vec<(&'static str, String)>,
    pub(crate) dimensions: &'a [DimensionEvidence],
    pub(crate) preferred: Option<&'a StructureEvidence>,
    pub(crate) tally: &'a HypothesisTally,
    pub(crate) criterion: &'a [CriterionRelation],
    /// Whether careless answers were looked for.
    pub(crate) careless: bool,
}

fn standing(verdicts: impl Iterator<Item = Verdict>) -> Standing {
    let (mut yes, mut no, mut any) = (false, false, false);
    for verdict in verdicts {
        any = true;
        yes |= matches!(verdict, Verdict::Supported | Verdict::Mixed);
        no |= matches!(verdict, Verdict::NotSupported | Verdict::Mixed);
    }
    match (any, yes, no) {
        (false, ..) => Standing::NotExamined,
        (_, true, true) => Standing::Mixed,
        (_, true, false) => Standing::Supported,
        (_, false, true) => Standing::NotSupported,
        (_, false, false) => Standing::Open,
    }
}

/// COSMIN's rule, under which one measure is enough; where the report's own rule, which asks all of them to agree, says
/// otherwise, both are told.
fn structural_validity(best: &StructureEvidence) -> (&'static str, String, String) {
    let (name, naam) = super::conclusions_of_rivals::title(best.name);
    if best.verdict.standing == ModelStanding::Saturated {
        let en = format!("{name}: it fits by construction");
        return ("?", en, format!("{naam}: het model past vanzelf"));
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
        format!("{name}: {numbers}; COSMIN asks for one of {rule}: {found}{but}"),
        format!("{naam}: {numbers}; COSMIN vraagt er één van {regel}: {gevonden}{maar}"),
    )
}

fn cosmin(facts: &Facts<'_>) -> Vec<CosminRating> {
    let of =
        |aspect: Aspect| standing(facts.conclusions.iter().filter(|c| c.aspect == aspect).map(|c| c.verdict));
    let rated = |standing: Standing| match standing {
        Standing::Supported => Some("+"),
        Standing::NotSupported => Some("-"),
        Standing::Mixed => Some("±"),
        Standing::Open => Some("?"),
        Standing::NotExamined => None,
    };
    let entry = |property, property_nl, rating, basis: String, basis_nl: String| CosminRating {
        property,
        property_nl,
        rating,
        basis,
        basis_nl,
    };
    let not_examined = || ("not examined".to_string(), "niet onderzocht".to_string());
    let (structural, structure_basis, structure_basis_nl) = match facts.preferred {
        None => {
            let (en, nl) = not_examined();
            (None, en, nl)
        }
        Some(best) => {
            let (rating, basis, basis_nl) = structural_validity(best);
            (Some(rating), basis, basis_nl)
        }
    };
    let alphas: Vec<f64> =
        facts.dimensions.iter().filter_map(|d| d.scale.reliability.as_ref()?.alpha.raw).collect();
    let enough = alphas.iter().filter(|a| **a >= 0.70).count();
    let consistency = match (alphas.len(), enough, structural) {
        (0, ..) => None,
        // alpha of a scale whose structure is in doubt, or not known, tells nothing
        (_, _, Some("-" | "?") | None) => Some("?"),
        (all, n, _) if n == all => Some("+"),
        (_, 0, _) => Some("-"),
        _ => Some("±"),
    };
    let of_alphas =
        format!("alpha at least .70 in {enough} of {}", counted(alphas.len(), "dimension", "dimensions"));
    let van_alphas =
        format!("alpha ten minste .70 in {enough} van de {}", counted(alphas.len(), "dimensie", "dimensies"));
    let gold: Vec<f64> = facts
        .criterion
        .iter()
        .filter(|c| c.role == VariableRole::Criterion)
        .filter_map(|c| Some(c.observed?.r))
        .collect();
    let highest = gold.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (ne, ne_nl) = not_examined();
    vec![
        entry(
            "Content validity",
            "Inhoudsvaliditeit",
            rated(of(Aspect::Relevance)),
            if of(Aspect::Relevance) == Standing::NotExamined { ne.clone() } else { "expert ratings".into() },
            if of(Aspect::Relevance) == Standing::NotExamined {
                ne_nl.clone()
            } else {
                "oordelen van experts".into()
            },
        ),
        entry(
            "Structural validity",
            "Structurele validiteit",
            structural,
            structure_basis,
            structure_basis_nl,
        ),
        entry(
            "Internal consistency",
            "Interne consistentie",
            consistency,
            match consistency {
                None => ne.clone(),
                Some("?") => format!("{of_alphas}; COSMIN asks for sufficient structural validity first"),
                Some(_) => of_alphas.clone(),
            },
            match consistency {
                None => ne_nl.clone(),
                Some("?") => format!("{van_alphas}; COSMIN vraagt eerst voldoende structurele validiteit"),
                Some(_) => van_alphas.clone(),
            },
        ),
        entry("Reliability (test-retest)", "Betrouwbaarheid (test-hertest)", None, ne.clone(), ne_nl.clone()),
        entry(
            "Measurement error",
            "Meetfout",
            Some("?").filter(|_| !alphas.is_empty()),
            if alphas.is_empty() {
                ne.clone()
            } else {
                "smallest detectable change known, minimal important change not".into()
            },
            if alphas.is_empty() {
                ne_nl.clone()
            } else {
                "kleinste waarneembare verandering bekend, minimale belangrijke verandering niet".into()
            },
        ),
        entry(
            "Hypotheses testing",
            "Hypothesetoetsing",
            match facts.tally.sufficient {
                Some(true) => Some("+"),
                Some(false) => Some("-"),
                None if facts.tally.declared > 0 => Some("?"),
                None => None,
            },
            if facts.tally.declared == 0 {
                ne.clone()
            } else {
                let tested = counted(facts.tally.tested, "tested hypothesis", "tested hypotheses");
                format!("{} of {tested} confirmed", facts.tally.confirmed)
            },
            if facts.tally.declared == 0 {
                ne_nl.clone()
            } else {
                let tested = counted(facts.tally.tested, "getoetste hypothese", "getoetste hypothesen");
                format!("{} van de {tested} bevestigd", facts.tally.confirmed)
            },
        ),
        entry("Measurement invariance", "Meetinvariantie", None, ne.clone(), ne_nl.clone()),
        entry(
            "Criterion validity",
            "Criteriumvaliditeit",
            (!gold.is_empty()).then_some(if highest >= 0.70 { "+" } else { "-" }),
            if gold.is_empty() {
                ne.clone()
            } else {
                format!("highest correlation with a criterion {highest:.2}; .70 is asked")
            },
            if gold.is_empty() {
                ne_nl.clone()
            } else {
                format!("hoogste correlatie met een criterium {highest:.2}; gevraagd is .70")
            },
        ),
        entry("Responsiveness", "Responsiviteit", None, ne, ne_nl),
    ]
}
