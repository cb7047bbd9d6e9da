//! Simulates the sample data on professional conduct: `data/professional_conduct/*.csv`.
//!
//! The population is the model in `population.lav`, of which every value is fixed. Its implied
//! covariance matrix, factorised as L L', turns independent standard normal draws into 902 rows:
//! `continuous.csv`, items in keyed direction. The survey in `responses.csv` is the same rows, with
//!
//! - shifts of latent variables by organisation and by role, passed on to all that depends on them by
//!   their total effect in the model;
//! - answers on five points, by thresholds that differ between items; reversed items turned;
//! - employer items for those who work with employers only; items skipped or marked "no answer" by
//!   one respondent in three; respondents who stop before the end;
//! - careless respondents: half give one code throughout, half answer at random.
//!
//! Latent draws and what is added to them come from two streams of one seed.
#![allow(clippy::print_stdout)]

use nalgebra::{Cholesky, DMatrix, DVector};
use psychometrics::construct::{Construct, Item};
use psychometrics::model::Operator;
use psychometrics::moments::{LabelledMatrix, Moments};
use psychometrics::{Estimation, Fit, Model};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal, StandardUniform};
use std::error::Error;
use std::path::Path;

const SEED: u64 = 20_261_123;
const FOLDER: &str = "data/professional_conduct";

/// Code; client managers, managers and clients; shift of the construct. Weighted by size, the shifts
/// have mean 0 and variance 0.055: an intraclass correlation of 0.05.
const ORGANISATIONS: [(&str, [usize; 3], f64); 6] = [
    ("A", [232, 27, 6], 0.24),
    ("R", [228, 28, 7], -0.24),
    ("Z", [104, 14, 4], 0.22),
    ("F", [74, 10, 2], -0.34),
    ("W", [66, 8, 2], 0.16),
    ("AO", [76, 11, 3], -0.12),
];

/// A role: first letter of the id, name, share that works with employers, shifts of dimensions.
type Role = (&'static str, &'static str, f64, &'static [(&'static str, f64)]);
const ROLES: [Role; 3] = [
    ("K", "client_manager", 0.38, &[]),
    ("M", "manager", 0.25, &[("methodical", 0.45), ("accountability", 0.40)]),
    ("C", "client", 0.00, &[("methodical", -0.50)]),
];

/// Where a standard normal answer passes from one code to the next, for the average item.
const THRESHOLDS: [f64; 4] = [-1.9, -1.2, -0.45, 0.7];

/// Of all respondents: those who skip items or mark them "no answer", and those who stop early.
const IMPATIENT: f64 = 0.33;
const STOPS: f64 = 0.04;
/// Of the items of an impatient respondent: skipped, and marked.
const SKIPPED: f64 = 0.06;
const MARKED: f64 = 0.015;
const TENURE_UNKNOWN: f64 = 0.015;

struct Respondent {
    id: String,
    role: &'static Role,
    organisation: &'static str,
    level: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let construct = Construct::from_path(folder.join("construct.toml"))?;
    let population = population(&std::fs::read_to_string(folder.join("population.lav"))?)?;
    let items = construct.items.iter().map(|item| item.id.as_str());
    let names: Vec<&str> = items.chain(construct.variables.iter().map(|v| v.id.as_str())).collect();
    let respondents = respondents();
    let rows = draw(&population.implied_covariance()[0], &names, respondents.len())?;

    let of = |(respondent, row): (&Respondent, &Vec<f64>)| {
        let values = row.iter().map(|value| format!("{value:.6}"));
        [respondent.id.clone()].into_iter().chain(values).collect()
    };
    write("continuous.csv", &["id"], &names, respondents.iter().zip(&rows).map(of).collect())?;
    let survey = survey(&construct, &population, &names, &respondents, rows);
    write("responses.csv", &["id", "role", "organisation", "works_with_employers"], &names, survey)
}

/// The model without free parameters, fitted to nothing, for what it implies.
fn population(text: &str) -> psychometrics::Result<Fit> {
    let model: Model = text.parse()?;
    let names = model.observed_names();
    let row = |i: usize| (0..names.len()).map(|j| f64::from(u8::from(i == j))).collect();
    let identity = LabelledMatrix::new(names.clone(), names.clone(), (0..names.len()).map(row).collect())?;
    let fit = Estimation::default().fit_moments(&model, &Moments::from_covariance(&identity, 1000, None)?)?;
    assert_eq!(fit.measure("npar").ok(), Some(0.0), "every value of the population model must be fixed");
    Ok(fit)
}

/// Total effect of a variable on another, along the loadings and paths of the model.
fn total_effect(model: &Fit, from: &str, to: &str) -> f64 {
    if from == to {
        return 1.0;
    }
    let causes = model.parameters.iter().filter_map(|p| match p.op {
        Operator::Loading if p.rhs == to => Some((&p.lhs, p.est)),
        Operator::Regression if p.lhs == to => Some((&p.rhs, p.est)),
        _ => None,
    });
    causes.map(|(cause, effect)| effect * total_effect(model, from, cause)).sum()
}

/// Ids hold role, organisation, team (of 20 at most) and number.
fn respondents() -> Vec<Respondent> {
    let mut all = Vec::new();
    for (organisation, sizes, level) in ORGANISATIONS {
        for (role, size) in ROLES.iter().zip(sizes) {
            all.extend((0..size).map(|i| {
                let team = char::from(b'a' + (i / 20) as u8);
                let id = format!("{}{organisation}{team}{}", role.0, i % 20 + 1);
                Respondent { id, role, organisation, level }
            }));
        }
    }
    all
}

/// Multivariate normal rows with this covariance matrix, variables in the order of `names`.
fn draw(covariance: &LabelledMatrix, names: &[&str], n: usize) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let p = names.len();
    let covariance = DMatrix::from_fn(p, p, |i, j| covariance.get(names[i], names[j]).unwrap_or(f64::NAN));
    let factor = Cholesky::new(covariance).ok_or("the population covariance is not positive definite")?.l();
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut row = || &factor * DVector::<f64>::from_fn(p, |_, _| StandardNormal.sample(&mut random));
    Ok((0..n).map(|_| row().iter().copied().collect()).collect())
}

/// The rows as a survey would give them.
fn survey(
    construct: &Construct,
    population: &Fit,
    names: &[&str],
    respondents: &[Respondent],
    mut rows: Vec<Vec<f64>>,
) -> Vec<Vec<String>> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    random.set_stream(1);
    let mut uniform = || -> f64 { StandardUniform.sample(&mut random) };
    let p = construct.items.len();
    let mut table = Vec::new();
    for (index, (respondent, row)) in respondents.iter().zip(&mut rows).enumerate() {
        let (_, role, with_employers, shifts) = *respondent.role;
        for (factor, shift) in shifts.iter().chain(&[(construct.id(), respondent.level)]) {
            let effects = names.iter().map(|name| total_effect(population, factor, name));
            row.iter_mut().zip(effects).for_each(|(value, effect)| *value += shift * effect);
        }
        let works = if uniform() < with_employers { "yes" } else { "no" };
        let asked = |item: &Item| {
            works == "yes" || construct.dimension(&item.dimension).is_some_and(|d| d.asked_of.is_none())
        };
        // who stops does so within the five items of the last dimension; 14 of 902 are careless
        let end = if uniform() < STOPS { p - 5 + (5.0 * uniform()) as usize } else { p };
        let impatient = f64::from(u8::from(uniform() < IMPATIENT));
        let careless = (index % 64 == 37).then_some(index / 64);
        let mut cells = [&*respondent.id, role, respondent.organisation, works].map(String::from).to_vec();
        for (position, item) in construct.items.iter().enumerate() {
            let (skip, any) = (uniform(), 1 + (5.0 * uniform()) as usize);
            cells.push(if !asked(item) || position >= end || skip < SKIPPED * impatient {
                String::new()
            } else if skip < (SKIPPED + MARKED) * impatient {
                "9".into()
            } else {
                match careless {
                    None => answer(item, position, row[position]).to_string(),
                    Some(one) if one % 2 == 0 => (2 + one / 2 % 3).to_string(),
                    Some(_) => any.to_string(),
                }
            });
        }
        let is_client = role == "client";
        let unless = |missing: bool, value: String| if missing { "NA".into() } else { value };
        cells.push(u8::from(row[p] > 0.25).to_string());
        cells.push(format!("{:.1}", (6.3 + 1.5 * row[p + 1]).clamp(0.0, 10.0)));
        cells.push(unless(is_client, format!("{:.2}", (5.0 + 0.9 * row[p + 2]).clamp(1.0, 7.0))));
        let years = (1.9 + 0.75 * row[p + 3]).exp().round().min(40.0);
        cells.push(unless(uniform() < TENURE_UNKNOWN || is_client, years.to_string()));
        table.push(cells);
    }
    table
}

/// The code for a keyed standard normal answer; items differ in how easily one agrees.
fn answer(item: &Item, position: usize, value: f64) -> usize {
    let easier = 0.04 * ((7 * position) % 11) as f64 - 0.2;
    let code = 1 + THRESHOLDS.iter().filter(|&&threshold| value + easier > threshold).count();
    if item.reverse { 6 - code } else { code }
}

fn write(name: &str, first: &[&str], others: &[&str], rows: Vec<Vec<String>>) -> Result<(), Box<dyn Error>> {
    let mut file = csv::Writer::from_path(Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(name))?;
    file.write_record(first.iter().chain(others))?;
    rows.iter().try_for_each(|row| file.write_record(row))?;
    file.flush()?;
    println!("{FOLDER}/{name}: {} rows, {} columns", rows.len(), first.len() + others.len());
    Ok(())
}
