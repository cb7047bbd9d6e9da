//! The ways into a fit: from data, from moments, and from the moments of groups.

use crate::correlation::{Keep, Ordered, ThreeStage, threshold_count};
use crate::data::Dataset;
use crate::error::{Error, Result, nearest};
use crate::estimate::estimation::Estimation;
use crate::estimate::fit::Fit;
use crate::estimate::origin::mean_and_sd;
use crate::estimate::plan::check_options;
use crate::estimate::sample::group::clusters_of;
use crate::estimate::sample::group::{KnownRows, KnownStages, Sample};
use crate::estimate::sample::row_account::{LeftOut, RowAccount, Rule};
use crate::estimate::sample::sampling_weights::weights_of;
use crate::model::{Covariates, MeanStructure, Model};
use crate::moments::{Missing, Moments};
use nalgebra::DMatrix;
use ndarray::{ArrayView2, Axis};
use std::sync::Arc;

impl Estimation {
    /// Fits a model to the rows of a data set that are complete on the model's variables.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for a variable that is not in the data, [`Error::BadModel`] for a factor with the name of
    /// a column ([`Model::check_factors`]), [`Error::EmptyGroup`], and what
    /// [`Estimation::fit_moments`] gives.
    pub fn fit(&self, model: &Model, data: &Dataset) -> Result<Fit> {
        self.fit_with(model, data, None, None)
    }

    /// The same from thresholds and correlations of the variables that are known ([`stages_of`](Self::stages_of)).
    pub(crate) fn fit_knowing(
        &self,
        model: &Model,
        data: &Dataset,
        known: Option<KnownStages>,
    ) -> Result<Fit> {
        self.fit_with(model, data, known, None)
    }

    /// Thresholds and correlations of ordinal variables with all that fits to these data make of them, whatever the
    /// model, as long as it has the variables of this one, no fixed covariates and one group; none where no variable is
    /// ordinal.
    pub(crate) fn stages_of(&self, model: &Model, data: &Dataset) -> Result<Option<KnownStages>> {
        let names = model.observed_names();
        let values = data.numeric(&names)?;
        let own = self.with_ordinal(model, &names, values.view())?;
        let is_plain = self.group.is_none() && self.cluster.is_none() && self.weights.is_none();
        if own.specification.ordinal.is_empty() || !model.covariate_names().is_empty() || !is_plain {
            return Ok(None);
        }
        let rows = values.select(Axis(0), &self.used_rows(model, &names, values.view()));
        let keep = Keep::Influences;
        let stages = ThreeStage::of(&names, rows.view(), &self.ordered, &[], self.empty_cells, keep)?;
        stages.share();
        Ok(Some((names, Arc::new(stages))))
    }

    /// The same for another model of the variables of a fit that was made in this way from these data: thresholds and
    /// correlations of ordinal variables, and their sampling variation, are taken from it, as is the saturated model of
    /// incomplete rows (which then have no robust measures: the fit is there to be tested against the other).
    ///
    /// # Errors
    /// As [`Estimation::fit`].
    pub(crate) fn fit_like(&self, model: &Model, data: &Dataset, like: &Fit) -> Result<Fit> {
        self.fit_with(model, data, known_stages(like), Some(like))
    }

    fn fit_with(
        &self,
        model: &Model,
        data: &Dataset,
        stages: Option<KnownStages>,
        like: Option<&Fit>,
    ) -> Result<Fit> {
        model.check_factors(|name| data.has_column(name))?;
        let origin = self.origin(model, |name| mean_and_sd(data, name));
        if let Some(origin) = &origin {
            let about = || self.fit(model, &origin.taken_from(data));
            let settle = |own: &Self| own.fit_with(model, data, stages.clone(), like);
            if let Some(fit) = self.fit_about(origin, about, settle)? {
                return Ok(fit);
            }
        }
        let fit = self.fit_in_place(model, data, stages, like)?;
        match origin {
            Some(origin) => origin.accept(fit),
            None => Ok(fit),
        }
    }

    /// The fit to variables as they are, however far from 0.
    fn fit_in_place(
        &self,
        model: &Model,
        data: &Dataset,
        stages: Option<KnownStages>,
        like: Option<&Fit>,
    ) -> Result<Fit> {
        if model.has_levels() {
            return self.travel(self.read_levels(model, data)?);
        }
        if !self.auxiliary.is_empty() {
            return self.fit_with_auxiliaries(model, data);
        }
        let names = model.observed_names();
        let values = data.numeric(&names)?;
        check_options(self, true)?;
        let needed = self.needed_covariates(model, &names);
        let rule = Rule { listwise: self.missing.is_listwise(), needed: &needed };
        let mut account = RowAccount::default();
        let clusters = self.cluster.as_ref().map(|name| data.grouping(name)).transpose()?;
        let weights = self.weights.as_ref().map(|name| data.numeric(&[name])).transpose()?;
        let weights = self.weights.as_deref().zip(weights.as_ref().and_then(|values| values.as_slice()));
        let sample = |rows: &[usize], account: &mut RowAccount| -> Result<Sample> {
            let moments =
                Moments::of(names.iter().cloned(), values.select(Axis(0), rows).view(), self.missing)?;
            let mut used = Vec::with_capacity(rows.len());
            for &row in rows {
                let fate = rule.leaves_out(|i| values[(row, i)], names.len(), names.len());
                account.count(fate);
                used.extend(fate.is_none().then_some(row));
            }
            let own = DMatrix::from_fn(names.len(), used.len(), |j, c| values[(used[c], j)]);
            Ok(Sample {
                moments,
                rows: Some(own),
                like: stages.clone(),
                known: like.and_then(known_rows),
                clusters: clusters.as_ref().map(|clusters| clusters_of(clusters, &used, data)).transpose()?,
                weights: weights.map(|(name, values)| weights_of(name, values, &used, data)).transpose()?,
            })
        };
        let mut own = self.with_ordinal(model, &names, values.view())?;
        if (self.missing.is_likelihood() || self.cluster.is_some()) && own.specification.ordinal.is_empty() {
            own.specification.means = MeanStructure::Included;
        }
        let Some(variable) = &self.group else {
            let all = sample(&(0..values.nrows()).collect::<Vec<_>>(), &mut account)?;
            return own.travel(own.read(model, Vec::new(), &mut [all], account)?);
        };
        let grouping = data.grouping(variable)?;
        let mut groups = Vec::with_capacity(grouping.levels.len());
        for (code, level) in grouping.levels.iter().enumerate() {
            let rows = grouping.rows_of(code);
            let own = sample(&rows, &mut account)?;
            if own.moments.n() == 0 {
                let nobody = |j: &usize| rows.iter().all(|&row| values[(row, *j)].is_nan());
                let lacking: Vec<String> =
                    (0..names.len()).filter(nobody).map(|j| names[j].clone()).collect();
                let (variable, group, rows) = (variable.clone(), level.clone(), rows.len());
                return Err(match lacking.len() == names.len() {
                    true => Error::EmptyGroup { variable, group, rows },
                    false => Error::NoCompleteRow { variable, group, rows, lacking },
                });
            }
            groups.push(own);
        }
        (0..grouping.missing_count()).for_each(|_| account.count(Some(LeftOut::NoGroup)));
        own.check_categories(&names, &grouping.levels, &groups)?;
        own.travel(own.read(model, grouping.levels, &mut groups, account)?)
    }

    /// Places of the covariates that a row must have: those whose moments are the sample's.
    fn needed_covariates(&self, model: &Model, names: &[String]) -> Vec<usize> {
        if self.keeps_rows_without_covariates() {
            return Vec::new();
        }
        let covariates = model.open_covariate_names();
        (0..names.len()).filter(|&i| covariates.contains(&names[i])).collect()
    }

    pub(crate) fn keeps_rows_without_covariates(&self) -> bool {
        self.specification.covariates == Covariates::Random || self.missing == Missing::FimlX
    }

    /// The rows that a fit to a whole table uses.
    fn used_rows(&self, model: &Model, names: &[String], rows: ArrayView2<'_, f64>) -> Vec<usize> {
        let needed = self.needed_covariates(model, names);
        let rule = Rule { listwise: self.missing.is_listwise(), needed: &needed };
        let uses = |row: &usize| rule.leaves_out(|i| rows[(*row, i)], names.len(), names.len()).is_none();
        (0..rows.nrows()).filter(uses).collect()
    }

    /// With the numbers of thresholds of the ordinal variables, from the complete rows.
    fn with_ordinal(&self, model: &Model, names: &[String], rows: ArrayView2<'_, f64>) -> Result<Self> {
        let mut own = self.clone();
        let covariates = model.covariate_names();
        if let Ordered::Named(ordered) = &self.ordered
            && let Some(unknown) = ordered.iter().find(|name| !names.contains(name))
        {
            return Err(Error::UnknownColumn {
                column: unknown.clone(),
                source_name: "the model (ordered)".into(),
                nearest: nearest(unknown, names.iter().map(String::as_str)),
                available: names.to_vec(),
            });
        }
        let used = self.used_rows(model, names, rows);
        for (j, name) in names.iter().enumerate() {
            if self.ordered.contains(name) && !covariates.contains(name) {
                let answers: Vec<f64> = used.iter().map(|&row| rows[(row, j)]).collect();
                own.specification.ordinal.insert(name.clone(), threshold_count(name, &answers)?);
            }
        }
        Ok(own)
    }

    /// Whether each group has an answer in every category that occurs.
    fn check_categories(&self, names: &[String], levels: &[String], groups: &[Sample]) -> Result<()> {
        for (j, name) in
            names.iter().enumerate().filter(|(_, name)| self.specification.ordinal.contains_key(*name))
        {
            let of = |sample: &Sample| -> Vec<f64> {
                let answered = |row: &f64| !row.is_nan();
                sample
                    .rows
                    .as_ref()
                    .map_or_else(Vec::new, |rows| rows.row(j).iter().copied().filter(answered).collect())
            };
            let mut all: Vec<f64> = groups.iter().flat_map(of).collect();
            all.sort_by(f64::total_cmp);
            all.dedup();
            for (level, sample) in levels.iter().zip(groups) {
                let own = of(sample);
                if let Some(category) = all.iter().find(|value| !own.contains(value)) {
                    return Err(Error::EmptyCategory {
                        variable: name.clone(),
                        category: *category,
                        group: level.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Fits a model to moments: of data, or published ones.
    ///
    /// A search that does not end well is a [`Fit`] with a [`Status`](crate::estimate::Status) that says so; its
    /// estimates are the best point reached and its standard errors do not exist.
    ///
    /// # Errors
    /// When no fit can be begun: [`Error::UnknownColumn`], [`Error::ConstantItem`],
    /// [`Error::TooFewRows`] (no more rows than variables), [`Error::IdenticalItems`],
    /// [`Error::NotPositiveDefinite`] (of the observed moments, or of the start values),
    /// [`Error::Unsupported`] (a mean structure without means).
    pub fn fit_moments(&self, model: &Model, moments: &Moments) -> Result<Fit> {
        check_options(self, false)?;
        model.check_factors(|name| moments.names().iter().any(|own| own == name))?;
        self.fit_samples(model, Vec::new(), std::slice::from_ref(moments))
    }

    /// Moments of one group, or of each.
    fn fit_samples(&self, model: &Model, names: Vec<String>, moments: &[Moments]) -> Result<Fit> {
        let read = moments.iter().map(Moments::rows_read).sum();
        let used = moments.iter().map(Moments::n).sum();
        let fit = |own: &Self, moments: &[Moments]| {
            let mut samples: Vec<Sample> = moments.iter().map(Sample::of_moments).collect();
            own.travel(own.read(model, names.clone(), &mut samples, RowAccount::of_complete(read, used))?)
        };
        let of = |name: &str| {
            let first = moments.first()?;
            let i = first.index_of(name)?;
            first.mean(i).zip(first.standard_deviation(i))
        };
        let origin = self.origin(model, of);
        if let Some(origin) = &origin {
            let moved: Vec<Moments> =
                moments.iter().map(|own| own.about(&origin.constants(own.names()))).collect();
            if let Some(fit) = self.fit_about(origin, || fit(self, &moved), |own| fit(own, moments))? {
                return Ok(fit);
            }
        }
        let fit = fit(self, moments)?;
        match origin {
            Some(origin) => origin.accept(fit),
            None => Ok(fit),
        }
    }

    /// Fits a model to the moments of several groups, each with its name.
    ///
    /// # Errors
    /// As [`Estimation::fit_moments`]; [`Error::Unsupported`] for standard errors or a test that need the
    /// respondents' rows.
    pub fn fit_groups(&self, model: &Model, groups: &[(String, Moments)]) -> Result<Fit> {
        check_options(self, false)?;
        let (names, moments): (Vec<String>, Vec<Moments>) = groups.iter().cloned().unzip();
        self.fit_samples(model, names, &moments)
    }
}

/// Variables and stages of a fit of one group of ordinal data without covariates.
fn known_stages(fit: &Fit) -> Option<KnownStages> {
    match (fit.internals.tables.as_slice(), fit.internals.observed.as_slice()) {
        ([table], [observed]) if table.covariates.is_empty() => {
            Some((table.observed.clone(), observed.ordinal.clone()?))
        }
        _ => None,
    }
}

/// Variables and incomplete rows of a fit of one group without covariates.
fn known_rows(fit: &Fit) -> Option<KnownRows> {
    match (fit.internals.tables.as_slice(), fit.internals.observed.as_slice()) {
        ([table], [observed]) if table.covariates.is_empty() => {
            Some((table.observed.clone(), observed.incomplete.clone()?))
        }
        _ => None,
    }
}
