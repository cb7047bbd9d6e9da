//! Models of ordinal items against lavaan.
//!
//! Tolerances: estimates 2e-5 or a thousandth of their standard error (lavaan's polychoric correlations stop at about
//! 1e-6), standard errors 1e-4 relative, fit measures 1e-4.

mod table;

use psychometrics::correlation::Ordered;
use psychometrics::data::Dataset;
use psychometrics::model::{Equality, Function, Parameterization, Scaling};
use psychometrics::{Error, Estimation, Estimator, Fit, Model};
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
            differences.compare(&what, fit.measure(measure), value, 1e-4, 2e-4);
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
