//! The validation that the examples of its results read, `tests/data/evidence.json`, is what is found today: two dimensions of
//! the sample construct (one with facets), two structures, 100 samples of the bootstrap. Written anew with `INSTA_UPDATE=always`.

use psychometrics::construct::{Construct, Structure};
use psychometrics::data::Responses;
use psychometrics::evidence::{EvidenceRecord, Resampling, SensitivityRun, Validation};
use serde_json::Value;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/evidence.json");

/// How a search went is another matter than where it ended.
const NOT_COMPARED: [&str; 5] = ["iterations", "evaluations", "gradient", "reached", "minima"];

fn assert_alike(found: &Value, stored: &Value, place: &str) {
    match (found, stored) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-5 * (1.0 + a.abs()), "{place}: {a} and {b}");
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{place}");
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| assert_alike(a, b, &format!("{place}[{i}]")));
        }
        (Value::Object(a), Value::Object(b)) => {
            assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{place}");
            let compared = a.iter().filter(|(key, _)| !NOT_COMPARED.contains(&key.as_str()));
            compared.for_each(|(key, a)| assert_alike(a, &b[key], &format!("{place}.{key}")));
        }
        _ => assert_eq!(found, stored, "{place}"),
    }
}

#[test]
fn the_stored_evidence_is_what_is_found() {
    let mut construct = Construct::from_path("data/professional_conduct/construct.toml").unwrap();
    let is_kept = |id: &str| ["knowledge", "methodical"].contains(&id);
    construct.dimensions.retain(|dimension| is_kept(&dimension.id));
    construct.items.retain(|item| is_kept(&item.dimension));
    construct.analysis.structures = vec![Structure::Correlated, Structure::OneFactor];
    let responses = Responses::read(&construct).unwrap();
    let validation = Validation::of(&construct)
        .sensitivity(SensitivityRun::WithoutFlagged { flags: 2 })
        .resampling(Resampling { replicates: 100, seed: 1 });
    let text = serde_json::to_string(&validation.run(&responses).unwrap()).unwrap();
    if std::env::var("INSTA_UPDATE").is_ok_and(|own| own == "always") {
        std::fs::write(PATH, format!("{text}\n")).unwrap();
    }
    let stored = std::fs::read_to_string(PATH).unwrap();
    let record: EvidenceRecord = serde_json::from_str(&stored).unwrap();
    assert_eq!(serde_json::to_string(&record).unwrap(), stored.trim_end(), "read back whole");
    assert_alike(&serde_json::from_str(&text).unwrap(), &serde_json::from_str(&stored).unwrap(), "evidence");
}
