//! Whether the items of each dimension work alike in the groups of the construct file, and in the clusters where these are few
//! and large.

use super::Validation;
use super::invariance::groupings;
use super::step::{Step, extend_new, not_done};
use crate::data::{Column, Dataset, Grouping, Responses};
use crate::error::{Error, Result, Warning};
use crate::evidence::conclusion::SMALLEST_GROUP;
use crate::evidence::functioning::DimensionFunctioning;
use crate::evidence::internal_structure::{
    Adjustment, By, FunctioningMethod, ItemFunctioning, ItemFunctioningStudy, joined_categories,
};
use crate::evidence::relations::study::Extent;
use crate::irt::{self, Functioning, Irt, ItemModel};
use rayon::prelude::*;

/// Items that a sum needs to say who is of the same level.
const FEWEST_ITEMS: usize = 3;

/// What was found of a dimension in the groups of a variable, and what is to be told.
type Compared = Result<(DimensionFunctioning, Vec<Warning>)>;

impl Validation<'_> {
    /// By every grouping variable and the clusters, of every dimension with three items or more; what cannot be done is a warning.
    pub(super) fn functioning(&self, responses: &Responses) -> Step<Vec<DimensionFunctioning>> {
        if self.extent == Extent::Relations {
            return Step::default();
        }
        let pairs: Vec<(&str, &Grouping)> = self
            .construct
            .dimensions
            .iter()
            .flat_map(|dimension| groupings(responses).map(|grouping| (dimension.id.as_str(), grouping)))
            .filter(|(dimension, _)| self.construct.items_of(dimension).count() >= FEWEST_ITEMS)
            .collect();
        let each: Vec<Compared> = pairs
            .par_iter()
            .map(|(dimension, grouping)| self.compared(dimension, grouping, responses))
            .collect();
        let (mut found, mut warnings) = (Vec::new(), Vec::new());
        for ((dimension, grouping), own) in pairs.iter().zip(each) {
            match own {
                Ok((own, told)) => {
                    found.push(own);
                    extend_new(&mut warnings, told);
                }
                Err(error) => {
                    let by = &grouping.variable;
                    let what = format!("differential item functioning of {dimension} by {by}");
                    extend_new(&mut warnings, vec![not_done(&what, &error)]);
                }
            }
        }
        Step::new(found, warnings, Vec::new())
    }

    /// By the sum of the items, and by a model of the trait.
    fn compared(&self, dimension: &str, grouping: &Grouping, responses: &Responses) -> Compared {
        let items: Vec<String> = self.construct.items_of(dimension).map(|item| item.id.clone()).collect();
        let answers = responses.of_items(&items)?;
        let study =
            ItemFunctioningStudy::new(FunctioningMethod::Logistic).purify(true).fewest(SMALLEST_GROUP);
        let result = study.run(&items, answers.view(), &By::Groups(grouping))?;
        let mut told = Vec::new();
        let by_model = self.by_model(&items, grouping, &result, responses).map(|(found, warnings)| {
            told = warnings;
            found
        });
        let by_model = by_model.map_err(|error| match error {
            Error::NoAnswerExists { why, .. } => why,
            other => other.to_string(),
        });
        Ok((DimensionFunctioning::new(dimension, result, by_model), told))
    }

    /// The ordinal items in the groups that are compared by the sum, with the same reference; categories that a group lacks are joined
    /// with a neighbour, which is told.
    fn by_model(
        &self,
        items: &[String],
        grouping: &Grouping,
        result: &ItemFunctioning,
        responses: &Responses,
    ) -> Result<(Functioning, Vec<Warning>)> {
        let none = |why: String| Error::NoAnswerExists {
            what: "differential item functioning by a model".into(),
            why,
            remedy: "Ask more respondents, or compare by the sum of the items.".into(),
        };
        if !self.construct.analysis.item_response {
            return Err(none("the construct file asks for no item response models".into()));
        }
        let items = self.ordinal_among(items);
        if items.len() < FEWEST_ITEMS {
            return Err(none(format!("fewer than {FEWEST_ITEMS} items are ordinal")));
        }
        let mut values = responses.of_items(&items)?;
        let is_compared = |name: &str| result.groups.iter().any(|own| own.group == name);
        let labels = grouping.labels();
        let kept: Vec<Option<String>> =
            labels.into_iter().map(|label| label.filter(|name| is_compared(name))).collect();
        let kept = Grouping::new(&grouping.variable, kept);
        let mut warnings = Vec::new();
        for (column, name) in items.iter().enumerate() {
            let mut own = values.column(column).to_vec();
            // who is in no group that is compared says nothing of what its categories are
            own.iter_mut()
                .zip(&kept.codes)
                .filter(|(_, code)| code.is_none())
                .for_each(|(x, _)| *x = f64::NAN);
            let joined = joined_categories(&mut own, &kept);
            if !joined.is_empty() {
                warnings.push(Warning::CategoriesJoined { item: name.clone(), joined });
            }
            values.column_mut(column).iter_mut().zip(own).for_each(|(x, own)| *x = own);
        }
        let data = Dataset::builder().nan_is_missing().array(items.iter().cloned(), values).build()?;
        let data = data.and_columns([(grouping.variable.as_str(), Column::Text(kept.clone()))]);
        let irt = Irt::new(ItemModel::Graded).missing(self.irt_missing()).progress(self.progress.silent());
        let mut study = irt::ItemFunctioning::new(irt, grouping.variable.as_str())
            .purify(true)
            .adjustment(Adjustment::Holm);
        if let Some(reference) = result.groups.first() {
            study = study.reference(&reference.group);
        }
        Ok((study.of(&data, &items)?, warnings))
    }
}
