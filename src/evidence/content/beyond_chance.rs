//! What the coefficients of agreement have in common: with o observed and e expected agreement, each is
//! (o - e) / (1 - e).

/// Mean weighted share of agreeing pairs, of units with two codes or more.
pub(super) fn observed(
    counts: &[Vec<f64>],
    times: &[u32],
    weight: &dyn Fn(usize, usize) -> f64,
) -> Option<f64> {
    let (mut sum, mut units) = (0.0, 0.0);
    for (unit, t) in counts.iter().zip(times) {
        let r: f64 = unit.iter().sum();
        if r < 2.0 || *t == 0 {
            continue;
        }
        let mut agreeing = 0.0;
        for (k, own) in unit.iter().enumerate().filter(|(_, own)| **own > 0.0) {
            let with: f64 = unit.iter().enumerate().map(|(l, other)| weight(k, l) * other).sum();
            agreeing += own * (with - 1.0);
        }
        sum += f64::from(*t) * agreeing / (r * (r - 1.0));
        units += f64::from(*t);
    }
    (units > 0.0).then(|| sum / units)
}

/// (o - e) / (1 - e); none when chance alone would agree.
pub(super) fn beyond_chance(observed: f64, expected: f64) -> Option<f64> {
    (expected < 1.0 - 1e-12).then(|| (observed - expected) / (1.0 - expected)).filter(|x| x.is_finite())
}
