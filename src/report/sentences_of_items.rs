//! The Dutch of whole sentences with data in them: pages of networks of items and of short forms. As `sentences.rs`, which looks
//! them up.

/// English and Dutch.
pub(super) const SENTENCES: &[(&str, &str)] = &[
    // networks
    (
        "{} items, {} respondents, pearson correlations; network by the graphical lasso with the smallest EBIC (gamma {}), \
         communities by {}.",
        "{} items, {} respondenten, productmomentcorrelaties; netwerk met de grafische lasso met de kleinste EBIC (gamma {}), \
         gemeenschappen met {}.",
    ),
    (
        "{} items, {} respondents, polychoric correlations; network by the graphical lasso with the smallest EBIC (gamma {}), \
         communities by {}.",
        "{} items, {} respondenten, polychorische correlaties; netwerk met de grafische lasso met de kleinste EBIC (gamma {}), \
         gemeenschappen met {}.",
    ),
    (
        "The network has no edges, and so no dimensions.",
        "Het netwerk heeft geen verbindingen, en dus geen dimensies.",
    ),
    (
        "One dimension: the absolute correlations are a single community (Louvain), although the network has {} communities.",
        "Eén dimensie: de absolute correlaties zijn één gemeenschap (Louvain), al heeft het netwerk {} gemeenschappen.",
    ),
    ("One dimension.", "Eén dimensie."),
    (
        "Dimensions: {}; the correlations as a whole are not a single community.",
        "Dimensies: {}; de correlaties als geheel zijn niet één gemeenschap.",
    ),
    ("Dimensions: {}.", "Dimensies: {}."),
    (
        "Partial correlations given all other items, drawn towards 0 by the penalty; 0 is no edge.",
        "Partiële correlaties gegeven alle andere items, door de straf naar 0 getrokken; 0 is geen verbinding.",
    ),
    (
        "Items with the numbers of their dimensions; the wider a line, the larger the partial correlation; dashed lines are \
         negative.",
        "Items met het nummer van hun dimensie; hoe breder een lijn, hoe groter de partiële correlatie; gestreepte lijnen zijn \
         negatief.",
    ),
    (
        "Strength: sum of absolute weights of an item; within: of that, to items of its own dimension.",
        "Sterkte: som van de absolute gewichten van een item; binnen: daarvan die naar items van de eigen dimensie.",
    ),
    (
        "Stability: share of samples in which the item is in this dimension; below .75 it is unstable (Christensen & Golino 2021).",
        "Stabiliteit: aandeel steekproeven waarin het item in deze dimensie zit; onder .75 is het onstabiel (Christensen & Golino \
         2021).",
    ),
    (
        "The total entropy fit index (Golino et al. 2021) compares partitions of the same items: lower is better.",
        "De totale-entropie-index (Golino et al. 2021) vergelijkt indelingen van dezelfde items: lager is beter.",
    ),
    (
        "{} samples of the respondents with replacement, median {} dimensions.",
        "{} steekproeven uit de respondenten met teruglegging, mediaan {} dimensies.",
    ),
    (
        "{} samples from normal variables with these correlations, median {} dimensions.",
        "{} steekproeven van normale variabelen met deze correlaties, mediaan {} dimensies.",
    ),
    (
        "Structural consistency: the very same items together, and no others (Christensen & Golino 2021).",
        "Structurele consistentie: precies dezelfde items bijeen, en geen andere (Christensen & Golino 2021).",
    ),
    ("The {} largest of {}.", "De {} grootste van {}."),
    (
        "Quantiles over samples; since the penalty draws weights towards 0, they are no confidence intervals.",
        "Kwantielen over steekproeven; omdat de straf gewichten naar 0 trekt, zijn het geen betrouwbaarheidsintervallen.",
    ),
    // short forms
    (
        "{} of {} items by coefficient alpha, {} respondents: {}.",
        "{} van {} items volgens coëfficiënt alfa, {} respondenten: {}.",
    ),
    (
        "It is the best set there is: every other was excluded.",
        "Het is de beste verzameling die er is: elke andere is uitgesloten.",
    ),
    (
        "The search was cut short: there may be a better set.",
        "Het zoeken is afgebroken: er kan een betere verzameling zijn.",
    ),
    (
        "In {} splits into halves, the best set of each half was judged in the other.",
        "In {} verdelingen in helften is de beste verzameling van elke helft beoordeeld in de andere.",
    ),
    (
        "In 1 split into halves, the best set of each half was judged in the other.",
        "In 1 verdeling in helften is de beste verzameling van elke helft beoordeeld in de andere.",
    ),
    (
        "New respondents are like the other half: alpha of the short form is too high by a loss, which is smaller the more \
         respondents it was chosen in.",
        "Nieuwe respondenten zijn als de andere helft: alfa van de verkorte vorm is te hoog met een verlies, dat kleiner is naarmate \
         zij bij meer respondenten is gekozen.",
    ),
    ("In {} halves the search was cut short.", "In {} helften is het zoeken afgebroken."),
    ("In 1 half the search was cut short.", "In 1 helft is het zoeken afgebroken."),
    (
        "An item that other halves leave out could as well be another one.",
        "Een item dat andere helften weglaten, kon evengoed een ander zijn.",
    ),
];
