//! Predictive mean matching: missing values taken over from rows with nearly the same prediction.
//!
//! ```text
//! V = (X'X + k diag(X'X))^-1    b = V X'y    s^2 = e'e / chi-square(n - q)    b* = b + s V^(1/2) z
//! donors of row j: those i whose x_i b lies nearest to x_j b*  (five of them, one drawn at random)
//! ```
//!
//! with k = 1e-5 and z standard normal (Rubin 1987, pp. 166-167; Little 1988; van Buuren & Groothuis-Oudshoorn 2011,
//! type 1 matching; van Buuren 2018, algorithms 3.1 and 3.3).
//!
//! Of the predictors, constant ones are left out, then those of which the ones before explain all but a ten-thousandth
//! (those that correlate most with the variable come first), and as many as leave no degree of freedom.

use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

/// Relative addition to the diagonal of X'X.
const RIDGE: f64 = 1e-5;

/// Share of a predictor's variance that others must leave for it to count.
const DISTINCT: f64 = 1e-4;

/// Values of variable `j` for the rows that lack it, from those that have it.
pub(super) fn matched(
    wanted: usize,
    x: &DMatrix<f64>,
    j: usize,
    having: &[usize],
    lacking: &[usize],
    random: &mut ChaCha8Rng,
) -> Vec<f64> {
    let n = having.len();
    let y = DVector::from_fn(n, |i, _| x[(having[i], j)]);
    let regression = Regression::of(x, j, having);
    let fitted = &regression.predictors * &regression.coefficients;
    let residual = &y - &fitted - DVector::from_element(n, y.mean());
    let df = (n as f64 - 1.0 - regression.columns.len() as f64).max(1.0);
    let spread = ChiSquared::new(df).map_or(df, |chi| chi.sample(random));
    let sigma = (residual.norm_squared() / spread.max(f64::MIN_POSITIVE)).sqrt();
    // the intercept is that of centred predictors, apart from the slopes
    let shift: f64 = sigma / (n as f64).sqrt() * Distribution::<f64>::sample(&StandardNormal, random);
    let mut z = DVector::from_fn(regression.columns.len(), |_, _| StandardNormal.sample(random));
    // L'^-1 z has covariance (L L')^-1
    let slopes = if regression.factor.tr_solve_lower_triangular_mut(&mut z) {
        &regression.coefficients + sigma * z
    } else {
        regression.coefficients.clone()
    };
    let donors = Donors::new(fitted.as_slice(), y.as_slice());
    let predicted = |i: &usize| {
        let terms = regression.columns.iter().zip(&regression.means).zip(slopes.iter());
        terms.map(|((column, mean), slope)| (x[(*i, *column)] - mean) * slope).sum::<f64>() + shift
    };
    lacking.iter().map(|i| donors.draw(predicted(i), wanted, random)).collect()
}

/// A ridge regression on the predictors that count, centred.
struct Regression {
    columns: Vec<usize>,
    means: Vec<f64>,
    predictors: DMatrix<f64>,
    coefficients: DVector<f64>,
    /// Factor of X'X + k diag(X'X).
    factor: DMatrix<f64>,
}

impl Regression {
    fn of(x: &DMatrix<f64>, j: usize, rows: &[usize]) -> Self {
        let n = rows.len();
        let mut centred = DMatrix::zeros(n, x.ncols());
        let means: Vec<f64> = (0..x.ncols())
            .map(|k| {
                let mean = rows.iter().map(|&i| x[(i, k)]).sum::<f64>() / n as f64;
                centred.column_mut(k).iter_mut().zip(rows).for_each(|(c, &i)| *c = x[(i, k)] - mean);
                mean
            })
            .collect();
        let products = centred.tr_mul(&centred);
        let spread = |k: usize| products[(k, k)];
        // rounding of a constant is no variance
        let varies = |k: &usize| spread(*k) > 1e-20 * n as f64 * (means[*k] * means[*k] + 1e-280);
        let strength = |k: usize| products[(k, j)].powi(2) / spread(k);
        let mut candidates: Vec<usize> = (0..x.ncols()).filter(|k| *k != j).filter(varies).collect();
        candidates.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)));
        let columns = distinct(&products, &candidates, n.saturating_sub(2));
        let q = columns.len();
        let mut factor = DMatrix::from_fn(q, q, |a, b| {
            let element = products[(columns[a], columns[b])];
            if a == b { element * (1.0 + RIDGE) } else { element }
        });
        let mut coefficients = DVector::from_fn(q, |a, _| products[(columns[a], j)]);
        if cholesky::factorise(&mut factor).is_ok() {
            cholesky::solve(&factor, coefficients.as_mut_slice());
        } else {
            (factor, coefficients) = (DMatrix::identity(q, q), DVector::zeros(q));
        }
        let predictors = centred.select_columns(&columns);
        Self { means: columns.iter().map(|k| means[*k]).collect(), columns, predictors, coefficients, factor }
    }
}

/// Of the candidates in turn at most `most`, each with variance that those before do not explain.
fn distinct(products: &DMatrix<f64>, candidates: &[usize], most: usize) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    // rows of the Cholesky factor of what is kept
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for &k in candidates {
        if kept.len() == most {
            break;
        }
        let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
        for (at, other) in kept.iter().enumerate() {
            let inner: f64 = row.iter().zip(&rows[at]).map(|(a, b)| a * b).sum();
            row.push((products[(k, *other)] - inner) / rows[at][at]);
        }
        let left = products[(k, k)] - row.iter().map(|a| a * a).sum::<f64>();
        if left > DISTINCT * products[(k, k)] {
            row.push(left.sqrt());
            rows.push(row);
            kept.push(k);
        }
    }
    kept
}

/// Values that may be taken over, by their predictions; those with equal predictions together.
struct Donors {
    predictions: Vec<f64>,
    values: Vec<Vec<f64>>,
}

impl Donors {
    fn new(predictions: &[f64], values: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| predictions[*a].total_cmp(&predictions[*b]));
        let mut own = Self { predictions: Vec::new(), values: Vec::new() };
        for i in order {
            match own.predictions.last() {
                Some(last) if *last == predictions[i] => {
                    own.values.last_mut().into_iter().for_each(|group| group.push(values[i]));
                }
                _ => {
                    own.predictions.push(predictions[i]);
                    own.values.push(vec![values[i]]);
                }
            }
        }
        own
    }

    /// The value of one of the `wanted` donors nearest to a prediction, those at equal distance in random order.
    fn draw(&self, at: f64, wanted: usize, random: &mut ChaCha8Rng) -> f64 {
        let total: usize = self.values.iter().map(Vec::len).sum();
        let place = random.random_range(0..wanted.min(total));
        let (mut below, mut above) = {
            let split = self.predictions.partition_point(|p| *p < at);
            (split, split)
        };
        let mut passed = 0;
        loop {
            let lower = below.checked_sub(1).map(|k| (at - self.predictions[k], &self.values[k]));
            let upper = self.predictions.get(above).map(|p| (p - at, &self.values[above]));
            // a class of donors at one distance, on one side or on both
            let (left, right) = match (lower, upper) {
                (Some((a, left)), Some((b, right))) if a == b => (Some(left), Some(right)),
                (Some((a, left)), Some((b, _))) if a < b => (Some(left), None),
                (Some((_, left)), None) => (Some(left), None),
                (_, Some((_, right))) => (None, Some(right)),
                (None, None) => return f64::NAN,
            };
            below -= usize::from(left.is_some());
            above += usize::from(right.is_some());
            let class = left.map_or(0, Vec::len) + right.map_or(0, Vec::len);
            if place < passed + class {
                let any = random.random_range(0..class);
                return match left {
                    Some(left) if any < left.len() => left[any],
                    _ => right.map_or(f64::NAN, |right| right[any - left.map_or(0, Vec::len)]),
                };
            }
            passed += class;
        }
    }
}
