//! A model at a point, with what was seen: what standard errors and tests start from.

use crate::estimate::incomplete::full_information::IncompleteGroup;
use crate::estimate::inference::Information;
use crate::estimate::normal::deviations::{At, Cases};
use crate::estimate::observed::Observed;
use crate::estimate::ordinal::variation::Variation;
use crate::estimate::weight::Weight;
use crate::model::Implied;
use crate::model::ParameterTable;
use nalgebra::{DMatrix, DVector};
use std::sync::OnceLock;

/// A model at a point, with the rows of each group (p x n, variables in the table's order).
pub(crate) struct Problem<'a> {
    pub(crate) tables: &'a [ParameterTable],
    pub(crate) observed: &'a [Observed],
    pub(crate) rows: &'a [DMatrix<f64>],
    pub(crate) x: &'a DVector<f64>,
    /// Jacobian of the constraints; no rows without any.
    pub(crate) jacobian: &'a DMatrix<f64>,
    /// The information of Yuan and Bentler's test,
    pub(crate) information: Information,
    /// and whether the observed one leaves out that the moments are curved in the parameters.
    pub(crate) saturated: bool,
    /// Which moments the normal-theory weight is taken at: the model's (lavaan), or the observed ones
    /// (Mplus).
    pub(crate) metric: At,
    /// The weights of least squares; none with maximum likelihood.
    pub(crate) weights: Option<&'a [Weight]>,
    pub(crate) known: Known,
}

/// What errors and tests both need, worked out when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) implied: OnceLock<Option<Vec<Implied>>>,
    pub(crate) first_order: OnceLock<Option<DMatrix<f64>>>,
    pub(crate) saturated: OnceLock<Option<f64>>,
    pub(crate) variation: OnceLock<Option<Variation>>,
}

impl Problem<'_> {
    pub(crate) fn has_full_information(&self) -> bool {
        self.observed.iter().any(|observed| observed.full_information().is_some())
    }

    /// Whether the rows are complete, and here for their clusters or weights only.
    pub(crate) fn is_listwise(&self) -> bool {
        self.observed.iter().filter_map(Observed::full_information).all(IncompleteGroup::is_listwise)
    }

    pub(crate) fn is_two_stage(&self) -> bool {
        self.observed.iter().any(|observed| observed.incomplete.is_some()) && !self.has_full_information()
    }

    pub(crate) fn has_two_levels(&self) -> bool {
        self.observed.iter().any(|observed| observed.two_level.is_some())
    }

    /// What the model implies at the point, by group; none where it does not exist.
    pub(crate) fn implied(&self) -> Option<&[Implied]> {
        let of = || {
            let each = self.tables.iter().zip(self.observed).map(|(table, observed)| {
                let mut implied = observed.implied(table);
                implied.update(self.x)?;
                Some(implied)
            });
            each.collect()
        };
        self.known.implied.get_or_init(of).as_deref()
    }

    /// Something of each group that needs no rows.
    pub(crate) fn each_model<T>(
        &self,
        of: impl Fn(usize, &ParameterTable, &Observed, &Implied) -> Option<T>,
    ) -> Option<Vec<T>> {
        let groups = self.tables.iter().zip(self.observed).zip(self.implied()?).enumerate();
        groups.map(|(group, ((table, observed), implied))| of(group, table, observed, implied)).collect()
    }

    /// Something of each group, with its number and its share.
    pub(crate) fn each<T>(&self, of: impl Fn(&Cases<'_>, usize, f64) -> Option<T>) -> Option<Vec<T>> {
        let n: f64 = self.observed.iter().map(|o| o.n as f64).sum();
        let groups = self.tables.iter().zip(self.observed).zip(self.rows).zip(self.implied()?).enumerate();
        groups
            .map(|(group, (((table, observed), rows), implied))| {
                of(&Cases { table, observed, implied, rows }, group, observed.n as f64 / n)
            })
            .collect()
    }
}
