//! The correlation at which a log-likelihood is highest.

/// Nearest to 1 that a search goes.
pub(crate) const LIMIT: f64 = 1.0 - 1e-9;

/// A likelihood with less slope and curvature than this has reached its height, which lies at the limit.
const FLAT: f64 = 1e-8;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Found {
    Inside(f64),
    /// The likelihood rises up to correlation 1 (or -1).
    AtLimit(f64),
}

impl Found {
    /// The estimate: 1 or -1 at the limit.
    pub(crate) fn value(self) -> f64 {
        match self {
            Found::Inside(rho) => rho,
            Found::AtLimit(sign) => sign,
        }
    }

    /// A point at which the likelihood can be evaluated.
    pub(crate) fn point(self) -> f64 {
        match self {
            Found::Inside(rho) => rho,
            Found::AtLimit(sign) => sign * LIMIT,
        }
    }
}

/// Newton's method within a bracket that each score narrows; `score` gives first and second derivative. At most
/// 100 evaluations.
pub(crate) fn maximum(mut score: impl FnMut(f64) -> (f64, f64)) -> Found {
    let (mut low, mut high) = (-LIMIT, LIMIT);
    let mut rho = 0.0;
    for _ in 0..100 {
        let (first, second) = score(rho);
        if first.abs() < FLAT && second > -FLAT {
            return Found::AtLimit(rho.signum());
        }
        if first > 0.0 {
            low = rho;
        } else if first < 0.0 {
            high = rho;
        } else {
            return Found::Inside(rho);
        }
        let newton = rho - first / second;
        let next = if second < 0.0 && newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if 1.0 - next.abs() < 1e-8 {
            return Found::AtLimit(next.signum());
        }
        let step = (next - rho).abs();
        rho = next;
        // Newton doubles the digits: the error left is the square of this
        if step < 5e-9 {
            break;
        }
    }
    Found::Inside(rho)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_maximum_inside_and_says_where_there_is_none() {
        let Found::Inside(rho) = maximum(|x| (0.3 - x, -1.0)) else { panic!("it is inside") };
        assert!((rho - 0.3).abs() < 1e-15);
        assert_eq!(maximum(|_| (1.0, 0.0)), Found::AtLimit(1.0));
        assert_eq!(maximum(|_| (-1.0, -0.1)), Found::AtLimit(-1.0));
    }
}
