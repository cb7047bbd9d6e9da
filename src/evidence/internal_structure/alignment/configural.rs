//! The parameters of one factor in each group when nothing is equal: loadings and intercepts (or thresholds) with a factor
//! of mean 0 and variance 1 in every group.

use crate::error::{Error, Result};
use nalgebra::DMatrix;

/// Loadings and intercepts of one factor by group, from a model with factor mean 0 and variance 1 in each.
///
/// ```
/// use psychometrics::evidence::internal_structure::{Align, GroupParameters};
///
/// // the mean of the second group is .3 higher: intercepts of 2 + .8 x .3, but for the last, which is .5 higher again
/// let loadings = vec![vec![0.8; 4], vec![0.8; 4]];
/// let intercepts = vec![vec![2.0; 4], vec![2.24, 2.24, 2.24, 2.74]];
/// let parameters = GroupParameters::new("care", [("a", 200), ("b", 300)], ["q1", "q2", "q3", "q4"], &loadings, &intercepts)?;
/// let aligned = Align::default().of(&parameters)?;
/// assert_eq!(format!("{:.3}", aligned.means()[1]), "0.303");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct GroupParameters {
    pub(super) factor: String,
    pub(super) groups: Vec<String>,
    pub(super) n: Vec<f64>,
    pub(super) items: Vec<String>,
    /// By group, then item.
    pub(super) loadings: Vec<Vec<f64>>,
    /// By group, then place; thresholds with their sign turned, which makes them intercepts.
    pub(super) intercepts: Vec<Vec<f64>>,
    /// The item of each intercept.
    pub(super) item_of: Vec<usize>,
    /// Whether `intercepts` are thresholds.
    pub(super) are_thresholds: bool,
    /// Covariance matrix of a group's loadings and intercepts, in that order.
    pub(super) covariances: Option<Vec<DMatrix<f64>>>,
    /// Residual variances by group, then item, where they are known.
    pub(super) residuals: Option<Vec<Vec<f64>>>,
}

impl GroupParameters {
    /// Of a factor whose items have an intercept each. `loadings` and `intercepts` hold a row for each group, with a value
    /// for each item.
    ///
    /// # Errors
    /// [`Error::WrongSize`] where lengths differ, [`Error::NotFinite`] for a number that is none, [`Error::TooFewItems`] for
    /// fewer than two items, [`Error::TooFewGroups`] for fewer than two groups, [`Error::DuplicateId`] for a group named
    /// twice.
    pub fn new<S: Into<String>>(
        factor: impl Into<String>,
        groups: impl IntoIterator<Item = (S, usize)>,
        items: impl IntoIterator<Item = S>,
        loadings: &[Vec<f64>],
        intercepts: &[Vec<f64>],
    ) -> Result<Self> {
        let (groups, n) = groups.into_iter().map(|(group, n)| (group.into(), n as f64)).unzip();
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        let item_of = (0..items.len()).collect();
        let found = Self {
            factor: factor.into(),
            groups,
            n,
            items,
            loadings: loadings.to_vec(),
            intercepts: intercepts.to_vec(),
            item_of,
            are_thresholds: false,
            covariances: None,
            residuals: None,
        };
        found.checked()
    }

    /// With residual variances, a row for each group and a value for each item: what a check by simulation draws from.
    ///
    /// # Errors
    /// [`Error::WrongSize`] where lengths differ, [`Error::NotFinite`] for a variance that is not above 0.
    pub fn with_residuals(mut self, residuals: &[Vec<f64>]) -> Result<Self> {
        let (groups, items) = (self.groups.len(), self.items.len());
        let wrong =
            |what: String, found: usize, expected: usize| Err(Error::WrongSize { what, found, expected });
        if residuals.len() != groups {
            return wrong("groups with residual variances".into(), residuals.len(), groups);
        }
        for (group, row) in self.groups.iter().zip(residuals) {
            if row.len() != items {
                return wrong(format!("residual variances of group '{group}'"), row.len(), items);
            }
            if let Some(at) = row.iter().position(|value| !(*value > 0.0 && value.is_finite())) {
                let item = &self.items[at];
                return Err(Error::NotFinite {
                    what: format!("residual variance of '{item}' in group '{group}'"),
                });
            }
        }
        self.residuals = Some(residuals.to_vec());
        Ok(self)
    }

    /// What must hold of parameters from anywhere.
    pub(super) fn checked(self) -> Result<Self> {
        let (groups, items) = (self.groups.len(), self.items.len());
        if groups < 2 {
            return Err(Error::TooFewGroups {
                variable: "groups of an alignment".into(),
                used: self.groups,
                left_out: Vec::new(),
                fewest: 1,
            });
        }
        if items < 2 {
            let what = format!("alignment of '{}'", self.factor);
            return Err(Error::TooFewItems { what, needed: 2, found: items });
        }
        if let Some(twice) = (1..groups).find(|&g| self.groups[..g].contains(&self.groups[g])) {
            let id = self.groups[twice].clone();
            return Err(Error::DuplicateId { kind: "group".into(), id });
        }
        let sizes =
            [("loadings", &self.loadings, items), ("intercepts", &self.intercepts, self.item_of.len())];
        for (what, rows, expected) in sizes {
            if rows.len() != groups {
                return Err(Error::WrongSize {
                    what: format!("groups with {what}"),
                    found: rows.len(),
                    expected: groups,
                });
            }
            for (group, row) in self.groups.iter().zip(rows) {
                if row.len() != expected {
                    let what = format!("{what} of group '{group}'");
                    return Err(Error::WrongSize { what, found: row.len(), expected });
                }
                if let Some(at) = row.iter().position(|x| !x.is_finite()) {
                    let item = &self.items[if what == "loadings" { at } else { self.item_of[at] }];
                    return Err(Error::NotFinite { what: format!("{what} of '{item}' in group '{group}'") });
                }
            }
        }
        Ok(self)
    }
}
