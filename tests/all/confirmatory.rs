//! Maximum likelihood against lavaan, and what must hold of any fit.
//!
//! Tolerances: estimates 1e-5, or a thousandth of their standard error, and standard errors 1e-4
//! relative: lavaan stops at a relative change of 1e-10 in its objective, which leaves `g =~ x8` of
//! the one-factor model 1.1e-5 from the minimum. Fit measures 1e-5.

use crate::table;
use ndarray::{Array2, Axis, concatenate};
use proptest::prelude::*;
use psychometrics::data::Dataset;
use psychometrics::estimate::{Likelihood, Status};
use psychometrics::model::{Covariates, Function, LatentCovariances, MeanStructure, Scaling};
use psychometrics::moments::{Divisor, LabelledMatrix, Missing, Moments};
use psychometrics::{Error, Estimation, Fit, Model, Warning};
use serde_json::Value;

const THREE: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";

fn data() -> Dataset {
    Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/data/holzinger_swineford_1939/hs.csv")).unwrap()
}

fn estimation(case: &Value) -> Estimation {
    let options = &case["options"];
    let yes = |name: &str| options[name] == true;
    let mut estimation = Estimation::default().function(match case["function"].as_str().unwrap() {
        "cfa" => Function::Cfa,
        "sem" => Function::Sem,
        "growth" => Function::Growth,
        other => panic!("{other}"),
    });
    if yes("std.lv") {
        estimation = estimation.scaling(Scaling::UnitVariance);
    }
    if yes("meanstructure") {
        estimation = estimation.means(MeanStructure::Included);
    }
    if yes("orthogonal") {
        estimation = estimation.latent_covariances(LatentCovariances::Orthogonal);
    }
    if options["likelihood"] == "wishart" {
        estimation = estimation.likelihood(Likelihood::Wishart);
    }
    if options["fixed.x"] == false {
        estimation = estimation.covariates(Covariates::Random);
    }
    estimation
}

fn cases() -> Vec<(Value, Fit)> {
    let data = data();
    let cases = table::reference("lavaan_ml.json")["cases"].as_array().unwrap().clone();
    let fit = |case: &Value| {
        let model: Model = case["model"].as_str().unwrap().parse().unwrap();
        estimation(case).fit(&model, &data).unwrap()
    };
    cases.into_iter().map(|case| (case.clone(), fit(&case))).collect()
}

#[test]
fn parameters_stand_in_lavaans_order_with_lavaans_numbers() {
    let mut differences = table::Differences::default();
    for (case, fit) in cases() {
        let name = case["name"].as_str().unwrap();
        let rows: Vec<String> =
            fit.parameters.iter().map(|p| format!("{} {} {}", p.lhs, p.op, p.rhs)).collect();
        assert_eq!(rows, table::strings(&case["rows"]), "{name}");
        for (i, p) in fit.parameters.iter().enumerate() {
            let what = |column: &str| format!("{name}, {}: {column}", rows[i]);
            let stopping = 1e-5_f64.max(1e-3 * case["se"][i].as_f64().unwrap_or(0.0));
            differences.compare(&what("est"), Some(p.est), &case["est"][i], stopping, 1e-5);
            differences.compare(&what("se"), p.se, &case["se"][i], 1e-5, 1e-4);
            // at a variance that is fixed by the data z has no meaning and lavaan none either
            differences.compare(&what("z"), p.z, &case["z"][i], 1e-3, 1e-3);
            differences.compare(&what("pvalue"), p.pvalue, &case["pvalue"][i], 1e-5, 1e-2);
            differences.compare(&what("ci.lower"), p.ci_lower, &case["lower"][i], 1e-4, 1e-4);
            differences.compare(&what("ci.upper"), p.ci_upper, &case["upper"][i], 1e-4, 1e-4);
            differences.compare(&what("std.lv"), p.std_lv, &case["std.lv"][i], 1e-5, 1e-5);
            differences.compare(&what("std.all"), p.std_all, &case["std.all"][i], 1e-5, 1e-5);
        }
    }
    differences.assert_none();
}

#[test]
fn standardised_solutions_have_lavaans_standard_errors() {
    let mut differences = table::Differences::default();
    for (case, fit) in cases() {
        let name = case["name"].as_str().unwrap();
        let ours = fit.standardized();
        for (i, row) in table::strings(&case["st.rows"]).iter().enumerate() {
            let found = ours.iter().find(|p| format!("{} {} {}", p.lhs, p.op, p.rhs) == *row);
            let Some(found) = found else { panic!("{name}: no {row}") };
            differences.compare(
                &format!("{name}, {row}: est.std"),
                found.est,
                &case["st.est"][i],
                1e-5,
                1e-5,
            );
            differences.compare(&format!("{name}, {row}: se"), found.se, &case["st.se"][i], 1e-5, 1e-4);
        }
    }
    differences.assert_none();
}

#[test]
fn fit_measures_are_lavaans() {
    let mut differences = table::Differences::default();
    for (case, fit) in cases() {
        let name = case["name"].as_str().unwrap();
        assert_eq!(fit.df() as f64, case["fit"]["df"].as_f64().unwrap(), "{name}");
        for (measure, value) in case["fit"].as_object().unwrap() {
            let there = fit.fit.iter().any(|(n, _)| n == measure);
            if !there {
                differences.note(format!("{name}: no {measure}"));
            }
            differences.compare(&format!("{name}: {measure}"), fit.measure(measure).ok(), value, 1e-5, 1e-6);
        }
    }
    differences.assert_none();
}

#[test]
fn what_follows_from_a_fit_is_lavaans() {
    let mut differences = table::Differences::default();
    for (case, fit) in cases() {
        let name = case["name"].as_str().unwrap();
        let r2 = &fit.r_squared()[0];
        assert_eq!(r2.len(), case["r2"].as_object().map_or(0, |all| all.len()), "{name}: {r2:?}");
        for (variable, value) in case["r2"].as_object().into_iter().flatten() {
            differences.compare(
                &format!("{name}: R2 {variable}"),
                r2.get(variable).copied().flatten(),
                value,
                1e-5,
                1e-5,
            );
        }
        let order = table::strings(&case["order"]);
        let (implied, residuals) = (&fit.implied_covariance()[0], &fit.residuals()[0]);
        for (i, a) in order.iter().enumerate() {
            for (j, b) in order.iter().enumerate() {
                let what = format!("{name}: {a} {b}");
                differences.compare(&what, implied.get(a, b), &case["implied"][i][j], 1e-5, 1e-5);
                differences.compare(
                    &what,
                    residuals.correlation.get(a, b),
                    &case["residual"][i][j],
                    1e-5,
                    1e-5,
                );
            }
        }
    }
    differences.assert_none();
}

fn fitted(syntax: &str, estimation: Estimation) -> Fit {
    estimation.fit(&syntax.parse().unwrap(), &data()).unwrap()
}

fn chisq(fit: &Fit) -> f64 {
    fit.measure("chisq").unwrap()
}

/// Rows of the nine tests.
fn rows() -> (Vec<String>, Array2<f64>) {
    let names: Vec<String> = (1..=9).map(|i| format!("x{i}")).collect();
    let rows = data().numeric(&names).unwrap();
    (names, rows)
}

fn fit_rows(names: &[String], rows: &Array2<f64>) -> Result<Fit, Error> {
    let moments = Moments::of(names.iter().cloned(), rows.view(), Missing::Listwise)?;
    Estimation::default().fit_moments(&THREE.parse().unwrap(), &moments)
}

#[test]
fn a_published_covariance_matrix_gives_the_fit_of_the_data() {
    let (names, rows) = rows();
    let moments = Moments::of(names.iter().cloned(), rows.view(), Missing::Listwise).unwrap();
    let covariance = moments.covariance(Divisor::NMinusOne).unwrap();
    let published = Moments::from_covariance(&covariance, 301, None).unwrap();
    let model: Model = THREE.parse().unwrap();
    let ours = Estimation::default().fit_moments(&model, &published).unwrap();
    assert!((chisq(&ours) - chisq(&fit_rows(&names, &rows).unwrap())).abs() < 1e-9);
    let means = Estimation::default().means(MeanStructure::Included).fit_moments(&model, &published);
    assert!(matches!(means, Err(Error::Unsupported { .. })));
}

#[test]
fn the_unit_of_a_factor_and_of_a_variable_changes_no_fit() {
    let marker = fitted(THREE, Estimation::default());
    let unit = fitted(THREE, Estimation::default().scaling(Scaling::UnitVariance));
    assert!((chisq(&marker) - chisq(&unit)).abs() < 1e-8);
    for (a, b) in marker.standardized().iter().zip(unit.standardized()) {
        assert!((a.est.unwrap() - b.est.unwrap()).abs() < 1e-7, "{} {} {}", a.lhs, a.op, a.rhs);
        assert!((a.se.unwrap() - b.se.unwrap()).abs() < 1e-6, "{} {} {}", a.lhs, a.op, a.rhs);
    }
    let (names, mut rows) = rows();
    rows.column_mut(4).mapv_inplace(|x| 100.0 * x + 3.0);
    let scaled = fit_rows(&names, &rows).unwrap();
    assert!((chisq(&marker) - chisq(&scaled)).abs() < 1e-7);
    let loading = |fit: &Fit| fit.parameter("textual", "=~", "x5").unwrap().est;
    assert!((loading(&scaled) / loading(&marker) - 100.0).abs() < 1e-5);
}

#[test]
fn doubled_and_permuted_rows_are_the_same_evidence_twice() {
    let (names, rows) = rows();
    let plain = fit_rows(&names, &rows).unwrap();
    let doubled = fit_rows(&names, &concatenate(Axis(0), &[rows.view(), rows.view()]).unwrap()).unwrap();
    assert!((chisq(&doubled) - 2.0 * chisq(&plain)).abs() < 1e-7);
    let turned: Vec<usize> = (0..301).map(|i| i * 100 % 301).collect();
    let permuted = fit_rows(&names, &rows.select(Axis(0), &turned)).unwrap();
    assert!((chisq(&permuted) - chisq(&plain)).abs() < 1e-9);
    for (a, b) in plain.parameters.iter().zip(&doubled.parameters) {
        assert!((a.est - b.est).abs() < 1e-7);
        assert!((a.se.unwrap() - 2f64.sqrt() * b.se.unwrap()).abs() < 1e-6);
    }
}

#[test]
fn the_order_of_formulas_and_items_changes_no_fit() {
    let plain = fitted(THREE, Estimation::default().scaling(Scaling::UnitVariance));
    let turned = "speed =~ x9 + x7 + x8\nvisual =~ x2 + x3 + x1\ntextual =~ x6 + x4 + x5";
    let turned = fitted(turned, Estimation::default().scaling(Scaling::UnitVariance));
    assert!((chisq(&plain) - chisq(&turned)).abs() < 1e-8);
    for p in plain.parameters.iter().filter(|p| p.op == "=~") {
        let other = turned.parameter(&p.lhs, "=~", &p.rhs).unwrap();
        assert!((p.est.abs() - other.est.abs()).abs() < 1e-7, "{} {}", p.lhs, p.rhs);
    }
}

#[test]
fn rows_with_missing_answers_are_left_out_and_counted() {
    let (names, mut rows) = rows();
    rows[(0, 0)] = f64::NAN;
    rows[(7, 8)] = f64::NAN;
    let fit = fit_rows(&names, &rows).unwrap();
    assert_eq!((fit.missing.rows_read, fit.missing.rows_used, fit.nobs[0]), (301, 299, 299));
    assert!(fit.warnings.contains(&Warning::RowsLeftOut { used: 299, read: 301 }));
}

#[test]
fn an_unknown_column_has_a_nearest_name() {
    let found = Estimation::default().fit(&"visual =~ x1 + x2 + xx3".parse().unwrap(), &data());
    let Err(Error::UnknownColumn { column, nearest, .. }) = found else { panic!("{found:?}") };
    assert_eq!(column, "xx3");
    assert!(nearest.is_some_and(|name| name.starts_with('x')));
}

#[test]
fn data_that_carry_no_model_are_errors_that_name_the_culprit() {
    let (names, plain) = rows();
    let mut constant = plain.clone();
    constant.column_mut(2).fill(7.0);
    assert!(matches!(fit_rows(&names, &constant), Err(Error::ConstantItem { item, .. }) if item == "x3"));

    let mut copied = plain.clone();
    let first = copied.column(0).to_owned();
    copied.column_mut(5).assign(&first);
    let found = fit_rows(&names, &copied);
    assert!(
        matches!(found, Err(Error::IdenticalItems { first, second, .. }) if first == "x1" && second == "x6")
    );

    let mut sum = plain.clone();
    let both = &plain.column(0) + &plain.column(1);
    sum.column_mut(2).assign(&both);
    let found = fit_rows(&names, &sum);
    let Err(Error::LinearlyDependent { variables, combination }) = found else { panic!("{found:?}") };
    assert_eq!(variables, ["x1", "x2", "x3"]);
    assert!(["x1 + x2 - x3", "-x1 - x2 + x3"].contains(&combination.as_str()), "{combination}");

    let few = plain.select(Axis(0), &(0..9).collect::<Vec<_>>());
    assert!(matches!(fit_rows(&names, &few), Err(Error::TooFewRows { n: 9, needed: 10, .. })));
}

#[test]
fn a_matrix_that_is_no_covariance_matrix_is_refused() {
    let names: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
    let matrix = |values: Vec<Vec<f64>>| LabelledMatrix::new(names.clone(), names.clone(), values).unwrap();
    let crooked = matrix(vec![vec![1.0, 0.5, 0.3], vec![0.5, 1.0, 0.4], vec![0.3, 0.9, 1.0]]);
    assert!(matches!(Moments::from_covariance(&crooked, 100, None), Err(Error::NotSymmetric { .. })));
    let impossible = matrix(vec![vec![1.0, 0.9, -0.9], vec![0.9, 1.0, 0.9], vec![-0.9, 0.9, 1.0]]);
    let moments = Moments::from_covariance(&impossible, 100, None).unwrap();
    let found = Estimation::default().fit_moments(&"g =~ a + b + c".parse().unwrap(), &moments);
    assert!(matches!(found, Err(Error::NotPositiveDefinite { eigenvalue, .. }) if eigenvalue < 0.0));
}

#[test]
fn one_indicator_is_a_warning_while_the_model_is_identified() {
    let fit = fitted("visual =~ x1 + x2 + x3\none =~ x7", Estimation::default());
    let warning = Warning::SingleIndicator { factor: "one".into(), indicator: "x7".into() };
    assert!(fit.status.proper() && fit.warnings.contains(&warning));
    // freed, the residual variance cannot be told from that of the factor
    let fit = fitted("visual =~ x1 + x2 + x3\none =~ x7\nx7 ~~ NA*x7", Estimation::default());
    let Status::NotIdentified { parameters, .. } = &fit.status else { panic!("{}", fit.status) };
    assert!(parameters.iter().any(|p| p.contains("x7")), "{parameters:?}");
    assert!(!fit.converged && fit.measure("chisq").ok().is_none());
    assert!(fit.parameters.iter().filter(|p| p.free > 0).all(|p| p.se.is_none()));
}

#[test]
fn what_is_not_identified_is_named() {
    // two indicators and nothing else: three moments, four parameters
    let fit = fitted("visual =~ x1 + x2", Estimation::default());
    assert!(matches!(&fit.status, Status::NotIdentified { df: -1, .. }), "{}", fit.status);
    // a factor without a unit
    let fit = fitted("visual =~ NA*x1 + x2 + x3\ntextual =~ x4 + x5 + x6", Estimation::default());
    let Status::NotIdentified { parameters, .. } = &fit.status else { panic!("{}", fit.status) };
    assert!(parameters.iter().all(|p| p.contains("visual")), "{parameters:?}");
    assert!(parameters.iter().any(|p| p == "visual =~ x1"), "{parameters:?}");
}

#[test]
fn improper_solutions_are_told() {
    // the third item hardly goes with the others: lavaan gives x1 a negative residual variance
    let names: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
    let lower = [1.0, 0.7, 1.0, 0.7, 0.3, 1.0];
    let moments = Moments::from_lower_triangle(&names, &lower, 200).unwrap();
    let fit = Estimation::default().fit_moments(&"g =~ a + b + c".parse().unwrap(), &moments).unwrap();
    assert!(matches!(&fit.status, Status::Heywood { variables } if variables == &["a"]), "{}", fit.status);
    assert!(fit.converged);
    // loading of a: .7 * .7 / .3 = 1.6333 of its variance 1
    let residual = fit.parameter("a", "~~", "a").unwrap().est;
    assert!((residual - (1.0 - 0.49 / 0.3) * 199.0 / 200.0).abs() < 1e-6);

    // two factors for one: their correlation exceeds 1
    let lower = [1.0, 0.5, 1.0, 0.6, 0.6, 1.0, 0.6, 0.6, 0.5, 1.0];
    let names: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
    let moments = Moments::from_lower_triangle(&names, &lower, 200).unwrap();
    let fit =
        Estimation::default().fit_moments(&"f =~ a + b\ng =~ c + d".parse().unwrap(), &moments).unwrap();
    let Status::LatentNotPositiveDefinite { factors } = &fit.status else { panic!("{}", fit.status) };
    assert_eq!(factors.len(), 2);
}

#[test]
fn a_search_that_is_cut_short_says_where_it_stands() {
    let fit = fitted(THREE, Estimation::default().max_iterations(2));
    let Status::NotConverged { parameter, gradient } = &fit.status else { panic!("{}", fit.status) };
    assert!(!parameter.is_empty() && *gradient > 1e-6);
    assert!(!fit.converged && fit.vcov().is_none());
    let document = serde_json::to_value(&fit).unwrap();
    assert!(document["fit"]["chisq"].is_null() && document["fit"]["df"] == 24.0);
    assert!(document["parameters"][1]["se"].is_null() && document["parameters"][1]["est"].is_f64());
}

#[test]
fn a_label_for_two_fixed_values_is_refused() {
    let found: Result<Model, Error> = "f =~ a*1*x1 + x2\nf =~ a*2*x3".parse();
    let found = found.and_then(|model| Estimation::default().fit(&model, &data()));
    assert!(matches!(&found, Err(Error::ConflictingLabel { label, .. }) if label == "a"), "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the data, a fit is an answer or names what is wrong, and never panics.
    #[test]
    fn any_small_data_set_is_answered(
        answers in prop::collection::vec(prop::collection::vec(1..=3u8, 6), 3..40)
    ) {
        let rows = Array2::from_shape_fn((answers.len(), 6), |(i, j)| f64::from(answers[i][j]));
        let names: Vec<String> = (1..=6).map(|i| format!("x{i}")).collect();
        let model: Model = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6".parse().unwrap();
        let moments = Moments::of(names, rows.view(), Missing::Listwise).unwrap();
        if let Ok(fit) = Estimation::default().fit_moments(&model, &moments) {
            let text = serde_json::to_string(&fit).unwrap();
            prop_assert!(!text.contains("NaN"));
            prop_assert_eq!(fit.converged, fit.measure("chisq").ok().is_some());
            prop_assert!(fit.parameters.iter().all(|p| p.est.is_finite()));
            if fit.converged {
                prop_assert!(fit.measure("chisq").unwrap() >= 0.0);
            }
        }
    }
}
