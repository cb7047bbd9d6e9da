//! Options resolved for a kind of data: what holds where nothing was asked for, and what does not go with what.
//!
//! Every refusal of a combination of options stands in [`REFUSALS`], in the order in which it is looked at.

use super::estimation::Estimation;
use super::estimator::{Criterion, Estimator, Likelihood};
use super::inference::{Information, StandardErrors, TestStatistic};
use super::options::Resampling;
use crate::correlation::Ordered;
use crate::error::{Error, Result};
use crate::moments::Missing;

/// What the data of a fit are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataKind {
    /// Moments, or rows that have all answers.
    Complete,
    /// Thresholds and correlations of ordinal variables, alone or with continuous ones.
    Ordinal,
    /// Rows that count one by one: some are incomplete, in clusters, or have weights.
    Rows,
    /// Respondents in clusters, with a model of both levels.
    Levels,
}

/// What a fit is made by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) kind: DataKind,
    pub(crate) information: Information,
    pub(crate) standard_errors: StandardErrors,
    pub(crate) statistic: TestStatistic,
}

impl Plan {
    /// # Errors
    /// [`Error::Unsupported`] for what does not go together; `has_rows` tells whether there is more than moments.
    pub(crate) fn of(estimation: &Estimation, kind: DataKind, has_rows: bool) -> Result<Self> {
        let (information, errors, statistic) = defaults(estimation, kind);
        let standard_errors = estimation.standard_errors.unwrap_or(errors);
        let information = estimation.information.unwrap_or(match (kind, information, standard_errors) {
            (DataKind::Levels, Information::FirstOrder, _) => Information::FirstOrder,
            (DataKind::Levels, ..) | (_, _, StandardErrors::RobustHuberWhite) => Information::Observed,
            _ => information,
        });
        let information = match information {
            // that of the first stage, which is observed or expected
            Information::FirstOrder if estimation.missing.is_two_stage() && kind != DataKind::Levels => {
                Information::Observed
            }
            information => information,
        };
        let statistic = estimation.test.unwrap_or(statistic);
        let plan = Self { kind, information, standard_errors, statistic };
        refuse(&Asked { estimation, plan: Some(plan), has_rows, has_covariates: false })?;
        Ok(plan)
    }

    /// Refuses what a model with fixed covariates does not have.
    pub(crate) fn check_covariates(self, estimation: &Estimation) -> Result<()> {
        refuse(&Asked { estimation, plan: Some(self), has_rows: true, has_covariates: true })
    }

    /// Whether the respondents' rows are needed, and not only their moments.
    fn needs_rows(self, estimation: &Estimation) -> bool {
        use StandardErrors as S;
        self.information == Information::FirstOrder
            || self.standard_errors == S::Bootstrap
                && estimation.resampling.resampling == Resampling::Nonparametric
            || !matches!(self.standard_errors, S::None | S::Standard | S::Bootstrap)
            || self.statistic.needs_rows()
            || match estimation.estimator.criterion() {
                Criterion::Wls => true,
                // two-way tables have the weights of ordinal items
                Criterion::Dwls => self.kind != DataKind::Ordinal,
                _ => false,
            }
    }
}

/// Refuses what no data can make good.
pub(crate) fn check_options(estimation: &Estimation, has_rows: bool) -> Result<()> {
    refuse(&Asked { estimation, plan: None, has_rows, has_covariates: false })
}

/// Information, standard errors and test unless others are asked for.
fn defaults(estimation: &Estimation, kind: DataKind) -> (Information, StandardErrors, TestStatistic) {
    let Estimation { estimator, missing, .. } = *estimation;
    let (information, errors, test) = estimator.defaults();
    if kind == DataKind::Levels {
        return (information, errors, test);
    }
    if design(estimation).is_some() && estimator == Estimator::Ml {
        return Estimator::Mlr.defaults();
    }
    match missing {
        // Kenward & Molenberghs (1998): the expected one holds only where missingness is completely at random
        Missing::Fiml | Missing::FimlX if information == Information::Expected => {
            (Information::Observed, errors, test)
        }
        Missing::TwoStage | Missing::RobustTwoStage => {
            (Information::Observed, StandardErrors::RobustSem, TestStatistic::SatorraBentler)
        }
        _ => (information, errors, test),
    }
}

/// How respondents were drawn, where they do not all count alike and by themselves.
fn design(estimation: &Estimation) -> Option<&'static str> {
    match (&estimation.cluster, &estimation.weights) {
        (Some(_), _) => Some("clusters"),
        (None, Some(_)) => Some("sampling weights"),
        (None, None) => None,
    }
}

/// What is looked at: the options as they are (without a plan), or with what they come to for a kind of data.
struct Asked<'a> {
    estimation: &'a Estimation,
    plan: Option<Plan>,
    has_rows: bool,
    has_covariates: bool,
}

impl Asked<'_> {
    fn is(&self, kind: DataKind) -> bool {
        self.plan.is_some_and(|plan| plan.kind == kind)
    }

    fn errors(&self, known: &[StandardErrors]) -> bool {
        self.plan.is_some_and(|plan| known.contains(&plan.standard_errors))
    }

    fn test(&self, known: &[TestStatistic]) -> bool {
        self.plan.is_some_and(|plan| known.contains(&plan.statistic))
    }

    fn information(&self, known: Information) -> bool {
        self.plan.is_some_and(|plan| plan.information == known)
    }

    fn estimator(&self) -> &'static str {
        self.estimation.estimator.name()
    }

    /// What makes rows count one by one.
    fn rows(&self) -> &'static str {
        design(self.estimation).unwrap_or("incomplete answers")
    }
}

/// A combination that there is not.
struct Refusal {
    when: fn(&Asked<'_>) -> bool,
    what: fn(&Asked<'_>) -> String,
    instead: &'static str,
}

fn refuse(asked: &Asked<'_>) -> Result<()> {
    match REFUSALS.iter().find(|refusal| (refusal.when)(asked)) {
        Some(refusal) => {
            Err(Error::Unsupported { what: (refusal.what)(asked), instead: refusal.instead.into() })
        }
        None => Ok(()),
    }
}

use DataKind::{Levels, Ordinal, Rows};
use StandardErrors as S;
use TestStatistic as T;

const REFUSALS: &[Refusal] = &[
    // the options by themselves
    Refusal {
        when: |a| a.plan.is_none() && !a.has_rows && a.estimation.ordered != Ordered::None,
        what: |_| "ordinal variables from moments alone".into(),
        instead: "Fit the data themselves.",
    },
    Refusal {
        when: |a| {
            let e = a.estimation;
            a.plan.is_none() && a.has_rows && e.missing == Missing::Pairwise && e.ordered == Ordered::None
        },
        what: |_| "pairwise answers without ordinal variables".into(),
        instead: "Use complete rows (listwise), or name the ordinal variables.",
    },
    Refusal {
        when: |a| {
            let e = a.estimation;
            a.plan.is_none() && !e.auxiliary.is_empty() && !e.missing.is_full_information()
        },
        what: |_| "auxiliary variables without full information".into(),
        instead: "Use missing = fiml, or leave them out.",
    },
    Refusal {
        when: |a| {
            let e = a.estimation;
            a.plan.is_none() && !e.auxiliary.is_empty() && e.ordered != Ordered::None
        },
        what: |_| "auxiliary variables with ordinal ones".into(),
        instead: "Take the answers as numbers, or leave them out.",
    },
    Refusal {
        when: |a| {
            let e = a.estimation;
            a.plan.is_none() && !e.auxiliary.is_empty() && e.information == Some(Information::FirstOrder)
        },
        what: |_| "auxiliary variables with first-order information".into(),
        instead: "Use observed information.",
    },
    // two levels
    Refusal {
        when: |a| {
            let known = [Estimator::Ml, Estimator::Mlr, Estimator::Mlf].contains(&a.estimation.estimator);
            a.is(Levels) && (!known || a.estimation.likelihood == Likelihood::Wishart)
        },
        what: |a| format!("{} with two levels", a.estimator()),
        instead: "Use ML or MLR with the normal likelihood.",
    },
    Refusal {
        when: |a| a.is(Levels) && a.estimation.ordered != Ordered::None,
        what: |_| "ordinal variables on two levels".into(),
        instead: "Treat the answers as continuous (MLR).",
    },
    Refusal {
        when: |a| a.is(Levels) && (a.estimation.weights.is_some() || !a.estimation.auxiliary.is_empty()),
        what: |_| "sampling weights or auxiliary variables with two levels".into(),
        instead: "Fit the model of one level (fit with clusters), or leave them out.",
    },
    Refusal {
        when: |a| a.is(Levels) && !matches!(a.estimation.missing, Missing::Listwise | Missing::Fiml),
        what: |_| "pairwise, two-stage or fiml.x treatment of missing answers on two levels".into(),
        instead: "Use full information (fiml; with random covariates, fixed.x = false, rows without one count too) or \
                  complete rows (listwise).",
    },
    Refusal {
        when: |a| {
            let errors = [S::None, S::Standard, S::FirstOrder, S::RobustHuberWhite];
            a.is(Levels) && !(a.errors(&errors) && a.test(&[T::Standard, T::YuanBentlerMplus]))
        },
        what: |_| "these standard errors or this test on two levels".into(),
        instead: "Use ML (standard errors standard or first.order) or MLR (robust.huber.white, yuan.bentler.mplus).",
    },
    // least squares
    Refusal {
        when: |a| a.information(Information::FirstOrder) && a.estimation.estimator.is_least_squares(),
        what: |a| format!("first-order information with {}", a.estimator()),
        instead: "Leave it out: scores are those of a likelihood (ML, MLF, MLR).",
    },
    // ordinal variables
    Refusal {
        when: |a| a.is(Ordinal) && !a.estimation.estimator.takes_ordinal(),
        what: |a| format!("{} with ordinal variables", a.estimator()),
        instead: "Use WLSMV (or another of WLS, DWLS, WLSM, WLSMVS, ULS, ULSM, ULSMV, ULSMVS).",
    },
    Refusal {
        when: |a| a.is(Ordinal) && a.estimation.missing.is_likelihood(),
        what: |_| "full information of incomplete answers (fiml) to ordinal variables".into(),
        instead: "Use the answers that are there by pairs (--missing pairwise), or complete rows (--missing listwise).",
    },
    Refusal {
        when: |a| a.is(Ordinal) && !a.information(Information::Expected),
        what: |_| "observed or first-order information with ordinal variables".into(),
        instead: "Leave it out: weighted least squares have expected information.",
    },
    Refusal {
        when: |a| a.is(Ordinal) && !a.errors(&[S::None, S::Standard, S::RobustSem]),
        what: |_| "these standard errors with ordinal variables".into(),
        instead: "Use robust.sem (those of WLSMV), standard or none.",
    },
    Refusal {
        when: |a| {
            a.is(Ordinal) && !a.test(&[T::Standard, T::SatorraBentler, T::MeanVarAdjusted, T::ScaledShifted])
        },
        what: |a| format!("the test {} with ordinal variables", a.plan.map_or("", |p| p.statistic.name())),
        instead: "Use scaled.shifted, satorra.bentler, mean.var.adjusted or standard.",
    },
    Refusal {
        when: |a| {
            let ignored = a.errors(&[S::Standard]) || a.test(&[T::Standard]);
            let full = a.estimation.estimator.criterion() == Criterion::Wls;
            a.is(Ordinal) && a.estimation.cluster.is_some() && (ignored || full)
        },
        what: |a| format!("{} with these standard errors or this test and clusters", a.estimator()),
        instead: "Use WLSMV, WLSM, ULSMV or ULSM, with their own standard errors and test.",
    },
    // rows one by one
    Refusal {
        when: |a| {
            let e = a.estimation;
            a.is(Rows) && (e.estimator.is_least_squares() || e.likelihood == Likelihood::Wishart)
        },
        what: |a| format!("{} with {}", a.estimator(), a.rows()),
        instead: "Use ML or MLR with the normal likelihood.",
    },
    Refusal {
        when: |a| a.is(Rows) && !a.has_rows,
        what: |a| format!("{} from moments alone", a.rows()),
        instead: "Fit the data themselves.",
    },
    Refusal {
        when: |a| {
            let ignored = a.errors(&[S::Standard, S::FirstOrder]) || a.test(&[T::Standard]);
            let e = a.estimation;
            a.is(Rows) && design(e).is_some() && (e.missing.is_two_stage() || ignored)
        },
        what: |a| format!("{} with these standard errors, this test or two stages", a.rows()),
        instead: "Use MLR (its standard errors and test), with complete rows or missing = fiml.",
    },
    Refusal {
        when: |a| {
            let known = a.errors(&[S::None, S::RobustSem]) && a.test(&[T::Standard, T::SatorraBentler]);
            a.is(Rows) && a.estimation.missing.is_two_stage() && !known
        },
        what: |a| format!("{} with these standard errors or this test and {}", a.estimator(), a.rows()),
        instead: "Leave them out: two stages have their own.",
    },
    Refusal {
        when: |a| {
            let errors = [S::None, S::Standard, S::FirstOrder, S::RobustHuberWhite];
            let known = a.errors(&errors) && a.test(&[T::Standard, T::YuanBentlerMplus]);
            a.is(Rows) && !a.estimation.missing.is_two_stage() && !known
        },
        what: |a| format!("{} with these standard errors or this test and {}", a.estimator(), a.rows()),
        instead: "Use ML (standard errors standard or first.order) or MLR (robust.huber.white, yuan.bentler.mplus).",
    },
    Refusal {
        when: |a| a.is(Rows) && a.has_covariates && a.estimation.missing.is_two_stage(),
        what: |_| "two-stage estimation with fixed covariates".into(),
        instead: "Use missing = fiml, or make the covariates random (fixed.x = false).",
    },
    // moments
    Refusal {
        when: |a| !a.has_rows && a.plan.is_some_and(|plan| plan.needs_rows(a.estimation)),
        what: |a| format!("{} with these options from moments alone", a.estimator()),
        instead: "Fit the data themselves, or use ML with standard errors of its own.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_goes_before_what_an_estimator_has() {
        let plan = Plan::of(&Estimation::new(Estimator::Mlr), DataKind::Complete, true).unwrap();
        assert_eq!(plan.information, Information::Observed);
        let own = Estimation::new(Estimator::Mlr).information(Information::Expected);
        let plan = Plan::of(&own, DataKind::Complete, true).unwrap();
        assert_eq!((plan.information, plan.statistic), (Information::Expected, T::YuanBentlerMplus));
        let two_stage = Estimation::default().missing(Missing::TwoStage);
        let plan = Plan::of(&two_stage, DataKind::Rows, true).unwrap();
        assert_eq!((plan.standard_errors, plan.statistic), (S::RobustSem, T::SatorraBentler));
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_a_way_out() {
        let refused = |own: Estimation, kind| match Plan::of(&own, kind, true) {
            Err(Error::Unsupported { what, instead }) => {
                assert!(!instead.is_empty());
                what
            }
            other => panic!("{other:?}"),
        };
        let ml = Estimation::default();
        assert_eq!(refused(ml.clone(), DataKind::Ordinal), "ML with ordinal variables");
        assert_eq!(refused(Estimation::new(Estimator::Gls), DataKind::Levels), "GLS with two levels");
        assert_eq!(
            refused(Estimation::new(Estimator::Gls).cluster("c"), DataKind::Rows),
            "GLS with clusters"
        );
        assert_eq!(
            refused(ml.missing(Missing::Fiml).test(T::SatorraBentler), DataKind::Rows),
            "ML with these standard errors or this test and incomplete answers"
        );
    }
}
