//! Which rule finds the right number of factors: samples of known populations, and how often each rule, and the recommendation,
//! are right. `cargo run --release --example retention_rules -- 100` draws 100 samples of each population (DESIGN.md has the
//! table); without a number it draws 2, to show how it is done. With `comparison` behind the number, comparison data are among
//! the rules, which takes a hundred times as long. Dimensions of networks (exploratory graph analysis) are counted too.
#![allow(clippy::print_stdout)]

use psychometrics::Result;
use psychometrics::factor::{CommunityAlgorithm, GraphAnalysis, Retention, Rule};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::collections::BTreeMap;

/// A population: factors with four items each that load alike, and correlate alike.
#[derive(Clone, Copy)]
struct Population {
    factors: usize,
    loading: f64,
    correlation: f64,
    n: usize,
    /// Categories of the answers, skewed; 0 for numbers.
    categories: usize,
}

impl Population {
    fn sample(&self, seed: u64) -> ndarray::Array2<f64> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
        let items = 4 * self.factors;
        let mut rows = ndarray::Array2::zeros((self.n, items));
        for mut row in rows.rows_mut() {
            let general = normal() * self.correlation.sqrt();
            let own: Vec<f64> =
                (0..self.factors).map(|_| general + normal() * (1.0 - self.correlation).sqrt()).collect();
            for (i, answer) in row.iter_mut().enumerate() {
                let error = normal() * (1.0 - self.loading * self.loading).sqrt();
                let value = self.loading * own[i / 4] + error;
                // skewed, every other item the other way
                let limits = [0.25, 0.84, 1.28, 1.75];
                let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
                *answer = match self.categories {
                    0 => value,
                    _ => sign * limits.iter().filter(|limit| sign * value > **limit).count() as f64,
                };
            }
        }
        rows
    }
}

fn main() -> Result<()> {
    let samples: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(2);
    let comparison = if std::env::args().nth(2).as_deref() == Some("comparison") { 500 } else { 0 };
    // right answers by rule and condition: how many, of how many
    let mut right: BTreeMap<(String, &'static str), (usize, usize)> = BTreeMap::new();
    for factors in [1, 3, 5] {
        for loading in [0.5, 0.7] {
            for correlation in [0.0, 0.3, 0.6] {
                for n in [150, 500] {
                    for categories in [0, 5] {
                        if factors == 1 && correlation > 0.0 {
                            continue;
                        }
                        let population = Population { factors, loading, correlation, n, categories };
                        for seed in 0..samples {
                            count(population, seed, comparison, &mut right)?;
                        }
                    }
                }
            }
        }
    }
    let conditions = [
        "all",
        "1 factor",
        "3 factors",
        "5 factors",
        "loading .5",
        "loading .7",
        "correlation 0",
        "correlation .3",
        "correlation .6",
        "n 150",
        "n 500",
        "numbers",
        "5 categories",
    ];
    println!("rule,{}", conditions.join(","));
    let names =
        std::iter::once("recommendation".to_string()).chain(Rule::ALL.iter().map(ToString::to_string));
    let names = names.chain(GRAPHS.iter().map(|(name, ..)| (*name).to_string()));
    let names = names.filter(|name| right.contains_key(&(name.clone(), "all")));
    for name in names {
        let share = |condition: &&'static str| {
            let (hits, of) = right.get(&(name.clone(), *condition)).copied().unwrap_or((0, 1));
            format!("{:.2}", hits as f64 / of as f64)
        };
        println!("{name},{}", conditions.iter().map(share).collect::<Vec<_>>().join(","));
    }
    Ok(())
}

/// Exploratory graph analyses: with which algorithm, and whether one dimension is looked for first.
const GRAPHS: [(&str, CommunityAlgorithm, bool); 4] = [
    ("ega walktrap", CommunityAlgorithm::Walktrap, true),
    ("ega louvain", CommunityAlgorithm::Louvain, true),
    ("ega walktrap, network alone", CommunityAlgorithm::Walktrap, false),
    ("ega louvain, network alone", CommunityAlgorithm::Louvain, false),
];

fn count(
    population: Population,
    seed: u64,
    comparison: usize,
    right: &mut BTreeMap<(String, &'static str), (usize, usize)>,
) -> Result<()> {
    let Population { factors, loading, correlation, n, categories } = population;
    let names: Vec<String> = (1..=4 * factors).map(|i| format!("x{i}")).collect();
    let rows = population.sample(seed);
    let retention = Retention::default().replications(100).seed(seed + 1).comparison_data(comparison);
    let study = retention.of(&names, rows.view())?;
    let conditions = [
        "all",
        ["", "1 factor", "", "3 factors", "", "5 factors"][factors],
        if loading < 0.6 { "loading .5" } else { "loading .7" },
        match correlation {
            0.0 => "correlation 0",
            c if c < 0.5 => "correlation .3",
            _ => "correlation .6",
        },
        if n == 150 { "n 150" } else { "n 500" },
        if categories == 0 { "numbers" } else { "5 categories" },
    ];
    let mut add = |name: String, is_right: bool| {
        for condition in conditions {
            let cell = right.entry((name.clone(), condition)).or_default();
            cell.0 += usize::from(is_right);
            cell.1 += 1;
        }
    };
    add("recommendation".into(), study.recommendation.factors == Some(factors));
    for rule in study.suggestions.keys() {
        add(rule.to_string(), study.suggestion(*rule) == Some(factors));
    }
    for (name, algorithm, first) in GRAPHS {
        let graph = GraphAnalysis::default().algorithm(algorithm).one_dimension_first(first);
        add(name.to_string(), graph.of(&names, rows.view())?.dimensions == factors);
    }
    Ok(())
}
