//! What a score may be used for, from the cells of its row.

use super::cells;
use super::overview::{EvidenceKind, OverviewCell, ScoreUse, Usability};
use crate::evidence::evidence::Evidence;
use crate::evidence::standing::Standing;

pub(super) fn score_use(about: &str, (cells, is_precise): (Vec<OverviewCell>, bool)) -> ScoreUse {
    let standing = |kind: EvidenceKind| {
        cells.iter().find(|cell| cell.kind == kind).map_or(Standing::NotExamined, |cell| cell.standing)
    };
    let needed = [EvidenceKind::Reliability, EvidenceKind::Structure];
    let failed = |kind: &EvidenceKind| standing(*kind) == Standing::NotSupported;
    let undecided = |kind: &EvidenceKind| matches!(standing(*kind), Standing::Open | Standing::NotExamined);
    let speaks_against = |kind: &EvidenceKind| match (*kind, standing(*kind)) {
        (_, Standing::NotSupported | Standing::Mixed) => true,
        // groups cannot be compared on what was not compared
        (EvidenceKind::Comparability, own) => own != Standing::Supported,
        _ => false,
    };
    let kinds = || cells.iter().map(|cell| cell.kind);
    let (usability, in_the_way): (Usability, Vec<EvidenceKind>) = match () {
        () if needed.iter().any(failed) => {
            (Usability::NotYet, needed.iter().copied().filter(failed).collect())
        }
        () if needed.iter().any(undecided) => {
            (Usability::Open, needed.iter().copied().filter(undecided).collect())
        }
        () => match (kinds().filter(speaks_against).collect::<Vec<_>>(), is_precise) {
            (some, _) if !some.is_empty() => (Usability::GroupsWithCare, some),
            (_, true) => (Usability::Persons, Vec::new()),
            (_, false) => (Usability::Groups, Vec::new()),
        },
    };
    ScoreUse { about: about.into(), usability, in_the_way, cells }
}

/// The sum of all items: no score where it adds up what is not one.
pub(super) fn of_construct(evidence: &Evidence) -> ScoreUse {
    let mut own = score_use(&evidence.construct.id, cells::of_construct(evidence));
    if evidence.total_caveat.is_some() {
        own.usability = Usability::NotYet;
        own.in_the_way = vec![EvidenceKind::Structure];
    }
    own
}
