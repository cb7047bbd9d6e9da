//! Values that an option is given: names in a list, a range, a count of samples, a policy for empty cells.

use psychometrics::Error;
use psychometrics::correlation::{EmptyCells, Ordered};

/// Names in a list.
#[derive(Debug, Clone)]
pub(crate) struct Names(Vec<String>);

/// All names of an option that may be given more than once.
pub(crate) fn listed(lists: &[Names]) -> Vec<String> {
    lists.iter().flat_map(|list| list.0.iter().cloned()).collect()
}

/// The ordinal variables that an option names, `all` of them, or none.
pub(crate) fn ordered(lists: &[Names]) -> Ordered {
    match listed(lists) {
        names if names.is_empty() => Ordered::None,
        names if names == ["all"] => Ordered::All,
        names => Ordered::Named(names),
    }
}

/// Names between commas; one that contains a comma stands between double quotes.
pub(crate) fn names(text: &str) -> std::result::Result<Names, String> {
    let (mut names, mut name, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut name)),
            _ => name.push(c),
        }
    }
    names.push(name);
    if quoted {
        return Err("a double quote is not closed".into());
    }
    names.iter_mut().for_each(|name| *name = name.trim().to_string());
    names.retain(|name| !name.is_empty());
    Ok(Names(names))
}

/// A range such as `1..5`.
pub(super) fn range(text: &str) -> std::result::Result<(f64, f64), String> {
    let number = |part: &str| part.trim().parse::<f64>().ok().filter(|x| x.is_finite());
    let ends = text.split_once("..").and_then(|(low, high)| Some((number(low)?, number(high)?)));
    match ends {
        Some((low, high)) if low < high => Ok((low, high)),
        Some(_) => Err("the lower end must be below the upper end".into()),
        None => Err("expected two numbers, such as 1..5".into()),
    }
}

/// Respondents of a sample, or samples: as many as memory holds.
pub(super) fn samples(text: &str) -> std::result::Result<usize, String> {
    match text.parse::<usize>() {
        Ok(count) if count <= MOST_SAMPLES => Ok(count),
        Ok(_) => Err(format!("at most {MOST_SAMPLES}")),
        Err(error) => Err(error.to_string()),
    }
}

/// More respondents, or samples, than this are a slip.
const MOST_SAMPLES: usize = 10_000_000;

/// `none`, `half`, `add:0.5`.
pub(super) fn empty_cells(text: &str) -> std::result::Result<EmptyCells, String> {
    text.parse().map_err(|error: Error| match error {
        Error::BadOption { allowed, .. } => format!("give {allowed}"),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_contains_a_comma_stands_between_quotes() {
        let of = |text: &str| names(text).map(|names| names.0);
        assert_eq!(of("a, b,,c"), Ok(vec!["a".into(), "b".into(), "c".into()]));
        assert_eq!(
            of("\"Problems (a, b) [x]\",-\"c, d\""),
            Ok(vec!["Problems (a, b) [x]".into(), "-c, d".into()])
        );
        assert!(of("\"a,b").is_err());
    }

    #[test]
    fn samples_are_as_many_as_memory_holds() {
        assert_eq!(samples("1000"), Ok(1000));
        assert!(samples("1000000000000").is_err() && samples("-1").is_err());
    }

    #[test]
    fn a_range_has_two_ends_in_order() {
        assert_eq!(range("1..5"), Ok((1.0, 5.0)));
        assert_eq!(range("-2 .. 2.5"), Ok((-2.0, 2.5)));
        assert!(range("5..1").is_err() && range("1-5").is_err() && range("1..inf").is_err());
    }
}
