//! What was seen of the groups, by the kind of data, and a model at a point beside it.
//!
//! [`Observed`] holds the moments of a group, whatever the kind. All else that a kind of data has and does differently is
//! behind [`Seen`], with one implementation in the folder of each kind; nobody else asks which kind it is. The file is as long as
//! the questions of that trait.

use crate::error::{Error, Result, Warning};
use crate::estimate::conventions::{At, Conventions};
use crate::estimate::estimator::Criterion;
use crate::estimate::inference::{Information, StandardErrors, TestStatistic};
use crate::estimate::second_pass::SecondPass;
use crate::estimate::term::Term;
use crate::estimate::test_parts::{Baseline, BaselineAsked, Robust, Traces};
use crate::estimate::weight::Weight;
use crate::model::{Implied, ParameterTable, degrees_of_freedom};
use crate::numeric::once::once;
use crate::numeric::sparse_rows::SparseRows;
use nalgebra::{DMatrix, DVector};
use std::any::Any;
use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

/// Observed moments in the order of a table's observed variables.
#[derive(Debug, Clone)]
pub(crate) struct Observed {
    pub(crate) covariance: DMatrix<f64>,
    pub(crate) mean: DVector<f64>,
    pub(crate) log_determinant: f64,
    /// Respondents.
    pub(crate) n: usize,
    /// What multiplies F to give a chi-square: n, or n - 1 under the Wishart likelihood.
    pub(crate) multiplier: f64,
    /// What the kind of data has beside them.
    pub(crate) seen: Arc<dyn Seen>,
}

/// What a kind of data has beside moments, and does in its own way. All groups of a fit are of one kind; what is said of all
/// groups is asked of the first.
pub(crate) trait Seen: Any + Debug + Send + Sync {
    // of one group

    /// Blocks of a group: 1, or its levels.
    fn levels(&self) -> usize {
        1
    }

    /// What a table implies, with the moments of fixed covariates that the kind of data takes.
    fn implied(&self, own: &Observed, table: &ParameterTable) -> Implied {
        Implied::new(table, &own.covariance, &own.mean)
    }

    /// What a model implies, with the moments of the covariates that it was taken given.
    fn completed(&self, _own: &Observed, _table: &ParameterTable, implied: Implied) -> Implied {
        implied
    }

    /// Places of the variables that somebody answered.
    fn there(&self, p: usize) -> Vec<usize> {
        (0..p).collect()
    }

    /// A threshold of a variable (by its place in the table); 0 where there is none.
    fn threshold(&self, _i: usize, _k: usize, _table: &ParameterTable) -> f64 {
        0.0
    }

    /// What is to be told of a group (of a variable, with the names of its groups).
    fn caveats(&self, _table: &ParameterTable, _groups: Option<(&String, &Vec<String>)>) -> Vec<Warning> {
        Vec::new()
    }

    /// Means, variances and covariances that the data do not know.
    fn unknown(&self) -> usize {
        0
    }

    /// Mean and variance of a variable by itself.
    fn univariate(&self, own: &Observed, i: usize) -> (f64, f64) {
        (own.mean[i], own.covariance[(i, i)])
    }

    /// Moments of covariates by themselves; none where they have none.
    fn covariate_moments(&self, own: &Observed, x: &[usize]) -> Option<(DVector<f64>, DMatrix<f64>)> {
        Some(own.mean_and_covariance(x))
    }

    /// The same with variable `order[i]` as the i-th; none where it has no order.
    fn reordered(&self, _order: &[usize]) -> Option<Arc<dyn Seen>> {
        None
    }

    /// Derivatives of the statistics that a model explains with respect to its free parameters.
    fn derivatives(&self, table: &ParameterTable, implied: &Implied) -> SparseRows;

    /// The same as if what another model implies had been observed (`order`: places of the variables in its table); none
    /// where that does not exist.
    fn replaced(
        &self,
        own: &Observed,
        table: &ParameterTable,
        from: (&ParameterTable, &Implied),
        order: &[usize],
    ) -> Option<Observed>;

    /// The mean over completed data sets; none where moments are all there is.
    fn averaged(&self, _all: &[&Observed]) -> Option<Arc<dyn Seen>> {
        None
    }

    /// What rows that are elsewhere are asked, or have answered.
    fn second_pass(&self) -> Option<&SecondPass> {
        None
    }

    /// Whether it holds what a likelihood takes from incomplete rows.
    fn is_of_patterns(&self) -> bool {
        false
    }

    /// Whether it is complete continuous rows, or their moments.
    fn is_complete(&self) -> bool {
        false
    }

    // of all groups: the search

    /// The weight of a group's statistics in least squares.
    fn weight(
        &self,
        _criterion: Criterion,
        _conventions: Conventions,
        _own: (&ParameterTable, &Observed),
        _rows: Option<&DMatrix<f64>>,
    ) -> Result<Weight> {
        Err(Error::Unsupported {
            what: "least squares of rows that count one by one".into(),
            instead: "Use ML or MLR.".into(),
        })
    }

    /// The terms of the discrepancy: least squares with weights, maximum likelihood without.
    fn terms<'a>(
        &self,
        tables: &'a [ParameterTable],
        observed: &'a [Observed],
        weights: Option<&'a [Weight]>,
    ) -> Vec<Box<dyn Term + 'a>>;

    /// What a solution is asked once more, where the search steps by another Hessian than standard errors start from.
    fn revision(&self, _information: Information) -> Revision {
        Revision::None
    }

    /// The observed moments in the order of other tables.
    fn in_order_of(
        &self,
        others: &[ParameterTable],
        tables: &[ParameterTable],
        observed: &[Observed],
    ) -> Vec<Observed> {
        let each = others.iter().zip(tables).zip(observed);
        each.map(|((other, table), observed)| observed.in_order_of(other, table)).collect()
    }

    // of all groups: uncertainty

    /// The information that stands in for the one asked for: of two stages the asked one is that of the first.
    fn information(&self, asked: Information) -> Information {
        asked
    }

    /// Mean outer product of the scores at the model: B.
    fn first_order(&self, problem: &Problem<'_>) -> Option<DMatrix<f64>>;

    /// The same as if respondents were not in clusters, and the information that belongs to it where it is not that of
    /// the model; none where clusters have no price.
    fn independent(&self, _problem: &Problem<'_>) -> Option<(DMatrix<f64>, Option<DMatrix<f64>>)> {
        None
    }

    /// Whether clusters have a price by parameter (a design effect).
    fn has_design_effects(&self) -> bool {
        true
    }

    /// tr(B A^-1) of the saturated model, without the moments of fixed covariates: whatever the model.
    fn saturated_level(&self, problem: &Problem<'_>) -> Option<f64>;

    /// D'V Gamma V D (or the outer product of scores), and the expected information with the same weight.
    fn meat(&self, problem: &Problem<'_>) -> Option<(DMatrix<f64>, DMatrix<f64>)>;

    /// The meat of standard errors that are robust about the observed moments, and the bread that goes with it where that is not
    /// the information asked for.
    fn sandwich(
        &self,
        problem: &Problem<'_>,
        asked: Information,
    ) -> Option<(DMatrix<f64>, Option<DMatrix<f64>>)> {
        let (meat, expected) = self.meat(problem)?;
        Some((meat, (self.information(asked) == Information::Expected).then_some(expected)))
    }

    /// What scales the test.
    fn traces(&self, problem: &Problem<'_>, test: TestStatistic) -> Option<Traces>;

    /// The same of an independence model.
    fn independence_traces(&self, independence: &Problem<'_>, test: TestStatistic) -> Option<Traces> {
        self.traces(independence, test)
    }

    /// Whether the scaling of the test is a property of the fit, and cannot be had at another point.
    fn is_scaled_at_its_minimum(&self) -> bool {
        false
    }

    /// Parameters of the saturated model, without the moments of fixed covariates.
    fn moment_count(&self, problem: &Problem<'_>) -> f64 {
        let unknown: usize = problem.observed.iter().map(|own| own.seen.unknown()).sum();
        degrees_of_freedom(problem.tables) as f64 + problem.x.len() as f64 - unknown as f64
    }

    /// T of the independence model.
    ///
    /// # Errors
    /// Where that is found by a search, and the search does not end.
    fn baseline(&self, problem: &Problem<'_>, asked: BaselineAsked) -> Result<Baseline>;

    /// Whether the test of the independence model is scaled beside a model with so many degrees of freedom.
    fn scales_baseline(&self, _df: f64, _conventions: Conventions) -> bool {
        true
    }

    /// Where robust measures come from; `independence` is the independence model, where there is one to ask.
    fn robust(
        &self,
        _problem: &Problem<'_>,
        _independence: Option<&Problem<'_>>,
        _: StandardErrors,
    ) -> Robust {
        Robust::ByFactor
    }

    /// Whether measures have robust versions though the test is not scaled.
    fn always_has_robust_measures(&self) -> bool {
        false
    }

    /// Whether residuals can have standard errors.
    fn has_residual_errors(&self) -> bool {
        true
    }

    // of all groups: measures

    /// Log-likelihood of the saturated model (given fixed covariates), and -2 log L of it that counts in `fmin`.
    fn saturated_likelihood(&self, problem: &Problem<'_>) -> (f64, f64);

    /// GFI of a group, where it has one.
    fn goodness(&self, group: &GroupFit<'_>) -> Option<f64>;

    /// Statistics of a group that GFI counts; none where measures of moments do not exist.
    fn statistics(&self, table: &ParameterTable, p: usize) -> Option<usize> {
        Some(p * (p + 1) / 2 + if table.has_means { p } else { 0 })
    }

    /// Whether WRMR is a measure of its fit.
    fn has_wrmr(&self) -> bool {
        false
    }

    /// Root mean squared residuals, by name.
    fn residuals(&self, groups: &[GroupFit<'_>]) -> Vec<(&'static str, f64)>;

    /// The square of a group's SRMR as Mplus has it; none where it has none of its own.
    fn mplus_srmr(&self, _group: &GroupFit<'_>, _by_information: bool) -> Option<f64> {
        None
    }
}

/// What a solution is asked once more by the expected Hessian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revision {
    /// Nothing.
    None,
    /// The Hessian.
    Hessian,
    /// The Hessian, and with it which parameters the data say nothing about.
    Identification,
}

impl dyn Seen {
    /// The kind of data itself, if it is this one: for the folder of the kind.
    pub(crate) fn own<T: Seen>(&self) -> Option<&T> {
        let any: &dyn Any = self;
        any.downcast_ref()
    }
}

impl Observed {
    /// What the kind of data has, if it is this one: for the folder of the kind.
    pub(crate) fn seen_as<T: Seen>(&self) -> Option<&T> {
        self.seen.own()
    }

    pub(crate) fn implied(&self, table: &ParameterTable) -> Implied {
        self.seen.implied(self, table)
    }

    pub(crate) fn completed(&self, table: &ParameterTable, implied: Implied) -> Implied {
        self.seen.completed(self, table, implied)
    }

    pub(crate) fn there(&self) -> Vec<usize> {
        self.seen.there(self.mean.len())
    }

    /// Moments of some variables.
    pub(crate) fn mean_and_covariance(&self, of: &[usize]) -> (DVector<f64>, DMatrix<f64>) {
        let covariance = DMatrix::from_fn(of.len(), of.len(), |i, j| self.covariance[(of[i], of[j])]);
        (DVector::from_fn(of.len(), |i, _| self.mean[of[i]]), covariance)
    }

    /// The moments in the order of another table with the same variables.
    pub(crate) fn in_order_of(&self, other: &ParameterTable, table: &ParameterTable) -> Self {
        let place = |name: &String| table.observed.iter().position(|known| known == name);
        let order: Vec<usize> = other.observed.iter().filter_map(place).collect();
        let p = order.len();
        if order.iter().copied().eq(0..p) {
            return self.clone();
        }
        Self {
            covariance: DMatrix::from_fn(p, p, |i, j| self.covariance[(order[i], order[j])]),
            mean: DVector::from_fn(p, |i, _| self.mean[order[i]]),
            seen: self.seen.reordered(&order).unwrap_or_else(|| Arc::clone(&self.seen)),
            ..self.clone()
        }
    }
}

/// One group at the solution, with its rows.
pub(crate) struct Cases<'a> {
    pub(crate) table: &'a ParameterTable,
    pub(crate) observed: &'a Observed,
    pub(crate) implied: &'a Implied,
    /// p x n.
    pub(crate) rows: &'a DMatrix<f64>,
}

/// One group at the solution, for measures of fit.
pub(crate) struct GroupFit<'a> {
    pub(crate) table: &'a ParameterTable,
    pub(crate) observed: &'a Observed,
    pub(crate) implied: &'a Implied,
    /// Sigma^-1; none with least squares, which do without.
    pub(crate) inverse: Option<&'a DMatrix<f64>>,
}

/// A model at a point, with the rows of each group (p x n, variables in the table's order): what standard errors and tests
/// start from.
pub(crate) struct Problem<'a> {
    pub(crate) tables: &'a [ParameterTable],
    pub(crate) observed: &'a [Observed],
    pub(crate) rows: &'a [DMatrix<f64>],
    pub(crate) x: &'a DVector<f64>,
    /// Jacobian of the constraints; no rows without any.
    pub(crate) jacobian: &'a DMatrix<f64>,
    /// The information of Yuan and Bentler's test,
    pub(crate) information: Information,
    /// and whether the observed one leaves out that the moments are curved in the parameters.
    pub(crate) saturated: bool,
    /// Which moments the normal-theory weight is taken at: the model's (lavaan), or the observed ones
    /// (Mplus).
    pub(crate) metric: At,
    /// The weights of least squares; none with maximum likelihood.
    pub(crate) weights: Option<&'a [Weight]>,
    pub(crate) known: Known,
}

/// What errors and tests both need, worked out when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Known {
    implied: OnceLock<Option<Vec<Implied>>>,
    first_order: OnceLock<Option<DMatrix<f64>>>,
    saturated: OnceLock<Option<f64>>,
    /// What the kind of data keeps for itself.
    kept: OnceLock<Option<Box<dyn Kept>>>,
}

/// Something that a kind of data keeps with a [`Problem`].
pub(crate) trait Kept: Any + Debug + Send + Sync {}

impl Known {
    /// Of another model of the same data: what does not depend on the model.
    pub(crate) fn for_another(&self) -> Self {
        Self { saturated: self.saturated.clone(), ..Self::default() }
    }

    pub(crate) fn keep<T: Kept>(&self, of: impl FnOnce() -> Option<T>) -> Option<&T> {
        let kept = once(&self.kept, || of().map(|own| Box::new(own) as Box<dyn Kept>));
        let any: &dyn Any = &**kept.as_ref()?;
        any.downcast_ref()
    }
}

impl Problem<'_> {
    /// What is asked of all groups.
    pub(crate) fn seen(&self) -> &dyn Seen {
        &*self.observed[0].seen
    }

    /// B at the model.
    pub(crate) fn first_order(&self) -> Option<&DMatrix<f64>> {
        once(&self.known.first_order, || self.seen().first_order(self)).as_ref()
    }

    /// tr(B A^-1) of the saturated model.
    pub(crate) fn saturated_level(&self) -> Option<f64> {
        *once(&self.known.saturated, || self.seen().saturated_level(self))
    }

    /// Respondents.
    pub(crate) fn n(&self) -> f64 {
        self.observed.iter().step_by(self.seen().levels()).map(|own| own.n as f64).sum()
    }

    /// What the model implies at the point, by group; none where it does not exist.
    pub(crate) fn implied(&self) -> Option<&[Implied]> {
        let of = || {
            let each = self.tables.iter().zip(self.observed).map(|(table, observed)| {
                let mut implied = observed.implied(table);
                implied.update(self.x)?;
                Some(implied)
            });
            each.collect()
        };
        once(&self.known.implied, of).as_deref()
    }

    /// Something of each group that needs no rows.
    pub(crate) fn each_model<T>(
        &self,
        of: impl Fn(usize, &ParameterTable, &Observed, &Implied) -> Option<T>,
    ) -> Option<Vec<T>> {
        let groups = self.tables.iter().zip(self.observed).zip(self.implied()?).enumerate();
        groups.map(|(group, ((table, observed), implied))| of(group, table, observed, implied)).collect()
    }

    /// Something of each group, with its number and its share.
    pub(crate) fn each<T>(&self, of: impl Fn(&Cases<'_>, usize, f64) -> Option<T>) -> Option<Vec<T>> {
        let n: f64 = self.observed.iter().map(|o| o.n as f64).sum();
        let groups = self.tables.iter().zip(self.observed).zip(self.rows).zip(self.implied()?).enumerate();
        groups
            .map(|(group, (((table, observed), rows), implied))| {
                of(&Cases { table, observed, implied, rows }, group, observed.n as f64 / n)
            })
            .collect()
    }
}
