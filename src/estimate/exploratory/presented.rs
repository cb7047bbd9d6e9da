//! What is shown of a solution with exploratory factors: the tables of the text, at the turned solution.

use super::echelon::Echelon;
use super::rotation::{Rotation, SetRotation};
use crate::error::{Error, Result, Warning};
use crate::estimate::constraints::Constraints;
use crate::estimate::estimation::Estimation;
use crate::estimate::inference::StandardErrors;
use crate::estimate::observed::Observed;
use crate::estimate::options::Bounds;
use crate::estimate::plan::Plan;
use crate::estimate::search::bounds::bounds_of;
use crate::estimate::search::scoring::Solution;
use crate::factor::{Criterion, Rotate};
use crate::model::{Implied, Kind, Model, Operator, ParameterTable, RelationKind};
use crate::numeric::cholesky::symmetrise;
use crate::numeric::product::{product, product_with_transposed};
use nalgebra::DMatrix;

/// What is shown of a solution.
pub(crate) struct Presented {
    pub(crate) tables: Vec<ParameterTable>,
    pub(crate) implied: Vec<Implied>,
    pub(crate) constraints: Constraints,
    pub(crate) solution: Solution,
    pub(crate) held: Vec<(usize, f64)>,
    pub(crate) vcov: Option<DMatrix<f64>>,
    pub(crate) bounds: Vec<(f64, f64)>,
}

impl Estimation {
    /// Refuses what is not done with exploratory factors.
    pub(crate) fn check_turnable(&self, model: &Model, echelon: &Echelon) -> Result<()> {
        let constraining = model.relations.iter().filter(|relation| relation.kind != RelationKind::Defined);
        let turned = |label: &str| {
            let row = echelon
                .tables
                .iter()
                .flat_map(|table| &table.rows)
                .find(|r| r.label.as_deref() == Some(label));
            row.is_some_and(|row| model.set_of(&row.lhs).is_some() || model.set_of(&row.rhs).is_some())
        };
        for relation in constraining {
            let names = relation.left.names().into_iter().chain(relation.right.names());
            if let Some(label) = names.into_iter().find(|name| turned(name)) {
                return Err(Error::Unsupported {
                    what: format!("the constraint '{relation}' on '{label}', a parameter of an efa() block"),
                    instead: "What is turned afterwards cannot be held before: leave the constraint out."
                        .into(),
                });
            }
        }
        Ok(())
    }

    /// The solution with exploratory factors turned.
    pub(crate) fn present(
        &self,
        at: Presented,
        echelon: &Echelon,
        (tables, model): (Vec<ParameterTable>, &Model),
        (observed, plan, converged): (&[Observed], Plan, bool),
        warnings: &mut Vec<Warning>,
    ) -> Result<(Presented, Vec<SetRotation>)> {
        let turned = match echelon.turn(&tables, observed, &self.rotation, &at.solution.x) {
            // where there is no solution, that is what has to be told
            Err(_) if !converged => {
                let none = Rotation::new(Rotate::new(Criterion::None));
                echelon.turn(&tables, observed, &none, &at.solution.x)?
            }
            turned => turned?,
        };
        let q = turned.x.len();
        let implied: Vec<Implied> = tables
            .iter()
            .zip(observed)
            .map(|(table, observed)| {
                let mut implied = observed.implied(table);
                implied.update(&turned.x);
                observed.completed(table, implied)
            })
            .collect();
        let bounds = bounds_of(Bounds::None, &tables, observed);
        let held = held_in(&at, &tables);
        let constraints = Constraints::new(model, &tables, &bounds)?;
        // replicates were turned one by one
        let is_turned = plan.standard_errors == StandardErrors::Bootstrap;
        let vcov = match (&at.vcov, &turned.jacobian) {
            (Some(vcov), _) if is_turned => Some(vcov.clone()),
            (Some(v), Some(j)) => {
                let mut vcov = product_with_transposed(&product(j, v), j);
                symmetrise(&mut vcov);
                Some(vcov)
            }
            _ => None,
        };
        if at.vcov.is_some() && vcov.is_none() {
            let what = "standard errors of the rotated solution".to_string();
            let reason = "the rotation has no derivative: its minimum is flat".into();
            warnings.push(Warning::NotDone { what, reason });
        }
        if vcov.is_some()
            && !is_turned
            && matches!(self.rotation.rotate.criterion(), Criterion::Simplimax { .. })
        {
            let what = "standard errors that allow for other small loadings".to_string();
            let reason = "simplimax holds those that are small in this sample, and others may be so in the next: take the bootstrap";
            warnings.push(Warning::NotDone { what, reason: reason.into() });
        }
        let jacobian = constraints_in(&at, &tables, q);
        let solution = Solution { x: turned.x, jacobian, ..at.solution };
        Ok((Presented { tables, implied, constraints, solution, held, vcov, bounds }, turned.rotations))
    }
}

/// What a bound holds, by the parameters of the text; loadings that one held are turned.
fn held_in(at: &Presented, tables: &[ParameterTable]) -> Vec<(usize, f64)> {
    let mut held = Vec::new();
    for (estimated, shown) in at.tables.iter().zip(tables) {
        for (estimated, shown) in estimated.rows.iter().zip(&shown.rows) {
            if let (Kind::Free(from, _), Kind::Free(to, _)) = (estimated.kind, shown.kind)
                && shown.op != Operator::Loading
                && let Some((_, bound)) = at.held.iter().find(|(free, _)| *free == from)
            {
                held.push((to, *bound));
            }
        }
    }
    held
}

/// The Jacobian of the constraints by the parameters of the text: those of exploratory factors have no part in it.
fn constraints_in(at: &Presented, tables: &[ParameterTable], q: usize) -> DMatrix<f64> {
    let own = &at.solution.jacobian;
    let mut jacobian = DMatrix::zeros(own.nrows(), q);
    for (estimated, shown) in at.tables.iter().zip(tables) {
        for (estimated, shown) in estimated.rows.iter().zip(&shown.rows) {
            if let (Kind::Free(from, _), Kind::Free(to, _)) = (estimated.kind, shown.kind) {
                jacobian.set_column(to, &own.column(from));
            }
        }
    }
    jacobian
}
