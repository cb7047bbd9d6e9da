//! The page of a correlation matrix.

use super::items::{rows_used, sentences};
use super::number::{fixed, optional, p_value};
use super::{Page, Report, Table};
use crate::correlation::{Correlations, EmptyCells, Method, PairKind};
use crate::moments::RowsUsed;

impl Report for Correlations {
    fn page(&self) -> Page {
        let latent = self.pairs.iter().any(|pair| pair.kind.is_latent());
        let mut page = Page::titled("Correlations");
        let how = match (latent, self.method) {
            (false, _) => String::new(),
            (true, Method::TwoStep) => {
                "Thresholds come from each variable by itself, correlations from each pair given those. "
                    .into()
            }
            (true, Method::MaximumLikelihood) => {
                "Thresholds and correlation of each pair are estimated together. ".into()
            }
        };
        let cells = match (latent, self.empty_cells) {
            (false, _) => String::new(),
            (true, EmptyCells::Keep) => "Empty cells stay empty. ".into(),
            (true, EmptyCells::HalfInTwoByTwo) => {
                "An empty cell of a table of two by two gets one half, its margins kept. ".into()
            }
            (true, EmptyCells::Add(number)) => format!("Every empty cell gets {number}. "),
        };
        page.paragraph(format!("{how}{cells}{}", rows_used(&self.missing())));
        page.list(sentences(&self.warnings));
        page.table(Table::of_matrix("Correlations", &self.matrix, 3));
        page.paragraph(format!("Smallest eigenvalue: {}.", fixed(self.smallest_eigenvalue, 4)));
        if let Some(table) = thresholds(self) {
            page.table(table);
        }
        if !self.pairs.is_empty() {
            page.table(pairs(self));
        }
        page
    }
}

impl Correlations {
    /// Rows read and used.
    pub fn missing(&self) -> RowsUsed {
        RowsUsed { policy: self.missing, rows_read: self.rows_read, rows_used: self.rows_used }
    }
}

fn thresholds(found: &Correlations) -> Option<Table> {
    let most = found.variables.iter().filter_map(|v| v.thresholds.as_ref().map(Vec::len)).max()?;
    let heads = ["variable".into(), "n".into()].into_iter().chain((1..=most).map(|k| format!("t{k}")));
    let mut table = Table::new("Thresholds", heads);
    for variable in &found.variables {
        if let Some(own) = &variable.thresholds {
            let cells = (0..most).map(|k| own.get(k).map_or_else(String::new, |tau| fixed(*tau, 3)));
            table.row([variable.name.clone(), variable.n.to_string()].into_iter().chain(cells));
        }
    }
    table.note = "Between neighbouring categories, in units of the standard normal distribution.".into();
    Some(table)
}

fn pairs(found: &Correlations) -> Table {
    let heads = ["first", "second", "r", "se", "n", "kind", "empty cells", "G2", "df", "p"];
    let mut table = Table::new("Pairs", heads);
    table.text_columns = vec![1, 5];
    for pair in &found.pairs {
        let of = |what: &str| format!("{what} of {} - {}", pair.first, pair.second);
        table.without_if_none(pair.se, &of("se"), "the correlation is 1 or -1");
        let is_latent = pair.kind.is_latent();
        if is_latent {
            let why = "the table of the two leaves no degrees of freedom";
            table.without_if_none(pair.test, &of("G2"), why);
        }
        // of numbers there is no such table
        let of_table = |text: String| if is_latent { text } else { String::new() };
        table.row([
            pair.first.clone(),
            pair.second.clone(),
            fixed(pair.r, 3),
            optional(pair.se, 3),
            pair.n.to_string(),
            pair.kind.name().into(),
            of_table(pair.empty_cells.to_string()),
            of_table(optional(pair.test.map(|test| test.likelihood_ratio), 2)),
            of_table(optional(pair.test.map(|test| test.df), 0)),
            of_table(p_value(pair.test.map(|test| test.pvalue))),
        ]);
    }
    if found.pairs.iter().any(|pair| matches!(pair.kind, PairKind::Polychoric)) {
        table.note = "G2 tests that the variables behind the two items are bivariate normal: a small p speaks against \
                      the polychoric correlation."
            .into();
    }
    table
}
