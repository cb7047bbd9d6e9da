//! Data for the benches: simple structure, seeded, and written to `target/bench_data` so that the
//! peers in `benches/peers` are measured on the same numbers.

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Correlation of the factors.
const PHI: f64 = 0.5;

/// `n` rows of `factors` x `per_factor` normal variables with loadings from .55 to .85.
pub(crate) fn normal(n: usize, factors: usize, per_factor: usize) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(20_261_123);
    let mut draw = || -> f64 { StandardNormal.sample(&mut rng) };
    let mut values = Array2::zeros((n, factors * per_factor));
    for mut row in values.outer_iter_mut() {
        let common = draw();
        for f in 0..factors {
            let factor = PHI.sqrt() * common + (1.0 - PHI).sqrt() * draw();
            for k in 0..per_factor {
                let loading = 0.55 + 0.3 * k as f64 / (per_factor - 1) as f64;
                row[f * per_factor + k] = loading * factor + (1.0 - loading * loading).sqrt() * draw();
            }
        }
    }
    values
}

/// The same as answers from 1 to 5.
pub(crate) fn likert(n: usize, factors: usize, per_factor: usize) -> Array2<f64> {
    let points = [-1.4, -0.6, 0.2, 1.1];
    normal(n, factors, per_factor).mapv(|x| 1.0 + points.iter().filter(|p| x > **p).count() as f64)
}

/// x1, x2, ...
pub(crate) fn names(p: usize) -> Vec<String> {
    (1..=p).map(|i| format!("x{i}")).collect()
}

/// Factors over blocks of variables, in lavaan syntax.
pub(crate) fn syntax(factors: usize, per_factor: usize) -> String {
    let block =
        |f: usize| -> Vec<String> { (1..=per_factor).map(|k| format!("x{}", f * per_factor + k)).collect() };
    (0..factors).map(|f| format!("f{} =~ {}\n", f + 1, block(f).join(" + "))).collect()
}

/// Writes the values for the peers and gives the path.
pub(crate) fn written(name: &str, values: &Array2<f64>) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench_data");
    std::fs::create_dir_all(&folder).expect("the folder target can be written to");
    let path = folder.join(name);
    let mut text = names(values.ncols()).join(",") + "\n";
    for row in values.outer_iter() {
        for (i, value) in row.iter().enumerate() {
            let _ = write!(text, "{}{value}", if i == 0 { "" } else { "," });
        }
        text.push('\n');
    }
    std::fs::write(&path, text).expect("the folder target can be written to");
    path
}

/// Whether the bench only has to run (`cargo bench -- --test`).
pub(crate) fn is_test() -> bool {
    std::env::args().any(|argument| argument == "--test")
}
