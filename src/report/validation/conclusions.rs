//! The conclusions, each with the number of its rule, and the rules.

use super::ValidationReport;
use crate::evidence::{Aspect, Conclusion, Verdict};
use crate::report::Page;

pub(super) fn conclusions(report: &ValidationReport<'_>, page: &mut Page) {
    let evidence = report.evidence;
    page.heading(2, "Conclusions");
    let rules = rules(&evidence.conclusions);
    for dimension in &evidence.dimensions {
        page.heading(3, report.named(&dimension.title, &dimension.id));
        page.list(points(report, &dimension.id, &rules));
    }
    let whole = report.named(&evidence.construct.title, &evidence.construct.id);
    page.heading(3, format!("{whole} {}", report.language.of("as a whole", "als geheel")));
    page.list(points(report, &evidence.construct.id, &rules));
    page.heading(3, "Rules applied");
    let numbered = rules
        .iter()
        .enumerate()
        .map(|(i, c)| format!("[{}] {} {}", i + 1, report.language.of(&c.rule, &c.rule_nl), c.reference));
    page.list(numbered.collect());
}

/// The conclusions whose rules differ, in the order of their first use.
pub(super) fn rules(conclusions: &[Conclusion]) -> Vec<&Conclusion> {
    let mut rules: Vec<&Conclusion> = Vec::new();
    for conclusion in conclusions {
        if rules.iter().all(|r| r.rule != conclusion.rule) {
            rules.push(conclusion);
        }
    }
    rules
}

fn points(report: &ValidationReport<'_>, about: &str, rules: &[&Conclusion]) -> Vec<String> {
    let language = report.language;
    let of_it = report.evidence.conclusions.iter().filter(|c| c.about == about);
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
        format!("{mark}: {} [{number}]", report.told(c))
    };
    of_it.map(point).collect()
}
