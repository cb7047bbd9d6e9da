//! A rotation, as it is asked for and as it is found.

use super::criterion::{Criterion, Target};
use super::gradient_projection::Turning;
use super::near::procrustes;
use super::order::Order;
use super::promax::{PromaxTurn, VARIMAX, promax};
use super::search::{DistinctMinimum, Found, RotationSearch, search};
use crate::error::{Error, Result};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// How factors are turned.
///
/// ```
/// use psychometrics::factor::{Criterion, Rotate};
/// use psychometrics::moments::LabelledMatrix;
///
/// // two factors, turned by 45 degrees: quartimin finds them again
/// let names = |n: &[&str]| n.iter().map(|n| n.to_string()).collect::<Vec<_>>();
/// let c = 0.5f64.sqrt() * 0.8;
/// let rows = vec![vec![c, c], vec![c, c], vec![c, -c], vec![c, -c]];
/// let unrotated = LabelledMatrix::new(names(&["a", "b", "c", "d"]), names(&["F1", "F2"]), rows)?;
/// let rotated = Rotate::new(Criterion::Quartimin).of(&unrotated)?;
/// let largest = rotated.loadings.values[0].iter().fold(0.0f64, |most, l| most.max(l.abs()));
/// assert!((largest - 0.8).abs() < 1e-6);
/// assert!(rotated.search.minimum.unwrap() < 1e-12);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rotate {
    pub(crate) criterion: Criterion,
    pub(crate) orthogonal: bool,
    pub(crate) normalize: Option<bool>,
    pub(crate) starts: usize,
    pub(crate) seed: u64,
    pub(crate) target: Option<Target>,
    pub(crate) epsilon_by_factors: bool,
    /// Loadings of a solution beside which the minimum is looked for, and whose factors are in their order.
    #[serde(skip)]
    near: Option<Vec<Vec<f64>>>,
}

/// Rotated factors.
///
/// ```
/// use psychometrics::factor::{Criterion, Rotate};
/// use psychometrics::moments::LabelledMatrix;
///
/// // four variables of two factors that correlate .5, turned to principal axes
/// let names = |n: &[&str]| n.iter().map(|n| n.to_string()).collect::<Vec<_>>();
/// let (s, d) = (0.8 * 0.75f64.sqrt(), 0.8 * 0.5);
/// let rows = vec![vec![s, d], vec![s, d], vec![s, -d], vec![s, -d]];
/// let unrotated = LabelledMatrix::new(names(&["a", "b", "c", "d"]), names(&["F1", "F2"]), rows)?;
/// let rotated = Rotate::new(Criterion::Quartimin).of(&unrotated)?;
/// assert!((rotated.phi.values[0][1].abs() - 0.5).abs() < 1e-6);
/// assert!(rotated.search.oblique);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rotated {
    /// Variables by factors.
    pub loadings: LabelledMatrix,
    /// Correlations of the factors.
    pub phi: LabelledMatrix,
    /// How the rotation was found.
    pub search: RotationSearch,
    #[serde(skip)]
    pub(crate) pattern: DMatrix<f64>,
    #[serde(skip)]
    pub(crate) correlations: DMatrix<f64>,
    /// T of L = A (T')^-1 (oblique) or A T; none of factors that are not turned.
    #[serde(skip)]
    pub(crate) transformation: Option<DMatrix<f64>>,
    /// Of promax, which is the minimum of no criterion.
    #[serde(skip)]
    pub(crate) promax: Option<PromaxTurn>,
}

impl Rotate {
    /// By a criterion: oblique where it can be, from 100 starts under seed 1.
    pub fn new(criterion: Criterion) -> Self {
        Self {
            criterion,
            orthogonal: false,
            normalize: None,
            starts: 100,
            seed: 1,
            target: None,
            epsilon_by_factors: false,
            near: None,
        }
    }

    /// The minimum that is nearest to these loadings, its factors in their order, in the place of the lowest: from one start.
    #[must_use]
    pub(crate) fn near(mut self, loadings: Vec<Vec<f64>>) -> Self {
        self.near = Some(loadings);
        self
    }

    /// Factors that do not correlate.
    #[must_use]
    pub fn orthogonal(mut self, orthogonal: bool) -> Self {
        self.orthogonal = orthogonal;
        self
    }

    /// Whether rows are scaled to length 1 before (default: only of varimax and promax).
    #[must_use]
    pub fn normalize(mut self, normalize: bool) -> Self {
        self.normalize = Some(normalize);
        self
    }

    /// Random starts (default 100), the unrotated factors being the first.
    #[must_use]
    pub fn starts(mut self, starts: usize) -> Self {
        self.starts = starts;
        self
    }

    /// Seed of the starts (default 1).
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Where the loadings should go, of [`Criterion::Target`].
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    /// Epsilon of geomin by the number of factors, as Mplus has it: 1e-4 for one and two, 1e-3 for three, 1e-2 from four on.
    #[must_use]
    pub fn epsilon_by_factors(mut self, by_factors: bool) -> Self {
        self.epsilon_by_factors = by_factors;
        self
    }

    /// The criterion.
    pub fn criterion(&self) -> Criterion {
        self.criterion
    }

    /// The criterion of so many factors.
    pub(crate) fn criterion_of(&self, k: usize) -> Criterion {
        let own = match self.epsilon_by_factors {
            true => self.criterion.with_epsilon(match k {
                0..=2 => 1e-4,
                3 => 1e-3,
                _ => 1e-2,
            }),
            false => self.criterion,
        };
        // one factor can only be turned around; geomin has a value nevertheless
        match own {
            Criterion::Geomin { .. } => own,
            _ if k == 1 => Criterion::None,
            other => other,
        }
    }

    /// Whether factors may correlate.
    pub fn is_oblique(&self) -> bool {
        !self.orthogonal && !self.criterion.is_orthogonal()
    }

    /// Whether rows are scaled to length 1 before.
    pub fn normalizes(&self) -> bool {
        let usual = matches!(self.criterion, Criterion::Varimax | Criterion::Promax { .. });
        self.normalize.unwrap_or(usual)
    }

    /// Turns unrotated loadings.
    ///
    /// # Errors
    /// [`Error::BadOption`] for constants that make no sense, [`Error::WrongSize`] for a target of another shape,
    /// [`Error::Unsupported`] for a target criterion without a target, promax with orthogonal factors, or a bifactor rotation of
    /// fewer than two factors, [`Error::NoAnswerExists`] where no search ends at a minimum.
    pub fn of(&self, unrotated: &LabelledMatrix) -> Result<Rotated> {
        let (p, k) = (unrotated.rows.len(), unrotated.columns.len());
        let a = DMatrix::from_fn(p, k, |i, j| unrotated.values[i][j]);
        self.of_matrix(&unrotated.rows, &a)
    }

    pub(crate) fn check(&self, p: usize, k: usize) -> Result<Option<DMatrix<f64>>> {
        self.criterion.check()?;
        let refused = |what: &str, instead: &str| {
            Err(Error::Unsupported { what: what.into(), instead: instead.into() })
        };
        if self.starts == 0 {
            let allowed = "at least 1".into();
            return Err(Error::BadOption {
                option: "starts of the rotation".into(),
                value: "0".into(),
                allowed,
            });
        }
        if self.criterion.has_general_factor() && k < 2 {
            let criterion = self.criterion;
            return refused(
                &format!("a {criterion} rotation of one factor"),
                "It has a general factor and at least one other: take two factors or more.",
            );
        }
        if self.orthogonal && matches!(self.criterion, Criterion::Promax { .. }) {
            return refused("an orthogonal promax rotation", "Promax is oblique: use varimax.");
        }
        match (&self.target, self.criterion) {
            (None, Criterion::Target) => refused(
                "a target rotation without a target",
                "Give the loadings that are aimed at, or let the declared keys of the items be the target.",
            ),
            (Some(target), Criterion::Target) => {
                if target.values.len() != p {
                    let what = "rows of the target".into();
                    return Err(Error::WrongSize { what, found: target.values.len(), expected: p });
                }
                if let Some(row) = target.values.iter().position(|row| row.len() != k) {
                    let what = format!("loadings in row {} of the target", row + 1);
                    return Err(Error::WrongSize { what, found: target.values[row].len(), expected: k });
                }
                Ok(Some(DMatrix::from_fn(p, k, |i, j| target.values[i][j].unwrap_or(f64::NAN))))
            }
            _ => Ok(None),
        }
    }

    pub(crate) fn of_matrix(&self, names: &[String], a: &DMatrix<f64>) -> Result<Rotated> {
        let (p, k) = a.shape();
        let target = self.check(p, k)?;
        let criterion = self.criterion_of(k);
        let length = |i: usize| if self.normalizes() { a.row(i).norm().max(1e-300) } else { 1.0 };
        let rows = DMatrix::from_fn(p, k, |i, j| a[(i, j)] / length(i));
        let near = self.near.as_ref().map(|near| DMatrix::from_fn(p, k, |i, j| near[i][j] / length(i)));
        let look = |turning: Turning<'_>| match &near {
            Some(near) => turning.near(&rows, near),
            None => search(turning, &rows, self.starts, self.seed),
        };
        let turning = Turning { criterion, oblique: self.is_oblique(), target: target.as_ref() };
        let (mut pattern, mut phi) = (rows.clone(), DMatrix::identity(k, k));
        let (mut t, mut of_promax) = (None, None);
        let (mut minima, mut failed): (Vec<DistinctMinimum>, usize) = (Vec::new(), 0);
        match (criterion, &near) {
            (Criterion::Promax { power }, _) if k > 1 => {
                let varimax = look(VARIMAX)?.turned.transformation;
                let own = promax(&rows, &varimax, power).ok_or_else(dependent)?;
                pattern = turning.loadings(&rows, &own).ok_or_else(dependent)?;
                phi = own.tr_mul(&own);
                let order = Order { factors: Vec::new(), signs: Vec::new() };
                of_promax = Some(PromaxTurn { varimax, power, order });
                t = Some(own);
            }
            (Criterion::None, Some(near)) => {
                let own = procrustes(&rows, near).ok_or_else(dependent)?;
                pattern = &rows * &own;
                t = Some(own);
            }
            (Criterion::Geomin { epsilon }, _) if k == 1 => {
                let value = rows.norm_squared() + p as f64 * epsilon;
                minima = vec![DistinctMinimum { value, count: self.starts }];
            }
            _ if k > 1 && criterion != Criterion::None => {
                let Found { turned, minima: distinct, failed: without } = look(turning)?;
                if turning.oblique {
                    phi = turned.transformation.tr_mul(&turned.transformation);
                }
                (pattern, minima, failed) = (turned.loadings, distinct, without);
                t = Some(turned.transformation);
            }
            _ => {}
        }
        for i in 0..p {
            pattern.row_mut(i).scale_mut(length(i));
        }
        let order = match &near {
            Some(near) => Order::beside(&pattern, &DMatrix::from_fn(p, k, |i, j| near[(i, j)] * length(i))),
            None => order_of(&pattern, criterion),
        };
        of_promax.iter_mut().for_each(|own| own.order.clone_from(&order));
        pattern = order.columns(&pattern);
        phi = order.columns(&order.columns(&phi).transpose());
        let columns: Vec<String> = (1..=k).map(|j| format!("F{j}")).collect();
        let values = |m: &DMatrix<f64>| m.row_iter().map(|row| row.iter().copied().collect()).collect();
        Ok(Rotated {
            loadings: LabelledMatrix {
                rows: names.to_vec(),
                columns: columns.clone(),
                values: values(&pattern),
            },
            phi: LabelledMatrix { rows: columns.clone(), columns, values: values(&phi) },
            search: RotationSearch {
                minimum: minima.first().map(|minimum| minimum.value),
                starts: if near.is_some() { 1 } else { self.starts },
                reached: minima.first().map_or(0, |minimum| minimum.count),
                failed,
                epsilon: criterion.epsilon(),
                normalize: self.normalizes(),
                oblique: turning.oblique,
                minima,
            },
            transformation: t.map(|t| order.columns(&t)),
            promax: of_promax,
            pattern,
            correlations: phi,
        })
    }
}

fn dependent() -> Error {
    Error::NoAnswerExists {
        what: "rotation".into(),
        why: "its factors are linearly dependent".into(),
        remedy: "Take fewer factors, or another rotation.".into(),
    }
}

/// A target, and the order of principal axes, say which factor is which; others are ordered by what they explain.
fn order_of(pattern: &DMatrix<f64>, criterion: Criterion) -> Order {
    if !matches!(criterion, Criterion::Target | Criterion::None) {
        return Order::of(pattern, criterion.has_general_factor());
    }
    let signs = pattern.column_iter().map(|column| match criterion {
        Criterion::None if column.sum() < 0.0 => -1.0,
        _ => 1.0,
    });
    Order { signs: signs.collect(), factors: (0..pattern.ncols()).collect() }
}
