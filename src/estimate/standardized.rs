//! The standardised solution and its standard errors by the delta method.
//!
//! A standardised value is the estimate times powers of variances:
//!
//! ```text
//! loading  f =~ y   l sqrt(E_ff / Sigma_yy)         regression  y ~ x   b sqrt(V_xx / V_yy)
//! variance y ~~ y   t / V_yy                        covariance  y ~~ z  t / sqrt(|t_yy t_zz|)
//! intercept y ~1    n / sqrt(V_yy)
//! ```
//!
//! V is Sigma for observed and E for latent variables. `std.lv` uses the variances of latent variables
//! only. The standard error is sqrt(J V J') with J the analytic derivative, the variances' own
//! dependence on the parameters included (Bollen 1989, p. 349; Oehlert 1992 for the delta method).

use crate::model::{Direction, Implied, Kind, Parameter, ParameterTable, Place};
use nalgebra::{DMatrix, DVector};

/// A variance that standardises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Variance {
    /// Of an observed variable, implied by the model.
    Observed(usize),
    /// Of a latent variable, implied by the model.
    Latent(usize),
    /// A (residual) variance parameter, in absolute value.
    Parameter(Place),
}

/// How one row is standardised: the exponents of the variances in the factor.
type Factor = Vec<(Variance, f64)>;

/// Standardises the rows of a table at a solution.
#[derive(Debug)]
pub(crate) struct Standardization<'a> {
    table: &'a ParameterTable,
    implied: &'a Implied,
}

/// Which variables are standardised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Latent,
    All,
    /// All but fixed covariates.
    AllButCovariates,
}

impl<'a> Standardization<'a> {
    pub(crate) fn new(table: &'a ParameterTable, implied: &'a Implied) -> Self {
        Self { table, implied }
    }

    /// `std.lv` of a row; none where a variance is not positive.
    pub(crate) fn latent(&self, row: usize) -> Option<f64> {
        self.value(row, Which::Latent)
    }

    /// `std.all` of a row; none where a variance is not positive.
    pub(crate) fn all(&self, row: usize) -> Option<f64> {
        self.value(row, Which::All)
    }

    pub(crate) fn value(&self, row: usize, which: Which) -> Option<f64> {
        let parameter = &self.table.rows[row];
        if let (Place::Scale(_), Which::All | Which::AllButCovariates) = (parameter.place, which) {
            return Some(1.0);
        }
        self.multiplier(&self.factor(parameter, which)).map(|m| m * self.implied.at(parameter.place))
    }

    /// The directions of the free parameters, then those of residual variances that are what the model leaves.
    fn directions(&self) -> impl Iterator<Item = &Direction> {
        self.implied.directions.iter().chain(self.implied.left.iter().map(|(direction, _)| direction))
    }

    /// What standardises a row.
    pub(crate) fn scale(&self, row: usize, which: Which) -> Option<f64> {
        self.multiplier(&self.factor(&self.table.rows[row], which))
    }

    /// Whether `which` standardises an observed variable.
    fn standardizes(&self, observed: usize, which: Which) -> bool {
        match which {
            Which::Latent => false,
            Which::All => true,
            Which::AllButCovariates => !self.table.covariates.contains(&observed),
        }
    }

    fn multiplier(&self, factor: &Factor) -> Option<f64> {
        let mut product = 1.0;
        for &(variance, exponent) in factor {
            let v = self.variance(variance);
            if !(v > 0.0) {
                return None;
            }
            product *= v.powf(exponent);
        }
        Some(product)
    }

    fn variance(&self, variance: Variance) -> f64 {
        match variance {
            Variance::Observed(i) => self.implied.sigma[(i, i)],
            Variance::Latent(j) => self.implied.eta_covariance[(j, j)],
            Variance::Parameter(place) => self.implied.at(place).abs(),
        }
    }

    /// The variance of a member of eta, when `which` standardises it.
    fn of_eta(&self, j: usize, which: Which) -> Option<Variance> {
        match j.checked_sub(self.table.n_latent) {
            None => Some(Variance::Latent(j)),
            Some(k) => {
                let i = self.table.promoted[k];
                self.standardizes(i, which).then_some(Variance::Observed(i))
            }
        }
    }

    fn factor(&self, parameter: &Parameter, which: Which) -> Factor {
        let observed = |i: usize| self.standardizes(i, which).then_some(Variance::Observed(i));
        let is_latent = |j: usize| match j.checked_sub(self.table.n_latent) {
            None => true,
            Some(k) => self.standardizes(self.table.promoted[k], which),
        };
        let parts: Vec<(Option<Variance>, f64)> = match parameter.place {
            Place::Loading(i, j) => vec![(self.of_eta(j, which), 0.5), (observed(i), -0.5)],
            Place::Path(i, j) => vec![(self.of_eta(j, which), 0.5), (self.of_eta(i, which), -0.5)],
            Place::Residual(i, j) if i == j => vec![(observed(i), -1.0)],
            Place::Latent(i, j) if i == j => vec![(self.of_eta(i, which), -1.0)],
            Place::Residual(i, j) => {
                let part =
                    |i| self.standardizes(i, which).then_some(Variance::Parameter(Place::Residual(i, i)));
                vec![(part(i), -0.5), (part(j), -0.5)]
            }
            Place::Latent(i, j) => {
                let part = |i| is_latent(i).then_some(Variance::Parameter(Place::Latent(i, i)));
                vec![(part(i), -0.5), (part(j), -0.5)]
            }
            Place::Intercept(i) | Place::Threshold(i, _) => vec![(observed(i), -0.5)],
            // 1 once the variable is standardised: see `value`
            Place::Scale(_) => Vec::new(),
            Place::LatentMean(j) => vec![(self.of_eta(j, which), -0.5)],
        };
        parts.into_iter().filter_map(|(v, e)| v.map(|v| (v, e))).collect()
    }

    /// Standard error of a standardised row, given the covariance matrix of the free parameters.
    pub(crate) fn standard_error(&self, row: usize, which: Which, vcov: &DMatrix<f64>) -> Option<f64> {
        let (_, jacobian) = self.gradient(row, which, vcov.nrows())?;
        // few parameters move one value
        let moved: Vec<(usize, f64)> =
            jacobian.iter().copied().enumerate().filter(|(_, d)| *d != 0.0).collect();
        let of = |&(i, a): &(usize, f64)| moved.iter().map(|(j, b)| a * b * vcov[(i, *j)]).sum::<f64>();
        let variance = moved.iter().map(of).sum::<f64>();
        // a value that the standardisation itself fixes (a variance of 1) has no error but rounding
        Some(if variance <= 1e-20 { 0.0 } else { variance.sqrt() })
    }

    /// A standardised value and its derivatives with respect to the `q` free parameters.
    pub(crate) fn gradient(&self, row: usize, which: Which, q: usize) -> Option<(f64, DVector<f64>)> {
        let parameter = &self.table.rows[row];
        if let (Place::Scale(_), Which::All | Which::AllButCovariates) = (parameter.place, which) {
            return Some((1.0, DVector::zeros(q)));
        }
        let factor = self.factor(parameter, which);
        let multiplier = self.multiplier(&factor)?;
        let value = multiplier * self.implied.at(parameter.place);
        let left = self.implied.left.len();
        let mut jacobian = DVector::zeros(q + left);
        match parameter.kind {
            Kind::Free(free, _) => jacobian[free] += multiplier,
            Kind::Determined => {
                let own = self.implied.left.iter().filter(|(d, _)| d.place == parameter.place);
                own.for_each(|(direction, _)| jacobian[direction.free] += multiplier);
            }
            Kind::Fixed(_) | Kind::Sample => {}
        }
        for (variance, exponent) in factor {
            // d(v^e)/v^e = e dv / v
            self.add_derivative(variance, exponent * value / self.variance(variance), &mut jacobian);
        }
        let moved = jacobian.rows(q, left).into_owned();
        let mut jacobian = jacobian.rows(0, q).into_owned();
        if moved.iter().any(|d| *d != 0.0) {
            jacobian += self.implied.given().left_derivatives(q)?.tr_mul(&moved);
        }
        Some((value, jacobian))
    }

    /// Adds `weight` times the derivative of a variance with respect to the free parameters.
    fn add_derivative(&self, variance: Variance, weight: f64, jacobian: &mut DVector<f64>) {
        let implied = self.implied;
        match variance {
            Variance::Observed(i) => {
                for direction in self.directions() {
                    if let Some((u, v, c)) = direction.covariance {
                        let derivative = 2.0 * c * implied.column_at(u, i) * implied.column_at(v, i);
                        jacobian[direction.free] += weight * derivative;
                    }
                }
            }
            Variance::Latent(j) => {
                for direction in self.directions() {
                    let derivative = match direction.place {
                        Place::Latent(a, b) => {
                            let c = if a == b { 1.0 } else { 2.0 };
                            c * implied.total[(j, a)] * implied.total[(j, b)]
                        }
                        Place::Path(a, b) => 2.0 * implied.total[(j, a)] * implied.eta_covariance[(b, j)],
                        _ => continue,
                    };
                    jacobian[direction.free] += weight * derivative;
                }
            }
            Variance::Parameter(place) => {
                for direction in self.directions().filter(|d| d.place == place) {
                    jacobian[direction.free] += weight * implied.at(place).signum();
                }
            }
        }
    }
}
