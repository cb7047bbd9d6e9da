//! The Dutch of sentences on item response models, in the form of those in `sentences.rs`. The file is as long as its list.

/// English and Dutch: a datum at each `{}`, a word of the dictionary at each `{word}`, a reason at each `{why}`.
pub(super) const OF_ITEMS: &[(&str, &str)] = &[
    // of the model
    (
        "{word}: {} of {} respondents, {} response patterns, marginal maximum likelihood with {} nodes.",
        "{word}: {} van {} respondenten, {} antwoordpatronen, marginale maximum likelihood met {} knooppunten.",
    ),
    (
        "{word}: {} respondents, {} response patterns, marginal maximum likelihood with {} nodes.",
        "{word}: {} respondenten, {} antwoordpatronen, marginale maximum likelihood met {} knooppunten.",
    ),
    (
        "{word}: {} of {} respondents, {} response patterns, marginal maximum likelihood with {} nodes on each dimension, where each \
         respondent is.",
        "{word}: {} van {} respondenten, {} antwoordpatronen, marginale maximum likelihood met {} knooppunten op elke dimensie, waar elke \
         respondent is.",
    ),
    (
        "{word}: {} respondents, {} response patterns, marginal maximum likelihood with {} nodes on each dimension, where each \
         respondent is.",
        "{word}: {} respondenten, {} antwoordpatronen, marginale maximum likelihood met {} knooppunten op elke dimensie, waar elke \
         respondent is.",
    ),
    (
        "{word}: {} of {} respondents, {} response patterns, marginal maximum likelihood with {} quasi-random nodes, where each \
         respondent is.",
        "{word}: {} van {} respondenten, {} antwoordpatronen, marginale maximum likelihood met {} quasi-toevallige knooppunten, waar elke \
         respondent is.",
    ),
    (
        "{word}: {} respondents, {} response patterns, marginal maximum likelihood with {} quasi-random nodes, where each \
         respondent is.",
        "{word}: {} respondenten, {} antwoordpatronen, marginale maximum likelihood met {} quasi-toevallige knooppunten, waar elke \
         respondent is.",
    ),
    (
        "Log-likelihood {}, {} free parameters; AIC {}, BIC {}, SABIC {}.",
        "Log-likelihood {}, {} vrije parameters; AIC {}, BIC {}, SABIC {}.",
    ),
    (
        "The maximum was reached (largest scaled gradient {}).",
        "Het maximum is bereikt (grootste geschaalde gradiënt {}).",
    ),
    (
        "The maximum was NOT reached (largest scaled gradient {}).",
        "Het maximum is NIET bereikt (grootste geschaalde gradiënt {}).",
    ),
    (
        "The logits of the lower asymptotes have a normal prior (mean {}, sd {}), which the log-likelihood leaves out.",
        "De logits van de ondergrenzen hebben een normale a-prioriverdeling (gemiddelde {}, sd {}), die niet in de log-likelihood zit.",
    ),
    ("Standard errors are robust (sandwich).", "Standaardfouten zijn robuust (sandwich)."),
    (
        "Standard errors are from outer products of the scores.",
        "Standaardfouten zijn uit de uitproducten van de scores.",
    ),
    (
        "Standard errors are from the observed information.",
        "Standaardfouten zijn uit de geobserveerde informatie.",
    ),
    ("Logits are in units of D = 1.", "Logits zijn in eenheden van D = 1."),
    (
        "b: the trait at which an answer in that category or a higher one is as likely as not.",
        "b: de trek waarbij een antwoord in die categorie of een hogere even waarschijnlijk is als niet.",
    ),
    (
        "b: the trait at which a category becomes likelier than the one below it.",
        "b: de trek waarbij een categorie waarschijnlijker wordt dan die eronder.",
    ),
    (
        "A dash in the place of a standard error: the number is fixed, held, or not determined.",
        "Een streepje in plaats van een standaardfout: het getal ligt vast, wordt vastgehouden of is niet bepaald.",
    ),
    ("The logit is slope x trait + intercept.", "De logit is helling x trek + intercept."),
    ("Without a standard error: fixed.", "Zonder standaardfout: vast."),
    (
        "What a unit of the covariate adds to the mean of the trait, whose variance is what covariates leave.",
        "Wat een eenheid van de covariaat toevoegt aan het gemiddelde van de trek, waarvan de variantie is wat covariaten overlaten.",
    ),
    (
        "Bifactor structure: the traits do not correlate; integrated two at a time.",
        "Bifactorstructuur: de trekken correleren niet; twee tegelijk geïntegreerd.",
    ),
    // of fit
    ("There is no {}: {why}. SRMSR {}.", "Er is geen {}: {why}. SRMSR {}."),
    ("Adjusted: Benjamini and Hochberg, over the items.", "Aangepast: Benjamini en Hochberg, over de items."),
    (
        "Infit and outfit at EAP scores, where they are below 1 on average.",
        "Infit en outfit bij EAP-scores, waar zij gemiddeld onder 1 liggen.",
    ),
    ("The {} pairs of {} with the highest Q3.", "De {} paren van {} met de hoogste Q3."),
    (
        "Mean Q3 {}; 0.2 or more above it is told as local dependence.",
        "Gemiddelde Q3 {}; 0.2 of meer daarboven geldt als lokale afhankelijkheid.",
    ),
    (
        "{} of {} respondents ({}) answer in an unlikely way (Zh below -2).",
        "{} van {} respondenten ({}) antwoorden op een onwaarschijnlijke manier (Zh onder -2).",
    ),
    // of precision
    (
        "Marginal reliability {}, empirical reliability of EAP scores {}.",
        "Marginale betrouwbaarheid {}, empirische betrouwbaarheid van EAP-scores {}.",
    ),
    ("Empirical reliability of EAP scores {}.", "Empirische betrouwbaarheid van EAP-scores {}."),
    (
        "Scores are most precise at a trait of {}; about two thirds of the respondents are between {} and {}.",
        "Scores zijn het nauwkeurigst bij een trek van {}; ongeveer twee derde van de respondenten is tussen {} en {}.",
    ),
    (
        "The middle 90 % of the respondents are between {} and {}; the lowest reliability there is {}, at {}.",
        "De middelste 90 % van de respondenten is tussen {} en {}; de laagste betrouwbaarheid daar is {}, bij {}.",
    ),
    (
        "{} of the respondents are at levels with a reliability of .70 or more, {} at levels with .90 or more.",
        "{} van de respondenten is op niveaus met een betrouwbaarheid van .70 of meer, {} op niveaus met .90 of meer.",
    ),
    (
        "Reliability there: information / (information + 1 / variance of the trait).",
        "Betrouwbaarheid daar: informatie / (informatie + 1 / variantie van de trek).",
    ),
    (
        "{} plausible values of each respondent (seed {}) are in the JSON and in what --write-scores writes: analyse each set by itself \
         and pool the results.",
        "{} plausibele waarden van elke respondent (startgetal {}) staan in de JSON en in wat --write-scores schrijft: analyseer elke set \
         apart en voeg de resultaten samen.",
    ),
    (
        "{} plausible value of each respondent (seed {}) are in the JSON and in what --write-scores writes: analyse each set by itself \
         and pool the results.",
        "{} plausibele waarde van elke respondent (startgetal {}) staat in de JSON en in wat --write-scores schrijft: analyseer elke set \
         apart en voeg de resultaten samen.",
    ),
    // of figures
    (
        "Across: the trait. Upward: how likely each answer is; the codes are those of the keyed answers.",
        "Naar rechts: de trek. Omhoog: hoe waarschijnlijk elk antwoord is; de codes zijn die van de gerichte antwoorden.",
    ),
    (
        "Across: the trait. Bars: shares of the respondents by the distribution of the trait given their answers.",
        "Naar rechts: de trek. Staven: aandelen van de respondenten volgens de verdeling van de trek gegeven hun antwoorden.",
    ),
    // of a validation
    (
        "Marginal maximum likelihood; a missing answer adds nothing to the likelihood. M2 or C2 of complete answers (Maydeu-Olivares & Joe \
         2014; Cai & Monroe 2014): an RMSEA of .089 or less is taken as fit. Unlikely answers: respondents with Zh below -2 (Drasgow, \
         Levine & Williams 1985).",
        "Marginale maximum likelihood; een ontbrekend antwoord voegt niets toe aan de likelihood. M2 of C2 van volledige antwoorden \
         (Maydeu-Olivares & Joe 2014; Cai & Monroe 2014): een RMSEA van .089 of minder geldt als passend. Onwaarschijnlijke antwoorden: \
         respondenten met Zh onder -2 (Drasgow, Levine & Williams 1985).",
    ),
    (
        "The trait has mean 0 and standard deviation 1. Lowest: within the middle 90 %. Reliability at a level: information / (information + 1 / variance of the trait); \
         marginal: its mean over the trait (Green et al. 1984); EAP: of such scores. The last two columns: respondents at levels with a reliability of .70 or \
         more, and of .90 or more.",
        "De trek heeft gemiddelde 0 en standaarddeviatie 1. Laagste: binnen de middelste 90 %. Betrouwbaarheid op een niveau: informatie / (informatie + 1 / variantie van de \
         trek); marginaal: het gemiddelde daarvan over de trek (Green et al. 1984); EAP: van zulke scores. De laatste twee kolommen: respondenten op niveaus met \
         een betrouwbaarheid van .70 of meer, en van .90 of meer.",
    ),
    (
        "S-X2 (Orlando & Thissen 2000) beyond .05, adjusted over the items of a scale (Benjamini & Hochberg 1995); Q3 .2 or more above the \
         mean of all pairs (Christensen, Makransky & Horton 2017); a slope below .65 is low (Baker 2001). A category that is nowhere the \
         likeliest answer is one that respondents do not tell from its neighbours.",
        "S-X2 (Orlando & Thissen 2000) voorbij .05, aangepast over de items van een schaal (Benjamini & Hochberg 1995); Q3 .2 of meer boven \
         het gemiddelde van alle paren (Christensen, Makransky & Horton 2017); een helling onder .65 is laag (Baker 2001). Een categorie \
         die nergens het waarschijnlijkste antwoord is, onderscheiden respondenten niet van de categorieën ernaast.",
    ),
    (
        "1 / the root of the information, of a score by maximum likelihood. With a standard error of .65 the reliability is .70, with .33 it \
         is .90.",
        "1 / de wortel van de informatie, van een score volgens maximum likelihood. Bij een standaardfout van .65 is de betrouwbaarheid .70, \
         bij .33 is zij .90.",
    ),
    (
        "Slope: per standard deviation of the trait, D = 1; b: the trait at which an answer in that category or a higher one is as likely as \
         not.",
        "Helling: per standaarddeviatie van de trek, D = 1; b: de trek waarbij een antwoord in die categorie of een hogere even \
         waarschijnlijk is als niet.",
    ),
    (
        "Graded response model, the items that do not differ equal in all groups; likelihood ratio tests. ESSD: standardised difference of \
         the expected answers, group less reference (Meade 2010); B: from .2, C: from .5, when the test is significant. By the sum: class of \
         the table above. The methods disagree where one finds a moderate or large difference and the other does not.",
        "Graded-responsmodel, de items die niet verschillen gelijk in alle groepen; likelihoodratiotoetsen. ESSD: gestandaardiseerd verschil \
         van de verwachte antwoorden, groep min referentie (Meade 2010); B: vanaf .2, C: vanaf .5, als de toets significant is. Volgens de \
         som: klasse van de tabel hierboven. De methoden zijn het oneens waar de ene een matig of groot verschil vindt en de andere niet.",
    ),
    // what would fit many others stands last
    (
        "{}({}) = {}, {}; RMSEA {} {}, SRMSR {}, CFI {}, TLI {} ({} complete respondents).",
        "{}({}) = {}, {}; RMSEA {} {}, SRMSR {}, CFI {}, TLI {} ({} volledige respondenten).",
    ),
];
