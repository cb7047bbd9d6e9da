//! Evidence based on consequences and use: the precision of a score, differences between groups.

use super::{ValidationReport, invariance, scales};
use crate::error::Warning;
use crate::evidence::DimensionFunctioning;
use crate::evidence::internal_structure::{ItemDifference, ItemFunctioning};
use crate::report::number::{fixed, optional, p_value};
use crate::report::{Page, Table, groups};

pub(super) fn consequences(report: &ValidationReport<'_>, page: &mut Page) {
    let evidence = report.evidence;
    page.heading(2, "Evidence based on consequences and use");
    page.heading(3, "Precision of a person's score");
    page.table(errors(report));
    page.heading(3, "Differences between groups");
    match groups::groups(&evidence.relations.known_groups) {
        Some(table) => page.table(report.in_titles(report.marked(table))),
        None => page.paragraph("Not examined."),
    }
    if let Some(table) = groups::pairs(&evidence.relations.known_groups) {
        page.table(report.in_titles(report.marked(table)));
    }
    invariance::latent_means(report, page);
    page.heading(3, "Differential item functioning");
    match evidence.item_functioning.as_slice() {
        [] => page.paragraph("Not examined."),
        all => {
            page.table(report.in_titles(report.marked(functioning(all))));
            page.table(by_model(report, all));
        }
    }
}

/// Items by grouping variable: those named, with class and direction.
fn functioning(all: &[DimensionFunctioning]) -> Table {
    let heads = [
        "dimension",
        "by",
        "groups (n)",
        "left out (n)",
        "items",
        "differ",
        "class",
        "higher in",
        "R2",
        "p (Holm)",
    ];
    let mut table = Table::new("Items that work differently at the same level", heads);
    table.text_columns = vec![1, 2, 3, 5, 6, 7];
    for DimensionFunctioning { dimension, result, .. } in all {
        let groups: Vec<String> = result.groups.iter().map(|g| format!("{} ({})", g.group, g.n)).collect();
        let small = result.warnings.iter().filter_map(|warning| match warning {
            Warning::SmallGroupsLeftOut { groups, .. } => Some(groups),
            _ => None,
        });
        let small: Vec<String> = small.flatten().map(|(group, n)| format!("{group} ({n})")).collect();
        let tested = result.items.iter().filter(|item| item.class.is_some()).count();
        let mut lead = [
            dimension.clone(),
            result.variable.clone(),
            groups.join(", "),
            small.join(", "),
            tested.to_string(),
        ];
        for item in result.items.iter().filter(|item| item.is_named) {
            let own = [
                item.item.clone(),
                item.class.map_or_else(|| "-".into(), String::from),
                highest(item, result),
                optional(item.effect, 3),
                p_value(item.total.map(|t| t.adjusted)),
            ];
            table.row(std::mem::take(&mut lead).into_iter().chain(own));
        }
        if !lead[0].is_empty() {
            table.row(lead.into_iter().chain(["none", "", "", "", ""].map(String::from)));
        }
        for item in result.items.iter().filter(|item| item.total.is_none()) {
            let why = item.reason.as_deref().unwrap_or("it could not be tested");
            table.without(&item.item, why);
        }
    }
    table.note = "Ordinal logistic regression; same level: same sum of the items, without those that differ. Class A: \
                  negligible, B: moderate, C: large (R2: rise of Nagelkerke's R2 by group, from .035 and .070). Left out: \
                  groups with fewer than 50 complete answers."
        .into();
    table
}

/// The same by item response models: items that one of the methods names, side by side.
fn by_model(report: &ValidationReport<'_>, all: &[DimensionFunctioning]) -> Table {
    let heads =
        ["dimension", "by", "groups", "n", "item", "class", "ESSD", "p (Holm)", "by the sum", "methods"];
    let mut table = Table::new("The same by item response models, and by both", heads);
    table.text_columns = vec![1, 2, 4, 5, 8, 9];
    for own in all {
        let dimension = report.title_of(&own.dimension);
        let by = &own.result.variable;
        let Some(found) = &own.by_model else {
            let what = format!(
                "{} {dimension} {} {by}",
                report.language.of("the comparison of", "de vergelijking van"),
                report.language.of("by", "naar")
            );
            table.without(&what, own.by_model_reason.as_deref().unwrap_or("it could not be made"));
            continue;
        };
        let mut lead = [dimension, by.clone(), found.groups.join(", "), found.n.to_string()];
        let differ = found.items.iter().filter(|item| {
            own.by_trait(&item.item) == Some(true)
                || own.result.items.iter().any(|other| other.item == item.item && other.is_named)
        });
        for item in differ {
            let by_score = own.result.items.iter().find(|other| other.item == item.item && other.is_named);
            let none = || report.language.of("not named", "niet aangewezen").to_string();
            let sizes = item.effects.iter().filter_map(|effect| effect.essd);
            let is_disputed = own.disagreements.contains(&item.item);
            let cells = [
                item.item.clone(),
                item.class.filter(|class| *class != 'A').map_or_else(none, String::from),
                optional(sizes.max_by(|a, b| a.abs().total_cmp(&b.abs())), 2),
                p_value(item.total.and_then(|total| total.adjusted)),
                by_score.and_then(|own| own.class).map_or_else(none, String::from),
                match is_disputed {
                    true => report.language.of("disagree", "oneens"),
                    false => report.language.of("agree", "eens"),
                }
                .to_string(),
            ];
            table.row(std::mem::take(&mut lead).into_iter().chain(cells));
        }
        if !lead[0].is_empty() {
            table.row(lead.into_iter().chain(["none", "", "", "", "", ""].map(String::from)));
        }
    }
    table.note = "Graded response model, the items that do not differ equal in all groups; likelihood ratio tests. ESSD: standardised difference of the expected answers, group less reference (Meade 2010); B: from .2, C: from .5, when the test is significant. By the sum: class of the table above. The methods disagree where one finds a moderate or large difference and the other does not."
        .into();
    table
}

/// The group that chooses the highest answers at the same level.
fn highest(item: &ItemDifference, result: &ItemFunctioning) -> String {
    let reference = result.groups.first().map_or("", |g| g.group.as_str());
    let others = item.effects.iter().filter_map(|e| Some((e.group.as_str(), e.log_odds?)));
    let highest = others.chain([(reference, 0.0)]).max_by(|a, b| a.1.total_cmp(&b.1));
    highest.map_or_else(String::new, |(group, _)| group.to_string())
}

/// Measurement error of the scores.
fn errors(report: &ValidationReport<'_>) -> Table {
    let heads = ["scale", "sd", "reliability", "SEM", "SDC"];
    let mut table = Table::new("Measurement error of the mean score", heads);
    for (name, scale) in scales(report) {
        let Some(error) = scale.reliability.as_ref().and_then(|r| r.error) else { continue };
        table.row([
            name,
            fixed(error.sd, 2),
            fixed(error.reliability, 3),
            fixed(error.sem, 2),
            fixed(error.sdc, 2),
        ]);
    }
    for (name, scale) in scales(report) {
        if let Some(found) = scale.reliability.as_ref().filter(|r| r.error.is_none()) {
            let why = match found.alpha.raw {
                Some(alpha) => {
                    format!("alpha is {}, and a reliability lies between 0 and 1", fixed(alpha, 2))
                }
                None => "the total score does not vary".into(),
            };
            table.without(&format!("the error of {}", name.trim()), &why);
        } else if let Some(reason) = &scale.reason {
            table.without(&format!("the error of {}", name.trim()), reason);
        }
    }
    table.remarks.extend(report.about_total());
    table.note = "SEM: standard error of measurement; SDC: smallest change of one person that is no measurement error (95 %).".into();
    table
}
