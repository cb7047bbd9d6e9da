//! Conclusions about items that work differently in groups.

use super::conclusion::{Aspect, Conclusion, Rule, SMALLEST_GROUP, Sentence, Verdict, counted};
use super::functioning::DimensionFunctioning;
use super::internal_structure::ItemDifference;

const ALIKE: Rule = Rule(
    "Items work alike when none is named at the same level (ordinal logistic regression, .05 with Holm's adjustment) with a \
     difference that is moderate or large (rise of Nagelkerke's R2 of .035, .070 or more); groups need 50 respondents.",
    "Items werken gelijk als bij gelijk niveau geen item wordt aangewezen (ordinale logistische regressie, .05 met Holms \
     correctie) met een matig of groot verschil (stijging van Nagelkerkes R2 van ten minste .035, .070); groepen hebben 50 \
     respondenten nodig.",
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
    let smallest = result.groups.iter().map(|group| group.n).min().unwrap_or(0);
    let verdict = match (smallest < SMALLEST_GROUP, named.iter().filter(weighty).count(), large) {
        (true, ..) => Verdict::Open,
        (_, 0, _) => Verdict::Supported,
        (_, some, 0) if 4 * some <= tested => Verdict::Mixed,
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
        text += " Which items differ changes with the items matched on.";
        text_nl += " Welke items verschillen, hangt af van de items waarop gelijk niveau berust.";
    }
    if smallest < SMALLEST_GROUP {
        text += &format!(" The smallest group has {}.", counted(smallest, "respondent", "respondents"));
        text_nl += &format!(" De kleinste groep heeft {}.", counted(smallest, "respondent", "respondenten"));
    }
    Some((verdict, (text, text_nl)))
}

fn in_short(item: &ItemDifference) -> String {
    format!("{} ({})", item.item, item.class.unwrap_or('-'))
}
