//! Conclusions in words, each with the rule that was applied and the reference for the rule.
//!
//! A conclusion never says more than its rule: where an interval reaches over a criterion, a group is
//! small, or a model has no degrees of freedom, the verdict is open.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Smallest group of which something is concluded.
pub(crate) const SMALLEST_GROUP: usize = 50;

/// What a conclusion is about.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::Aspect;
/// let about = |aspect| evidence.conclusions.iter().filter(|own| own.aspect == aspect).count();
/// // a conclusion on the reliability of each dimension
/// assert_eq!(about(Aspect::Reliability), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aspect {
    /// Whether it was measured at all.
    Measurement,
    /// Internal consistency.
    Reliability,
    /// How precise scores are at each level.
    Precision,
    /// Whether the items go together.
    Items,
    /// Whether the model of the dimension describes the answers.
    Structure,
    /// Which of the rival structures of the construct describes the answers best.
    Rivals,
    /// Whether the answers show as many factors as are claimed, with their items on them.
    Dimensionality,
    /// Whether items load on the factor of their own part only.
    CrossLoadings,
    /// Whether groups are large enough.
    Groups,
    /// Whether experts judge the items relevant.
    Relevance,
    /// Whether judges sort the items where they belong.
    Sorting,
    /// Whether coders agree.
    Agreement,
    /// What stakeholders brought up.
    Perspectives,
    /// Whether the items of a factor share enough.
    Convergence,
    /// Whether factors are distinct.
    Distinctness,
    /// Whether scores go with criteria.
    Criteria,
    /// Whether the declared hypotheses hold.
    Hypotheses,
    /// Whether interventions reach outcomes through the construct.
    Paths,
    /// How far groups differ.
    Differences,
    /// Whether items work alike for persons of the same level.
    ItemFunctioning,
    /// How far off a person's score may be.
    Error,
    /// Whether the items mean the same in groups.
    Invariance,
    /// How far groups differ by what means the same in them.
    LatentDifferences,
}

/// What the rule says.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::{Aspect, Verdict};
/// let alpha = evidence.conclusions.iter().find(|own| own.aspect == Aspect::Reliability).unwrap();
/// assert_eq!(alpha.verdict, Verdict::Supported);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// The claim meets its rule.
    Supported,
    /// The measures that the rule asks to agree do not.
    Mixed,
    /// The claim fails its rule.
    NotSupported,
    /// These data cannot tell.
    Open,
}

/// A conclusion with its grounds.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::Aspect;
/// let about = |own: &&psychometrics::evidence::Conclusion| own.about == "methodical" && own.aspect == Aspect::Reliability;
/// let conclusion = evidence.conclusions.iter().find(about).unwrap();
/// assert_eq!(conclusion.text.as_str(), "Reliable enough for comparing groups (alpha 0.84, 95 % interval 0.82 to 0.86).");
/// assert_eq!(
///     conclusion.reference,
///     "Nunnally & Bernstein (1994). Psychometric theory, 3rd ed., p. 264-265; Feldt, Woodruff & Salih (1987)."
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conclusion {
    /// Id of the dimension, or of the construct.
    pub about: String,
    /// Which side of it.
    pub aspect: Aspect,
    /// The verdict.
    pub verdict: Verdict,
    /// The conclusion in plain words, with its numbers.
    pub text: String,
    /// The same in Dutch.
    pub text_nl: String,
    /// The rule that was applied.
    pub rule: Cow<'static, str>,
    /// The same in Dutch.
    pub rule_nl: Cow<'static, str>,
    /// The reference for the rule.
    pub reference: Cow<'static, str>,
}

/// Of too few respondents a conclusion about the construct is no more than an impression, as one about a dimension is.
pub(crate) fn open_if_few(conclusions: &mut [Conclusion], n: usize) {
    use Aspect::{
        Convergence, Criteria, CrossLoadings, Dimensionality, Distinctness, Hypotheses, Paths, Rivals,
    };
    if n >= SMALLEST_GROUP {
        return;
    }
    for own in conclusions {
        let is_of_construct = matches!(
            own.aspect,
            Rivals
                | Dimensionality
                | CrossLoadings
                | Convergence
                | Distinctness
                | Criteria
                | Hypotheses
                | Paths
        );
        if is_of_construct {
            own.verdict = Verdict::Open;
            let (en, nl) =
                (counted(n, "respondent", "respondents"), counted(n, "respondent", "respondenten"));
            own.text = format!("Of only {en}, too few to conclude from: {}", own.text);
            own.text_nl = format!("Van slechts {nl}, te weinig voor een conclusie: {}", own.text_nl);
        }
    }
}

/// A number with its noun.
pub(crate) fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

/// A sentence in the two languages of the report.
pub(crate) type Sentence = (String, String);

/// A rule in English and Dutch, and its reference.
pub(crate) struct Rule(pub(crate) &'static str, pub(crate) &'static str, pub(crate) &'static str);

impl Conclusion {
    pub(crate) fn new(
        about: &str,
        aspect: Aspect,
        (verdict, (text, text_nl)): (Verdict, Sentence),
        Rule(rule, rule_nl, reference): &Rule,
    ) -> Self {
        Self {
            about: about.into(),
            aspect,
            verdict,
            text,
            text_nl,
            rule: (*rule).into(),
            rule_nl: (*rule_nl).into(),
            reference: (*reference).into(),
        }
    }
}
