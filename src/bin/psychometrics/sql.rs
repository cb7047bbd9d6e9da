//! `sql`: the statements that compute an aggregate where the rows are.

use crate::arguments::{Format, SqlOptions};
use crate::moments::{centred, plan_of};
use crate::outcome::Outcome;
use psychometrics::moments::sql::{Query, Statement};
use psychometrics::{Error, Result};
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

const SCHEMA: &str = "psychometrics.sql/1";

pub(crate) fn run(options: &SqlOptions) -> Outcome {
    let found = query(options).and_then(|query| {
        let statements = query.statements()?;
        Ok((query, statements))
    });
    let (query, statements) = match found {
        Ok(found) => found,
        Err(error) => {
            return Outcome::failure(
                &error,
                Some(json!({"schema": SCHEMA, "statements": null})),
                &options.output,
            );
        }
    };
    if let Some(folder) = &options.statements {
        return match written(folder, &statements) {
            Ok(text) => Outcome::text(text, &options.output),
            Err(error) => Outcome::failure(&error, None, &options.output),
        };
    }
    match options.output.format {
        Format::Json => {
            let document = json!({"schema": SCHEMA, "dialect": query.dialect, "table": query.table,
                "plan_id": query.plan.fingerprint(), "plan": query.plan, "statements": statements});
            Outcome::document(document, &[], &options.output)
        }
        Format::Text => {
            let mut text = head(&query, &statements);
            statements.iter().for_each(|statement| {
                let _ = write!(text, "\n{statement}");
            });
            Outcome::text(text, &options.output)
        }
        other => {
            let error = Error::BadOption {
                option: "--format".into(),
                value: format!("{other:?}").to_lowercase(),
                allowed: "text (the statements) or json (the statements in a document)".into(),
            };
            Outcome::failure(&error, None, &options.output)
        }
    }
}

fn query(options: &SqlOptions) -> Result<Query> {
    let none = || {
        Err(Error::BadOption {
            option: "--columns".into(),
            value: "nothing".into(),
            allowed: "the columns of the answers: --columns a,b,c".into(),
        })
    };
    let plan = plan_of(&options.plan, options.construct.as_deref(), none)?;
    let plan = centred(plan, &options.plan.centre)?;
    Ok(Query::new(plan, &options.table, options.dialect))
}

/// What stands before the statements.
fn head(query: &Query, statements: &[Statement]) -> String {
    let count = |block: &str| statements.iter().filter(|own| own.block == block).count();
    let blocks: Vec<String> = ["scale", "answers", "sums", "pairs", "tables"]
        .into_iter()
        .filter(|block| count(block) > 0)
        .map(|block| format!("{} of {block}", count(block)))
        .collect();
    format!(
        "-- {} statement(s) for {}: {}.\n\
         -- {} items of {}. Each returns one table without rows of respondents; save each as a CSV file with its header row,\n\
         -- then: psychometrics merge *.csv --output moments.json, or any analysis with --from-aggregates *.csv\n",
        statements.len(),
        query.dialect,
        blocks.join(", "),
        query.plan.items.len(),
        query.table
    )
}

/// A file for each statement.
fn written(folder: &Path, statements: &[Statement]) -> Result<String> {
    let unwritable = |path: &Path, error: &std::io::Error| Error::Unwritable {
        path: path.into(),
        reason: error.to_string(),
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let digits = statements.len().to_string().len().max(2);
    for statement in statements {
        let path = folder.join(format!("{:0digits$}_{}.sql", statement.number, statement.block));
        std::fs::write(&path, statement.to_string()).map_err(|error| unwritable(&path, &error))?;
    }
    Ok(format!("{} statement(s) written to {}\n", statements.len(), folder.display()))
}
