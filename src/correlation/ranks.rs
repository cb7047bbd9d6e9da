//! Rank correlations: Spearman's rho and Kendall's tau-b.
//!
//! ```text
//! rho   = Pearson's r of the ranks, ties sharing the mean of theirs
//! tau_b = (concordant - discordant) / sqrt((pairs - ties in x) (pairs - ties in y))
//! ```
//!
//! (Spearman 1904; Kendall 1945.)

/// Ranks from 1, ties sharing the mean of theirs.
pub(crate) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let tied = order[from..].iter().take_while(|&&i| values[i] == values[order[from]]).count();
        let rank = from as f64 + 0.5 * (tied + 1) as f64;
        order[from..from + tied].iter().for_each(|&i| ranks[i] = rank);
        from += tied;
    }
    ranks
}

/// tau-b; none where a variable does not vary.
pub(crate) fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
    let (mut difference, mut in_x, mut in_y) = (0_i64, 0_i64, 0_i64);
    for i in 0..x.len() {
        for j in 0..i {
            let sign = |a: f64, b: f64| i64::from(a > b) - i64::from(a < b);
            let (a, b) = (sign(x[i], x[j]), sign(y[i], y[j]));
            difference += a * b;
            in_x += a * a;
            in_y += b * b;
        }
    }
    let root = (in_x as f64).sqrt() * (in_y as f64).sqrt();
    (root > 0.0).then(|| difference as f64 / root)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2: rank(c(3, 1, 3, 2)); cor(c(1, 2, 2, 4, 5), c(2, 1, 3, 3, 5), method = "kendall").
    #[test]
    fn ties_share_ranks_and_are_left_out_of_tau() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        let tau = kendall(&[1.0, 2.0, 2.0, 4.0, 5.0], &[2.0, 1.0, 3.0, 3.0, 5.0]).unwrap();
        assert!((tau - 0.666_666_666_666_666_7).abs() < 1e-12, "{tau}");
        assert_eq!(kendall(&[1.0, 1.0], &[1.0, 2.0]), None);
    }
}
