//! The arguments of every command: a file for each, and what they share.

mod adaptive;
mod aggregates;
mod align;
mod choice;
mod compare;
mod content;
mod correlate;
mod data;
mod dif;
mod efa;
mod ega;
mod fit;
mod imputation;
mod init;
mod invariance;
mod invariance_power;
mod irt;
mod layout;
mod moderation;
mod mtmm;
mod output;
mod read;
mod retention;
mod rotation;
mod scales;
mod score;
mod short_form;
mod simulate;
mod validate;
mod values;

pub(crate) use adaptive::{AdaptiveOptions, LinkOptions};
pub(crate) use aggregates::{MergeOptions, MomentsOptions, PlanOptions, SqlOptions};
pub(crate) use align::{AlignOptions, LossOptions};
pub(crate) use compare::CompareOptions;
pub(crate) use content::{AgreementOptions, ContentOptions, PerspectiveOptions};
pub(crate) use correlate::{CorrelateOptions, CorrelationType};
pub(crate) use data::{DataOptions, TableOptions};
pub(crate) use dif::{DifMethod, DifOptions};
pub(crate) use efa::{EfaOptions, Errors, FactorCount};
pub(crate) use ega::EgaOptions;
pub(crate) use fit::FitOptions;
pub(crate) use init::{CheckOptions, InitOptions};
pub(crate) use invariance::InvarianceOptions;
pub(crate) use invariance_power::InvariancePowerOptions;
pub(crate) use irt::{IrtOptions, LikelihoodOption};
pub(crate) use moderation::ModerationOptions;
pub(crate) use mtmm::MtmmOptions;
pub(crate) use output::{Format, OutputOptions};
pub(crate) use read::ReadOptions;
pub(crate) use retention::RetentionOptions;
pub(crate) use rotation::{RotationOptions, Rows};
pub(crate) use scales::{AggregateOptions, ReliabilityOptions, ScaleOptions, ScreenOptions};
pub(crate) use score::ScoreOptions;
pub(crate) use short_form::ShortFormOptions;
pub(crate) use simulate::SimulateOptions;
pub(crate) use validate::ValidateOptions;
pub(crate) use values::{Names, listed, ordered};

use clap::{Parser, Subcommand};

/// Construct validation: from a construct and answers to Likert items to evidence.
#[derive(Debug, Parser)]
#[command(version, long_version = long_version(), propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// A construct file drafted from a file of answers: items, scales, dimensions, with what to decide
    Init(InitOptions),
    /// What a construct file reads of its data, and what would be left out, before anything is computed
    Check(CheckOptions),
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
    /// Whether intercepts and loadings of items depend on numbers such as age: moderated nonlinear factor analysis
    Moderation(ModerationOptions),
    /// Many groups compared without equal parameters: alignment, from loadings and intercepts by group
    Align(AlignOptions),
    /// Whether items work alike for persons of the same level: differential item functioning
    Dif(DifOptions),
    /// Exploratory factor analysis: factors extracted and turned, with their fit
    Efa(Box<EfaOptions>),
    /// Exploratory graph analysis: a network of items, its communities as dimensions, how stable they are
    Ega(EgaOptions),
    /// A short form: the items whose sum is most reliable, with some of each dimension, judged in other respondents
    ShortForm(ShortFormOptions),
    /// How many factors there are: parallel analysis, MAP, Hull and other rules, and what they come to
    Retention(RetentionOptions),
    /// Sums and two-way tables of answers, which fits are made from where the rows cannot go; mergeable
    Moments(MomentsOptions),
    /// Moments of parts of the data, and results of the statements of sql, as one
    Merge(MergeOptions),
    /// The SQL that computes the same in a warehouse: duckdb, spark, postgres, bigquery, snowflake, datafusion
    Sql(SqlOptions),
    /// What a file holds, before any construct: SPSS, Stata, Excel, OpenDocument, Parquet, CSV, exports of survey services
    Read(ReadOptions),
    /// Fit a model in lavaan syntax
    Fit(Box<FitOptions>),
    /// What groups have in common: equal loadings, intercepts, residual variances, step by step
    Invariance(Box<InvarianceOptions>),
    /// How often such a ladder finds what differs, and names what does not, by simulation: at which sizes of groups
    InvariancePower(Box<InvariancePowerOptions>),
    /// Item response models: Rasch, 2PL, graded, partial credit, ...; fit, precision, scores
    Irt(Box<IrtOptions>),
    /// Adaptive tests from item parameters: how many items, how precise and how biased, by simulation
    Adaptive(AdaptiveOptions),
    /// Two forms with common items on one scale: mean-mean, mean-sigma, Haebara, Stocking and Lord
    Link(LinkOptions),
    /// Compare fitted models: difference tests, AIC, BIC
    Compare(CompareOptions),
    /// Completions of the command line for a shell
    #[command(hide = true)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual, as a page for `man`; a page of a command with its name
    #[command(hide = true)]
    Man {
        /// The command
        command: Option<String>,
    },
    /// Data from a population model, or what an estimator makes of many samples of it
    Simulate(SimulateOptions),
}

/// The version, and what was built in.
fn long_version() -> String {
    let features = [
        ("arrow", cfg!(feature = "arrow")),
        ("dta", cfg!(feature = "dta")),
        ("parquet", cfg!(feature = "parquet")),
        ("sav", cfg!(feature = "sav")),
        ("tables", cfg!(feature = "tables")),
        ("xlsx", cfg!(feature = "xlsx")),
    ];
    let built: Vec<&str> = features.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
    format!("{}\nfeatures: {}", env!("CARGO_PKG_VERSION"), built.join(", "))
}

/// A result that goes to a file named `.csv`, `.xlsx` or `.sav` is a table, unless a format is asked for.
pub(crate) fn with_table_format(mut arguments: Vec<String>) -> Vec<String> {
    let is_table = |name: &str| {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        ending.is_some_and(|ending| matches!(ending.as_str(), "csv" | "xlsx" | "sav"))
    };
    let output = arguments.windows(2).any(|pair| pair[0] == "--output" && is_table(&pair[1]))
        || arguments.iter().any(|own| own.strip_prefix("--output=").is_some_and(is_table));
    let format = arguments.iter().any(|own| own == "--format" || own.starts_with("--format="));
    if output && !format {
        arguments.push("--format=csv".into());
    }
    arguments
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

    /// What needs the rows does not offer to go without them.
    #[test]
    fn aggregates_are_offered_where_they_are_taken() {
        let mut all = Cli::command();
        let mut offers = |name: &str| {
            let own = all.find_subcommand_mut(name).expect("a command");
            own.render_long_help().to_string().contains("--from-aggregates")
        };
        for name in ["items", "reliability", "correlate", "efa", "fit", "invariance"] {
            assert!(offers(name), "{name}");
        }
        for name in ["read", "screen", "aggregate", "dif", "irt", "moderation", "retention"] {
            assert!(!offers(name), "{name}");
        }
    }

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
}
