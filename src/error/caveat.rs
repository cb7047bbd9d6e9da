//! What a warning says: its code and its message. The file is as long as the enum: a table with an arm for each warning.

use super::names::{quoted, shortened};
use super::warning::Warning;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A warning in words.
#[derive(Debug)]
struct Caveat {
    /// A short stable name for scripts.
    pub(super) code: &'static str,
    pub(super) message: String,
}

fn said(code: &'static str, message: impl Into<String>) -> Caveat {
    Caveat { code, message: message.into() }
}

/// One arm a warning, so that the compiler finds the one that is forgotten: a table, which is why it is longer than other
/// functions. The arms stand in the order of the enum.
fn caveat(warning: &Warning) -> Caveat {
    use Warning::*;
    match warning {
        UnknownKey { key, part } => said(
            "unknown_key",
            format!("the key '{key}' of {part} is not known and was not used; check its spelling"),
        ),
        NotMeasured { dimension } => said(
            "not_measured",
            format!("dimension '{dimension}' is defined but not measured: it has no items"),
        ),
        SharedLabel { scale, label, codes } => {
            let codes = codes.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
            said(
                "shared_label",
                format!(
                    "scale '{scale}': '{label}' is the label of the codes {codes}; a cell with this word is refused, codes are read"
                ),
            )
        }
        UndefinedCorrelation { item, other, n } => said(
            "undefined_correlation",
            format!(
                "'{item}' does not vary among the {n} who answered '{other}': their correlation is not defined, and nothing \
                 that rests on all correlations"
            ),
        ),
        NeverTogether { first, second, pairs } => said(
            "never_together",
            format!(
                "no respondent answered both '{first}' and '{second}' ({pairs} such pairs): their covariance is not in the \
                 data and counts in no test; what the model implies of it rests on the other variables"
            ),
        ),
        NotAskedInGroup { items, variable, group } => said(
            "not_asked_in_group",
            format!(
                "nobody with {variable} = '{group}' answered {}: what is said of it there is what other groups say, and \
                 counts in no test",
                quoted(items)
            ),
        ),
        FewClusters { variable, clusters, parameters } => {
            said("few_clusters", few_clusters(variable, *clusters, *parameters))
        }
        EqualWeights { variable } => said(
            "equal_weights",
            format!(
                "all weights in '{variable}' are equal: they change nothing, except that standard errors and test are robust"
            ),
        ),
        RowsLeftOut { used, read } => said(
            "rows_left_out",
            format!("{} of {read} rows left out because of missing answers; {used} used", read - used),
        ),
        RowsLeftOutFor { used, read, reasons } => said(
            "rows_left_out",
            format!("{} of {read} rows left out: {}; {used} used", read - used, reasons_text(reasons)),
        ),
        RowsWithoutGroup { variable, rows, read } => said(
            "rows_without_group",
            format!("{rows} of {read} rows have no value of '{variable}': they belong to none of its groups"),
        ),
        ManyNoninvariant { factor, share } => said(
            "many_noninvariant",
            format!(
                "{:.0} % of the parameters of '{factor}' differ between groups; beyond 25 % aligned means are not to be \
                 trusted without a simulation (Muthen & Asparouhov 2014)",
                100.0 * share
            ),
        ),
        MinimumReachedOnce { what, starts } => said(
            "minimum_reached_once",
            format!(
                "one of {starts} starts reached the least value of {what}: more starts may find a lower one"
            ),
        ),
        SmallGroupsLeftOut { variable, groups, fewest } => {
            let names: Vec<String> = groups.iter().map(|(group, n)| format!("{group} ({n})")).collect();
            said(
                "small_groups_left_out",
                format!(
                    "groups of '{variable}' with fewer than {fewest} respondents are not compared: {}",
                    shortened(&names)
                ),
            )
        }
        CompleteRowsInstead { reason, used, read } => said(
            "complete_rows_instead",
            format!(
                "fitted to the {used} complete rows of {read}, since full information has no answer: {reason}"
            ),
        ),
        FewRows { n, items } => {
            said("few_rows", format!("{n} rows for {items} items: results depend on this very sample"))
        }
        IdenticalItems { first, second } => said(
            "identical_items",
            format!("'{first}' and '{second}' have identical answers; check for a copied column"),
        ),
        NegativeItem { item, scale, r_drop } => {
            let others = match scale {
                Some(scale) => format!("the other items of '{scale}'"),
                None => "the rest of the scale".into(),
            };
            said(
                "negative_item",
                format!("'{item}' correlates negatively with {others} ({r_drop:.2}); check its keying"),
            )
        }
        TotalOfApart { construct, reason } => said(
            "total_of_apart",
            format!(
                "the total score of '{construct}' adds up what is not one: {reason}; report the dimensions apart"
            ),
        ),
        SignOnlyReversal { item } => said(
            "sign_only_reversal",
            format!(
                "'{item}' was reversed by its sign only; give --scale MIN..MAX to keep it on the answer scale"
            ),
        ),
        NotPositiveDefinite { matrix, eigenvalue } => said(
            "not_positive_definite",
            format!("{matrix} is not positive definite (smallest eigenvalue {eigenvalue:.3e})"),
        ),
        WithoutValue { relation, is_definition, reason } => said(
            "without_value",
            if *is_definition {
                format!("'{relation}' has no value: {reason}")
            } else {
                format!(
                    "the constraint '{relation}' was not used, since it has no value at the solution: {reason}"
                )
            },
        ),
        NotUsed { formula, reason } => {
            said("not_used", format!("what '{formula}' says was not used: {reason}"))
        }
        SumsRounded { largest } => said(
            "sums_rounded",
            format!(
                "sums of whole numbers reach {largest:.3e}, beyond the 2^53 that are exact: their last digits depend on the \
                 order of adding (a centre nearer to the answers, or more groups, keeps them smaller)"
            ),
        ),
        CentreFar { item, distance, sd } => said(
            "centre_far",
            format!(
                "the sums of '{item}' are about a number {distance:.4e} from its mean, with a standard deviation of {sd:.4e}: \
                 digits are lost; aggregate again with --centre {item}=NUMBER near the mean"
            ),
        ),
        NothingOrdinal { estimator } => said(
            "nothing_ordinal",
            format!(
                "{estimator} is meant for ordinal variables, and none is named: all are taken as continuous (--ordered \
                 names the ordinal ones; for continuous variables MLR keeps the likelihood)"
            ),
        ),
        Saturated => said(
            "saturated",
            "the model has no degrees of freedom: it fits by construction, not because it is true",
        ),
        Heywood { variable, estimate } => said(
            "heywood",
            format!(
                "the variance of '{variable}' is estimated at {estimate:.3}, below zero (a Heywood case); \
                 look for a misplaced item, too few indicators or too small a sample"
            ),
        ),
        LatentNotPositiveDefinite { eigenvalue, factors } => said(
            "latent_not_positive_definite",
            format!(
                "the covariance matrix of the latent variables is not positive definite (smallest eigenvalue \
                 {eigenvalue:.3e}; mainly {}); merge factors or drop one",
                quoted(factors)
            ),
        ),
        SingleIndicator { factor, indicator } => said(
            "single_indicator",
            format!(
                "factor '{factor}' has one indicator: the residual variance of '{indicator}' is fixed to zero, \
                 so it is assumed to be measured without error"
            ),
        ),
        PerfectCorrelation { first, second, empty_cells } => said(
            "perfect_correlation",
            format!(
                "the correlation of '{first}' and '{second}' is 1 or -1, without a standard error; {empty_cells} cells of \
                 their table are empty: merge rare categories, or leave one of the two out"
            ),
        ),
        CorrelationAtBorder { first, second, r } => said(
            "correlation_at_border",
            format!(
                "the correlation behind '{first}' and '{second}' is estimated at {:.0}, where it has no sampling variation; \
                 the model takes it as {r:.3}, with little weight: join rare categories, or leave one of the two out",
                r.signum()
            ),
        ),
        OtherStart { how } => said(
            "other_start",
            format!("no solution was found from the first start values; this one was found {how}"),
        ),
        LevelWithoutFit { level } => said(
            "level_without_fit",
            format!(
                "the fit of level {level} by itself is not known: with the other level saturated no solution was found, or \
                 the moments there are none of any variables; judge the level by its SRMR and residuals"
            ),
        ),
        AtBound { parameter, bound } => said(
            "at_bound",
            format!(
                "'{parameter}' is at its bound {bound:.3}: without the bound the model would fit better, and a \
                 standard error does not exist"
            ),
        ),
        ReplicatesFailed { failed, replicates } => said(
            "replicates_failed",
            format!("{failed} of {replicates} bootstrap replicates have no solution and do not count"),
        ),
        ImputationsLeftOut { left_out, m } => said(
            "imputations_left_out",
            format!(
                "the fit to {left_out} of {m} completed data sets has no solution or no standard errors; they do not count"
            ),
        ),
        InImputations { warning, count, m } => {
            let Caveat { code, message } = caveat(warning);
            said(code, format!("in {count} of {m} completed data sets: {message}"))
        }
        NotComparable { free, restricted, why } => said(
            "not_comparable",
            format!("'{free}' and '{restricted}' are not tested against each other: {why}"),
        ),
        FewPerParameter { variable, groups, parameters } => {
            let each: Vec<String> = groups.iter().map(|(group, n)| format!("{group} ({n})")).collect();
            said(
                "few_per_parameter",
                format!(
                    "groups of '{variable}' have fewer than five respondents for each of their {parameters} parameters \
                     (Bentler & Chou 1987): tests and fit measures of so few are unreliable: {}",
                    each.join(", ")
                ),
            )
        }
        CategoriesJoined { item, joined } => {
            let each: Vec<String> =
                joined.iter().map(|(from, to)| format!("{from} counts as {to}")).collect();
            said(
                "categories_joined",
                format!(
                    "categories of '{item}' that nobody in some group chose are joined with a neighbour in all groups: {}",
                    each.join(", ")
                ),
            )
        }
        GroupsLeftOut { variable, groups, rows } => said(
            "groups_left_out",
            format!("{variable} = {} left out as asked for ({rows} rows)", groups.join(", ")),
        ),
        SmallGroup { variable, group, n, needed } => said(
            "small_group",
            format!("{variable} = '{group}' has {n} respondents; a conclusion asks for at least {needed}"),
        ),
        FewGroupsToAggregate { variable, groups } => said(
            "few_groups_to_aggregate",
            format!(
                "'{variable}' has {groups} groups, fewer than 10: whether the members of each of them agree can be judged \
                 (rwg, awg), but ICC(1) and ICC(2) rest on the differences between so few groups and say little of others"
            ),
        ),
        UnknownEnd { hypothesis, end, nearest } => {
            let meant = nearest.as_ref().map_or_else(String::new, |name| format!("; did you mean '{name}'?"));
            said(
                "unknown_end",
                format!(
                    "hypothesis '{hypothesis}' refers to '{end}', which is not defined: it cannot be tested{meant}"
                ),
            )
        }
        SmallPanel { group, respondents, enough } => said(
            "small_panel",
            format!(
                "'{group}' has {respondents} respondents, fewer than {enough}: what it did not raise may only not have come \
                 up, and what is said of it is indicative"
            ),
        ),
        ReadAs { what } => said("read_as", what.clone()),
        ColumnsLeftOut { columns, reason } => said(
            "columns_left_out",
            match columns.as_slice() {
                [column] => format!("column '{column}' is left out: {reason}"),
                _ => format!("columns {} are left out: {reason}", shortened(columns)),
            },
        ),
        LongTable { unit, rater, rating } => said(
            "long_table",
            format!(
                "the table was read as one row a rating, by the names of its columns: '{rating}' is the rating of '{unit}' by \
                 '{rater}'"
            ),
        ),
        NotDone { what, reason } => said("not_done", format!("{what}: not done; {reason}")),
        UnusedCategory { item, category } => said(
            "unused_category",
            format!(
                "nobody chose category {category} of '{item}': it is left out of the model, and what is said of the others \
                 holds as they stand"
            ),
        ),
        Runaway { item, parameter, value } => said(
            "runaway",
            format!(
                "the {parameter} of '{item}' runs away: the likelihood rises the farther it goes. It is held at {value:.2} and \
                 has no standard error; look for an item that repeats another, a handful of respondents, or use a prior"
            ),
        ),
        NotAtMaximum { what, gradient } => said(
            "not_at_maximum",
            format!(
                "the search for {what} ended where the gradient is {gradient:.1e} and not 0: the estimates are not the best"
            ),
        ),
        Undetermined { parameters } => said(
            "undetermined",
            format!(
                "the answers say next to nothing about {}: there are no standard errors",
                shortened(parameters),
            ),
        ),
        NoTraitVariance { name } => said(
            "no_trait_variance",
            format!(
                "respondents do not differ on {name}: the items have nothing in common that the model could measure"
            ),
        ),
        DisorderedSteps { item, steps } => said(
            "disordered_steps",
            format!(
                "the steps of '{item}' are not in order ({}): some category is nowhere the likeliest",
                steps.iter().map(|b| format!("{b:.2}")).collect::<Vec<_>>().join(", ")
            ),
        ),
        NeverLikeliest { item, categories } => said(
            "never_likeliest",
            format!(
                "{} of '{item}' {} nowhere the likeliest answer",
                match categories.as_slice() {
                    [one] => format!("category {one}"),
                    several => format!(
                        "categories {}",
                        several.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
                    ),
                },
                if categories.len() == 1 { "is" } else { "are" }
            ),
        ),
        LocalDependence { first, second, q3, mean } => said(
            "local_dependence",
            format!(
                "'{first}' and '{second}' have more in common than the trait explains (Q3 {q3:.2}, mean of all pairs \
                 {mean:.2}): do they ask the same?"
            ),
        ),
        Unconnected { items } => said(
            "unconnected",
            format!(
                "without an edge to any other item, and so in no dimension: {}; a smaller gamma keeps weaker edges",
                quoted(items)
            ),
        ),
        EmptyNetwork { items, n } => said(
            "empty_network",
            format!(
                "no edge between {items} items is worth its penalty with {n} respondents: they have too little in common, or \
                 are too few; a smaller gamma keeps weaker edges"
            ),
        ),
        DenseNetwork { share } => said(
            "dense_network",
            format!(
                "the penalty that was chosen is {share:.3} of the largest, less than a tenth: the network is dense, and its \
                 weakest edges may be noise"
            ),
        ),
        NoPrior { items } => said(
            "no_prior",
            format!(
                "the asymptotes of {} are estimated without a prior: with few answers from low (or high) respondents they \
                 are hardly determined",
                shortened(items)
            ),
        ),
    }
}

fn few_clusters(variable: &str, clusters: usize, parameters: usize) -> String {
    let more = if clusters <= parameters {
        format!("; {parameters} parameters are more than {clusters} clusters can tell apart")
    } else {
        String::new()
    };
    format!(
        "'{variable}' has {clusters} clusters: the estimates stand, but cluster-robust standard errors are too \
         small and tests reject too often below about 30 of them, so nothing can be concluded of other \
         clusters than these{more}"
    )
}

/// The reason, where there is one; else how many rows each of them takes.
fn reasons_text(reasons: &[(usize, String)]) -> String {
    match reasons {
        [(_, why)] => why.clone(),
        several => several.iter().map(|(rows, why)| format!("{rows} {why}")).collect::<Vec<_>>().join(", "),
    }
}

impl Warning {
    /// A short stable name for scripts.
    pub fn code(&self) -> &'static str {
        caveat(self).code
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&caveat(self).message)
    }
}

/// Serialises as `{"code": ..., "message": ...}`.
/// A warning with its message.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten, serialize_with = "Warning::serialize")]
    own: &'a Warning,
    message: String,
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        Told { own: self, message: self.to_string() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Warning {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Warning::deserialize(deserializer)
    }
}
