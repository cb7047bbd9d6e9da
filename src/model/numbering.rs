//! From drafts to parameter tables: what is free, with numbers and labels through all groups and levels, and what is not.

use super::draft::Draft;
use super::draft_row::DraftRow;
use super::place::{Place, Places};
use super::reference::tie;
use super::specification::{Parameterization, Specification};
use super::table::{Exploratory, Kind, Parameter, ParameterTable};
use super::{Constraint, Formula, Modifiers, Operator};
use crate::error::{Error, Result, Warning};
use std::collections::HashMap;

/// Numbers of the free parameters, and labels, through all groups.
pub(super) struct Numbering {
    pub(super) n_free: usize,
    free_of_label: HashMap<String, usize>,
    fixed_of_label: HashMap<String, f64>,
}

impl Numbering {
    /// What is fixed, as a marker or by its text, fixes all that share its label, or are said to equal it.
    pub(super) fn new(drafts: &mut [Draft<'_>]) -> Result<Self> {
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

    /// The table of a draft; `first` is that of the first group on the same level.
    pub(super) fn table(
        &mut self,
        draft: Draft<'_>,
        first: Option<&ParameterTable>,
    ) -> Result<ParameterTable> {
        let specification = draft.specification;
        let (promoted, fixed) = (draft.promoted(), draft.fixes_covariates());
        let n_latent = draft.latent.len();
        let eta: Vec<String> = draft.latent.iter().chain(&promoted).cloned().collect();
        let places = Places::of(&draft.observed, &eta);
        let mut rows = Vec::with_capacity(draft.rows.len());
        let mut warnings = Vec::new();
        for row in &draft.rows {
            let thresholds = specification.thresholds_of(&row.formula.lhs);
            let place =
                places.place(&row.formula, thresholds).ok_or_else(|| no_place(&row.formula, thresholds))?;
            let first = first.filter(|_| draft.is_of_first_group(row));
            let kind = self.kind(row, place, specification, first);
            let formula = &row.formula;
            if kind == Kind::Determined && !row.added && formula.modifiers != Modifiers::default() {
                warnings.push(not_used(formula, specification.parameterization));
            }
            let Modifiers { lower, upper, .. } = formula.modifiers;
            rows.push(Parameter {
                lhs: formula.lhs.clone(),
                op: formula.op,
                rhs: formula.rhs.clone(),
                label: formula.modifiers.label.clone(),
                bounds: (lower.unwrap_or(f64::NEG_INFINITY), upper.unwrap_or(f64::INFINITY)),
                place,
                kind,
            });
        }
        let exogenous = places.among_observed(&draft.covariates);
        Ok(ParameterTable {
            thresholds: draft.observed.iter().map(|name| specification.thresholds_of(name)).collect(),
            parameterization: specification.parameterization,
            exploratory: (draft.exploratory.iter())
                .map(|set| Exploratory { name: set.name.clone(), factors: places.among_eta(&set.factors) })
                .collect(),
            promoted: places.among_observed(&promoted),
            covariates: if fixed { exogenous.clone() } else { Vec::new() },
            exogenous,
            rows,
            observed: draft.observed,
            eta,
            n_latent,
            group: draft.group,
            level: 1,
            n_free: 0,
            has_means: draft.has_means,
            warnings: draft.warnings.into_iter().chain(warnings).collect(),
        })
    }

    /// Whether a row is free, with its number, or why it is not; `first` is the table with which it shares its number.
    fn kind(
        &mut self,
        row: &DraftRow,
        place: Place,
        specification: &Specification,
        first: Option<&ParameterTable>,
    ) -> Kind {
        let (formula, label) = (&row.formula, row.label());
        let shared = label.and_then(|label| self.fixed_of_label.get(label).copied());
        match (row.sample, formula.modifiers.constraint, shared) {
            (true, ..) => Kind::Sample,
            _ if is_determined(formula, specification) => Kind::Determined,
            (_, Constraint::Fixed(value), _) | (_, _, Some(value)) => Kind::Fixed(value),
            _ => {
                let twin = || first?.rows.iter().find(|row| row.place == place && row.op == formula.op);
                let index = match (label, twin().map(|twin| twin.kind)) {
                    (Some(label), _) => self.of_label(label),
                    (None, Some(Kind::Free(index, _))) => index,
                    (None, _) => self.next(),
                };
                Kind::Free(index, formula.modifiers.start)
            }
        }
    }
}

/// Whether a parameter of an ordinal variable is what the others leave.
fn is_determined(f: &Formula, specification: &Specification) -> bool {
    specification.ordinal.contains_key(&f.lhs)
        && match specification.parameterization {
            Parameterization::Delta => f.op == Operator::Covariance && f.lhs == f.rhs,
            Parameterization::Theta => f.op == Operator::Scale,
        }
}

fn no_place(formula: &Formula, thresholds: usize) -> Error {
    match formula.op {
        Operator::Threshold => Error::BadModel {
            what: format!("'{formula}' is no threshold of '{}', which has {thresholds}", formula.lhs),
            remedy: format!("Thresholds are t1 to t{thresholds}: one less than categories in the data."),
        },
        _ => Error::BadModel {
            what: format!("'{formula}' names a variable that stands nowhere else in the model"),
            remedy: "Measure it by indicators, or use it in a regression.".into(),
        },
    }
}

fn not_used(formula: &Formula, parameterization: Parameterization) -> Warning {
    let reason = match parameterization {
        Parameterization::Delta => {
            "the residual variance of an ordinal variable is what the model leaves of 1 over the square of its \
             scaling factor (delta); theta makes it a parameter (--parameterization theta)"
        }
        Parameterization::Theta => {
            "the scaling factor of an ordinal variable is 1 over its standard deviation (theta); delta makes it \
             a parameter (--parameterization delta)"
        }
    };
    Warning::NotUsed { formula: formula.to_string(), reason: reason.into() }
}
