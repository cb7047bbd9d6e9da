//! The models that one of two levels is compared with, at their own minimum: the saturated model of each group (all
//! variances and covariances of both levels, all means), whose moments are the observed ones, and the independence model
//! (variances, means, and the covariances of exogenous variables).

use super::likelihood::TwoLevelTerm;
use super::moments::LevelMoments;
use crate::error::{Error, Result};
use crate::estimate::levels::group::TwoLevelGroup;
use crate::estimate::normal::seen::Complete;
use crate::estimate::observed::{Observed, Seen};
use crate::estimate::search::beginning::bad_start;
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::search::scoring::minimise;
use crate::model::{
    Constraint, Covariates, Formula, Function, Implied, Kind, Model, Operator, ParameterTable, Place,
    Specification,
};
use nalgebra::{DMatrix, DVector};
use std::sync::Arc;

/// A model of both levels of one group at its own minimum.
pub(crate) struct OwnMinimum {
    pub(crate) tables: Vec<ParameterTable>,
    pub(crate) x: DVector<f64>,
    implied: [Implied; 2],
    value: f64,
}

/// Which covariances a model of both levels has, beside variances and means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// All variables'.
    All,
    /// Exogenous ones'.
    Exogenous,
}

/// The observed moments of both levels: those of the saturated model.
pub(crate) fn observe_levels(tables: &[ParameterTable], mut group: TwoLevelGroup) -> Result<[Observed; 2]> {
    let (n, clusters) = (group.data.n, group.data.clusters());
    let of = |covariance: DMatrix<f64>, mean: DVector<f64>, n: usize, multiplier: f64| Observed {
        log_determinant: 0.0,
        covariance,
        mean,
        n,
        multiplier,
        seen: Arc::new(Complete::default()),
    };
    let unsound = || Error::NoAnswerExists {
        what: "the saturated model of both levels".into(),
        why: "a covariance matrix of the cluster means has no inverse".into(),
        remedy: "Look for variables that are combinations of others between clusters, and leave them out."
            .into(),
    };
    let progress = group.progress.clone();
    let found = group.by_em();
    progress.check("the saturated model of both levels")?;
    let (moments, value) = found.ok_or_else(unsound)?;
    let LevelMoments { within, within_mean, between, between_mean } = moments;
    let mut observed = [of(within, within_mean, n, n as f64), of(between, between_mean, clusters, 0.0)];
    group.saturated = value;
    let further = own_minimum(tables, &observed, &group, Among::All);
    progress.check("the saturated model of both levels")?;
    if let Ok(further) = further {
        let [within, between] = further.implied;
        if between.sigma.symmetric_eigenvalues().min() >= 0.0 {
            observed =
                [of(within.sigma, within.mu, n, n as f64), of(between.sigma, between.mu, clusters, 0.0)];
            group.saturated = further.value;
        }
    }
    group.covariates = covariate_likelihood(tables, &observed, &group).unwrap_or(0.0);
    let group = Arc::new(group);
    observed.iter_mut().for_each(|observed| observed.seen = Arc::clone(&group) as Arc<dyn Seen>);
    Ok(observed)
}

/// Variances, means and some covariances of the variables of both levels.
pub(crate) fn unstructured(tables: &[ParameterTable], among: Among) -> Option<Vec<ParameterTable>> {
    let mut formulas = Vec::new();
    for (level, table) in tables.iter().enumerate() {
        let names = &table.observed;
        let mut own: Vec<Formula> = names.iter().map(|n| Formula::new(n, Operator::Covariance, n)).collect();
        let together = |i: usize| among == Among::All || table.exogenous.contains(&i);
        for (i, first) in names.iter().enumerate().filter(|(i, _)| together(*i)) {
            let others = names.iter().enumerate().skip(i + 1).filter(|(j, _)| together(*j));
            own.extend(others.map(|(_, second)| Formula::new(first, Operator::Covariance, second)));
        }
        let centred = |name: &&String| level == 0 && tables[1].observed.contains(name);
        let means = names.iter().filter(|name| !centred(name));
        own.extend(means.map(|name| Formula::new(name, Operator::Intercept, "")));
        for formula in &mut own {
            formula.modifiers.constraint = Constraint::Free;
            formula.block.level = Some((level + 1).to_string());
        }
        formulas.extend(own);
    }
    let specification = Specification {
        function: Function::Lavaan,
        covariates: Covariates::Random,
        ..Specification::default()
    };
    ParameterTable::of_levels(&Model::from_formulas(formulas).ok()?, &specification, 1).ok()
}

/// The same with the moments of fixed covariates taken from the sample.
pub(crate) fn given_covariates(tables: &[ParameterTable], among: Among) -> Option<Vec<ParameterTable>> {
    let mut from = 0;
    let mut own: Vec<ParameterTable> = unstructured(tables, among)?
        .into_iter()
        .zip(tables)
        .map(|(own, table)| {
            let own = own.with_covariates(&table.covariates, from);
            from = own.n_free;
            own
        })
        .collect();
    own.iter_mut().for_each(|own| own.n_free = from);
    Some(own)
}

/// Values of free parameters that are moments.
pub(crate) fn at_moments(tables: &[ParameterTable], observed: &[Observed]) -> DVector<f64> {
    let mut x = DVector::zeros(tables[0].n_free);
    for (table, observed) in tables.iter().zip(observed) {
        for row in &table.rows {
            if let Kind::Free(free, _) = row.kind {
                x[free] = match row.place {
                    Place::Residual(i, j) => observed.covariance[(i, j)],
                    Place::Intercept(i) => observed.mean[i],
                    _ => 0.0,
                };
            }
        }
    }
    x
}

fn own_minimum(
    tables: &[ParameterTable],
    observed: &[Observed; 2],
    group: &TwoLevelGroup,
    among: Among,
) -> Result<OwnMinimum> {
    let own = match among {
        Among::All => unstructured(tables, among),
        Among::Exogenous => given_covariates(tables, among),
    };
    let own = own.ok_or_else(|| bad_start(tables))?;
    let implied = [0, 1].map(|k| Implied::new(&own[k], &observed[k].covariance, &observed[k].mean));
    let term = TwoLevelTerm::new(group, implied, 1.0);
    let mut discrepancy = Discrepancy::from_terms([term], own[0].n_free).watched_by(&group.progress);
    let start = at_moments(&own, observed);
    let solution = minimise(&mut discrepancy, start, &[], 1000).filter(|solution| solution.converged);
    let solution = solution.ok_or_else(|| Error::NoAnswerExists {
        what: match among {
            Among::All => "the saturated model of both levels".into(),
            Among::Exogenous => "the independence model of both levels".into(),
        },
        why: "the search for its variances did not end".into(),
        remedy: "Look for variables that hardly vary within, or between, clusters, and leave them out."
            .into(),
    })?;
    let mut implied = discrepancy.into_implied().into_iter();
    let (Some(within), Some(between)) = (implied.next(), implied.next()) else {
        return Err(bad_start(tables));
    };
    let value = solution.value * group.data.n as f64 + group.saturated;
    Ok(OwnMinimum { tables: own, x: solution.x, implied: [within, between], value })
}

/// -2 log L of the fixed covariates at their moments, without constants.
fn covariate_likelihood(
    tables: &[ParameterTable],
    observed: &[Observed; 2],
    group: &TwoLevelGroup,
) -> Option<f64> {
    let [within, between] = [0, 1].map(|level: usize| &tables[level].covariates);
    let mut t = within.clone();
    t.extend(between.iter().map(|&i| group.places[i]).filter(|place| !within.contains(place)));
    let (respondents, own): (Vec<usize>, Vec<usize>) = t.into_iter().partition(|&place| place < group.data.p);
    let t = [&respondents[..], &own].concat();
    if t.is_empty() {
        return Some(0.0);
    }
    let place = |&i: &usize| t.iter().position(|&j| j == group.places[i]);
    let own = TwoLevelGroup {
        data: group.data.select(&t, respondents.len()),
        places: between.iter().filter_map(place).collect(),
        saturated: 0.0,
        covariates: 0.0,
        progress: group.progress.clone(),
    };
    let of = |observed: &Observed, rows: &[usize]| {
        let covariance = &observed.covariance;
        (
            DMatrix::from_fn(rows.len(), rows.len(), |i, j| covariance[(rows[i], rows[j])]),
            DVector::from_fn(rows.len(), |i, _| observed.mean[rows[i]]),
        )
    };
    let ((within, within_mean), (between, between_mean)) =
        (of(&observed[0], &respondents), of(&observed[1], between));
    Some(own.at(LevelMoments { within, within_mean, between, between_mean })?.value)
}

/// T and degrees of freedom of the independence model of all groups.
pub(crate) fn two_level_baseline(
    tables: &[ParameterTable],
    observed: &[Observed],
    baselines: &[OwnMinimum],
) -> (f64, f64) {
    let saturated = observed.iter().step_by(2).filter_map(|o| Some(o.seen_as::<TwoLevelGroup>()?.saturated));
    let chisq =
        baselines.iter().zip(saturated).map(|(own, saturated)| (own.value - saturated).max(0.0)).sum();
    let pairs = |k: usize| (k * k.saturating_sub(1) / 2) as f64;
    (chisq, tables.iter().map(|t| pairs(t.observed.len()) - pairs(t.exogenous.len())).sum())
}

/// The independence model of each group, at its minimum.
pub(crate) fn independence(tables: &[ParameterTable], observed: &[Observed]) -> Result<Vec<OwnMinimum>> {
    let of_group = |(tables, observed): (&[ParameterTable], &[Observed])| {
        let pair = [observed[0].clone(), observed[1].clone()];
        let group: &TwoLevelGroup = observed[0].seen_as().ok_or_else(|| bad_start(tables))?;
        own_minimum(tables, &pair, group, Among::Exogenous)
    };
    tables.chunks(2).zip(observed.chunks(2)).map(of_group).collect()
}
