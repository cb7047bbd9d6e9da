//! Factors of a correlation matrix.

use super::exploration::{Exploration, LevelFactors};
use super::factors::{Eigenvalues, EstimatedMatrix, ExploratoryFactors, FactorSolution};
use crate::correlation::{Correlate, Ordered};
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::factor::{CorrelationMatrix, Extracted, Extraction, check_count, degrees_of_freedom, extract};
use crate::moments::{LabelledMatrix, Missing, Moments, RowsUsed};
use crate::numeric::cholesky;
use crate::numeric::noncentral::noncentrality;
use crate::numeric::spectrum::eigenvalues;
use crate::numeric::tails::chi_square_tail;
use nalgebra::DMatrix;
use std::collections::BTreeMap;

impl Exploration {
    /// Factors of answers.
    ///
    /// # Errors
    /// [`Error::TooManyFactors`], [`Error::ConstantItem`], [`Error::IdenticalItems`], [`Error::NotPositiveDefinite`],
    /// [`Error::BadOption`] and what correlations, the fit of a model, and the rotation give.
    pub fn of<S: AsRef<str>>(&self, names: &[S], data: &Dataset) -> Result<ExploratoryFactors> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_string()).collect();
        if let (LevelFactors::Factors(k), None) = (self.factors, self.between) {
            check_count(names.len(), k, self.extraction)?;
        }
        if self.needs_model() {
            return self.by_model(&names, data);
        }
        let (matrix, n, missing, warnings) = self.correlations(&names, data)?;
        let mut found = self.of_correlations(&CorrelationMatrix::of(&matrix)?, Some(n))?;
        let told = |w: &Warning| matches!(w, Warning::RowsLeftOut { .. });
        if missing.rows_used < missing.rows_read && !warnings.iter().any(told) {
            let (used, read) = (missing.rows_used, missing.rows_read);
            found.warnings.push(Warning::RowsLeftOut { used, read });
        }
        let is_told = |own: &Warning| matches!(own, Warning::NotPositiveDefinite { .. });
        let known = found.warnings.iter().any(is_told);
        found.warnings.extend(warnings.into_iter().filter(|own| !(known && is_told(own))));
        found.missing = Some(missing);
        Ok(found)
    }

    /// What is factored, of how many respondents, with what became of the rows.
    pub(in crate::estimate) fn correlations(
        &self,
        names: &[String],
        data: &Dataset,
    ) -> Result<(LabelledMatrix, usize, RowsUsed, Vec<Warning>)> {
        let rows = data.numeric(names)?;
        match &self.ordered {
            Ordered::None => {
                let moments = Moments::of(names.iter().cloned(), rows.view(), self.missing)?;
                let n = moments.n();
                if n <= names.len() && self.missing == Missing::Listwise {
                    let what = format!("factors of {} variables", names.len());
                    return Err(Error::TooFewRows { what, n, needed: names.len() + 1 });
                }
                let used = moments.rows_used();
                Ok((moments.correlation()?, n, used, Vec::new()))
            }
            ordered => {
                let correlate = Correlate::default().ordered(ordered.clone()).missing(self.missing);
                let found = correlate.of(names, rows.view())?;
                let used =
                    RowsUsed { policy: self.missing, rows_read: found.rows_read, rows_used: found.rows_used };
                Ok((found.matrix, found.rows_used, used, found.warnings))
            }
        }
    }

    /// Factors of a correlation matrix, of `n` respondents where that is known.
    ///
    /// # Errors
    /// As [`of`](Self::of); [`Error::Unsupported`] for standard errors, levels, and extractions that need the answers.
    pub fn of_correlations(
        &self,
        matrix: &CorrelationMatrix,
        n: Option<usize>,
    ) -> Result<ExploratoryFactors> {
        let LevelFactors::Factors(k) = self.factors else { return Err(needs_answers("unrestricted levels")) };
        if self.needs_model() {
            return Err(needs_answers("standard errors, clusters, weights and missing answers"));
        }
        let extracted = extract(matrix, k, self.extraction)?;
        let rotated = self.rotate.of(&extracted.loadings)?;
        let mut warnings: Vec<Warning> = matrix.caveat().into_iter().collect();
        if !extracted.heywood.is_empty() {
            let what = "an admissible solution".into();
            let reason = format!(
                "the uniqueness of {} is at the border: too many factors, too few items of one, or too few respondents",
                extracted.heywood.join(", ")
            );
            warnings.push(Warning::NotDone { what, reason });
        }
        if !extracted.converged {
            let what = format!("extraction by {}", self.extraction);
            let reason = "the search did not end at a solution; take minres, or fewer factors".into();
            warnings.push(Warning::NotDone { what, reason });
        }
        let mut solution = FactorSolution::of(
            EstimatedMatrix::without_errors(rotated.loadings),
            EstimatedMatrix::without_errors(rotated.phi),
            rotated.search,
        );
        // what was extracted says it without the rounding of the rotation
        for (name, psi) in matrix.names().iter().zip(&extracted.uniquenesses) {
            solution.residual_variances.insert(name.clone(), *psi);
            solution.communalities.insert(name.clone(), 1.0 - psi);
        }
        Ok(ExploratoryFactors {
            n,
            factors: k,
            extraction: self.extraction,
            rotation: self.rotate.criterion().to_string(),
            criterion: self.rotate.criterion().to_string(),
            converged: extracted.converged,
            iterations: extracted.iterations,
            solution: Some(solution),
            levels: BTreeMap::new(),
            eigenvalues: Eigenvalues::Single(eigenvalues(matrix.plain().clone())),
            fit: fit(matrix, &extracted, n),
            heywood: extracted.heywood,
            correlations: Some(matrix.matrix()),
            missing: None,
            imputation: None,
            warnings,
        })
    }
}

fn needs_answers(what: &str) -> Error {
    Error::Unsupported {
        what: format!("{what} of a correlation matrix"),
        instead: "Give the respondents' answers.".into(),
    }
}

/// Fit of factors to a correlation matrix.
fn fit(matrix: &CorrelationMatrix, extracted: &Extracted, n: Option<usize>) -> BTreeMap<String, Option<f64>> {
    let l = extracted.matrix();
    let common = l * l.transpose();
    let is_model = extracted.extraction != Extraction::Pc;
    let mut fit = fit_of(matrix, &common, (l.ncols(), is_model), n, None);
    fit.insert("objective".into(), extracted.objective.filter(|v| v.is_finite()));
    fit
}

/// The same of common parts L phi L' of so many factors; `pooled` are the statistics of the model and of independence where they
/// are those of several data sets.
pub(in crate::estimate) fn fit_of(
    matrix: &CorrelationMatrix,
    common: &DMatrix<f64>,
    (k, is_model): (usize, bool),
    n: Option<usize>,
    pooled: Option<(f64, f64)>,
) -> BTreeMap<String, Option<f64>> {
    let (r, p) = (matrix.plain(), matrix.names().len());
    let df = degrees_of_freedom(p, k) as f64;
    let mut sigma = common.clone();
    sigma.fill_diagonal(1.0);
    let (mut squares, mut diagonal) = (0.0, 0.0);
    for j in 0..p {
        diagonal += (r[(j, j)] - sigma[(j, j)]).powi(2);
        (j + 1..p).for_each(|i| squares += (r[(i, j)] - sigma[(i, j)]).powi(2));
    }
    let pairs = (p * (p - 1) / 2) as f64;
    let mut fit: BTreeMap<String, Option<f64>> = BTreeMap::new();
    let mut put = |name: &str, value: Option<f64>| {
        fit.insert(name.into(), value.filter(|v| v.is_finite()));
    };
    put("df", Some(df));
    put("npar", Some((p * k + p) as f64 - (k * (k - 1)) as f64 / 2.0));
    put("rmsr", Some((squares / pairs).sqrt()));
    put("crmsr", (df > 0.0).then(|| (squares / df).sqrt()));
    put("srmr", Some(((squares + diagonal) / (pairs + p as f64)).sqrt()));
    put("ntotal", n.map(|n| n as f64));
    let f = if is_model { discrepancy(r, &sigma) } else { None };
    put("fmin", f);
    let count = n.map(|n| n as f64);
    let f_0 = discrepancy(r, &DMatrix::identity(p, p));
    let own = |f: f64, n: f64| pooled.map_or(n * f.max(0.0), |pooled| pooled.0);
    let of = f.zip(count).map(|(f, n)| (own(f, n), n));
    let chisq = of.map(|(chisq, _)| chisq);
    let positive = df > 0.0;
    put("chisq", chisq);
    put("pvalue", chisq.filter(|_| positive).map(|chisq| chi_square_tail(chisq, df)));
    let bartlett = f
        .zip(count)
        .filter(|_| pooled.is_none())
        .map(|(f, n)| (n - 1.0 - (2 * p + 5) as f64 / 6.0 - 2.0 * k as f64 / 3.0) * f.max(0.0));
    put("chisq.bartlett", bartlett);
    put("pvalue.bartlett", bartlett.filter(|_| positive).map(|chisq| chi_square_tail(chisq, df)));
    let rmsea = |ncp: f64, n: f64| if positive { (ncp.max(0.0) / (n * df)).sqrt() } else { 0.0 };
    put("rmsea", of.map(|(chisq, n)| rmsea(chisq - df, n)));
    let end = |probability: f64| {
        of.map(|(chisq, n)| if positive { rmsea(noncentrality(chisq, df, probability), n) } else { 0.0 })
    };
    put("rmsea.ci.lower", end(0.95));
    put("rmsea.ci.upper", end(0.05));
    let baseline = f_0.zip(count).map(|(f, n)| pooled.map_or(n * f, |pooled| pooled.1));
    put("baseline.chisq", baseline);
    put("baseline.df", Some(pairs));
    let both = chisq.zip(baseline);
    put(
        "cfi",
        both.map(|(chisq, baseline)| {
            let (own, other) = ((chisq - df).max(0.0), (baseline - pairs).max(chisq - df).max(0.0));
            if other > 0.0 { 1.0 - own / other } else { 1.0 }
        }),
    );
    put(
        "tli",
        both.map(|(chisq, baseline)| match positive {
            true => (baseline / pairs - chisq / df) / (baseline / pairs - 1.0),
            false => 1.0,
        }),
    );
    put("bic", of.map(|(chisq, n)| chisq - df * n.ln()));
    put("bic2", of.map(|(chisq, n)| chisq - df * ((n + 2.0) / 24.0).ln()));
    fit
}

/// log|Sigma| + tr R Sigma^-1 - log|R| - p; none where a matrix is not positive definite.
fn discrepancy(r: &DMatrix<f64>, sigma: &DMatrix<f64>) -> Option<f64> {
    let log = |matrix: &DMatrix<f64>| {
        let mut l = matrix.clone();
        cholesky::factorise(&mut l).ok()?;
        Some(cholesky::log_determinant(&l))
    };
    let trace = (r * cholesky::inverse(sigma)?).trace();
    Some(log(sigma)? + trace - log(r)? - r.nrows() as f64)
}
