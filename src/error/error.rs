//! Why no answer exists: each error with what it carries and its message.
//!
//! The file is as long as the enum, which is one type of the public interface and has a doc for every field. What is
//! said of an error besides its message (code, remedy, place, whose fault) stands in `about.rs`, in one arm each.

use super::cells::{BadCell, bad_cells};
use super::names::{list_codes, list_numbers, others, quoted, too_many_factors};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::PathBuf;

/// Why no answer exists. It serialises as the name of its variant (`error`) with its fields, and is read back from these; what the
/// command line prints of it is its code, message, remedy and place.
///
/// ```
/// use psychometrics::{Error, Estimator};
/// let error = "MLRR".parse::<Estimator>().unwrap_err();
/// assert_eq!(error.code(), "unknown_choice");
/// assert_eq!(error.hint(), "Did you mean 'MLR'?");
/// let stored = serde_json::to_string(&error).unwrap();
/// assert_eq!(serde_json::from_str::<Error>(&stored).unwrap(), error);
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Error {
    // ---- files ------------------------------------------------------------------------------
    /// A file could not be opened or read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file could not be written.
    #[error("cannot write {}: {reason}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file without a single byte of content.
    #[error("{} is empty", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// A header row and nothing below it.
    #[error("{} has a header row and no data rows", path.display())]
    HeaderOnly {
        /// The file.
        path: PathBuf,
    },
    /// The file is not text in UTF-8.
    #[error("{}, row {row}: {found}", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Row in the file, the header being row 1.
        row: usize,
        /// What it is instead, as far as it can be seen.
        found: Cow<'static, str>,
    },
    /// A file that another program wrote in a way that is not read.
    #[error("{}: {what}", path.display())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// What it looks like.
        what: String,
        /// What to do about it.
        remedy: String,
    },
    /// A row with more or fewer fields than the header.
    #[error("{}, row {row}: {found} fields where the header has {expected}", path.display())]
    RaggedRow {
        /// The file.
        path: PathBuf,
        /// Row in the file, the header being row 1.
        row: usize,
        /// Fields found.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// Two columns of one name.
    #[error("{}: two columns are called '{column}'", path.display())]
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The repeated name.
        column: String,
    },
    /// A column that is asked for and not there.
    #[error("there is no column '{column}' in {source_name}")]
    UnknownColumn {
        /// What was asked for.
        column: String,
        /// Where it was looked for (a file, a covariance matrix).
        source_name: String,
        /// The nearest name there is.
        nearest: Option<String>,
        /// The columns there are.
        available: Vec<String>,
    },
    /// A column without a single answer.
    #[error("column '{column}' holds no answer: all {rows} rows are missing")]
    EmptyColumn {
        /// The column.
        column: String,
        /// Rows looked at.
        rows: usize,
    },
    /// Cells that are not answers, all of them together.
    #[error("{}", bad_cells(path, *total, cells))]
    BadCells {
        /// The file.
        path: PathBuf,
        /// How many there are.
        total: usize,
        /// The cells, in file order (at most 10,000 kept).
        cells: Vec<BadCell>,
    },
    /// A respondent that occurs more than once.
    #[error("{}: respondent '{id}' occurs in rows {}", path.display(), list_numbers(rows))]
    DuplicateRespondent {
        /// The file.
        path: PathBuf,
        /// Value of the id column.
        id: String,
        /// Rows where it stands, the header being row 1; from memory, rows from 1.
        rows: Vec<usize>,
    },
    /// A covariance matrix file whose two triangles differ.
    #[error(
        "the covariance matrix is not symmetric: ({row}, {column}) is {value} and ({column}, {row}) is {mirrored}"
    )]
    NotSymmetric {
        /// Variable of the row.
        row: String,
        /// Variable of the column.
        column: String,
        /// The element.
        value: f64,
        /// Its mirror image.
        mirrored: f64,
    },
    /// A matrix or vector whose size does not fit the names.
    #[error("{what}: {found} given, {expected} expected")]
    WrongSize {
        /// What was counted.
        what: String,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A column or row from memory that is longer or shorter than the others.
    #[error("{what} holds {found} values where {like} has {expected}")]
    UnequalLength {
        /// Which column or row.
        what: String,
        /// Its values.
        found: usize,
        /// What it should be as long as.
        like: String,
        /// How many values that has.
        expected: usize,
    },
    /// NaN among values from memory, where nobody said that NaN is missing.
    #[error("row {row}, column '{column}': NaN{}", others(*total))]
    NotANumber {
        /// Row of the first, from 1.
        row: usize,
        /// Its column.
        column: String,
        /// How many there are in all.
        total: usize,
    },
    /// A value that is no number where one is needed (infinite, or NaN).
    #[error("{what} is not a finite number")]
    NotFinite {
        /// Which value.
        what: String,
    },

    // ---- construct --------------------------------------------------------------------------
    /// The construct file is not valid TOML, or a field is missing or of the wrong kind.
    #[error("{place}: {reason}")]
    ConstructSyntax {
        /// File and line.
        place: String,
        /// What the reader found, with the line shown.
        reason: String,
    },
    /// Two parts of a construct share an id.
    #[error("two {kind}s have the id '{id}'")]
    DuplicateId {
        /// What kind of part ("item", "dimension", "facet", ...).
        kind: Cow<'static, str>,
        /// The repeated id.
        id: String,
    },
    /// An id that is empty or cannot be a name in a model.
    #[error("{kind} id '{id}' is not a name: letters, digits, '_' and '.' only, not starting with a digit")]
    BadId {
        /// What kind of part.
        kind: Cow<'static, str>,
        /// The id.
        id: String,
    },
    /// An item that belongs to no dimension.
    #[error("item '{item}' has no dimension")]
    ItemWithoutDimension {
        /// The item.
        item: String,
    },
    /// A reference to a part that the construct does not define.
    #[error("{from} refers to {kind} '{to}', which is not defined")]
    UnknownReference {
        /// Who refers ("item 'kn_1'").
        from: String,
        /// What kind of part is referred to.
        kind: Cow<'static, str>,
        /// The id referred to.
        to: String,
        /// The nearest id there is.
        nearest: Option<String>,
    },
    /// A response scale that cannot discriminate.
    #[error("scale '{scale}' has {points} point(s); a response scale needs at least two")]
    ScaleTooShort {
        /// The scale.
        scale: String,
        /// Its points.
        points: usize,
    },
    /// What is to be summed cannot be.
    #[error("'{item}' {problem}")]
    BadPlan {
        /// The item, or the plan.
        item: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// Sums of answers that contradict themselves, lack a part, or are of something else.
    #[error("{place}: {problem}")]
    BadAggregate {
        /// The file, item or group.
        place: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// A response scale that gives two meanings to one code, or takes a label for a missing answer too.
    #[error("scale '{scale}' uses {what} twice")]
    AmbiguousScale {
        /// The scale.
        scale: String,
        /// The code or label.
        what: String,
    },
    /// A construct without a measured dimension where one is needed.
    #[error("construct '{construct}' has no items to analyse")]
    NothingMeasured {
        /// The construct.
        construct: String,
    },
    /// The construct file names no data file, and none was given.
    #[error("construct '{construct}' names no responses")]
    NoDataNamed {
        /// The construct.
        construct: String,
    },

    // ---- norms ------------------------------------------------------------------------------
    /// Stored norms that are no JSON, or not as they were written.
    #[error("{place}: {reason}")]
    NormsSyntax {
        /// Source, line and column.
        place: String,
        /// What was found.
        reason: String,
        /// Whether the text ends before the document does.
        truncated: bool,
    },
    /// Stored norms of another version, or another document.
    #[error(
        "{place}: {} where '{expected}' is read",
        found.as_ref().map_or_else(|| "none".into(), |schema| format!("'{schema}'"))
    )]
    NormsVersion {
        /// Which document.
        place: String,
        /// Its `schema`, where it has one.
        found: Option<String>,
        /// The version that is read.
        expected: Cow<'static, str>,
    },
    /// Stored norms whose numbers do not go together, or are not finite.
    #[error("{place}: {what}")]
    DamagedNorms {
        /// Which part.
        place: String,
        /// What is wrong with it.
        what: String,
    },
    /// Stored items of an item response model that cannot be read, or whose numbers do not go together.
    #[error("{place}: {reason}")]
    UnusableItems {
        /// Source, and which part of it.
        place: String,
        /// What was found.
        reason: String,
    },
    /// Norms that were made with another construct.
    #[error("the norms were not made with this construct '{construct}': {difference}")]
    OtherConstruct {
        /// The construct at hand.
        construct: String,
        /// The first difference.
        difference: String,
    },
    /// A group that the norms do not know.
    #[error(
        "{}there are no norms of group '{group}'{}",
        respondent.as_ref().map_or_else(String::new, |id| format!("respondent '{id}': ")),
        variable.as_ref().map_or_else(String::new, |variable| format!(" of '{variable}'"))
    )]
    UnknownGroup {
        /// What was asked for.
        group: String,
        /// The grouping variable of the norms, where they have one.
        variable: Option<String>,
        /// Whose group it is.
        respondent: Option<String>,
        /// The nearest group there is.
        nearest: Option<String>,
        /// The groups there are.
        available: Vec<String>,
    },
    /// An answer that its scale does not have.
    #[error("the answer {value} to '{item}' is not on its scale: {}", list_codes(allowed))]
    OffScale {
        /// The item.
        item: String,
        /// The answer.
        value: f64,
        /// The codes of the scale.
        allowed: Vec<f64>,
    },
    /// Two answers of one respondent to an item.
    #[error("'{item}' is answered twice")]
    AnsweredTwice {
        /// The item.
        item: String,
    },

    // ---- model ------------------------------------------------------------------------------
    /// Model text that is not a model.
    #[error("model, line {line}, column {column}: {found}; expected {expected}\n{excerpt}")]
    ModelSyntax {
        /// Line, from 1.
        line: usize,
        /// Column, in characters from 1.
        column: usize,
        /// What was found.
        found: String,
        /// What would be accepted.
        expected: String,
        /// The line, and a caret below the place.
        excerpt: String,
        /// What to do.
        remedy: String,
    },
    /// A model that says nothing.
    #[error("the model is empty")]
    EmptyModel,
    /// A label that is given two different fixed values, or a parameter that is.
    #[error("'{label}' is fixed to {first} and to {second}")]
    ConflictingLabel {
        /// The label, or the parameter.
        label: String,
        /// One value.
        first: f64,
        /// The other.
        second: f64,
    },
    /// A model that contradicts itself (a factor measured by itself, ...).
    #[error("{what}")]
    BadModel {
        /// The contradiction.
        what: String,
        /// The way out.
        remedy: String,
    },
    /// More parameters than moments, by so many that no search is begun.
    #[error(
        "the model is not identified: it has {free} free parameters or more, and the data give {moments} moments \
         (variances, covariances, means)"
    )]
    MoreParametersThanMoments {
        /// Free parameters.
        free: usize,
        /// Moments.
        moments: usize,
    },
    /// Something that is not built, or does not exist in this combination.
    #[error("{what} is not supported")]
    Unsupported {
        /// What was asked for.
        what: String,
        /// What to use instead.
        instead: String,
    },

    // ---- analysis ---------------------------------------------------------------------------
    /// An item (or variable) on which everybody gave the same answer.
    #[error("'{item}' never varies: all {n} answers are {value}")]
    ConstantItem {
        /// The item.
        item: String,
        /// The value.
        value: f64,
        /// Answers.
        n: usize,
    },
    /// A variable that does not vary among the rows in which another was answered: their correlation is not defined.
    #[error("'{item}' does not vary among the {n} who answered '{other}': all are {value}")]
    ConstantTogether {
        /// The variable.
        item: String,
        /// The other.
        other: String,
        /// The value.
        value: f64,
        /// Rows with both.
        n: usize,
    },
    /// An ordinal variable with a code that is no whole number.
    #[error("'{variable}' is taken as ordinal, but row {row} has {value}: categories are whole numbers")]
    NotOrdinal {
        /// The variable.
        variable: String,
        /// Row of the data, from 1.
        row: usize,
        /// The code.
        value: f64,
    },
    /// An ordinal variable with so many categories that it is probably continuous.
    #[error(
        "'{variable}' is taken as ordinal, but has {found} categories (at most {most}): is it continuous?"
    )]
    ManyCategories {
        /// The variable.
        variable: String,
        /// Categories.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// An item with more categories than its response model has.
    #[error("'{item}' has {categories} categories, and the {model} model is of two")]
    WrongItemModel {
        /// The item.
        item: String,
        /// The model.
        model: String,
        /// Its categories.
        categories: usize,
        /// A model for them.
        instead: String,
    },
    /// A variable without any answer.
    #[error("'{variable}' has no answer in any row that is used")]
    NoAnswers {
        /// The variable.
        variable: String,
    },
    /// A correlation of 1 or -1 between the variables behind two ordinal items.
    #[error(
        "the correlation behind '{first}' and '{second}' is {r}, with {empty_cells} cells without answers: it has no \
         sampling variation, and no model can be fitted to it"
    )]
    PerfectCorrelation {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// 1 or -1.
        r: f64,
        /// Empty cells of their table.
        empty_cells: usize,
    },
    /// A category of an ordinal variable that nobody in a group chose.
    #[error("nobody in group '{group}' chose category {category} of '{variable}', which others did")]
    EmptyCategory {
        /// The variable.
        variable: String,
        /// The category.
        category: f64,
        /// The group.
        group: String,
    },
    /// Groups whose answers do not carry a comparison of what items mean in them.
    #[error("what the items mean in the groups of '{variable}' cannot be compared: {}", reasons.join("; "))]
    GroupsNotComparable {
        /// The grouping variable.
        variable: String,
        /// What is wrong, by group.
        reasons: Vec<String>,
        /// What to do instead.
        instead: String,
    },
    /// An answer that no category of the fitted item stands for.
    #[error("'{variable}' has the answer {value} in row {row}, which is no category of the fitted model")]
    UnknownCategory {
        /// The item.
        variable: String,
        /// Row, from 1.
        row: usize,
        /// The answer.
        value: f64,
    },
    /// A regression on covariates that has no estimates.
    #[error(
        "the regression of '{variable}' on the covariates has no estimates: they separate its categories, or depend \
         on each other"
    )]
    Separated {
        /// The dependent variable.
        variable: String,
    },
    /// Too few items for the statistic.
    #[error("{what} needs at least {needed} items; {found} given")]
    TooFewItems {
        /// The statistic, and for what.
        what: String,
        /// Items needed.
        needed: usize,
        /// Items found.
        found: usize,
    },
    /// Too few complete rows for the analysis.
    #[error("{what}: {n} complete rows, at least {needed} needed")]
    TooFewRows {
        /// The analysis, and for whom.
        what: String,
        /// Rows there are.
        n: usize,
        /// Rows needed.
        needed: usize,
    },
    /// Fewer than two groups to compare.
    #[error("'{variable}': {} to compare{}", groups_text(used), small_groups_text(left_out, *fewest))]
    TooFewGroups {
        /// What the groups are of.
        variable: String,
        /// Groups with enough respondents.
        used: Vec<String>,
        /// Groups with too few, each with its respondents.
        left_out: Vec<(String, usize)>,
        /// Respondents that a group needs.
        fewest: usize,
    },
    /// Standard deviations of a factor that ran away from each other.
    #[error(
        "the standard deviation of '{factor}' in '{large}' is {ratio:.1} times that in '{small}': the parameters of these \
         groups have no scale in common"
    )]
    ScaleRanAway {
        /// The factor.
        factor: String,
        /// The group with the largest.
        large: String,
        /// The group with the smallest.
        small: String,
        /// Largest over smallest.
        ratio: f64,
    },
    /// A group in which nobody answered.
    #[error("{variable} = '{group}': all answers are missing ({rows} rows)")]
    EmptyGroup {
        /// Grouping variable.
        variable: String,
        /// Its value.
        group: String,
        /// Rows of the group.
        rows: usize,
    },
    /// A group in which nobody answered all that complete rows need.
    #[error(
        "{variable} = '{group}': no row has an answer to everything ({rows} rows){}",
        lacking_text(lacking)
    )]
    NoCompleteRow {
        /// Grouping variable.
        variable: String,
        /// Its value.
        group: String,
        /// Rows of the group.
        rows: usize,
        /// Variables to which nobody in the group has an answer.
        lacking: Vec<String>,
    },
    /// An item that a group was not asked, with parameters of its own there.
    #[error(
        "nobody with {variable} = '{group}' answered '{item}'{}",
        parameter.as_ref().map_or_else(String::new, |p| format!(", and the model has {p} of that group's own"))
    )]
    NotAskedInGroup {
        /// The item.
        item: String,
        /// Grouping variable.
        variable: String,
        /// The group.
        group: String,
        /// A parameter of the item that is not tied to another group.
        parameter: Option<String>,
    },
    /// Respondents whose cluster is not known.
    #[error("'{variable}' is missing in {} of the rows that are used: row {}{}", rows.len(), first_of(rows), more(rows))]
    MissingCluster {
        /// The cluster variable.
        variable: String,
        /// Rows of the file.
        rows: Vec<usize>,
    },
    /// Sampling weights that no respondent can have.
    #[error("'{variable}' is {fault} in {} of the rows that are used: row {}{}", rows.len(), first_of(rows), more(rows))]
    UnusableWeights {
        /// The variable.
        variable: String,
        /// What they are: missing, negative, zero or infinite.
        fault: Cow<'static, str>,
        /// Rows of the file.
        rows: Vec<usize>,
    },
    /// Too few clusters for a sampling variation between them.
    #[error("'{variable}' has {clusters} cluster{}: nothing varies between clusters", if *clusters == 1 { "" } else { "s" })]
    TooFewClusters {
        /// The cluster variable.
        variable: String,
        /// How many there are.
        clusters: usize,
    },
    /// A variable of clusters (level 2 only) that differs within one.
    #[error("'{name}' stands on level 2 only, and differs within {variable} = '{cluster}': {} and {}", values.0, values.1)]
    VariesWithin {
        /// The variable.
        name: String,
        /// The cluster variable.
        variable: String,
        /// The cluster.
        cluster: String,
        /// Two of its values there.
        values: (f64, f64),
    },
    /// A variable of respondents (level 1) that never differs within a cluster.
    #[error("'{name}' stands on level 1, and is the same for all respondents of each '{variable}'")]
    ConstantWithin {
        /// The variable.
        name: String,
        /// The cluster variable.
        variable: String,
    },
    /// Two variables of which no row has both.
    #[error("'{first}' and '{second}' were never answered by the same respondent")]
    NeverTogether {
        /// One variable.
        first: String,
        /// The other.
        second: String,
    },
    /// Two variables that are the same.
    #[error("'{first}' and '{second}' are perfectly correlated (r = {correlation})")]
    IdenticalItems {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// Their correlation, 1 or -1 up to rounding.
        correlation: f64,
    },
    /// More factors than a number of variables allows, or none.
    #[error(
        "{}", too_many_factors(*factors, *variables, *most)
    )]
    TooManyFactors {
        /// How many were asked for.
        factors: usize,
        /// Variables there are.
        variables: usize,
        /// The most factors they allow.
        most: usize,
    },
    /// A correlation that lies beyond 1.
    #[error("'{first}' and '{second}' have the correlation {correlation}")]
    ImpossibleCorrelation {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// Their correlation.
        correlation: f64,
    },
    /// A covariance matrix that is not positive definite.
    #[error(
        "{matrix} is not positive definite (smallest eigenvalue {eigenvalue:.3e}); the culprits are {}",
        quoted(variables)
    )]
    NotPositiveDefinite {
        /// Which matrix.
        matrix: String,
        /// Its smallest eigenvalue.
        eigenvalue: f64,
        /// The variables with the largest weights in that eigenvector.
        variables: Vec<String>,
    },
    /// Variables of which a combination does not vary: one is a sum of others.
    #[error("{} are linearly dependent: {combination} does not vary", quoted(variables))]
    LinearlyDependent {
        /// The variables.
        variables: Vec<String>,
        /// The combination, as in `x1 - 0.50 x2 - 0.50 x3`.
        combination: String,
    },
    /// Weights that cannot be used.
    #[error("weight in row {row} is {value}; weights must be finite and positive")]
    BadWeight {
        /// Row of the data, from 1.
        row: usize,
        /// The weight.
        value: f64,
    },
    /// Too few completed data sets with a solution to pool.
    #[error(
        "{usable} of {m} completed data sets have a solution with standard errors: pooling needs at least two"
    )]
    TooFewImputations {
        /// Data sets with a solution.
        usable: usize,
        /// Data sets there are.
        m: usize,
    },
    /// Completed data sets that are not of the same respondents and variables.
    #[error("{} has {found}, where {} has {expected}", path.display(), first.display())]
    CompletedDiffer {
        /// The file that differs.
        path: PathBuf,
        /// The first of the files.
        first: PathBuf,
        /// What it has ("300 rows", "no column 'x3'").
        found: String,
        /// What the first has.
        expected: String,
    },
    /// A completed data set in which an answer is still missing.
    #[error(
        "{}, row {row}: '{column}' is missing{}, but a completed data set has no missing answers",
        path.display(),
        and_others(*others)
    )]
    NotCompleted {
        /// The file.
        path: PathBuf,
        /// Row in the file, the header being row 1.
        row: usize,
        /// The variable.
        column: String,
        /// Further missing answers to the variables of the model in that file.
        others: usize,
    },
    /// A variable that others are imputed from and that has missing values itself.
    #[error(
        "'{variable}' is to predict and is not imputed, but is missing in row {}{}",
        first_of(rows),
        more(rows)
    )]
    MissingPredictor {
        /// The variable.
        variable: String,
        /// Rows of the file.
        rows: Vec<usize>,
    },
    /// Data that leave nothing to compute.
    #[error("there is no {what}: {why}")]
    NoAnswerExists {
        /// What was asked for.
        what: String,
        /// Why it does not exist.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// A name of a choice that there is not.
    #[error("there is no {what} '{given}'; there are {}", choices(allowed))]
    UnknownChoice {
        /// What was to be chosen ("estimator").
        what: Cow<'static, str>,
        /// What was given.
        given: String,
        /// The nearest name there is.
        nearest: Option<String>,
        /// The names there are.
        allowed: Vec<String>,
    },
    /// Work that was stopped by who was told of its progress.
    #[error("{what} was stopped")]
    Stopped {
        /// What was being done.
        what: String,
    },
    /// A fit measure that a fit does not have.
    #[error("the fit has no {measure}: {reason}")]
    NoMeasure {
        /// The measure.
        measure: String,
        /// Why.
        reason: String,
    },
    /// A block (a group, a level of one) that a model does not have.
    #[error("the model has {blocks} blocks, and no block {block}")]
    NoBlock {
        /// Which was asked for, from 1.
        block: usize,
        /// How many there are.
        blocks: usize,
    },
    /// A parameter that is not in the table.
    #[error("no parameter '{given}'")]
    UnknownParameter {
        /// What was given.
        given: String,
        /// The nearest there is.
        nearest: Option<String>,
    },
    /// An option out of its range.
    #[error("{option} = {value} is out of range: {allowed}")]
    BadOption {
        /// The option.
        option: String,
        /// What was given.
        value: String,
        /// What is allowed.
        allowed: String,
    },
}

fn first_of(rows: &[usize]) -> String {
    list_numbers(&rows[..rows.len().min(5)])
}

/// The names there are; of very many the first.
fn choices(allowed: &[String]) -> String {
    match allowed.len() {
        0..=20 => allowed.join(", "),
        n => format!("{} and {} more", allowed[..12].join(", "), n - 12),
    }
}

fn more(rows: &[usize]) -> &'static str {
    if rows.len() > 5 { ", ..." } else { "" }
}

fn groups_text(used: &[String]) -> String {
    match used {
        [] => "there is no group".into(),
        [one] => format!("there is only '{one}'"),
        _ => "all respondents are alike".into(),
    }
}

fn small_groups_text(left_out: &[(String, usize)], fewest: usize) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = left_out.iter().take(5).map(|(group, n)| format!("'{group}' ({n})")).collect();
    let others = if left_out.len() > 5 { ", ..." } else { "" };
    format!("; fewer than {fewest} respondents: {}{others}", shown.join(", "))
}

fn lacking_text(lacking: &[String]) -> String {
    if lacking.is_empty() { String::new() } else { format!("; nobody in it answered {}", quoted(lacking)) }
}

fn and_others(others: usize) -> String {
    if others == 0 { String::new() } else { format!(" (and {others} more)") }
}
