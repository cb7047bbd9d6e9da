//! The rows of a block of a model before they have places: what the text says, and what lavaan adds to it.

use super::draft_row::DraftRow;
use super::exploratory_set::ExploratorySet;
use super::specification::{
    Automatic, Covariates, Equality, Function, LatentCovariances, MeanStructure, Parameterization, Scaling,
    Specification,
};
use super::{Constraint, Formula, Model, Operator};
use crate::error::Warning;
use std::collections::{HashMap, HashSet};

/// The rows of a block, and what is known of its variables.
pub(super) struct Draft<'a> {
    pub(super) specification: &'a Specification,
    pub(super) group: usize,
    pub(super) level: usize,
    pub(super) latent: Vec<String>,
    pub(super) observed: Vec<String>,
    /// Exogenous observed variables whose moments the text leaves open.
    pub(super) covariates: Vec<String>,
    pub(super) has_means: bool,
    pub(super) rows: Vec<DraftRow>,
    known: HashSet<(String, Operator, String)>,
    pub(super) warnings: Vec<Warning>,
    pub(super) exploratory: Vec<ExploratorySet>,
}

fn key(lhs: &str, op: Operator, rhs: &str) -> (String, Operator, String) {
    if op == Operator::Covariance && rhs < lhs {
        (rhs.into(), op, lhs.into())
    } else {
        (lhs.into(), op, rhs.into())
    }
}

/// Whether a variable stands on one side of an operator.
fn stands(model: &Model, op: Operator, name: &str, left: bool) -> bool {
    model.formulas.iter().any(|f| f.op == op && (if left { &f.lhs } else { &f.rhs }) == name)
}

impl<'a> Draft<'a> {
    /// For a model that names no levels.
    pub(super) fn new(model: &Model, specification: &'a Specification, group: usize, groups: usize) -> Self {
        // lavaan models means as soon as there are groups
        let has_means = specification.means == MeanStructure::Included
            || (groups > 1 && specification.means == MeanStructure::Automatic)
            || specification.equal.iter().any(|e| matches!(e, Equality::Intercepts | Equality::Means))
            || specification.function == Function::Growth
            || !specification.ordinal.is_empty()
            || model.formulas.iter().any(|f| f.op == Operator::Intercept);
        Self::with_means(model, specification, group, has_means)
    }

    /// What the text says, and what is added to it.
    pub(super) fn with_means(
        model: &Model,
        specification: &'a Specification,
        group: usize,
        has_means: bool,
    ) -> Self {
        let mut draft = Self {
            specification,
            group,
            level: 0,
            latent: model.latent_names(),
            observed: model.observed_names(),
            covariates: model.open_covariate_names(),
            has_means,
            rows: Vec::new(),
            known: HashSet::new(),
            warnings: Vec::new(),
            exploratory: model.exploratory.clone(),
        };
        for formula in &model.formulas {
            draft.known.insert(key(&formula.lhs, formula.op, &formula.rhs));
            let modifiers = formula.modifiers_in(group);
            let formula = Formula { modifiers, by_group: Vec::new(), ..formula.clone() };
            draft.rows.push(DraftRow { formula, tie: None, sample: false, added: false });
        }
        draft.fix_units();
        draft.add_thresholds();
        let is_bare = specification.function == Function::Lavaan;
        let Automatic { variances, exogenous_covariances, outcome_covariances, .. } = specification.automatic;
        draft.add_variances(variances.unwrap_or(!is_bare));
        draft.add_covariances_of_sets();
        if exogenous_covariances.unwrap_or(!is_bare) {
            draft.add_exogenous_covariances(model);
        }
        if outcome_covariances.unwrap_or(!is_bare) {
            draft.add_outcome_covariances(model);
        }
        draft.add_covariates();
        draft.add_scales();
        draft.add_means();
        if group > 0 {
            draft.free_what_equality_identifies();
        }
        draft
    }

    /// Leaves the means of some variables, and those of the latent ones, to another level.
    pub(super) fn centre(&mut self, elsewhere: &[String]) {
        for DraftRow { formula, added, sample, .. } in &mut self.rows {
            let here = self.latent.contains(&formula.lhs) || elsewhere.contains(&formula.lhs);
            if formula.op == Operator::Intercept && *added && here && !*sample {
                formula.modifiers.constraint = Constraint::Fixed(0.0);
            }
        }
    }

    /// Adds a row unless the text has it.
    fn add(&mut self, lhs: &str, op: Operator, rhs: &str, constraint: Constraint, sample: bool) {
        if self.known.insert(key(lhs, op, rhs)) {
            let mut formula = Formula::new(lhs, op, rhs);
            formula.modifiers.constraint = constraint;
            self.rows.push(DraftRow { formula, tie: None, sample, added: true });
        }
    }

    /// Equal loadings carry the unit of a latent variable from the first group to the others, equal
    /// intercepts its origin: what was fixed for want of them becomes free.
    fn free_what_equality_identifies(&mut self) {
        let equal = |kind| self.specification.holds_equal(kind);
        let is_unit = self.specification.scaling == Scaling::UnitVariance;
        let variances = equal(Equality::Loadings) && !equal(Equality::LatentVariances);
        let sets = self.exploratory.clone();
        let is_turned = |name: &String| sets.iter().any(|set| set.factors.contains(name));
        let origins = equal(Equality::Intercepts) || equal(Equality::Thresholds);
        let means = origins && !equal(Equality::Means);
        for DraftRow { formula, added, .. } in &mut self.rows {
            let latent = self.latent.contains(&formula.lhs);
            let variance = formula.op == Operator::Covariance && formula.lhs == formula.rhs;
            let has_unit = is_unit || is_turned(&formula.lhs);
            let freed = (variances && variance && has_unit) || (means && formula.op == Operator::Intercept);
            if *added && latent && freed {
                formula.modifiers.constraint = Constraint::None;
            }
        }
    }

    /// Whether it is a moment among covariates: each group has its own, whatever is equal.
    fn is_of_covariates(&self, formula: &Formula) -> bool {
        let is = |name: &String| self.covariates.contains(name);
        match formula.op {
            Operator::Intercept => is(&formula.lhs),
            Operator::Covariance => is(&formula.lhs) && is(&formula.rhs),
            _ => false,
        }
    }

    /// Whether a row is the parameter that the first group has.
    pub(super) fn is_of_first_group(&self, row: &DraftRow) -> bool {
        let own = row.added && self.is_of_covariates(&row.formula);
        self.group > 0 && !own && self.is_equal(&row.formula)
    }

    /// Whether a parameter is the same in all groups.
    fn is_equal(&self, formula: &Formula) -> bool {
        let latent = |name: &String| self.latent.contains(name);
        let kind = match formula.op {
            Operator::Loading => Equality::Loadings,
            Operator::Regression => Equality::Regressions,
            Operator::Intercept if latent(&formula.lhs) => Equality::Means,
            Operator::Intercept => Equality::Intercepts,
            Operator::Threshold => Equality::Thresholds,
            Operator::Scale | Operator::Definition => return false,
            Operator::Covariance => {
                match (latent(&formula.lhs) || latent(&formula.rhs), formula.lhs == formula.rhs) {
                    (true, true) => Equality::LatentVariances,
                    (true, false) => Equality::LatentCovariances,
                    (false, true) => Equality::Residuals,
                    (false, false) => Equality::ResidualCovariances,
                }
            }
        };
        let named = |text: &String| {
            let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            let symbol = formula.op.symbol();
            text == format!("{}{symbol}{}", formula.lhs, formula.rhs)
                || (formula.op == Operator::Covariance
                    && text == format!("{}{symbol}{}", formula.rhs, formula.lhs))
        };
        self.specification.holds_equal(kind) && !self.specification.partial.iter().any(named)
    }

    /// What gives each latent variable its unit, unless the text says otherwise: the loading of its first indicator, or its
    /// variance (where the text names it without a value; otherwise it is added).
    fn fix_units(&mut self) {
        let sets = self.exploratory.clone();
        let is_turned = |name: &String| sets.iter().any(|set| set.factors.contains(name));
        let has_unit = self.specification.scaling == Scaling::UnitVariance;
        if has_unit || !sets.is_empty() {
            for row in &mut self.rows {
                let formula = &mut row.formula;
                if !(has_unit || is_turned(&formula.lhs)) {
                    continue;
                }
                let variance = formula.op == Operator::Covariance && formula.lhs == formula.rhs;
                let is_open = formula.modifiers.constraint == Constraint::None;
                if variance
                    && is_open
                    && formula.modifiers.start.is_none()
                    && self.latent.contains(&formula.lhs)
                {
                    formula.modifiers.constraint = Constraint::Fixed(1.0);
                }
            }
        }
        if self.specification.scaling != Scaling::Marker || self.specification.function == Function::Lavaan {
            return;
        }
        let mut seen = HashSet::new();
        for row in &mut self.rows {
            let formula = &mut row.formula;
            if formula.op == Operator::Loading
                && !is_turned(&formula.lhs)
                && seen.insert(formula.lhs.clone())
                && formula.modifiers.constraint == Constraint::None
                && formula.modifiers.start.is_none()
            {
                formula.modifiers.constraint = Constraint::Fixed(1.0);
            }
        }
    }

    fn is_ordinal(&self, name: &str) -> bool {
        self.specification.ordinal.contains_key(name)
    }

    fn add_thresholds(&mut self) {
        for name in self.observed.clone() {
            for k in 1..=self.specification.thresholds_of(&name) {
                self.add(&name, Operator::Threshold, &format!("t{k}"), Constraint::None, false);
            }
        }
    }

    /// Whether what gives the variables behind ordinal ones their unit in the first group is free in this one.
    fn frees_scales(&self) -> bool {
        let equal = |kind| self.specification.holds_equal(kind);
        self.group > 0 && (equal(Equality::Thresholds) || equal(Equality::Intercepts))
    }

    fn add_scales(&mut self) {
        let free = self.specification.parameterization == Parameterization::Theta || self.frees_scales();
        let constraint = if free { Constraint::None } else { Constraint::Fixed(1.0) };
        for name in self.observed.clone() {
            if self.is_ordinal(&name) {
                self.add(&name, Operator::Scale, &name, constraint, false);
            }
        }
    }

    /// Variances that the text does not name: free, but for what gives a unit, or (where they are not asked for) 0.
    fn add_variances(&mut self, free: bool) {
        let open = if free { Constraint::None } else { Constraint::Fixed(0.0) };
        let mut single: HashMap<String, String> = HashMap::new();
        for factor in &self.latent {
            let mut loadings =
                self.rows.iter().filter(|r| r.formula.op == Operator::Loading && r.formula.lhs == *factor);
            if let (Some(only), None) = (loadings.next(), loadings.next())
                && self.observed.contains(&only.formula.rhs)
                && !self.known.contains(&key(&only.formula.rhs, Operator::Covariance, &only.formula.rhs))
            {
                single.insert(only.formula.rhs.clone(), factor.clone());
            }
        }
        let observed: Vec<String> =
            self.observed.iter().filter(|n| !self.covariates.contains(n)).cloned().collect();
        let residuals_free = self.frees_scales() && !self.specification.equal.contains(&Equality::Residuals);
        for name in observed {
            let constraint = match single.get(&name) {
                _ if self.is_ordinal(&name) && residuals_free => Constraint::None,
                _ if self.is_ordinal(&name) => Constraint::Fixed(1.0),
                Some(factor) if free => {
                    self.warnings
                        .push(Warning::SingleIndicator { factor: factor.clone(), indicator: name.clone() });
                    Constraint::Fixed(0.0)
                }
                _ => open,
            };
            self.add(&name, Operator::Covariance, &name, constraint, false);
        }
        let constraint = match self.specification.scaling {
            Scaling::Marker => open,
            Scaling::UnitVariance => Constraint::Fixed(1.0),
        };
        for name in self.latent.clone() {
            let constraint = if self.is_exploratory(&name) { Constraint::Fixed(1.0) } else { constraint };
            self.add(&name, Operator::Covariance, &name, constraint, false);
        }
    }

    fn is_exploratory(&self, factor: &str) -> bool {
        self.exploratory.iter().any(|set| set.factors.iter().any(|own| own == factor))
    }

    /// (Residual) covariances of factors that are turned together: free, or 0 where they stay orthogonal.
    fn add_covariances_of_sets(&mut self) {
        let constraint = match self.specification.exploratory_covariances {
            LatentCovariances::Free => Constraint::None,
            LatentCovariances::Orthogonal => Constraint::Fixed(0.0),
        };
        for set in self.exploratory.clone() {
            self.add_pairs(&set.factors, constraint);
        }
    }

    fn add_exogenous_covariances(&mut self, model: &Model) {
        let is = |op: Operator, name: &str, left: bool| stands(model, op, name, left);
        let exogenous: Vec<String> = self
            .latent
            .iter()
            .filter(|n| !is(Operator::Regression, n, true) && !is(Operator::Loading, n, false))
            .cloned()
            .collect();
        let constraint = match self.specification.latent_covariances {
            LatentCovariances::Free => Constraint::None,
            LatentCovariances::Orthogonal => Constraint::Fixed(0.0),
        };
        self.add_pairs(&exogenous, constraint);
    }

    fn add_outcome_covariances(&mut self, model: &Model) {
        let is = |op: Operator, name: &str, left: bool| stands(model, op, name, left);
        let outcomes: Vec<String> = self
            .observed
            .iter()
            .chain(&self.latent)
            .filter(|n| {
                is(Operator::Regression, n, true)
                    && !is(Operator::Regression, n, false)
                    && !is(Operator::Loading, n, false)
            })
            .cloned()
            .collect();
        self.add_pairs(&outcomes, Constraint::None);
    }

    fn add_pairs(&mut self, names: &[String], constraint: Constraint) {
        for (i, first) in names.iter().enumerate() {
            for second in &names[i + 1..] {
                self.add(first, Operator::Covariance, second, constraint, false);
            }
        }
    }

    /// Whether the moments of the covariates are the sample's, and no parameters.
    pub(super) fn fixes_covariates(&self) -> bool {
        self.specification.covariates == Covariates::Fixed
    }

    fn add_covariates(&mut self) {
        let (names, sample) = (self.covariates.clone(), self.fixes_covariates());
        for (i, first) in names.iter().enumerate() {
            for second in &names[i..] {
                self.add(first, Operator::Covariance, second, Constraint::None, sample);
            }
        }
    }

    fn add_means(&mut self) {
        if !self.has_means {
            return;
        }
        // growth and bare lavaan leave the origin to the latent variables
        let function = self.specification.function;
        let Automatic { free_intercepts, free_latent_means, .. } = self.specification.automatic;
        let at_zero = !free_intercepts.unwrap_or(!matches!(function, Function::Growth | Function::Lavaan));
        for name in self.observed.clone() {
            let sample = self.fixes_covariates() && self.covariates.contains(&name);
            let at_zero = at_zero || self.is_ordinal(&name);
            let constraint = if at_zero && !sample { Constraint::Fixed(0.0) } else { Constraint::None };
            self.add(&name, Operator::Intercept, "", constraint, sample);
        }
        let free = free_latent_means.unwrap_or(function == Function::Growth);
        let constraint = if free { Constraint::None } else { Constraint::Fixed(0.0) };
        for name in self.latent.clone() {
            self.add(&name, Operator::Intercept, "", constraint, false);
        }
    }

    /// Observed variables that must stand in eta: those in regressions, and those that covary with
    /// a member of eta.
    pub(super) fn promoted(&self) -> Vec<String> {
        let mut inside: HashSet<&str> = self.latent.iter().map(String::as_str).collect();
        for row in self.rows.iter().filter(|r| r.formula.op == Operator::Regression) {
            inside.extend([row.formula.lhs.as_str(), row.formula.rhs.as_str()]);
        }
        loop {
            let before = inside.len();
            for row in self.rows.iter().filter(|r| r.formula.op == Operator::Covariance) {
                let (a, b) = (row.formula.lhs.as_str(), row.formula.rhs.as_str());
                if inside.contains(a) || inside.contains(b) {
                    inside.extend([a, b]);
                }
            }
            if inside.len() == before {
                break;
            }
        }
        self.observed.iter().filter(|n| inside.contains(n.as_str())).cloned().collect()
    }
}
