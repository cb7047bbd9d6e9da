//! Two-way tables of an aggregate, as if they had been counted from the rows.

use super::ordinal_tables::OrdinalTables;
use crate::error::{Error, Result};
use crate::moments::Missing;
use crate::moments::aggregate::Aggregate;

impl OrdinalTables {
    /// Of some items in a group (`None`: in all rows).
    ///
    /// # Errors
    /// [`Error::BadAggregate`] without tables, and listwise where answers are missing: the tables are of all rows;
    /// [`Error::NoAnswers`], [`Error::ConstantItem`].
    pub(crate) fn of_aggregate(
        aggregate: &Aggregate,
        group: Option<&str>,
        names: &[&str],
        missing: Missing,
    ) -> Result<Self> {
        aggregate.check_usable()?;
        let plan = &aggregate.plan;
        if !plan.has_tables() {
            return Err(Error::BadAggregate {
                place: "the aggregate".into(),
                problem: "has no two-way tables, which ordinal items need".into(),
                remedy: "Aggregate again with --tables.".into(),
            });
        }
        let places = aggregate.places(names)?;
        let parts = aggregate.parts_of(group)?;
        let rows: u64 = parts.iter().map(|part| part.rows).sum();
        let frequencies = |i: usize| -> Vec<u64> {
            let mut sums = vec![0; plan.items[i].codes.len()];
            for part in &parts {
                sums.iter_mut().zip(&part.items[i].frequencies).for_each(|(sum, own)| *sum += own);
            }
            sums
        };
        let all: Vec<Vec<u64>> = places.iter().map(|&i| frequencies(i)).collect();
        if let (Some(at), true) =
            (all.iter().position(|own| own.iter().sum::<u64>() < rows), missing.is_listwise())
        {
            return Err(Error::BadAggregate {
                place: format!("item '{}'", names[at]),
                problem: format!(
                    "{} of {rows} answers are missing, and two-way tables are of all rows",
                    rows - all[at].iter().sum::<u64>()
                ),
                remedy: "Take each pair by the rows that have both (--missing pairwise).".into(),
            });
        }
        // the codes that occur, and where they stand among those of the plan
        let occurring: Vec<Vec<usize>> =
            all.iter().map(|own| (0..own.len()).filter(|&k| own[k] > 0).collect()).collect();
        let codes: Vec<Vec<(f64, u64)>> = places
            .iter()
            .zip(occurring.iter().zip(&all))
            .map(|(&i, (at, counts))| {
                let keyed = plan.items[i].keyed_codes();
                at.iter().map(|&k| (keyed[k], counts[k])).collect()
            })
            .collect();
        let p = plan.items.len();
        let (mut cells, mut starts) = (Vec::new(), Vec::new());
        for a in 0..names.len() {
            for b in a + 1..names.len() {
                let (i, j) = (places[a].min(places[b]), places[a].max(places[b]));
                let at = i * p - i * (i + 1) / 2 + j - i - 1;
                let width = plan.items[j].codes.len() + 1;
                // a missing answer stands last
                let of = |own: &Vec<usize>, item: usize| -> Vec<usize> {
                    own.iter().copied().chain([plan.items[places[item]].codes.len()]).collect()
                };
                starts.push(cells.len());
                for y in of(&occurring[b], b) {
                    for x in of(&occurring[a], a) {
                        let cell = if places[a] < places[b] { x * width + y } else { y * width + x };
                        cells.push(parts.iter().map(|part| part.tables[at][cell]).sum());
                    }
                }
            }
        }
        let names = names.iter().map(ToString::to_string).collect();
        Ok(Self { names, codes, cells, starts, rows: rows as usize, used: rows as usize })
    }
}
