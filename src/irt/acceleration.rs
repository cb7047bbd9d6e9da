//! SQUAREM: squared extrapolation of a map that converges slowly (Varadhan & Roland 2008, scheme S3).

use nalgebra::DVector;

/// The point extrapolated from three that follow each other under the map: x0 - 2 s r + s^2 v with r = x1 - x0,
/// v = (x2 - x1) - r and s = -|r| / |v|, at most -1. None where the map has stopped.
pub(crate) fn extrapolated(x0: &DVector<f64>, x1: &DVector<f64>, x2: &DVector<f64>) -> Option<DVector<f64>> {
    let r = x1 - x0;
    let v = x2 - x1 - &r;
    let (size, bend) = (r.norm(), v.norm());
    if !(size > 0.0) || !(bend > 1e-300) {
        return None;
    }
    let step = (-size / bend).min(-1.0);
    Some(x0 - r * (2.0 * step) + v * (step * step))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A linear map with one rate is solved in one step.
    #[test]
    fn one_rate_takes_one_step() {
        let map = |x: &DVector<f64>| x.map(|x| 3.0 + 0.9 * (x - 3.0));
        let x0 = DVector::from_vec(vec![0.0, 10.0]);
        let x1 = map(&x0);
        let found = extrapolated(&x0, &x1, &map(&x1)).unwrap();
        assert!(found.iter().all(|x| (x - 3.0).abs() < 1e-10), "{found}");
    }
}
