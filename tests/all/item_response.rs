//! Item response models against R's mirt at tight convergence (`tests/reference/mirt_irt.json`), and what must be true of
//! any answers.

use approx::assert_relative_eq;
use psychometrics::data::Dataset;
use psychometrics::irt::{
    GroupEquality, Integration, Irt, IrtFit, ItemModel, ItemStandardErrors, LogitPrior, TraitEstimator,
};
use psychometrics::{Error, Warning};
use serde_json::Value;

/// How far quasi-random nodes may be off.
const QMC: f64 = 0.02;

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference/mirt_irt.json")).unwrap()
}

/// A data set of the reference, and its columns.
fn data(reference: &Value, name: &str) -> (Dataset, Vec<String>) {
    if name == "lsat6" {
        let data = Dataset::read_csv("data/lsat/lsat6.csv").unwrap();
        let names = data.names().to_vec();
        return (data, names);
    }
    let own = &reference["data"][name];
    let names: Vec<String> =
        own["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().into()).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for pattern in own["patterns"].as_array().unwrap() {
        let cells = pattern.as_array().unwrap();
        let (count, codes) = cells.split_last().unwrap();
        let row: Vec<String> = codes.iter().map(|c| c.as_str().unwrap().to_string()).collect();
        rows.extend(std::iter::repeat_n(row, count.as_u64().unwrap() as usize));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    let text: Vec<String> =
        std::iter::once(names.join(",")).chain(rows.iter().map(|row| row.join(","))).collect();
    std::fs::write(&path, text.join("\n")).unwrap();
    (Dataset::read_csv(&path).unwrap(), names)
}

fn model(name: &str) -> ItemModel {
    match name {
        "grm" => ItemModel::Graded,
        name => name.parse().unwrap(),
    }
}

fn asked(name: &str) -> Irt {
    let irt = Irt::new(model(name)).scores(TraitEstimator::Eap);
    if name == "3pl" { irt.prior_guessing(LogitPrior { mean: -1.386, sd: 1.0 }) } else { irt }
}

fn fit(reference: &Value, name: &str) -> (IrtFit, Value) {
    let own = reference["fits"][name].clone();
    let (data, mut items) = data(reference, own["data"].as_str().unwrap());
    items.retain(|item| item != "group");
    (asked(own["model"].as_str().unwrap()).fit(&data, &items).unwrap(), own)
}

const ALL: [&str; 11] = [
    "lsat6.2pl",
    "lsat6.3pl",
    "lsat6.rasch",
    "lsat7.2pl",
    "lsat7.3pl",
    "science.grm",
    "science.gpcm",
    "science.pcm",
    "science.rsm",
    "likert5.grm",
    "likert5.gpcm",
];

/// Partial credit models: mirt ends up to 1e-5 short of the maximum for them (`BFGS`).
fn stops_short(name: &str) -> bool {
    ["rasch", "pcm", "rsm"].iter().any(|own| name.ends_with(&format!(".{own}")))
}

#[test]
fn log_likelihood_and_parameters_are_mirts() {
    let reference = reference();
    for name in ALL {
        let (fit, own) = fit(&reference, name);
        assert!(fit.converged && fit.gradient < 1e-6, "{name}: {}", fit.gradient);
        // mirt's three-parameter models stop 1e-6 short
        let tolerance = if stops_short(name) || name.contains("3pl") { 1e-5 } else { 1e-8 };
        assert_relative_eq!(fit.logl, own["logl"].as_f64().unwrap(), epsilon = tolerance);
        assert_eq!(fit.npar as u64, own["npar"].as_u64().unwrap(), "{name}");
        let tolerance = if stops_short(name) { 2e-3 } else { 5e-5 };
        for row in own["slope_intercept"].as_array().unwrap() {
            let (Some(item), Some(what)) = (row[0].as_str(), row[1].as_str()) else { continue };
            let Some(item) = fit.items.iter().find(|i| i.item == item) else { continue };
            let at = |letter: &str| what.strip_prefix(letter).map(|k| k.parse::<usize>().unwrap_or(1) - 1);
            let (value, se) = match what {
                "a1" => (item.slopes[0], item.se.slopes[0]),
                "g" if item.guessing.is_some() => (item.guessing.unwrap(), item.se.guessing),
                what if what.starts_with('d') && !name.ends_with("rsm") && what != "d0" => {
                    let k = at("d").unwrap();
                    (item.intercepts[k], item.se.intercepts[k])
                }
                _ => continue,
            };
            assert_relative_eq!(
                value,
                row[2].as_f64().unwrap(),
                epsilon = tolerance,
                max_relative = tolerance
            );
            if let Some(known) = row[3].as_f64() {
                assert_relative_eq!(se.unwrap(), known, max_relative = 2e-3);
            }
        }
    }
}

/// Difficulties and their standard errors. That of the first step of a generalised partial credit model is the delta
/// method's; mirt 1.47 prints another there, which takes the derivatives of the second step by slope and first intercept
/// (its own covariance matrix gives ours).
#[test]
fn difficulties_are_mirts() {
    let reference = reference();
    for name in ALL.into_iter().filter(|name| !name.ends_with("rsm")) {
        let (fit, own) = fit(&reference, name);
        let tolerance = if stops_short(name) { 2e-3 } else { 1e-4 };
        for row in own["parameters"].as_array().unwrap() {
            let (Some(item), Some(what)) = (row[0].as_str(), row[1].as_str()) else { continue };
            let Some(item) = fit.items.iter().find(|i| i.item == item) else { continue };
            let Some(k) = what.strip_prefix('b').map(|k| k.parse::<usize>().unwrap_or(1) - 1) else {
                continue;
            };
            let b = item.difficulties.as_ref().unwrap()[k];
            assert_relative_eq!(b, row[2].as_f64().unwrap(), epsilon = tolerance, max_relative = tolerance);
            let se = item.se.difficulties.as_ref().unwrap()[k].unwrap();
            if !(name.ends_with("gpcm") && k == 0) {
                assert_relative_eq!(se, row[3].as_f64().unwrap(), max_relative = 2e-3);
            }
        }
    }
}

/// M2 and C2, S-X2, Q3, reliability, information, infit and outfit. C2 of partial credit models is not mirt's: there mirt
/// 1.47 has other derivatives of the moments. That of ours is tested by differences and by enumeration below.
#[test]
fn fit_statistics_are_mirts() {
    let reference = reference();
    for name in ALL {
        let (fit, own) = fit(&reference, name);
        let near = |a: f64, b: &Value, tolerance: f64| {
            let b = b.as_f64().unwrap();
            assert_relative_eq!(a, b, epsilon = tolerance, max_relative = tolerance);
        };
        let tolerance = if stops_short(name) { 1e-3 } else { 2e-5 };
        if !own["fit"].is_null() && !name.contains("pcm") && !name.contains("rsm") {
            let ours = fit.fit.as_ref().unwrap();
            near(ours.statistic.unwrap(), &own["fit"]["M2"], tolerance);
            assert_eq!(ours.df, own["fit"]["df"].as_i64());
            near(ours.rmsea.unwrap(), &own["fit"]["RMSEA"], tolerance);
            near(ours.rmsea_lower.unwrap(), &own["fit"]["RMSEA_5"], 1e-3);
            near(ours.rmsea_upper.unwrap(), &own["fit"]["RMSEA_95"], 1e-3);
            near(ours.srmsr.unwrap(), &own["fit"]["SRMSR"], tolerance);
            near(ours.tli.unwrap(), &own["fit"]["TLI"], 1e-3);
            near(ours.cfi.unwrap(), &own["fit"]["CFI"], 1e-3);
        }
        for (ours, theirs) in fit.item_fit.iter().zip(own["s_x2"].as_array().unwrap()) {
            assert_eq!(Some(ours.df), theirs[1].as_i64(), "{name} {}", ours.item);
            match theirs[0].as_f64() {
                Some(known) => assert_relative_eq!(ours.s_x2.unwrap(), known, max_relative = 2e-3),
                None => assert_eq!(ours.s_x2, None),
            }
        }
        let q3 = fit.q3.as_ref().unwrap();
        for (i, row) in own["q3"].as_array().unwrap().iter().enumerate() {
            row.as_array().unwrap().iter().enumerate().for_each(|(j, x)| near(q3.values[i][j], x, tolerance));
        }
        near(fit.reliability.empirical.unwrap(), &own["empirical"], tolerance);
        // of a free variance mirt's marginal reliability is that of another distribution
        if !stops_short(name) {
            near(fit.reliability.marginal.unwrap(), &own["marginal"], tolerance);
        }
        for (theta, known) in
            own["information"][0].as_array().unwrap().iter().zip(own["information"][1].as_array().unwrap())
        {
            let at = fit.information.theta.iter().position(|t| Some(*t) == theta.as_f64()).unwrap();
            near(fit.information.test[at], known, tolerance);
        }
        for (item, ours) in fit.mean_squares.iter().enumerate() {
            near(ours.infit.unwrap(), &own["infit"][item], 1e-4);
            near(ours.outfit.unwrap(), &own["outfit"][item], 1e-4);
        }
        for (ours, theirs) in fit.sum_scores.iter().zip(own["sum_scores"].as_array().unwrap()) {
            near(ours.score, &theirs[0], 0.0);
            near(ours.theta, &theirs[1], 1e-4);
            near(ours.se, &theirs[2], 1e-4);
        }
    }
}

#[test]
fn scores_are_mirts() {
    let reference = reference();
    for name in ["lsat7.2pl", "lsat7.3pl", "science.grm", "science.gpcm", "science.pcm", "likert5.grm"] {
        let own = &reference["fits"][name];
        let (data, mut items) = data(&reference, own["data"].as_str().unwrap());
        items.retain(|item| item != "group");
        let answers = data.numeric(&items).unwrap();
        let first = reference["data"][own["data"].as_str().unwrap()]["first"].as_array().unwrap();
        for method in [TraitEstimator::Eap, TraitEstimator::Map, TraitEstimator::Ml, TraitEstimator::Wle] {
            let fit = asked(own["model"].as_str().unwrap()).scores(method).fit(&data, &items).unwrap();
            let scores = fit.scores.unwrap();
            let theirs = &own[method.to_string()];
            for (row, known) in first.iter().zip(theirs.as_array().unwrap()) {
                let codes: Vec<f64> =
                    row.as_array().unwrap().iter().map(|c| c.as_str().unwrap().parse().unwrap()).collect();
                let at = answers.rows().into_iter().position(|own| own.to_vec() == codes).unwrap();
                match known[0].as_f64() {
                    // mirt's search ends at 1e-6, its standard errors at 2e-4
                    Some(value) => {
                        assert_relative_eq!(scores.values[at].unwrap(), value, epsilon = 6e-5);
                        let se = known[1].as_f64().unwrap();
                        assert_relative_eq!(scores.se[at].unwrap(), se, max_relative = 3e-4);
                    }
                    None => assert_eq!(scores.values[at], None, "{name} {method}"),
                }
            }
        }
    }
}

#[test]
fn other_standard_errors_are_mirts() {
    let reference = reference();
    let (data, items) = data(&reference, "science");
    for (kind, key) in
        [(ItemStandardErrors::Sandwich, "se_sandwich"), (ItemStandardErrors::Crossproduct, "se_crossprod")]
    {
        let fit = Irt::default().standard_errors(kind).fit(&data, &items).unwrap();
        let known = &reference["fits"]["science.grm"][key];
        for (at, se) in known["se"].as_array().unwrap().iter().enumerate() {
            let item = fit.items.iter().find(|i| known["item"][at] == i.item.as_str()).unwrap();
            let ours = match known["name"][at].as_str().unwrap() {
                "a1" => item.se.slopes[0],
                name => item.se.intercepts[name[1..].parse::<usize>().unwrap() - 1],
            };
            assert_relative_eq!(ours.unwrap(), se.as_f64().unwrap(), max_relative = 1e-3);
        }
    }
}

#[test]
fn groups_are_mirts() {
    let reference = reference();
    let (data, mut items) = data(&reference, "likert");
    items.retain(|item| item != "group");
    use GroupEquality::{Intercepts, Means, Slopes, Variances};
    for (name, equal) in [
        ("configural", vec![]),
        ("metric", vec![Slopes]),
        ("scalar", vec![Slopes, Intercepts]),
        ("scalar_equal_var", vec![Slopes, Intercepts, Variances]),
        ("no_impact", vec![Slopes, Intercepts, Means, Variances]),
    ] {
        let fit = Irt::default().group("group").equal(equal).fit(&data, &items).unwrap();
        let own = &reference["groups"][name];
        assert!(fit.converged, "{name}");
        assert_relative_eq!(fit.logl, own["logl"].as_f64().unwrap(), epsilon = 2e-5);
        assert_eq!(fit.npar as u64, own["npar"].as_u64().unwrap(), "{name}");
        assert_eq!((fit.groups[0].mean, fit.groups[0].variance), (0.0, 1.0));
        assert_eq!(fit.fit.as_ref().unwrap().df, Some(36 + 8 - fit.npar as i64));
    }
}

/// The same items in another order, rows in another order, codes shifted and items reversed change what they must and no more.
#[test]
fn orders_units_and_signs_do_not_matter() {
    let reference = reference();
    let (data, items) = data(&reference, "science");
    let fit = Irt::default().fit(&data, &items).unwrap();
    let turned: Vec<String> = items.iter().rev().cloned().collect();
    let other = Irt::default().fit(&data, &turned).unwrap();
    assert_relative_eq!(fit.logl, other.logl, epsilon = 1e-9);
    assert_relative_eq!(fit.items[0].slopes[0], other.items[3].slopes[0], epsilon = 1e-6);
    let reversed = data.reversed(&items[..1], 1.0, 4.0).unwrap();
    let other = Irt::default().fit(&reversed, &items).unwrap();
    assert_relative_eq!(fit.logl, other.logl, epsilon = 1e-9);
    assert_relative_eq!(fit.items[0].slopes[0], -other.items[0].slopes[0], epsilon = 1e-6);
    let numbers = data.numeric(&items).unwrap();
    let mut rows: Vec<Vec<f64>> =
        numbers.rows().into_iter().map(|row| row.iter().map(|x| x + 7.0).collect()).collect();
    rows.reverse();
    let shifted = Dataset::builder().rows(items.clone(), rows).build().unwrap();
    let other = Irt::default().fit(&shifted, &items).unwrap();
    assert_eq!(fit.logl.to_bits(), other.logl.to_bits(), "patterns are sorted");
    assert_eq!(other.items[0].categories, [8.0, 9.0, 10.0, 11.0]);
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    let reference = reference();
    let (data, mut items) = data(&reference, "likert");
    items.retain(|item| item != "group");
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            Irt::default().standard_errors(ItemStandardErrors::Sandwich).fit(&data, &items).unwrap()
        })
    };
    let (one, three) = (with(1), with(3));
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&three).unwrap());
}

/// One-parameter and Rasch models are one model; a graded model of two categories is the two-parameter model; without missing
/// answers listwise changes nothing.
#[test]
fn models_that_are_one_agree() {
    let data = Dataset::read_csv("data/lsat/lsat6.csv").unwrap();
    let items = data.names().to_vec();
    let fit = |model| Irt::new(model).fit(&data, &items).unwrap();
    let (rasch, one) = (fit(ItemModel::Rasch), fit(ItemModel::OneParameter));
    assert_relative_eq!(rasch.logl, one.logl, epsilon = 1e-6);
    assert_relative_eq!(rasch.groups[0].variance.sqrt(), one.items[0].slopes[0], epsilon = 1e-5);
    let (two, graded) = (fit(ItemModel::TwoParameter), fit(ItemModel::Graded));
    assert_relative_eq!(two.logl, graded.logl, epsilon = 1e-9);
    assert_relative_eq!(two.logl, fit(ItemModel::GeneralizedPartialCredit).logl, epsilon = 1e-9);
    let mixed =
        Irt::new(ItemModel::TwoParameter).item_model("Q2", ItemModel::Graded).fit(&data, &items).unwrap();
    assert_relative_eq!(two.logl, mixed.logl, epsilon = 1e-9);
}

/// Everything twice: weights of 2 for some are their rows twice, but for standard errors, which are robust.
#[test]
fn weights_count_respondents() {
    let reference = reference();
    let (data, items) = data(&reference, "lsat7");
    let numbers = data.numeric(&items).unwrap();
    let rows: Vec<Vec<f64>> = numbers.rows().into_iter().map(|row| row.to_vec()).collect();
    let weight = |i: usize| if i.is_multiple_of(3) { 2.0 } else { 1.0 };
    let weighted: Vec<Vec<f64>> =
        rows.iter().enumerate().map(|(i, row)| [row.as_slice(), &[weight(i)]].concat()).collect();
    let repeated: Vec<Vec<f64>> = rows
        .iter()
        .enumerate()
        .flat_map(|(i, row)| std::iter::repeat_n(row.clone(), weight(i) as usize))
        .collect();
    let names = items.iter().cloned().chain(["w".to_string()]);
    let weighted = Dataset::builder().rows(names, weighted).build().unwrap();
    let repeated = Dataset::builder().rows(items.clone(), repeated).build().unwrap();
    let irt = Irt::new(ItemModel::TwoParameter);
    let a = irt.clone().weights("w").fit(&weighted, &items).unwrap();
    let b = irt.fit(&repeated, &items).unwrap();
    assert_relative_eq!(a.items[0].slopes[0], b.items[0].slopes[0], epsilon = 1e-5);
    assert_eq!(a.standard_errors, ItemStandardErrors::Sandwich);
}

#[test]
fn bad_input_is_named() {
    let data = Dataset::read_csv("data/lsat/lsat6.csv").unwrap();
    let items = data.names().to_vec();
    let numbers = data.numeric(&items).unwrap();
    let with = |change: &dyn Fn(usize, usize, f64) -> f64| {
        let rows: Vec<Vec<f64>> = numbers
            .rows()
            .into_iter()
            .enumerate()
            .map(|(i, row)| row.iter().enumerate().map(|(j, x)| change(i, j, *x)).collect())
            .collect();
        Dataset::builder().nan_is_missing().rows(items.clone(), rows).build().unwrap()
    };
    let two = Irt::new(ItemModel::TwoParameter);
    let everybody = with(&|_, j, x| if j == 1 { 1.0 } else { x });
    let error = two.fit(&everybody, &items).unwrap_err();
    assert!(matches!(&error, Error::ConstantItem { item, .. } if item == "Q2"), "{error}");
    let half = with(&|i, j, x| if i == 4 && j == 2 { 0.5 } else { x });
    assert!(
        matches!(two.fit(&half, &items).unwrap_err(), Error::NotOrdinal { variable, .. } if variable == "Q3")
    );
    let three = with(&|i, j, x| if i < 100 && j == 2 { 2.0 } else { x });
    let error = two.fit(&three, &items).unwrap_err();
    assert!(matches!(&error, Error::WrongItemModel { item, categories: 3, .. } if item == "Q3"), "{error}");
    assert!(error.hint().contains("graded"));
    let gap = with(&|_, j, x| if j == 0 { 3.0 * x } else { x });
    let fit = Irt::default().fit(&gap, &items).unwrap();
    assert!(fit.warnings.iter().any(|w| matches!(w, Warning::UnusedCategory { item, .. } if item == "Q1")));
    let twice = with(&|i, j, _| if j < 2 { numbers[[i, 0]] } else { numbers[[i, j]] });
    let fit = two.fit(&twice, &items).unwrap();
    assert!(fit.warnings.iter().any(|w| matches!(w, Warning::Runaway { .. })), "{:?}", fit.warnings);
    assert!(fit.logl.is_finite());
    assert!(matches!(two.fit(&data, &items[..1]).unwrap_err(), Error::TooFewItems { .. }));
    assert!(matches!(two.clone().quadrature(3).fit(&data, &items).unwrap_err(), Error::BadOption { .. }));
    let unknown = two.clone().item_model("q1", ItemModel::Graded).fit(&data, &items).unwrap_err();
    assert!(matches!(unknown, Error::UnknownColumn { nearest: Some(_), .. }));
    // half of the answers missing, some rows without any
    let gaps = with(&|i, j, x| if i % 10 == 0 || (i + j) % 2 == 0 { f64::NAN } else { x });
    let fit = two.fit(&gaps, &items).unwrap();
    assert_eq!((fit.n, fit.rows_read), (900, 1000));
    assert!(fit.fit.as_ref().unwrap().why.is_some() && fit.logl.is_finite());
    assert!(fit.scores.is_none());
}

/// Twenty respondents, and respondents who are all right or all wrong.
#[test]
fn few_and_perfect_respondents_have_an_answer() {
    let items: Vec<String> = (1..=4).map(|i| format!("x{i}")).collect();
    let rows: Vec<Vec<f64>> = (0..20)
        .map(|i| (0..4).map(|j| f64::from(u8::from((i * 7 + j * 3) % 5 > 1 + j / 2))).collect())
        .collect();
    let data = Dataset::builder().rows(items.clone(), rows).build().unwrap();
    for model in [ItemModel::Rasch, ItemModel::TwoParameter] {
        let fit = Irt::new(model).fit(&data, &items).unwrap();
        assert!(fit.logl.is_finite() && fit.items.iter().all(|item| item.slopes[0].is_finite()));
    }
    let rows: Vec<Vec<f64>> = (0..40).map(|i| vec![f64::from(u8::from(i % 2 == 0)); 4]).collect();
    let data = Dataset::builder().rows(items.clone(), rows).build().unwrap();
    let fit = Irt::new(ItemModel::TwoParameter).fit(&data, &items).unwrap();
    assert!(fit.warnings.iter().any(|w| matches!(w, Warning::Runaway { .. } | Warning::Undetermined { .. })));
    assert!(serde_json::to_string(&fit).is_ok());
}

/// mirt 1.47: `DIF(base, scheme = 'drop')`, and with the anchors a1 and a2 `DIF(scheme = 'add')`, its Wald tests,
/// `empirical_ES` and `DRF`, at TOL 1e-8.
#[test]
fn differential_item_functioning_is_mirts() {
    use psychometrics::irt::{FunctioningTest, ItemFunctioning};
    let reference = reference();
    let (data, mut items) = data(&reference, "likert");
    items.retain(|item| item != "group");
    let dif = ItemFunctioning::new(Irt::default(), "group");
    let found = dif.clone().of(&data, &items).unwrap();
    assert_eq!(
        (found.items[0].item.as_str(), found.groups.as_slice()),
        ("a3", ["g1".into(), "g2".into()].as_slice())
    );
    for (item, total, uniform) in [
        ("a1", 3.164527, 3.016651),
        ("a2", 7.122540, 6.755848),
        ("a3", 21.564142, 21.564102),
        ("a4", 5.606596, 5.215354),
    ] {
        let own = found.items.iter().find(|own| own.item == item).unwrap();
        let of = |test: Option<psychometrics::irt::FunctioningStatistic>| test.unwrap().statistic;
        assert_relative_eq!(of(own.total), total, epsilon = 2e-5);
        assert_relative_eq!(of(own.uniform), uniform, epsilon = 2e-5);
        assert_relative_eq!(of(own.uniform) + of(own.nonuniform), of(own.total), epsilon = 1e-6);
        assert_eq!(own.total.unwrap().df, 5);
    }
    let anchored = dif.anchors(["a1", "a2"]);
    let found = anchored.clone().of(&data, &items).unwrap();
    let a3 = &found.items[0];
    assert_relative_eq!(a3.total.unwrap().statistic, 18.197236, epsilon = 1e-4);
    assert_relative_eq!(a3.total.unwrap().adjusted.unwrap(), 0.00541821, epsilon = 1e-6);
    let effect = &a3.effects[0];
    assert_relative_eq!(effect.sids, 0.317303, epsilon = 1e-4);
    assert_relative_eq!(effect.essd.unwrap(), 0.605288, epsilon = 1e-4);
    assert_relative_eq!(effect.sdrf, 0.347109, epsilon = 1e-4);
    assert_relative_eq!(effect.ddrf, 0.388299, epsilon = 1e-4);
    let impact = &found.impact[0];
    assert_relative_eq!(impact.stds, 0.274089, epsilon = 1e-4);
    assert_relative_eq!(impact.utds, 0.379893, epsilon = 1e-4);
    assert_relative_eq!(impact.etssd.unwrap(), 0.0836798, epsilon = 1e-4);
    let wald = anchored.test(FunctioningTest::Wald).of(&data, &items).unwrap();
    assert_relative_eq!(wald.items[0].total.unwrap().statistic, 17.309266, max_relative = 1e-4);
    // in the groups of another item some categories are not used
    let by_item = ItemFunctioning::new(Irt::default(), "a4").of(&data, &items[..3]);
    assert!(matches!(by_item, Err(Error::EmptyCategory { .. })), "{by_item:?}");
    assert!(matches!(
        ItemFunctioning::new(Irt::default(), "group").anchors(["a9"]).of(&data, &items),
        Err(Error::UnknownColumn { .. })
    ));
}

/// Two correlated traits; mirt 1.47 with 31 nodes on each dimension, TOL 1e-7. b3 is reversed there: here its slope is negative.
#[test]
fn two_traits_are_mirts() {
    let reference = reference();
    let (data, _) = data(&reference, "likert12");
    let model = "A =~ a1 + a2 + a3 + a4; B =~ b1 + b2 + b3 + b4".parse().unwrap();
    let fit = Irt::default().structure(model).scores(TraitEstimator::Eap).fit(&data, &[] as &[&str]).unwrap();
    let own = &reference["two_traits"];
    assert_relative_eq!(fit.logl, own["logl"].as_f64().unwrap(), epsilon = 1e-4);
    assert_eq!((fit.npar, fit.traits.as_slice()), (41, ["A".to_string(), "B".into()].as_slice()));
    for row in own["parameters"].as_array().unwrap() {
        let Some(item) = fit.items.iter().find(|item| row[0] == item.item.as_str()) else {
            if row[1] == "COV_21" {
                assert_relative_eq!(fit.groups[0].covariance[1][0], row[2].as_f64().unwrap(), epsilon = 1e-4);
            }
            continue;
        };
        let Some(k) = ["a1", "a2"].iter().position(|name| row[1] == *name) else { continue };
        assert_relative_eq!(item.slopes[k].abs(), row[2].as_f64().unwrap().abs(), epsilon = 1e-4);
        assert_relative_eq!(item.se.slopes[k].unwrap(), row[3].as_f64().unwrap(), max_relative = 1e-3);
    }
    assert_eq!(fit.fit.unwrap().df, Some(19));
    assert_eq!(fit.scores.unwrap().traits.len(), 2);
}

/// mirt's `bfactor` with 21 nodes stopped at a log-likelihood of -9853.4823; the same model by integrating over both traits at
/// once is that by dimension reduction where there is one specific trait.
#[test]
fn bifactor_structures_are_reduced() {
    let reference = reference();
    let (data, items) = data(&reference, "likert12");
    let of = |from: usize, to: usize| items[from..to].join(" + ");
    let text = format!("G =~ {}; A =~ {}; B =~ {}; C =~ {}", of(0, 12), of(0, 4), of(4, 8), of(8, 12));
    let irt = Irt::default().standard_errors(ItemStandardErrors::None).quadrature(21);
    let fit = irt.clone().structure(text.parse().unwrap()).fit(&data, &[] as &[&str]).unwrap();
    let known = reference["bifactor"]["logl"].as_f64().unwrap();
    assert!(fit.converged && fit.logl > known - 1e-6 && fit.logl < known + 1e-2, "{}", fit.logl);
    assert_eq!(fit.npar, 72);
    assert_eq!(fit.items[5].slopes.len(), 4);
    assert!(fit.items[5].slopes[1] == 0.0 && fit.items[5].slopes[2] != 0.0);
    // two traits: reduced, or (with a third item group that has none) the same likelihood in full
    let reduced = format!("G =~ {}; A =~ {}", of(0, 8), of(0, 4));
    let full = format!("{reduced}; G ~~ 0*A");
    for kind in [ItemStandardErrors::Oakes, ItemStandardErrors::Sandwich] {
        let irt = irt.clone().standard_errors(kind);
        let a = irt.clone().structure(reduced.parse().unwrap()).fit(&data, &[] as &[&str]).unwrap();
        let b = irt.structure(full.parse().unwrap()).fit(&data, &[] as &[&str]).unwrap();
        assert_relative_eq!(a.logl, b.logl, epsilon = 1e-6);
        let (c2, full) = (a.fit.as_ref().unwrap(), b.fit.as_ref().unwrap());
        assert_eq!((c2.form.as_str(), c2.df), ("C2", full.df));
        assert_relative_eq!(c2.statistic.unwrap(), full.statistic.unwrap(), max_relative = 1e-5);
        assert_relative_eq!(c2.srmsr.unwrap(), full.srmsr.unwrap(), max_relative = 1e-5);
        for (a, b) in a.items.iter().zip(&b.items) {
            for (a, b) in a.se.slopes.iter().flatten().zip(b.se.slopes.iter().flatten()) {
                assert_relative_eq!(a, b, max_relative = 1e-5);
            }
        }
    }
}

#[test]
fn what_a_structure_cannot_be_is_refused() {
    let reference = reference();
    let (data, items) = data(&reference, "likert12");
    let fit = |text: &str| Irt::default().structure(text.parse().unwrap()).fit(&data, &items);
    let twelve: Vec<String> = items.iter().enumerate().map(|(i, item)| format!("f{i} =~ {item}")).collect();
    let grid = Irt::default().integration(Integration::Grid);
    let error = grid.structure(twelve.join("\n").parse().unwrap()).fit(&data, &items).unwrap_err();
    assert!(error.to_string().contains("12 dimensions") && error.hint().contains("bifactor"), "{error}");
    assert!(error.hint().contains("--integration qmc"), "{error}");
    let ml = Irt::default().scores(TraitEstimator::Ml);
    let error = ml.structure("f =~ a1 + a2\n g =~ b1 + b2".parse().unwrap()).fit(&data, &items).unwrap_err();
    assert!(error.hint().contains("eap or map"), "{error}");
    // a trait may depend on what was observed, not on another trait
    assert!(fit("f =~ a1 + a2 + a3\n g =~ b1 + b2 + b3\n f ~ g").is_err());
    assert!(matches!(fit("f =~ a1 + a2\n f ~ a1"), Err(Error::Unsupported { .. })));
    assert!(matches!(fit("f =~ a*a1 + a2"), Err(Error::Unsupported { .. })));
    assert!(matches!(fit("f =~ a1 + a11"), Err(Error::UnknownColumn { nearest: Some(_), .. })));
    // one trait in a structure is the model without
    let one = fit("f =~ a1 + a2 + a3 + a4").unwrap();
    assert_relative_eq!(one.logl, Irt::default().fit(&data, &items[..4]).unwrap().logl, epsilon = 1e-9);
    let fixed = fit("f =~ 1*a1 + 1*a2 + 1*a3 + 1*a4").unwrap();
    assert_eq!((fixed.items[2].slopes[0], fixed.items[2].se.slopes[0], fixed.npar), (1.0, None, 16));
}

/// 25 respondents and three items with two asymptotes each: what runs away is held and named, and the search goes on.
#[test]
fn too_few_answers_for_asymptotes_are_told() {
    let rows =
        "001 111 101 010 000 011 001 101 010 111 .11 111 000 110 111 111 110 101 010 001 111 001 001 001 111";
    let value = |c: char| if c == '.' { f64::NAN } else { f64::from(c as u8 - b'0') };
    let rows: Vec<Vec<f64>> = rows.split(' ').map(|row| row.chars().map(value).collect()).collect();
    let items = ["a", "b", "c"];
    let data = Dataset::builder().nan_is_missing().rows(items.map(String::from), rows).build().unwrap();
    let fit = Irt::new(ItemModel::FourParameter).fit(&data, &items).unwrap();
    assert!(fit.logl.is_finite() && fit.npar == 12, "{}", fit.logl);
    assert!(
        !fit.converged || fit.warnings.iter().any(|w| w.to_string().contains("run")),
        "{:?}",
        fit.warnings
    );
}

/// Four traits that do not correlate are four models; three that do are those on a grid.
#[test]
fn four_traits_are_integrated_at_quasi_random_nodes() {
    let reference = reference();
    let (data, items) = data(&reference, "likert12");
    let names = ["f", "g", "h", "i"];
    let parts: Vec<&[String]> = items.chunks(3).collect();
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        text += &format!("{name} =~ {}\n", parts[at].join(" + "));
        names[..at].iter().for_each(|other| text += &format!("{name} ~~ 0*{other}\n"));
    }
    let irt = Irt::default().fit_statistics(false);
    let own = irt.clone().scores(TraitEstimator::Map).structure(text.parse().unwrap());
    let all = own.fit(&data, &[] as &[&str]).unwrap();
    assert!(all.converged && all.integration == Integration::Qmc && all.quadrature == 500);
    let scores = all.scores.as_ref().unwrap();
    let (mut logl, mut npar) = (0.0, 0);
    for (at, own) in parts.iter().enumerate() {
        let one = irt.clone().scores(TraitEstimator::Map).fit(&data, own).unwrap();
        logl += one.logl;
        npar += one.npar;
        for (i, item) in one.items.iter().enumerate() {
            let other = &all.items[3 * at + i];
            assert_relative_eq!(other.slopes[at], item.slopes[0], max_relative = QMC);
            assert_relative_eq!(
                other.se.slopes[at].unwrap(),
                item.se.slopes[0].unwrap(),
                max_relative = 3.0 * QMC
            );
        }
        let (theirs, ours) = (one.scores.unwrap(), &scores.traits[at]);
        let pairs = theirs.values.iter().zip(&ours.values).filter_map(|(a, b)| Some(((*a)?, (*b)?)));
        let largest = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(largest < 1.5 * QMC, "{largest}");
    }
    assert_eq!(all.npar, npar);
    assert!((all.logl - logl).abs() < 0.3, "{} {logl}", all.logl);

    let text = "A =~ a1 + a2 + a3 + a4; B =~ b1 + b2 + b3 + b4; C =~ c1 + c2 + c3 + c4";
    let irt = irt.fit_statistics(true);
    let three = irt.standard_errors(ItemStandardErrors::None).structure(text.parse().unwrap());
    let grid = three.clone().fit(&data, &[] as &[&str]).unwrap();
    let random = three.integration(Integration::Qmc).fit(&data, &[] as &[&str]).unwrap();
    assert!((grid.logl - random.logl).abs() < 0.3, "{} {}", grid.logl, random.logl);
    let c2 = |fit: &IrtFit| fit.fit.as_ref().and_then(|fit| fit.statistic).unwrap();
    assert_relative_eq!(c2(&grid), c2(&random), max_relative = QMC);
    for (a, b) in grid.groups[0].covariance.iter().flatten().zip(random.groups[0].covariance.iter().flatten())
    {
        assert_relative_eq!(a, b, epsilon = QMC);
    }
}

/// Groups that share nothing are models of their own, of several traits as of one.
#[test]
fn groups_of_several_traits() {
    let text = std::fs::read_to_string("tests/data/likert5.csv").unwrap();
    let data = Dataset::read_csv("tests/data/likert5.csv").unwrap();
    let irt =
        Irt::default().structure("f =~ a1 + a2 + a3; g =~ b1 + b2 + b3".parse().unwrap()).quadrature(21);
    let apart = irt.clone().group("group").equal([]).fit(&data, &[] as &[&str]).unwrap();
    let mut logl = 0.0;
    for value in ["g1", "g2"] {
        let rows: Vec<&str> =
            text.lines().filter(|row| row.starts_with("a1") || row.contains(value)).collect();
        let path = std::env::temp_dir().join(format!("psychometrics_{value}_{}.csv", std::process::id()));
        std::fs::write(&path, rows.join("\n")).unwrap();
        let own = Dataset::read_csv(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let one = irt.clone().fit(&own, &[] as &[&str]).unwrap();
        let rho = apart.groups.iter().find(|group| group.value.as_deref() == Some(value)).unwrap();
        assert_relative_eq!(rho.covariance[1][0], one.groups[0].covariance[1][0], epsilon = 1e-5);
        logl += one.logl;
    }
    assert_relative_eq!(apart.logl, logl, epsilon = 1e-6);
    // equal items: means and variances of the second group are free
    let equal = irt.group("group").scores(TraitEstimator::Eap).fit(&data, &[] as &[&str]).unwrap();
    assert_eq!(equal.npar, 6 + 24 + 1 + 2 + 3);
    assert!(equal.converged && equal.logl < apart.logl);
    assert!(equal.groups[1].means[1] != 0.0 && equal.groups[1].covariance[1][1] != 1.0);
    assert_eq!(equal.scores.unwrap().traits.len(), 2);
}

/// Seeded answers from known items: intervals cover, and the search ends at the maximum, in random models of every kind.
#[test]
fn known_items_are_found_again() {
    use psychometrics::irt::{ItemParameters, simulated_answers};
    for model in
        [ItemModel::TwoParameter, ItemModel::Graded, ItemModel::GeneralizedPartialCredit, ItemModel::Nominal]
    {
        let (mut hits, mut all) = (0.0, 0.0);
        for seed in 0..8u64 {
            let items: Vec<ItemParameters> = (0..6)
                .map(|i| {
                    let slope = 0.8 + 0.2 * ((i + seed) % 6) as f64;
                    let middle = (i as f64 - 2.5) / 3.0;
                    let d =
                        if model.is_dichotomous() { vec![middle] } else { vec![middle + 0.8, middle - 0.5] };
                    ItemParameters::new(format!("x{i}"), model, [slope], d).unwrap()
                })
                .collect();
            let data = simulated_answers(&items, 600, seed).unwrap();
            assert_eq!(
                data.numeric(&["x0"]).unwrap(),
                simulated_answers(&items, 600, seed).unwrap().numeric(&["x0"]).unwrap()
            );
            let names: Vec<&str> = items.iter().map(|item| item.item.as_str()).collect();
            let fit = Irt::new(model).fit_statistics(false).fit(&data, &names).unwrap();
            assert!(fit.converged && fit.gradient < 1e-6, "{model} {seed}");
            for (own, truth) in fit.items.iter().zip(&items) {
                hits += f64::from(u8::from(
                    (own.slopes[0] - truth.slopes[0]).abs() < 1.96 * own.se.slopes[0].unwrap(),
                ));
                all += 1.0;
            }
        }
        assert!(hits / all > 0.85, "{model}: {}", hits / all);
    }
    assert!(ItemParameters::new("x", ItemModel::Graded, [1.0], [0.0, 1.0]).is_err());
    assert!(ItemParameters::new("x", ItemModel::Rasch, [1.0], [0.0, 1.0]).is_err());
}
