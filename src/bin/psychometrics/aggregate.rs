//! `aggregate`: whether the members of a group agree enough for their mean to stand for the group.

use crate::arguments::AggregateOptions;
use crate::outcome::Outcome;
use crate::scales::answers_of;
use crate::screen::named_scales;
use psychometrics::Result;
use psychometrics::data::{AnswerFile, AnswerOptions};
use psychometrics::error::Error;
use psychometrics::evidence::internal_structure::{Aggregation, Key};
use serde_json::json;

pub(crate) fn run(options: &AggregateOptions) -> Outcome {
    let schema = "psychometrics.aggregate/1";
    match aggregation(options) {
        Ok(found) => Outcome::result(schema, &found, &found.warnings, &options.output),
        Err(error) => {
            let own =
                json!({"schema": schema, "converged": false, "groups": null, "scales": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn aggregation(options: &AggregateOptions) -> Result<Aggregation> {
    let named = options.scales.as_deref().map_or(Ok(Vec::new()), named_scales)?;
    let mut columns = options.data.columns();
    for (name, key) in named.iter().flat_map(|scale| &scale.items) {
        if *key == Key::Reversed {
            return Err(Error::Unsupported {
                what: format!("a reversed item ('-{name}') in aggregate"),
                instead: "Reverse the column in the file first.".into(),
            });
        }
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    columns.retain(|name| *name != options.cluster);
    let answers = AnswerOptions {
        columns,
        others: vec![options.cluster.clone()],
        range: Some(options.scale),
        ..answers_of(&options.data)
    };
    let file = AnswerFile::open(options.data.path()?, &answers)?;
    let columns = file.items();
    if columns.is_empty() {
        let what = "aggregation".into();
        return Err(Error::TooFewItems { what, needed: 1, found: 0 });
    }
    let data = file.table()?;
    let cluster = data.grouping(&options.cluster)?;
    let at = |name: &String| columns.iter().position(|column| column == name);
    let scales: Vec<(String, Vec<usize>)> = if named.is_empty() {
        let all = (columns.len() > 1).then(|| ("all items".to_string(), (0..columns.len()).collect()));
        let each = columns.iter().enumerate().map(|(i, name)| (name.clone(), vec![i]));
        all.into_iter().chain(each).collect()
    } else {
        let of = |items: &[(String, Key)]| items.iter().filter_map(|(name, _)| at(name)).collect();
        named.iter().map(|scale| (scale.name.clone(), of(&scale.items))).collect()
    };
    let mut found =
        Aggregation::of(columns, data.numeric(columns)?.view(), &cluster, options.scale, &scales)?;
    found.warnings.splice(0..0, file.warnings().iter().cloned());
    Ok(found)
}
