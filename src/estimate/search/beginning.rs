//! What keeps a search from being begun, and constraints without a value where it ended.

use crate::error::{Error, Result, Warning};
use crate::estimate::constraints::Constraints;
use crate::estimate::estimation::Estimation;
use crate::estimate::observed::Observed;
use crate::estimate::search::setting::Setting;
use crate::estimate::search::starts::{Start, start_values};
use crate::model::{Function, NoValue, ParameterTable, Relation};
use nalgebra::DVector;

/// Parameters up to which a model that has more of them than moments is fitted as far as it goes, to say which cannot be
/// told apart.
const TOLD_APART: usize = 500;

/// Refuses at once what has many parameters, and more of them than moments.
pub(crate) fn refuse_hopeless(tables: &[ParameterTable], df: i64, constraints: &Constraints) -> Result<()> {
    let free = tables.first().map_or(0, |table| table.n_free);
    if df + constraints.equality_count() as i64 >= 0 || free <= TOLD_APART {
        return Ok(());
    }
    Err(Error::MoreParametersThanMoments { free, moments: (free as i64 + df) as usize })
}

/// Defined parameters and constraints that have no value at the solution.
pub(crate) fn without_value(constraints: &Constraints, x: &DVector<f64>) -> Vec<Warning> {
    let told = |(relation, why): (&Relation, NoValue)| Warning::WithoutValue {
        relation: relation.to_string(),
        is_definition: relation.name().is_some(),
        reason: why.to_string(),
    };
    constraints.without_value(x).into_iter().map(told).collect()
}

impl Estimation {
    /// Why no search could be begun.
    pub(crate) fn without_start(&self, setting: &Setting<'_>, observed: &[Observed]) -> Error {
        let start = start_values(setting.tables, observed, Start::PrincipalFactors);
        if let Some((relation, why)) =
            setting.constraints.without_value(&start).into_iter().find(|(r, _)| r.name().is_none())
        {
            return Error::BadModel {
                what: format!("the constraint '{relation}' has no value at the start of the search: {why}"),
                remedy: "Give its parameters start values at which it has one, with start(value)*x.".into(),
            };
        }
        let bare = setting.tables.iter().flat_map(ParameterTable::without_variance).collect::<Vec<_>>();
        if self.specification.function == Function::Lavaan && !bare.is_empty() {
            let named: Vec<String> = bare.iter().take(8).map(|name| format!("'{name}'")).collect();
            return Error::BadModel {
                what: format!(
                    "the model has no (residual) variance of {}{}, so that it leaves them no variation of their own",
                    named.join(", "),
                    if bare.len() > 8 { format!(" and {} more", bare.len() - 8) } else { String::new() }
                ),
                remedy: "The function lavaan adds nothing to the text: take cfa or sem (--fn cfa), have variances \
                         added (--auto-var, with a loading fixed to 1 or --std-lv), or write them, as in 'x1 ~~ x1'."
                    .into(),
            };
        }
        bad_start(setting.tables)
    }
}

pub(crate) fn bad_start(tables: &[ParameterTable]) -> Error {
    let variables = tables.first().map(|table| table.observed.iter().take(8).cloned().collect());
    Error::NotPositiveDefinite {
        matrix: "the covariance matrix that the model implies at its fixed and start values".into(),
        eigenvalue: 0.0,
        variables: variables.unwrap_or_default(),
    }
}
