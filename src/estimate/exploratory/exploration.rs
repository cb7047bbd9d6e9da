//! What is asked of an exploratory factor analysis.

use crate::correlation::Ordered;
use crate::estimate::conventions::Conventions;
use crate::estimate::inference::Information;
use crate::factor::{Criterion, Extraction, Rotate};
use crate::moments::Missing;
use serde::{Deserialize, Serialize};

/// Factors of one level of clustered respondents, or all covariances of it.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::{Exploration, LevelFactors};
/// use psychometrics::factor::Extraction;
///
/// let data = Dataset::read_csv("tests/data/two_level.csv")?;
/// let levels = Exploration::new(1).extraction(Extraction::Ml).cluster("team");
/// let of_teams = levels.levels(LevelFactors::Factors(1), LevelFactors::Unrestricted);
/// let found = of_teams.of(&["y1", "y2", "y3", "y4"], &data)?;
/// // one factor within: (4 x 5 / 2) - 8
/// assert_eq!(found.fit["df"], Some(2.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LevelFactors {
    /// So many factors.
    Factors(usize),
    /// All variances and covariances.
    Unrestricted,
}

/// Standard errors of rotated factors.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::estimate::{Exploration, FactorErrors};
/// use psychometrics::factor::Extraction;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let found = Exploration::new(3).extraction(Extraction::Ml).errors(FactorErrors::Standard).of(&names, &data)?;
/// let loadings = found.solution.unwrap().loadings;
/// assert_eq!(format!("{:.3}", loadings.se.unwrap()[0][0].unwrap()), "0.058");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactorErrors {
    /// None.
    #[default]
    None,
    /// From the information; of ordinal variables robust.
    Standard,
    /// Robust to other distributions than the normal.
    Robust,
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
/// // lavaan 0.6-14: efa(data, nfactors = 3)
/// assert_eq!(format!("{:.3}", found.fit["chisq"].unwrap()), "22.897");
/// assert_eq!(found.fit["df"], Some(12.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Exploration {
    pub(crate) factors: LevelFactors,
    pub(crate) between: Option<LevelFactors>,
    pub(crate) extraction: Extraction,
    pub(crate) rotate: Rotate,
    pub(crate) errors: FactorErrors,
    pub(crate) information: Option<Information>,
    pub(crate) ordered: Ordered,
    pub(crate) missing: Missing,
    pub(crate) cluster: Option<String>,
    pub(crate) weights: Option<String>,
    pub(crate) conventions: Conventions,
}

impl Exploration {
    /// So many factors by minres, turned by oblimin (quartimin) from 100 starts, of complete rows.
    pub fn new(factors: usize) -> Self {
        Self {
            factors: LevelFactors::Factors(factors),
            between: None,
            extraction: Extraction::default(),
            rotate: Rotate::new(Criterion::Oblimin { gamma: 0.0 }),
            errors: FactorErrors::default(),
            information: None,
            ordered: Ordered::None,
            missing: Missing::Listwise,
            cluster: None,
            weights: None,
            conventions: Conventions::Lavaan,
        }
    }

    /// How factors are extracted.
    #[must_use]
    pub fn extraction(mut self, extraction: Extraction) -> Self {
        self.extraction = extraction;
        self
    }

    /// How they are turned.
    #[must_use]
    pub fn rotate(mut self, rotate: Rotate) -> Self {
        self.rotate = rotate;
        self
    }

    /// Standard errors, which take the model's way: maximum likelihood, or least squares of ordinal answers.
    #[must_use]
    pub fn errors(mut self, errors: FactorErrors) -> Self {
        self.errors = errors;
        self
    }

    /// Information behind the standard errors (default: that of the estimator; observed under Mplus's conventions).
    #[must_use]
    pub fn information(mut self, information: Information) -> Self {
        self.information = Some(information);
        self
    }

    /// Which variables are ordinal: their polychoric correlations are analysed, or (wlsmv, ulsmv) their model.
    #[must_use]
    pub fn ordered(mut self, ordered: Ordered) -> Self {
        self.ordered = ordered;
        self
    }

    /// Which rows count.
    #[must_use]
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// The variable that tells the cluster of each respondent: standard errors and test are robust to clusters.
    #[must_use]
    pub fn cluster(mut self, variable: impl Into<String>) -> Self {
        self.cluster = Some(variable.into());
        self
    }

    /// Factors within clusters and between them: both levels are modelled.
    #[must_use]
    pub fn levels(mut self, within: LevelFactors, between: LevelFactors) -> Self {
        self.factors = within;
        self.between = Some(between);
        self
    }

    /// The variable that holds sampling weights.
    #[must_use]
    pub fn weights(mut self, variable: impl Into<String>) -> Self {
        self.weights = Some(variable.into());
        self
    }

    /// Whose conventions the fit follows.
    #[must_use]
    pub fn conventions(mut self, conventions: Conventions) -> Self {
        self.conventions = conventions;
        self
    }

    /// Whether a model is fitted, rather than a correlation matrix factored.
    pub(in crate::estimate) fn needs_model(&self) -> bool {
        self.extraction.is_ordinal()
            || self.errors != FactorErrors::None
            || self.missing.is_likelihood()
            || self.cluster.is_some()
            || self.weights.is_some()
            || self.between.is_some()
    }
}
