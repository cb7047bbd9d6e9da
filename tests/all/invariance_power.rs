//! Power of a ladder by simulation: what is shifted is named, what is not is not, and the same seed gives the same numbers at any
//! count of threads.

use psychometrics::correlation::Ordered;
use psychometrics::data::Progress;
use psychometrics::evidence::internal_structure::{
    Invariance, InvariancePower, InvariancePowerResult, Level, SearchDirection, ShiftedParameter,
    ShiftedPopulation,
};
use psychometrics::{Error, Estimation, Estimator, Model};

const NUMBERS: &str = "f =~ 0.7*x1 + 0.7*x2 + 0.6*x3 + 0.8*x4";

fn model(text: &str) -> Model {
    text.parse().unwrap()
}

fn study(
    population: &ShiftedPopulation,
    sizes: &[usize],
    direction: SearchDirection,
) -> InvariancePowerResult {
    let mut estimation = Estimation::new(Estimator::Ml).group("group");
    if !population.ordinal().is_empty() {
        estimation =
            Estimation::new(Estimator::Wlsmv).ordered(Ordered::Named(population.ordinal())).group("group");
    }
    let ladder = Invariance::of(estimation).search(direction);
    let study = InvariancePower::of_shift(ladder, population, sizes).unwrap().replications(24).seed(5);
    study.run(&Progress::default()).unwrap()
}

#[test]
fn a_shift_is_found_the_more_often_the_more_respondents_there_are() {
    let population = ShiftedPopulation::of(&model(NUMBERS)).unwrap().latent(0.3, 1.3);
    let none = study(&population, &[150, 150], SearchDirection::Forward);
    assert!(none.found.is_none() && none.shifted.is_empty() && none.used == 24);
    assert!(none.nothing_named > 0.85 && (none.false_named + none.nothing_named - 1.0).abs() < 1e-12);
    let population = population.shift(ShiftedParameter::Intercept, 0.4, ["x1"]).unwrap();
    for direction in [SearchDirection::Forward, SearchDirection::Backward] {
        let (few, many) =
            (study(&population, &[60, 60], direction), study(&population, &[300, 300], direction));
        assert!(many.found.unwrap() >= 0.9 && few.found.unwrap() < many.found.unwrap(), "{few:?} {many:?}");
        assert!(many.rejected["scalar"] > 0.9 && many.rejected["metric"] < 0.25);
        assert!(many.exact.unwrap() <= many.found.unwrap() && many.items["x1"] == many.found.unwrap());
        assert!(many.not_held["scalar"] >= many.rejected["scalar"]);
    }
}

#[test]
fn thresholds_and_loadings_are_shifted_too_and_several_items() {
    let cut: String = (1..=4).map(|i| format!("\nx{i} | -1*t1 + -0.2*t2 + 0.5*t3 + 1.2*t4")).collect();
    let population = ShiftedPopulation::of(&model(&format!("{NUMBERS}{cut}"))).unwrap();
    assert_eq!(population.ordinal().len(), 4);
    let shifted = population.clone().shift(ShiftedParameter::Threshold, 0.4, ["x2"]).unwrap();
    let found = study(&shifted, &[600, 600], SearchDirection::Forward);
    assert!(found.rejected["thresholds"] > 0.9 && found.found.unwrap() > 0.9, "{found:?}");
    // a step that no sample has is not told
    assert!(!found.rejected.contains_key("metric"));
    let items = population.items();
    let shifted = population.shift(ShiftedParameter::Intercept, 0.6, &items[..2]).unwrap();
    assert_eq!(shifted.shifted(), ["x1", "x2"]);
}

#[test]
fn a_fitted_model_is_a_population() {
    let data = psychometrics::data::Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let text = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6";
    let fit = Estimation::default().fit(&model(text), &data).unwrap();
    let population = ShiftedPopulation::of_fit(&fit).unwrap();
    assert_eq!(
        population.structure().unwrap().to_string(),
        model(&format!("{text}\nvisual ~~ textual")).to_string()
    );
    let sample = population.groups(&[20_000, 10]).unwrap().dataset(1).unwrap();
    // the first group has the moments that the fit implies
    let rows = sample.numeric(&["x1", "x4"]).unwrap();
    let own: Vec<(f64, f64)> = rows.outer_iter().take(20_000).map(|row| (row[0], row[1])).collect();
    let n = own.len() as f64;
    let mean = own.iter().map(|(a, _)| a).sum::<f64>() / n;
    let other = own.iter().map(|(_, b)| b).sum::<f64>() / n;
    let cov = own.iter().map(|(a, b)| (a - mean) * (b - other)).sum::<f64>() / n;
    let implied = &fit.implied_covariance()[0];
    let at = |name: &str| implied.rows.iter().position(|row| row == name).unwrap();
    assert!((cov - implied.values[at("x1")][at("x4")]).abs() < 0.05, "{cov}");
}

#[test]
fn the_same_seed_gives_the_same_bits_at_any_count_of_threads() {
    let population = ShiftedPopulation::of(&model(NUMBERS)).unwrap();
    let population = population.shift(ShiftedParameter::Loading, -0.4, ["x4"]).unwrap();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| study(&population, &[120, 90], SearchDirection::Backward))
    };
    let one = with(1);
    assert_eq!(one, with(3));
    let stored = serde_json::to_string(&one).unwrap();
    assert_eq!(serde_json::from_str::<InvariancePowerResult>(&stored).unwrap(), one);
    let text = one.to_string();
    assert!(text.contains("120 + 90") && text.contains("these and no other"), "{text}");
}

#[test]
fn what_cannot_be_drawn_is_refused_by_name() {
    let says = |error: Error, word: &str| {
        let all = format!("{error} {}", error.hint());
        assert!(all.contains(word), "{all}");
    };
    let population = || ShiftedPopulation::of(&model(NUMBERS)).unwrap();
    says(ShiftedPopulation::of(&model("f =~ x1 + x2")).unwrap_err(), "f =~ 0.7*x1");
    says(population().shift(ShiftedParameter::Intercept, 0.3, ["x9"]).unwrap_err(), "x9");
    says(population().shift(ShiftedParameter::Threshold, 0.3, ["x1"]).unwrap_err(), "thresholds");
    says(population().shift(ShiftedParameter::Loading, f64::NAN, ["x1"]).unwrap_err(), "number");
    says(population().groups(&[100]).unwrap_err(), "100");
    let out_of_order = model("f =~ 0.7*x1 + 0.7*x2 + 0.7*x3\nx1 | -0.2*t1 + 0*t2 + 0.2*t3");
    let own = ShiftedPopulation::of(&out_of_order)
        .unwrap()
        .shift(ShiftedParameter::Threshold, 0.5, ["x1"])
        .unwrap();
    says(own.groups(&[50, 50]).unwrap_err(), "do not increase");
    // seven of each say nothing, which is told
    let ladder =
        Invariance::of(Estimation::default().group("group")).levels([Level::Configural, Level::Metric]);
    let few = InvariancePower::of_shift(ladder.clone(), &population(), &[3, 2]).unwrap().replications(4);
    says(few.run(&Progress::default()).unwrap_err(), "no sample has a solution");
    let stopped = Progress::default();
    stopped.stop();
    let own = InvariancePower::of_shift(ladder, &population(), &[50, 50]).unwrap();
    assert!(matches!(own.run(&stopped), Err(Error::Stopped { .. })));
}
