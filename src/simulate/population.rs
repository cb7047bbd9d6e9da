//! A model with a value for every parameter, and rows drawn from it.

use super::missingness::Missingness;
use super::nonnormal::Polynomial;
use crate::data::{Column, Dataset, Rows};
use crate::error::{Error, Result};
use crate::estimate::Fit;
use crate::model::{
    Automatic, Constraint, Covariates, Formula, Function, Implied, Kind, Model, Operator, Parameter,
    ParameterTable, Place, Specification,
};
use crate::numeric::cholesky;
use crate::numeric::random::stream;
use nalgebra::{DMatrix, DVector};
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal, StandardUniform};
use rayon::prelude::*;

/// What answers are drawn from: normal variables with the moments of a model, then polynomials of them
/// where they are not normal, then categories where they have thresholds, then missing answers.
///
/// ```
/// use psychometrics::simulate::Population;
/// let population = Population::of(&"f =~ 0.8*x1 + 0.6*x2; x2 | 0*t1".parse()?)?;
/// let sample = population.draw(1000, 7);
/// assert_eq!((sample.n(), sample.columns()), (1000, 2));
/// // the same seed, the same sample; x2 is in two categories
/// assert_eq!(sample, population.draw(1000, 7));
/// assert!(sample.column(1).iter().all(|x| *x == 1.0 || *x == 2.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Population {
    names: Vec<String>,
    covariance: DMatrix<f64>,
    mean: DVector<f64>,
    /// By variable, increasing; empty for a continuous one.
    thresholds: Vec<Vec<f64>>,
    polynomial: Option<Polynomial>,
    missingness: Option<Missingness>,
    /// Lower triangular, of the correlations of the normal variables.
    factor: DMatrix<f64>,
}

/// Rows that one random stream makes.
const BLOCK: usize = 256;

impl Population {
    /// The population of a model whose text gives the values: `f =~ 0.8*x1 + 0.7*x2`, `f ~~ 0.3*g`,
    /// `x1 | -1*t1 + 0.5*t2`.
    ///
    /// What the text leaves out: variances of exogenous variables are 1, covariances and intercepts 0, and
    /// residual variances such that the variable has variance 1. A variable with thresholds becomes the
    /// categories 1, 2, ... between them.
    ///
    /// ```
    /// use psychometrics::Model;
    /// use psychometrics::simulate::Population;
    ///
    /// let model: Model = "f =~ 0.8*x1 + 0.6*x2 + 0.5*x3; x3 | 0*t1".parse()?;
    /// let population = Population::of(&model)?;
    /// assert!((population.covariance("x1", "x2").unwrap() - 0.48).abs() < 1e-12);
    /// assert!((population.covariance("x1", "x1").unwrap() - 1.0).abs() < 1e-12);
    /// let rows = population.draw(1000, 7);
    /// assert!(rows.column(2).iter().all(|x| *x == 1.0 || *x == 2.0));
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadModel`] for a loading or path without a value, thresholds that do not increase, and a
    /// variable of which more than all is explained; [`Error::NotPositiveDefinite`] where the moments are
    /// those of no population; [`Error::Unsupported`] for blocks.
    pub fn of(model: &Model) -> Result<Self> {
        let thresholds = thresholds(model)?;
        let (table, mut implied, x) = settled(model)?;
        implied.update(&x);
        let of_name = |name: &String| thresholds.iter().find(|(n, _)| n == name).map(|(_, t)| t.clone());
        let by_variable = table.observed.iter().map(|name| of_name(name).unwrap_or_default()).collect();
        Self::with_moments(table.observed, implied.sigma, implied.mu, by_variable)
    }

    /// The model with a value for every parameter: what the text leaves out as well.
    pub(crate) fn completed(model: &Model) -> Result<Model> {
        let (table, _, x) = settled(model)?;
        let own = table.rows.iter().filter_map(|row| {
            let value = match row.kind {
                Kind::Free(index, _) => x[index],
                Kind::Fixed(value) => value,
                Kind::Sample | Kind::Determined => return None,
            };
            let rhs = if row.op == Operator::Intercept { "" } else { &row.rhs };
            let mut formula = Formula::new(&row.lhs, row.op, rhs);
            formula.modifiers.constraint = Constraint::Fixed(value);
            Some(formula)
        });
        let thresholds = model.formulas.iter().filter(|f| f.op == Operator::Threshold).cloned();
        Model::from_formulas(own.chain(thresholds))
    }

    /// Names of the variables that become answers in categories.
    pub fn ordinal(&self) -> Vec<String> {
        let each = self.names.iter().zip(&self.thresholds);
        each.filter(|(_, thresholds)| !thresholds.is_empty()).map(|(name, _)| name.clone()).collect()
    }

    /// The population of a fitted model: the moments that it implies for a group (from 0), and thresholds of ordinal items.
    ///
    /// # Errors
    /// [`Error::NotPositiveDefinite`] where the implied matrix is none of a population, and
    /// [`Error::Unsupported`] for a group that is not there.
    pub fn of_fit(fit: &Fit, group: usize) -> Result<Self> {
        let Some((names, covariance, mean)) = fit.implied_moments(group) else {
            return Err(Error::Unsupported {
                what: format!("a population of group {group}, which the fit does not have"),
                instead: "Count groups from 0.".into(),
            });
        };
        let thresholds = fit.implied_thresholds(group).unwrap_or_else(|| vec![Vec::new(); names.len()]);
        Self::with_moments(names, covariance, mean, thresholds)
    }

    pub(crate) fn with_moments(
        names: Vec<String>,
        covariance: DMatrix<f64>,
        mean: DVector<f64>,
        thresholds: Vec<Vec<f64>>,
    ) -> Result<Self> {
        let mut population = Self {
            factor: DMatrix::zeros(0, 0),
            polynomial: None,
            missingness: None,
            names,
            covariance,
            mean,
            thresholds,
        };
        population.factorise()?;
        Ok(population)
    }

    /// The same correlations among variables with this skewness and excess kurtosis (Vale & Maurelli 1983).
    ///
    /// # Errors
    /// [`Error::BadOption`] where no variable has such moments, [`Error::NotPositiveDefinite`] where no
    /// variables with such moments have these correlations.
    pub fn nonnormal(mut self, skewness: f64, kurtosis: f64) -> Result<Self> {
        self.polynomial = Some(Polynomial::with_moments(skewness, kurtosis)?);
        self.factorise()?;
        Ok(self)
    }

    /// Leaves answers out.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a share that is not between 0 and 1 (0.5 at random given a variable), and
    /// [`Error::UnknownColumn`] for a variable that the population does not have.
    pub fn missing(mut self, missingness: Missingness) -> Result<Self> {
        let most = if matches!(missingness, Missingness::AtRandom { .. }) { 0.5 } else { 1.0 };
        if !(0.0..=most).contains(&missingness.share()) {
            return Err(Error::BadOption {
                option: "share of missing answers".into(),
                value: missingness.share().to_string(),
                allowed: format!("0 to {most}"),
            });
        }
        if let Missingness::AtRandom { given, .. } = &missingness
            && !self.names.contains(given)
        {
            return Err(Error::UnknownColumn {
                column: given.clone(),
                source_name: "the population".into(),
                nearest: crate::error::nearest(given, self.names.iter().map(String::as_str)),
                available: self.names.clone(),
            });
        }
        self.missingness = Some(missingness);
        Ok(self)
    }

    /// Names of the variables.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Covariance of two variables, before categories are made of them.
    pub fn covariance(&self, first: &str, second: &str) -> Option<f64> {
        let at = |name: &str| self.names.iter().position(|n| n == name);
        Some(self.covariance[(at(first)?, at(second)?)])
    }

    /// Covariances and means, where every variable is continuous.
    pub(super) fn moments(&self) -> Option<(&DMatrix<f64>, &DVector<f64>)> {
        self.thresholds.iter().all(Vec::is_empty).then_some((&self.covariance, &self.mean))
    }

    /// The factor of the correlations that the normal variables must have.
    fn factorise(&mut self) -> Result<()> {
        let p = self.names.len();
        let sd = self.covariance.diagonal().map(f64::sqrt);
        let mut factor = DMatrix::identity(p, p);
        let refused = |eigenvalue: f64, variables: Vec<String>, what: &str| Error::NotPositiveDefinite {
            matrix: what.into(),
            eigenvalue,
            variables,
        };
        for i in 0..p {
            for j in 0..i {
                let r = self.covariance[(i, j)] / (sd[i] * sd[j]);
                let normal = match self.polynomial {
                    None => Some(r),
                    Some(polynomial) => polynomial.normal_correlation(polynomial, r),
                };
                let pair = || vec![self.names[j].clone(), self.names[i].clone()];
                let what = "the correlation matrix behind nonnormal variables";
                let normal = normal.ok_or_else(|| refused(f64::NAN, pair(), what))?;
                factor[(i, j)] = normal;
                factor[(j, i)] = normal;
            }
        }
        let matrix = factor.clone();
        if !sd.iter().all(|s| *s > 0.0) || cholesky::factorise(&mut factor).is_err() {
            let eigen = nalgebra::SymmetricEigen::new(matrix);
            return Err(refused(
                eigen.eigenvalues.min(),
                self.names.clone(),
                "the covariance matrix of the population",
            ));
        }
        // the upper triangle is not part of it
        factor.fill_upper_triangle(0.0, 1);
        self.factor = factor;
        Ok(())
    }

    /// `n` rows, NaN where an answer is missing.
    pub fn draw(&self, n: usize, seed: u64) -> Rows<'static> {
        self.draw_sample(n, seed, 0).into()
    }

    /// The rows of one sample of several under a seed; the first is that of [`Self::draw`].
    pub(super) fn draw_sample(&self, n: usize, seed: u64, sample: u32) -> Array2<f64> {
        let p = self.names.len();
        let mut values = vec![0.0; n * p];
        values.par_chunks_mut(BLOCK * p).enumerate().for_each(|(block, rows)| {
            let mut random = stream(seed, (u64::from(sample) << 32) + block as u64);
            let mut normal = DVector::zeros(p);
            rows.chunks_exact_mut(p).for_each(|row| self.draw_row(&mut random, &mut normal, row));
        });
        // the model has variables, and n rows of them were made
        Array2::from_shape_vec((n, p), values).unwrap_or_default()
    }

    /// The same as a data set.
    ///
    /// # Errors
    /// [`Error::HeaderOnly`] for no rows.
    pub fn dataset(&self, n: usize, seed: u64) -> Result<Dataset> {
        self.sample(n, seed, 0)
    }

    pub(crate) fn sample(&self, n: usize, seed: u64, sample: u32) -> Result<Dataset> {
        let rows = self.draw_sample(n, seed, sample);
        let columns = rows.columns().into_iter().map(|column| Column::from(column.to_vec()));
        Dataset::from_columns(self.names.iter().cloned().zip(columns))
    }

    fn draw_row(&self, random: &mut ChaCha8Rng, normal: &mut DVector<f64>, row: &mut [f64]) {
        normal.iter_mut().for_each(|z| *z = StandardNormal.sample(random));
        let p = self.names.len();
        let given = match &self.missingness {
            Some(Missingness::AtRandom { given, .. }) => self.names.iter().position(|n| n == given),
            _ => None,
        };
        let mut missing_given = 0.0;
        // from the last, so that what is overwritten is no longer needed
        for i in (0..p).rev() {
            let z: f64 = (0..=i).map(|j| self.factor[(i, j)] * normal[j]).sum();
            normal[i] = self.polynomial.map_or(z, |polynomial| polynomial.at(z));
            if given == Some(i) {
                missing_given = normal[i];
            }
        }
        for i in 0..p {
            let value = self.mean[i] + self.covariance[(i, i)].sqrt() * normal[i];
            let thresholds = &self.thresholds[i];
            let answer = if thresholds.is_empty() {
                value
            } else {
                1.0 + thresholds.iter().filter(|t| value > **t).count() as f64
            };
            let missing = match &self.missingness {
                Some(missingness) if given != Some(i) => {
                    let uniform: f64 = StandardUniform.sample(random);
                    uniform < missingness.probability(missing_given)
                }
                _ => false,
            };
            row[i] = if missing { f64::NAN } else { answer };
        }
    }
}

/// The parameters of a model whose text gives values, what they imply, and a value for each that is free.
fn settled(model: &Model) -> Result<(ParameterTable, Implied, DVector<f64>)> {
    let others: Vec<Formula> =
        model.formulas.iter().filter(|f| f.op != Operator::Threshold).cloned().collect();
    let continuous = Model::from_formulas(others)?;
    if continuous.formulas.iter().any(|f| f.block.group.is_some()) {
        return Err(Error::Unsupported {
            what: "a population of several groups".into(),
            instead: "Draw each group from a model of its own.".into(),
        });
    }
    let specification = Specification {
        function: Function::Lavaan,
        covariates: Covariates::Random,
        automatic: Automatic {
            variances: Some(true),
            exogenous_covariances: Some(true),
            ..Automatic::default()
        },
        ..Specification::default()
    };
    let table = ParameterTable::of_groups(&continuous, &specification, 1)?.remove(0);
    let (p, free) = (table.observed.len(), table.n_free);
    let mut implied = Implied::new(&table, &DMatrix::zeros(p, p), &DVector::zeros(p));
    let x = values(&table, &mut implied, free)?;
    Ok((table, implied, x))
}

/// The thresholds that a text gives, by variable.
fn thresholds(model: &Model) -> Result<Vec<(String, Vec<f64>)>> {
    let mut all: Vec<(String, Vec<f64>)> = Vec::new();
    for formula in model.formulas.iter().filter(|f| f.op == Operator::Threshold) {
        let Some(value) = value_of(formula) else {
            return Err(Error::BadModel {
                what: format!("the threshold '{formula}' has no value"),
                remedy: format!("Give it one, as in {} | 0.5*{}.", formula.lhs, formula.rhs),
            });
        };
        match all.iter_mut().find(|(name, _)| *name == formula.lhs) {
            Some((_, values)) => values.push(value),
            None => all.push((formula.lhs.clone(), vec![value])),
        }
    }
    for (name, values) in &all {
        if values.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Error::BadModel {
                what: format!("the thresholds of '{name}' do not increase"),
                remedy: "Write them from the lowest to the highest.".into(),
            });
        }
    }
    Ok(all)
}

fn value_of(formula: &Formula) -> Option<f64> {
    match formula.modifiers.constraint {
        Constraint::Fixed(value) => Some(value),
        _ => formula.modifiers.start,
    }
}

/// A value for each free parameter of the table.
fn values(table: &ParameterTable, implied: &mut Implied, free: usize) -> Result<DVector<f64>> {
    let mut x = DVector::zeros(free);
    let is_outcome = |j: usize| table.rows.iter().any(|r| matches!(r.place, Place::Path(i, _) if i == j));
    let (mut latent, mut residual) = (Vec::new(), Vec::new());
    for row in &table.rows {
        let Kind::Free(index, start) = row.kind else { continue };
        if let Some(start) = start {
            x[index] = start;
            continue;
        }
        match row.place {
            Place::Loading(..) | Place::Path(..) => {
                return Err(Error::BadModel {
                    what: format!("'{}' has no value in the population", row.name()),
                    remedy: format!("Give it one, as in {} {} 0.7*{}.", row.lhs, row.op.symbol(), row.rhs),
                });
            }
            Place::Latent(i, j) if i == j && is_outcome(i) => latent.push((index, i, row)),
            Place::Latent(i, j) if i == j => x[index] = 1.0,
            Place::Residual(i, j) if i == j => residual.push((index, i, row)),
            _ => {}
        }
    }
    implied.update(&x);
    // variances of explained members of eta: E_jj = 1, linear in the residual variances
    let k = latent.len();
    if k == 0 {
        return residuals(x, implied, &residual);
    }
    let system = DMatrix::from_fn(k, k, |a, b| implied.total[(latent[a].1, latent[b].1)].powi(2));
    let right = DVector::from_fn(k, |a, _| 1.0 - implied.eta_covariance[(latent[a].1, latent[a].1)]);
    let solved = system.lu().solve(&right).unwrap_or_else(|| DVector::from_element(k, f64::NAN));
    for ((index, _, row), value) in latent.iter().zip(solved.iter()) {
        x[*index] = positive(*value, row)?;
    }
    residuals(x, implied, &residual)
}

/// Residual variances that complete 1.
fn residuals(
    mut x: DVector<f64>,
    implied: &mut Implied,
    residual: &[(usize, usize, &Parameter)],
) -> Result<DVector<f64>> {
    implied.update(&x);
    for &(index, i, row) in residual {
        x[index] = positive(1.0 - implied.sigma[(i, i)], row)?;
    }
    Ok(x)
}

fn positive(variance: f64, row: &Parameter) -> Result<f64> {
    if variance > 0.0 {
        return Ok(variance);
    }
    Err(Error::BadModel {
        what: format!("more than all of the variance 1 of '{}' is explained", row.lhs),
        remedy: format!("Give smaller values, or its residual variance, as in {0} ~~ 0.5*{0}.", row.lhs),
    })
}
