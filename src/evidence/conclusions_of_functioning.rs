//! Conclusions about items that work differently in groups.

use super::conclusion::{Aspect, Conclusion, Rule, Sentence, Verdict, counted};
use super::functioning::DimensionFunctioning;

const ALIKE: Rule = Rule(
    "Items work alike when none is named at the same level with a difference that is moderate or large, in groups of 50 respondents or more: by \
     ordinal logistic regression on the sum of the items (.05 with Holm's adjustment, rise of Nagelkerke's R2 of .035, .070 or more) and by an \
     item response model (likelihood ratio tests, .05 with Holm's adjustment, standardised difference of expected scores of .2, .5 or more). An \
     item differs where both name it; where one does the methods disagree.",
    "Items werken gelijk als bij gelijk niveau geen item wordt aangewezen met een matig of groot verschil, in groepen van ten minste 50 \
     respondenten: volgens ordinale logistische regressie op de som van de items (.05 met Holms correctie, stijging van Nagelkerkes R2 van ten \
     minste .035, .070) en volgens een itemresponsmodel (likelihoodratiotoetsen, .05 met Holms correctie, gestandaardiseerd verschil in verwachte \
     scores van ten minste .2, .5). Een item verschilt als beide het aanwijzen; wijst één het aan, dan zijn de methoden het oneens.",
    "Zumbo (1999). A handbook on DIF; Jodoin & Gierl (2001). Applied Measurement in Education 14, 329-349; Thissen, Steinberg & \
     Wainer (1993). In Differential item functioning; Meade (2010). Journal of Applied Psychology 95, 728-743.",
);

/// A conclusion for each dimension and grouping variable of which some item could be tested.
pub(crate) fn about_functioning(all: &[DimensionFunctioning]) -> Vec<Conclusion> {
    all.iter()
        .filter_map(|own| Some(Conclusion::new(&own.dimension, Aspect::ItemFunctioning, found(own)?, &ALIKE)))
        .collect()
}

/// An item that some method names.
struct Named<'a> {
    item: &'a str,
    by_score: Option<char>,
    by_trait: Option<char>,
}

impl Named<'_> {
    /// Whether a method finds the difference moderate or large.
    fn is_weighty(class: Option<char>) -> bool {
        class.is_some_and(|class| class != 'A')
    }

    fn is_large(&self) -> bool {
        self.by_score == Some('C') || self.by_trait == Some('C')
    }
}

fn named(own: &DimensionFunctioning) -> Vec<Named<'_>> {
    let all = own.result.items.iter().map(|item| {
        let by_model = own.by_model.as_ref().and_then(|by| by.items.iter().find(|own| own.item == item.item));
        Named {
            item: &item.item,
            by_score: item.class.filter(|_| item.is_named),
            // A says that the test is not significant, or the difference small
            by_trait: by_model.and_then(|own| own.class).filter(|class| *class != 'A'),
        }
    });
    all.filter(|item| item.by_score.is_some() || item.by_trait.is_some()).collect()
}

fn found(own: &DimensionFunctioning) -> Option<(Verdict, Sentence)> {
    let result = &own.result;
    let tested = result.items.iter().filter(|item| item.class.is_some()).count();
    if tested == 0 {
        return None;
    }
    let named = named(own);
    let is_disputed = |item: &Named<'_>| own.disagreements.iter().any(|other| other == item.item);
    let weighty: Vec<&Named<'_>> = named
        .iter()
        .filter(|item| Named::is_weighty(item.by_score) || Named::is_weighty(item.by_trait))
        .collect();
    let agreed: Vec<&Named<'_>> = weighty.iter().copied().filter(|item| !is_disputed(item)).collect();
    let verdict = match (weighty.len(), agreed.len(), agreed.iter().filter(|item| item.is_large()).count()) {
        (0, ..) => Verdict::Supported,
        (_, some, 0) if 4 * some <= tested => Verdict::Mixed,
        _ => Verdict::NotSupported,
    };
    let by = &result.variable;
    let (items, items_nl) = (counted(tested, "item", "items"), counted(tested, "item", "items"));
    let two = own.by_model.is_some();
    let (both, beide) = match two {
        true => (
            " by logistic regression and by an item response model",
            " volgens logistische regressie en een itemresponsmodel",
        ),
        false => ("", ""),
    };
    let told = |and: &str| -> String {
        named.iter().map(|item| in_short(item, two, and)).collect::<Vec<_>>().join(", ")
    };
    let (mut text, mut text_nl) = match named.as_slice() {
        [] => (
            format!("By {by} none of {items} works differently at the same level{both}."),
            format!("Naar {by} werkt geen van {items_nl} anders bij gelijk niveau{beide}."),
        ),
        _ => (
            format!("By {by}, of {items} at the same level, different{both}: {}.", told("not named")),
            format!(
                "Naar {by}, van {items_nl} bij gelijk niveau, anders{beide}: {}.",
                told("niet aangewezen")
            ),
        ),
    };
    if !own.disagreements.is_empty() {
        let list = own.disagreements.join(", ");
        text += &format!(" The methods disagree about {list}.");
        text_nl += &format!(" De methoden zijn het oneens over {list}.");
    }
    if result.purification.as_ref().is_some_and(|cleaned| !cleaned.is_settled) {
        text += " Too few items are left to match on: which differ is not certain.";
        text_nl += " Er blijven te weinig items over om gelijk niveau op te baseren: welke verschillen, is niet zeker.";
    }
    Some((verdict, (text, text_nl)))
}

/// The item with its class; with two methods both of them.
fn in_short(item: &Named<'_>, two: bool, none: &str) -> String {
    let class = |own: Option<char>| own.map_or_else(|| none.to_string(), String::from);
    match two {
        true => format!("{} ({}, {})", item.item, class(item.by_score), class(item.by_trait)),
        false => format!("{} ({})", item.item, class(item.by_score)),
    }
}
