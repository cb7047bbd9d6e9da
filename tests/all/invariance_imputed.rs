//! Ladders over completed data sets: D3 and D2 against semTools, D2 of scaled statistics, and what is refused.

use psychometrics::correlation::Ordered;
use psychometrics::data::{Column, Dataset};
use psychometrics::estimate::{DifferenceTest, PoolingRule};
use psychometrics::evidence::internal_structure::{ImputedInvariance, Invariance};
use psychometrics::simulate::Imputer;
use psychometrics::{Estimation, Estimator, Model, Warning};

const HS: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";

fn completed() -> Vec<Dataset> {
    let long = Dataset::read_csv("tests/data/hs_imputed.csv").unwrap();
    let sets = long.grouping("imp").unwrap();
    let of = |code: usize| {
        let rows = sets.rows_of(code);
        let names = long.names().iter().filter(|name| *name != "imp");
        let column = |name: &String| match long.column(name).unwrap() {
            Column::Numeric(values) => Column::Numeric(rows.iter().map(|&i| values[i]).collect()),
            _ => {
                let labels = long.labels(name).unwrap();
                Column::from(rows.iter().map(|&i| labels[i].as_deref()).collect::<Vec<_>>())
            }
        };
        Dataset::builder().columns(names.map(|name| (name.clone(), column(name)))).build().unwrap()
    };
    (0..sets.levels.len()).map(of).collect()
}

fn ladder(estimator: Estimator) -> ImputedInvariance {
    let model: Model = HS.parse().unwrap();
    Invariance::of(Estimation::new(estimator).group("school")).run_imputed(&model, &completed()).unwrap()
}

#[track_caller]
fn near(own: f64, other: f64, tolerance: f64) {
    assert!((own - other).abs() <= tolerance * other.abs().max(1e-3), "{own} where {other} is expected");
}

#[test]
fn difference_tests_are_pooled_by_d3_as_semtools_does() {
    let found = ladder(Estimator::Ml);
    assert_eq!((found.m, found.used, found.models.len()), (5, 5, 4));
    // semTools 0.5-6: lavTestLRT.mi(cfa.mi(...), h1 = ..., test = "D3" and "D2", asymptotic = FALSE): F, df2, p, ARIV
    let expected = [
        (
            "metric",
            [1.212868505, 267.643724304, 0.299797762, 0.348445999],
            [1.133559345, 28.720952051, 0.368289459],
        ),
        (
            "scalar",
            [7.287861443, 1847.579908667, 0.000000103, 0.106576887],
            [7.042100522, 105.990826377, 0.000002511],
        ),
        (
            "strict",
            [1.088402013, 870.947800377, 0.368586654, 0.224599862],
            [1.233708410, 153.714707643, 0.278326715],
        ),
    ];
    for (own, (step, d3, d2)) in found.comparisons.iter().zip(expected) {
        assert_eq!((own.to.as_str(), own.method), (step, DifferenceTest::Standard));
        let test = own.test.as_ref().unwrap();
        assert_eq!(test.rule, PoolingRule::D3);
        near(test.f, d3[0], 1e-4);
        near(test.df2.unwrap(), d3[1], 1e-3);
        near(test.pvalue, d3[2], 1e-3);
        near(test.ariv, d3[3], 1e-3);
        let other = own.d2.as_ref().unwrap();
        assert_eq!(other.rule, PoolingRule::D2);
        near(other.f, d2[0], 1e-4);
        near(other.df2.unwrap(), d2[1], 1e-3);
        near(other.pvalue, d2[2], 1e-3);
    }
    // the same function without h1
    let of_models = [1.978840261, 1.890585621, 2.356827050, 2.197749875];
    for (own, f) in found.models.iter().zip(of_models) {
        near(own.test.as_ref().unwrap().f, f, 1e-4);
    }
    assert!(found.released["x3~1"] > 0.5 && found.released["x7~1"] > 0.5, "{:?}", found.released);
    assert!(found.to_string().contains("D3 (Meng & Rubin 1992)"));
    let stored = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<ImputedInvariance>(&stored).unwrap(), found);
}

#[test]
fn scaled_and_ordinal_tests_are_pooled_by_d2() {
    let found = ladder(Estimator::Mlr);
    for own in &found.comparisons {
        assert_eq!(own.test.as_ref().unwrap().rule, PoolingRule::D2);
        assert!(own.d2.is_none() && own.method != DifferenceTest::Standard);
    }
    // answers in three categories with some left out, completed by the library
    let text = std::fs::read_to_string("tests/data/likert5.csv").unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').map(|name| name.trim_matches('"')).collect();
    let gap = |row: usize, (cell, name): (&str, &&str)| match *name {
        "a2" | "a3" if (row * 7 + name.len() * 3).is_multiple_of(11) => String::new(),
        _ => cell.to_string(),
    };
    let mut cells = head.join(",") + "\n";
    for (row, line) in lines.enumerate() {
        cells += &(line.split(',').zip(&head).map(|own| gap(row, own)).collect::<Vec<_>>().join(",") + "\n");
    }
    let path = std::env::temp_dir().join(format!("psychometrics_ladder_imputed_{}.csv", std::process::id()));
    std::fs::write(&path, cells).unwrap();
    let data = Dataset::read_csv(&path).unwrap();
    let model: Model = "A =~ a1 + a2 + a3 + a4".parse().unwrap();
    let sets = Imputer::new(model.observed_names()).imputations(3).impute(&data).unwrap().datasets;
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group");
    let found = Invariance::of(estimation).run_imputed(&model, &sets).unwrap();
    let steps: Vec<&str> = found.models.iter().map(|own| own.level.as_str()).collect();
    assert_eq!(steps, ["configural", "thresholds", "loadings", "intercepts", "residuals"]);
    for own in &found.comparisons {
        let test = own.test.as_ref().unwrap();
        assert!(test.rule == PoolingRule::D2 && (0.0..=1.0).contains(&test.pvalue) && test.m == 3);
    }
}

/// Where nothing was missing, the pooled ladder is the ladder.
#[test]
fn of_data_without_gaps_the_pooled_test_is_the_test() {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let model: Model = HS.parse().unwrap();
    let ladder = Invariance::of(Estimation::default().group("school"));
    let pooled = ladder.run_imputed(&model, &[data.clone(), data.clone()]).unwrap();
    let own = ladder.run(&model, &data).unwrap();
    for (pooled, own) in pooled.comparisons.iter().zip(&own.comparisons) {
        let test = pooled.test.as_ref().unwrap();
        near(test.chisq, own.chisq_diff.unwrap(), 1e-6);
        assert_eq!((test.df2, test.df1), (None, own.df_diff.unwrap()));
        assert_eq!(pooled.verdict, own.verdict);
    }
}

#[test]
fn data_sets_without_a_solution_are_told_and_one_is_too_few() {
    let mut sets = completed();
    let model: Model = HS.parse().unwrap();
    let ladder = Invariance::of(Estimation::default().group("school"));
    assert!(ladder.run_imputed(&model, &sets[..1]).is_err());
    // a data set in which an item does not vary
    let broken = {
        let own = &sets[0];
        let columns = own.names().iter().map(|name| {
            let column = own.column(name).unwrap().clone();
            (name.clone(), if name == "x5" { Column::Numeric(vec![3.0; own.n_rows()]) } else { column })
        });
        Dataset::builder().columns(columns).build().unwrap()
    };
    sets[0] = broken;
    let found = ladder.run_imputed(&model, &sets).unwrap();
    assert_eq!((found.m, found.used), (5, 4));
    assert!(
        found.warnings.iter().any(|own| matches!(own, Warning::ImputationsLeftOut { left_out: 1, m: 5 }))
    );
}
