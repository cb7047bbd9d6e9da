//! The page of a validation: what was concluded first, then the numbers it rests on.

use super::items::{sentences, statistics};
use super::number::{fixed, interval, optional, p_value};
use super::{Page, Report, Table};
use crate::construct::Localized;
use crate::evidence::{
    Aspect, Conclusion, DimensionEvidence, Evidence, GroupEvidence, ScaleEvidence, StructureEvidence, Verdict,
};

/// Language of titles, where the construct has it.
const LANGUAGE: &str = "en";

impl Report for Evidence {
    fn page(&self) -> Page {
        let mut page =
            Page::titled(format!("Validation of {}", named(&self.construct.title, &self.construct.id)));
        page.paragraph(self.construct.definition.get(LANGUAGE).unwrap_or_default());
        page.list(self.ledger.to_string().lines().map(Into::into).collect());
        page.paragraph(format!(
            "Method: {}; {}; {}.",
            self.method.level, self.method.missing, self.method.estimator
        ));
        page.heading(2, "Conclusions");
        let rules = rules(&self.conclusions);
        for dimension in &self.dimensions {
            page.heading(3, named(&dimension.title, &dimension.id));
            page.list(points(&self.conclusions, &dimension.id, &rules));
        }
        page.heading(3, format!("{} as a whole", named(&self.construct.title, &self.construct.id)));
        page.list(points(&self.conclusions, &self.construct.id, &rules));
        page.heading(3, "Rules applied");
        let numbered =
            rules.iter().enumerate().map(|(i, c)| format!("[{}] {} {}", i + 1, c.rule, c.reference));
        page.list(numbered.collect());

        page.heading(2, "Reliability");
        page.table(reliability(self));
        if let Some(table) = ordinal_reliability(self) {
            page.table(table);
        }
        if let Some(table) = groups(self) {
            page.table(table);
        }
        page.heading(2, "Rival structures");
        page.table(structures("Of the whole construct, all on the same respondents", &self.structures));
        let own = self.dimensions.iter().filter_map(|d| Some((d, d.structure.as_ref()?)));
        page.table(dimension_models(own));
        if let Some(structure) = self.preferred() {
            page.heading(2, "Factors");
            page.table(loadings(structure));
        }
        if let Some(table) = self.structure("correlated").and_then(correlations) {
            page.table(table);
        }
        page.heading(2, "Items");
        for dimension in self.dimensions.iter().filter(|d| !d.scale.items.is_empty()) {
            page.table(statistics(&named(&dimension.title, &dimension.id), &dimension.scale.items));
        }
        if !self.warnings.is_empty() {
            page.heading(2, "What to keep in mind");
            page.list(sentences(&self.warnings));
        }
        let data = self.provenance.data_sha256.as_ref().map(|sha| format!(", data SHA-256 {sha}"));
        page.paragraph(format!("psychometrics {}{}.", self.provenance.version, data.unwrap_or_default()));
        page
    }
}

fn named(title: &Localized, id: &str) -> String {
    title.get(LANGUAGE).unwrap_or(id).to_string()
}

/// The conclusions whose rules differ, in the order of their first use.
fn rules(conclusions: &[Conclusion]) -> Vec<&Conclusion> {
    let mut rules: Vec<&Conclusion> = Vec::new();
    for conclusion in conclusions {
        if rules.iter().all(|r| r.rule != conclusion.rule) {
            rules.push(conclusion);
        }
    }
    rules
}

fn points(conclusions: &[Conclusion], about: &str, rules: &[&Conclusion]) -> Vec<String> {
    let of_it = conclusions.iter().filter(|c| c.about == about);
    let point = |c: &Conclusion| {
        let mark = match (c.verdict, c.aspect) {
            (Verdict::Supported, _) => "yes",
            (Verdict::NotSupported, _) => "no",
            (Verdict::Open, Aspect::Groups | Aspect::Measurement) => "note",
            (Verdict::Open, _) => "open",
        };
        let number = rules.iter().position(|r| r.rule == c.rule).map_or(0, |i| i + 1);
        format!("{mark}: {} [{number}]", c.text)
    };
    of_it.map(point).collect()
}

/// Every scale with its name: dimensions, their facets below them, the whole construct.
fn scales(evidence: &Evidence) -> Vec<(String, &ScaleEvidence)> {
    let mut scales = Vec::new();
    for dimension in &evidence.dimensions {
        scales.push((named(&dimension.title, &dimension.id), &dimension.scale));
        let facets = dimension.facets.iter();
        scales.extend(facets.map(|facet| (format!("  {}", named(&facet.title, &facet.id)), &facet.scale)));
    }
    scales.extend(evidence.overall.iter().map(|overall| ("Whole construct".to_string(), overall)));
    scales
}

/// Of the sums of ordinal answers, and of what lies behind them; none without ordinal items.
fn ordinal_reliability(evidence: &Evidence) -> Option<Table> {
    let heads = ["scale", "categorical omega", "ordinal alpha"];
    let mut table = Table::new("Reliability of ordinal items, by a model of one factor", heads);
    let mut row = |name: String, scale: &ScaleEvidence| {
        if let Some(found) = &scale.ordinal {
            table.row([name, optional(found.categorical_omega, 3), optional(found.ordinal_alpha, 3)]);
        }
    };
    scales(evidence).into_iter().for_each(|(name, scale)| row(name, scale));
    table.note =
        "Categorical omega is the reliability of the sum of the answers (Green & Yang 2009); ordinal alpha \
                  that of the continuous variables behind them, which nobody observes."
            .into();
    (!table.rows.is_empty()).then_some(table)
}

fn reliability(evidence: &Evidence) -> Table {
    let heads = ["scale", "items", "n", "alpha", "95 % interval", "standardised", "mean r", "mean", "sd"];
    let mut table = Table::new(
        "Cronbach's alpha with Feldt's interval; the score is the mean of a respondent's items",
        heads,
    );
    let mut row = |name: String, scale: &ScaleEvidence| {
        let alpha = scale.reliability.as_ref().map(|r| &r.alpha);
        let feldt = alpha.and_then(|a| a.feldt);
        table.row([
            name,
            scale.items.len().to_string(),
            scale.n.to_string(),
            optional(alpha.and_then(|a| a.raw), 3),
            interval(feldt.map(|i| i.lower), feldt.map(|i| i.upper), 3),
            optional(alpha.and_then(|a| a.standardized), 3),
            optional(alpha.map(|a| a.average_r), 3),
            optional(scale.score.map(|s| s.mean), 2),
            optional(scale.score.map(|s| s.sd), 2),
        ]);
    };
    scales(evidence).into_iter().for_each(|(name, scale)| row(name, scale));
    table
}

/// Alpha and mean score per group: a row per scale, and per group a column for each.
fn groups(evidence: &Evidence) -> Option<Table> {
    let first = &evidence.dimensions.iter().find(|d| !d.scale.groups.is_empty())?.scale.groups;
    let heads = first.iter().map(|g| format!("{} (n = {})", g.group, g.rows));
    let mut table = Table::new(
        "Alpha, and mean (sd) of the score, by group",
        std::iter::once("scale".to_string()).chain(heads),
    );
    let cell = |g: &GroupEvidence| {
        if g.n == 0 {
            return "not answered".to_string();
        }
        let alpha = g.reliability.as_ref().and_then(|r| r.alpha.raw);
        let score =
            g.score.map_or_else(String::new, |s| format!("  {} ({})", fixed(s.mean, 2), fixed(s.sd, 2)));
        format!("{}{}{score}", optional(alpha, 2), if g.too_small { "*" } else { " " })
    };
    let mut row = |name: String, scale: &ScaleEvidence| {
        if !scale.groups.is_empty() {
            table.row(std::iter::once(name).chain(scale.groups.iter().map(cell)));
        }
    };
    for dimension in &evidence.dimensions {
        row(named(&dimension.title, &dimension.id), &dimension.scale);
    }
    if let Some(overall) = &evidence.overall {
        row("Whole construct".into(), overall);
    }
    table.note =
        "n: respondents in the group. * fewer than 50 with complete answers: too small for a conclusion."
            .into();
    Some(table)
}

const FIT_HEADS: [&str; 11] =
    ["model", "n", "npar", "chi-square", "df", "p", "CFI", "TLI", "RMSEA [90 %]", "SRMR", "BIC"];

fn structures(title: &str, structures: &[StructureEvidence]) -> Table {
    let mut table = Table::new(title, FIT_HEADS);
    structures.iter().for_each(|s| table.row(fit_row(s.name.replace('_', " "), s)));
    let proper = || structures.iter().filter(|s| s.result.status.proper());
    let better = if proper().all(|s| s.result.measure("bic").is_some()) {
        "Lower BIC is better."
    } else {
        "Chi-square is scaled; CFI, TLI and RMSEA are robust. Ordinal models have no BIC."
    };
    if proper().count() > 1 {
        table.note = format!("{better} A solution that is improper or was not reached cannot be preferred.");
    }
    table
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
    }
    table
}

/// Correlations between the factors, lower triangle.
fn correlations(structure: &StructureEvidence) -> Option<Table> {
    let fit = &structure.result;
    let mut factors: Vec<&str> = Vec::new();
    for row in fit.parameters.iter().filter(|row| row.op == "=~") {
        if !factors.contains(&row.lhs.as_str()) {
            factors.push(&row.lhs);
        }
    }
    if !fit.converged || factors.len() < 2 {
        return None;
    }
    let numbers = (1..=factors.len()).map(|i| i.to_string());
    let heads = std::iter::once("factor".to_string()).chain(numbers.take(factors.len() - 1));
    let mut table = Table::new("Correlations of the factors in the correlated structure", heads);
    for (i, first) in factors.iter().enumerate() {
        let cells = factors[..factors.len() - 1].iter().enumerate().map(|(j, second)| match j < i {
            true => optional(fit.parameter(second, "~~", first).and_then(|p| p.std_all), 2),
            false => String::new(),
        });
        table.row(std::iter::once(format!("{} {first}", i + 1)).chain(cells));
    }
    Some(table)
}

fn dimension_models<'a>(
    models: impl Iterator<Item = (&'a DimensionEvidence, &'a StructureEvidence)>,
) -> Table {
    let mut table =
        Table::new("Of each dimension: its facets as correlated factors, or one factor", FIT_HEADS);
    for (dimension, model) in models {
        let kind = if model.name == "one_factor" { "" } else { " (facets)" };
        table.row(fit_row(format!("{}{kind}", named(&dimension.title, &dimension.id)), model));
    }
    table
}

fn fit_row(name: String, structure: &StructureEvidence) -> Vec<String> {
    let fit = &structure.result;
    let get = |measure: &str| structure.measure(measure);
    let whole = |measure: &str| get(measure).map_or_else(|| "-".into(), |x| fixed(x, 0));
    let improper = if fit.status.proper() { "" } else { " (improper)" };
    let name = if fit.converged { format!("{name}{improper}") } else { format!("{name} (no solution)") };
    let rmsea = format!(
        "{} {}",
        optional(get("rmsea"), 3),
        interval(get("rmsea.ci.lower"), get("rmsea.ci.upper"), 3)
    );
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
