//! `align`: groups compared without equal parameters, from their loadings and intercepts.

use crate::arguments::{AlignOptions, LossOptions};
use crate::outcome::Outcome;
use crate::progress;
use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::{
    Align, Alignment, AlignmentCheck, AlignmentSamples, GroupParameters,
};
use psychometrics::report::{Page, Report};
use psychometrics::{Error, Result, Warning};
use serde_json::{Value, json};

const SCHEMA: &str = "psychometrics.align/1";

pub(crate) fn run(options: &AlignOptions) -> Outcome {
    match alignments(options) {
        Ok((found, checks)) => {
            let warnings: Vec<Warning> = found.iter().flat_map(|f| f.warnings.iter().cloned()).collect();
            match options.output.format {
                crate::arguments::Format::Json => {
                    Outcome::document(json(&found, &checks, &warnings), &warnings, &options.output)
                }
                _ => {
                    let page = page(&found, &checks).in_language(options.language);
                    Outcome::page(&page, options.language, &options.output)
                }
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

fn page(found: &[Alignment], checks: &[AlignmentCheck]) -> Page {
    let mut page = match found {
        [one] => one.page(),
        _ => Page::titled("Alignment"),
    };
    if found.len() != 1 {
        append(&mut page, found);
    }
    append_checks(&mut page, checks);
    page
}

/// Each factor under its own heading.
pub(crate) fn append(page: &mut Page, found: &[Alignment]) {
    for alignment in found {
        page.heading(2, format!("Alignment of {}", alignment.factor));
        page.append(alignment.page());
    }
}

pub(crate) fn append_checks(page: &mut Page, checks: &[AlignmentCheck]) {
    for check in checks {
        page.heading(2, format!("Check of the alignment of {}", check.factor));
        page.append(check.page());
    }
}

fn json(found: &[Alignment], checks: &[AlignmentCheck], warnings: &[Warning]) -> Value {
    let factors: Vec<Value> =
        found.iter().enumerate().map(|(at, own)| of_factor(own, checks.get(at))).collect();
    json!({"schema": SCHEMA, "converged": true, "factors": factors, "warnings": warnings})
}

/// The alignment of one factor, or a list of them.
pub(crate) fn alignment(found: &[Alignment], checks: &[AlignmentCheck]) -> Value {
    match found {
        [one] => of_factor(one, checks.first()),
        _ => found.iter().enumerate().map(|(at, own)| of_factor(own, checks.get(at))).collect(),
    }
}

fn of_factor(found: &Alignment, check: Option<&AlignmentCheck>) -> Value {
    let mut own = json!(found);
    own["means"] = json!(found.means());
    own["sds"] = json!(found.sds());
    if let Some(check) = check {
        own["check"] = json!(check);
    }
    own
}

fn alignments(options: &AlignOptions) -> Result<(Vec<Alignment>, Vec<AlignmentCheck>)> {
    let align = align(&options.loss);
    let (mut found, mut checks) = (Vec::new(), Vec::new());
    for parameters in read(options)? {
        let own = align.of(&parameters)?;
        if let Some(samples) = samples(&options.loss) {
            checks.push(samples.check_parameters(&align, &parameters, &own, &progress::bar("samples"))?);
        }
        found.push(own);
    }
    Ok((found, checks))
}

/// The samples of a check, where one is asked for.
pub(crate) fn samples(options: &LossOptions) -> Option<AlignmentSamples> {
    options.check.map(|n| AlignmentSamples::of(n).seed(options.alignment_seed))
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
    let variances = if data.has_column("residual") { Some(data.numeric(&["residual"])?) } else { None };
    let mut all: Vec<GroupParameters> = Vec::new();
    for factor in distinct(&factors, |_| true) {
        let own = |row: &usize| factors[*row] == factor;
        let groups_of_factor = distinct(&groups, own);
        let items_of_factor = distinct(&items, own);
        let mut sizes = Vec::new();
        let (mut loadings, mut intercepts, mut residuals) = (Vec::new(), Vec::new(), Vec::new());
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
            residuals.extend(variances.as_ref().map(|own| rows.iter().map(|row| own[[*row, 0]]).collect()));
        }
        let own = GroupParameters::new(factor, sizes, items_of_factor, &loadings, &intercepts)?;
        all.push(if residuals.is_empty() { own } else { own.with_residuals(&residuals)? });
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
