//! The main job on the sample construct, against R; and what must hold of any validation.

use crate::table;
use ndarray::{Array2, Axis, array};
use psychometrics::Estimator;
use psychometrics::construct::{Construct, Dimension, Item, Repetition, ResponseScale, Structure};
use psychometrics::data::{Counted, Dataset, Note, Responses};
use psychometrics::evidence::consequences::Norms;
use psychometrics::evidence::{
    Aspect, Conclusion, Evidence, MeasurementLevel, ModelStanding, Resampling, SensitivityRun, Usability,
    Validation, Verdict,
};
use psychometrics::moments::Missing;
use psychometrics::report::{Language, Report, ValidationReport};
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

/// Half of a report would be weighted, and half not.
#[test]
fn weights_are_refused_and_not_dropped() {
    let small = |data: &str| {
        Construct::from_toml(&format!(
            "[construct]\nid = 'c'\n[scales.five]\npoints = [{{code = 1}}, {{code = 2}}, {{code = 3}}]\n\
             [[dimensions]]\nid = 'd'\n[[items]]\nid = 'a'\ndimension = 'd'\nscale = 'five'\n[data]\n{data}"
        ))
        .unwrap()
    };
    let run = |construct: &Construct| {
        let responses = Responses::builder(construct).item("a", [1, 2, 3, 2, 1]).build().unwrap();
        Validation::of(construct).run(&responses)
    };
    for key in ["weights", "weight", "sampling_weights"] {
        match run(&small(&format!("{key} = 'w'"))) {
            Err(Error::Unsupported { what, instead }) => {
                assert!(
                    what.contains("sampling weights") && instead.contains("--weights"),
                    "{what} {instead}"
                );
            }
            other => panic!("{key}: {other:?}"),
        }
    }
    assert!(run(&small("")).is_ok(), "without weights");
    assert!(run(&small("wieghts = 'w'")).unwrap().warnings.iter().any(|w| w.to_string().contains("wieghts")));
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
        let theirs = reference["structures"][&*structure.name].as_object().unwrap();
        assert_eq!(structure.result.missing.rows_used as u64, theirs["n"].as_u64().unwrap());
        for (name, value) in theirs.iter().filter(|(name, _)| *name != "n") {
            let what = format!("{} {name}", structure.name);
            assert_near(structure.result.measure(name).ok(), value, 1e-6, &what);
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
    assert_eq!(population.measure("npar").ok(), Some(0.0));

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
    Validation::of(&construct).run(&Responses::builder(&construct).answers(answers).nan_is_missing().build()?)
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
        let (Some(a), Some(b)) = (a.result.measure("chisq").ok(), b.result.measure("chisq").ok()) else {
            continue;
        };
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
            assert_near(fit.measure(name).ok(), value, 1e-5, &format!("{id} {name}"));
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
        let responses = Responses::builder(&construct)
            .answers(nine_point_answers(300, share))
            .nan_is_missing()
            .build()
            .unwrap();
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

/// Ten respondents who gave one answer throughout are flagged; without the flagged the evidence is that of the others alone.
#[test]
fn sensitivity_sets_the_validation_beside_that_without_the_flagged() {
    let construct = nine_points();
    let attentive = nine_point_answers(200, 0.0);
    let rows = Array2::from_shape_fn((210, 8), |(i, j)| if i < 10 { 5.0 } else { attentive[(i - 10, j)] });
    let of = |rows: Array2<f64>, run: SensitivityRun| {
        let few = Resampling { replicates: 20, seed: 1 };
        let validation = Validation::of(&construct).resampling(few).sensitivity(run);
        validation.run(&Responses::builder(&construct).answers(rows).nan_is_missing().build().unwrap())
    };
    let evidence = of(rows.clone(), SensitivityRun::WithoutFlagged { flags: 1 }).unwrap();
    let found = evidence.sensitivity.as_ref().unwrap();
    let left_out: Vec<String> = found.left_out.iter().take(10).cloned().collect();
    assert_eq!(left_out, (1..=10).map(|row| row.to_string()).collect::<Vec<_>>());
    assert_eq!((found.n.all, found.n.without), (210, 210 - found.left_out.len()));
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
    assert!(text.contains("of 210 respondents whom 1 or more indices"), "{text}");
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
        let evidence = validation
            .run(&Responses::builder(&construct).answers(rows.clone()).nan_is_missing().build().unwrap())
            .unwrap();
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
    let evidence = validation
        .run(&Responses::builder(&construct).answers(rows).nan_is_missing().build().unwrap())
        .unwrap();
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

/// A construct of a file in `tests/data`, whose columns `a1, a2, ...` are items of the dimension `a`; those in `reversed` are
/// turned around.
fn lettered(file: &str, points: i64, reversed: &[&str]) -> (Construct, Responses) {
    let data =
        Dataset::read_csv(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data")).join(file)).unwrap();
    let items: Vec<String> = data.names().iter().filter(|name| *name != "id").cloned().collect();
    let construct = of_letters(&items, points, reversed);
    let answers = data.numeric(&items).unwrap();
    let responses = Responses::builder(&construct).answers(answers).nan_is_missing().build().unwrap();
    (construct, responses)
}

fn of_letters(items: &[String], points: i64, reversed: &[&str]) -> Construct {
    let mut dimensions: Vec<&str> = items.iter().map(|item| &item[..1]).collect();
    dimensions.dedup();
    let builder = Construct::builder("x").scale(ResponseScale::range("s", 1, points));
    let builder = dimensions.into_iter().fold(builder, |builder, d| builder.dimension(Dimension::new(d)));
    let item = |id: &String| {
        let item = Item::new(id, &id[..1], "s");
        if reversed.contains(&id.as_str()) { item.reversed() } else { item }
    };
    builder.items(items.iter().map(item)).build().unwrap()
}

fn found(construct: &Construct, responses: &Responses, level: MeasurementLevel) -> Evidence {
    let few = Resampling { replicates: 20, seed: 1 };
    Validation::of(construct).level(level).resampling(few).run(responses).unwrap()
}

fn about(evidence: &Evidence, aspect: Aspect) -> &Conclusion {
    evidence.conclusions.iter().find(|c| c.about == "x" && c.aspect == aspect).unwrap()
}

/// Second-order factors over three first-order ones restate their three correlations: in lavaan 0.6-14 both structures have 27
/// parameters, 51 degrees of freedom, chi-square 36.2237594 and BIC 15339.61836. The data are drawn from second-order loadings
/// of .7. What is concluded rests on how strongly the general factor shows, so that it is the same of either level.
#[test]
fn equivalent_structures_are_one_model_and_no_rounding_chooses() {
    let (construct, responses) = lettered("three_dimensions.csv", 7, &[]);
    for level in [MeasurementLevel::Continuous, MeasurementLevel::Ordinal] {
        let evidence = found(&construct, &responses, level);
        let measure =
            |structure: &str, name: &str| evidence.structure(structure).unwrap().result.measure(name);
        if level == MeasurementLevel::Continuous {
            for structure in ["correlated", "second_order"] {
                assert!((measure(structure, "chisq").unwrap() - 36.2237594).abs() < 1e-4);
                assert!((measure(structure, "bic").unwrap() - 15339.61836).abs() < 1e-3);
                assert_eq!(measure(structure, "df").ok(), Some(51.0));
            }
        }
        assert_eq!(evidence.preferred().unwrap().name, "correlated", "the one that claims least");
        let rivals = about(&evidence, Aspect::Rivals);
        assert_eq!(rivals.verdict, Verdict::Supported, "{}", rivals.text);
        for words in
            ["Correlated factors and second-order factors are one model here", "second-order loadings 0.7"]
        {
            assert!(rivals.text.contains(words), "{}", rivals.text);
        }
        assert!(
            !rivals.text.contains("second-order factors +0") && !rivals.text.contains("report them apart")
        );
        assert!(rivals.text_nl.contains("zijn hier één model"), "{}", rivals.text_nl);
        assert!(evidence.total_caveat.is_none());
    }
    // the same structures of three factors that have nothing in common
    let mut random = ChaCha8Rng::seed_from_u64(21);
    let mut draw = || -> f64 { StandardNormal.sample(&mut random) };
    let mut rows = Array2::zeros((400, 12));
    for mut row in rows.outer_iter_mut() {
        let general = draw();
        let factors: Vec<f64> = (0..3).map(|_| 0.45 * general + 0.9 * draw()).collect();
        for (j, cell) in row.iter_mut().enumerate() {
            *cell = (4.0 + 1.4 * (0.85 * factors[j / 4] + 0.53 * draw())).round().clamp(1.0, 7.0);
        }
    }
    let responses = Responses::builder(&construct).answers(rows).nan_is_missing().build().unwrap();
    for level in [MeasurementLevel::Continuous, MeasurementLevel::Ordinal] {
        let evidence = found(&construct, &responses, level);
        let rivals = about(&evidence, Aspect::Rivals);
        assert_eq!(rivals.verdict, Verdict::NotSupported, "{level:?} {}", rivals.text);
        assert!(rivals.text.contains("too little in common"), "{}", rivals.text);
        assert!(evidence.total_caveat.is_some());
    }
}

/// One factor with residuals that go together in two pairs: the residual correlations are small on average (SRMR), but far
/// from what chance leaves (RMSEA, CFI).
fn of_doublets(n: usize) -> (Construct, Responses) {
    let items: Vec<String> = (1..=7).map(|j| format!("a{j}")).collect();
    let construct = of_letters(&items, 7, &[]);
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut draw = || -> f64 { StandardNormal.sample(&mut random) };
    let mut rows = Array2::zeros((n, 7));
    for mut row in rows.outer_iter_mut() {
        let (factor, doublets) = (draw(), [draw(), draw()]);
        for (j, cell) in row.iter_mut().enumerate() {
            let rest = if j < 4 { 0.9 * doublets[j / 2] + 0.43 * draw() } else { draw() };
            *cell = (4.0 + 1.5 * (0.8 * factor + 0.6 * rest)).round().clamp(1.0, 7.0);
        }
    }
    let responses = Responses::builder(&construct).answers(rows).nan_is_missing().build().unwrap();
    (construct, responses)
}

/// Every sentence about a model says what its verdict says, in both languages; COSMIN's rule, under which one measure is
/// enough, stands under its own name and says that the other rule disagrees.
#[test]
fn one_model_has_one_verdict() {
    let (construct, responses) = of_doublets(300);
    let evidence = found(&construct, &responses, MeasurementLevel::Continuous);
    let model = evidence.dimensions[0].structure.as_ref().unwrap();
    assert_eq!(model.verdict.standing, ModelStanding::Mixed);
    assert_eq!(
        (model.verdict.met.join(" "), model.verdict.missed.join(" ")),
        ("SRMR".into(), "CFI RMSEA".into())
    );
    let own = evidence.conclusions.iter().find(|c| c.aspect == Aspect::Structure).unwrap();
    assert_eq!(own.verdict, Verdict::Mixed);
    let rivals = about(&evidence, Aspect::Rivals);
    assert_eq!(rivals.verdict, Verdict::Open);
    for (text, words) in [
        (&own.text, "describes the answers by SRMR, but not by CFI and RMSEA"),
        (&rivals.text, "describes the answers by SRMR, but not by CFI and RMSEA"),
        (&own.text_nl, "beschrijft de antwoorden volgens SRMR, maar niet volgens CFI en RMSEA"),
        (&rivals.text_nl, "beschrijft de antwoorden volgens SRMR, maar niet volgens CFI en RMSEA"),
    ] {
        assert!(text.contains(words), "{text}");
    }
    let cosmin = evidence.map.cosmin.iter().find(|r| r.property == "Structural validity").unwrap();
    assert_eq!(cosmin.rating.as_deref(), Some("+"));
    for words in
        ["COSMIN asks for one of", "met by SRMR", "ask CFI, RMSEA and SRMR to agree, which they do not"]
    {
        assert!(cosmin.basis.contains(words), "{}", cosmin.basis);
    }
    // one of each is one
    let page = ValidationReport::new(&evidence).page().text().replace('\n', " ");
    for words in ["(version )", "= <", "1 factors", "All 1", "Of 1 structures", "1 dimensions", "1 patterns"]
    {
        assert!(!page.contains(words), "{words}");
    }
    assert!(page.contains("A construct of one dimension has no rivals"), "{page}");
}

/// Two rightly keyed dimensions that go against each other. HTMT2 is the geometric mean of nine negative correlations over the
/// root of the products of those within: -.6282 (Roemer et al. 2021, with the sign given back; the correlations by hand below).
#[test]
fn opposed_dimensions_are_keyed_rightly_and_make_no_total() {
    let (construct, responses) = lettered("opposed_dimensions.csv", 7, &[]);
    let evidence = found(&construct, &responses, MeasurementLevel::Continuous);
    let negative = |evidence: &Evidence| -> Vec<Warning> {
        evidence.warnings.iter().filter(|w| matches!(w, Warning::NegativeItem { .. })).cloned().collect()
    };
    assert_eq!(negative(&evidence), []);
    let rivals = about(&evidence, Aspect::Rivals);
    assert_eq!(rivals.verdict, Verdict::NotSupported);
    assert!(rivals.text.contains("go against each other ('v' - 'w': r = -0.5"), "{}", rivals.text);
    assert!(!rivals.text.contains("are related"), "{}", rivals.text);
    assert!(evidence.total_caveat.as_ref().unwrap().reason.contains("go against each other"));
    // the first screen says so too
    assert_eq!(evidence.overview.scores.last().unwrap().usability, Usability::NotYet);
    assert!(evidence.overview.findings[0].text.starts_with("There is no total score"));
    for language in [Language::English, Language::Dutch] {
        let page = ValidationReport::new(&evidence).language(language).page().text();
        let marked = if language == Language::English { "Whole construct*" } else { "Hele construct*" };
        assert_eq!(
            page.matches(marked).count(),
            4,
            "overview, reliability, further coefficients, errors: {page}"
        );
    }
    let columns = responses.values();
    let r = |a: usize, b: usize| {
        let (x, y) = (columns.column(a), columns.column(b));
        let (mx, my) = (x.mean().unwrap(), y.mean().unwrap());
        let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(x, y)| f(x - mx, y - my)).sum::<f64>();
        sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
    };
    let mean_log = |pairs: &[(usize, usize)]| {
        pairs.iter().map(|(a, b)| r(*a, *b).abs().ln()).sum::<f64>() / pairs.len() as f64
    };
    let between: Vec<(usize, usize)> = (0..3).flat_map(|a| (3..6).map(move |b| (a, b))).collect();
    assert!(between.iter().all(|(a, b)| r(*a, *b) < 0.0));
    let within = [&[(0, 1), (0, 2), (1, 2)], &[(3, 4), (3, 5), (4, 5)]].map(|pairs| mean_log(pairs));
    let expected = -(mean_log(&between) - 0.5 * (within[0] + within[1])).exp();
    let htmt2 = evidence.relations.discriminant.as_ref().unwrap().htmt2[0].value.unwrap();
    assert!((htmt2 - expected).abs() < 1e-10 && (htmt2 + 0.6282).abs() < 5e-5, "{htmt2} {expected}");

    // a total of new respondents is not made either, and it is said
    let norms = Norms::of(&construct, &responses, MeasurementLevel::Continuous).unwrap();
    let scores = norms.score_all(&responses).unwrap();
    assert_eq!(scores.scales.iter().map(|s| s.scale.as_str()).collect::<Vec<_>>(), ["v", "w"]);
    let told = |w: &Warning| {
        matches!(w, Warning::NotDone { what, reason }
        if what == "the total score of 'x'" && reason.contains("go against each other"))
    };
    assert!(scores.warnings.iter().any(told), "{:?}", scores.warnings);

    // an item that is keyed wrongly in its dimension is told once, with the dimension; and why there is no ratio
    let (construct, responses) = lettered("opposed_dimensions.csv", 7, &["v3"]);
    let evidence = found(&construct, &responses, MeasurementLevel::Continuous);
    let items = negative(&evidence);
    let of_v = |item: &str| {
        items
            .iter()
            .filter(|w| {
                matches!(w, Warning::NegativeItem { item: own, scale, .. }
            if own == item && scale.as_deref() == Some("v"))
            })
            .count()
    };
    assert_eq!((of_v("v1"), of_v("v2"), of_v("v3"), items.len()), (1, 1, 1, 3), "{items:?}");
    let page = ValidationReport::new(&evidence).page();
    for text in [page.text(), page.markdown(), page.latex(), page.html(Language::English).unwrap()] {
        let text = text.replace("&#x27;", "'").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("'v1' and 'v3' of 'v' correlate -0.68: look at their keys"), "{text}");
        assert!(text.contains("alpha is -1.44, and a reliability lies between 0 and 1"), "{text}");
    }
}

/// Of thirty people nothing is concluded of a dimension, so nothing of the construct either.
#[test]
fn of_few_respondents_nothing_is_concluded_of_the_construct_either() {
    let evidence = small(answers(45)).unwrap();
    assert!(evidence.structures.iter().any(|s| s.result.status.proper()), "the models have solutions");
    assert!(evidence.conclusions.iter().all(|c| c.verdict == Verdict::Open));
    let rivals = evidence.conclusions.iter().find(|c| c.aspect == Aspect::Rivals).unwrap();
    assert!(rivals.text.starts_with("Of only 45 respondents"), "{}", rivals.text);
}

/// A third of the respondents are at the floor of a scale without reversed items: valid answers. With a reversed item the same
/// answer throughout contradicts itself, and is one event, not two.
#[test]
fn the_floor_of_a_scale_is_not_careless_and_equal_answers_are_one_event() {
    let items: Vec<String> = (1..=7).map(|j| format!("a{j}")).collect();
    let attentive = nine_point_answers(120, 0.0);
    let rows = Array2::from_shape_fn((180, 7), |(i, j)| match i {
        0..60 => 1.0,
        _ => (0.5 * attentive[(i - 60, j % 4)]).round().clamp(1.0, 5.0),
    });
    let flagged = |reversed: &[&str], flags: usize| {
        let construct = of_letters(&items, 5, reversed);
        let responses =
            Responses::builder(&construct).answers(rows.clone()).nan_is_missing().build().unwrap();
        let careless =
            psychometrics::evidence::response_process::CarelessResponding::of(&construct, &responses, flags);
        careless.unwrap()
    };
    let at_floor = |found: &psychometrics::evidence::response_process::CarelessResponding| {
        found.respondents.iter().filter(|r| r.row <= 60).count()
    };
    let one = flagged(&[], 1);
    let is_at_an_end = |end: f64| rows.outer_iter().filter(|row| row.iter().all(|x| *x == end)).count();
    assert_eq!((at_floor(&one), one.at_an_end), (0, is_at_an_end(1.0) + is_at_an_end(5.0)));
    assert!(one.at_an_end >= 60);
    let count = |index| one.counts.iter().find(|c| c.index == index).unwrap().flagged;
    use psychometrics::evidence::response_process::ScreeningIndex::{Longstring, ResponseVariability};
    assert!(count(Longstring) >= 60 && count(ResponseVariability) >= 60, "each index tells what it sees");
    let (one, two) = (flagged(&["a7"], 1), flagged(&["a7"], 2));
    assert_eq!((at_floor(&one), at_floor(&two), one.at_an_end), (60, 0, 0));
}

/// Two dimensions on scales of five and of seven points: each is looked at on its own scale, and whoever gives one answer
/// throughout on both is flagged once by each index.
#[test]
fn items_on_different_scales_are_screened_and_aggregated_each_on_its_own() {
    use psychometrics::data::Grouping;
    use psychometrics::evidence::internal_structure::Aggregation;
    use psychometrics::evidence::response_process::{CarelessResponding, ScreeningIndex};
    let of = |dimension: &'static str, scale: &'static str| {
        (1..=6).map(move |i| {
            let item = Item::new(format!("{dimension}{i}"), dimension, scale);
            if i == 6 { item.reversed() } else { item }
        })
    };
    let construct = Construct::builder("two")
        .scale(ResponseScale::range("five", 1, 5))
        .scale(ResponseScale::range("seven", 1, 7))
        .dimension(Dimension::new("a"))
        .dimension(Dimension::new("b"))
        .items(of("a", "five").chain(of("b", "seven")))
        .build()
        .unwrap();
    let attentive = nine_point_answers(60, 0.0);
    let rows = Array2::from_shape_fn((60, 12), |(i, j)| match (i, j) {
        (0, _) => 2.0,
        (_, 0..6) => (0.55 * attentive[(i, j % 4)]).round().clamp(1.0, 5.0),
        _ => (0.78 * attentive[(i, (j + 1) % 4)]).round().clamp(1.0, 7.0),
    });
    let team = Grouping::new("team", (0..60).map(|i| Some(["x", "y", "z"][i % 3])));
    let responses = Responses::builder(&construct).answers(rows.clone()).build().unwrap();
    let found = CarelessResponding::of(&construct, &responses, 1).unwrap();
    let first =
        found.respondents.iter().find(|own| own.row == 1).expect("the first gave one answer throughout");
    let longstring = |index: &&ScreeningIndex| **index == ScreeningIndex::Longstring;
    assert_eq!(first.indices.iter().filter(longstring).count(), 1);
    let counts: Vec<_> = found.counts.iter().filter(|own| own.index == ScreeningIndex::Longstring).collect();
    assert_eq!((counts.len(), counts[0].n), (1, 60));
    assert!(counts[0].flagged >= 1 && counts[0].flagged < 30, "{}", counts[0].flagged);
    let found = Aggregation::of_construct(&construct, &responses, &team).unwrap();
    let ranges: Vec<(f64, f64)> = found.scales.iter().map(|own| (own.low, own.high)).collect();
    assert_eq!(ranges, [(1.0, 5.0), (1.0, 7.0)]);
    let b: Vec<usize> = (0..6).collect();
    let keyed = Responses::builder(&construct).answers(rows).build().unwrap();
    let seven = keyed.values().select(Axis(1), &[6, 7, 8, 9, 10, 11]);
    let names: Vec<String> = (1..=6).map(|i| format!("b{i}")).collect();
    let alone = Aggregation::of(&names, seven.view(), &team, (1.0, 7.0), &[("b".into(), b)]).unwrap();
    assert_eq!(found.scales[1], alone.scales[0]);
}

/// The block under "What it prints" in the README: lines of the page, in order; `...` stands for lines left out, and a row of
/// the map may be cut where a column begins.
#[test]
fn what_the_readme_shows_is_what_is_printed() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let block = readme.split("## What it prints\n\n```text\n").nth(1).unwrap().split("```").next().unwrap();
    let page = evidence().to_string();
    let printed: Vec<&str> = page.lines().collect();
    let is_shown = |shown: &str, line: &str| {
        let rest = line.strip_prefix(shown);
        rest.is_some_and(|rest| rest.is_empty() || shown.starts_with("  ") && rest.starts_with("  "))
    };
    let (mut at, mut gap, mut count) = (0, true, 0);
    for shown in block.lines() {
        if shown.trim() == "..." {
            gap = true;
            continue;
        }
        let next = if gap {
            printed[at..].iter().position(|line| is_shown(shown, line))
        } else {
            printed.get(at).is_some_and(|line| is_shown(shown, line)).then_some(0)
        };
        at += 1 + next.unwrap_or_else(|| panic!("not printed (here): {shown}"));
        (gap, count) = (false, count + 1);
    }
    assert!(count > 20);
}
