//! The item response model of each dimension.

use super::Validation;
use super::step::{Step, extend_new, not_done};
use crate::data::{Dataset, Responses};
use crate::error::{Error, Result, Warning};
use crate::evidence::item_response::{DimensionItemResponse, ItemResponseFinding};
use crate::evidence::relations::study::Extent;
use crate::irt::{Irt, IrtFit, ItemModel};
use crate::moments::Missing;
use ndarray::Array2;
use rayon::prelude::*;

/// Items that tell a slope: with two only their product is known.
const FEWEST_ITEMS: usize = 3;
/// Respondents that are asked for: below, COSMIN's checklist has a sample as inadequate for models with slopes (Mokkink et al.
/// 2018).
const FEWEST: usize = 250;

impl Validation<'_> {
    /// Of every dimension with items, unless the construct file has `item_response = false`; where there is no model the
    /// reason is told.
    pub(super) fn item_response(&self, responses: &Responses) -> Step<Vec<DimensionItemResponse>> {
        if self.extent != Extent::Whole || !self.construct.analysis.item_response {
            return Step::default();
        }
        let dimensions = self.construct.dimensions.iter().map(|dimension| dimension.id.as_str());
        let measured: Vec<&str> =
            dimensions.filter(|id| self.construct.items_of(id).next().is_some()).collect();
        let each: Vec<(DimensionItemResponse, Vec<Warning>)> =
            measured.par_iter().map(|dimension| self.response_of(dimension, responses)).collect();
        let mut step: Step<Vec<DimensionItemResponse>> = Step::default();
        for (found, warnings) in each {
            extend_new(&mut step.warnings, warnings);
            step.found.push(found);
        }
        step
    }

    fn response_of(&self, dimension: &str, responses: &Responses) -> (DimensionItemResponse, Vec<Warning>) {
        let all: Vec<String> = self.construct.items_of(dimension).map(|item| item.id.clone()).collect();
        let (items, left_out): (Vec<String>, Vec<String>) =
            all.into_iter().partition(|item| self.is_ordinal(item));
        let mut own = DimensionItemResponse {
            dimension: dimension.into(),
            items,
            left_out,
            n: 0,
            fit: None,
            reason: None,
            findings: Vec::new(),
            unlikely: None,
        };
        let fitted = responses.of_items(&own.items).and_then(|values| {
            own.n = values.outer_iter().filter(|row| row.iter().any(|x| !x.is_nan())).count();
            own.reason = too_little(own.items.len(), own.n);
            own.reason.is_none().then(|| self.response_model(&own.items, values)).transpose()
        });
        match fitted {
            Ok(None) => (own, Vec::new()),
            Ok(Some(fit)) if !fit.converged => {
                own.reason = Some("the search for its parameters did not reach a maximum".into());
                (own, Vec::new())
            }
            Ok(Some(mut fit)) => {
                own.findings = ItemResponseFinding::of(&fit);
                own.unlikely = fit.person_fit.take().map(|person| person.unlikely);
                // what is told elsewhere: pair by pair, and as findings
                fit.q3 = None;
                fit.warnings.retain(|warning| {
                    !matches!(warning, Warning::NeverLikeliest { .. } | Warning::LocalDependence { .. })
                });
                let is_told =
                    |own: &&Warning| matches!(own, Warning::Runaway { .. } | Warning::Undetermined { .. });
                let warnings = fit.warnings.iter().filter(is_told).cloned().collect();
                own.fit = Some(fit);
                (own, warnings)
            }
            Err(error) => {
                own.reason = Some(error.to_string());
                let warnings = match error {
                    Error::Stopped { .. } => Vec::new(),
                    error => vec![not_done(&format!("the item response model of '{dimension}'"), &error)],
                };
                (own, warnings)
            }
        }
    }

    /// Every answer counts, or those of complete rows.
    pub(super) fn irt_missing(&self) -> Missing {
        if self.missing == Missing::Listwise { Missing::Listwise } else { Missing::Fiml }
    }

    fn response_model(&self, items: &[String], values: Array2<f64>) -> Result<IrtFit> {
        let is_binary = |column: usize| {
            let mut codes: Vec<f64> = values.column(column).iter().copied().filter(|x| !x.is_nan()).collect();
            codes.sort_by(f64::total_cmp);
            codes.dedup();
            codes.len() == 2
        };
        let binary: Vec<bool> = (0..items.len()).map(is_binary).collect();
        let all_binary = binary.iter().all(|own| *own);
        let model = if all_binary { ItemModel::TwoParameter } else { ItemModel::Graded };
        let mut irt = Irt::new(model).progress(self.progress.silent());
        for (item, _) in items.iter().zip(&binary).filter(|(_, binary)| **binary && !all_binary) {
            irt = irt.item_model(item, ItemModel::TwoParameter);
        }
        irt = irt.missing(self.irt_missing());
        let data = Dataset::builder().nan_is_missing().array(items.iter().cloned(), values).build()?;
        irt.fit(&data, items)
    }
}

/// Why there is no model of so many items and respondents.
fn too_little(items: usize, n: usize) -> Option<String> {
    match (items, n) {
        (items, _) if items < FEWEST_ITEMS => {
            Some(format!("it has fewer than {FEWEST_ITEMS} ordinal items, which is what a slope asks"))
        }
        (_, n) if n < FEWEST => {
            Some(format!("fewer than {FEWEST} respondents answered, which is what slopes ask (COSMIN)"))
        }
        _ => None,
    }
}
