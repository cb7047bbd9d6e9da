//! A sum of items and a variable, in samples of the respondents.

/// Complete rows of items with another variable last, as deviations from their means: all that a replicate needs of
/// the items' covariances is their sum and their trace, which follow from sums over respondents.
pub(super) struct Deviations {
    /// Per row: the items, their sum, their sum of squares, and the variable.
    rows: Vec<(Vec<f64>, f64, f64, f64)>,
}

impl Deviations {
    pub(super) fn of(rows: &[Vec<f64>]) -> Self {
        let k = rows.first().map_or(0, Vec::len);
        let mut mean = vec![0.0; k];
        rows.iter().for_each(|row| mean.iter_mut().zip(row).for_each(|(m, x)| *m += x / rows.len() as f64));
        let of = |row: &Vec<f64>| {
            let mut own: Vec<f64> = row.iter().zip(&mean).map(|(x, m)| x - m).collect();
            let variable = own.pop().unwrap_or_default();
            let (sum, squares) = (own.iter().sum(), own.iter().map(|x| x * x).sum());
            (own, sum, squares, variable)
        };
        Self { rows: rows.iter().map(of).collect() }
    }

    /// Correlation of the items' sum with the variable, and alpha of that sum, in rows that occur several times.
    pub(super) fn with_alpha(&self, times: &[u32]) -> Option<(f64, f64)> {
        let k = self.rows.first().map_or(0, |(items, ..)| items.len());
        let (mut n, mut items, mut squares) = (0.0, vec![0.0; k], 0.0);
        let (mut sum, mut variable) = (0.0, 0.0);
        let (mut of_sum, mut of_variable, mut across) = (0.0, 0.0, 0.0);
        for ((own, total, square, value), t) in self.rows.iter().zip(times).filter(|(_, t)| **t > 0) {
            let t = f64::from(*t);
            n += t;
            items.iter_mut().zip(own).for_each(|(s, x)| *s += t * x);
            squares += t * square;
            sum += t * total;
            variable += t * value;
            of_sum += t * total * total;
            of_variable += t * value * value;
            across += t * total * value;
        }
        let trace = squares - items.iter().map(|s| s * s).sum::<f64>() / n;
        let of_sum = of_sum - sum * sum / n;
        let of_variable = of_variable - variable * variable / n;
        let across = across - sum * variable / n;
        let count = k as f64;
        (k > 1 && of_sum > 0.0 && of_variable > 0.0)
            .then(|| (across / (of_sum * of_variable).sqrt(), count / (count - 1.0) * (1.0 - trace / of_sum)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::internal_structure::resampled_covariance;

    #[test]
    fn sums_over_respondents_give_what_the_covariance_matrix_gives() {
        let rows: Vec<Vec<f64>> =
            (0..40).map(|i| (0..5).map(|j| ((i * (j + 3) + i * i) % 7) as f64).collect()).collect();
        let times: Vec<u32> = (0..40).map(|i| (i * 5 % 3) as u32).collect();
        let covariance = resampled_covariance(&rows, &times);
        let items = covariance.view((0, 0), (4, 4));
        let (sum, trace) = (items.sum(), items.trace());
        let with: f64 = (0..4).map(|i| covariance[(i, 4)]).sum();
        let (r, alpha) = Deviations::of(&rows).with_alpha(&times).unwrap();
        assert!((r - with / (sum * covariance[(4, 4)]).sqrt()).abs() < 1e-12);
        assert!((alpha - 4.0 / 3.0 * (1.0 - trace / sum)).abs() < 1e-12);
    }
}
