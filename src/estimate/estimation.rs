//! The options of a fit.

use super::estimator::{Conventions, Criterion, Estimator, Likelihood};
use super::fit::Fit;
use super::fitting::{KnownRows, KnownStages, Sample};
use super::inference::{Information, StandardErrors, TestStatistic};
use super::origin::{Settled, mean_and_sd};
use crate::correlation::{EmptyCells, Keep, Ordered, ThreeStage, threshold_count};
use crate::data::{Dataset, Grouping};
use crate::error::{Error, Result, nearest};
use crate::estimate::sample::row_account::{LeftOut, RowAccount, Rule};
use crate::estimate::sample::sampling_weights::weights_of;
use crate::estimate::search::bounds::Bounds;
use crate::estimate::uncertainty::bootstrap::BootstrapOptions;
use crate::model::{
    Automatic, Covariates, Equality, Function, LatentCovariances, MeanStructure, Model, Parameterization,
    Scaling, Specification,
};
use crate::moments::{Missing, Moments};
use nalgebra::DMatrix;
use ndarray::{ArrayView2, Axis};
use std::sync::Arc;

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
#[derive(Debug, Clone, PartialEq)]
pub struct Estimation {
    pub(super) estimator: Estimator,
    pub(super) group: Option<String>,
    pub(super) cluster: Option<String>,
    pub(super) weights: Option<String>,
    pub(super) auxiliary: Vec<String>,
    pub(super) information: Option<Information>,
    pub(super) standard_errors: Option<StandardErrors>,
    pub(super) test: Option<TestStatistic>,
    pub(super) specification: Specification,
    pub(super) covariates: Option<Covariates>,
    pub(super) ordered: Ordered,
    pub(super) missing: Missing,
    pub(super) empty_cells: EmptyCells,
    pub(super) baseline_slopes: Option<bool>,
    pub(super) likelihood: Likelihood,
    pub(super) conventions: Conventions,
    pub(super) resampling: BootstrapOptions,
    pub(super) bounds: Bounds,
    pub(super) max_iterations: usize,
    /// The solution, where it is known.
    pub(super) settled: Option<Box<Settled>>,
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
            max_iterations: 1000,
            settled: None,
        }
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
    /// 1995), for WLSMV and its kin. [`Fit::design_effects`] holds what clusters cost each parameter.
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
    /// normalised as "total"). Weights that are missing, zero or negative are an [`Error::UnusableWeights`] that names
    /// the rows. What unequal weights cost is in [`Fit::sampling_weights`]. Ordinal models take weighted shares, tables and
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

    /// Largest number of iterations (default 1000).
    #[must_use]
    pub fn max_iterations(mut self, iterations: usize) -> Self {
        self.max_iterations = iterations;
        self
    }

    /// Fits a model to the rows of a data set that are complete on the model's variables.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for a variable that is not in the data, [`Error::BadModel`] for a factor with the name of
    /// a column ([`Model::check_factors`]), [`Error::EmptyGroup`], and what
    /// [`Estimation::fit_moments`] gives.
    pub fn fit(&self, model: &Model, data: &Dataset) -> Result<Fit> {
        self.fit_with(model, data, None, None)
    }

    /// The same from thresholds and correlations of the variables that are known ([`stages_of`](Self::stages_of)).
    pub(crate) fn fit_knowing(
        &self,
        model: &Model,
        data: &Dataset,
        known: Option<KnownStages>,
    ) -> Result<Fit> {
        self.fit_with(model, data, known, None)
    }

    /// Thresholds and correlations of ordinal variables with all that fits to these data make of them, whatever the
    /// model, as long as it has the variables of this one, no fixed covariates and one group; none where no variable is
    /// ordinal.
    pub(crate) fn stages_of(&self, model: &Model, data: &Dataset) -> Result<Option<KnownStages>> {
        let names = model.observed_names();
        let values = data.numeric(&names)?;
        let own = self.with_ordinal(model, &names, values.view())?;
        let is_plain = self.group.is_none() && self.cluster.is_none() && self.weights.is_none();
        if own.specification.ordinal.is_empty() || !model.covariate_names().is_empty() || !is_plain {
            return Ok(None);
        }
        let rows = values.select(Axis(0), &self.used_rows(model, &names, values.view()));
        let keep = Keep::Influences;
        let stages = ThreeStage::of(&names, rows.view(), &self.ordered, &[], self.empty_cells, keep)?;
        // before any fit asks for it: several would wait for one another
        stages.narrow_gamma();
        Ok(Some((names, Arc::new(stages))))
    }

    /// The same for another model of the variables of a fit that was made in this way from these data: thresholds and
    /// correlations of ordinal variables, and their sampling variation, are taken from it, as is the saturated model of
    /// incomplete rows (which then have no robust measures: the fit is there to be tested against the other).
    ///
    /// # Errors
    /// As [`Estimation::fit`].
    pub(crate) fn fit_like(&self, model: &Model, data: &Dataset, like: &Fit) -> Result<Fit> {
        self.fit_with(model, data, known_stages(like), Some(like))
    }

    fn fit_with(
        &self,
        model: &Model,
        data: &Dataset,
        stages: Option<KnownStages>,
        like: Option<&Fit>,
    ) -> Result<Fit> {
        model.check_factors(|name| data.has_column(name))?;
        let origin = self.origin(model, |name| mean_and_sd(data, name));
        if let Some(origin) = &origin {
            let about = || self.fit(model, &origin.taken_from(data));
            let settle = |own: &Self| own.fit_with(model, data, stages.clone(), like);
            if let Some(fit) = self.fit_about(origin, about, settle)? {
                return Ok(fit);
            }
        }
        let fit = self.fit_in_place(model, data, stages, like)?;
        match origin {
            Some(origin) => origin.accept(fit),
            None => Ok(fit),
        }
    }

    /// The fit to variables as they are, however far from 0.
    fn fit_in_place(
        &self,
        model: &Model,
        data: &Dataset,
        stages: Option<KnownStages>,
        like: Option<&Fit>,
    ) -> Result<Fit> {
        if model.has_levels() {
            return self.fit_levels(model, data);
        }
        if !self.auxiliary.is_empty() {
            return self.fit_with_auxiliaries(model, data);
        }
        let names = model.observed_names();
        let values = data.numeric(&names)?;
        if self.missing == Missing::Pairwise && self.ordered == Ordered::None {
            return Err(Error::Unsupported {
                what: "pairwise answers without ordinal variables".into(),
                instead: "Use complete rows (listwise), or name the ordinal variables.".into(),
            });
        }
        let needed = self.needed_covariates(model, &names);
        let rule = Rule { listwise: self.missing.is_listwise(), needed: &needed };
        let mut account = RowAccount::default();
        let clusters = self.cluster.as_ref().map(|name| data.grouping(name)).transpose()?;
        let weights = self.weights.as_ref().map(|name| data.numeric(&[name])).transpose()?;
        let weights = self.weights.as_deref().zip(weights.as_ref().and_then(|values| values.as_slice()));
        let sample = |rows: &[usize], account: &mut RowAccount| -> Result<Sample> {
            let moments =
                Moments::of(names.iter().cloned(), values.select(Axis(0), rows).view(), self.missing)?;
            let mut used = Vec::with_capacity(rows.len());
            for &row in rows {
                let fate = rule.leaves_out(|i| values[(row, i)], names.len(), names.len());
                account.count(fate);
                used.extend(fate.is_none().then_some(row));
            }
            let own = DMatrix::from_fn(names.len(), used.len(), |j, c| values[(used[c], j)]);
            Ok(Sample {
                moments,
                rows: Some(own),
                like: stages.clone(),
                known: like.and_then(known_rows),
                clusters: clusters.as_ref().map(|clusters| clusters_of(clusters, &used, data)).transpose()?,
                weights: weights.map(|(name, values)| weights_of(name, values, &used, data)).transpose()?,
            })
        };
        let mut own = self.with_ordinal(model, &names, values.view())?;
        if (self.missing.is_likelihood() || self.cluster.is_some()) && own.specification.ordinal.is_empty() {
            own.specification.means = MeanStructure::Included;
        }
        let Some(variable) = &self.group else {
            let all = sample(&(0..values.nrows()).collect::<Vec<_>>(), &mut account)?;
            return own.fit_to(model, Vec::new(), &mut [all], account);
        };
        let grouping = data.grouping(variable)?;
        let mut groups = Vec::with_capacity(grouping.levels.len());
        for (code, level) in grouping.levels.iter().enumerate() {
            let rows = grouping.rows_of(code);
            let own = sample(&rows, &mut account)?;
            if own.moments.n() == 0 {
                let nobody = |j: &usize| rows.iter().all(|&row| values[(row, *j)].is_nan());
                let lacking: Vec<String> =
                    (0..names.len()).filter(nobody).map(|j| names[j].clone()).collect();
                let (variable, group, rows) = (variable.clone(), level.clone(), rows.len());
                return Err(match lacking.len() == names.len() {
                    true => Error::EmptyGroup { variable, group, rows },
                    false => Error::NoCompleteRow { variable, group, rows, lacking },
                });
            }
            groups.push(own);
        }
        (0..grouping.missing_count()).for_each(|_| account.count(Some(LeftOut::NoGroup)));
        own.check_categories(&names, &grouping.levels, &groups)?;
        own.fit_to(model, grouping.levels, &mut groups, account)
    }

    /// Places of the covariates that a row must have: those whose moments are the sample's.
    fn needed_covariates(&self, model: &Model, names: &[String]) -> Vec<usize> {
        if self.keeps_rows_without_covariates() {
            return Vec::new();
        }
        let covariates = model.open_covariate_names();
        (0..names.len()).filter(|&i| covariates.contains(&names[i])).collect()
    }

    pub(super) fn keeps_rows_without_covariates(&self) -> bool {
        self.specification.covariates == Covariates::Random || self.missing == Missing::FimlX
    }

    /// The rows that a fit to a whole table uses.
    fn used_rows(&self, model: &Model, names: &[String], rows: ArrayView2<'_, f64>) -> Vec<usize> {
        let needed = self.needed_covariates(model, names);
        let rule = Rule { listwise: self.missing.is_listwise(), needed: &needed };
        let uses = |row: &usize| rule.leaves_out(|i| rows[(*row, i)], names.len(), names.len()).is_none();
        (0..rows.nrows()).filter(uses).collect()
    }

    /// With the numbers of thresholds of the ordinal variables, from the complete rows.
    fn with_ordinal(&self, model: &Model, names: &[String], rows: ArrayView2<'_, f64>) -> Result<Self> {
        let mut own = self.clone();
        let covariates = model.covariate_names();
        if let Ordered::Named(ordered) = &self.ordered
            && let Some(unknown) = ordered.iter().find(|name| !names.contains(name))
        {
            return Err(Error::UnknownColumn {
                column: unknown.clone(),
                source_name: "the model (ordered)".into(),
                nearest: nearest(unknown, names.iter().map(String::as_str)),
                available: names.to_vec(),
            });
        }
        let used = self.used_rows(model, names, rows);
        for (j, name) in names.iter().enumerate() {
            if self.ordered.contains(name) && !covariates.contains(name) {
                let answers: Vec<f64> = used.iter().map(|&row| rows[(row, j)]).collect();
                own.specification.ordinal.insert(name.clone(), threshold_count(name, &answers)?);
            }
        }
        Ok(own)
    }

    /// Whether each group has an answer in every category that occurs.
    fn check_categories(&self, names: &[String], levels: &[String], groups: &[Sample]) -> Result<()> {
        for (j, name) in
            names.iter().enumerate().filter(|(_, name)| self.specification.ordinal.contains_key(*name))
        {
            let of = |sample: &Sample| -> Vec<f64> {
                let answered = |row: &f64| !row.is_nan();
                sample
                    .rows
                    .as_ref()
                    .map_or_else(Vec::new, |rows| rows.row(j).iter().copied().filter(answered).collect())
            };
            let mut all: Vec<f64> = groups.iter().flat_map(of).collect();
            all.sort_by(f64::total_cmp);
            all.dedup();
            for (level, sample) in levels.iter().zip(groups) {
                let own = of(sample);
                if let Some(category) = all.iter().find(|value| !own.contains(value)) {
                    return Err(Error::EmptyCategory {
                        variable: name.clone(),
                        category: *category,
                        group: level.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Fits a model to moments: of data, or published ones.
    ///
    /// A search that does not end well is a [`Fit`] with a [`Status`](crate::estimate::Status) that says so; its
    /// estimates are the best point reached and its standard errors do not exist.
    ///
    /// # Errors
    /// When no fit can be begun: [`Error::UnknownColumn`], [`Error::ConstantItem`],
    /// [`Error::TooFewRows`] (no more rows than variables), [`Error::IdenticalItems`],
    /// [`Error::NotPositiveDefinite`] (of the observed moments, or of the start values),
    /// [`Error::Unsupported`] (a mean structure without means).
    pub fn fit_moments(&self, model: &Model, moments: &Moments) -> Result<Fit> {
        self.refuse_ordered()?;
        model.check_factors(|name| moments.names().iter().any(|own| own == name))?;
        self.fit_samples(model, Vec::new(), std::slice::from_ref(moments))
    }

    /// Moments of one group, or of each.
    fn fit_samples(&self, model: &Model, names: Vec<String>, moments: &[Moments]) -> Result<Fit> {
        let read = moments.iter().map(Moments::rows_read).sum();
        let used = moments.iter().map(Moments::n).sum();
        let fit = |own: &Self, moments: &[Moments]| {
            let mut samples: Vec<Sample> = moments.iter().map(Sample::of_moments).collect();
            own.fit_to(model, names.clone(), &mut samples, RowAccount::of_complete(read, used))
        };
        let of = |name: &str| {
            let first = moments.first()?;
            let i = first.index_of(name)?;
            first.mean(i).zip(first.standard_deviation(i))
        };
        let origin = self.origin(model, of);
        if let Some(origin) = &origin {
            let moved: Vec<Moments> =
                moments.iter().map(|own| own.about(&origin.constants(own.names()))).collect();
            if let Some(fit) = self.fit_about(origin, || fit(self, &moved), |own| fit(own, moments))? {
                return Ok(fit);
            }
        }
        let fit = fit(self, moments)?;
        match origin {
            Some(origin) => origin.accept(fit),
            None => Ok(fit),
        }
    }

    /// Moments do not tell of categories.
    fn refuse_ordered(&self) -> Result<()> {
        if self.ordered == Ordered::None {
            return Ok(());
        }
        Err(Error::Unsupported {
            what: "ordinal variables from moments alone".into(),
            instead: "Fit the data themselves.".into(),
        })
    }

    /// Fits a model to the moments of several groups, each with its name.
    ///
    /// # Errors
    /// As [`Estimation::fit_moments`]; [`Error::Unsupported`] for standard errors or a test that need the
    /// respondents' rows.
    pub fn fit_groups(&self, model: &Model, groups: &[(String, Moments)]) -> Result<Fit> {
        self.refuse_ordered()?;
        let (names, moments): (Vec<String>, Vec<Moments>) = groups.iter().cloned().unzip();
        self.fit_samples(model, names, &moments)
    }
}

/// The cluster of each of some rows.
pub(super) fn clusters_of(clusters: &Grouping, used: &[usize], data: &Dataset) -> Result<Vec<usize>> {
    let lacking = used.iter().filter(|&&row| clusters.codes[row].is_none());
    let rows: Vec<usize> = lacking.map(|&row| data.file_row(row)).collect();
    let variable = clusters.variable.clone();
    if !rows.is_empty() {
        return Err(Error::MissingCluster { variable, rows });
    }
    let codes: Vec<usize> = used.iter().filter_map(|&row| clusters.codes[row]).collect();
    let mut distinct = codes.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 2 {
        return Err(Error::TooFewClusters { variable, clusters: distinct.len() });
    }
    Ok(codes)
}

/// Variables and stages of a fit of one group of ordinal data without covariates.
fn known_stages(fit: &Fit) -> Option<KnownStages> {
    match (fit.internals.tables.as_slice(), fit.internals.observed.as_slice()) {
        ([table], [observed]) if table.covariates.is_empty() => {
            Some((table.observed.clone(), observed.ordinal.clone()?))
        }
        _ => None,
    }
}

/// Variables and incomplete rows of a fit of one group without covariates.
fn known_rows(fit: &Fit) -> Option<KnownRows> {
    match (fit.internals.tables.as_slice(), fit.internals.observed.as_slice()) {
        ([table], [observed]) if table.covariates.is_empty() => {
            Some((table.observed.clone(), observed.incomplete.clone()?))
        }
        _ => None,
    }
}
