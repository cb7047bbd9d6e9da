//! Folders of Parquet and CSV files, summed by DataFusion: the numbers of the rows, and what is said where they cannot be had.

use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::prelude::{CsvReadOptions, SessionContext};
use psychometrics::moments::aggregate::{
    Aggregate, AggregateOptions, AggregatePlan, IncompleteRows, PlannedItem,
};
use psychometrics::{Estimation, Estimator, Model};
use psychometrics_datafusion::{Error, aggregate, register, second_pass};
use std::fmt::Write as _;
use std::path::Path;

/// Rows of six items with gaps, the code 9 for no answer, a country with a quote in its name.
fn rows(from: usize, to: usize) -> String {
    let mut text = String::from("land,q1,q2,q3,q4,q5,q6\n");
    let mut state = 7_u64;
    for row in 0..to {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        let (common, land) = (next() % 5, ["be", "nl", "d'or"][next() % 3]);
        let cells: Vec<String> = (0..6)
            .map(|_| match next() % 20 {
                0 => String::new(),
                1 => "9".into(),
                _ => ((common * 2 + next() % 5) / 3 + 1).to_string(),
            })
            .collect();
        if row >= from {
            _ = writeln!(text, "{land},{}", cells.join(","));
        }
    }
    text
}

fn plan() -> AggregatePlan {
    let items = (1..=6).map(|i| PlannedItem::new(format!("q{i}")).coded(1, 5).missing([9.0]));
    AggregatePlan::new(items).unwrap().by_group("land").with_tables().unwrap()
}

/// The same rows as one file, as a folder of CSV files, and as one of Parquet files.
async fn written(folder: &Path) {
    std::fs::write(folder.join("all.csv"), rows(0, 1_500)).unwrap();
    std::fs::create_dir(folder.join("csv")).unwrap();
    std::fs::create_dir(folder.join("parquet")).unwrap();
    for (part, (from, to)) in [(0, 400), (400, 401), (401, 1_500)].into_iter().enumerate() {
        let path = folder.join(format!("csv/{part}.csv"));
        std::fs::write(&path, rows(from, to)).unwrap();
        let frame =
            SessionContext::new().read_csv(path.to_str().unwrap(), CsvReadOptions::new()).await.unwrap();
        let path = folder.join(format!("parquet/{part}.parquet"));
        let single = DataFrameWriteOptions::new().with_single_file_output(true);
        frame.write_parquet(path.to_str().unwrap(), single, None).await.unwrap();
    }
}

#[tokio::test]
async fn folders_give_the_sums_of_the_rows_and_their_models() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    for plan in [plan(), plan().incomplete(IncompleteRows::Pairs), plan().incomplete(IncompleteRows::Dropped)]
    {
        let of_rows =
            Aggregate::read(folder.path().join("all.csv"), &plan, &AggregateOptions::default()).unwrap();
        for kind in ["csv", "parquet"] {
            let context = SessionContext::new();
            register(&context, "answers", folder.path().join(kind)).await.unwrap();
            let sums = aggregate(&context, &plan, "answers").await.unwrap();
            assert_eq!((sums.rows(), sums.groups()), (1_500, vec!["be".into(), "d'or".into(), "nl".into()]));
            // whole numbers about a whole centre: no bit differs
            assert_eq!(sums.parts, of_rows.parts, "{kind}");
            let model: Model = "f =~ q1 + q2 + q3 + q4 + q5 + q6".parse().unwrap();
            let robust = Estimation::new(Estimator::Mlr).group("land");
            let questions = robust.second_pass(&model, &sums).unwrap();
            let answers = second_pass(&context, &plan, questions, "answers").await.unwrap();
            let fit = robust.fit_second_pass(&model, &sums, &answers).unwrap();
            let data = psychometrics::data::Dataset::read(
                folder.path().join("all.csv"),
                &psychometrics::data::CsvOptions { missing_codes: vec!["9".into()], ..Default::default() },
            );
            let rows = robust.fit(&model, &data.unwrap()).unwrap();
            for measure in ["chisq", "chisq.scaled", "cfi.robust", "rmsea.robust", "srmr"] {
                let (a, b) = (fit.measure(measure).unwrap(), rows.measure(measure).unwrap());
                assert!((a - b).abs() <= 1e-8 * b.abs().max(1.0), "{measure} {a} {b}");
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_summed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path()).await;
    let context = SessionContext::new();
    for (path, says) in [
        (folder.path().join("nowhere"), "no file that ends in .parquet"),
        (folder.path().into(), "cannot be read"),
    ] {
        let done = register(&context, "x", &path).await;
        // a folder of files of one kind and of folders is read; what is nowhere is not
        match done {
            Err(error) => assert!(error.to_string().contains(says), "{error}"),
            Ok(()) => assert!(path.is_dir()),
        }
    }
    std::fs::write(folder.path().join("csv/more.parquet"), "PAR1").unwrap();
    assert!(matches!(register(&context, "y", folder.path().join("csv")).await, Err(Error::Unknown { .. })));
    let unknown = aggregate(&context, &plan(), "nothing").await.unwrap_err();
    assert!(unknown.to_string().starts_with("there is no table nothing"), "{unknown}");
    register(&context, "answers", folder.path().join("parquet")).await.unwrap();
    let other = AggregatePlan::new([PlannedItem::new("q7").coded(1, 5)]).unwrap();
    let unknown = aggregate(&context, &other, "answers").await.unwrap_err();
    assert!(unknown.to_string().contains("no column 'q7'") && unknown.to_string().len() < 300, "{unknown}");
    // an answer outside the codes is counted, and nothing is fitted beside it
    let narrow =
        AggregatePlan::new((1..=6).map(|i| PlannedItem::new(format!("q{i}")).coded(1, 4).missing([9.0])))
            .unwrap();
    let sums = aggregate(&context, &narrow, "answers").await.unwrap();
    let model: Model = "f =~ q1 + q2 + q3 + q4".parse().unwrap();
    let refused = Estimation::default().fit_aggregate(&model, &sums).unwrap_err();
    assert_eq!(refused.code(), "bad_aggregate");
}
