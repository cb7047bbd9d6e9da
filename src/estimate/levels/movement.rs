//! How the weights of the moments of two levels change as the moments move: the Hessian, a column at a time. In the names of
//! [`super::moments`]:
//!
//! ```text
//! dH_k = -H_k dW H_k,   dA = sum_k n_k dH_k,   dV = -V dB V + K dA K',   dT = (I - Sigma_B V) dB (I - V Sigma_B) - T dA T
//! dg = K (sum_k n_k dH_k (m_k - E(u)) - A dmu_W) - V (dB g + dmu_B),     dE(u) = Sigma_B dg + dB g + dmu
//! ```
//!
//! A parameter moves a covariance matrix by few x y' + y x', so that only what dA does costs products of matrices.

use crate::estimate::inference::Information;
use crate::estimate::levels::group::inverse_and_log;
use crate::estimate::levels::moments::{AtMoments, LevelMoments, add_times};
use nalgebra::{DMatrix, DVector};

/// How a parameter moves the moments: covariance matrices by sums of x y' + y x'.
#[derive(Debug, Clone)]
pub(crate) struct Movement {
    pub(crate) within: Vec<Sides>,
    pub(crate) within_mean: DVector<f64>,
    pub(crate) between: Vec<Sides>,
    pub(crate) between_mean: DVector<f64>,
}

/// x and y of x y' + y x'.
pub(crate) type Sides = (DVector<f64>, DVector<f64>);

/// Adds c (x y' + y x').
fn add_both(to: &mut DMatrix<f64>, c: f64, (x, y): (&DVector<f64>, &DVector<f64>)) {
    to.ger(c, x, y, 1.0);
    to.ger(c, y, x, 1.0);
}

/// Adds c (x y' + y x') m.
fn add_both_times(to: &mut DMatrix<f64>, c: f64, (x, y): (&DVector<f64>, &DVector<f64>), m: &DMatrix<f64>) {
    to.ger(c, x, &m.tr_mul(y), 1.0);
    to.ger(c, y, &m.tr_mul(x), 1.0);
}

/// Adds c (a b' + b a').
fn add_products(to: &mut DMatrix<f64>, c: f64, a: &DMatrix<f64>, b: &DMatrix<f64>) {
    to.gemm(c, a, &b.transpose(), 1.0);
    to.gemm(c, b, &a.transpose(), 1.0);
}

impl AtMoments<'_> {
    /// The derivative of [`weights`](Self::weights) as the moments move, or its expectation. It is longer than a page, as the
    /// terms of a class of clusters share their products.
    pub(crate) fn along(&self, moved: &Movement, information: Information) -> LevelMoments {
        let (group, data) = (self.group, &self.group.data);
        let (p, b) = (data.p, group.places.len());
        let expected = information == Information::Expected;
        let sign = if expected { -1.0 } else { 1.0 };
        let shift = &moved.within_mean + group.vector_to_within(&moved.between_mean);
        // dH_k = -(x y' + y x') of these
        let turned: Vec<Vec<Sides>> = self
            .inverses
            .iter()
            .map(|h| moved.within.iter().map(|(x, y)| (h * x, h * y)).collect())
            .collect();
        let mut sum = LevelMoments::zeros(p, b);
        let mut inner = match moved.within.is_empty() {
            true => Vec::new(),
            false => vec![DMatrix::zeros(p, p); data.patterns.len()],
        };
        for (class, own) in data.classes.iter().zip(&self.classes) {
            let count = class.count();
            if !moved.within.is_empty() {
                let mut all = DMatrix::zeros(p, p);
                for (k, n) in &class.counts {
                    turned[*k].iter().for_each(|(x, y)| add_both(&mut all, -n, (x, y)));
                }
                let a = group.to_between(&all);
                add_times(&mut sum.between, sign * count, &(&own.k * &a * own.k.transpose()));
                let spread = group.to_within(&(&own.t * a * &own.t));
                class.counts.iter().for_each(|(k, n)| add_times(&mut inner[*k], -n * count, &spread));
            }
            for (x, y) in &moved.between {
                add_both(&mut sum.between, -sign * count, (&(&own.v * x), &(&own.v * y)));
                let [x, y] = [x, y].map(|side| group.vector_to_within(&(&own.left * side)));
                for (k, n) in &class.counts {
                    let h = &self.inverses[*k];
                    add_both(&mut sum.within, -sign * n * count, (&(h * &x), &(h * &y)));
                }
            }
            let level = -(&own.k * group.vector_to_between(&(&own.a * &moved.within_mean)))
                - &own.v * &moved.between_mean;
            if expected {
                // answers where they are expected: only what the means move is left
                let effect = group.vector_to_within(&(&self.at.between * &level));
                sum.between_mean.axpy(-2.0 * count, &level, 1.0);
                sum.within_mean.gemv(2.0 * count, &own.a, &(&shift + effect), 1.0);
                continue;
            }
            // sum_k n_k dH_k (m_k - E(u)), a column per cluster
            let mut pull = DMatrix::zeros(p, own.pull.ncols());
            for ((k, n), e) in class.counts.iter().zip(&own.residuals) {
                for ((hx, hy), (x, y)) in turned[*k].iter().zip(&moved.within) {
                    pull.ger(-n, hx, &e.tr_mul(y), 1.0);
                    pull.ger(-n, hy, &e.tr_mul(x), 1.0);
                }
            }
            let mut along = DMatrix::zeros(b, own.g.ncols());
            moved.between.iter().for_each(|(x, y)| add_both_times(&mut along, 1.0, (x, y), &own.g));
            let mut g = &own.k * group.rows_of_between(&pull) - &own.v * &along;
            g.column_iter_mut().for_each(|mut column| column += &level);
            let mut step = group.rows_of_within(&(&self.at.between * &g + along));
            step.column_iter_mut().for_each(|mut column| column += &shift);
            sum.between_mean.axpy(-2.0, &g.column_sum(), 1.0);
            add_products(&mut sum.between, -1.0, &g, &own.g);
            pull -= &own.a * &step;
            sum.within_mean.axpy(-2.0, &pull.column_sum(), 1.0);
            for ((k, n), e) in class.counts.iter().zip(&own.residuals) {
                add_products(&mut sum.within, *n, &(&self.inverses[*k] * &step), e);
            }
        }
        if moved.within.is_empty() {
            return sum;
        }
        let spreads = if expected { self.spreads() } else { Vec::new() };
        for (k, pattern) in data.patterns.iter().enumerate() {
            let h = &self.inverses[k];
            for ((hx, hy), (x, y)) in turned[k].iter().zip(&moved.within) {
                add_both(&mut sum.within, -sign * pattern.n, (hx, hy));
                let around = |side: &DVector<f64>, turned: &DVector<f64>| match expected {
                    true => h * (&spreads[k] * turned),
                    false => &self.sandwiches[k] * side,
                };
                add_both(&mut sum.within, sign, (hx, &around(y, hy)));
                add_both(&mut sum.within, sign, (hy, &around(x, hx)));
            }
            add_times(&mut sum.within, -sign, &(h * &inner[k] * h));
        }
        sum
    }

    /// sum_j n_jk T of each pattern.
    fn spreads(&self) -> Vec<DMatrix<f64>> {
        let (group, p) = (self.group, self.group.data.p);
        let mut spreads = vec![DMatrix::zeros(p, p); group.data.patterns.len()];
        for (class, own) in group.data.classes.iter().zip(&self.classes) {
            let spread = group.to_within(&own.t) * class.count();
            class.counts.iter().for_each(|(k, n)| add_times(&mut spreads[*k], *n, &spread));
        }
        spreads
    }

    /// What [`along`](Self::along) lacks of the information as it is at a maximum: complete-data information less what is
    /// missing, with the complete-data moments expected given the answers taken to be the moments themselves, as they are
    /// there (the missing-information principle, Louis 1982). With S and m the moments of a level and G, g their weights,
    ///
    /// ```text
    /// S^-1 dS G + G dS S^-1 + sym(g dm'S^-1) for S,      S^-1 dS g for m
    /// ```
    pub(crate) fn ends(&self, moved: &Movement, weights: &LevelMoments) -> Option<LevelMoments> {
        let level = |s: &DMatrix<f64>,
                     sides: &[Sides],
                     dm: &DVector<f64>,
                     g: &DMatrix<f64>,
                     linear: &DVector<f64>| {
            let (inverse, _) = inverse_and_log(s)?;
            let mut ds = DMatrix::zeros(s.nrows(), s.nrows());
            sides.iter().for_each(|(x, y)| add_both(&mut ds, 1.0, (x, y)));
            let half = &inverse * &ds * g;
            let along = &inverse * dm;
            let crossed = (linear * along.transpose() + &along * linear.transpose()) * 0.5;
            Some((&half + half.transpose() + crossed, &inverse * (ds * linear)))
        };
        let (at, w) = (&self.at, weights);
        let (within, within_mean) =
            level(&at.within, &moved.within, &moved.within_mean, &w.within, &w.within_mean)?;
        let (between, between_mean) =
            level(&at.between, &moved.between, &moved.between_mean, &w.between, &w.between_mean)?;
        Some(LevelMoments { within, within_mean, between, between_mean })
    }
}
