//! What the search finds: solutions that are there, whatever the signs and units of the variables; and what it says
//! where there is none.
//!
//! Chi-squares of lavaan 0.6-14 with its defaults, of data in whose units it converges (its own stop on items with a
//! standard deviation of 100 is at 19.190, where the minimum is 19.172).

use ndarray::Array2;
use psychometrics::construct::{Construct, Dimension, Item, ResponseScale, Structure};
use psychometrics::correlation::Ordered;
use psychometrics::data::{Dataset, Responses};
use psychometrics::estimate::Status;
use psychometrics::evidence::Validation;
use psychometrics::model::{Function, LatentCovariances, MeanStructure, Parameterization, Scaling};
use psychometrics::moments::{Missing, Moments};
use psychometrics::simulate::{Missingness, Population};
use psychometrics::{Estimation, Estimator, Fit, Model};
use std::path::Path;

const OPPOSITE: &str = "f1 =~ y1 + y2 + y3 + y4\nf2 =~ y5 + y6";
const SECOND: &str = "f1 =~ y1 + y2 + y3\nf2 =~ y4 + y5 + y6\nf3 =~ y7 + y8 + y9\nh =~ f1 + f2 + f3";
const BIFACTOR: &str =
    "g =~ y1 + y2 + y3 + y4 + y5 + y6 + y7 + y8 + y9\nf1 =~ y1 + y2 + y3 + y4\nf2 =~ y5 + y6 + y7 + y8 + y9";
const OPPOSITE_POPULATION: &str = "f1 =~ .7*y1 + .7*y2 + .7*y3 + .7*y4; f2 =~ .7*y5 + -.6*y6; f1 ~~ .4*f2";
const SECOND_POPULATION: &str = "f1 =~ .8*y1 + .7*y2 + .6*y3; f2 =~ .8*y4 + .7*y5 + .6*y6
    f3 =~ .8*y7 + .7*y8 + .6*y9; h =~ .7*f1 + .6*f2 + -.8*f3; f1 ~~ .51*f1; f2 ~~ .64*f2; f3 ~~ .36*f3";

fn model(text: &str) -> Model {
    text.parse().unwrap()
}

fn stored(name: &str) -> Dataset {
    Dataset::read_csv(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

fn population(text: &str) -> Population {
    Population::of(&model(text)).unwrap()
}

/// The same answers, each variable times its unit.
fn in_units(rows: &Array2<f64>, unit: impl Fn(usize) -> f64) -> Dataset {
    let mut rows = rows.clone();
    for (i, mut column) in rows.columns_mut().into_iter().enumerate() {
        column.mapv_inplace(|x| x * unit(i));
    }
    Dataset::builder()
        .array((1..=rows.ncols()).map(|i| format!("y{i}")), rows)
        .nan_is_missing()
        .build()
        .unwrap()
}

fn chisq(fit: &Fit) -> f64 {
    assert!(fit.converged, "{}", fit.status);
    fit.measure("chisq").unwrap()
}

fn near(ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() < tolerance * theirs.abs().max(1.0), "{ours} {theirs}");
}

#[test]
fn samples_in_which_the_search_gave_up_have_the_numbers_of_lavaan() {
    let fit = Estimation::default().fit(&model(OPPOSITE), &stored("opposite_signs.csv")).unwrap();
    assert!(fit.status.proper());
    near(chisq(&fit), 1.5474390216397, 1e-7);
    near(fit.parameter("f2", "=~", "y6").unwrap().est, -1.143035676, 1e-5);
    let fit = Estimation::default().fit(&model(SECOND), &stored("second_order_negative.csv")).unwrap();
    assert!(fit.status.proper());
    near(chisq(&fit), 19.171625173654, 1e-7);
    near(fit.parameter("h", "=~", "f2").unwrap().est, -0.823620889, 1e-5);
    let bifactor = Estimation::new(Estimator::Mlr)
        .scaling(Scaling::UnitVariance)
        .latent_covariances(LatentCovariances::Orthogonal);
    let fit = bifactor.fit(&model(BIFACTOR), &stored("bifactor_negative.csv")).unwrap();
    assert!(fit.status.proper());
    near(chisq(&fit), 24.233015054811, 1e-7);
}

/// The sign of an item changes no test; nor does the way in which a factor gets its unit.
#[test]
fn a_factor_with_indicators_of_opposite_signs_is_found_by_every_estimator() {
    let population = population(OPPOSITE_POPULATION);
    for seed in 1..=12 {
        let rows = population.draw(300, seed).into_array();
        let (own, turned) = (in_units(&rows, |_| 1.0), in_units(&rows, |i| if i == 5 { -1.0 } else { 1.0 }));
        for estimator in [Estimator::Ml, Estimator::Gls, Estimator::Uls, Estimator::Mlr] {
            for scaling in [Scaling::Marker, Scaling::UnitVariance] {
                let by = Estimation::new(estimator).scaling(scaling);
                let fit = by.fit(&model(OPPOSITE), &own).unwrap();
                near(chisq(&fit), chisq(&by.fit(&model(OPPOSITE), &turned).unwrap()), 1e-6);
            }
        }
    }
}

/// The variance of an item behind ordinal answers is 1 (delta), or its residual variance is (theta): one model.
#[test]
fn opposite_signs_are_found_in_ordinal_and_missing_answers_and_in_groups() {
    let steps: String = (1..=6).map(|i| format!("; y{i} | -1*t1 + -.3*t2 + .3*t3 + 1*t4")).collect();
    let ordinal = population(&(OPPOSITE_POPULATION.to_owned() + &steps));
    let gaps =
        population(OPPOSITE_POPULATION).missing(Missingness::CompletelyAtRandom { share: 0.1 }).unwrap();
    for seed in 1..=6 {
        let data = ordinal.dataset(300, seed).unwrap();
        let by = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
        let delta = by.clone().fit(&model(OPPOSITE), &data).unwrap();
        let theta = by.parameterization(Parameterization::Theta).fit(&model(OPPOSITE), &data).unwrap();
        assert!(delta.converged, "{}", delta.status);
        // theta has no place for a negative residual variance
        if delta.status.proper() {
            near(chisq(&theta), chisq(&delta), 1e-5);
        }
        let rows = gaps.draw(300, seed).into_array();
        let fiml = Estimation::default().missing(Missing::Fiml);
        let fit = fiml.fit(&model(OPPOSITE), &in_units(&rows, |_| 1.0)).unwrap();
        let turned = in_units(&rows, |i| if i == 4 { -1.0 } else { 1.0 });
        near(chisq(&fit), chisq(&fiml.fit(&model(OPPOSITE), &turned).unwrap()), 1e-6);
        // two equal groups: twice the chi-square of one, with means that are free
        let rows = population(OPPOSITE_POPULATION).draw(300, seed).into_array();
        let alone = Estimation::default().means(MeanStructure::Included);
        let alone = alone.fit(&model(OPPOSITE), &in_units(&rows, |_| 1.0)).unwrap();
        let both = Array2::from_shape_fn((600, 7), |(i, j)| match j {
            6 => f64::from(u8::from(i < 300)),
            _ => rows[(i % 300, j)],
        });
        let groups = Estimation::default().group("y7").fit(&model(OPPOSITE), &in_units(&both, |_| 1.0));
        near(chisq(&groups.unwrap()), 2.0 * chisq(&alone), 1e-6);
    }
}

/// Maximum likelihood and GLS have no units.
#[test]
fn units_do_not_matter_to_factors_of_factors() {
    let population = population(SECOND_POPULATION);
    for seed in 1..=8 {
        let rows = population.draw(300, seed).into_array();
        for estimator in [Estimator::Ml, Estimator::Gls] {
            let of = |unit: &dyn Fn(usize) -> f64| {
                chisq(&Estimation::new(estimator).fit(&model(SECOND), &in_units(&rows, unit)).unwrap())
            };
            let own = of(&|_| 1.0);
            near(of(&|_| 0.01), own, 1e-6);
            near(of(&|_| 100.0), own, 1e-6);
            near(of(&|i| [1e-4, 1.0, 1e3, 0.02, 50.0][i % 5]), own, 1e-6);
        }
    }
}

/// Growth in thousands, and constraints between parameters of other units, are those of ones.
#[test]
fn units_do_not_matter_to_growth_and_to_constraints() {
    let text =
        "i =~ 1*y1 + 1*y2 + 1*y3 + 1*y4; s =~ 0*y1 + 1*y2 + 2*y3 + 3*y4; i ~~ 1*i; s ~~ .2*s; i ~~ -.2*s
        y1 ~~ .5*y1; y2 ~~ .5*y2; y3 ~~ .5*y3; y4 ~~ .5*y4";
    let growth = model("i =~ 1*y1 + 1*y2 + 1*y3 + 1*y4\ns =~ 0*y1 + 1*y2 + 2*y3 + 3*y4");
    let tied =
        model("f1 =~ y1 + a*y2 + b*y3\nf2 =~ y4 + y5 + y6\na == 1.2*b\ny2 ~~ v*y2\ny3 ~~ w*y3\nv == w");
    for seed in 1..=4 {
        let rows = population(text).draw(250, seed).into_array();
        let by = Estimation::default().function(Function::Growth);
        let of = |unit: f64| chisq(&by.fit(&growth, &in_units(&rows, |_| unit)).unwrap());
        near(of(1e3), of(1.0), 1e-6);
        near(of(1e-3), of(1.0), 1e-6);
        let rows = population(SECOND_POPULATION).draw(250, seed).into_array();
        let of = |unit: f64| chisq(&Estimation::default().fit(&tied, &in_units(&rows, |_| unit)).unwrap());
        near(of(1e3), of(1.0), 1e-6);
        near(of(1e-3), of(1.0), 1e-6);
    }
}

/// Correlations of three factors as those of a published scale: squared loadings on a second one are
/// r12 r13 / r23 and so on, .532, 1.455 and .211 in closed form, so the second factor's residual variance is negative.
const CORRELATIONS: [f64; 3] = [0.880, 0.335, 0.554];

fn correlated() -> String {
    let [a, b, c] = CORRELATIONS;
    format!(
        "f1 =~ .8*y1 + .7*y2 + .6*y3; f2 =~ .8*y4 + .7*y5 + .6*y6; f3 =~ .8*y7 + .7*y8 + .6*y9
         f1 ~~ {a}*f2; f1 ~~ {b}*f3; f2 ~~ {c}*f3"
    )
}

#[test]
fn a_factor_with_a_negative_residual_variance_is_improper_and_without_one_the_search_runs_away() {
    let population = population(&correlated());
    let names: Vec<String> = (1..=9).map(|i| format!("y{i}")).collect();
    let mut lower = Vec::new();
    for (i, a) in names.iter().enumerate() {
        lower.extend(names[..=i].iter().map(|b| population.covariance(a, b).unwrap()));
    }
    let moments = Moments::from_lower_triangle(&names, &lower, 500).unwrap();
    let fit = Estimation::default().fit_moments(&model(SECOND), &moments).unwrap();
    assert_eq!(fit.status, Status::Heywood { variables: vec!["f2".into()] });
    let [a, b, c] = CORRELATIONS;
    for (factor, square) in [("f1", a * b / c), ("f2", a * c / b), ("f3", b * c / a)] {
        let loading = fit.parameter("h", "=~", factor).unwrap().std_all.unwrap();
        near(loading * loading, square, 1e-6);
    }
    // a residual variance of 1 cannot be negative: nothing is left but an endless loading
    let by = Estimation::default().scaling(Scaling::UnitVariance);
    let fit = by.fit_moments(&model(SECOND), &moments).unwrap();
    let Status::RanAway { parameter, estimate, .. } = &fit.status else { panic!("{}", fit.status) };
    assert!(parameter == "h =~ f2" && estimate.abs() > 10.0, "{}", fit.status);
    assert!(!fit.converged && fit.measure("chisq").ok().is_none());
    assert!(fit.status.to_string().contains("ran away") && fit.status.hint().unwrap().contains("bounds"));
}

/// A validation says of such a scale what it says of other improper solutions.
#[test]
fn a_validation_tells_the_negative_variance_of_a_factor() {
    let dimensions = ["p", "q", "r"];
    let builder = Construct::builder("c").scale(ResponseScale::range("nine", 1, 9));
    let builder = dimensions.iter().fold(builder, |builder, d| builder.dimension(Dimension::new(*d)));
    let items = (1..=9).map(|i| Item::new(format!("y{i}"), dimensions[(i - 1) / 3], "nine"));
    let construct = builder.items(items).build().unwrap();
    let rows = population(&correlated()).draw(600, 4).into_array();
    let answers = rows.mapv(|x| (5.0 + 1.6 * x).round().clamp(1.0, 9.0));
    let responses = Responses::builder(&construct).answers(answers).nan_is_missing().build().unwrap();
    let evidence = Validation::of(&construct).run(&responses).unwrap();
    let second = evidence.structures.iter().find(|s| s.name == Structure::SecondOrder.name()).unwrap();
    assert_eq!(second.result.status, Status::Heywood { variables: vec!["q".into()] });
}

/// Loadings of a bifactor model with three items in each of two groups can be exchanged, in any sample.
#[test]
fn what_no_data_can_tell_is_not_identified() {
    let text = "g =~ y1 + y2 + y3 + y4 + y5 + y6\nf1 =~ y1 + y2 + y3\nf2 =~ y4 + y5 + y6";
    let by = Estimation::default()
        .scaling(Scaling::UnitVariance)
        .latent_covariances(LatentCovariances::Orthogonal);
    for seed in 1..=6 {
        let rows = population(SECOND_POPULATION).draw(300, seed).into_array();
        for unit in [1.0, 0.01] {
            let fit = by.fit(&model(text), &in_units(&rows, |_| unit)).unwrap();
            assert!(matches!(fit.status, Status::NotIdentified { .. }), "{}", fit.status);
        }
    }
}

/// Two factors under one leave a loading of h without unit, and the search may come to rest where it is 1e154: that is no
/// solution, and the model is not identified.
#[test]
fn a_search_that_comes_to_rest_far_away_is_no_solution() {
    let text = "f1 =~ x1 + x2 + x3\nf2 =~ x4 + la*x5 + lb*x6 + x7\nh =~ f1 + f2\nla == 0.8*lb";
    for missing in [Missing::Fiml, Missing::Listwise] {
        let estimation = Estimation::new(Estimator::Mlf).scaling(Scaling::UnitVariance).missing(missing);
        let fit = estimation.fit(&model(text), &stored("hs_missing.csv")).unwrap();
        assert!(matches!(fit.status, Status::NotIdentified { .. }), "{missing:?}: {}", fit.status);
    }
}

/// A marker whose loading has the other sign than the search takes it to have: the others go to infinity, and come back
/// from the other side. What is the marker changes no test.
#[test]
fn a_marker_of_the_other_sign_is_found_beyond_infinity() {
    let population = population(
        "f1 =~ .7*y1 + .6*y2 + .8*y3; f2 =~ -.12*y3 + .7*y4 + .8*y5 + .6*y6; f1 ~~ .6*f2
         f3 =~ .7*y7 + .7*y8 + .6*y9; f3 ~~ .3*f1 + .4*f2",
    );
    let text = "f1 =~ y1 + y2 + y3\nf3 =~ y7 + y8 + y9\nf2 =~ ";
    let (marked, other) = (format!("{text}y3 + y4 + y5 + y6"), format!("{text}y4 + y5 + y6 + y3"));
    let mut beyond = 0;
    for seed in 1..=12 {
        let rows = population.draw(200, seed).into_array();
        let missing = rows.mapv(|x| if (x * 1e6) as i64 % 11 == 0 { f64::NAN } else { x });
        let ml = Estimation::new(Estimator::Mlr);
        for (estimation, rows, unit) in [
            (ml.clone(), &rows, 30.0),
            // whose weights are the units
            (Estimation::new(Estimator::Ulsm), &rows, 1.0),
            (ml.missing(Missing::Fiml), &missing, 30.0),
        ] {
            let data = in_units(rows, |i| if i % 2 == 0 { 1.0 } else { unit });
            let fit = estimation.fit(&model(&marked), &data).unwrap();
            let of_other = estimation.fit(&model(&other), &data).unwrap();
            // one that has next to nothing of its factor gives it no unit
            if of_other.parameter("f2", "=~", "y3").unwrap().std_all.unwrap().abs() < 0.01 {
                continue;
            }
            near(chisq(&fit), chisq(&of_other), 1e-5);
            let is_other = fit.warnings.iter().any(|warning| warning.code() == "other_start");
            beyond += usize::from(is_other && fit.parameter("f2", "=~", "y4").unwrap().est < 0.0);
        }
    }
    assert!(beyond > 0);
}

/// Constraints that are not linear and that the data contradict: curved valleys (`la == lb^2`, a cubic), in which a search that
/// does not know the curvature of the constraints steps from side to side, and two branches that meet in a kink, where
/// one that begins on the wrong branch ends. The solution keeps the constraint, and none beside it on the curve fits
/// better, nor does any with its loadings fixed.
#[test]
fn a_constraint_that_is_a_curve_is_followed_to_its_lowest_point() {
    type Kind = (&'static str, &'static str, fn(f64) -> f64);
    let kinds: [Kind; 3] = [
        ("-.6*y2 + -.2*y3", "la == lb^2", |lb| lb * lb),
        ("-.5*y2 + .7*y3", "la == 3*lb^3 - lb", |lb| 3.0 * lb.powi(3) - lb),
        ("-.5*y2 + .7*y3", "la == sqrt(abs(lb))", |lb| lb.abs().sqrt()),
    ];
    let others = "f2 =~ y5 + y6 + y7";
    let by = Estimation::default().scaling(Scaling::UnitVariance);
    for (loadings, constraint, curve) in kinds {
        let population = population(&format!(
            "f1 =~ .7*y1 + {loadings} + .7*y4; f2 =~ .7*y5 + .7*y6 + .7*y7; f1 ~~ .4*f2"
        ));
        for seed in 1..=12 {
            let data = in_units(&population.draw(200, seed).into_array(), |_| 1.0);
            let text = format!("f1 =~ y1 + la*y2 + lb*y3 + y4\n{others}\n{constraint}");
            let fit = by.fit(&model(&text), &data).unwrap();
            let lowest = chisq(&fit);
            let lb = fit.parameter("f1", "=~", "y3").unwrap().est;
            near(fit.parameter("f1", "=~", "y2").unwrap().est, curve(lb), 1e-8);
            let along = |lb: f64| {
                // from where the others are: with two loadings fixed there are more minima than one
                let at = |name| fit.parameter("f1", "=~", name).unwrap().est;
                let (first, last, la) = (at("y1"), at("y4"), curve(lb));
                let text = format!(
                    "f1 =~ start({first:?})*y1 + {la:?}*y2 + {lb:?}*y3 + start({last:?})*y4\n{others}\n\
                     f1 ~~ start({:?})*f2",
                    fit.parameter("f1", "~~", "f2").unwrap().est
                );
                chisq(&by.fit(&model(&text), &data).unwrap())
            };
            near(along(lb), lowest, 1e-6);
            for step in [-0.02, 0.02] {
                assert!(along(lb + step) > lowest, "{constraint} {seed}: {lb}");
            }
        }
    }
}
