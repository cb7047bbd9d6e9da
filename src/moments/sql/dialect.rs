//! What engines write differently.

use crate::error::{Error, Result, chosen};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A dialect of SQL.
///
/// ```
/// use psychometrics::moments::sql::Dialect;
/// assert_eq!("spark".parse(), Ok(Dialect::Spark));
/// assert_eq!(Dialect::BigQuery.to_string(), "bigquery");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Dialect {
    /// DuckDB.
    #[default]
    DuckDb,
    /// Apache Spark SQL, and with it Databricks.
    Spark,
    /// PostgreSQL.
    Postgres,
    /// Google BigQuery.
    BigQuery,
    /// Snowflake.
    Snowflake,
    /// Apache DataFusion.
    DataFusion,
}

impl Dialect {
    /// All there are, as they are listed.
    pub const ALL: &'static [Self] =
        &[Self::DuckDb, Self::Spark, Self::Postgres, Self::BigQuery, Self::Snowflake, Self::DataFusion];

    /// A name between its quotes.
    pub(super) fn quoted(self, name: &str) -> String {
        match self {
            Self::Spark => format!("`{}`", name.replace('`', "``")),
            Self::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A text between single quotes.
    pub(super) fn literal(self, text: &str) -> String {
        match self {
            Self::Spark | Self::BigQuery => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            _ => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// Numbers of double precision.
    pub(super) fn double(self) -> &'static str {
        match self {
            Self::Postgres => "DOUBLE PRECISION",
            Self::BigQuery => "FLOAT64",
            _ => "DOUBLE",
        }
    }

    /// Texts.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Spark | Self::BigQuery => "STRING",
            Self::Postgres => "TEXT",
            _ => "VARCHAR",
        }
    }

    /// Whole numbers.
    pub(super) fn whole(self) -> &'static str {
        match self {
            Self::BigQuery => "INT64",
            _ => "INTEGER",
        }
    }

    /// Columns that one statement returns at most, with room below the limit of the engine (PostgreSQL 1,664; Spark compiles
    /// expressions of a few hundred; BigQuery 10,000 and a megabyte of text).
    pub(super) fn most_columns(self) -> usize {
        match self {
            Self::Spark => 400,
            _ => 800,
        }
    }

    /// Grouping sets of one statement at most (Snowflake 128, PostgreSQL 4,096).
    pub(super) fn most_sets(self) -> usize {
        100
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::DuckDb => "duckdb",
            Self::Spark => "spark",
            Self::Postgres => "postgres",
            Self::BigQuery => "bigquery",
            Self::Snowflake => "snowflake",
            Self::DataFusion => "datafusion",
        })
    }
}

impl FromStr for Dialect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        chosen("dialect of SQL", Self::ALL, text)
    }
}
