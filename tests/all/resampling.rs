//! Bootstrap, Bollen-Stine, Browne's tests, profiles, effects and bounds.
//!
//! Numbers of lavaan 0.6-14 where it has them; where they come from random draws, closed forms.

use approx::assert_relative_eq;
use psychometrics::data::Dataset;
use psychometrics::estimate::{
    BootstrapInterval, BootstrapOptions, Bounds, Resampling, StandardErrors, TestStatistic,
};
use psychometrics::model::{Equality, Function};
use psychometrics::{Error, Estimation, Estimator, Fit, Model};

const THREE: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";
const DEMOCRACY: &str = "ind60 =~ x1 + x2 + x3; dem60 =~ y1 + y2 + y3 + y4; dem65 =~ y5 + y6 + y7 + y8\n\
    dem60 ~ c*ind60; dem65 ~ a*ind60 + b*dem60; ab := b*c\n\
    y1 ~~ y5; y2 ~~ y4 + y6; y3 ~~ y7; y4 ~~ y8; y6 ~~ y8";

fn data(path: &str) -> Dataset {
    Dataset::read_csv(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn schools() -> Dataset {
    data("data/holzinger_swineford_1939/hs.csv")
}

fn fitted(estimation: Estimation, model: &str, data: &Dataset) -> Fit {
    estimation.fit(&model.parse().unwrap(), data).unwrap()
}

fn drawn(replicates: usize, seed: u64) -> BootstrapOptions {
    BootstrapOptions { replicates, seed, ..BootstrapOptions::default() }
}

fn bootstrap(options: BootstrapOptions) -> Estimation {
    Estimation::default().standard_errors(StandardErrors::Bootstrap).bootstrap(options)
}

#[test]
fn the_bootstrap_error_of_a_mean_and_a_variance_is_that_of_their_formulas() {
    let data = schools();
    let x = data.numeric(&["x2".to_string()]).unwrap();
    let n = x.len() as f64;
    let mean = x.mean().unwrap();
    let moment = |power: i32| x.mapv(|v| (v - mean).powi(power)).mean().unwrap();
    let fit = fitted(bootstrap(drawn(8000, 7)), "x2 ~ 1; x2 ~~ x2", &data);
    let se = |op: &str, rhs: &str| fit.parameter("x2", op, rhs).unwrap().se.unwrap();
    // the error of a standard deviation from 8000 replicates is 0.8 %; three of them
    assert_relative_eq!(se("~1", ""), (moment(2) / n).sqrt(), max_relative = 0.024);
    let of_variance = ((moment(4) - moment(2).powi(2)) / n).sqrt();
    assert_relative_eq!(se("~~", "x2"), of_variance, max_relative = 0.024);
    let resampled = fit.bootstrap.as_ref().unwrap();
    assert_eq!(resampled.failed, 0);
    let replicates = resampled.replicates(&fit.parameters);
    let of_mean = replicates[0].as_ref().unwrap();
    assert_eq!(of_mean.len(), 8000);
    let centre = of_mean.iter().sum::<f64>() / 8000.0;
    assert!((centre - mean).abs() < 4.0 * (moment(2) / n / 8000.0).sqrt());
    // the normal interval is the normal interval
    let normal = resampled.intervals(&fit.parameters, BootstrapInterval::Normal, 0.95)[0].unwrap();
    assert_relative_eq!(normal.0, 2.0 * mean - centre - 1.959_963_984_5 * se("~1", ""), epsilon = 1e-9);
    // basic mirrors percentile
    let ends = |kind| resampled.intervals(&fit.parameters, kind, 0.95)[0].unwrap();
    let (percentile, basic) = (ends(BootstrapInterval::Percentile), ends(BootstrapInterval::Basic));
    assert_relative_eq!(basic.0, 2.0 * mean - percentile.1, epsilon = 1e-12);
    assert_relative_eq!(basic.1, 2.0 * mean - percentile.0, epsilon = 1e-12);
}

/// For a mean the BCa interval has its second-order formula (DiCiccio & Efron 1996, eq. 4.5): ends at
/// mean + s / sqrt(n) (-+ z + skewness / (6 sqrt(n)) (2 z^2 + 1)).
#[test]
fn the_bca_interval_of_a_skewed_mean_is_its_expansion() {
    let data = schools();
    let x = data.numeric(&["x6".to_string()]).unwrap();
    let (n, mean) = (x.len() as f64, x.mean().unwrap());
    let moment = |power: i32| x.mapv(|v| (v - mean).powi(power)).mean().unwrap();
    let skewness = moment(3) / moment(2).powf(1.5);
    assert!(skewness > 0.5);
    let options = BootstrapOptions { interval: BootstrapInterval::Bca, ..drawn(40_000, 3) };
    let fit = fitted(bootstrap(options), "x6 ~ 1", &data);
    let row = fit.parameter("x6", "~1", "").unwrap();
    let z = 1.959_964;
    let end = |sign: f64| {
        let correction = skewness / (6.0 * n.sqrt()) * (2.0 * z * z + 1.0);
        mean + (moment(2) / n).sqrt() * (sign * z + correction)
    };
    // to a small share of the interval's width, as the replicates allow
    let close = 0.02 * (end(1.0) - end(-1.0));
    assert!((row.ci_lower.unwrap() - end(-1.0)).abs() < close, "{:?} {}", row.ci_lower, end(-1.0));
    assert!((row.ci_upper.unwrap() - end(1.0)).abs() < close, "{:?} {}", row.ci_upper, end(1.0));
}

#[test]
fn normal_replicates_have_the_standard_errors_of_normal_theory() {
    let model = "visual =~ x1 + x2 + x3; textual =~ x4 + x5 + x6; visual ~~ phi*textual; twice := 2*phi";
    let options = BootstrapOptions { resampling: Resampling::Parametric, ..drawn(4000, 11) };
    let (theory, replicated) =
        (fitted(Estimation::default(), model, &schools()), fitted(bootstrap(options), model, &schools()));
    for (a, b) in theory.parameters.iter().zip(&replicated.parameters).filter(|(a, _)| a.se != Some(0.0)) {
        assert_relative_eq!(a.est, b.est);
        // first-order theory against a finite sample of 301
        assert_relative_eq!(a.se.unwrap(), b.se.unwrap(), max_relative = 0.1);
    }
    let of = |lhs: &str, op: &str, rhs: &str| replicated.parameter(lhs, op, rhs).unwrap().se.unwrap();
    assert_relative_eq!(of("twice", ":=", "2*phi"), 2.0 * of("visual", "~~", "textual"), epsilon = 1e-12);
    let moments = schools();
    let names: Vec<String> = (1..=6).map(|i| format!("x{i}")).collect();
    let moments = psychometrics::moments::Moments::of(
        names.clone(),
        moments.numeric(&names).unwrap().view(),
        psychometrics::moments::Missing::Listwise,
    )
    .unwrap();
    // they need no rows; nonparametric ones do
    let model: Model = model.parse().unwrap();
    let from_moments = bootstrap(options).fit_moments(&model, &moments).unwrap();
    assert_eq!(from_moments.parameters[1].se, replicated.parameters[1].se);
    let found = bootstrap(drawn(10, 1)).fit_moments(&model, &moments);
    assert!(matches!(found, Err(Error::Unsupported { .. })), "{found:?}");
}

#[test]
fn replicates_are_the_same_at_any_number_of_threads() {
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fitted(bootstrap(drawn(50, 5)).group("school"), THREE, &schools()).bootstrap.clone())
    };
    let one = of(1);
    assert!(one.is_some());
    assert_eq!(one, of(3));
    assert_ne!(one, fitted(bootstrap(drawn(50, 6)).group("school"), THREE, &schools()).bootstrap.clone());
}

#[test]
fn one_replicate_is_too_few() {
    let found = bootstrap(drawn(1, 1)).fit(&THREE.parse().unwrap(), &schools());
    assert!(matches!(found, Err(Error::BadOption { .. })), "{found:?}");
}

#[test]
fn without_standard_errors_there_are_none_but_the_test() {
    let fit = fitted(Estimation::default().standard_errors(StandardErrors::None), THREE, &schools());
    assert!(fit.converged && fit.parameter("visual", "=~", "x2").unwrap().se.is_none());
    assert_relative_eq!(fit.measure("chisq").unwrap(), 85.305_522, epsilon = 1e-5);
}

#[test]
fn bollen_and_stine_reject_what_does_not_fit() {
    let of = |model: &str, data: &Dataset| {
        let estimation = Estimation::default().function(Function::Sem).test(TestStatistic::BollenStine);
        let fit = fitted(estimation.bootstrap(drawn(2000, 2)), model, data);
        let test = fit.tests.last().unwrap().clone();
        assert_eq!(test.test, TestStatistic::BollenStine);
        assert_relative_eq!(test.chisq, fit.measure("chisq").unwrap(), epsilon = 1e-9);
        test.pvalue.unwrap()
    };
    assert_eq!(of(THREE, &schools()), 0.0);
    // lavaan: 0.43 from 1000 replicates, whose error is 0.016; ours 0.011
    let democracy = of(DEMOCRACY, &data("tests/data/political_democracy.csv"));
    assert!((democracy - 0.43).abs() < 0.055, "{democracy}");
}

#[test]
fn brownes_residual_tests_are_lavaans() {
    use TestStatistic as T;
    let of = |test: T, estimation: Estimation| {
        let found = fitted(estimation.test(test), THREE, &schools()).tests[1].clone();
        assert_eq!(found.test, test);
        (found.chisq, found.df)
    };
    for (test, chisq) in [
        (T::BrowneResidualNt, 77.903_417_471_7),
        (T::BrowneResidualAdf, 82.408_147_033_6),
        (T::BrowneResidualNtModel, 81.367_680_382_7),
        (T::BrowneResidualAdfModel, 64.695_683_826_8),
    ] {
        let found = of(test, Estimation::default());
        assert_relative_eq!(found.0, chisq, max_relative = 1e-6);
        assert_eq!(found.1, 24.0);
    }
    let groups = || Estimation::default().group("school");
    assert_relative_eq!(of(T::BrowneResidualNt, groups()).0, 98.442_206_468_8, max_relative = 1e-6);
    assert_relative_eq!(of(T::BrowneResidualAdf, groups()).0, 122.696_902_449_5, max_relative = 1e-6);
    let equal = || groups().equal([Equality::Loadings, Equality::Intercepts]);
    let (chisq, df) = of(T::BrowneResidualNt, equal());
    assert_relative_eq!(chisq, 148.275_079_445_8, max_relative = 1e-6);
    assert_eq!(df, 60.0);
    assert_relative_eq!(of(T::BrowneResidualAdf, equal()).0, 220.614_597_624_9, max_relative = 1e-6);
    assert_relative_eq!(of(T::BrowneResidualNtModel, equal()).0, 154.363_841_397_6, max_relative = 1e-6);
    // what each group contributes to the standard test
    let fit = fitted(equal(), THREE, &schools());
    assert_relative_eq!(fit.tests[0].groups[0], 90.210_403_061, max_relative = 1e-6);
    assert_relative_eq!(fit.tests[0].groups[1], 73.892_427_864, max_relative = 1e-6);
}

#[test]
fn a_profile_meets_the_limit_where_it_ends() {
    let data = data("tests/data/political_democracy.csv");
    let fit = fitted(Estimation::default().function(Function::Sem), DEMOCRACY, &data);
    let intervals = fit.profile_intervals(0.95).unwrap();
    let own = intervals.iter().find(|p| p.lhs == "dem65" && p.op == "~" && p.rhs == "ind60").unwrap();
    let chisq = |value: f64| {
        let text = DEMOCRACY.replace("a*ind60", &format!("{value}*ind60"));
        fitted(Estimation::default().function(Function::Sem), &text, &data).measure("chisq").unwrap()
    };
    let least = fit.measure("chisq").unwrap();
    for end in [own.lower.unwrap(), own.upper.unwrap()] {
        assert_relative_eq!(chisq(end) - least, 3.841_458_820_694, epsilon = 1e-6);
    }
    // the profile of an equality-constrained model is that of the shared parameter
    let tied = fitted(
        Estimation::default(),
        "visual =~ x1 + a*x2 + b*x3; textual =~ x4 + x5 + x6; a == b",
        &schools(),
    );
    let labelled =
        fitted(Estimation::default(), "visual =~ x1 + a*x2 + a*x3; textual =~ x4 + x5 + x6", &schools());
    let first = |fit: &Fit| fit.profile_intervals(0.9).unwrap()[0].clone();
    let (tied, labelled) = (first(&tied), first(&labelled));
    assert_relative_eq!(tied.lower.unwrap(), labelled.lower.unwrap(), epsilon = 1e-6);
    assert_relative_eq!(tied.upper.unwrap(), labelled.upper.unwrap(), epsilon = 1e-6);
    let squares = fitted(Estimation::new(Estimator::Gls), THREE, &schools());
    assert!(matches!(squares.profile_intervals(0.95), Err(Error::Unsupported { .. })));
}

#[test]
fn effects_are_what_defined_parameters_make_of_paths() {
    let data = data("tests/data/political_democracy.csv");
    let text = format!("{DEMOCRACY}\ntotal := a + b*c");
    let fit = fitted(Estimation::default().function(Function::Sem), &text, &data);
    let effects = fit.effects();
    assert_eq!(effects.len(), 3);
    let effect = effects.iter().find(|e| e.from == "ind60" && e.to == "dem65").unwrap();
    let standard = fit.standardized();
    for (name, size) in [("ab", effect.indirect), ("total", effect.total)] {
        let row = fit.parameters.iter().find(|p| p.lhs == name).unwrap();
        assert_relative_eq!(size.est, row.est, epsilon = 1e-12);
        assert_relative_eq!(size.se.unwrap(), row.se.unwrap(), epsilon = 1e-12);
        let own = standard.iter().find(|s| s.lhs == name).unwrap();
        assert_relative_eq!(size.std_all.unwrap(), own.est.unwrap(), epsilon = 1e-12);
    }
    // lavaan's standardizedSolution()
    let own = standard.iter().find(|s| s.lhs == "ab").unwrap();
    assert_relative_eq!(own.est.unwrap(), 0.395_443_27, epsilon = 1e-6);
    assert_relative_eq!(own.se.unwrap(), 0.091_879_851_76, epsilon = 1e-6);
    assert!(effects.iter().all(|e| e.direct.est != 0.0 || e.indirect.est != 0.0));
}

#[test]
fn bounds_hold_and_cost_no_degree_of_freedom() {
    // lavaan, lower() and upper() in the text
    let fit = fitted(Estimation::default(), "f =~ x1 + lower(0.9)*x2 + upper(0.5)*x3 + x4", &schools());
    let of = |rhs: &str| fit.parameter("f", "=~", rhs).unwrap();
    assert_eq!((of("x2").est, of("x3").est, fit.df()), (0.9, 0.5, 2));
    assert!(of("x2").se.is_none() && of("x3").se.is_none());
    assert_relative_eq!(fit.measure("chisq").unwrap(), 34.541, epsilon = 5e-4);
    assert_relative_eq!(of("x4").est, 0.625, epsilon = 5e-4);
    assert_relative_eq!(of("x4").se.unwrap(), 0.125, epsilon = 5e-4);
    let named: Vec<String> = fit.warnings.iter().map(ToString::to_string).collect();
    assert!(named.iter().any(|w| w.contains("'f =~ x2' is at its bound 0.9")), "{named:?}");
    // where they do not bind they change nothing
    for bounds in [Bounds::PositiveVariances, Bounds::Standard, Bounds::Wide] {
        let (free, within) = (
            fitted(Estimation::default(), THREE, &schools()),
            fitted(Estimation::default().bounds(bounds), THREE, &schools()),
        );
        for (a, b) in free.parameters.iter().zip(&within.parameters) {
            assert_relative_eq!(a.est, b.est, epsilon = 1e-7);
        }
    }
    // the free search runs away to a variance of -5000 (lavaan's too); within bounds there is a solution
    let heywood = "general =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9; textual =~ x4 + x5 + x6\n\
        visual =~ x1 + x2 + x3; speed =~ x7 + x8 + x9; general ~~ 0*textual + 0*visual + 0*speed\n\
        textual ~~ 0*visual + 0*speed; visual ~~ 0*speed";
    let free = fitted(Estimation::default(), heywood, &schools());
    assert!(!free.status.proper());
    let within = fitted(Estimation::default().bounds(Bounds::Standard), heywood, &schools());
    assert!(within.converged && within.df() == 18);
    assert!(within.parameters.iter().all(|p| p.op != "~~" || p.lhs != p.rhs || p.est >= 0.0));
    // a tenth of the variance of its marker
    let variance = within.parameter("visual", "~~", "visual").unwrap().est;
    assert_relative_eq!(variance, 0.135_837, epsilon = 1e-6);
}

#[test]
fn a_start_outside_its_bounds_is_refused() {
    let found = "f =~ x1 + start(2)*x2 + x3; f =~ upper(1)*x2".parse::<Model>();
    let Err(Error::BadModel { what, .. }) = found else { panic!("{found:?}") };
    assert!(what.contains("x2") && what.contains('2'), "{what}");
    assert!(matches!("f =~ lower(2)*upper(1)*x".parse::<Model>(), Err(Error::BadModel { .. })));
}
