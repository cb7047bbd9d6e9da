//! Tests of fits to completed data sets, pooled.

use crate::error::Warning;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::inference::TestStatistic;
use crate::estimate::observed::Observed;
use crate::estimate::rubin::PooledTest;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::test_parts::Test;
use crate::model::ParameterTable;
use crate::numeric::cholesky;
use crate::numeric::minimise::Objective;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

/// A pooled test of the model.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset, simulate::Imputer};
///
/// let data = Dataset::read_csv("tests/data/hs_missing.csv")?;
/// let model: Model = "f =~ x1 + x2 + x3 + x4".parse()?;
/// let completed = Imputer::new(["x1", "x2", "x3", "x4"]).imputations(3).impute(&data)?;
/// let pooled = Estimation::default().fit_imputed(&model, &completed.datasets)?;
/// assert_eq!((pooled.tests[0].pooled.df1, pooled.tests[0].pooled.m), (2.0, 3));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PooledModelTest {
    /// The statistic of each fit.
    pub test: TestStatistic,
    /// The pooled test.
    #[serde(flatten)]
    pub pooled: PooledTest,
}

pub(crate) fn factor(matrix: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let mut factor = matrix.clone();
    cholesky::factorise(&mut factor).ok().map(|()| factor)
}

pub(crate) struct Tests {
    pub(crate) all: Vec<PooledModelTest>,
    pub(crate) model: Test,
    pub(crate) baseline: Test,
    pub(crate) scaled: Option<(Test, Test)>,
}

pub(crate) fn model_tests(fits: &[Fit], solution: &Fit, warnings: &mut Vec<Warning>) -> Tests {
    let of = |name: &str| fits.iter().map(|fit| fit.known(name)).collect::<Option<Vec<f64>>>();
    let mean_of = |name: &str| of(name).map_or(0.0, |all| all.iter().sum::<f64>() / all.len() as f64);
    let d2 = |chisq: &str, df: &str| PooledTest::d2(&of(chisq)?, mean_of(df)).ok();
    let ratios = is_likelihood(fits).then(|| ratios(fits, solution)).flatten();
    let d3 =
        |at: Option<&Vec<f64>>, chisq: &str, df: &str| PooledTest::d3(&of(chisq)?, at?, mean_of(df)).ok();
    let by_d3 = d3(ratios.as_ref().map(|r| &r.0), "chisq", "df");
    let base_d3 = d3(ratios.as_ref().map(|r| &r.1), "baseline.chisq", "baseline.df");
    let by_d2 = d2("chisq", "df");
    if by_d3.is_none() && by_d2.is_some() && is_likelihood(fits) {
        warnings.push(Warning::NotDone {
            what: "the test D3".into(),
            reason: "a data set has no likelihood at the pooled estimates; D2 stands in its place".into(),
        });
    }
    let base = match ratios {
        Some(_) => base_d3,
        None => d2("baseline.chisq", "baseline.df"),
    };
    // a test without a p-value in every fit (unweighted least squares) has none here
    let statistic = |pooled: Option<&PooledTest>, df: f64, pvalue: &str| match pooled {
        Some(test) => Test { chisq: test.chisq, df, pvalue: of(pvalue).is_some().then_some(test.pvalue) },
        None => Test { chisq: 0.0, df, pvalue: None },
    };
    let model = statistic(by_d3.as_ref().or(by_d2.as_ref()), mean_of("df"), "pvalue");
    let baseline = statistic(base.as_ref(), mean_of("baseline.df"), "baseline.pvalue");
    let (scaled_d2, scaled_base) =
        (d2("chisq.scaled", "df.scaled"), d2("baseline.chisq.scaled", "baseline.df.scaled"));
    let scaled = scaled_d2.as_ref().zip(scaled_base.as_ref()).map(|(test, base)| {
        (
            statistic(Some(test), test.df1, "pvalue.scaled"),
            statistic(Some(base), base.df1, "baseline.pvalue.scaled"),
        )
    });
    let standard = |pooled| PooledModelTest { test: TestStatistic::Standard, pooled };
    let own = |pooled| PooledModelTest { test: fits[0].test, pooled };
    let all = by_d3.map(standard).into_iter().chain(by_d2.map(standard)).chain(scaled_d2.map(own));
    Tests { all: all.collect(), model, baseline, scaled }
}

/// Whether the estimates maximise a likelihood of complete continuous rows.
pub(crate) fn is_likelihood(fits: &[Fit]) -> bool {
    fits.iter()
        .map(|fit| &fit.internals)
        .all(|own| own.weights.is_none() && own.observed.iter().all(|own| own.seen.is_complete()))
}

/// Likelihood ratios of the model and of the independence model against the saturated one, each at its pooled
/// estimates, in every data set.
pub(super) fn ratios(fits: &[Fit], solution: &Fit) -> Option<(Vec<f64>, Vec<f64>)> {
    let pooled = &solution.internals;
    let mut both = (Vec::with_capacity(fits.len()), Vec::with_capacity(fits.len()));
    for fit in fits {
        let Internals { tables, observed, .. } = &fit.internals;
        let mut discrepancy = Discrepancy::new(tables, observed, None);
        let model = fit.internals.multiplier() * discrepancy.value(&pooled.x)?;
        let (mut saturated, mut independent) = (0.0, 0.0);
        for ((table, own), mean) in tables.iter().zip(observed).zip(&pooled.observed) {
            let (full, base) = unrestricted(table, own, mean)?;
            saturated += own.multiplier * (full - own.log_determinant - own.mean.len() as f64);
            independent += own.multiplier * (base - full);
        }
        both.0.push(model - saturated);
        both.1.push(independent);
    }
    Some(both)
}

/// g of a group at the pooled saturated and independence models. Fixed covariates count with their own moments in
/// both; random ones are saturated.
fn unrestricted(table: &ParameterTable, own: &Observed, pooled: &Observed) -> Option<(f64, f64)> {
    let all: Vec<usize> = (0..own.mean.len()).collect();
    let mut full = deviance(table, own, pooled, &all)?;
    let fixed = &table.covariates;
    if !fixed.is_empty() {
        full += deviance(table, own, own, fixed)? - deviance(table, own, pooled, fixed)?;
    }
    let mut base = 0.0;
    for i in all.iter().filter(|i| !table.exogenous.contains(i)) {
        base += deviance(table, own, pooled, &[*i])?;
    }
    if !table.exogenous.is_empty() {
        let at = if fixed.is_empty() { pooled } else { own };
        base += deviance(table, own, at, &table.exogenous)?;
    }
    Some((full, base))
}

/// g of some variables: log|V| + tr(S V^-1) + (y - v)' V^-1 (y - v).
fn deviance(table: &ParameterTable, own: &Observed, at: &Observed, of: &[usize]) -> Option<f64> {
    let part = |m: &DMatrix<f64>| DMatrix::from_fn(of.len(), of.len(), |i, j| m[(of[i], of[j])]);
    let factor = factor(&part(&at.covariance))?;
    let mut products = part(&own.covariance);
    if table.has_means {
        let d = DVector::from_fn(of.len(), |i, _| own.mean[of[i]] - at.mean[of[i]]);
        products += &d * d.transpose();
    }
    let mut trace = 0.0;
    for j in 0..of.len() {
        let mut column: Vec<f64> = products.column(j).iter().copied().collect();
        cholesky::solve(&factor, &mut column);
        trace += column[j];
    }
    Some(cholesky::log_determinant(&factor) + trace)
}
