//! Why a number of a fitted model does not exist.

use super::Table;
use crate::estimate::{Fit, ParameterEstimate};
pub(super) use crate::estimate::{SATURATED, no_error, no_measure, no_solution};

/// Says below a table of parameters why numbers of theirs do not exist.
pub(super) fn explain(table: &mut Table, fit: &Fit, name: &str, p: &ParameterEstimate) {
    if !fit.converged {
        let complete = p.se.and(p.z).and(p.ci_lower).and(p.std_lv).and(p.std_all);
        let what = "standard errors, tests and standardised values";
        return if complete.is_none() && !table.remarks.iter().any(|remark| remark.contains(what)) {
            table.without(what, &no_solution(fit));
        };
    }
    if !p.est.is_finite() {
        table.without(&format!("est of {name}"), "it is too large for a number");
    }
    let is_fixed = p.free == 0 && p.op != ":=";
    if !is_fixed {
        match p.se {
            None => table.without(&format!("se of {name}"), &no_error(fit)),
            Some(_) => {
                table.without_if_none(p.z, &format!("z of {name}"), "its standard error is 0");
                let limits = p.ci_lower.zip(p.ci_upper);
                let why = "the replicates all lie on one side of the estimate, or are parametric";
                table.without_if_none(limits, &format!("the interval of {name}"), why);
            }
        }
    }
    let why = "a variance that it is divided by is not positive";
    table.without_if_none(p.std_lv.and(p.std_all), &format!("the standardised value of {name}"), why);
}
