//! Tables of the scores of groups.

use super::Table;
use super::number::{ends, fixed, optional, p_value};
use crate::evidence::relations::{KnownGroups, ScaleGroups};

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
