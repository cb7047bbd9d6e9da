//! The covariance and correlation matrix of a scale's items, checked once for all statistics that
//! start from them.
//!
//! The correlation matrix is the covariance matrix rescaled to a unit diagonal, r_ij = c_ij /
//! sqrt(c_ii c_jj), also when the covariances come from pairwise counts. It is not defined where an item does not vary
//! among the rows that answered another.

use crate::error::{Error, Result, Warning};
use crate::moments::{Divisor, Missing, Moments};
use crate::numeric::cholesky;
use nalgebra::{DMatrix, DVector};

/// An eigenvalue of a correlation matrix that is zero but for rounding.
const ZERO_EIGENVALUE: f64 = 1e-10;

/// How far identical columns may seem to differ by rounding, relative to their variance.
pub(super) const IDENTICAL: f64 = 1e-12;

/// Why a matrix cannot be inverted.
pub(super) const NO_INVERSE: &str = "the correlation matrix of the items has no inverse";

/// What reliability needs of a matrix.
pub(super) struct Sums {
    pub(super) trace: f64,
    pub(super) sum: f64,
    pub(super) rows: DVector<f64>,
}

impl Sums {
    fn of(matrix: &DMatrix<f64>) -> Self {
        Self { trace: matrix.trace(), sum: matrix.sum(), rows: matrix.column_sum() }
    }

    /// Correlation of item `i`, with variance `own`, with the sum of the others; none when that sum does not vary.
    ///
    /// ```text
    /// r_drop_i = sum_j!=i c_ij / sqrt(c_ii  sum_j!=i sum_k!=i c_jk)
    /// ```
    pub(super) fn r_drop(&self, i: usize, own: f64) -> Option<f64> {
        let with_all = self.rows[i];
        let rest = self.sum - 2.0 * with_all + own;
        let varies = rest > IDENTICAL * self.trace;
        varies.then(|| (with_all - own) / (own * rest).sqrt())
    }
}

pub(super) struct ScaleMatrices {
    pub(super) names: Vec<String>,
    pub(super) n: usize,
    missing: Missing,
    means: Option<Vec<f64>>,
    pub(super) covariance: DMatrix<f64>,
    /// None where a correlation is not defined.
    pub(super) correlation: Option<DMatrix<f64>>,
    pub(super) covariance_sums: Sums,
    pub(super) correlation_sums: Option<Sums>,
    /// Infinity where it is far from 0.
    smallest_eigenvalue: Option<f64>,
    /// Correlations that are not defined.
    undefined: Vec<Warning>,
}

impl ScaleMatrices {
    /// Fewer than two items, too few rows, a constant item or two that were never answered together
    /// are errors; `what` says in them what is computed.
    pub(super) fn of(moments: &Moments, what: &str) -> Result<Self> {
        Self::with_rank(moments, what, moments.names().len())
    }

    /// The same of moments that were made of answers: of n rows without gaps the matrices have a rank of at most n - 1.
    pub(super) fn of_answers(moments: &Moments, what: &str) -> Result<Self> {
        let complete = !moments.missing().is_likelihood() && moments.complete_rows() == moments.n();
        let rank = if complete { moments.n().saturating_sub(1) } else { usize::MAX };
        Self::with_rank(moments, what, rank.min(moments.names().len()))
    }

    /// With the highest rank that the matrices can have.
    fn with_rank(moments: &Moments, what: &str, rank: usize) -> Result<Self> {
        let names = moments.names().to_vec();
        if names.len() < 2 {
            return Err(Error::TooFewItems { what: what.into(), needed: 2, found: names.len() });
        }
        let n = moments.n();
        if n < 2 {
            return Err(Error::TooFewRows { what: what.into(), n, needed: 2 });
        }
        let covariance = moments.covariance_matrix(Divisor::NMinusOne)?;
        if let Some(i) = (0..names.len()).find(|&i| covariance[(i, i)] <= 0.0) {
            let (item, value) = (names[i].clone(), moments.mean(i).unwrap_or_default());
            return Err(Error::ConstantItem { item, value, n: moments.pair_n(i, i) });
        }
        let scale: DVector<f64> = covariance.diagonal().map(f64::sqrt);
        let undefined = undefined(moments)?;
        let correlation = undefined.is_empty().then(|| {
            DMatrix::from_fn(names.len(), names.len(), |i, j| {
                if i == j { 1.0 } else { covariance[(i, j)] / (scale[i] * scale[j]) }
            })
        });
        let smallest_eigenvalue = correlation.as_ref().map(|r| match rank < names.len() {
            true => 0.0,
            false => smallest_eigenvalue(r),
        });
        let (missing, means) = (moments.missing(), moments.means());
        let (covariance_sums, correlation_sums) = (Sums::of(&covariance), correlation.as_ref().map(Sums::of));
        Ok(Self {
            names,
            n,
            missing,
            means,
            covariance,
            correlation,
            covariance_sums,
            correlation_sums,
            smallest_eigenvalue,
            undefined,
        })
    }

    /// Why the correlation matrix has no inverse; none where it has one.
    pub(super) fn is_singular(&self) -> Option<&'static str> {
        match self.smallest_eigenvalue {
            None => Some("a correlation of the items is not defined"),
            Some(smallest) => (smallest < ZERO_EIGENVALUE).then_some(NO_INVERSE),
        }
    }

    /// Correlation of item `i` with the sum of the others; none when that sum does not vary.
    pub(super) fn r_drop(&self, i: usize) -> Option<f64> {
        self.covariance_sums.r_drop(i, self.covariance[(i, i)])
    }

    /// What is allowed and should be known.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let p = self.names.len();
        let mut warnings = self.undefined.clone();
        if self.n < p {
            warnings.push(Warning::FewRows { n: self.n, items: p });
        }
        // a column that repeats an earlier one is said once, with the first of its kind
        let mut repeats = vec![false; p];
        for (i, j) in (0..p).flat_map(|i| (i + 1..p).map(move |j| (i, j))) {
            if !repeats[i] && !repeats[j] && self.identical(i, j) {
                repeats[j] = true;
                let (first, second) = (self.names[i].clone(), self.names[j].clone());
                warnings.push(Warning::IdenticalItems { first, second });
            }
        }
        let r_drop: Vec<Option<f64>> = (0..p).map(|i| self.r_drop(i)).collect();
        warnings.extend(negative_items(&self.names, &r_drop));
        if self.missing == Missing::Pairwise
            && let Some(eigenvalue) = self.smallest_eigenvalue.filter(|smallest| *smallest < -ZERO_EIGENVALUE)
        {
            let matrix = "the pairwise correlation matrix of the items".into();
            warnings.push(Warning::NotPositiveDefinite { matrix, eigenvalue });
        }
        warnings
    }

    /// The same answers: no variance in the difference, and equal means.
    fn identical(&self, i: usize, j: usize) -> bool {
        let c = &self.covariance;
        let both = c[(i, i)] + c[(j, j)];
        let difference = both - 2.0 * c[(i, j)];
        let same_mean = self.means.as_ref().is_none_or(|m| (m[i] - m[j]).powi(2) <= IDENTICAL * both);
        difference <= IDENTICAL * both && same_mean
    }
}

/// Items that go against the others.
pub(super) fn negative_items<'a, S: AsRef<str>>(
    names: &'a [S],
    r_drop: &'a [Option<f64>],
) -> impl Iterator<Item = Warning> + 'a {
    let against = |(name, r_drop): (&'a S, &'a Option<f64>)| {
        let r_drop = r_drop.filter(|r| *r < 0.0)?;
        Some(Warning::NegativeItem { item: name.as_ref().into(), scale: None, r_drop })
    };
    names.iter().zip(r_drop).filter_map(against)
}

/// The smallest eigenvalue, or infinity where it is far from 0, as a factor of R - c I tells in a fraction of the time.
fn smallest_eigenvalue(r: &DMatrix<f64>) -> f64 {
    let mut lowered = r.clone();
    (0..r.nrows()).for_each(|i| lowered[(i, i)] -= 100.0 * ZERO_EIGENVALUE);
    match cholesky::factorise(&mut lowered) {
        Ok(()) => f64::INFINITY,
        Err(_) => r.symmetric_eigenvalues().min(),
    }
}

/// Correlations of the answers that are there that are not defined.
fn undefined(moments: &Moments) -> Result<Vec<Warning>> {
    if moments.missing() != Missing::Pairwise {
        return Ok(Vec::new());
    }
    let p = moments.names().len();
    let mut found = Vec::new();
    for (i, j) in (0..p).flat_map(|i| (i + 1..p).map(move |j| (i, j))) {
        match moments.correlation_of(i, j) {
            Err(Error::ConstantTogether { item, other, n, .. }) => {
                found.push(Warning::UndefinedCorrelation { item, other, n });
            }
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    Ok(found)
}
