//! The correlation at which a log-likelihood is highest.

/// Nearest to 1 that a search goes.
pub(crate) const LIMIT: f64 = 1.0 - 1e-9;

/// A likelihood with less slope and curvature than this has reached its height, which lies at the limit.
const FLAT: f64 = 1e-8;

/// A step smaller than this is the last,
const CLOSE: f64 = 5e-9;
/// and a search that comes as near to 1 has no maximum inside.
const EDGE: f64 = 1e-8;

/// Where a correlation of 1 stands for a model, which needs its sampling variation (lavaan's limit).
pub(crate) const BORDER: f64 = 0.995;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Found {
    Inside(f64),
    /// The likelihood rises up to correlation 1 (or -1), as far as rounding lets see to this point.
    AtLimit(f64),
}

impl Found {
    /// The estimate: 1 or -1 at the limit.
    pub(crate) fn value(self) -> f64 {
        match self {
            Found::Inside(rho) => rho,
            Found::AtLimit(height) => height.signum(),
        }
    }

    /// A point at which the likelihood can be evaluated.
    pub(crate) fn point(self) -> f64 {
        match self {
            Found::Inside(rho) => rho,
            Found::AtLimit(height) => height.signum() * LIMIT,
        }
    }

    /// A point at which scores tell of the sampling variation: at the limit where the likelihood has reached its height,
    /// .995 or -.995 at most.
    pub(crate) fn border(self) -> f64 {
        match self {
            Found::Inside(rho) => rho,
            Found::AtLimit(height) => height.clamp(-BORDER, BORDER),
        }
    }
}

/// Newton's method within a bracket that each score narrows; `score` gives first and second derivative. At most
/// 100 evaluations.
pub(crate) fn maximum(mut score: impl FnMut(f64) -> (f64, f64)) -> Found {
    let (mut low, mut high) = (-LIMIT, LIMIT);
    let (mut rho, mut last) = (0.0, 0.0);
    let is_flat = |(first, second): (f64, f64)| first.abs() < FLAT && second > -FLAT;
    for _ in 0..100 {
        let (first, second) = score(rho);
        if is_flat((first, second)) {
            // nearest to 0, so that there is some slope
            for _ in 0..20 {
                let middle = 0.5 * (last + rho);
                *(if is_flat(score(middle)) { &mut rho } else { &mut last }) = middle;
            }
            return Found::AtLimit(rho);
        }
        last = rho;
        if first > 0.0 {
            low = rho;
        } else if first < 0.0 {
            high = rho;
        } else {
            return Found::Inside(rho);
        }
        let newton = rho - first / second;
        // Newton doubles the digits: the error left is the square of this
        if second < 0.0 && (newton - rho).abs() < CLOSE && 1.0 - newton.abs() >= EDGE {
            return Found::Inside(newton);
        }
        let next = if second < 0.0 && newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if 1.0 - next.abs() < EDGE {
            return Found::AtLimit(next.signum());
        }
        let step = (next - rho).abs();
        rho = next;
        if step < CLOSE {
            break;
        }
    }
    Found::Inside(rho)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_below_rounding_at_the_top_is_the_last() {
        // the Newton step does not move the point, which is the lower end of the bracket
        let mut calls = 0;
        let found = maximum(|x| {
            calls += 1;
            if x == 0.25 { (1e-14, -1e4) } else { (1e4 * (0.25 - x), -1e4) }
        });
        assert_eq!((found, calls), (Found::Inside(0.25), 2));
    }

    #[test]
    fn finds_a_maximum_inside_and_says_where_there_is_none() {
        let Found::Inside(rho) = maximum(|x| (0.3 - x, -1.0)) else { panic!("it is inside") };
        assert!((rho - 0.3).abs() < 1e-15);
        let (up, down) = (maximum(|_| (1.0, 0.0)), maximum(|_| (-1.0, -0.1)));
        assert_eq!((up.value(), up.border()), (1.0, BORDER));
        assert_eq!((down.value(), down.border()), (-1.0, -BORDER));
        // a likelihood that is flat to rounding from .6 on
        let flat = maximum(|x| if x < 0.6 { (0.6 - x, -1e-9) } else { (0.0, 0.0) });
        assert_eq!(flat.value(), 1.0);
        assert!((flat.border() - 0.6).abs() < 1e-5, "{}", flat.border());
    }
}
