//! What the answers to a dimension by itself allow to conclude.

use crate::evidence::conclusion::{Aspect, Conclusion, Rule, SMALLEST_GROUP, Sentence, Verdict, counted};
use crate::evidence::conclusions_of_structure::{FITTING, of_dimension};
use crate::evidence::dimension_evidence::{DimensionEvidence, GroupEvidence, ScaleEvidence};

/// Smallest alpha that serves comparisons of groups.
const ALPHA: f64 = 0.70;

/// Smallest alpha that serves decisions about persons.
const ALPHA_PERSONS: f64 = 0.90;

/// Smallest correlation of an item with the rest of its scale.
const R_DROP: f64 = 0.30;

const MEASURED: Rule = Rule(
    "A dimension is measured when at least two items have answers.",
    "Een dimensie is gemeten als ten minste twee items antwoorden hebben.",
    "AERA, APA & NCME (2014). Standards for educational and psychological testing.",
);

const RELIABLE: Rule = Rule(
    "Alpha is at least .70 for comparing groups (.90 for decisions about persons), over its whole 95 % interval.",
    "Alpha is ten minste .70 voor het vergelijken van groepen (.90 voor beslissingen over personen), over het hele 95%-interval.",
    "Nunnally & Bernstein (1994). Psychometric theory, 3rd ed., p. 264-265; Feldt, Woodruff & Salih (1987).",
);

const DISCRIMINATING: Rule = Rule(
    "Every item correlates at least .30 with the sum of the other items of its scale.",
    "Elk item correleert ten minste .30 met de som van de andere items van zijn schaal.",
    "Nunnally & Bernstein (1994). Psychometric theory, 3rd ed., p. 304-305.",
);

const LARGE_ENOUGH: Rule = Rule(
    "A group of fewer than 50 respondents is too small for a conclusion.",
    "Een groep van minder dan 50 respondenten is te klein voor een conclusie.",
    "Terwee et al. (2012). COSMIN checklist scoring. Quality of Life Research 21, 651-657.",
);

/// The conclusions about one dimension.
pub(crate) fn about_dimension(dimension: &DimensionEvidence) -> Vec<Conclusion> {
    let about =
        |aspect, found: (Verdict, Sentence), rule: &Rule| Conclusion::new(&dimension.id, aspect, found, rule);
    if dimension.scale.items.is_empty() {
        let text = (
            "Not measured: there are no answers to two or more items, so nothing can be concluded."
                .to_string(),
            "Niet gemeten: er zijn geen antwoorden op twee of meer items, dus er valt niets te concluderen."
                .to_string(),
        );
        return vec![about(Aspect::Measurement, (Verdict::Open, text), &MEASURED)];
    }
    let mut conclusions = Vec::new();
    if dimension.scale.n < SMALLEST_GROUP {
        let n = dimension.scale.n;
        let text = (
            format!(
                "Only {} complete answers: too few to conclude from.",
                counted(n, "respondent has", "respondents have")
            ),
            format!(
                "Slechts {} volledige antwoorden: te weinig voor een conclusie.",
                counted(n, "respondent heeft", "respondenten hebben")
            ),
        );
        conclusions.push(about(Aspect::Groups, (Verdict::Open, text), &LARGE_ENOUGH));
        return conclusions;
    }
    conclusions
        .extend(reliability(&dimension.scale).map(|found| about(Aspect::Reliability, found, &RELIABLE)));
    conclusions.push(about(Aspect::Items, items(dimension), &DISCRIMINATING));
    if let Some(model) = &dimension.structure {
        conclusions.push(about(Aspect::Structure, of_dimension(model), &FITTING));
    }
    let small: Vec<&GroupEvidence> = dimension.scale.groups.iter().filter(|g| g.too_small).collect();
    if !small.is_empty() {
        conclusions.push(about(Aspect::Groups, (Verdict::Open, small_groups(&small)), &LARGE_ENOUGH));
    }
    conclusions
}

/// Whether a scale is reliable enough.
pub(crate) fn reliability(scale: &ScaleEvidence) -> Option<(Verdict, Sentence)> {
    let alpha = &scale.reliability.as_ref()?.alpha;
    let (raw, interval) = (alpha.raw?, alpha.feldt?);
    let numbers = format!("alpha {raw:.2}, 95 % interval {:.2} to {:.2}", interval.lower, interval.upper);
    let getallen = format!("alpha {raw:.2}, 95%-interval {:.2} tot {:.2}", interval.lower, interval.upper);
    Some(if interval.lower >= ALPHA_PERSONS {
        let en = format!("Reliable enough for comparing groups and for decisions about persons ({numbers}).");
        let nl = format!(
            "Betrouwbaar genoeg voor het vergelijken van groepen en voor beslissingen over personen ({getallen})."
        );
        (Verdict::Supported, (en, nl))
    } else if interval.lower >= ALPHA {
        let en = format!("Reliable enough for comparing groups ({numbers}).");
        (
            Verdict::Supported,
            (en, format!("Betrouwbaar genoeg voor het vergelijken van groepen ({getallen}).")),
        )
    } else if interval.upper < ALPHA {
        let en = format!("Not reliable enough for comparing groups ({numbers}).");
        let nl = format!("Niet betrouwbaar genoeg voor het vergelijken van groepen ({getallen}).");
        (Verdict::NotSupported, (en, nl))
    } else {
        let en = format!(
            "Whether it is reliable enough for comparing groups is open: the interval includes .70 ({numbers})."
        );
        let nl = format!(
            "Of het betrouwbaar genoeg is voor het vergelijken van groepen, blijft open: het interval bevat .70 ({getallen})."
        );
        (Verdict::Open, (en, nl))
    })
}

/// Whether an item hardly goes with the others, by the two decimals that are told.
pub(crate) fn is_weak(r_drop: f64) -> bool {
    (100.0 * r_drop).round() < 100.0 * R_DROP
}

/// Whether the items of a dimension go together. The advice on an item that does not looks at its facet: an item that goes
/// with its own facet is keyed rightly.
fn items(dimension: &DimensionEvidence) -> (Verdict, Sentence) {
    let scale = &dimension.scale;
    let correlations: Vec<(&str, f64)> =
        scale.items.iter().filter_map(|i| Some((i.item.as_str(), i.r_drop?))).collect();
    let weak: Vec<&(&str, f64)> = correlations.iter().filter(|(_, r)| is_weak(*r)).collect();
    let total = scale.items.len();
    let all = || correlations.iter().map(|(_, r)| *r);
    let (Some(lowest), Some(highest)) = (all().reduce(f64::min), all().reduce(f64::max)) else {
        let en = "Whether the items go together cannot be said: the sum of the others does not vary.".into();
        let nl = "Of de items samenhangen, valt niet te zeggen: de som van de andere varieert niet.".into();
        return (Verdict::Open, (en, nl));
    };
    if weak.is_empty() {
        let text = if total == 2 {
            (
                format!("The two items go together (r = {lowest:.2})."),
                format!("De twee items hangen samen (r = {lowest:.2})."),
            )
        } else {
            (
                format!(
                    "All {total} items go with the others (corrected item-total correlations {lowest:.2} to {highest:.2})."
                ),
                format!(
                    "Alle {total} items hangen samen met de andere (gecorrigeerde item-totaalcorrelaties {lowest:.2} tot \
                     {highest:.2})."
                ),
            )
        };
        return (Verdict::Supported, text);
    }
    let in_facet = |item: &str| -> bool {
        let mut all = dimension.facets.iter().flat_map(|f| &f.scale.items);
        all.any(|own| own.item == item && own.r_drop.is_some_and(|r| !is_weak(r)))
    };
    let at_home: Vec<&str> = weak.iter().map(|(item, _)| *item).filter(|item| in_facet(item)).collect();
    let listed: Vec<String> = weak.iter().map(|(item, r)| format!("{item} ({r:.2})")).collect();
    let (advice, advies) = match (at_home.len() == weak.len(), at_home.is_empty()) {
        (true, _) => (
            "They go with their own facets, so look at what the facets have in common.".to_string(),
            "Met hun eigen facet hangen zij wel samen: bekijk wat de facetten gemeen hebben.".to_string(),
        ),
        (false, true) => (
            "Look at their wording and keying.".to_string(),
            "Bekijk hun formulering en scoringsrichting.".to_string(),
        ),
        (false, false) => (
            format!(
                "Look at their wording and keying, but not of {}, which go with their own facets.",
                at_home.join(", ")
            ),
            format!(
                "Bekijk hun formulering en scoringsrichting, maar niet van {}: met hun eigen facet hangen die samen.",
                at_home.join(", ")
            ),
        ),
    };
    let many = weak.len() > 1;
    let en = format!(
        "{} of {total} items hardly {} with the others: {}. {advice}",
        weak.len(),
        if many { "go" } else { "goes" },
        listed.join(", ")
    );
    let nl = format!(
        "{} van de {total} items {} nauwelijks samen met de andere: {}. {advies}",
        weak.len(),
        if many { "hangen" } else { "hangt" },
        listed.join(", ")
    );
    (Verdict::NotSupported, (en, nl))
}

fn small_groups(groups: &[&GroupEvidence]) -> Sentence {
    let listed = |none: &str| -> Vec<String> {
        let each = groups.iter().map(|g| match (g.n, g.rows) {
            (0, _) => format!("{} '{}' ({none})", g.variable, g.group),
            (n, _) => format!("{} '{}' (n = {n})", g.variable, g.group),
        });
        each.collect()
    };
    (
        format!(
            "Too small a group for a conclusion of its own: {}.",
            listed("no complete answers").join(", ")
        ),
        format!(
            "Te kleine groep voor een eigen conclusie: {}.",
            listed("geen volledige antwoorden").join(", ")
        ),
    )
}
