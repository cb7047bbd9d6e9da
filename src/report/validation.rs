//! The report of a validation: what was concluded first, then the numbers it rests on, by the sources of evidence.

use super::figures::{Answers, Estimate, HeatMap};
use super::items::{sentences, statistics};
use super::measures::{no_error, no_measure};
use super::number::{ends, fixed, interval, optional, p_is, p_value, percent};
use super::page::{Figure, Mark};
use super::{Language, Page, Report, Table, aggregation, content, dictionary, figures, methods};
use super::{relations, screening, sensitivity};
use crate::construct::Localized;
use crate::error::Warning;
use crate::evidence::content::Perspectives;
use crate::evidence::response_process::{CarelessResponding, ScreeningIndex};
use crate::evidence::{
    Aspect, Conclusion, DimensionEvidence, Evidence, GroupEvidence, ModelStanding, ScaleEvidence, Source,
    Standing, StructureEvidence, Verdict, counted, status_in_dutch,
};
use crate::moments::LabelledMatrix;

/// Flagged respondents that are named.
const FLAGGED: usize = 30;

/// The report of a validation in a language.
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

    /// The title of a dimension, of a facet (`dimension_facet`) or of the construct.
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
        id.to_string()
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

    fn summary(&self, page: &mut Page) {
        let evidence = self.evidence;
        page.heading(2, "Evidence map");
        let rules = rules(&evidence.conclusions);
        let mut table = Table::new(
            "What was gathered of each source of validity evidence, and what it says",
            ["source", "topic", "standing", "rests on", "limits"],
        );
        table.text_columns = vec![1, 2, 3, 4];
        let mut last = None;
        for entry in &evidence.map.entries {
            let source = match entry.source {
                Source::Content => "Content",
                Source::ResponseProcesses => "Response processes",
                Source::InternalStructure => "Internal structure",
                Source::Relations => "Relations to other variables",
                Source::Consequences => "Consequences and use",
            };
            let shown = if last == Some(entry.source) { "" } else { source };
            last = Some(entry.source);
            let (standing, mark) = match entry.standing {
                Standing::Supported => ("supported", Mark::Good),
                Standing::Mixed => ("mixed", Mark::Mixed),
                Standing::NotSupported => ("not supported", Mark::Bad),
                Standing::Open => ("open", Mark::Open),
                Standing::NotExamined => ("not examined", Mark::None),
            };
            let verdicts = entry.conclusions.iter().map(|i| evidence.conclusions[*i].verdict);
            let count = |verdict: Verdict| verdicts.clone().filter(|v| *v == verdict).count();
            let (yes, mixed) = (count(Verdict::Supported), count(Verdict::Mixed));
            let (no, open) = (count(Verdict::NotSupported), count(Verdict::Open));
            let mut used: Vec<usize> = entry
                .conclusions
                .iter()
                .filter_map(|i| rules.iter().position(|r| r.rule == evidence.conclusions[*i].rule))
                .map(|i| i + 1)
                .collect();
            used.sort_unstable();
            used.dedup();
            let numbers: Vec<String> = used.iter().map(|n| format!("[{n}]")).collect();
            let basis = match (&entry.gap, entry.conclusions.is_empty(), entry.topic) {
                (Some(reason), ..) => reason.clone(),
                (None, _, "Missing answers") => format!(
                    "{} {}",
                    percent(evidence.missing.share),
                    self.language
                        .of("of the answers asked for are missing", "van de gevraagde antwoorden ontbreekt")
                ),
                (None, true, "Careless responding") => {
                    evidence.careless.as_ref().map_or_else(String::new, |found| {
                        let of = self.language.of("of", "van de");
                        let count = found.respondents.len();
                        let who = self.language.of("respondents flagged", "respondenten gemarkeerd");
                        format!("{count} {of} {} {who}", found.n)
                    })
                }
                (None, true, _) => String::new(),
                _ if entry.conclusions.len() == 1 => {
                    let only = &evidence.conclusions[entry.conclusions[0]];
                    format!("{} {}", self.language.of(&only.text, &only.text_nl), numbers.join(" "))
                }
                _ => {
                    let words = [
                        (yes, self.language.of("supported", "gesteund")),
                        (mixed, self.language.of("mixed", "gemengd")),
                        (no, self.language.of("not supported", "niet gesteund")),
                        (open, self.language.of("open", "open")),
                    ];
                    let told: Vec<String> =
                        words.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
                    format!("{} {}", told.join(", "), numbers.join(" "))
                }
            };
            let topic = self.language.of(entry.topic, entry.topic_nl);
            let limits = self.language.of(entry.limits, entry.limits_nl);
            let limits = if entry.standing == Standing::NotExamined { "" } else { limits };
            table.row([
                shown.to_string(),
                topic.to_string(),
                standing.to_string(),
                basis,
                limits.to_string(),
            ]);
            table.marks.push(mark);
        }
        table.note = "Sources: AERA, APA & NCME (2014). The numbers in brackets are the rules below. Not examined is no finding: \
                      nothing was gathered."
            .into();
        page.table(table);
        let mut table =
            Table::new("Ratings of measurement properties by COSMIN", ["property", "rating", "rests on"]);
        table.text_columns = vec![1, 2];
        for own in &evidence.map.cosmin {
            table.row([
                self.language.of(own.property, own.property_nl).to_string(),
                own.rating.unwrap_or("").to_string(),
                self.language.of(&own.basis, &own.basis_nl).to_string(),
            ]);
            table.marks.push(match own.rating {
                Some("+") => Mark::Good,
                Some("-") => Mark::Bad,
                Some("±") => Mark::Mixed,
                Some(_) => Mark::Open,
                None => Mark::None,
            });
        }
        table.note = "+ sufficient, - insufficient, ± inconsistent, ? indeterminate (Prinsen et al. 2018). One study: the ratings of a \
                      systematic review weigh all studies."
            .into();
        page.table(table);
    }

    fn conclusions(&self, page: &mut Page) {
        let evidence = self.evidence;
        page.heading(2, "Conclusions");
        let rules = rules(&evidence.conclusions);
        for dimension in &evidence.dimensions {
            page.heading(3, self.named(&dimension.title, &dimension.id));
            page.list(points(&evidence.conclusions, &dimension.id, &rules, self.language));
        }
        let whole = self.named(&evidence.construct.title, &evidence.construct.id);
        page.heading(3, format!("{whole} {}", self.language.of("as a whole", "als geheel")));
        page.list(points(&evidence.conclusions, &evidence.construct.id, &rules, self.language));
        page.heading(3, "Rules applied");
        let numbered = rules
            .iter()
            .enumerate()
            .map(|(i, c)| format!("[{}] {} {}", i + 1, self.language.of(c.rule, c.rule_nl), c.reference));
        page.list(numbered.collect());
    }

    fn content(&self, page: &mut Page) {
        let found = &self.evidence.content;
        page.heading(2, "Evidence based on content");
        match &found.ratings {
            Some(ratings) => {
                page.heading(3, "Relevance to experts");
                content::items(ratings).into_iter().for_each(|t| page.table(t));
                page.table(content::scales(ratings));
                content::panels(ratings).into_iter().for_each(|t| page.table(t));
            }
            None => self.gap(page, "Relevance to experts", "expert ratings"),
        }
        match &found.item_sort {
            Some(sorted) => page.table(content::sorted(sorted)),
            None => self.gap(page, "Items sorted by judges", "the item-sort task"),
        }
        match &found.agreement {
            Some(agreement) => {
                page.heading(3, "Agreement of coders");
                page.table(content::agreement(agreement));
            }
            None => self.gap(page, "Agreement of coders", "agreement of coders"),
        }
        match &found.perspectives {
            Some(perspectives) => {
                page.heading(3, "Perspectives of stakeholders");
                page.table(content::matrix(perspectives, self.language));
                let titles: Vec<String> =
                    perspectives.dimensions.iter().map(|d| self.title_of(&d.dimension)).collect();
                let words = ["not raised", "not examined"].map(|w| dictionary::word(w, self.language));
                let title = "Perspective matrix: respondents of each group who raise a dimension";
                let svg = figures::perspective_matrix(title, perspectives, &titles, [&words[0], &words[1]]);
                let note =
                    "The area of a circle is the share of the respondents; below it the 95 % interval."
                        .into();
                page.figure(Figure { title: title.into(), svg, note });
                page.table(linked(self, perspectives));
                page.paragraph(content::saturation(perspectives));
                let title = "Codes found after so many respondents, expected in random order";
                let words = ["respondents", "codes"].map(|w| dictionary::word(w, self.language));
                let svg = figures::saturation_curve(title, &perspectives.saturation, [&words[0], &words[1]]);
                page.figure(Figure { title: title.into(), svg, note: String::new() });
            }
            None => self.gap(page, "Perspectives of stakeholders", "perspectives"),
        }
    }

    /// What stands where evidence is missing: why, or that nothing was gathered.
    fn gap(&self, page: &mut Page, title: &str, what: &str) {
        page.heading(3, title);
        match self.evidence.content.gaps.iter().find(|gap| gap.what == what) {
            Some(gap) => page.paragraph(format!(
                "{}: {}.",
                self.language.of("Could not be used", "Niet bruikbaar"),
                gap.reason.trim_end_matches('.')
            )),
            None => page.paragraph("Not examined."),
        }
    }

    fn response_processes(&self, page: &mut Page) {
        let missing = &self.evidence.missing;
        page.heading(2, "Evidence based on response processes");
        page.heading(3, "Missing answers");
        let (n, complete, share) = (missing.respondents, missing.complete, percent(missing.share));
        let one = missing.pattern_count == 1;
        page.paragraph(match self.language {
            Language::English => format!(
                "{share} of the answers asked for are missing; {complete} of {} answered everything they were asked. There {} \
                 of missing answers.",
                counted(n, "respondent", "respondents"),
                if one { "is 1 pattern".into() } else { format!("are {} patterns", missing.pattern_count) }
            ),
            Language::Dutch => format!(
                "{share} van de gevraagde antwoorden ontbreekt; {complete} van de {} {} alles wat hun gevraagd is. Er {} van \
                 ontbrekende antwoorden.",
                counted(n, "respondent", "respondenten"),
                if complete == 1 { "beantwoordde" } else { "beantwoordden" },
                if one { "is 1 patroon".into() } else { format!("zijn {} patronen", missing.pattern_count) }
            ),
        });
        let title = "Missing answers by item and group, and the most frequent patterns";
        let words = ["all", "patterns", "not asked"].map(|w| dictionary::word(w, self.language));
        let svg = figures::missing_map(title, missing, [&words[0], &words[1], &words[2]]);
        page.figure(Figure {
            title: title.into(),
            svg,
            note: "An empty cell: nobody in the group was asked.".into(),
        });
        if let Some(test) = &self.evidence.mcar {
            let test = (fixed(test.chisq, 2), test.df, p_is(Some(test.pvalue)), test.n);
            page.paragraph(match self.language {
                Language::English => format!(
                    "Little's test that answers are missing completely at random: chi-square = {}, df = {}, {}, n = {} (the \
                     items that everybody was asked). A small p says that they are not; full information asks for less, that \
                     what is missing follows from the answers that are there.",
                    test.0, test.1, test.2, test.3
                ),
                Language::Dutch => format!(
                    "Littles toets of antwoorden volledig toevallig ontbreken: chi-kwadraat = {}, df = {}, {}, n = {} (de items \
                     die iedereen voorgelegd kreeg). Een kleine p betekent van niet; full information vraagt minder, namelijk \
                     dat wat ontbreekt uit de aanwezige antwoorden volgt.",
                    test.0, test.1, test.2, test.3
                ),
            });
        }
        page.heading(3, "Careless responding");
        match &self.evidence.careless {
            None => page.paragraph("Not examined."),
            Some(found) => self.careless(page, found),
        }
        page.heading(3, "Cognitive interviews");
        page.paragraph("Not examined.");
    }

    fn careless(&self, page: &mut Page, found: &CarelessResponding) {
        let (count, n, flags) = (found.respondents.len(), found.n, found.flags);
        page.paragraph(match self.language {
            Language::English => format!(
                "{flags} or more indices flag {count} of {}. A flag says 'look', not 'leave out' (Meade & Craig 2012; Curran \
                 2016).",
                counted(n, "respondent", "respondents")
            ),
            Language::Dutch => format!(
                "Bij {count} van de {} wijzen {flags} of meer indices op onzorgvuldig antwoorden. Een markering betekent 'kijk', \
                 niet 'laat weg' (Meade & Craig 2012; Curran 2016).",
                counted(n, "respondent", "respondenten")
            ),
        });
        if found.at_an_end > 0 {
            let ends = found.at_an_end;
            page.paragraph(match self.language {
                Language::English => format!(
                    "{} the lowest, or the highest, answer to every item. No item is reversed, so that this is what somebody at \
                     that end would answer and cannot be told from answering without reading: it does not count as a flag.",
                    counted(ends, "respondent gave", "respondents gave")
                ),
                Language::Dutch => format!(
                    "{} op elk item het laagste, of het hoogste, antwoord. Geen item is omgekeerd, dus zo zou iemand aan dat \
                     uiteinde antwoorden, en het is niet te onderscheiden van antwoorden zonder lezen: het telt niet als \
                     markering.",
                    counted(ends, "respondent gaf", "respondenten gaven")
                ),
            });
        }
        page.table(screening::indices(&found.counts));
        if !found.respondents.is_empty() {
            let mut table =
                Table::new("Respondents flagged by several indices", ["respondent", "row", "indices"]);
            table.text_columns = vec![2];
            for own in found.respondents.iter().take(FLAGGED) {
                let name = |i: &ScreeningIndex| dictionary::word(screening::name(*i).0, self.language);
                let indices: Vec<String> = own.indices.iter().map(name).collect();
                let respondent = own.respondent.clone().unwrap_or_default();
                table.row([respondent, own.row.to_string(), indices.join(", ")]);
            }
            if count > FLAGGED {
                table.note = format!("{FLAGGED} of {count} are shown; --format json has all.");
            }
            page.table(table);
        }
    }

    fn internal_structure(&self, page: &mut Page) {
        let evidence = self.evidence;
        page.heading(2, "Evidence based on internal structure");
        page.heading(3, "Reliability");
        page.table(reliability(self));
        page.figure(forest_of_reliability(self));
        page.table(further_reliability(self));
        if let Some(table) = ordinal_reliability(self) {
            page.table(table);
        }
        if let Some(found) = &evidence.hierarchical {
            let proper = evidence.structure("second_order").filter(|s| s.result.status.proper());
            let (by, volgens) = match proper {
                Some(_) => {
                    ("the structure with second-order factors", "de structuur met tweede-ordefactoren")
                }
                None => ("the bifactor structure", "de bifactorstructuur"),
            };
            page.paragraph(match self.language {
                Language::English => format!(
                    "By {by}, of the variance of the sum of all items {} is due to the construct as a whole (omega hierarchical {:.3}), {} to \
                     all factors together (omega total {:.3}).",
                    percent(found.omega_hierarchical),
                    found.omega_hierarchical,
                    percent(found.omega_total),
                    found.omega_total
                ),
                Language::Dutch => format!(
                    "Volgens {volgens} komt van de variantie van de som van alle items {} van het construct als geheel (omega hiërarchisch {:.3}), {} van \
                     alle factoren samen (omega totaal {:.3}).",
                    percent(found.omega_hierarchical),
                    found.omega_hierarchical,
                    percent(found.omega_total),
                    found.omega_total
                ),
            });
        }
        if let Some(table) = groups(self) {
            page.table(table);
        }
        if let Some(found) = &evidence.aggregation {
            page.heading(
                3,
                format!("{} {}", self.language.of("Aggregation to", "Aggregatie naar"), found.cluster),
            );
            page.list(sentences(&found.warnings));
            aggregation::coefficients(page, found);
        }
        page.heading(3, "Rival structures");
        page.table(structures(
            "Of the whole construct, all on the same respondents",
            &evidence.structures,
            self.language,
        ));
        let own = evidence.dimensions.iter().filter_map(|d| Some((d, d.structure.as_ref()?)));
        page.table(dimension_models(self, own));
        if let Some(structure) = evidence.preferred() {
            page.heading(3, "Factors");
            let title = "The preferred structure with standardised loadings";
            let svg = figures::path_diagram(title, structure);
            let note =
                "Ellipses: factors; rectangles: items. Residuals, and correlations of factors, are left out."
                    .into();
            page.figure(Figure { title: title.into(), svg, note });
            page.table(loadings(structure));
        }
        if let Some(matrix) = evidence.structure("correlated").and_then(factor_correlations) {
            let title = "Correlations of the factors in the correlated structure";
            let mut table = triangle(title, &matrix);
            let correlated = evidence.structure("correlated");
            let name = dictionary::word("correlated", self.language);
            table.remarks.extend(correlated.and_then(|s| about_solution(&name, s, self.language)));
            page.table(table);
            let svg = figures::heat_map(&HeatMap { title, matrix: &matrix, full: 1.0 });
            page.figure(Figure { title: title.into(), svg, note: String::new() });
        }
        page.heading(3, "Items");
        if let Some(figure) = likert(self) {
            page.figure(figure);
        }
        for dimension in evidence.dimensions.iter().filter(|d| !d.scale.items.is_empty()) {
            page.table(statistics(&self.named(&dimension.title, &dimension.id), &dimension.scale.items));
        }
        if let Some(matrices) = &evidence.item_matrices {
            let title = "Correlations of the items";
            let svg = figures::heat_map(&HeatMap { title, matrix: &matrices.correlation, full: 1.0 });
            page.figure(Figure { title: title.into(), svg, note: "Polychoric of ordinal items.".into() });
            let title = "Residual correlations: observed less implied by the preferred structure";
            let svg = figures::heat_map(&HeatMap { title, matrix: &matrices.residual, full: 0.2 });
            let note = "From .10 on a residual is worth a look (Kline 2016).".into();
            page.figure(Figure { title: title.into(), svg, note });
        }
        for topic in ["Exploratory dimensionality", "Measurement invariance"] {
            page.heading(3, topic);
            page.paragraph("Not examined.");
        }
    }

    fn relations(&self, page: &mut Page) {
        let evidence = self.evidence;
        let found = &evidence.relations;
        page.heading(2, "Evidence based on relations to other variables");
        if !found.convergent.is_empty() {
            page.heading(3, "Convergent and discriminant validity");
            page.table(relations::convergent(found));
        }
        if let Some(discriminant) = &found.discriminant {
            relations::discriminant(discriminant).into_iter().for_each(|table| page.table(table));
        }
        page.heading(3, "Criteria and outcomes");
        if found.criterion.is_empty() {
            page.paragraph("Not examined.");
        } else {
            page.table(self.marked(relations::criteria(found)));
            found.incremental.iter().for_each(|own| page.table(relations::incremental(own)));
        }
        if let Some(table) = relations::paths(found) {
            page.table(table);
        }
        page.heading(3, "Hypotheses");
        if evidence.hypotheses.is_empty() {
            page.paragraph("Not examined.");
        } else {
            page.table(relations::hypotheses(&evidence.hypotheses));
            page.figure(forest_of_hypotheses(self));
        }
    }

    fn consequences(&self, page: &mut Page) {
        let evidence = self.evidence;
        page.heading(2, "Evidence based on consequences and use");
        page.heading(3, "Precision of a person's score");
        page.table(errors(self));
        page.heading(3, "Differences between groups");
        match relations::groups(&evidence.relations.known_groups) {
            Some(table) => page.table(self.marked(table)),
            None => page.paragraph("Not examined."),
        }
        if let Some(table) = relations::pairs(&evidence.relations.known_groups) {
            page.table(self.marked(table));
        }
        page.heading(3, "Differential item functioning");
        page.paragraph("Not examined.");
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
        page.list(evidence.ledger.to_string().lines().map(Into::into).collect());
        self.summary(&mut page);
        self.conclusions(&mut page);
        self.content(&mut page);
        self.response_processes(&mut page);
        self.internal_structure(&mut page);
        self.relations(&mut page);
        self.consequences(&mut page);
        if let Some(found) = &evidence.sensitivity {
            page.heading(2, "Sensitivity to careless responding");
            sensitivity::section(&mut page, found, self.language);
        }
        page.heading(2, "Methods and results in words");
        page.paragraph(methods::methods(evidence, self.language));
        page.paragraph(methods::results(evidence, self.language));
        if !evidence.construct.items.is_empty() {
            page.table(wording(self));
        }
        if !evidence.warnings.is_empty() {
            page.heading(2, "What to keep in mind");
            page.list(sentences(&evidence.warnings));
        }
        let data = evidence.provenance.data_sha256.as_ref().map(|sha| format!(", data SHA-256 {sha}"));
        page.paragraph(format!("psychometrics {}{}.", evidence.provenance.version, data.unwrap_or_default()));
        page.in_language(self.language)
    }
}

impl Report for Evidence {
    fn page(&self) -> Page {
        ValidationReport::new(self).page()
    }
}

/// The part of a validation that is about relations: what the command `validity` prints.
#[derive(Debug, Clone, Copy)]
pub struct ValidityReport<'a>(pub ValidationReport<'a>);

impl Report for ValidityReport<'_> {
    fn page(&self) -> Page {
        let (report, evidence) = (&self.0, self.0.evidence);
        let title = report.named(&evidence.construct.title, &evidence.construct.id);
        let mut page =
            Page::titled(format!("{} {title}", report.language.of("Relations of", "Relaties van")));
        page.list(sentences(&evidence.warnings.iter().filter(is_slip).cloned().collect::<Vec<_>>()));
        report.relations(&mut page);
        if let Some(table) = relations::groups(&evidence.relations.known_groups) {
            page.table(report.marked(table));
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

/// Perspectives and scores of the same groups on the same dimensions, side by side.
fn linked(report: &ValidationReport<'_>, found: &Perspectives) -> Table {
    let heads = found.groups.iter().map(|g| g.name.clone());
    let mut table = Table::new(
        "Interviews and survey side by side: share that raises a dimension; mean score and alpha in the survey",
        std::iter::once("dimension".to_string()).chain(heads),
    );
    table.text_columns = (1..=found.groups.len()).collect();
    for row in &found.dimensions {
        let dimension = report.evidence.dimension(&row.dimension);
        let cells = row.cells.iter().map(|cell| {
            let raised = if row.not_examined {
                dictionary::word("not examined", report.language)
            } else if cell.raised == 0 {
                dictionary::word("not raised", report.language)
            } else {
                percent(cell.share)
            };
            let group =
                dimension.and_then(|d| d.scale.groups.iter().find(|g| g.group == cell.group && g.n > 0));
            let survey = group.map(|g| {
                let alpha = g.reliability.as_ref().and_then(|r| r.alpha.raw);
                let score = g.score.map_or_else(|| "-".into(), |s| fixed(s.mean, 2));
                format!(
                    "; {score}, alpha {} (n = {}{})",
                    optional(alpha, 2),
                    g.n,
                    if g.too_small { "*" } else { "" }
                )
            });
            format!("{raised}{}", survey.unwrap_or_default())
        });
        let cells: Vec<String> = cells.collect();
        table.row(std::iter::once(report.title_of(&row.dimension)).chain(cells));
    }
    for row in &found.dimensions {
        let groups = report.evidence.dimension(&row.dimension).map(|d| &d.scale.groups);
        let shown = |g: &&GroupEvidence| g.n > 0 && row.cells.iter().any(|cell| cell.group == g.group);
        for g in groups.into_iter().flatten().filter(shown) {
            without_alpha(&mut table, &report.title_of(&row.dimension), g);
        }
    }
    table.note = "* fewer than 50 with complete answers: too small for a conclusion.".into();
    table
}

/// Why a group has no alpha, or no mean score.
fn without_alpha(table: &mut Table, scale: &str, g: &GroupEvidence) {
    let why = match (&g.reliability, g.n) {
        (None, 0 | 1) => "fewer than two complete answers",
        (None, _) => "an item does not vary among the complete answers",
        (Some(_), _) => "the total score does not vary",
    };
    let alpha = g.reliability.as_ref().and_then(|r| r.alpha.raw);
    table.without_if_none(alpha, &format!("alpha of {scale} ({})", g.group), why);
    table.without_if_none(g.score, &format!("mean of {scale} ({})", g.group), "there are no scores");
}

/// Items with their wording.
fn wording(report: &ValidationReport<'_>) -> Table {
    let mut table = Table::new("Wording of the items", ["item", "dimension", "wording", "reversed"]);
    table.text_columns = vec![1, 2, 3];
    for item in &report.evidence.construct.items {
        table.row([
            item.id.clone(),
            report.title_of(&item.dimension),
            item.text.get(report.language.code()).unwrap_or_default().to_string(),
            if item.reverse { "yes" } else { "" }.to_string(),
        ]);
    }
    table
}

/// Answers to all items with one response scale.
fn likert(report: &ValidationReport<'_>) -> Option<Figure> {
    let evidence = report.evidence;
    let first = evidence.construct.items.first()?;
    let scale = evidence.construct.scales.get(&first.scale)?;
    let labels: Vec<String> = scale
        .points
        .iter()
        .map(|p| p.label.get(report.language.code()).map_or_else(|| p.code.to_string(), Into::into))
        .collect();
    let mut answers = Vec::new();
    for dimension in &evidence.dimensions {
        let mut heading = Some(report.named(&dimension.title, &dimension.id));
        for item in &dimension.scale.items {
            let same = evidence.construct.items.iter().any(|i| i.id == item.item && i.scale == first.scale);
            let Some(frequencies) = item.frequencies.as_ref().filter(|f| same && f.len() == labels.len())
            else {
                continue;
            };
            answers.push(Answers {
                item: item.item.clone(),
                shares: frequencies.iter().map(|(_, share)| *share).collect(),
                n: item.n,
                heading: heading.take(),
            });
        }
    }
    if answers.is_empty() {
        return None;
    }
    let title = "Answers to the items, in per cent";
    let note =
        "Reversed items are turned around, so that to the right always means more of the dimension.".into();
    Some(Figure { title: title.into(), svg: figures::likert(title, &answers, &labels), note })
}

fn forest_of_reliability(report: &ValidationReport<'_>) -> Figure {
    let title = "Reliability of the scales, 95 % intervals";
    let mut estimates = Vec::new();
    for (name, scale) in scales(report) {
        let Some(alpha) = scale.reliability.as_ref().map(|r| &r.alpha) else { continue };
        let interval = alpha.feldt.map(|i| (i.lower, i.upper));
        let text = format!("{} {}", optional(alpha.raw, 2), ends(alpha.feldt, 2));
        estimates.push(Estimate {
            name: name.trim().to_string(),
            value: alpha.raw,
            interval,
            mark: None,
            text,
        });
    }
    let svg = figures::forest(title, &estimates, &[(0.7, ".70"), (0.9, ".90")], "alpha");
    let note =
        ".70 serves comparisons of groups, .90 decisions about persons (Nunnally & Bernstein 1994).".into();
    Figure { title: title.into(), svg, note }
}

fn forest_of_hypotheses(report: &ValidationReport<'_>) -> Figure {
    let title = "Hypotheses: estimates with 95 % intervals, and the size that was expected";
    let estimates: Vec<Estimate> = report
        .evidence
        .hypotheses
        .iter()
        .map(|h| {
            let sign = if h.sign == crate::construct::Sign::Negative { -1.0 } else { 1.0 };
            Estimate {
                name: format!("{} {} - {}", h.id, h.from, h.to),
                value: h.estimate,
                interval: h.lower.zip(h.upper),
                mark: h.at_least.map(|x| sign * x),
                text: match h.confirmed {
                    Some(true) => report.language.of("confirmed", "bevestigd"),
                    Some(false) => report.language.of("not confirmed", "niet bevestigd"),
                    None => report.language.of("not tested", "niet getoetst"),
                }
                .to_string(),
            }
        })
        .collect();
    let svg = figures::forest(title, &estimates, &[(0.0, "")], "r");
    Figure {
        title: title.into(),
        svg,
        note: "The short line marks the smallest size that would confirm.".into(),
    }
}

/// Omega and the lower bounds of each scale.
fn further_reliability(report: &ValidationReport<'_>) -> Table {
    let heads = ["scale", "omega", "95 % interval", "lambda 2", "lambda 4", "lambda 6", "glb", "H"];
    let mut table = Table::new("Further coefficients of reliability", heads);
    for (name, scale) in scales(report) {
        let Some(found) = &scale.reliability else { continue };
        let bounds = found.guttman;
        table.row([
            name,
            optional(found.omega.total, 3),
            ends(found.omega.interval, 3),
            optional(bounds.map(|b| b.lambda2), 3),
            optional(bounds.and_then(|b| b.lambda4), 3),
            optional(bounds.and_then(|b| b.lambda6), 3),
            optional(bounds.and_then(|b| b.glb), 3),
            optional(found.omega.maximal, 3),
        ]);
    }
    for (name, scale) in scales(report) {
        let omega = scale.reliability.as_ref().and_then(|r| r.omega.reason.as_ref());
        if let Some(reason) = omega {
            table.without(&format!("omega and H of {}", name.trim()), reason);
        }
        let Some(found) = &scale.reliability else { continue };
        let of = |what: &str| format!("{what} of {}", name.trim());
        let singular = "the correlation matrix of the items has no inverse";
        match found.guttman {
            None => table.without(&of("lambdas and glb"), "a correlation of the items is not defined"),
            Some(bounds) => {
                table.without_if_none(bounds.lambda4, &of("lambda 4"), "there are no split halves");
                table.without_if_none(bounds.lambda6.and(bounds.glb), &of("lambda 6 or glb"), singular);
            }
        }
        if found.omega.total.is_some() {
            let (interval, maximal) = (found.omega.interval, found.omega.maximal);
            let why = "the model has no standard errors";
            table.without_if_none(interval, &of("the interval of omega"), why);
            table.without_if_none(maximal, &of("H"), "an item has no residual variance");
        }
    }
    table.remarks.extend(report.about_total());
    table.note = "Omega: of a model of one factor for the answers as numbers, with an interval by the delta method. Lambdas: Guttman's \
                  lower bounds; glb: the greatest lower bound; H: maximal reliability."
        .into();
    table
}

/// Measurement error of the scores.
fn errors(report: &ValidationReport<'_>) -> Table {
    let heads = ["scale", "sd", "reliability", "SEM", "SDC"];
    let mut table = Table::new("Measurement error of the mean score", heads);
    for (name, scale) in scales(report) {
        let Some(error) = scale.reliability.as_ref().and_then(|r| r.error) else { continue };
        table.row([
            name,
            fixed(error.sd, 2),
            fixed(error.reliability, 3),
            fixed(error.sem, 2),
            fixed(error.sdc, 2),
        ]);
    }
    for (name, scale) in scales(report) {
        if let Some(found) = scale.reliability.as_ref().filter(|r| r.error.is_none()) {
            let why = match found.alpha.raw {
                Some(alpha) => {
                    format!("alpha is {}, and a reliability lies between 0 and 1", fixed(alpha, 2))
                }
                None => "the total score does not vary".into(),
            };
            table.without(&format!("the error of {}", name.trim()), &why);
        } else if let Some(reason) = &scale.reason {
            table.without(&format!("the error of {}", name.trim()), reason);
        }
    }
    table.remarks.extend(report.about_total());
    table.note = "SEM: standard error of measurement; SDC: smallest change of one person that is no measurement error (95 %).".into();
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
        if a == b { Some(1.0) } else { fit.parameter(a, "~~", b).and_then(|p| p.std_all) }
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

fn points(conclusions: &[Conclusion], about: &str, rules: &[&Conclusion], language: Language) -> Vec<String> {
    let of_it = conclusions.iter().filter(|c| c.about == about);
    let point = |c: &Conclusion| {
        let mark = match (c.verdict, c.aspect) {
            (Verdict::Supported, _) => language.of("yes", "ja"),
            (Verdict::Mixed, _) => language.of("mixed", "gemengd"),
            (Verdict::NotSupported, _) => language.of("no", "nee"),
            (Verdict::Open, Aspect::Groups | Aspect::Measurement | Aspect::Error | Aspect::Differences) => {
                language.of("note", "noot")
            }
            (Verdict::Open, _) => "open",
        };
        let number = rules.iter().position(|r| r.rule == c.rule).map_or(0, |i| i + 1);
        format!("{mark}: {} [{number}]", language.of(&c.text, &c.text_nl))
    };
    of_it.map(point).collect()
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

/// Of the sums of ordinal answers, and of what lies behind them; none without ordinal items.
fn ordinal_reliability(report: &ValidationReport<'_>) -> Option<Table> {
    let heads = ["scale", "categorical omega", "ordinal alpha"];
    let mut table = Table::new("Reliability of ordinal items, by a model of one factor", heads);
    let mut row = |name: String, scale: &ScaleEvidence| {
        if let Some(found) = &scale.ordinal {
            let of = |what: &str| format!("{what} of {}", name.trim());
            let why = "the sum of its items does not vary by the model";
            table.without_if_none(found.categorical_omega, &of("categorical omega"), why);
            table.without_if_none(found.ordinal_alpha, &of("ordinal alpha"), "it has a single item");
            table.row([name, optional(found.categorical_omega, 3), optional(found.ordinal_alpha, 3)]);
        }
    };
    scales(report).into_iter().for_each(|(name, scale)| row(name, scale));
    for dimension in &report.evidence.dimensions {
        let is_ordinal = dimension.structure.as_ref().is_some_and(|s| s.result.is_ordinal());
        if is_ordinal && dimension.scale.ordinal.is_none() {
            let name = report.named(&dimension.title, &dimension.id);
            table.without(
                &name,
                "the model of one factor has no proper solution, or there are fewer than two items",
            );
        }
    }
    table.note =
        "Categorical omega is the reliability of the sum of the answers (Green & Yang 2009); ordinal alpha \
                  that of the continuous variables behind them, which nobody observes."
            .into();
    let is_known = !table.rows.is_empty() || !table.remarks.is_empty();
    is_known.then_some(table)
}

fn reliability(report: &ValidationReport<'_>) -> Table {
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
            ends(feldt, 3),
            optional(alpha.and_then(|a| a.standardized), 3),
            optional(alpha.and_then(|a| a.average_r), 3),
            optional(scale.score.map(|s| s.mean), 2),
            optional(scale.score.map(|s| s.sd), 2),
        ]);
    };
    scales(report).into_iter().for_each(|(name, scale)| row(name, scale));
    for (name, scale) in scales(report) {
        let of = |what: &str| format!("{what} of {}", name.trim());
        if let Some(reason) = &scale.reason {
            table.without(&of("the reliability"), reason);
        }
        if let Some(alpha) = scale.reliability.as_ref().map(|r| &r.alpha) {
            if alpha.raw.is_some() {
                let why = "it is that of complete rows, and answers are missing";
                table.without_if_none(alpha.feldt, &of("Feldt's interval"), why);
            }
            let undefined = "a correlation of the items is not defined";
            table.without_if_none(alpha.average_r, &of("mean r"), undefined);
            let why = match alpha.average_r {
                None => undefined,
                Some(_) => "the total of the standardised items does not vary",
            };
            table.without_if_none(alpha.standardized, &of("standardised alpha"), why);
        }
        table.without_if_none(scale.score, &of("mean and sd"), "there are no scores");
    }
    table.remarks.extend(report.about_total());
    table
}

/// Alpha and mean score per group: a row per scale, and per group a column for each.
fn groups(report: &ValidationReport<'_>) -> Option<Table> {
    let evidence = report.evidence;
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
            for g in scale.groups.iter().filter(|g| g.n > 0) {
                without_alpha(&mut table, name.trim(), g);
            }
            table.row(std::iter::once(name).chain(scale.groups.iter().map(cell)));
        }
    };
    for dimension in &evidence.dimensions {
        row(report.named(&dimension.title, &dimension.id), &dimension.scale);
    }
    if let Some(overall) = &evidence.overall {
        row(report.whole(), overall);
    }
    table.remarks.extend(report.about_total());
    table.note =
        "n: respondents in the group. * fewer than 50 with complete answers: too small for a conclusion."
            .into();
    Some(table)
}

const FIT_HEADS: [&str; 11] =
    ["model", "n", "npar", "chi-square", "df", "p", "CFI", "TLI", "RMSEA [90 %]", "SRMR", "BIC"];

fn structures(title: &str, structures: &[StructureEvidence], language: Language) -> Table {
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
    } else if proper().any(|s| s.result.is_ordinal()) {
        table.note = better.into();
    }
    for structure in structures {
        let name = dictionary::word(&structure.name.replace('_', " "), language);
        table.remarks.extend(about_solution(&name, structure, language));
        without_measures(&mut table, &name, structure);
    }
    table
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
