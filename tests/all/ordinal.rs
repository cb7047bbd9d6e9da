//! Models of ordinal items against lavaan.
//!
//! Tolerances: estimates 2e-5 or a thousandth of their standard error (lavaan's polychoric correlations stop at about
//! 1e-6), standard errors 1e-4 relative, fit measures 1e-4.

use crate::table;
use psychometrics::correlation::{EmptyCells, Ordered};
use psychometrics::data::Dataset;
use psychometrics::estimate::{LeftOut, ScoreMethod, Status, compare};
use psychometrics::model::{Equality, Function, Parameterization, Scaling};
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Estimator, Fit, Model, Warning};
use serde_json::Value;

fn data() -> Dataset {
    Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/likert5.csv")).unwrap()
}

fn estimation(case: &Value) -> Estimation {
    let text = |name: &str| case["options"][name].as_str();
    let estimator = match text("estimator").unwrap_or("WLSMV") {
        "WLSMV" => Estimator::Wlsmv,
        "WLSMVS" => Estimator::Wlsmvs,
        "WLSM" => Estimator::Wlsm,
        "WLS" => Estimator::Wls,
        "DWLS" => Estimator::Dwls,
        "ULS" => Estimator::Uls,
        "ULSMV" => Estimator::Ulsmv,
        other => panic!("{other}"),
    };
    let ordered = match &case["ordered"] {
        Value::String(_) => Ordered::All,
        names => Ordered::Named(table::strings(names)),
    };
    let mut estimation = Estimation::new(estimator).ordered(ordered);
    if case["fn"] == "sem" {
        estimation = estimation.function(Function::Sem);
    }
    if case["options"]["std.lv"] == true {
        estimation = estimation.scaling(Scaling::UnitVariance);
    }
    if text("parameterization") == Some("theta") {
        estimation = estimation.parameterization(Parameterization::Theta);
    }
    if let Some(group) = text("group") {
        estimation = estimation.group(group);
    }
    if case["options"]["group.equal"].is_array() {
        estimation = estimation.equal([Equality::Loadings, Equality::Thresholds]);
    }
    estimation
}

fn fitted(case: &Value) -> Fit {
    let model: Model = case["model"].as_str().unwrap().parse().unwrap();
    estimation(case).fit(&model, &data()).unwrap()
}

#[test]
fn every_case_has_lavaans_numbers() {
    let mut differences = table::Differences::default();
    for case in table::reference("lavaan_ordinal.json")["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let fit = fitted(case);
        assert!(fit.converged, "{name}: {}", fit.status);
        let row = |p: &psychometrics::estimate::ParameterEstimate| format!("{} {} {}", p.lhs, p.op, p.rhs);
        let rows: Vec<String> = fit.parameters.iter().map(row).collect();
        assert_eq!(rows, table::strings(&case["rows"]), "{name}");
        let standardized = fit.standardized();
        for (i, p) in fit.parameters.iter().enumerate() {
            let what = |column: &str| format!("{name}: {} (group {}) {column}", rows[i], p.group);
            let se = case["se"][i].as_f64().unwrap_or(0.0);
            differences.compare(&what("est"), Some(p.est), &case["est"][i], 2e-5_f64.max(1e-3 * se), 2e-5);
            differences.compare(&what("se"), p.se, &case["se"][i], 1e-5, 2e-4);
            differences.compare(&what("std.all"), p.std_all, &case["std.all"][i], 5e-5, 1e-4);
            differences.compare(&what("std.all se"), standardized[i].se, &case["std.se"][i], 2e-5, 5e-4);
        }
        for (measure, value) in case["fit"].as_object().unwrap() {
            let what = format!("{name}: {measure}");
            differences.compare(&what, fit.measure(measure).ok(), value, 1e-4, 2e-4);
        }
    }
    differences.assert_none();
}

fn fit_with(model: &str, ordered: Ordered, change: impl Fn(Estimation) -> Estimation) -> Result<Fit, Error> {
    let estimation = Estimation::new(Estimator::Wlsmv).function(Function::Sem).ordered(ordered);
    change(estimation).fit(&model.parse().unwrap(), &data())
}

fn named(names: &[&str]) -> Ordered {
    Ordered::Named(names.iter().map(|name| (*name).to_string()).collect())
}

fn assert_same(a: &Fit, b: &Fit, measures: &[&str]) {
    for measure in measures {
        let (x, y) = (a.measure(measure).unwrap(), b.measure(measure).unwrap());
        assert!((x - y).abs() < 1e-6 * (1.0 + x.abs()), "{measure}: {x} {y}");
    }
    for (p, q) in a.standardized().iter().zip(&b.standardized()) {
        let (x, y) = (p.est.unwrap(), q.est.unwrap());
        assert!((x - y).abs() < 1e-6, "{} {} {}: {x} {y}", p.lhs, p.op, p.rhs);
    }
}

/// The residual variance of c1 is what a1, an ordinal cause, and its own unit leave: lavaan 0.6-14 takes 1 in the delta
/// parameterisation, and so another chi-square (1.66731) than in theta (1.66552).
#[test]
fn delta_and_theta_are_one_model_also_with_ordinal_causes() {
    let model = "a1 ~ crit\nc1 ~ a1 + crit\nb1 ~ a1 + c1";
    let delta = fit_with(model, named(&["a1", "c1"]), |e| e).unwrap();
    let theta =
        fit_with(model, named(&["a1", "c1"]), |e| e.parameterization(Parameterization::Theta)).unwrap();
    assert_same(&delta, &theta, &["chisq", "chisq.scaled", "baseline.chisq.scaled", "srmr"]);
    assert!((delta.measure("chisq").unwrap() - 1.66552).abs() < 1e-4);
}

#[test]
fn the_unit_of_a_factor_changes_nothing() {
    let model = "A =~ a1 + a2 + a3 + a4\nB =~ b1 + b2 + b3 + b4";
    let marker = fit_with(model, Ordered::All, |e| e).unwrap();
    let variance = fit_with(model, Ordered::All, |e| e.scaling(Scaling::UnitVariance)).unwrap();
    assert_same(&marker, &variance, &["chisq", "chisq.scaled", "rmsea.robust", "cfi.robust"]);
}

/// lavPredict() of lavaan 0.6-14, whose own search leaves 2e-4.
#[test]
fn modal_scores_are_lavaans_and_mean_scores_are_near() {
    let model = "A =~ a1 + a2 + a3 + a4\nB =~ b1 + b2 + b3 + b4\nC =~ c1 + c2 + c3 + c4";
    let fit = fit_with(model, Ordered::All, |e| e).unwrap();
    let modal = fit.scores(&data(), None, ScoreMethod::Ebm).unwrap();
    let theirs = [
        [-1.50022206796961, -0.768488141509386, -0.09264644184343],
        [-1.46465990288979, -0.917118442518436, -1.01877235942715],
        [-0.533154770130519, -1.13198867173022, -0.236110209800329],
    ];
    for (own, theirs) in modal.values.iter().zip(&theirs) {
        for (a, b) in own.iter().flatten().zip(theirs) {
            assert!((a - b).abs() < 5e-4, "{a} {b}");
        }
    }
    let mean = fit.scores(&data(), None, ScoreMethod::Eap).unwrap();
    for (a, b) in modal.values.iter().flatten().flatten().zip(mean.values.iter().flatten().flatten()) {
        assert!((a - b).abs() < 0.15, "{a} {b}");
    }
    // new respondents are answered for by the model: mean score near 0, and spread plus error make the variance
    let variance = fit.parameter("A", "~~", "A").unwrap().est;
    let n = mean.values.len() as f64;
    let spread = mean.values.iter().map(|row| row[0].unwrap().powi(2)).sum::<f64>() / n;
    let error = mean.row_se.unwrap().iter().map(|row| row[0].unwrap().powi(2)).sum::<f64>() / n;
    assert!((spread + error - variance).abs() < 0.03, "{spread} {error} {variance}");
    let error = fit.scores(&data(), None, ScoreMethod::Regression).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }));
}

/// The mean of the posterior distribution by brute force over a fine grid.
#[test]
fn mean_scores_are_those_of_a_fine_grid() {
    let fit = fit_with("A =~ a1 + a2 + a3 + a4", Ordered::All, |e| e.scaling(Scaling::UnitVariance)).unwrap();
    let scores = fit.scores(&data(), None, ScoreMethod::Eap).unwrap();
    let z: Vec<f64> = (-600..=600).map(|i| f64::from(i) / 100.0).collect();
    let curves = fit.item_curves(&z);
    let answers = data().numeric(&["a1", "a2", "a3", "a4"]).unwrap();
    for row in [0, 7, 311] {
        let posterior = |at: usize| -> f64 {
            let items = curves.iter().zip(answers.row(row));
            let likelihood: f64 =
                items.map(|(c, answer)| c.probabilities[at][*answer as usize - 1]).product();
            likelihood * (-0.5 * z[at] * z[at]).exp()
        };
        let weights: Vec<f64> = (0..z.len()).map(posterior).collect();
        let mean = weights.iter().zip(&z).map(|(w, z)| w * z).sum::<f64>() / weights.iter().sum::<f64>();
        let own = scores.values[row][0].unwrap();
        assert!((mean - own).abs() < 1e-5, "{mean} {own}");
    }
}

/// Who has no score is counted by the true reason: nothing was answered, or the mode was not found.
#[test]
fn a_mode_that_is_not_found_is_no_missing_answer() {
    let mixed = fit_with("A =~ a1 + a2 + a3 + a4", named(&["a1", "a2", "a3"]), |e| e).unwrap();
    let names = ["a1", "a2", "a3", "a4"];
    // so far out that its squared distance is no number
    let rows = ndarray::array![[1., 2., 3., 4.], [1., 2., 3., 1e200], [f64::NAN; 4]];
    let scores = mixed
        .scores(
            &Dataset::builder().array(names, rows).nan_is_missing().build().unwrap(),
            None,
            ScoreMethod::Ebm,
        )
        .unwrap();
    assert_eq!((scores.rows.as_slice(), scores.left_out), (&[1][..], 2));
    let reasons: Vec<(LeftOut, usize)> = scores.reasons.iter().map(|own| (own.reason, own.rows)).collect();
    assert_eq!(reasons, [(LeftOut::NoAnswer, 1), (LeftOut::NoMode, 1)]);
}

#[test]
fn free_thresholds_reproduce_the_shares_of_the_categories() {
    let fit =
        fit_with("A =~ a1 + a2 + a3", Ordered::All, |e| e.parameterization(Parameterization::Theta)).unwrap();
    let shares = fit.category_shares();
    assert_eq!(shares.len(), 3);
    for item in &shares {
        assert!((item.implied.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for (a, b) in item.implied.iter().zip(&item.observed) {
            assert!((a - b).abs() < 1e-7, "{}: {a} {b}", item.item);
        }
    }
}

/// lavaan 0.6-14: lavTestLRT(configural, loadings) 7.56872877518641, df 9; adding thresholds to equal loadings is no
/// nested step (Wu & Estabrook 2016), and is not tested.
#[test]
fn difference_tests_are_lavaans_and_only_of_nested_models() {
    let model = "A =~ a1 + a2 + a3 + a4\nB =~ b1 + b2 + b3 + b4\nC =~ c1 + c2 + c3 + c4";
    let with = |equal: &[Equality]| {
        fit_with(model, Ordered::All, |e| e.group("group").equal(equal.iter().copied())).unwrap()
    };
    let configural = with(&[]);
    let loadings = with(&[Equality::Loadings]);
    let thresholds = with(&[Equality::Loadings, Equality::Thresholds]);
    let found = compare(&[("configural", &configural), ("loadings", &loadings)], None).unwrap();
    let statistic = found.differences[0].chisq_diff.unwrap();
    assert!((statistic - 7.56872877518641).abs() < 1e-4, "{statistic}");
    let found = compare(&[("loadings", &loadings), ("thresholds", &thresholds)], None).unwrap();
    assert_eq!(found.differences[0].chisq_diff, None);
    assert_eq!(found.warnings.len(), 1);
}

fn dataset(columns: &[(&str, Vec<f64>)]) -> Dataset {
    let n = columns[0].1.len();
    let rows = ndarray::Array2::from_shape_fn((n, columns.len()), |(i, j)| columns[j].1[i]);
    Dataset::builder().array(columns.iter().map(|(name, _)| *name), rows).nan_is_missing().build().unwrap()
}

fn error_of(columns: &[(&str, Vec<f64>)], change: impl Fn(Estimation) -> Estimation) -> Error {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).filter(|name| *name != "g").collect();
    let model: Model = format!("f =~ {}", names.join(" + ")).parse().unwrap();
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
    change(estimation).fit(&model, &dataset(columns)).unwrap_err()
}

/// Answers from 1 to `categories` that go with each other to some degree.
fn answers(n: usize, item: usize, categories: usize) -> Vec<f64> {
    let at = |row: usize| (row * 7919 + 13) % 101 + ((row * (31 + 17 * item)) % 89) * 2;
    (0..n).map(|row| 1.0 + (at(row) * categories / 280).min(categories - 1) as f64).collect()
}

#[test]
fn bad_answers_are_named() {
    let items = |last: Vec<f64>| {
        let n = last.len();
        vec![("a", answers(n, 1, 4)), ("b", answers(n, 2, 4)), ("c", answers(n, 3, 4)), ("d", last)]
    };
    let none = |e: Estimation| e;
    let constant = error_of(&items(vec![2.0; 200]), none);
    assert!(matches!(&constant, Error::ConstantItem { item, .. } if item == "d"), "{constant}");
    let many = error_of(&items((0..500).map(f64::from).collect()), none);
    assert!(matches!(&many, Error::ManyCategories { variable, found: 500, .. } if variable == "d"), "{many}");
    let halves = error_of(&items((0..200).map(|i| f64::from(i % 4) + 0.5).collect()), none);
    assert!(matches!(&halves, Error::NotOrdinal { variable, row: 1, .. } if variable == "d"), "{halves}");
    // perfect monotone dependence
    let perfect = error_of(&items(answers(200, 3, 4)), none);
    assert!(
        matches!(&perfect, Error::PerfectCorrelation { first, second, .. } if first == "c" && second == "d")
    );
    // a category that nobody in a group chose
    let mut grouped = items(answers(200, 4, 4));
    grouped.push(("g", (0..200).map(|i| f64::from(i % 2)).collect()));
    let d = &mut grouped[3].1;
    (0..200).filter(|i| i % 2 == 1).for_each(|i| d[i] = d[i].min(3.0));
    let empty = error_of(&grouped, |e| e.group("g"));
    assert!(
        matches!(&empty, Error::EmptyCategory { variable, group, .. } if variable == "d" && group == "1"),
        "{empty}"
    );
    let unknown = error_of(&items(answers(200, 4, 4)), |e| e.ordered(named(&["a", "zz"])));
    assert!(matches!(&unknown, Error::UnknownColumn { column, .. } if column == "zz"), "{unknown}");
    let likelihood = Estimation::new(Estimator::Mlr)
        .ordered(Ordered::All)
        .fit(&"f =~ a + b + c".parse().unwrap(), &dataset(&items(answers(200, 4, 4))));
    assert!(matches!(likelihood, Err(Error::Unsupported { .. })));
    let moments = psychometrics::moments::Moments::from_lower_triangle(
        &["a", "b", "c"],
        &[1.0, 0.5, 1.0, 0.4, 0.3, 1.0],
        99,
    );
    let moments = Estimation::new(Estimator::Uls)
        .ordered(Ordered::All)
        .fit_moments(&"f =~ a + b + c".parse().unwrap(), &moments.unwrap());
    assert!(matches!(moments, Err(Error::Unsupported { .. })));
    let thresholds = fit_with("A =~ a1 + a2 + a3\na1 | t7", Ordered::All, |e| e).unwrap_err();
    assert!(matches!(thresholds, Error::BadModel { .. }), "{thresholds}");
}

/// Five respondents: an error that says so, or a fit; never a panic or a number that is none.
#[test]
fn few_respondents_are_no_panic() {
    for n in [2, 3, 5, 9] {
        for empty in [EmptyCells::Keep, EmptyCells::HalfInTwoByTwo, EmptyCells::Add(0.5)] {
            let columns = [("a", answers(n, 1, 3)), ("b", answers(n, 2, 3)), ("c", answers(n, 3, 3))];
            let model: Model = "f =~ a + b + c".parse().unwrap();
            let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).empty_cells(empty);
            if let Ok(fit) = estimation.fit(&model, &dataset(&columns)) {
                assert!(fit.parameters.iter().all(|p| p.est.is_finite()));
                assert!(fit.fit.iter().all(|(_, value)| value.is_none_or(f64::is_finite)));
            }
        }
    }
}

#[test]
fn rows_may_lack_answers_pairwise_and_the_order_of_rows_does_not_matter() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/likert5_missing.csv");
    let model: Model = "A =~ a1 + a2 + a3 + a4".parse().unwrap();
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
    let data = Dataset::read_csv(path).unwrap();
    let listwise = estimation.fit(&model, &data).unwrap();
    let pairwise = estimation.clone().missing(Missing::Pairwise).fit(&model, &data).unwrap();
    assert!(listwise.nobs[0] < pairwise.nobs[0]);
    assert_eq!(pairwise.status, Status::Converged);
    let names = ["a1", "a2", "a3", "a4"];
    let mut rows = data.numeric(&names).unwrap();
    rows.invert_axis(ndarray::Axis(0));
    let reversed = Dataset::builder()
        .array(names, rows.as_standard_layout().to_owned())
        .nan_is_missing()
        .build()
        .unwrap();
    let again = estimation.missing(Missing::Pairwise).fit(&model, &reversed).unwrap();
    assert_same(&pairwise, &again, &["chisq.scaled", "cfi.robust"]);
}

/// The same bits: parallel parts are joined in a fixed order.
#[test]
fn the_number_of_threads_changes_nothing() {
    let model = "A =~ a1 + a2 + a3 + a4\nB =~ b1 + b2 + b3 + b4\nC =~ c1 + c2 + c3 + c4";
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let fit = fit_with(model, Ordered::All, |e| e).unwrap();
            let scores = fit.scores(&data(), None, ScoreMethod::Ebm).unwrap();
            let measures: Vec<Option<f64>> = fit.fit.iter().map(|(_, value)| value).collect();
            (fit.parameters.clone(), measures, scores.values)
        })
    };
    assert_eq!(with(1), with(4));
}

/// Rare answers: the tetrachoric correlation of y3 with others given x2 has no maximum below 1. Numbers of lavaan
/// 0.6-14, which gives such pairs next to no weight; each is named. Two items that are one are refused
/// (`bad_answers_are_named`).
#[test]
fn a_correlation_at_its_border_leaves_the_model() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/rare_answers.csv");
    let data = Dataset::read_csv(path).unwrap();
    let model: Model = "f1 =~ y1 + y2 + y3 + y4\nf2 =~ y5 + y6 + y7 + y8 + y9\nf2 ~ f1 + x2".parse().unwrap();
    let fit = Estimation::new(Estimator::Wlsm)
        .function(Function::Sem)
        .parameterization(Parameterization::Theta)
        .ordered(Ordered::All)
        .fit(&model, &data)
        .unwrap();
    assert!(fit.converged, "{:?}", fit.status);
    assert_eq!((fit.measure("npar").ok(), fit.measure("df").ok()), (Some(20.0), Some(34.0)));
    for (name, lavaan) in [("chisq", 16.906), ("chisq.scaled", 19.867)] {
        let found = fit.measure(name).unwrap();
        assert!((found - lavaan).abs() < 1e-3, "{name} {found}");
    }
    let slope = fit.parameter("f2", "~", "f1").unwrap();
    assert!((slope.est - 0.902).abs() < 6e-4 && (slope.se.unwrap() - 0.724).abs() < 6e-4, "{slope:?}");
    let pairs: Vec<(&str, &str)> = (fit.warnings.iter())
        .filter_map(|warning| match warning {
            Warning::CorrelationAtBorder { first, second, .. } => Some((first.as_str(), second.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(pairs, [("y3", "y4"), ("y3", "y6"), ("y3", "y7"), ("y5", "y6")]);
}
