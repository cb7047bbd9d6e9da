//! Names in messages: in a list, and the one that was probably meant.

/// The name among `candidates` that is nearest to `name`, when one is near enough to be a slip.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    candidates
        .into_iter()
        .map(|c| (strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &c.to_lowercase()), c))
        .filter(|(similarity, _)| *similarity >= 0.6)
        // of equally near ones the first
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, c)| c.to_string())
}

/// Accents that are characters of their own, behind the letter they belong to.
pub(crate) fn is_combining(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20f0}'
    )
}

pub(super) fn quoted(names: &[String]) -> String {
    names.iter().map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ")
}

pub(super) fn shortened(names: &[String]) -> String {
    if names.len() > 12 {
        format!("{} and {} more", quoted(&names[..12]), names.len() - 12)
    } else {
        quoted(names)
    }
}

/// What is said behind the first of several.
pub(super) fn others(total: usize) -> String {
    match total {
        0 | 1 => String::new(),
        2 => ", and one more".into(),
        _ => format!(", and {} more", total - 1),
    }
}

pub(super) fn list_numbers(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// `1, 2, 3`, or `0, 1, ..., 100` of many.
pub(crate) fn list_codes(all: &[f64]) -> String {
    match all {
        [first, second, .., last] if all.len() > 12 => format!("{first}, {second}, ..., {last}"),
        _ => all.iter().map(f64::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// How many factors were asked for, and how many there can be.
pub(super) fn too_many_factors(factors: usize, variables: usize, most: usize) -> String {
    match factors {
        0 => "no factors were asked for".into(),
        _ => format!(
            "{factors} factor{} of {variables} variable{}: they allow at most {most} (Ledermann's bound)",
            if factors == 1 { "" } else { "s" },
            if variables == 1 { "" } else { "s" }
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_a_slip_or_nothing() {
        assert_eq!(nearest("visaul", ["visual", "textual"]), Some("visual".into()));
        assert_eq!(nearest("X1", ["x1", "y2"]), Some("x1".into()));
        assert_eq!(nearest("x33", ["x1", "x3", "x23"]), Some("x3".into()));
        assert_eq!(nearest("quality", ["visual", "textual"]), None);
    }
}
