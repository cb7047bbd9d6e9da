//! Conclusions about what the answers show of dimensions by themselves.

use super::conclusion::{Aspect, Conclusion, Rule, Sentence, Verdict, counted};
use super::dimensionality::{Dimensionality, ExploratoryRival};
use super::structure_evidence::RMSEA_CLEAR;
use crate::factor::{Placements, Recommendation, RetentionStudy, Rule as RetentionRule};

/// A CFI that is higher by this is clearly so.
const CFI_CLEAR: f64 = 0.01;

const NUMBER: Rule = Rule(
    "The answers show the claimed number of factors when most of the rules that are counted (parallel analysis of components and of \
     common factors, the empirical Kaiser criterion) suggest it; of dimensions with facets, a number from that of the dimensions \
     to that of their parts. They leave it open how many there are when the claimed number lies between their suggestions.",
    "De antwoorden laten het geclaimde aantal factoren zien als de meeste regels die meetellen (parallelle analyse van componenten \
     en van gemeenschappelijke factoren, het empirische Kaisercriterium) het aangeven; bij dimensies met facetten een aantal van \
     dat van de dimensies tot dat van hun delen. Het blijft open als het geclaimde aantal tussen hun uitkomsten ligt.",
    "Horn (1965). Psychometrika 30, 179-185; Braeken & van Assen (2017). Psychological Methods 22, 450-466; Auerswald & Moshagen \
     (2019). Psychological Methods 24, 468-491.",
);
const PLACES: Rule = Rule(
    "When every item may load on every factor, each loads most on the factor of its own part; and letting them do so describes \
     the answers no better than correlated factors do: the CFI rises less than .01 or the RMSEA falls less than .015.",
    "Als elk item op elke factor mag laden, laadt elk het meest op de factor van zijn eigen deel; en dat toe te laten beschrijft \
     de antwoorden niet beter dan gecorreleerde factoren: de CFI stijgt minder dan .01 of de RMSEA daalt minder dan .015.",
    "Asparouhov & Muthen (2009). Structural Equation Modeling 16, 397-438; Marsh, Morin, Parker & Kaur (2014). Annual Review of \
     Clinical Psychology 10, 85-110; Chen (2007). Structural Equation Modeling 14, 464-504.",
);

/// How many factors there are, and where the items are.
pub(crate) fn about_dimensionality(construct: &str, own: &Dimensionality) -> Vec<Conclusion> {
    let number =
        own.retention.as_ref().and_then(|study| number(own.dimensions.len(), own.claimed.len(), study));
    let places = own.exploratory.as_ref().and_then(places);
    let number = number.map(|found| Conclusion::new(construct, Aspect::Dimensionality, found, &NUMBER));
    let places = places.map(|found| Conclusion::new(construct, Aspect::CrossLoadings, found, &PLACES));
    number.into_iter().chain(places).collect()
}

fn number(dimensions: usize, parts: usize, study: &RetentionStudy) -> Option<(Verdict, Sentence)> {
    let found = &study.recommendation;
    let (factors, (low, high)) = found.factors.zip(found.range)?;
    let agreeing = found.agreeing.len();
    let all = agreeing + found.differing.len();
    let verdict = match (dimensions..=parts).contains(&factors) {
        true if 2 * agreeing > all => Verdict::Supported,
        _ if low <= parts && dimensions <= high => Verdict::Open,
        _ => Verdict::NotSupported,
    };
    let (mut part, mut deel) =
        (counted(dimensions, "dimension", "dimensions"), counted(dimensions, "dimensie", "dimensies"));
    if parts > dimensions {
        part += &format!(" of {parts} parts");
        deel += &format!(" van {parts} delen");
    }
    let (others, andere) = differing(found);
    let (of, van) = (counted(factors, "factor", "factors"), counted(factors, "factor", "factoren"));
    Some((
        verdict,
        (
            format!("The construct claims {part}; {agreeing} of {all} rules find {of}{others}."),
            format!("Het construct claimt {deel}; {agreeing} van {all} regels vinden {van}{andere}."),
        ),
    ))
}

fn differing(found: &Recommendation) -> Sentence {
    let told = |title: fn(RetentionRule) -> &'static str| -> String {
        let each: Vec<String> =
            found.differing.iter().map(|(rule, k)| format!("{} {k}", title(*rule))).collect();
        if each.is_empty() { String::new() } else { format!(" ({})", each.join(", ")) }
    };
    (told(RetentionRule::title), told(RetentionRule::title_nl))
}

fn places(own: &ExploratoryRival) -> Option<(Verdict, Sentence)> {
    let placed = own.placements.as_ref()?;
    let all = placed.items.len();
    let (mut en, mut nl) = (
        format!(
            "Where they may load anywhere, {} of {} load most on the factor of their own part",
            placed.at_home,
            counted(all, "item", "items")
        ),
        format!(
            "Waar zij overal op mogen laden, laden {} van {} het meest op de factor van hun eigen deel",
            placed.at_home,
            counted(all, "item", "items")
        ),
    );
    let (elsewhere, elders) = elsewhere(placed);
    en += &elsewhere;
    nl += &elders;
    let better = own.against_correlated.as_ref().map(|against| {
        (
            against.cfi.is_some_and(|x| x >= CFI_CLEAR) && against.rmsea.is_some_and(|x| x <= -RMSEA_CLEAR),
            against,
        )
    });
    if let Some((is_better, against)) = better {
        let signed = |x: Option<f64>| x.map_or_else(|| "-".into(), |x| format!("{x:+.3}"));
        let numbers = format!("CFI {}, RMSEA {}", signed(against.cfi), signed(against.rmsea));
        let (free, bound) = (against.mean_correlation, against.mean_correlation_correlated);
        let (phrase, frase) = match is_better {
            true => (
                "this describes the answers better than correlated factors",
                "dat beschrijft de antwoorden beter dan gecorreleerde factoren",
            ),
            false => (
                "this describes the answers no better than correlated factors",
                "dat beschrijft de antwoorden niet beter dan gecorreleerde factoren",
            ),
        };
        en += &format!("; {phrase} ({numbers}; mean correlation of the factors {free:.2} for {bound:.2})");
        nl +=
            &format!("; {frase} ({numbers}; gemiddelde samenhang van de factoren {free:.2} voor {bound:.2})");
    }
    let is_better = better.is_some_and(|(is_better, _)| is_better);
    let verdict = match (placed.at_home == all, is_better) {
        (true, false) => Verdict::Supported,
        (false, true) if 2 * placed.at_home < all => Verdict::NotSupported,
        (false, false) if 2 * placed.at_home < all => Verdict::Open,
        _ => Verdict::Mixed,
    };
    Some((verdict, (en + ".", nl + ".")))
}

/// Items that load most elsewhere, between brackets.
fn elsewhere(placed: &Placements) -> Sentence {
    const TOLD: usize = 6;
    let away: Vec<_> = placed.items.iter().filter(|item| item.loads_on != item.dimension).collect();
    if away.is_empty() {
        return Sentence::default();
    }
    let told = |on: &str| {
        let each = away.iter().take(TOLD).map(|item| format!("{} {on} {}", item.item, item.loads_on));
        each.collect::<Vec<String>>().join(", ")
    };
    let left = away.len().saturating_sub(TOLD);
    let (more, meer) = match left {
        0 => (String::new(), String::new()),
        left => (format!(" and {left} more"), format!(" en nog {left}")),
    };
    (format!(" ({}{more} do not)", told("on")), format!(" ({}{meer} niet)", told("op")))
}
