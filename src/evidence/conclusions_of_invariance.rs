//! What is concluded of a construct from whether its items mean the same in groups.

use super::conclusion::{Aspect, Conclusion, Rule, Sentence, Verdict};
use super::group_invariance::{Comparability, GroupInvariance};
use super::internal_structure::{LatentMean, PartialInvariance, RungVerdict};

const SAME: Rule = Rule(
    "Means of groups can be compared when equal thresholds, loadings and intercepts hold (difference test .05; for numbers \
     Chen's and Cheung and Rensvold's rules too), or when at least half of the items, and two, are the same in all groups.",
    "Gemiddelden van groepen zijn vergelijkbaar als gelijke drempels, ladingen en intercepten standhouden (verschiltoets .05; \
     bij getallen ook de regels van Chen en van Cheung en Rensvold), of als ten minste de helft van de items, en twee, in alle \
     groepen hetzelfde zijn.",
    "Chen (2007). Structural Equation Modeling 14, 464-504; Cheung & Rensvold (2002). Structural Equation Modeling 9, 233-255; \
     Wu & Estabrook (2016). Psychometrika 81, 1014-1045; Steenkamp & Baumgartner (1998). Journal of Consumer Research 25, 78-90.",
);
const LATENT: Rule = Rule(
    "A group differs from the first when the 95 % interval of the latent difference leaves out zero, in a model in which \
     parameters that differ between groups are free.",
    "Een groep verschilt van de eerste als het 95 %-interval van het latente verschil nul niet bevat, in een model waarin \
     parameters die tussen groepen verschillen vrij zijn.",
    "Meredith (1993). Psychometrika 58, 525-543; Hancock (2001). Psychometrika 66, 373-388.",
);

/// Differences that are told one by one.
const TOLD: usize = 5;

/// Items with something of their own.
fn different(partial: &PartialInvariance) -> Sentence {
    let all: Vec<&str> =
        partial.anchors.iter().flat_map(|own| own.different.iter().map(String::as_str)).collect();
    let (en, nl) = if all.len() == 1 { ("differs", "verschilt") } else { ("differ", "verschillen") };
    let all = all.join(", ");
    (format!("{all} {en}"), format!("{all} {nl}"))
}

/// About a dimension and a variable. It is longer than a page: a sentence in two languages for each answer.
fn meaning(own: &GroupInvariance) -> (Verdict, Sentence) {
    let variable = &own.group;
    let study_partial = own.study.as_ref().and_then(|study| study.partial.as_ref());
    match (own.comparability(), study_partial) {
        (Comparability::Full, _) => (
            Verdict::Supported,
            (
                format!("The items mean the same in the groups of {variable}: their means may be compared."),
                format!(
                    "De items betekenen hetzelfde in de groepen van {variable}: gemiddelden mogen worden vergeleken."
                ),
            ),
        ),
        (Comparability::Partial, Some(partial)) => {
            let (same, all) = partial
                .anchors
                .iter()
                .fold((0, 0), |(same, all), own| (same + own.invariant.len(), all + own.items));
            let (items, items_nl) = different(partial);
            (
                Verdict::Mixed,
                (
                    format!(
                        "Not all items mean the same in the groups of {variable}: {items}. {same} of {all} items \
                         carry a comparison, in a model that leaves free what differs."
                    ),
                    format!(
                        "Niet alle items betekenen hetzelfde in de groepen van {variable}: {items_nl}. {same} van \
                         {all} items dragen een vergelijking, in een model dat vrij laat wat verschilt."
                    ),
                ),
            )
        }
        (Comparability::Not, Some(partial)) if !partial.released.is_empty() => {
            let (items, items_nl) = different(partial);
            (
                Verdict::NotSupported,
                (
                    format!(
                        "Too few items mean the same in the groups of {variable} for means to be compared: {items}."
                    ),
                    format!(
                        "Te weinig items betekenen hetzelfde in de groepen van {variable} om gemiddelden te vergelijken: \
                         {items_nl}."
                    ),
                ),
            )
        }
        (Comparability::Not, _) => {
            let failed = own.study.iter().flat_map(|study| &study.comparisons);
            let step = failed.into_iter().find(|own| own.verdict == RungVerdict::Fails);
            let step = step.map_or("", |own| own.to.as_str());
            (
                Verdict::NotSupported,
                (
                    format!(
                        "The items do not mean the same in the groups of {variable} (the step {step} fails), and no single \
                         item is at fault."
                    ),
                    format!(
                        "De items betekenen niet hetzelfde in de groepen van {variable} (de stap {step} houdt geen stand), en \
                         geen enkel item is de oorzaak."
                    ),
                ),
            )
        }
        (Comparability::Disputed, _) => (
            Verdict::Mixed,
            (
                format!(
                    "Whether the items mean the same in the groups of {variable} is disputed: the rules disagree, and no \
                     item is named."
                ),
                format!(
                    "Of de items hetzelfde betekenen in de groepen van {variable} is betwist: de regels zijn het niet eens, en \
                     geen item wordt aangewezen."
                ),
            ),
        ),
        (Comparability::Unknown | Comparability::Partial, _) => (Verdict::Open, unknown(own)),
    }
}

fn unknown(own: &GroupInvariance) -> Sentence {
    let variable = &own.group;
    let biased: Vec<&str> = own
        .pooled
        .iter()
        .flat_map(|pooled| &pooled.bias)
        .filter(|bias| bias.adjusted.is_some_and(|p| p < 0.05))
        .map(|bias| bias.item.as_str())
        .collect();
    let (en, nl) = match (&own.pooled, biased.is_empty()) {
        (None, _) => (String::new(), String::new()),
        (Some(_), true) => (
            " One model of all groups shows no uniform bias.".into(),
            " Eén model van alle groepen toont geen uniforme vertekening.".into(),
        ),
        (Some(_), false) => (
            format!(" One model of all groups shows uniform bias of {}.", biased.join(", ")),
            format!(" Eén model van alle groepen toont uniforme vertekening van {}.", biased.join(", ")),
        ),
    };
    (
        format!(
            "Whether the items mean the same in the groups of {variable} cannot be told from these data.{en}"
        ),
        format!(
            "Of de items hetzelfde betekenen in de groepen van {variable} is uit deze gegevens niet op te maken.{nl}"
        ),
    )
}

/// The conclusions about every dimension and variable, and about differences of latent means.
pub(crate) fn about_invariance(construct: &str, all: &[GroupInvariance]) -> Vec<Conclusion> {
    let mut conclusions: Vec<Conclusion> = all
        .iter()
        .map(|own| Conclusion::new(&own.dimension, Aspect::Invariance, meaning(own), &SAME))
        .collect();
    let mut variables: Vec<&str> = all.iter().map(|own| own.group.as_str()).collect();
    variables.dedup();
    for variable in variables {
        let own: Vec<&GroupInvariance> = all.iter().filter(|own| own.group == variable).collect();
        conclusions.extend(
            means(variable, &own)
                .map(|found| Conclusion::new(construct, Aspect::LatentDifferences, found, &LATENT)),
        );
    }
    conclusions
}

/// Latent means over the groups of a variable; none where no dimension has a ladder.
fn means(variable: &str, all: &[&GroupInvariance]) -> Option<(Verdict, Sentence)> {
    let known: Vec<&GroupInvariance> =
        all.iter().copied().filter(|own| own.comparability() != Comparability::Unknown).collect();
    if known.is_empty() {
        return None;
    }
    let is_comparable =
        |own: &&GroupInvariance| !matches!(own.comparability(), Comparability::Not | Comparability::Unknown);
    let comparable: Vec<&GroupInvariance> = known.iter().copied().filter(is_comparable).collect();
    if comparable.is_empty() {
        return Some((
            Verdict::NotSupported,
            (
                format!(
                    "Means of the groups of {variable} cannot be compared: too few items mean the same in them."
                ),
                format!(
                    "Gemiddelden van de groepen van {variable} zijn niet vergelijkbaar: te weinig items betekenen er hetzelfde."
                ),
            ),
        ));
    }
    let differs =
        |own: &&LatentMean| own.d_lower.zip(own.d_upper).is_some_and(|(low, high)| low > 0.0 || high < 0.0);
    let mut found: Vec<&LatentMean> = comparable
        .iter()
        .flat_map(|own| own.study.iter())
        .flat_map(|study| study.partial.iter())
        .flat_map(|partial| partial.latent_means.iter().filter(differs))
        .collect();
    found.sort_by(|a, b| b.d.map(f64::abs).unwrap_or(0.0).total_cmp(&a.d.map(f64::abs).unwrap_or(0.0)));
    let told: Vec<String> = found
        .iter()
        .take(TOLD)
        .map(|own| format!("{} in '{}' (d = {:.2})", own.factor, own.group, own.d.unwrap_or_default()))
        .collect();
    let (told, more) = (told.join(", "), found.len().saturating_sub(TOLD));
    let (more_en, more_nl) = match more {
        0 => (String::new(), String::new()),
        more => (format!(", and {more} more"), format!(", en nog {more}")),
    };
    let verdict = if comparable.len() == all.len() { Verdict::Supported } else { Verdict::Mixed };
    let (how_en, how_nl) = (
        format!(
            "Compared by what is the same in the groups of {variable} ({} of {} dimensions)",
            comparable.len(),
            all.len()
        ),
        format!(
            "Vergeleken naar wat hetzelfde is in de groepen van {variable} ({} van {} dimensies)",
            comparable.len(),
            all.len()
        ),
    );
    Some((
        verdict,
        match found.is_empty() {
            true => (
                format!("{how_en}, no group differs demonstrably from the first."),
                format!("{how_nl}, verschilt geen groep aantoonbaar van de eerste."),
            ),
            false => (
                format!("{how_en}, these differ from the first group: {told}{more_en}."),
                format!("{how_nl}, verschillen van de eerste groep: {told}{more_nl}."),
            ),
        },
    ))
}
