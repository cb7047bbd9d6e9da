//! Residuals with their standard errors, and factor scores' companions: what a model leaves unexplained.
//!
//! With D the derivatives of the moments, A the information of one respondent and V the weight of normal
//! theory at the implied moments, the residuals s - sigma have the covariance matrix
//!
//! ```text
//! (I - D A^-1 D'V) Gamma (I - D A^-1 D'V)' / N
//! ```
//!
//! where Gamma is that of normal variables with the observed covariances or, with a robust test, that of the
//! respondents' own deviations. Under normality, Gamma V D has the elements c (T_u T_v' + T_v T_u') with
//! T = S Sigma^-1 G, by the same index lists as D.
//!
//! (Joreskog & Sorbom 1989; Maydeu-Olivares 2017.) A residual divided by its standard error is standard
//! normal if the model holds.

use crate::correlation::{Statistic, ThreeStage};
use crate::estimate::constraints::constrained_inverse;
use crate::estimate::conventions::At;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::inference::Information;
use crate::estimate::normal::casewise::derivatives;
use crate::estimate::normal::deviations::contributions;
use crate::estimate::observed::Cases;
use crate::estimate::ordinal::moments::OrdinalMoments;
use crate::estimate::ordinal::seen::stages_of;
use crate::estimate::weight::{Layout, Weight};
use crate::model::Direction;
use crate::moments::LabelledMatrix;
use crate::numeric::cholesky::inverse;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Observed minus implied.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let residuals = &fit.residuals()[0];
/// assert_eq!(format!("{:.3}", residuals.correlation.get("x7", "x2").unwrap()), "-0.189");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Residuals {
    /// Covariances.
    pub covariance: LabelledMatrix,
    /// Correlations: each matrix brought to its own correlations first (Bollen 1989).
    pub correlation: LabelledMatrix,
    /// Means, where they are modelled; of ordinal variables thresholds (`x | t1`), and slopes on covariates.
    pub mean: Option<BTreeMap<String, f64>>,
    /// Standard errors of the residual covariances; none where there is no solution, and none of incomplete rows with a
    /// robust test.
    pub se: Option<LabelledMatrix>,
    /// Residual covariances divided by their standard errors; 0 where the model reproduces a moment whatever
    /// the data.
    pub standardized: Option<LabelledMatrix>,
}

/// A standard error below this share of the moment's own is none: the residual is always zero.
const ALWAYS_ZERO: f64 = 1e-5;

impl Fit {
    /// Observed minus implied moments, by group.
    pub fn residuals(&self) -> Vec<Residuals> {
        let Internals { observed, implied, tables, .. } = &self.internals;
        let errors = self.internals.residual_errors();
        let correlation = |m: &DMatrix<f64>, i: usize, j: usize| m[(i, j)] / (m[(i, i)] * m[(j, j)]).sqrt();
        (0..tables.len())
            .map(|group| {
                if let Some(stages) = stages_of(&observed[group]) {
                    return self.internals.ordinal_residuals(group, stages);
                }
                let (s, sigma) = (&observed[group].covariance, &implied[group].sigma);
                let p = s.nrows();
                // variables that the group was not asked have no residual
                let there = observed[group].there();
                let names: Vec<String> = there.iter().map(|&i| tables[group].observed[i].clone()).collect();
                let labelled = |m: &DMatrix<f64>| {
                    LabelledMatrix::square(&names, &m.select_rows(&there).select_columns(&there))
                };
                let of_correlations = DMatrix::from_fn(p, p, |i, j| {
                    if i == j { 0.0 } else { correlation(s, i, j) - correlation(sigma, i, j) }
                });
                let difference = s - sigma;
                let se = errors.as_ref().map(|errors| &errors[group]);
                let standardized = se.map(|se| {
                    DMatrix::from_fn(p, p, |i, j| {
                        if se[(i, j)] > 0.0 { difference[(i, j)] / se[(i, j)] } else { 0.0 }
                    })
                });
                Residuals {
                    covariance: labelled(&difference),
                    correlation: labelled(&of_correlations),
                    mean: self
                        .means(group, |i| observed[group].mean[i] - implied[group].mu[i])
                        .map(|all| all.into_iter().filter(|(name, _)| names.contains(name)).collect()),
                    se: se.map(labelled),
                    standardized: standardized.as_ref().map(labelled),
                }
            })
            .collect()
    }
}

impl Internals {
    /// Of ordinal data, given the covariates: (I - P) Gamma (I - P)' / N with P = D H^-1 D'W.
    fn ordinal_residuals(&self, group: usize, stages: &ThreeStage) -> Residuals {
        let table = &self.tables[group];
        let model = OrdinalMoments::new(table, stages).implied(self.implied[group].given());
        let difference = &stages.values - &model;
        let names: Vec<String> = stages.margins.iter().map(|margin| margin.name.clone()).collect();
        let p = names.len();
        let matrix = |values: &DVector<f64>| {
            let mut matrix = DMatrix::zeros(p, p);
            for (statistic, value) in stages.statistics.iter().zip(values.iter()) {
                match *statistic {
                    Statistic::Variance(i) => matrix[(i, i)] = *value,
                    Statistic::Covariance(i, j) => {
                        (matrix[(i, j)], matrix[(j, i)]) = (*value, *value);
                    }
                    _ => {}
                }
            }
            matrix
        };
        let (s, residual) = (&stages.covariance, matrix(&difference));
        let sigma = s - &residual;
        let correlation = |m: &DMatrix<f64>, i: usize, j: usize| m[(i, j)] / (m[(i, i)] * m[(j, j)]).sqrt();
        let of_correlations = DMatrix::from_fn(p, p, |i, j| {
            if i == j { 0.0 } else { correlation(s, i, j) - correlation(&sigma, i, j) }
        });
        let own =
            |statistic: &Statistic| !matches!(statistic, Statistic::Variance(_) | Statistic::Covariance(..));
        let others = stages.names().into_iter().zip(&stages.statistics).zip(difference.iter());
        let mean =
            others.filter(|((_, statistic), _)| own(statistic)).map(|((name, _), value)| (name, *value));
        let se = self.vcov.as_ref().and_then(|_| self.problem().residual_errors(group)).map(|se| matrix(&se));
        let standardized = se.as_ref().map(|se| {
            DMatrix::from_fn(p, p, |i, j| if se[(i, j)] > 0.0 { residual[(i, j)] / se[(i, j)] } else { 0.0 })
        });
        let labelled = |m: &DMatrix<f64>| LabelledMatrix::square(&names, m);
        Residuals {
            covariance: labelled(&residual),
            correlation: labelled(&of_correlations),
            mean: Some(mean.collect()),
            se: se.as_ref().map(labelled),
            standardized: standardized.as_ref().map(labelled),
        }
    }

    /// Standard errors of the residual covariances, by group.
    fn residual_errors(&self) -> Option<Vec<DMatrix<f64>>> {
        if !self.observed[0].seen.has_residual_errors() {
            return None;
        }
        let vcov = self.vcov.as_ref()?;
        let robust = self.statistic.is_scaled() && !self.rows.is_empty();
        if robust && self.rows.iter().any(|rows| rows.iter().any(|x| x.is_nan())) {
            // what a row with gaps moves the moments by is not its deviation from them
            return None;
        }
        let by_cases = if robust {
            let problem = self.problem();
            let information = match problem.seen().information(self.information) {
                Information::Expected => problem.expected_information()?,
                Information::Observed => problem.observed_information()?,
                Information::FirstOrder => problem.first_order()?.clone(),
            };
            Some((constrained_inverse(&information, &self.jacobian)?, problem.scores()?))
        } else {
            None
        };
        let total: f64 = self.observed.iter().map(|o| o.n as f64).sum();
        let each = (0..self.tables.len()).map(|group| {
            let (table, implied, observed) =
                (&self.tables[group], &self.implied[group], &self.observed[group]);
            let layout = Layout { p: table.observed.len(), has_means: table.has_means };
            let d = derivatives(&Weight::Unit, layout, implied, &implied.directions, table.n_free);
            let n = observed.n as f64;
            let first = if layout.has_means { layout.p } else { 0 };
            let variances: DVector<f64> = match &by_cases {
                None => self.normal_variances(group, &d, vcov)?,
                Some((inverse, scores)) => {
                    let cases = Cases { table, observed, implied, rows: &self.rows[group] };
                    let own = contributions(&cases, &Weight::Unit, At::SampleGivenCovariates)?;
                    // the cases of a group move the estimates by their share
                    let influence = own - &d * (inverse * &scores[group]) * (n / total);
                    let rows = influence.rows(first, layout.len() - first);
                    DVector::from_iterator(rows.nrows(), rows.row_iter().map(|r| r.norm_squared() / (n * n)))
                }
            };
            let sigma = &implied.sigma;
            let mut se = DMatrix::zeros(layout.p, layout.p);
            let pairs = (0..layout.p).flat_map(|j| (0..=j).map(move |k| (j, k)));
            for ((j, k), variance) in pairs.zip(variances.iter()) {
                let all = ((sigma[(j, j)] * sigma[(k, k)] + sigma[(j, k)].powi(2)) / n).sqrt();
                let value = variance.max(0.0).sqrt();
                let value = if value < ALWAYS_ZERO * all { 0.0 } else { value };
                se[(j, k)] = value;
                se[(k, j)] = value;
            }
            Some(se)
        });
        each.collect()
    }

    /// Variances of the residual covariances under normality.
    fn normal_variances(&self, group: usize, d: &DMatrix<f64>, vcov: &DMatrix<f64>) -> Option<DVector<f64>> {
        let (table, implied, observed) = (&self.tables[group], &self.implied[group], &self.observed[group]);
        let (p, s, n) = (table.observed.len(), &observed.covariance, observed.n as f64);
        let first = if table.has_means { p } else { 0 };
        let columns: Vec<DVector<f64>> = (0..implied.width()).map(|g| implied.column(g)).collect();
        let g = DMatrix::from_columns(&columns);
        let solved = match &self.weights {
            None => inverse(&implied.sigma)? * &g,
            Some(weights) if matches!(weights[group], Weight::Normal(_)) => inverse(s)? * &g,
            Some(_) => return None,
        };
        let mean = |d: &Direction| {
            let (g, at) = d.mean.filter(|_| table.has_means)?;
            Some((g, at.map_or(1.0, |j| implied.eta_mean[j])))
        };
        let pairs: Vec<(usize, usize)> = (0..p).flat_map(|j| (0..=j).map(move |k| (j, k))).collect();
        let mut own = DVector::<f64>::zeros(pairs.len());
        let mut across = DMatrix::zeros(pairs.len(), table.n_free);
        let mut meat = DMatrix::zeros(table.n_free, table.n_free);
        // what fixed covariates predict does not vary
        for (moments, sign) in [(s.clone(), 1.0), (predicted(s, &table.covariates)?, -1.0)] {
            let t = &moments * &solved;
            let form = solved.tr_mul(&t);
            for (at, &(j, k)) in pairs.iter().enumerate() {
                own[at] += sign * (moments[(j, j)] * moments[(k, k)] + moments[(j, k)].powi(2));
            }
            for one in &implied.directions {
                if let Some((u, v, c)) = one.covariance {
                    for (at, &(j, k)) in pairs.iter().enumerate() {
                        across[(at, one.free)] += sign * c * (t[(j, u)] * t[(k, v)] + t[(k, u)] * t[(j, v)]);
                    }
                }
                for other in &implied.directions {
                    let mut element = 0.0;
                    if let (Some((u, v, c)), Some((x, y, e))) = (one.covariance, other.covariance) {
                        element += c * e * (form[(x, u)] * form[(y, v)] + form[(y, u)] * form[(x, v)]);
                    }
                    if let (Some((g, x)), Some((h, y))) = (mean(one), mean(other)) {
                        element += x * y * form[(g, h)];
                    }
                    meat[(one.free, other.free)] += sign * element;
                }
            }
        }
        // what a group moves the estimates by: N times their covariance matrix is A^-1, of all groups
        let moved = vcov * n;
        let d = d.rows(first, pairs.len());
        let (linear, quadratic) = (d * &moved, d * (&moved * meat * &moved));
        let variances = (0..pairs.len()).map(|at| {
            (own[at] - 2.0 * linear.row(at).dot(&across.row(at)) + quadratic.row(at).dot(&d.row(at))) / n
        });
        Some(DVector::from_iterator(pairs.len(), variances))
    }
}

/// The covariances that the covariates `x` predict, their own included.
fn predicted(s: &DMatrix<f64>, x: &[usize]) -> Option<DMatrix<f64>> {
    let across = DMatrix::from_fn(s.nrows(), x.len(), |i, j| s[(i, x[j])]);
    let block = inverse(&DMatrix::from_fn(x.len(), x.len(), |i, j| s[(x[i], x[j])]))?;
    Some(&across * block * across.transpose())
}
