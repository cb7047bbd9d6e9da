//! Tables with many more columns than rows: the same numbers as from the products of all pairs, in reasonable time.

use approx::assert_relative_eq;
use ndarray::{Array2, Axis};
use proptest::prelude::*;
use psychometrics::correlation::{Correlate, Ordered};
use psychometrics::data::{CsvOptions, CsvSource};
use psychometrics::evidence::internal_structure::{ItemAnalysis, Key, Reliability, ScaleItem, ScaleSummary};
use psychometrics::moments::{Missing, Moments};
use psychometrics::{Error, Warning};
use rand::{RngExt, SeedableRng};

/// Answers 1 to 5 that go together, some columns the same as earlier ones.
fn answers(n: usize, p: usize, seed: u64) -> Array2<f64> {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Array2::zeros((n, p));
    for mut row in rows.outer_iter_mut() {
        let own: f64 = random.random_range(-1.0..1.0);
        row.iter_mut().for_each(|x| {
            *x = (3.0 + own + random.random_range(-2.0..2.0_f64)).round().clamp(1.0, 5.0);
        });
    }
    // no column is constant
    (0..p).for_each(|j| (rows[(0, j)], rows[(1, j)]) = (1.0 + (j % 3) as f64, 5.0));
    for (to, from) in [(7, 3), (p - 1, p / 2)] {
        let column = rows.column(from).to_owned();
        rows.column_mut(to).assign(&column);
    }
    rows
}

fn items(p: usize) -> Vec<ScaleItem> {
    let key = |j: usize| if j % 10 == 1 { Key::Reversed } else { Key::Forward };
    (0..p).map(|j| ScaleItem::new(format!("x{j}")).ranging(1.0, 5.0).keyed(key(j))).collect()
}

fn summary(rows: &Array2<f64>, missing: Missing) -> ScaleSummary {
    let mut summary = ScaleSummary::new(items(rows.ncols()), missing);
    summary.push(rows.view()).unwrap();
    summary
}

fn close(found: Option<f64>, expected: Option<f64>) {
    match (found, expected) {
        (Some(found), Some(expected)) => {
            assert_relative_eq!(found, expected, epsilon = 1e-12, max_relative = 1e-12)
        }
        _ => assert_eq!(found, expected),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Directly from the definitions, by the products of all pairs.
    #[test]
    fn rows_give_what_products_give(n in 5_usize..60, p in 501_usize..560, seed in any::<u64>()) {
        let rows = answers(n, p, seed);
        let keyed = Array2::from_shape_fn((n, p), |(r, j)| {
            if j % 10 == 1 { 6.0 - rows[(r, j)] } else { rows[(r, j)] }
        });
        let names = (0..p).map(|j| format!("x{j}"));
        let moments = Moments::of(names, keyed.view(), Missing::Listwise).unwrap();
        let covariance = moments.covariance(psychometrics::moments::Divisor::NMinusOne).unwrap().values;
        let all: f64 = covariance.iter().flatten().sum();
        let sd = |j: usize| covariance[j][j].sqrt();
        let r = |i: usize, j: usize| covariance[i][j] / (sd(i) * sd(j));
        let all_r: f64 = (0..p).flat_map(|i| (0..p).map(move |j| (i, j))).map(|(i, j)| r(i, j)).sum();
        for missing in [Missing::Listwise, Missing::Pairwise] {
            let analysis = ItemAnalysis::of(&summary(&rows, missing)).unwrap();
            for (i, item) in analysis.items.iter().enumerate() {
                let (own, with_all) = (covariance[i][i], covariance[i].iter().sum::<f64>());
                close(item.raw_r, Some(with_all / (own * all).sqrt()));
                close(item.r_drop, Some((with_all - own) / (own * (all - 2.0 * with_all + own)).sqrt()));
                close(item.std_r, Some((0..p).map(|j| r(i, j)).sum::<f64>() / all_r.sqrt()));
                assert_eq!(item.r_cor, None);
            }
        }
    }
}

#[test]
fn both_roads_say_the_same_of_a_scale_at_the_border() {
    // 500 items keep their products, 501 their rows
    let wide = answers(40, 501, 9);
    let narrow = wide.view().split_at(Axis(1), 500).0.to_owned();
    let of = |rows: &Array2<f64>| ItemAnalysis::of(&summary(rows, Missing::Pairwise)).unwrap();
    let (wide, narrow) = (of(&wide), of(&narrow));
    let kinds = |analysis: &ItemAnalysis| -> Vec<Warning> {
        let own = |w: &&Warning| !matches!(w, Warning::NegativeItem { .. } | Warning::FewRows { .. });
        analysis.warnings.iter().filter(own).cloned().collect()
    };
    let identical =
        |first: &str, second: &str| Warning::IdenticalItems { first: first.into(), second: second.into() };
    let mut expected = kinds(&narrow);
    assert_eq!(expected.first(), Some(&identical("x3", "x7")));
    expected.insert(1, identical("x250", "x500"));
    assert_eq!(kinds(&wide), expected);
    assert_eq!((wide.n, wide.missing), (narrow.n, narrow.missing));
    for (wide, narrow) in wide.items.iter().zip(&narrow.items) {
        assert_eq!((wide.mean, wide.sd, wide.r_cor), (narrow.mean, narrow.sd, narrow.r_cor));
        assert_eq!(wide.reasons, narrow.reasons);
    }
}

#[test]
fn gaps_and_more_rows_than_items_take_the_products() {
    let mut rows = answers(30, 520, 3);
    rows[(4, 9)] = f64::NAN;
    let listwise = ItemAnalysis::of(&summary(&rows, Missing::Listwise)).unwrap();
    assert_eq!((listwise.n, listwise.missing.rows_read), (29, 30));
    let pairwise = ItemAnalysis::of(&summary(&rows, Missing::Pairwise)).unwrap();
    assert_eq!((pairwise.n, pairwise.items[9].n, pairwise.items[9].missing), (30, 29, 1));
    let without: Vec<usize> = (0..30).filter(|r| *r != 4).collect();
    let complete = ItemAnalysis::of(&summary(&rows.select(Axis(0), &without), Missing::Listwise)).unwrap();
    for (a, b) in listwise.items.iter().zip(&complete.items) {
        close(a.r_drop, b.r_drop);
        close(a.raw_r, b.raw_r);
    }
    // pushed in parts and merged in any state: as at once
    let many = answers(700, 520, 4);
    let at_once = ItemAnalysis::of(&summary(&many, Missing::Pairwise)).unwrap();
    for rows in [600, 100, 350] {
        let (first, second) = many.view().split_at(Axis(0), rows);
        let mut merged = summary(&first.to_owned(), Missing::Pairwise);
        merged.merge(&summary(&second.to_owned(), Missing::Pairwise)).unwrap();
        let merged = ItemAnalysis::of(&merged).unwrap();
        assert_eq!(merged.n, 700);
        for (a, b) in merged.items.iter().zip(&at_once.items) {
            for (a, b) in [(a.r_drop, b.r_drop), (a.raw_r, b.raw_r), (a.std_r, b.std_r)] {
                close(a, b);
            }
        }
    }
}

#[test]
fn twenty_thousand_items_of_five_rows_are_described() {
    let rows = answers(5, 20_001, 5);
    let scale = summary(&rows, Missing::Pairwise);
    let analysis = ItemAnalysis::of(&scale).unwrap();
    assert!(analysis.items.iter().all(|item| item.r_drop.is_some() && item.raw_r.is_some()));
    let repeats = |w: &&Warning| matches!(w, Warning::IdenticalItems { .. });
    assert!(analysis.warnings.iter().filter(repeats).count() < 20_001);
    // what needs their products says that they are too many
    assert!(matches!(Reliability::of(&scale), Err(Error::Unsupported { .. })));
    let mut holed = rows;
    holed[(4, 0)] = f64::NAN;
    let found = ItemAnalysis::of(&summary(&holed, Missing::Pairwise));
    assert!(matches!(found, Err(Error::Unsupported { .. })));
    assert_eq!(ItemAnalysis::of(&summary(&holed, Missing::Listwise)).unwrap().n, 4);
}

#[test]
fn constant_and_infinite_answers_are_named() {
    let mut rows = answers(6, 600, 6);
    rows.column_mut(77).fill(4.0);
    let found = ItemAnalysis::of(&summary(&rows, Missing::Pairwise));
    assert!(matches!(found, Err(Error::ConstantItem { item, value: 4.0, n: 6 }) if item == "x77"));
    rows[(2, 77)] = f64::INFINITY;
    let found = ScaleSummary::new(items(600), Missing::Pairwise).push(rows.view());
    assert!(matches!(found, Err(Error::NotFinite { what }) if what.contains("row 3, column 'x77'")));
    let one = ItemAnalysis::of(&summary(&answers(6, 600, 6).select(Axis(0), &[0]), Missing::Pairwise));
    assert!(matches!(one, Err(Error::TooFewRows { n: 1, .. })));
}

#[test]
fn many_correlations_come_without_their_list() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.csv");
    let read = |p: usize, hole: bool| {
        let rows = answers(20, 640, 8);
        let mut text = (0..p).map(|j| format!("x{j}")).collect::<Vec<_>>().join(",");
        for (r, row) in rows.outer_iter().enumerate() {
            let cell = |j: usize| if hole && (r, j) == (5, 0) { String::new() } else { row[j].to_string() };
            text += &format!("\n{}", (0..p).map(cell).collect::<Vec<_>>().join(","));
        }
        std::fs::write(&path, text).unwrap();
        let source = CsvSource::open(&path, &CsvOptions::default()).unwrap();
        Correlate::default().ordered(Ordered::None).read(&source).unwrap()
    };
    for hole in [false, true] {
        let (few, many) = (read(630, hole), read(640, hole));
        assert_eq!((few.pairs.len(), many.pairs.len()), (630 * 629 / 2, 0));
        assert!(
            many.warnings
                .iter()
                .any(|w| matches!(w, Warning::NotDone { what, .. } if what.contains("204480")))
        );
        assert_eq!(many.get("x0", "x629"), few.get("x0", "x629"));
        let counts = many.counts();
        assert_eq!(
            (counts[0][0], counts[3][0], counts[3][4]),
            (20 - usize::from(hole), 20 - usize::from(hole), 20)
        );
        if !hole {
            assert_relative_eq!(many.smallest_eigenvalue, few.smallest_eigenvalue, epsilon = 1e-10);
        }
    }
}
