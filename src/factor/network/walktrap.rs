//! Walktrap (Pons & Latapy 2005): short random walks stay in a community, so that nodes from which they lead to the same places
//! belong together.
//!
//! Walks of t steps go along an edge with a probability in proportion to its weight; every node has a loop with the mean weight
//! of its edges. With P the probabilities of where they end and d the weights of nodes, the distance of two communities is
//!
//! ```text
//! r^2 = sum over k of (P_1k - P_2k)^2 / d_k,   and  |C1||C2| / (|C1| + |C2|) r^2
//! ```
//!
//! is what is lost by joining them. Neighbours that lose least are joined until none are left (eq. 5 and theorem 3); of the
//! partitions on the way, the one with the largest modularity is taken.

use super::modularity::modularity;
use nalgebra::DMatrix;

/// Communities by node, from 0, of absolute weights with a diagonal of 0.
pub(super) fn walktrap(weights: &DMatrix<f64>, steps: usize) -> Vec<usize> {
    let p = weights.nrows();
    let degree: Vec<usize> =
        (0..p).map(|i| weights.column(i).iter().filter(|weight| **weight > 0.0).count()).collect();
    let mut walk = weights.clone();
    for i in 0..p {
        let sum = weights.column(i).sum();
        walk[(i, i)] = if degree[i] == 0 { 1.0 } else { sum / degree[i] as f64 };
    }
    let total: Vec<f64> = (0..p).map(|i| walk.column(i).sum()).collect();
    let transition = DMatrix::from_fn(p, p, |i, j| walk[(i, j)] / total[i]);
    let mut reached = DMatrix::identity(p, p);
    for _ in 0..steps {
        reached *= &transition;
    }
    let mut places: Vec<Vec<f64>> =
        (0..p).map(|i| (0..p).map(|k| reached[(i, k)] / total[k].sqrt()).collect()).collect();
    let mut size = vec![1.0; p];
    let mut is_neighbour: Vec<Vec<bool>> =
        (0..p).map(|i| (0..p).map(|j| weights[(i, j)] > 0.0).collect()).collect();
    let loss = |places: &[Vec<f64>], size: &[f64], a: usize, b: usize| {
        let square: f64 = places[a].iter().zip(&places[b]).map(|(x, y)| (x - y).powi(2)).sum();
        size[a] * size[b] / (size[a] + size[b]) * square
    };
    let mut losses = DMatrix::from_element(p, p, f64::INFINITY);
    for a in 0..p {
        for b in (a + 1..p).filter(|&b| is_neighbour[a][b]) {
            losses[(a, b)] = loss(&places, &size, a, b);
        }
    }
    // the community of a node is named by its first node
    let mut own: Vec<usize> = (0..p).collect();
    let (mut best, mut highest) = (own.clone(), modularity(weights, &own));
    while let Some((a, b)) = least(&losses, &own) {
        for k in 0..p {
            places[a][k] = (size[a] * places[a][k] + size[b] * places[b][k]) / (size[a] + size[b]);
        }
        size[a] += size[b];
        own.iter_mut().filter(|node| **node == b).for_each(|node| *node = a);
        for c in (0..p).filter(|&c| c != a && own[c] == c) {
            let joined = is_neighbour[a][c] || is_neighbour[b][c];
            (is_neighbour[a][c], is_neighbour[c][a]) = (joined, joined);
            if joined {
                losses[(a.min(c), a.max(c))] = loss(&places, &size, a, c);
            }
        }
        let value = modularity(weights, &own);
        if value > highest + 1e-12 {
            (best, highest) = (own.clone(), value);
        }
    }
    best
}

/// The two neighbouring communities that lose least.
fn least(losses: &DMatrix<f64>, own: &[usize]) -> Option<(usize, usize)> {
    let p = own.len();
    let mut found = None;
    let mut smallest = f64::INFINITY;
    for a in (0..p).filter(|&a| own[a] == a) {
        for b in (a + 1..p).filter(|&b| own[b] == b) {
            if losses[(a, b)] < smallest {
                (found, smallest) = (Some((a, b)), losses[(a, b)]);
            }
        }
    }
    found
}
