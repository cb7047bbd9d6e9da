//! Mean squares between and within groups.

/// The one-way analysis of variance of scores in at least two groups, one of them of several members.
pub(super) struct Squares {
    pub(super) between: f64,
    pub(super) within: f64,
    pub(super) df1: f64,
    pub(super) df2: f64,
    /// Mean group size.
    pub(super) size: f64,
    pub(super) icc1: f64,
    pub(super) design_effect: f64,
    /// A mean square below this is rounding.
    pub(super) zero: f64,
}

impl Squares {
    pub(super) fn of(groups: &[&[f64]]) -> Self {
        let (g, n) = (groups.len() as f64, groups.iter().map(|scores| scores.len()).sum::<usize>() as f64);
        let grand = groups.iter().flat_map(|scores| scores.iter()).sum::<f64>() / n;
        let (mut between, mut within, mut squares) = (0.0, 0.0, 0.0);
        for scores in groups {
            let size = scores.len() as f64;
            let own = scores.iter().sum::<f64>() / size;
            between += size * (own - grand).powi(2);
            within += scores.iter().map(|x| (x - own).powi(2)).sum::<f64>();
            squares += size * size;
        }
        let (df1, df2) = (g - 1.0, n - g);
        let (b, w, size) = (between / df1, within / df2, n / g);
        let icc1 = (b - w) / (b + (size - 1.0) * w);
        let design_effect = 1.0 + (squares / n - 1.0) * icc1;
        let zero = 1e-24 * (1.0 + grand * grand);
        Self { between: b, within: w, df1, df2, size, icc1, design_effect, zero }
    }
}
