//! What is stored comes back: results as records, options, models, warnings and errors.

use psychometrics::construct::Construct;
use psychometrics::correlation::Ordered;
use psychometrics::data::{Dataset, Progress, Responses};
use psychometrics::estimate::{
    BootstrapOptions, FactorScores, FitRecord, FittedModel, LevelFit, Measure, ScoreMethod, StandardErrors,
    Version, compare, compare_measures,
};
use psychometrics::evidence::{EvidenceRecord, Validation};
use psychometrics::model::Operator;
use psychometrics::moments::{Distribution, Missing, Moments};
use psychometrics::simulate::Imputer;
use psychometrics::{Error, Estimation, Estimator, Fit, Model, Warning};
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::{Arc, Mutex};

const THREE: &str = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9";

fn school() -> Dataset {
    Dataset::read_csv("data/holzinger_swineford_1939/hs.csv").unwrap()
}

/// Back from its JSON, whose text is the same when written again.
pub(crate) fn back<T: Serialize, R: Serialize + DeserializeOwned>(value: &T) -> R {
    let stored = serde_json::to_string(value).unwrap();
    let record: R = serde_json::from_str(&stored).unwrap_or_else(|error| panic!("{error}: {stored}"));
    let again = serde_json::to_string(&record).unwrap();
    let differs =
        stored.bytes().zip(again.bytes()).position(|(a, b)| a != b).unwrap_or(stored.len().min(again.len()));
    let about = |text: &str| text.chars().skip(differs.saturating_sub(80)).take(160).collect::<String>();
    assert!(again == stored, "{}\n{}", about(&stored), about(&again));
    record
}

fn fits() -> Vec<(&'static str, Fit)> {
    let fit = |model: &str, data: &Dataset, estimation: Estimation| {
        estimation.fit(&model.parse().unwrap(), data).unwrap()
    };
    let likert = Dataset::read_csv("tests/data/likert5.csv").unwrap();
    let teams = Dataset::read_csv("tests/data/two_level.csv").unwrap();
    let gaps = Dataset::read_csv("tests/data/hs_missing.csv").unwrap();
    let levels = "level: 1\n f =~ y1 + y2 + y3 + y4\nlevel: 2\n g =~ y1 + y2 + y3 + y4";
    let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All);
    let unsolved = Estimation::default().max_iterations(1);
    vec![
        ("robust, groups", fit(THREE, &school(), Estimation::new(Estimator::Mlr).group("school"))),
        ("ordinal", fit("A =~ a1 + a2 + a3 + a4", &likert, ordinal)),
        ("two levels", fit(levels, &teams, Estimation::new(Estimator::Mlr).cluster("team"))),
        ("incomplete", fit(THREE, &gaps, Estimation::default().missing(Missing::Fiml))),
        ("defined", fit("f =~ x1 + a*x2 + b*x3\nd := a - b", &school(), Estimation::default())),
        ("no solution", fit(THREE, &school(), unsolved)),
    ]
}

#[test]
fn fits_come_back_as_records() {
    for (name, fit) in fits() {
        let record: FitRecord = back(&fit);
        assert_eq!(record.parameters, fit.parameters, "{name}");
        assert_eq!((&record.fit, &record.status), (&fit.fit, &fit.status), "{name}");
        assert_eq!(record.warnings, fit.warnings, "{name}");
    }
}

#[test]
fn records_are_compared_as_fits_are() {
    let fit = |text: &str| Estimation::default().fit(&text.parse().unwrap(), &school()).unwrap();
    let (free, restricted) = (fit(THREE), fit(&format!("{THREE}\nvisual ~~ 0*speed")));
    let own = compare(&[("free", &free), ("restricted", &restricted)], None).unwrap();
    let records: Vec<FitRecord> = vec![back(&free), back(&restricted)];
    let named =
        ["free", "restricted"].iter().zip(&records).map(|(name, own)| FittedModel::of(name, own).unwrap());
    let theirs = compare_measures(named.collect(), own.differences[0].method).unwrap();
    assert_eq!(theirs.differences, own.differences);
    assert!(own.differences[0].chisq_diff.unwrap() > 10.0);
}

#[test]
fn evidence_and_scores_come_back() {
    let construct = Construct::from_path("data/professional_conduct/construct.toml").unwrap();
    let evidence = Validation::of(&construct).run(&Responses::read(&construct).unwrap()).unwrap();
    let record: EvidenceRecord = back(&evidence);
    assert_eq!(record.structures.len(), evidence.structures.len());
    assert_eq!(record.conclusions.len(), evidence.conclusions.len());
    let fit = Estimation::default().fit(&THREE.parse().unwrap(), &school()).unwrap();
    let scores = fit.scores(&school(), None, ScoreMethod::Regression).unwrap();
    let found: FactorScores = back(&scores);
    assert_eq!(found, scores);
}

#[test]
fn options_and_models_come_back() {
    let own = Estimation::new(Estimator::Wlsmv).ordered(Ordered::Named(vec!["x1".into()])).group("school");
    let found: Estimation = back(&own);
    assert_eq!(found, own);
    let short: Estimation = serde_json::from_str(r#"{"estimator": "MLR"}"#).unwrap();
    assert_eq!(short, Estimation::new(Estimator::Mlr));
    let unknown = serde_json::from_str::<Estimation>(r#"{"estimater": "MLR"}"#).unwrap_err().to_string();
    assert!(unknown.contains("estimater"), "{unknown}");
    let model: Model = format!("{THREE}\nvisual ~~ c*speed\nc > 0").parse().unwrap();
    let found: Model = back(&model);
    assert_eq!(found, model);
}

/// Parts of a file that were read apart, stored, and read back are merged as if they had never been stored.
#[test]
fn moments_come_back_and_are_merged() {
    let data = Dataset::read_csv("tests/data/hs_missing.csv").unwrap();
    let names = ["x1", "x2", "x3"].map(String::from);
    let rows = data.numeric(&names).unwrap();
    for missing in [Missing::Listwise, Missing::Pairwise] {
        let of = |rows| Moments::of(names.clone(), rows, missing).unwrap();
        let (first, second) = rows.view().split_at(ndarray::Axis(0), 120);
        let (mut own, own_second) = (of(first), of(second));
        let (mut stored, stored_second): (Moments, Moments) = (back(&own), back(&own_second));
        own.merge(&own_second).unwrap();
        stored.merge(&stored_second).unwrap();
        assert_eq!(serde_json::to_string(&own).unwrap(), serde_json::to_string(&stored).unwrap());
        assert_eq!(own.means(), stored.means());
    }
    let none = Moments::new(names, Missing::Listwise);
    let found: Moments = back(&none);
    assert_eq!((found.n(), found.len(), found.mean(0)), (0, 3, None));
    let many: Vec<f64> = (0..70_000).map(|i| f64::from(i) + 0.5).collect();
    let many = Distribution::of(&many).unwrap();
    let found: Distribution = back(&many);
    assert_eq!((found.frequencies(), found.mean(), found.max()), (None, many.mean(), many.max()));
    let few = Distribution::of(&[-1.5, 2.0, 2.0, 400.0, f64::NAN]).unwrap();
    let found: Distribution = back(&few);
    assert_eq!(found.frequencies(), few.frequencies());
    assert_eq!((found.missing(), found.median()), (1, Some(2.0)));
}

#[test]
fn what_is_damaged_is_refused() {
    let names = ["x1", "x2"].map(String::from);
    let rows = ndarray::array![[1.0, 2.0], [2.0, 4.0], [3.0, 9.0]];
    let moments =
        serde_json::to_string(&Moments::of(names, rows.view(), Missing::Pairwise).unwrap()).unwrap();
    let refused = |from: &str, to: &str, why: &str| {
        assert!(moments.contains(from), "{from}: {moments}");
        let error = serde_json::from_str::<Moments>(&moments.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    };
    refused("\"x2\"]", "\"x2\",\"x3\"]", "moments of 3 variables have 2 values in 'origin'");
    refused("\"products\":[[", "\"products\":[[1.0,", "row 1 of 'complete.products' has 3 values");
    refused("\"rows_read\":3", "\"rows_read\":2", "more rows than 'rows_read'");
    refused("\"weight\":3.0", "\"weight\":-3.0", "below zero");
    refused(
        "\"pairs\":[]",
        "\"pairs\":[{\"count\":0,\"weight\":0,\"mean\":[0,0],\"squares\":[0,0],\"product\":0}]",
        "1 pairs",
    );
    refused("\"missing\":\"pairwise\"", "\"missing\":\"pairwize\"", "pairwize");
    refused("\"rows_read\"", "\"rows\"", "rows");
    for cut in [1, moments.len() / 2, moments.len() - 1] {
        assert!(serde_json::from_str::<Moments>(&moments[..cut]).unwrap_err().is_eof());
    }
    let both = r#"{"missing": 0, "counted": [], "summed": null}"#;
    assert_eq!(serde_json::from_str::<Distribution>(both).unwrap().n(), 0);
    assert!(serde_json::from_str::<Distribution>(r#"{"missing": 0}"#).is_err());
    let unknown = serde_json::from_str::<LevelFit>(r#"{"chisq_withn": 1.0, "warnings": []}"#).unwrap_err();
    assert!(unknown.to_string().contains("'chisq_withn' is no measure of a level"));
}

#[test]
fn warnings_and_errors_have_their_fields() {
    let warning = Warning::FewClusters { variable: "team".into(), clusters: 12, parameters: 30 };
    let json = serde_json::to_value(&warning).unwrap();
    assert_eq!(json["code"], warning.code());
    assert_eq!(
        (json["clusters"].as_u64(), json["message"].as_str().unwrap()),
        (Some(12), &*warning.to_string())
    );
    let found: Warning = back(&warning);
    assert_eq!(found, warning);
    let error = "viusal".parse::<Estimator>().unwrap_err();
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!((json["error"].as_str(), json["given"].as_str()), (Some("unknown_choice"), Some("viusal")));
    let found: Error = back(&error);
    assert_eq!(found, error);
}

#[test]
fn unknown_names_are_errors_with_the_nearest_one() {
    let fit = Estimation::default().fit(&THREE.parse().unwrap(), &school()).unwrap();
    let hint = |error: Error| error.hint();
    assert!(hint(fit.measure("rmsae").unwrap_err()).contains("'rmsea'"));
    assert!(hint(fit.parameter("visual", "=~", "x22").unwrap_err()).contains("'visual =~ x2'"));
    assert!(matches!(fit.parameter("visual", "=", "x2"), Err(Error::UnknownChoice { .. })));
    assert_eq!(fit.parameter("visual", Operator::Loading, "x2").unwrap().op, Operator::Loading);
    let none = fit.value(Measure::Cfi, Version::Robust).unwrap_err();
    assert!(matches!(&none, Error::NoMeasure { reason, .. } if reason.contains("ML")), "{none}");
    assert!(matches!(fit.loadings(2, true), Err(Error::NoBlock { block: 2, blocks: 1 })));
}

#[test]
fn long_work_stops_when_it_is_told_to() {
    let model: Model = THREE.parse().unwrap();
    let stopped = || {
        let progress = Progress::default();
        progress.stop();
        progress
    };
    let fit = Estimation::default().progress(stopped()).fit(&model, &school());
    assert!(matches!(fit, Err(Error::Stopped { .. })), "{fit:?}");
    let imputed = Imputer::new(model.observed_names()).progress(stopped()).impute(&school());
    assert!(matches!(imputed, Err(Error::Stopped { .. })));
    let construct = Construct::from_path("data/professional_conduct/construct.toml").unwrap();
    let responses = Responses::read(&construct).unwrap();
    let evidence = Validation::of(&construct).progress(stopped()).run(&responses);
    assert!(matches!(evidence, Err(Error::Stopped { .. })));
    // a bootstrap that is stopped at its fifth replicate
    let five = Arc::new(Mutex::new(None::<Progress>));
    let own = {
        let five = Arc::clone(&five);
        Progress::new(move |done, total| {
            if total == 1000 && done >= 5 {
                five.lock().unwrap().as_ref().unwrap().stop();
            }
        })
    };
    *five.lock().unwrap() = Some(own.clone());
    let options = BootstrapOptions { replicates: 1000, ..BootstrapOptions::default() };
    let estimation = Estimation::default().standard_errors(StandardErrors::Bootstrap).bootstrap(options);
    let fit = estimation.progress(own).fit(&model, &school());
    assert!(matches!(&fit, Err(Error::Stopped { what }) if what.contains("bootstrap")), "{fit:?}");
}

/// Many tasks of one small pool that all ask a fit for what it works out when it is first asked: none waits for another for
/// ever.
#[test]
fn fits_are_asked_from_many_tasks_of_one_small_pool() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let likert = Dataset::read_csv("tests/data/likert5.csv").unwrap();
    let model: Model = "A =~ a1 + a2 + a3 + a4".parse().unwrap();
    let gaps = Dataset::read_csv("tests/data/hs_missing.csv").unwrap();
    let three: Model = THREE.parse().unwrap();
    let found: Vec<(f64, f64, usize)> = pool.install(|| {
        let ordinal = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).fit(&model, &likert).unwrap();
        let robust = Estimation::new(Estimator::Mlr).missing(Missing::Fiml).fit(&three, &gaps).unwrap();
        let ask = |_: usize| {
            let (ordinal, robust) = (ordinal.clone(), robust.clone());
            let residual = ordinal.residuals()[0].se.as_ref().unwrap().values[1][0];
            let index = robust.modification_indices().unwrap()[0].mi;
            let again = Estimation::new(Estimator::Wlsmv).ordered(Ordered::All).fit(&model, &likert).unwrap();
            (residual, index, again.parameters.len())
        };
        (0..64).into_par_iter().map(ask).collect()
    });
    assert!(found.iter().all(|one| *one == found[0]));
}
