//! Reliability by full-information maximum likelihood of incomplete answers against R (lavaan, psych).
//!
//! Tolerances: alpha 1e-6, what else follows from the covariances 5e-6 (lavaan's optimiser stops there, our EM at 1e-11);
//! standard errors 1e-4 relative; omega, of a model, 1e-5.

use crate::table;
use ndarray::{Array2, Axis, array};
use psychometrics::data::Grouping;
use psychometrics::evidence::Resampling;
use psychometrics::evidence::internal_structure::{
    ItemAnalysis, Key, Reliability, ScaleItem, ScaleStudy, ScaleSummary,
};
use psychometrics::moments::{Divisor, Missing};
use psychometrics::report::Report;
use psychometrics::{Error, Warning};
use serde_json::Value;

fn items(case: &Value) -> Vec<ScaleItem> {
    let reversed = table::strings(&case["reversed"]);
    let key = |name: &String| if reversed.contains(name) { Key::Reversed } else { Key::Forward };
    let ranged = |name: &String| match case["data"].as_str() {
        Some("likert5_missing.csv") => ScaleItem::new(name).ranging(1.0, 5.0),
        _ => ScaleItem::new(name),
    };
    table::strings(&case["items"]).iter().map(|name| ranged(name).keyed(key(name))).collect()
}

fn rows(case: &Value) -> Array2<f64> {
    table::columns(case["data"].as_str().unwrap(), &table::strings(&case["items"]))
}

/// Half of the rows are pushed, half come by merging.
fn summary(items: &[ScaleItem], rows: &Array2<f64>, missing: Missing) -> ScaleSummary {
    let (top, bottom) = rows.view().split_at(Axis(0), rows.nrows() / 2);
    let mut summary = ScaleSummary::new(items.to_vec(), missing);
    summary.push(top).unwrap();
    let mut second = ScaleSummary::new(items.to_vec(), missing);
    second.push(bottom).unwrap();
    summary.merge(&second).unwrap();
    summary
}

fn cases() -> Vec<Value> {
    table::reference("alpha_fiml.json")["cases"].as_array().unwrap().clone()
}

fn found(case: &Value, missing: Missing) -> Reliability {
    Reliability::of(&summary(&items(case), &rows(case), missing)).unwrap()
}

#[test]
fn coefficients_by_full_information_are_those_of_lavaan() {
    let mut differences = table::Differences::default();
    for case in cases() {
        let what = |key: &str| format!("{}: {key}", case["name"]);
        let mut compare = |key: &str, ours: Option<f64>, theirs: &Value, absolute: f64, relative: f64| {
            differences.compare(&what(key), ours, theirs, absolute, relative);
        };
        let scale = summary(&items(&case), &rows(&case), Missing::Fiml);
        let ours = Reliability::of(&scale).unwrap();
        let alpha = &ours.alpha;
        compare("alpha", alpha.raw, &case["alpha"], 1e-6, 0.0);
        compare("standardized", alpha.standardized, &case["standardized"], 5e-6, 0.0);
        compare("average r", alpha.average_r, &case["average_r"], 5e-6, 0.0);
        compare("se", alpha.se, &case["se"], 0.0, 1e-4);
        compare("lower", alpha.duhachek.map(|i| i.lower), &case["lower"], 1e-5, 0.0);
        compare("upper", alpha.duhachek.map(|i| i.upper), &case["upper"], 1e-5, 0.0);
        assert_eq!(alpha.feldt, None);
        for (i, dropped) in ours.alpha_if_dropped.iter().enumerate() {
            let theirs = &case["if_dropped"];
            compare(&format!("raw without {i}"), dropped.raw, &theirs["raw"][i], 5e-6, 0.0);
            compare(
                &format!("standardized without {i}"),
                dropped.standardized,
                &theirs["standardized"][i],
                5e-6,
                0.0,
            );
        }
        let guttman = ours.guttman.as_ref().unwrap();
        compare("lambda2", Some(guttman.lambda2), &case["lambda2"], 5e-6, 0.0);
        compare("lambda6", guttman.lambda6, &case["lambda6"], 5e-6, 0.0);
        compare("omega", ours.omega.total, &case["omega"], 1e-5, 0.0);
        compare("omega se", ours.omega.se, &case["omega_se"], 0.0, 2e-4);
        compare("omega observed", ours.omega.total_observed, &case["omega_observed"], 1e-5, 0.0);
        let moments = scale.moments().unwrap();
        let covariance = moments.covariance(Divisor::N).unwrap();
        let p = moments.len();
        for (at, (i, j)) in (0..p).flat_map(|j| (j..p).map(move |i| (i, j))).enumerate() {
            let element = Some(covariance.values[i][j]);
            compare(&format!("covariance {i} {j}"), element, &case["covariance"][at], 1e-5, 0.0);
        }
        for (i, mean) in moments.means().unwrap().into_iter().enumerate() {
            compare(&format!("mean {i}"), Some(mean), &case["mean"][i], 1e-5, 0.0);
        }
        let error = ours.error.as_ref().unwrap();
        let sem = case["total"][1].as_f64().unwrap() * (1.0 - alpha.raw.unwrap()).sqrt();
        compare("sem", Some(error.sem), &sem.into(), 1e-5, 0.0);
        let counts = [ours.n, ours.complete, ours.missing.rows_used, ours.missing.rows_read];
        let theirs = ["n", "complete", "n", "rows"].map(|key| case[key].as_u64().unwrap() as usize);
        assert_eq!((counts, ours.missing.policy), (theirs, Missing::Fiml));
        let not_done = |w: &Warning| matches!(w, Warning::NotDone { what, .. } if what.starts_with("Feldt"));
        assert!(ours.warnings.iter().any(not_done));
    }
    differences.assert_none();
}

/// The three policies differ where answers are missing, and are those of psych where it has them.
#[test]
fn each_policy_has_its_own_alpha() {
    for case in cases() {
        for (missing, key) in
            [(Missing::Listwise, "listwise"), (Missing::Pairwise, "pairwise"), (Missing::Fiml, "alpha")]
        {
            let (ours, theirs) = (found(&case, missing).alpha.raw.unwrap(), case[key].as_f64().unwrap());
            assert!((ours - theirs).abs() < 1e-6, "{} {key}: {ours} {theirs}", case["name"]);
        }
        let apart = (case["alpha"].as_f64().unwrap() - case["listwise"].as_f64().unwrap()).abs();
        assert!(apart > 1e-3, "the policies can be told apart");
    }
}

/// Nothing is missing: full information is the complete rows, to the bit.
#[test]
fn without_missing_answers_the_policies_agree() {
    let mut case = cases()[0].clone();
    case["data"] = "likert5.csv".into();
    let (full, listwise) = (found(&case, Missing::Fiml), found(&case, Missing::Listwise));
    assert_eq!((full.alpha.raw, full.alpha.se), (listwise.alpha.raw, listwise.alpha.se));
    assert!(full.alpha.feldt.is_some() && full.alpha.feldt == listwise.alpha.feldt);
    assert_eq!((full.omega, full.error, full.guttman), (listwise.omega, listwise.error, listwise.guttman));
    assert_eq!((full.complete, full.missing.policy), (600, Missing::Fiml));
    assert_eq!(full.warnings, []);
}

/// One missing answer in 600 rows: the delta method of its information is nearly that of complete rows, Duhachek's.
#[test]
fn the_standard_error_tends_to_that_of_complete_rows() {
    let mut case = cases()[0].clone();
    case["data"] = "likert5.csv".into();
    let complete = found(&case, Missing::Listwise);
    let mut answers = rows(&case);
    answers[(17, 2)] = f64::NAN;
    let full = Reliability::of(&summary(&items(&case), &answers, Missing::Fiml)).unwrap();
    let (a, b) = (full.alpha.se.unwrap(), complete.alpha.se.unwrap());
    assert!(a != b && (a / b - 1.0).abs() < 5e-3, "{a} {b}");
    assert_eq!((full.n, full.complete), (600, 599));
}

#[test]
fn rows_without_answers_and_the_order_of_rows_count_for_nothing() {
    let case = &cases()[0];
    let answers = rows(case);
    let plain = found(case, Missing::Fiml);
    let turned: Vec<usize> = (0..answers.nrows()).rev().collect();
    let mut more = answers.select(Axis(0), &turned);
    more.push_row(array![f64::NAN, f64::NAN, f64::NAN, f64::NAN].view()).unwrap();
    let other = Reliability::of(&summary(&items(case), &more, Missing::Fiml)).unwrap();
    assert!((plain.alpha.raw.unwrap() - other.alpha.raw.unwrap()).abs() < 1e-9);
    assert!((plain.alpha.se.unwrap() / other.alpha.se.unwrap() - 1.0).abs() < 1e-7);
    assert_eq!((other.missing.rows_read, other.n), (601, 600));
}

#[test]
fn what_full_information_cannot_give_is_said() {
    let case = &cases()[0];
    let (items, answers) = (items(case), rows(case));
    let scale = summary(&items, &answers, Missing::Fiml);
    let error = ItemAnalysis::of(&scale).unwrap_err();
    assert!(matches!(&error, Error::Unsupported { .. }) && error.hint().contains("pairwise"), "{error}");
    let study = ScaleStudy { missing: Some(Missing::Fiml), ..ScaleStudy::default() };
    let resampling = Resampling { replicates: 20, seed: 1 };
    let bootstrap = ScaleStudy { bootstrap: Some(resampling), ..study.clone() };
    let error = bootstrap.of(&items, answers.view()).unwrap_err();
    assert!(matches!(&error, Error::Unsupported { .. }) && error.hint().contains("listwise"), "{error}");
    // complete rows have them
    let complete = table::columns("likert5.csv", &table::strings(&case["items"]));
    assert!(bootstrap.of(&items, complete.view()).unwrap().bootstrap.is_some());
    let halves: Vec<Option<&str>> = (0..600).map(|i| Some(if i % 2 == 0 { "even" } else { "odd" })).collect();
    let grouped = ScaleStudy { group: Some(Grouping::new("half", halves)), ..study };
    let found = grouped.of(&items, answers.view()).unwrap();
    assert_eq!((found.groups.len(), found.group_tests.len()), (2, 0));
    let untested = |w: &Warning| matches!(w, Warning::NotDone { what, .. } if what.starts_with("tests of"));
    assert!(found.warnings.iter().any(untested));
    assert!(found.groups.iter().all(|g| g.reliability.as_ref().unwrap().alpha.feldt.is_none()));
    let page = found.page().text();
    assert!(page.contains("full information") && page.contains("506 rows are complete"), "{page}");
    // two items that nobody answered both: the likelihood says nothing of them
    let hole = f64::NAN;
    let apart =
        array![[1.0, hole, 2.0], [2.0, hole, 4.0], [4.0, hole, 3.0], [hole, 3.0, 1.0], [hole, 4.0, 5.0]];
    let names = ["a", "b", "c"].map(ScaleItem::new);
    let apart = Reliability::of(&summary(&names, &apart, Missing::Fiml));
    assert!(matches!(apart, Err(Error::NeverTogether { first, second }) if first == "a" && second == "b"));
    let stages = Reliability::of(&summary(&items, &answers, Missing::TwoStage));
    assert!(matches!(stages, Err(Error::Unsupported { .. })));
}
