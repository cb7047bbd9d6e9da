//! The Dutch of whole sentences with data in them: paragraphs, notes and remarks of the pages of invariance and alignment. A text
//! is translated where all of its sentences are known, one after the other. The file is as long as its list, which is read by
//! looking a sentence up.

use super::dictionary::heading;
use super::irt_sentences::OF_ITEMS;
use super::{reasons, sentences_of_items};

/// English and Dutch: a datum at each `{}`, a word of the dictionary at each `{word}`, a reason or the end of a search at each
/// `{why}`, in the same order in both.
const SENTENCES: &[(&str, &str)] = &[
    // of ladders
    (
        "Groups of {}: {}; {}, ordinal items (Wu & Estabrook 2016).",
        "Groepen van {}: {}; {}, ordinale items (Wu & Estabrook 2016).",
    ),
    (
        "Groups of {}: {}; {} of {} completed data sets.",
        "Groepen van {}: {}; {} van {} aangevulde databestanden.",
    ),
    ("Groups of {}: {}; {}.", "Groepen van {}: {}; {}."),
    ("Groups of {}: {}.", "Groepen van {}: {}."),
    ("The first group is the reference.", "De eerste groep is de referentie."),
    ("Occasions: {}; {} respondents, {}.", "Momenten: {}; {} respondenten, {}."),
    (
        "The first occasion is the reference; residuals of the same item covary over time.",
        "Het eerste moment is de referentie; residuen van hetzelfde item covariëren over de tijd.",
    ),
    (
        "The first model has no solution: nothing can be said of what groups have in common.",
        "Het eerste model heeft geen oplossing: er is niets te zeggen over wat groepen gemeen hebben.",
    ),
    (
        "By all rules that apply, groups have in common what the step {word} holds equal.",
        "Volgens alle regels die gelden, hebben groepen gemeen wat de stap {word} gelijk houdt.",
    ),
    (
        "By all rules that apply, occasions have in common what the step {word} holds equal.",
        "Volgens alle regels die gelden, hebben momenten gemeen wat de stap {word} gelijk houdt.",
    ),
    ("The step {word} does not hold.", "De stap {word} houdt geen stand."),
    (
        "Of the step {word} the rules disagree: it holds by {words}, and not by {words}.",
        "Over de stap {word} zijn de regels het oneens: hij houdt stand volgens {words}, en niet volgens {words}.",
    ),
    ("Nothing can be said of the step {word}.", "Over de stap {word} is niets te zeggen."),
    (
        "Chi-square is scaled; CFI, TLI and RMSEA are robust where they exist, else scaled.",
        "De chi-kwadraat is geschaald; CFI, TLI en RMSEA zijn robuust waar dat bestaat, anders geschaald.",
    ),
    ("Not a step of its own: {word}: {why}.", "Geen eigen stap: {word}: {why}."),
    ("Test of {word}: {why}.", "Toets van {word}: {why}."),
    (
        "The rules for changes of fit were not studied with ordinal items: they are shown in brackets, and do not decide.",
        "De regels voor veranderingen in passing zijn niet onderzocht met ordinale items: zij staan tussen haakjes, en beslissen niet.",
    ),
    (
        "d: in standard deviations of the factor, the mean of the two variances; d of change: in standard deviations of the change.",
        "d: in standaarddeviaties van de factor, het gemiddelde van de twee varianties; d van verandering: in standaarddeviaties van \
         de verandering.",
    ),
    (
        "Parameters of the configural model in each group.",
        "Parameters van het configurale model in elke groep.",
    ),
    (
        "Fewer than five respondents for each are few (Bentler & Chou 1987).",
        "Minder dan vijf respondenten voor elk is weinig (Bentler & Chou 1987).",
    ),
    ("{word} ({}):", "{word} ({}):"),
    ("{word}:", "{word}:"),
    // of what differs
    ("Found to differ between groups: {}.", "Verschillend tussen groepen: {}."),
    (
        "No parameter was found to differ between groups.",
        "Er is geen parameter gevonden die tussen groepen verschilt.",
    ),
    (
        "Forward search: equalities are given up, the worst by a score test first, while its p adjusted by {} is below {} at each \
         stage, {} over all.",
        "Voorwaarts zoeken: gelijkheden worden losgelaten, de slechtste volgens een scoretoets eerst, zolang haar p, aangepast met {}, \
         onder {} ligt in elke fase, {} over het geheel.",
    ),
    (
        "Backward search: from one item of each factor that agrees with most others, equalities are added, the least significant by \
         a Wald test first, until all that are left have a p adjusted by {} below {} at each stage, {} over all.",
        "Achterwaarts zoeken: vanaf één item per factor dat met de meeste andere overeenstemt worden gelijkheden toegevoegd, de minst \
         significante volgens een Wald-toets eerst, tot alle die over zijn een p hebben, aangepast met {}, onder {} in elke fase, {} \
         over het geheel.",
    ),
    (
        "Another estimator, or the other direction, may name other parameters.",
        "Een andere schatter, of de andere richting, kan andere parameters noemen.",
    ),
    ("The search ended early: {why}.", "Het zoeken eindigde vroeg: {why}."),
    (
        "Change: expected in the last group if the parameter were free.",
        "Verandering: verwacht in de laatste groep als de parameter vrij was.",
    ),
    (
        "Change: of the last group from the first, as estimated.",
        "Verandering: van de laatste groep ten opzichte van de eerste, zoals geschat.",
    ),
    ("X2 is a Wald statistic.", "X2 is de Wald-toets."),
    (
        "X2 is the generalised score statistic (Satorra 1989; Boos 1992).",
        "X2 is de gegeneraliseerde scoretoets (Satorra 1989; Boos 1992).",
    ),
    (
        "Fewer than half of the items of {} are the same in all groups: there are not enough anchors for its means to be compared.",
        "Minder dan de helft van de items van {} is in alle groepen hetzelfde: er zijn niet genoeg ankers om gemiddelden te vergelijken.",
    ),
    (
        "dMACS with the sign of the difference: below 0 where the group answers lower than the first at the same value of the \
         factor (Nye & Drasgow 2011).",
        "dMACS met het teken van het verschil: onder 0 waar de groep lager antwoordt dan de eerste bij dezelfde waarde van de factor \
         (Nye & Drasgow 2011).",
    ),
    (
        "It depends on which items are taken for equal.",
        "Zij hangt ervan af welke items voor gelijk doorgaan.",
    ),
    (
        "The effect on the mean is in units of the answers, under the partial model: what the item's own difference adds to the \
         group's mean.",
        "Het effect op het gemiddelde is in eenheden van de antwoorden, onder het partiële model: wat het eigen verschil van het item \
         aan het gemiddelde van de groep toevoegt.",
    ),
    (
        "Mean of the items of {} in {}: {} from differences of items alone.",
        "Gemiddelde van de items van {} in {}: {} door verschillen van items alleen.",
    ),
    (
        "Under the partial model, d in standard deviations of the factor pooled over the two groups (Hancock 2001); observed d is \
         that of the mean of its items.",
        "Onder het partiële model, d in standaarddeviaties van de factor, samengenomen over de twee groepen (Hancock 2001); de \
         waargenomen d is die van het gemiddelde van de items.",
    ),
    (
        "Points: latent means under the partial model with 95 % intervals.",
        "Punten: latente gemiddelden onder het partiële model met 95%-intervallen.",
    ),
    ("Small lines: observed means.", "Streepjes: waargenomen gemiddelden."),
    (
        "Items that differ most by dMACS, three standard deviations about the mean of the factor in the first group; under the \
         partial model.",
        "Items die volgens dMACS het meest verschillen, drie standaarddeviaties om het gemiddelde van de factor in de eerste groep; \
         onder het partiële model.",
    ),
    // over completed data sets
    (
        "Tests are pooled by D3 (Meng & Rubin 1992), measures are means.",
        "Toetsen zijn samengevoegd met D3 (Meng & Rubin 1992), maten zijn gemiddelden.",
    ),
    (
        "Tests are pooled by D2 (Li, Meng, Raghunathan & Rubin 1991), measures are means.",
        "Toetsen zijn samengevoegd met D2 (Li, Meng, Raghunathan & Rubin 1991), maten zijn gemiddelden.",
    ),
    // one model of all groups
    (
        "Groups are covariates of factors and, item by item, of the item (MIMIC).",
        "Groepen zijn covariaten van factoren en, item voor item, van het item (MIMIC).",
    ),
    (
        "Whether loadings and residual variances are the same cannot be looked at in this way.",
        "Of ladingen en restvarianties hetzelfde zijn, is zo niet te zien.",
    ),
    ("With no item biased.", "Zonder vertekening van items."),
    // power
    (
        "No item differs between the groups: what is named is named falsely.",
        "Geen item verschilt tussen de groepen: wat wordt genoemd, wordt ten onrechte genoemd.",
    ),
    ("Items that differ in the last group: {}.", "Items die in de laatste groep verschillen: {}."),
    (
        "A share of .5 has a standard error of {} in so many samples, one of .05 or .95 one of {}.",
        "Een aandeel van .5 heeft bij zoveel steekproeven een standaardfout van {}, een van .05 of .95 een van {}.",
    ),
    ("Of {}: {} samples do not count ({}).", "Van {}: {} steekproeven tellen niet mee ({})."),
    ("{} samples do not count ({}).", "{} steekproeven tellen niet mee ({})."),
    // alignment
    (
        "{} groups by {} items; loss {}, epsilon {}, mean of the first group 0, product of standard deviations 1 while it was \
         searched; reached by {} of {} starts.",
        "{} groepen bij {} items; verlies {}, epsilon {}, gemiddelde van de eerste groep 0, product van standaarddeviaties 1 tijdens \
         het zoeken; bereikt door {} van {} starts.",
    ),
    (
        "{} groups by {} items; loss {}, epsilon {}, all means free, product of standard deviations 1 while it was searched; \
         reached by {} of {} starts.",
        "{} groepen bij {} items; verlies {}, epsilon {}, alle gemiddelden vrij, product van standaarddeviaties 1 tijdens het zoeken; \
         bereikt door {} van {} starts.",
    ),
    (
        "{} groups by {} items; loss {}, epsilon {}, mean of the first group 0, product of standard deviations 1 while it was \
         searched; reached by {} of {} starts; {} above it.",
        "{} groepen bij {} items; verlies {}, epsilon {}, gemiddelde van de eerste groep 0, product van standaarddeviaties 1 tijdens \
         het zoeken; bereikt door {} van {} starts; {} erboven.",
    ),
    (
        "{} groups by {} items; loss {}, epsilon {}, all means free, product of standard deviations 1 while it was searched; \
         reached by {} of {} starts; {} above it.",
        "{} groepen bij {} items; verlies {}, epsilon {}, alle gemiddelden vrij, product van standaarddeviaties 1 tijdens het zoeken; \
         bereikt door {} van {} starts; {} erboven.",
    ),
    (
        "Below, the first group has mean 0 and standard deviation 1.",
        "Hieronder heeft de eerste groep gemiddelde 0 en standaarddeviatie 1.",
    ),
    (
        "No parameter differs between groups ({} of them).",
        "Geen parameter verschilt tussen groepen ({} ervan).",
    ),
    ("{} of the parameters ({}) differ in a group.", "{} van de parameters ({}) verschilt in een groep."),
    ("Which parameters differ is not known: {why}.", "Welke parameters verschillen, is niet bekend: {why}."),
    (
        "{} of {} pairs differ at .05 after Holm's adjustment.",
        "{} van {} paren verschillen op .05 na Holms aanpassing.",
    ),
    (
        "{} of {} pair differ at .05 after Holm's adjustment.",
        "{} van {} paar verschilt op .05 na Holms aanpassing.",
    ),
    (
        "Average: over the groups in which the parameter is the same.",
        "Gemiddelde: over de groepen waarin de parameter hetzelfde is.",
    ),
    (
        "R2: share of the variation between groups that means and standard deviations account for; of all loadings {}, of all \
         intercepts or thresholds {}.",
        "R2: deel van de variatie tussen groepen dat gemiddelden en standaarddeviaties verklaren; van alle ladingen {}, van alle \
         intercepten of drempels {}.",
    ),
    (
        "Groups outside the set in which a parameter is the same: p below .001 against the mean of the set (Asparouhov & Muthen \
         2014).",
        "Groepen buiten de verzameling waarin een parameter hetzelfde is: p onder .001 tegen het gemiddelde van de verzameling \
         (Asparouhov & Muthen 2014).",
    ),
    (
        "{} samples from the aligned solution, seed {}, aligned again; {} count.",
        "{} steekproeven uit de uitgelijnde oplossing, startgetal {}, opnieuw uitgelijnd; {} tellen mee.",
    ),
    (
        "Groups may be ranked: their means correlate .98 or more with those of the solution (Muthen & Asparouhov 2014).",
        "Groepen mogen worden gerangschikt: hun gemiddelden correleren .98 of meer met die van de oplossing (Muthen & Asparouhov \
         2014).",
    ),
    (
        "Groups of these sizes cannot be ranked by these items: their means correlate less than .98 with those of the solution \
         (Muthen & Asparouhov 2014).",
        "Groepen van deze grootte zijn met deze items niet te rangschikken: hun gemiddelden correleren minder dan .98 met die van de \
         oplossing (Muthen & Asparouhov 2014).",
    ),
    (
        "There is no correlation of the means: there are fewer than three groups, or means that do not vary.",
        "Er is geen correlatie van de gemiddelden: er zijn minder dan drie groepen, of gemiddelden die niet variëren.",
    ),
];

/// Forms of cells.
const CELLS: &[(&str, &str)] = &[
    (
        "not both: CFI falls by {} or more, and RMSEA rises by {} or SRMR by {} or more",
        "niet beide: CFI daalt {} of meer, en RMSEA stijgt {} of SRMR {} of meer",
    ),
    (
        "CFI falls by no more than {}, RMSEA rises by no more than {}",
        "CFI daalt niet meer dan {}, RMSEA stijgt niet meer dan {}",
    ),
    ("CFI falls by no more than {}", "CFI daalt niet meer dan {}"),
    ("threshold {}", "drempel {}"),
];

/// A cell in Dutch; none where it has no form that is known.
pub(super) fn cell(english: &str) -> Option<String> {
    reasons::translated_by(CELLS, english)
}

/// A text in Dutch; none where one of its sentences is not known.
pub(super) fn dutch(english: &str) -> Option<String> {
    for (from, to) in SENTENCES.iter().chain(OF_ITEMS).chain(sentences_of_items::SENTENCES) {
        for (length, parts) in beginnings(from, english) {
            let rest = english[length..].trim_start();
            let Some(own) = filled_in(to, &parts) else { continue };
            if rest.is_empty() {
                return Some(own);
            }
            if let Some(more) = dutch(rest) {
                return Some(format!("{own} {more}"));
            }
        }
    }
    None
}

/// How much of a text is a sentence of this form, with what stands at its places; more than one where its end occurs in the data.
fn beginnings<'a>(form: &str, text: &'a str) -> Vec<(usize, Vec<&'a str>)> {
    let mut literals: Vec<&str> = Vec::new();
    let mut rest = form;
    while let Some(from) = rest.find('{') {
        literals.push(&rest[..from]);
        rest = &rest[rest.find('}').map_or(rest.len(), |to| to + 1)..];
    }
    literals.push(rest);
    let Some(after) = text.strip_prefix(literals[0]) else { return Vec::new() };
    let (mut at, mut parts) = (text.len() - after.len(), Vec::new());
    let Some((last, middle)) = literals[1..].split_last() else {
        let ends = text.len() == at || text[at..].starts_with(' ');
        return if ends { vec![(at, parts)] } else { Vec::new() };
    };
    for literal in middle {
        let Some(found) = text[at..].find(literal) else { return Vec::new() };
        parts.push(&text[at..at + found]);
        at += found + literal.len();
    }
    if last.is_empty() {
        parts.push(&text[at..]);
        return vec![(text.len(), parts)];
    }
    let ends = text[at..].match_indices(last).map(|(found, _)| at + found);
    ends.filter(|end| text.len() == end + last.len() || text[end + last.len()..].starts_with(' '))
        .map(|end| (end + last.len(), [parts.as_slice(), &[&text[at..end]]].concat()))
        .collect()
}

/// The Dutch form with what stands at its places; none where a word is not known.
fn filled_in(form: &str, parts: &[&str]) -> Option<String> {
    let (mut out, mut rest) = (String::new(), form);
    for part in parts {
        let (from, to) = (rest.find('{')?, rest.find('}')? + 1);
        out.push_str(&rest[..from]);
        match &rest[from..to] {
            "{word}" => out.push_str(&heading(part)?),
            "{words}" => {
                let each = part.split(", ").map(|word| heading(word).unwrap_or_else(|| word.to_string()));
                out.push_str(&each.collect::<Vec<_>>().join(", "));
            }
            "{why}" => out.push_str(&reasons::in_dutch(part)),
            _ => out.push_str(part),
        }
        rest = &rest[to..];
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told_in_dutch_one_after_the_other() {
        let english = "Groups of team: Dr. No (5), b (6); ML. The first group is the reference.";
        assert_eq!(
            dutch(english).unwrap(),
            "Groepen van team: Dr. No (5), b (6); ML. De eerste groep is de referentie."
        );
        let english = "By all rules that apply, groups have in common what the step metric holds equal. The step scalar does not hold.";
        let told = dutch(english).unwrap();
        assert!(told.contains("de stap metrisch gelijk houdt. De stap scalair houdt geen stand."), "{told}");
        assert!(dutch("The first group is the reference. Something else.").is_none());
        assert!(dutch("a model").is_none());
    }

    #[test]
    fn both_languages_have_the_same_places_and_none_is_listed_twice() {
        let mut seen = std::collections::HashSet::new();
        let places = |text: &str| -> Vec<String> {
            text.split('{').skip(1).filter_map(|own| Some(own.split_once('}')?.0.to_string())).collect()
        };
        for (english, dutch) in SENTENCES.iter().chain(OF_ITEMS).chain(sentences_of_items::SENTENCES) {
            assert_eq!(places(english), places(dutch), "{english}");
            assert!(seen.insert(english), "{english}");
        }
    }
}
