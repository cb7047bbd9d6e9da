//! Evidence based on response processes: missing answers and careless ones.

use super::ValidationReport;
use crate::evidence::counted;
use crate::evidence::response_process::{CarelessResponding, ScreeningIndex};
use crate::report::number::{fixed, p_is, percent};
use crate::report::page::Figure;
use crate::report::{Language, Page, Table, dictionary, figures, screening};

/// Flagged respondents that are named.
const FLAGGED: usize = 30;

pub(super) fn response_processes(report: &ValidationReport<'_>, page: &mut Page) {
    let missing = &report.evidence.missing;
    page.heading(2, "Evidence based on response processes");
    page.heading(3, "Missing answers");
    let (n, complete, share) = (missing.respondents, missing.complete, percent(missing.share));
    let one = missing.pattern_count == 1;
    page.paragraph(match report.language {
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
    let words = ["all", "patterns", "not asked"].map(|w| dictionary::word(w, report.language));
    let svg = figures::missing_map(title, missing, [&words[0], &words[1], &words[2]]);
    page.figure(Figure {
        title: title.into(),
        svg,
        note: "An empty cell: nobody in the group was asked.".into(),
    });
    if let Some(test) = &report.evidence.mcar {
        let test = (fixed(test.chisq, 2), test.df, p_is(Some(test.pvalue)), test.n);
        page.paragraph(match report.language {
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
    match &report.evidence.careless {
        None => page.paragraph("Not examined."),
        Some(found) => careless(report, page, found),
    }
    page.heading(3, "Cognitive interviews");
    page.paragraph("Not examined.");
}

fn careless(report: &ValidationReport<'_>, page: &mut Page, found: &CarelessResponding) {
    let (count, n, flags) = (found.respondents.len(), found.n, found.flags);
    page.paragraph(match report.language {
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
        page.paragraph(match report.language {
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
            let name = |i: &ScreeningIndex| dictionary::word(screening::name(*i).0, report.language);
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
