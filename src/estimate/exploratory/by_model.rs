//! Factors as a model: one set of exploratory factors (or one of each level), fitted, turned and standardised.

use super::exploration::{Exploration, FactorErrors, LevelFactors};
use super::factors::{Eigenvalues, EstimatedMatrix, ExploratoryFactors, FactorSolution};
use super::rotation::Rotation;
use crate::correlation::Ordered;
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::conventions::Conventions;
use crate::estimate::estimation::Estimation;
use crate::estimate::estimator::Estimator;
use crate::estimate::fit::{Fit, StandardizedEstimate};
use crate::estimate::inference::{Information, StandardErrors};
use crate::estimate::options::Bounds;
use crate::factor::{Extraction, check_count};
use crate::model::{Block, ExploratorySet, Formula, MeanStructure, Model, Operator};
use crate::moments::LabelledMatrix;
use crate::numeric::spectrum::eigenvalues;
use nalgebra::DMatrix;
use std::collections::BTreeMap;

/// A standardised residual variance up to this is none: what rounding leaves of 0.
const AT_BORDER: f64 = 1e-9;
/// Names of the two levels.
const LEVELS: [&str; 2] = ["within", "between"];

impl Exploration {
    pub(super) fn by_model(&self, names: &[String], data: &Dataset) -> Result<ExploratoryFactors> {
        let (estimation, model) = (self.estimation()?, self.model(names)?);
        let mut fit = estimation.fit(&model, data)?;
        if let (false, Some(bounded)) = (fit.converged, self.within_bounds(estimation)) {
            let again = bounded.fit(&model, data)?;
            fit = if again.converged { again } else { fit };
        }
        self.explored(fit, names)
    }

    /// The same with residual variances that are not negative, as lavaan's `efa` and all extractions of a matrix have it: for where
    /// a search without bounds runs away. None of ordinal answers, whose residual variances are no parameters.
    pub(in crate::estimate) fn within_bounds(&self, estimation: Estimation) -> Option<Estimation> {
        (!self.extraction.is_ordinal()).then(|| estimation.bounds(Bounds::PositiveVariances))
    }

    /// The factors of a fit of that model.
    pub(in crate::estimate) fn explored(&self, fit: Fit, names: &[String]) -> Result<ExploratoryFactors> {
        let (mut levels, mut solution) = (BTreeMap::new(), None);
        for (level, count) in self.counts().into_iter().enumerate() {
            let LevelFactors::Factors(k) = count else { continue };
            let own = self.solution(&fit, names, level, k)?;
            match self.between {
                Some(_) => drop(levels.insert(LEVELS[level].to_string(), own)),
                None => solution = Some(own),
            }
        }
        let spectra: Vec<Vec<f64>> =
            fit.internals.observed.iter().map(|observed| spectrum(&observed.covariance)).collect();
        let of_levels = LEVELS.iter().map(ToString::to_string).zip(spectra.iter().cloned());
        let mut measures: BTreeMap<String, Option<f64>> =
            fit.fit.iter().map(|(name, value)| (name.to_string(), value)).collect();
        if self.extraction == Extraction::Ml && self.between.is_none() {
            self.bartlett(names.len(), &mut measures);
        }
        let heywood = |found: &FactorSolution| -> Vec<String> {
            let at_border = found.residual_variances.iter().filter(|(_, v)| **v <= AT_BORDER);
            at_border.map(|(name, _)| name.clone()).collect()
        };
        let mut all: Vec<String> = solution.iter().chain(levels.values()).flat_map(heywood).collect();
        all.sort();
        all.dedup();
        let LevelFactors::Factors(factors) = self.factors else {
            return Ok(self.told(fit, (0, solution, levels), of_levels.collect(), measures, all));
        };
        let eigenvalues = match self.between {
            Some(_) => Eigenvalues::Levels(of_levels.collect()),
            None => Eigenvalues::Single(spectra.into_iter().next().unwrap_or_default()),
        };
        let mut told = self.told(fit, (factors, solution, levels), BTreeMap::new(), measures, all);
        told.eigenvalues = eigenvalues;
        Ok(told)
    }

    fn told(
        &self,
        fit: Fit,
        (factors, solution, levels): (usize, Option<FactorSolution>, BTreeMap<String, FactorSolution>),
        eigenvalues: BTreeMap<String, Vec<f64>>,
        measures: BTreeMap<String, Option<f64>>,
        heywood: Vec<String>,
    ) -> ExploratoryFactors {
        let criterion = self.rotate.criterion().to_string();
        let matrix = fit.internals.observed.first().zip(fit.internals.tables.first());
        let matrix = matrix.filter(|_| levels.is_empty()).map(|(observed, table)| {
            LabelledMatrix::square(&table.observed, &correlations(&observed.covariance))
        });
        ExploratoryFactors {
            n: Some(fit.nobs.iter().sum()),
            factors,
            extraction: self.extraction,
            rotation: criterion.clone(),
            criterion,
            converged: fit.converged,
            iterations: fit.iterations,
            solution,
            levels,
            eigenvalues: Eigenvalues::Levels(eigenvalues),
            fit: measures,
            heywood,
            correlations: matrix,
            missing: Some(fit.missing),
            imputation: None,
            warnings: fit.warnings.iter().filter(|w| !matches!(w, Warning::Saturated)).cloned().collect(),
        }
    }

    fn counts(&self) -> Vec<LevelFactors> {
        std::iter::once(self.factors).chain(self.between).collect()
    }

    pub(in crate::estimate) fn estimation(&self) -> Result<Estimation> {
        let robust = self.errors == FactorErrors::Robust;
        let estimator = match self.extraction {
            Extraction::Wlsmv => Estimator::Wlsmv,
            Extraction::Ulsmv => Estimator::Ulsmv,
            Extraction::Ml if robust => Estimator::Mlr,
            Extraction::Ml => Estimator::Ml,
            Extraction::Uls | Extraction::Minres if robust => Estimator::Ulsmv,
            Extraction::Uls | Extraction::Minres => Estimator::Uls,
            Extraction::Gls => Estimator::Gls,
            other => {
                return Err(Error::Unsupported {
                    what: format!(
                        "standard errors, clusters, weights or missing answers with extraction {other}"
                    ),
                    instead: "Take ml; of ordinal answers wlsmv or ulsmv.".into(),
                });
            }
        };
        if self.extraction.is_ordinal() && self.ordered == Ordered::None {
            return Err(Error::Unsupported {
                what: format!("extraction {} without ordinal variables", self.extraction),
                instead: "Say which are ordinal (--ordered all), or take ml.".into(),
            });
        }
        if !self.extraction.is_ordinal() && self.ordered != Ordered::None {
            return Err(Error::Unsupported {
                what: format!("standard errors of ordinal answers with extraction {}", self.extraction),
                instead: "Take wlsmv or ulsmv.".into(),
            });
        }
        let mut estimation = Estimation::new(estimator)
            .ordered(self.ordered.clone())
            .missing(self.missing)
            .conventions(self.conventions)
            .rotation(Rotation::new(self.rotate.clone()));
        let is_likelihood = self.extraction == Extraction::Ml;
        // lavaan leaves the means out where nothing needs them
        if is_likelihood && self.conventions == Conventions::Mplus {
            estimation = estimation.means(MeanStructure::Included);
        }
        if self.errors == FactorErrors::None && !self.extraction.is_ordinal() {
            estimation = estimation.standard_errors(StandardErrors::None);
        }
        let usual =
            (is_likelihood && self.conventions == Conventions::Mplus).then_some(Information::Observed);
        if let Some(information) = self.information.or(usual) {
            estimation = estimation.information(information);
        }
        if let Some(cluster) = &self.cluster {
            estimation = estimation.cluster(cluster);
        }
        if let Some(weights) = &self.weights {
            estimation = estimation.weights(weights);
        }
        Ok(estimation)
    }

    pub(in crate::estimate) fn factor_names(names: &[String], level: usize, k: usize) -> Vec<String> {
        let letter = if level == 0 { "F" } else { "B" };
        // a factor may not have the name of a column
        let taken = |stem: &str| (1..=k).any(|j| names.contains(&format!("{stem}{j}")));
        let mut stem = letter.to_string();
        while taken(&stem) {
            stem.push('_');
        }
        (1..=k).map(|j| format!("{stem}{j}")).collect()
    }

    pub(in crate::estimate) fn model(&self, names: &[String]) -> Result<Model> {
        let (mut formulas, mut sets) = (Vec::new(), Vec::new());
        for (level, count) in self.counts().into_iter().enumerate() {
            let block = match self.between {
                Some(_) => Block { group: None, level: Some((level + 1).to_string()) },
                None => Block::default(),
            };
            let mut add = |lhs: &String, op: Operator, rhs: &String| {
                formulas.push(Formula { block: block.clone(), ..Formula::new(lhs, op, rhs) });
            };
            match count {
                LevelFactors::Factors(k) => {
                    check_count(names.len(), k, self.extraction)?;
                    let factors = Self::factor_names(names, level, k);
                    for factor in &factors {
                        names.iter().for_each(|name| add(factor, Operator::Loading, name));
                    }
                    sets.push(ExploratorySet::new(LEVELS[level], factors));
                }
                LevelFactors::Unrestricted => {
                    for (i, name) in names.iter().enumerate() {
                        names[i..].iter().for_each(|other| add(name, Operator::Covariance, other));
                    }
                }
            }
        }
        Model::from_formulas(formulas)?.with_exploratory(sets)
    }

    /// The standardised solution of a level, in the order of the rotation.
    pub(in crate::estimate) fn solution(
        &self,
        fit: &Fit,
        names: &[String],
        level: usize,
        k: usize,
    ) -> Result<FactorSolution> {
        let block = level + 1;
        let standardized: Vec<StandardizedEstimate> =
            fit.standardized().into_iter().filter(|row| row.block == block).collect();
        let factors = Self::factor_names(names, level, k);
        let shown: Vec<String> = (1..=k).map(|j| format!("F{j}")).collect();
        let row = |lhs: &str, op: Operator, rhs: &str| {
            standardized.iter().find(|row| {
                let same = row.lhs == lhs && row.rhs == rhs;
                row.op == op && (same || op == Operator::Covariance && row.lhs == rhs && row.rhs == lhs)
            })
        };
        let none = |name: &str| Error::NoAnswerExists {
            what: "standardised solution".into(),
            why: format!("a variance of '{name}' is not positive"),
            remedy: "Take fewer factors, or look for items that say the same.".into(),
        };
        let has_errors = self.errors != FactorErrors::None && fit.internals.vcov.is_some();
        let table =
            |rows: &[String], op: Operator, labels: (Vec<String>, Vec<String>)| -> Result<EstimatedMatrix> {
                let (mut values, mut errors) = (Vec::new(), Vec::new());
                for name in rows {
                    let (mut own, mut se) = (Vec::new(), Vec::new());
                    for factor in &factors {
                        if op == Operator::Covariance && name == factor {
                            own.push(1.0);
                            se.push(Some(0.0));
                            continue;
                        }
                        let found = row(factor, op, name).ok_or_else(|| none(name))?;
                        own.push(found.est.ok_or_else(|| none(name))?);
                        se.push(found.se);
                    }
                    values.push(own);
                    errors.push(se);
                }
                let (rows, columns) = labels;
                Ok(EstimatedMatrix { rows, columns, values, se: has_errors.then_some(errors) })
            };
        let loadings = table(names, Operator::Loading, (names.to_vec(), shown.clone()))?;
        let phi = table(&factors, Operator::Covariance, (shown.clone(), shown))?;
        let search = fit
            .rotations
            .iter()
            .find(|rotation| rotation.block == block)
            .map(|rotation| rotation.search.clone())
            .ok_or_else(|| none("the rotation"))?;
        let mut solution = FactorSolution::of(loadings, phi, search);
        if has_errors {
            let of = |name: &String| {
                let found = row(name, Operator::Covariance, name);
                (name.clone(), found.and_then(|row| row.se))
            };
            let mut errors: BTreeMap<String, Option<f64>> = names.iter().map(of).collect();
            // what the model leaves of an ordinal variable varies as its communality does
            for (name, se) in &mut errors {
                if se.is_none_or(|se| se == 0.0) {
                    *se = self.left_error(fit, level, name);
                }
            }
            solution.residual_variances_se = Some(errors);
        }
        Ok(solution)
    }

    /// The standard error of 1 - l' phi l of standardised loadings.
    fn left_error(&self, fit: &Fit, level: usize, item: &str) -> Option<f64> {
        let vcov = fit.internals.vcov.as_ref()?;
        let of_item = |p: &crate::estimate::estimates::ParameterEstimate| {
            p.op == Operator::Loading && p.rhs == item
                || p.op == Operator::Covariance && fit.internals.tables[level].eta.contains(&p.lhs)
        };
        let (gradients, values) = fit.standardized_gradients(level, of_item)?;
        let rows: Vec<_> =
            fit.parameters.iter().filter(|p| p.block == level + 1).filter(|p| of_item(p)).collect();
        let loading = |factor: &str| {
            rows.iter().position(|p| p.op == Operator::Loading && p.lhs == factor).map(|at| values[at])
        };
        let mut gradient = nalgebra::DVector::zeros(vcov.nrows());
        for (at, p) in rows.iter().enumerate() {
            let slope = match p.op {
                Operator::Loading => {
                    let with: f64 = rows
                        .iter()
                        .zip(&values)
                        .filter(|(q, _)| q.op == Operator::Covariance && q.lhs != q.rhs)
                        .filter_map(|(q, phi)| match (q.lhs == p.lhs, q.rhs == p.lhs) {
                            (true, _) => Some(phi * loading(&q.rhs)?),
                            (_, true) => Some(phi * loading(&q.lhs)?),
                            _ => None,
                        })
                        .sum();
                    2.0 * (values[at] + with)
                }
                _ if p.lhs != p.rhs => 2.0 * loading(&p.lhs)? * loading(&p.rhs)?,
                _ => 0.0,
            };
            gradient.axpy(slope, &gradients[at], 1.0);
        }
        Some(gradient.dot(&(vcov * &gradient)).max(0.0).sqrt())
    }

    fn bartlett(&self, p: usize, measures: &mut BTreeMap<String, Option<f64>>) {
        let known = |name: &str| measures.get(name).copied().flatten();
        let LevelFactors::Factors(k) = self.factors else { return };
        let (Some(chisq), Some(n), Some(df)) = (known("chisq"), known("ntotal"), known("df")) else { return };
        let own = (n - 1.0 - (2 * p + 5) as f64 / 6.0 - 2.0 * k as f64 / 3.0) * chisq / n;
        measures.insert("chisq.bartlett".into(), Some(own));
        let tail = (df > 0.0).then(|| crate::numeric::tails::chi_square_tail(own, df));
        measures.insert("pvalue.bartlett".into(), tail);
    }
}

/// Eigenvalues of the correlations of a covariance matrix.
fn spectrum(s: &DMatrix<f64>) -> Vec<f64> {
    eigenvalues(correlations(s))
}

fn correlations(s: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(s.nrows(), s.nrows(), |i, j| s[(i, j)] / (s[(i, i)] * s[(j, j)]).sqrt())
}
