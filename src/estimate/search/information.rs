//! The information of one respondent about the parameters: half the Hessian of the discrepancy.

use crate::estimate::observed::Problem;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::numeric::arrowhead::Arrowhead;
use crate::numeric::minimise::Objective;
use nalgebra::DMatrix;

impl Problem<'_> {
    /// Its expectation.
    pub(crate) fn expected_information(&self) -> Option<DMatrix<f64>> {
        self.half_hessian(|discrepancy, hessian| discrepancy.expected_hessian(hessian))
    }

    /// As it is.
    pub(crate) fn observed_information(&self) -> Option<DMatrix<f64>> {
        self.half_hessian(|discrepancy, hessian| discrepancy.observed_hessian(hessian))
    }

    fn half_hessian(&self, of: impl FnOnce(&mut Discrepancy<'_>, &mut Arrowhead)) -> Option<DMatrix<f64>> {
        let mut discrepancy = Discrepancy::new(self.tables, self.observed, self.weights);
        discrepancy.value(self.x)?;
        let mut hessian = Arrowhead::default();
        of(&mut discrepancy, &mut hessian);
        hessian.scale(0.5);
        Some(hessian.dense())
    }
}
