//! Whatever takes long can be stopped in its middle, and ends soon: what was begun is finished, nothing new is begun.

use psychometrics::construct::Construct;
use psychometrics::correlation::{Correlate, Ordered};
use psychometrics::data::{CsvOptions, CsvSource, Dataset, Progress, Responses};
use psychometrics::estimate::{BootstrapOptions, ScoreMethod, StandardErrors};
use psychometrics::evidence::Validation;
use psychometrics::moments::{Missing, Moments};
use psychometrics::simulate::{Imputer, Population, Study};
use psychometrics::{Error, Estimation, Estimator, Fit, Model, Result};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

const THREE: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";
const LEVELS: &str = "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n g =~ y1 + y2 + y3 + y4";

fn read(path: &str) -> Dataset {
    Dataset::read_csv(path).unwrap()
}

fn hs() -> Dataset {
    read("data/holzinger_swineford_1939/hs.csv")
}

/// A progress that stops when it is told for the `at`-th time, and the number of times that it was told.
fn stopping_at(at: u64) -> (Progress, Arc<AtomicU64>) {
    let own: Arc<OnceLock<Progress>> = Arc::default();
    let told = Arc::new(AtomicU64::new(0));
    let progress = {
        let (own, told) = (Arc::clone(&own), Arc::clone(&told));
        Progress::new(move |_, _| {
            if told.fetch_add(1, Ordering::Relaxed) + 1 == at {
                own.get().unwrap().stop();
            }
        })
    };
    own.set(progress.clone()).unwrap();
    (progress, told)
}

fn stopped() -> Progress {
    let progress = Progress::default();
    progress.stop();
    progress
}

/// On two threads: stopped at the `at`-th of what it tells, it is told of no more than what the other thread was at.
fn stops<T: Send>(what: &str, at: u64, work: impl Fn(Progress) -> Result<T> + Sync + Send) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let (progress, told) = stopping_at(at);
    match pool.install(|| work(progress)) {
        Err(Error::Stopped { what: said }) => assert!(said.contains(what), "{said}"),
        Err(other) => panic!("{what}: {other}"),
        Ok(_) => panic!("{what} was not stopped"),
    }
    let told = told.load(Ordering::Relaxed);
    assert!(told <= at + 2, "{what}: told {told} times, stopped at {at}");
}

#[test]
fn fits_stop_at_the_next_iteration() {
    let model: Model = THREE.parse().unwrap();
    stops("fit", 2, |own| Estimation::default().progress(own).fit(&model, &hs()));
    let gaps = read("tests/data/hs_missing.csv");
    let incomplete = Estimation::new(Estimator::Mlr).missing(Missing::Fiml);
    stops("fit", 2, |own| incomplete.clone().progress(own).fit(&model, &gaps));
    let teams = read("tests/data/two_level.csv");
    let levels: Model = LEVELS.parse().unwrap();
    stops("fit", 2, |own| Estimation::default().cluster("team").progress(own).fit(&levels, &teams));
    let completed = vec![hs(), hs(), hs()];
    stops("fit", 2, |own| Estimation::default().progress(own).fit_imputed(&model, &completed));
    let rows = hs().numeric(&model.observed_names()).unwrap();
    let moments = Moments::of(model.observed_names(), rows.view(), Missing::Listwise).unwrap();
    stops("fit", 2, |own| Estimation::default().progress(own).fit_moments(&model, &moments));
}

/// What comes before the search of a fit: the saturated models, and correlations of ordinal answers.
#[test]
fn what_a_fit_starts_from_can_be_stopped() {
    let of = |model: &str, estimation: Estimation, data: &str| match estimation
        .progress(stopped())
        .fit(&model.parse().unwrap(), &read(data))
    {
        Err(Error::Stopped { what }) => what,
        other => panic!("{other:?}"),
    };
    let levels = of(LEVELS, Estimation::default().cluster("team"), "tests/data/two_level.csv");
    assert_eq!(levels, "the saturated model of both levels");
    let gaps = of(THREE, Estimation::default().missing(Missing::Fiml), "tests/data/hs_missing.csv");
    assert_eq!(gaps, "the saturated model");
    let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
    assert_eq!(of("A =~ a1 + a2 + a3 + a4", ordinal, "tests/data/likert5.csv"), "the correlations");
}

#[test]
fn repeated_work_stops_at_the_next_replicate() {
    let model: Model = THREE.parse().unwrap();
    let options = BootstrapOptions { replicates: 1000, ..BootstrapOptions::default() };
    let bootstrap = Estimation::default().standard_errors(StandardErrors::Bootstrap).bootstrap(options);
    let iterations = {
        let (progress, told) = stopping_at(u64::MAX);
        Estimation::default().progress(progress).fit(&model, &hs()).unwrap();
        told.load(Ordering::Relaxed)
    };
    stops("bootstrap", iterations + 5, |own| bootstrap.clone().progress(own).fit(&model, &hs()));
    let gaps = read("tests/data/hs_missing.csv");
    let imputer = Imputer::new(model.observed_names()).imputations(50);
    stops("imputation", 3, |own| imputer.clone().progress(own).impute(&gaps));
    let truth: Model = "f =~ 0.7*x1 + 0.7*x2 + 0.7*x3 + 0.7*x4".parse().unwrap();
    let study = Study {
        population: Population::of(&truth).unwrap(),
        model: "f =~ x1 + x2 + x3 + x4".parse().unwrap(),
        estimation: Estimation::default(),
        n: 100,
        replications: 500,
        seed: 1,
    };
    stops("study", 3, |own| study.run(&own));
    let columns = (1..=4).map(|i| format!("a{i}")).collect();
    let options = CsvOptions { columns, ..CsvOptions::default() };
    let source = CsvSource::open("tests/data/likert5.csv", &options).unwrap();
    stops("correlations", 3, |own| Correlate::default().progress(own).read(&source));
}

#[test]
fn what_is_asked_of_a_fit_stops_too() {
    let fit = |model: &str, estimation: Estimation, data: &str| -> (Fit, Progress) {
        let progress = Progress::default();
        let fit = estimation.progress(progress.clone()).fit(&model.parse().unwrap(), &read(data)).unwrap();
        (fit, progress)
    };
    let is_stopped = |found: Result<()>, what: &str| {
        assert!(matches!(&found, Err(Error::Stopped { what: said }) if said.contains(what)), "{found:?}");
    };
    let (plain, progress) = fit(THREE, Estimation::default(), "data/holzinger_swineford_1939/hs.csv");
    progress.stop();
    is_stopped(plain.profile_intervals(0.95).map(drop), "profile intervals");
    let (levels, progress) = fit(LEVELS, Estimation::default().cluster("team"), "tests/data/two_level.csv");
    progress.stop();
    is_stopped(levels.level_fit().map(drop), "fit of each level");
    let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
    let (ordinal, progress) = fit("A =~ a1 + a2 + a3 + a4", ordinal, "tests/data/likert5.csv");
    progress.stop();
    let scores = ordinal.scores(&read("tests/data/likert5.csv"), None, ScoreMethod::Ebm);
    is_stopped(scores.map(drop), "factor scores");
}

/// At every stage of a validation, in the fits within it too.
#[test]
fn a_validation_stops_wherever_it_is() {
    let construct = Construct::from_path("data/professional_conduct/construct.toml").unwrap();
    let responses = Responses::read(&construct).unwrap();
    for at in [1, 3, 7, 8, 10, 12] {
        stops("validation", at, |own| Validation::of(&construct).progress(own).run(&responses));
    }
}

/// Who may have to stop asks for few replicates first, and has the first of those that come of many.
#[test]
fn few_replicates_are_the_first_of_many() {
    let model: Model = THREE.parse().unwrap();
    let of = |replicates: usize| {
        let options = BootstrapOptions { replicates, ..BootstrapOptions::default() };
        let errors = Estimation::default().standard_errors(StandardErrors::Bootstrap).bootstrap(options);
        errors.fit(&model, &hs()).unwrap()
    };
    let (few, many) = (of(12), of(30));
    let (a, b) = (few.bootstrap.as_ref().unwrap(), many.bootstrap.as_ref().unwrap());
    assert_eq!((a.failed, b.failed), (0, 0));
    assert_eq!(a.chisq(), &b.chisq()[..12]);
    let all = a.replicates(&few.parameters).into_iter().zip(b.replicates(&many.parameters));
    for (a, b) in all.filter_map(|(a, b)| a.zip(b)) {
        assert_eq!(a, b[..12]);
    }
}
