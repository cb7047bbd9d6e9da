//! A construct with its responses, and how models are fitted to them: ordinal answers by WLSMV, numbers by maximum
//! likelihood.

use super::validation::MeasurementLevel;
use crate::construct::{Construct, Structure};
use crate::correlation::Ordered;
use crate::data::{Dataset, Responses};
use crate::error::{Error, Result};
use crate::estimate::{Estimation, Estimator, Fit};
use crate::model::{Formula, Function, Model, Operator, Scaling};
use crate::moments::Missing;
use ndarray::{Array2, Axis};

/// Points of a scale from which on its answers are taken as numbers.
const CONTINUOUS_FROM: usize = 7;

pub(crate) struct Measured<'a> {
    pub(crate) construct: &'a Construct,
    pub(crate) responses: &'a Responses,
    pub(crate) level: MeasurementLevel,
    /// Measured dimensions that everybody was asked about.
    pub(crate) joint: Vec<&'a str>,
}

/// Whether the answers to an item are taken as ordinal.
pub(crate) fn is_ordinal(construct: &Construct, level: MeasurementLevel, item: &str) -> bool {
    let points = || construct.item(item).and_then(|i| construct.scale_of(i)).map(|s| s.points.len());
    match level {
        MeasurementLevel::Ordinal => true,
        MeasurementLevel::Continuous => false,
        MeasurementLevel::ByScale => points().is_some_and(|points| points < CONTINUOUS_FROM),
    }
}

impl<'a> Measured<'a> {
    pub(crate) fn is_ordinal(&self, item: &str) -> bool {
        is_ordinal(self.construct, self.level, item)
    }

    /// Items of a dimension, a facet (`dimension_facet`), or the construct (its joint dimensions).
    pub(crate) fn items_of(&self, id: &str) -> Vec<String> {
        let construct = self.construct;
        if let Some(leaf) = construct.leaves().into_iter().find(|l| l.id == id) {
            return leaf.items;
        }
        let own = |item: &&crate::construct::Item| {
            if id == construct.id() {
                self.joint.contains(&item.dimension.as_str())
            } else {
                item.dimension == id
            }
        };
        construct.items.iter().filter(own).map(|i| i.id.clone()).collect()
    }

    pub(crate) fn is_variable(&self, id: &str) -> bool {
        self.construct.variables.iter().any(|v| v.id == id)
    }

    pub(crate) fn is_latent(&self, id: &str) -> bool {
        !self.items_of(id).is_empty()
    }

    /// Values of a variable.
    pub(crate) fn variable(&self, id: &str) -> Option<&'a [f64]> {
        self.responses.variables().iter().find(|v| v.id == id).map(|v| v.values.as_slice())
    }

    /// An error when a variable has no values, or but one.
    pub(crate) fn check_varies(&self, id: &str) -> Result<()> {
        let values: Vec<f64> =
            self.variable(id).unwrap_or_default().iter().copied().filter(|x| !x.is_nan()).collect();
        match values.first() {
            None => Err(Error::NoAnswers { variable: id.into() }),
            Some(first) if values.iter().all(|x| x == first) => {
                Err(Error::ConstantItem { item: id.into(), value: *first, n: values.len() })
            }
            _ => Ok(()),
        }
    }

    /// Why there is no relation with a variable.
    pub(crate) fn why_no_relation(&self, id: &str) -> String {
        match self.check_varies(id) {
            Err(error) => error.to_string(),
            Ok(()) => format!("too few respondents have both a score and '{id}'"),
        }
    }

    /// Variables that can be correlated with.
    pub(crate) fn varying_variables(&self) -> Vec<&'a str> {
        let ids = self.construct.variables.iter().map(|v| v.id.as_str());
        ids.filter(|id| self.check_varies(id).is_ok()).collect()
    }

    /// How a part of the construct is measured: a facet, or a dimension without facets, by one factor; a dimension with
    /// three facets or more, and the construct, by a second-order factor.
    pub(crate) fn measurement(&self, id: &str) -> Result<Vec<Formula>> {
        let construct = self.construct;
        let nothing = || Error::NothingMeasured { construct: id.into() };
        let model = if id == construct.id() {
            Model::of_dimensions(construct, &self.joint, Structure::SecondOrder)
                .or_else(|_| Model::of_dimensions(construct, &self.joint, Structure::OneFactor))?
        } else {
            let leaves: Vec<_> = construct.leaves().into_iter().filter(|l| l.dimension == id).collect();
            if leaves.len() < 3 {
                let items = self.items_of(id);
                if items.len() < 2 {
                    return Err(nothing());
                }
                Model::of_items(id, &items)?
            } else {
                let of_leaves = leaves
                    .iter()
                    .flat_map(|l| l.items.iter().map(|item| Formula::new(&l.id, Operator::Loading, item)));
                let top = leaves.iter().map(|l| Formula::new(id, Operator::Loading, &l.id));
                return Ok(of_leaves.chain(top).collect());
            }
        };
        Ok(model.formulas)
    }

    /// A model of items and variables, fitted to the respondents who were asked.
    pub(crate) fn fit(&self, model: &Model) -> Result<Fit> {
        self.fit_as(model, Function::Cfa, None)
    }

    /// Another model of the variables of a fit.
    pub(crate) fn fit_like(&self, model: &Model, like: &Fit) -> Result<Fit> {
        self.fit_as(model, Function::Cfa, Some(like))
    }

    /// The same with regressions.
    pub(crate) fn fit_structural(&self, model: &Model) -> Result<Fit> {
        self.fit_as(model, Function::Sem, None)
    }

    fn fit_as(&self, model: &Model, function: Function, like: Option<&Fit>) -> Result<Fit> {
        let names = model.observed_names();
        let items: Vec<String> =
            self.responses.items().iter().filter(|i| names.contains(i)).cloned().collect();
        let variables: Vec<&String> = names.iter().filter(|n| self.is_variable(n)).collect();
        let answers = self.responses.of_items(&items)?;
        let asked = self.asked(&items);
        let mut rows = Array2::from_elem((asked.len(), items.len() + variables.len()), f64::NAN);
        for (to, from) in asked.iter().enumerate() {
            for j in 0..items.len() {
                rows[(to, j)] = answers[(*from, j)];
            }
            for (j, variable) in variables.iter().enumerate() {
                rows[(to, items.len() + j)] =
                    self.variable(variable).map_or(f64::NAN, |values| values[*from]);
            }
        }
        // respondents without any answer to the items say nothing of them
        let answered: Vec<usize> = (0..rows.nrows())
            .filter(|i| rows.row(*i).iter().take(items.len()).any(|x| !x.is_nan()))
            .collect();
        let rows = rows.select(Axis(0), &answered);
        let all = items.iter().cloned().chain(variables.into_iter().cloned());
        let data = Dataset::from_array(all, rows)?;
        let ordinal: Vec<String> = items.iter().filter(|item| self.is_ordinal(item)).cloned().collect();
        let estimation =
            |estimator| Estimation::new(estimator).function(function).scaling(Scaling::UnitVariance);
        if ordinal.is_empty() {
            estimation(Estimator::Ml).fit(model, &data)
        } else {
            let ordinal =
                estimation(Estimator::Wlsmv).ordered(Ordered::Named(ordinal)).missing(Missing::Pairwise);
            match like {
                Some(like) => ordinal.fit_like(model, &data, like),
                None => ordinal.fit(model, &data),
            }
        }
    }

    /// Rows of the respondents who were asked all these items.
    fn asked(&self, items: &[String]) -> Vec<usize> {
        let mut dimensions: Vec<&str> = items
            .iter()
            .filter_map(|item| self.construct.item(item))
            .map(|item| item.dimension.as_str())
            .collect();
        dimensions.dedup();
        let was =
            |row: &usize| dimensions.iter().all(|d| self.responses.asked(d).is_none_or(|asked| asked[*row]));
        (0..self.responses.n()).filter(was).collect()
    }
}
