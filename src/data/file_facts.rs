//! What a file tells of its columns beside their cells, where it is more than a table of text; and how words in it are read.

/// How columns of words (`Agree`) are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// As the codes that they stand for, in plain CSV files too.
    Answers,
    /// As the codes that they stand for, in files that are no plain CSV.
    Codes,
    /// As they are written: a construct, or the analysis, knows them.
    Written,
}

/// What is known of a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnFacts {
    /// The wording of the question.
    pub(crate) question: Option<String>,
    /// Whether it tells about the answering.
    pub(crate) metadata: bool,
    /// How many words were read as codes; 0: it holds none.
    pub(crate) words: usize,
}

/// What a file tells beside its cells; empty for a plain CSV file.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileFacts {
    /// Of all columns, in the order of the file.
    pub(crate) columns: Vec<ColumnFacts>,
    /// Sentences on how it was read.
    pub(crate) told: Vec<String>,
    /// Cell contents, each behind [`DECLARED`](super::cell::DECLARED), that the file itself declares missing.
    pub(crate) declared: Vec<String>,
}
