//! The page of a sensitivity run: with all respondents, and without those who were flagged.

use super::number::{fixed, optional};
use super::{Language, Page, Report, Table, dictionary};
use crate::evidence::{Sensitivity, Shift, Verdict, counted};

/// Respondents that are named.
const NAMED: usize = 30;

impl Report for Sensitivity {
    fn page(&self) -> Page {
        let mut page = Page::titled("Sensitivity to careless responding");
        section(&mut page, self, Language::English);
        page
    }
}

/// What is said of it under its heading.
pub(super) fn section(page: &mut Page, found: &Sensitivity, language: Language) {
    page.paragraph(repeated(found, language));
    if found.left_out.is_empty() {
        return;
    }
    if !found.changed.is_empty() {
        page.table(changed(found, language));
    }
    page.table(scales(found));
    page.table(structures(found, language));
    if !found.hypotheses.is_empty() {
        page.table(hypotheses(found));
    }
    page.paragraph(left_out(found, language));
}

/// Without whom the validation was repeated, and whether that changes anything.
fn repeated(found: &Sensitivity, language: Language) -> String {
    let count = found.left_out.len();
    let (flags, n) = (found.flags, found.n.all);
    if count == 0 {
        return match language {
            Language::English => format!(
                "No respondent is flagged by {flags} or more indices of careless answers, so that the validation without the \
                 flagged is the same."
            ),
            Language::Dutch => format!(
                "Bij geen respondent wijzen {flags} of meer indices op onzorgvuldig antwoorden; de validering zonder de \
                 gemarkeerden is dus dezelfde."
            ),
        };
    }
    let changes = match (found.changes(), language) {
        (true, Language::English) => "Some of what is concluded is another without them: see below.",
        (true, Language::Dutch) => "Een deel van de conclusies is zonder hen anders: zie hieronder.",
        (false, Language::English) => {
            "No conclusion, no hypothesis and not the preferred structure is another without them."
        }
        (false, Language::Dutch) => "Geen conclusie, hypothese of voorkeursstructuur is zonder hen anders.",
    };
    match language {
        Language::English => format!(
            "The validation was repeated without the {count} of {} whom {flags} or more indices of careless \
             answers flag (Meade & Craig 2012; Curran 2016). {changes}",
            counted(n, "respondent", "respondents")
        ),
        Language::Dutch => format!(
            "De validering is herhaald zonder de {count} van de {} bij wie {flags} of meer indices op \
             onzorgvuldig antwoorden wijzen (Meade & Craig 2012; Curran 2016). {changes}",
            counted(n, "respondent", "respondenten")
        ),
    }
}

fn changed(found: &Sensitivity, language: Language) -> Table {
    let mut table = Table::new("Conclusions that change", ["about", "aspect", "all", "without"]);
    table.text_columns = vec![1, 2, 3];
    for own in &found.changed {
        let aspect = dictionary::word(&format!("{:?}", own.aspect).to_lowercase(), language);
        table.row([own.about.clone(), aspect, verdict(own.all), verdict(own.without)]);
    }
    table
}

fn scales(found: &Sensitivity) -> Table {
    let heads = pairs("scale", &["n", "alpha", "omega"]);
    let mut table = Table::new("Scales with all respondents and without the flagged", heads);
    for scale in &found.scales {
        let numbers = [scale.alpha, scale.omega].into_iter().flat_map(|shift| both(shift, 3));
        let n = [scale.n.all.to_string(), scale.n.without.to_string()];
        table.row(std::iter::once(scale.scale.clone()).chain(n).chain(numbers));
        let of = |what: &str| format!("{what} of {}", scale.scale);
        for (name, shift) in [("alpha", scale.alpha), ("omega", scale.omega)] {
            say_missing(&mut table, &of(name), shift.all.is_none(), shift.without.is_none());
        }
    }
    table
}

fn structures(found: &Sensitivity, language: Language) -> Table {
    let heads = pairs("model", &["n", "chi-square", "CFI", "RMSEA", "SRMR"]);
    let mut table = Table::new("Models with all respondents and without the flagged", heads);
    for own in &found.structures {
        let count = |n: Option<usize>| n.map_or_else(|| "-".into(), |n| n.to_string());
        let measures = [
            ("chi-square", own.chisq, 2),
            ("CFI", own.cfi, 3),
            ("RMSEA", own.rmsea, 3),
            ("SRMR", own.srmr, 3),
        ];
        let name = format!("{}: {}", own.about, dictionary::word(&own.structure.replace('_', " "), language));
        let numbers = measures.into_iter().flat_map(|(_, shift, digits)| both(shift, digits));
        table.row([name, count(own.n.all), count(own.n.without)].into_iter().chain(numbers));
        let of = |what: &str| format!("{what} of {} ({})", own.about, own.structure.replace('_', " "));
        for (name, shift, _) in measures {
            say_missing(&mut table, &of(name), shift.all.is_none(), shift.without.is_none());
        }
        say_missing(&mut table, &of("n"), own.n.all.is_none(), own.n.without.is_none());
    }
    let preferred =
        |name: Option<&str>| dictionary::word(&name.unwrap_or("none").replace('_', " "), language);
    let (all, without) =
        (preferred(found.preferred.all.as_deref()), preferred(found.preferred.without.as_deref()));
    table.note = match language {
        Language::English => format!("Preferred: {all}; without the flagged: {without}."),
        Language::Dutch => format!("Voorkeur: {all}; zonder de gemarkeerden: {without}."),
    };
    table
}

fn hypotheses(found: &Sensitivity) -> Table {
    let heads = pairs("hypothesis", &["estimate", "confirmed"]);
    let mut table = Table::new("Hypotheses with all respondents and without the flagged", heads);
    let told = |confirmed: Option<bool>| match confirmed {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not tested",
    };
    for own in &found.hypotheses {
        let confirmed = [own.confirmed.all, own.confirmed.without].map(|x| told(x).to_string());
        table.row(std::iter::once(own.id.clone()).chain(both(own.estimate, 3)).chain(confirmed));
        let what = format!("the estimate of {}", own.id);
        let (all, without) = (own.estimate.all.is_none(), own.estimate.without.is_none());
        say_missing(&mut table, &what, all, without);
    }
    table
}

/// The first of those who were left out.
fn left_out(found: &Sensitivity, language: Language) -> String {
    let named = found.left_out.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let rest = match found.left_out.len().saturating_sub(NAMED) {
        0 => String::new(),
        rest => format!(" {} {rest} {}", language.of("and", "en"), language.of("more", "anderen")),
    };
    let head = language.of("Left out", "Weggelaten");
    format!("{head}: {named}{rest}.")
}

/// A head for each value, and for the same without the flagged.
fn pairs(first: &str, values: &[&str]) -> Vec<String> {
    let both = values.iter().flat_map(|value| [(*value).to_string(), format!("{value} without")]);
    std::iter::once(first.to_string()).chain(both).collect()
}

/// Says why a number does not exist, with all respondents or without the flagged.
fn say_missing(table: &mut Table, what: &str, all: bool, without: bool) {
    match (all, without) {
        (true, true) => {
            table.without(what, "it does not exist with all respondents either; the validation says why")
        }
        (true, false) => table.without(what, "it exists without the flagged only; the validation says why"),
        (false, true) => table.without(what, "it has no value without the flagged"),
        (false, false) => {}
    }
}

fn both(shift: Shift<Option<f64>>, digits: usize) -> [String; 2] {
    let of = |x: Option<f64>| x.map_or_else(|| optional(None, digits), |x| fixed(x, digits));
    [of(shift.all), of(shift.without)]
}

fn verdict(verdict: Option<Verdict>) -> String {
    match verdict {
        Some(Verdict::Supported) => "supported",
        Some(Verdict::Mixed) => "mixed",
        Some(Verdict::NotSupported) => "not supported",
        Some(Verdict::Open) => "open",
        None => "none",
    }
    .into()
}
