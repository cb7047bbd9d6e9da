//! How often fits of ordinal items with a covariate fail: none may, however many answers there are.
//!
//! ```text
//! cargo run --release --example search_study_ordinal
//! ```
//!
//! Eight items with three categories measure one factor, which a covariate (to two decimals) explains; samples are seeded.
//! Near the top of a log-likelihood of 50,000 answers a step gains less than its rounding: a search that then asks for a gain
//! gives up, the more often the larger the sample. The other rows add a constant to the covariate, or change its unit.
#![allow(clippy::print_stdout)]

use ndarray::Array2;
use psychometrics::correlation::Ordered;
use psychometrics::data::Dataset;
use psychometrics::model::Function;
use psychometrics::{Estimation, Estimator, Model};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

/// A sample, its covariate times a unit plus a constant.
fn sample(n: usize, seed: u64, unit: f64, constant: f64) -> Dataset {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let mut rows = Array2::zeros((n, 9));
    for mut row in rows.rows_mut() {
        let x = (normal() * 100.0).round() / 100.0;
        let f = 0.5 * x + normal();
        for j in 0..8 {
            let y = (0.5 + 0.05 * j as f64) * f + normal();
            row[j] = [-0.6, 0.9].iter().filter(|threshold| y > **threshold).count() as f64;
        }
        row[8] = unit * x + constant;
    }
    let names = (1..=8).map(|j| format!("y{j}")).chain(["x1".to_string()]);
    Dataset::builder()
        .array(names.collect::<Vec<_>>(), rows)
        .nan_is_missing()
        .build()
        .expect("names and columns agree")
}

fn main() -> psychometrics::Result<()> {
    let model: Model = "f =~ y1 + y2 + y3 + y4 + y5 + y6 + y7 + y8\nf ~ x1".parse()?;
    let estimation = Estimation::new(Estimator::Dwls).function(Function::Sem).ordered(Ordered::All);
    println!("{:>7} {:>8} {:>10} {:>7}  failed", "n", "unit", "constant", "samples");
    for (n, unit, constant, samples) in [
        (500, 1.0, 0.0, 80),
        (5_000, 1.0, 0.0, 30),
        (50_000, 1.0, 0.0, 10),
        (500, 1.0, 1e6, 20),
        (500, 1.0, 1e8, 20),
        (500, 1e6, 0.0, 20),
        (500, 1e-6, 0.0, 20),
    ] {
        let failed = (0..samples).filter(|&seed| {
            let fit = estimation.fit(&model, &sample(n, seed, unit, constant));
            !fit.is_ok_and(|fit| fit.converged)
        });
        let failed = failed.count();
        println!("{n:>7} {unit:>8.0e} {constant:>10.0e} {samples:>7}  {failed}");
        assert_eq!(failed, 0);
    }
    Ok(())
}
