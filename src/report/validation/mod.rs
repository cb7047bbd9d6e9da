//! The report of a validation: what was concluded first, then the numbers it rests on, by the sources of evidence.
//! A section of the report is a file.

mod conclusions;
mod consequences;
mod content;
mod dimensionality;
mod evidence_map;
mod internal_structure;
mod invariance;
mod item_response;
mod items;
mod ledger;
mod overview;
mod relations;
mod reliability;
mod response_processes;
mod structures;

use super::items::sentences;
use super::{Language, Page, Report, Table, groups, methods, sensitivity};
use crate::construct::Localized;
use crate::error::Warning;
use crate::evidence::{Aspect, Conclusion, Evidence, ScaleEvidence};
use std::iter::once;

/// Rows from which on a table stands in the appendix.
const LONG: usize = 24;

/// The report of a validation in a language.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
/// use psychometrics::report::{Language, Report, ValidationReport};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let evidence = Validation::of(&construct).run(&Responses::builder(&construct).answers(answers).build()?)?;
/// let page = ValidationReport::new(&evidence).page().text();
/// assert!(page.contains("0.95"));
/// let dutch = ValidationReport::new(&evidence).language(Language::Dutch).page();
/// assert!(dutch.text().contains("betrouwbaarheid"));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ValidationReport<'a> {
    evidence: &'a Evidence,
    language: Language,
}

impl<'a> ValidationReport<'a> {
    /// The report, in English.
    pub fn new(evidence: &'a Evidence) -> Self {
        Self { evidence, language: Language::English }
    }

    /// In another language. What data and messages say is not translated.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    fn named(&self, title: &Localized, id: &str) -> String {
        title.get(self.language.code()).unwrap_or(id).to_string()
    }

    /// The title of a dimension, of a facet (`dimension_facet`), of a variable or of the construct.
    fn title_of(&self, id: &str) -> String {
        let evidence = self.evidence;
        if id == evidence.construct.id {
            return self.named(&evidence.construct.title, id);
        }
        for dimension in &evidence.dimensions {
            if dimension.id == id {
                return self.named(&dimension.title, id);
            }
            if let Some(facet) = dimension.facets.iter().find(|facet| facet.id == id) {
                return self.named(&facet.title, id);
            }
        }
        let variable = evidence.construct.variables.iter().find(|variable| variable.id == id);
        variable.map_or_else(|| id.to_string(), |variable| self.named(&variable.title, id))
    }

    /// A conclusion, with factors and variables by their titles. Where it may name other things than factors, an id that is a
    /// plain word is left: it may be a word, or the name of a group, as what stands behind a single quote is.
    fn told(&self, conclusion: &Conclusion) -> String {
        use Aspect::{Convergence, CrossLoadings, Distinctness, LatentDifferences};
        let names_factors =
            matches!(conclusion.aspect, Convergence | CrossLoadings | Distinctness | LatentDifferences);
        let text = self.language.of(&conclusion.text, &conclusion.text_nl);
        let dimensions = self.evidence.dimensions.iter();
        let factors =
            dimensions.flat_map(|own| once(&own.id).chain(own.facets.iter().map(|facet| &facet.id)));
        let variables = self.evidence.construct.variables.iter().map(|own| &own.id);
        let known: Vec<&String> = factors
            .map(|id| (id, names_factors))
            .chain(variables.map(|id| (id, false)))
            .filter(|(id, names_them)| *names_them || id.contains('_'))
            .map(|(id, _)| id)
            .collect();
        let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
        let mut told = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_of_name) {
            let (before, name) = rest.split_at(start);
            let (name, after) = name.split_at(name.find(|c| !is_of_name(c)).unwrap_or(name.len()));
            told += before;
            let is_known =
                known.iter().any(|id| *id == name) && (name.contains('_') || !before.ends_with('\''));
            told += &if is_known { self.title_of(name) } else { name.to_string() };
            rest = after;
        }
        told + rest
    }

    /// A table whose first column names dimensions and facets, with these by their titles.
    fn in_titles(&self, table: Table) -> Table {
        self.titled(table, &[0])
    }

    /// A table with the dimensions, facets and variables of some columns by their titles: alone, with a mark or a number, in
    /// pairs ("a - b").
    fn titled(&self, mut table: Table, columns: &[usize]) -> Table {
        let numbered = |cell: &str| -> String {
            match cell.split_once(' ').filter(|(number, _)| number.parse::<usize>().is_ok()) {
                Some((number, name)) => format!("{number} {}", self.title_of(name)),
                None => self.title_of(cell),
            }
        };
        let of = |cell: &str| match cell.strip_suffix('*') {
            Some(name) => format!("{}*", self.title_of(name)),
            None => cell.split(" - ").map(numbered).collect::<Vec<_>>().join(" - "),
        };
        for row in &mut table.rows {
            for column in columns {
                row[*column] = of(&row[*column]);
            }
        }
        table
    }

    /// What the sum of all items is called; with a mark where it is not the score of one thing.
    fn whole(&self) -> String {
        let mark = if self.evidence.total_caveat.is_some() { "*" } else { "" };
        format!("{}{mark}", self.language.of("Whole construct", "Hele construct"))
    }

    /// What that mark means.
    fn about_total(&self) -> Option<String> {
        let caveat = self.evidence.total_caveat.as_ref()?;
        Some(match self.language {
            Language::English => {
                format!(
                    "* The total adds up what is not one: {}. Report the dimensions apart.",
                    caveat.reason
                )
            }
            Language::Dutch => {
                format!(
                    "* Het totaal telt op wat niet één is: {}. Rapporteer de dimensies apart.",
                    caveat.reason_nl
                )
            }
        })
    }

    /// A table whose first column names scales, with the mark at the construct.
    fn marked(&self, mut table: Table) -> Table {
        let id = &self.evidence.construct.id;
        let Some(remark) = self.about_total() else { return table };
        let mut found = false;
        for row in table.rows.iter_mut().filter(|row| row.first() == Some(id)) {
            row[0].push('*');
            found = true;
        }
        if found {
            table.remarks.insert(0, remark);
        }
        table
    }
}

impl Report for ValidationReport<'_> {
    fn page(&self) -> Page {
        let evidence = self.evidence;
        let title = self.named(&evidence.construct.title, &evidence.construct.id);
        let mut page =
            Page::titled(format!("{} {title}", self.language.of("Validation of", "Validering van")));
        page.list(sentences(&evidence.warnings.iter().filter(is_slip).cloned().collect::<Vec<_>>()));
        page.paragraph(evidence.construct.definition.get(self.language.code()).unwrap_or_default());
        overview::overview(self, &mut page);
        ledger::ledger(self, &mut page);
        evidence_map::evidence_map(self, &mut page);
        conclusions::conclusions(self, &mut page);
        content::content(self, &mut page);
        response_processes::response_processes(self, &mut page);
        internal_structure::internal_structure(self, &mut page);
        relations::relations(self, &mut page);
        consequences::consequences(self, &mut page);
        if let Some(found) = &evidence.sensitivity {
            page.heading(2, "Sensitivity to careless responding");
            sensitivity::section(&mut page, found, self.language);
        }
        page.heading(2, "Methods and results in words");
        page.paragraph(methods::methods(evidence, self.language));
        page.paragraph(methods::results(evidence, self.language));
        if !evidence.construct.items.is_empty() {
            page.table(items::wording(self));
        }
        if !evidence.warnings.is_empty() {
            page.heading(2, "What to keep in mind");
            page.list(sentences(&evidence.warnings));
        }
        page.heading(2, "Where the numbers come from");
        let data = evidence.provenance.data_sha256.as_ref().map(|sha| format!(", data SHA-256 {sha}"));
        page.paragraph(format!("psychometrics {}{}.", evidence.provenance.version, data.unwrap_or_default()));
        page.with_appendix(LONG);
        page.in_language(self.language)
    }
}

impl Report for Evidence {
    fn page(&self) -> Page {
        ValidationReport::new(self).page()
    }
}

/// The part of a validation that is about relations: what the command `validity` prints.
///
/// ```
/// use psychometrics::construct::{Construct, Dimension, Item, ResponseScale};
/// use psychometrics::data::Responses;
/// use psychometrics::evidence::Validation;
/// use psychometrics::report::{Report, ValidationReport, ValidityReport};
///
/// let construct = Construct::builder("conduct")
///     .scale(ResponseScale::range("five", 1, 5))
///     .dimension(Dimension::new("care"))
///     .items(["a", "b", "c"].map(|id| Item::new(id, "care", "five")))
///     .build()?;
/// let answers = ndarray::array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
/// let evidence = Validation::of(&construct).run(&Responses::builder(&construct).answers(answers).build()?)?;
/// let whole = ValidationReport::new(&evidence);
/// assert!(ValidityReport(whole).page().blocks.len() < whole.page().blocks.len());
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ValidityReport<'a>(pub ValidationReport<'a>);

impl Report for ValidityReport<'_> {
    fn page(&self) -> Page {
        let (report, evidence) = (&self.0, self.0.evidence);
        let title = report.named(&evidence.construct.title, &evidence.construct.id);
        let mut page =
            Page::titled(format!("{} {title}", report.language.of("Relations of", "Relaties van")));
        page.list(sentences(&evidence.warnings.iter().filter(is_slip).cloned().collect::<Vec<_>>()));
        relations::relations(report, &mut page);
        if let Some(table) = groups::groups(&evidence.relations.known_groups) {
            page.table(report.in_titles(report.marked(table)));
        }
        if !evidence.warnings.is_empty() {
            page.heading(2, "What to keep in mind");
            page.list(sentences(&evidence.warnings));
        }
        page.in_language(report.language)
    }
}

/// A key of the construct file that was not used: told at the top of the page too.
fn is_slip(warning: &&Warning) -> bool {
    matches!(warning, Warning::UnknownKey { .. })
}

/// Every scale with its name: dimensions, their facets below them, the whole construct.
fn scales<'a>(report: &ValidationReport<'a>) -> Vec<(String, &'a ScaleEvidence)> {
    let evidence = report.evidence;
    let mut scales = Vec::new();
    for dimension in &evidence.dimensions {
        scales.push((report.named(&dimension.title, &dimension.id), &dimension.scale));
        let facets = dimension.facets.iter();
        scales.extend(
            facets.map(|facet| (format!("  {}", report.named(&facet.title, &facet.id)), &facet.scale)),
        );
    }
    scales.extend(evidence.overall.iter().map(|overall| (report.whole(), overall)));
    scales
}
