//! The analysis itself: correlations, network, communities.

use super::choices::{CommunityAlgorithm, GraphResampling};
use super::communities::Communities;
use super::entropy::total_entropy_fit;
use super::replicate::Source;
use super::selection::{Path, Penalised, Selected};
use super::stability::{Found, GraphStability};
use super::task::GraphAnalysis;
use crate::correlation::{Correlate, Ordered};
use crate::data::Rows;
use crate::error::{Error, Result, Warning};
use crate::factor::analysed::{CorrelationMatrix, SINGULAR};
use crate::factor::retention::Basis;
use crate::moments::{LabelledMatrix, Missing, RowsUsed};
use crate::numeric::spectrum::eigenvalues;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Fewer items than this have no dimensions to find.
const FEWEST: usize = 3;
/// A penalty below this share of the largest leaves a dense network.
const DENSE: f64 = 0.1;

/// An item of the network.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::GraphAnalysis;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let graph = GraphAnalysis::default().of(&names, data.numeric(&names)?.view())?;
/// let x4 = &graph.items[3];
/// assert_eq!((x4.item.as_str(), x4.dimension), ("x4", Some(2)));
/// assert_eq!(format!("{:.3} {:.3}", x4.strength, x4.within), "0.941 0.765");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GraphItem {
    /// Its name.
    pub item: String,
    /// Its dimension, from 1 by the first item of each; none without an edge.
    pub dimension: Option<usize>,
    /// The sum of its absolute weights.
    pub strength: f64,
    /// Of that, the sum of those to items of its own dimension.
    pub within: f64,
}

/// A network of items and its dimensions.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::GraphAnalysis;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let graph = GraphAnalysis::default().of(&names, data.numeric(&names)?.view())?;
/// assert_eq!((graph.n, graph.dimensions, graph.edges), (301, 3, 22));
/// assert_eq!(graph.items_of(2).collect::<Vec<_>>(), ["x4", "x5", "x6"]);
/// assert_eq!(format!("{:.3} {:.3}", graph.penalty, graph.tefi.unwrap()), "0.052 -2.149");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExploratoryGraph {
    /// Respondents.
    pub n: usize,
    /// Of which correlations.
    pub basis: Basis,
    /// Gamma of the EBIC.
    pub gamma: f64,
    /// How communities were found.
    pub algorithm: CommunityAlgorithm,
    /// Seed of the orders of Louvain and of the bootstrap.
    pub seed: u64,
    /// How many dimensions there are; 0 of a network without edges.
    pub dimensions: usize,
    /// The items.
    pub items: Vec<GraphItem>,
    /// Whether the absolute correlations are a single community, which is one dimension whatever the network says; none where
    /// it was not asked.
    pub one_dimension: Option<bool>,
    /// Communities of the network.
    pub communities: usize,
    /// Their modularity (Newman 2004); none without edges.
    pub modularity: Option<f64>,
    /// Total entropy fit index of the dimensions, lower for a better partition; none where an item has no dimension.
    pub tefi: Option<f64>,
    /// Weights of the network: partial correlations that the penalty left, 0 where there is no edge and in the diagonal.
    pub weights: LabelledMatrix,
    /// Edges.
    pub edges: usize,
    /// Edges as a share of all pairs.
    pub density: f64,
    /// The penalty with the smallest EBIC.
    pub penalty: f64,
    /// Penalties from the largest down, with the EBIC of each.
    pub path: Vec<Penalised>,
    /// The bootstrap; none where none was asked for.
    pub stability: Option<GraphStability>,
    /// Rows read and used.
    pub missing: Option<RowsUsed>,
    /// Caveats.
    pub warnings: Vec<Warning>,
}

impl ExploratoryGraph {
    /// The dimension of an item; none where it has none, or is not there.
    pub fn dimension(&self, item: &str) -> Option<usize> {
        self.items.iter().find(|own| own.item == item).and_then(|own| own.dimension)
    }

    /// The items of a dimension, from 1.
    pub fn items_of(&self, dimension: usize) -> impl Iterator<Item = &str> {
        self.items.iter().filter(move |own| own.dimension == Some(dimension)).map(|own| own.item.as_str())
    }
}

impl GraphAnalysis {
    /// Of answers, NaN where one is missing: of the rows that are complete.
    ///
    /// # Errors
    /// [`Error::BadOption`], [`Error::TooFewItems`] for fewer than three items, [`Error::TooFewRows`],
    /// [`Error::ConstantItem`], [`Error::IdenticalItems`], what correlations give, [`Error::Stopped`].
    pub fn of<'r, S: AsRef<str>>(&self, names: &[S], rows: impl Into<Rows<'r>>) -> Result<ExploratoryGraph> {
        let rows = rows.into();
        let rows = rows.view();
        self.check()?;
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_string()).collect();
        if rows.ncols() != names.len() {
            let what = "columns of the data".into();
            return Err(Error::WrongSize { what, found: rows.ncols(), expected: names.len() });
        }
        enough_items(names.len())?;
        let complete: Vec<usize> =
            (0..rows.nrows()).filter(|&i| rows.row(i).iter().all(|v| v.is_finite())).collect();
        let (read, used) = (rows.nrows(), complete.len());
        enough_rows(used)?;
        let answers = rows.select(ndarray::Axis(0), &complete);
        let mut warnings = Vec::new();
        if used < read {
            warnings.push(Warning::RowsLeftOut { used, read });
        }
        let source = Source::of(&names, answers, self.basis, self.resampling)?;
        let matrix = match self.basis {
            Basis::Pearson => CorrelationMatrix::of(&LabelledMatrix::square(&names, &source.pearson()))?,
            Basis::Polychoric => {
                let correlate = Correlate::default().ordered(Ordered::All).missing(Missing::Listwise);
                let found = correlate.smooth(true).of(&names, source.answers())?;
                warnings.extend(found.warnings);
                CorrelationMatrix::of(&found.matrix)?
            }
        };
        let mut found = self.analysed(&matrix, used, &source)?;
        found.warnings.splice(0..0, warnings);
        found.missing = Some(RowsUsed { policy: Missing::Listwise, rows_read: read, rows_used: used });
        Ok(found)
    }

    /// Of a correlation matrix of n respondents; a bootstrap draws samples of normal variables with these correlations.
    ///
    /// # Errors
    /// As [`GraphAnalysis::of`]; [`Error::NotPositiveDefinite`] for a matrix with a negative eigenvalue, [`Error::Unsupported`]
    /// for a bootstrap that needs the answers.
    pub fn of_correlations(&self, matrix: &CorrelationMatrix, n: usize) -> Result<ExploratoryGraph> {
        self.check()?;
        enough_items(matrix.len())?;
        enough_rows(n)?;
        if self.bootstrap > 0
            && (self.basis == Basis::Polychoric || self.resampling == GraphResampling::Cases)
        {
            return Err(Error::Unsupported {
                what: "a bootstrap of the answers behind a correlation matrix".into(),
                instead: "Give the answers, or take a parametric bootstrap of Pearson's correlations.".into(),
            });
        }
        self.analysed(matrix, n, &Source::of_matrix(matrix, n))
    }

    fn analysed(&self, matrix: &CorrelationMatrix, n: usize, source: &Source) -> Result<ExploratoryGraph> {
        self.progress.check("an exploratory graph analysis")?;
        let (p, r) = (matrix.len(), matrix.plain());
        if eigenvalues(r.clone()).last().is_some_and(|least| *least < -SINGULAR * p as f64) {
            matrix.inverse()?;
        }
        let selected = self.path(true).select(r, n as f64);
        let found = self.dimensions_of(r, &selected);
        let mut warnings = caveats(matrix.names(), n, &selected, &found);
        let stability = match self.bootstrap {
            0 => None,
            _ => Some(self.stability(matrix, source, &selected, &found)?),
        };
        if let Some(own) = stability.as_ref().filter(|own| own.failed > 0) {
            warnings.push(Warning::ReplicatesFailed { failed: own.failed, replicates: self.bootstrap });
        }
        let weights = &selected.weights;
        let item = |i: usize| {
            let sum = |of: &dyn Fn(usize) -> bool| -> f64 {
                (0..p).filter(|&j| of(j)).map(|j| weights[(i, j)].abs()).sum()
            };
            let dimension = found.of[i];
            let within = if dimension.is_some() { sum(&|j| found.of[j] == dimension) } else { 0.0 };
            GraphItem { item: matrix.names()[i].clone(), dimension, strength: sum(&|_| true), within }
        };
        let of: Option<Vec<usize>> = found.of.iter().map(|own| own.map(|own| own - 1)).collect();
        let edges = selected.path[selected.at].edges;
        Ok(ExploratoryGraph {
            n,
            basis: self.basis,
            gamma: self.gamma,
            algorithm: self.algorithm,
            seed: self.seed,
            dimensions: found.count,
            items: (0..p).map(item).collect(),
            one_dimension: found.one_dimension,
            communities: found.communities,
            modularity: found.modularity,
            tefi: of.map(|of| total_entropy_fit(r, &of)),
            weights: LabelledMatrix::square(matrix.names(), weights),
            edges,
            density: edges as f64 / (p * (p - 1) / 2) as f64,
            penalty: selected.path[selected.at].penalty,
            path: selected.path,
            stability,
            missing: None,
            warnings,
        })
    }

    pub(super) fn path(&self, is_refined: bool) -> Path {
        Path { gamma: self.gamma, penalties: self.penalties, least: self.least, is_refined }
    }

    /// Dimensions of a network, and of the correlations behind it where these are a single community.
    pub(super) fn dimensions_of(&self, r: &DMatrix<f64>, selected: &Selected) -> Found {
        let own = Communities::among(&selected.weights, self.algorithm, self.seed);
        let mut found = Found {
            of: own.of,
            count: own.count,
            communities: own.count,
            modularity: own.modularity,
            one_dimension: None,
        };
        if self.one_dimension_first && found.count > 0 {
            let connected: Vec<usize> = (0..found.of.len()).filter(|&i| found.of[i].is_some()).collect();
            let among = r.select_rows(&connected).select_columns(&connected);
            let is_one = Communities::among(&among, CommunityAlgorithm::Louvain, self.seed).count == 1;
            found.one_dimension = Some(is_one);
            if is_one {
                connected.iter().for_each(|&i| found.of[i] = Some(1));
                found.count = 1;
            }
        }
        found
    }
}

fn enough_items(found: usize) -> Result<()> {
    match found < FEWEST {
        true => Err(Error::TooFewItems { what: "a network of items".into(), needed: FEWEST, found }),
        false => Ok(()),
    }
}

fn enough_rows(n: usize) -> Result<()> {
    match n < 4 {
        true => Err(Error::TooFewRows { what: "a network of items".into(), n, needed: 4 }),
        false => Ok(()),
    }
}

fn caveats(names: &[String], n: usize, selected: &Selected, found: &Found) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if n <= names.len() {
        warnings.push(Warning::FewRows { n, items: names.len() });
    }
    let alone: Vec<String> =
        names.iter().zip(&found.of).filter(|(_, of)| of.is_none()).map(|(name, _)| name.clone()).collect();
    if found.count == 0 {
        warnings.push(Warning::EmptyNetwork { items: names.len(), n });
    } else if !alone.is_empty() {
        warnings.push(Warning::Unconnected { items: alone });
    }
    let share = selected.path[selected.at].penalty / selected.path[0].penalty;
    if found.count > 0 && share < DENSE {
        warnings.push(Warning::DenseNetwork { share });
    }
    if selected.given_up > 0 {
        let what =
            format!("{} of {} penalties of the graphical lasso", selected.given_up, selected.path.len());
        warnings.push(Warning::NotDone { what, reason: "their search did not settle".into() });
    }
    warnings
}
