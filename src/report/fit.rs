//! The page of a fitted model.

use super::fit_measures::measures;
use super::number::{fixed, optional};
use super::parameters::{SECTIONS, explained_variance, is_idle, parameters};
use super::{Page, Report, Table};
use crate::estimate::{BootstrapInterval, BootstrapOptions, Fit, ParameterEstimate, Resampling};
use crate::evidence::counted;
use crate::model::Parameterization;
use crate::moments::Missing;
use std::collections::BTreeMap;

impl Report for Fit {
    fn page(&self) -> Page {
        let mut page = Page::titled(format!("Model fit, {}", self.estimator.name()));
        respondents(&mut page, self);
        if let Some(text) = ordinal(self) {
            page.paragraph(text);
        }
        page.list(
            self.status.hint().into_iter().chain(self.warnings.iter().map(ToString::to_string)).collect(),
        );
        if !self.auxiliary.is_empty() {
            page.paragraph(format!(
                "Auxiliary variables, as saturated correlates (Graham 2003): {}. Their parameters are not shown.",
                self.auxiliary.join(", ")
            ));
        }
        if self.converged {
            page.table(measures(self));
        }
        let shares = self.intraclass_correlations();
        if !shares.is_empty() {
            page.table(intraclass(self, &shares));
        }
        rotations(&mut page, self);
        blocks(&mut page, self);
        defined(&mut page, self);
        if let Some(text) = bootstrap(self) {
            page.paragraph(text);
        }
        page
    }
}

/// How sets of exploratory factors were turned.
fn rotations(page: &mut Page, fit: &Fit) {
    for own in &fit.rotations {
        let search = &own.search;
        let minimum = search.minimum.map_or_else(String::new, |value| {
            let others: Vec<String> = (search.minima.iter().skip(1).take(5))
                .map(|other| format!("{} ({})", fixed(other.value, 5), other.count))
                .collect();
            let more = if others.is_empty() {
                "no other minimum was met".to_string()
            } else {
                format!("other minima (starts): {}", others.join(", "))
            };
            format!(
                ": {} of {} starts reached the minimum {}; {more}",
                search.reached,
                search.starts,
                fixed(value, 5)
            )
        });
        let loadings = if own.standardized { "standardised" } else { "raw" };
        page.paragraph(format!(
            "Exploratory factors '{}', turned by {} of {loadings} loadings{minimum}.",
            own.set, own.criterion
        ));
    }
}

/// Who was observed, and how they count.
fn respondents(page: &mut Page, fit: &Fit) {
    page.paragraph(format!(
        "{} of {} read; {}, {}; the model {} after {}.",
        counted(fit.missing.rows_used, "respondent", "respondents"),
        fit.missing.rows_read,
        counted(fit.known("npar").map_or(0, |q| q as usize), "free parameter", "free parameters"),
        match fit.df() {
            1 => "1 degree of freedom".into(),
            df => format!("{df} degrees of freedom"),
        },
        fit.status,
        counted(fit.iterations, "iteration", "iterations")
    ));
    if let Some(weights) = &fit.sampling_weights {
        page.paragraph(format!(
            "Respondents count by '{}': weights from {} to {} about a mean of 1, design effect {} (Kish 1965), as many as {} \
             respondents of equal weight.",
            weights.variable,
            fixed(weights.range.0, 2),
            fixed(weights.range.1, 2),
            fixed(weights.design_effect, 2),
            fixed(weights.effective_n, 0)
        ));
    }
    let mut effects: Vec<f64> = fit.design_effects.iter().map(|effect| effect.deff).collect();
    effects.sort_by(f64::total_cmp);
    if let (Some(low), Some(high)) = (effects.first(), effects.last()) {
        page.paragraph(format!(
            "Design effects of the clusters (sampling variance over that of independent respondents): from {} to {}, \
             median {}.",
            fixed(*low, 2),
            fixed(*high, 2),
            fixed(effects[effects.len() / 2], 2)
        ));
    }
}

/// Parameters and explained variances of each group and level.
fn blocks(page: &mut Page, fit: &Fit) {
    for (block, (about, explained)) in fit.blocks().iter().zip(fit.r_squared()).enumerate() {
        let of = format!("{} {}", about.n, about.unit());
        match (about.level, &about.group) {
            (Some(_), _) => page.heading(2, format!("Level {} ({about}), {of}", block % 2 + 1)),
            (None, Some(group)) => page.heading(2, format!("Group {}: {group}, {of}", block + 1)),
            (None, None) => {}
        }
        let own: Vec<&ParameterEstimate> = fit.parameters.iter().filter(|p| p.block == block + 1).collect();
        for (title, op) in SECTIONS {
            let is_model =
                |p: &&&ParameterEstimate| !fit.auxiliary.contains(&p.lhs) && !fit.auxiliary.contains(&p.rhs);
            let shown = |p: &&&ParameterEstimate| p.op == op && is_model(p) && !is_idle(fit, p);
            let rows: Vec<&ParameterEstimate> = own.iter().filter(shown).copied().collect();
            if !rows.is_empty() {
                page.table(parameters(fit, title, &rows));
            }
        }
        if fit.converged && !explained.is_empty() {
            page.table(explained_variance(&explained));
        }
    }
}

/// Defined parameters, and those that have no value.
fn defined(page: &mut Page, fit: &Fit) {
    let defined: Vec<&ParameterEstimate> = fit.parameters.iter().filter(|p| p.op == ":=").collect();
    let undefined = fit.undefined();
    if !defined.is_empty() || !undefined.is_empty() {
        let mut table = parameters(fit, "Defined parameters", &defined);
        for one in undefined {
            let nothing = std::iter::repeat_n("-".to_string(), 7);
            table.row(std::iter::once(format!("{} := {}", one.name, one.expression)).chain(nothing));
            table.without(&one.name, &one.reason);
        }
        page.table(table);
    }
}

/// From which replicates standard errors and intervals are.
fn bootstrap(fit: &Fit) -> Option<String> {
    let bootstrap = fit.bootstrap.as_ref()?;
    let BootstrapOptions { replicates, seed, resampling, interval } = bootstrap.options;
    let from = match resampling {
        Resampling::Nonparametric => "the respondents, drawn with replacement",
        Resampling::Parametric => "the normal distribution of the model",
    };
    let interval = match interval {
        BootstrapInterval::Percentile => "percentile",
        BootstrapInterval::Basic => "basic",
        BootstrapInterval::Bca => "BCa",
        BootstrapInterval::Normal => "normal",
    };
    Some(format!(
        "Standard errors and {interval} intervals from {} of {replicates} bootstrap replicates of {from} (seed {seed}).",
        replicates - bootstrap.failed
    ))
}

/// How ordinal variables are taken.
pub(super) fn ordinal(fit: &Fit) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for p in fit.parameters.iter().filter(|p| p.op == "|") {
        if !names.contains(&p.lhs.as_str()) {
            names.push(&p.lhs);
        }
    }
    let unit = match fit.parameterization() {
        Parameterization::Delta => "delta parameterisation: a residual variance is what the model leaves",
        Parameterization::Theta => "theta parameterisation: residual variances are parameters",
    };
    let rows = match fit.missing.policy {
        Missing::Listwise => "",
        Missing::Fiml => {
            " Incomplete answers count by the likelihood of what was answered (full-information maximum \
                          likelihood), which is unbiased where missingness depends on nothing but what was observed."
        }
        Missing::FimlX => {
            " Incomplete answers count by the likelihood of what was answered, rows without a covariate too \
                           (full-information maximum likelihood, fiml.x)."
        }
        Missing::TwoStage => {
            " Means and covariances are those of maximum likelihood from all answers, the model is \
                              fitted to them, and standard errors and tests allow for what is missing (two-stage)."
        }
        Missing::RobustTwoStage => {
            " Means and covariances are those of maximum likelihood from all answers, the model \
                                    is fitted to them, and standard errors and tests allow for what is missing and \
                                    for nonnormality (robust two-stage)."
        }
        Missing::Pairwise => " Thresholds and correlations are of the answers that are there (pairwise).",
    };
    (!names.is_empty()).then(|| format!("Ordinal: {} ({unit}).{rows}", names.join(", ")))
}

/// How much of each variable lies between clusters.
fn intraclass(fit: &Fit, each: &[BTreeMap<String, f64>]) -> Table {
    let mut header = vec!["variable".to_string()];
    match fit.groups.is_empty() {
        true => header.push("ICC".into()),
        false => header.extend(fit.groups.iter().map(|group| format!("ICC, {group}"))),
    }
    let mut table = Table::new("Intraclass correlations", header);
    for name in each.first().into_iter().flat_map(|first| first.keys()) {
        let shares = each.iter().map(|own| optional(own.get(name).copied(), 3));
        table.row(std::iter::once(name.clone()).chain(shares));
        let everywhere = each.iter().all(|own| own.get(name).is_some_and(|share| share.is_finite()));
        let why = "it does not vary in a group";
        table.without_if_none(everywhere.then_some(()), &format!("ICC of {name}"), why);
    }
    table
}
