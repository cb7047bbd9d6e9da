//! The ways into a fit: from data, from moments, and from the moments of groups.

use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::estimate::estimation::Estimation;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::origin::{Origin, mean_and_sd};
use crate::estimate::plan::check_options;
use crate::estimate::sample::group::{Like, Sample};
use crate::estimate::sample::group::{clusters_of, groups_of};
use crate::estimate::sample::row_account::{LeftOut, RowAccount, Rule};
use crate::estimate::sample::sampling_weights::weights_of;
use crate::model::{MeanStructure, Model};
use crate::moments::Moments;
use nalgebra::DMatrix;
use ndarray::Axis;
use std::sync::Arc;

/// The rows of each group with the variables of a model: what several models of them start from.
pub(crate) struct Gathered {
    /// The options, with the numbers of thresholds.
    pub(crate) own: Estimation,
    /// Names of the groups; empty for one.
    pub(crate) groups: Vec<String>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) account: RowAccount,
}

impl Gathered {
    /// Fits another model of the same variables, by options that differ from `own` in what is said of the model only. What
    /// the first fit has seen of each group (saturated moments, thresholds and correlations with their sampling variation)
    /// the later ones take from it.
    pub(crate) fn fit(&mut self, estimation: &Estimation, model: &Model) -> Result<Fit> {
        let reading = estimation.read(model, self.groups.clone(), &mut self.samples, self.account.clone())?;
        let fit = estimation.travel(reading)?;
        let Internals { tables, observed, .. } = &fit.internals;
        for ((sample, table), observed) in self.samples.iter_mut().zip(tables).zip(observed) {
            sample.like.get_or_insert_with(|| (table.observed.clone(), Arc::clone(&observed.seen)));
        }
        Ok(fit)
    }
}

impl Estimation {
    /// Fits a model to the rows of a data set that are complete on the model's variables.
    ///
    /// # Errors
    /// [`Error::UnknownColumn`] for a variable that is not in the data, [`Error::BadModel`] for a factor with the name of
    /// a column ([`Model::check_factors`]), [`Error::EmptyGroup`], and what
    /// [`Estimation::fit_moments`] gives.
    pub fn fit(&self, model: &Model, data: &Dataset) -> Result<Fit> {
        self.fit_with(model, data, None)
    }

    /// The same from thresholds and correlations of the variables that are known ([`stages_of`](Self::stages_of)).
    pub(crate) fn fit_knowing(&self, model: &Model, data: &Dataset, known: Option<Like>) -> Result<Fit> {
        self.fit_with(model, data, known)
    }

    /// The same for another model of the variables of a fit that was made in this way from these data: thresholds and
    /// correlations of ordinal variables, and their sampling variation, are taken from it, as is the saturated model of
    /// incomplete rows (which then have no robust measures: the fit is there to be tested against the other).
    ///
    /// # Errors
    /// As [`Estimation::fit`].
    pub(crate) fn fit_like(&self, model: &Model, data: &Dataset, like: &Fit) -> Result<Fit> {
        self.fit_with(model, data, seen_by(like))
    }

    fn fit_with(&self, model: &Model, data: &Dataset, like: Option<Like>) -> Result<Fit> {
        model.check_factors(|name| data.has_column(name))?;
        let origin = self.origin(model, |name| mean_and_sd(data, name));
        let about = |origin: &Origin| self.fit(model, &origin.taken_from(data));
        self.fit_about(origin, about, |own| own.fit_in_place(model, data, like.clone()))
    }

    /// The fit to variables as they are, however far from 0.
    fn fit_in_place(&self, model: &Model, data: &Dataset, like: Option<Like>) -> Result<Fit> {
        if model.has_levels() {
            return self.travel(self.read_levels(model, data)?);
        }
        if !self.auxiliary.is_empty() {
            return self.fit_with_auxiliaries(model, data);
        }
        let Gathered { own, groups, mut samples, account } = self.gather(model, data, like)?;
        own.travel(own.read(model, groups, &mut samples, account)?)
    }

    /// Whether a fit is more than one look at the rows: of variables far from 0, or with saturated correlates.
    pub(crate) fn must_look_anew(&self, model: &Model, data: &Dataset) -> bool {
        !self.auxiliary.is_empty() || self.origin(model, |name| mean_and_sd(data, name)).is_some()
    }

    /// The rows of each group with the model's variables, checked, and the options with what they say of the variables.
    pub(crate) fn gather(&self, model: &Model, data: &Dataset, like: Option<Like>) -> Result<Gathered> {
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
                is_rival: like.is_some(),
                like: like.clone(),
                second: None,
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
            return Ok(Gathered { own, groups: Vec::new(), samples: vec![all], account });
        };
        let grouping = groups_of(variable, data)?;
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
        Ok(Gathered { own, groups: grouping.levels, samples: groups, account })
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
        if moments.is_empty() {
            return Err(Error::Unsupported {
                what: "a fit to no groups".into(),
                instead: "Give the moments of at least one group.".into(),
            });
        }
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
        let about = |origin: &Origin| {
            let moved: Vec<Moments> =
                moments.iter().map(|own| own.about(&origin.constants(own.names()))).collect();
            fit(self, &moved)
        };
        self.fit_about(self.origin(model, of), about, |own| fit(own, moments))
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

/// Variables of a fit of one group without covariates, and what it saw of them.
fn seen_by(fit: &Fit) -> Option<Like> {
    match (fit.internals.tables.as_slice(), fit.internals.observed.as_slice()) {
        ([table], [observed]) if table.covariates.is_empty() => {
            Some((table.observed.clone(), Arc::clone(&observed.seen)))
        }
        _ => None,
    }
}
