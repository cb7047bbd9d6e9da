//! `efa`: exploratory factor analysis.

use crate::arguments::{EfaOptions, Errors, FactorCount, Format, ordered};
use crate::efa_imputed::completed;
use crate::outcome::{Failure, Outcome, document};
use crate::retention::published;
use crate::rotation::{aims, rotate};
use crate::scales::answers_of;
use psychometrics::correlation::Ordered;
use psychometrics::data::{AnswerFile, AnswerOptions};
use psychometrics::estimate::{Exploration, ExploratoryFactors, FactorErrors, LevelFactors};
use psychometrics::factor::{
    CorrelationMatrix, Criterion, Extraction, KeyedItems, ScoreRule, Target, bass_ackwards,
};
use psychometrics::report::{Language, Page, Report, bass_ackwards_page};
use psychometrics::{Error, Result};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.efa/1";

pub(crate) fn run(options: &EfaOptions) -> Outcome {
    match factors(options) {
        Ok((found, _)) if options.output.format == Format::Csv => {
            Outcome::text(found.table().csv(), &options.output)
        }
        Ok((found, further)) => {
            let failure = (!found.converged).then(|| unsolved(&found, options));
            if options.output.format == Format::Json {
                let mut own = document(SCHEMA, &found);
                further.documents.into_iter().for_each(|(key, value)| own[key] = value);
                for (key, value) in further.imputation.as_object().into_iter().flatten() {
                    own["imputation"][key] = value.clone();
                }
                if let Some(failure) = &failure {
                    own["error"] = failure.document();
                }
                return ended(Outcome::document(own, &found.warnings, &options.output), failure.as_ref());
            }
            let mut page = found.page();
            further.pages.into_iter().for_each(|part| page.append(part));
            ended(Outcome::page(&page, Language::English, &options.output), failure.as_ref())
        }
        Err(error) => {
            let mut own = json!({"schema": SCHEMA, "converged": false, "factors": null, "extraction": null, "rotation": null,
                "loadings": null, "phi": null, "communalities": null, "eigenvalues": null, "criterion": null, "fit": null,
                "missing": null, "warnings": []});
            if let FactorCount::Some(k) = options.factors {
                own["factors"] = json!(k);
            }
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn ended(outcome: Outcome, failure: Option<&Failure>) -> Outcome {
    match failure {
        Some(failure) => outcome.unsolved(failure),
        None => outcome,
    }
}

/// What is told of a search that did not end at a solution.
fn unsolved(found: &ExploratoryFactors, options: &EfaOptions) -> Failure {
    let (k, by) = (found.factors, found.extraction);
    Failure::new(
        "not_converged",
        format!("the extraction of {k} factor(s) by {by} did not end at a solution"),
        "Take fewer factors, or minres, which keeps uniquenesses above 0; look for items that say the same."
            .into(),
        options.data.path().map(|path| path.display().to_string()).unwrap_or_default(),
    )
}

fn level(count: FactorCount) -> LevelFactors {
    match count {
        FactorCount::Some(k) => LevelFactors::Factors(k),
        FactorCount::Unrestricted => LevelFactors::Unrestricted,
    }
}

/// What is asked for but the rotation.
fn exploration(options: &EfaOptions) -> Result<Exploration> {
    let ordered = ordered(&options.ordered);
    let by_model = options.missing == psychometrics::moments::Missing::Fiml
        || options.cluster.is_some()
        || options.weights.is_some()
        || options.se != Errors::None;
    let usual = match (by_model, &ordered) {
        (true, Ordered::None) => Extraction::Ml,
        (true, _) => Extraction::Wlsmv,
        _ => Extraction::Minres,
    };
    let mut exploration = match options.factors {
        FactorCount::Some(k) => Exploration::new(k),
        FactorCount::Unrestricted if options.factors_between.is_some() => Exploration::new(1),
        FactorCount::Unrestricted => {
            let allowed = "a number; unrestricted levels are those of clusters (--factors-between)".into();
            return Err(Error::BadOption {
                option: "--factors".into(),
                value: "unrestricted".into(),
                allowed,
            });
        }
    };
    exploration = exploration
        .extraction(options.extraction.unwrap_or(usual))
        .ordered(ordered)
        .missing(options.missing)
        .conventions(options.mimic)
        .errors(match options.se {
            Errors::None => FactorErrors::None,
            Errors::Standard => FactorErrors::Standard,
            Errors::Robust => FactorErrors::Robust,
        });
    if let Some(information) = options.information {
        exploration = exploration.information(information);
    }
    if let Some(between) = options.factors_between {
        exploration = exploration.levels(level(options.factors), level(between));
    }
    if let Some(cluster) = &options.cluster {
        exploration = exploration.cluster(cluster);
    }
    if let Some(weights) = &options.weights {
        exploration = exploration.weights(weights);
    }
    Ok(exploration)
}

fn factors(options: &EfaOptions) -> Result<(ExploratoryFactors, Further)> {
    let exploration = exploration(options)?;
    let orthogonal = options.orthogonal.unwrap_or(false);
    let oblimin = Criterion::Oblimin { gamma: 0.0 };
    let rotate = rotate(&options.rotation, oblimin, (100, options.seed), orthogonal, options.mimic);
    if options.cov.unwrap_or(false) {
        let (matrix, n) = published(options.data.path()?, options.nobs)?;
        let rotate = rotate_to(options, rotate, matrix.names())?;
        let found = exploration.rotate(rotate.clone()).of_correlations(&matrix, n)?;
        let further = further(options, &found, &rotate)?;
        return Ok((found, further));
    }
    if let Some(aggregate) = options.data.aggregate()? {
        let names = options.data.items_of(&aggregate);
        let rotate = rotate_to(options, rotate, &names)?;
        let found = exploration.rotate(rotate.clone()).of_aggregate(&names, &aggregate)?;
        let further = further(options, &found, &rotate)?;
        return Ok((found, further));
    }
    if let Some(completed) = completed(options)? {
        let rotate = rotate_to(options, rotate, &completed.names)?;
        let mut found = exploration.rotate(rotate.clone()).of_imputed(&completed.names, &completed.data)?;
        found.warnings.splice(0..0, completed.warnings);
        let mut further = further(options, &found, &rotate)?;
        further.imputation = completed.own;
        if let Some(table) = completed.table {
            let mut page = Page::default();
            page.table(table);
            further.pages.push(page);
        }
        return Ok((found, further));
    }
    let others: Vec<String> = options.cluster.iter().chain(&options.weights).cloned().collect();
    let file =
        AnswerFile::open(options.data.path()?, &AnswerOptions { others, ..answers_of(&options.data) })?;
    let (data, names) = (file.table()?, file.items());
    let rotate = rotate_to(options, rotate, names)?;
    let exploration = exploration.rotate(rotate.clone());
    let mut found = exploration.of(names, &data)?;
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    let mut further = further(options, &found, &rotate)?;
    if options.cross_validate.unwrap_or(false) {
        further.add("cross_validation", &exploration.cross_validated(names, &data, options.seed)?);
    }
    Ok((found, further))
}

/// What is asked for besides the factors.
#[derive(Default)]
struct Further {
    documents: Vec<(&'static str, Value)>,
    pages: Vec<Page>,
    /// How completed data sets were made.
    imputation: Value,
}

impl Further {
    fn add(&mut self, key: &'static str, found: &(impl serde::Serialize + Report)) {
        self.documents.push((key, json!(found)));
        self.pages.push(found.page());
    }
}

fn further(
    options: &EfaOptions,
    found: &ExploratoryFactors,
    rotate: &psychometrics::factor::Rotate,
) -> Result<Further> {
    let mut further = Further::default();
    if let Some(scales) = &options.scales {
        further.add("items", &found.placements(&keyed_items(scales)?)?);
    }
    if options.hierarchy.unwrap_or(false) {
        further.add("hierarchy", &found.hierarchy()?);
    }
    if let Some(rule) = options.scores {
        further.add("score_weights", &found.score_weights(rule)?);
    }
    if let (true, Some(r)) = (options.bass_ackwards.unwrap_or(false), &found.correlations) {
        let matrix = CorrelationMatrix::of(r)?;
        let extraction = if found.extraction.is_ordinal() { Extraction::Minres } else { found.extraction };
        let levels = bass_ackwards(&matrix, found.factors, extraction, rotate, ScoreRule::TenBerge)?;
        further.documents.push(("bass_ackwards", json!(levels)));
        further.pages.push(bass_ackwards_page(&levels));
    }
    Ok(further)
}

/// "A=a1,-a2;B=b1".
pub(crate) fn keyed_items(text: &str) -> Result<Vec<KeyedItems>> {
    let mut dimensions: Vec<KeyedItems> = Vec::new();
    for part in text.split(';').filter(|part| !part.trim().is_empty()) {
        let Some((name, items)) = part.split_once('=') else {
            let allowed = "a name, '=' and items for each dimension: \"A=a1,-a2;B=b1,b2\"".into();
            return Err(Error::BadOption { option: "--scales".into(), value: part.into(), allowed });
        };
        let names = crate::scales::split_names(items);
        let keyed = names.iter().map(|key| {
            let (item, key) = crate::scales::keyed(key);
            (item.to_string(), key == psychometrics::evidence::internal_structure::Key::Reversed)
        });
        dimensions.push((name.trim().to_string(), keyed.collect()));
    }
    Ok(dimensions)
}

/// With the target of a file.
fn rotate_to(
    options: &EfaOptions,
    rotate: psychometrics::factor::Rotate,
    names: &[String],
) -> Result<psychometrics::factor::Rotate> {
    let Some(path) = &options.rotation.rotation_target else { return Ok(rotate) };
    let FactorCount::Some(k) = options.factors else { return Ok(rotate) };
    let bad = |value: String, allowed: String| {
        Err(Error::BadOption { option: format!("--rotation-target {}", path.display()), value, allowed })
    };
    let mut columns: Vec<String> = Vec::new();
    let mut values = vec![vec![None; k]; names.len()];
    for (item, factor, loading) in aims(path)? {
        let Some(i) = names.iter().position(|name| *name == item) else {
            return bad(item, "its rows are items that are analysed".into());
        };
        let j = columns.iter().position(|name| *name == factor).unwrap_or_else(|| {
            columns.push(factor.clone());
            columns.len() - 1
        });
        if j >= k {
            return bad(factor, format!("{k} columns, one for each factor"));
        }
        values[i][j] = Some(loading);
    }
    if columns.len() != k {
        return bad(
            format!("{} columns", columns.len()),
            format!("{k} columns with a target, one for each factor"),
        );
    }
    Ok(rotate.target(Target { values }))
}
