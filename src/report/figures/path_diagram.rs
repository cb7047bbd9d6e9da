//! A factor model as a diagram: factors in ellipses, items in rectangles, standardised loadings on the arrows. Factors of
//! factors stand to the left of what they measure; of a bifactor model the general factor stands to the left of the
//! items, the others to the right.

use super::canvas::{Anchor, Canvas, LETTER, widest};
use crate::evidence::StructureEvidence;

/// A loading.
struct Arrow {
    from: String,
    to: String,
    value: Option<f64>,
}

/// What stands in the diagram.
struct Nodes {
    arrows: Vec<Arrow>,
    factors: Vec<String>,
    items: Vec<String>,
    /// How many arrows lie between a factor and its items.
    depth: Vec<usize>,
    /// Factors over all items, where there are others.
    general: Vec<bool>,
}

impl Nodes {
    fn of(structure: &StructureEvidence) -> Self {
        let loadings = structure.result.parameters.iter().filter(|p| p.op == "=~" && p.group <= 1);
        let arrows: Vec<Arrow> =
            loadings.map(|p| Arrow { from: p.lhs.clone(), to: p.rhs.clone(), value: p.std_all }).collect();
        let factors = distinct(arrows.iter().map(|arrow| &arrow.from));
        let is_factor = |name: &String| factors.contains(name);
        let items = distinct(arrows.iter().map(|arrow| &arrow.to).filter(|to| !is_factor(to)));
        let mut depth: Vec<usize> = vec![1; factors.len()];
        for _ in 0..factors.len() {
            for arrow in arrows.iter().filter(|a| is_factor(&a.to)) {
                let (from, to) = (place(&factors, &arrow.from), place(&factors, &arrow.to));
                depth[from] = depth[from].max(depth[to] + 1);
            }
        }
        let of = |factor: &String| arrows.iter().filter(|a| a.from == *factor && !is_factor(&a.to)).count();
        let general = factors.iter().map(|f| factors.len() > 1 && of(f) == items.len()).collect();
        Self { arrows, factors, items, depth, general }
    }

    fn is_factor(&self, name: &String) -> bool {
        self.factors.contains(name)
    }

    fn levels(&self) -> usize {
        self.depth.iter().copied().max().unwrap_or(1)
    }

    /// With a general factor over all items the others stand on the right.
    fn is_bifactor(&self) -> bool {
        self.general.contains(&true)
    }
}

/// Height of an item.
const ROW: f64 = 21.0;
/// Between columns.
const GAP: f64 = 130.0;

/// Where it stands.
struct Layout {
    factor_width: f64,
    item_width: f64,
    /// Left side of the items.
    item_x: f64,
    /// Middle of each item.
    item_y: Vec<f64>,
    /// Middle of each factor.
    factor_at: Vec<(f64, f64)>,
}

impl Layout {
    fn of(nodes: &Nodes, titles: &[String]) -> Self {
        let Nodes { arrows, factors, items, depth, general } = nodes;
        let factor_width = widest(titles.iter().map(String::as_str)) + 26.0;
        let item_width = widest(items.iter().map(String::as_str)) + 16.0;
        let levels = nodes.levels();
        let item_x = levels as f64 * (factor_width + GAP);
        let item_y: Vec<f64> = (0..items.len()).map(|i| ROW * (i as f64 + 0.5) + 6.0).collect();
        let mut factor_at: Vec<(f64, f64)> = vec![(0.0, 0.0); factors.len()];
        for level in 1..=levels {
            for (index, factor) in factors.iter().enumerate().filter(|(i, _)| depth[*i] == level) {
                let of_items = arrows.iter().filter(|a| a.from == *factor && !nodes.is_factor(&a.to));
                let mut below: Vec<f64> = of_items.map(|a| item_y[place(items, &a.to)]).collect();
                let of_factors = arrows.iter().filter(|a| a.from == *factor && nodes.is_factor(&a.to));
                below.extend(of_factors.map(|a| factor_at[place(factors, &a.to)].1));
                let y = below.iter().sum::<f64>() / below.len().max(1) as f64;
                let x = if nodes.is_bifactor() && !general[index] {
                    item_x + item_width + GAP + factor_width / 2.0
                } else {
                    (levels - level) as f64 * (factor_width + GAP) + factor_width / 2.0
                };
                factor_at[index] = (x, y);
            }
        }
        Self { factor_width, item_width, item_x, item_y, factor_at }
    }
}

/// `titled`: what a factor is called.
pub(in crate::report) fn path_diagram(
    title: &str,
    structure: &StructureEvidence,
    titled: &dyn Fn(&str) -> String,
) -> String {
    let nodes = Nodes::of(structure);
    let titles: Vec<String> = nodes.factors.iter().map(|factor| titled(factor)).collect();
    let layout = Layout::of(&nodes, &titles);
    let Layout { factor_width, item_width, item_x, item_y, factor_at } = &layout;
    let height = ROW * nodes.items.len() as f64 + 12.0;
    let right = if nodes.is_bifactor() { GAP + factor_width } else { 0.0 };
    let mut canvas = Canvas::new(item_x + item_width + right + 8.0, height + 8.0, title);
    for own in &nodes.arrows {
        arrow(&mut canvas, own, &nodes, &layout);
    }
    for (factor, (x, y)) in titles.iter().zip(factor_at) {
        let style = "fill:var(--paper);stroke:var(--ink);stroke-width:1.5";
        canvas.ellipse((*x, *y), (factor_width / 2.0, 14.0), style);
        canvas.text((*x, y + LETTER * 0.35), Anchor::Middle, factor);
    }
    for (item, y) in nodes.items.iter().zip(item_y) {
        let style = "fill:var(--paper);stroke:var(--ink);stroke-width:1";
        canvas.rectangle((*item_x, y - 8.5), (*item_width, 17.0), style);
        canvas.text((item_x + item_width / 2.0, y + LETTER * 0.35), Anchor::Middle, item);
    }
    canvas.finish()
}

/// A loading with its value, the stronger the darker.
fn arrow(canvas: &mut Canvas, arrow: &Arrow, nodes: &Nodes, layout: &Layout) {
    let Layout { factor_width, item_width, item_x, item_y, factor_at } = layout;
    let (x, y) = factor_at[place(&nodes.factors, &arrow.from)];
    let on_right = x > *item_x;
    let side = if on_right { -1.0 } else { 1.0 };
    let (tx, ty) = if nodes.is_factor(&arrow.to) {
        let (tx, ty) = factor_at[place(&nodes.factors, &arrow.to)];
        (tx - factor_width / 2.0, ty)
    } else {
        let tx = if on_right { item_x + item_width } else { *item_x };
        (tx, item_y[place(&nodes.items, &arrow.to)])
    };
    let start = (x + side * factor_width / 2.0, y);
    let strength = arrow.value.map_or(0.4, |v| 0.25 + 0.75 * v.abs().min(1.0));
    let style = format!("stroke:var(--ink);stroke-width:1.2;stroke-opacity:{strength:.2}");
    canvas.line(start, (tx, ty), &style);
    // a small head
    canvas.circle((tx - side * 2.0, ty), 2.0, "fill:var(--ink)");
    if let Some(value) = arrow.value {
        let share = 0.74;
        let at = (start.0 + share * (tx - start.0), start.1 + share * (ty - start.1));
        let text = format!("{value:.2}").replace("0.", ".");
        canvas.rectangle((at.0 - 13.0, at.1 - 7.0), (26.0, 13.0), "fill:var(--paper);fill-opacity:.85");
        canvas.text((at.0, at.1 + LETTER * 0.33), Anchor::Middle, &text);
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    found
}

fn place(names: &[String], name: &str) -> usize {
    names.iter().position(|n| n == name).unwrap_or(0)
}
