//! The conclusion about the rival structures of a construct: whether its dimensions are one thing. What is said of a model
//! derives from its [`ModelVerdict`](super::ModelVerdict).

use super::conclusion::{Aspect, Conclusion, Rule, Sentence, Verdict, counted};
use super::conclusions_of_structure::fit_in_numbers;
use super::internal_structure::Hierarchical;
use super::model_verdict::{joined, status_in_dutch};
use super::total_score::Opposed;
use crate::construct::Structure;
use crate::evidence::structure_evidence::{RMSEA_CLEAR, StructureEvidence, are_ordinal, preferred};

/// A difference in BIC from here on is strong evidence.
const BIC_STRONG: f64 = 10.0;
/// Smallest second-order loading of a dimension that belongs to the whole.
const LOADING: f64 = 0.50;
/// Smallest share of the variance of the sum of all items that makes them one.
const OMEGA: f64 = 0.50;
/// Correlations of factors below it, in absolute value, are small.
const RELATED: f64 = 0.30;

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
    let against = against(opposed);
    let (improper, ontoelaatbaar) = improper(structures);
    let Some(best) = preferred(structures) else {
        let (verdict, (en, nl)) = undecided(against);
        let text = (
            format!("{en}No structure has a proper solution.{improper}"),
            format!("{nl}Geen structuur heeft een toelaatbare oplossing.{ontoelaatbaar}"),
        );
        return (!structures.is_empty()).then_some((verdict, text));
    };
    let compared = Compared::with(best, structures)?;
    if compared.same.is_empty() && compared.others.is_empty() {
        let (verdict, (before, voor)) = undecided(against);
        let (en, nl) = compared.alone(dimensions);
        return Some((verdict, (format!("{before}{en}{improper}"), format!("{voor}{nl}{ontoelaatbaar}"))));
    }
    // a common factor may be the preferred structure, or the same model as it
    let common = std::iter::once(best).chain(compared.same.iter().copied()).find(|s| is_common(s));
    let general = common.and_then(|s| General::of(s, construct));
    let (shows, blijkt) = general.as_ref().map_or_else(Sentence::default, |g| {
        let (en, nl) = g.numbers();
        (format!(" How far it is one thing: {en}."), format!(" Hoe ver het één geheel is: {nl}."))
    });
    let (verdict, (meaning, betekenis)) = match against {
        Some(said) => (Verdict::NotSupported, said),
        None => compared.meaning(common.is_some(), general.as_ref()),
    };
    let (one, een) = compared.one_model();
    let (order, volgorde) = compared.order();
    Some((
        verdict,
        (
            format!("{meaning} {one}{order}{shows}{improper}"),
            format!("{betekenis} {een}{volgorde}{blijkt}{ontoelaatbaar}"),
        ),
    ))
}

/// The verdict where there is nothing to compare, with what is said before it.
fn undecided(against: Option<Sentence>) -> (Verdict, Sentence) {
    match against {
        Some((en, nl)) => (Verdict::NotSupported, (en + " ", nl + " ")),
        None => (Verdict::Open, Sentence::default()),
    }
}

/// The structures without a proper solution, and what became of each.
fn improper(structures: &[StructureEvidence]) -> Sentence {
    let each = structures.iter().filter(|s| !s.result.status.proper()).map(|s| {
        let (en, nl) = title(&s.name);
        let status = &s.result.status;
        (
            format!(" {}: the model {status}.", capitalised(en)),
            format!(" {}: het model {}.", capitalised(nl), status_in_dutch(status)),
        )
    });
    each.unzip()
}

/// The preferred structure among those with a proper solution.
struct Compared<'a> {
    best: &'a StructureEvidence,
    /// The same model as it.
    same: Vec<&'a StructureEvidence>,
    /// Those that are second to it, from the lowest criterion.
    others: Vec<&'a StructureEvidence>,
    /// The criterion of the preferred one.
    lowest: f64,
    ordinal: bool,
}

impl<'a> Compared<'a> {
    fn with(best: &'a StructureEvidence, structures: &'a [StructureEvidence]) -> Option<Self> {
        let ordinal = are_ordinal(structures);
        let lowest = criterion(best, ordinal)?;
        let proper =
            structures.iter().filter(|s| s.result.status.proper() && criterion(s, ordinal).is_some());
        let (same, mut others): (Vec<_>, Vec<_>) =
            proper.filter(|s| !std::ptr::eq(*s, best)).partition(|s| s.is_equivalent_to(best));
        let value = |s: &StructureEvidence| criterion(s, ordinal);
        others.sort_by(|a, b| value(a).partial_cmp(&value(b)).unwrap_or(std::cmp::Ordering::Equal));
        Some(Self { best, same, others, lowest, ordinal })
    }

    /// What is said of the only structure.
    fn alone(&self, dimensions: usize) -> Sentence {
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
        let (phrase, frase) = self.best.verdict.phrase(false);
        let numbers = fit_in_numbers(self.best);
        let (en, nl) = title(&self.best.name);
        (format!("{why}: {en} {phrase} ({numbers})."), format!("{waarom}: {nl} {frase} ({numbers})."))
    }

    /// The structures that are one model, where some are.
    fn one_model(&self) -> Sentence {
        if self.same.is_empty() {
            return Sentence::default();
        }
        let titles = std::iter::once(&self.best).chain(&self.same).map(|s| title(&s.name));
        let (names, namen): (Vec<&str>, Vec<&str>) = titles.unzip();
        (
            format!(
                "{} are one model here (the same degrees of freedom, the same fit): no data can choose between them. ",
                capitalised(&joined(&names, "and"))
            ),
            format!(
                "{} zijn hier één model (dezelfde vrijheidsgraden, dezelfde passing): geen gegevens kunnen ertussen kiezen. ",
                capitalised(&joined(&namen, "en"))
            ),
        )
    }

    /// Which structure is preferred, by how much, and how well it describes the answers.
    fn order(&self) -> Sentence {
        let (phrase, frase) = self.best.verdict.phrase(false);
        let numbers = fit_in_numbers(self.best);
        if self.others.is_empty() {
            return (format!("It {phrase} ({numbers})."), format!("Het {frase} ({numbers})."));
        }
        let (en, nl) = title(&self.best.name);
        let (single, ordinal) = (self.best.name.ends_with("factor"), self.ordinal);
        let count = self.others.len() + 1;
        let of = counted(count, "structure", "structures");
        let (others, andere) = self.listed();
        (
            format!(
                "Of {of} with a proper solution, {en} {}{others}; it {phrase} ({numbers}).",
                match (single, ordinal) {
                    (true, false) => "has the lowest BIC",
                    (false, false) => "have the lowest BIC",
                    (true, true) => "is the most parsimonious with an RMSEA near the lowest",
                    (false, true) => "are the most parsimonious with an RMSEA near the lowest",
                },
            ),
            format!(
                "Van de {count} structuren met een toelaatbare oplossing {} {nl} {}{andere}; die {frase} ({numbers}).",
                match (single, ordinal) {
                    (true, false) => "heeft",
                    (false, false) => "hebben",
                    (true, true) => "is",
                    (false, true) => "zijn",
                },
                if ordinal { "de spaarzaamste met een RMSEA dicht bij de laagste" } else { "de laagste BIC" },
            ),
        )
    }

    /// The others with their criterion, or its difference with the lowest, between brackets.
    fn listed(&self) -> Sentence {
        let each = self.others.iter().filter_map(|s| {
            let ((en, nl), value) = (title(&s.name), criterion(s, self.ordinal)?);
            let number = match self.ordinal {
                true => format!("{value:.3}"),
                false => format!("+{:.0}", value - self.lowest),
            };
            Some((format!("{en} {number}"), format!("{nl} {number}")))
        });
        let (each, elk): (Vec<String>, Vec<String>) = each.unzip();
        let (head, kop) = if self.ordinal { ("others", "andere") } else { ("differences", "verschillen") };
        match each.is_empty() {
            true => Sentence::default(),
            false => (format!(" ({head}: {})", each.join(", ")), format!(" ({kop}: {})", elk.join(", "))),
        }
    }

    /// Whether the data choose between one common factor and none.
    fn is_settled(&self, common: bool) -> bool {
        let close = if self.ordinal { RMSEA_CLEAR } else { BIC_STRONG };
        // an RMSEA that is not clearly higher is no lead
        let behind =
            |s: &StructureEvidence| criterion(s, self.ordinal).is_some_and(|x| x - self.lowest < close);
        // of ordinal items parsimony has decided already for a common factor
        (common && self.ordinal) || !self.others.iter().any(|s| is_common(s) != common && behind(s))
    }

    /// What the comparison says of the construct, where its dimensions go the same way: `common` tells whether one common
    /// factor is preferred, `general` how strongly it shows.
    fn meaning(&self, common: bool, general: Option<&General>) -> (Verdict, Sentence) {
        let strength = general.map_or(Strength::Whole, General::strength);
        let (verdict, en, nl) = match (common, strength, self.is_settled(common)) {
            (true, Strength::Weak, _) => (
                Verdict::NotSupported,
                "The aspects have too little in common to be one construct: report them apart.",
                "De aspecten hebben te weinig gemeen om één construct te zijn: rapporteer ze apart.",
            ),
            (true, Strength::Part, _) => {
                let low = general.map(General::low).unwrap_or_default().join(", ");
                let en =
                    format!("The aspects have something in common, but not enough of it shows in {low}.");
                let nl = format!("De aspecten hebben iets gemeen, maar daarvan blijkt te weinig in {low}.");
                return (Verdict::Open, (en, nl));
            }
            (true, Strength::Whole, true) if self.best.verdict.is_good() => (
                Verdict::Supported,
                "The aspects form one coherent construct.",
                "De aspecten vormen één samenhangend construct.",
            ),
            (true, Strength::Whole, true) => (
                Verdict::Open,
                "No structure is preferred to one common factor, but it does not describe the answers well.",
                "Geen structuur heeft de voorkeur boven één gemeenschappelijke factor, maar die beschrijft de antwoorden niet \
                 goed.",
            ),
            (_, _, false) => (
                Verdict::Open,
                "The lead on the next structure is small: these data do not settle whether the aspects are one construct.",
                "De voorsprong op de volgende structuur is klein: deze gegevens beslissen niet of de aspecten één construct \
                 zijn.",
            ),
            (false, _, true) if related(self.best) => (
                Verdict::NotSupported,
                "The aspects are related, but one common factor does not account for how: report them apart.",
                "De aspecten hangen samen, maar niet door één gemeenschappelijke factor: rapporteer ze apart.",
            ),
            (false, _, true) => (
                Verdict::NotSupported,
                "The aspects have little to do with each other: report them apart.",
                "De aspecten hebben weinig met elkaar te maken: rapporteer ze apart.",
            ),
        };
        (verdict, (en.into(), nl.into()))
    }
}

/// What the structures are compared by: lower is better.
fn criterion(structure: &StructureEvidence, ordinal: bool) -> Option<f64> {
    if ordinal { structure.measure("rmsea") } else { structure.result.known("bic") }
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
