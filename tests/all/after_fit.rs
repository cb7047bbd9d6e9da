//! What users look at after a fit: modification indices, standardised residuals, factor scores.
//!
//! Against lavaan; tolerances 1e-4 relative, for lavaan's stopping error multiplied by steep derivatives.

use crate::table;
use psychometrics::data::Dataset;
use psychometrics::estimate::{LeftOut, ScoreMethod, Undetermined};
use psychometrics::model::{Function, LatentCovariances, MeanStructure, Scaling};
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Estimator, Fit, Model};
use serde_json::Value;

fn data(name: &str) -> Dataset {
    let path = match name {
        "d" => "data/holzinger_swineford_1939/hs.csv",
        "hs_missing" => "tests/data/hs_missing.csv",
        _ => "tests/data/political_democracy.csv",
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
                    differences.compare(&format!("{name} {key} {row}"), *ours, theirs, 1e-5, 1e-5);
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
        let square: f64 = scores.values.iter().map(|row| row[0].unwrap().powi(2)).sum();
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

/// Scores by the answers that are there: lavaan 0.6-14, lavPredict(cfa(model, hs_missing, missing = "fiml"), method,
/// se = "standard"), of a complete row and of rows that lack 3, 2, 2 and 2 of nine answers.
#[test]
fn incomplete_respondents_have_the_scores_of_lavaan() {
    let model: Model =
        "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9".parse().unwrap();
    let data = data("hs_missing");
    let fit = Estimation::default().missing(Missing::Fiml).fit(&model, &data).unwrap();
    let rows = [1, 20, 21, 22, 28];
    let regression = [
        [-0.81668936, -0.2193265, 0.05671441],
        [1.08093431, 0.5240929, 0.02116984],
        [0.03949190, -1.2712421, -0.48115870],
        [1.27753210, -0.5333603, 0.14032013],
        [0.08512724, -0.9339146, -0.24097864],
    ];
    let errors = [
        [0.4691697, 0.3340932, 0.3361929],
        [0.4746859, 0.3882631, 0.4843645],
        [0.4879379, 0.3882072, 0.3364910],
        [0.4713809, 0.3341736, 0.4136265],
        [0.4714649, 0.4103921, 0.3751594],
    ];
    let bartlett = [
        [-1.3126120, -0.1893217, 0.21409857],
        [1.6554846, 0.5190420, -0.72948553],
        [0.5566342, -1.5569511, -0.71418691],
        [2.1803063, -0.7275901, -0.06285155],
        [0.4233124, -1.1859236, -0.40962853],
    ];
    let bartlett_errors = [
        [0.5935655, 0.3583715, 0.4135712],
        [0.5935655, 0.4275764, 0.8893551],
        [0.6309771, 0.4275764, 0.4135712],
        [0.5935655, 0.3583715, 0.5929753],
        [0.5935655, 0.4580242, 0.4933669],
    ];
    let all =
        [(ScoreMethod::Regression, regression, errors), (ScoreMethod::Bartlett, bartlett, bartlett_errors)];
    for (method, values, errors) in all {
        let found = fit.scores(&data, None, method).unwrap();
        assert_eq!(found.rows.len() + found.left_out, 301);
        for (i, row) in rows.iter().enumerate() {
            let at = found.rows.iter().position(|own| own == row).unwrap();
            for j in 0..3 {
                let (ours, se) =
                    (found.values[at][j].unwrap(), found.row_se.as_ref().unwrap()[at][j].unwrap());
                assert!((ours - values[i][j]).abs() < 2e-5, "{method:?} row {row}: {ours} {}", values[i][j]);
                assert!((se - errors[i][j]).abs() < 2e-5, "{method:?} row {row}: {se} {}", errors[i][j]);
            }
        }
    }
    assert_eq!(fit.scores(&data, None, ScoreMethod::Regression).unwrap().left_out, 0);
}

/// Regression scores are linear, so those of an incomplete row are those of the row completed by its expectations given
/// the answers that are there: E(eta | y_o) = E(E(eta | y) | y_o). In two stages as by full information.
#[test]
fn scores_of_incomplete_rows_are_those_of_their_expectations() {
    let model: Model = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6".parse().unwrap();
    let names = ["x1", "x2", "x3", "x4", "x5", "x6"];
    let data = data("hs_missing");
    for missing in [Missing::Fiml, Missing::TwoStage] {
        let fit = Estimation::default().missing(missing).fit(&model, &data).unwrap();
        let found = fit.scores(&data, None, ScoreMethod::Regression).unwrap();
        let (sigma, mean) = (&fit.implied_covariance()[0], &fit.implied_means()[0]);
        let mean = mean.as_ref().unwrap();
        let answers = data.numeric(&names).unwrap();
        let mut completed = answers.clone();
        for mut row in completed.rows_mut() {
            let there: Vec<usize> = (0..6).filter(|&j| !row[j].is_nan()).collect();
            let of = |i: usize, j: usize| sigma.get(names[i], names[j]).unwrap();
            let s = nalgebra::DMatrix::from_fn(there.len(), there.len(), |a, b| of(there[a], there[b]));
            let d = nalgebra::DVector::from_fn(there.len(), |a, _| row[there[a]] - mean[names[there[a]]]);
            let solved = s.lu().solve(&d).unwrap();
            for j in (0..6).filter(|j| !there.contains(j)) {
                let expected: f64 = there.iter().enumerate().map(|(a, &i)| of(j, i) * solved[a]).sum();
                row[j] = mean[names[j]] + expected;
            }
        }
        let completed = Dataset::builder().array(names, completed).nan_is_missing().build().unwrap();
        let others = fit.scores(&completed, None, ScoreMethod::Regression).unwrap();
        assert_eq!((found.rows.len(), &found.rows), (301, &others.rows));
        for (own, other) in found.values.iter().flatten().zip(others.values.iter().flatten()) {
            assert!((own.unwrap() - other.unwrap()).abs() < 1e-9, "{missing:?}: {own:?} {other:?}");
        }
    }
}

/// Who has no scores is counted, with the reason.
#[test]
fn respondents_without_scores_are_counted_by_reason() {
    let mut answers = data("hs_missing").numeric(&["x1", "x2", "x3", "x4", "x5", "x6"]).unwrap();
    answers.row_mut(5).fill(f64::NAN);
    (0..3).for_each(|j| answers[(8, j)] = f64::NAN);
    (3..6).for_each(|j| answers[(8, j)] = 2.0 + j as f64);
    let model: Model = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6".parse().unwrap();
    // who answered one factor only has its score; who tells no factor from the other has none
    answers[(9, 3)] = 2.0;
    [0, 1, 2, 4, 5].iter().for_each(|&j| answers[(9, j)] = f64::NAN);
    let incomplete = answers.rows().into_iter().filter(|row| row.iter().any(|x| x.is_nan())).count();
    let data = Dataset::builder()
        .array(["x1", "x2", "x3", "x4", "x5", "x6"], answers)
        .nan_is_missing()
        .build()
        .unwrap();
    let both: Model = "visual =~ x1 + x2 + x3 + x4\ntextual =~ x4 + x5 + x6".parse().unwrap();
    let reasons = |model: &Model, missing, method| {
        let fit = Estimation::default().missing(missing).fit(model, &data).unwrap();
        let found = fit.scores(&data, None, method).unwrap();
        assert_eq!(found.rows.len() + found.left_out, 301);
        found.reasons.iter().map(|own| (own.reason, own.rows)).collect::<Vec<_>>()
    };
    use ScoreMethod::{Bartlett, Regression};
    assert_eq!(reasons(&model, Missing::Fiml, Regression), [(LeftOut::NoAnswer, 1)]);
    assert_eq!(reasons(&model, Missing::Fiml, Bartlett), [(LeftOut::NoAnswer, 1)]);
    assert_eq!(reasons(&both, Missing::Fiml, Bartlett), [(LeftOut::NoAnswer, 1), (LeftOut::NoIndicator, 1)]);
    assert_eq!(reasons(&model, Missing::Listwise, Regression), [(LeftOut::Incomplete, incomplete)]);
}

/// A factor whose indicators were not answered has no score, the others have theirs: (L' R^-1 L)^-1 L' R^-1 (y - nu) of the
/// answers that are there, worked out in R from the estimates of lavaan 0.6-14 (whose lavPredict() has the same, and NA).
/// Where an answered item loads on both factors, these answers determine both.
#[test]
fn bartlett_scores_of_the_factors_that_were_answered() {
    let names = ["x1", "x2", "x3", "x4", "x5", "x6"];
    let mut answers = data("hs_missing").numeric(&names).unwrap();
    answers.row_mut(5).fill(f64::NAN);
    (0..3).for_each(|j| answers[(8, j)] = f64::NAN);
    (3..6).for_each(|j| answers[(8, j)] = 2.0 + j as f64);
    let data = Dataset::builder().array(names, answers).nan_is_missing().build().unwrap();
    let of = |model: &str| {
        let model: Model = model.parse().unwrap();
        let fit = Estimation::default().missing(Missing::Fiml).fit(&model, &data).unwrap();
        let found = fit.scores(&data, None, ScoreMethod::Bartlett).unwrap();
        let at = found.rows.iter().position(|row| *row == 9).unwrap();
        let own = (found.values[at].clone(), found.row_se.as_ref().unwrap()[at].clone());
        (own, found.undetermined)
    };
    let near = |ours: Option<f64>, theirs: f64| {
        assert!((ours.unwrap() - theirs).abs() < 2e-4 * theirs.abs(), "{ours:?} {theirs}");
    };
    let ((values, se), without) = of("visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6");
    assert_eq!((values[0], se[0]), (None, None));
    near(values[1], 2.754_746_985_0);
    near(se[1], 0.361_134_226_1);
    let own = without.iter().find(|own| own.row == 9).unwrap();
    assert_eq!((own.factor.as_str(), own.reason), ("visual", Undetermined::NoIndicator));
    let ((values, se), without) = of("visual =~ x1 + x2 + x3 + x4\ntextual =~ x4 + x5 + x6");
    near(values[0], -40.753_509_778_2);
    near(values[1], 3.272_418_073_4);
    near(se[0], 21.994_155_529_9);
    near(se[1], 0.461_410_293_2);
    assert!(without.iter().all(|own| own.row != 9));
}
