//! Exploratory factor analysis of a correlation matrix: whether it can be factored, how many factors there are, which they are
//! and how they are turned.
//!
//! [`Adequacy`] (Kaiser-Meyer-Olkin, Bartlett), [`Extraction`] ([`extract`]), [`Criterion`] ([`Rotate`]), [`Retention`]; networks
//! of items and their communities, [`GraphAnalysis`]. How well
//! an exploratory model fits, with standard errors, is the engine's: `Exploration` in the room `estimate`.

mod adequacy;
mod alignment;
mod analysed;
mod bass_ackwards;
mod consensus;
mod extraction;
mod hierarchy;
mod identification;
mod network;
mod placement;
mod retention;
mod rotation;
mod scores;
mod short_form;
mod short_form_study;

pub use adequacy::{Adequacy, Bartlett, Kmo, Mardia, RedundantPair};
pub use alignment::{Alignment, align, congruence};
pub use analysed::CorrelationMatrix;
pub use bass_ackwards::{Level, bass_ackwards};
pub use consensus::{Consensus, consensus};
pub(crate) use extraction::check_count;
pub use extraction::{Extracted, Extraction, extract};
pub use hierarchy::{GroupFactor, Hierarchy, schmid_leiman};
pub use identification::{degrees_of_freedom, most_factors};
#[cfg(feature = "report")]
pub(crate) use network::STABLE;
pub use network::{
    Communities, CommunityAlgorithm, ExploratoryGraph, GraphAnalysis, GraphEdge, GraphItem, GraphResampling,
    GraphStability, Penalised,
};
pub use placement::{ItemFinding, ItemPlacement, KeyedItems, Placements, placements};
pub use retention::*;
pub use rotation::{Criterion, DistinctMinimum, Rotate, Rotated, RotationSearch, Target};
pub(crate) use rotation::{PromaxTurn, Turning};
pub use scores::{FactorWeights, ScoreRule, score_weights};
pub use short_form::{Coverage, ShortForm, short_form};
pub use short_form_study::{ShortFormStudy, ShortForms};
