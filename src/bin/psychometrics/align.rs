//! `align`: groups compared without equal parameters, from their loadings and intercepts.

use crate::arguments::{AlignOptions, LossOptions};
use crate::outcome::Outcome;
use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::{Align, Alignment, GroupParameters};
use psychometrics::report::{Language, Page, Report};
use psychometrics::{Error, Result, Warning};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.align/1";

pub(crate) fn run(options: &AlignOptions) -> Outcome {
    match alignments(options) {
        Ok(found) => {
            let warnings: Vec<Warning> = found.iter().flat_map(|f| f.warnings.iter().cloned()).collect();
            match options.output.format {
                crate::arguments::Format::Json => {
                    Outcome::document(json(&found, &warnings), &warnings, &options.output)
                }
                _ => Outcome::page(&page(&found), Language::English, &options.output),
            }
        }
        Err(error) => {
            let own = json!({"schema": SCHEMA, "converged": false, "factors": null, "warnings": []});
            Outcome::failure(&error, Some(own), &options.output)
        }
    }
}

/// How the options of the command line make the loss least.
pub(crate) fn align(options: &LossOptions) -> Align {
    Align::default()
        .identification(options.identification)
        .epsilon(options.epsilon)
        .starts(options.alignment_starts)
        .seed(options.alignment_seed)
}

fn page(found: &[Alignment]) -> Page {
    match found {
        [one] => one.page(),
        _ => {
            let mut page = Page::titled("Alignment");
            for alignment in found {
                page.heading(2, alignment.factor.clone());
                page.append(alignment.page());
            }
            page
        }
    }
}

fn json(found: &[Alignment], warnings: &[Warning]) -> Value {
    json!({"schema": SCHEMA, "converged": true, "factors": found.iter().map(of_factor).collect::<Vec<_>>(),
        "warnings": warnings})
}

/// The alignment of one factor, or a list of them.
pub(crate) fn alignment(found: &[Alignment]) -> Value {
    match found {
        [one] => of_factor(one),
        _ => found.iter().map(of_factor).collect(),
    }
}

fn of_factor(found: &Alignment) -> Value {
    let mut own = json!(found);
    own["means"] = json!(found.means());
    own["sds"] = json!(found.sds());
    own
}

fn alignments(options: &AlignOptions) -> Result<Vec<Alignment>> {
    let align = align(&options.loss);
    read(options)?.iter().map(|parameters| align.of(parameters)).collect()
}

/// The parameters of each factor, from a long table.
fn read(options: &AlignOptions) -> Result<Vec<GroupParameters>> {
    let data = Dataset::read_csv(&options.parameters)?;
    let labels = |name: &str| -> Result<Vec<String>> {
        let found = data.labels(name)?;
        let or_fail = |(row, label): (usize, Option<String>)| {
            label.ok_or_else(|| Error::NotFinite { what: format!("'{name}' in row {}", data.file_row(row)) })
        };
        found.into_iter().enumerate().map(or_fail).collect()
    };
    let (groups, items) = (labels("group")?, labels("item")?);
    let factors =
        if data.has_column("factor") { labels("factor")? } else { vec!["factor".to_string(); groups.len()] };
    let numbers = data.numeric(&["n", "loading", "intercept"])?;
    let mut all: Vec<GroupParameters> = Vec::new();
    for factor in distinct(&factors, |_| true) {
        let own = |row: &usize| factors[*row] == factor;
        let groups_of_factor = distinct(&groups, own);
        let items_of_factor = distinct(&items, own);
        let mut sizes = Vec::new();
        let (mut loadings, mut intercepts) = (Vec::new(), Vec::new());
        for group in &groups_of_factor {
            let row_of = |item: &String| {
                let rows: Vec<usize> = (0..items.len())
                    .filter(|r| own(r) && groups[*r] == *group && items[*r] == *item)
                    .collect();
                match rows.as_slice() {
                    [row] => Ok(*row),
                    _ => Err(Error::WrongSize {
                        what: format!("rows of item '{item}' in group '{group}'"),
                        found: rows.len(),
                        expected: 1,
                    }),
                }
            };
            let rows: Vec<usize> = items_of_factor.iter().map(row_of).collect::<Result<_>>()?;
            let n = numbers[[rows[0], 0]];
            if !(n >= 1.0) {
                return Err(Error::NotFinite { what: format!("n of group '{group}'") });
            }
            sizes.push((group.clone(), n as usize));
            loadings.push(rows.iter().map(|row| numbers[[*row, 1]]).collect());
            intercepts.push(rows.iter().map(|row| numbers[[*row, 2]]).collect());
        }
        all.push(GroupParameters::new(factor, sizes, items_of_factor, &loadings, &intercepts)?);
    }
    Ok(all)
}

/// Values in the order in which they appear, of some rows.
fn distinct(values: &[String], of: impl Fn(&usize) -> bool) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for (row, value) in values.iter().enumerate() {
        if of(&row) && !distinct.contains(value) {
            distinct.push(value.clone());
        }
    }
    distinct
}
