//! From a folder of Parquet files to a validated construct: `cargo run --release -p psychometrics-datafusion --example
//! validate_folder`, or with a construct file and a folder of one's own behind `--`.
//!
//! Without arguments the sample answers of the repository are first written as a folder of four Parquet files. From there on no
//! row is held by this program: DataFusion reads them, sums and two-way tables come back.

use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::prelude::{CsvReadOptions, SessionContext};
use psychometrics::construct::Construct;
use psychometrics::evidence::{MeasurementLevel, Validation};
use psychometrics::moments::aggregate::AggregatePlan;
use psychometrics::report::Report;
use psychometrics_datafusion::{aggregate, register};
use std::path::{Path, PathBuf};
use std::time::Instant;

type Any = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    match run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Any> {
    let mut arguments = std::env::args().skip(1);
    let temporary = tempfile::tempdir()?;
    let (construct, folder) = match (arguments.next(), arguments.next()) {
        (Some(construct), Some(folder)) => (PathBuf::from(construct), PathBuf::from(folder)),
        (None, _) => {
            let own =
                Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/professional_conduct/construct.toml");
            (own.clone(), written(&own, temporary.path()).await?)
        }
        _ => return Err("usage: validate_folder [CONSTRUCT.toml FOLDER]".into()),
    };
    let construct = Construct::from_path(&construct)?;
    // the groups of the construct are compared by the first of its grouping variables
    let mut plan = AggregatePlan::of_construct(&construct)?;
    if let Some(group) = construct.data.iter().flat_map(|data| &data.groups).next() {
        plan = plan.by_group(group);
    }
    let context = SessionContext::new();
    register(&context, "answers", &folder).await?;
    let began = Instant::now();
    let sums = aggregate(&context, &plan, "answers").await?;
    let summed = began.elapsed();
    let evidence = Validation::of(&construct).level(MeasurementLevel::Continuous).run_aggregate(&sums)?;
    println!("{}", evidence.page().text());
    println!(
        "{} rows summed by DataFusion in {summed:.1?}; the validation of the sums took {:.1?}",
        sums.rows(),
        began.elapsed() - summed
    );
    Ok(())
}

/// The sample answers as a folder of four Parquet files.
async fn written(construct: &Path, folder: &Path) -> Result<PathBuf, Any> {
    let answers = Construct::from_path(construct)?.responses_path()?;
    let context = SessionContext::new();
    let text = answers.to_str().ok_or("a path that is no text")?;
    let frame = context.read_csv(text, CsvReadOptions::new()).await?;
    let rows = frame.clone().count().await?;
    for part in 0..4 {
        let (skip, take) = (part * rows / 4, (part + 1) * rows / 4 - part * rows / 4);
        let path = folder.join(format!("part-{part}.parquet"));
        let own = frame.clone().limit(skip, Some(take))?;
        own.write_parquet(
            path.to_str().ok_or("a path that is no text")?,
            DataFrameWriteOptions::new().with_single_file_output(true),
            None,
        )
        .await?;
    }
    Ok(folder.into())
}
