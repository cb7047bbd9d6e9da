//! The Dutch of warnings, by the form of their English message. The message of an error that stands in one is not translated.
//! The file is as long as its list, which is read by looking a message up.

use super::reasons::translated_by;

/// Messages with a datum at each `{}`; the first that fits counts.
const MESSAGES: &[(&str, &str)] = &[
    // what is told of a file
    (
        "read as {} export: rows 2 and 3 hold question texts and import ids ({})",
        "gelezen als export van {}: rij 2 en 3 bevatten vraagteksten en importsleutels ({})",
    ),
    (
        "read as {} export of the old kind: row 2 holds question texts ({})",
        "gelezen als export van {} van de oude soort: rij 2 bevat vraagteksten ({})",
    ),
    ("read as {} export: row 2 holds labels ({})", "gelezen als export van {}: rij 2 bevat labels ({})"),
    ("read as {} export, labels ({})", "gelezen als export van {}, labels ({})"),
    ("read as {} export, raw codes ({})", "gelezen als export van {}, codes ({})"),
    ("read as {} export ({})", "gelezen als export van {} ({})"),
    ("read as {}", "gelezen als {}"),
    (
        "-99 is Qualtrics' code of a question that was seen but not answered: missing",
        "-99 is de code van Qualtrics voor een vraag die werd gezien en niet beantwoord: ontbrekend",
    ),
    (
        "negative codes of SoSci Survey: -9 is not answered, -1 is 'don't know': missing",
        "negatieve codes van SoSci Survey: -9 is niet beantwoord, -1 is 'weet niet': ontbrekend",
    ),
    (
        "{} rows are previews of the survey, not respondents: they are in the data until you leave them out",
        "{} rijen zijn proefafnames, geen respondenten: zij zitten in de gegevens totdat u ze weglaat",
    ),
    ("{} rows were not finished", "{} rijen zijn niet afgemaakt"),
    (
        "{} persons in {} rows: rows of one person (events) are not independent",
        "{} personen in {} rijen: rijen van één persoon (momenten) zijn niet onafhankelijk",
    ),
    (
        "code {} stands apart from the other answers of {} column(s) ({}): if it means 'missing', say --missing-code {}",
        "code {} staat los van de andere antwoorden van {} kolom(men) ({}): betekent zij 'ontbrekend', zeg dan --missing-code {}",
    ),
    (
        "the file is weighted by '{}': weights are not used unless you name them, by validate not at all",
        "het bestand is gewogen met '{}': gewichten worden alleen gebruikt als u ze noemt, door validate niet",
    ),
    (
        "the file does not say its encoding: read as {}",
        "het bestand zegt niet welke codering het heeft: gelezen als {}",
    ),
    (
        "a portable file does not say its encoding: read as {}",
        "een portable bestand zegt niet welke codering het heeft: gelezen als {}",
    ),
    (
        "a Stata file before release 118 does not say its encoding: read as {}",
        "een Stata-bestand van vóór versie 118 zegt niet welke codering het heeft: gelezen als {}",
    ),
    (
        "the encoding '{}' that the file declares is not known",
        "de codering '{}' die het bestand opgeeft, is onbekend",
    ),
    (
        "the file is not valid UTF-8: read as Windows-1252",
        "het bestand is geen geldig UTF-8: gelezen als Windows-1252",
    ),
    (
        "numbers are read with a decimal comma (seen in '{}')",
        "getallen zijn gelezen met een decimale komma (gezien in '{}')",
    ),
    (
        "the file mixes decimal commas ('{}') and points ('{}'): read with a comma; the others stay texts",
        "het bestand heeft decimale komma's ('{}') en punten ('{}') door elkaar: gelezen met een komma; de andere blijven tekst",
    ),
    (
        "the file mixes decimal commas ('{}') and points ('{}'): read with a point; the others stay texts",
        "het bestand heeft decimale komma's ('{}') en punten ('{}') door elkaar: gelezen met een punt; de andere blijven tekst",
    ),
    ("read as missing in columns of numbers: {}", "gelezen als ontbrekend in kolommen met getallen: {}"),
    (
        "'{}' holds numbers but for {} cells (the first, '{}', in row {}): read as texts",
        "'{}' bevat getallen op {} cellen na (de eerste, '{}', in rij {}): gelezen als tekst",
    ),
    (
        "of {} sheets '{}' was read, which holds the table; --sheet names another",
        "van {} bladen is '{}' gelezen, waar de tabel staat; --sheet noemt een ander",
    ),
    (
        "--sheet '{}' was not used: only workbooks have sheets",
        "--sheet '{}' is niet gebruikt: alleen werkmappen hebben bladen",
    ),
    (
        "{} rows above the header (row {}) were left out",
        "{} rijen boven de kopregel (rij {}) zijn weggelaten",
    ),
    (
        "{} cells are merged with the one before or above (the first from {} to {}) and read as empty: unmerge them and fill them in the spreadsheet program",
        "{} cellen zijn samengevoegd met die ervoor of erboven (de eerste van {} tot {}) en gelezen als leeg: hef de samenvoeging op en vul ze in het rekenprogramma",
    ),
    (
        "'{}' has words that differ in case or accents only, {}: taken as one word",
        "'{}' heeft woorden die alleen in hoofdletters of accenten verschillen, {}: genomen als één woord",
    ),
    (
        "'{}' has words that differ in case or accents only, {}: these are different words until they are written alike in the file",
        "'{}' heeft woorden die alleen in hoofdletters of accenten verschillen, {}: dit zijn verschillende woorden totdat zij in het bestand gelijk worden geschreven",
    ),
    (
        "cells of {} columns hold code and words: parted, the words kept as labels",
        "cellen van {} kolommen bevatten een code en woorden: gescheiden, de woorden bewaard als labels",
    ),
    (
        "{} columns hold words of {}: codes proposed from the words, {}",
        "{} kolommen bevatten woorden van {}: codes voorgesteld op grond van de woorden, {}",
    ),
    (
        "'{}' holds a mark or nothing: read as 1 and 0, if an empty cell means 'no'",
        "'{}' bevat een kruisje of niets: gelezen als 1 en 0, als een lege cel 'nee' betekent",
    ),
    (
        "answer codes of {} columns (A1 to A{}) read as their numbers: the order of the answers is not in the file",
        "antwoordcodes van {} kolommen (A1 tot A{}) gelezen als hun nummers: de volgorde van de antwoorden staat niet in het bestand",
    ),
    (
        "the data end within row {}: the {} whole rows before it were read",
        "de gegevens eindigen binnen rij {}: de {} hele rijen ervoor zijn gelezen",
    ),
    ("the header promises {} rows, {} were read", "de kop belooft {} rijen, {} zijn gelezen"),
    (
        "compressed block {} is said to hold {} bytes, it held {}",
        "gecomprimeerd blok {} zou {} bytes bevatten en bevatte er {}",
    ),
    ("the name ends in .{}, but the file is: {}", "de naam eindigt op .{}, maar het bestand is: {}"),
    (
        "the key '{}' of {} is not known and was not used; check its spelling",
        "de sleutel '{}' van {} is onbekend en niet gebruikt; controleer de spelling",
    ),
    (
        "dimension '{}' is defined but not measured: it has no items",
        "dimensie '{}' is gedefinieerd maar niet gemeten: zij heeft geen items",
    ),
    (
        "scale '{}': '{}' is the label of the codes {}; a cell with this word is refused, codes are read",
        "schaal '{}': '{}' is het label van de codes {}; een cel met dit woord wordt geweigerd, codes worden gelezen",
    ),
    (
        "'{}' does not vary among the {} who answered '{}': their correlation is not defined, and nothing that rests on all \
         correlations",
        "'{}' varieert niet onder de {} die '{}' beantwoordden: hun correlatie is niet gedefinieerd, en niets dat op alle \
         correlaties rust",
    ),
    (
        "no respondent answered both '{}' and '{}' ({} such pairs): their covariance is not in the data and counts in no test; \
         what the model implies of it rests on the other variables",
        "geen respondent beantwoordde zowel '{}' als '{}' ({} van zulke paren): hun covariantie zit niet in de gegevens en telt in \
         geen toets; wat het model ervan zegt, rust op de andere variabelen",
    ),
    (
        "nobody with {} = '{}' answered {}: what is said of it there is what other groups say, and counts in no test",
        "niemand met {} = '{}' beantwoordde {}: wat daarover wordt gezegd, is wat andere groepen zeggen, en telt in geen toets",
    ),
    (
        "{} of {} rows left out because of missing answers; {} used",
        "{} van {} rijen weggelaten wegens ontbrekende antwoorden; {} gebruikt",
    ),
    ("{} of {} rows left out: {}; {} used", "{} van {} rijen weggelaten: {}; {} gebruikt"),
    (
        "{} of {} rows have no value of '{}': they belong to none of its groups",
        "{} van {} rijen hebben geen waarde van '{}': zij horen bij geen van de groepen",
    ),
    (
        "groups of '{}' with fewer than {} respondents are not compared: {}",
        "groepen van '{}' met minder dan {} respondenten worden niet vergeleken: {}",
    ),
    (
        "fitted to the {} complete rows of {}, since full information has no answer: {}",
        "aangepast aan de {} volledige rijen van {}, omdat volledige informatie geen antwoord geeft: {}",
    ),
    (
        "{} rows for {} items: results depend on this very sample",
        "{} rijen voor {} items: de uitkomsten hangen aan juist deze steekproef",
    ),
    (
        "'{}' and '{}' have identical answers; check for a copied column",
        "'{}' en '{}' hebben dezelfde antwoorden; kijk of een kolom is gekopieerd",
    ),
    (
        "'{}' correlates negatively with the other items of '{}' ({}); check its keying",
        "'{}' correleert negatief met de andere items van '{}' ({}); controleer de scoringsrichting",
    ),
    (
        "'{}' correlates negatively with the rest of the scale ({}); check its keying",
        "'{}' correleert negatief met de rest van de schaal ({}); controleer de scoringsrichting",
    ),
    (
        "the total score of '{}' adds up what is not one: {}; report the dimensions apart",
        "de totaalscore van '{}' telt op wat niet één is: {}; rapporteer de dimensies apart",
    ),
    (
        "{} is not positive definite (smallest eigenvalue {})",
        "{} is niet positief definiet (kleinste eigenwaarde {})",
    ),
    (
        "the model has no degrees of freedom: it fits by construction, not because it is true",
        "het model heeft geen vrijheidsgraden: het past vanzelf, niet omdat het waar is",
    ),
    (
        "the variance of '{}' is estimated at {}, below zero (a Heywood case); look for a misplaced item, too few indicators or \
         too small a sample",
        "de variantie van '{}' wordt geschat op {}, onder nul (een Heywood-geval); zoek naar een verkeerd geplaatst item, te weinig \
         indicatoren of een te kleine steekproef",
    ),
    (
        "the covariance matrix of the latent variables is not positive definite (smallest eigenvalue {}; mainly {}); merge \
         factors or drop one",
        "de covariantiematrix van de latente variabelen is niet positief definiet (kleinste eigenwaarde {}; vooral {}); voeg \
         factoren samen of laat er een weg",
    ),
    (
        "factor '{}' has one indicator: the residual variance of '{}' is fixed to zero, so it is assumed to be measured without \
         error",
        "factor '{}' heeft één indicator: de restvariantie van '{}' is op nul gezet, zodat meting zonder fout wordt aangenomen",
    ),
    (
        "the correlation of '{}' and '{}' is 1 or -1, without a standard error; {} cells of their table are empty: merge rare \
         categories, or leave one of the two out",
        "de correlatie van '{}' en '{}' is 1 of -1, zonder standaardfout; {} cellen van hun tabel zijn leeg: voeg zeldzame \
         categorieën samen, of laat een van de twee weg",
    ),
    (
        "no solution was found from the first start values; this one was found {}",
        "vanuit de eerste startwaarden is geen oplossing gevonden; deze is gevonden: {}",
    ),
    (
        "without an edge to any other item, and so in no dimension: {}; a smaller gamma keeps weaker edges",
        "zonder verbinding met een ander item, en dus in geen dimensie: {}; een kleinere gamma behoudt zwakkere verbindingen",
    ),
    (
        "no edge between {} items is worth its penalty with {} respondents: they have too little in common, or are too few; a \
         smaller gamma keeps weaker edges",
        "geen verbinding tussen {} items is haar straf waard bij {} respondenten: zij hebben te weinig gemeen, of zijn met te weinig; \
         een kleinere gamma behoudt zwakkere verbindingen",
    ),
    (
        "the penalty that was chosen is {} of the largest, less than a tenth: the network is dense, and its weakest edges may be \
         noise",
        "de gekozen straf is {} van de grootste, minder dan een tiende: het netwerk is dicht, en de zwakste verbindingen kunnen \
         ruis zijn",
    ),
    (
        "{} of {} penalties of the graphical lasso: not done; their search did not settle",
        "{} van {} straffen van de grafische lasso: niet gedaan; het zoeken kwam niet tot rust",
    ),
    (
        "{} of {} bootstrap replicates have no solution and do not count",
        "{} van {} bootstrapsteekproeven hebben geen oplossing en tellen niet mee",
    ),
    (
        "'{}' and '{}' are not tested against each other: {}",
        "'{}' en '{}' worden niet tegen elkaar getoetst: {}",
    ),
    (
        "groups of '{}' have fewer than five respondents for each of their {} parameters (Bentler & Chou 1987): tests and fit \
         measures of so few are unreliable: {}",
        "groepen van '{}' hebben minder dan vijf respondenten voor elk van hun {} parameters (Bentler & Chou 1987): toetsen en \
         maten van zo weinig zijn onbetrouwbaar: {}",
    ),
    (
        "categories of '{}' that nobody in some group chose are joined with a neighbour in all groups: {} counts as {}",
        "categorieën van '{}' die in een groep niemand koos, zijn in alle groepen samengevoegd met een buur: {} telt als {}",
    ),
    ("{} = {} left out as asked for ({} rows)", "{} = {} weggelaten zoals gevraagd ({} rijen)"),
    (
        "{} = '{}' has {} respondents; a conclusion asks for at least {}",
        "{} = '{}' heeft {} respondenten; een conclusie vraagt er ten minste {}",
    ),
    (
        "'{}' has {} groups, fewer than 10: whether the members of each of them agree can be judged (rwg, awg), but ICC(1) and \
         ICC(2) rest on the differences between so few groups and say little of others",
        "'{}' heeft {} groepen, minder dan 10: of de leden van elke groep het eens zijn, is te beoordelen (rwg, awg), maar ICC(1) en \
         ICC(2) rusten op verschillen tussen zo weinig groepen en zeggen weinig over andere",
    ),
    (
        "hypothesis '{}' refers to '{}', which is not defined: it cannot be tested; did you mean '{}'?",
        "hypothese '{}' verwijst naar '{}', dat niet is gedefinieerd: zij is niet te toetsen; bedoelde u '{}'?",
    ),
    (
        "hypothesis '{}' refers to '{}', which is not defined: it cannot be tested",
        "hypothese '{}' verwijst naar '{}', dat niet is gedefinieerd: zij is niet te toetsen",
    ),
    (
        "'{}' has {} respondents, fewer than {}: what it did not raise may only not have come up, and what is said of it is \
         indicative",
        "'{}' heeft {} respondenten, minder dan {}: wat niet is genoemd, kan alleen niet ter sprake zijn gekomen, en wat erover \
         wordt gezegd, is indicatief",
    ),
    ("column '{}' is left out: {}", "kolom '{}' is weggelaten: {}"),
    ("columns {} are left out: {}", "kolommen {} zijn weggelaten: {}"),
    (
        "differential item functioning of {} by {}: not done; {}",
        "differentieel itemfunctioneren van {} naar {}: niet gedaan; {}",
    ),
    (
        "aggregation of '{}': not done; its items are on different scales",
        "aggregatie van '{}': niet gedaan; de items staan op verschillende schalen",
    ),
    (
        "aggregation of '{}': not done; its answers are no whole numbers",
        "aggregatie van '{}': niet gedaan; de antwoorden zijn geen hele getallen",
    ),
    (
        "measurement invariance of '{}' over '{}': not done; {}",
        "meetinvariantie van '{}' over '{}': niet gedaan; {}",
    ),
    // of a validation from sums in the place of rows
    (
        "screening for careless answers: not done; the rows are not here: it looks at the answers of each respondent",
        "onzorgvuldig antwoorden: niet gedaan; de rijen zijn er niet: het gaat om de antwoorden van elke respondent",
    ),
    (
        "Little's test of missing answers: not done; the rows are not here: it is made of rows",
        "Littles toets van ontbrekende antwoorden: niet gedaan; de rijen zijn er niet, en van hen is hij gemaakt",
    ),
    (
        "exploratory dimensionality: not done; the rows are not here: its rules draw from rows; `efa --from-aggregates` has the factors",
        "exploratieve dimensionaliteit: niet gedaan; de rijen zijn er niet, waaruit de regels trekken; `efa --from-aggregates` geeft de factoren",
    ),
    (
        "item response models: not done; the rows are not here: they are fitted to patterns of answers",
        "itemresponsmodellen: niet gedaan; de rijen zijn er niet: zij worden geschat op antwoordpatronen",
    ),
    (
        "differential item functioning: not done; the rows are not here: it compares respondents with the same score",
        "differentieel itemfunctioneren: niet gedaan; de rijen zijn er niet: het vergelijkt respondenten met dezelfde score",
    ),
    (
        "relations to other variables, and hypotheses: not done; the rows are not here: they are of the scores of respondents",
        "relaties met andere variabelen, en hypothesen: niet gedaan; de rijen zijn er niet: het gaat om scores van respondenten",
    ),
    (
        "models of ordinal items: not done; the rows are not here: their robust errors and tests need the rows: answers are numbers here",
        "modellen van ordinale items: niet gedaan; de rijen zijn er niet, en robuuste fouten en toetsen hebben die nodig: antwoorden zijn hier getallen",
    ),
    (
        "'{}' of those who were asked ({}): not done; the rows are not here: everybody with answers is in its sums",
        "'{}' van wie het is gevraagd ({}): niet gedaan; de rijen zijn er niet: in de sommen zit iedereen met antwoorden",
    ),
    (
        "measurement invariance over '{}': not done; the aggregate is not by it: make one with --group {}",
        "meetinvariantie over '{}': niet gedaan; de sommen zijn er niet per groep van: maak ze met --group {}",
    ),
    (
        "the validation without the flagged: not done; the rows are not here",
        "de validatie zonder wie een signaal kreeg: niet gedaan; de rijen zijn er niet",
    ),
    (
        "aggregation to groups: not done; the rows are not here",
        "aggregatie naar groepen: niet gedaan; de rijen zijn er niet",
    ),
    ("{}: not done; {}", "{}: niet gedaan; {}"),
    (
        "nobody chose category {} of '{}': it is left out of the model, and what is said of the others holds as they stand",
        "niemand koos categorie {} van '{}': zij blijft buiten het model, en wat over de andere wordt gezegd, geldt zoals zij staan",
    ),
    (
        "the steps of '{}' are not in order ({}): some category is nowhere the likeliest",
        "de stappen van '{}' staan niet op volgorde ({}): een categorie is nergens de waarschijnlijkste",
    ),
    (
        "category {} of '{}' is nowhere the likeliest answer",
        "categorie {} van '{}' is nergens het waarschijnlijkste antwoord",
    ),
    (
        "categories {} of '{}' are nowhere the likeliest answer",
        "categorieën {} van '{}' zijn nergens het waarschijnlijkste antwoord",
    ),
    (
        "'{}' and '{}' have more in common than the trait explains (Q3 {}, mean of all pairs {}): do they ask the same?",
        "'{}' en '{}' hebben meer gemeen dan de trek verklaart (Q3 {}, gemiddelde van alle paren {}): vragen zij hetzelfde?",
    ),
];

/// A warning in Dutch; none where a text is not one.
pub(super) fn message(english: &str) -> Option<String> {
    translated_by(MESSAGES, english)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_told_in_dutch() {
        let told = "categories of 'a' that nobody in some group chose are joined with a neighbour in all groups: 1 counts as 2";
        let dutch = "categorieën van 'a' die in een groep niemand koos, zijn in alle groepen samengevoegd met een buur: 1 telt als 2";
        assert_eq!(message(told).unwrap(), dutch);
        let warning = crate::error::Warning::RowsLeftOut { used: 18, read: 30 };
        assert_eq!(
            message(&warning.to_string()).unwrap(),
            "12 van 30 rijen weggelaten wegens ontbrekende antwoorden; 18 gebruikt"
        );
        let told =
            "read as Qualtrics export: rows 2 and 3 hold question texts and import ids (CSV, commas, UTF-8)";
        let dutch = "gelezen als export van Qualtrics: rij 2 en 3 bevatten vraagteksten en importsleutels (CSV, commas, UTF-8)";
        assert_eq!(message(told).unwrap(), dutch);
        assert!(message("something else").is_none());
    }
}
