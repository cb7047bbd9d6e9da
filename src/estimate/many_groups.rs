//! One model, fitted to each group by itself: ten thousand small scales (teams, months) from one aggregate.

use super::estimation::Estimation;
use super::fit::Fit;
use crate::error::Result;
use crate::model::Model;
use crate::moments::aggregate::Aggregate;
use rayon::prelude::*;

impl Estimation {
    /// Fits a model to every group of an aggregate by itself, in parallel (in the caller's pool; the same bits on any number of
    /// threads), in the order of [`Aggregate::groups`]. What fails in a group is the result of that group.
    ///
    /// ```
    /// use psychometrics::moments::aggregate::{Aggregate, AggregateOptions, AggregatePlan, PlannedItem};
    /// use psychometrics::{Estimation, Model};
    ///
    /// let plan = AggregatePlan::new((1..=3).map(|i| PlannedItem::new(format!("x{i}")).about(4.0)))?.by_group("school");
    /// let path = "data/holzinger_swineford_1939/hs.csv";
    /// let aggregate = Aggregate::read(path, &plan, &AggregateOptions::default())?;
    /// let model: Model = "visual =~ x1 + x2 + x3".parse()?;
    /// let fits = Estimation::default().fit_each_group(&model, &aggregate);
    /// let n: Vec<(&str, usize)> = fits.iter().map(|(group, fit)| (group.as_str(), fit.as_ref().unwrap().nobs[0])).collect();
    /// assert_eq!(n, [("Grant-White", 145), ("Pasteur", 156)]);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    pub fn fit_each_group(&self, model: &Model, aggregate: &Aggregate) -> Vec<(String, Result<Fit>)> {
        self.of_each_group(model, aggregate, |group, _, fit| (group.into(), fit))
    }

    /// What `line` makes of the fit to each group, in order: fits are not kept.
    pub(crate) fn of_each_group<T: Send>(
        &self,
        model: &Model,
        aggregate: &Aggregate,
        line: impl Fn(&str, &Aggregate, Result<Fit>) -> T + Sync,
    ) -> Vec<T> {
        let mut own = self.clone();
        own.group = None;
        let each = aggregate.each_group().into_par_iter();
        each.map(|(group, alone)| line(&group, &alone, own.fit_aggregate(model, &alone))).collect()
    }
}
