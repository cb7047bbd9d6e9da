//! The fixed words of a report in Dutch: headings, heads of columns, notes. A text that is not in the list stays as it is.
//!
//! The file is as long as its lists of words, which are read by looking a word up.

use super::Language;

/// English and Dutch.
const WORDS: &[(&str, &str)] = &[
    ("Agreement of coders", "Overeenstemming van codeurs"),
    ("Careless responding", "Onzorgvuldig antwoorden"),
    ("Sensitivity to careless responding", "Gevoeligheid voor onzorgvuldig antwoorden"),
    ("Conclusions that change", "Conclusies die veranderen"),
    ("Cognitive interviews", "Cognitieve interviews"),
    ("Conclusions", "Conclusies"),
    ("Convergent and discriminant validity", "Convergente en discriminante validiteit"),
    ("Criteria and outcomes", "Criteria en uitkomsten"),
    ("Differences between groups", "Verschillen tussen groepen"),
    ("Differential item functioning", "Differentieel itemfunctioneren"),
    ("Evidence based on consequences and use", "Evidentie over gevolgen en gebruik"),
    ("Evidence based on content", "Evidentie over inhoud"),
    ("Evidence based on internal structure", "Evidentie over interne structuur"),
    ("Evidence based on relations to other variables", "Evidentie over relaties met andere variabelen"),
    ("Evidence based on response processes", "Evidentie over antwoordprocessen"),
    ("Evidence map", "Evidentiekaart"),
    ("Exploratory dimensionality", "Exploratieve dimensionaliteit"),
    ("Factors", "Factoren"),
    ("In short", "In het kort"),
    ("What was found", "Wat is gevonden"),
    ("What to do next", "Wat nu te doen"),
    ("What is known of each score", "Wat van elke score bekend is"),
    ("may be used for", "bruikbaar voor"),
    ("comparability", "vergelijkbaarheid"),
    ("relations", "relaties"),
    ("content", "inhoud"),
    (
        "+ supported, ± mixed, - not supported, ? undecided, empty: not examined. Reliability: alpha; items: lowest corrected \
         item-total correlation; structure: CFI of its model; comparability: ladders of invariance that hold; relations: largest \
         correlation with a criterion or outcome, of the whole hypotheses confirmed; content: mean share of experts who find its items relevant (S-CVI/Ave); \
         perspectives: groups of which half raise it, of the whole dimensions. A score may be used for comparing groups when it is \
         reliable and one thing and nothing else that was gathered is against it (with care where something is); for persons with \
         an alpha of .90 over its interval.",
        "+ gesteund, ± gemengd, - niet gesteund, ? onbeslist, leeg: niet onderzocht. Betrouwbaarheid: alpha; items: laagste \
         gecorrigeerde item-totaalcorrelatie; structuur: CFI van het model; vergelijkbaarheid: ladders van invariantie die \
         standhouden; relaties: grootste correlatie met een criterium of uitkomst, van het geheel bevestigde hypothesen; inhoud: \
         gemiddeld deel van de experts dat de items relevant vindt (S-CVI/Ave); perspectieven: groepen waarvan de helft haar noemt, van het geheel dimensies. Een score \
         is bruikbaar om groepen te vergelijken als zij betrouwbaar en één ding is en verder niets dat is verzameld ertegen spreekt \
         (met zorg waar iets dat doet); voor personen bij een alpha van .90 over het hele interval.",
    ),
    (
        "The ledger: what became of every row and cell",
        "Het grootboek: wat er van elke rij en cel is geworden",
    ),
    ("of", "van"),
    ("what became of them", "wat ervan is geworden"),
    ("Appendix: long tables", "Bijlage: lange tabellen"),
    ("see the appendix.", "zie de bijlage."),
    ("Where the numbers come from", "Waar de getallen vandaan komen"),
    ("How many factors, by rules that are counted", "Hoeveel factoren, volgens de regels die meetellen"),
    ("rule", "regel"),
    ("dimensions of the construct", "dimensies van het construct"),
    ("parts of the dimensions", "delen van de dimensies"),
    ("Scree", "Scree"),
    ("Exploratory graph analysis", "Exploratieve netwerkanalyse"),
    ("The network", "Het netwerk"),
    ("Network", "Netwerk"),
    ("Weights of the network", "Gewichten van het netwerk"),
    ("Dimensions found in samples", "Dimensies gevonden in steekproeven"),
    ("Dimensions found with the same items", "Dimensies gevonden met dezelfde items"),
    (
        "Shares of samples in which items are in each dimension",
        "Aandeel steekproeven waarin items in elke dimensie zitten",
    ),
    ("Edges", "Verbindingen"),
    ("Items and their dimensions", "Items en hun dimensies"),
    ("Short form", "Verkorte vorm"),
    ("Comparison data", "Vergelijkingsgegevens"),
    ("edges", "verbindingen"),
    ("communities", "gemeenschappen"),
    ("modularity", "modulariteit"),
    ("strength", "sterkte"),
    ("stability", "stabiliteit"),
    ("share of samples", "aandeel steekproeven"),
    ("penalty", "straf"),
    ("total entropy fit index", "totale-entropie-index (TEFI)"),
    ("share of all pairs", "aandeel van alle paren"),
    ("chosen", "gekozen"),
    ("chosen in halves", "gekozen in helften"),
    ("loss", "verlies"),
    ("weight", "gewicht"),
    ("dimensions", "dimensies"),
    ("other", "andere"),
    ("alpha of all items", "alfa van alle items"),
    ("alpha of the short form, where it was chosen", "alfa van de verkorte vorm, waar zij is gekozen"),
    ("correlation with the whole score", "correlatie met de hele score"),
    ("the same without shared error", "dezelfde zonder gedeelde fout"),
    ("alpha in the half where a set was chosen", "alfa in de helft waar een verzameling is gekozen"),
    ("alpha of the same sets in the other half", "alfa van dezelfde verzamelingen in de andere helft"),
    ("standard deviation of the loss", "standaarddeviatie van het verlies"),
    ("alpha of as many items at random", "alfa van evenveel willekeurige items"),
    ("the correlation without shared error", "de correlatie zonder gedeelde fout"),
    ("Mardia's skewness", "scheefheid van Mardia"),
    ("its chi-square, for small samples", "chi-kwadraat daarvan, voor kleine steekproeven"),
    ("Mardia's kurtosis", "kurtosis van Mardia"),
    ("the same of normal variables", "die van normale variabelen"),
    ("z of the difference", "z van het verschil"),
    (
        "Eigenvalues of the correlations (dots) and the quantile of the same of samples without factors (line).",
        "Eigenwaarden van de correlaties (punten) en het kwantiel van die van steekproeven zonder factoren (lijn).",
    ),
    ("Whether the correlations can be factored", "Of de correlaties in factoren te ontbinden zijn"),
    ("determinant", "determinant"),
    ("smallest eigenvalue", "kleinste eigenwaarde"),
    ("Bartlett's chi-square", "Bartletts chi-kwadraat"),
    ("degrees of freedom", "vrijheidsgraden"),
    (
        "Items that load elsewhere, or on more than their own part",
        "Items die elders laden, of op meer dan hun eigen deel",
    ),
    ("part", "deel"),
    ("own loading", "eigen lading"),
    ("largest other", "grootste andere"),
    ("communality", "communaliteit"),
    ("found", "gevonden"),
    ("exploratory (ESEM)", "exploratief (ESEM)"),
    ("exploratory bifactor (ESEM)", "exploratief bifactor (ESEM)"),
    (
        "A general factor where every item may load on every factor",
        "Een algemene factor waar elk item op elke factor mag laden",
    ),
    ("explained common variance", "verklaarde gemeenschappelijke variantie"),
    ("CFI less that without a general factor", "CFI min die zonder algemene factor"),
    ("RMSEA less that without a general factor", "RMSEA min die zonder algemene factor"),
    ("BIC less that without a general factor", "BIC min die zonder algemene factor"),
    (
        "Bifactor exploratory structure, turned towards loadings of 0 on the parts of others (Morin, Arens & Marsh 2016).",
        "Exploratieve bifactorstructuur, gedraaid naar ladingen van 0 op de delen van andere (Morin, Arens & Marsh 2016).",
    ),
    (
        "Exploratory structural equation model, geomin rotation. An item belongs where it loads .40 or more, other loadings below \
         .30 and .20 below its own (Howard 2016); communality .20 or more (Child 2006); correlations between items below .80 \
         (Kline 2016).",
        "Exploratief structureel model, geominrotatie. Een item hoort waar het .40 of meer laadt, met andere ladingen onder .30 \
         en .20 onder de eigen (Howard 2016); communaliteit .20 of meer (Child 2006); correlaties tussen items onder .80 \
         (Kline 2016).",
    ),
    ("Loadings where every item may load on every factor", "Ladingen als elk item op elke factor mag laden"),
    (
        "Standardised. The factors have the names of the parts whose items load on them most.",
        "Gestandaardiseerd. De factoren heten naar de delen waarvan de items er het meest op laden.",
    ),
    (
        "In exploratory structures (ESEM) every item may load on every factor: they claim nothing and are not preferred.",
        "In exploratieve structuren (ESEM) mag elk item op elke factor laden: zij claimen niets en krijgen geen voorkeur.",
    ),
    ("Hypotheses", "Hypothesen"),
    ("Items", "Items"),
    ("Items sorted by judges", "Items gesorteerd door beoordelaars"),
    ("Measurement invariance", "Meetinvariantie"),
    ("Ladders of invariance", "Ladders van invariantie"),
    ("Items that differ between groups", "Items die tussen groepen verschillen"),
    ("Steps that hold", "Stappen die standhouden"),
    ("Each step against the one before it.", "Elke stap tegenover die ervoor."),
    ("What differs, by item and group", "Wat verschilt, naar item en groep"),
    ("Latent means against the first group", "Latente gemiddelden ten opzichte van de eerste groep"),
    ("Uniform bias, one model of all groups", "Uniforme vertekening, één model van alle groepen"),
    (
        "Points: latent means with 95 % intervals. Small lines: observed means.",
        "Punten: latente gemiddelden met 95 %-intervallen. Streepjes: waargenomen gemiddelden.",
    ),
    (
        "What a group answers higher than the first at the same value of the factor, all else taken for equal (MIMIC).",
        "Wat een groep hoger antwoordt dan de eerste bij dezelfde waarde van de factor, al het andere voor gelijk genomen (MIMIC).",
    ),
    (
        "dMACS of items with a parameter of their own in the group (Nye & Drasgow 2011); below 0 where the group answers lower than the first at the same value of the factor. An empty cell: the item is the same.",
        "dMACS van items met een eigen parameter in de groep (Nye & Drasgow 2011); onder 0 waar de groep lager antwoordt dan de eerste bij dezelfde waarde van de factor. Een lege cel: het item is hetzelfde.",
    ),
    (
        "Parameters found by score tests, the worst first (Holm, .05). Enough: at least half of the items, and two, are the same in all groups.",
        "Parameters gevonden met scoretoetsen, de slechtste eerst (Holm, .05). Genoeg: ten minste de helft van de items, en twee, zijn in alle groepen hetzelfde.",
    ),
    (
        "Chi-square, df and p are of the difference from the step before (the test that belongs to the estimator); CFI and RMSEA robust where they exist.",
        "Chi-kwadraat, df en p zijn van het verschil met de stap ervoor (de toets die bij de schatter hoort); CFI en RMSEA robuust waar zij bestaan.",
    ),
    (
        "In a model in which what differs between groups is free; d in pooled standard deviations of the factor (Hancock 2001), beside that of the mean of the items.",
        "In een model waarin wat tussen groepen verschilt vrij is; d in gepoolde standaarddeviaties van de factor (Hancock 2001), naast die van het gemiddelde van de items.",
    ),
    ("Methods and results in words", "Methode en resultaten in woorden"),
    ("Missing answers", "Ontbrekende antwoorden"),
    ("Perspectives of stakeholders", "Perspectieven van betrokkenen"),
    ("Precision of a person's score", "Precisie van een score"),
    ("Relevance to experts", "Relevantie volgens experts"),
    ("Reliability", "Betrouwbaarheid"),
    ("Rival structures", "Rivaliserende structuren"),
    ("Rules applied", "Toegepaste regels"),
    ("What to keep in mind", "Om rekening mee te houden"),
    ("Not examined.", "Niet onderzocht."),
    ("not examined", "niet onderzocht"),
    ("not raised", "niet genoemd"),
    ("not answered", "niet beantwoord"),
    ("respondents", "respondenten"),
    ("codes", "codes"),
    ("all", "allen"),
    ("patterns", "patronen"),
    ("not asked", "niet gevraagd"),
    ("Content", "Inhoud"),
    ("Response processes", "Antwoordprocessen"),
    ("Internal structure", "Interne structuur"),
    ("Relations to other variables", "Relaties met andere variabelen"),
    ("Consequences and use", "Gevolgen en gebruik"),
    ("supported", "gesteund"),
    ("mixed", "gemengd"),
    ("not supported", "niet gesteund"),
    ("open", "open"),
    ("yes", "ja"),
    ("no", "nee"),
    ("none", "geen"),
    ("marginal", "marginaal"),
    ("moderate", "matig"),
    ("severe", "ernstig"),
    ("met", "voldaan"),
    ("not met", "niet voldaan"),
    ("not tested", "niet getoetst"),
    ("path", "pad"),
    ("direct", "direct"),
    ("indirect", "indirect"),
    ("total", "totaal"),
    ("criterion", "criterium"),
    ("outcome", "uitkomst"),
    ("all items", "alle items"),
    ("one factor", "één factor"),
    ("correlated", "gecorreleerd"),
    ("second order", "tweede orde"),
    ("bifactor", "bifactor"),
    ("percent agreement", "percentage overeenstemming"),
    ("Cohen's kappa, mean of pairs", "Cohens kappa, gemiddelde van paren"),
    ("linear weights", "lineaire gewichten"),
    ("quadratic weights", "kwadratische gewichten"),
    ("Fleiss's kappa", "Fleiss' kappa"),
    ("Gwet's AC1", "Gwets AC1"),
    ("Gwet's AC2, quadratic weights", "Gwets AC2, kwadratische gewichten"),
    ("Krippendorff's alpha, nominal", "Krippendorffs alpha, nominaal"),
    ("ordinal", "ordinaal"),
    ("interval", "interval"),
    ("95 % interval", "95%-interval"),
    ("AUC", "AUC"),
    ("I-CVI difference", "verschil in I-CVI"),
    ("absolute", "absoluut"),
    ("below .50", "onder .50"),
    ("by", "naar"),
    ("categorical omega", "categorische omega"),
    ("ceiling", "plafond"),
    ("chi-square", "chi-kwadraat"),
    ("chi-square(cut)", "chi-kwadraat(grens)"),
    ("chi-square(merged)", "chi-kwadraat(samen)"),
    ("coefficient", "coëfficiënt"),
    ("confirmed", "bevestigd"),
    ("critical", "kritiek"),
    ("difference", "verschil"),
    ("dimension", "dimensie"),
    ("corrected", "gecorrigeerd"),
    ("disputed", "betwist"),
    ("effect", "effect"),
    ("estimate", "schatting"),
    ("expected", "verwacht"),
    ("experts", "experts"),
    ("factor", "factor"),
    ("factors", "factoren"),
    ("floor", "vloer"),
    ("from", "van"),
    ("to", "naar"),
    ("groups", "groepen"),
    ("hypothesis", "hypothese"),
    ("item", "item"),
    ("items", "items"),
    ("kept", "behouden"),
    ("kurtosis", "kurtosis"),
    ("latent", "latent"),
    ("limits", "beperkingen"),
    ("loading", "lading"),
    ("loadings", "ladingen"),
    ("mean", "gemiddelde"),
    ("mean CVR", "gemiddelde CVR"),
    ("mean V", "gemiddelde V"),
    ("mean r", "gemiddelde r"),
    ("means (sd), n", "gemiddelden (sd), n"),
    ("measured by", "gemeten door"),
    ("missing", "ontbreekt"),
    ("model", "model"),
    ("next chosen", "daarna gekozen"),
    ("ordinal alpha", "ordinale alpha"),
    ("p (Holm)", "p (Holm)"),
    ("panel", "panel"),
    ("panels", "panels"),
    ("predictor", "voorspeller"),
    ("problem", "probleem"),
    ("property", "eigenschap"),
    ("r of means", "r van gemiddelden"),
    ("r squared", "r-kwadraat"),
    ("rating", "oordeel"),
    ("reliability", "betrouwbaarheid"),
    ("rests on", "berust op"),
    ("reversed", "omgekeerd"),
    ("role", "rol"),
    ("scale", "schaal"),
    ("skew", "scheefheid"),
    ("source", "bron"),
    ("standardised", "gestandaardiseerd"),
    ("standing", "stand"),
    ("topic", "onderwerp"),
    ("unique R2", "unieke R2"),
    ("value", "waarde"),
    ("variable", "variabele"),
    ("wording", "formulering"),
    ("RMSEA [90 %]", "RMSEA [90%]"),
    ("Agreement between coders", "Overeenstemming tussen codeurs"),
    ("Agreement between panels", "Overeenstemming tussen panels"),
    ("Agreement within panels", "Overeenstemming binnen panels"),
    ("Alpha, and mean (sd) of the score, by group", "Alpha, en gemiddelde (sd) van de score, naar groep"),
    ("Answers to the items, in per cent", "Antwoorden op de items, in procenten"),
    (
        "Codes found after so many respondents, expected in random order",
        "Aantal codes na zoveel respondenten, verwacht in willekeurige volgorde",
    ),
    ("Convergent validity of the factors", "Convergente validiteit van de factoren"),
    (
        "Correlations of the factors in the correlated structure",
        "Correlaties van de factoren in de gecorreleerde structuur",
    ),
    (
        "Correlations of the factors, tested against .90 and against one factor",
        "Correlaties van de factoren, getoetst tegen .90 en tegen één factor",
    ),
    ("Correlations of the items", "Correlaties van de items"),
    ("Correlations with criteria and outcomes", "Correlaties met criteria en uitkomsten"),
    (
        "Cronbach's alpha with Feldt's interval; the score is the mean of a respondent's items",
        "Cronbachs alpha met het interval van Feldt; de score is het gemiddelde van iemands items",
    ),
    ("From intervention through the construct to outcome", "Van interventie via het construct naar uitkomst"),
    ("Further coefficients of reliability", "Verdere betrouwbaarheidscoëfficiënten"),
    (
        "Heterotrait-monotrait ratios, and extracted variances against squared correlations",
        "Heterotrait-monotrait-verhoudingen, en verklaarde varianties tegen gekwadrateerde correlaties",
    ),
    (
        "Hypotheses: estimates with 95 % intervals, and the size that was expected",
        "Hypothesen: schattingen met 95%-intervallen, en de verwachte omvang",
    ),
    ("I-CVI (Aiken V) by panel", "I-CVI (Aiken V) naar panel"),
    (
        "Interviews and survey side by side: share that raises a dimension; mean score and alpha in the survey",
        "Interviews en vragenlijst naast elkaar: aandeel dat een dimensie noemt; gemiddelde score en alpha in de vragenlijst",
    ),
    ("Mean scores of groups", "Gemiddelde scores van groepen"),
    ("Measurement error of the mean score", "Meetfout van de gemiddelde score"),
    ("Items that work differently at the same level", "Items die anders werken bij gelijk niveau"),
    ("groups (n)", "groepen (n)"),
    ("left out (n)", "weggelaten (n)"),
    ("differ", "anders"),
    ("class", "klasse"),
    ("higher in", "hoger in"),
    (
        "Ordinal logistic regression; same level: same sum of the items, without those that differ. Class A: negligible, B: \
         moderate, C: large (R2: rise of Nagelkerke's R2 by group, from .035 and .070). Left out: groups with fewer than 50 \
         complete answers.",
        "Ordinale logistische regressie; gelijk niveau: gelijke som van de items, zonder die welke anders werken. Klasse A: \
         verwaarloosbaar, B: matig, C: groot (R2: stijging van Nagelkerkes R2 door de groep, vanaf .035 en .070). Weggelaten: \
         groepen met minder dan 50 volledige antwoorden.",
    ),
    (
        "Missing answers by item and group, and the most frequent patterns",
        "Ontbrekende antwoorden naar item en groep, en de meest voorkomende patronen",
    ),
    (
        "Of each dimension: its facets as correlated factors, or one factor",
        "Van elke dimensie: haar facetten als gecorreleerde factoren, of één factor",
    ),
    (
        "Of the whole construct, all on the same respondents",
        "Van het hele construct, alle op dezelfde respondenten",
    ),
    ("Pairs of groups", "Paren van groepen"),
    (
        "Perspective matrix: respondents of each group who raise a dimension",
        "Perspectievenmatrix: respondenten van elke groep die een dimensie noemen",
    ),
    ("Ratings of measurement properties by COSMIN", "Oordelen over meeteigenschappen volgens COSMIN"),
    ("Relevance by dimension", "Relevantie naar dimensie"),
    ("Relevance of the items", "Relevantie van de items"),
    (
        "Reliability of ordinal items, by a model of one factor",
        "Betrouwbaarheid van ordinale items, volgens een eenfactormodel",
    ),
    ("Reliability of the scales, 95 % intervals", "Betrouwbaarheid van de schalen, 95%-intervallen"),
    (
        "Residual correlations: observed less implied by the preferred structure",
        "Residuele correlaties: waargenomen min verwacht volgens de voorkeursstructuur",
    ),
    (
        "Respondents who raise a dimension, 95 % interval, and stances of their excerpts",
        "Respondenten die een dimensie noemen, 95%-interval, en standpunten in hun fragmenten",
    ),
    (
        "Standardised loadings in the preferred structure, second order",
        "Gestandaardiseerde ladingen in de voorkeursstructuur, tweede orde",
    ),
    (
        "Standardised loadings in the preferred structure, correlated",
        "Gestandaardiseerde ladingen in de voorkeursstructuur, gecorreleerd",
    ),
    (
        "Standardised loadings in the preferred structure, bifactor",
        "Gestandaardiseerde ladingen in de voorkeursstructuur, bifactor",
    ),
    (
        "Standardised loadings in the preferred structure, one factor",
        "Gestandaardiseerde ladingen in de voorkeursstructuur, één factor",
    ),
    (
        "Substantive validity: items sorted by judges",
        "Inhoudelijke validiteit: items gesorteerd door beoordelaars",
    ),
    (
        "The preferred structure with standardised loadings",
        "De voorkeursstructuur met gestandaardiseerde ladingen",
    ),
    (
        "What was gathered of each source of validity evidence, and what it says",
        "Wat van elke bron van evidentie is verzameld, en wat het zegt",
    ),
    ("Wording of the items", "Formulering van de items"),
    (
        "* fewer than 50 with complete answers: too small for a conclusion.",
        "* minder dan 50 met volledige antwoorden: te klein voor een conclusie.",
    ),
    (
        "+ sufficient, - insufficient, ± inconsistent, ? indeterminate (Prinsen et al. 2018). One study: the ratings of a systematic review weigh all studies.",
        "+ voldoende, - onvoldoende, ± inconsistent, ? onbepaald (Prinsen et al. 2018). Eén studie: de oordelen van een systematische review wegen alle studies.",
    ),
    (
        ".70 serves comparisons of groups, .90 decisions about persons (Nunnally & Bernstein 1994).",
        ".70 dient vergelijkingen van groepen, .90 beslissingen over personen (Nunnally & Bernstein 1994).",
    ),
    (
        "AVE: mean squared standardised loading; CR: composite reliability of standardised items (Fornell & Larcker 1981); omega: of the sum of the items, categorical for ordinal ones; H: of the best weighted sum (Hancock & Mueller 2001).",
        "AVE: gemiddelde gekwadrateerde gestandaardiseerde lading; CR: samengestelde betrouwbaarheid van gestandaardiseerde items (Fornell & Larcker 1981); omega: van de som van de items, categorisch bij ordinale; H: van de best gewogen som (Hancock & Mueller 2001).",
    ),
    (
        "Alpha of ordinal ratings; AC2 with quadratic weights.",
        "Alpha van ordinale oordelen; AC2 met kwadratische gewichten.",
    ),
    ("An empty cell: nobody in the group was asked.", "Een lege cel: niemand in de groep is dit gevraagd."),
    (
        "As long as measurement invariance is not examined, a difference may come from the instrument.",
        "Zolang meetinvariantie niet is onderzocht, kan een verschil van het instrument komen.",
    ),
    (
        "Categorical omega is the reliability of the sum of the answers (Green & Yang 2009); ordinal alpha that of the continuous variables behind them, which nobody observes.",
        "Categorische omega is de betrouwbaarheid van de som van de antwoorden (Green & Yang 2009); ordinale alpha die van de continue variabelen erachter, die niemand waarneemt.",
    ),
    (
        "Chi-square is scaled; CFI, TLI and RMSEA are robust. Ordinal models have no BIC. A solution that is improper or was not reached cannot be preferred.",
        "Chi-kwadraat is geschaald; CFI, TLI en RMSEA zijn robuust. Ordinale modellen hebben geen BIC. Een oplossing die niet toelaatbaar is of niet werd bereikt, kan geen voorkeur krijgen.",
    ),
    (
        "Chi-square is scaled; CFI, TLI and RMSEA are robust. Ordinal models have no BIC.",
        "Chi-kwadraat is geschaald; CFI, TLI en RMSEA zijn robuust. Ordinale modellen hebben geen BIC.",
    ),
    (
        "Lower BIC is better. A solution that is improper or was not reached cannot be preferred.",
        "Een lagere BIC is beter. Een oplossing die niet toelaatbaar is of niet werd bereikt, kan geen voorkeur krijgen.",
    ),
    (
        "Confirmed: expected sign, at least the expected size, and a 95 % interval that leaves out zero. Sufficient from 75 % on (COSMIN).",
        "Bevestigd: verwacht teken, ten minste de verwachte omvang, en een 95%-interval zonder nul. Voldoende vanaf 75 % (COSMIN).",
    ),
    (
        "Disputed: items that one panel keeps and the other does not.",
        "Betwist: items die het ene panel behoudt en het andere niet.",
    ),
    (
        "Ellipses: factors; rectangles: items. Residuals, and correlations of factors, are left out.",
        "Ellipsen: factoren; rechthoeken: items. Residuen, en correlaties van factoren, zijn weggelaten.",
    ),
    (
        "From .10 on a residual is worth a look (Kline 2016).",
        "Vanaf .10 is een residu het bekijken waard (Kline 2016).",
    ),
    (
        "Kept: I-CVI of at least .78, of 1 with fewer than six experts (Lynn 1986; Polit, Beck & Owen 2007). Critical: smallest CVR that is significant, one-tailed .05 (Ayre & Scally 2014).",
        "Behouden: I-CVI van ten minste .78, van 1 bij minder dan zes experts (Lynn 1986; Polit, Beck & Owen 2007). Kritiek: kleinste CVR die significant is, eenzijdig .05 (Ayre & Scally 2014).",
    ),
    (
        "the codes are labels without an order: give it (--codes low,middle,high)",
        "de codes zijn labels zonder volgorde: geef die (--codes laag,midden,hoog)",
    ),
    ("the codes are labels: it needs numbers", "de codes zijn labels: er zijn getallen voor nodig"),
    ("no unit was coded by all coders", "geen eenheid is door alle codeurs gecodeerd"),
    (
        "all codes are the same: chance alone agrees on that",
        "alle codes zijn gelijk: toeval alleen komt daarop al overeen",
    ),
    (
        "Omega: of a model of one factor for the answers as numbers, with an interval by the delta method. Lambdas: Guttman's lower bounds; glb: the greatest lower bound; H: maximal reliability.",
        "Omega: van een eenfactormodel voor de antwoorden als getallen, met een interval volgens de deltamethode. Lambda's: ondergrenzen van Guttman; glb: de grootste ondergrens; H: maximale betrouwbaarheid.",
    ),
    ("Polychoric of ordinal items.", "Polychorisch bij ordinale items."),
    (
        "Problem: by the upper limit of the correlation, .80 marginal, .90 moderate, 1 severe (Ronkko & Cho 2022). Chi-square(cut): the model with the correlation at .90, one degree of freedom; merged: both factors as one.",
        "Probleem: naar de bovengrens van de correlatie, .80 marginaal, .90 matig, 1 ernstig (Ronkko & Cho 2022). Chi-kwadraat(grens): het model met de correlatie op .90, één vrijheidsgraad; samen: beide factoren als één.",
    ),
    (
        "Psa: share of judges who choose the dimension that was meant; Csv: less the share of the next chosen (Anderson & Gerbing 1991).",
        "Psa: aandeel beoordelaars dat de bedoelde dimensie kiest; Csv: min het aandeel van de daarna meest gekozen (Anderson & Gerbing 1991).",
    ),
    (
        "Reversed items are turned around, so that to the right always means more of the dimension.",
        "Omgekeerde items zijn omgedraaid, zodat rechts altijd meer van de dimensie betekent.",
    ),
    (
        "SEM: standard error of measurement; SDC: smallest change of one person that is no measurement error (95 %).",
        "SEM: standaardmeetfout; SDC: kleinste verandering van één persoon die geen meetfout is (95 %).",
    ),
    (
        "Sources: AERA, APA & NCME (2014). The numbers in brackets are the rules below. Not examined is no finding: nothing was gathered.",
        "Bronnen: AERA, APA & NCME (2014). De nummers tussen haken zijn de regels hieronder. Niet onderzocht is geen bevinding: er is niets verzameld.",
    ),
    (
        "The area of a circle is the share of the respondents; below it the 95 % interval.",
        "De oppervlakte van een cirkel is het aandeel van de respondenten; eronder het 95%-interval.",
    ),
    (
        "The short line marks the smallest size that would confirm.",
        "Het korte streepje is de kleinste omvang die zou bevestigen.",
    ),
    (
        "n: respondents in the group. * fewer than 50 with complete answers: too small for a conclusion.",
        "n: respondenten in de groep. * minder dan 50 met volledige antwoorden: te klein voor een conclusie.",
    ),
    (
        "r: of the mean score, with Fisher's interval; corrected for attenuation: divided by the root of alpha (and of the variable's reliability where that is declared), with a bootstrap interval; latent: of the factor, from a model.",
        "r: van de gemiddelde score, met het interval van Fisher; gecorrigeerd voor attenuatie: gedeeld door de wortel van alpha (en van de betrouwbaarheid van de variabele waar die is opgegeven), met een bootstrapinterval; latent: van de factor, uit een model.",
    ),
    (
        "t: Welch's; d: Cohen's, g: Hedges's; AUC: probability that a score of the first group is above one of the second (DeLong's interval).",
        "t: van Welch; d: van Cohen, g: van Hedges; AUC: kans dat een score van de eerste groep boven een van de tweede ligt (interval van DeLong).",
    ),
    ("Aggregation", "Aggregatie"),
    ("Between groups", "Tussen groepen"),
    ("Design effects of items", "Designeffecten van items"),
    ("Agreement within groups", "Overeenstemming binnen groepen"),
    (
        "ICC(1): share of the variance of one member's score that lies between groups. ICC(2): reliability of the mean of a group of mean size k. deff: sampling variance of the mean of the score over that of as many independent members (Kish 1965).",
        "ICC(1): aandeel van de variantie van de score van één lid dat tussen groepen ligt. ICC(2): betrouwbaarheid van het gemiddelde van een groep van gemiddelde omvang k. deff: steekproefvariantie van het gemiddelde van de score ten opzichte van die van evenveel onafhankelijke leden (Kish 1965).",
    ),
    (
        "rwg: against answers at random, all equally likely (James, Demaree & Wolf 1984); awg: against the largest disagreement that the mean allows (Brown & Hauenstein 2005).",
        "rwg: tegen willekeurige antwoorden, alle even waarschijnlijk (James, Demaree & Wolf 1984); awg: tegen de grootste onenigheid die het gemiddelde toelaat (Brown & Hauenstein 2005).",
    ),
    ("Screening", "Screening"),
    ("Flags by index", "Markeringen naar index"),
    ("no answers", "geen antwoorden"),
    ("nothing answered", "niets beantwoord"),
    ("out of range", "buiten bereik"),
    ("an answer outside the range", "een antwoord buiten het bereik"),
    ("same answers", "zelfde antwoorden"),
    ("two rows or more", "twee rijen of meer"),
    ("same respondent", "zelfde respondent"),
    ("longstring", "langste reeks"),
    (
        "half of the items or more; all of fewer than 10 (Curran 2016)",
        "de helft van de items of meer; alle bij minder dan 10 (Curran 2016)",
    ),
    ("0: no variation at all (Dunn et al. 2018)", "0: geen enkele variatie (Dunn et al. 2018)"),
    ("even-odd", "even-oneven"),
    ("below .30 (Johnson 2005; Curran 2016)", "onder .30 (Johnson 2005; Curran 2016)"),
    ("synonyms", "synoniemen"),
    ("below 0 (pairs of r >= .60: Meade & Craig 2012)", "onder 0 (paren met r >= .60: Meade & Craig 2012)"),
    ("antonyms", "antoniemen"),
    ("above 0 (pairs of r <= -.60: Meade & Craig 2012)", "boven 0 (paren met r <= -.60: Meade & Craig 2012)"),
    ("person-total", "persoon-totaal"),
    ("below 0 (Curran 2016)", "onder 0 (Curran 2016)"),
    (
        "n: respondents for whom the index exists. Longstring and IRV of equal answers tell the same, and count once. Even-odd, synonyms and antonyms are correlations over scales or pairs of items: of only a few of these they flag attentive respondents too.",
        "n: respondenten voor wie de index bestaat. Langste reeks en IRV van gelijke antwoorden zeggen hetzelfde, en tellen één keer. Even-oneven, synoniemen en antoniemen zijn correlaties over schalen of paren van items: van maar enkele daarvan markeren ze ook aandachtige respondenten.",
    ),
    ("Flagged rows", "Gemarkeerde rijen"),
    ("Respondents flagged by several indices", "Respondenten die door meer indices zijn gemarkeerd"),
    ("Answers outside the range", "Antwoorden buiten het bereik"),
    ("Rows with the same answers", "Rijen met dezelfde antwoorden"),
    ("By item", "Naar item"),
    ("Patterns", "Patronen"),
    (
        "Patterns of missing answers, the most frequent first",
        "Patronen van ontbrekende antwoorden, de meest voorkomende eerst",
    ),
    ("Rows with an answer to both items", "Rijen met een antwoord op beide items"),
    (
        "Of each pair Mplus asks for 10 % of the rows (its default coverage).",
        "Van elk paar vraagt Mplus 10 % van de rijen (de standaarddekking daar).",
    ),
    ("Psychometric synonyms", "Psychometrische synoniemen"),
    ("Psychometric antonyms", "Psychometrische antoniemen"),
    ("1: answered, 0: missing.", "1: beantwoord, 0: ontbreekt."),
    (
        "Scales with all respondents and without the flagged",
        "Schalen met alle respondenten en zonder de gemarkeerden",
    ),
    (
        "Models with all respondents and without the flagged",
        "Modellen met alle respondenten en zonder de gemarkeerden",
    ),
    (
        "Hypotheses with all respondents and without the flagged",
        "Hypothesen met alle respondenten en zonder de gemarkeerden",
    ),
    ("Intraclass correlations", "Intraclasscorrelaties"),
    ("Fit", "Passing"),
    ("Chi-square", "Chi-kwadraat"),
    ("Chi-square, scaled", "Chi-kwadraat, geschaald"),
    ("Chi-square, unscaled", "Chi-kwadraat, ongeschaald"),
    ("Bollen-Stine bootstrap", "bootstrap van Bollen en Stine"),
    ("Browne, residual-based", "Browne, op residuen"),
    ("Baseline", "Nulmodel"),
    ("Log-likelihood", "Log-aannemelijkheid"),
    ("robust", "robuust"),
    ("scaled", "geschaald"),
    ("share of the chi-square", "aandeel in de chi-kwadraat"),
    ("Loadings", "Ladingen"),
    ("Regressions", "Regressies"),
    ("Variances and covariances", "Varianties en covarianties"),
    ("Thresholds", "Drempels"),
    ("Scaling factors", "Schaalfactoren"),
    ("Intercepts", "Intercepten"),
    ("Explained variance", "Verklaarde variantie"),
    ("Defined parameters", "Gedefinieerde parameters"),
    ("fixed", "vast"),
    ("Reliability within and between clusters", "Betrouwbaarheid binnen en tussen clusters"),
    (
        "Omega within is that of a respondent's deviation from the mean of the cluster; omega between that of the cluster's mean behind the answers, as if it were known without sampling respondents (Geldhof, Preacher & Zyphur 2014).",
        "Omega binnen is die van de afwijking van een respondent van het gemiddelde van het cluster; omega tussen die van het gemiddelde van het cluster achter de antwoorden, alsof het zonder steekproef van respondenten bekend was (Geldhof, Preacher & Zyphur 2014).",
    ),
    ("Pooled tests", "Samengevoegde toetsen"),
    ("infinite", "oneindig"),
    (
        "fmi: share of the variance that is due to what is missing.",
        "fmi: aandeel van de variantie dat komt van wat ontbreekt.",
    ),
    ("Imputed answers", "Geïmputeerde antwoorden"),
    ("configural", "configuraal"),
    ("metric", "metrisch"),
    ("scalar", "scalair"),
    ("strict", "strikt"),
    ("thresholds", "drempels"),
    ("intercepts", "intercepten"),
    ("residuals", "residuen"),
    ("lv.variances", "varianties van factoren"),
    ("lv.covariances", "covarianties van factoren"),
    ("lv.means", "gemiddelden van factoren"),
    ("holds", "houdt stand"),
    ("fails", "houdt geen stand"),
    ("(holds)", "(houdt stand)"),
    ("(fails)", "(houdt geen stand)"),
    ("rules disagree", "regels oneens"),
    ("difference test", "verschiltoets"),
    ("mean correlation of means", "gemiddelde correlatie van gemiddelden"),
    ("mean correlation of standard deviations", "gemiddelde correlatie van standaarddeviaties"),
    (
        "share of samples with a correlation of means below .98",
        "deel van de steekproeven met een correlatie van gemiddelden onder .98",
    ),
    ("mean absolute error of means", "gemiddelde absolute fout van gemiddelden"),
    ("95 % intervals that hold: means", "95%-intervallen die kloppen: gemiddelden"),
    ("95 % intervals that hold: loadings", "95%-intervallen die kloppen: ladingen"),
    (
        "95 % intervals that hold: intercepts or thresholds",
        "95%-intervallen die kloppen: intercepten of drempels",
    ),
    (
        "parameters told as the same or different as in the solution",
        "parameters als gelijk of verschillend herkend zoals in de oplossing",
    ),
    (
        "parameters that differ in the solution told as such",
        "in de oplossing verschillende parameters als zodanig herkend",
    ),
    ("information (left)", "informatie (links)"),
    ("standard error (right)", "standaardfout (rechts)"),
    ("respondents (bars)", "respondenten (staven)"),
    ("Item response functions", "Itemresponsfuncties"),
    ("Item response models with one trait", "Itemresponsmodellen met één trek"),
    (
        "Reliability of trait scores where the respondents are",
        "Betrouwbaarheid van scores op de trek waar de respondenten zijn",
    ),
    (
        "What speaks against items by their response functions",
        "Wat volgens hun responsfuncties tegen items spreekt",
    ),
    (
        "Standard error of a trait score at levels of the trait",
        "Standaardfout van een score op niveaus van de trek",
    ),
    (
        "The same by item response models, and by both",
        "Hetzelfde volgens itemresponsmodellen, en volgens beide",
    ),
    ("Category characteristic curves", "Karakteristieke curven van categorieën"),
    ("Test information and standard error", "Testinformatie en standaardfout"),
    ("Item response model", "Itemresponsmodel"),
    ("Item response models", "Itemresponsmodellen"),
    ("Models of items", "Modellen van items"),
    ("Rasch model", "Raschmodel"),
    ("One-parameter logistic model", "Eenparameter logistisch model"),
    ("Two-parameter logistic model", "Tweeparameter logistisch model"),
    ("Three-parameter logistic model", "Drieparameter logistisch model"),
    ("Four-parameter logistic model", "Vierparameter logistisch model"),
    ("Graded response model", "Graded-responsmodel"),
    ("Generalised partial credit model", "Gegeneraliseerd partial-creditmodel"),
    ("Partial credit model", "Partial-creditmodel"),
    ("Rating scale model", "Ratingscalemodel"),
    ("Nominal response model", "Nominaal responsmodel"),
    ("Slope-intercept form", "Vorm met helling en intercept"),
    ("The trait in the groups", "De trek in de groepen"),
    ("Covariances of the traits", "Covarianties van de trekken"),
    ("The trait by covariates", "De trek naar covariaten"),
    ("Precision by level of the trait", "Nauwkeurigheid naar niveau van de trek"),
    ("The trait by sum score", "De trek naar somscore"),
    ("Fit of the items", "Passing van de items"),
    ("Local dependence", "Lokale afhankelijkheid"),
    ("Precision", "Nauwkeurigheid"),
    ("no difference", "geen verschil"),
    ("standard deviations", "standaarddeviaties"),
];

/// Words of heads and titles only: in a cell they may be an answer, a group, an item.
const HEADS: &[(&str, &str)] = &[
    ("unlikely answers", "onwaarschijnlijke antwoorden"),
    ("statistic", "toetsingsgrootheid"),
    ("middle 90 %", "middelste 90 %"),
    ("at", "bij"),
    (".70 or more", ".70 of meer"),
    (".90 or more", ".90 of meer"),
    ("slope", "helling"),
    ("most information", "meeste informatie"),
    ("by the sum", "volgens de som"),
    ("methods", "methoden"),
    ("difficulty", "moeilijkheid"),
    ("guessing", "ondergrens"),
    ("intercept", "intercept"),
    ("variance", "variantie"),
    ("trait", "trek"),
    ("covariate", "covariaat"),
    ("information", "informatie"),
    ("reliability there", "betrouwbaarheid daar"),
    ("sum score", "somscore"),
    ("trait (EAP)", "trek (EAP)"),
    ("expected share", "verwacht aandeel"),
    ("first", "eerste"),
    ("second", "tweede"),
    ("above mean", "boven gemiddelde"),
    ("p (adjusted)", "p (aangepast)"),
    ("step", "stap"),
    ("verdict", "oordeel"),
    ("different", "anders"),
    ("the same", "hetzelfde"),
    ("enough", "genoeg"),
    ("observed d", "waargenomen d"),
    ("change of CFI", "verandering van CFI"),
    ("change of RMSEA", "verandering van RMSEA"),
    ("Left out of {}, {}: {}.", "Niet meegenomen van {}, {}: {}."),
    (
        "{}, {}: fewer than two groups have 50 respondents and answers that vary.",
        "{}, {}: minder dan twee groepen hebben 50 respondenten en antwoorden die variëren.",
    ),
    (
        "Of few items, or few possible answers, many respondents give the same answers without a fault.",
        "Bij weinig items, of weinig mogelijke antwoorden, geven veel respondenten zonder fout dezelfde antwoorden.",
    ),
    ("median", "mediaan"),
    ("why there is none", "waarom die er niet is"),
    ("group", "groep"),
    ("index", "index"),
    ("indices", "indices"),
    ("flagged where", "gemarkeerd bij"),
    ("flagged", "gemarkeerd"),
    ("row", "rij"),
    ("rows", "rijen"),
    ("respondent", "respondent"),
    ("flags", "markeringen"),
    ("answer", "antwoord"),
    ("answered", "beantwoord"),
    ("count", "aantal"),
    ("share", "aandeel"),
    ("pattern", "patroon"),
    ("missing items", "ontbrekende items"),
    ("about", "over"),
    ("aspect", "aspect"),
    ("without", "zonder"),
    ("measurement", "meting"),
    ("structure", "structuur"),
    ("rivals", "rivalen"),
    ("relevance", "relevantie"),
    ("sorting", "sortering"),
    ("agreement", "overeenstemming"),
    ("perspectives", "perspectieven"),
    ("convergence", "convergentie"),
    ("distinctness", "onderscheid"),
    ("criteria", "criteria"),
    ("hypotheses", "hypothesen"),
    ("paths", "paden"),
    ("measure", "maat"),
    ("detail", "bijzonderheden"),
    ("parameter", "parameter"),
    ("level", "niveau"),
    ("within", "binnen"),
    ("between", "tussen"),
    ("test", "toets"),
    ("increase in variance", "toename van de variantie"),
    ("imputed", "geïmputeerd"),
    ("mean, first round", "gemiddelde, eerste ronde"),
    ("mean, last round", "gemiddelde, laatste ronde"),
    ("between data sets (sd)", "tussen databestanden (sd)"),
    ("chained equations, predictive mean matching", "geschakelde vergelijkingen, predictive mean matching"),
    ("Steps", "Stappen"),
    ("What each step costs (restricted minus freer)", "Wat elke stap kost (strenger min vrijer)"),
    ("Rules", "Regels"),
    ("a step holds when", "een stap houdt stand bij"),
    ("says", "zegt"),
    ("What each group allows", "Wat elke groep toelaat"),
    ("respondents for each", "respondenten per parameter"),
    ("Change of the factors' means", "Verandering van de gemiddelden van de factoren"),
    ("since", "sinds"),
    ("change", "verandering"),
    ("d of change", "d van verandering"),
    ("What differs", "Wat verschilt"),
    ("How much it matters", "Hoeveel het uitmaakt"),
    ("Models of the steps", "Modellen van de stappen"),
    ("Search", "Zoeken"),
    ("stage", "fase"),
    ("p adjusted", "p aangepast"),
    ("freed", "vrijgelaten"),
    ("Items that carry the comparison", "Items die de vergelijking dragen"),
    ("Effects on items", "Effecten op items"),
    ("dMACS (first item as anchor)", "dMACS (eerste item als anker)"),
    ("dMACS (partial model)", "dMACS (partieel model)"),
    ("effect on the mean", "effect op het gemiddelde"),
    (
        "Means of the factors against the first group",
        "Gemiddelden van de factoren ten opzichte van de eerste groep",
    ),
    ("Expected answers by group", "Verwachte antwoorden per groep"),
    (
        "What a group answers higher than the first at the same value of the factor",
        "Wat een groep hoger antwoordt dan de eerste bij dezelfde waarde van de factor",
    ),
    ("p adjusted (Holm)", "p aangepast (Holm)"),
    ("Factors against the first group", "Factoren ten opzichte van de eerste groep"),
    ("Answers by group", "Antwoorden per groep"),
    ("With no item biased.", "Zonder vertekening van items."),
    ("Measurement invariance over completed data sets", "Meetinvariantie over aangevulde databestanden"),
    ("Parameters that the search names", "Parameters die het zoeken noemt"),
    ("share of the data sets", "deel van de databestanden"),
    ("Power of a ladder of invariance", "Onderscheidingsvermogen van een ladder van invariantie"),
    (
        "Share of samples in which a step is rejected by the test at .05",
        "Deel van de steekproeven waarin een stap door de toets wordt verworpen (.05)",
    ),
    (
        "Share of samples in which a step does not hold by the test and all rules that decide",
        "Deel van de steekproeven waarin een stap geen stand houdt volgens de toets en alle regels die beslissen",
    ),
    ("Share of samples in which the search names", "Deel van de steekproeven waarin het zoeken noemt"),
    ("all that differ", "alle die verschillen"),
    ("these and no other", "deze en geen andere"),
    ("another item", "een ander item"),
    ("nothing", "niets"),
    ("samples", "steekproeven"),
    ("Share of samples in which an item is named", "Deel van de steekproeven waarin een item wordt genoemd"),
    (
        "Share of samples in which a parameter is named",
        "Deel van de steekproeven waarin een parameter wordt genoemd",
    ),
    ("Alignment", "Uitlijning"),
    ("Groups", "Groepen"),
    ("rank", "rang"),
    ("Parameters", "Parameters"),
    ("average", "gemiddeld"),
    ("lowest", "laagste"),
    ("highest", "hoogste"),
    ("differs in", "verschilt in"),
    ("Parameters that differ", "Parameters die verschillen"),
    ("less average", "min gemiddelde"),
    ("Means that differ", "Gemiddelden die verschillen"),
    ("higher", "hoger"),
    ("lower", "lager"),
    ("Recovery of the solution", "Herkenning van de oplossing"),
    ("parameters", "parameters"),
    ("F", "F"),
];

/// Titles, heads and notes with something in them that differs: a datum at each `{}`, a word that is translated by itself at
/// each `{word}`, in the same order in both languages.
const FORMS: &[(&str, &str)] = &[
    ("Groups: {}", "Groepen: {}"),
    ("Category characteristic curves: {}", "Karakteristieke curven van categorieën: {}"),
    ("Test information and standard error: {}", "Testinformatie en standaardfout: {}"),
    (
        "Fleiss's kappa: of the {} of {} units that all coded. Krippendorff (2004): from .80 on reliable, from .667 on for \
         tentative conclusions.",
        "Fleiss' kappa: van de {} van {} eenheden die allen codeerden. Krippendorff (2004): vanaf .80 betrouwbaar, vanaf .667 \
         voor voorlopige conclusies.",
    ),
    (
        "{} of {} groups are shown; --format json has all.",
        "{} van {} groepen getoond; --format json heeft alle.",
    ),
    ("{} of {} are shown; --format json has all.", "{} van {} getoond; --format json heeft alle."),
    (
        "Of few items, or few possible answers, many respondents give the same answers without a fault. {word}",
        "Bij weinig items, of weinig mogelijke antwoorden, geven veel respondenten zonder fout dezelfde antwoorden. {word}",
    ),
    (
        "1: answered, 0: missing. {} of {} patterns are shown.",
        "1: beantwoord, 0: ontbreekt. {} van {} patronen getoond.",
    ),
    ("{} patterns in all; shares are of the rows.", "{} patronen in totaal; aandelen zijn van de rijen."),
    ("{} pattern in all; shares are of the rows.", "{} patroon in totaal; aandelen zijn van de rijen."),
    ("{word} without", "{word} zonder"),
    ("ICC, {}", "ICC, {}"),
    ("Level {} ({word}), {} respondents", "Niveau {} ({word}), {} respondenten"),
    ("Level {} ({word}), {} clusters", "Niveau {} ({word}), {} clusters"),
    ("Group {}: {}, {} respondents", "Groep {}: {}, {} respondenten"),
    ("Model fit, {}, imputed data", "Passing van het model, {}, geïmputeerde gegevens"),
    ("Model fit, {}", "Passing van het model, {}"),
    (
        "{} data sets, {} rounds, {} donors, seed {}; {word}. First and last round should differ by chance only.",
        "{} databestanden, {} rondes, {} donoren, startgetal {}; {word}. Eerste en laatste ronde mogen alleen door toeval \
         verschillen.",
    ),
    (
        "{} data sets, {} rounds, {} donors, seed {}; {word}. First and last round should differ by chance only. Rows left as \
         they are, without any answer or of no group: {}.",
        "{} databestanden, {} rondes, {} donoren, startgetal {}; {word}. Eerste en laatste ronde mogen alleen door toeval \
         verschillen. Rijen die blijven zoals ze zijn, zonder enig antwoord of van geen groep: {}.",
    ),
    ("Alignment of {}", "Uitlijning van {}"),
    ("Check of the alignment of {}", "Controle van de uitlijning van {}"),
];

/// A word in a language.
pub(super) fn word(english: &str, language: Language) -> String {
    match language {
        Language::English => english.to_string(),
        Language::Dutch => listed(english).unwrap_or(english).to_string(),
    }
}

/// The Dutch of a text that may stand anywhere.
pub(super) fn known(english: &str) -> Option<&'static str> {
    WORDS.iter().find(|(en, _)| *en == english).map(|(_, nl)| *nl)
}

/// The Dutch of a text that is no datum.
fn listed(english: &str) -> Option<&'static str> {
    known(english).or_else(|| HEADS.iter().find(|(en, _)| *en == english).map(|(_, nl)| *nl))
}

/// The Dutch of a title, a head or a note.
pub(super) fn heading(english: &str) -> Option<String> {
    let of_form = |(en, nl): &(&str, &str)| {
        let parts = filled(&en.replace("{word}", "{}"), english)?;
        let (mut dutch, mut rest) = (String::new(), *nl);
        for part in parts {
            let (from, to) = (rest.find('{')?, rest.find('}')? + 1);
            dutch.push_str(&rest[..from]);
            match &rest[from..to] {
                "{word}" => dutch.push_str(&heading(part).unwrap_or_else(|| part.to_string())),
                _ => dutch.push_str(part),
            }
            rest = &rest[to..];
        }
        dutch.push_str(rest);
        Some(dutch)
    };
    listed(english).map(String::from).or_else(|| FORMS.iter().find_map(of_form))
}

/// What stands at each `{}` of a form; none where the text is not of that form.
pub(super) fn filled<'a>(form: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut literals = form.split("{}");
    let mut rest = text.strip_prefix(literals.next()?)?;
    let literals: Vec<&str> = literals.collect();
    let mut parts = Vec::with_capacity(literals.len());
    for (i, literal) in literals.iter().enumerate() {
        let at = match (literal.is_empty(), i + 1 == literals.len()) {
            (true, _) => rest.len(),
            (false, true) => rest.len().checked_sub(literal.len()).filter(|_| rest.ends_with(literal))?,
            (false, false) => rest.find(literal)?,
        };
        parts.push(&rest[..at]);
        rest = &rest[at + literal.len()..];
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_or_is_another() {
        assert_eq!(filled("Groups: {}", "Groups: care"), Some(vec!["care"]));
        assert_eq!(filled("{} of {} are shown", "30 of 41 are shown"), Some(vec!["30", "41"]));
        assert_eq!(filled("{} without", "alpha with"), None);
        assert_eq!(filled("Level {} ({})", "Level 1 (team)"), Some(vec!["1", "team"]));
        assert_eq!(heading("chi-square without").as_deref(), Some("chi-kwadraat zonder"));
        assert_eq!(heading("Groups: care").as_deref(), Some("Groepen: care"));
        // a group is called as it is
        assert_eq!(heading("Groups: test").as_deref(), Some("Groepen: test"));
        assert_eq!(
            heading("Level 2 (between), 9 clusters").as_deref(),
            Some("Niveau 2 (tussen), 9 clusters")
        );
    }

    #[test]
    fn no_word_is_listed_twice() {
        let mut seen = std::collections::HashSet::new();
        for (english, _) in WORDS.iter().chain(HEADS) {
            assert!(seen.insert(english), "{english}");
        }
    }
}
