//! The result of an exploratory factor analysis.

use crate::error::{Error, Result, Warning};
use crate::estimate::rubin::PooledTest;
use crate::factor::{
    CorrelationMatrix, Extraction, FactorWeights, Hierarchy, KeyedItems, Placements, RotationSearch,
    ScoreRule, placements, schmid_leiman, score_weights,
};
use crate::moments::{LabelledMatrix, RowsUsed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A matrix with the standard errors of its elements.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let loadings = Exploration::new(3).of(&names, &data)?.solution.unwrap().loadings;
/// assert_eq!((loadings.rows.len(), loadings.se.is_none()), (9, true));
/// assert_eq!(loadings.columns, ["F1", "F2", "F3"]);
/// assert_eq!(format!("{:.3}", loadings.get("x5", &loadings.columns[0]).unwrap().abs()), "0.886");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EstimatedMatrix {
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The elements, row by row.
    pub values: Vec<Vec<f64>>,
    /// Their standard errors; none where they were not asked for, or do not exist. Fixed elements have 0.
    pub se: Option<Vec<Vec<Option<f64>>>>,
}

impl EstimatedMatrix {
    pub(in crate::estimate) fn without_errors(matrix: LabelledMatrix) -> Self {
        Self { rows: matrix.rows, columns: matrix.columns, values: matrix.values, se: None }
    }

    /// The elements as a matrix with names.
    pub fn matrix(&self) -> LabelledMatrix {
        LabelledMatrix { rows: self.rows.clone(), columns: self.columns.clone(), values: self.values.clone() }
    }

    /// The element in the row and the column of these names.
    pub fn get(&self, row: &str, column: &str) -> Option<f64> {
        self.matrix().get(row, column)
    }
}

/// Factors of one level (or of all respondents), in the metric of standardised items.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let solution = Exploration::new(3).of(&names, &data)?.solution.unwrap();
/// // what the factors explain of an item, and how many of them it takes
/// assert_eq!(format!("{:.3} {:.3}", solution.communalities["x4"], solution.complexity["x4"]), "0.728 1.001");
/// assert_eq!(format!("{:.2}", solution.explained.iter().sum::<f64>()), "4.86");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FactorSolution {
    /// Pattern loadings: items by factors.
    pub loadings: EstimatedMatrix,
    /// Factor correlations.
    pub phi: EstimatedMatrix,
    /// Correlations of items with factors, loadings x phi.
    pub structure: LabelledMatrix,
    /// Share of each item's variance that the factors explain.
    pub communalities: BTreeMap<String, f64>,
    /// What is left of it, 1 - communality.
    pub residual_variances: BTreeMap<String, f64>,
    /// Standard errors of the residual variances.
    pub residual_variances_se: Option<BTreeMap<String, Option<f64>>>,
    /// (sum l^2)^2 / sum l^4 of each item: how many factors it takes (Hofmann 1978).
    pub complexity: BTreeMap<String, f64>,
    /// Of each factor, the diagonal of phi L'L: its share of the communalities.
    pub explained: Vec<f64>,
    /// How the rotation was found.
    pub rotation_search: RotationSearch,
}

/// An exploratory factor analysis.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::factor::Extraction;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = Exploration::new(3).extraction(Extraction::Ml).of(&names, &data)?;
/// assert_eq!((found.n, found.factors, found.converged, found.heywood.len()), (Some(301), 3, true, 0));
/// assert_eq!(format!("{:.3} {:.3}", found.fit["chisq"].unwrap(), found.fit["rmsea"].unwrap()), "22.897 0.055");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExploratoryFactors {
    /// Respondents; none where a matrix came without.
    pub n: Option<usize>,
    /// Factors; of two levels those within clusters (0: unrestricted).
    pub factors: usize,
    /// How they were extracted.
    pub extraction: Extraction,
    /// Which rotation, by name.
    pub rotation: String,
    /// The same: the name of the criterion.
    pub criterion: String,
    /// Whether the search ended at a solution.
    pub converged: bool,
    /// Iterations of the extraction.
    pub iterations: usize,
    /// The factors; of two levels those within clusters, none where that level is unrestricted.
    #[serde(flatten)]
    pub solution: Option<FactorSolution>,
    /// Of two levels: both.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub levels: BTreeMap<String, FactorSolution>,
    /// Eigenvalues of the correlations that were analysed; of two levels by level.
    pub eigenvalues: Eigenvalues,
    /// Fit measures by lavaan's names; `chisq.bartlett` is Bartlett's (1950) correction of the test of maximum likelihood. Of a
    /// correlation matrix chisq is N F with F the likelihood discrepancy at the solution, whatever was minimised, and `bic` is
    /// chisq - df ln N.
    pub fit: BTreeMap<String, Option<f64>>,
    /// Items whose residual variance is 0 or less, or at the border (.005).
    pub heywood: Vec<String>,
    /// The correlations that were analysed; of two levels none.
    #[serde(skip)]
    pub correlations: Option<LabelledMatrix>,
    /// Rows read and used; none where a matrix came.
    pub missing: Option<RowsUsed>,
    /// Of completed data sets: what they have in common. Loadings, factor correlations and fit are the pooled ones then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imputation: Option<FactorImputation>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl ExploratoryFactors {
    fn parts(&self) -> Result<(CorrelationMatrix, LabelledMatrix, LabelledMatrix)> {
        let (Some(r), Some(own)) = (&self.correlations, &self.solution) else {
            return Err(Error::Unsupported {
                what: "this of factors of two levels".into(),
                instead: "Leave --factors-between out.".into(),
            });
        };
        Ok((CorrelationMatrix::of(r)?, own.loadings.matrix(), own.phi.matrix()))
    }

    /// A general factor above these (Schmid & Leiman 1957), and what a total score owes to it.
    ///
    /// # Errors
    /// As [`schmid_leiman`]; [`Error::Unsupported`] for two levels.
    pub fn hierarchy(&self) -> Result<Hierarchy> {
        let (r, loadings, phi) = self.parts()?;
        let extraction = match self.extraction {
            Extraction::Ml => Extraction::Ml,
            _ => Extraction::Minres,
        };
        schmid_leiman(&r, &loadings, &phi, extraction)
    }

    /// Weights of factor scores, and what such scores are worth.
    ///
    /// # Errors
    /// As [`score_weights`]; [`Error::Unsupported`] for two levels.
    pub fn score_weights(&self, rule: ScoreRule) -> Result<FactorWeights> {
        let (r, loadings, phi) = self.parts()?;
        score_weights(&r, &loadings, &phi, rule)
    }

    /// Items against the dimensions they were written for.
    ///
    /// # Errors
    /// As [`placements`]; [`Error::Unsupported`] for two levels.
    pub fn placements(&self, dimensions: &[KeyedItems]) -> Result<Placements> {
        let (r, loadings, _) = self.parts()?;
        let own =
            self.solution.iter().flat_map(|own| loadings.rows.iter().map(|item| own.communalities[item]));
        placements(&r, &loadings, &own.collect::<Vec<_>>(), dimensions)
    }
}

/// How alike the factors of completed data sets are.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::Exploration;
/// use psychometrics::simulate::Imputer;
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let completed = Imputer::new(names.clone()).imputations(3).impute(&data)?;
/// let found = Exploration::new(3).of_imputed(&names, &completed.datasets)?;
/// let imputation = found.imputation.unwrap();
/// assert_eq!((imputation.m, imputation.used, imputation.congruence.len()), (3, 3, 3));
/// assert!(imputation.agreement > 0.95);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FactorImputation {
    /// Data sets.
    pub m: usize,
    /// Data sets whose factors were found; the others do not count.
    pub used: usize,
    /// Share of the sum of squares of all unrotated loadings that their consensus has: 1 where they differ by a turn only.
    pub agreement: f64,
    /// Tucker's congruence of the factors of each data set with the pooled ones: data sets by factors.
    pub congruence: Vec<Vec<f64>>,
    /// Standard deviation of each loading over the data sets (divisor used - 1): what is not known because of missing answers.
    pub loadings_sd: LabelledMatrix,
    /// The same of the factor correlations.
    pub phi_sd: LabelledMatrix,
    /// Fraction of missing information of each loading, (1 + 1/m) B / T; none without standard errors.
    pub loadings_fmi: Option<LabelledMatrix>,
    /// The test of the model over the data sets; none without degrees of freedom.
    pub test: Option<PooledTest>,
}

/// Eigenvalues of one matrix, or of both levels.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::{Eigenvalues, Exploration};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// match Exploration::new(3).of(&names, &data)?.eigenvalues {
///     Eigenvalues::Single(values) => assert_eq!(format!("{:.3}", values[0]), "3.216"),
///     other => unreachable!("one level: {other:?}"),
/// }
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Eigenvalues {
    /// In descending order.
    Single(Vec<f64>),
    /// The same within clusters and between them.
    Levels(BTreeMap<String, Vec<f64>>),
}

impl FactorSolution {
    /// What follows from loadings and factor correlations.
    pub(in crate::estimate) fn of(
        loadings: EstimatedMatrix,
        phi: EstimatedMatrix,
        search: RotationSearch,
    ) -> Self {
        let k = loadings.columns.len();
        let structure: Vec<Vec<f64>> = (loadings.values.iter())
            .map(|row| (0..k).map(|j| (0..k).map(|m| row[m] * phi.values[m][j]).sum()).collect())
            .collect();
        let named = |of: &dyn Fn(usize) -> f64| -> BTreeMap<String, f64> {
            loadings.rows.iter().enumerate().map(|(i, name)| (name.clone(), of(i))).collect()
        };
        let communality = |i: usize| -> f64 {
            loadings.values[i].iter().zip(&structure[i]).map(|(l, s): (&f64, &f64)| l * s).sum()
        };
        let complexity = |i: usize| {
            let squares: Vec<f64> = loadings.values[i].iter().map(|l| l * l).collect();
            let sum: f64 = squares.iter().sum();
            let fourth: f64 = squares.iter().map(|s| s * s).sum();
            if fourth > 0.0 { sum * sum / fourth } else { 1.0 }
        };
        let explained =
            (0..k).map(|j| loadings.values.iter().zip(&structure).map(|(l, s)| l[j] * s[j]).sum()).collect();
        Self {
            communalities: named(&communality),
            residual_variances: named(&|i| 1.0 - communality(i)),
            residual_variances_se: None,
            complexity: named(&complexity),
            explained,
            rotation_search: search,
            structure: LabelledMatrix {
                rows: loadings.rows.clone(),
                columns: loadings.columns.clone(),
                values: structure,
            },
            loadings,
            phi,
        }
    }
}
