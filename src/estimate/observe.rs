//! Sees the rows of each group: the one place that chooses among the kinds of data.

use crate::correlation::Ordered;
use crate::error::{Result, Warning};
use crate::estimate::estimation::Estimation;
use crate::estimate::incomplete::observe::borrow_correlations;
use crate::estimate::normal::seen::Complete;
use crate::estimate::observed::Observed;
use crate::estimate::plan::{DataKind, Plan};
use crate::estimate::reading::{Reading, warnings_of};
use crate::estimate::sample::group::Sample;
use crate::estimate::sample::row_account::RowAccount;
use crate::estimate::sample::sampling_weights::normalise;
use crate::model::{Covariates, LatentCovariances, Model, ParameterTable, Specification, degrees_of_freedom};
use std::sync::Arc;

impl Estimation {
    /// What a model of one level starts from.
    pub(crate) fn read(
        &self,
        model: &Model,
        names: Vec<String>,
        groups: &mut [Sample],
        account: RowAccount,
    ) -> Result<Reading> {
        let has_rows = groups.iter().all(|group| group.rows.is_some() || group.stands_for_rows());
        let plan = Plan::of(self, self.kind(), has_rows)?;
        let sampling_weights = self.weights.as_ref().and_then(|variable| normalise(variable, groups));
        let groups = &*groups;
        let model = model.number_groups(&names)?;
        let tables = ParameterTable::of_groups(&model, &self.full_specification(), groups.len())?;
        if tables.iter().any(|table| !table.covariates.is_empty()) {
            plan.check_covariates(self)?;
        }
        let see = |(table, group): (&ParameterTable, &Sample)| match plan.kind {
            DataKind::Ordinal if table.has_ordinal() => self.observe_ordinal(table, group, plan),
            _ if self.is_by_rows() => {
                let elsewhere = self.answered_elsewhere(&tables, table, &names, groups)?;
                self.observe_incomplete(table, group, &elsewhere)
            }
            _ => {
                let observed = self.observe(table, &group.moments)?;
                Ok(match &group.second {
                    Some(pass) => {
                        Observed { seen: Arc::new(Complete { second: Some(Arc::clone(pass)) }), ..observed }
                    }
                    None => observed,
                })
            }
        };
        let mut observed: Vec<Observed> = tables.iter().zip(groups).map(see).collect::<Result<_>>()?;
        borrow_correlations(&mut observed);
        self.weigh_alike(&mut observed);
        let mut warnings = warnings_of(&tables);
        if self.estimator.is_for_ordinal() && self.ordered == Ordered::None {
            warnings.push(Warning::NothingOrdinal { estimator: self.estimator.name().into() });
        }
        let nobs: Vec<usize> = observed.iter().map(|observed| observed.n).collect();
        debug_assert_eq!(account.used(), nobs.iter().sum::<usize>());
        warnings.extend(account.warning(self.group.as_deref()));
        warnings.extend(sampling_weights.as_ref().and_then(|weights| weights.warning()));
        for (observed, table) in observed.iter().zip(&tables) {
            let variable = self.group.as_ref().map(|variable| (variable, &names));
            warnings.extend(observed.seen.caveats(table, variable));
        }
        let unknown: usize = observed.iter().map(|own| own.seen.unknown()).sum();
        Ok(Reading {
            plan,
            model,
            names,
            df: degrees_of_freedom(&tables) - unknown as i64,
            rows: groups.iter().zip(&tables).filter_map(|(g, t)| g.rows_of(t)).collect(),
            clusters: groups.iter().filter_map(Sample::cluster_count).collect(),
            is_rival: groups.iter().any(|group| group.is_rival),
            tables,
            observed,
            account,
            nobs,
            sampling_weights,
            warnings,
        })
    }

    /// The specification, with what the covariates are where nobody said it: random by least squares of continuous
    /// variables, fixed otherwise.
    pub(crate) fn full_specification(&self) -> Specification {
        let mut specification = self.specification.clone();
        if !self.rotation.rotate.is_oblique() {
            specification.exploratory_covariances = LatentCovariances::Orthogonal;
        }
        let squares = self.estimator.is_least_squares() && specification.ordinal.is_empty();
        if self.covariates.is_none() && squares {
            specification.covariates = Covariates::Random;
        }
        specification
    }

    /// Whether rows count one by one in the likelihood: some are incomplete, in clusters, or have weights.
    fn is_by_rows(&self) -> bool {
        self.missing.is_likelihood() || self.cluster.is_some() || self.weights.is_some()
    }

    /// What the data are to a model of one level.
    fn kind(&self) -> DataKind {
        match (self.specification.ordinal.is_empty(), self.is_by_rows()) {
            (false, _) => DataKind::Ordinal,
            (true, true) => DataKind::Rows,
            (true, false) => DataKind::Complete,
        }
    }
}
