//! The plan of a construct file: its items with the codes, missing codes and keys of their scales, and the column of the group.

use super::plan::{AggregatePlan, PlannedItem};
use crate::construct::{ColumnRef, Construct};
use crate::error::{Error, Result};

impl AggregatePlan {
    /// The items of a construct, keyed as it says: with the columns of their answers, the codes of their scales (of a continuous one
    /// the range), and the codes of scale and data that mean "no answer".
    ///
    /// # Errors
    /// [`Error::BadPlan`] as [`AggregatePlan::new`], for an item without a scale, and for one that names its column by position.
    pub fn of_construct(construct: &Construct) -> Result<Self> {
        let bad = |item: &str, problem: &str, remedy: &str| {
            Err(Error::BadPlan { item: item.into(), problem: problem.into(), remedy: remedy.into() })
        };
        let of_data = construct.data.iter().flat_map(|data| &data.missing_codes);
        // a column of numbers holds no other codes
        let of_data: Vec<f64> = of_data.filter_map(|code| code.trim().parse().ok()).collect();
        let mut items = Vec::with_capacity(construct.items.len());
        for item in &construct.items {
            let Some(scale) = construct.scale_of(item) else {
                return bad(&item.id, "has no response scale", "Name its scale in the construct file.");
            };
            let mut planned = PlannedItem::new(item.id.clone());
            planned = match scale.continuous {
                Some(_) => {
                    let (low, high) = scale.bounds();
                    planned.ranging(low, high)
                }
                None => planned.with_codes(scale.points.iter().map(|point| point.code.value()).collect()),
            };
            planned = match &item.column {
                None => planned,
                Some(ColumnRef::Named(name)) => planned.in_column(name),
                Some(ColumnRef::Position(_)) => {
                    let remedy = "Write its name in the table: column = \"...\".";
                    return bad(
                        &item.id,
                        "names its column by position, which a table does not have",
                        remedy,
                    );
                }
            };
            let mut missing: Vec<f64> = scale.missing.iter().map(|code| code.value()).collect();
            missing.extend(of_data.iter().filter(|code| !missing.contains(code)).collect::<Vec<_>>());
            planned = planned.missing(missing);
            items.push(if item.reverse { planned.reversed() } else { planned });
        }
        Self::new(items)
    }
}
