//! `correlate`: correlations of continuous, ordinal and mixed variables, or of ranks.

use crate::arguments::{CorrelateOptions, CorrelationType, Format, listed, ordered};
use crate::outcome::{Outcome, document};
use crate::scales::answers_of;
use psychometrics::correlation::{Coefficient, Correlate, Correlations, Ordered};
use psychometrics::data::AnswerFile;
use psychometrics::report::Table;
use psychometrics::{Error, Result};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.correlate/1";

pub(crate) fn run(options: &CorrelateOptions) -> Outcome {
    match correlations(options) {
        Ok(found) => match options.output.format {
            Format::Csv => Outcome::text(matrix(&found).csv(), &options.output),
            Format::Json => Outcome::document(json(options, &found), &found.warnings, &options.output),
            _ => Outcome::result(SCHEMA, &found, &found.warnings, &options.output),
        },
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "type": options.kind.name(), "variables": null,
                "matrix": null, "n": null, "thresholds": null, "missing": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

fn correlations(options: &CorrelateOptions) -> Result<Correlations> {
    let ordered = match (options.kind, ordered(&options.ordered)) {
        (CorrelationType::Polychoric, Ordered::None) => Ordered::All,
        (CorrelationType::Mixed, Ordered::None) => {
            let allowed = "--type mixed needs the ordinal variables: --ordered a,b,c".into();
            return Err(Error::BadOption { option: "--ordered".into(), value: "nothing".into(), allowed });
        }
        (CorrelationType::Polychoric | CorrelationType::Mixed, named) => named,
        (_, Ordered::None) => Ordered::None,
        (kind, _) => {
            return Err(Error::BadOption {
                option: "--ordered".into(),
                value: listed(&options.ordered).join(","),
                allowed: format!("it belongs to --type polychoric and mixed, not to {}", kind.name()),
            });
        }
    };
    let coefficient = match options.kind {
        CorrelationType::Spearman => Coefficient::Spearman,
        CorrelationType::Kendall => Coefficient::Kendall,
        _ => Coefficient::ProductMoment,
    };
    let correlate = Correlate::default()
        .coefficient(coefficient)
        .ordered(ordered)
        .method(options.method)
        .empty_cells(options.empty_cells)
        .missing(options.missing)
        .smooth(options.smooth.unwrap_or(false));
    if let Some(aggregate) = options.data.aggregate()? {
        return correlate.of_aggregate(&options.data.items_of(&aggregate), &aggregate);
    }
    let file = AnswerFile::open(options.data.path()?, &answers_of(&options.data))?;
    let mut found = correlate.read(file.source())?;
    found.warnings.extend(file.warnings().iter().cloned());
    Ok(found)
}

/// The keys of the contract: names, rows of the matrix, one n or a matrix of them, thresholds by variable.
fn json(options: &CorrelateOptions, found: &Correlations) -> Value {
    let mut own = document(SCHEMA, found);
    let names: Vec<&String> = found.variables.iter().map(|variable| &variable.name).collect();
    let thresholds =
        found.variables.iter().filter_map(|v| v.thresholds.as_ref().map(|t| (v.name.clone(), json!(t))));
    let first = found.together().next();
    own["n"] = if found.together().all(|n| Some(n) == first) { json!(first) } else { json!(found.counts()) };
    own["type"] = json!(options.kind.name());
    own["thresholds"] = Value::Object(thresholds.collect());
    own["details"] = own["variables"].take();
    own["variables"] = json!(names);
    own["matrix"] = own["matrix"]["values"].take();
    own["missing"] = json!(found.missing());
    own
}

fn matrix(found: &Correlations) -> Table {
    let names = found.variables.iter().map(|variable| variable.name.clone());
    let mut table = Table::new("", std::iter::once(String::new()).chain(names));
    for (variable, row) in found.variables.iter().zip(&found.matrix.values) {
        table.row(std::iter::once(variable.name.clone()).chain(row.iter().map(ToString::to_string)));
    }
    table
}
