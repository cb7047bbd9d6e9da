//! Longstring: the longest run of equal answers.
//!
//! Johnson (2005), Journal of Research in Personality 39, 103-129; the cutoff is that of Curran (2016), Journal of
//! Experimental Social Psychology 66, 4-19: a run of half of the items or more.

/// Fewest items of which half is a long run. Of fewer items only the same answer to all of them counts, since runs of
/// a few equal answers are what attentive respondents give to items of one scale; this bound is a convention of this
/// library.
pub const HALF_FROM_ITEMS: usize = 10;
/// Fewest items of which the same answer to all is flagged; a convention of this library.
pub const FEWEST_ITEMS: usize = 4;

/// The longest run of equal answers, in the order in which the items were asked, as they were given (before any item is
/// reversed). A missing answer ends a run. 0 where nothing was answered.
///
/// ```
/// use psychometrics::evidence::response_process::longstring;
/// assert_eq!(longstring(&[1.0, 4.0, 3.0, 3.0, 3.0, 2.0, 3.0]), 3);
/// assert_eq!(longstring(&[3.0, 3.0, f64::NAN, 3.0]), 2);
/// ```
pub fn longstring(answers: &[f64]) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, f64::NAN);
    for &answer in answers {
        run = match (answer.is_nan(), answer == last) {
            (true, _) => 0,
            (false, true) => run + 1,
            (false, false) => 1,
        };
        last = answer;
        longest = longest.max(run);
    }
    longest
}

/// From which run on a respondent is flagged: half of the items, rounded up (Curran 2016); all of them where there are
/// fewer than [`HALF_FROM_ITEMS`]; none where there are fewer than [`FEWEST_ITEMS`].
pub fn longstring_cutoff(items: usize) -> Option<usize> {
    match items {
        0..FEWEST_ITEMS => None,
        FEWEST_ITEMS..HALF_FROM_ITEMS => Some(items),
        _ => Some(items.div_ceil(2)),
    }
}
