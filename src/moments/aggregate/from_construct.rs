//! The plan of a construct file: its items with the codes, missing codes and keys of their scales, and the column of the group.

use super::plan::{AggregatePlan, PlannedItem};
use crate::construct::Construct;
use crate::error::{Error, Result};

impl AggregatePlan {
    /// The items of a construct, keyed as it says.
    ///
    /// # Errors
    /// [`Error::BadPlan`] as [`AggregatePlan::new`], and for an item without a scale.
    pub fn of_construct(construct: &Construct) -> Result<Self> {
        let mut items = Vec::with_capacity(construct.items.len());
        for item in &construct.items {
            let Some(scale) = construct.scale_of(item) else {
                return Err(Error::BadPlan {
                    item: item.id.clone(),
                    problem: "has no response scale".into(),
                    remedy: "Name its scale in the construct file.".into(),
                });
            };
            let codes = scale.points.iter().map(|point| point.code as f64).collect();
            let planned = PlannedItem::new(item.id.clone())
                .with_codes(codes)
                .missing(scale.missing.iter().map(|code| *code as f64));
            items.push(if item.reverse { planned.reversed() } else { planned });
        }
        Self::new(items)
    }
}
