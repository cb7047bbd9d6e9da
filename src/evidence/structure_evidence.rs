//! What was found of a structure of the construct.

use crate::construct::Structure;
use crate::estimate::Fit;
use crate::evidence::model_verdict::ModelVerdict;
use crate::evidence::model_verdict::as_reported;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A fitted structure.
///
/// ```
/// use psychometrics::estimate::{Measure, Version};
/// use psychometrics::evidence::EvidenceRecord;
///
/// let evidence: EvidenceRecord = serde_json::from_str(&std::fs::read_to_string("tests/data/evidence.json")?)?;
/// let structure = &evidence.structures[0];
/// assert_eq!((structure.name.as_ref(), structure.result.converged), ("correlated", true));
/// assert_eq!(format!("{:.3}", structure.result.fit.value(Measure::Cfi, Version::Robust).unwrap()), "1.000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StructureEvidence<F = Fit> {
    /// `one_factor`, `correlated`, `second_order` or `bifactor`.
    pub name: Cow<'static, str>,
    /// The model in lavaan syntax.
    pub model: String,
    /// What its fit measures come to.
    pub verdict: ModelVerdict,
    /// The fit: convergence, parameters, fit measures, warnings.
    #[serde(flatten)]
    pub result: F,
}

impl StructureEvidence {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, model: String, result: Fit) -> Self {
        Self { name: name.into(), model, verdict: ModelVerdict::of(&result), result }
    }

    /// A measure as it is reported: robust where there is such a version, else scaled, else plain.
    pub fn measure(&self, name: &str) -> Option<f64> {
        as_reported(&self.result, name)
    }

    /// Whether two solutions are one model in two guises: as many degrees of freedom and, to the printed decimals, the
    /// same chi-square. Second-order factors over three first-order ones restate their correlations, for instance.
    pub(crate) fn is_equivalent_to(&self, other: &Self) -> bool {
        let chisq = |s: &Self| s.result.known("chisq");
        self.result.df() == other.result.df()
            && chisq(self)
                .zip(chisq(other))
                .is_some_and(|(a, b)| (a - b).abs() <= SAME_CHISQ * a.max(b).max(1.0))
    }
}

/// An RMSEA that is higher by this is clearly so.
pub(crate) const RMSEA_CLEAR: f64 = 0.015;

/// A difference in chi-square, relative to it, that two searches for the same minimum may leave.
const SAME_CHISQ: f64 = 1e-4;

/// A difference in BIC that is not printed.
const SAME_BIC: f64 = 0.05;

/// Whether structures have no likelihood to be compared by.
pub(crate) fn are_ordinal(structures: &[StructureEvidence]) -> bool {
    structures.iter().any(is_without_likelihood)
}

fn is_without_likelihood(structure: &StructureEvidence) -> bool {
    structure.result.converged && structure.result.known("bic").is_none()
}

/// The structure that is to be preferred among those with a proper solution: of equivalent ones the one that claims least,
/// so that no rounding chooses.
pub(crate) fn preferred(structures: &[StructureEvidence]) -> Option<&StructureEvidence> {
    preferred_of(&structures.iter().collect::<Vec<_>>())
}

/// The same of structures that stand apart.
pub(crate) fn preferred_of<'a>(structures: &[&'a StructureEvidence]) -> Option<&'a StructureEvidence> {
    let ordinal = structures.iter().any(|own| is_without_likelihood(own));
    let (criterion, near): (fn(&StructureEvidence) -> Option<f64>, f64) =
        if ordinal { (|s| s.measure("rmsea"), RMSEA_CLEAR) } else { (|s| s.result.known("bic"), SAME_BIC) };
    let rated = || {
        let proper = structures.iter().copied().filter(|s| s.result.status.proper());
        proper.filter_map(move |s| Some((s, criterion(s)?)))
    };
    let lowest = rated().map(|(_, x)| x).fold(f64::INFINITY, f64::min);
    let near: Vec<&StructureEvidence> = rated().filter(|(_, x)| *x < lowest + near).map(|(s, _)| s).collect();
    let df = near.iter().map(|s| s.result.df()).max()?;
    let chisq = |s: &StructureEvidence| s.result.known("chisq").unwrap_or(f64::INFINITY);
    let simplest = || near.iter().copied().filter(|s| s.result.df() == df);
    let best = simplest().min_by(|a, b| chisq(a).total_cmp(&chisq(b)))?;
    let claims = |s: &&StructureEvidence| (s.name != Structure::Correlated.name(), s.name.clone());
    simplest().filter(|s| std::ptr::eq(*s, best) || s.is_equivalent_to(best)).min_by_key(claims)
}
