//! `fit`: options whose names and values are lavaan's.

use super::choice::{Choice, Switch, explained, one_of, value};
use super::imputation::ImputationOptions;
use super::layout::LayoutOptions;
use super::output::OutputOptions;
use super::rotation::RotationOptions;
use super::values::{Names, empty_cells, names};
use clap::Args;
use psychometrics::correlation::EmptyCells;
use psychometrics::estimate::{
    BootstrapInterval, Bounds, Conventions, Estimator, Information, Likelihood, Resampling, ScoreMethod,
    StandardErrors, TestStatistic,
};
use psychometrics::model::{Equality, Function, Parameterization};
use psychometrics::moments::Missing;
use psychometrics::moments::sql::Dialect;
use psychometrics::{Error, Result};
use std::path::{Path, PathBuf};

/// Options whose names and values are lavaan's.
#[derive(Debug, Args)]
pub(crate) struct FitOptions {
    /// The model, a file in lavaan syntax; names with blanks or a digit in front stand between quotes
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// Variables outside the model that tell of missing answers, as saturated correlates (needs --missing fiml)
    #[arg(long, value_name = "a,b,...", value_parser = names)]
    pub(crate) auxiliary: Vec<Names>,
    #[command(flatten)]
    pub(crate) data: FitData,
    /// Whose defaults complete the model
    #[arg(long = "fn", value_name = "FUNCTION", value_parser = one_of(Function::ALL), default_value = "cfa")]
    pub(crate) function: Function,
    /// Estimator; ML, and with ordered variables WLSMV, unless another is given
    #[arg(long, value_parser = one_of(Estimator::ALL), ignore_case = true)]
    pub(crate) estimator: Option<Estimator>,
    /// The ordinal variables, or all: those that the model explains
    #[arg(long, value_name = "A,B,C|all", value_parser = names)]
    pub(crate) ordered: Vec<Names>,
    /// What gives the variables behind ordinal ones their unit: their scaling factors (delta), or their residual
    /// variances (theta)
    #[arg(long, value_parser = one_of(Parameterization::ALL), default_value = "delta")]
    pub(crate) parameterization: Parameterization,
    /// Slopes on covariates are free in the independence model of ordinal data
    #[arg(long, switch())]
    pub(crate) baseline_free_slopes: Option<bool>,
    /// What is done about empty cells of two ordinal variables: none, half (in tables of 2 x 2), or add:NUMBER
    #[arg(long, value_name = "POLICY", default_value = "half", value_parser = empty_cells)]
    pub(crate) empty_cells: EmptyCells,
    /// How missing answers are treated
    #[arg(long, value_parser = missing(), default_value = "listwise")]
    pub(crate) missing: Missing,
    #[command(flatten)]
    pub(crate) imputation: ImputationOptions,
    /// Fit the model to each group of this variable
    #[arg(long, value_name = "VAR")]
    pub(crate) group: Option<String>,
    /// A fit of its own to each group, a line for each (needs --from-aggregates): ten thousand teams, or months of a team
    #[arg(long, switch(), requires = "group")]
    pub(crate) each_group: Option<bool>,
    /// The variable that says which cluster a respondent belongs to
    #[arg(long, value_name = "VAR")]
    pub(crate) cluster: Option<String>,
    /// The variable that says how many of the population a respondent stands for
    #[arg(long, value_name = "VAR")]
    pub(crate) weights: Option<String>,
    /// What is equal in all groups
    #[arg(long, value_parser = one_of(Equality::ALL), value_delimiter = ',', requires = "group")]
    pub(crate) group_equal: Vec<Equality>,
    /// Parameters that are free in each group all the same: "visual=~x3,x5~1"
    #[arg(long, value_name = "PARAMETERS", value_parser = names, requires = "group")]
    pub(crate) group_partial: Vec<Names>,
    /// Latent variables have variance 1 instead of a marker loading of 1
    #[arg(long, switch())]
    pub(crate) std_lv: Option<bool>,
    /// Model the means
    #[arg(long, switch())]
    pub(crate) meanstructure: Option<bool>,
    /// Exogenous latent variables do not covary
    #[arg(long, switch())]
    pub(crate) orthogonal: Option<bool>,
    /// Add variances that the model does not name, with --fn lavaan too
    #[arg(long, switch())]
    pub(crate) auto_var: Option<bool>,
    /// Add covariances of exogenous latent variables, or leave them out
    #[arg(long, switch())]
    pub(crate) auto_cov_lv_x: Option<bool>,
    /// Add covariances of outcomes that explain nothing, or leave them out
    #[arg(long, switch())]
    pub(crate) auto_cov_y: Option<bool>,
    /// Intercepts of observed variables are free, or zero
    #[arg(long, switch())]
    pub(crate) int_ov_free: Option<bool>,
    /// Means of latent variables are free, or zero
    #[arg(long, switch())]
    pub(crate) int_lv_free: Option<bool>,
    /// Exogenous observed covariates are fixed or random (default: fixed, random by least squares of continuous variables)
    #[arg(long, switch())]
    pub(crate) fixed_x: Option<bool>,
    /// Divisor of covariances: N (normal) or N - 1 (wishart)
    #[arg(long, value_parser = one_of(Likelihood::ALL), default_value = "normal")]
    pub(crate) likelihood: Likelihood,
    /// Information matrix behind the standard errors
    #[arg(long, value_parser = one_of(Information::ALL))]
    pub(crate) information: Option<Information>,
    /// Standard errors
    #[arg(long, value_parser = one_of(StandardErrors::ALL))]
    pub(crate) se: Option<StandardErrors>,
    /// Test statistic
    #[arg(long, value_parser = one_of(TestStatistic::ALL))]
    pub(crate) test: Option<TestStatistic>,
    /// Replicates of --se bootstrap and --test bollen.stine
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) bootstrap: usize,
    /// Seed of the replicates and of imputations
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where the replicates of --se bootstrap come from
    #[arg(long, value_parser = resampling(), default_value = "nonparametric")]
    pub(crate) resampling: Resampling,
    /// Intervals of --se bootstrap
    #[arg(long, value_parser = one_of(BootstrapInterval::ALL), default_value = "percentile")]
    pub(crate) interval: BootstrapInterval,
    /// Bounds within which estimates are sought
    #[arg(long, value_parser = one_of(Bounds::ALL), default_value = "none")]
    pub(crate) bounds: Bounds,
    #[command(flatten)]
    pub(crate) rotation: RotationOptions,
    /// Loadings are standardised before factors of efa() blocks are turned (default: yes)
    #[arg(long, switch())]
    pub(crate) rotation_std_ov: Option<bool>,
    /// Factors of efa() blocks do not correlate
    #[arg(long, switch())]
    pub(crate) rotation_orthogonal: Option<bool>,
    /// Whose numerical conventions the fit measures follow
    #[arg(long, value_parser = one_of(Conventions::ALL), default_value = "lavaan")]
    pub(crate) mimic: Conventions,
    /// DATA is a covariance (or correlation) matrix; needs --nobs
    #[arg(long, switch())]
    pub(crate) cov: Option<bool>,
    /// Respondents behind the covariance matrix
    #[arg(long, value_name = "N")]
    pub(crate) nobs: Option<usize>,
    /// File of means that go with the covariance matrix
    #[arg(long, value_name = "FILE")]
    pub(crate) means: Option<PathBuf>,
    /// Add the residuals: observed minus implied moments
    #[arg(long, switch())]
    pub(crate) residuals: Option<bool>,
    /// Add the implied moments
    #[arg(long, switch())]
    pub(crate) implied: Option<bool>,
    /// Add the covariance matrix of the estimates
    #[arg(long, switch())]
    pub(crate) vcov: Option<bool>,
    /// Add the explained variances
    #[arg(long, switch())]
    pub(crate) r2: Option<bool>,
    /// Add modification indices with expected parameter changes
    #[arg(long, switch())]
    pub(crate) modification_indices: Option<bool>,
    /// Add direct, indirect and total effects
    #[arg(long, switch())]
    pub(crate) effects: Option<bool>,
    /// Add intervals from the profile of the likelihood
    #[arg(long, switch())]
    pub(crate) profile: Option<bool>,
    /// Add the shares of the categories of ordinal items, and how they go with the factors
    #[arg(long, switch())]
    pub(crate) curves: Option<bool>,
    /// Add the reliability of each factor: omega of the sum of its items; of ordinal items categorical omega and ordinal alpha
    #[arg(long, switch())]
    pub(crate) reliability: Option<bool>,
    /// Add factor scores of the respondents
    #[arg(long, value_parser = scores(), value_name = "METHOD")]
    pub(crate) scores: Option<ScoreMethod>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

impl FitOptions {
    /// The data file, where the fit is to one.
    pub(crate) fn data(&self) -> Result<&Path> {
        self.data.data.as_deref().ok_or_else(|| Error::BadOption {
            option: "DATA".into(),
            value: "nothing".into(),
            allowed: "a data file, or --imputed with completed ones".into(),
        })
    }
}

/// What is read of a data file by a command that can do without DATA.
#[derive(Debug, Args)]
pub(crate) struct FitData {
    /// The data: CSV or TSV with a header row (an empty field and NA are missing), SPSS, Stata, Excel, OpenDocument, Parquet, or the
    /// export of a survey service
    #[arg(value_name = "DATA", required_unless_present_any = ["imputed", "from_aggregates"])]
    pub(crate) data: Option<PathBuf>,
    /// In the place of DATA: documents of 'moments' and 'merge' (JSON), and results of the statements of 'sql' (CSV), all of one
    /// plan
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["data", "imputed", "imputations", "cov", "scores"])]
    pub(crate) from_aggregates: Vec<PathBuf>,
    /// With --from-aggregates: write, in the place of the fit, the SQL that asks the rows what robust errors and scaled tests need
    /// (MLM, MLR), for this engine
    #[arg(long, value_name = "DIALECT", requires = "from_aggregates", value_parser = one_of(Dialect::ALL))]
    pub(crate) second_pass_sql: Option<Dialect>,
    /// The table with the rows, as it stands behind FROM, of --second-pass-sql
    #[arg(long, value_name = "NAME", default_value = "answers")]
    pub(crate) table: String,
    /// With --from-aggregates: the results of the statements of --second-pass-sql (CSV)
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "from_aggregates", conflicts_with = "second_pass_sql")]
    pub(crate) second_pass: Vec<PathBuf>,
    /// A further code that means "missing"; may be given more than once
    #[arg(long = "missing-code", value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) missing_codes: Vec<String>,
    /// Only these variables
    #[arg(long, value_name = "A,B,C", value_parser = names)]
    pub(crate) columns: Vec<Names>,
    #[command(flatten)]
    pub(crate) layout: LayoutOptions,
}

fn missing() -> Choice<Missing> {
    explained([
        value(Missing::Listwise, "Rows with complete answers only"),
        value(
            Missing::Pairwise,
            "Each threshold and correlation from the answers that are there (ordinal variables)",
        ),
        value(
            Missing::Fiml,
            "Every row by the likelihood of its answers (full-information maximum likelihood)",
        )
        .alias("ml"),
        value(Missing::FimlX, "The same, and rows without a fixed covariate count too").alias("ml.x"),
        value(Missing::TwoStage, "Saturated moments by maximum likelihood, then the model"),
        value(Missing::RobustTwoStage, "The same without assuming normality"),
    ])
}

fn resampling() -> Choice<Resampling> {
    explained([
        value(Resampling::Nonparametric, "The respondents themselves, with replacement"),
        value(Resampling::Parametric, "The normal distribution that the model implies"),
    ])
}

fn scores() -> Choice<ScoreMethod> {
    explained([
        value(ScoreMethod::Regression, ""),
        value(ScoreMethod::Bartlett, ""),
        value(ScoreMethod::Ebm, "Mode of the posterior distribution; of ordinal answers too"),
        value(ScoreMethod::Eap, "Mean of the posterior distribution; of ordinal answers too"),
    ])
}
