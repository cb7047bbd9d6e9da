//! Conclusions in words, each with the rule that was applied and the reference for the rule.
//!
//! A conclusion never says more than its rule: where an interval reaches over a criterion, a group is
//! small, or a model has no degrees of freedom, the verdict is open.

use super::evidence::{
    DimensionEvidence, GroupEvidence, ScaleEvidence, StructureEvidence, are_ordinal, preferred,
};
use crate::construct::Structure;
use crate::estimate::Status;
use serde::Serialize;

/// Smallest group of which something is concluded.
pub(crate) const SMALLEST_GROUP: usize = 50;
/// Smallest alpha that serves comparisons of groups.
const ALPHA: f64 = 0.70;
/// Smallest alpha that serves decisions about persons.
const ALPHA_PERSONS: f64 = 0.90;
/// Smallest correlation of an item with the rest of its scale.
const R_DROP: f64 = 0.30;
/// A difference in BIC from here on is strong evidence.
const BIC_STRONG: f64 = 10.0;

/// What a conclusion is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Aspect {
    /// Whether it was measured at all.
    Measurement,
    /// Internal consistency.
    Reliability,
    /// Whether the items go together.
    Items,
    /// Whether the model of the dimension describes the answers.
    Structure,
    /// Which of the rival structures of the construct describes the answers best.
    Rivals,
    /// Whether groups are large enough.
    Groups,
}

/// What the rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The claim meets its rule.
    Supported,
    /// The claim fails its rule.
    NotSupported,
    /// These data cannot tell.
    Open,
}

/// A conclusion with its grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conclusion {
    /// Id of the dimension, or of the construct.
    pub about: String,
    /// Which side of it.
    pub aspect: Aspect,
    /// The verdict.
    pub verdict: Verdict,
    /// The conclusion in plain words, with its numbers.
    pub text: String,
    /// The rule that was applied.
    pub rule: &'static str,
    /// The reference for the rule.
    pub reference: &'static str,
}

struct Rule(&'static str, &'static str);

const MEASURED: Rule = Rule(
    "A dimension is measured when at least two items have answers.",
    "AERA, APA & NCME (2014). Standards for educational and psychological testing.",
);
const RELIABLE: Rule = Rule(
    "Alpha is at least .70 for comparing groups (.90 for decisions about persons), over its whole 95 % interval.",
    "Nunnally & Bernstein (1994). Psychometric theory, 3rd ed., p. 264-265; Feldt, Woodruff & Salih (1987).",
);
const DISCRIMINATING: Rule = Rule(
    "Every item correlates at least .30 with the sum of the other items of its scale.",
    "Nunnally & Bernstein (1994). Psychometric theory, 3rd ed., p. 304-305.",
);
const FITTING: Rule = Rule(
    "A model describes the answers when CFI or TLI > .95, or RMSEA < .06, or SRMR < .08.",
    "Prinsen et al. (2018). COSMIN guideline. Quality of Life Research 27, 1147-1157, table 1.",
);
const RIVALS: Rule = Rule(
    "Of the structures with a proper solution the lowest BIC is preferred, a difference of 10 being strong; it \
     describes the answers well when CFI >= .95, RMSEA <= .06 and SRMR <= .08.",
    "Raftery (1995). Sociological Methodology 25, 111-163; Hu & Bentler (1999). Structural Equation Modeling 6, 1-55.",
);
const ORDINAL_RIVALS: Rule = Rule(
    "Of the structures of ordinal items with a proper solution the most parsimonious is preferred whose robust RMSEA is \
     less than .015 above the lowest (there is no likelihood, and so no BIC); it describes the answers well when CFI >= \
     .95, RMSEA <= .06 and SRMR <= .08.",
    "Savalei (2021). Multivariate Behavioral Research 56, 390-407; Chen (2007). Structural Equation Modeling 14, 464-504; \
     Hu & Bentler (1999). Structural Equation Modeling 6, 1-55.",
);
const LARGE_ENOUGH: Rule = Rule(
    "A group of fewer than 50 respondents is too small for a conclusion.",
    "Terwee et al. (2012). COSMIN checklist scoring. Quality of Life Research 21, 651-657.",
);

/// The conclusions about one dimension.
pub(crate) fn about_dimension(dimension: &DimensionEvidence) -> Vec<Conclusion> {
    let about = |aspect, (verdict, text): (Verdict, String), Rule(rule, reference): Rule| Conclusion {
        about: dimension.id.clone(),
        aspect,
        verdict,
        text,
        rule,
        reference,
    };
    if dimension.scale.items.is_empty() {
        let text = "Not measured: there are no answers to two or more items, so nothing can be concluded.";
        return vec![about(Aspect::Measurement, (Verdict::Open, text.into()), MEASURED)];
    }
    let mut conclusions = Vec::new();
    if dimension.scale.n < SMALLEST_GROUP {
        let text = format!(
            "Only {} respondents have complete answers: too few to conclude from.",
            dimension.scale.n
        );
        conclusions.push(about(Aspect::Groups, (Verdict::Open, text), LARGE_ENOUGH));
        return conclusions;
    }
    conclusions
        .extend(reliability(&dimension.scale).map(|found| about(Aspect::Reliability, found, RELIABLE)));
    conclusions.push(about(Aspect::Items, items(&dimension.scale), DISCRIMINATING));
    if let Some(model) = &dimension.structure {
        conclusions.push(about(Aspect::Structure, structure(model), FITTING));
    }
    let small: Vec<&GroupEvidence> = dimension.scale.groups.iter().filter(|g| g.too_small).collect();
    if !small.is_empty() {
        conclusions.push(about(Aspect::Groups, (Verdict::Open, small_groups(&small)), LARGE_ENOUGH));
    }
    conclusions
}

/// The conclusion about the rival structures of the construct.
pub(crate) fn about_rivals(construct: &str, structures: &[StructureEvidence]) -> Option<Conclusion> {
    let (verdict, text) = rivals(structures)?;
    let Rule(rule, reference) = if are_ordinal(structures) { ORDINAL_RIVALS } else { RIVALS };
    Some(Conclusion { about: construct.into(), aspect: Aspect::Rivals, verdict, text, rule, reference })
}

fn reliability(scale: &ScaleEvidence) -> Option<(Verdict, String)> {
    let alpha = &scale.reliability.as_ref()?.alpha;
    let (raw, interval) = (alpha.raw?, alpha.feldt?);
    let numbers = format!("alpha {raw:.2}, 95 % interval {:.2} to {:.2}", interval.lower, interval.upper);
    Some(if interval.lower >= ALPHA_PERSONS {
        (
            Verdict::Supported,
            format!("Reliable enough for comparing groups and for decisions about persons ({numbers})."),
        )
    } else if interval.lower >= ALPHA {
        (Verdict::Supported, format!("Reliable enough for comparing groups ({numbers})."))
    } else if interval.upper < ALPHA {
        (Verdict::NotSupported, format!("Not reliable enough for comparing groups ({numbers})."))
    } else {
        let text = format!(
            "Whether it is reliable enough for comparing groups is open: the interval includes .70 ({numbers})."
        );
        (Verdict::Open, text)
    })
}

fn items(scale: &ScaleEvidence) -> (Verdict, String) {
    let correlations: Vec<(&str, f64)> =
        scale.items.iter().filter_map(|i| Some((i.item.as_str(), i.r_drop?))).collect();
    let weak: Vec<String> = correlations
        .iter()
        .filter(|(_, r)| *r < R_DROP)
        .map(|(item, r)| format!("{item} ({r:.2})"))
        .collect();
    let total = scale.items.len();
    if weak.is_empty() {
        let lowest = correlations.iter().map(|(_, r)| *r).fold(f64::INFINITY, f64::min);
        let highest = correlations.iter().map(|(_, r)| *r).fold(f64::NEG_INFINITY, f64::max);
        let text = format!(
            "All {total} items go with the others (corrected item-total correlations {lowest:.2} to {highest:.2})."
        );
        return (Verdict::Supported, text);
    }
    let text = format!(
        "{} of {total} items hardly {} with the others: {}. Look at their wording and keying.",
        weak.len(),
        if weak.len() == 1 { "goes" } else { "go" },
        weak.join(", ")
    );
    (Verdict::NotSupported, text)
}

fn structure(model: &StructureEvidence) -> (Verdict, String) {
    let fit = &model.result;
    let what = if model.name == Structure::OneFactor.name() { "One factor" } else { "Correlated facets" };
    if !fit.status.proper() {
        return (Verdict::Open, format!("{what}: the model {}.", fit.status));
    }
    if fit.df() == 0 {
        return (
            Verdict::Open,
            format!("{what} cannot be tested: with this few items the model fits by construction."),
        );
    }
    let measure = |name: &str| model.measure(name);
    let above = |name: &str| measure(name).is_some_and(|x| x > 0.95);
    let below = |name: &str, limit: f64| measure(name).is_some_and(|x| x < limit);
    let meets = above("cfi") || above("tli") || below("rmsea", 0.06) || below("srmr", 0.08);
    let verb = match (meets, model.name == Structure::OneFactor.name()) {
        (true, true) => "describes",
        (true, false) => "describe",
        (false, true) => "does not describe",
        (false, false) => "do not describe",
    };
    let text = format!("{what} {verb} the answers ({}).", fit_in_numbers(model));
    (if meets { Verdict::Supported } else { Verdict::NotSupported }, text)
}

fn fit_in_numbers(model: &StructureEvidence) -> String {
    let value = |name: &str| model.measure(name).map_or("-".into(), |x| format!("{x:.3}"));
    format!("CFI {}, TLI {}, RMSEA {}, SRMR {}", value("cfi"), value("tli"), value("rmsea"), value("srmr"))
}

fn small_groups(groups: &[&GroupEvidence]) -> String {
    let listed: Vec<String> = groups
        .iter()
        .map(|g| match (g.n, g.rows) {
            (0, _) => format!("{} '{}' (no complete answers)", g.variable, g.group),
            (n, _) => format!("{} '{}' (n = {n})", g.variable, g.group),
        })
        .collect();
    format!("Too small a group for a conclusion of its own: {}.", listed.join(", "))
}

fn title(name: &str) -> &str {
    match name {
        "one_factor" => "one factor",
        "correlated" => "correlated factors",
        "second_order" => "second-order factors",
        other => other,
    }
}

/// One coherent construct is a claim with rivals: it holds when a structure with one common factor is
/// preferred to correlated factors, and describes the answers.
fn rivals(structures: &[StructureEvidence]) -> Option<(Verdict, String)> {
    let ordinal = are_ordinal(structures);
    let criterion =
        |s: &StructureEvidence| if ordinal { s.measure("rmsea") } else { s.result.measure("bic") };
    let best = preferred(structures).map(|best| best.name);
    let mut proper: Vec<(&StructureEvidence, f64)> = structures
        .iter()
        .filter(|s| s.result.status == Status::Converged)
        .filter_map(|s| Some((s, criterion(s)?)))
        .collect();
    proper.sort_by(|a, b| a.1.total_cmp(&b.1));
    // the preferred one first
    proper.sort_by_key(|(s, _)| Some(s.name) != best);
    let improper: Vec<String> = structures
        .iter()
        .filter(|s| s.result.status != Status::Converged)
        .map(|s| format!(" {}: {}.", capitalised(title(s.name)), s.result.status))
        .collect();
    let [(best, lowest), others @ ..] = proper.as_slice() else {
        let text = format!("No structure has a proper solution.{}", improper.concat());
        return (!structures.is_empty()).then_some((Verdict::Open, text));
    };
    let differences: Vec<String> = others
        .iter()
        .map(|(s, b)| match ordinal {
            true => format!("{} {b:.3}", title(s.name)),
            false => format!("{} +{:.0}", title(s.name), b - lowest),
        })
        .collect();
    let at = |name: &str, good: &dyn Fn(f64) -> bool| best.measure(name).is_some_and(good);
    let good = at("cfi", &|x| x >= 0.95) && at("rmsea", &|x| x <= 0.06) && at("srmr", &|x| x <= 0.08);
    // an RMSEA that is not clearly higher is no rival's lead
    let strong = ordinal || others.first().is_none_or(|(_, b)| b - lowest >= BIC_STRONG);
    let coherent = best.name != Structure::Correlated.name();
    let sentence = format!(
        "Of {} structures with a proper solution, {} {}{}; it {} the answers well ({}).",
        proper.len(),
        title(best.name),
        match (best.name.ends_with("factor"), ordinal) {
            (true, false) => "has the lowest BIC",
            (false, false) => "have the lowest BIC",
            (true, true) => "is the most parsimonious with an RMSEA near the lowest",
            (false, true) => "are the most parsimonious with an RMSEA near the lowest",
        },
        if differences.is_empty() {
            String::new()
        } else {
            format!(" ({}: {})", if ordinal { "others" } else { "differences" }, differences.join(", "))
        },
        if good { "describes" } else { "does not describe" },
        fit_in_numbers(best)
    );
    let (verdict, meaning) = match (coherent, good, strong) {
        _ if others.is_empty() => (Verdict::Open, "There is no rival to compare it with."),
        (true, true, true) => (Verdict::Supported, "The aspects form one coherent construct."),
        (true, true, false) => {
            (Verdict::Open, "Its lead on the next is small: these data do not settle the structure.")
        }
        (true, false, _) => {
            (Verdict::Open, "A common factor is preferred to its rivals, but none of them is good.")
        }
        (false, ..) => (
            Verdict::NotSupported,
            "The aspects are related, but one common factor does not account for how: report them apart.",
        ),
    };
    Some((verdict, format!("{meaning} {sentence}{}", improper.concat())))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
