//! What is said of an error besides its message: code, place, remedy, and whose fault it is. The file is as long as the enum: a
//! table with an arm for each error.

use super::cells::remedy_of;
use super::error::Error;
use super::names::{is_combining, quoted, shortened};
use std::path::Path;

/// Whether what was given must be repaired (a file, an option, a model text), or the analysis that was asked for cannot
/// be done on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Input,
    Analysis,
}

/// What is said of an error.
#[derive(Debug)]
struct About {
    /// A short stable name for scripts.
    pub(super) code: &'static str,
    pub(super) fault: Fault,
    /// Where it is, as short as possible.
    pub(super) place: Option<String>,
    /// What to do about it, in a sentence.
    pub(super) hint: String,
}

/// The input is at fault.
fn input(code: &'static str, place: impl Into<Option<String>>, hint: impl Into<String>) -> About {
    About { code, fault: Fault::Input, place: place.into(), hint: hint.into() }
}

/// The analysis cannot be done.
fn analysis(code: &'static str, place: impl Into<Option<String>>, hint: impl Into<String>) -> About {
    About { fault: Fault::Analysis, ..input(code, place, hint) }
}

/// One arm an error, so that the compiler finds the one that is forgotten: a table, which is why it is longer than other
/// functions. The arms stand in the order of the enum: files, construct, norms, model,
/// analysis.
fn about(error: &Error) -> About {
    use Error::*;
    match error {
        // ---- files --------------------------------------------------------------------------
        Unreadable { path, .. } => input("unreadable", file(path), "Check the path and the permissions."),
        Unwritable { path, .. } => {
            input("unwritable", file(path), "Check that the folder exists and can be written to.")
        }
        EmptyFile { path } => input("empty_file", file(path), DATA_FILE),
        HeaderOnly { path } => input("header_only", file(path), DATA_FILE),
        NotUtf8 { path, row, .. } => input(
            "not_utf8",
            row_of(path, *row),
            "Save the file as UTF-8 (in Excel: 'CSV UTF-8'; in an editor: 'Save as', 'Encoding').",
        ),
        OtherFormat { path, remedy, .. } => input("other_format", file(path), remedy),
        RaggedRow { path, row, found, expected } => input(
            "ragged_row",
            row_of(path, *row),
            if found > expected {
                "Put a text that contains the delimiter between double quotes; write numbers with a decimal point, not \
                 with a comma."
            } else {
                "Fill the row up with empty fields, or check for a line break inside a text."
            },
        ),
        DuplicateColumn { column: name, .. } => {
            input(
            "duplicate_column",
            column(name),
            "Give every column a name of its own; an item of a construct file may name its column by position: column = 2.",
        )
        }
        UnknownColumn { column: name, nearest, available, .. } => {
            input("unknown_column", column(name), unknown_column_hint(name, nearest.as_deref(), available))
        }
        EmptyColumn { column: name, .. } => analysis(
            "empty_column",
            column(name),
            format!("Leave '{name}' out, or check whether the missing codes swallow its answers."),
        ),
        BadCells { path, cells, .. } => {
            let place = match cells.first() {
                Some(c) => format!("{}, {}", row_of(path, c.row), column(&c.column)),
                None => file(path),
            };
            input("bad_cells", place, remedy_of(cells))
        }
        DuplicateRespondent { path, .. } => input(
            "duplicate_respondent",
            file(path),
            "Keep one row per respondent, or give each a number of its own.",
        ),
        NotSymmetric { row, column, .. } => input(
            "not_symmetric",
            format!("row '{row}', column '{column}'"),
            "Give the full matrix with equal triangles, or print more digits.",
        ),
        WrongSize { what, .. } => input("wrong_size", what.clone(), "Make the numbers agree."),
        UnequalLength { what, .. } => input(
            "unequal_length",
            what.clone(),
            "Give one value for each respondent in every column, `None` where there is none.",
        ),
        NotANumber { row, column: name, .. } => input(
            "not_a_number",
            format!("row {row}, {}", column(name)),
            "Give `None` where there is no answer, or tell the builder that NaN means so (`nan_is_missing`).",
        ),
        NotFinite { what } => input(
            "not_finite",
            what.clone(),
            "Replace it by a number, or leave it empty where it is missing.",
        ),

        // ---- construct ----------------------------------------------------------------------
        ConstructSyntax { place, .. } => {
            input("construct_syntax", place.clone(), "Compare with the sample construct file of the project.")
        }
        DuplicateId { kind, id } => {
            input("duplicate_id", format!("{kind} '{id}'"), format!("Give each {kind} an id of its own."))
        }
        BadId { kind, id } => input(
            "bad_id",
            format!("{kind} '{id}'"),
            if matches!(&**kind, "item" | "variable") {
                "The id is the name of its column: rename the column in the file, and the id with it, to one such as \
                 'kn_use_1'."
            } else {
                "Choose an id such as 'kn_use_1'."
            },
        ),
        ItemWithoutDimension { item } => input(
            "item_without_dimension",
            format!("item '{item}'"),
            format!("Add `dimension = \"...\"` to item '{item}'."),
        ),
        UnknownReference { from, kind, nearest, .. } => input(
            "unknown_reference",
            from.clone(),
            match nearest {
                Some(id) => format!("Did you mean '{id}'?"),
                None => format!("Define the {kind}, or correct the reference."),
            },
        ),
        ScaleTooShort { scale, .. } => input(
            "scale_too_short",
            format!("scale '{scale}'"),
            "List all points of the scale, each with its code.",
        ),
        BadPlan { item, remedy, .. } => input("bad_plan", format!("'{item}'"), remedy),
        BadAggregate { place, remedy, .. } => input("bad_aggregate", place.clone(), remedy),
        AmbiguousScale { scale, .. } => input(
            "ambiguous_scale",
            format!("scale '{scale}'"),
            "Give each point a code and a label of its own.",
        ),
        NothingMeasured { construct } => analysis(
            "nothing_measured",
            format!("construct '{construct}'"),
            "Add [[items]] to at least one dimension.",
        ),
        NoDataNamed { construct } => input(
            "no_data_named",
            format!("construct '{construct}'"),
            "Add `[data]` with `responses = \"FILE.csv\"` to the construct file, or give --data FILE.",
        ),

        // ---- norms --------------------------------------------------------------------------
        NormsSyntax { place, truncated, .. } => input(
            "norms_syntax",
            place.clone(),
            if *truncated {
                "The text ends before the document does: copy the file again, or make the norms again (score CONSTRUCT.toml \
                 --write-norms FILE)."
            } else {
                "Give the file as it was written, or make the norms again (score CONSTRUCT.toml --write-norms FILE)."
            },
        ),
        NormsVersion { place, found, .. } => input(
            "norms_version",
            place.clone(),
            if found.as_ref().is_some_and(|schema| schema.starts_with("psychometrics.norms/")) {
                "Read them with the version that wrote them, or make them again (score CONSTRUCT.toml --write-norms FILE)."
            } else {
                "Give a file that was written with --write-norms (Norms::to_json)."
            },
        ),
        DamagedNorms { place, .. } => input(
            "damaged_norms",
            place.clone(),
            "Make the norms again from their sample (score CONSTRUCT.toml --write-norms FILE); do not change the file by hand.",
        ),
        UnusableItems { place, .. } => input(
            "unusable_items",
            place.clone(),
            "Give the JSON of an item response model of one trait as it was written (irt DATA --format json --out FILE).",
        ),
        OtherConstruct { construct, .. } => input(
            "other_construct",
            format!("construct '{construct}'"),
            "Give the construct that the norms were made with, or make norms of this one (score CONSTRUCT.toml --write-norms \
             FILE).",
        ),
        UnknownGroup { group, nearest, available, .. } => input(
            "unknown_group",
            format!("group '{group}'"),
            match nearest {
                Some(name) => format!("Did you mean '{name}'?"),
                None if available.is_empty() => {
                    "These norms are of no groups: make them with a grouping variable (--group VAR).".into()
                }
                None => {
                    format!("The groups are {}; or score against the whole sample.", shortened(available))
                }
            },
        ),
        OffScale { item, .. } => input(
            "off_scale",
            format!("item '{item}'"),
            "Give the code of the answer as it was given, before any reversal; leave a missing answer out.",
        ),
        AnsweredTwice { item } => {
            input("answered_twice", format!("item '{item}'"), format!("Give one answer to '{item}'."))
        }

        // ---- model --------------------------------------------------------------------------
        ModelSyntax { line, column, remedy, .. } => {
            input("model_syntax", format!("model, line {line}, column {column}"), remedy)
        }
        EmptyModel => input("empty_model", None, "Write at least one formula, such as 'f =~ x1 + x2 + x3'."),
        ConflictingLabel { label, .. } => input(
            "conflicting_label",
            format!("'{label}'"),
            "A label stands for one value: keep one of the two.",
        ),
        BadModel { remedy, .. } => input("bad_model", None, remedy),
        MoreParametersThanMoments { .. } => analysis(
            "not_identified",
            None,
            "Take fewer factors, or fix parameters: a model can have at most as many as there are moments.",
        ),
        Unsupported { what, instead } => input("unsupported", what.clone(), instead),

        // ---- analysis -----------------------------------------------------------------------
        ConstantItem { item, .. } => analysis(
            "constant_item",
            format!("item '{item}'"),
            format!("Leave '{item}' out: an item without variance carries no information."),
        ),
        ConstantTogether { item, other, .. } => analysis(
            "constant_together",
            pair(item, other),
            format!(
                "Their correlation is not defined: leave '{item}' or '{other}' out, or take complete rows (--missing listwise)."
            ),
        ),
        NotOrdinal { variable, row, .. } => {
            input("not_ordinal", format!("column '{variable}', row {row}"), without_ordinal(variable))
        }
        ManyCategories { variable, .. } => {
            input("many_categories", column(variable), without_ordinal(variable))
        }
        WrongItemModel { item, instead, .. } => input(
            "wrong_item_model",
            column(item),
            format!("Choose a model of several categories for '{item}': {instead}, for instance."),
        ),
        NoAnswers { variable } => analysis(
            "no_answers",
            column(variable),
            format!("Leave '{variable}' out, or use the rows pairwise."),
        ),
        PerfectCorrelation { first, second, .. } => analysis(
            "perfect_correlation",
            pair(first, second),
            format!(
                "Join categories that few chose, leave '{second}' out, or add to empty cells (--empty-cells add:0.5)."
            ),
        ),
        EmptyCategory { variable, category, group } => analysis(
            "empty_category",
            format!("column '{variable}', group '{group}'"),
            format!(
                "Join category {category} of '{variable}' with its neighbour in all groups, or leave group '{group}' out."
            ),
        ),
        GroupsNotComparable { variable, instead, .. } => {
            analysis("groups_not_comparable", format!("column '{variable}'"), instead)
        }
        UnknownCategory { variable, row, .. } => input(
            "unknown_category",
            format!("column '{variable}', row {row}"),
            format!(
                "Correct the answer, or declare its code missing; '{variable}' must be coded as in the data of the fit."
            ),
        ),
        Separated { variable } => analysis(
            "separated",
            column(variable),
            format!("Leave out a covariate of '{variable}', or join categories that few chose."),
        ),
        TooFewItems { what, .. } => {
            analysis("too_few_items", what.clone(), "Add items, or leave the scale out of the analysis.")
        }
        TooFewRows { what, .. } => analysis(
            "too_few_rows",
            what.clone(),
            "Collect more answers, or leave out the items that most respondents skipped.",
        ),
        TooFewGroups { variable, .. } => analysis(
            "too_few_groups",
            format!("variable '{variable}'"),
            "Compare by a variable with two groups or more of enough respondents each, or join small groups.",
        ),
        ScaleRanAway { factor, large, small, .. } => analysis(
            "scale_ran_away",
            format!("factor '{factor}'"),
            format!("Look at the loadings of '{large}' and '{small}', and leave out a group in which the items hardly measure the factor."),
        ),
        EmptyGroup { variable, group, .. } => analysis(
            "empty_group",
            format!("{variable} = '{group}'"),
            format!("Leave group '{group}' out, or check its missing codes."),
        ),
        NoCompleteRow { variable, group, .. } => analysis(
            "no_complete_row",
            format!("{variable} = '{group}'"),
            format!("Use full information (missing = fiml), or leave group '{group}' or the variables out."),
        ),
        NotAskedInGroup { item, variable, group, .. } => analysis(
            "not_asked_in_group",
            format!("'{item}', {variable} = '{group}'"),
            format!(
                "Use full information (missing = fiml) with all parameters of '{item}' equal across groups \
                 (group.equal = loadings, intercepts, residuals), or leave '{item}' or group '{group}' out."
            ),
        ),
        MissingCluster { variable, .. } => input(
            "missing_cluster",
            column(variable),
            format!("Fill in '{variable}', or leave these rows out of the file."),
        ),
        UnusableWeights { variable, .. } => input(
            "unusable_weights",
            column(variable),
            "Give every row a positive weight, or leave out the rows that stand for nobody.",
        ),
        TooFewClusters { variable, .. } => analysis(
            "too_few_clusters",
            column(variable),
            "Leave the clusters out; the results then hold for these clusters only, not for others like them.",
        ),
        VariesWithin { name, variable, cluster, .. } => input(
            "varies_within",
            format!("column '{name}', {variable} = '{cluster}'"),
            format!("Put '{name}' on level 1 as well, or make the values of a cluster the same."),
        ),
        ConstantWithin { name, .. } => {
            input("constant_within", column(name), format!("Put '{name}' on level 2 only."))
        }
        NeverTogether { first, second } => analysis(
            "never_together",
            pair(first, second),
            "Analyse them apart: their covariance is not in the data.",
        ),
        IdenticalItems { first, second, .. } => analysis(
            "identical_items",
            pair(first, second),
            format!("Leave one of them out, '{second}' for instance."),
        ),
        TooManyFactors { most, .. } => analysis(
            "too_many_factors",
            None,
            match most {
                0 => "Take at least three variables: fewer have too few correlations to find a factor by.".into(),
                _ => format!("Ask for 1 to {most}: more factors have more loadings than there are correlations to find them by."),
            },
        ),
        ImpossibleCorrelation { first, second, .. } => analysis(
            "impossible_correlation",
            pair(first, second),
            "A correlation lies from -1 to 1: check the matrix, and whether its diagonal holds the variances.",
        ),
        NotPositiveDefinite { matrix, variables, .. } => analysis(
            "not_positive_definite",
            quoted(variables),
            if matrix.contains("model implies") {
                "Look at what the text fixes and at its start values: together they leave a variable no variance of its \
                 own, or make variables correlate beyond 1."
            } else {
                "Look for items that are sums of others, and for pairwise deletion with many missing answers."
            },
        ),
        LinearlyDependent { variables, .. } => analysis(
            "linearly_dependent",
            quoted(variables),
            "Leave one of them out of the model: it is what the others make of it.",
        ),
        BadWeight { row, .. } => {
            input("bad_weight", format!("row {row}"), "Give every row a positive weight.")
        }
        TooFewImputations { m, .. } => analysis(
            "too_few_imputations",
            "the completed data sets".to_string(),
            if *m < 2 {
                "Impute more often: 20 data sets or more."
            } else {
                "Fit one completed data set by itself to see why there is no solution; simplify the model, or use full \
                 information (missing = fiml)."
            },
        ),
        CompletedDiffer { path, .. } => input(
            "completed_differ",
            file(path),
            "Give completed versions of one data set, with the same rows in the same order and the same columns.",
        ),
        NotCompleted { path, row, column: name, .. } => input(
            "not_completed",
            format!("{}, {}", row_of(path, *row), column(name)),
            format!(
                "Impute '{name}' too (an incomplete file is no completed one: it goes with --imputations, or --missing fiml)."
            ),
        ),
        MissingPredictor { variable, .. } => {
            input("missing_predictor", column(variable), format!("Impute '{variable}' too, or leave it out."))
        }
        NoAnswerExists { what, remedy, .. } => analysis("no_answer_exists", what.clone(), remedy),
        UnknownChoice { what, nearest, .. } => input(
            "unknown_choice",
            what.to_string(),
            match nearest {
                Some(name) => format!("Did you mean '{name}'?"),
                None => "Choose one of these.".into(),
            },
        ),
        Stopped { what } => analysis("stopped", what.clone(), "Start it again and let it end."),
        NoMeasure { measure, .. } => analysis(
            "no_measure",
            measure.clone(),
            "Ask for another measure, or mend what stands in its way.",
        ),
        NoBlock { block, .. } => {
            input("no_block", format!("block {block}"), "Blocks are numbered from 1: groups, and levels within them.")
        }
        UnknownParameter { given, nearest } => input(
            "unknown_parameter",
            given.clone(),
            match nearest {
                Some(name) => format!("Did you mean '{name}'?"),
                None => "Look at the rows of the parameter table: both sides and the operator as lavaan writes them.".into(),
            },
        ),
        BadOption { option, .. } => input("bad_option", option.clone(), "Choose a value in that range."),
    }
}

const DATA_FILE: &str = "A data file has a header row with the variable names and one row per respondent.";

fn file(path: &Path) -> String {
    path.display().to_string()
}

fn row_of(path: &Path, row: usize) -> String {
    format!("{}, row {row}", path.display())
}

fn column(name: &str) -> String {
    format!("column '{name}'")
}

fn pair(first: &str, second: &str) -> String {
    format!("'{first}', '{second}'")
}

fn without_ordinal(variable: &str) -> String {
    format!("Name the ordinal variables, without '{variable}'; it is then taken as continuous.")
}

/// A name with a comma that was taken apart, a slip, or an accent written in another way.
fn unknown_column_hint(name: &str, nearest: Option<&str>, available: &[String]) -> String {
    if available.iter().any(|column| column.starts_with(name) && column.contains(',')) {
        return "Put a name that contains a comma between double quotes: --columns '\"a, b\",c'.".into();
    }
    let composed = |name: &str| !name.chars().any(is_combining);
    let found = match nearest {
        Some(name) => format!("Did you mean '{name}'?"),
        None if available.is_empty() => format!("Add '{name}', or leave out what asks for it."),
        None => format!("The columns are {}.", shortened(available)),
    };
    let accents = !name.is_ascii() && !available.iter().all(|name| composed(name));
    if composed(name) && !accents {
        found
    } else {
        format!(
            "{found} An accent can be part of its letter or a character of its own, which look alike: copy \
             the name from the header of the data."
        )
    }
}

impl Error {
    /// A short stable name for scripts.
    pub fn code(&self) -> &'static str {
        about(self).code
    }

    /// What to do about it, in a sentence.
    pub fn hint(&self) -> String {
        about(self).hint
    }

    /// Where it is, as short as possible.
    pub fn place(&self) -> Option<String> {
        about(self).place
    }

    /// Whether the input is at fault (a file, an option, a model text), or, when false, the
    /// analysis that was asked for cannot be done on it.
    pub fn is_input_fault(&self) -> bool {
        about(self).fault == Fault::Input
    }
}
