//! Whether the items of each dimension work alike in the groups of the construct file.

use super::Validation;
use super::step::{Step, extend_new, not_done};
use crate::data::Responses;
use crate::error::Result;
use crate::evidence::conclusion::SMALLEST_GROUP;
use crate::evidence::functioning::DimensionFunctioning;
use crate::evidence::internal_structure::{By, FunctioningMethod, ItemFunctioningStudy};
use rayon::prelude::*;

/// Items that a sum needs to say who is of the same level.
const FEWEST_ITEMS: usize = 3;

impl Validation<'_> {
    /// By every grouping variable, of every dimension with three items or more; what cannot be done is a warning.
    pub(super) fn functioning(&self, responses: &Responses) -> Step<Vec<DimensionFunctioning>> {
        let pairs: Vec<(&str, usize)> = self
            .construct
            .dimensions
            .iter()
            .flat_map(|dimension| (0..responses.groups().len()).map(|group| (dimension.id.as_str(), group)))
            .filter(|(dimension, _)| self.construct.items_of(dimension).count() >= FEWEST_ITEMS)
            .collect();
        let each: Vec<Result<DimensionFunctioning>> = pairs
            .par_iter()
            .map(|(dimension, group)| {
                let grouping = &responses.groups()[*group];
                let items: Vec<String> =
                    self.construct.items_of(dimension).map(|item| item.id.clone()).collect();
                let answers = responses.of_items(&items)?;
                let study = ItemFunctioningStudy::new(FunctioningMethod::Logistic)
                    .purify(true)
                    .fewest(SMALLEST_GROUP);
                let result = study.run(&items, answers.view(), &By::Groups(grouping))?;
                Ok(DimensionFunctioning { dimension: dimension.to_string(), result })
            })
            .collect();
        let (mut found, mut warnings) = (Vec::new(), Vec::new());
        for ((dimension, group), own) in pairs.iter().zip(each) {
            match own {
                Ok(own) => found.push(own),
                Err(error) => {
                    let by = &responses.groups()[*group].variable;
                    let what = format!("differential item functioning of {dimension} by {by}");
                    extend_new(&mut warnings, vec![not_done(&what, &error)]);
                }
            }
        }
        Step::new(found, warnings, Vec::new())
    }
}
