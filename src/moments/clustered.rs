//! Respondents in clusters: what two levels of a normal model need to know of them.
//!
//! With y_ij the variables of respondent i in cluster j, some of which may be missing, and z_j those of the cluster,
//! respondents of a cluster who lack the same variables (a pattern k) count by their number n_jk, their mean m_jk and
//!
//! ```text
//! S_jk = sum_i (y_ij - m_jk)(y_ij - m_jk)',      S_k = sum_j S_jk
//! ```
//!
//! Clusters with the same numbers of the same patterns, and the same variables z, are a class: whatever does not depend on
//! means is the same for all of them. Without missing answers a class is a size (McDonald & Goldstein 1989; Muthen 1990).

use super::is_constant;
use crate::error::{Error, Result};
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeMap;

/// Clusters of respondents.
#[derive(Debug, Clone)]
pub(crate) struct Clustered {
    /// Respondents.
    pub(crate) n: usize,
    /// Variables of respondents; those of clusters follow them in t.
    pub(crate) p: usize,
    /// Variables of both kinds.
    pub(crate) d: usize,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) classes: Vec<Class>,
}

/// Respondents who lack the same variables.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// Variables they have.
    pub(crate) observed: Vec<usize>,
    pub(crate) n: f64,
    /// S_k, with zeros for what they lack.
    pub(crate) squares: DMatrix<f64>,
}

/// Patterns with the numbers of respondents, and variables z: what clusters of a class have alike.
type Alike = (Vec<(usize, usize)>, Vec<usize>);

/// Clusters that differ in their answers only.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// Patterns and how many respondents of a cluster have them.
    pub(crate) counts: Vec<(usize, f64)>,
    /// Places in t of the cluster's own variables that are there.
    pub(crate) own: Vec<usize>,
    pub(crate) clusters: Vec<Cluster>,
}

/// One cluster.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    /// m_jk of each pattern of the class, with zeros for what it lacks.
    pub(crate) means: Vec<DVector<f64>>,
    /// S_jk likewise; without elements for one respondent.
    pub(crate) squares: Vec<DMatrix<f64>>,
    /// z, with zeros for what is missing, in the order of t.
    pub(crate) own: DVector<f64>,
}

/// Of each variable in t, from the answers that are there: mean, variance within clusters (0 of clusters' own variables),
/// and variance between.
#[derive(Debug, Clone)]
pub(crate) struct Variances {
    pub(crate) mean: DVector<f64>,
    pub(crate) within: DVector<f64>,
    pub(crate) between: DVector<f64>,
}

impl Class {
    /// Respondents of a cluster.
    pub(crate) fn size(&self) -> f64 {
        self.counts.iter().map(|(_, n)| n).sum()
    }

    /// How many clusters.
    pub(crate) fn count(&self) -> f64 {
        self.clusters.len() as f64
    }
}

impl Clustered {
    /// Of rows (variables x respondents, NaN where missing, each with some variable of respondents), each with the code of
    /// its cluster; the variables from `p` on are those of clusters.
    ///
    /// It is longer than a page, as its checks share what was gathered by cluster and pattern.
    ///
    /// # Errors
    /// [`Error::EmptyColumn`] for a variable without a value, [`Error::VariesWithin`] for a variable of clusters that
    /// differs within one, [`Error::ConstantWithin`] for one of respondents that does not within any,
    /// [`Error::NeverTogether`] for two that are never there together, [`Error::TooFewRows`] for no more clusters than
    /// variables in t, and for clusters of few respondents.
    pub(crate) fn of(
        rows: &DMatrix<f64>,
        names: &[String],
        p: usize,
        codes: &[usize],
        variable: &str,
        levels: &[String],
    ) -> Result<Self> {
        let (d, n) = rows.shape();
        if let Some(i) = (0..d).find(|&i| rows.row(i).iter().all(|value| value.is_nan())) {
            return Err(Error::EmptyColumn { column: names[i].clone(), rows: n });
        }
        let mut of_cluster: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        codes.iter().enumerate().for_each(|(row, &code)| of_cluster.entry(code).or_default().push(row));
        let lacks = |row: usize| (0..p).map(|i| rows[(i, row)].is_nan()).collect::<Vec<bool>>();
        let mut of_pattern: BTreeMap<Vec<bool>, usize> = (0..n).map(|row| (lacks(row), 0)).collect();
        of_pattern.values_mut().enumerate().for_each(|(k, place)| *place = k);
        let mut patterns: Vec<Pattern> = of_pattern
            .keys()
            .map(|lacks| Pattern {
                observed: (0..p).filter(|&i| !lacks[i]).collect(),
                n: 0.0,
                squares: DMatrix::zeros(p, p),
            })
            .collect();
        let mut classes: BTreeMap<Alike, Vec<Cluster>> = BTreeMap::new();
        for (&code, rows_of) in &of_cluster {
            let mut own = DVector::zeros(d - p);
            let mut there = Vec::new();
            for i in p..d {
                let mut values = rows_of.iter().map(|&row| rows[(i, row)]).filter(|value| !value.is_nan());
                let Some(first) = values.next() else { continue };
                if let Some(other) = values.find(|value| *value != first) {
                    return Err(Error::VariesWithin {
                        name: names[i].clone(),
                        variable: variable.into(),
                        cluster: levels.get(code).cloned().unwrap_or_default(),
                        values: (first, other),
                    });
                }
                own[i - p] = first;
                there.push(i);
            }
            let mut by_pattern: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            for &row in rows_of {
                by_pattern.entry(of_pattern[&lacks(row)]).or_default().push(row);
            }
            let (mut means, mut squares) = (Vec::new(), Vec::new());
            for (&k, members) in &by_pattern {
                let size = members.len() as f64;
                let mut mean = DVector::zeros(p);
                for &i in &patterns[k].observed {
                    mean[i] = members.iter().map(|&row| rows[(i, row)]).sum::<f64>() / size;
                }
                let mut own = DMatrix::zeros(0, 0);
                if members.len() > 1 {
                    let deviation = |i: usize, c: usize| rows[(i, members[c])] - mean[i];
                    let there = |i: usize| !rows[(i, members[0])].is_nan();
                    let deviations =
                        DMatrix::from_fn(
                            p,
                            members.len(),
                            |i, c| {
                                if there(i) { deviation(i, c) } else { 0.0 }
                            },
                        );
                    own = &deviations * deviations.transpose();
                    patterns[k].squares += &own;
                }
                patterns[k].n += size;
                means.push(mean);
                squares.push(own);
            }
            let counts = by_pattern.iter().map(|(&k, members)| (k, members.len())).collect();
            classes.entry((counts, there)).or_default().push(Cluster { means, squares, own });
        }
        let classes = classes
            .into_iter()
            .map(|((counts, own), clusters)| Class {
                counts: counts.into_iter().map(|(k, n)| (k, n as f64)).collect(),
                own,
                clusters,
            })
            .collect();
        let data = Self { n, p, d, patterns, classes };
        data.check(rows, names, variable)?;
        Ok(data)
    }

    /// What has no moments of both levels.
    fn check(&self, rows: &DMatrix<f64>, names: &[String], variable: &str) -> Result<()> {
        let (j, p, d) = (self.clusters(), self.p, self.d);
        if j <= d {
            let what = format!("two levels of {d} variables (clusters of '{variable}')");
            return Err(Error::TooFewRows { what, n: j, needed: d + 1 });
        }
        if self.n - j < p {
            let what = format!("two levels (respondents beside the first of each '{variable}')");
            return Err(Error::TooFewRows { what, n: self.n - j, needed: p });
        }
        let within = self.variances().within;
        let level =
            |i: usize| rows.row(i).iter().filter(|x| !x.is_nan()).fold(0.0_f64, |a, x| a.max(x.abs()));
        // not above rounding, nor NaN for want of two answers in a cluster
        if let Some(i) = (0..p).find(|&i| is_constant(within[i], level(i))) {
            return Err(Error::ConstantWithin { name: names[i].clone(), variable: variable.into() });
        }
        let apart = |i: usize, k: usize| match k < p {
            true => !self.patterns.iter().any(|own| own.observed.contains(&i) && own.observed.contains(&k)),
            false => !self.classes.iter().any(|class| class.own.contains(&k) && self.has(class, i)),
        };
        for k in 0..d {
            if let Some(i) = (0..k).find(|&i| apart(i, k)) {
                return Err(Error::NeverTogether { first: names[i].clone(), second: names[k].clone() });
            }
        }
        Ok(())
    }

    /// Whether the clusters of a class have a variable of t.
    fn has(&self, class: &Class, i: usize) -> bool {
        match i < self.p {
            true => class.counts.iter().any(|(k, _)| self.patterns[*k].observed.contains(&i)),
            false => class.own.contains(&i),
        }
    }

    pub(crate) fn clusters(&self) -> usize {
        self.classes.iter().map(|class| class.clusters.len()).sum()
    }

    /// How many values of some variables in t there are.
    pub(crate) fn values(&self, counts: impl Fn(usize) -> bool) -> f64 {
        let of = |variables: &[usize]| variables.iter().filter(|i| counts(**i)).count() as f64;
        let respondents: f64 = self.patterns.iter().map(|pattern| pattern.n * of(&pattern.observed)).sum();
        respondents + self.classes.iter().map(|class| class.count() * of(&class.own)).sum::<f64>()
    }

    /// Sizes of clusters, and how many have them.
    pub(crate) fn sizes(&self) -> Vec<(f64, f64)> {
        let mut sizes: BTreeMap<usize, f64> = BTreeMap::new();
        for class in &self.classes {
            *sizes.entry(class.size() as usize).or_default() += class.count();
        }
        sizes.into_iter().map(|(size, count)| (size as f64, count)).collect()
    }

    /// Moments of each variable by itself: variance within with the number of answers less that of clusters as divisor;
    /// between, the variance of cluster means less what is within them.
    pub(crate) fn variances(&self) -> Variances {
        let zeros = || DVector::zeros(self.d);
        let (mut answers, mut groups, mut sum, mut squares) = (zeros(), zeros(), zeros(), zeros());
        let (mut means, mut mean_squares, mut shares) = (zeros(), zeros(), zeros());
        for pattern in &self.patterns {
            (0..self.p).for_each(|i| squares[i] += pattern.squares[(i, i)]);
        }
        for class in &self.classes {
            for cluster in &class.clusters {
                for i in (0..self.d).filter(|&i| self.has(class, i)) {
                    let mean = if i < self.p {
                        let of = || {
                            class
                                .counts
                                .iter()
                                .zip(&cluster.means)
                                .filter(|((k, _), _)| self.patterns[*k].observed.contains(&i))
                        };
                        let n: f64 = of().map(|((_, n), _)| n).sum();
                        let mean = of().map(|((_, n), m)| n * m[i]).sum::<f64>() / n;
                        squares[i] += of().map(|((_, n), m)| n * (m[i] - mean).powi(2)).sum::<f64>();
                        answers[i] += n;
                        sum[i] += n * mean;
                        shares[i] += 1.0 / n;
                        mean
                    } else {
                        answers[i] += 1.0;
                        sum[i] += cluster.own[i - self.p];
                        cluster.own[i - self.p]
                    };
                    groups[i] += 1.0;
                    // running mean and squares of cluster means
                    let step = mean - means[i];
                    means[i] += step / groups[i];
                    mean_squares[i] += step * (mean - means[i]);
                }
            }
        }
        let mean = sum.component_div(&answers);
        let within = DVector::from_fn(self.d, |i, _| match i < self.p {
            true => squares[i] / (answers[i] - groups[i]),
            false => 0.0,
        });
        let between = DVector::from_fn(self.d, |i, _| {
            mean_squares[i] / (groups[i] - 1.0) - within[i] * shares[i] / groups[i]
        });
        Variances { mean, within, between }
    }

    /// Some variables of t only, `p` of them of respondents, which come first.
    pub(crate) fn select(&self, t: &[usize], p: usize) -> Self {
        let (respondents, own) = t.split_at(p);
        let place = |i: &usize| t.iter().position(|j| j == i);
        let vector = |m: &DVector<f64>| DVector::from_fn(p, |i, _| m[respondents[i]]);
        let matrix = |m: &DMatrix<f64>| match m.is_empty() {
            true => DMatrix::zeros(0, 0),
            false => DMatrix::from_fn(p, p, |i, j| m[(respondents[i], respondents[j])]),
        };
        let cluster = |cluster: &Cluster| Cluster {
            means: cluster.means.iter().map(vector).collect(),
            squares: cluster.squares.iter().map(matrix).collect(),
            own: DVector::from_fn(own.len(), |i, _| cluster.own[own[i] - self.p]),
        };
        Self {
            n: self.n,
            p,
            d: t.len(),
            patterns: self
                .patterns
                .iter()
                .map(|pattern| Pattern {
                    observed: pattern.observed.iter().filter_map(place).collect(),
                    n: pattern.n,
                    squares: DMatrix::from_fn(p, p, |i, j| pattern.squares[(respondents[i], respondents[j])]),
                })
                .collect(),
            classes: self
                .classes
                .iter()
                .map(|class| Class {
                    counts: class.counts.clone(),
                    own: class.own.iter().filter_map(place).collect(),
                    clusters: class.clusters.iter().map(cluster).collect(),
                })
                .collect(),
        }
    }
}
