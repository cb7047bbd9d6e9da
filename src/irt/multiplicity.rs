//! Several tests at once.

/// p-values adjusted so that the expected share of false rejections stays below the level (Benjamini & Hochberg 1995).
pub(crate) fn false_discovery(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
    let mut adjusted = vec![1.0; p.len()];
    let mut lowest = 1.0f64;
    for (from_top, at) in order.into_iter().enumerate() {
        let rank = p.len() - from_top;
        lowest = lowest.min(p[at] * p.len() as f64 / rank as f64);
        adjusted[at] = lowest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::false_discovery;
    use approx::assert_relative_eq;

    #[test]
    fn agrees_with_p_adjust() {
        // R 4.2.2: p.adjust(c(.01, .04, .03, .2), "fdr")
        let found = false_discovery(&[0.01, 0.04, 0.03, 0.2]);
        for (own, known) in found.iter().zip([0.04, 0.16 / 3.0, 0.16 / 3.0, 0.2]) {
            assert_relative_eq!(*own, known, epsilon = 1e-15);
        }
    }
}
