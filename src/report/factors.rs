//! Tables of how well the factors are told apart: convergent and discriminant validity.

use super::number::{ends, fixed, interval, optional, p_value};
use super::table::{Mark, Table};
use crate::evidence::counted;
use crate::evidence::relations::{Discriminant, FornellLarcker, LatentCorrelation, Problem, Relations};

pub(super) fn convergent(relations: &Relations) -> Table {
    let heads = ["factor", "AVE", "95 % interval", "CR", "omega", "H", "loadings", "below .50"];
    let mut table = Table::new("Convergent validity of the factors", heads);
    table.text_columns = vec![7];
    for found in &relations.convergent {
        let all = || found.loadings.iter().map(|l| l.loading);
        let range = all().reduce(f64::min).zip(all().reduce(f64::max));
        table.row([
            found.dimension.clone(),
            optional(found.ave, 3),
            ends(found.ave_interval, 2),
            optional(found.cr, 3),
            optional(found.omega, 3),
            optional(found.maximal, 3),
            range.map_or_else(String::new, |(low, high)| format!("{} - {}", fixed(low, 2), fixed(high, 2))),
            if found.weak.is_empty() { "none".into() } else { found.weak.join(", ") },
        ]);
        let of = |what: &str| format!("{what} of {}", found.dimension);
        let improper = "a variance that its loadings are standardised by is not positive";
        table.without_if_none(found.ave, &of("AVE"), improper);
        table.without_if_none(found.cr, &of("CR"), improper);
        if found.ave.is_some() {
            let why = "the model has no standard errors";
            table.without_if_none(found.ave_interval, &of("the interval of AVE"), why);
        }
        let why = "the sum of its items does not vary by the model";
        table.without_if_none(found.omega, &of("omega"), why);
        table.without_if_none(found.maximal, &of("H"), "an item has no residual variance");
    }
    table.note = "AVE: mean squared standardised loading; CR: composite reliability of standardised items (Fornell & Larcker \
                  1981); omega: of the sum of the items, categorical for ordinal ones; H: of the best weighted sum (Hancock & \
                  Mueller 2001)."
        .into();
    table
}

/// Pairs of factors: correlations with tests (not without a model of correlated factors), and ratios.
pub(super) fn discriminant(found: &Discriminant) -> Vec<Table> {
    let ratios = ratios(found);
    match found.latent_correlations.is_empty() {
        true => vec![ratios],
        false => vec![correlations(&found.latent_correlations), ratios],
    }
}

fn correlations(pairs: &[LatentCorrelation]) -> Table {
    let heads =
        ["factors", "r", "95 % interval", "problem", "chi-square(cut)", "p", "chi-square(merged)", "df", "p"];
    let mut table =
        Table::new("Correlations of the factors, tested against .90 and against one factor", heads);
    table.text_columns = vec![3];
    for pair in pairs {
        table.row([
            format!("{} - {}", pair.first, pair.second),
            optional(pair.estimate, 2),
            interval(pair.lower, pair.upper, 2),
            match pair.problem {
                Some(Problem::None) => "none",
                Some(Problem::Marginal) => "marginal",
                Some(Problem::Moderate) => "moderate",
                Some(Problem::Severe) => "severe",
                None => "",
            }
            .to_string(),
            optional(pair.cut_off.map(|t| t.chisq_diff), 2),
            p_value(pair.cut_off.map(|t| t.pvalue)),
            optional(pair.merged.map(|t| t.chisq_diff), 2),
            optional(pair.merged.map(|t| t.df_diff), 0),
            p_value(pair.merged.map(|t| t.pvalue)),
        ]);
        let shown = [
            ("estimate", "r", false),
            ("lower", "the interval", false),
            ("cut_off", "chi-square(cut)", pair.cut_off.is_none()),
            ("merged", "chi-square(merged)", pair.merged.is_none()),
        ];
        for (name, what, unasked) in shown {
            let what = format!("{what} of {} - {}", pair.first, pair.second);
            match pair.reasons.get(name) {
                Some(why) => table.without(&what, why),
                None if unasked => table.without(&what, "it was not asked for"),
                None => {}
            }
        }
        table.marks.push(match pair.problem {
            Some(Problem::None) => Mark::Good,
            Some(Problem::Marginal) => Mark::Mixed,
            Some(_) => Mark::Bad,
            None => Mark::Open,
        });
    }
    table.note = "Problem: by the upper limit of the correlation, .80 marginal, .90 moderate, 1 severe (Ronkko & Cho 2022). \
                  Chi-square(cut): the model with the correlation at .90, one degree of freedom; merged: both factors as one."
        .into();
    table
}

fn ratios(found: &Discriminant) -> Table {
    let heads = [
        "factors",
        "HTMT",
        "95 % interval",
        "HTMT2",
        "95 % interval",
        "r squared",
        "AVE",
        "AVE",
        "Fornell-Larcker",
    ];
    let mut table = Table::new(
        "Heterotrait-monotrait ratios, and extracted variances against squared correlations",
        heads,
    );
    table.text_columns = vec![8];
    for (htmt, htmt2) in found.htmt.iter().zip(&found.htmt2) {
        let is_theirs = |f: &&FornellLarcker| f.first == htmt.first && f.second == htmt.second;
        let larcker = found.fornell_larcker.iter().find(is_theirs);
        table.row([
            format!("{} - {}", htmt.first, htmt.second),
            optional(htmt.value, 2),
            interval(htmt.lower, htmt.upper, 2),
            optional(htmt2.value, 2),
            interval(htmt2.lower, htmt2.upper, 2),
            optional(larcker.map(|f| f.squared_correlation), 2),
            optional(larcker.map(|f| f.ave_first), 2),
            optional(larcker.map(|f| f.ave_second), 2),
            larcker.map_or("", |f| if f.met { "met" } else { "not met" }).to_string(),
        ]);
        for (name, own) in [("HTMT", htmt), ("HTMT2", htmt2)] {
            let pair = format!("{name} of {} - {}", own.first, own.second);
            match &own.reason {
                Some(reason) => table.without(&pair, reason),
                None if own.lower.is_none() && found.resampling.replicates > 0 => table.without(
                    &format!("the interval of {pair}"),
                    "a tenth of the samples or more have no ratio",
                ),
                None if own.lower.is_none() => {
                    table.without(&format!("the interval of {pair}"), "no samples were asked for");
                }
                None => {}
            }
        }
        if larcker.is_none() {
            let pair = format!("Fornell-Larcker of {} - {}", htmt.first, htmt.second);
            table.without(&pair, "there is no proper solution with both factors");
        }
    }
    table.note = format!(
        "Of {} correlations; {} of the respondents. HTMT: Henseler et al. (2015); HTMT2: Roemer et al. (2021). \
         Fornell-Larcker: both AVEs above the squared correlation.",
        match &*found.correlation {
            "pearson" => "Pearson",
            other => other,
        },
        counted(found.resampling.replicates, "sample", "samples")
    );
    table
}
