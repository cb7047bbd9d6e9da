//! Estimates as labelled matrices.

use crate::error::{Error, Result};
use crate::estimate::fit::Fit;
use crate::estimate::standardized::{Standardization, Which};
use crate::model::Place;
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;
use std::collections::BTreeMap;

impl Fit {
    /// Loadings of the observed variables (rows) on the latent ones (columns) of a block, from 1 (a group, or a level of
    /// one): as estimated, or with all variables standardised. 0 where the model has none.
    ///
    /// ```
    /// use psychometrics::{Estimation, Model, data::Dataset};
    ///
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
    /// let fit = Estimation::default().fit(&model, &data)?;
    /// let (raw, standardized) = (fit.loadings(1, false)?, fit.loadings(1, true)?);
    /// assert_eq!((raw.get("x1", "visual"), raw.get("x1", "speed")), (Some(1.0), Some(0.0)));
    /// assert_eq!(format!("{:.3}", standardized.get("x1", "visual").unwrap()), "0.772");
    /// assert_eq!(format!("{:.3}", fit.factor_correlations(1)?.get("visual", "speed").unwrap()), "0.471");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoBlock`] for a block that the model does not have, [`Error::NotFinite`] where a standardised one does not
    /// exist.
    pub fn loadings(&self, block: usize, standardized: bool) -> Result<LabelledMatrix> {
        let at = self.block(block)?;
        let (table, implied) = (&self.internals.tables[at], &self.internals.implied[at]);
        let standard = Standardization::new(table, implied);
        let mut values = vec![vec![0.0; table.n_latent]; table.observed.len()];
        for (index, row) in table.rows.iter().enumerate() {
            if let Place::Loading(i, j) = row.place {
                values[i][j] = match standardized {
                    true => standard.value(index, Which::All).unwrap_or(f64::NAN),
                    false => implied.at(row.place),
                };
            }
        }
        LabelledMatrix::new(table.observed.clone(), table.eta[..table.n_latent].to_vec(), values)
    }

    /// Correlations of the latent variables of a block, from 1, as the model implies them.
    ///
    /// # Errors
    /// [`Error::NoBlock`] for a block that the model does not have, [`Error::NotFinite`] where a latent variable has no
    /// positive variance.
    pub fn factor_correlations(&self, block: usize) -> Result<LabelledMatrix> {
        let at = self.block(block)?;
        let (table, implied) = (&self.internals.tables[at], &self.internals.implied[at]);
        let (m, c) = (table.n_latent, &implied.eta_covariance);
        let matrix = DMatrix::from_fn(m, m, |i, j| c[(i, j)] / (c[(i, i)] * c[(j, j)]).sqrt());
        let values = matrix.row_iter().map(|row| row.iter().copied().collect()).collect();
        let names = table.eta[..m].to_vec();
        LabelledMatrix::new(names.clone(), names, values)
    }

    /// Thresholds of each ordinal variable of a block, from 1, from the lowest on; empty for continuous data.
    ///
    /// # Errors
    /// [`Error::NoBlock`] for a block that the model does not have.
    pub fn thresholds(&self, block: usize) -> Result<BTreeMap<String, Vec<f64>>> {
        let at = self.block(block)?;
        let (table, implied) = (&self.internals.tables[at], &self.internals.implied[at]);
        let ordinal = (0..table.observed.len()).filter(|&i| table.is_ordinal(i));
        Ok(ordinal.map(|i| (table.observed[i].clone(), implied.thresholds[i].to_vec())).collect())
    }

    /// The place of a block that is numbered from 1.
    fn block(&self, block: usize) -> Result<usize> {
        let blocks = self.internals.tables.len();
        match block.checked_sub(1).filter(|at| *at < blocks) {
            Some(at) => Ok(at),
            None => Err(Error::NoBlock { block, blocks }),
        }
    }
}
