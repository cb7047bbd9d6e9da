//! The options of a fit.

use super::estimator::{Criterion, Estimator, Likelihood};
use super::inference::{Information, StandardErrors, TestStatistic};
use crate::correlation::{EmptyCells, Ordered};
use crate::data::Progress;
use crate::estimate::conventions::Conventions;
use crate::estimate::exploratory::rotation::Rotation;
use crate::estimate::options::BootstrapOptions;
use crate::estimate::options::Bounds;
use crate::estimate::status::Status;
use crate::model::{
    Automatic, Covariates, Equality, Function, LatentCovariances, MeanStructure, Parameterization, Scaling,
    Specification,
};
use crate::moments::Missing;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// How a model is fitted. Every option has lavaan's default.
///
/// ```
/// use psychometrics::{Estimation, Model};
/// use psychometrics::moments::Moments;
///
/// // Spearman's one factor over three abilities: a saturated model, so the loadings follow from the correlations
/// let moments = Moments::from_lower_triangle(&["a", "b", "c"], &[1.0, 0.72, 1.0, 0.63, 0.56, 1.0], 200)?;
/// let model: Model = "g =~ a + b + c".parse()?;
/// let fit = Estimation::default().fit_moments(&model, &moments)?;
/// // loading of a: sqrt(.72 * .63 / .56) = 0.9
/// assert!((fit.parameter("g", "=~", "a").unwrap().std_all.unwrap() - 0.9).abs() < 1e-6);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Estimation {
    pub(crate) estimator: Estimator,
    pub(crate) group: Option<String>,
    pub(crate) cluster: Option<String>,
    pub(crate) weights: Option<String>,
    pub(crate) auxiliary: Vec<String>,
    pub(crate) information: Option<Information>,
    pub(crate) standard_errors: Option<StandardErrors>,
    pub(crate) test: Option<TestStatistic>,
    pub(crate) specification: Specification,
    pub(crate) covariates: Option<Covariates>,
    pub(crate) ordered: Ordered,
    pub(crate) missing: Missing,
    pub(crate) empty_cells: EmptyCells,
    pub(crate) baseline_slopes: Option<bool>,
    pub(crate) likelihood: Likelihood,
    pub(crate) conventions: Conventions,
    pub(crate) resampling: BootstrapOptions,
    pub(crate) bounds: Bounds,
    pub(crate) rotation: Rotation,
    pub(crate) max_iterations: usize,
    #[serde(skip)]
    pub(crate) progress: Progress,
    /// The solution, where it is known.
    #[serde(skip)]
    pub(crate) settled: Option<Box<Settled>>,
}

impl Default for Estimation {
    fn default() -> Self {
        Self::new(Estimator::Ml)
    }
}

impl Estimation {
    /// An estimation with lavaan's defaults for `cfa()`.
    pub fn new(estimator: Estimator) -> Self {
        Self {
            estimator,
            group: None,
            cluster: None,
            weights: None,
            auxiliary: Vec::new(),
            information: None,
            standard_errors: None,
            test: None,
            specification: Specification::default(),
            covariates: None,
            ordered: Ordered::None,
            missing: Missing::Listwise,
            empty_cells: EmptyCells::default(),
            baseline_slopes: None,
            likelihood: Likelihood::Normal,
            conventions: Conventions::Lavaan,
            resampling: BootstrapOptions::default(),
            bounds: Bounds::None,
            rotation: Rotation::default(),
            max_iterations: 1000,
            progress: Progress::default(),
            settled: None,
        }
    }

    /// Who is told of each iteration of a search (of a bootstrap: of each replicate), and may stop it.
    #[must_use]
    pub fn progress(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// How sets of exploratory factors (`efa("name")*f =~ ...`) are turned (default: geomin, epsilon .001, 30 starts).
    #[must_use]
    pub fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// Which variables are ordinal. Thresholds and the correlations of the normal variables behind them are modelled,
    /// by one of the least-squares estimators; covariates that only explain are taken as they are.
    ///
    /// ```
    /// use psychometrics::{Estimation, Estimator, Model, correlation::Ordered, data::Dataset};
    ///
    /// let data = Dataset::read_csv("tests/data/likert5.csv")?;
    /// let model: Model = "A =~ a1 + a2 + a3 + a4".parse()?;
    /// let fit = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).fit(&model, &data)?;
    /// // lavaan 0.6-14: cfa(model, data, ordered = TRUE)
    /// assert_eq!(format!("{:.3}", fit.measure("chisq.scaled").unwrap()), "1.389");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    #[must_use]
    pub fn ordered(mut self, ordered: Ordered) -> Self {
        self.ordered = ordered;
        self
    }

    /// Rows that are used (default: those with complete answers).
    ///
    /// By full-information maximum likelihood ([`Missing::Fiml`]) every row counts by the likelihood of the answers it
    /// has; means are modelled, and the information is the observed one unless another is asked for. Rows without any
    /// answer, and those without a fixed covariate, are left out. In two stages the saturated moments come first.
    ///
    /// ```
    /// use psychometrics::{Estimation, Model, data::Dataset, moments::Missing};
    ///
    /// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9".parse()?;
    /// let fit = Estimation::default().missing(Missing::Fiml).fit(&model, &data)?;
    /// // lavaan 0.6-14: cfa(model, data, missing = "fiml")
    /// assert_eq!(format!("{:.3}", fit.measure("chisq").unwrap()), "74.938");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// Pairwise, of ordinal variables only: thresholds are of
    /// all answers to a variable, correlations of the rows with both; rows without a covariate are left out.
    #[must_use]
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// How the variables behind ordinal ones get their unit (default: delta).
    #[must_use]
    pub fn parameterization(mut self, parameterization: Parameterization) -> Self {
        self.specification.parameterization = parameterization;
        self
    }

    /// What is done about empty cells of the tables of two ordinal variables.
    #[must_use]
    pub fn empty_cells(mut self, empty_cells: EmptyCells) -> Self {
        self.empty_cells = empty_cells;
        self
    }

    /// Whether slopes on fixed covariates are free in the independence model of ordinal data (default: they are, and
    /// under Mplus's conventions not).
    #[must_use]
    pub fn baseline_free_slopes(mut self, free: bool) -> Self {
        self.baseline_slopes = Some(free);
        self
    }

    /// Which parameters are added to those the text names.
    #[must_use]
    pub fn function(mut self, function: Function) -> Self {
        self.specification.function = function;
        self
    }

    /// How latent variables get their unit: a marker (default), or a variance of 1.
    #[must_use]
    pub fn scaling(mut self, scaling: Scaling) -> Self {
        self.specification.scaling = scaling;
        self
    }

    /// Whether exogenous latent variables covary (default: they do).
    #[must_use]
    pub fn latent_covariances(mut self, covariances: LatentCovariances) -> Self {
        self.specification.latent_covariances = covariances;
        self
    }

    /// Whether means are modelled (default: where the text names an intercept).
    #[must_use]
    pub fn means(mut self, means: MeanStructure) -> Self {
        self.specification.means = means;
        self
    }

    /// What is added to the text, or freed, otherwise than the function has it.
    #[must_use]
    pub fn automatic(mut self, automatic: Automatic) -> Self {
        self.specification.automatic = automatic;
        self
    }

    /// Whether exogenous observed covariates are fixed or random (default: fixed, but random by least squares of
    /// continuous variables, as in lavaan).
    #[must_use]
    pub fn covariates(mut self, covariates: Covariates) -> Self {
        self.covariates = Some(covariates);
        self.specification.covariates = covariates;
        self
    }

    /// The information behind the standard errors, instead of the estimator's own.
    #[must_use]
    pub fn information(mut self, information: Information) -> Self {
        self.information = Some(information);
        self
    }

    /// The standard errors, instead of the estimator's own.
    #[must_use]
    pub fn standard_errors(mut self, standard_errors: StandardErrors) -> Self {
        self.standard_errors = Some(standard_errors);
        self
    }

    /// The test, instead of the estimator's own.
    #[must_use]
    pub fn test(mut self, test: TestStatistic) -> Self {
        self.test = Some(test);
        self
    }

    /// Fits the model to each group of a variable, numbered by first appearance in the data.
    #[must_use]
    pub fn group(mut self, variable: impl Into<String>) -> Self {
        self.group = Some(variable.into());
        self
    }

    /// The variable that says which cluster (organisation, school, team) a respondent belongs to. Standard errors and
    /// test are then those of MLR with the scores of a cluster added up, whatever the correlation within clusters:
    ///
    /// ```text
    /// B = J / (J - 1) sum_j s_j s_j' / N,      s_j = the sum of the scores of the respondents of cluster j
    /// ```
    ///
    /// in the middle of the sandwich, and for the saturated model in the scaling factor of the test (Asparouhov 2005;
    /// Muthen & Satorra 1995; lavaan's `cluster`). Estimates are those of maximum likelihood; means are modelled.
    /// Of ordinal variables the influences on thresholds and correlations are added up in the same way (Muthen & Satorra
    /// 1995), for WLSMV and its kin. [`Fit::design_effects`](crate::estimate::FitRecord::design_effects) holds what clusters cost each parameter.
    /// Clusters of different groups are different clusters. Below about 30 clusters a warning says what cannot be concluded
    /// (McNeish & Stapleton 2016).
    ///
    /// ```
    /// use psychometrics::{Estimation, Model, data::Dataset};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9".parse()?;
    /// let fit = Estimation::default().cluster("agemo").fit(&model, &data)?;
    /// // lavaan 0.6-14: cfa(model, data, cluster = "agemo")
    /// assert_eq!(format!("{:.3}", fit.measure("chisq.scaled").unwrap()), "78.243");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    #[must_use]
    pub fn cluster(mut self, variable: impl Into<String>) -> Self {
        self.cluster = Some(variable.into());
        self
    }

    /// The variable that says how many of the population a respondent stands for. Estimates are those of
    /// pseudo-maximum likelihood, with standard errors and test of MLR (Skinner 1989; Asparouhov 2005):
    ///
    /// ```text
    /// max sum_i w_i log f(y_i),      A = sum_i w_i (-d2 log f_i) / N,      B = sum_i w_i^2 s_i s_i' / N
    /// ```
    ///
    /// with the weights of the rows that are used scaled to a sum of N over all groups (lavaan's `sampling.weights`,
    /// normalised as "total"). Weights that are missing, zero or negative are an [`Error::UnusableWeights`](crate::Error::UnusableWeights) that names
    /// the rows. What unequal weights cost is in [`Fit::sampling_weights`](crate::estimate::FitRecord::sampling_weights). Ordinal models take weighted shares, tables and
    /// influences, with their own standard errors and tests.
    ///
    /// ```
    /// use psychometrics::{Estimation, Model, data::Dataset};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9".parse()?;
    /// let fit = Estimation::default().weights("ageyr").fit(&model, &data)?;
    /// // lavaan 0.6-14: cfa(model, data, sampling.weights = "ageyr")
    /// assert_eq!(format!("{:.3}", fit.measure("chisq.scaled").unwrap()), "83.791");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    #[must_use]
    pub fn weights(mut self, variable: impl Into<String>) -> Self {
        self.weights = Some(variable.into());
        self
    }

    /// What is equal in all groups.
    #[must_use]
    pub fn equal(mut self, kinds: impl IntoIterator<Item = Equality>) -> Self {
        self.specification.equal = kinds.into_iter().collect();
        self
    }

    /// Parameters that are nevertheless free in each group, such as `visual=~x3` or `x5~1`.
    #[must_use]
    pub fn partial<S: Into<String>>(mut self, parameters: impl IntoIterator<Item = S>) -> Self {
        self.specification.partial = parameters.into_iter().map(Into::into).collect();
        self
    }

    /// Divisor of the covariances and multiplier of the test: N (default) or N - 1.
    #[must_use]
    pub fn likelihood(mut self, likelihood: Likelihood) -> Self {
        self.likelihood = likelihood;
        self
    }

    /// Whose conventions the fit measures follow.
    #[must_use]
    pub fn conventions(mut self, conventions: Conventions) -> Self {
        self.conventions = conventions;
        self
    }

    /// How often, how and from what seed respondents are drawn again, for [`StandardErrors::Bootstrap`] and
    /// [`TestStatistic::BollenStine`].
    #[must_use]
    pub fn bootstrap(mut self, options: BootstrapOptions) -> Self {
        self.resampling = options;
        self
    }

    /// Bounds within which estimates are sought (default: those of the text only).
    #[must_use]
    pub fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// The same estimates, without what needs the respondents' rows.
    pub(crate) fn by_moments(mut self) -> Self {
        // its estimates are those of any estimator where the model holds
        if matches!(self.estimator.criterion(), Criterion::Wls | Criterion::Dwls) {
            self.estimator = Estimator::Ml;
        }
        let (_, errors, test) = self.estimator.defaults();
        if self.standard_errors.unwrap_or(errors) != StandardErrors::Standard {
            self.standard_errors = Some(StandardErrors::Standard);
        }
        if self.test.unwrap_or(test).needs_rows() {
            self.test = Some(TestStatistic::Standard);
        }
        self.information = Some(Information::Expected);
        self
    }

    /// The same without standard errors, where nothing else is made of what they are made of and nobody asked for them.
    pub(crate) fn without_plain_errors(mut self) -> Self {
        let is_plain = self.estimator.defaults().1 == StandardErrors::Standard
            && self.cluster.is_none()
            && self.weights.is_none()
            && !self.missing.is_two_stage();
        if is_plain && self.standard_errors.is_none() {
            self.standard_errors = Some(StandardErrors::None);
        }
        self
    }

    /// Largest number of iterations (default 1000).
    #[must_use]
    pub fn max_iterations(mut self, iterations: usize) -> Self {
        self.max_iterations = iterations;
        self
    }
}

/// A solution that was found about means, in the variables' own origin.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settled {
    pub(crate) x: DVector<f64>,
    pub(crate) vcov: Option<DMatrix<f64>>,
    pub(crate) status: Status,
}
