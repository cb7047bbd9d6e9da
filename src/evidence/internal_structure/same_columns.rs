//! Columns of a table that hold the same answers, in a time that grows hardly faster than their number.
//!
//! Columns that are the same have the same product with any list of weights: sorted by such products (with random
//! weights), a column needs to be compared with its neighbours only.

use crate::numeric::random::stream;
use rand::RngExt;

/// Of each column that equals an earlier one, that first one and the column, in the order of the columns: equal when
/// `same` says so, which may allow differences up to `reach(column)` in Euclidean length.
pub(super) fn same_columns(
    rows: &[&[f64]],
    columns: usize,
    reach: impl Fn(usize) -> f64,
    same: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut random = stream(0, 0);
    let weights: Vec<f64> = rows.iter().map(|_| random.random_range(0.5..1.5)).collect();
    let length = weights.iter().map(|w| w * w).sum::<f64>().sqrt();
    let mut products = vec![0.0_f64; columns];
    for (row, weight) in rows.iter().zip(&weights) {
        products.iter_mut().zip(*row).for_each(|(sum, x)| *sum += weight * x);
    }
    let mut order: Vec<usize> = (0..columns).collect();
    order.sort_by(|&i, &j| products[i].total_cmp(&products[j]).then(i.cmp(&j)));
    // the kinds of column that the next one may still belong to: the one compared with, and all of that kind
    let mut near: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut found = Vec::new();
    let mut close = |kind: &mut Vec<usize>| {
        kind.sort_unstable();
        found.extend(kind[1..].iter().map(|&column| (kind[0], column)));
    };
    for &column in &order {
        near.retain_mut(|(own, kind)| {
            let stays = products[column] - products[*own] <= length * reach(*own);
            if !stays {
                close(kind);
            }
            stays
        });
        match near.iter_mut().find(|(own, _)| same(*own, column)) {
            Some((_, kind)) => kind.push(column),
            None => near.push((column, vec![column])),
        }
    }
    near.iter_mut().for_each(|(_, kind)| close(kind));
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::same_columns;

    #[test]
    fn finds_each_column_that_repeats_an_earlier_one() {
        let rows: [&[f64]; 3] = [
            &[1.0, 2.0, 1.0, 1.0, 2.0, 5.0],
            &[2.0, 2.0, 2.0, 2.0, 2.0, 0.0],
            &[3.0, 1.0, 3.0, 4.0, 1.0, 1.0],
        ];
        let same = |i: usize, j: usize| rows.iter().all(|row| row[i] == row[j]);
        assert_eq!(same_columns(&rows, 6, |_| 1e-6, same), [(0, 2), (1, 4)]);
        assert_eq!(same_columns(&rows, 6, |_| 100.0, same), [(0, 2), (1, 4)]);
    }
}
