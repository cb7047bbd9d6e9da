//! The way into a fit from aggregates: moments of each group, thresholds and correlations from two-way tables.

use super::conventions::Conventions;
use super::entry::Gathered;
use super::estimation::Estimation;
use super::fit::Fit;
use super::inference::{StandardErrors, TestStatistic};
use super::origin::Origin;
use super::second_pass::SecondPass;
use crate::correlation::{Ordered, OrdinalTables, ThreeStage};
use crate::error::{Error, Result, nearest};
use crate::estimate::estimator::{Criterion, Estimator, Likelihood};
use crate::estimate::incomplete::full_information::IncompleteGroup;
use crate::estimate::observed::Seen;
use crate::estimate::sample::group::Sample;
use crate::estimate::sample::row_account::RowAccount;
use crate::model::{MeanStructure, Model, ParameterTable};
use crate::moments::aggregate::{Aggregate, RowAnswers, RowForms, RowQuestions, RowSums};
use crate::moments::{Divisor, Missing, Moments};
use nalgebra::{DMatrix, DVector};
use std::sync::{Arc, Mutex};

impl Estimation {
    /// Fits a model to aggregates, as it would be fitted to the rows: of numbers by ML, GLS or ULS with their own errors and test,
    /// of ordinal items by DWLS or ULS from two-way tables. With [`group`](Self::group) in each group of the aggregate, in its order
    /// (ascending; rows without a group are left out).
    ///
    /// ```
    /// use psychometrics::moments::aggregate::{Aggregate, AggregateOptions, AggregatePlan, PlannedItem};
    /// use psychometrics::{Estimation, Model};
    ///
    /// let path = "data/holzinger_swineford_1939/hs.csv";
    /// let items = (1..=9).map(|i| PlannedItem::new(format!("x{i}")).about(4.0));
    /// let aggregate = Aggregate::read(path, &AggregatePlan::new(items)?, &AggregateOptions::default())?;
    /// let model: Model = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9".parse()?;
    /// let fit = Estimation::default().fit_aggregate(&model, &aggregate)?;
    /// assert_eq!(format!("{:.3}", fit.measure("chisq").unwrap()), "85.306");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Estimation::fit_moments`]; [`Error::BadAggregate`] for an aggregate that does not tell what the fit needs;
    /// [`Error::Unsupported`] for what needs the rows, with what does without.
    pub fn fit_aggregate(&self, model: &Model, aggregate: &Aggregate) -> Result<Fit> {
        self.check_without_rows(model)?;
        let gathered = self.gather_aggregate(model, aggregate)?;
        self.fit_gathered(model, aggregate, gathered)
    }

    /// What the rows must be asked for the robust errors and the scaled test of a model: of each group linear forms, scores and
    /// sums of their products, at the point where the first pass leads to. [`SecondQuery`](crate::moments::sql::SecondQuery) writes
    /// it as SQL.
    ///
    /// # Errors
    /// As [`fit_aggregate`](Self::fit_aggregate), and where nothing is to be asked: robust errors and the tests satorra.bentler,
    /// yuan.bentler and yuan.bentler.mplus of complete continuous rows are what a second pass tells.
    pub fn second_pass(&self, model: &Model, aggregate: &Aggregate) -> Result<RowQuestions> {
        let passes = self.ask(model, aggregate)?;
        let groups = passes.into_iter().map(|(group, pass)| match &*pass {
            SecondPass::Asking(asked) => (group, asked.lock().map(|own| own.clone()).unwrap_or_default()),
            SecondPass::Answered(_) => (group, Vec::new()),
        });
        let questions: Vec<(Option<String>, Vec<RowForms>)> = groups.collect();
        if questions.iter().all(|(_, asked)| asked.is_empty()) {
            return Err(Error::Unsupported {
                what: format!("a second pass for {}, which asks nothing of the rows", self.estimator),
                instead: "Name an estimator with robust errors (MLM, MLR), or fit without a second pass."
                    .into(),
            });
        }
        Ok(RowQuestions { groups: questions })
    }

    /// Fits a model to aggregates with what the rows answered in a second pass: MLM and MLR, as of the rows.
    ///
    /// # Errors
    /// As [`fit_aggregate`](Self::fit_aggregate); [`Error::BadAggregate`] where the answers are of other rows or of another point.
    pub fn fit_second_pass(&self, model: &Model, aggregate: &Aggregate, answers: &RowAnswers) -> Result<Fit> {
        let questions = self.second_pass(model, aggregate)?;
        let mut gathered = self.gather_aggregate(model, aggregate)?;
        let names: Vec<Option<String>> = group_names(&gathered);
        let bad = |place: String, problem: String| {
            let remedy =
                "Write the second pass of this model and aggregate again, and run it on the same rows."
                    .into();
            Err(Error::BadAggregate { place, problem, remedy })
        };
        for (name, sample) in names.iter().zip(&mut gathered.samples) {
            let place = name
                .as_ref()
                .map_or("the second pass".into(), |own| format!("the second pass, group '{own}'"));
            let Some((_, own)) = answers.groups.iter().find(|(group, _)| group == name) else {
                return bad(place, "has no answers".into());
            };
            let asked = questions.groups.iter().find(|(group, _)| group == name).map(|(_, asked)| asked);
            let answered = |forms: &RowForms| own.iter().any(|(known, _)| known.is_like(forms));
            if !asked.is_some_and(|asked| asked.iter().all(answered)) {
                return bad(place, "is of another model, estimator or aggregate".into());
            }
            for (forms, sums) in own {
                if sums.n != sample.moments.n() as u64 {
                    return bad(
                        place,
                        format!("is of {} rows, the aggregate of {}", sums.n, sample.moments.n()),
                    );
                }
                if let Some(apart) = apart(forms, sums, &sample.moments) {
                    return bad(place, format!("has {apart} that do not follow from the aggregate"));
                }
            }
            sample.second = Some(Arc::new(SecondPass::Answered(own.clone())));
        }
        self.fit_gathered(model, aggregate, gathered)
    }

    /// A fit that asks its rows: the groups, and what each was asked.
    fn ask(&self, model: &Model, aggregate: &Aggregate) -> Result<Vec<(Option<String>, Arc<SecondPass>)>> {
        self.check_second(model)?;
        let mut gathered = self.gather_aggregate(model, aggregate)?;
        let names = group_names(&gathered);
        let mut passes = Vec::with_capacity(names.len());
        for (name, sample) in names.into_iter().zip(&mut gathered.samples) {
            let pass = Arc::new(SecondPass::Asking(Mutex::new(Vec::new())));
            sample.second = Some(Arc::clone(&pass));
            passes.push((name, pass));
        }
        self.fit_gathered(model, aggregate, gathered)?;
        Ok(passes)
    }

    fn fit_gathered(&self, model: &Model, aggregate: &Aggregate, gathered: Gathered) -> Result<Fit> {
        let Gathered { own, groups, samples, account } = gathered;
        let fit = |own: &Self, samples: &[Sample]| {
            let mut samples: Vec<Sample> = samples.iter().map(Sample::without_rows).collect();
            own.travel(own.read(model, groups.clone(), &mut samples, account.clone())?)
        };
        let first = &samples[0].moments;
        let of = |name: &str| {
            let i = first.index_of(name)?;
            first.mean(i).zip(first.standard_deviation(i))
        };
        let is_of_moments = own.specification.ordinal.is_empty() && !own.missing.is_likelihood();
        let origin = if is_of_moments { self.origin(model, of) } else { None };
        let about = |origin: &Origin| {
            let moved = samples.iter().map(|own| {
                let moments = own.moments.about(&origin.constants(own.moments.names()));
                Sample { second: own.second.clone(), ..Sample::of_moments(&moments) }
            });
            fit(&own, &moved.collect::<Vec<Sample>>())
        };
        let mut found = own.fit_about(origin, about, |own| fit(own, &samples))?;
        found.record.warnings.extend(aggregate.warnings());
        Ok(found)
    }

    /// What each group's aggregate says of the model's variables, and the options with what it says of them.
    pub(crate) fn gather_aggregate(&self, model: &Model, aggregate: &Aggregate) -> Result<Gathered> {
        model.check_factors(|name| aggregate.plan.items.iter().any(|item| item.name == name))?;
        let names = model.observed_names();
        let named: Vec<&str> = names.iter().map(String::as_str).collect();
        let groups = self.groups_in(aggregate)?;
        let ordinal: Vec<bool> = named.iter().map(|name| self.ordered.contains(name)).collect();
        let is_ordinal = ordinal.iter().any(|own| *own);
        if is_ordinal && !ordinal.iter().all(|own| *own) {
            return Err(Error::Unsupported {
                what: "ordinal with continuous variables from aggregates".into(),
                instead:
                    "Take all items as ordinal (--ordered all), or all as numbers, or give the rows (DATA)."
                        .into(),
            });
        }
        let mut own = self.clone();
        if is_ordinal {
            let all = OrdinalTables::of_aggregate(aggregate, None, &named, Missing::Pairwise)?;
            for (i, name) in names.iter().enumerate() {
                let thresholds = all.categories(i)?.thresholds.len();
                own.specification.ordinal.insert(name.clone(), thresholds);
            }
            own.check_codes(aggregate, &named, &groups)?;
        } else if own.missing.is_likelihood() {
            own.specification.means = MeanStructure::Included;
        }
        // in the order of the parameter tables, in which what was seen is looked for
        let numbered = model.number_groups(&groups)?;
        let tables = ParameterTable::of_groups(&numbered, &own.full_specification(), groups.len().max(1))?;
        let names: Vec<String> = tables.first().map_or(names, |table| table.observed.clone());
        let named: Vec<&str> = names.iter().map(String::as_str).collect();
        let each: Vec<Option<&str>> = match groups.as_slice() {
            [] => vec![None],
            groups => groups.iter().map(|group| Some(group.as_str())).collect(),
        };
        let mut samples = Vec::with_capacity(each.len());
        let (mut read, mut used) = (0, 0);
        for group in &each {
            let moments = aggregate.moments(*group, &named, own.missing)?;
            let mut sample = Sample::of_moments(&moments);
            read += moments.rows_read();
            used += moments.n();
            if moments.n() == 0 {
                return Err(nobody(&own, *group, &moments));
            }
            if is_ordinal {
                let tables = OrdinalTables::of_aggregate(aggregate, *group, &named, own.missing)?;
                let stages = ThreeStage::of_tables(&tables, moments.n(), own.empty_cells, &own.progress)?;
                sample.like = Some((names.clone(), Arc::new(stages) as Arc<dyn Seen>));
            } else if own.missing.is_likelihood() {
                let rows = aggregate.incomplete(*group, &named)?;
                if let Some(i) = (0..names.len()).find(|&i| moments.pair_n(i, i) == 0) {
                    let (column, rows) = (names[i].clone(), moments.rows_read());
                    return Err(Error::EmptyColumn { column, rows });
                }
                let seen = IncompleteGroup::of_sums(rows, &names, &own.progress.silent())?;
                sample.like = Some((names.clone(), Arc::new(seen) as Arc<dyn Seen>));
            }
            samples.push(sample);
        }
        let account = match own.missing.is_listwise() {
            true => RowAccount::of_complete(read, used),
            false => RowAccount::of_answered(read, used),
        };
        Ok(Gathered { own, groups, samples, account })
    }

    /// Whether a variable lies so far from 0 that every fit looks at the sums anew.
    pub(crate) fn is_far(&self, model: &Model, samples: &[Sample]) -> bool {
        let of = |name: &str| {
            let first = &samples.first()?.moments;
            let i = first.index_of(name)?;
            first.mean(i).zip(first.standard_deviation(i))
        };
        self.ordered == Ordered::None && !self.missing.is_likelihood() && self.origin(model, of).is_some()
    }

    fn groups_in(&self, aggregate: &Aggregate) -> Result<Vec<String>> {
        match (&self.group, &aggregate.plan.group) {
            (None, _) => Ok(Vec::new()),
            (Some(asked), Some(known)) if asked == known => Ok(aggregate.groups()),
            (Some(asked), known) => {
                let available: Vec<String> = known.iter().cloned().collect();
                Err(Error::UnknownColumn {
                    column: asked.clone(),
                    source_name: "the groups of the aggregate".into(),
                    nearest: nearest(asked, available.iter().map(String::as_str)),
                    available,
                })
            }
        }
    }

    /// Whether each group has an answer in every category that occurs.
    fn check_codes(&self, aggregate: &Aggregate, names: &[&str], groups: &[String]) -> Result<()> {
        let places = aggregate.places(names)?;
        for (&i, name) in places.iter().zip(names) {
            let codes = aggregate.plan.items[i].keyed_codes();
            let count = |group: Option<&str>, k: usize| -> Result<u64> {
                Ok(aggregate.parts_of(group)?.iter().map(|part| part.items[i].frequencies[k]).sum())
            };
            for (k, &category) in codes.iter().enumerate() {
                if count(None, k)? == 0 {
                    continue;
                }
                for group in groups {
                    if count(Some(group), k)? == 0 {
                        let (variable, group) = ((*name).to_string(), group.clone());
                        return Err(Error::EmptyCategory { variable, category, group });
                    }
                }
            }
        }
        Ok(())
    }

    /// Refuses what a second pass does not tell.
    fn check_second(&self, model: &Model) -> Result<()> {
        let plain = Self {
            estimator: Estimator::Ml,
            standard_errors: Some(StandardErrors::Standard),
            test: Some(TestStatistic::Standard),
            ..self.clone()
        };
        plain.check_without_rows(model)?;
        let (_, errors, test) = self.estimator.defaults();
        let (errors, test) = (self.standard_errors.unwrap_or(errors), self.test.unwrap_or(test));
        let refused = |what: String| {
            Err(Error::Unsupported {
                what: format!("{what} from a second pass"),
                instead: "Take MLM or MLR of complete continuous rows, with the normal likelihood.".into(),
            })
        };
        use {StandardErrors as S, TestStatistic as T};
        if self.estimator.is_least_squares() || self.likelihood != Likelihood::Normal {
            return refused(format!("{} with this likelihood", self.estimator));
        }
        if self.ordered != Ordered::None
            || self.missing != Missing::Listwise
            || !model.covariate_names().is_empty()
        {
            return refused("ordinal variables, incomplete rows and models with covariates".into());
        }
        if self.conventions == Conventions::Mplus {
            return refused("Mplus's conventions of robust errors".into());
        }
        if !matches!(errors, S::Standard | S::None | S::RobustSem | S::RobustHuberWhite | S::FirstOrder) {
            return refused(format!("standard errors {errors}"));
        }
        if !matches!(test, T::Standard | T::SatorraBentler | T::YuanBentler | T::YuanBentlerMplus) {
            return refused(format!("the test {test}, which needs tr((U Gamma)^2),"));
        }
        Ok(())
    }

    /// Refuses what needs the rows, with what does without.
    pub(crate) fn check_without_rows(&self, model: &Model) -> Result<()> {
        let (_, errors, test) = self.estimator.defaults();
        let (errors, test) = (self.standard_errors.unwrap_or(errors), self.test.unwrap_or(test));
        let ordinal = self.ordered != Ordered::None;
        let name = self.estimator.name();
        let without = match self.estimator.criterion() {
            Criterion::Dwls | Criterion::Wls if ordinal => {
                "Use DWLS, which has the estimates of WLSMV, with errors and a test that take the weights for the whole truth."
            }
            Criterion::Uls if ordinal => "Use ULS, which has the estimates of ULSMV.",
            _ if ordinal => "Use DWLS or ULS.",
            _ => {
                "Use ML (or GLS, ULS), which has the same estimates, with its own errors and test; or give the rows (DATA)."
            }
        };
        let refused = |what: String| {
            Err(Error::Unsupported { what: format!("{what} from aggregates"), instead: without.into() })
        };
        if model.has_levels() || self.cluster.is_some() {
            return refused("models of clustered respondents".into());
        }
        if self.weights.is_some() {
            return refused("fits with sampling weights, whose errors rest on the rows,".into());
        }
        if !self.auxiliary.is_empty() {
            return refused("auxiliary variables".into());
        }
        if !matches!(self.missing, Missing::Listwise | Missing::Pairwise | Missing::Fiml) {
            return refused(format!("the treatment {} of missing answers", self.missing));
        }
        if ordinal && !model.covariate_names().is_empty() {
            return refused("ordinal variables given covariates".into());
        }
        if !matches!(errors, StandardErrors::Standard | StandardErrors::None) {
            return refused(format!("{name} with standard errors {errors}"));
        }
        if test != TestStatistic::Standard {
            return refused(format!("{name} with the test {test}"));
        }
        if self.estimator.criterion() == Criterion::Wls || self.estimator == Estimator::Mlf {
            return refused(format!("{name}, which weighs by the rows,"));
        }
        if !ordinal && self.estimator.criterion() == Criterion::Dwls {
            return refused(format!("{name} of continuous variables, whose weights are fourth moments,"));
        }
        Ok(())
    }
}

fn group_names(gathered: &Gathered) -> Vec<Option<String>> {
    match gathered.groups.as_slice() {
        [] => vec![None],
        groups => groups.iter().cloned().map(Some).collect(),
    }
}

/// What of the answers does not follow from the moments: the mean of e'e does.
fn apart(forms: &RowForms, sums: &RowSums, moments: &Moments) -> Option<&'static str> {
    let names: Vec<&str> = forms.variables.iter().map(String::as_str).collect();
    let own = moments.select(&names).ok()?;
    let (means, covariance) = (own.means()?, own.covariance_matrix(Divisor::N).ok()?);
    let p = names.len();
    let whitening = DMatrix::from_fn(p, p, |i, j| forms.whitened[i][j]);
    let apart = DVector::from_fn(p, |i, _| means[i] - forms.centre[i]);
    let second = covariance + &apart * apart.transpose();
    let expected = (&whitening * second * whitening.transpose()).trace() * sums.n as f64;
    let is_near = (sums.squares - expected).abs() <= 1e-6 * expected;
    (!is_near || sums.fourth < 0.0).then_some("sums of squares")
}

fn nobody(estimation: &Estimation, group: Option<&str>, moments: &Moments) -> Error {
    let rows = moments.rows_read();
    match (group, &estimation.group) {
        (Some(group), Some(variable)) => Error::NoCompleteRow {
            variable: variable.clone(),
            group: group.into(),
            rows,
            lacking: Vec::new(),
        },
        _ => Error::TooFewRows { what: "a model".into(), n: 0, needed: moments.len() + 1 },
    }
}
