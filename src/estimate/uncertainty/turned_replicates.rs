//! Replicates of a model with exploratory factors: each is turned by the criterion, from the solution of the sample, so that its
//! factors are those of the sample in the same order and with the same signs.

use crate::error::Result;
use crate::estimate::constraints::Constraints;
use crate::estimate::exploratory::echelon::Echelon;
use crate::estimate::observed::{Observed, Problem};
use crate::estimate::options::Bounds;
use crate::estimate::search::bounds::bounds_of;
use crate::estimate::search::setting::Setting;
use crate::estimate::uncertainty::bootstrap::{Drawn, Shown, bootstrap};
use crate::estimate::uncertainty::replicates::Bootstrap;
use crate::model::{Model, ParameterTable};
use nalgebra::DVector;

/// What replicates are turned by.
pub(crate) struct TurnedReplicates<'a> {
    pub(crate) echelon: &'a Echelon,
    /// Those of the text.
    pub(crate) tables: &'a [ParameterTable],
    pub(crate) model: &'a Model,
}

impl TurnedReplicates<'_> {
    /// Free parameters of the text.
    pub(crate) fn free(&self) -> usize {
        self.tables.first().map_or(0, |table| table.n_free)
    }

    /// As [`bootstrap`], of the turned solution.
    pub(crate) fn bootstrap(
        &self,
        setting: &Setting<'_>,
        problem: &Problem<'_>,
        drawn: Drawn,
    ) -> Result<Bootstrap> {
        let Self { echelon, tables, model } = *self;
        let rotation = &setting.estimation.rotation;
        let turned = echelon.turn(tables, problem.observed, rotation, problem.x)?;
        let constraints =
            Constraints::new(model, tables, &bounds_of(Bounds::None, tables, problem.observed))?;
        let beside = rotation.clone().beside(&turned.rotations);
        let turn = |observed: &[Observed], x: &DVector<f64>| echelon.turned(tables, observed, &beside, x);
        let shown = Shown {
            constraints: &constraints,
            at: &turned.x,
            jacobian: turned.jacobian.as_ref(),
            turn: &turn,
        };
        bootstrap(setting, problem, drawn, Some(&shown))
    }
}
