//! What a model text leaves unsaid: which parameters are added and which are fixed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The set of defaults, named after lavaan's functions.
///
/// ```
/// use psychometrics::model::Function;
/// assert_eq!("sem".parse(), Ok(Function::Sem));
/// assert_eq!(Function::Sem.to_string(), "sem");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Function {
    /// Confirmatory factor analysis (the same defaults as [`Function::Sem`]).
    #[default]
    Cfa,
    /// Structural equation model.
    Sem,
    /// Growth curve: means of the latent variables free, intercepts of the observed ones zero.
    Growth,
    /// Nothing is added: what the text does not name is not in the model (variances included).
    Lavaan,
}

/// How a latent variable gets its unit.
///
/// ```
/// use psychometrics::model::Scaling;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3".parse()?;
/// let fit = Estimation::default().scaling(Scaling::UnitVariance).fit(&model, &data)?;
/// assert_eq!(
///     format!("{:.3} {:.3}", fit.parameter("visual", "=~", "x1")?.est, fit.parameter("visual", "~~", "visual")?.est),
///     "0.724 1.000"
/// );
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scaling {
    /// The loading of the first indicator is 1 (lavaan's `auto.fix.first`).
    #[default]
    Marker,
    /// The (residual) variance of the latent variable is 1 (lavaan's `std.lv`).
    UnitVariance,
}

/// Whether exogenous latent variables covary.
///
/// ```
/// use psychometrics::model::LatentCovariances;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
/// let df = |own| -> psychometrics::Result<i64> {
///     Ok(Estimation::default().latent_covariances(own).fit(&model, &data)?.df())
/// };
/// // three correlations
/// assert_eq!((df(LatentCovariances::Free)?, df(LatentCovariances::Orthogonal)?), (24, 27));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LatentCovariances {
    /// All covariances free.
    #[default]
    Free,
    /// All covariances zero (lavaan's `orthogonal`).
    Orthogonal,
}

/// Whether means are part of the model.
///
/// ```
/// use psychometrics::model::MeanStructure;
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3".parse()?;
/// let fit = Estimation::default().means(MeanStructure::Included).fit(&model, &data)?;
/// assert_eq!(format!("{:.3}", fit.parameter("x1", "~1", "")?.est), "4.936");
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MeanStructure {
    /// Where the text names an intercept, the function is [`Function::Growth`], or there are groups.
    #[default]
    Automatic,
    /// No, unless the text names an intercept.
    Excluded,
    /// Yes; intercepts of observed variables are free, means of latent variables zero.
    Included,
}

/// What exogenous observed covariates are.
///
/// ```
/// use psychometrics::model::{Covariates, Function};
/// use psychometrics::{Estimation, Model, data::Dataset};
///
/// let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv")?;
/// let model: Model = "visual =~ x1 + x2 + x3; visual ~ ageyr".parse()?;
/// let free = |own| -> psychometrics::Result<usize> {
///     let fit = Estimation::default().function(Function::Sem).covariates(own).fit(&model, &data)?;
///     Ok(fit.parameters.iter().filter(|p| p.free > 0).count())
/// };
/// // the variance of age is a parameter where it is random
/// assert_eq!((free(Covariates::Fixed)?, free(Covariates::Random)?), (7, 8));
/// # Ok::<(), psychometrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Covariates {
    /// Given: their moments are taken from the sample and the likelihood is conditional on them
    /// (lavaan's `fixed.x = TRUE`).
    #[default]
    Fixed,
    /// Random: their moments are parameters.
    Random,
}

/// What is added to the text, or freed, otherwise than the function has it; `None`: as the function has it.
///
/// ```
/// use psychometrics::model::Automatic;
///
/// // no residual variances but those of the text (lavaan's auto.var = FALSE)
/// let own = Automatic { variances: Some(false), ..Automatic::default() };
/// assert_eq!((own.variances, own.free_intercepts), (Some(false), None));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Automatic {
    /// Variances that the text does not name are added (lavaan's `auto.var`).
    pub variances: Option<bool>,
    /// Covariances of exogenous latent variables are added (`auto.cov.lv.x`).
    pub exogenous_covariances: Option<bool>,
    /// Covariances of outcomes that explain nothing are added (`auto.cov.y`).
    pub outcome_covariances: Option<bool>,
    /// Intercepts of observed variables are free (`int.ov.free`).
    pub free_intercepts: Option<bool>,
    /// Means of latent variables are free (`int.lv.free`).
    pub free_latent_means: Option<bool>,
}

/// A kind of parameter that is equal in all groups (lavaan's `group.equal`).
///
/// ```
/// use psychometrics::model::Equality;
/// assert_eq!("loadings".parse(), Ok(Equality::Loadings));
/// assert_eq!(Equality::Loadings.to_string(), "loadings");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Equality {
    /// Loadings. With latent variances of 1 those of the second group on become free.
    Loadings,
    /// Intercepts of observed variables. The means of latent variables of the second group on become free. With ordinal
    /// variables the same as [`Equality::Thresholds`]: both.
    Intercepts,
    /// Thresholds of ordinal variables, which have no intercepts, and intercepts of the others. The means of latent
    /// variables of the second group on become free, and the scaling factors (delta) or residual variances (theta) of
    /// ordinal variables.
    Thresholds,
    /// Residual variances of observed variables.
    Residuals,
    /// Residual covariances of observed variables.
    ResidualCovariances,
    /// Means of latent variables.
    Means,
    /// Regressions.
    Regressions,
    /// (Residual) variances of latent variables.
    LatentVariances,
    /// (Residual) covariances of latent variables.
    LatentCovariances,
}

/// How the variable behind an ordinal one gets its unit.
///
/// ```
/// use psychometrics::model::Parameterization;
/// assert_eq!("theta".parse(), Ok(Parameterization::Theta));
/// assert_eq!(Parameterization::Theta.to_string(), "theta");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Parameterization {
    /// Its standard deviation is 1 over the scaling factor (`~*~`, 1 unless it is freed); the residual variance is
    /// what the model leaves.
    #[default]
    Delta,
    /// Its residual variance is 1 unless it is freed; the scaling factor is 1 over the standard deviation.
    Theta,
}

/// Everything that turns a model text into a parameter table.
///
/// ```
/// use psychometrics::model::{Function, Scaling, Specification};
///
/// let own = Specification { function: Function::Cfa, scaling: Scaling::UnitVariance, ..Specification::default() };
/// assert_eq!(serde_json::to_value(&own).unwrap()["scaling"].as_str().unwrap().to_string(), "unit_variance");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Specification {
    /// Defaults by function.
    pub function: Function,
    /// Unit of the latent variables.
    pub scaling: Scaling,
    /// Covariances of exogenous latent variables.
    pub latent_covariances: LatentCovariances,
    /// Covariances of exploratory factors that are turned together.
    #[serde(default)]
    pub exploratory_covariances: LatentCovariances,
    /// Means in the model or not.
    pub means: MeanStructure,
    /// Exogenous observed covariates.
    pub covariates: Covariates,
    /// What is otherwise than the function has it.
    pub automatic: Automatic,
    /// What is equal in all groups.
    pub equal: Vec<Equality>,
    /// Parameters that are nevertheless free in each group, such as `visual=~x3` or `x5~1`.
    pub partial: Vec<String>,
    /// Ordinal variables, with their number of thresholds.
    pub ordinal: BTreeMap<String, usize>,
    /// Unit of the variables behind them.
    pub parameterization: Parameterization,
}

impl Specification {
    /// How many thresholds a variable has; 0 where it is not ordinal.
    pub(crate) fn thresholds_of(&self, name: &str) -> usize {
        self.ordinal.get(name).copied().unwrap_or(0)
    }

    /// Whether a kind of parameter is equal in all groups. An ordinal variable has thresholds where others have an intercept,
    /// so with ordinal variables equal intercepts and equal thresholds are one (lavaan's `group.equal`).
    pub(crate) fn holds_equal(&self, kind: Equality) -> bool {
        let origin = |kind: &Equality| matches!(kind, Equality::Intercepts | Equality::Thresholds);
        self.equal.contains(&kind)
            || (!self.ordinal.is_empty() && origin(&kind) && self.equal.iter().any(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Model, ParameterTable, degrees_of_freedom};

    /// Free parameters and degrees of freedom of two groups by lavaan 0.6-14: `sem(model, data, ordered = names of the u's,
    /// group = "g", group.equal = equal, parameterization = , std.lv = )`, by `lavInspect`'s parameter table with equal ones
    /// counted once.
    #[test]
    fn equality_across_groups_of_ordinal_variables_counts_as_lavaans() {
        let models = [
            ("ord", "f1 =~ u1 + u2 + u3 + u4\nf2 =~ u5 + u6 + u7 + u8"),
            ("mix", "f1 =~ u1 + u2 + z3 + z4\nf2 =~ u5 + z6 + u7 + z8"),
            ("sem", "f1 =~ u1 + u2 + z3\nf2 =~ u5 + u6 + u7\nf2 ~ f1 + x\nu4 ~ f1"),
            ("part", "f1 =~ u1 + u2 + u3 + u4\nz5 ~ f1 + u1\nu1 ~~ u2"),
        ];
        let kind = |name: &str| match name {
            "loadings" => Equality::Loadings,
            "intercepts" => Equality::Intercepts,
            "thresholds" => Equality::Thresholds,
            "residuals" => Equality::Residuals,
            "residual.covariances" => Equality::ResidualCovariances,
            "means" => Equality::Means,
            "regressions" => Equality::Regressions,
            "lv.variances" => Equality::LatentVariances,
            "lv.covariances" => Equality::LatentCovariances,
            other => panic!("{other}"),
        };
        let mut compared = 0;
        for line in include_str!("../../tests/reference/group_equal_ordinal.csv").lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let text = models.iter().find(|(name, _)| *name == cells[1]).unwrap().1;
            let model: Model = text.parse().unwrap();
            let ordinal = model.observed_names().into_iter().filter(|name| name.starts_with('u'));
            let thresholds = cells[0].parse::<usize>().unwrap() - 1;
            let specification = Specification {
                function: Function::Sem,
                scaling: if cells[3] == "true" { Scaling::UnitVariance } else { Scaling::Marker },
                equal: cells[4].split(' ').map(kind).collect(),
                ordinal: ordinal.map(|name| (name, thresholds)).collect(),
                parameterization: match cells[2] {
                    "theta" => Parameterization::Theta,
                    _ => Parameterization::Delta,
                },
                ..Specification::default()
            };
            let tables = ParameterTable::of_groups(&model, &specification, 2).unwrap();
            let found = (tables[0].n_free.to_string(), degrees_of_freedom(&tables).to_string());
            assert_eq!(found, (cells[5].to_string(), cells[6].to_string()), "{line}");
            compared += 1;
        }
        assert_eq!(compared, 864);
    }
}
