//! Tables of the parameters of a fitted model.

use super::Table;
use super::measures::explain;
use super::number::{fixed, interval, optional, p_value};
use crate::estimate::{Fit, ParameterEstimate};
use crate::model::Operator;
use std::collections::BTreeMap;

/// The kinds of parameters, in the order of the page.
pub(super) const SECTIONS: [(&str, &str); 6] = [
    ("Loadings", "=~"),
    ("Regressions", "~"),
    ("Variances and covariances", "~~"),
    ("Thresholds", "|"),
    ("Scaling factors", "~*~"),
    ("Intercepts", "~1"),
];

/// Parameters with their standard errors and tests.
pub(super) fn parameters(fit: &Fit, title: &str, rows: &[&ParameterEstimate]) -> Table {
    let mut table =
        Table::new(title, ["parameter", "est", "se", "z", "p", "95 % interval", "std.lv", "std.all"]);
    for p in rows {
        let shown = |text: String| if is_fixed(p) { String::new() } else { text };
        table.row([
            name(p),
            fixed(p.est, 3),
            standard_error(fit, p),
            shown(optional(p.z, 2)),
            shown(p_value(p.pvalue)),
            shown(interval(p.ci_lower, p.ci_upper, 3)),
            optional(p.std_lv, 3),
            optional(p.std_all, 3),
        ]);
        explain(&mut table, fit, &name(p), p);
    }
    table
}

/// What a parameter is called.
pub(super) fn name(p: &ParameterEstimate) -> String {
    let name = if p.op == "~1" { format!("{} ~1", p.lhs) } else { format!("{} {} {}", p.lhs, p.op, p.rhs) };
    if p.label.is_empty() || p.op == ":=" { name } else { format!("{name} ({})", p.label) }
}

/// Whether a parameter has a value that was given to it.
pub(super) fn is_fixed(p: &ParameterEstimate) -> bool {
    p.free == 0 && p.op != ":="
}

/// The standard error of a parameter, or why it needs none.
pub(super) fn standard_error(fit: &Fit, p: &ParameterEstimate) -> String {
    match (is_fixed(p), fit.is_left(p)) {
        (true, true) => "left".into(),
        (true, false) => "fixed".into(),
        _ => optional(p.se, 3),
    }
}

/// Whether a row only says that a parameter of ordinal data is not there: an origin of 0, a unit of 1.
pub(super) fn is_idle(fit: &Fit, p: &ParameterEstimate) -> bool {
    let fixed = |value: f64| p.free == 0 && p.est == value;
    match p.op {
        Operator::Intercept => fit.is_ordinal() && fixed(0.0),
        Operator::Scale => fixed(1.0),
        _ => false,
    }
}

/// How much of each variable the model explains.
pub(super) fn explained_variance(explained: &BTreeMap<String, Option<f64>>) -> Table {
    let mut table = Table::new("Explained variance", ["variable", "R2"]);
    for (name, share) in explained {
        table.row([name.clone(), optional(*share, 3)]);
        let why = "its residual variance is negative";
        table.without_if_none(*share, &format!("R2 of {name}"), why);
    }
    table
}
