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
    /// How far off a person's score may be.
    Error,
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
    /// The same in Dutch.
    pub text_nl: String,
    /// The rule that was applied.
    pub rule: &'static str,
    /// The same in Dutch.
    pub rule_nl: &'static str,
    /// The reference for the rule.
    pub reference: &'static str,
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
        Self { about: about.into(), aspect, verdict, text, text_nl, rule, rule_nl, reference }
    }
}

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
const FITTING: Rule = Rule(
    "A model describes the answers when CFI or TLI > .95, or RMSEA < .06, or SRMR < .08.",
    "Een model beschrijft de antwoorden als CFI of TLI > .95, of RMSEA < .06, of SRMR < .08.",
    "Prinsen et al. (2018). COSMIN guideline. Quality of Life Research 27, 1147-1157, table 1.",
);
const RIVALS: Rule = Rule(
    "Of the structures with a proper solution the lowest BIC is preferred, a difference of 10 being strong; it \
     describes the answers well when CFI >= .95, RMSEA <= .06 and SRMR <= .08.",
    "Van de structuren met een toelaatbare oplossing heeft die met de laagste BIC de voorkeur, waarbij een verschil van 10 \
     sterk is; zij beschrijft de antwoorden goed als CFI >= .95, RMSEA <= .06 en SRMR <= .08.",
    "Raftery (1995). Sociological Methodology 25, 111-163; Hu & Bentler (1999). Structural Equation Modeling 6, 1-55.",
);
const ORDINAL_RIVALS: Rule = Rule(
    "Of the structures of ordinal items with a proper solution the most parsimonious is preferred whose robust RMSEA is \
     less than .015 above the lowest (there is no likelihood, and so no BIC); it describes the answers well when CFI >= \
     .95, RMSEA <= .06 and SRMR <= .08.",
    "Van de structuren van ordinale items met een toelaatbare oplossing heeft de spaarzaamste de voorkeur waarvan de \
     robuuste RMSEA minder dan .015 boven de laagste ligt (er is geen likelihood, en dus geen BIC); zij beschrijft de \
     antwoorden goed als CFI >= .95, RMSEA <= .06 en SRMR <= .08.",
    "Savalei (2021). Multivariate Behavioral Research 56, 390-407; Chen (2007). Structural Equation Modeling 14, 464-504; \
     Hu & Bentler (1999). Structural Equation Modeling 6, 1-55.",
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
            format!("Only {n} respondents have complete answers: too few to conclude from."),
            format!("Slechts {n} respondenten hebben volledige antwoorden: te weinig voor een conclusie."),
        );
        conclusions.push(about(Aspect::Groups, (Verdict::Open, text), &LARGE_ENOUGH));
        return conclusions;
    }
    conclusions
        .extend(reliability(&dimension.scale).map(|found| about(Aspect::Reliability, found, &RELIABLE)));
    conclusions.push(about(Aspect::Items, items(&dimension.scale), &DISCRIMINATING));
    if let Some(model) = &dimension.structure {
        conclusions.push(about(Aspect::Structure, structure(model), &FITTING));
    }
    let small: Vec<&GroupEvidence> = dimension.scale.groups.iter().filter(|g| g.too_small).collect();
    if !small.is_empty() {
        conclusions.push(about(Aspect::Groups, (Verdict::Open, small_groups(&small)), &LARGE_ENOUGH));
    }
    conclusions
}

/// The conclusion about the rival structures of the construct.
pub(crate) fn about_rivals(construct: &str, structures: &[StructureEvidence]) -> Option<Conclusion> {
    let found = rivals(structures)?;
    let rule = if are_ordinal(structures) { &ORDINAL_RIVALS } else { &RIVALS };
    Some(Conclusion::new(construct, Aspect::Rivals, found, rule))
}

fn reliability(scale: &ScaleEvidence) -> Option<(Verdict, Sentence)> {
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

fn items(scale: &ScaleEvidence) -> (Verdict, Sentence) {
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
        let en = format!(
            "All {total} items go with the others (corrected item-total correlations {lowest:.2} to {highest:.2})."
        );
        let nl = format!(
            "Alle {total} items hangen samen met de andere (gecorrigeerde item-totaalcorrelaties {lowest:.2} tot {highest:.2})."
        );
        return (Verdict::Supported, (en, nl));
    }
    let en = format!(
        "{} of {total} items hardly {} with the others: {}. Look at their wording and keying.",
        weak.len(),
        if weak.len() == 1 { "goes" } else { "go" },
        weak.join(", ")
    );
    let nl = format!(
        "{} van de {total} items {} nauwelijks samen met de andere: {}. Bekijk hun formulering en scoringsrichting.",
        weak.len(),
        if weak.len() == 1 { "hangt" } else { "hangen" },
        weak.join(", ")
    );
    (Verdict::NotSupported, (en, nl))
}

fn structure(model: &StructureEvidence) -> (Verdict, Sentence) {
    let fit = &model.result;
    let one = model.name == Structure::OneFactor.name();
    let (what, wat) =
        if one { ("One factor", "Eén factor") } else { ("Correlated facets", "Gecorreleerde facetten") };
    if !fit.status.proper() {
        let status = &fit.status;
        return (
            Verdict::Open,
            (format!("{what}: the model {status}."), format!("{wat}: het model {status}.")),
        );
    }
    if fit.df() == 0 {
        let en = format!("{what} cannot be tested: with this few items the model fits by construction.");
        let nl = format!("{wat} valt niet te toetsen: met zo weinig items past het model vanzelf.");
        return (Verdict::Open, (en, nl));
    }
    let measure = |name: &str| model.measure(name);
    let above = |name: &str| measure(name).is_some_and(|x| x > 0.95);
    let below = |name: &str, limit: f64| measure(name).is_some_and(|x| x < limit);
    let meets = above("cfi") || above("tli") || below("rmsea", 0.06) || below("srmr", 0.08);
    let (verb, werkwoord) = match (meets, one) {
        (true, true) => ("describes the answers", "beschrijft de antwoorden"),
        (true, false) => ("describe the answers", "beschrijven de antwoorden"),
        (false, true) => ("does not describe the answers", "beschrijft de antwoorden niet"),
        (false, false) => ("do not describe the answers", "beschrijven de antwoorden niet"),
    };
    let numbers = fit_in_numbers(model);
    let text = (format!("{what} {verb} ({numbers})."), format!("{wat} {werkwoord} ({numbers})."));
    (if meets { Verdict::Supported } else { Verdict::NotSupported }, text)
}

fn fit_in_numbers(model: &StructureEvidence) -> String {
    let value = |name: &str| model.measure(name).map_or("-".into(), |x| format!("{x:.3}"));
    format!("CFI {}, TLI {}, RMSEA {}, SRMR {}", value("cfi"), value("tli"), value("rmsea"), value("srmr"))
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

fn title(name: &str) -> (&str, &str) {
    match name {
        "one_factor" => ("one factor", "één factor"),
        "correlated" => ("correlated factors", "gecorreleerde factoren"),
        "second_order" => ("second-order factors", "tweede-ordefactoren"),
        "bifactor" => ("bifactor", "bifactor"),
        other => (other, other),
    }
}

/// One coherent construct is a claim with rivals: it holds when a structure with one common factor is
/// preferred to correlated factors, and describes the answers.
fn rivals(structures: &[StructureEvidence]) -> Option<(Verdict, Sentence)> {
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
    let improper = |dutch: bool| -> String {
        structures
            .iter()
            .filter(|s| s.result.status != Status::Converged)
            .map(|s| {
                let (en, nl) = title(s.name);
                format!(" {}: {}.", capitalised(if dutch { nl } else { en }), s.result.status)
            })
            .collect()
    };
    let [(best, lowest), others @ ..] = proper.as_slice() else {
        let text = (
            format!("No structure has a proper solution.{}", improper(false)),
            format!("Geen structuur heeft een toelaatbare oplossing.{}", improper(true)),
        );
        return (!structures.is_empty()).then_some((Verdict::Open, text));
    };
    let differences = |dutch: bool| -> String {
        let each = others.iter().map(|(s, b)| {
            let (en, nl) = title(s.name);
            let name = if dutch { nl } else { en };
            if ordinal { format!("{name} {b:.3}") } else { format!("{name} +{:.0}", b - lowest) }
        });
        each.collect::<Vec<_>>().join(", ")
    };
    let at = |name: &str, good: &dyn Fn(f64) -> bool| best.measure(name).is_some_and(good);
    let good = at("cfi", &|x| x >= 0.95) && at("rmsea", &|x| x <= 0.06) && at("srmr", &|x| x <= 0.08);
    // an RMSEA that is not clearly higher is no rival's lead
    let strong = ordinal || others.first().is_none_or(|(_, b)| b - lowest >= BIC_STRONG);
    let coherent = best.name != Structure::Correlated.name();
    let single = best.name.ends_with("factor");
    let listed = |head: &str, dutch: bool| match others {
        [] => String::new(),
        _ => format!(" ({head}: {})", differences(dutch)),
    };
    let (en, nl) = title(best.name);
    let numbers = fit_in_numbers(best);
    let sentence = format!(
        "Of {} structures with a proper solution, {en} {}{}; it {} the answers well ({numbers}).",
        proper.len(),
        match (single, ordinal) {
            (true, false) => "has the lowest BIC",
            (false, false) => "have the lowest BIC",
            (true, true) => "is the most parsimonious with an RMSEA near the lowest",
            (false, true) => "are the most parsimonious with an RMSEA near the lowest",
        },
        listed(if ordinal { "others" } else { "differences" }, false),
        if good { "describes" } else { "does not describe" },
    );
    let zin = format!(
        "Van de {} structuren met een toelaatbare oplossing {} {nl} {}{}; die beschrijft de antwoorden {} ({numbers}).",
        proper.len(),
        match (single, ordinal) {
            (true, false) => "heeft",
            (false, false) => "hebben",
            (true, true) => "is",
            (false, true) => "zijn",
        },
        if ordinal { "de spaarzaamste met een RMSEA dicht bij de laagste" } else { "de laagste BIC" },
        listed(if ordinal { "andere" } else { "verschillen" }, true),
        if good { "goed" } else { "niet goed" },
    );
    let (verdict, meaning, betekenis) = match (coherent, good, strong) {
        _ if others.is_empty() => (
            Verdict::Open,
            "There is no rival to compare it with.",
            "Er is geen andere structuur om haar mee te vergelijken.",
        ),
        (true, true, true) => (
            Verdict::Supported,
            "The aspects form one coherent construct.",
            "De aspecten vormen één samenhangend construct.",
        ),
        (true, true, false) => (
            Verdict::Open,
            "Its lead on the next is small: these data do not settle the structure.",
            "De voorsprong op de volgende is klein: deze gegevens beslissen niet over de structuur.",
        ),
        (true, false, _) => (
            Verdict::Open,
            "A common factor is preferred to its rivals, but none of them is good.",
            "Een gemeenschappelijke factor heeft de voorkeur, maar geen van de structuren is goed.",
        ),
        (false, ..) => (
            Verdict::NotSupported,
            "The aspects are related, but one common factor does not account for how: report them apart.",
            "De aspecten hangen samen, maar niet door één gemeenschappelijke factor: rapporteer ze apart.",
        ),
    };
    Some((
        verdict,
        (format!("{meaning} {sentence}{}", improper(false)), format!("{betekenis} {zin}{}", improper(true))),
    ))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
