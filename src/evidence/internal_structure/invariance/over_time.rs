//! The same items on several occasions: what is equal over time, step by step.
//!
//! Occasions take the place of groups: the first factor of a construct has unit and origin, and what a step holds equal carries
//! them to the later ones, as in [`identification`](super::identification). Residuals of the same item covary over time (Little
//! 2013), and so do factors. The items of the factors of a construct correspond by their order in the model's text.

use super::ground::check_text;
use super::identification::Identification;
use super::ladder::Invariance;
use super::latent_change::changes;
use super::level::{Held, Level};
use super::rung::{Rung, RungComparison};
use super::score_of_level::scores_of;
use super::study::{InvarianceStudy, SkippedLevel};
use crate::data::Dataset;
use crate::error::{Error, Result, Warning};
use crate::estimate::{Estimation, Fit, Gathered};
use crate::model::{
    Automatic, Constraint, Formula, Function, Kind, MeanStructure, Model, Operator, Parameter,
    ParameterTable, Parameterization, Scaling, degrees_of_freedom,
};

/// Each variable and factor of an occasion under its name of the first.
struct Occasion {
    /// Names here, with those of the first occasion.
    names: Vec<(String, String)>,
}

impl Occasion {
    fn first_name<'a>(&'a self, name: &str) -> Option<&'a String> {
        self.names.iter().find(|(own, _)| own == name).map(|(_, first)| first)
    }

    fn own_name<'a>(&'a self, first: &str) -> Option<&'a String> {
        self.names.iter().find(|(_, other)| other == first).map(|(own, _)| own)
    }
}

/// Occasions of constructs, each a list of factors in time.
fn occasions(model: &Model, constructs: &[Vec<String>]) -> Result<Vec<Occasion>> {
    let wrong = |what: String| {
        Error::BadModel {
        what,
        remedy: "Name the factors of a construct in the order of time, as 'dem60,dem65'; each is measured by the same items \
                 in the same order."
            .into(),
    }
    };
    let count = constructs.first().map_or(0, Vec::len);
    if count < 2 || constructs.iter().any(|own| own.len() != count) {
        return Err(wrong(
            "occasions need two factors or more of each construct, and as many of one as of another".into(),
        ));
    }
    let items = |factor: &String| -> Vec<&String> {
        let own = model.formulas.iter().filter(|f| f.op == Operator::Loading && f.lhs == *factor);
        own.map(|f| &f.rhs).collect()
    };
    let mut all: Vec<Occasion> = (0..count).map(|_| Occasion { names: Vec::new() }).collect();
    for factors in constructs {
        let first = items(&factors[0]);
        for (occasion, factor) in all.iter_mut().zip(factors) {
            let own = items(factor);
            if own.is_empty() {
                return Err(wrong(format!("'{factor}' is no factor of the model")));
            }
            if own.len() != first.len() {
                return Err(wrong(format!(
                    "'{factor}' is measured by {} items, '{}' by {}",
                    own.len(),
                    factors[0],
                    first.len()
                )));
            }
            occasion.names.push((factor.clone(), factors[0].clone()));
            for (item, first) in own.into_iter().zip(&first) {
                let known = occasion.names.iter().any(|(own, _)| own == item);
                if !known {
                    occasion.names.push((item.clone(), (*first).clone()));
                }
            }
        }
    }
    Ok(all)
}

/// The model with residual covariances of the same item over time.
fn with_residuals(model: &Model, occasions: &[Occasion]) -> Result<Model> {
    let latent = model.latent_names();
    let mut formulas = model.formulas.clone();
    let known = |formulas: &[Formula], a: &str, b: &str| {
        formulas
            .iter()
            .any(|f| f.op == Operator::Covariance && (f.lhs == a && f.rhs == b || f.lhs == b && f.rhs == a))
    };
    for (t, earlier) in occasions.iter().enumerate() {
        for later in &occasions[t + 1..] {
            for (name, first) in earlier.names.iter().filter(|(name, _)| !latent.contains(name)) {
                let Some(other) = later.own_name(first).filter(|other| *other != name) else { continue };
                if !known(&formulas, name, other) {
                    formulas.push(Formula::new(name, Operator::Covariance, other));
                }
            }
        }
    }
    Model::from_formulas(formulas)
}

/// The rows of an occasion under the names of the first, in the order of `like`; none where they do not correspond.
fn table_of(
    table: &ParameterTable,
    occasion: &Occasion,
    at: usize,
    like: Option<&ParameterTable>,
) -> Option<ParameterTable> {
    let renamed = |row: &Parameter| -> Option<Parameter> {
        let lhs = occasion.first_name(&row.lhs)?.clone();
        let rhs = match row.op {
            Operator::Threshold | Operator::Intercept => row.rhs.clone(),
            _ => occasion.first_name(&row.rhs)?.clone(),
        };
        Some(Parameter { lhs, rhs, ..row.clone() })
    };
    let mut rows: Vec<Parameter> = table.rows.iter().filter_map(renamed).collect();
    if let Some(like) = like {
        let same = |a: &Parameter, b: &Parameter| {
            a.op == b.op
                && (a.lhs == b.lhs && a.rhs == b.rhs
                    || a.op == Operator::Covariance && a.lhs == b.rhs && a.rhs == b.lhs)
        };
        rows = like
            .rows
            .iter()
            .map(|row| rows.iter().find(|own| same(own, row)).cloned())
            .collect::<Option<_>>()?;
    }
    let here = |names: &[String]| -> Vec<String> {
        names.iter().filter_map(|name| occasion.first_name(name).cloned()).collect()
    };
    let latent = here(&table.eta[..table.n_latent]);
    let each = table.observed.iter().zip(&table.thresholds);
    let thresholds = each.filter(|(name, _)| occasion.first_name(name).is_some()).map(|(_, k)| *k).collect();
    Some(ParameterTable {
        rows,
        observed: here(&table.observed),
        thresholds,
        n_latent: latent.len(),
        eta: latent,
        group: at,
        ..table.clone()
    })
}

/// The model of a step: each occasion's parameters as the step has them, and what is between occasions as it is.
fn model_of(
    table: &ParameterTable,
    occasions: &[Occasion],
    held: Held,
    released: &[String],
) -> Result<Model> {
    let apart = || {
        Error::BadModel {
        what: "the occasions of the model have parameters that do not correspond".into(),
        remedy: "Say of every occasion what is said of one: the same residual covariances, intercepts and fixed values.".into(),
    }
    };
    let first = table_of(table, &occasions[0], 0, None).ok_or_else(apart)?;
    let mut tables = vec![first];
    for (at, occasion) in occasions.iter().enumerate().skip(1) {
        let own = table_of(table, occasion, at, tables.first()).ok_or_else(apart)?;
        tables.push(own);
    }
    let identification = Identification::new(&tables, held, released);
    identification.check_names()?;
    let by_occasion = identification.formulas();
    let mut formulas = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let is_intercept = row.op == Operator::Intercept;
        let here = occasions.iter().position(|own| {
            let alone = matches!(row.op, Operator::Threshold | Operator::Intercept);
            own.first_name(&row.lhs).is_some() && (alone || own.first_name(&row.rhs).is_some())
        });
        let mut formula = Formula::new(&row.lhs, row.op, if is_intercept { "" } else { &row.rhs });
        match here {
            Some(t) => {
                let name =
                    |name: &String| occasions[t].first_name(name).cloned().unwrap_or_else(|| name.clone());
                let (lhs, rhs) = (name(&row.lhs), if is_intercept { String::new() } else { name(&row.rhs) });
                let same = |f: &&Formula| {
                    f.op == row.op
                        && (f.lhs == lhs && f.rhs == rhs
                            || f.op == Operator::Covariance && f.lhs == rhs && f.rhs == lhs)
                };
                // what the others leave is no formula
                let Some(own) = by_occasion.iter().find(same) else { continue };
                formula.modifiers = own.by_group[t].clone();
            }
            None => match row.kind {
                Kind::Free(_, start) => {
                    formula.modifiers.constraint = Constraint::Free;
                    formula.modifiers.start = start;
                }
                Kind::Fixed(value) => formula.modifiers.constraint = Constraint::Fixed(value),
                _ => continue,
            },
        }
        formulas.push(formula);
    }
    // what is named is free
    let named = |mut formula: Formula| {
        if formula.modifiers.constraint == Constraint::Free {
            formula.modifiers.constraint = Constraint::None;
        }
        formula
    };
    Model::from_formulas(formulas.into_iter().map(named))
}

impl Invariance {
    /// The ladder over time: `constructs` lists, for each construct, its factors in the order of time, which the same items
    /// measure in the same order.
    ///
    /// ```
    /// use psychometrics::data::Dataset;
    /// use psychometrics::evidence::internal_structure::Invariance;
    /// use psychometrics::{Estimation, Model};
    ///
    /// let data = Dataset::read_csv("tests/data/political_democracy.csv")?;
    /// let model: Model = "dem60 =~ y1 + y2 + y3 + y4; dem65 =~ y5 + y6 + y7 + y8".parse()?;
    /// let study = Invariance::of(Estimation::default()).over_time(&[&["dem60", "dem65"]], &model, &data)?;
    /// let shown: Vec<String> = study.models.iter().map(|own| format!("{:.3}", own.chisq.unwrap())).collect();
    /// // lavaan 0.6-14 by hand
    /// assert_eq!(shown, ["23.841", "27.135", "33.131", "40.802"]);
    /// # Ok::<(), psychometrics::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::BadModel`] for factors that are not in the model or do not correspond; [`Error::Unsupported`] for a model with
    /// labels or equations of its own; what [`Estimation::fit`] gives.
    pub fn over_time<N: AsRef<str>>(
        &self,
        constructs: &[&[N]],
        model: &Model,
        data: &Dataset,
    ) -> Result<InvarianceStudy> {
        let constructs: Vec<Vec<String>> =
            constructs.iter().map(|own| own.iter().map(|name| name.as_ref().to_string()).collect()).collect();
        let mut asked = self.estimation().clone();
        check_text(&asked, model)?;
        if asked.group.is_some() {
            return Err(Error::Unsupported {
                what: "a ladder over time in groups".into(),
                instead: "Leave --group out, or look at the groups at each occasion.".into(),
            });
        }
        let occasions = occasions(model, &constructs)?;
        let model = with_residuals(model, &occasions)?;
        let released = std::mem::take(&mut asked.specification.partial);
        asked.specification.equal.clear();
        asked.specification.means = MeanStructure::Included;
        let looks_anew = asked.must_look_anew(&model, data);
        let mut gathered = asked.gather(&model, data, None)?;
        let is_ordinal = !gathered.own.specification.ordinal.is_empty();
        let levels = if self.steps().is_empty() { Level::usual(is_ordinal) } else { self.steps().to_vec() };
        let mut climbed: Vec<(Rung, Fit)> = Vec::new();
        let mut skipped = Vec::new();
        let (mut held, mut before) = (Held::default(), None);
        for level in levels {
            held = held.and(level.holds());
            let parameterization =
                Identification::parameterization(held, gathered.own.specification.parameterization);
            let table = configural(&gathered.own, &model, parameterization, is_ordinal)?;
            let step = model_of(&table, &occasions, held, &released)?;
            let estimation = bare(&gathered.own, parameterization);
            let df = degrees_of_freedom(&ParameterTable::of_groups(&step, &estimation.specification, 1)?);
            if before == Some(df) {
                let reason = "it holds nothing equal that the step before does not hold".into();
                skipped.push(SkippedLevel { level: level.name(is_ordinal).into(), reason });
                continue;
            }
            before = Some(df);
            let fit = fitted(&mut gathered, &estimation, &step, looks_anew.then_some(data))?;
            climbed.push((Rung::of(level, &fit, step.to_string()), fit));
        }
        let pairs = climbed.iter().zip(climbed.iter().skip(1));
        let compared = pairs.map(|((from, free), (to, restricted))| {
            RungComparison::of((from, free), (to, restricted), self.test())
        });
        let comparisons = compared.collect::<Result<Vec<_>>>()?;
        let mut warnings: Vec<Warning> = Vec::new();
        for warning in climbed.iter().flat_map(|(_, fit)| &fit.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        let changes = climbed
            .iter()
            .filter(|(rung, fit)| rung.kind.holds().intercepts && !rung.kind.holds().means && fit.converged)
            .flat_map(|(rung, fit)| changes(&rung.level, fit, &constructs))
            .collect();
        let n = climbed.first().map_or(0, |(_, fit)| fit.nobs.iter().sum());
        Ok(InvarianceStudy {
            group: "occasion".into(),
            groups: constructs[0].clone(),
            nobs: vec![n; constructs[0].len()],
            estimator: self.estimation().estimator,
            ordinal: is_ordinal,
            scores: scores_of(climbed.iter().map(|(rung, fit)| (rung, fit))),
            models: climbed.into_iter().map(|(rung, _)| rung).collect(),
            comparisons,
            skipped,
            partial: None,
            effects: Vec::new(),
            scales: Vec::new(),
            feasibility: Vec::new(),
            changes,
            warnings,
        })
    }
}

fn configural(
    own: &Estimation,
    model: &Model,
    parameterization: Parameterization,
    is_ordinal: bool,
) -> Result<ParameterTable> {
    let mut specification = own.specification.clone();
    specification.parameterization = parameterization;
    if is_ordinal {
        specification.scaling = Scaling::UnitVariance;
    }
    Ok(ParameterTable::of_groups(model, &specification, 1)?.remove(0))
}

fn bare(own: &Estimation, parameterization: Parameterization) -> Estimation {
    let mut own = own.clone();
    own.specification.function = Function::Lavaan;
    own.specification.scaling = Scaling::Marker;
    own.specification.automatic = Automatic::default();
    own.specification.parameterization = parameterization;
    own
}

fn fitted(
    gathered: &mut Gathered,
    estimation: &Estimation,
    model: &Model,
    anew: Option<&Dataset>,
) -> Result<Fit> {
    match anew {
        Some(data) => estimation.fit(model, data),
        None => gathered.fit(estimation, model),
    }
}
