//! Data from populations, and Monte-Carlo studies of them.

use approx::assert_relative_eq;
use psychometrics::correlation::Ordered;
use psychometrics::data::Progress;
use psychometrics::model::Scaling;
use psychometrics::simulate::{Missingness, Population, Study};
use psychometrics::{Error, Estimation, Estimator, Model};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const TRUTH: &str =
    "visual =~ 0.8*x1 + 0.6*x2 + 0.5*x3; speed =~ 0.7*x7 + 0.7*x8 + 0.6*x9; speed ~ 0.4*visual";

fn population(text: &str) -> Population {
    Population::of(&text.parse().unwrap()).unwrap()
}

fn refused(text: &str) -> Error {
    Population::of(&text.parse().unwrap()).unwrap_err()
}

#[test]
fn samples_have_the_moments_of_the_model() {
    let own = population("f =~ 0.8*x + 0.6*y + 0.5*z; x ~ 2*1; z ~~ 3*z");
    let n = 100_000;
    let rows = own.draw(n, 5).into_array();
    let mean = |i: usize| rows.column(i).mean().unwrap();
    let covariance =
        |i: usize, j: usize| (&rows.column(i) - mean(i)).dot(&(&rows.column(j) - mean(j))) / n as f64;
    // residual variances complete 1, but for z
    for (i, j, value) in [(0, 0, 1.0), (1, 1, 1.0), (2, 2, 3.25), (0, 1, 0.48), (0, 2, 0.40), (1, 2, 0.30)] {
        let names = ["x", "y", "z"];
        assert_relative_eq!(own.covariance(names[i], names[j]).unwrap(), value, epsilon = 1e-12);
        // four standard errors of a covariance under normality
        let variance =
            own.covariance(names[i], names[i]).unwrap() * own.covariance(names[j], names[j]).unwrap();
        let error = ((variance + value * value) / n as f64).sqrt();
        assert!((covariance(i, j) - value).abs() < 4.0 * error, "{i} {j}: {}", covariance(i, j));
    }
    assert!((mean(0) - 2.0).abs() < 4.0 / (n as f64).sqrt());
    assert!(mean(1).abs() < 4.0 / (n as f64).sqrt());
}

#[test]
fn structural_outcomes_have_variance_one() {
    let own = population(TRUTH);
    for name in own.names() {
        assert_relative_eq!(own.covariance(name, name).unwrap(), 1.0, epsilon = 1e-12);
    }
    assert_relative_eq!(own.covariance("x1", "x7").unwrap(), 0.8 * 0.4 * 0.7, epsilon = 1e-12);
}

#[test]
fn nonnormal_variables_keep_their_correlations_and_have_their_own_moments() {
    let own = population("f =~ 0.8*x + 0.7*y; x ~~ 0.36*x").nonnormal(2.0, 7.0).unwrap();
    let n = 400_000;
    let rows = own.draw(n, 2).into_array();
    let moment = |i: usize, power: i32| rows.column(i).mapv(|x| x.powi(power)).mean().unwrap();
    for i in 0..2 {
        assert_relative_eq!(moment(i, 2), 1.0, epsilon = 0.03);
        assert_relative_eq!(moment(i, 3), 2.0, epsilon = 0.15);
        assert_relative_eq!(moment(i, 4) - 3.0, 7.0, epsilon = 1.5);
    }
    let r = (&rows.column(0) * &rows.column(1)).mean().unwrap();
    assert_relative_eq!(r, 0.56, epsilon = 0.02);
    assert!(matches!(population(TRUTH).nonnormal(2.0, 1.0), Err(Error::BadOption { .. })));
}

#[test]
fn thresholds_make_categories() {
    let own = population("f =~ 0.8*x + 0.7*y; x | -1*t1 + 0.5*t2");
    let rows = own.draw(50_000, 9).into_array();
    let share = |k: f64| rows.column(0).iter().filter(|x| **x == k).count() as f64 / 50_000.0;
    // Phi(-1) = .1587, Phi(.5) = .6915
    for (k, p) in [(1.0, 0.158_655), (2.0, 0.691_462 - 0.158_655), (3.0, 1.0 - 0.691_462)] {
        assert!((share(k) - p).abs() < 4.0 * (p * (1.0 - p) / 50_000.0).sqrt(), "{k}: {}", share(k));
    }
    let down = refused("f =~ 0.8*x + 0.7*y; x | 1*t1 + 0.5*t2");
    assert!(matches!(&down, Error::BadModel { what, .. } if what.contains("'x'")), "{down}");
    let without = refused("f =~ 0.8*x + 0.7*y; x | t1");
    assert!(matches!(&without, Error::BadModel { what, .. } if what.contains("x | t1")), "{without}");
}

#[test]
fn answers_are_missing_as_often_as_asked_and_where() {
    let n = 50_000;
    let at_random = population(TRUTH).missing(Missingness::CompletelyAtRandom { share: 0.1 }).unwrap();
    let rows = at_random.draw(n, 4).into_array();
    let missing = |column: usize| rows.column(column).iter().filter(|x| x.is_nan()).count() as f64 / n as f64;
    for column in 0..6 {
        assert!((missing(column) - 0.1).abs() < 4.0 * (0.09 / n as f64).sqrt(), "{}", missing(column));
    }
    let given = Missingness::AtRandom { share: 0.2, given: "x1".into() };
    let rows = population(TRUTH).missing(given).unwrap().draw(n, 4).into_array();
    assert!(rows.column(0).iter().all(|x| !x.is_nan()));
    let among = |high: bool| {
        let (gone, all) = rows
            .outer_iter()
            .filter(|row| (row[0] > 0.0) == high)
            .fold((0.0, 0.0), |(g, a), row| (g + f64::from(u8::from(row[3].is_nan())), a + 1.0));
        gone / all
    };
    // 2 share E[Phi(z) | z > 0] = 0.4 * 3/4, and 0.4 / 4 below
    assert!((among(true) - 0.3).abs() < 0.012 && (among(false) - 0.1).abs() < 0.008);
    let unknown = population(TRUTH).missing(Missingness::AtRandom { share: 0.2, given: "x11".into() });
    assert!(matches!(unknown, Err(Error::UnknownColumn { nearest: Some(near), .. }) if near == "x1"));
    let much = population(TRUTH).missing(Missingness::CompletelyAtRandom { share: 1.5 });
    assert!(matches!(much, Err(Error::BadOption { .. })));
}

#[test]
fn the_same_seed_gives_the_same_rows_at_any_number_of_threads() {
    let own = population(TRUTH).missing(Missingness::CompletelyAtRandom { share: 0.1 }).unwrap();
    let of = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| own.draw(3000, seed)).into_array().mapv(f64::to_bits)
    };
    assert_eq!(of(1, 8), of(3, 8));
    assert_ne!(of(1, 8), of(1, 9));
}

#[test]
fn what_a_population_lacks_is_named() {
    let without = refused("f =~ 0.8*x1 + x2");
    assert!(matches!(&without, Error::BadModel { what, .. } if what.contains("f =~ x2")), "{without}");
    let much = refused("f =~ 0.8*x1 + 1.2*x2");
    assert!(matches!(&much, Error::BadModel { what, .. } if what.contains("'x2'")), "{much}");
    let outcome = refused("f =~ 0.8*x1 + 0.7*x2; g =~ 0.8*y1 + 0.7*y2; g ~ 1.5*f");
    assert!(matches!(&outcome, Error::BadModel { what, .. } if what.contains("'g'")), "{outcome}");
    let crossed = refused("f =~ 0.8*x1 + 0.7*x2; g =~ 0.8*y1 + 0.7*y2; f ~~ 1.5*g; x1 ~~ 1*x1; y1 ~~ 0.1*y1");
    assert!(matches!(crossed, Error::NotPositiveDefinite { .. }), "{crossed}");
}

fn study(model: &str, replications: usize, estimator: Estimator) -> Study {
    Study {
        population: population(TRUTH),
        model: model.parse::<Model>().unwrap(),
        estimation: Estimation::new(estimator),
        n: 400,
        replications,
        seed: 21,
    }
}

#[test]
fn a_study_of_the_true_model_covers_and_one_of_a_false_model_rejects() {
    let told = Arc::new(AtomicU64::new(0));
    let hook = Arc::clone(&told);
    let progress = Progress::new(move |done, total| {
        assert!(done <= total && total == 600);
        hook.fetch_add(1, Ordering::Relaxed);
    });
    let own = study("visual =~ x1 + x2 + x3; speed =~ x7 + x8 + x9", 600, Estimator::Mlr);
    let found = own.run(&progress).unwrap();
    assert_eq!(told.load(Ordering::Relaxed), 600);
    assert_eq!((found.converged, found.fit.df), (600, 8.0));
    let covariance = found.parameters.iter().find(|p| p.op == "~~" && p.lhs != p.rhs).unwrap();
    assert_relative_eq!(covariance.population, 0.4 * 0.8 * 0.7, epsilon = 1e-6);
    for p in &found.parameters {
        // four standard errors of the simulation
        assert!(
            p.bias.abs() < 0.02 + 4.0 * p.sd / 600_f64.sqrt(),
            "{} {} {}: {}",
            p.lhs,
            p.op,
            p.rhs,
            p.bias
        );
        assert!((p.coverage - 0.95).abs() < 0.045, "{} {} {}: {}", p.lhs, p.op, p.rhs, p.coverage);
        assert_relative_eq!(p.mean_se, p.sd, max_relative = 0.15);
    }
    assert!((found.fit.rejected - 0.05).abs() < 0.036, "{}", found.fit.rejected);
    assert_relative_eq!(found.fit.chisq, 8.0, epsilon = 0.8);
    // one factor for the two is rejected nearly always
    let wrong =
        study("g =~ x1 + x2 + x3 + x7 + x8 + x9", 50, Estimator::Ml).run(&Progress::default()).unwrap();
    assert!(wrong.fit.rejected > 0.95);
}

#[test]
fn a_study_is_the_same_at_any_number_of_threads() {
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let own = study("visual =~ x1 + x2 + x3", 20, Estimator::Ml);
        pool.install(|| own.run(&Progress::default()).unwrap())
    };
    assert_eq!(of(1), of(3));
    let none = study("visual =~ x1 + x2 + x3", 0, Estimator::Ml).run(&Progress::default());
    assert!(matches!(none, Err(Error::BadOption { .. })));
}

/// WLSMV with 500 respondents: hardly biased, standard errors that are those of the samples, a test of its size.
#[test]
fn a_study_of_ordinal_answers_is_fitted_as_ordinal() {
    let model = "f =~ 0.8*a + 0.7*b + 0.6*c + 0.7*d\nf ~~ 1*f\na | -1*t1 + 0*t2 + 1*t3\nb | -0.5*t1 + 0.5*t2\n\
                 c | -1*t1 + 0.2*t2 + 1.2*t3\nd | 0.3*t1";
    let population = population(model);
    assert_eq!(population.ordinal(), ["a", "b", "c", "d"]);
    let ordered = Ordered::Named(population.ordinal());
    let study = Study {
        population,
        model: "f =~ a + b + c + d".parse::<Model>().unwrap(),
        estimation: Estimation::new(Estimator::Wlsmv).scaling(Scaling::UnitVariance).ordered(ordered),
        n: 500,
        replications: 200,
        seed: 7,
    };
    let found = study.run(&Progress::default()).unwrap();
    assert_eq!((found.converged, &*found.estimator), (200, "WLSMV"));
    for p in found.parameters.iter().filter(|p| p.op == "=~" || p.op == "|") {
        let what = format!("{} {} {}: {p:?}", p.lhs, p.op, p.rhs);
        assert!((p.mean - p.population).abs() < 0.02, "{what}");
        assert!((p.mean_se / p.sd - 1.0).abs() < 0.2, "{what}");
        assert!((0.9..=0.99).contains(&p.coverage), "{what}");
    }
    assert!(found.fit.rejected < 0.1, "{:?}", found.fit);
}
