//! What is asked for beside a fit: tables of it.

use crate::arguments::FitOptions;
use psychometrics::data::{CsvOptions, Dataset};
use psychometrics::estimate::{
    ClusterScores, Effect, FactorScores, ItemCurve, LevelFit, ModificationIndex, ProfileInterval, Residuals,
};
use psychometrics::evidence::internal_structure::{FactorReliability, OrdinalReliability};
use psychometrics::report::Table;
use psychometrics::{Error, Fit, Result};
use serde_json::{Value, json};

/// The outputs on request: keys of the document, and tables of the page.
#[derive(Default)]
pub(crate) struct Further {
    pub(crate) documents: Vec<(&'static str, Value)>,
    pub(crate) tables: Vec<Table>,
}

impl Further {
    fn add(&mut self, key: &'static str, value: Value, tables: impl IntoIterator<Item = Table>) {
        self.documents.push((key, value));
        self.tables.extend(tables);
    }
}

fn asked(switch: Option<bool>) -> bool {
    switch.unwrap_or(false)
}

pub(crate) fn further(options: &FitOptions, fit: &Fit) -> Result<Further> {
    let mut further = Further::default();
    matrices(&mut further, options, fit);
    if asked(options.r2) {
        // explained variances stand on the page in any case
        let shares = by_group(fit, fit.r_squared().iter().map(|shares| json!(shares)));
        further.add("r2", shares, None);
    }
    if asked(options.modification_indices) && fit.converged {
        let indices = fit.modification_indices()?;
        further.add("modification_indices", json!(indices), [modification_table(fit, &indices)]);
    }
    if asked(options.effects) {
        let effects = fit.effects();
        further.add("effects", json!(effects), [effects_table(fit, &effects)]);
    }
    if asked(options.profile) && fit.converged {
        let intervals = fit.profile_intervals(0.95)?;
        further.add("profile", json!(intervals), [profile_table(fit, &intervals)]);
    }
    if asked(options.curves) && fit.converged {
        let (shares, curves) = (fit.category_shares(), fit.item_curves(&CURVE));
        let both = json!({"shares": shares, "curves": curves});
        further.add("curves", both, [curves_table(fit, &curves)]);
    }
    levels(&mut further, fit)?;
    reliability(&mut further, options, fit)?;
    scores(&mut further, options, fit)?;
    Ok(further)
}

/// Residuals, implied moments, covariances of the estimates.
fn matrices(further: &mut Further, options: &FitOptions, fit: &Fit) {
    let blocks = fit.blocks();
    let titled = |title: &str, block: usize| match blocks.get(block).map(ToString::to_string) {
        Some(about) if !about.is_empty() => format!("{title}, {about}"),
        _ => title.into(),
    };
    if asked(options.residuals) {
        let residuals = fit.residuals();
        let of = |r: &Residuals| json!({"cov": r.covariance, "cor": r.correlation, "mean": r.mean, "se": r.se, "z": r.standardized});
        let mut tables = Vec::new();
        for (group, r) in residuals.iter().enumerate() {
            let title = titled("Residual covariances (observed minus implied)", group);
            tables.push(Table::of_matrix(title, &r.covariance, 3));
            tables.push(Table::of_matrix(titled("Residual correlations", group), &r.correlation, 3));
            if let Some(z) = &r.standardized {
                tables.push(Table::of_matrix(titled("Standardised residuals (z)", group), z, 2));
            }
        }
        further.add("residuals", by_group(fit, residuals.iter().map(of)), tables);
    }
    if asked(options.implied) {
        let (covariances, means) = (fit.implied_covariance(), fit.implied_means());
        let both = covariances.iter().zip(&means).map(|(cov, mean)| json!({"cov": cov, "mean": mean}));
        let table = |(group, implied)| Table::of_matrix(titled("Implied covariances", group), implied, 3);
        further.add("implied", by_group(fit, both), covariances.iter().enumerate().map(table));
    }
    if asked(options.vcov) {
        let vcov = fit.vcov();
        let table = vcov.as_ref().map(|v| Table::of_matrix("Covariances of the estimates", v, 5));
        further.add("vcov", json!(vcov), table);
    }
}

/// What a model of two levels has in any case.
fn levels(further: &mut Further, fit: &Fit) -> Result<()> {
    let icc = fit.intraclass_correlations();
    if icc.is_empty() {
        return Ok(());
    }
    // the page has them in any case
    let icc = match fit.groups.is_empty() {
        true => json!(icc.first()),
        false => fit.groups.iter().cloned().zip(icc.iter().map(|own| json!(own))).collect(),
    };
    further.add("icc", icc, None);
    if fit.converged {
        let levels = fit.level_fit()?;
        further.add("level_fit", json!(levels), [level_fit(fit, &levels)]);
    }
    Ok(())
}

fn reliability(further: &mut Further, options: &FitOptions, fit: &Fit) -> Result<()> {
    if !asked(options.reliability) || !fit.converged {
        return Ok(());
    }
    let of_ordinal = OrdinalReliability::of(fit);
    if of_ordinal.is_empty() {
        let found = FactorReliability::of(fit);
        if found.is_empty() {
            return Err(Error::Unsupported {
                what: "--reliability of a model without factors of observed items".into(),
                instead: "Leave it out, or give the model factors (f =~ x1 + x2 + x3).".into(),
            });
        }
        further.add("reliability", json!(found), [factor_reliability(fit, &found)]);
    } else {
        further.add("reliability", json!(of_ordinal), [reliability_table(fit, &of_ordinal)]);
    }
    Ok(())
}

fn scores(further: &mut Further, options: &FitOptions, fit: &Fit) -> Result<()> {
    let Some(method) = options.scores.filter(|_| fit.converged) else { return Ok(()) };
    if asked(options.cov) {
        return Err(Error::BadOption {
            option: "--scores".into(),
            value: "with --cov".into(),
            allowed: "factor scores need the respondents' answers, not their covariances".into(),
        });
    }
    let data = Dataset::read(
        options.data()?,
        &CsvOptions {
            missing_codes: options.data.missing_codes.clone(),
            as_words: options.cluster.iter().chain(&options.group).cloned().collect(),
            layout: options.data.layout.layout(),
            ..CsvOptions::default()
        },
    )?;
    let scores = fit.scores(&data, options.group.as_deref(), method)?;
    let clusters = scores.clusters.as_ref().map(clusters_table);
    further.add("scores", json!(scores), std::iter::once(scores_table(&scores)).chain(clusters));
    Ok(())
}

fn level_fit(fit: &Fit, levels: &LevelFit) -> Table {
    let heads = ["level", "chi-square", "df", "p", "CFI", "TLI", "RMSEA", "RMSEA, 90 %", "SRMR"];
    let mut table = Table::new("Fit of each level, the other level saturated", heads);
    let scaled = levels.measures.iter().any(|(name, _)| name.ends_with(".scaled"));
    let (test, robust) = if scaled { (".scaled", ".robust") } else { ("", "") };
    for level in ["within", "between"] {
        let get = |name: String| levels.measure(&name).ok();
        let index = |name: &str| get(format!("{name}_{level}{robust}"));
        let end = |end: &str| shown(get(format!("rmsea_{level}.ci.{end}{robust}")));
        table.row([
            level.to_string(),
            shown(get(format!("chisq_{level}{test}"))),
            get(format!("df_{level}")).map_or_else(|| "-".into(), |df| format!("{df:.0}")),
            shown(get(format!("pvalue_{level}{test}"))),
            shown(index("cfi")),
            shown(index("tli")),
            shown(index("rmsea")),
            format!("{} to {}", end("lower"), end("upper")),
            shown(fit.measure(&format!("srmr_{level}")).ok()),
        ]);
        let measures = ["chisq", "cfi", "tli", "rmsea"].map(|name| match name {
            "chisq" => get(format!("chisq_{level}{test}")),
            _ => index(name),
        });
        let df = get(format!("df_{level}"));
        let why = match df {
            Some(0.0) => "the level is saturated, df = 0",
            _ => "the level has no solution by itself, or its independence model none",
        };
        let srmr = fit.measure(&format!("srmr_{level}")).ok();
        let complete = measures.iter().all(Option::is_some) && df.is_some() && srmr.is_some();
        let tested = get(format!("pvalue_{level}{test}")).and(get(format!("rmsea_{level}.ci.upper{robust}")));
        let what = if complete { "p and interval of the level" } else { "measures of the level" };
        table.without_if_none(tested.filter(|_| complete), &format!("{what} {level}"), why);
    }
    table.note =
        "RMSEA of the level between has the number of clusters, that within the number of respondents less \
                  clusters (Ryu & West 2009)."
            .into();
    if scaled {
        table.note += " Chi-square scaled; CFI, TLI and RMSEA robust.";
    }
    for warning in &levels.warnings {
        table.note += &format!(" Caution: {warning}.");
    }
    table
}

fn factor_reliability(fit: &Fit, found: &[FactorReliability]) -> Table {
    let blocks = fit.blocks();
    let level = |one: &FactorReliability| {
        blocks.iter().filter_map(|block| block.level).nth(one.level - 1).map(String::from)
    };
    let has_levels = found.iter().any(|one| level(one).is_some());
    let heads = ["level", "factor", "items", "omega", "SE", "AVE"];
    let mut table = match has_levels {
        true => Table::new("Reliability within and between clusters", heads),
        false => Table::new("Reliability of the sums of the items of each factor", heads[1..].to_vec()),
    };
    table.text_columns = if has_levels { vec![1] } else { Vec::new() };
    for one in found {
        let cells = [
            format!("{}{}", one.factor, of_group(fit, one.group)),
            one.items.len().to_string(),
            shown(one.omega),
            shown(one.omega_se),
            shown(one.ave),
        ];
        table.row(level(one).into_iter().chain(cells));
        let of = |what: &str| format!("{what} of {}{}", one.factor, of_group(fit, one.group));
        let why = match (one.cross_loading.is_empty(), has_levels) {
            (false, _) => {
                "an item of it loads on another factor too, so that no part of it is the factor's alone"
            }
            (true, true) => "a variance of the sum or of the items is not positive on this level",
            (true, false) => "a variance of the sum or of the items is not positive",
        };
        table.without_if_none(one.omega.and(one.ave), &of("omega or AVE"), why);
        if one.omega.is_some() {
            let why = match fit.vcov() {
                None => "the model has no standard errors",
                Some(_) => "the variance of a factor that others explain is no parameter of the model",
            };
            table.without_if_none(one.omega_se, &of("SE"), why);
        }
    }
    table.note = match has_levels {
        false => "Omega is the share of the variance of a sum of the items that is the factor's, as the model has it; AVE the \
                  mean share of an item's (Fornell & Larcker 1981)."
            .into(),
        true => "Omega within is that of a respondent's deviation from the mean of the cluster; omega between that of \
                  the cluster's mean behind the answers, as if it were known without sampling respondents (Geldhof, \
                  Preacher & Zyphur 2014)."
            .into(),
    };
    table
}

fn reliability_table(fit: &Fit, found: &[OrdinalReliability]) -> Table {
    let heads = ["factor", "items", "ordinal alpha", "categorical omega", "omega, observed variance"];
    let mut table = Table::new("Reliability of ordinal items", heads);
    for one in found {
        table.row([
            format!("{}{}", one.factor, of_group(fit, one.group)),
            one.items.len().to_string(),
            shown(one.ordinal_alpha),
            shown(one.categorical_omega),
            shown(one.categorical_omega_observed),
        ]);
        let of = |what: &str| format!("{what} of {}{}", one.factor, of_group(fit, one.group));
        table.without_if_none(one.ordinal_alpha, &of("ordinal alpha"), "it has a single item");
        let why = "the sum of its items does not vary by the model";
        let omega = one.categorical_omega.and(one.categorical_omega_observed);
        table.without_if_none(omega, &of("categorical omega"), why);
    }
    table.note = "Ordinal alpha is that of the variables behind the answers, which nobody observes; categorical omega \
                  that of the sum of the answers (Green & Yang 2009)."
        .into();
    let negative: Vec<&str> = found.iter().flat_map(|one| &one.negative).map(String::as_str).collect();
    if !negative.is_empty() {
        table.note += &format!(
            " Reverse {} before the answers are summed: its loading is negative.",
            negative.join(", ")
        );
    }
    table
}

fn curves_table(fit: &Fit, curves: &[ItemCurve]) -> Table {
    let heads = ["item".into(), "factor".into()]
        .into_iter()
        .chain(CURVE.map(|z| if z == 0.0 { "mean".into() } else { format!("{z:+} sd") }));
    let mut table = Table::new("Expected answer by factor", heads);
    table.text_columns = vec![1];
    for curve in curves {
        let name = format!("{}{}", curve.item, of_group(fit, curve.group));
        let expected = curve.expected.iter().map(|mean| format!("{mean:.2}"));
        table.row([name, curve.factor.clone()].into_iter().chain(expected));
    }
    table
}

fn modification_table(fit: &Fit, indices: &[ModificationIndex]) -> Table {
    let mut table =
        Table::new("Modification indices", ["parameter", "mi", "epc", "epc, std.lv", "epc, std.all"]);
    let levels: Vec<&str> = fit.blocks().iter().filter_map(|block| block.level).collect();
    for index in indices.iter().take(SHOWN) {
        let group = of_group(fit, index.group);
        let level = match levels.get(index.level - 1) {
            Some(level) => format!(" ({level})"),
            None => String::new(),
        };
        table.row([
            format!("{} {} {}{group}{level}", index.lhs, index.op, index.rhs),
            format!("{:.3}", index.mi),
            format!("{:.3}", index.epc),
            shown(index.sepc_lv),
            shown(index.sepc_all),
        ]);
        let why = "a variance that it is divided by is not positive";
        let name = format!("standardised epc of {} {} {}{group}", index.lhs, index.op, index.rhs);
        table.without_if_none(index.sepc_lv.and(index.sepc_all), &name, why);
    }
    if indices.len() > SHOWN {
        table.note = format!("The largest {SHOWN} of {}; --format json has all.", indices.len());
    }
    table
}

fn of_group(fit: &Fit, group: usize) -> String {
    fit.groups.get(group.wrapping_sub(1)).map_or_else(String::new, |g| format!(" ({g})"))
}

fn shown(x: Option<f64>) -> String {
    x.map_or_else(|| "-".into(), |x| format!("{x:.3}"))
}

fn effects_table(fit: &Fit, effects: &[Effect]) -> Table {
    let mut table = Table::new("Effects", ["effect", "kind", "est", "se", "z", "std.all"]);
    table.text_columns = vec![1];
    for effect in effects {
        let name = format!("{} -> {}{}", effect.from, effect.to, of_group(fit, effect.group));
        let kinds = [("direct", effect.direct), ("indirect", effect.indirect), ("total", effect.total)];
        for (at, (kind, size)) in kinds.into_iter().enumerate() {
            let z = size.z.map_or_else(|| "-".into(), |z| format!("{z:.2}"));
            let name = if at == 0 { name.clone() } else { String::new() };
            table.row([
                name,
                kind.into(),
                format!("{:.3}", size.est),
                shown(size.se),
                z,
                shown(size.std_all),
            ]);
            let of = |what: &str| format!("{what} of {} -> {}, {kind}", effect.from, effect.to);
            match size.se {
                None => table.without(&of("se and z"), "the model has no standard errors"),
                Some(_) => table.without_if_none(size.z, &of("z"), "its standard error is 0"),
            }
            let why = "a variance that it is divided by is not positive";
            table.without_if_none(size.std_all, &of("the standardised effect"), why);
        }
    }
    table
}

fn profile_table(fit: &Fit, intervals: &[ProfileInterval]) -> Table {
    let mut table = Table::new("Profile-likelihood intervals", ["parameter", "est", "lower", "upper"]);
    for interval in intervals {
        let op = if interval.op == "~1" { "~1".into() } else { format!("{} {}", interval.op, interval.rhs) };
        let name = format!("{} {op}{}", interval.lhs, of_group(fit, interval.group));
        let ends = interval.lower.and(interval.upper);
        table.without_if_none(ends, &format!("an end of {name}"), "the profile does not rise far enough");
        table.row([name, format!("{:.3}", interval.est), shown(interval.lower), shown(interval.upper)]);
    }
    table.note = "95 %.".into();
    table
}

fn scores_table(scores: &FactorScores) -> Table {
    let header = std::iter::once("row".to_string()).chain(scores.factors.iter().cloned());
    let mut table = Table::new("Factor scores", header);
    for (row, values) in scores.rows.iter().zip(&scores.values).take(SHOWN) {
        table.row(std::iter::once(row.to_string()).chain(values.iter().map(|v| shown(*v))));
        for own in scores.undetermined.iter().filter(|own| own.row == *row) {
            table.without(&format!("{} of row {}", own.factor, own.row), &own.reason.to_string());
        }
    }
    for determinacy in &scores.determinacy {
        table.row(std::iter::once("determinacy".to_string()).chain(determinacy.iter().map(|d| shown(*d))));
        let every = determinacy.iter().all(Option::is_some).then_some(());
        table.without_if_none(every, "the determinacy", NO_VARIANCE);
    }
    if scores.rows.len() > SHOWN {
        table.note =
            format!("The first {SHOWN} of {} respondents; --format json has all. ", scores.rows.len());
    }
    if scores.left_out > 0 {
        let reasons: Vec<String> =
            scores.reasons.iter().map(|own| format!("{} {}", own.rows, own.reason)).collect();
        table.note += &format!("{} respondents have no scores: {}.", scores.left_out, reasons.join(", "));
    }
    table.note.truncate(table.note.trim_end().len());
    table
}

/// Of the clusters of a two-level model.
fn clusters_table(scores: &ClusterScores) -> Table {
    let header = std::iter::once(scores.variable.clone()).chain(scores.factors.iter().cloned());
    let mut table = Table::new("Factor scores of clusters", header);
    for (cluster, values) in scores.clusters.iter().zip(&scores.values).take(SHOWN) {
        table.row(std::iter::once(cluster.clone()).chain(values.iter().map(|v| format!("{v:.3}"))));
    }
    for determinacy in &scores.determinacy {
        table.row(std::iter::once("determinacy".to_string()).chain(determinacy.iter().map(|d| shown(*d))));
        let every = determinacy.iter().all(Option::is_some).then_some(());
        table.without_if_none(every, "the determinacy", NO_VARIANCE);
    }
    if scores.clusters.len() > SHOWN {
        table.note =
            format!("The first {SHOWN} of {} clusters; --format json has all.", scores.clusters.len());
    }
    table
}

/// By block of the model.
pub(crate) fn by_group(fit: &Fit, values: impl Iterator<Item = Value>) -> Value {
    let blocks = fit.blocks();
    if let [only] = blocks.as_slice()
        && only.group.is_none()
    {
        return { values }.next().unwrap_or(Value::Null);
    }
    Value::Object(blocks.iter().map(ToString::to_string).zip(values).collect())
}

/// Points of the curves, in standard deviations of the factor.
const CURVE: [f64; 7] = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];

/// Why a factor has no determinacy.
const NO_VARIANCE: &str = "the variance of a factor is not positive";

/// As many as a reader looks at; the document has them all.
const SHOWN: usize = 20;
