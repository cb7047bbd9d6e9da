//! The moments that a model implies, and their derivatives by index lists.
//!
//! ```text
//! A = (I - B)^-1,  L = Lambda A,  E = A Psi A',  K = Lambda E
//! Sigma = L Psi L' + Theta = K Lambda' + Theta,      mu = nu + L alpha
//! ```
//!
//! Each parameter moves Sigma by a matrix of rank one or two, c (u v' + v u'), whose u and v are
//! columns of G = [I, L, K]: loading (i, j): e_i and K_j; path (i, j): L_i and K_j; latent covariance
//! (i, j): L_i and L_j; residual covariance (i, j): e_i and e_j; c is 1/2 on a diagonal and 1
//! elsewhere. So gradient and information need no Kronecker product, only elements of G'XG (the idea
//! of Joreskog 1978 and of the RAM index lists of von Oertzen & Brick 2014).
//!
//! The variable behind an ordinal one has the standard deviation 1 / s, with s its scaling factor: a parameter (delta),
//! and then the residual variance is what the model leaves, or what follows from the variance (theta).

use super::Parameterization;
use super::place::Place;
use super::table::{Kind, ParameterTable};
use nalgebra::{DMatrix, DVector};

/// A column of G = [I, L, K].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Unit vector of an observed variable.
    Unit(usize),
    /// Column of L.
    Total(usize),
    /// Column of K.
    Covariance(usize),
}

/// How one element of a matrix moves the implied moments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Direction {
    /// Index of the free parameter that stands in the element.
    pub(crate) free: usize,
    /// The element.
    pub(crate) place: Place,
    /// u and v of the derivative of Sigma, with c; none for an intercept.
    pub(crate) covariance: Option<(usize, usize, f64)>,
    /// Column of G and, where the derivative of mu is that column times an element of A alpha, its index.
    pub(crate) mean: Option<(usize, Option<usize>)>,
}

/// The matrices of a model at a parameter vector, and what they imply. Allocated once per fit.
#[derive(Debug, Clone)]
pub(crate) struct Implied {
    pub(crate) lambda: DMatrix<f64>,
    pub(crate) theta: DMatrix<f64>,
    pub(crate) psi: DMatrix<f64>,
    pub(crate) beta: DMatrix<f64>,
    pub(crate) nu: DVector<f64>,
    pub(crate) alpha: DVector<f64>,
    /// A = (I - B)^-1.
    pub(crate) total: DMatrix<f64>,
    /// L.
    pub(crate) l: DMatrix<f64>,
    /// E, the covariance of eta.
    pub(crate) eta_covariance: DMatrix<f64>,
    /// A alpha, the mean of eta.
    pub(crate) eta_mean: DVector<f64>,
    /// K.
    pub(crate) k: DMatrix<f64>,
    pub(crate) sigma: DMatrix<f64>,
    pub(crate) mu: DVector<f64>,
    pub(crate) directions: Vec<Direction>,
    /// The same for the moments of fixed covariates, which are no parameters.
    pub(crate) sample_directions: Vec<Direction>,
    /// Thresholds of each observed variable; none of a continuous one.
    pub(crate) thresholds: Vec<Vec<f64>>,
    /// Scaling factor of each observed variable; 1 of a continuous one.
    pub(crate) scale: DVector<f64>,
    pub(crate) parameterization: Parameterization,
    /// Residual variances that are what the model leaves, with the observed variable that each belongs to.
    pub(crate) left: Vec<(Direction, usize)>,
    /// The same given the covariates, where this has their moments and the discrepancy does not.
    given: Option<Box<Implied>>,
    has_paths: bool,
}

impl Implied {
    /// Matrices with the fixed values in their places. `sample` gives covariance and mean of the
    /// observed variables, for the fixed covariates.
    pub(crate) fn new(table: &ParameterTable, covariance: &DMatrix<f64>, mean: &DVector<f64>) -> Self {
        let (p, m) = (table.observed.len(), table.eta.len());
        let mut implied = Self {
            lambda: DMatrix::zeros(p, m),
            theta: DMatrix::zeros(p, p),
            psi: DMatrix::zeros(m, m),
            beta: DMatrix::zeros(m, m),
            nu: DVector::zeros(p),
            alpha: DVector::zeros(m),
            total: DMatrix::identity(m, m),
            l: DMatrix::zeros(p, m),
            eta_covariance: DMatrix::zeros(m, m),
            eta_mean: DVector::zeros(m),
            k: DMatrix::zeros(p, m),
            sigma: DMatrix::zeros(p, p),
            mu: DVector::zeros(p),
            directions: Vec::new(),
            sample_directions: Vec::new(),
            thresholds: table.thresholds.iter().map(|k| vec![0.0; *k]).collect(),
            scale: DVector::from_element(p, 1.0),
            parameterization: table.parameterization,
            left: Vec::new(),
            given: None,
            has_paths: false,
        };
        if table.parameterization == Parameterization::Delta {
            for i in (0..p).filter(|&i| table.is_ordinal(i)) {
                let place = match table.promoted.iter().position(|&observed| observed == i) {
                    Some(k) => Place::Latent(table.n_latent + k, table.n_latent + k),
                    None => Place::Residual(i, i),
                };
                let free = table.n_free + implied.left.len();
                implied.left.push((direction(free, place, p, m), i));
            }
        }
        for (i, &observed) in table.promoted.iter().enumerate() {
            implied.lambda[(observed, table.n_latent + i)] = 1.0;
        }
        let observed_of = |eta: usize| table.promoted[eta - table.n_latent];
        for row in &table.rows {
            implied.has_paths |= matches!(row.place, Place::Path(..));
            match row.kind {
                Kind::Fixed(value) => implied.set(row.place, value),
                Kind::Sample => {
                    implied.sample_directions.push(direction(0, row.place, p, m));
                    match row.place {
                        Place::Latent(i, j) => {
                            implied.set(row.place, covariance[(observed_of(i), observed_of(j))]);
                        }
                        Place::LatentMean(i) => implied.set(row.place, mean[observed_of(i)]),
                        Place::Residual(i, j) => implied.set(row.place, covariance[(i, j)]),
                        Place::Intercept(i) => implied.set(row.place, mean[i]),
                        _ => {}
                    }
                }
                Kind::Free(free, _) => implied.directions.push(direction(free, row.place, p, m)),
                Kind::Determined => {}
            }
        }
        implied
    }

    fn set(&mut self, place: Place, value: f64) {
        match place {
            Place::Loading(i, j) => self.lambda[(i, j)] = value,
            Place::Path(i, j) => self.beta[(i, j)] = value,
            Place::Residual(i, j) => {
                self.theta[(i, j)] = value;
                self.theta[(j, i)] = value;
            }
            Place::Latent(i, j) => {
                self.psi[(i, j)] = value;
                self.psi[(j, i)] = value;
            }
            Place::Intercept(i) => self.nu[i] = value,
            Place::LatentMean(i) => self.alpha[i] = value,
            Place::Threshold(i, k) => self.thresholds[i][k] = value,
            Place::Scale(i) => self.scale[i] = value,
        }
    }

    /// The value that stands at a place.
    pub(crate) fn at(&self, place: Place) -> f64 {
        match place {
            Place::Loading(i, j) => self.lambda[(i, j)],
            Place::Path(i, j) => self.beta[(i, j)],
            Place::Residual(i, j) => self.theta[(i, j)],
            Place::Latent(i, j) => self.psi[(i, j)],
            Place::Intercept(i) => self.nu[i],
            Place::LatentMean(i) => self.alpha[i],
            Place::Threshold(i, k) => self.thresholds[i][k],
            Place::Scale(i) => self.scale[i],
        }
    }

    /// Puts `x` into the matrices and computes what they imply; `None` where I - B is singular.
    pub(crate) fn update(&mut self, x: &DVector<f64>) -> Option<()> {
        for index in 0..self.directions.len() {
            let Direction { free, place, .. } = self.directions[index];
            self.set(place, x[free]);
        }
        if self.has_paths {
            let m = self.beta.nrows();
            let system = DMatrix::identity(m, m) - &self.beta;
            self.total = system.try_inverse()?;
            self.l.gemm(1.0, &self.lambda, &self.total, 0.0);
            self.eta_mean.gemv(1.0, &self.total, &self.alpha, 0.0);
        } else {
            self.l.copy_from(&self.lambda);
            self.eta_mean.copy_from(&self.alpha);
        }
        self.leave_latent_residuals()?;
        self.compute_covariances();
        self.mu.copy_from(&self.nu);
        self.mu.gemv(1.0, &self.lambda, &self.eta_mean, 1.0);
        self.leave_residuals();
        Some(())
    }

    /// The same given the covariates.
    pub(crate) fn given(&self) -> &Self {
        self.given.as_deref().unwrap_or(self)
    }

    /// With the moments of the fixed covariates in their places, and the covariances that follow; scaling factors and
    /// residual variances stay.
    pub(crate) fn with_covariates(
        mut self,
        table: &ParameterTable,
        covariance: &DMatrix<f64>,
        mean: &DVector<f64>,
    ) -> Self {
        if table.covariates.is_empty() {
            return self;
        }
        self.given = Some(Box::new(self.clone()));
        let observed_of = |eta: usize| table.promoted[eta - table.n_latent];
        for row in table.rows.iter().filter(|row| row.kind == Kind::Sample) {
            match row.place {
                Place::Latent(i, j) => self.set(row.place, covariance[(observed_of(i), observed_of(j))]),
                Place::LatentMean(i) => self.set(row.place, mean[observed_of(i)]),
                _ => {}
            }
        }
        if self.has_paths {
            self.eta_mean.gemv(1.0, &self.total, &self.alpha, 0.0);
        }
        self.compute_covariances();
        self.mu.copy_from(&self.nu);
        self.mu.gemv(1.0, &self.lambda, &self.eta_mean, 1.0);
        self
    }

    /// E, K and Sigma.
    fn compute_covariances(&mut self) {
        if self.has_paths {
            let half = &self.total * &self.psi;
            self.eta_covariance.gemm(1.0, &half, &self.total.transpose(), 0.0);
        } else {
            self.eta_covariance.copy_from(&self.psi);
        }
        self.k.gemm(1.0, &self.lambda, &self.eta_covariance, 0.0);
        self.sigma.copy_from(&self.theta);
        let (p, m) = self.lambda.shape();
        // Lambda is sparse: add K Lambda' column by column of its non-zero elements
        for j in 0..m {
            for i in 0..p {
                let loading = self.lambda[(i, j)];
                if loading != 0.0 {
                    self.sigma.column_mut(i).axpy(loading, &self.k.column(j), 1.0);
                }
            }
        }
    }

    /// Residual variances of ordinal variables that stand in regressions: those with which the variances are
    /// 1 / s^2, jointly, since one variable's residual is part of another's variance.
    fn leave_latent_residuals(&mut self) -> Option<()> {
        let left: Vec<(usize, usize)> = self
            .left
            .iter()
            .filter_map(|(direction, i)| match direction.place {
                Place::Latent(r, _) => Some((r, *i)),
                _ => None,
            })
            .collect();
        if left.is_empty() {
            return Some(());
        }
        left.iter().for_each(|&(r, _)| self.psi[(r, r)] = 0.0);
        let a = &self.total;
        let others = a * &self.psi * a.transpose();
        let system = DMatrix::from_fn(left.len(), left.len(), |x, y| a[(left[x].0, left[y].0)].powi(2));
        let right = DVector::from_fn(left.len(), |x, _| {
            let (r, i) = left[x];
            self.scale[i].powi(-2) - others[(r, r)]
        });
        let solved = system.lu().solve(&right)?;
        left.iter().zip(solved.iter()).for_each(|(&(r, _), value)| self.psi[(r, r)] = *value);
        Some(())
    }

    /// The other residual variances of ordinal variables; or their scaling factors.
    fn leave_residuals(&mut self) {
        match self.parameterization {
            Parameterization::Delta => {
                for (direction, i) in &self.left {
                    if let Place::Residual(..) = direction.place {
                        let variance = self.scale[*i].powi(-2);
                        self.theta[(*i, *i)] = variance - (self.sigma[(*i, *i)] - self.theta[(*i, *i)]);
                        self.sigma[(*i, *i)] = variance;
                    }
                }
            }
            Parameterization::Theta => {
                for i in (0..self.thresholds.len()).filter(|&i| !self.thresholds[i].is_empty()) {
                    self.scale[i] = self.sigma[(i, i)].powf(-0.5);
                }
            }
        }
    }

    /// Derivatives of what is left by the `q` free parameters, a row for each: from those of
    /// sigma_ii - 1 / s_i^2 = 0.
    pub(crate) fn left_derivatives(&self, q: usize) -> Option<DMatrix<f64>> {
        let count = self.left.len();
        let mut right = DMatrix::zeros(count, q);
        let own = |direction: &Direction, i: usize| -> f64 {
            direction
                .covariance
                .map_or(0.0, |(u, v, c)| 2.0 * c * self.column_at(u, i) * self.column_at(v, i))
        };
        for (row, &(_, i)) in self.left.iter().enumerate() {
            for direction in &self.directions {
                right[(row, direction.free)] -= own(direction, i);
                if direction.place == Place::Scale(i) {
                    right[(row, direction.free)] -= 2.0 * self.scale[i].powi(-3);
                }
            }
        }
        if self.left.iter().all(|(direction, _)| matches!(direction.place, Place::Residual(..))) {
            return Some(right);
        }
        let system = DMatrix::from_fn(count, count, |x, y| own(&self.left[y].0, self.left[x].1));
        system.lu().solve(&right)
    }

    /// Number of columns of G.
    pub(crate) fn width(&self) -> usize {
        self.lambda.nrows() + 2 * self.lambda.ncols()
    }
}

fn direction(free: usize, place: Place, p: usize, m: usize) -> Direction {
    let column = |c: Column| match c {
        Column::Unit(i) => i,
        Column::Total(j) => p + j,
        Column::Covariance(j) => p + m + j,
    };
    let half = |i: usize, j: usize| if i == j { 0.5 } else { 1.0 };
    let (covariance, mean) = match place {
        Place::Loading(i, j) => {
            (Some((Column::Unit(i), Column::Covariance(j), 1.0)), Some((Column::Unit(i), Some(j))))
        }
        Place::Path(i, j) => {
            (Some((Column::Total(i), Column::Covariance(j), 1.0)), Some((Column::Total(i), Some(j))))
        }
        Place::Latent(i, j) => (Some((Column::Total(i), Column::Total(j), half(i, j))), None),
        Place::Residual(i, j) => (Some((Column::Unit(i), Column::Unit(j), half(i, j))), None),
        Place::Intercept(i) => (None, Some((Column::Unit(i), None))),
        Place::LatentMean(i) => (None, Some((Column::Total(i), None))),
        Place::Threshold(..) | Place::Scale(_) => (None, None),
    };
    Direction {
        free,
        place,
        covariance: covariance.map(|(u, v, c)| (column(u), column(v), c)),
        mean: mean.map(|(g, scale)| (column(g), scale)),
    }
}

impl Implied {
    /// Inner product of a column of G with a vector over the observed variables.
    pub(crate) fn column_dot(&self, column: usize, vector: &DVector<f64>) -> f64 {
        let (p, m) = self.lambda.shape();
        if column < p {
            vector[column]
        } else if column < p + m {
            self.l.column(column - p).dot(vector)
        } else {
            self.k.column(column - p - m).dot(vector)
        }
    }

    /// A column of G.
    pub(crate) fn column(&self, column: usize) -> DVector<f64> {
        DVector::from_fn(self.lambda.nrows(), |row, _| self.column_at(column, row))
    }

    /// Element of a column of G.
    pub(crate) fn column_at(&self, column: usize, row: usize) -> f64 {
        let (p, m) = self.lambda.shape();
        if column < p {
            f64::from(u8::from(column == row))
        } else if column < p + m {
            self.l[(row, column - p)]
        } else {
            self.k[(row, column - p - m)]
        }
    }
}
