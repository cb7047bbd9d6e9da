//! What the fit measures of a model come to together: the one verdict from which every sentence about the model derives.
//!
//! ```text
//! CFI >= .95, RMSEA <= .06, SRMR <= .08        of the three decimals that are reported
//! ```
//!
//! A measure of each kind must agree, since each of them passes some models that the others refuse (Hu & Bentler 1999,
//! Structural Equation Modeling 6, 1-55). Where they disagree the verdict is mixed, and names who says what.

use crate::estimate::{Fit, Status};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The verdict on a model.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let verdict = &evidence.structures[0].verdict;
/// assert_eq!((verdict.met.len(), verdict.missed.len(), verdict.is_good()), (3, 0, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelVerdict {
    /// What the measures come to.
    pub standing: ModelStanding,
    /// Measures that meet their criterion.
    pub met: Vec<Cow<'static, str>>,
    /// Those that do not.
    pub missed: Vec<Cow<'static, str>>,
}

/// What the fit measures of a model come to.
///
/// ```
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// use psychometrics::evidence::ModelStanding;
/// assert_eq!(evidence.structures[0].verdict.standing, ModelStanding::Good);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ModelStanding {
    /// Every measure meets its criterion.
    Good,
    /// Some do, some do not.
    Mixed,
    /// None does.
    Poor,
    /// The model has no degrees of freedom: it fits by construction.
    Saturated,
    /// There is no proper solution, or none of the measures exists.
    Unsolved,
}

/// A criterion: name, measure, and whether a value meets it.
type Criterion = (&'static str, &'static str, fn(f64) -> bool);

const CRITERIA: [Criterion; 3] =
    [("CFI", "cfi", |x| x >= 0.95), ("RMSEA", "rmsea", |x| x <= 0.06), ("SRMR", "srmr", |x| x <= 0.08)];

/// A number as it is reported, so that nobody reads .950 and is told that it is below .95.
fn reported(x: f64) -> f64 {
    (1000.0 * x).round() / 1000.0
}

impl ModelVerdict {
    /// Of a fit.
    pub(crate) fn of(fit: &Fit) -> Self {
        let without = |standing| Self { standing, met: Vec::new(), missed: Vec::new() };
        if !fit.status.proper() {
            return without(ModelStanding::Unsolved);
        }
        if fit.df() == 0 {
            return without(ModelStanding::Saturated);
        }
        let (mut met, mut missed) = (Vec::new(), Vec::new());
        for (name, measure, meets) in CRITERIA {
            match as_reported(fit, measure) {
                Some(x) if meets(reported(x)) => met.push(name.into()),
                Some(_) => missed.push(name.into()),
                None => {}
            }
        }
        let standing = match (met.is_empty(), missed.is_empty()) {
            (true, true) => ModelStanding::Unsolved,
            (false, true) => ModelStanding::Good,
            (false, false) => ModelStanding::Mixed,
            (true, false) => ModelStanding::Poor,
        };
        Self { standing, met, missed }
    }

    /// Whether every measure meets its criterion.
    pub fn is_good(&self) -> bool {
        self.standing == ModelStanding::Good
    }

    /// What a model of which a proper solution is known does to the answers, in English and Dutch: a verb and what
    /// belongs to it.
    pub(crate) fn phrase(&self, plural: bool) -> (String, String) {
        let (verb, werkwoord) =
            if plural { ("describe", "beschrijven") } else { ("describes", "beschrijft") };
        match self.standing {
            ModelStanding::Good => {
                (format!("{verb} the answers well"), format!("{werkwoord} de antwoorden goed"))
            }
            ModelStanding::Mixed => (
                format!(
                    "{verb} the answers by {}, but not by {}",
                    joined(&self.met, "and"),
                    joined(&self.missed, "and")
                ),
                format!(
                    "{werkwoord} de antwoorden volgens {}, maar niet volgens {}",
                    joined(&self.met, "en"),
                    joined(&self.missed, "en")
                ),
            ),
            ModelStanding::Poor => {
                let not = if plural { "do not" } else { "does not" };
                (format!("{not} describe the answers"), format!("{werkwoord} de antwoorden niet"))
            }
            ModelStanding::Saturated => {
                let verb = if plural { "fit" } else { "fits" };
                let werkwoord = if plural { "passen" } else { "past" };
                (
                    format!("{verb} by construction, which tests nothing"),
                    format!("{werkwoord} vanzelf, wat niets toetst"),
                )
            }
            ModelStanding::Unsolved => {
                let verb = if plural { "have" } else { "has" };
                let werkwoord = if plural { "hebben" } else { "heeft" };
                (format!("{verb} no measures of fit"), format!("{werkwoord} geen maten van passing"))
            }
        }
    }
}

/// Names with a word before the last.
pub(crate) fn joined<S: AsRef<str>>(names: &[S], and: &str) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => (*only).to_string(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

/// What became of a fit, in Dutch; names stay as they are.
pub(crate) fn status_in_dutch(status: &Status) -> String {
    let listed = |names: &[String]| {
        let shown: Vec<String> = names.iter().take(8).map(|n| format!("'{n}'")).collect();
        match names.len().saturating_sub(8) {
            0 => shown.join(", "),
            rest => format!("{} en nog {rest}", shown.join(", ")),
        }
    };
    match status {
        Status::NotConverged { parameter, gradient } => {
            format!("convergeerde niet: de gradiënt van '{parameter}' is nog {gradient:.2e}")
        }
        Status::RanAway { parameter, estimate, .. } => {
            format!("convergeerde niet: de zoektocht liep weg met '{parameter}' (tot {estimate:.3e})")
        }
        Status::NotIdentified { parameters, .. } => {
            format!("is niet geïdentificeerd: de gegevens zeggen niets over {}", listed(parameters))
        }
        Status::Heywood { variables } => {
            format!("heeft een ontoelaatbare oplossing: negatieve variantie van {}", listed(variables))
        }
        Status::LatentNotPositiveDefinite { factors } => format!(
            "heeft een ontoelaatbare oplossing: de covariantiematrix van de latente variabelen is niet positief definiet \
             ({})",
            listed(factors)
        ),
        other => other.to_string(),
    }
}

/// A measure of fit as it is reported: robust where there is such a version, else scaled, else plain.
pub(crate) fn as_reported(fit: &Fit, name: &str) -> Option<f64> {
    let of = |suffix: &str| fit.known(&format!("{name}{suffix}"));
    of(".robust").or_else(|| of(".scaled")).or_else(|| of(""))
}
