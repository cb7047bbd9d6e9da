//! Communities of a replicate under the names of those of the data.

/// Names the communities of a replicate as those of the data with which they share most items, each name once, so that as many
/// items as there can be are where they are in the data; what is left over has numbers beyond `count`. Communities count from 1.
pub(super) fn matched(
    data: &[Option<usize>],
    count: usize,
    replicate: &[Option<usize>],
) -> Vec<Option<usize>> {
    let own = replicate.iter().flatten().copied().max().unwrap_or(0);
    let size = own.max(count);
    let mut cost = vec![vec![0.0; size]; size];
    for (of_data, of_replicate) in data.iter().zip(replicate) {
        if let (Some(a), Some(b)) = (of_data, of_replicate) {
            cost[b - 1][a - 1] -= 1.0;
        }
    }
    let names = assigned(&cost);
    replicate.iter().map(|own| own.map(|own| names[own - 1] + 1)).collect()
}

/// For each row the column, each once, at the least cost: by shortest augmenting paths (Kuhn 1955; Jonker & Volgenant 1987).
fn assigned(cost: &[Vec<f64>]) -> Vec<usize> {
    let n = cost.len();
    // row 0 and column 0 stand for nobody
    let (mut of_row, mut of_column) = (vec![0.0; n + 1], vec![0.0; n + 1]);
    let (mut row_at, mut way) = (vec![0usize; n + 1], vec![0usize; n + 1]);
    for row in 1..=n {
        row_at[0] = row;
        let mut at = 0;
        let (mut least, mut used) = (vec![f64::INFINITY; n + 1], vec![false; n + 1]);
        while row_at[at] != 0 {
            used[at] = true;
            let (from, mut step, mut next) = (row_at[at], f64::INFINITY, 0);
            for column in (1..=n).filter(|&column| !used[column]) {
                let reduced = cost[from - 1][column - 1] - of_row[from] - of_column[column];
                if reduced < least[column] {
                    (least[column], way[column]) = (reduced, at);
                }
                if least[column] < step {
                    (step, next) = (least[column], column);
                }
            }
            for column in 0..=n {
                if used[column] {
                    of_row[row_at[column]] += step;
                    of_column[column] -= step;
                } else {
                    least[column] -= step;
                }
            }
            at = next;
        }
        while at != 0 {
            row_at[at] = row_at[way[at]];
            at = way[at];
        }
    }
    let mut columns = vec![0; n];
    (1..=n).for_each(|column| columns[row_at[column] - 1] = column - 1);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::stream;
    use rand::RngExt;

    /// The least cost by looking at every order.
    fn by_enumeration(cost: &[Vec<f64>], row: usize, used: &mut Vec<bool>) -> f64 {
        if row == cost.len() {
            return 0.0;
        }
        let mut best = f64::INFINITY;
        for column in 0..cost.len() {
            if !used[column] {
                used[column] = true;
                best = best.min(cost[row][column] + by_enumeration(cost, row + 1, used));
                used[column] = false;
            }
        }
        best
    }

    #[test]
    fn the_assignment_is_the_best_there_is() {
        let mut random = stream(1, 0);
        for n in 1..=6 {
            for _ in 0..50 {
                let cost: Vec<Vec<f64>> = (0..n)
                    .map(|_| (0..n).map(|_| -f64::from(random.random_range(0..5u8))).collect())
                    .collect();
                let found = assigned(&cost);
                let mut each = found.clone();
                each.sort_unstable();
                assert_eq!(each, (0..n).collect::<Vec<_>>());
                let sum: f64 = found.iter().enumerate().map(|(row, column)| cost[row][*column]).sum();
                assert_eq!(sum, by_enumeration(&cost, 0, &mut vec![false; n]));
            }
        }
    }

    #[test]
    fn replicates_take_the_names_of_the_data() {
        let of = |all: &[usize]| all.iter().map(|own| Some(*own).filter(|own| *own > 0)).collect::<Vec<_>>();
        let data = of(&[1, 1, 1, 2, 2, 2]);
        assert_eq!(matched(&data, 2, &of(&[2, 2, 2, 1, 1, 1])), data);
        assert_eq!(matched(&data, 2, &of(&[1, 1, 2, 3, 3, 0])), of(&[1, 1, 3, 2, 2, 0]));
        assert_eq!(matched(&data, 2, &of(&[1; 6])).len(), 6);
        assert_eq!(matched(&of(&[0, 0]), 0, &of(&[1, 1])), of(&[1, 1]));
    }
}
