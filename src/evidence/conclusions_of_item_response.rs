//! Conclusions about the precision of scores at each level of a dimension.

use super::conclusion::{Aspect, Conclusion, Rule, Sentence, Verdict, counted};
use super::item_response::DimensionItemResponse;
use crate::error::Warning;
use crate::irt::{IrtFit, RespondentLevels};

/// Reliability at a level that serves comparisons of groups, and decisions about persons.
const GROUPS: f64 = 0.70;
const PERSONS: f64 = 0.90;
/// RMSEA of M2 or C2 up to which a model describes the answers well enough to tell precision from it.
const MISFIT: f64 = 0.089;
/// Respondents from which on curves are known well.
const WELL_KNOWN: usize = 500;

const PRECISE: Rule = Rule(
    "Trait scores are precise when their reliability, information / (information + 1 / variance of the trait), is at least .70 (.90 for \
     decisions about persons) over its 95 % interval at each level of the middle 90 % of the respondents; in part when it is where at least \
     half of the respondents are; not when even the interval is below .70 where more than half of them are. By an item response model of one \
     trait (graded; of two categories two-parameter) of three ordinal items or more and 250 respondents or more, which must describe the \
     answers: an RMSEA (M2, C2) of at most .089.",
    "Scores op de trek zijn nauwkeurig als hun betrouwbaarheid, informatie / (informatie + 1 / variantie van de trek), ten minste .70 is (.90 voor \
     beslissingen over personen) over haar 95%-interval op elk niveau van de middelste 90 % van de respondenten; deels als zij dat is waar ten \
     minste de helft van de respondenten is; niet als zelfs het interval onder .70 ligt waar meer dan de helft van hen is. Volgens een \
     itemresponsmodel met één trek (graded; bij twee categorieën tweeparameter) van ten minste drie ordinale items en 250 respondenten, dat de \
     antwoorden moet beschrijven: een RMSEA (M2, C2) van ten hoogste .089.",
    "Green, Bock, Humphreys, Linn & Reckase (1984). Journal of Educational Measurement 21, 347-360; Nunnally & Bernstein (1994). \
     Psychometric theory, 3rd ed., p. 264-265; Maydeu-Olivares & Joe (2014). Multivariate Behavioral Research 49, 305-328; Mokkink et \
     al. (2018). Quality of Life Research 27, 1171-1179.",
);

/// A conclusion for each dimension with a model.
pub(crate) fn about_item_response(all: &[DimensionItemResponse]) -> Vec<Conclusion> {
    let each = all.iter().filter_map(|own| {
        let fit = own.fit.as_ref()?;
        let levels = fit.respondents.as_ref()?;
        Some(Conclusion::new(&own.dimension, Aspect::Precision, found(own, fit, levels), &PRECISE))
    });
    each.collect()
}

/// By the two decimals that are told.
fn at_least(value: f64, least: f64) -> bool {
    (100.0 * value).round() >= 100.0 * least
}

/// By the decimal that is told, without a negative zero.
fn tenths(level: f64) -> f64 {
    (10.0 * level).round() / 10.0 + 0.0
}

/// What the intervals of the reliability where the respondents are come to; none where they are not known.
fn verdict(levels: &RespondentLevels) -> Option<Verdict> {
    let (lowest, surely, perhaps) = (levels.lowest_end?, levels.surely?, levels.perhaps?);
    Some(match () {
        () if at_least(lowest, GROUPS) => Verdict::Supported,
        () if at_least(surely, 0.50) => Verdict::Mixed,
        () if !at_least(perhaps, 0.50) => Verdict::NotSupported,
        () => Verdict::Open,
    })
}

fn found(own: &DimensionItemResponse, fit: &IrtFit, levels: &RespondentLevels) -> (Verdict, Sentence) {
    let held = fit.warnings.iter().find_map(|warning| match warning {
        Warning::Runaway { item, .. } => Some(item),
        _ => None,
    });
    if let Some(item) = held {
        let en =
            format!("The parameters of {item} run away, so precision by level is not told from the model.");
        let nl = format!(
            "De parameters van {item} lopen weg; nauwkeurigheid per niveau volgt niet uit het model."
        );
        return (Verdict::Open, (en, nl));
    }
    let test = fit.fit.as_ref();
    let rmsea = test.and_then(|test| Some((test.form.to_string(), test.rmsea?)));
    let (form, rmsea) = match rmsea {
        Some(known) => known,
        None => {
            let en = "Whether one trait describes the answers cannot be tested, so precision by level is not told from it.";
            let nl = "Of één trek de antwoorden beschrijft, is niet te toetsen; nauwkeurigheid per niveau volgt er niet uit.";
            return (Verdict::Open, (en.into(), nl.into()));
        }
    };
    if (1000.0 * rmsea).round() > 1000.0 * MISFIT {
        let en = format!(
            "One trait does not describe the answers (RMSEA of {form} {rmsea:.3}), so precision by level is not told from it."
        );
        let nl = format!(
            "Eén trek beschrijft de antwoorden niet (RMSEA van {form} {rmsea:.3}); nauwkeurigheid per niveau volgt er niet uit."
        );
        return (Verdict::Open, (en, nl));
    }
    let Some(verdict) = verdict(levels) else {
        let en = "How certain precision by level is, is not known: there are no standard errors.";
        let nl = "Hoe zeker de nauwkeurigheid per niveau is, is niet bekend: er zijn geen standaardfouten.";
        return (Verdict::Open, (en.into(), nl.into()));
    };
    let (mut en, mut nl) = precision(verdict, levels, fit.reliability.marginal);
    let (but, maar) = caveats(own, fit);
    en += &but;
    nl += &maar;
    (verdict, (en, nl))
}

/// The reliability where it is lowest, with its interval, and on average.
fn numbers(levels: &RespondentLevels, marginal: Option<f64>) -> Sentence {
    let (lowest, at) = (levels.lowest, tenths(levels.lowest_at));
    let [mut en, mut nl] =
        ["lowest reliability there", "laagste betrouwbaarheid daar"].map(|of| format!("{of} {lowest:.2}"));
    if let Some((lower, upper)) = levels.lowest_interval {
        en += &format!(", 95 % interval {lower:.2} to {upper:.2}");
        nl += &format!(", 95%-interval {lower:.2} tot {upper:.2}");
    }
    en += &format!(", at {at:.1}");
    nl += &format!(", bij {at:.1}");
    if let Some(marginal) = marginal {
        en += &format!("; marginal {marginal:.2}");
        nl += &format!("; marginaal {marginal:.2}");
    }
    (en, nl)
}

fn precision(verdict: Verdict, levels: &RespondentLevels, marginal: Option<f64>) -> Sentence {
    let [low, high] = [levels.low, levels.high].map(tenths);
    let (middle, midden) = (format!("{low:.1} to {high:.1}"), format!("{low:.1} tot {high:.1}"));
    let (numbers, getallen) = numbers(levels, marginal);
    let percent = |share: Option<f64>| format!("{:.0} %", 100.0 * share.unwrap_or(0.0));
    match verdict {
        Verdict::Supported => {
            let (uses, gebruik) = match levels.lowest_end.is_some_and(|end| at_least(end, PERSONS)) {
                true => (
                    "comparing groups and for decisions about persons",
                    "het vergelijken van groepen en voor beslissingen over personen",
                ),
                false => ("comparing groups", "het vergelijken van groepen"),
            };
            (
                format!(
                    "Trait scores are precise enough for {uses} at each level of the middle 90 % of the respondents, {middle} ({numbers})."
                ),
                format!(
                    "Scores op de trek zijn nauwkeurig genoeg voor {gebruik} op elk niveau van de middelste 90 % van de respondenten, {midden} \
                     ({getallen})."
                ),
            )
        }
        Verdict::Mixed => (
            format!(
                "Trait scores are precise enough for comparing groups where {} of the respondents are, but not certainly at each level of \
                 the middle 90 %, {middle} ({numbers}).",
                percent(levels.surely)
            ),
            format!(
                "Scores op de trek zijn nauwkeurig genoeg voor het vergelijken van groepen waar {} van de respondenten is, maar niet zeker op \
                 elk niveau van de middelste 90 %, {midden} ({getallen}).",
                percent(levels.surely)
            ),
        ),
        Verdict::NotSupported => (
            format!(
                "Trait scores are not precise enough for comparing groups: even the interval of their reliability reaches .70 only where {} of \
                 the respondents are; the middle 90 % are at {middle} ({numbers}).",
                percent(levels.perhaps)
            ),
            format!(
                "Scores op de trek zijn niet nauwkeurig genoeg voor het vergelijken van groepen: zelfs het interval van hun betrouwbaarheid \
                 haalt .70 alleen waar {} van de respondenten is; de middelste 90 % is op {midden} ({getallen}).",
                percent(levels.perhaps)
            ),
        ),
        Verdict::Open => (
            format!(
                "Whether trait scores are precise enough for comparing groups is open: the interval of their reliability lies above .70 where \
                 {} of the respondents are, and reaches it where {} are; the middle 90 % are at {middle} ({numbers}).",
                percent(levels.surely),
                percent(levels.perhaps)
            ),
            format!(
                "Of scores op de trek nauwkeurig genoeg zijn voor het vergelijken van groepen, blijft open: het interval van hun betrouwbaarheid \
                 ligt boven .70 waar {} van de respondenten is, en haalt het waar {} is; de middelste 90 % is op {midden} ({getallen}).",
                percent(levels.surely),
                percent(levels.perhaps)
            ),
        ),
    }
}

/// What makes the precision less, or less certain, than it seems.
fn caveats(own: &DimensionItemResponse, fit: &IrtFit) -> Sentence {
    let (mut en, mut nl) = Sentence::default();
    let pairs = own.dependent();
    if pairs > 0 {
        let (verb, werkwoord) = if pairs == 1 { ("has", "heeft") } else { ("have", "hebben") };
        en += &format!(
            " {} {verb} more in common than the trait, which makes scores seem more precise than they are.",
            counted(pairs, "pair of items", "pairs of items")
        );
        nl += &format!(
            " {} {werkwoord} meer gemeen dan de trek, waardoor scores nauwkeuriger lijken dan zij zijn.",
            counted(pairs, "itempaar", "itemparen")
        );
    }
    let misfitting = own.misfitting();
    if !misfitting.is_empty() {
        let names = misfitting.join(", ");
        en += &format!(" Answers that do not follow their curves: {names}.");
        nl += &format!(" Antwoorden die hun curven niet volgen: {names}.");
    }
    if fit.n < WELL_KNOWN {
        let n = fit.n;
        en += &format!(" Of {n} respondents curves are known roughly: {WELL_KNOWN} are asked for.");
        nl += &format!(" Van {n} respondenten zijn curven ruw bekend: gevraagd zijn er {WELL_KNOWN}.");
    }
    (en, nl)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(lowest_end: f64, surely: f64, perhaps: f64) -> RespondentLevels {
        let (surely, perhaps) = (Some(surely), Some(perhaps));
        RespondentLevels { lowest_end: Some(lowest_end), surely, perhaps, ..RespondentLevels::default() }
    }

    #[test]
    fn the_rule_turns_at_its_borders() {
        let of = |lowest, surely, perhaps| verdict(&levels(lowest, surely, perhaps)).unwrap();
        // by the two decimals that are told
        assert_eq!(of(0.695, 0.9, 1.0), Verdict::Supported);
        assert_eq!(of(0.6949, 0.9, 1.0), Verdict::Mixed);
        assert_eq!(of(0.20, 0.495, 0.7), Verdict::Mixed);
        assert_eq!(of(0.69, 0.4949, 0.7), Verdict::Open);
        assert_eq!(of(0.69, 0.0, 0.495), Verdict::Open);
        assert_eq!(of(0.69, 0.0, 0.4949), Verdict::NotSupported);
        assert_eq!(verdict(&RespondentLevels::default()), None);
    }

    #[test]
    fn sentences_say_what_the_verdict_is() {
        let mut own = levels(0.90, 1.0, 1.0);
        (own.low, own.high, own.lowest_at, own.lowest) = (-1.62, -0.04, 1.7, 0.92);
        own.lowest_interval = Some((0.90, 0.94));
        let (en, nl) = precision(Verdict::Supported, &own, Some(0.93));
        assert!(en.contains("decisions about persons") && nl.contains("beslissingen over personen"));
        let numbers =
            "-1.6 to 0.0 (lowest reliability there 0.92, 95 % interval 0.90 to 0.94, at 1.7; marginal 0.93).";
        assert!(en.ends_with(numbers), "{en}");
        own.surely = Some(0.77);
        let (en, nl) = precision(Verdict::Mixed, &own, None);
        assert!(
            en.contains("where 77 % of the respondents are")
                && nl.contains("waar 77 % van de respondenten is")
        );
        own.perhaps = Some(0.4);
        assert!(
            precision(Verdict::NotSupported, &own, None).0.contains("only where 40 % of the respondents are")
        );
        assert!(precision(Verdict::Open, &own, None).1.contains("blijft open"));
    }
}
