//! What a free parameter is called.

use super::layout::{Layout, Role};

/// The item (or group, or all) a free parameter belongs to, and what it is there.
pub(crate) fn of_parameter(layout: &Layout, items: &[String], index: usize) -> (String, String) {
    let what = match layout.roles[index] {
        Role::Slope => "slope",
        Role::Intercept => "intercept",
        Role::Location => "location",
        Role::LowerAsymptote => "logit of the lower asymptote",
        Role::UpperAsymptote => "logit of the upper asymptote",
        Role::Score => "score",
        Role::Mean => "mean",
        Role::Coefficient => "coefficient of a covariate",
        Role::Variance => "variance",
        Role::Covariance => "covariance",
    };
    for places in &layout.items {
        let own: Vec<usize> = (0..places.len())
            .filter(|item| places[*item].slots.iter().any(|slot| slot.free.iter().any(|(i, _)| *i == index)))
            .collect();
        match own.as_slice() {
            [] => {}
            [item] => {
                let place = &places[*item];
                let at = place.slots.iter().position(|slot| slot.free.iter().any(|(i, _)| *i == index));
                let step = at.unwrap_or(0) + 1 - place.dimensions.len().min(at.unwrap_or(0) + 1);
                let several = place.shape.categories > 2 && layout.roles[index] == Role::Intercept;
                let what = if several { format!("intercept {step}") } else { what.to_string() };
                return (items[*item].clone(), what);
            }
            _ => return ("all items".into(), what.into()),
        }
    }
    ("the trait".into(), what.into())
}
