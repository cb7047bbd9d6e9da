//! Sums in the place of rows: merged in any order, fitted as rows are, and refused where they contradict themselves.

use ndarray::{Array2, ArrayView2, Axis};
use proptest::prelude::*;
use psychometrics::construct::{ColumnRef, Construct, DataSource, Dimension, Item, ResponseScale, Structure};
use psychometrics::correlation::{Correlate, Ordered};
use psychometrics::data::{Dataset, Responses};
use psychometrics::estimate::{Exploration, Fit};
use psychometrics::evidence::internal_structure::{
    FactorReliability, GroupModels, Invariance, InvarianceStudy, ItemAnalysis, Key, Reliability, ScaleItem,
    ScaleSummary,
};
use psychometrics::evidence::{Evidence, MeasurementLevel, ScaleEvidence, Validation};
use psychometrics::moments::aggregate::{
    Aggregate, AggregateOptions, AggregatePlan, IncompleteRows, PlannedItem, RowAnswers, RowQuestions,
};
use psychometrics::moments::sql::{Dialect, Query, read_aggregates};
use psychometrics::moments::{Missing, Moments};
use psychometrics::{Error, Estimation, Estimator, Model};
use std::path::{Path, PathBuf};

const LIKERT: &str = "tests/data/likert5_missing.csv";
const ABILITIES: &str = "data/holzinger_swineford_1939/hs.csv";
const HOLES: &str = "tests/data/hs_missing.csv";
const THREE: &str = "visual =~ x1 + x2 + x3\n textual =~ x4 + x5 + x6\n speed =~ x7 + x8 + x9";

fn abilities() -> Vec<String> {
    (1..=9).map(|i| format!("x{i}")).collect()
}

fn plan_of(names: &[String]) -> AggregatePlan {
    AggregatePlan::new(names.iter().map(|name| PlannedItem::new(name).about(4.0))).unwrap()
}

fn likert_plan(names: &[&str]) -> AggregatePlan {
    AggregatePlan::new(names.iter().map(|name| PlannedItem::new(*name).coded(1, 5))).unwrap()
}

fn read(path: &str, plan: &AggregatePlan) -> Aggregate {
    Aggregate::read(path, plan, &AggregateOptions::default()).unwrap()
}

fn close(one: f64, other: f64, tolerance: f64, what: &str) {
    let scale = one.abs().max(other.abs()).max(1.0);
    assert!((one - other).abs() <= tolerance * scale, "{what}: {one} and {other}");
}

/// Estimates, standard errors and measures of two fits.
fn same_fit(of_rows: &Fit, of_sums: &Fit, tolerance: f64) {
    assert!(of_rows.converged && of_sums.converged);
    assert_eq!(of_rows.parameters.len(), of_sums.parameters.len());
    for (one, other) in of_rows.parameters.iter().zip(&of_sums.parameters) {
        let name = format!("{} {} {}", one.lhs, one.op, one.rhs);
        assert_eq!((&one.lhs, &one.rhs, one.group), (&other.lhs, &other.rhs, other.group));
        close(one.est, other.est, tolerance, &name);
        assert_eq!(one.se.is_some(), other.se.is_some(), "{name}");
        if let (Some(one), Some(other)) = (one.se, other.se) {
            close(one, other, tolerance, &format!("se of {name}"));
        }
    }
    let one: Vec<(&str, Option<f64>)> = of_rows.fit.iter().collect();
    let other: Vec<(&str, Option<f64>)> = of_sums.fit.iter().collect();
    for (name, value) in &one {
        let found = other.iter().find(|(own, _)| own == name).map(|(_, value)| *value);
        match (value, found) {
            (Some(a), Some(Some(b))) => close(*a, b, 10.0 * tolerance, name),
            (None, Some(None)) => {}
            found => panic!("{name}: {found:?}"),
        }
    }
}

/// The document without what tells where it came from.
fn numbers(aggregate: &Aggregate) -> serde_json::Value {
    let mut own = serde_json::to_value(aggregate).unwrap();
    own["sources"] = serde_json::Value::Null;
    own
}

fn rows_with_gaps() -> impl Strategy<Value = Array2<f64>> {
    let cell = prop_oneof![6 => (1..=5i32).prop_map(f64::from), 1 => Just(f64::NAN)];
    prop::collection::vec(cell, 4 * 2..4 * 60).prop_map(|mut cells| {
        cells.truncate(cells.len() / 4 * 4);
        Array2::from_shape_vec((cells.len() / 4, 4), cells).unwrap()
    })
}

fn parts_of(plan: &AggregatePlan, rows: ArrayView2<'_, f64>, cuts: &[usize]) -> Vec<Aggregate> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (rows.nrows() + 1)).collect();
    cuts.extend([0, rows.nrows()]);
    cuts.sort_unstable();
    cuts.dedup();
    let slices = cuts.windows(2).map(|two| rows.slice_axis(Axis(0), (two[0]..two[1]).into()));
    slices.map(|own| Aggregate::of_rows(plan, own).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whole sums: the same bits whatever the split and the order.
    #[test]
    fn parts_merged_in_any_order_are_the_whole(
        rows in rows_with_gaps(), cuts in prop::collection::vec(0..1000usize, 0..5), swap in any::<bool>(),
        kept in prop::sample::select(vec![IncompleteRows::Patterns, IncompleteRows::Pairs, IncompleteRows::Dropped]),
    ) {
        let plan = likert_plan(&["a", "b", "c", "d"]).incomplete(kept).with_tables().unwrap();
        let whole = Aggregate::of_rows(&plan, rows.view()).unwrap();
        let mut parts = parts_of(&plan, rows.view(), &cuts);
        // equal parts are told apart by no number, and refused
        let mut seen: Vec<serde_json::Value> = Vec::new();
        for part in &parts {
            prop_assume!(!seen.contains(&numbers(part)));
            seen.push(numbers(part));
        }
        if swap {
            parts.reverse();
        }
        let merged = Aggregate::merged(parts).unwrap();
        prop_assert!(merged.is_exact());
        prop_assert_eq!(numbers(&merged), numbers(&whole));
    }

    /// Any numbers, each part about a centre of its own: means and covariances to 1e-12.
    #[test]
    fn centres_of_their_own_are_moved(
        cells in prop::collection::vec(-50.0..50.0f64, 3 * 8..3 * 40), cut in 1..7usize, centre in -40.0..40.0f64
    ) {
        let rows = Array2::from_shape_vec((cells.len() / 3, 3), cells[..cells.len() / 3 * 3].to_vec()).unwrap();
        let names = ["x", "y", "z"];
        let plan = |c: f64| AggregatePlan::new(names.map(|name| PlannedItem::new(name).about(c))).unwrap();
        let (first, second) = rows.view().split_at(Axis(0), cut);
        let one = Aggregate::of_rows(&plan(0.0), first).unwrap();
        let other = Aggregate::of_rows(&plan(centre), second).unwrap();
        let merged = Aggregate::merged([one, other]).unwrap().moments(None, &names, Missing::Listwise).unwrap();
        let whole = Moments::of(names.map(String::from), rows.view(), Missing::Listwise).unwrap();
        let divisor = psychometrics::moments::Divisor::NMinusOne;
        let (a, b) = (merged.covariance(divisor).unwrap(), whole.covariance(divisor).unwrap());
        for i in 0..3 {
            prop_assert!((merged.mean(i).unwrap() - whole.mean(i).unwrap()).abs() < 1e-12 * 50.0);
            for j in 0..3 {
                prop_assert!((a.values[i][j] - b.values[i][j]).abs() < 1e-11 * 2500.0);
            }
        }
    }

    /// A subset of the items has the moments that its own rows have, listwise and by pair.
    #[test]
    fn some_items_are_as_if_the_others_had_not_been_asked(rows in rows_with_gaps()) {
        let all = Aggregate::of_rows(&likert_plan(&["a", "b", "c", "d"]), rows.view()).unwrap();
        let own = rows.select(Axis(1), &[3, 1]);
        for missing in [Missing::Listwise, Missing::Pairwise] {
            let found = all.moments(None, &["d", "b"], missing).unwrap();
            let expected = Moments::of(["d", "b"].map(String::from), own.view(), missing).unwrap();
            prop_assert_eq!((found.n(), found.rows_read()), (expected.n(), expected.rows_read()));
            for (i, j) in [(0, 0), (0, 1), (1, 1)] {
                prop_assert_eq!(found.pair_n(i, j), expected.pair_n(i, j));
            }
            let (a, b) = (found.correlation(), expected.correlation());
            prop_assert_eq!(a.is_ok(), b.is_ok());
            if let (Ok(a), Ok(b)) = (a, b) {
                prop_assert!((a.values[0][1] - b.values[0][1]).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn a_file_is_summed_by_group_with_its_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.csv");
    std::fs::write(&path, "g,a,b\n10,1,5\n2,9,4\n10,,3\n,2,2\n2,5,7\n").unwrap();
    let items = ["a", "b"].map(|name| PlannedItem::new(name).coded(1, 5).missing([9.0]));
    let plan = AggregatePlan::new(items).unwrap().by_group("g");
    let found = Aggregate::read(&path, &plan, &AggregateOptions::default()).unwrap();
    assert_eq!(found.groups(), ["2", "10"]); // as numbers; rows without a group last
    let of = |part: usize, item: usize| {
        let own = &found.parts[part].items[item];
        (own.n, own.empty, own.coded_missing[0], own.impossible)
    };
    assert_eq!((of(0, 0), of(0, 1), of(1, 0)), ((1, 0, 1, 0), (1, 0, 0, 1), (1, 1, 0, 0)));
    assert_eq!(found.parts[2].group, None);
    // an answer outside the range: nothing is fitted beside it
    let error = found.moments(None, &["a", "b"], Missing::Listwise).unwrap_err();
    assert_eq!(error.to_string(), "item 'b': 1 answers are not one of the 5 codes from 1 to 5");
}

#[test]
fn documents_are_read_as_they_were_written() {
    let plan = likert_plan(&["a1", "a2", "b1"]).by_group("group").with_tables().unwrap();
    let found = read(LIKERT, &plan);
    assert_eq!(Aggregate::from_json(&found.to_json().unwrap()).unwrap(), found);
}

#[test]
fn item_statistics_and_reliability_are_those_of_the_rows() {
    let names = ["a1", "a2", "a3", "a4"];
    let data = Dataset::read_csv(LIKERT).unwrap();
    let keyed = |name: &str| {
        let item = ScaleItem::new(name).ranging(1.0, 5.0);
        if name == "a2" { item.keyed(Key::Reversed) } else { item }
    };
    let mut of_rows = ScaleSummary::new(names.map(keyed), Missing::Pairwise);
    of_rows.push(data.numeric(&names).unwrap().view()).unwrap();
    // reversed in the plan, and reversed afterwards
    let in_plan = AggregatePlan::new(names.map(|name| {
        let item = PlannedItem::new(name).coded(1, 5);
        if name == "a2" { item.reversed() } else { item }
    }));
    let planned = read(LIKERT, &in_plan.unwrap());
    let forward = read(LIKERT, &likert_plan(&names));
    let of = |aggregate: &Aggregate, item: fn(&str) -> ScaleItem| {
        ScaleSummary::of_aggregate(names.map(item), aggregate, None, Missing::Pairwise).unwrap()
    };
    let turned = |name: &str| {
        let item = ScaleItem::new(name);
        if name == "a2" { item.keyed(Key::Reversed) } else { item }
    };
    for of_sums in [of(&planned, |name| ScaleItem::new(name)), of(&forward, turned)] {
        let (one, other) = (ItemAnalysis::of(&of_rows).unwrap(), ItemAnalysis::of(&of_sums).unwrap());
        for (a, b) in one.items.iter().zip(&other.items) {
            assert_eq!((a.n, a.missing, a.median), (b.n, b.missing, b.median));
            for (x, y) in
                [(a.mean, b.mean), (a.sd, b.sd), (a.skew, b.skew), (a.raw_r, b.raw_r), (a.r_drop, b.r_drop)]
            {
                close(x.unwrap(), y.unwrap(), 1e-12, &a.item);
            }
        }
        let (one, other) = (Reliability::of(&of_rows).unwrap(), Reliability::of(&of_sums).unwrap());
        close(one.alpha.raw.unwrap(), other.alpha.raw.unwrap(), 1e-12, "alpha");
        close(of_rows.total_sd().unwrap(), of_sums.total_sd().unwrap(), 1e-12, "sd of the total");
    }
}

#[test]
fn correlations_and_factors_are_those_of_the_rows() {
    let names = ["a1", "a2", "b1", "b2", "c1"];
    let data = Dataset::read_csv(LIKERT).unwrap();
    let rows = data.numeric(&names).unwrap();
    let found = read(LIKERT, &likert_plan(&names).with_tables().unwrap());
    for ordered in [Ordered::None, Ordered::All] {
        let correlate = Correlate::default().ordered(ordered);
        let one = correlate.of(&names, rows.view()).unwrap();
        // in another order than the plan's
        let turned = ["c1", "b2", "b1", "a2", "a1"];
        let other = correlate.of_aggregate(&turned, &found).unwrap();
        for a in names {
            for b in names {
                close(one.get(a, b).unwrap(), other.get(a, b).unwrap(), 1e-12, &format!("{a}, {b}"));
            }
        }
    }
    let exploration = Exploration::new(2).missing(Missing::Pairwise).ordered(Ordered::All);
    let one = exploration.of(&names, &data).unwrap();
    let other = exploration.of_aggregate(&names, &found).unwrap();
    assert_eq!(one.n, other.n);
    close(one.fit["chisq"].unwrap(), other.fit["chisq"].unwrap(), 1e-9, "chisq");
}

#[test]
fn fits_of_numbers_are_those_of_the_rows() {
    let names = abilities();
    let data = Dataset::read_csv(ABILITIES).unwrap();
    let model: Model = THREE.parse().unwrap();
    let one = read(ABILITIES, &plan_of(&names));
    for estimator in [Estimator::Ml, Estimator::Gls, Estimator::Uls] {
        let estimation = Estimation::new(estimator);
        same_fit(
            &estimation.fit(&model, &data).unwrap(),
            &estimation.fit_aggregate(&model, &one).unwrap(),
            1e-9,
        );
    }
    let by_school = read(ABILITIES, &plan_of(&names).by_group("school"));
    let estimation = Estimation::default().group("school").equal(["loadings".parse().unwrap()]);
    let (of_rows, of_sums) =
        (estimation.fit(&model, &data).unwrap(), estimation.fit_aggregate(&model, &by_school).unwrap());
    // groups in ascending order, in the data by first appearance
    assert_eq!(
        (of_rows.groups.as_slice(), of_sums.groups.as_slice()),
        (
            ["Pasteur", "Grant-White"].map(String::from).as_slice(),
            ["Grant-White", "Pasteur"].map(String::from).as_slice()
        )
    );
    for name in ["chisq", "cfi", "rmsea", "logl", "srmr"] {
        close(of_rows.measure(name).unwrap(), of_sums.measure(name).unwrap(), 1e-9, name);
    }
    // all groups together
    let all = Estimation::default().fit_aggregate(&model, &by_school).unwrap();
    same_fit(&Estimation::default().fit(&model, &data).unwrap(), &all, 1e-9);
}

#[test]
fn variables_far_from_zero_are_fitted_from_sums_near_them() {
    let data = Dataset::read_csv(ABILITIES).unwrap();
    let names = abilities();
    let mut rows = data.numeric(&names).unwrap();
    rows.column_mut(2).mapv_inplace(|x| x + 1e6);
    let items = names
        .iter()
        .enumerate()
        .map(|(i, name)| PlannedItem::new(name).about(if i == 2 { 1e6 } else { 4.0 }));
    let found = Aggregate::of_rows(&AggregatePlan::new(items).unwrap(), rows.view()).unwrap();
    let model: Model = THREE.parse().unwrap();
    let fit = Estimation::default().fit_aggregate(&model, &found).unwrap();
    close(fit.measure("chisq").unwrap(), 85.305_521_775_7, 1e-9, "chisq");
    assert!(found.warnings().is_empty());
    // a centre far from the answers is told
    let blind = AggregatePlan::new(names.iter().map(PlannedItem::new)).unwrap();
    let warnings = Aggregate::of_rows(&blind, rows.view()).unwrap().warnings();
    assert!(warnings.iter().any(|w| w.to_string().contains("'x3'")), "{warnings:?}");
}

#[test]
fn full_information_comes_from_patterns() {
    let names = abilities();
    let data = Dataset::read_csv(HOLES).unwrap();
    let model: Model = THREE.parse().unwrap();
    let found = read(HOLES, &plan_of(&names));
    let estimation = Estimation::default().missing(Missing::Fiml);
    let of_rows = estimation.fit(&model, &data).unwrap();
    let of_sums = estimation.fit_aggregate(&model, &found).unwrap();
    for (one, other) in of_rows.parameters.iter().zip(&of_sums.parameters) {
        close(one.est, other.est, 1e-8, &one.rhs);
        close(one.se.unwrap(), other.se.unwrap(), 1e-8, &one.rhs);
    }
    for name in ["chisq", "cfi", "rmsea", "logl", "srmr", "bic"] {
        close(of_rows.measure(name).unwrap(), of_sums.measure(name).unwrap(), 1e-8, name);
    }
    // sums by pair do not tell it
    let pairs = read(HOLES, &plan_of(&names).incomplete(IncompleteRows::Pairs));
    let error = estimation.fit_aggregate(&model, &pairs).unwrap_err();
    assert!(error.to_string().contains("as 'pairs'"), "{error}");
}

#[test]
fn ordinal_fits_are_those_of_the_rows() {
    let names = ["a1", "a2", "a3", "b1", "b2", "b3"];
    let model: Model = "B =~ b1 + b2 + b3\n A =~ a1 + a2 + a3\n A ~ B".parse().unwrap();
    let data = Dataset::read_csv(LIKERT).unwrap();
    let found = read(LIKERT, &likert_plan(&names).with_tables().unwrap());
    for estimator in [Estimator::Dwls, Estimator::Uls] {
        let estimation = Estimation::new(estimator).ordered(Ordered::All).missing(Missing::Pairwise);
        let of_rows = estimation.fit(&model, &data).unwrap();
        same_fit(&of_rows, &estimation.fit_aggregate(&model, &found).unwrap(), 1e-9);
    }
    // complete rows are not told by tables of all of them
    let listwise = Estimation::new(Estimator::Dwls).ordered(Ordered::All);
    assert!(matches!(listwise.fit_aggregate(&model, &found), Err(Error::BadAggregate { .. })));
    // robust errors need what four items have in common
    let robust = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).missing(Missing::Pairwise);
    let error = robust.fit_aggregate(&model, &found).unwrap_err();
    assert!(error.to_string().contains("robust.sem") && error.hint().contains("DWLS"), "{error}");
}

#[test]
fn groups_are_compared_from_sums() {
    let names = abilities();
    let data = Dataset::read_csv(ABILITIES).unwrap();
    let model: Model = THREE.parse().unwrap();
    let ladder = Invariance::of(Estimation::default().group("school"));
    let of_rows = ladder.run(&model, &data).unwrap();
    let found = read(ABILITIES, &plan_of(&names).by_group("school"));
    let of_sums = ladder.run_aggregate(&model, &found).unwrap();
    assert_eq!(of_rows.models.len(), of_sums.models.len());
    for (one, other) in of_rows.models.iter().zip(&of_sums.models) {
        close(one.chisq.unwrap(), other.chisq.unwrap(), 1e-8, &one.level);
    }
    for (one, other) in of_rows.effects.iter().zip(&of_sums.effects) {
        assert_eq!(one.item, other.item);
    }
}

/// The abilities, and a third school of two pupils.
fn three_schools() -> tempfile::NamedTempFile {
    let text = std::fs::read_to_string(ABILITIES).unwrap();
    let last: Vec<String> =
        text.lines().skip(1).take(2).map(|line| line.replace("Pasteur", "tiny")).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{}\n{}\n", text.trim_end(), last.join("\n"))).unwrap();
    file
}

#[test]
fn a_model_in_each_group_is_that_of_its_rows_and_what_fails_stands_in_its_line() {
    let file = three_schools();
    let plan = plan_of(&abilities()).by_group("school");
    let aggregate = Aggregate::read(file.path(), &plan, &AggregateOptions::default()).unwrap();
    let model: Model = THREE.parse().unwrap();
    let text = std::fs::read_to_string(ABILITIES).unwrap();
    let found = GroupModels::of(&Estimation::default(), &model, &aggregate).unwrap();
    let names: Vec<&str> = found.groups.iter().map(|own| own.group.as_str()).collect();
    assert_eq!((names, found.proper()), (vec!["Grant-White", "Pasteur", "tiny"], 2));
    assert_eq!(found.factors, ["visual", "textual", "speed"]);
    for own in &found.groups[..2] {
        let alone = tempfile::NamedTempFile::new().unwrap();
        let rows: Vec<&str> = text
            .lines()
            .enumerate()
            .filter(|(i, row)| *i == 0 || row.contains(&own.group))
            .map(|(_, row)| row)
            .collect();
        std::fs::write(alone.path(), rows.join("\n")).unwrap();
        let alone = Estimation::default().fit(&model, &Dataset::read_csv(alone.path()).unwrap()).unwrap();
        assert_eq!((own.n, alone.nobs[0]), (rows.len() - 1, rows.len() - 1));
        let values = [own.chisq, own.df, own.pvalue, own.cfi, own.tli, own.rmsea, own.srmr];
        let measures = ["chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr"];
        for (value, measure) in values.into_iter().zip(measures) {
            close(value.unwrap(), alone.measure(measure).unwrap(), 1e-9, measure);
        }
        for (omega, reliability) in own.omega.iter().zip(FactorReliability::of(&alone)) {
            close(omega.unwrap(), reliability.omega.unwrap(), 1e-9, &reliability.factor);
        }
    }
    let tiny = &found.groups[2];
    assert_eq!((tiny.n, tiny.is_proper(), tiny.chisq, tiny.omega.len()), (2, false, None, 0));
    assert!(tiny.why.as_ref().is_some_and(|why| why.contains("2")), "{:?}", tiny.why);
    // a row for a program with every digit, empty where there is none
    let csv = found.values().csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].ends_with("srmr,omega_visual,omega_textual,omega_speed,why"), "{}", lines[0]);
    assert!(lines[3].contains(",,,,,,,,,"), "{}", lines[3]);
    let one_pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(
        one_pool.install(|| GroupModels::of(&Estimation::default(), &model, &aggregate)).unwrap(),
        found
    );
    let whole = read(ABILITIES, &plan_of(&abilities()));
    let none = GroupModels::of(&Estimation::default(), &model, &whole).unwrap_err();
    assert!(none.to_string().contains("is of no groups"), "{none}");
}

#[test]
fn results_in_memory_are_read_as_files_are() {
    let items = ["a1", "a2", "a3", "b1"].map(|name| {
        let item = PlannedItem::new(name).coded(1, 5);
        if name == "a2" { item.reversed() } else { item }
    });
    let plan = AggregatePlan::new(items).unwrap().with_tables().unwrap();
    let texts: Vec<String> =
        fixture(&[3, 1, 2]).iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let query = Query::new(plan.clone(), "answers", Dialect::DuckDb);
    assert_eq!(numbers(&query.aggregate(&texts).unwrap()), numbers(&read(LIKERT, &plan)));
    let lacking = query.aggregate(&texts[..2]).unwrap_err();
    assert!(lacking.to_string().contains("the result of statement 2 of 3 is missing"), "{lacking}");
    let other = Query::new(likert_plan(&["a1", "a2"]), "answers", Dialect::DuckDb);
    let other = other.aggregate(&texts).unwrap_err();
    assert!(other.to_string().contains("are of another plan"), "{other}");
}

fn fixture(numbers: &[usize]) -> Vec<PathBuf> {
    numbers.iter().map(|k| format!("tests/data/aggregates/likert5_missing_{k}.csv").into()).collect()
}

/// What DuckDB 2.0.1 made of the statements of `sql --columns a1,a2,a3,b1 --keys a1,-a2,a3,b1 --scale 1..5 --tables`.
#[test]
fn results_of_an_engine_are_the_sums_of_the_rows() {
    let items = ["a1", "a2", "a3", "b1"].map(|name| {
        let item = PlannedItem::new(name).coded(1, 5);
        if name == "a2" { item.reversed() } else { item }
    });
    let plan = AggregatePlan::new(items).unwrap().with_tables().unwrap();
    let found = read_aggregates(&fixture(&[1, 2, 3])).unwrap();
    assert_eq!(numbers(&found), numbers(&read(LIKERT, &plan)));
}

/// Two documents of sums, to rounding.
fn same(one: &serde_json::Value, other: &serde_json::Value, at: &str) {
    use serde_json::Value;
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            assert_eq!(one.len(), other.len(), "{at}");
            one.iter().zip(other).enumerate().for_each(|(i, (a, b))| same(a, b, &format!("{at}.{i}")));
        }
        (Value::Object(one), Value::Object(other)) => {
            assert!(one.keys().eq(other.keys()), "{at}");
            one.iter().for_each(|(key, value)| same(value, &other[key], &format!("{at}.{key}")));
        }
        (Value::Number(one), Value::Number(other)) => {
            close(one.as_f64().unwrap(), other.as_f64().unwrap(), 1e-12, at);
        }
        _ => assert_eq!(one, other, "{at}"),
    }
}

/// What DuckDB 2.0.1 made of one statement for answers and sums together: by pattern, by pairs (with the statement of pairs), of
/// complete rows with weights (`--columns x1,x2,x3 --incomplete dropped --group school --weights grade`, where one respondent has
/// no grade).
#[test]
fn one_statement_has_the_answers_and_the_sums_of_a_scale() {
    let items = ["a1", "a2", "a3", "b1"].map(|name| {
        let item = PlannedItem::new(name).coded(1, 5);
        if name == "a2" { item.reversed() } else { item }
    });
    let plan = AggregatePlan::new(items).unwrap();
    let weighted = AggregatePlan::new(["x1", "x2", "x3"].map(PlannedItem::new)).unwrap().by_group("school");
    let weighted = weighted.incomplete(IncompleteRows::Dropped).weighted_by("grade");
    let by_pattern = plan.clone().with_tables().unwrap();
    let pairs = plan.by_group("group").incomplete(IncompleteRows::Pairs);
    let cases = [
        (by_pattern, LIKERT, vec!["patterns_1", "patterns_2"], vec!["scale", "tables"]),
        (pairs, LIKERT, vec!["pairs_1", "pairs_2"], vec!["scale", "pairs"]),
        (weighted, HOLES, vec!["weighted"], vec!["scale"]),
    ];
    for (plan, path, names, blocks) in cases {
        let statements = Query::new(plan.clone(), "answers", Dialect::DuckDb).statements().unwrap();
        assert!(statements.iter().map(|own| &own.block).eq(&blocks), "{names:?}");
        let paths = names.iter().map(|name| format!("tests/data/aggregates/scale_{name}.csv"));
        let found = read_aggregates(&paths.collect::<Vec<_>>()).unwrap();
        same(&numbers(&found), &numbers(&read(path, &plan)), names[0]);
        // answers of incomplete rows count, and their sums do not, where rows are complete or nothing
        assert!(found.parts.iter().all(|part| part.items[0].n <= part.rows));
    }
}

/// As many scales as one wants are one statement, however they are divided; more items than fit are two kinds.
#[test]
fn scales_of_groups_are_one_statement() {
    let items = |p: usize| (0..p).map(|i| PlannedItem::new(format!("q{i}")).coded(1, 5));
    for dialect in Dialect::ALL {
        let most = if *dialect == Dialect::Spark { 17 } else { 27 };
        for kept in [IncompleteRows::Patterns, IncompleteRows::Dropped] {
            let blocks = |p: usize| {
                let plan = AggregatePlan::new(items(p)).unwrap().by_group("team").incomplete(kept);
                let statements = Query::new(plan, "answers", *dialect).statements().unwrap();
                statements.into_iter().map(|own| own.block).collect::<Vec<_>>()
            };
            assert_eq!(blocks(most), ["scale"], "{dialect}");
            assert_eq!(blocks(most + 1), ["answers", "sums"], "{dialect}");
        }
    }
}

/// The message of files that are changed first.
fn told(change: impl Fn(usize, String) -> Option<String>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (k, path) in fixture(&[1, 2, 3]).into_iter().enumerate() {
        let Some(text) = change(k + 1, std::fs::read_to_string(path).unwrap()) else { continue };
        let path = folder.path().join(format!("{}.csv", k + 1));
        std::fs::write(&path, text).unwrap();
        paths.push(path);
    }
    read_aggregates(&paths).map(|_| ()).unwrap_err().to_string()
}

fn in_column(text: &str, column: &str, value: &str) -> String {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = header.iter().position(|name| name == column).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for (row, record) in reader.records().enumerate() {
        let record = record.unwrap();
        let cells = record.iter().enumerate().map(|(i, cell)| if i == at && row == 0 { value } else { cell });
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn what_contradicts_itself_is_named() {
    let only = |own: usize, of: fn(&str) -> String| {
        move |k: usize, text: String| Some(if k == own { of(&text) } else { text })
    };
    let lacking = told(|k, text| (k != 2).then_some(text));
    assert!(lacking.contains("the result of statement 2 of 3 is missing"), "{lacking}");
    let first = told(|k, text| (k != 1).then_some(text));
    assert!(first.contains("the result of statement 1 of 3 is missing"), "{first}");
    let version =
        told(only(1, |text| text.replace("psychometrics_moments_1__", "psychometrics_moments_7__")));
    assert!(version.contains("is of another version"), "{version}");
    let negative = told(only(1, |text| in_column(text, "n1", "-3")));
    assert!(negative.contains("row 2: column 'n1' holds -3, a count below zero"), "{negative}");
    let nan = told(only(2, |text| in_column(text, "s1", "NaN")));
    assert!(nan.contains("column 's1' holds NaN"), "{nan}");
    let part = told(only(2, |text| in_column(text, "n", "7")));
    assert!(part.contains("sums of 605 rows of 600"), "{part}");
    let cut = told(only(3, |text| text.lines().take(60).collect::<Vec<_>>().join("\n")));
    assert!(cut.contains("the two-way table of 'a1' and 'a2'") || cut.contains("two-way table"), "{cut}");
    let other = told(only(1, |text| text.replace("%22", "").replace("\"\"a1\"\"", "\"\"zz\"\"")));
    assert!(other.contains("does not hold the plan"), "{other}");
    let foreign = told(only(1, |_| "x,y\n1,2\n".into()));
    assert!(foreign.contains("is no result of a statement"), "{foreign}");
    let twice = fixture(&[1, 2, 3, 1]);
    assert!(read_aggregates(&twice).unwrap_err().to_string().contains("holds the same as"));
}

#[test]
fn only_what_was_summed_alike_is_merged() {
    let plan = likert_plan(&["a1", "a2"]);
    let one = read(LIKERT, &plan);
    let refused = |other: AggregatePlan| {
        Aggregate::merged([one.clone(), read(LIKERT, &other)]).unwrap_err().to_string()
    };
    assert!(refused(likert_plan(&["a1", "a3"])).contains("it lacks the item 'a2'"));
    assert!(refused(plan.clone().by_group("group")).contains("its group is 'group' and not none"));
    assert!(refused(plan.clone().incomplete(IncompleteRows::Pairs)).contains("incomplete rows as pairs"));
    assert!(refused(plan.clone()).contains("is in two of them"));
    let error = Aggregate::from_json(
        "{\"schema\":\"psychometrics.moments/9\",\"plan\":{\"items\":[]},\"sources\":[],\"parts\":[]}",
    );
    assert!(error.unwrap_err().to_string().contains("its version is 'psychometrics.moments/9'"));
    let mut document: serde_json::Value = serde_json::from_str(&one.to_json().unwrap()).unwrap();
    document["parts"][0]["items"][0]["n"] = serde_json::json!(3);
    let error = Aggregate::from_json(&document.to_string()).unwrap_err();
    assert!(error.to_string().contains("item 'a1' has"), "{error}");
}

#[test]
fn sums_beyond_what_is_exact_are_told() {
    let plan = likert_plan(&["a1", "a2"]);
    let mut document: serde_json::Value =
        serde_json::from_str(&read(LIKERT, &plan).to_json().unwrap()).unwrap();
    document["parts"][0]["items"][0]["powers"][3] = serde_json::json!(1e17);
    let found = Aggregate::from_json(&document.to_string()).unwrap();
    assert!(!found.is_exact());
    assert!(found.warnings()[0].to_string().contains("2^53"));
}

#[test]
fn statements_stay_within_what_engines_take() {
    let items =
        |p: usize| (0..p).map(|i| PlannedItem::new(format!("item {i}'\"`")).coded(1, 7).missing([9.0]));
    for dialect in Dialect::ALL {
        for kept in [IncompleteRows::Patterns, IncompleteRows::Pairs] {
            let plan =
                AggregatePlan::new(items(60)).unwrap().by_group("g").incomplete(kept).with_tables().unwrap();
            let query = Query::new(plan, "answers", *dialect);
            let statements = query.statements().unwrap();
            assert_eq!(statements, query.statements().unwrap());
            for statement in &statements {
                let (_, select) = statement.text.rsplit_once("\nSELECT\n").unwrap();
                let columns = select.split("\nFROM ").next().unwrap().lines().count();
                assert!(columns <= 1600, "{columns} columns");
                let sets = statement.text.matches("\n  (grp, ").count();
                assert!(sets <= 100, "{sets} grouping sets");
                assert!(!statement.text.contains("  SELECT ,"));
            }
        }
    }
    let plan = AggregatePlan::new(items(200)).unwrap().incomplete(IncompleteRows::Dropped);
    let statements = Query::new(plan, "answers", Dialect::DuckDb).statements().unwrap();
    let sums = statements.iter().filter(|own| own.block == "sums").count();
    assert_eq!(sums, 26); // 20,300 sums
}

#[test]
fn a_plan_that_cannot_be_is_refused() {
    let refused = |items: Vec<PlannedItem>| AggregatePlan::new(items).unwrap_err().to_string();
    assert!(refused(Vec::new()).contains("has no items"));
    assert!(refused(vec![PlannedItem::new("a"), PlannedItem::new("a")]).contains("'a' is named twice"));
    assert!(refused(vec![PlannedItem::new("a").about(f64::NAN)]).contains("has NaN"));
    assert!(refused(vec![PlannedItem::new("a").coded(1, 5).missing([3.0])]).contains("both as an answer"));
    assert!(AggregatePlan::new([PlannedItem::new("a")]).unwrap().with_tables().is_err());
    assert!(Path::new(LIKERT).exists());
}

/// What rows answer to the questions of a second pass: as an engine adds it up.
fn asked(questions: &RowQuestions, data: &Dataset, variable: Option<&str>) -> RowAnswers {
    let mut document = serde_json::json!({"groups": []});
    for (group, forms) in &questions.groups {
        let rows: Vec<usize> = match (group, variable) {
            (Some(group), Some(variable)) => {
                let grouping = data.grouping(variable).unwrap();
                (0..data.n_rows()).filter(|row| grouping.label(*row) == Some(group)).collect()
            }
            _ => (0..data.n_rows()).collect(),
        };
        let mut own = Vec::new();
        for forms in forms {
            let values = data.numeric(&forms.variables).unwrap().select(Axis(0), &rows);
            let q = forms.scores.len();
            let (mut squares, mut fourth) = (0.0, 0.0);
            let (mut scores, mut products) = (vec![0.0; q], vec![0.0; q * (q + 1) / 2]);
            for row in values.rows() {
                let form = |f: &Vec<f64>| -> f64 {
                    f.iter().zip(row).zip(&forms.centre).map(|((f, y), m)| f * (y - m)).sum()
                };
                let a: Vec<f64> = forms.forms.iter().map(form).collect();
                let e: f64 = forms.whitened.iter().map(form).map(|e| e * e).sum();
                let t: Vec<f64> = forms
                    .scores
                    .iter()
                    .map(|own| {
                        own.iter().map(|s| s.factor * a[s.first] * s.second.map_or(1.0, |v| a[v])).sum()
                    })
                    .collect();
                squares += e;
                fourth += e * e;
                let mut at = 0;
                for k in 0..q {
                    scores[k] += t[k];
                    for l in k..q {
                        products[at] += t[k] * t[l];
                        at += 1;
                    }
                }
            }
            let sums = serde_json::json!({"n": rows.len(), "squares": squares, "fourth": fourth, "scores": scores,
                "products": products});
            own.push(serde_json::json!([forms, sums]));
        }
        document["groups"].as_array_mut().unwrap().push(serde_json::json!([group, own]));
    }
    serde_json::from_value(document).unwrap()
}

#[test]
fn robust_errors_and_tests_come_from_a_second_pass() {
    let names = abilities();
    let data = Dataset::read_csv(ABILITIES).unwrap();
    let found = read(ABILITIES, &plan_of(&names));
    let models = [THREE, "visual =~ x1 + x2 + x3\n speed =~ x7 + x8 + x9\n speed ~ visual\n x7 ~ 1"];
    for (text, estimator) in
        models.iter().flat_map(|text| [Estimator::Mlm, Estimator::Mlr].map(|e| (text, e)))
    {
        let model: Model = text.parse().unwrap();
        let estimation = Estimation::new(estimator);
        let questions = estimation.second_pass(&model, &found).unwrap();
        let answers = asked(&questions, &data, None);
        let of_sums = estimation.fit_second_pass(&model, &found, &answers).unwrap();
        let of_rows = estimation.fit(&model, &data).unwrap();
        same_fit(&of_rows, &of_sums, 1e-8);
        // of another model, or other rows
        let other: Model = "f =~ x1 + x2 + x3 + x4".parse().unwrap();
        assert!(
            estimation
                .fit_second_pass(&other, &found, &answers)
                .is_err_and(|e| e.to_string().contains("another model"))
        );
    }
    let by_school = read(ABILITIES, &plan_of(&names).by_group("school"));
    let estimation = Estimation::new(Estimator::Mlr).group("school").equal(["loadings".parse().unwrap()]);
    let model: Model = THREE.parse().unwrap();
    let questions = estimation.second_pass(&model, &by_school).unwrap();
    let answers = asked(&questions, &data, Some("school"));
    let of_sums = estimation.fit_second_pass(&model, &by_school, &answers).unwrap();
    let of_rows = estimation.fit(&model, &data).unwrap();
    for name in ["chisq.scaled", "cfi.robust", "rmsea.robust", "chisq.scaling.factor"] {
        close(of_rows.measure(name).unwrap(), of_sums.measure(name).unwrap(), 1e-8, name);
    }
    // the scaled and shifted test needs more than q (q + 1) / 2 sums
    let error = Estimation::new(Estimator::Mlmv).second_pass(&model, &found).unwrap_err();
    assert!(error.to_string().contains("tr((U Gamma)^2)"), "{error}");
}

/// The abilities as a construct of numbers.
fn construct_of_abilities() -> Construct {
    let of = ["visual", "textual", "speed"];
    let items = (1..=9).map(|i| Item::new(format!("x{i}"), of[(i - 1) / 3], "score"));
    let source = DataSource { groups: vec!["school".into()], ..DataSource::default() };
    let builder = Construct::builder("abilities")
        .scale(ResponseScale::slider("score", 0.0, 12.0))
        .items(items)
        .data(source)
        .structures([Structure::OneFactor, Structure::Correlated]);
    of.into_iter().fold(builder, |own, id| own.dimension(Dimension::new(id))).build().unwrap()
}

#[test]
fn a_validation_goes_as_far_as_sums_do() {
    let construct = construct_of_abilities();
    let plan = AggregatePlan::of_construct(&construct).unwrap().by_group("school");
    let aggregate = read(ABILITIES, &plan);
    let of_sums = Validation::of(&construct).run_aggregate(&aggregate).unwrap();
    let data = Dataset::read_csv(ABILITIES).unwrap();
    let names = abilities();
    let responses = Responses::builder(&construct)
        .answers(data.numeric(&names).unwrap())
        .group("school", data.labels("school").unwrap())
        .build()
        .unwrap();
    let of_rows = Validation::of(&construct).run(&responses).unwrap();
    assert_eq!((of_sums.n, of_sums.dimensions.len()), (301, 3));
    for (one, other) in of_rows.dimensions.iter().zip(&of_sums.dimensions) {
        let alpha = |of: &ScaleEvidence| of.reliability.as_ref().unwrap().alpha.raw.unwrap();
        close(alpha(&one.scale), alpha(&other.scale), 1e-12, &one.id);
        assert_eq!(one.scale.items.len(), other.scale.items.len());
        assert_eq!(one.scale.groups.len(), other.scale.groups.len());
        for a in &one.scale.groups {
            let b = other.scale.groups.iter().find(|b| b.group == a.group).unwrap();
            assert_eq!(a.n, b.n);
            close(a.score.unwrap().sd, b.score.unwrap().sd, 1e-12, &a.group);
        }
    }
    for (one, other) in of_rows.structures.iter().zip(&of_sums.structures) {
        assert_eq!(one.name, other.name);
        for measure in ["chisq", "rmsea", "cfi", "bic"] {
            close(one.measure(measure).unwrap(), other.measure(measure).unwrap(), 1e-9, measure);
        }
    }
    assert_eq!(of_rows.preferred().unwrap().name, of_sums.preferred().unwrap().name);
    assert_eq!(of_rows.invariance.len(), of_sums.invariance.len());
    for (one, other) in of_rows.invariance.iter().zip(&of_sums.invariance) {
        let chisq = |of: &InvarianceStudy| of.models.iter().map(|own| own.chisq.unwrap()).collect::<Vec<_>>();
        let (one, other) = (one.study.as_ref().unwrap(), other.study.as_ref().unwrap());
        chisq(one).iter().zip(chisq(other)).for_each(|(a, b)| close(*a, b, 1e-6, "a step"));
    }
    // what is concluded of a scale is the same; what needs the rows is named
    let about = |of: &Evidence| -> Vec<String> {
        of.conclusions.iter().filter(|own| own.about == "visual").map(|own| own.text.clone()).collect()
    };
    let (of_rows, of_visual) = (about(&of_rows), about(&of_sums));
    assert!(of_visual.len() > 1 && of_visual.iter().filter(|text| of_rows.contains(text)).count() > 1);
    let told: Vec<String> = of_sums.warnings.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|text| text.contains("careless") && text.contains("the rows are not here")));
    assert!(of_sums.careless.is_none() && of_sums.relations.convergent.is_empty());
}

#[test]
fn the_plan_of_a_construct_has_its_columns_codes_and_range() {
    let mut item = Item::new("pride", "d", "five").column("Q1. I am proud");
    item.reverse = true;
    let source = DataSource { missing_codes: vec!["9".into(), "none".into()], ..DataSource::default() };
    let mut construct = Construct::builder("work")
        .scale(ResponseScale::range("five", 1, 5))
        .scale(ResponseScale::slider("slider", 0.0, 100.0))
        .dimension(Dimension::new("d"))
        .items([item, Item::new("effort", "d", "slider")])
        .data(source)
        .build()
        .unwrap();
    let plan = AggregatePlan::of_construct(&construct).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.csv");
    std::fs::write(&path, "Q1. I am proud,effort\n1,10\n9,20\n4,8\n3,9\n").unwrap();
    let aggregate = Aggregate::read(&path, &plan, &AggregateOptions::default()).unwrap();
    let moments = aggregate.moments(None, &["pride", "effort"], Missing::Listwise).unwrap();
    // 9 is no answer of any item, and 1 and 4 are reversed
    assert_eq!((moments.n(), moments.mean(0), moments.mean(1)), (2, Some(3.5), Some(9.0)));
    let query = Query::new(plan, "answers", Dialect::DuckDb);
    assert!(query.statements().unwrap()[0].text.contains("CAST(\"Q1. I am proud\" AS DOUBLE)"));
    construct.items[1].column = Some(ColumnRef::Position(2));
    assert!(AggregatePlan::of_construct(&construct).unwrap_err().to_string().contains("by position"));
}

#[test]
fn sums_of_other_items_are_no_validation() {
    let construct = construct_of_abilities();
    let refusal = |names: &[String], reversed: Option<&str>| {
        let items = names.iter().map(|name| {
            let item = PlannedItem::new(name).ranging(0.0, 12.0);
            if reversed == Some(name.as_str()) { item.reversed() } else { item }
        });
        let aggregate = read(ABILITIES, &AggregatePlan::new(items).unwrap());
        Validation::of(&construct).run_aggregate(&aggregate).unwrap_err().to_string()
    };
    let names = abilities();
    assert!(refusal(&names[..8], None).contains("has no item 'x9'"));
    assert!(refusal(&names, Some("x2")).contains("'x2'"));
    let aggregate = read(ABILITIES, &AggregatePlan::of_construct(&construct).unwrap());
    let ordinal = Validation::of(&construct).level(MeasurementLevel::Ordinal).run_aggregate(&aggregate);
    assert!(matches!(ordinal.unwrap_err(), Error::Unsupported { .. }));
    // as of rows, and not listwise without a word
    let pairwise = Validation::of(&construct).missing(Missing::Pairwise).run_aggregate(&aggregate);
    assert!(matches!(pairwise.unwrap_err(), Error::Unsupported { .. }));
    // groups of the construct file that the sums are not by
    let told = Validation::of(&construct).run_aggregate(&aggregate).unwrap().warnings;
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|text| text.contains("over 'school': not done; the aggregate is not by it")));
}

#[test]
fn a_validation_of_sums_asks_of_a_sample_what_it_asks_of_rows() {
    let construct = Construct::from_path("data/professional_conduct/construct.toml").unwrap();
    let plan = AggregatePlan::of_construct(&construct).unwrap().by_group("role");
    let aggregate = read("data/professional_conduct/responses.csv", &plan);
    let found = Validation::of(&construct).run_aggregate(&aggregate).unwrap();
    // a dimension that was put to some is no part of the whole, and items are keyed against their facets
    let whole = &found.overall.as_ref().unwrap().items;
    assert_eq!(whole.len(), 38);
    assert!(whole.iter().all(|item| !item.item.starts_with("em_")));
    assert!(!found.warnings.iter().any(|own| matches!(own, psychometrics::Warning::NegativeItem { .. })));
    let told: Vec<String> = found.warnings.iter().map(ToString::to_string).collect();
    for what in
        ["over 'organisation': not done", "aggregation to groups", "'employer' of those who were asked"]
    {
        assert_eq!(told.iter().filter(|text| text.contains(what)).count(), 1, "{what}: {told:?}");
    }
    // some answers are missing, and of those that are there pairs are kept
    let reliability =
        found.map.entries.iter().find(|own| own.topic == "Reliability of the dimensions").unwrap();
    assert_eq!(reliability.limits, "the answers that are there (pairwise), one occasion");
}
