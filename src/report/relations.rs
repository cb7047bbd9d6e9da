//! Tables of relations to other variables.

use super::number::{ends, fixed, interval, optional, p_is, p_value};
use super::table::{Mark, Table};
use crate::construct::Sign;
use crate::evidence::relations::{IncrementalValidity, Relations, TestedHypothesis};

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
