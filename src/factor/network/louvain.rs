//! Louvain (Blondel, Guillaume, Lambiotte & Lefebvre 2008): each node goes to the neighbouring community with the largest gain of
//! modularity until none gains; communities become nodes, and so on.
//!
//! What it comes to depends on the order in which nodes are visited. Here it runs in the order of the variables and in shuffled
//! ones, and the partition with the largest modularity is taken (of equal ones the first).

use super::modularity::modularity;
use crate::numeric::random::stream;
use nalgebra::DMatrix;
use rand::seq::SliceRandom;

/// A gain below this is rounding.
const GAIN: f64 = 1e-12;

/// Communities by node, from 0, of absolute weights with a diagonal of 0; the best of so many orders.
pub(super) fn louvain(weights: &DMatrix<f64>, orders: usize, seed: u64) -> Vec<usize> {
    let p = weights.nrows();
    let mut random = stream(seed, 0);
    let mut order: Vec<usize> = (0..p).collect();
    let mut best = in_order(weights, &order);
    let mut highest = modularity(weights, &best);
    for _ in 1..orders.max(1) {
        order.shuffle(&mut random);
        let found = in_order(weights, &order);
        let value = modularity(weights, &found);
        if value > highest + GAIN {
            (best, highest) = (found, value);
        }
    }
    best
}

fn in_order(weights: &DMatrix<f64>, order: &[usize]) -> Vec<usize> {
    let mut graph = weights.clone();
    let mut visits = order.to_vec();
    let mut of: Vec<usize> = (0..weights.nrows()).collect();
    loop {
        let (moved, count) = one_level(&graph, &visits);
        of.iter_mut().for_each(|own| *own = moved[*own]);
        if count == graph.nrows() {
            return of;
        }
        let mut next = DMatrix::zeros(count, count);
        for j in 0..graph.ncols() {
            for i in 0..graph.nrows() {
                next[(moved[i], moved[j])] += graph[(i, j)];
            }
        }
        graph = next;
        // communities in the order in which their first node was visited
        let mut seen = vec![false; count];
        visits = visits
            .iter()
            .map(|&node| moved[node])
            .filter(|&own| !std::mem::replace(&mut seen[own], true))
            .collect();
    }
}

/// Moves nodes until none gains; communities numbered from 0, and how many there are. The diagonal holds twice the weight within
/// a node.
fn one_level(graph: &DMatrix<f64>, order: &[usize]) -> (Vec<usize>, usize) {
    let p = graph.nrows();
    let twice = graph.sum();
    let degree: Vec<f64> = (0..p).map(|i| graph.column(i).sum()).collect();
    let mut of: Vec<usize> = (0..p).collect();
    let mut sums = degree.clone();
    let mut to = vec![0.0; p];
    // each move raises the modularity by more than rounding, so that they end
    let mut moves = twice > 0.0;
    while moves {
        moves = false;
        for &node in order {
            to.fill(0.0);
            (0..p).filter(|&i| i != node).for_each(|i| to[of[i]] += graph[(i, node)]);
            let home = of[node];
            sums[home] -= degree[node];
            let gain = |community: usize| to[community] - sums[community] * degree[node] / twice;
            let (mut best, mut most) = (home, gain(home));
            for community in (0..p).filter(|&c| to[c] > 0.0) {
                if gain(community) > most + GAIN * twice {
                    (best, most) = (community, gain(community));
                }
            }
            sums[best] += degree[node];
            moves |= best != home;
            of[node] = best;
        }
    }
    super::membership::renumbered(&of)
}
