//! The parameter tables of all blocks of a model: one for each group, or two where it has levels.

use super::draft::Draft;
use super::numbering::Numbering;
use super::specification::{Function, LatentCovariances, Specification};
use super::table::ParameterTable;
use super::{Model, Operator};
use crate::error::{Error, Result};
use std::collections::HashSet;

impl ParameterTable {
    /// One table per group; free parameters are numbered through all of them.
    pub(crate) fn of_groups(
        model: &Model,
        specification: &Specification,
        groups: usize,
    ) -> Result<Vec<Self>> {
        if let Some(formula) = model.formulas.iter().find(|f| f.block.level.is_some()) {
            return Err(Error::Unsupported {
                what: format!("a model of two levels ('{formula}' stands in a level block) without clusters"),
                instead: "Name the variable that tells the clusters, and give the data themselves.".into(),
            });
        }
        let is_ordinal = |name: &String| specification.ordinal.contains_key(name);
        if let Some(formula) = model
            .formulas
            .iter()
            .find(|f| matches!(f.op, Operator::Threshold | Operator::Scale) && !is_ordinal(&f.lhs))
        {
            return Err(Error::Unsupported {
                what: format!("'{formula}' with variables that are not ordered"),
                instead: "Thresholds and scaling factors belong to ordered variables: leave them out.".into(),
            });
        }
        model.check_vectors(groups)?;
        let mut drafts = Vec::with_capacity(groups);
        for group in 0..groups {
            let own = model.of_group(group)?;
            refuse_hopeless(&own, specification)?;
            drafts.push(Draft::new(&own, specification, group, groups));
        }
        let mut numbering = Numbering::new(&mut drafts)?;
        let mut tables: Vec<Self> = Vec::with_capacity(groups);
        for draft in drafts {
            let table = numbering.table(draft, tables.first())?;
            tables.push(table);
        }
        tables.iter_mut().for_each(|table| table.n_free = numbering.n_free);
        Ok(tables)
    }

    /// Two tables per group, within and between clusters; the levels of the model must be numbered. Variables of both
    /// levels have their means on the second.
    pub(crate) fn of_levels(
        model: &Model,
        specification: &Specification,
        groups: usize,
    ) -> Result<Vec<Self>> {
        if let Some(formula) =
            model.formulas.iter().find(|f| matches!(f.op, Operator::Threshold | Operator::Scale))
        {
            return Err(Error::Unsupported {
                what: format!("'{formula}' in a model of two levels"),
                instead: "Treat the answers as continuous.".into(),
            });
        }
        model.check_vectors(groups)?;
        let mut drafts = Vec::with_capacity(2 * groups);
        for group in 0..groups {
            let own = model.of_group(group)?;
            let levels = [own.of_level(0), own.of_level(1)];
            if let Some(empty) = levels.iter().position(|level| level.formulas.is_empty()) {
                return Err(Error::BadModel {
                    what: format!("group {} has no formulas on level {}", group + 1, empty + 1),
                    remedy: "Give both levels of each group.".into(),
                });
            }
            let between = levels[1].observed_names();
            for (level, own) in levels.iter().enumerate() {
                refuse_hopeless(own, specification)?;
                let mut draft = Draft::with_means(own, specification, group, true);
                if level == 0 {
                    draft.centre(&between);
                }
                draft.level = level;
                drafts.push(draft);
            }
        }
        let mut numbering = Numbering::new(&mut drafts)?;
        let mut tables: Vec<Self> = Vec::with_capacity(2 * groups);
        for draft in drafts {
            let (group, level) = (draft.group, draft.level);
            let first = tables.get(level).filter(|_| group > 0);
            let table = numbering.table(draft, first)?;
            tables.push(Self { level: level + 1, ..table });
        }
        tables.iter_mut().for_each(|table| table.n_free = numbering.n_free);
        Ok(tables)
    }
}

/// Covariances among factors that are added without asking how many moments there are.
const FEW: usize = 10_000;

/// Refuses more covariances of factors than there are moments before they are added, where they are very many.
fn refuse_hopeless(model: &Model, specification: &Specification) -> Result<()> {
    let of = |op: Operator| model.formulas.iter().filter(move |f| f.op == op);
    let explained: HashSet<&str> = (of(Operator::Regression).map(|f| f.lhs.as_str()))
        .chain(of(Operator::Loading).map(|f| f.rhs.as_str()))
        .collect();
    let factors = model.latent_names().iter().filter(|name| !explained.contains(name.as_str())).count();
    let covariances = (factors * factors.saturating_sub(1) / 2).saturating_sub(model.formulas.len());
    if covariances <= FEW || specification.latent_covariances == LatentCovariances::Orthogonal {
        return Ok(());
    }
    let p = model.observed_names().len();
    let moments = p * (p + 3) / 2;
    let added = specification.automatic.exogenous_covariances;
    if covariances > moments && added.unwrap_or(specification.function != Function::Lavaan) {
        return Err(Error::MoreParametersThanMoments { free: covariances, moments });
    }
    Ok(())
}
