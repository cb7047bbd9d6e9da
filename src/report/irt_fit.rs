//! How an item response model, its items and its pairs of items fit.

use super::Table;
use super::number::{fixed, interval, optional, p_is, p_value};
use crate::irt::{IrtFit, LimitedInformation};

/// Pairs of items that are shown.
const SHOWN_PAIRS: usize = 10;

pub(super) fn overall(fit: &LimitedInformation) -> String {
    let srmsr = format!("SRMSR {}", optional(fit.srmsr, 3));
    match (fit.statistic, fit.df) {
        (Some(statistic), Some(df)) => format!(
            "{}({df}) = {}, {}; RMSEA {} {}, {srmsr}, CFI {}, TLI {} ({} complete respondents).",
            fit.form,
            fixed(statistic, 3),
            p_is(fit.pvalue),
            optional(fit.rmsea, 3),
            interval(fit.rmsea_lower, fit.rmsea_upper, 3),
            optional(fit.cfi, 3),
            optional(fit.tli, 3),
            fit.n,
        ),
        _ => format!(
            "There is no {}: {}. {srmsr}.",
            fit.form,
            fit.why.as_deref().unwrap_or("it does not exist").trim_end_matches('.')
        ),
    }
}

pub(super) fn item_fit(fit: &IrtFit) -> Option<Table> {
    if fit.mean_squares.is_empty() {
        return None;
    }
    let heads = ["item", "S-X2", "df", "p", "p (adjusted)", "RMSEA", "infit", "outfit"];
    let mut table = Table::new("Fit of the items", heads);
    for (at, squares) in fit.mean_squares.iter().enumerate() {
        let own = fit.item_fit.get(at);
        table.row([
            squares.item.clone(),
            optional(own.and_then(|i| i.s_x2), 2),
            own.map_or_else(|| "-".into(), |i| i.df.to_string()),
            p_value(own.and_then(|i| i.pvalue)),
            p_value(own.and_then(|i| i.adjusted)),
            optional(own.and_then(|i| i.rmsea), 3),
            optional(squares.infit, 2),
            optional(squares.outfit, 2),
        ]);
    }
    table.note = "Adjusted: Benjamini and Hochberg, over the items. Infit and outfit at EAP scores, where they are below 1 \
                  on average."
        .into();
    if let Some(item) = fit.item_fit.iter().find(|item| item.s_x2.is_none()) {
        table.without(&format!("S-X2 of {}", item.item), "it has no degrees of freedom");
    }
    if fit.item_fit.is_empty() {
        table.without("S-X2", "it is worked out for one group of complete respondents");
    }
    Some(table)
}

/// The pairs that have most in common beyond the trait.
pub(super) fn pairs(fit: &IrtFit) -> Option<Table> {
    let mut pairs: Vec<_> = fit.pairs.iter().filter(|pair| pair.q3.is_some()).collect();
    if pairs.is_empty() {
        return None;
    }
    let mean = pairs.iter().filter_map(|pair| pair.q3).sum::<f64>() / pairs.len() as f64;
    pairs.sort_by(|a, b| b.q3.unwrap_or(0.0).total_cmp(&a.q3.unwrap_or(0.0)));
    let heads = ["first", "second", "Q3", "above mean", "LD X2", "df", "p", "V"];
    let mut table = Table::new("Local dependence", heads);
    table.text_columns = vec![1];
    for pair in pairs.iter().take(SHOWN_PAIRS) {
        table.row([
            pair.first.clone(),
            pair.second.clone(),
            optional(pair.q3, 3),
            optional(pair.q3.map(|q3| q3 - mean), 3),
            fixed(pair.ld_x2, 2),
            pair.df.to_string(),
            p_value(Some(pair.pvalue)),
            fixed(pair.v, 3),
        ]);
    }
    let shown = if pairs.len() > SHOWN_PAIRS {
        format!("The {SHOWN_PAIRS} pairs of {} with the highest Q3. ", pairs.len())
    } else {
        String::new()
    };
    table.note =
        format!("{shown}Mean Q3 {}; 0.2 or more above it is told as local dependence.", fixed(mean, 3));
    Some(table)
}
