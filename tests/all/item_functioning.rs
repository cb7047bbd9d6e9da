//! Differential item functioning without a model of factors: against R, and what must hold for any data.

use ndarray::{Array2, Axis};
use psychometrics::data::{Dataset, Grouping};
use psychometrics::evidence::internal_structure::{
    Adjustment, By, FunctioningMethod, FunctioningTest, ItemFunctioning, ItemFunctioningStudy, Matching,
};
use psychometrics::{Error, Warning};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ITEMS: [&str; 4] = ["a1", "a2", "a3", "a4"];

fn likert() -> Dataset {
    Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/likert5.csv")).unwrap()
}

fn items() -> Vec<String> {
    ITEMS.map(String::from).into()
}

fn run(study: &ItemFunctioningStudy, answers: &Array2<f64>, by: &By<'_>) -> ItemFunctioning {
    study.run(&items(), answers.view(), by).unwrap()
}

fn statistic(test: Option<FunctioningTest>) -> f64 {
    test.expect("a test").statistic
}

#[track_caller]
fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() < tolerance, "{found} where {expected} is expected");
}

/// Deviances of rms 6.5-0 `lrm(item ~ x, eps = 1e-10)`, `lrm(item ~ x + group)`, `lrm(item ~ x * group)`: their
/// differences; x the sum with and without the item. Pseudo-R2 by their formulas.
#[test]
fn logistic_as_rms_has_it() {
    let (data, by) = (likert(), likert().grouping("group").unwrap());
    let answers = data.numeric(&ITEMS).unwrap();
    let sum = run(&ItemFunctioningStudy::new(FunctioningMethod::Logistic), &answers, &By::Groups(&by));
    assert_eq!(sum.n, 600);
    let expected = [
        [0.00200779332112688, 0.728466384751073, 0.7304741780722],
        [3.41261910742469, 0.554553240884388, 3.96717234830908],
        [20.4801705834225, 0.000284188753539638, 20.480454772176],
        [1.89682522808516, 6.93720240373682, 8.83402763182198],
    ];
    for (item, expected) in sum.items.iter().zip(expected) {
        for (test, expected) in [item.uniform, item.nonuniform, item.total].into_iter().zip(expected) {
            near(statistic(test), expected, 1e-6);
        }
        assert_eq!([item.uniform, item.nonuniform, item.total].map(|t| t.unwrap().df), [1, 1, 2]);
    }
    let third = &sum.items[2];
    let r2 = third.r2.unwrap();
    near(r2.mcfadden.uniform, 0.0144645586242197, 1e-8);
    near(r2.nagelkerke.total, 0.0204579527949119, 1e-8);
    near(r2.cox_snell.nonuniform, 2.52705383174678e-07, 1e-8);
    near(third.effects[0].log_odds.unwrap(), 0.893743493342412, 1e-5);
    assert_eq!(sum.named(), ["a3", "a4"]);
    assert_eq!(third.class, Some('A'));
    let rest = ItemFunctioningStudy::new(FunctioningMethod::Logistic).matching(Matching::Rest);
    let rest = run(&rest, &answers, &By::Groups(&by));
    near(statistic(rest.items[2].uniform), 25.3347203809431, 1e-6);
    near(statistic(rest.items[3].nonuniform), 5.16003370989392, 1e-6);
}

/// MASS `polr(y ~ x)`, `polr(y ~ x + g)`, `polr(y ~ x * g)`: three groups (the rows times 7, modulo 3) and a number.
#[test]
fn logistic_of_three_groups_and_of_a_number() {
    let data = likert();
    let answers = data.numeric(&ITEMS).unwrap();
    let groups = Grouping::new("g", (1..=600).map(|row| Some(["u", "v", "w"][row * 7 % 3])));
    let study = ItemFunctioningStudy::new(FunctioningMethod::Logistic);
    let found = run(&study, &answers, &By::Groups(&groups));
    near(statistic(found.items[0].uniform), 1.220677386, 1e-5);
    near(statistic(found.items[2].nonuniform), 5.295218855, 1e-5);
    assert_eq!(found.items[0].total.unwrap().df, 4);
    assert_eq!(found.groups[0].group, "v");
    let crit = data.numeric(&["crit"]).unwrap().column(0).to_vec();
    let found = run(&study, &answers, &By::Number { name: "crit", values: &crit });
    near(statistic(found.items[0].uniform), 0.4053410158, 1e-5);
    near(statistic(found.items[3].nonuniform), 6.200268515, 1e-5);
    assert!(found.groups.is_empty());
}

/// Mantel (1963) and standardised mean differences by their formulas in R, `stats::mantelhaen.test` of J x 2 x K.
#[test]
fn mantel_haenszel_of_ordinal_items() {
    let (data, by) = (likert(), likert().grouping("group").unwrap());
    let study = ItemFunctioningStudy::new(FunctioningMethod::MantelHaenszel);
    let found = run(&study, &data.numeric(&ITEMS).unwrap(), &By::Groups(&by));
    let expected = [
        [0.251618465558772, 2.95715172277982, -0.0353267944443354],
        [4.618126277336, 8.42643824113542, -0.138668518128915],
        [20.0462567528461, 20.8274808356939, 0.266722535957807],
        [1.95275400396042, 4.53900071807382, -0.0927272233845565],
    ];
    for (item, [mantel, general, smd]) in found.items.iter().zip(expected) {
        near(statistic(item.uniform), mantel, 1e-10);
        near(statistic(item.total), general, 1e-9);
        near(item.effects[0].smd.unwrap(), smd, 1e-12);
        assert_eq!((item.total.unwrap().df, item.nonuniform), (4, None));
    }
    assert_eq!(found.items[2].class, Some('B'));
}

/// `stats::mantelhaen.test(correct = TRUE)` of the answers from 3 on, by their sum; and of three groups.
#[test]
fn mantel_haenszel_of_two_categories_and_of_three_groups() {
    let data = likert();
    let answers = data.numeric(&ITEMS).unwrap();
    let binary = answers.mapv(|x| f64::from(u8::from(x >= 3.0)));
    let by = data.grouping("group").unwrap();
    let study = ItemFunctioningStudy::new(FunctioningMethod::MantelHaenszel);
    let found = run(&study, &binary, &By::Groups(&by));
    let expected = [
        (0.095905746168, 0.117944936446),
        (3.08398096723, -0.576490772671),
        (5.7847570354, 1.27854453859),
        (0.153936622146, -0.174672029571),
    ];
    for (item, (chi_square, log_odds)) in found.items.iter().zip(expected) {
        near(statistic(item.uniform), chi_square, 1e-9);
        near(item.effects[0].log_odds.unwrap().abs(), f64::abs(log_odds), 1e-9);
        near(item.effect.unwrap().abs(), 2.35 * f64::abs(log_odds), 1e-9);
    }
    // the direction is that of the standardised mean difference
    for item in &found.items {
        let effect = &item.effects[0];
        assert_eq!(effect.log_odds.unwrap() > 0.0, effect.smd.unwrap() > 0.0);
        assert_eq!(effect.log_odds.unwrap() > 0.0, effect.ets_delta.unwrap() > 0.0);
    }
    let groups = Grouping::new("g", (1..=600).map(|row| Some(["u", "v", "w"][row * 7 % 3])));
    let found = run(&study, &answers, &By::Groups(&groups));
    let expected = [7.87322442763, 13.2548932532, 5.18530389964, 5.06833566351];
    for (item, expected) in found.items.iter().zip(expected) {
        near(statistic(item.total), expected, 1e-8);
        assert_eq!((item.total.unwrap().df, item.uniform.unwrap().df), (8, 2));
    }
}

/// Four-point answers of persons by a graded model with slope 1.5; `shifted` of the last item in the second group.
fn sample(rng: &mut ChaCha8Rng, n: usize, impact: f64, shifted: f64) -> (Array2<f64>, Grouping) {
    let labels = (0..n).map(|row| Some(["a", "b"][row % 2]));
    let grouping = Grouping::new("group", labels);
    let mut answers = Array2::zeros((n, 8));
    for (row, mut own) in answers.axis_iter_mut(Axis(0)).enumerate() {
        let normal = |rng: &mut ChaCha8Rng| {
            let (u, v): (f64, f64) = (rng.random_range(1e-12..1.0), rng.random());
            (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
        };
        let level = normal(rng) + if row % 2 == 1 { impact } else { 0.0 };
        for (item, answer) in own.iter_mut().enumerate() {
            let shift = if item == 7 && row % 2 == 1 { shifted } else { 0.0 };
            let u: f64 = rng.random_range(1e-12..1.0);
            let latent = 1.5 * level + shift + (u / (1.0 - u)).ln();
            *answer = [-1.5, 0.0, 1.5].iter().filter(|cut| latent > **cut + 0.1 * item as f64).count() as f64;
        }
    }
    (answers, grouping)
}

#[test]
fn neither_order_nor_units_nor_keys_matter() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (answers, by) = sample(&mut rng, 400, 0.3, 1.0);
    let names: Vec<String> = (1..=8).map(|i| format!("x{i}")).collect();
    for method in [FunctioningMethod::Logistic, FunctioningMethod::MantelHaenszel] {
        let study = ItemFunctioningStudy::new(method).reference("a");
        let found = study.run(&names, answers.view(), &By::Groups(&by)).unwrap();
        assert_eq!(found.named(), ["x8"]);
        let order: Vec<usize> = (0..400).map(|row| row * 7 % 400).collect();
        let shuffled = answers.select(Axis(0), &order);
        let again = study.run(&names, shuffled.view(), &By::Groups(&by.of_rows(&order))).unwrap();
        let scaled = answers.mapv(|x| 10.0 + 3.0 * x);
        let other_units = study.run(&names, scaled.view(), &By::Groups(&by)).unwrap();
        let reversed = answers.mapv(|x| 3.0 - x);
        let mirrored = study.run(&names, reversed.view(), &By::Groups(&by)).unwrap();
        for other in [again, other_units, mirrored] {
            for (one, other) in found.items.iter().zip(&other.items) {
                near(statistic(other.uniform), statistic(one.uniform), 1e-6);
                near(statistic(other.total), statistic(one.total), 1e-6);
                near(other.effect.unwrap().abs(), one.effect.unwrap().abs(), 1e-8);
            }
        }
    }
}

#[test]
fn purification_finds_the_item_and_settles() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let (answers, by) = sample(&mut rng, 1000, 0.5, 1.2);
    let names: Vec<String> = (1..=8).map(|i| format!("x{i}")).collect();
    for method in [FunctioningMethod::Logistic, FunctioningMethod::MantelHaenszel] {
        let study = ItemFunctioningStudy::new(method).purify(true);
        let found = study.run(&names, answers.view(), &By::Groups(&by)).unwrap();
        let cleaned = found.purification.as_ref().unwrap();
        assert!(cleaned.is_settled && cleaned.left_out == ["x8"], "{method}: {cleaned:?}");
        assert_eq!(found.anchors.len(), 7);
        let anchored = ItemFunctioningStudy::new(method).anchors(found.anchors.clone());
        let anchored = anchored.run(&names, answers.view(), &By::Groups(&by)).unwrap();
        assert_eq!(statistic(anchored.items[7].uniform), statistic(found.items[7].uniform));
        assert!(anchored.items[0].total.is_none() && anchored.items[0].reason.is_some());
    }
}

/// Of samples in which all items work alike, those where some item is named: the level of the whole procedure. The study
/// of 1,000 samples is `examples/item_functioning_study.rs`.
#[test]
fn the_level_of_the_procedure_holds() {
    let names: Vec<String> = (1..=8).map(|i| format!("x{i}")).collect();
    for method in [FunctioningMethod::Logistic, FunctioningMethod::MantelHaenszel] {
        let mut rng = ChaCha8Rng::seed_from_u64(13);
        let study = ItemFunctioningStudy::new(method);
        let alarms = (0..100).filter(|_| {
            let (answers, by) = sample(&mut rng, 300, 0.0, 0.0);
            !study.run(&names, answers.view(), &By::Groups(&by)).unwrap().named().is_empty()
        });
        let alarms = alarms.count();
        assert!(alarms <= 11, "{alarms} of 100 where about 5 are due");
    }
}

#[test]
fn rows_groups_and_items_that_cannot_be_used_are_told() {
    let mut rng = ChaCha8Rng::seed_from_u64(14);
    let (mut answers, _) = sample(&mut rng, 120, 0.0, 0.0);
    answers[[0, 0]] = f64::NAN;
    answers.column_mut(3).fill(2.0);
    let label = |row: usize| match row {
        1 => None,
        2..5 => Some("small"),
        _ => Some(if row.is_multiple_of(2) { "a" } else { "b" }),
    };
    let by = Grouping::new("team", (0..120).map(label));
    let names: Vec<String> = (1..=8).map(|i| format!("x{i}")).collect();
    let study = ItemFunctioningStudy::new(FunctioningMethod::Logistic);
    let found = study.run(&names, answers.view(), &By::Groups(&by)).unwrap();
    assert_eq!((found.n, found.rows), (115, 120));
    assert_eq!(
        found.warnings,
        [
            Warning::RowsLeftOut { used: 119, read: 120 },
            Warning::RowsWithoutGroup { variable: "team".into(), rows: 1, read: 120 },
            Warning::SmallGroupsLeftOut {
                variable: "team".into(),
                groups: vec![("small".into(), 3)],
                fewest: 10
            },
        ]
    );
    let constant = &found.items[3];
    assert!(constant.total.is_none() && constant.reason.as_ref().unwrap().contains("same answer"));
    let alone = Grouping::new("team", (0..120).map(|row| Some(if row == 0 { "one" } else { "rest" })));
    let error = study.run(&names, answers.view(), &By::Groups(&alone)).unwrap_err();
    assert_eq!(error.code(), "too_few_groups");
    assert!(error.to_string().contains("only 'rest'"), "{error}");
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    let mut rng = ChaCha8Rng::seed_from_u64(15);
    let (answers, by) = sample(&mut rng, 100, 0.0, 0.0);
    let names: Vec<String> = (1..=8).map(|i| format!("x{i}")).collect();
    let logistic = || ItemFunctioningStudy::new(FunctioningMethod::Logistic);
    let refused =
        |study: ItemFunctioningStudy, by: &By<'_>| study.run(&names, answers.view(), by).unwrap_err();
    let groups = By::Groups(&by);
    let number = vec![1.5; 100];
    let number = By::Number { name: "age", values: &number };
    let mantel = ItemFunctioningStudy::new(FunctioningMethod::MantelHaenszel);
    assert!(matches!(refused(mantel, &number), Error::Unsupported { .. }));
    assert_eq!(refused(logistic(), &number).code(), "too_few_groups");
    assert!(refused(logistic().anchors(["x9"]), &groups).to_string().contains("x9"));
    assert!(refused(logistic().reference("c"), &groups).to_string().contains("a, b"));
    assert!(refused(logistic().alpha(1.5), &groups).to_string().contains("1.5"));
    assert!(matches!(refused(logistic().anchors(["x1"]).purify(true), &groups), Error::Unsupported { .. }));
    let few = logistic().run(&names[..2], answers.select(Axis(1), &[0, 1]).view(), &groups).unwrap_err();
    assert!(matches!(few, Error::TooFewItems { found: 2, .. }));
    let mut continuous = answers.clone();
    for (row, mut own) in continuous.axis_iter_mut(Axis(0)).enumerate() {
        own[1] = row as f64 / 7.0;
    }
    let error = logistic().run(&names, continuous.view(), &groups).unwrap_err();
    assert!(
        matches!(error, Error::ManyCategories { ref variable, found: 100, .. } if variable == "x2"),
        "{error}"
    );
    let short = logistic().run(&names, answers.select(Axis(0), &[0, 1, 2]).view(), &groups).unwrap_err();
    assert!(matches!(short, Error::WrongSize { found: 100, expected: 3, .. }));
    let without = logistic().adjustment(Adjustment::None).run(&names, answers.view(), &groups).unwrap();
    assert!(without.items.iter().filter_map(|i| i.total).all(|t| t.adjusted == t.pvalue));
}

/// Answers of one group that never vary at a level, and items that the score determines: no number that looks like an
/// estimate.
#[test]
fn separated_answers_have_no_estimates_and_say_so() {
    let level = |row: usize| row % 4;
    let answers = Array2::from_shape_fn((80, 3), |(row, item)| f64::from(u8::from(level(row) > item)));
    let by = Grouping::new("g", (0..80).map(|row| Some(["a", "b"][row / 40])));
    let names: Vec<String> = (1..=3).map(|i| format!("x{i}")).collect();
    let study = ItemFunctioningStudy::new(FunctioningMethod::Logistic);
    let found = study.run(&names, answers.view(), &By::Groups(&by)).unwrap();
    for item in &found.items {
        assert!(item.total.is_none() && item.class.is_none(), "{item:?}");
        assert!(item.reason.as_ref().unwrap().contains("separates"));
    }
    let study = ItemFunctioningStudy::new(FunctioningMethod::MantelHaenszel);
    let found = study.run(&names, answers.view(), &By::Groups(&by)).unwrap();
    assert!(found.items.iter().all(|item| item.uniform.is_none() && item.reason.is_some()));
}
