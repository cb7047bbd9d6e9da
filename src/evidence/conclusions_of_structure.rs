//! Conclusions about models: of a dimension, and of the construct among its rival structures. What is said of a model
//! derives from its [`ModelVerdict`](super::ModelVerdict).

use super::conclusion::{Aspect, Conclusion, Rule, Sentence, Verdict, counted};
use super::internal_structure::Hierarchical;
use super::model_verdict::{ModelStanding, joined, status_in_dutch};
use super::total_score::Opposed;
use crate::construct::Structure;
use crate::estimate::Status;
use crate::evidence::structure_evidence::{RMSEA_CLEAR, StructureEvidence, are_ordinal, preferred};

/// A difference in BIC from here on is strong evidence.
const BIC_STRONG: f64 = 10.0;
/// Smallest second-order loading of a dimension that belongs to the whole.
const LOADING: f64 = 0.50;
/// Smallest share of the variance of the sum of all items that makes them one.
const OMEGA: f64 = 0.50;
/// Correlations of factors below it, in absolute value, are small.
const RELATED: f64 = 0.30;

pub(crate) const FITTING: Rule = Rule(
    "A model describes the answers well when CFI >= .95, RMSEA <= .06 and SRMR <= .08, of the three decimals reported; where \
     they disagree the evidence is mixed.",
    "Een model beschrijft de antwoorden goed als CFI >= .95, RMSEA <= .06 en SRMR <= .08, van de drie vermelde decimalen; \
     waar zij elkaar tegenspreken is de evidentie gemengd.",
    "Hu & Bentler (1999). Structural Equation Modeling 6, 1-55.",
);
const RIVALS: Rule = Rule(
    "Of the structures with a proper solution the lowest BIC is preferred, a difference of 10 being strong. Structures with \
     the same degrees of freedom and the same fit are one model. Dimensions form one construct when a structure with one \
     common factor is not second to another, describes the answers well, and shows in all of them: second-order loadings of \
     at least .50, omega hierarchical of at least .50, no dimensions that go against each other.",
    "Van de structuren met een toelaatbare oplossing heeft die met de laagste BIC de voorkeur, waarbij een verschil van 10 \
     sterk is. Structuren met dezelfde vrijheidsgraden en dezelfde passing zijn één model. Dimensies vormen één construct als \
     een structuur met één gemeenschappelijke factor niet voor een andere onderdoet, de antwoorden goed beschrijft en in alle \
     blijkt: tweede-ordeladingen van ten minste .50, omega hiërarchisch van ten minste .50, geen dimensies die tegen elkaar in \
     gaan.",
    "Raftery (1995). Sociological Methodology 25, 111-163; Hu & Bentler (1999). Structural Equation Modeling 6, 1-55; Reise, \
     Bonifay & Haviland (2013). Journal of Personality Assessment 95, 129-140; Hair et al. (2010). Multivariate data \
     analysis, 7th ed.",
);
const ORDINAL_RIVALS: Rule = Rule(
    "Of the structures of ordinal items with a proper solution the most parsimonious is preferred whose robust RMSEA is less \
     than .015 above the lowest (there is no likelihood, and so no BIC). Structures with the same degrees of freedom and the \
     same fit are one model. Dimensions form one construct when a structure with one common factor is not second to another, \
     describes the answers well, and shows in all of them: second-order loadings of at least .50, omega hierarchical of at \
     least .50, no dimensions that go against each other.",
    "Van de structuren van ordinale items met een toelaatbare oplossing heeft de spaarzaamste de voorkeur waarvan de robuuste \
     RMSEA minder dan .015 boven de laagste ligt (er is geen likelihood, en dus geen BIC). Structuren met dezelfde \
     vrijheidsgraden en dezelfde passing zijn één model. Dimensies vormen één construct als een structuur met één \
     gemeenschappelijke factor niet voor een andere onderdoet, de antwoorden goed beschrijft en in alle blijkt: \
     tweede-ordeladingen van ten minste .50, omega hiërarchisch van ten minste .50, geen dimensies die tegen elkaar in gaan.",
    "Savalei (2021). Multivariate Behavioral Research 56, 390-407; Chen (2007). Structural Equation Modeling 14, 464-504; Hu & \
     Bentler (1999). Structural Equation Modeling 6, 1-55; Reise, Bonifay & Haviland (2013). Journal of Personality \
     Assessment 95, 129-140; Hair et al. (2010). Multivariate data analysis, 7th ed.",
);

/// What is found about the model of a dimension.
pub(crate) fn of_dimension(model: &StructureEvidence) -> (Verdict, Sentence) {
    let one = model.name == Structure::OneFactor.name();
    let (what, wat) =
        if one { ("One factor", "Eén factor") } else { ("Correlated facets", "Gecorreleerde facetten") };
    let verdict = match model.verdict.standing {
        ModelStanding::Good => Verdict::Supported,
        ModelStanding::Mixed => Verdict::Mixed,
        ModelStanding::Poor => Verdict::NotSupported,
        ModelStanding::Saturated => {
            let en = format!("{what} cannot be tested: with this few items the model fits by construction.");
            let nl = format!("{wat} valt niet te toetsen: met zo weinig items past het model vanzelf.");
            return (Verdict::Open, (en, nl));
        }
        ModelStanding::Unsolved if matches!(model.result.status, Status::NotIdentified { df: ..0, .. }) => {
            let en = format!(
                "{what} cannot be tested: this few items give fewer moments than the model has parameters."
            );
            let nl = format!(
                "{wat} valt niet te toetsen: zo weinig items geven minder momenten dan het model parameters heeft."
            );
            return (Verdict::Open, (en, nl));
        }
        ModelStanding::Unsolved if !model.result.status.proper() => {
            let status = &model.result.status;
            let en = format!("{what}: the model {status}.");
            return (Verdict::Open, (en, format!("{wat}: het model {}.", status_in_dutch(status))));
        }
        ModelStanding::Unsolved => Verdict::Open,
    };
    let (phrase, frase) = model.verdict.phrase(!one);
    let numbers = fit_in_numbers(model);
    (verdict, (format!("{what} {phrase} ({numbers})."), format!("{wat} {frase} ({numbers}).")))
}

fn fit_in_numbers(model: &StructureEvidence) -> String {
    let value = |name: &str| model.measure(name).map_or("-".into(), |x| format!("{x:.3}"));
    format!("CFI {}, TLI {}, RMSEA {}, SRMR {}", value("cfi"), value("tli"), value("rmsea"), value("srmr"))
}

/// The conclusion about the rival structures of the construct; `dimensions` are those in its structures, `opposed` pairs of
/// them that go against each other.
pub(crate) fn about_rivals(
    construct: &str,
    dimensions: usize,
    structures: &[StructureEvidence],
    opposed: &[Opposed],
) -> Option<Conclusion> {
    let found = rivals(construct, dimensions, structures, opposed)?;
    let rule = if are_ordinal(structures) { &ORDINAL_RIVALS } else { &RIVALS };
    Some(Conclusion::new(construct, Aspect::Rivals, found, rule))
}

/// What a structure is called, in English and Dutch.
pub(crate) fn title(name: &str) -> (&str, &str) {
    match name {
        "one_factor" => ("one factor", "één factor"),
        "correlated" => ("correlated factors", "gecorreleerde factoren"),
        "second_order" => ("second-order factors", "tweede-ordefactoren"),
        "bifactor" => ("bifactor", "bifactor"),
        other => (other, other),
    }
}

/// Whether a structure says that the dimensions have one thing in common.
fn is_common(structure: &StructureEvidence) -> bool {
    structure.name != Structure::Correlated.name()
}

/// How strongly a general factor shows.
struct General {
    /// Second-order loadings, turned so that their sum is positive.
    loadings: Vec<(String, f64)>,
    omega: Option<f64>,
}

/// Whether it shows enough.
#[derive(PartialEq)]
enum Strength {
    Whole,
    /// Not in all dimensions.
    Part,
    Weak,
}

impl General {
    /// Of second-order or bifactor structures; one factor is nothing but general.
    fn of(structure: &StructureEvidence, construct: &str) -> Option<Self> {
        if structure.name == Structure::OneFactor.name() || !is_common(structure) {
            return None;
        }
        let omega = Hierarchical::of(&structure.result, construct).map(|h| h.omega_hierarchical);
        let mut loadings = Vec::new();
        if structure.name == Structure::SecondOrder.name() {
            let all = structure.result.standardized();
            let own = all.iter().filter(|row| row.op == "=~" && row.lhs == construct);
            loadings = own.filter_map(|row| Some((row.rhs.clone(), row.est?))).collect();
            if loadings.iter().map(|(_, l)| l).sum::<f64>() < 0.0 {
                loadings.iter_mut().for_each(|(_, l)| *l = -*l);
            }
        }
        Some(Self { loadings, omega })
    }

    fn low(&self) -> Vec<String> {
        // of the two decimals that are told
        let low = self.loadings.iter().filter(|(_, l)| (100.0 * l).round() < 100.0 * LOADING);
        low.map(|(name, l)| format!("{name} ({l:.2})")).collect()
    }

    fn strength(&self) -> Strength {
        match (self.omega.is_some_and(|o| (100.0 * o).round() < 100.0 * OMEGA), self.low().is_empty()) {
            (true, _) => Strength::Weak,
            (false, false) => Strength::Part,
            (false, true) => Strength::Whole,
        }
    }

    /// Loadings and omega, after a semicolon.
    fn numbers(&self) -> Sentence {
        let mut parts = (Vec::new(), Vec::new());
        let all = || self.loadings.iter().map(|(_, l)| *l);
        if let (Some(low), Some(high)) = (all().reduce(f64::min), all().reduce(f64::max)) {
            parts.0.push(format!("second-order loadings {low:.2} to {high:.2}"));
            parts.1.push(format!("tweede-ordeladingen {low:.2} tot {high:.2}"));
        }
        if let Some(omega) = self.omega {
            parts.0.push(format!("omega hierarchical {omega:.2}"));
            parts.1.push(format!("omega hiërarchisch {omega:.2}"));
        }
        (parts.0.join(", "), parts.1.join(", "))
    }
}

/// One coherent construct is a claim with rivals: it holds when a structure with one common factor is not second to
/// correlated factors, describes the answers, and shows in all dimensions.
fn rivals(
    construct: &str,
    dimensions: usize,
    structures: &[StructureEvidence],
    opposed: &[Opposed],
) -> Option<(Verdict, Sentence)> {
    let ordinal = are_ordinal(structures);
    let criterion =
        |s: &StructureEvidence| if ordinal { s.measure("rmsea") } else { s.result.measure("bic") };
    let improper = |dutch: bool| -> String {
        let each = structures.iter().filter(|s| !s.result.status.proper()).map(|s| {
            let (en, nl) = title(s.name);
            let status = &s.result.status;
            match dutch {
                true => format!(" {}: het model {}.", capitalised(nl), status_in_dutch(status)),
                false => format!(" {}: the model {status}.", capitalised(en)),
            }
        });
        each.collect()
    };
    let against = against(opposed);
    let Some(best) = preferred(structures) else {
        let (en, nl) = against.clone().map_or_else(Sentence::default, |(en, nl)| (en + " ", nl + " "));
        let text = (
            format!("{en}No structure has a proper solution.{}", improper(false)),
            format!("{nl}Geen structuur heeft een toelaatbare oplossing.{}", improper(true)),
        );
        let verdict = if against.is_some() { Verdict::NotSupported } else { Verdict::Open };
        return (!structures.is_empty()).then_some((verdict, text));
    };
    let lowest = criterion(best)?;
    let proper = || structures.iter().filter(|s| s.result.status.proper() && criterion(s).is_some());
    let (same, mut others): (Vec<_>, Vec<_>) =
        proper()
            .filter(|s| !std::ptr::eq(*s, best))
            .partition::<Vec<&StructureEvidence>, _>(|s| s.is_equivalent_to(best));
    others.sort_by(|a, b| criterion(a).partial_cmp(&criterion(b)).unwrap_or(std::cmp::Ordering::Equal));
    let (phrase, frase) = best.verdict.phrase(false);
    let numbers = fit_in_numbers(best);
    let (en, nl) = title(best.name);
    if same.is_empty() && others.is_empty() {
        let (why, waarom) = match dimensions {
            0 | 1 => (
                "A construct of one dimension has no rivals",
                "Een construct van één dimensie heeft geen rivalen",
            ),
            _ => (
                "There is no rival to compare it with",
                "Er is geen andere structuur om haar mee te vergelijken",
            ),
        };
        let verdict = if against.is_some() { Verdict::NotSupported } else { Verdict::Open };
        let (before, voor) = against.map_or_else(Sentence::default, |(en, nl)| (en + " ", nl + " "));
        let text = (
            format!("{before}{why}: {en} {phrase} ({numbers}).{}", improper(false)),
            format!("{voor}{waarom}: {nl} {frase} ({numbers}).{}", improper(true)),
        );
        return Some((verdict, text));
    }

    let listed = |head: &str, dutch: bool| -> String {
        let each = others.iter().filter_map(|s| {
            let ((en, nl), value) = (title(s.name), criterion(s)?);
            let name = if dutch { nl } else { en };
            Some(if ordinal {
                format!("{name} {value:.3}")
            } else {
                format!("{name} +{:.0}", value - lowest)
            })
        });
        let each: Vec<String> = each.collect();
        if each.is_empty() { String::new() } else { format!(" ({head}: {})", each.join(", ")) }
    };
    let one = |dutch: bool| -> String {
        if same.is_empty() {
            return String::new();
        }
        let names: Vec<&str> = std::iter::once(&best)
            .chain(&same)
            .map(|s| if dutch { title(s.name).1 } else { title(s.name).0 })
            .collect();
        if dutch {
            format!(
                "{} zijn hier één model (dezelfde vrijheidsgraden, dezelfde passing): geen gegevens kunnen ertussen kiezen. ",
                capitalised(&joined(&names, "en"))
            )
        } else {
            format!(
                "{} are one model here (the same degrees of freedom, the same fit): no data can choose between them. ",
                capitalised(&joined(&names, "and"))
            )
        }
    };
    let single = best.name.ends_with("factor");
    let count = others.len() + 1;
    let compared = if others.is_empty() {
        (format!("It {phrase} ({numbers})."), format!("Het {frase} ({numbers})."))
    } else {
        let of = counted(count, "structure", "structures");
        (
            format!(
                "Of {of} with a proper solution, {en} {}{}; it {phrase} ({numbers}).",
                match (single, ordinal) {
                    (true, false) => "has the lowest BIC",
                    (false, false) => "have the lowest BIC",
                    (true, true) => "is the most parsimonious with an RMSEA near the lowest",
                    (false, true) => "are the most parsimonious with an RMSEA near the lowest",
                },
                listed(if ordinal { "others" } else { "differences" }, false),
            ),
            format!(
                "Van de {count} structuren met een toelaatbare oplossing {} {nl} {}{}; die {frase} ({numbers}).",
                match (single, ordinal) {
                    (true, false) => "heeft",
                    (false, false) => "hebben",
                    (true, true) => "is",
                    (false, true) => "zijn",
                },
                if ordinal { "de spaarzaamste met een RMSEA dicht bij de laagste" } else { "de laagste BIC" },
                listed(if ordinal { "andere" } else { "verschillen" }, true),
            ),
        )
    };
    // a common factor may be the preferred structure, or the same model as it
    let common = std::iter::once(best).chain(same.iter().copied()).find(|s| is_common(s));
    let general = common.and_then(|s| General::of(s, construct));
    let shows = general.as_ref().map_or((String::new(), String::new()), |g| {
        let (en, nl) = g.numbers();
        (format!(" How far it is one thing: {en}."), format!(" Hoe ver het één geheel is: {nl}."))
    });
    let behind = |s: &&&StructureEvidence| {
        // an RMSEA that is not clearly higher is no lead
        criterion(s).is_some_and(|x| x - lowest < if ordinal { RMSEA_CLEAR } else { BIC_STRONG })
    };
    let settled = match common {
        // of ordinal items parsimony has decided already
        Some(_) => ordinal || !others.iter().filter(|s| !is_common(s)).any(|s| behind(&s)),
        None => !others.iter().filter(|s| is_common(s)).any(|s| behind(&s)),
    };
    let (verdict, meaning, betekenis) = if let Some((en, nl)) = against {
        (Verdict::NotSupported, en, nl)
    } else {
        let strength = general.as_ref().map_or(Strength::Whole, General::strength);
        let low = general.as_ref().map(General::low).unwrap_or_default();
        let (verdict, en, nl) = match (common.is_some(), strength, settled) {
            (true, Strength::Weak, _) => (
                Verdict::NotSupported,
                "The aspects have too little in common to be one construct: report them apart.".into(),
                "De aspecten hebben te weinig gemeen om één construct te zijn: rapporteer ze apart.".into(),
            ),
            (true, Strength::Part, _) => (
                Verdict::Open,
                format!("The aspects have something in common, but not enough of it shows in {}.", low.join(", ")),
                format!("De aspecten hebben iets gemeen, maar daarvan blijkt te weinig in {}.", low.join(", ")),
            ),
            (true, Strength::Whole, true) if best.verdict.is_good() => (
                Verdict::Supported,
                "The aspects form one coherent construct.".into(),
                "De aspecten vormen één samenhangend construct.".into(),
            ),
            (true, Strength::Whole, true) => (
                Verdict::Open,
                "No structure is preferred to one common factor, but it does not describe the answers well.".into(),
                "Geen structuur heeft de voorkeur boven één gemeenschappelijke factor, maar die beschrijft de antwoorden niet \
                 goed."
                    .into(),
            ),
            (_, _, false) => (
                Verdict::Open,
                "The lead on the next structure is small: these data do not settle whether the aspects are one construct."
                    .into(),
                "De voorsprong op de volgende structuur is klein: deze gegevens beslissen niet of de aspecten één construct \
                 zijn."
                    .into(),
            ),
            (false, _, true) if related(best) => (
                Verdict::NotSupported,
                "The aspects are related, but one common factor does not account for how: report them apart.".into(),
                "De aspecten hangen samen, maar niet door één gemeenschappelijke factor: rapporteer ze apart.".into(),
            ),
            (false, _, true) => (
                Verdict::NotSupported,
                "The aspects have little to do with each other: report them apart.".into(),
                "De aspecten hebben weinig met elkaar te maken: rapporteer ze apart.".into(),
            ),
        };
        (verdict, en, nl)
    };
    Some((
        verdict,
        (
            format!("{meaning} {}{}{}{}", one(false), compared.0, shows.0, improper(false)),
            format!("{betekenis} {}{}{}{}", one(true), compared.1, shows.1, improper(true)),
        ),
    ))
}

/// What is said of dimensions that go against each other, where some do.
fn against(opposed: &[Opposed]) -> Option<Sentence> {
    let pairs = (!opposed.is_empty()).then(|| Opposed::listed(opposed))?;
    Some((
        format!(
            "The aspects do not form one construct as they are keyed, since some go against each other ({pairs}): report \
             them apart."
        ),
        format!(
            "De aspecten vormen zoals zij gericht zijn niet één construct, want sommige gaan tegen elkaar in ({pairs}): \
             rapporteer ze apart."
        ),
    ))
}

/// Whether two of the factors of correlated ones are related.
fn related(structure: &StructureEvidence) -> bool {
    let all = structure.result.standardized();
    let between = all.iter().filter(|row| row.op == "~~" && row.lhs != row.rhs);
    between.filter_map(|row| row.est).any(|r| r.abs() >= RELATED)
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
