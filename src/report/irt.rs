//! The page of an item response model.

use super::irt_figures;
use super::irt_fit::{item_fit, overall, pairs};
use super::items::sentences;
use super::number::{exact, fixed, optional, p_value, percent};
use super::{Page, Report, Table};
use crate::evidence::counted;
use crate::irt::{Integration, IrtFit, ItemErrors, ItemModel, ItemParameters, ItemStandardErrors};

/// Sum scores that are shown.
const SHOWN_SCORES: usize = 81;

impl Report for IrtFit {
    fn page(&self) -> Page {
        let mut page = Page::titled("Item response model");
        page.paragraph(self.what());
        page.list(sentences(&self.warnings));
        page.table(items(self));
        irt_figures::curves("", self).into_iter().for_each(|figure| page.figure(figure));
        if let Some(table) = intercepts(self) {
            page.table(table);
        }
        if self.groups.len() > 1 {
            page.table(groups(self));
        }
        if let Some(table) = correlations(self) {
            page.table(table);
        }
        if let Some(table) = regression(self) {
            page.table(table);
        }
        if let Some(fit) = &self.fit {
            page.heading(2, "Fit");
            page.paragraph(overall(fit));
            if let Some(table) = item_fit(self) {
                page.table(table);
            }
            if let Some(table) = pairs(self) {
                page.table(table);
            }
            page.paragraph(self.persons());
        }
        if self.traits.len() > 1 && self.groups[0].covariance.len() < self.traits.len() {
            page.paragraph("Bifactor structure: the traits do not correlate; integrated two at a time.");
        }
        if !self.information.theta.is_empty() {
            page.heading(2, "Precision");
            page.paragraph(self.reliable());
            page.paragraph(self.where_people_are());
            irt_figures::precision("", self).into_iter().for_each(|figure| page.figure(figure));
            page.table(precision(self));
        }
        if let Some(plausible) = &self.plausible {
            page.paragraph(format!(
                "{} of each respondent (seed {}) are in the JSON and in what --write-scores writes: analyse each set by itself and pool the results.",
                counted(plausible.draws, "plausible value", "plausible values"),
                plausible.seed
            ));
        }
        if !self.sum_scores.is_empty() && self.sum_scores.len() <= SHOWN_SCORES {
            page.table(sum_scores(self));
        }
        page
    }
}

impl IrtFit {
    /// What was fitted to whom, in sentences.
    fn what(&self) -> String {
        let mixed = self.items.iter().any(|item| item.model != self.model);
        let models = if mixed { "Models of items".to_string() } else { capital(self.model.title()) };
        let used = if self.n == self.rows_read {
            format!("{} respondents", self.n)
        } else {
            format!("{} of {} respondents", self.n, self.rows_read)
        };
        let prior = match &self.prior_guessing {
            Some(prior) => format!(
                " The logits of the lower asymptotes have a normal prior (mean {}, sd {}), which the log-likelihood leaves out.",
                prior.mean, prior.sd
            ),
            None => String::new(),
        };
        let errors = match self.standard_errors {
            ItemStandardErrors::None => String::new(),
            ItemStandardErrors::Sandwich => " Standard errors are robust (sandwich).".into(),
            ItemStandardErrors::Crossproduct => {
                " Standard errors are from outer products of the scores.".into()
            }
            _ => " Standard errors are from the observed information.".into(),
        };
        let state = if self.converged { "reached" } else { "NOT reached" };
        let nodes = match self.integration {
            Integration::Adaptive => "nodes on each dimension, where each respondent is",
            Integration::Qmc => "quasi-random nodes, where each respondent is",
            _ => "nodes",
        };
        format!(
            "{models}: {used}, {} response patterns, marginal maximum likelihood with {} {nodes}. Log-likelihood {}, {} free \
             parameters; AIC {}, BIC {}, SABIC {}. The maximum was {state} (largest scaled gradient {:.0e}).{prior}{errors} \
             Logits are in units of D = 1.",
            self.patterns,
            self.quadrature,
            fixed(self.logl, 3),
            self.npar,
            fixed(self.aic, 1),
            fixed(self.bic, 1),
            fixed(self.sabic, 1),
            self.gradient,
        )
    }

    fn persons(&self) -> String {
        let Some(person) = &self.person_fit else { return String::new() };
        let with = person.zh.iter().flatten().count();
        if with == 0 {
            return String::new();
        }
        format!(
            "{} of {with} respondents ({}) answer in an unlikely way (Zh below -2).",
            person.unlikely,
            percent(person.unlikely as f64 / with as f64)
        )
    }

    fn reliable(&self) -> String {
        let group = &self.groups[0];
        let (low, high) = (group.mean - group.variance.sqrt(), group.mean + group.variance.sqrt());
        let values = &self.information;
        let best = (0..values.test.len())
            .fold(0, |best, i| if values.test[i] > values.test[best] { i } else { best });
        let marginal = match self.reliability.marginal {
            Some(marginal) => format!("Marginal reliability {}, e", fixed(marginal, 3)),
            None => "E".into(),
        };
        format!(
            "{marginal}mpirical reliability of EAP scores {}. Scores are most precise at a trait of {}; about two \
             thirds of the respondents are between {} and {}.",
            optional(self.reliability.empirical, 3),
            fixed(values.theta[best], 1),
            fixed(low, 1),
            fixed(high, 1),
        )
    }

    /// Where the respondents are, and the reliability there.
    fn where_people_are(&self) -> String {
        let Some(levels) = &self.respondents else { return String::new() };
        format!(
            "The middle 90 % of the respondents are between {} and {}; the lowest reliability there is {}, at {}. {} of the respondents are at levels with a reliability of .70 or more, {} at levels with .90 or more.",
            fixed(levels.low, 2),
            fixed(levels.high, 2),
            fixed(levels.lowest, 2),
            fixed(levels.lowest_at, 2),
            percent(levels.for_groups),
            percent(levels.for_persons),
        )
    }

    /// All parameters for programs: one row each, at full precision.
    pub fn parameters_table(&self) -> Table {
        let mut table = Table::new("", ["item", "group", "model", "parameter", "est", "se"]);
        for item in &self.items {
            for (name, value, se) in parameters(item) {
                table.row([
                    item.item.clone(),
                    item.group.clone().unwrap_or_default(),
                    item.model.to_string(),
                    name,
                    exact(value),
                    exact(se),
                ]);
            }
        }
        for group in &self.groups {
            let name = group.value.clone().unwrap_or_default();
            let rows = [("mean", group.mean, group.mean_se), ("variance", group.variance, group.variance_se)];
            for (what, value, se) in rows {
                let cells =
                    [String::new(), name.clone(), "trait".into(), what.into(), exact(Some(value)), exact(se)];
                table.row(cells);
            }
        }
        table
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Every parameter of an item with its standard error.
fn parameters(item: &ItemParameters) -> Vec<(String, Option<f64>, Option<f64>)> {
    let mut all = Vec::new();
    let mut list = |letter: &str, values: &[f64], errors: &[Option<f64>]| {
        for (i, value) in values.iter().enumerate() {
            let name = if values.len() == 1 { letter.to_string() } else { format!("{letter}{}", i + 1) };
            all.push((name, Some(*value), errors.get(i).copied().flatten()));
        }
    };
    let ItemErrors { slopes, intercepts, difficulties, guessing, upper, scores, .. } = &item.se;
    list("a", &item.slopes, slopes);
    list("d", &item.intercepts, intercepts);
    list("b", item.difficulties.as_deref().unwrap_or_default(), difficulties.as_deref().unwrap_or_default());
    list("s", item.scores.as_deref().unwrap_or_default(), scores.as_deref().unwrap_or_default());
    if item.guessing.is_some() {
        all.push(("g".into(), item.guessing, *guessing));
    }
    if item.upper.is_some() {
        all.push(("u".into(), item.upper, *upper));
    }
    all
}

/// What a row of an item begins with, and the headings of it.
fn opening(fit: &IrtFit) -> (Vec<String>, impl Fn(&ItemParameters) -> Vec<String>) {
    let by_group = fit.items.iter().any(|item| item.group.is_some());
    let mixed = fit.items.iter().any(|item| item.model != fit.items[0].model);
    let mut heads = vec!["item".to_string()];
    heads.extend(by_group.then(|| "group".to_string()));
    heads.extend(mixed.then(|| "model".to_string()));
    let row = move |item: &ItemParameters| {
        let mut row = vec![item.item.clone()];
        row.extend(by_group.then(|| item.group.clone().unwrap_or_else(|| "all".into())));
        row.extend(mixed.then(|| item.model.to_string()));
        row
    };
    (heads, row)
}

/// Slopes and difficulties.
fn items(fit: &IrtFit) -> Table {
    let (mut heads, row) = opening(fit);
    let text = (1..heads.len()).collect();
    let traits = fit.items.first().map_or(1, |item| item.slopes.len());
    let steps =
        fit.items.iter().filter_map(|item| item.difficulties.as_ref().map(Vec::len)).max().unwrap_or(0);
    let has_lower = fit.items.iter().any(|item| item.guessing.is_some());
    let has_upper = fit.items.iter().any(|item| item.upper.is_some());
    for d in 1..=traits {
        let name = fit.traits.get(d - 1).cloned().unwrap_or_default();
        heads.extend([if traits == 1 { "slope".into() } else { name }, "se".into()]);
    }
    for k in 1..=steps {
        heads.extend([if steps == 1 { "difficulty".into() } else { format!("b{k}") }, "se".into()]);
    }
    if has_lower {
        heads.extend(["guessing".into(), "se".into()]);
    }
    if has_upper {
        heads.extend(["upper".into(), "se".into()]);
    }
    let mut table = Table::new("Items", heads);
    table.text_columns = text;
    let blank = |value: Option<f64>, exists: bool| if exists { optional(value, 3) } else { String::new() };
    for item in &fit.items {
        let mut cells = row(item);
        for d in 0..traits {
            // what an item does not measure stays empty
            let own = item.slopes[d] != 0.0;
            cells.extend([blank(Some(item.slopes[d]), own), blank(item.se.slopes[d], own)]);
        }
        for k in 0..steps {
            let own = item.difficulties.as_ref().and_then(|b| b.get(k).copied());
            let se = item.se.difficulties.as_ref().and_then(|b| b.get(k).copied().flatten());
            cells.extend([blank(own, own.is_some()), blank(se, own.is_some())]);
        }
        if has_lower {
            cells.extend([
                blank(item.guessing, item.guessing.is_some()),
                blank(item.se.guessing, item.guessing.is_some()),
            ]);
        }
        if has_upper {
            cells.extend([
                blank(item.upper, item.upper.is_some()),
                blank(item.se.upper, item.upper.is_some()),
            ]);
        }
        table.row(cells);
    }
    let partial = |model: ItemModel| {
        matches!(
            model,
            ItemModel::GeneralizedPartialCredit | ItemModel::PartialCredit | ItemModel::RatingScale
        )
    };
    table.note = if fit.items.iter().any(|item| item.model == ItemModel::Graded) {
        "b: the trait at which an answer in that category or a higher one is as likely as not.".into()
    } else if fit.items.iter().any(|item| partial(item.model)) {
        "b: the trait at which a category becomes likelier than the one below it.".into()
    } else {
        String::new()
    };
    if fit.items.iter().any(|item| item.se.slopes.iter().any(Option::is_none))
        && fit.standard_errors != ItemStandardErrors::None
    {
        table.remarks.push(
            "A dash in the place of a standard error: the number is fixed, held, or not determined.".into(),
        );
    }
    table
}

/// The slope-intercept form.
fn intercepts(fit: &IrtFit) -> Option<Table> {
    let steps = fit.items.iter().map(|item| item.intercepts.len()).max()?;
    let (mut heads, row) = opening(fit);
    let text = (1..heads.len()).collect();
    for k in 1..=steps {
        heads.extend([if steps == 1 { "intercept".into() } else { format!("d{k}") }, "se".into()]);
    }
    let middle = fit.items.iter().filter_map(|item| item.scores.as_ref().map(Vec::len)).max().unwrap_or(0);
    heads.extend((0..middle).map(|k| format!("s{k}")));
    let mut table = Table::new("Slope-intercept form", heads);
    table.text_columns = text;
    for item in &fit.items {
        let mut cells = row(item);
        for k in 0..steps {
            match item.intercepts.get(k) {
                Some(d) => cells.extend([fixed(*d, 3), optional(item.se.intercepts[k], 3)]),
                None => cells.extend([String::new(), String::new()]),
            }
        }
        let scores = item.scores.as_deref().unwrap_or_default();
        cells.extend((0..middle).map(|k| scores.get(k).map_or_else(String::new, |s| fixed(*s, 3))));
        table.row(cells);
    }
    table.note = "The logit is slope x trait + intercept.".into();
    Some(table)
}

fn groups(fit: &IrtFit) -> Table {
    let mut table = Table::new("The trait in the groups", ["group", "n", "mean", "se", "variance", "se"]);
    for group in &fit.groups {
        table.row([
            group.value.clone().unwrap_or_default(),
            fixed(group.n, 0),
            fixed(group.mean, 3),
            optional(group.mean_se, 3),
            fixed(group.variance, 3),
            optional(group.variance_se, 3),
        ]);
    }
    table.note = "Without a standard error: fixed.".into();
    table
}

/// Correlations of several traits that are integrated at once.
fn correlations(fit: &IrtFit) -> Option<Table> {
    let covariance = &fit.groups.first()?.covariance;
    if fit.traits.len() < 2 || covariance.len() != fit.traits.len() {
        return None;
    }
    let heads = std::iter::once(String::new()).chain(fit.traits.iter().cloned());
    let mut table = Table::new("Covariances of the traits", heads);
    for (name, row) in fit.traits.iter().zip(covariance) {
        table.row(std::iter::once(name.clone()).chain(row.iter().map(|x| fixed(*x, 3))));
    }
    Some(table)
}

/// How the traits depend on covariates.
fn regression(fit: &IrtFit) -> Option<Table> {
    if fit.regression.is_empty() {
        return None;
    }
    let mut table = Table::new("The trait by covariates", ["trait", "covariate", "estimate", "se", "z", "p"]);
    table.text_columns = vec![1];
    for row in &fit.regression {
        table.row([
            row.r#trait.clone(),
            row.covariate.clone(),
            fixed(row.est, 3),
            optional(row.se, 3),
            optional(row.z, 2),
            p_value(row.pvalue),
        ]);
    }
    table.note = "What a unit of the covariate adds to the mean of the trait, whose variance is what covariates leave.".into();
    Some(table)
}

/// Information and standard error at whole numbers of the trait.
fn precision(fit: &IrtFit) -> Table {
    let values = &fit.information;
    let variance = fit.groups[0].variance;
    let mut table =
        Table::new("Precision by level of the trait", ["trait", "information", "se", "reliability there"]);
    for (at, theta) in values.theta.iter().enumerate() {
        if theta.abs() <= 4.0 && theta.fract() == 0.0 {
            let information = values.test[at];
            let reliability = information / (information + 1.0 / variance);
            table.row([
                fixed(*theta, 0),
                fixed(information, 3),
                fixed(values.se[at], 3),
                fixed(reliability, 2),
            ]);
        }
    }
    table.note = "Reliability there: information / (information + 1 / variance of the trait).".into();
    table
}

fn sum_scores(fit: &IrtFit) -> Table {
    let mut table =
        Table::new("The trait by sum score", ["sum score", "trait (EAP)", "se", "expected share"]);
    for row in &fit.sum_scores {
        table.row([fixed(row.score, 0), fixed(row.theta, 3), fixed(row.se, 3), fixed(row.expected, 4)]);
    }
    table
}
