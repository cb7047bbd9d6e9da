//! Why a number of a fitted model does not exist.

use super::Table;
use crate::estimate::{Fit, ParameterEstimate, StandardErrors};

/// Of a model without degrees of freedom.
pub(super) const SATURATED: &str = "the model is saturated, df = 0";

/// Why a measure that [`Fit::measure`] knows by `name` has no value.
pub(super) fn no_measure(fit: &Fit, name: &str) -> String {
    let is = |names: &[&str]| names.iter().any(|own| name.starts_with(own));
    if !fit.converged {
        return no_solution(fit);
    }
    if is(&["logl", "unrestricted.logl", "aic", "bic"]) {
        return match fit.estimator.is_least_squares() {
            false => "the likelihood of these data is no number".into(),
            true => format!("{} has no likelihood", fit.estimator.name()),
        };
    }
    if fit.df() == 0 && !is(&["baseline", "srmr"]) {
        return SATURATED.into();
    }
    if is(&["pvalue", "baseline.pvalue"]) {
        return format!("the statistic of {} has no chi-square distribution", fit.estimator.name());
    }
    if is(&["baseline", "cfi", "tli"]) {
        return "the independence model has no misfit that it could be compared with".into();
    }
    if is(&["srmr"]) {
        return "a variance that residuals are divided by is not positive".into();
    }
    "the statistic is no number for these data".into()
}

/// What became of a search that has no solution.
pub(super) fn no_solution(fit: &Fit) -> String {
    format!("the model {}", fit.status)
}

/// Why a parameter has no standard error.
pub(super) fn no_error(fit: &Fit) -> String {
    match fit.standard_errors {
        _ if !fit.converged => no_solution(fit),
        StandardErrors::None => "no standard errors were asked for".into(),
        _ => "the information matrix has no inverse".into(),
    }
}

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
