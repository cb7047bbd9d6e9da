//! The main job on the sample construct, against R; and what must hold of any validation.

mod table;

use ndarray::{Array2, Axis, array};
use psychometrics::Estimator;
use psychometrics::construct::{Construct, Dimension, Item, Repetition, ResponseScale, Structure};
use psychometrics::data::{Counted, Dataset, Note, Responses};
use psychometrics::evidence::{
    Aspect, Conclusion, Evidence, MeasurementLevel, Resampling, SensitivityRun, Shift, Validation, Verdict,
};
use psychometrics::moments::Missing;
use psychometrics::{Error, Estimation, Model, Warning};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;
use std::path::Path;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/professional_conduct");

fn construct() -> Construct {
    Construct::from_path(Path::new(FOLDER).join("construct.toml")).unwrap()
}

fn evidence() -> Evidence {
    let construct = construct();
    Validation::of(&construct).run(&Responses::read(&construct).unwrap()).unwrap()
}

/// The same with the answers taken as numbers.
fn continuous_evidence(missing: Missing) -> Evidence {
    let construct = construct();
    let validation = Validation::of(&construct).level(MeasurementLevel::Continuous).missing(missing);
    let few = Resampling { replicates: 20, seed: 1 };
    validation.resampling(few).run(&Responses::read(&construct).unwrap()).unwrap()
}

fn assert_near(ours: Option<f64>, theirs: &Value, tolerance: f64, what: &str) {
    let (ours, theirs) = (ours.expect(what), theirs.as_f64().expect(what));
    assert!((ours - theirs).abs() <= tolerance * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}

#[test]
fn the_sample_construct_is_defined_as_asked() {
    let construct = construct();
    assert_eq!(construct.warnings(), []);
    assert_eq!(construct.dimensions.len(), 7);
    assert_eq!(construct.items.len(), 43);
    assert_eq!(construct.leaves().len(), 11);
    assert_eq!(construct.items.iter().filter(|i| i.reverse).count(), 7);
    assert!(construct.items.iter().all(|i| i.text.all().count() == 2), "every item in English and Dutch");
    assert_eq!(
        construct.to_toml().unwrap().parse::<toml::Table>().unwrap()["items"].as_array().unwrap().len(),
        43
    );
}

#[test]
fn dimensions_have_the_numbers_of_psych() {
    let (evidence, reference) = (evidence(), table::reference("professional_conduct.json"));
    for dimension in &evidence.dimensions {
        let theirs = &reference["dimensions"][&dimension.id];
        assert_eq!(dimension.scale.n as u64, theirs["n"].as_u64().unwrap(), "{}", dimension.id);
        let reliability = dimension.scale.reliability.as_ref().unwrap();
        assert_near(reliability.alpha.raw, &theirs["alpha"], 1e-10, &dimension.id);
        let score = dimension.scale.score.unwrap();
        assert_near(Some(score.mean), &theirs["mean"], 1e-10, &dimension.id);
        assert_near(Some(score.sd), &theirs["sd"], 1e-10, &dimension.id);
        for (item, r_drop) in dimension.scale.items.iter().zip(theirs["r_drop"].as_array().unwrap()) {
            assert_near(item.r_drop, r_drop, 1e-10, &item.item);
        }
    }
}

/// lavaan stops at a relative change of 1e-10 in its objective: fit measures to 1e-6.
#[test]
fn rival_structures_have_the_numbers_of_lavaan() {
    let (evidence, reference) =
        (continuous_evidence(Missing::Listwise), table::reference("professional_conduct.json"));
    assert_eq!(evidence.structures.len(), 4);
    for structure in &evidence.structures {
        let theirs = reference["structures"][structure.name].as_object().unwrap();
        assert_eq!(structure.result.missing.rows_used as u64, theirs["n"].as_u64().unwrap());
        for (name, value) in theirs.iter().filter(|(name, _)| *name != "n") {
            let what = format!("{} {name}", structure.name);
            assert_near(structure.result.measure(name), value, 1e-6, &what);
        }
    }
    assert_eq!(evidence.preferred().unwrap().name, "second_order", "the data were made with it");
}

#[test]
fn what_was_left_out_stands_in_the_ledger() {
    let evidence = evidence();
    let ledger = &evidence.ledger;
    assert_eq!((ledger.rows_read, ledger.rows_used, evidence.n), (902, 902, 902));
    assert_eq!(ledger.cells_read, 902 * 43);
    assert_eq!(ledger.cells_answered + ledger.cells_missing(), ledger.cells_read);
    let employer = ledger.notes.iter().find(|n| n.what == Counted::Dimensions).unwrap();
    assert!(employer.why.contains("'employer' was asked only where works_with_employers is yes"));
    let is_of = |n: &Note, name: &str| n.what == Counted::Rows && n.why.starts_with(name);
    let rows = |name: &str| ledger.notes.iter().find(|n| is_of(n, name)).unwrap().count;
    for dimension in evidence.dimensions.iter().filter(|d| d.asked_of.is_none()) {
        assert_eq!(dimension.scale.n + rows(&dimension.id), 902, "{}", dimension.id);
    }
    let joint: usize = evidence.overall.as_ref().unwrap().n;
    assert_eq!(joint + rows("the whole construct"), 902);
    assert!(evidence.structures.iter().all(|s| s.model.contains("em_")), "missing by design");
    let cells = ledger.notes.iter().find(|n| n.what == Counted::Cells).unwrap();
    assert_eq!((cells.count, ledger.cells_not_asked), (2835, 2835), "{}", cells.why);
}

#[test]
fn conclusions_name_their_rule_and_small_groups() {
    let evidence = evidence();
    let find = |about: &str, aspect: Aspect| -> &Conclusion {
        evidence.conclusions.iter().find(|c| c.about == about && c.aspect == aspect).unwrap()
    };
    assert!(evidence.conclusions.iter().all(|c| !c.rule.is_empty() && c.reference.contains("(")));
    assert_eq!(find("methodical", Aspect::Reliability).verdict, Verdict::Supported);
    assert_eq!(find("innovation", Aspect::Reliability).verdict, Verdict::Open, "its interval includes .70");
    assert_eq!(find("professional_conduct", Aspect::Rivals).verdict, Verdict::Supported);
    let groups = find("knowledge", Aspect::Groups);
    assert!(groups.text.contains("role 'client' (n = 19)"), "{}", groups.text);
    assert!(groups.reference.contains("Terwee"));
    for dimension in &evidence.dimensions {
        assert!(
            evidence.conclusions.iter().filter(|c| c.about == dimension.id).count() >= 4,
            "{}",
            dimension.id
        );
    }
}

#[test]
fn the_document_has_the_keys_of_the_contract_and_no_null_where_a_number_is() {
    let document = serde_json::to_value(evidence()).unwrap();
    for key in ["construct", "n", "ledger", "dimensions", "structures", "conclusions", "provenance"] {
        assert!(document.get(key).is_some(), "{key}");
    }
    let knowledge = &document["dimensions"][0];
    assert_eq!(knowledge["id"], "knowledge");
    assert!((knowledge["reliability"]["alpha"]["raw"].as_f64().unwrap() - 0.8137).abs() < 1e-4);
    assert_eq!(knowledge["items"].as_array().unwrap().len(), 9);
    assert_eq!(knowledge["facets"].as_array().unwrap().len(), 3);
    assert_eq!(document["structures"][0]["name"], "one_factor");
    assert!(document["structures"][0]["fit"]["cfi"].is_f64());
    assert_eq!(document["provenance"]["data_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(
        (&document["provenance"]["seed"], &document["provenance"]["replicates"]),
        (&1.into(), &1000.into())
    );
}

/// The population values lie where the standard errors say, and the population model is not rejected.
#[test]
fn the_population_is_recovered_from_the_continuous_data() {
    let data = Dataset::read_csv(Path::new(FOLDER).join("continuous.csv")).unwrap();
    let population: Model =
        std::fs::read_to_string(Path::new(FOLDER).join("population.lav")).unwrap().parse().unwrap();
    let names = population.observed_names();
    let identity = (0..names.len()).map(|i| (0..=i).map(move |j| f64::from(u8::from(i == j))));
    let lower: Vec<f64> = identity.flatten().collect();
    let moments = psychometrics::moments::Moments::from_lower_triangle(&names, &lower, 1000).unwrap();
    let population = Estimation::default().fit_moments(&population, &moments).unwrap();
    assert_eq!(population.measure("npar"), Some(0.0));

    let model = Model::of(&construct(), Structure::SecondOrder).unwrap();
    let fit = Estimation::default()
        .scaling(psychometrics::model::Scaling::UnitVariance)
        .fit(&model, &data)
        .unwrap();
    assert!(fit.status.proper());
    assert!(fit.measure("pvalue").unwrap() > 0.01, "the true structure fits");
    let mut inside = 0;
    let mut loadings = 0;
    for row in fit.standardized().iter().filter(|row| row.op == "=~") {
        let truth = population.parameter(&row.lhs, "=~", &row.rhs).unwrap().est;
        let (est, se) = (row.est.unwrap(), row.se.unwrap());
        assert!((est - truth).abs() < 4.0 * se, "{} =~ {}: {est} and {truth}", row.lhs, row.rhs);
        loadings += 1;
        inside += usize::from((est - truth).abs() < 1.96 * se);
    }
    assert_eq!(loadings, 43 + 6 + 7);
    assert!(
        inside as f64 >= 0.88 * f64::from(loadings),
        "{inside} of {loadings} within 1.96 standard errors"
    );
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| serde_json::to_string(&evidence()).unwrap())
    };
    let one = run(1);
    assert_eq!(one, run(3));
    assert_eq!(one, run(8));
}

/// Two dimensions of three items; `answers` are rows of six codes from 1 to 5.
fn small(answers: Array2<f64>) -> Result<Evidence, Error> {
    let item = |id: &str, dimension: &str| Item::new(id, dimension, "agreement");
    let construct = Construct::builder("care")
        .scale(ResponseScale::range("agreement", 1, 5))
        .dimension(Dimension::new("warmth"))
        .dimension(Dimension::new("order"))
        .dimension(Dimension::new("humour"))
        .items([item("w1", "warmth"), item("w2", "warmth"), item("w3", "warmth")])
        .items([item("o1", "order"), item("o2", "order"), item("o3", "order")])
        .build()
        .unwrap();
    Validation::of(&construct).run(&Responses::from_array(&construct, answers)?)
}

/// Answers of `n` people with two correlated tendencies, three items each.
fn answers(n: usize) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let mut rows = Array2::zeros((n, 6));
    for mut row in rows.outer_iter_mut() {
        let common = normal();
        let tendencies = [0.6 * common + 0.8 * normal(), 0.6 * common + 0.8 * normal()];
        for (j, answer) in row.iter_mut().enumerate() {
            *answer = (3.0 + 0.9 * tendencies[j / 3] + 0.7 * normal()).round().clamp(1.0, 5.0);
        }
    }
    rows
}

#[test]
fn a_dimension_without_items_is_told_and_the_rest_stands() {
    let evidence = small(answers(120)).unwrap();
    assert!(evidence.warnings.contains(&Warning::NotMeasured { dimension: "humour".into() }));
    let humour = evidence.dimension("humour").unwrap();
    assert!(humour.scale.reliability.is_none() && humour.structure.is_none());
    let conclusion = evidence.conclusions.iter().find(|c| c.about == "humour").unwrap();
    assert_eq!((conclusion.aspect, conclusion.verdict), (Aspect::Measurement, Verdict::Open));
    // two parts cannot have a factor above them
    let second_order = evidence.warnings.iter().find(|w| w.to_string().contains("second_order")).unwrap();
    assert!(matches!(second_order, Warning::NotDone { .. }));
    assert_eq!(evidence.structure("one_factor").unwrap().result.missing.rows_used, 120);
}

#[test]
fn an_item_that_never_varies_stops_the_validation() {
    let mut constant = answers(60);
    constant.column_mut(4).fill(3.0);
    assert!(matches!(small(constant), Err(Error::ConstantItem { item, value: 3.0, n: 60 }) if item == "o2"));
}

#[test]
fn identical_items_and_few_rows_leave_warnings_and_no_model() {
    let mut copied = answers(60);
    let first = copied.column(0).to_owned();
    copied.column_mut(1).assign(&first);
    let evidence = small(copied).unwrap();
    let identical = Warning::IdenticalItems { first: "w1".into(), second: "w2".into() };
    assert_eq!(evidence.warnings.iter().filter(|w| **w == identical).count(), 1);
    assert!(evidence.dimension("warmth").unwrap().structure.is_none());
    assert!(evidence.dimension("order").unwrap().structure.is_some());

    let few = small(answers(5)).unwrap();
    assert!(few.structures.is_empty());
    assert!(few.warnings.contains(&Warning::FewRows { n: 5, items: 6 }));
    assert!(few.conclusions.iter().any(|c| c.text.starts_with("Only 5 respondents")));
}

#[test]
fn a_group_without_answers_is_named_and_the_rest_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("construct.toml");
    std::fs::write(
        &path,
        r#"
        [construct]
        id = "care"
        [scales.five]
        points = [{ code = 1 }, { code = 2 }, { code = 3 }]
        [[dimensions]]
        id = "warmth"
        [[items]]
        id = "w1"
        dimension = "warmth"
        scale = "five"
        [[items]]
        id = "w2"
        dimension = "warmth"
        scale = "five"
        [data]
        responses = "responses.csv"
        groups = ["role"]
        "#,
    )
    .unwrap();
    std::fs::write(
        folder.path().join("responses.csv"),
        "role,w1,w2\nnurse,1,2\nclerk,,\nnurse,2,3\nclerk,,\n",
    )
    .unwrap();
    let construct = Construct::from_path(&path).unwrap();
    let found = Validation::of(&construct).run(&Responses::read(&construct).unwrap()).unwrap();
    let named = |w: &Warning| {
        matches!(w, Warning::NotDone { what, reason }
        if what == "role 'clerk' as a group" && reason.contains("all answers are missing (2 rows)"))
    };
    assert!(found.warnings.iter().any(named), "{:?}", found.warnings);
    assert_eq!(found.n, 2);
}

#[test]
fn the_order_of_respondents_does_not_matter() {
    let rows = answers(150);
    let turned = rows.select(Axis(0), &(0..150).rev().collect::<Vec<_>>());
    let (plain, turned) = (small(rows).unwrap(), small(turned).unwrap());
    for (a, b) in plain.structures.iter().zip(&turned.structures) {
        assert_eq!(a.result.status.code(), b.result.status.code());
        let (Some(a), Some(b)) = (a.result.measure("chisq"), b.result.measure("chisq")) else { continue };
        assert!((a - b).abs() < 1e-6 * a.max(1.0), "{a} and {b}");
    }
    // with three items in each of two groups the loadings on general and group factors can be exchanged
    assert_eq!(plain.structure("bifactor").unwrap().result.status.code(), "not_identified");
    assert!(plain.structure("correlated").unwrap().result.converged);
    let texts = |e: &Evidence| e.conclusions.iter().map(|c| c.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&plain), texts(&turned));
}

#[test]
fn a_single_respondent_is_no_ground_for_anything() {
    let evidence = small(array![[1.0, 2.0, 3.0, 4.0, 5.0, 1.0]]).unwrap();
    assert!(evidence.dimensions.iter().all(|d| d.scale.reliability.is_none()));
    assert!(evidence.structures.is_empty());
    assert!(evidence.conclusions.iter().all(|c| c.verdict == Verdict::Open));
    assert!(evidence.overall.is_none());
}

/// Five points are ordinal unless the caller says otherwise; what is concluded does not hang on it here.
#[test]
fn answers_on_five_points_are_ordinal_by_default_and_continuous_when_asked() {
    let (ordinal, continuous) = (evidence(), continuous_evidence(Missing::Fiml));
    let reference = table::reference("lavaan_validate_fiml.json");
    for (id, theirs) in reference["dimensions"].as_object().unwrap() {
        let own = continuous.dimensions.iter().find(|d| d.id == *id).unwrap();
        let fit = &own.structure.as_ref().unwrap().result;
        assert_eq!(fit.missing.policy, Missing::Fiml);
        assert_eq!(fit.missing.rows_used as u64, theirs["nobs"].as_u64().unwrap(), "{id}");
        for (name, value) in theirs["fit"].as_object().unwrap() {
            assert_near(fit.measure(name), value, 1e-5, &format!("{id} {name}"));
        }
        for row in theirs["loadings"].as_array().unwrap() {
            let own =
                fit.parameter(row["lhs"].as_str().unwrap(), "=~", row["rhs"].as_str().unwrap()).unwrap();
            assert_near(Some(own.est), &row["est"], 1e-5, id);
            assert_near(own.se, &row["se"], 1e-4, id);
        }
    }
    assert_eq!(continuous.structures[0].result.missing.policy, Missing::Fiml);
    assert!(
        continuous.structures.iter().all(|s| s.model.contains("em_")),
        "asked of some, missing by design"
    );
    assert!(ordinal.method.level.starts_with("ordinal"), "{}", ordinal.method.level);
    assert!(continuous.method.level.starts_with("continuous"), "{}", continuous.method.level);
    for (evidence, estimator) in [(&ordinal, Estimator::Wlsmv), (&continuous, Estimator::Ml)] {
        assert!(evidence.structures.iter().all(|s| s.result.estimator == estimator));
        assert_eq!(evidence.preferred().unwrap().name, "second_order", "the data were made with it");
        let about: Vec<&Conclusion> =
            evidence.conclusions.iter().filter(|c| c.aspect == Aspect::Rivals).collect();
        assert_eq!(about.len(), 1);
        assert_eq!(about[0].verdict, Verdict::Supported, "{}", about[0].text);
    }
    assert_eq!(ordinal.structures[0].result.missing.rows_used, 902, "pairwise");
    for (a, b) in ordinal.dimensions.iter().zip(&continuous.dimensions) {
        let (alpha, own) =
            (a.scale.reliability.as_ref().unwrap().alpha.raw.unwrap(), a.scale.ordinal.as_ref());
        let own = own.unwrap_or_else(|| panic!("{} has ordinal items", a.id));
        assert!((own.categorical_omega.unwrap() - alpha).abs() < 0.03, "{}: {own:?} {alpha}", a.id);
        assert!(own.ordinal_alpha.unwrap() > alpha, "{}: of what lies behind the answers", a.id);
        assert!(b.scale.ordinal.is_none());
    }
}

fn nine_points() -> Construct {
    let names = ["a", "b", "c", "d"];
    let dimensions = ["p", "q"].map(Dimension::new);
    let items = names.iter().enumerate().flat_map(|(i, name)| {
        let own = ["p", "q"][i / 2];
        (1..=2).map(move |k| Item::new(format!("{name}{k}"), own, "nine"))
    });
    let builder = Construct::builder("c").scale(ResponseScale::range("nine", 1, 9));
    let builder = dimensions.into_iter().fold(builder, |builder, d| builder.dimension(d));
    builder.items(items).build().unwrap()
}

/// Answers of two factors on nine points; the share of each item that is missing at random.
fn nine_point_answers(n: usize, share: f64) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut draw = || -> f64 { StandardNormal.sample(&mut random) };
    let mut rows = Array2::zeros((n, 8));
    for mut row in rows.outer_iter_mut() {
        let p = draw();
        let q = 0.5 * p + 0.75f64.sqrt() * draw();
        for (j, cell) in row.iter_mut().enumerate() {
            let factor = if j < 4 { p } else { q };
            *cell = (5.0 + 1.6 * (0.8 * factor + 0.6 * draw())).round().clamp(1.0, 9.0);
            if draw() < -1.2816 && share > 0.0 {
                *cell = f64::NAN;
            }
        }
    }
    rows
}

/// Rows without gaps: full information, complete rows and maximum likelihood are one.
#[test]
fn complete_answers_give_the_same_under_each_policy() {
    let construct = nine_points();
    let of = |share: f64, missing: Missing| {
        let responses = Responses::from_array(&construct, nine_point_answers(300, share)).unwrap();
        let few = Resampling { replicates: 20, seed: 1 };
        Validation::of(&construct).missing(missing).resampling(few).run(&responses)
    };
    let chisq =
        |evidence: &Evidence| evidence.structure("correlated").unwrap().result.measure("chisq").unwrap();
    let (full, complete) = (of(0.0, Missing::Fiml).unwrap(), of(0.0, Missing::Listwise).unwrap());
    assert_eq!(chisq(&full), chisq(&complete));
    let (full, complete) = (of(0.1, Missing::Fiml).unwrap(), of(0.1, Missing::Listwise).unwrap());
    let rows = |evidence: &Evidence| evidence.structure("correlated").unwrap().result.missing.rows_used;
    assert_eq!(rows(&full), 300);
    assert!(rows(&complete) < 180 && full.method.missing.contains("full-information"));
    // scales of nine points are numbers, which have no pairwise model, and no validation has two stages
    for missing in [Missing::Pairwise, Missing::TwoStage] {
        assert!(matches!(of(0.1, missing), Err(Error::Unsupported { .. })), "{missing:?}");
    }
}

/// Ten respondents who gave one answer throughout are flagged by two indices; without them the evidence is that of the
/// others alone.
#[test]
fn sensitivity_sets_the_validation_beside_that_without_the_flagged() {
    let construct = nine_points();
    let attentive = nine_point_answers(200, 0.0);
    let rows = Array2::from_shape_fn((210, 8), |(i, j)| if i < 10 { 5.0 } else { attentive[(i - 10, j)] });
    let of = |rows: Array2<f64>, run: SensitivityRun| {
        let few = Resampling { replicates: 20, seed: 1 };
        let validation = Validation::of(&construct).resampling(few).sensitivity(run);
        validation.run(&Responses::from_array(&construct, rows).unwrap())
    };
    let evidence = of(rows.clone(), SensitivityRun::WithoutFlagged { flags: 2 }).unwrap();
    let found = evidence.sensitivity.as_ref().unwrap();
    let left_out: Vec<String> = found.left_out.iter().take(10).cloned().collect();
    assert_eq!(left_out, (1..=10).map(|row| row.to_string()).collect::<Vec<_>>());
    assert_eq!(found.n, Shift { all: 210, without: 210 - found.left_out.len() });
    let careless = evidence.careless.as_ref().unwrap();
    assert_eq!(careless.respondents.len(), found.left_out.len());
    let kept: Vec<usize> = (0..210).filter(|row| !found.left_out.contains(&(row + 1).to_string())).collect();
    let others = of(rows.select(Axis(0), &kept), SensitivityRun::None).unwrap();
    assert!(others.sensitivity.is_none());
    for (own, dimension) in found.scales.iter().zip(&others.dimensions) {
        assert_eq!(own.alpha.without, dimension.scale.reliability.as_ref().unwrap().alpha.raw);
    }
    let rival = found.structures.iter().find(|s| s.about == "c" && s.structure == "correlated").unwrap();
    assert_eq!(rival.chisq.without, others.structure("correlated").unwrap().measure("chisq"));
    let text = found.to_string();
    assert!(text.contains("of 210 respondents whom 2 or more indices"), "{text}");
    assert!(matches!(of(rows, SensitivityRun::WithoutFlagged { flags: 0 }), Err(Error::BadOption { .. })));
}

/// `sensitivity` under `[analysis]` of the construct file is what `--sensitivity` is; what is asked for in code goes before it.
#[test]
fn the_construct_file_can_ask_for_sensitivity() {
    let attentive = nine_point_answers(200, 0.0);
    let rows = Array2::from_shape_fn((210, 8), |(i, j)| if i < 10 { 5.0 } else { attentive[(i - 10, j)] });
    let run = |asked: Repetition, run: Option<SensitivityRun>| {
        let mut construct = nine_points();
        construct.analysis.sensitivity = asked;
        construct.analysis.structures = vec![Structure::OneFactor];
        let validation = Validation::of(&construct).resampling(Resampling { replicates: 20, seed: 1 });
        let validation = match run {
            Some(run) => validation.sensitivity(run),
            None => validation,
        };
        let evidence = validation.run(&Responses::from_array(&construct, rows.clone()).unwrap()).unwrap();
        evidence.sensitivity
    };
    let by_code = run(Repetition::None, Some(SensitivityRun::WithoutFlagged { flags: 2 })).unwrap();
    assert_eq!(run(Repetition::WithoutFlagged, None).as_ref(), Some(&by_code));
    assert_eq!(run(Repetition::WithoutFlaggedBy(3), None).unwrap().flags, 3);
    assert_eq!(run(Repetition::None, None), None);
    assert_eq!(run(Repetition::WithoutFlagged, Some(SensitivityRun::None)), None);
}

/// Two booklets of four items each, and ten people who were given both: what one booklet has to do with the other rests on
/// these ten, so slowly does the EM algorithm learn it that it is given up, and the ten are all that is left.
#[test]
fn where_full_information_has_no_answer_the_complete_rows_are_used_and_it_is_said() {
    let construct = nine_points();
    let (both, each) = (10, 12_000);
    let mut rows = nine_point_answers(both + 2 * each, 0.0);
    for (i, mut row) in rows.outer_iter_mut().enumerate().skip(both) {
        let not_given = if i < both + each { 4..8 } else { 0..4 };
        not_given.for_each(|j| row[j] = f64::NAN);
    }
    let few = Resampling { replicates: 10, seed: 1 };
    let validation = Validation::of(&construct).resampling(few);
    let evidence = validation.run(&Responses::from_array(&construct, rows).unwrap()).unwrap();
    assert!(!evidence.structures.is_empty());
    for structure in &evidence.structures {
        let fit = &structure.result;
        let own = fit.warnings.iter().find(|w| w.code() == "complete_rows_instead");
        let Some(Warning::CompleteRowsInstead { reason, used, read }) = own else {
            panic!("{}: {:?}", structure.name, fit.warnings)
        };
        assert!(reason.contains("EM algorithm"), "{reason}");
        assert_eq!((*used, *read, fit.missing.policy), (10, 24_010, Missing::Listwise));
        let text = own.unwrap().to_string();
        assert!(text.starts_with("fitted to the 10 complete rows of 24010"), "{text}");
    }
    // the models of one booklet have their answer
    for dimension in &evidence.dimensions {
        let fit = &dimension.structure.as_ref().unwrap().result;
        assert_eq!((fit.missing.rows_used, fit.missing.policy), (12_010, Missing::Fiml));
        assert!(fit.warnings.iter().all(|w| w.code() != "complete_rows_instead"));
    }
    assert!(evidence.warnings.iter().any(|w| w.code() == "complete_rows_instead"));
}

/// The sample's respondents are nested in six organisations, and some of them were made careless.
#[test]
fn response_processes_and_aggregation_are_part_of_the_evidence() {
    let construct = construct();
    let few = Resampling { replicates: 20, seed: 1 };
    let responses = Responses::read(&construct).unwrap();
    let evidence = Validation::of(&construct).resampling(few).run(&responses).unwrap();
    let aggregation = evidence.aggregation.as_ref().unwrap();
    assert_eq!((aggregation.cluster.as_str(), aggregation.groups), ("organisation", 6));
    assert!(evidence.warnings.iter().any(|w| w.code() == "few_groups_to_aggregate"));
    let test = evidence.mcar.unwrap();
    assert!(test.df > 0 && (0.0..=1.0).contains(&test.pvalue) && test.n == 902);
    let careless = evidence.careless.as_ref().unwrap();
    // respondents 38, 102, ... were made careless, every other by one answer throughout
    let made = careless.respondents.iter().filter(|r| r.row >= 38 && (r.row - 38) % 64 == 0).count();
    assert!(made >= 7, "{made} of {}", careless.respondents.len());
}
