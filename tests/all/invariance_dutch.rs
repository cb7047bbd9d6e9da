//! Pages of invariance and alignment in Dutch: no English sentence is left.

use psychometrics::correlation::Ordered;
use psychometrics::data::{Dataset, Progress};
use psychometrics::evidence::internal_structure::{
    Align, AlignmentSamples, Invariance, InvariancePower, Level, SearchDirection, ShiftedParameter,
    ShiftedPopulation,
};
use psychometrics::report::{Language, Page, Report};
use psychometrics::{Estimation, Estimator, Model};

const HS: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";
/// Words that no Dutch text has.
const ENGLISH: [&str; 21] = [
    "the",
    "and",
    "with",
    "which",
    "are",
    "have",
    "groups",
    "steps",
    "share",
    "change",
    "where",
    "from",
    "first",
    "samples",
    "differ",
    "mean",
    "holds",
    "difference",
    "search",
    "found",
    "each",
];

fn none_is_left(page: Page) {
    let text = page.in_language(Language::Dutch).text();
    // models and names of authors are no sentences
    for line in text.lines().filter(|line| !line.trim_start().starts_with("- ") && !line.contains("=~")) {
        for word in line.split(|c: char| !c.is_alphabetic()) {
            assert!(!ENGLISH.contains(&word), "'{word}' in: {line}\n{text}");
        }
    }
    assert!(!text.contains("  Note"));
}

#[test]
fn pages_of_ladders_have_no_english_left() {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let model: Model = HS.parse().unwrap();
    for direction in [SearchDirection::Forward, SearchDirection::Backward] {
        for estimator in [Estimator::Ml, Estimator::Mlr] {
            let ladder = Invariance::of(Estimation::new(estimator).group("school")).search(direction);
            none_is_left(ladder.levels(Level::ALL.iter().copied()).run(&model, &data).unwrap().page());
        }
    }
    let ladder = Invariance::of(Estimation::default().group("school"));
    none_is_left(ladder.pooled(&model, &data).unwrap().page());
    none_is_left(ladder.run_imputed(&model, &[data.clone(), data.clone()]).unwrap().page());
    let time: Model = "t1 =~ x1 + x2 + x3\nt2 =~ x4 + x5 + x6".parse().unwrap();
    let study = Invariance::of(Estimation::default()).over_time(&[&["t1", "t2"]], &time, &data).unwrap();
    none_is_left(study.page());
}

#[test]
fn pages_of_ordinal_ladders_power_and_alignment_have_no_english_left() {
    let data = Dataset::read_csv("tests/data/likert5.csv").unwrap();
    let model: Model = "A =~ a1 + a2 + a3 + a4\nB =~ b1 + b2 + b3 + b4".parse().unwrap();
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group");
    for direction in [SearchDirection::Forward, SearchDirection::Backward] {
        let ladder = Invariance::of(estimation.clone()).search(direction).collapse();
        none_is_left(ladder.run(&model, &data).unwrap().page());
    }
    let population =
        ShiftedPopulation::of(&"f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse().unwrap()).unwrap();
    let population = population.shift(ShiftedParameter::Intercept, 0.5, ["x1"]).unwrap();
    let ladder = Invariance::of(Estimation::default().group("group"));
    let study = InvariancePower::of_shift(ladder, &population, &[80, 80]).unwrap().replications(5);
    none_is_left(study.run(&Progress::default()).unwrap().page());
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let textual: Model = "textual =~ x4 + x5 + x6".parse().unwrap();
    let estimation = Estimation::default().group("school");
    let samples = AlignmentSamples::of(5);
    let (found, checks) =
        samples.run(&Align::default(), &estimation, &textual, &data, &Progress::default()).unwrap();
    none_is_left(found[0].page());
    none_is_left(checks[0].page());
}

/// Figures of the page in HTML have their titles in Dutch too, and words of people stay as they are.
#[test]
fn figures_and_names_of_people() {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let study =
        Invariance::of(Estimation::default().group("school")).run(&HS.parse().unwrap(), &data).unwrap();
    let html = study.page().in_language(Language::Dutch).html(Language::Dutch).unwrap();
    for english in
        ["Expected answers by group", "no difference", "standard deviations", "Means of the factors"]
    {
        assert!(!html.contains(english), "{english}");
    }
    assert!(html.contains("Grant-White") && html.contains("geen verschil"));
}
