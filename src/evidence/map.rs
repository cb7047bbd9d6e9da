//! The evidence map: what was gathered of each of the five sources of the Standards (AERA, APA, NCME 2014), what it says,
//! and what was not examined.

use super::conclusion::Aspect;
use super::cosmin::{CosminRating, cosmin};
use super::standing::{Facts, Standing};
use crate::moments::Missing;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A source of validity evidence.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::Source;
/// let topics = |source| evidence.map.entries.iter().filter(|own| own.source == source).count();
/// assert_eq!([topics(Source::Content), topics(Source::InternalStructure), topics(Source::Relations)], [4, 7, 5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// A topic of the map.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::Standing;
/// let entry = evidence.map.entries.iter().find(|own| own.topic == "Agreement of coders").unwrap();
/// assert_eq!(entry.standing, Standing::Supported);
/// // the conclusions behind it
/// let behind = &evidence.conclusions[entry.conclusions[0]];
/// assert_eq!(behind.about.as_str(), "professional_conduct");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MapEntry {
    /// Its source.
    pub source: Source,
    /// The topic.
    pub topic: Cow<'static, str>,
    /// The same in Dutch.
    pub topic_nl: Cow<'static, str>,
    /// What the evidence comes to.
    pub standing: Standing,
    /// Positions of the conclusions behind it.
    pub conclusions: Vec<usize>,
    /// How far the evidence reaches at most.
    pub limits: Cow<'static, str>,
    /// The same in Dutch.
    pub limits_nl: Cow<'static, str>,
    /// Why there is no evidence where some was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
}

/// The map with COSMIN's ratings.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// assert_eq!((evidence.map.entries.len(), evidence.map.cosmin.len()), (22, 9));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvidenceMap {
    /// Topics by source.
    pub entries: Vec<MapEntry>,
    /// COSMIN's ratings.
    pub cosmin: Vec<CosminRating>,
}

/// A topic with the aspects that bear on it (none where nothing is built) and what limits its evidence, in English and
/// Dutch.
type Topic = (Source, [&'static str; 2], &'static [Aspect], [&'static str; 2]);

/// The precision of scores by an item response model.
pub(crate) const PRECISION: &str = "Precision of scores at each level";

const TOPICS: [Topic; 22] = [
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
        [OF_COMPLETE_AND_ONE_OCCASION, "volledige antwoorden, één meetmoment"],
    ),
    (
        Source::InternalStructure,
        [PRECISION, "Nauwkeurigheid van scores per niveau"],
        &[Aspect::Precision],
        [
            "scores on a trait, not means of items; respondents taken as independent",
            "scores op een trek, geen gemiddelden van items; respondenten opgevat als onafhankelijk",
        ],
    ),
    (
        Source::InternalStructure,
        ["Items of the dimensions", "Items van de dimensies"],
        &[Aspect::Items, Aspect::Measurement],
        [OF_COMPLETE, "volledige antwoorden"],
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
        &[Aspect::Dimensionality, Aspect::CrossLoadings],
        [
            "rules count factors, they do not name them; the same answers as the models",
            "regels tellen factoren, zij benoemen ze niet; dezelfde antwoorden als de modellen",
        ],
    ),
    (
        Source::InternalStructure,
        ["Measurement invariance", "Meetinvariantie"],
        &[Aspect::Invariance],
        [
            "the groups of the construct file of which 50 or more answered",
            "de groepen van het constructbestand waarvan er 50 of meer antwoordden",
        ],
    ),
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
        &[Aspect::Differences, Aspect::LatentDifferences, Aspect::Groups],
        [
            "as long as invariance is not examined, perhaps the instrument",
            "zolang invariantie niet is onderzocht misschien het instrument",
        ],
    ),
    (
        Source::Consequences,
        ["Differential item functioning", "Differentieel itemfunctioneren"],
        &[Aspect::ItemFunctioning],
        [
            "persons of the same level by the sum of the items and by a trait; groups of the construct file",
            "personen van gelijk niveau volgens de som van de items en volgens een trek; groepen van het constructbestand",
        ],
    ),
];

/// Where differences between groups stand, and how far they reach where invariance was examined.
const DIFFERENCES: &str = "Differences between groups";
const LATENT: [&str; 2] = [
    "latent means, compared by what is the same in the groups; scores as they are may differ otherwise",
    "latente gemiddelden, vergeleken naar wat in de groepen hetzelfde is; scores zelf kunnen anders verschillen",
];
/// Of whom scales are described,
const OF_COMPLETE: &str = "complete answers";
const OF_COMPLETE_AND_ONE_OCCASION: &str = "complete answers, one occasion";
/// and what is said where pairs of answers took the place of complete ones.
fn of_pairs(limits: &str) -> Option<[&'static str; 2]> {
    match limits {
        OF_COMPLETE => {
            Some(["the answers that are there (pairwise)", "de antwoorden die er zijn (paarsgewijs)"])
        }
        OF_COMPLETE_AND_ONE_OCCASION => Some([
            "the answers that are there (pairwise), one occasion",
            "de antwoorden die er zijn (paarsgewijs), één meetmoment",
        ]),
        _ => None,
    }
}
/// Where the missing answers stand among the topics.
const MISSING: &str = "Missing answers";
/// And careless answers.
const CARELESS: &str = "Careless responding";

impl EvidenceMap {
    pub(crate) fn of(facts: &Facts<'_>) -> Self {
        let scales = facts.dimensions.iter().filter_map(|own| own.scale.reliability.as_ref());
        let is_pairwise = scales.into_iter().any(|own| own.missing.policy == Missing::Pairwise);
        let entries = TOPICS.iter().map(|(source, [topic, topic_nl], aspects, [limits, limits_nl])| {
            let own: Vec<usize> = (0..facts.conclusions.len())
                .filter(|i| aspects.contains(&facts.conclusions[*i].aspect))
                .collect();
            let is_latent = *topic == DIFFERENCES && facts.invariance.iter().any(|own| own.study.is_some());
            let [limits, limits_nl] = match of_pairs(limits).filter(|_| is_pairwise) {
                Some(of_pairs) => of_pairs,
                None if is_latent => LATENT,
                None => [*limits, *limits_nl],
            };
            let gap = facts.gaps.iter().find(|(t, _)| t == topic).map(|(_, reason)| reason.clone());
            MapEntry {
                source: *source,
                topic: (*topic).into(),
                topic_nl: (*topic_nl).into(),
                standing: if *topic == MISSING || *topic == CARELESS && facts.careless {
                    Standing::Open
                } else {
                    Standing::of(own.iter().map(|i| facts.conclusions[*i].verdict))
                },
                conclusions: own,
                limits: limits.into(),
                limits_nl: limits_nl.into(),
                gap,
            }
        });
        Self { entries: entries.collect(), cosmin: cosmin(facts) }
    }
}
