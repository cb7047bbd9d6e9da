//! Evidence for aggregation: by hand, against R, and what must hold for any data.

use ndarray::{Array2, array};
use psychometrics::construct::{Code, Construct, Dimension, Item, Localized, Point, ResponseScale};
use psychometrics::data::{Grouping, Responses};
use psychometrics::evidence::internal_structure::{AggregatedScale, Aggregation, Intraclass};
use psychometrics::{Error, Result, Warning};

/// Closed forms.
const EXACT: f64 = 1e-12;
const GAP: f64 = f64::NAN;

#[track_caller]
fn near(found: Option<f64>, expected: f64) {
    let found = found.expect("a value");
    assert!((found - expected).abs() < EXACT, "{found} where {expected} is expected");
}

fn team(sizes: &[usize]) -> Grouping {
    let labels = sizes.iter().enumerate().flat_map(|(g, n)| vec![Some(format!("t{g}")); *n]);
    Grouping::new("team", labels)
}

fn aggregate(answers: &Array2<f64>, team: &Grouping, range: (f64, f64)) -> Result<Aggregation> {
    let names: Vec<String> = (1..=answers.ncols()).map(|j| format!("x{j}")).collect();
    let all = ("all".to_string(), (0..answers.ncols()).collect());
    Aggregation::of(&names, answers.view(), team, range, &[all])
}

fn only(answers: &Array2<f64>, team: &Grouping, range: (f64, f64)) -> AggregatedScale {
    aggregate(answers, team, range).unwrap().scales.remove(0)
}

#[test]
fn intraclass_correlations_of_unequal_groups_use_the_mean_size() {
    // groups 1 3 | 2 4 6 | 5: means 2, 4, 5, grand mean 21 / 6 = 3.5; between 2 * 2.25 + 3 * .25 + 2.25 = 7.5, df 2
    // within 2 + 8 = 10, df 3; MS_B 3.75, MS_W 10 / 3, k = 2: ICC(1) = (5 / 12) / (85 / 12), ICC(2) = 1 / 9
    let found = only(&array![[1.0], [3.0], [2.0], [4.0], [6.0], [5.0]], &team(&[2, 3, 1]), (1.0, 7.0));
    near(Some(found.icc1), 5.0 / 85.0);
    near(found.icc2, 1.0 / 9.0);
    near(found.f, 1.125);
    assert_eq!((found.df1, found.df2, found.mean_group_size), (2.0, 3.0, 2.0));
    // the group of a member taken at random has (4 + 9 + 1) / 6 members
    near(Some(found.design_effect), 1.0 + (14.0 / 6.0 - 1.0) * 5.0 / 85.0);
    near(found.item_design_effects[0], found.design_effect);
    // F with 2 and d degrees of freedom: P(F > f) = (1 + 2 f / d)^(-d / 2)
    near(found.pvalue, 1.75f64.powf(-1.5));
    // a group of one has no agreement
    assert_eq!((found.by_group[2].n, found.by_group[2].rwg, found.by_group[2].awg), (1, None, None));
}

#[test]
fn of_equal_groups_icc1_is_that_of_targets_whose_raters_are_their_own() {
    let ratings = array![
        [9.0, 2.0, 5.0, 8.0],
        [6.0, 1.0, 3.0, 2.0],
        [8.0, 4.0, 6.0, 8.0],
        [7.0, 1.0, 2.0, 6.0],
        [10.0, 5.0, 6.0, 9.0],
        [6.0, 2.0, 4.0, 7.0]
    ];
    let long = Array2::from_shape_vec((24, 1), ratings.iter().copied().collect()).unwrap();
    let found = only(&long, &team(&[4; 6]), (1.0, 10.0));
    // Shrout & Fleiss (1979), table 4: .17 and .44
    let classes = Intraclass::of(ratings.view()).unwrap();
    near(Some(found.icc1), classes.form("ICC1").unwrap().value.unwrap());
    near(found.icc2, classes.form("ICC1k").unwrap().value.unwrap());
    // r_wg of the same ratings, from R (var(row), uniform null of 10 points: 99 / 12 = 8.25)
    let expected = [
        -0.212121212121212,
        0.434343434343434,
        0.555555555555556,
        -0.0505050505050504,
        0.313131313131313,
        0.404040404040404,
    ];
    for (group, expected) in found.by_group.iter().zip(expected) {
        assert!((group.rwg.unwrap() - expected).abs() < 1e-12);
    }
    assert!((found.rwg.unwrap().mean - 0.240740740740741).abs() < 1e-12);
    // below zero r_wg(J) is 0
    assert_eq!(found.by_group[0].rwgj, Some(0.0));
}

#[test]
fn rwgj_and_awg_are_those_of_the_papers() {
    // one group of three, two items on 1..5: 3 4 5 (s^2 = 1) and 2 2 5 (s^2 = 3); s^2_EU = 2
    // q = (1 + 3) / 2 / 2 = 1: r_wg 0, r_wg(J) 0
    // other group 3 3 4 and 4 4 4: s^2 1/3 and 0, q = 1/12; r_wg(J) = 2 (11/12) / (22/12 + 1/12) = 22 / 23
    let answers = array![[3.0, 2.0], [4.0, 2.0], [5.0, 5.0], [3.0, 4.0], [3.0, 4.0], [4.0, 4.0]];
    let found = only(&answers, &team(&[3, 3]), (1.0, 5.0));
    near(found.by_group[0].rwg, 0.0);
    assert_eq!(found.by_group[0].rwgj, Some(0.0));
    near(found.by_group[1].rwg, 11.0 / 12.0);
    near(found.by_group[1].rwgj, 22.0 / 23.0);
    // a_wg of 3 4 5: mean 4, (6 * 4 - 16 - 5) 3 / 2 = 4.5, 1 - 2 / 4.5 = 5/9, the mean is above (5 * 2 + 1) / 3 = 3.67:
    // not interpreted. Of 2 2 5: mean 3, (18 - 9 - 5) 1.5 = 6, 1 - 6 / 6 = 0
    near(found.by_group[0].awg, 0.0);
    // 3 3 4: mean 10/3, (20 - 100/9 - 5) 1.5 = 35/6, 1 - (2/3) / (35/6) = 31/35; 4 4 4: above 3.67
    near(found.by_group[1].awg, 31.0 / 35.0);
    near(found.rwgj.map(|r| r.median), 11.0 / 23.0);
}

#[test]
fn full_agreement_is_one_and_halves_at_the_ends_are_minus_one() {
    let answers = array![[3.0], [3.0], [3.0], [3.0], [1.0], [1.0], [5.0], [5.0]];
    let found = only(&answers, &team(&[4, 4]), (1.0, 5.0));
    assert_eq!((found.by_group[0].rwg, found.by_group[0].awg), (Some(1.0), Some(1.0)));
    // s^2 = 16 / 3 is the largest there is at this mean: a_wg = 1 - 2
    near(found.by_group[1].awg, -1.0);
    near(found.by_group[1].rwg, 1.0 - 16.0 / 6.0);
    // members who never differ: all variance lies between groups, and there is no F
    let found = only(&array![[2.0], [2.0], [4.0], [4.0]], &team(&[2, 2]), (1.0, 5.0));
    assert_eq!((found.icc1, found.icc2, found.f, found.pvalue), (1.0, Some(1.0), None, None));
    // groups with the same mean: ICC(1) is as low as it can be, ICC(2) does not exist
    let found = only(&array![[2.0], [4.0], [4.0], [2.0]], &team(&[2, 2]), (1.0, 5.0));
    assert_eq!((found.icc1, found.icc2), (-1.0, None));
}

#[test]
fn the_order_of_rows_and_the_zero_of_the_scale_change_nothing() {
    let answers = Array2::from_shape_fn((12, 2), |(i, j)| 1.0 + ((i * 7 + j * 3 + i * i) % 5) as f64);
    let grouping = team(&[3, 4, 5]);
    let first = only(&answers, &grouping, (1.0, 5.0));
    let order: Vec<usize> = (0..12).map(|i| (i * 5 + 2) % 12).collect();
    let moved = only(&answers.select(ndarray::Axis(0), &order), &grouping.of_rows(&order), (1.0, 5.0));
    let shifted = only(&answers.mapv(|x| x - 3.0), &grouping, (-2.0, 2.0));
    for other in [moved, shifted] {
        near(Some(other.icc1), first.icc1);
        for (a, b) in first.by_group.iter().zip(&other.by_group) {
            assert_eq!(a.group, b.group);
            near(b.rwgj, a.rwgj.unwrap());
            near(b.awg, a.awg.unwrap());
        }
    }
}

#[test]
fn bad_input_is_named() {
    let answers = array![[1.0], [2.0], [4.0], [9.0]];
    let two = team(&[2, 2]);
    match aggregate(&answers, &two, (1.0, 5.0)) {
        Err(Error::BadCells { cells, .. }) => assert_eq!((cells[0].row, cells[0].column.as_str()), (4, "x1")),
        other => panic!("{other:?}"),
    }
    let range = aggregate(&answers, &two, (1.0, 9.5));
    assert!(matches!(range, Err(Error::BadOption { .. })));
    assert!(matches!(aggregate(&answers, &team(&[4]), (1.0, 9.0)), Err(Error::TooFewRows { n: 1, .. })));
    assert!(matches!(aggregate(&answers, &team(&[1; 4]), (1.0, 9.0)), Err(Error::TooFewRows { n: 1, .. })));
    let same = array![[2.0], [2.0], [2.0], [GAP]];
    assert!(matches!(aggregate(&same, &two, (1.0, 5.0)), Err(Error::ConstantItem { .. })));
    assert!(matches!(aggregate(&answers, &team(&[2]), (1.0, 9.0)), Err(Error::WrongSize { .. })));
    // few groups, and rows without one
    let some = Grouping::new("team", [Some("a"), Some("a"), Some("b"), Some("b"), None]);
    let found = aggregate(&array![[1.0], [2.0], [4.0], [4.0], [5.0]], &some, (1.0, 5.0)).unwrap();
    assert_eq!((found.n, found.without_group), (4, 1));
    assert!(matches!(found.warnings[0], Warning::FewGroupsToAggregate { groups: 2, .. }));
    assert!(found.warnings[0].to_string().contains("can be judged"));
    assert!(found.warnings[1].to_string().contains("no 'team'"));
    assert!(!found.to_string().contains("NaN"));
}

#[test]
fn a_dimension_of_half_points_is_left_out_and_told() {
    let half = |number: i32| Point {
        code: Code::new(f64::from(number) / 2.0).unwrap(),
        label: Localized::default(),
    };
    let points = (2..=8).map(half).collect();
    let construct = Construct::builder("c")
        .scale(ResponseScale { id: "half".into(), points, ..ResponseScale::default() })
        .scale(ResponseScale::range("five", 1, 5))
        .dimension(Dimension::new("a"))
        .dimension(Dimension::new("b"))
        .item(Item::new("a1", "a", "half"))
        .item(Item::new("b1", "b", "five"))
        .item(Item::new("b2", "b", "five"))
        .build()
        .unwrap();
    let answers: Vec<[f64; 3]> = (0..12)
        .map(|i| [1.0 + f64::from(i % 7) / 2.0, f64::from(1 + i % 5), f64::from(1 + (i * i) % 5)])
        .collect();
    let responses = Responses::builder(&construct).rows(["a1", "b1", "b2"], answers).build().unwrap();
    // half points are answers like others
    assert_eq!(responses.values()[(1, 0)], 1.5);
    let found = Aggregation::of_construct(&construct, &responses, &team(&[4, 4, 4])).unwrap();
    assert_eq!(found.scales.iter().map(|own| own.scale.as_str()).collect::<Vec<_>>(), ["b"]);
    let told = |w: &Warning| matches!(w, Warning::NotDone { what, reason } if what == "aggregation of 'a'" && reason == "its answers are no whole numbers");
    assert!(found.warnings.iter().any(told), "{:?}", found.warnings);
}
