//! Figures as SVG: layout only, every number comes from the evidence.
//!
//! Colours are variables of the page around them (`--ink`, `--positive`, ...), so that a figure follows a light or dark
//! page and the print.

mod canvas;
mod category_curves;
mod cell_matrix;
mod expected_curves;
mod forest;
mod heat_map;
mod likert;
mod missing_map;
mod network;
mod path_diagram;
mod pattern_map;
mod perspective_matrix;
mod saturation_curve;
mod scree;
mod test_information;

pub(super) use category_curves::category_curves;
pub(super) use cell_matrix::{Cell, Shade, cell_matrix};
pub(super) use expected_curves::expected_curves;
pub(super) use forest::{Estimate, forest};
pub(super) use heat_map::{HeatMap, heat_map};
pub(super) use likert::{Answers, likert};
pub(super) use missing_map::missing_map;
pub(super) use network::network;
pub(super) use path_diagram::path_diagram;
pub(super) use pattern_map::pattern_map;
pub(super) use perspective_matrix::perspective_matrix;
pub(super) use saturation_curve::saturation_curve;
pub(super) use scree::scree;
pub(super) use test_information::{Precision, test_information};
