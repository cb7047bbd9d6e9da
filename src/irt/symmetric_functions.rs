//! Elementary symmetric functions of items with several categories: gamma_r, the sum over all answers with the sum r of
//! exp(sum of their intercepts), by adding one item after the other (Andersen 1972; the summation algorithm of Liou 1994).

/// Their logarithms, by sum.
#[derive(Debug, Clone)]
pub(crate) struct SumScores {
    scaled: Vec<f64>,
    /// Logarithm of what all were divided by.
    scale: f64,
    /// Each sum r was multiplied by exp(r tilt), so that the numbers stay within range where items are all easy or hard.
    tilt: f64,
}

impl SumScores {
    /// Of items with these intercepts, that of the lowest category (0) first.
    pub(crate) fn of<'a>(items: impl Iterator<Item = &'a [f64]> + Clone) -> Self {
        let (top, steps) = items
            .clone()
            .fold((0.0, 0.0), |(top, steps), d| (top + d[d.len() - 1], steps + (d.len() - 1) as f64));
        let tilt = if steps > 0.0 { -top / steps } else { 0.0 };
        let mut scaled = vec![1.0];
        let mut scale = 0.0;
        for d in items {
            let largest =
                d.iter().enumerate().map(|(k, d)| d + tilt * k as f64).fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> =
                d.iter().enumerate().map(|(k, d)| (d + tilt * k as f64 - largest).exp()).collect();
            let mut next = vec![0.0; scaled.len() + weights.len() - 1];
            for (r, own) in scaled.iter().enumerate() {
                for (k, weight) in weights.iter().enumerate() {
                    next[r + k] += own * weight;
                }
            }
            let most = next.iter().copied().fold(0.0, f64::max);
            next.iter_mut().for_each(|x| *x /= most);
            scale += largest + most.ln();
            scaled = next;
        }
        Self { scaled, scale, tilt }
    }

    /// log gamma_r; minus infinity beyond the highest sum.
    pub(crate) fn log(&self, r: usize) -> f64 {
        let own = self.scaled.get(r).copied().unwrap_or(0.0);
        own.ln() + self.scale - self.tilt * r as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of three items, two and three categories: all twelve answers by hand.
    #[test]
    fn they_are_sums_over_all_answers() {
        let items: [&[f64]; 3] = [&[0.0, 0.4], &[0.0, -1.2], &[0.0, 2.0, 0.5]];
        let found = SumScores::of(items.iter().copied());
        let mut sums = [0.0; 5];
        for a in 0..2 {
            for b in 0..2 {
                for c in 0..3 {
                    sums[a + b + c] += (items[0][a] + items[1][b] + items[2][c]).exp();
                }
            }
        }
        for (r, sum) in sums.iter().enumerate() {
            approx::assert_relative_eq!(found.log(r), sum.ln(), epsilon = 1e-12);
        }
        assert_eq!(found.log(5), f64::NEG_INFINITY);
    }

    #[test]
    fn two_hundred_hard_items_stay_in_range() {
        let items: Vec<[f64; 2]> = (0..200).map(|i| [0.0, -8.0 + 0.01 * f64::from(i)]).collect();
        let found = SumScores::of(items.iter().map(|d| d.as_slice()));
        assert!((0..=200).all(|r| found.log(r).is_finite()));
        let sum: f64 = items.iter().map(|d| d[1]).sum();
        approx::assert_relative_eq!(found.log(200), sum, max_relative = 1e-12);
    }
}
