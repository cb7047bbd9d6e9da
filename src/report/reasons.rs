//! The Dutch of remarks on missing numbers: what has no value, and why.
//!
//! ```text
//! No value of WHAT: WHY.        Geen waarde van WAT: WAAROM.
//! ```
//!
//! The message of an error, which may be a reason, is not translated. The file is as long as its lists of reasons, which are
//! read by looking one up.

use super::dictionary::{filled, heading};
use super::table::NO_VALUE;

/// What was left out of what, and why: notes of the ledger.
const NOTES: &[(&str, &str)] = &[
    ("the whole construct: incomplete answers", "het hele construct: onvolledige antwoorden"),
    (
        "the whole construct as one scale: '{}' was asked only where {} is {}",
        "het hele construct als één schaal: '{}' is alleen gevraagd waar {} {} is",
    ),
    (
        "joint structures: '{}' was asked only where {} is {}, so the others miss them by design",
        "gezamenlijke structuren: '{}' is alleen gevraagd waar {} {} is, zodat de anderen ze door de opzet missen",
    ),
    (
        "joint structures: '{}' was asked only where {} is {}",
        "gezamenlijke structuren: '{}' is alleen gevraagd waar {} {} is",
    ),
    ("groups of '{}': no value", "groepen van '{}': geen waarde"),
    (
        "{}: incomplete answers of the {} respondents who were asked",
        "{}: onvolledige antwoorden van de {} respondenten aan wie het is gevraagd",
    ),
    ("{}: incomplete answers", "{}: onvolledige antwoorden"),
];

/// Reasons, with a datum at each `{}` and a reason of its own at each `{why}`.
const REASONS: &[(&str, &str)] = &[
    // of ladders of invariance
    ("there is no step before it", "er is geen stap voor"),
    ("its scaling does not exist for these data", "de schaling ervan bestaat niet voor deze gegevens"),
    ("one of the two models has no solution", "een van de twee modellen heeft geen oplossing"),
    ("thresholds of an item are tested together", "drempels van een item worden samen getoetst"),
    ("a number that it needs does not exist", "een getal dat hij nodig heeft, bestaat niet"),
    ("it has no standard error", "het heeft geen standaardfout"),
    ("a variance is not positive", "een variantie is niet positief"),
    ("its answers do not vary in one of the groups", "de antwoorden variëren niet in een van de groepen"),
    (
        "the model gives units otherwise than by first items, or has no solution",
        "het model geeft eenheden anders dan door eerste items, of heeft geen oplossing",
    ),
    ("they do not exist for this fit", "zij bestaan niet voor dit model"),
    ("the factor has no items of its own", "de factor heeft geen eigen items"),
    ("they do not exist in every data set", "zij bestaan niet in elk databestand"),
    ("fewer than two answers in a group", "minder dan twee antwoorden in een groep"),
    (
        "the step is none of its own, or has no test in any sample",
        "de stap is geen eigen stap, of heeft in geen steekproef een toets",
    ),
    (
        "the parameters came without their covariance matrices",
        "de parameters kwamen zonder hun covariantiematrices",
    ),
    (
        "the loss is flat at its minimum: more than one set of means and standard deviations has it",
        "het verlies is vlak in zijn minimum: meer dan één stel gemiddelden en standaarddeviaties heeft het",
    ),
    ("its mean and standard deviation are the unit", "gemiddelde en standaarddeviatie ervan zijn de eenheid"),
    (
        "fewer than three groups, or means that do not vary",
        "minder dan drie groepen, of gemiddelden die niet variëren",
    ),
    ("fewer than three groups, or they do not vary", "minder dan drie groepen, of zij variëren niet"),
    ("there is no correlation", "er is geen correlatie"),
    ("there are no standard errors", "er zijn geen standaardfouten"),
    ("the solution does not tell them", "de oplossing zegt het niet"),
    ("none differs in the solution", "in de oplossing verschilt er geen"),
    (
        "it holds nothing equal that the step before does not hold",
        "hij houdt niets gelijk dat de stap ervoor niet houdt",
    ),
    (
        "items of two categories have one threshold: thresholds, loadings and intercepts can only be tested together, at the step 'intercepts' (Wu & Estabrook 2016)",
        "items met twee categorieën hebben één drempel: drempels, ladingen en intercepten zijn alleen samen te toetsen, bij de stap 'intercepten' (Wu & Estabrook 2016)",
    ),
    (
        "items of three categories have two thresholds, which are what intercept and unit in the other groups are set by: equal thresholds cannot be tested by themselves (Wu & Estabrook 2016)",
        "items met drie categorieën hebben twee drempels, waarmee intercept en eenheid in de andere groepen vastliggen: gelijke drempels zijn op zichzelf niet te toetsen (Wu & Estabrook 2016)",
    ),
    (
        "the restricted model fits better than the freer one: one of the two searches ended at a local minimum",
        "het strengere model past beter dan het vrijere: een van de twee zoektochten eindigde in een lokaal minimum",
    ),
    (
        "{} does not exist for these fits (its scaling factor is not positive)",
        "{} bestaat niet voor deze modellen (de schaalfactor is niet positief)",
    ),
    ("the model of the stage {word} {status}", "het model van de fase {word} {status}"),
    // of items that may work differently
    (
        "everybody who is compared gave the same answer",
        "iedereen die wordt vergeleken gaf hetzelfde antwoord",
    ),
    (
        "the matching score does not vary, or not within the groups",
        "de somscore varieert niet, of niet binnen de groepen",
    ),
    (
        "the matching score separates the answers: the regression has no estimates",
        "de somscore scheidt de antwoorden: de regressie heeft geen schattingen",
    ),
    ("it could not be tested", "het kon niet worden getoetst"),
    ("it could not be made", "zij kon niet worden gemaakt"),
    ("it could not be fitted", "het kon niet worden geschat"),
    (
        "the construct file asks for no item response models",
        "het constructbestand vraagt geen itemresponsmodellen",
    ),
    ("fewer than {} items are ordinal", "minder dan {} items zijn ordinaal"),
    (
        "every item differs between the groups: no anchor is left",
        "elk item verschilt tussen de groepen: er blijft geen anker over",
    ),
    // of item response models
    (
        "it has fewer than {} ordinal items, which is what a slope asks",
        "het heeft minder dan {} ordinale items, zoveel als een helling vraagt",
    ),
    (
        "fewer than {} respondents answered, which is what slopes ask (COSMIN)",
        "minder dan {} respondenten antwoordden, zoveel als hellingen vragen (COSMIN)",
    ),
    (
        "the search for its parameters did not reach a maximum",
        "het zoeken naar de parameters bereikte geen maximum",
    ),
    (
        "fewer than 10 respondents (of a group) answered every item",
        "minder dan 10 respondenten (van een groep) beantwoordden elk item",
    ),
    (
        "{} degrees of freedom: the moments are no more than the free parameters",
        "{} vrijheidsgraden: er zijn niet meer momenten dan vrije parameters",
    ),
    (
        "{} moments are too many for the matrix of their covariances",
        "{} momenten zijn te veel voor de matrix van hun covarianties",
    ),
    (
        "it is not worked out for a bifactor structure",
        "het wordt voor een bifactorstructuur niet uitgerekend",
    ),
    ("it does not exist", "het bestaat niet"),
    ("a parameter has no standard error", "een parameter heeft geen standaardfout"),
    ("nobody is anywhere along the trait", "er is niemand op de trek"),
    (
        "too few complete answers for its degrees of freedom",
        "te weinig volledige antwoorden voor zijn vrijheidsgraden",
    ),
    ("its slope is held, or not determined", "de helling wordt vastgehouden, of is niet bepaald"),
    ("it has no degrees of freedom", "er zijn geen vrijheidsgraden"),
    (
        "it is worked out for one group of complete respondents",
        "het wordt uitgerekend voor één groep met volledige respondenten",
    ),
    // of items
    ("no answers", "geen antwoorden"),
    ("a single answer", "één antwoord"),
    ("the {} answers are all the same", "de {} antwoorden zijn alle gelijk"),
    (
        "the answers are so large that their powers are no numbers",
        "de antwoorden zijn zo groot dat hun machten geen getallen zijn",
    ),
    ("more than {} different answers", "meer dan {} verschillende antwoorden"),
    (
        "the total score does not vary among those who answered the item",
        "de totaalscore varieert niet bij wie het item beantwoordde",
    ),
    ("a correlation of the items is not defined", "een correlatie van de items is niet gedefinieerd"),
    (
        "the correlation matrix of the items has no inverse",
        "de correlatiematrix van de items heeft geen inverse",
    ),
    ("what the items share is not positive", "wat de items delen is niet positief"),
    (
        "the total of the standardised items does not vary",
        "het totaal van de gestandaardiseerde items varieert niet",
    ),
    ("the total of the other items does not vary", "het totaal van de andere items varieert niet"),
    ("the total of the others does not vary", "het totaal van de andere varieert niet"),
    // of scores
    ("none answered", "niets beantwoord"),
    ("{} of {} answered, {} needed", "{} van {} beantwoord, {} nodig"),
    ("no model of the scale: {why}", "geen model van de schaal: {why}"),
    (
        "the reliability of fewer items needs their mean correlation, which is not defined",
        "de betrouwbaarheid van minder items vraagt hun gemiddelde correlatie, die niet gedefinieerd is",
    ),
    (
        "the covariance matrix of the answered items has no inverse in the norm sample",
        "de covariantiematrix van de beantwoorde items heeft geen inverse in de normgroep",
    ),
    ("the model gives no error of its scores", "het model geeft geen fout van zijn scores"),
    ("the scores of the norm sample do not vary", "de scores van de normgroep variëren niet"),
    ("with missing answers", "met ontbrekende antwoorden"),
    (
        "whose posterior distribution has no mode that could be found",
        "de modus van de a-posterioriverdeling is niet gevonden",
    ),
    ("without an answer that determines a factor", "zonder antwoord dat een factor bepaalt"),
    ("no answer to an indicator of it", "geen antwoord op een indicator ervan"),
    (
        "its answered indicators do not tell it from other factors",
        "de beantwoorde indicatoren onderscheiden hem niet van andere factoren",
    ),
    // of reliability
    ("the total score does not vary", "de totaalscore varieert niet"),
    ("there are no scores", "er zijn geen scores"),
    ("there are no split halves", "er zijn geen helften"),
    ("a single item has none", "één item heeft er geen"),
    ("it has a single item", "hij heeft één item"),
    ("a model of one factor needs three items", "een model met één factor vraagt drie items"),
    ("the model of one factor has no loadings", "het model met één factor heeft geen ladingen"),
    ("the model of one factor {status}", "het model met één factor {status}"),
    (
        "the model of one factor has no proper solution, or there are fewer than two items",
        "het model met één factor heeft geen toelaatbare oplossing, of er zijn minder dan twee items",
    ),
    ("an item has no residual variance", "een item heeft geen residuele variantie"),
    ("a half does not vary", "een helft varieert niet"),
    ("a half of some split does not vary", "een van de helften varieert niet"),
    ("the halves correlate -1", "de helften correleren -1"),
    (
        "the coefficient does not exist, or not in a tenth of the samples or more",
        "de coëfficiënt bestaat niet, of niet in een tiende van de steekproeven of meer",
    ),
    (
        "it is that of complete rows, and answers are missing",
        "het is dat van volledige rijen, en er ontbreken antwoorden",
    ),
    (
        "alpha is {}, and a reliability lies between 0 and 1",
        "alfa is {}, en een betrouwbaarheid ligt tussen 0 en 1",
    ),
    ("too few answers, or answers that do not vary", "te weinig antwoorden, of antwoorden die niet variëren"),
    ("fewer than two complete answers", "minder dan twee volledige antwoorden"),
    (
        "an item does not vary among the complete answers",
        "een item varieert niet onder de volledige antwoorden",
    ),
    (
        "the sum of its items does not vary by the model",
        "de som van de items varieert volgens het model niet",
    ),
    (
        "a variance of the sum or of the items is not positive on this level",
        "een variantie van de som of van de items is op dit niveau niet positief",
    ),
    (
        "the targets have nearly the same mean, so that there is no variance to be a share of",
        "de objecten hebben bijna hetzelfde gemiddelde, zodat er geen variantie is om een aandeel van te zijn",
    ),
    (
        "nothing varies within targets, so there is no error to test against",
        "binnen objecten varieert niets, zodat er geen fout is om tegen te toetsen",
    ),
    (
        "its limits do not exist for these mean squares",
        "de grenzen bestaan niet bij deze gemiddelde kwadraten",
    ),
    // of models
    ("the model is saturated, df = 0", "het model is verzadigd, df = 0"),
    ("the level is saturated, df = 0", "het niveau is verzadigd, df = 0"),
    (
        "the level has no solution by itself, or its independence model none",
        "het niveau heeft op zichzelf geen oplossing, of het nulmodel ervan niet",
    ),
    ("the model has no proper solution", "het model heeft geen toelaatbare oplossing"),
    ("there is no proper solution with both factors", "er is geen toelaatbare oplossing met beide factoren"),
    ("the model has no standard errors", "het model heeft geen standaardfouten"),
    ("the model {status}", "het model {status}"),
    ("no standard errors were asked for", "er zijn geen standaardfouten gevraagd"),
    ("the information matrix has no inverse", "de informatiematrix heeft geen inverse"),
    ("its standard error is 0", "de standaardfout is 0"),
    ("it is too large for a number", "het is te groot voor een getal"),
    (
        "the replicates all lie on one side of the estimate, or are parametric",
        "de steekproeven liggen alle aan één kant van de schatting, of zijn parametrisch",
    ),
    (
        "a variance that it is divided by is not positive",
        "een variantie waardoor gedeeld wordt is niet positief",
    ),
    (
        "a variance that its loadings are standardised by is not positive",
        "een variantie waarmee de ladingen gestandaardiseerd worden is niet positief",
    ),
    (
        "a variance that residuals are divided by is not positive",
        "een variantie waardoor residuen gedeeld worden is niet positief",
    ),
    ("its residual variance is negative", "de residuele variantie is negatief"),
    ("its variance is not positive by the model", "de variantie is volgens het model niet positief"),
    ("the variance of a factor is not positive", "de variantie van een factor is niet positief"),
    ("it does not vary in a group", "het varieert in een groep niet"),
    ("the likelihood of these data is no number", "de aannemelijkheid van deze gegevens is geen getal"),
    ("the estimator has no likelihood", "de schatter heeft geen aannemelijkheid"),
    ("{} has no likelihood", "{} heeft geen aannemelijkheid"),
    (
        "the statistic of {} has no chi-square distribution",
        "de toetsingsgrootheid van {} heeft geen chi-kwadraatverdeling",
    ),
    (
        "the independence model has no misfit that it could be compared with",
        "het nulmodel heeft geen slechte passing om mee te vergelijken",
    ),
    ("the statistic is no number for these data", "de toetsingsgrootheid is bij deze gegevens geen getal"),
    (
        "it is not defined for these chi-squares and degrees of freedom",
        "het is bij deze chi-kwadraten en vrijheidsgraden niet gedefinieerd",
    ),
    ("one of the models has none", "een van de modellen heeft er geen"),
    ("the test does not exist for these models", "de toets bestaat voor deze modellen niet"),
    ("its scaling factor is not positive", "de schaalfactor is niet positief"),
    ("{} does not exist", "{} bestaat niet"),
    (
        "'{}' is no estimate: what it labels is left by the others, or taken from the sample",
        "'{}' is geen schatting: wat zo heet is wat de andere overlaten, of komt uit de steekproef",
    ),
    ("its variance between data sets does not exist", "de variantie tussen databestanden bestaat niet"),
    ("there were no rounds", "er waren geen rondes"),
    ("there is a single data set", "er is één databestand"),
    ("the profile does not rise far enough", "het profiel stijgt niet ver genoeg"),
    ("no sample has a solution", "geen steekproef heeft een oplossing"),
    ("a single sample has a solution", "één steekproef heeft een oplossing"),
    (
        "a sample has none: no standard errors, or no test with these degrees of freedom",
        "een steekproef heeft er geen: geen standaardfouten, of geen toets bij deze vrijheidsgraden",
    ),
    // of relations
    ("'{}' has a single item", "'{}' heeft één item"),
    (
        "'{}' and '{}' of '{}' correlate {}: look at their keys",
        "'{}' en '{}' van '{}' correleren {}: kijk naar hun richting",
    ),
    (
        "{} of the {} correlations between the factors are negative, the others are not: such have no geometric mean",
        "{} van de {} correlaties tussen de factoren zijn negatief, de andere niet: zulke hebben geen meetkundig gemiddelde",
    ),
    (
        "the mean correlation within a factor is not positive",
        "de gemiddelde correlatie binnen een factor is niet positief",
    ),
    (
        "a tenth of the samples or more have no ratio",
        "een tiende van de steekproeven of meer heeft geen ratio",
    ),
    ("a tenth of the samples or more have none", "een tiende van de steekproeven of meer heeft er geen"),
    (
        "a tenth of the samples or more have no value",
        "een tiende van de steekproeven of meer heeft geen waarde",
    ),
    ("no samples were asked for", "er zijn geen steekproeven gevraagd"),
    ("it was not asked for", "er is niet om gevraagd"),
    ("not tested", "niet getoetst"),
    ("alpha is not positive", "alfa is niet positief"),
    (
        "too few respondents have both a score and '{}'",
        "te weinig respondenten hebben zowel een score als '{}'",
    ),
    ("no correlation of the factor: {why}", "geen correlatie van de factor: {why}"),
    ("'{}' and '{}' have items in common", "'{}' en '{}' hebben items gemeen"),
    ("fewer than four respondents have both", "minder dan vier respondenten hebben beide"),
    ("the correlation is 1 or -1", "de correlatie is 1 of -1"),
    ("the ranks do not vary", "de rangen variëren niet"),
    ("it follows from the others", "het volgt uit de andere"),
    ("the scores do not vary", "de scores variëren niet"),
    ("the network has no edges", "het netwerk heeft geen verbindingen"),
    ("an item is in no dimension", "een item zit in geen dimensie"),
    ("it has no edge to another item", "het heeft geen verbinding met een ander item"),
    ("a group has scores that do not vary", "een groep heeft scores die niet variëren"),
    ("neither group has scores that vary", "geen van beide groepen heeft scores die variëren"),
    (
        "the scores of the groups do not overlap, or do not vary",
        "de scores van de groepen overlappen niet, of variëren niet",
    ),
    (
        "there are fewer than two blocks of three traits, or their correlations do not vary",
        "er zijn minder dan twee blokken van drie eigenschappen, of hun correlaties variëren niet",
    ),
    (
        "the table of the two leaves no degrees of freedom",
        "de tabel van beide laat geen vrijheidsgraden over",
    ),
    (
        "it does not exist with all respondents either; the validation says why",
        "met alle respondenten bestaat het evenmin; de validering zegt waarom",
    ),
    (
        "it exists without the flagged only; the validation says why",
        "het bestaat alleen zonder de gemarkeerden; de validering zegt waarom",
    ),
    ("it has no value without the flagged", "zonder de gemarkeerden heeft het geen waarde"),
    // of groups, of respondents
    ("the means of the groups do not vary", "de gemiddelden van de groepen variëren niet"),
    ("members of a group never differ", "leden van een groep verschillen nooit"),
    ("its groups or members do not vary", "de groepen of leden variëren niet"),
    ("no item has two answers", "geen item heeft twee antwoorden"),
    (
        "the means of the items are too close to an end of the range",
        "de gemiddelden van de items liggen te dicht bij een uiteinde van het bereik",
    ),
    ("fewer than two answers", "minder dan twee antwoorden"),
    (
        "fewer than three scales with answers in both halves, or halves that do not vary",
        "minder dan drie schalen met antwoorden in beide helften, of helften die niet variëren",
    ),
    (
        "too few pairs of such items with answers that vary",
        "te weinig paren van zulke items met antwoorden die variëren",
    ),
    (
        "no answers, or no covariance matrix of them that has an inverse",
        "geen antwoorden, of geen covariantiematrix ervan met een inverse",
    ),
    (
        "fewer than three answers to what it compares, or such that do not vary",
        "minder dan drie antwoorden op wat vergeleken wordt, of antwoorden die niet variëren",
    ),
    // of content
    (
        "no ratio of fewer than five experts is significant",
        "geen ratio van minder dan vijf deskundigen is significant",
    ),
    (
        "no coefficient of fewer than five judges is significant",
        "geen coëfficiënt van minder dan vijf beoordelaars is significant",
    ),
    ("no expert rated it", "geen deskundige beoordeelde het"),
    ("the panel gave no ratings", "het panel gaf geen oordelen"),
    ("the panel has a single expert", "het panel heeft één deskundige"),
    (
        "the panel's ratings are all the same, or no item has two of them",
        "de oordelen van het panel zijn alle gelijk, of geen item heeft er twee",
    ),
    ("both panels rated fewer than three items", "beide panels beoordeelden minder dan drie dezelfde items"),
    ("the mean ratings of a panel are all the same", "de gemiddelde oordelen van een panel zijn alle gelijk"),
    ("no unit was coded by both", "geen eenheid werd door beiden gecodeerd"),
    ("no unit was coded by both '{}' and '{}'", "geen eenheid werd door zowel '{}' als '{}' gecodeerd"),
    ("no unit was coded by all coders", "geen eenheid werd door alle codeurs gecodeerd"),
    (
        "both gave one and the same code to all their units",
        "beiden gaven al hun eenheden één en dezelfde code",
    ),
    (
        "'{}' and '{}' gave one and the same code to the {} units of both",
        "'{}' en '{}' gaven de {} eenheden van beiden één en dezelfde code",
    ),
    (
        "the codes are labels without an order: give it (--codes low,middle,high)",
        "de codes zijn labels zonder volgorde: geef die (--codes laag,midden,hoog)",
    ),
    ("the codes are labels: it needs numbers", "de codes zijn labels: het vraagt getallen"),
    ("a code is negative", "een code is negatief"),
    (
        "all codes are the same: chance alone agrees on that",
        "alle codes zijn gelijk: daarover is ook het toeval het eens",
    ),
    (
        "by these weights two coders agree on everything, as chance would",
        "met deze gewichten zijn twee codeurs het over alles eens, zoals bij toeval",
    ),
    (
        "the codes are too far apart to be squared, or chance alone agrees by these weights",
        "de codes liggen te ver uiteen om te kwadrateren, of met deze gewichten is ook het toeval het eens",
    ),
    (
        "the units with two codes or more all have the same code",
        "de eenheden met twee codes of meer hebben alle dezelfde code",
    ),
];

/// What becomes of a model that has no proper solution.
const STATUS: &[(&str, &str)] = &[
    (
        "did not converge: the search ran away with '{}' (to {}); these data do not settle {}",
        "convergeerde niet: de zoektocht liep weg met '{}' (tot {}); deze gegevens bepalen {} niet",
    ),
    (
        "did not converge: the search ran away with '{}' (to {})",
        "convergeerde niet: de zoektocht liep weg met '{}' (tot {})",
    ),
    (
        "did not converge: the gradient of '{}' is still {}",
        "convergeerde niet: de gradiënt van '{}' is nog {}",
    ),
    (
        "is not identified: {} more free parameters than moments; the data say nothing about {}",
        "is niet geïdentificeerd: {} vrije parameters meer dan momenten; de gegevens zeggen niets over {}",
    ),
    (
        "is not identified: the data say nothing about {}",
        "is niet geïdentificeerd: de gegevens zeggen niets over {}",
    ),
    (
        "converged to an improper solution: negative variance of {}",
        "heeft een ontoelaatbare oplossing: negatieve variantie van {}",
    ),
    (
        "converged to an improper solution: the covariance matrix of the latent variables is not positive definite ({})",
        "heeft een ontoelaatbare oplossing: de covariantiematrix van de latente variabelen is niet positief definiet ({})",
    ),
];

/// What has no value, with a datum at each `{}` and a part that is translated by itself at each `{what}`.
const WHATS: &[(&str, &str)] = &[
    ("the change of {}", "de verandering van {}"),
    ("the differences of {word}", "de verschillen van {word}"),
    ("measures of {word}", "maten van {word}"),
    ("the measures of {word}", "de maten van {word}"),
    ("numbers of {word}", "getallen van {word}"),
    ("dMACS of {}", "dMACS van {}"),
    ("observed d of {}", "waargenomen d van {}"),
    ("d of {}", "d van {}"),
    ("a share of {}", "een aandeel van {}"),
    ("the standard errors", "de standaardfouten"),
    ("standard errors of the first group", "standaardfouten van de eerste groep"),
    ("mean or SD of {}", "gemiddelde of SD van {}"),
    ("difference test of {word}", "verschiltoets van {word}"),
    ("the difference of the first step of {}", "het verschil van de eerste stap van {}"),
    ("the latent difference of {}", "het latente verschil van {}"),
    ("the effect on {}", "het effect op {}"),
    ("the test of {} of {}", "de toets van {} van {}"),
    ("the interval of {what}", "het interval van {what}"),
    ("the intervals of {what}", "de intervallen van {what}"),
    ("the test of {}", "de toets van {}"),
    ("the reliability of {}", "de betrouwbaarheid van {}"),
    ("the error of {}", "de fout van {}"),
    ("the corrected correlation of {what}", "de gecorrigeerde correlatie van {what}"),
    ("the latent correlation of {what}", "de latente correlatie van {what}"),
    ("Spearman's correlation of {what}", "Spearmans correlatie van {what}"),
    ("Welch's test of {} by {}", "Welch' toets van {} naar {}"),
    ("the difference in {} of {}", "het verschil in {} van {}"),
    ("the standardised value of {}", "de gestandaardiseerde waarde van {}"),
    ("the standardised effect of {}", "het gestandaardiseerde effect van {}"),
    ("the loading of {} on {}", "de lading van {} op {}"),
    ("the estimate of {}", "de schatting van {}"),
    ("the critical {} of {}", "de kritieke {} van {}"),
    ("the means of {}", "de gemiddelden van {}"),
    ("numbers of {}", "getallen van {}"),
    ("standardised epc of {}", "gestandaardiseerde epc van {}"),
    ("an end of {}", "een uiteinde van {}"),
    ("{} of row {}", "{} van rij {}"),
    ("score on {} of {people}", "score op {} van {people}"),
    ("factor score on {} of {people}", "factorscore op {} van {people}"),
    ("{} on {} of {people}", "{} op {} van {people}"),
    ("alpha without {}", "alfa zonder {}"),
    ("standardised alpha without {}", "gestandaardiseerde alfa zonder {}"),
    ("standardised alpha of {}", "gestandaardiseerde alfa van {}"),
    ("standardised alpha", "gestandaardiseerde alfa"),
    ("categorical omega of {}", "categorische omega van {}"),
    ("ordinal alpha of {}", "ordinale alfa van {}"),
    ("omega, composite reliability and H", "omega, samengestelde betrouwbaarheid en H"),
    ("omega and H of {}", "omega en H van {}"),
    ("omega or AVE of {}", "omega of AVE van {}"),
    ("lambdas and glb of {}", "lambda's en glb van {}"),
    ("lambda 6 or glb of {}", "lambda 6 of glb van {}"),
    ("mean and sd of {}", "gemiddelde en sd van {}"),
    ("mean inter-item r", "gemiddelde r tussen items"),
    ("mean r of {}", "gemiddelde r van {}"),
    ("mean of {}", "gemiddelde van {}"),
    ("the greatest lower bound", "de grootste ondergrens"),
    ("some bootstrap intervals", "sommige bootstrapintervallen"),
    ("some measures", "sommige maten"),
    ("the determinacy", "de bepaaldheid"),
    ("chi-square of {}", "chi-kwadraat van {}"),
    ("p of the chi-square", "p van de chi-kwadraat"),
    ("the unscaled chi-square", "de ongeschaalde chi-kwadraat"),
    ("p of the unscaled chi-square", "p van de ongeschaalde chi-kwadraat"),
    ("p of the test {}", "p van de toets {}"),
    ("the baseline", "het nulmodel"),
    ("the saturated log-likelihood", "de verzadigde log-aannemelijkheid"),
    (
        "standard errors, tests and standardised values",
        "standaardfouten, toetsen en gestandaardiseerde waarden",
    ),
    ("AIC and BIC of {}", "AIC en BIC van {}"),
    ("se and z of {}", "se en z van {}"),
    ("eta2 and omega2 of {} by {}", "eta2 en omega2 van {} naar {}"),
    ("t and its interval of {}", "t en interval van {}"),
    ("d and its interval of {}", "d en interval van {}"),
    ("p and interval of the level {word}", "p en interval van het niveau {word}"),
    ("measures of the level {word}", "maten van het niveau {word}"),
    ("{} of {}", "{} van {}"),
    ("{} with {}", "{} met {}"),
];

/// A reason in Dutch; as it is where it is the message of an error.
pub(super) fn in_dutch(reason: &str) -> String {
    translated(REASONS, reason)
}

/// A note of the ledger in Dutch.
pub(super) fn note(why: &str) -> String {
    translated(NOTES, why)
}

/// A remark in Dutch; none where it does not tell of a missing number.
pub(super) fn remark(english: &str) -> Option<String> {
    let told = english.strip_prefix(NO_VALUE)?;
    let (whats, why) = told.strip_suffix('.').unwrap_or(told).split_once(": ")?;
    let whats: Vec<String> = whats.split("; ").map(what_in_dutch).collect();
    Some(format!("Geen waarde van {}: {}.", whats.join("; "), in_dutch(why)))
}

/// What has no value: a word of the dictionary, or a form.
fn what_in_dutch(what: &str) -> String {
    heading(what).or_else(|| translated_by(WHATS, what)).unwrap_or_else(|| what.to_string())
}

/// A text by the first form that it has; as it is where it has none.
fn translated(forms: &[(&str, &str)], text: &str) -> String {
    translated_by(forms, text).unwrap_or_else(|| text.to_string())
}

/// The same; none where it has no form.
pub(super) fn translated_by(forms: &[(&str, &str)], text: &str) -> Option<String> {
    forms.iter().find_map(|(en, nl)| form(en, nl, text))
}

fn form(english: &str, dutch: &str, text: &str) -> Option<String> {
    let mut plain = english.to_string();
    for slot in ["{why}", "{what}", "{status}", "{word}", "{people}"] {
        plain = plain.replace(slot, "{}");
    }
    let (mut out, mut rest) = (String::new(), dutch);
    for part in filled(&plain, text)? {
        let (from, to) = (rest.find('{')?, rest.find('}')? + 1);
        out.push_str(&rest[..from]);
        out.push_str(&match &rest[from..to] {
            "{why}" => translated(REASONS, part),
            "{what}" => what_in_dutch(part),
            "{status}" => STATUS.iter().find_map(|(en, nl)| form(en, nl, part))?,
            "{word}" => heading(part).unwrap_or_else(|| part.to_string()),
            "{people}" => part.replace(" and ", " en nog ").replace(" more", ""),
            _ => part.to_string(),
        });
        rest = &rest[to..];
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_told_in_dutch_with_its_reason() {
        let dutch = |english: &str| remark(english).unwrap();
        assert_eq!(
            dutch("No value of HTMT of a - b, a - c; the interval of HTMT of b - c: 'a' has a single item."),
            "Geen waarde van HTMT van a - b, a - c; het interval van HTMT van b - c: 'a' heeft één item."
        );
        assert_eq!(
            dutch("No value of score on care of 1, 2 and 30 more: 1 of 3 answered, 2 needed."),
            "Geen waarde van score op care van 1, 2 en nog 30: 1 van 3 beantwoord, 2 nodig."
        );
        assert_eq!(
            dutch(
                "No value of omega and H of care: the model of one factor is not identified: the data say nothing about 'f'."
            ),
            "Geen waarde van omega en H van care: het model met één factor is niet geïdentificeerd: de gegevens zeggen niets over 'f'."
        );
        // the message of an error stays as it is
        assert_eq!(
            dutch("No value of the reliability of care: 'c1' never varies: 3."),
            "Geen waarde van de betrouwbaarheid van care: 'c1' never varies: 3."
        );
        assert_eq!(remark("* fewer than 50"), None);
    }

    #[test]
    fn both_languages_have_the_same_places_and_none_is_listed_twice() {
        let mut seen = std::collections::HashSet::new();
        for (english, dutch) in REASONS.iter().chain(STATUS).chain(WHATS) {
            assert_eq!(english.matches('{').count(), dutch.matches('{').count(), "{english}");
            assert!(seen.insert(english), "{english}");
        }
    }
}
