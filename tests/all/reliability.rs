//! Reliability and item analysis against R's psych, and what must hold whatever the data.
//!
//! Tolerance 1e-10: closed forms; the quantiles of F are as exact in R.

use crate::table;
use approx::assert_relative_eq;
use ndarray::{Array2, Axis, array};
use psychometrics::data::Grouping;
use psychometrics::evidence::internal_structure::{
    ItemAnalysis, Key, RangeSource, Reliability, ScaleItem, ScaleSummary, by_group,
};
use psychometrics::moments::Missing;
use psychometrics::{Error, Warning};
use serde_json::Value;

/// The summary of a case: half of the rows are pushed, half come by merging.
fn summary(case: &Value) -> ScaleSummary {
    let names = table::strings(&case["items"]);
    let reversed = table::strings(&case["reversed"]);
    let file = case["data"].as_str().unwrap();
    let item = |name: &String| {
        let key = if reversed.contains(name) { Key::Reversed } else { Key::Forward };
        let item = ScaleItem::new(name).keyed(key);
        if file.starts_with("likert5") { item.ranging(1.0, 5.0) } else { item }
    };
    let items: Vec<ScaleItem> = names.iter().map(item).collect();
    let missing = if case["missing"] == "pairwise" { Missing::Pairwise } else { Missing::Listwise };
    let rows = table::columns(file, &names);
    let (top, bottom) = rows.view().split_at(Axis(0), rows.nrows() / 2);
    let mut summary = ScaleSummary::new(items.clone(), missing);
    summary.push(top).unwrap();
    let mut second = ScaleSummary::new(items, missing);
    second.push(bottom).unwrap();
    summary.merge(&second).unwrap();
    summary
}

fn cases() -> Vec<Value> {
    table::reference("psych_alpha.json")["cases"].as_array().unwrap().clone()
}

fn assert_near(ours: impl Into<Option<f64>>, theirs: &Value, what: &str) {
    let (ours, theirs) = (ours.into().expect(what), theirs.as_f64().expect(what));
    assert!((ours - theirs).abs() <= 1e-10 * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}

#[test]
fn alpha_is_that_of_psych() {
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        let summary = summary(&case);
        let reliability = Reliability::of(&summary).unwrap();
        let (ours, theirs) = (&reliability.alpha, &case["alpha"]);
        assert_near(ours.raw, &theirs["raw"], name);
        assert_near(ours.standardized, &theirs["standardized"], name);
        assert_near(ours.average_r.unwrap(), &theirs["average_r"], name);
        assert_near(ours.se, &theirs["se"], name);
        assert_near(ours.feldt.unwrap().lower, &theirs["feldt"][0], name);
        assert_near(ours.feldt.unwrap().upper, &theirs["feldt"][1], name);
        let duhachek = ours.duhachek.unwrap();
        let half = 1.959963984540054 * ours.se.unwrap();
        assert_relative_eq!(0.5 * (duhachek.upper - duhachek.lower), half, epsilon = 1e-12);
        assert_relative_eq!(0.5 * (duhachek.upper + duhachek.lower), ours.raw.unwrap(), epsilon = 1e-12);
        for (i, dropped) in reliability.alpha_if_dropped.iter().enumerate() {
            assert_near(dropped.raw, &case["if_dropped"]["raw"][i], name);
            assert_near(dropped.standardized, &case["if_dropped"]["standardized"][i], name);
        }
        if let Some(total) = case.get("total") {
            assert_near(summary.total_mean(), &total[0], name);
            assert_near(summary.total_sd(), &total[1], name);
        }
    }
}

#[test]
fn item_statistics_are_those_of_psych() {
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        let analysis = ItemAnalysis::of(&summary(&case)).unwrap();
        let theirs = case["item"].as_object().unwrap();
        let document = serde_json::to_value(&analysis).unwrap();
        for (i, item) in document["items"].as_array().unwrap().iter().enumerate() {
            for (statistic, values) in theirs {
                let what = format!("{name} {statistic}");
                assert_near(item[statistic].as_f64(), &values[i], &what);
            }
            let Some(frequencies) = case.get("frequencies") else { continue };
            for (code, share) in table::strings(&frequencies["codes"]).iter().zip(0..) {
                let what = format!("{name} frequency of {code}");
                assert_near(item["frequencies"][code].as_f64(), &frequencies["shares"][i][share], &what);
            }
        }
    }
}

#[test]
fn documents_have_the_keys_of_the_contract() {
    let summary = summary(&cases()[5]);
    let reliability = serde_json::to_value(Reliability::of(&summary).unwrap()).unwrap();
    for key in ["n", "items", "alpha", "alpha_if_dropped", "missing", "warnings"] {
        assert!(reliability.get(key).is_some(), "{key}");
    }
    for key in ["raw", "standardized", "average_r", "feldt", "duhachek"] {
        assert!(reliability["alpha"].get(key).is_some(), "{key}");
    }
    assert_eq!(reliability["alpha_if_dropped"][0]["item"], "b1");
    assert_eq!(
        reliability["missing"],
        serde_json::json!({"policy": "pairwise", "rows_read": 600, "rows_used": 600})
    );
    assert_eq!(reliability["warnings"][0]["code"], "negative_item");
    let items = serde_json::to_value(ItemAnalysis::of(&summary).unwrap()).unwrap();
    assert_eq!(items["n"], 600);
    assert_eq!(items["items"][0]["missing"], 24);
    assert_eq!(items["items"][0]["range"]["source"], "declared");
}

fn scale(items: usize, rows: Array2<f64>) -> ScaleSummary {
    let items = (1..=items).map(|i| ScaleItem::new(format!("x{i}")));
    let mut summary = ScaleSummary::new(items, Missing::Pairwise);
    summary.push(rows.view()).unwrap();
    summary
}

fn both(summary: &ScaleSummary) -> [Result<(), Error>; 2] {
    [Reliability::of(summary).map(|_| ()), ItemAnalysis::of(summary).map(|_| ())]
}

#[test]
fn where_there_is_no_answer_the_culprit_is_named() {
    let constant = scale(3, array![[1.0, 3.0, 2.0], [2.0, 3.0, 5.0], [4.0, f64::NAN, 4.0]]);
    for result in both(&constant) {
        let Err(Error::ConstantItem { item, value, n }) = result else { panic!("{result:?}") };
        assert_eq!((item.as_str(), value, n), ("x2", 3.0, 2));
    }
    for result in both(&scale(1, array![[1.0], [2.0]])) {
        assert!(matches!(result, Err(Error::TooFewItems { needed: 2, found: 1, .. })));
    }
    for result in both(&scale(2, Array2::zeros((0, 2)))) {
        assert!(matches!(result, Err(Error::TooFewRows { n: 0, needed: 2, .. })));
    }
    let hole = f64::NAN;
    for result in both(&scale(2, array![[1.0, hole], [2.0, hole], [hole, 3.0], [hole, 4.0]])) {
        assert!(matches!(result, Err(Error::NeverTogether { .. })));
    }
    for result in both(&scale(2, array![[1.0, hole], [2.0, hole]])) {
        assert!(matches!(result, Err(Error::EmptyColumn { column, rows: 2 }) if column == "x2"));
    }
}

#[test]
fn identical_items_and_few_rows_are_warnings() {
    let rows = array![[1.0, 1.0, 2.0, 3.0], [4.0, 4.0, 3.0, 5.0], [5.0, 5.0, 2.0, 4.0]];
    let summary = scale(4, rows);
    let identical = Warning::IdenticalItems { first: "x1".into(), second: "x2".into() };
    let few = Warning::FewRows { n: 3, items: 4 };
    let reliability = Reliability::of(&summary).unwrap();
    assert!(reliability.warnings.contains(&identical) && reliability.warnings.contains(&few));
    let analysis = ItemAnalysis::of(&summary).unwrap();
    assert!(analysis.warnings.contains(&identical) && analysis.warnings.contains(&few));
    assert!(analysis.warnings.iter().any(|w| matches!(w, Warning::NotDone { what, .. } if what == "r_cor")));
    assert!(analysis.items.iter().all(|item| item.r_cor.is_none() && item.r_drop.is_some()));
}

#[test]
fn a_pairwise_matrix_can_fail_to_be_positive_definite() {
    let hole = f64::NAN;
    // x1 and x2 agree, x1 and x3 agree, x2 and x3 are opposed: each in rows of its own
    let mut rows = Vec::new();
    for value in 1..=5 {
        let x = f64::from(value);
        rows.extend([[x, x + 0.1 * (x - 3.0).powi(2), hole], [x, hole, x + 0.1 * (x - 3.0).powi(2)]]);
        rows.push([hole, x, 6.0 - x]);
    }
    let analysis = ItemAnalysis::of(&scale(3, Array2::from(rows))).unwrap();
    assert!(analysis.warnings.iter().any(|w| matches!(w, Warning::NotPositiveDefinite { .. })));
    assert_eq!(analysis.items[0].r_cor, None);
}

#[test]
fn reversing_by_sign_gives_the_same_alpha_and_a_warning() {
    let names = ["b1", "b2", "b3", "b4"].map(String::from);
    let rows = table::columns("likert5.csv", &names);
    let alpha = |range: Option<(f64, f64)>| {
        let item = |name: &String| ScaleItem {
            range,
            ..ScaleItem::new(name).keyed(if name == "b3" { Key::Reversed } else { Key::Forward })
        };
        let mut summary = ScaleSummary::new(names.iter().map(item), Missing::Pairwise);
        summary.push(rows.view()).unwrap();
        (Reliability::of(&summary).unwrap(), ItemAnalysis::of(&summary).unwrap())
    };
    let (ranged, _) = alpha(Some((1.0, 5.0)));
    let (signed, items) = alpha(None);
    assert_relative_eq!(ranged.alpha.raw.unwrap(), signed.alpha.raw.unwrap(), epsilon = 1e-13);
    assert_eq!(ranged.warnings, []);
    assert_eq!(signed.warnings, [Warning::SignOnlyReversal { item: "b3".into() }]);
    assert_eq!(items.warnings, signed.warnings);
    let range = items.items[2].range.unwrap();
    assert_eq!((range.low, range.high, range.source), (-5.0, -1.0, RangeSource::Observed));
}

#[test]
fn two_items_have_an_alpha_and_none_without_one_of_them() {
    let reliability = Reliability::of(&scale(2, array![[1.0, 2.0], [2.0, 2.5], [4.0, 3.0]])).unwrap();
    assert!(reliability.alpha.raw.is_some());
    let document = serde_json::to_value(&reliability).unwrap();
    assert_eq!(
        document["alpha_if_dropped"][0],
        serde_json::json!({"item": "x1", "raw": null, "standardized": null})
    );
}

#[test]
fn a_group_is_analysed_as_its_rows_are() {
    let names = ["a1", "a2", "a3", "a4"].map(String::from);
    let rows = table::columns("likert5_missing.csv", &names);
    let items = names.clone().map(ScaleItem::new);
    let levels = ["first", "second", "nobody"].map(String::from).to_vec();
    let codes: Vec<Option<usize>> = (0..rows.nrows()).map(|r| (r % 10 != 9).then_some(r % 2)).collect();
    let grouping = Grouping { variable: "part".into(), levels, codes };
    let groups = by_group(&items, Missing::Pairwise, rows.view(), &grouping).unwrap();
    assert_eq!(groups.iter().map(|g| g.rows).collect::<Vec<_>>(), [300, 240, 0]);
    assert!(matches!(&groups[2].summary, Err(Error::EmptyGroup { group, .. }) if group == "nobody"));
    let first: Vec<usize> = (0..rows.nrows()).step_by(2).collect();
    let mut alone = ScaleSummary::new(items, Missing::Pairwise);
    alone.push(rows.select(Axis(0), &first).view()).unwrap();
    let grouped = groups[0].summary.as_ref().unwrap();
    assert_eq!(Reliability::of(grouped), Reliability::of(&alone));
}

/// Doubling the data leaves the item statistics that have no n in them, and alpha.
#[test]
fn order_of_items_and_doubled_data_change_nothing() {
    let names = ["a1", "a2", "a3", "a4"].map(String::from);
    let rows = table::columns("likert5.csv", &names);
    let analyse = |rows: &Array2<f64>, order: [usize; 4], times: usize| {
        let items = order.map(|i| ScaleItem::new(&names[i]));
        let mut summary = ScaleSummary::new(items, Missing::Pairwise);
        (0..times).for_each(|_| summary.push(rows.select(Axis(1), &order).view()).unwrap());
        (Reliability::of(&summary).unwrap(), ItemAnalysis::of(&summary).unwrap())
    };
    let (plain, items) = analyse(&rows, [0, 1, 2, 3], 1);
    let (turned, turned_items) = analyse(&rows, [2, 3, 0, 1], 1);
    let (doubled, doubled_items) = analyse(&rows, [0, 1, 2, 3], 2);
    for other in [&turned, &doubled] {
        assert_relative_eq!(plain.alpha.raw.unwrap(), other.alpha.raw.unwrap(), epsilon = 1e-13);
    }
    assert_relative_eq!(doubled.alpha.se.unwrap() * 2f64.sqrt(), plain.alpha.se.unwrap(), epsilon = 1e-13);
    for i in 0..4 {
        let (a, b, c) = (&items.items[i], &turned_items.items[(i + 2) % 4], &doubled_items.items[i]);
        assert_eq!((&a.item, a.mean, &a.frequencies), (&b.item, b.mean, &b.frequencies));
        for (x, y) in [(a.r_cor, b.r_cor), (a.r_drop, b.r_drop), (a.r_cor, c.r_cor), (a.raw_r, c.raw_r)] {
            assert_relative_eq!(x.unwrap(), y.unwrap(), epsilon = 1e-12);
        }
    }
}
