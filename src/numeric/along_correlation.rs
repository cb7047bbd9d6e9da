//! P(X < h, Y < k) of two normal variables as their correlation moves. With rho = sin theta,
//!
//! ```text
//! d P / d theta = exp(-(h^2 - 2 h k sin theta + k^2) / (2 cos^2 theta)) / (2 pi)
//! ```
//!
//! (Plackett 1954; Drezner & Wesolowsky 1990), and P at rho = 0 is Phi(h) Phi(k). A search that starts there and takes ever
//! smaller steps integrates each step by ever fewer nodes, which are the same for every h and k.

use super::quadrature::gauss_legendre;
use std::f64::consts::{FRAC_PI_2, TAU};
use std::sync::OnceLock;

/// Nodes by which the longest step is integrated to 1.5e-16, whatever h and k: its length over the distance of its far end from
/// a correlation of 1 or -1 (in theta), found by halving steps for |h|, |k| up to 6.
const REACH: [(f64, usize); 12] = [
    (1.5e-5, 1),
    (0.0025, 2),
    (0.018, 3),
    (0.055, 4),
    (0.12, 5),
    (0.21, 6),
    (0.32, 7),
    (0.46, 8),
    (0.56, 9),
    (0.69, 10),
    (0.98, 12),
    (1.85, 16),
];

/// The longest step of all; longer ones are taken in pieces.
const LONGEST: f64 = REACH[REACH.len() - 1].0;

/// Nodes and weights for every count of [`REACH`].
fn rules() -> &'static [Vec<(f64, f64)>] {
    static RULES: OnceLock<Vec<Vec<(f64, f64)>>> = OnceLock::new();
    RULES.get_or_init(|| REACH.iter().map(|(_, count)| gauss_legendre(*count)).collect())
}

/// A point on the way.
#[derive(Debug, Clone, Copy)]
struct Node {
    sine: f64,
    /// 1 / (2 cos^2 theta)
    steepness: f64,
    weight: f64,
}

/// The way from one correlation to another.
#[derive(Debug)]
pub(crate) struct Way {
    nodes: Vec<Node>,
}

impl Way {
    /// Between correlations whose absolute values are below 1.
    pub(crate) fn between(from: f64, to: f64) -> Self {
        let (mut at, end) = (from.asin(), to.asin());
        let mut nodes = Vec::new();
        // not a number is no way
        while (end - at).abs() > 0.0 {
            let far = FRAC_PI_2 - at.abs().max(end.abs());
            let whole = (end - at).abs() / far;
            let next = match whole <= LONGEST {
                true => end,
                false => at + (LONGEST / (1.0 + LONGEST) * (FRAC_PI_2 - at.abs())).copysign(end - at),
            };
            let enough = REACH.iter().position(|(reach, _)| whole <= *reach);
            let rule = &rules()[enough.unwrap_or(REACH.len() - 1)];
            let (middle, half) = (0.5 * (at + next), 0.5 * (next - at));
            nodes.extend(rule.iter().map(|(x, weight)| {
                let (sine, cosine) = (middle + half * x).sin_cos();
                Node { sine, steepness: 0.5 / (cosine * cosine), weight: half * weight / TAU }
            }));
            at = next;
        }
        Self { nodes }
    }

    /// What P gains on it, given h^2 + k^2 and 2 h k.
    pub(crate) fn gain(&self, squares: f64, product: f64) -> f64 {
        let each = self.nodes.iter();
        each.map(|node| node.weight * ((product * node.sine - squares) * node.steepness).exp()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::normal::{distribution, distribution_2};

    #[test]
    fn a_way_of_steps_ends_where_owens_t_is() {
        let ends = [-5.0, -2.0, -0.7, -0.1, 0.0, 0.3, 1.1, 2.6, 4.0];
        let ways: [&[f64]; 5] = [
            &[0.0, 0.31, 0.342, 0.3421, 0.342_100_01],
            &[0.0, -0.62, -0.5, -0.499],
            &[0.0, 0.9, -0.3, 0.75],
            &[0.0, 0.9999],
            &[0.0, -0.999_999_9],
        ];
        for way in ways {
            for h in ends {
                for k in ends {
                    let (squares, product) = (h * h + k * k, 2.0 * h * k);
                    let steps = way.windows(2).map(|two| Way::between(two[0], two[1]).gain(squares, product));
                    let found = distribution(h) * distribution(k) + steps.sum::<f64>();
                    let expected = distribution_2(h, k, way[way.len() - 1]);
                    let tolerance = if way.len() == 2 { 1e-13 } else { 2e-15 };
                    assert!((found - expected).abs() < tolerance, "{h} {k} {way:?}: {found} {expected}");
                }
            }
        }
    }

    #[test]
    fn no_way_adds_nothing() {
        assert_eq!(Way::between(0.4, 0.4).gain(1.0, 0.2), 0.0);
        assert_eq!(Way::between(0.4, f64::NAN).gain(1.0, 0.2), 0.0);
    }
}
