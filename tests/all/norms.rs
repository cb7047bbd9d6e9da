//! Norms that are kept without their sample: the same numbers as from the sample, and what is refused.

use psychometrics::Error;
use psychometrics::construct::{Construct, DataSource, Dimension, Item, ResponseScale};
use psychometrics::data::{Dataset, Responses};
use psychometrics::evidence::MeasurementLevel;
use psychometrics::evidence::consequences::{MinimumAnswered, Norms, ScaleScore};
use psychometrics::irt::{Irt, ItemBank, ItemModel, TraitEstimator};
use rayon::prelude::*;
use std::sync::LazyLock;

const CONSTRUCT: &str = "data/professional_conduct/construct.toml";

static SAMPLE: LazyLock<(Construct, Responses)> = LazyLock::new(|| {
    let construct = Construct::from_path(CONSTRUCT).unwrap();
    let responses = Responses::read(&construct).unwrap();
    (construct, responses)
});

static ORDINAL: LazyLock<Norms> =
    LazyLock::new(|| Norms::of_groups(&SAMPLE.0, &SAMPLE.1, MeasurementLevel::ByScale, "role").unwrap());

/// Answers of a respondent as they were given, before keys.
fn given(construct: &Construct, responses: &Responses, row: usize) -> Vec<(String, f64)> {
    let items = responses.items().iter().zip(responses.values().row(row).to_vec());
    let answers = items.filter(|(_, keyed)| !keyed.is_nan()).map(|(id, keyed)| {
        let item = construct.item(id).unwrap();
        let (low, high) = construct.scale_of(item).unwrap().bounds();
        (id.clone(), if item.reverse { low + high - keyed } else { keyed })
    });
    answers.collect()
}

/// Three items of one dimension, the last reversed, answered by eight.
fn small() -> (Construct, Responses) {
    let construct = Construct::builder("conduct")
        .scale(ResponseScale::range("agreement", 1, 5))
        .dimension(Dimension::new("knowledge"))
        .items(["k1", "k2"].map(|id| Item::new(id, "knowledge", "agreement")))
        .item(Item::new("k3", "knowledge", "agreement").reversed())
        .build()
        .unwrap();
    let rows = [
        [1., 2., 4.],
        [2., 1., 3.],
        [3., 3., 4.],
        [2., 3., 3.],
        [4., 4., 1.],
        [5., 4., 2.],
        [4., 5., 1.],
        [3., 4., 3.],
    ];
    let responses =
        Responses::builder(&construct).answers(ndarray::arr2(&rows)).nan_is_missing().build().unwrap();
    (construct, responses)
}

fn small_norms() -> Norms {
    let (construct, responses) = small();
    Norms::of(&construct, &responses, MeasurementLevel::Continuous).unwrap()
}

/// Every number of every respondent, numbers and ordinal answers, by the whole sample and by groups, complete or not.
#[test]
fn stored_norms_give_the_numbers_of_the_sample() {
    let (construct, responses) = &*SAMPLE;
    let continuous = Norms::of_groups(construct, responses, MeasurementLevel::Continuous, "role").unwrap();
    for made in [&continuous, &*ORDINAL] {
        let text = made.to_json();
        let norms = Norms::from_json(&text).unwrap();
        assert_eq!(norms, *made);
        assert_eq!(norms.to_json(), text);
        norms.check(construct).unwrap();
        let by_sample = made.score_all(responses).unwrap();
        assert_eq!(norms.score_all(responses).unwrap(), by_sample);
        let by_group = made.score_all_by_group(responses).unwrap();
        assert_eq!(by_group.grouping.as_deref(), Some("role"));
        let mut incomplete = 0;
        for (row, (whole, within)) in by_sample.respondents.iter().zip(&by_group.respondents).enumerate() {
            let answers = given(construct, responses, row);
            assert_eq!(norms.score(answers.iter().map(|(id, x)| (id, x))).unwrap(), whole.scales);
            let group = within.group.as_deref().unwrap();
            assert_eq!(norms.score_in_group(group, answers).unwrap(), within.scales);
            incomplete += whole.scales.iter().filter(|s| s.answered < s.items && s.factor.is_some()).count();
        }
        assert!(incomplete > 500, "scales with gaps are among them: {incomplete}");
        // ids, and a row of answers
        assert!(!text.contains("KAa1") && !text.contains("organisation"));
    }
}

#[test]
fn a_group_is_compared_with_itself() {
    let (construct, responses) = &*SAMPLE;
    let norms = &*ORDINAL;
    let role = &responses.groups()[0];
    let items: Vec<&str> = construct.items_of("methodical").map(|item| item.id.as_str()).collect();
    let rows = responses.of_items(&items).unwrap();
    let score = |row: usize| rows.row(row).sum() / rows.ncols() as f64;
    let managers: Vec<f64> = (0..responses.n())
        .filter(|row| role.label(*row) == Some("manager"))
        .map(score)
        .filter(|x| !x.is_nan())
        .collect();
    let n = managers.len() as f64;
    let mean = managers.iter().sum::<f64>() / n;
    let sd = (managers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let answers = given(construct, responses, 0);
    let at = norms.scales().iter().position(|scale| scale.scale == "methodical").unwrap();
    let found = &norms.score_in_group("manager", answers.iter().cloned()).unwrap()[at];
    let own = found.score.unwrap();
    let share = |count: usize| 100.0 * count as f64 / n;
    let (below, equal) = (
        managers.iter().filter(|x| **x < own - 1e-9).count(),
        managers.iter().filter(|x| (**x - own).abs() < 1e-9).count(),
    );
    assert!((found.percentile.unwrap() - share(below) - 0.5 * share(equal)).abs() < 1e-12);
    assert!((found.t.unwrap() - (50.0 + 10.0 * (own - mean) / sd)).abs() < 1e-9);
    // all else is as within the whole sample
    let whole = &norms.score(answers.iter().cloned()).unwrap()[at];
    let but = |of: &ScaleScore| {
        let mut own = of.clone();
        (own.percentile, own.t) = (None, None);
        own
    };
    assert_eq!(but(found), but(whole));
    assert_ne!(found.percentile, whole.percentile);

    // nineteen clients are no norms; their scores stand, and it is said
    let small = &norms.score_in_group("client", answers).unwrap()[at];
    assert_eq!((small.score, small.percentile, small.t), (whole.score, None, None));
    assert!(small.reasons["percentile"].contains("are in group 'client', 50 needed"), "{:?}", small.reasons);
    let told = norms.warnings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(told.contains("norms of role 'client' on knowledge, client, employer"), "{told}");
    assert!(norms.score_all(responses).unwrap().warnings.is_empty(), "nobody is compared within a group");
    assert_eq!(norms.score_all_by_group(responses).unwrap().warnings, norms.warnings());
    let group = &norms.scales()[at].groups[2];
    assert_eq!((group.group.as_str(), group.mean, group.sd), ("client", None, None));
}

/// Means, covariances and the table by hand, the whole text, and the form of both kinds of model.
#[test]
fn the_file_of_small_norms() {
    let found: serde_json::Value = serde_json::from_str(&small_norms().to_json()).unwrap();
    let scale = &found["scales"][0];
    // k1: 1 2 3 2 4 5 4 3; k3 reversed: 2 3 2 3 5 4 5 3
    assert_eq!(scale["means"], serde_json::json!([3.0, 3.25, 3.375]));
    assert!((scale["covariance"][0][0].as_f64().unwrap() - 12.0 / 7.0).abs() < 1e-12);
    let counts: Vec<u64> = scale["distribution"]["scores"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own[1].as_u64().unwrap())
        .collect();
    assert_eq!(counts, [1, 1, 2, 1, 2, 1]);
    // digits of estimates hang on the last step of the search
    insta::assert_snapshot!(serde_json::to_string_pretty(&rounded(&scale["factor"])).unwrap());
    let parts =
        &serde_json::from_str::<serde_json::Value>(&ORDINAL.to_json()).unwrap()["scales"][3]["factor"];
    insta::assert_snapshot!(serde_json::to_string_pretty(&rounded(parts)).unwrap());

    // two items have no model of their own
    let construct = Construct::builder("conduct")
        .scale(ResponseScale::range("agreement", 1, 5))
        .dimension(Dimension::new("knowledge"))
        .items(["k1", "k2"].map(|id| Item::new(id, "knowledge", "agreement")))
        .build()
        .unwrap();
    let rows = ndarray::array![[1., 2.], [2., 2.], [3., 5.], [4., 4.], [5., 2.]];
    let sample = Responses::builder(&construct).answers(rows).nan_is_missing().build().unwrap();
    let text = Norms::of(&construct, &sample, MeasurementLevel::Continuous).unwrap().to_json();
    insta::assert_snapshot!(text);
}

/// To five decimals.
fn rounded(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(x) if x.is_f64() => {
            let rounded = (x.as_f64().unwrap() * 1e5).round() / 1e5;
            serde_json::json!(if rounded == 0.0 { 0.0 } else { rounded })
        }
        Value::Array(all) => all.iter().map(rounded).collect(),
        Value::Object(all) => all.iter().map(|(key, own)| (key.clone(), rounded(own))).collect(),
        other => other.clone(),
    }
}

#[test]
fn threads_share_norms() {
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    shared(&*ORDINAL);
    let (construct, responses) = &*SAMPLE;
    let rows: Vec<_> = (0..100).map(|row| given(construct, responses, row)).collect();
    let one: Vec<_> = rows.iter().map(|row| ORDINAL.score(row.iter().cloned()).unwrap()).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    let many: Vec<_> =
        pool.install(|| rows.par_iter().map(|row| ORDINAL.score(row.iter().cloned()).unwrap()).collect());
    assert_eq!(one, many);
}

#[test]
fn what_is_missing_is_named_and_half_is_enough() {
    let norms = small_norms();
    let [found] = norms.score([("k1", 4.0)]).unwrap().try_into().unwrap();
    assert_eq!((found.answered, found.score), (1, None));
    assert_eq!(found.missing, ["k2", "k3"]);
    assert_eq!(found.reasons["score"], "1 of 3 answered, 2 needed");
    let [found] = norms.score([("k3", 1.0), ("k1", 4.0)]).unwrap().try_into().unwrap();
    assert_eq!((found.score, found.missing), (Some(4.5), vec!["k2".to_string()]));
    // the fit was of complete rows, so are its factor scores
    assert_eq!((found.factor, found.reasons["factor"].as_str()), (None, "with missing answers"));
    let lenient = norms.minimum_answered(MinimumAnswered::Items(1)).unwrap();
    let lenient = Norms::from_json(&lenient.to_json()).unwrap();
    assert_eq!(lenient.score([("k1", 4.0)]).unwrap()[0].score, Some(4.0), "the rule is kept");
    let none = lenient.score(Vec::<(String, f64)>::new()).unwrap();
    assert_eq!(none[0].reasons["score"], "none answered");
}

/// A category that nobody in the sample chose is a valid answer: the scale has its score, the model has none.
#[test]
fn an_answer_that_the_sample_never_gave_has_no_factor_score() {
    let items = ["a", "b", "c", "d"];
    let construct = Construct::builder("all")
        .scale(ResponseScale::range("five", 1, 5))
        .dimension(Dimension::new("x"))
        .items(items.map(|id| Item::new(id, "x", "five")))
        .build()
        .unwrap();
    // 2, 3 or 4 alike, and every now and then the next
    let value = |i: usize, j: usize| 2 + (i % 3 + usize::from((i * 37 + j * 101 + i * j * 13) % 11 < 3)) % 3;
    let rows = ndarray::Array2::from_shape_fn((200, 4), |(i, j)| value(i, j) as f64);
    let responses = Responses::builder(&construct).answers(rows).nan_is_missing().build().unwrap();
    let norms = Norms::of(&construct, &responses, MeasurementLevel::Ordinal).unwrap();
    assert!(norms.warnings().is_empty(), "{:?}", norms.warnings());
    let [found] = norms.score(items.map(|id| (id, 3.0))).unwrap().try_into().unwrap();
    assert!(found.factor.is_some());
    let [found] =
        norms.score(items.map(|id| (id, if id == "b" { 5.0 } else { 3.0 }))).unwrap().try_into().unwrap();
    assert_eq!((found.score, found.factor), (Some(3.5), None));
    assert_eq!(found.reasons["factor"], "nobody in the norm sample answered 5 to 'b'");
}

#[test]
fn answers_that_are_none_are_refused_with_their_item() {
    let norms = small_norms();
    let of = |answers: &[(&str, f64)]| norms.score(answers.iter().copied()).unwrap_err();
    let cases = [
        (of(&[("k1", f64::NAN)]), "not_finite", "the answer to 'k1' is not a finite number"),
        (of(&[("k1", f64::INFINITY)]), "not_finite", "the answer to 'k1' is not a finite number"),
        (of(&[("k3", 6.0)]), "off_scale", "the answer 6 to 'k3' is not on its scale: 1, 2, 3, 4, 5"),
        (of(&[("k3", 2.5)]), "off_scale", "the answer 2.5 to 'k3' is not on its scale: 1, 2, 3, 4, 5"),
        (of(&[("k3", 1e300)]), "off_scale", "'k3' is not on its scale"),
        (of(&[("k2", 2.0), ("k2", 2.0)]), "answered_twice", "'k2' is answered twice"),
        (of(&[("k22", 2.0)]), "unknown_reference", "an answer refers to item 'k22', which is not defined"),
    ];
    for (error, code, message) in cases {
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.place().is_some() && !error.hint().is_empty() && error.is_input_fault());
    }
    assert_eq!(of(&[("k22", 2.0)]).hint(), "Did you mean 'k2'?");
    let of_group = |norms: &Norms, group: &str| norms.score_in_group(group, [("k1", 1.0)]).unwrap_err();
    let error = of_group(&ORDINAL, "manger");
    assert_eq!((error.code(), error.hint().as_str()), ("unknown_group", "Did you mean 'manager'?"));
    assert_eq!(error.to_string(), "there are no norms of group 'manger' of 'role'");
    assert!(of_group(&ORDINAL, "nurse").hint().contains("'client_manager', 'manager', 'client'"));
    assert!(of_group(&norms, "nurse").hint().contains("--group VAR"));
    let error = norms.score_all_by_group(&small().1).unwrap_err();
    assert_eq!(error.code(), "unsupported");
    let error = ORDINAL.score_all_by_group(
        &Responses::builder(&SAMPLE.0)
            .answers(SAMPLE.1.values().to_owned())
            .nan_is_missing()
            .to_be_scored()
            .build()
            .unwrap(),
    );
    assert_eq!(error.unwrap_err().hint(), "Add 'role', or leave out what asks for it.");
    let (construct, responses) = &*SAMPLE;
    let error = Norms::of_groups(construct, responses, MeasurementLevel::Continuous, "rôle").unwrap_err();
    assert!(matches!(&error, Error::UnknownColumn { available, .. } if available == &["role"]), "{error}");
}

#[test]
fn a_file_that_is_none_is_refused_with_its_place() {
    let text = small_norms().to_json();
    let of = |text: &str| Norms::from_json(text).unwrap_err();
    for cut in [0, 1, 30, text.len() / 2, text.len() - 1] {
        let error = of(&text[..cut]);
        assert!(matches!(error, Error::NormsSyntax { truncated: true, .. }), "{cut}: {error}");
        assert!(error.hint().contains("ends before") && error.place().unwrap().contains("line 1, column"));
    }
    let with = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        of(&changed)
    };
    let version = with("norms/1", "norms/2");
    assert_eq!(version.code(), "norms_version");
    assert_eq!(
        version.to_string(),
        "the norms, 'schema': 'psychometrics.norms/2' where 'psychometrics.norms/1' is read"
    );
    assert!(version.hint().starts_with("Read them with the version that wrote them"), "{}", version.hint());
    assert!(of("{}").to_string().contains("none where"));
    assert!(of(r#"{"schema": "psychometrics.fit/1"}"#).hint().contains("--write-norms"));
    let syntax = [
        with("\"means\":[3.0", "\"means\":[NaN"),
        with("\"means\":[3.0", "\"means\":[1e999"),
        with("\"means\":[3.0", "\"means\":[null"),
        with("\"means\":[3.0", "\"means\":[\"x\""),
        with("\"alpha\"", "\"beta\""),
        with("\"covariance\":[[", "\"covariance\":[[1.0,"),
        of("k1,k2\n1,2\n"),
    ];
    for error in syntax {
        assert!(matches!(error, Error::NormsSyntax { truncated: false, .. }), "{error}");
        assert!(!error.to_string().contains("f64"), "{error}");
    }
    let damaged = [
        (with("\"means\":[3.0,", "\"means\":["), "'items'"),
        (with("\"reverse\":true", "\"reverse\":false"), "'fingerprint'"),
        (with("\"distribution\":{\"n\":8", "\"distribution\":{\"n\":9"), "'distribution'"),
        (with("\"with_factor\":[", "\"with_factor\":[0.0,"), "'factor'"),
    ];
    for (error, place) in damaged {
        assert_eq!(error.code(), "damaged_norms", "{error}");
        assert!(
            error.place().unwrap().starts_with("the norms, ") && error.place().unwrap().contains(place),
            "{error}"
        );
        assert!(error.hint().contains("Make the norms again"));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("norms.json");
    std::fs::write(&path, &text[..100]).unwrap();
    assert!(Norms::from_path(&path).unwrap_err().place().unwrap().contains("norms.json, line 1"));
    std::fs::write(&path, format!("\u{feff}{text}")).unwrap();
    assert_eq!(Norms::from_path(&path).unwrap(), small_norms());
    assert_eq!(Norms::from_path(folder.path().join("none.json")).unwrap_err().code(), "unreadable");
    // any format of serde checks the same
    let value: serde_json::Value =
        serde_json::from_str(&text.replace("\"n\":8,\"mean\"", "\"n\":9,\"mean\"")).unwrap();
    assert!(serde_json::from_value::<Norms>(value).unwrap_err().to_string().contains("add up"));
}

/// Whatever stands in the place of any part, the file is refused or gives scores: it is never a panic.
#[test]
fn a_changed_file_is_never_a_panic() {
    fn places(value: &serde_json::Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_string());
        match value {
            serde_json::Value::Array(all) => {
                all.iter().enumerate().for_each(|(i, own)| places(own, &format!("{at}/{i}"), found));
            }
            serde_json::Value::Object(all) => {
                all.iter().for_each(|(key, own)| places(own, &format!("{at}/{key}"), found));
            }
            _ => {}
        }
    }
    let others = ["null", "[]", "{}", "-1", "0", "1e300", "\"x\"", "[[1.0]]", "[1.0, 2.0]"];
    let others = others.map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
    let (mut refused, mut read) = (0, 0);
    for (norms, step) in [(&small_norms(), 1), (&*ORDINAL, 97)] {
        let document: serde_json::Value = serde_json::from_str(&norms.to_json()).unwrap();
        let mut all = Vec::new();
        places(&document, "", &mut all);
        for at in all.iter().step_by(step) {
            for other in &others {
                let mut changed = document.clone();
                *changed.pointer_mut(at).unwrap() = other.clone();
                match Norms::from_json(&changed.to_string()) {
                    Err(error) => {
                        assert!(error.is_input_fault() && !error.hint().is_empty());
                        refused += 1;
                    }
                    Ok(norms) => {
                        let _ = norms.score([("k1", 3.0), ("k2", 4.0), ("k3", 2.0)]);
                        let _ = norms.score([("me_1", 3.0), ("me_2", 4.0), ("me_3", 2.0)]);
                        read += 1;
                    }
                }
            }
        }
    }
    assert!(refused > 1000 && read > 50, "{refused} {read}");
}

#[test]
fn norms_of_another_construct_say_what_differs() {
    let norms = small_norms();
    let construct = small().0;
    let differs = |change: fn(&mut Construct)| {
        let mut own = construct.clone();
        change(&mut own);
        norms.check(&own).map_err(|error| {
            assert_eq!(error.code(), "other_construct");
            assert!(!error.hint().is_empty());
            error.to_string().rsplit(": ").next().unwrap().to_string()
        })
    };
    assert_eq!(norms.fingerprint().len(), 64);
    // what scores do not depend on
    let harmless: [fn(&mut Construct); 3] = [
        |c| c.items[0].text = psychometrics::construct::Localized::new("en", "Corrected"),
        |c| c.items.reverse(),
        |c| c.data = Some(DataSource { groups: vec!["role".into()], ..DataSource::default() }),
    ];
    for change in harmless {
        assert_eq!(differs(change), Ok(()));
    }
    type Change = fn(&mut Construct);
    let told: [(Change, &str); 7] = [
        (
            |c| c.items[2].reverse = false,
            "item 'k3' is reversed in the norms and not reversed in the construct",
        ),
        (|c| drop(c.items.remove(1)), "item 'k2' of the norms is not in the construct"),
        (
            |c| c.items.push(Item::new("k4", "knowledge", "agreement")),
            "item 'k4' in the construct is not in the norms",
        ),
        (
            |c| drop(c.scales.insert("agreement".into(), ResponseScale::range("agreement", 1, 4))),
            "item 'k1' is answered with 1, 2, 3, 4, 5 in the norms and with 1, 2, 3, 4 in the construct",
        ),
        (
            |c| c.items[0].facet = Some("using".into()),
            "item 'k1' belongs to 'knowledge' in the norms and to 'knowledge, using' in the construct",
        ),
        (|c| c.about.id = "other".into(), "they are of 'conduct'"),
        (
            |c| c.dimensions[0] = Dimension::new("knowledge").asked_of("role", ["nurse"]),
            "dimension 'knowledge' was put to others in the norms than in the construct",
        ),
    ];
    for (change, difference) in told {
        assert_eq!(differs(change), Err(difference.into()));
    }
}

/// Scores on the trait by stored norms are those of the bank of items that a fit of the sample gives, after a trip through JSON; with gaps
/// too. Norms that were not asked for traits are as they were.
#[test]
fn traits_are_kept_with_the_norms() {
    let ((construct, sample), plain) = (&*SAMPLE, &*ORDINAL);
    let without = plain.score_all(sample).unwrap();
    assert!(!plain.to_json().contains("\"trait\""));
    let refused = plain.clone().trait_estimator(TraitEstimator::Eap).unwrap_err();
    assert!(matches!(refused, Error::Unsupported { .. }), "{refused}");
    let norms = plain.clone().with_traits(construct, sample).unwrap();
    let about_total = norms.warnings().iter().any(|own| own.to_string().contains("is no single trait"));
    assert!(about_total, "{:?}", norms.warnings());
    let items: Vec<String> = construct.items_of("methodical").map(|item| item.id.clone()).collect();
    let values = sample.of_items(&items).unwrap();
    let data =
        Dataset::builder().nan_is_missing().array(items.iter().cloned(), values.clone()).build().unwrap();
    let bank = ItemBank::of(&Irt::new(ItemModel::Graded).fit(&data, &items).unwrap()).unwrap();
    for method in TraitEstimator::ALL {
        let stored = Norms::from_json(&norms.clone().trait_estimator(*method).unwrap().to_json()).unwrap();
        let all = stored.score_all(sample).unwrap();
        assert_eq!(all.estimator, Some(*method));
        let expected = bank.scores(&data, *method).unwrap();
        for (row, respondent) in all.respondents.iter().enumerate() {
            let own = respondent.scales.iter().find(|own| own.scale == "methodical").unwrap();
            let answered = values.row(row).iter().filter(|x| !x.is_nan()).count();
            if answered < 3 {
                assert_eq!(own.trait_score, None);
                assert!(own.reasons["trait_score"].contains("answered"), "{:?}", own.reasons);
                continue;
            }
            assert_eq!(own.trait_score, expected.values[row], "row {row} {method}");
            assert_eq!(own.trait_se, expected.se[row]);
            assert_eq!(own.trait_score.is_none(), own.reasons.contains_key("trait_score"));
            // all else is as without traits
            if *method == TraitEstimator::Eap && row < 50 {
                let other =
                    without.respondents[row].scales.iter().find(|own| own.scale == "methodical").unwrap();
                assert_eq!(
                    (own.score, own.factor, own.percentile),
                    (other.score, other.factor, other.percentile)
                );
                assert!(other.trait_score.is_none() && !other.reasons.contains_key("trait_score"));
            }
        }
    }
    // an answer that nobody in the sample gave has no parameters, and a total over dimensions no trait
    let total = norms.score(items.iter().map(|item| (item, 4.0))).unwrap();
    let whole = total.iter().find(|own| own.scale == construct.id());
    assert!(whole.is_none_or(|own| own.trait_score.is_none()));
}

/// What a file of norms holds of traits is checked when it is read.
#[test]
fn damaged_traits_are_named() {
    let text = ORDINAL.clone().with_traits(&SAMPLE.0, &SAMPLE.1).unwrap().to_json();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    document["scales"][0]["trait"]["bank"]["items"][0]["intercepts"][0] = (-50.0).into();
    let error = Norms::from_json(&document.to_string()).unwrap_err();
    assert!(error.to_string().contains("'trait'"), "{error}");
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    document["scales"][0]["trait"]["bank"]["items"][0]["item"] = "another".into();
    assert!(Norms::from_json(&document.to_string()).is_err());
}

/// Numbers have no such model, and a construct of numbers no scores on traits.
#[test]
fn numbers_have_no_traits() {
    let (construct, sample) = small();
    let error = small_norms().with_traits(&construct, &sample).unwrap_err();
    assert!(matches!(error, Error::NoAnswerExists { .. }), "{error}");
}
