//! Moderated nonlinear factor analysis: with a number that has two values it is a model of two groups, which lavaan fits.

use ndarray::{Array2, Axis};
use psychometrics::Error;
use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::{Moderation, ModerationStudy};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const ITEMS: [&str; 4] = ["x4", "x5", "x6", "x9"];

fn names(items: &[&str]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn schools() -> (Array2<f64>, Vec<f64>) {
    let data =
        Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/data/holzinger_swineford_1939/hs.csv"))
            .unwrap();
    let school = data.grouping("school").unwrap();
    let codes = school.codes.iter().map(|code| code.unwrap() as f64).collect();
    (data.numeric(&ITEMS).unwrap(), codes)
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{found} where {expected} is expected");
}

/// lavaan 0.6-14: `cfa("f =~ x4 + x5 + x6 + x9", group = "school", group.equal = c("loadings", "intercepts",
/// "residuals"))`, with `group.partial` of the intercept, and of the loading too: differences of 2 log L.
#[test]
fn two_values_are_two_groups() {
    let (answers, school) = schools();
    let found = ModerationStudy::default()
        .alpha(1e-12)
        .run(&names(&ITEMS), answers.view(), &[("school", &school)])
        .unwrap();
    near(found.logl_equal, LOGL, 1e-5);
    assert_eq!((found.n, found.npar, found.rounds), (301, 14, 1));
    for (item, [uniform, nonuniform]) in found.items.iter().zip(TESTS) {
        near(item.uniform.unwrap().statistic, uniform, 1e-4);
        near(item.nonuniform.unwrap().statistic, nonuniform, 1e-4);
        near(item.total.unwrap().statistic, uniform + nonuniform, 1e-4);
        assert_eq!((item.uniform.unwrap().df, item.total.unwrap().df), (1, 2));
    }
}

const LOGL: f64 = -1589.872064;
/// Of the intercept, then of the loading.
const TESTS: [[f64; 2]; 4] = [
    [1.614508587, 0.00132871294],
    [1.628070111, 7.463195508],
    [0.1357460703, 6.606840037],
    [4.98319464, 2.837774117],
];

struct Population {
    n: usize,
    /// Slopes of the last item's intercept and loading.
    item: [f64; 2],
    /// Slopes of the factor's mean and log variance.
    factor: [f64; 2],
}

fn sample(seed: u64, population: &Population) -> (Array2<f64>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
    let ages: Vec<f64> = (0..population.n).map(|_| 40.0 + 10.0 * normal()).collect();
    let mut answers = Array2::zeros((population.n, 6));
    for (row, mut own) in answers.axis_iter_mut(Axis(0)).enumerate() {
        let z = (ages[row] - 40.0) / 10.0;
        let factor = population.factor[0] * z + (0.5 * population.factor[1] * z).exp() * normal();
        for (item, y) in own.iter_mut().enumerate() {
            let own = if item == 5 { population.item } else { [0.0, 0.0] };
            *y = item as f64 + own[0] * z + (0.8 + 0.05 * item as f64 + own[1] * z) * factor + 0.7 * normal();
        }
    }
    (answers, ages)
}

fn run(answers: &Array2<f64>, ages: &[f64]) -> Moderation {
    let items: Vec<String> = (1..=6).map(|i| format!("x{i}")).collect();
    ModerationStudy::default().run(&items, answers.view(), &[("age", ages)]).unwrap()
}

#[test]
fn the_item_and_its_slopes_are_found() {
    let (answers, ages) = sample(1, &Population { n: 2000, item: [0.3, 0.2], factor: [0.4, 0.2] });
    let found = run(&answers, &ages);
    assert_eq!(found.named(), ["x6"]);
    let slope = |parameter: &str| found.items[5].slopes.iter().find(|s| s.parameter == parameter).unwrap();
    for (parameter, truth) in [("intercept", 0.3), ("loading", 0.2)] {
        let slope = slope(parameter);
        assert!((slope.per_sd - truth).abs() < 4.0 * slope.se.unwrap(), "{slope:?}");
        near(slope.per_unit * found.numbers[0].sd, slope.per_sd, 1e-12);
    }
    assert!((found.factor[0].per_sd - 0.4).abs() < 0.1 && (found.factor[1].per_sd - 0.2).abs() < 0.2);
    assert!(found.logl > found.logl_equal && found.npar == 22);
}

/// Of samples in which only the factor depends on the number, about 5 of 100 name an item.
#[test]
fn the_level_of_the_procedure_holds() {
    let alarms = (0..40).filter(|seed| {
        let (answers, ages) = sample(*seed, &Population { n: 400, item: [0.0, 0.0], factor: [0.5, 0.3] });
        !run(&answers, &ages).named().is_empty()
    });
    assert!(alarms.count() <= 6);
}

#[test]
fn units_of_numbers_and_items_and_signs_do_not_matter() {
    let (answers, ages) = sample(3, &Population { n: 500, item: [0.3, 0.0], factor: [0.2, 0.0] });
    let found = run(&answers, &ages);
    let months: Vec<f64> = ages.iter().map(|a| 1000.0 - 12.0 * a).collect();
    let other_number = run(&answers, &months);
    let mut turned = answers.mapv(|y| 1e4 * y + 1e6);
    turned.column_mut(2).mapv_inplace(|y| -y);
    let other_items = run(&turned, &ages);
    for other in [&other_number, &other_items] {
        for (one, other) in found.items.iter().zip(&other.items) {
            near(other.total.unwrap().statistic, one.total.unwrap().statistic, 1e-3);
        }
        assert_eq!(other.named(), found.named());
    }
    near(other_number.factor[0].per_unit, -found.factor[0].per_unit / 12.0, 1e-4);
}

#[test]
fn incomplete_rows_count_with_what_is_there() {
    let (mut answers, mut ages) = sample(4, &Population { n: 600, item: [0.4, 0.0], factor: [0.2, 0.0] });
    for row in 0..600 {
        answers[[row, row % 6]] = if row % 3 == 0 { f64::NAN } else { answers[[row, row % 6]] };
    }
    ages[5] = f64::NAN;
    answers.row_mut(7).fill(f64::NAN);
    let found = run(&answers, &ages);
    assert_eq!((found.n, found.rows), (598, 600));
    assert_eq!(found.warnings.len(), 1);
    assert_eq!(found.named(), ["x6"]);
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    let (answers, ages) = sample(5, &Population { n: 60, item: [0.0, 0.0], factor: [0.0, 0.0] });
    let items: Vec<String> = (1..=6).map(|i| format!("x{i}")).collect();
    let study = ModerationStudy::default();
    let error = study.run(&items, answers.view(), &[("age", &vec![3.0; 60])]).unwrap_err();
    assert!(matches!(error, Error::ConstantItem { ref item, .. } if item == "age"));
    assert!(matches!(study.run(&items, answers.view(), &[]), Err(Error::BadOption { .. })));
    assert!(matches!(
        study.run(&items, answers.view(), &[("age", &ages[..50])]),
        Err(Error::WrongSize { found: 50, .. })
    ));
    let two = answers.select(Axis(1), &[0, 1]);
    assert!(matches!(study.run(&items[..2], two.view(), &[("age", &ages)]), Err(Error::TooFewItems { .. })));
    let few = answers.select(Axis(0), &[0, 1, 2, 3, 4]);
    assert!(matches!(
        study.run(&items, few.view(), &[("age", &ages[..5])]),
        Err(Error::TooFewRows { n: 5, .. })
    ));
    assert!(study.alpha(0.0).run(&items, answers.view(), &[("age", &ages)]).is_err());
}
