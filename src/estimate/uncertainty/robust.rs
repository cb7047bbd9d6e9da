//! Standard errors and tests that hold without normality, from the respondents' rows.

use crate::estimate::constraints::{constrained_inverse, null_basis};
use crate::estimate::conventions::Conventions;
use crate::estimate::inference::{Information, StandardErrors, TestStatistic};
use crate::estimate::observed::{Observed, Problem};
use crate::estimate::test_parts::{Baseline, Robust, RobustParts, ScaledTests};
use crate::model::{Constraint, Covariates, Formula, Function, MeanStructure, Model, Operator};
use crate::model::{Kind, ParameterTable, Place, Specification};
use crate::numeric::arrowhead::Arrowhead;
use crate::numeric::product::product;
use nalgebra::{DMatrix, DVector};

/// The covariance matrix of the estimates; none where a matrix has no inverse. `hessian` is the expected
/// Hessian of F, twice the information of one respondent.
pub(crate) fn covariance(
    problem: &Problem<'_>,
    hessian: &Arrowhead,
    information: Information,
    standard_errors: StandardErrors,
    n: f64,
) -> Option<DMatrix<f64>> {
    let is_plain = standard_errors == StandardErrors::Standard && information == Information::Expected;
    if is_plain && hessian.has_blocks() && problem.jacobian.nrows() == 0 {
        return Some(hessian.factor()?.inverse() * (2.0 / n));
    }
    let bread = match information {
        Information::Expected => hessian.dense() * 0.5,
        Information::Observed => problem.observed_information()?,
        Information::FirstOrder => problem.first_order()?.clone(),
    };
    let sandwich = |bread: &DMatrix<f64>, meat: &DMatrix<f64>| {
        let inverse = constrained_inverse(bread, problem.jacobian)?;
        Some(product(&product(&inverse, meat), &inverse) / n)
    };
    match standard_errors {
        StandardErrors::None | StandardErrors::Bootstrap => None,
        StandardErrors::Standard => Some(constrained_inverse(&bread, problem.jacobian)? / n),
        StandardErrors::FirstOrder => {
            Some(constrained_inverse(problem.first_order()?, problem.jacobian)? / n)
        }
        StandardErrors::RobustHuberWhite => sandwich(&bread, problem.first_order()?),
        StandardErrors::RobustSem => {
            let (meat, expected) = problem.seen().sandwich(problem, information)?;
            sandwich(expected.as_ref().unwrap_or(&bread), &meat)
        }
    }
}

/// The scaled tests of the model and of the independence model.
pub(crate) fn scaled_tests(
    problem: &Problem<'_>,
    (chisq, df): (f64, f64),
    baseline: Baseline,
    statistic: TestStatistic,
    conventions: Conventions,
    standard_errors: StandardErrors,
) -> Option<ScaledTests> {
    let traces = problem.seen().traces(problem, statistic)?;
    let (of_baseline, robust) = match baseline.traces {
        Some(known) => (known, problem.seen().robust(problem, None, standard_errors)),
        None => about_independence(problem, |independence| {
            let traces = problem.seen().independence_traces(independence, statistic)?;
            Some((traces, problem.seen().robust(problem, Some(independence), standard_errors)))
        })?,
    };
    let free = null_basis(problem.jacobian, problem.x.len()).ncols() as f64;
    // the number of parameters in the scaling factor: Mplus counts what groups share once, lavaan each
    let rows = problem.tables.iter().flat_map(|table| &table.rows);
    let counted = match conventions {
        Conventions::Mplus => free,
        Conventions::Lavaan => rows.filter(|row| matches!(row.kind, Kind::Free(..))).count() as f64,
    };
    let moments = problem.seen().moment_count(problem);
    let (trace, square) = (of_baseline.trace, of_baseline.square);
    let of_independence = match problem.seen().scales_baseline(df, conventions) {
        true => statistic,
        false => TestStatistic::Standard,
    };
    Some(ScaledTests {
        statistic,
        model: statistic.scale(chisq, df, traces.trace, traces.square, conventions),
        baseline: of_independence.scale(baseline.chisq, baseline.df, trace, square, conventions),
        levels: traces.levels.map(|(saturated, own)| (saturated / moments, own / counted)),
        robust: if statistic == TestStatistic::MeanVarAdjusted { Robust::Unknown } else { robust },
    })
}

/// What robust measures are made of, with a test that is not scaled.
pub(crate) fn robust_parts(problem: &Problem<'_>, standard_errors: StandardErrors) -> Option<RobustParts> {
    about_independence(problem, |independence| {
        match problem.seen().robust(problem, Some(independence), standard_errors) {
            Robust::Own(parts) => Some(parts),
            Robust::ByFactor | Robust::Unknown => None,
        }
    })
}

/// Something of the independence model of the same data.
fn about_independence<T>(problem: &Problem<'_>, of: impl FnOnce(&Problem<'_>) -> Option<T>) -> Option<T> {
    let (tables, x) = independence(problem.tables, problem.observed)?;
    let unconstrained = unasked(&tables, problem.observed);
    let known = problem.known.for_another();
    of(&Problem { tables: &tables, x: &x, jacobian: &unconstrained, known, ..*problem })
}

/// What holds the means and variances of an independence model that a group was not asked about: a row for each.
fn unasked(tables: &[ParameterTable], observed: &[Observed]) -> DMatrix<f64> {
    let mut held = Vec::new();
    for (table, observed) in tables.iter().zip(observed) {
        let there = observed.there();
        held.extend(table.rows.iter().filter_map(|row| match (row.kind, row.place) {
            (Kind::Free(free, _), Place::Residual(i, _) | Place::Intercept(i)) if !there.contains(&i) => {
                Some(free)
            }
            _ => None,
        }));
    }
    let q = tables.first().map_or(0, |table| table.n_free);
    DMatrix::from_fn(held.len(), q, |row, free| f64::from(u8::from(held[row] == free)))
}

/// The independence model of the same variables: variances (and means) free, covariates as they are.
fn independence(
    tables: &[ParameterTable],
    observed: &[Observed],
) -> Option<(Vec<ParameterTable>, DVector<f64>)> {
    let first = tables.first()?;
    let names = &first.observed;
    let mut formulas: Vec<Formula> = names.iter().map(|n| Formula::new(n, Operator::Covariance, n)).collect();
    for (a, &i) in first.exogenous.iter().enumerate() {
        for &j in &first.exogenous[a + 1..] {
            formulas.push(Formula::new(&names[i], Operator::Covariance, &names[j]));
        }
    }
    if first.has_means {
        formulas.extend(names.iter().map(|n| Formula::new(n, Operator::Intercept, "")));
    }
    for formula in &mut formulas {
        formula.modifiers.constraint = Constraint::Free;
    }
    let model = Model::from_formulas(formulas).ok()?;
    let specification = Specification {
        function: Function::Lavaan,
        means: if first.has_means { MeanStructure::Automatic } else { MeanStructure::Excluded },
        covariates: Covariates::Random,
        ..Specification::default()
    };
    let mut baselines: Vec<ParameterTable> = Vec::with_capacity(tables.len());
    for baseline in ParameterTable::of_groups(&model, &specification, tables.len()).ok()? {
        let from = baselines.last().map_or(0, |last| last.n_free);
        baselines.push(baseline.with_covariates(&first.covariates, from));
    }
    let free = baselines.last().map_or(0, |last| last.n_free);
    baselines.iter_mut().for_each(|baseline| baseline.n_free = free);
    let mut x = DVector::zeros(baselines.first()?.n_free);
    let covariates = &first.exogenous;
    let place = |i: usize| covariates.iter().position(|&own| own == i);
    for (baseline, observed) in baselines.iter().zip(observed) {
        // covariates keep their covariances: with what all of them say of those that are missing
        let (mean, covariance) = observed.seen.covariate_moments(observed, covariates)?;
        for row in &baseline.rows {
            let Kind::Free(free, _) = row.kind else { continue };
            x[free] = match row.place {
                Place::Residual(i, j) => match place(i).zip(place(j)) {
                    Some(at) => covariance[at],
                    None if i == j => observed.seen.univariate(observed, i).1,
                    None => observed.covariance[(i, j)],
                },
                Place::Intercept(i) => match place(i) {
                    Some(at) => mean[at],
                    None => observed.seen.univariate(observed, i).0,
                },
                _ => return None,
            };
        }
    }
    Some((baselines, x))
}
