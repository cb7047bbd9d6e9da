//! `moments`: answers as sums that can be merged, and fitted from without the rows.

use crate::arguments::{Format, MomentsOptions, OutputOptions, PlanOptions, listed};
use crate::outcome::{Outcome, read_construct};
use crate::progress;
use crate::scales::{answers_of_file, keyed};
use psychometrics::evidence::internal_structure::Key;
use psychometrics::moments::aggregate::{Aggregate, AggregateOptions, AggregatePlan, PlannedItem};
use psychometrics::report::{Language, Report};
use psychometrics::{Error, Result};
use serde_json::json;
use std::path::{Path, PathBuf};

pub(crate) fn run(options: &MomentsOptions) -> Outcome {
    let found = aggregated(options);
    delivered(found, &options.output)
}

/// An aggregate as a document or a page; a file that ends in .json gets the document.
pub(crate) fn delivered(found: Result<Aggregate>, output: &OutputOptions) -> Outcome {
    let schema = psychometrics::moments::aggregate::SCHEMA;
    match found {
        Ok(aggregate) => {
            let warnings = aggregate.warnings();
            let to_json =
                output.output.as_ref().and_then(|path| path.extension()).is_some_and(|end| end == "json");
            if output.format == Format::Json || to_json && output.format == Format::Text {
                let document = serde_json::to_value(&aggregate).unwrap_or_default();
                return Outcome::document(document, &warnings, output);
            }
            let mut page = aggregate.page();
            warnings.iter().for_each(|warning| page.paragraph(format!("Warning: {warning}.")));
            Outcome::page(&page, Language::English, output)
        }
        Err(error) => {
            Outcome::failure(&error, Some(json!({"schema": schema, "plan": null, "parts": null})), output)
        }
    }
}

fn aggregated(options: &MomentsOptions) -> Result<Aggregate> {
    let is_construct = is_toml(&options.data);
    let construct = is_construct.then_some(options.data.as_path());
    let data: PathBuf = match construct {
        Some(path) => read_construct(path)?.responses_path()?,
        None => options.data.clone(),
    };
    let columns = || {
        answers_of_file(
            &data,
            options.plan.group.iter().chain(&options.plan.cluster).chain(&options.plan.weights),
        )
    };
    let plan = plan_of(&options.plan, construct, columns)?.centred_by(&data)?;
    let plan = centred(plan, &options.plan.centre)?;
    Aggregate::read(&data, &plan, &AggregateOptions::progress(progress::bar("reading")))
}

pub(crate) fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// The plan that options ask for; `columns` finds the items where nobody names them.
pub(crate) fn plan_of(
    options: &PlanOptions,
    construct: Option<&Path>,
    columns: impl FnOnce() -> Result<Vec<String>>,
) -> Result<AggregatePlan> {
    let keys: Vec<String> = listed(&options.keys);
    let keys: Vec<(&str, Key)> = keys.iter().map(|key| keyed(key)).collect();
    let mut named: Vec<String> = listed(&options.columns);
    if named.is_empty() {
        named = keys.iter().map(|(name, _)| (*name).to_string()).collect();
    }
    let mut plan = match construct {
        Some(path) => {
            let given = [
                ("--keys", !options.keys.is_empty()),
                ("--scale", options.scale.is_some()),
                ("--fractions", options.fractions.is_some()),
                ("--missing-code", !options.missing_codes.is_empty()),
            ];
            if let Some((option, _)) = given.iter().find(|(_, given)| *given) {
                return Err(Error::BadOption {
                    option: (*option).into(),
                    value: "with a construct file".into(),
                    allowed: "the construct file says codes, missing codes and keys".into(),
                });
            }
            let mut plan = AggregatePlan::of_construct(&read_construct(path)?)?;
            if let Some(unknown) = named.iter().find(|name| plan.items.iter().all(|item| item.name != **name))
            {
                return Err(Error::BadOption {
                    option: "--columns".into(),
                    value: unknown.clone(),
                    allowed: "items of the construct file".into(),
                });
            }
            if !named.is_empty() {
                plan.items.retain(|item| named.contains(&item.name));
            }
            plan
        }
        None => {
            let names = if named.is_empty() { columns()? } else { named };
            AggregatePlan::new(names.into_iter().map(|name| item(options, name, &keys)))?
        }
    };
    crate::scales::check_keys(
        &keys.iter().map(|(name, key)| ((*name).to_string(), *key)).collect::<Vec<_>>(),
        &plan.names(),
    )?;
    if let Some(group) = &options.group {
        plan = plan.by_group(group);
    }
    if let Some(cluster) = &options.cluster {
        plan = plan.by_cluster(cluster);
    }
    if let Some(weights) = &options.weights {
        plan = plan.weighted_by(weights);
    }
    plan = plan.incomplete(options.incomplete);
    if options.tables.unwrap_or(false) { plan.with_tables() } else { Ok(plan) }
}

fn item(options: &PlanOptions, name: String, keys: &[(&str, Key)]) -> PlannedItem {
    let key = keys.iter().find(|(own, _)| *own == name).map_or(Key::Forward, |(_, key)| *key);
    let item = PlannedItem::new(name).missing(options.missing_codes.iter().copied());
    let item = match options.scale {
        Some((low, high))
            if low.fract() == 0.0
                && high.fract() == 0.0
                && !options.fractions.unwrap_or(false)
                && high - low < 100.0 =>
        {
            item.coded(low as i64, high as i64)
        }
        Some((low, high)) => item.ranging(low, high),
        None => item,
    };
    if key == Key::Reversed { item.reversed() } else { item }
}

/// With the centres that are named.
pub(crate) fn centred(mut plan: AggregatePlan, centres: &[String]) -> Result<AggregatePlan> {
    for text in centres {
        let bad = |allowed: &str| {
            Err(Error::BadOption { option: "--centre".into(), value: text.clone(), allowed: allowed.into() })
        };
        let Some((name, centre)) = text.rsplit_once('=') else { return bad("an item and a number: age=40") };
        let Some(centre) = centre.trim().parse::<f64>().ok().filter(|x| x.is_finite()) else {
            return bad("an item and a finite number: age=40");
        };
        match plan.items.iter_mut().find(|item| item.name == name.trim()) {
            Some(item) => item.centre = centre,
            None => return bad("one of the items that are summed"),
        }
    }
    Ok(plan)
}
