//! The parameter table: every parameter of a model, named, placed in a matrix, free or fixed.
//!
//! It is made from a [`Model`](super::Model) and a [`Specification`](super::Specification) alone, without data
//! (`block_tables.rs`), and keeps lavaan's order of rows: what the text names, then residual and latent variances, covariances
//! of exogenous latent variables, covariances of outcomes, moments of fixed covariates, intercepts.
//!
//! The matrices are those of LISREL's all-y model (Joreskog & Sorbom 1996; Bollen 1989, ch. 8): with
//! eta holding the latent variables and those observed ones that stand in a regression,
//!
//! ```text
//! y = nu + Lambda eta + epsilon,   eta = alpha + B eta + zeta,   Psi = cov(zeta), Theta = cov(epsilon)
//! ```

use super::Operator;
use super::place::Place;
use super::specification::Parameterization;
use crate::error::Warning;
use nalgebra::{DMatrix, DVector};

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) lhs: String,
    pub(crate) op: Operator,
    pub(crate) rhs: String,
    pub(crate) label: Option<String>,
    /// Where the text says that the estimate lies.
    pub(crate) bounds: (f64, f64),
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// Free, fixed, or taken from the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// Estimated: index into the vector of free parameters, and a start value when one was given.
    Free(usize, Option<f64>),
    /// Fixed at a value.
    Fixed(f64),
    /// A moment of the fixed covariates.
    Sample,
    /// What the others leave: the residual variance of an ordinal variable (delta), or its scaling factor (theta).
    Determined,
}

/// The parameters of a model and the variables they are about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParameterTable {
    pub(crate) rows: Vec<Parameter>,
    /// Observed variables, in lavaan's order.
    pub(crate) observed: Vec<String>,
    /// eta: the latent variables, then the observed ones that stand in a regression.
    pub(crate) eta: Vec<String>,
    /// How many of `eta` are latent.
    pub(crate) n_latent: usize,
    /// For each member of eta behind the latent ones, its place among the observed.
    pub(crate) promoted: Vec<usize>,
    /// Observed variables that are fixed covariates, as places among the observed.
    pub(crate) covariates: Vec<usize>,
    /// Exogenous observed variables, fixed or not, as places among the observed.
    pub(crate) exogenous: Vec<usize>,
    /// Group, from 0.
    pub(crate) group: usize,
    /// Level: 1 within clusters (or the only one), 2 between them.
    pub(crate) level: usize,
    /// Free parameters, of all groups together.
    pub(crate) n_free: usize,
    pub(crate) has_means: bool,
    /// Of each observed variable, its number of thresholds; 0 of a continuous one.
    pub(crate) thresholds: Vec<usize>,
    pub(crate) parameterization: Parameterization,
    /// Sets of factors that are turned together.
    pub(crate) exploratory: Vec<Exploratory>,
    pub(crate) warnings: Vec<Warning>,
}

/// Factors that are turned together, as places in eta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exploratory {
    pub(crate) name: String,
    pub(crate) factors: Vec<usize>,
}

impl ParameterTable {
    /// Takes the moments among some observed variables from the sample, and numbers the others anew.
    pub(crate) fn with_covariates(mut self, covariates: &[usize], numbered_from: usize) -> Self {
        self.covariates = covariates.to_vec();
        let mut next = numbered_from;
        for row in &mut self.rows {
            let of_covariates = match row.place {
                Place::Residual(i, j) => covariates.contains(&i) && covariates.contains(&j),
                Place::Intercept(i) => covariates.contains(&i),
                _ => false,
            };
            if of_covariates {
                row.kind = Kind::Sample;
            } else if let Kind::Free(index, _) = &mut row.kind {
                *index = next;
                next += 1;
            }
        }
        self.n_free = next;
        self
    }

    /// 0 for the moments of the fixed covariates, which are not the model's to explain.
    pub(crate) fn clear_covariates(&self, covariance: &mut DMatrix<f64>, mean: &mut DVector<f64>) {
        for &i in &self.covariates {
            self.covariates.iter().for_each(|&j| covariance[(i, j)] = 0.0);
            mean[i] = 0.0;
        }
    }

    /// The row of a free parameter (the first, where rows share it).
    pub(crate) fn row_of_free(&self, index: usize) -> Option<&Parameter> {
        self.rows.iter().find(|r| matches!(r.kind, Kind::Free(i, _) if i == index))
    }

    /// Observed variables without a row for their (residual) variance.
    pub(crate) fn without_variance(&self) -> Vec<String> {
        let has = |name: &&String| {
            self.rows.iter().any(|r| {
                let is_own = r.op == Operator::Covariance && r.lhs == **name && r.rhs == **name;
                is_own && !matches!(r.kind, Kind::Fixed(0.0))
            })
        };
        self.observed.iter().filter(|name| !has(name)).cloned().collect()
    }

    /// Whether a variable is ordinal.
    pub(crate) fn is_ordinal(&self, observed: usize) -> bool {
        self.thresholds[observed] > 0
    }

    /// Whether any variable is.
    pub(crate) fn has_ordinal(&self) -> bool {
        self.thresholds.iter().any(|k| *k > 0)
    }

    /// Distinct moments that the model explains.
    pub(crate) fn n_moments(&self) -> usize {
        if self.has_ordinal() {
            // thresholds or a mean, slopes, variances, and covariances, given the covariates
            let own = (0..self.observed.len()).filter(|i| !self.covariates.contains(i));
            let each = own.clone().map(|i| if self.is_ordinal(i) { self.thresholds[i] } else { 2 });
            let p = own.count();
            return each.sum::<usize>() + p * self.covariates.len() + p * (p - 1) / 2;
        }
        let count = |p: usize| p * (p + 1) / 2 + if self.has_means { p } else { 0 };
        count(self.observed.len()) - count(self.covariates.len())
    }
}

/// Degrees of freedom: distinct moments of all groups minus free parameters, not counting the moments
/// of fixed covariates.
pub(crate) fn degrees_of_freedom(tables: &[ParameterTable]) -> i64 {
    let moments: usize = tables.iter().map(ParameterTable::n_moments).sum();
    moments as i64 - tables.first().map_or(0, |table| table.n_free as i64)
}

/// The first row of a free parameter, in whatever group.
pub(crate) fn row_of_free(tables: &[ParameterTable], index: usize) -> Option<&Parameter> {
    tables.iter().find_map(|table| table.row_of_free(index))
}

impl Parameter {
    /// As a reader writes it: `visual =~ x2`, `x1 ~1`.
    pub(crate) fn name(&self) -> String {
        match self.op {
            Operator::Intercept => format!("{} ~1", self.lhs),
            op => format!("{} {} {}", self.lhs, op.symbol(), self.rhs),
        }
    }
}
