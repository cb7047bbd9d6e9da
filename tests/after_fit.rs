//! What users look at after a fit: modification indices, standardised residuals, factor scores.
//!
//! Against lavaan; tolerances 1e-4 relative, for lavaan's stopping error multiplied by steep derivatives.
#![allow(missing_docs)]

mod table;

use psychometrics::data::Dataset;
use psychometrics::estimate::ScoreMethod;
use psychometrics::model::{Function, LatentCovariances, MeanStructure, Scaling};
use psychometrics::{Error, Estimation, Estimator, Fit, Model};
use serde_json::Value;

fn data(name: &str) -> Dataset {
    let path = if name == "d" {
        "data/holzinger_swineford_1939/hs.csv"
    } else {
        "tests/data/political_democracy.csv"
    };
    Dataset::read_csv(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn fitted(case: &Value) -> Fit {
    let arguments = table::strings(&case["args"]);
    let after = |flag: &str| arguments.iter().position(|a| a == flag).map(|i| arguments[i + 1].as_str());
    let has = |flag: &str| arguments.iter().any(|a| a == flag);
    let estimator = match after("--estimator") {
        Some("MLM") => Estimator::Mlm,
        Some("MLR") => Estimator::Mlr,
        Some("GLS") => Estimator::Gls,
        _ => Estimator::Ml,
    };
    let mut estimation = Estimation::new(estimator);
    if case["fn"] == "sem" {
        estimation = estimation.function(Function::Sem);
    }
    if has("--meanstructure") {
        estimation = estimation.means(MeanStructure::Included);
    }
    if has("--orthogonal") {
        estimation = estimation.latent_covariances(LatentCovariances::Orthogonal);
    }
    if has("--std-lv") {
        estimation = estimation.scaling(Scaling::UnitVariance);
    }
    if let Some(group) = after("--group") {
        estimation = estimation.group(group);
    }
    let model: Model = case["model"].as_str().unwrap().parse().unwrap();
    estimation.fit(&model, &data(case["data"].as_str().unwrap())).unwrap()
}

#[test]
fn modification_indices_residuals_and_scores_are_lavaans() {
    let mut differences = table::Differences::default();
    let document = table::reference("lavaan_after_fit.json");
    let cases = document["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 10);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let fit = fitted(case);
        let indices = fit.modification_indices().unwrap();
        assert!(indices.windows(2).all(|pair| pair[0].mi >= pair[1].mi));
        for reference in case["mi"].as_array().unwrap() {
            let text = |key: &str| reference[key].as_str().unwrap();
            let (lhs, op, rhs) = (text("lhs"), text("op"), text("rhs"));
            let group = reference["group"].as_u64().unwrap_or(1) as usize;
            let same = |p: &&psychometrics::estimate::ModificationIndex| {
                p.group == group
                    && p.op == op
                    && ((p.lhs == lhs && p.rhs == rhs) || (op == "~~" && p.lhs == rhs && p.rhs == lhs))
            };
            let Some(ours) = indices.iter().find(same) else {
                // given variables are explained by nothing
                assert!(["ageyr", "grade", "x1", "y2"].contains(&lhs), "{name}: {lhs} {op} {rhs}");
                continue;
            };
            for (key, value) in [
                ("mi", Some(ours.mi)),
                ("epc", Some(ours.epc)),
                ("sepc.lv", ours.sepc_lv),
                ("sepc.all", ours.sepc_all),
                ("sepc.nox", ours.sepc_nox),
            ] {
                differences.compare(
                    &format!("{name} {lhs} {op} {rhs} {key}"),
                    value,
                    &reference[key],
                    2e-5,
                    2e-4,
                );
            }
        }
        if let Some(rows) = case["se"].as_array() {
            let se = fit.residuals()[0].se.clone().unwrap();
            let names = table::strings(&case["vars"]);
            let place = |name: &String| se.rows.iter().position(|row| row == name).unwrap();
            for (a, row) in names.iter().zip(rows) {
                for (b, value) in names.iter().zip(row.as_array().unwrap()) {
                    let ours = se.values[place(a)][place(b)];
                    // lavaan leaves rounding errors where a residual is always zero
                    differences.compare(&format!("{name} se {a} {b}"), Some(ours), value, 1e-5, 1e-4);
                }
            }
        }
        for (key, method) in [("regression", ScoreMethod::Regression), ("bartlett", ScoreMethod::Bartlett)] {
            let Some(rows) = case[key].as_array() else { continue };
            let scores = fit.scores(&data(case["data"].as_str().unwrap()), None, method).unwrap();
            for (row, (ours, theirs)) in scores.values.iter().zip(rows).enumerate() {
                for (ours, theirs) in ours.iter().zip(theirs.as_array().unwrap()) {
                    differences.compare(&format!("{name} {key} {row}"), Some(*ours), theirs, 1e-5, 1e-5);
                }
            }
        }
    }
    differences.assert_none();
}

/// In a sample with divisor N, regression scores have the variance (determinacy)^2 E when the model is true of
/// the moments, and Bartlett's scores reproduce the factors' covariances plus their error.
#[test]
fn scores_have_the_moments_that_theory_says() {
    let model: Model = "f =~ x1 + x2 + x3".parse().unwrap();
    let data = data("d");
    let fit = Estimation::default().scaling(Scaling::UnitVariance).fit(&model, &data).unwrap();
    let variance = |method| {
        let scores = fit.scores(&data, None, method).unwrap();
        let n = scores.values.len() as f64;
        let square: f64 = scores.values.iter().map(|row| row[0] * row[0]).sum();
        (square / n, scores)
    };
    let (regression, scores) = variance(ScoreMethod::Regression);
    let determinacy = scores.determinacy[0][0].unwrap();
    assert!((regression - determinacy * determinacy).abs() < 1e-8);
    assert!((scores.se[0][0].powi(2) - (1.0 - determinacy * determinacy)).abs() < 1e-8);
    let (bartlett, scores) = variance(ScoreMethod::Bartlett);
    assert!((bartlett - 1.0 - scores.se[0][0].powi(2)).abs() < 1e-8);
}

#[test]
fn groups_and_unsolved_fits_are_asked_for_what_is_missing() {
    let model: Model = "f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6".parse().unwrap();
    let data = data("d");
    let groups = Estimation::default().group("school").fit(&model, &data).unwrap();
    let error = groups.scores(&data, None, ScoreMethod::Regression).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    let scores = groups.scores(&data, Some("school"), ScoreMethod::Regression).unwrap();
    assert_eq!(scores.values.len() + scores.left_out, 301);
    let unsolved = Estimation::default().max_iterations(1).fit(&model, &data).unwrap();
    assert!(!unsolved.converged);
    assert!(matches!(unsolved.modification_indices(), Err(Error::Unsupported { .. })));
    assert!(matches!(unsolved.scores(&data, None, ScoreMethod::Bartlett), Err(Error::Unsupported { .. })));
}
