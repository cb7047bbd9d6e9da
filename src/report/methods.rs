//! The methods and results of a validation as running text, with all that is needed to repeat it.

use super::Language;
use super::number::{fixed, percent};
use crate::evidence::{Evidence, counted};
use crate::moments::Missing;

/// The paragraph for a methods section. It is longer than a page: its sentences stand in both languages, whole.
pub(super) fn methods(evidence: &Evidence, language: Language) -> String {
    let p = &evidence.provenance;
    let hash = p.data_sha256.as_deref().unwrap_or(language.of("not known", "niet bekend"));
    let seed = p.seed.map_or("-".into(), |s| s.to_string());
    let replicates = p.replicates.map_or("-".into(), |r| r.to_string());
    let items: usize = evidence.construct.items.len();
    let measured = evidence.dimensions.iter().filter(|d| !d.scale.items.is_empty()).count();
    let (n, read) = (evidence.n, evidence.ledger.rows_read);
    let missing = percent(evidence.missing.share);
    let complete = evidence.missing.complete;
    let ordinal = evidence.structures.iter().any(|s| s.result.is_ordinal());
    let policy =
        evidence.structures.iter().map(|s| s.result.missing.policy).find(|p| *p != Missing::Listwise);
    let id = &evidence.construct.id;
    let version = &evidence.construct.version;
    let called = |word: &str| if version.is_empty() { String::new() } else { format!(" ({word} {version})") };
    let responses = item_response(evidence, language);
    // sums in the place of rows: nothing is drawn
    let of_rows = p.seed.is_some();
    match language {
        Language::English => {
            let models = if ordinal {
                "Answers on fewer than seven points were taken as ordinal: confirmatory factor models were fitted to thresholds \
                 and polychoric correlations by diagonally weighted least squares with robust standard errors and a \
                 scaled-and-shifted test statistic (WLSMV), using for each pair of items the answers that were there; CFI, TLI \
                 and RMSEA are robust (Savalei 2021)"
            } else if policy == Some(Missing::Fiml) {
                "Confirmatory factor models were fitted by full-information maximum likelihood to every respondent with an \
                 answer to the items in them, with observed information (Enders 2010); CFI, TLI and RMSEA are those of Zhang \
                 and Savalei (2023)"
            } else {
                "Confirmatory factor models were fitted by maximum likelihood to the complete cases of the items in them"
            };
            let who = match of_rows {
                true => "of respondents with complete answers to the scale",
                false => "from the answers that are there (pairwise)",
            };
            let relations = if of_rows {
                format!(
                    "Discriminant validity was examined by average variances extracted, heterotrait-monotrait ratios and latent \
                     correlations with a test against .90. Bootstrap intervals are percentiles of {replicates} samples of the \
                     respondents (seed {seed}). "
                )
            } else {
                "The rows were not read: counts, sums and products of the answers took their place, so that nothing that rests on \
                 the scores of respondents was examined. "
                    .into()
            };
            format!(
                "The construct '{id}'{} has {} and {}. Of {} read, {} at least one item; {missing} of the answers asked for are \
                 missing, and {} everything they were asked. Scale scores are means of keyed items. Reliability is \
                 Cronbach's alpha with Feldt's interval, and omega of a one-factor model with an interval by the delta method, {who}. \
                 {models}. Rival structures were compared on the same respondents. {relations}{responses}Analyses were made with psychometrics {}; SHA-256 of the responses: {hash}.",
                called("version"),
                counted(measured, "measured dimension", "measured dimensions"),
                counted(items, "item", "items"),
                counted(read, "row", "rows"),
                counted(n, "respondent answered", "respondents answered"),
                counted(complete, "respondent answered", "respondents answered"),
                p.version
            )
        }
        Language::Dutch => {
            let models = if ordinal {
                "Antwoorden op minder dan zeven punten zijn als ordinaal opgevat: confirmatieve factormodellen zijn geschat op \
                 drempels en polychorische correlaties met diagonaal gewogen kleinste kwadraten, robuuste standaardfouten en een \
                 geschaalde en verschoven toetsingsgrootheid (WLSMV), met per itempaar de aanwezige antwoorden; CFI, TLI en RMSEA \
                 zijn robuust (Savalei 2021)"
            } else if policy == Some(Missing::Fiml) {
                "Confirmatieve factormodellen zijn met full-information maximum likelihood geschat op alle respondenten met een \
                 antwoord op de items, met geobserveerde informatie (Enders 2010); CFI, TLI en RMSEA zijn die van Zhang en \
                 Savalei (2023)"
            } else {
                "Confirmatieve factormodellen zijn met maximum likelihood geschat op respondenten met volledige antwoorden"
            };
            let who = match of_rows {
                true => "van respondenten met volledige antwoorden op de schaal",
                false => "van de antwoorden die er zijn (paarsgewijs)",
            };
            let relations = if of_rows {
                format!(
                    "Discriminante validiteit is onderzocht met gemiddelde verklaarde varianties, \
                     heterotrait-monotrait-verhoudingen en latente correlaties met een toets tegen .90. Bootstrapintervallen zijn \
                     percentielen van {replicates} steekproeven uit de respondenten (seed {seed}). "
                )
            } else {
                "De rijen zijn niet gelezen: tellingen, sommen en producten van de antwoorden kwamen ervoor in de plaats, zodat \
                 niets is onderzocht dat op scores van respondenten berust. "
                    .into()
            };
            format!(
                "Het construct '{id}'{} heeft {} en {}. Van de {} geldt: {} ten minste één item; {missing} van de gevraagde antwoorden \
                 ontbreekt, en {} alles wat hun gevraagd is. Schaalscores zijn gemiddelden van \
                 gerichte items. Betrouwbaarheid is Cronbachs alpha met het interval van Feldt, en omega van een eenfactormodel \
                 met een interval volgens de deltamethode, {who}. {models}. \
                 Rivaliserende structuren zijn op dezelfde respondenten vergeleken. {relations}{responses}De \
                 analyses zijn gemaakt met psychometrics {}; SHA-256 van de antwoorden: {hash}.",
                called("versie"),
                counted(measured, "gemeten dimensie", "gemeten dimensies"),
                counted(items, "item", "items"),
                counted(read, "ingelezen rij", "ingelezen rijen"),
                counted(n, "respondent beantwoordde", "respondenten beantwoordden"),
                counted(complete, "respondent beantwoordde", "respondenten beantwoordden"),
                p.version
            )
        }
    }
}

/// How item response models were fitted, with a space behind it; nothing where there are none.
fn item_response(evidence: &Evidence, language: Language) -> String {
    let models = evidence.item_response.iter().filter(|own| own.fit.is_some()).count();
    if models == 0 {
        return String::new();
    }
    let compared = evidence.item_functioning.iter().any(|own| own.by_model.is_some());
    match language {
        Language::English => format!(
            "Item response models with one trait (graded; of two categories two-parameter) were fitted to the ordinal items of {} by \
             marginal maximum likelihood with 61 nodes from -6 to 6; their fit was examined by M2 or C2, that of items by S-X2{}. ",
            counted(models, "dimension", "dimensions"),
            if compared {
                ", and items were compared between groups by likelihood ratio tests with purified anchors"
            } else {
                ""
            }
        ),
        Language::Dutch => format!(
            "Itemresponsmodellen met één trek (graded; bij twee categorieën tweeparameter) zijn met marginale maximum likelihood en 61 \
             knooppunten van -6 tot 6 geschat op de ordinale items van {}; hun passing is onderzocht met M2 of C2, die van items met S-X2{}. ",
            counted(models, "dimensie", "dimensies"),
            if compared {
                ", en items zijn tussen groepen vergeleken met likelihoodratiotoetsen en gezuiverde ankers"
            } else {
                ""
            }
        ),
    }
}

/// The paragraph for a results section.
pub(super) fn results(evidence: &Evidence, language: Language) -> String {
    let mut sentences: Vec<String> = Vec::new();
    let alphas: Vec<f64> =
        evidence.dimensions.iter().filter_map(|d| d.scale.reliability.as_ref()?.alpha.raw).collect();
    if let (Some(low), Some(high)) =
        (alphas.iter().copied().reduce(f64::min), alphas.iter().copied().reduce(f64::max))
    {
        sentences.push(match language {
            Language::English if alphas.len() == 1 => format!("Alpha of the dimension is {}.", fixed(low, 2)),
            Language::Dutch if alphas.len() == 1 => format!("Alpha van de dimensie is {}.", fixed(low, 2)),
            Language::English => {
                format!("Alpha of the dimensions ranges from {} to {}.", fixed(low, 2), fixed(high, 2))
            }
            Language::Dutch => {
                format!("Alpha van de dimensies loopt van {} tot {}.", fixed(low, 2), fixed(high, 2))
            }
        });
    }
    let id = &evidence.construct.id;
    let mut told: Vec<&str> = Vec::new();
    let about = evidence.conclusions.iter().filter(|c| {
        // what is found of a construct of one dimension twice is told once
        let new = c.about == *id && !told.contains(&c.text.as_str());
        if new {
            told.push(&c.text);
        }
        new
    });
    sentences.extend(about.map(|c| match language {
        Language::English => c.text.clone(),
        Language::Dutch => c.text_nl.clone(),
    }));
    sentences.join(" ")
}
