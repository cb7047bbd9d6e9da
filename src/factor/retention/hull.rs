//! The Hull method (Lorenzo-Seva, Timmerman & Kiers 2011): among models on the upper border of fit against parameters, the one
//! where the fit stops rising most sharply,
//!
//! ```text
//! st_i = [(f_i - f_i-1) / (m_i - m_i-1)] / [(f_i+1 - f_i) / (m_i+1 - m_i)]
//! ```
//!
//! with f the CFI (maximum likelihood) and m the parameters. It depends on the largest number that is tried, which is one more
//! than parallel analysis finds.

use super::sequential::SequentialModel;
use serde::{Deserialize, Serialize};

/// A model on the hull.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// let hull = study.hull.unwrap();
/// let best = hull.points.iter().find(|own| Some(own.factors) == hull.suggested).unwrap();
/// assert_eq!((best.factors, best.df), (3, 12.0));
/// assert_eq!(format!("{:.3}", best.fit), "0.988");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HullPoint {
    /// Factors.
    pub factors: usize,
    /// CFI.
    pub fit: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// How sharply the fit stops rising there; none at the ends.
    pub st: Option<f64>,
}

/// Models on the hull.
///
/// ```
/// use psychometrics::data::Dataset;
/// use psychometrics::factor::Retention;
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
/// let study = Retention::default().replications(100).of(&names, data.numeric(&names)?.view())?;
/// let hull = study.hull.unwrap();
/// assert_eq!((hull.suggested, hull.tried, hull.points.len()), (Some(3), 4, 5));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hull {
    /// Those on the hull.
    pub points: Vec<HullPoint>,
    /// The most factors that were tried.
    pub tried: usize,
    /// The one with the largest st; none where fewer than three models are on the hull.
    pub suggested: Option<usize>,
}

impl Hull {
    pub(super) fn of(models: &[SequentialModel], tried: usize) -> Self {
        let mut points: Vec<HullPoint> = Vec::new();
        // only models that fit better than all with fewer parameters
        for model in models.iter().filter(|model| model.factors <= tried) {
            if points.last().is_none_or(|last| model.cfi > last.fit + 1e-12) {
                points.push(HullPoint { factors: model.factors, fit: model.cfi, df: model.df, st: None });
            }
        }
        // and that lie above the line between their neighbours
        let gain = |a: &HullPoint, b: &HullPoint| (b.fit - a.fit) / (a.df - b.df);
        let mut at = 1;
        while at + 1 < points.len() {
            if gain(&points[at - 1], &points[at]) <= gain(&points[at], &points[at + 1]) {
                points.remove(at);
                at = at.saturating_sub(1).max(1);
            } else {
                at += 1;
            }
        }
        for i in 1..points.len().saturating_sub(1) {
            let st = gain(&points[i - 1], &points[i]) / gain(&points[i], &points[i + 1]);
            points[i].st = Some(st).filter(|st| st.is_finite());
        }
        let inner = points.iter().filter_map(|point| Some((point.factors, point.st?)));
        let suggested = inner.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(factors, _)| factors);
        Self { points, tried, suggested }
    }
}
