//! What was found, in at most seven plain sentences.

use super::names::{listed, title, weak_items, worded_list};
use super::overview::{EvidenceKind, Remark, ScoreUse};
use super::precision::is_precise;
use crate::evidence::conclusion::{Aspect, SMALLEST_GROUP, Verdict, counted};
use crate::evidence::evidence::Evidence;
use crate::evidence::group_invariance::Comparability;
use crate::evidence::standing::Standing;

/// Findings that are told.
const MOST: usize = 7;

pub(super) fn findings(evidence: &Evidence, scores: &[ScoreUse]) -> Vec<Remark> {
    // of too few nothing is concluded anywhere in a validation, and so not here
    if evidence.n < SMALLEST_GROUP {
        return [few(evidence), relevance(evidence), perspectives(evidence)].into_iter().flatten().collect();
    }
    let all = [
        whole(evidence),
        reliability(evidence, scores),
        places(evidence),
        comparability(evidence),
        hypotheses(evidence),
        relevance(evidence),
        perspectives(evidence),
    ];
    all.into_iter().flatten().take(MOST).collect()
}

fn remark(standing: Standing, text: String, text_nl: String) -> Option<Remark> {
    Some(Remark { standing, text, text_nl })
}

fn few(evidence: &Evidence) -> Option<Remark> {
    let n = evidence.n;
    let (en, nl) = (counted(n, "respondent", "respondents"), counted(n, "respondent", "respondenten"));
    remark(
        Standing::Open,
        format!("Of only {en} nothing can be concluded: {SMALLEST_GROUP} are asked for."),
        format!("Van slechts {nl} valt niets te concluderen: er zijn er {SMALLEST_GROUP} nodig."),
    )
}

/// Whether the parts are one construct.
fn whole(evidence: &Evidence) -> Option<Remark> {
    if let Some(caveat) = &evidence.total_caveat {
        return remark(
            Standing::NotSupported,
            format!("There is no total score: {}. Report the dimensions apart.", caveat.reason),
            format!("Er is geen totaalscore: {}. Rapporteer de dimensies apart.", caveat.reason_nl),
        );
    }
    let own = evidence.conclusions.iter().find(|own| own.aspect == Aspect::Rivals)?;
    let (en, nl) = match own.verdict {
        Verdict::Supported => (
            "The dimensions form one construct: each has a score, and so has the whole.",
            "De dimensies vormen één construct: elk heeft een score, en het geheel ook.",
        ),
        Verdict::NotSupported => (
            "The dimensions are not one construct: report them apart.",
            "De dimensies zijn niet één construct: rapporteer ze apart.",
        ),
        _ => (
            "Whether the dimensions are one construct stays open: prefer their own scores to a total.",
            "Of de dimensies één construct zijn, blijft open: gebruik hun eigen scores liever dan een totaal.",
        ),
    };
    remark(Standing::of(std::iter::once(own.verdict)), en.into(), nl.into())
}

fn reliability(evidence: &Evidence, scores: &[ScoreUse]) -> Option<Remark> {
    let id = &evidence.construct.id;
    let all: Vec<_> = scores
        .iter()
        .filter(|own| own.about != *id)
        .filter_map(|own| Some((own, own.cells.iter().find(|cell| cell.kind == EvidenceKind::Reliability)?)))
        .collect();
    let good = all.iter().filter(|(_, cell)| cell.standing == Standing::Supported).count();
    let others = |language: &str| -> Vec<String> {
        let not = all.iter().filter(|(_, cell)| cell.standing != Standing::Supported);
        not.map(|(own, cell)| {
            let name = title(evidence, &own.about, language);
            cell.number.map_or_else(|| name.to_string(), |alpha| format!("{name}, alpha {alpha:.2}"))
        })
        .collect()
    };
    let of = all.len();
    let (not, niet) = (others("en"), others("nl"));
    let with = |names: &[String], word: &str, more: &str| match names.is_empty() {
        true => String::new(),
        false => format!(" ({word}: {})", listed(names, more)),
    };
    let persons = evidence.dimensions.iter().filter(|own| is_precise(&own.scale)).count();
    let (one, een) = match persons {
        0 => (
            "none is precise enough for decisions about single persons",
            "geen is nauwkeurig genoeg voor beslissingen over personen",
        ),
        _ if persons == of => (
            "all are precise enough for decisions about persons",
            "alle zijn nauwkeurig genoeg voor beslissingen over personen",
        ),
        _ => (
            "some are precise enough for decisions about persons",
            "sommige zijn nauwkeurig genoeg voor beslissingen over personen",
        ),
    };
    let standing = match good {
        _ if of == 0 => return None,
        good if good == of => Standing::Supported,
        0 if all.iter().all(|(_, cell)| cell.standing == Standing::NotSupported) => Standing::NotSupported,
        0 => Standing::Open,
        _ => Standing::Mixed,
    };
    remark(
        standing,
        format!(
            "{good} of {of} scores are reliable enough for comparing groups{}; {one}.",
            with(&not, "not shown", "and {} more")
        ),
        format!(
            "{good} van {of} scores zijn betrouwbaar genoeg om groepen te vergelijken{}; {een}.",
            with(&niet, "niet gebleken", "en nog {}")
        ),
    )
}

/// Items that do not go with the others, or load elsewhere.
fn places(evidence: &Evidence) -> Option<Remark> {
    let placed = evidence
        .dimensionality
        .as_ref()
        .and_then(|own| own.exploratory.as_ref())
        .and_then(|own| own.placements.as_ref());
    let away = placed.iter().flat_map(|own| &own.items).filter(|item| item.loads_on != item.dimension);
    let mut astray: Vec<&str> = away.map(|item| item.item.as_str()).chain(weak_items(evidence)).collect();
    let all = evidence.dimensions.iter().map(|own| own.scale.items.len()).sum::<usize>();
    let all = all.max(placed.map_or(0, |own| own.items.len()));
    astray.sort_unstable();
    astray.dedup();
    if all == 0 {
        return None;
    }
    if astray.is_empty() {
        return remark(
            Standing::Supported,
            format!("All {all} items go with the part that they were written for."),
            format!("Alle {all} items horen bij het deel waarvoor ze zijn geschreven."),
        );
    }
    let n = astray.len();
    remark(
        Standing::Mixed,
        format!(
            "{n} of {all} items load most on another part than their own, or hardly go with the others: {}.",
            worded_list(evidence, &astray, "en")
        ),
        format!(
            "{n} van {all} items laden het meest op een ander deel dan hun eigen, of hangen nauwelijks met de andere samen: {}.",
            worded_list(evidence, &astray, "nl")
        ),
    )
}

/// Whether means of groups may be compared.
fn comparability(evidence: &Evidence) -> Option<Remark> {
    let all = &evidence.invariance;
    if all.is_empty() {
        return remark(
            Standing::NotExamined,
            "Whether groups may be compared was not examined: the construct file names no groups.".into(),
            "Of groepen vergelijkbaar zijn, is niet onderzocht: het constructbestand noemt geen groepen."
                .into(),
        );
    }
    let count = |wanted: Comparability| all.iter().filter(|own| own.comparability() == wanted).count();
    let (full, partial) = (count(Comparability::Full), count(Comparability::Partial));
    let (unknown, of) = (count(Comparability::Unknown), all.len());
    let mut differ: Vec<String> = all
        .iter()
        .filter_map(|own| Some((own, own.study.as_ref()?.partial.as_ref()?)))
        .flat_map(|(own, partial)| {
            let items = partial.anchors.iter().flat_map(|anchor| &anchor.different);
            items.map(|item| format!("{item} ({})", own.group)).collect::<Vec<_>>()
        })
        .collect();
    differ.sort();
    differ.dedup();
    let standing = match full {
        full if full == of => Standing::Supported,
        _ if full + partial == 0 && unknown == of => Standing::Open,
        0 if partial == 0 => Standing::NotSupported,
        _ => Standing::Mixed,
    };
    let (items, items_nl) = match differ.is_empty() {
        true => (String::new(), String::new()),
        false => (
            format!("; items that differ: {}", listed(&differ, "and {} more")),
            format!("; items die verschillen: {}", listed(&differ, "en nog {}")),
        ),
    };
    let (open, open_nl) = match unknown {
        0 => (String::new(), String::new()),
        some => (format!("; {some} cannot be told"), format!("; {some} niet te zeggen")),
    };
    remark(
        standing,
        format!(
            "In {full} of {of} comparisons (a dimension over the groups of a variable) the items mean the same, so that means \
             may be compared{items}{open}."
        ),
        format!(
            "In {full} van {of} vergelijkingen (een dimensie over de groepen van een variabele) betekenen de items hetzelfde, zodat \
             gemiddelden vergelijkbaar zijn{items_nl}{open_nl}."
        ),
    )
}

fn hypotheses(evidence: &Evidence) -> Option<Remark> {
    let tally = evidence.hypothesis_tally;
    if tally.tested == 0 {
        return None;
    }
    let standing = match tally.sufficient {
        Some(true) => Standing::Supported,
        Some(false) => Standing::NotSupported,
        None => Standing::Open,
    };
    remark(
        standing,
        format!(
            "{} of {} hypotheses on what the scores should go with are confirmed.",
            tally.confirmed, tally.tested
        ),
        format!(
            "{} van {} hypothesen over wat met de scores moet samenhangen zijn bevestigd.",
            tally.confirmed, tally.tested
        ),
    )
}

fn relevance(evidence: &Evidence) -> Option<Remark> {
    let own = evidence.content.ratings.as_ref()?;
    let weak: Vec<&str> =
        own.items.iter().filter(|item| !item.meets).map(|item| item.item.as_str()).collect();
    let (experts, all) = (own.experts, own.items.len());
    if weak.is_empty() {
        return remark(
            Standing::Supported,
            format!("{experts} experts find all {all} items relevant."),
            format!("{experts} experts vinden alle {all} items relevant."),
        );
    }
    remark(
        Standing::NotSupported,
        format!(
            "{experts} experts find {} of {all} items relevant; not: {}.",
            all - weak.len(),
            worded_list(evidence, &weak, "en")
        ),
        format!(
            "{experts} experts vinden {} van {all} items relevant; niet: {}.",
            all - weak.len(),
            worded_list(evidence, &weak, "nl")
        ),
    )
}

fn perspectives(evidence: &Evidence) -> Option<Remark> {
    let found = evidence.content.perspectives.as_ref()?;
    let silent = |language: &str| -> Vec<String> {
        let rows = found.dimensions.iter().filter(|row| !row.not_examined);
        rows.flat_map(|row| {
            let never = row.cells.iter().filter(|cell| cell.raised == 0);
            never
                .map(|cell| format!("{} ({})", title(evidence, &row.dimension, language), cell.group))
                .collect::<Vec<_>>()
        })
        .collect()
    };
    let (en, nl) = (silent("en"), silent("nl"));
    match en.is_empty() {
        true => remark(
            Standing::Supported,
            "Every group of stakeholders brings up every dimension that was asked about.".into(),
            "Elke groep betrokkenen noemt elke dimensie waarnaar is gevraagd.".into(),
        ),
        false => remark(
            Standing::Mixed,
            format!(
                "Not every group of stakeholders brings up every dimension; silent on: {}.",
                listed(&en, "and {} more")
            ),
            format!(
                "Niet elke groep betrokkenen noemt elke dimensie; niet genoemd: {}.",
                listed(&nl, "en nog {}")
            ),
        ),
    }
}
