//! Exploratory factors of completed data sets.
//!
//! The unrotated factors of the data sets are brought together by generalised Procrustes analysis, their consensus is turned by the
//! criterion from many starts, and each data set is turned to its own minimum of the criterion beside that: loadings and factor
//! correlations are then those of the same factors, and their means are the pooled ones (van Ginkel & Kiers 2011; Lorenzo-Seva & Van
//! Ginkel 2016). With standard errors, variances are pooled by Rubin's rules. Fit is that of the pooled solution to the mean
//! correlations, with the statistics of the data sets joined by D2 (Li, Meng, Raghunathan & Rubin 1991), or as of any pooled model.

use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::exploratory::by_matrix::fit_of;
use crate::estimate::exploratory::exploration::{Exploration, LevelFactors};
use crate::estimate::exploratory::factors::{
    Eigenvalues, EstimatedMatrix, ExploratoryFactors, FactorImputation, FactorSolution,
};
use crate::estimate::fit::Fit;
use crate::estimate::pooled::fit::{PooledFit, pool};
use crate::estimate::rubin::PooledTest;
use crate::factor::{
    CorrelationMatrix, Extracted, Extraction, check_count, congruence, consensus, degrees_of_freedom, extract,
};
use crate::model::Operator;
use crate::moments::{LabelledMatrix, RowsUsed};
use crate::numeric::spectrum::eigenvalues;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The correlations of a data set with their factors.
struct OfSet {
    matrix: CorrelationMatrix,
    n: usize,
    missing: RowsUsed,
    warnings: Vec<Warning>,
    extracted: Extracted,
}

impl Exploration {
    /// Factors of several completed versions of one data set, pooled.
    ///
    /// ```
    /// use psychometrics::{data::Dataset, estimate::Exploration, simulate::Imputer};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    /// // nothing is missing: the pooled factors are the factors
    /// let completed = Imputer::new(names.clone()).imputations(3).impute(&data)?;
    /// let (pooled, own) =
    ///     (Exploration::new(3).of_imputed(&names, &completed.datasets)?, Exploration::new(3).of(&names, &data)?);
    /// let (pooled, own) = (pooled.solution.unwrap().loadings, own.solution.unwrap().loadings);
    /// assert!((pooled.values[0][0] - own.values[0][0]).abs() < 1e-6);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`of`](Self::of); [`Error::TooFewImputations`] where the factors of fewer than two data sets are found,
    /// [`Error::Unsupported`] for two levels.
    pub fn of_imputed<S: AsRef<str>>(&self, names: &[S], data: &[Dataset]) -> Result<ExploratoryFactors> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_string()).collect();
        let (LevelFactors::Factors(k), None) = (self.factors, self.between) else {
            return Err(Error::Unsupported {
                what: "factors of two levels of imputed answers".into(),
                instead: "Leave --factors-between out.".into(),
            });
        };
        check_count(names.len(), k, self.extraction)?;
        if data.len() < 2 {
            return Err(Error::TooFewImputations { usable: data.len(), m: data.len() });
        }
        match self.needs_model() {
            true => self.pooled_model(&names, data, k),
            false => self.pooled_matrices(&names, data, k),
        }
    }

    fn pooled_matrices(&self, names: &[String], data: &[Dataset], k: usize) -> Result<ExploratoryFactors> {
        let sets: Vec<Result<OfSet>> = data
            .par_iter()
            .map(|data| {
                let (matrix, n, missing, warnings) = self.correlations(names, data)?;
                let matrix = CorrelationMatrix::of(&matrix)?;
                let extracted = extract(&matrix, k, self.extraction)?;
                Ok(OfSet { matrix, n, missing, warnings, extracted })
            })
            .collect();
        let (found, errors): (Vec<_>, Vec<_>) = sets.into_iter().partition(Result::is_ok);
        let found: Vec<OfSet> = found.into_iter().flatten().filter(|set| set.extracted.converged).collect();
        let (m, used) = (data.len(), found.len());
        if used < 2 {
            let too_few = Error::TooFewImputations { usable: used, m };
            return Err(errors.into_iter().find_map(Result::err).unwrap_or(too_few));
        }
        let unrotated: Vec<LabelledMatrix> = found.iter().map(|set| set.extracted.loadings.clone()).collect();
        let common = consensus(&unrotated)?;
        let turned = self.rotate.of(&common.loadings)?;
        let near = self.rotate.clone().near(turned.loadings.values.clone());
        let rotated = unrotated.iter().map(|own| near.of(own)).collect::<Result<Vec<_>>>()?;
        let loadings: Vec<LabelledMatrix> = rotated.iter().map(|own| own.loadings.clone()).collect();
        let phis: Vec<LabelledMatrix> = rotated.iter().map(|own| own.phi.clone()).collect();
        let without = EstimatedMatrix::without_errors;
        let solution = FactorSolution::of(without(mean(&loadings)), without(mean(&phis)), turned.search);
        let matrices: Vec<LabelledMatrix> = found.iter().map(|set| set.matrix.matrix()).collect();
        let r = CorrelationMatrix::of(&mean(&matrices))?;
        let n = found[0].n;
        let test = self.joined(&found, k, "chisq", degrees_of_freedom(names.len(), k) as f64);
        let baseline = self.joined(&found, k, "baseline.chisq", (names.len() * (names.len() - 1) / 2) as f64);
        let statistics = test.as_ref().zip(baseline.as_ref()).map(|(own, base)| (own.chisq, base.chisq));
        let common_part = common_part(&solution);
        let is_model = self.extraction != Extraction::Pc;
        let mut fit = fit_of(&r, &common_part, (k, is_model), Some(n), statistics);
        if let Some(test) = &test {
            fit.insert("pvalue".into(), Some(test.pvalue));
        }
        let mut heywood: Vec<String> =
            found.iter().flat_map(|set| set.extracted.heywood.iter().cloned()).collect();
        heywood.sort();
        heywood.dedup();
        let imputation = of_sets((m, common.agreement), &loadings, &phis, &solution, test);
        let criterion = self.rotate.criterion().to_string();
        Ok(ExploratoryFactors {
            n: Some(n),
            factors: k,
            extraction: self.extraction,
            rotation: criterion.clone(),
            criterion,
            converged: true,
            iterations: found.iter().map(|set| set.extracted.iterations).max().unwrap_or(0),
            solution: Some(solution),
            levels: BTreeMap::new(),
            eigenvalues: Eigenvalues::Single(eigenvalues(r.plain().clone())),
            fit,
            warnings: told(&found, m, &heywood),
            heywood,
            correlations: Some(r.matrix()),
            missing: Some(found[0].missing),
            imputation: Some(imputation),
        })
    }

    /// A statistic of each data set, joined by D2; none without degrees of freedom.
    fn joined(&self, sets: &[OfSet], k: usize, name: &str, df: f64) -> Option<PooledTest> {
        let is_model = self.extraction != Extraction::Pc;
        let each = sets.iter().map(|set| {
            let l = set.extracted.matrix();
            let fit = fit_of(&set.matrix, &(l * l.transpose()), (k, is_model), Some(set.n), None);
            fit.get(name).copied().flatten()
        });
        PooledTest::d2(&each.collect::<Option<Vec<f64>>>()?, df).ok()
    }

    fn pooled_model(&self, names: &[String], data: &[Dataset], k: usize) -> Result<ExploratoryFactors> {
        let (estimation, model) = (self.estimation()?, self.model(names)?);
        let (mut fits, mut rotations) = estimation.fits_alike(&model, data);
        let has_lost = fits.iter().flatten().any(|fit| !fit.converged);
        if let (true, Some(bounded)) = (has_lost, self.within_bounds(estimation)) {
            // one model in all of them
            let again = bounded.fits_alike(&model, data);
            let count = |fits: &[Result<Fit>]| fits.iter().flatten().filter(|fit| fit.converged).count();
            if count(&again.0) > count(&fits) {
                (fits, rotations) = again;
            }
        }
        let (fits, errors): (Vec<_>, Vec<_>) = fits.into_iter().partition(Result::is_ok);
        let fits: Vec<Fit> = fits.into_iter().flatten().collect();
        if let (true, Some(error)) = (fits.is_empty(), errors.into_iter().find_map(Result::err)) {
            return Err(error);
        }
        let each: Vec<FactorSolution> = fits
            .iter()
            .filter(|fit| fit.converged)
            .filter_map(|fit| self.solution(fit, names, 0, k).ok())
            .collect();
        let pooled = pool(fits, data.len())?;
        let mut own = pooled.solution().clone();
        own.record.rotations = rotations;
        own.record.warnings.clone_from(&pooled.warnings);
        let mut found = self.explored(own, names)?;
        let Some(solution) = &found.solution else { return Ok(found) };
        let loadings: Vec<LabelledMatrix> = each.iter().map(|own| own.loadings.matrix()).collect();
        let phis: Vec<LabelledMatrix> = each.iter().map(|own| own.phi.matrix()).collect();
        let roots = loadings.iter().zip(&phis).map(|(l, phi)| {
            let root = plain(phi).cholesky()?.l();
            Some(labelled(l, &(plain(l) * root)))
        });
        let roots: Option<Vec<LabelledMatrix>> = roots.collect();
        let agreement = roots.and_then(|roots| consensus(&roots).ok()).map_or(1.0, |own| own.agreement);
        let test = pooled.tests.first().map(|test| test.pooled.clone());
        let mut imputation = of_sets((data.len(), agreement), &loadings, &phis, solution, test);
        imputation.loadings_fmi = self.missing_information(&pooled, solution, names, k);
        found.imputation = Some(imputation);
        Ok(found)
    }

    /// The fraction of missing information of each standardised loading; none without standard errors.
    fn missing_information(
        &self,
        pooled: &PooledFit,
        solution: &FactorSolution,
        names: &[String],
        k: usize,
    ) -> Option<LabelledMatrix> {
        solution.loadings.se.as_ref()?;
        let rows = pooled.standardized();
        let factors = Self::factor_names(names, 0, k);
        let fmi = |item: &String, factor: &String| {
            let of = |row: &&crate::estimate::pooled::estimates::PooledStandardized| {
                let own = &row.parameter;
                own.op == Operator::Loading && own.lhs == *factor && own.rhs == *item
            };
            rows.iter().find(of).and_then(|row| row.fmi)
        };
        let values: Option<Vec<Vec<f64>>> =
            names.iter().map(|item| factors.iter().map(|factor| fmi(item, factor)).collect()).collect();
        let own = &solution.loadings;
        Some(LabelledMatrix { rows: own.rows.clone(), columns: own.columns.clone(), values: values? })
    }
}

/// What is told of the data sets, each caveat once.
fn told(sets: &[OfSet], m: usize, heywood: &[String]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if sets.len() < m {
        warnings.push(Warning::ImputationsLeftOut { left_out: m - sets.len(), m });
    }
    let missing = sets[0].missing;
    if missing.rows_used < missing.rows_read {
        warnings.push(Warning::RowsLeftOut { used: missing.rows_used, read: missing.rows_read });
    }
    if !heywood.is_empty() {
        let what = "an admissible solution in all data sets".into();
        let reason = format!(
            "the uniqueness of {} is at the border: too many factors, too few items of one, or too few respondents",
            heywood.join(", ")
        );
        warnings.push(Warning::NotDone { what, reason });
    }
    for warning in sets.iter().flat_map(|set| &set.warnings) {
        if !warnings.iter().any(|own| own.code() == warning.code()) {
            warnings.push(warning.clone());
        }
    }
    warnings
}

fn of_sets(
    (m, agreement): (usize, f64),
    loadings: &[LabelledMatrix],
    phis: &[LabelledMatrix],
    solution: &FactorSolution,
    test: Option<PooledTest>,
) -> FactorImputation {
    let pooled = solution.loadings.matrix();
    let alike = |own: &LabelledMatrix| -> Vec<f64> {
        let all = congruence(own, &pooled);
        all.map_or_else(|_| Vec::new(), |all| (0..all.rows.len()).map(|j| all.values[j][j]).collect())
    };
    FactorImputation {
        m,
        used: loadings.len(),
        agreement,
        congruence: loadings.iter().map(alike).collect(),
        loadings_sd: spread(loadings),
        phi_sd: spread(phis),
        loadings_fmi: None,
        test,
    }
}

fn plain(matrix: &LabelledMatrix) -> DMatrix<f64> {
    DMatrix::from_fn(matrix.rows.len(), matrix.columns.len(), |i, j| matrix.values[i][j])
}

fn labelled(like: &LabelledMatrix, values: &DMatrix<f64>) -> LabelledMatrix {
    let values = values.row_iter().map(|row| row.iter().copied().collect()).collect();
    LabelledMatrix { rows: like.rows.clone(), columns: like.columns.clone(), values }
}

/// L phi L'.
fn common_part(solution: &FactorSolution) -> DMatrix<f64> {
    let l = plain(&solution.loadings.matrix());
    &l * plain(&solution.phi.matrix()) * l.transpose()
}

/// About the first, so that equal matrices have exactly their mean.
fn mean(all: &[LabelledMatrix]) -> LabelledMatrix {
    let first = plain(&all[0]);
    let sum =
        all.iter().fold(DMatrix::zeros(first.nrows(), first.ncols()), |sum, own| sum + plain(own) - &first);
    labelled(&all[0], &(&first + sum / all.len() as f64))
}

/// Standard deviations of the elements, divisor m - 1.
fn spread(all: &[LabelledMatrix]) -> LabelledMatrix {
    let centre = plain(&mean(all));
    let squares = all.iter().map(|own| (plain(own) - &centre).map(|x| x * x));
    let sum = squares.fold(DMatrix::zeros(centre.nrows(), centre.ncols()), |sum, own| sum + own);
    labelled(&all[0], &sum.map(|x| (x / (all.len() as f64 - 1.0)).sqrt()))
}
