//! Conclusions about content: what experts, judges, coders and stakeholders say.

use super::conclusion::{Aspect, Conclusion, Rule, Verdict, counted};
use super::content::{Agreement, ContentEvidence, ContentValidity, ItemSort, Perspectives};

const RELEVANT: Rule = Rule(
    "Items are relevant when S-CVI/Ave is at least .90 and each I-CVI at least .78 (1.00 with fewer than six experts).",
    "Items zijn relevant als S-CVI/Ave ten minste .90 is en elke I-CVI ten minste .78 (1.00 bij minder dan zes experts).",
    "Polit, Beck & Owen (2007). Research in Nursing & Health 30, 459-467; Lynn (1986). Nursing Research 35, 382-385.",
);
const SORTED: Rule = Rule(
    "Judges sort an item where it belongs when its substantive validity coefficient is significant (binomial, .05).",
    "Beoordelaars plaatsen een item waar het hoort als de coëfficiënt Csv significant is (binomiaal, .05).",
    "Anderson & Gerbing (1991). Journal of Applied Psychology 76, 732-740.",
);
const AGREEING: Rule = Rule(
    "Codes are reliable when Krippendorff's alpha is at least .80; from .667 on they allow tentative conclusions.",
    "Codes zijn betrouwbaar als Krippendorffs alpha ten minste .80 is; vanaf .667 staan zij voorlopige conclusies toe.",
    "Krippendorff (2004). Content analysis, 2nd ed., p. 241.",
);
const RAISED: Rule = Rule(
    "A dimension is recognised when at least half of the respondents of each group raise it; of fewer than twelve \
     interviews the finding is indicative.",
    "Een dimensie wordt herkend als ten minste de helft van de respondenten van elke groep haar noemt; bij minder dan \
     twaalf interviews is de bevinding indicatief.",
    "Guest, Bunce & Johnson (2006). Field Methods 18, 59-82.",
);
/// Mean relevance that a scale needs.
const AVERAGE: f64 = 0.90;

/// The conclusions about the construct's content; those about the perspectives on a dimension are about it.
pub(crate) fn about_content(construct: &str, found: &ContentEvidence) -> Vec<Conclusion> {
    let mut conclusions = Vec::new();
    conclusions.extend(found.ratings.as_ref().map(|r| relevance(construct, r)));
    conclusions.extend(found.item_sort.as_ref().map(|s| sorting(construct, s)));
    conclusions.extend(found.agreement.as_ref().and_then(|a| agreement(construct, a)));
    conclusions.extend(found.perspectives.iter().flat_map(perspectives));
    conclusions
}

fn relevance(construct: &str, found: &ContentValidity) -> Conclusion {
    let weak: Vec<&str> = found.items.iter().filter(|i| !i.meets).map(|i| i.item.as_str()).collect();
    let good = weak.is_empty() && found.scale.s_cvi_ave >= AVERAGE;
    let numbers = format!(
        "{} experts, S-CVI/Ave {:.2}, S-CVI/UA {:.2}",
        found.experts, found.scale.s_cvi_ave, found.scale.s_cvi_ua
    );
    let text = if good {
        (
            format!("Experts judge all {} items relevant ({numbers}).", found.items.len()),
            format!("Experts vinden alle {} items relevant ({numbers}).", found.items.len()),
        )
    } else if weak.is_empty() {
        (
            format!("Each item is relevant by itself, but the average is below .90 ({numbers})."),
            format!("Elk item is op zich relevant, maar het gemiddelde ligt onder .90 ({numbers})."),
        )
    } else {
        let (n, all, list) = (weak.len(), found.items.len(), weak.join(", "));
        (
            format!(
                "Experts do not agree that {n} of {all} items {} relevant: {list} ({numbers}).",
                if n == 1 { "is" } else { "are" }
            ),
            format!(
                "Experts zijn het er niet over eens dat {n} van de {all} items relevant {}: {list} ({numbers}).",
                if n == 1 { "is" } else { "zijn" }
            ),
        )
    };
    let verdict = if good { Verdict::Supported } else { Verdict::NotSupported };
    Conclusion::new(construct, Aspect::Relevance, (verdict, text), &RELEVANT)
}

fn sorting(construct: &str, found: &ItemSort) -> Conclusion {
    let all = found.items.len();
    let tested = found.items.iter().all(|i| i.critical.is_some());
    let good = found.items.iter().filter(|i| i.critical.is_some_and(|c| i.csv >= c)).count();
    let judges = found.judges;
    if !tested {
        let text = (
            format!("With {} no item-sort result can be significant.", counted(judges, "judge", "judges")),
            format!(
                "Met {} kan geen uitkomst van de sorteertaak significant zijn.",
                counted(judges, "beoordelaar", "beoordelaars")
            ),
        );
        return Conclusion::new(construct, Aspect::Sorting, (Verdict::Open, text), &SORTED);
    }
    let verdict = if good == all { Verdict::Supported } else { Verdict::NotSupported };
    let text = (
        format!(
            "Judges sort {good} of {all} items where they belong ({}).",
            counted(judges, "judge", "judges")
        ),
        format!(
            "Beoordelaars plaatsen {good} van de {all} items waar zij horen ({}).",
            counted(judges, "beoordelaar", "beoordelaars")
        ),
    );
    Conclusion::new(construct, Aspect::Sorting, (verdict, text), &SORTED)
}

fn agreement(construct: &str, found: &Agreement) -> Option<Conclusion> {
    let alpha = found.krippendorff.nominal?;
    let interval = found.intervals.get("nominal").copied().flatten();
    let (en, nl) = match interval {
        Some(i) => (
            format!("alpha {alpha:.2}, 95 % interval {:.2} to {:.2}", i.lower, i.upper),
            format!("alpha {alpha:.2}, 95%-interval {:.2} tot {:.2}", i.lower, i.upper),
        ),
        None => (format!("alpha {alpha:.2}"), format!("alpha {alpha:.2}")),
    };
    let (coders, units) = (found.coders, found.units);
    let (verdict, text) = if alpha >= 0.8 {
        (Verdict::Supported, ("Coders agree", "Codeurs zijn het eens"))
    } else if alpha >= 0.667 {
        (
            Verdict::Open,
            (
                "Coders agree enough for tentative conclusions",
                "Codeurs zijn het genoeg eens voor voorlopige conclusies",
            ),
        )
    } else {
        (Verdict::NotSupported, ("Coders do not agree enough", "Codeurs zijn het niet genoeg eens"))
    };
    let text = (
        format!("{}: {coders} coders, {} ({en}).", text.0, counted(units, "excerpt", "excerpts")),
        format!("{}: {coders} codeurs, {} ({nl}).", text.1, counted(units, "fragment", "fragmenten")),
    );
    Some(Conclusion::new(construct, Aspect::Agreement, (verdict, text), &AGREEING))
}

fn perspectives(found: &Perspectives) -> Vec<Conclusion> {
    let indicative = |group: &str| found.groups.iter().any(|g| g.name == group && g.indicative);
    let of_dimension = |row: &super::content::DimensionPerspective| {
        let (verdict, text) = if row.not_examined {
            let en = "Not examined in the interviews: no excerpt is about it.".to_string();
            (Verdict::Open, (en, "Niet onderzocht in de interviews: geen fragment gaat erover.".to_string()))
        } else {
            let listed = |dutch: bool| -> String {
                let each = row.cells.iter().map(|cell| {
                    let mark = if indicative(&cell.group) { "*" } else { "" };
                    let word = if dutch { "van" } else { "of" };
                    format!("{}{mark} {} {word} {}", cell.group, cell.raised, cell.respondents)
                });
                each.collect::<Vec<_>>().join(", ")
            };
            let half = row.cells.iter().all(|cell| cell.share >= 0.5);
            let never: Vec<&str> =
                row.cells.iter().filter(|c| c.raised == 0).map(|c| c.group.as_str()).collect();
            let (verdict, en, nl) = match (half, never.is_empty()) {
                (true, _) => (
                    Verdict::Supported,
                    "Every group recognises it".to_string(),
                    "Elke groep herkent haar".to_string(),
                ),
                (false, true) => (
                    Verdict::Open,
                    "Raised by every group, not by half of each".to_string(),
                    "Door elke groep genoemd, niet door de helft van elk".to_string(),
                ),
                (false, false) => (
                    Verdict::NotSupported,
                    format!("Never raised by {}", never.join(", ")),
                    format!("Nooit genoemd door {}", never.join(", ")),
                ),
            };
            (verdict, (format!("{en} ({}).", listed(false)), format!("{nl} ({}).", listed(true))))
        };
        Conclusion::new(&row.dimension, Aspect::Perspectives, (verdict, text), &RAISED)
    };
    found.dimensions.iter().map(of_dimension).collect()
}
