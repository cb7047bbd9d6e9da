//! Models and data that cannot be fitted: each ends with a status or an error that names the culprit.

use ndarray::{Array2, Axis};
use psychometrics::data::Dataset;
use psychometrics::estimate::Status;
use psychometrics::model::{Function, MeanStructure};
use psychometrics::{Error, Estimation, Estimator, Fit, Result};

const ALL: [Estimator; 8] = [
    Estimator::Ml,
    Estimator::Mlm,
    Estimator::Mlr,
    Estimator::Mlf,
    Estimator::Gls,
    Estimator::Uls,
    Estimator::Wls,
    Estimator::Dwls,
];

fn schools() -> Dataset {
    Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/data/holzinger_swineford_1939/hs.csv")).unwrap()
}

fn names() -> Vec<String> {
    (1..=9).map(|i| format!("x{i}")).collect()
}

fn rows() -> Array2<f64> {
    schools().numeric(&names()).unwrap()
}

fn fitted(estimation: &Estimation, model: &str, rows: &Array2<f64>) -> Result<Fit> {
    let data = Dataset::builder().array(names(), rows.clone()).nan_is_missing().build()?;
    estimation.fit(&model.parse()?, &data)
}

/// No number of a fit may look like an answer and be none.
fn sound(fit: &Fit) {
    for p in &fit.parameters {
        let numbers = [Some(p.est), p.se, p.z, p.pvalue, p.ci_lower, p.ci_upper, p.std_lv, p.std_all];
        assert!(numbers.iter().flatten().all(|x| x.is_finite()), "{p:?}");
        assert!(fit.converged || p.free == 0 || p.se.is_none(), "{p:?}");
    }
    assert!(fit.fit.iter().all(|(name, value)| value.is_none_or(f64::is_finite) || name.is_empty()));
}

#[test]
fn more_parameters_than_moments_are_counted() {
    for estimator in ALL {
        let fit = fitted(&Estimation::new(estimator), "f =~ x1 + x2", &rows()).unwrap();
        let Status::NotIdentified { parameters, df } = &fit.status else { panic!("{}", fit.status) };
        assert_eq!((parameters.len(), *df), (4, -1), "{}", estimator.name());
        sound(&fit);
    }
}

#[test]
fn a_factor_without_a_unit_is_named() {
    for estimator in ALL {
        let model = "f =~ NA*x1 + x2 + x3 + x4; f ~~ NA*f";
        let fit = fitted(&Estimation::new(estimator), model, &rows()).unwrap();
        let Status::NotIdentified { parameters, .. } = &fit.status else { panic!("{}", fit.status) };
        assert!(parameters.iter().any(|p| p == "f ~~ f"), "{}: {parameters:?}", estimator.name());
        assert!(parameters.iter().all(|p| !p.starts_with("x1 ~~")), "{parameters:?}");
        sound(&fit);
    }
}

#[test]
fn the_group_without_identification_is_named() {
    let model = "group: 1\nf =~ x1 + x2 + x3\ngroup: 2\nf =~ NA*x1 + x2 + x3";
    for estimator in [Estimator::Ml, Estimator::Mlr, Estimator::Gls] {
        let fit =
            Estimation::new(estimator).group("school").fit(&model.parse().unwrap(), &schools()).unwrap();
        let Status::NotIdentified { parameters, .. } = &fit.status else { panic!("{}", fit.status) };
        assert!(parameters.iter().all(|p| p.ends_with("(group 2)")), "{parameters:?}");
        sound(&fit);
    }
}

/// Two factors of two indicators are identified by their covariance alone, and that is zero.
#[test]
fn a_covariance_of_zero_that_identifies_is_found_out() {
    let own = rows();
    let n = own.nrows();
    let mut plain = own.clone();
    // x3 and x4 made uncorrelated with x1 and x2, exactly
    let centred = |column: usize| {
        let values = own.column(column);
        &values - values.mean().unwrap()
    };
    let first = [centred(0), centred(1)];
    let gram = |a: &ndarray::Array1<f64>, b: &ndarray::Array1<f64>| a.dot(b) / n as f64;
    let (a, b, c) = (gram(&first[0], &first[0]), gram(&first[0], &first[1]), gram(&first[1], &first[1]));
    for column in [2, 3] {
        let y = centred(column);
        let (u, v) = (gram(&first[0], &y), gram(&first[1], &y));
        let determinant = a * c - b * b;
        let (s, t) = ((c * u - b * v) / determinant, (a * v - b * u) / determinant);
        plain.column_mut(column).assign(&(&y - &(s * &first[0]) - &(t * &first[1])));
    }
    let fit = fitted(&Estimation::default(), "f =~ x1 + x2; g =~ x3 + x4", &plain).unwrap();
    assert!(
        matches!(fit.status, Status::NotIdentified { .. } | Status::NotConverged { .. }),
        "{}",
        fit.status
    );
    assert!(fit.status.hint().is_some_and(|hint| !hint.is_empty()));
    sound(&fit);
}

#[test]
fn constraints_that_contradict_are_told() {
    for model in
        ["f =~ x1 + a*x2 + b*x3 + x4; a == 0.5; a == 0.7", "f =~ x1 + a*x2 + b*x3 + x4; a == b; a == b + 1"]
    {
        let fit = fitted(&Estimation::default(), model, &rows()).unwrap();
        assert!(!fit.converged, "{}", fit.status);
        assert!(!fit.status.to_string().is_empty() && fit.status.hint().is_some());
        sound(&fit);
    }
    let twice =
        fitted(&Estimation::default(), "f =~ x1 + a*x2 + x3 + x4; a == 0.5; 2*a == 1", &rows()).unwrap();
    assert!(twice.converged, "the same constraint twice is no contradiction: {}", twice.status);
}

#[test]
fn a_constant_outcome_is_named() {
    let mut constant = rows();
    constant.column_mut(4).fill(3.0);
    for estimator in ALL {
        let estimation = Estimation::new(estimator).function(Function::Sem);
        let found = fitted(&estimation, "f =~ x1 + x2 + x3; x5 ~ f", &constant);
        assert!(matches!(&found, Err(Error::ConstantItem { item, .. }) if item == "x5"), "{found:?}");
    }
}

#[test]
fn two_rows_and_fewer_rows_than_variables_are_too_few() {
    for n in [0, 1, 2, 9] {
        for estimator in ALL {
            let few = rows().select(Axis(0), &(0..n).collect::<Vec<_>>());
            let model = "f =~ x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9";
            let found = fitted(&Estimation::new(estimator), model, &few);
            assert!(found.is_err(), "{n} rows, {}", estimator.name());
            let message = found.unwrap_err().to_string();
            assert!(!message.is_empty());
        }
    }
    // and few for the moments of WLS
    let found = fitted(&Estimation::new(Estimator::Wls), "f =~ x1 + x2 + x3 + x4 + x5", &{
        rows().select(Axis(0), &(0..15).collect::<Vec<_>>())
    });
    assert!(matches!(found, Err(Error::TooFewRows { n: 15, needed: 16, .. })), "{found:?}");
}

#[test]
fn a_start_that_implies_no_covariance_matrix_is_told_or_overcome() {
    // fixed at a covariance that no positive residual variances allow
    let fixed = "f =~ x1 + x2 + x3; x1 ~~ 5*x2; x1 ~~ 0.5*x1; x2 ~~ 0.5*x2";
    for estimator in ALL {
        match fitted(&Estimation::new(estimator), fixed, &rows()) {
            Err(error) => assert!(matches!(error, Error::NotPositiveDefinite { .. }), "{error}"),
            Ok(fit) => sound(&fit),
        }
    }
    // a start that is none, though the model is sound
    let start = "f =~ x1 + start(90)*x2 + x3 + x4; x1 ~~ start(-9)*x1";
    let fit = fitted(&Estimation::default(), start, &rows());
    match fit {
        Err(error) => assert!(matches!(error, Error::NotPositiveDefinite { .. }), "{error}"),
        Ok(fit) => sound(&fit),
    }
}

#[test]
fn extreme_units_change_nothing() {
    let mut scaled = rows();
    for (column, unit) in [(0, 1e6), (1, 1e-6), (4, 1e3)] {
        scaled.column_mut(column).mapv_inplace(|x| x * unit);
    }
    let model = "visual =~ x3 + x1 + x2; textual =~ x4 + x5 + x6";
    let estimation = Estimation::default().means(MeanStructure::Included);
    let (plain, scaled) =
        (fitted(&estimation, model, &rows()).unwrap(), fitted(&estimation, model, &scaled).unwrap());
    assert!(scaled.converged);
    let (a, b) = (plain.measure("chisq").unwrap(), scaled.measure("chisq").unwrap());
    assert!((a - b).abs() < 1e-6, "{a} {b}");
    for (p, q) in plain.parameters.iter().zip(&scaled.parameters) {
        let (p, q) = (p.std_all.unwrap(), q.std_all.unwrap());
        assert!((p - q).abs() < 1e-6 * (1.0 + p.abs()), "{p} {q}");
    }
}

/// The fit of a model of the pupils by school.
fn by_school(model: &str) -> Result<Fit> {
    Estimation::default().group("school").fit(&model.parse()?, &schools())
}

fn chisq(fit: &Fit) -> (f64, i64) {
    (fit.measure("chisq").unwrap(), fit.df())
}

/// lavaan 0.6-14, `cfa(model, HolzingerSwineford1939, group = "school")`: one value of a vector holds in all groups.
#[test]
fn one_value_of_a_vector_holds_in_all_groups_and_other_numbers_are_refused() {
    for (modifier, expected, df) in [
        ("c(a)", 16.755_215_3, 5),
        ("label(c(\"a\"))", 16.755_215_3, 5),
        ("c(1)", 23.467_3, 6),
        ("c(NA)", 12.020_2, 4),
        ("c(a, b)", 12.020_2, 4),
        ("c(0.5, NA)", 13.282_6, 5),
        ("c(NA, 0.5)", 16.269_0, 5),
    ] {
        let fit = by_school(&format!("f =~ x1 + {modifier}*x2 + x3 + x4")).unwrap();
        let (found, own) = chisq(&fit);
        assert!(own == df && (found - expected).abs() < 1e-4, "{modifier}: {found}, {own}");
    }
    for modifier in [
        "c(a, b, c)",
        "c(NA, 1, 1)",
        "start(c(1, 2, 3))",
        "lower(c(0, 0, 0))",
        "upper(c(2, 2, 2))",
        "label(c(\"a\", \"b\", \"c\"))",
        "equal(c(\"f=~x3\", \"f=~x3.g2\", \"f=~x3\"))",
    ] {
        let model = format!("f =~ x1 + {modifier}*x2 + x3 + x4");
        let Err(Error::BadModel { what, remedy }) = by_school(&model) else { panic!("{modifier} fits") };
        assert!(what.contains("'f =~ x2' has 3 values") && what.contains("2 groups"), "{what}");
        assert!(remedy.contains("one for all"), "{remedy}");
        // and two values without groups
        let two = format!("f =~ x1 + {}*x2 + x3 + x4", modifier.replace(", 1)", ")").replace(", c)", ")"));
        let found = fitted(&Estimation::default(), &two, &rows());
        assert!(
            matches!(&found, Err(Error::BadModel { what, .. }) if what.contains("no groups")),
            "{two}: {found:?}"
        );
    }
    let inside = by_school("group: 1\nf =~ x1 + c(a, b)*x2 + x3\ngroup: 2\nf =~ x1 + x2 + x3");
    assert!(
        matches!(&inside, Err(Error::BadModel { what, .. }) if what.contains("block of one group")),
        "{inside:?}"
    );
}

/// lavaan 0.6-14 as above: a name without suffix is of the first group, `.g2` of the second.
#[test]
fn equal_names_a_parameter_of_a_group() {
    for (modifier, expected, df) in [
        ("equal(\"f=~x3\")", 17.220_6, 6),
        ("equal(c(\"f=~x3\"))", 17.220_6, 6),
        ("equal(c(\"f=~x3\", \"f=~x3.g2\"))", 15.297_5, 6),
        ("equal(c(\"\", \"f=~x3\"))", 14.049_4, 5),
        ("equal(\"f=~x3.g2\")", 20.201_8, 6),
    ] {
        let (found, own) = chisq(&by_school(&format!("f =~ x1 + {modifier}*x2 + x3 + x4")).unwrap());
        assert!(own == df && (found - expected).abs() < 1e-4, "{modifier}: {found}, {own}");
    }
    // in the block of a group too it is the first group that has no suffix
    let blocks = "group: 1\nf =~ x1 + equal(\"f=~x3\")*x2 + x3 + x4\ngroup: 2\nf =~ x1 + equal(\"f=~x3\")*x2 + x3 + x4";
    assert!((chisq(&by_school(blocks).unwrap()).0 - 17.220_6).abs() < 1e-4);
    // lavaan 0.6-14: 119.051, 50 degrees of freedom, .905 and 1.032
    let three = "visual =~ x1 + x2 + x3\nspeed =~ x7 + start(c(1.1, 0.7))*x8 + x9\n\
                 textual =~ x4 + x5 + equal(c(\"speed=~x8\", \"speed=~x8.g2\"))*x6";
    let fit = by_school(three).unwrap();
    let (found, df) = chisq(&fit);
    assert!(df == 50 && (found - 119.051).abs() < 1e-3, "{found}");
    for (group, loading, se) in [(1, 0.905, 0.075), (2, 1.032, 0.078)] {
        for (factor, item) in [("speed", "x8"), ("textual", "x6")] {
            let own = fit.parameter_in(group, factor, "=~", item).unwrap();
            assert!((own.est - loading).abs() < 6e-4 && (own.se.unwrap() - se).abs() < 6e-4, "{own:?}");
        }
    }
}

/// lavaan 0.6-14, one group: what is added to the text can be equalled too (21.6443, 3 degrees of freedom), and what is
/// fixed fixes the other (20.7009, 3). A parameter with a label of its own, a chain and the other order of a covariance
/// are one parameter here; lavaan leaves them apart without a word.
#[test]
fn equal_reaches_added_fixed_and_labelled_parameters() {
    let of = |model: &str| chisq(&fitted(&Estimation::default(), model, &rows()).unwrap());
    let (added, df) = of("f =~ x1 + x2 + x3 + x4\nx2 ~~ equal(\"x1~~x1\")*x2");
    assert!(df == 3 && (added - 21.644_3).abs() < 1e-4, "{added}");
    let (fixed, df) = of("f =~ x1 + equal(\"f=~x1\")*x2 + x3 + x4");
    assert!(df == 3 && (fixed - 20.700_9).abs() < 1e-4, "{fixed}");
    let (plain, same) = of("f =~ x1 + a*x2 + a*x3 + x4");
    let (labelled, df) = of("f =~ x1 + a*x2 + equal(\"f=~x2\")*x3 + x4");
    assert!(df == same && (plain - labelled).abs() < 1e-8);
    let (chain, df) = of("f =~ x1 + equal(\"f=~x3\")*x2 + equal(\"f=~x4\")*x3 + x4");
    assert!(df == 4 && (chain - of("f =~ x1 + a*x2 + a*x3 + a*x4").0).abs() < 1e-8);
    let (circle, df) = of("f =~ x1 + equal(\"f=~x3\")*x2 + equal(\"f=~x2\")*x3 + x4");
    assert!(df == same && (plain - circle).abs() < 1e-8);
    let (either, df) = of("f =~ x1 + x2 + x3 + x4 + x5\nx1 ~~ x2\nx3 ~~ equal(\"x2~~x1\")*x4");
    assert!(df == 4 && (either - of("f =~ x1 + x2 + x3 + x4 + x5\nx1 ~~ a*x2\nx3 ~~ a*x4").0).abs() < 1e-8);
    let lost = fitted(&Estimation::default(), "f =~ x1 + equal(\"f=~x22\")*x2 + x3", &rows());
    let Err(Error::BadModel { what, remedy }) = lost else { panic!("{lost:?}") };
    assert!(what.contains("'f=~x22'") && remedy.contains("f=~x2"), "{what} {remedy}");
}

/// Where lavaan 0.6-14 stops ("ov.names assumes 1 groups"), no group is left without its model.
#[test]
fn a_group_without_formulas_is_named() {
    let found = by_school("group: 1\nf =~ x1 + x2 + x3 + x4");
    let Err(Error::BadModel { what, remedy }) = found else { panic!("{found:?}") };
    assert!(what.contains("group 2 ('Grant-White')") && remedy.contains("Grant-White"), "{what} {remedy}");
    // formulas before the first block hold in all groups, and what a block adds is put together with them
    let both = by_school("f =~ x1 + x2 + x3 + x4\ngroup: 2\nf =~ 0.5*x2").unwrap();
    let (vector, df) = chisq(&by_school("f =~ x1 + c(NA, 0.5)*x2 + x3 + x4").unwrap());
    assert_eq!(both.df(), df);
    assert!((both.measure("chisq").unwrap() - vector).abs() < 1e-8);
}

/// lavaan 0.6-14: "some latent variable names collide with observed variable names", whether the column is in the model
/// or not.
#[test]
fn a_factor_with_the_name_of_a_column_is_refused() {
    for model in ["f =~ x1 + x2 + x3\nx1 =~ x4 + x5 + x6", "x9 =~ x1 + x2 + x3 + x4"] {
        let found = fitted(&Estimation::default(), model, &rows());
        assert!(
            matches!(&found, Err(Error::BadModel { what, .. }) if what.contains("a column of the data")),
            "{found:?}"
        );
    }
}

#[test]
fn a_definition_without_value_is_told_and_the_others_stand() {
    let model = "f =~ x1 + a*x2 + x3 + x4\nbad := log(a - 5)\nworse := bad + 1\nzero := a/0\nroot := (a - 3)^0.5\n\
                 good := 2*a";
    let fit = fitted(&Estimation::default(), model, &rows()).unwrap();
    let undefined = fit.undefined();
    let names: Vec<&str> = undefined.iter().map(|u| u.name.as_str()).collect();
    assert_eq!(names, ["bad", "worse", "zero", "root"]);
    assert!(undefined[0].reason.contains("log(-4."), "{}", undefined[0].reason);
    assert!(undefined[2].reason.contains("/ 0"), "{}", undefined[2].reason);
    let told: Vec<String> =
        fit.warnings.iter().filter(|w| w.code() == "without_value").map(ToString::to_string).collect();
    assert!(told.len() == 4 && told[0].contains("'bad := log(a-5)' has no value"), "{told:?}");
    let a = fit.parameter("f", "=~", "x2").unwrap().est;
    let good = fit.parameters.iter().filter(|p| p.op == ":=").collect::<Vec<_>>();
    assert_eq!((good.len(), good[0].lhs.as_str(), good[0].est), (1, "good", 2.0 * a));
    // the standardised values belong to the same name
    let standardized = fit.standardized();
    let own = standardized.iter().find(|p| p.op == ":=").unwrap();
    let loading = fit.parameter("f", "=~", "x2").unwrap().std_all.unwrap();
    assert!(own.lhs == "good" && (own.est.unwrap() - 2.0 * loading).abs() < 1e-12);
    sound(&fit);
}

#[test]
fn a_constraint_without_value_is_an_error_or_a_warning() {
    let found = fitted(&Estimation::default(), "f =~ x1 + a*x2 + x3 + x4\nlog(a - 5) == 1", &rows());
    let Err(Error::BadModel { what, remedy }) = found else { panic!("{found:?}") };
    assert!(
        what.contains("'log(a-5) == 1'") && what.contains("log(-") && remedy.contains("start(value)"),
        "{what}"
    );
    let fit = fitted(&Estimation::default(), "f =~ x1 + a*x2 + x3 + x4\nlog(a - 5) > 1", &rows()).unwrap();
    let told = fit.warnings.iter().find(|w| w.code() == "without_value").unwrap().to_string();
    assert!(told.contains("was not used"), "{told}");
}

/// Each definition is worked out once: a sum of two of the last one, fifty times, is 2^50 terms otherwise.
#[test]
fn definitions_of_definitions_cost_no_more_than_their_number() {
    let doubled: String = (1..50).map(|i| format!("d{i} := d{} + d{}\n", i - 1, i - 1)).collect();
    let chain: String = (1..2000).map(|i| format!("e{i} := e{} + 1\n", i - 1)).collect();
    let model = format!("f =~ x1 + a*x2 + x3 + x4\nd0 := a\n{doubled}e0 := a\n{chain}");
    let fit = fitted(&Estimation::default(), &model, &rows()).unwrap();
    let of = |name: &str| fit.parameters.iter().find(|p| p.op == ":=" && p.lhs == name).unwrap();
    let a = fit.parameter("f", "=~", "x2").unwrap();
    assert_eq!(of("d49").est, a.est * 2f64.powi(49));
    assert!((of("d49").se.unwrap() / (a.se.unwrap() * 2f64.powi(49)) - 1.0).abs() < 1e-12);
    assert!((of("e1999").est - a.est - 1999.0).abs() < 1e-9);
}

#[test]
fn far_more_parameters_than_moments_are_refused_at_once() {
    let all = names().join(" + ");
    for factors in [30, 60, 200, 1500] {
        let model: String = (0..factors).map(|i| format!("f{i} =~ {all}\n")).collect();
        let found = fitted(&Estimation::default(), &model, &rows());
        let Err(error @ Error::MoreParametersThanMoments { free, moments }) = &found else {
            panic!("{found:?}")
        };
        assert!(*free > 500 && (45..=54).contains(moments), "{free} {moments}");
        assert_eq!((error.code(), error.is_input_fault()), ("not_identified", false));
    }
}

#[test]
fn a_model_without_variances_says_so() {
    let estimation = Estimation::default().function(Function::Lavaan);
    let found = fitted(&estimation, "latent =~ x1 + x2 + x3 + x4", &rows());
    let Err(Error::BadModel { what, remedy }) = found else { panic!("{found:?}") };
    assert!(what.contains("'x1', 'x2', 'x3', 'x4'") && remedy.contains("--fn cfa"), "{what} {remedy}");
}

/// lavaan 0.6-17 and later warn, or stop.
#[test]
fn an_estimator_of_ordinal_variables_without_any_is_told() {
    for (estimator, told) in [(Estimator::Wlsmv, true), (Estimator::Ulsmv, true), (Estimator::Dwls, false)] {
        let fit = fitted(&Estimation::new(estimator), "f =~ x1 + x2 + x3 + x4", &rows()).unwrap();
        assert_eq!(fit.warnings.iter().any(|w| w.code() == "nothing_ordinal"), told, "{}", estimator.name());
    }
}

#[test]
fn what_is_said_of_a_residual_variance_that_is_left_is_told() {
    use psychometrics::correlation::Ordered;
    use psychometrics::model::Parameterization;
    let data = Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/likert5.csv")).unwrap();
    let of = |model: &str, parameterization| {
        let estimation =
            Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).parameterization(parameterization);
        estimation.fit(&model.parse().unwrap(), &data).unwrap()
    };
    let not_used = |fit: &Fit| fit.warnings.iter().filter(|w| w.code() == "not_used").count();
    let (delta, theta) = (Parameterization::Delta, Parameterization::Theta);
    let (fixed, plain) = ("A =~ a1 + a2 + a3 + a4\na2 ~~ 2*a2", "A =~ a1 + a2 + a3 + a4\na2 ~~ a2");
    assert_eq!(
        (not_used(&of(fixed, delta)), not_used(&of(plain, delta)), not_used(&of(fixed, theta))),
        (1, 0, 0)
    );
    assert_eq!(not_used(&of("A =~ a1 + a2 + a3 + a4\na2 ~*~ 2*a2", theta)), 1);
    // and a definition by such a label has no value
    let fit = of("A =~ a1 + a2 + a3 + a4\na2 ~~ v*a2\nd := 2*v", delta);
    assert!(fit.undefined()[0].reason.contains("'v'"), "{:?}", fit.undefined());
}

#[test]
fn score_tests_of_two_levels_are_told_to_be_none() {
    let data = Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/two_level.csv")).unwrap();
    let model: psychometrics::Model =
        "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n g =~ 1*y1 + a*y2 + a*y3 + y4".parse().unwrap();
    let fit = Estimation::default().cluster("team").fit(&model, &data).unwrap();
    let refused = fit.score_tests().unwrap_err().to_string();
    assert!(refused.contains("score tests of a model of two levels"), "{refused}");
    let blocks: Vec<String> =
        fit.blocks().iter().map(|block| format!("{block}: {} {}", block.n, block.unit())).collect();
    assert_eq!(blocks, ["within: 857 respondents", "between: 110 clusters"]);
}

/// lavaan 0.6-14, `sem(model, two_level, cluster = "team")`: log L -3969.708408 and -3973.031477, one degree of freedom.
#[test]
fn equal_names_a_parameter_of_a_level() {
    let data = Dataset::read_csv(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/two_level.csv")).unwrap();
    for (between, expected) in [
        ("y1 + equal(\"fw=~y2\")*y2 + y3", -3_969.708_408),
        ("y1 + y2 + equal(\"fb=~y2.l2\")*y3", -3_973.031_477),
    ] {
        let model = format!("level: 1\nfw =~ y1 + y2 + y3\nlevel: 2\nfb =~ {between}");
        let estimation = Estimation::default().function(Function::Sem).cluster("team");
        let fit = estimation.fit(&model.parse().unwrap(), &data).unwrap();
        let own = fit.measure("logl").unwrap();
        assert!(fit.df() == 1 && (own - expected).abs() < 1e-4, "{own}");
    }
}
