//! The form in which exploratory factors are estimated.
//!
//! K factors with free loadings on the same items can be turned without a change of fit. In the form that is estimated they are
//! uncorrelated with variance 1, and K(K - 1)/2 loadings are 0: those of K pivot items make a lower triangle (Jöreskog 1969).
//! Every solution has such a form whatever the pivots; they are chosen, from the factors of the observed correlations, to be as
//! independent as they can be, so that the form is well determined.

use crate::error::{Error, Result};
use crate::estimate::observed::Observed;
use crate::factor::{CorrelationMatrix, Extraction, extract, most_factors};
use crate::model::{Kind, Operator, Parameter, ParameterTable, Place};
use crate::moments::LabelledMatrix;
use nalgebra::DMatrix;

/// Loadings of a set in the blocks that share them.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) set: String,
    /// Factors, as places in eta.
    pub(crate) factors: Vec<usize>,
    /// Blocks that share these loadings; the first is the one whose factors have variance 1.
    pub(crate) blocks: Vec<usize>,
    /// Items in the order of the text, with the places of their loadings (items by factors).
    pub(crate) items: Vec<String>,
    pub(crate) places: Vec<Vec<Place>>,
}

/// Tables in the form that is estimated, and what was turned into it.
#[derive(Debug, Clone)]
pub(crate) struct Echelon {
    pub(crate) tables: Vec<ParameterTable>,
    pub(crate) turns: Vec<Turn>,
    /// Free parameters that were taken out.
    pub(crate) removed: usize,
}

/// The rows of the loadings of a factor, in the order of the table.
fn loadings_of(table: &ParameterTable, factor: usize) -> Vec<&Parameter> {
    let name = &table.eta[factor];
    table.rows.iter().filter(|row| row.op == Operator::Loading && row.lhs == *name).collect()
}

impl Echelon {
    /// Of tables with exploratory sets; none where there are none.
    ///
    /// # Errors
    /// [`Error::TooManyFactors`] for more factors than the items of a set allow, [`Error::Unsupported`] for groups that share only
    /// some of a set's loadings.
    pub(crate) fn of(tables: &[ParameterTable], observed: &[Observed]) -> Result<Option<Self>> {
        if tables.iter().all(|table| table.exploratory.is_empty()) {
            return Ok(None);
        }
        let turns = turns_of(tables)?;
        let mut own = tables.to_vec();
        let q = tables.first().map_or(0, |table| table.n_free);
        let mut zero = vec![false; q];
        for turn in &turns {
            let first = turn.blocks[0];
            let table = &tables[first];
            // uncorrelated in the first block
            for row in &table.rows {
                if let (Place::Latent(i, j), Kind::Free(free, _)) = (row.place, row.kind)
                    && i != j
                    && turn.factors.contains(&i)
                    && turn.factors.contains(&j)
                {
                    zero[free] = true;
                }
            }
            let (start, pivots) = turn.start(table, &observed[first]);
            for (a, places) in turn.places.iter().enumerate() {
                for (k, place) in places.iter().enumerate() {
                    let is_zero = pivots.iter().position(|pivot| *pivot == a).is_some_and(|at| k > at);
                    for row in own[first].rows.iter_mut().filter(|row| row.place == *place) {
                        if let Kind::Free(free, _) = row.kind {
                            zero[free] |= is_zero;
                            row.kind = Kind::Free(free, Some(start.loadings[(a, k)]));
                        }
                    }
                }
            }
            for (a, item) in turn.items.iter().enumerate() {
                for row in own[first].rows.iter_mut() {
                    if row.op == Operator::Covariance
                        && row.lhs == *item
                        && row.rhs == *item
                        && let Kind::Free(free, None) = row.kind
                        && let Some(unique) = start.unique[a]
                    {
                        row.kind = Kind::Free(free, Some(unique));
                    }
                }
            }
        }
        let removed = zero.iter().filter(|zero| **zero).count();
        let mut number = 0;
        let numbers: Vec<usize> = zero
            .iter()
            .map(|zero| {
                number += usize::from(!zero);
                number.wrapping_sub(1)
            })
            .collect();
        for table in &mut own {
            table.n_free = q - removed;
            for row in &mut table.rows {
                if let Kind::Free(free, start) = row.kind {
                    row.kind = if zero[free] { Kind::Fixed(0.0) } else { Kind::Free(numbers[free], start) };
                }
            }
        }
        Ok(Some(Self { tables: own, turns, removed }))
    }
}

/// The sets of all blocks; blocks that share the loadings of a set are turned as one.
fn turns_of(tables: &[ParameterTable]) -> Result<Vec<Turn>> {
    let mut turns: Vec<(Turn, Vec<Kind>)> = Vec::new();
    for (block, table) in tables.iter().enumerate() {
        for set in &table.exploratory {
            let columns: Vec<Vec<&Parameter>> =
                set.factors.iter().map(|&factor| loadings_of(table, factor)).collect();
            let items: Vec<String> = columns[0].iter().map(|row| row.rhs.clone()).collect();
            let of = |item: &String, column: &Vec<&Parameter>| -> Option<(Place, Kind)> {
                column.iter().find(|row| row.rhs == *item).map(|row| (row.place, row.kind))
            };
            let (p, k) = (items.len(), columns.len());
            if k > most_factors(p).max(1) || p < 2 {
                return Err(Error::TooManyFactors { factors: k, variables: p, most: most_factors(p) });
            }
            let cells: Option<Vec<Vec<(Place, Kind)>>> =
                items.iter().map(|item| columns.iter().map(|column| of(item, column)).collect()).collect();
            let Some(cells) = cells else { continue };
            let numbers: Vec<Kind> = cells.iter().flatten().map(|(_, kind)| number(*kind)).collect();
            let shared = |other: &Vec<Kind>| numbers.iter().zip(other).filter(|(a, b)| a == b).count();
            match turns.iter_mut().find(|(turn, other)| turn.set == set.name && shared(other) > 0) {
                Some((turn, other)) if shared(other) == numbers.len() => turn.blocks.push(block),
                Some(_) => {
                    return Err(Error::Unsupported {
                        what: format!(
                            "the efa() block '{}' with some of its loadings equal in groups",
                            set.name
                        ),
                        instead: "Hold all loadings of the block equal, or none.".into(),
                    });
                }
                None => turns.push((
                    Turn {
                        set: set.name.clone(),
                        factors: set.factors.clone(),
                        blocks: vec![block],
                        items,
                        places: cells
                            .iter()
                            .map(|row| row.iter().map(|(place, _)| *place).collect())
                            .collect(),
                    },
                    numbers,
                )),
            }
        }
    }
    Ok(turns.into_iter().map(|(turn, _)| turn).collect())
}

/// A kind without its start value.
fn number(kind: Kind) -> Kind {
    match kind {
        Kind::Free(free, _) => Kind::Free(free, None),
        other => other,
    }
}

/// Where a set starts, in the units of the model.
struct Beginning {
    loadings: DMatrix<f64>,
    unique: Vec<Option<f64>>,
}

impl Turn {
    /// Loadings of the observed correlations, with zeros above the diagonal of the pivot items, and these items.
    fn start(&self, table: &ParameterTable, observed: &Observed) -> (Beginning, Vec<usize>) {
        let (p, k) = (self.items.len(), self.factors.len());
        let at: Vec<usize> = (self.items.iter())
            .filter_map(|item| table.observed.iter().position(|name| name == item))
            .collect();
        let fallback = || DMatrix::from_fn(p, k, |i, j| if i % k == j { 0.7 } else { 0.1 });
        if at.len() != p {
            // factors of factors: nothing is observed
            let a = fallback();
            let (loadings, pivots) = echelon(&a);
            return (Beginning { loadings, unique: vec![None; p] }, pivots);
        }
        let s = &observed.covariance;
        let sd: Vec<f64> = at.iter().map(|&i| s[(i, i)].max(f64::MIN_POSITIVE).sqrt()).collect();
        let r = DMatrix::from_fn(p, p, |i, j| {
            let r = s[(at[i], at[j])] / (sd[i] * sd[j]);
            if i == j { 1.0 } else { r.clamp(-0.999, 0.999) }
        });
        let matrix = CorrelationMatrix::of(&LabelledMatrix::square(&self.items, &r));
        let found = matrix.and_then(|matrix| extract(&matrix, k, Extraction::Minres));
        let a = found.map_or_else(|_| fallback(), |found| found.matrix().clone());
        let (mut loadings, pivots) = echelon(&a);
        let mut unique = Vec::with_capacity(p);
        for i in 0..p {
            let left = (1.0 - a.row(i).norm_squared()).max(0.05);
            let is_theta = table.parameterization == crate::model::Parameterization::Theta;
            let unit = if is_theta && table.is_ordinal(at[i]) { 1.0 / left.sqrt() } else { sd[i] };
            loadings.row_mut(i).scale_mut(unit);
            unique.push((!table.is_ordinal(at[i])).then_some(left * sd[i] * sd[i]));
        }
        (Beginning { loadings, unique }, pivots)
    }
}

/// A with columns turned so that the rows of K pivots make a lower triangle, and the pivots: at each step the row that is
/// farthest from those before.
fn echelon(a: &DMatrix<f64>) -> (DMatrix<f64>, Vec<usize>) {
    let (p, k) = a.shape();
    let mut rest = a.clone();
    let mut pivots: Vec<usize> = Vec::with_capacity(k);
    for _ in 0..k {
        let free = (0..p).filter(|i| !pivots.contains(i));
        let Some(next) = free.max_by(|x, y| rest.row(*x).norm().total_cmp(&rest.row(*y).norm())) else {
            break;
        };
        pivots.push(next);
        let direction = rest.row(next).into_owned();
        let norm = direction.norm_squared();
        if norm > 0.0 {
            for i in 0..p {
                let along = rest.row(i).dot(&direction) / norm;
                let moved = rest.row(i) - along * &direction;
                rest.row_mut(i).copy_from(&moved);
            }
        }
    }
    let q = a.select_rows(&pivots).transpose().qr().q();
    let mut turned = a * q;
    for (at, &pivot) in pivots.iter().enumerate() {
        (at + 1..k).for_each(|j| turned[(pivot, j)] = 0.0);
    }
    (turned, pivots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echelon_form_is_a_rotation_with_zeros_above_the_pivots() {
        let a = DMatrix::from_fn(7, 3, |i, j| ((i * 3 + j * 5) % 7) as f64 / 7.0 - 0.3);
        let (turned, pivots) = echelon(&a);
        assert!((&turned * turned.transpose() - &a * a.transpose()).amax() < 1e-12);
        for (at, pivot) in pivots.iter().enumerate() {
            assert!((at + 1..3).all(|j| turned[(*pivot, j)] == 0.0));
        }
    }
}
