//! The evidence map: what was gathered of each source of evidence, and what it says.

use super::ValidationReport;
use super::conclusions::rules;
use crate::evidence::{Conclusion, MapEntry, Source, Standing, Verdict};
use crate::report::Mark;
use crate::report::number::percent;
use crate::report::{Page, Table};

pub(super) fn evidence_map(report: &ValidationReport<'_>, page: &mut Page) {
    let evidence = report.evidence;
    page.heading(2, "Evidence map");
    let rules = rules(&evidence.conclusions);
    let mut table = Table::new(
        "What was gathered of each source of validity evidence, and what it says",
        ["source", "topic", "standing", "rests on", "limits"],
    );
    table.text_columns = vec![1, 2, 3, 4];
    let mut last = None;
    for entry in &evidence.map.entries {
        let source = name_of(entry.source);
        let shown = if last == Some(entry.source) { "" } else { source };
        last = Some(entry.source);
        let (standing, mark) = shown_as(entry.standing);
        let basis = basis(report, entry, &rules);
        let topic = report.language.of(&entry.topic, &entry.topic_nl);
        let limits = report.language.of(&entry.limits, &entry.limits_nl);
        let limits = if entry.standing == Standing::NotExamined { "" } else { limits };
        table.row([shown.to_string(), topic.to_string(), standing.to_string(), basis, limits.to_string()]);
        table.marks.push(mark);
    }
    table.note = "Sources: AERA, APA & NCME (2014). The numbers in brackets are the rules below. Not examined is no finding: \
                  nothing was gathered."
        .into();
    page.table(table);
    page.table(cosmin(report));
}

/// What an entry rests on: its conclusion, or how many there are of each verdict, with their rules; else what is known.
fn basis(report: &ValidationReport<'_>, entry: &MapEntry, rules: &[&Conclusion]) -> String {
    let evidence = report.evidence;
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
    match (&entry.gap, entry.conclusions.is_empty(), &*entry.topic) {
        (Some(reason), ..) => reason.clone(),
        (None, _, "Missing answers") => format!(
            "{} {}",
            percent(evidence.missing.share),
            report
                .language
                .of("of the answers asked for are missing", "van de gevraagde antwoorden ontbreekt")
        ),
        (None, true, "Careless responding") => evidence.careless.as_ref().map_or_else(String::new, |found| {
            let of = report.language.of("of", "van de");
            let count = found.respondents.len();
            let who = report.language.of("respondents flagged", "respondenten gemarkeerd");
            format!("{count} {of} {} {who}", found.n)
        }),
        (None, true, _) => String::new(),
        _ if entry.conclusions.len() == 1 => {
            let only = &evidence.conclusions[entry.conclusions[0]];
            format!("{} {}", report.told(only), numbers.join(" "))
        }
        _ => {
            let words = [
                (yes, report.language.of("supported", "gesteund")),
                (mixed, report.language.of("mixed", "gemengd")),
                (no, report.language.of("not supported", "niet gesteund")),
                (open, report.language.of("open", "open")),
            ];
            let told: Vec<String> =
                words.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
            format!("{} {}", told.join(", "), numbers.join(" "))
        }
    }
}

fn name_of(source: Source) -> &'static str {
    match source {
        Source::Content => "Content",
        Source::ResponseProcesses => "Response processes",
        Source::InternalStructure => "Internal structure",
        Source::Relations => "Relations to other variables",
        Source::Consequences => "Consequences and use",
    }
}

fn shown_as(standing: Standing) -> (&'static str, Mark) {
    match standing {
        Standing::Supported => ("supported", Mark::Good),
        Standing::Mixed => ("mixed", Mark::Mixed),
        Standing::NotSupported => ("not supported", Mark::Bad),
        Standing::Open => ("open", Mark::Open),
        Standing::NotExamined => ("not examined", Mark::None),
    }
}

fn cosmin(report: &ValidationReport<'_>) -> Table {
    let mut table =
        Table::new("Ratings of measurement properties by COSMIN", ["property", "rating", "rests on"]);
    table.text_columns = vec![1, 2];
    for own in &report.evidence.map.cosmin {
        table.row([
            report.language.of(&own.property, &own.property_nl).to_string(),
            own.rating.as_deref().unwrap_or("").to_string(),
            report.language.of(&own.basis, &own.basis_nl).to_string(),
        ]);
        table.marks.push(match own.rating.as_deref() {
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
    table
}
