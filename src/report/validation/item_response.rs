//! Item response functions of the dimensions: parameters, precision by level, what speaks against items.

use super::ValidationReport;
use crate::evidence::{DimensionItemResponse, ItemResponseFinding};
use crate::irt::{IrtFit, ItemInformation, RespondentLevels};
use crate::report::irt_figures::{curves, precision};
use crate::report::number::{fixed, interval, optional, p_is, p_value, percent};
use crate::report::{Language, Page, Table};

/// Levels of the trait that are told.
const TOLD: [f64; 7] = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];

/// A dimension with its fit.
type Known<'a> = (&'a DimensionItemResponse, &'a IrtFit);

pub(super) fn section(report: &ValidationReport<'_>, page: &mut Page) {
    page.heading(3, "Item response functions");
    let all = &report.evidence.item_response;
    if all.is_empty() {
        page.paragraph("Not examined.");
        return;
    }
    page.table(models(report, all));
    let known: Vec<Known<'_>> = all.iter().filter_map(|own| Some((own, own.fit.as_ref()?))).collect();
    if known.is_empty() {
        return;
    }
    page.table(where_people_are(report, &known));
    if let Some(table) = findings(report, &known) {
        page.table(table);
    }
    page.table(by_level(report, &known));
    for (own, fit) in known {
        let name = report.title_of(&own.dimension);
        page.table(items(report, &name, fit));
        for figure in precision(&name, fit).into_iter().chain(curves(&name, fit)) {
            page.figure(figure);
        }
    }
}

/// The model of each dimension, and how it fits.
fn models(report: &ValidationReport<'_>, all: &[DimensionItemResponse]) -> Table {
    let columns =
        ["scale", "model", "items", "n", "statistic", "df", "p", "RMSEA", "SRMSR", "unlikely answers"];
    let mut table = Table::new("Item response models with one trait", columns);
    table.text_columns = vec![1, 4];
    for own in all {
        let name = report.title_of(&own.dimension);
        let Some(fit) = &own.fit else {
            let count = own.items.len().to_string();
            let dashes = ["-"; 6].map(String::from);
            table.row([name.clone(), "-".into(), count, own.n.to_string()].into_iter().chain(dashes));
            let why = own.reason.as_deref().unwrap_or("it could not be fitted");
            table.without(&format!("{} {name}", report.language.of("the model of", "het model van")), why);
            continue;
        };
        let test = fit.fit.as_ref();
        let statistic = test.and_then(|test| Some(format!("{} {}", test.form, fixed(test.statistic?, 1))));
        table.row([
            name.clone(),
            fit.model.to_string(),
            own.items.len().to_string(),
            fit.n.to_string(),
            statistic.clone().unwrap_or_else(|| "-".into()),
            test.and_then(|test| test.df).map_or_else(|| "-".into(), |df| df.to_string()),
            p_value(test.and_then(|test| test.pvalue)),
            optional(test.and_then(|test| test.rmsea), 3),
            optional(test.and_then(|test| test.srmsr), 3),
            own.unlikely.map_or_else(|| "-".into(), |n| percent(n as f64 / fit.n.max(1) as f64)),
        ]);
        if statistic.is_none() {
            let why = test.and_then(|test| test.why.as_deref()).unwrap_or("it does not exist");
            table.without(&format!("{} {name}", report.language.of("the test of", "de toets van")), why);
        }
        if !own.left_out.is_empty() {
            let words = report
                .language
                .of("not in the model, as they are numbers", "niet in het model, want getallen");
            table.remarks.push(format!("{name}: {words}: {}.", own.left_out.join(", ")));
        }
    }
    table.note = "Marginal maximum likelihood; a missing answer adds nothing to the likelihood. M2 or C2 of complete answers (Maydeu-Olivares & Joe \
                  2014; Cai & Monroe 2014): an RMSEA of .089 or less is taken as fit. Unlikely answers: respondents with Zh below -2 \
                  (Drasgow, Levine & Williams 1985)."
        .into();
    table
}

/// How precise scores are where the respondents are.
fn where_people_are(report: &ValidationReport<'_>, known: &[Known<'_>]) -> Table {
    let columns = [
        "scale",
        "middle 90 %",
        "lowest",
        "95 % interval",
        "at",
        "marginal",
        "EAP",
        ".70 or more",
        ".90 or more",
    ];
    let mut table = Table::new("Reliability of trait scores where the respondents are", columns);
    for (own, fit) in known {
        let name = report.title_of(&own.dimension);
        let levels = fit.respondents.as_ref();
        let number = |of: fn(&RespondentLevels) -> f64, decimals: usize| optional(levels.map(of), decimals);
        let share = |of: fn(&RespondentLevels) -> f64| levels.map(of).map_or_else(|| "-".into(), percent);
        table.row([
            name.clone(),
            interval(levels.map(|own| own.low), levels.map(|own| own.high), 2),
            number(|own| own.lowest, 2),
            interval(
                levels.and_then(|own| Some(own.lowest_interval?.0)),
                levels.and_then(|own| Some(own.lowest_interval?.1)),
                2,
            ),
            number(|own| own.lowest_at, 2),
            optional(fit.reliability.marginal, 2),
            optional(fit.reliability.empirical, 2),
            share(|own| own.for_groups),
            share(|own| own.for_persons),
        ]);
        table.without_if_none(
            levels,
            &format!("{} {name}", report.language.of("the levels of", "de niveaus van")),
            "nobody is anywhere along the trait",
        );
        table.without_if_none(
            levels.and_then(|own| own.lowest_interval),
            &format!("{} {name}", report.language.of("the interval of", "het interval van")),
            "a parameter has no standard error",
        );
    }
    table.note = "The trait has mean 0 and standard deviation 1. Lowest: within the middle 90 %. Reliability at a level: information / (information + 1 / variance of \
                  the trait); marginal: its mean over the trait (Green et al. 1984); EAP: of such scores. The last two columns: respondents at levels with a \
                  reliability of .70 or more, and of .90 or more."
        .into();
    table
}

/// What speaks against items; none where nothing does.
fn findings(report: &ValidationReport<'_>, known: &[Known<'_>]) -> Option<Table> {
    let mut table =
        Table::new("What speaks against items by their response functions", ["scale", "item", "found"]);
    table.text_columns = vec![1, 2];
    for (own, _) in known {
        let mut name = report.title_of(&own.dimension);
        for finding in &own.findings {
            table.row([
                std::mem::take(&mut name),
                finding.items().join(", "),
                words(report.language, finding),
            ]);
        }
    }
    table.note = "S-X2 (Orlando & Thissen 2000) beyond .05, adjusted over the items of a scale (Benjamini & Hochberg 1995); Q3 .2 or \
                  more above the mean of all pairs (Christensen, Makransky & Horton 2017); a slope below .65 is low (Baker 2001). A category \
                  that is nowhere the likeliest answer is one that respondents do not tell from its neighbours."
        .into();
    (!table.rows.is_empty()).then_some(table)
}

fn words(language: Language, finding: &ItemResponseFinding) -> String {
    let codes = |all: &[f64]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match (finding, language) {
        (ItemResponseFinding::Misfit { s_x2, df, adjusted, .. }, _) => {
            let curve = language.of("does not follow its curves", "volgt zijn curven niet");
            let word = language.of("adjusted", "aangepast");
            format!("{curve} (S-X2({df}) = {}, {} {word})", fixed(*s_x2, 1), p_is(Some(*adjusted)))
        }
        (ItemResponseFinding::NeverLikeliest { categories, .. }, Language::English) => {
            let is = if categories.len() == 1 { "category" } else { "categories" };
            format!("{is} never the likeliest: {}", codes(categories))
        }
        (ItemResponseFinding::NeverLikeliest { categories, .. }, Language::Dutch) => {
            let is = if categories.len() == 1 { "categorie" } else { "categorieën" };
            format!("{is} nergens het waarschijnlijkst: {}", codes(categories))
        }
        (ItemResponseFinding::LocalDependence { q3, mean, .. }, _) => {
            let more = language.of("more in common than the trait", "meer gemeen dan de trek");
            format!("{more} (Q3 {}, {} {})", fixed(*q3, 2), language.of("mean", "gemiddeld"), fixed(*mean, 2))
        }
        (ItemResponseFinding::Runaway { .. }, _) => language
            .of(
                "its parameters run away: does another item ask the same?",
                "de parameters lopen weg: vraagt een ander item hetzelfde?",
            )
            .to_string(),
        (ItemResponseFinding::LowSlope { slope, .. }, _) => {
            format!("{} ({})", language.of("low slope", "lage helling"), fixed(*slope, 2))
        }
        (ItemResponseFinding::NegativeSlope { slope, .. }, _) => {
            let against = language.of("goes against the others: slope", "gaat tegen de andere in: helling");
            format!("{against} {}", fixed(*slope, 2))
        }
    }
}

/// Standard error and reliability at whole levels, and the respondents there.
fn by_level(report: &ValidationReport<'_>, known: &[Known<'_>]) -> Table {
    let columns = std::iter::once("scale".to_string()).chain(TOLD.map(|level| format!("{level:.0}")));
    let mut table = Table::new("Standard error of a trait score at levels of the trait", columns);
    for (own, fit) in known {
        let at = |level: &f64| -> String {
            let place = fit.information.theta.iter().position(|theta| theta == level);
            optional(place.map(|at| fit.information.se[at]), 2)
        };
        table.row(std::iter::once(report.title_of(&own.dimension)).chain(TOLD.iter().map(at)));
    }
    table.note = "1 / the root of the information, of a score by maximum likelihood. With a standard error of .65 the reliability is .70, with \
                  .33 it is .90."
        .into();
    table
}

/// Slopes, difficulties, fit and information of the items.
fn items(report: &ValidationReport<'_>, name: &str, fit: &IrtFit) -> Table {
    let steps = fit.items.iter().map(|item| item.intercepts.len()).max().unwrap_or(0);
    let mut columns: Vec<String> = ["item", "slope", "SE"].map(String::from).to_vec();
    columns.extend((1..=steps).map(|k| format!("b{k}")));
    columns.extend(["S-X2", "df", "p adjusted", "RMSEA", "most information", "at"].map(String::from));
    let title = report.language.of("Response functions of", "Responsfuncties van");
    let mut table = Table::new(format!("{title} {name}"), columns);
    for item in &fit.items {
        let own = fit.item_fit.iter().find(|own| own.item == item.item);
        let mut row = vec![item.item.clone(), fixed(item.slopes[0], 2), optional(item.se.slopes[0], 2)];
        let difficulties = item.difficulties.as_deref().unwrap_or_default();
        row.extend((0..steps).map(|k| difficulties.get(k).map_or_else(String::new, |b| fixed(*b, 2))));
        let most =
            fit.information.items.iter().find(|own| own.item == item.item).and_then(|own| most(fit, own));
        row.extend([
            optional(own.and_then(|own| own.s_x2), 1),
            own.map_or_else(|| "-".into(), |own| own.df.to_string()),
            p_value(own.and_then(|own| own.adjusted)),
            optional(own.and_then(|own| own.rmsea), 3),
            optional(most.map(|(_, information)| information), 2),
            optional(most.map(|(theta, _)| theta), 1),
        ]);
        table.row(row);
        table.without_if_none(
            own.and_then(|own| own.s_x2),
            &format!("S-X2 {} {}", report.language.of("of", "van"), item.item),
            "too few complete answers for its degrees of freedom",
        );
        table.without_if_none(
            item.se.slopes[0],
            &format!("{} {}", report.language.of("the standard error of", "de standaardfout van"), item.item),
            "its slope is held, or not determined",
        );
    }
    table.note = "Slope: per standard deviation of the trait, D = 1; b: the trait at which an answer in that category or a higher one is as likely as \
                  not."
        .into();
    table
}

/// Where an item says most, and how much.
fn most(fit: &IrtFit, own: &ItemInformation) -> Option<(f64, f64)> {
    let each = fit.information.theta.iter().copied().zip(own.information.iter().copied());
    each.max_by(|a, b| a.1.total_cmp(&b.1))
}
