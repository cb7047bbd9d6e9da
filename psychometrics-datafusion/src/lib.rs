//! The statements of [`psychometrics::moments::sql`], run by [Apache DataFusion](https://datafusion.apache.org): answers in
//! Parquet or CSV files, of any number, become an [`Aggregate`], from which scales are described and models are fitted. The text
//! is the one that goes to a warehouse; DataFusion is given it in this process, and no row leaves it.
//!
//! ```
//! use datafusion::prelude::SessionContext;
//! use psychometrics::moments::aggregate::{AggregatePlan, PlannedItem};
//! use psychometrics::{Estimation, Estimator, Model};
//! use psychometrics_datafusion::{aggregate, register, second_pass};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> psychometrics_datafusion::Result<()> {
//! let context = SessionContext::new();
//! register(&context, "pupils", "../data/holzinger_swineford_1939/hs.csv").await?;
//! let plan = AggregatePlan::new((1..=9).map(|i| PlannedItem::new(format!("x{i}")).about(4.0)))?;
//! let sums = aggregate(&context, &plan, "pupils").await?;
//! assert_eq!(sums.rows(), 301);
//!
//! let model: Model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; speed =~ x7 + x8 + x9".parse()?;
//! let fit = Estimation::default().fit_aggregate(&model, &sums)?;
//! assert_eq!(format!("{:.3}", fit.measure("chisq").unwrap()), "85.306");
//!
//! // robust errors and tests ask the rows once more
//! let robust = Estimation::new(Estimator::Mlr);
//! let answers = second_pass(&context, &plan, robust.second_pass(&model, &sums)?, "pupils").await?;
//! let fit = robust.fit_second_pass(&model, &sums, &answers)?;
//! assert_eq!(format!("{:.3}", fit.measure("chisq.scaled").unwrap()), "87.132");
//! # Ok(()) }
//! ```

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::DataFusionError;
use datafusion::prelude::{CsvReadOptions, ParquetReadOptions, SessionContext};
use psychometrics::moments::aggregate::{Aggregate, AggregatePlan, PlannedItem, RowAnswers, RowQuestions};
use psychometrics::moments::sql::{Dialect, Query, SecondQuery, Statement};
use std::path::Path;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Of the answers, the plan or the sums.
    #[error(transparent)]
    Psychometrics(#[from] psychometrics::Error),
    /// Of the engine: a file it cannot read, a column or a table that it does not know, memory.
    #[error("{what}: {source}")]
    Engine {
        /// What was done.
        what: String,
        /// What the engine says.
        #[source]
        source: Box<DataFusionError>,
    },
    /// A file of which the name does not say what it is.
    #[error(
        "'{path}' is no file that ends in .parquet, .csv, .tsv, .csv.gz or .tsv.gz, and no folder with files of one of these kinds: name one, or register the table in the context yourself"
    )]
    Unknown {
        /// The path that was given.
        path: String,
    },
}

/// A result, or what went wrong.
pub type Result<T> = std::result::Result<T, Error>;

fn engine(what: impl Into<String>, source: DataFusionError) -> Error {
    Error::Engine { what: what.into(), source: Box::new(source) }
}

/// Registers a file, or a folder of files of one kind and with the same columns, as a table: Parquet, CSV or TSV. Folders inside
/// it are not looked into. Tables that are elsewhere (object stores, other formats, views) are registered in the context by its own functions.
///
/// # Errors
/// [`Error::Unknown`] for a path of which the name says no kind, a folder without such a file, or with files of two kinds;
/// [`Error::Engine`] for files that cannot be read.
pub async fn register(context: &SessionContext, table: &str, path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    let unknown = || Error::Unknown { path: path.display().to_string() };
    let kind = if path.is_dir() {
        kind_of_folder(path).ok_or_else(unknown)?
    } else {
        kind(path).ok_or_else(unknown)?
    };
    let text = path.to_str().ok_or_else(unknown)?;
    let done = match kind {
        ".parquet" => context.register_parquet(table, text, ParquetReadOptions::default()).await,
        kind => {
            let delimiter = if kind.starts_with(".tsv") { b'\t' } else { b',' };
            let options = CsvReadOptions::new().has_header(true).delimiter(delimiter).file_extension(kind);
            let zipped =
                datafusion::datasource::file_format::file_compression_type::FileCompressionType::GZIP;
            let options = if kind.ends_with(".gz") { options.file_compression_type(zipped) } else { options };
            context.register_csv(table, text, options).await
        }
    };
    done.map_err(|error| engine(format!("'{}' cannot be read", path.display()), error))
}

const KINDS: [&str; 5] = [".parquet", ".csv", ".tsv", ".csv.gz", ".tsv.gz"];

fn kind(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?.to_lowercase();
    KINDS.into_iter().find(|kind| name.ends_with(kind))
}

/// The one kind of the files of a folder.
fn kind_of_folder(folder: &Path) -> Option<&'static str> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(std::result::Result::ok);
    let mut kinds = entries.filter_map(|entry| kind(&entry.path()));
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)
}

/// The sums of a plan over a table of the context: a name, or a sub-query between parentheses with an alias.
///
/// # Errors
/// [`Error::Engine`] for a table that is not there, and with the statement that failed; [`Error::Psychometrics`] for a column that the
/// table does not have ([`UnknownColumn`](psychometrics::Error::UnknownColumn)), a plan that is none, and results that contradict each
/// other (files that change meanwhile).
pub async fn aggregate(context: &SessionContext, plan: &AggregatePlan, table: &str) -> Result<Aggregate> {
    check_columns(context, plan, table).await?;
    let query = Query::new(plan.clone(), table, Dialect::DataFusion);
    let results = results(context, &query.statements()?).await?;
    Ok(query.aggregate(&results)?)
}

/// What the rows answer a fitted model ([`Estimation::second_pass`](psychometrics::Estimation::second_pass)).
///
/// # Errors
/// As [`aggregate`].
pub async fn second_pass(
    context: &SessionContext,
    plan: &AggregatePlan,
    questions: RowQuestions,
    table: &str,
) -> Result<RowAnswers> {
    let query = SecondQuery::new(plan.clone(), questions, table, Dialect::DataFusion);
    let results = results(context, &query.statements()?).await?;
    Ok(query.answers(&results)?)
}

/// Whether the table has the columns of a plan: an engine names what it misses for every place where it is asked for.
async fn check_columns(context: &SessionContext, plan: &AggregatePlan, table: &str) -> Result<()> {
    let failed = |error| engine(format!("there is no table {table}"), error);
    let frame = context.sql(&format!("SELECT * FROM {table} LIMIT 0")).await.map_err(failed)?;
    let available: Vec<String> = frame.schema().fields().iter().map(|field| field.name().clone()).collect();
    let items = plan.items.iter().map(PlannedItem::column_name);
    let others = [&plan.group, &plan.cluster, &plan.weights].into_iter().flatten().map(String::as_str);
    match items.chain(others).find(|name| available.iter().all(|known| known != name)) {
        None => Ok(()),
        Some(lacking) => Err(psychometrics::Error::UnknownColumn {
            column: lacking.into(),
            source_name: table.into(),
            nearest: None,
            available,
        }
        .into()),
    }
}

/// The result of each statement, one after the other: each takes all cores.
async fn results(context: &SessionContext, statements: &[Statement]) -> Result<Vec<String>> {
    let mut results = Vec::with_capacity(statements.len());
    for statement in statements {
        let failed = |error| {
            engine(
                format!("statement {} of {} ({}) failed", statement.number, statement.of, statement.block),
                error,
            )
        };
        let frame = context.sql(&statement.text).await.map_err(failed)?;
        let names: Vec<String> = frame.schema().fields().iter().map(|field| field.name().clone()).collect();
        let batches = frame.collect().await.map_err(failed)?;
        results.push(csv(&names, &batches).map_err(|error| failed(error.into()))?);
    }
    Ok(results)
}

/// A result as CSV text; numbers as they are read back to the last bit.
fn csv(names: &[String], batches: &[RecordBatch]) -> std::result::Result<String, ArrowError> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let unwritten = |error: csv::Error| ArrowError::CsvError(error.to_string());
    out.write_record(names).map_err(unwritten)?;
    let options = FormatOptions::default();
    for batch in batches {
        let columns = batch.columns().iter().map(|own| ArrayFormatter::try_new(own.as_ref(), &options));
        let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|own| own.value(row).try_to_string());
            let cells = cells.collect::<std::result::Result<Vec<_>, _>>()?;
            out.write_record(cells).map_err(unwritten)?;
        }
    }
    let bytes = out.into_inner().map_err(|error| ArrowError::CsvError(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| ArrowError::CsvError(error.to_string()))
}
