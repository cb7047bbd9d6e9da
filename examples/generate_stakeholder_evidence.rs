//! Simulates what experts, judges, coders and interviewed people contribute to the sample construct:
//! `data/professional_conduct/{ratings,sorting,codes,excerpts}.csv`.
//!
//! Excerpts have the proportions of the study: 82 client managers, 12 managers, 7 clients of six organisations; how
//! often a group raises a dimension follows what the study reports of it in words. Ratings are from 1 to 4, by three
//! panels. Every draw comes from one seed; each file has a stream of its own.
#![allow(clippy::print_stdout)]

use psychometrics::construct::Construct;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardUniform};
use std::error::Error;
use std::path::Path;

const SEED: u64 = 20_261_124;
const FOLDER: &str = "data/professional_conduct";

/// Code, and interviewed client managers, managers and clients.
const ORGANISATIONS: [(&str, [usize; 3]); 6] = [
    ("A", [20, 2, 2]),
    ("R", [20, 2, 1]),
    ("Z", [12, 2, 1]),
    ("F", [10, 2, 1]),
    ("W", [10, 2, 1]),
    ("AO", [10, 2, 1]),
];

/// Letter, name, and the share that raises each dimension, in the order of the construct.
const GROUPS: [(&str, &str, [f64; 7]); 3] = [
    ("K", "client_manager", [0.85, 0.95, 0.0, 0.70, 0.72, 0.78, 0.35]),
    ("M", "manager", [0.83, 0.90, 0.0, 0.92, 0.75, 0.92, 0.33]),
    ("C", "client", [0.57, 1.00, 0.0, 0.0, 0.43, 0.57, 0.0]),
];

/// Of the excerpts of client managers, managers and clients on a dimension: share with reservations.
const RESERVATIONS: [[f64; 7]; 3] = [
    [0.30, 0.10, 0.0, 0.45, 0.15, 0.40, 0.25],
    [0.15, 0.10, 0.0, 0.10, 0.15, 0.20, 0.20],
    [0.20, 0.05, 0.0, 0.0, 0.30, 0.30, 0.0],
];

/// Panels: name, experts, and the dimensions that they find less relevant.
const PANELS: [(&str, usize, &[&str]); 3] = [
    ("client_manager", 6, &["methodical"]),
    ("manager", 5, &[]),
    ("client", 4, &["methodical", "innovation", "employer"]),
];

struct Draws(ChaCha8Rng);

impl Draws {
    fn stream(stream: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        random.set_stream(stream);
        Self(random)
    }

    fn uniform(&mut self) -> f64 {
        StandardUniform.sample(&mut self.0)
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[(self.uniform() * all.len() as f64) as usize]
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let construct =
        Construct::from_path(Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join("construct.toml"))?;
    write("excerpts.csv", "respondent,group,organisation,dimension,facet,stance", excerpts(&construct))?;
    write("ratings.csv", "item,expert,panel,rating", ratings(&construct))?;
    write("sorting.csv", "item,expert,dimension", sorting(&construct))?;
    write("codes.csv", "unit,coder_1,coder_2,coder_3", codes(&construct))
}

fn excerpts(construct: &Construct) -> Vec<String> {
    let mut draws = Draws::stream(0);
    let mut rows = Vec::new();
    for (organisation, sizes) in ORGANISATIONS {
        for (g, (letter, group, shares)) in GROUPS.iter().enumerate() {
            for i in 0..sizes[g] {
                let team = char::from(b'a' + (i / 5) as u8);
                let respondent = format!("{letter}{organisation}{team}{}", i % 5 + 1);
                for (d, dimension) in construct.dimensions.iter().enumerate() {
                    if !draws.chance(shares[d]) {
                        continue;
                    }
                    let count = 1 + usize::from(draws.chance(0.4)) + usize::from(draws.chance(0.15));
                    for _ in 0..count {
                        let facet = match dimension.facets.as_slice() {
                            [] => String::new(),
                            facets => draws.one_of(facets).id.clone(),
                        };
                        let stance = match draws.uniform() {
                            u if u < RESERVATIONS[g][d] => "reservation",
                            u if u < RESERVATIONS[g][d] + 0.1 => "ambivalent",
                            _ => "relevant",
                        };
                        rows.push(format!(
                            "{respondent},{group},{organisation},{},{facet},{stance}",
                            dimension.id
                        ));
                    }
                }
            }
        }
    }
    rows
}

fn ratings(construct: &Construct) -> Vec<String> {
    let mut draws = Draws::stream(1);
    let mut rows = Vec::new();
    for item in &construct.items {
        for (panel, experts, doubted) in PANELS {
            for expert in 1..=experts {
                let mut relevant: f64 = if doubted.contains(&item.dimension.as_str()) { 0.72 } else { 0.96 };
                // a plan on paper is what client managers see as a straitjacket
                if item.id == "me_3" && panel == "client_manager" {
                    relevant = 0.4;
                }
                let rating = match (draws.chance(relevant), draws.uniform()) {
                    (true, u) if u < 0.6 => 4,
                    (true, _) => 3,
                    (false, u) if u < 0.7 => 2,
                    (false, _) => 1,
                };
                rows.push(format!("{},{panel}_{expert},{panel},{rating}", item.id));
            }
        }
    }
    rows
}

fn sorting(construct: &Construct) -> Vec<String> {
    let mut draws = Draws::stream(2);
    let mut rows = Vec::new();
    for item in &construct.items {
        for judge in 1..=12 {
            let dimension =
                if draws.chance(0.92) { &item.dimension } else { &draws.one_of(&construct.dimensions).id };
            rows.push(format!("{},judge_{judge},{dimension}", item.id));
        }
    }
    rows
}

fn codes(construct: &Construct) -> Vec<String> {
    let mut draws = Draws::stream(3);
    let raised: Vec<&str> =
        construct.dimensions.iter().map(|d| d.id.as_str()).filter(|id| *id != "employer").collect();
    (1..=120)
        .map(|unit| {
            let truth = *draws.one_of(&raised);
            let code = |draws: &mut Draws| match draws.uniform() {
                u if u < 0.93 => truth,
                u if u < 0.99 => draws.one_of(&raised),
                _ => "",
            };
            let own: Vec<&str> = (0..3).map(|_| code(&mut draws)).collect();
            format!("excerpt_{unit},{}", own.join(","))
        })
        .collect()
}

fn write(name: &str, header: &str, rows: Vec<String>) -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER).join(name);
    std::fs::write(path, format!("{header}\n{}\n", rows.join("\n")))?;
    println!("{FOLDER}/{name}: {} rows", rows.len());
    Ok(())
}
