//! Page of an exploratory graph analysis: dimensions, items, the network, how stable they are.

use super::Report;
use super::figures::network;
use super::items::sentences;
use super::number::{fixed, optional, percent};
use super::page::{Figure, Page};
use super::table::{Mark, Table};
use crate::evidence::counted;
use crate::factor::{ExploratoryGraph, GraphStability, STABLE};

/// Weights are a table up to so many items; beyond, the figure and the document have them.
const SHOWN: usize = 20;

impl Report for ExploratoryGraph {
    fn page(&self) -> Page {
        let mut page = Page::titled("Exploratory graph analysis");
        page.paragraph(format!(
            "{}, {}, {} correlations; network by the graphical lasso with the smallest EBIC (gamma {}), communities by {}.",
            counted(self.items.len(), "item", "items"),
            counted(self.n, "respondent", "respondents"),
            self.basis,
            self.gamma,
            self.algorithm
        ));
        page.paragraph(conclusion(self));
        page.table(items(self));
        page.table(measures(self));
        if let Some(stability) = &self.stability {
            of_stability(&mut page, self, stability);
        }
        if self.items.len() <= SHOWN {
            let mut table = Table::of_matrix("Weights of the network", &self.weights, 3);
            table.note =
                "Partial correlations given all other items, drawn towards 0 by the penalty; 0 is no edge."
                    .into();
            page.table(table);
        }
        page.figure(Figure {
            title: "Network".into(),
            svg: network(self),
            note: "Items with the numbers of their dimensions; the wider a line, the larger the partial correlation; dashed lines are negative.".into(),
        });
        page.list(sentences(&self.warnings));
        page
    }
}

impl ExploratoryGraph {
    /// The items with their dimensions and strengths, at full precision, and their stability where there was a bootstrap.
    pub fn table(&self) -> Table {
        let heads = ["item", "dimension", "strength", "within", "stability"];
        let mut table = Table::new("", heads);
        for (i, own) in self.items.iter().enumerate() {
            table.row([
                own.item.clone(),
                own.dimension.map_or_else(String::new, |d| d.to_string()),
                own.strength.to_string(),
                own.within.to_string(),
                super::number::exact(self.stability.as_ref().and_then(|all| all.items[i])),
            ]);
        }
        table
    }
}

fn conclusion(graph: &ExploratoryGraph) -> String {
    let communities = counted(graph.communities, "community", "communities");
    match (graph.dimensions, graph.one_dimension) {
        (0, _) => "The network has no edges, and so no dimensions.".into(),
        (1, Some(true)) if graph.communities > 1 => format!(
            "One dimension: the absolute correlations are a single community (Louvain), although the network has {communities}."
        ),
        (1, _) => "One dimension.".into(),
        (k, Some(false)) => {
            format!("Dimensions: {k}; the correlations as a whole are not a single community.")
        }
        (k, _) => format!("Dimensions: {k}."),
    }
}

fn items(graph: &ExploratoryGraph) -> Table {
    let stability = graph.stability.as_ref();
    let heads = ["item", "dimension", "strength", "within"].into_iter().chain(stability.map(|_| "stability"));
    let mut table = Table::new("Items and their dimensions", heads);
    let mut order: Vec<usize> = (0..graph.items.len()).collect();
    order.sort_by_key(|&i| graph.items[i].dimension.unwrap_or(usize::MAX));
    for i in order {
        let own = &graph.items[i];
        let dimension = own.dimension.map_or_else(|| "-".into(), |d| d.to_string());
        let mut row = vec![own.item.clone(), dimension, fixed(own.strength, 3), fixed(own.within, 3)];
        if let Some(all) = stability {
            row.push(optional(all.items[i], 2));
            table.marks.push(match all.items[i] {
                Some(share) if share >= STABLE => Mark::Good,
                Some(_) => Mark::Bad,
                None => Mark::Open,
            });
        }
        table.row(row);
        if graph.dimensions > 0 {
            let what = format!("the dimension of {}", own.item);
            table.without_if_none(own.dimension, &what, "it has no edge to another item");
        }
    }
    table.note =
        "Strength: sum of absolute weights of an item; within: of that, to items of its own dimension."
            .into();
    if stability.is_some() {
        table.note += " Stability: share of samples in which the item is in this dimension; below .75 it is unstable \
                       (Christensen & Golino 2021).";
    }
    table
}

fn measures(graph: &ExploratoryGraph) -> Table {
    let mut table = Table::new("The network", ["measure", "value"]);
    table.row(["edges".to_string(), graph.edges.to_string()]);
    table.row(["share of all pairs".to_string(), fixed(graph.density, 3)]);
    table.row(["penalty".to_string(), fixed(graph.penalty, 4)]);
    table.row(["communities".to_string(), graph.communities.to_string()]);
    table.row(["modularity".to_string(), optional(graph.modularity, 3)]);
    table.row(["total entropy fit index".to_string(), optional(graph.tefi, 3)]);
    table.without_if_none(graph.modularity, "modularity", "the network has no edges");
    table.without_if_none(graph.tefi, "the total entropy fit index", "an item is in no dimension");
    table.note = "The total entropy fit index (Golino et al. 2021) compares partitions of the same items: lower is better.".into();
    table
}

fn of_stability(page: &mut Page, graph: &ExploratoryGraph, stability: &GraphStability) {
    let mut table = Table::new("Dimensions found in samples", ["dimensions", "share of samples"]);
    for (k, share) in &stability.dimensions {
        table.row([k.to_string(), fixed(*share, 3)]);
    }
    table.note = format!(
        "{} {}, median {} dimensions.",
        counted(stability.replicates - stability.failed, "sample", "samples"),
        match stability.resampling {
            crate::factor::GraphResampling::Cases => "of the respondents with replacement",
            _ => "from normal variables with these correlations",
        },
        stability.median
    );
    page.table(table);
    if graph.dimensions > 0 {
        let mut table =
            Table::new("Dimensions found with the same items", ["dimension", "items", "share of samples"]);
        for (at, share) in stability.consistency.iter().enumerate() {
            let count = graph.items_of(at + 1).count();
            table.row([(at + 1).to_string(), count.to_string(), fixed(*share, 3)]);
        }
        table.note = "Structural consistency: the very same items together, and no others (Christensen & Golino 2021).".into();
        page.table(table);
        page.table(Table::of_matrix(
            "Shares of samples in which items are in each dimension",
            &stability.shares,
            2,
        ));
    }
    let mut table = Table::new("Edges", ["items", "weight", "2.5 %", "97.5 %", "share of samples"]);
    let mut edges: Vec<_> = stability.edges.iter().collect();
    edges.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    for edge in edges.iter().take(SHOWN) {
        table.row([
            format!("{} - {}", edge.first, edge.second),
            fixed(edge.weight, 3),
            fixed(edge.lower, 3),
            fixed(edge.upper, 3),
            percent(edge.share),
        ]);
    }
    table.note = "Quantiles over samples; since the penalty draws weights towards 0, they are no confidence intervals.".into();
    if edges.len() > SHOWN {
        table.note = format!("The {SHOWN} largest of {}. {}", edges.len(), table.note);
    }
    if !edges.is_empty() {
        page.table(table);
    }
}
