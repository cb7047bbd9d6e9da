//! Communities as numbers.

/// Communities numbered from 0 by their first node, and how many there are.
pub(super) fn renumbered(of: &[usize]) -> (Vec<usize>, usize) {
    let mut names: Vec<usize> = Vec::new();
    let own = of
        .iter()
        .map(|name| {
            names.iter().position(|other| other == name).unwrap_or_else(|| {
                names.push(*name);
                names.len() - 1
            })
        })
        .collect();
    (own, names.len())
}
