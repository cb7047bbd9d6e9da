//! Defined parameters in an order in which each stands behind those that it uses.

use super::expression::Relation;
use crate::error::{Error, Result};
use std::collections::HashMap;

/// The definitions among some relations, each behind those that it uses, wherever they stand in the text.
///
/// # Errors
/// [`Error::BadModel`] where definitions use one another in a circle.
pub(crate) fn in_order(relations: &[Relation]) -> Result<Vec<&Relation>> {
    let definitions: Vec<(&str, &Relation)> =
        relations.iter().filter_map(|relation| Some((relation.name()?, relation))).collect();
    let place: HashMap<&str, usize> =
        definitions.iter().enumerate().map(|(at, (name, _))| (*name, at)).collect();
    let mut users = vec![Vec::new(); definitions.len()];
    let mut waits_for = vec![0_usize; definitions.len()];
    for (user, (_, definition)) in definitions.iter().enumerate() {
        for used in definition.right.names().into_iter().filter_map(|name| place.get(name)) {
            users[*used].push(user);
            waits_for[user] += 1;
        }
    }
    let mut order: Vec<usize> = (0..definitions.len()).filter(|&at| waits_for[at] == 0).collect();
    let mut next = 0;
    while next < order.len() {
        for &user in &users[order[next]] {
            waits_for[user] -= 1;
            if waits_for[user] == 0 {
                order.push(user);
            }
        }
        next += 1;
    }
    if let Some(at) = waits_for.iter().position(|&count| count > 0) {
        return Err(Error::BadModel {
            what: format!("'{}' is defined by itself, at once or by way of others", definitions[at].1),
            remedy: "Define it by labels of parameters, and others by it.".into(),
        });
    }
    Ok(order.into_iter().map(|at| definitions[at].1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn a_definition_stands_behind_what_it_uses_and_a_circle_is_told() {
        let read = |text: &str| format!("f =~ x1 + a*x2\n{text}").parse::<Model>();
        let model = read("d := e + g; g := 2*a; e := g^2").unwrap();
        let names: Vec<Option<&str>> = in_order(&model.relations).unwrap().iter().map(|r| r.name()).collect();
        assert_eq!(names, [Some("g"), Some("e"), Some("d")]);
        for circle in ["d := d", "d := e; e := g; g := d + a"] {
            let Err(Error::BadModel { what, .. }) = read(circle) else { panic!("{circle} is a circle") };
            assert!(what.contains("'d := "), "{what}");
        }
    }
}
