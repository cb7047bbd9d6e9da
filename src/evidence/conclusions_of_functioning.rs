//! Conclusions about items that work differently in groups.

use super::conclusion::{Aspect, Conclusion, Rule, Sentence, Verdict, counted};
use super::functioning::DimensionFunctioning;
use super::internal_structure::ItemDifference;

const ALIKE: Rule = Rule(
    "Items work alike when none is named at the same level (ordinal logistic regression, .05 with Holm's adjustment) with a \
     difference that is moderate or large (rise of Nagelkerke's R2 of .035, .070 or more); groups of 50 respondents or more are compared.",
    "Items werken gelijk als bij gelijk niveau geen item wordt aangewezen (ordinale logistische regressie, .05 met Holms \
     correctie) met een matig of groot verschil (stijging van Nagelkerkes R2 van ten minste .035, .070); vergeleken worden \
     groepen van ten minste 50 respondenten.",
    "Zumbo (1999). A handbook on DIF; Jodoin & Gierl (2001). Applied Measurement in Education 14, 329-349.",
);

/// A conclusion for each dimension and grouping variable of which some item could be tested.
pub(crate) fn about_functioning(all: &[DimensionFunctioning]) -> Vec<Conclusion> {
    all.iter()
        .filter_map(|own| Some(Conclusion::new(&own.dimension, Aspect::ItemFunctioning, found(own)?, &ALIKE)))
        .collect()
}

fn found(own: &DimensionFunctioning) -> Option<(Verdict, Sentence)> {
    let result = &own.result;
    let tested = result.items.iter().filter(|item| item.class.is_some()).count();
    if tested == 0 {
        return None;
    }
    let named: Vec<&ItemDifference> = result.items.iter().filter(|item| item.is_named).collect();
    let weighty = |item: &&&ItemDifference| item.class.is_some_and(|class| class != 'A');
    let large = named.iter().filter(|item| item.class == Some('C')).count();
    let verdict = match (named.iter().filter(weighty).count(), large) {
        (0, _) => Verdict::Supported,
        (some, 0) if 4 * some <= tested => Verdict::Mixed,
        _ => Verdict::NotSupported,
    };
    let by = &result.variable;
    let (items, items_nl) = (counted(tested, "item", "items"), counted(tested, "item", "items"));
    let (mut text, mut text_nl) = match named.as_slice() {
        [] => (
            format!("By {by} none of {items} works differently at the same level."),
            format!("Naar {by} werkt geen van {items_nl} anders bij gelijk niveau."),
        ),
        named => {
            let list = named.iter().map(|item| in_short(item)).collect::<Vec<_>>().join(", ");
            (
                format!("By {by}, of {items} at the same level, different: {list}."),
                format!("Naar {by}, van {items_nl} bij gelijk niveau, anders: {list}."),
            )
        }
    };
    if result.purification.as_ref().is_some_and(|cleaned| !cleaned.is_settled) {
        text += " Too few items are left to match on: which differ is not certain.";
        text_nl += " Er blijven te weinig items over om gelijk niveau op te baseren: welke verschillen, is niet zeker.";
    }
    Some((verdict, (text, text_nl)))
}

fn in_short(item: &ItemDifference) -> String {
    format!("{} ({})", item.item, item.class.unwrap_or('-'))
}
