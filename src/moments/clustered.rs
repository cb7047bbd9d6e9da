//! Respondents in clusters: what two levels of a normal model need to know of them.
//!
//! With y_ij the variables of respondent i in cluster j, z_j those of the cluster, n_j its size and W the sum over
//! clusters of
//!
//! ```text
//! W_j = sum_i (y_ij - ybar_j)(y_ij - ybar_j)'
//! ```
//!
//! the likelihood knows W, and of each cluster n_j and t_j = (ybar_j, z_j); of clusters of one size their number, the mean
//! of t and its covariance (McDonald & Goldstein 1989; Muthen 1990).

use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector};

/// Clusters of respondents.
#[derive(Debug, Clone)]
pub(crate) struct Clustered {
    /// Respondents.
    pub(crate) n: usize,
    pub(crate) clusters: Vec<Cluster>,
    /// Variables of respondents; those of clusters follow them in t.
    pub(crate) p: usize,
    /// W / (n - clusters).
    pub(crate) within: DMatrix<f64>,
    pub(crate) sizes: Vec<SizeClass>,
}

/// One cluster.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    pub(crate) n: usize,
    /// t.
    pub(crate) mean: DVector<f64>,
    /// W_j.
    pub(crate) squares: DMatrix<f64>,
}

/// Clusters of one size.
#[derive(Debug, Clone)]
pub(crate) struct SizeClass {
    pub(crate) n: usize,
    pub(crate) count: f64,
    pub(crate) mean: DVector<f64>,
    /// With divisor `count`.
    pub(crate) covariance: DMatrix<f64>,
}

impl Clustered {
    /// Of complete rows (variables x respondents), each with the code of its cluster; the variables from `p` on are those
    /// of clusters.
    ///
    /// # Errors
    /// [`Error::VariesWithin`] for a variable of clusters that differs within one, [`Error::ConstantWithin`] for one of
    /// respondents that does not within any, [`Error::TooFewRows`] for no more clusters than variables in t, and for
    /// clusters of few respondents.
    pub(crate) fn of(
        rows: &DMatrix<f64>,
        names: &[String],
        p: usize,
        codes: &[usize],
        variable: &str,
        levels: &[String],
    ) -> Result<Self> {
        let (d, n) = rows.shape();
        let count = codes.iter().max().map_or(0, |last| last + 1);
        let mut of_cluster: Vec<Vec<usize>> = vec![Vec::new(); count];
        codes.iter().enumerate().for_each(|(row, &code)| of_cluster[code].push(row));
        let mut clusters = Vec::new();
        let mut within = DMatrix::zeros(p, p);
        for (code, own) in of_cluster.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
            for i in p..d {
                let first = rows[(i, own[0])];
                if let Some(&other) = own.iter().find(|&&row| rows[(i, row)] != first) {
                    return Err(Error::VariesWithin {
                        name: names[i].clone(),
                        variable: variable.into(),
                        cluster: levels.get(code).cloned().unwrap_or_default(),
                        values: (first, rows[(i, other)]),
                    });
                }
            }
            let size = own.len() as f64;
            let mean = DVector::from_fn(d, |i, _| match i < p {
                true => own.iter().map(|&row| rows[(i, row)]).sum::<f64>() / size,
                false => rows[(i, own[0])],
            });
            let deviations = DMatrix::from_fn(p, own.len(), |i, c| rows[(i, own[c])] - mean[i]);
            let squares = &deviations * deviations.transpose();
            within += &squares;
            clusters.push(Cluster { n: own.len(), mean, squares });
        }
        let j = clusters.len();
        if j <= d {
            let what = format!("two levels of {d} variables (clusters of '{variable}')");
            return Err(Error::TooFewRows { what, n: j, needed: d + 1 });
        }
        if n - j < p {
            let what = format!("two levels (respondents beside the first of each '{variable}')");
            return Err(Error::TooFewRows { what, n: n - j, needed: p });
        }
        if let Some(i) = (0..p).find(|&i| !(within[(i, i)] > 1e-12 * rows.row(i).norm_squared())) {
            return Err(Error::ConstantWithin { name: names[i].clone(), variable: variable.into() });
        }
        let mut own: Vec<usize> = clusters.iter().map(|cluster| cluster.n).collect();
        own.sort_unstable();
        own.dedup();
        let sizes = own.into_iter().map(|size| SizeClass::of(&clusters, size, d)).collect();
        Ok(Self { n, p, within: within / (n - j) as f64, clusters, sizes })
    }

    /// The size that balanced clusters would have (Muthen 1990): (n^2 - sum n_j^2) / (n (J - 1)).
    pub(crate) fn common_size(&self) -> f64 {
        let n = self.n as f64;
        let squares: f64 = self.clusters.iter().map(|cluster| (cluster.n as f64).powi(2)).sum();
        (n * n - squares) / (n * (self.clusters.len() as f64 - 1.0))
    }
}

impl SizeClass {
    fn of(clusters: &[Cluster], size: usize, d: usize) -> Self {
        let own: Vec<&DVector<f64>> = clusters.iter().filter(|c| c.n == size).map(|c| &c.mean).collect();
        let count = own.len() as f64;
        let mut mean = DVector::zeros(d);
        own.iter().for_each(|t| mean += *t / count);
        let mut covariance = DMatrix::zeros(d, d);
        for t in own {
            let deviation = t - &mean;
            covariance.ger(1.0 / count, &deviation, &deviation, 1.0);
        }
        Self { n: size, count, mean, covariance }
    }
}
