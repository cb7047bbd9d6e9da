//! A network of items: the items of a dimension on a circle of their own, edges as wide as their weights.

use super::canvas::{Anchor, Canvas, LETTER, width_of};
use crate::factor::ExploratoryGraph;
use std::f64::consts::TAU;

/// Radius of a node.
const NODE: f64 = 8.0;
/// Between neighbouring nodes of a circle.
const APART: f64 = 46.0;
/// Colours of dimensions, in turn.
const COLOURS: [&str; 6] =
    ["var(--positive)", "var(--accent)", "var(--good)", "var(--negative)", "var(--soft)", "var(--ink)"];

/// Where a node stands, and in which direction its name lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    outward: f64,
}

pub(in crate::report) fn network(graph: &ExploratoryGraph) -> String {
    let (places, radius) = places(graph);
    let names = graph.items.iter().map(|own| width_of(&own.item));
    let (middle, margin) = (radius + 16.0, names.fold(0.0, f64::max) + 18.0);
    let at = |place: Place| (margin + middle + place.x, middle + 14.0 + place.y);
    let mut canvas = Canvas::new(2.0 * (middle + margin), 2.0 * middle + 44.0, "Network");
    let largest = graph.weights.values.iter().flatten().fold(0.0, |most: f64, w| most.max(w.abs()));
    for (i, row) in graph.weights.values.iter().enumerate() {
        for (j, weight) in row.iter().enumerate().take(i).filter(|(_, weight)| **weight != 0.0) {
            let share = weight.abs() / largest;
            let hue = if *weight < 0.0 { "--negative" } else { "--positive" };
            let dashes = if *weight < 0.0 { ";stroke-dasharray:6 4" } else { "" };
            let style = format!(
                "stroke:var({hue});stroke-width:{:.1};stroke-opacity:{:.2}{dashes}",
                0.5 + 4.5 * share,
                0.15 + 0.75 * share
            );
            canvas.line(at(places[i]), at(places[j]), &style);
        }
    }
    for (own, place) in graph.items.iter().zip(&places) {
        let colour = own.dimension.map_or("var(--neutral)", |d| COLOURS[(d - 1) % COLOURS.len()]);
        let (x, y) = at(*place);
        canvas.circle((x, y), NODE, &format!("fill:{colour};stroke:var(--paper);stroke-width:1.5"));
        if let Some(dimension) = own.dimension {
            let style = "fill:var(--paper);font-size:9px";
            canvas.styled((x, y + 3.2), Anchor::Middle, &dimension.to_string(), style, 0.0);
        }
        let (dx, dy) = (place.outward.cos(), place.outward.sin());
        let anchor = if dx > 0.3 {
            Anchor::Start
        } else if dx < -0.3 {
            Anchor::End
        } else {
            Anchor::Middle
        };
        let place = (x + (NODE + 5.0) * dx, y + (NODE + 10.0) * dy + LETTER * 0.35);
        canvas.styled(place, anchor, &own.item, "fill:var(--ink)", 0.0);
    }
    canvas.finish()
}

/// Circles of dimensions on a circle; items without one are a circle by themselves.
fn places(graph: &ExploratoryGraph) -> (Vec<Place>, f64) {
    let of = |dimension: Option<usize>| -> Vec<usize> {
        (0..graph.items.len()).filter(|&i| graph.items[i].dimension == dimension).collect()
    };
    let groups: Vec<Vec<usize>> = (1..=graph.dimensions)
        .map(Some)
        .chain([None])
        .map(of)
        .filter(|items: &Vec<usize>| !items.is_empty())
        .collect();
    let radius_of = |count: usize| if count == 1 { 0.0 } else { (APART * count as f64 / TAU).max(30.0) };
    let radii: Vec<f64> = groups.iter().map(|items| radius_of(items.len())).collect();
    // each circle has a share of the whole in proportion to its width
    let names = graph.items.iter().map(|own| width_of(&own.item)).fold(0.0, f64::max);
    let widths: Vec<f64> = radii.iter().map(|radius| 2.0 * radius + 60.0 + 0.7 * names).collect();
    let whole: f64 = widths.iter().sum();
    let large = if groups.len() == 1 { 0.0 } else { (whole / TAU).max(radii[0] + 40.0) };
    let mut places = vec![Place { x: 0.0, y: 0.0, outward: 0.0 }; graph.items.len()];
    let mut before = 0.0;
    let mut reach: f64 = 0.0;
    for (g, items) in groups.iter().enumerate() {
        let angle = TAU * (before + 0.5 * (widths[g] - widths[0])) / whole - TAU / 4.0;
        before += widths[g];
        let centre = (large * angle.cos(), large * angle.sin());
        reach = reach.max(large + radii[g]);
        for (at, &i) in items.iter().enumerate() {
            let outward = angle + TAU * at as f64 / items.len() as f64;
            let (x, y) = (centre.0 + radii[g] * outward.cos(), centre.1 + radii[g] * outward.sin());
            places[i] = Place { x, y, outward };
        }
    }
    (places, reach + NODE)
}
