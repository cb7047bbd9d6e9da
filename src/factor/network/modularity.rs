//! How much more weight lies within communities than if edges were laid at random.

use nalgebra::DMatrix;

/// Modularity of weighted communities (Newman 2004, eq. 5): the sum over communities of w / m - (d / 2m)^2, with w the weight
/// within, d the sum of weights of their nodes, and m the weight of all edges; 0 without edges.
pub(super) fn modularity(weights: &DMatrix<f64>, of: &[usize]) -> f64 {
    let p = weights.nrows();
    let twice: f64 = weights.sum();
    if !(twice > 0.0) {
        return 0.0;
    }
    let (mut within, mut sums) = (0.0, vec![0.0; p]);
    for j in 0..p {
        for i in 0..p {
            sums[of[j]] += weights[(i, j)];
            if of[i] == of[j] {
                within += weights[(i, j)];
            }
        }
    }
    within / twice - sums.iter().map(|sum| (sum / twice).powi(2)).sum::<f64>()
}
