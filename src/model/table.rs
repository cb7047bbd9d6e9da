//! The parameter table: every parameter of a model, named, placed in a matrix, free or fixed.
//!
//! It is made from a [`Model`] and a [`Specification`] alone, without data, and keeps lavaan's order
//! of rows: what the text names, then residual and latent variances, covariances of exogenous
//! latent variables, covariances of outcomes, moments of fixed covariates, intercepts.
//!
//! The matrices are those of LISREL's all-y model (Joreskog & Sorbom 1996; Bollen 1989, ch. 8): with
//! eta holding the latent variables and those observed ones that stand in a regression,
//!
//! ```text
//! y = nu + Lambda eta + epsilon,   eta = alpha + B eta + zeta,   Psi = cov(zeta), Theta = cov(epsilon)
//! ```

use super::reference::tie;
use super::specification::{
    Automatic, Covariates, Equality, Function, LatentCovariances, MeanStructure, Parameterization, Scaling,
    Specification,
};
use super::{Constraint, Formula, Model, Modifiers, Operator};
use crate::error::{Error, Result, Warning};
use crate::model::draft_row::DraftRow;
use nalgebra::{DMatrix, DVector};
use std::collections::{HashMap, HashSet};

/// Where a parameter stands. Symmetric places have row >= column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// Lambda: observed variable, eta.
    Loading(usize, usize),
    /// Theta: covariance of two observed variables' residuals.
    Residual(usize, usize),
    /// Psi: (residual) covariance within eta.
    Latent(usize, usize),
    /// B: effect on the first of the second.
    Path(usize, usize),
    /// nu.
    Intercept(usize),
    /// alpha.
    LatentMean(usize),
    /// Threshold of an ordinal variable, from 0.
    Threshold(usize, usize),
    /// Scaling factor of an ordinal variable.
    Scale(usize),
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) lhs: String,
    pub(crate) op: Operator,
    pub(crate) rhs: String,
    pub(crate) label: Option<String>,
    /// Where the text says that the estimate lies.
    pub(crate) bounds: (f64, f64),
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// Free, fixed, or taken from the sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// Estimated: index into the vector of free parameters, and a start value when one was given.
    Free(usize, Option<f64>),
    /// Fixed at a value.
    Fixed(f64),
    /// A moment of the fixed covariates.
    Sample,
    /// What the others leave: the residual variance of an ordinal variable (delta), or its scaling factor (theta).
    Determined,
}

/// The parameters of a model and the variables they are about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParameterTable {
    pub(crate) rows: Vec<Parameter>,
    /// Observed variables, in lavaan's order.
    pub(crate) observed: Vec<String>,
    /// eta: the latent variables, then the observed ones that stand in a regression.
    pub(crate) eta: Vec<String>,
    /// How many of `eta` are latent.
    pub(crate) n_latent: usize,
    /// For each member of eta behind the latent ones, its place among the observed.
    pub(crate) promoted: Vec<usize>,
    /// Observed variables that are fixed covariates, as places among the observed.
    pub(crate) covariates: Vec<usize>,
    /// Exogenous observed variables, fixed or not, as places among the observed.
    pub(crate) exogenous: Vec<usize>,
    /// Group, from 0.
    pub(crate) group: usize,
    /// Level: 1 within clusters (or the only one), 2 between them.
    pub(crate) level: usize,
    /// Free parameters, of all groups together.
    pub(crate) n_free: usize,
    pub(crate) has_means: bool,
    /// Of each observed variable, its number of thresholds; 0 of a continuous one.
    pub(crate) thresholds: Vec<usize>,
    pub(crate) parameterization: Parameterization,
    pub(crate) warnings: Vec<Warning>,
}

impl ParameterTable {
    /// One table per group; free parameters are numbered through all of them.
    pub(crate) fn of_groups(
        model: &Model,
        specification: &Specification,
        groups: usize,
    ) -> Result<Vec<Self>> {
        if let Some(formula) = model.formulas.iter().find(|f| f.block.level.is_some()) {
            return Err(Error::Unsupported {
                what: format!("a model of two levels ('{formula}' stands in a level block) without clusters"),
                instead: "Name the variable that tells the clusters, and give the data themselves.".into(),
            });
        }
        let is_ordinal = |name: &String| specification.ordinal.contains_key(name);
        if let Some(formula) = model
            .formulas
            .iter()
            .find(|f| matches!(f.op, Operator::Threshold | Operator::Scale) && !is_ordinal(&f.lhs))
        {
            return Err(Error::Unsupported {
                what: format!("'{formula}' with variables that are not ordered"),
                instead: "Thresholds and scaling factors belong to ordered variables: leave them out.".into(),
            });
        }
        model.check_vectors(groups)?;
        let mut drafts = Vec::with_capacity(groups);
        for group in 0..groups {
            let own = model.of_group(group)?;
            refuse_hopeless(&own, specification)?;
            drafts.push(Draft::new(&own, specification, group, groups));
        }
        let mut numbering = Numbering::new(&mut drafts)?;
        let mut tables: Vec<Self> = Vec::with_capacity(groups);
        for draft in drafts {
            let table = draft.finish(&mut numbering, tables.first())?;
            tables.push(table);
        }
        tables.iter_mut().for_each(|table| table.n_free = numbering.n_free);
        Ok(tables)
    }

    /// Two tables per group, within and between clusters; the levels of the model must be numbered. Variables of both
    /// levels have their means on the second.
    pub(crate) fn of_levels(
        model: &Model,
        specification: &Specification,
        groups: usize,
    ) -> Result<Vec<Self>> {
        if let Some(formula) =
            model.formulas.iter().find(|f| matches!(f.op, Operator::Threshold | Operator::Scale))
        {
            return Err(Error::Unsupported {
                what: format!("'{formula}' in a model of two levels"),
                instead: "Treat the answers as continuous.".into(),
            });
        }
        model.check_vectors(groups)?;
        let mut drafts = Vec::with_capacity(2 * groups);
        for group in 0..groups {
            let own = model.of_group(group)?;
            let levels = [own.of_level(0), own.of_level(1)];
            if let Some(empty) = levels.iter().position(|level| level.formulas.is_empty()) {
                return Err(Error::BadModel {
                    what: format!("group {} has no formulas on level {}", group + 1, empty + 1),
                    remedy: "Give both levels of each group.".into(),
                });
            }
            let between = levels[1].observed_names();
            for (level, own) in levels.iter().enumerate() {
                refuse_hopeless(own, specification)?;
                let mut draft = Draft::with_means(own, specification, group, true);
                if level == 0 {
                    draft.centre(&between);
                }
                drafts.push(Draft { level, ..draft });
            }
        }
        let mut numbering = Numbering::new(&mut drafts)?;
        let mut tables: Vec<Self> = Vec::with_capacity(2 * groups);
        for draft in drafts {
            let (group, level) = (draft.group, draft.level);
            let first = tables.get(level).filter(|_| group > 0);
            let table = draft.finish(&mut numbering, first)?;
            tables.push(Self { level: level + 1, ..table });
        }
        tables.iter_mut().for_each(|table| table.n_free = numbering.n_free);
        Ok(tables)
    }

    /// Takes the moments among some observed variables from the sample, and numbers the others anew.
    pub(crate) fn with_covariates(mut self, covariates: &[usize], numbered_from: usize) -> Self {
        self.covariates = covariates.to_vec();
        let mut next = numbered_from;
        for row in &mut self.rows {
            let of_covariates = match row.place {
                Place::Residual(i, j) => covariates.contains(&i) && covariates.contains(&j),
                Place::Intercept(i) => covariates.contains(&i),
                _ => false,
            };
            if of_covariates {
                row.kind = Kind::Sample;
            } else if let Kind::Free(index, _) = &mut row.kind {
                *index = next;
                next += 1;
            }
        }
        self.n_free = next;
        self
    }

    /// 0 for the moments of the fixed covariates, which are not the model's to explain.
    pub(crate) fn clear_covariates(&self, covariance: &mut DMatrix<f64>, mean: &mut DVector<f64>) {
        for &i in &self.covariates {
            self.covariates.iter().for_each(|&j| covariance[(i, j)] = 0.0);
            mean[i] = 0.0;
        }
    }

    /// The row of a free parameter (the first, where rows share it).
    pub(crate) fn row_of_free(&self, index: usize) -> Option<&Parameter> {
        self.rows.iter().find(|r| matches!(r.kind, Kind::Free(i, _) if i == index))
    }

    /// Observed variables without a row for their (residual) variance.
    pub(crate) fn without_variance(&self) -> Vec<String> {
        let has = |name: &&String| {
            self.rows.iter().any(|r| {
                let is_own = r.op == Operator::Covariance && r.lhs == **name && r.rhs == **name;
                is_own && !matches!(r.kind, Kind::Fixed(0.0))
            })
        };
        self.observed.iter().filter(|name| !has(name)).cloned().collect()
    }

    /// Whether a variable is ordinal.
    pub(crate) fn is_ordinal(&self, observed: usize) -> bool {
        self.thresholds[observed] > 0
    }

    /// Whether any variable is.
    pub(crate) fn has_ordinal(&self) -> bool {
        self.thresholds.iter().any(|k| *k > 0)
    }

    /// Distinct moments that the model explains.
    pub(crate) fn n_moments(&self) -> usize {
        if self.has_ordinal() {
            // thresholds or a mean, slopes, variances, and covariances, given the covariates
            let own = (0..self.observed.len()).filter(|i| !self.covariates.contains(i));
            let each = own.clone().map(|i| if self.is_ordinal(i) { self.thresholds[i] } else { 2 });
            let p = own.count();
            return each.sum::<usize>() + p * self.covariates.len() + p * (p - 1) / 2;
        }
        let count = |p: usize| p * (p + 1) / 2 + if self.has_means { p } else { 0 };
        count(self.observed.len()) - count(self.covariates.len())
    }
}

/// Degrees of freedom: distinct moments of all groups minus free parameters, not counting the moments
/// of fixed covariates.
pub(crate) fn degrees_of_freedom(tables: &[ParameterTable]) -> i64 {
    let moments: usize = tables.iter().map(ParameterTable::n_moments).sum();
    moments as i64 - tables.first().map_or(0, |table| table.n_free as i64)
}

/// The first row of a free parameter, in whatever group.
pub(crate) fn row_of_free(tables: &[ParameterTable], index: usize) -> Option<&Parameter> {
    tables.iter().find_map(|table| table.row_of_free(index))
}

/// Numbers of the free parameters, and labels, through all groups.
struct Numbering {
    n_free: usize,
    free_of_label: HashMap<String, usize>,
    fixed_of_label: HashMap<String, f64>,
}

impl Numbering {
    /// What is fixed, as a marker or by its text, fixes all that share its label, or are said to equal it.
    fn new(drafts: &mut [Draft<'_>]) -> Result<Self> {
        let mut blocks: Vec<_> =
            drafts.iter_mut().map(|draft| (draft.group, draft.level, draft.rows.as_mut_slice())).collect();
        tie(&mut blocks)?;
        let mut fixed_of_label = HashMap::new();
        for row in drafts.iter().flat_map(|draft| &draft.rows) {
            if let (Some(label), Constraint::Fixed(value)) = (row.label(), row.formula.modifiers.constraint) {
                let first = *fixed_of_label.entry(label.to_string()).or_insert(value);
                if first != value {
                    return Err(Error::ConflictingLabel { label: label.into(), first, second: value });
                }
            }
        }
        Ok(Self { n_free: 0, free_of_label: HashMap::new(), fixed_of_label })
    }

    fn next(&mut self) -> usize {
        self.n_free += 1;
        self.n_free - 1
    }

    fn of_label(&mut self, label: &str) -> usize {
        if let Some(index) = self.free_of_label.get(label) {
            return *index;
        }
        let index = self.next();
        self.free_of_label.insert(label.into(), index);
        index
    }
}

impl Parameter {
    /// As a reader writes it: `visual =~ x2`, `x1 ~1`.
    pub(crate) fn name(&self) -> String {
        match self.op {
            Operator::Intercept => format!("{} ~1", self.lhs),
            op => format!("{} {} {}", self.lhs, op.symbol(), self.rhs),
        }
    }
}

struct Draft<'a> {
    specification: &'a Specification,
    group: usize,
    level: usize,
    latent: Vec<String>,
    observed: Vec<String>,
    /// Exogenous observed variables whose moments the text leaves open.
    covariates: Vec<String>,
    has_means: bool,
    rows: Vec<DraftRow>,
    known: HashSet<(String, Operator, String)>,
    warnings: Vec<Warning>,
}

fn key(lhs: &str, op: Operator, rhs: &str) -> (String, Operator, String) {
    if op == Operator::Covariance && rhs < lhs {
        (rhs.into(), op, lhs.into())
    } else {
        (lhs.into(), op, rhs.into())
    }
}

/// Covariances among factors that are added without asking how many moments there are.
const FEW: usize = 10_000;

/// Refuses more covariances of factors than there are moments before they are added, where they are very many.
fn refuse_hopeless(model: &Model, specification: &Specification) -> Result<()> {
    let of = |op: Operator| model.formulas.iter().filter(move |f| f.op == op);
    let explained: HashSet<&str> = (of(Operator::Regression).map(|f| f.lhs.as_str()))
        .chain(of(Operator::Loading).map(|f| f.rhs.as_str()))
        .collect();
    let factors = model.latent_names().iter().filter(|name| !explained.contains(name.as_str())).count();
    let covariances = (factors * factors.saturating_sub(1) / 2).saturating_sub(model.formulas.len());
    if covariances <= FEW || specification.latent_covariances == LatentCovariances::Orthogonal {
        return Ok(());
    }
    let p = model.observed_names().len();
    let moments = p * (p + 3) / 2;
    let added = specification.automatic.exogenous_covariances;
    if covariances > moments && added.unwrap_or(specification.function != Function::Lavaan) {
        return Err(Error::MoreParametersThanMoments { free: covariances, moments });
    }
    Ok(())
}

/// Whether a variable stands on one side of an operator.
fn stands(model: &Model, op: Operator, name: &str, left: bool) -> bool {
    model.formulas.iter().any(|f| f.op == op && (if left { &f.lhs } else { &f.rhs }) == name)
}

impl<'a> Draft<'a> {
    fn new(model: &Model, specification: &'a Specification, group: usize, groups: usize) -> Self {
        // lavaan models means as soon as there are groups
        let has_means = specification.means == MeanStructure::Included
            || (groups > 1 && specification.means == MeanStructure::Automatic)
            || specification.equal.iter().any(|e| matches!(e, Equality::Intercepts | Equality::Means))
            || specification.function == Function::Growth
            || !specification.ordinal.is_empty()
            || model.formulas.iter().any(|f| f.op == Operator::Intercept);
        Self::with_means(model, specification, group, has_means)
    }

    fn with_means(model: &Model, specification: &'a Specification, group: usize, has_means: bool) -> Self {
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
    fn centre(&mut self, elsewhere: &[String]) {
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
        let variances = equal(Equality::Loadings)
            && self.specification.scaling == Scaling::UnitVariance
            && !equal(Equality::LatentVariances);
        let origins = equal(Equality::Intercepts) || equal(Equality::Thresholds);
        let means = origins && !equal(Equality::Means);
        for DraftRow { formula, added, .. } in &mut self.rows {
            let latent = self.latent.contains(&formula.lhs);
            let variance = formula.op == Operator::Covariance && formula.lhs == formula.rhs;
            let freed = (variances && variance) || (means && formula.op == Operator::Intercept);
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

    /// Whether a parameter is the same in all groups.
    fn is_equal(&self, formula: &Formula) -> bool {
        let latent = |name: &String| self.latent.contains(name);
        let kind = match formula.op {
            Operator::Loading => Equality::Loadings,
            Operator::Regression => Equality::Regressions,
            Operator::Intercept if latent(&formula.lhs) => Equality::Means,
            Operator::Intercept => Equality::Intercepts,
            Operator::Threshold => Equality::Thresholds,
            Operator::Scale => return false,
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
        if self.specification.scaling == Scaling::UnitVariance {
            for row in &mut self.rows {
                let formula = &mut row.formula;
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
            for k in 1..=self.specification.ordinal.get(&name).copied().unwrap_or(0) {
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
            self.add(&name, Operator::Covariance, &name, constraint, false);
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
    fn fixes_covariates(&self) -> bool {
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
    fn promoted(&self) -> Vec<String> {
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

    fn finish(self, numbering: &mut Numbering, first: Option<&ParameterTable>) -> Result<ParameterTable> {
        let (promoted_names, fixed) = (self.promoted(), self.fixes_covariates());
        let position = |names: &[String]| -> HashMap<String, usize> {
            names.iter().enumerate().map(|(i, n)| (n.clone(), i)).collect()
        };
        let of_observed = position(&self.observed);
        let n_latent = self.latent.len();
        let eta: Vec<String> = self.latent.iter().chain(&promoted_names).cloned().collect();
        let of_eta = position(&eta);
        let place = |f: &Formula| -> Option<Place> {
            let (l, r) = (of_eta.get(&f.lhs), of_eta.get(&f.rhs));
            Some(match f.op {
                Operator::Loading => match r {
                    Some(&r) => Place::Path(r, *l?),
                    None => Place::Loading(*of_observed.get(&f.rhs)?, *l?),
                },
                Operator::Regression => Place::Path(*l?, *r?),
                Operator::Covariance => match (l, r) {
                    (Some(&l), Some(&r)) => Place::Latent(l.max(r), l.min(r)),
                    _ => {
                        let (l, r) = (*of_observed.get(&f.lhs)?, *of_observed.get(&f.rhs)?);
                        Place::Residual(l.max(r), l.min(r))
                    }
                },
                Operator::Intercept => match l {
                    Some(&l) => Place::LatentMean(l),
                    None => Place::Intercept(*of_observed.get(&f.lhs)?),
                },
                Operator::Threshold => {
                    let count = self.specification.ordinal.get(&f.lhs).copied().unwrap_or(0);
                    let k: usize = f.rhs.strip_prefix('t')?.parse().ok()?;
                    Place::Threshold(*of_observed.get(&f.lhs)?, k.checked_sub(1).filter(|k| *k < count)?)
                }
                Operator::Scale => Place::Scale(*of_observed.get(&f.lhs)?),
            })
        };
        let delta = self.specification.parameterization == Parameterization::Delta;
        let is_determined = |f: &Formula| {
            let residual = f.op == Operator::Covariance && f.lhs == f.rhs;
            self.specification.ordinal.contains_key(&f.lhs)
                && if delta { residual } else { f.op == Operator::Scale }
        };
        let is_equal = |row: &DraftRow| {
            let own = row.added && self.is_of_covariates(&row.formula);
            self.group > 0 && !own && self.is_equal(&row.formula)
        };
        let equal: Vec<bool> = self.rows.iter().map(is_equal).collect();
        let mut rows = Vec::with_capacity(self.rows.len());
        let mut warnings = self.warnings;
        for (row, equal) in self.rows.into_iter().zip(equal) {
            let label = row.label().map(String::from);
            let DraftRow { formula, sample, added, .. } = row;
            let Some(place) = place(&formula) else {
                if formula.op == Operator::Threshold {
                    let count = self.specification.ordinal.get(&formula.lhs).copied().unwrap_or(0);
                    return Err(Error::BadModel {
                        what: format!("'{formula}' is no threshold of '{}', which has {count}", formula.lhs),
                        remedy: format!(
                            "Thresholds are t1 to t{count}: one less than categories in the data."
                        ),
                    });
                }
                return Err(Error::BadModel {
                    what: format!("'{formula}' names a variable that stands nowhere else in the model"),
                    remedy: "Measure it by indicators, or use it in a regression.".into(),
                });
            };
            let shared = label.as_ref().and_then(|label| numbering.fixed_of_label.get(label).copied());
            let of_first_group = first.filter(|_| equal).and_then(|table| {
                let twin = table.rows.iter().find(|row| row.place == place && row.op == formula.op)?;
                match twin.kind {
                    Kind::Free(index, _) => Some(index),
                    _ => None,
                }
            });
            let kind = match (sample, formula.modifiers.constraint, shared) {
                (true, ..) => Kind::Sample,
                _ if is_determined(&formula) => Kind::Determined,
                (_, Constraint::Fixed(value), _) | (_, _, Some(value)) => Kind::Fixed(value),
                _ => {
                    let index = match (&label, of_first_group) {
                        (Some(label), _) => numbering.of_label(label),
                        (None, Some(index)) => index,
                        (None, None) => numbering.next(),
                    };
                    Kind::Free(index, formula.modifiers.start)
                }
            };
            if kind == Kind::Determined && !added && formula.modifiers != Modifiers::default() {
                let reason = if delta {
                    "the residual variance of an ordinal variable is what the model leaves of 1 over the square of its \
                     scaling factor (delta); theta makes it a parameter (--parameterization theta)"
                } else {
                    "the scaling factor of an ordinal variable is 1 over its standard deviation (theta); delta makes it \
                     a parameter (--parameterization delta)"
                };
                warnings.push(Warning::NotUsed { formula: formula.to_string(), reason });
            }
            let Formula { lhs, op, rhs, modifiers: Modifiers { label, lower, upper, .. }, .. } = formula;
            let bounds = (lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY));
            rows.push(Parameter { lhs, op, rhs, label, bounds, place, kind });
        }
        let places = |names: &[String]| names.iter().filter_map(|n| of_observed.get(n).copied()).collect();
        let thresholds_of = |name: &String| self.specification.ordinal.get(name).copied().unwrap_or(0);
        Ok(ParameterTable {
            thresholds: self.observed.iter().map(thresholds_of).collect(),
            parameterization: self.specification.parameterization,
            promoted: places(&promoted_names),
            exogenous: places(&self.covariates),
            covariates: if fixed { places(&self.covariates) } else { Vec::new() },
            rows,
            observed: self.observed,
            eta,
            n_latent,
            group: self.group,
            level: 1,
            n_free: 0,
            has_means: self.has_means,
            warnings,
        })
    }
}
