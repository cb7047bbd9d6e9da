//! A drawing surface in pixels.

use svg::node::element::{Circle, Line, Polyline, Rectangle, Text, Title};
use svg::{Document, Node};

/// Size of the letters.
pub(super) const LETTER: f64 = 12.0;

/// Where a text stands on its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// About as wide as a text is printed.
pub(super) fn width_of(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER * 0.56
}

/// The widest of some texts.
pub(super) fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    texts.map(width_of).fold(0.0, f64::max)
}

pub(super) struct Canvas {
    document: Document,
}

impl Canvas {
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        let document = Document::new()
            .set("viewBox", (0, 0, width.ceil() as i64, height.ceil() as i64))
            .set("style", format!("max-width:{}px", width.ceil()))
            .set("role", "img")
            .set("font-size", LETTER)
            .add(Title::new(title));
        Self { document }
    }

    pub(super) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        self.styled((x, y), anchor, text, "fill:var(--ink)", 0.0);
    }

    /// A text in another style, turned by degrees.
    pub(super) fn styled(&mut self, (x, y): (f64, f64), anchor: Anchor, text: &str, style: &str, turn: f64) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let mut node = Text::new(text)
            .set("x", round(x))
            .set("y", round(y))
            .set("text-anchor", anchor)
            .set("style", style);
        if turn != 0.0 {
            node = node.set("transform", format!("rotate({turn} {} {})", round(x), round(y)));
        }
        self.add(node);
    }

    pub(super) fn rectangle(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), style: &str) {
        let node = Rectangle::new()
            .set("x", round(x))
            .set("y", round(y))
            .set("width", round(width.max(0.0)))
            .set("height", round(height.max(0.0)))
            .set("style", style);
        self.add(node);
    }

    /// The same with round corners and a tip for the pointer.
    pub(super) fn cell(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), style: &str, tip: &str) {
        let node = Rectangle::new()
            .set("x", round(x))
            .set("y", round(y))
            .set("width", round(width.max(0.0)))
            .set("height", round(height.max(0.0)))
            .set("style", style)
            .add(Title::new(tip));
        self.add(node);
    }

    pub(super) fn ellipse(&mut self, (x, y): (f64, f64), (rx, ry): (f64, f64), style: &str) {
        let node = svg::node::element::Ellipse::new()
            .set("cx", round(x))
            .set("cy", round(y))
            .set("rx", round(rx))
            .set("ry", round(ry))
            .set("style", style);
        self.add(node);
    }

    pub(super) fn circle(&mut self, (x, y): (f64, f64), radius: f64, style: &str) {
        self.add(
            Circle::new().set("cx", round(x)).set("cy", round(y)).set("r", round(radius)).set("style", style),
        );
    }

    pub(super) fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), style: &str) {
        let node = Line::new()
            .set("x1", round(x1))
            .set("y1", round(y1))
            .set("x2", round(x2))
            .set("y2", round(y2))
            .set("style", style);
        self.add(node);
    }

    /// A line through points, with a tip for the pointer.
    pub(super) fn curve(&mut self, points: &[(f64, f64)], style: &str, tip: &str) {
        let each: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", round(*x), round(*y))).collect();
        let mut node =
            Polyline::new().set("points", each.join(" ")).set("style", format!("fill:none;{style}"));
        if !tip.is_empty() {
            node = node.add(Title::new(tip));
        }
        self.add(node);
    }

    fn add<N: Into<Box<dyn svg::node::Node>>>(&mut self, node: N) {
        self.document.append(node);
    }

    pub(super) fn finish(self) -> String {
        self.document.to_string()
    }
}

fn round(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// Colour of a correlation: hue for its sign, strength for its size.
pub(super) fn signed(value: f64, full: f64) -> String {
    let hue = if value < 0.0 { "--negative" } else { "--positive" };
    format!("fill:var({hue});fill-opacity:{:.2}", (value.abs() / full).min(1.0))
}

/// Thin lines.
pub(super) const GRID: &str = "stroke:var(--line);stroke-width:1";
