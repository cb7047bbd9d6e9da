//! What is estimated of one pair of variables.

use super::margin::Margin;
use crate::numeric::noncentral::chi_square_cdf;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// What a correlation is of.
///
/// ```
/// use psychometrics::correlation::{Correlate, Ordered, PairKind};
/// use psychometrics::data::Dataset;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let rows = data.numeric(&["a1", "crit"])?;
/// let found = Correlate::default().ordered(Ordered::Named(vec!["a1".into()])).of(&["a1", "crit"], rows.view())?;
/// assert_eq!(found.pairs[0].kind, PairKind::Polyserial);
/// assert_eq!(found.pairs[0].kind.name(), "polyserial");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PairKind {
    /// Two continuous variables.
    Pearson,
    /// Two ordinal ones.
    Polychoric,
    /// Two with two categories each.
    Tetrachoric,
    /// A continuous and an ordinal one.
    Polyserial,
    /// A continuous one and one with two categories.
    Biserial,
    /// Ranks: Pearson's of them.
    Spearman,
    /// Kendall's tau-b.
    Kendall,
}

impl PairKind {
    /// As printed.
    pub fn name(self) -> &'static str {
        match self {
            PairKind::Pearson => "Pearson",
            PairKind::Polychoric => "polychoric",
            PairKind::Tetrachoric => "tetrachoric",
            PairKind::Polyserial => "polyserial",
            PairKind::Biserial => "biserial",
            PairKind::Spearman => "Spearman",
            PairKind::Kendall => "Kendall",
        }
    }

    /// Whether it is of a variable behind an ordinal one.
    pub(crate) fn is_latent(self) -> bool {
        !matches!(self, PairKind::Pearson | PairKind::Spearman | PairKind::Kendall)
    }
}

/// The test that normal variables lie behind a table.
///
/// ```
/// use psychometrics::correlation::{Correlate, Ordered};
/// use psychometrics::data::Dataset;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let found = Correlate::default().ordered(Ordered::All).of(&["a1", "a2"], data.numeric(&["a1", "a2"])?.view())?;
/// let test = found.pairs[0].test.unwrap();
/// // of two items of five categories: 5 x 5 - 5 - 5
/// assert_eq!(test.df, 15.0);
/// assert_eq!(format!("{:.2} {:.2}", test.likelihood_ratio, test.pvalue), "23.02 0.08");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelTest {
    /// Likelihood-ratio chi-square G^2 = 2 sum n log(n / expected).
    pub likelihood_ratio: f64,
    /// Pearson's X^2 = sum (n - expected)^2 / expected.
    pub pearson: f64,
    /// Degrees of freedom: r c - r - c.
    pub df: f64,
    /// Upper tail probability of the likelihood ratio.
    pub pvalue: f64,
}

impl ModelTest {
    /// None without degrees of freedom.
    pub(crate) fn of(likelihood_ratio: f64, pearson: f64, df: f64) -> Option<Self> {
        let sound = df > 0.0 && likelihood_ratio.is_finite() && pearson.is_finite();
        let pvalue = || 1.0 - chi_square_cdf(likelihood_ratio.max(0.0), df, 0.0);
        sound.then(|| Self { likelihood_ratio, pearson, df, pvalue: pvalue() })
    }
}

/// An estimated correlation.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) rho: f64,
    pub(crate) se: Option<f64>,
    /// The likelihood has no maximum inside: rho is 1 or -1.
    pub(crate) at_limit: bool,
    /// The correlation that a model is fitted to: rho, or where the likelihood has reached its height.
    pub(crate) of_model: f64,
    pub(crate) log_likelihood: f64,
    pub(crate) test: Option<ModelTest>,
    /// Of both variables, where they were estimated with the correlation.
    pub(crate) thresholds: Option<(Vec<f64>, Vec<f64>)>,
    /// The largest element of the gradient, over the root of its information.
    pub(crate) gradient: f64,
    /// What each respondent adds to the two-step estimate, such that the sum of squares estimates its
    /// variance; at the limit from scores at its border.
    pub(crate) influence: Option<Influence>,
}

/// What each respondent adds to an estimate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Influence {
    /// By the respondent's cell, rows the categories of the first variable; the last row and column stand for
    /// a missing answer.
    Cells(DMatrix<f64>),
    /// By respondent.
    Cases(DVector<f64>),
}

impl Influence {
    /// One element per respondent.
    pub(crate) fn write(&self, first: &Margin, second: &Margin, column: &mut [f64]) {
        match (self, first.categories(), second.categories()) {
            (Influence::Cells(cells), Some(x), Some(y)) => {
                let (r, c) = (cells.nrows() - 1, cells.ncols() - 1);
                for (row, ((out, &a), &b)) in column.iter_mut().zip(&x.codes).zip(&y.codes).enumerate() {
                    *out = first.weight(row) * cells[(usize::from(a).min(r), usize::from(b).min(c))];
                }
            }
            (Influence::Cases(cases), ..) => column.copy_from_slice(cases.as_slice()),
            (Influence::Cells(_), ..) => {}
        }
    }
}

/// Scores of respondents by a correlation and by the estimates of both variables; 0 where an answer is missing.
pub(crate) struct Scores {
    pub(crate) rho: DVector<f64>,
    pub(crate) first: DMatrix<f64>,
    pub(crate) second: DMatrix<f64>,
}

impl Scores {
    pub(crate) fn new(first: &Margin, second: &Margin) -> Self {
        let n = first.values.len();
        Self {
            rho: DVector::zeros(n),
            first: DMatrix::zeros(n, first.influence.ncols()),
            second: DMatrix::zeros(n, second.influence.ncols()),
        }
    }

    /// (w s - A21 J1) / A22, with w the sampling weight, A21 and A22 weighted sums of products of scores and J1 the influence on the estimates of
    /// both variables (Muthen 1984).
    pub(crate) fn influence(self, first: &Margin, second: &Margin) -> Option<DVector<f64>> {
        let mut influence = self.rho.clone();
        influence.iter_mut().enumerate().for_each(|(row, own)| *own *= first.weight(row));
        let information = influence.dot(&self.rho);
        let (a, b) = (self.first.tr_mul(&influence), self.second.tr_mul(&influence));
        influence.gemv(-1.0, &first.influence, &a, 1.0);
        influence.gemv(-1.0, &second.influence, &b, 1.0);
        influence /= information;
        influence.iter().all(|v| v.is_finite()).then_some(influence)
    }
}
