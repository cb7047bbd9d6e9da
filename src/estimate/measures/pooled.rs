//! Measures of fits to completed data sets.

use crate::estimate::measures::fit_measures::FitMeasures;
use crate::estimate::measures::incremental::{push_incremental, push_scaled_incremental};
use crate::estimate::measures::parts::{GroupFit, Test};
use crate::estimate::measures::residual::push_residual_measures;
use crate::estimate::measures::rmsea::{SCALED_RMSEA, push_rmsea, push_rmsea_of};
use crate::estimate::observed::Observed;

/// A pooled statistic with its degrees of freedom and p-value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PooledStatistic {
    pub(crate) chisq: f64,
    pub(crate) df: f64,
    pub(crate) pvalue: Option<f64>,
}

impl PooledStatistic {
    fn test(&self) -> Test {
        Test { chisq: self.chisq, df: self.df }
    }
}

/// Measures of fits to completed data sets: the formulas of one fit at the pooled statistics of the model and of the
/// independence model (and their scaled versions), and residuals of the averaged moments at the pooled estimates.
pub(crate) fn pooled_measures(
    groups: &[GroupFit<'_>],
    npar: f64,
    (model, baseline): (PooledStatistic, PooledStatistic),
    scaled: Option<(PooledStatistic, PooledStatistic)>,
) -> FitMeasures {
    let mut out = FitMeasures::default();
    let sum = |f: &dyn Fn(&Observed) -> f64| groups.iter().map(|g| f(g.observed)).sum::<f64>();
    let (n, multiplier) = (sum(&|o| o.n as f64), sum(&|o| o.multiplier));
    let push = |out: &mut FitMeasures, names: [&'static str; 3], pooled: PooledStatistic| {
        out.push(names[0], pooled.chisq);
        out.push(names[1], pooled.df);
        out.0.push((names[2], pooled.pvalue));
    };
    out.push("npar", npar);
    push(&mut out, ["chisq", "df", "pvalue"], model);
    push(&mut out, ["baseline.chisq", "baseline.df", "baseline.pvalue"], baseline);
    push_incremental(&mut out, model.test(), baseline.test());
    out.push("ntotal", n);
    push_rmsea(&mut out, model.test(), multiplier, groups.len());
    push_residual_measures(&mut out, groups, n);
    if let Some((model, baseline)) = scaled {
        push(&mut out, ["chisq.scaled", "df.scaled", "pvalue.scaled"], model);
        let names = ["baseline.chisq.scaled", "baseline.df.scaled", "baseline.pvalue.scaled"];
        push(&mut out, names, baseline);
        push_scaled_incremental(&mut out, model.test(), baseline.test());
        let per_group = multiplier / groups.len() as f64;
        push_rmsea_of(&mut out, SCALED_RMSEA, model.test(), per_group, model.df, 1.0);
    }
    out
}
