//! Tables of relations to other variables.

use super::number::{ends, fixed, interval, optional, p_is, p_value};
use super::page::{Mark, Table};
use crate::construct::Sign;
use crate::evidence::counted;
use crate::evidence::relations::{
    Discriminant, FornellLarcker, HeterotraitRatio, IncrementalValidity, KnownGroups, Problem, Relations,
    ScaleGroups, TestedHypothesis,
};

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
    let heads =
        ["factors", "r", "95 % interval", "problem", "chi-square(cut)", "p", "chi-square(merged)", "df", "p"];
    let mut table =
        Table::new("Correlations of the factors, tested against .90 and against one factor", heads);
    table.text_columns = vec![3];
    for pair in &found.latent_correlations {
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
            ("estimate", "r"),
            ("lower", "the interval"),
            ("cut_off", "chi-square(cut)"),
            ("merged", "chi-square(merged)"),
        ];
        for (name, what) in shown {
            if let Some(why) = pair.reasons.get(name) {
                table.without(&format!("{what} of {} - {}", pair.first, pair.second), why);
            } else if (name == "cut_off" && pair.cut_off.is_none())
                || (name == "merged" && pair.merged.is_none())
            {
                table.without(&format!("{what} of {} - {}", pair.first, pair.second), "it was not asked for");
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
    let mut ratios = Table::new(
        "Heterotrait-monotrait ratios, and extracted variances against squared correlations",
        heads,
    );
    ratios.text_columns = vec![8];
    for (htmt, htmt2) in found.htmt.iter().zip(&found.htmt2) {
        let is_theirs = |f: &&FornellLarcker| f.first == htmt.first && f.second == htmt.second;
        let larcker = found.fornell_larcker.iter().find(is_theirs);
        ratios.row([
            format!("{} - {}", htmt.first, htmt.second),
            ratio(htmt),
            interval(htmt.lower, htmt.upper, 2),
            ratio(htmt2),
            interval(htmt2.lower, htmt2.upper, 2),
            optional(larcker.map(|f| f.squared_correlation), 2),
            optional(larcker.map(|f| f.ave_first), 2),
            optional(larcker.map(|f| f.ave_second), 2),
            larcker.map_or("", |f| if f.met { "met" } else { "not met" }).to_string(),
        ]);
        for (name, own) in [("HTMT", htmt), ("HTMT2", htmt2)] {
            let pair = format!("{name} of {} - {}", own.first, own.second);
            match &own.reason {
                Some(reason) => ratios.without(&pair, reason),
                None if own.lower.is_none() && found.resampling.replicates > 0 => ratios.without(
                    &format!("the interval of {pair}"),
                    "a tenth of the samples or more have no ratio",
                ),
                None if own.lower.is_none() => {
                    ratios.without(&format!("the interval of {pair}"), "no samples were asked for");
                }
                None => {}
            }
        }
        if larcker.is_none() {
            let pair = format!("Fornell-Larcker of {} - {}", htmt.first, htmt.second);
            ratios.without(&pair, "there is no proper solution with both factors");
        }
    }
    ratios.note = format!(
        "Of {} correlations; {} of the respondents. HTMT: Henseler et al. (2015); HTMT2: Roemer et al. (2021). \
         Fornell-Larcker: both AVEs above the squared correlation.",
        match found.correlation {
            "pearson" => "Pearson",
            other => other,
        },
        counted(found.resampling.replicates, "sample", "samples")
    );
    if table.rows.is_empty() { vec![ratios] } else { vec![table, ratios] }
}

fn ratio(found: &HeterotraitRatio) -> String {
    optional(found.value, 2)
}

pub(super) fn criteria(relations: &Relations) -> Table {
    let heads = [
        "scale",
        "variable",
        "role",
        "n",
        "r",
        "95 % interval",
        "p",
        "Spearman",
        "corrected",
        "95 % interval",
        "latent",
        "95 % interval",
    ];
    let mut table = Table::new("Correlations with criteria and outcomes", heads);
    table.text_columns = vec![1, 2];
    for found in &relations.criterion {
        let role = format!("{:?}", found.role).to_lowercase();
        table.row([
            found.scale.clone(),
            found.variable.clone(),
            role,
            found.observed.map_or_else(|| "-".into(), |o| o.n.to_string()),
            optional(found.observed.map(|o| o.r), 2),
            ends(found.observed.and_then(|o| o.interval), 2),
            p_value(found.observed.and_then(|o| o.pvalue)),
            optional(found.spearman, 2),
            optional(found.disattenuated, 2),
            ends(found.disattenuated_interval, 2),
            optional(found.latent.map(|l| l.estimate), 2),
            ends(found.latent.and_then(|l| l.interval), 2),
        ]);
        let pair = format!("{} with {}", found.scale, found.variable);
        let Some(observed) = found.observed else {
            table.without(&pair, found.reason.as_deref().unwrap_or("there are no scores"));
            continue;
        };
        let of = |what: &str| format!("{what} of {pair}");
        table.without_if_none(
            observed.interval,
            &of("the interval"),
            "fewer than four respondents have both",
        );
        table.without_if_none(observed.pvalue, &of("p"), "the correlation is 1 or -1");
        table.without_if_none(found.spearman, &of("Spearman's correlation"), "the ranks do not vary");
        let corrected = "the corrected correlation";
        match found.disattenuated {
            None => table.without(&of(corrected), "alpha is not positive"),
            Some(_) => table.without_if_none(
                found.disattenuated_interval,
                &of(&format!("the interval of {corrected}")),
                "a tenth of the samples or more have none",
            ),
        }
        let latent = "the latent correlation";
        match found.latent {
            None => {
                let why = found.reason.as_deref().unwrap_or("the model has no proper solution");
                table.without(&of(latent), why);
            }
            Some(own) => table.without_if_none(
                own.interval,
                &of(&format!("the interval of {latent}")),
                "the model has no standard errors",
            ),
        }
    }
    table.note = "r: of the mean score, with Fisher's interval; corrected for attenuation: divided by the root of alpha (and of the variable's \
                  reliability where that is declared), with a bootstrap interval; latent: of the factor, from a model."
        .into();
    table
}

pub(super) fn incremental(found: &IncrementalValidity) -> Table {
    let mut table = Table::new(
        format!("Regression of '{}' on the dimensions", found.variable),
        ["predictor", "b", "se", "beta", "p", "VIF", "unique R2"],
    );
    for term in &found.regression.terms {
        table.row([
            term.name.clone(),
            fixed(term.b, 3),
            fixed(term.se, 3),
            fixed(term.beta, 2),
            p_value(term.pvalue),
            fixed(term.vif, 2),
            fixed(term.unique, 3),
        ]);
        table.without_if_none(term.pvalue, &format!("p of {}", term.name), "its standard error is 0");
        let finite =
            Some(()).filter(|()| [term.b, term.se, term.beta, term.vif].iter().all(|x| x.is_finite()));
        table.without_if_none(finite, &format!("numbers of {}", term.name), "it follows from the others");
    }
    let added = &found.dimensions;
    table.note = format!(
        "n = {}. R2 = {:.3} (adjusted {:.3}); the dimensions add {:.3} to {:.3}{}: F({:.0}, {:.0}) = {}, {}.",
        found.regression.n,
        found.regression.r2,
        found.regression.adjusted_r2,
        added.delta_r2,
        added.r2_before,
        if found.covariates.is_empty() {
            String::new()
        } else {
            format!(" of {}", found.covariates.join(", "))
        },
        added.df[0],
        added.df[1],
        optional(added.f, 2),
        p_is(added.pvalue)
    );
    table
}

pub(super) fn groups(all: &[ScaleGroups]) -> Option<Table> {
    let heads = ["scale", "by", "means (sd), n", "Welch F", "df", "p", "eta2", "omega2"];
    let mut table = Table::new("Mean scores of groups", heads);
    table.text_columns = vec![1, 2];
    for found in all {
        let KnownGroups { variable, groups, welch, eta2, omega2, .. } = &found.groups;
        let means: Vec<String> = groups
            .iter()
            .map(|g| format!("{} {} ({}), {}", g.group, fixed(g.mean, 2), fixed(g.sd, 2), g.n))
            .collect();
        table.row([
            found.scale.clone(),
            variable.clone(),
            means.join("; "),
            optional(welch.map(|w| w.f), 2),
            welch.map_or_else(|| "-".into(), |w| format!("{:.0}, {:.1}", w.df[0], w.df[1])),
            p_value(welch.map(|w| w.pvalue)),
            fixed(*eta2, 3),
            fixed(*omega2, 3),
        ]);
        let varies = Some(()).filter(|()| eta2.is_finite() && omega2.is_finite());
        let shares = format!("eta2 and omega2 of {} by {variable}", found.scale);
        table.without_if_none(varies, &shares, "the scores do not vary");
        if welch.is_none() {
            table.without(
                &format!("Welch's test of {} by {variable}", found.scale),
                "a group has scores that do not vary",
            );
        }
    }
    table.note =
        "As long as measurement invariance is not examined, a difference may come from the instrument."
            .into();
    (!table.rows.is_empty()).then_some(table)
}

pub(super) fn pairs(all: &[ScaleGroups]) -> Option<Table> {
    let heads = [
        "scale",
        "groups",
        "difference",
        "95 % interval",
        "t",
        "df",
        "p (Holm)",
        "d",
        "95 % interval",
        "g",
        "AUC",
        "95 % interval",
    ];
    let mut table = Table::new("Pairs of groups", heads);
    table.text_columns = vec![1];
    for found in all {
        for pair in &found.groups.pairs {
            table.row([
                found.scale.clone(),
                format!("{} - {}", pair.first, pair.second),
                fixed(pair.difference, 2),
                ends(pair.interval, 2),
                optional(pair.t, 2),
                optional(pair.df, 1),
                p_value(pair.pvalue_holm),
                optional(pair.cohen_d, 2),
                ends(pair.d_interval, 2),
                optional(pair.hedges_g, 2),
                fixed(pair.auc, 2),
                ends(pair.auc_interval, 2),
            ]);
            let of = |what: &str| format!("{what} of {}, {} - {}", found.scale, pair.first, pair.second);
            let why = "neither group has scores that vary";
            table.without_if_none(pair.t.and(pair.interval), &of("t and its interval"), why);
            table.without_if_none(pair.cohen_d.and(pair.d_interval), &of("d and its interval"), why);
            table.without_if_none(
                pair.auc_interval,
                &of("the interval of AUC"),
                "the scores of the groups do not overlap, or do not vary",
            );
        }
    }
    table.note = "t: Welch's; d: Cohen's, g: Hedges's; AUC: probability that a score of the first group is above one of the second \
                  (DeLong's interval)."
        .into();
    (!table.rows.is_empty()).then_some(table)
}

pub(super) fn paths(relations: &Relations) -> Option<Table> {
    let heads = ["effect", "from", "to", "estimate", "se", "z", "p", "95 % interval", "standardised"];
    let mut table = Table::new("From intervention through the construct to outcome", heads);
    table.text_columns = vec![1, 2];
    let mut notes = Vec::new();
    for path in &relations.paths {
        let rows = [
            ("path", &path.from, &path.through, path.first, None),
            ("path", &path.through, &path.to, path.second, None),
            ("direct", &path.from, &path.to, path.direct, None),
            ("indirect", &path.from, &path.to, path.indirect, path.indirect_interval),
            ("total", &path.from, &path.to, path.total, None),
        ];
        for (what, from, to, effect, limits) in rows {
            table.row([
                what.to_string(),
                from.clone(),
                to.clone(),
                fixed(effect.est, 3),
                optional(effect.se, 3),
                optional(effect.z, 2),
                p_value(effect.pvalue),
                limits.map_or_else(String::new, |i| interval(Some(i.lower), Some(i.upper), 3)),
                optional(effect.std_all, 2),
            ]);
            let of = |what: &str| format!("{what} of {from} - {to}");
            match effect.se {
                None => table.without(&of("se and z"), "the model has no standard errors"),
                Some(_) => table.without_if_none(effect.z, &of("z"), "its standard error is 0"),
            }
            let why = "a variance that it is divided by is not positive";
            table.without_if_none(effect.std_all, &of("the standardised effect"), why);
        }
        let [cfi, _, rmsea, srmr] = path.fit;
        notes.push(format!(
            "{} - {}: n = {}, CFI {}, RMSEA {}, SRMR {}{}.",
            path.from,
            path.to,
            path.n,
            optional(cfi, 3),
            optional(rmsea, 3),
            optional(srmr, 3),
            if path.covariates.is_empty() {
                String::new()
            } else {
                format!("; given {}", path.covariates.join(", "))
            }
        ));
    }
    table.note = notes.join(" ");
    (!table.rows.is_empty()).then_some(table)
}

pub(super) fn hypotheses(tested: &[TestedHypothesis]) -> Table {
    let heads =
        ["hypothesis", "from", "to", "expected", "estimate", "95 % interval", "n", "confirmed", "rests on"];
    let mut table = Table::new("Hypotheses", heads);
    table.text_columns = vec![1, 2, 3, 7, 8];
    for found in tested {
        let size = found.at_least.map_or(String::new(), |x| format!(" {x:.2}"));
        let expected = match found.sign {
            Sign::Positive => format!(">{}", if size.is_empty() { " 0".into() } else { size }),
            Sign::Negative => {
                format!("< -{}", if size.is_empty() { "0".into() } else { size.trim().to_string() })
            }
            Sign::None => {
                format!("none{}", if size.is_empty() { String::new() } else { format!(", within{size}") })
            }
        };
        table.row([
            found.id.clone(),
            found.from.clone(),
            found.to.clone(),
            expected,
            optional(found.estimate, 2),
            interval(found.lower, found.upper, 2),
            found.n.map_or_else(|| "-".into(), |n| n.to_string()),
            match found.confirmed {
                Some(true) => "yes".into(),
                Some(false) => "no".into(),
                None => found.reason.clone().unwrap_or_else(|| "not tested".into()),
            },
            found.source.clone(),
        ]);
        let limits = found.lower.zip(found.upper);
        let why = match (&found.reason, found.estimate) {
            (Some(reason), _) => reason,
            (None, Some(_)) => "the model has no standard errors",
            (None, None) => "not tested",
        };
        let what = match found.estimate {
            Some(_) => "the interval",
            None => "the estimate",
        };
        table.without_if_none(limits.and(found.n), &format!("{what} of {}", found.id), why);
        table.marks.push(match found.confirmed {
            Some(true) => Mark::Good,
            Some(false) => Mark::Bad,
            None => Mark::None,
        });
    }
    table.note = "Confirmed: expected sign, at least the expected size, and a 95 % interval that leaves out zero. Sufficient from 75 % \
                  on (COSMIN)."
        .into();
    table
}
