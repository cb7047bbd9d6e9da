//! What to do next, from what stands in the way.

use super::names::{listed, title, weak_items, worded_list};
use super::overview::Remark;
use crate::evidence::conclusion::{Aspect, SMALLEST_GROUP, Verdict};
use crate::evidence::evidence::Evidence;
use crate::evidence::map::PRECISION;
use crate::evidence::standing::Standing;
use std::collections::BTreeMap;

/// The reliability to aim at: above .70, so that an interval stays above it.
const AIM: f64 = 0.80;

pub(super) fn next_steps(evidence: &Evidence) -> Vec<Remark> {
    let all = [
        longer(evidence),
        wording(evidence),
        free(evidence),
        small_groups(evidence),
        silent(evidence),
        unexamined(evidence),
    ];
    all.into_iter().flatten().collect()
}

fn step(text: String, text_nl: String) -> Option<Remark> {
    Some(Remark { standing: Standing::Open, text, text_nl })
}

/// Scales that are too short: by Spearman and Brown's formula, items k' = k a' (1 - a) / (a (1 - a')).
fn longer(evidence: &Evidence) -> Option<Remark> {
    let short: Vec<(&str, usize)> = evidence
        .conclusions
        .iter()
        .filter(|own| own.aspect == Aspect::Reliability && own.verdict != Verdict::Supported)
        .filter_map(|own| {
            let scale = &evidence.dimensions.iter().find(|d| d.id == own.about)?.scale;
            let alpha = scale.reliability.as_ref()?.alpha.raw.filter(|alpha| *alpha > 0.0)?;
            let items = scale.items.len() as f64;
            let needed = (items * AIM * (1.0 - alpha) / (alpha * (1.0 - AIM))).ceil() - items;
            (needed > 0.0).then_some((own.about.as_str(), needed as usize))
        })
        .collect();
    if short.is_empty() {
        return None;
    }
    let told = |language: &str| -> Vec<String> {
        short.iter().map(|(id, more)| format!("{} (+{more})", title(evidence, id, language))).collect()
    };
    step(
        format!(
            "Add items of the same kind to reach an alpha of .80 (Spearman-Brown): {}.",
            listed(&told("en"), "and {} more")
        ),
        format!(
            "Voeg items van dezelfde soort toe om een alpha van .80 te bereiken (Spearman-Brown): {}.",
            listed(&told("nl"), "en nog {}")
        ),
    )
}

/// Items that experts do not find relevant, or that go with no part or another.
fn wording(evidence: &Evidence) -> Option<Remark> {
    let mut items: Vec<&str> = Vec::new();
    if let Some(ratings) = &evidence.content.ratings {
        items.extend(ratings.items.iter().filter(|item| !item.meets).map(|item| item.item.as_str()));
    }
    items.extend(weak_items(evidence));
    items.sort_unstable();
    items.dedup();
    if items.is_empty() {
        return None;
    }
    step(
        format!("Look again at the wording of {}.", worded_list(evidence, &items, "en")),
        format!("Bekijk de formulering opnieuw van {}.", worded_list(evidence, &items, "nl")),
    )
}

/// Means to be compared in a model, not as they are.
fn free(evidence: &Evidence) -> Option<Remark> {
    let own = |language: &str| -> Vec<String> {
        let differing = evidence.invariance.iter().filter(|own| {
            let partial = own.study.as_ref().and_then(|study| study.partial.as_ref());
            partial.is_some_and(|partial| partial.anchors.iter().any(|anchor| !anchor.different.is_empty()))
        });
        differing
            .map(|own| format!("{} ({})", title(evidence, &own.dimension, language), own.group))
            .collect()
    };
    let (en, nl) = (own("en"), own("nl"));
    if en.is_empty() {
        return None;
    }
    step(
        format!(
            "Compare groups by latent means that leave free what differs, not by raw means: {}.",
            listed(&en, "and {} more")
        ),
        format!(
            "Vergelijk groepen met latente gemiddelden die vrijlaten wat verschilt, niet met ruwe gemiddelden: {}.",
            listed(&nl, "en nog {}")
        ),
    )
}

/// Groups of which nothing can be concluded.
fn small_groups(evidence: &Evidence) -> Option<Remark> {
    let mut groups: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for own in evidence.dimensions.iter().flat_map(|own| &own.scale.groups) {
        let most = groups.entry((&own.variable, &own.group)).or_default();
        *most = (*most).max(own.n);
    }
    // a group that is large enough for some dimension has respondents
    let names: Vec<String> = groups
        .iter()
        .filter(|(_, n)| **n < SMALLEST_GROUP)
        .map(|((variable, group), n)| format!("{variable} {group} (n = {n})"))
        .collect();
    if names.is_empty() {
        return None;
    }
    step(
        format!(
            "Ask more respondents of small groups, {SMALLEST_GROUP} with complete answers, before concluding about them: {}.",
            listed(&names, "and {} more")
        ),
        format!(
            "Vraag meer respondenten van kleine groepen, {SMALLEST_GROUP} met volledige antwoorden, voordat over hen wordt \
             geconcludeerd: {}.",
            listed(&names, "en nog {}")
        ),
    )
}

/// Dimensions on which nobody was asked, or a group was silent.
fn silent(evidence: &Evidence) -> Option<Remark> {
    let found = evidence.content.perspectives.as_ref()?;
    let own = |language: &str| -> Vec<String> {
        let rows = found.dimensions.iter();
        let is_silent = |row: &&crate::evidence::content::DimensionPerspective| {
            row.not_examined || row.cells.iter().any(|cell| cell.raised == 0)
        };
        rows.filter(is_silent).map(|row| title(evidence, &row.dimension, language).to_string()).collect()
    };
    let (en, nl) = (own("en"), own("nl"));
    if en.is_empty() {
        return None;
    }
    step(
        format!("Ask stakeholders in so many words about {}.", listed(&en, "and {} more")),
        format!("Vraag betrokkenen met zoveel woorden naar {}.", listed(&nl, "en nog {}")),
    )
}

fn unexamined(evidence: &Evidence) -> Option<Remark> {
    // of numbers and of few respondents there is no item response model: nothing that is gathered otherwise
    let none = || {
        let all = evidence.map.entries.iter().filter(|entry| entry.standing == Standing::NotExamined);
        all.filter(|entry| entry.topic != PRECISION)
    };
    let (en, nl): (Vec<String>, Vec<String>) =
        none().map(|entry| (entry.topic.to_lowercase(), entry.topic_nl.to_lowercase())).unzip();
    if en.is_empty() {
        return None;
    }
    step(
        format!("Gather what was not examined: {}.", listed(&en, "and {} more")),
        format!("Verzamel wat niet is onderzocht: {}.", listed(&nl, "en nog {}")),
    )
}
