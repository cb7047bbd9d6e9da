//! The rival structures, the models of the dimensions, and the factors of the preferred structure.

use super::ValidationReport;
use crate::evidence::{DimensionEvidence, Evidence, ModelStanding, StructureEvidence, status_in_dutch};
use crate::model::Operator;
use crate::moments::LabelledMatrix;
use crate::report::figures::HeatMap;
use crate::report::measures::{no_error, no_measure};
use crate::report::number::{fixed, interval, optional, p_value};
use crate::report::page::Figure;
use crate::report::{Language, Page, Table, dictionary, figures};

const FIT_HEADS: [&str; 11] =
    ["model", "n", "npar", "chi-square", "df", "p", "CFI", "TLI", "RMSEA [90 %]", "SRMR", "BIC"];

pub(super) fn section(report: &ValidationReport<'_>, page: &mut Page) {
    let evidence = report.evidence;
    page.heading(3, "Rival structures");
    page.table(structures(
        "Of the whole construct, all on the same respondents",
        evidence.structures.iter().chain(exploratory(evidence)),
        report.language,
    ));
    general(report, page);
    let own = evidence.dimensions.iter().filter_map(|d| Some((d, d.structure.as_ref()?)));
    page.table(dimension_models(report, own));
    if let Some(structure) = evidence.preferred() {
        page.heading(3, "Factors");
        let title = "The preferred structure with standardised loadings";
        let svg = figures::path_diagram(title, structure, &|factor| report.title_of(factor));
        let note =
            "Ellipses: factors; rectangles: items. Residuals, and correlations of factors, are left out."
                .into();
        page.figure(Figure { title: title.into(), svg, note });
        page.table(report.in_titles(loadings(structure)));
    }
    if let Some(mut matrix) = evidence.structure("correlated").and_then(factor_correlations) {
        let titles = |names: &[String]| names.iter().map(|name| report.title_of(name)).collect();
        (matrix.rows, matrix.columns) = (titles(&matrix.rows), titles(&matrix.columns));
        let title = "Correlations of the factors in the correlated structure";
        let mut table = triangle(title, &matrix);
        let correlated = evidence.structure("correlated");
        let name = dictionary::word("correlated", report.language);
        table.remarks.extend(correlated.and_then(|s| about_solution(&name, s, report.language)));
        page.table(table);
        let svg = figures::heat_map(&HeatMap { title, matrix: &matrix, full: 1.0 });
        page.figure(Figure { title: title.into(), svg, note: String::new() });
    }
}

/// The structures in which items may load on every factor: shown beside the rivals, and no claim of the construct.
fn exploratory(evidence: &Evidence) -> impl Iterator<Item = &StructureEvidence> + Clone {
    let own = evidence.dimensionality.iter();
    own.flat_map(|own| {
        let plain = own.exploratory.iter().map(|own| &own.structure);
        plain.chain(own.general.iter().map(|own| &own.structure))
    })
}

/// What a general factor adds where items may load on every factor.
fn general(report: &ValidationReport<'_>, page: &mut Page) {
    let Some(found) = &report.evidence.dimensionality else { return };
    if let Some(own) = found.general.as_ref().filter(|own| own.loadings.is_some()) {
        let mut table =
            Table::new("A general factor where every item may load on every factor", ["measure", "value"]);
        let mut put = |name: &str, value: Option<f64>, decimals: usize| {
            if value.is_some() {
                table.row([name.to_string(), optional(value, decimals)]);
            }
        };
        put("omega hierarchical", own.omega_hierarchical, 3);
        put("explained common variance", own.explained_common_variance, 3);
        put("CFI less that without a general factor", own.cfi, 3);
        put("RMSEA less that without a general factor", own.rmsea, 3);
        put("BIC less that without a general factor", own.bic, 1);
        table.note = "Bifactor exploratory structure, turned towards loadings of 0 on the parts of others (Morin, Arens & Marsh \
                      2016)."
            .into();
        page.table(table);
    }
    if let Some(name) = &found.preferred_of_all {
        let name = dictionary::word(&title_of(name), report.language);
        page.paragraph(match report.language {
            Language::English => format!(
                "With exploratory structures among the rivals, the rule that prefers a structure would take: {name}."
            ),
            Language::Dutch => format!(
                "Met exploratieve structuren onder de rivalen zou de regel die een structuur de voorkeur geeft, deze nemen: {name}."
            ),
        });
    }
}

fn structures<'a>(
    title: &str,
    structures: impl Iterator<Item = &'a StructureEvidence> + Clone,
    language: Language,
) -> Table {
    let mut table = Table::new(title, FIT_HEADS);
    structures.clone().for_each(|s| table.row(fit_row(shown(s), s)));
    let proper = || structures.clone().filter(|s| s.result.status.proper());
    let better = if proper().all(|s| s.result.known("bic").is_some()) {
        "Lower BIC is better."
    } else {
        "Chi-square is scaled; CFI, TLI and RMSEA are robust. Ordinal models have no BIC."
    };
    if proper().count() > 1 {
        table.note = format!("{better} A solution that is improper or was not reached cannot be preferred.");
    } else if proper().any(|s| s.result.is_ordinal()) {
        table.note = better.into();
    }
    if structures.clone().any(|s| s.name == "esem") {
        table.remarks.push(ESEM.into());
    }
    for structure in structures {
        let name = dictionary::word(&shown(structure), language);
        table.remarks.extend(about_solution(&name, structure, language));
        without_measures(&mut table, &name, structure);
    }
    table
}

fn dimension_models<'a>(
    report: &ValidationReport<'_>,
    models: impl Iterator<Item = (&'a DimensionEvidence, &'a StructureEvidence)>,
) -> Table {
    let mut table =
        Table::new("Of each dimension: its facets as correlated factors, or one factor", FIT_HEADS);
    for (dimension, model) in models {
        let facets = report.language.of(" (facets)", " (facetten)");
        let kind = if model.name == "one_factor" { "" } else { facets };
        let name = report.named(&dimension.title, &dimension.id);
        table.remarks.extend(about_solution(&name, model, report.language));
        without_measures(&mut table, &name, model);
        if model.result.is_ordinal() {
            table.note =
                "Chi-square is scaled; CFI, TLI and RMSEA are robust. Ordinal models have no BIC.".into();
        }
        table.row(fit_row(format!("{name}{kind}"), model));
    }
    table
}

const ESEM: &str = "In exploratory structures (ESEM) every item may load on every factor: they claim nothing and are not preferred.";

/// How a structure is called in a table.
fn shown(structure: &StructureEvidence) -> String {
    title_of(&structure.name)
}

fn title_of(name: &str) -> String {
    match name {
        "esem" => "exploratory (ESEM)".into(),
        "bifactor_esem" => "exploratory bifactor (ESEM)".into(),
        name => name.replace('_', " "),
    }
}

fn fit_row(name: String, structure: &StructureEvidence) -> Vec<String> {
    let fit = &structure.result;
    let get = |measure: &str| structure.measure(measure);
    let whole = |measure: &str| get(measure).map_or_else(|| "-".into(), |x| fixed(x, 0));
    let improper = if fit.status.proper() { "" } else { " (improper)" };
    let name = if fit.converged { format!("{name}{improper}") } else { format!("{name} (no solution)") };
    let rmsea = match get("rmsea") {
        None => "-".into(),
        Some(rmsea) => {
            let limits = interval(get("rmsea.ci.lower"), get("rmsea.ci.upper"), 3);
            format!("{} {limits}", fixed(rmsea, 3))
        }
    };
    vec![
        name,
        fit.missing.rows_used.to_string(),
        whole("npar"),
        optional(get("chisq"), 2),
        whole("df"),
        p_value(get("pvalue")),
        optional(get("cfi"), 3),
        optional(get("tli"), 3),
        rmsea,
        optional(get("srmr"), 3),
        optional(get("bic"), 1),
    ]
}

/// Why a model that has a solution lacks measures in its row.
fn without_measures(table: &mut Table, name: &str, structure: &StructureEvidence) {
    let fit = &structure.result;
    if structure.verdict.standing == ModelStanding::Unsolved && !fit.status.proper() {
        return;
    }
    let shown = [
        ("chi-square", "chisq"),
        ("p", "pvalue"),
        ("CFI", "cfi"),
        ("TLI", "tli"),
        ("RMSEA", "rmsea"),
        ("the interval of RMSEA", "rmsea.ci.upper"),
        ("SRMR", "srmr"),
        ("BIC", "bic"),
    ];
    for (what, measure) in shown {
        let why = no_measure(fit, measure);
        table.without_if_none(structure.measure(measure), &format!("{what} of {name}"), &why);
    }
}

/// What must be known of a model's measures besides themselves: that they test nothing, or why they do not exist.
fn about_solution(name: &str, structure: &StructureEvidence, language: Language) -> Option<String> {
    let status = &structure.result.status;
    match (structure.verdict.standing, language) {
        (ModelStanding::Saturated, Language::English) => Some(format!(
            "{name}: without degrees of freedom it fits by construction, so that its measures test nothing."
        )),
        (ModelStanding::Saturated, Language::Dutch) => {
            Some(format!("{name}: zonder vrijheidsgraden past het model vanzelf; de maten toetsen niets."))
        }
        (ModelStanding::Unsolved, Language::English) if !status.proper() => {
            Some(format!("{name}: the model {status}."))
        }
        (ModelStanding::Unsolved, Language::Dutch) if !status.proper() => {
            Some(format!("{name}: het model {}.", status_in_dutch(status)))
        }
        _ => None,
    }
}

/// Standardised loadings with their own standard errors.
fn loadings(structure: &StructureEvidence) -> Table {
    let title =
        format!("Standardised loadings in the preferred structure, {}", structure.name.replace('_', " "));
    let mut table = Table::new(title, ["factor", "measured by", "loading", "se", "95 % interval", "R2"]);
    table.text_columns = vec![1];
    let explained = structure.result.r_squared().into_iter().next().unwrap_or_default();
    let mut factor = String::new();
    for row in structure.result.standardized().iter().filter(|row| row.op == "=~") {
        let repeated = std::mem::replace(&mut factor, row.lhs.clone()) == row.lhs;
        table.row([
            if repeated { String::new() } else { row.lhs.clone() },
            row.rhs.clone(),
            optional(row.est, 3),
            optional(row.se, 3),
            interval(row.ci_lower, row.ci_upper, 3),
            optional(explained.get(&row.rhs).copied().flatten(), 3),
        ]);
        let of = |what: &str| format!("{what} of {} on {}", row.rhs, row.lhs);
        let why = "a variance that it is divided by is not positive";
        table.without_if_none(row.est, &of("the loading"), why);
        if row.est.is_some() {
            let limits = row.se.and(row.ci_lower.zip(row.ci_upper));
            table.without_if_none(limits, &of("se"), &no_error(&structure.result));
        }
        let share = explained.get(&row.rhs).copied().flatten();
        let why = "its residual variance is negative";
        table.without_if_none(share, &format!("R2 of {}", row.rhs), why);
    }
    table
}

/// Correlations of the factors that items measure; none without a solution or with a single factor.
fn factor_correlations(structure: &StructureEvidence) -> Option<LabelledMatrix> {
    let fit = &structure.result;
    let mut factors: Vec<String> = Vec::new();
    for row in fit.parameters.iter().filter(|row| row.op == "=~") {
        if !factors.contains(&row.lhs) {
            factors.push(row.lhs.clone());
        }
    }
    if !fit.converged || factors.len() < 2 {
        return None;
    }
    let value = |a: &String, b: &String| {
        if a == b {
            Some(1.0)
        } else {
            fit.parameter(a, Operator::Covariance, b).ok().and_then(|p| p.std_all)
        }
    };
    let values: Option<Vec<Vec<f64>>> =
        factors.iter().map(|a| factors.iter().map(|b| value(a, b)).collect()).collect();
    LabelledMatrix::new(factors.clone(), factors, values?).ok()
}

/// The lower triangle of a matrix, its columns numbered.
fn triangle(title: &str, matrix: &LabelledMatrix) -> Table {
    let k = matrix.rows.len();
    let heads = std::iter::once("factor".to_string()).chain((1..k).map(|i| i.to_string()));
    let mut table = Table::new(title, heads);
    for (i, name) in matrix.rows.iter().enumerate() {
        let cells = (0..k - 1).map(|j| if j < i { fixed(matrix.values[i][j], 2) } else { String::new() });
        table.row(std::iter::once(format!("{} {name}", i + 1)).chain(cells));
    }
    table
}
