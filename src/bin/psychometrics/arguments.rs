//! The arguments of every command.

use crate::outcome::Format;
use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use psychometrics::correlation::{EmptyCells, Method};
use psychometrics::estimate::{
    BootstrapInterval, Bounds, Conventions, DifferenceTest, Estimator, Information, Likelihood, Resampling,
    ScoreMethod, StandardErrors, TestStatistic,
};
use psychometrics::evidence::MeasurementLevel;
use psychometrics::model::{Equality, Function, Parameterization};
use psychometrics::moments::Missing;
use psychometrics::report::Language;
use psychometrics::{Error, Result};
use std::path::{Path, PathBuf};

/// Construct validation: from a construct and answers to Likert items to evidence.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole validation that a construct file describes
    Validate(ValidateOptions),
    /// Convergent, discriminant and criterion validity, and the hypotheses of a construct file
    Validity(ValidateOptions),
    /// Missing and impossible answers, and who may have answered without reading
    Screen(ScreenOptions),
    /// Item statistics: means, response shares, item-total correlations
    Items(ScaleOptions),
    /// Alpha, omega, lower bounds, split halves with intervals, by group, and without each item
    Reliability(Box<ReliabilityOptions>),
    /// Scale and factor scores of new respondents, with standard errors, norms and a check of their answers
    Score(ScoreOptions),
    /// Several traits by several methods: Campbell and Fiske's criteria, CT-CM and CT-C(M-1)
    Mtmm(MtmmOptions),
    /// Content validity of items from expert ratings, or (--sort) from an item-sort task
    Content(ContentOptions),
    /// Agreement between coders: one row a unit, one column a coder, empty where not coded
    Agreement(AgreementOptions),
    /// What stakeholders brought up: coded excerpts by dimension, group and organisation
    Perspectives(PerspectiveOptions),
    /// Intraclass correlations of ratings: one row a target, one column a rater or an occasion
    Icc(TableOptions),
    /// Whether members of a group agree enough for its mean: ICC(1), ICC(2), rwg, rwg(j), awg
    Aggregate(AggregateOptions),
    /// Correlations: Pearson, of ranks, polychoric, or of ordinal with continuous variables
    Correlate(CorrelateOptions),
    /// Fit a model in lavaan syntax
    Fit(Box<FitOptions>),
    /// Compare fitted models: difference tests, AIC, BIC
    Compare(CompareOptions),
    /// Data from a population model, or what an estimator makes of many samples of it
    Simulate(SimulateOptions),
}

/// Where the result goes.
#[derive(Debug, Args)]
pub(crate) struct OutputOptions {
    /// How the result is written; csv where it is one table (items)
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// Write to this file instead of the standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What is read of a data file.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// CSV or TSV file with a header row; an empty field and NA are missing
    #[arg(value_name = "DATA")]
    pub(crate) data: PathBuf,
    /// A further code that means "missing"; may be given more than once
    #[arg(long = "missing-code", value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) missing_codes: Vec<String>,
    /// Only these variables (one whose name contains a comma between double quotes: '"a, b",c'); without them all columns of numbers, but for those that tell who the respondent is
    #[arg(long, value_name = "A,B,C", value_parser = names)]
    columns: Vec<Names>,
    /// The column that tells who the respondent (or target, unit) is: every row must have one of its own
    #[arg(long, value_name = "VAR")]
    pub(crate) respondent: Option<String>,
}

impl DataOptions {
    /// The variables that are named.
    pub(crate) fn columns(&self) -> Vec<String> {
        listed(&self.columns)
    }
}

/// Names in a list.
#[derive(Debug, Clone)]
pub(crate) struct Names(Vec<String>);

/// All names of an option that may be given more than once.
pub(crate) fn listed(lists: &[Names]) -> Vec<String> {
    lists.iter().flat_map(|list| list.0.iter().cloned()).collect()
}

/// Names between commas; one that contains a comma stands between double quotes.
pub(crate) fn names(text: &str) -> std::result::Result<Names, String> {
    let (mut names, mut name, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut name)),
            _ => name.push(c),
        }
    }
    names.push(name);
    if quoted {
        return Err("a double quote is not closed".into());
    }
    names.iter_mut().for_each(|name| *name = name.trim().to_string());
    names.retain(|name| !name.is_empty());
    Ok(Names(names))
}

/// The same of a command that can do without DATA.
#[derive(Debug, Args)]
pub(crate) struct FitData {
    /// CSV or TSV file with a header row; an empty field and NA are missing
    #[arg(value_name = "DATA", required_unless_present = "imputed")]
    pub(crate) data: Option<PathBuf>,
    /// A further code that means "missing"; may be given more than once
    #[arg(long = "missing-code", value_name = "CODE", allow_hyphen_values = true)]
    pub(crate) missing_codes: Vec<String>,
    /// Only these variables
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateOptions {
    /// The construct file
    #[arg(value_name = "CONSTRUCT.toml")]
    pub(crate) construct: PathBuf,
    /// The responses, instead of the file that the construct names
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
    /// What the answers are taken for in the models
    #[arg(long, value_enum, default_value = "by-scale")]
    pub(crate) level: LevelName,
    /// What is done about missing answers in the models
    #[arg(long, value_enum, default_value = "fiml")]
    pub(crate) missing: ModelMissing,
    /// Repeats the validation without respondents whom this many indices of careless answers flag (2 when no number is given)
    #[arg(long, value_name = "FLAGS", num_args = 0..=1, require_equals = true, default_missing_value = "2")]
    pub(crate) sensitivity: Option<usize>,
    /// Language of the report
    #[arg(long, value_enum, default_value = "en")]
    pub(crate) language: LanguageName,
    /// Samples of the respondents for bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,
    /// Seed of the samples
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LanguageName {
    /// English
    En,
    /// Dutch
    Nl,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::En => Language::English,
            LanguageName::Nl => Language::Dutch,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ModelMissing {
    /// Numbers by full-information maximum likelihood, ordinal answers pairwise
    Fiml,
    /// Each threshold and correlation from the answers that are there (ordinal items)
    Pairwise,
    /// Rows with complete answers only
    Listwise,
}

impl From<ModelMissing> for Missing {
    fn from(missing: ModelMissing) -> Self {
        match missing {
            ModelMissing::Fiml => Missing::Fiml,
            ModelMissing::Pairwise => Missing::Pairwise,
            ModelMissing::Listwise => Missing::Listwise,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LevelName {
    /// Ordinal where an item's scale has fewer than seven points
    ByScale,
    /// Ordinal: WLSMV of polychoric correlations
    Ordinal,
    /// Numbers with equal steps: maximum likelihood
    Continuous,
}

impl From<LevelName> for MeasurementLevel {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::ByScale => MeasurementLevel::ByScale,
            LevelName::Ordinal => MeasurementLevel::Ordinal,
            LevelName::Continuous => MeasurementLevel::Continuous,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ScaleOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The items of the scale, a minus before those that are reversed: "x1,-x2"
    #[arg(long, value_name = "X1,-X2", value_parser = names, allow_hyphen_values = true)]
    pub(crate) keys: Vec<Names>,
    /// The declared range of the answers, such as 1..5; needed to reverse an item on its scale
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: Option<(f64, f64)>,
    /// How missing answers are treated
    #[arg(long, value_enum, default_value = "pairwise")]
    pub(crate) missing: ScaleMissing,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct ScreenOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The items, a minus before those that are reversed: "x1,-x2"; all columns of numbers where none are given
    #[arg(long, value_name = "X1,-X2", value_parser = names, allow_hyphen_values = true)]
    pub(crate) keys: Vec<Names>,
    /// The range of possible answers, such as 1..5; needed where a scale of --scales has reversed items
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: Option<(f64, f64)>,
    /// Three scales or more for even-odd consistency: "a=a1,-a2,a3;b=b1,b2;c=c1,c2"
    #[arg(long, value_name = "A=A1,-A2;B=...")]
    pub(crate) scales: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct AggregateOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// The column that tells the group of each member
    #[arg(long, value_name = "VAR")]
    pub(crate) cluster: String,
    /// The range of possible answers, such as 1..5
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    pub(crate) scale: (f64, f64),
    /// The scales; without them all columns together, and each by itself: "a=a1,a2;b=b1,b2"
    #[arg(long, value_name = "A=A1,A2;B=...")]
    pub(crate) scales: Option<String>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct ReliabilityOptions {
    #[command(flatten)]
    pub(crate) scale: ScaleOptions,
    /// Bootstrap intervals of every coefficient, from so many replicates
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1000", value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: Option<u32>,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Strata for stratified alpha: "a1,a2;b1,b2"
    #[arg(long, value_name = "A,B;C,D")]
    pub(crate) strata: Option<String>,
    /// Reliability in each group of this variable, and tests of the difference
    #[arg(long, value_name = "VAR")]
    pub(crate) group: Option<String>,
}

/// A table of ratings or codes.
#[derive(Debug, Args)]
pub(crate) struct TableOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct ContentOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    /// The rating scale
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, default_value = "1..4", allow_hyphen_values = true)]
    pub(crate) scale: (f64, f64),
    /// Lowest rating that counts as relevant; one below the highest where not given
    #[arg(long, value_name = "RATING")]
    pub(crate) relevant: Option<f64>,
    /// Lowest rating that counts as essential in Lawshe's ratio; as --relevant where not given
    #[arg(long, value_name = "RATING")]
    pub(crate) essential: Option<f64>,
    /// The construct file, which tells to which dimension an item belongs
    #[arg(long, value_name = "CONSTRUCT.toml")]
    pub(crate) construct: Option<PathBuf>,
    /// The table is an item-sort task: item, expert, dimension
    #[arg(long)]
    pub(crate) sort: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AgreementOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    /// Replicates of the bootstrap intervals
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    pub(crate) bootstrap: u32,
    /// Seed of the bootstrap
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The codes that were possible, whether they occur or not; of labels also their order, for ordinal coefficients
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', allow_hyphen_values = true)]
    pub(crate) codes: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct MtmmOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    /// What measures what by which method; the first method is the standard of CT-C(M-1)
    #[arg(long, value_name = "VARIABLE=TRAIT:METHOD,...", value_delimiter = ',', required = true)]
    pub(crate) measures: Vec<String>,
    /// DATA is a covariance or correlation matrix of so many respondents
    #[arg(long, value_name = "N")]
    pub(crate) cov: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct ScoreOptions {
    /// The construct file
    #[arg(value_name = "CONSTRUCT.toml")]
    pub(crate) construct: PathBuf,
    /// Answers of the new respondents: a column per item, and perhaps one of ids
    #[arg(value_name = "DATA")]
    pub(crate) data: PathBuf,
    /// The norm sample, instead of the responses that the construct names
    #[arg(long, value_name = "FILE")]
    pub(crate) norms: Option<PathBuf>,
    /// What the answers are taken for in the models
    #[arg(long, value_enum, default_value = "by-scale")]
    pub(crate) level: LevelName,
    /// The least of a scale's items that must be answered for a score: a share (0.8, 80%) or a number of items (4)
    #[arg(long, value_name = "SHARE|COUNT", default_value = "50%")]
    pub(crate) minimum_answered: String,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct PerspectiveOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    /// The construct file, whose dimensions and facets the codes must be
    #[arg(long, value_name = "CONSTRUCT.toml")]
    pub(crate) construct: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ScaleMissing {
    /// Each number from the answers that are there
    Pairwise,
    /// Rows with complete answers only
    Listwise,
    /// Covariances by full-information maximum likelihood (reliability)
    Fiml,
}

impl From<ScaleMissing> for Missing {
    fn from(missing: ScaleMissing) -> Self {
        match missing {
            ScaleMissing::Pairwise => Missing::Pairwise,
            ScaleMissing::Listwise => Missing::Listwise,
            ScaleMissing::Fiml => Missing::Fiml,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum PairMissing {
    /// Each number from the answers that are there
    Pairwise,
    /// Rows with complete answers only
    Listwise,
}

impl From<PairMissing> for Missing {
    fn from(missing: PairMissing) -> Self {
        match missing {
            PairMissing::Pairwise => Missing::Pairwise,
            PairMissing::Listwise => Missing::Listwise,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CorrelateOptions {
    #[command(flatten)]
    pub(crate) data: DataOptions,
    /// What is computed
    #[arg(long = "type", value_enum, default_value = "pearson")]
    pub(crate) kind: CorrelationType,
    /// The ordinal variables of --type mixed (or polychoric), or all
    #[arg(long, value_name = "A,B,C|all", value_delimiter = ',')]
    pub(crate) ordered: Vec<String>,
    /// How correlations with ordinal variables are estimated
    #[arg(long, value_enum, default_value = "two-step")]
    pub(crate) method: CorrelationMethod,
    /// What is done about empty cells of two ordinal variables: none, half (in tables of 2 x 2), or add:NUMBER
    #[arg(long, value_name = "POLICY", default_value = "half", value_parser = empty_cells)]
    pub(crate) empty_cells: EmptyCells,
    /// How missing answers are treated
    #[arg(long, value_enum, default_value = "pairwise")]
    pub(crate) missing: PairMissing,
    /// Raise negative eigenvalues of the matrix, with a warning
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) smooth: Option<bool>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CorrelationType {
    Pearson,
    Spearman,
    /// Kendall's tau-b
    Kendall,
    /// Of the normal variables behind ordinal ones
    Polychoric,
    /// Of ordinal (--ordered) and continuous variables: polychoric, polyserial and Pearson
    Mixed,
}

impl CorrelationType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            CorrelationType::Pearson => "pearson",
            CorrelationType::Spearman => "spearman",
            CorrelationType::Kendall => "kendall",
            CorrelationType::Polychoric => "polychoric",
            CorrelationType::Mixed => "mixed",
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CorrelationMethod {
    /// Thresholds from each variable by itself, then the correlation of each pair
    TwoStep,
    /// Thresholds and correlation of each pair together, by maximum likelihood
    Ml,
}

impl From<CorrelationMethod> for Method {
    fn from(name: CorrelationMethod) -> Self {
        match name {
            CorrelationMethod::TwoStep => Method::TwoStep,
            CorrelationMethod::Ml => Method::MaximumLikelihood,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CompareOptions {
    /// Documents that `fit --format json` wrote
    #[arg(value_name = "FIT.json", required = true, num_args = 2..)]
    pub(crate) fits: Vec<PathBuf>,
    /// The difference test, instead of the one that belongs to the fits' test statistic
    #[arg(long, value_enum)]
    pub(crate) method: Option<MethodName>,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateOptions {
    /// The population, a file in lavaan syntax with a value for every loading and path
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// Respondents per sample
    #[arg(long, value_name = "N", value_parser = samples)]
    pub(crate) n: usize,
    /// Seed of the samples
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Skewness of every variable
    #[arg(long, value_name = "G1", default_value_t = 0.0, allow_hyphen_values = true)]
    pub(crate) skewness: f64,
    /// Excess kurtosis of every variable
    #[arg(long, value_name = "G2", default_value_t = 0.0, allow_hyphen_values = true)]
    pub(crate) kurtosis: f64,
    /// Share of the answers that are missing
    #[arg(long, value_name = "SHARE")]
    pub(crate) missing_share: Option<f64>,
    /// The more often missing, the higher this variable
    #[arg(long, value_name = "VAR", requires = "missing_share")]
    pub(crate) missing_given: Option<String>,
    /// Draw this many samples and report bias, coverage and power
    #[arg(long, value_name = "R", value_parser = samples)]
    pub(crate) replications: Option<usize>,
    /// The model that is fitted to them; needed with --replications
    #[arg(long, value_name = "MODEL", requires = "replications")]
    pub(crate) fit: Option<PathBuf>,
    /// Whose defaults complete that model
    #[arg(long = "fn", value_name = "FUNCTION", value_enum, default_value = "cfa")]
    pub(crate) function: FunctionName,
    /// Estimator of that model
    #[arg(long, value_enum, ignore_case = true, default_value = "ML")]
    pub(crate) estimator: EstimatorName,
    #[command(flatten)]
    pub(crate) output: OutputOptions,
}

/// Under lavaan's names.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MethodName {
    Standard,
    #[value(name = "satorra.bentler.2001")]
    SatorraBentler2001,
    #[value(name = "satorra.bentler.2010")]
    SatorraBentler2010,
    #[value(name = "satorra.2000")]
    Satorra2000,
}

impl From<MethodName> for DifferenceTest {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Standard => DifferenceTest::Standard,
            MethodName::SatorraBentler2001 => DifferenceTest::SatorraBentler2001,
            MethodName::SatorraBentler2010 => DifferenceTest::SatorraBentler2010,
            MethodName::Satorra2000 => DifferenceTest::Satorra2000,
        }
    }
}

/// Options whose names and values are lavaan's.
#[derive(Debug, Args)]
pub(crate) struct FitOptions {
    /// The model, a file in lavaan syntax; names with blanks or a digit in front stand between quotes
    #[arg(value_name = "MODEL")]
    pub(crate) model: PathBuf,
    /// Variables outside the model that tell of missing answers, as saturated correlates (needs --missing fiml)
    #[arg(long, value_name = "a,b,...", value_delimiter = ',')]
    pub(crate) auxiliary: Vec<String>,
    #[command(flatten)]
    pub(crate) data: FitData,
    /// Whose defaults complete the model
    #[arg(long = "fn", value_name = "FUNCTION", value_enum, default_value = "cfa")]
    pub(crate) function: FunctionName,
    /// Estimator; ML, and with ordered variables WLSMV, unless another is given
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) estimator: Option<EstimatorName>,
    /// The ordinal variables, or all: those that the model explains
    #[arg(long, value_name = "A,B,C|all", value_delimiter = ',')]
    pub(crate) ordered: Vec<String>,
    /// What gives the variables behind ordinal ones their unit: their scaling factors (delta), or their residual
    /// variances (theta)
    #[arg(long, value_enum, default_value = "delta")]
    pub(crate) parameterization: ParameterizationName,
    /// Slopes on covariates are free in the independence model of ordinal data
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) baseline_free_slopes: Option<bool>,
    /// What is done about empty cells of two ordinal variables: none, half (in tables of 2 x 2), or add:NUMBER
    #[arg(long, value_name = "POLICY", default_value = "half", value_parser = empty_cells)]
    pub(crate) empty_cells: EmptyCells,
    /// How missing answers are treated
    #[arg(long, value_enum, default_value = "listwise")]
    pub(crate) missing: FitMissing,
    /// Impute missing answers in so many data sets (chained equations, predictive mean matching; within each --group),
    /// fit the model to each and pool the fits
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub(crate) imputations: Option<u32>,
    /// Data sets that another program completed (mice, Amelia), in the place of DATA: fit the model to each and pool the
    /// fits. One file each, after MODEL: --imputed a.csv --imputed b.csv, or --imputed *.csv
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["data", "imputations"])]
    pub(crate) imputed: Vec<PathBuf>,
    /// Rounds over the variables before a data set is taken as it is
    #[arg(long, value_name = "N", default_value_t = 10, requires = "imputations", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) imputation_iterations: u32,
    /// Variables outside the model that missing answers are predicted from too; their own are imputed as well
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', requires = "imputations")]
    pub(crate) imputation_predictors: Vec<String>,
    /// Fit the model to each group of this variable
    #[arg(long, value_name = "VAR")]
    pub(crate) group: Option<String>,
    /// The variable that says which cluster a respondent belongs to
    #[arg(long, value_name = "VAR")]
    pub(crate) cluster: Option<String>,
    /// The variable that says how many of the population a respondent stands for
    #[arg(long, value_name = "VAR")]
    pub(crate) weights: Option<String>,
    /// What is equal in all groups
    #[arg(long, value_enum, value_delimiter = ',', requires = "group")]
    pub(crate) group_equal: Vec<EqualityName>,
    /// Parameters that are free in each group all the same: "visual=~x3,x5~1"
    #[arg(long, value_name = "PARAMETERS", value_delimiter = ',', requires = "group")]
    pub(crate) group_partial: Vec<String>,
    /// Latent variables have variance 1 instead of a marker loading of 1
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) std_lv: Option<bool>,
    /// Model the means
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) meanstructure: Option<bool>,
    /// Exogenous latent variables do not covary
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) orthogonal: Option<bool>,
    /// Add variances that the model does not name, with --fn lavaan too
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) auto_var: Option<bool>,
    /// Add covariances of exogenous latent variables, or leave them out
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) auto_cov_lv_x: Option<bool>,
    /// Add covariances of outcomes that explain nothing, or leave them out
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) auto_cov_y: Option<bool>,
    /// Intercepts of observed variables are free, or zero
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) int_ov_free: Option<bool>,
    /// Means of latent variables are free, or zero
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) int_lv_free: Option<bool>,
    /// Exogenous observed covariates are fixed or random (default: fixed, random by least squares of continuous variables)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) fixed_x: Option<bool>,
    /// Divisor of covariances: N (normal) or N - 1 (wishart)
    #[arg(long, value_enum, default_value = "normal")]
    pub(crate) likelihood: LikelihoodName,
    /// Information matrix behind the standard errors
    #[arg(long, value_enum)]
    pub(crate) information: Option<InformationName>,
    /// Standard errors
    #[arg(long, value_enum)]
    pub(crate) se: Option<ErrorsName>,
    /// Test statistic
    #[arg(long, value_enum)]
    pub(crate) test: Option<TestName>,
    /// Replicates of --se bootstrap and --test bollen.stine
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) bootstrap: usize,
    /// Seed of the replicates and of imputations
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Where the replicates of --se bootstrap come from
    #[arg(long, value_enum, default_value = "nonparametric")]
    pub(crate) resampling: ResamplingName,
    /// Intervals of --se bootstrap
    #[arg(long, value_enum, default_value = "percentile")]
    pub(crate) interval: IntervalName,
    /// Bounds within which estimates are sought
    #[arg(long, value_enum, default_value = "none")]
    pub(crate) bounds: BoundsName,
    /// Whose numerical conventions the fit measures follow
    #[arg(long, value_enum, default_value = "lavaan")]
    pub(crate) mimic: MimicName,
    /// DATA is a covariance (or correlation) matrix; needs --nobs
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) cov: Option<bool>,
    /// Respondents behind the covariance matrix
    #[arg(long, value_name = "N")]
    pub(crate) nobs: Option<usize>,
    /// File of means that go with the covariance matrix
    #[arg(long, value_name = "FILE")]
    pub(crate) means: Option<PathBuf>,
    /// Add the residuals: observed minus implied moments
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) residuals: Option<bool>,
    /// Add the implied moments
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) implied: Option<bool>,
    /// Add the covariance matrix of the estimates
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) vcov: Option<bool>,
    /// Add the explained variances
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) r2: Option<bool>,
    /// Add modification indices with expected parameter changes
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) modification_indices: Option<bool>,
    /// Add direct, indirect and total effects
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) effects: Option<bool>,
    /// Add intervals from the profile of the likelihood
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) profile: Option<bool>,
    /// Add the shares of the categories of ordinal items, and how they go with the factors
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) curves: Option<bool>,
    /// Add the reliability of each factor's ordinal items
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub(crate) reliability: Option<bool>,
    /// Add factor scores of the respondents
    #[arg(long, value_enum, value_name = "METHOD")]
    pub(crate) scores: Option<ScoresName>,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ResamplingName {
    /// The respondents themselves, with replacement
    Nonparametric,
    /// The normal distribution that the model implies
    Parametric,
}

impl From<ResamplingName> for Resampling {
    fn from(name: ResamplingName) -> Self {
        match name {
            ResamplingName::Nonparametric => Resampling::Nonparametric,
            ResamplingName::Parametric => Resampling::Parametric,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum IntervalName {
    Percentile,
    Basic,
    Bca,
    Normal,
}

impl From<IntervalName> for BootstrapInterval {
    fn from(name: IntervalName) -> Self {
        match name {
            IntervalName::Percentile => BootstrapInterval::Percentile,
            IntervalName::Basic => BootstrapInterval::Basic,
            IntervalName::Bca => BootstrapInterval::Bca,
            IntervalName::Normal => BootstrapInterval::Normal,
        }
    }
}

/// Under lavaan's names.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum BoundsName {
    None,
    #[value(name = "pos.var")]
    PositiveVariances,
    Standard,
    Wide,
}

impl From<BoundsName> for Bounds {
    fn from(name: BoundsName) -> Self {
        match name {
            BoundsName::None => Bounds::None,
            BoundsName::PositiveVariances => Bounds::PositiveVariances,
            BoundsName::Standard => Bounds::Standard,
            BoundsName::Wide => Bounds::Wide,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ScoresName {
    Regression,
    Bartlett,
    /// Mode of the posterior distribution; of ordinal answers too
    Ebm,
    /// Mean of the posterior distribution; of ordinal answers too
    Eap,
}

impl From<ScoresName> for ScoreMethod {
    fn from(name: ScoresName) -> Self {
        match name {
            ScoresName::Regression => ScoreMethod::Regression,
            ScoresName::Bartlett => ScoreMethod::Bartlett,
            ScoresName::Ebm => ScoreMethod::Ebm,
            ScoresName::Eap => ScoreMethod::Eap,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FunctionName {
    Cfa,
    Sem,
    Growth,
    Lavaan,
}

impl From<FunctionName> for Function {
    fn from(name: FunctionName) -> Self {
        match name {
            FunctionName::Cfa => Function::Cfa,
            FunctionName::Sem => Function::Sem,
            FunctionName::Growth => Function::Growth,
            FunctionName::Lavaan => Function::Lavaan,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
pub(crate) enum EstimatorName {
    Ml,
    Mlm,
    Mlmv,
    Mlmvs,
    Mlr,
    Mlf,
    Gls,
    Uls,
    Wls,
    Dwls,
    Wlsm,
    Wlsmv,
    Wlsmvs,
    Ulsm,
    Ulsmv,
    Ulsmvs,
}

impl From<EstimatorName> for Estimator {
    fn from(name: EstimatorName) -> Self {
        match name {
            EstimatorName::Ml => Estimator::Ml,
            EstimatorName::Mlm => Estimator::Mlm,
            EstimatorName::Mlmv => Estimator::Mlmv,
            EstimatorName::Mlmvs => Estimator::Mlmvs,
            EstimatorName::Mlr => Estimator::Mlr,
            EstimatorName::Mlf => Estimator::Mlf,
            EstimatorName::Gls => Estimator::Gls,
            EstimatorName::Uls => Estimator::Uls,
            EstimatorName::Wls => Estimator::Wls,
            EstimatorName::Dwls => Estimator::Dwls,
            EstimatorName::Wlsm => Estimator::Wlsm,
            EstimatorName::Wlsmv => Estimator::Wlsmv,
            EstimatorName::Wlsmvs => Estimator::Wlsmvs,
            EstimatorName::Ulsm => Estimator::Ulsm,
            EstimatorName::Ulsmv => Estimator::Ulsmv,
            EstimatorName::Ulsmvs => Estimator::Ulsmvs,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ParameterizationName {
    Delta,
    Theta,
}

impl From<ParameterizationName> for Parameterization {
    fn from(name: ParameterizationName) -> Self {
        match name {
            ParameterizationName::Delta => Parameterization::Delta,
            ParameterizationName::Theta => Parameterization::Theta,
        }
    }
}

/// `none`, `half`, `add:0.5`.
fn empty_cells(text: &str) -> std::result::Result<EmptyCells, String> {
    match (text, text.strip_prefix("add:").map(str::parse::<f64>)) {
        ("none", _) => Ok(EmptyCells::Keep),
        ("half", _) => Ok(EmptyCells::HalfInTwoByTwo),
        (_, Some(Ok(number))) if number > 0.0 && number <= 1.0 => Ok(EmptyCells::Add(number)),
        _ => Err("give none, half, or add:NUMBER with a number above 0 and up to 1, such as add:0.5".into()),
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FitMissing {
    /// Rows with complete answers only
    Listwise,
    /// Each threshold and correlation from the answers that are there (ordinal variables)
    Pairwise,
    /// Every row by the likelihood of its answers (full-information maximum likelihood)
    #[value(alias = "ml")]
    Fiml,
    /// The same, and rows without a fixed covariate count too
    #[value(name = "fiml.x", alias = "ml.x")]
    FimlX,
    /// Saturated moments by maximum likelihood, then the model
    #[value(name = "two.stage")]
    TwoStage,
    /// The same without assuming normality
    #[value(name = "robust.two.stage")]
    RobustTwoStage,
}

impl From<FitMissing> for Missing {
    fn from(missing: FitMissing) -> Self {
        match missing {
            FitMissing::Listwise => Missing::Listwise,
            FitMissing::Pairwise => Missing::Pairwise,
            FitMissing::Fiml => Missing::Fiml,
            FitMissing::FimlX => Missing::FimlX,
            FitMissing::TwoStage => Missing::TwoStage,
            FitMissing::RobustTwoStage => Missing::RobustTwoStage,
        }
    }
}

/// Under lavaan's names.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum EqualityName {
    Loadings,
    Intercepts,
    Residuals,
    #[value(name = "residual.covariances")]
    ResidualCovariances,
    Thresholds,
    Means,
    Regressions,
    #[value(name = "lv.variances")]
    LatentVariances,
    #[value(name = "lv.covariances")]
    LatentCovariances,
}

impl From<EqualityName> for Equality {
    fn from(name: EqualityName) -> Self {
        match name {
            EqualityName::Loadings => Equality::Loadings,
            EqualityName::Intercepts => Equality::Intercepts,
            EqualityName::Residuals => Equality::Residuals,
            EqualityName::ResidualCovariances => Equality::ResidualCovariances,
            EqualityName::Thresholds => Equality::Thresholds,
            EqualityName::Means => Equality::Means,
            EqualityName::Regressions => Equality::Regressions,
            EqualityName::LatentVariances => Equality::LatentVariances,
            EqualityName::LatentCovariances => Equality::LatentCovariances,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LikelihoodName {
    Normal,
    Wishart,
}

impl From<LikelihoodName> for Likelihood {
    fn from(name: LikelihoodName) -> Self {
        match name {
            LikelihoodName::Normal => Likelihood::Normal,
            LikelihoodName::Wishart => Likelihood::Wishart,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum InformationName {
    Expected,
    Observed,
    #[value(name = "first.order")]
    FirstOrder,
}

impl From<InformationName> for Information {
    fn from(name: InformationName) -> Self {
        match name {
            InformationName::Expected => Information::Expected,
            InformationName::Observed => Information::Observed,
            InformationName::FirstOrder => Information::FirstOrder,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ErrorsName {
    Standard,
    #[value(name = "robust.sem")]
    RobustSem,
    #[value(name = "robust.huber.white")]
    RobustHuberWhite,
    #[value(name = "first.order")]
    FirstOrder,
    Bootstrap,
    None,
}

impl From<ErrorsName> for StandardErrors {
    fn from(name: ErrorsName) -> Self {
        match name {
            ErrorsName::Standard => StandardErrors::Standard,
            ErrorsName::RobustSem => StandardErrors::RobustSem,
            ErrorsName::RobustHuberWhite => StandardErrors::RobustHuberWhite,
            ErrorsName::FirstOrder => StandardErrors::FirstOrder,
            ErrorsName::Bootstrap => StandardErrors::Bootstrap,
            ErrorsName::None => StandardErrors::None,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TestName {
    Standard,
    #[value(name = "satorra.bentler")]
    SatorraBentler,
    #[value(name = "yuan.bentler")]
    YuanBentler,
    #[value(name = "yuan.bentler.mplus")]
    YuanBentlerMplus,
    #[value(name = "mean.var.adjusted")]
    MeanVarAdjusted,
    #[value(name = "scaled.shifted")]
    ScaledShifted,
    #[value(name = "bollen.stine")]
    BollenStine,
    #[value(name = "browne.residual.nt")]
    BrowneResidualNt,
    #[value(name = "browne.residual.nt.model")]
    BrowneResidualNtModel,
    #[value(name = "browne.residual.adf")]
    BrowneResidualAdf,
    #[value(name = "browne.residual.adf.model")]
    BrowneResidualAdfModel,
}

impl From<TestName> for TestStatistic {
    fn from(name: TestName) -> Self {
        match name {
            TestName::Standard => TestStatistic::Standard,
            TestName::SatorraBentler => TestStatistic::SatorraBentler,
            TestName::YuanBentler => TestStatistic::YuanBentler,
            TestName::YuanBentlerMplus => TestStatistic::YuanBentlerMplus,
            TestName::MeanVarAdjusted => TestStatistic::MeanVarAdjusted,
            TestName::ScaledShifted => TestStatistic::ScaledShifted,
            TestName::BollenStine => TestStatistic::BollenStine,
            TestName::BrowneResidualNt => TestStatistic::BrowneResidualNt,
            TestName::BrowneResidualNtModel => TestStatistic::BrowneResidualNtModel,
            TestName::BrowneResidualAdf => TestStatistic::BrowneResidualAdf,
            TestName::BrowneResidualAdfModel => TestStatistic::BrowneResidualAdfModel,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MimicName {
    Lavaan,
    Mplus,
}

impl From<MimicName> for Conventions {
    fn from(name: MimicName) -> Self {
        match name {
            MimicName::Lavaan => Conventions::Lavaan,
            MimicName::Mplus => Conventions::Mplus,
        }
    }
}

/// Respondents of a sample, or samples: as many as memory holds.
fn samples(text: &str) -> std::result::Result<usize, String> {
    match text.parse::<usize>() {
        Ok(count) if count <= MOST_SAMPLES => Ok(count),
        Ok(_) => Err(format!("at most {MOST_SAMPLES}")),
        Err(error) => Err(error.to_string()),
    }
}

/// More respondents, or samples, than this are a slip.
const MOST_SAMPLES: usize = 10_000_000;

/// A range such as `1..5`.
fn range(text: &str) -> std::result::Result<(f64, f64), String> {
    let number = |part: &str| part.trim().parse::<f64>().ok().filter(|x| x.is_finite());
    let ends = text.split_once("..").and_then(|(low, high)| Some((number(low)?, number(high)?)));
    match ends {
        Some((low, high)) if low < high => Ok((low, high)),
        Some(_) => Err("the lower end must be below the upper end".into()),
        None => Err("expected two numbers, such as 1..5".into()),
    }
}

/// `--fixed-x false` as `--fixed-x=false`: a switch takes its value after an equals sign, so that a
/// bare switch does not swallow the argument that follows.
pub(crate) fn with_joined_switches(command: &clap::Command, arguments: Vec<String>) -> Vec<String> {
    let switches: Vec<String> = command
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .filter(|argument| argument.is_require_equals_set())
        .filter_map(|argument| argument.get_long().map(|long| format!("--{long}")))
        .collect();
    let mut joined: Vec<String> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match joined.last_mut() {
            Some(last) if switches.contains(last) && (argument == "true" || argument == "false") => {
                *last = format!("{last}={argument}");
            }
            _ => joined.push(argument),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_switch_is_bare_or_has_a_value_in_either_form() {
        let parse = |switch: &[&str]| {
            let mut line: Vec<String> = ["psychometrics", "fit"].map(String::from).to_vec();
            line.extend(switch.iter().map(ToString::to_string));
            line.extend(["m.lav", "d.csv"].map(String::from));
            let line = with_joined_switches(&Cli::command(), line);
            match Cli::try_parse_from(line).unwrap().command {
                Command::Fit(options) => options.fixed_x,
                _ => unreachable!(),
            }
        };
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&["--fixed-x"]), Some(true));
        assert_eq!(parse(&["--fixed-x", "false"]), Some(false));
        assert_eq!(parse(&["--fixed-x=false"]), Some(false));
    }

    #[test]
    fn a_name_that_contains_a_comma_stands_between_quotes() {
        let of = |text: &str| names(text).map(|names| names.0);
        assert_eq!(of("a, b,,c"), Ok(vec!["a".into(), "b".into(), "c".into()]));
        assert_eq!(
            of("\"Problems (a, b) [x]\",-\"c, d\""),
            Ok(vec!["Problems (a, b) [x]".into(), "-c, d".into()])
        );
        assert!(of("\"a,b").is_err());
    }

    #[test]
    fn samples_are_as_many_as_memory_holds() {
        assert_eq!(samples("1000"), Ok(1000));
        assert!(samples("1000000000000").is_err() && samples("-1").is_err());
    }

    #[test]
    fn a_range_has_two_ends_in_order() {
        assert_eq!(range("1..5"), Ok((1.0, 5.0)));
        assert_eq!(range("-2 .. 2.5"), Ok((-2.0, 2.5)));
        assert!(range("5..1").is_err() && range("1-5").is_err() && range("1..inf").is_err());
    }
}
