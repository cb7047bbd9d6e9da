//! Moments against R, and what must hold whatever the data.
//!
//! Tolerance 1e-12 relative: closed forms, and R keeps 15 digits.

use crate::table;
use approx::assert_relative_eq;
use ndarray::{Array2, Axis};
use proptest::prelude::*;
use psychometrics::Error;
use psychometrics::moments::{Distribution, Divisor, LabelledMatrix, Missing, Moments};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution as _, StandardNormal};

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn names(p: usize) -> Vec<String> {
    (1..=p).map(|i| format!("v{i}")).collect()
}

fn assert_matrix(ours: &LabelledMatrix, theirs: &serde_json::Value) {
    for (row, expected) in ours.values.iter().zip(theirs.as_array().unwrap()) {
        for (value, expected) in row.iter().zip(numbers(expected)) {
            assert_relative_eq!(*value, expected, max_relative = 1e-12, epsilon = 1e-13);
        }
    }
}

#[test]
fn covariances_and_correlations_are_those_of_r() {
    for case in table::reference("r_moments.json")["cases"].as_array().unwrap() {
        let names = table::strings(&case["items"]);
        let missing = if case["missing"] == "pairwise" { Missing::Pairwise } else { Missing::Listwise };
        let rows = table::columns(case["data"].as_str().unwrap(), &names);
        let moments = Moments::of(names, rows.view(), missing).unwrap();
        assert_matrix(&moments.covariance(Divisor::NMinusOne).unwrap(), &case["covariance"]);
        assert_matrix(&moments.correlation().unwrap(), &case["correlation"]);
        for (mean, expected) in moments.means().unwrap().into_iter().zip(numbers(&case["mean"])) {
            assert_relative_eq!(mean, expected, max_relative = 1e-12);
        }
    }
}

#[test]
fn weighted_moments_are_those_of_r() {
    let case = &table::reference("r_moments.json")["weighted"];
    let names = table::strings(&case["items"]);
    let rows = table::columns("attitude.csv", &names);
    let weights: Vec<f64> = (0..30).map(|i| f64::from(1 + i % 4)).collect();
    for missing in [Missing::Listwise, Missing::Pairwise] {
        let mut moments = Moments::new(names.clone(), missing);
        moments.push_weighted(rows.view(), &weights).unwrap();
        assert_matrix(&moments.covariance(Divisor::N).unwrap(), &case["covariance"]);
        for (mean, expected) in moments.means().unwrap().into_iter().zip(numbers(&case["mean"])) {
            assert_relative_eq!(mean, expected, max_relative = 1e-12);
        }
        let (n, unbiased) =
            (moments.covariance(Divisor::N).unwrap(), moments.covariance(Divisor::NMinusOne).unwrap());
        assert_relative_eq!(unbiased.values[0][1], n.values[0][1] * 30.0 / 29.0, max_relative = 1e-14);
    }
}

/// Noise of standard deviation 1 on a column at a billion: the noise is what counts.
///
/// The doubles there lie 1.2e-7 apart, so the noise itself is rounded first (to 2^-20).
#[test]
fn a_large_mean_does_not_wash_the_variance_away() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let n = 20_000;
    let noise = Array2::from_shape_fn((n, 3), |_| {
        let z: f64 = StandardNormal.sample(&mut random);
        (z * 1_048_576.0).round() / 1_048_576.0
    });
    let mut shifted = noise.clone();
    shifted.column_mut(0).mapv_inplace(|x| x + 1e9);
    shifted.column_mut(2).mapv_inplace(|x| x - 4e9);
    let small = Moments::of(names(3), noise.view(), Missing::Listwise).unwrap();
    let small = small.covariance(Divisor::NMinusOne).unwrap();
    let direct = |a: usize, b: usize| {
        let (x, y) = (noise.column(a), noise.column(b));
        let (mx, my) = (x.sum() / n as f64, y.sum() / n as f64);
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum::<f64>() / (n as f64 - 1.0)
    };
    for missing in [Missing::Listwise, Missing::Pairwise] {
        let mut halves = shifted.axis_chunks_iter(Axis(0), 7_001);
        let mut large = Moments::new(names(3), missing);
        for part in halves.by_ref() {
            large.merge(&Moments::of(names(3), part, missing).unwrap()).unwrap();
        }
        let large = large.covariance(Divisor::NMinusOne).unwrap();
        for i in 0..3 {
            for j in 0..3 {
                let scale = direct(i, i).max(direct(j, j));
                assert_relative_eq!(large.values[i][j], small.values[i][j], epsilon = 1e-10 * scale);
                assert_relative_eq!(small.values[i][j], direct(i, j), epsilon = 1e-12 * scale);
            }
        }
    }
}

#[test]
fn a_constant_column_has_no_variance_at_all_and_no_correlation() {
    let mut rows = Array2::from_shape_fn((5_000, 2), |(r, c)| if c == 0 { 0.1 } else { (r % 7) as f64 });
    rows[(3_333, 1)] = f64::NAN;
    let moments = Moments::of(names(2), rows.view(), Missing::Pairwise).unwrap();
    assert_eq!(moments.covariance(Divisor::N).unwrap().get("v1", "v1"), Some(0.0));
    assert!(matches!(
        moments.correlation(),
        Err(Error::ConstantItem { item, value, n: 5_000 }) if item == "v1" && value == 0.1
    ));
}

#[test]
fn what_cannot_be_known_is_named() {
    let hole = f64::NAN;
    let apart = ndarray::array![[1.0, hole, 3.0], [2.0, hole, 1.0], [hole, 1.0, 2.0], [hole, 5.0, 2.5]];
    let moments = Moments::of(names(3), apart.view(), Missing::Pairwise).unwrap();
    assert!(matches!(
        moments.covariance(Divisor::N),
        Err(Error::NeverTogether { first, second }) if first == "v1" && second == "v2"
    ));
    assert_eq!((moments.n(), moments.pair_n(0, 2), moments.mean(1)), (4, 2, Some(3.0)));
    let listwise = Moments::of(names(3), apart.view(), Missing::Listwise).unwrap();
    assert!(matches!(listwise.covariance(Divisor::N), Err(Error::TooFewRows { n: 0, needed: 1, .. })));
    assert_eq!((listwise.n(), listwise.rows_read(), listwise.means()), (0, 4, None));

    let empty = Array2::from_elem((3, 1), hole);
    let empty = Moments::of(names(1), empty.view(), Missing::Pairwise).unwrap();
    assert!(matches!(empty.covariance(Divisor::N), Err(Error::EmptyColumn { rows: 3, .. })));

    let mut moments = Moments::new(names(2), Missing::Pairwise);
    let two = ndarray::array![[1.0, 2.0], [3.0, f64::INFINITY]];
    let infinite = moments.push(two.view()).unwrap_err();
    assert_eq!(infinite.to_string(), "row 2, column 'v2' is not a finite number");
    let two = ndarray::array![[1.0, 2.0], [3.0, 4.0]];
    for weight in [0.0, -1.0, f64::NAN] {
        let bad = Moments::new(names(2), Missing::Pairwise).push_weighted(two.view(), &[1.0, weight]);
        assert!(matches!(bad, Err(Error::BadWeight { row: 2, .. })));
    }
    let short = Moments::new(names(2), Missing::Pairwise).push_weighted(two.view(), &[1.0]);
    assert!(matches!(short, Err(Error::WrongSize { found: 1, expected: 2, .. })));
    let wide = Moments::new(names(3), Missing::Pairwise).push(two.view());
    assert!(matches!(wide, Err(Error::WrongSize { found: 2, expected: 3, .. })));
    assert!(matches!(
        Moments::new(names(2), Missing::Pairwise).select(&["v1", "V2"]),
        Err(Error::UnknownColumn { nearest: Some(name), .. }) if name == "v2"
    ));
}

/// Rows of answers 1 to 5 with holes, as a matrix.
fn answers(p: usize) -> impl Strategy<Value = Array2<f64>> {
    let cell = prop_oneof![5 => (1..=5i32).prop_map(f64::from), 1 => Just(f64::NAN)];
    (8..60usize).prop_flat_map(move |n| {
        prop::collection::vec(cell.clone(), n * p)
            .prop_map(move |cells| Array2::from_shape_vec((n, p), cells).unwrap())
    })
}

/// All that moments say, or nothing when it cannot be known.
fn known(moments: &Moments) -> Option<(usize, Vec<f64>, LabelledMatrix)> {
    Some((moments.n(), moments.means()?, moments.covariance(Divisor::NMinusOne).ok()?))
}

fn near(a: &Moments, b: &Moments) -> Result<(), TestCaseError> {
    let (a, b) = (known(a), known(b));
    prop_assert_eq!(a.is_some(), b.is_some());
    if let (Some(a), Some(b)) = (a, b) {
        prop_assert_eq!(a.0, b.0);
        for (x, y) in a.1.iter().zip(&b.1) {
            prop_assert!((x - y).abs() < 1e-12, "{} {}", x, y);
        }
        for (x, y) in a.2.values.iter().flatten().zip(b.2.values.iter().flatten()) {
            prop_assert!((x - y).abs() < 1e-11, "{} {}", x, y);
        }
    }
    Ok(())
}

fn policies() -> impl Strategy<Value = Missing> {
    prop_oneof![Just(Missing::Listwise), Just(Missing::Pairwise)]
}

proptest! {
    #[test]
    fn two_halves_merged_equal_the_whole(rows in answers(4), cut in 0.0..1.0f64, missing in policies()) {
        let whole = Moments::of(names(4), rows.view(), missing).unwrap();
        let (top, bottom) = rows.view().split_at(Axis(0), (cut * rows.nrows() as f64) as usize);
        let mut merged = Moments::of(names(4), top, missing).unwrap();
        merged.merge(&Moments::of(names(4), bottom, missing).unwrap()).unwrap();
        near(&whole, &merged)?;
        let mut pushed = Moments::of(names(4), top, missing).unwrap();
        pushed.push(bottom).unwrap();
        near(&whole, &pushed)?;
        prop_assert_eq!(merged.rows_read(), rows.nrows());
    }

    #[test]
    fn the_order_of_rows_and_columns_does_not_matter(rows in answers(3), missing in policies()) {
        let whole = Moments::of(names(3), rows.view(), missing).unwrap();
        let backwards: Vec<usize> = (0..rows.nrows()).rev().collect();
        near(&whole, &Moments::of(names(3), rows.select(Axis(0), &backwards).view(), missing).unwrap())?;
        let order = ["v3", "v1", "v2"];
        let columns = rows.select(Axis(1), &[2, 0, 1]);
        let permuted = Moments::of(order.map(String::from), columns.view(), missing).unwrap();
        near(&permuted, &whole.select(&order).unwrap())?;
    }

    #[test]
    fn shift_and_scale_go_through(rows in answers(3), shift in -1e3..1e3f64, scale in 0.1..10.0f64, missing in policies()) {
        let plain = Moments::of(names(3), rows.view(), missing).unwrap();
        let moved = Moments::of(names(3), rows.mapv(|x| shift + scale * x).view(), missing).unwrap();
        if let (Some(a), Some(b)) = (known(&plain), known(&moved)) {
            for (x, y) in a.1.iter().zip(&b.1) {
                prop_assert!((shift + scale * x - y).abs() < 1e-12 * (1.0 + shift.abs()) * scale.max(1.0));
            }
            for (x, y) in a.2.values.iter().flatten().zip(b.2.values.iter().flatten()) {
                prop_assert!((scale * scale * x - y).abs() < 1e-9 * scale * scale);
            }
        }
    }

    #[test]
    fn equal_weights_are_no_weights(rows in answers(3), weight in 0.01..100.0f64, missing in policies()) {
        let plain = Moments::of(names(3), rows.view(), missing).unwrap();
        let mut weighted = Moments::new(names(3), missing);
        weighted.push_weighted(rows.view(), &vec![weight; rows.nrows()]).unwrap();
        near(&plain, &weighted)?;
    }

    #[test]
    fn without_missing_values_pairwise_is_listwise(rows in answers(4)) {
        let full = rows.mapv(|x| if x.is_nan() { 3.0 } else { x });
        let listwise = Moments::of(names(4), full.view(), Missing::Listwise).unwrap();
        let pairwise = Moments::of(names(4), full.view(), Missing::Pairwise).unwrap();
        prop_assert_eq!(known(&listwise), known(&pairwise));
    }

    #[test]
    fn a_variable_has_one_mean_and_sd(rows in answers(2)) {
        let moments = Moments::of(names(2), rows.view(), Missing::Pairwise).unwrap();
        let column = rows.column(0).to_vec();
        let distribution = Distribution::of(&column).unwrap();
        prop_assert_eq!(moments.pair_n(0, 0), distribution.n());
        if let (Some(a), Some(b)) = (moments.standard_deviation(0), distribution.sd()) {
            prop_assert!((a - b).abs() < 1e-13 * (1.0 + a));
            prop_assert!((moments.mean(0).unwrap() - distribution.mean().unwrap()).abs() < 1e-13 * 5.0);
        }
        let twice = Distribution::of(&column.repeat(2)).unwrap();
        let mut merged = distribution.clone();
        merged.merge(&distribution);
        prop_assert_eq!(merged.frequencies(), twice.frequencies());
        prop_assert_eq!(twice.median(), distribution.median());
    }
}
