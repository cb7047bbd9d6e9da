//! What is asked of correlations, and what a pair of variables gives.

use super::empty_cells::EmptyCells;
use super::method::Method;
use super::pair::{ModelTest, PairKind};
use crate::correlation::ordered::Ordered;
use crate::data::Progress;
use crate::moments::Missing;
use serde::{Deserialize, Serialize};

/// What is computed of each pair.
///
/// ```
/// use psychometrics::correlation::Coefficient;
/// assert_eq!("kendall".parse(), Ok(Coefficient::Kendall));
/// assert_eq!(Coefficient::Kendall.to_string(), "kendall");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Coefficient {
    /// Product-moment correlations: of the variables, or of those behind ordinal ones.
    #[default]
    ProductMoment,
    /// Spearman's rank correlations.
    Spearman,
    /// Kendall's tau-b.
    Kendall,
}

/// Options of a correlation matrix.
///
/// ```
/// use ndarray::array;
/// use psychometrics::correlation::{Correlate, PairKind};
///
/// // a table of two by two: 40, 10, 20, 30
/// let rows: Vec<[f64; 2]> = [(40, [0., 0.]), (10, [0., 1.]), (20, [1., 0.]), (30, [1., 1.])]
///     .into_iter().flat_map(|(n, row)| vec![row; n]).collect();
/// let rows = ndarray::Array2::from(rows);
/// let found = Correlate::default().of(&["x", "y"], rows.view())?;
/// assert_eq!(found.pairs[0].kind, PairKind::Tetrachoric);
/// assert_eq!(format!("{:.4}", found.get("x", "y").unwrap()), "0.6071");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Correlate {
    pub(super) coefficient: Coefficient,
    pub(super) ordered: Ordered,
    pub(super) method: Method,
    pub(super) empty_cells: EmptyCells,
    pub(super) missing: Missing,
    pub(super) smooth: bool,
    #[serde(skip)]
    pub(super) progress: Progress,
}

impl Default for Correlate {
    /// All variables ordinal, two steps, pairwise.
    fn default() -> Self {
        Self {
            coefficient: Coefficient::default(),
            ordered: Ordered::default(),
            method: Method::default(),
            empty_cells: EmptyCells::default(),
            missing: Missing::Pairwise,
            smooth: false,
            progress: Progress::default(),
        }
    }
}

/// One variable of a matrix.
///
/// ```
/// use psychometrics::correlation::{Correlate, Ordered};
/// use psychometrics::data::Dataset;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let found = Correlate::default().ordered(Ordered::All).of(&["a1", "a2"], data.numeric(&["a1", "a2"])?.view())?;
/// let first = &found.variables[0];
/// assert_eq!((first.name.as_str(), first.n, first.categories.as_ref().unwrap().len()), ("a1", 600, 5));
/// // of five categories four thresholds; the lowest is Phi^-1 of the share that chose 1
/// assert_eq!(format!("{:.3}", first.thresholds.as_ref().unwrap()[0]), "-0.967");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Answers that are not missing.
    pub n: usize,
    /// The codes that occur, in order; none of a continuous variable.
    pub categories: Option<Vec<f64>>,
    /// tau_k = Phi^-1(share of answers in the first k categories).
    pub thresholds: Option<Vec<f64>>,
}

/// The correlation of one pair.
///
/// ```
/// use psychometrics::correlation::{Correlate, Ordered};
/// use psychometrics::data::Dataset;
///
/// let data = Dataset::read_csv("tests/data/likert5.csv")?;
/// let found = Correlate::default().ordered(Ordered::All).of(&["a1", "a2"], data.numeric(&["a1", "a2"])?.view())?;
/// let pair = &found.pairs[0];
/// assert_eq!((pair.first.as_str(), pair.second.as_str(), pair.n), ("a1", "a2", 600));
/// assert_eq!(format!("{:.3} {:.3}", pair.r, pair.se.unwrap()), "0.557 0.034");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pair {
    /// One variable.
    pub first: String,
    /// The other.
    pub second: String,
    /// What it is a correlation of.
    pub kind: PairKind,
    /// The correlation.
    pub r: f64,
    /// Its standard error; none where r is 1 or -1. Of Pearson's: (1 - r^2) / sqrt(n).
    pub se: Option<f64>,
    /// Rows with both answers.
    pub n: usize,
    /// Cells of the two-way table without answers.
    pub empty_cells: usize,
    /// log L; none of Pearson's.
    pub log_likelihood: Option<f64>,
    /// The test that normal variables lie behind the table; none without degrees of freedom.
    pub test: Option<ModelTest>,
    /// Thresholds of both variables that were estimated with the correlation, by maximum likelihood.
    pub thresholds: Option<(Vec<f64>, Vec<f64>)>,
    /// Largest element of the log-likelihood's gradient at the estimate, over the root of its information.
    pub gradient: f64,
}

impl Correlate {
    /// Product-moment correlations, or those of ranks.
    pub fn coefficient(mut self, coefficient: Coefficient) -> Self {
        self.coefficient = coefficient;
        self
    }

    /// Which variables are ordinal.
    pub fn ordered(mut self, ordered: Ordered) -> Self {
        self.ordered = ordered;
        self
    }

    /// In two steps, or by maximum likelihood of each pair.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// What is done about empty cells.
    pub fn empty_cells(mut self, empty_cells: EmptyCells) -> Self {
        self.empty_cells = empty_cells;
        self
    }

    /// Rows with all answers, or for each pair the rows with both: its thresholds are of these rows, those that are
    /// shown with a variable of all its answers.
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Raise eigenvalues below 1e-6 to it where the matrix has a negative one; a warning tells.
    pub fn smooth(mut self, smooth: bool) -> Self {
        self.smooth = smooth;
        self
    }

    /// Who is told how many pairs are done, and may stop at the next.
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Ranks need no categories.
    pub(super) fn is_ordinal(&self, name: &str) -> bool {
        self.coefficient == Coefficient::ProductMoment && self.ordered.contains(name)
    }
}
