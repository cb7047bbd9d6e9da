//! A factor on two levels, explained on both: 857 respondents in 110 clusters of 4 to 12, complete and with questions asked
//! in some clusters only (32 % of one item, 5 to 26 % of three others missing), by full information.
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use psychometrics::data::Dataset;
use psychometrics::model::Function;
use psychometrics::moments::Missing;
use psychometrics::{Estimation, Estimator, Fit, Model};
use std::hint::black_box;

const MODEL: &str =
    "level: 1\n fw =~ y1 + y2 + y3 + y4\n fw ~ x\nlevel: 2\n fb =~ y1 + y2 + y3 + y4\n fb ~ w";

fn fit(estimator: Estimator, model: &Model, data: &Dataset) -> Fit {
    let estimation =
        Estimation::new(estimator).function(Function::Sem).cluster("team").missing(Missing::Fiml);
    estimation.fit(model, data).expect("the data are sound")
}

fn two_levels(c: &mut Criterion) {
    let mut group = c.benchmark_group("two levels");
    group.sample_size(10);
    let model: Model = MODEL.parse().expect("the syntax is right");
    for (name, file) in [("complete", "two_level.csv"), ("incomplete", "two_level_missing.csv")] {
        let path = format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
        let data = Dataset::read_csv(path).expect("the file is part of the repository");
        for estimator in [Estimator::Ml, Estimator::Mlr] {
            assert!(fit(estimator, &model, &data).status.proper());
            group.bench_function(format!("{},{name},n=857,clusters=110", estimator.name()), |b| {
                b.iter(|| fit(estimator, &model, black_box(&data)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, two_levels);
criterion_main!(benches);
