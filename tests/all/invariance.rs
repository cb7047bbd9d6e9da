//! Ladders of invariance against lavaan's and semTools's, what differs, effects, groups that do not allow them.

use crate::table;
use psychometrics::correlation::Ordered;
use psychometrics::data::Dataset;
use psychometrics::evidence::internal_structure::{
    Adjustment, Invariance, InvarianceStudy, Level, RungVerdict,
};
use psychometrics::model::{Equality, Parameterization, Scaling};
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Estimator, Model, Warning};
use serde_json::Value;

const HS: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";
const TWO: &str = "A =~ a1 + a2 + a3 + a4\nB =~ b1 + b2 + b3 + b4";

fn hs() -> Dataset {
    Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap()
}

fn model(text: &str) -> Model {
    text.parse().unwrap()
}

fn ladder(study: &InvarianceStudy) -> Vec<(String, f64, f64, usize)> {
    let of = |own: &psychometrics::evidence::internal_structure::Rung| {
        (own.level.clone(), own.chisq.unwrap(), own.df.unwrap(), own.npar)
    };
    study.models.iter().map(of).collect()
}

/// The answers of `likert5.csv`, in so many categories.
fn in_categories(k: usize) -> Dataset {
    let text = std::fs::read_to_string("tests/data/likert5.csv").unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').map(|name| name.trim_matches('"')).collect();
    let cut = |name: &str, cell: &str| -> String {
        let is_item = name.len() == 2 && "abc".contains(&name[..1]);
        match cell.parse::<i32>() {
            Ok(v) if is_item && k == 2 => i32::from(v > 3).to_string(),
            Ok(v) if is_item && k == 3 => (if v <= 2 { 1 } else { v - 1 }).min(3).to_string(),
            _ => cell.to_string(),
        }
    };
    let mut cells = head.join(",") + "\n";
    for line in lines {
        let row: Vec<String> = line.split(',').zip(&head).map(|(cell, name)| cut(name, cell)).collect();
        cells += &(row.join(",") + "\n");
    }
    let path = std::env::temp_dir().join(format!("psychometrics_invariance_{k}_{}.csv", std::process::id()));
    std::fs::write(&path, cells).unwrap();
    Dataset::read_csv(&path).unwrap()
}

#[test]
fn holzinger_and_swinefords_schools_climb_as_in_lavaan() {
    let levels = [
        Level::Configural,
        Level::Metric,
        Level::Scalar,
        Level::Strict,
        Level::LatentCovariances,
        Level::LatentMeans,
    ];
    // lavaan 0.6-14: cfa(HS, hs, group = "school", group.equal = ...)
    let expected = [
        ("configural", 115.851343875559, 48.0),
        ("metric", 124.043544179993, 54.0),
        ("scalar", 164.102830925183, 60.0),
        ("strict", 181.51134523027, 69.0),
        ("lv.covariances", 187.387500544367, 75.0),
        ("lv.means", 226.94617298091, 78.0),
    ];
    for scaling in [Scaling::Marker, Scaling::UnitVariance] {
        let estimation = Estimation::default().group("school").scaling(scaling);
        let study = Invariance::of(estimation).levels(levels).steps_only().run(&model(HS), &hs()).unwrap();
        for (own, (level, chisq, df)) in ladder(&study).iter().zip(expected) {
            assert_eq!((own.0.as_str(), own.2), (level, df));
            assert!((own.1 / chisq - 1.0).abs() < 1e-7, "{level}: {}", own.1);
        }
        let verdicts: Vec<RungVerdict> = study.comparisons.iter().map(|own| own.verdict).collect();
        assert_eq!(verdicts[..2], [RungVerdict::Holds, RungVerdict::Fails]);
        assert_eq!(study.comparisons[0].rules.len(), 3);
    }
}

/// Step, free parameters, degrees of freedom, unscaled chi-square.
type Expected = (&'static str, usize, f64, f64);

#[test]
fn steps_of_ordinal_items_have_the_parameters_of_wu_and_estabrook() {
    // semTools 0.5-6: measEq.syntax(ID.cat = "Wu.Estabrook.2016", ID.fac = "std.lv"), lavaan 0.6-14, WLSMV. Of two
    // categories its steps of thresholds and loadings are no restrictions of one another; of three that of thresholds is
    // the configural model.
    let expected: [(usize, &[Expected]); 3] = [
        (
            2,
            &[
                ("configural", 34, 38.0, 33.278673),
                ("intercepts", 30, 42.0, 49.767774),
                ("residuals", 22, 50.0, 57.322283),
                ("means", 20, 52.0, 91.401686),
            ],
        ),
        (
            3,
            &[
                ("configural", 50, 38.0, 21.587330),
                ("loadings", 44, 44.0, 26.877744),
                ("intercepts", 38, 50.0, 43.722113),
                ("residuals", 30, 58.0, 55.973743),
                ("means", 28, 60.0, 101.759859),
            ],
        ),
        (
            5,
            &[
                ("configural", 82, 38.0, 19.728744),
                ("thresholds", 66, 54.0, 25.255160),
                ("loadings", 60, 60.0, 39.009216),
                ("intercepts", 54, 66.0, 61.442850),
                ("residuals", 46, 74.0, 77.108575),
                ("means", 44, 76.0, 160.662924),
            ],
        ),
    ];
    for (k, steps) in expected {
        let data = in_categories(k);
        for parameterization in [Parameterization::Delta, Parameterization::Theta] {
            let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group");
            let levels = Level::usual(true).into_iter().chain([Level::LatentMeans]);
            let study = Invariance::of(estimation.parameterization(parameterization))
                .levels(levels)
                .steps_only()
                .run(&model(TWO), &data)
                .unwrap();
            assert_eq!(study.models.len(), steps.len(), "{k} {parameterization}");
            for (own, (level, npar, df, chisq)) in ladder(&study).iter().zip(steps) {
                assert_eq!((own.0.as_str(), own.3, own.2), (*level, *npar, *df), "{k} {parameterization}");
                assert!((own.1 - chisq).abs() < 2e-4 * chisq, "{k} {level}: {} {chisq}", own.1);
            }
            let skipped: Vec<&str> = study.skipped.iter().map(|own| own.level.as_str()).collect();
            let none: &[&str] = match k {
                2 => &["thresholds", "loadings"],
                3 => &["thresholds"],
                _ => &[],
            };
            assert_eq!(skipped, none);
        }
    }
}

/// The cells of a parameter at each step: which are one (=), which differ by group (/), with fixed values.
fn cells(text: &str, lhs: &str) -> Vec<String> {
    text.lines().filter(|line| line.starts_with(lhs)).map(str::to_string).collect()
}

#[test]
fn the_model_of_a_step_says_what_is_equal_and_what_identifies_it() {
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group");
    let text = "A =~ a1 + a2 + a3 + a4";
    let study = |k: usize, parameterization| {
        let own = estimation.clone().parameterization(parameterization);
        Invariance::of(own).steps_only().run(&model(text), &in_categories(k)).unwrap()
    };
    let at = |study: &InvarianceStudy, level: &str| {
        study.models.iter().find(|own| own.level == level).unwrap().model.clone()
    };
    let five = study(5, Parameterization::Delta);
    // free in both groups, units fixed in both
    let configural = at(&five, "configural");
    assert_eq!(cells(&configural, "a2 ~*~"), ["a2 ~*~ 1.0*a2"]);
    assert_eq!(cells(&configural, "a2 ~ "), ["a2 ~ 0.0*1"]);
    let thresholds = at(&five, "thresholds");
    assert!(cells(&thresholds, "a2 |")[0].starts_with("a2 | t_a2_t1*t1 + t_a2_t2*t2"));
    assert_eq!(cells(&thresholds, "a2 ~*~"), ["a2 ~*~ c(1.0,NA)*a2"]);
    assert_eq!(cells(&thresholds, "a2 ~ "), ["a2 ~ c(0.0,NA)*1"]);
    assert_eq!(cells(&thresholds, "A ~~"), ["A ~~ 1.0*A"]);
    assert_eq!(cells(&at(&five, "loadings"), "A ~~"), ["A ~~ c(1.0,NA)*A"]);
    let intercepts = at(&five, "intercepts");
    assert_eq!(cells(&intercepts, "a2 ~ "), ["a2 ~ 0.0*1"]);
    assert_eq!(cells(&intercepts, "A ~ "), ["A ~ c(0.0,NA)*1"]);
    // residual variances are parameters in theta
    assert_eq!(cells(&at(&five, "residuals"), "a2 ~~"), ["a2 ~~ 1.0*a2"]);
    let theta = study(5, Parameterization::Theta);
    assert_eq!(cells(&at(&theta, "thresholds"), "a2 ~~"), ["a2 ~~ c(1.0,NA)*a2"]);
    let two = study(2, Parameterization::Delta);
    assert_eq!(cells(&at(&two, "configural"), "a2 |"), ["a2 | t1"]);
    assert_eq!(cells(&at(&two, "intercepts"), "a2 ~*~"), ["a2 ~*~ c(1.0,NA)*a2"]);
    // the text is the model: fitted as it stands it is the step
    let again = estimation.clone().function(psychometrics::model::Function::Lavaan);
    let fit = again.fit(&model(&intercepts), &in_categories(5)).unwrap();
    let chisq = five.models.iter().find(|own| own.level == "intercepts").unwrap().chisq.unwrap();
    assert!((fit.measure("chisq").unwrap() - chisq).abs() < 1e-9 * chisq);
}

fn close(own: f64, other: &Value, tolerance: f64) -> bool {
    other.as_f64().is_none_or(|other| (own - other).abs() <= tolerance * other.abs().max(0.05))
}

#[test]
fn score_tests_releases_and_effects_are_those_of_the_formulas() {
    let reference: Value = serde_json::from_str(include_str!("../reference/invariance.json")).unwrap();
    let mut differences = table::Differences::default();
    let mut compared = 0;
    for case in reference["cases"].as_array().unwrap() {
        let text = |key: &str| case[key].as_str().unwrap();
        let is_ordinal = case["ordered"] == true;
        let mut estimation =
            Estimation::new(text("estimator").parse::<Estimator>().unwrap()).group(text("group"));
        if is_ordinal {
            estimation = estimation.ordered(Ordered::All).parameterization(Parameterization::Theta);
        }
        let data = Dataset::read_csv(text("data")).unwrap();
        let ladder = Invariance::of(estimation).release_thresholds(false).alpha_by_stage();
        let study = ladder.run(&model(text("model")), &data).unwrap();
        let mut check = |what: String, own: f64, other: &Value, tolerance: f64| {
            compared += 1;
            if !close(own, other, tolerance) {
                differences.note(format!("{} {what}: {own} {other}", text("name")));
            }
        };
        // estimates of ordinal models reach four digits
        let wide = if is_ordinal { 3e-3 } else { 1e-3 };
        for row in case["scores"].as_array().unwrap() {
            let (level, parameter) = (row[0].as_str().unwrap(), row[1].as_str().unwrap());
            let own = study.scores.iter().find(|own| own.level == level && own.parameter == parameter);
            let own = own.unwrap_or_else(|| panic!("{level} {parameter}"));
            check(format!("{level} {parameter}"), own.unscaled, &row[2], 1e-3);
            if !row[3].is_null() {
                check(format!("{level} {parameter} robust"), own.statistic, &row[3], 1e-3);
            }
            assert_eq!(own.df as u64, row[4].as_u64().unwrap(), "{level} {parameter}");
            if !row[5].is_null() {
                check(format!("{level} {parameter} epc"), own.changes[0].epc, &row[5], wide);
                check(format!("{level} {parameter} epc"), own.changes[1].epc, &row[6], wide);
            }
        }
        let partial = study.partial.as_ref().unwrap();
        let expected = &case["partial"];
        let named = |own: &String| expected["released"].as_array().unwrap().iter().any(|other| other == own);
        // an item whose loading is free has its intercept free; the reference does not list it where it is ordinal
        let listed: Vec<&String> =
            partial.released.iter().filter(|own| !is_ordinal || *own != "b3~1").collect();
        assert!(listed.iter().all(|own| named(own)), "{:?}", partial.released);
        assert_eq!(listed.len(), expected["released"].as_array().unwrap().len());
        let steps = expected["steps"].as_array().unwrap();
        assert_eq!(partial.steps.len(), steps.len());
        for (own, row) in partial.steps.iter().zip(steps) {
            let what = own.parameter.clone();
            check(what.clone(), own.chisq.unwrap(), &row[1], 1e-5);
            assert_eq!(own.candidates as u64, row[2].as_u64().unwrap());
            check(what.clone(), own.test.statistic, &row[3], 1e-3);
            check(what.clone(), own.test.robust.unwrap_or(0.0), &row[4], 1e-3);
            check(what, own.adjusted, &row[5], 1e-3);
            assert_eq!(own.released, row[6] == true);
        }
        let measure = |name: &str| partial.fit.iter().find(|(own, _)| *own == name).unwrap().1.unwrap();
        check("chisq".into(), measure("chisq"), &expected["chisq"], 1e-5);
        check("cfi".into(), measure("cfi"), &expected["cfi"], 1e-5);
        assert_eq!(measure("df"), expected["df"].as_f64().unwrap());
        for (own, row) in partial.latent_means.iter().zip(expected["latent"].as_array().unwrap()) {
            // 1e-5 of the estimates themselves, which are near 0
            check(own.factor.clone(), own.difference, &row[1], 2e-4);
            check(own.factor.clone(), own.se.unwrap(), &row[2], 1e-4);
            check(own.factor.clone(), own.d.unwrap(), &row[3], 2e-4);
            check(own.factor.clone(), own.d_se.unwrap(), &row[4], 1e-4);
        }
        for row in case["dmacs"].as_array().unwrap() {
            let all = if row[0] == "partial" { &partial.effects } else { &study.effects };
            let own = all.iter().find(|own| row[1] == own.item.as_str()).unwrap();
            check(own.item.clone(), own.dmacs.unwrap(), &row[2], 5e-4);
            check(own.item.clone(), own.mean_difference, &row[3], 5e-4);
        }
    }
    assert!(compared > 600, "{compared}");
    differences.assert_none();
}

#[test]
fn the_release_of_the_schools_ends_at_two_intercepts() {
    let study = Invariance::of(Estimation::default().group("school")).run(&model(HS), &hs()).unwrap();
    let partial = study.partial.unwrap();
    assert_eq!(partial.released, ["x3~1", "x7~1"]);
    let shown: Vec<String> =
        partial.latent_means.iter().map(|own| format!("{:.3}", own.difference)).collect();
    assert_eq!(shown, ["0.051", "0.576", "-0.071"]);
    let dmacs: Vec<f64> = study.effects.iter().map(|own| own.dmacs.unwrap()).collect();
    // by the formula from lavaan's estimates at the minimum (optim.method = "BFGS", reltol = 1e-16); where its own search ends,
    // earlier, x9 has .128054
    let expected = [
        0.009710675621,
        0.292201244076,
        0.510462295567,
        0.434114688206,
        0.597914634505,
        0.522077470711,
        0.482257988623,
        0.100311241982,
        0.128042923624,
    ];
    assert!(dmacs.iter().zip(expected).all(|(own, other)| (own - other).abs() < 2e-8), "{dmacs:?}");
    assert!(study.effects[2].signed.unwrap() < 0.0);
    assert!(partial.anchors.iter().all(|own| own.comparable));
    // the same with another correction; a parameter that is free from the start is not searched for
    let own = Estimation::default().group("school").partial(["x3~1"]);
    let study = Invariance::of(own).correction(Adjustment::BenjaminiHochberg).run(&model(HS), &hs()).unwrap();
    assert_eq!(study.partial.unwrap().released, ["x3~1", "x7~1"]);
    assert_eq!(study.models[2].df, Some(59.0));
}

#[test]
fn units_signs_and_the_order_of_items_change_no_test() {
    let plain = Invariance::of(Estimation::new(Estimator::Mlr).group("school"));
    let study = plain.run(&model(HS), &hs()).unwrap();
    let text = std::fs::read_to_string("data/holzinger_swineford_1939/hs.csv").unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').map(|name| name.trim_matches('"')).collect();
    let mut cells = head.join(",") + "\n";
    for line in lines {
        let moved = |(cell, name): (&str, &&str)| match (cell.parse::<f64>(), *name) {
            (Ok(x), "x3") => (-7.0 * x + 3.0).to_string(),
            (Ok(x), "x7") => (0.01 * x).to_string(),
            _ => cell.to_string(),
        };
        cells += &(line.split(',').zip(&head).map(moved).collect::<Vec<_>>().join(",") + "\n");
    }
    let path = std::env::temp_dir().join(format!("psychometrics_units_{}.csv", std::process::id()));
    std::fs::write(&path, cells).unwrap();
    let other = "speed =~ x9 + x8 + x7\nvisual =~ x2 + x1 + x3\ntextual =~ x5 + x4 + x6";
    let moved = plain.run(&model(other), &Dataset::read_csv(&path).unwrap()).unwrap();
    for (own, other) in study.comparisons.iter().zip(&moved.comparisons) {
        assert!((own.chisq_diff.unwrap() - other.chisq_diff.unwrap()).abs() < 1e-4);
        assert_eq!(own.verdict, other.verdict);
    }
    let (own, other) = (study.partial.unwrap(), moved.partial.unwrap());
    assert_eq!(own.released, other.released);
    for (own, other) in own.steps.iter().zip(&other.steps).filter(|(own, _)| own.released) {
        assert!((own.test.robust.unwrap() / other.test.robust.unwrap() - 1.0).abs() < 1e-5);
    }
    for mean in &own.latent_means {
        let same = other.latent_means.iter().find(|m| m.factor == mean.factor).unwrap();
        // markers differ, standard deviations do not
        assert!((mean.d.unwrap() - same.d.unwrap()).abs() < 1e-5, "{}", mean.factor);
    }
    for effect in &own.effects {
        let same = other.effects.iter().find(|e| e.item == effect.item).unwrap();
        assert!((effect.dmacs.unwrap() - same.dmacs.unwrap()).abs() < 1e-5);
    }
}

#[test]
fn score_tests_are_those_of_a_fit_too() {
    let equal = [Equality::Loadings, Equality::Intercepts];
    let fit = Estimation::new(Estimator::Mlr).group("school").equal(equal).fit(&model(HS), &hs()).unwrap();
    let tests = fit.score_tests().unwrap();
    let total = tests.total.unwrap();
    assert_eq!((format!("{:.3}", total.statistic), total.df), ("46.956".into(), 12));
    let of = |name: &str| tests.tests.iter().find(|test| test.parameter == name).unwrap();
    let shown = |name: &str| format!("{:.3} {:.3}", of(name).statistic, of(name).robust.unwrap());
    assert_eq!((shown("x3~1"), shown("x7~1")), ("19.193 20.814".into(), "15.021 16.656".into()));
}

fn refused(estimation: Estimation, text: &str, data: &Dataset) -> Error {
    Invariance::of(estimation).run(&model(text), data).unwrap_err()
}

fn file(name: &str, text: &str) -> Dataset {
    let path = std::env::temp_dir().join(format!("psychometrics_{name}_{}.csv", std::process::id()));
    std::fs::write(&path, text).unwrap();
    Dataset::read_csv(&path).unwrap()
}

/// `hs.csv` with another grouping variable.
fn grouped(name: &str, group: impl Fn(usize) -> String) -> Dataset {
    let text = std::fs::read_to_string("data/holzinger_swineford_1939/hs.csv").unwrap();
    let line =
        |(row, line): (usize, &str)| format!("{line},{}\n", if row == 0 { "g".into() } else { group(row) });
    file(name, &text.lines().enumerate().map(line).collect::<String>())
}

#[test]
fn models_and_options_that_a_ladder_cannot_take_are_named() {
    let group = || Estimation::default().group("school");
    let says = |error: Error, words: &[&str]| {
        let all = format!("{error} {}", error.hint());
        assert!(words.iter().all(|word| all.contains(word)), "{all}");
    };
    says(refused(Estimation::default(), HS, &hs()), &["without groups", "--group"]);
    says(refused(group(), "f =~ x1 + a*x2 + a*x3", &hs()), &["'a'", "--group-partial"]);
    says(refused(group(), "f =~ x1 + a*x2 + b*x3 + x4\na == b", &hs()), &["of its own"]);
    says(
        refused(group(), "group: 1\nf =~ x1 + x2 + x3\ngroup: 2\nf =~ x1 + x2 + x3", &hs()),
        &["differs by group"],
    );
    says(refused(group().equal([Equality::Loadings]), HS, &hs()), &["--group-equal", "--levels"]);
    says(refused(group().partial(["visual=~x9"]), HS, &hs()), &["visual=~x9", "Did you mean"]);
    says(refused(group().partial(["visual=~x1"]), HS, &hs()), &["marker", "--std-lv"]);
    says(
        refused(
            Estimation::new(Estimator::Dwls).ordered(Ordered::All).group("group"),
            TWO,
            &in_categories(5),
        ),
        &["DWLS", "WLSMV"],
    );
    says(refused(Estimation::default().group("sch"), HS, &hs()), &["sch"]);
    let one = Invariance::of(group()).drop_groups(["Paster"]).run(&model(HS), &hs()).unwrap_err();
    says(one, &["Paster", "Pasteur"]);
    let one = Invariance::of(group()).drop_groups(["Pasteur"]).run(&model(HS), &hs()).unwrap_err();
    says(one, &["1 value", "two values"]);
}

#[test]
fn groups_that_do_not_allow_a_ladder_are_named_all_at_once() {
    let group = || Estimation::default().group("g");
    // a group of one
    let data = grouped("one", |row| if row == 5 { "alone".into() } else { format!("g{}", row % 2) });
    let error = refused(group(), HS, &data);
    let all = format!("{error} {}", error.hint());
    for word in ["'alone': 1 respondent for 9 variables", "--drop-groups alone", "--pooled"] {
        assert!(all.contains(word), "{all}");
    }
    let study = Invariance::of(group()).drop_groups(["alone"]).run(&model(HS), &data).unwrap();
    assert_eq!(study.groups.len(), 2);
    let is_told = |w: &Warning| matches!(w, Warning::GroupsLeftOut { rows: 1, .. });
    assert!(study.warnings.iter().any(is_told));
    // a number, and an identifier
    let data = grouped("number", |row| format!("{}", 17.25 + 0.5 * row as f64));
    let error = refused(group(), HS, &data);
    assert!(error.to_string().contains("301 values"), "{error}");
    assert!(error.hint().contains("make a few groups"), "{}", error.hint());
    // missing values of the group are counted
    let data = grouped("gaps", |row| if row % 10 == 0 { String::new() } else { format!("g{}", row % 2) });
    let study = Invariance::of(group()).steps_only().run(&model(HS), &data).unwrap();
    assert_eq!(study.nobs.iter().sum::<usize>(), 271);
    assert!(study.warnings.iter().any(|w| w.to_string().contains("30")), "{:?}", study.warnings);
    // few for each parameter
    assert!(study.warnings.iter().any(|w| matches!(w, Warning::FewPerParameter { .. })));
    // an item that one school was not asked, with complete rows
    let text = std::fs::read_to_string("data/holzinger_swineford_1939/hs.csv").unwrap();
    let at = text.lines().next().unwrap().split(',').position(|name| name == "x3").unwrap();
    let skipped = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if line.contains("Pasteur") {
            cells[at] = "";
        }
        cells.join(",") + "\n"
    };
    let data = file("skipped", &text.lines().map(skipped).collect::<String>());
    let error = refused(Estimation::default().group("school"), HS, &data);
    assert!(error.to_string().ends_with("'Pasteur': nobody answered 'x3'"), "{error}");
    assert!(error.hint().starts_with("Leave those items out of the model"), "{}", error.hint());
}

/// Items of a group that does not use all categories, by respondent.
fn gaps(constant: bool) -> Dataset {
    let text = std::fs::read_to_string("tests/data/likert5.csv").unwrap();
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let at = |name: &str| head.iter().position(|own| own.trim_matches('"') == name).unwrap();
    let (item, group) = (at("a1"), at("group"));
    let mut out = String::new();
    for (row, line) in text.lines().enumerate() {
        let mut cells: Vec<String> = line.split(',').map(str::to_string).collect();
        if row > 0 && cells[group].contains("g2") {
            if constant {
                cells[item] = "3".into();
            } else if cells[item] == "5" {
                cells[item] = "4".into();
            }
        }
        out += &(cells.join(",") + "\n");
    }
    file(if constant { "constant" } else { "gap" }, &out)
}

#[test]
fn categories_that_a_group_lacks_are_named_and_joined_on_request() {
    let estimation = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).group("group");
    let error = refused(estimation.clone(), TWO, &gaps(false));
    let all = format!("{error} {}", error.hint());
    for word in ["'g2': nobody chose category 5 of 'a1'", "--collapse"] {
        assert!(all.contains(word), "{all}");
    }
    let study =
        Invariance::of(estimation.clone()).collapse().steps_only().run(&model(TWO), &gaps(false)).unwrap();
    let joined = study.warnings.iter().find(|w| matches!(w, Warning::CategoriesJoined { .. })).unwrap();
    assert!(joined.to_string().contains("5 counts as 4"), "{joined}");
    assert!(study.models.iter().all(|own| own.converged));
    let error = refused(estimation, TWO, &gaps(true));
    assert!(error.to_string().contains("all gave the same answer to 'a1'"), "{error}");
    let error = refused(Estimation::default().group("group"), TWO, &gaps(true));
    assert!(error.to_string().contains("all gave the same answer to 'a1'"), "{error}");
}

#[test]
fn one_model_of_all_groups_tells_uniform_bias() {
    let found = Invariance::of(Estimation::default().group("school")).pooled(&model(HS), &hs()).unwrap();
    let worst = found.bias.iter().min_by(|a, b| a.adjusted.unwrap().total_cmp(&b.adjusted.unwrap())).unwrap();
    assert!(["x3", "x7"].contains(&worst.item.as_str()), "{}", worst.item);
    let named: Vec<&str> =
        found.bias.iter().filter(|b| b.adjusted.unwrap() < 0.05).map(|b| b.item.as_str()).collect();
    assert!(named.contains(&"x3") && named.contains(&"x7"), "{named:?}");
    assert_eq!(found.descriptive.len(), 18);
}

#[test]
fn a_ladder_is_the_same_without_missing_answers_by_full_information() {
    let of = |missing| {
        let own = Estimation::default().group("school").missing(missing);
        Invariance::of(own).steps_only().run(&model(HS), &hs()).unwrap()
    };
    let (own, other) = (of(Missing::Listwise), of(Missing::Fiml));
    for (own, other) in ladder(&own).iter().zip(&ladder(&other)) {
        assert!((own.1 - other.1).abs() < 1e-5, "{own:?} {other:?}");
    }
    let stored = serde_json::to_string(&own).unwrap();
    let back: InvarianceStudy = serde_json::from_str(&stored).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), stored);
}

#[test]
fn a_ladder_of_exploratory_factors_is_refused_with_what_to_do() {
    let items = "x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9";
    let text = format!("efa(\"b\")*f1 =~ {items}\nefa(\"b\")*f2 =~ {items}\n");
    let ladder = Invariance::of(Estimation::default().group("school"));
    let error = ladder.run(&model(&text), &hs()).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("exploratory factors (efa(\"b\"))"), "{error}");
    assert!(error.hint().contains("--group-equal loadings,intercepts"), "{}", error.hint());
}
