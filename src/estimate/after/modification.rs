//! Modification indices: by how much the test statistic would fall if a fixed parameter were free.
//!
//! With g_t the derivative of F in the parameter and H the expected Hessian (free parameters f, candidate t):
//!
//! ```text
//! V  = H_tt - H_tf H_ff^-1 H_ft
//! mi = N/2 g_t^2 / V            epc = -g_t / V
//! ```
//!
//! (Sorbom 1989; Saris, Satorra & Sorbom 1987 for the expected parameter change.) Under full information H is that of
//! the answers that are there, pattern by pattern and weighted as the respondents are. Where the model has
//! constraints, H_ff^-1 is that of the constrained parameters. A parameter whose V is zero says nothing new
//! (a marker, a variance of 1) and has no index.

use crate::error::{Error, Result};
use crate::estimate::constraints::constrained_inverse;
use crate::estimate::fit::{Fit, Internals};
use crate::estimate::search::discrepancy::Discrepancy;
use crate::estimate::standardized::{Standardization, Which};
use crate::model::{
    Constraint, Covariates, Formula, Function, Kind, Model, Operator, Parameter, ParameterTable,
    Specification,
};
use crate::numeric::minimise::Objective;
use nalgebra::DVector;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What freeing a parameter would do, under lavaan's names.
///
/// ```
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let fit = Estimation::default().fit(&model, &data)?;
/// let all = fit.modification_indices()?;
/// let largest = all.iter().max_by(|a, b| a.mi.total_cmp(&b.mi)).unwrap();
/// assert_eq!(format!("{} {} {} {:.2}", largest.lhs, largest.op, largest.rhs, largest.mi), "visual =~ x9 36.41");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModificationIndex {
    /// Left-hand side.
    pub lhs: String,
    /// lavaan's operator.
    pub op: Operator,
    /// Right-hand side.
    pub rhs: String,
    /// Group, from 1.
    pub group: usize,
    /// Level: 1, or 2 of what is between clusters.
    pub level: usize,
    /// Expected fall of the test statistic, chi-square(1) if the parameter is zero.
    pub mi: f64,
    /// Expected parameter change.
    pub epc: f64,
    /// The same with the latent variables standardised.
    #[serde(rename = "sepc.lv")]
    pub sepc_lv: Option<f64>,
    /// The same with all variables standardised.
    #[serde(rename = "sepc.all")]
    pub sepc_all: Option<f64>,
    /// The same with all variables but fixed covariates standardised.
    #[serde(rename = "sepc.nox")]
    pub sepc_nox: Option<f64>,
}

/// Below this share of H_tt, V counts as zero.
const NOTHING_NEW: f64 = 1e-8;

impl Fit {
    /// Modification indices, the largest first: of fixed parameters, of cross-loadings, of residual
    /// covariances and, in a model with regressions, of further regressions among the same variables; of two levels, on each.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::{Estimation, Model};
    /// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
    /// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
    /// let indices = Estimation::default().fit(&model, &data)?.modification_indices()?;
    /// assert_eq!((indices[0].lhs.as_str(), indices[0].rhs.as_str()), ("visual", "x9"));
    /// assert_eq!(format!("{:.3}", indices[0].mi), "36.411");
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a fit that did not converge, and for one with exploratory factors.
    pub fn modification_indices(&self) -> Result<Vec<ModificationIndex>> {
        let unsolved = || Error::Unsupported {
            what: "modification indices of a model without a solution".into(),
            instead: "They are derivatives at the solution: let the model converge first.".into(),
        };
        if !self.converged {
            return Err(unsolved());
        }
        if !self.rotations.is_empty() {
            return Err(Error::Unsupported {
                what: "modification indices of a model with efa() blocks".into(),
                instead: "Look at the residuals: the loadings of exploratory factors are free already."
                    .into(),
            });
        }
        let internals = &self.internals;
        let q = internals.x.len();
        let (tables, next) = self.wider_tables()?;
        let seen = &internals.observed[0].seen;
        let observed = seen.in_order_of(&tables, &internals.tables, &internals.observed);
        let x = internals.among(&tables, next);
        let mut discrepancy = match &internals.weights {
            None => Discrepancy::new(&tables, &observed, None),
            // their moments lie in the order of the table: the weights would have to be moved along
            Some(weights) if same_order(&tables, &internals.tables) => {
                Discrepancy::new(&tables, &observed, Some(weights))
            }
            Some(_) => return Err(unsolved()),
        };
        discrepancy.value(&x).ok_or_else(unsolved)?;
        let mut gradient = DVector::zeros(next);
        discrepancy.gradient(&mut gradient);
        let (within, across, own) = discrepancy.partial_hessian(q, next);
        let inverse = constrained_inverse(&within, &internals.jacobian).ok_or_else(unsolved)?;
        let solved = &inverse * &across;
        let multiplier = internals.multiplier();
        // lavaan takes the gradient of least squares times (N - 1) / N
        let scale = match internals.weights {
            Some(_) => multiplier / internals.observed.iter().map(|o| o.n as f64).sum::<f64>(),
            None => 1.0,
        };
        let implied = discrepancy.implied();
        let mut indices = Vec::new();
        for ((table, implied), fitted) in tables.iter().zip(&implied).zip(&internals.tables) {
            let standard = Standardization::new(table, implied);
            for (index, row) in table.rows.iter().enumerate() {
                let Kind::Free(free, _) = row.kind else { continue };
                if free < q {
                    continue;
                }
                let t = free - q;
                let v = own[t] - across.column(t).dot(&solved.column(t));
                if !(v > NOTHING_NEW * own[t]) {
                    continue;
                }
                let epc = -scale * gradient[free] / v;
                let scaled = |which| standard.scale(index, which).map(|scale| scale * epc);
                indices.push(ModificationIndex {
                    lhs: row.lhs.clone(),
                    op: row.op,
                    rhs: if row.op == Operator::Intercept { String::new() } else { row.rhs.clone() },
                    group: fitted.group + 1,
                    level: fitted.level,
                    mi: 0.5 * scale * multiplier * gradient[free] * gradient[free] / v,
                    epc,
                    sepc_lv: scaled(Which::Latent),
                    sepc_all: scaled(Which::All),
                    sepc_nox: scaled(Which::AllButCovariates),
                });
            }
        }
        indices.sort_by(|a, b| b.mi.total_cmp(&a.mi));
        Ok(indices)
    }

    /// The tables with fixed parameters and candidates free, and the number of all free parameters.
    fn wider_tables(&self) -> Result<(Vec<ParameterTable>, usize)> {
        let internals = &self.internals;
        let mut next = internals.x.len();
        let mut tables = Vec::with_capacity(internals.tables.len());
        for (block, table) in internals.tables.iter().enumerate() {
            // variables of both levels have their means between
            let elsewhere = internals.tables.get(block + 1).filter(|next| next.level > table.level);
            let centred = elsewhere.map_or(&[][..], |between| &between.observed);
            let (wider, free) = widened(table, centred, next)?;
            next = free;
            tables.push(wider);
        }
        tables.iter_mut().for_each(|table| table.n_free = next);
        Ok((tables, next))
    }
}

impl Internals {
    /// The solution among more parameters: fixed ones stay where they are.
    fn among(&self, tables: &[ParameterTable], next: usize) -> DVector<f64> {
        let q = self.x.len();
        let mut x = DVector::zeros(next);
        x.rows_mut(0, q).copy_from(&self.x);
        for ((wider, table), implied) in tables.iter().zip(&self.tables).zip(&self.implied) {
            for row in &wider.rows {
                if let Kind::Free(free, _) = row.kind
                    && free >= q
                    && let Some(known) = table.rows.iter().find(|r| same(r, row))
                {
                    x[free] = implied.at(known.place);
                }
            }
        }
        x
    }
}

fn same(a: &Parameter, b: &Parameter) -> bool {
    a.op == b.op
        && ((a.lhs == b.lhs && a.rhs == b.rhs)
            || (a.op == Operator::Covariance && a.lhs == b.rhs && a.rhs == b.lhs))
}

fn same_order(wider: &[ParameterTable], tables: &[ParameterTable]) -> bool {
    wider.iter().zip(tables).all(|(a, b)| a.observed == b.observed)
}

/// The table with fixed parameters and candidates free, numbered from `next` on; `centred` have no means. It is longer than a
/// page: a list of all candidates there are, and then their numbers.
fn widened(table: &ParameterTable, centred: &[String], mut next: usize) -> Result<(ParameterTable, usize)> {
    let mut formulas: Vec<Formula> = Vec::new();
    let mut known: HashSet<(String, Operator, String)> = HashSet::new();
    let mut add = |lhs: &str, op: Operator, rhs: &str| {
        let (a, b) = if op == Operator::Covariance && rhs < lhs { (rhs, lhs) } else { (lhs, rhs) };
        if known.insert((a.into(), op, b.into())) {
            let mut formula = Formula::new(lhs, op, rhs);
            formula.modifiers.constraint = Constraint::Fixed(0.0);
            formulas.push(formula);
        }
    };
    for row in &table.rows {
        add(&row.lhs, row.op, &row.rhs);
    }
    let of = |op: Operator| table.rows.iter().filter(move |row| row.op == op);
    let latent = &table.eta[..table.n_latent];
    let indicators: Vec<&String> = table
        .observed
        .iter()
        .filter(|name| of(Operator::Loading).any(|row| row.rhs == **name && row.lhs != row.rhs))
        .collect();
    let measured = |name: &String| {
        of(Operator::Loading).any(|row| row.lhs == *name && table.observed.contains(&row.rhs))
    };
    for factor in latent.iter().filter(|name| measured(name)) {
        for item in &indicators {
            add(factor, Operator::Loading, item);
        }
    }
    let is_covariate = |name: &String| table.exogenous.iter().any(|&i| table.observed[i] == *name);
    let outcomes: Vec<&String> = table.observed.iter().filter(|name| !is_covariate(name)).collect();
    for (i, first) in outcomes.iter().enumerate() {
        for second in &outcomes[i + 1..] {
            add(first, Operator::Covariance, second);
        }
    }
    for (i, first) in latent.iter().enumerate() {
        for second in latent[i + 1..].iter().filter(|name| measured(name) && measured(first)) {
            add(first, Operator::Covariance, second);
        }
    }
    let structural: Vec<&String> = table
        .eta
        .iter()
        .filter(|name| of(Operator::Regression).any(|row| row.lhs == **name || row.rhs == **name))
        .collect();
    for left in structural.iter().filter(|name| !is_covariate(name)) {
        for right in structural.iter().filter(|name| name != &left) {
            add(left, Operator::Regression, right);
        }
    }
    let model = Model::from_formulas(formulas)?;
    let thresholds = table.observed.iter().cloned().zip(table.thresholds.iter().copied());
    let specification = Specification {
        function: Function::Lavaan,
        covariates: Covariates::Random,
        ordinal: thresholds.filter(|(_, k)| *k > 0).collect(),
        parameterization: table.parameterization,
        ..Specification::default()
    };
    let mut wider = ParameterTable::of_groups(&model, &specification, 1)?.remove(0);
    for row in &mut wider.rows {
        if row.kind == Kind::Determined {
            continue;
        }
        row.kind = match table.rows.iter().find(|r| same(r, row)).map(|r| r.kind) {
            Some(kind @ (Kind::Free(..) | Kind::Sample | Kind::Determined)) => kind,
            _ if row.op == Operator::Intercept && centred.contains(&row.lhs) => Kind::Fixed(0.0),
            Some(Kind::Fixed(_)) | None => {
                next += 1;
                Kind::Free(next - 1, None)
            }
        };
    }
    let places = |wanted: &[usize]| -> Vec<usize> {
        wanted
            .iter()
            .filter_map(|&i| wider.observed.iter().position(|name| *name == table.observed[i]))
            .collect()
    };
    wider.covariates = places(&table.covariates);
    wider.exogenous = places(&table.exogenous);
    wider.has_means = table.has_means;
    wider.level = table.level;
    Ok((wider, next))
}
