//! What can go wrong, said so that the reader can repair it.
//!
//! [`Error`]: no answer exists. [`Warning`]: an answer with a caveat, carried by the result it
//! belongs to. Both name the culprit (item, row, column, line, parameter) in fields, not only in
//! words; [`Error::hint`] says what to do next.

use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt::Write as _;
use std::path::PathBuf;

/// The crate's result type.
pub type Result<T> = std::result::Result<T, Error>;

/// A cell that could not be read as an answer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BadCell {
    /// Row in the file, the header being row 1 (as a spreadsheet counts).
    pub row: usize,
    /// Column name.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// Why it was refused, and what is allowed.
    pub problem: String,
}

/// How many bad cells an error message shows; the rest is counted.
pub const SHOWN_CELLS: usize = 20;

/// Why no answer exists.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
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
        found: &'static str,
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
        /// Rows where it stands, the header being row 1.
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
        kind: &'static str,
        /// The repeated id.
        id: String,
    },
    /// An id that is empty or cannot be a name in a model.
    #[error("{kind} id '{id}' is not a name: letters, digits, '_' and '.' only, not starting with a digit")]
    BadId {
        /// What kind of part.
        kind: &'static str,
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
        kind: &'static str,
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
    /// A response scale that gives two meanings to one code or label.
    #[error("scale '{scale}' uses {what} twice")]
    AmbiguousScale {
        /// The scale.
        scale: String,
        /// The repeated code or label.
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
        fault: &'static str,
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

impl Error {
    /// A short stable name for scripts.
    pub fn code(&self) -> &'static str {
        use Error::*;
        match self {
            Unreadable { .. } => "unreadable",
            Unwritable { .. } => "unwritable",
            EmptyFile { .. } => "empty_file",
            HeaderOnly { .. } => "header_only",
            NotUtf8 { .. } => "not_utf8",
            OtherFormat { .. } => "other_format",
            RaggedRow { .. } => "ragged_row",
            DuplicateColumn { .. } => "duplicate_column",
            UnknownColumn { .. } => "unknown_column",
            EmptyColumn { .. } => "empty_column",
            BadCells { .. } => "bad_cells",
            DuplicateRespondent { .. } => "duplicate_respondent",
            NotSymmetric { .. } => "not_symmetric",
            WrongSize { .. } => "wrong_size",
            NotFinite { .. } => "not_finite",
            ConstructSyntax { .. } => "construct_syntax",
            DuplicateId { .. } => "duplicate_id",
            BadId { .. } => "bad_id",
            ItemWithoutDimension { .. } => "item_without_dimension",
            UnknownReference { .. } => "unknown_reference",
            ScaleTooShort { .. } => "scale_too_short",
            AmbiguousScale { .. } => "ambiguous_scale",
            NothingMeasured { .. } => "nothing_measured",
            NoDataNamed { .. } => "no_data_named",
            ModelSyntax { .. } => "model_syntax",
            EmptyModel => "empty_model",
            ConflictingLabel { .. } => "conflicting_label",
            BadModel { .. } => "bad_model",
            MoreParametersThanMoments { .. } => "not_identified",
            Unsupported { .. } => "unsupported",
            ConstantItem { .. } => "constant_item",
            ConstantTogether { .. } => "constant_together",
            NotOrdinal { .. } => "not_ordinal",
            ManyCategories { .. } => "many_categories",
            NoAnswers { .. } => "no_answers",
            PerfectCorrelation { .. } => "perfect_correlation",
            EmptyCategory { .. } => "empty_category",
            UnknownCategory { .. } => "unknown_category",
            Separated { .. } => "separated",
            TooFewItems { .. } => "too_few_items",
            TooFewRows { .. } => "too_few_rows",
            EmptyGroup { .. } => "empty_group",
            NoCompleteRow { .. } => "no_complete_row",
            NotAskedInGroup { .. } => "not_asked_in_group",
            MissingCluster { .. } => "missing_cluster",
            UnusableWeights { .. } => "unusable_weights",
            TooFewClusters { .. } => "too_few_clusters",
            VariesWithin { .. } => "varies_within",
            ConstantWithin { .. } => "constant_within",
            NeverTogether { .. } => "never_together",
            IdenticalItems { .. } => "identical_items",
            NotPositiveDefinite { .. } => "not_positive_definite",
            LinearlyDependent { .. } => "linearly_dependent",
            BadWeight { .. } => "bad_weight",
            TooFewImputations { .. } => "too_few_imputations",
            CompletedDiffer { .. } => "completed_differ",
            NotCompleted { .. } => "not_completed",
            MissingPredictor { .. } => "missing_predictor",
            NoAnswerExists { .. } => "no_answer_exists",
            BadOption { .. } => "bad_option",
        }
    }

    /// What to do about it, in a sentence.
    pub fn hint(&self) -> String {
        use Error::*;
        match self {
            Unreadable { .. } => "Check the path and the permissions.".into(),
            Unwritable { .. } => "Check that the folder exists and can be written to.".into(),
            EmptyFile { .. } | HeaderOnly { .. } => {
                "A data file has a header row with the variable names and one row per respondent.".into()
            }
            NotUtf8 { .. } => {
                "Save the file as UTF-8 (in Excel: 'CSV UTF-8'; in an editor: 'Save as', 'Encoding').".into()
            }
            OtherFormat { remedy, .. } => remedy.clone(),
            RaggedRow { found, expected, .. } => {
                if found > expected {
                    "Put a text that contains the delimiter between double quotes; write numbers with a decimal point, not \
                     with a comma."
                        .into()
                } else {
                    "Fill the row up with empty fields, or check for a line break inside a text.".into()
                }
            }
            DuplicateColumn { .. } => "Give every column a name of its own.".into(),
            UnknownColumn { column, available, .. }
                if available.iter().any(|name| name.starts_with(column.as_str()) && name.contains(',')) =>
            {
                "Put a name that contains a comma between double quotes: --columns '\"a, b\",c'.".into()
            }
            UnknownColumn { column, nearest, available, .. } => {
                let composed = |name: &str| !name.chars().any(is_combining);
                let found = match nearest {
                    Some(name) => format!("Did you mean '{name}'?"),
                    None => format!("The columns are {}.", shortened(available)),
                };
                let accents = !column.is_ascii() && !available.iter().all(|name| composed(name));
                if composed(column) && !accents {
                    found
                } else {
                    format!(
                        "{found} An accent can be part of its letter or a character of its own, which look alike: copy \
                         the name from the header of the data."
                    )
                }
            }
            EmptyColumn { column, .. } => {
                format!("Leave '{column}' out, or check whether the missing codes swallow its answers.")
            }
            BadCells { cells, .. } => remedy_of(cells).into(),
            DuplicateRespondent { .. } => {
                "Keep one row per respondent, or give each a number of its own.".into()
            }
            NotSymmetric { .. } => "Give the full matrix with equal triangles, or print more digits.".into(),
            WrongSize { .. } => "Make the numbers agree.".into(),
            NotFinite { .. } => "Replace it by a number, or leave it empty where it is missing.".into(),
            ConstructSyntax { .. } => "Compare with the sample construct file of the project.".into(),
            DuplicateId { kind, .. } => format!("Give each {kind} an id of its own."),
            BadId { kind: "item", .. } | BadId { kind: "variable", .. } => {
                "The id is the name of its column: rename the column in the file, and the id with it, to one such as \
                 'kn_use_1'."
                    .into()
            }
            BadId { .. } => "Choose an id such as 'kn_use_1'.".into(),
            ItemWithoutDimension { item } => format!("Add `dimension = \"...\"` to item '{item}'."),
            UnknownReference { kind, nearest, .. } => match nearest {
                Some(id) => format!("Did you mean '{id}'?"),
                None => format!("Define the {kind}, or correct the reference."),
            },
            ScaleTooShort { .. } => "List all points of the scale, each with its code.".into(),
            AmbiguousScale { .. } => "Give each point a code and a label of its own.".into(),
            NothingMeasured { .. } => "Add [[items]] to at least one dimension.".into(),
            NoDataNamed { .. } => {
                "Add `[data]` with `responses = \"FILE.csv\"` to the construct file, or give --data FILE."
                    .into()
            }
            ModelSyntax { remedy, .. } => remedy.clone(),
            EmptyModel => "Write at least one formula, such as 'f =~ x1 + x2 + x3'.".into(),
            ConflictingLabel { .. } => "A label stands for one value: keep one of the two.".into(),
            BadModel { remedy, .. } => remedy.clone(),
            MoreParametersThanMoments { .. } => {
                "Take fewer factors, or fix parameters: a model can have at most as many as there are moments.".into()
            }
            Unsupported { instead, .. } => instead.clone(),
            ConstantItem { item, .. } => {
                format!("Leave '{item}' out: an item without variance carries no information.")
            }
            ConstantTogether { item, other, .. } => format!(
                "Their correlation is not defined: leave '{item}' or '{other}' out, or take complete rows (--missing listwise)."
            ),
            NotOrdinal { variable, .. } | ManyCategories { variable, .. } => {
                format!("Name the ordinal variables, without '{variable}'; it is then taken as continuous.")
            }
            NoAnswers { variable } => format!("Leave '{variable}' out, or use the rows pairwise."),
            PerfectCorrelation { second, .. } => format!(
                "Join categories that few chose, leave '{second}' out, or add to empty cells (--empty-cells add:0.5)."
            ),
            EmptyCategory { variable, category, group } => format!(
                "Join category {category} of '{variable}' with its neighbour in all groups, or leave group '{group}' out."
            ),
            UnknownCategory { variable, .. } => {
                format!(
                    "Correct the answer, or declare its code missing; '{variable}' must be coded as in the data of the fit."
                )
            }
            Separated { variable } => {
                format!("Leave out a covariate of '{variable}', or join categories that few chose.")
            }
            TooFewItems { .. } => "Add items, or leave the scale out of the analysis.".into(),
            TooFewRows { .. } => {
                "Collect more answers, or leave out the items that most respondents skipped.".into()
            }
            EmptyGroup { group, .. } => {
                format!("Leave group '{group}' out, or check its missing codes.")
            }
            NoCompleteRow { group, .. } => {
                format!("Use full information (missing = fiml), or leave group '{group}' or the variables out.")
            }
            NotAskedInGroup { item, group, .. } => format!(
                "Use full information (missing = fiml) with all parameters of '{item}' equal across groups \
                 (group.equal = loadings, intercepts, residuals), or leave '{item}' or group '{group}' out."
            ),
            MissingCluster { variable, .. } => {
                format!("Fill in '{variable}', or leave these rows out of the file.")
            }
            UnusableWeights { .. } => {
                "Give every row a positive weight, or leave out the rows that stand for nobody.".into()
            }
            TooFewClusters { .. } => {
                "Leave the clusters out; the results then hold for these clusters only, not for others like them."
                    .into()
            }
            VariesWithin { name, .. } => {
                format!("Put '{name}' on level 1 as well, or make the values of a cluster the same.")
            }
            ConstantWithin { name, .. } => format!("Put '{name}' on level 2 only."),
            NeverTogether { .. } => "Analyse them apart: their covariance is not in the data.".into(),
            IdenticalItems { second, .. } => format!("Leave one of them out, '{second}' for instance."),
            NotPositiveDefinite { matrix, .. } if matrix.contains("model implies") => {
                "Look at what the text fixes and at its start values: together they leave a variable no variance of its \
                 own, or make variables correlate beyond 1."
                    .into()
            }
            NotPositiveDefinite { .. } => {
                "Look for items that are sums of others, and for pairwise deletion with many missing answers."
                    .into()
            }
            LinearlyDependent { .. } => {
                "Leave one of them out of the model: it is what the others make of it.".into()
            }
            BadWeight { .. } => "Give every row a positive weight.".into(),
            TooFewImputations { m, .. } if *m < 2 => "Impute more often: 20 data sets or more.".into(),
            TooFewImputations { .. } => {
                "Fit one completed data set by itself to see why there is no solution; simplify the model, or use full \
                 information (missing = fiml)."
                    .into()
            }
            CompletedDiffer { .. } => {
                "Give completed versions of one data set, with the same rows in the same order and the same columns.".into()
            }
            NotCompleted { column, .. } => format!(
                "Impute '{column}' too (an incomplete file is no completed one: it goes with --imputations, or --missing fiml)."
            ),
            MissingPredictor { variable, .. } => {
                format!("Impute '{variable}' too, or leave it out.")
            }
            NoAnswerExists { remedy, .. } => remedy.clone(),
            BadOption { .. } => "Choose a value in that range.".into(),
        }
    }

    /// Where it is, as short as possible.
    pub fn place(&self) -> Option<String> {
        use Error::*;
        Some(match self {
            Unreadable { path, .. }
            | Unwritable { path, .. }
            | EmptyFile { path }
            | HeaderOnly { path }
            | OtherFormat { path, .. }
            | CompletedDiffer { path, .. }
            | DuplicateRespondent { path, .. } => path.display().to_string(),
            RaggedRow { path, row, .. } | NotUtf8 { path, row, .. } => {
                format!("{}, row {row}", path.display())
            }
            DuplicateColumn { column, .. } | UnknownColumn { column, .. } | EmptyColumn { column, .. } => {
                format!("column '{column}'")
            }
            NotCompleted { path, row, column, .. } => {
                format!("{}, row {row}, column '{column}'", path.display())
            }
            BadCells { path, cells, .. } => match cells.first() {
                Some(c) => format!("{}, row {}, column '{}'", path.display(), c.row, c.column),
                None => path.display().to_string(),
            },
            NotSymmetric { row, column, .. } => format!("row '{row}', column '{column}'"),
            ConstructSyntax { place, .. } => place.clone(),
            DuplicateId { kind, id } | BadId { kind, id } => format!("{kind} '{id}'"),
            ItemWithoutDimension { item } | ConstantItem { item, .. } => format!("item '{item}'"),
            UnknownReference { from, .. } => from.clone(),
            ScaleTooShort { scale, .. } | AmbiguousScale { scale, .. } => format!("scale '{scale}'"),
            NothingMeasured { construct } | NoDataNamed { construct } => format!("construct '{construct}'"),
            ModelSyntax { line, column, .. } => format!("model, line {line}, column {column}"),
            ConflictingLabel { label, .. } => format!("'{label}'"),
            NotOrdinal { variable, row, .. } | UnknownCategory { variable, row, .. } => {
                format!("column '{variable}', row {row}")
            }
            ManyCategories { variable, .. } | NoAnswers { variable } | Separated { variable } => {
                format!("column '{variable}'")
            }
            EmptyGroup { variable, group, .. } | NoCompleteRow { variable, group, .. } => {
                format!("{variable} = '{group}'")
            }
            NotAskedInGroup { item, variable, group, .. } => format!("'{item}', {variable} = '{group}'"),
            EmptyCategory { variable, group, .. } => format!("column '{variable}', group '{group}'"),
            MissingCluster { variable, .. }
            | TooFewClusters { variable, .. }
            | UnusableWeights { variable, .. }
            | MissingPredictor { variable, .. } => format!("column '{variable}'"),
            TooFewImputations { .. } => "the completed data sets".into(),
            VariesWithin { name, variable, cluster, .. } => {
                format!("column '{name}', {variable} = '{cluster}'")
            }
            ConstantWithin { name, .. } => format!("column '{name}'"),
            NeverTogether { first, second }
            | IdenticalItems { first, second, .. }
            | ConstantTogether { item: first, other: second, .. }
            | PerfectCorrelation { first, second, .. } => {
                format!("'{first}', '{second}'")
            }
            NotPositiveDefinite { variables, .. } | LinearlyDependent { variables, .. } => quoted(variables),
            BadWeight { row, .. } => format!("row {row}"),
            BadOption { option, .. } => option.clone(),
            TooFewItems { what, .. }
            | TooFewRows { what, .. }
            | NoAnswerExists { what, .. }
            | WrongSize { what, .. }
            | NotFinite { what }
            | Unsupported { what, .. } => what.clone(),
            EmptyModel | BadModel { .. } | MoreParametersThanMoments { .. } => return None,
        })
    }

    /// Whether the input is at fault (a file, an option, a model text), or, when false, the
    /// analysis that was asked for cannot be done on it.
    pub fn is_input_fault(&self) -> bool {
        use Error::*;
        !matches!(
            self,
            ConstantItem { .. }
                | ConstantTogether { .. }
                | NoAnswers { .. }
                | PerfectCorrelation { .. }
                | EmptyCategory { .. }
                | Separated { .. }
                | TooFewItems { .. }
                | TooFewRows { .. }
                | NoAnswerExists { .. }
                | EmptyGroup { .. }
                | NoCompleteRow { .. }
                | NotAskedInGroup { .. }
                | EmptyColumn { .. }
                | TooFewClusters { .. }
                | TooFewImputations { .. }
                | NeverTogether { .. }
                | IdenticalItems { .. }
                | NotPositiveDefinite { .. }
                | LinearlyDependent { .. }
                | MoreParametersThanMoments { .. }
                | NothingMeasured { .. }
        )
    }
}

fn first_of(rows: &[usize]) -> String {
    rows.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn lacking_text(lacking: &[String]) -> String {
    if lacking.is_empty() { String::new() } else { format!("; nobody in it answered {}", quoted(lacking)) }
}

fn and_others(others: usize) -> String {
    if others == 0 { String::new() } else { format!(" (and {others} more)") }
}

fn more(rows: &[usize]) -> &'static str {
    if rows.len() > 5 { ", ..." } else { "" }
}

/// An answer with a caveat.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// A key of the construct file that means nothing here.
    UnknownKey {
        /// The key.
        key: String,
        /// The part of the file in which it stands ("item 'kn_1'", "table data").
        part: String,
    },
    /// A dimension that is defined and has no items.
    NotMeasured {
        /// The dimension.
        dimension: String,
    },
    /// A correlation that is not defined, since one of the two does not vary among the rows with both.
    UndefinedCorrelation {
        /// The variable that does not vary.
        item: String,
        /// The other.
        other: String,
        /// Rows with both.
        n: usize,
    },
    /// Variables of which no row has both: their covariance is not in the data.
    NeverTogether {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// How many such pairs there are.
        pairs: usize,
    },
    /// Items that a group was not asked: their parameters there are those of other groups.
    NotAskedInGroup {
        /// The items.
        items: Vec<String>,
        /// Grouping variable.
        variable: String,
        /// The group.
        group: String,
    },
    /// Fewer clusters than cluster-robust standard errors rest on.
    FewClusters {
        /// The cluster variable.
        variable: String,
        /// How many there are.
        clusters: usize,
        /// Free parameters.
        parameters: usize,
    },
    /// Sampling weights that are all alike.
    EqualWeights {
        /// The variable.
        variable: String,
    },
    /// Rows left out of an analysis because of missing answers.
    RowsLeftOut {
        /// Rows used.
        used: usize,
        /// Rows read.
        read: usize,
    },
    /// Rows left out of an analysis for several reasons, or another than incomplete answers.
    RowsLeftOutFor {
        /// Rows used.
        used: usize,
        /// Rows read.
        read: usize,
        /// How many rows for which reason.
        reasons: Vec<(usize, String)>,
    },
    /// Rows that belong to none of the groups that are told apart.
    RowsWithoutGroup {
        /// The grouping variable.
        variable: String,
        /// How many.
        rows: usize,
        /// Rows read.
        read: usize,
    },
    /// Full information had no answer: the model was fitted to the complete rows.
    CompleteRowsInstead {
        /// Why it had none.
        reason: String,
        /// Rows used.
        used: usize,
        /// Rows read.
        read: usize,
    },
    /// Fewer rows than items.
    FewRows {
        /// Rows.
        n: usize,
        /// Items.
        items: usize,
    },
    /// Two items with the same answers.
    IdenticalItems {
        /// One item.
        first: String,
        /// The other.
        second: String,
    },
    /// An item that correlates negatively with the rest of its scale.
    NegativeItem {
        /// The item.
        item: String,
        /// The scale, where there are several.
        scale: Option<String>,
        /// Correlation with the rest of the scale.
        r_drop: f64,
    },
    /// A total score of dimensions that do not form one construct.
    TotalOfApart {
        /// The construct.
        construct: String,
        /// What speaks against the total.
        reason: String,
    },
    /// A reversed item of which only the sign was changed, for want of a declared range.
    SignOnlyReversal {
        /// The item.
        item: String,
    },
    /// A correlation matrix from pairwise counts that is not positive definite.
    NotPositiveDefinite {
        /// Which matrix.
        matrix: String,
        /// Its smallest eigenvalue.
        eigenvalue: f64,
    },
    /// A defined parameter or a constraint that has no value at the solution.
    WithoutValue {
        /// As it is written.
        relation: String,
        /// Whether it defines a parameter.
        is_definition: bool,
        /// Why it has none.
        reason: String,
    },
    /// What the text says of a value that is not estimated, but what the others leave.
    NotUsed {
        /// The parameter, with what is said of it.
        formula: String,
        /// Why it is not used.
        reason: &'static str,
    },
    /// An estimator of ordinal variables, where none is.
    NothingOrdinal {
        /// Its name.
        estimator: &'static str,
    },
    /// A model without degrees of freedom: it fits by construction.
    Saturated,
    /// A variance estimated below zero.
    Heywood {
        /// Whose variance.
        variable: String,
        /// The estimate.
        estimate: f64,
    },
    /// The latent variables' covariance matrix is not positive definite.
    LatentNotPositiveDefinite {
        /// Its smallest eigenvalue.
        eigenvalue: f64,
        /// The factors with the largest weights in that eigenvector.
        factors: Vec<String>,
    },
    /// A factor measured by one indicator: its residual variance is fixed to zero.
    SingleIndicator {
        /// The factor.
        factor: String,
        /// The indicator.
        indicator: String,
    },
    /// A correlation of 1 or -1 between the variables behind two ordinal ones, or of two equal columns.
    PerfectCorrelation {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// Cells of their table without answers.
        empty_cells: usize,
    },
    /// A correlation behind ordinal items that is estimated at 1 or -1, and taken at its border by a model.
    CorrelationAtBorder {
        /// One variable.
        first: String,
        /// The other.
        second: String,
        /// Where it is taken: .995 or -.995, or nearer to 0 where the likelihood is flat from there on.
        r: f64,
    },
    /// A solution that was not found from the first start values.
    OtherStart {
        /// From which it was.
        how: String,
    },
    /// A level of a two-level model whose fit by itself is not known.
    LevelWithoutFit {
        /// 1 within clusters, 2 between them.
        level: usize,
    },
    /// An estimate at its bound.
    AtBound {
        /// The parameter.
        parameter: String,
        /// The bound.
        bound: f64,
    },
    /// Replicates of a bootstrap without a solution.
    ReplicatesFailed {
        /// How many.
        failed: usize,
        /// Of how many.
        replicates: usize,
    },
    /// Completed data sets without a solution.
    ImputationsLeftOut {
        /// How many.
        left_out: usize,
        /// Of how many.
        m: usize,
    },
    /// A caveat of the fits to some completed data sets.
    InImputations {
        /// The caveat, of the first of them.
        warning: Box<Warning>,
        /// In how many.
        count: usize,
        /// Of how many.
        m: usize,
    },
    /// Two models that cannot be tested against each other.
    NotComparable {
        /// The freer model.
        free: String,
        /// The restricted model.
        restricted: String,
        /// Why not.
        why: String,
    },
    /// A group that is too small for a conclusion.
    SmallGroup {
        /// Grouping variable.
        variable: String,
        /// Its value.
        group: String,
        /// Respondents.
        n: usize,
        /// How many a conclusion asks for.
        needed: usize,
    },
    /// Fewer groups than evidence for aggregation rests on.
    FewGroupsToAggregate {
        /// The grouping variable.
        variable: String,
        /// How many there are.
        groups: usize,
    },
    /// A hypothesis about something that the construct file does not define.
    UnknownEnd {
        /// The hypothesis.
        hypothesis: String,
        /// What it refers to.
        end: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// A group of interviews so small that themes may be missing.
    SmallPanel {
        /// The group.
        group: String,
        /// Its respondents.
        respondents: usize,
        /// How many would do.
        enough: usize,
    },
    /// Columns of a file that were not taken for answers.
    ColumnsLeftOut {
        /// The columns.
        columns: Vec<String>,
        /// Why.
        reason: String,
    },
    /// A table that was read as one row a rating.
    LongTable {
        /// The column of units.
        unit: String,
        /// The column of raters.
        rater: String,
        /// The column of ratings.
        rating: String,
    },
    /// A part of an analysis that could not be done; the rest stands.
    NotDone {
        /// Which part.
        what: String,
        /// Why not.
        reason: String,
    },
}

impl Warning {
    /// A short stable name for scripts.
    pub fn code(&self) -> &'static str {
        use Warning::*;
        match self {
            UnknownKey { .. } => "unknown_key",
            NotMeasured { .. } => "not_measured",
            UndefinedCorrelation { .. } => "undefined_correlation",
            NeverTogether { .. } => "never_together",
            NotAskedInGroup { .. } => "not_asked_in_group",
            FewClusters { .. } => "few_clusters",
            EqualWeights { .. } => "equal_weights",
            RowsLeftOut { .. } | RowsLeftOutFor { .. } => "rows_left_out",
            RowsWithoutGroup { .. } => "rows_without_group",
            CompleteRowsInstead { .. } => "complete_rows_instead",
            FewRows { .. } => "few_rows",
            IdenticalItems { .. } => "identical_items",
            NegativeItem { .. } => "negative_item",
            TotalOfApart { .. } => "total_of_apart",
            SignOnlyReversal { .. } => "sign_only_reversal",
            NotPositiveDefinite { .. } => "not_positive_definite",
            WithoutValue { .. } => "without_value",
            NotUsed { .. } => "not_used",
            NothingOrdinal { .. } => "nothing_ordinal",
            Saturated => "saturated",
            Heywood { .. } => "heywood",
            LatentNotPositiveDefinite { .. } => "latent_not_positive_definite",
            SingleIndicator { .. } => "single_indicator",
            PerfectCorrelation { .. } => "perfect_correlation",
            CorrelationAtBorder { .. } => "correlation_at_border",
            OtherStart { .. } => "other_start",
            LevelWithoutFit { .. } => "level_without_fit",
            AtBound { .. } => "at_bound",
            ReplicatesFailed { .. } => "replicates_failed",
            ImputationsLeftOut { .. } => "imputations_left_out",
            InImputations { warning, .. } => warning.code(),
            NotComparable { .. } => "not_comparable",
            SmallGroup { .. } => "small_group",
            FewGroupsToAggregate { .. } => "few_groups_to_aggregate",
            UnknownEnd { .. } => "unknown_end",
            SmallPanel { .. } => "small_panel",
            ColumnsLeftOut { .. } => "columns_left_out",
            LongTable { .. } => "long_table",
            NotDone { .. } => "not_done",
        }
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use Warning::*;
        match self {
            UnknownKey { key, part } => {
                write!(f, "the key '{key}' of {part} is not known and was not used; check its spelling")
            }
            NotMeasured { dimension } => {
                write!(f, "dimension '{dimension}' is defined but not measured: it has no items")
            }
            UndefinedCorrelation { item, other, n } => write!(
                f,
                "'{item}' does not vary among the {n} who answered '{other}': their correlation is not defined, and nothing \
                 that rests on all correlations"
            ),
            NeverTogether { first, second, pairs } => write!(
                f,
                "no respondent answered both '{first}' and '{second}' ({pairs} such pairs): their covariance is not in the \
                 data and counts in no test; what the model implies of it rests on the other variables"
            ),
            NotAskedInGroup { items, variable, group } => write!(
                f,
                "nobody with {variable} = '{group}' answered {}: what is said of it there is what other groups say, and \
                 counts in no test",
                quoted(items)
            ),
            FewClusters { variable, clusters, parameters } => {
                write!(
                    f,
                    "'{variable}' has {clusters} clusters: the estimates stand, but cluster-robust standard errors are too \
                     small and tests reject too often below about 30 of them, so nothing can be concluded of other \
                     clusters than these"
                )?;
                if clusters <= parameters {
                    write!(f, "; {parameters} parameters are more than {clusters} clusters can tell apart")?;
                }
                Ok(())
            }
            EqualWeights { variable } => write!(
                f,
                "all weights in '{variable}' are equal: they change nothing, except that standard errors and test are robust"
            ),
            RowsLeftOut { used, read } => {
                write!(f, "{} of {read} rows left out because of missing answers; {used} used", read - used)
            }
            RowsLeftOutFor { used, read, reasons } => {
                write!(f, "{} of {read} rows left out: ", read - used)?;
                match reasons.as_slice() {
                    [(_, why)] => f.write_str(why)?,
                    several => {
                        let each: Vec<String> =
                            several.iter().map(|(rows, why)| format!("{rows} {why}")).collect();
                        f.write_str(&each.join(", "))?;
                    }
                }
                write!(f, "; {used} used")
            }
            RowsWithoutGroup { variable, rows, read } => {
                write!(
                    f,
                    "{rows} of {read} rows have no value of '{variable}': they belong to none of its groups"
                )
            }
            FewRows { n, items } => {
                write!(f, "{n} rows for {items} items: results depend on this very sample")
            }
            IdenticalItems { first, second } => {
                write!(f, "'{first}' and '{second}' have identical answers; check for a copied column")
            }
            NegativeItem { item, scale: Some(scale), r_drop } => write!(
                f,
                "'{item}' correlates negatively with the other items of '{scale}' ({r_drop:.2}); check its keying"
            ),
            NegativeItem { item, scale: None, r_drop } => write!(
                f,
                "'{item}' correlates negatively with the rest of the scale ({r_drop:.2}); check its keying"
            ),
            TotalOfApart { construct, reason } => write!(
                f,
                "the total score of '{construct}' adds up what is not one: {reason}; report the dimensions apart"
            ),
            SignOnlyReversal { item } => write!(
                f,
                "'{item}' was reversed by its sign only; give --scale MIN..MAX to keep it on the answer scale"
            ),
            PerfectCorrelation { first, second, empty_cells } => write!(
                f,
                "the correlation of '{first}' and '{second}' is 1 or -1, without a standard error; {empty_cells} cells of \
                 their table are empty: merge rare categories, or leave one of the two out"
            ),
            CorrelationAtBorder { first, second, r } => write!(
                f,
                "the correlation behind '{first}' and '{second}' is estimated at {:.0}, where it has no sampling variation; the \
                 model takes it as {r:.3}, with little weight: join rare categories, or leave one of the two out",
                r.signum()
            ),
            OtherStart { how } => {
                write!(f, "no solution was found from the first start values; this one was found {how}")
            }
            LevelWithoutFit { level } => write!(
                f,
                "the fit of level {level} by itself is not known: with the other level saturated no solution was found, or \
                 the moments there are none of any variables; judge the level by its SRMR and residuals"
            ),
            AtBound { parameter, bound } => write!(
                f,
                "'{parameter}' is at its bound {bound:.3}: without the bound the model would fit better, and a \
                 standard error does not exist"
            ),
            ReplicatesFailed { failed, replicates } => {
                write!(f, "{failed} of {replicates} bootstrap replicates have no solution and do not count")
            }
            ImputationsLeftOut { left_out, m } => write!(
                f,
                "the fit to {left_out} of {m} completed data sets has no solution or no standard errors; they do not count"
            ),
            InImputations { warning, count, m } => {
                write!(f, "in {count} of {m} completed data sets: {warning}")
            }
            NotComparable { free, restricted, why } => {
                write!(f, "'{free}' and '{restricted}' are not tested against each other: {why}")
            }
            NotPositiveDefinite { matrix, eigenvalue } => {
                write!(f, "{matrix} is not positive definite (smallest eigenvalue {eigenvalue:.3e})")
            }
            WithoutValue { relation, is_definition: true, reason } => {
                write!(f, "'{relation}' has no value: {reason}")
            }
            WithoutValue { relation, is_definition: false, reason } => {
                write!(
                    f,
                    "the constraint '{relation}' was not used, since it has no value at the solution: {reason}"
                )
            }
            NotUsed { formula, reason } => write!(f, "what '{formula}' says was not used: {reason}"),
            NothingOrdinal { estimator } => write!(
                f,
                "{estimator} is meant for ordinal variables, and none is named: all are taken as continuous (--ordered \
                 names the ordinal ones; for continuous variables MLR keeps the likelihood)"
            ),
            Saturated => write!(
                f,
                "the model has no degrees of freedom: it fits by construction, not because it is true"
            ),
            Heywood { variable, estimate } => write!(
                f,
                "the variance of '{variable}' is estimated at {estimate:.3}, below zero (a Heywood case); \
                 look for a misplaced item, too few indicators or too small a sample"
            ),
            LatentNotPositiveDefinite { eigenvalue, factors } => write!(
                f,
                "the covariance matrix of the latent variables is not positive definite (smallest eigenvalue \
                 {eigenvalue:.3e}; mainly {}); merge factors or drop one",
                quoted(factors)
            ),
            SingleIndicator { factor, indicator } => write!(
                f,
                "factor '{factor}' has one indicator: the residual variance of '{indicator}' is fixed to zero, \
                 so it is assumed to be measured without error"
            ),
            SmallGroup { variable, group, n, needed } => write!(
                f,
                "{variable} = '{group}' has {n} respondents; a conclusion asks for at least {needed}"
            ),
            FewGroupsToAggregate { variable, groups } => write!(
                f,
                "'{variable}' has {groups} groups, fewer than 10: whether the members of each of them agree can be judged \
                 (rwg, awg), but ICC(1) and ICC(2) rest on the differences between so few groups and say little of others"
            ),
            UnknownEnd { hypothesis, end, nearest } => {
                write!(
                    f,
                    "hypothesis '{hypothesis}' refers to '{end}', which is not defined: it cannot be tested"
                )?;
                nearest.as_ref().map_or(Ok(()), |name| write!(f, "; did you mean '{name}'?"))
            }
            SmallPanel { group, respondents, enough } => write!(
                f,
                "'{group}' has {respondents} respondents, fewer than {enough}: what it did not raise may only not have come \
                 up, and what is said of it is indicative"
            ),
            CompleteRowsInstead { reason, used, read } => write!(
                f,
                "fitted to the {used} complete rows of {read}, since full information has no answer: {reason}"
            ),
            ColumnsLeftOut { columns, reason } => match columns.as_slice() {
                [column] => write!(f, "column '{column}' is left out: {reason}"),
                _ => write!(f, "columns {} are left out: {reason}", shortened(columns)),
            },
            LongTable { unit, rater, rating } => write!(
                f,
                "the table was read as one row a rating, by the names of its columns: '{rating}' is the rating of '{unit}' by \
                 '{rater}'"
            ),
            NotDone { what, reason } => write!(f, "{what}: not done; {reason}"),
        }
    }
}

/// Serialises as `{"code": ..., "message": ...}`.
impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("code", self.code())?;
        map.serialize_entry("message", &self.to_string())?;
        map.end()
    }
}

/// The name among `candidates` that is nearest to `name`, when one is near enough to be a slip.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    candidates
        .into_iter()
        .map(|c| (strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &c.to_lowercase()), c))
        .filter(|(similarity, _)| *similarity >= 0.6)
        // of equally near ones the first
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, c)| c.to_string())
}

/// How the problem of a cell begins that has a decimal comma.
pub(crate) const DECIMAL_COMMA: &str = "has a decimal comma";

/// How the problem of a cell begins that lies between two codes of its scale.
pub(crate) const BETWEEN_CODES: &str = "lies between codes of the scale";

/// What to do about bad cells: where all have one cause, about that.
fn remedy_of(cells: &[BadCell]) -> &'static str {
    let all = |start: &str| !cells.is_empty() && cells.iter().all(|cell| cell.problem.starts_with(start));
    if all(DECIMAL_COMMA) {
        "Write numbers with a decimal point: export the file with English number formats, or replace the commas."
    } else if cells.iter().any(|cell| cell.problem.starts_with(BETWEEN_CODES)) {
        "A scale of a construct file is a list of whole codes. Do not round imputed answers, sliders or test scores to fit it: \
         'items', 'reliability', 'correlate' and 'fit' take any number; correct what is no possible answer."
    } else {
        "Correct the cells, declare a missing code, or leave the column out."
    }
}

/// Accents that are characters of their own, behind the letter they belong to.
pub(crate) fn is_combining(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20f0}'
    )
}

fn bad_cells(path: &std::path::Path, total: usize, cells: &[BadCell]) -> String {
    let cells_word = if total == 1 { "cell is" } else { "cells are" };
    let mut text = format!("{}: {total} {cells_word} not an answer", path.display());
    for c in cells.iter().take(SHOWN_CELLS) {
        let _ = write!(text, "\n  row {}, column '{}': '{}' {}", c.row, c.column, c.value, c.problem);
    }
    if total > SHOWN_CELLS {
        let _ = write!(text, "\n  ... and {} more", total - SHOWN_CELLS);
    }
    text
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ")
}

fn shortened(names: &[String]) -> String {
    if names.len() > 12 {
        format!("{} and {} more", quoted(&names[..12]), names.len() - 12)
    } else {
        quoted(names)
    }
}

fn list_numbers(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_a_slip_or_nothing() {
        assert_eq!(nearest("visaul", ["visual", "textual"]), Some("visual".into()));
        assert_eq!(nearest("X1", ["x1", "y2"]), Some("x1".into()));
        assert_eq!(nearest("x33", ["x1", "x3", "x23"]), Some("x3".into()));
        assert_eq!(nearest("quality", ["visual", "textual"]), None);
    }

    #[test]
    fn bad_cells_show_twenty_and_count_the_rest() {
        let cells = (0..25)
            .map(|i| BadCell {
                row: i + 2,
                column: "q1".into(),
                value: "9".into(),
                problem: "is out of range".into(),
            })
            .collect();
        let text = Error::BadCells { path: "d.csv".into(), total: 25, cells }.to_string();
        assert_eq!(text.lines().count(), 22);
        assert!(text.ends_with("... and 5 more"), "{text}");
    }
}
