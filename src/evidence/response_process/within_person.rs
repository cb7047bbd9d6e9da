//! The correlation of two lists of numbers of one respondent, over what is there in both.

/// Pearson's correlation over the positions where neither is NaN; none for fewer than `fewest` of them, or where
/// one of the two does not vary.
pub(super) fn correlation(pairs: impl Iterator<Item = (f64, f64)>, fewest: usize) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = pairs.filter(|(x, y)| !x.is_nan() && !y.is_nan()).collect();
    if pairs.len() < fewest.max(2) {
        return None;
    }
    let n = pairs.len() as f64;
    let (mx, my) = pairs.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in &pairs {
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
        xy += (x - mx) * (y - my);
    }
    let varies = |squares: f64, mean: f64| squares > 1e-20 * n * mean * mean && squares > 0.0;
    (varies(xx, mx) && varies(yy, my)).then(|| (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0))
}

/// Mean of the answers that are there; none without any.
pub(super) fn mean(answers: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = answers.filter(|x| !x.is_nan()).fold((0.0, 0.0), |(sum, n), x| (sum + x, n + 1.0));
    (n > 0.0).then(|| sum / n)
}
