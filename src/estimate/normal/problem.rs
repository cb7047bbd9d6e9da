//! What standard errors and tests ask of a model of complete rows, or of moments, at its solution.

use crate::estimate::constraints::{constrained_inverse, null_basis};
use crate::estimate::conventions::At;
use crate::estimate::inference::{Information, TestStatistic};
use crate::estimate::normal::casewise::{Scored, meat, residual_traces};
use crate::estimate::normal::summed::mean_square;
use crate::estimate::observed::{Cases, Problem};
use crate::estimate::test_parts::Traces;
use crate::estimate::weight::Weight;
use crate::numeric::cholesky;
use crate::numeric::cholesky::inverse_factor;
use nalgebra::DMatrix;

impl Problem<'_> {
    /// Under the weights of least squares, or those of normal theory at `metric`.
    fn scored(&self, metric: At, centre: At) -> Option<Vec<Scored>> {
        self.each(|cases, group, share| match self.weights {
            Some(weights) => Scored::new(cases, &weights[group], centre, share).map(Scored::given_covariates),
            None => Scored::new(cases, &self.normal_weight(cases, metric)?, centre, share),
        })
    }

    fn normal_weight(&self, cases: &Cases<'_>, metric: At) -> Option<Weight> {
        let sigma = if metric == At::Model { &cases.implied.sigma } else { &cases.observed.covariance };
        inverse_factor(sigma).map(Weight::Normal)
    }

    /// Scores at the model, with deviations from the implied moments.
    pub(crate) fn model_scores(&self) -> Option<Vec<Scored>> {
        self.scored(At::Model, At::Model)
    }

    /// tr(B A^-1) of the saturated model, without the moments of fixed covariates.
    pub(crate) fn level_of_cases(&self) -> Option<f64> {
        let of_groups = self.each(|cases, _, _| {
            mean_square(cases, &inverse_factor(&cases.observed.covariance).map(Weight::Normal)?)
        })?;
        Some(of_groups.iter().sum::<f64>() - self.of_covariates()?)
    }

    /// D'V Gamma V D, and the expected information D'VD with the same weight.
    pub(crate) fn moment_meat(&self) -> Option<(DMatrix<f64>, DMatrix<f64>)> {
        // Mplus gives covariances the divisor N - 1 in their sampling variation, and means N
        let widened = |n: f64| if self.metric == At::Sample { (n / (n - 1.0)).sqrt() } else { 1.0 };
        let groups = match self.weights {
            Some(_) => self.scored(self.metric, At::SampleGivenCovariates)?,
            None => self.each(|cases, _, share| {
                let weight = self.normal_weight(cases, self.metric)?;
                let scale = widened(cases.observed.n as f64);
                Scored::scaled(cases, &weight, At::SampleGivenCovariates, share, scale)
            })?,
        };
        let q = self.x.len();
        let mut bread = DMatrix::zeros(q, q);
        for group in &groups {
            bread += group.information() * group.share;
        }
        Some((meat(&groups), bread))
    }

    /// The scores of each group's cases, with deviations from the observed moments.
    pub(crate) fn scores(&self) -> Option<Vec<DMatrix<f64>>> {
        Some(self.scored(self.metric, At::SampleGivenCovariates)?.iter().map(Scored::free_scores).collect())
    }

    /// tr(U Gamma) and tr((U Gamma)^2), or tr(B1 A1^-1) - tr(B0 A0^-1).
    pub(crate) fn traces_of_cases(&self, test: TestStatistic) -> Option<Traces> {
        if test == TestStatistic::YuanBentlerMplus {
            return self.traces_by_levels(|| {
                let groups = self.each(|cases, _, share| Scored::saturated(cases, At::Sample, share))?;
                Some(groups.iter().map(|group| group.information() * group.share).sum())
            });
        }
        let squared = matches!(test, TestStatistic::MeanVarAdjusted | TestStatistic::ScaledShifted);
        let groups = match self.weighs_observed() {
            true => self.saturated_scores()?,
            false => self.scored(self.metric, At::SampleGivenCovariates)?,
        };
        let basis = null_basis(self.jacobian, self.x.len());
        let (trace, square) = residual_traces(&groups, &basis, squared)?;
        let levels = if test == TestStatistic::YuanBentler {
            let information = match self.weighs_observed() {
                true => groups.iter().map(|group| group.information() * group.share).sum(),
                false => self.expected_information()?,
            };
            let inverse = constrained_inverse(&information, self.jacobian)?;
            Some((self.saturated_level()?, (self.first_order()? * inverse).trace()))
        } else {
            None
        };
        Some(Traces { trace, square, levels })
    }

    /// tr(B1 A1^-1) - tr(B0 A0^-1), with A0 the information asked for; `saturated` is D'WD by the observed information of
    /// the saturated model.
    pub(crate) fn traces_by_levels(
        &self,
        saturated: impl FnOnce() -> Option<DMatrix<f64>>,
    ) -> Option<Traces> {
        let level = self.saturated_level()?;
        let information = match self.information {
            Information::Expected => self.expected_information()?,
            _ if self.saturated => saturated()?,
            _ => self.observed_information()?,
        };
        let inverse = constrained_inverse(&information, self.jacobian)?;
        let model = (self.first_order()? * inverse).trace();
        Some(Traces { trace: level - model, square: 0.0, levels: Some((level, model)) })
    }

    /// Whether moments are weighed by the observed information of the saturated model at the implied moments: with
    /// maximum likelihood, where observed information is asked for (lavaan).
    pub(crate) fn weighs_observed(&self) -> bool {
        self.information == Information::Observed && self.weights.is_none() && self.metric == At::Model
    }

    /// The scores under that weight, with deviations from the observed moments.
    pub(crate) fn saturated_scores(&self) -> Option<Vec<Scored>> {
        self.each(|cases, _, share| Scored::saturated(cases, At::SampleGivenCovariates, share))
    }

    /// tr(Gamma V) of the fixed covariates by themselves.
    fn of_covariates(&self) -> Option<f64> {
        let mut sum = 0.0;
        for ((table, observed), rows) in self.tables.iter().zip(self.observed).zip(self.rows) {
            let x = &table.covariates;
            if x.is_empty() {
                continue;
            }
            let mut factor = DMatrix::from_fn(x.len(), x.len(), |i, j| observed.covariance[(x[i], x[j])]);
            cholesky::factorise(&mut factor).ok()?;
            let (k, n) = (x.len() as f64, rows.ncols() as f64);
            let mut case = vec![0.0; x.len()];
            for row in rows.column_iter() {
                for (c, &i) in case.iter_mut().zip(x) {
                    *c = row[i] - observed.mean[i];
                }
                let deviation = case.clone();
                cholesky::solve(&factor, &mut case);
                let distance: f64 = case.iter().zip(&deviation).map(|(a, b)| a * b).sum();
                let means = if table.has_means { distance } else { 0.0 };
                sum += (means + 0.5 * (distance * distance - 2.0 * distance + k)) / n;
            }
        }
        Some(sum)
    }
}
