//! How stable dimensions are: the analysis of many samples (Christensen & Golino 2021).

use super::choices::GraphResampling;
use super::matching::matched;
use super::replicate::Source;
use super::selection::Selected;
use super::task::GraphAnalysis;
use crate::error::{Error, Result};
use crate::factor::analysed::CorrelationMatrix;
use crate::moments::LabelledMatrix;
use crate::numeric::quantile::of_sorted;
use nalgebra::DMatrix;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// Streams of the bootstrap lie apart from those of Louvain.
const STREAMS: u64 = 1 << 32;
/// Items in fewer than this share of the samples where they are in the data are unstable (Christensen & Golino 2021).
#[cfg_attr(not(feature = "report"), allow(dead_code))] // what pages tell
pub(crate) const STABLE: f64 = 0.75;

/// Dimensions of one matrix.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// From 1.
    pub(super) of: Vec<Option<usize>>,
    pub(super) count: usize,
    pub(super) communities: usize,
    pub(super) modularity: Option<f64>,
    pub(super) one_dimension: Option<bool>,
}

/// How stable dimensions are over samples.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::GraphAnalysis;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let graph = GraphAnalysis::default().bootstrap(50).of(&names, data.numeric(&names)?.view())?;
/// let stability = graph.stability.unwrap();
/// assert_eq!((stability.replicates, stability.median, stability.edges.len()), (50, 3.0, 22));
/// // the share of samples in which an item is where it is in the data
/// assert_eq!(stability.items[3], Some(1.0));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraphStability {
    /// Samples that were drawn.
    pub replicates: usize,
    /// What was drawn.
    pub resampling: GraphResampling,
    /// Samples in which an item does not vary: they do not count.
    pub failed: usize,
    /// Numbers of dimensions, and the share of samples that have so many, in ascending order.
    pub dimensions: Vec<(usize, f64)>,
    /// Their median.
    pub median: f64,
    /// The standard deviation of the number of dimensions.
    pub sd: f64,
    /// Of each item, the share of samples in which it is in the dimension that it has in the data; none of an item without one.
    pub items: Vec<Option<f64>>,
    /// Of each item (rows), the shares of samples in which it is in each dimension of the data, in another, and in none.
    pub shares: LabelledMatrix,
    /// Of each dimension, the share of samples that find the same items together and no others (structural consistency).
    pub consistency: Vec<f64>,
    /// The edges of the network of the data.
    pub edges: Vec<GraphEdge>,
}

/// How stable an edge is over samples.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::GraphAnalysis;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let graph = GraphAnalysis::default().bootstrap(50).of(&names, data.numeric(&names)?.view())?;
/// let edges = graph.stability.unwrap().edges;
/// let edge = edges.iter().find(|own| own.first == "x4" && own.second == "x5").unwrap();
/// assert_eq!(format!("{:.2} {:.2} {:.2}", edge.weight, edge.lower, edge.upper), "0.43 0.33 0.51");
/// assert_eq!(edge.share, 1.0);
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraphEdge {
    /// One item.
    pub first: String,
    /// The other.
    pub second: String,
    /// Its weight in the data.
    pub weight: f64,
    /// The 2.5 % quantile of its weight over samples. The penalty draws weights towards 0: no confidence interval of a partial
    /// correlation.
    pub lower: f64,
    /// The 97.5 % quantile.
    pub upper: f64,
    /// The share of samples in which it is not 0.
    pub share: f64,
}

/// What is kept of a sample.
struct Replicate {
    of: Vec<Option<usize>>,
    count: usize,
    weights: Vec<f64>,
}

impl GraphAnalysis {
    pub(super) fn stability(
        &self,
        matrix: &CorrelationMatrix,
        source: &Source,
        selected: &Selected,
        found: &Found,
    ) -> Result<GraphStability> {
        let p = matrix.len();
        let root = Source::root(matrix);
        let pairs = (0..p).flat_map(|j| (j + 1..p).map(move |i| (j, i)));
        let edges: Vec<(usize, usize)> = pairs.filter(|at| selected.weights[*at] != 0.0).collect();
        let (done, total) = (AtomicU64::new(0), self.bootstrap as u64);
        let drawn: Vec<Option<Replicate>> = (0..total)
            .into_par_iter()
            .map(|replicate| {
                self.progress.check("the bootstrap of a network")?;
                let own = self.replicate(&root, source, replicate, &edges, found);
                self.progress.tell(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                Ok(own)
            })
            .collect::<Result<_>>()?;
        let failed = drawn.iter().filter(|own| own.is_none()).count();
        let drawn: Vec<Replicate> = drawn.into_iter().flatten().collect();
        if drawn.len() < 2 {
            return Err(Error::NoAnswerExists {
                what: "bootstrap of the network".into(),
                why: format!("in {failed} of {} samples an item does not vary", self.bootstrap),
                remedy: "Leave out items that nearly all answer alike, or take the parametric bootstrap."
                    .into(),
            });
        }
        Ok(self.summarised(matrix.names(), &drawn, (failed, &edges, &selected.weights), found))
    }

    fn replicate(
        &self,
        root: &DMatrix<f64>,
        source: &Source,
        replicate: u64,
        edges: &[(usize, usize)],
        of_data: &Found,
    ) -> Option<Replicate> {
        let r = source.draw(root, self.seed, STREAMS + replicate)?;
        let selected = self.path(false).select(&r, source.n() as f64);
        let found = self.dimensions_of(&r, &selected);
        Some(Replicate {
            of: matched(&of_data.of, of_data.count, &found.of),
            count: found.count,
            weights: edges.iter().map(|at| selected.weights[*at]).collect(),
        })
    }

    fn summarised(
        &self,
        names: &[String],
        drawn: &[Replicate],
        (failed, edges, weights): (usize, &[(usize, usize)], &DMatrix<f64>),
        found: &Found,
    ) -> GraphStability {
        let all = drawn.len() as f64;
        let share = |is: &dyn Fn(&Replicate) -> bool| drawn.iter().filter(|own| is(own)).count() as f64 / all;
        let mut counts: Vec<usize> = drawn.iter().map(|own| own.count).collect();
        counts.sort_unstable();
        let mean = counts.iter().sum::<usize>() as f64 / all;
        let variance = counts.iter().map(|k| (*k as f64 - mean).powi(2)).sum::<f64>() / (all - 1.0);
        let median = 0.5 * (counts[(counts.len() - 1) / 2] + counts[counts.len() / 2]) as f64;
        counts.dedup();
        let k = found.count;
        let row = |i: usize| -> Vec<f64> {
            let own = (1..=k).map(|d| share(&|own| own.of[i] == Some(d)));
            let other = share(&|own| own.of[i].is_some_and(|d| d > k));
            own.chain([other, share(&|own| own.of[i].is_none())]).collect()
        };
        let values: Vec<Vec<f64>> = (0..names.len()).map(row).collect();
        let consistency = |d: usize| {
            share(&|own| {
                own.of.iter().zip(&found.of).all(|(own, data)| (*own == Some(d)) == (*data == Some(d)))
            })
        };
        let edge = |(at, (j, i)): (usize, &(usize, usize))| {
            let mut own: Vec<f64> = drawn.iter().map(|own| own.weights[at]).collect();
            own.sort_by(f64::total_cmp);
            GraphEdge {
                first: names[*j].clone(),
                second: names[*i].clone(),
                weight: weights[(*j, *i)],
                lower: of_sorted(&own, 0.025),
                upper: of_sorted(&own, 0.975),
                share: share(&|own| own.weights[at] != 0.0),
            }
        };
        GraphStability {
            replicates: self.bootstrap,
            resampling: self.resampling,
            failed,
            dimensions: counts.iter().map(|&k| (k, share(&|own| own.count == k))).collect(),
            median,
            sd: variance.sqrt(),
            items: (0..names.len()).map(|i| found.of[i].map(|d| values[i][d - 1])).collect(),
            shares: LabelledMatrix {
                rows: names.to_vec(),
                columns: (1..=k).map(|d| d.to_string()).chain(["other".into(), "none".into()]).collect(),
                values,
            },
            consistency: (1..=k).map(consistency).collect(),
            edges: edges.iter().enumerate().map(edge).collect(),
        }
    }
}
