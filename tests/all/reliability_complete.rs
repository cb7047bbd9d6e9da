//! Lower bounds, split halves, omega, intraclass correlations against psych and semTools.
//!
//! Tolerance 1e-8 for closed forms, 2e-5 where a model was fitted by lavaan (its own stopping error), 2e-4 for variance
//! components by lme4 (whose criterion is flat to that extent; psych's results with and without it differ by 1e-6).

use crate::table;
use approx::assert_relative_eq;
use ndarray::{Array2, array};
use psychometrics::correlation::Ordered;
use psychometrics::data::Dataset;
use psychometrics::evidence::Resampling;
use psychometrics::evidence::internal_structure::{
    FactorReliability, Hierarchical, Intraclass, LowerBounds, Reliability, ReliabilityIntervals, ScaleItem,
    ScaleSummary, SplitHalf,
};
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Estimator, Model};
use serde_json::Value;

fn reference() -> Value {
    table::reference("validity.json")
}

fn rows(file: &Value, names: &[String]) -> Array2<f64> {
    Dataset::read_csv(file.as_str().unwrap()).unwrap().numeric(names).unwrap()
}

fn reliability(rows: &Array2<f64>, names: &[String]) -> Reliability {
    let mut summary = ScaleSummary::new(names.iter().map(ScaleItem::new), Missing::Pairwise);
    summary.push(rows.view()).unwrap();
    Reliability::of(&summary).unwrap()
}

fn near(ours: f64, theirs: &Value, tolerance: f64, what: &str) {
    let theirs = theirs.as_f64().expect(what);
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}

#[test]
fn lower_bounds_and_split_halves_are_those_of_psych() {
    for case in reference()["guttman"].as_array().unwrap() {
        let names = table::strings(&case["items"]);
        let found = reliability(&rows(&case["data"], &names), &names);
        let (bounds, split) = (found.guttman.unwrap(), found.split_half.unwrap());
        let LowerBounds { lambda1, lambda2, lambda3, lambda5, lambda6, .. } = bounds;
        let psych = &case["guttman"];
        let five = [(lambda1, "1"), (lambda2, "2"), (lambda3, "3"), (lambda5, "5"), (lambda6.unwrap(), "6")];
        for (ours, name) in five {
            near(ours, &psych[format!("lambda.{name}")], 1e-8, &format!("{names:?} lambda {name}"));
        }
        let raw = found.guttman_covariance.unwrap();
        near(raw.lambda2, &case["covariance"]["lambda2"], 1e-8, "lambda 2 of covariances");
        near(raw.lambda6.unwrap(), &case["covariance"]["lambda6"], 1e-8, "lambda 6 of covariances");
        let theirs = &case["split_half"];
        if names.len().is_multiple_of(2) {
            near(split.max, &theirs["maxrb"], 1e-8, "largest split half");
            near(split.min, &theirs["minrb"], 1e-8, "smallest split half");
            near(split.mean, &theirs["meanr"], 1e-8, "mean split half");
        } else {
            // psych makes half of the splits of an odd number of items
            assert!(split.max >= theirs["maxrb"].as_f64().unwrap() - 1e-8);
            assert!(split.min <= theirs["minrb"].as_f64().unwrap() + 1e-8);
        }
        let SplitHalf { odd_even, first_second, .. } = found.split_half_covariance.unwrap();
        let halves = &case["halves"];
        near(odd_even.r.unwrap(), &halves["odd_even_r"], 1e-8, "odd-even r");
        near(odd_even.spearman_brown.unwrap(), &halves["odd_even_spearman_brown"], 1e-8, "odd-even");
        near(odd_even.flanagan_rulon, &halves["odd_even_guttman_rulon"], 1e-8, "odd-even, Rulon");
        if names.len().is_multiple_of(2) {
            near(
                first_second.spearman_brown.unwrap(),
                &halves["first_second_spearman_brown"],
                1e-8,
                "halves",
            );
        }
        if let Some(glb) = bounds.glb {
            for lower in [lambda1, lambda2, lambda3, lambda5, lambda6.unwrap(), split.max] {
                assert!(lower <= glb + 1e-8, "{names:?}: {lower} above the greatest lower bound {glb}");
            }
        }
    }
}

#[test]
fn omega_and_extracted_variance_are_those_of_semtools() {
    for case in reference()["factors"].as_array().unwrap() {
        let data = Dataset::read_csv(case["data"].as_str().unwrap()).unwrap();
        let model: Model = case["model"].as_str().unwrap().parse().unwrap();
        let fit = Estimation::new(Estimator::Ml).fit(&model, &data).unwrap();
        for found in FactorReliability::of(&fit) {
            let of = |key: &str| case[key][&found.factor].clone();
            near(found.omega.unwrap(), &of("compRelSEM_omega_modelvar"), 2e-5, "omega");
            near(found.omega_observed.unwrap(), &of("compRelSEM_omega"), 2e-5, "omega, observed variance");
            near(found.ave_by_variance.unwrap(), &of("AVE_modelvar"), 2e-5, "AVE by variance");
            near(found.ave.unwrap(), &of("AVE_std_formula"), 2e-5, "AVE");
            let composite = of("composite_reliability_std_formula");
            near(found.composite_reliability.unwrap(), &composite, 2e-5, "composite reliability");
        }
    }
}

/// The delta method by hand in lavaan: `omega := (l1+l2+l3)^2 / ((l1+l2+l3)^2 + e1+e2+e3)`.
#[test]
fn the_standard_errors_are_those_of_defined_parameters() {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let text = "f =~ NA*x4 + a*x4 + b*x5 + c*x6\n f ~~ 1*f\n x4 ~~ d*x4\n x5 ~~ e*x5\n x6 ~~ g*x6\n\
                omega := (a + b + c)^2 / ((a + b + c)^2 + d + e + g)\n\
                ave := (a^2/(a^2 + d) + b^2/(b^2 + e) + c^2/(c^2 + g)) / 3";
    let fit = Estimation::new(Estimator::Ml).fit(&text.parse().unwrap(), &data).unwrap();
    let found = &FactorReliability::of(&fit)[0];
    let defined = |name: &str| fit.parameters.iter().find(|p| p.lhs == name).unwrap();
    assert_relative_eq!(found.omega.unwrap(), defined("omega").est, epsilon = 1e-10);
    assert_relative_eq!(found.omega_se.unwrap(), defined("omega").se.unwrap(), max_relative = 1e-8);
    assert_relative_eq!(found.ave.unwrap(), defined("ave").est, epsilon = 1e-10);
    let interval = found.ave_interval.unwrap();
    assert_relative_eq!(interval.upper, defined("ave").ci_upper.unwrap(), max_relative = 1e-8);
}

#[test]
fn a_cross_loading_leaves_no_extracted_variance() {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let model = "visual =~ x1 + x2 + x3 + x9\n speed =~ x7 + x8 + x9";
    let fit = Estimation::new(Estimator::Ml).fit(&model.parse().unwrap(), &data).unwrap();
    for found in FactorReliability::of(&fit) {
        assert_eq!((found.ave, found.composite_reliability), (None, None));
        assert_eq!(found.cross_loading, ["x9"]);
    }
}

#[test]
fn intraclass_correlations_are_those_of_psych() {
    for case in reference()["icc"].as_array().unwrap() {
        let data = Dataset::read_csv(case["data"].as_str().unwrap()).unwrap();
        let found = Intraclass::of(data.numeric(data.names()).unwrap().view()).unwrap();
        let columns = &case["columns"];
        let tolerance = if case["lmer"] == true { 2e-4 } else { 1e-8 };
        for (i, form) in found.icc.iter().enumerate() {
            assert_eq!(columns["type"][i], *form.form);
            near(form.value.unwrap(), &columns["ICC"][i], tolerance, &form.form);
            near(form.f.unwrap(), &columns["F"][i], tolerance, &form.form);
            near(form.lower.unwrap(), &columns["lower bound"][i], tolerance, &form.form);
            near(form.upper.unwrap(), &columns["upper bound"][i], tolerance, &form.form);
            assert!((form.pvalue.unwrap() - columns["p"][i].as_f64().unwrap()).abs() < 1e-9);
        }
    }
}

/// Without missing ratings restricted maximum likelihood is the analysis of variance.
#[test]
fn one_more_rated_target_hardly_changes_complete_ratings() {
    let complete =
        array![[4.0, 5.0, 4.0], [2.0, 2.0, 3.0], [5.0, 5.0, 5.0], [1.0, 2.0, 1.0], [3.0, 4.0, 3.0]];
    let anova = Intraclass::of(complete.view()).unwrap();
    let mut more = complete.clone();
    more.push_row(array![3.0, f64::NAN, f64::NAN].view()).unwrap();
    let reml = Intraclass::of(more.view()).unwrap();
    assert_eq!((reml.missing, reml.targets), (2, 6));
    let of = |i: &Intraclass| i.form("ICC3").unwrap().value.unwrap();
    assert!((of(&anova) - of(&reml)).abs() < 0.05, "{} {}", of(&anova), of(&reml));
}

#[test]
fn ratings_that_say_nothing_are_named() {
    let constant = Array2::from_elem((4, 3), 2.0);
    assert!(matches!(Intraclass::of(constant.view()), Err(Error::ConstantItem { .. })));
    let one = array![[1.0], [2.0]];
    assert!(matches!(Intraclass::of(one.view()), Err(Error::TooFewItems { found: 1, .. })));
    let silent = array![[1.0, f64::NAN], [2.0, f64::NAN]];
    assert!(matches!(Intraclass::of(silent.view()), Err(Error::NoAnswers { .. })));
    let single = array![[1.0, f64::NAN], [f64::NAN, 2.0], [3.0, f64::NAN]];
    assert!(Intraclass::of(single.view()).is_err());
}

#[test]
fn bootstrap_intervals_hold_the_estimates_and_do_not_depend_on_threads() {
    let names: Vec<String> = (4..7).map(|i| format!("x{i}")).collect();
    let rows = rows(&Value::from("data/holzinger_swineford_1939/hs.csv"), &names);
    let run = || {
        let options = Resampling { replicates: 200, seed: 5 };
        ReliabilityIntervals::of(&names, rows.view(), options).unwrap()
    };
    let found = run();
    let single = rayon_one(run);
    assert_eq!(found, single);
    let estimates = reliability(&rows, &names);
    let holds = |name: &str, value: f64| {
        let interval = found.intervals[name].unwrap();
        assert!(interval.lower < value && value < interval.upper, "{name}: {value} in {interval:?}");
        assert!(interval.upper - interval.lower < 0.08);
    };
    holds("alpha", estimates.alpha.raw.unwrap());
    holds("omega", estimates.omega.total.unwrap());
    holds("lambda2", estimates.guttman.unwrap().lambda2);
    holds("glb", estimates.guttman.unwrap().glb.unwrap());
}

fn rayon_one<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(run)
}

/// Alpha of two-valued items is KR-20; of others there is none.
#[test]
fn kuder_richardson_needs_two_answers() {
    let names = ["a", "b", "c"].map(String::from);
    let right = array![[1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 1.0]];
    let found = reliability(&right, &names);
    // k/(k - 1) (1 - sum p q / variance of the sum), both with divisor N
    let sums = [2.0, 1.0, 3.0, 0.0, 2.0f64];
    let variance = sums.iter().map(|s| (s - 1.6) * (s - 1.6)).sum::<f64>() / 5.0;
    let expected = 1.5 * (1.0 - (0.6 * 0.4 + 0.6 * 0.4 + 0.4 * 0.6) / variance);
    assert_relative_eq!(found.kr20.unwrap(), expected, epsilon = 1e-12);
    let rated = array![[1.0, 2.0, 1.0], [3.0, 3.0, 4.0], [4.0, 5.0, 5.0], [2.0, 2.0, 1.0]];
    assert_eq!(reliability(&rated, &names).kr20, None);
}

/// semTools 0.5-6: reliabilityL2 omegaL1 of the second-order model, compRelSEM with model variance of the bifactor one.
#[test]
fn omega_hierarchical_is_that_of_semtools() {
    let data = Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap();
    let parts = "visual =~ x1+x2+x3\n textual =~ x4+x5+x6\n speed =~ x7+x8+x9\n";
    let second: Model = format!("{parts} G =~ visual + textual + speed").parse().unwrap();
    let fit = Estimation::new(Estimator::Ml).fit(&second, &data).unwrap();
    let found = Hierarchical::of(&fit, "G").unwrap();
    assert_relative_eq!(found.omega_hierarchical, 0.554_295_522_988_681, max_relative = 2e-5);
    assert_relative_eq!(found.omega_total, 0.845_334_999_052_763, max_relative = 2e-5);
    assert_eq!(Hierarchical::of(&fit, "nobody"), None);
    // of ordinal items the share of their sum is smaller than that of the variables behind them
    let items = Dataset::read_csv("tests/data/likert5.csv").unwrap();
    let model: Model = "A =~ a1+a2+a3+a4\n B =~ b1+b2+b4\n C =~ c1+c2+c3+c4\n G =~ A+B+C".parse().unwrap();
    let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).fit(&model, &items).unwrap();
    let numbers = Estimation::new(Estimator::Ml).fit(&model, &items).unwrap();
    let (a, b) = (Hierarchical::of(&ordinal, "G").unwrap(), Hierarchical::of(&numbers, "G").unwrap());
    assert!((a.omega_hierarchical - b.omega_hierarchical).abs() < 0.03, "{a:?} {b:?}");
    assert!(a.omega_hierarchical < a.omega_total && a.omega_total < 1.0);
}
