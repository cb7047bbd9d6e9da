//! What differs between groups is found from either side, and nothing is where nothing differs.

use psychometrics::correlation::Ordered;
use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::{
    Adjustment, Invariance, PartialInvariance, SearchDirection, ShiftedParameter, ShiftedPopulation,
};
use psychometrics::{Estimation, Estimator, Model};

const BOTH: [SearchDirection; 2] = [SearchDirection::Forward, SearchDirection::Backward];

fn model(text: &str) -> Model {
    text.parse().unwrap()
}

/// Six items of a factor, in five categories where they are ordinal.
fn population(is_ordinal: bool) -> ShiftedPopulation {
    let mut text = String::from("f =~ 0.65*x1 + 0.7*x2 + 0.75*x3 + 0.6*x4 + 0.65*x5 + 0.7*x6\n");
    for i in 1..=6 {
        if is_ordinal {
            text += &format!("x{i} | -1.3*t1 + -0.5*t2 + 0.4*t3 + 1.2*t4\n");
        }
    }
    ShiftedPopulation::of(&model(&text)).unwrap().latent(0.3, 1.2)
}

fn searched(data: &Dataset, estimator: Estimator, direction: SearchDirection) -> PartialInvariance {
    let mut estimation = Estimation::new(estimator).group("group");
    if estimator.takes_ordinal() {
        estimation = estimation.ordered(Ordered::All);
    }
    let model = model("f =~ x1 + x2 + x3 + x4 + x5 + x6");
    let study = Invariance::of(estimation).search(direction).run(&model, data).unwrap();
    study.partial.unwrap()
}

fn different(partial: &PartialInvariance) -> Vec<String> {
    partial.anchors.iter().flat_map(|own| own.different.clone()).collect()
}

#[test]
fn a_shifted_item_is_named_from_both_sides_whatever_is_shifted() {
    for (estimator, parameter, size) in [
        (Estimator::Ml, ShiftedParameter::Intercept, 0.5),
        (Estimator::Mlr, ShiftedParameter::Loading, -0.45),
        (Estimator::Wlsmv, ShiftedParameter::Threshold, 0.5),
        (Estimator::Wlsmv, ShiftedParameter::Intercept, 0.5),
        (Estimator::Wlsmv, ShiftedParameter::Loading, 0.4),
    ] {
        let own = population(estimator.takes_ordinal()).shift(parameter, size, ["x3"]).unwrap();
        let data = own.groups(&[500, 500]).unwrap().dataset(7).unwrap();
        for direction in BOTH {
            let partial = searched(&data, estimator, direction);
            assert_eq!(
                different(&partial),
                ["x3"],
                "{estimator} {parameter} {direction}: {:?}",
                partial.released
            );
            assert_eq!((partial.search, partial.cut_short), (direction, None));
            let named = match parameter {
                ShiftedParameter::Intercept => vec!["x3~1"],
                ShiftedParameter::Loading => vec!["f=~x3", "x3~1"],
                _ => vec!["x3|t2"],
            };
            assert_eq!(partial.released, named, "{estimator} {parameter} {direction}");
        }
    }
}

#[test]
fn nothing_is_named_where_only_the_factor_differs() {
    for estimator in [Estimator::Ml, Estimator::Wlsmv] {
        let own = population(estimator.takes_ordinal());
        let data = own.groups(&[400, 300, 300]).unwrap().dataset(11).unwrap();
        for direction in BOTH {
            let partial = searched(&data, estimator, direction);
            assert!(partial.released.is_empty(), "{estimator} {direction}: {:?}", partial.released);
            assert!(partial.steps.iter().all(|step| !step.released));
        }
    }
}

/// Of the schools of Holzinger and Swineford both ways name the intercepts of x3 and x7; the order of items, and which of them
/// is first, is nothing to the backward search.
#[test]
fn the_schools_differ_in_two_intercepts_from_both_sides() {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let texts = [
        "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9",
        "speed =~ x7 + x9 + x8\nvisual =~ x3 + x2 + x1\ntextual =~ x6 + x5 + x4",
    ];
    let of = |text: &str, correction| {
        let ladder = Invariance::of(Estimation::default().group("school")).search(SearchDirection::Backward);
        ladder.correction(correction).run(&model(text), &data).unwrap().partial.unwrap()
    };
    for correction in [Adjustment::Holm, Adjustment::BenjaminiHochberg] {
        let (one, other) = (of(texts[0], correction), of(texts[1], correction));
        for partial in [&one, &other] {
            let mut released = partial.released.clone();
            released.sort();
            assert_eq!(released, ["x3~1", "x7~1"]);
        }
        for step in &one.steps {
            let same = other.steps.iter().find(|own| own.parameter == step.parameter).unwrap();
            assert!((step.test.statistic / same.test.statistic - 1.0).abs() < 1e-4, "{}", step.parameter);
        }
        // the differences that were tested are told
        let last = one.steps.last().unwrap();
        assert_eq!((last.released, last.test.changes.len(), last.test.changes[0].epc), (true, 2, 0.0));
    }
}

#[test]
fn two_categories_and_fits_without_standard_errors_are_searched_forward_only() {
    let text = "f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4\nx1 | 0*t1\nx2 | 0*t1\nx3 | 0*t1\nx4 | 0*t1";
    let data = ShiftedPopulation::of(&model(text)).unwrap().groups(&[300, 300]).unwrap().dataset(1).unwrap();
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group");
    let ladder = Invariance::of(estimation).search(SearchDirection::Backward);
    let error = ladder.run(&model("f =~ x1 + x2 + x3 + x4"), &data).unwrap_err();
    let all = format!("{error} {}", error.hint());
    assert!(all.contains("two categories ('x1')") && all.contains("--search forward"), "{all}");
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let estimation =
        Estimation::default().group("school").standard_errors(psychometrics::estimate::StandardErrors::None);
    let ladder = Invariance::of(estimation).search(SearchDirection::Backward);
    let error = ladder.run(&model("f =~ x1 + x2 + x3"), &data).unwrap_err();
    assert!(format!("{error} {}", error.hint()).contains("--search forward"), "{error}");
}

/// Of three thresholds that are not those of the first group nobody can tell which differs; of four one is enough.
#[test]
fn the_fewest_thresholds_are_free() {
    let text = |cut: &str| -> String {
        let items = (1..=5).map(|i| format!("x{i} | {cut}\n")).collect::<String>();
        format!("f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4 + 0.7*x5\n{items}")
    };
    let of = |cut: &str| {
        let own = ShiftedPopulation::of(&model(&text(cut))).unwrap();
        let own = own.shift(ShiftedParameter::Threshold, 0.55, ["x2"]).unwrap();
        let data = own.groups(&[800, 800]).unwrap().dataset(3).unwrap();
        let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group");
        let ladder = Invariance::of(estimation).search(SearchDirection::Backward);
        ladder.run(&model("f =~ x1 + x2 + x3 + x4 + x5"), &data).unwrap().partial.unwrap()
    };
    assert_eq!(of("-1.3*t1 + -0.5*t2 + 0.4*t3 + 1.2*t4").released, ["x2|t2"]);
    let three = of("-1*t1 + 0*t2 + 1*t3");
    assert_eq!(three.released, ["x2|t1", "x2|t2", "x2|t3"]);
    assert!(three.converged && three.steps.iter().filter(|step| step.parameter.contains("x2")).count() == 1);
}
